//! `--name=value` between keyword and arguments.

use std::ops::Range;

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{is_not, tag, take_while};
use nom::combinator::rest;
use nom::multi::separated_list0;

use super::mapped::Mapped;
use super::word::word;
use super::{Flag, Keyword, MountField};
use crate::syntax::SyntaxError;
use crate::text::suggest::nearest;
use crate::text::{Edit, Span};

/// What a flag takes.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// `--link`, `--link=true`.
    Boolean,
    /// One value.
    Text,
    /// One value, and the flag may be repeated.
    Texts,
}

/// The flags that BuildKit knows for an instruction.
fn known(keyword: Keyword) -> &'static [(&'static str, Kind)] {
    match keyword {
        Keyword::Add => &[
            ("chmod", Kind::Text),
            ("checksum", Kind::Text),
            ("chown", Kind::Text),
            ("exclude", Kind::Texts),
            ("keep-git-dir", Kind::Boolean),
            ("link", Kind::Boolean),
            ("unpack", Kind::Boolean),
        ],
        Keyword::Copy => &[
            ("chmod", Kind::Text),
            ("chown", Kind::Text),
            ("exclude", Kind::Texts),
            ("from", Kind::Text),
            ("link", Kind::Boolean),
            ("parents", Kind::Boolean),
        ],
        Keyword::From => &[("platform", Kind::Text)],
        Keyword::Healthcheck => &[
            ("interval", Kind::Text),
            ("retries", Kind::Text),
            ("start-interval", Kind::Text),
            ("start-period", Kind::Text),
            ("timeout", Kind::Text),
        ],
        Keyword::Run => {
            &[("device", Kind::Texts), ("mount", Kind::Texts), ("network", Kind::Text), ("security", Kind::Text)]
        }
        _ => &[],
    }
}

/// Reads the flags at the start of a part of `text`: the flags and where the arguments begin. What `keyword` does not
/// take goes to `errors`.
pub(super) fn flags(
    text: &Mapped<'_>,
    range: Range<usize>,
    escape: char,
    keyword: Option<Keyword>,
    errors: &mut Vec<SyntaxError>,
) -> (Vec<Flag>, usize) {
    let mut flags = Vec::new();
    let mut seen = Vec::new();
    let mut at = range.start;
    loop {
        at += blanks(&text.text[at..range.end]);
        if !text.text[at..range.end].starts_with("--") {
            return (flags, at);
        }
        let (value, end) = flag_word(text, at..range.end, escape);
        if value.text == "--" {
            return (flags, end);
        }
        let flag = flag(&value, text.span(at..end), escape, errors);
        if let Some(keyword) = keyword {
            let name = value.text[2..].split('=').next().unwrap_or("");
            check(keyword, &flag, name, &mut seen, errors);
        }
        flags.push(flag);
        at = end;
    }
}

/// What BuildKit says of a flag: unknown, given before, its value missing or wrong.
fn check(keyword: Keyword, flag: &Flag, name: &str, seen: &mut Vec<&'static str>, errors: &mut Vec<SyntaxError>) {
    let Some((name, kind)) = known(keyword).iter().find(|(known, _)| *known == name) else {
        errors.push(unknown(keyword, flag, name));
        return;
    };
    if *kind != Kind::Texts && seen.contains(name) {
        errors.push(SyntaxError::new(flag.span, format!("flag `--{name}` is given twice")));
    }
    seen.push(name);
    match (kind, &flag.value) {
        (Kind::Boolean, Some(value)) if !matches!(&*value.raw.to_ascii_lowercase(), "true" | "false") => {
            let message = format!("`--{name}` takes `true` or `false`, not `{}`", value.raw);
            errors.push(SyntaxError::new(value.span, message));
        }
        (Kind::Text | Kind::Texts, None) => {
            errors.push(SyntaxError::new(flag.span, format!("flag `--{name}` has no value")));
        }
        (_, Some(value)) => errors.extend(super::flag_values::check(name, flag, value)),
        (Kind::Boolean, None) => {}
    }
}

fn unknown(keyword: Keyword, flag: &Flag, name: &str) -> SyntaxError {
    let known = known(keyword);
    let note = if known.is_empty() {
        Some(format!("`{}` takes no flags", keyword.name()))
    } else {
        let names: Vec<String> = known.iter().map(|(name, _)| format!("`--{name}`")).collect();
        Some(format!("`{}` takes {}", keyword.name(), names.join(", ")))
    };
    let near = nearest(name, known.iter().map(|(name, _)| *name));
    let meant = near.map(|(near, _)| Edit { span: flag.name, text: near.to_owned() });
    SyntaxError { span: flag.span, message: format!("`{}` has no flag `--{name}`", keyword.name()), note, meant }
}

/// One flag, quotes and escape characters removed, and where it ends.
fn flag_word(text: &Mapped<'_>, range: Range<usize>, escape: char) -> (Mapped<'static>, usize) {
    let mut word = Mapped::empty(text.span(range.clone()).start as usize);
    let mut quote = None;
    let mut characters = text.text[range.clone()].char_indices();
    while let Some((offset, character)) = characters.next() {
        let mut at = range.start + offset;
        let mut taken = character;
        if quote.is_none() && (character.is_ascii_whitespace() || character == '\u{b}') {
            return (word, at);
        }
        if quote == Some(character) {
            quote = None;
            continue;
        }
        if quote.is_none() && matches!(character, '\'' | '"') {
            quote = Some(character);
            continue;
        }
        if character == escape {
            match characters.next() {
                Some((offset, escaped)) => (at, taken) = (range.start + offset, escaped),
                None => break,
            }
        }
        let span = text.span(at..at + taken.len_utf8());
        word.push_char(taken, span.start..span.end);
    }
    (word, range.end)
}

/// Splits `--name=value`. Errors in its variables count where BuildKit expands them.
fn flag(source: &Mapped<'_>, span: Span, escape: char, errors: &mut Vec<SyntaxError>) -> Flag {
    let text = &*source.text;
    let equals = text.find('=');
    let name = 2..equals.unwrap_or(text.len());
    let expanded = matches!(&text[name.clone()], "platform" | "chown" | "chmod" | "checksum");
    let value = equals.map(|equals| word(source, equals + 1..text.len(), escape, expanded.then_some(&mut *errors)));
    let fields = match equals {
        Some(equals) if matches!(&text[name.clone()], "mount" | "device") => {
            let expanded = (&text[name.clone()] == "mount").then_some(errors);
            fields(source, equals + 1, escape, expanded)
        }
        _ => Vec::new(),
    };
    Flag { span, name: source.span(name), value, fields }
}

/// The comma-separated fields from `start`.
fn fields(
    source: &Mapped<'_>,
    start: usize,
    escape: char,
    mut errors: Option<&mut Vec<SyntaxError>>,
) -> Vec<MountField> {
    let text = &source.text[start..];
    split_fields(text)
        .into_iter()
        .map(|inside| {
            let from = start + (inside.as_ptr() as usize - text.as_ptr() as usize);
            let end = from + inside.len();
            let equals = inside.find('=').map(|equals| from + equals);
            MountField {
                span: source.span(from..end),
                key: source.span(from..equals.unwrap_or(end)),
                value: equals.map(|equals| word(source, equals + 1..end, escape, errors.as_deref_mut())),
            }
        })
        .collect()
}

/// Splits at the commas outside of quotes; empty when a quote is not closed or not alone.
pub(super) fn split_fields(text: &str) -> Vec<&str> {
    match separated_list0(tag(","), field).parse(text) {
        Ok(("", fields)) => fields,
        _ => Vec::new(),
    }
}

/// One field; in quotes it may contain commas.
fn field(input: &str) -> nom::IResult<&str, &str> {
    let quoted = (tag("\""), take_while(|c| c != '"'), tag("\"")).map(|(_, inside, _)| inside);
    alt((quoted, is_not(","), rest_if_empty)).parse(input)
}

fn rest_if_empty(input: &str) -> nom::IResult<&str, &str> {
    if input.starts_with(',') { Ok((input, &input[..0])) } else { rest(input) }
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '\u{b}').len()
}
