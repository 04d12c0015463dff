//! What a step uses, looked at again and again: memory, processes, disk. Limits that the kernel holds by itself (RLIMIT_NPROC,
//! RLIMIT_FSIZE, the sizes of file systems in memory) slow a step down; this ends it. It works in every way of being root,
//! with any version of cgroups or none; between two looks a step can go beyond its limit for a moment.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::sys::statvfs::statvfs;

use super::remove::measure;
use super::request::{Limit, Limits};

/// Time between two looks, if they are cheap.
const PAUSE: Duration = Duration::from_millis(50);
/// A look may take one part in so many of the time.
const SHARE: u32 = 20;
/// The layer is measured at least so often.
const MEASURE: Duration = Duration::from_secs(2);
/// What a step leaves of the disk, and of the memory of the machine.
const RESERVE: u64 = 256 << 20;
/// How many files can still be made on the disk then.
const RESERVED_FILES: u64 = 16_384;

/// The room that is left on a disk.
#[derive(Debug)]
pub(super) struct Room {
    path: PathBuf,
    /// Whether there was more than the reserve at the start, of bytes and of files. A disk that is full anyway is nobody's doing.
    had: (bool, bool),
}

impl Room {
    pub(super) fn new(path: &Path) -> Room {
        let (bytes, files) = left(path);
        Room { path: path.to_owned(), had: (bytes > RESERVE, files > RESERVED_FILES) }
    }

    /// Whether what was there at the start is nearly used up.
    pub(super) fn is_used_up(&self) -> bool {
        let (bytes, files) = left(&self.path);
        self.had.0 && bytes < RESERVE / 2 || self.had.1 && files < RESERVED_FILES / 2
    }
}

/// The bytes and the files that a disk can still take. Some file systems have no number of files, or cannot be asked.
fn left(path: &Path) -> (u64, u64) {
    let Ok(data) = statvfs(path) else { return (u64::MAX, u64::MAX) };
    let files = if data.files() == 0 { u64::MAX } else { data.files_available() };
    (data.blocks_available().saturating_mul(data.fragment_size()), files)
}

/// Where a step writes to the disk.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    /// Its layer, and what it writes to binds.
    pub(super) own: Vec<PathBuf>,
    /// Its caches, which may have been full before.
    pub(super) caches: Vec<PathBuf>,
}

/// A step that is watched.
pub(super) struct Watch {
    limits: Limits,
    /// Bytes of caches. What is in them already is no less room for the layer.
    cache_limit: u64,
    places: Places,
    room: Room,
    /// Free bytes of the disk at the start.
    free: u64,
    /// Bytes of files in memory, of the whole machine, at the start.
    shared: u64,
    /// What the step had on the disk when that was last measured, without and with its caches.
    measured: (u64, u64),
    next: Instant,
    next_measure: Instant,
}

/// What the processes of a step use together.
#[derive(Debug, Default)]
struct Processes {
    ids: Vec<u32>,
    threads: u64,
    resident: u64,
}

impl Watch {
    /// `upper` is the layer of the step.
    pub(super) fn new(limits: Limits, upper: &Path, places: Places) -> Watch {
        let (free, _) = left(upper);
        let cache_limit = limits.disk;
        // The machine must not run full, whatever is allowed.
        let disk = limits.disk.min(free.saturating_sub(RESERVE));
        let now = Instant::now();
        let limits = Limits { disk, ..limits };
        let shared = memory_of_machine("Shmem:").unwrap_or(0);
        Watch {
            limits,
            cache_limit,
            places,
            room: Room::new(upper),
            free,
            shared,
            measured: (0, 0),
            next: now + PAUSE,
            next_measure: now + MEASURE,
        }
    }

    /// The limits that hold.
    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How long it is until the next look.
    pub(super) fn wait(&self) -> Duration {
        self.next.saturating_duration_since(Instant::now())
    }

    /// Looks, if it is time. The limit that was passed, if any.
    pub(super) fn look(&mut self) -> Option<Limit> {
        let start = Instant::now();
        if start < self.next {
            return None;
        }
        let processes = Processes::now();
        let found = self.processes(&processes).or_else(|| self.memory(&processes)).or_else(|| self.disk(&processes));
        self.next = Instant::now() + PAUSE.max(start.elapsed() * SHARE);
        found
    }

    fn processes(&self, processes: &Processes) -> Option<Limit> {
        (processes.threads > self.limits.processes).then_some(Limit::Processes(self.limits.processes))
    }

    fn memory(&self, processes: &Processes) -> Option<Limit> {
        let limit = self.limits.memory?;
        // Files in memory that no process has mapped show in the figures of the machine alone.
        let grown = memory_of_machine("Shmem:").unwrap_or(0).saturating_sub(self.shared);
        // Cheap first: what is shared counts for each, so this can only be too much.
        if processes.resident.saturating_add(grown) > limit {
            let unmapped = if grown > limit / 4 { grown.min(processes.removed_files()) } else { 0 };
            if processes.proportional().saturating_add(unmapped) > limit {
                return Some(Limit::Memory(limit));
            }
        }
        let scarce = memory_of_machine("MemAvailable:").is_some_and(|left| left < RESERVE);
        (scarce && processes.resident.max(grown) > RESERVE).then_some(Limit::Memory(limit))
    }

    fn disk(&mut self, processes: &Processes) -> Option<Limit> {
        if self.room.is_used_up() {
            return Some(Limit::Full);
        }
        let limit = self.limits.disk;
        let grown = self.free.saturating_sub(left(&self.room.path).0);
        let now = Instant::now();
        // Only a step that has written can have written too much; but others write to the disk, too, and remove from it.
        let suspect = grown > limit.saturating_sub(self.measured.0) || grown > limit;
        if !suspect && now < self.next_measure {
            return None;
        }
        // A tree that is too deep is refused at the end.
        let size = |folder: &PathBuf| measure(folder).ok().flatten().map_or(0, |usage| usage.disk);
        let own: u64 = self.places.own.iter().map(size).sum();
        let caches: u64 = self.places.caches.iter().map(size).sum();
        self.next_measure = Instant::now() + MEASURE.max(now.elapsed() * SHARE);
        self.measured = (own, own + caches);
        let unseen = if grown > self.measured.1.saturating_add(limit / 4) { processes.removed_files() } else { 0 };
        let all = [(own.saturating_add(unseen), limit), (caches, self.cache_limit)];
        all.into_iter().find(|(used, limit)| used > limit).map(|(_, limit)| Limit::Disk(limit))
    }
}

impl Processes {
    /// All processes of the worker's namespace but the worker.
    fn now() -> Processes {
        let mut processes = Processes::default();
        let Ok(entries) = fs::read_dir("/proc") else { return processes };
        let page = 4096.max(nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE).ok().flatten().unwrap_or(0));
        for entry in entries.flatten() {
            let id = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok());
            let Some(id) = id.filter(|id| *id != 1) else { continue };
            // The name of a program is in round brackets and may hold anything.
            let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
            let Some((_, numbers)) = stat.rsplit_once(')') else { continue };
            let number = |index: usize| numbers.split(' ').nth(index).and_then(|word| word.parse::<u64>().ok());
            // `proc_pid_stat(5)`: the state is the third field and the first one after the name.
            processes.threads += number(18).unwrap_or(1);
            processes.resident += number(22).unwrap_or(0).saturating_mul(page.unsigned_abs());
            processes.ids.push(id);
        }
        processes
    }

    /// Memory in which what several processes share is divided among them, without that of files.
    fn proportional(&self) -> u64 {
        let of = |id: &u32| {
            let text = fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
            kilobytes(&text, "Pss_Anon:") + kilobytes(&text, "Pss_Shmem:")
        };
        self.ids.iter().map(of).sum()
    }

    /// Bytes of files that have no name any more but are open.
    fn removed_files(&self) -> u64 {
        let mut seen = HashSet::new();
        let mut bytes = 0u64;
        for id in &self.ids {
            for entry in fs::read_dir(format!("/proc/{id}/fd")).into_iter().flatten().flatten() {
                let Ok(data) = fs::metadata(entry.path()) else { continue };
                if data.is_file() && data.nlink() == 0 && seen.insert((data.dev(), data.ino())) {
                    bytes = bytes.saturating_add(data.blocks() * 512);
                }
            }
        }
        bytes
    }
}

/// A figure of `proc_meminfo(5)` in bytes.
fn memory_of_machine(name: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    text.contains(name).then(|| kilobytes(&text, name))
}

/// The bytes of a line of `/proc` that counts in kilobytes.
fn kilobytes(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0).saturating_mul(1024)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_layer_that_is_too_large_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let places = ["layer", "cache"].map(|name| folder.path().join(name));
        places.iter().for_each(|place| fs::create_dir(place).unwrap());
        let [own, caches] = places.each_ref().map(|place| vec![place.clone()]);
        let limits = Limits { disk: 1 << 20, ..Limits::default() };
        let mut watch = Watch::new(limits, folder.path(), Places { own, caches });
        let mut look = || {
            watch.next_measure = Instant::now();
            watch.disk(&Processes::default())
        };
        assert_eq!(look(), None);
        for place in &places {
            fs::write(place.join("large"), vec![1; 2 << 20]).unwrap();
            assert_eq!(look(), Some(Limit::Disk(1 << 20)), "{}", place.display());
            fs::remove_file(place.join("large")).unwrap();
        }
        assert_eq!(look(), None);
    }

    #[test]
    fn processes_of_this_machine_are_counted() {
        let processes = Processes::now();
        assert!(processes.ids.contains(&std::process::id()));
        assert!(processes.threads >= processes.ids.len() as u64 && processes.resident > 0);
        assert!(processes.proportional() > 0);
    }

    #[test]
    fn lines_of_kilobytes_are_read() {
        let text = "Rss:  10 kB\nPss_Anon:     3 kB\n";
        assert_eq!(kilobytes(text, "Pss_Anon:"), 3 << 10);
        assert_eq!(kilobytes(text, "Swap:"), 0);
    }
}
