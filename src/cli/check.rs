//! `rlint check`: from arguments to an exit code.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use super::args::{CheckArguments, Format, Verify, When};
use super::files::DiskFiles;
use super::run::{Run, complain, groups};
use super::walk::{Target, WalkOptions, Walked, collect};
use super::{Exit, flags, output, terminal};
use crate::config::absolute;
use crate::config::discover::Discovery;
use crate::config::listings::Listings;
use crate::config::options::Options;
use crate::emit::display_path;
use crate::lint::Catalog;
use crate::lint::settings::LARGEST_FILE;
use crate::syntax::kind::kind_of;
use crate::text::{Files, Source};

/// Checks what the arguments name.
///
/// # Errors
///
/// A message when the run cannot begin or its result cannot be written.
pub(super) fn run(arguments: &CheckArguments) -> Result<Exit, String> {
    let started = Instant::now();
    refuse_combinations(arguments)?;
    let current = std::env::current_dir().map_err(|reason| format!("there is no current folder: {reason}"))?;
    let catalog = catalog(arguments, &current);
    let discovery = discovery(arguments, &catalog, &current)?;
    if let Some(threads) = arguments.threads {
        // It fails only where a pool was started before, and none was.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(threads.get()).build_global();
    }
    let listings = Arc::new(Listings::new(&current));
    let mut files = DiskFiles::new(LARGEST_FILE, listings.clone());
    let mut stdin = None;
    let walked = if arguments.paths.iter().any(|path| path.as_os_str() == "-") {
        let name = arguments.stdin_filename.clone().unwrap_or_else(|| PathBuf::from("-"));
        files = files.with_stdin(name.clone(), read_stdin()?);
        stdin = Some(name.clone());
        of_stdin(&name, &discovery, arguments, &current)
    } else {
        walk(arguments, &discovery, &current, &listings)
    };
    if arguments.show_settings {
        return show_settings(&walked, &current);
    }
    if arguments.show_files {
        return show_files(&walked, &files);
    }
    let mut run = Run {
        arguments,
        catalog: &catalog,
        current: &current,
        files,
        walked,
        stdin,
        started,
        #[cfg(all(feature = "build", target_os = "linux"))]
        prover: None,
    };
    run.finish()
}

/// What flags say that only make sense together, or apart.
fn refuse_combinations(arguments: &CheckArguments) -> Result<(), String> {
    let stdin = arguments.paths.iter().any(|path| path.as_os_str() == "-");
    if stdin && arguments.paths.len() > 1 {
        return Err("`-` stands alone: standard input cannot be checked together with other paths".to_owned());
    }
    if arguments.stdin_filename.is_some() && !stdin {
        return Err(
            "--stdin-filename is the name of what comes on standard input, but `-` is not among the paths".to_owned()
        );
    }
    if arguments.unsafe_fixes && !(arguments.fix || arguments.fix_only || arguments.diff) {
        return Err("--unsafe-fixes says which fixes to apply; it goes with --fix, --fix-only or --diff".to_owned());
    }
    if arguments.verify == Some(Verify::Build) {
        if !(arguments.fix || arguments.fix_only || arguments.diff) {
            return Err(
                "--verify=build says how fixes are verified; it goes with --fix, --fix-only or --diff".to_owned()
            );
        }
        if stdin {
            return Err("--verify=build needs the files around a Dockerfile, and standard input has none".to_owned());
        }
        if arguments.backend.is_some() && !arguments.base.is_empty() {
            return Err(
                "--base says where rlint finds an image; the engine of --backend has images of its own".to_owned()
            );
        }
    } else if arguments.backend.is_some() {
        return Err("--backend says who builds fixes; it goes with --verify=build".to_owned());
    } else if !arguments.base.is_empty() || !arguments.build_arg.is_empty() || arguments.pull.is_some() {
        return Err("--base, --build-arg and --pull say how fixes are built; they go with --verify=build".to_owned());
    }
    if arguments.show_fixes && !(arguments.fix || arguments.fix_only) {
        return Err("--show-fixes lists what was fixed; it goes with --fix or --fix-only".to_owned());
    }
    if arguments.show_suppressed && arguments.output_format != Format::Sarif {
        return Err(
            "--show-suppressed goes with --output-format sarif, the format that can mark what is held back".to_owned()
        );
    }
    if arguments.statistics && !matches!(arguments.output_format, Format::Full | Format::Concise) {
        return Err("--statistics is a table for people; it goes with the formats full and concise".to_owned());
    }
    Ok(())
}

/// The rules that flags can name: ours, and those that the configuration of the current folder brings.
fn catalog(arguments: &CheckArguments, current: &Path) -> Catalog {
    let ours = crate::catalog();
    configured(arguments, Discovery::new(&ours, current.to_path_buf(), Options::default()).with_environment())
        .catalog_here()
}

/// The configurations of a run.
fn discovery<'a>(arguments: &CheckArguments, catalog: &'a Catalog, current: &Path) -> Result<Discovery<'a>, String> {
    let flags = flags::options(arguments, catalog, current)?;
    Ok(configured(arguments, Discovery::new(catalog, current.to_path_buf(), flags).with_environment()))
}

fn configured<'a>(arguments: &CheckArguments, discovery: Discovery<'a>) -> Discovery<'a> {
    match &arguments.config {
        Some(path) => discovery.with_file(path),
        None if arguments.isolated => discovery.isolated(),
        None => discovery,
    }
}

fn walk(arguments: &CheckArguments, discovery: &Discovery<'_>, current: &Path, listings: &Listings) -> Walked {
    let here = [PathBuf::from(".")];
    let paths = if arguments.paths.is_empty() { &here[..] } else { &arguments.paths };
    let options = WalkOptions {
        current,
        respect_gitignore: !arguments.no_respect_gitignore,
        force_exclude: arguments.force_exclude,
        largest: LARGEST_FILE,
        listings,
        threads: arguments.threads.map_or(0, std::num::NonZeroUsize::get),
    };
    collect(paths, discovery, options)
}

/// Standard input as the only file.
fn of_stdin(name: &Path, discovery: &Discovery<'_>, arguments: &CheckArguments, current: &Path) -> Walked {
    let mut walked = Walked::default();
    match discovery.of_file(name) {
        Ok(config) => {
            let left_out = arguments.force_exclude && config.exclude.leaves_out(&absolute(current, name));
            if !left_out {
                walked.targets.push(Target { path: name.to_path_buf(), config, length: 0 });
            }
        }
        Err(errors) => walked.config_errors.push(errors),
    }
    walked
}

fn read_stdin() -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    // One more byte than is linted, so that the engine sees that there is more.
    let read = std::io::stdin().lock().take(LARGEST_FILE + 1).read_to_end(&mut bytes);
    read.map_err(|reason| format!("standard input cannot be read: {reason}"))?;
    Ok(bytes)
}

fn show_settings(walked: &Walked, current: &Path) -> Result<Exit, String> {
    let exit = complain(walked, terminal::error_style(When::Auto));
    let mut text = String::new();
    for (config, mut paths) in groups(walked) {
        paths.sort_unstable();
        let names: Vec<_> = paths.iter().map(|path| display_path(path)).collect();
        text.push_str(&format!("# {}\n{}\n", names.join(", "), super::config::show(&config, current)));
    }
    output::write_stdout(text.as_bytes()).map(|written| written.max(exit))
}

fn show_files(walked: &Walked, files: &DiskFiles) -> Result<Exit, String> {
    let exit = complain(walked, terminal::error_style(When::Auto));
    let mut text = String::new();
    for target in &walked.targets {
        let Ok(bytes) = files.read(&target.path) else { continue };
        let source = Source::from_bytes(&target.path, bytes);
        let configured = target.config.settings.file_type(&target.path);
        if configured.or_else(|| kind_of(&target.path, &source.text)).is_some() {
            text.push_str(&format!("{}\n", display_path(&target.path)));
        }
    }
    output::write_stdout(text.as_bytes()).map(|written| written.max(exit))
}
