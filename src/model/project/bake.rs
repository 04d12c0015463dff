//! `docker-bake.hcl` and `docker-bake.json`, as far as they say which Dockerfile makes which tags.
//!
//! Of HCL, blocks, strings and lists of strings are read; whatever an expression or a variable makes is unknown.

use std::path::Path;

use rustc_hash::FxHashMap;
use serde_json::Value as Json;

use super::builds::{Build, dockerfile_in};
use crate::text::normalize;

/// Targets that inherit from each other are followed so far.
const DEEPEST: usize = 16;

/// A target, before it inherits.
#[derive(Debug, Default)]
struct Target {
    context: Option<Text>,
    dockerfile: Option<Text>,
    inline: bool,
    target: Option<Text>,
    tags: Vec<Text>,
    inherits: Vec<Text>,
    /// The names of the contexts beside the main one.
    contexts: Vec<String>,
}

/// A string; `None` where something unknown is in it.
type Text = Option<String>;

/// The builds of `docker-bake.json`.
pub(super) fn json(text: &str, folder: &Path) -> Vec<Build> {
    let Ok(file) = serde_json::from_str::<Json>(text) else { return Vec::new() };
    let Some(written) = file.get("target").and_then(Json::as_object) else { return Vec::new() };
    let mut targets = FxHashMap::default();
    for (name, target) in written {
        let text = |key: &str| target.get(key).map(|value| value.as_str().and_then(plain));
        let texts = |key: &str| {
            let items = target.get(key).and_then(Json::as_array);
            items.map(|items| items.iter().map(|item| item.as_str().and_then(plain)).collect()).unwrap_or_default()
        };
        let target = Target {
            context: text("context"),
            dockerfile: text("dockerfile"),
            inline: target.get("dockerfile-inline").is_some(),
            target: text("target"),
            tags: texts("tags"),
            inherits: texts("inherits"),
            contexts: match target.get("contexts").and_then(Json::as_object) {
                Some(contexts) => contexts.keys().cloned().collect(),
                None => Vec::new(),
            },
        };
        targets.insert(name.clone(), target);
    }
    builds(&targets, folder)
}

/// The builds of `docker-bake.hcl`.
pub(super) fn hcl(text: &str, folder: &Path) -> Vec<Build> {
    let mut reader = Reader { rest: text };
    let mut targets: FxHashMap<String, Target> = FxHashMap::default();
    loop {
        reader.skip_blanks();
        if reader.rest.is_empty() {
            return builds(&targets, folder);
        }
        let word = reader.word();
        reader.skip_blanks();
        if word == "target"
            && let Some(Some(name)) = reader.string()
        {
            reader.skip_blanks();
            if reader.take('{') {
                reader.body(targets.entry(name).or_default());
            }
        } else if word.is_empty() && !reader.take('}') {
            reader.skip_value();
        }
    }
}

fn builds(targets: &FxHashMap<String, Target>, folder: &Path) -> Vec<Build> {
    let mut names: Vec<&String> = targets.keys().collect();
    names.sort_unstable();
    let mut result = Vec::new();
    for name in names {
        let target = &targets[name];
        let find = |of: fn(&Target) -> Option<&Text>| inherited(targets, target, of, 0).cloned();
        let part = |of: fn(&Target) -> Option<&Text>, default: &str| find(of).unwrap_or(Some(default.to_owned()));
        let context = part(|target| target.context.as_ref(), ".").filter(|context| !context.contains("://"));
        let dockerfile = part(|target| target.dockerfile.as_ref(), "Dockerfile");
        let root = context.as_ref().map(|context| normalize(&folder.join(context)));
        let path = match (context, dockerfile) {
            (Some(context), Some(dockerfile)) if !target.inline => Some(dockerfile_in(folder, &context, &dockerfile)),
            _ => None,
        };
        let stage = find(|target| target.target.as_ref());
        let mut contexts = Vec::new();
        named_contexts(targets, target, 0, &mut contexts);
        let tags: Vec<&String> = target.tags.iter().flatten().collect();
        for image in if tags.is_empty() { vec![String::new()] } else { tags.into_iter().cloned().collect() } {
            // A stage that is not known could be any: then the Dockerfile does not help.
            let known = stage != Some(None);
            let dockerfile = path.clone().filter(|_| known);
            let (context, target, contexts) = (root.clone(), stage.clone().flatten(), contexts.clone());
            result.push(Build { image, dockerfile, context, target, contexts });
        }
    }
    result
}

/// The value that `of` finds in the target or in what it inherits from; the last one inherited wins.
fn inherited<'t>(
    targets: &'t FxHashMap<String, Target>,
    target: &'t Target,
    of: fn(&Target) -> Option<&Text>,
    depth: usize,
) -> Option<&'t Text> {
    if let Some(own) = of(target) {
        return Some(own);
    }
    if depth >= DEEPEST {
        return None;
    }
    let mut bases = target.inherits.iter().rev().flatten().filter_map(|name| targets.get(name));
    bases.find_map(|base| inherited(targets, base, of, depth + 1))
}

/// The names of the contexts of the target and of what it inherits from, which come together.
fn named_contexts(targets: &FxHashMap<String, Target>, target: &Target, depth: usize, found: &mut Vec<String>) {
    for name in &target.contexts {
        if !found.contains(name) {
            found.push(name.clone());
        }
    }
    if depth < DEEPEST {
        for base in target.inherits.iter().flatten().filter_map(|name| targets.get(name)) {
            named_contexts(targets, base, depth + 1, found);
        }
    }
}

/// A tag may end in a variable: only what stands before the colon is its name.
fn plain(text: &str) -> Text {
    let Some(at) = text.find(['$', '%']) else { return Some(text.to_owned()) };
    let path_start = text[..at].rfind('/').map_or(0, |slash| slash + 1);
    let colon = text[path_start..at].rfind(':')?;
    Some(text[..path_start + colon].to_owned())
}

struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    /// Blanks, line breaks and comments.
    fn skip_blanks(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.starts_with('#') || self.rest.starts_with("//") {
                self.rest = self.rest.split_once('\n').map_or("", |(_, rest)| rest);
            } else if let Some(comment) = self.rest.strip_prefix("/*") {
                self.rest = comment.split_once("*/").map_or("", |(_, rest)| rest);
            } else {
                return;
            }
        }
    }

    fn take(&mut self, character: char) -> bool {
        let rest = self.rest.strip_prefix(character);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn word(&mut self) -> &'t str {
        let inside = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let end = self.rest.find(|c| !inside(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    /// A quoted string. `Some(None)` when something in it is not known.
    fn string(&mut self) -> Option<Text> {
        let inner = self.rest.strip_prefix('"')?;
        let mut nested = 0;
        let mut escaped = false;
        let mut previous = ' ';
        for (at, character) in inner.char_indices() {
            match character {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '{' if matches!(previous, '$' | '%') || nested > 0 => nested += 1,
                '}' if nested > 0 => nested -= 1,
                '"' if nested == 0 => {
                    self.rest = &inner[at + 1..];
                    return Some(if inner[..at].contains('\\') { None } else { plain(&inner[..at]) });
                }
                '\n' if nested == 0 => break,
                _ => {}
            }
            previous = character;
        }
        self.rest = "";
        Some(None)
    }

    /// The attributes up to the closing brace.
    fn body(&mut self, target: &mut Target) {
        loop {
            self.skip_blanks();
            if self.rest.is_empty() || self.take('}') {
                return;
            }
            let name = self.word();
            self.skip_blanks();
            if name.is_empty() || !self.take('=') {
                self.skip_value();
                continue;
            }
            self.skip_blanks();
            match name {
                "context" => target.context = Some(self.text()),
                "dockerfile" => target.dockerfile = Some(self.text()),
                "target" => target.target = Some(self.text()),
                "tags" => target.tags = self.texts(),
                "inherits" => target.inherits = self.texts(),
                "contexts" => target.contexts = self.keys(),
                "dockerfile-inline" => {
                    target.inline = true;
                    self.skip_value();
                }
                _ => self.skip_value(),
            }
        }
    }

    /// A string and nothing after it on the line.
    fn text(&mut self) -> Text {
        let text = self.string();
        let line_end = self.rest.find(['\n', '}', '#']).unwrap_or(self.rest.len());
        let alone = self.rest[..line_end].trim().is_empty();
        match text {
            Some(text) if alone => text,
            _ => {
                self.skip_value();
                None
            }
        }
    }

    fn texts(&mut self) -> Vec<Text> {
        let mut texts = Vec::new();
        if !self.take('[') {
            self.skip_value();
            return texts;
        }
        loop {
            self.skip_blanks();
            if self.rest.is_empty() || self.take(']') {
                return texts;
            }
            if self.take(',') {
                continue;
            }
            match self.string() {
                Some(text) => texts.push(text),
                None => {
                    let end = self.rest.find([',', ']', '"', '\n']).unwrap_or(self.rest.len());
                    let end = end.max(self.rest.chars().next().map_or(0, char::len_utf8));
                    self.rest = &self.rest[end..];
                    texts.push(None);
                }
            }
        }
    }

    /// The keys of a map.
    fn keys(&mut self) -> Vec<String> {
        let mut keys = Vec::new();
        if !self.take('{') {
            self.skip_value();
            return keys;
        }
        loop {
            self.skip_blanks();
            if self.rest.is_empty() || self.take('}') {
                return keys;
            }
            if self.take(',') {
                continue;
            }
            let word = self.word();
            match if word.is_empty() { self.string() } else { Some(Some(word.to_owned())) } {
                Some(key) => keys.extend(key),
                None => {
                    let end = self.rest.chars().next().map_or(0, char::len_utf8);
                    self.rest = &self.rest[end..];
                    continue;
                }
            }
            self.skip_blanks();
            if self.take('=') || self.take(':') {
                self.skip_item();
            }
        }
    }

    /// Skips to the next comma, line or closing bracket, and over what brackets opened before it hold.
    fn skip_item(&mut self) {
        let mut open = 0;
        while let Some(character) = self.rest.chars().next() {
            match character {
                '"' => {
                    self.string();
                    continue;
                }
                ',' | '\n' | '}' | '#' if open == 0 => return,
                '{' | '[' | '(' => open += 1,
                '}' | ']' | ')' => open -= 1,
                _ => {}
            }
            self.rest = &self.rest[character.len_utf8()..];
        }
    }

    /// Skips to the end of the line, and over what brackets opened on it hold.
    fn skip_value(&mut self) {
        let mut open = 0;
        while let Some(character) = self.rest.chars().next() {
            match character {
                '"' => {
                    self.string();
                    continue;
                }
                '{' | '[' | '(' => open += 1,
                // It closes the block around.
                '}' if open == 0 => return,
                '}' | ']' | ')' => open -= 1,
                '\n' if open <= 0 => return,
                _ => {}
            }
            self.rest = &self.rest[character.len_utf8()..];
        }
    }
}
