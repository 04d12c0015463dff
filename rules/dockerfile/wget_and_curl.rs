use crate::lint::prelude::*;
use crate::model::download::{Client, Download};

pub const CHECKS: &[Check] = &[Check::Stage(wget_and_curl)];

fn wget_and_curl(stage: Stage<'_>, cx: &mut Context<'_>) {
    let mut firsts: [Option<Span>; 2] = [None, None];
    for instruction in stage.outer_instructions() {
        if instruction.keyword() != Some(Keyword::Run) {
            continue;
        }
        let found: Vec<Download<'_>> =
            instruction.commands().filter_map(|command| Download::of(command.node)).collect();
        let known = firsts.iter().flatten().count();
        for download in &found {
            firsts[usize::from(download.client == Client::Curl)].get_or_insert(download.program.span);
        }
        let [Some(wget), Some(curl)] = firsts else { continue };
        let of = |client| found.iter().find(|download| download.client == client);
        // The client that came second, else the one that is here again.
        let second = if wget.start < curl.start { Client::Curl } else { Client::Wget };
        let Some(download) = of(second).or(found.first()) else { continue };
        let (other, name) = if download.client == Client::Curl { (wget, "wget") } else { (curl, "curl") };
        let message = format!("`{}` downloads here, `{name}` elsewhere in this stage", download.name());
        if known < 2 || cx.flag("every") {
            cx.report(download.program.span, message).label(other, "the other one");
        }
    }
}
