//! Where arithmetic ends; 2.6.4, arithmetic expansion. What is calculated is no matter of the tree.

use super::*;

/// How far the end of `$[` and of the subscript in `NAME[…]=` is looked for.
const FAR: usize = 512;

impl Parser<'_> {
    /// Where the `))` ends that belongs to the `((` before `at`. `None` when the brackets are two that are closed apart, so that
    /// what stands there is a subshell.
    pub(super) fn arithmetic_end(&self, mut at: usize) -> Option<usize> {
        let mut depth = 2;
        loop {
            match self.bytes.get(at)? {
                b'\\' => at += 1,
                quote @ (b'"' | b'\'' | b'`') => at = self.quote_end(at + 1, *quote)?,
                b'(' => depth += 1,
                b')' => {
                    depth -= 1;
                    if depth == 1 {
                        return (self.bytes.get(at + 1) == Some(&b')')).then_some(at + 2);
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// Where the quote ends in which `at` stands.
    fn quote_end(&self, mut at: usize, quote: u8) -> Option<usize> {
        loop {
            let next = at + memchr::memchr2(quote, b'\\', self.bytes.get(at..)?)?;
            if self.bytes[next] == quote {
                return Some(next);
            }
            at = next + if quote == b'\'' { 1 } else { 2 };
        }
    }

    /// Where the `]` stands that belongs to a `[` before `at`, if that is near and comes before the end of a quote or of a `${`
    /// around it.
    pub(super) fn bracket_end(&self, at: usize) -> Option<usize> {
        let end = (at + FAR).min(self.bytes.len());
        let (mut depth, mut braces) = (1, 0);
        let mut next = at;
        while next < end {
            match self.bytes[next] {
                b'\\' => next += 1,
                b'\n' => return None,
                b'{' => braces += 1,
                b'}' if braces == 0 => return None,
                b'}' => braces -= 1,
                quote @ (b'"' | b'\'') => next = self.quote_end(next + 1, quote).filter(|closing| *closing < end)?,
                b'[' => depth += 1,
                b']' => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(next);
                    }
                }
                _ => {}
            }
            next += 1;
        }
        None
    }
}
