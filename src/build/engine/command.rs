//! The command lines of the engines.
//!
//! Every value stands in one word with its flag, so that none can be taken for a flag. The facts are those of
//! `docker buildx build --help`, buildah-build(1), buildah-push(1), podman-build(1) and podman-save(1).

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::{EngineKind, EngineOptions, EnginePull, Sources};
use crate::build::exec::request::Network;

/// A program and what it is started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) program: &'static str,
    pub(super) arguments: Vec<OsString>,
}

/// How an image leaves the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// The build writes it itself.
    Written,
    /// It is kept under a name, and saved from there.
    Saved,
}

/// One build.
pub(super) struct BuildCall<'b> {
    pub(super) kind: EngineKind,
    pub(super) way: Way,
    pub(super) options: &'b EngineOptions,
    /// How Buildah and Podman are told by their environment to keep steps apart from the machine.
    pub(super) isolation: Option<&'b str>,
    pub(super) sources: &'b Sources,
    /// Whether nothing comes from the cache.
    pub(super) anew: bool,
    /// The names that the engine gives it.
    pub(super) tags: &'b [String],
    /// Where the id of the image is written.
    pub(super) id_file: &'b Path,
    /// Where the image is written, with [`Way::Written`].
    pub(super) archive: Option<&'b Path>,
}

impl BuildCall<'_> {
    pub(super) fn call(&self) -> Call {
        let mut words = Words::default();
        match self.kind {
            EngineKind::Buildx => self.buildx(&mut words),
            EngineKind::Buildah | EngineKind::Podman => self.containers(&mut words),
        }
        self.common(&mut words);
        words.plain("--");
        words.all.push(self.sources.context().into());
        Call { program: self.kind.program(), arguments: words.all }
    }

    fn buildx(&self, words: &mut Words) {
        words.plains(&["buildx", "build", "--progress=plain", "--provenance=false", "--sbom=false"]);
        if self.options.network == Network::Host {
            words.plain("--allow=network.host");
        }
        // There is no word for never: BuildKit asks for what it does not have.
        if self.options.pull == EnginePull::Always {
            words.plain("--pull");
        }
        match (self.way, self.archive) {
            (Way::Written, Some(archive)) => {
                let target = csv_field(&[OsStr::new("dest="), archive.as_os_str()].concat_os());
                words.value("--output", &[OsStr::new("type=oci,"), &target].concat_os());
            }
            (Way::Saved, _) if !self.tags.is_empty() => words.plain("--load"),
            _ => {}
        }
    }

    fn containers(&self, words: &mut Words) {
        words.plains(&["build", "--layers=true", "--force-rm=true", "--http-proxy=false"]);
        // An OCI configuration has no health check, no ONBUILD and no SHELL.
        words.plain("--format=docker");
        // Said as a flag it is held against `--network`: chroot cannot keep a step from the network, and is refused then.
        self.isolation.iter().for_each(|isolation| words.value("--isolation", OsStr::new(isolation)));
        words.value("--pull", OsStr::new(pull(self.kind, self.options.pull)));
        if let Some(ignore) = &self.sources.ignore {
            words.value("--ignorefile", ignore.as_os_str());
        }
        if let Some(bytes) = self.options.memory {
            words.value("--memory", OsStr::new(&format!("{bytes}b")));
        }
    }

    fn common(&self, words: &mut Words) {
        words.value("--file", self.sources.dockerfile.as_os_str());
        words.value("--iidfile", self.id_file.as_os_str());
        let network = if self.options.network == Network::Host { "host" } else { "none" };
        words.value("--network", OsStr::new(network));
        if self.anew || self.options.no_cache {
            words.plain("--no-cache");
        }
        for (flag, value) in [("--target", &self.options.target), ("--platform", &self.options.platform)] {
            value.iter().for_each(|value| words.value(flag, OsStr::new(value)));
        }
        for (name, value) in &self.options.arguments {
            words.value("--build-arg", OsStr::new(&format!("{name}={value}")));
        }
        self.tags.iter().for_each(|tag| words.value("--tag", OsStr::new(tag)));
    }
}

/// In Buildah the flag began as a switch, and `false` is still how it is told to pull what is missing.
fn pull(kind: EngineKind, pull: EnginePull) -> &'static str {
    match (pull, kind) {
        (EnginePull::Never, _) => "never",
        (EnginePull::Always, _) => "always",
        (EnginePull::Missing, EngineKind::Podman) => "missing",
        (EnginePull::Missing, _) => "false",
    }
}

/// Writes the image `name` to a file. Its layers and all of its configuration are in the format of `docker save`.
pub(super) fn save(kind: EngineKind, name: &str, archive: &Path) -> Call {
    let mut words = Words::default();
    match kind {
        EngineKind::Buildx => {
            words.plains(&["image", "save"]);
            words.value("--output", archive.as_os_str());
            words.plain(name);
        }
        EngineKind::Buildah => {
            words.plains(&["push", "--quiet", name]);
            words.all.push([OsStr::new("docker-archive:"), archive.as_os_str()].concat_os());
        }
        EngineKind::Podman => {
            words.plains(&["image", "save", "--quiet", "--format=docker-archive"]);
            words.value("--output", archive.as_os_str());
            words.plain(name);
        }
    }
    Call { program: kind.program(), arguments: words.all }
}

/// Takes names away from images; one that has no other name is removed.
pub(super) fn remove(kind: EngineKind, names: &[String]) -> Call {
    let mut words = Words::default();
    match kind {
        EngineKind::Buildx | EngineKind::Podman => words.plains(&["image", "rm"]),
        EngineKind::Buildah => words.plain("rmi"),
    }
    names.iter().for_each(|name| words.plain(name));
    Call { program: kind.program(), arguments: words.all }
}

/// Asks for the version.
pub(super) fn version(kind: EngineKind) -> Call {
    let arguments: &[&str] = match kind {
        EngineKind::Buildx => &["buildx", "version"],
        EngineKind::Buildah | EngineKind::Podman => &["--version"],
    };
    Call { program: kind.program(), arguments: arguments.iter().map(OsString::from).collect() }
}

/// Asks which builder `docker buildx` uses.
pub(super) fn inspect() -> Call {
    Call { program: EngineKind::Buildx.program(), arguments: ["buildx", "inspect"].map(OsString::from).to_vec() }
}

/// Words of a command line.
#[derive(Default)]
struct Words {
    all: Vec<OsString>,
}

impl Words {
    fn plain(&mut self, word: &str) {
        self.all.push(word.into());
    }

    fn plains(&mut self, all: &[&str]) {
        all.iter().for_each(|word| self.plain(word));
    }

    fn value(&mut self, flag: &str, value: &OsStr) {
        self.all.push([OsStr::new(flag), OsStr::new("="), value].concat_os());
    }
}

/// `--output` of buildx is read as a line of CSV.
fn csv_field(field: &OsStr) -> OsString {
    let text = field.to_string_lossy();
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")).into() } else { field.to_owned() }
}

/// Puts words together.
trait Concat {
    fn concat_os(&self) -> OsString;
}

impl Concat for [&OsStr] {
    fn concat_os(&self) -> OsString {
        self.iter().fold(OsString::new(), |mut all, part| {
            all.push(part);
            all
        })
    }
}

impl<const N: usize> Concat for [&OsStr; N] {
    fn concat_os(&self) -> OsString {
        self.as_slice().concat_os()
    }
}

/// A path that no program takes for anything else.
pub(super) fn whole(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
