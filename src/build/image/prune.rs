//! Keeping the store small.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use super::digest::Digest;
use super::error::{ImageError, Result};
use super::manifest::{Document, Index};
use super::store::{StepRecord, Store};

/// What was pruned, and what is left to be removed by the worker.
#[derive(Debug, Default, PartialEq)]
pub struct Pruned {
    /// Layers that nothing needs any more: the way of being root, and the name. Their records are gone.
    pub layers: Vec<(String, String)>,
    /// Bytes of blobs that were removed, and of the layers above.
    pub freed: u64,
    /// Bytes that are left.
    pub left: u64,
}

/// A step as pruning sees it.
struct Step {
    key: String,
    record: StepRecord,
    used: SystemTime,
}

impl Store {
    /// Removes what was not used for longest until no more than `most` bytes are left, and whatever nothing refers to:
    /// blobs without a name, layers without a record, files left behind by what was killed.
    ///
    /// The layers are for the worker to remove; if that fails the next pruning finds them again. Fails while another
    /// rlint uses the store.
    pub fn prune(&self, most: u64) -> Result<Pruned> {
        let pruned = self.try_lock_alone().and_then(|()| self.prune_alone(most));
        // Even one that was refused has let go of the lock.
        self.lock.lock_shared().map_err(|error| failed(self.folder(), error))?;
        pruned
    }

    fn prune_alone(&self, most: u64) -> Result<Pruned> {
        for path in list(&self.folder().join("tmp"))? {
            // Git works in folders.
            let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            removed.map_err(|error| failed(&path, error))?;
        }
        let mut pruned = Pruned::default();
        let mut steps = self.steps()?;
        let step_bytes: u64 = steps.iter().map(|step| step.record.bytes).sum();
        let mut blobs = self.remove_blobs(&self.names()?, &mut pruned)?;
        let mut total = step_bytes.saturating_add(blobs);
        // Newest first, so that the oldest is at the end.
        steps.sort_by(|a, b| b.used.cmp(&a.used).then_with(|| a.key.cmp(&b.key)));
        while total > most
            && let Some(step) = steps.pop()
        {
            // A step on top of one that is gone would stand on what is built again, which may be something else.
            let mut gone = HashSet::from([step.key.clone()]);
            let mut removed = vec![step];
            loop {
                let (above, rest): (Vec<Step>, Vec<Step>) = steps
                    .into_iter()
                    .partition(|step| step.record.parent.as_ref().is_some_and(|parent| gone.contains(parent)));
                steps = rest;
                if above.is_empty() {
                    break;
                }
                gone.extend(above.iter().map(|step| step.key.clone()));
                removed.extend(above);
            }
            for step in removed {
                self.forget_step(&step.key)?;
                total = total.saturating_sub(step.record.bytes);
                pruned.freed += step.record.bytes;
            }
        }
        if total > most {
            total -= blobs;
            blobs = self.prune_names(most, &mut pruned)?;
            total += blobs;
        }
        pruned.left = total;
        pruned.layers = self.unused_layers(&steps)?;
        Ok(pruned)
    }

    fn steps(&self) -> Result<Vec<Step>> {
        let mut steps = Vec::new();
        for path in list(&self.folder().join("steps"))? {
            let key = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            let used = fs::metadata(&path).and_then(|file| file.modified()).map_err(|error| failed(&path, error))?;
            let bytes = fs::read(&path).map_err(|error| failed(&path, error))?;
            match serde_json::from_slice(&bytes) {
                Ok(record) => steps.push(Step { key, record, used }),
                Err(_) => fs::remove_file(&path).map_err(|error| failed(&path, error))?,
            }
        }
        Ok(steps)
    }

    /// Gives up the names of images, the one whose manifest was used longest ago first.
    fn prune_names(&self, most: u64, pruned: &mut Pruned) -> Result<u64> {
        let used = |digest: &Digest| {
            let modified = fs::metadata(self.blob_path(digest)).and_then(|file| file.modified());
            modified.unwrap_or(SystemTime::UNIX_EPOCH)
        };
        let mut index = self.names()?;
        index.manifests.sort_by_key(|entry| used(&entry.digest));
        loop {
            let left = self.remove_blobs(&index, pruned)?;
            if left <= most || index.manifests.is_empty() {
                let kept = index.manifests;
                self.change_names(|index| index.manifests = kept)?;
                return Ok(left);
            }
            index.manifests.remove(0);
        }
    }

    /// Removes the blobs that no image of `index` needs, and says how many bytes the others have.
    fn remove_blobs(&self, index: &Index, pruned: &mut Pruned) -> Result<u64> {
        let needed = self.needed(index)?;
        let mut left = 0;
        for path in list(&self.folder().join("blobs/sha256"))? {
            let size = fs::metadata(&path).map_err(|error| failed(&path, error))?.len();
            let digest = path.file_name().and_then(|name| Digest::from_hex(name.to_str()?));
            if digest.is_some_and(|digest| needed.contains_key(&digest)) {
                left += size;
            } else {
                fs::remove_file(&path).map_err(|error| failed(&path, error))?;
                pruned.freed += size;
            }
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

    /// The layers that no step of `steps` has.
    fn unused_layers(&self, steps: &[Step]) -> Result<Vec<(String, String)>> {
        let used: HashSet<(&str, &str)> =
            steps.iter().filter_map(|step| Some((&*step.record.mode, step.record.layer.as_deref()?))).collect();
        let mut unused = Vec::new();
        for mode in list(&self.folder().join("layers"))? {
            let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
            for layer in list(&mode)? {
                let (Some(mode), Some(layer)) = (name(&mode), name(&layer)) else { continue };
                if !used.contains(&(mode.as_str(), layer.as_str())) {
                    unused.push((mode, layer));
                }
            }
        }
        Ok(unused)
    }
}

/// What is in a folder, in the order of the names.
fn list(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
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
