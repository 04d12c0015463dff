//! What layers do to trees.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use super::*;

#[test]
fn everything_that_a_layer_says_of_a_file_is_kept() {
    let root = tempfile::tempdir().unwrap();
    let xattrs = vec![(b"user.note".to_vec(), b"\0value".to_vec())];
    let (uid, gid) = if is_root() { (1000, 2000) } else { own_ids() };
    let of = |entry: TarEntry| TarEntry { uid: uid.into(), gid: gid.into(), ..entry };
    let archive = tar(&[
        (of(TarEntry { mode: 0o1777, mtime: 5, ..entry(TarKind::Folder, "tmp/") }), b""),
        (of(TarEntry { mode: 0o4751, xattrs: xattrs.clone(), mtime: -7, ..file("tmp/program", 3) }), b"abc"),
        (of(link(TarKind::HardLink, "tmp/other", "tmp/program")), b""),
        (of(TarEntry { mtime: 11, ..link(TarKind::SymbolicLink, "tmp/link", "/nowhere") }), b""),
        (of(TarEntry { mode: 0o620, mtime: 12, ..entry(TarKind::Fifo, "tmp/pipe") }), b""),
        (of(TarEntry { mode: 0o700, mtime: 13, ..entry(TarKind::Folder, "./") }), b""),
    ]);
    let unpacked = unpack_into(&archive, root.path()).unwrap();
    assert_eq!(unpacked, Unpacked { entries: 6, bytes: 3, devices: 0 });
    let found = listing(root.path());
    let shown: Vec<_> = found.iter().map(|entry| (entry.path.as_str(), entry.mode, entry.uid, entry.gid)).collect();
    assert_eq!(
        shown,
        [
            (".", 0o700, uid, gid),
            ("tmp", 0o1777, uid, gid),
            ("tmp/link", 0o777, uid, gid),
            ("tmp/other", 0o4751, uid, gid),
            ("tmp/pipe", 0o620, uid, gid),
            ("tmp/program", 0o4751, uid, gid),
        ]
    );
    assert_eq!(found[3].same_as.as_deref(), Some("tmp/other"));
    assert_eq!(found[5].same_as.as_deref(), Some("tmp/other"));
    assert_eq!(found[5].xattrs.get("user.note").map(String::as_str), Some("0076616c7565"));
    let time = |path: &str| fs::symlink_metadata(root.path().join(path)).unwrap().mtime();
    assert_eq!(["tmp", "tmp/program", "tmp/link", "tmp/pipe", "."].map(time), [5, -7, 11, 12, 13]);
}

#[test]
fn capabilities_survive_a_change_of_owner() {
    if !is_root() {
        println!("skipped: only root can give capabilities to files");
        return;
    }
    let root = tempfile::tempdir().unwrap();
    // `cap_net_raw+ep`, as `setcap` writes it: `struct vfs_cap_data` of linux/capability.h.
    let mut capability = vec![1, 0, 0, 2, 0, 32];
    capability.resize(20, 0);
    let xattrs = vec![(b"security.capability".to_vec(), capability)];
    let ping = TarEntry { xattrs, uid: 5, mode: 0o755, ..file("ping", 0) };
    unpack_into(&tar_of(std::slice::from_ref(&ping)), root.path()).unwrap();
    let packed = entries(&pack_from(root.path()).unwrap().0);
    let found: Vec<_> = packed.iter().filter(|entry| entry.path == b"ping").collect();
    assert_eq!(found, [&TarEntry { mtime: ping.mtime, ..ping.clone() }]);
}

/// A tree as it is before a layer.
fn lower() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for folder in ["etc/conf.d", "usr/lib", "var"] {
        fs::create_dir_all(root.path().join(folder)).unwrap();
    }
    for file in ["etc/passwd", "etc/conf.d/a", "etc/conf.d/b", "usr/lib/x", "var/log"] {
        fs::write(root.path().join(file), file).unwrap();
    }
    symlink("usr/lib", root.path().join("lib")).unwrap();
    root
}

fn applied(entries: &[TarEntry]) -> Vec<String> {
    let root = lower();
    unpack_into(&tar_of(entries), root.path()).unwrap();
    paths(root.path())
}

#[test]
fn a_layer_removes_replaces_and_adds() {
    let all = [
        "etc/",
        "etc/conf.d/",
        "etc/conf.d/a",
        "etc/conf.d/b",
        "etc/passwd",
        "lib -> usr/lib",
        "usr/",
        "usr/lib/",
        "usr/lib/x",
        "var/",
        "var/log",
    ];
    let without = |gone: &[&str]| all.iter().filter(|path| !gone.contains(*path)).copied().collect::<Vec<_>>();
    let conf = ["etc/conf.d/", "etc/conf.d/a", "etc/conf.d/b"];
    let folder = |path: &str| entry(TarKind::Folder, path);
    let cases: Vec<(Vec<TarEntry>, Vec<&str>)> = vec![
        (vec![], all.to_vec()),
        (vec![file("etc/.wh.conf.d", 0)], without(&conf)),
        (vec![file("etc/conf.d/.wh..wh..opq", 0)], without(&conf[1..])),
        (vec![file("etc/conf.d/.wh.a", 0)], without(&conf[1..2])),
        (vec![file(".wh.nothing", 0), file("nothing/.wh.x", 0), file("var/log/.wh.x", 0)], all.to_vec()),
        // Notes of aufs.
        (vec![folder(".wh..wh.plnk"), file(".wh..wh.aufs", 0)], all.to_vec()),
        // A folder merges with one that is there, and takes the place of what is none.
        (vec![folder("etc/conf.d")], all.to_vec()),
        (
            vec![file("etc/conf.d", 0)],
            [&["etc/", "etc/conf.d"][..], &without(&["etc/", "etc/conf.d/", "etc/conf.d/a", "etc/conf.d/b"])].concat(),
        ),
        (vec![folder("var/log")], [&without(&["var/log"])[..], &["var/log/"]].concat()),
        // Through a link of the layers below, and the removal of the link itself.
        (vec![file("lib/.wh.x", 0)], without(&["usr/lib/x"])),
        (vec![file("lib/y", 0)], [&all[..9], &["usr/lib/y"], &all[9..]].concat()),
        (vec![file(".wh.lib", 0)], without(&["lib -> usr/lib"])),
        // What the layer itself brings stays, whichever comes first.
        (vec![folder("etc/conf.d"), file("etc/conf.d/b", 0), file("etc/.wh.conf.d", 0)], without(&["etc/conf.d/a"])),
        (vec![file("etc/.wh.conf.d", 0), folder("etc/conf.d"), file("etc/conf.d/b", 0)], without(&["etc/conf.d/a"])),
        (vec![file("etc/conf.d/b", 0), file("etc/conf.d/.wh..wh..opq", 0)], without(&["etc/conf.d/a"])),
        (vec![file("etc/conf.d/.wh..wh..opq", 0), file("etc/conf.d/b", 0)], without(&["etc/conf.d/a"])),
        (vec![file("etc/passwd", 0), file("etc/.wh.passwd", 0)], all.to_vec()),
        (vec![file("etc/conf.d/b", 0), file(".wh..wh..opq", 0)], vec!["etc/", "etc/conf.d/", "etc/conf.d/b"]),
        // The same name twice: the last one counts.
        (vec![folder("new"), file("new/x", 0), file("new", 0)], [&all[..6], &["new"], &all[6..]].concat()),
        (vec![file("new", 0), folder("new"), file("new/x", 0)], [&all[..6], &["new/", "new/x"], &all[6..]].concat()),
    ];
    for (entries, wanted) in cases {
        let mut wanted = wanted;
        let key = |path: &&str| path.trim_end_matches('/').split(" -> ").next().unwrap_or("").replace('/', "\0");
        wanted.sort_by_key(key);
        let shown: Vec<String> =
            entries.iter().map(|entry| String::from_utf8_lossy(&entry.path).into_owned()).collect();
        assert_eq!(applied(&entries), wanted, "{shown:?}");
    }
}

#[test]
fn folders_that_are_not_described_stay_as_they_were() {
    let root = lower();
    fs::set_permissions(root.path().join("var"), fs::Permissions::from_mode(0o1777)).unwrap();
    unpack_into(&tar_of(&[file("var/new/deep/file", 0)]), root.path()).unwrap();
    let mode = |path: &str| fs::metadata(root.path().join(path)).unwrap().mode() & 0o7777;
    assert_eq!((mode("var"), mode("var/new"), mode("var/new/deep")), (0o1777, 0o755, 0o755));
}

#[test]
fn outside_of_layers_such_names_are_only_names() {
    let root = lower();
    let options = UnpackOptions { whiteouts: false, ownership: Ownership::Own, ..UnpackOptions::default() };
    let archive = tar_of(&[file("etc/.wh.passwd", 0)]);
    unpack(archive.as_slice(), fs::File::open(root.path()).unwrap().as_fd(), &options).unwrap();
    assert!(root.path().join("etc/passwd").exists() && root.path().join("etc/.wh.passwd").exists());
}

#[test]
fn the_owner_can_be_another_one() {
    if !is_root() {
        println!("skipped: only root can give files away");
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let options = UnpackOptions { ownership: Ownership::Fixed(7, 8), ..UnpackOptions::default() };
    let archive = tar_of(&[file("a", 0), link(TarKind::SymbolicLink, "b", "a")]);
    unpack(archive.as_slice(), fs::File::open(root.path()).unwrap().as_fd(), &options).unwrap();
    assert!(listing(root.path())[1..].iter().all(|entry| (entry.uid, entry.gid) == (7, 8)));
}

#[test]
fn a_layer_is_packed_in_one_order_with_clamped_times() {
    let upper = tempfile::tempdir().unwrap();
    for path in ["b", "a-", "a/x", "a/b/c"] {
        let path = upper.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "content").unwrap();
    }
    fs::set_permissions(upper.path(), fs::Permissions::from_mode(0o700)).unwrap();
    let options = PackOptions { clamp: Some(100), ..PackOptions::default() };
    let mut bytes = Vec::new();
    pack(fs::File::open(upper.path()).unwrap().as_fd(), &mut bytes, &options).unwrap();
    let mut found = entries(&bytes);
    // The root of this one is not as everywhere.
    assert_eq!(found.remove(0).path, b"./");
    let paths: Vec<String> = found.iter().map(|entry| String::from_utf8_lossy(&entry.path).into_owned()).collect();
    assert_eq!(paths, ["a/", "a/b/", "a/b/c", "a/x", "a-", "b"]);
    assert!(found.iter().all(|entry| entry.mtime == 100));
    let options = PackOptions { bytes: 10, ..options };
    let error = pack(fs::File::open(upper.path()).unwrap().as_fd(), Vec::new(), &options).unwrap_err();
    assert!(matches!(error, TreeError::Limit { limit: 10, .. }));
}

#[test]
fn names_that_are_no_text_are_told_apart() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let root = tempfile::tempdir().unwrap();
    for name in [&b"\xff"[..], b"\\xff", b"a\x1b[31m", "ü".as_bytes()] {
        fs::write(root.path().join(OsStr::from_bytes(name)), "").unwrap();
    }
    assert_eq!(paths(root.path()), ["\\\\xff", "a\\x1b[31m", "ü", "\\xff"]);
}

#[test]
fn a_listing_has_limits() {
    let root = lower();
    let folder = fs::File::open(root.path()).unwrap();
    let limit = |entries, bytes| list(folder.as_fd(), std::io::sink(), &ListLimits { entries, bytes, removals: false });
    assert_eq!(limit(12, 50).unwrap(), 12);
    assert!(matches!(limit(11, 50), Err(TreeError::Limit { limit: 11, .. })));
    assert!(matches!(limit(12, 49), Err(TreeError::Limit { limit: 49, .. })));
    let long = [b"{\"path\":\"".to_vec(), vec![b'x'; 2 << 20], b"\"}\n".to_vec()].concat();
    assert!(read_listing(long.as_slice()).is_err());
}
