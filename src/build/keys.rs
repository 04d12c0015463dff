//! What a step depends on, as one number: as long as it is the same, the step need not be built again.

use std::fmt;

use sha2::{Digest, Sha256};

use super::plan::{Base, Input, Part, Plan, Setting, Stage, State, Step, StepKind};
use super::text::Text;
use crate::model::context::{BuildContext, path_in_context};
use crate::text::Files;

/// The key of a step or of the content of files.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key([u8; 32]);

impl Key {
    /// The key that is this hash of something.
    pub(super) fn of_digest(digest: [u8; 32]) -> Key {
        Key(digest)
    }
}

/// The keys of the steps of a plan.
#[derive(Debug)]
pub struct Keys {
    /// For each stage what it is before any step, and then its steps.
    stages: Vec<Vec<Built>>,
}

/// A step, or what a stage starts from.
#[derive(Clone, Copy, Debug)]
struct Built {
    /// The step.
    step: Key,
    /// All that is there after it.
    whole: Key,
}

/// What a step stands on that stands on nothing.
const NOTHING: Key = Key([0; 32]);

/// Files and folders of one source that are read; more are not known.
const MOST_FILES: usize = 4_096;

impl Keys {
    /// The keys of `plan`, with `content` for what a source takes from the build context; `None` where that is not
    /// known, and then its name has to do.
    pub fn new(plan: &Plan, content: &dyn Fn(&str) -> Option<Key>) -> Keys {
        let mut keys = Keys { stages: Vec::new() };
        for stage in &plan.stages {
            let mut whole = keys.base(stage);
            let mut own = vec![Built { step: whole, whole }];
            for step in &stage.steps {
                // A layer of its own does not depend on what is below it.
                let linked = step.is_linked();
                let step = keys.step(plan, step, if linked { NOTHING } else { whole }, content);
                whole = if linked { Hash::of_linked(whole, step) } else { step };
                own.push(Built { step, whole });
            }
            keys.stages.push(own);
        }
        keys
    }

    /// The key of a step.
    pub fn of(&self, stage: usize, step: usize) -> Option<Key> {
        Some(self.stages.get(stage)?.get(step + 1)?.step)
    }

    /// What a step says by itself and runs with, whatever it stands on and takes.
    pub(super) fn own(plan: &Plan, step: &Step) -> Key {
        let none = Keys { stages: Vec::new() };
        none.step(plan, step, NOTHING, &|_| None)
    }

    /// What the image that a stage starts from is.
    pub(super) fn own_base(stage: &Stage) -> Key {
        let none = Keys { stages: Vec::new() };
        none.base(stage)
    }

    /// The key of what is there after the last step of a stage.
    pub fn last(&self, stage: usize) -> Option<Key> {
        Some(self.stages.get(stage)?.last()?.whole)
    }

    fn base(&self, stage: &Stage) -> Key {
        let mut hash = Hash::new("base");
        match &stage.base {
            Base::Stage(index) => match self.last(*index) {
                Some(key) => return key,
                None => hash.word("stage"),
            },
            Base::Scratch => hash.word("scratch"),
            Base::Image(name) => hash.word(name),
            Base::Unknown(name) => hash.text(name),
        }
        hash.texts(stage.platform.iter());
        hash.finish()
    }

    fn step(&self, plan: &Plan, step: &Step, parent: Key, content: &dyn Fn(&str) -> Option<Key>) -> Key {
        let mut hash = Hash::new(match step.kind {
            StepKind::Run => "run",
            StepKind::Transfer => "copy",
            StepKind::Workdir => "folder",
        });
        hash.key(parent);
        step.parts.iter().for_each(|part| hash.part(part));
        // A script sees all of it; a copy has its variables in its own words.
        match step.kind {
            StepKind::Run => hash.state(&step.state, plan),
            StepKind::Transfer | StepKind::Workdir => hash.setting(&step.state.workdir, Hash::text),
        }
        for input in &step.inputs {
            match input {
                // What it is called is among the parts.
                Input::Context { path, .. } => {
                    let content = path.known().and_then(content);
                    hash.key(content.unwrap_or_else(|| Hash::new("unknown").finish()));
                }
                // A stage that needs itself or a later one is a fault of its own.
                Input::Stage(stage) => match self.last(*stage) {
                    Some(key) => hash.key(key),
                    None => hash.word("later"),
                },
                Input::Image(name) | Input::Remote(name) => hash.text(name),
            }
        }
        hash.finish()
    }
}

/// What `source` takes from a context: the paths and contents of its files, not their times. `None` when that is not
/// known, or there is too much of it.
pub fn content(source: &str, context: &BuildContext, files: &dyn Files) -> Option<Key> {
    let mut hash = Hash::new("content");
    let mut readable = true;
    let top = path_in_context(source);
    context.walk(source, files, MOST_FILES, &mut |path| {
        let Ok(bytes) = files.read(&context.root.join(path)) else {
            readable = false;
            return false;
        };
        // The name of a file that is copied under another name does not count.
        hash.word(if path == top { "" } else { path });
        hash.bytes(&bytes);
        true
    })?;
    readable.then(|| hash.finish())
}

/// Every part goes in with its length, so that no two lists of parts look alike.
struct Hash(Sha256);

impl Hash {
    fn new(kind: &str) -> Hash {
        let mut hash = Hash(Sha256::new());
        hash.word(kind);
        hash
    }

    /// A layer of its own on top of something.
    fn of_linked(below: Key, layer: Key) -> Key {
        let mut hash = Hash::new("linked");
        hash.key(below);
        hash.key(layer);
        hash.finish()
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    fn word(&mut self, word: &str) {
        self.bytes(word.as_bytes());
    }

    fn key(&mut self, key: Key) {
        self.bytes(&key.0);
    }

    /// A value where it is known; otherwise what is written, which is another thing.
    fn text(&mut self, text: &Text) {
        match text.known() {
            // What it is made of is among the inputs.
            Some(_) if text.is_stage() => self.word("stage"),
            Some(value) => {
                self.word("=");
                self.word(value);
            }
            None => {
                self.word("?");
                self.word(text.shown());
                text.variables().for_each(|variable| self.word(variable));
            }
        }
    }

    fn texts<'t>(&mut self, texts: impl ExactSizeIterator<Item = &'t Text>) {
        self.0.update((texts.len() as u64).to_le_bytes());
        texts.for_each(|text| self.text(text));
    }

    fn part(&mut self, part: &Part) {
        self.word(&part.name);
        self.texts(part.texts.iter());
    }

    fn setting<T>(&mut self, setting: &Setting<T>, add: impl Fn(&mut Hash, &T)) {
        match setting {
            Setting::Inherited => self.word("inherited"),
            Setting::Cleared => self.word("cleared"),
            Setting::Set(value) => {
                self.word("set");
                add(self, value);
            }
        }
    }

    fn state(&mut self, state: &State, plan: &Plan) {
        self.0.update((state.arguments.len() as u64).to_le_bytes());
        for argument in &state.arguments {
            self.word(&argument.name);
            let global = plan.globals.iter().rev().find(|global| global.name == argument.name);
            let value = argument.default.as_ref().or_else(|| global?.default.as_ref());
            self.texts(value.into_iter().collect::<Vec<_>>().into_iter());
        }
        self.0.update((state.environment.len() as u64).to_le_bytes());
        for pair in &state.environment {
            self.text(&pair.0);
            self.text(&pair.1);
        }
        self.setting(&state.user, Hash::text);
        self.setting(&state.workdir, Hash::text);
        self.setting(&state.shell, |hash, words| {
            hash.0.update((words.len() as u64).to_le_bytes());
            words.iter().for_each(|word| hash.word(word));
        });
    }

    fn finish(self) -> Key {
        Key(self.0.finalize().into())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({self})")
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::Arc;

    use super::*;
    use crate::model::context::{Certainty, IgnoreFile};
    use crate::model::dockerfile::Dockerfile;
    use crate::syntax::dockerfile::parse;
    use crate::text::{MemoryFiles, Source};

    /// A Dockerfile with slots, and the step of the last stage that each slot is the first to matter for.
    const TEMPLATE: &str = "ARG V={a}\nFROM {b}:1 AS lib\nRUN {c}\nFROM debian:{d}\nARG V\nENV A={e}\nCOPY {f} /x\n\
        RUN {g}\nUSER {h}\nRUN true\nWORKDIR {i}\nARG W={j}\nRUN --mount=type=cache,target={k} true\n\
        SHELL [\"{l}\", \"-c\"]\nRUN true\nCOPY --from=lib --chown={m} /a {n}\nRUN <<E\n{o}\nE\n";
    /// The step of the last stage from which on each slot counts.
    const FIRST: [(char, usize); 15] = [
        ('a', 1),
        ('b', 5),
        ('c', 5),
        ('d', 0),
        ('e', 1),
        ('f', 0),
        ('g', 1),
        ('h', 2),
        ('i', 3),
        ('j', 4),
        ('k', 4),
        ('l', 5),
        ('m', 6),
        ('n', 6),
        ('o', 7),
    ];

    fn filled(changed: Option<char>) -> String {
        let mut text = TEMPLATE.to_owned();
        for (slot, _) in FIRST {
            let value = if changed == Some(slot) { "other" } else { "one" };
            text = text.replace(&format!("{{{slot}}}"), value);
        }
        text
    }

    fn keys(text: &str) -> Vec<Key> {
        let plan = Plan::new(&Dockerfile::new(parse(text)));
        let keys = Keys::new(&plan, &|_| None);
        keys.stages.last().expect("a stage")[1..].iter().map(|own| own.step).collect()
    }

    #[test]
    fn a_changed_input_changes_the_keys_from_there_on_and_no_other() {
        let before = keys(&filled(None));
        assert_eq!(before.len(), 8);
        for (slot, first) in FIRST {
            let after = keys(&filled(Some(slot)));
            // What the other stage is made of first counts where it is copied from.
            let first = if matches!(slot, 'b' | 'c') { 6 } else { first };
            for step in 0..before.len() {
                assert_eq!(before[step] != after[step], step >= first, "slot {slot}, step {step}");
            }
        }
    }

    #[test]
    fn a_layer_of_its_own_does_not_depend_on_what_is_below_it() {
        let of = |base: &str, flags: &str| keys(&format!("FROM {base}\nCOPY {flags} a b\nRUN c\n"));
        let (one, other) = (of("a", "--link"), of("b", "--link"));
        assert!(one[0] == other[0] && one[1] != other[1]);
        for flags in ["", "--link=false", "--link --chmod=755"] {
            assert_ne!(of("a", flags)[0], of("b", flags)[0], "{flags}");
        }
    }

    #[test]
    fn a_stage_in_front_changes_no_key() {
        let text = filled(None);
        let (globals, rest) = text.split_once('\n').expect("the argument stands first");
        assert_eq!(keys(&format!("{globals}\nFROM scratch AS other\nCOPY a b\n{rest}")), keys(&text));
        assert_ne!(
            keys("FROM a\nFROM b\nFROM c\nCOPY --from=0 x y\n"),
            keys("FROM a\nFROM b\nFROM c\nCOPY --from=1 x y\n")
        );
    }

    #[test]
    fn comments_and_layout_change_no_key() {
        let before = keys(&filled(None));
        let text = filled(None);
        let (head, tail) = text.split_at(text.find("RUN <<E").expect("the heredoc"));
        for other in [
            format!("# a comment\n{}{tail}", head.replace("RUN ", "run   ").replace("ENV A=one", "ENV A=\"one\"")),
            format!(
                "{}{tail}",
                head.replace("USER", "\n# who\nUSER").replace("COPY one /x", "COPY \\\n  # what\n  ./one /x")
            ),
            text.replace('\n', "\r\n"),
            format!("{text}LABEL a=b\nEXPOSE 80\nCMD [\"x\"]\n"),
        ] {
            assert_eq!(keys(&other), before, "{other}");
        }
    }

    #[test]
    fn the_content_of_a_context_counts_and_what_is_ignored_does_not() {
        let mut files = MemoryFiles::default();
        for path in ["app/src/a", "app/src/b/c", "app/log/x", "app/one"] {
            files.insert(path, path);
        }
        let ignore = IgnoreFile::new(Arc::new(Source::new("app/.dockerignore", "log\n")));
        let context =
            BuildContext { root: PathBuf::from("app"), certainty: Certainty::Fits, ignore: Some(Arc::new(ignore)) };
        let key = |source: &str, files: &MemoryFiles| content(source, &context, files);
        let (all, folder) = (key(".", &files), key("src", &files));
        assert!(all.is_some() && folder.is_some() && all != folder);
        assert_eq!(key("log/x", &files), None);
        let mut other = files.clone();
        other.insert("app/log/x", "changed");
        assert_eq!((key(".", &other), key("src", &other)), (all, folder));
        other.insert("app/src/b/c", "changed");
        assert!(key(".", &other) != all && key("src", &other) != folder);
        assert_eq!(key("one", &other), key("one", &files));
        let mut renamed = MemoryFiles::default();
        renamed.insert("app/src/a2", "app/src/a");
        renamed.insert("app/src/b/c", "app/src/b/c");
        assert_ne!(key("src", &renamed), folder);
    }
}
