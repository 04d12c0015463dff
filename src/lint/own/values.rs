//! Nodes as values that expressions read. What is not known is marked, so that no expression is judged by it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::model::dockerfile::{Base, Dockerfile, Instruction, ShellCommand, Stage};
use crate::model::image::Image;
use crate::syntax::dockerfile::Keyword;
use crate::syntax::shell::Word;
use crate::syntax::yaml::{self, Profile, Ref};
use crate::text::Span;

/// The variables of an expression.
pub type Values = BTreeMap<&'static str, Value>;

/// The key of a mapping that stands for something unknown. No file can write it.
pub(super) const UNKNOWN: &str = "\0unknown";

/// The key of a mapping in which more may stand than is seen.
pub(super) const OPEN: &str = "\0open";

/// Values of one node that are read; what lies beyond is unknown. An alias bomb ends here.
const MOST: usize = 20_000;

/// Collections within collections that are read.
const DEEPEST: usize = 100;

fn unknown() -> Value {
    json!({ UNKNOWN: true })
}

fn or_unknown<T: Into<Value>>(value: Option<T>) -> Value {
    value.map_or_else(unknown, Into::into)
}

/// A node of a YAML file, as `profile` reads its scalars.
pub(super) fn of_yaml(node: Ref<'_>, profile: Profile) -> Value {
    let mut left = MOST;
    read_yaml(node, profile, DEEPEST, &mut left)
}

fn read_yaml(node: Ref<'_>, profile: Profile, depth: usize, left: &mut usize) -> Value {
    if node.is_unknown() || depth == 0 || *left == 0 {
        return unknown();
    }
    *left -= 1;
    if node.is_mapping() {
        let mut fields = Map::new();
        for (key, value) in node.merged_entries() {
            if let Some(name) = key.as_str() {
                fields.insert(name.to_owned(), read_yaml(value, profile, depth - 1, left));
            }
        }
        if node.is_open() {
            fields.insert(OPEN.to_owned(), true.into());
        }
        return Value::Object(fields);
    }
    if node.is_sequence() {
        let mut items: Vec<Value> = node.items().map(|item| read_yaml(item, profile, depth - 1, left)).collect();
        if node.is_open() {
            items.push(unknown());
        }
        return Value::Array(items);
    }
    match node.value(profile) {
        None => unknown(),
        Some(yaml::Value::Null) => Value::Null,
        Some(yaml::Value::Bool(value)) => value.into(),
        Some(yaml::Value::Integer(value)) => i64::try_from(value).map_or_else(|_| value.to_string().into(), Into::into),
        Some(yaml::Value::Float(value)) => value.into(),
        Some(yaml::Value::String(text)) => text.into_owned().into(),
    }
}

/// An image reference. What is not written is the empty text, but for the registry, which is Docker Hub then.
pub(super) fn of_image(image: &Image) -> Value {
    json!({
        "text": image.reference,
        "registry": image.registry(),
        "name": image.name,
        "tag": image.tag.as_deref().unwrap_or(""),
        "digest": image.digest.as_deref().unwrap_or(""),
    })
}

/// A whole Dockerfile.
pub(super) fn of_dockerfile(dockerfile: &Dockerfile) -> Value {
    json!({
        "stages": dockerfile.stages().map(of_stage).collect::<Vec<_>>(),
        "instructions": dockerfile.instructions().map(of_instruction).collect::<Vec<_>>(),
    })
}

/// A stage.
pub(super) fn of_stage(stage: Stage<'_>) -> Value {
    let base = match stage.base() {
        Base::Image(image) => of_image(image),
        Base::Stage(index) => json!({ "stage": index }),
        Base::Scratch => json!({ "text": "scratch" }),
        Base::Invalid(_) | Base::Unknown => unknown(),
    };
    json!({
        "name": stage.name().unwrap_or(""),
        "index": stage.index,
        "base": base,
        "shipped": stage.is_shipped(),
        "needed": stage.is_needed(),
        "root": or_unknown(stage.user().is_root()),
        "workdir": or_unknown(stage.workdir()),
        "keywords": stage.keywords().map(Keyword::name).collect::<Vec<_>>(),
    })
}

/// An instruction.
pub(super) fn of_instruction(instruction: Instruction<'_>) -> Value {
    let text = instruction.dockerfile.text();
    let mut flags = Map::new();
    for flag in &instruction.node.flags {
        let value = flag.value.as_ref().map_or("", |value| &*value.raw);
        flags.insert(flag.name(text).to_owned(), value.into());
    }
    let keyword: &str = match instruction.keyword() {
        Some(keyword) => keyword.name(),
        None => instruction.node.keyword.of_text(text),
    };
    let start = instruction.node.flags.last().map_or(instruction.node.keyword.end, |flag| flag.span.end);
    let arguments = Span::new(start.min(instruction.node.span.end), instruction.node.span.end).of_text(text);
    json!({
        "keyword": keyword,
        "text": instruction.text(),
        "arguments": arguments.trim(),
        "flags": flags,
        "onbuild": instruction.onbuild,
        "root": or_unknown(instruction.user().is_root()),
        "workdir": or_unknown(instruction.workdir()),
    })
}

/// A command that a shell runs.
pub(super) fn of_command(command: ShellCommand<'_>) -> Value {
    let word = |word: &Word| or_unknown(word.text());
    let words = &command.node.words;
    json!({
        "name": words.first().map_or_else(|| Value::from(""), word),
        "arguments": words.iter().skip(1).map(word).collect::<Vec<_>>(),
        "text": command.node.span.of_text(command.instruction.dockerfile.text()),
    })
}
