//! Images as folders: the OCI image layout of `image-layout.md`.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use tempfile::NamedTempFile;

use super::digest::Digest;
use super::error::{ImageError, Result};
use super::import::{Image, Source, import};
use super::limits::ImageLimits;
use super::manifest::{Descriptor, Index, Platform, json};
use super::store::{LAYOUT, Store};

/// Brings the image `name` of the layout in `folder` into the store; without a name, the only one that it has.
pub fn read_layout(folder: &Path, name: Option<&str>, platform: &Platform, store: &Store) -> Result<Image> {
    let layout = Layout { folder: folder.to_owned() };
    let marker = layout.document("oci-layout", store.limits())?;
    check_version(&marker)?;
    let index = read_index(&layout.document("index.json", store.limits())?, store.limits())?;
    let top = choose(&index, name, platform, &layout.place())?;
    import(&layout, top, platform, store)
}

/// Writes an image as a layout, or into one: what has the same name there is replaced.
pub fn write_layout(store: &Store, image: &Image, folder: &Path, name: Option<&str>) -> Result<()> {
    let layout = Layout { folder: folder.to_owned() };
    let failed = |error| ImageError::Io { what: format!("writing {}", layout.place()), error };
    let is_new = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == ErrorKind::NotFound => true,
        Err(error) => return Err(failed(error)),
    };
    let mut index = if is_new {
        Index::new(Vec::new())
    } else {
        // Not to be written into a folder that is something else.
        check_version(&layout.document("oci-layout", store.limits())?)?;
        read_index(&layout.document("index.json", store.limits())?, store.limits())?
    };
    DirBuilder::new().recursive(true).mode(0o755).create(folder.join("blobs/sha256")).map_err(failed)?;
    for descriptor in image.blobs() {
        layout.write_blob(store, descriptor)?;
    }
    index.manifests.retain(|entry| entry.name() != name || (name.is_none() && entry.digest != image.descriptor.digest));
    index.manifests.push(image.index_entry(name));
    let bytes = serde_json::to_vec(&index).expect("strings, numbers and maps with strings as keys are JSON");
    layout.write_file("oci-layout", LAYOUT.as_bytes())?;
    layout.write_file("index.json", &bytes)
}

impl Image {
    /// Everything that it is made of, the manifest last.
    pub(super) fn blobs(&self) -> impl Iterator<Item = &Descriptor> {
        self.manifest.layers.iter().chain([&self.manifest.config, &self.descriptor])
    }

    /// Its entry in the index of a layout.
    pub(super) fn index_entry(&self, name: Option<&str>) -> Descriptor {
        let mut entry = self.descriptor.clone();
        if !self.config.os.is_empty() && !self.config.architecture.is_empty() {
            let variant = self.config.variant.as_deref();
            entry.platform = Some(Platform::new(&self.config.os, &self.config.architecture, variant));
        }
        match name {
            Some(name) => entry.named(name),
            None => entry,
        }
    }
}

/// A layout in a folder.
struct Layout {
    folder: PathBuf,
}

impl Layout {
    fn document(&self, name: &str, limits: &ImageLimits) -> Result<Vec<u8>> {
        let path = self.folder.join(name);
        let file = open(&path).map_err(|error| match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => ImageError::missing(
                format!("{name} of {}", self.place()),
                "a layout has oci-layout, index.json and blobs",
            ),
            _ => ImageError::io(format!("reading {}", path.display()), error),
        })?;
        let mut bytes = Vec::new();
        let failed = |error| ImageError::Io { what: format!("reading {}", path.display()), error };
        file.take(limits.document + 1).read_to_end(&mut bytes).map_err(failed)?;
        if bytes.len() as u64 > limits.document {
            return Err(ImageError::TooLarge { what: path.display().to_string(), limit: limits.document });
        }
        Ok(bytes)
    }

    fn blob_path(&self, digest: &Digest) -> PathBuf {
        self.folder.join("blobs/sha256").join(digest.hex())
    }

    fn write_blob(&self, store: &Store, descriptor: &Descriptor) -> Result<()> {
        let path = self.blob_path(&descriptor.digest);
        if fs::metadata(&path).is_ok_and(|file| file.is_file() && file.len() == descriptor.size) {
            return Ok(());
        }
        let failed = |error| ImageError::Io { what: format!("writing {}", path.display()), error };
        let mut source = store.open_blob(&descriptor.digest)?;
        let mut target = NamedTempFile::new_in(&self.folder).map_err(failed)?;
        // Between two files the kernel can share the content.
        io::copy(&mut source, target.as_file_mut()).map_err(failed)?;
        persist(target, &path)
    }

    fn write_file(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.folder.join(name);
        let failed = |error| ImageError::Io { what: format!("writing {}", path.display()), error };
        let mut file = NamedTempFile::new_in(&self.folder).map_err(failed)?;
        file.write_all(bytes).map_err(failed)?;
        persist(file, &path)
    }
}

/// Puts a temporary file in its place, readable as other files are.
fn persist(file: NamedTempFile, path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let failed = |error| ImageError::Io { what: format!("writing {}", path.display()), error };
    file.as_file().set_permissions(fs::Permissions::from_mode(0o644)).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

impl Source for Layout {
    fn open(&self, descriptor: &Descriptor) -> Result<Box<dyn Read + '_>> {
        let path = self.blob_path(&descriptor.digest);
        match open(&path) {
            Ok(file) => Ok(Box::new(file)),
            Err(error) if error.kind() == ErrorKind::NotFound => Err(ImageError::missing(
                format!("the blob {}", descriptor.digest),
                format!("{} does not have it", self.place()),
            )),
            Err(error) => Err(ImageError::io(format!("reading {}", path.display()), error)),
        }
    }

    fn place(&self) -> String {
        format!("the layout {}", self.folder.display())
    }
}

/// Opens a file, and nothing that would wait for somebody.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().read(true).custom_flags(nix::libc::O_NONBLOCK).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(ErrorKind::InvalidData, "it is not a file"));
    }
    Ok(file)
}

/// The version of a layout.
pub(super) fn check_version(marker: &[u8]) -> Result<()> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Marker {
        image_layout_version: String,
    }
    let marker: Marker = json(marker, "oci-layout")?;
    match marker.image_layout_version.as_str() {
        "1.0.0" => Ok(()),
        other => Err(ImageError::unsupported(format!("an image layout of version {other:?}"))),
    }
}

/// The `index.json` of a layout.
pub(super) fn read_index(bytes: &[u8], limits: &ImageLimits) -> Result<Index> {
    let index: Index = json(bytes, "index.json")?;
    if index.manifests.len() > limits.manifests {
        return Err(ImageError::TooMany { what: "images in a layout".to_owned(), limit: limits.manifests as u64 });
    }
    Ok(index)
}

/// The image that is meant: the one with the name, or the only one.
pub(super) fn choose<'i>(
    index: &'i Index,
    name: Option<&str>,
    platform: &Platform,
    place: &str,
) -> Result<&'i Descriptor> {
    let names = || {
        let names: Vec<&str> = index.manifests.iter().filter_map(Descriptor::name).take(20).collect();
        if names.is_empty() { "its images have no names".to_owned() } else { format!("it has {}", names.join(", ")) }
    };
    if let Some(name) = name {
        let by_digest = name.parse::<Digest>().ok();
        let has_name = |entry: &&Descriptor| {
            let full = entry.annotation("io.containerd.image.name");
            entry.name() == Some(name) || full == Some(name) || by_digest == Some(entry.digest)
        };
        let mut found = index.manifests.iter().filter(has_name);
        let first = found.next();
        // The same name for several platforms.
        if first.is_some() && found.next().is_some() {
            let same = Index::new(index.manifests.iter().filter(has_name).cloned().collect());
            let chosen = same.choose(platform)?.digest;
            return index
                .manifests
                .iter()
                .find(|entry| entry.digest == chosen)
                .ok_or_else(|| ImageError::missing(format!("the image {name:?}"), format!("in {place}; {}", names())));
        }
        return first
            .ok_or_else(|| ImageError::missing(format!("the image {name:?}"), format!("in {place}; {}", names())));
    }
    match index.manifests.as_slice() {
        [] => Err(ImageError::missing("an image", format!("{place} is empty"))),
        [only] => Ok(only),
        several if several.iter().all(|entry| entry.name().is_none() && entry.platform.is_some()) => {
            index.choose(platform)
        }
        several => Err(ImageError::missing(
            "the name of an image",
            format!("{place} has {} of them; {}", several.len(), names()),
        )),
    }
}
