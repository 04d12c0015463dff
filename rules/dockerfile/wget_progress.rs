use crate::lint::prelude::*;
use crate::model::download::{Client, Download, Wget};

pub const CHECKS: &[Check] = &[Check::Command(wget_progress)];

/// What says how much is to be said.
const SAYS: [&str; 9] = ["progress", "q", "quiet", "nv", "no-verbose", "o", "output-file", "a", "append-output"];

fn wget_progress(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    let Some(download) = Download::of(command.node).filter(|download| download.client == Client::Wget) else { return };
    if download.arguments.has(&SAYS) || command.instruction.keyword() != Some(Keyword::Run) {
        return;
    }
    let busybox = download.busybox || Wget::of(command.instruction) == Wget::BusyBox;
    let silent = busybox || download.is_query() || download.arguments.has(&["spider"]) || is_muted(command);
    if silent && !cx.flag("every") {
        return;
    }
    let diagnostic = cx.report(download.program.span, "`wget` fills the log of the build with its progress");
    if !silent {
        let fix =
            Fix::risky("show one dot for each megabyte").insert(download.program.span.end, " --progress=dot:giga");
        diagnostic.fix(fix.changes(Effect::Command));
    }
}

/// Whether what it says goes elsewhere.
fn is_muted(command: ShellCommand<'_>) -> bool {
    command.node.redirections.iter().any(|redirection| {
        let into = redirection.operator;
        into.starts_with("&>") || into.starts_with('>') && redirection.descriptor == Some(2)
    })
}
