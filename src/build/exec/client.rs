//! The side of rlint: starting a worker and talking to it.

use std::fmt;
use std::fs;
use std::io;
use std::net::Shutdown;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, chown};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::frame;
use super::ids::Way;
use super::program;
use super::request::{Message, Request, Response};
use super::worker::WORKER_ARGUMENT;

/// How long a worker may take to be ready. It takes milliseconds, more on a machine that has much else to do.
const START: Duration = Duration::from_secs(30);

/// How long a worker may take to clean up when it is no longer needed.
const END: Duration = Duration::from_secs(30);

/// How a worker is started.
#[derive(Clone, Debug)]
pub struct WorkerOptions {
    /// The store; the layers are in its folder `layers/`.
    pub store: PathBuf,
    /// The program whose `main` starts with [`super::run_worker`].
    pub program: PathBuf,
    /// The way of being root.
    pub way: Way,
}

impl WorkerOptions {
    /// A worker that is this program itself.
    pub fn new(store: impl Into<PathBuf>, way: Way) -> WorkerOptions {
        // The link is to the file that runs, even where that was replaced by an update in the meantime.
        WorkerOptions { store: store.into(), program: PathBuf::from("/proc/self/exe"), way }
    }
}

/// What keeps a worker from answering.
#[derive(Debug)]
pub enum WorkerError {
    /// This machine does not allow what a worker needs.
    Unavailable {
        /// Why, and what to do.
        why: String,
    },
    /// The worker is gone in the middle of things.
    Lost {
        /// What is known of it.
        why: String,
    },
}

impl fmt::Display for WorkerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WorkerError::Unavailable { why } => write!(f, "steps cannot be run here: {why}"),
            WorkerError::Lost { why } => write!(f, "the process that builds is gone: {why}"),
        }
    }
}

impl std::error::Error for WorkerError {}

/// What rlint says to a worker before the first request.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Order {
    /// What to be.
    Start {
        /// The way of being root.
        way: Way,
        /// The bytes of the path of the folder of layers of this way.
        layers: Vec<u8>,
    },
    /// The maps of ids are there.
    Mapped,
}

/// What a worker says before the first request.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Report {
    /// It is in its user namespace.
    NeedsMaps,
    /// It waits for requests.
    Ready,
    /// It cannot be a worker.
    Unable {
        /// Why.
        why: String,
    },
}

/// A process that works on layers. It serves one request after the other; start several to do several things at once.
#[derive(Debug)]
pub struct Worker {
    child: Child,
    socket: UnixStream,
    way: Way,
    lost: bool,
}

/// Ends what a worker is doing, from another thread.
#[derive(Debug)]
pub struct Canceller(UnixStream);

impl Canceller {
    /// The worker kills what runs, removes what is not whole, and ends. The call that waits for it returns
    /// [`WorkerError::Lost`].
    pub fn cancel(&self) {
        // A worker that is gone already needs no more telling.
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

impl Worker {
    /// Starts a worker. Costs a few milliseconds.
    pub fn start(options: &WorkerOptions) -> Result<Worker, WorkerError> {
        let unavailable = |why: String| WorkerError::Unavailable { why };
        let layers = prepare(&options.store, &options.way).map_err(unavailable)?;
        let broken = |what: &str, reason: io::Error| unavailable(format!("{what}: {reason}"));
        let (socket, theirs) = UnixStream::pair().map_err(|reason| broken("cannot make a socket", reason))?;
        socket.set_read_timeout(Some(START)).map_err(|reason| broken("cannot set a time limit", reason))?;
        let program = program::to_start(&options.program, &options.way).map_err(unavailable)?;
        let mut command = Command::new(program);
        // A copy is called by the name of what it is of.
        command.arg0(&options.program);
        command.arg(WORKER_ARGUMENT).env_clear().current_dir("/");
        command.stdin(OwnedFd::from(theirs)).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().map_err(|reason| broken("cannot start another process of rlint", reason))?;
        // The command still holds the other end of the socket; with it, the end of the worker would not be seen.
        drop(command);
        let mut worker = Worker { child, socket, way: options.way.clone(), lost: false };
        let ready = worker.set_up(&layers);
        if let Err(why) = ready {
            worker.lost = true;
            return Err(unavailable(why));
        }
        worker.socket.set_read_timeout(None).map_err(|reason| broken("cannot lift a time limit", reason))?;
        Ok(worker)
    }

    /// The way of being root that it goes.
    pub fn way(&self) -> &Way {
        &self.way
    }

    /// The number of its first process; all others of it are below that one.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What ends it, for other threads.
    pub fn canceller(&self) -> io::Result<Canceller> {
        Ok(Canceller(self.socket.try_clone()?))
    }

    /// Asks for something and waits for the answer. Output of a step goes to `output` as it comes.
    pub fn call(
        &mut self,
        request: &Request,
        descriptor: Option<BorrowedFd<'_>>,
        output: &mut dyn FnMut(&str),
    ) -> Result<Response, WorkerError> {
        if self.lost {
            return Err(WorkerError::Lost { why: "it was gone before this was asked of it".to_owned() });
        }
        let answer = self.exchange(request, descriptor, output);
        self.lost |= answer.is_err();
        answer.map_err(|why| WorkerError::Lost { why })
    }

    fn exchange(
        &mut self,
        request: &Request,
        descriptor: Option<BorrowedFd<'_>>,
        output: &mut dyn FnMut(&str),
    ) -> Result<Response, String> {
        frame::send(&self.socket, request, descriptor).map_err(|reason| reason.to_string())?;
        loop {
            match frame::receive(&self.socket).map_err(|reason| reason.to_string())? {
                Some((Message::Output(text), _)) => output(&text),
                Some((Message::Answer(response), _)) => return Ok(response),
                None => return Err(self.how_it_ended()),
            }
        }
    }

    fn set_up(&mut self, layers: &Path) -> Result<(), String> {
        let order = Order::Start { way: self.way.clone(), layers: layers.as_os_str().as_bytes().to_vec() };
        self.say(&order)?;
        loop {
            match frame::receive(&self.socket).map_err(|reason| format!("it does not answer: {reason}"))? {
                Some((Report::NeedsMaps, _)) => {
                    self.way.map(self.child.id())?;
                    self.say(&Order::Mapped)?;
                }
                Some((Report::Ready, _)) => return Ok(()),
                Some((Report::Unable { why }, _)) => return Err(why),
                None => return Err(format!("the new process ended at once: {}", self.how_it_ended())),
            }
        }
    }

    fn say(&self, order: &Order) -> Result<(), String> {
        frame::send(&self.socket, order, None).map_err(|reason| format!("it does not listen: {reason}"))
    }

    fn how_it_ended(&mut self) -> String {
        match self.end(END) {
            Some(status) => status.to_string(),
            None => "it did not end by itself and was killed".to_owned(),
        }
    }

    /// Waits until it is gone, and kills it when that takes too long.
    fn end(&mut self, limit: Duration) -> Option<std::process::ExitStatus> {
        // The worker may have closed its side before.
        let _ = self.socket.shutdown(Shutdown::Both);
        let start = Instant::now();
        let mut pause = Duration::from_micros(200);
        while start.elapsed() < limit {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(20));
        }
        // It is our child, so it can be killed, and then waiting cannot take long.
        let _ = self.child.kill();
        let _ = self.child.wait();
        None
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.end(END);
    }
}

/// Makes the folder of the layers of a way, which belongs to root inside.
fn prepare(store: &Path, way: &Way) -> Result<PathBuf, String> {
    let folder = store.join("layers").join(way.folder());
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder);
    made.map_err(|reason| format!("cannot make the folder {}: {reason}", folder.display()))?;
    if let Way::Root { .. } = way {
        let (uid, gid) = way.root();
        chown(&folder, Some(uid), Some(gid))
            .map_err(|reason| format!("cannot give away the folder {}: {reason}", folder.display()))?;
    }
    fs::canonicalize(&folder).map_err(|reason| format!("cannot find the folder {}: {reason}", folder.display()))
}
