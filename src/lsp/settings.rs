//! What the user set in the editor: the same keys in `initializationOptions` and in the answer to
//! `workspace/configuration`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use lsp_types::MessageType;
use serde_json::Value;

use crate::config::options::Options;
use crate::lint::Catalog;
use crate::text::Source;

/// The settings of one folder.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Settings {
    /// Whether anything is checked.
    pub(super) enable: bool,
    /// A configuration beside those of the files.
    pub(super) configuration: Option<Configuration>,
    /// Which of the two counts more.
    pub(super) preference: Preference,
    /// When a document is checked.
    pub(super) run: Run,
    /// Rules to run, instead of those of the configuration.
    pub(super) select: Option<Vec<String>>,
    /// Rules not to run.
    pub(super) ignore: Vec<String>,
    /// Rules to run besides.
    pub(super) extend_select: Vec<String>,
    /// Whether `source.fixAll.rlint` is offered.
    pub(super) fix_all: bool,
    /// Whether a comment that ignores a finding is offered.
    pub(super) disable_rule_comment: bool,
    /// Whether inlay hints say what builds a step again.
    pub(super) rebuilt_by: bool,
    /// The least serious messages that are sent for the log.
    pub(super) log_level: MessageType,
    /// The file that a log is written to.
    pub(super) log_file: Option<PathBuf>,
}

/// A configuration that the editor brings.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Configuration {
    /// A file.
    File(String),
    /// What would stand in one.
    Inline(Value),
}

/// Which configuration counts more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Preference {
    /// That of the editor.
    EditorFirst,
    /// That of the folder.
    FilesystemFirst,
    /// That of the editor, and files are not looked for.
    EditorOnly,
}

/// When a document is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Run {
    /// At every change.
    OnType,
    /// When it is opened or saved.
    OnSave,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            enable: true,
            configuration: None,
            preference: Preference::EditorFirst,
            run: Run::OnType,
            select: None,
            ignore: Vec::new(),
            extend_select: Vec::new(),
            fix_all: true,
            disable_rule_comment: true,
            rebuilt_by: false,
            log_level: MessageType::WARNING,
            log_file: None,
        }
    }
}

impl Settings {
    /// Reads what a client sent: the keys themselves, or an object that holds them as `settings` or `rlint`. What is
    /// missing keeps its default; what is not understood is said in the second value.
    pub(super) fn read(sent: &Value) -> (Settings, Vec<String>) {
        let mut settings = Settings::default();
        let mut reader = Reader { problems: Vec::new() };
        let inner = ["settings", "rlint"].iter().find_map(|key| sent.get(key).filter(|value| value.is_object()));
        let sent = inner.unwrap_or(sent);
        if let Some(object) = sent.as_object() {
            for (key, value) in object {
                settings.take(&mut reader, key, value);
            }
        } else if !sent.is_null() {
            reader.problems.push("the settings are no object".to_owned());
        }
        (settings, reader.problems)
    }

    fn take(&mut self, reader: &mut Reader, key: &str, value: &Value) {
        // `"lint.run": …` is written by those who keep settings flat.
        if let (Some((outer, inner)), false) = (key.split_once('.'), value.is_null()) {
            return self.take(reader, outer, &Value::from_iter([(inner.to_owned(), value.clone())]));
        }
        match key {
            _ if value.is_null() => {}
            "enable" => reader.boolean(key, value, &mut self.enable),
            "configuration" => match value {
                Value::String(path) if path.is_empty() => self.configuration = None,
                Value::String(path) => self.configuration = Some(Configuration::File(path.clone())),
                Value::Object(_) => self.configuration = Some(Configuration::Inline(value.clone())),
                _ => reader.expected(key, "a path or an object"),
            },
            "configurationPreference" => {
                const CHOICES: [(&str, Preference); 3] = [
                    ("editorFirst", Preference::EditorFirst),
                    ("filesystemFirst", Preference::FilesystemFirst),
                    ("editorOnly", Preference::EditorOnly),
                ];
                reader.one_of(key, value, &CHOICES, &mut self.preference);
            }
            "lint" => reader.object(key, value, |reader, key, value| match key {
                "enable" => reader.boolean("lint.enable", value, &mut self.enable),
                "run" => {
                    let choices = [("onType", Run::OnType), ("onSave", Run::OnSave)];
                    reader.one_of("lint.run", value, &choices, &mut self.run);
                }
                "select" => self.select = reader.words("lint.select", value),
                "ignore" => self.ignore = reader.words("lint.ignore", value).unwrap_or_default(),
                "extendSelect" => self.extend_select = reader.words("lint.extendSelect", value).unwrap_or_default(),
                _ => reader.unknown(&format!("lint.{key}")),
            }),
            "fixAll" => reader.boolean(key, value, &mut self.fix_all),
            "codeAction" => reader.object(key, value, |reader, key, value| match key {
                "disableRuleComment" => {
                    reader.object("codeAction.disableRuleComment", value, |reader, key, value| match key {
                        "enable" => reader.boolean(
                            "codeAction.disableRuleComment.enable",
                            value,
                            &mut self.disable_rule_comment,
                        ),
                        _ => reader.unknown(&format!("codeAction.disableRuleComment.{key}")),
                    })
                }
                "disableRuleComment.enable" => reader.boolean(key, value, &mut self.disable_rule_comment),
                _ => reader.unknown(&format!("codeAction.{key}")),
            }),
            "inlayHints" => reader.object(key, value, |reader, key, value| match key {
                "rebuiltBy" => reader.boolean("inlayHints.rebuiltBy", value, &mut self.rebuilt_by),
                _ => reader.unknown(&format!("inlayHints.{key}")),
            }),
            "logLevel" => {
                const CHOICES: [(&str, MessageType); 5] = [
                    ("error", MessageType::ERROR),
                    ("warn", MessageType::WARNING),
                    ("info", MessageType::INFO),
                    ("debug", MessageType::LOG),
                    ("trace", MessageType::LOG),
                ];
                reader.one_of(key, value, &CHOICES, &mut self.log_level);
            }
            "logFile" => match value.as_str().map(|path| (path, expand_home(path))) {
                Some(("", _)) => self.log_file = None,
                Some((_, path)) if path.is_absolute() => self.log_file = Some(path),
                _ => reader.expected(key, "an absolute path"),
            },
            // These are for the editor.
            "path" | "importStrategy" | "trace" => {}
            _ => reader.unknown(key),
        }
    }

    /// Whether a message of a kind is sent.
    pub(super) fn logs(&self, kind: MessageType) -> bool {
        let rank = |kind| match kind {
            MessageType::ERROR => 0,
            MessageType::WARNING => 1,
            MessageType::INFO => 2,
            _ => 3,
        };
        rank(kind) <= rank(self.log_level)
    }

    /// The rules that it names, as a layer of configuration of `folder`; and what it names that is none.
    pub(super) fn layer(&self, catalog: &Catalog, folder: &Path) -> (Options, Vec<String>) {
        let mut problems = Vec::new();
        let mut named = |setting: &str, words: &[String]| {
            let mut rules = Vec::new();
            for word in words {
                match catalog.select(word) {
                    Ok(found) => rules.extend(found.into_iter().map(|rule| &*rule.id)),
                    Err(unknown) => {
                        let hint =
                            unknown.suggestion.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                        problems.push(format!("the setting `{setting}`: no rule is called `{word}`{hint}"));
                    }
                }
            }
            rules
        };
        let mut options = Options { folder: folder.to_path_buf(), ..Options::default() };
        options.select = self.select.as_deref().map(|words| named("rlint.lint.select", words));
        options.extend_select = named("rlint.lint.extendSelect", &self.extend_select);
        for word in &self.ignore {
            match catalog.ignore(word) {
                Ok((rules, alias)) => {
                    options.ignore.extend(rules.into_iter().map(|rule| &*rule.id));
                    options.ignored_aliases.extend(alias);
                }
                Err(_) => options.ignore.extend(named("rlint.lint.ignore", std::slice::from_ref(word))),
            }
        }
        (options, problems)
    }

    /// The configuration that is written into the settings, as a layer; and what is wrong with it.
    pub(super) fn inline_layer(&self, catalog: &Catalog, folder: &Path) -> (Option<Options>, Vec<String>) {
        let Some(Configuration::Inline(value)) = &self.configuration else { return (None, Vec::new()) };
        // JSON is YAML.
        let source = Arc::new(Source::new("rlint.configuration", value.to_string()));
        let (options, errors) = Options::read(&source, folder, catalog);
        let problems = errors.iter().map(|error| format!("the setting `rlint.configuration`: {}", error.message));
        (Some(options), problems.collect())
    }

    /// The configuration file that the settings name, in `folder` where it is relative.
    pub(super) fn file(&self, folder: &Path) -> Option<PathBuf> {
        let Some(Configuration::File(path)) = &self.configuration else { return None };
        Some(crate::config::absolute(folder, &expand_home(path)))
    }
}

/// A path of which `~` may be the folder of the user.
fn expand_home(path: &str) -> PathBuf {
    let expanded = path.strip_prefix("~/").and_then(|rest| Some(crate::config::discover::home()?.join(rest)));
    expanded.unwrap_or_else(|| PathBuf::from(path))
}

/// Reads values, and keeps what is wrong with them.
struct Reader {
    problems: Vec<String>,
}

impl Reader {
    fn expected(&mut self, key: &str, what: &str) {
        self.problems.push(format!("the setting `rlint.{key}` should be {what}"));
    }

    fn unknown(&mut self, key: &str) {
        self.problems.push(format!("there is no setting `rlint.{key}`"));
    }

    fn boolean(&mut self, key: &str, value: &Value, into: &mut bool) {
        match value.as_bool() {
            Some(value) => *into = value,
            None => self.expected(key, "`true` or `false`"),
        }
    }

    fn words(&mut self, key: &str, value: &Value) -> Option<Vec<String>> {
        if value.is_null() {
            return None;
        }
        let words = value.as_array().map(|items| items.iter().map(|item| item.as_str().map(str::to_owned)));
        let words = words.and_then(Iterator::collect::<Option<Vec<_>>>);
        if words.is_none() {
            self.expected(key, "a list of names of rules");
        }
        words
    }

    fn one_of<T: Copy>(&mut self, key: &str, value: &Value, choices: &[(&str, T)], into: &mut T) {
        match choices.iter().find(|(name, _)| value.as_str() == Some(name)) {
            Some((_, value)) => *into = *value,
            None => {
                let names: Vec<String> = choices.iter().map(|(name, _)| format!("`{name}`")).collect();
                self.expected(key, &format!("one of {}", names.join(", ")));
            }
        }
    }

    fn object(&mut self, key: &str, value: &Value, mut take: impl FnMut(&mut Reader, &str, &Value)) {
        match value.as_object() {
            Some(object) => {
                object.iter().filter(|(_, value)| !value.is_null()).for_each(|(key, value)| take(self, key, value))
            }
            None => self.expected(key, "an object"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_are_read_however_they_are_nested() {
        for sent in [
            json!({ "lint": { "run": "onSave", "select": ["security"] }, "fixAll": false }),
            json!({ "settings": { "lint.run": "onSave", "lint.select": ["security"], "fixAll": false } }),
            json!({ "rlint": { "lint": { "run": "onSave", "select": ["security"], "ignore": null }, "fixAll": false } }),
        ] {
            let (settings, problems) = Settings::read(&sent);
            assert!(problems.is_empty(), "{problems:?}");
            assert_eq!((settings.run, settings.fix_all), (Run::OnSave, false), "{sent}");
            assert_eq!(settings.select.as_deref(), Some(&["security".to_owned()][..]));
        }
        assert_eq!(Settings::read(&Value::Null), (Settings::default(), Vec::new()));
    }

    #[test]
    fn what_is_not_understood_is_said_and_the_rest_counts() {
        let sent = json!({ "enable": "no", "lint": { "run": "never", "speed": 1 }, "colour": 1, "fixAll": false,
                           "codeAction": { "disableRuleComment": { "enable": false } } });
        let (settings, problems) = Settings::read(&sent);
        assert_eq!(problems.len(), 4, "{problems:?}");
        assert!(settings.enable && !settings.fix_all && !settings.disable_rule_comment);
        assert_eq!(Settings::read(&json!([])).1.len(), 1);
        let (settings, problems) = Settings::read(&json!({ "logFile": "here.log" }));
        assert_eq!(
            (settings.log_file, problems),
            (None, vec!["the setting `rlint.logFile` should be an absolute path".to_owned()])
        );
    }

    #[test]
    fn rules_that_do_not_exist_are_named() {
        let (settings, _) = Settings::read(&json!({ "lint": { "ignore": ["latest-tagg", "style"] } }));
        let (options, problems) = settings.layer(&crate::catalog(), Path::new("/"));
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].contains("did you mean"), "{problems:?}");
        assert!(!options.ignore.is_empty());
    }
}
