//! `pacman`, `gem`, `go`, `cargo` and `composer`.

use super::{Action, Family, Origin, Package, is_path, is_url};

pub(super) const PACMAN: Family = Family {
    values: &[
        "-b",
        "--dbpath",
        "-r",
        "--root",
        "--arch",
        "--cachedir",
        "--config",
        "--ignore",
        "--overwrite",
        "--color",
    ],
    groups: &[],
    action: pacman,
    package: pacman_package,
};

pub(super) const GEM: Family = Family {
    values: &["-v", "--version", "-i", "--install-dir", "-s", "--source", "-n", "--bindir", "-P", "--platform"],
    groups: &[],
    action: gem,
    package: gem_package,
};

pub(super) const GO: Family = Family {
    values: &["-C", "-o", "-p", "-tags", "-ldflags", "-gcflags", "-asmflags", "-mod", "-modfile", "-exec", "-overlay"],
    groups: &["mod", "work"],
    action: go,
    package: go_package,
};

pub(super) const CARGO: Family = Family {
    values: &[
        "--version",
        "--vers",
        "--git",
        "--branch",
        "--tag",
        "--rev",
        "--path",
        "--root",
        "--registry",
        "--index",
        "--features",
        "-F",
        "--target",
        "--target-dir",
        "--profile",
        "-j",
        "--jobs",
        "-Z",
        "-C",
        "--config",
        "--color",
        "--manifest-path",
        "-p",
        "--package",
        "--bin",
        "--example",
    ],
    groups: &[],
    action: cargo,
    package: cargo_package,
};

pub(super) const COMPOSER: Family = Family {
    values: &["-d", "--working-dir", "--ignore-platform-req", "--prefer-install"],
    groups: &["global"],
    action: composer,
    package: composer_package,
};

/// `-S`, `-Syu`, `--sync` and their like.
pub(super) fn is_pacman_operation(flag: &str) -> bool {
    let letter = flag.strip_prefix('-').and_then(|rest| rest.chars().next());
    matches!(letter, Some('S' | 'R' | 'U' | 'Q' | 'D' | 'F' | 'T' | 'V'))
        || matches!(flag, "--sync" | "--remove" | "--upgrade" | "--query" | "--database" | "--files")
}

fn pacman(operation: &str, operands: bool) -> Action {
    match operation {
        "--remove" => Action::Remove,
        "--upgrade" => Action::Install,
        "--sync" => Action::Install,
        _ if operation.starts_with("-R") => Action::Remove,
        _ if operation.starts_with("-U") => Action::Install,
        _ if operation.starts_with("-S") && operation.contains('c') => Action::Clean,
        _ if operation.starts_with("-S") && operation.contains(['s', 'i', 'l']) => Action::Other,
        _ if operation.starts_with("-S") && operands => Action::Install,
        _ if operation.starts_with("-S") && operation.contains('u') => Action::Upgrade,
        _ if operation.starts_with("-S") && operation.contains('y') => Action::Update,
        _ => Action::Other,
    }
}

fn gem(subcommand: &str, _: bool) -> Action {
    match subcommand {
        "install" | "i" => Action::Install,
        "uninstall" => Action::Remove,
        "update" => Action::Upgrade,
        "cleanup" => Action::Clean,
        _ => Action::Other,
    }
}

fn go(subcommand: &str, _: bool) -> Action {
    match subcommand {
        "install" | "get" | "run" | "mod download" => Action::Install,
        "clean" => Action::Clean,
        _ => Action::Other,
    }
}

fn cargo(subcommand: &str, _: bool) -> Action {
    match subcommand {
        "install" | "binstall" | "fetch" => Action::Install,
        "uninstall" => Action::Remove,
        "update" => Action::Upgrade,
        "clean" => Action::Clean,
        _ => Action::Other,
    }
}

fn composer(subcommand: &str, _: bool) -> Action {
    match subcommand {
        "install" | "i" | "require" | "r" | "create-project" | "global require" | "global install" => Action::Install,
        "remove" | "uninstall" | "global remove" => Action::Remove,
        "update" | "u" | "upgrade" | "global update" | "self-update" | "selfupdate" => Action::Upgrade,
        "clear-cache" | "clearcache" | "cc" => Action::Clean,
        _ => Action::Other,
    }
}

/// `name`, `repository/name`, `name=1.2`, `./name.pkg.tar.zst`.
fn pacman_package(operand: &str) -> Package<'_> {
    if is_url(operand) {
        return Package::whole(operand, Origin::Url);
    }
    if is_path(operand) || operand.contains(".pkg.tar") {
        return Package::whole(operand, Origin::File);
    }
    Package::split(operand, &['=', '<', '>'])
}

/// `name`, `name:1.2`, `./name.gem`.
fn gem_package(operand: &str) -> Package<'_> {
    if is_path(operand) || operand.ends_with(".gem") {
        return Package::whole(operand, Origin::File);
    }
    Package::split(operand, &[':'])
}

/// `module/path`, `module/path@v1.2`, `./...`, `main.go`.
fn go_package(operand: &str) -> Package<'_> {
    if is_path(operand) || operand.ends_with(".go") || matches!(operand, "..." | "all" | "std" | "tool") {
        return Package::whole(operand, Origin::File);
    }
    Package::split(operand, &['@'])
}

/// `name`, `name@1.2`.
fn cargo_package(operand: &str) -> Package<'_> {
    Package::split(operand, &['@'])
}

/// `vendor/name`, `vendor/name:^1.2`, `vendor/name=1.2`.
fn composer_package(operand: &str) -> Package<'_> {
    Package::split(operand, &[':', '=', ' '])
}
