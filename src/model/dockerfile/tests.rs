//! The examples follow what BuildKit does with the same file.

use super::*;
use crate::model::expand::Value;
use crate::syntax::dockerfile::{Keyword, parse};

fn of(text: &str) -> Dockerfile {
    Dockerfile::new(parse(text))
}

fn image(text: &str) -> Option<String> {
    let dockerfile = of(text);
    let stage = dockerfile.shipped_stage()?;
    stage.from().image().map(|image| image.reference.clone())
}

/// The variable at the end of the last stage.
fn variable(text: &str, name: &str) -> Option<String> {
    match of(text).shipped_stage().expect("a stage").scope().variable(name) {
        Value::Known(value) => Some(value.to_owned()),
        _ => None,
    }
}

#[test]
fn from_uses_the_arguments_before_it_with_their_defaults() {
    assert_eq!(image("ARG TAG=3.20\nFROM alpine:${TAG}").as_deref(), Some("alpine:3.20"));
    assert_eq!(image("ARG V=3\nARG TAG=$V.20\nFROM alpine:$TAG").as_deref(), Some("alpine:3.20"));
    assert_eq!(image("ARG TAG\nFROM alpine:${TAG:-3}").as_deref(), Some("alpine:3"));
    assert_eq!(image("ARG TAG\nFROM alpine:$TAG"), None, "only the build knows");
    assert_eq!(image("ARG TAG=1\nARG TAG\nFROM alpine:$TAG").as_deref(), Some("alpine:1"));
    assert_eq!(image("FROM a\nARG TAG=1\nFROM alpine:$TAG"), None, "the ARG of a stage is not seen: `alpine:`");
    assert_eq!(image("ARG I=\"alpine:3\"\nFROM \"${I}\"").as_deref(), Some("alpine:3"));
}

#[test]
fn a_base_is_a_stage_nothing_an_image_or_unknown() {
    let dockerfile = of(
        "FROM a AS Builder\nFROM builder\nFROM scratch\nFROM b:1 AS b\nFROM $X\nFROM Builder\nFROM c AS late\nFROM late AS late",
    );
    let bases: Vec<_> = dockerfile.stages().map(|stage| stage.base().clone()).collect();
    assert_eq!(bases[1], Base::Stage(0));
    assert_eq!(bases[2], Base::Scratch);
    assert!(matches!(&bases[3], Base::Image(image) if image.name == "b"));
    assert!(matches!(bases[4], Base::Invalid(_)), "an undeclared variable is empty");
    assert!(matches!(bases[5], Base::Invalid(_)), "BuildKit looks the name up as written");
    assert_eq!(bases[7], Base::Stage(6), "the earlier one");
    assert_eq!(dockerfile.stage_named("LATE").map(|stage| stage.index), Some(7));
    assert_eq!(dockerfile.stage_named("2").map(|stage| stage.index), Some(2));
    assert!(dockerfile.stage_named("9").is_none());
}

#[test]
fn env_and_arg_hold_from_the_next_instruction_on() {
    let text = "FROM alpine\nENV A=1 B=$A\nENV C=$A\nARG D=$C E=$D";
    assert_eq!(variable(text, "B").as_deref(), Some(""), "the pairs of one ENV do not see each other");
    assert_eq!(variable(text, "C").as_deref(), Some("1"));
    assert_eq!(variable(text, "D").as_deref(), Some("1"));
    let dockerfile = of(text);
    let env = dockerfile.instruction(1).expect("ENV");
    assert_eq!((env.variable("A"), env.is_set("A")), (Value::Unset, Some(false)));
}

#[test]
fn the_last_of_env_and_arg_wins() {
    assert_eq!(variable("FROM alpine\nARG V=1\nENV V=2", "V").as_deref(), Some("2"));
    assert_eq!(
        variable("FROM alpine\nENV V=1\nARG V", "V").as_deref(),
        Some("1"),
        "an ARG without default changes nothing"
    );
}

#[test]
fn an_argument_of_the_file_must_be_named_again_in_the_stage() {
    let text = "ARG V=1\nFROM alpine AS a\nARG V\nFROM alpine";
    let dockerfile = of(text);
    let [first, second] = [0, 1].map(|index| dockerfile.stage(index).expect("a stage").scope());
    assert_eq!(first.variable("V"), Value::Known("1"));
    assert_eq!(second.variable("V"), Value::Unset);
}

#[test]
fn a_stage_inherits_from_the_stage_it_starts_from() {
    let text = "FROM alpine AS a\nARG X=arg\nENV X=env Y=y\nARG X=late\nARG Z=z\nFROM a";
    assert_eq!(variable(text, "Y").as_deref(), Some("y"));
    assert_eq!(variable(text, "Z").as_deref(), Some("z"));
    assert_eq!(variable(text, "X").as_deref(), Some("env"), "the image configuration has the ENV");
}

#[test]
fn variables_of_unknown_images_are_unknown() {
    let dockerfile = of("FROM acme/app\nFROM alpine\nFROM golang:1.24\nFROM scratch");
    let set = |stage: usize, name: &str| dockerfile.stage(stage).expect("a stage").scope().is_set(name);
    assert_eq!([set(0, "X"), set(1, "X"), set(2, "X"), set(3, "X")], [None, Some(false), Some(false), Some(false)]);
    assert_eq!([set(0, "PATH"), set(2, "GOPATH"), set(3, "PATH")], [Some(true); 3]);
}

#[test]
fn builder_arguments_are_set_but_unknown() {
    let dockerfile = of("FROM --platform=$BUILDPLATFORM alpine\nARG TARGETARCH\nARG MINE\nRUN true");
    let run = dockerfile.instruction(3).expect("RUN");
    assert_eq!((run.variable("TARGETARCH"), run.is_set("TARGETARCH")), (Value::Unknown, Some(true)));
    assert_eq!((run.variable("MINE"), run.is_set("MINE")), (Value::Argument, Some(true)));
    assert_eq!((run.variable("TARGETOS"), run.is_set("TARGETOS")), (Value::Unset, Some(false)));
    assert_eq!(dockerfile.globals().variable("BUILDPLATFORM"), Value::Unknown);
}

#[test]
fn values_that_double_do_not_fill_the_memory() {
    let mut text = "FROM alpine\nENV A=0123456789\n".to_owned();
    for _ in 0..100 {
        text.push_str("ENV A=$A$A\n");
    }
    assert_eq!(variable(&text, "A"), None);
}

#[test]
fn the_user_is_declared_inherited_or_unknown() {
    let root = |text: &str| of(text).shipped_stage().expect("a stage").user().is_root();
    assert_eq!(root("FROM alpine"), Some(true));
    assert_eq!(root("FROM acme/app"), None);
    assert_eq!(root("FROM acme/app\nUSER 0:0"), Some(true));
    assert_eq!(root("FROM alpine\nUSER app"), Some(false));
    assert_eq!(root("FROM alpine AS a\nUSER app\nFROM a\nRUN true"), Some(false));
    assert_eq!(root("FROM alpine\nARG UID\nUSER $UID"), None);
    assert_eq!(root("FROM alpine\nARG UID=1000\nUSER ${UID}"), Some(false));
    assert_eq!(root("FROM scratch"), Some(true));
}

#[test]
fn the_user_of_an_instruction_is_the_one_before_it() {
    let dockerfile = of("FROM alpine\nRUN a\nUSER app\nRUN b");
    let users: Vec<_> = dockerfile.instructions().map(|instruction| instruction.user().is_root()).collect();
    assert_eq!(users, [Some(true), Some(true), Some(true), Some(false)]);
}

#[test]
fn folders_add_up() {
    let workdir = |text: &str| {
        let dockerfile = of(text);
        let last = dockerfile.tree.instructions.len() - 1;
        dockerfile.instruction(last).expect("the last").workdir().map(str::to_owned)
    };
    assert_eq!(workdir("FROM alpine\nWORKDIR a\nWORKDIR ../b/./c/\nRUN x").as_deref(), Some("/b/c"));
    assert_eq!(workdir("FROM acme\nWORKDIR a\nRUN x"), None);
    assert_eq!(workdir("FROM acme\nENV H=/srv\nWORKDIR $H/app\nRUN x").as_deref(), Some("/srv/app"));
    assert_eq!(workdir("FROM golang\nRUN x").as_deref(), Some("/go"));
}

#[test]
fn the_shell_comes_from_shell_parent_stage_image_or_shebang() {
    let shell = |text: &str| {
        let dockerfile = of(text);
        let last = dockerfile.tree.instructions.len() - 1;
        dockerfile.instruction(last).expect("the last").shell()
    };
    assert_eq!(shell("FROM alpine\nRUN x"), ShellKind::Sh(Sh::Ash));
    assert_eq!(shell("FROM debian:12\nRUN x"), ShellKind::Sh(Sh::Dash));
    assert_eq!(shell("FROM acme\nRUN x"), ShellKind::Sh(Sh::Unknown));
    assert_eq!(
        shell("FROM alpine AS a\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nFROM a\nRUN x"),
        ShellKind::Bash
    );
    assert_eq!(shell("FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nRUN x"), ShellKind::Cmd);
    assert_eq!(shell("FROM alpine\nSHELL [\"pwsh\", \"-Command\"]\nRUN x"), ShellKind::PowerShell);
    assert_eq!(shell("FROM alpine\nRUN <<EOF\n#!/usr/bin/env python3\nprint(1)\nEOF"), ShellKind::Other);
    assert_eq!(shell("FROM alpine\nRUN <<EOF\n#!/bin/bash -e\nx\nEOF"), ShellKind::Bash);
}

#[test]
fn a_comment_for_hadolint_says_which_shell_runs_what_follows() {
    let text = "# hadolint shell=zsh\nFROM alpine AS a\nRUN a\n# hadolint shell=powershell -Command\nRUN b \\\n# hadolint shell=zsh\n c\nRUN d\nSHELL [\"/bin/sh\", \"-c\"]\n# hadolint shell = /bin/bash\nRUN e\nFROM a\nRUN f\nFROM debian:12\nRUN g";
    let dockerfile = of(text);
    let runs = dockerfile.instructions().filter(|own| own.keyword() == Some(Keyword::Run));
    let shells: Vec<_> = runs.map(Instruction::shell).collect();
    let (ash, dash) = (ShellKind::Sh(Sh::Ash), ShellKind::Sh(Sh::Dash));
    let (bash, other) = (ShellKind::Bash, ShellKind::PowerShell);
    assert_eq!(shells, [ash, other, other, bash, bash, dash]);
    assert!(dockerfile.instruction(2).expect("RUN").shell_instruction().is_none());
}

#[test]
fn scripts_of_other_shells_are_not_read() {
    let dockerfile = of("FROM alpine\nSHELL [\"pwsh\", \"-Command\"]\nRUN a | b");
    assert!(dockerfile.instruction(2).expect("RUN").script().is_none());
}

#[test]
fn needed_stages_are_those_the_last_one_takes_something_from() {
    let dockerfile = of(
        "FROM a AS one\nFROM b AS two\nFROM c AS three\nFROM d AS four\nFROM three\nCOPY --from=ONE /x /x\nRUN --mount=type=bind,from=two,target=/y true",
    );
    let needed: Vec<_> = dockerfile.stages().map(Stage::is_needed).collect();
    assert_eq!(needed, [true, true, true, false, true]);
}

#[test]
fn what_onbuild_holds_back_runs_in_the_stage_that_starts_from_it() {
    let text = "FROM alpine AS a\nONBUILD ENV X=1\nONBUILD USER app\nFROM a\nRUN x";
    let dockerfile = of(text);
    assert_eq!(dockerfile.stage(0).expect("a stage").user().is_root(), Some(true));
    assert_eq!(dockerfile.stage(1).expect("a stage").user().is_root(), Some(false));
    assert_eq!(variable(text, "X").as_deref(), Some("1"));
    let inner = dockerfile.instructions().filter(|instruction| instruction.onbuild).count();
    assert_eq!(inner, 2);
}

#[test]
fn instructions_before_the_first_stage_have_none() {
    let dockerfile = of("ARG A=1\nRUN x\nFROM alpine:$A");
    assert!(dockerfile.instruction(1).expect("RUN").stage().is_none());
    assert_eq!(dockerfile.instruction(1).expect("RUN").variable("A"), Value::Known("1"));
}

#[test]
fn a_variable_of_an_unknown_name_makes_the_others_unknown() {
    let text = "FROM alpine\nARG NAME\nENV A=1\nENV $NAME=x\nENV B=2";
    assert_eq!(variable(text, "B").as_deref(), Some("2"));
    assert_eq!(variable(text, "A"), None, "it may be A");
    let dockerfile = of(text);
    assert_eq!(dockerfile.shipped_stage().expect("a stage").scope().is_set("C"), None);
}

#[test]
fn many_long_values_do_not_fill_the_memory() {
    let mut text = "FROM alpine\n".to_owned();
    for index in 1..2000 {
        text.push_str(&format!("ENV A{index}=${{A{}}}{}\n", index - 1, "x".repeat(20)));
    }
    assert_eq!(variable(&text, "A100").map(|value| value.len()), Some(2000));
    assert_eq!(variable(&text, "A1999"), None, "all of them together would take forty megabytes");
}

#[test]
fn a_named_context_is_no_image() {
    let text = "FROM docker.io/library/common AS a\nFROM golang:1.24\nFROM golang:1.23\nFROM a\nCOPY --from=common x y\nCOPY --from=other x y\n";
    let names = ["common", "golang:1.24", "a"].map(str::to_owned);
    let dockerfile = Dockerfile::with_contexts(parse(text), names);
    let bases: Vec<bool> = dockerfile.stages().map(|stage| *stage.base() == Base::Unknown).collect();
    assert_eq!(bases, [true, true, false, false]);
    let sources = dockerfile.instructions().filter_map(|own| Some(own.source(own.source_words().next()?)));
    assert!(matches!(sources.collect::<Vec<_>>()[..], [Source::Unknown, Source::Image(_)]));
}

#[test]
fn what_cannot_be_read_may_be_what_is_typed_there() {
    for (word, may_be, is_none) in [
        ("F", Keyword::From, Keyword::Arg),
        ("fro", Keyword::From, Keyword::Workdir),
        ("FORM", Keyword::From, Keyword::User),
        ("FROM", Keyword::From, Keyword::User),
        ("W", Keyword::Workdir, Keyword::Env),
        ("US", Keyword::User, Keyword::From),
    ] {
        let text = format!("FROM a\n{word}\nRUN b");
        let dockerfile = of(&text);
        let [_, broken, last] = [0, 1, 2].map(|index| dockerfile.instruction(index).expect("three instructions"));
        assert!(broken.may_be(may_be) && last.may_follow(&[may_be]), "{text}");
        assert!(!broken.may_be(is_none) && !broken.may_follow(&[may_be]), "{text}");
    }
    let dockerfile = of("FROM a\n&& b\nRUN c");
    assert!(Keyword::ALL.iter().all(|keyword| !dockerfile.instructions().any(|own| own.may_be(*keyword))));
}

#[test]
fn an_instruction_is_unfinished_where_more_of_it_should_follow() {
    for (text, unfinished) in [
        ("FROM a\nRUN b \\\n", true),
        ("FROM a\nRUN b \\\n  # c\n", true),
        ("FROM a\nRUN <<E\nb\n", true),
        ("FROM a\nONBUILD RUN <<E\nb\n", true),
        ("FROM a\nRUN <<E\nb\nE\n", false),
        ("FROM a\nRUN b \\\n  c\n", false),
        ("FROM a\nRUN b", false),
    ] {
        let dockerfile = of(text);
        let last = dockerfile.instructions().last().expect("an instruction");
        assert_eq!(last.is_unfinished(), unfinished, "{text}");
        assert!(!dockerfile.instruction(0).expect("FROM").is_unfinished(), "{text}");
    }
}
