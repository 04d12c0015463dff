//! What is written from the pages of the rules is current, and the catalog holds together.

use rlint::lint::settings::OptionError;
use rlint::lint::{Catalog, Preset, Settings, Severity, check};
use rlint::text::MemoryFiles;
use serde_json::json;

use crate::support::catalog::{pages, refresh, refresh_docs, sentence};
use crate::support::sample::WITH_OPTIONS;

#[test]
fn the_catalog_is_current() {
    let written = refresh(&pages());
    assert!(written.is_empty(), "{}", sentence(&written));
}

#[test]
fn the_published_pages_are_current() {
    let written = refresh_docs(&pages());
    assert!(written.is_empty(), "{}", sentence(&written));
}

#[test]
fn every_rule_is_selected_by_each_of_its_names() {
    let catalog = rlint::catalog();
    for rule in catalog.rules() {
        let own = [&*rule.id, rule.group(), rule.name(), rule.category.name()];
        for word in own.into_iter().chain(rule.aliases.iter().map(|alias| &**alias)) {
            let selected = catalog.select(word).expect("it is a name of a rule");
            assert!(selected.iter().any(|other| other.id == rule.id), "{word} does not select {}", rule.id);
        }
    }
}

#[test]
fn a_word_near_a_name_is_suggested() {
    let unknown = rlint::catalog().select("unused-ignores").expect_err("no rule bears it");
    assert_eq!(unknown.suggestion.as_deref(), Some("unused-ignore"));
}

#[test]
fn options_have_the_kind_they_declare_in_every_preset() {
    let catalog = rlint::catalog();
    for preset in Preset::ALL {
        let mut settings = Settings::preset(&catalog, preset);
        for rule in catalog.rules() {
            for option in rule.options.iter() {
                let value = option.value_in(preset);
                assert_eq!(settings.set_option(&rule.id, &option.name, value), Ok(()), "{} {}", rule.id, option.name);
            }
        }
    }
}

#[test]
fn the_rules_about_the_run_are_in_every_preset() {
    let catalog = rlint::catalog();
    for preset in Preset::ALL {
        assert!(Settings::preset(&catalog, preset).is_enabled("rlint/syntax"), "{preset:?}");
    }
}

#[test]
fn a_rule_reads_its_options_from_the_default_the_preset_and_the_user() {
    let catalog = Catalog::new([&WITH_OPTIONS]);
    let read = |settings: &Settings| {
        let mut files = MemoryFiles::default();
        files.insert("Dockerfile", "FROM a\n");
        let report = check(&["Dockerfile".into()], &files, settings);
        let found = report.diagnostics.first().expect("the rule reports always");
        (found.message.clone(), found.severity)
    };
    let mut settings = Settings::preset(&catalog, Preset::All);
    assert_eq!(read(&settings), ("true 3 a [\"b\", \"c\"]".to_owned(), Severity::Info));
    for (option, value) in [("number", json!(7)), ("word", json!("z")), ("words", json!([]))] {
        assert_eq!(settings.set_option("sample/options", option, value), Ok(()));
    }
    // A severity that the user set counts more than the one the rule asks for.
    settings.set_severity("sample/options", Severity::Error);
    assert_eq!(read(&settings), ("true 7 z []".to_owned(), Severity::Error));
    let mut hadolint = Settings::preset(&catalog, Preset::Hadolint);
    assert_eq!(hadolint.option("sample/options", "flag"), Some(&json!(false)));
    assert_eq!(hadolint.set_option("sample/options", "none", json!(1)), Err(OptionError::Unknown));
    let wrong = hadolint.set_option("sample/options", "words", json!(["a", 1]));
    assert_eq!(wrong, Err(OptionError::Kind("strings".to_owned())));
}
