//! Text of others, made fit for a terminal.

use std::borrow::Cow;

/// `text` with every character replaced that a terminal would obey instead of showing: control characters, escape
/// sequences, changes of the writing direction. Tabs and line breaks stay. Each replacement is as many bytes long
/// as what it replaces, so offsets into the text keep their meaning.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(obeyed) {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().map(|c| match c {
        c if !obeyed(c) => c,
        c if c.len_utf8() == 1 => '?',
        c if c.len_utf8() == 2 => '\u{b7}',
        _ => char::REPLACEMENT_CHARACTER,
    });
    Cow::Owned(shown.collect())
}

/// As [`printable`], on one line.
pub(crate) fn printable_line(text: &str) -> Cow<'_, str> {
    match printable(text) {
        shown if !shown.contains(['\n', '\r']) => shown,
        shown => Cow::Owned(shown.replace(['\n', '\r'], " ")),
    }
}

fn obeyed(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => true,
        c => c.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_replaced_by_as_many_bytes() {
        let text = "a\u{1b}[31m\tb\u{9b}c\u{202e}d";
        let shown = printable(text);
        assert_eq!(shown, "a?[31m\tb\u{b7}c\u{fffd}d");
        assert_eq!(shown.len(), text.len());
    }

    #[test]
    fn a_line_stays_one_line() {
        assert_eq!(printable_line("a\r\nb"), "a  b");
    }
}
