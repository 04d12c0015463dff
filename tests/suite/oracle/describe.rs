//! What we read in a Dockerfile, in the words of the oracle, and where that differs from its answer.

use rlint::syntax::SyntaxError;
use rlint::syntax::dockerfile::{self as ast, InstructionKind};
use serde_json::{Value, json};

/// Where our tree of `text` differs from the answer of the oracle.
pub(super) fn differences(text: &str, answer: &Value) -> Vec<String> {
    let tree = ast::parse(text);
    let line_of = |offset: u32| text.as_bytes()[..offset as usize].iter().filter(|byte| **byte == b'\n').count() + 1;
    let mut found = Vec::new();
    let refused = answer["error"] != "" && !is_a_rule_of_ours(answer);
    let error_line = answer["error_line"].as_u64().unwrap_or(0) as usize;
    // What ONBUILD holds back is refused when the image is used; we say so at once.
    let held_back = |error: &SyntaxError| {
        !tree.instructions.iter().any(|instruction| {
            matches!(instruction.kind, InstructionKind::Onbuild(_))
                && instruction.span.start <= error.span.start
                && error.span.start <= instruction.span.end
        })
    };
    // A file that has no stage is refused for that before its instructions are looked at.
    let ruled = is_a_rule_of_ours(answer);
    let errors = tree.errors.iter().filter(|error| !ruled && (refused || held_back(error)));
    // An instruction that is none is the finding of a rule.
    let unknown =
        tree.instructions.iter().filter(|instruction| matches!(instruction.kind, InstructionKind::Unknown) && !ruled);
    let unknown = unknown.map(|instruction| SyntaxError::new(instruction.keyword, "no instruction"));
    let inner = tree.instructions.iter().filter_map(|instruction| match &instruction.kind {
        InstructionKind::Onbuild(inner) if refused && cannot_be_held_back(inner) => {
            Some(SyntaxError::new(inner.keyword, "no instruction that can be held back"))
        }
        _ => None,
    });
    let first = errors.cloned().chain(unknown).chain(inner).min_by_key(|error| error.span);
    match first {
        Some(error) if !refused => {
            found.push(format!("we refuse line {}: {}", line_of(error.span.start), error.message));
        }
        // The line of a wrong directive is counted from 0.
        Some(error) if error_line > 0 && line_of(error.span.start) > last_line(&tree, &line_of, error_line) + 1 => {
            found.push(format!("we refuse only line {}: {}", line_of(error.span.start), answer["error"]));
        }
        None if refused => found.push(format!("only BuildKit refuses it: {}", answer["error"])),
        _ => {}
    }
    let nodes = answer["nodes"].as_array().expect("a list of instructions");
    if nodes.is_empty() {
        return found;
    }
    if nodes.len() != tree.instructions.len() {
        found.push(format!("{} instructions, BuildKit has {}", tree.instructions.len(), nodes.len()));
    }
    for (instruction, node) in tree.instructions.iter().zip(nodes) {
        let line = line_of(instruction.span.start);
        // Lines with nothing but an escape character belong to BuildKit's instruction and not to ours.
        let lines = node["line"].as_u64().zip(node["end_line"].as_u64());
        if lines.is_none_or(|(first, last)| !(first..=last).contains(&(line as u64))) {
            found.push(format!("an instruction starts at line {line}, BuildKit says {}", node["line"]));
            return found;
        }
        compare(&tree, instruction, node, &format!("line {line}"), &mut found);
    }
    found
}

/// What rules say about ONBUILD.
fn cannot_be_held_back(inner: &ast::Instruction) -> bool {
    use ast::Keyword;
    matches!(inner.keyword(), None | Some(Keyword::From | Keyword::Maintainer | Keyword::Onbuild))
}

/// A file without a stage, or with something before it, can be read; here rules say so.
fn is_a_rule_of_ours(answer: &Value) -> bool {
    let error = answer["error"].as_str().unwrap_or("");
    error == "no stage" || error == "file with no instructions" || error.contains("no build stage in current context")
}

/// The last line of the instruction at `line`, and of the comments and empty lines before it.
fn last_line(tree: &ast::Tree, line_of: &impl Fn(u32) -> usize, line: usize) -> usize {
    let mut lines = tree.instructions.iter().map(|instruction| line_of(instruction.span.end));
    lines.find(|last| *last >= line).unwrap_or(line)
}

fn compare(tree: &ast::Tree, instruction: &ast::Instruction, node: &Value, place: &str, found: &mut Vec<String>) {
    let text = &*tree.text;
    let mut check = |what: &str, ours: Value, theirs: &Value| {
        if ours != *theirs {
            found.push(format!("{place}: {what}: {ours}, BuildKit has {theirs}"));
        }
    };
    // BuildKit reads flags byte by byte and takes each for a character of Latin-1.
    if node["flags"].to_string().contains(['\u{c2}', '\u{c3}']) {
        return;
    }
    let keyword = match instruction.keyword() {
        Some(keyword) => keyword.name().to_owned(),
        None => joined(text, instruction.keyword, tree.escape).trim().to_uppercase(),
    };
    check("keyword", json!(keyword), &json!(node["keyword"].as_str().map(str::trim)));
    let flags: Vec<String> = instruction.flags.iter().map(|flag| describe_flag(flag, text, tree.escape)).collect();
    check("flags", json!(flags), &node["flags"]);
    // BuildKit keeps those of what ONBUILD holds back at the ONBUILD.
    let holder = match &instruction.kind {
        InstructionKind::Onbuild(inner) => inner,
        _ => instruction,
    };
    let heredocs = if place.ends_with("ONBUILD") { &[][..] } else { &holder.heredocs };
    let heredocs: Vec<Value> = heredocs.iter().map(|heredoc| describe_heredoc(heredoc, text)).collect();
    check("heredocs", json!(heredocs), &node["heredocs"]);
    if node["error"] != "" {
        return;
    }
    if let InstructionKind::Onbuild(inner) = &instruction.kind {
        compare(tree, inner, &node["arguments"]["inner"], &format!("{place} in ONBUILD"), found);
        return;
    }
    let mut theirs = node["arguments"].clone();
    // A heredoc that a broken quote elsewhere in the line keeps from being read gives an empty file.
    if instruction.heredocs.is_empty() && theirs["contents"].is_array() {
        theirs["contents"] = json!([]);
    }
    check("arguments", arguments(instruction, text), &theirs);
}

/// The text of a span without continuations, comments and quotes.
fn joined(text: &str, span: rlint::text::Span, escape: char) -> String {
    let mut result = String::new();
    let lines: Vec<&str> = span.of_text(text).lines().collect();
    for (index, line) in lines.iter().enumerate() {
        if index > 0 && (line.trim_start().starts_with('#') || line.trim().is_empty()) {
            continue;
        }
        let continued = line.trim_end_matches([' ', '\t', '\r']).strip_suffix(escape);
        result.push_str(continued.filter(|_| index + 1 < lines.len()).unwrap_or(line));
    }
    result
}

fn describe_flag(flag: &ast::Flag, text: &str, escape: char) -> String {
    let name = joined(text, flag.name, escape).replace(['"', '\'', escape], "");
    match &flag.value {
        Some(value) => format!("--{name}={}", value.raw),
        None => format!("--{name}"),
    }
}

fn describe_heredoc(heredoc: &ast::Heredoc, text: &str) -> Value {
    json!({
        "name": heredoc.name,
        "descriptor": heredoc.descriptor.unwrap_or(0),
        "expand": heredoc.expand,
        "chomp": heredoc.strip_tabs,
        "content": heredoc.body.of_text(text),
    })
}

fn arguments(instruction: &ast::Instruction, text: &str) -> Value {
    let raw = |words: &[ast::Word]| words.iter().map(|word| word.raw.clone()).collect::<Vec<_>>();
    match &instruction.kind {
        InstructionKind::From(from) => json!({
            "image": from.image.raw,
            "name": from.name.map_or(String::new(), |name| joined(text, name, '\\').to_lowercase()),
            "platform": instruction.flag("platform", text).and_then(|flag| flag.value.as_ref()).map_or("", |word| &*word.raw),
        }),
        InstructionKind::Run(command)
        | InstructionKind::Cmd(command)
        | InstructionKind::Entrypoint(command)
        | InstructionKind::Shell(command)
        | InstructionKind::Healthcheck(ast::Healthcheck::Command { command, .. }) => describe_command(command),
        InstructionKind::Healthcheck(ast::Healthcheck::None(_)) => json!({ "none": true }),
        InstructionKind::Copy(transfer) | InstructionKind::Add(transfer) => {
            let content = |heredoc: &ast::Heredoc| {
                let body = heredoc.body.of_text(text);
                let lines = body.split_inclusive('\n').map(|line| line.trim_start_matches('\t'));
                let body = if heredoc.strip_tabs { lines.collect() } else { body.to_owned() };
                json!([heredoc.name, body, heredoc.expand])
            };
            json!({
                "sources": raw(&transfer.sources),
                "contents": instruction.heredocs.iter().map(content).collect::<Vec<_>>(),
                "destination": transfer.destination.raw,
            })
        }
        InstructionKind::Env(pairs) | InstructionKind::Label(pairs) => json!({
            "pairs": pairs.pairs.iter().map(|pair| json!([pair.key.raw, pair.value.raw])).collect::<Vec<_>>(),
            "legacy": pairs.legacy,
        }),
        InstructionKind::Arg(declarations) => {
            let declaration = |own: &ast::ArgDeclaration| {
                json!([joined(text, own.name, '\\'), own.default.as_ref().map(|word| word.raw.clone())])
            };
            json!({ "declarations": declarations.iter().map(declaration).collect::<Vec<_>>() })
        }
        InstructionKind::Expose(words) => {
            let mut ports = raw(words);
            ports.sort();
            json!({ "words": ports })
        }
        InstructionKind::Volume(words) => json!({ "words": raw(words) }),
        InstructionKind::User(word)
        | InstructionKind::Workdir(word)
        | InstructionKind::Stopsignal(word)
        | InstructionKind::Maintainer(word) => json!({ "words": [word.raw] }),
        InstructionKind::Onbuild(_) | InstructionKind::Invalid(_) | InstructionKind::Unknown => Value::Null,
    }
}

fn describe_command(command: &ast::Command) -> Value {
    match command {
        ast::Command::Exec(exec) => json!({ "exec": exec.words.iter().map(|word| &word.value).collect::<Vec<_>>() }),
        ast::Command::Shell(form) => json!({ "shell": form.text }),
    }
}
