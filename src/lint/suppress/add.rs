//! Writes ignores for findings.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::place::{self, line_start};
use crate::lint::document::{Document, Tree, documents};
use crate::lint::rule::RUN_GROUP;
use crate::lint::{Diagnostic, Settings};
use crate::syntax::kind::kind_of;
use crate::text::{Edit, Source, Span, line_break};

/// The comments that ignore some findings of one file.
#[derive(Clone, Debug, Default)]
pub struct AddedIgnores {
    /// What to insert into the file.
    pub edits: Vec<Edit>,
    /// The findings no comment can ignore: those about the run itself, and those in JSON, in scalars that take no
    /// comment, and in files that could not be read.
    pub left: Vec<Diagnostic>,
}

/// A place for a comment.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Spot {
    /// The document, by its number.
    document: usize,
    /// The offset in it.
    offset: u32,
    how: How,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum How {
    /// A line of its own before the line at the offset, indented as that one.
    Above,
    /// At the end of the line, where the offset is.
    EndOfLine,
}

/// The comments that make `diagnostics`, all of the file `source`, be ignored: one for each place, above the
/// instruction or at the end of the line.
pub fn add_ignores(
    source: &Arc<Source>,
    diagnostics: &[Diagnostic],
    reason: Option<&str>,
    settings: &Settings,
) -> AddedIgnores {
    let kind = settings.file_type(&source.path).or_else(|| kind_of(&source.path, &source.text));
    let documents = kind.map(|kind| documents(source, kind)).unwrap_or_default();
    let mut added = AddedIgnores::default();
    let mut spots: BTreeMap<Spot, Vec<&str>> = BTreeMap::new();
    for diagnostic in diagnostics {
        let spot = if diagnostic.rule.starts_with(RUN_GROUP) { None } else { spot(&documents, diagnostic.span) };
        match spot {
            Some(spot) => spots.entry(spot).or_default().push(&diagnostic.rule),
            None => added.left.push(diagnostic.clone()),
        }
    }
    for (spot, mut rules) in spots {
        rules.sort_unstable();
        rules.dedup();
        let document = &documents[spot.document];
        let edit = write(document, &spot, &rules, reason);
        match document.region.edit(&edit, &source.text) {
            Some(edit) => added.edits.push(edit),
            None => {
                let here = |d: &&Diagnostic| rules.contains(&&*d.rule) && spot_is(&documents, d, &spot);
                added.left.extend(diagnostics.iter().filter(here).cloned());
            }
        }
    }
    added
}

fn spot_is(documents: &[Document], diagnostic: &Diagnostic, wanted: &Spot) -> bool {
    spot(documents, diagnostic.span).is_some_and(|spot| spot == *wanted)
}

/// The place for a comment on a finding at `span` of the file: in the innermost document around it.
fn spot(documents: &[Document], span: Span) -> Option<Spot> {
    let (number, document) = documents.iter().enumerate().rev().find(|(_, document)| {
        let all = document.region.span(Span::of(0..document.text.len()));
        all.start <= span.start && span.start <= all.end
    })?;
    let (offset, how) = match &document.tree {
        Tree::Dockerfile(_) => dockerfile_spot(document, span)?,
        Tree::Compose(_) | Tree::Kubernetes(_) => yaml_spot(document, span)?,
        Tree::Dockerignore(_) => (line_start(&document.text, span.start), How::Above),
        Tree::Outer => return None,
    };
    Some(Spot { document: number, offset, how })
}

/// Above the instruction around the finding, or the next one.
fn dockerfile_spot(document: &Document, span: Span) -> Option<(u32, How)> {
    let Tree::Dockerfile(dockerfile) = &document.tree else { return None };
    let instructions = &dockerfile.tree.instructions;
    let around = instructions.iter().find(|instruction| document.region.span(instruction.span).end > span.start);
    let start =
        around.or(instructions.last().filter(|last| document.region.span(last.span).end == span.start))?.span.start;
    if document.region.span(Span::empty(start)).start > span.start {
        // It stands in a comment or a directive; a comment above could part the directives from the top.
        return None;
    }
    Some((line_start(&document.text, start), How::Above))
}

/// At the end of the line where something starts there and the line takes a comment; else above what encloses it.
fn yaml_spot(document: &Document, span: Span) -> Option<(u32, How)> {
    let (Tree::Compose(stream) | Tree::Kubernetes(stream)) = &document.tree else { return None };
    let start = document.text.trim_start();
    if start.starts_with(['{', '[']) && !start.starts_with("{{") {
        // JSON knows no comments.
        return None;
    }
    let places = place::places(stream);
    let outer = |place: &Span| document.region.span(*place);
    let around = places
        .iter()
        .filter(|place| outer(place).start <= span.start && span.start <= outer(place).end)
        .min_by_key(|place| (outer(place).end == span.start, place.len()))?;
    let line = line_start(&document.text, around.start);
    let end =
        document.text[around.start as usize..].find('\n').map_or(document.text.len(), |at| around.start as usize + at);
    let text = document.text[line as usize..end].trim_end();
    let finding_starts_here = document.region.span(Span::of(line as usize..end)).end >= span.start;
    // A value that goes on below may be a scalar, in which a comment would be content.
    let ends_here = text.ends_with(':') || text.len() as u32 + line >= around.end;
    let takes_comment = !text.contains('#') && !text.ends_with(['|', '>', '-', '+']) && !text.contains("{{");
    if finding_starts_here && ends_here && takes_comment {
        return Some((line + text.len() as u32, How::EndOfLine));
    }
    Some((line, How::Above))
}

fn write(document: &Document, spot: &Spot, rules: &[&str], reason: Option<&str>) -> Edit {
    let mut comment = format!("# rlint ignore={}", rules.join(","));
    if let Some(reason) = reason {
        let quoted: String = reason.chars().map(|c| if c == '"' || c.is_control() { '\'' } else { c }).collect();
        comment.push_str(&format!(" reason=\"{quoted}\""));
    }
    let text = match spot.how {
        How::EndOfLine => format!("  {comment}"),
        How::Above => {
            let line = &document.text[spot.offset as usize..];
            let indent = match &document.tree {
                // A `#` after blanks begins a pattern there.
                Tree::Dockerignore(_) => "",
                _ => &line[..line.len() - line.trim_start_matches([' ', '\t']).len()],
            };
            format!("{indent}{comment}{}", line_break(&document.text))
        }
    };
    Edit { span: Span::empty(spot.offset), text }
}
