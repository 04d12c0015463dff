//! Layers that reach out, claim or never end, through the worker: each ends in a clear answer, nothing outside of the
//! layer changes, and nothing half is left behind. And trees that steps make to be awkward on the way out.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rlint::build::exec::request::{Request, Response, UnpackLimits};
use rlint::build::tree::{TarEntry, TarKind, TarWriter};

use super::support::{Bench, in_each_way, layer, step};

fn file(path: &str) -> TarEntry {
    TarEntry {
        path: path.as_bytes().to_vec(),
        kind: TarKind::File,
        mode: 0o644,
        uid: 0,
        gid: 0,
        size: 0,
        mtime: 1,
        link: Vec::new(),
        device: (0, 0),
        xattrs: Vec::new(),
    }
}

fn entry(kind: TarKind, path: &str) -> TarEntry {
    TarEntry { kind, ..file(path) }
}

fn link(kind: TarKind, path: &str, target: &str) -> TarEntry {
    TarEntry { link: target.as_bytes().to_vec(), ..entry(kind, path) }
}

fn tar(entries: &[TarEntry]) -> Vec<u8> {
    let mut writer = TarWriter::new(Vec::new());
    for entry in entries {
        writer.append(entry, &mut io::repeat(b'x')).unwrap();
    }
    writer.finish().unwrap().0
}

/// What an archive must come to.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Ends {
    /// In a layer, from which nothing leads out.
    Done,
    /// With the name of what is wrong.
    Refused,
    /// As no archive.
    Invalid,
    /// At a limit.
    Limit,
}

fn cases() -> Vec<(&'static str, Vec<u8>, Ends)> {
    use TarKind::{BlockDevice, CharacterDevice, Fifo, Folder, HardLink, SymbolicLink};
    let out = |target: &str| link(SymbolicLink, "out", target);
    let with = |name: &str| TarEntry { xattrs: vec![(name.as_bytes().to_vec(), b"y".to_vec())], ..entry(Folder, "d") };
    let device = |kind, path: &str, device| TarEntry { device, ..entry(kind, path) };
    let mut cases = vec![
        ("a name above", tar(&[file("../escaped")]), Ends::Refused),
        ("a name above from within", tar(&[file("a/b/../../../escaped")]), Ends::Refused),
        ("an absolute name", tar(&[file("/etc/passwd"), file("//escaped")]), Ends::Done),
        ("a removal above", tar(&[file("..//.wh.layers"), file("x")]), Ends::Refused),
        ("a removal of what is above", tar(&[file(".wh...")]), Ends::Refused),
        ("a removal of all", tar(&[file(".wh..wh..opq")]), Ends::Done),
        ("through a link to the root", tar(&[out("/"), file("out/escaped")]), Ends::Done),
        ("through a link far up", tar(&[out("../../../../../.."), file("out/escaped")]), Ends::Done),
        ("through a link to a process", tar(&[out("/proc/self/root"), file("out/escaped")]), Ends::Refused),
        ("through a link to a folder of the host", tar(&[out("/usr/share"), file("out/escaped")]), Ends::Refused),
        ("over a link", tar(&[out("/etc/passwd"), TarEntry { size: 3, ..file("out") }]), Ends::Done),
        ("a hard link above", tar(&[link(HardLink, "x", "../../outside")]), Ends::Refused),
        ("a hard link to the host", tar(&[link(HardLink, "x", "/etc/shadow")]), Ends::Refused),
        ("a hard link through a link", tar(&[out("/"), link(HardLink, "x", "out/etc/shadow")]), Ends::Refused),
        ("devices", tar(&[device(BlockDevice, "sda", (8, 0)), device(CharacterDevice, "mem", (1, 1))]), Ends::Done),
        ("a removal as a device", tar(&[device(CharacterDevice, "etc", (0, 0))]), Ends::Done),
        ("a pipe and a file in its place", tar(&[entry(Fifo, "p"), TarEntry { size: 9, ..file("p") }]), Ends::Done),
        ("an opaque folder", tar(&[with("user.overlay.opaque")]), Ends::Refused),
        ("a folder from elsewhere", tar(&[with("user.overlay.redirect")]), Ends::Refused),
        ("content from elsewhere", tar(&[with("trusted.overlay.metacopy")]), Ends::Refused),
        ("a file as the root", tar(&[file("./")]), Ends::Refused),
        ("a link as the root", tar(&[link(SymbolicLink, "/", "/etc")]), Ends::Refused),
        ("a long name", tar(&[file(&"n".repeat(300))]), Ends::Refused),
        ("a deep name", tar(&[file(&"d/".repeat(2000))]), Ends::Refused),
        ("many entries", tar(&vec![file("x"); 2000]), Ends::Limit),
        ("nothing", Vec::new(), Ends::Done),
        ("noise", vec![0xa5; 4096], Ends::Invalid),
    ];
    let whole = tar(&[file("a"), TarEntry { size: 100_000, ..file("b") }]);
    cases.push(("half of an archive", whole[..whole.len() / 2].to_vec(), Ends::Invalid));
    for (name, kind, ends) in [
        ("a claim of more bytes than there are", tar::EntryType::Regular, Ends::Invalid),
        ("a claim of a name without end", tar::EntryType::GNULongName, Ends::Refused),
        ("a claim of an extension without end", tar::EntryType::XHeader, Ends::Refused),
        ("a sparse file", tar::EntryType::GNUSparse, Ends::Refused),
    ] {
        let mut header = tar::Header::new_gnu();
        header.as_old_mut().name[0] = b'x';
        header.set_entry_type(kind);
        header.set_mode(0o644);
        header.set_uid(0);
        header.set_gid(0);
        header.set_mtime(0);
        header.set_size(1 << 40);
        header.set_cksum();
        cases.push((name, header.as_bytes().to_vec(), ends));
    }
    cases
}

/// Everything around the layers of a bench, with what would show a change.
fn around(store: &Path) -> Vec<String> {
    let mut seen = Vec::new();
    let mut open = vec![store.parent().unwrap().to_owned()];
    while let Some(folder) = open.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let (path, data) = (entry.path(), entry.metadata().unwrap());
            if data.is_dir() && !path.starts_with(store.join("layers")) {
                open.push(path.clone());
            }
            let ids = (data.uid(), data.gid(), data.mode(), data.nlink());
            let content = fs::read(&path).map(|bytes| bytes.len()).unwrap_or_default();
            seen.push(format!("{} {ids:?} {content}", path.display()));
        }
    }
    for path in ["/etc/passwd", "/etc/shadow", "/", "/tmp"] {
        let data = fs::metadata(path).unwrap();
        seen.push(format!("{path} {:?}", (data.uid(), data.gid(), data.mode(), data.ino())));
    }
    assert!(!Path::new("/escaped").exists() && !Path::new("/tmp/escaped").exists());
    seen.sort();
    seen
}

/// The layers there are, and what workers have left of others.
fn left(bench: &Bench) -> Vec<String> {
    let names = |folder: &Path| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect::<Vec<_>>()
    };
    let mut all = names(&bench.layers());
    all.extend(names(&bench.layers().join(".tmp/0")).into_iter().map(|name| format!(".tmp/0/{name}")));
    all.extend(names(&bench.layers().join(".trash")).into_iter().map(|name| format!(".trash/{name}")));
    all.sort();
    all
}

#[test]
fn hostile_layers_end_in_an_answer_and_change_nothing_else() {
    in_each_way("build::hostile::hostile_layers_end_in_an_answer_and_change_nothing_else", |bench| {
        fs::write(bench.store.join("outside"), "untouched").unwrap();
        let (surroundings, mut layers) = (around(&bench.store), left(bench));
        for (number, (name, archive, ends)) in cases().into_iter().enumerate() {
            let own = format!("hostile-{number}");
            let mut source = tempfile::tempfile().unwrap();
            source.write_all(&archive).unwrap();
            io::Seek::rewind(&mut source).unwrap();
            let limits = UnpackLimits { bytes: 1 << 20, entries: 1000 };
            let request = Request::Unpack { lowers: vec![layer("base")], layer: layer(&own), limits };
            let response = bench.worker.call(&request, Some(source.as_fd()), &mut |_| {}).unwrap();
            let found = match &response {
                Response::Done(_) => Ends::Done,
                Response::Refused { .. } => Ends::Refused,
                Response::Invalid { .. } => Ends::Invalid,
                Response::Limit(_) => Ends::Limit,
                other => panic!("{name}: {other:?}"),
            };
            assert_eq!(found, ends, "{name}: {response:?}");
            if ends == Ends::Done {
                layers.push(own);
                layers.sort();
            }
            assert_eq!(left(bench), layers, "{name}: something is left behind, or a layer is missing");
            assert_eq!(around(&bench.store), surroundings, "{name}: something outside has changed");
        }
        assert_eq!(fs::read_to_string(bench.store.join("outside")).unwrap(), "untouched");
        // The worker is as good as before.
        assert_eq!(bench.sh("cat /etc/passwd | grep -c root"), "1\n");
    });
}

#[test]
fn an_archive_without_end_is_left_at_the_limit() {
    in_each_way("build::hostile::an_archive_without_end_is_left_at_the_limit", |bench| {
        let layers = left(bench);
        let (reader, mut writer) = io::pipe().unwrap();
        let writing = std::thread::spawn(move || {
            let mut header = tar::Header::new_gnu();
            header.as_old_mut().name[0] = b'x';
            header.set_mode(0o644);
            header.set_uid(0);
            header.set_gid(0);
            header.set_mtime(0);
            header.set_size(1 << 50);
            header.set_cksum();
            writer.write_all(header.as_bytes()).and_then(|()| io::copy(&mut io::repeat(0), &mut writer))
        });
        let limits = UnpackLimits { bytes: 4 << 20, entries: 1000 };
        let request = Request::Unpack { lowers: Vec::new(), layer: layer("endless"), limits };
        let response = bench.worker.call(&request, Some(reader.as_fd()), &mut |_| {}).unwrap();
        drop(reader);
        assert!(matches!(response, Response::Refused { .. } | Response::Limit(_)), "{response:?}");
        assert_eq!(writing.join().unwrap().unwrap_err().kind(), io::ErrorKind::BrokenPipe);
        assert_eq!(left(bench), layers);
    });
}

#[test]
fn awkward_trees_are_refused_in_words() {
    in_each_way("build::hostile::awkward_trees_are_refused_in_words", |bench| {
        let sink = File::options().write(true).open("/dev/null").unwrap();
        let cases = [
            ("touch /etc/.wh.passwd", true, false),
            ("truncate -s 100G /sparse", true, true),
            // Two chains of folders, each as long as a path can be, one at the end of the other.
            (
                "deep() { mkdir $1; cd $1; i=0; while [ $i -lt 300 ]; do mkdir dddddddddd; cd dddddddddd; i=$((i+1)); done; }; \
                 deep /tmp/two; deep /tmp/one; mv /tmp/two two",
                true,
                true,
            ),
        ];
        for (script, pack_refuses, list_refuses) in cases {
            let ran = bench.run(step(script));
            // Where the sandbox itself refuses such a tree there is nothing to be packed.
            let Response::Exited(exited) = ran.response else { continue };
            if !exited.status.is_success() {
                continue;
            }
            let pack = Request::Pack { layer: ran.layer.clone() };
            let response = bench.worker.call(&pack, Some(sink.as_fd()), &mut |_| {}).unwrap();
            assert_eq!(matches!(response, Response::Refused { .. }), pack_refuses, "{script}: {response:?}");
            let list = Request::List { layers: vec![layer("base"), ran.layer] };
            let response = bench.worker.call(&list, Some(sink.as_fd()), &mut |_| {}).unwrap();
            assert_eq!(matches!(response, Response::Refused { .. }), list_refuses, "{script}: {response:?}");
        }
        assert_eq!(bench.sh("echo well"), "well\n");
    });
}
