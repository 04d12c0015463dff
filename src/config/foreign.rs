//! Configuration of the tools people come from, as far as it says something about our rules.

use std::path::Path;
use std::sync::Arc;

use super::options::Options;
use super::read::{Reader, SEVERITIES};
use crate::lint::{Catalog, Diagnostic, Severity};
use crate::model::labels::{Expected, Kind};
use crate::syntax::yaml::{self, Ref};
use crate::text::Source;

/// Names under which hadolint looks for its configuration in a folder.
pub(super) const HADOLINT_NAMES: &[&str] = &[".hadolint.yaml", ".hadolint.yml"];
/// Names under which kube-linter looks for its configuration in a folder.
pub(super) const KUBE_LINTER_NAMES: &[&str] = &[".kube-linter.yaml", ".kube-linter.yml"];

/// All of them.
pub const FOREIGN_NAMES: &[&str] = &[".hadolint.yaml", ".hadolint.yml", ".kube-linter.yaml", ".kube-linter.yml"];

/// Reads what hadolint is told: ids it should not report, other severities, registries, and when to fail. Ids that
/// no rule of ours answers to are passed over.
pub(super) fn hadolint(source: &Arc<Source>, folder: &Path, catalog: &Catalog) -> (Options, Vec<Diagnostic>) {
    read(source, folder, catalog, |root, options| {
        let ids = |node: Ref<'_>| rules_of(catalog, node, "dockerfile");
        for word in root.get("ignored").map(words).unwrap_or_default() {
            let Ok((rules, alias)) = catalog.ignore(&word) else { continue };
            let rules = rules.into_iter().filter(|rule| rule.group() == "dockerfile");
            options.ignore.extend(rules.map(|rule| &*rule.id));
            options.ignored_aliases.extend(alias);
        }
        for (name, severity) in SEVERITIES.iter().chain(&[("style", Severity::Info)]) {
            let listed = root.path(&["override", name]).map(ids).unwrap_or_default();
            options.severity.extend(listed.into_iter().map(|id| (id, *severity)));
        }
        let registries = root.get("trustedRegistries").map(words).unwrap_or_default();
        options.trusted_registries = (!registries.is_empty()).then_some(registries);
        options.label_schema = root.get("label-schema").map(labels);
        options.strict_labels = root.get("strict-labels").map(|node| is_true(Some(node)));
        options.fail_on = match root.get("failure-threshold").and_then(Ref::as_str) {
            Some("error") => Some(Some(Severity::Error)),
            Some("warning") => Some(Some(Severity::Warning)),
            Some("info" | "style") => Some(Some(Severity::Info)),
            Some("ignore" | "none") => Some(None),
            _ => None,
        };
        if is_true(root.get("no-fail")) {
            options.fail_on = Some(None);
        }
        options.no_suppressions = is_true(root.get("disable-ignore-pragma"));
    })
}

/// Reads what kube-linter is told: checks to leave out or to add, and paths in which it reports nothing.
pub(super) fn kube_linter(source: &Arc<Source>, folder: &Path, catalog: &Catalog) -> (Options, Vec<Diagnostic>) {
    read(source, folder, catalog, |root, options| {
        let ids = |key: &str| {
            root.path(&["checks", key]).map(|node| rules_of(catalog, node, "kubernetes")).unwrap_or_default()
        };
        options.ignore = ids("exclude");
        options.extend_select = ids("include");
        let of_group = catalog.rules().iter().filter(|rule| rule.group() == "kubernetes");
        let all: Vec<&'static str> = of_group.map(|rule| &*rule.id).collect();
        for pattern in root.path(&["checks", "ignorePaths"]).map(words).unwrap_or_default() {
            options.per_file_ignores.push((pattern, all.clone()));
        }
    })
}

fn read(
    source: &Arc<Source>,
    folder: &Path,
    catalog: &Catalog,
    take: impl FnOnce(Ref<'_>, &mut Options),
) -> (Options, Vec<Diagnostic>) {
    let stream = yaml::parse(source.text.clone());
    let mut reader = Reader { source, catalog, folder, errors: Vec::new() };
    for failure in &stream.errors {
        reader.error(failure.span, failure.message.clone());
    }
    let mut options = Options { folder: folder.to_path_buf(), ..Options::default() };
    if let Some(root) = stream.roots().next() {
        take(root, &mut options);
    }
    (options, reader.errors)
}

/// The rules of `group` that answer to the listed ids.
fn rules_of(catalog: &Catalog, node: Ref<'_>, group: &str) -> Vec<&'static str> {
    let named = words(node).into_iter().filter_map(|word| catalog.select(&word).ok()).flatten();
    named.filter(|rule| rule.group() == group).map(|rule| &*rule.id).collect()
}

fn words(node: Ref<'_>) -> Vec<String> {
    node.items().filter_map(Ref::as_str).map(str::to_owned).collect()
}

/// The labels of hadolint's schema, every one of which it asks for.
fn labels(node: Ref<'_>) -> Vec<Expected> {
    let entries = node.entries().filter_map(|(name, kind)| Some((name.as_str()?, Kind::parse(kind.as_str()?)?)));
    entries.map(|(name, kind)| Expected { name: name.to_owned(), kind, required: true }).collect()
}

fn is_true(node: Option<Ref<'_>>) -> bool {
    node.and_then(Ref::as_str).is_some_and(|text| text.eq_ignore_ascii_case("true"))
}
