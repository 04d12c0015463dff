//! What engines are asked for, and what is made of what they say: both written down, so that no engine is needed.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use super::command::{BuildCall, Way, remove, save};
use super::environment::passed;
use super::failure;
use super::run::{Stream, Watch};
use super::track::Track;
use super::{EngineKind, EngineOptions, EnginePull, Sources};
use crate::build::exec::request::Network;
use crate::build::steps::{Event, Outcome, ProblemKind};
use crate::model::dockerfile::Dockerfile;
use crate::syntax::dockerfile::parse;

/// The command line of a build, in one line.
fn line(kind: EngineKind, way: Way, options: &EngineOptions, tags: &[&str], archive: Option<&str>) -> String {
    let sources =
        Sources { dockerfile: "/w/Dockerfile".into(), context: "/c".into(), ignore: Some("/w/ignore".into()) };
    let tags: Vec<String> = tags.iter().map(|tag| (*tag).to_owned()).collect();
    let call = BuildCall {
        kind,
        way,
        options,
        isolation: Some("chroot").filter(|_| options.memory.is_some()),
        sources: &sources,
        anew: false,
        tags: &tags,
        id_file: Path::new("/w/id"),
        archive: archive.map(Path::new),
    }
    .call();
    let words = call.arguments.iter().map(|word| word.to_string_lossy().into_owned());
    std::iter::once(call.program.to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

fn everything() -> EngineOptions {
    EngineOptions {
        arguments: vec![("A".to_owned(), "1 2".to_owned()), ("--B".to_owned(), String::new())],
        target: Some("--test".to_owned()),
        platform: Some("linux/arm64".to_owned()),
        no_cache: true,
        network: Network::Host,
        pull: EnginePull::Always,
        step_seconds: 600,
        memory: Some(1 << 20),
    }
}

#[test]
fn command_lines_ask_for_nothing_that_was_not_asked_for() {
    let plain = EngineOptions::default();
    assert_eq!(
        line(EngineKind::Buildx, Way::Written, &plain, &[], Some("/w/image.tar")),
        "docker buildx build --progress=plain --provenance=false --sbom=false --output=type=oci,dest=/w/image.tar \
         --file=/w/Dockerfile --iidfile=/w/id --network=none -- /c"
    );
    assert_eq!(
        line(EngineKind::Buildx, Way::Saved, &plain, &["a:1"], None),
        "docker buildx build --progress=plain --provenance=false --sbom=false --load --file=/w/Dockerfile \
         --iidfile=/w/id --network=none --tag=a:1 -- /c"
    );
    for kind in [EngineKind::Buildah, EngineKind::Podman] {
        assert_eq!(
            line(kind, Way::Saved, &plain, &["a:1"], None),
            format!(
                "{kind} build --layers=true --force-rm=true --http-proxy=false --format=docker --pull=never \
                 --ignorefile=/w/ignore --file=/w/Dockerfile --iidfile=/w/id --network=none --tag=a:1 -- /c"
            )
        );
    }
}

#[test]
fn what_was_asked_for_is_passed_on_and_no_value_becomes_a_flag() {
    assert_eq!(
        line(EngineKind::Buildx, Way::Written, &everything(), &[], Some("/w,\"x\"/image.tar")),
        "docker buildx build --progress=plain --provenance=false --sbom=false --allow=network.host --pull \
         --output=type=oci,\"dest=/w,\"\"x\"\"/image.tar\" --file=/w/Dockerfile --iidfile=/w/id --network=host \
         --no-cache --target=--test --platform=linux/arm64 --build-arg=A=1 2 --build-arg=--B= -- /c"
    );
    assert_eq!(
        line(EngineKind::Podman, Way::Saved, &everything(), &["--tag"], None),
        "podman build --layers=true --force-rm=true --http-proxy=false --format=docker --isolation=chroot \
         --pull=always --ignorefile=/w/ignore --memory=1048576b --file=/w/Dockerfile --iidfile=/w/id --network=host --no-cache \
         --target=--test --platform=linux/arm64 --build-arg=A=1 2 --build-arg=--B= --tag=--tag -- /c"
    );
    let missing = EngineOptions { pull: EnginePull::Missing, ..EngineOptions::default() };
    assert!(line(EngineKind::Podman, Way::Saved, &missing, &[], None).contains(" --pull=missing "));
    assert!(line(EngineKind::Buildah, Way::Saved, &missing, &[], None).contains(" --pull=false "));
    assert!(!line(EngineKind::Buildx, Way::Saved, &missing, &[], None).contains("--pull"));
}

#[test]
fn images_are_saved_and_their_names_removed() {
    let shown = |call: super::command::Call| {
        let words: Vec<String> = call.arguments.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        format!("{} {}", call.program, words.join(" "))
    };
    let (name, file) = ("localhost/rlint-verify:1", Path::new("/w/image.tar"));
    for (kind, saved, removed) in [
        (
            EngineKind::Buildx,
            "docker image save --output=/w/image.tar localhost/rlint-verify:1",
            "docker image rm localhost/rlint-verify:1",
        ),
        (
            EngineKind::Buildah,
            "buildah push --quiet localhost/rlint-verify:1 docker-archive:/w/image.tar",
            "buildah rmi localhost/rlint-verify:1",
        ),
        (
            EngineKind::Podman,
            "podman image save --quiet --format=docker-archive --output=/w/image.tar localhost/rlint-verify:1",
            "podman image rm localhost/rlint-verify:1",
        ),
    ] {
        assert_eq!(shown(save(kind, name, file)), saved);
        assert_eq!(shown(remove(kind, &[name.to_owned()])), removed);
    }
}

#[test]
fn engines_see_where_they_are_and_no_secret() {
    let here = ["AWS_SECRET_ACCESS_KEY", "BUILDAH_ISOLATION", "CONTAINER_HOST", "DOCKER_HOST", "GITHUB_TOKEN", "PATH"];
    let names = |kind| {
        let variables = here.iter().map(|name| (OsString::from(name), OsString::from("value")));
        passed(kind, variables).into_iter().map(|(name, _)| name.to_string_lossy().into_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(EngineKind::Buildx), ["DOCKER_HOST", "PATH"]);
    assert_eq!(names(EngineKind::Buildah), ["BUILDAH_ISOLATION", "PATH"]);
    assert_eq!(names(EngineKind::Podman), ["BUILDAH_ISOLATION", "CONTAINER_HOST", "PATH"]);
}

/// What is told of a build in which an engine said `lines`: those that start with `!` on standard error.
fn told(kind: EngineKind, text: &str, lines: &str) -> (Outcome, Vec<String>) {
    let dockerfile = Dockerfile::new(parse(Arc::from(text)));
    let options = EngineOptions { step_seconds: 600, ..EngineOptions::default() };
    let mut events = Vec::new();
    let mut observer = |event: &Event<'_>| {
        events.push(match event {
            Event::Planned { steps } => format!("planned {steps}"),
            Event::Working(what) => format!("working: {what}"),
            Event::Started(step) => format!("started {} [{}] at {:?}", step.number, step.label(), step.span),
            Event::Cached(step) => format!("cached {}", step.number),
            Event::Output { step, text } => format!("output {}: {}", step.number, text.trim_end()),
            Event::Finished { step, .. } => format!("finished {}", step.number),
        });
    };
    let mut track = Track::new(kind, &options, &dockerfile, &mut observer);
    for line in lines.lines().map(str::trim_start) {
        match line.strip_prefix('!') {
            Some(line) => track.line(Stream::Error, line),
            None => track.line(Stream::Out, line),
        }
    }
    let outcome = failure::outcome(kind, &track, &options, None);
    (outcome, events)
}

fn shown(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Built(_) => "built".to_owned(),
        Outcome::Failed(failure) => format!("failed {}: {}", failure.step.number, failure.reason),
        Outcome::Refused(problem) if problem.kind == ProblemKind::Wrong => format!("wrong: {problem}"),
        Outcome::Refused(problem) => format!("refused: {problem}"),
        Outcome::NeedsNetwork { step, program, .. } => format!("network {}: {program:?}", step.number),
        Outcome::Limit { limit, .. } => format!("limit: {limit}"),
        Outcome::Broken { step, why } => format!("broken {:?}: {why}", step.as_ref().map(|step| step.number)),
    }
}

#[test]
fn steps_are_told_with_their_places_in_the_file() {
    let text = "FROM a AS one\nRUN x \\\n  y\nFROM one\nARG V=1\nRUN echo $V\n";
    let (outcome, events) = told(
        EngineKind::Buildx,
        text,
        "!#1 [internal] load build definition from Dockerfile
        !#4 [one 1/2] FROM docker.io/library/a@sha256:0
        !#4 CACHED
        !#5 [one 2/2] RUN x   y
        !#5 0.1 hello
        !#5 DONE 0.2s
        !#6 [stage-1 1/1] RUN echo 1
        !#6 ERROR: process \"/bin/sh -c echo $V\" did not complete successfully: exit code: 2
        !ERROR: failed to build: failed to solve: process \"/bin/sh -c echo $V\" did not complete successfully: exit code: 2",
    );
    assert_eq!(
        events,
        [
            "working: load build definition from Dockerfile",
            "planned 2",
            "started 1 [one 1/2] at 0..13",
            "cached 1",
            "planned 2",
            "started 2 [one 2/2] at 14..25",
            "output 2: hello",
            "finished 2",
            "planned 3",
            "started 3 [stage-1 1/1] at 43..54",
        ]
    );
    assert_eq!(shown(&outcome), "failed 3: the command ended with exit code 2");
}

#[test]
fn what_buildah_says_is_understood() {
    let text = "FROM a\nRUN x\nCOPY b c\nRUN apt-get install -y curl\n";
    for (lines, expected) in [
        ("!Error: cannot set --network other than host with --isolation chroot", "broken None: buildah failed before the \
          first step: cannot set --network other than host with --isolation chroot"),
        ("STEP 1/4: FROM a
          !Error: creating build container: a: image not known", "refused: buildah does not have the image: creating build \
          container: a: image not known; with `--pull` it would be pulled"),
        ("STEP 1/4: FROM a
          STEP 2/4: RUN x
          !/bin/sh: x: not found
          !subprocess exited with status 3
          !Error: building at STEP \"RUN x\": exit status 3", "failed 2: the command ended with exit code 3"),
        ("STEP 1/4: FROM a
          STEP 2/4: RUN x
          !Error: building at STEP \"RUN x\": while running runtime: exit status 137", "broken Some(2): the command was \
          killed, as it is where memory runs out"),
        ("STEP 1/4: FROM a
          STEP 2/4: RUN x
          !error running container: from /usr/bin/crun creating container for [/bin/sh -c x]: cgroups in hybrid mode
          !: exit status 1
          !Error: building at STEP \"RUN x\": while running runtime: exit status 1", "broken Some(2): buildah cannot run a \
          step: error running container: from /usr/bin/crun creating container for [/bin/sh -c x]: cgroups in hybrid mode"),
        ("STEP 1/4: FROM a
          STEP 2/4: RUN x
          --> 0123
          STEP 3/4: COPY b c
          !Error: building at STEP \"COPY b c\": checking on sources under \"/c\": copier: stat: \"/b\": no such file or \
          directory", "failed 3: building at STEP \"COPY b c\": checking on sources under \"/c\": copier: stat: \"/b\": no \
          such file or directory"),
        ("STEP 1/4: FROM a
          STEP 2/4: RUN x
          --> 0123
          STEP 3/4: COPY b c
          !Error: building at STEP \"COPY b c\": no space left on device", "broken Some(3): building at STEP \"COPY b c\": \
          no space left on device"),
        ("STEP 1/4: FROM a
          STEP 4/4: RUN apt-get install -y curl
          !Error: building at STEP \"RUN apt-get install -y curl\": exit status 100", "network 2: Some(\"apt-get\")"),
        ("STEP 1/4: FROM a
          STEP 2/4: FOO x
          !Error: building at STEP \"FOO \": Build error: Unknown instruction: \"FOO\"", "wrong: buildah cannot read it: \
          building at STEP \"FOO \": Build error: Unknown instruction: \"FOO\""),
        ("STEP 1/4: FROM a
          STEP 2/4: RUN x
          !Error: building at STEP \"RUN x\": determining run uid: user: unknown user error looking up user \"app\"",
          "failed 2: building at STEP \"RUN x\": determining run uid: user: unknown user error looking up user \"app\""),
    ] {
        assert_eq!(shown(&told(EngineKind::Buildah, text, lines).0), expected);
    }
}

#[test]
fn what_buildkit_says_is_understood() {
    let text = "FROM a\nCOPY b c\nRUN x\n";
    for (lines, expected) in [
        ("!ERROR: no builder \"a\" found", "broken None: buildx failed before the first step: no builder \"a\" found"),
        ("!#2 [internal] load metadata for docker.io/library/a:latest
          !#2 ERROR: failed to do request: dial tcp: connection refused
          !ERROR: failed to build: failed to solve: a: failed to resolve source metadata for a:latest: connection refused",
         "broken None: buildx failed before the first step: a: failed to resolve source metadata for a:latest: connection \
          refused"),
        ("!#4 [2/3] COPY b c
          !#4 ERROR: failed to calculate checksum of ref x: \"/b\": not found
          !ERROR: failed to build: failed to solve: failed to compute cache key: \"/b\": not found",
         "failed 1: failed to calculate checksum of ref x: \"/b\": not found"),
        ("!ERROR: failed to build: failed to solve: dockerfile parse error on line 2: unknown instruction: FOO",
         "wrong: buildx cannot read it: dockerfile parse error on line 2: unknown instruction: FOO"),
        ("!#5 [3/3] RUN x
          !#5 0.1 curl: (6) Could not resolve host: example.com
          !#5 ERROR: process \"/bin/sh -c x\" did not complete successfully: exit code: 6
          !ERROR: failed to solve: process \"/bin/sh -c x\" did not complete successfully: exit code: 6", "network 1: None"),
        ("!#5 [3/3] RUN x
          !#5 ERROR: failed to receive status: rpc error: code = Unavailable
          !ERROR: failed to receive status: rpc error: code = Unavailable", "broken Some(1): failed to receive status: rpc \
          error: code = Unavailable"),
    ] {
        assert_eq!(shown(&told(EngineKind::Buildx, text, lines).0), expected);
    }
}
