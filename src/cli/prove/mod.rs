//! `--verify=build`: the fixes of a Dockerfile, and of an ignore file, are built before they are kept.

mod builds;
mod ignored;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::args::CheckArguments;
use super::files::DiskFiles;
use crate::build::judge::bisect::{Outcome, Rejected};
use crate::build::judge::{Builds, Candidate, Judged, Measured, judge};
use crate::build::named_sources;
use crate::emit::{VerifiedFile, VerifiedFix, VerifiedImage};
use crate::lint::fix::{Applied, Overlay, choose};
use crate::lint::verify::Before;
use crate::lint::{Applicability, Diagnostic, Fix, Settings, Verdict, Verification, check};
use crate::model::dockerfile::Dockerfile;
use crate::model::project::{Cache, Project};
use crate::syntax::dockerfile::parse;
use crate::syntax::kind::Kind;
use crate::text::{Files, Source, apply};

use builds::{builds, out_of_reach};
use ignored::{BuiltBehind, built_behind, judge_ignored};

/// After so many rounds the findings that fixes bring up are left for another run.
const ROUNDS: usize = 3;

/// Builds fixes.
pub(super) struct Prover {
    builds: Builds,
    /// Whether steps run as the users that they name.
    has_users: bool,
}

/// What has fixes to be judged.
enum Subject<'a> {
    /// A Dockerfile.
    Dockerfile,
    /// The ignore file there, and what is built behind it.
    Ignore(&'a Path, Vec<BuiltBehind>),
}

/// What became of the fixes of a file.
#[derive(Debug)]
pub(super) struct Proof {
    /// The content of the file with the fixes that hold; `None` where none does.
    pub(super) bytes: Option<Vec<u8>>,
    /// What builds showed.
    pub(super) report: VerifiedFile,
    /// What the findings of the fixes in the report are told by in another content of the file.
    keys: Vec<Key>,
}

impl Proof {
    /// The fixes that hold.
    pub(super) fn applied(&self) -> Vec<Applied> {
        let holds = self.report.fixes.iter().filter(|fix| fix.verdict == Verdict::Built);
        holds.map(|fix| Applied { rule: fix.rule.clone(), title: fix.title.clone(), line: fix.line - 1 }).collect()
    }
}

/// The rule, the title of the fix, and the text of the line.
type Key = (String, String, String);

impl Prover {
    /// Starts what builds.
    ///
    /// # Errors
    ///
    /// Where this machine does not allow it, or an argument is wrong.
    pub(super) fn start(arguments: &CheckArguments) -> Result<Prover, String> {
        let (builds, has_users) = builds(arguments)?;
        Ok(Prover { builds, has_users })
    }

    /// Whether the fixes of a file of that kind can be built.
    pub(super) fn takes(kind: Kind) -> bool {
        matches!(kind, Kind::Dockerfile | Kind::Dockerignore)
    }

    /// Builds the fixes of the file at `path` that are at least `least`, for the findings that `wanted` takes. An ignore
    /// file is tried with those of the Dockerfiles `known` that are built behind it, and with those beside it.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub(super) fn prove(
        &mut self,
        (path, kind): (&Path, Kind),
        known: &[PathBuf],
        files: &DiskFiles,
        settings: &Settings,
        least: Applicability,
        wanted: &dyn Fn(&Diagnostic) -> bool,
    ) -> Result<Proof, String> {
        let original = files.read(path).map_err(|reason| reason.to_string())?;
        let mut proof = Round::default();
        let mut bytes = original.clone();
        let subject = if kind == Kind::Dockerignore {
            Subject::Ignore(path, built_behind(path, known, files, settings))
        } else {
            self.open_context(path, &original, files, settings);
            Subject::Dockerfile
        };
        for _ in 0..ROUNDS {
            let overlay = Overlay::new(files).with(path, bytes.clone());
            let report = check(&[path.to_owned()], &overlay, settings);
            let fresh = |diagnostic: &Diagnostic| {
                let is_known = |fix: &Fix| proof.keys.contains(&key(diagnostic, fix));
                &*diagnostic.source.path == path && wanted(diagnostic) && !diagnostic.fixes.iter().any(is_known)
            };
            let chosen = choose(&report.diagnostics, least, &fresh);
            let Some((first, _)) = chosen.first() else { break };
            let before = Before::new(&first.source, settings);
            let planned: Vec<_> = chosen.into_iter().filter(|(_, fix)| before.with(&[fix]).is_ok()).collect();
            let round = self.round(&subject, &bytes, &planned);
            proof.builds += round.builds;
            proof.fixes.extend(round.fixes);
            proof.keys.extend(round.keys);
            proof.measured = Measured::after(proof.measured.take(), round.measured);
            match round.bytes {
                Some(next) => bytes = next,
                None => break,
            }
        }
        let image = proof.measured.map(shown_image);
        let backend = self.builds.backend_name();
        let report = VerifiedFile { path: path.to_owned(), fixes: proof.fixes, image, builds: proof.builds, backend };
        Ok(Proof { bytes: (bytes != original).then_some(bytes), report, keys: proof.keys })
    }

    /// Takes the context that the Dockerfile is built with as it is now: all builds copy from that.
    fn open_context(&mut self, path: &Path, bytes: &[u8], files: &DiskFiles, settings: &Settings) {
        let source = Source::from_bytes(path, bytes.to_vec());
        let dockerfile = Dockerfile::new(parse(source.text.clone()));
        let cache = Cache::default();
        let project = Project::new(files, &settings.images, &cache);
        let context = project.context(path, &named_sources(&dockerfile));
        self.builds.open(context.as_deref());
    }

    fn round(&mut self, subject: &Subject<'_>, bytes: &[u8], chosen: &[(&Diagnostic, &Fix)]) -> Round {
        let Ok(text) = std::str::from_utf8(bytes) else { return Round::default() };
        let unbuilt: Vec<Option<String>> = match subject {
            Subject::Dockerfile => {
                let dockerfile = Dockerfile::new(parse(Arc::from(text)));
                chosen.iter().map(|(_, fix)| out_of_reach(&dockerfile, fix, self.has_users)).collect()
            }
            Subject::Ignore(..) => vec![None; chosen.len()],
        };
        let open: Vec<usize> = (0..chosen.len()).filter(|at| unbuilt[*at].is_none()).collect();
        let with = |fixes: &[usize]| {
            let edits: Vec<_> = fixes.iter().flat_map(|fix| chosen[open[*fix]].1.edits.iter().cloned()).collect();
            String::from_utf8(apply(bytes, &edits).ok()?).ok()
        };
        let candidates: Vec<Candidate> = open.iter().map(|at| Candidate { effects: chosen[*at].1.effects }).collect();
        let judged = match subject {
            _ if candidates.is_empty() => Judged { held: Vec::new(), rejected: Vec::new(), measured: None, builds: 0 },
            Subject::Dockerfile => judge(text, &candidates, &with, &mut self.builds),
            Subject::Ignore(path, images) => judge_ignored(path, images, text, &candidates, &with, &mut self.builds),
        };
        let mut round = Round { builds: judged.builds, measured: judged.measured.clone(), ..Round::default() };
        for (at, (diagnostic, fix)) in chosen.iter().enumerate() {
            let (verdict, details) = match (&unbuilt[at], open.iter().position(|own| *own == at)) {
                (Some(why), _) => (Verdict::Inconclusive, vec![why.clone()]),
                (None, place) => verdict(place, &judged, &|other| chosen[open[other]].1.title.to_string()),
            };
            let line = diagnostic.source.lines().line_of(diagnostic.span.start) + 1;
            let (rule, title) = (diagnostic.rule.clone(), fix.title.clone());
            round.fixes.push(VerifiedFix { rule, title, line, verdict, details });
            round.keys.push(key(diagnostic, fix));
        }
        round.bytes = with(&judged.held).filter(|_| !judged.held.is_empty()).map(String::into_bytes);
        round
    }
}

#[derive(Default)]
struct Round {
    bytes: Option<Vec<u8>>,
    fixes: Vec<VerifiedFix>,
    keys: Vec<Key>,
    measured: Option<Measured>,
    builds: usize,
}

fn shown_image(measured: Measured) -> VerifiedImage {
    VerifiedImage {
        bytes_before: measured.size.0,
        bytes_after: measured.size.1,
        layers_before: measured.layers.0,
        layers_after: measured.layers.1,
        rebuilt_steps: measured.rebuilt,
        changes: measured.changes,
    }
}

/// What was found of the fix with the number `place` among those that were judged, and why.
fn verdict(place: Option<usize>, judged: &Judged, title: &dyn Fn(usize) -> String) -> (Verdict, Vec<String>) {
    let rejected = judged.rejected.iter().find(|rejected| Some(rejected.fix) == place);
    let (verdict, reason, with) = match rejected {
        Some(Rejected { outcome: Outcome::Unknown(why), with, .. }) => (Verdict::Inconclusive, why, with),
        Some(Rejected { outcome: Outcome::Fails(why), with, .. }) => (Verdict::Broken, why, with),
        Some(Rejected { outcome: Outcome::Holds, .. }) | None => return (Verdict::Built, Vec::new()),
    };
    let together = with.map(|other| format!("it holds alone, but not together with: {}", title(other)));
    (verdict, together.into_iter().chain([reason.clone()]).collect())
}

fn key(diagnostic: &Diagnostic, fix: &Fix) -> Key {
    let text = &diagnostic.source.text;
    let start = text[..diagnostic.span.start as usize].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    (diagnostic.rule.to_string(), fix.title.to_string(), line.trim().to_owned())
}

/// Writes at the findings that are left what was found of their fixes.
pub(super) fn annotate(diagnostics: &mut [Diagnostic], proofs: &[Proof]) {
    for diagnostic in diagnostics {
        let Some(proof) = proofs.iter().find(|proof| proof.report.path == *diagnostic.source.path) else { continue };
        let keys: Vec<Key> = diagnostic.fixes.iter().map(|fix| key(diagnostic, fix)).collect();
        for (fix, key) in diagnostic.fixes.iter_mut().zip(keys) {
            let Some(at) = proof.keys.iter().position(|own| *own == key) else { continue };
            let VerifiedFix { verdict, details, .. } = &proof.report.fixes[at];
            fix.verification = Some(Verification { verdict: *verdict, details: details.clone() });
        }
    }
}
