//! What the words of a command become: the variables of the script and of the stage replaced.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use crate::model::dockerfile::Instruction;
use crate::model::expand::{self, Environment, Options, Value};
use crate::syntax::shell::{Assignment, Command, CompoundKind, List, Part, SimpleCommand, Word};

/// More values that a variable may have count as unknown.
const MOST: usize = 64;
/// More words that one becomes count as unknown.
const MOST_WORDS: usize = 1024;
/// Longer values count as unknown.
const LONGEST: usize = 1 << 14;

/// The variables at one place of a script.
pub(super) struct Variables<'a> {
    instruction: Instruction<'a>,
    /// What the script sets: every value that the variable may have there; `None` when one is not known.
    own: FxHashMap<Box<str>, Option<Vec<String>>>,
}

impl<'a> Variables<'a> {
    /// Those that `command` sees.
    pub(super) fn at(instruction: Instruction<'a>, command: &SimpleCommand) -> Variables<'a> {
        let mut variables = Variables { instruction, own: FxHashMap::default() };
        if let Some(script) = instruction.script() {
            variables.list(&script.list, command, false);
        }
        variables
    }

    /// The values that a variable may have; `None` when one is not known. A variable that is not set is empty.
    pub(super) fn values(&self, name: &str) -> Option<Vec<Cow<'_, str>>> {
        if let Some(values) = self.own.get(name) {
            return values.as_ref().map(|values| values.iter().map(|value| Cow::Borrowed(&**value)).collect());
        }
        match self.instruction.variable(name) {
            Value::Known(value) => Some(vec![Cow::Borrowed(value)]),
            Value::Unset if is_name(name) => Some(vec![Cow::Borrowed("")]),
            _ => None,
        }
    }

    /// The words that `word` becomes, those of every value a variable may have together; `None` when they are not
    /// known.
    pub(super) fn words(&self, word: &Word) -> Option<Vec<String>> {
        let mut found = Vec::new();
        for fields in self.fields(&word.parts)? {
            for word in fields.finish() {
                if found.contains(&word) {
                    continue;
                }
                if found.len() == MOST_WORDS {
                    return None;
                }
                found.push(word);
            }
        }
        Some(found)
    }

    /// The values of `word` where it is not split.
    fn texts(&self, parts: &[Part]) -> Option<Vec<String>> {
        let mut texts = vec![String::new()];
        for part in parts {
            let more = match part {
                Part::DoubleQuoted { parts, .. } => self.texts(parts)?,
                part => self.part(part)?,
            };
            texts = product(&texts, &more)?;
        }
        Some(texts)
    }

    fn fields(&self, parts: &[Part]) -> Option<Vec<Fields>> {
        let mut all = vec![Fields::default()];
        for part in parts {
            let (more, split) = match part {
                Part::DoubleQuoted { parts, .. } => (self.texts(parts)?, false),
                Part::Variable { .. } => (self.part(part)?, true),
                part => (self.part(part)?, false),
            };
            if all.len() * more.len() > MOST || all.iter().any(Fields::is_long) {
                return None;
            }
            all = all.iter().flat_map(|fields| more.iter().map(|text| fields.with(text, split))).collect();
        }
        Some(all)
    }

    /// The values of what is no quotation.
    fn part(&self, part: &Part) -> Option<Vec<String>> {
        match part {
            Part::Literal { value, .. } | Part::SingleQuoted { value, .. } => Some(vec![value.to_string()]),
            Part::Variable { name, modified: false, .. } => {
                self.values(name).map(|values| values.into_iter().map(Cow::into_owned).collect())
            }
            // The builder's modifiers mean the same to a shell.
            Part::Variable { span, name, modified: true, .. } if is_name(name) => {
                let text = span.of_text(self.instruction.dockerfile.text());
                expand::value(text, self, Options::default()).map(|value| vec![value])
            }
            _ => None,
        }
    }

    /// Follows a list up to `command`. Under `maybe` it may run or not, or more than once.
    fn list(&mut self, list: &List, command: &SimpleCommand, maybe: bool) -> bool {
        for item in &list.items {
            let piped = item.pipeline.commands.len() > 1;
            if item.pipeline.commands.iter().any(|node| self.command(node, command, maybe || piped)) {
                return true;
            }
        }
        false
    }

    fn command(&mut self, node: &Command, command: &SimpleCommand, maybe: bool) -> bool {
        match node {
            Command::Simple(simple) => {
                if std::ptr::eq(simple, command) {
                    return true;
                }
                // What runs in a substitution or another shell sets nothing here.
                if let Some(list) = &simple.inner
                    && self.list(list, command, true)
                {
                    return true;
                }
                let words = simple.words.iter().chain(simple.assignments.iter().filter_map(|a| a.value.as_ref()));
                if words.flat_map(|word| &word.parts).any(|part| self.substitution(part, command)) {
                    return true;
                }
                self.simple(simple, maybe);
                false
            }
            Command::Compound(compound) => {
                if compound.kind == CompoundKind::For
                    && let Some(name) = &compound.name
                {
                    let words: Option<Vec<Vec<String>>> = compound.words.iter().map(|word| self.words(word)).collect();
                    let values = words.map(|words| words.concat()).filter(|words| words.len() <= MOST);
                    self.set(name, values, maybe);
                }
                let maybe = maybe || compound.kind != CompoundKind::Brace;
                compound.lists.iter().any(|list| self.list(list, command, maybe))
            }
        }
    }

    fn substitution(&mut self, part: &Part, command: &SimpleCommand) -> bool {
        match part {
            Part::DoubleQuoted { parts, .. } => parts.iter().any(|part| self.substitution(part, command)),
            Part::CommandSubstitution { list, .. } | Part::ProcessSubstitution { list, .. } => {
                self.list(list, command, true)
            }
            _ => false,
        }
    }

    /// What a command sets for those after it.
    fn simple(&mut self, simple: &SimpleCommand, maybe: bool) {
        let Some(name) = simple.words.first() else {
            for assignment in &simple.assignments {
                self.assign(assignment, simple, maybe);
            }
            return;
        };
        // An assignment before a special builtin holds on after it.
        if matches!(name.literal(), Some("set" | ":" | "eval" | "export" | "readonly" | "shift" | "trap" | "times")) {
            for assignment in &simple.assignments {
                self.assign(assignment, simple, maybe);
            }
        }
        match name.literal() {
            Some("export" | "readonly" | "local" | "declare" | "typeset") => {
                for word in simple.arguments() {
                    let Some((name, value)) = split_assignment(word) else { continue };
                    let values = self.texts_after(word, value);
                    self.set(name, values, maybe);
                }
            }
            Some("read" | "unset" | "getopts" | "mapfile" | "readarray") => {
                for name in simple.arguments().iter().filter_map(Word::literal) {
                    self.set(name, None, false);
                }
            }
            // What they run may set anything.
            Some("." | "source" | "eval") => self.own.values_mut().for_each(|values| *values = None),
            _ => {}
        }
    }

    fn assign(&mut self, assignment: &Assignment, simple: &SimpleCommand, maybe: bool) {
        let mut values = assignment.value.as_ref().and_then(|value| self.texts(&value.parts));
        let text = self.instruction.dockerfile.text();
        let appends = text.get(assignment.span.start as usize + assignment.name.len()..simple.span.end as usize);
        if appends.is_some_and(|rest| rest.starts_with("+=")) {
            let before = self.values(&assignment.name);
            values = before.zip(values).and_then(|(before, values)| product(&before, &values));
        }
        // An empty value has no word.
        if assignment.value.is_none() && appends.is_some_and(|rest| !rest.contains('(')) {
            values = Some(vec![String::new()]);
        }
        self.set(&assignment.name, values, maybe);
    }

    /// The values of `word` behind its first `skip` bytes.
    fn texts_after(&self, word: &Word, skip: usize) -> Option<Vec<String>> {
        let texts = self.texts(&word.parts)?;
        texts.into_iter().map(|text| text.get(skip..).map(str::to_owned)).collect()
    }

    /// The values a variable has where the script only may set it. One that nothing else is known to set has none.
    fn before(&self, name: &str) -> Option<Vec<Cow<'_, str>>> {
        let elsewhere = || matches!(self.instruction.variable(name), Value::Known(_) | Value::Argument);
        if self.own.contains_key(name) || elsewhere() { self.values(name) } else { Some(Vec::new()) }
    }

    fn set(&mut self, name: &str, values: Option<Vec<String>>, maybe: bool) {
        let before = if maybe { self.before(name) } else { Some(Vec::new()) };
        let merged = values.zip(before).map(|(values, before)| {
            let mut merged: Vec<String> = before.into_iter().map(Cow::into_owned).collect();
            for value in values {
                if !merged.contains(&value) {
                    merged.push(value);
                }
            }
            merged
        });
        self.own.insert(name.into(), merged.filter(|values| values.len() <= MOST));
    }
}

impl Environment for Variables<'_> {
    fn get(&self, name: &str) -> Value<'_> {
        match self.own.get(name) {
            Some(Some(values)) if values.len() == 1 => Value::Known(&values[0]),
            Some(_) => Value::Unknown,
            None => self.instruction.variable(name),
        }
    }
}

/// The words of a value as they are put together.
#[derive(Clone, Default)]
struct Fields {
    done: Vec<String>,
    open: Option<String>,
}

impl Fields {
    fn with(&self, text: &str, split: bool) -> Fields {
        let mut fields = self.clone();
        if !split {
            fields.open.get_or_insert_default().push_str(text);
            return fields;
        }
        let mut rest = text;
        loop {
            let blank = rest.find(char::is_whitespace).unwrap_or(rest.len());
            if blank > 0 {
                fields.open.get_or_insert_default().push_str(&rest[..blank]);
            }
            let trimmed = rest[blank..].trim_start();
            if trimmed.len() == rest.len() - blank {
                return fields;
            }
            fields.done.extend(fields.open.take());
            rest = trimmed;
        }
    }

    fn is_long(&self) -> bool {
        self.done.len() > MOST_WORDS || self.open.as_ref().is_some_and(|open| open.len() > LONGEST)
    }

    fn finish(self) -> Vec<String> {
        let mut done = self.done;
        done.extend(self.open);
        done
    }
}

fn product<A: AsRef<str>, B: AsRef<str>>(left: &[A], right: &[B]) -> Option<Vec<String>> {
    if left.len() * right.len() > MOST {
        return None;
    }
    let pairs = left.iter().flat_map(|a| right.iter().map(move |b| (a.as_ref(), b.as_ref())));
    pairs.map(|(a, b)| (a.len() + b.len() <= LONGEST).then(|| format!("{a}{b}"))).collect()
}

/// The name of `NAME=value`, and where the value starts.
pub(super) fn split_assignment(word: &Word) -> Option<(&str, usize)> {
    let Part::Literal { value, .. } = word.parts.first()? else { return None };
    let (name, _) = value.split_once('=')?;
    is_name(name).then_some((name, name.len() + 1))
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
