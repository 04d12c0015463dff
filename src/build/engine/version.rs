//! Which version of an engine is installed, and whether that will do.

use super::EngineKind;
use super::command;
use super::run::{Ended, RunError, Words, run};

/// The oldest version that takes all flags that are used: for Buildah and Podman those that were tried, for buildx the
/// first one with `--provenance`.
const fn oldest(kind: EngineKind) -> (u64, u64) {
    match kind {
        EngineKind::Buildx => (0, 10),
        EngineKind::Buildah => (1, 28),
        EngineKind::Podman => (4, 3),
    }
}

/// The version of an engine, as it says it.
///
/// # Errors
///
/// In words for the user, when it is not installed or too old.
pub(super) fn check(kind: EngineKind) -> Result<String, String> {
    let mut words = Words::default();
    let instead = "or leave `--backend` out: rlint builds without an engine, too";
    let ended = run(kind, &command::version(kind), &mut words).map_err(|error| match error {
        RunError::NotFound => {
            format!("`--backend {kind}`: there is no program `{}` on the PATH; install it, {instead}", kind.program())
        }
        RunError::Other(why) => format!("`--backend {kind}`: {why}"),
    })?;
    if !matches!(ended, Ended::Exited(status) if status.success()) {
        let said = words.last();
        return Err(match kind {
            EngineKind::Buildx => {
                format!("`--backend buildx`: `docker buildx` is not installed (it says: {said}); install it, {instead}")
            }
            _ => format!("`--backend {kind}`: `{} --version` fails: {said}", kind.program()),
        });
    }
    judge(kind, &words.first())
}

/// What the line with the version says.
fn judge(kind: EngineKind, line: &str) -> Result<String, String> {
    let Some((text, (major, minor))) = line.split_whitespace().find_map(numbers) else {
        return Err(format!("`--backend {kind}`: it does not say its version, but `{line}`"));
    };
    let (least_major, least_minor) = oldest(kind);
    // A client that was built without being told its version says 0.0.0.
    let is_unknown = kind == EngineKind::Buildx && text.starts_with("0.0.0");
    if (major, minor) < (least_major, least_minor) && !is_unknown {
        return Err(format!(
            "`--backend {kind}`: {kind} {text} is too old; it takes {least_major}.{least_minor} or a newer one"
        ));
    }
    Ok(text.to_owned())
}

/// `v0.10.4` and the like, and the first two numbers of it.
fn numbers(word: &str) -> Option<(&str, (u64, u64))> {
    let text = word.strip_prefix('v').unwrap_or(word).trim_end_matches(',');
    let mut parts = text.split('.');
    let mut number = || -> Option<u64> {
        let part = parts.next()?;
        let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        part[..digits].parse().ok()
    };
    Some((text, (number()?, number()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_in_what_programs_say() {
        for (kind, line, version) in [
            (EngineKind::Buildah, "buildah version 1.28.2 (image-spec 1.1.0-rc2)", "1.28.2"),
            (EngineKind::Podman, "podman version 4.3.1", "4.3.1"),
            (EngineKind::Podman, "podman version 5.2.0-dev", "5.2.0-dev"),
            (EngineKind::Buildx, "github.com/docker/buildx v0.11.2 9872040", "0.11.2"),
            (EngineKind::Buildx, "github.com/docker/buildx v0.0.0+unknown ", "0.0.0+unknown"),
        ] {
            assert_eq!(judge(kind, line).as_deref(), Ok(version));
        }
    }

    #[test]
    fn what_is_too_old_is_said_to_be() {
        for (kind, line, part) in [
            (EngineKind::Buildah, "buildah version 1.27.9", "buildah 1.27.9 is too old; it takes 1.28"),
            (EngineKind::Podman, "podman version 3.0.1", "podman 3.0.1 is too old; it takes 4.3"),
            (EngineKind::Buildx, "github.com/docker/buildx v0.9.1 ed00243", "buildx 0.9.1 is too old"),
            (EngineKind::Buildx, "something else", "does not say its version"),
        ] {
            let message = judge(kind, line).expect_err("it will not do");
            assert!(message.contains(part), "{message}");
        }
    }
}
