//! Variables in the words of a Dockerfile, expanded the way BuildKit expands them.
//!
//! The behaviour is that of `frontend/dockerfile/shell` of <https://github.com/moby/buildkit> (Apache-2.0),
//! oddities included; `tests/oracle` holds it to that. One thing is added: a variable may be unknown, and then so
//! is what depends on it.

mod pattern;

use std::fmt;
use std::iter::Peekable;
use std::str::Chars;

use pattern::Pattern;

/// What is known about a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// It has this value, unless the builder is told otherwise.
    Known(&'a str),
    /// It is not set.
    Unset,
    /// An `ARG` without a default: unset unless the builder passes a value. With a default in the reference
    /// (`${NAME:-word}`) it counts as unset, without one as unknown.
    Argument,
    /// It may be set or not, to anything.
    Unknown,
}

/// Where variables are looked up.
pub trait Environment {
    /// What is known about the variable of that name.
    fn get(&self, name: &str) -> Value<'_>;
}

/// How words are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The escape character of the Dockerfile.
    pub escape: char,
    /// Whether quotes are special. They are not in the body of a heredoc.
    pub quotes: bool,
}

/// What a word becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expansion {
    /// As one string; `None` when it depends on something unknown.
    pub value: Option<String>,
    /// Split at the blanks that are not quoted; `None` when it depends on something unknown.
    pub words: Option<Vec<String>>,
    /// Every variable that was looked up, in order; one that is looked up twice is there twice.
    pub uses: Vec<Use>,
}

/// A variable that was looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// Its name.
    pub name: String,
    /// Whether it is set; `None` when that is not known.
    pub set: Option<bool>,
    /// Whether the reference says what to do when it is unset: `${NAME:-word}`, `${NAME+word}`, `${NAME:?word}`.
    pub guarded: bool,
}

/// Why a word cannot be expanded; BuildKit stops there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpandError {
    /// A quote, `${` or the `/` of a replacement without its end.
    Unclosed(char),
    /// `${}`, `${{`, `${:`.
    BadSubstitution,
    /// A modifier that BuildKit does not know.
    UnsupportedModifier(String),
    /// `${NAME:?message}` of a variable that is unset or empty.
    Required {
        /// The variable.
        name: String,
        /// The message, or what BuildKit says without one.
        message: String,
    },
    /// A pattern with an escape that means nothing.
    BadPattern(String),
    /// Substitutions nested deeper than any sane file has them.
    TooDeep,
}

/// Longer results count as unknown: a few lines of `ENV A=$B$B` and `ENV B=$A$A` would fill the memory otherwise.
pub(super) const MAX_LENGTH: usize = 1 << 16;

/// `${a:-${b:-…}}` deeper than this is refused instead of overflowing the stack.
const MAX_DEPTH: usize = 100;

impl Default for Options {
    fn default() -> Options {
        Options { escape: '\\', quotes: true }
    }
}

impl Options {
    /// Words of a Dockerfile with that escape character.
    pub fn escape(escape: char) -> Options {
        Options { escape, quotes: true }
    }
}

/// Expands `word`.
///
/// # Errors
///
/// Where BuildKit refuses the word. A word that depends on something unknown is no error.
pub fn expand(word: &str, environment: &dyn Environment, options: Options) -> Result<Expansion, ExpandError> {
    let mut expander = Expander {
        // BuildKit reads through Go's text/scanner, which leaves a byte order mark at the start out.
        rest: word.strip_prefix('\u{feff}').unwrap_or(word).chars().peekable(),
        environment,
        options,
        buffer: String::new(),
        uses: Vec::new(),
        depth: 0,
    };
    let (text, words) = expander.until(None, Escapes::Remove)?;
    Ok(Expansion { words: text.known.then_some(words), value: text.known.then_some(text.text), uses: expander.uses })
}

/// The value of `word`: the quick way when it has nothing special in it. `None` when it is unknown or refused.
pub fn value(word: &str, environment: &dyn Environment, options: Options) -> Option<String> {
    match unexpanded(word, options) {
        Some(text) => Some(text.to_owned()),
        None => expand(word, environment, options).ok()?.value,
    }
}

/// The value of a word with nothing in it to expand: plain, or one quoted text. `None` says nothing.
pub fn unexpanded(word: &str, options: Options) -> Option<&str> {
    let is_plain = |text: &str| {
        let special = |byte: u8| {
            byte == b'$' || (options.quotes && matches!(byte, b'"' | b'\'')) || char::from(byte) == options.escape
        };
        text.len() <= MAX_LENGTH && !text.bytes().any(special) && !text.starts_with('\u{feff}')
    };
    if is_plain(word) {
        return Some(word);
    }
    let quote = word.chars().next().filter(|first| options.quotes && matches!(first, '"' | '\''))?;
    word.get(1..)?.strip_suffix(quote).filter(|inner| is_plain(inner))
}

impl fmt::Display for ExpandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExpandError::Unclosed('}') => f.write_str("`${` is never closed"),
            ExpandError::Unclosed('/') => f.write_str("the replacement in `${` has no second `/`"),
            ExpandError::Unclosed(quote) => write!(f, "the quote `{quote}` is never closed"),
            ExpandError::BadSubstitution => f.write_str("`${` is not followed by a name"),
            ExpandError::UnsupportedModifier(modifier) => write!(f, "BuildKit does not know the modifier `{modifier}`"),
            ExpandError::Required { name, message } => write!(f, "`{name}`: {message}"),
            ExpandError::BadPattern(pattern) => write!(f, "`{pattern}` has an escape that means nothing"),
            ExpandError::TooDeep => f.write_str("substitutions are nested too deeply"),
        }
    }
}

impl std::error::Error for ExpandError {}

/// A string, and whether it is really known.
struct Text {
    text: String,
    known: bool,
}

impl Text {
    fn append(&mut self, part: &Text) {
        self.text.push_str(&part.text);
        self.known &= part.known;
        if self.known && self.text.len() > MAX_LENGTH && part.text.len() > 1 {
            *self = unknown();
        }
    }
}

/// What becomes of escape characters.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Escapes {
    /// They go.
    Remove,
    /// They stay.
    Keep,
    /// They stay, and one that is quoted is doubled: the text is read again as a pattern.
    Pattern,
}

struct Expander<'w, 'e> {
    rest: Peekable<Chars<'w>>,
    environment: &'e dyn Environment,
    options: Options,
    /// The word being split off. Shared by all depths, as in BuildKit: a substitution with a word of its own
    /// forgets what stood before it (this concerns only the split into words).
    buffer: String,
    uses: Vec<Use>,
    depth: usize,
}

/// The words of one depth.
#[derive(Default)]
struct Words {
    words: Vec<String>,
    in_word: bool,
}

impl Words {
    fn add(&mut self, buffer: &mut String, character: char) {
        if !character.is_whitespace() {
            self.add_raw(buffer, character);
        } else if self.in_word && !buffer.is_empty() {
            self.words.push(std::mem::take(buffer));
            self.in_word = false;
        }
    }

    fn add_raw(&mut self, buffer: &mut String, character: char) {
        buffer.push(character);
        self.in_word = true;
    }

    fn finish(mut self, buffer: &mut String) -> Vec<String> {
        if !buffer.is_empty() {
            self.words.push(std::mem::take(buffer));
        }
        self.words
    }
}

impl Expander<'_, '_> {
    /// Up to `stop`, which is consumed, or the end.
    fn until(&mut self, stop: Option<char>, escapes: Escapes) -> Result<(Text, Vec<String>), ExpandError> {
        let mut result = Text { text: String::new(), known: true };
        let mut words = Words::default();
        self.buffer.clear();
        while let Some(&character) = self.rest.peek() {
            if stop == Some(character) {
                self.rest.next();
                return Ok((result, words.finish(&mut self.buffer)));
            }
            match character {
                '$' => {
                    let part = self.dollar()?;
                    part.text.chars().for_each(|c| words.add(&mut self.buffer, c));
                    result.append(&part);
                }
                '<' => {
                    let part = self.less_than();
                    words.in_word = true;
                    self.buffer.push_str(&part);
                    result.text.push_str(&part);
                }
                '\'' | '"' if self.options.quotes => {
                    let part =
                        if character == '"' { self.double_quoted(escapes)? } else { self.single_quoted(escapes)? };
                    words.in_word = true;
                    self.buffer.push_str(&part.text);
                    result.append(&part);
                }
                _ => {
                    self.rest.next();
                    if character != self.options.escape {
                        words.add(&mut self.buffer, character);
                        result.text.push(character);
                        continue;
                    }
                    if escapes != Escapes::Remove {
                        words.add_raw(&mut self.buffer, character);
                        result.text.push(character);
                    }
                    let Some(escaped) = self.rest.next() else { break };
                    words.add_raw(&mut self.buffer, escaped);
                    result.text.push(escaped);
                }
            }
        }
        match stop {
            Some(stop) => Err(ExpandError::Unclosed(stop)),
            None => Ok((result, words.finish(&mut self.buffer))),
        }
    }

    fn single_quoted(&mut self, escapes: Escapes) -> Result<Text, ExpandError> {
        self.rest.next();
        let mut text = String::new();
        loop {
            match self.rest.next() {
                None => return Err(ExpandError::Unclosed('\'')),
                Some('\'') => return Ok(Text { text, known: true }),
                Some(character) => {
                    if escapes == Escapes::Pattern && character == self.options.escape {
                        text.push(character);
                    }
                    text.push(character);
                }
            }
        }
    }

    fn double_quoted(&mut self, escapes: Escapes) -> Result<Text, ExpandError> {
        self.rest.next();
        let escape = self.options.escape;
        let mut result = Text { text: String::new(), known: true };
        loop {
            match self.rest.peek().copied() {
                None => return Err(ExpandError::Unclosed('"')),
                Some('"') => {
                    self.rest.next();
                    return Ok(result);
                }
                Some('$') => {
                    let part = self.dollar()?;
                    result.append(&part);
                }
                Some(character) if character == escape => {
                    self.rest.next();
                    let Some(&next) = self.rest.peek() else { continue };
                    if escapes != Escapes::Remove {
                        result.text.push(escape);
                    }
                    if next == '"' || next == '$' || next == escape {
                        self.rest.next();
                        result.text.push(next);
                    } else {
                        result.text.push(escape);
                    }
                }
                Some(character) => {
                    self.rest.next();
                    result.text.push(character);
                }
            }
        }
    }

    /// `<<` keeps the blanks after it: they belong to a heredoc marker.
    fn less_than(&mut self) -> String {
        self.rest.next();
        let mut text = "<".to_owned();
        if self.rest.next_if_eq(&'<').is_some() {
            text.push('<');
            while let Some(blank) = self.rest.next_if(|c| matches!(c, ' ' | '\t' | '\r')) {
                text.push(blank);
            }
        }
        text
    }

    fn dollar(&mut self) -> Result<Text, ExpandError> {
        self.rest.next();
        if self.rest.next_if_eq(&'{').is_none() {
            let name = self.name();
            if name.is_empty() {
                return Ok(Text { text: "$".to_owned(), known: true });
            }
            return Ok(plain(self.look_up(&name, false)));
        }
        match self.rest.peek() {
            None => return Err(ExpandError::Unclosed('}')),
            Some('{' | '}' | ':') => return Err(ExpandError::BadSubstitution),
            Some(_) => {}
        }
        let name = self.name();
        match self.rest.next() {
            None => Err(ExpandError::Unclosed('}')),
            Some('}') => Ok(plain(self.look_up(&name, false))),
            Some(':') => match self.rest.next() {
                Some(operator @ ('-' | '+' | '?')) => self.conditional(&name, operator, true),
                operator => {
                    Err(ExpandError::UnsupportedModifier(format!(":{}", operator.map_or(String::new(), String::from))))
                }
            },
            Some(operator @ ('-' | '+' | '?')) => self.conditional(&name, operator, false),
            Some(operator @ ('#' | '%')) => self.trim(&name, operator),
            Some('/') => self.replace(&name),
            Some(other) => Err(ExpandError::UnsupportedModifier(other.to_string())),
        }
    }

    fn name(&mut self) -> String {
        let mut name = String::new();
        match self.rest.peek() {
            Some(digit) if digit.is_numeric() => {
                while let Some(digit) = self.rest.next_if(|c| c.is_numeric()) {
                    name.push(digit);
                }
            }
            Some('@' | '*' | '#' | '?' | '-' | '$' | '!') => name.extend(self.rest.next()),
            _ => {
                while let Some(character) = self.rest.next_if(|c| c.is_alphanumeric() || *c == '_') {
                    name.push(character);
                }
            }
        }
        name
    }

    /// The word of a substitution, one level deeper.
    fn inner(&mut self, stop: char, escapes: Escapes) -> Result<Text, ExpandError> {
        if self.depth == MAX_DEPTH {
            return Err(ExpandError::TooDeep);
        }
        self.depth += 1;
        let (text, _) = self.until(Some(stop), escapes)?;
        self.depth -= 1;
        Ok(text)
    }

    fn conditional(&mut self, name: &str, operator: char, colon: bool) -> Result<Text, ExpandError> {
        let word = self.inner('}', Escapes::Remove)?;
        let value = self.look_up(name, true);
        let missing = match value {
            Value::Known(value) => colon && value.is_empty(),
            Value::Unset => true,
            Value::Argument if operator != '?' => true,
            Value::Argument | Value::Unknown => return Ok(unknown()),
        };
        match (operator, missing) {
            ('-', true) | ('+', false) => Ok(word),
            ('+', true) => Ok(known("")),
            ('?', true) => {
                let default =
                    if value == Value::Unset { "is not allowed to be unset" } else { "is not allowed to be empty" };
                if !word.known {
                    return Err(ExpandError::Required { name: name.to_owned(), message: default.to_owned() });
                }
                let message = if word.text.is_empty() { default.to_owned() } else { word.text };
                Err(ExpandError::Required { name: name.to_owned(), message })
            }
            _ => Ok(plain(value)),
        }
    }

    fn trim(&mut self, name: &str, operator: char) -> Result<Text, ExpandError> {
        let word = self.inner('}', Escapes::Pattern)?;
        let value = self.look_up(name, false);
        let (longest, pattern) = match word.text.strip_prefix(operator) {
            Some(rest) => (true, rest),
            None => (false, &*word.text),
        };
        if !word.known {
            return Ok(unknown());
        }
        let pattern = Pattern::parse(pattern, longest, operator == '%')?;
        Ok(match value {
            Value::Known(value) if operator == '#' => known(pattern.trim_start(value)),
            Value::Known(value) => known(pattern.trim_end(value)),
            Value::Unset => known(""),
            Value::Argument | Value::Unknown => unknown(),
        })
    }

    fn replace(&mut self, name: &str) -> Result<Text, ExpandError> {
        let all = self.rest.next_if_eq(&'/').is_some();
        let pattern = self.inner('/', Escapes::Pattern)?;
        let replacement = self.inner('}', Escapes::Keep)?;
        let value = self.look_up(name, false);
        if !pattern.known || !replacement.known {
            return Ok(unknown());
        }
        let pattern = Pattern::parse(&pattern.text, true, false)?;
        let value = match value {
            Value::Known(value) => value,
            Value::Unset => "",
            Value::Argument | Value::Unknown => return Ok(unknown()),
        };
        let text = if all {
            pattern.replace_all(value, &replacement.text)
        } else {
            Some(pattern.replace_first(value, &replacement.text))
        };
        Ok(text.map_or_else(unknown, |text| Text { text, known: true }))
    }

    fn look_up(&mut self, name: &str, guarded: bool) -> Value<'_> {
        let value = self.environment.get(name);
        let set = match value {
            Value::Known(_) => Some(true),
            Value::Unset => Some(false),
            Value::Argument | Value::Unknown => None,
        };
        self.uses.push(Use { name: name.to_owned(), set, guarded });
        value
    }
}

fn plain(value: Value<'_>) -> Text {
    match value {
        Value::Known(value) => known(value),
        Value::Unset => known(""),
        Value::Argument | Value::Unknown => unknown(),
    }
}

fn known(text: &str) -> Text {
    Text { text: text.to_owned(), known: true }
}

fn unknown() -> Text {
    Text { text: String::new(), known: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sample;

    impl Environment for Sample {
        fn get(&self, name: &str) -> Value<'_> {
            match name {
                "HOME" => Value::Known("/home"),
                "FILE" => Value::Known("a.b.c"),
                "EMPTY" => Value::Known(""),
                "ARG" => Value::Argument,
                "OPEN" => Value::Unknown,
                _ => Value::Unset,
            }
        }
    }

    fn of(word: &str) -> Option<String> {
        expand(word, &Sample, Options::default()).expect("legal").value
    }

    #[test]
    fn known_values_are_put_in() {
        for (word, expected) in [
            ("a${HOME}b", "a/homeb"),
            ("'$HOME'\"$HOME\"", "$HOME/home"),
            ("\\$HOME", "$HOME"),
            ("${NONE:-x$HOME}", "x/home"),
            ("${EMPTY:-x}${EMPTY-y}", "x"),
            ("${HOME:+set}${NONE:+set}", "set"),
            ("${FILE#*.}|${FILE##*.}|${FILE%.*}|${FILE%%.*}", "b.c|c|a.b|a"),
            ("${FILE/./-}|${FILE//./-}|${FILE//./$0}", "a-b.c|a-b-c|abc"),
        ] {
            assert_eq!(of(word).as_deref(), Some(expected), "{word}");
        }
    }

    #[test]
    fn what_depends_on_something_unknown_is_unknown() {
        for word in
            ["$OPEN", "a${OPEN:-b}", "${NONE:-$OPEN}", "$ARG", "${HOME#$OPEN}", "${OPEN:?needed}", "${ARG:?needed}"]
        {
            assert_eq!(of(word), None, "{word}");
        }
        assert_eq!(of("${HOME:-$OPEN}").as_deref(), Some("/home"), "the unknown word is not used");
    }

    #[test]
    fn an_argument_without_default_takes_the_default_of_the_reference() {
        assert_eq!(of("${ARG:-latest}").as_deref(), Some("latest"));
        assert_eq!(of("${ARG:+-slim}").as_deref(), Some(""));
    }

    #[test]
    fn uses_say_what_was_set() {
        let uses = expand("$HOME ${NONE:-$OPEN}", &Sample, Options::default()).expect("legal").uses;
        let seen: Vec<_> = uses.iter().map(|u| (u.name.as_str(), u.set, u.guarded)).collect();
        assert_eq!(seen, [("HOME", Some(true), false), ("OPEN", None, false), ("NONE", Some(false), true)]);
    }

    #[test]
    fn refused_words_say_why() {
        for (word, error) in [
            ("${HOME", ExpandError::Unclosed('}')),
            ("${HOME:=x}", ExpandError::UnsupportedModifier(":=".to_owned())),
            ("${}", ExpandError::BadSubstitution),
            ("'a", ExpandError::Unclosed('\'')),
            ("${HOME/a}", ExpandError::Unclosed('/')),
            ("${NONE:?}", ExpandError::Required { name: "NONE".into(), message: "is not allowed to be unset".into() }),
            ("${HOME#\\x}", ExpandError::BadPattern("\\x".into())),
        ] {
            assert_eq!(expand(word, &Sample, Options::default()), Err(error), "{word}");
        }
    }

    #[test]
    fn deep_nesting_is_refused_not_followed() {
        let word = "${a:-".repeat(100_000);
        assert_eq!(expand(&word, &Sample, Options::default()), Err(ExpandError::TooDeep));
    }
}
