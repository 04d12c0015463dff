//! Project and solution files of .NET, and what a restore reads beside them.

use super::needs::{Folder, Needs};
use crate::model::context::path_in_context;

/// Projects that are read; more are not followed.
const MOST: usize = 64;

/// What is read in the folder of a project and in those above it.
const ABOVE: [&str; 7] = [
    "Directory.Build.props",
    "Directory.Build.targets",
    "Directory.Packages.props",
    "NuGet.config",
    "nuget.config",
    "NuGet.Config",
    "global.json",
];

/// The files that `dotnet restore` needs for the project or solution `named`, or the only one of the folder.
pub(super) fn needs(named: Option<&str>, folder: &Folder<'_>) -> Needs {
    let named = named.filter(|name| !name.contains(' ')).map(str::to_owned).or_else(|| only(folder));
    let Some(named) = named else { return Needs::Unknown };
    if named.starts_with('/') || named.starts_with("..") {
        return Needs::Unknown;
    }
    let mut found = vec![path_in_context(&named)];
    let mut next = 0;
    while let Some(path) = found.get(next).cloned() {
        next += 1;
        let Some(text) = folder.read(&path).filter(|_| next <= MOST) else { return Needs::Unknown };
        let reason = |what: &str| Needs::More(format!("`{path}` {what}"));
        let projects = if path.ends_with(".sln") {
            solution(&text)
        } else if path.ends_with(".slnx") {
            values(&text, "<Project ", "Path")
        } else {
            if text.contains("<Import ") {
                return reason("imports other files");
            }
            values(&text, "<ProjectReference ", "Include")
        };
        for project in projects {
            if project.contains(['*', '$', ';', '%']) {
                return reason("names projects by a pattern");
            }
            let own = path.rsplit_once('/').map_or("", |(own, _)| own);
            let Some(other) = beside(own, &project.replace('\\', "/")) else {
                return reason("names a project outside of it");
            };
            if !found.contains(&other) {
                found.push(other);
            }
        }
    }
    for name in settings(&found, folder) {
        if name.ends_with("props") || name.ends_with("targets") {
            let imports = folder.read(&name).is_none_or(|text| text.contains("<Import "));
            if imports {
                return Needs::More(format!("`{name}` imports other files"));
            }
        }
        found.push(name);
    }
    Needs::Files(found.iter().map(|name| folder.join(name)).collect())
}

/// The solution of the folder, else its project, where there is only one.
fn only(folder: &Folder<'_>) -> Option<String> {
    let entries = folder.files.list(&folder.context.root.join(folder.path)).ok()?;
    let ends = |ends: &[&str]| -> Vec<&String> {
        let names = entries.iter().filter(|entry| !entry.is_dir).map(|entry| &entry.name);
        names.filter(|name| ends.iter().any(|end| name.ends_with(end))).collect()
    };
    match &ends(&[".sln", ".slnx", ".csproj", ".fsproj", ".vbproj", ".proj"])[..] {
        [only] => Some((*only).clone()),
        _ => None,
    }
}

/// The files beside and above the projects, and the lock files beside them, that are there.
fn settings(projects: &[String], folder: &Folder<'_>) -> Vec<String> {
    let mut names = Vec::new();
    let mut add = |own: &str, name: &str| {
        let path = if own.is_empty() { name.to_owned() } else { format!("{own}/{name}") };
        if !names.contains(&path) && !projects.contains(&path) && folder.has(&path) {
            names.push(path);
        }
    };
    for project in projects {
        let mut own = project.rsplit_once('/').map_or("", |(own, _)| own);
        add(own, "packages.lock.json");
        loop {
            ABOVE.iter().for_each(|name| add(own, name));
            if own.is_empty() {
                break;
            }
            own = own.rsplit_once('/').map_or("", |(above, _)| above);
        }
    }
    names
}

/// The projects of a solution: `Project("{…}") = "Name", "path\to.csproj", "{…}"`.
fn solution(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| line.trim_start().starts_with("Project("));
    let paths = lines.filter_map(|line| line.split('"').nth(5));
    paths.filter(|path| path.ends_with("proj")).map(str::to_owned).collect()
}

/// The values of an attribute of the elements that start so.
fn values(text: &str, element: &str, attribute: &str) -> Vec<String> {
    let elements = text.split(element).skip(1).map(|rest| rest.split('>').next().unwrap_or(rest));
    let value = |element: &str| {
        let rest = element.split(&format!("{attribute}=\"")).nth(1)?;
        Some(rest.split('"').next()?.to_owned())
    };
    elements.filter_map(value).collect()
}

/// `path` as seen from `folder`; `None` when it leaves the top.
fn beside(folder: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            other => parts.push(other),
        }
    }
    Some(parts.join("/"))
}
