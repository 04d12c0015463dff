//! Configuration of the tools people come from, as far as it says something about our rules.

use std::path::Path;
use std::sync::Arc;

use super::hadolint::{Hadolint, rules_of, words};
use super::options::Options;
use super::read::Reader;
use super::write;
use crate::lint::{Catalog, Diagnostic};
use crate::syntax::yaml::{self, Ref};
use crate::text::Source;

/// Names under which kube-linter looks for its configuration in a folder.
pub(super) const KUBE_LINTER_NAMES: &[&str] = &[".kube-linter.yaml", ".kube-linter.yml"];

/// Whose configuration a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tool {
    Hadolint,
    KubeLinter,
}

/// The configuration of another tool, by the name of its file, written as one of ours.
///
/// # Errors
///
/// What is wrong with it.
pub fn written_as_ours(source: &Arc<Source>, catalog: &Catalog) -> Result<String, Vec<Diagnostic>> {
    let name = source.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let kube_linter = name.contains("kube-linter");
    let mut unanswered = String::new();
    let (options, errors) = read(source, Path::new(""), catalog, |root, options| {
        if kube_linter {
            *options = kube_linter_options(root, catalog);
        } else {
            let told = Hadolint::of_file(root);
            unanswered = told.unanswered(catalog).join(", ");
            *options = told.options(catalog);
        }
    });
    if !errors.is_empty() {
        return Err(errors);
    }
    let tool = if kube_linter { "kube-linter" } else { "hadolint" };
    let mut text = format!("# From {name}. With `preset: {tool}`, what {tool} reports by default is reported.\n");
    if !unanswered.is_empty() {
        text.push_str(&format!("# No rule answers to {unanswered}.\n"));
    }
    text.push_str(&write::yaml(&options));
    Ok(text)
}

/// Reads what hadolint is told: by its file, and by its environment.
pub(super) fn hadolint(
    source: &Arc<Source>,
    folder: &Path,
    catalog: &Catalog,
    environment: &Hadolint,
) -> (Options, Vec<Diagnostic>) {
    read(source, folder, catalog, |root, options| {
        *options = Hadolint::of_file(root).over(environment.clone()).options(catalog);
    })
}

/// Reads what kube-linter is told: checks to leave out or to add, and paths in which it reports nothing.
pub(super) fn kube_linter(source: &Arc<Source>, folder: &Path, catalog: &Catalog) -> (Options, Vec<Diagnostic>) {
    read(source, folder, catalog, |root, options| *options = kube_linter_options(root, catalog))
}

fn kube_linter_options(root: Ref<'_>, catalog: &Catalog) -> Options {
    let ids = |key: &str| {
        let words = root.path(&["checks", key]).map(words).unwrap_or_default();
        words.iter().flat_map(|word| rules_of(catalog, word, "kubernetes")).collect()
    };
    let of_group = catalog.rules().iter().filter(|rule| rule.group() == "kubernetes");
    let all: Vec<&'static str> = of_group.map(|rule| &*rule.id).collect();
    let paths = root.path(&["checks", "ignorePaths"]).map(words).unwrap_or_default();
    Options {
        ignore: ids("exclude"),
        extend_select: ids("include"),
        per_file_ignores: paths.into_iter().map(|pattern| (pattern, all.clone())).collect(),
        ..Options::default()
    }
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
    let mut options = Options::default();
    if let Some(root) = stream.roots().next() {
        take(root, &mut options);
    }
    options.folder = folder.to_path_buf();
    (options, reader.errors)
}
