//! How much a step takes beside its layer: caches, binds, folders in memory, files with holes.

use std::fs;
use std::os::unix::fs::MetadataExt;

use rlint::build::exec::request::{CopyStep, Limit, Request, Response, StepMount, UnpackLimits};

use super::support::{Bench, in_each_way, layer, step};

fn cache(id: &str, target: &str) -> StepMount {
    let (id, target) = (id.to_owned(), target.to_owned());
    StepMount::Cache {
        id,
        target,
        sharing: Default::default(),
        mode: 0o755,
        uid: 0,
        gid: 0,
        read_only: false,
        from: None,
    }
}

/// Writes so many files of 8 MiB into a folder, and waits to be seen.
fn fill(folder: &str, count: usize) -> String {
    format!("for i in $(seq {count}); do dd if=/dev/zero of={folder}/$i bs=1M count=8 2> /dev/null; done; sleep 4")
}

#[test]
fn caches_and_binds_have_the_limit_of_layers() {
    in_each_way("build::room::caches_and_binds_have_the_limit_of_layers", |bench| {
        let bind = |target: &str| StepMount::Bind {
            layers: vec![layer("base")],
            source: "/tmp".to_owned(),
            target: target.to_owned(),
            writable: true,
        };
        let mut run = |mounts: Vec<StepMount>, script: String| {
            let mut step = step(&script);
            step.limits.disk = 32 << 20;
            step.mounts = mounts;
            bench.run(step)
        };
        let two = format!("{}; {}", fill("/a", 3), fill("/b", 3));
        for (mounts, script) in [
            (vec![cache("large", "/a")], fill("/a", 8)),
            (vec![bind("/a")], fill("/a", 8)),
            (vec![cache("one", "/a"), cache("two", "/b")], two.clone()),
            (vec![bind("/a"), bind("/b")], two),
        ] {
            let ran = run(mounts, script.clone());
            assert_eq!(ran.response, Response::Limit(Limit::Disk(32 << 20)), "{script}: {ran:?}");
        }
        // A cache that is there already takes no room from the layer.
        run(vec![cache("good", "/a")], fill("/a", 3)).good();
        let both = format!("ls /a; mkdir /b; {}", fill("/b", 3));
        assert_eq!(run(vec![cache("good", "/a")], both).good(), "1\n2\n3\n");
    });
}

#[test]
fn folders_in_memory_share_what_a_step_may_take() {
    in_each_way("build::room::folders_in_memory_share_what_a_step_may_take", |bench| {
        let mut step = step(
            "for i in a b c; do dd if=/dev/zero of=/$i/x bs=1M count=60 2> /dev/null; done; du -sm /a /b /c; \
             i=0; while [ $i -lt 20000 ] && true > /a/$i; do i=$((i+1)); done 2> /dev/null; [ $i -lt 20000 ] && echo no more files",
        );
        let tmpfs = |target: &str, size| StepMount::Tmpfs { target: target.to_owned(), size };
        step.mounts = vec![tmpfs("/a", None), tmpfs("/b", Some(50 << 20)), tmpfs("/c", Some(1 << 20))];
        step.limits.memory = Some(60 << 20);
        let ran = bench.run(step);
        assert_eq!(ran.good(), "20\t/a\n20\t/b\n1\t/c\nno more files\n");
    });
}

/// Copies all of a layer into a new one.
fn copy(bench: &mut Bench, from: rlint::build::exec::request::LayerName, name: &str) -> Response {
    let step = CopyStep {
        lowers: Vec::new(),
        layer: layer(name),
        from: vec![from],
        sources: vec!["/".to_owned()],
        files: Vec::new(),
        destination: "/".to_owned(),
        directory: "/".to_owned(),
        owner: None,
        mode: None,
        parents: false,
        link: false,
        excludes: Vec::new(),
        unpack: false,
        limits: UnpackLimits::default(),
    };
    bench.worker.call(&Request::Copy(Box::new(step)), None, &mut |_| {}).unwrap()
}

#[test]
fn holes_stay_holes_and_more_than_a_layer_can_have_is_refused() {
    in_each_way("build::room::holes_stay_holes_and_more_than_a_layer_can_have_is_refused", |bench| {
        let hole = "echo start > /f; dd if=/dev/zero bs=1 count=1 of=/f seek=200000000 conv=notrunc; \
                    echo middle | dd of=/f bs=1 seek=100000000 conv=notrunc; : > /empty; truncate -s 1000000 /hole";
        let ran = bench.run(step(&format!("({hole}) 2> /dev/null")));
        ran.good();
        assert!(matches!(copy(bench, ran.layer.clone(), "copied"), Response::Done(_)));
        let (from, copied) = (bench.layers().join(ran.layer.as_str()), bench.layers().join("copied"));
        for name in ["f", "empty", "hole"] {
            // What another user owns only root can read.
            if nix::unistd::geteuid().is_root() {
                assert!(fs::read(from.join(name)).unwrap() == fs::read(copied.join(name)).unwrap(), "{name}");
                assert!(fs::metadata(copied.join(name)).unwrap().blocks() * 512 < 1 << 20, "{name}");
            }
        }
        // The limit of files is that of the disk, and the sum of many is beyond all that can be packed.
        let mut many = step("for i in $(seq 40); do truncate -s 1000000000 /$i; done");
        many.limits.disk = 2 << 30;
        let ran = bench.run(many);
        let Response::Refused { what } = &ran.response else { panic!("{ran:?}") };
        assert!(what.contains("more than the 34359738368 that a layer can have"), "{what}");
    });
}
