//! What a build does by our evaluation, against the image and the operations that BuildKit makes of the same file.

use std::collections::BTreeSet;
use std::fmt;

use rlint::build::image::{ImageConfig, Platform};
use rlint::build::steps::{Action, Evaluation, Images, ProblemKind, Remote, Settings, Step, evaluate};
use rlint::model::context::path_in_context;
use rlint::model::dockerfile::Dockerfile;
use rlint::model::modes::FileMode;
use rlint::syntax::dockerfile::parse;
use serde_json::{Value, json};

/// The document of every base image: with something in each field that instructions start from.
const BASE: &str = r#"{"architecture":"amd64","os":"linux","author":"Base","config":{"User":"me","Env":["PATH=/base/bin",
"BASE=1"],"Entrypoint":["/entry"],"Cmd":["word"],"WorkingDir":"/srv","Labels":{"of":"base"},"ExposedPorts":{"1/tcp":{}},
"Volumes":{"/base":{}},"StopSignal":"SIGINT","OnBuild":["ENV HELD=$BASE"]},"rootfs":{"type":"layers","diff_ids":[]},
"history":[{"created_by":"base"}]}"#;

/// How much was compared.
#[derive(Default)]
pub(super) struct Compared {
    files: usize,
    steps: usize,
    history: usize,
    refused: usize,
    unsupported: usize,
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Compared { files, steps, history, refused, unsupported } = self;
        write!(f, "{files} files agree on their images, {history} entries of history and {steps} steps; ")?;
        write!(f, "{refused} are refused by both, {unsupported} are not supported by us")
    }
}

struct Same;

impl Images for Same {
    fn configuration(&mut self, _name: &str, _platform: &Platform) -> Result<ImageConfig, String> {
        ImageConfig::parse(BASE.as_bytes()).map_err(|error| error.to_string())
    }
}

fn settings(arguments: &[(&str, &str)], target: Option<&str>) -> Settings {
    let arguments = arguments.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Settings { arguments, target: target.map(str::to_owned), platform: Platform::new("linux", "amd64", None) }
}

/// Arguments that files often declare.
pub(super) const ARGUMENTS: [(&str, &str); 4] =
    [("VERSION", "given"), ("TARGETARCH", "odd"), ("http_proxy", "http://proxy"), ("EMPTY", "")];

pub(super) fn request(text: &str, arguments: &[(&str, &str)], target: Option<&str>) -> Value {
    let base: Value = serde_json::from_str(BASE).expect("the base is JSON");
    let arguments: serde_json::Map<String, Value> =
        arguments.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    json!({ "text": text, "whole": true, "arguments": arguments, "target": target.unwrap_or(""), "base": base })
}

/// Where our evaluation of `text` differs from the answer of the oracle.
pub(super) fn differences(
    text: &str,
    arguments: &[(&str, &str)],
    target: Option<&str>,
    answer: &Value,
    compared: &mut Compared,
) -> Vec<String> {
    let dockerfile = Dockerfile::new(parse(text));
    let theirs = answer["error"].as_str().unwrap_or("");
    let ours = match evaluate(&dockerfile, &settings(arguments, target), &mut Same) {
        Ok(evaluation) => evaluation,
        Err(problem) if problem.kind == ProblemKind::Unsupported || problem.kind == ProblemKind::TooLarge => {
            compared.unsupported += 1;
            return Vec::new();
        }
        Err(_) if !theirs.is_empty() => {
            compared.refused += 1;
            return Vec::new();
        }
        Err(problem) => return vec![format!("only we refuse it: {problem}")],
    };
    if !theirs.is_empty() {
        return vec![format!("only BuildKit refuses it: {}", theirs.lines().next().unwrap_or(""))];
    }
    compared.files += 1;
    let mut found = Vec::new();
    image(&ours, &answer["image"], compared, &mut found);
    steps(&ours, &answer["steps"], compared, &mut found);
    found
}

fn image(ours: &Evaluation, theirs: &Value, compared: &mut Compared, found: &mut Vec<String>) {
    let Some(built) = &ours.target().built else { return found.push("the target is not built".to_owned()) };
    let own: Value = serde_json::from_slice(&built.config.to_bytes()).expect("it was written as JSON");
    for field in ["architecture", "os", "author"] {
        if set(&own[field]) != set(&theirs[field]) {
            found.push(format!("{field}: we have {}, BuildKit has {}", own[field], theirs[field]));
        }
    }
    let fields = |value: &Value| value["config"].as_object().cloned().unwrap_or_default();
    let (own_fields, their_fields) = (fields(&own), fields(theirs));
    let names: BTreeSet<&String> = own_fields.keys().chain(their_fields.keys()).collect();
    for name in names {
        let pair = (own_fields.get(name).and_then(set), their_fields.get(name).and_then(set));
        if pair.0 != pair.1 {
            found.push(format!("{name}: we have {:?}, BuildKit has {:?}", pair.0, pair.1));
        }
    }
    let entries = |value: &Value| value["history"].as_array().cloned().unwrap_or_default();
    let (own_entries, their_entries) = (entries(&own), entries(theirs));
    compared.history += own_entries.len();
    if own_entries.len() != their_entries.len() {
        found.push(format!("the history has {} entries, BuildKit's {}", own_entries.len(), their_entries.len()));
    }
    for (own, their) in own_entries.iter().zip(&their_entries) {
        if own != their {
            found.push(format!("the history has {own}, BuildKit's {their}"));
        }
    }
}

/// What counts as set: Go leaves empty values out.
fn set(value: &Value) -> Option<&Value> {
    let empty = match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    };
    (!empty).then_some(value)
}

fn steps(ours: &Evaluation, theirs: &Value, compared: &mut Compared, found: &mut Vec<String>) {
    // BuildKit does what is the same in two stages once.
    let mut own = BTreeSet::new();
    for stage in ours.stages.iter().filter_map(|stage| stage.built.as_ref()) {
        stage.steps.iter().for_each(|step| describe(step, &mut own));
    }
    let theirs: BTreeSet<String> = theirs.as_array().into_iter().flatten().map(|step| sorted(step.clone())).collect();
    compared.steps += own.len();
    found.extend(own.difference(&theirs).map(|step| format!("only we do {step}")));
    found.extend(theirs.difference(&own).map(|step| format!("only BuildKit does {step}")));
}

/// The order of variables is no matter to a program.
fn sorted(mut step: Value) -> String {
    if let Some(list) = step["env"].as_array_mut() {
        list.sort_by_key(Value::to_string);
    }
    step.to_string()
}

fn describe(step: &Step, all: &mut BTreeSet<String>) {
    match &step.action {
        Action::Run(command, ..) => {
            let env: Vec<String> = step.variables.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let (args, cwd, user) = (&command.arguments, &step.directory, &step.user);
            all.insert(sorted(json!({ "args": args, "env": env, "cwd": cwd, "user": user })));
        }
        Action::Folder => {
            all.insert(sorted(json!({ "mkdir": source(&step.directory, false), "owned": !step.user.is_empty() })));
        }
        Action::Transfer(transfer) => {
            let files = transfer.files.iter().map(|(name, _)| (format!("/{name}"), true));
            let paths = transfer.sources.iter().map(|path| (source(path, transfer.parents), false));
            let remotes = transfer.remotes.iter().map(|(_, remote)| match remote {
                Remote::File(file) => (format!("/{}", file.name), false),
                Remote::Repository(_) => ("/".to_owned(), true),
            });
            for (path, inline) in paths.chain(remotes).chain(files) {
                let (bits, letters) = match transfer.mode.as_deref().map(|mode| (mode, FileMode::parse(mode))) {
                    None => (-1, ""),
                    Some((_, Some(FileMode::Bits(bits)))) => (bits as i32, ""),
                    Some((letters, _)) => (0, letters),
                };
                all.insert(sorted(json!({
                    "src": path, "dest": transfer.target(&step.directory), "mode": bits, "letter": letters,
                    "owned": transfer.owner.is_some(), "skips": transfer.excludes,
                    "unpack": transfer.unpack && !inline,
                })));
            }
        }
    }
}

/// Where BuildKit looks: what is matched inside stands apart with `--parents`.
fn source(path: &str, parents: bool) -> String {
    let path = if parents { path.split_once("/./").map_or("/", |(pivot, _)| pivot) } else { path };
    format!("/{}", path_in_context(path))
}
