//! Layers flattened say what unpacking and listing them says.

use super::property::{Case, can_make_whiteouts};
use super::random::{Chance, upper};
use super::*;

fn flat(layers: &[Vec<u8>]) -> Result<Vec<Entry>> {
    let read = |layer: &Vec<u8>| LayerListing::read(layer.as_slice(), TarLimits::default());
    let layers: Vec<LayerListing> = layers.iter().map(read).collect::<Result<_>>()?;
    flatten(&layers)
}

/// Unpacks layers one after the other, and lists what came of it.
fn unpacked(layers: &[Vec<u8>]) -> Vec<Entry> {
    let folder = tempfile::tempdir().unwrap();
    for layer in layers {
        unpack_into(layer, folder.path()).unwrap();
    }
    listing(folder.path())
}

/// Both say the same of everything but the root, which was there before.
fn assert_same(layers: &[Vec<u8>], what: &str) {
    let flat = flat(layers).unwrap();
    let wanted = unpacked(layers);
    assert_eq!(flat[0].path, ".");
    assert_eq!(flat[1..], wanted[1..], "{what}");
}

#[test]
fn random_layers_on_random_trees_are_what_unpacking_makes_of_them() {
    if !can_make_whiteouts() {
        println!("skipped: this kernel lets nobody make the devices 0:0 that stand for what was removed");
        return;
    }
    for seed in 3000..3060 {
        let mut case = Case::new(seed);
        let (whole, _) = pack_from(&case.written("tree", &case.before)).unwrap();
        let folder = case.folder("upper");
        let mut chance = Chance(case.chance.below(1 << 20) as u64);
        upper(&folder, &case.before, &case.after, &mut chance);
        let (layer, _) = pack_from(&folder).unwrap();
        let layers = [whole, layer];
        assert_same(&layers, &format!("seed {seed}"));
        // And that is the second tree.
        let differences =
            difference::differences(&listing(&case.written("wanted", &case.after)), &flat(&layers).unwrap());
        let real: Vec<_> = differences.iter().filter(|difference| difference.path != ".").collect();
        assert!(real.is_empty(), "seed {seed}: {real:#?}");
    }
}

#[test]
fn names_through_links_land_where_the_links_lead() {
    let below = tar_of(&[
        entry(TarKind::Folder, "usr"),
        entry(TarKind::Folder, "usr/bin"),
        link(TarKind::SymbolicLink, "bin", "usr/bin"),
        link(TarKind::SymbolicLink, "sbin", "/bin/../bin"),
        file("usr/bin/old", 0),
    ]);
    let above = tar(&[
        (file("bin/new", 1), b"n"),
        (entry(TarKind::Folder, "sbin/deep"), b""),
        (file("sbin/deep/file", 1), b"d"),
        (file("sbin/.wh.old", 0), b""),
        (link(TarKind::HardLink, "usr/again", "sbin/new"), b""),
        (file("made/on/the/way", 0), b""),
    ]);
    let layers = [below, above];
    let shown: Vec<String> = flat(&layers).unwrap().into_iter().map(|entry| entry.path).collect();
    assert!(shown.contains(&"usr/bin/deep/file".to_owned()) && !shown.contains(&"usr/bin/old".to_owned()), "{shown:?}");
    if is_root() {
        assert_same(&layers, "through links");
    }
}

#[test]
fn what_removes_goes_before_what_comes_with_it() {
    let below = tar_of(&[entry(TarKind::Folder, "a"), file("a/x", 0), file("a/y", 0), file("b", 0)]);
    let above = tar_of(&[
        entry(TarKind::Folder, "a"),
        file("a/x", 0),
        file("a/.wh..wh..opq", 0),
        file(".wh.b", 0),
        file("b", 0),
        file(".wh..wh.plnk", 0),
    ]);
    let paths = |layers: &[Vec<u8>]| flat(layers).unwrap().into_iter().map(|entry| entry.path).collect::<Vec<_>>();
    assert_eq!(paths(&[below.clone(), above]), [".", "a", "a/x", "b"]);
    let gone = tar_of(&[file(".wh.a", 0)]);
    assert_eq!(paths(&[below, gone]), [".", "b"]);
}

#[test]
fn hostile_layers_are_refused_and_come_to_an_end() {
    let refused = |entries: &[TarEntry], part: &str| {
        let message = flat(&[tar_of(entries)]).unwrap_err().to_string();
        assert!(message.contains(part), "{message}");
    };
    refused(&[file("../a", 0)], "leads out");
    refused(&[file(".wh...", 0)], "remove what is not in its folder");
    refused(&[link(TarKind::HardLink, "a", "b")], "`b` is not there");
    refused(&[entry(TarKind::Folder, "d"), link(TarKind::HardLink, "a", "d")], "cannot have another name");
    refused(&[file("f", 0), file("f/x", 0)], "is no folder");
    refused(&[file("./", 0)], "place of the root");
    let circle = [link(TarKind::SymbolicLink, "a", "b"), link(TarKind::SymbolicLink, "b", "a"), file("a/x", 0)];
    refused(&circle, "round in a circle");
    refused(&[link(TarKind::SymbolicLink, "a", "nowhere"), file("a/x", 0)], "leads nowhere");
    refused(&[TarEntry { uid: u64::MAX, ..file("a", 0) }], "beyond all ids");
    // Links out of the tree stay in it.
    let out = [link(TarKind::SymbolicLink, "a", "../../../.."), file("a/x", 0)];
    let paths: Vec<String> = flat(&[tar_of(&out)]).unwrap().into_iter().map(|entry| entry.path).collect();
    assert_eq!(paths, [".", "a", "x"]);
}
