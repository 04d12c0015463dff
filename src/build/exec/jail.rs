//! Where a worker lives: a root of its own in which there is nothing of the host but its layers and a few devices. A fault
//! in the worker cannot reach what is not there.

use std::fs;
use std::io::Read;
use std::os::fd::AsFd;
use std::os::unix::fs::chown;
use std::path::Path;

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{Gid, Uid, chdir, pivot_root, setgroups, setresgid, setresuid};

use super::calls::{NO_DEVICES, NO_PROGRAMS, NO_SETUID, at, attach_mount, copy_mount, new_mount, process_control};
use super::ids::Way;

/// The layers, seen by the worker.
pub(super) const LAYERS: &str = "/layers";
/// Folders and links of the worker's own, in memory.
pub(super) const SCRATCH: &str = "/scratch";
/// The devices that steps see.
pub(super) const DEVICES: [&str; 6] = ["null", "zero", "full", "random", "urandom", "tty"];

/// The longest `/etc/resolv.conf` that is passed on.
const LONGEST_RESOLV_CONF: u64 = 64 << 10;

/// What the worker keeps of the host.
pub(super) struct Host {
    /// How names are looked up, for steps that may use the network.
    pub(super) resolv_conf: Vec<u8>,
    /// Whether steps can have a `/sys`.
    pub(super) has_sys: bool,
}

/// Enters the user namespace, becomes root in it and leaves the host behind. `get_maps` returns when the maps are written.
pub(super) fn enter(way: &Way, layers: &Path, get_maps: impl FnOnce() -> Result<(), String>) -> Result<Host, String> {
    let user_namespace = |flags| at(unshare(flags), "user namespaces are not allowed here");
    let host;
    if let Way::Root { .. } = way {
        // Only root of the host is sure to reach the store; so the mounts are made before the namespace is entered.
        at(unshare(CloneFlags::CLONE_NEWNS), "mount namespaces are not allowed here")?;
        host = leave_host(way, layers)?;
        user_namespace(CloneFlags::CLONE_NEWUSER)?;
        get_maps()?;
        become_root(way)?;
        at(unshare(CloneFlags::CLONE_NEWNS), "a user namespace cannot have a mount namespace here")?;
    } else {
        user_namespace(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNS)?;
        get_maps()?;
        become_root(way)?;
        host = leave_host(way, layers)?;
    }
    let others =
        CloneFlags::CLONE_NEWPID | CloneFlags::CLONE_NEWIPC | CloneFlags::CLONE_NEWUTS | CloneFlags::CLONE_NEWCGROUP;
    at(unshare(others), "namespaces of processes are not allowed here")?;
    Ok(host)
}

fn become_root(way: &Way) -> Result<(), String> {
    let (user, group) = (Uid::from_raw(0), Gid::from_raw(0));
    if way.has_ids() {
        at(setgroups(&[]), "cannot drop the groups of the host")?;
    }
    at(setresgid(group, group, group), "cannot become the group root")?;
    at(setresuid(user, user, user), "cannot become root")?;
    // A process that changes its user hides its files in /proc from itself.
    at(process_control(libc::PR_SET_DUMPABLE, 1), "cannot show its own files in /proc")
}

/// Makes the new root and goes there.
fn leave_host(way: &Way, layers: &Path) -> Result<Host, String> {
    let none: Option<&str> = None;
    at(mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none), "cannot take mounts out of the host's")?;
    let resolv_conf = read_resolv_conf();
    let path = layers.to_str().ok_or_else(|| format!("the path {} is not Unicode", layers.display()))?;
    let own = at(copy_mount(path, false), format!("cannot use the folder {path}"))?;
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    at(
        mount(Some("tmpfs"), layers, Some("tmpfs"), flags, Some("size=64m,mode=755")),
        "cannot mount a folder in memory",
    )?;
    at(chdir(layers), "cannot enter a folder in memory")?;
    for folder in ["layers", "proc", "sys", "dev", "scratch"] {
        at(fs::create_dir(folder), format!("cannot make the folder {folder}"))?;
    }
    at(attach_mount(own.as_fd(), "layers"), "cannot mount the layers")?;
    let proc = at(copy_mount("/proc", true), "there is no /proc")?;
    at(attach_mount(proc.as_fd(), "proc"), "cannot mount /proc")?;
    let has_sys = copy_mount("/sys", true).and_then(|sys| attach_mount(sys.as_fd(), "sys")).is_ok();
    for device in DEVICES {
        let own = format!("dev/{device}");
        at(fs::File::create(&own), "cannot make a file for a device")?;
        let copy = at(copy_mount(&format!("/{own}"), false), format!("the host has no device /{own}"))?;
        at(attach_mount(copy.as_fd(), &own), format!("cannot mount the device /{own}"))?;
    }
    if let Way::Root { .. } = way {
        let (uid, gid) = way.root();
        at(chown("scratch", Some(uid), Some(gid)), "cannot give a folder to the root inside")?;
    }
    at(pivot_root(".", "."), "cannot change the root")?;
    at(umount2(".", MntFlags::MNT_DETACH), "cannot leave the root of the host")?;
    at(chdir("/"), "cannot enter the new root")?;
    Ok(Host { resolv_conf, has_sys })
}

fn read_resolv_conf() -> Vec<u8> {
    let mut text = Vec::new();
    let Ok(file) = fs::File::open("/etc/resolv.conf") else { return text };
    // A host without one resolves no names, and neither do its steps.
    let _ = file.take(LONGEST_RESOLV_CONF).read_to_end(&mut text);
    text
}

/// What is done in the worker itself, which is the first process of its namespace: a `/proc` in which only it and its steps
/// are, and no further user namespaces.
pub(super) fn settle() -> Result<(), String> {
    let proc = at(
        new_mount("proc", NO_SETUID | NO_DEVICES | NO_PROGRAMS),
        "a new /proc cannot be mounted, as in a container in which parts of /proc are masked; run rlint outside of it, or \
         in one with unmasked paths",
    )?;
    at(attach_mount(proc.as_fd(), "/proc"), "cannot mount a new /proc")?;
    at(fs::write("/proc/sys/user/max_user_namespaces", "0"), "cannot forbid further user namespaces")
}
