//! What is left when rlint is killed at any moment: nothing. And what many threads do at once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rlint::build::exec::request::Request;
use rlint::build::exec::{Way, Worker, WorkerOptions, probe};

use super::support::{descendants, in_each_way, layer, step};

/// Tells the process that is killed what to do: the store, and a program by whose name all processes are known.
const STORE: &str = "RLINT_TEST_STORE";
const PROGRAM: &str = "RLINT_TEST_PROGRAM";

#[test]
fn after_a_kill_at_any_moment_nothing_is_left() {
    in_each_way("build::killed::after_a_kill_at_any_moment_nothing_is_left", |bench| {
        let token = format!("rlint-killed-{}-{}", std::process::id(), bench.way.folder());
        let program = bench.store.join(&token);
        fs::copy(env!("CARGO_BIN_EXE_rlint"), &program).unwrap();
        let before = mounts();
        let mut random = 12_345u64;
        let mut with_worker = 0;
        for round in 0..25 {
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "build::killed::work_until_killed", "--nocapture"])
                .env(STORE, &bench.store)
                .env(PROGRAM, &program)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            std::thread::sleep(Duration::from_millis(30 + (random >> 33) % 400));
            with_worker += usize::from(!running(&token).is_empty());
            child.kill().unwrap();
            child.wait().unwrap();
            let start = Instant::now();
            while !running(&token).is_empty() {
                assert!(start.elapsed() < Duration::from_secs(20), "round {round}: {:?}", running(&token));
                std::thread::sleep(Duration::from_millis(5));
            }
            let left = |folder: &str| fs::read_dir(bench.layers().join(folder)).unwrap().count();
            // The folder of the worker of this test itself.
            assert_eq!((left(".tmp"), left(".trash")), (1, 0), "round {round}");
        }
        assert!(with_worker > 5, "the worker was killed before it began, each time");
        assert_eq!(mounts(), before);
    });
}

/// What is mounted; but for the Debian that another test may be making meanwhile.
fn mounts() -> Vec<String> {
    let text = fs::read_to_string("/proc/self/mountinfo").unwrap();
    text.lines().filter(|line| !line.contains("/mmdebstrap.")).map(str::to_owned).collect()
}

/// Processes that have `token` in their command line.
fn running(token: &str) -> Vec<String> {
    let lines = fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| {
        let number = entry.file_name().to_str()?.parse::<u32>().ok()?;
        let line = fs::read(entry.path().join("cmdline")).ok()?;
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        line.contains(token).then(|| format!("{number}: {line}"))
    });
    lines.collect()
}

/// What the test above starts, again and again; by itself it has nothing to do.
#[test]
fn work_until_killed() {
    let (Some(store), Some(program)) = (std::env::var_os(STORE), std::env::var_os(PROGRAM)) else { return };
    let program = PathBuf::from(program);
    let token = program.file_name().unwrap().to_str().unwrap().to_owned();
    let way = usable_way();
    let end = Instant::now() + Duration::from_secs(60);
    for round in 0u64.. {
        let options = WorkerOptions { store: store.clone().into(), program: program.clone(), way: way.clone() };
        let mut worker = Worker::start(&options).unwrap();
        for number in 0..5 {
            let mut one = step(&format!(
                "(sleep 1000 & setsid sh -c 'sleep 1000; : {token}' &); mkdir -p /d/d/d; for i in 1 2 3 4 5 6 7 8 9; do \
                 dd if=/dev/zero of=/d/f$i bs=64k count=4 2> /dev/null; done; rm -r /etc; : {token}"
            ));
            one.layer = layer(&format!("killed-{}-{round}-{number}", std::process::id()));
            worker.call(&Request::Run(Box::new(one.clone())), None, &mut |_| {}).unwrap();
            worker.call(&Request::Remove { layers: vec![one.layer] }, None, &mut |_| {}).unwrap();
        }
        assert!(Instant::now() < end, "nobody killed it");
    }
}

fn usable_way() -> Way {
    let wanted = std::env::var("RLINT_TEST_WAY").ok();
    let mut candidates = Way::candidates().into_iter();
    let found =
        candidates.find(|candidate| wanted.as_ref().map_or(candidate.way.is_ok(), |name| name == candidate.name));
    found.unwrap().way.unwrap()
}

#[test]
fn many_threads_build_at_once() {
    in_each_way("build::killed::many_threads_build_at_once", |bench| {
        let options = bench.options();
        let threads: Vec<_> = (0..16)
            .map(|number| {
                let options = options.clone();
                std::thread::spawn(move || {
                    let mut worker = Worker::start(&options).unwrap();
                    for round in 0..2 {
                        let mut one = step(&format!("echo {number} > /file; sleep 0.1; cat /file"));
                        one.layer = layer(&format!("thread-{number}-{round}"));
                        let mut output = String::new();
                        let request = Request::Run(Box::new(one));
                        worker.call(&request, None, &mut |text| output.push_str(text)).unwrap();
                        assert_eq!(output, format!("{number}\n"));
                    }
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(fs::read_dir(bench.layers().join(".tmp")).unwrap().count(), 1);
    });
}

#[test]
fn a_worker_that_is_cancelled_or_killed_takes_its_step_along() {
    in_each_way("build::killed::a_worker_that_is_cancelled_or_killed_takes_its_step_along", |bench| {
        for kill in [false, true] {
            let mut worker = Worker::start(&bench.options()).unwrap();
            let (canceller, id) = (worker.canceller().unwrap(), worker.id());
            let thread = std::thread::spawn(move || {
                let mut one = step("setsid sleep 1000 & sleep 1000");
                one.layer = layer("never");
                worker.call(&Request::Run(Box::new(one)), None, &mut |_| {}).unwrap_err();
            });
            let start = Instant::now();
            while descendants(id).len() < 3 {
                assert!(start.elapsed() < Duration::from_secs(20), "the step does not start");
                std::thread::sleep(Duration::from_millis(5));
            }
            let below: Vec<u32> = descendants(id).into_iter().map(|(id, _)| id).collect();
            if kill {
                // The first process of the worker alone; all others go with it.
                Command::new("kill").args(["-9", &id.to_string()]).status().unwrap();
            } else {
                canceller.cancel();
            }
            thread.join().unwrap();
            let start = Instant::now();
            while below.iter().any(|id| Path::new(&format!("/proc/{id}/exe")).exists()) {
                assert!(start.elapsed() < Duration::from_secs(20), "something of the step still runs");
                std::thread::sleep(Duration::from_millis(5));
            }
        }
    });
}

#[test]
fn a_masked_proc_is_a_reason_and_no_surprise() {
    const MASKED: &str = "RLINT_TEST_MASKED";
    let program = Path::new(env!("CARGO_BIN_EXE_rlint"));
    if std::env::var_os(MASKED).is_some() {
        let store = tempfile::tempdir().unwrap();
        for probed in probe(store.path(), Some(program)) {
            let why = probed.way.unwrap_err();
            assert!(why.contains("masked") || why.contains("root of the host"), "{}: {why}", probed.name);
        }
        return;
    }
    if !nix::unistd::geteuid().is_root() {
        println!("a_masked_proc_is_a_reason_and_no_surprise: skipped: only root can mask a part of /proc");
        return;
    }
    let test = "build::killed::a_masked_proc_is_a_reason_and_no_surprise";
    let script = format!("mount -t tmpfs none /proc/tty && exec \"$0\" --exact {test} --nocapture");
    let output = Command::new("unshare")
        .args(["-m", "sh", "-c", &script])
        .arg(std::env::current_exe().unwrap())
        .env(MASKED, "1")
        .output()
        .unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

#[test]
fn what_the_machine_allows_is_said() {
    let store = tempfile::tempdir().unwrap();
    let probed = probe(store.path(), Some(Path::new(env!("CARGO_BIN_EXE_rlint"))));
    assert_eq!(probed.iter().map(|probed| probed.name).collect::<Vec<_>>(), ["real root", "sub-ids", "single id"]);
    for probed in probed {
        match probed.way {
            Ok(way) => assert_eq!(way.to_string(), probed.name),
            Err(why) => assert!(why.len() > 10, "{}: {why}", probed.name),
        }
    }
}
