//! What hadolint is told, by its file and by its environment, as far as it says something about our rules.

use super::options::Options;
use crate::lint::{Catalog, Severity};
use crate::model::labels::{Expected, Kind};
use crate::syntax::yaml::Ref;

/// Names under which hadolint looks for its configuration in a folder.
pub(super) const NAMES: &[&str] = &[".hadolint.yaml", ".hadolint.yml"];

/// Where hadolint looks for a configuration of the user: below the folder of configurations, and below the home folder.
pub(super) const OF_THE_USER: [&[&str]; 2] = [
    &["hadolint.yaml", "hadolint.yml"],
    &[
        ".hadolint/hadolint.yaml",
        ".hadolint/hadolint.yml",
        ".hadolint/config.yaml",
        ".hadolint/config.yml",
        ".hadolint.yaml",
        ".hadolint.yml",
    ],
];

/// The names of the severities of hadolint, and what they are here.
const SEVERITIES: [(&str, Severity); 4] =
    [("error", Severity::Error), ("warning", Severity::Warning), ("info", Severity::Info), ("style", Severity::Info)];

/// What hadolint is told.
#[derive(Clone, Debug, Default)]
pub(super) struct Hadolint {
    /// `ignored`.
    ignored: Vec<String>,
    /// `override`: id and severity.
    overridden: Vec<(String, Severity)>,
    /// `trustedRegistries`.
    registries: Vec<String>,
    /// `label-schema`: name and type.
    labels: Vec<(String, Kind)>,
    strict_labels: bool,
    /// `disable-ignore-pragma`.
    no_pragmas: bool,
    /// `failure-threshold`.
    threshold: Option<String>,
    no_fail: bool,
}

impl Hadolint {
    /// Reads a configuration file.
    pub(super) fn of_file(root: Ref<'_>) -> Hadolint {
        let list = |path: &[&str]| root.path(path).map(words).unwrap_or_default();
        let overridden = |(name, severity): &(&str, Severity)| {
            list(&["override", name]).into_iter().map(|id| (id, *severity)).collect::<Vec<_>>()
        };
        let labels = root.get("label-schema").into_iter().flat_map(|schema| schema.entries());
        let label = |(name, kind): (Ref<'_>, Ref<'_>)| Some((name.as_str()?.to_owned(), Kind::parse(kind.as_str()?)?));
        Hadolint {
            ignored: list(&["ignored"]),
            overridden: SEVERITIES.iter().flat_map(overridden).collect(),
            registries: list(&["trustedRegistries"]),
            labels: labels.filter_map(label).collect(),
            strict_labels: is_true(root.get("strict-labels")),
            no_pragmas: is_true(root.get("disable-ignore-pragma")),
            threshold: root.get("failure-threshold").and_then(Ref::as_str).map(str::to_owned),
            no_fail: is_true(root.get("no-fail")),
        }
    }

    /// Reads the variables `HADOLINT_…`; the names of those that say something are in the second value.
    pub(super) fn of_environment(get: impl Fn(&str) -> Option<String>) -> (Hadolint, Vec<String>) {
        let mut names = Vec::new();
        let mut value = |name: &str| {
            let name = format!("HADOLINT_{name}");
            let value = get(&name).filter(|value| !value.trim().is_empty());
            names.extend(value.is_some().then_some(name));
            value
        };
        let list = |value: Option<String>| -> Vec<String> {
            let words = value.unwrap_or_default();
            words.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        let truth = |value: Option<String>| {
            value.is_some_and(|value| matches!(&*value.to_ascii_lowercase(), "1" | "y" | "yes" | "on" | "true"))
        };
        let mut overridden = Vec::new();
        for (name, severity) in SEVERITIES {
            let ids = list(value(&format!("OVERRIDE_{}", name.to_ascii_uppercase())));
            overridden.extend(ids.into_iter().map(|id| (id, severity)));
        }
        let label = |pair: String| {
            let (name, kind) = pair.split_once(':')?;
            Some((name.to_owned(), Kind::parse(kind)?))
        };
        let told = Hadolint {
            ignored: list(value("IGNORE")),
            overridden,
            registries: list(value("TRUSTED_REGISTRIES")),
            labels: list(value("REQUIRE_LABELS")).into_iter().filter_map(label).collect(),
            strict_labels: truth(value("STRICT_LABELS")),
            no_pragmas: truth(value("DISABLE_IGNORE_PRAGMA")),
            threshold: value("FAILURE_THRESHOLD"),
            no_fail: truth(value("NOFAIL")),
        };
        (told, names)
    }

    /// Both together, as hadolint joins them: lists are added to each other, and `self` is the stronger.
    pub(super) fn over(self, weaker: Hadolint) -> Hadolint {
        let joined = |a: Vec<String>, b: Vec<String>| [a, b].concat();
        let labels = weaker.labels.into_iter().filter(|(name, _)| self.labels.iter().all(|(own, _)| own != name));
        Hadolint {
            ignored: joined(self.ignored, weaker.ignored),
            overridden: [weaker.overridden, self.overridden].concat(),
            registries: joined(self.registries, weaker.registries),
            labels: labels.chain(self.labels.iter().cloned()).collect(),
            strict_labels: self.strict_labels || weaker.strict_labels,
            no_pragmas: self.no_pragmas || weaker.no_pragmas,
            threshold: self.threshold.or(weaker.threshold),
            no_fail: self.no_fail || weaker.no_fail,
        }
    }

    /// The same in our words. Ids that no rule of ours answers to are passed over.
    pub(super) fn options(&self, catalog: &Catalog) -> Options {
        let rules = |id: &String| rules_of(catalog, id, "dockerfile");
        let mut ignore = Vec::new();
        let mut ignored_aliases = Vec::new();
        for (rules, alias) in self.ignored.iter().filter_map(|id| catalog.ignore(id).ok()) {
            let rules = rules.into_iter().filter(|rule| rule.group() == "dockerfile");
            ignore.extend(rules.map(|rule| &*rule.id));
            ignored_aliases.extend(alias);
        }
        let overridden = self
            .overridden
            .iter()
            .flat_map(|(id, severity)| rules(id).into_iter().map(|rule| (rule, *severity)).collect::<Vec<_>>());
        let labels =
            self.labels.iter().map(|(name, kind)| Expected { name: name.clone(), kind: *kind, required: true });
        let threshold = match self.threshold.as_deref() {
            _ if self.no_fail => Some(None),
            Some("error") => Some(Some(Severity::Error)),
            Some("warning") => Some(Some(Severity::Warning)),
            Some("info" | "style") => Some(Some(Severity::Info)),
            Some("ignore" | "none") => Some(None),
            _ => None,
        };
        Options {
            ignore,
            ignored_aliases,
            severity: overridden.collect(),
            trusted_registries: (!self.registries.is_empty()).then(|| self.registries.clone()),
            label_schema: (!self.labels.is_empty()).then(|| labels.collect()),
            strict_labels: self.strict_labels.then_some(true),
            fail_on: threshold,
            no_suppressions: self.no_pragmas.then_some(true),
            ..Options::default()
        }
    }

    /// The ids it names that no rule of ours answers to, sorted.
    pub(super) fn unanswered(&self, catalog: &Catalog) -> Vec<&str> {
        let ids = self.ignored.iter().chain(self.overridden.iter().map(|(id, _)| id));
        let answered = |id: &&String| {
            let alias = catalog.ignore(id).is_ok_and(|(_, alias)| alias.is_some());
            alias || !rules_of(catalog, id, "dockerfile").is_empty()
        };
        let mut ids: Vec<&str> = ids.filter(|id| !answered(id)).map(String::as_str).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}

/// The rules of `group` that answer to an id.
pub(super) fn rules_of(catalog: &Catalog, id: &str, group: &str) -> Vec<&'static str> {
    let rules = catalog.select(id).unwrap_or_default();
    rules.into_iter().filter(|rule| rule.group() == group).map(|rule| &*rule.id).collect()
}

pub(super) fn words(node: Ref<'_>) -> Vec<String> {
    node.items().filter_map(Ref::as_str).map(str::to_owned).collect()
}

fn is_true(node: Option<Ref<'_>>) -> bool {
    node.and_then(Ref::as_str).is_some_and(|text| text.eq_ignore_ascii_case("true"))
}
