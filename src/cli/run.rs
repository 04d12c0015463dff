//! A run once it is known what to check: look, fix, hold back, write, and how it ended.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use rustc_hash::FxHashMap;

use super::args::{CheckArguments, Format, Verify};
use super::baselines::{BaselineFile, by_content};
use super::files::{DiskFiles, write_whole};
use super::fixing::{Destination, Fixes};
#[cfg(all(feature = "build", target_os = "linux"))]
use super::prove::{Prover, annotate};
use super::walk::{Target, Walked};
use super::{Exit, error, note, output, shellcheck, terminal, warning};
use crate::config::{Resolved, reason_text};
use crate::emit::{self, Findings, Root, counted, display_path};
#[cfg(all(feature = "build", target_os = "linux"))]
use crate::lint::fix::fixable;
use crate::lint::suppress::{Suppressed, add_ignores};
use crate::lint::verify;
use crate::lint::{Applicability, Catalog, Date, Diagnostic, Report, Settings, check};
use crate::syntax::kind::Kind;
use crate::text::{Files, apply};

/// A run once it is known what to check.
pub(super) struct Run<'a> {
    pub(super) arguments: &'a CheckArguments,
    pub(super) catalog: &'a Catalog,
    /// The folder it was started in.
    pub(super) current: &'a Path,
    pub(super) files: DiskFiles,
    pub(super) walked: Walked,
    /// When the run began.
    pub(super) started: Instant,
    /// The name of what came on standard input.
    pub(super) stdin: Option<PathBuf>,
    /// What builds fixes, once it is needed.
    #[cfg(all(feature = "build", target_os = "linux"))]
    pub(super) prover: Option<Prover>,
}

/// What a run found.
#[derive(Default)]
struct Found {
    diagnostics: Vec<Diagnostic>,
    suppressed: Vec<Suppressed>,
    files: usize,
    internal_errors: usize,
}

type Group = (Arc<Resolved>, Vec<PathBuf>);

impl Run<'_> {
    /// Does all of it.
    ///
    /// # Errors
    ///
    /// A message when a baseline cannot be used or the result cannot be written.
    pub(super) fn finish(&mut self) -> Result<Exit, String> {
        let arguments = self.arguments;
        let incomplete = complain(&self.walked, terminal::error_style(arguments.color));
        self.walked.warnings.iter().for_each(|text| warning(text));
        let groups = groups(&self.walked);
        self.name_configurations(&groups);
        let baselines = if arguments.update_baseline { BTreeMap::new() } else { self.read_baselines(&groups)? };
        let mut fixes = Fixes::default();
        let mut found = Found::default();
        for (config, paths) in &groups {
            let baseline = config.baseline.as_ref().and_then(|path| baselines.get(path));
            let mut report = self.group(config, paths, baseline, &mut fixes)?;
            if self.shows_fixes() {
                verify::withhold(&mut report.diagnostics, &self.settings(config));
                if arguments.output_format == Format::Full && arguments.verify.is_none() {
                    let fixes = report.diagnostics.iter_mut().flat_map(|diagnostic| &mut diagnostic.fixes);
                    fixes.for_each(|fix| fix.verification = None);
                }
            }
            found.take(report);
        }
        fixes.problems.iter().for_each(|problem| error(problem));
        let mut exit = if fixes.problems.is_empty() { incomplete } else { Exit::Failed };
        if found.internal_errors > 0 {
            exit = Exit::Failed;
        }
        if found.files == 0 && found.diagnostics.is_empty() && exit == Exit::Clean {
            warning("nothing to check was found: no Dockerfile, no compose file, no Kubernetes manifest");
        }
        if arguments.update_baseline {
            return self.update_baselines(&groups, &found).map(|()| exit);
        }
        #[cfg(all(feature = "build", target_os = "linux"))]
        annotate(&mut found.diagnostics, &fixes.proofs);
        self.hold_back(&baselines, &mut found);
        sort(&mut found.diagnostics);
        if let Some(reason) = &arguments.add_ignore {
            found.diagnostics = self.add_ignores(reason, &found.diagnostics)?;
        }
        self.write_fixes(&fixes)?;
        let nothing_left = arguments.add_ignore.is_some() && found.diagnostics.is_empty();
        if !nothing_left && !arguments.fix_only && !arguments.diff {
            self.write(&found, &fixes, &groups)?;
        }
        if arguments.verbose {
            note(&format!("checked {} in {:.1?}", counted(found.files, "file"), self.started.elapsed()));
        }
        Ok(self.exit(exit, &found, &fixes))
    }

    /// Looks at the files of one configuration, and mends them where asked to.
    fn group(
        &mut self,
        config: &Resolved,
        paths: &[PathBuf],
        baseline: Option<&BaselineFile>,
        fixes: &mut Fixes,
    ) -> Result<Report, String> {
        let arguments = self.arguments;
        let mut settings = self.settings(config);
        settings.supplied = self.supplied(paths, &settings)?;
        let report = self.check(paths, &settings);
        if !(arguments.fix || arguments.fix_only || arguments.diff) {
            return Ok(report);
        }
        let before = fixes.count();
        let known = baseline.map(|baseline| baseline.known(&report.diagnostics)).unwrap_or_default();
        let wanted = |diagnostic: &Diagnostic| known.is_empty() || !known.contains(&by_content(diagnostic));
        if arguments.verify == Some(Verify::Build) {
            let kinds: FxHashMap<&Path, Kind> = report.files.iter().map(|(path, kind)| (&**path, *kind)).collect();
            self.prove(&report, &settings, &kinds, &wanted, fixes)?;
            let is_built = |path: &Path| matches!(kinds.get(path), Some(Kind::Dockerfile | Kind::Dockerignore));
            let others = |diagnostic: &Diagnostic| wanted(diagnostic) && !is_built(&diagnostic.source.path);
            fixes.apply(&report, &self.files, &settings, self.least(), &others, self.destination());
        } else {
            fixes.apply(&report, &self.files, &settings, self.least(), &wanted, self.destination());
        }
        if fixes.count() == before || arguments.diff {
            return Ok(report);
        }
        if let (Some(name), Some(bytes)) = (&self.stdin, &fixes.stdin) {
            self.files.replace_stdin(name.clone(), bytes.clone());
        }
        // What was found in one file may depend on another that was just changed.
        settings.supplied = self.supplied(paths, &settings)?;
        Ok(self.check(paths, &settings))
    }

    /// Builds the fixes of the Dockerfiles and ignore files, and keeps those that hold.
    #[cfg(all(feature = "build", target_os = "linux"))]
    fn prove(
        &mut self,
        report: &Report,
        settings: &Settings,
        kinds: &FxHashMap<&Path, Kind>,
        wanted: &dyn Fn(&Diagnostic) -> bool,
        fixes: &mut Fixes,
    ) -> Result<(), String> {
        let of_kind = |path: PathBuf| kinds.get(&*path).filter(|kind| Prover::takes(**kind)).map(|kind| (path, *kind));
        let paths: Vec<(PathBuf, Kind)> = fixable(report, self.least()).into_iter().filter_map(of_kind).collect();
        if paths.is_empty() {
            return Ok(());
        }
        let dockerfiles = report.files.iter().filter(|(_, kind)| *kind == Kind::Dockerfile);
        let dockerfiles: Vec<PathBuf> = dockerfiles.map(|(path, _)| path.to_path_buf()).collect();
        let mut prover = match self.prover.take() {
            Some(prover) => prover,
            None => Prover::start(self.arguments)?,
        };
        for (path, kind) in paths {
            let before = self.files.read(&path).map_err(|reason| reason_text(&reason))?;
            let mut proof = prover.prove((&path, kind), &dockerfiles, &self.files, settings, self.least(), wanted)?;
            if let Some(bytes) = proof.bytes.take() {
                fixes.keep(&path, &before, bytes, proof.applied(), self.destination());
            }
            fixes.proofs.push(proof);
        }
        self.prover = Some(prover);
        Ok(())
    }

    #[cfg(not(all(feature = "build", target_os = "linux")))]
    fn prove(
        &mut self,
        _: &Report,
        _: &Settings,
        _: &FxHashMap<&Path, Kind>,
        _: &dyn Fn(&Diagnostic) -> bool,
        _: &mut Fixes,
    ) -> Result<(), String> {
        Err("--verify=build: this rlint is not able to build, which it is on Linux with the feature `build`".to_owned())
    }

    /// What other tools say of the files.
    fn supplied(&self, paths: &[PathBuf], settings: &Settings) -> Result<Arc<[Diagnostic]>, String> {
        shellcheck::findings(self.arguments.shellcheck, paths, &self.files, settings).map(Into::into)
    }

    /// Whether fixes are printed: only those are worth planning.
    fn shows_fixes(&self) -> bool {
        let arguments = self.arguments;
        let written = matches!(arguments.output_format, Format::Full | Format::Json | Format::Sarif);
        written && !arguments.statistics && !arguments.fix_only && !arguments.diff
    }

    /// The settings of the engine for a configuration.
    fn settings(&self, config: &Resolved) -> Settings {
        let mut settings = config.settings.clone();
        settings.parallel = self.arguments.threads.is_none_or(|threads| threads.get() > 1);
        let since = SystemTime::now().duration_since(UNIX_EPOCH).ok();
        settings.today = since.map(|since| Date::from_unix_seconds(since.as_secs()));
        settings
    }

    fn check(&self, paths: &[PathBuf], settings: &Settings) -> Report {
        let files = &self.files;
        let before = files.reads();
        terminal::with_progress(paths.len(), &|| files.reads() - before, || check(paths, files, settings))
    }

    fn least(&self) -> Applicability {
        if self.arguments.unsafe_fixes { Applicability::Unsafe } else { Applicability::Safe }
    }

    fn destination(&self) -> Destination<'_> {
        match &self.stdin {
            _ if self.arguments.diff => Destination::Diff,
            Some(name) => Destination::Stdout(name),
            None => Destination::File,
        }
    }

    /// Whether standard output gets the new content of standard input.
    fn returns_content(&self) -> bool {
        let arguments = self.arguments;
        self.stdin.is_some() && (arguments.fix || arguments.fix_only || arguments.add_ignore.is_some())
    }

    fn read_baselines(&self, groups: &[Group]) -> Result<BTreeMap<PathBuf, BaselineFile>, String> {
        let mut baselines = BTreeMap::new();
        for path in groups.iter().filter_map(|(config, _)| config.baseline.as_ref()) {
            if !baselines.contains_key(path) {
                baselines.insert(path.clone(), BaselineFile::read(path, self.current)?);
            }
        }
        Ok(baselines)
    }

    fn update_baselines(&self, groups: &[Group], found: &Found) -> Result<(), String> {
        let mut paths: Vec<&PathBuf> = groups.iter().filter_map(|(config, _)| config.baseline.as_ref()).collect();
        paths.sort_unstable();
        paths.dedup();
        if paths.is_empty() {
            return Err("--update-baseline: no baseline is named; use --baseline FILE or the key `baseline`".to_owned());
        }
        for path in paths {
            let own = found.diagnostics.iter().filter(|diagnostic| self.baseline_of(diagnostic) == Some(path));
            let mut own: Vec<Diagnostic> = own.cloned().collect();
            sort(&mut own);
            let baseline = BaselineFile::of(path, self.current, &own);
            baseline.write()?;
            if !self.arguments.quiet {
                let shown = path.strip_prefix(self.current).unwrap_or(path);
                note(&format!("{} written to {}", counted(baseline.len(), "finding"), display_path(shown)));
            }
        }
        Ok(())
    }

    /// Takes out what the baselines list.
    fn hold_back(&self, baselines: &BTreeMap<PathBuf, BaselineFile>, found: &mut Found) {
        for (path, baseline) in baselines {
            let (mut own, others): (Vec<_>, Vec<_>) =
                found.diagnostics.drain(..).partition(|diagnostic| self.baseline_of(diagnostic) == Some(path));
            sort(&mut own);
            let stale = baseline.apply(&mut own, &mut found.suppressed);
            found.diagnostics = others;
            found.diagnostics.extend(own);
            // A run over some files says nothing of the entries of others.
            if stale > 0 && self.arguments.verbose {
                let shown = display_path(path.strip_prefix(self.current).unwrap_or(path)).into_owned();
                note(&format!("{shown}: {} without a finding in this run", counted(stale, "entry")));
            }
        }
    }

    fn config_of(&self, path: &Path) -> Option<&Arc<Resolved>> {
        let targets = &self.walked.targets;
        let at = targets.binary_search_by(|target| target.path.as_path().cmp(path)).ok()?;
        Some(&targets[at].config)
    }

    fn baseline_of(&self, diagnostic: &Diagnostic) -> Option<&PathBuf> {
        self.config_of(&diagnostic.source.path)?.baseline.as_ref()
    }

    /// Writes a comment at every finding; those that no comment can ignore are left.
    fn add_ignores(&self, reason: &str, diagnostics: &[Diagnostic]) -> Result<Vec<Diagnostic>, String> {
        let reason = Some(reason).filter(|reason| !reason.is_empty());
        let mut left = Vec::new();
        let (mut written, mut files) = (0, 0);
        let mut content = None;
        for own in diagnostics.chunk_by(|a, b| a.source.path == b.source.path) {
            let source = &own[0].source;
            let Some(config) = self.config_of(&source.path) else { continue };
            let added = add_ignores(source, own, reason, &config.settings);
            let before = self.files.read(&source.path).map_err(|reason| reason_text(&reason))?;
            let after = apply(&before, &added.edits).unwrap_or_else(|_| before.clone());
            if after != before {
                written += added.edits.len();
                files += 1;
                if self.stdin.is_some() {
                    content = Some(after);
                } else {
                    write_whole(&source.path, &after).map_err(|reason| {
                        format!("{}: cannot be written: {}", source.path.display(), reason_text(&reason))
                    })?;
                }
            }
            left.extend(added.left);
        }
        if let Some(name) = &self.stdin {
            let content = content.map_or_else(|| self.files.read(name), Ok).map_err(|reason| reason_text(&reason))?;
            output::write_stdout(&content)?;
        }
        if !self.arguments.quiet {
            note(&format!("{} written in {}", counted(written, "comment"), counted(files, "file")));
        }
        Ok(left)
    }

    /// Writes what `--diff` and `--show-fixes` ask for, and the content of standard input after its fixes.
    fn write_fixes(&self, fixes: &Fixes) -> Result<(), String> {
        let arguments = self.arguments;
        if arguments.diff {
            output::write_stdout(fixes.diff.as_bytes())?;
            if !arguments.quiet && fixes.count() > 0 {
                note(&format!("{} would be fixed", counted(fixes.count(), "problem")));
            }
        } else if let Some(name) = self.stdin.as_ref().filter(|_| arguments.fix || arguments.fix_only) {
            let content = self.files.read(name).map_err(|reason| reason_text(&reason))?;
            output::write_stdout(&content)?;
        }
        if arguments.diff || arguments.fix_only {
            let style = terminal::error_style(arguments.color);
            output::write_stderr(emit::verified::table(&fixes.verified(), style).as_bytes());
        }
        if arguments.show_fixes {
            output::write_stderr(fixes.list().as_bytes());
        }
        if arguments.fix_only && !arguments.quiet && fixes.count() > 0 {
            output::write_stderr(format!("Fixed {}.\n", counted(fixes.count(), "problem")).as_bytes());
        }
        Ok(())
    }

    fn write(&self, found: &Found, fixes: &Fixes, groups: &[Group]) -> Result<(), String> {
        let root = Root::new(self.current.to_path_buf(), repository(self.current));
        // Each configuration may bring rules of its own.
        let others = groups.iter().flat_map(|(config, _)| config.settings.catalog().rules().iter().copied());
        let catalog = self.catalog.with(others);
        let verified = fixes.verified();
        let findings = Findings {
            diagnostics: &found.diagnostics,
            suppressed: if self.arguments.show_suppressed { &found.suppressed } else { &[] },
            suppressed_count: found.suppressed.len(),
            fixed: fixes.count(),
            verified: &verified,
            files: found.files,
            fixes: self.least(),
            rules: catalog.rules(),
            root: &root,
        };
        output::write(&findings, self.arguments, self.returns_content())
    }

    fn exit(&self, exit: Exit, found: &Found, fixes: &Fixes) -> Exit {
        let arguments = self.arguments;
        if exit == Exit::Failed {
            return exit;
        }
        let fails = |diagnostic: &Diagnostic| {
            let fail_on = self.config_of(&diagnostic.source.path).and_then(|config| config.fail_on);
            fail_on.is_some_and(|least| diagnostic.severity >= least)
        };
        let fixed = fixes.count() > 0 && (arguments.exit_non_zero_on_fix || arguments.diff);
        let failed = !arguments.fix_only && !arguments.diff && found.diagnostics.iter().any(fails);
        if (fixed || failed) && !arguments.exit_zero { Exit::Found } else { Exit::Clean }
    }

    /// Says which configuration is used where that is no matter of course.
    fn name_configurations(&self, groups: &[Group]) {
        if self.arguments.quiet {
            return;
        }
        let mut said: Vec<&str> = Vec::new();
        for (config, _) in groups {
            for remark in config.remarks.iter().filter(|remark| !said.contains(&remark.as_str())) {
                note(remark);
            }
            said.extend(config.remarks.iter().map(String::as_str));
            // Files of other tools are among the remarks.
            for file in config.files.iter().filter(|_| self.arguments.verbose && config.remarks.is_empty()) {
                note(&format!("using {}", display_path(file)));
            }
        }
    }
}

impl Found {
    fn take(&mut self, report: Report) {
        self.diagnostics.extend(report.diagnostics);
        self.suppressed.extend(report.suppressed);
        self.files += report.files.len();
        self.internal_errors += report.internal_errors;
    }
}

/// Says what kept the walk from being whole.
pub(super) fn complain(walked: &Walked, style: emit::Style) -> Exit {
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

/// The targets by configuration, of which a run has few; the largest first, because one that is left for the end keeps
/// the other threads waiting.
pub(super) fn groups(walked: &Walked) -> Vec<Group> {
    let mut groups: Vec<(&Arc<Resolved>, Vec<&Target>)> = Vec::new();
    for target in &walked.targets {
        match groups.iter_mut().find(|(config, _)| Arc::ptr_eq(config, &target.config)) {
            Some((_, targets)) => targets.push(target),
            None => groups.push((&target.config, vec![target])),
        }
    }
    let ordered = |(config, mut targets): (&Arc<Resolved>, Vec<&Target>)| {
        targets.sort_by_key(|target| Reverse(target.length));
        (config.clone(), targets.iter().map(|target| target.path.clone()).collect())
    };
    groups.into_iter().map(ordered).collect()
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
