//! The worker: rlint started again with a hidden argument. A first process enters the namespaces and waits; the second one
//! is the first of its namespace of processes, has one thread and serves requests. When rlint is gone, the socket ends, and the
//! worker kills what runs, removes what is not whole and goes too. When the worker itself is killed, the kernel ends all that is
//! in its namespace with it.

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{SigSet, SigmaskHow, sigprocmask};
use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, dup2_stdin, fork, setsid};

use super::calls::{at, close_from, process_control};
use super::client::{Order, Report};
use super::frame;
use super::ids::Way;
use super::jail::{self, Host};
use super::layers::Layers;
use super::request::{Message, Request, Response};
use super::seccomp::Filters;
use super::{mounts, operator, run};

/// The first argument of a worker. Nothing that a person would give.
pub(super) const WORKER_ARGUMENT: &str = "__rlint-build-worker";

/// Is a worker if this process was started as one, and then returns how that ended. The first thing that `main` of a program
/// must do that builds with this library.
pub fn run_worker() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    (arguments.next()? == WORKER_ARGUMENT).then(|| match be_worker() {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever waits for us sees the end of the socket, and has no use for a text.
        Err(_) => ExitCode::FAILURE,
    })
}

/// What a worker has.
pub(super) struct Server {
    /// rlint.
    pub(super) socket: UnixStream,
    /// The way of being root.
    pub(super) way: Way,
    /// What is kept of the host.
    pub(super) host: Host,
    /// The layers.
    pub(super) layers: Layers,
    /// What steps may not call.
    pub(super) filters: Filters,
    /// A network with nothing but a loopback device; made for the first step that needs it.
    pub(super) no_network: Option<OwnedFd>,
}

fn be_worker() -> Result<(), String> {
    let socket = take_socket().map_err(|reason| format!("there is no socket: {reason}"))?;
    let outcome = set_up(&socket);
    let (way, host) = match outcome {
        Ok(ready) => ready,
        Err(why) => return unable(&socket, why),
    };
    // SAFETY: this process has had one thread from its start on.
    match unsafe { fork() } {
        Err(reason) => unable(&socket, format!("cannot start a process: {reason}")),
        Ok(ForkResult::Parent { child }) => {
            drop(socket);
            loop {
                match waitpid(child, None) {
                    Err(Errno::EINTR) => {}
                    Ok(WaitStatus::Exited(_, 0)) => return Ok(()),
                    _ => return Err("the worker did not end well".to_owned()),
                }
            }
        }
        Ok(ForkResult::Child) => match Server::new(socket, way, host) {
            Ok(server) => server.serve(),
            Err((socket, why)) => unable(&socket, why),
        },
    }
}

/// Says why there is no worker.
fn unable(socket: &UnixStream, why: String) -> Result<(), String> {
    frame::send(socket, &Report::Unable { why: why.clone() }, None).map_err(|reason| reason.to_string())?;
    Err(why)
}

/// The socket to rlint comes as standard input. All other descriptors that were passed on by accident are closed.
fn take_socket() -> io::Result<UnixStream> {
    let socket = io::stdin().as_fd().try_clone_to_owned()?;
    let null = std::fs::File::open("/dev/null")?;
    dup2_stdin(&null)?;
    drop(null);
    let lowest = std::os::fd::AsRawFd::as_raw_fd(&socket);
    close_from(lowest.unsigned_abs() + 1, false)?;
    let socket = UnixStream::from(socket);
    socket.peer_addr()?;
    Ok(socket)
}

fn set_up(socket: &UnixStream) -> Result<(Way, Host), String> {
    // Keys of the terminal are for rlint, which ends us in good order.
    at(setsid(), "cannot leave the terminal")?;
    at(sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::empty()), None), "cannot take signals")?;
    let Order::Start { way, layers } = next_order(socket)? else {
        return Err("the first order is a wrong one".to_owned());
    };
    let layers = PathBuf::from(OsString::from_vec(layers));
    let host = jail::enter(&way, &layers, || {
        frame::send(socket, &Report::NeedsMaps, None).map_err(|reason| reason.to_string())?;
        match next_order(socket)? {
            Order::Mapped => Ok(()),
            Order::Start { .. } => Err("an order came twice".to_owned()),
        }
    })?;
    Ok((way, host))
}

fn next_order(socket: &UnixStream) -> Result<Order, String> {
    let received = frame::receive(socket).map_err(|reason| reason.to_string())?;
    received.map(|(order, _)| order).ok_or_else(|| "rlint is gone".to_owned())
}

impl Server {
    fn new(socket: UnixStream, way: Way, host: Host) -> Result<Server, (UnixStream, String)> {
        let made = (|| {
            at(process_control(libc::PR_SET_PDEATHSIG, libc::SIGKILL as libc::c_ulong), "cannot be ended with rlint")?;
            jail::settle()?;
            raise_open_files();
            let layers = Layers::open(Path::new(jail::LAYERS), Path::new(jail::SCRATCH))?;
            for folder in mounts::FOLDERS {
                at(std::fs::create_dir(folder), "cannot make a folder in memory")?;
            }
            let filters = Filters::new(!way.has_ids())?;
            layers.check_overlay()?;
            Ok((layers, filters))
        })();
        match made {
            Ok((layers, filters)) => Ok(Server { socket, way, host, layers, filters, no_network: None }),
            Err(why) => Err((socket, why)),
        }
    }

    /// Serves requests until rlint is gone.
    fn serve(mut self) -> Result<(), String> {
        frame::send(&self.socket, &Report::Ready, None).map_err(|reason| reason.to_string())?;
        loop {
            let received = frame::receive::<Request>(&self.socket).map_err(|reason| reason.to_string())?;
            let Some((request, descriptor)) = received else { return Ok(()) };
            let response = match request {
                Request::Run(step) => run::run(&mut self, &step),
                other => operator::operate(&mut self, other, descriptor),
            };
            let Some(response) = response else { return Ok(()) };
            frame::send(&self.socket, &Message::Answer(response), None).map_err(|reason| reason.to_string())?;
        }
    }

    /// Whether rlint is still there. Whatever it sends while a request is served can only be its end.
    pub(super) fn is_alone(&self) -> bool {
        let mut wait = [PollFd::new(self.socket.as_fd(), PollFlags::POLLIN)];
        poll(&mut wait, PollTimeout::ZERO).is_ok_and(|count| count > 0)
    }
}

/// Walking deep trees takes a descriptor for each level.
fn raise_open_files() {
    if let Ok((_, most)) = getrlimit(Resource::RLIMIT_NOFILE) {
        // With less, only trees that are less deep can be walked, which is said where it happens.
        let _ = setrlimit(Resource::RLIMIT_NOFILE, most.min(65_536), most);
    }
}

/// The answer to what went wrong in the machine.
pub(super) fn failed(what: String) -> Response {
    Response::Failed { what }
}
