//! Work on files: each request in a process of its own, whose root is the tree that it works on, so that no link leads out of
//! it and no fault of it hurts the worker.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::Signal;
use nix::sys::stat::{Mode, umask};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};
use nix::unistd::{chdir, chroot};

use super::calls::{Cloned, at, clone_process, kill, leave, process_control};
use super::mounts::{ROOT, TREE};
use super::remove::{measure, too_large};
use super::request::{Done, LayerName, Limit, Request, Response, UnpackLimits};
use super::watch::Room;
use super::worker::{Server, failed};
use crate::build::tree::copy::{self, CopyError};
use crate::build::tree::{self, ListLimits, Ownership, PackOptions, TarLimits, TreeError, UnpackOptions};

/// What an outcome of work is: an answer, nothing where rlint is gone, or what stood in the way.
type Outcome = Result<Option<Response>, String>;

/// The longest names and attributes of one entry of a layer.
const LONGEST_HEADER: u64 = 1 << 20;

/// Bytes of memory that work on files may take.
const MOST_MEMORY: u64 = 4 << 30;

/// How often is looked whether there is room on the disk, in milliseconds.
const LOOK: u16 = 50;

/// Serves all requests but that of a step. `None` where rlint is gone.
pub(super) fn operate(server: &mut Server, request: Request, descriptor: Option<OwnedFd>) -> Option<Response> {
    let stream = || descriptor.map(File::from).ok_or_else(|| "no descriptor came with the request".to_owned());
    let outcome = match request {
        Request::Unpack { lowers, layer, limits } => {
            stream().and_then(|archive| unpack(server, &lowers, &layer, limits, archive))
        }
        Request::Pack { layer } => stream().and_then(|out| pack(server, &layer, out)),
        Request::List { layers } => stream().and_then(|out| list(server, &layers, out)),
        Request::Select { layers, source } => stream().and_then(|out| select(server, &layers, &source, out)),
        Request::ListLayer { layer } => stream().and_then(|out| list_layer(server, &layer, out)),
        Request::Copy(step) => {
            let from = Some(step.from.as_slice());
            make_layer(server, &step.lowers, &step.layer, from, Empty::Dropped, |trees| {
                let from = trees.from.as_ref().map_or(trees.root.as_fd(), AsFd::as_fd);
                copy::copy(from, trees.root.as_fd(), &step).map_err(say_copy)
            })
        }
        Request::Folder(step) => make_layer(server, &step.lowers, &step.layer, None, Empty::Dropped, |trees| {
            copy::folder(trees.root.as_fd(), &step).map_err(say_copy)
        }),
        Request::Remove { layers } => {
            let removed = layers.iter().try_for_each(|layer| server.layers.remove(layer));
            removed.map(|()| Some(Response::Done(Done::default())))
        }
        Request::Run(_) => Err("a step is no work on files".to_owned()),
    };
    outcome.unwrap_or_else(|what| Some(failed(what)))
}

fn unpack(
    server: &mut Server,
    lowers: &[LayerName],
    layer: &LayerName,
    limits: UnpackLimits,
    archive: File,
) -> Outcome {
    // The padding of each entry, and of the end, belongs to the archive.
    let bytes = limits.bytes.saturating_add(limits.entries.saturating_mul(2_048));
    let limits = TarLimits { entries: limits.entries, bytes, header: LONGEST_HEADER };
    let ownership = if server.way.has_ids() { Ownership::Kept } else { Ownership::Own };
    let options = UnpackOptions { limits, ownership, whiteouts: true };
    make_layer(server, lowers, layer, None, Empty::Kept, |trees| {
        let unpacked = tree::unpack(BufReader::with_capacity(1 << 16, archive), trees.root.as_fd(), &options);
        unpacked.map(|_| ()).map_err(say_tree)
    })
}

fn pack(server: &mut Server, layer: &LayerName, out: File) -> Outcome {
    let path = server.layers.path(layer);
    apart(server, || {
        let root = at(File::open(&path), format!("there is no layer `{layer}` in the store"))?;
        enter(&path)?;
        let mut out = BufWriter::with_capacity(1 << 16, out);
        let packed = tree::pack(root.as_fd(), &mut out, &PackOptions::default());
        Ok(match packed {
            Ok(packed) => {
                at(out.flush(), "cannot write a layer")?;
                Response::Done(Done { changed: packed.entries > 0, entries: packed.entries, bytes: packed.bytes })
            }
            Err(error) => say_tree(error),
        })
    })
}

fn list(server: &mut Server, layers: &[LayerName], out: File) -> Outcome {
    let stack = server.layers.stack(layers)?;
    apart(server, || {
        stack.mount_read_only(Path::new(ROOT))?;
        write_list(Path::new(ROOT), out, &ListLimits::default())
    })
}

fn list_layer(server: &mut Server, layer: &LayerName, out: File) -> Outcome {
    let path = server.layers.path(layer);
    apart(server, || write_list(&path, out, &ListLimits { removals: true, ..ListLimits::default() }))
}

/// Writes what is in a folder.
fn write_list(folder: &Path, out: File, limits: &ListLimits) -> Result<Response, String> {
    let root = at(File::open(folder), "cannot open layers")?;
    enter(folder)?;
    let mut out = BufWriter::with_capacity(1 << 16, out);
    Ok(match tree::list(root.as_fd(), &mut out, limits) {
        Ok(entries) => {
            at(out.flush(), "cannot write a list")?;
            Response::Done(Done { changed: false, entries, bytes: 0 })
        }
        Err(error) => say_tree(error),
    })
}

fn select(server: &mut Server, layers: &[LayerName], source: &str, out: File) -> Outcome {
    let stack = server.layers.stack(layers)?;
    apart(server, || {
        stack.mount_read_only(Path::new(ROOT))?;
        let root = at(File::open(ROOT), "cannot open a stack of layers")?;
        enter(Path::new(ROOT))?;
        let mut out = BufWriter::with_capacity(1 << 16, out);
        Ok(match copy::select(root.as_fd(), source, &mut out) {
            Ok(entries) => {
                at(out.flush(), "cannot write a list")?;
                Response::Done(Done { changed: false, entries, bytes: 0 })
            }
            Err(error) => say_copy(error),
        })
    })
}

fn say_tree(error: TreeError) -> Response {
    match error {
        TreeError::Malformed { .. } => Response::Invalid { what: error.to_string() },
        TreeError::Refused { .. } => Response::Refused { what: error.to_string() },
        TreeError::Limit { what: "entries", limit } => Response::Limit(Limit::Entries(limit)),
        TreeError::Limit { .. } => Response::Refused { what: error.to_string() },
        TreeError::Io { .. } => failed(error.to_string()),
    }
}

fn say_copy(error: CopyError) -> Response {
    match error {
        CopyError::Invalid(what) => Response::Invalid { what },
        CopyError::Refused(what) => Response::Refused { what },
        CopyError::Failed(what) => failed(what),
    }
}

/// The trees that a layer is made with.
struct Trees {
    /// What it is made on, and where it appears.
    root: File,
    /// What it is made from.
    from: Option<File>,
}

/// What becomes of a layer in which there is nothing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Empty {
    /// Others stand on it by its name.
    Kept,
    Dropped,
}

/// Makes a layer: what `work` changes in the tree of `lowers`.
fn make_layer(
    server: &mut Server,
    lowers: &[LayerName],
    layer: &LayerName,
    from: Option<&[LayerName]>,
    empty: Empty,
    work: impl FnOnce(Trees) -> Result<(), Response>,
) -> Outcome {
    server.layers.check_new(layer)?;
    let stack = server.layers.stack(lowers)?;
    let from = from.map(|layers| server.layers.stack(layers)).transpose()?;
    let place = server.layers.place()?;
    let upper = server.layers.new_upper(&place, lowers)?;
    let own = place.path.join("work");
    at(fs::create_dir(&own), "cannot make a folder in the store")?;
    let response = apart(server, || {
        stack.mount_over(Path::new(ROOT), &upper, &own)?;
        let root = at(File::open(ROOT), "cannot open a stack of layers")?;
        let from = match from {
            Some(from) => {
                from.mount_read_only(Path::new(TREE))?;
                Some(at(File::open(TREE), "cannot open a stack of layers")?)
            }
            None => None,
        };
        enter(Path::new(ROOT))?;
        Ok(work(Trees { root, from }).err().unwrap_or(Response::Done(Done::default())))
    })?;
    let Some(Response::Done(_)) = response else { return Ok(response) };
    let Some(usage) = at(measure(&upper), "cannot look at what is new")? else {
        return Ok(Some(Response::Refused { what: "folders are nested deeper than any path can say".to_owned() }));
    };
    if let Some(what) = too_large(&usage) {
        return Ok(Some(Response::Refused { what }));
    }
    if usage.entries > 0 || empty == Empty::Kept {
        server.layers.publish(&upper, layer)?;
    }
    Ok(Some(Response::Done(Done { changed: usage.entries > 0, entries: usage.entries, bytes: usage.bytes })))
}

/// Does `work` in a process of its own, in a namespace of mounts of its own. `None` where rlint is gone.
fn apart(server: &Server, work: impl FnOnce() -> Result<Response, String>) -> Outcome {
    let (mut answer, mut answer_end) = at(io::pipe(), "cannot make a pipe")?;
    // SAFETY: the worker has one thread.
    match at(unsafe { clone_process(libc::CLONE_NEWNS) }, "cannot start a process")? {
        Cloned::Child => {
            drop(answer);
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                at(
                    process_control(libc::PR_SET_PDEATHSIG, libc::SIGKILL as libc::c_ulong),
                    "cannot be ended with the worker",
                )?;
                // What an archive makes of a few bytes must not take all memory.
                limit_to(Resource::RLIMIT_AS, MOST_MEMORY)?;
                limit_to(Resource::RLIMIT_CORE, 0)?;
                work()
            }));
            let response = match outcome {
                Ok(response) => response.unwrap_or_else(failed),
                Err(_) => failed("rlint has an error of its own, in what works on files".to_owned()),
            };
            // Without a reader, nobody wants to know.
            let _ = answer_end.write_all(&serde_json::to_vec(&response).unwrap_or_default());
            leave(0)
        }
        Cloned::Parent(_, process) => {
            drop(answer_end);
            let heard = wait_for(server, &process, &mut answer);
            kill(process.as_fd());
            let status = loop {
                match waitid(Id::PIDFd(process.as_fd()), WaitPidFlag::WEXITED) {
                    Err(nix::errno::Errno::EINTR) => {}
                    other => break at(other, "cannot learn how a process ended")?,
                }
            };
            match heard? {
                Heard::Answer(bytes) if bytes.is_empty() => Err(ended(status)),
                Heard::Answer(bytes) => {
                    let response = serde_json::from_slice(&bytes);
                    response.map(Some).map_err(|reason| format!("cannot understand what works on files: {reason}"))
                }
                Heard::Full => Ok(Some(Response::Limit(Limit::Full))),
                Heard::Alone => Ok(None),
            }
        }
    }
}

fn limit_to(resource: Resource, most: u64) -> Result<(), String> {
    let (_, hard) = at(getrlimit(resource), "cannot limit what works on files")?;
    at(setrlimit(resource, most.min(hard), most.min(hard)), "cannot limit what works on files")
}

fn ended(status: WaitStatus) -> String {
    match status {
        WaitStatus::Signaled(_, Signal::SIGABRT, _) => {
            format!("what works on files was ended: perhaps it needs more than {MOST_MEMORY} bytes of memory")
        }
        WaitStatus::Signaled(_, signal, _) => format!("what works on files was ended by {signal}"),
        _ => "what works on files ended without a word".to_owned(),
    }
}

/// Goes to the root of the work. What the worker has mounted elsewhere is out of reach there.
fn enter(root: &Path) -> Result<(), String> {
    at(chroot(root), "cannot change the root")?;
    at(chdir("/"), "cannot enter the root")?;
    // Modes are what is asked for.
    umask(Mode::empty());
    Ok(())
}

/// What is heard of work.
enum Heard {
    Answer(Vec<u8>),
    /// The disk is nearly full.
    Full,
    /// rlint is gone.
    Alone,
}

/// Reads the answer to its end.
fn wait_for(server: &Server, process: &OwnedFd, answer: &mut io::PipeReader) -> Result<Heard, String> {
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    let room = Room::new(&server.layers.trash());
    loop {
        let mut polled = [
            PollFd::new(answer.as_fd(), PollFlags::POLLIN),
            PollFd::new(server.socket.as_fd(), PollFlags::POLLIN),
            PollFd::new(process.as_fd(), PollFlags::POLLIN),
        ];
        match poll(&mut polled, PollTimeout::from(LOOK)) {
            Err(nix::errno::Errno::EINTR) => continue,
            other => _ = at(other, "cannot wait for a process")?,
        }
        if polled[1].any().unwrap_or(false) {
            return Ok(Heard::Alone);
        }
        if room.is_used_up() {
            return Ok(Heard::Full);
        }
        if polled[0].any().unwrap_or(false) || polled[2].any().unwrap_or(false) {
            match at(answer.read(&mut part), "cannot hear from a process")? {
                0 => return Ok(Heard::Answer(bytes)),
                count => bytes.extend_from_slice(&part[..count]),
            }
        }
    }
}
