//! Mount points that an image does not have. They come from a layer of their own right below the one of the step, so that the
//! step sees them and its layer does not: other builders leave `/etc/hosts` and the like behind as empty files.

use std::collections::BTreeSet;
use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

use nix::fcntl::{AtFlags, readlinkat};
use nix::sys::stat::{FileStat, UtimensatFlags, fstatat, utimensat};
use nix::sys::time::TimeSpec;

use super::calls::at;
use super::request::LayerName;

/// Links that a path may go through, as in the kernel.
const MOST_LINKS: usize = 40;

/// A mount point.
#[derive(Clone, Debug)]
pub(super) struct Point {
    /// Where, absolute.
    pub(super) target: String,
    /// Whether a folder or a file is needed.
    pub(super) folder: bool,
}

/// Where a path of a tree leads when all links in it are followed within the tree.
#[derive(Debug)]
struct Resolved {
    /// The names from the root of the tree.
    names: Vec<String>,
    /// Whether all of it is there.
    exists: bool,
}

/// What was found of mount points in a stack of layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    /// The stack, bottom first.
    pub(super) lowers: Vec<LayerName>,
    /// The mount points.
    pub(super) targets: Vec<String>,
    /// Names in the root that the way to them goes through: as long as a further layer has none of these, it holds for that, too.
    pub(super) through: BTreeSet<String>,
    /// What was missing, if anything.
    pub(super) stubs: Option<PathBuf>,
}

impl Known {
    /// Whether it holds for a stack, as far as layers can be looked into by `has`, which says whether one has a name in its root.
    pub(super) fn holds(
        &self,
        lowers: &[LayerName],
        targets: &[String],
        has: impl Fn(&LayerName, &str) -> bool,
    ) -> bool {
        let further = lowers.strip_prefix(self.lowers.as_slice());
        let touched = |layer: &LayerName| self.through.iter().any(|name| has(layer, name));
        self.targets == targets && further.is_some_and(|further| !further.iter().any(touched))
    }
}

/// Makes in `stubs` what is missing of `points` in the tree `root`, and says through which names in the root their ways go.
pub(super) fn make(root: &OwnedFd, points: &[Point], stubs: &Path) -> Result<BTreeSet<String>, String> {
    let (mut made, mut through) = (Vec::new(), BTreeSet::new());
    for point in points {
        let resolved = resolve(root, &point.target, &mut through)?;
        if !resolved.exists && !resolved.names.is_empty() {
            make_one(root, &resolved.names, point.folder, stubs, &mut made)?;
        }
    }
    // The time of a folder changes with what is made in it, so times come last.
    for (path, data) in made.iter().rev() {
        let time = |seconds, nanoseconds| TimeSpec::new(seconds, nanoseconds);
        let (access, change) = (time(data.st_atime, data.st_atime_nsec), time(data.st_mtime, data.st_mtime_nsec));
        let set = utimensat(nix::fcntl::AT_FDCWD, Path::new(path), &access, &change, UtimensatFlags::NoFollowSymlink);
        at(set, "cannot set the time of a folder")?;
    }
    Ok(through)
}

fn make_one(
    root: &OwnedFd,
    names: &[String],
    folder: bool,
    stubs: &Path,
    made: &mut Vec<(String, FileStat)>,
) -> Result<(), String> {
    let mut inner = String::new();
    at(copy_folder(root, ".", stubs, made), "cannot make a mount point")?;
    for (index, name) in names.iter().enumerate() {
        inner = if inner.is_empty() { name.clone() } else { format!("{inner}/{name}") };
        let path = stubs.join(&inner);
        if index + 1 == names.len() && !folder {
            at(fs::File::create(&path), "cannot make a mount point")?;
        } else {
            at(copy_folder(root, &inner, &path, made), "cannot make a mount point")?;
        }
    }
    Ok(())
}

/// Makes a folder as it is in the tree: it will be seen instead of that one. One that is not there is new.
fn copy_folder(root: &OwnedFd, inner: &str, path: &Path, made: &mut Vec<(String, FileStat)>) -> std::io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    fs::create_dir(path)?;
    let Ok(data) = fstatat(root, inner, AtFlags::AT_SYMLINK_NOFOLLOW) else {
        return fs::set_permissions(path, fs::Permissions::from_mode(0o755));
    };
    chown(path, Some(data.st_uid), Some(data.st_gid))?;
    fs::set_permissions(path, fs::Permissions::from_mode(data.st_mode & 0o7777))?;
    made.push((path.to_string_lossy().into_owned(), data));
    Ok(())
}

/// Follows a path in a tree that nobody changes meanwhile. Each name is looked at before it is gone through, so that no link
/// is followed by the kernel.
fn resolve(root: &OwnedFd, path: &str, through: &mut BTreeSet<String>) -> Result<Resolved, String> {
    let mut todo: Vec<String> = path.split('/').rev().map(str::to_owned).collect();
    let mut names: Vec<String> = Vec::new();
    let (mut links, mut exists) = (0, true);
    while let Some(name) = todo.pop() {
        match name.as_str() {
            "" | "." => continue,
            ".." => {
                names.pop();
                continue;
            }
            _ => names.push(name),
        }
        if let [first] = &names[..] {
            through.insert(first.clone());
        }
        let inner = names.join("/");
        let data = match fstatat(root, inner.as_str(), AtFlags::AT_SYMLINK_NOFOLLOW) {
            Ok(data) => data,
            Err(nix::errno::Errno::ENOENT | nix::errno::Errno::ENOTDIR) => {
                exists = false;
                continue;
            }
            Err(reason) => return Err(format!("cannot look for the mount point `{path}`: {}", reason.desc())),
        };
        exists = true;
        if data.st_mode & libc::S_IFMT == libc::S_IFLNK {
            links += 1;
            if links > MOST_LINKS {
                return Err(format!("the mount point `{path}` goes through too many links"));
            }
            let link = at(readlinkat(root, inner.as_str()), "cannot read a link")?;
            let link = String::from_utf8_lossy(&link.into_vec()).into_owned();
            names.pop();
            if link.starts_with('/') {
                names.clear();
            }
            todo.extend(link.split('/').rev().map(str::to_owned));
        }
    }
    Ok(Resolved { names, exists })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn tree() -> (tempfile::TempDir, OwnedFd) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("etc/inner")).unwrap();
        symlink("/run/resolv", folder.path().join("etc/resolv.conf")).unwrap();
        symlink("../../../../..", folder.path().join("up")).unwrap();
        symlink("loop", folder.path().join("loop")).unwrap();
        fs::set_permissions(folder.path().join("etc"), fs::Permissions::from_mode(0o711)).unwrap();
        let root = fs::File::open(folder.path()).unwrap().into();
        (folder, root)
    }

    #[test]
    fn links_are_followed_within_the_tree() {
        let (_folder, root) = tree();
        let found = |path: &str| {
            let resolved = resolve(&root, path, &mut BTreeSet::new()).unwrap();
            (resolved.names.join("/"), resolved.exists)
        };
        assert_eq!(found("/etc/inner"), ("etc/inner".to_owned(), true));
        assert_eq!(found("/etc/resolv.conf"), ("run/resolv".to_owned(), false));
        assert_eq!(found("/up/etc/passwd"), ("etc/passwd".to_owned(), false));
        assert_eq!(found("/../../etc/../etc"), ("etc".to_owned(), true));
        resolve(&root, "/loop", &mut BTreeSet::new()).unwrap_err();
        let mut through = BTreeSet::new();
        resolve(&root, "/etc/resolv.conf", &mut through).unwrap();
        assert_eq!(through.into_iter().collect::<Vec<_>>(), ["etc", "run"]);
    }

    #[test]
    fn what_is_missing_is_made_beside_and_folders_look_as_they_did() {
        let (folder, root) = tree();
        let stubs = folder.path().join("stubs");
        let point = |target: &str, folder| Point { target: target.to_owned(), folder };
        make(&root, &[point("/etc/inner", true)], &stubs).unwrap();
        assert!(!stubs.exists());
        make(&root, &[point("/etc/hosts", false), point("/a/b", true)], &stubs).unwrap();
        assert!(stubs.join("etc/hosts").is_file() && stubs.join("a/b").is_dir());
        let (here, there) =
            (fs::metadata(folder.path().join("etc")).unwrap(), fs::metadata(stubs.join("etc")).unwrap());
        assert_eq!(there.permissions().mode() & 0o7777, 0o711);
        assert_eq!(here.modified().unwrap(), there.modified().unwrap());
        assert!(!folder.path().join("etc/hosts").exists());
    }

    #[test]
    fn what_is_known_of_a_stack_holds_until_a_layer_is_in_the_way() {
        let layer = |name: &str| LayerName::new(name).unwrap();
        let known = Known {
            lowers: vec![layer("a")],
            targets: vec!["/etc/hosts".to_owned()],
            through: BTreeSet::from(["etc".to_owned()]),
            stubs: None,
        };
        let has = |layer: &LayerName, name: &str| layer.as_str() == "b" && name == "etc";
        let holds = |layers: &[&str]| {
            let lowers: Vec<LayerName> = layers.iter().map(|name| layer(name)).collect();
            known.holds(&lowers, &known.targets, has)
        };
        assert!(holds(&["a"]) && holds(&["a", "c"]));
        assert!(!holds(&["a", "b"]) && !holds(&["c"]) && !holds(&["c", "a"]) && !holds(&[]));
        assert!(!known.holds(&[layer("a")], &[], has));
    }
}
