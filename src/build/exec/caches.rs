//! Folders that stay from step to step (`--mount=type=cache`). A step holds a lock on each that it uses.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::PathBuf;
use std::time::Duration;

use nix::fcntl::{Flock, FlockArg};
use sha2::{Digest, Sha256};

use super::calls::at;
use super::request::{LayerName, Sharing};
use super::worker::Server;
use crate::build::hex::hex;

/// Time between two tries to get a cache that another step uses.
const PAUSE: Duration = Duration::from_millis(10);
/// Caches of one name, for steps that run at the same time and want one each.
const MOST_PRIVATE: u32 = 256;

/// A cache that a step wants.
pub(super) struct Wanted<'r> {
    pub(super) id: &'r str,
    pub(super) from: Option<(&'r [LayerName], &'r str)>,
    pub(super) sharing: Sharing,
    pub(super) mode: u32,
    pub(super) owner: (u32, u32),
}

/// A cache that nobody else uses as long as this lives.
#[derive(Debug)]
pub(super) struct Held {
    /// The folder with what is in it.
    pub(super) data: PathBuf,
    _lock: Flock<File>,
}

/// What comes of wanting a cache.
pub(super) enum Outcome {
    Held(Held),
    /// The step has it already.
    Twice,
    /// rlint is gone.
    Alone,
    /// The time is over.
    Late,
}

/// Gets a cache, and waits for it where it has to.
pub(super) fn hold(
    server: &Server,
    wanted: &Wanted<'_>,
    held: &[Held],
    late: impl Fn() -> bool,
) -> Result<Outcome, String> {
    let folder = server.layers.caches().join(name(wanted));
    at(fs::create_dir_all(&folder), "cannot make a folder for a cache")?;
    loop {
        let instances = if wanted.sharing == Sharing::Private { MOST_PRIVATE } else { 1 };
        for instance in 0..instances {
            let own = folder.join(instance.to_string());
            at(fs::create_dir_all(&own), "cannot make a folder for a cache")?;
            let file = at(File::open(&own), "cannot open a cache")?;
            let Ok(lock) = Flock::lock(file, FlockArg::LockExclusiveNonblock) else { continue };
            let data = own.join("data");
            if !data.is_dir() {
                at(fs::create_dir(&data), "cannot make a folder for a cache")?;
                let (uid, gid) = if server.way.has_ids() { wanted.owner } else { (0, 0) };
                at(chown(&data, Some(uid), Some(gid)), "cannot give a cache to its owner")?;
                let mode = fs::Permissions::from_mode(wanted.mode & 0o7777);
                at(fs::set_permissions(&data, mode), "cannot set the mode of a cache")?;
            }
            return Ok(Outcome::Held(Held { data, _lock: lock }));
        }
        // Two steps that each hold what the other waits for: the limits of time end that.
        match () {
            () if held.iter().any(|own| own.data.starts_with(&folder)) => return Ok(Outcome::Twice),
            () if server.is_alone() => return Ok(Outcome::Alone),
            () if late() => return Ok(Outcome::Late),
            () => {}
        }
        std::thread::sleep(PAUSE);
    }
}

/// The name of the folder: that of the cache, of what it begins with, and nothing that a path could mean.
fn name(wanted: &Wanted<'_>) -> String {
    let mut hash = Sha256::new();
    let mut word = |word: &str| {
        hash.update((word.len() as u64).to_be_bytes());
        hash.update(word);
    };
    word(wanted.id);
    if let Some((layers, source)) = wanted.from {
        layers.iter().for_each(|layer| word(layer.as_str()));
        word(source);
    }
    hex(&hash.finalize()[..16])
}
