//! Requirements files of pip, and those that they include.

use super::needs::{Folder, Needs};

/// Files that are read; more are not followed.
const MOST: usize = 32;

/// The files, and all that they include by `-r` and `-c`, unless one of them names what else is installed from the
/// project.
pub(super) fn needs(names: &[&str], folder: &Folder<'_>) -> Needs {
    let mut found: Vec<String> = names.iter().map(|name| clean(name)).collect();
    let mut next = 0;
    while let Some(name) = found.get(next).cloned() {
        next += 1;
        if next > MOST || name.starts_with("../") || name.starts_with('/') {
            return Needs::Unknown;
        }
        let Some(text) = folder.read(&name) else { return Needs::Unknown };
        for line in text.lines().map(str::trim) {
            match read(line) {
                Line::Nothing => {}
                Line::Includes(other) => {
                    let other = beside(&name, other);
                    if !found.contains(&other) {
                        found.push(other);
                    }
                }
                Line::Local => return Needs::Sources,
            }
        }
    }
    Needs::Files(found.iter().map(|name| folder.join(name)).collect())
}

/// What a line of a requirements file needs beside itself.
enum Line<'l> {
    Nothing,
    Includes(&'l str),
    /// Files of the project.
    Local,
}

fn read(line: &str) -> Line<'_> {
    let line = line.split(" #").next().unwrap_or(line).trim();
    let (first, rest) = line.split_once([' ', '=']).unwrap_or((line, ""));
    let rest = rest.trim();
    let remote = |text: &str| text.contains("://") && !text.contains("file:");
    match first {
        _ if line.is_empty() || line.starts_with('#') => Line::Nothing,
        "-r" | "--requirement" | "-c" | "--constraint" if !rest.contains("://") => Line::Includes(rest),
        "-e" | "--editable" | "-f" | "--find-links" if !remote(rest) => Line::Local,
        _ if first.starts_with("-r") || first.starts_with("-c") => Line::Includes(&first[2..]),
        _ if first.starts_with('-') => Line::Nothing,
        _ if line.contains("file:") => Line::Local,
        _ if first.starts_with(['.', '/']) => Line::Local,
        // `name @ https://…`, or a wheel that lies in the project.
        _ if remote(line) || line.contains('@') => Line::Nothing,
        _ if first.contains('/') || [".whl", ".zip", ".gz"].iter().any(|end| first.ends_with(end)) => Line::Local,
        _ => Line::Nothing,
    }
}

/// The path `other`, which the file at `name` names.
fn beside(name: &str, other: &str) -> String {
    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
    clean(&if folder.is_empty() { other.to_owned() } else { format!("{folder}/{other}") })
}

/// Without `.` and, where they can be followed, `..`.
fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            "" if !parts.is_empty() => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            other => parts.push(other),
        }
    }
    parts.join("/")
}
