//! Evaluation by example. What BuildKit itself says of more files is asked in `tests/suite/oracle`.

use rustc_hash::FxHashMap;

use super::*;
use crate::build::image::{ImageConfig, Platform};
use crate::model::dockerfile::Dockerfile;
use crate::syntax::dockerfile::parse;

/// Images by name.
#[derive(Default)]
struct Known(FxHashMap<String, ImageConfig>);

impl Images for Known {
    fn configuration(&mut self, name: &str, _platform: &Platform) -> Result<ImageConfig, String> {
        self.0.get(name).cloned().ok_or_else(|| format!("there is no `{name}` here"))
    }
}

fn with_base(change: impl FnOnce(&mut ImageConfig)) -> Known {
    let mut config = ImageConfig::empty(&Platform::here());
    change(&mut config);
    Known(FxHashMap::from_iter([("base".to_owned(), config)]))
}

fn evaluated(text: &str, settings: &Settings, images: &mut Known) -> Result<Evaluation, Problem> {
    evaluate(&Dockerfile::new(parse(text)), settings, images)
}

fn built(text: &str) -> Built {
    let evaluation = evaluated(text, &Settings::default(), &mut with_base(|_| {})).expect("it can be built");
    evaluation.target().built.clone().expect("the target is built")
}

fn refused(text: &str) -> Problem {
    evaluated(text, &Settings::default(), &mut with_base(|_| {})).expect_err("it is refused")
}

fn history(built: &Built) -> Vec<(&str, bool)> {
    built.config.history.iter().map(|entry| (entry.created_by.as_deref().unwrap_or(""), entry.empty_layer)).collect()
}

#[test]
fn every_instruction_has_its_entry_in_the_history() {
    let all = built(
        "FROM base\nMAINTAINER a  b\nARG A=1 B\nENV X=$A Y=\"a b\"\nLABEL l=$X\nEXPOSE 90 80-81/UDP\nVOLUME /a $X\n\
         STOPSIGNAL term\nUSER u:$A\nWORKDIR /w\nWORKDIR v\nSHELL [\"/bin/ash\", \"-ec\"]\nRUN a  b\nRUN [\"c\", \"$X\"]\n\
         COPY --chown=1:$A a b* /x/\nADD --chmod=7$A$A c .\nHEALTHCHECK --interval=90s --retries=3 CMD x y\n\
         CMD [\"a\", \"q\\\"\"]\nENTRYPOINT e f\nONBUILD RUN  x \\\n  y\n",
    );
    assert_eq!(
        history(&all),
        [
            ("MAINTAINER a  b", true),
            ("ARG A=1 B", true),
            ("ENV X=1 Y=a b", true),
            ("LABEL l=1", true),
            ("EXPOSE [80/udp 81/udp 90/tcp]", true),
            ("VOLUME [/a 1]", true),
            ("STOPSIGNAL term", true),
            ("USER u:1", true),
            ("WORKDIR /w", false),
            ("WORKDIR /w/v", false),
            ("SHELL [/bin/ash -ec]", true),
            ("RUN |2 A=1 B= /bin/ash -ec a  b # buildkit", false),
            ("RUN |2 A=1 B= c $X # buildkit", false),
            ("COPY --chown=1:1 a b* /x/ # buildkit", false),
            ("ADD --chmod=711 c . # buildkit", false),
            (
                "HEALTHCHECK {Test:[CMD-SHELL x y] Interval:1m30s Timeout:0s StartPeriod:0s StartInterval:0s Retries:3}",
                true
            ),
            ("CMD [\"a\" \"q\\\"\"]", true),
            ("ENTRYPOINT [\"/bin/ash\" \"-ec\" \"e f\"]", true),
        ]
    );
    let config = &all.config.config;
    assert_eq!(config.env[1..], ["X=1", "Y=a b"]);
    assert_eq!(config.on_build, ["RUN  x   y"]);
    assert_eq!((config.working_dir.as_str(), config.user.as_str()), ("/w/v", "u:1"));
    let (directory, user) = (all.steps[4].directory.as_str(), all.steps[4].user.as_str());
    assert_eq!((all.steps.len(), directory, user), (6, "/w/v", "u:1"));
}

#[test]
fn arguments_come_from_the_command_line_the_file_and_the_platform() {
    let text = "ARG V=1\nARG IMAGE=base\nFROM $IMAGE\nARG V\nARG W=w TARGETARCH\nENV OUT=$V-$W-$TARGETARCH-$IMAGE\n";
    let settings =
        Settings { arguments: vec![("V".into(), "2".into()), ("W".into(), "$x".into())], ..Settings::default() };
    let evaluation = evaluated(text, &settings, &mut with_base(|_| {})).expect("it can be built");
    let architecture = Platform::here().architecture;
    let env = &evaluation.target().built.as_ref().expect("it is built").config.config.env;
    assert_eq!(env[1], format!("OUT=2-$x-{architecture}-"));
    assert_eq!(refused("ARG A=$NONE\nFROM $A\n").message, "`$A` names no image: it is empty here");
}

#[test]
fn a_stage_takes_over_what_its_parent_sets_but_not_what_it_holds_back() {
    let image = built(
        "FROM base AS a\nENV E=1\nARG G=2\nARG E=3\nCMD x\nONBUILD ENV T=$G\nFROM a\nENTRYPOINT [\"y\"]\nENV U=$E$G$T\n",
    );
    let config = &image.config.config;
    // The trigger sees the ARG of the parent; the ENV of the parent beats its ARG.
    assert_eq!(config.env[1..], ["E=1", "T=2", "U=122"]);
    assert_eq!((config.cmd.as_deref(), config.on_build.len()), (None, 0));
    let kept = built("FROM base AS a\nCMD x\nENTRYPOINT [\"y\"]\n");
    assert!(kept.config.config.cmd.is_some());
}

#[test]
fn what_the_base_image_holds_back_runs_first() {
    let mut images = with_base(|config| {
        config.config.on_build = vec!["WORKDIR /app".into(), "COPY --from=lib /x .".into(), "RUN <<E\na\nE".into()];
        config.config.shell = Some(vec!["/sh".into()]);
    });
    let text = "FROM base AS lib0\nFROM scratch AS lib\nFROM base\nRUN b\n";
    let evaluation = evaluated(text, &Settings::default(), &mut images).expect("it can be built");
    let needed: Vec<bool> = evaluation.stages.iter().map(|stage| stage.built.is_some()).collect();
    assert_eq!(needed, [false, true, true]);
    let image = evaluation.target().built.as_ref().expect("it is built");
    let shown: Vec<&str> = image.steps.iter().map(|step| step.text.as_str()).collect();
    assert_eq!(shown, ["WORKDIR /app", "COPY --from=lib /x .", "RUN <<E (a)", "RUN b"]);
    assert_eq!(image.steps[0].span, evaluation.target().span);
    assert!(image.config.config.on_build.is_empty());
    let origin = match &image.steps[1].action {
        Action::Transfer(transfer) => evaluation.origin(transfer.from.as_deref(), true),
        _ => Origin::Context,
    };
    assert_eq!(origin, Origin::Stage(1));
}

#[test]
fn heredocs_are_scripts_or_belong_to_the_shell() {
    let image = built("FROM base\nRUN <<-A\n\techo\n\tA\nRUN <<B\n#!/usr/bin/perl\nx\nB\nRUN cat <<C >/x\ny\nC\n");
    let commands: Vec<&RunCommand> = image
        .steps
        .iter()
        .filter_map(|step| match &step.action {
            Action::Run(command, ..) => Some(command),
            _ => None,
        })
        .collect();
    assert_eq!(commands[0].arguments, ["/bin/sh", "-c", "echo\n"]);
    assert_eq!(commands[1].arguments, ["/bin/sh", "-c", "/dev/pipes/B"]);
    assert_eq!(commands[1].script, Some(("/dev/pipes/B".into(), "#!/usr/bin/perl\nx\n".into())));
    assert_eq!(commands[2].arguments[2], "cat <<C >/x\ny\nC");
}

#[test]
fn only_what_the_target_needs_is_looked_at() {
    let text = "FROM nowhere AS bad\nRUN x\nFROM base AS one\nRUN y\nFROM base AS two\nRUN --mount=from=one,target=/m z\n\
                FROM base AS three\nCOPY --from=1 /a /b\n";
    let settings = |target: &str| Settings { target: Some(target.into()), ..Settings::default() };
    for (target, needed) in [("two", [false, true, true, false]), ("THREE", [false, true, false, true])] {
        let evaluation = evaluated(text, &settings(target), &mut with_base(|_| {})).expect("it can be built");
        assert_eq!(evaluation.stages.iter().map(|stage| stage.built.is_some()).collect::<Vec<_>>(), needed);
    }
    let problem = evaluated(text, &settings("bad"), &mut with_base(|_| {})).expect_err("the image is not there");
    assert_eq!((problem.kind, problem.message.as_str()), (ProblemKind::Missing, "there is no `nowhere` here"));
    let problem = evaluated(text, &settings("none"), &mut with_base(|_| {})).expect_err("the stage is not there");
    assert!(problem.message.contains("bad, one, two, three"), "{problem}");
}

#[test]
fn destinations_keep_the_slash_that_makes_them_folders() {
    let image =
        built("FROM base\nWORKDIR /w\nCOPY a .\nCOPY a ./\nCOPY a b\nCOPY a ../c/\nCOPY a /d/../e/\nCOPY a f/.\n");
    let targets: Vec<String> = image
        .steps
        .iter()
        .filter_map(|step| match &step.action {
            Action::Transfer(transfer) => Some(transfer.target(&step.directory)),
            _ => None,
        })
        .collect();
    assert_eq!(targets, ["/w/", "/w/", "/w/b", "/c/", "/e/", "/w/f/."]);
}

#[test]
fn what_is_not_built_is_refused_by_name() {
    for (text, kind, part) in [
        ("FROM base\nADD https://u:p@a/b /c\n", ProblemKind::Unsupported, "password in a URL"),
        ("FROM base\nADD a https://a/b /c/\n", ProblemKind::Unsupported, "write two"),
        ("FROM base\nADD git@a.b:c/d /e\n", ProblemKind::Unsupported, "`ADD` of `git@a.b:c/d`"),
        ("FROM base\nCOPY https://a/b /c\n", ProblemKind::Wrong, "does not download"),
        ("FROM base\nRUN --mount=type=secret,id=a x\n", ProblemKind::Unsupported, "secret mounts"),
        ("FROM base\nRUN --mount=type=ssh x\n", ProblemKind::Unsupported, "ssh mounts"),
        ("FROM base\nRUN --security=insecure x\n", ProblemKind::Unsupported, "--security"),
        ("FROM base\nRUN --device=a/b=c x\n", ProblemKind::Unsupported, "--device"),
        ("FROM --platform=windows/amd64 base\n", ProblemKind::Unsupported, "windows"),
        ("# syntax=a/b\nFROM base\n", ProblemKind::Unsupported, "another frontend"),
        ("FROM base\nCOPY --from=$X a /b\n", ProblemKind::Wrong, "variables are not read in `--from`"),
        ("FROM base\nCOPY --from=7 a /b\n", ProblemKind::Wrong, "no stage with the number 7"),
        ("FROM base AS a\nCOPY --from=a a /b\n", ProblemKind::Wrong, "needs itself"),
        ("FROM base AS a\nCOPY --from=b a /b\nFROM base AS b\nFROM a\n", ProblemKind::Wrong, "comes after this one"),
        ("FROM base\nCOPY --link --chown=me a /b\n", ProblemKind::Wrong, "only numbers"),
        ("FROM base\nCOPY --chmod=9 a /b\n", ProblemKind::Wrong, "is no mode"),
        ("FROM base\nEXPOSE $X/tcp\nEXPOSE 70000\n", ProblemKind::Wrong, "has no port"),
        ("FROM base\nSTOPSIGNAL NOPE\n", ProblemKind::Wrong, "is no signal"),
        ("FROM base\nRUN ${X:?is needed}\nENV A=\"${X:?is needed}\"\n", ProblemKind::Wrong, "is needed"),
        ("FROM base\nFOO x\n", ProblemKind::Wrong, "is no instruction"),
        ("FROM base\nONBUILD MAINTAINER a\n", ProblemKind::Wrong, "cannot hold back"),
        ("RUN a\nFROM base\n", ProblemKind::Wrong, "before the first `FROM`"),
        ("FROM Base\n", ProblemKind::Wrong, "is no image"),
        ("FROM base\nVOLUME $X\n", ProblemKind::Wrong, "cannot be empty"),
        ("# nothing\n", ProblemKind::Wrong, "no `FROM`"),
    ] {
        let problem = refused(text);
        assert_eq!(problem.kind, kind, "{text}: {problem}");
        assert!(problem.message.contains(part), "{text}: {problem}");
    }
    let problem = refused("FROM base\nRUN --mount=type=ssh x\n");
    assert_eq!((problem.span.start, problem.span.end), (14, 30));
}

#[test]
fn a_file_that_grows_without_end_has_limits() {
    let mut text = String::from("FROM base\nENV A=0123456789\n");
    for _ in 0..20 {
        text.push_str("ENV A=$A$A\n");
    }
    assert_eq!(refused(&text).kind, ProblemKind::TooLarge);
    let mut text = String::from("FROM base\nENV A=0123456789\n");
    (0..12).for_each(|_| text.push_str("ENV A=$A$A\n"));
    (0..60).for_each(|index| text.push_str(&format!("ENV B{index}=$A\n")));
    assert_eq!(refused(&text).kind, ProblemKind::TooLarge);
    assert_eq!(refused(&format!("FROM base\n{}", "RUN x\n".repeat(500))).kind, ProblemKind::TooLarge);
}
