//! The package managers: how they are called, and how they read their words. One file for each family.

mod alpine;
mod debian;
mod node;
mod others;
mod python;
mod rpm;

use crate::model::packages::Invocation;

/// A package manager. Tools that share commands and caches count as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Manager {
    /// `apt`, `apt-get`, `aptitude`.
    Apt,
    /// `apk`.
    Apk,
    /// `yum`.
    Yum,
    /// `dnf`, `dnf5`.
    Dnf,
    /// `microdnf`.
    Microdnf,
    /// `tdnf`.
    Tdnf,
    /// `zypper`.
    Zypper,
    /// `pacman`.
    Pacman,
    /// `pip`, `pip3`, `python -m pip`.
    Pip,
    /// `pipx`.
    Pipx,
    /// `uv`.
    Uv,
    /// `poetry`.
    Poetry,
    /// `npm`.
    Npm,
    /// `yarn`.
    Yarn,
    /// `pnpm`.
    Pnpm,
    /// `bun`.
    Bun,
    /// `gem`.
    Gem,
    /// `go`.
    Go,
    /// `cargo`.
    Cargo,
    /// `composer`.
    Composer,
}

/// What is asked of a package manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Fetch the package index.
    Update,
    /// Install packages, or what they need to be built.
    Install,
    /// Take packages away.
    Remove,
    /// Bring what is installed to newer versions.
    Upgrade,
    /// Drop caches or indexes.
    Clean,
    /// Everything else.
    Other,
}

/// Where a package comes from, as its operand says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The repositories that are set up.
    Index,
    /// A file or folder.
    File,
    /// An address, that of a repository of sources included.
    Url,
    /// A group or pattern of packages, or what a package provides.
    Group,
}

/// A package as an operand asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Package<'t> {
    /// Its name, without version; for files and addresses all of the operand.
    pub name: &'t str,
    /// What stands behind the name and narrows the version, operator included: `=1.2`, `@^3`, `/bookworm`.
    pub version: Option<&'t str>,
    /// Where it comes from.
    pub origin: Origin,
}

/// How a family of managers reads its words.
struct Family {
    /// The flags that are followed by a value in a word of its own.
    values: &'static [&'static str],
    /// Words that only lead to the one that says what is asked: `module` of `dnf module install`.
    groups: &'static [&'static str],
    /// What a subcommand asks, and whether operands follow it.
    action: fn(&str, bool) -> Action,
    /// How an operand is read.
    package: fn(&str) -> Package<'_>,
}

impl Manager {
    /// Whether it installs the packages of an operating system.
    pub fn is_of_system(self) -> bool {
        matches!(
            self,
            Manager::Apt
                | Manager::Apk
                | Manager::Yum
                | Manager::Dnf
                | Manager::Microdnf
                | Manager::Tdnf
                | Manager::Zypper
                | Manager::Pacman
        )
    }

    fn family(self) -> &'static Family {
        match self {
            Manager::Apt => &debian::APT,
            Manager::Apk => &alpine::APK,
            Manager::Yum | Manager::Dnf | Manager::Microdnf | Manager::Tdnf => &rpm::DNF,
            Manager::Zypper => &rpm::ZYPPER,
            Manager::Pacman => &others::PACMAN,
            Manager::Pip => &python::PIP,
            Manager::Pipx => &python::PIPX,
            Manager::Uv => &python::UV,
            Manager::Poetry => &python::POETRY,
            Manager::Npm | Manager::Pnpm => &node::NPM,
            Manager::Yarn => &node::YARN,
            Manager::Bun => &node::BUN,
            Manager::Gem => &others::GEM,
            Manager::Go => &others::GO,
            Manager::Cargo => &others::CARGO,
            Manager::Composer => &others::COMPOSER,
        }
    }

    /// Whether the word after `flag` is its value.
    pub(super) fn takes_value(self, flag: &str) -> bool {
        // Go takes two dashes for one.
        let flag = flag.strip_prefix('-').filter(|rest| self == Manager::Go && rest.starts_with('-')).unwrap_or(flag);
        self.family().values.contains(&flag)
    }

    /// Whether that letter, as a flag, takes a value.
    pub(super) fn letter_takes_value(self, letter: char) -> bool {
        let is_letter = |flag: &&&str| flag.len() == 2 && flag.ends_with(letter);
        self.family().values.iter().any(|flag| is_letter(&flag))
    }

    /// Whether what is asked stands in the word after `word`.
    pub(super) fn is_group(self, word: &str) -> bool {
        self.family().groups.contains(&word)
    }

    /// Whether a flag says what is asked, as `-S` of pacman.
    pub(super) fn is_asked_by_flag(self, flag: &str) -> bool {
        self == Manager::Pacman && others::is_pacman_operation(flag)
    }

    /// What is asked where no word says so.
    pub(super) fn default_name(self) -> Option<&'static str> {
        (self == Manager::Yarn).then_some("install")
    }

    pub(super) fn action(self, name: &str, operands: bool) -> Action {
        (self.family().action)(name, operands)
    }

    /// How it reads an operand.
    pub fn package(self, operand: &str) -> Package<'_> {
        (self.family().package)(operand)
    }
}

impl<'t> Package<'t> {
    fn new(name: &'t str, version: Option<&'t str>, origin: Origin) -> Package<'t> {
        Package { name, version: version.filter(|version| !version.is_empty()), origin }
    }

    /// All of the operand is where it comes from.
    fn whole(name: &'t str, origin: Origin) -> Package<'t> {
        Package { name, version: None, origin }
    }

    /// The version starts at the first of `starts`.
    fn split(operand: &'t str, starts: &[char]) -> Package<'t> {
        let at = operand.find(starts).unwrap_or(operand.len());
        Package::new(&operand[..at], Some(&operand[at..]), Origin::Index)
    }
}

/// The manager that a program is, and how many arguments belong to its name.
pub(super) fn recognize(invocation: Invocation<'_>) -> Option<(Manager, usize)> {
    let name = invocation.name();
    let manager = match &*name {
        "apt" | "apt-get" | "aptitude" => Manager::Apt,
        "apk" => Manager::Apk,
        "yum" => Manager::Yum,
        "dnf" | "dnf5" => Manager::Dnf,
        "microdnf" => Manager::Microdnf,
        "tdnf" => Manager::Tdnf,
        "zypper" => Manager::Zypper,
        "pacman" => Manager::Pacman,
        "pipx" => Manager::Pipx,
        "uv" => Manager::Uv,
        "poetry" => Manager::Poetry,
        "npm" => Manager::Npm,
        "yarn" | "yarnpkg" => Manager::Yarn,
        "pnpm" => Manager::Pnpm,
        "bun" => Manager::Bun,
        "gem" => Manager::Gem,
        "go" => Manager::Go,
        "cargo" => Manager::Cargo,
        "composer" | "composer.phar" => Manager::Composer,
        name if is_versioned(name, "pip") => Manager::Pip,
        name if is_versioned(name, "python") => {
            let arguments = invocation.arguments();
            let module = arguments.iter().position(|word| word.literal() == Some("-m"))?;
            let manager = match arguments.get(module + 1)?.literal()? {
                "pip" => Manager::Pip,
                "pipx" => Manager::Pipx,
                "uv" => Manager::Uv,
                "poetry" => Manager::Poetry,
                _ => return None,
            };
            return Some((manager, module + 2));
        }
        _ => return None,
    };
    Some((manager, 0))
}

/// `pip`, `pip3`, `pip3.12`.
fn is_versioned(name: &str, program: &str) -> bool {
    name.strip_prefix(program).is_some_and(|version| version.chars().all(|c| c.is_ascii_digit() || c == '.'))
}

/// `https://…`, `git+ssh://…`.
fn is_url(operand: &str) -> bool {
    operand.split_once("://").is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-'))
    })
}

/// `./x`, `../x`, `/x`, `.`, `~/x`.
fn is_path(operand: &str) -> bool {
    matches!(operand, "." | ".." | "~") || ["./", "../", "/", "~/"].iter().any(|start| operand.starts_with(start))
}
