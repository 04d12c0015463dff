//! Ignores in our spelling that do not do what somebody meant.

use super::place::line_start;
use super::{Name, Origin, Suppression, Which};
use crate::lint::document::{Document, Tree};
use crate::lint::engine::finding;
use crate::lint::{Catalog, Check, Diagnostic, Fix, Rule, Settings};
use crate::syntax::kind::Kind;
use crate::text::Span;

const UNUSED: &str = "rlint/unused-ignore";
const UNKNOWN: &str = "rlint/unknown-rule";
const EXPIRED: &str = "rlint/expired-ignore";

/// What is wrong with the ignores of a document, in its coordinates. `ran` says whether a rule ran on the file.
pub(in crate::lint) fn review(
    document: &Document,
    suppressions: &[Suppression],
    settings: &Settings,
    ran: &dyn Fn(&Rule) -> bool,
) -> Vec<Diagnostic> {
    let mut reviewer = Reviewer { document, settings, found: Vec::new() };
    for suppression in suppressions.iter().filter(|suppression| suppression.origin == Origin::Rlint) {
        reviewer.review(suppression, ran);
    }
    reviewer.found
}

struct Reviewer<'a> {
    document: &'a Document,
    settings: &'a Settings,
    found: Vec<Diagnostic>,
}

impl Reviewer<'_> {
    fn review(&mut self, suppression: &Suppression, ran: &dyn Fn(&Rule) -> bool) {
        if suppression.names.is_empty() {
            self.report(UNKNOWN, suppression.comment, "this comment names no rule", None);
            return;
        }
        let expired = suppression.has_expired(self.settings.today);
        if let Some(expiry) = &suppression.expires {
            let date = expiry.span.of_text(&self.document.text);
            if expired {
                let fix = self.without_comment(suppression.comment);
                self.report(EXPIRED, expiry.span, format!("this ignore ended on {date}"), Some(fix));
            } else if expiry.date.is_none() {
                self.report(EXPIRED, expiry.span, format!("`{date}` is no day like `2026-12-31`"), None);
            }
        }
        for (index, name) in suppression.names.iter().enumerate() {
            let Which::Rules(rules) = &name.which else { continue };
            let text = name.span.of_text(&self.document.text);
            if rules.is_empty() {
                // An id that is declined on purpose is known, and harmless.
                if self.settings.catalog().declined(text).is_none() {
                    self.unknown(name, text);
                }
            } else if !name.used && !expired && self.all_ran(rules, ran) {
                let fix = self.without_name(suppression, index);
                self.report(UNUSED, name.span, format!("`{text}` ignores nothing here"), Some(fix));
                if let (true, Some(last)) = (suppression.misplaced, self.found.last_mut()) {
                    last.note("`ignore-file` counts only before the first instruction or node of the file");
                }
            }
        }
    }

    fn unknown(&mut self, name: &Name, text: &str) {
        let suggestion = self.suggestion(text);
        let fix = suggestion.map(|near| Fix::safe(format!("write `{near}`")).replace(name.span, near));
        self.report(UNKNOWN, name.span, format!("there is no rule `{text}`"), fix);
    }

    fn suggestion(&self, text: &str) -> Option<String> {
        let catalog: &Catalog = self.settings.catalog();
        catalog.select(text).err()?.suggestion
    }

    /// Whether every rule that could find something in such a document ran.
    fn all_ran(&self, rules: &[&'static Rule], ran: &dyn Fn(&Rule) -> bool) -> bool {
        rules.iter().filter(|rule| fits(rule, self.document)).all(|rule| ran(rule))
    }

    fn report(&mut self, rule: &'static str, span: Span, message: impl Into<String>, fix: Option<Fix>) {
        let severity = self.settings.severity(rule).filter(|_| self.settings.is_enabled(rule));
        let Some(severity) = severity else { return };
        let mut diagnostic = finding(rule, severity, &self.document.source, span, message.into());
        diagnostic.fixes.extend(fix);
        self.found.push(diagnostic);
    }

    /// Takes a name out of its list, or the whole comment where it is the only one.
    fn without_name(&self, suppression: &Suppression, index: usize) -> Fix {
        let names = &suppression.names;
        let span = match (index.checked_sub(1), names.get(index + 1)) {
            (Some(before), _) => Span::new(names[before].span.end, names[index].span.end),
            (None, Some(after)) => Span::new(names[index].span.start, after.span.start),
            (None, None) => return self.without_comment(suppression.comment),
        };
        Fix::safe(format!("remove `{}`", names[index].span.of_text(&self.document.text))).delete(span)
    }

    /// Takes a comment out: its line, where it stands alone, else the blanks before it as well.
    fn without_comment(&self, comment: Span) -> Fix {
        let text = &*self.document.text;
        let line = line_start(text, comment.start);
        let before = text[line as usize..comment.start as usize].trim_end();
        let span = if before.is_empty() {
            let rest = &text[comment.end as usize..];
            let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
            Span::new(line, comment.end + end as u32)
        } else {
            Span::new(line + before.len() as u32, comment.end)
        };
        Fix::safe("remove the comment").delete(span)
    }
}

/// Whether a rule looks at documents of that kind at all. The rules about the run itself do at every one.
fn fits(rule: &Rule, document: &Document) -> bool {
    let kind = match document.tree {
        Tree::Outer => return false,
        _ => document.kind(),
    };
    rule.checks.is_empty()
        || rule.checks.iter().any(|check| match check {
            Check::Source(_) => true,
            Check::Dockerfile(_)
            | Check::Stage(_)
            | Check::From(_)
            | Check::Instruction(_)
            | Check::Command(_)
            | Check::Operation(_) => kind == Kind::Dockerfile,
            Check::Compose(_) | Check::Service(_) => kind == Kind::Compose,
            Check::Yaml(_) => kind == Kind::Compose || kind == Kind::Kubernetes,
            Check::Object(_) | Check::PodSpec(_) | Check::Container(_) => kind == Kind::Kubernetes,
            Check::Dockerignore(_) => kind == Kind::Dockerignore,
            Check::Own(own) => own.on.is_in(kind),
        })
}
