//! What the shell does with a word.

use crate::syntax::shell::{Assignment, Operation, Part, Redirection, SimpleCommand, Word};
use crate::text::Span;

/// What a word is for.
#[derive(Clone, Copy, Debug)]
pub enum Role<'a> {
    /// Names the program.
    Program(&'a SimpleCommand),
    /// An argument: its place among the words of the command.
    Argument(&'a SimpleCommand, usize),
    /// Assigned before a command, or by itself: not split.
    Value(&'a Assignment),
    /// Gone through by `for … in`.
    Item,
    /// Looked at by `case`: not split.
    Subject,
    /// A pattern of `case`.
    Pattern,
    /// In `[[ … ]]`: not split.
    Tested,
    /// A file that is written to or read.
    Target(&'a Redirection),
}

/// The parts of a word that stand outside of double quotes.
pub fn unquoted_parts(word: &Word) -> impl Iterator<Item = &Part> {
    word.parts.iter().filter(|part| !matches!(part, Part::DoubleQuoted { .. }))
}

/// Where quotes go that keep `part` of `word` in one piece: around the whole word, where that is a plain path or name with
/// values in it, the head of an option or an assignment left out; else around the part.
pub fn quotes(word: &Word, part: Span, text: &str) -> Span {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-:@%+,=".contains(c);
    let plain = word.parts.iter().all(|part| match part {
        Part::Literal { span, .. } => span.of_text(text).chars().all(is_plain),
        Part::Variable { .. } => true,
        Part::CommandSubstitution { backticks, .. } => !backticks,
        _ => false,
    });
    let start = match &word.parts[..] {
        _ if !plain => return part,
        [Part::Literal { span, .. }, ..] if span.of_text(text).starts_with('-') => span.end,
        [Part::Literal { span, .. }, ..] if span.of_text(text).contains('=') => span.end,
        _ => word.span.start,
    };
    Span::new(start, word.span.end)
}

/// The commands that take `NAME=value` as an argument.
pub const DECLARING: [&str; 5] = ["export", "local", "declare", "typeset", "readonly"];

/// Whether the shell splits what stands unquoted in a word at blanks and takes it for patterns. The program is left out:
/// who writes `$TOOL --help` means it so; and so are the words of `for`. `declared` is whether `NAME=value` of `export`
/// counts as well: Bash, ash and dash since 0.5.11 take it for an assignment, older shells split it.
pub fn is_split(word: &Word, role: Role<'_>, declared: bool) -> bool {
    match role {
        Role::Argument(command, _) => declared || !is_declared_value(word, command),
        Role::Target(redirection) => !redirection.operator.starts_with("<<"),
        _ => false,
    }
}

/// Whether a word is `NAME=value` for `export` and its like.
pub fn is_declared_value(word: &Word, command: &SimpleCommand) -> bool {
    let head = word.literal_prefix();
    let name = head.split_once('=').map(|(name, _)| name.trim_end_matches('+'));
    DECLARING.iter().any(|declaring| command.is(declaring)) && name.is_some_and(is_name)
}

/// Whether it can be the name of a variable.
pub fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The variables whose value is a number or has no blanks for another reason.
const WITHOUT_BLANKS: [&str; 19] = [
    "#",
    "?",
    "$",
    "!",
    "-",
    "BASHPID",
    "BASH_SUBSHELL",
    "COLUMNS",
    "EUID",
    "HISTCMD",
    "LINENO",
    "LINES",
    "OPTIND",
    "PPID",
    "RANDOM",
    "SECONDS",
    "SHLVL",
    "UID",
    "GROUPS",
];

/// Whether the value of a variable could fall apart at blanks, as far as its name and what is done to it say.
pub fn may_split(part: &Part) -> bool {
    let Part::Variable { name, operation, operand, .. } = part else { return false };
    let all = matches!(&**name, "@" | "*");
    // `${name:+"…"}` has its own quotes.
    let quoted = *operation == Operation::Alternative && matches!(&operand[..], [Part::DoubleQuoted { .. }]);
    *operation != Operation::Length && !all && !quoted && !WITHOUT_BLANKS.contains(&&**name)
}
