//! Whatever happens to files that hang together, what is said of each is what a fresh check of all of them finds.

use std::collections::BTreeMap;

use serde_json::json;

use super::client::{Client, pulling};
use super::typing::{Random, fresh_all, served};

/// The files of a project, and what may stand in each.
const FILES: [(&str, &[&str]); 15] = [
    (
        "app/Dockerfile",
        &[
            "FROM debian:12 AS base\nCOPY package.json src ./\nUSER app\nCMD [\"a\"]\n",
            "FROM debian:12 AS base\nCOPY . .\nRUN npm install\nUSER 1000\nCMD [\"a\"]\n",
            "FROM debian:12 AS other\nCOPY secret.txt .\nHEALTHCHECK CMD true\n",
            "FROM debian:latest AS base\nCOPY --from=assets /a /a\nUSER root\n",
            "FROM",
        ],
    ),
    ("app/.dockerignore", &["node_modules\nsecret.txt\n", "*\n!src\n", ""]),
    ("app/package.json", &["{}"]),
    ("app/secret.txt", &["s"]),
    (
        "compose.yaml",
        &[
            "services:\n  web:\n    image: example/web\n    build: {context: app, target: base}\n  db: {image: 'postgres:latest'}\n",
            "services:\n  web:\n    image: example/web\n    build: {context: app, target: nope}\n    env_file: web.env\n  db: {image: 'postgres:${TAG}'}\n",
            "include: [more.yaml]\nservices:\n  web:\n    extends: {file: common.yaml, service: base}\n    networks: [x]\n",
            "services:\n  web: {image: example/web, build: {context: app, additional_contexts: {assets: ./x}}}\n",
            "services: [\n",
        ],
    ),
    ("common.yaml", &["services:\n  base: {image: 'base:latest', user: '5'}\n", "services:\n  base: {build: app}\n"]),
    (
        "more.yaml",
        &["networks: {x: }\n", "services: {extra: {build: {context: app, target: base}, image: example/web}}\n"],
    ),
    (".env", &["TAG=16\n", "TAG=latest\n"]),
    ("k8s/svc.yaml", &["apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}}\n"]),
    (
        "k8s/pod.yaml",
        &[
            "apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\nspec:\n  securityContext: {runAsNonRoot: true}\n  containers: [{name: a, image: 'example/web:1'}]\n",
            "apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: other}}\nspec:\n  containers: [{name: a, image: 'example/web:latest'}]\n",
        ],
    ),
    (
        "k8s/kustomization.yaml",
        &[
            "resources: [svc.yaml, pod.yaml]\nimages: [{name: example/web, newTag: v3}]\n",
            "patches: [{path: pod.yaml}]\n",
        ],
    ),
    ("docker-bake.hcl", &["target \"web\" {\n  context = \"app\"\n  tags = [\"example/web:1\"]\n}\n"]),
    (".rlint.yaml", &["extends: conf/base.yaml\n", "preset: strict\n", "images: {example/web: app/Dockerfile}\n"]),
    ("k8s/.rlint.yaml", &["ignore: [dangling-service]\n", "extends: ../conf/base.yaml\n"]),
    ("conf/base.yaml", &["preset: strict\nignore: [latest-tag]\n", "severity: {latest-tag: error}\n", "oops\n"]),
];

/// What an editor has to do with a project.
struct Project {
    client: Client,
    random: Random,
    /// What is in the files.
    disk: BTreeMap<&'static str, String>,
    /// What is in the editor, and which version of it.
    open: BTreeMap<&'static str, (String, i32)>,
    /// What was done.
    done: Vec<String>,
}

impl Project {
    fn any_file(&mut self) -> (&'static str, String) {
        let (name, texts) = FILES[self.random.below(FILES.len())];
        (name, texts[self.random.below(texts.len())].to_owned())
    }

    fn any_open(&mut self) -> Option<(&'static str, String)> {
        let names: Vec<&'static str> = self.open.keys().copied().collect();
        let name = *names.get(self.random.below(names.len()))?;
        let texts = FILES.iter().find(|(known, _)| *known == name).unwrap().1;
        Some((name, texts[self.random.below(texts.len())].to_owned()))
    }

    /// Opens a file, with `text` where it is not on the disk.
    fn open(&mut self, name: &'static str, text: String) {
        let text = self.disk.get(name).cloned().unwrap_or(text);
        self.client.open(name, &text);
        self.done.push(format!("open {name} {text:?}"));
        self.open.insert(name, (text, 1));
    }

    /// A file is on the disk as said, and the editor tells of it.
    fn put(&mut self, name: &'static str, text: &str) {
        self.client.write(name, text);
        // Some editors call it a change when a file comes to be.
        let is_new = self.disk.insert(name, text.to_owned()).is_none();
        let kind = if is_new { 1 + self.random.below(2) as u32 } else { 2 };
        self.tell(name, kind);
    }

    fn tell(&mut self, name: &str, kind: u32) {
        let uri = self.client.uri(name);
        self.client.notify("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": uri, "type": kind }] }));
    }

    fn step(&mut self) {
        // What opens, comes or goes has everything looked at again: most of what happens does not.
        let action = self.random.below(20);
        let document = |client: &Client, name: &str| json!({ "textDocument": { "uri": client.uri(name) } });
        match action {
            0 => {
                let (name, text) = self.any_file();
                let is_configuration = name.ends_with(".rlint.yaml") || name == "conf/base.yaml";
                if !self.open.contains_key(name) && !is_configuration {
                    self.open(name, text);
                }
            }
            1..=9 => {
                let Some((name, text)) = self.any_open() else { return };
                let version = self.open[name].1 + 1;
                self.client.replace(name, version, &text);
                self.done.push(format!("edit {name} {text:?}"));
                self.open.insert(name, (text, version));
            }
            10 => {
                let Some((name, _)) = self.any_open() else { return };
                let text = self.open[name].0.clone();
                self.put(name, &text);
                self.client.notify("textDocument/didSave", document(&self.client, name));
                self.done.push(format!("save {name}"));
            }
            11 => {
                let Some((name, _)) = self.any_open() else { return };
                self.open.remove(name);
                self.client.notify("textDocument/didClose", document(&self.client, name));
                self.done.push(format!("close {name}"));
            }
            12 => {
                let (name, _) = self.any_file();
                if self.disk.remove(name).is_some() {
                    std::fs::remove_file(self.client.path(name)).unwrap();
                    self.tell(name, 3);
                    self.done.push(format!("remove {name}"));
                }
            }
            13..=14 => {
                let Some((name, _)) = self.any_open() else { return };
                let mut params = document(&self.client, name);
                params["position"] = json!({ "line": self.random.below(6), "character": self.random.below(30) });
                let methods = ["documentSymbol", "documentLink", "hover", "definition", "diagnostic", "diagnostic"];
                let method = methods[self.random.below(methods.len())];
                self.client.begin(&format!("textDocument/{method}"), params);
                self.done.push(format!("{method} {name}"));
            }
            _ => {
                let (name, text) = self.any_file();
                self.put(name, &text);
                self.done.push(format!("write {name} {text:?}"));
            }
        }
    }

    /// Whether all configurations can be used: one that cannot leaves the one before it in force.
    fn is_well_configured(&self) -> bool {
        let base = self.disk.get("conf/base.yaml").is_some_and(|text| text != "oops\n");
        base || [".rlint.yaml", "k8s/.rlint.yaml"]
            .iter()
            .all(|name| self.disk.get(name).is_none_or(|text| !text.starts_with("extends")))
    }

    /// The project as it is in the editor, for a fresh check.
    fn copy(&self) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let open = self.open.iter().map(|(name, (text, _))| (name, text));
        for (name, text) in self.disk.iter().chain(open) {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    fn compare(&mut self, seed: u64) {
        if !self.is_well_configured() {
            return;
        }
        let looked_at =
            |name: &&str| name.ends_with("Dockerfile") || name.ends_with(".yaml") || name.ends_with(".dockerignore");
        let names: Vec<&str> = self.open.keys().copied().filter(looked_at).collect();
        let mut expected = fresh_all(self.copy().path(), &names);
        for name in names {
            let (text, version) = &self.open[name];
            let items = self.client.pull(name);
            let expected = expected.remove(name).unwrap_or_default();
            assert_eq!(served(text, &items), expected, "{seed}: {name}, version {version}, after {:#?}", self.done);
        }
    }
}

#[test]
fn whatever_happens_to_files_the_diagnostics_are_those_of_a_fresh_check() {
    for seed in 1..=12 {
        let mut random = Random(seed);
        let mut disk = BTreeMap::new();
        for (name, texts) in FILES {
            if random.below(4) > 0 {
                disk.insert(name, texts[random.below(texts.len())].to_owned());
            }
        }
        let files: Vec<(&str, &str)> = disk.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let client = Client::greeted(&files, pulling());
        let done = vec![format!("there are {:?}", disk.keys())];
        let mut project = Project { client, random, disk: disk.clone(), open: BTreeMap::new(), done };
        for (name, texts) in FILES {
            if ["app/Dockerfile", "compose.yaml", "k8s/pod.yaml", "k8s/svc.yaml"].contains(&name) {
                project.open(name, texts[0].to_owned());
            }
        }
        for _ in 0..60 {
            for _ in 0..=project.random.below(2) {
                project.step();
            }
            project.compare(seed);
        }
        assert_eq!(project.client.goodbye(), 0);
    }
}
