//! What is known of the thing under the pointer.

use std::borrow::Cow;

use lsp_types::Position;
use serde_json::{Value, json};

use super::language::{documents, group, rebuilt_by, steps};
use super::navigation::images;
use super::variables::of_compose_variable;
use crate::config::discover::NAMES;
use crate::config::keys::key;
use crate::config::schema::explain;
use crate::emit::{plain, rule_url};
use crate::lint::document::{Document, Tree};
use crate::lint::{Catalog, Rule};
use crate::lsp::requests::Answer;
use crate::lsp::snapshot::At;
use crate::model::base_images::{BaseImage, BaseShell};
use crate::model::dockerfile::variables::{references, shell_references};
use crate::model::dockerfile::{Dockerfile, Instruction};
use crate::model::expand::Value as Known;
use crate::model::names::origin;
use crate::text::Span;

/// What to say, and of what.
pub(super) type Said = (Span, String);

/// `textDocument/hover`.
pub(super) fn answer(at: &At, position: Position) -> Answer {
    let offset = at.offset(position);
    let said: Vec<Said> = if at.path.file_name().is_some_and(|name| NAMES.iter().any(|known| name == *known)) {
        in_configuration(at, offset).into_iter().collect()
    } else {
        let of_comment = in_comment(at, offset);
        let is_comment = of_comment.is_some();
        let found = of_comment.into_iter().chain(of_findings(at, offset));
        let facts = if is_comment { Vec::new() } else { of_thing(at, offset) };
        found.chain(facts).collect()
    };
    let Some((span, _)) = said.last() else { return Ok(Value::Null) };
    let span = *span;
    let text: Vec<String> = said.into_iter().map(|(_, text)| text).collect();
    let contents = if at.snapshot.client.markdown {
        json!({ "kind": "markdown", "value": text.join("\n\n---\n\n") })
    } else {
        let text: Vec<String> = text.iter().map(|text| plain(text)).collect();
        json!({ "kind": "plaintext", "value": text.join("\n\n") })
    };
    Ok(json!({ "contents": contents, "range": at.range(span) }))
}

/// The pages of the rules that found something here.
fn of_findings(at: &At, offset: u32) -> Vec<Said> {
    let holding = at.holding();
    let catalog = holding.checker.settings().catalog();
    let mut said: Vec<(Span, &'static Rule)> = Vec::new();
    for found in &at.checked().found {
        let touches = found.span.start <= offset && offset <= found.span.end;
        if let Some(rule) = catalog.rule(&found.rule).filter(|_| touches)
            && !said.iter().any(|(_, known)| known.id == rule.id)
        {
            said.push((found.span, rule));
        }
    }
    said.into_iter().map(|(span, rule)| (span, page(rule))).collect()
}

/// The page of a rule as it is for reading: up to its edge cases, and where all of it is.
fn page(rule: &'static Rule) -> String {
    let body = rule.body();
    let body = body.split_once("\n## Edge cases\n").map_or(body, |(body, _)| body);
    let mut in_fence = false;
    let line = |line: &'static str| {
        if line.starts_with("```") {
            in_fence = !in_fence;
            // What follows the language of a fence is for the tests of the page.
            return Cow::Borrowed(line.split(' ').next().unwrap_or(line));
        }
        // In the small window of a hover, a heading of a page would be larger than all the rest.
        if !in_fence && line.starts_with('#') { Cow::Owned(format!("##{line}")) } else { Cow::Borrowed(line) }
    };
    let body: Vec<Cow<'_, str>> = body.lines().map(line).collect();
    let body = body.join("\n");
    match rule_url(&rule.id) {
        Some(url) => format!("{}\n\n[{}]({url})", body.trim_end(), rule.id),
        None => body.trim_end().to_owned(),
    }
}

/// The page of the rule that a comment under the pointer names.
fn in_comment(at: &At, offset: u32) -> Option<Said> {
    let text = at.document.text();
    let start = text[..offset as usize].rfind('\n').map_or(0, |newline| newline + 1);
    let hash = text[start..offset as usize].rfind('#')? + start;
    let end = text[offset as usize..].find('\n').map_or(text.len(), |length| offset as usize + length);
    let comment = &text[hash..end];
    let is_ignore = ["ignore", "disable", "skip"].iter().any(|word| comment.contains(word));
    if !is_ignore {
        return None;
    }
    let holding = at.holding();
    let settings = holding.checker.settings();
    rule_at(text, offset, settings.catalog(), &group(at, settings))
}

/// What a key or the name of a rule means in a configuration.
fn in_configuration(at: &At, offset: u32) -> Option<Said> {
    let text = at.document.text();
    let span = word_at(text, offset);
    let word = span.of_text(text);
    let is_key = text[..span.start as usize].ends_with('\n') || span.start == 0;
    if let Some(key) = key(word).filter(|_| is_key) {
        return Some((span, explain(key)));
    }
    let holding = at.holding();
    rule_at(text, offset, holding.checker.settings().catalog(), "")
}

/// The rules that a word names: those of `group` alone, where there are any.
fn rule_at(text: &str, offset: u32, catalog: &Catalog, group: &str) -> Option<Said> {
    let span = word_at(text, offset);
    let mut rules = catalog.select(span.of_text(text)).ok()?;
    if rules.iter().any(|rule| rule.group() == group) {
        rules.retain(|rule| rule.group() == group);
    }
    let pages: Vec<String> = match rules.as_slice() {
        [] => return None,
        [rule] => vec![page(rule)],
        many => many.iter().map(|rule| format!("- `{}`: {}", rule.id, rule.summary)).collect(),
    };
    Some((span, pages.join("\n")))
}

/// The word around an offset, as rules and keys are written.
fn word_at(text: &str, offset: u32) -> Span {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.');
    let (before, after) = text.split_at(offset as usize);
    let start =
        before.rfind(|c: char| !is_part(c)).map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
    let length = after.find(|c: char| !is_part(c)).unwrap_or(after.len());
    Span::of(start..offset as usize + length)
}

/// What is known of an image, a variable or a step.
fn of_thing(at: &At, offset: u32) -> Vec<Said> {
    let files = at.files();
    let documents = documents(at, &files);
    for document in &documents {
        if let Some(said) = of_compose_variable(at, document, offset) {
            return vec![said];
        }
        if let Tree::Dockerfile(dockerfile) = &document.tree
            && let Some(said) = of_variable(document, dockerfile, offset)
        {
            return vec![said];
        }
        if let Some(said) = of_image(at, document, offset) {
            return vec![said];
        }
    }
    let steps = steps(at);
    let step = steps.iter().find(|step| step.keyword.start <= offset && offset <= step.keyword.end);
    let said = step.map(|step| {
        let all = rebuilt_by(step.all).unwrap_or_else(|| "nothing outside of this file".to_owned());
        let own = rebuilt_by(step.own).map(|own| format!("\n\nIt takes itself: {own}.")).unwrap_or_default();
        (step.keyword, format!("Built again by changes of: {all}.{own}"))
    });
    said.into_iter().collect()
}

fn of_image(at: &At, document: &Document, offset: u32) -> Option<Said> {
    let image = images(&document.tree).into_iter().find(|image| {
        let span = document.region.span(image.span);
        span.start <= offset && offset <= span.end
    })?;
    let mut lines = vec![format!("**`{}`**", image.canonical_name())];
    let mut say = |line: String| lines.push(format!("- {line}"));
    say(format!("from `{}`{}", image.registry(), if image.is_official() { ", an official image" } else { "" }));
    match (&image.tag, &image.digest) {
        (_, Some(digest)) => say(format!("always the same: `{digest}`")),
        (None, None) => say("without a tag: `latest`, whatever was pushed last".to_owned()),
        (Some(tag), None) => say(format!("tag `{tag}`")),
    }
    if let Some(known) = BaseImage::of(&image) {
        if let Some(user) = known.user {
            let number = user.uid.map(|uid| format!(" ({uid})")).unwrap_or_default();
            say(format!("runs as `{}`{number}", user.name));
        }
        if known.drops_privileges {
            say("its entry point changes to another user".to_owned());
        }
        if let Some(shell) = shell(known.shell) {
            say(format!("shell: {shell}"));
        }
        if let Some(manager) = known.package_manager {
            say(format!("packages: {}", format!("{manager:?}").to_lowercase()));
        }
        if let Some(folder) = known.workdir {
            say(format!("starts in `{folder}`"));
        }
    }
    if let Some(end) = BaseImage::end_of_life(&image) {
        say(format!("{}: no fixes after {}", end.release, end.date));
    }
    let files = at.files();
    let holding = at.holding();
    let built = holding.checker.project(&files).dockerfile_of_image(&image.reference, &at.name);
    if let Some(built) = built.filter(|_| !matches!(document.tree, Tree::Dockerfile(_))) {
        say(format!("built from `{}`", crate::lsp::convert::shown(&built.dockerfile.source.path)));
    }
    Some((document.region.span(image.span), lines.join("\n")))
}

fn shell(shell: BaseShell) -> Option<&'static str> {
    Some(match shell {
        BaseShell::None => "none",
        BaseShell::Dash => "dash",
        BaseShell::Ash => "BusyBox ash",
        BaseShell::Bash => "bash",
        BaseShell::Cmd => "cmd",
        BaseShell::PowerShell => "PowerShell",
        BaseShell::Unknown => return None,
    })
}

fn of_variable(document: &Document, dockerfile: &Dockerfile, offset: u32) -> Option<Said> {
    let region = &document.region;
    let stands = |span: Span| {
        let span = region.span(span);
        span.start <= offset && offset <= span.end
    };
    let around = dockerfile.instructions().filter(|own| !own.onbuild && stands(own.span())).last()?;
    let of_from = around.stage().filter(|stage| stage.from().instruction.index == around.index);
    if let Some(own) = of_from.and_then(|stage| stage.from().references().find(|own| stands(own.span))) {
        let declared = dockerfile.globals().declaration(own.name);
        let origin = declared.map(|name| line(dockerfile, name));
        return Some((region.span(own.span), variable(own.name, dockerfile.globals().variable(own.name), origin)));
    }
    let used = references(around).chain(shell_references(around)).find(|own| stands(own.span))?;
    let origin = origin(around, used.name).map(|origin| line(dockerfile, origin.instruction));
    Some((region.span(used.span), variable(used.name, value(around, used.name), origin)))
}

fn value<'a>(instruction: Instruction<'a>, name: &str) -> Known<'a> {
    instruction.variable(name)
}

/// The first line of what stands at a place.
fn line(dockerfile: &Dockerfile, span: Span) -> String {
    let text = dockerfile.text();
    let start = text[..span.start as usize].rfind('\n').map_or(0, |newline| newline + 1);
    let number = text[..span.start as usize].matches('\n').count() + 1;
    let first = text[start..].lines().next().unwrap_or("").trim();
    format!("line {number}: `{first}`")
}

fn variable(name: &str, value: Known<'_>, origin: Option<String>) -> String {
    let value = match value {
        Known::Known(value) => format!("`{name}` is `{value}`"),
        Known::Argument => format!("`{name}` is what the build is given, and has no default"),
        Known::Unset => format!("`{name}` is not set here"),
        Known::Unknown => format!("the value of `{name}` is not known"),
    };
    match origin {
        Some(origin) => format!("{value}\n\nfrom {origin}"),
        None => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_from_within_and_from_its_ends() {
        let text = "# rlint ignore=a/b-c,DL3006 \u{e9}x";
        for (offset, word) in [(15, "a/b-c"), (17, "a/b-c"), (20, "a/b-c"), (21, "DL3006"), (27, "DL3006"), (31, "x")] {
            assert_eq!(word_at(text, offset).of_text(text), word, "{offset}");
        }
    }
}
