//! Manifests and indexes: what an image is made of, and which image is for which platform.
//!
//! OCI image specification, `manifest.md`, `image-index.md` and `descriptor.md`; Docker's schema 2 of
//! <https://github.com/distribution/distribution> has the same fields under other media types.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::config::or_default;
use super::digest::Digest;
use super::error::{ImageError, Result};
use super::limits::ImageLimits;

/// The media types of images.
pub mod media_type {
    /// An OCI index.
    pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
    /// An OCI manifest.
    pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
    /// The configuration of an OCI image.
    pub const CONFIG: &str = "application/vnd.oci.image.config.v1+json";
    /// A layer as a plain archive.
    pub const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
    /// A layer compressed by gzip.
    pub const LAYER_GZIP: &str = "application/vnd.oci.image.layer.v1.tar+gzip";
    /// A layer compressed by zstd.
    pub const LAYER_ZSTD: &str = "application/vnd.oci.image.layer.v1.tar+zstd";
    /// Docker's index.
    pub const DOCKER_INDEX: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
    /// Docker's manifest.
    pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
    /// The configuration of a Docker image.
    pub const DOCKER_CONFIG: &str = "application/vnd.docker.container.image.v1+json";
    /// Docker's layer as a plain archive.
    pub const DOCKER_LAYER: &str = "application/vnd.docker.image.rootfs.diff.tar";
    /// Docker's layer compressed by gzip.
    pub const DOCKER_LAYER_GZIP: &str = "application/vnd.docker.image.rootfs.diff.tar.gzip";

    /// Whether it is the type of a layer that can be read. Which compression it has its first bytes say.
    pub(in crate::build::image) fn is_layer(media_type: &str) -> bool {
        matches!(media_type, LAYER | LAYER_GZIP | LAYER_ZSTD | DOCKER_LAYER | DOCKER_LAYER_GZIP)
            || matches!(
                media_type,
                // Layers that were not to be handed on; deprecated, and read like the others where they are there.
                "application/vnd.oci.image.layer.nondistributable.v1.tar"
                    | "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip"
                    | "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd"
                    | "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
                    // What buildx writes for Docker's types with zstd.
                    | "application/vnd.docker.image.rootfs.diff.tar.zstd"
            )
    }
}

/// A reference to content by its digest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Descriptor {
    /// What kind of content it is.
    #[serde(rename = "mediaType")]
    pub media_type: String,
    /// Its digest.
    pub digest: Digest,
    /// Its size in bytes.
    pub size: u64,
    /// In an index: the platform of the image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// Notes; `org.opencontainers.image.ref.name` is the name in a layout.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Map<String, Value>>,
    /// Every other field.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// The annotation of a name in a layout.
const REFERENCE_NAME: &str = "org.opencontainers.image.ref.name";

impl Descriptor {
    /// A descriptor without anything beside the three fields it must have.
    pub fn new(media_type: &str, digest: Digest, size: u64) -> Descriptor {
        Descriptor {
            media_type: media_type.to_owned(),
            digest,
            size,
            platform: None,
            annotations: None,
            other: Map::new(),
        }
    }

    /// The value of an annotation.
    pub fn annotation(&self, name: &str) -> Option<&str> {
        self.annotations.as_ref()?.get(name)?.as_str()
    }

    /// The name in a layout.
    pub fn name(&self) -> Option<&str> {
        self.annotation(REFERENCE_NAME)
    }

    /// The same under a name.
    #[must_use]
    pub fn named(mut self, name: &str) -> Descriptor {
        self.annotations.get_or_insert_default().insert(REFERENCE_NAME.to_owned(), Value::from(name));
        self
    }

    /// Notes of buildx about an image, which stand in an index among the images.
    fn is_attestation(&self) -> bool {
        self.annotation("vnd.docker.reference.type").is_some()
    }
}

/// Which machines an image runs on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Platform {
    /// `amd64`, `arm64`, … as Go calls them.
    pub architecture: String,
    /// `linux`, `windows`, …
    pub os: String,
    /// `v7` of `arm`, and the like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Every other field.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl Platform {
    /// A platform by its parts.
    pub fn new(os: &str, architecture: &str, variant: Option<&str>) -> Platform {
        Platform {
            architecture: architecture.to_owned(),
            os: os.to_owned(),
            variant: variant.map(str::to_owned),
            other: Map::new(),
        }
    }

    /// The platform that rlint runs on.
    pub fn here() -> Platform {
        let (architecture, variant) = match std::env::consts::ARCH {
            "x86_64" => ("amd64", None),
            "x86" => ("386", None),
            "aarch64" => ("arm64", None),
            "arm" => ("arm", Some("v7")),
            "powerpc64" if cfg!(target_endian = "little") => ("ppc64le", None),
            other => (other, None),
        };
        Platform::new("linux", architecture, variant)
    }

    /// From `os/architecture` or `os/architecture/variant`.
    pub fn parse(text: &str) -> Option<Platform> {
        let mut parts = text.split('/');
        let (os, architecture, variant) = (parts.next()?, parts.next()?, parts.next());
        let all_there = !os.is_empty() && !architecture.is_empty() && variant != Some("");
        (all_there && parts.next().is_none()).then(|| Platform::new(os, architecture, variant).normal())
    }

    /// Under its usual names: `platforms/database.go` of <https://github.com/containerd/platforms> (Apache-2.0).
    #[must_use]
    pub fn normal(&self) -> Platform {
        let os = match self.os.to_ascii_lowercase().as_str() {
            "macos" => "darwin".to_owned(),
            os => os.to_owned(),
        };
        let variant = self.variant.as_deref().map(str::to_ascii_lowercase).filter(|variant| !variant.is_empty());
        let architecture = self.architecture.to_ascii_lowercase();
        let (architecture, variant) = match (architecture.as_str(), variant.as_deref()) {
            ("amd64" | "x86_64" | "x86-64", None | Some("v1")) => ("amd64", None),
            ("amd64" | "x86_64" | "x86-64", variant) => ("amd64", variant),
            ("i386" | "386", _) => ("386", None),
            ("arm64" | "aarch64", None | Some("8" | "v8")) => ("arm64", None),
            ("arm64" | "aarch64", variant) => ("arm64", variant),
            ("armhf", _) => ("arm", Some("v7")),
            ("armel", _) => ("arm", Some("v6")),
            ("arm", None | Some("7")) => ("arm", Some("v7")),
            ("arm", Some("5")) => ("arm", Some("v5")),
            ("arm", Some("6")) => ("arm", Some("v6")),
            ("arm", Some("8")) => ("arm", Some("v8")),
            (architecture, variant) => (architecture, variant),
        };
        Platform::new(&os, architecture, variant)
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)?;
        self.variant.as_deref().map_or(Ok(()), |variant| write!(f, "/{variant}"))
    }
}

/// What one image is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Always 2.
    #[serde(rename = "schemaVersion")]
    schema_version: u32,
    /// What kind of document it is; OCI documents may leave it out.
    #[serde(rename = "mediaType", default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// The configuration.
    pub config: Descriptor,
    /// The layers, lowest first. BuildKit writes `null` where there are none.
    #[serde(deserialize_with = "or_default")]
    pub layers: Vec<Descriptor>,
    /// Every other field.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl Manifest {
    /// An OCI manifest.
    pub fn new(config: Descriptor, layers: Vec<Descriptor>) -> Manifest {
        let media_type = Some(media_type::MANIFEST.to_owned());
        Manifest { schema_version: 2, media_type, config, layers, other: Map::new() }
    }
}

/// Images for several platforms, or the names of a layout.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Index {
    /// Always 2.
    #[serde(rename = "schemaVersion")]
    schema_version: u32,
    /// What kind of document it is; OCI documents may leave it out.
    #[serde(rename = "mediaType", default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// The manifests.
    #[serde(default)]
    pub manifests: Vec<Descriptor>,
    /// Every other field.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl Index {
    /// An OCI index.
    pub fn new(manifests: Vec<Descriptor>) -> Index {
        Index { schema_version: 2, media_type: Some(media_type::INDEX.to_owned()), manifests, other: Map::new() }
    }

    /// The first manifest for `wanted`, as `image-index.md` says: entries without a platform are for all of them.
    pub fn choose(&self, wanted: &Platform) -> Result<&Descriptor> {
        let images = || self.manifests.iter().filter(|entry| !entry.is_attestation());
        let wanted = wanted.normal();
        let fits = |entry: &&Descriptor| {
            entry.platform.as_ref().map(Platform::normal).is_some_and(|platform| {
                // An image for the plain architecture runs on every variant of it.
                let same = platform.os == wanted.os && platform.architecture == wanted.architecture;
                same && (platform.variant == wanted.variant || platform.variant.is_none())
            })
        };
        let exact = images().filter(fits).max_by_key(|entry| {
            let variant = entry.platform.as_ref().and_then(|platform| platform.normal().variant);
            variant == wanted.variant
        });
        exact.or_else(|| images().find(|entry| entry.platform.is_none())).ok_or_else(|| {
            let offered = images().filter_map(|entry| entry.platform.clone()).collect();
            ImageError::Platform { wanted: Box::new(wanted), offered }
        })
    }
}

/// A manifest or an index.
#[derive(Clone, Debug, PartialEq)]
pub enum Document {
    /// One image.
    Manifest(Box<Manifest>),
    /// Several of them.
    Index(Index),
}

impl Document {
    /// Reads a document, of the kind that its descriptor says.
    ///
    /// A document that could be read as both is refused, as `manifest.md` asks: what one reader sees as an image would
    /// be an index for another.
    pub fn parse(bytes: &[u8], expected: &str, limits: &ImageLimits) -> Result<Document> {
        #[derive(Deserialize)]
        struct Outline {
            #[serde(rename = "schemaVersion", default)]
            schema_version: Option<u32>,
            #[serde(rename = "mediaType", default)]
            media_type: Option<String>,
            #[serde(default)]
            manifests: Option<serde::de::IgnoredAny>,
            #[serde(default)]
            layers: Option<serde::de::IgnoredAny>,
            #[serde(default)]
            config: Option<serde::de::IgnoredAny>,
        }
        let outline: Outline = json(bytes, "the manifest of the image")?;
        if outline.schema_version == Some(1) {
            return Err(ImageError::unsupported("a manifest of Docker's old schema 1"));
        }
        let named = outline.media_type.as_deref().unwrap_or(expected);
        if !expected.is_empty() && named != expected {
            let why = format!("it calls itself {named:?}, but was asked for as {expected:?}");
            return Err(ImageError::malformed("the manifest of the image", why));
        }
        let is_index = match named {
            media_type::INDEX | media_type::DOCKER_INDEX => true,
            media_type::MANIFEST | media_type::DOCKER_MANIFEST => false,
            "" => outline.manifests.is_some(),
            other => return Err(ImageError::unsupported(format!("a manifest of the type {other:?}"))),
        };
        if outline.manifests.is_some() && (outline.layers.is_some() || outline.config.is_some()) {
            let why = "it lists both manifests and layers, so it could be read in two ways";
            return Err(ImageError::malformed("the manifest of the image", why));
        }
        if is_index { Document::index(bytes, limits) } else { Document::manifest(bytes, limits) }
    }

    fn index(bytes: &[u8], limits: &ImageLimits) -> Result<Document> {
        let index: Index = json(bytes, "the index of the image")?;
        if index.manifests.len() > limits.manifests {
            let limit = limits.manifests as u64;
            return Err(ImageError::TooMany { what: "manifests in an index".to_owned(), limit });
        }
        Ok(Document::Index(index))
    }

    fn manifest(bytes: &[u8], limits: &ImageLimits) -> Result<Document> {
        let manifest: Manifest = json(bytes, "the manifest of the image")?;
        if manifest.layers.len() > limits.layers {
            return Err(ImageError::TooMany { what: "layers in an image".to_owned(), limit: limits.layers as u64 });
        }
        let kind = manifest.config.media_type.as_str();
        if kind != media_type::CONFIG && kind != media_type::DOCKER_CONFIG {
            return Err(ImageError::unsupported(format!("something that is no image but {kind:?}")));
        }
        match manifest.layers.iter().find(|layer| !media_type::is_layer(&layer.media_type)) {
            Some(layer) => Err(ImageError::unsupported(format!("a layer of the type {:?}", layer.media_type))),
            None => Ok(Document::Manifest(Box::new(manifest))),
        }
    }
}

/// Reads a document; how deep it nests serde_json limits.
pub(super) fn json<'b, T: Deserialize<'b>>(bytes: &'b [u8], what: &str) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|error| ImageError::malformed(what, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn parse(text: &str, expected: &str) -> Result<Document> {
        Document::parse(text.as_bytes(), expected, &ImageLimits::default())
    }

    fn descriptor(media_type: &str, more: &str) -> String {
        format!(r#"{{"mediaType":"{media_type}","digest":"{DIGEST}","size":0{more}}}"#)
    }

    fn manifest(layer: &str) -> String {
        let config = descriptor(media_type::CONFIG, "");
        format!(r#"{{"schemaVersion":2,"config":{config},"layers":[{}]}}"#, descriptor(layer, ""))
    }

    fn index(platforms: &[&str]) -> Index {
        let entries: Vec<String> = platforms
            .iter()
            .map(|platform| match *platform {
                "" => descriptor(media_type::MANIFEST, ""),
                "attestation" => {
                    let note = r#","annotations":{"vnd.docker.reference.type":"attestation-manifest"}"#;
                    descriptor(media_type::MANIFEST, note)
                }
                platform => {
                    let mut parts = platform.split('/');
                    let (os, architecture) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
                    let variant = parts.next().map(|v| format!(r#","variant":"{v}""#)).unwrap_or_default();
                    let fields = format!(r#""os":"{os}","architecture":"{architecture}"{variant}"#);
                    descriptor(media_type::MANIFEST, &format!(r#","platform":{{{fields}}}"#))
                }
            })
            .collect();
        let text = format!(r#"{{"schemaVersion":2,"manifests":[{}]}}"#, entries.join(","));
        match parse(&text, media_type::INDEX) {
            Ok(Document::Index(index)) => index,
            other => unreachable!("{other:?}"),
        }
    }

    #[test]
    fn the_entry_for_the_platform_is_chosen_under_all_names_of_it() {
        let cases = [
            (&["windows/amd64", "linux/arm64/v8", "linux/amd64"][..], "linux/amd64", Some(2)),
            (&["windows/amd64", "linux/arm64/v8", "linux/amd64"], "linux/aarch64", Some(1)),
            (&["linux/x86_64"], "linux/amd64", Some(0)),
            (&["linux/arm/v6", "linux/arm/v7"], "linux/arm", Some(1)),
            (&["linux/amd64", "linux/amd64/v3"], "linux/amd64/v3", Some(1)),
            (&["linux/amd64/v3", "linux/amd64"], "linux/amd64", Some(1)),
            (&["linux/amd64/v3"], "linux/amd64", None),
            (&["linux/amd64"], "linux/amd64/v2", Some(0)),
            (&["attestation", ""], "linux/amd64", Some(1)),
            (&["attestation"], "linux/amd64", None),
            (&[], "linux/amd64", None),
        ];
        for (entries, wanted, chosen) in cases {
            let index = index(entries);
            let wanted = Platform::parse(wanted).expect("a platform");
            match (index.choose(&wanted), chosen) {
                (Ok(entry), Some(at)) => assert!(std::ptr::eq(entry, &index.manifests[at]), "{entries:?} {wanted}"),
                (Err(ImageError::Platform { .. }), None) => {}
                (found, _) => unreachable!("{entries:?} for {wanted}: {found:?}"),
            }
        }
        let missing = index(&["linux/arm64", "windows/amd64"]).choose(&Platform::new("linux", "s390x", None)).err();
        let words = "there is no image for the platform linux/s390x, only for linux/arm64, windows/amd64";
        assert_eq!(missing.map(|error| error.to_string()).as_deref(), Some(words));
    }

    #[test]
    fn documents_are_what_they_were_asked_for_as() {
        let plain = manifest(media_type::LAYER_GZIP);
        assert!(matches!(parse(&plain, media_type::MANIFEST), Ok(Document::Manifest(_))));
        assert!(matches!(parse(&plain, ""), Ok(Document::Manifest(_))));
        let named = plain.replace("\"config\"", &format!("\"mediaType\":\"{}\",\"config\"", media_type::MANIFEST));
        assert!(matches!(parse(&named, media_type::INDEX), Err(ImageError::Malformed { .. })));
        let both = plain.replace("\"config\"", "\"manifests\":[],\"config\"");
        assert!(matches!(parse(&both, media_type::MANIFEST), Err(ImageError::Malformed { .. })));
        let old = r#"{"schemaVersion":1,"fsLayers":[]}"#;
        assert!(matches!(parse(old, ""), Err(ImageError::Unsupported { .. })));
        let encrypted = manifest("application/vnd.oci.image.layer.v1.tar+gzip+encrypted");
        assert!(matches!(parse(&encrypted, ""), Err(ImageError::Unsupported { .. })));
        let artifact = plain.replace(media_type::CONFIG, "application/vnd.example+json");
        assert!(matches!(parse(&artifact, ""), Err(ImageError::Unsupported { .. })));
    }

    #[test]
    fn hostile_documents_are_refused_in_words() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let nested = manifest(media_type::LAYER).replace("\"layers\"", &format!("\"x\":{deep},\"layers\""));
        assert!(matches!(parse(&nested, ""), Err(ImageError::Malformed { .. })));
        let one = descriptor(media_type::LAYER, "");
        let many = vec![one.as_str(); 501].join(",");
        let text = manifest(media_type::LAYER).replace(&format!("[{one}]"), &format!("[{many}]"));
        assert!(matches!(parse(&text, ""), Err(ImageError::TooMany { limit: 500, .. })));
        let sizes = ["-1", "1e99", "18446744073709551616", "\"0\""];
        for size in sizes {
            let text = manifest(media_type::LAYER).replace("\"size\":0", &format!("\"size\":{size}"));
            assert!(matches!(parse(&text, ""), Err(ImageError::Malformed { .. })), "{size}");
        }
        let path = manifest(media_type::LAYER).replace(DIGEST, "sha256:../../../etc/passwd");
        assert!(matches!(parse(&path, ""), Err(ImageError::Malformed { .. })));
    }

    #[test]
    fn unknown_fields_survive() {
        let text = format!(
            r#"{{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[],"subject":{{"x":[1,null]}},"annotations":{{"b":"1","a":"2"}}}}"#,
            media_type::MANIFEST,
            descriptor(media_type::CONFIG, r#","urls":["https://example.com"],"data":"e30=""#)
        );
        let Ok(Document::Manifest(manifest)) = parse(&text, "") else { unreachable!("no manifest") };
        assert_eq!(serde_json::to_string(&manifest).expect("JSON"), text);
    }
}
