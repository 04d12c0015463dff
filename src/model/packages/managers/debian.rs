//! `apt`, `apt-get` and `aptitude`.

use super::{Action, Family, Origin, Package, is_path, is_url};

pub(super) const APT: Family = Family {
    values: &[
        "-o",
        "--option",
        "-t",
        "--target-release",
        "--default-release",
        "-c",
        "--config-file",
        "-a",
        "--host-architecture",
        "-P",
        "--build-profiles",
    ],
    groups: &[],
    action,
    package,
};

fn action(subcommand: &str, _: bool) -> Action {
    match subcommand {
        "update" => Action::Update,
        "install" | "reinstall" | "build-dep" | "satisfy" | "source" | "download" => Action::Install,
        "remove" | "purge" | "autoremove" | "autopurge" | "auto-remove" => Action::Remove,
        "upgrade" | "dist-upgrade" | "full-upgrade" | "safe-upgrade" => Action::Upgrade,
        "clean" | "autoclean" | "auto-clean" | "distclean" | "dist-clean" => Action::Clean,
        _ => Action::Other,
    }
}

/// `name`, `name:arch`, `name=1.2`, `name/bookworm`, `./name.deb`, `task^`.
fn package(operand: &str) -> Package<'_> {
    if is_url(operand) {
        return Package::whole(operand, Origin::Url);
    }
    if is_path(operand) || operand.ends_with(".deb") || operand.ends_with(".dsc") {
        return Package::whole(operand, Origin::File);
    }
    if operand.ends_with('^') {
        return Package::whole(operand, Origin::Group);
    }
    Package::split(operand, &['=', '/'])
}
