//! The examples of rule pages as tests: what `rlint test` runs for the rules of users, and our own tests for ours.

use std::path::{Path, PathBuf};

use crate::emit::{self, Style};
use crate::lint::spec::{Block, Example, Page};
use crate::lint::{Applicability, Catalog, Date, Diagnostic, Preset, Rule, Settings, check, fix};
use crate::model::api_versions::KubernetesVersion;
use crate::model::labels::{self, Expected};
use crate::syntax::kind::{Kind, kind_of_content};
use crate::text::{MemoryFiles, Span};

/// Runs the examples of one page.
#[derive(Debug)]
pub struct Examples<'a> {
    /// All rules.
    pub catalog: &'a Catalog,
    /// The page.
    pub page: &'a Page,
    /// Its rule.
    pub rule: &'static Rule,
    /// Whether every bad example must show what is printed, and a complete one must be clean under the default preset.
    pub strict: bool,
}

/// A block of a page that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Where it stands, or after which it is to be put.
    pub span: Span,
    /// What should stand there.
    pub text: String,
}

impl Examples<'_> {
    /// Runs one example. `updates` takes the blocks that are not current; without it they are failures.
    ///
    /// # Errors
    ///
    /// What the example does not hold.
    pub fn run(&self, example: &Example, updates: Option<&mut Vec<Update>>) -> Result<(), String> {
        let found = self.lint(example, true)?;
        if !example.bad {
            return self.run_good(example, &found);
        }
        let own: Vec<&Diagnostic> = found.iter().filter(|diagnostic| diagnostic.rule == self.rule.id).collect();
        if own.is_empty() {
            return Err(format!("nothing is found in\n{}", example.block.text));
        }
        let also: Vec<&str> = words(example, "also").collect();
        let alone = example.fragment || !self.strict;
        let all = if alone { found.clone() } else { self.lint(example, false)? };
        if let Some(other) = all.iter().find(|d| d.rule != self.rule.id && !also.contains(&&*d.rule)) {
            return Err(format!("something else is found as well:\n{}", render(other)));
        }
        for fix in own.iter().flat_map(|diagnostic| &diagnostic.fixes) {
            if !self.rule.fixes.contains(&fix.applicability) {
                return Err(format!("a fix is `{}`, which the page does not declare", fix.applicability.name()));
            }
        }
        let report = own.iter().map(|diagnostic| render(diagnostic)).collect::<Vec<_>>().join("\n");
        let fixed = self.fixed(example, &own)?;
        let mut blocks = Vec::new();
        if self.strict || example.report.is_some() || updates.is_some() {
            blocks.extend(outdated(example.report.as_ref(), "text report", &report, example.block.end));
        }
        if let Some(fixed) = fixed {
            let after = example.report.as_ref().map_or(example.block.end, |report| report.end);
            let info = format!("{} fixed", example.language);
            blocks.extend(outdated(example.fixed.as_ref(), &info, &fixed, after));
        }
        match (updates, blocks.first()) {
            (Some(updates), _) => updates.append(&mut blocks),
            (None, Some(update)) => {
                return Err(format!("a block is not current; it should be\n{}", update.text.trim_start_matches('\n')));
            }
            (None, None) => {}
        }
        Ok(())
    }

    fn run_good(&self, example: &Example, own: &[Diagnostic]) -> Result<(), String> {
        if let Some(diagnostic) = own.first() {
            return Err(format!("something is found in a good example:\n{}", render(diagnostic)));
        }
        if example.fragment || !self.strict {
            return Ok(());
        }
        match self.lint(example, false)?.first() {
            Some(diagnostic) => Err(format!("a complete good example is not clean:\n{}", render(diagnostic))),
            None => Ok(()),
        }
    }

    /// What the fixes make of an example; `None` where there is none.
    fn fixed(&self, example: &Example, own: &[&Diagnostic]) -> Result<Option<String>, String> {
        let fixes = own.iter().flat_map(|diagnostic| &diagnostic.fixes);
        let Some(best) = fixes.map(|fix| fix.applicability).max() else {
            return match example.fixed {
                Some(_) => Err("there is a `fixed` block but no fix".to_owned()),
                None => Ok(None),
            };
        };
        let (files, path) = files_of(self.page, example);
        let settings = self.settings(example, true)?;
        let wanted = |diagnostic: &Diagnostic| diagnostic.rule == self.rule.id;
        // A manual fix leaves a placeholder: it is applied once, and the rule may still find something.
        let (bytes, settled) = if best == Applicability::Manual {
            let report = check(std::slice::from_ref(&path), &files, &settings);
            let chosen = fix::choose(&report.diagnostics, best, &wanted);
            let edits: Vec<_> = chosen.iter().flat_map(|(_, fix)| fix.edits.clone()).collect();
            let applied = crate::text::apply(example.block.text.as_bytes(), &edits);
            (applied.map_err(|error| format!("{error:?}"))?, true)
        } else {
            let fixed = fix::fix(&path, &files, &settings, best, &wanted).map_err(|error| error.to_string())?;
            let offers = |d: &Diagnostic| wanted(d) && d.fixes.iter().any(|fix| fix.applicability >= best);
            let fires = fixed.report.diagnostics.iter().any(offers);
            (fixed.bytes, fixed.converged && !fires)
        };
        if !settled {
            return Err("the rule still offers this fix after it was applied".to_owned());
        }
        let before = fix::syntax_errors(&path, example.block.text.as_bytes(), &settings);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if fix::syntax_errors(&path, &bytes, &settings) > before {
            return Err(format!("the fix adds a syntax error:\n{text}"));
        }
        if text == example.block.text {
            return Err("the fixes change nothing".to_owned());
        }
        Ok(Some(text))
    }

    /// What is found in an example: by its own rule alone, or under the whole default preset.
    ///
    /// # Errors
    ///
    /// When the example asks for what there is not, or is no file that is linted.
    pub fn lint(&self, example: &Example, alone: bool) -> Result<Vec<Diagnostic>, String> {
        let (files, path) = files_of(self.page, example);
        let settings = self.settings(example, alone)?;
        let report = check(std::slice::from_ref(&path), &files, &settings);
        if report.files.is_empty() {
            return Err(format!("`{}` is not recognised as anything that is linted", path.display()));
        }
        Ok(report.diagnostics)
    }

    /// The settings an example asks for: its own rule alone, or a preset; options by `name=value` words.
    fn settings(&self, example: &Example, alone: bool) -> Result<Settings, String> {
        let preset = match words(example, "preset").next() {
            Some(name) => Preset::parse(name).ok_or(format!("no preset `{name}`"))?,
            None => Preset::Recommended,
        };
        let mut settings = Settings::preset(self.catalog, preset);
        settings.parallel = false;
        if alone {
            for rule in self.catalog.rules() {
                settings.set_enabled(&rule.id, rule.id == self.rule.id || rule.id == "rlint/syntax");
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
                "trusted-images" => settings.trusted_images = value.split(',').map(str::to_owned).collect(),
                "labels" => {
                    for label in value.split(',') {
                        let (name, kind) = label.split_once(':').ok_or("`labels=name:type,…`")?;
                        let (name, required) = name.strip_suffix('?').map_or((name, true), |name| (name, false));
                        let kind = labels::Kind::parse(kind).ok_or(format!("no label is a `{kind}`"))?;
                        settings.label_schema.push(Expected { name: name.to_owned(), kind, required });
                    }
                }
                "strict-labels" => settings.strict_labels = value == "true",
                "today" => settings.today = Date::parse(value),
                "image" => {
                    let (image, dockerfile) = value.split_once(':').ok_or("`image=name:Dockerfile`")?;
                    settings.images.push((image.to_owned(), dockerfile.into()));
                }
                option => self.set_option(&mut settings, option, value)?,
            }
        }
        Ok(settings)
    }

    fn set_option(&self, settings: &mut Settings, option: &str, value: &str) -> Result<(), String> {
        let kind = self.rule.options.iter().find(|own| own.name == option).map(|own| &*own.kind);
        let value = match kind {
            Some("boolean") => serde_json::json!(value == "true"),
            Some("integer") => serde_json::json!(value.parse::<i64>().map_err(|error| error.to_string())?),
            Some("strings") => serde_json::json!(value.split(',').filter(|word| !word.is_empty()).collect::<Vec<_>>()),
            Some(_) => serde_json::json!(value),
            None => return Err(format!("`{option}` is no word of an example and no option of the rule")),
        };
        settings.set_option(&self.rule.id, option, value).map_err(|error| format!("{error:?}"))
    }
}

/// A page with updates put in.
pub fn updated(text: &str, mut updates: Vec<Update>) -> String {
    updates.sort_by_key(|update| update.span);
    let mut result = String::new();
    let mut done = 0;
    for update in &updates {
        result.push_str(&text[done..update.span.start as usize]);
        result.push_str(&update.text);
        done = update.span.end as usize;
    }
    result.push_str(&text[done..]);
    result
}

/// What a block should be, if it is not.
fn outdated(block: Option<&Block>, info: &str, expected: &str, after: u32) -> Option<Update> {
    match block {
        Some(block) if block.text == expected => None,
        Some(block) => Some(Update { span: block.span, text: expected.to_owned() }),
        None => {
            let fence = "`".repeat(longest_ticks(expected).max(2) + 1);
            Some(Update { span: Span::empty(after), text: format!("\n{fence}{info}\n{expected}{fence}\n") })
        }
    }
}

fn longest_ticks(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

fn words<'e>(example: &'e Example, key: &'e str) -> impl Iterator<Item = &'e str> {
    let values = example.words.iter().filter(move |(own, _)| own == key);
    values.flat_map(|(_, value)| value.split(','))
}

fn files_of(page: &Page, example: &Example) -> (MemoryFiles, PathBuf) {
    let path = PathBuf::from(example.path.clone().unwrap_or_else(|| default_name(page, example).to_owned()));
    let mut files = MemoryFiles::default();
    for (name, block) in &example.files {
        files.insert(Path::new(name), block.text.as_str());
    }
    files.insert(&path, example.block.text.as_str());
    (files, path)
}

fn default_name(page: &Page, example: &Example) -> &'static str {
    match example.language.as_str() {
        "dockerfile" => "Dockerfile",
        "dockerignore" => ".dockerignore",
        "markdown" => "README.md",
        _ if page.id.starts_with("compose/") => "compose.yaml",
        _ if kind_of_content(&example.block.text) == Some(Kind::Compose) => "compose.yaml",
        _ => "manifest.yaml",
    }
}

fn render(diagnostic: &Diagnostic) -> String {
    emit::full::render(diagnostic, Style::PLAIN)
}
