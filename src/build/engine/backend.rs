//! An engine that builds for rlint: single builds, and those that a judge of fixes asks for.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::command::{self, BuildCall, Way};
use super::run::{Ended, RunError, Stream, Watch, Words, run};
use super::track::Track;
use super::workspace::Workspace;
use super::{EngineKind, EngineOptions, Sources, failure, version};
use crate::build::image::{Digest, Image, ImageConfig, Platform, Store, read_archive};
use crate::build::judge::{Backend, BuiltImage as Judged};
use crate::build::steps::{BuiltImage, Event, Outcome, Snapshot};
use crate::build::tree::{Entry, Kind, LayerListing, TarLimits, flatten};
use crate::model::dockerfile::Dockerfile;
use crate::syntax::dockerfile::parse;

/// What engines leave in layers of RUN, as places to mount things at. Containers see none of them: whoever runs one
/// mounts the same things there.
const STUBS: [&str; 9] =
    ["dev", "etc/hosts", "etc/hostname", "etc/resolv.conf", "proc", "run", "run/.containerenv", "run/secrets", "sys"];

/// Seconds in which an image has to come out of the engine.
const EXPORT_SECONDS: u64 = 1_800;

/// An installed engine.
pub struct Engine {
    kind: EngineKind,
    version: String,
    way: Way,
    options: EngineOptions,
    workspace: Workspace,
    /// Nobody prunes it as long as it is open.
    _store: Arc<Store>,
    /// Names that it gave to images and takes away at the end.
    temporary: Vec<String>,
    /// What layers say, by the digests of their archives: images share most of them.
    layers: HashMap<Digest, LayerListing>,
    /// The id of the last image, as the engine says it.
    id: Option<String>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("kind", &self.kind).field("version", &self.version).finish_non_exhaustive()
    }
}

/// One build.
#[derive(Clone, Copy, Debug)]
pub struct Request<'r> {
    /// The text of the Dockerfile.
    pub text: &'r str,
    /// Where it is.
    pub file: &'r Path,
    /// The folder that COPY and ADD take files from.
    pub context: &'r Path,
    /// The names that the image gets in the engine.
    pub tags: &'r [String],
    /// Whether the image comes here, too.
    pub export: bool,
}

impl Engine {
    /// Sees whether `kind` is installed and new enough; nothing is built. Files are put below `store`.
    ///
    /// # Errors
    ///
    /// In words for the user.
    pub fn start(kind: EngineKind, options: EngineOptions, store: Arc<Store>) -> Result<Engine, String> {
        let version = version::check(kind)?;
        if kind == EngineKind::Buildx && options.memory.is_some() {
            return Err("`--memory`: BuildKit has no such limit for a build".to_owned());
        }
        let way = way(kind)?;
        let workspace = Workspace::new(&store)?;
        Ok(Engine {
            kind,
            version,
            way,
            options,
            workspace,
            _store: store,
            temporary: Vec::new(),
            layers: HashMap::new(),
            id: None,
        })
    }

    /// `buildah 1.28.2`.
    pub fn name(&self) -> String {
        format!("{} {}", self.kind, self.version)
    }

    /// The images that came out of it, as long as it is there.
    pub fn images(&self) -> &Store {
        self.workspace.images()
    }

    /// The id of the last image, as the engine says it.
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Builds an image of nothing and takes it out again: where that works, what fails later is not for want of an
    /// engine.
    ///
    /// # Errors
    ///
    /// What stands in the way, in words for the user.
    pub fn try_out(&mut self) -> Result<(), String> {
        let context = self.workspace.path("nothing");
        fs::create_dir_all(&context).map_err(|error| format!("cannot make {}: {error}", context.display()))?;
        let sources = self.workspace.sources("FROM scratch\nLABEL rlint.trial=1\n", &context)?;
        let text = "FROM scratch\nLABEL rlint.trial=1\n";
        // Names of stages and platforms are those of the files that are to be built.
        let options = EngineOptions { target: None, ..self.options.clone() };
        match self.run(text, &sources, &options, Asked { tags: &[], export: true, anew: false }, &mut |_| {}) {
            Outcome::Built(_) => Ok(()),
            Outcome::Broken { why, .. } => Err(format!("`--backend {}`: {why}{}", self.kind, self.advice(&why))),
            other => Err(format!("`--backend {}`: it does not build an image of nothing: {other:?}", self.kind)),
        }
    }

    /// Builds an image. What happens is told to `observer` as it happens.
    pub fn build(&mut self, request: Request<'_>, observer: &mut dyn FnMut(&Event<'_>)) -> Outcome {
        let sources = Sources {
            dockerfile: command::whole(request.file),
            context: command::whole(request.context),
            ignore: ignore_file(self.kind, request.file),
        };
        let options = self.options.clone();
        let asked = Asked { tags: request.tags, export: request.export, anew: false };
        match self.run(request.text, &sources, &options, asked, observer) {
            Outcome::Broken { step: None, why } => {
                let advice = self.advice(&why);
                Outcome::Broken { step: None, why: why + &advice }
            }
            other => other,
        }
    }

    /// What can be done about something that the engine says.
    fn advice(&self, why: &str) -> String {
        if why.contains("--network other than host") {
            return "; its isolation `chroot` gives every step the network of the host: allow that with `--network=host`, \
                    or set BUILDAH_ISOLATION to another one"
                .to_owned();
        }
        if why.contains("network.host is not allowed") {
            return "; the builder has to be made with `--buildkitd-flags '--allow-insecure-entitlement network.host'`"
                .to_owned();
        }
        String::new()
    }

    fn run(
        &mut self,
        text: &str,
        sources: &Sources,
        options: &EngineOptions,
        asked: Asked<'_>,
        observer: &mut dyn FnMut(&Event<'_>),
    ) -> Outcome {
        self.id = None;
        let broken = |why: String| Outcome::Broken { step: None, why };
        let dockerfile = Dockerfile::new(parse(Arc::from(text)));
        let (id_file, archive) = (self.workspace.path("id"), self.workspace.path("image.tar"));
        for path in [&id_file, &archive] {
            // It is most often not there.
            let _ = fs::remove_file(path);
        }
        let mut tags = asked.tags.to_vec();
        if asked.export && self.way == Way::Saved {
            let name = unique_name();
            self.temporary.push(name.clone());
            tags.push(name);
        }
        let isolation = std::env::var("BUILDAH_ISOLATION").ok().filter(|isolation| !isolation.is_empty());
        let call = BuildCall {
            kind: self.kind,
            way: self.way,
            options,
            isolation: isolation.as_deref(),
            sources,
            anew: asked.anew,
            tags: &tags,
            id_file: &id_file,
            archive: asked.export.then_some(archive.as_path()).filter(|_| self.way == Way::Written),
        };
        let mut track = Track::new(self.kind, options, &dockerfile, observer);
        let ended = match run(self.kind, &call.call(), &mut track) {
            Ok(ended) => ended,
            Err(error) => return broken(spoken(self.kind, error)),
        };
        let stopped = match &ended {
            Ended::Stopped(why) => Some(why.as_str()),
            Ended::Exited(status) if status.success() => None,
            Ended::Exited(_) => Some(""),
        };
        if let Some(why) = stopped {
            let why = Some(why).filter(|why| !why.is_empty());
            return failure::outcome(self.kind, &track, options, why);
        }
        track.finish();
        let (steps, target) = (track.reports(), track.target());
        self.id = fs::read_to_string(&id_file).ok().map(|id| id.trim().to_owned()).filter(|id| !id.is_empty());
        if !asked.export {
            let config = ImageConfig::empty(&Platform::here());
            return Outcome::Built(Box::new(BuiltImage { layers: Vec::new(), config, steps, target, image: None }));
        }
        observer(&Event::Working("taking the image out of the engine"));
        match self.export(tags.last().map(String::as_str), options, &archive) {
            Ok(image) => {
                let config = image.config.clone();
                let image = Some(image);
                Outcome::Built(Box::new(BuiltImage { layers: Vec::new(), config, steps, target, image }))
            }
            Err(why) => broken(why),
        }
    }

    fn export(&mut self, name: Option<&str>, options: &EngineOptions, archive: &Path) -> Result<Image, String> {
        if self.way == Way::Saved {
            let name = name.ok_or("the image has no name by which it could be saved")?;
            let mut watch = Saving {
                words: Words::within(Duration::from_secs(EXPORT_SECONDS)),
                archive,
                most: self.images().limits().layer,
                looked: Instant::now(),
            };
            match run(self.kind, &command::save(self.kind, name, archive), &mut watch) {
                Ok(Ended::Exited(status)) if status.success() => {}
                Ok(Ended::Exited(_)) => {
                    return Err(format!("{} does not give the image out: {}", self.kind, watch.words.last()));
                }
                Ok(Ended::Stopped(why)) => return Err(format!("{} does not give the image out: {why}", self.kind)),
                Err(error) => return Err(spoken(self.kind, error)),
            }
        }
        let platform = options.platform.as_deref().and_then(Platform::parse).unwrap_or_else(Platform::here);
        let image = read_archive(archive, None, &platform, self.images())
            .map_err(|error| format!("the image that {} gives out cannot be read: {error}", self.kind))?;
        // It is in the store of the workspace now.
        let _ = fs::remove_file(archive);
        Ok(image)
    }

    /// The files of an image.
    fn tree(&mut self, image: &Image) -> Result<Vec<Entry>, String> {
        let failed = |error: &dyn std::fmt::Display| format!("a layer of the image cannot be read: {error}");
        for (number, diff_id) in image.config.rootfs.diff_ids.iter().enumerate() {
            if !self.layers.contains_key(diff_id) {
                let mut archive = image.layer(self.workspace.images(), number).map_err(|error| failed(&error))?;
                let listing = LayerListing::read(&mut archive, TarLimits::default()).map_err(|error| failed(&error))?;
                archive.finish().map_err(|error| failed(&error))?;
                self.layers.insert(*diff_id, listing);
            }
        }
        let layers = image.config.rootfs.diff_ids.iter().filter_map(|diff_id| self.layers.get(diff_id));
        let mut tree = flatten(layers).map_err(|error| failed(&error))?;
        remove_stubs(&mut tree);
        Ok(tree)
    }
}

/// What a build is asked for beside its sources.
#[derive(Clone, Copy)]
struct Asked<'a> {
    tags: &'a [String],
    export: bool,
    /// Whether nothing comes from the cache.
    anew: bool,
}

impl Backend for Engine {
    fn build(&mut self, text: &str, context: &Snapshot, anew: bool, observer: &mut dyn FnMut(&Event<'_>)) -> Outcome {
        let folder = self.workspace.take(context);
        let options = self.options.clone();
        match folder.and_then(|folder| self.workspace.sources(text, &folder)) {
            Ok(sources) => {
                let asked = Asked { tags: &[], export: true, anew };
                self.run(text, &sources, &options, asked, observer)
            }
            Err(why) => Outcome::Broken { step: None, why },
        }
    }

    fn examine(&mut self, image: BuiltImage) -> Result<Judged, String> {
        let executed = image.executed();
        let stored = image.image.ok_or("the engine gave no image out")?;
        let tree = self.tree(&stored)?;
        let layers = stored.manifest.layers.iter().map(|layer| layer.size).collect();
        Ok(Judged { config: image.config, tree, layers, executed })
    }

    fn name(&self) -> Option<String> {
        Some(Engine::name(self))
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if !self.temporary.is_empty() {
            // Nobody is left to whom it could be told that a name stays.
            let _ = run(self.kind, &command::remove(self.kind, &self.temporary), &mut Words::default());
        }
    }
}

/// How images come out of an engine: a builder of the driver `docker` keeps them in Docker's own store, and gives them
/// out from there only.
fn way(kind: EngineKind) -> Result<Way, String> {
    if kind != EngineKind::Buildx {
        return Ok(Way::Saved);
    }
    let mut words = Words::default();
    match run(kind, &command::inspect(), &mut words) {
        Ok(Ended::Exited(status)) if status.success() => {
            let driver = words.lines().find_map(|line| line.strip_prefix("Driver:")).map(str::trim);
            Ok(if driver == Some("docker") { Way::Saved } else { Way::Written })
        }
        Ok(Ended::Exited(_)) => Err(format!("`--backend buildx`: there is no builder: {}", words.last())),
        Ok(Ended::Stopped(why)) => Err(format!("`--backend buildx`: {why}")),
        Err(error) => Err(spoken(kind, error)),
    }
}

fn spoken(kind: EngineKind, error: RunError) -> String {
    match error {
        RunError::NotFound => format!("there is no program `{}` on the PATH any more", kind.program()),
        RunError::Other(why) => why,
    }
}

/// BuildKit looks for `NAME.dockerignore` beside the Dockerfile, Buildah and Podman of some versions do not.
fn ignore_file(kind: EngineKind, file: &Path) -> Option<PathBuf> {
    let mut name = file.as_os_str().to_owned();
    name.push(".dockerignore");
    let path = PathBuf::from(name);
    (kind != EngineKind::Buildx && path.is_file()).then(|| command::whole(&path))
}

/// A name that nobody else gives.
fn unique_name() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos());
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("localhost/rlint-verify:{time:x}-{}-{count}", std::process::id())
}

fn remove_stubs(tree: &mut Vec<Entry>) {
    let has_something = |path: &str| {
        let inside = format!("{path}/");
        tree.iter().any(|entry| entry.path.starts_with(&inside) && !STUBS.contains(&entry.path.as_str()))
    };
    let is_stub = |entry: &Entry| {
        STUBS.contains(&entry.path.as_str())
            && match entry.kind {
                Kind::File => entry.size == 0,
                Kind::Folder => !has_something(&entry.path),
                _ => false,
            }
    };
    let stubs: Vec<bool> = tree.iter().map(is_stub).collect();
    let mut stubs = stubs.into_iter();
    tree.retain(|_| !stubs.next().unwrap_or(false));
}

/// Watches an image come out of an engine.
struct Saving<'s> {
    words: Words,
    archive: &'s Path,
    /// The most bytes that it may have.
    most: u64,
    looked: Instant,
}

impl Watch for Saving<'_> {
    fn line(&mut self, stream: Stream, line: &str) {
        self.words.line(stream, line);
    }

    fn overdue(&mut self) -> Option<String> {
        if self.looked.elapsed() > Duration::from_millis(500) {
            self.looked = Instant::now();
            if fs::metadata(self.archive).is_ok_and(|file| file.len() > self.most) {
                return Some(format!("it is larger than {} bytes", self.most));
            }
        }
        self.words.overdue()
    }
}
