//! Every rule. Written by `cargo test` from the pages in the folders beside this file; do not edit.

use std::borrow::Cow::Borrowed;

#[allow(unused_imports, reason = "some kinds of metadata no rule may have")]
use crate::lint::{Applicability, Category, Preset, Rule, RuleOption, Severity};

#[path = "rlint/expired_ignore.rs"]
mod rlint_expired_ignore;

#[path = "rlint/internal_error.rs"]
mod rlint_internal_error;

#[path = "rlint/syntax.rs"]
mod rlint_syntax;

#[path = "rlint/unknown_rule.rs"]
mod rlint_unknown_rule;

#[path = "rlint/unused_ignore.rs"]
mod rlint_unused_ignore;

#[rustfmt::skip]
pub(crate) static ALL: &[Rule] = &[
    Rule {
        id: Borrowed("rlint/expired-ignore"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("An ignore comment has passed its `expires=` date."),
        page: Borrowed(include_str!("rlint/expired-ignore.md")),
        checks: Borrowed(rlint_expired_ignore::CHECKS),
    },
    Rule {
        id: Borrowed("rlint/internal-error"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A rule failed on a file: a fault of rlint."),
        page: Borrowed(include_str!("rlint/internal-error.md")),
        checks: Borrowed(rlint_internal_error::CHECKS),
    },
    Rule {
        id: Borrowed("rlint/syntax"),
        severity: Severity::Error,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(&[Borrowed("DL1000"), Borrowed("invalid-schema")]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("The text is not what its language asks for."),
        page: Borrowed(include_str!("rlint/syntax.md")),
        checks: Borrowed(rlint_syntax::CHECKS),
    },
    Rule {
        id: Borrowed("rlint/unknown-rule"),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("An ignore comment names a rule that does not exist."),
        page: Borrowed(include_str!("rlint/unknown-rule.md")),
        checks: Borrowed(rlint_unknown_rule::CHECKS),
    },
    Rule {
        id: Borrowed("rlint/unused-ignore"),
        severity: Severity::Warning,
        category: Category::Style,
        presets: Borrowed(&[Preset::Recommended]),
        fixes: Borrowed(&[Applicability::Safe]),
        aliases: Borrowed(&[]),
        options: Borrowed(&[]),
        since: Borrowed("0.1.0"),
        summary: Borrowed("An ignore comment ignores nothing."),
        page: Borrowed(include_str!("rlint/unused-ignore.md")),
        checks: Borrowed(rlint_unused_ignore::CHECKS),
    },
];
