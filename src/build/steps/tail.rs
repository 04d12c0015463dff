//! The end of what a step prints.

/// Bytes of the end of the output of a step that are kept.
const LONGEST_TAIL: usize = 8 << 10;

/// The end of some output.
#[derive(Debug, Default)]
pub(in crate::build) struct Tail {
    text: String,
}

impl Tail {
    pub(in crate::build) fn push(&mut self, text: &str) {
        self.text.push_str(text);
        if self.text.len() > 2 * LONGEST_TAIL {
            let mut cut = self.text.len() - LONGEST_TAIL;
            while !self.text.is_char_boundary(cut) {
                cut += 1;
            }
            self.text.drain(..cut);
        }
    }

    /// What is kept.
    pub(in crate::build) fn text(&self) -> &str {
        &self.text
    }

    /// What was kept.
    pub(super) fn into_text(self) -> String {
        self.text
    }
}
