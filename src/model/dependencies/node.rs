//! What `package.json` says beside the names of packages.

use serde_json::Value;

use super::needs::{Folder, Needs, line_with};
use super::{Install, Tool};

/// What runs on an install, and may need anything.
const SCRIPTS: [&str; 5] = ["preinstall", "install", "postinstall", "prepublish", "prepare"];

/// What begins scripts that need no sources: they look at the package manager, or set up Git.
const HARMLESS: [&str; 3] = ["npx only-allow ", "npx -y only-allow ", "husky"];

/// Why the install needs more than the manifests in its folder; `None` when it does not.
pub(super) fn reach(install: &Install, manifest: &str, folder: &Folder<'_>) -> Option<Needs> {
    let more = |reason: &str| Some(Needs::More(reason.to_owned()));
    let Ok(package) = serde_json::from_str::<Value>(manifest) else {
        return more("`package.json` cannot be read");
    };
    let script = |name: &&str| {
        let text = package.get("scripts").and_then(|scripts| scripts.get(*name)).and_then(Value::as_str);
        text.is_some_and(|text| !HARMLESS.iter().any(|start| text.starts_with(start)))
    };
    if !install.has_flag(&["--ignore-scripts"]) && (SCRIPTS.iter().any(script) || folder.has("binding.gyp")) {
        return Some(Needs::Sources);
    }
    if package.get("workspaces").is_some() {
        return more("`package.json` has workspaces, whose manifests are needed as well");
    }
    let parts = ["dependencies", "devDependencies", "optionalDependencies", "overrides", "resolutions", "pnpm"];
    if let Some(local) = parts.iter().filter_map(|part| package.get(*part)).find_map(local) {
        return more(&format!("`package.json` takes a package from `{local}`"));
    }
    if package.get("patchedDependencies").is_some() || package.pointer("/pnpm/patchedDependencies").is_some() {
        return more("`package.json` patches packages");
    }
    settings(install.tool, folder).map(Needs::More)
}

/// A text that names a file or folder of the project, anywhere in `value`.
fn local(value: &Value) -> Option<&str> {
    const STARTS: [&str; 9] = ["file:", "link:", "portal:", "patch:", "workspace:", "./", "../", "/", "~/"];
    match value {
        Value::String(text) => STARTS.iter().any(|start| text.starts_with(start)).then_some(text.as_str()),
        Value::Object(fields) => fields.values().find_map(local),
        Value::Array(items) => items.iter().find_map(local),
        _ => None,
    }
}

/// What the files with the settings of the package manager name.
fn settings(tool: Tool, folder: &Folder<'_>) -> Option<String> {
    let (name, parts): (&str, &[&str]) = match tool {
        Tool::Yarn => (".yarnrc.yml", &["yarnPath:", "plugins:", "constraintsPath:"]),
        Tool::Pnpm => ("pnpm-workspace.yaml", &["packages:", "patchedDependencies:"]),
        _ => return None,
    };
    let line = |name: &str, parts: &[&str]| {
        let line = line_with(&folder.read(name)?, parts)?;
        Some(format!("`{name}` says `{line}`"))
    };
    let older = || line(".yarnrc", &["yarn-path", "yarn-offline-mirror"]).filter(|_| tool == Tool::Yarn);
    let cache = || {
        let kept = tool == Tool::Yarn && folder.has(".yarn/cache");
        kept.then(|| "the packages are kept in `.yarn/cache`".to_owned())
    };
    line(name, parts).or_else(older).or_else(cache)
}
