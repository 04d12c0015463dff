use crate::build::{Around, Brings, Causes, Waste};
use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Stage(copy_before_install)];

fn copy_before_install(stage: Stage<'_>, cx: &mut Context<'_>) {
    if !stage.is_needed() || !Waste::is_possible(stage) {
        return;
    }
    let context = cx.build_context();
    let around = Around { context: context.as_deref(), files: cx.files() };
    let Some(plan) = cx.plan() else { return };
    for waste in Waste::of(stage, plan, around) {
        report(&waste, around, cx);
    }
}

fn report(waste: &Waste<'_>, around: Around<'_>, cx: &mut Context<'_>) {
    let projects = waste.installs.iter().find_map(|own| own.install.as_ref());
    let what = projects.map_or("packages of the system", |install| install.tool.what());
    let (changes, brings) = match &waste.brings {
        Brings::Folder(_, folder) => (kinds(waste.kinds, folder), "copies all of it".to_owned()),
        Brings::Files => (kinds(waste.kinds, ""), "copies it".to_owned()),
        Brings::Made(from) => {
            let name = from.name().map_or_else(|| format!("stage {}", from.index), |name| format!("stage `{name}`"));
            (format!("every change of what {name} makes"), "copies it".to_owned())
        }
    };
    let better = waste.reordering(around);
    let more = better.as_ref().is_some_and(|better| matches!(better.edits, Err(Some(_))));
    let span = waste.copy.span();
    let diagnostic = cx.report(span, format!("{changes} installs the {what} again"));
    diagnostic.label(span, brings);
    for own in &waste.installs {
        let needs = own.install.as_ref().map(|install| match more {
            true => "reads none of the sources".to_owned(),
            false => format!("needs only {}", install.files()),
        });
        diagnostic.label(own.command.span, needs.unwrap_or_else(|| "needs nothing of it".to_owned()));
    }
    let Some(better) = better else { return };
    match better.edits {
        Ok((edits, effects)) => {
            let fix = Fix::risky("install before the rest is copied").changes(effects);
            diagnostic.fix(Fix { edits, ..fix });
        }
        Err(reason) => {
            let order: Vec<String> = better.order.iter().map(|line| format!("`{line}`")).collect();
            if !order.is_empty() {
                diagnostic.note(format!("better in this order: {}", order.join(", ")));
            }
            if let Some(reason) = reason {
                diagnostic.note(format!("there is no fix for it: {reason}"));
            }
        }
    }
}

/// The changes, for people.
fn kinds(kinds: Causes, folder: &str) -> String {
    let place = if folder.is_empty() { "the build context".to_owned() } else { format!("`{folder}`") };
    let parts = [(kinds.source, "source file"), (kinds.manifest, "manifest"), (kinds.lock, "lock file")];
    let names: Vec<&str> = parts.iter().filter(|(is, _)| *is).map(|(_, name)| *name).collect();
    match &names[..] {
        [_, _, _] => format!("every change in {place}"),
        [one] => format!("every change of a {one} in {place}"),
        names => format!("every change of a {} in {place}", names.join(" or ")),
    }
}
