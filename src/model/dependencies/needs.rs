//! What an install needs of a build context, as far as the manifests there say.

use super::{Install, Tool, dotnet, node, requirements};
use crate::model::context::{BuildContext, path_in_context};
use crate::text::Files;

/// What an install needs of a build context.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Needs {
    /// These files, by their paths in the context, and nothing else.
    Files(Vec<String>),
    /// More than these, and why, but not the sources of the program.
    More(String),
    /// Sources, or what may be any of them.
    Sources,
    /// That is not known: the manifests are not there.
    Unknown,
}

/// The folder of a context that an install runs in.
pub(super) struct Folder<'a> {
    pub(super) path: &'a str,
    pub(super) context: &'a BuildContext,
    pub(super) files: &'a dyn Files,
}

impl Install {
    /// What it needs when the folder at `folder` of `context` is the one it runs in.
    pub fn needs(&self, folder: &str, context: &BuildContext, files: &dyn Files) -> Needs {
        let folder = Folder { path: folder, context, files };
        if self.elsewhere {
            return Needs::More("it works in another folder than the one it runs in".to_owned());
        }
        let own: Vec<&str> = self.manifests.iter().map(|name| &**name).collect();
        match self.tool {
            Tool::Npm | Tool::Yarn | Tool::Pnpm | Tool::Bun => {
                folder.usual(self, |text| node::reach(self, text, &folder))
            }
            Tool::Pip => requirements::needs(&own, &folder),
            Tool::Uv if own.first() != Some(&"pyproject.toml") => requirements::needs(&own, &folder),
            Tool::Dotnet => dotnet::needs(own.first().copied(), &folder),
            Tool::Conda => match own.first().map(|name| (name, folder.read(name))) {
                Some((_, Some(text))) if line_with(&text, &["-e ", "- .", "file:"]).is_some() => Needs::Sources,
                Some((name, Some(text))) => match line_with(&text, &["-r ", "-c "]) {
                    Some(line) => Needs::More(format!("`{name}` says `{line}`")),
                    None => Needs::Files(vec![folder.join(name)]),
                },
                _ => Needs::Unknown,
            },
            Tool::Cargo => Needs::More(
                "Cargo refuses a package without its sources; copy the manifests with an empty `src/main.rs`, or use \
                 `cargo-chef`"
                    .to_owned(),
            ),
            Tool::Composer if !self.has_flag(&["--no-scripts"]) => Needs::Sources,
            Tool::Composer if !self.has_flag(&["--no-autoloader"]) => Needs::More(
                "the class map may need the sources; install with `--no-scripts --no-autoloader`, and run \
                 `composer dump-autoload` after the copy"
                    .to_owned(),
            ),
            Tool::Gradle if folder.has("buildSrc") => Needs::Sources,
            Tool::Gradle => folder.usual(self, |text| {
                let settings = ["settings.gradle", "settings.gradle.kts"].iter().find_map(|name| folder.read(name));
                let parts = ["include", "apply from", "apply(from", "files(", "fileTree", "buildSrc", "../"];
                let line = line_with(text, &parts).or_else(|| line_with(settings.as_deref()?, &parts[..3]));
                line.map(says("a build script"))
            }),
            Tool::Go if folder.has("go.work") => Needs::More("`go.work` names further modules".to_owned()),
            _ => folder.usual(self, |text| self.reach(text)),
        }
    }

    /// What in its first manifest makes it read other files.
    fn reach(&self, manifest: &str) -> Option<Needs> {
        let (sources, more): (&[&str], &[&str]) = match self.tool {
            Tool::Maven => (&["<systemPath>", "basedir}", "file:"], &["<modules>", "<module>", "<relativePath>.."]),
            Tool::Go => (&[], &["=> ./", "=> ../", "=> /", "replace ./"]),
            Tool::Poetry => (&["path=\"", "path='", "file=\"", "file:"], &[]),
            Tool::Uv => (&["path=\"", "path='", "file:"], &["workspace=true", "[tool.uv.workspace]"]),
            Tool::Pipenv => (&["path=", "file=", "editable=", "file:"], &[]),
            Tool::Bundler => {
                (&["gemspec", "path", "File.", "Dir", "require_relative", "load "], &["eval_gemfile", "instance_eval"])
            }
            Tool::Composer => (&["\"path\"", "\"artifact\""], &["\"patches\"", "file:"]),
            Tool::Mix => (&["File.", "Code."], &["path:", "in_umbrella", "config_path"]),
            _ => (&[], &[]),
        };
        let known = |line: &str| self.tool == Tool::Bundler && line.contains("file: \".ruby-version\"");
        if line_with_unless(manifest, sources, known).is_some() {
            return Some(Needs::Sources);
        }
        let name = self.manifests.first()?;
        // Their releases are asked for by building them.
        if self.tool == Tool::Uv && !self.has_flag(&["--frozen"]) && manifest.contains("\ndynamic") {
            return Some(Needs::More(format!("`{name}` leaves fields to the build of the project")));
        }
        line_with(manifest, more).map(says(name))
    }
}

/// What `manifest` says, as the reason why more is needed.
fn says(manifest: &str) -> impl Fn(String) -> Needs {
    let name = if manifest.contains(' ') { manifest.to_owned() } else { format!("`{manifest}`") };
    move |line| Needs::More(format!("{name} says `{line}`"))
}

impl Folder<'_> {
    /// A path in the context.
    pub(super) fn join(&self, name: &str) -> String {
        path_in_context(&if self.path.is_empty() { name.to_owned() } else { format!("{}/{name}", self.path) })
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.context.has(&self.join(name), self.files)
    }

    /// What is in the file, if it gets into the build.
    pub(super) fn read(&self, name: &str) -> Option<String> {
        let path = self.join(name);
        let bytes = self.files.read(&self.context.root.join(&path)).ok()?;
        self.context.has(&path, self.files).then(|| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The usual files of the tool, as far as they are there, unless `reach` says why the first one needs more.
    fn usual(&self, install: &Install, reach: impl Fn(&str) -> Option<Needs>) -> Needs {
        let mut names: Vec<&str> = install.tool.files().iter().copied().filter(|name| self.has(name)).collect();
        let optional = install.tool == Tool::Gradle;
        if !optional && names.first() != install.tool.files().first() {
            return Needs::Unknown;
        }
        let Some(text) = names.first().and_then(|name| self.read(name)) else { return Needs::Unknown };
        if let Some(more) = reach(&text) {
            return more;
        }
        if install.has_flag(&["wrapper"]) {
            let wrapper: [&str; 3] = match install.tool {
                Tool::Maven => ["mvnw", ".mvn/wrapper/maven-wrapper.properties", ".mvn/wrapper/maven-wrapper.jar"],
                _ => ["gradlew", "gradle/wrapper/gradle-wrapper.properties", "gradle/wrapper/gradle-wrapper.jar"],
            };
            if !wrapper[..2].iter().all(|name| self.has(name)) {
                return Needs::Unknown;
            }
            names.extend(wrapper.iter().filter(|name| self.has(name)));
        }
        Needs::Files(names.into_iter().map(|name| self.join(name)).collect())
    }
}

/// The first line, comments left out, that has one of these parts; blanks do not count.
pub(super) fn line_with(text: &str, parts: &[&str]) -> Option<String> {
    line_with_unless(text, parts, |_| false)
}

fn line_with_unless(text: &str, parts: &[&str], known: impl Fn(&str) -> bool) -> Option<String> {
    let comment = |line: &str| ["#", "//"].iter().any(|start| line.starts_with(start));
    let has = |line: &str| {
        let packed: String = line.chars().filter(|c| !c.is_whitespace()).collect();
        parts.iter().any(|part| line.contains(part) || packed.contains(part))
    };
    let line = text.lines().map(str::trim).find(|line| !comment(line) && has(line) && !known(line))?;
    Some(line.chars().take(60).filter(|c| *c != '`').collect())
}
