//! Images as single files: archives of an OCI layout, and those of `docker save`.
//!
//! What `docker save` writes: "Combined Image JSON + Filesystem Changeset Format" in
//! <https://github.com/moby/docker-image-spec> (v1.2). Since version 25 it is an OCI layout with a `manifest.json`
//! beside, which is also what is written here.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use serde::Deserialize;

use super::compression::{Compression, decompress_archive};
use super::config::ImageConfig;
use super::digest::{Digest, Hasher};
use super::error::{ImageError, Result};
use super::import::{Image, Source, import};
use super::layout::{check_version, choose, open, read_index};
use super::limits::ImageLimits;
use super::manifest::{Descriptor, Index, Platform, json, media_type};
use super::store::{LAYOUT, Store};
use crate::build::tree::{TarEntry, TarKind, TarLimits, TarReader, TarWriter};

/// What an archive is to be read by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveFormat {
    /// By whoever reads an OCI layout.
    Oci,
    /// By `docker load`, too.
    Docker,
}

/// Brings the image `name` of an archive into the store; without a name, the only one that it has.
pub fn read_archive(path: &Path, name: Option<&str>, platform: &Platform, store: &Store) -> Result<Image> {
    let archive = Archive::open(path, store)?;
    let place = archive.place();
    if archive.members.contains_key("oci-layout") {
        check_version(&archive.document("oci-layout", store.limits())?)?;
        let index = read_index(&archive.document("index.json", store.limits())?, store.limits())?;
        return import(&archive, choose(&index, name, platform, &place)?, platform, store);
    }
    if archive.members.contains_key("manifest.json") {
        return archive.import_saved(name, store);
    }
    Err(ImageError::missing(format!("an image in {place}"), "it has neither an oci-layout nor a manifest.json"))
}

/// Writes an image as an archive.
pub fn write_archive(
    store: &Store,
    image: &Image,
    out: impl Write,
    format: ArchiveFormat,
    name: Option<&str>,
) -> Result<()> {
    let mut writer = TarWriter::new(out);
    let failed = |error: crate::build::tree::TreeError| ImageError::Io {
        what: "writing an archive".to_owned(),
        error: io::Error::other(error),
    };
    for folder in ["blobs/", "blobs/sha256/"] {
        writer.append(&member(folder, TarKind::Folder, 0), &mut io::empty()).map_err(failed)?;
    }
    let mut written: Vec<Digest> = Vec::new();
    for blob in image.blobs() {
        if !written.contains(&blob.digest) {
            written.push(blob.digest);
            let mut file = store.open_blob(&blob.digest)?;
            writer.append(&member(&blob_name(&blob.digest), TarKind::File, blob.size), &mut file).map_err(failed)?;
        }
    }
    let index = Index::new(vec![image.index_entry(name)]);
    let mut documents = vec![
        ("index.json", serde_json::to_vec(&index).expect("strings, numbers and maps with strings as keys are JSON")),
        ("oci-layout", LAYOUT.as_bytes().to_vec()),
    ];
    if format == ArchiveFormat::Docker {
        documents.insert(1, ("manifest.json", saved_manifest(image, name)));
    }
    for (name, bytes) in documents {
        writer.append(&member(name, TarKind::File, bytes.len() as u64), &mut bytes.as_slice()).map_err(failed)?;
    }
    writer.finish().map_err(failed)?;
    Ok(())
}

/// The `manifest.json` of `docker save`.
fn saved_manifest(image: &Image, name: Option<&str>) -> Vec<u8> {
    let layers: Vec<String> = image.manifest.layers.iter().map(|layer| blob_name(&layer.digest)).collect();
    let saved = serde_json::json!([{
        "Config": blob_name(&image.manifest.config.digest),
        "RepoTags": name.into_iter().collect::<Vec<_>>(),
        "Layers": layers,
    }]);
    saved.to_string().into_bytes()
}

fn blob_name(digest: &Digest) -> String {
    format!("blobs/sha256/{}", digest.hex())
}

/// A member of an archive that we write: without anything that depends on the day or the user.
fn member(name: &str, kind: TarKind, size: u64) -> TarEntry {
    TarEntry {
        path: name.as_bytes().to_vec(),
        kind,
        mode: if kind == TarKind::Folder { 0o755 } else { 0o644 },
        uid: 0,
        gid: 0,
        size,
        mtime: 0,
        link: Vec::new(),
        device: (0, 0),
        xattrs: Vec::new(),
    }
}

/// An archive and where its members are in it. Nothing of it is unpacked, so the names can do no harm.
struct Archive {
    shown: String,
    file: File,
    members: BTreeMap<String, Member>,
}

enum Member {
    File {
        at: u64,
        size: u64,
    },
    /// The same as another one: old archives share equal layers so.
    Link(String),
}

/// How many links lead to a member.
const MOST_LINKS: usize = 8;

impl Archive {
    fn open(path: &Path, store: &Store) -> Result<Archive> {
        let shown = path.display().to_string();
        let failed = |error: io::Error| match error.kind() {
            ErrorKind::NotFound => ImageError::missing(format!("the archive {shown}"), "there is no such file"),
            _ => ImageError::io(format!("reading {shown}"), error),
        };
        let mut file = open(path).map_err(failed)?;
        let mut first = Vec::new();
        (&mut file).take(6).read_to_end(&mut first).map_err(failed)?;
        file.rewind().map_err(failed)?;
        if Compression::of(&first) != Compression::None {
            let mut plain = decompress_archive(file, &format!("the archive {shown}"), store.limits().layer)?;
            // Without a name from the start, so that nothing is left behind.
            let mut unpacked = tempfile::tempfile_in(store.folder().join("tmp")).map_err(failed)?;
            io::copy(&mut plain, &mut unpacked).map_err(failed)?;
            unpacked.rewind().map_err(failed)?;
            file = unpacked;
        }
        let members = scan(&file, &shown, store.limits())?;
        Ok(Archive { shown, file, members })
    }

    /// Where a member is, links followed.
    fn find(&self, name: &str) -> Result<(u64, u64)> {
        let mut name = name.to_owned();
        for _ in 0..MOST_LINKS {
            match self.members.get(&name) {
                Some(Member::File { at, size }) => return Ok((*at, *size)),
                Some(Member::Link(target)) => name.clone_from(target),
                None => {
                    return Err(ImageError::missing(format!("{name:?}"), format!("{} does not have it", self.place())));
                }
            }
        }
        Err(ImageError::TooMany { what: format!("links from {name:?} in {}", self.place()), limit: MOST_LINKS as u64 })
    }

    fn reader(&self, name: &str) -> Result<Section<'_>> {
        let (at, size) = self.find(name)?;
        Ok(Section { file: &self.file, at, left: size })
    }

    fn document(&self, name: &str, limits: &ImageLimits) -> Result<Vec<u8>> {
        let mut reader = self.reader(name)?;
        if reader.left > limits.document {
            return Err(ImageError::TooLarge { what: format!("{name:?} of {}", self.place()), limit: limits.document });
        }
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).map_err(|error| ImageError::io(format!("reading {}", self.place()), error))?;
        Ok(bytes)
    }

    /// Brings an image of `docker save` into the store.
    fn import_saved(&self, name: Option<&str>, store: &Store) -> Result<Image> {
        #[derive(Deserialize)]
        #[serde(rename_all = "PascalCase")]
        struct Saved {
            config: String,
            #[serde(default)]
            repo_tags: Option<Vec<String>>,
            #[serde(default)]
            layers: Vec<String>,
        }
        let saved: Vec<Saved> = json(&self.document("manifest.json", store.limits())?, "manifest.json")?;
        let tags = || saved.iter().flat_map(|image| image.repo_tags.iter().flatten()).map(String::as_str);
        let has_name = |image: &&Saved| image.repo_tags.iter().flatten().any(|tag| Some(tag.as_str()) == name);
        let chosen = match (name, saved.as_slice()) {
            (None, [only]) => Some(only),
            (None, _) => None,
            (Some(_), _) => saved.iter().find(has_name),
        };
        let Some(chosen) = chosen else {
            let what = name.map_or("the name of an image".to_owned(), |name| format!("the image {name:?}"));
            let tags: Vec<&str> = tags().take(20).collect();
            return Err(ImageError::missing(what, format!("{} has {}", self.place(), tags.join(", "))));
        };
        let config_bytes = self.document(&chosen.config, store.limits())?;
        self.check_name(&chosen.config, &config_bytes)?;
        let config = ImageConfig::parse(&config_bytes)?;
        if chosen.layers.len() != config.rootfs.diff_ids.len() || chosen.layers.len() > store.limits().layers {
            let why = format!(
                "it has {} layers, and its configuration names {}",
                chosen.layers.len(),
                config.rootfs.diff_ids.len()
            );
            return Err(ImageError::malformed("manifest.json", why));
        }
        let mut layers = Vec::new();
        for (layer, diff_id) in chosen.layers.iter().zip(&config.rootfs.diff_ids) {
            layers.push(self.put_layer(layer, diff_id, store)?);
        }
        let config_descriptor = store.put_document(media_type::CONFIG, &config_bytes)?;
        Image::create_with(store, config_descriptor, config, layers)
    }

    /// The name of a configuration is its digest.
    fn check_name(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let stem = name.rsplit('/').next().unwrap_or(name).trim_end_matches(".json");
        let found = Digest::of(bytes);
        match Digest::from_hex(stem) {
            Some(wanted) if wanted != found => Err(ImageError::Digest {
                what: format!("the configuration {name:?} of {}", self.place()),
                wanted,
                found,
            }),
            _ => Ok(()),
        }
    }

    /// Keeps a layer. One that is not compressed is what its configuration says, or is refused at once; others show it
    /// when they are read.
    fn put_layer(&self, name: &str, diff_id: &Digest, store: &Store) -> Result<Descriptor> {
        let what = format!("the layer {name:?} of {}", self.place());
        let failed = |error| ImageError::io(format!("reading {what}"), error);
        let mut first = Vec::new();
        let reader = self.reader(name)?;
        if reader.left > store.limits().blob {
            return Err(ImageError::TooLarge { what, limit: store.limits().blob });
        }
        reader.take(6).read_to_end(&mut first).map_err(failed)?;
        let media_type = match Compression::of(&first) {
            Compression::None => media_type::LAYER,
            Compression::Gzip => media_type::LAYER_GZIP,
            Compression::Zstd => media_type::LAYER_ZSTD,
            other => return Err(ImageError::unsupported(format!("{what}, which is compressed by {other},"))),
        };
        let size = self.find(name)?.1;
        if media_type == media_type::LAYER {
            let descriptor = Descriptor::new(media_type, *diff_id, size);
            store.put(self.reader(name)?, &what, &descriptor)?;
            return Ok(descriptor);
        }
        let mut hasher = Hasher::new(io::sink());
        io::copy(&mut self.reader(name)?, &mut hasher).map_err(failed)?;
        let (_, digest, size) = hasher.finish();
        let descriptor = Descriptor::new(media_type, digest, size);
        store.put(self.reader(name)?, &what, &descriptor)?;
        Ok(descriptor)
    }
}

impl Source for Archive {
    fn open(&self, descriptor: &Descriptor) -> Result<Box<dyn Read + '_>> {
        Ok(Box::new(self.reader(&blob_name(&descriptor.digest))?))
    }

    fn place(&self) -> String {
        format!("the archive {}", self.shown)
    }
}

/// Where the members of an archive are.
fn scan(file: &File, shown: &str, limits: &ImageLimits) -> Result<BTreeMap<String, Member>> {
    let wrong = |why: String| ImageError::malformed(format!("the archive {shown}"), why);
    let tar_limits = TarLimits { entries: limits.archive_entries, bytes: u64::MAX, ..TarLimits::default() };
    let mut reader = TarReader::new(io::BufReader::with_capacity(256 << 10, file), tar_limits);
    let mut members = BTreeMap::new();
    while let Some(entry) = reader.next_entry().map_err(|error| wrong(error.to_string()))? {
        let Ok(name) = String::from_utf8(entry.path) else { continue };
        let name = clean(&name);
        let member = match entry.kind {
            TarKind::File => Member::File { at: reader.position(), size: entry.size },
            TarKind::HardLink => Member::Link(clean(&String::from_utf8_lossy(&entry.link))),
            TarKind::SymbolicLink => Member::Link(beside(&name, &String::from_utf8_lossy(&entry.link))),
            _ => continue,
        };
        // Which of two is meant readers answer in different ways.
        if members.insert(name.clone(), member).is_some() {
            return Err(wrong(format!("it has {name:?} twice")));
        }
    }
    Ok(members)
}

/// A name without `.` and empty parts, and with nothing above the root.
fn clean(name: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// What a symbolic link in an archive leads to.
fn beside(name: &str, target: &str) -> String {
    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
    if target.starts_with('/') { clean(target) } else { clean(&format!("{folder}/{target}")) }
}

/// A piece of a file.
struct Section<'f> {
    file: &'f File,
    at: u64,
    left: u64,
}

impl Read for Section<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.file.read_at(&mut buffer[..most], self.at)?;
        if read == 0 && most > 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.at += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}
