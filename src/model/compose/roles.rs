//! Which files make a project, and what one of them is in it.

use std::path::{Path, PathBuf};

use super::template::Environment;
use super::{DEFAULT_NAMES, DEFAULT_OVERRIDES, Project};
use crate::model::role::Role;
use crate::text::Files;

/// How far up a script may lie that puts compose files together.
const FOLDERS_UP: usize = 4;
/// Scripts larger than this are not searched.
const LONGEST_SCRIPT: usize = 256 * 1024;
/// Files of one folder that are searched.
const MOST_SCRIPTS: usize = 40;

/// The files that compose loads together with the one at `path`, in their order: those of `COMPOSE_FILE`, or the
/// default file and its override, or what the override in hand is named after. `path` is among them.
pub(super) fn files_of_project(path: &Path, environment: &Environment, files: &dyn Files) -> Vec<PathBuf> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let name = file_name(path);
    if let Some(list) = environment.get("COMPOSE_FILE").filter(|list| !list.is_empty()) {
        let separator = environment.get("COMPOSE_PATH_SEPARATOR").filter(|text| !text.is_empty()).unwrap_or(":");
        let listed: Vec<PathBuf> = list.split(separator).map(|entry| super::load::join(folder, entry)).collect();
        if listed.iter().any(|entry| entry == path) {
            return listed;
        }
    }
    let first = |names: &[&str]| names.iter().map(|name| folder.join(name)).find(|candidate| files.exists(candidate));
    if DEFAULT_NAMES.contains(&name) {
        return [Some(path.to_owned()), first(&DEFAULT_OVERRIDES)].into_iter().flatten().collect();
    }
    if DEFAULT_OVERRIDES.contains(&name) {
        return [first(&DEFAULT_NAMES), Some(path.to_owned())].into_iter().flatten().collect();
    }
    let base = overridden(name).and_then(|stem| first(&[&format!("{stem}.yml"), &format!("{stem}.yaml")]));
    [base, Some(path.to_owned())].into_iter().flatten().collect()
}

/// What the file at `path` is. One that stands by itself is complete, whatever it is called.
pub(super) fn role(project: &Project, path: &Path, files: &dyn Files) -> Role {
    let name = file_name(path);
    if DEFAULT_OVERRIDES.contains(&name) || overridden(name).is_some() {
        return Role::Override;
    }
    let lacks_service = project.services().any(|service| service.is_runnable() == Some(false));
    // What is undefined is not known of a file that cannot be read whole.
    let lacks_nothing = project.complete && project.undefined().is_empty();
    if !lacks_service && lacks_nothing {
        return Role::Complete;
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    if let Some(role) = named_by_another(folder, name, files) {
        return role;
    }
    if DEFAULT_NAMES.contains(&name) {
        return Role::Complete;
    }
    // Beside a default file, or with a name like `compose.dev.yaml`, one that cannot stand alone is laid over
    // another; and nothing runs a service without image.
    let beside = DEFAULT_NAMES.iter().any(|name| files.exists(&folder.join(name)));
    if beside || lacks_service || is_variant(name) { Role::Override } else { Role::Complete }
}

/// Whether the name is that of a default file with something added: `compose.dev.yaml`, `docker-compose-test.yml`.
fn is_variant(name: &str) -> bool {
    let rest = name.strip_prefix("docker-").or_else(|| name.strip_prefix("podman-")).unwrap_or(name);
    let added = rest.strip_prefix("compose").and_then(|rest| rest.strip_suffix(".yml").or(rest.strip_suffix(".yaml")));
    added.is_some_and(|added| added.starts_with(['.', '-', '_']))
}

/// `app` of `app.override.yml`.
fn overridden(name: &str) -> Option<&str> {
    let stem = name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml"))?;
    stem.strip_suffix(".override")
}

/// What another file makes of the one called `name` in `folder`: scripts that hand it to compose together with
/// others, compose files that extend or include it.
fn named_by_another(folder: &Path, name: &str, files: &dyn Files) -> Option<Role> {
    let mut above = Some(folder);
    for _ in 0..FOLDERS_UP {
        let here = above?;
        let entries = files.list(if here.as_os_str().is_empty() { Path::new(".") } else { here }).unwrap_or_default();
        let scripts = entries.iter().filter(|entry| !entry.is_dir && names_compose_files(&entry.name));
        for script in scripts.take(MOST_SCRIPTS) {
            if here == folder && script.name == name {
                continue;
            }
            let Ok(bytes) = files.read(&here.join(&script.name)) else { continue };
            if bytes.len() > LONGEST_SCRIPT {
                continue;
            }
            if let Some(role) = role_by(&String::from_utf8_lossy(&bytes), name, is_yaml(&script.name)) {
                return Some(role);
            }
        }
        if entries.iter().any(|entry| entry.name == ".git") {
            return None;
        }
        above = here.parent();
    }
    None
}

/// What a text that names the file `name` makes of it.
fn role_by(text: &str, name: &str, yaml: bool) -> Option<Role> {
    let lines: Vec<&str> = text.lines().filter(|line| names_file(line, name)).collect();
    if lines.is_empty() {
        return None;
    }
    if yaml {
        if lines.iter().any(|line| line.contains("file:") && !line.contains("env_file:")) {
            return Some(Role::ExtendsBase);
        }
        if text.lines().any(|line| line.starts_with("include:")) {
            return Some(Role::Include);
        }
    }
    let joined = |line: &str| {
        line.split_whitespace().filter(|word| matches!(*word, "-f" | "--file")).count() > 1
            || line.contains("COMPOSE_FILE")
    };
    // Long commands are spread over lines, or put together from variables.
    let spread =
        lines.iter().any(|line| line.contains("-f ") || line.contains("--file ")) && text.matches("-f ").count() > 1;
    (lines.iter().any(|line| joined(line)) || spread).then_some(Role::Override)
}

/// Whether `line` has `name` as a whole word of a path.
fn names_file(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + name.len()..].chars().next();
        let inside = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'));
        !inside(before) && !inside(after)
    })
}

/// Whether files of that name are where compose files are put together.
fn names_compose_files(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let known =
        ["makefile", "gnumakefile", "justfile", ".justfile", "package.json", ".env", "taskfile.yml", "taskfile.yaml"];
    known.contains(&lower.as_str())
        || [".sh", ".bash", ".mk", ".ps1", ".bat", ".cmd", ".py", ".md", ".toml"].iter().any(|end| lower.ends_with(end))
        || (is_yaml(&lower)
            && (lower.contains("compose") || lower.starts_with(".gitlab-ci") || lower.contains("common")))
}

fn is_yaml(name: &str) -> bool {
    name.ends_with(".yml") || name.ends_with(".yaml")
}

fn file_name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or("")
}
