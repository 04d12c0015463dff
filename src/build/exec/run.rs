//! A step, as the worker sees it: prepares it, starts it, passes its output on, holds it to its limits, and keeps what it changed.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, PipeReader, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::wait::{Id, WaitPidFlag, WaitStatus, waitid};

use super::caches::{self, Held, Wanted};
use super::calls::{Cloned, at, clone_process, kill, leave};
use super::frame;
use super::layers::Place;
use super::mounts::{self, Prepared};
use super::output::Neutralizer;
use super::remove::{measure, too_large};
use super::request::{Done, ExitStatus, Exited, Limit, Message, Network, Response, RunStep, StepMount};
use super::step::{Plan, Problem, Word, become_step};
use super::watch::{Places, Watch};
use super::worker::{Server, failed};

/// What a folder in memory may hold where nothing is said and memory is not limited.
const DEFAULT_TMPFS: u64 = 1 << 30;

/// Why a step ends without an answer of its own.
enum Stop {
    Answer(Response),
    /// rlint is gone.
    Alone,
}

impl From<String> for Stop {
    fn from(what: String) -> Stop {
        Stop::Answer(failed(what))
    }
}

/// Runs a step. `None` where rlint is gone; then nothing of the step is left.
pub(super) fn run(server: &mut Server, step: &RunStep) -> Option<Response> {
    match try_to_run(server, step) {
        Ok(response) | Err(Stop::Answer(response)) => Some(response),
        Err(Stop::Alone) => None,
    }
}

fn try_to_run(server: &mut Server, step: &RunStep) -> Result<Response, Stop> {
    let start = Instant::now();
    check(step).map_err(|what| Stop::Answer(Response::Refused { what }))?;
    server.layers.check_new(&step.layer)?;
    let stack = server.layers.stack(&step.lowers)?;
    let place = server.layers.place()?;
    let upper = server.layers.new_upper(&place, &step.lowers)?;
    let deadline = start + Duration::from_secs(step.limits.seconds);
    let (prepared, held) = prepare_mounts(server, step, &place, deadline)?;
    prepare_files(server, step)?;
    let network = match step.network {
        Network::Host => None,
        Network::None => Some(no_network(server)?),
    };
    let mut places = Places { own: vec![upper.clone()], caches: Vec::new() };
    for mount in &prepared {
        match mount {
            Prepared::Bind { place, .. } => places.own.extend(place.iter().map(|place| place.join("upper"))),
            Prepared::Cache { data, .. } => places.caches.push(data.clone()),
            Prepared::Tmpfs { .. } => {}
        }
    }
    let mut watch = Watch::new(step.limits, &upper, places);
    let limits = *watch.limits();
    let (output, output_end) = at(io::pipe(), "cannot make a pipe")?;
    let (words, words_end) = at(io::pipe(), "cannot make a pipe")?;
    // Of a bind, only its source says what its mount point must be.
    let targets: Vec<String> = step.mounts.iter().map(|mount| mount.target().to_owned()).collect();
    let has_bind = step.mounts.iter().any(|mount| matches!(mount, StepMount::Bind { .. }));
    let stubs = if has_bind { None } else { server.layers.known_stubs(&step.lowers, &targets) };
    let plan = Plan {
        step,
        limits: &limits,
        way: &server.way,
        has_sys: server.host.has_sys,
        filters: &server.filters,
        stack,
        stubs,
        place: &place.path,
        mounts: prepared,
        output: output_end.as_fd(),
        network: network.as_ref().map(AsFd::as_fd),
    };
    let process = start_process(&plan, words_end)?;
    // The step takes its time to get ready.
    server.layers.tidy();
    drop(plan);
    drop(output_end);
    let mut running =
        Running { server, process, output, neutralizer: Neutralizer::default(), left: limits.output, dropped: 0 };
    let stopped = running.follow(&mut watch, deadline);
    let status = running.end()?;
    let dropped_output = running.dropped;
    drop(held);
    if let Some(limit) = stopped? {
        return Ok(Response::Limit(limit));
    }
    let through = hear(words)?;
    if let Some(through) = through.filter(|_| !has_bind) {
        server.layers.know_stubs(&place, &step.lowers, targets, through)?;
    }
    let mut done = Done::default();
    if status.is_success() {
        match keep(server, step, &upper, limits.disk)? {
            Ok(kept) => done = kept,
            Err(limit) => return Ok(Response::Limit(limit)),
        }
    }
    server.layers.leave(place);
    let milliseconds = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    Ok(Response::Exited(Exited { status, done, dropped_output, milliseconds }))
}

impl From<Response> for Stop {
    fn from(response: Response) -> Stop {
        Stop::Answer(response)
    }
}

/// What cannot be run as it is asked for.
fn check(step: &RunStep) -> Result<(), String> {
    let has_zero = |text: &String| text.contains('\0');
    if step.arguments.is_empty() {
        return Err("there is no program to run".to_owned());
    }
    if step.arguments.iter().any(has_zero) || step.environment.iter().any(|(n, v)| has_zero(n) || has_zero(v)) {
        return Err("an argument or a variable has a zero byte".to_owned());
    }
    if step.environment.iter().any(|(name, _)| name.is_empty() || name.contains('=')) {
        return Err("a variable has no name, or one with `=`".to_owned());
    }
    if !step.directory.starts_with('/') || has_zero(&step.directory) {
        return Err(format!("the folder `{}` is not absolute", step.directory.escape_debug()));
    }
    if step.hostname.is_empty() || step.hostname.len() > 64 {
        return Err("the name of the machine is empty or too long".to_owned());
    }
    for mount in &step.mounts {
        let target = mount.target();
        let names = || target.split('/').filter(|name| !name.is_empty());
        let reserved = matches!(names().next(), None | Some("proc" | "sys")) || names().eq(["dev"]);
        if !target.starts_with('/') || names().any(|name| name == "..") || has_zero(&target.to_owned()) || reserved {
            return Err(format!("nothing can be mounted on `{}`", target.escape_debug()));
        }
    }
    for (path, _) in &step.files {
        let names = path.strip_prefix("/dev/").map(|inner| inner.split('/').collect::<Vec<_>>()).unwrap_or_default();
        let wrong = |name: &&str| matches!(*name, "" | "." | "..");
        if names.is_empty() || names.iter().any(wrong) || has_zero(path) {
            return Err(format!("a file can be given only below /dev/, not as `{}`", path.escape_debug()));
        }
    }
    Ok(())
}

fn prepare_mounts(
    server: &mut Server,
    step: &RunStep,
    place: &Place,
    deadline: Instant,
) -> Result<(Vec<Prepared>, Vec<Held>), Stop> {
    let (mut prepared, mut held) = (Vec::new(), Vec::<Held>::new());
    let in_memory = step.mounts.iter().filter(|mount| matches!(mount, StepMount::Tmpfs { .. })).count();
    let most_each = step.limits.memory.unwrap_or(DEFAULT_TMPFS) / (in_memory.max(1) as u64);
    for (index, mount) in step.mounts.iter().enumerate() {
        let own = |what: &str| place.path.join(format!("{what}-{index}"));
        prepared.push(match mount {
            StepMount::Bind { layers, source, target, writable } => {
                let place = writable.then(|| own("bind"));
                let stack = server.layers.stack(layers)?;
                Prepared::Bind { stack, source: source.clone(), target: target.clone(), place }
            }
            StepMount::Tmpfs { target, size } => {
                // All of them together are memory of the step.
                Prepared::Tmpfs { target: target.clone(), size: size.unwrap_or(most_each).min(most_each) }
            }
            StepMount::Cache { id, target, sharing, mode, uid, gid, read_only, from } => {
                let from = from.as_ref().map(|(layers, source)| (layers.as_slice(), source.as_str()));
                let wanted = Wanted { id, from, sharing: *sharing, mode: *mode, owner: (*uid, *gid) };
                let data = hold_once(server, step, &wanted, deadline, &mut held)?;
                let work = own("work-of-cache");
                at(fs::create_dir(&work), "cannot make a folder in the store")?;
                let stack = server.layers.stack(from.map_or(&[], |(layers, _)| layers))?;
                let source = from.map(|(_, source)| source.to_owned());
                let (target, read_only) = (target.clone(), *read_only);
                Prepared::Cache { stack, source, target, data, work, read_only }
            }
        });
    }
    Ok((prepared, held))
}

fn hold_once(
    server: &Server,
    step: &RunStep,
    wanted: &Wanted<'_>,
    deadline: Instant,
    held: &mut Vec<Held>,
) -> Result<std::path::PathBuf, Stop> {
    let late = || Instant::now() >= deadline;
    match caches::hold(server, wanted, held, late)? {
        caches::Outcome::Held(cache) => {
            let data = cache.data.clone();
            held.push(cache);
            Ok(data)
        }
        caches::Outcome::Twice => Err(Stop::Answer(Response::Refused {
            what: format!("the step mounts the cache `{}` twice", wanted.id.escape_debug()),
        })),
        caches::Outcome::Alone => Err(Stop::Alone),
        caches::Outcome::Late => Err(Response::Limit(Limit::Time(step.limits.seconds)).into()),
    }
}

/// The names of hosts that the step knows. It runs alone, so they lie where the last one's did.
fn prepare_files(server: &Server, step: &RunStep) -> Result<(), String> {
    let names = format!("127.0.0.1\tlocalhost {}\n::1\tlocalhost ip6-localhost ip6-loopback\n", step.hostname);
    at(fs::write(mounts::HOSTS, names), "cannot write the names of hosts")?;
    let resolv_conf: &[u8] = match step.network {
        Network::Host => &server.host.resolv_conf,
        Network::None => b"",
    };
    at(fs::write(mounts::RESOLV_CONF, resolv_conf), "cannot write how names are looked up")
}

/// A network with a loopback device only. All steps of a worker that need one share it; nothing stays in it.
fn no_network(server: &mut Server) -> Result<OwnedFd, String> {
    if server.no_network.is_none() {
        server.no_network = Some(at(make_network(), "cannot make a network without devices")?);
    }
    let network = server.no_network.as_ref().ok_or_else(|| "there is no network".to_owned())?;
    at(network.try_clone(), "cannot use a network without devices")
}

fn make_network() -> io::Result<OwnedFd> {
    let (mut ready, mut ready_end) = io::pipe()?;
    let (mut finish, finish_end) = io::pipe()?;
    // SAFETY: the worker has one thread.
    match unsafe { clone_process(libc::CLONE_NEWNET) }? {
        Cloned::Child => {
            drop(finish_end);
            let brought_up = super::network::bring_up_loopback();
            // The worker sees from the byte how it went, and ends us by closing the other pipe.
            let _ = ready_end.write_all(&[u8::from(brought_up.is_ok())]);
            let _ = finish.read(&mut [0]);
            leave(0)
        }
        Cloned::Parent(pid, _) => {
            drop(ready_end);
            let mut byte = [0];
            let opened = ready.read_exact(&mut byte).and_then(|()| File::open(format!("/proc/{pid}/ns/net")));
            drop(finish_end);
            let _ = nix::sys::wait::waitpid(nix::unistd::Pid::from_raw(pid), None);
            if byte == [0] {
                return Err(io::Error::other("its loopback device does not come up"));
            }
            Ok(opened?.into())
        }
    }
}

fn start_process(plan: &Plan<'_>, words: io::PipeWriter) -> Result<OwnedFd, String> {
    let namespaces =
        libc::CLONE_NEWPID | libc::CLONE_NEWNS | libc::CLONE_NEWIPC | libc::CLONE_NEWUTS | libc::CLONE_NEWCGROUP;
    // SAFETY: the worker has one thread.
    match at(unsafe { clone_process(namespaces) }, "cannot start a process")? {
        Cloned::Parent(_, process) => Ok(process),
        Cloned::Child => {
            // Without a reader, nobody wants to know.
            let mut say = |word: &Word| _ = serde_json::to_writer(&words, word);
            let step = std::panic::AssertUnwindSafe(|| become_step(plan, words.as_fd(), &mut say));
            let outcome = std::panic::catch_unwind(step);
            let problem = match outcome {
                Ok(Err(problem)) => problem,
                Ok(Ok(never)) => match never {},
                Err(_) => Problem::Failed("the sandbox has an error of its own".to_owned()),
            };
            say(&Word::Problem(problem));
            leave(127)
        }
    }
}

/// What the process said before it became the step; an error where it did not.
fn hear(mut words: PipeReader) -> Result<Option<BTreeSet<String>>, Stop> {
    let mut bytes = Vec::new();
    at(words.read_to_end(&mut bytes), "cannot hear from the step")?;
    let mut heard = None;
    for word in serde_json::Deserializer::from_slice(&bytes).into_iter() {
        match word {
            Ok(Word::Through(names)) => heard = Some(names),
            Ok(Word::Problem(Problem::Invalid(what))) => return Err(Response::Invalid { what }.into()),
            Ok(Word::Problem(Problem::Failed(what))) => return Err(what.into()),
            Err(reason) => return Err(format!("cannot understand what a step says: {reason}").into()),
        }
    }
    Ok(heard)
}

/// Gives the layer its name, if there is anything in it and it is within its limits.
fn keep(server: &Server, step: &RunStep, upper: &std::path::Path, most: u64) -> Result<Result<Done, Limit>, Stop> {
    let usage = at(measure(upper), "cannot look at what the step changed")?;
    let Some(usage) = usage else {
        let what = "the step leaves folders that are nested deeper than any path can say".to_owned();
        return Err(Stop::Answer(Response::Refused { what }));
    };
    if usage.disk > most {
        return Ok(Err(Limit::Disk(most)));
    }
    if let Some(what) = too_large(&usage) {
        return Err(Stop::Answer(Response::Refused { what }));
    }
    if usage.entries > 0 {
        server.layers.publish(upper, &step.layer)?;
    }
    Ok(Ok(Done { changed: usage.entries > 0, entries: usage.entries, bytes: usage.bytes }))
}

/// A step that runs.
struct Running<'s> {
    server: &'s Server,
    process: OwnedFd,
    output: PipeReader,
    neutralizer: Neutralizer,
    /// Bytes of output that may still be passed on.
    left: u64,
    dropped: u64,
}

impl Running<'_> {
    /// Follows the step to its end. The limit that it passed, if any.
    fn follow(&mut self, watch: &mut Watch, deadline: Instant) -> Result<Option<Limit>, Stop> {
        let mut has_output = true;
        loop {
            let now = Instant::now();
            if now >= deadline {
                return Ok(Some(Limit::Time(watch.limits().seconds)));
            }
            let wait = watch.wait().min(deadline - now);
            let ready = self.wait(wait, has_output)?;
            if ready.output {
                has_output = self.pass_on()?;
            }
            if ready.ended {
                return Ok(None);
            }
            if let Some(limit) = watch.look() {
                return Ok(Some(limit));
            }
        }
    }

    fn wait(&self, wait: Duration, has_output: bool) -> Result<Ready, Stop> {
        let read = PollFlags::POLLIN;
        let output = if has_output { self.output.as_fd() } else { self.process.as_fd() };
        let mut polled = [
            PollFd::new(self.process.as_fd(), read),
            PollFd::new(self.server.socket.as_fd(), read),
            PollFd::new(output, read),
        ];
        // A wait of less than a millisecond is one of none, which is only a turn more.
        let timeout = PollTimeout::try_from(wait.as_millis() as i32 + 1).unwrap_or(PollTimeout::ZERO);
        match poll(&mut polled, timeout) {
            Err(nix::errno::Errno::EINTR) => {}
            other => _ = at(other, "cannot wait for the step")?,
        }
        let any = |index: usize| polled[index].any().unwrap_or(false);
        if any(1) {
            return Err(Stop::Alone);
        }
        Ok(Ready { ended: any(0), output: has_output && any(2) })
    }

    /// Passes some output on. False where no more can come.
    fn pass_on(&mut self) -> Result<bool, Stop> {
        let mut bytes = [0; 64 << 10];
        let count = at(self.output.read(&mut bytes), "cannot read the output of the step")?;
        let room = usize::try_from(self.left).unwrap_or(usize::MAX).min(count);
        self.left -= room as u64;
        self.dropped += (count - room) as u64;
        let text = if count == 0 { self.neutralizer.end() } else { self.neutralizer.text(&bytes[..room]) };
        if !text.is_empty() {
            let sent = frame::send(&self.server.socket, &Message::Output(text), None);
            sent.map_err(|_| Stop::Alone)?;
        }
        Ok(count > 0)
    }

    /// Makes sure that nothing of the step runs, and says how it ended. The first process is waited for until all others of its
    /// namespace are gone.
    fn end(&mut self) -> Result<ExitStatus, Stop> {
        kill(self.process.as_fd());
        let status = loop {
            match waitid(Id::PIDFd(self.process.as_fd()), WaitPidFlag::WEXITED) {
                Err(nix::errno::Errno::EINTR) => {}
                other => break at(other, "cannot learn how the step ended")?,
            }
        };
        while self.pass_on().is_ok_and(|more| more) {}
        Ok(match status {
            WaitStatus::Signaled(_, signal, _) => ExitStatus::Signal(signal as i32),
            WaitStatus::Exited(_, code) => ExitStatus::Code(code),
            _ => ExitStatus::Code(-1),
        })
    }
}

struct Ready {
    ended: bool,
    output: bool,
}
