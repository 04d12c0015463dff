//! Builds that start from nothing, in a store and with a context of their own.

use std::fs;
use std::io::BufReader;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use rlint::build::exec::request::{LayerName, Network, Request, Response};
use rlint::build::exec::{Worker, WorkerOptions, probe};
use rlint::build::image::Store;
use rlint::build::steps::{BuildOptions, Builder, BuiltImage, Outcome, WorkerExecutor};
use rlint::build::tree::{TarEntry, TarKind, TarLimits, TarReader};
use rlint::model::dockerfile::Dockerfile;
use rlint::syntax::dockerfile::parse;

const PROGRAM: &str = env!("CARGO_BIN_EXE_rlint");

pub(super) struct Bench {
    folder: tempfile::TempDir,
    builder: Builder,
    pub(super) options: BuildOptions,
}

impl Bench {
    /// `None` where nothing can be built, which is said.
    pub(super) fn start(test: &str) -> Option<Bench> {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("context")).expect("a folder");
        match builder(&folder.path().join("store")) {
            Some(builder) => Some(Bench { folder, builder, options: BuildOptions::default() }),
            None => {
                println!("{test}: skipped: this machine does not allow to build");
                assert!(std::env::var_os("CI").is_none(), "this machine does not allow to build");
                None
            }
        }
    }

    pub(super) fn context(&self) -> PathBuf {
        self.folder.path().join("context")
    }

    /// As another run of rlint: with the same store, and nothing else.
    pub(super) fn start_anew(&mut self) {
        self.builder = builder(&self.folder.path().join("store")).expect("as before");
    }

    pub(super) fn allow_network(&mut self) {
        self.options.network = Network::Host;
    }

    pub(super) fn outcome(&mut self, text: &str) -> Outcome {
        let context = self.builder.snapshot(&self.context(), None).expect("a context");
        self.builder.build(&Dockerfile::new(parse(text)), Some(&context), &self.options, &mut |_| {})
    }

    pub(super) fn build(&mut self, text: &str) -> BuiltImage {
        match self.outcome(text) {
            Outcome::Built(image) => *image,
            other => panic!("it is not built: {other:?}"),
        }
    }

    /// The texts of the steps that were carried out.
    pub(super) fn executed(&mut self, text: &str) -> Vec<String> {
        let steps = self.build(text).steps.into_iter();
        steps.filter(|step| !step.cached).map(|step| step.step.text).collect()
    }

    /// What is in the layers of an image but folders: its path, mode, owner, time, and content or what a link says.
    pub(super) fn files(&mut self, image: &BuiltImage) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for layer in &image.layers {
            for (entry, content) in self.entries(layer) {
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                let (path, TarEntry { mode, uid, gid, mtime, .. }) = (text(&entry.path), &entry);
                match entry.kind {
                    TarKind::Folder => {}
                    TarKind::SymbolicLink => lines.push(format!("{path} -> {}", text(&entry.link))),
                    _ => lines.push(format!("{path} {mode:o} {uid}:{gid} @{mtime} {}", text(&content))),
                }
            }
        }
        lines.sort();
        lines
    }

    /// The names of what is being written in the store.
    pub(super) fn left_in_store(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path().join("store/tmp")).expect("a store");
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
    }

    fn entries(&mut self, layer: &LayerName) -> Vec<(TarEntry, Vec<u8>)> {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        let request = Request::Pack { layer: layer.clone() };
        let executor = self.builder.executor();
        thread::scope(|scope| {
            let reading = scope.spawn(move || {
                let mut bytes = Vec::new();
                std::io::Read::read_to_end(&mut BufReader::new(reader), &mut bytes).expect("a pipe");
                let mut archive = TarReader::new(&*bytes, TarLimits::default());
                let mut entries = Vec::new();
                while let Some(entry) = archive.next_entry().expect("an archive") {
                    let mut content = Vec::new();
                    std::io::Read::read_to_end(&mut archive, &mut content).expect("it is whole");
                    entries.push((entry, content));
                }
                entries
            });
            let answer = executor.execute(&request, Some(writer.as_fd()), &mut |_| {}).expect("an answer");
            assert!(matches!(answer, Response::Done(_)), "{answer:?}");
            drop(writer);
            reading.join().expect("an archive")
        })
    }
}

fn builder(folder: &Path) -> Option<Builder> {
    let store = Arc::new(Store::open(folder).expect("a store"));
    let way = probe(store.folder(), Some(Path::new(PROGRAM))).into_iter().find_map(|tried| tried.way.ok())?;
    let mut options = WorkerOptions::new(store.folder(), way);
    options.program = PROGRAM.into();
    let executor = WorkerExecutor::new(Worker::start(&options).expect("a worker"), store.folder());
    Some(Builder::new(store, Box::new(executor)))
}
