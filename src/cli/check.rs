//! `rlint check`: from arguments to an exit code.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use super::args::{CheckArguments, Format};
use super::files::DiskFiles;
use super::fixing::{Destination, Fixes};
use super::walk::{Target, WalkOptions, Walked, collect, is_dockerignore, reason_text};
use super::{Exit, error, flags, note, output, terminal, warning};
use crate::config::discover::Discovery;
use crate::config::{FOREIGN_NAMES, Resolved, absolute};
use crate::emit::{self, Findings, Root, display_path};
use crate::lint::settings::LARGEST_FILE;
use crate::lint::{Applicability, Catalog, Date, Diagnostic, Report, Settings, check};
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
    let catalog = crate::catalog();
    let current = std::env::current_dir().map_err(|reason| format!("there is no current folder: {reason}"))?;
    let discovery = discovery(arguments, &catalog, &current)?;
    if let Some(threads) = arguments.threads {
        // It fails only where a pool was started before, and none was.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(threads.get()).build_global();
    }
    let mut files = DiskFiles::new(LARGEST_FILE);
    let mut stdin = None;
    let mut walked = if arguments.paths.iter().any(|path| path.as_os_str() == "-") {
        let name = arguments.stdin_filename.clone().unwrap_or_else(|| PathBuf::from("-"));
        files = files.with_stdin(name.clone(), read_stdin()?);
        stdin = Some(name.clone());
        of_stdin(&name, &discovery, arguments, &current)
    } else {
        walk(arguments, &discovery, &current)
    };
    if arguments.show_settings {
        return show_settings(&walked, &current);
    }
    if arguments.show_files {
        return show_files(&walked, &files);
    }
    let mut run =
        Run { arguments, files, walked: std::mem::take(&mut walked), stdin, internal_errors: 0, failed: false };
    let exit = run.finish(&catalog, &current)?;
    if arguments.verbose {
        note(&format!("{} files read in {:.1?}", run.files.reads(), started.elapsed()));
    }
    Ok(exit)
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
    if arguments.show_fixes && !(arguments.fix || arguments.fix_only) {
        return Err("--show-fixes lists what was fixed; it goes with --fix or --fix-only".to_owned());
    }
    if arguments.statistics && !matches!(arguments.output_format, Format::Full | Format::Concise) {
        return Err("--statistics is a table for people; it goes with the formats full and concise".to_owned());
    }
    Ok(())
}

/// The configurations of a run.
fn discovery<'a>(arguments: &CheckArguments, catalog: &'a Catalog, current: &Path) -> Result<Discovery<'a>, String> {
    let flags = flags::options(arguments, catalog, current)?;
    let discovery = Discovery::new(catalog, current.to_path_buf(), flags);
    Ok(match &arguments.config {
        Some(path) => discovery.with_file(path),
        None if arguments.isolated => discovery.isolated(),
        None => discovery,
    })
}

fn walk(arguments: &CheckArguments, discovery: &Discovery<'_>, current: &Path) -> Walked {
    let here = [PathBuf::from(".")];
    let paths = if arguments.paths.is_empty() { &here[..] } else { &arguments.paths };
    let options = WalkOptions {
        current,
        respect_gitignore: !arguments.no_respect_gitignore,
        force_exclude: arguments.force_exclude,
        largest: LARGEST_FILE,
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
            if !left_out && !is_dockerignore(name) {
                walked.targets.push(Target { path: name.to_path_buf(), config });
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
    let exit = complain(walked, terminal::error_style(super::args::When::Auto));
    let mut text = String::new();
    for (config, paths) in groups(walked) {
        let names: Vec<_> = paths.iter().map(|path| display_path(path)).collect();
        text.push_str(&format!("# {}\n{}\n", names.join(", "), super::config::show(&config, current)));
    }
    output::write_stdout(text.as_bytes()).map(|written| written.max(exit))
}

fn show_files(walked: &Walked, files: &DiskFiles) -> Result<Exit, String> {
    let exit = complain(walked, terminal::error_style(super::args::When::Auto));
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

/// Says what kept the walk from being whole.
fn complain(walked: &Walked, style: emit::Style) -> Exit {
    for errors in &walked.config_errors {
        let mut text = Vec::new();
        // Writing to memory does not fail.
        let _ = emit::full::write(errors, style, &mut text);
        output::write_stderr(&text);
    }
    for problem in &walked.problems {
        error(problem);
    }
    if walked.problems.is_empty() && walked.config_errors.is_empty() { Exit::Clean } else { Exit::Failed }
}

/// The targets by configuration; a run has few.
fn groups(walked: &Walked) -> Vec<(Arc<Resolved>, Vec<PathBuf>)> {
    let mut groups: Vec<(Arc<Resolved>, Vec<PathBuf>)> = Vec::new();
    for target in &walked.targets {
        match groups.iter_mut().find(|(config, _)| Arc::ptr_eq(config, &target.config)) {
            Some((_, paths)) => paths.push(target.path.clone()),
            None => groups.push((target.config.clone(), vec![target.path.clone()])),
        }
    }
    groups
}

/// A run once it is known what to check.
struct Run<'a> {
    arguments: &'a CheckArguments,
    files: DiskFiles,
    walked: Walked,
    /// The name of what came on standard input.
    stdin: Option<PathBuf>,
    internal_errors: usize,
    /// Whether something was found that makes the run fail.
    failed: bool,
}

impl Run<'_> {
    fn finish(&mut self, catalog: &Catalog, current: &Path) -> Result<Exit, String> {
        let arguments = self.arguments;
        let mut exit = complain(&self.walked, terminal::error_style(arguments.color));
        for text in &self.walked.warnings {
            warning(text);
        }
        let groups = groups(&self.walked);
        self.name_configurations(&groups);
        let fixing = arguments.fix || arguments.fix_only || arguments.diff;
        let least = if arguments.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe };
        let mut fixes = Fixes::default();
        let mut diagnostics = Vec::new();
        let mut files = 0;
        for (config, paths) in &groups {
            let settings = self.settings(config);
            let mut report = self.check(paths, &settings);
            if fixing {
                let before = fixes.count();
                fixes.apply(&report, &self.files, &settings, least, self.destination());
                // What was found in one file may depend on another that was just changed.
                if fixes.count() > before && !arguments.diff {
                    if let (Some(name), Some(bytes)) = (&self.stdin, &fixes.stdin) {
                        self.files.replace_stdin(name.clone(), bytes.clone());
                    }
                    report = self.check(paths, &settings);
                }
            }
            self.internal_errors += report.internal_errors;
            self.failed |= config.fail_on.is_some_and(|least| report.diagnostics.iter().any(|d| d.severity >= least));
            files += report.files.len();
            diagnostics.extend(report.diagnostics);
        }
        sort(&mut diagnostics);
        for problem in &fixes.problems {
            error(problem);
            exit = Exit::Failed;
        }
        if files == 0 && diagnostics.is_empty() && exit == Exit::Clean {
            warning("nothing to check was found: no Dockerfile, no compose file, no Kubernetes manifest");
        }
        self.write_fixes(&fixes)?;
        if !arguments.fix_only && !arguments.diff {
            let root = Root::new(current.to_path_buf(), repository(current));
            let findings = Findings {
                diagnostics: &diagnostics,
                suppressed: &[],
                suppressed_count: 0,
                fixed: fixes.count(),
                files,
                fixes: least,
                rules: catalog.rules(),
                root: &root,
            };
            output::write(&findings, arguments, fixing && self.stdin.is_some())?;
        }
        Ok(self.exit(exit, &fixes))
    }

    /// The settings of the engine for a configuration.
    fn settings(&self, config: &Resolved) -> Settings {
        let mut settings = config.settings.clone();
        settings.parallel = self.arguments.threads.is_none_or(|threads| threads.get() > 1);
        settings.today =
            SystemTime::now().duration_since(UNIX_EPOCH).ok().map(|since| Date::from_unix_seconds(since.as_secs()));
        settings
    }

    fn check(&self, paths: &[PathBuf], settings: &Settings) -> Report {
        let before = self.files.reads();
        terminal::with_progress(paths.len(), &|| self.files.reads() - before, || check(paths, &self.files, settings))
    }

    fn destination(&self) -> Destination<'_> {
        match &self.stdin {
            _ if self.arguments.diff => Destination::Diff,
            Some(name) => Destination::Stdout(name),
            None => Destination::File,
        }
    }

    /// Writes what `--diff` and `--show-fixes` ask for, and the content of standard input after its fixes.
    fn write_fixes(&self, fixes: &Fixes) -> Result<(), String> {
        let arguments = self.arguments;
        if arguments.diff {
            output::write_stdout(fixes.diff.as_bytes())?;
            if !arguments.quiet && fixes.count() > 0 {
                let files = fixes.applied.len();
                let (plural, them) = if files == 1 { ("", "it") } else { ("s", "them") };
                note(&format!("{files} file{plural} would change; --fix writes {them}"));
            }
        } else if let Some(name) = self.stdin.as_ref().filter(|_| arguments.fix || arguments.fix_only) {
            let content = self.files.read(name).map_err(|reason| reason_text(&reason))?;
            output::write_stdout(&content)?;
        }
        if arguments.show_fixes {
            output::write_stderr(fixes.list().as_bytes());
        }
        if arguments.fix_only && !arguments.quiet && fixes.count() > 0 {
            let plural = if fixes.count() == 1 { "" } else { "s" };
            output::write_stderr(format!("Fixed {} problem{plural}.\n", fixes.count()).as_bytes());
        }
        Ok(())
    }

    fn exit(&self, exit: Exit, fixes: &Fixes) -> Exit {
        let arguments = self.arguments;
        if exit == Exit::Failed || self.internal_errors > 0 {
            return Exit::Failed;
        }
        let fixed = fixes.count() > 0 && (arguments.exit_non_zero_on_fix || arguments.diff);
        let found = self.failed && !arguments.fix_only && !arguments.diff;
        if (fixed || found) && !arguments.exit_zero { Exit::Found } else { Exit::Clean }
    }

    /// Says which configuration is used where that is no matter of course.
    fn name_configurations(&self, groups: &[(Arc<Resolved>, Vec<PathBuf>)]) {
        if self.arguments.quiet {
            return;
        }
        for file in groups.iter().flat_map(|(config, _)| &config.files) {
            let name = file.file_name().and_then(|name| name.to_str()).unwrap_or("");
            if FOREIGN_NAMES.contains(&name) {
                note(&format!("using {}, because there is no .rlint.yaml beside it", display_path(file)));
            } else if self.arguments.verbose {
                note(&format!("using {}", display_path(file)));
            }
        }
    }
}

/// By path, position and rule, across configurations.
fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(|a, b| {
        (&a.source.path, a.span, &a.rule, &a.message).cmp(&(&b.source.path, b.span, &b.rule, &b.message))
    });
}

/// The folder above `current` with `.git`; `current` where there is none.
fn repository(current: &Path) -> PathBuf {
    current.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(current).to_path_buf()
}
