//! What the failure of an engine says about the Dockerfile. Only what is known to be the Dockerfile's fault is called so;
//! everything else is the engine's, and nothing follows from it.

use super::track::{Seen, Track};
use super::{EngineKind, EngineOptions, EnginePull};
use crate::build::exec::request::{ExitStatus, Limit, Network};
use crate::build::steps::{Failure, FailureReason, Outcome, Problem, complains, fetching_program_of};
use crate::text::Span;

/// What engines say where a container could not even be started.
const NOT_STARTED: [&str; 4] =
    ["creating container for [", "error running container: ", "runc create failed", "OCI runtime error"];

/// What they say of a source that is not there.
const NOT_FOUND: [&str; 4] = ["no such file or directory", ": not found", "no items matching", "no source files"];

/// What they say of a user that is not there.
const NO_USER: [&str; 3] = ["unknown user", "unable to find user", "unable to find group"];

/// The exit code of what was killed: by want of memory, most often.
const KILLED: i32 = 137;

/// What became of a build in which the engine ended badly, or was stopped for the reason `stopped`.
pub(super) fn outcome(kind: EngineKind, track: &Track<'_>, options: &EngineOptions, stopped: Option<&str>) -> Outcome {
    if let Some(late) = track.late {
        let step = &track.steps[late];
        return Outcome::Limit {
            step: step.info.clone(),
            limit: Limit::Time(options.step_seconds),
            tail: step.tail.text().to_owned(),
        };
    }
    if let Some(why) = stopped {
        return Outcome::Broken { step: None, why: format!("{kind} was stopped: {why}") };
    }
    let said = said(track);
    if ["dockerfile parse error", "Unknown instruction"].iter().any(|part| said.contains(part)) {
        return Outcome::Refused(Problem::wrong(span_of(track), format!("{kind} cannot read it: {said}")));
    }
    match track.failing() {
        None => {
            let when = if track.steps.is_empty() { " before the first step" } else { "" };
            Outcome::Broken { step: None, why: format!("{kind} failed{when}: {said}") }
        }
        Some(step) => of_step(kind, step, &said, track, options),
    }
}

fn span_of(track: &Track<'_>) -> Span {
    track.failing().map_or(Span::empty(0), |step| step.info.span)
}

/// What the engine said last that is an error.
fn said(track: &Track<'_>) -> String {
    let is_error =
        |line: &&str| line.starts_with("Error: ") || line.starts_with("ERROR: ") || line.starts_with("error ");
    let line = track.words().find(is_error).or_else(|| track.words().next());
    let Some(mut line) = line else { return "it did not say why".to_owned() };
    for prefix in ["Error: ", "ERROR: ", "failed to build: ", "failed to solve: "] {
        line = line.strip_prefix(prefix).unwrap_or(line);
    }
    line.to_owned()
}

fn of_step(kind: EngineKind, seen: &Seen, said: &str, track: &Track<'_>, options: &EngineOptions) -> Outcome {
    let (step, tail) = (seen.info.clone(), seen.tail.text().to_owned());
    let why = seen.failed.clone().unwrap_or_else(|| said.to_owned());
    let broken = |why: String| Outcome::Broken { step: Some(seen.info.clone()), why };
    let has = |parts: &[&str]| parts.iter().any(|part| why.contains(part) || said.contains(part));
    match seen.keyword().as_str() {
        "FROM" => {
            let advice = match options.pull {
                EnginePull::Never if kind != EngineKind::Buildx => "; with `--pull` it would be pulled",
                _ => "",
            };
            Outcome::Refused(Problem::missing(step.span, format!("{kind} does not have the image: {why}{advice}")))
        }
        "RUN" => {
            let all = || track.words().chain([why.as_str(), tail.as_str()]);
            if all().any(|words| NOT_STARTED.iter().any(|part| words.contains(part))) {
                let said = track.words().find(|line| NOT_STARTED.iter().any(|part| line.contains(part)));
                return broken(format!("{kind} cannot run a step: {}", said.unwrap_or(&why)));
            }
            if has(&NO_USER) {
                return Outcome::Failed(Failure { step, reason: FailureReason::Invalid(why), tail });
            }
            let Some(code) = exit_code(&why).or_else(|| exit_code(said)) else { return broken(why) };
            let program = fetching_program_of(&step.text);
            if options.network == Network::None && (program.is_some() || complains(&tail)) {
                return Outcome::NeedsNetwork { step, program, tail };
            }
            if code == KILLED {
                return broken("the command was killed, as it is where memory runs out".to_owned());
            }
            Outcome::Failed(Failure { step, reason: FailureReason::Exit(ExitStatus::Code(code)), tail })
        }
        "COPY" | "ADD" if has(&NOT_FOUND) && !step.text.contains("://") => {
            Outcome::Failed(Failure { step, reason: FailureReason::Invalid(why), tail })
        }
        _ => broken(why),
    }
}

/// The number at the end of `exit status 3` and `did not complete successfully: exit code: 3`.
fn exit_code(text: &str) -> Option<i32> {
    let rest = ["exit status ", "exit code: "].iter().find_map(|words| Some(text.rsplit_once(words)?.1))?;
    rest.trim().parse().ok()
}
