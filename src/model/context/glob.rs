//! Patterns of paths: those of Go's `filepath.Match`, which COPY and ADD use, and what `.dockerignore` adds to them.

/// One step of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Character(char),
    /// `?`: any character but a slash.
    One,
    /// `*`: any number of characters without a slash.
    Many,
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
    /// `**` before something: nothing, or anything that ends in a slash.
    Folders,
    /// `**` at the end: anything.
    Anything,
    /// Only where nothing stands before.
    Start,
}

/// A pattern that can be matched.
#[derive(Clone, Debug)]
pub struct Glob {
    tokens: Vec<Token>,
}

/// Why a pattern cannot be matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GlobError {
    /// Go refuses it: the builder stops.
    Bad,
    /// It means something by the accident of how the builder matches, which is not followed.
    Unsupported,
}

impl Glob {
    /// A pattern of COPY and ADD, as Go's `filepath.Match` reads it.
    ///
    /// # Errors
    ///
    /// [`GlobError::Bad`] where Go refuses it.
    pub fn new(pattern: &str) -> Result<Glob, GlobError> {
        let mut tokens = Vec::new();
        let mut rest = pattern.chars();
        while let Some(character) = rest.next() {
            tokens.push(match character {
                '*' => Token::Many,
                '?' => Token::One,
                '[' => class(&mut rest)?,
                '\\' => Token::Character(rest.next().ok_or(GlobError::Bad)?),
                other => Token::Character(other),
            });
        }
        Ok(Glob { tokens })
    }

    /// A pattern of `.dockerignore`, cleaned, without `!`. It follows what `moby/patternmatcher` makes of it: most often
    /// a regular expression.
    pub(super) fn of_ignore_file(pattern: &str) -> Result<Glob, GlobError> {
        Glob::new(pattern)?;
        if let Some(glob) = literal(pattern) {
            return Ok(glob);
        }
        let mut tokens = Vec::new();
        let mut rest = pattern.chars();
        while let Some(character) = rest.next() {
            let token = match character {
                '*' if rest.as_str().starts_with('*') => {
                    rest.next();
                    if rest.as_str().starts_with('/') {
                        rest.next();
                    }
                    if rest.as_str().is_empty() { Token::Anything } else { Token::Folders }
                }
                '*' => Token::Many,
                '?' => Token::One,
                '^' => Token::Start,
                '|' => return Err(GlobError::Unsupported),
                // A number of times, or a brace.
                '{' if rest.as_str().starts_with(|c: char| c.is_ascii_digit()) => return Err(GlobError::Unsupported),
                '[' => {
                    let before = rest.as_str();
                    let class = class(&mut rest)?;
                    let inside = &before[..before.len() - rest.as_str().len()];
                    if inside.contains(['*', '?']) || inside.contains("[:") || has_named_escape(inside) {
                        return Err(GlobError::Unsupported);
                    }
                    if let Token::Class { ranges, .. } = &class
                        && ranges.iter().any(|(low, high)| low > high)
                    {
                        return Err(GlobError::Bad);
                    }
                    class
                }
                '\\' => match rest.next() {
                    Some(escaped) if escaped.is_alphanumeric() || !escaped.is_ascii() => {
                        return Err(GlobError::Unsupported);
                    }
                    Some(escaped) => Token::Character(escaped),
                    None => return Err(GlobError::Bad),
                },
                other => Token::Character(other),
            };
            tokens.push(token);
        }
        Ok(Glob { tokens })
    }

    /// Whether nothing in it stands for something else.
    pub fn is_literal(pattern: &str) -> bool {
        !pattern.contains(['*', '?', '[', '\\'])
    }

    /// Whether all of `path` is as the pattern says.
    pub fn matches(&self, path: &str) -> bool {
        let count = self.tokens.len();
        if self.ends_otherwise(path) {
            return false;
        }
        // Where it is by now: before a token, in order, and whether inside of what `Folders` goes over.
        let mut states: Vec<(usize, bool)> = Vec::with_capacity(count + 1);
        let mut next: Vec<(usize, bool)> = Vec::with_capacity(count + 1);
        self.enter(0, true, &mut states);
        for character in path.chars() {
            next.clear();
            for (index, _) in states.iter().copied() {
                let Some(token) = self.tokens.get(index) else { continue };
                match token {
                    Token::Character(own) if *own == character => self.enter(index + 1, false, &mut next),
                    Token::One if character != '/' => self.enter(index + 1, false, &mut next),
                    Token::Many if character != '/' => self.enter(index, false, &mut next),
                    Token::Anything if character != '\n' => self.enter(index, false, &mut next),
                    Token::Class { negated, ranges } => {
                        let within = ranges.iter().any(|(low, high)| (*low..=*high).contains(&character));
                        if within != *negated {
                            self.enter(index + 1, false, &mut next);
                        }
                    }
                    Token::Folders if character != '\n' => {
                        if !next.contains(&(index, true)) {
                            next.push((index, true));
                        }
                        if character == '/' {
                            self.enter(index + 1, false, &mut next);
                        }
                    }
                    _ => {}
                }
            }
            std::mem::swap(&mut states, &mut next);
            if states.is_empty() {
                return false;
            }
        }
        states.contains(&(count, false))
    }

    /// Whether the last characters show that it does not match, as they do for most patterns and paths.
    fn ends_otherwise(&self, path: &str) -> bool {
        for (token, last) in self.tokens.iter().rev().zip(path.chars().rev()) {
            match token {
                Token::Character(own) if *own == last => {}
                Token::Character(_) => return true,
                _ => return false,
            }
        }
        false
    }

    /// Comes before a token, and before those after it as far as the tokens may be nothing.
    fn enter(&self, mut index: usize, start: bool, states: &mut Vec<(usize, bool)>) {
        while !states.contains(&(index, false)) {
            states.push((index, false));
            match self.tokens.get(index) {
                Some(Token::Many | Token::Anything | Token::Folders) => index += 1,
                Some(Token::Start) if start => index += 1,
                _ => return,
            }
        }
    }
}

/// What is compared as text, and not as a regular expression: without anything special, with `**` at its start or at
/// its end only.
fn literal(pattern: &str) -> Option<Glob> {
    let special = |text: &str| text.contains(['*', '?', '[', ']', '\\']);
    let characters = |text: &str| text.chars().map(Token::Character).collect::<Vec<_>>();
    if !special(pattern) {
        return Some(Glob { tokens: characters(pattern) });
    }
    if let Some(start) = pattern.strip_suffix("**")
        && !special(start)
        && !start.is_empty()
    {
        return Some(Glob { tokens: [characters(start), vec![Token::Anything]].concat() });
    }
    let end = pattern.strip_prefix("**").filter(|end| !special(end))?;
    Some(Glob {
        tokens: match end.strip_prefix('/') {
            Some(name) => [vec![Token::Folders], characters(name)].concat(),
            None => [vec![Token::Anything], characters(end)].concat(),
        },
    })
}

/// The rest of `[…]`, by the grammar of `filepath.Match`.
fn class(rest: &mut std::str::Chars<'_>) -> Result<Token, GlobError> {
    let negated = rest.as_str().starts_with('^');
    if negated {
        rest.next();
    }
    let mut ranges = Vec::new();
    loop {
        if rest.as_str().starts_with(']') && !ranges.is_empty() {
            rest.next();
            return Ok(Token::Class { negated, ranges });
        }
        let low = member(rest)?;
        let high = if rest.as_str().starts_with('-') {
            rest.next();
            member(rest)?
        } else {
            low
        };
        ranges.push((low, high));
    }
}

fn member(rest: &mut std::str::Chars<'_>) -> Result<char, GlobError> {
    let found = match rest.next() {
        None | Some('-' | ']') => return Err(GlobError::Bad),
        Some('\\') => rest.next().ok_or(GlobError::Bad)?,
        Some(other) => other,
    };
    if rest.as_str().is_empty() { Err(GlobError::Bad) } else { Ok(found) }
}

fn has_named_escape(class: &str) -> bool {
    let mut characters = class.chars();
    while let Some(character) = characters.next() {
        if character == '\\' && characters.next().is_some_and(|c| c.is_alphanumeric() || !c.is_ascii()) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_match_as_in_go() {
        for (pattern, path, expected) in [
            ("*.txt", "a.txt", true),
            ("*.txt", "b/a.txt", false),
            ("**", "a/b", false),
            ("a?c", "abc", true),
            ("a?c", "a/c", false),
            ("[a-c]x", "bx", true),
            ("[^a-c]x", "bx", false),
            ("\\*", "*", true),
            ("*a*b*c", "xaybzc", true),
        ] {
            assert_eq!(Glob::new(pattern).map(|glob| glob.matches(path)), Ok(expected), "{pattern} {path}");
        }
        for pattern in ["[", "[]a]", "[a-]", "[-a]", "a\\", "[a"] {
            assert_eq!(Glob::new(pattern).err(), Some(GlobError::Bad), "{pattern}");
        }
    }
}
