//! What the sandbox costs.

use std::process::Command;
use std::time::{Duration, Instant};

use rlint::build::exec::request::Response;

use super::support::{descendants, in_each_way, layer, step};

#[test]
fn a_trivial_step_costs_little() {
    in_each_way("build::overhead::a_trivial_step_costs_little", |bench| {
        for (base, what) in [("base", "mount points made for each step"), ("whole", "mount points in the base")] {
            let mut lowers = vec![layer("base")];
            if base == "whole" {
                let points =
                    [("dev/", true), ("proc/", true), ("sys/", true), ("etc/hosts", false), ("etc/resolv.conf", false)];
                let made = bench.unpack("points", &lowers, &archive(&points));
                assert!(matches!(made, Response::Done(_)), "{made:?}");
                lowers.push(layer("points"));
            }
            let cpu = cpu_time(bench.worker.id());
            let mut times = Vec::new();
            for _ in 0..STEPS {
                let mut one = step("true");
                one.lowers = lowers.clone();
                let start = Instant::now();
                let ran = bench.run(one);
                times.push(start.elapsed());
                ran.good();
            }
            times.sort();
            let cpu = (cpu_time(bench.worker.id()) - cpu) / STEPS;
            let command: Duration = (0..20).map(|_| command()).min().unwrap();
            let (best, median) = (times[0], times[times.len() / 2]);
            println!(
                "{what}: {best:?} at best, {median:?} in the middle, {cpu:?} of CPU; the command alone {command:?}"
            );
            // Far above what it takes, as tests run side by side on busy machines.
            assert!(best < Duration::from_millis(100), "a trivial step takes {best:?}");
        }
    });
}

/// An archive of empty folders and files.
fn archive(points: &[(&str, bool)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (path, folder) in points {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(if *folder { tar::EntryType::Directory } else { tar::EntryType::Regular });
        header.set_mode(0o755);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_size(0);
        archive.append_data(&mut header, path, &b""[..]).unwrap();
    }
    archive.into_inner().unwrap()
}

/// Steps that are measured.
const STEPS: u32 = 20;

/// What the worker and all of its steps have used, in ticks of 10 ms.
fn cpu_time(first: u32) -> Duration {
    let (worker, _) = descendants(first)[0];
    let stat = std::fs::read_to_string(format!("/proc/{worker}/stat")).unwrap();
    let fields: Vec<u64> = stat.rsplit_once(')').unwrap().1.split(' ').filter_map(|word| word.parse().ok()).collect();
    // utime, stime, cutime, cstime of `proc_pid_stat(5)`; the state is no number and not among these.
    Duration::from_millis(fields[10..14].iter().sum::<u64>() * 10)
}

/// How long the same command takes outside.
fn command() -> Duration {
    let start = Instant::now();
    Command::new("/bin/busybox").args(["sh", "-c", "true"]).status().unwrap();
    start.elapsed()
}
