//! Every example of every page under `rules/` is a test: `dockerfile/latest-tag · bad 1`.
//!
//! Words on the command line choose the tests whose name holds one of them. `RLINT_UPDATE=1` writes the `report`
//! and `fixed` blocks of the chosen pages, and `docs/rules/`.

mod support;

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Mutex;

use rayon::prelude::*;
use rlint::cli::examples::{Examples, Update, updated};
use rlint::lint::spec::Example;
use rlint::lint::{Preset, Severity};
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
    let updates = Mutex::new(Updates::new());
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

/// The blocks of pages that are not current, by rule.
type Updates = BTreeMap<String, Vec<Update>>;

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

    fn run(&self, updates: &Mutex<Updates>) -> Result<(), String> {
        match self.example {
            None => check_page(self.rule),
            Some(example) => {
                let page = &self.rule.page;
                let catalog = rlint::catalog();
                let rule = catalog.rule(&page.id).ok_or("the catalog has no such rule")?;
                let examples = Examples { catalog: &catalog, page, rule, strict: true };
                let mut own = Vec::new();
                examples.run(example, is_updating().then_some(&mut own))?;
                let mut updates = updates.lock().expect("no test panics while it holds the updates");
                updates.entry(page.id.clone()).or_default().append(&mut own);
                Ok(())
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
    let catalog = rlint::catalog();
    let known = catalog.rule(&page.id).ok_or("the catalog has no such rule")?;
    // The rules about the run itself are reported by the engine; their tests are in `tests/suite/`.
    if known.checks.is_empty() && known.group() != "rlint" && !known.answers_to_all("SC1000") {
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
    if known.group() == "rlint" || known.checks.is_empty() {
        return Ok(());
    }
    for (bad, word) in [(true, "bad"), (false, "good")] {
        if !page.examples.iter().any(|example| example.bad == bad) {
            return Err(format!("the page has no {word} example"));
        }
    }
    for class in &page.fixes {
        let shown = page.examples.iter().any(|example| {
            let found = Examples { catalog: &catalog, page, rule: known, strict: true }.lint(example, true);
            found.is_ok_and(|found| found.iter().any(|d| d.fixes.iter().any(|fix| fix.applicability == *class)))
        });
        if !shown {
            return Err(format!("no bad example offers the declared `{}` fix", class.name()));
        }
    }
    Ok(())
}

fn is_updating() -> bool {
    std::env::var_os("RLINT_UPDATE").is_some_and(|value| value == "1")
}

fn write_updates(pages: &[RulePage], mut updates: Updates) {
    for rule in pages {
        if let Some(updates) = updates.remove(&rule.page.id).filter(|updates| !updates.is_empty()) {
            std::fs::write(&rule.path, updated(&rule.text, updates)).expect("a page can be written");
        }
    }
}
