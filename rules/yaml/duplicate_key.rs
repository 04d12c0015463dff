use rustc_hash::FxHashMap;

use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Yaml(duplicate_key)];

/// Fixes that are offered in one document; more come when these are applied. Each looks through the whole mapping.
const MOST_FIXES: usize = 1000;

fn duplicate_key(document: &yaml::Document, cx: &mut Context<'_>) {
    let mut found = 0;
    for node in document.all() {
        let yaml::NodeKind::Mapping(mapping) = &node.node().kind else { continue };
        // Where a line was lost, two mappings may have become one.
        if mapping.entries.len() < 2 || mapping.open && !document.lost.is_empty() {
            continue;
        }
        let mut seen = Seen::default();
        for entry in &mapping.entries {
            let key = document.get(entry.key);
            let Some(name) = key.as_str() else { continue };
            let Some(old) = seen.insert(name, *entry) else { continue };
            if old.branch == entry.branch {
                let pair = |entry: yaml::Entry| (document.get(entry.key), document.get(entry.value));
                found += 1;
                report(name, pair(old), pair(*entry), found <= MOST_FIXES, cx);
            }
        }
    }
}

/// The keys of a mapping so far. Most mappings are so small that looking through a list is fastest.
#[derive(Default)]
struct Seen<'a> {
    few: Vec<(&'a str, yaml::Entry)>,
    many: FxHashMap<&'a str, yaml::Entry>,
}

impl<'a> Seen<'a> {
    /// The entry that had this key before.
    fn insert(&mut self, name: &'a str, entry: yaml::Entry) -> Option<yaml::Entry> {
        const FEW: usize = 12;
        if let Some((_, old)) = self.few.iter_mut().find(|(known, _)| *known == name) {
            return Some(std::mem::replace(old, entry));
        }
        if self.few.len() < FEW {
            self.few.push((name, entry));
            return None;
        }
        self.many.insert(name, entry)
    }
}

fn report(name: &str, first: (Ref<'_>, Ref<'_>), second: (Ref<'_>, Ref<'_>), fixable: bool, cx: &mut Context<'_>) {
    let consequence = match cx.compose() {
        Some(_) if name == "<<" => "compose refuses the file; `<<: [*a, *b]` merges several",
        Some(_) => "compose refuses the file",
        None => "`kubectl` takes the last one and drops the other; Kustomize refuses the file",
    };
    let same = first.1.text() == second.1.text() && !second.1.is_unknown();
    let finding = cx.report(second.0.span(), format!("key `{name}` is there twice"));
    finding.label(first.0.span(), "first here").note(consequence);
    if !fixable {
        return;
    }
    if let Some(lines) = first.0.lines_to_remove() {
        let title = if same { "leave out the first, which says the same" } else { "leave out the first" };
        finding.fix(if same { Fix::safe(title) } else { Fix::risky(title) }.replace(lines, ""));
    }
}
