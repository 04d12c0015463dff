//! Layers that reach for what is not theirs.

use std::fs;
use std::os::unix::fs::{FileTypeExt, MetadataExt, symlink};

use super::*;

/// Unpacks into a folder beside another one, which must stay as it was.
fn unpack_beside(archive: &[u8], before: impl Fn(&Path)) -> (tempfile::TempDir, Result<Unpacked>) {
    let all = tempfile::tempdir().unwrap();
    let root = all.path().join("layers/root");
    fs::create_dir_all(&root).unwrap();
    fs::create_dir(all.path().join("outside")).unwrap();
    fs::write(all.path().join("outside/secret"), "secret").unwrap();
    before(&root);
    let outside = |all: &Path| {
        let mut seen: Vec<String> = paths(all).into_iter().filter(|path| !path.starts_with("layers/root/")).collect();
        seen.push(fs::read_to_string(all.join("outside/secret")).unwrap());
        seen.push(format!(
            "{:?}",
            fs::metadata(all.join("outside/secret")).map(|secret| (secret.mode(), secret.nlink())).unwrap()
        ));
        seen
    };
    let was = outside(all.path());
    let unpacked = unpack_into(archive, &root);
    assert_eq!(outside(all.path()), was, "something outside of the folder was changed");
    (all, unpacked)
}

fn refused(entries: &[TarEntry]) -> String {
    match unpack_beside(&tar_of(entries), |_| {}).1 {
        Err(TreeError::Refused { path, why }) => format!("{path}: {why}"),
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn names_that_lead_out_are_refused() {
    for name in ["..", "../x", "a/../../outside/x", "a/..", "/..", "./../outside/secret"] {
        assert!(refused(&[file(name, 0)]).ends_with("it leads out of its folder"), "{name}");
        assert!(refused(&[entry(TarKind::Folder, name)]).ends_with("it leads out of its folder"), "{name}");
    }
    for name in [".wh...", "a/.wh...", ".wh..", ".wh."] {
        assert!(refused(&[file(name, 0)]).contains("remove"), "{name}");
    }
    assert!(refused(&[file("", 0)]).ends_with("it has no name"));
    assert!(refused(&[file("/", 0)]).ends_with("the place of the root"));
    assert!(refused(&[link(TarKind::SymbolicLink, ".", "/etc")]).ends_with("the place of the root"));
}

#[test]
fn absolute_names_are_names_in_the_tree() {
    let archive = tar(&[(file("//etc/./passwd", 1), b"x"), (file("/x", 0), b"")]);
    let (all, unpacked) = unpack_beside(&archive, |_| {});
    assert_eq!(unpacked.unwrap().entries, 2);
    assert_eq!(paths(&all.path().join("layers/root")), ["etc/", "etc/passwd", "x"]);
}

#[test]
fn links_lead_nowhere_but_into_the_tree() {
    // Whatever a link says, it is followed as if the tree was the machine.
    for target in ["/outside", "../../outside", "../../../../../../outside", "/../../outside", "/proc/self/cwd"] {
        let folder = target.trim_start_matches("../").trim_start_matches('/').trim_start_matches("../");
        let archive = tar(&[
            (entry(TarKind::Folder, folder), b""),
            (link(TarKind::SymbolicLink, "escape", target), b""),
            (file("escape/secret", 6), b"theirs"),
            (file("escape/.wh.nothing", 0), b""),
            (link(TarKind::HardLink, "hard", "escape/secret"), b""),
        ]);
        let (all, unpacked) = unpack_beside(&archive, |_| {});
        unpacked.unwrap();
        let root = all.path().join("layers/root");
        assert_eq!(fs::read_to_string(root.join(folder).join("secret")).unwrap(), "theirs", "{target}");
        assert_eq!(fs::read_to_string(root.join("hard")).unwrap(), "theirs", "{target}");
    }
}

#[test]
fn links_without_a_target_in_the_tree_are_in_the_way() {
    for target in ["/outside", "../../outside", "nowhere"] {
        let soft = link(TarKind::SymbolicLink, "escape", target);
        assert!(refused(&[soft.clone(), file("escape/x", 0)]).ends_with("leads nowhere"), "{target}");
        // A file through the link itself takes its place.
        let (all, unpacked) = unpack_beside(&tar(&[(soft, b""), (file("escape", 1), b"x")]), |_| {});
        unpacked.unwrap();
        assert_eq!(fs::read_to_string(all.path().join("layers/root/escape")).unwrap(), "x");
    }
    let round = [link(TarKind::SymbolicLink, "a", "b"), link(TarKind::SymbolicLink, "b", "a"), file("a/x", 0)];
    assert!(refused(&round).ends_with("in a circle"));
    assert!(refused(&[file("a", 0), file("a/x", 0)]).ends_with("is no folder"));
}

#[test]
fn links_that_were_there_before_lead_nowhere_else_either() {
    let archive = tar(&[(file("escape/secret", 6), b"theirs"), (file(".wh.gone", 0), b"")]);
    let (_all, unpacked) = unpack_beside(&archive, |root| {
        symlink(root.parent().unwrap().parent().unwrap().join("outside"), root.join("escape")).unwrap();
        symlink("../../outside", root.join("gone")).unwrap();
    });
    assert!(matches!(unpacked, Err(TreeError::Refused { .. })));
    // What is removed is the link, not what it leads to.
    let (all, unpacked) = unpack_beside(&tar(&[(file(".wh.gone", 0), b"")]), |root| {
        symlink("../../outside", root.join("gone")).unwrap();
    });
    unpacked.unwrap();
    assert_eq!(paths(&all.path().join("layers/root")), [""; 0]);
}

#[test]
fn hard_links_stay_in_the_tree() {
    for target in ["../../outside/secret", "a/../../outside/secret"] {
        assert!(refused(&[link(TarKind::HardLink, "x", target)]).ends_with("leads out of its folder"), "{target}");
    }
    for target in ["/outside/secret", "/etc/passwd", "nowhere", "x"] {
        assert!(refused(&[link(TarKind::HardLink, "x", target)]).ends_with("is not there"), "{target}");
    }
    let through = [link(TarKind::SymbolicLink, "a", "../../outside"), link(TarKind::HardLink, "x", "a/secret")];
    assert!(refused(&through).ends_with("is not there"));
    assert!(refused(&[entry(TarKind::Folder, "d"), link(TarKind::HardLink, "x", "d")]).ends_with("another name"));
    assert!(refused(&[link(TarKind::HardLink, "x", "/")]).ends_with("is the root"));
}

#[test]
fn devices_are_left_out_and_other_kinds_refused() {
    let devices = [
        TarEntry { device: (1, 3), ..entry(TarKind::CharacterDevice, "dev/null") },
        TarEntry { device: (8, 0), ..entry(TarKind::BlockDevice, "dev/sda") },
        // What overlayfs would take for a removal.
        TarEntry { device: (0, 0), ..entry(TarKind::CharacterDevice, "etc") },
        entry(TarKind::Fifo, "dev/pipe"),
    ];
    let (all, unpacked) = unpack_beside(&tar_of(&devices), |_| {});
    assert_eq!(unpacked.unwrap(), Unpacked { entries: 4, bytes: 0, devices: 3 });
    let root = all.path().join("layers/root");
    assert_eq!(paths(&root), ["dev/", "dev/pipe"]);
    assert!(fs::metadata(root.join("dev/pipe")).unwrap().file_type().is_fifo());
    for kind in *b"SMDNz" {
        let mut archive = tar_of(&[file("x", 0)]);
        archive[156] = kind;
        let mut header = tar::Header::from_byte_slice(&archive[..512]).clone();
        header.set_cksum();
        archive[..512].copy_from_slice(header.as_bytes());
        let error = unpack_beside(&archive, |_| {}).1.unwrap_err();
        assert!(matches!(error, TreeError::Refused { .. }), "{}: {error}", char::from(kind));
    }
}

#[test]
fn attributes_of_overlayfs_are_refused_and_those_of_the_machine_left_out() {
    let with = |name: &str| TarEntry { xattrs: vec![(name.as_bytes().to_vec(), b"y".to_vec())], ..file("f", 0) };
    for name in ["user.overlay.opaque", "user.overlay.redirect", "user.overlay.metacopy", "trusted.overlay.opaque"] {
        assert!(refused(&[with(name)]).ends_with("is one of overlayfs"), "{name}");
    }
    for name in ["security.selinux", "security.ima", "trusted.x", "system.other"] {
        let (all, unpacked) = unpack_beside(&tar_of(&[with(name)]), |_| {});
        unpacked.unwrap();
        assert!(listing(&all.path().join("layers/root"))[1].xattrs.is_empty(), "{name}");
    }
}

#[test]
fn names_and_numbers_have_limits() {
    let deep = "d/".repeat(251);
    assert!(refused(&[file(&format!("{deep}x"), 0)]).ends_with("its name is too long"));
    let (_all, unpacked) = unpack_beside(&tar_of(&[file(&format!("{}x", "d/".repeat(249)), 0)]), |_| {});
    unpacked.unwrap();
    assert!(refused(&[file(&"n".repeat(256), 0)]).ends_with("a part of its name is too long"));
    assert!(refused(&[file(&"long-name/".repeat(420), 0)]).ends_with("its name is too long"));
    assert!(
        refused(&[link(TarKind::SymbolicLink, "l", &"t/".repeat(3000))]).ends_with("no link can lead to its target")
    );
    assert!(refused(&[link(TarKind::SymbolicLink, "l", "")]).ends_with("no link can lead to its target"));
    for id in [u64::from(u32::MAX), u64::MAX >> 1] {
        let error = refused(&[TarEntry { uid: id, ..file("x", 0) }]);
        assert!(error.contains(&format!("owner {id}:")), "{error}");
    }
    let limits = |entries, bytes| UnpackOptions {
        limits: TarLimits { entries, bytes, ..TarLimits::default() },
        ..UnpackOptions::default()
    };
    let all = tempfile::tempdir().unwrap();
    let root = fs::File::open(all.path()).unwrap();
    let archive = tar(&[(file("a", 4096), &[1; 4096]), (file("b", 0), b"")]);
    for options in [limits(1, 1 << 20), limits(10, 2048)] {
        let error = unpack(archive.as_slice(), root.as_fd(), &options).unwrap_err();
        assert!(matches!(error, TreeError::Limit { .. }), "{error}");
    }
}

#[test]
fn a_name_that_cannot_be_a_layer_entry_is_not_packed() {
    let upper = tempfile::tempdir().unwrap();
    fs::write(upper.path().join(".wh.x"), "").unwrap();
    assert!(matches!(pack_from(upper.path()), Err(TreeError::Refused { .. })));
}

#[test]
fn trees_deeper_than_any_path_are_removed_and_refused() {
    let all = tempfile::tempdir().unwrap();
    let root = fs::File::open(all.path()).unwrap();
    let mut folder = std::os::fd::OwnedFd::from(root.try_clone().unwrap());
    let name = "d".repeat(200);
    for _ in 0..400 {
        nix::sys::stat::mkdirat(&folder, name.as_str(), nix::sys::stat::Mode::from_bits_truncate(0o755)).unwrap();
        folder = files::open_folder(folder.as_fd(), name.as_bytes(), b"").unwrap();
    }
    let listed = list(root.as_fd(), std::io::sink(), &ListLimits::default());
    assert!(matches!(listed, Err(TreeError::Limit { limit: 4096, .. })));
    assert!(matches!(pack_from(all.path()), Err(TreeError::Limit { limit: 4096, .. })));
    files::remove(root.as_fd(), name.as_bytes(), b"d").unwrap();
    assert_eq!(fs::read_dir(all.path()).unwrap().count(), 0);
}

#[test]
fn extensions_of_an_entry_have_a_limit_together() {
    let large = |path: &str| TarEntry { xattrs: vec![(b"user.a".to_vec(), vec![b'x'; 400 << 10])], ..file(path, 0) };
    let extension = |path: &str| {
        let archive = tar_of(&[large(path)]);
        // Without the entry itself and the end.
        archive[..archive.len() - 3 * 512].to_vec()
    };
    let plain = tar_of(&[file("a", 0)]);
    let read = |archive: &[u8]| {
        let mut reader = TarReader::new(archive, TarLimits::default());
        reader.next_entry().map(|entry| entry.unwrap().xattrs.len())
    };
    assert_eq!(read(&[extension("a"), extension("a"), plain.clone()].concat()).unwrap(), 2);
    let bomb = [vec![extension("a"); 3].concat(), plain].concat();
    assert!(matches!(read(&bomb), Err(TreeError::Limit { .. })), "{:?}", read(&bomb));
    // Each entry begins anew.
    let several = tar_of(&[large("a"), large("b"), large("c"), large("d")]);
    assert_eq!(entries(&several).len(), 4);
}

#[test]
fn a_list_of_a_layer_alone_says_what_it_removes() {
    let folder = tempfile::tempdir().unwrap();
    let shown = |removals| {
        let limits = ListLimits { removals, ..ListLimits::default() };
        let mut bytes = Vec::new();
        list(File::open(folder.path()).unwrap().as_fd(), &mut bytes, &limits).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    fs::create_dir(folder.path().join("d")).unwrap();
    let before = (shown(false), shown(true));
    xattr::set(folder.path().join("d"), "user.overlay.opaque", b"y").unwrap();
    xattr::set(folder.path().join("d"), "user.overlay.origin", b"other").unwrap();
    let after = (shown(false), shown(true));
    assert_eq!(before.0, after.0);
    assert!(
        after.1 != before.1 && after.1.contains("user.overlay.opaque") && !after.1.contains("origin"),
        "{}",
        after.1
    );
}
