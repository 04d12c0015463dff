//! Applying what differs between two trees to the first one gives the second one.

use std::fs;

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, unshare};

use super::random::{Chance, Tree, change, changed, clear, times, tree, upper, write};
use super::*;

pub(super) struct Case {
    pub(super) all: tempfile::TempDir,
    pub(super) before: Tree,
    pub(super) after: Tree,
    pub(super) chance: Chance,
}

impl Case {
    pub(super) fn new(seed: u64) -> Case {
        let mut chance = Chance(seed);
        let before = tree(&mut chance);
        let after = changed(&mut chance, &before);
        Case { all: tempfile::tempdir().unwrap(), before, after, chance }
    }

    pub(super) fn folder(&self, name: &str) -> std::path::PathBuf {
        let folder = self.all.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    pub(super) fn written(&self, name: &str, tree: &Tree) -> std::path::PathBuf {
        let folder = self.folder(name);
        write(&folder, tree, &|_| true);
        folder
    }

    /// Applies a layer to a new copy of the first tree, and compares with the second one.
    fn applies(&self, layer: &[u8], seed: u64) {
        let (target, wanted) = (self.written("target", &self.before), self.written("wanted", &self.after));
        unpack_into(layer, &target).unwrap_or_else(|error| unreachable!("seed {seed}: {error}"));
        assert_same(&target, &wanted, seed);
        assert_eq!(times(&target, &self.after), times(&wanted, &self.after), "seed {seed}");
    }
}

fn assert_same(found: &Path, wanted: &Path, seed: u64) {
    let differences = difference::differences(&listing(wanted), &listing(found));
    assert!(differences.is_empty(), "seed {seed}: {differences:#?}");
}

#[test]
fn a_whole_tree_goes_through_a_layer() {
    for seed in 0..25 {
        let case = Case::new(seed);
        let (layer, packed) = pack_from(&case.written("tree", &case.after)).unwrap();
        // A root that is not the superuser's is described, too.
        assert_eq!(packed.entries, case.after.len() as u64 + u64::from(!is_root()), "seed {seed}");
        let copy = case.folder("copy");
        let unpacked = unpack_into(&layer, &copy).unwrap();
        assert_eq!((unpacked.entries, unpacked.bytes), (packed.entries, packed.bytes), "seed {seed}");
        assert_same(&copy, &case.folder("tree"), seed);
        assert_eq!(pack_from(&copy).unwrap().0, layer, "seed {seed}: the same tree is the same layer");
    }
}

#[test]
fn applying_a_difference_gives_the_other_tree() {
    if !can_make_whiteouts() {
        println!("skipped: this kernel lets nobody make the devices 0:0 that stand for what was removed");
        return;
    }
    let mut removals = 0;
    for seed in 1000..1100 {
        let mut case = Case::new(seed);
        let folder = case.folder("upper");
        let mut chance = Chance(case.chance.below(1 << 20) as u64);
        upper(&folder, &case.before, &case.after, &mut chance);
        let (layer, _) = pack_from(&folder).unwrap();
        removals += entries(&layer).iter().filter(|entry| entry.path.windows(5).any(|part| part == b"/.wh.")).count();
        case.applies(&layer, seed);
    }
    assert!(removals > 50, "the trees had {removals} removals in folders");
}

pub(super) fn can_make_whiteouts() -> bool {
    let folder = tempfile::tempdir().unwrap();
    let mode = nix::sys::stat::Mode::from_bits_truncate(0o600);
    nix::sys::stat::mknod(&folder.path().join("w"), nix::sys::stat::SFlag::S_IFCHR, mode, 0).is_ok()
}

/// Mounts an overlay of `lower` and `upper`.
fn overlay(case: &Case, lower: &Path, upper: &Path, name: &str) -> std::path::PathBuf {
    let (work, merged) = (case.folder(&format!("{name}-work")), case.folder(&format!("{name}-merged")));
    let options = format!(
        "lowerdir={},upperdir={},workdir={},userxattr,volatile",
        lower.display(),
        upper.display(),
        work.display()
    );
    mount(Some("overlay"), &merged, Some("overlay"), MsFlags::empty(), Some(options.as_str())).unwrap();
    merged
}

#[test]
fn what_overlayfs_makes_of_changes_is_a_layer_that_makes_them() {
    // In a thread of its own, whose mounts nobody else sees and which go with it.
    let done = std::thread::spawn(|| {
        if unshare(CloneFlags::CLONE_NEWNS).is_err() {
            println!("skipped: only root can mount without a user namespace");
            return;
        }
        let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
        mount(None::<&str>, "/", None::<&str>, private, None::<&str>).unwrap();
        for seed in 2000..2030 {
            through_overlays(seed);
        }
    });
    done.join().unwrap();
}

fn through_overlays(seed: u64) {
    let case = Case::new(seed);
    let (lower, top) = (case.written("lower", &case.before), case.folder("upper"));
    let merged = overlay(&case, &lower, &top, "first");
    change(&merged, &case.before, &case.after);
    assert_same(&merged, &case.written("second", &case.after), seed);
    umount2(&merged, MntFlags::empty()).unwrap();
    let (layer, _) = pack_from(&top).unwrap();
    case.applies(&layer, seed);
    // Applied to an overlay, as the worker does it, the top folder says the same again.
    let again = case.folder("again");
    let merged = overlay(&case, &lower, &again, "second");
    unpack_into(&layer, &merged).unwrap();
    assert_same(&merged, &case.folder("second"), seed);
    umount2(&merged, MntFlags::empty()).unwrap();
    for path in case.before.keys().chain(case.after.keys()) {
        clear(&case.folder("target"), path);
        clear(&case.folder("wanted"), path);
    }
    case.applies(&pack_from(&again).unwrap().0, seed);
}
