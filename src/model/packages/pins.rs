//! Which packages of languages are installed in whatever version there is on the day of the build.

use std::borrow::Cow;

use super::{Manager, Operation, Origin};
use crate::syntax::shell::Word;

/// A package whose version is left open.
#[derive(Clone, Debug)]
pub struct Unpinned<'a> {
    /// The word that it is, or that becomes it.
    pub word: &'a Word,
    /// The package as it is asked for.
    pub text: Cow<'a, str>,
}

/// Tags of npm, versions of Go and branches that mean something else tomorrow.
const MOVING: [&str; 6] = ["@latest", "@next", "@upgrade", "@patch", "@main", "@master"];

impl<'a> Operation<'a> {
    /// The packages whose version is left open, in order. Under `every` the words that are not known are among them,
    /// and what only looks as if its version was open, but is taken from a file of the project.
    pub fn unpinned(&self, every: bool) -> Vec<Unpinned<'a>> {
        if self.is_pinned_elsewhere() {
            return Vec::new();
        }
        // What follows a package that is run is for that program.
        let most = if self.runs_one() { 1 } else { usize::MAX };
        let known = self.operands.iter().take(most).filter(|operand| self.is_open(&operand.text, every));
        let known = known.map(|operand| Unpinned { word: operand.word, text: operand.text.clone() });
        let mut found: Vec<Unpinned<'a>> = known.collect();
        if every && (!self.runs_one() || self.operands.is_empty()) {
            let unknown = self.unknown.iter().take(most).filter(|word| !has_version(word));
            found.extend(unknown.map(|word| Unpinned { word, text: self.written(word) }));
            found.sort_by_key(|package| package.word.span.start);
        }
        found
    }

    /// One sentence about packages whose version is left open; `None` when there is none.
    pub fn describe_unpinned(&self, found: &[Unpinned<'_>]) -> Option<String> {
        let first = &found.first()?.text;
        Some(match found.len() - 1 {
            0 => format!("`{first}` is installed without a version"),
            1 => format!("`{first}` and one more package are installed without a version"),
            more => format!("`{first}` and {more} more packages are installed without a version"),
        })
    }

    /// Whether something beside the packages says their versions: a file, a flag.
    fn is_pinned_elsewhere(&self) -> bool {
        match self.manager {
            Manager::Pip | Manager::Uv => self.has_flag(&[
                "-r",
                "--requirement",
                "--requirements",
                "-c",
                "--constraint",
                "--constraints",
                "--require-hashes",
                "--no-index",
                "--exclude-newer",
            ]),
            Manager::Gem => self.has_flag(&["-v", "--version", "--local", "--file", "-g", "--gemdeps"]),
            // `composer require vendor/name ^1.2`
            Manager::Composer => self.operands.iter().any(|operand| !operand.text.contains('/')),
            Manager::Cargo => self.has_flag(&["--version", "--vers", "--path", "--git"]),
            _ => false,
        }
    }

    fn runs_one(&self) -> bool {
        matches!((self.manager, &*self.name), (Manager::Go, "run") | (Manager::Pipx, "run") | (Manager::Uv, "tool run"))
    }

    fn is_open(&self, operand: &str, every: bool) -> bool {
        let package = self.manager.package(operand);
        match (package.origin, self.manager) {
            (Origin::File | Origin::Group, _) => false,
            (Origin::Url, Manager::Pip | Manager::Pipx | Manager::Uv) => {
                is_repository(operand) && !has_reference(operand)
            }
            (Origin::Url, _) => !operand.contains('#') && is_sources(operand),
            (Origin::Index, Manager::Go) => match package.version {
                // Without a version, the modules of the project say which; `get` brings the newest.
                None => every || &*self.name == "get" && operand.contains('.'),
                Some("@none") => every,
                Some(version) => MOVING.contains(&version),
            },
            (Origin::Index, _) => package.version.is_none_or(|version| version.starts_with([' ', ';'])),
        }
    }

    /// A word as it is written.
    fn written(&self, word: &Word) -> Cow<'a, str> {
        Cow::Owned(word.span.of_text(self.instruction.dockerfile.text()).to_owned())
    }
}

/// Whether a word that is not known holds a version nevertheless: `"name==$VERSION"`, `$NAME@1.2`.
fn has_version(word: &Word) -> bool {
    let mut text = word.literal_prefix().into_owned();
    // What stands behind the first variable counts as well.
    for part in &word.parts {
        if let crate::syntax::shell::Part::Literal { value, .. } = part {
            text.push_str(value);
        }
    }
    text.trim_start_matches('@').contains(['=', '<', '>', '~', '@', ':', '#', '/']) || text.starts_with('-')
}

/// `git+https://…`: sources that have versions of their own.
fn is_repository(operand: &str) -> bool {
    operand.split_once("://").is_some_and(|(scheme, _)| {
        let scheme = scheme.rsplit(['@', ' ']).next().unwrap_or(scheme);
        ["git+", "hg+", "svn+", "bzr+"].iter().any(|start| scheme.starts_with(start)) || scheme == "git"
    })
}

/// Whether a repository is asked for by a reference: `…/name.git@v1`, not the user before the host.
fn has_reference(operand: &str) -> bool {
    let path = operand.split_once("://").map_or(operand, |(_, rest)| rest);
    let path = path.split('#').next().unwrap_or(path);
    path.split_once('/').is_some_and(|(_, path)| path.contains('@'))
}

/// An address that npm takes for sources, and no archive.
fn is_sources(operand: &str) -> bool {
    let archive = [".tgz", ".tar.gz", ".tar"].iter().any(|end| operand.ends_with(end));
    let http = operand.starts_with("http://") || operand.starts_with("https://");
    !archive && (!http || operand.ends_with(".git"))
}

#[cfg(test)]
mod tests {
    use crate::model::dockerfile::Dockerfile;
    use crate::model::packages::operations;
    use crate::syntax::dockerfile;

    fn open(command: &str, every: bool) -> String {
        let text = format!("FROM debian\nRUN {command}\n");
        let dockerfile = Dockerfile::new(dockerfile::parse(text));
        let found: Vec<_> = dockerfile
            .instructions()
            .flat_map(|instruction| operations(instruction).collect::<Vec<_>>())
            .flat_map(|operation| operation.unpinned(every))
            .map(|package| package.text.into_owned())
            .collect();
        found.join(" ")
    }

    #[test]
    fn names_without_a_version_are_open() {
        assert_eq!(open("pip install a 'b>=1' c==2 d[x] ./e .[dev] f.whl", false), "a d[x]");
        assert_eq!(open("npm install -g a b@1 @c/d @e/f@2 ./g h/i h/i#v1", false), "a @c/d h/i");
        assert_eq!(open("gem install a b:1 ./c.gem -- --with-d", false), "a");
        assert_eq!(
            open("go get example.com/a && go install example.com/b@latest ./c", false),
            "example.com/a example.com/b@latest"
        );
        assert_eq!(open("cargo install a b@1", false), "a");
        assert_eq!(open("pipx install a && uv tool install b && uv pip install c==1", false), "a b");
    }

    #[test]
    fn other_things_may_say_the_version() {
        for text in [
            "pip install -r a.txt b",
            "pip install -c a.txt b",
            "gem install a -v 1",
            "gem install -v1 a",
            "cargo install --version 1 a",
            "go install example.com/a",
            "go run main.go a",
            "go install tool",
            "go install --tags netgo example.com/a@v1",
            "pip install 'git+https://example.com/a@v1'",
            "pip install https://example.com/a.zip",
        ] {
            assert_eq!(open(text, false), "", "{text}");
        }
    }

    #[test]
    fn sources_have_versions_too() {
        assert_eq!(open("pip install git+https://user@example.com/a.git", false), "git+https://user@example.com/a.git");
        assert_eq!(open("npm install git+ssh://git@example.com/a", false), "git+ssh://git@example.com/a");
    }

    #[test]
    fn words_that_are_not_known_count_on_request() {
        assert_eq!(open("pip install $(cat a) \"b==$(c)\"", false), "");
        assert_eq!(open("pip install $(cat a) \"b==$(c)\"", true), "$(cat a)");
        assert_eq!(open("go install example.com/a", true), "example.com/a");
    }
}
