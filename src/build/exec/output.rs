//! What a step prints, made harmless: nothing in it can move a cursor, change a colour, name a window or answer for the user.

/// Turns the bytes of a step into text, as they come.
#[derive(Debug, Default)]
pub(in crate::build) struct Neutralizer {
    /// The beginning of a character that is not all there yet.
    rest: Vec<u8>,
    /// Whether the last character was a carriage return: alone it goes to the start of the line, before a line break it is
    /// part of that.
    returned: bool,
}

impl Neutralizer {
    /// The text of `bytes`. A character that is not complete waits for the next ones.
    pub(in crate::build) fn text(&mut self, bytes: &[u8]) -> String {
        self.rest.extend_from_slice(bytes);
        let bytes = std::mem::take(&mut self.rest);
        let mut text = String::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            chunk.valid().chars().for_each(|char| self.put(char, &mut text));
            let invalid = chunk.invalid();
            let is_last = std::ptr::eq(invalid.as_ptr_range().end, bytes.as_ptr_range().end);
            if is_last && may_go_on(invalid) {
                self.rest = invalid.to_vec();
            } else if !invalid.is_empty() {
                self.put(char::REPLACEMENT_CHARACTER, &mut text);
            }
        }
        text
    }

    /// What is left when no more comes.
    pub(in crate::build) fn end(&mut self) -> String {
        let mut text = String::new();
        if !std::mem::take(&mut self.rest).is_empty() {
            self.put(char::REPLACEMENT_CHARACTER, &mut text);
        }
        if std::mem::take(&mut self.returned) {
            text.push('\n');
        }
        text
    }

    fn put(&mut self, char: char, text: &mut String) {
        // A progress bar paints over its line; here each state becomes a line of its own.
        if std::mem::take(&mut self.returned) && char != '\n' && char != '\r' {
            text.push('\n');
        }
        match char {
            '\n' | '\t' => text.push(char),
            '\r' => self.returned = true,
            // Visible, as `cat -v` shows them.
            '\0'..='\x1f' => text.extend(['^', char::from(char as u8 + b'@')]),
            '\x7f' => text.push_str("^?"),
            _ if is_harmful(char) => text.push_str(&format!("\\u{{{:x}}}", u32::from(char))),
            _ => text.push(char),
        }
    }
}

/// The controls of C1, and what turns the direction of text or hides it (Trojan Source, CVE-2021-42574).
fn is_harmful(char: char) -> bool {
    matches!(char, '\u{80}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}')
        || matches!(char, '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether more bytes can make these a character: fewer than its first byte promises.
fn may_go_on(bytes: &[u8]) -> bool {
    let promised = match bytes.first() {
        Some(0xc2..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf4) => 4,
        _ => return false,
    };
    bytes.len() < promised
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn all(parts: &[&[u8]]) -> String {
        let mut neutralizer = Neutralizer::default();
        let mut text: String = parts.iter().map(|part| neutralizer.text(part)).collect();
        text.push_str(&neutralizer.end());
        text
    }

    #[test]
    fn text_stays_as_it_is() {
        assert_eq!(all(&["a\tb\r\nÄ 漢 🦀\n".as_bytes()]), "a\tb\nÄ 漢 🦀\n");
    }

    #[test]
    fn escapes_become_visible() {
        assert_eq!(all(&[b"\x1b[31mred\x1b]0;title\x07\x08\x7f\0"]), "^[[31mred^[]0;title^G^H^?^@");
        assert_eq!(all(&["\u{9b}31m \u{202e}".as_bytes()]), "\\u{9b}31m \\u{202e}");
    }

    #[test]
    fn a_bare_carriage_return_starts_a_line() {
        assert_eq!(all(&[b"10%\r20%\r", b"30%\r", b"\ndone\r"]), "10%\n20%\n30%\ndone\n");
    }

    #[test]
    fn characters_may_come_in_pieces_and_broken_ones_are_replaced() {
        let crab = "🦀".as_bytes();
        assert_eq!(all(&[&crab[..1], &crab[1..3], &crab[3..]]), "🦀");
        assert_eq!(all(&[b"a\xff\xfeb", &crab[..2]]), "a\u{fffd}\u{fffd}b\u{fffd}");
        assert_eq!(all(&[&crab[..2], b"x"]), "\u{fffd}x");
    }

    #[test]
    fn no_bytes_give_a_control_character() {
        let mut state = 1u32;
        for _ in 0..200 {
            let bytes: Vec<u8> = (0..64)
                .map(|_| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (state >> 24) as u8
                })
                .collect();
            let text = all(&[&bytes[..20], &bytes[20..]]);
            assert!(text.chars().all(|char| matches!(char, '\n' | '\t') || !char.is_control()), "{text:?}");
        }
    }
}
