//! What we understand of a Dockerfile, against what BuildKit makes of it.

use std::collections::BTreeSet;
use std::fmt;
use std::path::PathBuf;

use rlint::lint::{Preset, Settings, check};
use rlint::model::base_images::BaseImage;
use rlint::model::dockerfile::{Base, Dockerfile, Instruction, Source, Stage, User};
use rlint::model::expand::Value as Variable;
use rlint::syntax::dockerfile::{Command, InstructionKind, Keyword, Word, parse};
use rlint::text::{LineIndex, MemoryFiles};
use serde_json::Value;

/// How much was compared.
#[derive(Default)]
pub(super) struct Compared {
    pub(super) refused: usize,
    files: usize,
    images: usize,
    users: usize,
    folders: usize,
    variables: usize,
    warnings: usize,
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Compared { refused, files, images, users, folders, variables, warnings } = self;
        write!(f, "{files} files agree on {images} images, {users} users, {folders} folders, {variables} variables, ")?;
        write!(f, "{warnings} warnings; {refused} files are refused by BuildKit")
    }
}

/// Where our understanding of `text` differs from the answer of the oracle.
pub(super) fn differences(text: &str, answer: &Value, compared: &mut Compared) -> Vec<String> {
    let dockerfile = Dockerfile::new(parse(text));
    let mut found = Vec::new();
    compared.files += 1;
    images(&dockerfile, answer, compared, &mut found);
    if let Some(stage) = dockerfile.shipped_stage() {
        configuration(stage, &answer["config"], compared, &mut found);
    }
    warnings(text, &dockerfile, answer, compared, &mut found);
    found
}

/// Images that stages start from, and what instructions copy from.
fn images(dockerfile: &Dockerfile, answer: &Value, compared: &mut Compared, found: &mut Vec<String>) {
    let theirs: BTreeSet<String> = strings(&answer["images"]).map(str::to_owned).collect();
    let mut ours = BTreeSet::new();
    let mut unknown = false;
    for stage in dockerfile.stages() {
        match stage.base() {
            Base::Image(image) => {
                let tag = image.tag.as_deref().or(image.digest.is_none().then_some("latest"));
                let tag = tag.map(|tag| format!(":{tag}")).unwrap_or_default();
                let digest = image.digest.as_deref().map(|digest| format!("@{digest}")).unwrap_or_default();
                ours.insert(format!("{}{tag}{digest}", image.canonical_name()));
            }
            Base::Stage(_) | Base::Scratch => {}
            Base::Invalid(_) | Base::Unknown => unknown = true,
        }
    }
    let wrong: Vec<_> = ours.difference(&theirs).collect();
    if !wrong.is_empty() {
        found.push(format!("BuildKit does not start from {wrong:?}"));
    }
    compared.images += ours.len();
    let sources: Vec<String> = dockerfile
        .instructions()
        .flat_map(|own| own.source_words().map(move |word| (own, word)))
        .filter_map(source)
        .collect();
    let missing: Vec<_> = theirs.difference(&ours).filter(|image| !sources.contains(image)).collect();
    if !missing.is_empty() && !unknown {
        found.push(format!("only BuildKit uses {missing:?}"));
    }
}

fn source((instruction, word): (Instruction<'_>, &Word)) -> Option<String> {
    let Source::Image(image) = instruction.source(word) else { return None };
    let tag = image.tag.as_deref().or(image.digest.is_none().then_some("latest"));
    let tag = tag.map(|tag| format!(":{tag}")).unwrap_or_default();
    let digest = image.digest.as_deref().map(|digest| format!("@{digest}")).unwrap_or_default();
    Some(format!("{}{tag}{digest}", image.canonical_name()))
}

/// The user, folder and variables of the shipped image. The oracle takes every base image for an empty one.
fn configuration(stage: Stage<'_>, config: &Value, compared: &mut Compared, found: &mut Vec<String>) {
    let user = config["user"].as_str().unwrap_or("");
    match stage.user() {
        User::Declared { value: Some(own), .. } if own != user => {
            found.push(format!("the user is {own:?}, BuildKit has {user:?}"))
        }
        User::Inherited(_) | User::Unknown if !user.is_empty() => {
            found.push(format!("only BuildKit has a user: {user:?}"))
        }
        _ => compared.users += 1,
    }
    // Where the base image is known to start elsewhere, relative paths differ rightly.
    let at_root = stage.base_image().and_then(|image: BaseImage| image.workdir).is_none_or(|folder| folder == "/");
    let folder = config["workdir"].as_str().unwrap_or("");
    match stage.workdir() {
        Some(own) if at_root && own.trim_end_matches('/') != folder.trim_end_matches('/') => {
            found.push(format!("the folder is {own:?}, BuildKit has {folder:?}"));
        }
        Some(_) => compared.folders += 1,
        None => {}
    }
    for (name, value) in strings(&config["env"]).filter_map(|pair| pair.split_once('=')) {
        match stage.scope().variable(name) {
            Variable::Known(own) if own != value => found.push(format!("{name} is {own:?}, BuildKit has {value:?}")),
            Variable::Known(_) => compared.variables += 1,
            Variable::Unset => found.push(format!("only BuildKit sets {name}")),
            Variable::Argument | Variable::Unknown => {}
        }
    }
}

/// What BuildKit's checks find, against the rules that bear their names.
fn warnings(text: &str, dockerfile: &Dockerfile, answer: &Value, compared: &mut Compared, found: &mut Vec<String>) {
    let lines = LineIndex::new(text);
    let catalog = rlint::catalog();
    let known = |rule: &str| catalog.rules().iter().any(|own| own.aliases.iter().any(|alias| alias == rule));
    let list = answer["warnings"].as_array().map(Vec::as_slice).unwrap_or_default();
    let theirs: BTreeSet<(String, u64)> =
        list.iter()
            .filter_map(|warning| Some((warning["rule"].as_str()?.to_owned(), warning["line"].as_u64()?)))
            .filter(|(rule, _)| known(rule))
            .map(|(rule, line)| {
                if rule == "NoEmptyContinuation" { (rule, first_line(dockerfile, &lines, line)) } else { (rule, line) }
            })
            .collect();
    let mut files = MemoryFiles::default();
    files.insert("Dockerfile", text);
    let report = check(&[PathBuf::from("Dockerfile")], &files, &Settings::preset(&catalog, Preset::Buildkit));
    let mut ours = BTreeSet::new();
    for diagnostic in &report.diagnostics {
        let Some(rule) = catalog.rule(&diagnostic.rule) else { continue };
        let Some(name) = rule.aliases.iter().find(|alias| BUILDKIT.contains(&&***alias)) else { continue };
        let at = |instruction: &Instruction<'_>| instruction.span().encloses(diagnostic.span);
        let Some(instruction) = dockerfile.stages().flat_map(Stage::outer_instructions).find(at) else { continue };
        // BuildKit does not look into scripts, and not at the variables of ports.
        if name == "UndefinedVar" && matches!(instruction.keyword(), Some(Keyword::Run | Keyword::Expose)) {
            continue;
        }
        ours.insert((name.to_string(), u64::from(lines.line_of(instruction.span().start)) + 1));
    }
    compared.warnings += ours.intersection(&theirs).count();
    let missed = theirs.difference(&ours).filter(|(rule, line)| !excused(rule, *line, dockerfile, &lines, list));
    found.extend(missed.map(|(rule, line)| format!("only BuildKit reports {rule} at line {line}")));
    found.extend(ours.difference(&theirs).map(|(rule, line)| format!("only we report {rule} at line {line}")));
}

/// The first line of the instruction that `line` belongs to: BuildKit reports blank lines at the end of it.
fn first_line(dockerfile: &Dockerfile, lines: &LineIndex, line: u64) -> u64 {
    let starts = dockerfile.stages().flat_map(Stage::outer_instructions);
    let starts = starts.map(|own| u64::from(lines.line_of(own.span().start)) + 1);
    starts.take_while(|start| *start <= line).last().unwrap_or(line)
}

/// BuildKit's checks.
const BUILDKIT: [&str; 20] = [
    "StageNameCasing",
    "FromAsCasing",
    "NoEmptyContinuation",
    "ConsistentInstructionCasing",
    "DuplicateStageName",
    "ReservedStageName",
    "JSONArgsRecommended",
    "MaintainerDeprecated",
    "UndefinedArgInFrom",
    "WorkdirRelativePath",
    "UndefinedVar",
    "MultipleInstructionsDisallowed",
    "LegacyKeyValueFormat",
    "RedundantTargetPlatform",
    "SecretsUsedInArgOrEnv",
    "InvalidDefaultArgInFrom",
    "FromPlatformFlagConstDisallowed",
    "ExposeProtoCasing",
    "ExposeInvalidFormat",
    "InvalidDefinitionDescription",
];

/// What only the empty Linux image of the oracle makes wrong (a variable or a path that depends on the base image, Windows
/// paths), and what our rules leave alone on purpose.
fn excused(rule: &str, line: u64, dockerfile: &Dockerfile, lines: &LineIndex, warnings: &[Value]) -> bool {
    let here = |own: &Instruction<'_>| u64::from(lines.line_of(own.span().start)) + 1 == line;
    let Some(instruction) = dockerfile.stages().flat_map(Stage::outer_instructions).find(here) else { return false };
    match &instruction.node.kind {
        InstructionKind::Workdir(word) if rule == "WorkdirRelativePath" => {
            instruction.stage().is_some_and(Stage::is_windows) || instruction.value(word).is_none()
        }
        // Left alone on purpose: Windows commands, `exec`, and what is a broken array.
        InstructionKind::Cmd(Command::Shell(form)) | InstructionKind::Entrypoint(Command::Shell(form))
            if rule == "JSONArgsRecommended" =>
        {
            instruction.script().is_none() || form.text.starts_with('[') || form.text.contains("exec ")
        }
        _ if rule == "UndefinedVar" => {
            let mut names = warnings
                .iter()
                .filter(|own| own["rule"] == rule && own["line"] == line)
                .filter_map(|own| own["message"].as_str()?.split('\'').nth(1)?.strip_prefix('$'));
            names.all(|name| instruction.is_set(name) != Some(false))
        }
        _ => false,
    }
}

fn strings(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}
