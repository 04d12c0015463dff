//! The one table of configuration keys: the reader, the schema, the documentation and `rlint config KEY` use it.

/// A key of `.rlint.yaml`.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// As it is written.
    pub name: &'static str,
    /// What its value is.
    pub shape: Shape,
    /// Its value where it is not written, as YAML.
    pub default: &'static str,
    /// What it does, in one or two sentences of Markdown.
    pub summary: &'static str,
    /// A piece of configuration that uses it.
    pub example: &'static str,
}

/// What the value of a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One path.
    Path,
    /// A path or a list of paths.
    Paths,
    /// The name of a preset.
    Preset,
    /// A list of words that name rules.
    Selectors,
    /// Words that name rules, and a severity for each.
    Severities,
    /// Globs, and a list of words that name rules for each.
    PerFile,
    /// A list of Kubernetes objects and rules.
    Objects,
    /// A list of globs.
    Globs,
    /// Globs, and a kind of file for each.
    FileTypes,
    /// A severity or `none`.
    FailOn,
    /// `1.34`.
    Version,
    /// Image names, and a path for each.
    Images,
    /// A list of words.
    Words,
    /// `true` or `false`.
    Boolean,
    /// Names of labels, and what each of them is.
    Labels,
    /// Rules, and values for their options.
    Rules,
}

/// All keys, in the order in which they are documented.
pub const KEYS: &[Key] = &[
    Key {
        name: "extends",
        shape: Shape::Paths,
        default: "[]",
        summary: "Other configuration files to start from, relative to this one. What this file says wins; of several, \
                  the later wins.",
        example: "extends: ../rlint-base.yaml",
    },
    Key {
        name: "preset",
        shape: Shape::Preset,
        default: "recommended",
        summary: "The rules to start with, and the options they have. `recommended`, `strict` (all but style), `all`, \
                  or what another tool reports by default: `hadolint`, `buildkit`, `kube-linter`, `dclint`, \
                  `compose-lint`.",
        example: "preset: strict",
    },
    Key {
        name: "select",
        shape: Shape::Selectors,
        default: "the rules of the preset",
        summary: "The rules to run, instead of those of the preset. A rule is named by its id, its bare name, its \
                  group, its category or the id another tool has for it; everything that bears the name is meant.",
        example: "select: [security, dockerfile/latest-tag]",
    },
    Key {
        name: "extend-select",
        shape: Shape::Selectors,
        default: "[]",
        summary: "Rules to run besides.",
        example: "extend-select: [missing-limits]",
    },
    Key {
        name: "ignore",
        shape: Shape::Selectors,
        default: "[]",
        summary: "Rules not to run. Stronger than `select` and `extend-select`.",
        example: "ignore: [DL3008, style]",
    },
    Key {
        name: "severity",
        shape: Shape::Severities,
        default: "{}",
        summary: "Other severities: `error`, `warning` or `info`. A rule named by its id is stronger than a name that \
                  several rules bear.",
        example: "severity:\n  security: error\n  dockerfile/latest-tag: info",
    },
    Key {
        name: "per-file-ignores",
        shape: Shape::PerFile,
        default: "{}",
        summary: "Rules not to run in some files.",
        example: "per-file-ignores:\n  \"test/**\": [latest-tag]\n  \"*.dev.yaml\": [kubernetes]",
    },
    Key {
        name: "ignore-objects",
        shape: Shape::Objects,
        default: "[]",
        summary: "Kubernetes objects that rules leave alone: globs of their `kind`, `name` and `namespace`, and \
                  `rules`. What is left out matches everything.",
        example: "ignore-objects:\n  - rules: [run-as-root]\n    kind: DaemonSet\n    namespace: kube-system",
    },
    Key {
        name: "exclude",
        shape: Shape::Globs,
        default: "version control, package and environment folders such as `.git`, `node_modules`, `.venv`",
        summary: "Files and folders that a walk leaves out, instead of the default ones. A pattern without a slash \
                  matches at every depth; others are relative to the configuration file.",
        example: "exclude: [node_modules, legacy/]",
    },
    Key {
        name: "extend-exclude",
        shape: Shape::Globs,
        default: "[]",
        summary: "Files and folders that a walk leaves out besides.",
        example: "extend-exclude: [generated/]",
    },
    Key {
        name: "file-types",
        shape: Shape::FileTypes,
        default: "{}",
        summary: "What files are, where name and content do not say it: `dockerfile`, `compose`, `kubernetes` or \
                  `markdown`. Of several patterns that match, the last one counts.",
        example: "file-types:\n  \"build/*.docker\": dockerfile\n  \"docs/**/*.md\": markdown",
    },
    Key {
        name: "fail-on",
        shape: Shape::FailOn,
        default: "warning",
        summary: "The least severity that makes the run fail (exit code 1): `error`, `warning`, `info` or `none`.",
        example: "fail-on: error",
    },
    Key {
        name: "kubernetes-version",
        shape: Shape::Version,
        default: "the newest known",
        summary: "The version of Kubernetes that the manifests are meant for.",
        example: "kubernetes-version: \"1.31\"",
    },
    Key {
        name: "images",
        shape: Shape::Images,
        default: "{}",
        summary: "Images that are built here: their names in compose files and manifests, and their Dockerfiles.",
        example: "images:\n  registry.example.com/shop/web: web/Dockerfile",
    },
    Key {
        name: "trusted-registries",
        shape: Shape::Words,
        default: "[] (all)",
        summary: "The registries that images may come from, `docker.io` included; a `*` at an end of one stands for \
                  anything, and `ghcr.io/acme` trusts a part of a registry. What comes from elsewhere is reported by the \
                  rules `untrusted-registry`.",
        example: "trusted-registries: [docker.io, registry.example.com]",
    },
    Key {
        name: "trusted-images",
        shape: Shape::Words,
        default: "[] (all)",
        summary: "The images that may be used, with or without registry and tag; a `*` stands for anything. Others are \
                  reported by the rules `untrusted-image`.",
        example: "trusted-images: [\"python:3.*\", \"registry.example.com/*\"]",
    },
    Key {
        name: "label-schema",
        shape: Shape::Labels,
        default: "{}",
        summary: "The labels that images have, and what the value of each is: `text`, `url`, `semver`, `hash`, `rfc3339`, \
                  `spdx` or `email`. A label that may be missing is written `{type: url, required: false}`.",
        example: "label-schema:\n  org.opencontainers.image.licenses: spdx\n  \
                  org.opencontainers.image.url: {type: url, required: false}",
    },
    Key {
        name: "strict-labels",
        shape: Shape::Boolean,
        default: "false",
        summary: "Whether images have no labels but those of `label-schema`; the rule `label-superfluous` reports others.",
        example: "strict-labels: true",
    },
    Key {
        name: "no-suppressions",
        shape: Shape::Boolean,
        default: "false",
        summary: "Whether comments and annotations that ignore findings are themselves ignored.",
        example: "no-suppressions: true",
    },
    Key {
        name: "rules",
        shape: Shape::Rules,
        default: "{}",
        summary: "Options of rules; `rlint rule NAME` shows those a rule has.",
        example: "rules:\n  kubernetes/missing-requests:\n    init-containers: true",
    },
    Key {
        name: "rule-paths",
        shape: Shape::Paths,
        default: "[]",
        summary: "Folders with rules of your own: pages whose front matter says what they look at and when they report. \
                  `rlint test` runs their examples.",
        example: "rule-paths: [lint/rules]",
    },
    Key {
        name: "baseline",
        shape: Shape::Path,
        default: "none",
        summary: "A file with findings that are known and held back; `--update-baseline` writes it.",
        example: "baseline: .rlint-baseline.json",
    },
];

/// The key of that name.
pub fn key(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// The folders that a walk leaves out where nothing else is said. As for other tools of this kind; `.gitignore` adds
/// what a project has of its own.
pub const DEFAULT_EXCLUDES: &[&str] = &[
    ".bzr",
    ".direnv",
    ".git",
    ".hg",
    ".jj",
    ".nox",
    ".svn",
    ".terraform",
    ".tox",
    ".venv",
    "__pycache__",
    "bower_components",
    "node_modules",
    "site-packages",
    "venv",
];
