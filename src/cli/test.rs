//! `rlint test`: the examples on the pages of the user's own rules, run.

use std::path::{Path, PathBuf};

use super::args::{TestArguments, When};
use super::examples::{Examples, updated};
use super::files::write_whole;
use super::output::{write_stderr, write_stdout};
use super::{Exit, error, terminal};
use crate::config::discover::{Discovery, pages};
use crate::config::options::Options;
use crate::config::{absolute, page_error, reason_text};
use crate::emit::{self, display_path};
use crate::lint::spec::Page;
use crate::lint::{Catalog, Diagnostic, Rule, own};
use crate::text::Source;

/// A page and what it says.
struct Own {
    path: PathBuf,
    text: String,
    page: Page,
    rule: &'static Rule,
}

/// Runs the examples of the pages that the arguments name.
///
/// # Errors
///
/// A message when there is no page, or one cannot be read or written.
pub(super) fn run(arguments: &TestArguments) -> Result<Exit, String> {
    let mut exit = Exit::Clean;
    let mut found = Vec::new();
    let current = std::env::current_dir().map_err(|reason| format!("there is no current folder: {reason}"))?;
    let ours = crate::catalog();
    let configuration = Discovery::new(&ours, current.clone(), Options::default()).of_folder(&current);
    let named = match configuration {
        _ if !arguments.paths.is_empty() => arguments.paths.clone(),
        Ok(config) => {
            config.rule_paths.iter().map(|path| path.strip_prefix(&current).unwrap_or(path).to_path_buf()).collect()
        }
        Err(errors) => {
            complain(&errors);
            return Ok(Exit::Failed);
        }
    };
    for path in paths(&named, &current)? {
        match read(&path)? {
            Some(own) => found.push(own),
            None => exit = Exit::Failed,
        }
    }
    let catalog = crate::catalog().with(found.iter().map(|own| own.rule));
    let mut text = String::new();
    let (mut passed, mut failed) = (0, 0);
    for own in &found {
        let failures = test(own, &catalog, arguments.update)?;
        passed += (own.page.examples.len() + 1).saturating_sub(failures.len());
        failed += failures.len();
        for (name, reason) in failures {
            text.push_str(&format!("{} · {name}: {}\n\n", display_path(&own.path), reason.trim_end()));
        }
    }
    let rules = if found.len() == 1 { "1 rule".to_owned() } else { format!("{} rules", found.len()) };
    text.push_str(&format!("{rules}: {passed} passed, {failed} failed\n"));
    write_stdout(text.as_bytes())?;
    Ok(if failed > 0 { exit.max(Exit::Found) } else { exit })
}

/// The pages that are named, and those in the folders that are named.
fn paths(named: &[PathBuf], current: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    for path in named {
        let shown = display_path(path);
        if absolute(current, path).is_dir() {
            found.extend(pages(path).map_err(|reason| format!("`{shown}` cannot be read: {}", reason_text(&reason)))?);
        } else {
            found.push(path.clone());
        }
    }
    if found.is_empty() {
        return Err("there is no page of a rule here; name pages or folders, or set the key `rule-paths`".to_owned());
    }
    Ok(found)
}

/// Reads a page; `None` when it is wrong, which was said.
fn read(path: &Path) -> Result<Option<Own>, String> {
    let bytes = std::fs::read(path)
        .map_err(|reason| format!("`{}` cannot be read: {}", display_path(path), reason_text(&reason)))?;
    let source = std::sync::Arc::new(Source::from_bytes(path, bytes));
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    match own::read(&name, &source.text) {
        Ok(rule) => {
            let text = source.text.to_string();
            let page = Page::read(&rule.id, &text);
            Ok(Some(Own { path: path.to_path_buf(), text, page, rule }))
        }
        Err(problems) => {
            let errors: Vec<_> = problems.into_iter().map(|problem| page_error(&source, problem)).collect();
            complain(&errors);
            Ok(None)
        }
    }
}

/// Says what is wrong with pages or the configuration.
fn complain(errors: &[Diagnostic]) {
    let mut text = Vec::new();
    // Writing to memory does not fail.
    let _ = emit::full::write(errors, terminal::error_style(When::Auto), &mut text);
    write_stderr(&text);
}

/// What a page does not hold.
fn test(own: &Own, catalog: &Catalog, update: bool) -> Result<Vec<(String, String)>, String> {
    let examples = Examples { catalog, page: &own.page, rule: own.rule, strict: false };
    let mut failures = Vec::new();
    let mut updates = Vec::new();
    for example in &own.page.examples {
        let name = format!("{} {}", if example.bad { "bad" } else { "good" }, example.number);
        if let Err(reason) = examples.run(example, update.then_some(&mut updates)) {
            failures.push((name, reason));
        }
    }
    for (bad, word) in [(true, "bad"), (false, "good")] {
        if !own.page.examples.iter().any(|example| example.bad == bad) {
            failures.push(("page".to_owned(), format!("there is no {word} example")));
            break;
        }
    }
    if !updates.is_empty() {
        let text = updated(&own.text, updates);
        if let Err(reason) = write_whole(&own.path, text.as_bytes()) {
            error(&format!("`{}` cannot be written: {reason}", display_path(&own.path)));
        }
    }
    Ok(failures)
}
