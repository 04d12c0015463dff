//! The process of a step, from its first breath in new namespaces to the program that it becomes.
//!
//! The order matters: mounts are made while the process is root of the worker's user namespace; then it goes to its root, gives
//! up capabilities and system calls, takes its user and starts the program, which is the first process of its namespace as with
//! other builders. What `docker build` gives is the measure: 14 capabilities, a masked `/proc`, a `/sys` for reading, programs
//! with setuid bits work (`no_new_privs` is not set; all that they can become is root of the user namespace).

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::ffi::CString;
use std::fs;
use std::io::Read;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use nix::mount::{MntFlags, umount2};
use nix::sched::{CloneFlags, setns};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{SigHandler, Signal, signal};
use nix::sys::stat::{Mode, umask};
use nix::unistd::{Gid, Uid, chdir, dup2_stderr, dup2_stdin, dup2_stdout, execve, fchdir, fchown, pivot_root};
use nix::unistd::{setgroups, sethostname, setresgid, setresuid, setsid};
use serde::{Deserialize, Serialize};

use super::calls::{
    at, c_string, close_all_but, close_from, describe, open_in_root, open_or_make, process_control,
    scope_abstract_sockets,
};
use super::ids::Way;
use super::layers::Stack;
use super::mounts::{self, Prepared};
use super::request::{Limits, RunStep};
use super::seccomp::Filters;
use super::stubs;
use super::user::{self, Identity};

/// All that the process needs, made ready by the worker.
pub(super) struct Plan<'w> {
    pub(super) step: &'w RunStep,
    pub(super) limits: &'w Limits,
    pub(super) way: &'w Way,
    pub(super) has_sys: bool,
    pub(super) filters: &'w Filters,
    /// What it runs on.
    pub(super) stack: Stack,
    /// The folder of this request, with `upper`.
    pub(super) place: &'w Path,
    /// What is known of its mount points: nothing, that all are there, or those that are not.
    pub(super) stubs: Option<Option<PathBuf>>,
    /// What `--mount` asks for.
    pub(super) mounts: Vec<Prepared>,
    /// Where its output goes.
    pub(super) output: BorrowedFd<'w>,
    /// The network that it gets, where not that of the host.
    pub(super) network: Option<BorrowedFd<'w>>,
}

/// What the process of a step says before it becomes the step.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Word {
    /// Through which names in the root the ways to the mount points go.
    Through(BTreeSet<String>),
    /// The step does not start.
    Problem(Problem),
}

/// Why a step does not start.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Problem {
    /// The step is wrong.
    Invalid(String),
    /// The machine stands in the way.
    Failed(String),
}

impl From<String> for Problem {
    fn from(what: String) -> Problem {
        Problem::Failed(what)
    }
}

/// Capabilities that a step can have: Docker's default (`capabilities(7)`).
const CAPABILITIES: [u8; 14] = [
    0,  // CAP_CHOWN
    1,  // CAP_DAC_OVERRIDE
    3,  // CAP_FOWNER
    4,  // CAP_FSETID
    5,  // CAP_KILL
    6,  // CAP_SETGID
    7,  // CAP_SETUID
    8,  // CAP_SETPCAP
    10, // CAP_NET_BIND_SERVICE
    13, // CAP_NET_RAW
    18, // CAP_SYS_CHROOT
    27, // CAP_MKNOD
    29, // CAP_AUDIT_WRITE
    31, // CAP_SETFCAP
];

/// What BuildKit sets where an image has no `PATH`.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The longest `/etc/passwd` or `/etc/group` that is read.
const LONGEST_NAMES: u64 = 16 << 20;

/// Numbers of processes that the kernel does not give twice (`RESERVED_PIDS`).
const RESERVED_PIDS: u64 = 301;

/// Processes that the kernel lets a step have beyond its limit, so that the watch can see that it is beyond.
const MORE_PROCESSES: u64 = 16;

/// Pages of System V shared memory that a step can have.
const SHARED_PAGES: &str = "16384";

/// Becomes the step. Returns only if that fails.
///
/// `words` is what `say` writes to; of all descriptors it alone stays open.
pub(super) fn become_step(
    plan: &Plan<'_>,
    words: BorrowedFd<'_>,
    say: &mut dyn FnMut(&Word),
) -> Result<Infallible, Problem> {
    at(setsid(), "cannot start a session")?;
    // SAFETY: the default action is no function of ours.
    at(unsafe { signal(Signal::SIGPIPE, SigHandler::SigDfl) }, "cannot take signals")?;
    connect_standard_streams(plan.output)?;
    if let Some(network) = plan.network {
        at(setns(network, CloneFlags::CLONE_NEWNET), "cannot enter a network of its own")?;
    }
    at(sethostname(&plan.step.hostname), "cannot set the name of the machine")?;
    let root = mount_root(plan, say)?;
    mounts::attach_all(plan, root.as_fd())?;
    enter_root(root)?;
    // What the worker had open lies outside of the root, and `/proc/self/fd` leads there (CVE-2024-21626).
    at(close_all_but(words), "cannot close the descriptors of the worker")?;
    // The first one was that of the worker, which shows as a path that leads nowhere.
    let null = at(fs::File::open("/dev/null"), "cannot open /dev/null")?;
    at(dup2_stdin(&null), "cannot connect its input")?;
    let (identity, environment) = identify(plan.step)?;
    at(fchown(std::io::stdout(), Some(Uid::from_raw(owner(plan, &identity))), None), "cannot give away its output")?;
    enter_directory(&plan.step.directory)?;
    limit(plan.limits)?;
    give_up_powers(plan, &identity)?;
    start(plan.step, &environment)
}

fn connect_standard_streams(output: BorrowedFd<'_>) -> Result<(), Problem> {
    let null = at(fs::File::open("/dev/null"), "cannot open /dev/null")?;
    at(dup2_stdin(&null), "cannot connect its input")?;
    at(dup2_stdout(output), "cannot connect its output")?;
    Ok(at(dup2_stderr(output), "cannot connect its output")?)
}

/// Mounts the layers, with mount points for all that is seen besides.
fn mount_root(plan: &Plan<'_>, say: &mut dyn FnMut(&Word)) -> Result<OwnedFd, Problem> {
    let target = Path::new(mounts::ROOT);
    let (upper, place) = (plan.place.join("upper"), plan.place);
    let mount_with = |stubs: Option<&Path>, work: &str| {
        let work = place.join(work);
        at(fs::create_dir(&work), "cannot make a folder in the store")?;
        let stack = stubs.map_or_else(|| plan.stack.clone(), |stubs| plan.stack.with(stubs));
        stack.mount_over(target, &upper, &work)?;
        at(fs::File::open(target).map(OwnedFd::from), "cannot open the root of the step")
    };
    if let Some(known) = &plan.stubs {
        return Ok(mount_with(known.as_deref(), "work")?);
    }
    let root = mount_with(None, "work")?;
    let stubs = place.join("stubs");
    let through = stubs::make(&root, &mounts::points(plan), &stubs).map_err(Problem::Invalid)?;
    say(&Word::Through(through));
    if !stubs.exists() {
        return Ok(root);
    }
    drop(root);
    at(umount2(target, MntFlags::MNT_DETACH), "cannot unmount a stack of layers")?;
    Ok(mount_with(Some(&stubs), "work-2")?)
}

fn enter_root(root: OwnedFd) -> Result<(), Problem> {
    at(fchdir(&root), "cannot enter its root")?;
    drop(root);
    at(pivot_root(".", "."), "cannot change the root")?;
    at(umount2(".", MntFlags::MNT_DETACH), "cannot leave the root of the worker")?;
    at(chdir("/"), "cannot enter its root")?;
    umask(Mode::from_bits_truncate(0o022));
    Ok(())
}

/// Who it runs as, and its variables.
fn identify(step: &RunStep) -> Result<(Identity, Vec<CString>), Problem> {
    let passwd = read_names("/etc/passwd").map_err(Problem::Invalid)?;
    let group = read_names("/etc/group").map_err(Problem::Invalid)?;
    let identity = user::identify(&step.user, &passwd, &group).map_err(Problem::Invalid)?;
    let mut variables: Vec<(&str, &str)> = Vec::new();
    for (name, value) in &step.environment {
        match variables.iter_mut().find(|(known, _)| known == name) {
            Some(known) => known.1 = value,
            None => variables.push((name, value)),
        }
    }
    if !variables.iter().any(|(name, _)| *name == "PATH") {
        variables.push(("PATH", DEFAULT_PATH));
    }
    // runc takes an empty HOME for none.
    if !variables.iter().any(|(name, value)| *name == "HOME" && !value.is_empty()) {
        variables.retain(|(name, _)| *name != "HOME");
        variables.push(("HOME", user::home(identity.uid, &passwd)));
    }
    if Path::new(mounts::APT_CONFIGURATION).exists() && !variables.iter().any(|(name, _)| *name == "APT_CONFIG") {
        variables.push(("APT_CONFIG", mounts::APT_CONFIGURATION));
    }
    let joined = variables.iter().map(|(name, value)| c_string(&format!("{name}={value}")));
    let joined: Result<Vec<CString>, _> = joined.collect();
    joined
        .map(|variables| (identity, variables))
        .map_err(|reason| Problem::Invalid(format!("a variable is wrong: {reason}")))
}

/// A file of names, which may be missing but must be a file: reading a pipe would never end.
fn read_names(path: &str) -> Result<String, String> {
    let root = at(fs::File::open("/"), "cannot open the root of the image")?;
    let open = open_in_root(root.as_fd(), path, libc::O_RDONLY | libc::O_NONBLOCK);
    let Ok(file) = open.map(fs::File::from) else { return Ok(String::new()) };
    let is_file = file.metadata().is_ok_and(|data| data.is_file() && data.len() <= LONGEST_NAMES);
    if !is_file {
        return Err(format!("{path} of the image is no file, or longer than {LONGEST_NAMES} bytes"));
    }
    let mut bytes = Vec::new();
    at(file.take(LONGEST_NAMES).read_to_end(&mut bytes), format!("cannot read {path} of the image"))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn owner(plan: &Plan<'_>, identity: &Identity) -> u32 {
    if plan.way.has_ids() { identity.uid } else { 0 }
}

/// Goes to the folder of the step, made where it is missing, as BuildKit does. Links of `/proc` to what a process has open are
/// not followed.
fn enter_directory(directory: &str) -> Result<(), Problem> {
    let root = at(fs::File::open("/"), "cannot open its root")?;
    open_or_make(root.as_fd(), directory, true)
        .and_then(|folder| Ok(fchdir(&folder)?))
        .map_err(|reason| Problem::Invalid(format!("cannot enter the folder `{directory}`: {}", describe(&reason))))
}

fn limit(limits: &Limits) -> Result<(), Problem> {
    let set = |resource, most: u64| {
        let (_, hard) = getrlimit(resource)?;
        setrlimit(resource, most.min(hard), most.min(hard))
    };
    at(set(Resource::RLIMIT_CORE, 0), "cannot limit its memory dumps")?;
    at(set(Resource::RLIMIT_FSIZE, limits.disk), "cannot limit its files")?;
    at(set(Resource::RLIMIT_NPROC, limits.processes + MORE_PROCESSES), "cannot limit its processes")?;
    // What programs expect; the worker has more for itself.
    let (_, hard) = at(getrlimit(Resource::RLIMIT_NOFILE), "cannot limit its open files")?;
    Ok(at(setrlimit(Resource::RLIMIT_NOFILE, hard.min(1_024), hard), "cannot limit its open files")?)
}

/// The limit on processes that the kernel holds for the namespace as a whole, where it can (Linux 6.14): RLIMIT_NPROC counts
/// for each user by itself. And if memory runs short, a step is the first to go. Done before `/proc` can only be read.
pub(super) fn limit_namespace(proc: &str, limits: &Limits) {
    // Where the kernel has one number for all, it is not ours to write, and the watch does it alone.
    let _ = fs::write(
        format!("{proc}/sys/kernel/pid_max"),
        (limits.processes + MORE_PROCESSES + RESERVED_PIDS).to_string(),
    );
    // As much as /dev/shm holds, in pages; memory that no process has attached is in no count.
    let _ = fs::write(format!("{proc}/sys/kernel/shmall"), SHARED_PAGES);
    // Anybody may raise it; where not, the step is killed like any other process.
    let _ = fs::write(format!("{proc}/self/oom_score_adj"), "1000");
}

fn give_up_powers(plan: &Plan<'_>, identity: &Identity) -> Result<(), Problem> {
    for capability in (0..64u8).filter(|capability| !CAPABILITIES.contains(capability)) {
        match process_control(libc::PR_CAPBSET_DROP, libc::c_ulong::from(capability)) {
            // The kernel has no more.
            Err(reason) if reason.raw_os_error() == Some(libc::EINVAL) => break,
            other => at(other, "cannot give up a capability")?,
        }
    }
    if plan.network.is_none() {
        // In the network of the host are sockets that services of the host listen on. Where the kernel cannot hold them back
        // they can be reached, as the documentation says.
        let _ = scope_abstract_sockets();
    }
    at(plan.filters.install(), "cannot install a filter of system calls")?;
    if plan.way.has_ids() {
        let (uid, gid) = (Uid::from_raw(identity.uid), Gid::from_raw(identity.gid));
        // As runc has it, the own group is among the further ones.
        let mut groups = vec![gid];
        groups.extend(identity.groups.iter().filter(|id| **id != identity.gid).map(|id| Gid::from_raw(*id)));
        let unmapped = "an id of USER is outside of the ids that can be used here";
        at(setgroups(&groups), unmapped)?;
        at(setresgid(gid, gid, gid), unmapped)?;
        at(setresuid(uid, uid, uid), unmapped)?;
    }
    // A new user takes this back, so it comes last.
    at(process_control(libc::PR_SET_PDEATHSIG, libc::SIGKILL as libc::c_ulong), "cannot be ended with the worker")?;
    Ok(at(close_from(3, true), "cannot close its descriptors")?)
}

fn start(step: &RunStep, environment: &[CString]) -> Result<Infallible, Problem> {
    let arguments: Result<Vec<CString>, _> = step.arguments.iter().map(|argument| c_string(argument)).collect();
    let arguments = arguments.map_err(|reason| Problem::Invalid(format!("an argument is wrong: {reason}")))?;
    let program = step.arguments.first().map_or("", String::as_str);
    let mut failure = None;
    for path in candidates(program, environment) {
        let Ok(path) = CString::new(path) else { continue };
        let Err(reason) = execve(&path, &arguments, environment);
        let missing = matches!(reason, nix::errno::Errno::ENOENT | nix::errno::Errno::ENOTDIR);
        if !missing || program.contains('/') {
            failure.get_or_insert(reason);
        }
    }
    let why = match failure {
        Some(reason) => describe(&reason.into()),
        None => "there is no such program in `PATH`".to_owned(),
    };
    Err(Problem::Invalid(format!("cannot start `{}`: {why}", program.escape_debug())))
}

/// Where a program may be.
fn candidates(program: &str, environment: &[CString]) -> Vec<Vec<u8>> {
    if program.is_empty() || program.contains('/') {
        return vec![program.as_bytes().to_vec()];
    }
    let path = environment.iter().find_map(|variable| variable.as_bytes().strip_prefix(b"PATH="));
    let folders = path.unwrap_or(b"").split(|byte| *byte == b':');
    let in_folder = |folder: &[u8]| [if folder.is_empty() { b"." } else { folder }, b"/", program.as_bytes()].concat();
    folders.map(in_folder).collect()
}

/// Whether a file of a tree is a folder; `None` where it is missing.
pub(super) fn open_source(tree: BorrowedFd<'_>, source: &str) -> Option<(OwnedFd, bool)> {
    let file = open_in_root(tree, source, libc::O_PATH).ok()?;
    let data = nix::sys::stat::fstat(&file).ok()?;
    Some((file, data.st_mode & libc::S_IFMT == libc::S_IFDIR))
}
