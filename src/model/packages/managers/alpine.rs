//! `apk`.

use super::{Action, Family, Origin, Package, is_path, is_url};

pub(super) const APK: Family = Family {
    values: &[
        "-t",
        "--virtual",
        "-X",
        "--repository",
        "-p",
        "--root",
        "--arch",
        "--keys-dir",
        "--repositories-file",
        "--cache-dir",
        "--cache-max-age",
        "--progress-fd",
        "--timeout",
        "--wait",
    ],
    groups: &[],
    action,
    package,
};

fn action(subcommand: &str, _: bool) -> Action {
    match subcommand {
        "update" => Action::Update,
        "add" | "fetch" => Action::Install,
        "del" => Action::Remove,
        "upgrade" => Action::Upgrade,
        "cache" => Action::Clean,
        _ => Action::Other,
    }
}

/// `name`, `name=1.2-r0`, `name~1.2`, `name>1`, `name@edge`, `.group`, `so:libx.so.1`, `./name.apk`. A repository
/// tag is no version: what it has changes.
fn package(operand: &str) -> Package<'_> {
    if is_url(operand) {
        return Package::whole(operand, Origin::Url);
    }
    if is_path(operand) || operand.ends_with(".apk") {
        return Package::whole(operand, Origin::File);
    }
    if operand.starts_with('.') {
        return Package::whole(operand, Origin::Group);
    }
    Package::split(operand, &['=', '<', '>', '~'])
}
