//! Other engines that build the same Dockerfiles.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use super::against::{Bench, Case};

pub(super) enum Engine {
    Buildah(Buildah),
    Docker(Docker),
}

impl Engine {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Engine::Buildah(_) => "buildah",
            Engine::Docker(_) => "Docker",
        }
    }

    /// Builds the case and writes its image to `archive`, as `docker save` does.
    pub(super) fn build(&self, name: &str, case: &Case, context: &Path, archive: &Path) -> Result<(), String> {
        let name = format!("localhost/{name}");
        let file = context.join("Dockerfile").to_string_lossy().into_owned();
        let mut arguments: Vec<&str> = match self {
            Engine::Buildah(_) => {
                vec!["bud", "--isolation", "chroot", "--layers", "--pull-never", "--format", "docker"]
            }
            Engine::Docker(_) => vec!["build", "--network", "none", "--progress", "plain"],
        };
        arguments.extend(["-t", &name, "-f", &file]);
        if let Some(target) = case.target.as_deref().filter(|target| !target.is_empty()) {
            arguments.extend(["--target", target]);
        }
        case.arguments.iter().for_each(|own| arguments.extend(["--build-arg", own.as_str()]));
        let context = context.to_string_lossy().into_owned();
        arguments.push(&context);
        self.must(&arguments)?;
        let place = archive.to_string_lossy().into_owned();
        match self {
            Engine::Buildah(_) => self.must(&["push", "-q", &name, &format!("docker-archive:{place}")]),
            Engine::Docker(_) => self.must(&["save", "-o", &place, &name]),
        }
    }

    fn must(&self, arguments: &[&str]) -> Result<(), String> {
        let output = match self {
            Engine::Buildah(buildah) => buildah.run(arguments),
            Engine::Docker(docker) => docker.run(arguments),
        };
        if output.status.success() { Ok(()) } else { Err(told(&output)) }
    }
}

/// The last lines of what it said.
fn told(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.lines().rev().take(3).collect::<Vec<_>>().join(" / ")
}

pub(super) struct Buildah {
    root: PathBuf,
    run_root: PathBuf,
}

impl Buildah {
    /// An installed buildah that has the base of the bench.
    pub(super) fn prepare(bench: &Bench) -> Result<Engine, String> {
        if Command::new("buildah").arg("--version").output().is_err() {
            return Err("it is not installed".to_owned());
        }
        let buildah = Engine::Buildah(Buildah { root: bench.path("root"), run_root: bench.path("runroot") });
        buildah.must(&["pull", "-q", &format!("docker-archive:{}", bench.path("base.tar").display())])?;
        Ok(buildah)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("buildah");
        command.arg("--root").arg(&self.root).arg("--runroot").arg(&self.run_root);
        command.args(["--storage-driver", "vfs"]).args(arguments);
        command.output().unwrap_or_else(|error| panic!("buildah: {error}"))
    }
}

/// An engine of Docker that the test has started, without a network. What builds is the BuildKit in it.
pub(super) struct Docker {
    daemon: Child,
    client: PathBuf,
    host: String,
}

impl Docker {
    /// Starts the engine and gives it the base of the bench.
    pub(super) fn start(bench: &Bench) -> Result<Engine, String> {
        let daemon = Path::new("/usr/sbin/dockerd");
        // The client that came with it: another one may not know its BuildKit.
        let client = PathBuf::from("/usr/bin/docker");
        if !daemon.is_file() || !client.is_file() {
            return Err("it is not installed (Debian's package `docker.io`)".to_owned());
        }
        let log = File::create(bench.path("dockerd.log")).map_err(|error| error.to_string())?;
        let errors = log.try_clone().map_err(|error| error.to_string())?;
        let host = format!("unix://{}", bench.path("docker.sock").display());
        let mut command = Command::new(daemon);
        command.args(["--iptables=false", "--ip6tables=false", "--bridge=none", "--host", &host]);
        for (flag, name) in [("--data-root", "docker"), ("--exec-root", "docker-run"), ("--pidfile", "docker.pid")] {
            command.arg(flag).arg(bench.path(name));
        }
        let daemon = command.stdin(Stdio::null()).stdout(log).stderr(errors).spawn();
        let mut docker = Docker { daemon: daemon.map_err(|error| error.to_string())?, client, host };
        let start = Instant::now();
        while !docker.run(&["version"]).status.success() {
            let has_ended = docker.daemon.try_wait().map_err(|error| error.to_string())?.is_some();
            if has_ended || start.elapsed() > Duration::from_secs(60) {
                let log = std::fs::read_to_string(bench.path("dockerd.log")).unwrap_or_default();
                return Err(format!("it does not start: {}", log.lines().last().unwrap_or("")));
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let docker = Engine::Docker(docker);
        docker.must(&["load", "-i", &bench.path("base.tar").to_string_lossy()])?;
        docker.must(&["tag", "localhost/base", "base"])?;
        Ok(docker)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(&self.client);
        command.args(["--host", &self.host]).args(arguments).env("DOCKER_BUILDKIT", "1");
        command.output().unwrap_or_else(|error| panic!("docker: {error}"))
    }
}

impl Drop for Docker {
    fn drop(&mut self) {
        if !matches!(self.daemon.try_wait(), Ok(None)) {
            return;
        }
        // In good order, so that it unmounts what it has mounted and ends what it has started.
        let process = nix::unistd::Pid::from_raw(self.daemon.id().cast_signed());
        let _ = nix::sys::signal::kill(process, nix::sys::signal::Signal::SIGTERM);
        let _ = self.daemon.wait();
    }
}
