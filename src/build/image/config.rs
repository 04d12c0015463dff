//! The configuration of an image: what runs in it, and how it came to be.
//!
//! OCI image specification, `config.md`. `Healthcheck`, `OnBuild`, `Shell` and `ArgsEscaped` are Docker's: they have no
//! place in the OCI document, but every engine keeps them there.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::digest::Digest;
use super::error::Result;
use super::manifest::{Platform, json};

/// The configuration document of an image.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImageConfig {
    /// When, as RFC 3339 writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// Who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// `amd64`, …
    #[serde(default)]
    pub architecture: String,
    /// `linux`, …
    #[serde(default)]
    pub os: String,
    /// `v7` of `arm`, and the like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// What a container is started with.
    #[serde(default, deserialize_with = "or_default")]
    pub config: ContainerConfig,
    /// The layers by their content.
    pub rootfs: RootFileSystem,
    /// One entry for each instruction.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<History>,
    /// Every other field.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// What a container is started with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ContainerConfig {
    /// `user`, `uid`, `user:group`, …; empty is root.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub user: String,
    /// `80/tcp`, …
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub exposed_ports: BTreeMap<String, Value>,
    /// `NAME=value`, in the order in which they were set first.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub env: Vec<String>,
    /// What runs; `None` is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entrypoint: Option<Vec<String>>,
    /// Its arguments, or what runs; `None` is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cmd: Option<Vec<String>>,
    /// Folders that get a volume.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub volumes: BTreeMap<String, Value>,
    /// Where it starts; empty is `/`.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "String::is_empty")]
    pub working_dir: String,
    /// Notes.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// What stops it: `SIGTERM`, `9`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_signal: Option<String>,
    /// Docker's: how to see that it is well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub healthcheck: Option<Healthcheck>,
    /// Docker's: instructions for builds upon this image.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub on_build: Vec<String>,
    /// Docker's: what runs shell forms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shell: Option<Vec<String>>,
    /// Every other field.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// How to see that a container is well. Durations are nanoseconds, as Go writes them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Healthcheck {
    /// `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", "…"]`.
    #[serde(default, deserialize_with = "or_default", skip_serializing_if = "Vec::is_empty")]
    pub test: Vec<String>,
    /// Between two tries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<i64>,
    /// For one try.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<i64>,
    /// While it starts, failures do not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_period: Option<i64>,
    /// Between two tries while it starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_interval: Option<i64>,
    /// Failures in a row until it is ill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retries: Option<i64>,
    /// Every other field.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// The layers by their content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RootFileSystem {
    /// Always `layers`.
    #[serde(rename = "type")]
    kind: String,
    /// The digests of the layers as plain archives, lowest first.
    #[serde(default, deserialize_with = "or_default")]
    pub diff_ids: Vec<Digest>,
}

/// What one instruction did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// When, as RFC 3339 writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// By what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// A note.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Whether it made no layer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub empty_layer: bool,
    /// Every other field.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Go writes `null` for what is empty.
pub(super) fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> std::result::Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

impl ImageConfig {
    /// An image with nothing in it.
    pub fn empty(platform: &Platform) -> ImageConfig {
        ImageConfig {
            created: None,
            author: None,
            architecture: platform.architecture.clone(),
            os: platform.os.clone(),
            variant: platform.variant.clone(),
            config: ContainerConfig::default(),
            rootfs: RootFileSystem { kind: "layers".to_owned(), diff_ids: Vec::new() },
            history: Vec::new(),
            other: Map::new(),
        }
    }

    /// Reads the document.
    pub fn parse(bytes: &[u8]) -> Result<ImageConfig> {
        json(bytes, "the configuration of the image")
    }

    /// The document, as it is hashed and stored.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("strings, numbers and maps with strings as keys are JSON")
    }

    /// What it runs on.
    pub fn platform(&self) -> Platform {
        Platform::new(&self.os, &self.architecture, self.variant.as_deref()).normal()
    }

    /// Adds a layer, by the digest of its plain archive, and the instruction that made it.
    pub fn push_layer(&mut self, diff_id: Digest, history: History) {
        self.rootfs.diff_ids.push(diff_id);
        self.history.push(History { empty_layer: false, ..history });
    }

    /// Adds an instruction that made no layer.
    pub fn push_empty(&mut self, history: History) {
        self.history.push(History { empty_layer: true, ..history });
    }

    /// What each stack of layers from the lowest one up is called, as `config.md` says under "Layer ChainID": the
    /// same layer on other layers is another file system.
    pub fn chain_ids(&self) -> Vec<Digest> {
        let mut chain: Vec<Digest> = Vec::new();
        for diff_id in &self.rootfs.diff_ids {
            chain.push(match chain.last() {
                Some(below) => Digest::of(format!("{below} {diff_id}").as_bytes()),
                None => *diff_id,
            });
        }
        chain
    }
}

impl ContainerConfig {
    /// The value of a variable.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.env.iter().find_map(|entry| {
            let (own, value) = entry.split_once('=')?;
            (own == name).then_some(value)
        })
    }

    /// Sets a variable where it stands, or at the end.
    pub fn set_variable(&mut self, name: &str, value: &str) {
        let entry = format!("{name}={value}");
        let own = |old: &String| old.split_once('=').map_or(old.as_str(), |(own, _)| own) == name;
        match self.env.iter().position(own) {
            Some(at) => self.env[at] = entry,
            None => self.env.push(entry),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Docker writes, with fields of its own, and with some that nobody knows.
    const DOCUMENT: &str = r#"{"created":"2024-01-01T00:00:00Z","author":"A <a@example.com>","architecture":"arm","os":"linux","variant":"v7","config":{"User":"app:staff","ExposedPorts":{"53/udp":{},"80/tcp":{}},"Env":["PATH=/bin:/usr/bin","B=2","A=1=1"],"Entrypoint":["/bin/x","-a"],"Cmd":["b"],"Volumes":{"/data":{}},"WorkingDir":"/srv","Labels":{"a":"b","c":""},"StopSignal":"SIGINT","Healthcheck":{"Test":["CMD-SHELL","true"],"Interval":30000000000,"StartInterval":5,"Retries":3,"Later":1},"OnBuild":["COPY . /x"],"Shell":["/bin/sh","-ec"],"ArgsEscaped":true,"Memory":5},"rootfs":{"type":"layers","diff_ids":["sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"]},"history":[{"created":"2024-01-01T00:00:00Z","created_by":"/bin/sh -c #(nop) ADD x","author":"A","comment":"buildkit"},{"created_by":"ENV A=1","empty_layer":true,"later":[]}],"moby.buildkit.cache.v0":"x","docker_version":"24"}"#;

    #[test]
    fn everything_survives_being_read_and_written() {
        let config = ImageConfig::parse(DOCUMENT.as_bytes()).expect("a configuration");
        let written: Value = serde_json::from_slice(&config.to_bytes()).expect("JSON");
        assert_eq!(written, serde_json::from_str::<Value>(DOCUMENT).expect("JSON"));
        assert_eq!(config.platform().to_string(), "linux/arm/v7");
        assert_eq!(config.history.iter().map(|step| step.empty_layer).collect::<Vec<_>>(), [false, true]);
        let health = config.config.healthcheck.expect("a health check");
        assert_eq!((health.interval, health.timeout, health.retries), (Some(30_000_000_000), None, Some(3)));
    }

    #[test]
    fn nothing_and_null_are_the_same_but_an_empty_command_is_not() {
        let nulls = r#"{"architecture":"amd64","os":"linux","config":{"User":"","ExposedPorts":null,"Env":null,"Entrypoint":null,"Cmd":[],"Volumes":null,"WorkingDir":"","Labels":null,"OnBuild":null,"Shell":null,"Healthcheck":null,"StopSignal":null},"rootfs":{"type":"layers","diff_ids":null},"history":null}"#;
        let mut config = ImageConfig::parse(nulls.as_bytes()).expect("a configuration");
        assert_eq!(config.config.cmd.take(), Some(Vec::new()));
        assert_eq!(config, ImageConfig::empty(&Platform::new("linux", "amd64", None)));
    }

    #[test]
    fn variables_keep_their_place() {
        let mut config = ContainerConfig { env: vec!["A=1".into(), "B=2".into()], ..Default::default() };
        config.set_variable("A", "3");
        config.set_variable("C", "x=y");
        assert_eq!(config.env, ["A=3", "B=2", "C=x=y"]);
        assert_eq!((config.variable("C"), config.variable("D")), (Some("x=y"), None));
    }

    #[test]
    fn a_stack_is_named_after_all_of_its_layers() {
        let mut config = ImageConfig::empty(&Platform::here());
        let (a, b) = (Digest::of(b"a"), Digest::of(b"b"));
        config.push_layer(a, History::default());
        config.push_empty(History::default());
        config.push_layer(b, History::default());
        let second = Digest::of(format!("{a} {b}").as_bytes());
        assert_eq!(config.chain_ids(), [a, second]);
        assert_eq!(config.history.iter().map(|step| step.empty_layer).collect::<Vec<_>>(), [false, true, false]);
    }

    #[test]
    fn what_is_no_configuration_is_refused() {
        let deep = format!(r#"{{"x":{}{}}}"#, "[".repeat(50_000), "]".repeat(50_000));
        for wrong in ["", "[]", "{}", "{\"rootfs\":5}", &deep, &DOCUMENT.replace("sha256:", "md5:")] {
            assert!(ImageConfig::parse(wrong.as_bytes()).is_err(), "{wrong:.40}");
        }
    }
}
