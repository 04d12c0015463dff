//! What is written from the pages of the rules is current, and the catalog holds together.

use rlint::lint::{Preset, Settings};

use crate::support::catalog::{pages, refresh, sentence};

#[test]
fn the_catalog_is_current() {
    let written = refresh(&pages());
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
