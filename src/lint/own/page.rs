//! The page of a rule of a user, compiled.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

use super::condition::Expression;
use super::message::Message;
use super::{GROUP, On, OwnCheck};
use crate::lint::spec::{Condition, Page};
use crate::lint::{Check, Rule};
use crate::syntax::SyntaxError;
use crate::text::Span;

/// The rules that were read so far, by the text of their pages: a page that is read again, by a language server that
/// reads its configuration anew, gives the same rule.
static KNOWN: Mutex<Vec<(String, &'static Rule)>> = Mutex::new(Vec::new());

/// The rule of the page `name.md`.
///
/// # Errors
///
/// What is wrong with the page; spans are in it.
pub fn read(name: &str, text: &str) -> Result<&'static Rule, Vec<SyntaxError>> {
    let id = format!("{GROUP}/{name}");
    let page = Page::read(&id, text);
    if !page.errors.is_empty() {
        return Err(page.errors);
    }
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, rule)) = known.iter().find(|(own, rule)| own == text && rule.id == id) {
        return Ok(rule);
    }
    let Some(condition) = &page.condition else {
        let mut error = SyntaxError::new(Span::empty(0), "the page says nothing of `on` and `where`");
        error.note =
            Some("a rule of your own says in its front matter what it looks at, and when it reports".to_owned());
        return Err(vec![error]);
    };
    let check: &'static OwnCheck = Box::leak(Box::new(compile(condition).map_err(|error| vec![error])?));
    let rule: &'static Rule = Box::leak(Box::new(Rule {
        id: Cow::Owned(id),
        severity: page.severity,
        category: page.category,
        presets: Cow::Borrowed(&[]),
        fixes: Cow::Borrowed(&[]),
        aliases: page.aliases.iter().cloned().map(Cow::Owned).collect(),
        options: Cow::Borrowed(&[]),
        since: Cow::Owned(page.since.clone()),
        summary: Cow::Owned(page.summary.clone()),
        page: Cow::Owned(text.to_owned()),
        checks: Cow::Owned(vec![Check::Own(check)]),
    }));
    known.push((text.to_owned(), rule));
    Ok(rule)
}

fn compile(condition: &Condition) -> Result<OwnCheck, SyntaxError> {
    let (on, on_span) = (&condition.on.text, condition.on.span);
    let Some(on) = On::parse(on) else {
        let mut error = SyntaxError::new(on_span, format!("a rule cannot look at `{on}`"));
        let names: Vec<String> = On::ALL.into_iter().map(|on| format!("`{}`", on.name())).collect();
        error.note = Some(format!("one of {}", names.join(", ")));
        return Err(error);
    };
    let variables = on.variables();
    let wrong = |written: &crate::lint::spec::Written, (offset, reason): (Option<usize>, String)| {
        SyntaxError::new(written.place(offset), reason)
    };
    Ok(OwnCheck {
        on,
        condition: Expression::compile(&condition.expression.text, variables)
            .map_err(|error| wrong(&condition.expression, error))?,
        message: Message::compile(&condition.message.text, variables[0], variables)
            .map_err(|error| wrong(&condition.message, error))?,
        at: condition.at.as_ref().map(|at| at.text.split('.').map(str::to_owned).collect()).unwrap_or_default(),
    })
}
