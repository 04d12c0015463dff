//! `npm`, `pnpm`, `yarn` and `bun`.

use super::{Action, Family, Origin, Package, is_path, is_url};

pub(super) const NPM: Family = Family {
    values: &[
        "--prefix",
        "--registry",
        "--cache",
        "--cwd",
        "-C",
        "--dir",
        "--filter",
        "-F",
        "-w",
        "--workspace",
        "--omit",
        "--include",
        "--loglevel",
        "--userconfig",
        "--store-dir",
        "--fetch-timeout",
        "--fetch-retries",
        "--tag",
        "--reporter",
        "--network-concurrency",
    ],
    groups: &[],
    action: npm,
    package: specifier,
};

pub(super) const YARN: Family = Family {
    values: &[
        "--cwd",
        "--registry",
        "--cache-folder",
        "--modules-folder",
        "--network-timeout",
        "--network-concurrency",
        "--mutex",
        "--prefix",
        "--global-folder",
    ],
    groups: &["global"],
    action: yarn,
    package: specifier,
};

pub(super) const BUN: Family = Family {
    values: &["-c", "--config", "--cwd", "--cache-dir", "--registry", "--filter", "--backend"],
    groups: &["pm"],
    action: bun,
    package: specifier,
};

fn npm(subcommand: &str, _: bool) -> Action {
    match subcommand {
        "install" | "i" | "in" | "add" | "ci" | "clean-install" | "install-clean" | "install-test" | "it" => {
            Action::Install
        }
        "uninstall" | "remove" | "rm" | "un" | "prune" => Action::Remove,
        "update" | "up" | "upgrade" => Action::Upgrade,
        "cache" | "store" => Action::Clean,
        _ => Action::Other,
    }
}

fn yarn(subcommand: &str, _: bool) -> Action {
    match subcommand {
        "install" | "add" | "global add" => Action::Install,
        "remove" | "global remove" => Action::Remove,
        "upgrade" | "up" | "global upgrade" => Action::Upgrade,
        "cache" => Action::Clean,
        _ => Action::Other,
    }
}

fn bun(subcommand: &str, _: bool) -> Action {
    match subcommand {
        "install" | "i" | "add" | "a" => Action::Install,
        "remove" | "rm" => Action::Remove,
        "update" | "upgrade" => Action::Upgrade,
        "pm cache" => Action::Clean,
        _ => Action::Other,
    }
}

/// `name`, `name@1.2`, `@scope/name@tag`, `alias@npm:name@1`, `owner/repo#ref`, `git+ssh://…`, `./folder`, `x.tgz`.
fn specifier(operand: &str) -> Package<'_> {
    if is_url(operand) || ["git@", "github:", "gitlab:", "bitbucket:", "gist:"].iter().any(|s| operand.starts_with(s)) {
        return Package::whole(operand, Origin::Url);
    }
    if is_path(operand) || operand.starts_with("file:") || operand.ends_with(".tgz") || operand.ends_with(".tar.gz") {
        return Package::whole(operand, Origin::File);
    }
    let skip = usize::from(operand.starts_with('@'));
    if skip == 0 && operand.contains('/') && !operand.contains('@') {
        // A repository on GitHub.
        return Package::whole(operand, Origin::Url);
    }
    let at = operand[skip..].find('@').map_or(operand.len(), |at| at + skip);
    Package::new(&operand[..at], Some(&operand[at..]), Origin::Index)
}
