//! The local store: blobs by their digest, images by their names, and what the steps of builds made.
//!
//! The folder is itself an OCI image layout, so other tools can look into it:
//!
//! ```text
//! oci-layout, index.json       images by name
//! blobs/sha256/HEX             documents and layers as they came
//! steps/KEY.json               what a step made
//! layers/MODE/NAME/            unpacked layers; only the worker touches what is in them, for they have its ids
//! tmp/                         what is being written
//! lock                         shared by builds, held alone while pruning
//! ```

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use flate2::GzBuilder;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tempfile::NamedTempFile;

use super::digest::{Digest, Hasher, Verified};
use super::error::{ImageError, Result};
use super::limits::ImageLimits;
use super::manifest::{Descriptor, Index, json, media_type};

/// A store that is open. As long as it is, nothing in it is pruned.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    limits: ImageLimits,
    /// Locked for as long as it is open.
    pub(super) lock: File,
}

/// What a step of a build made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepRecord {
    /// The way of being root: layers of one cannot be read in another.
    pub mode: String,
    /// The layer below `layers/MODE/`; `None` when the step changed nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<String>,
    /// The key of the step below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Bytes of the files in the layer.
    #[serde(default)]
    pub bytes: u64,
    /// Files and folders in the layer.
    #[serde(default)]
    pub entries: u64,
    /// What else whoever runs the steps wants to know of it.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// A name in an index and the limit on its length.
const MOST_NAME: usize = 512;

impl Store {
    /// Where the store is, by the variables of the environment: `RLINT_STORE`, or below the cache folder of the user.
    pub fn default_folder(variable: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let absolute = |path: PathBuf| path.is_absolute().then_some(path);
        let cache = || set("XDG_CACHE_HOME").and_then(absolute).or_else(|| Some(set("HOME")?.join(".cache")));
        set("RLINT_STORE").or_else(|| Some(cache()?.join("rlint/build"))).ok_or_else(|| ImageError::Store {
            why: "there is no place for what is built: set RLINT_STORE to a folder".to_owned(),
        })
    }

    /// Opens the store in `folder`, which is made where it is missing.
    pub fn open(folder: &Path) -> Result<Store> {
        Store::open_with(folder, ImageLimits::default())
    }

    /// The same with other limits on what is read into it.
    pub fn open_with(folder: &Path, limits: ImageLimits) -> Result<Store> {
        let failed = |error| ImageError::Io { what: format!("opening the store {}", folder.display()), error };
        for part in ["", "blobs/sha256", "steps", "layers", "tmp"] {
            DirBuilder::new().recursive(true).mode(0o700).create(folder.join(part)).map_err(failed)?;
        }
        let metadata = fs::metadata(folder).map_err(failed)?;
        if metadata.uid() != nix::unistd::geteuid().as_raw() {
            let why =
                format!("the store {} belongs to another user: set RLINT_STORE to a folder of yours", folder.display());
            return Err(ImageError::Store { why });
        }
        if metadata.mode() & 0o022 != 0 {
            let why = format!("others can write to the store {0}: run `chmod 700 {0}`", folder.display());
            return Err(ImageError::Store { why });
        }
        let lock = lock_file(&folder.join("lock")).map_err(failed)?;
        lock.lock_shared().map_err(failed)?;
        let store = Store { folder: folder.canonicalize().map_err(failed)?, limits, lock };
        if !store.folder.join("oci-layout").exists() {
            store.write(&store.folder.join("oci-layout"), LAYOUT.as_bytes())?;
        }
        Ok(store)
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The limits on what is read into it.
    pub fn limits(&self) -> &ImageLimits {
        &self.limits
    }

    /// Where a blob is or would be.
    pub fn blob_path(&self, digest: &Digest) -> PathBuf {
        self.folder.join("blobs/sha256").join(digest.hex())
    }

    /// Whether a blob is there with the size that it is said to have.
    pub fn has(&self, descriptor: &Descriptor) -> bool {
        fs::metadata(self.blob_path(&descriptor.digest))
            .is_ok_and(|file| file.is_file() && file.len() == descriptor.size)
    }

    /// Opens a blob. Whoever reads it must hold it to its digest or to that of its layer.
    pub(super) fn open_blob(&self, digest: &Digest) -> Result<File> {
        File::open(self.blob_path(digest)).map_err(|error| match error.kind() {
            ErrorKind::NotFound => {
                ImageError::missing(format!("the blob {digest}"), "it is not in the store".to_owned())
            }
            _ => ImageError::Io { what: format!("reading the blob {digest}"), error },
        })
    }

    /// All of a document, verified.
    pub fn read(&self, descriptor: &Descriptor) -> Result<Vec<u8>> {
        let what = format!("the blob {}", descriptor.digest);
        read_document(self.open_blob(&descriptor.digest)?, &what, descriptor, &self.limits)
    }

    /// Starts to write a blob.
    pub fn writer(&self) -> Result<BlobWriter<'_>> {
        Ok(BlobWriter { store: self, file: Hasher::new(self.temporary()?) })
    }

    /// Keeps what `reader` says, if it is what `descriptor` says. What is there is not read again.
    pub fn put(&self, mut reader: impl Read, what: &str, descriptor: &Descriptor) -> Result<()> {
        if self.has(descriptor) {
            return Ok(());
        }
        if descriptor.size > self.limits.blob {
            return Err(ImageError::TooLarge { what: what.to_owned(), limit: self.limits.blob });
        }
        let mut verified = Verified::new(&mut reader, what, descriptor.digest, Some(descriptor.size));
        let mut writer = self.writer()?;
        io::copy(&mut verified, &mut writer).map_err(|error| ImageError::io(format!("keeping {what}"), error))?;
        writer.finish()?;
        Ok(())
    }

    /// Keeps a document.
    pub fn put_document(&self, media_type: &str, bytes: &[u8]) -> Result<Descriptor> {
        let descriptor = Descriptor::new(media_type, Digest::of(bytes), bytes.len() as u64);
        self.put(bytes, "a document", &descriptor)?;
        Ok(descriptor)
    }

    /// Keeps a layer, given as a plain archive, compressed; says also the digest of the archive.
    pub fn put_layer(&self, reader: impl Read) -> Result<(Descriptor, Digest)> {
        // Without a name and a time, the same layer is the same blob. The level is that of a builder, not of an archive.
        let gzip = GzBuilder::new().mtime(0).write(self.writer()?, flate2::Compression::new(4));
        let mut plain = Hasher::new(gzip);
        let failed = |error| ImageError::io("keeping a layer", error);
        let most = self.limits.layer;
        if io::copy(&mut reader.take(most.saturating_add(1)), &mut plain).map_err(failed)? > most {
            return Err(ImageError::TooLarge { what: "a layer".to_owned(), limit: most });
        }
        let (gzip, diff_id, _) = plain.finish();
        let (digest, size) = gzip.finish().map_err(failed)?.finish()?;
        Ok((Descriptor::new(media_type::LAYER_GZIP, digest, size), diff_id))
    }

    /// The manifest that has a name.
    pub fn find(&self, name: &str) -> Result<Option<Descriptor>> {
        Ok(self.names()?.manifests.into_iter().find(|entry| entry.name() == Some(name)))
    }

    /// The manifests that have names.
    pub fn names(&self) -> Result<Index> {
        let path = self.folder.join("index.json");
        match fs::read(&path) {
            Ok(bytes) => json(&bytes, &path.display().to_string()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Index::new(Vec::new())),
            Err(error) => Err(ImageError::Io { what: format!("reading {}", path.display()), error }),
        }
    }

    /// Gives a name to a manifest, in place of what had it.
    pub fn name(&self, name: &str, manifest: &Descriptor) -> Result<()> {
        if name.is_empty() || name.len() > MOST_NAME || name.chars().any(char::is_control) {
            let shown: String = name.chars().take(80).collect();
            let why = format!("it is empty, longer than {MOST_NAME} bytes or has control characters");
            return Err(ImageError::malformed(format!("the name {shown:?}"), why));
        }
        let entry = manifest.clone().named(name);
        self.change_names(|index| {
            index.manifests.retain(|entry| entry.name() != Some(name));
            index.manifests.push(entry);
        })
    }

    /// Changes the names while nobody else does.
    pub(super) fn change_names(&self, change: impl FnOnce(&mut Index)) -> Result<()> {
        let path = self.folder.join("names.lock");
        let failed = |error| ImageError::Io { what: format!("locking {}", path.display()), error };
        let lock = lock_file(&path).map_err(failed)?;
        lock.lock().map_err(failed)?;
        let mut index = self.names()?;
        change(&mut index);
        let bytes = serde_json::to_vec(&index).expect("strings, numbers and maps with strings as keys are JSON");
        self.write(&self.folder.join("index.json"), &bytes)
    }

    /// What a step made, and that it is in use.
    pub fn step(&self, key: &str) -> Result<Option<StepRecord>> {
        let path = self.step_path(key)?;
        match fs::read(&path) {
            Ok(bytes) => {
                // When it was used last decides what is pruned first; that this cannot be noted hinders nobody.
                let _ = File::open(&path).and_then(|file| file.set_modified(SystemTime::now()));
                // A record that cannot be read is none: the step is built again.
                Ok(serde_json::from_slice(&bytes).ok())
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ImageError::Io { what: format!("reading {}", path.display()), error }),
        }
    }

    /// Keeps what a step made.
    pub fn put_step(&self, key: &str, record: &StepRecord) -> Result<()> {
        let bytes = serde_json::to_vec(record).expect("strings, numbers and maps with strings as keys are JSON");
        self.write(&self.step_path(key)?, &bytes)
    }

    /// Forgets what a step made.
    pub fn forget_step(&self, key: &str) -> Result<()> {
        let path = self.step_path(key)?;
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(ImageError::Io { what: format!("removing {}", path.display()), error })
            }
            _ => Ok(()),
        }
    }

    fn step_path(&self, key: &str) -> Result<PathBuf> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if key.is_empty() || key.len() > 128 || !key.bytes().all(plain) {
            let why = "it is not made of at most 128 of a-z, 0-9 and `-`";
            return Err(ImageError::malformed(format!("the key {key:?} of a step"), why));
        }
        Ok(self.folder.join("steps").join(format!("{key}.json")))
    }

    /// A file for what is not whole yet.
    pub(super) fn temporary(&self) -> Result<NamedTempFile> {
        NamedTempFile::new_in(self.folder.join("tmp"))
            .map_err(|error| ImageError::Io { what: format!("writing to the store {}", self.folder.display()), error })
    }

    /// Writes a file whole or not at all.
    fn write(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let failed = |error| ImageError::Io { what: format!("writing {}", path.display()), error };
        let mut file = self.temporary()?;
        file.write_all(bytes).map_err(failed)?;
        file.persist(path).map_err(|error| failed(error.error))?;
        Ok(())
    }

    /// Waits for nobody: whether no other rlint has the store open.
    pub(super) fn try_lock_alone(&self) -> Result<()> {
        match self.lock.try_lock() {
            Ok(()) => Ok(()),
            Err(TryLockError::WouldBlock) => Err(ImageError::Store {
                why: format!(
                    "the store {} is in use by another rlint: try again when it is done",
                    self.folder.display()
                ),
            }),
            Err(TryLockError::Error(error)) => {
                Err(ImageError::Io { what: format!("locking the store {}", self.folder.display()), error })
            }
        }
    }
}

/// The content of `oci-layout`: `image-layout.md`.
pub(super) const LAYOUT: &str = r#"{"imageLayoutVersion":"1.0.0"}"#;

fn lock_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

/// All of a document from anywhere, verified.
pub(super) fn read_document(
    reader: impl Read,
    what: &str,
    descriptor: &Descriptor,
    limits: &ImageLimits,
) -> Result<Vec<u8>> {
    if descriptor.size > limits.document {
        return Err(ImageError::TooLarge { what: what.to_owned(), limit: limits.document });
    }
    let mut bytes = Vec::new();
    Verified::new(reader, what, descriptor.digest, Some(descriptor.size))
        .read_to_end(&mut bytes)
        .map_err(|error| ImageError::io(format!("reading {what}"), error))?;
    Ok(bytes)
}

/// A blob that is being written. It is in the store once it is finished; dropped before that it leaves nothing behind.
#[derive(Debug)]
pub struct BlobWriter<'s> {
    store: &'s Store,
    file: Hasher<NamedTempFile>,
}

impl BlobWriter<'_> {
    /// Keeps what was written, and says its digest and its size.
    pub fn finish(self) -> Result<(Digest, u64)> {
        let (file, digest, size) = self.file.finish();
        let path = self.store.blob_path(&digest);
        file.persist(&path)
            .map_err(|error| ImageError::Io { what: format!("writing {}", path.display()), error: error.error })?;
        Ok((digest, size))
    }
}

impl Write for BlobWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
