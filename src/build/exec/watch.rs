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

/// A step that is watched.
pub(super) struct Watch {
    limits: Limits,
    upper: PathBuf,
    /// Free bytes of the disk at the start.
    free: u64,
    /// Bytes of files in memory, of the whole machine, at the start.
    shared: u64,
    /// What the layer took when it was last measured.
    measured: u64,
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
    pub(super) fn new(limits: Limits, upper: &Path) -> Watch {
        let free = free_bytes(upper).unwrap_or(u64::MAX);
        // The machine must not run full, whatever is allowed.
        let disk = limits.disk.min(free.saturating_sub(RESERVE));
        let now = Instant::now();
        let limits = Limits { disk, ..limits };
        let shared = memory_of_machine("Shmem:").unwrap_or(0);
        Watch {
            limits,
            upper: upper.to_owned(),
            free,
            shared,
            measured: 0,
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
        let limit = self.limits.disk;
        let grown = self.free.saturating_sub(free_bytes(&self.upper).unwrap_or(self.free));
        let now = Instant::now();
        // Only a step that has written can have written too much; but others write to the disk, too, and remove from it.
        let suspect = grown > limit.saturating_sub(self.measured) || grown > limit;
        if !suspect && now < self.next_measure {
            return None;
        }
        let measured = measure(&self.upper);
        self.next_measure = Instant::now() + MEASURE.max(now.elapsed() * SHARE);
        self.measured = match measured {
            Ok(Some(usage)) => usage.disk,
            // A tree that is too deep is refused at the end.
            Ok(None) | Err(_) => self.measured,
        };
        let unseen = if grown > self.measured.saturating_add(limit / 4) { processes.removed_files() } else { 0 };
        (self.measured.saturating_add(unseen) > limit).then_some(Limit::Disk(limit))
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

fn free_bytes(path: &Path) -> Option<u64> {
    let data = statvfs(path).ok()?;
    Some(data.blocks_available().saturating_mul(data.fragment_size()))
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
        let mut watch = Watch::new(Limits { disk: 1 << 20, ..Limits::default() }, folder.path());
        watch.next_measure = Instant::now();
        assert_eq!(watch.disk(&Processes::default()), None);
        fs::write(folder.path().join("large"), vec![1; 2 << 20]).unwrap();
        watch.next_measure = Instant::now();
        assert_eq!(watch.disk(&Processes::default()), Some(Limit::Disk(1 << 20)));
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
