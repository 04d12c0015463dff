use crate::lint::prelude::*;
use crate::model::download::{Client, Download};

pub const CHECKS: &[Check] = &[Check::Command(curl_location)];

/// What follows a redirect, or asks for it.
const FOLLOWS: [&str; 10] =
    ["L", "location", "location-trusted", "follow", "w", "write-out", "K", "config", "D", "dump-header"];

fn curl_location(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    let Some(download) = Download::of(command.node).filter(|download| download.client == Client::Curl) else { return };
    let runs = command.instruction.keyword() == Some(Keyword::Run);
    if !runs || download.arguments.has(&FOLLOWS) || download.is_request() || cx.text().contains(".curlrc") {
        return;
    }
    let Some(host) = download.addresses().find_map(|address| redirecting_host(&address)) else { return };
    let bundle = download.arguments.flags.first().filter(|flag| flag.span != flag.word.span);
    let fix = Fix::risky("follow it").changes(Effect::Command);
    cx.report(download.program.span, format!("`{host}` answers with a redirect that `curl` does not follow")).fix(
        match bundle {
            Some(first) => fix.insert(first.span.start, "L"),
            None => fix.insert(download.program.span.end, " -L"),
        },
    );
}

/// Hosts that keep files elsewhere and answer with a redirect to them: the host, and what the path must contain. Go's is in
/// `internal/dl/server.go` of <https://github.com/golang/website>. `dl.k8s.io` is none of them: it did so until 2026
/// (<https://github.com/kubernetes/k8s.io/issues/9052>).
const REDIRECTS: [(&str, &[&str]); 9] = [
    (
        "github.com",
        &["/releases/download/", "/releases/latest/download/", "/archive/", "/raw/", "/tarball/", "/zipball/"],
    ),
    ("git.io", &["/"]),
    ("aka.ms", &["/"]),
    ("bit.ly", &["/"]),
    ("go.dev", &["/dl/go"]),
    ("golang.org", &["/dl/"]),
    ("launchpad.net", &["/+download/"]),
    ("downloads.sourceforge.net", &["/"]),
    ("api.adoptium.net", &["/binary/"]),
];

fn redirecting_host(address: &str) -> Option<&'static str> {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let (host, path) = rest.split_at(rest.find('/')?);
    let (host, paths) = REDIRECTS.iter().find(|(known, _)| host == *known)?;
    paths.iter().any(|part| path.contains(part) && path.len() > 1).then_some(*host)
}
