//! The report for people: the message, the lines it is about, advice, and the fix as a small diff. The only place
//! that names `codespan_reporting`.

use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;

use codespan_reporting::diagnostic as codespan;
use codespan_reporting::files::{Error, Files, Location};
use codespan_reporting::term::{self, GeneralWriteResult, WriteStyle};

use super::excerpt::Excerpt;
use super::patch::changed_lines;
use super::printable::{printable, printable_line};
use super::style::{Paint, Style};
use super::{display_path, rule_url};
use crate::lint::{Applicability, Diagnostic, Fix, Severity, Verification};
use crate::text::{Encoding, Source, Span};

/// Of a fix that changes more lines than these, the rest is only counted.
const MOST_CHANGED_LINES: usize = 16;

/// Writes all of them, an empty line after each.
///
/// # Errors
///
/// When `out` does not take it.
pub fn write(diagnostics: &[Diagnostic], style: Style, out: &mut dyn Write) -> io::Result<()> {
    for diagnostic in diagnostics {
        out.write_all(render(diagnostic, style).as_bytes())?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// One finding, with a line break at its end.
pub fn render(diagnostic: &Diagnostic, style: Style) -> String {
    let shown = Shown::new(diagnostic);
    let mut text = header(diagnostic, style);
    let mut notes: Vec<String> = diagnostic.notes.iter().map(|note| printable(note).into_owned()).collect();
    notes.extend(diagnostic.fixes.first().map(fix_title));
    let mut severity = codespan::Diagnostic::new(match diagnostic.severity {
        Severity::Error => codespan::Severity::Error,
        Severity::Warning => codespan::Severity::Warning,
        Severity::Info => codespan::Severity::Help,
    });
    severity.labels = shown.labels(diagnostic);
    severity.notes = notes;
    let mut out = Painter { bytes: Vec::new(), style };
    let config = term::Config::default();
    // The sources cannot change meanwhile and writing to memory cannot fail; should a file answer wrongly all the
    // same, the header still says what is wrong and where.
    if term::emit_to_write_style(&mut out, &config, &shown, &severity).is_err() || diagnostic.source.text.is_empty() {
        text.push_str(&format!("  {} {}\n", style.paint(Paint::Frame, "┌─"), locus(diagnostic)));
    }
    let body = String::from_utf8_lossy(&out.bytes);
    // Its first line is the header, which is written above with the id as a link and our word for the severity.
    for line in body.split_once('\n').map_or("", |(_, body)| body).trim_end_matches('\n').lines() {
        // Without a frame there is no column of line numbers, and advice would not stand under the header.
        let indent = if diagnostic.source.text.is_empty() { " " } else { "" };
        text.push_str(&format!("{indent}{line}\n"));
    }
    let padding = shown.padding();
    let remark = |remark: &str| format!("{:padding$} {} {remark}\n", "", style.paint(Paint::Frame, "="));
    for (number, fix) in diagnostic.fixes.iter().enumerate() {
        if number == 0 {
            patch(&mut text, diagnostic, fix, padding, style);
            text.extend(fix.verification.iter().map(|verification| remark(&shown_verification(verification))));
        } else {
            text.push_str(&remark(&format!("or {}", fix_title(fix))));
        }
    }
    text
}

fn header(diagnostic: &Diagnostic, style: Style) -> String {
    let paint = match diagnostic.severity {
        Severity::Error => Paint::Error,
        Severity::Warning => Paint::Warning,
        Severity::Info => Paint::Info,
    };
    let word = diagnostic.severity.name();
    let id = match rule_url(&diagnostic.rule) {
        Some(url) => style.link(&url, &diagnostic.rule),
        None => diagnostic.rule.to_string(),
    };
    let message = format!(": {}", printable_line(&diagnostic.message));
    format!("{}{}\n", style.paint(paint, &format!("{word}[{id}]")), style.paint(Paint::Bold, &message))
}

fn locus(diagnostic: &Diagnostic) -> String {
    printable_line(&display_path(&diagnostic.source.path)).into_owned()
}

fn fix_title(fix: &Fix) -> String {
    let kind = match fix.applicability {
        Applicability::Safe => "fix",
        Applicability::Unsafe => "unsafe fix",
        Applicability::Manual => "fix by hand",
    };
    format!("{kind}: {}", printable_line(&fix.title))
}

/// `planned: what a step runs changes`.
fn shown_verification(verification: &Verification) -> String {
    let details = if verification.details.is_empty() {
        "what is built stays the same".to_owned()
    } else {
        verification.details.join("; ")
    };
    format!("{}: {}", verification.verdict.name(), printable_line(&details))
}

fn patch(text: &mut String, diagnostic: &Diagnostic, fix: &Fix, padding: usize, style: Style) {
    let lines = changed_lines(&diagnostic.source, &fix.edits);
    for line in lines.iter().take(MOST_CHANGED_LINES) {
        let number = style.paint(Paint::Frame, &format!("{:>padding$}", line.number));
        let (sign, paint) = if line.added { ('+', Paint::Added) } else { ('-', Paint::Removed) };
        let change = format!("{sign} {}", cut(&printable_line(&line.text)));
        text.push_str(&format!("{number} {}\n", style.paint(paint, change.trim_end())));
    }
    if lines.len() > MOST_CHANGED_LINES {
        text.push_str(&format!("{:padding$} … {} more lines\n", "", lines.len() - MOST_CHANGED_LINES));
    }
}

fn cut(line: &str) -> String {
    const LONGEST: usize = 320;
    if line.len() <= LONGEST { line.to_owned() } else { format!("{}…", &line[..line.floor_char_boundary(LONGEST)]) }
}

/// The files of one finding: its own first.
struct Shown<'a> {
    excerpts: Vec<Excerpt<'a>>,
}

impl<'a> Shown<'a> {
    fn new(diagnostic: &'a Diagnostic) -> Shown<'a> {
        let mut places: Vec<(&'a Arc<Source>, Vec<Span>)> = vec![(&diagnostic.source, vec![diagnostic.span])];
        for label in &diagnostic.labels {
            let source = label.source.as_ref().unwrap_or(&diagnostic.source);
            match places.iter_mut().find(|(known, _)| known.path == source.path) {
                Some((_, spans)) => spans.push(label.span),
                None => places.push((source, vec![label.span])),
            }
        }
        Shown { excerpts: places.into_iter().map(|(source, spans)| Excerpt::new(source, &spans)).collect() }
    }

    fn labels(&self, diagnostic: &Diagnostic) -> Vec<codespan::Label<usize>> {
        if diagnostic.source.text.is_empty() {
            return Vec::new();
        }
        let mut primary = codespan::Label::primary(0, self.excerpts[0].range(diagnostic.span));
        let mut labels = Vec::new();
        for label in &diagnostic.labels {
            let message = printable(&label.message).into_owned();
            if label.source.is_none() && label.span == diagnostic.span && primary.message.is_empty() {
                primary.message = message;
                continue;
            }
            let path = label.source.as_ref().map_or(&diagnostic.source.path, |source| &source.path);
            let file = self.excerpts.iter().position(|excerpt| excerpt.source.path == *path).unwrap_or(0);
            let range = self.excerpts[file].range(label.span);
            labels.push(codespan::Label::secondary(file, range).with_message(message));
        }
        labels.insert(0, primary);
        labels
    }

    /// Digits of the greatest line number.
    fn padding(&self) -> usize {
        let last = |excerpt: &Excerpt<'_>| excerpt.line_at(excerpt.text.len()).unwrap_or(0) + 1;
        self.excerpts.iter().map(last).max().unwrap_or(1).to_string().len()
    }

    fn excerpt(&self, id: usize) -> Result<&Excerpt<'a>, Error> {
        self.excerpts.get(id).ok_or(Error::FileMissing)
    }
}

impl<'f> Files<'f> for Shown<'_> {
    type FileId = usize;
    type Name = String;
    type Source = &'f str;

    fn name(&'f self, id: usize) -> Result<String, Error> {
        Ok(printable_line(&display_path(&self.excerpt(id)?.source.path)).into_owned())
    }

    fn source(&'f self, id: usize) -> Result<&'f str, Error> {
        Ok(&self.excerpt(id)?.text)
    }

    fn line_index(&'f self, id: usize, offset: usize) -> Result<usize, Error> {
        self.excerpt(id)?.line_at(offset).ok_or(Error::LineTooLarge { given: offset, max: 0 })
    }

    fn line_range(&'f self, id: usize, line: usize) -> Result<Range<usize>, Error> {
        self.excerpt(id)?.line_range(line).ok_or(Error::LineTooLarge { given: line, max: 0 })
    }

    fn location(&'f self, id: usize, offset: usize) -> Result<Location, Error> {
        let excerpt = self.excerpt(id)?;
        let position = excerpt.source.lines().position(excerpt.in_file(offset), Encoding::Utf32);
        Ok(Location { line_number: position.line as usize + 1, column_number: position.column as usize + 1 })
    }
}

/// Writes to memory, in our colours.
struct Painter {
    bytes: Vec<u8>,
    style: Style,
}

impl Painter {
    fn switch(&mut self, paint: Paint) -> GeneralWriteResult {
        if self.style.color {
            write!(self.bytes, "\u{1b}[{}m", paint.code())?;
        }
        Ok(())
    }
}

impl Write for Painter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl WriteStyle for Painter {
    fn set_header(&mut self, _: codespan::Severity) -> GeneralWriteResult {
        Ok(())
    }

    fn set_header_message(&mut self) -> GeneralWriteResult {
        Ok(())
    }

    fn set_line_number(&mut self) -> GeneralWriteResult {
        self.switch(Paint::Frame)
    }

    fn set_note_bullet(&mut self) -> GeneralWriteResult {
        self.switch(Paint::Frame)
    }

    fn set_source_border(&mut self) -> GeneralWriteResult {
        self.switch(Paint::Frame)
    }

    fn set_label(&mut self, severity: codespan::Severity, style: codespan::LabelStyle) -> GeneralWriteResult {
        self.switch(match (style, severity) {
            (codespan::LabelStyle::Secondary, _) => Paint::Frame,
            (_, codespan::Severity::Error | codespan::Severity::Bug) => Paint::Error,
            (_, codespan::Severity::Warning) => Paint::Warning,
            _ => Paint::Info,
        })
    }

    fn reset(&mut self) -> GeneralWriteResult {
        if self.style.color {
            write!(self.bytes, "\u{1b}[0m")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::Label;

    fn finding(text: &str, part: &str, message: &str) -> Diagnostic {
        let start = text.find(part).expect("the part stands in the text");
        Diagnostic {
            rule: "dockerfile/latest-tag".into(),
            severity: Severity::Warning,
            source: Arc::new(Source::new("Dockerfile", text)),
            span: Span::of(start..start + part.len()),
            message: message.to_owned(),
            labels: Vec::new(),
            notes: Vec::new(),
            fixes: Vec::new(),
            alias: None,
        }
    }

    #[test]
    fn the_label_of_the_place_itself_stands_under_it() {
        let mut diagnostic =
            finding("FROM python:latest\nRUN x\n", ":latest", "base image `python` is tagged `latest`");
        diagnostic.label(diagnostic.span, "means whatever was pushed last");
        let expected = "\
warning[dockerfile/latest-tag]: base image `python` is tagged `latest`
  ┌─ Dockerfile:1:12
  │
1 │ FROM python:latest
  │            ^^^^^^^ means whatever was pushed last
";
        assert_eq!(render(&diagnostic, Style::PLAIN), expected);
    }

    #[test]
    fn a_fix_is_a_small_diff_and_further_fixes_are_named() {
        let text = "FROM a\n\n\n\n\n\n\n\n\nMAINTAINER me\n";
        let mut diagnostic = finding(text, "MAINTAINER", "`MAINTAINER` is deprecated");
        let line = Span::of(text.find("MAINTAINER").expect("it is there")..text.len() - 1);
        diagnostic.note("it was replaced by `LABEL`").fix(Fix::safe("use a label").replace(line, "LABEL authors=me"));
        diagnostic.fix(Fix::risky("drop it").delete(line));
        let expected = "\
warning[dockerfile/latest-tag]: `MAINTAINER` is deprecated
   ┌─ Dockerfile:10:1
   │
10 │ MAINTAINER me
   │ ^^^^^^^^^^
   │
   = it was replaced by `LABEL`
   = fix: use a label
10 - MAINTAINER me
10 + LABEL authors=me
   = or unsafe fix: drop it
";
        assert_eq!(render(&diagnostic, Style::PLAIN), expected);
    }

    #[test]
    fn wide_characters_and_tabs_keep_the_carets_in_place() {
        let diagnostic = finding("\tRUN echo 中文 😀 bad\n", "bad", "wide");
        let expected = "\
warning[dockerfile/latest-tag]: wide
  ┌─ Dockerfile:1:16
  │
1 │     RUN echo 中文 😀 bad
  │                      ^^^
";
        assert_eq!(render(&diagnostic, Style::PLAIN), expected);
    }

    #[test]
    fn places_in_another_file_come_after_the_own_one() {
        let mut diagnostic = finding("FROM base\n", "base", "two files");
        let other = Arc::new(Source::new("compose.yaml", "services:\n  a:\n    build: .\n"));
        diagnostic.labels.push(Label { source: Some(other), span: Span::new(19, 27), message: "built here".into() });
        let expected = "\
warning[dockerfile/latest-tag]: two files
  ┌─ Dockerfile:1:6
  │
1 │ FROM base
  │      ^^^^
  │
  ┌─ compose.yaml:3:5
  │
3 │     build: .
  │     -------- built here
";
        assert_eq!(render(&diagnostic, Style::PLAIN), expected);
    }

    #[test]
    fn a_file_without_text_has_no_frame() {
        let mut diagnostic = finding("", "", "cannot be read");
        diagnostic.note("permission denied");
        let text = render(&diagnostic, Style::PLAIN);
        assert_eq!(text, "warning[dockerfile/latest-tag]: cannot be read\n  ┌─ Dockerfile\n  = permission denied\n");
    }

    #[test]
    fn an_escape_sequence_in_a_file_does_not_reach_the_terminal() {
        let diagnostic = finding("RUN \u{1b}]0;title\u{7} x\n", "RUN", "quotes \u{1b}[2J");
        assert!(!render(&diagnostic, Style::PLAIN).contains('\u{1b}'));
    }

    #[test]
    fn colour_and_links_add_nothing_but_escape_sequences() {
        let mut diagnostic = finding("FROM a\n", "a", "colour");
        diagnostic.note("advice").fix(Fix::safe("use b").replace(Span::new(5, 6), "b"));
        let plain = render(&diagnostic, Style::PLAIN);
        let painted = render(&diagnostic, Style { color: true, hyperlinks: true });
        assert!(painted.contains("\u{1b}]8;;https://"));
        assert_eq!(strip(&painted), plain);
    }

    fn strip(text: &str) -> String {
        let mut result = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('\u{1b}') {
            result.push_str(before);
            rest = match after.strip_prefix(']') {
                Some(link) => link.split_once("\u{1b}\\").map_or("", |(_, rest)| rest),
                None => after.split_once('m').map_or("", |(_, rest)| rest),
            };
        }
        result + rest
    }
}
