//! Which words the shell takes for patterns of file names.

use crate::syntax::shell::{Part, Word};

/// Whether a word has an unquoted `*`, `?` or `[…]`.
pub fn has_glob(word: &Word) -> bool {
    word.parts.iter().any(|part| match part {
        Part::Literal { value, written, .. } => unescaped(written.as_ref().unwrap_or(value))
            .any(|text| text.contains(['*', '?']) || text.find('[').is_some_and(|open| text[open..].contains(']'))),
        _ => false,
    })
}

/// Whether the first character of a word is an unquoted `*` or `?`.
pub fn starts_with_glob(word: &Word) -> bool {
    match word.parts.first() {
        Some(Part::Literal { value, written, .. }) => written.as_ref().unwrap_or(value).starts_with(['*', '?']),
        _ => false,
    }
}

/// The pieces of a text between its escaped characters.
fn unescaped(text: &str) -> impl Iterator<Item = &str> {
    text.split('\\').enumerate().map(|(index, piece)| {
        let mut characters = piece.chars();
        if index > 0 {
            characters.next();
        }
        characters.as_str()
    })
}
