//! The patterns of `${name#pattern}`, `${name%pattern}` and `${name/pattern/text}`: `*` and `?` only.
//!
//! BuildKit translates them to regular expressions; here they are matched directly, in time proportional to pattern
//! times value, with the same choice among several matches.

use super::{ExpandError, MAX_LENGTH};

/// A pattern, ready to match.
pub(super) struct Pattern {
    items: Vec<Item>,
    /// Whether `*` takes as much as it can.
    greedy: bool,
}

#[derive(Clone, Copy)]
enum Item {
    /// `*`: anything but a line break, as often as possible.
    Many,
    /// `?`: anything but a line break.
    One,
    Literal(char),
}

impl Pattern {
    /// Reads a pattern; `reversed` when it is to be matched backwards from the end of a value.
    pub(super) fn parse(pattern: &str, greedy: bool, reversed: bool) -> Result<Pattern, ExpandError> {
        let bad = || ExpandError::BadPattern(pattern.to_owned());
        let source = if reversed { reverse_pattern(pattern) } else { pattern.chars().collect() };
        let mut items = Vec::with_capacity(source.len());
        let mut characters = source.into_iter().peekable();
        while let Some(character) = characters.next() {
            items.push(match character {
                '*' => Item::Many,
                '?' => Item::One,
                '\\' => match characters.next() {
                    Some(escaped @ ('*' | '?' | '\\' | '}' | '/')) => Item::Literal(escaped),
                    _ => return Err(bad()),
                },
                other => Item::Literal(other),
            });
        }
        Ok(Pattern { items, greedy })
    }

    /// `value` without what the pattern matches at its start.
    pub(super) fn trim_start<'v>(&self, value: &'v str) -> &'v str {
        let characters: Vec<char> = value.chars().collect();
        match self.ends(&characters)[0] {
            Some(end) => &value[bytes(&characters[..end])..],
            None => value,
        }
    }

    /// `value` without what the reversed pattern matches at its end.
    pub(super) fn trim_end<'v>(&self, value: &'v str) -> &'v str {
        let mut characters: Vec<char> = value.chars().collect();
        characters.reverse();
        match self.ends(&characters)[0] {
            Some(end) => &value[..bytes(&characters[end..])],
            None => value,
        }
    }

    /// `value` with the first match replaced by `text`.
    pub(super) fn replace_first(&self, value: &str, text: &str) -> String {
        let characters: Vec<char> = value.chars().collect();
        let ends = self.ends(&characters);
        let Some((start, end)) = find(&ends, 0) else { return value.to_owned() };
        let mut result: String = characters[..start].iter().collect();
        result.push_str(text);
        result.extend(&characters[end..]);
        result
    }

    /// `value` with every match replaced by `text`, in which `$0` stands for the match: what Go's
    /// `Regexp.ReplaceAllString` does, also with empty matches. `None` when the result is too long.
    pub(super) fn replace_all(&self, value: &str, text: &str) -> Option<String> {
        let characters: Vec<char> = value.chars().collect();
        let ends = self.ends(&characters);
        let mut result = String::new();
        let (mut search, mut copied) = (0, 0);
        while let Some((start, end)) = find(&ends, search) {
            result.extend(&characters[copied..start]);
            if end > copied || start == 0 {
                fill_template(&mut result, text, &characters[start..end]);
            }
            if result.len() > MAX_LENGTH {
                return None;
            }
            copied = end;
            search = if search < end { end } else { search + 1 };
        }
        result.extend(&characters[copied..]);
        Some(result)
    }

    /// For each place in `value`, its end included, where a match that starts there ends.
    fn ends(&self, value: &[char]) -> Vec<Option<usize>> {
        let mut ends: Vec<Option<usize>> = (0..=value.len()).map(Some).collect();
        for item in self.items.iter().rev() {
            match item {
                Item::Literal(wanted) => shift(&mut ends, |at| value[at] == *wanted),
                Item::One => shift(&mut ends, |at| value[at] != '\n'),
                Item::Many => {
                    for at in (0..value.len()).rev() {
                        let longer = if value[at] == '\n' { None } else { ends[at + 1] };
                        ends[at] = if self.greedy { longer.or(ends[at]) } else { ends[at].or(longer) };
                    }
                }
            }
        }
        ends
    }
}

/// The first match at or after `from`.
fn find(ends: &[Option<usize>], from: usize) -> Option<(usize, usize)> {
    let after = ends.get(from..)?;
    after.iter().enumerate().find_map(|(at, end)| Some((from + at, (*end)?)))
}

/// One item that takes one character.
fn shift(ends: &mut [Option<usize>], takes: impl Fn(usize) -> bool) {
    let last = ends.len() - 1;
    for at in 0..last {
        ends[at] = if takes(at) { ends[at + 1] } else { None };
    }
    ends[last] = None;
}

fn bytes(characters: &[char]) -> usize {
    characters.iter().map(|character| character.len_utf8()).sum()
}

/// Backwards, an escape staying before what it escapes.
fn reverse_pattern(pattern: &str) -> Vec<char> {
    let characters: Vec<char> = pattern.chars().collect();
    let mut groups: Vec<&[char]> = Vec::with_capacity(characters.len());
    let mut at = 0;
    while at < characters.len() {
        let length = if characters[at] == '\\' && at + 1 < characters.len() { 2 } else { 1 };
        groups.push(&characters[at..at + length]);
        at += length;
    }
    groups.into_iter().rev().flatten().copied().collect()
}

/// Go's `Regexp.Expand` for an expression without groups: `$0` is the match, `$$` a dollar, other names nothing.
fn fill_template(result: &mut String, template: &str, matched: &[char]) {
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('$') {
        result.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            result.push('$');
            rest = after;
            continue;
        }
        let Some((name, after)) = template_name(after) else {
            result.push('$');
            rest = after;
            continue;
        };
        if name == "0" {
            result.extend(matched);
        }
        rest = after;
    }
    result.push_str(rest);
}

fn template_name(text: &str) -> Option<(&str, &str)> {
    let (braces, text) = match text.strip_prefix('{') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() {
        return None;
    }
    if !braces {
        return Some((name, rest));
    }
    Some((name, rest.strip_prefix('}')?))
}
