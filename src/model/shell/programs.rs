//! What is known about programs that scripts call.

use crate::model::packages::Invocation;
use crate::syntax::shell::{Command, List, SimpleCommand};

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
