//! What is known about programs that scripts call.

use crate::model::packages::Invocation;
use crate::syntax::shell::{Command, List, SimpleCommand, Word};

/// Programs whose failure is rare or tells nothing, filters among them: `grep` fails where it finds nothing.
const HARMLESS: [&str; 43] = [
    ":",
    "[",
    "awk",
    "basename",
    "cat",
    "cut",
    "date",
    "diff",
    "dirname",
    "dpkg",
    "dpkg-query",
    "echo",
    "egrep",
    "env",
    "fgrep",
    "find",
    "gawk",
    "getent",
    "grep",
    "head",
    "id",
    "ldconfig",
    "ldd",
    "ls",
    "mktemp",
    "nproc",
    "printf",
    "pwd",
    "rev",
    "scanelf",
    "sed",
    "seq",
    "sort",
    "tac",
    "tail",
    "tee",
    "test",
    "tr",
    "true",
    "uname",
    "uniq",
    "wc",
    "yes",
];

/// Programs that make nothing of nothing, and pass on what they read, also when it ends early.
const PASSING: [&str; 11] = ["awk", "base64", "cat", "cut", "dd", "egrep", "grep", "pv", "sed", "tee", "tr"];

/// Programs that unpack or read their input, and fail where it is empty or ends early; some only with a flag.
const UNPACKING: [(&str, &[&str]); 15] = [
    ("bunzip2", &[]),
    ("bzcat", &[]),
    ("bzip2", &["-d", "--decompress"]),
    ("cpio", &["-i", "--extract"]),
    ("gpg", &["--dearmor", "--dearmour", "--import"]),
    ("gunzip", &[]),
    ("gzip", &["-d", "--decompress"]),
    ("jq", &["-e", "--exit-status"]),
    ("tar", &["--extract", "--get"]),
    ("bsdtar", &["--extract"]),
    ("unxz", &[]),
    ("xz", &["-d", "--decompress"]),
    ("xzcat", &[]),
    ("zcat", &[]),
    ("zstd", &["-d", "--decompress"]),
];

/// The commands of a shell for which there is no program: by POSIX, and those of Bash.
const BUILTINS: [&str; 36] = [
    ".", ":", "alias", "bg", "break", "builtin", "cd", "command", "continue", "declare", "eval", "exec", "exit",
    "export", "fg", "getopts", "hash", "jobs", "let", "local", "popd", "pushd", "read", "readonly", "return", "set",
    "shift", "shopt", "source", "times", "trap", "type", "ulimit", "umask", "unset", "wait",
];

/// Whether only a shell can run a command of this name.
pub fn is_builtin(name: &str) -> bool {
    BUILTINS.contains(&name)
}

/// Whether the failure of a command of a pipeline, given by its place, makes the pipeline fail without `pipefail`: what
/// reads its output fails by itself when that is empty or ends early, and so on to the end.
pub fn is_failure_noticed(commands: &[Command], place: usize) -> bool {
    let Some((last, between)) = commands.get(place + 1..).and_then(<[Command]>::split_last) else { return false };
    let needs = |reader: &Command| reader.simple().is_some_and(needs_all_input);
    let passes = |reader: &Command| {
        let invocation = reader.simple().and_then(Invocation::of);
        invocation.is_some_and(|invocation| PASSING.contains(&&*invocation.name()))
    };
    needs(last) && between.iter().all(|reader| needs(reader) || passes(reader))
}

/// Whether a command fails when its input is empty or ends early, as tried with GNU tar, gzip, GnuPG and BusyBox.
fn needs_all_input(command: &SimpleCommand) -> bool {
    let Some(invocation) = Invocation::of(command) else { return false };
    let name = invocation.name();
    let first = invocation.arguments().first().and_then(Word::text).unwrap_or_default();
    match &*name {
        "apt-key" => first == "add",
        "tar" | "bsdtar" if !first.starts_with('-') => first.contains('x'),
        "tar" | "bsdtar" if invocation.arguments().iter().filter_map(Word::text).any(|text| unpacks(&text)) => true,
        sums if sums.starts_with("sha") && sums.ends_with("sum") => command.has_flag(&["-c", "--check"]),
        _ => {
            let known = UNPACKING.iter().find(|(own, _)| *own == name);
            known.is_some_and(|(_, flags)| flags.is_empty() || command.has_flag(flags))
        }
    }
}

/// Whether a bundle of letters tells `tar` to unpack: `-xzf-`. Letters that take a value end it.
fn unpacks(bundle: &str) -> bool {
    let letters = bundle.strip_prefix('-').filter(|letters| !letters.starts_with('-')).unwrap_or("");
    letters.split(['f', 'C', 'I', 'b', 'T', 'X', 's']).next().is_some_and(|letters| letters.contains('x'))
}

/// Whether the failure of a command would be worth knowing.
pub fn can_fail(command: &Command) -> bool {
    match command {
        Command::Simple(simple) => can_simple_fail(simple),
        Command::Compound(compound) => compound.lists.iter().any(can_list_fail),
    }
}

/// Whether the failure of a command in a list would be worth knowing.
pub fn can_list_fail(list: &List) -> bool {
    list.items.iter().flat_map(|item| &item.pipeline.commands).any(can_fail)
}

fn can_simple_fail(simple: &SimpleCommand) -> bool {
    match Invocation::of(simple) {
        Some(invocation) => !HARMLESS.contains(&&*invocation.name()),
        None => !simple.words.is_empty(),
    }
}
