//! Commands that install what a project depends on, and the files they need for that.

mod commands;
mod dotnet;
mod needs;
mod node;
mod requirements;

use std::borrow::Cow;

use self::commands::{
    bundler, composer, conda, dotnet, gradle, maven, node_like, npm, pip, pipenv, pnpm, poetry, uv, yarn,
};
pub use self::needs::Needs;
use crate::syntax::shell::{SimpleCommand, Word, without_folder};

/// A command that fetches the dependencies of a project and needs nothing of it but its manifests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Install {
    /// Who does it.
    pub tool: Tool,
    /// The files it reads, as far as the command says.
    pub manifests: Vec<Cow<'static, str>>,
    /// What to write between `COPY` and the destination to copy them where the context is not there to look into;
    /// `None` where the names are not certain.
    pub copy: Option<String>,
    /// Whether it works in another folder than the one it runs in.
    pub elsewhere: bool,
    /// Its flags.
    flags: Vec<Box<str>>,
}

/// Who fetches the dependencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the program it names")]
pub enum Tool {
    Npm,
    Yarn,
    Pnpm,
    Bun,
    Pip,
    Poetry,
    Uv,
    Pipenv,
    Conda,
    Go,
    Cargo,
    Maven,
    Gradle,
    Bundler,
    Composer,
    Dotnet,
    Mix,
}

/// What a file says about the dependencies of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Which ones.
    Manifest,
    /// In which versions.
    Lock,
    /// A pattern for both.
    Both,
}

/// What the file at `path` says about dependencies, by its name; `None` when nothing.
pub fn file_kind(path: &str) -> Option<FileKind> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_pattern = name.ends_with('*') || name.ends_with("*.json");
    match name.trim_end_matches('*') {
        "package-lock.json"
        | "npm-shrinkwrap.json"
        | "yarn.lock"
        | "pnpm-lock.yaml"
        | "bun.lock"
        | "bun.lockb"
        | "poetry.lock"
        | "uv.lock"
        | "Pipfile.lock"
        | "go.sum"
        | "Cargo.lock"
        | "Gemfile.lock"
        | "composer.lock"
        | "mix.lock"
        | "packages.lock.json" => Some(FileKind::Lock),
        "package*.json" => Some(FileKind::Both),
        "Pipfile" | "Gemfile" | "composer" | "go." | "package" | "Cargo" | "mix" if is_pattern => Some(FileKind::Both),
        "package.json"
        | "pnpm-workspace.yaml"
        | ".npmrc"
        | ".yarnrc.yml"
        | ".yarnrc"
        | "pyproject.toml"
        | "setup.py"
        | "setup.cfg"
        | "Pipfile"
        | "go.mod"
        | "go.work"
        | "Cargo.toml"
        | "pom.xml"
        | "build.gradle"
        | "build.gradle.kts"
        | "settings.gradle"
        | "settings.gradle.kts"
        | "gradle.properties"
        | "Gemfile"
        | "composer.json"
        | "mix.exs"
        | "environment.yml" => Some(FileKind::Manifest),
        name if name.starts_with("requirements") && name.ends_with(".txt") => Some(FileKind::Manifest),
        name if [".csproj", ".fsproj", ".vbproj", ".sln", ".slnx", ".gemspec"]
            .iter()
            .any(|end| name.ends_with(end)) =>
        {
            Some(FileKind::Manifest)
        }
        _ => None,
    }
}

impl Tool {
    /// The files in the folder of a project that it reads when it installs; the first is there always.
    pub fn files(self) -> &'static [&'static str] {
        match self {
            Tool::Npm => &["package.json", "package-lock.json", "npm-shrinkwrap.json", ".npmrc"],
            Tool::Yarn => &["package.json", "yarn.lock", ".yarnrc", ".yarnrc.yml", ".npmrc"],
            Tool::Pnpm => &["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", ".pnpmfile.cjs", ".npmrc"],
            Tool::Bun => &["package.json", "bun.lock", "bun.lockb", "bunfig.toml", ".npmrc"],
            Tool::Poetry => &["pyproject.toml", "poetry.lock", "poetry.toml"],
            Tool::Uv => &["pyproject.toml", "uv.lock", "uv.toml", ".python-version"],
            Tool::Pipenv => &["Pipfile", "Pipfile.lock"],
            Tool::Go => &["go.mod", "go.sum"],
            Tool::Maven => {
                &["pom.xml", ".mvn/maven.config", ".mvn/jvm.config", ".mvn/extensions.xml", ".mvn/settings.xml"]
            }
            Tool::Gradle => &[
                "build.gradle",
                "build.gradle.kts",
                "settings.gradle",
                "settings.gradle.kts",
                "gradle.properties",
                "gradle.lockfile",
                "gradle/libs.versions.toml",
                "gradle/verification-metadata.xml",
            ],
            Tool::Bundler => &["Gemfile", "Gemfile.lock", ".ruby-version", ".tool-versions", ".bundle/config"],
            Tool::Composer => &["composer.json", "composer.lock", "symfony.lock", "auth.json"],
            Tool::Mix => &["mix.exs", "mix.lock"],
            Tool::Pip | Tool::Conda | Tool::Cargo | Tool::Dotnet => &[],
        }
    }

    /// What it writes into the folder of the project: a copy of the same name from the context would stand in the way
    /// of it, or take its place.
    pub fn writes(self) -> &'static [&'static str] {
        match self {
            Tool::Npm | Tool::Yarn | Tool::Pnpm | Tool::Bun => &["node_modules"],
            Tool::Poetry | Tool::Uv | Tool::Pipenv => &[".venv"],
            Tool::Composer => &["vendor"],
            Tool::Bundler => &["vendor/bundle", "vendor/cache"],
            Tool::Dotnet => &["obj"],
            Tool::Mix => &["deps", "_build"],
            Tool::Gradle => &[".gradle"],
            Tool::Pip | Tool::Conda | Tool::Go | Tool::Cargo | Tool::Maven => &[],
        }
    }

    /// What it fetches, for people.
    pub fn what(self) -> &'static str {
        match self {
            Tool::Npm | Tool::Yarn | Tool::Pnpm | Tool::Bun => "Node packages",
            Tool::Pip | Tool::Poetry | Tool::Uv | Tool::Pipenv => "Python packages",
            Tool::Conda => "Conda packages",
            Tool::Go => "Go modules",
            Tool::Cargo => "crates",
            Tool::Maven | Tool::Gradle => "Java libraries",
            Tool::Bundler => "gems",
            Tool::Composer => "PHP packages",
            Tool::Dotnet => "NuGet packages",
            Tool::Mix => "Hex packages",
        }
    }
}

impl Install {
    /// What `command` installs, if it installs the dependencies of a project and nothing else, and every word of it is
    /// known.
    pub fn of(command: &SimpleCommand) -> Option<Install> {
        let mut words = command.words.iter().map(Word::text).skip_while(|word| word.as_deref().is_some_and(is_wrapper));
        let program = words.next()??;
        let read: fn(&[&str]) -> Option<Install> = match without_folder(&program) {
            "npm" => npm,
            "yarn" | "yarnpkg" => yarn,
            "pnpm" => pnpm,
            "bun" => |arguments| node_like(Tool::Bun, arguments, &["install", "i", "ci"], "bun.lock", "bun.lock*"),
            "uv" => uv,
            "poetry" => poetry,
            "pipenv" => pipenv,
            "conda" | "mamba" | "micromamba" => conda,
            "go" => |arguments| {
                arguments.starts_with(&["mod", "download"]).then(|| Install::new(Tool::Go, &["go.mod", "go.sum"]))
            },
            // It refuses a package without a source file.
            "cargo" => |arguments| {
                let fetches = arguments.first() == Some(&"fetch");
                fetches.then(|| Install::uncertain(Tool::Cargo, &["Cargo.toml", "Cargo.lock"]))
            },
            "mvn" => |arguments| maven(arguments, true),
            "mvnw" => |arguments| maven(arguments, false),
            "gradle" | "gradlew" => gradle,
            "bundle" | "bundler" => bundler,
            "composer" => composer,
            "dotnet" => dotnet,
            "mix" => |arguments| {
                (arguments.first() == Some(&"deps.get")).then(|| Install::new(Tool::Mix, &["mix.exs", "mix.lock"]))
            },
            name if name.starts_with("pip") => pip,
            name if name.starts_with("python") => |arguments| pip(arguments.strip_prefix(&["-m", "pip"])?),
            _ => return None,
        };
        let arguments: Vec<Cow<'_, str>> = words.collect::<Option<_>>()?;
        let arguments: Vec<&str> = arguments.iter().map(|argument| &**argument).collect();
        let mut install = read(&arguments)?;
        let wrapper = without_folder(&program) != &*program || matches!(&*program, "mvnw" | "gradlew");
        install.flags = arguments.iter().filter(|word| word.starts_with('-')).map(|word| Box::from(*word)).collect();
        if wrapper && matches!(install.tool, Tool::Maven | Tool::Gradle) {
            install.flags.push("wrapper".into());
        }
        Some(install)
    }

    /// Whether it has one of these flags, also with a value.
    fn has_flag(&self, names: &[&str]) -> bool {
        self.flags.iter().any(|flag| names.contains(&flag.split('=').next().unwrap_or("")))
    }

    /// The files it reads, for people: `` `package.json` and `package-lock.json` ``.
    pub fn files(&self) -> String {
        let quote = |name: &Cow<'static, str>| if name.contains(' ') { name.to_string() } else { format!("`{name}`") };
        let names: Vec<String> = self.manifests.iter().map(quote).collect();
        match &names[..] {
            [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
            names => names.join(""),
        }
    }

    /// The names of these files, or patterns for them.
    pub fn names(&self) -> Vec<&str> {
        match (self.tool, &self.manifests[..]) {
            (Tool::Gradle, _) => vec!["build.gradle*", "settings.gradle*"],
            (Tool::Dotnet, [name]) if name.contains(' ') => vec!["*.csproj"],
            (_, names) => names.iter().map(|name| &**name).collect(),
        }
    }

    fn new(tool: Tool, manifests: &[&'static str]) -> Install {
        Install { copy: Some(manifests.join(" ")), ..Install::uncertain(tool, manifests) }
    }

    fn uncertain(tool: Tool, manifests: &[&'static str]) -> Install {
        let manifests = manifests.iter().map(|name| Cow::Borrowed(*name)).collect();
        Install { tool, manifests, copy: None, elsewhere: false, flags: Vec::new() }
    }

    fn copying(mut self, sources: impl Into<String>) -> Install {
        self.copy = Some(sources.into());
        self
    }
}

/// Whether it only stands before a program: `sudo`, `env`, `NAME=value` and the like.
fn is_wrapper(word: &str) -> bool {
    matches!(word, "sudo" | "env" | "corepack" | "exec" | "command" | "time" | "nice") || word.contains('=')
}

#[cfg(test)]
mod tests;
