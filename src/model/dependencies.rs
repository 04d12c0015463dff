//! Commands that install what a project depends on, and the files they need for that.

use std::borrow::Cow;

use super::context::BuildContext;
use crate::syntax::shell::{SimpleCommand, Word, without_folder};
use crate::text::Files;

/// A command that fetches the dependencies of a project and needs nothing of it but its manifests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Install {
    /// Who does it.
    pub tool: Tool,
    /// The files it reads, as far as the command says.
    pub manifests: Vec<Cow<'static, str>>,
    /// What to write between `COPY` and the destination to copy them; `None` where the names are not certain.
    pub copy: Option<String>,
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
            Tool::Yarn => &["package.json", "yarn.lock", ".yarnrc", ".npmrc"],
            Tool::Pnpm => &["package.json", "pnpm-lock.yaml", ".npmrc"],
            Tool::Bun => &["package.json", "bun.lock", "bun.lockb", "bunfig.toml", ".npmrc"],
            Tool::Poetry => &["pyproject.toml", "poetry.lock", "poetry.toml"],
            Tool::Uv => &["pyproject.toml", "uv.lock", "uv.toml", ".python-version"],
            Tool::Pipenv => &["Pipfile", "Pipfile.lock"],
            Tool::Go => &["go.mod", "go.sum"],
            Tool::Maven => &["pom.xml"],
            Tool::Bundler => &["Gemfile", "Gemfile.lock", ".ruby-version", ".bundle"],
            Tool::Composer => &["composer.json", "composer.lock"],
            Tool::Mix => &["mix.exs", "mix.lock"],
            Tool::Pip | Tool::Conda | Tool::Cargo | Tool::Gradle | Tool::Dotnet => &[],
        }
    }

    /// What in its first file makes it read files of other folders as well.
    pub fn reaches_further(self, manifest: &str) -> bool {
        let words: &[&str] = match self {
            Tool::Npm | Tool::Yarn | Tool::Pnpm | Tool::Bun => &[
                "\"workspaces\"",
                "\"file:",
                "\"link:",
                "\"portal:",
                "\"preinstall\"",
                "\"postinstall\"",
                "\"prepare\"",
                "\"install\"",
            ],
            Tool::Maven => &["<modules>", "<relativePath>.."],
            Tool::Go => &["=> ./", "=> ../"],
            Tool::Poetry | Tool::Uv => &["path =", "workspace = true", "[tool.uv.workspace]"],
            Tool::Bundler => &["gemspec", "path:", "eval_gemfile", "File.read"],
            Tool::Composer => &["\"path\""],
            Tool::Pip => &["-r ", "-c ", "-e ", "--requirement", "--constraint", "./", "file:"],
            _ => &[],
        };
        words.iter().any(|word| manifest.contains(word))
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
    /// The files to copy for it from `folder` of a context, as they are there: `None` when the first one is not, or what
    /// it says needs more than these.
    pub fn present(&self, folder: &str, context: &BuildContext, files: &dyn Files) -> Option<Vec<String>> {
        self.copy.as_ref()?;
        let own = || self.manifests.iter().map(|name| &**name);
        let usual = self.tool.files();
        let names: Vec<&str> = if usual.first().copied() == own().next() { usual.to_vec() } else { own().collect() };
        let join = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let first = join(names.first()?);
        let manifest = files.read(&context.root.join(&first)).ok()?;
        if self.tool.reaches_further(&String::from_utf8_lossy(&manifest)) {
            return None;
        }
        let there: Vec<String> = names.into_iter().map(join).filter(|path| context.has(path, files)).collect();
        (there.first() == Some(&first)).then_some(there)
    }

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
        read(&arguments)
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

    fn new(tool: Tool, manifests: &[&'static str]) -> Install {
        Install { copy: Some(manifests.join(" ")), ..Install::uncertain(tool, manifests) }
    }

    fn uncertain(tool: Tool, manifests: &[&'static str]) -> Install {
        Install { tool, manifests: manifests.iter().map(|name| Cow::Borrowed(*name)).collect(), copy: None }
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

/// What is no flag and no value of one of `valued`.
fn operands<'a>(arguments: &[&'a str], valued: &[&str]) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if !argument.starts_with('-') {
            found.push(*argument);
        } else if valued.contains(argument) {
            rest.next();
        }
    }
    found
}

fn has(arguments: &[&str], flags: &[&str]) -> bool {
    arguments.iter().any(|argument| flags.contains(argument))
}

/// Flags of Node's package managers that take the next word as their value.
const NODE_VALUES: [&str; 16] = [
    "--prefix",
    "--registry",
    "--omit",
    "--include",
    "--only",
    "--loglevel",
    "--cache",
    "--cwd",
    "--network-timeout",
    "--mutex",
    "--cache-folder",
    "--modules-folder",
    "--dir",
    "-C",
    "--store-dir",
    "--reporter",
];

/// Flags that make them work on another folder, or on several.
const NODE_ELSEWHERE: [&str; 11] =
    ["--prefix", "--cwd", "--dir", "-C", "-w", "--workspace", "--workspaces", "-r", "--recursive", "--filter", "-F"];

fn npm(arguments: &[&str]) -> Option<Install> {
    if has(arguments, &["-g", "--global", "--location=global"]) {
        return None;
    }
    node_like(Tool::Npm, arguments, &["install", "i", "ci", "clean-install"], "package-lock.json", "package*.json")
}

fn yarn(arguments: &[&str]) -> Option<Install> {
    let bare = operands(arguments, &NODE_VALUES).is_empty() && !has(arguments, &["--version", "-v", "--help", "-h"]);
    let arguments = if bare { [&["install"], arguments].concat() } else { arguments.to_vec() };
    let frozen = has(&arguments, &["--frozen-lockfile"]);
    let lock = if frozen { "package.json yarn.lock" } else { "package.json yarn.lock*" };
    let install = node_like(Tool::Yarn, &arguments, &["install"], "yarn.lock", lock)?;
    // Later releases need their own program and settings from the project.
    let modern = has(&arguments, &["--immutable", "--immutable-cache", "--inline-builds", "--check-cache"]);
    Some(if modern { Install { copy: None, ..install } } else { install })
}

fn pnpm(arguments: &[&str]) -> Option<Install> {
    let frozen = has(arguments, &["--frozen-lockfile"]);
    let lock = if frozen { "package.json pnpm-lock.yaml" } else { "package.json pnpm-lock.yaml*" };
    node_like(Tool::Pnpm, arguments, &["install", "i", "fetch"], "pnpm-lock.yaml", lock)
}

fn node_like(tool: Tool, arguments: &[&str], commands: &[&str], lock: &'static str, copy: &str) -> Option<Install> {
    let [command] = operands(arguments, &NODE_VALUES)[..] else { return None };
    if !commands.contains(&command) || has(arguments, &["-g", "--global"]) {
        return None;
    }
    let install = Install::uncertain(tool, &["package.json", lock]);
    let elsewhere = arguments.iter().any(|argument| NODE_ELSEWHERE.contains(&argument.split('=').next().unwrap_or("")));
    Some(if elsewhere { install } else { install.copying(copy) })
}

/// Only `pip install -r …`: anything else is either a package by its name or the project itself.
fn pip(arguments: &[&str]) -> Option<Install> {
    let mut rest = arguments.iter();
    let mut files: Vec<&str> = Vec::new();
    if !matches!(rest.find(|argument| !argument.starts_with('-')), Some(&"install")) {
        return None;
    }
    while let Some(argument) = rest.next() {
        match *argument {
            "-r" | "--requirement" | "--requirements" => files.push(rest.next()?),
            "-e" | "--editable" => return None,
            "-i" | "--index-url" | "--extra-index-url" | "--trusted-host" | "--timeout" | "--default-timeout"
            | "--retries" | "--cache-dir" | "--progress-bar" | "--platform" | "--no-binary" | "--only-binary"
            | "--upgrade-strategy" | "-t" | "--target" | "--prefix" | "--root" | "--python" | "--proxy"
            | "--python-version" => {
                rest.next()?;
            }
            // Files and folders of their own.
            "-c" | "--constraint" | "-f" | "--find-links" => return None,
            flag if flag.starts_with("--requirement=") => files.push(&flag["--requirement=".len()..]),
            flag if flag.starts_with("--find-links=") || flag.starts_with("--constraint=") => return None,
            flag if flag.starts_with("-r") => files.push(&flag[2..]),
            flag if flag.starts_with('-') => {}
            _ => return None,
        }
    }
    if files.is_empty() || files.iter().any(|file| file.contains("://") || *file == "-" || file.starts_with("/dev/")) {
        return None;
    }
    let here = files.iter().all(|file| !file.contains('/'));
    Some(Install {
        tool: Tool::Pip,
        manifests: files.iter().map(|file| Cow::Owned((*file).to_owned())).collect(),
        copy: here.then(|| files.join(" ")),
    })
}

fn uv(arguments: &[&str]) -> Option<Install> {
    match arguments {
        ["pip", rest @ ..] => pip(rest).map(|install| Install { tool: Tool::Uv, ..install }),
        ["sync", rest @ ..] if has(rest, &["--no-install-project", "--no-install-workspace"]) => {
            let locked = has(rest, &["--locked", "--frozen"]);
            let lock = if locked { "pyproject.toml uv.lock" } else { "pyproject.toml uv.lock*" };
            Some(Install::uncertain(Tool::Uv, &["pyproject.toml", "uv.lock"]).copying(lock))
        }
        _ => None,
    }
}

/// Without `--no-root` it installs the project itself.
fn poetry(arguments: &[&str]) -> Option<Install> {
    let is_install = arguments.iter().find(|argument| !argument.starts_with('-')) == Some(&"install");
    let install = Install::uncertain(Tool::Poetry, &["pyproject.toml", "poetry.lock"]);
    (is_install && has(arguments, &["--no-root"])).then(|| install.copying("pyproject.toml poetry.lock*"))
}

fn pipenv(arguments: &[&str]) -> Option<Install> {
    let [command] = operands(arguments, &[])[..] else { return None };
    let install = Install::uncertain(Tool::Pipenv, &["Pipfile", "Pipfile.lock"]);
    ["install", "sync"].contains(&command).then(|| install.copying("Pipfile*"))
}

fn conda(arguments: &[&str]) -> Option<Install> {
    let ["env", "create" | "update", ..] = operands(arguments, &["-f", "--file", "-n", "--name", "-p", "--prefix"])[..]
    else {
        return None;
    };
    let file = arguments.iter().skip_while(|argument| !["-f", "--file"].contains(argument)).nth(1)?;
    let copy = (!file.contains('/')).then(|| (*file).to_owned());
    Some(Install { tool: Tool::Conda, manifests: vec![Cow::Owned((*file).to_owned())], copy })
}

fn maven(arguments: &[&str], installed: bool) -> Option<Install> {
    const RESOLVE: [&str; 4] =
        ["dependency:go-offline", "dependency:resolve", "dependency:resolve-plugins", "dependency:copy-dependencies"];
    let goals =
        operands(arguments, &["-f", "--file", "-s", "--settings", "-pl", "--projects", "-P", "-T", "-l", "-gs"]);
    if goals.is_empty() || !goals.iter().all(|goal| RESOLVE.contains(goal) || *goal == "clean") {
        return None;
    }
    let simple = installed && !has(arguments, &["-f", "--file", "-s", "--settings", "-pl", "--projects", "-gs"]);
    Some(if simple { Install::new(Tool::Maven, &["pom.xml"]) } else { Install::uncertain(Tool::Maven, &["pom.xml"]) })
}

fn gradle(arguments: &[&str]) -> Option<Install> {
    let tasks = operands(arguments, &["-p", "--project-dir", "-b", "--build-file", "-g"]);
    (!tasks.is_empty() && tasks.iter().all(|task| *task == "dependencies" || task.ends_with(":dependencies")))
        .then(|| Install::uncertain(Tool::Gradle, &["the build and settings scripts"]))
}

fn bundler(arguments: &[&str]) -> Option<Install> {
    let command = arguments.iter().find(|argument| !argument.starts_with('-'));
    let is_install =
        command.is_none_or(|command| *command == "install") && !has(arguments, &["--version", "-v", "--help"]);
    let install = Install::uncertain(Tool::Bundler, &["Gemfile", "Gemfile.lock"]);
    let elsewhere = arguments.iter().any(|argument| argument.starts_with("--gemfile"));
    is_install.then(|| if elsewhere { install } else { install.copying("Gemfile Gemfile.lock*") })
}

/// The scripts and the class map of a project may need its sources.
fn composer(arguments: &[&str]) -> Option<Install> {
    let [command] = operands(arguments, &["-d", "--working-dir"])[..] else { return None };
    let install = Install::uncertain(Tool::Composer, &["composer.json", "composer.lock"]);
    let alone = has(arguments, &["--no-scripts"]) && has(arguments, &["--no-autoloader"]);
    if command != "install" || !has(arguments, &["--no-scripts", "--no-autoloader"]) {
        return None;
    }
    Some(if alone { install.copying("composer.json composer.lock*") } else { install })
}

fn dotnet(arguments: &[&str]) -> Option<Install> {
    let ["restore", rest @ ..] = arguments else { return None };
    let project = rest.iter().find(|argument| ["proj", ".sln", ".slnx"].iter().any(|end| argument.ends_with(end)));
    let manifest = project.map_or(Cow::Borrowed("the project files"), |path| Cow::Owned((*path).to_owned()));
    Some(Install { tool: Tool::Dotnet, manifests: vec![manifest], copy: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::dockerfile::Dockerfile;
    use crate::syntax::dockerfile::parse;

    fn of(command: &str) -> Option<Install> {
        let dockerfile = Dockerfile::new(parse(format!("FROM alpine\nRUN {command}")));
        let run = dockerfile.instruction(1).expect("RUN");
        run.commands().find_map(|command| Install::of(command.node))
    }

    #[test]
    fn installs_of_a_project_are_known() {
        for (command, tool, copy) in [
            ("npm ci --omit=dev", Tool::Npm, Some("package*.json")),
            ("npm install --registry https://r.example.com", Tool::Npm, Some("package*.json")),
            ("npm --prefix client install", Tool::Npm, None),
            ("yarn --frozen-lockfile", Tool::Yarn, Some("package.json yarn.lock")),
            ("yarn install --immutable", Tool::Yarn, None),
            ("corepack pnpm i", Tool::Pnpm, Some("package.json pnpm-lock.yaml*")),
            ("pip install --no-cache-dir -r requirements.txt", Tool::Pip, Some("requirements.txt")),
            ("python3 -m pip install -r requirements/prod.txt", Tool::Pip, None),
            ("uv sync --locked --no-install-project", Tool::Uv, Some("pyproject.toml uv.lock")),
            ("poetry install --no-root", Tool::Poetry, Some("pyproject.toml poetry.lock*")),
            ("go mod download", Tool::Go, Some("go.mod go.sum")),
            ("cargo fetch --locked", Tool::Cargo, None),
            ("mvn -B dependency:go-offline", Tool::Maven, Some("pom.xml")),
            ("./gradlew dependencies --no-daemon", Tool::Gradle, None),
            ("bundle install --jobs 4", Tool::Bundler, Some("Gemfile Gemfile.lock*")),
            ("composer install --no-scripts --no-autoloader", Tool::Composer, Some("composer.json composer.lock*")),
            ("dotnet restore src/App/App.csproj", Tool::Dotnet, None),
        ] {
            let install = of(command);
            let found = install.as_ref().map(|install| (install.tool, install.copy.as_deref()));
            assert_eq!(found, Some((tool, copy)), "{command}");
        }
    }

    #[test]
    fn files_are_known_by_their_names() {
        for (path, kind) in [
            ("app/package.json", Some(FileKind::Manifest)),
            ("package*.json", Some(FileKind::Both)),
            ("yarn.lock*", Some(FileKind::Lock)),
            ("Gemfile*", Some(FileKind::Both)),
            ("go.*", Some(FileKind::Both)),
            ("requirements-dev.txt", Some(FileKind::Manifest)),
            ("src", None),
            ("main.go", None),
        ] {
            assert_eq!(file_kind(path), kind, "{path}");
        }
    }

    #[test]
    fn what_needs_the_sources_or_is_something_else_is_not_one() {
        for command in [
            "npm install express",
            "npm install -g pnpm",
            "npm run build",
            "yarn add left-pad",
            "yarn build",
            "pip install .",
            "pip install -e . -r requirements.txt",
            "pip install flask",
            "pip install -r https://example.com/requirements.txt",
            "poetry install",
            "uv sync",
            "go build ./...",
            "mvn dependency:go-offline package",
            "composer install",
            "npm ci $FLAGS",
            "bundle exec rake",
        ] {
            assert_eq!(of(command), None, "{command}");
        }
    }
}
