//! Rules that find something everywhere: what the engine does with findings is tested with these, so that no rule of
//! ours needs to stay as it is for a test of the engine.

use std::borrow::Cow;
use std::borrow::Cow::Borrowed;

use rlint::lint::prelude::*;
use rlint::lint::{Catalog, Preset, Rule, RuleOption, Settings, check};
use rlint::text::MemoryFiles;

/// The sample rules and the rules about the run itself, all enabled.
pub(crate) fn settings() -> Settings {
    settings_with(None)
}

/// The same with one more rule.
pub(crate) fn settings_with(other: Option<&'static Rule>) -> Settings {
    let own = rlint::rules().iter().filter(|rule| rule.group() == "rlint");
    Settings::preset(&Catalog::new(own.chain(SAMPLES).chain(other)), Preset::All)
}

/// What is found in one file: `line:rule`, in order.
pub(crate) fn found(path: &str, text: &str) -> Vec<String> {
    found_with(path, text, &settings())
}

/// The same, with settings.
pub(crate) fn found_with(path: &str, text: &str, settings: &Settings) -> Vec<String> {
    let mut files = MemoryFiles::default();
    files.insert(path, text);
    let report = check(&[path.into()], &files, settings);
    let line = |diagnostic: &Diagnostic| diagnostic.source.lines().line_of(diagnostic.span.start) + 1;
    report.diagnostics.iter().map(|diagnostic| format!("{}:{}", line(diagnostic), diagnostic.rule)).collect()
}

static SAMPLES: &[Rule] = &[
    sample(
        "sample/from",
        &[Borrowed("DL3006"), Borrowed("StageNameCasing"), Borrowed("CKV_DOCKER_7"), Borrowed("DS-0001")],
        &[Check::From(from)],
    ),
    sample("sample/run", &[Borrowed("DL3059")], &[Check::Instruction(run)]),
    sample(
        "sample/service",
        &[Borrowed("service-ports-alphabetical-order"), Borrowed("same-name")],
        &[Check::Service(service)],
    ),
    sample("sample/image", &[Borrowed("same-name")], &[Check::Service(image)]),
    sample(
        "sample/container",
        &[
            Borrowed("no-read-only-root-fs"),
            Borrowed("CKV_K8S_20"),
            Borrowed("KSV-0014"),
            Borrowed("cpuRequestsMissing"),
        ],
        &[Check::Container(container)],
    ),
    sample("sample/upper", &[], &[Check::Instruction(upper)]),
    sample("sample/breaks", &[], &[Check::Instruction(breaks)]),
    sample("sample/restless", &[], &[Check::Instruction(restless)]),
    sample("sample/panic", &[], &[Check::Instruction(panics), Check::Service(panics_in_compose)]),
];

/// A rule with an option of each kind, which it reports at the end of the file. Not among the others.
pub(crate) static WITH_OPTIONS: Rule = sample_with("sample/options", &[], &[Check::Dockerfile(options)], OPTIONS);

/// A rule that reports containers and panics at some. Not among the others.
pub(crate) static HASTY: Rule = sample("sample/hasty", &[], &[Check::Container(panics_in_some_pods)]);

static OPTIONS: &[RuleOption] = &[
    option("flag", "boolean", "true", &[(Preset::Hadolint, Borrowed("false"))]),
    option("number", "integer", "3", &[]),
    option("word", "string", "\"a\"", &[]),
    option("words", "strings", "[\"b\", \"c\"]", &[]),
];

const fn option(
    name: &'static str,
    kind: &'static str,
    default: &'static str,
    presets: &'static [(Preset, Cow<'static, str>)],
) -> RuleOption {
    RuleOption {
        name: Borrowed(name),
        kind: Borrowed(kind),
        default: Borrowed(default),
        description: Borrowed("what it does"),
        presets: Borrowed(presets),
    }
}

fn options(_: &Dockerfile, cx: &mut Context<'_>) {
    let message = format!("{} {} {} {:?}", cx.flag("flag"), cx.number("number"), cx.word("word"), cx.words("words"));
    cx.report_as(Severity::Info, Span::default(), message);
}

const fn sample(id: &'static str, aliases: &'static [Cow<'static, str>], checks: &'static [Check]) -> Rule {
    sample_with(id, aliases, checks, &[])
}

const fn sample_with(
    id: &'static str,
    aliases: &'static [Cow<'static, str>],
    checks: &'static [Check],
    options: &'static [RuleOption],
) -> Rule {
    Rule {
        id: Borrowed(id),
        severity: Severity::Warning,
        category: Category::Correctness,
        presets: Borrowed(&[Preset::Recommended, Preset::Buildkit]),
        fixes: Borrowed(&[]),
        aliases: Borrowed(aliases),
        options: Borrowed(options),
        since: Borrowed("0.1.0"),
        summary: Borrowed("A sample."),
        page: Borrowed(""),
        checks: Borrowed(checks),
    }
}

fn from(from: From<'_>, cx: &mut Context<'_>) {
    cx.report(from.instruction.span(), "a FROM");
}

fn run(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if instruction.keyword() == Some(Keyword::Run) {
        cx.report(instruction.span(), "a RUN");
    }
}

fn service(service: Service<'_>, cx: &mut Context<'_>) {
    cx.report(service.key.span(), "a service");
}

fn image(service: Service<'_>, cx: &mut Context<'_>) {
    if let Some(image) = service.get("image") {
        cx.report(image.span(), "an image");
    }
}

fn container(container: Container<'_>, cx: &mut Context<'_>) {
    cx.report(container.node.span(), "a container");
}

fn panics(instruction: Instruction<'_>, _: &mut Context<'_>) {
    assert!(!instruction.text().contains("please panic"), "as was asked");
}

fn panics_in_compose(service: Service<'_>, cx: &mut Context<'_>) {
    assert!(!cx.text().contains("please panic"), "as was asked, at {:?}", service.key.span());
}

fn panics_in_some_pods(container: Container<'_>, cx: &mut Context<'_>) {
    assert!(!container.node.text().contains("please panic"), "as was asked");
    cx.report(container.node.span(), "a container without a panic");
}

/// Offers to write `run` in capitals, twice at the same place.
fn upper(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let keyword = instruction.node.keyword;
    if keyword.of_text(cx.text()) == "run" {
        for _ in 0..2 {
            cx.report(keyword, format!("in capitals, {}", keyword.start))
                .fix(Fix::safe("write RUN").replace(keyword, "RUN"));
        }
    }
}

/// Offers a change after which nothing can be read.
fn breaks(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let keyword = instruction.node.keyword;
    if keyword.of_text(cx.text()) == "WORKDIR" {
        cx.report(keyword, "break it").fix(Fix::safe("break it").replace(keyword, "WORK DIR"));
    }
}

/// Changes its mind in every round.
fn restless(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let keyword = instruction.node.keyword;
    let other = match keyword.of_text(cx.text()) {
        "Label" => "lAbEl",
        "lAbEl" => "Label",
        _ => return,
    };
    cx.report(keyword, "the other way").fix(Fix::safe("the other way").replace(keyword, other));
}
