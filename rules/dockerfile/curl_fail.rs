use crate::lint::prelude::*;
use crate::model::download::{Client, Download};

pub const CHECKS: &[Check] = &[Check::Command(curl_fail)];

/// What makes it fail, or asks for the status by other means.
const KNOWS: [&str; 8] = ["f", "fail", "fail-with-body", "fail-early", "w", "write-out", "K", "config"];

fn curl_fail(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    let Some(download) = Download::of(command.node).filter(|download| download.client == Client::Curl) else { return };
    let asks = command.instruction.keyword() == Some(Keyword::Healthcheck);
    let runs = command.instruction.keyword() == Some(Keyword::Run);
    if !(asks || runs && !download.is_local()) || download.arguments.has(&KNOWS) || cx.text().contains(".curlrc") {
        return;
    }
    // What is looked at is not taken for a file, and words that are not known may hold the flag.
    let unknown = download.arguments.operands.iter().any(|word| word.literal_prefix().is_empty() && is_option(word));
    if download.is_request() || download.is_query() || download.arguments.operands.is_empty() || unknown {
        return;
    }
    let bundle = download.arguments.flags.first().filter(|flag| flag.span != flag.word.span);
    let fix = Fix::risky("let it fail").changes(if asks { Effect::Healthcheck } else { Effect::Command });
    let fix = match bundle {
        Some(first) => fix.insert(first.span.start, "f"),
        None => fix.insert(download.program.span.end, " -f"),
    };
    let span = download.program.span;
    let diagnostic = match asks {
        true => cx.report_as(Severity::Warning, span, "`curl` succeeds when the server answers with an error"),
        false => cx.report(span, "`curl` takes the page of an error for the file"),
    };
    diagnostic.fix(fix);
}

fn is_option(word: &shell::Word) -> bool {
    let flags = |name: &str| ["OPT", "FLAG", "ARG"].iter().any(|part| name.to_ascii_uppercase().contains(part));
    word.variables().iter().any(|(name, _)| flags(name))
}
