//! `yum`, `dnf`, `microdnf`, `tdnf` and `zypper`.

use super::{Action, Family, Origin, Package, is_path, is_url};

pub(super) const DNF: Family = Family {
    values: &[
        "-c",
        "--config",
        "-d",
        "--debuglevel",
        "-e",
        "--errorlevel",
        "-x",
        "--exclude",
        "--excludepkgs",
        "--enablerepo",
        "--disablerepo",
        "--enable-repo",
        "--disable-repo",
        "--repo",
        "--repoid",
        "--repofrompath",
        "--installroot",
        "--releasever",
        "--setopt",
        "--forcearch",
        "--advisory",
        "--disableplugin",
        "--enableplugin",
        "--downloaddir",
        "--destdir",
        "-R",
        "--randomwait",
    ],
    groups: &["module", "group", "groups", "history", "mark", "swap", "repository-packages", "repo-pkgs"],
    action: dnf,
    package: rpm,
};

pub(super) const ZYPPER: Family = Family {
    values: &[
        "-t",
        "--type",
        "-r",
        "--repo",
        "--from",
        "--root",
        "-R",
        "--installroot",
        "-c",
        "--config",
        "--cache-dir",
        "-D",
        "--reposd-dir",
        "-C",
        "--raw-cache-dir",
        "--solv-cache-dir",
        "--pkg-cache-dir",
        "-p",
        "--plus-repo",
        "--plus-content",
        "--name",
        "--download",
    ],
    groups: &[],
    action: zypper,
    package: zypper_package,
};

fn dnf(subcommand: &str, _: bool) -> Action {
    let last = subcommand.rsplit(' ').next().unwrap_or(subcommand);
    match last {
        "makecache" | "check-update" | "check-upgrade" => Action::Update,
        "install" | "in" | "localinstall" | "groupinstall" | "reinstall" | "builddep" | "build-dep" | "downgrade"
        | "enable"
            if subcommand != "enable" =>
        {
            Action::Install
        }
        "remove" | "erase" | "rm" | "autoremove" | "groupremove" => Action::Remove,
        "update" | "upgrade" | "up" | "upgrade-to" | "distro-sync" | "dsync" | "update-minimal" | "upgrade-minimal"
        | "groupupdate" | "localupdate" => Action::Upgrade,
        "clean" => Action::Clean,
        _ => Action::Other,
    }
}

fn zypper(subcommand: &str, _: bool) -> Action {
    match subcommand {
        "refresh" | "ref" | "refresh-services" | "refs" => Action::Update,
        "install" | "in" | "source-install" | "si" | "install-new-recommends" | "inr" => Action::Install,
        "remove" | "rm" => Action::Remove,
        "update" | "up" | "dist-upgrade" | "dup" | "patch" => Action::Upgrade,
        "clean" | "cc" | "purge-kernels" => Action::Clean,
        _ => Action::Other,
    }
}

/// `name`, `name-1.2-3.el9`, `name-1:1.2`, `name.arch`, `@group`, `/usr/bin/name`, `name.rpm`, `module:stream`.
fn rpm(operand: &str) -> Package<'_> {
    if is_url(operand) {
        return Package::whole(operand, Origin::Url);
    }
    if operand.ends_with(".rpm") {
        return Package::whole(operand, Origin::File);
    }
    if operand.starts_with('@') || is_path(operand) || operand.contains('(') {
        return Package::whole(operand, Origin::Group);
    }
    let version = version_start(operand).or_else(|| operand.find([' ', '=', '<', '>']));
    let at = version.unwrap_or(operand.len());
    Package::new(&operand[..at], Some(&operand[at..]), Origin::Index)
}

/// Where `-<digit>` begins what looks like a version: to be one it has a `.`, a `:` or another `-`, or ends the word
/// where `name-1` alone may be.
fn version_start(operand: &str) -> Option<usize> {
    let bytes = operand.as_bytes();
    (1..bytes.len().saturating_sub(1)).find(|&at| {
        bytes[at] == b'-' && bytes[at + 1].is_ascii_digit() && {
            let segment = operand[at + 1..].split('-').next().unwrap_or("");
            segment.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ':' | '~' | '^' | '+' | '_' | '*'))
                || segment.contains('.')
        }
    })
}

/// `name`, `name=1.2`, `name>=1.2`, `name.rpm`, `pattern:name`, `repo:name`.
fn zypper_package(operand: &str) -> Package<'_> {
    if is_url(operand) {
        return Package::whole(operand, Origin::Url);
    }
    if operand.ends_with(".rpm") {
        return Package::whole(operand, Origin::File);
    }
    if ["pattern:", "patch:", "product:"].iter().any(|kind| operand.starts_with(kind)) || is_path(operand) {
        return Package::whole(operand, Origin::Group);
    }
    Package::split(operand, &['=', '<', '>'])
}
