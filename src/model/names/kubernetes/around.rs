//! Which manifests belong together.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::model::kustomize::{Kustomization, is_kustomization};
use crate::syntax::kind::{Kind, kind_of};
use crate::syntax::yaml::{self, Stream};
use crate::text::{Files, Source, normalize};

/// Files that are read; what lies beyond is not found.
const FILE_LIMIT: usize = 200;
/// Bytes of them.
const BYTE_LIMIT: usize = 4 << 20;
/// Folders above a file in which a kustomization is looked for that takes it, its own included.
const LEVELS: usize = 4;

/// The manifests that belong to the file at `path`, itself left out: those in its folder, and those that a kustomization
/// of its folder, or one above that takes the file, takes with it.
pub fn around(path: &Path, files: &dyn Files) -> Vec<(Arc<Path>, Stream)> {
    let own = normalize(path);
    let mut found = Vec::new();
    let mut bytes = 0;
    for other in candidates(&own, files) {
        if found.len() == FILE_LIMIT {
            break;
        }
        let Ok(content) = files.read(&other) else { continue };
        bytes += content.len();
        if bytes > BYTE_LIMIT {
            break;
        }
        let source = Source::from_bytes(&other, content);
        if is_kustomization(&other) || kind_of(&other, &source.text) == Some(Kind::Kubernetes) {
            found.push((source.path.clone(), yaml::parse(source.text.clone())));
        }
    }
    found
}

/// The files that may belong to that at `own`, each once.
fn candidates(own: &Path, files: &dyn Files) -> Vec<PathBuf> {
    let folder = own.parent().unwrap_or(Path::new(""));
    let entries = files.list(folder).unwrap_or_default();
    let is_data = |name: &str| [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end));
    let beside = entries.iter().filter(|entry| !entry.is_dir && is_data(&entry.name));
    let mut found: Vec<PathBuf> = beside.map(|entry| folder.join(&entry.name)).collect();
    for above in folder.ancestors().take(LEVELS) {
        let taken = Kustomization::files_taken(above, files);
        if above == folder || taken.iter().any(|path| path == own) {
            found.extend(taken);
        }
    }
    let mut seen = rustc_hash::FxHashSet::default();
    found.retain(|path| path != own && seen.insert(path.clone()));
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::MemoryFiles;

    #[test]
    fn manifests_belong_together_by_folder_and_by_kustomization() {
        let mut files = MemoryFiles::default();
        let object = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
        for path in ["app/base/a.yaml", "app/base/b.yaml", "app/base/c.json", "app/prod/d.yaml", "app/other/e.yaml"] {
            files.insert(path, object);
        }
        files.insert("app/base/values.yaml", "a: b\n");
        files.insert("app/base/kustomization.yaml", "resources: [a.yaml, b.yaml]\n");
        files.insert("app/prod/kustomization.yaml", "resources: [../base, ../base, ../prod]\n");
        files.insert("app/kustomization.yaml", "resources: [prod, missing.yaml, 'https://example.com/a.yaml']\n");
        let found = |path: &str| -> Vec<String> {
            let found = around(Path::new(path), &files);
            found.iter().map(|(path, _)| path.display().to_string()).collect()
        };
        assert_eq!(
            found("app/prod/d.yaml"),
            ["app/prod/kustomization.yaml", "app/base/kustomization.yaml", "app/base/a.yaml", "app/base/b.yaml"]
        );
        let beside = ["app/base/b.yaml", "app/base/c.json", "app/base/kustomization.yaml"];
        let above = ["app/kustomization.yaml", "app/prod/kustomization.yaml"];
        assert_eq!(found("app/base/a.yaml"), [&beside[..], &above[..]].concat());
        assert!(found("app/other/e.yaml").is_empty());
    }
}
