//! Keeping the store small, and saying what is in it.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::digest::Digest;
use super::error::{ImageError, Result};
use super::import::Image;
use super::manifest::{Document, Index};
use super::store::{StepRecord, Store};

/// How much is pruned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PruneOptions {
    /// The most bytes of steps and images that may be left.
    pub most: u64,
    /// Whether images may lose their names, once no step is left.
    pub images: bool,
    /// Whether it is only said what would be removed.
    pub dry_run: bool,
}

/// What was pruned, and what is left to be removed by the worker.
#[derive(Debug, Default, PartialEq)]
pub struct Pruned {
    /// Layers that nothing needs any more: the way of being root, and the name. Their records are gone.
    pub layers: Vec<(String, String)>,
    /// How many steps were forgotten.
    pub steps: usize,
    /// The names of images that were given up.
    pub images: Vec<String>,
    /// Bytes of blobs that were removed, and of the layers above.
    pub freed: u64,
    /// Bytes that are left.
    pub left: u64,
}

/// What is in a store.
#[derive(Debug, Default, PartialEq)]
pub struct Usage {
    /// The images by their names: bytes as they are stored, and when they were used last. What several of them share
    /// counts for each.
    pub images: Vec<(String, u64, SystemTime)>,
    /// Bytes of all blobs that images need.
    pub image_bytes: u64,
    /// How many steps, bases and contexts are kept.
    pub steps: usize,
    /// Bytes of their files.
    pub step_bytes: u64,
    /// Blobs, layers and files that nothing refers to.
    pub unused: usize,
    /// Bytes of the blobs and files among them; what is in layers nobody but the worker can count.
    pub unused_bytes: u64,
}

/// A step as pruning sees it.
struct Step {
    key: String,
    record: StepRecord,
    used: SystemTime,
}

impl Store {
    /// Removes what was not used for longest until no more than `options` say is left, and whatever nothing refers to:
    /// blobs without a name, layers without a record, files left behind by what was killed.
    ///
    /// The layers are for the worker to remove; if that fails the next pruning finds them again. Fails while another
    /// rlint uses the store.
    pub fn prune(&self, options: PruneOptions) -> Result<Pruned> {
        let pruned = self.try_lock_alone().and_then(|()| self.prune_alone(options));
        // Even one that was refused has let go of the lock.
        self.lock.lock_shared().map_err(|error| failed(self.folder(), error))?;
        pruned
    }

    /// What is in it.
    pub fn usage(&self) -> Result<Usage> {
        let mut usage = Usage::default();
        let names = self.names()?;
        for entry in &names.manifests {
            let bytes = match Image::stored(self, entry) {
                Ok(Some(image)) => {
                    let layers = image.manifest.layers.iter().map(|layer| layer.size);
                    layers.chain([image.manifest.config.size, entry.size]).fold(0, u64::saturating_add)
                }
                // It is damaged, and of no size that could be told.
                _ => 0,
            };
            usage.images.push((entry.name().unwrap_or_default().to_owned(), bytes, self.used(&entry.digest)));
        }
        let needed = self.needed(&names)?;
        for (digest, path, size) in self.blobs()? {
            if digest.is_some_and(|digest| needed.contains_key(&digest)) {
                usage.image_bytes += size;
            } else if path.exists() {
                usage.unused += 1;
                usage.unused_bytes += size;
            }
        }
        let steps = self.steps(true)?;
        usage.steps = steps.len();
        usage.step_bytes = steps.iter().map(|step| step.record.bytes).fold(0, u64::saturating_add);
        usage.unused += self.unused_layers(&steps)?.len();
        for path in list(&self.folder().join("tmp"))? {
            usage.unused += 1;
            usage.unused_bytes += size(&path);
        }
        Ok(usage)
    }

    fn prune_alone(&self, options: PruneOptions) -> Result<Pruned> {
        let mut pruned = Pruned::default();
        for path in list(&self.folder().join("tmp"))? {
            pruned.freed += size(&path);
            if !options.dry_run {
                remove(&path).map_err(|error| failed(&path, error))?;
            }
        }
        let mut steps = self.steps(options.dry_run)?;
        let step_bytes: u64 = steps.iter().map(|step| step.record.bytes).fold(0, u64::saturating_add);
        let before = pruned.freed;
        let mut blobs = self.remove_blobs(&self.names()?, options, &mut pruned)?;
        let unnamed = pruned.freed - before;
        let mut total = step_bytes.saturating_add(blobs);
        // Newest first, so that the oldest is at the end.
        steps.sort_by(|a, b| b.used.cmp(&a.used).then_with(|| a.key.cmp(&b.key)));
        while total > options.most
            && let Some(step) = steps.pop()
        {
            for step in with_those_above(step, &mut steps) {
                if !options.dry_run {
                    self.forget_step(&step.key)?;
                }
                total = total.saturating_sub(step.record.bytes);
                pruned.freed += step.record.bytes;
                pruned.steps += 1;
            }
        }
        if total > options.most && options.images {
            total -= blobs;
            if options.dry_run {
                // They are still there, and are counted again.
                pruned.freed -= unnamed;
            }
            blobs = self.prune_names(options, &mut pruned)?;
            total += blobs;
        }
        pruned.left = total;
        pruned.layers = self.unused_layers(&steps)?;
        Ok(pruned)
    }

    /// What is known of steps. A record that cannot be read is none, and is removed unless nothing is to be touched.
    fn steps(&self, untouched: bool) -> Result<Vec<Step>> {
        let mut steps = Vec::new();
        for path in list(&self.folder().join("steps"))? {
            let key = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            let used = match fs::metadata(&path).and_then(|file| file.modified()) {
                Ok(used) => used,
                // Somebody else removed it.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(failed(&path, error)),
            };
            let bytes = fs::read(&path).map_err(|error| failed(&path, error))?;
            match serde_json::from_slice(&bytes) {
                Ok(record) => steps.push(Step { key, record, used }),
                Err(_) if untouched => {}
                Err(_) => fs::remove_file(&path).map_err(|error| failed(&path, error))?,
            }
        }
        Ok(steps)
    }

    /// When a manifest was used last.
    fn used(&self, digest: &Digest) -> SystemTime {
        let modified = fs::metadata(self.blob_path(digest)).and_then(|file| file.modified());
        modified.unwrap_or(SystemTime::UNIX_EPOCH)
    }

    /// Gives up the names of images, the one whose manifest was used longest ago first.
    fn prune_names(&self, options: PruneOptions, pruned: &mut Pruned) -> Result<u64> {
        let mut index = self.names()?;
        index.manifests.sort_by_key(|entry| self.used(&entry.digest));
        // What was counted with all names is counted again with fewer.
        let freed = pruned.freed;
        loop {
            pruned.freed = freed;
            let dry = PruneOptions { dry_run: true, ..options };
            let left = self.remove_blobs(&index, dry, pruned)?;
            if left > options.most && !index.manifests.is_empty() {
                let gone = index.manifests.remove(0);
                pruned.images.push(gone.name().unwrap_or_default().to_owned());
                continue;
            }
            if !options.dry_run {
                pruned.freed = freed;
                self.remove_blobs(&index, options, pruned)?;
                let kept = index.manifests;
                self.change_names(|index| index.manifests = kept)?;
            }
            return Ok(left);
        }
    }

    /// All blobs: the digest that they are called by, where they are, and their size.
    fn blobs(&self) -> Result<Vec<(Option<Digest>, PathBuf, u64)>> {
        let mut blobs = Vec::new();
        for path in list(&self.folder().join("blobs/sha256"))? {
            let digest = path.file_name().and_then(|name| Digest::from_hex(name.to_str()?));
            let size = fs::metadata(&path).map(|file| file.len()).unwrap_or(0);
            blobs.push((digest, path, size));
        }
        Ok(blobs)
    }

    /// Removes the blobs that no image of `index` needs, and says how many bytes the others have.
    fn remove_blobs(&self, index: &Index, options: PruneOptions, pruned: &mut Pruned) -> Result<u64> {
        let needed = self.needed(index)?;
        let mut left = 0;
        for (digest, path, size) in self.blobs()? {
            if digest.is_some_and(|digest| needed.contains_key(&digest)) {
                left += size;
                continue;
            }
            if !options.dry_run {
                fs::remove_file(&path).map_err(|error| failed(&path, error))?;
            }
            pruned.freed += size;
        }
        Ok(left)
    }

    fn needed(&self, index: &Index) -> Result<HashMap<Digest, ()>> {
        let mut needed = HashMap::new();
        let mut open = index.manifests.clone();
        while let Some(descriptor) = open.pop() {
            if needed.insert(descriptor.digest, ()).is_some() {
                continue;
            }
            // An image that is damaged keeps nothing: it has to be had again anyway.
            let Ok(bytes) = self.read(&descriptor) else { continue };
            match Document::parse(&bytes, &descriptor.media_type, self.limits()) {
                Ok(Document::Index(index)) => open.extend(index.manifests),
                Ok(Document::Manifest(manifest)) => {
                    needed.insert(manifest.config.digest, ());
                    needed.extend(manifest.layers.iter().map(|layer| (layer.digest, ())));
                }
                Err(_) => {}
            }
        }
        Ok(needed)
    }

    /// The layers that no step of `steps` has. What the workers keep beside them has names that no layer has.
    fn unused_layers(&self, steps: &[Step]) -> Result<Vec<(String, String)>> {
        let used: HashSet<(&str, &str)> =
            steps.iter().filter_map(|step| Some((&*step.record.mode, step.record.layer.as_deref()?))).collect();
        let mut unused = Vec::new();
        for mode in list(&self.folder().join("layers"))? {
            let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
            for layer in list(&mode)? {
                let (Some(mode), Some(layer)) = (name(&mode), name(&layer)) else { continue };
                if !layer.starts_with('.') && !used.contains(&(mode.as_str(), layer.as_str())) {
                    unused.push((mode, layer));
                }
            }
        }
        Ok(unused)
    }
}

/// A step, and those of `steps` that stand on it: they would stand on what is built again, which may be something else.
fn with_those_above(step: Step, steps: &mut Vec<Step>) -> Vec<Step> {
    let mut gone = HashSet::from([step.key.clone()]);
    let mut removed = vec![step];
    loop {
        let stands_on = |step: &Step| step.record.parent.as_ref().is_some_and(|parent| gone.contains(parent));
        let (above, rest): (Vec<Step>, Vec<Step>) = std::mem::take(steps).into_iter().partition(stands_on);
        *steps = rest;
        if above.is_empty() {
            return removed;
        }
        gone.extend(above.iter().map(|step| step.key.clone()));
        removed.extend(above);
    }
}

/// Bytes of a file, or of all files in a folder; links count nothing.
fn size(path: &Path) -> u64 {
    let Ok(data) = fs::symlink_metadata(path) else { return 0 };
    if !data.is_dir() {
        return if data.is_file() { data.len() } else { 0 };
    }
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.map(|entry| size(&entry.path())).fold(0, u64::saturating_add)
}

/// Removes a file, or a folder and all that is in it.
fn remove(path: &Path) -> std::io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() {
        unlock(path);
        return fs::remove_dir_all(path);
    }
    fs::remove_file(path)
}

/// Lets folders be emptied that nobody may write to: contexts have such.
pub(in crate::build) fn unlock(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    // Where that fails, removing says why.
    let _ = fs::set_permissions(folder, fs::Permissions::from_mode(0o700));
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        // A link is no folder here.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            unlock(&entry.path());
        }
    }
}

/// What is in a folder, in the order of the names.
fn list(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|error| failed(folder, error))?;
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(|error| failed(folder, error))?.path());
    }
    paths.sort();
    Ok(paths)
}

fn failed(path: &Path, error: std::io::Error) -> ImageError {
    ImageError::Io { what: format!("pruning {}", path.display()), error }
}
