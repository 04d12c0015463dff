//! All rules there are, how a user names some of them, and the names that no rule answers to on purpose.

use std::sync::Arc;

use super::{Category, Rule};
use crate::text::suggest::nearest;

/// The rules a run can choose from, in the order of their ids.
#[derive(Clone, Debug)]
pub struct Catalog {
    rules: Arc<[&'static Rule]>,
    declined: &'static [Declined],
}

/// Ids of another tool that no rule answers to on purpose: known words, that select nothing.
#[derive(Debug)]
pub struct Declined {
    /// Whose ids they are.
    pub tool: &'static str,
    /// The ids, as that tool writes them.
    pub ids: &'static [&'static str],
    /// Why no rule answers to them and what to use instead, as Markdown.
    pub reason: &'static str,
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
        Catalog { rules: rules.into(), declined: &[] }
    }

    /// The same, with the ids of other tools that no rule answers to.
    pub fn declining(self, declined: &'static [Declined]) -> Catalog {
        Catalog { declined, ..self }
    }

    /// These rules and others. Of two with one id that of this catalog counts.
    #[must_use]
    pub fn with(&self, others: impl IntoIterator<Item = &'static Rule>) -> Catalog {
        Catalog::new(self.rules.iter().copied().chain(others)).declining(self.declined)
    }

    /// The rules, in the order of their ids.
    pub fn rules(&self) -> &[&'static Rule] {
        &self.rules
    }

    /// The ids of other tools that no rule answers to.
    pub fn all_declined(&self) -> &'static [Declined] {
        self.declined
    }

    /// The rule of that id.
    pub fn rule(&self, id: &str) -> Option<&'static Rule> {
        self.index(id).map(|index| self.rules[index])
    }

    /// The place of the rule of that id.
    pub(crate) fn index(&self, id: &str) -> Option<usize> {
        self.rules.binary_search_by(|rule| (*rule.id).cmp(id)).ok()
    }

    /// Every rule that bears `word`: as its id, bare name, group, category or alias (in any case). None for an id of
    /// another tool that is [declined](Catalog::declined).
    ///
    /// # Errors
    ///
    /// When no rule bears it and it is not declined.
    pub fn select(&self, word: &str) -> Result<Vec<&'static Rule>, UnknownSelector> {
        let word = word.trim();
        if let Some(rule) = self.rule(word) {
            return Ok(vec![rule]);
        }
        let bearing = |word: &str| self.rules.iter().copied().filter(|rule| bears(rule, word)).collect::<Vec<_>>();
        let mut found = bearing(word);
        if found.is_empty()
            && let Some(id) = trivy_id(word)
        {
            found = bearing(&id);
        }
        if found.is_empty() {
            found = self.rules.iter().copied().filter(|rule| rule.answers_to_all(word)).collect();
        }
        if found.is_empty() && self.declined(word).is_none() {
            return Err(UnknownSelector { word: word.to_owned(), suggestion: self.nearest(word) });
        }
        Ok(found)
    }

    /// What ignoring `word` turns off: rules as a whole, and the alias to which findings of the others may not answer.
    ///
    /// # Errors
    ///
    /// When no rule bears it and it is not declined.
    pub fn ignore(&self, word: &str) -> Result<(Vec<&'static Rule>, Option<String>), UnknownSelector> {
        let mut rules = self.select(word)?;
        let is_alias = |rule: &&'static Rule| rule.answers_singly(word.trim());
        let alias = rules.iter().any(is_alias).then(|| word.trim().to_owned());
        let alias = alias.or_else(|| is_shellcheck_code(word.trim()).then(|| word.trim().to_owned()));
        rules.retain(|rule| !is_alias(rule));
        Ok((rules, alias))
    }

    /// Why no rule answers to `word`, where that is on purpose.
    pub fn declined(&self, word: &str) -> Option<&'static Declined> {
        let word = word.trim();
        let other = trivy_id(word);
        let names = |id: &str| id.eq_ignore_ascii_case(word) || other.as_deref() == Some(id);
        self.declined.iter().find(|declined| declined.ids.iter().any(|id| names(id)))
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

/// Whether it is a code of ShellCheck, such as `SC2086`.
pub(crate) fn is_shellcheck_code(word: &str) -> bool {
    let digits = word.strip_prefix("SC").or_else(|| word.strip_prefix("sc")).unwrap_or("");
    digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn bears(rule: &Rule, word: &str) -> bool {
    rule.name() == word
        || rule.group() == word
        || rule.category.name() == word
        || rule.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(word))
}

/// `DS-0002` of `AVD-DS-0002`, `DS002` and `ds-0002`: Trivy has written its ids in all these ways.
fn trivy_id(id: &str) -> Option<String> {
    let upper = id.to_ascii_uppercase();
    let bare = upper.strip_prefix("AVD-").unwrap_or(&upper);
    let (letters, number) = bare.split_at(bare.find(|c: char| c.is_ascii_digit())?);
    let letters = letters.trim_end_matches('-');
    if letters.is_empty() || !letters.bytes().all(|byte| byte.is_ascii_uppercase()) || number.len() > 4 {
        return None;
    }
    Some(format!("{letters}-{:04}", number.parse::<u32>().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ids_of_trivy_are_brought_to_one_form() {
        for id in ["DS-0002", "AVD-DS-0002", "ds002", "DS2"] {
            assert_eq!(trivy_id(id).as_deref(), Some("DS-0002"), "{id}");
        }
        assert_eq!(trivy_id("AVD-KSV-0013").as_deref(), Some("KSV-0013"));
        for id in ["custom", "2", "CKV_DOCKER_2", "DS-00002", "DS-2-3"] {
            assert_eq!(trivy_id(id), None, "{id}");
        }
    }
}
