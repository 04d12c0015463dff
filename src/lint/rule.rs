//! What a rule is: metadata from its page, and the functions that look.

use std::borrow::Cow;
use std::fmt;

use super::catalog::is_shellcheck_code;
use super::own::{self, OwnCheck};
use super::{Applicability, Context};
use crate::model::context::IgnoreFile;
use crate::model::dockerfile::{Dockerfile, From, Instruction, ShellCommand, Stage};
use crate::model::packages::Operation;
use crate::syntax::compose::Service;
use crate::syntax::kubernetes::{Container, Object, PodSpec};
use crate::syntax::yaml;
use crate::text::Source;

/// The group of the rules about the run itself: syntax, ignores, internal errors.
pub(crate) const RUN_GROUP: &str = "rlint";

/// A rule. Ours are generated into `rules/catalog.rs` from their pages; those of users are read at run time, so
/// the metadata may be owned.
#[derive(Debug)]
pub struct Rule {
    /// `group/name`.
    pub id: Cow<'static, str>,
    /// The default severity.
    pub severity: Severity,
    /// What it is about.
    pub category: Category,
    /// The presets it is in.
    pub presets: Cow<'static, [Preset]>,
    /// The classes of the fixes it may offer.
    pub fixes: Cow<'static, [Applicability]>,
    /// The ids other tools have for it.
    pub aliases: Cow<'static, [Cow<'static, str>]>,
    /// Its options: name, and default as JSON.
    pub options: Cow<'static, [RuleOption]>,
    /// The version that brought it.
    pub since: Cow<'static, str>,
    /// The first sentence of its page.
    pub summary: Cow<'static, str>,
    /// Its page, front matter included.
    pub page: Cow<'static, str>,
    /// What it looks at.
    pub checks: Cow<'static, [Check]>,
}

/// An option of a rule, from its page.
#[derive(Clone, Debug)]
pub struct RuleOption {
    /// Its name.
    pub name: Cow<'static, str>,
    /// `boolean`, `integer`, `string` or `strings`.
    pub kind: Cow<'static, str>,
    /// Its default, as JSON.
    pub default: Cow<'static, str>,
    /// What it does.
    pub description: Cow<'static, str>,
    /// Its value in a preset where that differs from the default: preset and JSON.
    pub presets: Cow<'static, [(Preset, Cow<'static, str>)]>,
}

/// How bad a finding is. Ordered: an error is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// An opinion or an improvement.
    Info,
    /// A likely fault or risk.
    Warning,
    /// The builder, compose or the API server will refuse it, or it certainly cannot work.
    Error,
}

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "each is the word it is")]
pub enum Category {
    Correctness,
    Security,
    Reliability,
    Reproducibility,
    /// Build time and image size.
    Performance,
    Style,
}

/// A named set of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// The default: every error, and the warnings that are right nearly always.
    Recommended,
    /// Everything that is not style.
    Strict,
    /// Everything.
    All,
    /// What hadolint reports by default.
    Hadolint,
    /// What BuildKit's checks report by default.
    Buildkit,
    /// What kube-linter reports by default.
    KubeLinter,
    /// What dclint reports by default.
    Dclint,
    /// What compose-lint reports by default.
    ComposeLint,
}

/// What a rule wants to see. The variant is the dispatch key: a rule runs only where there is such a node.
#[derive(Clone, Copy)]
pub enum Check {
    /// Every file, before its language matters.
    Source(fn(&Source, &mut Context<'_>)),
    /// A whole Dockerfile.
    Dockerfile(fn(&Dockerfile, &mut Context<'_>)),
    /// Each stage of a Dockerfile.
    Stage(fn(Stage<'_>, &mut Context<'_>)),
    /// Each FROM.
    From(fn(From<'_>, &mut Context<'_>)),
    /// Each instruction, those held back by ONBUILD included.
    Instruction(fn(Instruction<'_>, &mut Context<'_>)),
    /// Each simple command that a POSIX-like shell runs in a RUN, CMD, ENTRYPOINT or HEALTHCHECK.
    Command(fn(ShellCommand<'_>, &mut Context<'_>)),
    /// Each thing that a command of a RUN asks of a package manager.
    Operation(fn(&Operation<'_>, &mut Context<'_>)),
    /// A compose file: its outermost mapping.
    Compose(fn(yaml::Ref<'_>, &mut Context<'_>)),
    /// Each service of a compose file.
    Service(fn(Service<'_>, &mut Context<'_>)),
    /// Each document of a compose or Kubernetes file, as plain YAML.
    Yaml(fn(&yaml::Document, &mut Context<'_>)),
    /// Each Kubernetes object, the items of lists included.
    Object(fn(Object<'_>, &mut Context<'_>)),
    /// Each pod spec.
    PodSpec(fn(PodSpec<'_>, &mut Context<'_>)),
    /// Each container of a pod spec.
    Container(fn(Container<'_>, &mut Context<'_>)),
    /// An ignore file of a build.
    Dockerignore(fn(&IgnoreFile, &mut Context<'_>)),
    /// What a rule of a user says.
    Own(&'static OwnCheck),
}

impl Rule {
    /// Whether a preset has it. `all` has every rule, `strict` every rule that is not style, `recommended` those
    /// that say so, and every preset has the rules about the run itself and those of the user.
    pub fn is_in(&self, preset: Preset) -> bool {
        match preset {
            Preset::All => true,
            Preset::Strict if self.category != Category::Style => true,
            _ => [RUN_GROUP, own::GROUP].contains(&self.group()) || self.presets.contains(&preset),
        }
    }

    /// Its page without the front matter.
    pub fn body(&self) -> &str {
        let rest = self.page.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
        rest.map_or(&*self.page, |(_, body)| body).trim()
    }

    /// Whether each of its findings answers to one code of ShellCheck, and `word` is one of these.
    pub fn answers_singly(&self, word: &str) -> bool {
        let codes = || self.aliases.iter().filter(|alias| is_shellcheck_code(alias));
        self.answers_to_all(word) || codes().count() > 1 && codes().any(|alias| alias.eq_ignore_ascii_case(word))
    }

    /// Whether it answers to every code of ShellCheck, said by the alias `SC*`, and `word` is one.
    pub fn answers_to_all(&self, word: &str) -> bool {
        self.aliases.iter().any(|alias| alias == "SC*") && is_shellcheck_code(word)
    }

    /// `dockerfile` of `dockerfile/latest-tag`.
    pub fn group(&self) -> &str {
        self.id.split_once('/').map_or("", |(group, _)| group)
    }

    /// `latest-tag` of `dockerfile/latest-tag`.
    pub fn name(&self) -> &str {
        self.id.split_once('/').map_or(&*self.id, |(_, name)| name)
    }
}

impl RuleOption {
    /// Its value in a preset; null when its page holds no JSON there, which the tests of the pages rule out.
    pub fn value_in(&self, preset: Preset) -> serde_json::Value {
        let own = self.presets.iter().find(|(own, _)| *own == preset).map(|(_, value)| value);
        serde_json::from_str(own.unwrap_or(&self.default)).unwrap_or_default()
    }
}

impl Severity {
    /// All of them, the least first.
    pub const ALL: [Severity; 3] = [Severity::Info, Severity::Warning, Severity::Error];

    /// As it is written everywhere.
    pub const fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }

    /// The severity of that name.
    pub fn parse(name: &str) -> Option<Severity> {
        Severity::ALL.into_iter().find(|severity| severity.name() == name)
    }
}

impl Category {
    /// All of them.
    pub const ALL: [Category; 6] = [
        Category::Correctness,
        Category::Security,
        Category::Reliability,
        Category::Reproducibility,
        Category::Performance,
        Category::Style,
    ];

    /// As it is written everywhere.
    pub const fn name(self) -> &'static str {
        match self {
            Category::Correctness => "correctness",
            Category::Security => "security",
            Category::Reliability => "reliability",
            Category::Reproducibility => "reproducibility",
            Category::Performance => "performance",
            Category::Style => "style",
        }
    }

    /// The category of that name.
    pub fn parse(name: &str) -> Option<Category> {
        Category::ALL.into_iter().find(|category| category.name() == name)
    }
}

impl Preset {
    /// All of them.
    pub const ALL: [Preset; 8] = [
        Preset::Recommended,
        Preset::Strict,
        Preset::All,
        Preset::Hadolint,
        Preset::Buildkit,
        Preset::KubeLinter,
        Preset::Dclint,
        Preset::ComposeLint,
    ];

    /// As it is written everywhere.
    pub const fn name(self) -> &'static str {
        match self {
            Preset::Recommended => "recommended",
            Preset::Strict => "strict",
            Preset::All => "all",
            Preset::Hadolint => "hadolint",
            Preset::Buildkit => "buildkit",
            Preset::KubeLinter => "kube-linter",
            Preset::Dclint => "dclint",
            Preset::ComposeLint => "compose-lint",
        }
    }

    /// The preset of that name.
    pub fn parse(name: &str) -> Option<Preset> {
        Preset::ALL.into_iter().find(|preset| preset.name() == name)
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Check::Source(_) => "Source",
            Check::Dockerfile(_) => "Dockerfile",
            Check::Stage(_) => "Stage",
            Check::From(_) => "From",
            Check::Instruction(_) => "Instruction",
            Check::Command(_) => "Command",
            Check::Operation(_) => "Operation",
            Check::Compose(_) => "Compose",
            Check::Service(_) => "Service",
            Check::Yaml(_) => "Yaml",
            Check::Object(_) => "Object",
            Check::PodSpec(_) => "PodSpec",
            Check::Container(_) => "Container",
            Check::Dockerignore(_) => "Dockerignore",
            Check::Own(_) => "Own",
        })
    }
}
