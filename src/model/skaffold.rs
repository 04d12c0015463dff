//! Skaffold: which images it builds, and so gives a tag before the manifests are applied.

use std::path::Path;

use crate::syntax::yaml::{self, Ref};
use crate::text::Files;

/// The images that the `skaffold.yaml` in `folder` builds, by their names; none where there is no such file.
pub fn images(folder: &Path, files: &dyn Files) -> Vec<String> {
    let bytes = ["skaffold.yaml", "skaffold.yml"].iter().find_map(|name| files.read(&folder.join(name)).ok());
    let Some(text) = bytes.and_then(|bytes| String::from_utf8(bytes).ok()) else { return Vec::new() };
    let stream = yaml::parse(text);
    let mut names = Vec::new();
    for root in stream.roots() {
        let profiles = root.get("profiles").into_iter().flat_map(Ref::items);
        for part in std::iter::once(root).chain(profiles) {
            let artifacts = part.path(&["build", "artifacts"]).into_iter().flat_map(Ref::items);
            names.extend(artifacts.filter_map(|artifact| artifact.get("image")?.as_str().map(str::to_owned)));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::MemoryFiles;

    #[test]
    fn the_images_of_all_modules_and_profiles_are_found() {
        let mut files = MemoryFiles::default();
        files.insert(
            "app/skaffold.yaml",
            "kind: Config\nbuild: {artifacts: [{image: web}, {context: a}]}\nprofiles: [{build: {artifacts: [{image: debug}]}}]\n\
             ---\nkind: Config\nbuild: {artifacts: [{image: db}]}\n",
        );
        assert_eq!(images(Path::new("app"), &files), ["web", "debug", "db"]);
        assert_eq!(images(Path::new("other"), &files), Vec::<String>::new());
    }
}
