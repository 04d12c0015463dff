//! Which paths a source of COPY names.

use std::path::{Path, PathBuf};

use super::CopyError;
use super::root::{Kind, Root};
use crate::model::context::{Glob, path_in_context};

/// Splits a source: what is looked for; with `--parents`, also the pattern inside of it that is copied, and the path
/// that must be there. The part before `/./` does not become a part of the destination.
pub(super) fn split(source: &str, parents: bool) -> (String, Option<String>, Option<PathBuf>) {
    if !parents {
        return (source.to_owned(), None, None);
    }
    let (root, pattern) = source.split_once("/./").unwrap_or(("/", source));
    let pattern = path_in_context(pattern);
    let literal = !has_wildcards(root) && !has_wildcards(&pattern);
    let required = literal.then(|| PathBuf::from(format!("/{}", path_in_context(&format!("{root}/{pattern}")))));
    (root.to_owned(), Some(pattern), required)
}

/// The paths that a source names, sorted: itself, unless it is a pattern. What lies in a folder that matches is not
/// looked at. A pattern that nothing matches is no fault.
pub(super) fn expand(root: &Root<'_>, source: &str) -> Result<Vec<PathBuf>, CopyError> {
    let clean = path_in_context(source);
    let parts: Vec<&str> = clean.split('/').filter(|part| !part.is_empty()).collect();
    let Some(first) = parts.iter().position(|part| has_wildcards(part)) else {
        return Ok(vec![PathBuf::from(format!("/{clean}"))]);
    };
    let start = PathBuf::from(format!("/{}", parts[..first].join("/")));
    let mut found = vec![root.resolve(&start)?];
    for (index, part) in parts.iter().enumerate().skip(first) {
        let glob = Glob::new(part).map_err(|_| CopyError::Invalid(format!("`{source}` is no pattern")))?;
        let last = index + 1 == parts.len();
        let mut next = Vec::new();
        for folder in found {
            if !is_folder(root, &folder)? {
                continue;
            }
            for name in root.list(&folder)? {
                let path = folder.join(&name);
                if glob.matches(&name.to_string_lossy()) && (last || is_folder(root, &path)?) {
                    next.push(path);
                }
            }
        }
        found = next;
    }
    found.sort();
    Ok(found)
}

fn is_folder(root: &Root<'_>, path: &Path) -> Result<bool, CopyError> {
    Ok(root.stat(path)?.is_some_and(|stat| Kind::of(&stat) == Kind::Folder))
}

/// Whether something in it stands for something else; what is escaped does not.
fn has_wildcards(path: &str) -> bool {
    let mut characters = path.chars();
    while let Some(character) = characters.next() {
        match character {
            '*' | '?' | '[' => return true,
            '\\' => {
                characters.next();
            }
            _ => {}
        }
    }
    false
}
