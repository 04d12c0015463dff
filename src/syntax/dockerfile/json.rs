//! The exec form: a JSON array of strings, read as Go's decoder reads it.

use std::ops::Range;

use nom::Parser;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while_m_n};
use nom::character::complete::{char as character, digit0, digit1, one_of};
use nom::combinator::{opt, recognize};
use nom::error::{Error, ErrorKind};

use super::mapped::Mapped;

/// Arrays and objects inside each other; deeper than this is taken for text.
const DEEPEST: usize = 200;

/// What a text is that may be an array of strings.
#[derive(Debug, PartialEq)]
pub(super) enum Array<'t> {
    /// An array of strings.
    Strings(Vec<StringRange<'t>>),
    /// Valid JSON, but this element is no string.
    OtherElement(Range<usize>),
    /// No JSON: text for the shell.
    None,
}

/// A JSON string in a text.
#[derive(Debug, PartialEq)]
pub(super) struct StringRange<'t> {
    /// With its quotes.
    pub(super) range: Range<usize>,
    /// What stands between the quotes.
    pub(super) inside: &'t str,
}

type Result<'t, T> = nom::IResult<&'t str, T>;

/// Reads `text`, which must be an array and nothing else.
pub(super) fn array(text: &str) -> Array<'_> {
    let start = text.trim_start();
    if !start.starts_with('[') {
        return Array::None;
    }
    let Ok((rest, items)) = elements(start, text, 0) else { return Array::None };
    if !rest.trim_start_matches(is_blank).is_empty() {
        return Array::None;
    }
    match items.iter().find(|item| item.inside.is_none()) {
        Some(other) => Array::OtherElement(other.range.clone()),
        None => Array::Strings(
            items
                .into_iter()
                .filter_map(|item| Some(StringRange { range: item.range, inside: item.inside? }))
                .collect(),
        ),
    }
}

/// The value of a JSON string that stands at `range` of `source`, each character mapped to where it is written.
pub(super) fn string_value(source: &Mapped<'_>, string: &StringRange<'_>) -> Mapped<'static> {
    let inside = string.range.start + 1..string.range.end.saturating_sub(1);
    let mut value = Mapped::empty(source.span(inside.clone()).start as usize);
    let mut rest = string.inside;
    let mut at = inside.start;
    while let Some(first) = rest.chars().next() {
        let (character, length) = if first == '\\' { unescape(rest) } else { (first, first.len_utf8()) };
        let span = source.span(at..at + length);
        value.push_char(character, span.start..span.end);
        rest = rest.get(length..).unwrap_or("");
        at += length;
    }
    value
}

/// The character of an escape sequence and its length. A half of a surrogate pair becomes U+FFFD.
fn unescape(text: &str) -> (char, usize) {
    let simple = |c| (c, 2);
    match text.as_bytes().get(1) {
        Some(b'b') => simple('\u{8}'),
        Some(b'f') => simple('\u{c}'),
        Some(b'n') => simple('\n'),
        Some(b'r') => simple('\r'),
        Some(b't') => simple('\t'),
        Some(b'u') => {
            let Some(unit) = code_unit(text) else { return simple('u') };
            if let Some(low) = text.get(6..).and_then(code_unit)
                && let Some(Ok(pair)) = char::decode_utf16([unit, low]).next()
                && (0xd800..0xdc00).contains(&unit)
            {
                return (pair, 12);
            }
            (char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER), 6)
        }
        Some(other) => simple(char::from(*other)),
        None => ('\\', 1),
    }
}

fn code_unit(text: &str) -> Option<u16> {
    u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok()
}

struct Element<'t> {
    range: Range<usize>,
    /// `None` for what is no string.
    inside: Option<&'t str>,
}

fn elements<'t>(input: &'t str, whole: &'t str, depth: usize) -> Result<'t, Vec<Element<'t>>> {
    let (mut rest, _) = (character('['), blanks).parse(input)?;
    let mut items = Vec::new();
    if let Ok((after, _)) = end(']', rest) {
        return Ok((after, items));
    }
    loop {
        let start = whole.len() - rest.len();
        let (after, inside) = value(rest, whole, depth + 1)?;
        items.push(Element { range: start..whole.len() - after.len(), inside });
        let (after, separator) = (blanks, one_of(",]"), blanks).map(|(_, found, _)| found).parse(after)?;
        if separator == ']' {
            // The blanks after the bracket belong to what is around the array.
            return Ok((after, items));
        }
        rest = after;
    }
}

/// Any JSON value; the inside of it when it is a string.
fn value<'t>(input: &'t str, whole: &'t str, depth: usize) -> Result<'t, Option<&'t str>> {
    if depth > DEEPEST {
        return fail(input);
    }
    match input.as_bytes().first() {
        Some(b'"') => string(input).map(|(rest, inside)| (rest, Some(inside))),
        Some(b'[') => elements(input, whole, depth).map(|(rest, _)| (rest, None)),
        Some(b'{') => object(input, whole, depth).map(|(rest, ())| (rest, None)),
        _ => {
            let (rest, _) = alt((tag("true"), tag("false"), tag("null"), number)).parse(input)?;
            Ok((rest, None))
        }
    }
}

fn object<'t>(input: &'t str, whole: &'t str, depth: usize) -> Result<'t, ()> {
    let (mut rest, _) = (character('{'), blanks).parse(input)?;
    if let Ok((after, _)) = end('}', rest) {
        return Ok((after, ()));
    }
    loop {
        let (after, _) = (string, blanks, character(':'), blanks).parse(rest)?;
        let (after, _) = value(after, whole, depth + 1)?;
        let (after, separator) = (blanks, one_of(",}"), blanks).map(|(_, found, _)| found).parse(after)?;
        if separator == '}' {
            return Ok((after, ()));
        }
        rest = after;
    }
}

/// What stands between the quotes.
fn string(input: &str) -> Result<'_, &str> {
    let (rest, _) = character('"')(input)?;
    let (after, inside) = recognize(nom::multi::fold_many0(
        alt((take_while_some(|c| c != '"' && c != '\\' && c >= ' '), escape)),
        || (),
        |(), _| (),
    ))
    .parse(rest)?;
    let (after, _) = character('"')(after)?;
    Ok((after, inside))
}

fn escape(input: &str) -> Result<'_, &str> {
    let hexadecimal = take_while_m_n(4, 4, |c: char| c.is_ascii_hexdigit());
    recognize((character('\\'), alt((recognize(one_of("\"\\/bfnrt")), recognize((character('u'), hexadecimal))))))
        .parse(input)
}

fn number(input: &str) -> Result<'_, &str> {
    let integer = alt((recognize(character('0')), recognize((one_of("123456789"), digit0))));
    let fraction = (character('.'), digit1);
    let exponent = (one_of("eE"), opt(one_of("+-")), digit1);
    let (rest, number) = recognize((opt(character('-')), integer, opt(fraction), opt(exponent))).parse(input)?;
    match number.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok((rest, number)),
        _ => fail(input),
    }
}

fn take_while_some<'t>(matches: impl Fn(char) -> bool) -> impl FnMut(&'t str) -> Result<'t, &'t str> {
    move |input| nom::bytes::complete::take_while1(&matches).parse(input)
}

fn end(bracket: char, input: &str) -> Result<'_, char> {
    character(bracket)(input)
}

fn blanks(input: &str) -> Result<'_, &str> {
    take_while(is_blank).parse(input)
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

fn fail<T>(input: &str) -> Result<'_, T> {
    Err(nom::Err::Error(Error::new(input, ErrorKind::Verify)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(text: &str) -> Option<Vec<String>> {
        let mut source = Mapped::empty(0);
        source.push(text, 0);
        match array(text) {
            Array::Strings(strings) => {
                Some(strings.iter().map(|string| string_value(&source, string).text.into_owned()).collect())
            }
            _ => None,
        }
    }

    #[test]
    fn an_array_of_strings_is_read() {
        assert_eq!(strings("[]"), Some(vec![]));
        assert_eq!(strings(r#" [ "a" , "b c" ] "#), Some(vec!["a".to_owned(), "b c".to_owned()]));
        assert_eq!(strings(r#"["\u0041\n\ud83d\ude00\ud83d"]"#), Some(vec!["A\n\u{1f600}\u{fffd}".to_owned()]));
    }

    #[test]
    fn what_go_does_not_decode_is_text() {
        for text in ["['a']", r#"["a",]"#, r#"["a"] x"#, r#"["a" "b"]"#, r#"["a"#, r#"["\x"]"#, "[ -f x ]", "[01]"] {
            assert_eq!(array(text), Array::None, "{text}");
        }
        assert_eq!(array(&"[".repeat(100_000)), Array::None);
    }

    #[test]
    fn an_element_that_is_no_string_is_pointed_at() {
        assert_eq!(array(r#"["a", {"b": [1, null]}]"#), Array::OtherElement(6..22));
        assert_eq!(array("[[\"a\"]]"), Array::OtherElement(1..6));
    }
}
