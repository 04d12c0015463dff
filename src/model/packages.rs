//! What a shell command does with a package manager, and what program a command really runs.

use std::borrow::Cow;

use crate::syntax::shell::{SimpleCommand, Word, without_folder};

/// A command with what runs it taken away: `apt-get update` of `sudo -E env A=b apt-get update`.
#[derive(Clone, Copy, Debug)]
pub struct Invocation<'a> {
    /// The whole command.
    pub command: &'a SimpleCommand,
    /// The place of the program among its words.
    pub program: usize,
}

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
    /// `pip`, `pip3`, `python -m pip`.
    Pip,
    /// `npm`.
    Npm,
    /// `yarn`.
    Yarn,
    /// `pnpm`.
    Pnpm,
    /// `gem`.
    Gem,
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

/// A package manager and what is asked of it.
#[derive(Clone, Debug)]
pub struct Operation<'a> {
    /// The manager.
    pub manager: Manager,
    /// What is asked.
    pub action: Action,
    /// The command.
    pub invocation: Invocation<'a>,
    /// The word that says what is asked: `install`.
    pub subcommand: &'a Word,
    /// What that word is.
    pub name: Cow<'a, str>,
    /// What follows it and is neither a flag nor the value of one: packages, and words that are not known.
    pub operands: Vec<&'a Word>,
}

/// Programs that run the program after them: name, and which of their flags take a value of their own.
const WRAPPERS: [(&str, &[&str]); 13] = [
    ("command", &[]),
    ("doas", &["-u"]),
    ("eatmydata", &[]),
    ("env", &["-u", "-C", "-S"]),
    ("exec", &["-a"]),
    ("gosu", &[]),
    ("ionice", &["-c", "-n"]),
    ("nice", &["-n"]),
    ("nohup", &[]),
    ("sudo", &["-u", "-g", "-h", "-p", "-C", "-r", "-t", "-U", "-D", "-R"]),
    ("time", &[]),
    ("timeout", &["-k", "-s"]),
    ("xargs", &["-a", "-d", "-E", "-I", "-L", "-n", "-P", "-s"]),
];

impl<'a> Invocation<'a> {
    /// What `command` runs; `None` when it runs no program, or one that is not known.
    pub fn of(command: &'a SimpleCommand) -> Option<Invocation<'a>> {
        let mut invocation = Invocation { command, program: 0 };
        // Each round takes one word or more away.
        while let Some(next) = invocation.wrapped() {
            invocation.program = next;
        }
        invocation.command.words.get(invocation.program)?.text()?;
        Some(invocation)
    }

    /// The name of the program without its folder.
    pub fn name(self) -> Cow<'a, str> {
        let text = self.command.words.get(self.program).and_then(Word::text).unwrap_or_default();
        match text {
            Cow::Borrowed(text) => Cow::Borrowed(without_folder(text)),
            Cow::Owned(text) => Cow::Owned(without_folder(&text).to_owned()),
        }
    }

    /// The word that names the program.
    pub fn word(self) -> &'a Word {
        &self.command.words[self.program]
    }

    /// The words after the program.
    pub fn arguments(self) -> &'a [Word] {
        self.command.words.get(self.program + 1..).unwrap_or(&[])
    }

    /// Where the program stands that a wrapper runs.
    fn wrapped(self) -> Option<usize> {
        let name = self.name();
        let (_, values) = WRAPPERS.iter().find(|(wrapper, _)| *wrapper == name)?;
        // `command -v apt-get` runs nothing.
        let looks_up = name == "command";
        let words = &self.command.words;
        // gosu takes a user, timeout a duration.
        let mut operands = usize::from(matches!(&*name, "gosu" | "timeout"));
        let mut index = self.program + 1;
        while let Some(word) = words.get(index) {
            let text = word.text()?;
            if text == "--" {
                return Some(index + 1).filter(|next| *next < words.len());
            }
            if text.starts_with('-') && text.len() > 1 {
                if looks_up {
                    return None;
                }
                index += 1 + usize::from(values.contains(&&*text));
                continue;
            }
            let assignment = matches!(&*name, "env" | "sudo") && text.contains('=');
            if !assignment {
                if operands == 0 {
                    return Some(index);
                }
                operands -= 1;
            }
            index += 1;
        }
        None
    }
}

impl<'a> Operation<'a> {
    /// What `command` asks of a package manager; `None` when it is none, or what it is asked is not known.
    pub fn of(command: &'a SimpleCommand) -> Option<Operation<'a>> {
        let invocation = Invocation::of(command)?;
        let (manager, skip) = manager(invocation)?;
        let arguments = invocation.arguments().get(skip..)?;
        let values = flags_with_values(manager);
        let mut subcommand = None;
        let mut operands = Vec::new();
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            match word.text() {
                Some(text) if text.starts_with('-') && text.len() > 1 => {
                    if values.contains(&&*text) {
                        words.next();
                    }
                }
                _ if subcommand.is_some() => operands.push(word),
                Some(text) => subcommand = Some((word, text)),
                None => return None,
            }
        }
        // `yarn` alone installs.
        let (subcommand, name) = match subcommand {
            Some(found) => found,
            None if manager == Manager::Yarn => (invocation.word(), Cow::Borrowed("install")),
            None => return None,
        };
        let action = action(manager, &name, !operands.is_empty());
        Some(Operation { manager, action, invocation, subcommand, name, operands })
    }

    /// The flags that are written out.
    pub fn flags(&self) -> impl Iterator<Item = Cow<'a, str>> {
        self.invocation.arguments().iter().filter_map(Word::text).filter(|text| text.starts_with('-'))
    }

    /// Whether one of `flags` is given: the very word, `--flag=value`, or a letter in a bundle such as `-qy`.
    pub fn has_flag(&self, flags: &[&str]) -> bool {
        self.flags().any(|text| flags.iter().any(|flag| is_flag(&text, flag)))
    }
}

/// Whether `text` is `flag`, `flag=…` or a bundle of letters with it. Letters that take a value end a bundle.
fn is_flag(text: &str, flag: &str) -> bool {
    if text == flag || text.strip_prefix(flag).is_some_and(|rest| flag.starts_with("--") && rest.starts_with('=')) {
        return true;
    }
    let mut letters = flag.chars();
    let (Some('-'), Some(letter), None) = (letters.next(), letters.next(), letters.next()) else { return false };
    if letter == '-' || text.starts_with("--") {
        return false;
    }
    let bundle = text[1..].split(['o', 't', 'c', 'a', '=']).next().unwrap_or("");
    bundle.contains(letter)
}

/// The manager that a program is, and how many arguments belong to its name.
fn manager(invocation: Invocation<'_>) -> Option<(Manager, usize)> {
    let name = invocation.name();
    Some(match &*name {
        "apt" | "apt-get" | "aptitude" => (Manager::Apt, 0),
        "apk" => (Manager::Apk, 0),
        "yum" => (Manager::Yum, 0),
        "dnf" | "dnf5" => (Manager::Dnf, 0),
        "microdnf" => (Manager::Microdnf, 0),
        "tdnf" => (Manager::Tdnf, 0),
        "zypper" => (Manager::Zypper, 0),
        "npm" => (Manager::Npm, 0),
        "yarn" | "yarnpkg" => (Manager::Yarn, 0),
        "pnpm" => (Manager::Pnpm, 0),
        "gem" => (Manager::Gem, 0),
        name if is_versioned(name, "pip") => (Manager::Pip, 0),
        name if is_versioned(name, "python") => {
            let arguments = invocation.arguments();
            let module = arguments.iter().position(|word| word.literal() == Some("-m"))?;
            if arguments.get(module + 1)?.literal() != Some("pip") {
                return None;
            }
            (Manager::Pip, module + 2)
        }
        _ => return None,
    })
}

/// `pip`, `pip3`, `pip3.12`.
fn is_versioned(name: &str, program: &str) -> bool {
    name.strip_prefix(program).is_some_and(|version| version.chars().all(|c| c.is_ascii_digit() || c == '.'))
}

/// The flags that are followed by a value in a word of its own.
fn flags_with_values(manager: Manager) -> &'static [&'static str] {
    match manager {
        Manager::Apt => &["-o", "--option", "-t", "--target-release", "--default-release", "-c", "--config-file", "-a"],
        Manager::Apk => &[
            "-t",
            "--virtual",
            "-X",
            "--repository",
            "-p",
            "--root",
            "--arch",
            "--keys-dir",
            "--repositories-file",
            "--cache-dir",
            "--cache-max-age",
            "--wait",
        ],
        Manager::Yum | Manager::Dnf | Manager::Microdnf | Manager::Tdnf => &[
            "-c",
            "-x",
            "--exclude",
            "--enablerepo",
            "--disablerepo",
            "--repo",
            "--repoid",
            "--installroot",
            "--releasever",
            "--setopt",
            "--forcearch",
        ],
        Manager::Zypper => &["-t", "--type", "-r", "--repo", "--from", "--root", "-R", "--cache-dir"],
        Manager::Pip => &[
            "-r",
            "--requirement",
            "-c",
            "--constraint",
            "-i",
            "--index-url",
            "--extra-index-url",
            "-f",
            "--find-links",
            "-t",
            "--target",
            "--prefix",
            "--root",
            "--platform",
            "--python-version",
            "--trusted-host",
            "--timeout",
            "--proxy",
            "--cert",
            "--global-option",
            "--install-option",
            "--build-option",
            "--config-settings",
            "--no-binary",
            "--only-binary",
            "--retries",
            "--cache-dir",
            "--log",
            "--src",
        ],
        Manager::Npm | Manager::Pnpm | Manager::Yarn => {
            &["--prefix", "--registry", "--cache", "--cwd", "--cache-folder", "-C", "--dir", "--filter", "-w"]
        }
        Manager::Gem => &["-v", "--version", "-i", "--install-dir", "-s", "--source", "-n", "--bindir", "-P"],
    }
}

fn action(manager: Manager, subcommand: &str, has_operands: bool) -> Action {
    match manager {
        Manager::Apt => match subcommand {
            "update" => Action::Update,
            "install" | "reinstall" | "build-dep" | "satisfy" | "source" | "download" => Action::Install,
            "remove" | "purge" | "autoremove" | "autopurge" | "auto-remove" => Action::Remove,
            "upgrade" | "dist-upgrade" | "full-upgrade" | "safe-upgrade" => Action::Upgrade,
            "clean" | "autoclean" | "auto-clean" | "distclean" | "dist-clean" => Action::Clean,
            _ => Action::Other,
        },
        Manager::Apk => match subcommand {
            "update" => Action::Update,
            "add" | "fetch" => Action::Install,
            "del" => Action::Remove,
            "upgrade" => Action::Upgrade,
            _ => Action::Other,
        },
        Manager::Yum | Manager::Dnf | Manager::Microdnf | Manager::Tdnf => match subcommand {
            "makecache" | "check-update" | "check-upgrade" => Action::Update,
            "install" | "localinstall" | "groupinstall" | "reinstall" | "builddep" | "module" | "group" => {
                Action::Install
            }
            "remove" | "erase" | "autoremove" | "groupremove" => Action::Remove,
            "update" | "upgrade" | "distro-sync" | "update-minimal" | "upgrade-minimal" => Action::Upgrade,
            "clean" => Action::Clean,
            _ => Action::Other,
        },
        Manager::Zypper => match subcommand {
            "refresh" | "ref" | "refresh-services" | "refs" => Action::Update,
            "install" | "in" | "source-install" | "si" => Action::Install,
            "remove" | "rm" => Action::Remove,
            "update" | "up" | "dist-upgrade" | "dup" | "patch" => Action::Upgrade,
            "clean" | "cc" => Action::Clean,
            _ => Action::Other,
        },
        Manager::Pip => match subcommand {
            "install" | "download" | "wheel" => Action::Install,
            "uninstall" => Action::Remove,
            "cache" => Action::Clean,
            _ => Action::Other,
        },
        Manager::Npm | Manager::Pnpm => match subcommand {
            "install" | "i" | "add" | "ci" => Action::Install,
            "uninstall" | "remove" | "rm" => Action::Remove,
            "update" | "up" => Action::Upgrade,
            "cache" => Action::Clean,
            _ => Action::Other,
        },
        Manager::Yarn => match subcommand {
            "install" | "add" => Action::Install,
            "global" if has_operands => Action::Install,
            "remove" => Action::Remove,
            "upgrade" | "up" => Action::Upgrade,
            "cache" => Action::Clean,
            _ => Action::Other,
        },
        Manager::Gem => match subcommand {
            "install" | "i" => Action::Install,
            "uninstall" => Action::Remove,
            "update" => Action::Upgrade,
            "cleanup" => Action::Clean,
            _ => Action::Other,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::shell;

    fn describe(text: &str) -> Option<String> {
        let script = shell::parse(text, &0);
        let commands = script.commands();
        let operation = Operation::of(commands.first()?)?;
        let operands: Vec<_> = operation.operands.iter().map(|word| word.span.of_text(text)).collect();
        Some(format!("{:?} {:?} {}", operation.manager, operation.action, operands.join(" ")).trim_end().to_owned())
    }

    #[test]
    fn operations_are_found_behind_flags_and_wrappers() {
        let found = |text: &str| describe(text).unwrap_or_default();
        assert_eq!(found("apt-get -qq -o A=b update"), "Apt Update");
        assert_eq!(found("sudo -E -u root env A=b /usr/bin/apt-get install -t sid -y a=1 $B"), "Apt Install a=1 $B");
        assert_eq!(found("apk add --no-cache -t .deps gcc"), "Apk Install gcc");
        assert_eq!(found("python3.12 -m pip install -r a.txt b"), "Pip Install b");
        assert_eq!(found("timeout -k 5 60 yum -y install a"), "Yum Install a");
        assert_eq!(found("yarn --frozen-lockfile"), "Yarn Install");
        assert_eq!(found("xargs -r -n 1 apk add curl"), "Apk Install curl");
    }

    #[test]
    fn what_is_not_known_is_no_operation() {
        for text in
            ["apt-get $ARGS install a", "command -v apt-get", "$SUDO apt-get update", "python -m venv x", "apt-get"]
        {
            assert_eq!(describe(text), None, "{text}");
        }
    }

    #[test]
    fn flags_are_found_in_bundles() {
        let has = |text: &str, flag: &str| {
            let script = shell::parse(text, &0);
            Operation::of(script.commands()[0]).is_some_and(|operation| operation.has_flag(&[flag]))
        };
        assert!(has("apt-get -qy install a", "-y"));
        assert!(has("apt-get install --assume-yes a", "--assume-yes"));
        assert!(!has("apt-get install -oDpkg::Y=y a", "-y"));
        assert!(!has("apt-get install -tbuster-y a", "-y"));
    }
}
