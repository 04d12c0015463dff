//! Every id that the tools people come from have for Dockerfiles: a rule answers to it, or a page says why none does.

use std::collections::BTreeSet;
use std::fs;

use rlint::lint::Catalog;

use crate::oracle::checks::CHECKS;
use crate::support::catalog::root;

/// A tool, and all its ids.
struct Tool {
    name: &'static str,
    ids: Vec<String>,
}

/// The rules of hadolint 2.15, and those that earlier versions had.
const HADOLINT: &[(u32, u32)] = &[(1000, 1001), (3000, 3063), (3064, 3067), (4000, 4006)];

fn numbered(prefix: &str, ranges: &[(u32, u32)], digits: usize) -> Vec<String> {
    let numbers = ranges.iter().flat_map(|(first, last)| *first..=*last);
    numbers.map(|number| format!("{prefix}{number:0digits$}")).collect()
}

fn tools() -> Vec<Tool> {
    let mut trivy = numbered("DS-", &[(1, 31)], 4);
    trivy.extend(numbered("AVD-DS-", &[(1, 31)], 4));
    trivy.extend(numbered("DS", &[(1, 31)], 3));
    let mut checkov = numbered("CKV_DOCKER_", &[(1, 11)], 0);
    checkov.extend(numbered("CKV2_DOCKER_", &[(1, 17)], 0));
    let mut dockle = numbered("CIS-DI-", &[(1, 11)], 4);
    dockle.extend(numbered("DKL-DI-", &[(1, 6)], 4));
    dockle.extend(numbered("DKL-LI-", &[(1, 3)], 4));
    vec![
        Tool { name: "hadolint", ids: numbered("DL", HADOLINT, 4) },
        Tool { name: "BuildKit", ids: CHECKS.iter().map(|id| (*id).to_owned()).collect() },
        Tool { name: "Trivy", ids: trivy },
        Tool { name: "checkov", ids: checkov },
        Tool { name: "droast", ids: numbered("DF", &[(1, 87)], 3) },
        Tool { name: "dockle", ids: dockle },
    ]
}

#[test]
fn every_id_of_another_tool_is_answered_or_declined() {
    let catalog = rlint::catalog();
    let mut missing = Vec::new();
    let mut total = 0;
    for tool in tools() {
        let (mut answered, mut declined) = (0, 0);
        for id in &tool.ids {
            match catalog.select(id) {
                Ok(rules) if !rules.is_empty() => answered += 1,
                Ok(_) => declined += 1,
                Err(_) => missing.push(id.clone()),
            }
        }
        total += tool.ids.len();
        println!("{}: {} ids, {answered} answered by a rule, {declined} declined", tool.name, tool.ids.len());
    }
    assert!(missing.is_empty(), "{} of {total} ids are not known: {}", missing.len(), missing.join(" "));
    println!("{total} ids in all");
}

#[test]
fn the_table_of_ids_on_the_page_about_migration_is_current() {
    let path = root().join("docs/migration.md");
    let text = fs::read_to_string(&path).expect("the page is there");
    let (before, rest) = text.split_once("<!-- ids: written by the tests -->\n").expect("the table has its place");
    let (_, after) = rest.split_once("<!-- end of ids -->").expect("the table has its place");
    let table: String = tools().iter().map(table).collect();
    let expected = format!("{before}<!-- ids: written by the tests -->\n{table}<!-- end of ids -->{after}");
    if text != expected {
        fs::write(&path, expected).expect("the page can be written");
        panic!("docs/migration.md was not current; it is now. Read the difference and commit it.");
    }
}

/// The ids of a tool, each with the rules that answer to it.
fn table(tool: &Tool) -> String {
    let catalog = rlint::catalog();
    let mut text = format!("### {}\n\n| id | rules |\n| --- | --- |\n", tool.name);
    // Other spellings of the ids before them.
    for id in tool.ids.iter().filter(|id| !id.starts_with("AVD-") && !is_short(id)) {
        let rules = catalog.select(id).unwrap_or_default();
        let links: Vec<String> = rules.iter().map(|rule| format!("[{}](rules/{}.md)", rule.name(), rule.id)).collect();
        let cell = match catalog.declined(id) {
            Some(_) => "none, [with a reason](rules/declined.md)".to_owned(),
            None => links.join(", "),
        };
        text.push_str(&format!("| {id} | {cell} |\n"));
    }
    text.push('\n');
    text
}

/// `DS001`.
fn is_short(id: &str) -> bool {
    id.strip_prefix("DS").is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

#[test]
fn no_rule_answers_to_an_id_that_is_declined() {
    let catalog = rlint::catalog();
    let wrong: Vec<&str> =
        declined(&catalog).filter(|id| !catalog.select(id).expect("it is known").is_empty()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn what_is_declined_is_an_id_of_a_tool_and_names_rules_that_are_there() {
    let catalog = rlint::catalog();
    let known: BTreeSet<String> = tools().into_iter().flat_map(|tool| tool.ids).collect();
    let strange: Vec<&str> = declined(&catalog).filter(|id| !known.contains(*id)).collect();
    assert!(strange.is_empty(), "{strange:?}");
    for declined in catalog.all_declined() {
        assert!(declined.reason.len() > 40, "{:?} has no reason", declined.ids);
        let words = declined.reason.split('`').skip(1).step_by(2);
        for word in words.filter(|word| word.starts_with("dockerfile/") || word.starts_with("rlint/")) {
            assert!(catalog.rule(word).is_some(), "{:?} names {word}, which is no rule", declined.ids);
        }
    }
}

fn declined(catalog: &Catalog) -> impl Iterator<Item = &'static str> {
    catalog.all_declined().iter().flat_map(|declined| declined.ids.iter().copied())
}
