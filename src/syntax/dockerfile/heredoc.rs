//! Which words of a line announce a heredoc, and what its delimiter is.

use std::ops::Range;

/// `<<NAME` in a line.
#[derive(Debug, PartialEq)]
pub(super) struct Marker {
    /// The word, in the line.
    pub(super) range: Range<usize>,
    pub(super) descriptor: Option<u32>,
    pub(super) strip_tabs: bool,
    pub(super) name: String,
    pub(super) expand: bool,
}

/// The heredocs that a whole line announces, its keyword included. None at all when a quote or a substitution in
/// the line is not closed. The escape character here is always the backslash.
pub(super) fn markers(line: &str) -> Vec<Marker> {
    let Some(words) = Lexer::new(line, true, true).words() else { return Vec::new() };
    words.into_iter().filter_map(|word| Some(Marker { range: word.range, ..marker(&word.text)? })).collect()
}

/// The heredoc that one word is.
pub(super) fn marker(word: &str) -> Option<Marker> {
    let digits = word.find(|c: char| !c.is_ascii_digit())?;
    let after = word[digits..].strip_prefix("<<")?;
    let strip_tabs = after.starts_with('-');
    let rest = after[usize::from(strip_tabs)..].trim_start_matches(['\t', '\n', '\u{c}', '\r', ' ']);
    if rest.is_empty() || rest.contains('<') {
        return None;
    }
    let mut names = Lexer::new(rest, false, false).words()?;
    let raw = Lexer::new(rest, true, false).words()?;
    let ([name], [raw]) = (&mut names[..], &raw[..]) else { return None };
    let quotes = |text: &str| text.matches(['\'', '"']).count();
    let expand = quotes(&name.text) == quotes(&raw.text);
    Some(Marker {
        range: 0..word.len(),
        descriptor: word[..digits].parse().ok(),
        strip_tabs,
        name: std::mem::take(&mut name.text),
        expand,
    })
}

struct Piece {
    text: String,
    range: Range<usize>,
}

/// Splits text into words with every variable unset and left as it is.
struct Lexer<'t> {
    text: &'t str,
    at: usize,
    raw_quotes: bool,
    raw_escapes: bool,
    depth: usize,
    words: Vec<Piece>,
    /// The word being read.
    word: String,
    word_start: usize,
    inside: bool,
}

const DEEPEST: usize = 64;

impl<'t> Lexer<'t> {
    fn new(text: &'t str, raw_quotes: bool, raw_escapes: bool) -> Lexer<'t> {
        Lexer {
            text,
            at: 0,
            raw_quotes,
            raw_escapes,
            depth: 0,
            words: Vec::new(),
            word: String::new(),
            word_start: 0,
            inside: false,
        }
    }

    fn words(mut self) -> Option<Vec<Piece>> {
        while let Some(character) = self.peek() {
            let start = self.at;
            match character {
                '$' => {
                    let text = self.dollar()?;
                    text.chars().for_each(|c| self.add(c, start));
                }
                '<' => {
                    let text = self.less_than();
                    self.add_raw(&text, start);
                }
                '\'' => {
                    let text = self.single_quoted()?;
                    self.add_raw(&text, start);
                }
                '"' => {
                    let text = self.double_quoted()?;
                    self.add_raw(&text, start);
                }
                '\\' => {
                    self.next();
                    if self.raw_escapes {
                        self.add_raw("\\", start);
                    }
                    if let Some(escaped) = self.next() {
                        self.add_raw(escaped.encode_utf8(&mut [0; 4]), start);
                    }
                }
                _ => {
                    self.next();
                    self.add(character, start);
                }
            }
        }
        self.finish_word(self.text.len());
        Some(self.words)
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.at += character.len_utf8();
        Some(character)
    }

    fn add(&mut self, character: char, at: usize) {
        if !character.is_whitespace() {
            self.add_raw(character.encode_utf8(&mut [0; 4]), at);
        } else if self.inside && !self.word.is_empty() {
            self.finish_word(at);
        }
    }

    fn add_raw(&mut self, text: &str, at: usize) {
        if self.word.is_empty() {
            self.word_start = at;
        }
        self.word.push_str(text);
        self.inside = true;
    }

    fn finish_word(&mut self, end: usize) {
        if !self.word.is_empty() {
            let text = std::mem::take(&mut self.word);
            let end = end.max(self.word_start);
            self.words.push(Piece { text, range: self.word_start..end });
        }
        self.inside = false;
    }

    /// `<`, or `<<` with the blanks after it.
    fn less_than(&mut self) -> String {
        let start = self.at;
        self.next();
        if self.peek() == Some('<') {
            self.next();
            while matches!(self.peek(), Some('\t' | '\r' | ' ')) {
                self.next();
            }
        }
        self.text[start..self.at].to_owned()
    }

    fn single_quoted(&mut self) -> Option<String> {
        let start = self.at;
        self.next();
        let length = memchr::memchr(b'\'', &self.text.as_bytes()[self.at..])?;
        self.at += length + 1;
        let text = if self.raw_quotes { start..self.at } else { start + 1..self.at - 1 };
        Some(self.text[text].to_owned())
    }

    fn double_quoted(&mut self) -> Option<String> {
        let mut result = String::new();
        self.next();
        if self.raw_quotes {
            result.push('"');
        }
        loop {
            match self.peek()? {
                '"' => {
                    self.next();
                    if self.raw_quotes {
                        result.push('"');
                    }
                    return Some(result);
                }
                '$' => result.push_str(&self.dollar()?),
                character => {
                    self.next();
                    if character != '\\' {
                        result.push(character);
                        continue;
                    }
                    if self.raw_escapes {
                        result.push('\\');
                    }
                    match self.peek()? {
                        escaped @ ('"' | '$' | '\\') => {
                            self.next();
                            result.push(escaped);
                        }
                        _ => result.push('\\'),
                    }
                }
            }
        }
    }

    /// A variable, left as it is.
    fn dollar(&mut self) -> Option<String> {
        let start = self.at;
        self.next();
        if self.peek() != Some('{') {
            self.name();
            return Some(self.text[start..self.at].to_owned());
        }
        self.next();
        if matches!(self.peek()?, '{' | '}' | ':') || self.depth >= DEEPEST {
            return None;
        }
        self.depth += 1;
        self.name();
        let mut result = self.text[start..self.at].to_owned();
        let mut sign = self.next()?;
        let colon = sign == ':';
        result.push(sign);
        if colon {
            sign = self.next()?;
            result.push(sign);
        }
        match sign {
            '}' if !colon => {}
            '-' | '+' | '?' => result.push_str(&self.nested('}', false)?),
            '#' | '%' if !colon => result.push_str(&self.nested('}', true)?),
            '/' if !colon => {
                // A second slash is read and, as the variable is unset, lost.
                if self.peek() == Some('/') {
                    self.next();
                }
                result.push_str(&self.nested('/', true)?);
                result.push('/');
                result.push_str(&self.nested('}', true)?);
            }
            _ => return None,
        }
        if sign != '}' {
            result.push('}');
        }
        self.depth -= 1;
        Some(result)
    }

    /// The text of a modifier up to `stop`. BuildKit shares one buffer here, so that what stood in the word before
    /// is lost.
    fn nested(&mut self, stop: char, raw_escapes: bool) -> Option<String> {
        self.word.clear();
        let outer = std::mem::replace(&mut self.raw_escapes, raw_escapes);
        let mut result = String::new();
        let closed = loop {
            let Some(character) = self.peek() else { break None };
            if character == stop {
                self.next();
                break Some(());
            }
            match character {
                '$' => result.push_str(&self.dollar()?),
                '<' => result.push_str(&self.less_than()),
                '\'' => result.push_str(&self.single_quoted()?),
                '"' => result.push_str(&self.double_quoted()?),
                '\\' => {
                    self.next();
                    if self.raw_escapes {
                        result.push('\\');
                    }
                    result.extend(self.next());
                }
                _ => result.extend(self.next()),
            }
        };
        self.raw_escapes = outer;
        closed.map(|()| result)
    }

    fn name(&mut self) {
        let rest = &self.text[self.at..];
        self.at += match rest.chars().next() {
            Some(first) if first.is_numeric() => rest.find(|c: char| !c.is_numeric()).unwrap_or(rest.len()),
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => 1,
            _ => rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len()),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(line: &str) -> Vec<(String, bool)> {
        markers(line).into_iter().map(|marker| (marker.name, marker.expand)).collect()
    }

    fn name(name: &str, expand: bool) -> Vec<(String, bool)> {
        vec![(name.to_owned(), expand)]
    }

    #[test]
    fn a_delimiter_may_be_quoted_escaped_or_stand_apart() {
        assert_eq!(names("RUN <<EOF"), name("EOF", true));
        assert_eq!(names("RUN <<'EOF'"), name("EOF", false));
        assert_eq!(names("RUN <<\"E O\""), name("E O", false));
        assert_eq!(names("RUN cat <<-E\"O\"F > x"), name("EOF", false));
        assert_eq!(names("RUN <<\\EOF"), name("EOF", true));
        assert_eq!(names("RUN cat << EOF"), name("EOF", true));
        assert_eq!(names("RUN 3<<EOF"), name("EOF", true));
        assert_eq!(names("RUN <<EOF>x"), name("EOF>x", true));
        assert_eq!(names("COPY <<a <<b /").len(), 2);
    }

    #[test]
    fn other_uses_of_the_sign_are_no_heredoc() {
        for line in
            ["RUN a<<EOF", "RUN cat <<<x", "RUN echo $((1<<2))x", "RUN echo '<<EOF'", "RUN <<- EOF", "RUN <<\"\""]
        {
            assert_eq!(names(line), vec![], "{line}");
        }
    }

    #[test]
    fn an_open_quote_anywhere_in_the_line_hides_it() {
        assert_eq!(names("RUN cat <<EOF && echo it's"), vec![]);
    }
}
