use super::*;
use crate::model::context::{BuildContext, Certainty};
use crate::model::dockerfile::Dockerfile;
use crate::syntax::dockerfile::parse;
use crate::text::MemoryFiles;

fn plan(text: &str) -> Plan {
    Plan::new(&Dockerfile::new(parse(text)))
}

/// The effects of the change from one text to another.
fn between(before: &str, after: &str) -> Vec<Effect> {
    effects(&compare(&plan(before), &plan(after))).iter().collect()
}

/// The same below `FROM debian:13`.
fn below(before: &str, after: &str) -> Vec<Effect> {
    between(&format!("FROM debian:13\n{before}\n"), &format!("FROM debian:13\n{after}\n"))
}

#[test]
fn how_it_is_written_changes_nothing() {
    for (before, after) in [
        ("RUN a && b", "# why\nrun a \\\n  # and\n\\\n  && b"),
        ("ENV A 1", "ENV A=\"1\""),
        ("ARG X\nENV A $X", "ARG X\nENV A=\"${X}\""),
        ("ENV A=1 B=2", "ENV A=1\nENV B=2"),
        ("ENV A=1\nCOPY a$A b", "ENV A=1\nCOPY a1 b"),
        ("COPY ./a b/", "COPY [\"a\", \"b/\"]"),
        ("ADD a b", "COPY a b"),
        ("COPY --chown=1 --chmod=2 a b", "COPY --chmod=2 --chown=1 a b"),
        ("RUN --mount=type=cache,target=/x y", "RUN --mount=dst=/x,type=cache y"),
        ("EXPOSE 80", "EXPOSE 80/TCP"),
        ("EXPOSE 127.0.0.1:80:8080 53/udp", "EXPOSE 53/udp\nEXPOSE 8080"),
        ("CMD a\nCMD b", "CMD b"),
        ("CMD a\nENTRYPOINT [\"b\"]\nCMD c", "ENTRYPOINT [\"b\"]\nCMD c"),
        ("WORKDIR /a\nWORKDIR b", "WORKDIR /a\nWORKDIR /a/b"),
        ("LABEL a=1\nLABEL b=2", "LABEL b=2 a=1"),
        ("ONBUILD ADD a b", "ONBUILD COPY a b"),
    ] {
        assert_eq!(below(before, after), [], "{before:?} and {after:?}");
    }
    for (before, after) in [
        ("FROM a", "FROM docker.io/library/a:latest"),
        ("ARG A=1\nFROM a:$A", "ARG A=1\nFROM a:${A}"),
        ("FROM --platform=$TARGETPLATFORM a", "FROM a"),
        ("FROM a AS Build\nFROM a\nCOPY --from=0 x y", "FROM a AS build\nFROM a\nCOPY --from=build x y"),
    ] {
        assert_eq!(between(before, after), [], "{before:?} and {after:?}");
    }
}

#[test]
fn each_change_has_its_effect() {
    use Effect::*;
    for (before, after, effects) in [
        ("RUN a", "RUN b", vec![Command]),
        ("RUN a", "RUN --mount=type=cache,target=/x a", vec![Command]),
        ("RUN <<E\na\nE", "RUN <<E\nb\nE", vec![Command]),
        ("RUN a\nRUN b", "RUN a && b", vec![Steps, Command]),
        ("RUN a\nRUN b", "RUN b\nRUN a", vec![Steps]),
        ("COPY . .\nRUN a", "COPY m .\nRUN a\nCOPY . .", vec![Steps, Files]),
        ("COPY a b", "COPY --chown=1 a b", vec![Files]),
        ("ADD a.tar b", "COPY a.tar b", vec![Files]),
        ("ARG A=1\nRUN a", "RUN a", vec![Argument]),
        ("ENV A=1\nRUN a", "ENV A=2\nRUN a", vec![Environment]),
        ("ENV A=1\nCOPY $A b", "ENV A=2\nCOPY $A b", vec![Environment]),
        ("LABEL a=1", "", vec![Labels]),
        ("MAINTAINER a", "LABEL a=a", vec![Labels, Author]),
        ("RUN a", "USER b\nRUN a", vec![User]),
        ("WORKDIR /a\nWORKDIR /b", "WORKDIR /b", vec![Workdir]),
        ("RUN a|b", "SHELL [\"bash\", \"-c\"]\nRUN a|b", vec![Shell]),
        ("CMD a", "SHELL [\"bash\", \"-c\"]\nCMD a", vec![Shell]),
        ("ENTRYPOINT a", "ENTRYPOINT [\"a\"]", vec![Entrypoint]),
        ("CMD b\nENTRYPOINT [\"a\"]", "ENTRYPOINT [\"a\"]", vec![Cmd]),
        ("HEALTHCHECK CMD a", "HEALTHCHECK NONE", vec![Healthcheck]),
        ("EXPOSE 80", "EXPOSE 81", vec![Ports]),
        ("VOLUME /a", "", vec![Volumes]),
        ("STOPSIGNAL 9", "STOPSIGNAL 15", vec![StopSignal]),
        ("ONBUILD RUN a", "ONBUILD RUN b", vec![Command]),
        ("ONBUILD RUN a", "", vec![Command, Triggers]),
    ] {
        assert_eq!(below(before, after), effects, "{before:?} and {after:?}");
    }
    assert_eq!(between("FROM a:1", "FROM a:2"), [Base]);
    assert_eq!(between("FROM a", "FROM --platform=linux/arm64 a"), [Base]);
    assert_eq!(between("ARG A=1\nFROM a", "FROM a"), [Argument]);
    assert_eq!(between("FROM a AS b\nFROM b", "FROM a AS c\nFROM c"), [Stages]);
}

#[test]
fn what_onbuild_holds_back_runs_in_the_stage_above() {
    let steps = |text: &str| plan(text).stages.last().map(|stage| stage.steps.len());
    assert_eq!(steps("FROM a AS p\nONBUILD RUN a\nONBUILD ENV B=1\nFROM p\nRUN b"), Some(2));
    let environment = |text: &str| {
        let plan = plan(text);
        let last = plan.stages.last().expect("a stage");
        last.environment().map(|(name, value)| format!("{name}={value:?}")).collect::<Vec<_>>()
    };
    assert_eq!(environment("FROM a AS p\nONBUILD ENV B=1\nENV A=1\nFROM p\nENV A=$X"), ["A=None", "B=Some(\"1\")"]);
}

#[test]
fn what_the_builder_refuses_is_a_fault() {
    let faults = |text: &str| plan(text).faults.iter().map(|fault| fault.message.clone()).collect::<Vec<_>>();
    assert_eq!(faults("FROM a AS b\nCOPY --from=b x y"), ["the stage needs itself"]);
    assert_eq!(faults("FROM a AS b\nCOPY --from=c x y\nFROM b AS c").len(), 1);
    assert_eq!(faults("FROM a\nCOPY --from=3 x y"), ["there is no stage 3"]);
    assert_eq!(faults("FROM A").len(), 1);
    assert_eq!(faults("FROM a\nCOPY --from=other x y"), [] as [String; 0]);
}

#[test]
fn a_step_is_built_again_for_what_came_before_it() {
    let plan = plan(
        "FROM node:22 AS deps\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY src ./src\nRUN npm test\n\
         FROM scratch\nCOPY --from=deps /app /app\n",
    );
    let order = Order::new(&plan, &|_| None);
    let files = |source, manifest, lock, tooling| Causes { source, manifest, lock, tooling };
    assert_eq!(order.causes(0, 1), files(false, true, true, true));
    assert_eq!(order.causes(0, 3), files(true, true, true, true));
    assert_eq!(order.causes(1, 0), files(true, true, true, true));
    assert_eq!(order.causes(5, 0), Causes::default());
    assert_eq!((order.brings(0, 0), order.brings(0, 1)), (files(false, true, true, false), Causes::NONE));
}

#[test]
fn what_lies_in_a_folder_says_what_it_brings() {
    let mut files = MemoryFiles::default();
    for path in
        ["app/deps/requirements.txt", "app/deps/uv.lock", "app/src/main.py", "app/web/package.json", "app/web/a.js"]
    {
        files.insert(path, "");
    }
    let context = BuildContext { root: "app".into(), certainty: Certainty::Fits, ignore: None };
    let kinds = |source: &str| Causes::in_context(source, &context, &files);
    assert_eq!(kinds("deps"), Some(Causes { manifest: true, lock: true, ..Causes::NONE }));
    assert_eq!(kinds("src"), Some(Causes { source: true, ..Causes::NONE }));
    assert_eq!(kinds("web"), Some(Causes { source: true, manifest: true, ..Causes::NONE }));
    assert_eq!((kinds("."), kinds("none")), (Some(Causes::CONTEXT), None));
}
