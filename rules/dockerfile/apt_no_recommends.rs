use crate::lint::prelude::*;
use crate::model::packages::{Manager, Operation};

pub const CHECKS: &[Check] = &[Check::Operation(apt_no_recommends)];

fn apt_no_recommends(operation: &Operation<'_>, cx: &mut Context<'_>) {
    if operation.manager != Manager::Apt || operation.name != "install" || leaves_them_out(operation) {
        return;
    }
    let program = operation.invocation.name();
    if !cx.words("tools").contains(&&*program) {
        return;
    }
    // What the configuration says may stand anywhere in the file.
    let may_be_set = operation.may_have_more_flags() || cx.text().contains("Install-Recommends");
    let installs = operation.more || !operation.operands.is_empty() || !operation.unknown.is_empty();
    if !cx.flag("every") && (may_be_set || !installs) {
        return;
    }
    let (flag, after) = match &*program {
        "aptitude" => ("--without-recommends", operation.subcommand),
        _ => ("--no-install-recommends", after_yes(operation)),
    };
    cx.report(operation.subcommand.span, format!("`{program} install` brings recommended packages along")).fix(
        Fix::risky(format!("add `{flag}`"))
            .insert(after.span.end, format!(" {flag}"))
            .changes(Effect::Command)
            .changes(Effect::Packages),
    );
}

fn leaves_them_out(operation: &Operation<'_>) -> bool {
    let options = operation.flags.iter().filter_map(|flag| Some(flag.value.as_ref()?.text.to_ascii_lowercase()));
    let no = ["false", "no", "off", "0", "without", "disable"];
    let mut options = options.chain(operation.flags.iter().map(|flag| flag.text.to_ascii_lowercase()));
    operation.has_flag(&["--no-install-recommends", "--without-recommends", "-R"])
        || options.any(|text| {
            let value =
                text.split_once("apt::install-recommends=").map(|(_, value)| value.trim_matches('"').to_owned());
            value.is_some_and(|value| no.contains(&&*value))
        })
}

/// The word after which the flag reads best: a `-y` right behind the subcommand, or the subcommand.
fn after_yes<'a>(operation: &Operation<'a>) -> &'a shell::Word {
    let mut words = operation.invocation.arguments().iter();
    let next = words.find(|word| std::ptr::eq(*word, operation.subcommand)).and_then(|_| words.next());
    let yes = next.filter(|word| matches!(word.literal(), Some("-y" | "-yq" | "-qy" | "-yqq" | "-qqy" | "--yes")));
    yes.unwrap_or(operation.subcommand)
}
