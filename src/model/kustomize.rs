//! Kustomizations: which files they take whole, which they lay over others, and what they change on the way.

use std::path::{Path, PathBuf};

use crate::syntax::yaml::{self, Ref};
use crate::text::{Files, normalize};

/// The names Kustomize looks for, in its order.
const NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// What a kustomization says, as far as it matters to the files around it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kustomization {
    /// `resources`, `bases` and `components` as written: files, folders and addresses.
    pub resources: Vec<String>,
    /// The files that it lays over others.
    pub patches: Vec<PathBuf>,
    /// The images that it gives another name, tag or digest.
    pub images: Vec<String>,
    /// It makes objects that are written nowhere: generators, charts, functions. Also when it cannot be read.
    pub generates: bool,
}

/// Lists of paths.
const PATH_LISTS: [&str; 9] = [
    "resources",
    "bases",
    "components",
    "crds",
    "configurations",
    "generators",
    "transformers",
    "validators",
    "patchesStrategicMerge",
];
/// Lists of mappings with the path of a file, and the key of that.
const WITH_PATHS: [(&str, &str); 4] =
    [("patches", "path"), ("patchesJson6902", "path"), ("replacements", "path"), ("helmCharts", "valuesFile")];
/// Lists of mappings that each make an object of a kind out of files.
const GENERATORS: [(&str, &str); 2] = [("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")];

/// Folders within folders that a kustomization takes.
const DEPTH_LIMIT: usize = 8;
/// Files that are taken, all folders together.
const FILE_LIMIT: usize = 400;

/// Fields that make objects, or change them beyond recognition.
const GENERATING: [&str; 4] = ["generators", "transformers", "helmCharts", "helmChartInflationGenerator"];

impl Kustomization {
    /// The kustomization in `folder`, if there is one.
    pub fn read(folder: &Path, files: &dyn Files) -> Option<Kustomization> {
        let bytes = NAMES.iter().find_map(|name| files.read(&folder.join(name)).ok())?;
        Some(match String::from_utf8(bytes) {
            Ok(text) => Kustomization::parse(folder, text),
            Err(_) => Kustomization { generates: true, ..Kustomization::default() },
        })
    }

    /// What `text` says; its paths are taken from `folder`.
    pub fn parse(folder: &Path, text: String) -> Kustomization {
        let stream = yaml::parse(text);
        let Some(root) = stream.roots().next() else { return Kustomization::default() };
        let mut result = Kustomization {
            generates: !stream.errors.is_empty()
                || stream.templated
                || GENERATING.iter().any(|key| root.get(key).is_some_and(|list| list.items().len() > 0)),
            ..Kustomization::default()
        };
        for key in ["resources", "bases", "components"] {
            result.resources.extend(strings(root, key).map(str::to_owned));
        }
        for image in list(root, "images") {
            let changed = ["newTag", "newName", "digest"].iter().any(|key| image.has_key(key));
            result.images.extend(image.get("name").and_then(Ref::as_str).filter(|_| changed).map(str::to_owned));
        }
        let by_path = ["patches", "patchesJson6902"].into_iter().flat_map(|key| list(root, key));
        let by_path = by_path.filter_map(|patch| patch.get("path").and_then(Ref::as_str));
        // An item may also be the patch itself; that is no path to anything.
        let direct = strings(root, "patchesStrategicMerge").filter(|item| !item.contains('\n'));
        result.patches = by_path.chain(direct).map(|path| normalize(&folder.join(path))).collect();
        result
    }

    /// The files that the kustomization in `folder` takes whole, its own first, and those of the folders that it takes; none
    /// where there is no kustomization.
    pub fn files_taken(folder: &Path, files: &dyn Files) -> Vec<PathBuf> {
        let mut found = Vec::new();
        collect(&normalize(folder), files, DEPTH_LIMIT, &mut found);
        found
    }

    /// Whether everything that comes out of it is written in files that it names, none in folders or elsewhere.
    pub fn takes_only_files(&self) -> bool {
        let is_file = |name: &String| {
            let path = Path::new(name);
            let extension = path.extension().and_then(|extension| extension.to_str());
            !name.contains("://") && matches!(extension, Some("yaml" | "yml" | "json"))
        };
        !self.generates && self.resources.iter().all(is_file)
    }

    /// Whether it gives the image `name` another name, tag or digest.
    pub fn sets_image(&self, name: &str) -> bool {
        self.images.iter().any(|image| image == name)
    }
}

/// Whether `path` is a kustomization by its name.
pub fn is_kustomization(path: &Path) -> bool {
    path.file_name().is_some_and(|name| NAMES.iter().any(|known| name == *known))
}

/// The kustomization in a folder.
pub fn file_in(folder: &Path, files: &dyn Files) -> Option<PathBuf> {
    NAMES.iter().map(|name| folder.join(name)).find(|path| files.exists(path))
}

/// What a kustomization names files and folders by: where, and the path as it is written.
pub fn paths_in(root: Ref<'_>) -> Vec<(Ref<'_>, &str)> {
    let direct = PATH_LISTS.into_iter().flat_map(|key| list(root, key));
    let by_key = WITH_PATHS.into_iter().flat_map(|(key, path)| list(root, key).filter_map(move |item| item.get(path)));
    let generators = || GENERATORS.into_iter().flat_map(|(key, _)| list(root, key));
    let given = generators().flat_map(|item| ["files", "envs"].into_iter().flat_map(move |key| list(item, key)));
    let single = generators().filter_map(|item| item.get("env")).chain(root.path(&["openapi", "path"]));
    let all = direct.chain(by_key).chain(given).chain(single);
    // An item may also be the patch itself, and a file may get another name: `name=path`.
    let written = all.filter_map(|node| Some((node, node.as_str()?)));
    let plain = written.filter(|(_, text)| !text.contains(['\n', '{']) && !text.contains("://"));
    plain.map(|(node, text)| (node, text.split_once('=').map_or(text, |(_, path)| path))).collect()
}

/// The objects that a kustomization makes out of files: kind and name.
pub fn generated(root: Ref<'_>) -> impl Iterator<Item = (&'static str, Ref<'_>)> {
    let all = GENERATORS.into_iter().flat_map(move |(key, kind)| list(root, key).map(move |item| (kind, item)));
    all.filter_map(|(kind, item)| Some((kind, item.get("name")?)))
}

fn collect(folder: &Path, files: &dyn Files, depth: usize, found: &mut Vec<PathBuf>) {
    let Some(own) = file_in(folder, files).filter(|own| depth > 0 && !found.contains(own)) else { return };
    let Some(kustomization) = Kustomization::read(folder, files) else { return };
    found.push(own);
    for name in kustomization.resources.iter().filter(|name| !name.contains("://")) {
        let path = normalize(&folder.join(name));
        if found.len() >= FILE_LIMIT {
            return;
        }
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("yaml" | "yml" | "json") => found.push(path),
            _ => collect(&path, files, depth - 1, found),
        }
    }
}

fn list<'a>(root: Ref<'a>, key: &str) -> impl Iterator<Item = Ref<'a>> + use<'a> {
    root.get(key).into_iter().flat_map(|list| list.items())
}

fn strings<'a>(root: Ref<'a>, key: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    list(root, key).filter_map(Ref::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::MemoryFiles;

    #[test]
    fn it_says_what_it_takes_and_what_it_lays_over() {
        let mut files = MemoryFiles::default();
        files.insert(
            "overlays/prod/kustomization.yml",
            "resources: [../../base, ingress.yaml]\nimages: [{name: web, newTag: v2}, {name: db}]\npatches:\n- path: limits.yaml\n- patch: |\n    - op: add\n\
             patchesStrategicMerge: [../common/env.yaml, \"a:\\n  b\"]\npatchesJson6902: [{path: ports.yaml}]\n",
        );
        let found = Kustomization::read(Path::new("overlays/prod"), &files).expect("it is there");
        assert_eq!(found.resources, ["../../base", "ingress.yaml"]);
        let patches = ["overlays/prod/limits.yaml", "overlays/prod/ports.yaml", "overlays/common/env.yaml"];
        assert_eq!(found.patches, patches.map(PathBuf::from));
        assert!(found.sets_image("web") && !found.sets_image("db"));
        assert!(!found.takes_only_files());
        assert_eq!(Kustomization::read(Path::new("base"), &files), None);
    }

    #[test]
    fn its_paths_and_what_it_makes_are_found_where_they_are_written() {
        let text = "resources: [../base, 'https://example.com/a']\npatches: [{path: p.yaml}, {patch: 'a: {}'}]\n\
                    patchesStrategicMerge: [s.yaml, \"a:\\n  b\"]\nconfigMapGenerator: [{name: web, files: [a.txt, b=c.txt], env: .env}]\n\
                    secretGenerator: [{name: keys, envs: [s.env]}]\nopenapi: {path: schema.json}\n";
        let stream = yaml::parse(text.to_owned());
        let root = stream.roots().next().expect("a document");
        let paths: Vec<&str> = paths_in(root).into_iter().map(|(_, path)| path).collect();
        assert_eq!(paths, ["../base", "s.yaml", "p.yaml", "a.txt", "c.txt", "s.env", ".env", "schema.json"]);
        let made: Vec<_> = generated(root).filter_map(|(kind, name)| Some((kind, name.as_str()?))).collect();
        assert_eq!(made, [("ConfigMap", "web"), ("Secret", "keys")]);
    }

    #[test]
    fn what_makes_objects_is_not_only_files() {
        for (text, expected) in [
            ("resources: [a.yaml, b.yml]", true),
            ("", true),
            ("resources: [a]", false),
            ("resources: ['https://example.com/a.yaml']", false),
            ("helmCharts: [{name: a}]", false),
            ("helmCharts: []", true),
            ("generators: [a.yaml]", false),
            ("resources: [a.yaml", false),
        ] {
            assert_eq!(Kustomization::parse(Path::new(""), text.to_owned()).takes_only_files(), expected, "{text}");
        }
    }
}
