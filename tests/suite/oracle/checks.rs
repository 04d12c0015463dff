//! The preset `buildkit` against BuildKit's own checks: the same rule at the same line.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;

use rlint::lint::{Preset, Settings, check};
use rlint::model::base_images::{BaseImage, BaseShell};
use rlint::model::dockerfile::{Base, Dockerfile, Instruction, Source, Stage};
use rlint::model::image::Image;
use rlint::syntax::dockerfile::{InstructionKind, Word, parse};
use rlint::syntax::kind::Kind;
use rlint::text::{LineIndex, MemoryFiles, Span};
use serde_json::{Value, json};

/// BuildKit's checks.
pub(crate) const CHECKS: [&str; 22] = [
    "ConsistentInstructionCasing",
    "CopyIgnoredFile",
    "DuplicateStageName",
    "ExposeInvalidFormat",
    "ExposeProtoCasing",
    "FromAsCasing",
    "FromPlatformFlagConstDisallowed",
    "InvalidBaseImagePlatform",
    "InvalidDefaultArgInFrom",
    "InvalidDefinitionDescription",
    "JSONArgsRecommended",
    "LegacyKeyValueFormat",
    "MaintainerDeprecated",
    "MultipleInstructionsDisallowed",
    "NoEmptyContinuation",
    "RedundantTargetPlatform",
    "ReservedStageName",
    "SecretsUsedInArgOrEnv",
    "StageNameCasing",
    "UndefinedArgInFrom",
    "UndefinedVar",
    "WorkdirRelativePath",
];

/// How much was compared.
#[derive(Default)]
pub(super) struct Compared {
    files: usize,
    /// Files that BuildKit refuses; what it had found until then was compared.
    refused: usize,
    rules: BTreeMap<String, Tally>,
}

#[derive(Default)]
struct Tally {
    shared: usize,
    only_ours: usize,
    only_theirs: usize,
    /// What only the empty image of the oracle makes wrong: the table of base images does not know the base well enough.
    unknown: usize,
    /// What we find in a file that BuildKit refuses: it may have stopped before.
    after: usize,
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} files, {} of them refused by BuildKit", self.files, self.refused)?;
        writeln!(f, "{:32} shared  only ours  only theirs  base unknown  after the error", "check")?;
        for (rule, tally) in &self.rules {
            let Tally { shared, only_ours, only_theirs, unknown, after } = tally;
            writeln!(f, "{rule:32} {shared:6}  {only_ours:9}  {only_theirs:11}  {unknown:12}  {after:15}")?;
        }
        Ok(())
    }
}

/// What the oracle is told about a Dockerfile: the operating system, and what our table knows of its base images.
pub(super) fn request(text: &str, ignore: &str) -> Value {
    let dockerfile = Dockerfile::new(parse(text));
    let mut images = BTreeMap::new();
    for stage in dockerfile.stages() {
        if let Base::Image(image) = stage.base() {
            images.insert(reference(image), image.clone());
        }
    }
    for (instruction, word) in dockerfile.instructions().flat_map(|own| own.source_words().map(move |word| (own, word)))
    {
        if let Source::Image(image) = instruction.source(word) {
            images.insert(reference(&image), image);
        }
    }
    let known = images.into_iter().filter_map(|(name, image)| Some((name, configuration(BaseImage::of(&image)?))));
    let images: BTreeMap<String, Value> = known.collect();
    let windows = dockerfile.shipped_stage().is_some_and(Stage::is_windows);
    json!({
        "text": text, "os": if windows { "windows" } else { "linux" }, "images": images, "ignore": ignore,
    })
}

/// The name under which BuildKit asks for an image.
fn reference(image: &Image) -> String {
    let tag = image.tag.as_deref().or(image.digest.is_none().then_some("latest"));
    let tag = tag.map(|tag| format!(":{tag}")).unwrap_or_default();
    let digest = image.digest.as_deref().map(|digest| format!("@{digest}")).unwrap_or_default();
    format!("{}{tag}{digest}", image.canonical_name())
}

fn configuration(image: BaseImage) -> Value {
    let env: Vec<String> = image.variables.iter().map(|name| format!("{name}=known")).collect();
    let shell: &[&str] = match image.shell {
        BaseShell::PowerShell => &["powershell", "-Command"],
        _ => &[],
    };
    json!({
        "env": env,
        "workdir": image.workdir.unwrap_or_default(),
        "user": image.user.map(|user| user.name).filter(|name| *name != "root").unwrap_or_default(),
        "shell": shell,
    })
}

/// Ignore patterns that speak of what the Dockerfile copies, and of some other things; empty where it copies nothing.
pub(super) fn ignore(text: &str) -> String {
    let dockerfile = Dockerfile::new(parse(text));
    let mut patterns = Vec::new();
    let mut sources = BTreeSet::new();
    for instruction in dockerfile.instructions() {
        let (InstructionKind::Copy(transfer) | InstructionKind::Add(transfer)) = &instruction.node.kind else {
            continue;
        };
        sources.extend(transfer.sources.iter().map(|source: &Word| source.raw.to_string()));
    }
    let plain =
        |source: &str| !source.is_empty() && !source.contains(['$', '"', '\'', '*', '?', '[', '!', ':', '\\', '#']);
    for (index, source) in sources.into_iter().filter(|source| plain(source)).enumerate() {
        let source = source.trim_start_matches("./").trim_matches('/');
        let (folder, name) = source.rsplit_once('/').unwrap_or(("", source));
        patterns.push(match index % 5 {
            0 => source.to_owned(),
            1 if name.contains('.') => format!("**/*.{}", name.rsplit('.').next().unwrap_or(name)),
            2 if !folder.is_empty() => folder.to_owned(),
            3 => format!("other/{name}"),
            _ => format!("{source}/inner"),
        });
    }
    patterns.retain(|pattern| !pattern.is_empty());
    patterns.join("\n")
}

/// Where the preset and BuildKit's answer differ.
pub(super) fn differences(text: &str, ignore: &str, answer: &Value, compared: &mut Compared) -> Vec<String> {
    let dockerfile = Dockerfile::new(parse(text));
    let lines = LineIndex::new(text);
    let error = answer["error"].as_str().unwrap_or("");
    // It asks for this itself, after the last check.
    let refused = !error.is_empty() && !error.contains("lint violation found");
    compared.files += 1;
    compared.refused += usize::from(refused);
    let theirs = theirs(answer, &dockerfile, &lines);
    let ours = ours(text, ignore, &dockerfile, &lines, &theirs);
    let mut found = Vec::new();
    for place in ours.union(&theirs) {
        let (rule, line) = place;
        // With an ignore file nothing else can change.
        if !ignore.is_empty() && rule != "CopyIgnoredFile" {
            continue;
        }
        let tally = compared.rules.entry(rule.clone()).or_default();
        match (ours.contains(place), theirs.contains(place)) {
            (true, true) => tally.shared += 1,
            (true, false) if refused => tally.after += 1,
            (true, false) => {
                tally.only_ours += 1;
                found.push(format!("only we report {rule} at line {line}"));
            }
            _ if is_unknown(rule, *line, &dockerfile, &lines, answer) => tally.unknown += 1,
            _ => {
                tally.only_theirs += 1;
                found.push(format!("only BuildKit reports {rule} at line {line}"));
            }
        }
    }
    found.retain(|difference| is_answered(difference));
    found
}

/// Whether a rule answers to the check that the difference is about.
fn is_answered(difference: &str) -> bool {
    let catalog = rlint::catalog();
    let check = difference.split(' ').find(|word| CHECKS.contains(word)).expect("it names a check");
    catalog.select(check).is_ok_and(|rules| !rules.is_empty())
}

type Places = BTreeSet<(String, u32)>;

fn theirs(answer: &Value, dockerfile: &Dockerfile, lines: &LineIndex) -> Places {
    let list = answer["warnings"].as_array().map(Vec::as_slice).unwrap_or_default();
    let place = |warning: &Value| {
        let rule = warning["rule"].as_str()?.to_owned();
        let line = u32::try_from(warning["line"].as_u64()?).ok()?;
        // It is reported once, at the end of the instruction.
        let line = if rule == "NoEmptyContinuation" { last_start(dockerfile, lines, line) } else { line };
        Some((rule, line))
    };
    list.iter().filter_map(place).collect()
}

/// What the preset finds: at the line where BuildKit finds it, if that is the line of the finding, else at the first line of
/// its instruction.
fn ours(text: &str, ignore: &str, dockerfile: &Dockerfile, lines: &LineIndex, theirs: &Places) -> Places {
    let catalog = rlint::catalog();
    let mut files = MemoryFiles::default();
    files.insert("Dockerfile", text);
    if !ignore.is_empty() {
        files.insert(".dockerignore", ignore);
    }
    let mut settings = Settings::preset(&catalog, Preset::Buildkit);
    settings.file_types.push((globset::Glob::new("**").expect("a glob").compile_matcher(), Kind::Dockerfile));
    let mut found = Places::new();
    for diagnostic in check(&[PathBuf::from("Dockerfile")], &files, &settings).diagnostics {
        let Some(rule) = catalog.rule(&diagnostic.rule) else { continue };
        let Some(name) = rule.aliases.iter().find(|alias| CHECKS.contains(&&***alias)) else { continue };
        let line = lines.line_of(diagnostic.span.start) + 1;
        let exact = (name.to_string(), line);
        if theirs.contains(&exact) {
            found.insert(exact);
        } else {
            found.insert((name.to_string(), first_line(dockerfile, lines, diagnostic.span).unwrap_or(line)));
        }
    }
    found
}

/// The first line of the last instruction that starts at `line` or before it.
fn last_start(dockerfile: &Dockerfile, lines: &LineIndex, line: u32) -> u32 {
    let starts = dockerfile.tree.instructions.iter().map(|own| lines.line_of(own.span.start) + 1);
    starts.take_while(|start| *start <= line).last().unwrap_or(line)
}

/// The first line of the instruction around a span.
fn first_line(dockerfile: &Dockerfile, lines: &LineIndex, span: Span) -> Option<u32> {
    let around = dockerfile.tree.instructions.iter().find(|own| own.span.encloses(span))?;
    Some(lines.line_of(around.span.start) + 1)
}

/// Whether a warning depends on what the table does not know of the base image.
fn is_unknown(rule: &str, line: u32, dockerfile: &Dockerfile, lines: &LineIndex, answer: &Value) -> bool {
    let here = |own: &Instruction<'_>| lines.line_of(own.span().start) + 1 == line;
    let Some(instruction) = dockerfile.stages().flat_map(Stage::outer_instructions).find(here) else { return false };
    match &instruction.node.kind {
        InstructionKind::Workdir(word) if rule == "WorkdirRelativePath" => instruction.value(word).is_none(),
        _ if rule == "UndefinedVar" => {
            let warnings = answer["warnings"].as_array().into_iter().flatten();
            let mut names = warnings
                .filter(|own| own["rule"] == rule && own["line"] == line)
                .filter_map(|own| own["message"].as_str()?.split('\'').nth(1)?.strip_prefix('$'));
            names.all(|name| instruction.is_set(name).is_none())
        }
        _ => false,
    }
}
