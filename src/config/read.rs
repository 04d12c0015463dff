//! Typed values out of a YAML tree. What does not fit becomes a diagnostic at the place where it is written.

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::globs;
use crate::lint::{Catalog, Diagnostic, RuleOption, Severity};
use crate::syntax::SyntaxError;
use crate::syntax::yaml::Ref;
use crate::text::suggest::nearest;
use crate::text::{Source, Span};

/// The id under which errors of the configuration are reported.
pub const CONFIG_RULE: &str = "rlint/config";

/// Reads one configuration file.
pub(super) struct Reader<'a> {
    pub(super) source: &'a Arc<Source>,
    pub(super) catalog: &'a Catalog,
    /// The folder of the file.
    pub(super) folder: &'a Path,
    pub(super) errors: Vec<Diagnostic>,
}

impl Reader<'_> {
    /// Reports what is wrong at `span`.
    pub(super) fn error(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.errors.push(error(self.source, span, message));
        self.errors.last_mut().expect("one was just pushed")
    }

    /// A text. `None` was reported.
    pub(super) fn text<'t>(&mut self, node: Ref<'t>) -> Option<&'t str> {
        match node.as_str() {
            Some(text) if !node.is_null() => Some(text),
            _ => {
                self.expected(node, "a text");
                None
            }
        }
    }

    /// A list of texts; a single text is a list of one.
    pub(super) fn texts<'t>(&mut self, node: Ref<'t>) -> Vec<(Ref<'t>, &'t str)> {
        if node.is_sequence() {
            return node.items().filter_map(|item| Some((item, self.text(item)?))).collect();
        }
        if node.is_scalar() && !node.is_null() {
            return self.text(node).map(|text| (node, text)).into_iter().collect();
        }
        self.expected(node, "a list");
        Vec::new()
    }

    /// The entries of a mapping with keys that are texts.
    pub(super) fn entries<'t>(&mut self, node: Ref<'t>) -> Vec<(Ref<'t>, &'t str, Ref<'t>)> {
        if !node.is_mapping() {
            self.expected(node, "a mapping");
            return Vec::new();
        }
        let mut seen: Vec<(&str, Span)> = Vec::new();
        let mut entries = Vec::new();
        for (key, value) in node.merged_entries() {
            let Some(name) = self.text(key) else { continue };
            if let Some((_, first)) = seen.iter().find(|(known, _)| *known == name) {
                let first = *first;
                self.error(key.span(), format!("`{name}` is written twice")).label(first, "first here");
                continue;
            }
            seen.push((name, key.span()));
            entries.push((key, name, value));
        }
        entries
    }

    /// The ids of the rules that bear one of the words.
    pub(super) fn rules(&mut self, node: Ref<'_>) -> Vec<&'static str> {
        let words = self.texts(node);
        words.into_iter().flat_map(|(node, word)| self.rules_named(node.span(), word)).collect()
    }

    /// The ids of the rules that are turned off by the words, and the aliases that are.
    pub(super) fn ignored(&mut self, node: Ref<'_>) -> (Vec<&'static str>, Vec<String>) {
        let (mut rules, mut aliases) = (Vec::new(), Vec::new());
        for (node, word) in self.texts(node) {
            match self.catalog.ignore(word) {
                Ok((named, alias)) => {
                    rules.extend(named.into_iter().map(|rule| &*rule.id));
                    aliases.extend(alias);
                }
                Err(_) => rules.extend(self.rules_named(node.span(), word)),
            }
        }
        (rules, aliases)
    }

    /// The ids of the rules that bear `word`.
    pub(super) fn rules_named(&mut self, span: Span, word: &str) -> Vec<&'static str> {
        match self.catalog.select(word) {
            Ok(rules) => rules.into_iter().map(|rule| &*rule.id).collect(),
            Err(unknown) => {
                let error = self.error(span, format!("no rule is called `{word}`"));
                if let Some(near) = unknown.suggestion {
                    error.note(format!("did you mean `{near}`?"));
                }
                Vec::new()
            }
        }
    }

    /// One word out of a fixed list.
    pub(super) fn one_of<T: Copy>(&mut self, node: Ref<'_>, what: &str, choices: &[(&str, T)]) -> Option<T> {
        let word = self.text(node)?;
        let found = choices.iter().find(|(name, _)| *name == word);
        if found.is_none() {
            let names: Vec<String> = choices.iter().map(|(name, _)| format!("`{name}`")).collect();
            let error = self.error(node.span(), format!("`{word}` is no {what}"));
            error.note(format!("one of {}", names.join(", ")));
            if let Some(near) = nearest(word, choices.iter().map(|(name, _)| *name)).map(|(near, _)| near) {
                error.note(format!("did you mean `{near}`?"));
            }
        }
        found.map(|(_, value)| *value)
    }

    /// `true` or `false`.
    pub(super) fn boolean(&mut self, node: Ref<'_>) -> Option<bool> {
        let value = boolean(node);
        if value.is_none() {
            self.expected(node, "`true` or `false`");
        }
        value
    }

    /// A severity.
    pub(super) fn severity(&mut self, node: Ref<'_>) -> Option<Severity> {
        self.one_of(node, "severity", SEVERITIES)
    }

    /// Whether `pattern` is a glob; reported when not.
    pub(super) fn is_glob(&mut self, span: Span, pattern: &str) -> bool {
        if pattern.is_empty() {
            self.error(span, "the pattern is empty");
            return false;
        }
        match globs::glob(self.folder, pattern) {
            Ok(_) => true,
            Err(reason) => {
                self.error(span, format!("`{pattern}` is no glob: {}", reason.kind()));
                false
            }
        }
    }

    /// The value of an option of a rule.
    pub(super) fn option(&mut self, node: Ref<'_>, option: &RuleOption) -> Option<Value> {
        let (value, expected) = match &*option.kind {
            "boolean" => (boolean(node).map(Value::Bool), "`true` or `false`"),
            "integer" => (node.as_str().and_then(|text| text.parse::<i64>().ok()).map(Value::from), "a whole number"),
            "strings" => {
                let texts = self.texts(node);
                return Some(Value::from(texts.into_iter().map(|(_, text)| text).collect::<Vec<_>>()));
            }
            _ => (node.as_str().filter(|_| !node.is_null()).map(Value::from), "a text"),
        };
        if value.is_none() {
            self.expected(node, expected);
        }
        value
    }

    /// Reports that `node` is something else than `what`.
    pub(super) fn expected(&mut self, node: Ref<'_>, what: &str) {
        let found = if node.is_null() {
            "nothing"
        } else if node.is_mapping() {
            "a mapping"
        } else if node.is_sequence() {
            "a list"
        } else {
            "a single value"
        };
        let span = match node.span() {
            span if span.is_empty() => node.key_of().map_or(span, Ref::span),
            span => span,
        };
        self.error(span, format!("this should be {what}, but is {found}"));
    }
}

/// The severities by name, the worst first.
pub(super) const SEVERITIES: &[(&str, Severity)] =
    &[("error", Severity::Error), ("warning", Severity::Warning), ("info", Severity::Info)];

/// An error of the configuration at a place of it.
pub(super) fn error(source: &Arc<Source>, span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic {
        rule: CONFIG_RULE.into(),
        severity: Severity::Error,
        source: source.clone(),
        span,
        message: message.into(),
        labels: Vec::new(),
        notes: Vec::new(),
        fixes: Vec::new(),
        alias: None,
    }
}

/// What is wrong with a page of a user's rule, as a finding.
pub fn page_error(page: &Arc<Source>, problem: SyntaxError) -> Diagnostic {
    let mut error = error(page, problem.span, problem.message);
    error.notes.extend(problem.note);
    error
}

fn boolean(node: Ref<'_>) -> Option<bool> {
    match node.as_str()? {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}
