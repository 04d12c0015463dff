//! Every example of every page under `rules/` is a test: `dockerfile/latest-tag · bad 1`.
//!
//! Words on the command line choose the tests whose name holds one of them. `RLINT_UPDATE=1` writes the `report`
//! and `fixed` blocks of the chosen pages, and `docs/rules/`.

mod support;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;

use rayon::prelude::*;
use rlint::emit::{self, Style};
use rlint::lint::spec::{Example, Page};
use rlint::lint::{Applicability, Diagnostic, Preset, Rule, Settings, Severity, check, fix};
use rlint::model::api_versions::KubernetesVersion;
use rlint::syntax::kind::{Kind, kind_of_content};
use rlint::text::{Files, MemoryFiles};
use support::catalog::{self, RulePage};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let listing = std::env::args().any(|word| word == "--list");
    let pages = catalog::pages();
    let written = catalog::refresh(&pages);
    if !written.is_empty() {
        eprintln!("{}", catalog::sentence(&written));
        return ExitCode::FAILURE;
    }
    let tests: Vec<Test<'_>> = pages.iter().flat_map(tests_of).filter(|test| test.is_wanted(&words)).collect();
    if listing {
        tests.iter().for_each(|test| println!("{}: test", test.name()));
        return ExitCode::SUCCESS;
    }
    println!("\nrunning {} tests", tests.len());
    let updates = Mutex::new(Vec::new());
    let results: Vec<Result<(), String>> = tests.par_iter().map(|test| test.run(&updates)).collect();
    let updates = updates.into_inner().expect("no test panics while it holds the updates");
    if !updates.is_empty() {
        write_updates(&pages, updates);
    }
    if is_updating() {
        catalog::refresh_docs(&catalog::pages());
    }
    summarize(&tests, &results)
}

fn summarize(tests: &[Test<'_>], results: &[Result<(), String>]) -> ExitCode {
    for (test, result) in tests.iter().zip(results) {
        println!("test {} ... {}", test.name(), if result.is_ok() { "ok" } else { "FAILED" });
    }
    let failures: Vec<(&Test<'_>, &String)> =
        tests.iter().zip(results).filter_map(|(test, result)| Some((test, result.as_ref().err()?))).collect();
    if !failures.is_empty() {
        println!("\nfailures:");
        for (test, message) in &failures {
            println!("\n---- {} ----\n{message}", test.name());
        }
    }
    let word = if failures.is_empty() { "ok" } else { "FAILED" };
    let (passed, failed) = (tests.len() - failures.len(), failures.len());
    println!("\ntest result: {word}. {passed} passed; {failed} failed; 0 ignored; 0 measured; 0 filtered out\n");
    if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// One example, or the page as a whole.
struct Test<'p> {
    rule: &'p RulePage,
    example: Option<&'p Example>,
}

/// The text that a block of a page should have.
struct Update {
    id: String,
    /// The offset in the page where the block stands, or after which it is to be put.
    span: rlint::text::Span,
    text: String,
}

fn tests_of(rule: &RulePage) -> impl Iterator<Item = Test<'_>> {
    let examples = rule.page.examples.iter().map(move |example| Test { rule, example: Some(example) });
    std::iter::once(Test { rule, example: None }).chain(examples)
}

impl Test<'_> {
    fn name(&self) -> String {
        match self.example {
            None => format!("{} · page", self.rule.page.id),
            Some(Example { bad, number, .. }) => {
                format!("{} · {} {number}", self.rule.page.id, if *bad { "bad" } else { "good" })
            }
        }
    }

    fn is_wanted(&self, words: &[String]) -> bool {
        words.is_empty() || words.iter().any(|word| self.name().contains(word.as_str()))
    }

    fn run(&self, updates: &Mutex<Vec<Update>>) -> Result<(), String> {
        match self.example {
            None => check_page(self.rule),
            Some(example) => {
                let rule = rlint::catalog().rule(&self.rule.page.id).ok_or("the catalog has no such rule")?;
                check_example(&self.rule.page, rule, example, updates)
            }
        }
    }
}

/// What a page must have, examples aside.
fn check_page(rule: &RulePage) -> Result<(), String> {
    let page = &rule.page;
    let lines = rlint::text::LineIndex::new(&rule.text);
    if let Some(error) = page.errors.first() {
        let line = lines.line_of(error.span.start) + 1;
        return Err(format!("{}:{line}: {}", rule.path.display(), error.message));
    }
    let known = rlint::catalog().rule(&page.id).ok_or("the catalog has no such rule")?;
    // The rules about the run itself are reported by the engine; their tests are in `tests/suite/`.
    if known.checks.is_empty() && known.group() != "rlint" {
        return Err("the rule has no checks".to_owned());
    }
    for section in ["Why", "Examples"] {
        if !page.sections.iter().any(|own| own == section) {
            return Err(format!("the page has no section `{section}`"));
        }
    }
    if known.severity == Severity::Error && !known.is_in(Preset::Recommended) {
        return Err("an error belongs to the preset `recommended`".to_owned());
    }
    if known.group() == "rlint" {
        return Ok(());
    }
    for (bad, word) in [(true, "bad"), (false, "good")] {
        if !page.examples.iter().any(|example| example.bad == bad) {
            return Err(format!("the page has no {word} example"));
        }
    }
    for class in &page.fixes {
        let shown = page.examples.iter().any(|example| {
            let found = lint(page, example, Some(known));
            found.is_ok_and(|found| found.iter().any(|d| d.fixes.iter().any(|fix| fix.applicability == *class)))
        });
        if !shown {
            return Err(format!("no bad example offers the declared `{}` fix", class.name()));
        }
    }
    Ok(())
}

fn check_example(page: &Page, rule: &Rule, example: &Example, updates: &Mutex<Vec<Update>>) -> Result<(), String> {
    let found = lint(page, example, Some(rule))?;
    if !example.bad {
        return check_good(page, example, &found);
    }
    let also: Vec<&str> = words(example, "also").collect();
    let own: Vec<&Diagnostic> = found.iter().filter(|diagnostic| diagnostic.rule == rule.id).collect();
    if own.is_empty() {
        return Err(format!("nothing is found in\n{}", example.block.text));
    }
    let all = if example.fragment { found.clone() } else { lint(page, example, None)? };
    if let Some(other) = all.iter().find(|d| d.rule != rule.id && !also.contains(&&*d.rule)) {
        return Err(format!("something else is found as well:\n{}", render(other)));
    }
    for fix in own.iter().flat_map(|diagnostic| &diagnostic.fixes) {
        if !rule.fixes.contains(&fix.applicability) {
            return Err(format!("a fix is `{}`, which the page does not declare", fix.applicability.name()));
        }
    }
    let rendered: Vec<String> = own.iter().map(|diagnostic| render(diagnostic)).collect();
    let report = rendered.join("\n");
    let after_example = example.block.end;
    compare("report", example.report.as_ref(), "text report", &report, page, after_example, updates)?;
    check_fixed(page, rule, example, &own, updates)
}

fn check_good(page: &Page, example: &Example, own: &[Diagnostic]) -> Result<(), String> {
    if let Some(diagnostic) = own.first() {
        return Err(format!("something is found in a good example:\n{}", render(diagnostic)));
    }
    if example.fragment {
        return Ok(());
    }
    match lint(page, example, None)?.first() {
        Some(diagnostic) => Err(format!("a complete good example is not clean:\n{}", render(diagnostic))),
        None => Ok(()),
    }
}

/// Holds the `fixed` block to what the fixes make of the example.
fn check_fixed(
    page: &Page,
    rule: &Rule,
    example: &Example,
    own: &[&Diagnostic],
    updates: &Mutex<Vec<Update>>,
) -> Result<(), String> {
    let Some(best) = own.iter().flat_map(|diagnostic| diagnostic.fixes.iter().map(|fix| fix.applicability)).max()
    else {
        return match example.fixed {
            Some(_) => Err("there is a `fixed` block but no fix".to_owned()),
            None => Ok(()),
        };
    };
    let (files, path) = files_of(page, example);
    let settings = settings_of(page, example, Some(rule))?;
    let wanted = |diagnostic: &Diagnostic| diagnostic.rule == rule.id;
    // A manual fix leaves a placeholder: it is applied once, and the rule may still find something.
    let (bytes, settled) = if best == Applicability::Manual {
        let report = check(std::slice::from_ref(&path), &files, &settings);
        let chosen = fix::choose(&report.diagnostics, best, &wanted);
        let edits: Vec<_> = chosen.iter().flat_map(|(_, fix)| fix.edits.clone()).collect();
        (rlint::text::apply(example.block.text.as_bytes(), &edits).map_err(|error| format!("{error:?}"))?, true)
    } else {
        let fixed = fix::fix(&path, &files, &settings, best, &wanted).map_err(|error| error.to_string())?;
        let fires =
            fixed.report.diagnostics.iter().any(|d| wanted(d) && d.fixes.iter().any(|f| f.applicability >= best));
        (fixed.bytes, fixed.converged && !fires)
    };
    if !settled {
        return Err("the rule still offers this fix after it was applied".to_owned());
    }
    let before = fix::syntax_errors(&path, example.block.text.as_bytes(), &settings);
    if fix::syntax_errors(&path, &bytes, &settings) > before {
        return Err(format!("the fix adds a syntax error:\n{}", String::from_utf8_lossy(&bytes)));
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    if text == example.block.text {
        return Err("the fixes change nothing".to_owned());
    }
    let after = example.report.as_ref().map_or(example.block.end, |report| report.end);
    let info = format!("{} fixed", example.language);
    compare("fixed", example.fixed.as_ref(), &info, &text, page, after, updates)
}

/// Holds a block to what it should be; with `RLINT_UPDATE=1` it is noted for writing instead.
fn compare(
    name: &str,
    block: Option<&rlint::lint::spec::Block>,
    info: &str,
    expected: &str,
    page: &Page,
    after: u32,
    updates: &Mutex<Vec<Update>>,
) -> Result<(), String> {
    if block.is_some_and(|block| block.text == expected) {
        return Ok(());
    }
    if !is_updating() {
        let shown = block.map_or("(there is none)", |block| &block.text);
        return Err(format!(
            "the `{name}` block is not current; RLINT_UPDATE=1 writes it.\nexpected:\n{expected}\nwritten:\n{shown}"
        ));
    }
    let fence = "`".repeat(longest_ticks(expected).max(2) + 1);
    let update = match block {
        Some(block) => Update { id: page.id.clone(), span: block.span, text: expected.to_owned() },
        None => Update {
            id: page.id.clone(),
            span: rlint::text::Span::empty(after),
            text: format!("\n{fence}{info}\n{expected}{fence}\n"),
        },
    };
    updates.lock().expect("no test panics while it holds the updates").push(update);
    Ok(())
}

fn is_updating() -> bool {
    std::env::var_os("RLINT_UPDATE").is_some_and(|value| value == "1")
}

fn longest_ticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

fn write_updates(pages: &[RulePage], updates: Vec<Update>) {
    for rule in pages {
        let mut edits: Vec<&Update> = updates.iter().filter(|update| update.id == rule.page.id).collect();
        edits.sort_by_key(|update| update.span);
        let mut text = String::new();
        let mut done = 0;
        for update in edits {
            text.push_str(&rule.text[done..update.span.start as usize]);
            text.push_str(&update.text);
            done = update.span.end as usize;
        }
        if done > 0 {
            text.push_str(&rule.text[done..]);
            std::fs::write(&rule.path, text).expect("a page can be written");
        }
    }
}

fn words<'e>(example: &'e Example, key: &'e str) -> impl Iterator<Item = &'e str> {
    let values = example.words.iter().filter(move |(own, _)| own == key);
    values.flat_map(|(_, value)| value.split(','))
}

/// What is found in an example: by its own rule alone, or under the whole default preset.
fn lint(page: &Page, example: &Example, only: Option<&Rule>) -> Result<Vec<Diagnostic>, String> {
    let (files, path) = files_of(page, example);
    let settings = settings_of(page, example, only)?;
    let report = check(std::slice::from_ref(&path), &files, &settings);
    if report.files.is_empty() {
        return Err(format!("`{}` is not recognised as anything that is linted", path.display()));
    }
    Ok(report.diagnostics)
}

fn files_of(page: &Page, example: &Example) -> (MemoryFiles, PathBuf) {
    let path = PathBuf::from(example.path.clone().unwrap_or_else(|| default_name(page, example).to_owned()));
    let mut files = MemoryFiles::default();
    for (name, block) in &example.files {
        files.insert(Path::new(name), block.text.as_str());
    }
    files.insert(&path, example.block.text.as_str());
    debug_assert!(files.exists(&path));
    (files, path)
}

fn default_name(page: &Page, example: &Example) -> &'static str {
    match example.language.as_str() {
        "dockerfile" => "Dockerfile",
        "markdown" => "README.md",
        _ if page.id.starts_with("compose/") => "compose.yaml",
        _ if kind_of_content(&example.block.text) == Some(Kind::Compose) => "compose.yaml",
        _ => "manifest.yaml",
    }
}

/// The settings an example asks for: its own rule alone, or a preset; options by `name=value` words.
fn settings_of(page: &Page, example: &Example, only: Option<&Rule>) -> Result<Settings, String> {
    let catalog = rlint::catalog();
    let named = words(example, "preset").next().map(|name| Preset::parse(name).ok_or(format!("no preset `{name}`")));
    let preset = named.transpose()?.unwrap_or(Preset::Recommended);
    let mut settings = Settings::preset(&catalog, preset);
    settings.parallel = false;
    if let Some(only) = only {
        for rule in catalog.rules() {
            settings.set_enabled(&rule.id, rule.id == only.id || rule.id == "rlint/syntax");
        }
    }
    for (key, value) in &example.words {
        match key.as_str() {
            "also" | "preset" => {}
            "kubernetes" => {
                let version = KubernetesVersion::parse(value);
                settings.kubernetes_version = version.ok_or(format!("`{value}` is no version"))?;
            }
            "trusted" => settings.trusted_registries = value.split(',').map(str::to_owned).collect(),
            "today" => settings.today = rlint::lint::Date::parse(value),
            "image" => {
                let (image, dockerfile) = value.split_once(':').ok_or("`image=name:Dockerfile`")?;
                settings.images.push((image.to_owned(), dockerfile.into()));
            }
            option => set_option(page, &mut settings, option, value)?,
        }
    }
    Ok(settings)
}

fn set_option(page: &Page, settings: &mut Settings, option: &str, value: &str) -> Result<(), String> {
    let kind = page.options.iter().find(|own| own.name == option).map(|own| own.kind.as_str());
    let value = match kind {
        Some("boolean") => serde_json::json!(value == "true"),
        Some("integer") => serde_json::json!(value.parse::<i64>().map_err(|error| error.to_string())?),
        Some("strings") => serde_json::json!(value.split(',').filter(|word| !word.is_empty()).collect::<Vec<_>>()),
        Some(_) => serde_json::json!(value),
        None => return Err(format!("`{option}` is no word of an example and no option of the rule")),
    };
    settings.set_option(&page.id, option, value).map_err(|error| format!("{error:?}"))
}

fn render(diagnostic: &Diagnostic) -> String {
    emit::full::render(diagnostic, Style::PLAIN)
}
