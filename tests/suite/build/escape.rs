//! What a step can and cannot do.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::time::Instant;

use rlint::build::exec::request::{ExitStatus, Limit, Limits, Response, StepMount};

use super::support::{Bench, descendants, in_each_way, layer, step};

/// A step with other limits.
fn limited(bench: &mut Bench, script: &str, change: impl FnOnce(&mut Limits)) -> super::support::Ran {
    let mut step = step(script);
    change(&mut step.limits);
    bench.run(step)
}

/// Fails if a script ends well, and says its output.
fn refused(bench: &mut Bench, script: &str) {
    let ran = bench.run(step(script));
    assert!(!ran.exited().status.is_success(), "`{script}` is not refused: {ran:?}");
}

/// Fails if anything runs but the worker.
fn nothing_runs(bench: &mut Bench) {
    let running = descendants(bench.worker.id());
    assert_eq!(running.len(), 1, "something of a step still runs: {running:?}");
}

#[test]
fn a_step_runs_and_its_layer_has_what_it_changed() {
    in_each_way("build::escape::a_step_runs_and_its_layer_has_what_it_changed", |bench| {
        let ran = bench.run(step("echo hello; id -u; pwd; echo $HOME $PATH; echo x > /new"));
        let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        assert_eq!(ran.good(), format!("hello\n0\n/\n/root {path}\n"));
        assert_eq!((ran.exited().done.entries, ran.exited().done.bytes), (1, 2));
        let mut next = step("cat /new; rm /new");
        next.lowers.push(ran.layer);
        let ran = bench.run(next);
        assert_eq!(ran.good(), "x\n");
        let whiteout = fs::symlink_metadata(bench.layers().join(ran.layer.as_str()).join("new")).unwrap();
        assert_eq!((whiteout.mode() & 0o170_000, whiteout.rdev()), (0o020_000, 0));
        let failed = bench.run(step("touch /new; exit 3"));
        assert_eq!(failed.exited().status, ExitStatus::Code(3));
        assert!(!bench.layers().join(failed.layer.as_str()).exists());
    });
}

#[test]
fn a_step_leaves_no_stub_in_its_layer() {
    in_each_way("build::escape::a_step_leaves_no_stub_in_its_layer", |bench| {
        let mut step = step("ls /etc/hosts /proc/self/maps /dev/null /sys /a/cache /b /c/d");
        let cache = |target: &str| StepMount::Cache {
            id: "one".to_owned(),
            target: target.to_owned(),
            sharing: Default::default(),
            mode: 0o755,
            uid: 0,
            gid: 0,
            read_only: false,
            from: None,
        };
        let bind = StepMount::Bind {
            layers: vec![layer("base")],
            source: "/etc/passwd".to_owned(),
            target: "/b".to_owned(),
            writable: false,
        };
        step.mounts = vec![cache("/a/cache"), bind, StepMount::Tmpfs { target: "/c/d".to_owned(), size: None }];
        let ran = bench.run(step);
        ran.good();
        assert_eq!(ran.exited().done.entries, 0);
        assert!(!bench.layers().join(ran.layer.as_str()).exists(), "a layer in which there is nothing is none");
    });
}

#[test]
fn the_program_and_the_user_must_be_there() {
    in_each_way("build::escape::the_program_and_the_user_must_be_there", |bench| {
        let mut cases =
            vec![(step(""), "cannot start `/nothing`"), (step(""), "no such program"), (step(""), "no user `eve`")];
        cases[0].0.arguments = vec!["/nothing".to_owned()];
        cases[1].0.arguments = vec!["nothing".to_owned()];
        cases[2].0.user = "eve".to_owned();
        for (step, said) in cases {
            let ran = bench.run(step);
            let Response::Invalid { what } = &ran.response else { panic!("{ran:?}") };
            assert!(what.contains(said), "{what}");
        }
    });
}

#[test]
fn users_are_those_of_the_image() {
    in_each_way("build::escape::users_are_those_of_the_image", |bench| {
        let mut step = step("id; echo $HOME; umask; touch /tmp/mine; echo out > /dev/stdout; echo err > /dev/stderr");
        step.user = "app".to_owned();
        let ran = bench.run(step.clone());
        let ids = if bench.way.has_ids() { "uid=1000(app) gid=1000(app) groups=50(extra),1000(app)" } else { "uid=0" };
        assert!(ran.good().starts_with(ids), "{}", ran.output);
        assert!(ran.output.ends_with("\n/home/app\n0022\nout\nerr\n"), "{}", ran.output);
        if bench.way.has_ids() {
            step.arguments[2] = "touch /etc/nope".to_owned();
            assert_eq!(bench.run(step.clone()).exited().status, ExitStatus::Code(1));
            // Programs with setuid bits work.
            step.arguments[2] = "/bin/su -c 'id -u'".to_owned();
            assert_eq!(bench.run(step).good(), "0\n");
        }
    });
}

#[test]
fn nothing_of_the_host_is_seen() {
    in_each_way("build::escape::nothing_of_the_host_is_seen", |bench| {
        let store = bench.store.to_str().unwrap().to_owned();
        let seen = bench.sh(
            "env; ls -la /proc/self/fd; cat /proc/mounts /proc/self/mountinfo; cat /proc/*/cmdline; ls / /tmp /home",
        );
        for secret in [store.as_str(), "CARGO", "RLINT", "rlint", env!("CARGO_MANIFEST_DIR"), "socket:"] {
            assert!(!seen.contains(secret), "`{secret}` of the host is seen:\n{seen}");
        }
        let variables: Vec<String> = bench.sh("env | sort | cut -d= -f1").lines().map(str::to_owned).collect();
        // The shell sets two of its own.
        let known = ["APT_CONFIG", "HOME", "OLDPWD", "PATH", "PWD", "SHLVL"];
        assert!(variables.iter().all(|name| known.contains(&name.as_str())), "{variables:?}");
        assert_eq!(bench.sh("ls /proc/self/fd").split_whitespace().collect::<Vec<_>>(), ["0", "1", "2", "3"]);
        assert_eq!(bench.sh("cat; hostname"), "buildkitsandbox\n");
        refused(bench, &format!("ls {store}"));
        refused(bench, "chroot /proc/1/root ls /work");
        nothing_runs(bench);
    });
}

#[test]
fn the_kernel_is_out_of_reach() {
    in_each_way("build::escape::the_kernel_is_out_of_reach", |bench| {
        for script in [
            "echo 1 > /proc/sys/kernel/panic",
            "echo x > /proc/sys/kernel/hostname",
            "echo 1 > /proc/sys/user/max_user_namespaces",
            "echo b > /proc/sysrq-trigger",
            "mount -t tmpfs none /tmp",
            "mount -t proc none /tmp",
            "mount -o remount,rw /proc/sys",
            "umount /proc/sys",
            "mount --bind / /tmp",
            "unshare -U true",
            "unshare -m true",
            "unshare -n true",
            "nsenter -t 1 -m true",
            "dmesg",
            "insmod /bin/busybox",
            "reboot -f",
            "swapon /bin/busybox",
            "date -s 2001-01-01 2>&1 | grep -q 'not permitted' && exit 1",
            "hostname other",
            "ip link add dummy0 type dummy",
            "test -s /proc/kcore || exit 1",
            "test -s /proc/kallsyms || exit 1",
            "echo x > /sys/kernel/mm/ksm/run",
        ] {
            refused(bench, script);
        }
        // A device can be made only where it is played, and then it is not there.
        refused(bench, "mknod /tmp/disk b 259 0 && test -b /tmp/disk");
        refused(bench, "mknod /tmp/kmsg c 1 11 && cat /tmp/kmsg");
        let status = bench.sh("cat /proc/self/status");
        assert!(status.contains("CapBnd:\t00000000a80425fb"), "{status}");
        assert!(status.contains("NoNewPrivs:\t0"), "{status}");
    });
}

#[test]
fn the_network_is_not_there() {
    in_each_way("build::escape::the_network_is_not_there", |bench| {
        assert_eq!(bench.sh("ls /sys/class/net; ip -o link | grep -c ."), "lo\n1\n");
        bench.sh("ping -c 1 127.0.0.1 || (nc -l -p 99 & sleep 0.1; echo hello | nc 127.0.0.1 99)");
        refused(bench, "ping -c 1 -W 1 192.0.2.1");
        refused(bench, "nc -w 1 192.0.2.1 80 < /dev/null");
    });
}

#[test]
fn processes_end_with_their_step() {
    in_each_way("build::escape::processes_end_with_their_step", |bench| {
        bench.sh("(sleep 1000 &) ; (setsid sleep 1000 &) ; nohup sleep 1000 > /dev/null 2>&1 & echo started");
        nothing_runs(bench);
        // All that it can reach are its own.
        let ran = bench.run(step("sleep 1000 & kill -9 -1; echo still here"));
        assert_eq!(ran.good(), "still here\n");
        nothing_runs(bench);
    });
}

#[test]
fn time_has_a_limit() {
    in_each_way("build::escape::time_has_a_limit", |bench| {
        let start = Instant::now();
        let ran = limited(bench, "trap '' TERM INT HUP; (sleep 1000 &); sleep 1000", |limits| limits.seconds = 1);
        assert_eq!(ran.response, Response::Limit(Limit::Time(1)));
        assert!(start.elapsed().as_secs() < 10);
        nothing_runs(bench);
    });
}

#[test]
fn processes_have_a_limit() {
    in_each_way("build::escape::processes_have_a_limit", |bench| {
        let bomb = "bomb() { bomb | bomb & }; bomb; sleep 1000";
        let start = Instant::now();
        let ran = limited(bench, bomb, |limits| limits.processes = 200);
        assert_eq!(ran.response, Response::Limit(Limit::Processes(200)));
        assert!(start.elapsed().as_secs() < 30);
        nothing_runs(bench);
    });
}

#[test]
fn the_disk_has_a_limit() {
    in_each_way("build::escape::the_disk_has_a_limit", |bench| {
        for script in [
            "dd if=/dev/zero of=/big bs=1M count=500; sleep 1000",
            "i=0; while true; do dd if=/dev/zero of=/big-$i bs=1M count=5 2> /dev/null; i=$((i+1)); done",
            "i=0; mkdir /many; while true; do : > /many/$i; i=$((i+1)); done",
        ] {
            let ran = limited(bench, script, |limits| limits.disk = 20 << 20);
            assert_eq!(ran.response, Response::Limit(Limit::Disk(20 << 20)), "{script}");
            assert!(!bench.layers().join(ran.layer.as_str()).exists());
        }
        // Files without a name are files, too.
        let hidden = "i=3; while [ $i -lt 9 ]; do exec 8> /hidden; rm /hidden; dd if=/dev/zero bs=1M count=15 >&8 2> /dev/null; \
                      sleep 1000 & i=$((i+1)); done; sleep 1000";
        let ran = limited(bench, hidden, |limits| limits.disk = 20 << 20);
        assert_eq!(ran.response, Response::Limit(Limit::Disk(20 << 20)));
        nothing_runs(bench);
    });
}

#[test]
fn memory_has_a_limit() {
    in_each_way("build::escape::memory_has_a_limit", |bench| {
        let grow = "x=$(head -c 5000000 /dev/zero | tr '\\0' x); while true; do x=$x$x; done";
        let ran = limited(bench, grow, |limits| limits.memory = Some(64 << 20));
        assert_eq!(ran.response, Response::Limit(Limit::Memory(64 << 20)));
        nothing_runs(bench);
        // Files in memory have a size of their own.
        let fill = "dd if=/dev/zero of=/dev/shm/a bs=1M count=100; dd if=/dev/zero of=/dev/a bs=1M count=100; du -sm /dev/shm /dev";
        let ran = bench.run(step(fill));
        assert!(ran.good().ends_with("64\t/dev/shm\n64\t/dev\n"), "{ran:?}");
    });
}

#[test]
fn output_has_a_limit_and_is_harmless() {
    in_each_way("build::escape::output_has_a_limit_and_is_harmless", |bench| {
        let ran = limited(bench, "yes | head -c 5000000; echo end", |limits| limits.output = 100_000);
        assert_eq!(ran.good().len(), 100_000);
        assert_eq!(ran.exited().dropped_output, 4_900_004);
        let ran = bench.run(step("printf 'a\\033[2Jb\\007\\n'; head -c 100000 /dev/urandom"));
        assert!(ran.good().starts_with("a^[[2Jb^G\n"), "{ran:?}");
        assert!(ran.output.chars().all(|char| matches!(char, '\n' | '\t') || !char.is_control()));
    });
}

#[test]
fn deep_folders_are_removed() {
    in_each_way("build::escape::deep_folders_are_removed", |bench| {
        // Chains of folders, each put at the end of the next.
        let deep = "p=$(yes d | head -n 1000 | tr '\\n' /); mkdir -p old; \
                    for n in 1 2 3 4 5; do mkdir -p new/$p; mv old new/$p; mv new old; done";
        let ran = bench.run(step(deep));
        assert!(matches!(ran.response, Response::Refused { .. }), "{ran:?}");
        for folder in [".trash", ".tmp/0"] {
            let entries = fs::read_dir(bench.layers().join(folder));
            let names = entries.into_iter().flatten().map(|entry| entry.unwrap().file_name().into_string().unwrap());
            // Folders of requests are numbered; what is the root's cannot be looked into by others.
            let left: Vec<String> = names.filter(|name| name.parse::<u64>().is_ok()).collect();
            assert!(left.is_empty(), "something is left in {folder}: {left:?}");
        }
    });
}
