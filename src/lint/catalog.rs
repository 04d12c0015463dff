//! All rules there are, and how a user names some of them.

use std::sync::Arc;

use super::{Category, Rule};
use crate::text::suggest::nearest;

/// The rules a run can choose from, in the order of their ids.
#[derive(Clone, Debug)]
pub struct Catalog {
    rules: Arc<[&'static Rule]>,
}

/// A word that names no rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownSelector {
    /// The word.
    pub word: String,
    /// What may have been meant.
    pub suggestion: Option<String>,
}

impl Catalog {
    /// The catalog of these rules. Of two with one id the first counts.
    pub fn new(rules: impl IntoIterator<Item = &'static Rule>) -> Catalog {
        let mut rules: Vec<&'static Rule> = rules.into_iter().collect();
        rules.sort_by(|a, b| a.id.cmp(&b.id));
        rules.dedup_by(|later, earlier| later.id == earlier.id);
        Catalog { rules: rules.into() }
    }

    /// The rules, in the order of their ids.
    pub fn rules(&self) -> &[&'static Rule] {
        &self.rules
    }

    /// The rule of that id.
    pub fn rule(&self, id: &str) -> Option<&'static Rule> {
        self.index(id).map(|index| self.rules[index])
    }

    /// The place of the rule of that id.
    pub(crate) fn index(&self, id: &str) -> Option<usize> {
        self.rules.binary_search_by(|rule| (*rule.id).cmp(id)).ok()
    }

    /// Every rule that bears `word`: as its id, bare name, group, category or alias (in any case).
    ///
    /// # Errors
    ///
    /// When no rule does.
    pub fn select(&self, word: &str) -> Result<Vec<&'static Rule>, UnknownSelector> {
        let word = word.trim();
        if let Some(rule) = self.rule(word) {
            return Ok(vec![rule]);
        }
        let found: Vec<&'static Rule> = self.rules.iter().copied().filter(|rule| bears(rule, word)).collect();
        if found.is_empty() {
            return Err(UnknownSelector { word: word.to_owned(), suggestion: self.nearest(word) });
        }
        Ok(found)
    }

    /// The word nearest to `word` that would name a rule, when one is near.
    fn nearest(&self, word: &str) -> Option<String> {
        let mut words: Vec<&str> = Category::ALL.iter().map(|category| category.name()).collect();
        for rule in self.rules() {
            words.extend([&*rule.id, rule.group(), rule.name()]);
            words.extend(rule.aliases.iter().map(|alias| &**alias));
        }
        nearest(word, words).map(|(nearest, _)| nearest.to_owned())
    }
}

fn bears(rule: &Rule, word: &str) -> bool {
    rule.name() == word
        || rule.group() == word
        || rule.category.name() == word
        || rule.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(word))
}
