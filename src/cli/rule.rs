//! `rlint rule`: the pages of the rules, and the catalogue.

use serde::Serialize;

use super::args::{RuleArguments, RuleFormat};
use super::output::write_stdout;
use super::{Exit, flags};
use crate::config::discover::Discovery;
use crate::config::options::Options;
use crate::emit::{page_url, rule_url};
use crate::lint::{Applicability, Category, Declined, Preset, Rule, Severity};

/// Writes the rules that the arguments name; all of them in one list where they name none.
///
/// # Errors
///
/// A message when a word names no rule.
pub(super) fn run(arguments: &RuleArguments) -> Result<Exit, String> {
    let current = std::env::current_dir().map_err(|reason| format!("there is no current folder: {reason}"))?;
    let catalog = Discovery::new(&crate::catalog(), current, Options::default()).catalog_here();
    let listing = arguments.all || arguments.rules.is_empty();
    let rules: Vec<&'static Rule> = if listing {
        catalog.rules().to_vec()
    } else {
        let mut ids = flags::rules_named(&catalog, "rlint rule", &arguments.rules)?;
        ids.sort_unstable();
        ids.dedup();
        ids.into_iter().filter_map(|id| catalog.rule(id)).collect()
    };
    let mut declined: Vec<&'static Declined> = Vec::new();
    for found in arguments.rules.iter().filter_map(|word| catalog.declined(word)) {
        if !declined.iter().any(|known| std::ptr::eq(*known, found)) {
            declined.push(found);
        }
    }
    let mut text = match arguments.output_format {
        RuleFormat::Json => {
            let entries: Vec<Entry> = rules.iter().map(|rule| Entry::new(rule)).collect();
            let json = serde_json::to_string_pretty(&entries).map_err(|reason| reason.to_string())?;
            format!("{json}\n")
        }
        RuleFormat::Markdown => pages(&rules, |rule| rule.body().to_owned()),
        RuleFormat::Text if listing => list(&rules),
        RuleFormat::Text => pages(&rules, page),
    };
    // The catalogue in JSON is one of rules.
    for declined in declined.into_iter().filter(|_| arguments.output_format != RuleFormat::Json) {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&reason(declined));
    }
    write_stdout(text.as_bytes())
}

/// Why no rule answers to ids of another tool.
fn reason(declined: &Declined) -> String {
    let ids = declined.ids.join(", ");
    format!("{ids} ({}): no rule answers to this\n\n{}\n\n{}\n", declined.tool, declined.reason, page_url("declined"))
}

/// A rule of the catalogue.
#[derive(Serialize)]
struct Entry {
    id: &'static str,
    aliases: Vec<&'static str>,
    severity: Severity,
    category: Category,
    presets: Vec<Preset>,
    fixes: &'static [Applicability],
    summary: &'static str,
    since: &'static str,
    options: Vec<OptionEntry>,
    url: Option<String>,
}

#[derive(Serialize)]
struct OptionEntry {
    name: &'static str,
    kind: &'static str,
    default: serde_json::Value,
    description: &'static str,
}

impl Entry {
    fn new(rule: &'static Rule) -> Entry {
        Entry {
            id: &rule.id,
            aliases: rule.aliases.iter().map(|alias| &**alias).collect(),
            severity: rule.severity,
            category: rule.category,
            presets: presets(rule),
            fixes: &rule.fixes,
            summary: &rule.summary,
            since: &rule.since,
            options: rule.options.iter().map(OptionEntry::new).collect(),
            url: rule_url(&rule.id),
        }
    }
}

impl OptionEntry {
    fn new(option: &'static crate::lint::RuleOption) -> OptionEntry {
        OptionEntry {
            name: &option.name,
            kind: &option.kind,
            default: serde_json::from_str(&option.default).unwrap_or_default(),
            description: &option.description,
        }
    }
}

fn presets(rule: &Rule) -> Vec<Preset> {
    Preset::ALL.into_iter().filter(|preset| rule.is_in(*preset)).collect()
}

/// One line for each rule.
fn list(rules: &[&'static Rule]) -> String {
    let longest = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let lines = rules.iter().map(|rule| {
        let fix = if rule.fixes.is_empty() { "   " } else { "[*]" };
        format!("{:longest$}  {:7}  {fix}  {}\n", rule.id, rule.severity.name(), rule.summary)
    });
    lines.collect()
}

fn pages(rules: &[&'static Rule], page: impl Fn(&Rule) -> String) -> String {
    let pages: Vec<String> = rules.iter().map(|rule| format!("{}\n", page(rule).trim_end())).collect();
    pages.join("\n")
}

/// A page for reading: what the front matter says in words, and the body up to the edge cases.
fn page(rule: &Rule) -> String {
    let mut text = format!("{} ({}, {})\n", rule.id, rule.severity.name(), rule.category.name());
    let names: Vec<&str> = presets(rule).into_iter().map(Preset::name).collect();
    text.push_str(&format!("presets: {}\n", names.join(", ")));
    if !rule.aliases.is_empty() {
        text.push_str(&format!("also known as: {}\n", rule.aliases.join(", ")));
    }
    if !rule.fixes.is_empty() {
        let classes: Vec<&str> = rule.fixes.iter().map(|class| class.name()).collect();
        text.push_str(&format!("fixes: {}\n", classes.join(", ")));
    }
    for option in rule.options.iter() {
        let (name, kind, default) = (&option.name, &option.kind, &option.default);
        text.push_str(&format!("option {name} ({kind}, default {default}): {}\n", option.description));
    }
    let body = rule.body();
    let body = body.split_once("\n## Edge cases\n").map_or(body, |(body, _)| body);
    let body = body.split_once('\n').filter(|(title, _)| title.starts_with("# ")).map_or(body, |(_, body)| body);
    text.push('\n');
    text.push_str(body.trim());
    text.push('\n');
    if let Some(url) = rule_url(&rule.id) {
        text.push_str(&format!("\n{url}\n"));
    }
    text
}
