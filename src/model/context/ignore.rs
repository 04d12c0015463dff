//! `.dockerignore`, as BuildKit reads and matches it.
//!
//! Reading follows `ignorefile` and matching `patternmatcher` of <https://github.com/moby/patternmatcher> (Apache-2.0),
//! with the results of parent folders as the transfer of a context uses them; `tests/oracle` holds both to that.

use std::borrow::Cow;
use std::sync::Arc;

use super::glob::{Glob, GlobError};
use crate::text::{Source, Span};

/// An ignore file.
#[derive(Clone, Debug)]
pub struct IgnoreFile {
    /// The file.
    pub source: Arc<Source>,
    /// Its patterns, in order.
    pub patterns: Vec<IgnorePattern>,
    /// Its comments, in order.
    pub comments: Vec<Span>,
}

/// One line of an ignore file.
#[derive(Clone, Debug)]
pub struct IgnorePattern {
    /// Where it stands, blanks around it left out.
    pub span: Span,
    /// Cleaned, without `!`.
    pub text: Box<str>,
    /// Whether it takes back what earlier ones ignore.
    pub exception: bool,
    glob: Result<Glob, GlobError>,
}

impl IgnoreFile {
    /// Reads an ignore file.
    pub fn new(source: Arc<Source>) -> IgnoreFile {
        let text: &str = &source.text;
        let start = text.strip_prefix('\u{feff}').map_or(0, |rest| text.len() - rest.len());
        let mut at = start;
        let (mut patterns, mut comments) = (Vec::new(), Vec::new());
        for line in text[start..].split_inclusive('\n') {
            let place = at;
            at += line.len();
            // A comment has no blanks in front.
            if line.starts_with('#') {
                comments.push(Span::of(place..place + line.trim_end().len()));
                continue;
            }
            if line.trim().is_empty() {
                continue;
            }
            let begin = place + line.len() - line.trim_start().len();
            let written = line.trim();
            let span = Span::of(begin..begin + written.len());
            patterns.push(IgnorePattern::new(written, span));
        }
        IgnoreFile { source, patterns, comments }
    }

    /// Patterns that stand in no file: those of `--exclude`. Each is read by the matcher alone, so that there are no
    /// comments and a slash in front counts.
    pub fn of_patterns(list: &[String]) -> IgnoreFile {
        let lines = list.iter().map(|line| line.trim()).filter(|line| !line.is_empty());
        let patterns = lines.map(|line| IgnorePattern::cleaned(line, Span::empty(0))).collect();
        IgnoreFile { source: Arc::new(Source::new("", "")), patterns, comments: Vec::new() }
    }

    /// Whether the builder refuses it.
    pub fn is_bad(&self) -> bool {
        self.patterns.iter().any(|pattern| pattern.error() == Some(GlobError::Bad))
    }

    /// Whether one of its patterns is an exception.
    pub fn has_exceptions(&self) -> bool {
        self.patterns.iter().any(|pattern| pattern.exception)
    }

    /// Whether the file or folder at `path`, taken from the context and with slashes, is left out of the context.
    /// `None` when that is not known.
    pub fn ignores(&self, path: &str) -> Option<bool> {
        Some(self.deciding(path)?.is_some_and(|pattern| !pattern.exception))
    }

    /// The pattern that decides about `path`; `None` inside when none does. `None` when that is not known.
    pub fn deciding(&self, path: &str) -> Option<Option<&IgnorePattern>> {
        if self.patterns.iter().any(|pattern| pattern.glob.is_err()) {
            return None;
        }
        let mut of_parent = vec![false; self.patterns.len()];
        let mut deciding = None;
        for end in path.match_indices('/').map(|(at, _)| at).chain([path.len()]) {
            deciding = self.step(&path[..end], &mut of_parent);
        }
        Some(deciding)
    }

    /// One folder on: `matched` says for each pattern whether it matched the parent, then whether it matches this.
    fn step(&self, path: &str, matched: &mut [bool]) -> Option<&IgnorePattern> {
        let mut ignored = false;
        let mut deciding = None;
        for (pattern, matched) in self.patterns.iter().zip(matched) {
            if !*matched {
                // What is ignored by now only an exception can change, and the other way round.
                if pattern.exception != ignored {
                    continue;
                }
                *matched = pattern.matches(path);
            }
            if *matched {
                ignored = !pattern.exception;
                deciding = Some(pattern);
            }
        }
        deciding
    }
}

impl IgnorePattern {
    fn new(written: &str, span: Span) -> IgnorePattern {
        // Read once by `ignorefile` and once more by the matcher, which sees its own `!` and cleans again.
        let sign = if written.starts_with('!') { "!" } else { "" };
        let path = written[sign.len()..].trim();
        let once = if path.is_empty() { Cow::Borrowed("") } else { clean(path) };
        let relative = once.strip_prefix('/').filter(|rest| !rest.is_empty()).unwrap_or(&once);
        let line = format!("{sign}{relative}");
        IgnorePattern::cleaned(line.trim(), span)
    }

    /// As the matcher reads it.
    fn cleaned(line: &str, span: Span) -> IgnorePattern {
        let line = clean(line);
        let exception = line.starts_with('!');
        let text = &line[usize::from(exception)..];
        let glob = if text.is_empty() { Err(GlobError::Bad) } else { Glob::of_ignore_file(text) };
        IgnorePattern { span, text: text.into(), exception, glob }
    }

    /// Whether `path` is what it names; what lies inside is another question.
    pub fn matches(&self, path: &str) -> bool {
        self.glob.as_ref().is_ok_and(|glob| glob.matches(path))
    }

    /// Why it cannot be matched.
    pub fn error(&self) -> Option<GlobError> {
        self.glob.as_ref().err().copied()
    }
}

/// Go's `filepath.Clean`: without `.`, double slashes and what `..` takes back.
pub(super) fn clean(path: &str) -> Cow<'_, str> {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            other => parts.push(other),
        }
    }
    let joined = parts.join("/");
    match (rooted, joined.is_empty()) {
        (true, _) => format!("/{joined}").into(),
        (false, true) => ".".into(),
        (false, false) if joined == path => path.into(),
        (false, false) => joined.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignored(file: &str, path: &str) -> Option<bool> {
        IgnoreFile::new(Arc::new(Source::new(".dockerignore", file))).ignores(path)
    }

    #[test]
    fn the_last_pattern_that_matches_decides() {
        for (file, path, expected) in [
            ("node_modules", "node_modules/a/b.js", true),
            ("node_modules", "app/node_modules", false),
            ("**/node_modules", "app/node_modules/x", true),
            ("*\n!src\n", "src/a", false),
            ("*\n!src\nsrc/*.log", "src/a.log", true),
            ("a\n!a/b\n", "a/b/c", false),
            ("\u{feff}# a\n  /b/ \n", "b", true),
            ("#a", "#a", false),
            (" #a", "#a", true),
            ("./a/../b", "b", true),
            ("docs/**", "docs/a/b", true),
            ("docs/**", "docs", false),
            ("**/*.md\n!README.md", "README.md", false),
            ("", "a", false),
        ] {
            assert_eq!(ignored(file, path), Some(expected), "{file:?} {path}");
        }
        assert_eq!(ignored("[", "a"), None);
        assert_eq!(ignored("!", "a"), None);
    }

    #[test]
    fn paths_are_cleaned_as_go_does() {
        for (path, expected) in
            [("a//b/./c/..", "a/b"), ("", "."), ("/..", "/"), ("../a/../..", "../.."), ("/a/", "/a"), ("a", "a")]
        {
            assert_eq!(clean(path), expected);
        }
    }
}
