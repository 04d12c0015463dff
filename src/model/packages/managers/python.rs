//! `pip`, `pipx`, `uv` and `poetry`.

use super::{Action, Family, Origin, Package, is_path, is_url};

pub(super) const PIP: Family = Family {
    values: &[
        "-r",
        "--requirement",
        "-c",
        "--constraint",
        "-e",
        "--editable",
        "-i",
        "--index-url",
        "--extra-index-url",
        "-f",
        "--find-links",
        "-t",
        "--target",
        "--prefix",
        "--root",
        "--platform",
        "--python-version",
        "--implementation",
        "--abi",
        "--trusted-host",
        "--timeout",
        "--proxy",
        "--cert",
        "--client-cert",
        "--global-option",
        "--install-option",
        "--build-option",
        "--config-settings",
        "-C",
        "--no-binary",
        "--only-binary",
        "--retries",
        "--cache-dir",
        "--log",
        "--src",
        "-d",
        "--dest",
        "-w",
        "--wheel-dir",
        "--python",
        "--progress-bar",
        "--upgrade-strategy",
        "--exists-action",
        "--report",
        "--root-user-action",
        "--use-feature",
        "--use-deprecated",
    ],
    groups: &[],
    action: pip,
    package: requirement,
};

pub(super) const PIPX: Family = Family {
    values: &["--python", "--pip-args", "-i", "--index-url", "--spec", "--suffix", "--preinstall", "--fetch-python"],
    groups: &[],
    action: pipx,
    package: requirement,
};

pub(super) const UV: Family = Family {
    values: &[
        "-r",
        "--requirement",
        "--requirements",
        "-c",
        "--constraint",
        "--constraints",
        "--overrides",
        "-e",
        "--editable",
        "-i",
        "--index-url",
        "--index",
        "--default-index",
        "--extra-index-url",
        "-f",
        "--find-links",
        "-p",
        "--python",
        "--python-version",
        "--python-platform",
        "-t",
        "--target",
        "--prefix",
        "--extra",
        "--group",
        "--only-group",
        "--no-group",
        "--no-install-package",
        "--package",
        "--project",
        "--directory",
        "--cache-dir",
        "--link-mode",
        "--resolution",
        "--prerelease",
        "--no-binary",
        "--only-binary",
        "-C",
        "--config-setting",
        "--exclude-newer",
        "--index-strategy",
        "--keyring-provider",
        "--allow-insecure-host",
        "--config-file",
        "--color",
        "--with",
        "--from",
        "--torch-backend",
        "--refresh-package",
        "--reinstall-package",
        "-P",
        "--upgrade-package",
    ],
    groups: &["pip", "tool", "python", "cache", "self"],
    action: uv,
    package: requirement,
};

pub(super) const POETRY: Family = Family {
    values: &[
        "--with",
        "--without",
        "--only",
        "-E",
        "--extras",
        "-C",
        "--directory",
        "-P",
        "--project",
        "-G",
        "--group",
    ],
    groups: &["self", "cache", "env", "python"],
    action: poetry,
    package: requirement,
};

fn pip(subcommand: &str, _: bool) -> Action {
    match subcommand {
        "install" | "download" | "wheel" => Action::Install,
        "uninstall" => Action::Remove,
        "cache" => Action::Clean,
        _ => Action::Other,
    }
}

fn pipx(subcommand: &str, _: bool) -> Action {
    match subcommand {
        "install" | "inject" | "run" => Action::Install,
        "uninstall" | "uninject" | "uninstall-all" => Action::Remove,
        "upgrade" | "upgrade-all" | "reinstall" | "reinstall-all" => Action::Upgrade,
        _ => Action::Other,
    }
}

fn uv(subcommand: &str, _: bool) -> Action {
    match subcommand {
        "pip install" | "pip sync" | "add" | "sync" | "tool install" | "tool run" | "python install" => Action::Install,
        "pip uninstall" | "remove" | "tool uninstall" | "python uninstall" => Action::Remove,
        "tool upgrade" | "self update" | "python upgrade" => Action::Upgrade,
        "cache clean" | "cache prune" => Action::Clean,
        _ => Action::Other,
    }
}

fn poetry(subcommand: &str, _: bool) -> Action {
    match subcommand {
        "install" | "sync" | "add" | "self add" | "self install" => Action::Install,
        "remove" | "self remove" => Action::Remove,
        "update" | "self update" => Action::Upgrade,
        "cache clear" => Action::Clean,
        _ => Action::Other,
    }
}

/// `name`, `name[extra]==1.2`, `name>=1`, `name @ https://…`, `git+https://…@ref`, `./folder`, `name.whl`.
fn requirement(operand: &str) -> Package<'_> {
    if let Some((name, url)) = operand.split_once('@')
        && is_url(url.trim_start())
        && !name.contains("://")
    {
        return Package::new(name.trim_end(), Some(&operand[name.len()..]), Origin::Url);
    }
    if is_url(operand) {
        return Package::whole(operand, Origin::Url);
    }
    let archive = [".whl", ".egg", ".zip", ".tar.gz", ".tgz", ".tar.bz2"].iter().any(|end| operand.ends_with(end));
    // `.[extra]` is the folder with an extra.
    if archive || is_path(operand) || operand.starts_with('.') || operand.contains('/') {
        return Package::whole(operand, Origin::File);
    }
    let package = Package::split(operand, &['=', '<', '>', '!', '~', '@', ' ', ';']);
    // The extras belong to the name of what is asked for, not to its version.
    Package { name: package.name.split('[').next().unwrap_or(package.name), ..package }
}
