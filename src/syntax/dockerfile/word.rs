//! Words and the variables in them, as BuildKit splits and expands them.

use std::ops::Range;

use super::mapped::Mapped;
use super::{Variable, VariableOperator, Word};
use crate::syntax::SyntaxError;

/// `${a:-${b:-…}}` inside each other; deeper than this is an error.
const DEEPEST: usize = 64;

/// The words of ENV, LABEL and ARG: blanks inside quotes and after the escape character do not separate.
pub(super) fn quoted_words(text: &str, escape: char) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut characters = text.char_indices().peekable();
    while let Some(&(start, first)) = characters.peek() {
        if first.is_whitespace() {
            characters.next();
            continue;
        }
        let end = word_end(&mut characters, text.len(), escape);
        if start < end {
            words.push(start..end);
        }
    }
    words
}

fn word_end(characters: &mut std::iter::Peekable<std::str::CharIndices<'_>>, end: usize, escape: char) -> usize {
    let mut quote = None;
    while let Some(&(at, character)) = characters.peek() {
        if quote.is_none() && character.is_whitespace() {
            return at;
        }
        characters.next();
        if character == escape && quote != Some('\'') {
            // An escape character with nothing after it is dropped.
            if characters.next().is_none() {
                return at;
            }
        } else if quote == Some(character) {
            quote = None;
        } else if quote.is_none() && matches!(character, '\'' | '"') {
            quote = Some(character);
        }
    }
    end
}

/// The words of FROM, EXPOSE, VOLUME, COPY and ADD: only blanks separate.
pub(super) fn blank_words(text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, character) in text.char_indices() {
        match (super::lexer::is_blank(character), start) {
            (true, Some(from)) => {
                words.push(from..at);
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
    }
    if let Some(from) = start {
        words.push(from..text.len());
    }
    words
}

/// The word at `range` of `source`. Errors in its variables go to `errors`, if it is one that BuildKit expands.
pub(super) fn word(
    source: &Mapped<'_>,
    range: Range<usize>,
    escape: char,
    errors: Option<&mut Vec<SyntaxError>>,
) -> Word {
    let part = source.part(range.clone());
    let (variables, error) = variables(&part, escape, true);
    if let (Some(error), Some(errors)) = (error, errors) {
        errors.push(error);
    }
    Word { span: source.span(range), raw: part.text.into(), variables }
}

/// The variables in `text`; where it stops being legal, the error. Without `quotes`, quotes mean nothing.
pub(super) fn variables(text: &Mapped<'_>, escape: char, quotes: bool) -> (Vec<Variable>, Option<SyntaxError>) {
    if memchr::memchr3(b'$', b'"', b'\'', text.text.as_bytes()).is_none() {
        return (Vec::new(), None);
    }
    let mut reader = Reader { source: text, text: &text.text, at: 0, escape, quotes, found: Vec::new() };
    let error = reader.until(None, 0).err();
    (reader.found, error)
}

struct Reader<'a> {
    source: &'a Mapped<'a>,
    text: &'a str,
    at: usize,
    escape: char,
    quotes: bool,
    found: Vec<Variable>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.at += character.len_utf8();
        Some(character)
    }

    fn error(&self, from: usize, message: impl Into<String>) -> SyntaxError {
        SyntaxError::new(self.source.span(from..self.at), message)
    }

    /// Reads up to and including `stop`, or to the end.
    fn until(&mut self, stop: Option<char>, depth: usize) -> Result<(), SyntaxError> {
        let start = self.at;
        while let Some(character) = self.peek() {
            if stop == Some(character) {
                self.next();
                return Ok(());
            }
            match character {
                '$' => self.variable(depth)?,
                '\'' if self.quotes => self.single_quoted()?,
                '"' if self.quotes => self.double_quoted(depth)?,
                _ => {
                    self.next();
                    if character == self.escape {
                        self.next();
                    }
                }
            }
        }
        match stop {
            Some(stop) => Err(self.error(start.saturating_sub(1), format!("`{stop}` is missing in this substitution"))),
            None => Ok(()),
        }
    }

    fn single_quoted(&mut self) -> Result<(), SyntaxError> {
        let start = self.at;
        self.next();
        match memchr::memchr(b'\'', &self.text.as_bytes()[self.at..]) {
            Some(length) => {
                self.at += length + 1;
                Ok(())
            }
            None => {
                self.at = start + 1;
                Err(self.error(start, "this single quote is never closed"))
            }
        }
    }

    fn double_quoted(&mut self, depth: usize) -> Result<(), SyntaxError> {
        let start = self.at;
        self.next();
        while let Some(character) = self.peek() {
            match character {
                '"' => {
                    self.next();
                    return Ok(());
                }
                '$' => self.variable(depth)?,
                _ => {
                    self.next();
                    let escaped = self.peek().is_some_and(|next| next == '"' || next == '$' || next == self.escape);
                    if character == self.escape && escaped {
                        self.next();
                    }
                }
            }
        }
        self.at = start + 1;
        Err(self.error(start, "this double quote is never closed"))
    }

    fn variable(&mut self, depth: usize) -> Result<(), SyntaxError> {
        let start = self.at;
        self.next();
        if self.peek() != Some('{') {
            let name = self.name();
            if !name.is_empty() {
                self.push(start, name, None);
            }
            return Ok(());
        }
        self.next();
        match self.peek() {
            None => return Err(self.error(start, "`}` is missing in this substitution")),
            Some('{' | '}' | ':') => {
                self.next();
                return Err(self.error(start, "this substitution names no variable"));
            }
            Some(_) => {}
        }
        if depth >= DEEPEST {
            return Err(self.error(start, "substitutions are nested too deeply"));
        }
        let name = self.name();
        let index = self.push(start, name, None);
        let operator_start = self.at;
        let Some(first) = self.next() else {
            return Err(self.error(start, "`}` is missing in this substitution"));
        };
        let colon = first == ':';
        let sign = if colon { self.next() } else { Some(first) };
        let operator = match sign {
            Some('}') if !colon => {
                self.found[index].span = self.source.span(start..self.at);
                return Ok(());
            }
            Some('-') => VariableOperator::Default { colon },
            Some('+') => VariableOperator::Alternative { colon },
            Some('?') => VariableOperator::Required { colon },
            Some('#') if !colon => VariableOperator::RemovePrefix { longest: self.peek() == Some('#') },
            Some('%') if !colon => VariableOperator::RemoveSuffix { longest: self.peek() == Some('%') },
            Some('/') if !colon => {
                let all = self.peek() == Some('/');
                if all {
                    self.next();
                }
                let pattern = self.at;
                self.until(Some('/'), depth + 1)?;
                self.check_pattern(pattern)?;
                VariableOperator::Replace { all }
            }
            _ => {
                let operator = &self.text[operator_start..self.at];
                let message = format!("BuildKit does not know the modifier `{operator}` in a substitution");
                return Err(self.error(start, message));
            }
        };
        let word = self.at;
        self.until(Some('}'), depth + 1)?;
        if matches!(operator, VariableOperator::RemovePrefix { .. } | VariableOperator::RemoveSuffix { .. }) {
            self.check_pattern(word)?;
        }
        self.found[index].operator = Some(operator);
        self.found[index].span = self.source.span(start..self.at);
        Ok(())
    }

    /// Refuses a pattern from `start` to before the character just read that escapes what needs no escape.
    fn check_pattern(&self, start: usize) -> Result<(), SyntaxError> {
        let pattern = &self.text[start..self.at - 1];
        // What quotes and variables make of it is another text.
        if self.escape != '\\' || pattern.contains(['$', '"', '\'']) {
            return Ok(());
        }
        let mut characters = pattern.chars();
        while let Some(character) = characters.next() {
            if character == '\\'
                && let Some(escaped) = characters.next()
                && !matches!(escaped, '*' | '?' | '\\' | '}' | '/')
            {
                return Err(self.error(start, format!("`\\{escaped}` is no escape in a pattern")));
            }
        }
        Ok(())
    }

    /// Letters, digits and `_`; or digits alone; or one special character.
    fn name(&mut self) -> Range<usize> {
        let start = self.at;
        let rest = &self.text[start..];
        let length = match rest.chars().next() {
            Some(first) if first.is_numeric() => rest.find(|c: char| !c.is_numeric()).unwrap_or(rest.len()),
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => 1,
            _ => rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len()),
        };
        self.at += length;
        start..self.at
    }

    fn push(&mut self, start: usize, name: Range<usize>, operator: Option<VariableOperator>) -> usize {
        let span = self.source.span(start..self.at);
        self.found.push(Variable { span, name: self.source.span(name), operator });
        self.found.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<String>, Option<String>) {
        let mut source = Mapped::empty(0);
        source.push(text, 0);
        let (variables, error) = variables(&source, '\\', true);
        (variables.iter().map(|v| v.span.of_text(text).to_owned()).collect(), error.map(|error| error.message))
    }

    #[test]
    fn every_form_is_found_and_nested_ones_too() {
        for form in
            ["$a", "${a}", "${a:-b}", "${a:+b}", "${a-b}", "${a+b}", "${a?e}", "${a:?e}", "${a#p}", "${a##p}", "${a%p}"]
        {
            assert_eq!(read(&format!("x{form}.\"{form}\"")), (vec![form.to_owned(), form.to_owned()], None), "{form}");
        }
        assert_eq!(read("${a/p/r}${a//p/r}${a%%p}").0.len(), 3);
        assert_eq!(read("${a:-${b:-$c}}").0, ["${a:-${b:-$c}}", "${b:-$c}", "$c"]);
    }

    #[test]
    fn escapes_and_single_quotes_hide_variables() {
        assert_eq!(read(r"\$a '$b' $ "), (vec![], None));
        assert_eq!(read(r#""\$a\"$b""#).0, ["$b"]);
    }

    #[test]
    fn what_buildkit_refuses_is_an_error() {
        for text in ["${a", "${}", "${a:=b}", "${a:#b}", "${a^}", "\"a", "'a", "${a/b}", "${a:-'b}"] {
            assert!(read(text).1.is_some(), "{text}");
        }
        assert!(read(&"${a:-".repeat(10_000)).1.is_some());
    }

    #[test]
    fn words_keep_their_quotes() {
        let words = |text: &str| quoted_words(text, '\\').into_iter().map(|r| text[r].to_owned()).collect::<Vec<_>>();
        assert_eq!(words(r#"a="b c"  d=e\ f 'g h' \"#), [r#"a="b c""#, r"d=e\ f", "'g h'"]);
        assert_eq!(words(r#"a="b \" c" d"#), [r#"a="b \" c""#, "d"]);
    }
}
