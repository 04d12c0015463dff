//! The spellings of other tools in comments. What names no rule of ours is not our business and is left alone.

use super::place::{self, Target};
use super::{Expiry, Name, Origin, Scope, Suppression, Which};
use crate::lint::document::{Document, Tree};
use crate::lint::{Catalog, Date, Preset};
use crate::text::Span;

/// Reads a comment of a document that is none of ours.
pub(super) fn collect(document: &Document, comment: Span, catalog: &Catalog, found: &mut Vec<Suppression>) {
    let text = comment.of_text(&document.text).trim_start_matches('#').trim();
    let is_dockerfile = matches!(document.tree, Tree::Dockerfile(_));
    let read = match text.split([' ', '\t', ':', '=']).next().unwrap_or("") {
        "hadolint" if is_dockerfile => hadolint(document, comment, text, catalog),
        "shellcheck" if is_dockerfile => shellcheck(document, comment, text, catalog),
        "check" if is_dockerfile => buildkit(document, comment, text, catalog),
        "dclint" if matches!(document.tree, Tree::Compose(_)) => dclint(document, comment, text, catalog),
        "trivy" => trivy(document, comment, text, catalog),
        "checkov" => checkov(document, comment, text, catalog),
        _ => None,
    };
    found.extend(read);
}

/// `# check=skip=…` at the top of a Dockerfile, where it is a directive.
pub(super) fn collect_directives(document: &Document, catalog: &Catalog, found: &mut Vec<Suppression>) {
    let Tree::Dockerfile(dockerfile) = &document.tree else { return };
    for directive in &dockerfile.tree.directives {
        if directive.name.of_text(&document.text).eq_ignore_ascii_case("check") {
            let names = skipped(directive.value.of_text(&document.text), catalog);
            found.push(suppression(Origin::Buildkit, directive.span, place::whole(document), names));
        }
    }
}

/// Whether a `# check=error=true` at the top makes a build fail at what BuildKit's checks find.
pub(super) fn asks_for_errors(document: &Document) -> bool {
    let Tree::Dockerfile(dockerfile) = &document.tree else { return false };
    let text = |span: Span| span.of_text(&document.text);
    let mut checks = dockerfile.tree.directives.iter().filter(|own| text(own.name).eq_ignore_ascii_case("check"));
    let is_set = |value: &str| matches!(value.trim(), "1" | "t" | "T" | "true" | "True" | "TRUE");
    checks.any(|check| text(check.value).split(';').any(|part| part.trim().strip_prefix("error=").is_some_and(is_set)))
}

fn suppression(origin: Origin, comment: Span, scope: Scope, names: Vec<Name>) -> Suppression {
    Suppression { origin, comment, scope, names, reason: None, expires: None, misplaced: false }
}

/// Names separated by commas or blanks.
fn names(catalog: &Catalog, list: &str) -> Vec<Name> {
    let words = list.split([',', ' ', '\t']).filter(|word| !word.is_empty());
    words.map(|word| Name::new(catalog, Span::default(), word)).collect()
}

/// The words of a list that is separated by commas, up to the first blank that no comma precedes.
fn comma_list(text: &str) -> &str {
    let mut end = 0;
    let mut open = true;
    for word in text.split_inclusive([' ', '\t']) {
        let trimmed = word.trim();
        if !open && !trimmed.is_empty() && !trimmed.starts_with(',') {
            break;
        }
        end += word.len();
        if !trimmed.is_empty() {
            open = trimmed.ends_with(',');
        }
    }
    &text[..end]
}

/// `shellcheck disable=SC2086,SC2046` above an instruction or between its lines.
fn shellcheck(document: &Document, comment: Span, text: &str, catalog: &Catalog) -> Option<Suppression> {
    let mut directives = text.strip_prefix("shellcheck")?.split_ascii_whitespace();
    let list = directives.find_map(|directive| directive.strip_prefix("disable="))?;
    let scope = place::scope(document, comment, Target::Node);
    Some(suppression(Origin::ShellCheck, comment, scope, names(catalog, list)))
}

/// `hadolint ignore=DL3006,DL3018 # the reason`, `hadolint global ignore=…`, `hadolint stage ignore=…`.
fn hadolint(document: &Document, comment: Span, text: &str, catalog: &Catalog) -> Option<Suppression> {
    let rest = text.strip_prefix("hadolint")?.trim_start();
    let (target, rest) = match rest.split_once(char::is_whitespace) {
        Some(("global", rest)) => (Target::Document, rest),
        Some(("stage", rest)) => (Target::Stage, rest),
        _ => (Target::Node, rest),
    };
    let list = rest.trim_start().strip_prefix("ignore")?.trim_start().strip_prefix('=')?;
    let (list, reason) = list.split_once('#').unwrap_or((list, ""));
    let scope = place::scope(document, comment, target);
    let mut read = suppression(Origin::Hadolint, comment, scope, names(catalog, comma_list(list.trim_start())));
    read.reason = Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    Some(read)
}

/// `check=skip=JSONArgsRecommended,StageNameCasing` above an instruction.
fn buildkit(document: &Document, comment: Span, text: &str, catalog: &Catalog) -> Option<Suppression> {
    let value = text.strip_prefix("check")?.trim_start().strip_prefix('=')?;
    let names = skipped(value, catalog);
    let scope = place::scope(document, comment, Target::Node);
    (!names.is_empty()).then(|| suppression(Origin::Buildkit, comment, scope, names))
}

/// The names after `skip=` in `skip=A,B;error=true`.
fn skipped(value: &str, catalog: &Catalog) -> Vec<Name> {
    let list = value.split(';').find_map(|part| part.trim().strip_prefix("skip=")).unwrap_or("");
    if list.trim() == "all" {
        let rules = catalog.rules().iter().copied().filter(|rule| rule.presets.contains(&Preset::Buildkit));
        return vec![Name { span: Span::default(), which: Which::Rules(rules.collect()), alias: None, used: false }];
    }
    names(catalog, list)
}

/// `dclint disable`, `dclint disable rule other-rule`, `dclint disable-line rule`, `dclint disable-file`.
fn dclint(document: &Document, comment: Span, text: &str, catalog: &Catalog) -> Option<Suppression> {
    let rest = text.strip_prefix("dclint")?.trim_start();
    let (word, list) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let scope = match word {
        "disable" | "disable-file" => place::whole(document),
        "disable-line" => place::scope(document, comment, Target::Node),
        _ => return None,
    };
    let names = if list.trim().is_empty() { vec![Name::all(Span::default())] } else { names(catalog, list) };
    Some(suppression(Origin::Dclint, comment, scope, names))
}

/// `trivy:ignore:DS-0002`, several of them, each perhaps with `:exp:2026-12-31`.
fn trivy(document: &Document, comment: Span, text: &str, catalog: &Catalog) -> Option<Suppression> {
    let mut read = suppression(Origin::Trivy, comment, place::scope(document, comment, Target::Node), Vec::new());
    for word in text.split_ascii_whitespace() {
        let Some(rest) = word.strip_prefix("trivy:ignore:") else { continue };
        let (id, options) = rest.split_once(':').unwrap_or((rest, ""));
        if let Some(date) = options.strip_prefix("exp:").and_then(|rest| Date::parse(rest.get(..10)?)) {
            read.expires = Some(Expiry { span: Span::default(), date: Some(date) });
        }
        if id == "*" {
            read.names.push(Name::all(Span::default()));
        } else {
            read.names.push(Name::new(catalog, Span::default(), id));
        }
    }
    (!read.names.is_empty()).then_some(read)
}

/// `checkov:skip=CKV_DOCKER_2:the reason`: for the whole Dockerfile, or the YAML document it stands in.
fn checkov(document: &Document, comment: Span, text: &str, catalog: &Catalog) -> Option<Suppression> {
    let rest = text.strip_prefix("checkov:skip=")?;
    let (id, reason) = rest.split_once(':').unwrap_or((rest, ""));
    let scope = place::scope(document, comment, Target::Document);
    let mut read = suppression(Origin::Checkov, comment, scope, names(catalog, id));
    read.reason = Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty());
    Some(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_ends_where_prose_begins() {
        assert_eq!(comma_list("DL3006,DL3018 because of that").trim(), "DL3006,DL3018");
        assert_eq!(comma_list("DL3006, DL3018 ,DL3019 why").trim(), "DL3006, DL3018 ,DL3019");
    }
}
