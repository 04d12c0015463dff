//! SARIF 2.1.0, as GitHub code scanning and other consumers read it.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

use serde::Serialize;

use super::{Findings, VerifiedFile, rule_url};
use crate::lint::suppress::Origin;
use crate::lint::{Category, Diagnostic, Fix, Rule, Severity, Verdict};
use crate::text::{Encoding, Source, Span};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// GitHub takes no longer description.
const LONGEST_DESCRIPTION: usize = 1024;

/// Writes one log with one run. Only rules with a result are described.
///
/// # Errors
///
/// When `out` does not take it.
pub fn write(findings: &Findings<'_>, out: &mut dyn Write) -> io::Result<()> {
    let all = findings.diagnostics.iter().chain(findings.suppressed.iter().map(|held_back| &held_back.diagnostic));
    let mut indices: BTreeMap<&str, usize> = all.map(|diagnostic| (&*diagnostic.rule, 0)).collect();
    for (index, value) in indices.values_mut().enumerate() {
        *value = index;
    }
    let rules = indices.keys().map(|id| descriptor(id, findings.rule(id))).collect();
    let shown = findings.diagnostics.iter().map(|diagnostic| result(diagnostic, &indices, findings));
    let held_back = findings.suppressed.iter().map(|held_back| Outcome {
        suppressions: vec![Suppression {
            kind: if held_back.origin == Origin::Baseline { "external" } else { "inSource" },
            justification: held_back.reason.clone(),
        }],
        ..result(&held_back.diagnostic, &indices, findings)
    });
    let driver = Driver {
        name: "rlint",
        semantic_version: env!("CARGO_PKG_VERSION"),
        information_uri: env!("CARGO_PKG_REPOSITORY"),
        rules,
    };
    let run = Run {
        tool: Tool { driver },
        automation_details: AutomationDetails { id: "rlint/" },
        column_kind: "utf16CodeUnits",
        results: shown.chain(held_back).collect(),
        properties: (!findings.verified.is_empty()).then(|| RunProperties { verified: findings.verified.to_vec() }),
    };
    serde_json::to_writer_pretty(&mut *out, &Log { schema: SCHEMA, version: "2.1.0", runs: [run] })?;
    writeln!(out)
}

fn descriptor(id: &str, rule: Option<&Rule>) -> Descriptor {
    let summary = rule.map_or(id, |rule| &rule.summary);
    let markdown = rule.map_or_else(|| summary.to_owned(), |rule| rule.body().to_owned());
    let category = rule.map(|rule| rule.category);
    let mut tags: Vec<String> = category.iter().map(|category| category.name().to_owned()).collect();
    tags.extend(id.split_once('/').map(|(group, _)| group.to_owned()));
    let severity = rule.map_or(Severity::Error, |rule| rule.severity);
    Descriptor {
        id: id.to_owned(),
        name: pascal_case(id),
        short_description: Text::new(cut(summary)),
        full_description: Text::new(cut(&why(&markdown).unwrap_or_else(|| summary.to_owned()))),
        help: Help { text: super::plain(&markdown), markdown },
        help_uri: rule_url(id),
        default_configuration: Configuration { level: level(severity) },
        properties: Properties {
            tags,
            precision: "high",
            problem_severity: match severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Info => "recommendation",
            },
            // Only a security rule is a security alert.
            security_severity: (category == Some(Category::Security)).then_some(match severity {
                Severity::Error => "8.0",
                Severity::Warning => "5.0",
                Severity::Info => "2.0",
            }),
        },
    }
}

fn result(diagnostic: &Diagnostic, indices: &BTreeMap<&str, usize>, findings: &Findings<'_>) -> Outcome {
    let own = &diagnostic.source;
    let related = diagnostic.labels.iter().enumerate().map(|(index, label)| RelatedLocation {
        id: index + 1,
        message: Text::new(label.message.clone()),
        physical_location: location(label.source.as_ref().unwrap_or(own), label.span, findings),
    });
    let mut message = diagnostic.message.clone();
    for note in &diagnostic.notes {
        message.push('\n');
        message.push_str(note);
    }
    Outcome {
        rule_id: diagnostic.rule.to_string(),
        rule_index: indices.get(&*diagnostic.rule).copied().unwrap_or_default(),
        level: level(diagnostic.severity),
        message: Text::new(message),
        locations: [Location { physical_location: location(own, diagnostic.span, findings) }],
        related_locations: related.collect(),
        fixes: diagnostic
            .fixes
            .iter()
            .filter(|fix| !fix.edits.is_empty())
            .map(|fix| change(fix, own, findings))
            .collect(),
        suppressions: Vec::new(),
    }
}

fn change(fix: &Fix, source: &Source, findings: &Findings<'_>) -> Change {
    let replacements = fix.edits.iter().map(|edit| Replacement {
        deleted_region: region(source, edit.span),
        inserted_content: Text::new(edit.text.clone()),
    });
    let properties = fix
        .verification
        .as_ref()
        .map(|verification| FixProperties { verdict: verification.verdict, details: verification.details.clone() });
    Change {
        description: Text::new(fix.title.to_string()),
        properties,
        artifact_changes: [ArtifactChange {
            artifact_location: ArtifactLocation { uri: findings.root.uri(&source.path) },
            replacements: replacements.collect(),
        }],
    }
}

fn location(source: &Arc<Source>, span: Span, findings: &Findings<'_>) -> PhysicalLocation {
    PhysicalLocation {
        artifact_location: ArtifactLocation { uri: findings.root.uri(&source.path) },
        region: region(source, span),
    }
}

fn region(source: &Source, span: Span) -> Region {
    let start = source.lines().position(span.start, Encoding::Utf16);
    let end = source.lines().position(span.end, Encoding::Utf16);
    Region {
        start_line: start.line + 1,
        start_column: start.column + 1,
        end_line: end.line + 1,
        end_column: end.column + 1,
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// The paragraph under `## Why`, on one line.
fn why(markdown: &str) -> Option<String> {
    let (_, section) = markdown.split_once("\n## Why\n")?;
    let paragraph: Vec<&str> = section.trim_start().lines().take_while(|line| !line.is_empty()).collect();
    (!paragraph.is_empty()).then(|| paragraph.join(" "))
}

fn cut(text: &str) -> String {
    text[..text.floor_char_boundary(LONGEST_DESCRIPTION)].to_owned()
}

/// `DockerfileLatestTag` of `dockerfile/latest-tag`.
fn pascal_case(id: &str) -> String {
    let mut result = String::new();
    for word in id.split(['/', '-']) {
        let mut letters = word.chars();
        result.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        result.push_str(letters.as_str());
    }
    result
}

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    automation_details: AutomationDetails,
    column_kind: &'static str,
    results: Vec<Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<RunProperties>,
}

/// What building fixes showed, as in the format of our own.
#[derive(Serialize)]
struct RunProperties {
    verified: Vec<VerifiedFile>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    information_uri: &'static str,
    rules: Vec<Descriptor>,
}

#[derive(Serialize)]
struct AutomationDetails {
    id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: String,
    name: String,
    short_description: Text,
    full_description: Text,
    help: Help,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<String>,
    default_configuration: Configuration,
    properties: Properties,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Properties {
    tags: Vec<String>,
    precision: &'static str,
    #[serde(rename = "problem.severity")]
    problem_severity: &'static str,
    #[serde(rename = "security-severity", skip_serializing_if = "Option::is_none")]
    security_severity: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    rule_id: String,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<RelatedLocation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Change>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RelatedLocation {
    id: usize,
    message: Text,
    physical_location: PhysicalLocation,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

/// From 1; the end is exclusive.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    description: Text,
    artifact_changes: [ArtifactChange; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<FixProperties>,
}

/// What verifying a fix showed.
#[derive(Serialize)]
struct FixProperties {
    verdict: Verdict,
    details: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange {
    artifact_location: ArtifactLocation,
    replacements: Vec<Replacement>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: Region,
    inserted_content: Text,
}

#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    justification: Option<String>,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

impl Text {
    fn new(text: String) -> Text {
        Text { text }
    }
}
