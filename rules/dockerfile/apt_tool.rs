use crate::lint::prelude::*;
use crate::model::packages::Operation;

pub const CHECKS: &[Check] = &[Check::Command(apt_tool)];

/// What `apt-get` does the same way.
const GET: [&str; 17] = [
    "autoclean",
    "autopurge",
    "autoremove",
    "build-dep",
    "changelog",
    "clean",
    "dist-clean",
    "dist-upgrade",
    "distclean",
    "download",
    "install",
    "purge",
    "reinstall",
    "remove",
    "satisfy",
    "source",
    "update",
];
/// What `apt-cache` does the same way.
const CACHE: [&str; 7] = ["depends", "madison", "pkgnames", "policy", "rdepends", "search", "showsrc"];

fn apt_tool(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    let Some(invocation) = command.invocation else { return };
    if invocation.name() != "apt" || command.instruction.keyword() != Some(Keyword::Run) {
        return;
    }
    let word = invocation.word();
    let diagnostic = cx.report(word.span, "`apt` is no tool for scripts");
    let subcommand = Operation::of(command).map(|operation| operation.name);
    let tool = match subcommand.as_deref() {
        Some(name) if GET.contains(&name) => "apt-get",
        Some(name) if CACHE.contains(&name) => "apt-cache",
        _ => {
            diagnostic.note("`apt-get`, `apt-cache` and `dpkg-query` do the same with a stable command line");
            return;
        }
    };
    if word.literal() == Some("apt") {
        diagnostic.fix(Fix::safe(format!("use `{tool}`")).replace(word.span, tool).changes(Effect::Command));
    }
}
