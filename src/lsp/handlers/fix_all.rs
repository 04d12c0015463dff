//! Everything that is safe, at once.

use std::collections::BTreeSet;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::lint::{Applicability, Diagnostic, fix};
use crate::lsp::snapshot::At;
use crate::text::{Edit, Span};

/// The edits that apply everything that is safe until nothing is left; `None` when there is nothing.
pub(super) fn edits(at: &At) -> Option<Vec<Edit>> {
    let holding = at.holding();
    let settings = holding.checker.settings();
    // What is held back by a list of known findings is left alone, and with it what cannot be told from that.
    let mut held_back = BTreeSet::new();
    if holding.has_baseline() {
        let mut found = holding.checker.check(&at.name, &at.files_for_check()).diagnostics;
        held_back.extend(holding.hold_back(&at.root.folder, &mut found).iter().map(key));
    }
    let wanted = |diagnostic: &Diagnostic| !held_back.contains(&key(diagnostic));
    let fixed = fix::fix(&at.name, &at.files_for_check(), settings, Applicability::Safe, &wanted).ok()?;
    let after = String::from_utf8(fixed.bytes).ok()?;
    let edits = difference(at.document.text(), &after);
    (!edits.is_empty()).then_some(edits)
}

/// A finding by its rule and the content of its line: its place may move.
fn key(diagnostic: &Diagnostic) -> (String, String) {
    let lines = diagnostic.source.lines();
    let line = lines.line(lines.line_of(diagnostic.span.start)).unwrap_or_default();
    (diagnostic.rule.clone().into_owned(), line.of_text(&diagnostic.source.text).trim().to_owned())
}

/// The lines that differ, as edits of the first text.
fn difference(before: &str, after: &str) -> Vec<Edit> {
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let mut starts = vec![0];
    starts.extend(old.iter().scan(0, |at, line| {
        *at += line.len();
        Some(*at)
    }));
    let changed = capture_diff_slices(Algorithm::Myers, &old, &new);
    let changed = changed.into_iter().filter(|op| !matches!(op, DiffOp::Equal { .. }));
    let edit = |op: DiffOp| {
        let lines = op.old_range();
        Edit { span: Span::of(starts[lines.start]..starts[lines.end]), text: new[op.new_range()].concat() }
    };
    changed.map(edit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::apply;

    #[test]
    fn the_edits_make_one_text_of_the_other() {
        for (before, after) in
            [("", "a\n"), ("a\nb\nc\n", "a\nc"), ("a\r\nb\n", "x\r\ny\nb\nz"), ("a", ""), ("a\nb\n", "a\nb\n")]
        {
            let edits = difference(before, after);
            let applied = apply(before.as_bytes(), &edits).expect("they do not touch");
            assert_eq!(String::from_utf8_lossy(&applied), after);
            assert_eq!(edits.is_empty(), before == after);
        }
    }
}
