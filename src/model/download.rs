//! What `curl` and `wget` fetch, and how.

use super::arguments::{Arguments, Grammar};
use super::base_images::BaseShell;
use super::dockerfile::{Instruction, ShellCommand};
use super::packages::Invocation;
use crate::syntax::shell::{SimpleCommand, Word};

/// A program that downloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Client {
    /// `curl`.
    Curl,
    /// `wget`, by whomever: GNU or BusyBox.
    Wget,
}

/// A download by `curl` or `wget`.
#[derive(Clone, Debug)]
pub struct Download<'a> {
    /// The program.
    pub client: Client,
    /// The word that names it.
    pub program: &'a Word,
    /// Whether it is called through `busybox`.
    pub busybox: bool,
    /// Its arguments.
    pub arguments: Arguments<'a>,
}

/// Where a download goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To the standard output.
    Output,
    /// To a file, by this name where it is known.
    File(Option<String>),
}

/// The programs of an image that downloads run on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wget {
    /// GNU wget.
    Gnu,
    /// That of BusyBox, which knows few flags.
    BusyBox,
    /// Not known.
    Unknown,
}

impl Wget {
    /// Which `wget` an instruction finds.
    pub fn of(instruction: Instruction<'_>) -> Wget {
        let Some(stage) = instruction.stage() else { return Wget::Unknown };
        let earlier = stage.ancestors().chain([stage]).flat_map(|stage| stage.outer_instructions());
        let mut earlier = earlier.filter(|other| other.index <= instruction.index);
        if earlier.any(|other| other.commands().any(installs_wget)) {
            return Wget::Gnu;
        }
        match stage.base_image().map(|base| base.shell) {
            Some(BaseShell::Ash) => Wget::BusyBox,
            Some(BaseShell::Dash) => Wget::Gnu,
            _ => Wget::Unknown,
        }
    }
}

fn installs_wget(command: ShellCommand<'_>) -> bool {
    let mut words = command.node.arguments().iter();
    command.node.is("apk") && words.any(|word| word.literal_prefix().split(['=', '~', '<', '>']).next() == Some("wget"))
}

/// From `curl --help all`.
const CURL: Grammar = Grammar {
    short: "AbcCdDeEFHKmoPQrtTuUwxXyYz",
    long: &[
        "aws-sigv4",
        "cacert",
        "capath",
        "cert",
        "cert-type",
        "ciphers",
        "config",
        "connect-timeout",
        "connect-to",
        "continue-at",
        "cookie",
        "cookie-jar",
        "create-file-mode",
        "data",
        "data-ascii",
        "data-binary",
        "data-raw",
        "data-urlencode",
        "dns-servers",
        "doh-url",
        "dump-header",
        "form",
        "form-string",
        "header",
        "interface",
        "json",
        "key",
        "limit-rate",
        "max-filesize",
        "max-redirs",
        "max-time",
        "netrc-file",
        "noproxy",
        "oauth2-bearer",
        "output",
        "output-dir",
        "parallel-max",
        "pass",
        "pinnedpubkey",
        "proto",
        "proto-default",
        "proto-redir",
        "proxy",
        "proxy-header",
        "proxy-user",
        "range",
        "referer",
        "request",
        "resolve",
        "retry",
        "retry-delay",
        "retry-max-time",
        "speed-limit",
        "speed-time",
        "stderr",
        "time-cond",
        "tls-max",
        "trace",
        "trace-ascii",
        "unix-socket",
        "upload-file",
        "url",
        "user",
        "user-agent",
        "variable",
        "write-out",
    ],
    equals: false,
    pairs: "",
};

/// From `wget --help` of GNU wget.
const WGET: Grammar = Grammar {
    short: "aABDeiIloOPQRtTUwX",
    long: &[
        "accept",
        "append-output",
        "base",
        "bind-address",
        "body-data",
        "ca-certificate",
        "ca-directory",
        "certificate",
        "ciphers",
        "compression",
        "connect-timeout",
        "cut-dirs",
        "directory-prefix",
        "dns-timeout",
        "domains",
        "execute",
        "header",
        "http-password",
        "http-user",
        "input-file",
        "level",
        "limit-rate",
        "load-cookies",
        "max-redirect",
        "method",
        "output-document",
        "output-file",
        "password",
        "post-data",
        "post-file",
        "private-key",
        "progress",
        "quota",
        "read-timeout",
        "referer",
        "reject",
        "retry-on-http-error",
        "secure-protocol",
        "timeout",
        "tries",
        "user",
        "user-agent",
        "wait",
        "waitretry",
    ],
    equals: true,
    pairs: "n",
};

impl<'a> Download<'a> {
    /// What `command` downloads; `None` when it is no such program.
    pub fn of(command: &'a SimpleCommand) -> Option<Download<'a>> {
        let invocation = Invocation::of(command)?;
        let words = &command.words;
        let client = |name: &str| match name {
            "curl" => Some(Client::Curl),
            "wget" => Some(Client::Wget),
            _ => None,
        };
        let name = invocation.name();
        let (busybox, place) = (name == "busybox", invocation.program + usize::from(name == "busybox"));
        let client = if busybox { client(&words.get(place)?.text()?)? } else { client(&name)? };
        let grammar = if client == Client::Curl { CURL } else { WGET };
        let arguments = Arguments::read(words, place + 1, grammar);
        Some(Download { client, program: words.get(place)?, busybox, arguments })
    }

    /// The program as people call it.
    pub fn name(&self) -> &'static str {
        match self.client {
            Client::Curl => "curl",
            Client::Wget => "wget",
        }
    }

    /// Its addresses as far as they are written out: what stands before the first variable.
    pub fn addresses(&self) -> impl Iterator<Item = String> {
        let given =
            self.arguments.flags.iter().filter(|flag| flag.name == "url").filter_map(|flag| flag.value.as_deref());
        let given = given.map(str::to_owned);
        self.arguments.operands.iter().map(|word| word.literal_prefix().into_owned()).chain(given)
    }

    /// Whether everything it fetches comes from the build container itself.
    pub fn is_local(&self) -> bool {
        let mut addresses = self.addresses().peekable();
        addresses.peek().is_some() && addresses.all(|address| is_local(&address))
    }

    /// Whether it only says something about itself: `curl --version`.
    pub fn is_query(&self) -> bool {
        self.arguments.has(&["version", "V", "help", "h", "manual", "M"])
    }

    /// Whether it sends something, or looks only: what comes back is not kept.
    pub fn is_request(&self) -> bool {
        let sends = ["d", "data", "data-raw", "data-binary", "json", "F", "form", "T", "upload-file", "I", "head"];
        let method = self.arguments.flag_named(&["X", "request", "method"]);
        self.arguments.has(&sends)
            || self.arguments.has(&["spider", "post-data", "post-file"])
            || method.is_some_and(|method| method.value.as_deref() != Some("GET"))
    }

    /// Whether what it fetches is named by its content: a commit is part of every address.
    pub fn is_by_content(&self) -> bool {
        let mut addresses = self.addresses().peekable();
        let is_commit = |part: &str| matches!(part.len(), 40 | 64) && part.bytes().all(|byte| byte.is_ascii_hexdigit());
        addresses.peek().is_some() && addresses.all(|address| address.split(['/', '@', '=', '?']).any(is_commit))
    }

    /// The name of the file that it writes, its folder left out, where that is known.
    pub fn file(&self) -> Option<String> {
        let last = |path: &str| path.rsplit('/').next().map(str::to_owned).filter(|name| !name.is_empty());
        match self.target() {
            Target::Output => None,
            Target::File(Some(path)) => last(&path),
            Target::File(None) => {
                let word = self.arguments.operands.first()?;
                last(word.text()?.split(['?', '#']).next()?)
            }
        }
    }

    /// Where it goes. A redirection is not looked at.
    pub fn target(&self) -> Target {
        let named = match self.client {
            Client::Curl => self.arguments.flag_named(&["o", "output"]),
            Client::Wget => self.arguments.flag_named(&["O", "output-document"]),
        };
        match (named, self.client) {
            (Some(flag), _) if matches!(flag.value.as_deref(), Some("-" | "/dev/stdout")) => Target::Output,
            (Some(flag), _) => Target::File(flag.value.as_deref().map(str::to_owned)),
            (None, Client::Curl) if !self.arguments.has(&["O", "remote-name", "remote-name-all"]) => Target::Output,
            (None, _) => Target::File(None),
        }
    }
}

/// Programs that run a script: shells and languages.
const INTERPRETERS: [&str; 12] =
    ["sh", "bash", "dash", "ash", "zsh", "ksh", "python", "python3", "perl", "ruby", "node", "php"];

/// Whether a command is an interpreter, and what it runs.
pub fn interpreter<'a>(command: &'a SimpleCommand) -> Option<(&'a Word, Runs<'a>)> {
    let invocation = Invocation::of(command)?;
    let name = invocation.name();
    if !INTERPRETERS.contains(&&*name) {
        return None;
    }
    let is_shell = !matches!(&*name, "python" | "python3" | "perl" | "ruby" | "node" | "php");
    let mut arguments = invocation.arguments().iter();
    while let Some(word) = arguments.next() {
        let text = word.text();
        let runs = match text.as_deref() {
            // What follows are the arguments of a script on the standard input.
            Some("-" | "--" | "-s" | "/dev/stdin") => Runs::Input,
            Some("-o" | "-O" | "-x") if is_shell => {
                arguments.next();
                continue;
            }
            Some(flag) if flag.starts_with('-') && flag.ends_with('c') && is_shell => {
                return Some((invocation.word(), Runs::Text(arguments.next()?)));
            }
            // A module, a line of code, a version.
            Some(flag) if flag.starts_with('-') && is_shell => continue,
            Some(flag) if flag.starts_with('-') => return None,
            _ => Runs::Script(word),
        };
        return Some((invocation.word(), runs));
    }
    Some((invocation.word(), Runs::Input))
}

/// What an interpreter runs.
#[derive(Clone, Copy, Debug)]
pub enum Runs<'a> {
    /// Its standard input.
    Input,
    /// The script that this word names.
    Script(&'a Word),
    /// This text.
    Text(&'a Word),
}

fn is_local(address: &str) -> bool {
    let host = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = host.split(['/', '?']).next().unwrap_or(host);
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    matches!(host, "localhost" | "127.0.0.1" | "0.0.0.0" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::shell;

    fn target(text: &str) -> Option<Target> {
        let script = shell::parse(text, &0);
        Some(Download::of(script.commands().first()?)?.target())
    }

    #[test]
    fn downloads_go_where_their_flags_say() {
        let file = |name: &str| Some(Target::File(Some(name.to_owned())));
        assert_eq!(target("curl -fsSLo a.tgz https://example.com/a.tgz"), file("a.tgz"));
        assert_eq!(target("sudo curl https://example.com"), Some(Target::Output));
        assert_eq!(target("wget -qO- https://example.com"), Some(Target::Output));
        assert_eq!(target("busybox wget -O b https://example.com"), file("b"));
        assert_eq!(target("wget https://example.com/c"), Some(Target::File(None)));
        assert_eq!(target("which curl"), None);
    }

    #[test]
    fn addresses_are_no_values_of_flags() {
        let script = shell::parse("curl -H \"A: $B\" --url https://a -x http://proxy https://b/$C", &0);
        let download = Download::of(script.commands()[0]);
        let addresses: Vec<_> = download.iter().flat_map(Download::addresses).collect();
        assert_eq!(addresses, ["https://b/", "https://a"]);
    }
}
