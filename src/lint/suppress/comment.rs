//! `# rlint ignore=latest-tag,root-user reason="…" expires=2026-12-31` and `# rlint ignore-file=…`.

use super::place::{self, Target};
use super::{Expiry, Name, Origin, Scope, Suppression, foreign};
use crate::lint::document::Document;
use crate::lint::{Catalog, Date};
use crate::text::Span;

/// Finds the comments of a document that ignore something.
pub(super) fn collect(document: &Document, catalog: &Catalog, found: &mut Vec<Suppression>) {
    for comment in document.comments() {
        let text = comment.of_text(&document.text);
        if !may_ignore(text) {
            continue;
        }
        match read(text, comment.start, catalog) {
            Some(read) => found.push(suppression(document, comment, read)),
            None => foreign::collect(document, comment, catalog, found),
        }
    }
    foreign::collect_directives(document, catalog, found);
}

/// A quick look at the first word: nearly every comment is prose.
fn may_ignore(text: &str) -> bool {
    let word = text.trim_start_matches('#').trim_start();
    ["rlint", "hadolint", "shellcheck", "check", "trivy", "dclint"].iter().any(|tool| word.starts_with(tool))
}

fn suppression(document: &Document, comment: Span, read: Read) -> Suppression {
    let leading = place::is_leading(document, comment);
    let scope = match (read.whole_file, leading) {
        (true, true) => place::whole(document),
        (true, false) => Scope::Nothing,
        (false, _) => place::scope(document, comment, Target::Node),
    };
    Suppression {
        origin: Origin::Rlint,
        comment,
        scope,
        names: read.names,
        reason: read.reason,
        expires: read.expires,
        misplaced: read.whole_file && !leading,
    }
}

/// What a comment of ours says.
struct Read {
    whole_file: bool,
    names: Vec<Name>,
    reason: Option<String>,
    expires: Option<Expiry>,
}

/// Reads a comment; `None` when it is none of ours. `base` is the offset of its `#`.
fn read(text: &str, base: u32, catalog: &Catalog) -> Option<Read> {
    let mut scanner = Scanner { text, at: 0 };
    scanner.skip(|byte| byte == b'#');
    scanner.blanks();
    scanner.literal("rlint")?;
    scanner.literal(":");
    scanner.blanks();
    let whole_file = scanner.literal("ignore-file").is_some();
    if !whole_file {
        scanner.literal("ignore")?;
    }
    scanner.blanks();
    scanner.literal("=")?;
    let mut read = Read { whole_file, names: Vec::new(), reason: None, expires: None };
    loop {
        scanner.blanks();
        let start = scanner.at;
        scanner.skip(|byte| byte.is_ascii_alphanumeric() || b"-_/.".contains(&byte));
        let name = &text[start..scanner.at];
        if !name.is_empty() {
            let span = Span::of(start..scanner.at);
            read.names.push(Name::new(catalog, Span::new(base + span.start, base + span.end), name));
        }
        let end = scanner.at;
        scanner.blanks();
        if scanner.literal(",").is_none() {
            scanner.at = end;
            break;
        }
    }
    scanner.fields(base, &mut read);
    Some(read)
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scanner<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn skip(&mut self, wanted: impl Fn(u8) -> bool) {
        self.at += self.rest().bytes().take_while(|byte| wanted(*byte)).count();
    }

    fn blanks(&mut self) {
        self.skip(|byte| byte == b' ' || byte == b'\t');
    }

    fn literal(&mut self, literal: &str) -> Option<()> {
        self.rest().starts_with(literal).then(|| self.at += literal.len())
    }

    /// `reason="…"` and `expires=…`, in any order; other words are prose.
    fn fields(&mut self, base: u32, read: &mut Read) {
        while !self.rest().is_empty() {
            self.blanks();
            if self.literal("reason=").is_some() {
                read.reason = Some(self.value().0.to_owned());
            } else if self.literal("expires=").is_some() {
                let (text, span) = self.value();
                let span = Span::new(base + span.start, base + span.end);
                read.expires = Some(Expiry { span, date: Date::parse(text) });
            } else {
                self.skip(|byte| byte != b' ' && byte != b'\t');
            }
        }
    }

    /// A word, or what stands between quotes.
    fn value(&mut self) -> (&'t str, Span) {
        let quote = self.rest().bytes().next().filter(|byte| *byte == b'"' || *byte == b'\'');
        self.at += usize::from(quote.is_some());
        let start = self.at;
        self.skip(|byte| match quote {
            Some(quote) => byte != quote,
            None => byte != b' ' && byte != b'\t',
        });
        let span = start..self.at;
        self.at = (self.at + usize::from(quote.is_some())).min(self.text.len());
        (&self.text[span.clone()], Span::of(span))
    }
}
