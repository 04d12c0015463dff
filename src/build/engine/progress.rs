//! What engines say while they build, line by line.
//!
//! Buildah and Podman say `STEP 2/5: RUN …`, with `[1/2] ` in front where there are stages, on standard output between
//! what the steps print; `--> Using cache …` and `--> …` say what became of it (`imagebuildah/stage_executor.go` of
//! <https://github.com/containers/buildah>, Apache-2.0). BuildKit with `--progress=plain` puts the number of what it is
//! about in front of every line: `#5 [build 2/4] RUN …`, `#5 0.123 output`, `#5 CACHED`, `#5 DONE 0.2s`, `#5 ERROR: …`
//! (`util/progress/progressui/printer.go` of <https://github.com/moby/buildkit>, Apache-2.0).

use super::EngineKind;
use super::run::Stream;

/// What a line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told<'l> {
    /// A step begins, or is told again.
    Step {
        /// What the lines about it are known by.
        id: u32,
        /// Where it stands.
        place: Place<'l>,
        /// The instruction.
        text: &'l str,
    },
    /// Something begins that is no step.
    Working(&'l str),
    /// What a step makes was made before.
    Cached(u32),
    /// A step is done.
    Done(u32),
    /// A step failed, and why.
    Failed(u32, &'l str),
    /// A step says something.
    Output(u32, &'l str),
    /// The engine says something.
    Engine(&'l str),
    /// Nothing of interest.
    Nothing,
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place<'l> {
    /// The number of its stage, from 0, or its name.
    pub(super) stage: StagePlace<'l>,
    /// Its place in the stage, from 1.
    pub(super) place: usize,
    /// How many steps the stage has.
    pub(super) of: usize,
}

/// Which stage a step belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StagePlace<'l> {
    /// The only one.
    Only,
    /// The one with this number, from 0.
    Number(usize),
    /// The one with this name.
    Name(&'l str),
}

/// Reads the lines of an engine.
#[derive(Debug)]
pub(super) struct Reader {
    kind: EngineKind,
    /// The step that is running, where lines do not say it.
    current: u32,
    /// Whether a stage came to its end after it.
    is_over: bool,
}

impl Reader {
    pub(super) fn new(kind: EngineKind) -> Reader {
        Reader { kind, current: 0, is_over: false }
    }

    pub(super) fn read<'l>(&mut self, stream: Stream, line: &'l str) -> Told<'l> {
        match self.kind {
            EngineKind::Buildx => buildkit(line),
            EngineKind::Buildah | EngineKind::Podman => self.buildah(stream, line),
        }
    }

    fn buildah<'l>(&mut self, stream: Stream, line: &'l str) -> Told<'l> {
        if let Some((place, text)) = step(line).filter(|_| stream == Stream::Out) {
            self.current += 1;
            self.is_over = false;
            return Told::Step { id: self.current, place, text };
        }
        // Between the last step of a stage and the first one of the next only the engine speaks.
        if self.is_over || self.current == 0 {
            return if stream == Stream::Error { Told::Engine(line) } else { Told::Nothing };
        }
        if stream == Stream::Error {
            return Told::Output(self.current, line);
        }
        match line.strip_prefix("--> ") {
            Some(rest) if rest.starts_with("Using cache ") => Told::Cached(self.current),
            Some(_) => Told::Done(self.current),
            None if without_stage(line).1.starts_with("COMMIT") => {
                self.is_over = true;
                Told::Done(self.current)
            }
            None => Told::Output(self.current, line),
        }
    }
}

/// `[1/2] STEP 2/5: RUN a`.
fn step(line: &str) -> Option<(Place<'_>, &str)> {
    let (stage, rest) = without_stage(line);
    let (numbers, text) = rest.strip_prefix("STEP ")?.split_once(": ")?;
    let (place, of) = fraction(numbers)?;
    Some((Place { stage, place, of }, text))
}

/// `[1/2] ` in front of a line, and the line.
fn without_stage(line: &str) -> (StagePlace<'_>, &str) {
    let split = line.strip_prefix('[').and_then(|rest| rest.split_once("] "));
    let numbered = split.and_then(|(stage, rest)| Some((StagePlace::Number(fraction(stage)?.0 - 1), rest)));
    numbered.unwrap_or((StagePlace::Only, line))
}

/// `2/5`, from 1.
fn fraction(text: &str) -> Option<(usize, usize)> {
    let (part, whole) = text.split_once('/')?;
    let (part, whole) = (part.parse().ok()?, whole.parse().ok()?);
    (part > 0 && part <= whole).then_some((part, whole))
}

fn buildkit(line: &str) -> Told<'_> {
    let Some((number, rest)) = line.strip_prefix('#').and_then(|rest| rest.split_once(' ')) else {
        return Told::Engine(line);
    };
    let Ok(id) = number.parse::<u32>() else { return Told::Engine(line) };
    if rest.starts_with("DONE ") || rest == "DONE" || rest == "CANCELED" {
        return Told::Done(id);
    }
    if rest == "CACHED" {
        return Told::Cached(id);
    }
    if let Some(why) = rest.strip_prefix("ERROR: ") {
        return Told::Failed(id, why);
    }
    if let Some((label, text)) = rest.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
        return match label_of(label) {
            Some(place) => Told::Step { id, place, text },
            None => Told::Working(text),
        };
    }
    // A time in front of what a step prints.
    if let Some((time, text)) = rest.split_once(' ')
        && time.split_once('.').is_some_and(|(whole, part)| is_number(whole) && is_number(part))
    {
        return Told::Output(id, text);
    }
    if rest.starts_with("exporting to ") { Told::Working(rest) } else { Told::Nothing }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `2/5`, `build 2/5`, `linux/arm64 build 2/5`.
fn label_of(label: &str) -> Option<Place<'_>> {
    let (before, numbers) = label.rsplit_once(' ').unwrap_or(("", label));
    let (place, of) = fraction(numbers)?;
    let name = before.split(' ').find(|word| !word.is_empty() && !word.contains('/'));
    let stage = match name {
        None => StagePlace::Only,
        Some(name) => match name.strip_prefix("stage-").and_then(|number| number.parse().ok()) {
            Some(number) => StagePlace::Number(number),
            None => StagePlace::Name(name),
        },
    };
    Some(Place { stage, place, of })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buildah_tells_steps_between_what_they_print() {
        let mut reader = Reader::new(EngineKind::Buildah);
        let place = |stage, place, of| Place { stage, place, of };
        let only = |at, of| place(StagePlace::Only, at, of);
        let lines = [
            (Stream::Error, "Error: creating build container", Told::Engine("Error: creating build container")),
            (Stream::Out, "STEP 1/3: FROM base", Told::Step { id: 1, place: only(1, 3), text: "FROM base" }),
            (Stream::Out, "STEP 2/3: RUN a: b", Told::Step { id: 2, place: only(2, 3), text: "RUN a: b" }),
            (Stream::Out, "STEP 9/3: no", Told::Output(2, "STEP 9/3: no")),
            (Stream::Out, "hello", Told::Output(2, "hello")),
            (Stream::Error, "oops", Told::Output(2, "oops")),
            (Stream::Out, "--> 434eb627f50", Told::Done(2)),
            (
                Stream::Out,
                "[2/3] STEP 3/4: COPY a b",
                Told::Step { id: 3, place: place(StagePlace::Number(1), 3, 4), text: "COPY a b" },
            ),
            (Stream::Out, "--> Using cache 434eb6", Told::Cached(3)),
            (Stream::Out, "[2/3] COMMIT localhost/a:1", Told::Done(3)),
            (Stream::Out, "Successfully tagged localhost/a:1", Told::Nothing),
            (Stream::Error, "Error: committing", Told::Engine("Error: committing")),
        ];
        for (stream, line, told) in lines {
            assert_eq!(reader.read(stream, line), told, "{line}");
        }
    }

    #[test]
    fn buildkit_numbers_what_it_tells() {
        let mut reader = Reader::new(EngineKind::Buildx);
        let place = |stage, place, of| Place { stage, place, of };
        let lines = [
            ("#0 building with \"a\" instance using docker driver", Told::Nothing),
            ("", Told::Engine("")),
            ("#1 [internal] load build definition from D", Told::Working("load build definition from D")),
            ("#1 transferring dockerfile: 259B done", Told::Nothing),
            (
                "#5 [2/3] RUN [\"a\"] b",
                Told::Step { id: 5, place: place(StagePlace::Only, 2, 3), text: "RUN [\"a\"] b" },
            ),
            (
                "#6 [build 1/3] WORKDIR /w",
                Told::Step { id: 6, place: place(StagePlace::Name("build"), 1, 3), text: "WORKDIR /w" },
            ),
            (
                "#7 [linux/arm64 stage-1 1/3] FROM a",
                Told::Step { id: 7, place: place(StagePlace::Number(1), 1, 3), text: "FROM a" },
            ),
            ("#5 0.149 #9 ERROR: not so", Told::Output(5, "#9 ERROR: not so")),
            ("#5 CACHED", Told::Cached(5)),
            ("#6 DONE 0.2s", Told::Done(6)),
            ("#7 ERROR: process \"x\" did not", Told::Failed(7, "process \"x\" did not")),
            ("#8 exporting to oci image format", Told::Working("exporting to oci image format")),
            ("#8 sha256:abc 0B / 3MB 0.1s", Told::Nothing),
            ("ERROR: failed to solve: a", Told::Engine("ERROR: failed to solve: a")),
        ];
        for (line, told) in lines {
            assert_eq!(reader.read(Stream::Error, line), told, "{line}");
        }
    }
}
