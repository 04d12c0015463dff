//! Layers in, layers out, and what is mounted of them.

use std::fs;
use std::time::{Duration, Instant};

use rlint::build::exec::Worker;
use rlint::build::exec::request::{
    CopyStep, FolderStep, LayerName, Limit, Limits, Request, Response, Sharing, StepMount, UnpackLimits,
};

use super::support::{Bench, in_each_way, layer, step};

fn done(response: &Response) -> u64 {
    match response {
        Response::Done(done) => done.entries,
        other => panic!("it is not done: {other:?}"),
    }
}

/// The names in an archive.
fn names(archive: &[u8]) -> Vec<String> {
    let mut archive = tar::Archive::new(archive);
    let paths = archive.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().display().to_string());
    paths.map(|path| path.trim_end_matches('/').to_owned()).collect()
}

/// What is in a stack, without times, as text.
fn list(bench: &mut Bench, layers: &[LayerName]) -> String {
    let (response, bytes) = bench.read(&Request::List { layers: layers.to_vec() });
    assert!(matches!(response, Response::Done(_)), "{response:?}");
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_layer_goes_out_and_in_again() {
    in_each_way("build::layers::a_layer_goes_out_and_in_again", |bench| {
        let script =
            "mkdir /a; echo one > /a/b; ln /a/b /a/c; ln -s b /a/d; rm /etc/group; rm -r /home; mkdir /home; mkfifo /p";
        let ran = bench.run(step(script));
        ran.good();
        let (response, archive) = bench.read(&Request::Pack { layer: ran.layer.clone() });
        assert!(done(&response) > 0);
        let names = names(&archive);
        for name in ["a/b", "a/c", "a/d", "p", "etc/.wh.group", "home/.wh..wh..opq"] {
            assert!(names.iter().any(|found| found == name), "{name} is not in {names:?}");
        }
        let again = bench.unpack("again", &[layer("base")], &archive);
        done(&again);
        let original = list(bench, &[layer("base"), ran.layer]);
        assert_eq!(list(bench, &[layer("base"), layer("again")]), original);
        assert!(original.contains("a/b") && !original.contains("etc/group"));
    });
}

#[test]
fn files_are_copied_and_folders_made() {
    in_each_way("build::layers::files_are_copied_and_folders_made", |bench| {
        let made = bench.run(step("mkdir /in; echo text > /in/one; ln -s /etc /in/out"));
        made.good();
        let copy = CopyStep {
            lowers: vec![layer("base")],
            layer: layer("copied"),
            from: vec![made.layer.clone()],
            sources: vec!["/in".to_owned()],
            files: Vec::new(),
            destination: "there/".to_owned(),
            directory: "/work".to_owned(),
            owner: None,
            mode: None,
            parents: false,
            link: false,
            excludes: Vec::new(),
            unpack: false,
            limits: UnpackLimits::default(),
        };
        let response = bench.worker.call(&Request::Copy(Box::new(copy.clone())), None, &mut |_| {}).unwrap();
        assert!(done(&response) >= 3, "{response:?}");
        let mut show = step("cat /work/there/one; readlink /work/there/out");
        show.lowers.push(layer("copied"));
        assert_eq!(bench.run(show).good(), "text\n/etc\n");
        let missing = CopyStep { sources: vec!["/nothing".to_owned()], layer: layer("missing"), ..copy };
        let response = bench.worker.call(&Request::Copy(Box::new(missing)), None, &mut |_| {}).unwrap();
        assert!(matches!(response, Response::Invalid { .. }), "{response:?}");
        let lowers = vec![layer("base")];
        let folder = FolderStep { lowers, layer: layer("folder"), path: "/new/folder".to_owned(), owner: None };
        let response = bench.worker.call(&Request::Folder(folder), None, &mut |_| {}).unwrap();
        assert_eq!(done(&response), 2);
    });
}

#[test]
fn many_layers_can_be_stacked_and_a_layer_twice() {
    in_each_way("build::layers::many_layers_can_be_stacked_and_a_layer_twice", |bench| {
        let mut lowers = vec![layer("base")];
        for number in 0..130 {
            let mut one = step(&format!("echo {number} > /file-{number}; echo {number} > /last"));
            one.lowers = lowers.clone();
            let ran = bench.run(one);
            ran.good();
            lowers.push(ran.layer);
        }
        lowers.push(lowers[1].clone());
        let mut all = step("ls /file-* | grep -c .; cat /last");
        all.lowers = lowers;
        assert_eq!(bench.run(all).good(), "130\n0\n");
    });
}

#[test]
fn layers_are_removed_and_names_are_not_given_twice() {
    in_each_way("build::layers::layers_are_removed_and_names_are_not_given_twice", |bench| {
        let ran = bench.run(step("mkdir -m 0 /closed; echo x > /file"));
        let layers = vec![ran.layer.clone(), layer("never-there")];
        let response = bench.worker.call(&Request::Remove { layers }, None, &mut |_| {}).unwrap();
        done(&response);
        assert!(!bench.layers().join(ran.layer.as_str()).exists());
        let again = bench.unpack("base", &[], &[0; 1024]);
        assert!(matches!(&again, Response::Failed { what } if what.contains("already")), "{again:?}");
        let mut missing = step("true");
        missing.lowers.push(ran.layer);
        let response = bench.run(missing).response;
        assert!(matches!(&response, Response::Failed { what } if what.contains("no layer")), "{response:?}");
    });
}

fn cache(id: &str, target: &str, sharing: Sharing) -> StepMount {
    let (id, target) = (id.to_owned(), target.to_owned());
    StepMount::Cache { id, target, sharing, mode: 0o750, uid: 0, gid: 0, read_only: false, from: None }
}

#[test]
fn binds_are_for_reading_or_thrown_away() {
    in_each_way("build::layers::binds_are_for_reading_or_thrown_away", |bench| {
        let made = bench.run(step("mkdir -p /in/dir; echo text > /in/file; ln -s /etc/passwd /in/link"));
        let bind = |source: &str, target: &str, writable| StepMount::Bind {
            layers: vec![made.layer.clone()],
            source: source.to_owned(),
            target: target.to_owned(),
            writable,
        };
        let mut both = step("cat /r/file /f; echo new > /r/new; echo new > /w/new && cat /w/new; rm /w/file && ls /w");
        both.mounts = vec![bind("/in", "/r", false), bind("in", "/w", true), bind("/in/file", "/f", false)];
        let ran = bench.run(both);
        assert_eq!(
            ran.good(),
            "text\ntext\n/bin/sh: can't create /r/new: Read-only file system\nnew\ndir\nlink\nnew\n"
        );
        assert_eq!(ran.exited().done.entries, 0);
        let mut after = step("ls /in");
        after.lowers.push(made.layer.clone());
        assert_eq!(bench.run(after).good(), "dir\nfile\nlink\n");
        let mut missing = step("true");
        // The link leads to nothing within its own tree, and not to the passwd file of the step.
        missing.mounts = vec![bind("/in/link", "/x", false)];
        let response = bench.run(missing).response;
        assert!(matches!(&response, Response::Invalid { what } if what.contains("not there")), "{response:?}");
        for target in ["/", "/proc/sys", "/dev", "relative", "/a/../b"] {
            let mut reserved = step("true");
            reserved.mounts = vec![bind("/in", target, false)];
            let response = bench.run(reserved).response;
            assert!(matches!(response, Response::Refused { .. }), "{target}: {response:?}");
        }
    });
}

#[test]
fn caches_stay_and_are_in_no_layer() {
    in_each_way("build::layers::caches_stay_and_are_in_no_layer", |bench| {
        let with = |script: &str, mounts: Vec<StepMount>| {
            let mut step = step(script);
            step.mounts = mounts;
            step
        };
        let one = || vec![cache("one", "/c", Sharing::Shared)];
        let ran = bench.run(with("stat -c %a /c; echo kept > /c/file; mkdir /c/d; rm -r /c/d", one()));
        assert_eq!(ran.good(), "750\n");
        assert_eq!(ran.exited().done.entries, 0);
        assert_eq!(bench.run(with("ls /c; cat /c/file", one())).good(), "file\nkept\n");
        assert_eq!(bench.run(with("ls /c", vec![cache("two", "/c", Sharing::Shared)])).good(), "");
        let begin = bench.run(step("mkdir /seed; echo seed > /seed/s"));
        let from = StepMount::Cache {
            id: "three".to_owned(),
            target: "/c".to_owned(),
            sharing: Sharing::Locked,
            mode: 0o755,
            uid: 0,
            gid: 0,
            read_only: false,
            from: Some((vec![begin.layer], "/seed".to_owned())),
        };
        assert_eq!(bench.run(with("cat /c/s; rm /c/s; echo more > /c/m", vec![from.clone()])).good(), "seed\n");
        assert_eq!(bench.run(with("ls /c", vec![from])).good(), "m\n");
        let twice = vec![cache("one", "/c", Sharing::Shared), cache("one", "/d", Sharing::Shared)];
        assert!(matches!(bench.run(with("true", twice)).response, Response::Refused { .. }));
    });
}

#[test]
fn steps_at_the_same_time_share_caches_as_they_are_told() {
    in_each_way("build::layers::steps_at_the_same_time_share_caches_as_they_are_told", |bench| {
        let options = bench.options();
        let at_once = |sharing: Sharing, seconds: u64| {
            let start = Instant::now();
            let threads: Vec<_> = (0..2)
                .map(|number| {
                    let options = options.clone();
                    std::thread::spawn(move || {
                        let mut worker = Worker::start(&options).unwrap();
                        let mut one = step("echo x >> /c/file; sleep 0.5; cat /c/file | grep -c x");
                        one.layer = layer(&format!("{sharing:?}-{number}-{seconds}").to_lowercase());
                        one.mounts = vec![cache(&format!("{sharing:?}"), "/c", sharing)];
                        one.limits = Limits { seconds, ..Limits::default() };
                        let mut output = String::new();
                        let request = Request::Run(Box::new(one));
                        let response = worker.call(&request, None, &mut |text| output.push_str(text)).unwrap();
                        (response, output)
                    })
                })
                .collect();
            let mut answers: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
            answers.sort_by(|one, other| one.1.cmp(&other.1));
            (answers, start.elapsed())
        };
        let (answers, took) = at_once(Sharing::Locked, 60);
        assert_eq!((answers[0].1.as_str(), answers[1].1.as_str()), ("1\n", "2\n"));
        assert!(took >= Duration::from_secs(1));
        let (answers, _) = at_once(Sharing::Private, 60);
        assert_eq!((answers[0].1.as_str(), answers[1].1.as_str()), ("1\n", "1\n"));
    });
}

#[test]
fn files_in_memory_have_the_size_that_is_asked_for() {
    in_each_way("build::layers::files_in_memory_have_the_size_that_is_asked_for", |bench| {
        let mut one = step("dd if=/dev/zero of=/m/file bs=1M count=20; stat -c %s /m/file; /dev/pipes/EOF");
        one.mounts = vec![StepMount::Tmpfs { target: "/m".to_owned(), size: Some(8 << 20) }];
        one.files = vec![("/dev/pipes/EOF".to_owned(), b"#!/bin/sh\necho heredoc\n".to_vec())];
        let ran = bench.run(one.clone());
        assert!(ran.good().ends_with("\n8388608\nheredoc\n"), "{ran:?}");
        assert_eq!(ran.exited().done.entries, 0);
        for path in ["/tmp/x", "/dev/../x", "/dev/"] {
            one.files[0].0 = path.to_owned();
            assert!(matches!(bench.run(one.clone()).response, Response::Refused { .. }), "{path}");
        }
    });
}

#[test]
fn hostile_archives_change_nothing_outside() {
    in_each_way("build::layers::hostile_archives_change_nothing_outside", |bench| {
        let raw = |path: &[u8], kind: tar::EntryType, link: &[u8]| {
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(kind);
            header.set_mode(0o644);
            header.set_uid(0);
            header.set_gid(0);
            header.set_mtime(0);
            header.set_size(0);
            let old = header.as_old_mut();
            old.name[..path.len()].copy_from_slice(path);
            old.linkname[..link.len()].copy_from_slice(link);
            header.set_cksum();
            header
        };
        let outside = bench.store.join("outside");
        fs::write(&outside, "untouched").unwrap();
        let path = outside.to_str().unwrap().as_bytes();
        let cases = [
            raw(b"../../../outside", tar::EntryType::Regular, b""),
            raw(b"x", tar::EntryType::Link, b"../../../outside"),
            raw(&path[..path.len().min(99)], tar::EntryType::Regular, b""),
        ];
        for (number, header) in cases.iter().enumerate() {
            let mut archive = tar::Builder::new(Vec::new());
            archive.append(&raw(b"link", tar::EntryType::Symlink, b"/../../.."), &b""[..]).unwrap();
            archive.append(header, &b""[..]).unwrap();
            archive.append(&raw(b"link/layers-outside", tar::EntryType::Regular, b""), &b""[..]).unwrap();
            let _ = bench.unpack(&format!("hostile-{number}"), &[], &archive.into_inner().unwrap());
            assert_eq!(fs::read_to_string(&outside).unwrap(), "untouched");
            let around = fs::read_dir(&bench.store).unwrap().map(|entry| entry.unwrap().file_name());
            let mut around: Vec<_> = around.collect();
            around.sort();
            assert_eq!(around, ["layers", "outside"]);
        }
        let broken = bench.unpack("broken", &[], &[1; 2048]);
        assert!(matches!(broken, Response::Invalid { .. }), "{broken:?}");
        let mut archive = tar::Builder::new(Vec::new());
        for number in 0..20 {
            archive.append(&raw(format!("f{number}").as_bytes(), tar::EntryType::Regular, b""), &b""[..]).unwrap();
        }
        let bytes = archive.into_inner().unwrap();
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, &bytes).unwrap();
        std::io::Seek::rewind(&mut file).unwrap();
        let limits = UnpackLimits { entries: 10, ..UnpackLimits::default() };
        let request = Request::Unpack { lowers: Vec::new(), layer: layer("many"), limits };
        let response = bench.worker.call(&request, Some(std::os::fd::AsFd::as_fd(&file)), &mut |_| {}).unwrap();
        assert_eq!(response, Response::Limit(Limit::Entries(10)));
    });
}
