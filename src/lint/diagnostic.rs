//! A finding, and how to mend it.

use std::borrow::Cow;
use std::sync::Arc;

use super::Severity;
use crate::build::{Effect, Effects};
use crate::model::chain::Addition;
use crate::text::{Edit, Source, Span};

/// A finding. While a rule runs, its spans are those of the document it looks at; the engine then maps them, and
/// from there on they are spans of the file.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// The id of the rule.
    pub rule: Cow<'static, str>,
    /// How bad it is, by the rule, the preset and the settings.
    pub severity: Severity,
    /// The file.
    pub source: Arc<Source>,
    /// The bytes that are wrong.
    pub span: Span,
    /// The fact, starting in lower case, code in backticks.
    pub message: String,
    /// What else to look at.
    pub labels: Vec<Label>,
    /// Advice.
    pub notes: Vec<String>,
    /// How to mend it, the best first.
    pub fixes: Vec<Fix>,
    /// Which of the aliases of its rule it answers to; `None` when that is all of them.
    pub alias: Option<Cow<'static, str>>,
}

/// A place that explains a finding.
#[derive(Clone, Debug)]
pub struct Label {
    /// The file, when it is another one; its span is then already that of the file.
    pub source: Option<Arc<Source>>,
    /// The place.
    pub span: Span,
    /// What is there.
    pub message: String,
}

/// A change that mends a finding.
#[derive(Clone, Debug)]
pub struct Fix {
    /// What it does, as an order: "use `COPY`".
    pub title: Cow<'static, str>,
    /// Who may apply it.
    pub applicability: Applicability,
    /// What it changes, in the file of the finding.
    pub edits: Vec<Edit>,
    /// What it means to change in what a Dockerfile builds; nothing else may change.
    pub effects: Effects,
    /// What verifying it showed; `None` where nobody asked for it, and where there is nothing to build.
    pub verification: Option<Verification>,
}

/// What verifying a fix showed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// How it ended.
    pub verdict: Verdict,
    /// What changes, or why, each starting in lower case.
    pub details: Vec<String>,
}

/// How verifying a fix ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// What would be built changes as the fix says, and in nothing else. Nothing was run.
    Planned,
    /// It was built, and the image differs as the fix says, and in nothing else.
    Built,
    /// It was built, and does not build any more or differs in something else.
    Broken,
    /// Nobody can say.
    Inconclusive,
}

impl Verdict {
    /// As it is written everywhere.
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Planned => "planned",
            Verdict::Built => "built",
            Verdict::Broken => "broken",
            Verdict::Inconclusive => "inconclusive",
        }
    }
}

/// How far a fix may be trusted. Ordered: `fix.applicability >= wanted` decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// An editor action with a placeholder; a person must finish it.
    Manual,
    /// May change behaviour.
    Unsafe,
    /// Keeps the only meaning the author can have had.
    Safe,
}

impl Applicability {
    /// All of them, the least trusted first.
    pub const ALL: [Applicability; 3] = [Applicability::Manual, Applicability::Unsafe, Applicability::Safe];

    /// As it is written everywhere.
    pub const fn name(self) -> &'static str {
        match self {
            Applicability::Manual => "manual",
            Applicability::Unsafe => "unsafe",
            Applicability::Safe => "safe",
        }
    }

    /// The class of that name.
    pub fn parse(name: &str) -> Option<Applicability> {
        Applicability::ALL.into_iter().find(|class| class.name() == name)
    }
}

impl Diagnostic {
    /// Adds a place that explains it, in the same document.
    pub fn label(&mut self, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.labels.push(Label { source: None, span, message: message.into() });
        self
    }

    /// Adds a place in another file.
    pub fn label_in(&mut self, source: Arc<Source>, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.labels.push(Label { source: Some(source), span, message: message.into() });
        self
    }

    /// Adds advice.
    pub fn note(&mut self, note: impl Into<String>) -> &mut Diagnostic {
        self.notes.push(note.into());
        self
    }

    /// Says which of the aliases of its rule it answers to.
    pub fn answers_to(&mut self, alias: impl Into<Cow<'static, str>>) -> &mut Diagnostic {
        self.alias = Some(alias.into());
        self
    }

    /// Adds a way to mend it.
    pub fn fix(&mut self, fix: Fix) -> &mut Diagnostic {
        self.fixes.push(fix);
        self
    }
}

impl Fix {
    fn new(title: Cow<'static, str>, applicability: Applicability) -> Fix {
        Fix { title, applicability, edits: Vec::new(), effects: Effects::NONE, verification: None }
    }

    /// A fix that keeps the meaning.
    pub fn safe(title: impl Into<Cow<'static, str>>) -> Fix {
        Fix::new(title.into(), Applicability::Safe)
    }

    /// A fix that may change behaviour.
    pub fn risky(title: impl Into<Cow<'static, str>>) -> Fix {
        Fix::new(title.into(), Applicability::Unsafe)
    }

    /// A fix that a person must finish.
    pub fn manual(title: impl Into<Cow<'static, str>>) -> Fix {
        Fix::new(title.into(), Applicability::Manual)
    }

    /// Replaces the text of `span`.
    pub fn replace(mut self, span: Span, text: impl Into<String>) -> Fix {
        self.edits.push(Edit { span, text: text.into() });
        self
    }

    /// Puts `text` at `offset`.
    pub fn insert(self, offset: u32, text: impl Into<String>) -> Fix {
        self.replace(Span::empty(offset), text)
    }

    /// Adds a command that clears caches to a RUN: safe where it runs exactly when all before it went well.
    pub fn append(title: impl Into<Cow<'static, str>>, addition: Addition) -> Fix {
        let fix = if addition.exact { Fix::safe(title) } else { Fix::risky(title) };
        fix.insert(addition.offset, addition.text).changes(Effect::Command).changes(Effect::Caches)
    }

    /// Declares what it means to change in what a Dockerfile builds. Without this it changes nothing there.
    pub fn changes(mut self, effects: impl Into<Effects>) -> Fix {
        self.effects = self.effects.and(effects.into());
        self
    }

    /// Takes the text of `span` out.
    pub fn delete(self, span: Span) -> Fix {
        self.replace(span, "")
    }
}
