//! What goes beyond the POSIX shell, and which shells know it. The answers of dash 0.5.12, BusyBox 1.35 and Bash 5.2 were
//! tried out one by one; the codes are those ShellCheck has for them.

use super::words::is_name;
use super::{Node, Role};
use crate::model::dockerfile::{Sh, ShellKind};
use crate::syntax::shell::{CompoundKind, Operation, Part, Redirection, SimpleCommand, Word};
use crate::text::Span;

/// Something that goes beyond the POSIX shell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feature {
    /// ShellCheck's code for it.
    pub code: &'static str,
    /// What it is, with an article, fit to stand before "is not known to".
    pub name: &'static str,
    /// Whether Debian's dash knows it.
    dash: bool,
    /// Whether BusyBox's ash does.
    ash: bool,
    /// What a shell makes of it that does not know it.
    pub otherwise: Otherwise,
}

/// What a shell makes of a feature that it does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Otherwise {
    /// Stops before it runs anything, or at that place.
    Stops,
    /// Looks for a program of that name, or has no such option, and goes on.
    Fails,
    /// Means something else by it.
    Differs,
}

use Otherwise::{Differs, Fails, Stops};

const fn feature(code: &'static str, name: &'static str, (dash, ash): (bool, bool), otherwise: Otherwise) -> Feature {
    Feature { code, name, dash, ash, otherwise }
}

/// Only Bash and its like.
const BASH: (bool, bool) = (false, false);
/// BusyBox too.
const ASH: (bool, bool) = (false, true);
/// Everybody.
const BOTH: (bool, bool) = (true, true);

const PROCESS_SUBSTITUTION: Feature = feature("SC3001", "process substitution", ASH, Stops);
const DOLLAR_SINGLE: Feature = feature("SC3003", "`$'…'`", ASH, Differs);
const DOLLAR_DOUBLE: Feature = feature("SC3004", "`$\"…\"`", BASH, Differs);
const ARITHMETIC_FOR: Feature = feature("SC3005", "`for ((…))`", BASH, Stops);
const ARITHMETIC: Feature = feature("SC3006", "`((…))`", BASH, Fails);
const DOLLAR_BRACKET: Feature = feature("SC3007", "`$[…]`", BASH, Differs);
const SELECT: Feature = feature("SC3008", "`select`", BASH, Stops);
const BRACES: Feature = feature("SC3009", "brace expansion", BASH, Differs);
const CONDITIONAL: Feature = feature("SC3010", "`[[ … ]]`", ASH, Fails);
const HERE_STRING: Feature = feature("SC3011", "`<<<`", BASH, Stops);
const DOUBLE_EQUALS: Feature = feature("SC3014", "`==` in a test", ASH, Fails);
const TEST_SET: Feature = feature("SC3016", "`-v` in a test", BASH, Fails);
const BOTH_TO_FILE: Feature = feature("SC3020", "`&>`", ASH, Differs);
const APPEND: Feature = feature("SC3024", "`+=`", BASH, Fails);
const SPECIAL: Feature = feature("SC3028", "this variable", BASH, Differs);
const SPECIAL_ASH: Feature = feature("SC3028", "this variable", ASH, Differs);
const PIPE_BOTH: Feature = feature("SC3029", "`|&`", BASH, Stops);
const ARRAY: Feature = feature("SC3030", "an array", BASH, Stops);
const COPROCESS: Feature = feature("SC3032", "`coproc`", BASH, Fails);
const FUNCTION: Feature = feature("SC2112", "the word `function`", ASH, Stops);
const FUNCTION_BOTH: Feature = feature("SC2113", "the word `function`", ASH, Stops);
const ECHO_FLAG: Feature = feature("SC3037", "an `echo` with this flag", ASH, Differs);
const ECHO_N: Feature = feature("SC3037", "an `echo` with this flag", BOTH, Differs);
const EXEC_FLAG: Feature = feature("SC3038", "`exec` with a flag", BASH, Fails);
const LET: Feature = feature("SC3039", "`let`", ASH, Fails);
const PIPEFAIL: Feature = feature("SC3040", "the option `pipefail`", ASH, Stops);
const SET_OPTION: Feature = feature("SC3040", "this option of `set`", BASH, Stops);
const LOCAL: Feature = feature("SC3043", "`local`", BOTH, Fails);
const BUILTIN: Feature = feature("SC3044", "this command", BASH, Fails);
const READ_PROMPT: Feature = feature("SC3045", "this flag of `read`", BOTH, Fails);
const READ_FLAG: Feature = feature("SC3045", "this flag of `read`", ASH, Fails);
const READ_ARRAY: Feature = feature("SC3045", "this flag of `read`", BASH, Fails);
const COMMAND_FLAG: Feature = feature("SC3045", "this flag", BASH, Stops);
const SOURCE: Feature = feature("SC3046", "`source`", ASH, Fails);
const TRAP_ERR: Feature = feature("SC3047", "`trap … ERR`", ASH, Fails);
const TRAP_OTHER: Feature = feature("SC3047", "this `trap`", BASH, Fails);
const TRAP_SIG: Feature = feature("SC3048", "a signal with `SIG` in front", ASH, Fails);
const INDIRECT: Feature = feature("SC3053", "`${!…}`", BASH, Stops);
const ELEMENT: Feature = feature("SC3054", "an array", BASH, Stops);
const KEYS: Feature = feature("SC3055", "an array", BASH, Stops);
const PREFIX: Feature = feature("SC3056", "`${!…*}`", BASH, Stops);
const SLICE: Feature = feature("SC3057", "`${…:1:2}`", ASH, Stops);
const CASE: Feature = feature("SC3059", "a change of case in `${…}`", BASH, Stops);
const REPLACE: Feature = feature("SC3060", "`${…/…/…}`", ASH, Stops);

/// All of them.
const ALL: [Feature; 44] = [
    PROCESS_SUBSTITUTION,
    DOLLAR_SINGLE,
    DOLLAR_DOUBLE,
    ARITHMETIC_FOR,
    ARITHMETIC,
    DOLLAR_BRACKET,
    SELECT,
    BRACES,
    CONDITIONAL,
    HERE_STRING,
    DOUBLE_EQUALS,
    TEST_SET,
    BOTH_TO_FILE,
    APPEND,
    SPECIAL,
    SPECIAL_ASH,
    PIPE_BOTH,
    ARRAY,
    COPROCESS,
    FUNCTION,
    FUNCTION_BOTH,
    ECHO_FLAG,
    ECHO_N,
    EXEC_FLAG,
    LET,
    PIPEFAIL,
    SET_OPTION,
    LOCAL,
    BUILTIN,
    READ_PROMPT,
    READ_FLAG,
    READ_ARRAY,
    COMMAND_FLAG,
    SOURCE,
    TRAP_ERR,
    TRAP_OTHER,
    TRAP_SIG,
    INDIRECT,
    ELEMENT,
    KEYS,
    PREFIX,
    SLICE,
    CASE,
    REPLACE,
];

/// The builtins of Bash that dash and ash do not have.
const BUILTINS: [&str; 15] = [
    "bind",
    "builtin",
    "caller",
    "compgen",
    "complete",
    "declare",
    "dirs",
    "disown",
    "enable",
    "mapfile",
    "popd",
    "pushd",
    "readarray",
    "shopt",
    "typeset",
];

/// The options of `set -o` that POSIX has; ash and dash have a few of their own.
const SET_OPTIONS: [&str; 15] = [
    "allexport",
    "errexit",
    "ignoreeof",
    "monitor",
    "noclobber",
    "noexec",
    "noglob",
    "nolog",
    "notify",
    "nounset",
    "verbose",
    "vi",
    "xtrace",
    "emacs",
    "pipefail",
];

/// The variables that Bash sets by itself and that a build sets as good as never.
const VARIABLES: [(&str, Feature); 6] = [
    ("RANDOM", SPECIAL_ASH),
    ("EUID", SPECIAL),
    ("OSTYPE", SPECIAL),
    ("PIPESTATUS", SPECIAL),
    ("BASH_SOURCE", SPECIAL),
    ("FUNCNAME", SPECIAL),
];

impl Feature {
    /// Whether a shell knows it; `None` when it is not known which shell it is, or it is one that was not tried.
    pub fn is_known_to(&self, shell: ShellKind) -> Option<bool> {
        match shell {
            ShellKind::Sh(Sh::Dash) => Some(self.dash),
            ShellKind::Sh(Sh::Ash) => Some(self.ash),
            ShellKind::Sh(Sh::Bash) | ShellKind::Bash => Some(true),
            _ => None,
        }
    }
}

/// Whether a shell is known not to know some of them.
pub fn lacks_features(shell: ShellKind) -> bool {
    matches!(shell, ShellKind::Sh(Sh::Dash | Sh::Ash))
}

/// The features that a node uses, what is nested in it left out, and where they stand. `text` is that of the file.
pub fn of_node<'a>(node: Node<'a>, text: &str) -> Vec<(Feature, Span)> {
    let mut found = Vec::new();
    match node {
        Node::Command(command) => of_command(command, text, &mut found),
        Node::Compound(compound) => {
            let written = compound.span.of_text(text);
            let start =
                |length: u32| Span::new(compound.span.start, (compound.span.start + length).min(compound.span.end));
            match compound.kind {
                CompoundKind::Conditional => found.push((CONDITIONAL, start(2))),
                CompoundKind::Arithmetic => found.push((ARITHMETIC, compound.span)),
                CompoundKind::Select => found.push((SELECT, start(6))),
                CompoundKind::For if written.get(3..).unwrap_or("").trim_start().starts_with("((") => {
                    found.push((ARITHMETIC_FOR, start(3)));
                }
                CompoundKind::Function if written.starts_with("function") => {
                    let body = compound.lists.first().and_then(|list| list.items.first());
                    let head = body.map_or("", |item| {
                        Span::new(compound.span.start, item.pipeline.span.start.max(compound.span.start)).of_text(text)
                    });
                    found.push((if head.contains("()") { FUNCTION_BOTH } else { FUNCTION }, start(8)));
                }
                CompoundKind::Other if written.starts_with("coproc") => found.push((COPROCESS, start(6))),
                _ => {}
            }
        }
        Node::Pipeline(pipeline) => {
            let both = pipeline.pipes.iter().filter(|pipe| pipe.of_text(text) == "|&");
            found.extend(both.map(|pipe| (PIPE_BOTH, *pipe)));
        }
        Node::Redirection(redirection) => found.extend(of_redirection(redirection)),
        Node::Word(word, role) => of_word(word, role, text, &mut found),
        Node::List(_) => {}
    }
    found
}

fn of_redirection(redirection: &Redirection) -> Option<(Feature, Span)> {
    let descriptor = redirection.descriptor.map_or(0, |descriptor| descriptor.to_string().len() as u32);
    let start = redirection.span.start + descriptor;
    let operator = |feature: Feature| {
        let end = (start + redirection.operator.len() as u32).min(redirection.span.end);
        Some((feature, Span::new(start, end)))
    };
    match redirection.operator {
        "<<<" => operator(HERE_STRING),
        "&>" | "&>>" => operator(BOTH_TO_FILE),
        _ => None,
    }
}

fn of_command(command: &SimpleCommand, text: &str, found: &mut Vec<(Feature, Span)>) {
    for assignment in &command.assignments {
        let name = Span::new(assignment.span.start, assignment.span.start + assignment.name.len() as u32);
        if assignment.value.is_none() || assignment.indexed {
            found.push((ARRAY, name));
        } else if assignment.append {
            found.push((APPEND, name));
        }
    }
    let Some(name) = command.name() else { return };
    let program = command.words[0].span;
    let arguments = command.arguments();
    let literals = || arguments.iter().filter_map(|word| Some((word.literal()?, word.span)));
    let flag = |letters: &[char]| {
        literals().find(|(text, _)| text.len() > 1 && text.starts_with('-') && text[1..].contains(letters))
    };
    match name {
        "[" | "test" => {
            for (text, span) in literals() {
                match text {
                    "==" => found.push((DOUBLE_EQUALS, span)),
                    "-v" if literals().next().is_some_and(|(first, _)| first == "-v") => found.push((TEST_SET, span)),
                    _ => {}
                }
            }
        }
        "echo" => found.extend(literals().next().and_then(|(text, span)| {
            let letters = text.strip_prefix('-').filter(|letters| !letters.is_empty())?;
            let known = letters.chars().all(|letter| matches!(letter, 'n' | 'e' | 'E'));
            known.then_some((if letters == "n" { ECHO_N } else { ECHO_FLAG }, span))
        })),
        "exec" => {
            found.extend(
                literals()
                    .next()
                    .filter(|(text, _)| matches!(*text, "-a" | "-c" | "-l"))
                    .map(|(_, span)| (EXEC_FLAG, span)),
            );
        }
        "let" => found.push((LET, program)),
        "local" => found.push((LOCAL, program)),
        "source" => found.push((SOURCE, program)),
        "set" => {
            let mut option = false;
            for (text, span) in literals() {
                if option {
                    found.extend((text == "pipefail").then_some((PIPEFAIL, span)));
                    found.extend((!SET_OPTIONS.contains(&text)).then_some((SET_OPTION, span)));
                }
                option = text.starts_with(['-', '+']) && text.ends_with('o');
            }
        }
        "export" => found.extend(flag(&['f']).map(|(_, span)| (COMMAND_FLAG, span))),
        "printf" => {
            found.extend(literals().next().filter(|(text, _)| *text == "-v").map(|(_, span)| (COMMAND_FLAG, span)))
        }
        "read" => {
            found.extend(flag(&['a']).map(|(_, span)| (READ_ARRAY, span)));
            found.extend(flag(&['n', 's', 't', 'd']).map(|(_, span)| (READ_FLAG, span)));
            found.extend(flag(&['p']).map(|(_, span)| (READ_PROMPT, span)));
        }
        "trap" => {
            for (text, span) in literals().skip(1) {
                match text {
                    "ERR" => found.push((TRAP_ERR, span)),
                    "DEBUG" | "RETURN" => found.push((TRAP_OTHER, span)),
                    _ if text.starts_with("SIG") => found.push((TRAP_SIG, span)),
                    _ => {}
                }
            }
        }
        _ if BUILTINS.contains(&name) => found.push((BUILTIN, program)),
        _ => {}
    }
    let _ = text;
}

fn of_word(word: &Word, role: Role<'_>, text: &str, found: &mut Vec<(Feature, Span)>) {
    if !matches!(role, Role::Tested | Role::Subject | Role::Pattern | Role::Value(_)) {
        found.extend(braces(word).map(|span| (BRACES, span)));
    }
    of_parts(&word.parts, text, found);
}

fn of_parts(parts: &[Part], text: &str, found: &mut Vec<(Feature, Span)>) {
    for part in parts {
        match part {
            Part::SingleQuoted { span, dollar: true, .. } => found.push((DOLLAR_SINGLE, *span)),
            Part::DoubleQuoted { span, parts, dollar } => {
                found.extend(dollar.then_some((DOLLAR_DOUBLE, *span)));
                of_parts(parts, text, found);
            }
            Part::ProcessSubstitution { span, .. } => found.push((PROCESS_SUBSTITUTION, *span)),
            Part::Arithmetic { span, bracket: true } => found.push((DOLLAR_BRACKET, *span)),
            Part::Array { span } => found.push((ARRAY, *span)),
            Part::Variable { span, name, operation, operand, .. } => {
                let written = span.of_text(text);
                let feature = match operation {
                    Operation::Slice => Some(SLICE),
                    Operation::Case => Some(CASE),
                    Operation::Replace => Some(REPLACE),
                    Operation::Element => Some(ELEMENT),
                    Operation::Indirect if written.contains('[') => Some(KEYS),
                    Operation::Indirect if written.ends_with("*}") || written.ends_with("@}") => Some(PREFIX),
                    Operation::Indirect => Some(INDIRECT),
                    Operation::None => VARIABLES.iter().find(|(own, _)| own == &&**name).map(|(_, feature)| *feature),
                    _ => None,
                };
                found.extend(feature.map(|feature| (feature, *span)));
                of_parts(operand, text, found);
            }
            _ => {}
        }
    }
}

/// Where a word has `{a,b}` or `{1..3}` for the shell to multiply.
fn braces(word: &Word) -> Option<Span> {
    let [Part::Literal { value, written: None, span }, ..] = &word.parts[..] else {
        return braces_over_parts(word);
    };
    if word.parts.len() > 1 {
        return braces_over_parts(word);
    }
    let open = value.find('{')?;
    let close = open + value[open..].find('}')?;
    let inside = &value[open + 1..close];
    let dollar = value[..open].ends_with('$');
    (!dollar && (inside.contains(',') || is_range(inside)) && !inside.contains('{')).then_some(*span)
}

/// As [`braces`], for a word with quotes or variables: `{"a b",$c}`.
fn braces_over_parts(word: &Word) -> Option<Span> {
    let mut open = false;
    let mut comma = false;
    for part in &word.parts {
        let Part::Literal { value, written: None, .. } = part else { continue };
        for character in value.chars() {
            match character {
                '{' => (open, comma) = (true, false),
                ',' => comma |= open,
                '}' if open && comma => return Some(word.span),
                '}' => open = false,
                _ => {}
            }
        }
    }
    None
}

fn is_range(text: &str) -> bool {
    let Some((from, to)) = text.split_once("..") else { return false };
    let number = |text: &str| text.parse::<i64>().is_ok();
    let letter = |text: &str| text.len() == 1 && is_name(text);
    let to = to.split_once("..").map_or(to, |(to, _)| to);
    number(from) && number(to) || letter(from) && letter(to)
}

/// Whether a shell knows everything that ShellCheck reports under a code.
pub fn is_code_known_to(code: &str, shell: ShellKind) -> bool {
    let mut features = ALL.iter().filter(|feature| feature.code == code).peekable();
    features.peek().is_some() && features.all(|feature| feature.is_known_to(shell) == Some(true))
}
