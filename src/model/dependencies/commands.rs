//! The commands that install, word by word.

use std::borrow::Cow;

use super::{Install, Tool};

/// What is no flag and no value of one of `valued`.
fn operands<'a>(arguments: &[&'a str], valued: &[&str]) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if !argument.starts_with('-') {
            found.push(*argument);
        } else if valued.contains(argument) {
            rest.next();
        }
    }
    found
}

fn has(arguments: &[&str], flags: &[&str]) -> bool {
    arguments.iter().any(|argument| flags.contains(argument))
}

/// Flags of Node's package managers that take the next word as their value.
const NODE_VALUES: [&str; 16] = [
    "--prefix",
    "--registry",
    "--omit",
    "--include",
    "--only",
    "--loglevel",
    "--cache",
    "--cwd",
    "--network-timeout",
    "--mutex",
    "--cache-folder",
    "--modules-folder",
    "--dir",
    "-C",
    "--store-dir",
    "--reporter",
];

/// Flags that make them work on another folder, or on several.
const NODE_ELSEWHERE: [&str; 11] =
    ["--prefix", "--cwd", "--dir", "-C", "-w", "--workspace", "--workspaces", "-r", "--recursive", "--filter", "-F"];

pub(super) fn npm(arguments: &[&str]) -> Option<Install> {
    if has(arguments, &["-g", "--global", "--location=global"]) {
        return None;
    }
    node_like(Tool::Npm, arguments, &["install", "i", "ci", "clean-install"], "package-lock.json", "package*.json")
}

pub(super) fn yarn(arguments: &[&str]) -> Option<Install> {
    let bare = operands(arguments, &NODE_VALUES).is_empty() && !has(arguments, &["--version", "-v", "--help", "-h"]);
    let arguments = if bare { [&["install"], arguments].concat() } else { arguments.to_vec() };
    let frozen = has(&arguments, &["--frozen-lockfile"]);
    let lock = if frozen { "package.json yarn.lock" } else { "package.json yarn.lock*" };
    let install = node_like(Tool::Yarn, &arguments, &["install"], "yarn.lock", lock)?;
    // Later releases need their own program and settings from the project.
    let modern = has(&arguments, &["--immutable", "--immutable-cache", "--inline-builds", "--check-cache"]);
    Some(if modern { Install { copy: None, ..install } } else { install })
}

pub(super) fn pnpm(arguments: &[&str]) -> Option<Install> {
    let frozen = has(arguments, &["--frozen-lockfile"]);
    let lock = if frozen { "package.json pnpm-lock.yaml" } else { "package.json pnpm-lock.yaml*" };
    node_like(Tool::Pnpm, arguments, &["install", "i", "fetch"], "pnpm-lock.yaml", lock)
}

pub(super) fn node_like(
    tool: Tool,
    arguments: &[&str],
    commands: &[&str],
    lock: &'static str,
    copy: &str,
) -> Option<Install> {
    let [command] = operands(arguments, &NODE_VALUES)[..] else { return None };
    if !commands.contains(&command) || has(arguments, &["-g", "--global"]) {
        return None;
    }
    let install = Install::uncertain(tool, &["package.json", lock]);
    let elsewhere = arguments.iter().any(|argument| NODE_ELSEWHERE.contains(&argument.split('=').next().unwrap_or("")));
    Some(if elsewhere { Install { elsewhere, ..install } } else { install.copying(copy) })
}

/// Only `pip install -r …`: anything else is either a package by its name or the project itself.
pub(super) fn pip(arguments: &[&str]) -> Option<Install> {
    let mut rest = arguments.iter();
    let (mut files, mut constraints): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    if !matches!(rest.find(|argument| !argument.starts_with('-')), Some(&"install")) {
        return None;
    }
    while let Some(argument) = rest.next() {
        match *argument {
            "-r" | "--requirement" | "--requirements" => files.push(rest.next()?),
            "-e" | "--editable" => return None,
            "-i" | "--index-url" | "--extra-index-url" | "--trusted-host" | "--timeout" | "--default-timeout"
            | "--retries" | "--cache-dir" | "--progress-bar" | "--platform" | "--no-binary" | "--only-binary"
            | "--upgrade-strategy" | "-t" | "--target" | "--prefix" | "--root" | "--python" | "--proxy"
            | "--python-version" => {
                rest.next()?;
            }
            "-c" | "--constraint" => constraints.push(rest.next()?),
            // A folder of its own.
            "-f" | "--find-links" => return None,
            flag if flag.starts_with("--requirement=") => files.push(&flag["--requirement=".len()..]),
            flag if flag.starts_with("--constraint=") => constraints.push(&flag["--constraint=".len()..]),
            flag if flag.starts_with("--find-links=") => return None,
            flag if flag.starts_with("-r") => files.push(&flag[2..]),
            flag if flag.starts_with('-') => {}
            _ => return None,
        }
    }
    if files.is_empty() {
        return None;
    }
    files.extend(constraints);
    if files.iter().any(|file| file.contains("://") || *file == "-" || file.starts_with("/dev/")) {
        return None;
    }
    let here = files.iter().all(|file| !file.contains('/'));
    let manifests = files.iter().map(|file| Cow::Owned((*file).to_owned())).collect();
    Some(Install { manifests, copy: here.then(|| files.join(" ")), ..Install::uncertain(Tool::Pip, &[]) })
}

pub(super) fn uv(arguments: &[&str]) -> Option<Install> {
    match arguments {
        ["pip", rest @ ..] => pip(rest).map(|install| Install { tool: Tool::Uv, ..install }),
        ["sync", rest @ ..] if has(rest, &["--no-install-project", "--no-install-workspace"]) => {
            let locked = has(rest, &["--locked", "--frozen"]);
            let lock = if locked { "pyproject.toml uv.lock" } else { "pyproject.toml uv.lock*" };
            Some(Install::uncertain(Tool::Uv, &["pyproject.toml", "uv.lock"]).copying(lock))
        }
        _ => None,
    }
}

/// Without `--no-root` it installs the project itself.
pub(super) fn poetry(arguments: &[&str]) -> Option<Install> {
    let is_install = arguments.iter().find(|argument| !argument.starts_with('-')) == Some(&"install");
    let install = Install::uncertain(Tool::Poetry, &["pyproject.toml", "poetry.lock"]);
    (is_install && has(arguments, &["--no-root"])).then(|| install.copying("pyproject.toml poetry.lock*"))
}

pub(super) fn pipenv(arguments: &[&str]) -> Option<Install> {
    let [command] = operands(arguments, &[])[..] else { return None };
    let install = Install::uncertain(Tool::Pipenv, &["Pipfile", "Pipfile.lock"]);
    ["install", "sync"].contains(&command).then(|| install.copying("Pipfile*"))
}

pub(super) fn conda(arguments: &[&str]) -> Option<Install> {
    let ["env", "create" | "update", ..] = operands(arguments, &["-f", "--file", "-n", "--name", "-p", "--prefix"])[..]
    else {
        return None;
    };
    let file = arguments.iter().skip_while(|argument| !["-f", "--file"].contains(argument)).nth(1)?;
    let copy = (!file.contains('/')).then(|| (*file).to_owned());
    let manifests = vec![Cow::Owned((*file).to_owned())];
    Some(Install { manifests, copy, ..Install::uncertain(Tool::Conda, &[]) })
}

pub(super) fn maven(arguments: &[&str], installed: bool) -> Option<Install> {
    const RESOLVE: [&str; 4] =
        ["dependency:go-offline", "dependency:resolve", "dependency:resolve-plugins", "dependency:copy-dependencies"];
    let goals =
        operands(arguments, &["-f", "--file", "-s", "--settings", "-pl", "--projects", "-P", "-T", "-l", "-gs"]);
    if goals.is_empty() || !goals.iter().all(|goal| RESOLVE.contains(goal) || *goal == "clean") {
        return None;
    }
    let elsewhere = has(arguments, &["-f", "--file", "-s", "--settings", "-pl", "--projects", "-gs"]);
    let install = Install::uncertain(Tool::Maven, &["pom.xml"]);
    Some(if installed && !elsewhere { install.copying("pom.xml") } else { Install { elsewhere, ..install } })
}

pub(super) fn gradle(arguments: &[&str]) -> Option<Install> {
    let tasks = operands(arguments, &["-p", "--project-dir", "-b", "--build-file", "-g"]);
    let elsewhere = has(arguments, &["-p", "--project-dir", "-b", "--build-file"]);
    let install = Install { elsewhere, ..Install::uncertain(Tool::Gradle, &["the build and settings scripts"]) };
    let resolves =
        !tasks.is_empty() && tasks.iter().all(|task| *task == "dependencies" || task.ends_with(":dependencies"));
    resolves.then_some(install)
}

pub(super) fn bundler(arguments: &[&str]) -> Option<Install> {
    let command = arguments.iter().find(|argument| !argument.starts_with('-'));
    let is_install =
        command.is_none_or(|command| *command == "install") && !has(arguments, &["--version", "-v", "--help"]);
    let install = Install::uncertain(Tool::Bundler, &["Gemfile", "Gemfile.lock"]);
    let elsewhere = arguments.iter().any(|argument| argument.starts_with("--gemfile"));
    is_install.then(
        || {
            if elsewhere { Install { elsewhere, ..install } } else { install.copying("Gemfile Gemfile.lock*") }
        },
    )
}

/// The scripts and the class map of a project may need its sources.
pub(super) fn composer(arguments: &[&str]) -> Option<Install> {
    let [command] = operands(arguments, &["-d", "--working-dir"])[..] else { return None };
    let install = Install::uncertain(Tool::Composer, &["composer.json", "composer.lock"]);
    let alone = has(arguments, &["--no-scripts"]) && has(arguments, &["--no-autoloader"]);
    if command != "install" || !has(arguments, &["--no-scripts", "--no-autoloader"]) {
        return None;
    }
    Some(if alone { install.copying("composer.json composer.lock*") } else { install })
}

pub(super) fn dotnet(arguments: &[&str]) -> Option<Install> {
    let ["restore", rest @ ..] = arguments else { return None };
    let project = rest.iter().find(|argument| ["proj", ".sln", ".slnx"].iter().any(|end| argument.ends_with(end)));
    let manifest = project.map_or(Cow::Borrowed("the project files"), |path| Cow::Owned((*path).to_owned()));
    Some(Install { manifests: vec![manifest], ..Install::uncertain(Tool::Dotnet, &[]) })
}
