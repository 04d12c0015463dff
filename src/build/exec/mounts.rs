//! What a step sees besides its layers: `/dev`, `/proc`, `/sys`, names of hosts, and what `--mount` asks for. All of it is
//! attached before the root changes, each target looked up with the root of the step as the root.

use std::fs;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, symlink};
use std::path::{Path, PathBuf};

use nix::mount::{MsFlags, mount};

use super::calls::{
    NO_DEVICES, NO_PROGRAMS, NO_SETUID, READ_ONLY, at, attach_mount, copy_mount, copy_mount_of, describe,
    move_mount_to, new_mount, open_or_make, set_mount_attributes,
};
use super::jail::DEVICES;
use super::layers::Stack;
use super::request::Network;
use super::step::{Plan, Problem, limit_namespace, open_source};
use super::stubs::Point;

/// Where the root of a step is mounted before it becomes the root.
pub(super) const ROOT: &str = "/scratch/root";
const DEV: &str = "/scratch/dev";
const PROC: &str = "/scratch/proc";
const SYS: &str = "/scratch/sys";
/// Where trees are mounted that `--mount` takes something of.
pub(super) const TREE: &str = "/scratch/tree";
/// The names of hosts that a step knows, and where it asks for others.
pub(super) const HOSTS: &str = "/scratch/hosts";
/// Where a step asks for names of hosts.
pub(super) const RESOLV_CONF: &str = "/scratch/resolv.conf";
/// Folders that a worker makes for all of its steps.
pub(super) const FOLDERS: [&str; 5] = [ROOT, DEV, PROC, SYS, TREE];

/// Told to apt where there is one id only: it must not try to become another user.
pub(super) const APT_CONFIGURATION: &str = "/dev/.apt.conf";

/// Parts of `/proc` that tell of the machine or reach into it, as Docker masks them.
const MASKED: [&str; 11] = [
    "acpi",
    "asound",
    "interrupts",
    "kcore",
    "keys",
    "latency_stats",
    "sched_debug",
    "scsi",
    "timer_list",
    "timer_stats",
    "kallsyms",
];

/// Parts of `/proc` that can only be read, as with Docker.
const FOR_READING: [&str; 5] = ["bus", "fs", "irq", "sys", "sysrq-trigger"];

/// Folders in memory hold as much as with Docker. What files take beside their content is in no size, so there is a number of them.
const MEMORY: &str = "size=67108864,nr_inodes=65536";

/// The least bytes that a file in memory is held to have.
const BYTES_PER_FILE: u64 = 4_096;

/// Something that `--mount` asks for, made ready by the worker.
#[derive(Debug)]
pub(super) enum Prepared {
    /// A file or folder of a stack of layers; with a folder for what is written, it can be written to.
    Bind { stack: Stack, source: String, target: String, place: Option<PathBuf> },
    /// A folder that stays, `data`. `work` is for overlayfs, and new for each mount.
    Cache { stack: Stack, source: Option<String>, target: String, data: PathBuf, work: PathBuf, read_only: bool },
    /// A folder in memory.
    Tmpfs { target: String, size: u64 },
}

impl Prepared {
    fn target(&self) -> &str {
        match self {
            Prepared::Bind { target, .. } | Prepared::Cache { target, .. } | Prepared::Tmpfs { target, .. } => target,
        }
    }
}

/// All mount points that a step needs. Of a bind only its source says whether it is a folder; it is looked up when the root
/// is known.
pub(super) fn points(plan: &Plan<'_>) -> Vec<Point> {
    let point = |target: &str, folder| Point { target: target.to_owned(), folder };
    let mut points = vec![
        point("/proc", true),
        point("/dev", true),
        point("/sys", true),
        point("/etc/resolv.conf", false),
        point("/etc/hosts", false),
    ];
    for prepared in &plan.mounts {
        let folder = match prepared {
            Prepared::Bind { stack, source, .. } => is_folder(stack, source),
            Prepared::Cache { .. } | Prepared::Tmpfs { .. } => true,
        };
        points.push(point(prepared.target(), folder));
    }
    points
}

/// Whether the source of a bind is a folder. One that is missing is found out later, where that can be said.
fn is_folder(stack: &Stack, source: &str) -> bool {
    let looked = stack.mount_read_only(Path::new(TREE)).and_then(|()| {
        let tree = at(fs::File::open(TREE), "cannot open a tree")?;
        let found = open_source(tree.as_fd(), source).is_none_or(|(_, folder)| folder);
        drop(tree);
        at(nix::mount::umount2(TREE, nix::mount::MntFlags::MNT_DETACH), "cannot unmount a tree")?;
        Ok(found)
    });
    looked.unwrap_or(true)
}

/// Makes and attaches everything.
pub(super) fn attach_all(plan: &Plan<'_>, root: BorrowedFd<'_>) -> Result<(), Problem> {
    make_proc(plan)?;
    move_into(PROC, root, "/proc")?;
    make_dev(plan)?;
    move_into(DEV, root, "/dev")?;
    make_sys(plan)?;
    move_into(SYS, root, "/sys")?;
    for (source, target) in [(RESOLV_CONF, "/etc/resolv.conf"), (HOSTS, "/etc/hosts")] {
        let file = at(copy_mount(source, false), format!("cannot make {target}"))?;
        at(set_mount_attributes(file.as_fd(), READ_ONLY), format!("cannot make {target}"))?;
        attach(file.as_fd(), root, target)?;
    }
    for prepared in &plan.mounts {
        let tree = make_tree(prepared)?;
        attach(tree.as_fd(), root, prepared.target())?;
    }
    Ok(())
}

/// Moves a mount that the step has made for itself to where it belongs.
fn move_into(path: &str, root: BorrowedFd<'_>, target: &str) -> Result<(), Problem> {
    let mounted = at(fs::File::options().read(true).custom_flags(libc::O_PATH).open(path), "cannot open a mount")?;
    attach(mounted.as_fd(), root, target)
}

fn attach(tree: BorrowedFd<'_>, root: BorrowedFd<'_>, target: &str) -> Result<(), Problem> {
    let wrong = |reason: &io::Error| Problem::Invalid(format!("cannot mount on `{target}`: {}", describe(reason)));
    let is_folder = nix::sys::stat::fstat(tree).map(|data| data.st_mode & libc::S_IFMT == libc::S_IFDIR);
    // In the layers all mount points are there already; within what was mounted before they may not be.
    let there =
        open_or_make(root, target, at(is_folder, "cannot look at a mount")?).map_err(|reason| wrong(&reason))?;
    move_mount_to(tree, there.as_fd()).map_err(|reason| wrong(&reason))
}

fn make_proc(plan: &Plan<'_>) -> Result<(), Problem> {
    let proc = at(new_mount("proc", NO_SETUID | NO_DEVICES | NO_PROGRAMS), "cannot mount /proc")?;
    at(attach_mount(proc.as_fd(), PROC), "cannot mount /proc")?;
    limit_namespace(PROC, plan.limits);
    let existing = |name: &str| Some(format!("{PROC}/{name}")).filter(|path| Path::new(path).exists());
    for path in FOR_READING.into_iter().filter_map(existing) {
        let part = at(copy_mount(&path, false), "cannot protect /proc")?;
        at(set_mount_attributes(part.as_fd(), READ_ONLY), "cannot protect /proc")?;
        at(attach_mount(part.as_fd(), &path), "cannot protect /proc")?;
    }
    for path in MASKED.into_iter().filter_map(existing) {
        let mask = if Path::new(&path).is_dir() {
            new_mount("tmpfs", READ_ONLY | NO_SETUID | NO_DEVICES | NO_PROGRAMS)
        } else {
            copy_mount("/dev/null", false)
        };
        let mask = at(mask, "cannot mask a part of /proc")?;
        at(attach_mount(mask.as_fd(), &path), "cannot mask a part of /proc")?;
    }
    Ok(())
}

/// A `/sys` shows devices of a network; one can be mounted only by who owns the network.
fn make_sys(plan: &Plan<'_>) -> Result<(), Problem> {
    let attributes = READ_ONLY | NO_SETUID | NO_DEVICES | NO_PROGRAMS;
    let own = plan.has_sys && plan.step.network == Network::None;
    let sys = if own { new_mount("sysfs", attributes) } else { new_mount("tmpfs", attributes) };
    // In some containers there is none to be had; programs of a build do without.
    let (sys, is_real) = match sys {
        Ok(sys) => (sys, own),
        Err(_) => (at(new_mount("tmpfs", attributes), "cannot mount /sys")?, false),
    };
    at(attach_mount(sys.as_fd(), SYS), "cannot mount /sys")?;
    for part in ["firmware", "devices/virtual/powercap"] {
        let path = format!("{SYS}/{part}");
        if is_real && Path::new(&path).is_dir() {
            let mask = at(new_mount("tmpfs", attributes), "cannot mask a part of /sys")?;
            at(attach_mount(mask.as_fd(), &path), "cannot mask a part of /sys")?;
        }
    }
    Ok(())
}

fn make_dev(plan: &Plan<'_>) -> Result<(), Problem> {
    let quiet = MsFlags::MS_NOSUID | MsFlags::MS_NOEXEC;
    let tmpfs = |path: &str, flags, options: &str| {
        at(mount(Some("tmpfs"), path, Some("tmpfs"), flags, Some(options)), "cannot mount /dev")
    };
    // Programs run from it: heredocs are programs.
    tmpfs(DEV, MsFlags::MS_NOSUID, &format!("{MEMORY},mode=755"))?;
    for device in DEVICES {
        let path = format!("{DEV}/{device}");
        at(fs::File::create(&path), "cannot make /dev")?;
        let file = at(copy_mount(&format!("/dev/{device}"), false), "cannot make /dev")?;
        at(attach_mount(file.as_fd(), &path), "cannot make /dev")?;
    }
    for (name, target) in [
        ("fd", "/proc/self/fd"),
        ("stdin", "/proc/self/fd/0"),
        ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"),
        ("ptmx", "pts/ptmx"),
    ] {
        at(symlink(target, format!("{DEV}/{name}")), "cannot make /dev")?;
    }
    for name in ["pts", "shm", "mqueue"] {
        at(fs::create_dir(format!("{DEV}/{name}")), "cannot make /dev")?;
    }
    let group = if plan.way.has_group(5) { ",gid=5" } else { "" };
    let options = format!("newinstance,ptmxmode=0666,mode=0620{group}");
    let pts = format!("{DEV}/pts");
    at(mount(Some("devpts"), pts.as_str(), Some("devpts"), quiet, Some(options.as_str())), "cannot mount /dev/pts")?;
    tmpfs(&format!("{DEV}/shm"), quiet | MsFlags::MS_NODEV, &format!("{MEMORY},mode=1777"))?;
    let (queues, none) = (format!("{DEV}/mqueue"), None::<&str>);
    // A kernel without message queues has none to show.
    let _ = mount(Some("mqueue"), queues.as_str(), Some("mqueue"), quiet | MsFlags::MS_NODEV, none);
    write_files(plan)
}

fn write_files(plan: &Plan<'_>) -> Result<(), Problem> {
    for (path, bytes) in &plan.step.files {
        let inner = path.strip_prefix("/dev/").unwrap_or(path);
        let path = Path::new(DEV).join(inner);
        if let Some(folder) = path.parent() {
            at(fs::DirBuilder::new().recursive(true).mode(0o755).create(folder), "cannot make a folder in /dev")?;
        }
        let mut options = fs::File::options();
        let file = options.write(true).create_new(true).mode(0o755).open(&path);
        let written = file.and_then(|mut file| io::Write::write_all(&mut file, bytes));
        at(written, format!("cannot write the file /dev/{inner}"))?;
    }
    if !plan.way.has_ids() {
        let path = Path::new(DEV).join(APT_CONFIGURATION.trim_start_matches("/dev/"));
        at(fs::write(path, "APT::Sandbox::User \"root\";\n"), "cannot write a configuration for apt")?;
    }
    Ok(())
}

/// Makes what `--mount` asks for, attached nowhere. Even what lies in a folder of the host is seen through overlayfs, so that
/// no path of the host shows in `/proc/self/mountinfo`.
fn make_tree(prepared: &Prepared) -> Result<OwnedFd, Problem> {
    let target = Path::new(TREE);
    let tree = match prepared {
        Prepared::Tmpfs { size, .. } => {
            let files = (size / BYTES_PER_FILE).max(1_024);
            let options = format!("size={size},nr_inodes={files},mode=1777");
            let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
            at(
                mount(Some("tmpfs"), target, Some("tmpfs"), flags, Some(options.as_str())),
                "cannot mount a folder in memory",
            )?;
            at(copy_mount(TREE, false), "cannot use a folder in memory")?
        }
        Prepared::Bind { stack, source, place, .. } => {
            match place {
                Some(place) => stack.mount_writable(target, place)?,
                None => stack.mount_read_only(target)?,
            }
            let tree = take(source)?;
            if place.is_none() {
                at(set_mount_attributes(tree.as_fd(), READ_ONLY), "cannot protect a mount")?;
            }
            tree
        }
        Prepared::Cache { stack, source, data, work, read_only, .. } => {
            // What it begins with is only a part of a stack, so that stack is mounted first and its part is the layer below.
            let stack = match source {
                Some(source) => {
                    stack.mount_read_only(target)?;
                    let part = take(source)?;
                    at(attach_mount(part.as_fd(), TREE), "cannot use what a cache begins with")?;
                    stack.only(target)
                }
                None => stack.clone(),
            };
            stack.mount_over(target, data, work)?;
            let tree = at(copy_mount(TREE, false), "cannot use a cache")?;
            if *read_only {
                at(set_mount_attributes(tree.as_fd(), READ_ONLY), "cannot protect a mount")?;
            }
            tree
        }
    };
    // The copy lives on; a later tree is mounted over what is left.
    Ok(tree)
}

fn take(source: &str) -> Result<OwnedFd, Problem> {
    let tree = at(fs::File::open(TREE), "cannot open a tree")?;
    let (file, _) = open_source(tree.as_fd(), source)
        .ok_or_else(|| Problem::Invalid(format!("the source `{source}` of a mount is not there")))?;
    Ok(at(copy_mount_of(file.as_fd()), "cannot use the source of a mount")?)
}
