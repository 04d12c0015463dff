//! The layers on the disk, as the worker sees them, and stacks of them as overlay mounts.
//!
//! What is being made lies in `.tmp/<worker>/` until it is whole; then it gets its name. A worker holds a lock on its folder
//! there, so that the next one can tell what was left by one that was killed.

use std::collections::{BTreeSet, HashMap};
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use nix::fcntl::{Flock, FlockArg};
use nix::mount::{MsFlags, mount};
use nix::unistd::chdir;

use super::calls::{at, describe};
use super::remove::{self, remove_tree};
use super::request::LayerName;
use super::stubs::Known;

/// Longest options of a mount that the kernel takes: a page without its end.
const LONGEST_OPTIONS: usize = 4_095;

/// Layers of a stack that overlayfs takes (`OVL_MAX_STACK`).
const MOST_LAYERS: usize = 500;

/// Stacks of which mount points are known.
const MOST_KNOWN: usize = 64;

/// Where the layers of this worker are and what it has mounted of them.
pub(super) struct Layers {
    root: PathBuf,
    /// A folder in memory with a short link for each layer in use: the options of a mount are one page, and what a step sees
    /// of them in `/proc/mounts` tells nothing.
    links: PathBuf,
    numbers: HashMap<LayerName, usize>,
    own: PathBuf,
    /// What is known of mount points, the latest last.
    stubs: Vec<Known>,
    /// What is left of earlier requests.
    litter: Vec<Place>,
    _lock: Flock<File>,
    count: u64,
}

/// A stack of layers and what goes on top of it.
#[derive(Clone, Debug)]
pub(super) struct Stack {
    /// `lowerdir`, highest first, relative to the folder of links.
    lowers: String,
    links: PathBuf,
}

/// A folder for one request, which is removed with it.
pub(super) struct Place {
    /// Its path.
    pub(super) path: PathBuf,
    trash: PathBuf,
}

impl Drop for Place {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next worker.
        let _ = remove_tree(&self.path, &self.trash);
    }
}

impl Drop for Layers {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next worker.
        let _ = remove_tree(&self.own, &self.trash());
    }
}

impl Layers {
    /// Opens the folder of layers and removes what earlier workers have left.
    pub(super) fn open(root: &Path, scratch: &Path) -> Result<Layers, String> {
        let all = root.join(".tmp");
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&all);
        at(made, "cannot make a folder in the store")?;
        let gate = at(File::open(&all), "cannot open a folder of the store")?;
        // Nobody else may look for leftovers between the making of our folder and its lock.
        let gate = Flock::lock(gate, FlockArg::LockExclusive)
            .map_err(|(_, reason)| format!("cannot lock the store: {reason}"))?;
        let trash = root.join(".trash");
        at(fs::DirBuilder::new().recursive(true).mode(0o700).create(&trash), "cannot make a folder in the store")?;
        sweep(&all, &trash)?;
        let own = at(new_folder(&all), "cannot make a folder in the store")?;
        let lock = at(File::open(&own), "cannot open a folder of the store")?;
        let lock = Flock::lock(lock, FlockArg::LockExclusiveNonblock)
            .map_err(|(_, reason)| format!("cannot lock a folder of the store: {reason}"))?;
        drop(gate);
        let links = scratch.join("n");
        at(fs::create_dir(&links), "cannot make a folder in memory")?;
        // One to stand on, and another since the same folder cannot be there twice.
        for (folder, link) in [("empty", "0"), ("other", "00")] {
            at(fs::create_dir(own.join(folder)), "cannot make a folder in the store")?;
            at(symlink(own.join(folder), links.join(link)), "cannot make a link in memory")?;
        }
        Ok(Layers {
            root: root.to_owned(),
            links,
            numbers: HashMap::new(),
            own,
            stubs: Vec::new(),
            litter: Vec::new(),
            _lock: lock,
            count: 0,
        })
    }

    /// Tries whether overlay mounts can be had here.
    pub(super) fn check_overlay(&self) -> Result<(), String> {
        let place = at(new_folder(&self.own), "cannot make a folder in the store")?;
        let place = Place { path: place, trash: self.trash() };
        let stack = Stack { lowers: "0".to_owned(), links: self.links.clone() };
        let target = place.path.join("merged");
        at(fs::create_dir(&target), "cannot make a folder in the store")?;
        stack.mount_writable(&target, &place.path)?;
        at(nix::mount::umount2(&target, nix::mount::MntFlags::MNT_DETACH), "cannot unmount")
    }

    /// The folder of a layer, which may not be there.
    pub(super) fn path(&self, layer: &LayerName) -> PathBuf {
        self.root.join(layer.as_str())
    }

    /// Fails if there is a layer of this name: what others stand on does not change.
    pub(super) fn check_new(&self, layer: &LayerName) -> Result<(), String> {
        if self.path(layer).exists() {
            return Err(format!("there is a layer `{layer}` already"));
        }
        Ok(())
    }

    /// The folder of the cache of this name.
    pub(super) fn caches(&self) -> PathBuf {
        self.root.join(".caches")
    }

    /// Where trees are taken apart that are removed.
    pub(super) fn trash(&self) -> PathBuf {
        self.root.join(".trash")
    }

    /// A new folder for one request.
    pub(super) fn place(&mut self) -> Result<Place, String> {
        self.count += 1;
        let path = self.own.join(self.count.to_string());
        at(fs::create_dir(&path), "cannot make a folder in the store")?;
        Ok(Place { path, trash: self.trash() })
    }

    /// Leaves a place whose removal can wait until there is time for it.
    pub(super) fn leave(&mut self, place: Place) {
        self.litter.push(place);
    }

    /// Removes what was left.
    pub(super) fn tidy(&mut self) {
        self.litter.clear();
    }

    /// A stack of layers, bottom first.
    pub(super) fn stack(&mut self, layers: &[LayerName]) -> Result<Stack, String> {
        if layers.len() >= MOST_LAYERS {
            return Err(format!("{} layers are more than the {MOST_LAYERS} that overlayfs can stack", layers.len()));
        }
        let mut numbers = Vec::new();
        for layer in layers.iter().rev() {
            let number = self.number(layer)?.to_string();
            // A folder cannot be in a stack twice. Of a layer that is, only the upper one shows: all that it has covers all
            // that it has.
            if !numbers.contains(&number) {
                numbers.push(number);
            }
        }
        if numbers.is_empty() {
            numbers.push("0".to_owned());
        }
        Ok(Stack { lowers: numbers.join(":"), links: self.links.clone() })
    }

    fn number(&mut self, layer: &LayerName) -> Result<usize, String> {
        let path = self.path(layer);
        if !path.is_dir() {
            return Err(format!("there is no layer `{layer}` in the store"));
        }
        if let Some(number) = self.numbers.get(layer) {
            return Ok(*number);
        }
        let number = self.numbers.len() + 1;
        at(symlink(&path, self.links.join(number.to_string())), "cannot make a link in memory")?;
        self.numbers.insert(layer.clone(), number);
        Ok(number)
    }

    /// What is known of mount points in a stack: nothing, that all are there, or what is missing.
    pub(super) fn known_stubs(&self, lowers: &[LayerName], targets: &[String]) -> Option<Option<PathBuf>> {
        let has = |layer: &LayerName, name: &str| self.path(layer).join(name).symlink_metadata().is_ok();
        let mut known = self.stubs.iter().rev();
        known.find(|known| known.holds(lowers, targets, has)).map(|known| known.stubs.clone())
    }

    /// Keeps what a step found out of its mount points, with what it has made of them.
    pub(super) fn know_stubs(
        &mut self,
        place: &Place,
        lowers: &[LayerName],
        targets: Vec<String>,
        through: BTreeSet<String>,
    ) -> Result<(), String> {
        let mut stubs = None;
        let made = place.path.join("stubs");
        if made.exists() {
            let kept = self.own.join(format!("stubs-{}", self.count));
            at(fs::rename(made, &kept), "cannot keep mount points")?;
            stubs = Some(kept);
        }
        if self.stubs.len() >= MOST_KNOWN {
            let old = self.stubs.remove(0);
            // What cannot be removed now is removed with all else of this worker.
            let _ = old.stubs.map(|path| remove_tree(&path, &self.trash()));
        }
        self.stubs.push(Known { lowers: lowers.to_vec(), targets, through, stubs });
        Ok(())
    }

    /// Makes the folder that becomes a layer, with the mode and owner that the root of the layer below has.
    pub(super) fn new_upper(&self, place: &Place, lowers: &[LayerName]) -> Result<PathBuf, String> {
        let upper = place.path.join("upper");
        at(fs::create_dir(&upper), "cannot make a folder in the store")?;
        let (mut mode, mut owner) = (0o755, (0, 0));
        if let Some(lower) = lowers.last() {
            let data = at(fs::metadata(self.path(lower)), format!("there is no layer `{lower}` in the store"))?;
            (mode, owner) = (data.mode() & 0o7777, (data.uid(), data.gid()));
        }
        at(chown(&upper, Some(owner.0), Some(owner.1)), "cannot set the owner of a folder")?;
        at(fs::set_permissions(&upper, fs::Permissions::from_mode(mode)), "cannot set the mode of a folder")?;
        Ok(upper)
    }

    /// Gives a layer that is whole its name.
    pub(super) fn publish(&self, upper: &Path, layer: &LayerName) -> Result<(), String> {
        match fs::rename(upper, self.path(layer)) {
            Ok(()) => Ok(()),
            Err(reason) => Err(format!("cannot give the layer `{layer}` its name: {}", describe(&reason))),
        }
    }

    /// Removes a layer. It loses its name at once, so that nobody finds half of it.
    pub(super) fn remove(&mut self, layer: &LayerName) -> Result<(), String> {
        // The name may come back with something else.
        self.stubs.retain(|known| !known.lowers.contains(layer));
        let place = self.place()?;
        match fs::rename(self.path(layer), place.path.join("old")) {
            Err(reason) if reason.kind() != io::ErrorKind::NotFound => {
                Err(format!("cannot remove the layer `{layer}`: {}", describe(&reason)))
            }
            _ => at(remove_tree(&place.path, &place.trash), format!("cannot remove all of the layer `{layer}`")),
        }
    }
}

/// Removes the folders of workers that are gone.
fn sweep(all: &Path, trash: &Path) -> Result<(), String> {
    at(remove::empty(trash), "cannot remove what was left in the store")?;
    for entry in at(fs::read_dir(all), "cannot list a folder of the store")? {
        let path = at(entry, "cannot list a folder of the store")?.path();
        let Ok(folder) = File::open(&path) else { continue };
        if let Ok(_lock) = Flock::lock(folder, FlockArg::LockExclusiveNonblock) {
            at(remove_tree(&path, trash), "cannot remove what a worker left that was killed")?;
        }
    }
    Ok(())
}

fn new_folder(parent: &Path) -> io::Result<PathBuf> {
    for number in 0u32.. {
        let path = parent.join(number.to_string());
        match fs::create_dir(&path) {
            Err(reason) if reason.kind() == io::ErrorKind::AlreadyExists => {}
            other => return other.map(|()| path),
        }
    }
    Err(io::Error::other("there are too many folders"))
}

impl Stack {
    /// The same stack with a folder on top of it.
    pub(super) fn with(&self, top: &Path) -> Stack {
        Stack { lowers: format!("{}:{}", top.display(), self.lowers), links: self.links.clone() }
    }

    /// A stack of one folder.
    pub(super) fn only(&self, folder: &Path) -> Stack {
        Stack { lowers: folder.display().to_string(), links: self.links.clone() }
    }

    /// Mounts it for reading. Changes the folder of the process.
    pub(super) fn mount_read_only(&self, target: &Path) -> Result<(), String> {
        // Without an upper folder there must be two lower ones; the empty one is at the bottom.
        self.mount(target, MsFlags::MS_RDONLY, &format!("lowerdir={}:00,userxattr", self.lowers))
    }

    /// Mounts it so that changes go to `upper` in `place`, which is made where it is missing. Changes the folder of the process.
    pub(super) fn mount_writable(&self, target: &Path, place: &Path) -> Result<(), String> {
        let (upper, work) = (place.join("upper"), place.join("work"));
        for folder in [&upper, &work] {
            let made = fs::DirBuilder::new().recursive(true).create(folder);
            at(made, "cannot make a folder in the store")?;
        }
        self.mount_over(target, &upper, &work)
    }

    /// Mounts it so that changes go to `upper`. Changes the folder of the process.
    pub(super) fn mount_over(&self, target: &Path, upper: &Path, work: &Path) -> Result<(), String> {
        // What is not whole after a crash is swept away, so nothing has to reach the disk for its own sake.
        let (lowers, upper, work) = (&self.lowers, upper.display(), work.display());
        let options = format!("lowerdir={lowers},upperdir={upper},workdir={work},userxattr,volatile");
        self.mount(target, MsFlags::empty(), &options)
    }

    fn mount(&self, target: &Path, flags: MsFlags, options: &str) -> Result<(), String> {
        if options.len() > LONGEST_OPTIONS {
            return Err("the stack has too many layers for one mount".to_owned());
        }
        at(chdir(&self.links), "cannot enter a folder in memory")?;
        let mounted = mount(Some("overlay"), target, Some("overlay"), flags, Some(options));
        at(mounted, "cannot mount a stack of layers (overlayfs with `userxattr`, Linux 5.11 or later)")
    }
}
