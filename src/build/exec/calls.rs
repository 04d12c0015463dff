//! System calls that no crate wraps: the mount calls that work on descriptors (Linux 5.2 to 5.12), `openat2`,
//! `close_range`, `clone` with a descriptor for the new process.

use std::ffi::CString;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use libc::{c_int, c_long, c_uint};
use nix::fcntl::{OFlag, openat};
use nix::sys::stat::{Mode, mkdirat};

/// Says what was tried, in front of the reason of the kernel.
pub(super) fn at<T, E: Into<io::Error>>(result: Result<T, E>, what: impl AsRef<str>) -> Result<T, String> {
    result.map_err(|reason| format!("{}: {}", what.as_ref(), describe(&reason.into())))
}

/// An error of the kernel without its number.
pub(super) fn describe(reason: &io::Error) -> String {
    let text = reason.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

/// A path as the kernel takes it.
pub(super) fn c_string(path: &str) -> io::Result<CString> {
    CString::new(path).map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, "it has a zero byte"))
}

fn checked(result: c_long) -> io::Result<c_long> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

fn descriptor(result: c_long) -> io::Result<OwnedFd> {
    let number = checked(result)? as RawFd;
    // SAFETY: the kernel has just made this descriptor for us, and nobody else knows its number.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

/// A copy of the mount at `path`, attached nowhere: `open_tree(2)` with OPEN_TREE_CLONE.
pub(super) fn copy_mount(path: &str, recursive: bool) -> io::Result<OwnedFd> {
    let path = c_string(path)?;
    let flags = if recursive { libc::AT_RECURSIVE as c_uint } else { 0 };
    // SAFETY: `path` is a string that ends in a zero byte and lives through the call.
    descriptor(unsafe {
        libc::syscall(libc::SYS_open_tree, libc::AT_FDCWD, path.as_ptr(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | flags)
    })
}

/// A copy of the mount of what `file` is, attached nowhere.
pub(super) fn copy_mount_of(file: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    let flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | libc::AT_EMPTY_PATH as c_uint;
    // SAFETY: the path is an empty string that lives for ever; `file` is open through the call.
    descriptor(unsafe { libc::syscall(libc::SYS_open_tree, file.as_raw_fd(), c"".as_ptr(), flags) })
}

/// Attaches a mount that is attached nowhere: `move_mount(2)`. Links at the end of `path` are followed.
pub(super) fn attach_mount(mount: BorrowedFd<'_>, path: &str) -> io::Result<()> {
    let path = c_string(path)?;
    let flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS;
    // SAFETY: both paths end in a zero byte and live through the call; `mount` is open.
    checked(unsafe {
        libc::syscall(libc::SYS_move_mount, mount.as_raw_fd(), c"".as_ptr(), libc::AT_FDCWD, path.as_ptr(), flags)
    })?;
    Ok(())
}

/// Attaches a mount to an open file or folder. One that is attached elsewhere is moved.
pub(super) fn move_mount_to(mount: BorrowedFd<'_>, target: BorrowedFd<'_>) -> io::Result<()> {
    let flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;
    let empty = c"".as_ptr();
    // SAFETY: both paths are empty strings that live for ever; the descriptors are open.
    checked(unsafe {
        libc::syscall(libc::SYS_move_mount, mount.as_raw_fd(), empty, target.as_raw_fd(), empty, flags)
    })?;
    Ok(())
}

/// A new file system of a kind that needs no more than its name, attached nowhere: `fsopen(2)`, `fsmount(2)`.
pub(super) fn new_mount(kind: &str, attributes: u64) -> io::Result<OwnedFd> {
    let kind = c_string(kind)?;
    // SAFETY: `kind` ends in a zero byte and lives through the call.
    let context = descriptor(unsafe { libc::syscall(libc::SYS_fsopen, kind.as_ptr(), FSOPEN_CLOEXEC) })?;
    let none = std::ptr::null::<libc::c_char>();
    // SAFETY: FSCONFIG_CMD_CREATE takes neither a key nor a value.
    checked(unsafe { libc::syscall(libc::SYS_fsconfig, context.as_raw_fd(), FSCONFIG_CMD_CREATE, none, none, 0) })?;
    // SAFETY: `context` is open; the rest are numbers.
    descriptor(unsafe { libc::syscall(libc::SYS_fsmount, context.as_raw_fd(), FSMOUNT_CLOEXEC, attributes as c_uint) })
}

/// Sets attributes of a mount that is attached nowhere: `mount_setattr(2)`.
pub(super) fn set_mount_attributes(mount: BorrowedFd<'_>, attributes: u64) -> io::Result<()> {
    let wanted = libc::mount_attr { attr_set: attributes, attr_clr: 0, propagation: 0, userns_fd: 0 };
    let size = size_of::<libc::mount_attr>();
    // SAFETY: the structure lives through the call, and its size is what is said.
    checked(unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            mount.as_raw_fd(),
            c"".as_ptr(),
            libc::AT_EMPTY_PATH | libc::AT_RECURSIVE,
            &raw const wanted,
            size,
        )
    })?;
    Ok(())
}

/// Opens what `path` is where `root` is the root: `openat2(2)` with RESOLVE_IN_ROOT. No link leads out of it.
pub(super) fn open_in_root(root: BorrowedFd<'_>, path: &str, flags: c_int) -> io::Result<OwnedFd> {
    let path = c_string(path)?;
    // SAFETY: all zero bytes are a valid `open_how`.
    let mut how: libc::open_how = unsafe { std::mem::zeroed() };
    how.flags = (flags | libc::O_CLOEXEC) as u64;
    how.resolve = libc::RESOLVE_IN_ROOT | libc::RESOLVE_NO_MAGICLINKS;
    let size = size_of::<libc::open_how>();
    // SAFETY: path and structure live through the call, and the size is that of the structure.
    descriptor(unsafe { libc::syscall(libc::SYS_openat2, root.as_raw_fd(), path.as_ptr(), &raw const how, size) })
}

/// Opens what `path` is where `root` is the root, and makes what is missing of it: folders, and a file at the end where that is
/// no folder. No link leads out of it.
pub(super) fn open_or_make(root: BorrowedFd<'_>, path: &str, is_folder: bool) -> io::Result<OwnedFd> {
    let names: Vec<&str> = path.split('/').filter(|name| !name.is_empty()).collect();
    let mut folder = open_in_root(root, "/", libc::O_PATH)?;
    let mut path = String::new();
    for (index, name) in names.iter().enumerate() {
        path = format!("{path}/{name}");
        folder = match open_in_root(root, &path, libc::O_PATH) {
            Ok(next) => next,
            Err(reason) if reason.kind() != io::ErrorKind::NotFound => return Err(reason),
            Err(_) if index + 1 == names.len() && !is_folder => {
                let flags = OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_WRONLY | OFlag::O_CLOEXEC;
                openat(&folder, *name, flags, Mode::from_bits_truncate(0o644))?
            }
            Err(_) => {
                mkdirat(&folder, *name, Mode::from_bits_truncate(0o755))?;
                open_in_root(root, &path, libc::O_PATH)?
            }
        };
    }
    Ok(folder)
}

/// Closes all descriptors from `first` on, or marks them to be closed when a program is started.
pub(super) fn close_from(first: c_uint, at_exec: bool) -> io::Result<()> {
    let flags = if at_exec { libc::CLOSE_RANGE_CLOEXEC } else { 0 };
    close_range(first, c_uint::MAX, flags)
}

/// Closes all descriptors but the standard streams and `kept`.
pub(super) fn close_all_but(kept: BorrowedFd<'_>) -> io::Result<()> {
    let kept = kept.as_raw_fd().unsigned_abs();
    if kept > 3 {
        close_range(3, kept - 1, 0)?;
    }
    close_range(kept.max(2) + 1, c_uint::MAX, 0)
}

fn close_range(first: c_uint, last: c_uint, flags: c_uint) -> io::Result<()> {
    // SAFETY: numbers only. Nothing uses these descriptors after this; the callers hold none.
    checked(unsafe { libc::syscall(libc::SYS_close_range, first, last, flags) })?;
    Ok(())
}

/// What `clone_process` returns.
pub(super) enum Cloned {
    /// In the new process.
    Child,
    /// In the old one: the number of the new process and a descriptor for it.
    Parent(libc::pid_t, OwnedFd),
}

/// A new process in new namespaces: `clone(2)`.
///
/// # Safety
///
/// The process must have one thread only, as the new one would have no others to release the locks that they hold.
pub(super) unsafe fn clone_process(namespaces: c_int) -> io::Result<Cloned> {
    let mut pidfd: RawFd = -1;
    let flags = (namespaces | libc::CLONE_PIDFD | libc::SIGCHLD) as libc::c_ulong;
    // SAFETY: without CLONE_VM the new process has a copy of the memory, so a null stack keeps the one in use, as `fork`
    // does; the kernel writes one descriptor to `pidfd`, which lives through the call. The caller has one thread.
    let pid = checked(unsafe { libc::syscall(libc::SYS_clone, flags, 0usize, &raw mut pidfd, 0usize, 0usize) })?;
    if pid == 0 {
        return Ok(Cloned::Child);
    }
    // SAFETY: the kernel has just made this descriptor for us.
    Ok(Cloned::Parent(pid as libc::pid_t, unsafe { OwnedFd::from_raw_fd(pidfd) }))
}

/// Ends a process that was cloned, without what belongs to the worker being done twice.
pub(super) fn leave(code: i32) -> ! {
    // SAFETY: ends the process at once.
    unsafe { libc::_exit(code) }
}

/// Kills the process of a descriptor; one that is gone is no fault.
pub(super) fn kill(process: BorrowedFd<'_>) {
    let none = std::ptr::null::<libc::siginfo_t>();
    // SAFETY: the descriptor is open and refers to a process that we have not waited for; no information is passed.
    unsafe { libc::syscall(libc::SYS_pidfd_send_signal, process.as_raw_fd(), libc::SIGKILL, none, 0) };
}

/// Which `prctl(2)` and with which number.
pub(super) fn process_control(option: c_int, value: libc::c_ulong) -> io::Result<()> {
    // SAFETY: the options that are used here take a number.
    checked(c_long::from(unsafe {
        libc::prctl(option, value, 0 as libc::c_ulong, 0 as libc::c_ulong, 0 as libc::c_ulong)
    }))?;
    Ok(())
}

/// Keeps this process, and all that it starts, from sockets without a path that others listen on: no namespace of mounts holds
/// them back, only one of networks (`landlock(7)`, Linux 6.12). Needs CAP_SYS_ADMIN in the user namespace.
pub(super) fn scope_abstract_sockets() -> io::Result<()> {
    // `landlock_ruleset_attr` of <linux/landlock.h>: file accesses and network accesses that are handled, and scopes.
    let attributes: [u64; 3] = [0, 0, LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET];
    let size = size_of_val(&attributes);
    // SAFETY: the structure lives through the call, and its size is what is said.
    let ruleset =
        descriptor(unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, attributes.as_ptr(), size, 0) })?;
    // SAFETY: the descriptor is open; no flags.
    checked(unsafe { libc::syscall(libc::SYS_landlock_restrict_self, ruleset.as_raw_fd(), 0) })?;
    Ok(())
}

/// From <linux/landlock.h>.
const LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET: u64 = 1;

// From <linux/mount.h>; the libc crate has them for some targets only.
const OPEN_TREE_CLONE: c_uint = 1;
const OPEN_TREE_CLOEXEC: c_uint = libc::O_CLOEXEC as c_uint;
const MOVE_MOUNT_F_EMPTY_PATH: c_uint = 4;
const MOVE_MOUNT_T_SYMLINKS: c_uint = 0x10;
const MOVE_MOUNT_T_EMPTY_PATH: c_uint = 0x40;
const FSOPEN_CLOEXEC: c_uint = 1;
const FSMOUNT_CLOEXEC: c_uint = 1;
const FSCONFIG_CMD_CREATE: c_uint = 6;

/// The mount can only be read.
pub(super) const READ_ONLY: u64 = 1;
/// Setuid bits do nothing on the mount.
pub(super) const NO_SETUID: u64 = 2;
/// Devices do nothing on the mount.
pub(super) const NO_DEVICES: u64 = 4;
/// No program can be started from the mount.
pub(super) const NO_PROGRAMS: u64 = 8;
