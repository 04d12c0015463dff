//! What is open, and what holds for it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lsp_types::{ClientCapabilities, InitializeParams, Uri};
use serde_json::Value;

use super::check::Checked;
use super::client::Client;
use super::dependencies::Dependencies;
use super::documents::Documents;
use super::files::Disk;
use super::root::Root;
use super::settings::Settings;
use super::snapshot::{At, Snapshot};
use super::uri;
use crate::config::discover::is_configuration_name;

/// What is open, and what holds for it. Only the loop changes it.
pub(super) struct State {
    /// What the client can do.
    pub(super) client: Arc<Client>,
    /// What holds where no folder has settings of its own.
    pub(super) settings: Arc<Settings>,
    /// What the client set when it greeted.
    pub(super) greeted: Arc<Settings>,
    /// What the user was told to be wrong with the settings.
    pub(super) complaints: BTreeSet<String>,
    /// The settings of folders, as the client last gave them.
    pub(super) scoped: BTreeMap<PathBuf, Arc<Settings>>,
    /// What is open.
    pub(super) documents: Arc<Documents>,
    /// What was found last in each document.
    pub(super) checked: Arc<BTreeMap<PathBuf, Arc<Checked>>>,
    /// The files below.
    pub(super) disk: Disk,
    /// What was asked of files, and is known since.
    pub(super) dependencies: Arc<Dependencies>,
    /// The number of changes so far.
    pub(super) epoch: u64,
    roots: Arc<Vec<Arc<Root>>>,
    /// What has changed and the roots do not know yet.
    pending: Vec<PathBuf>,
}

impl State {
    /// Nothing is open, and nobody has greeted.
    pub(super) fn new(disk: Disk) -> State {
        let nobody = InitializeParams { capabilities: ClientCapabilities::default(), ..InitializeParams::default() };
        State {
            client: Arc::new(Client::new(&nobody, &Value::Null)),
            settings: Arc::default(),
            greeted: Arc::default(),
            complaints: BTreeSet::new(),
            scoped: BTreeMap::new(),
            documents: Arc::default(),
            checked: Arc::default(),
            disk,
            dependencies: Arc::default(),
            epoch: 0,
            roots: Arc::default(),
            pending: Vec::new(),
        }
    }

    /// Takes what the client says of itself; what is wrong with its settings.
    pub(super) fn greet(&mut self, client: Client, params: &InitializeParams) -> Vec<String> {
        self.client = Arc::new(client);
        let (settings, mut problems) = Settings::read(params.initialization_options.as_ref().unwrap_or(&Value::Null));
        self.settings = Arc::new(settings);
        self.greeted = self.settings.clone();
        #[expect(deprecated, reason = "old clients say it only this way")]
        let single = params.root_uri.clone();
        let named = params.workspace_folders.iter().flatten().map(|folder| folder.uri.clone());
        let mut folders: Vec<PathBuf> = named.filter_map(|uri| uri::path_of(&uri)).collect();
        if folders.is_empty() {
            folders.extend(single.as_ref().and_then(uri::path_of));
        }
        for folder in folders {
            problems.extend(self.add_folder(&folder, true));
        }
        problems
    }

    /// Adds a folder; what is wrong with its settings.
    pub(super) fn add_folder(&mut self, folder: &Path, is_named: bool) -> Vec<String> {
        if self.roots.iter().any(|root| root.folder == folder && (root.is_named || !is_named)) {
            return Vec::new();
        }
        let settings = self.scoped.get(folder).unwrap_or(&self.settings).clone();
        let (root, problems) = Root::new(folder, settings, is_named);
        let roots = Arc::make_mut(&mut self.roots);
        // What was made up for a file that lies in it has had its day.
        roots.retain(|other| {
            other.folder != folder && (other.is_named || !is_named || !other.folder.starts_with(folder))
        });
        roots.push(Arc::new(root));
        // The innermost first.
        roots.sort_by_key(|root| std::cmp::Reverse(root.folder.components().count()));
        self.epoch += 1;
        problems
    }

    /// Takes a folder out.
    pub(super) fn remove_folder(&mut self, folder: &Path) {
        Arc::make_mut(&mut self.roots).retain(|root| root.folder != folder);
        self.epoch += 1;
        let open: Vec<PathBuf> = self.documents.iter().map(|(path, _)| path.clone()).collect();
        for path in open {
            self.ensure_root(&path);
        }
    }

    /// Makes sure that there is a root for a file: where the client named none, its repository, else its folder.
    pub(super) fn ensure_root(&mut self, path: &Path) {
        if self.roots.iter().any(|root| path.starts_with(&root.folder)) {
            return;
        }
        let folder = path.parent().unwrap_or(path);
        let repository = folder.ancestors().find(|above| self.disk.exists(&above.join(".git")));
        // What is wrong with the settings was said when they came.
        let _ = self.add_folder(repository.unwrap_or(folder), false);
    }

    /// The settings that hold for a file.
    pub(super) fn settings_of(&self, path: &Path) -> &Settings {
        self.roots.iter().find(|root| path.starts_with(&root.folder)).map_or(&self.settings, |root| &root.settings)
    }

    /// Whether the file at `path` is a configuration, or a part of one that is in force.
    pub(super) fn is_configuration(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        is_configuration_name(&name) || self.roots.iter().any(|root| root.is_configured_by(path))
    }

    /// The path that a document is known by: that of its file, else one that no file has.
    pub(super) fn path_of(&self, uri: &Uri) -> Option<PathBuf> {
        uri::path_of(uri).or_else(|| {
            let name = uri::untitled_name(uri)?;
            // Folders may have come or gone since it was opened.
            let open = self.documents.iter().find(|(_, document)| document.uri == *uri);
            let first = || self.roots.iter().find(|root| root.is_named).map(|root| root.folder.clone());
            let new = || first().unwrap_or_else(|| PathBuf::from("/")).join("untitled:").join(name);
            Some(open.map_or_else(new, |(path, _)| path.clone()))
        })
    }

    /// The folders that the client named.
    pub(super) fn named_folders(&self) -> Vec<Uri> {
        self.roots.iter().filter(|root| root.is_named).filter_map(|root| uri::of_path(&root.folder)).collect()
    }

    /// Notes that the content of a file has changed.
    pub(super) fn note_change(&mut self, path: &Path) {
        self.epoch += 1;
        if !self.pending.iter().any(|known| known == path) {
            self.pending.push(path.to_path_buf());
        }
    }

    /// Notes that files came or went.
    pub(super) fn note_structure(&mut self) {
        self.epoch += 1;
        self.pending.clear();
        self.dependencies = Arc::default();
        self.roots = Arc::new(self.roots.iter().map(|root| Arc::new(root.anew())).collect());
    }

    /// Reads settings and configurations anew; what is wrong with the settings.
    pub(super) fn configure(&mut self) -> Vec<String> {
        self.epoch += 1;
        self.pending.clear();
        self.dependencies = Arc::default();
        let mut problems = Vec::new();
        let mut roots = Vec::new();
        for root in self.roots.iter() {
            let settings = self.scoped.get(&root.folder).unwrap_or(&self.settings).clone();
            let (root, wrong) = root.configured(settings);
            problems.extend(wrong);
            roots.push(Arc::new(root));
        }
        self.roots = Arc::new(roots);
        problems.dedup();
        problems
    }

    /// Everything as it is now.
    pub(super) fn snapshot(&mut self) -> Snapshot {
        if !self.pending.is_empty() {
            let roots = self.roots.iter().map(|root| Arc::new(root.after_change(&self.pending)));
            self.roots = Arc::new(roots.collect());
            self.pending.clear();
        }
        Snapshot {
            client: self.client.clone(),
            documents: self.documents.clone(),
            roots: self.roots.clone(),
            checked: self.checked.clone(),
            disk: self.disk.clone(),
            dependencies: self.dependencies.clone(),
            epoch: self.epoch,
        }
    }

    /// A document as it is now.
    pub(super) fn at(&mut self, uri: &Uri) -> Option<At> {
        let path = self.path_of(uri)?;
        self.snapshot().at(&path)
    }
}
