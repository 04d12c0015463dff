//! Whether a step needs the network: known by what it runs before, and by what it says after it failed.

use super::command::RunCommand;
use crate::model::packages::Invocation;
use crate::syntax::shell::{self, SimpleCommand};

/// Programs that fetch something, and the words that make them do it; without words they always do.
const PROGRAMS: [(&[&str], &[&str]); 24] = [
    (
        &["apt", "apt-get", "aptitude"],
        &["update", "install", "upgrade", "dist-upgrade", "full-upgrade", "build-dep", "source", "download"],
    ),
    (&["apk"], &["add", "update", "upgrade", "fetch"]),
    (
        &["dnf", "microdnf", "tdnf", "yum"],
        &["install", "update", "upgrade", "groupinstall", "makecache", "reinstall", "builddep"],
    ),
    (&["zypper"], &["install", "in", "update", "up", "refresh", "ref", "dup"]),
    (&["pacman"], &["-S", "-Sy", "-Syu", "-Syyu"]),
    (&["pip", "pip3"], &["install", "download", "wheel"]),
    (&["pipenv", "poetry"], &["install", "sync", "update", "add", "lock"]),
    (&["uv"], &["sync", "pip", "add", "lock", "tool", "run"]),
    (&["conda", "mamba", "micromamba"], &["install", "create", "update", "env"]),
    (&["npm", "pnpm"], &["install", "i", "ci", "add", "update", "exec"]),
    (&["yarn", "bun"], &["install", "add", "upgrade", "global"]),
    (&["npx", "corepack"], &[]),
    (&["gem", "bundle", "bundler"], &["install", "update", "fetch"]),
    (&["composer"], &["install", "update", "require", "create-project", "global"]),
    (&["go"], &["get", "install", "mod"]),
    (&["cargo"], &["fetch", "install", "update", "binstall"]),
    (&["rustup", "rustup-init", "nvm", "pecl", "pear", "cpan", "cpanm"], &[]),
    (&["dotnet", "nuget"], &["restore", "tool", "workload", "install"]),
    (&["mvn", "mvnw", "gradle", "gradlew", "sbt"], &[]),
    (&["curl", "wget", "wget2", "aria2c"], &[]),
    (&["git"], &["clone", "fetch", "pull", "submodule", "ls-remote"]),
    (&["ssh", "scp", "sftp", "ftp", "rsync", "svn"], &[]),
    (&["add-apt-repository", "debootstrap", "helm", "kubectl"], &[]),
    (&["gpg", "gpg2"], &["--recv-keys", "--recv-key", "--keyserver"]),
];

/// What programs say that cannot reach anything, in lower case.
const COMPLAINTS: [&str; 22] = [
    "temporary failure in name resolution",
    "temporary failure resolving",
    "could not resolve host",
    "couldn't resolve host",
    "could not resolve '",
    "name or service not known",
    "bad address",
    "no address associated with hostname",
    "network is unreachable",
    "network unreachable",
    "no route to host",
    "getaddrinfo",
    "eai_again",
    "enotfound",
    "failed to establish a new connection",
    "no such host",
    "server misbehaving",
    "dns error",
    "unknownhostexception",
    "unable to resolve host address",
    "failed to lookup address information",
    "temporary error (try again later)",
];

/// The first program of a command that fetches something, as far as its words say it.
pub(super) fn fetching_program(command: &RunCommand) -> Option<String> {
    let script = match (&command.script, command.arguments.as_slice()) {
        (Some((_, script)), _) => Some(script.as_str()),
        (None, [program, flag, script, ..]) if shell::is_posix_shell(program) && flag.ends_with('c') => {
            Some(script.as_str())
        }
        _ => None,
    };
    if let Some(script) = script {
        let script = shell::parse(script, &0);
        return script.commands().into_iter().find_map(fetches);
    }
    let (program, words) = command.arguments.split_first()?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    is_fetching(shell::without_folder(program), &words).then(|| program.clone())
}

/// The same of an instruction that is only known by its text.
pub(in crate::build) fn fetching_program_of(instruction: &str) -> Option<String> {
    let words = instruction.split_whitespace().skip(1).skip_while(|word| word.starts_with("--"));
    let script: Vec<&str> = words.collect();
    let arguments = ["/bin/sh", "-c", &script.join(" ")].map(str::to_owned).to_vec();
    fetching_program(&RunCommand { arguments, script: None })
}

fn fetches(command: &SimpleCommand) -> Option<String> {
    let invocation = Invocation::of(command)?;
    let name = invocation.name();
    let words: Vec<_> = invocation.arguments().iter().filter_map(shell::Word::text).collect();
    let words: Vec<&str> = words.iter().map(|word| &**word).collect();
    is_fetching(&name, &words).then(|| name.into_owned())
}

fn is_fetching(name: &str, words: &[&str]) -> bool {
    // `python3 -m pip install`
    if name.starts_with("python") {
        let module = words.iter().position(|word| *word == "-m");
        return module.and_then(|at| words.get(at + 1)).is_some_and(|module| is_fetching(module, words));
    }
    if words
        .iter()
        .any(|word| word.starts_with("file:") || matches!(*word, "--no-index" | "--offline" | "--no-network"))
    {
        return false;
    }
    let known = PROGRAMS.iter().find(|(names, _)| names.contains(&name));
    match known {
        Some((_, [])) => !words.iter().all(|word| matches!(*word, "--version" | "-V" | "--help")),
        Some((_, verbs)) => words.iter().any(|word| verbs.contains(word)),
        // `yarn` alone installs.
        None => false,
    }
}

/// Whether the output of a step that failed says that it could not reach something.
pub(in crate::build) fn complains(output: &str) -> bool {
    let output = output.to_ascii_lowercase();
    COMPLAINTS.iter().any(|complaint| output.contains(complaint))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> RunCommand {
        RunCommand { arguments: vec!["/bin/sh".into(), "-c".into(), script.into()], script: None }
    }

    #[test]
    fn what_fetches_is_known_by_its_words() {
        for (script, program) in [
            ("apt-get update && apt-get install -y curl", Some("apt-get")),
            ("set -eux; apk add --no-cache git", Some("apk")),
            ("cd /x && sudo -E pip install -r r.txt", Some("pip")),
            ("python3 -m pip install a", Some("python3")),
            ("if true; then curl -fsSL https://a | sh; fi", Some("curl")),
            ("git clone https://a/b", Some("git")),
            ("npm ci", Some("npm")),
            ("git config --global a b", None),
            ("apt-get clean && rm -rf /var/lib/apt/lists/*", None),
            ("pip install --no-index --find-links /w a", None),
            ("echo apt-get update", None),
            ("curl --version", None),
            ("make install", None),
        ] {
            assert_eq!(fetching_program(&shell(script)).as_deref(), program, "{script}");
        }
        let exec = RunCommand { arguments: vec!["/usr/bin/wget".into(), "https://a".into()], script: None };
        assert_eq!(fetching_program(&exec).as_deref(), Some("/usr/bin/wget"));
        let script = Some(("/dev/pipes/E".to_owned(), "#!/bin/bash\ncurl https://a\n".to_owned()));
        let heredoc = RunCommand { arguments: vec!["/bin/sh".into(), "-c".into(), "/dev/pipes/E".into()], script };
        assert_eq!(fetching_program(&heredoc).as_deref(), Some("curl"));
    }

    #[test]
    fn complaints_are_those_of_the_tools() {
        for output in [
            "Err:1 http://deb.debian.org bookworm InRelease\n  Temporary failure resolving 'deb.debian.org'",
            "curl: (6) Could not resolve host: example.com",
            "wget: bad address 'example.com'",
            "npm error code EAI_AGAIN",
            "fatal: unable to access 'https://a/': Could not resolve host: a",
        ] {
            assert!(complains(output), "{output}");
        }
        assert!(!complains("make: *** [all] Error 1"));
    }
}
