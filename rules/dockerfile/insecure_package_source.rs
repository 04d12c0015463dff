use crate::lint::prelude::*;
use crate::model::packages::{Manager, Operation, Origin};

pub const CHECKS: &[Check] = &[Check::Command(insecure_package_source)];

fn insecure_package_source(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    let Some(invocation) = command.invocation else { return };
    if command.instruction.keyword() != Some(Keyword::Run) {
        return;
    }
    let name = invocation.name();
    let Some(word) = invocation.arguments().iter().find(|word| switches_off(&name, word)) else { return };
    if Operation::of(command).is_some_and(|operation| installs_files(&operation)) {
        return;
    }
    let flag = word.text().unwrap_or_default();
    let removal = invocation.removal(word, cx.text()).filter(|_| flag.starts_with("--") && !flag.contains("setopt"));
    let diagnostic = cx.report(word.span, format!("`{flag}` lets `{name}` install what nobody signed"));
    diagnostic.note("add the key of the repository instead");
    if let Some(removal) = removal {
        diagnostic.fix(Fix::risky(format!("take `{flag}` out")).delete(removal).changes(Effect::Command));
    }
}

fn switches_off(program: &str, word: &shell::Word) -> bool {
    let Some(text) = word.text() else { return false };
    match program {
        "apt" | "apt-get" | "aptitude" => {
            matches!(&*text, "--allow-unauthenticated" | "--force-yes" | "--allow-insecure-repositories")
        }
        "apk" => text == "--allow-untrusted",
        "yum" | "dnf" | "dnf5" | "microdnf" | "tdnf" | "yum-config-manager" => {
            let option = text.trim_start_matches("--setopt=").trim_start_matches('*').trim_start_matches('.');
            let check = option.rsplit('.').next().unwrap_or(option).split_once('=');
            let off = check.is_some_and(|(name, value)| {
                matches!(name, "gpgcheck" | "sslverify") && matches!(value, "0" | "false" | "no" | "False")
            });
            matches!(&*text, "--nogpgcheck" | "--no-gpgchecks") || off
        }
        "zypper" => matches!(&*text, "--no-gpg-checks" | "--allow-unsigned-rpm"),
        "rpm" => matches!(&*text, "--nodigest" | "--nosignature" | "--noverify" | "--nofiledigest" | "--nofiledigests"),
        _ => false,
    }
}

/// Whether it installs a file, which comes from the build itself: the flag is for that.
fn installs_files(operation: &Operation<'_>) -> bool {
    let repositories = ["--allow-insecure-repositories", "--force-yes"];
    operation.packages().any(|(_, package)| package.origin == Origin::File)
        && !(operation.manager == Manager::Apt && operation.has_flag(&repositories))
}
