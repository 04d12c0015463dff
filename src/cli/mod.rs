//! The command line: the only place, with `config/discover.rs`, that touches files.

pub mod args;
mod baselines;
pub mod build;
mod check;
mod config;
pub mod examples;
mod files;
mod fixing;
mod flags;
mod git;
mod layers;
#[cfg(feature = "lsp")]
mod log_file;
mod output;
#[cfg(all(feature = "build", target_os = "linux"))]
mod prove;
mod rule;
mod run;
#[cfg(feature = "lsp")]
mod server;
mod shellcheck;
pub mod store;
mod terminal;
mod test;
mod walk;

use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{Arguments, Command};
use output::write_stdout;

/// How a run ends, as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Exit {
    /// Nothing at or above `--fail-on`.
    Clean = 0,
    /// Something was found.
    Found = 1,
    /// The run itself failed: usage, configuration, a missing path, an internal error.
    Failed = 2,
}

/// Runs the program: reads its arguments, does what they say and returns how that ended.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.command {
        None => check::run(&arguments.check),
        Some(Command::Check(arguments)) => check::run(&arguments),
        Some(Command::Rule(arguments)) => rule::run(&arguments),
        Some(Command::Config(arguments)) => config::run(&arguments),
        Some(Command::Test(arguments)) => test::run(&arguments),
        Some(Command::Layers(arguments)) => layers::run(&arguments),
        Some(Command::Completions { shell }) => completions(shell),
        Some(Command::Man) => manual(),
        Some(Command::Version) => write_stdout(format!("rlint {}\n", env!("CARGO_PKG_VERSION")).as_bytes()),
        Some(Command::Build(arguments)) => build::run(&arguments),
        Some(Command::Store(arguments)) => store::run(&arguments),
        #[cfg(feature = "lsp")]
        Some(Command::Server(_)) => return server::run(),
    };
    let exit = done.unwrap_or_else(|message| {
        error(&message);
        Exit::Failed
    });
    ExitCode::from(exit as u8)
}

fn completions(shell: clap_complete::Shell) -> Result<Exit, String> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "rlint", &mut script);
    write_stdout(&script)
}

fn manual() -> Result<Exit, String> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut page).map_err(|reason| reason.to_string())?;
    write_stdout(&page)
}

/// Says on standard error why the run fails.
fn error(message: &str) {
    // Where standard error is closed, nobody listens.
    let _ = writeln!(std::io::stderr(), "error: {message}");
}

/// Says something on standard error that does not make the run fail.
fn warning(message: &str) {
    let _ = writeln!(std::io::stderr(), "warning: {message}");
}

/// Says something on standard error that is good to know.
fn note(message: &str) {
    let _ = writeln!(std::io::stderr(), "note: {message}");
}
