//! Properties that hold for every text.

use super::*;
use crate::text::Span;

/// Everything that must hold for the tree of any text.
pub(super) fn check(text: &str) -> Tree {
    let tree = parse(text);
    let mut at = 0;
    for token in &tree.tokens {
        assert_eq!(token.span.start, at, "tokens tile {text:?}");
        assert!(!token.span.is_empty(), "{text:?}");
        at = token.span.end;
    }
    assert_eq!(at as usize, text.len(), "tokens reach the end of {text:?}");
    let whole = Span::new(0, text.len() as u32);
    let mut last = 0;
    for instruction in &tree.instructions {
        assert!(instruction.span.start >= last, "instructions are in order in {text:?}");
        last = instruction.span.end;
        check_instruction(instruction, text);
    }
    for error in &tree.errors {
        inside(error.span, whole, text);
    }
    for comment in &tree.comments {
        assert!(comment.span.of_text(text).starts_with('#'), "{text:?}");
    }
    for directive in &tree.directives {
        inside(directive.name, directive.span, text);
        inside(directive.value, directive.span, text);
    }
    tree
}

fn inside(span: Span, outer: Span, text: &str) {
    assert!(outer.encloses(span), "{span:?} lies in {outer:?} of {text:?}");
    assert!(text.is_char_boundary(span.start as usize) && text.is_char_boundary(span.end as usize), "{text:?}");
}

fn check_instruction(instruction: &Instruction, text: &str) {
    let outer = instruction.span;
    inside(outer, Span::new(0, text.len() as u32), text);
    inside(instruction.keyword, outer, text);
    for flag in &instruction.flags {
        inside(flag.span, outer, text);
        inside(flag.name, flag.span, text);
        flag.value.iter().for_each(|value| check_word(value, flag.span, text));
        for field in &flag.fields {
            inside(field.span, flag.span, text);
            inside(field.key, field.span, text);
            field.value.iter().for_each(|value| check_word(value, field.span, text));
        }
    }
    for heredoc in &instruction.heredocs {
        inside(heredoc.marker, outer, text);
        inside(heredoc.body, outer, text);
        heredoc.end.iter().for_each(|end| inside(*end, outer, text));
        heredoc.variables.iter().for_each(|variable| check_variable(variable, heredoc.body, text));
    }
    let words = |words: &[Word]| words.iter().for_each(|word| check_word(word, outer, text));
    match &instruction.kind {
        InstructionKind::From(from) => {
            check_word(&from.image, outer, text);
            from.as_keyword.iter().chain(&from.name).for_each(|span| inside(*span, outer, text));
        }
        InstructionKind::Run(command)
        | InstructionKind::Cmd(command)
        | InstructionKind::Entrypoint(command)
        | InstructionKind::Shell(command)
        | InstructionKind::Healthcheck(Healthcheck::Command { command, .. }) => check_command(command, outer, text),
        InstructionKind::Healthcheck(Healthcheck::None(span)) => inside(*span, outer, text),
        InstructionKind::Copy(transfer) | InstructionKind::Add(transfer) => {
            words(&transfer.sources);
            check_word(&transfer.destination, outer, text);
        }
        InstructionKind::Env(pairs) | InstructionKind::Label(pairs) => {
            for pair in &pairs.pairs {
                inside(pair.span, outer, text);
                check_word(&pair.key, pair.span, text);
                check_word(&pair.value, pair.span, text);
            }
        }
        InstructionKind::Arg(declarations) => {
            for declaration in declarations {
                inside(declaration.span, outer, text);
                inside(declaration.name, declaration.span, text);
                declaration.default.iter().for_each(|default| check_word(default, declaration.span, text));
            }
        }
        InstructionKind::Expose(list) | InstructionKind::Volume(list) => words(list),
        InstructionKind::User(word)
        | InstructionKind::Workdir(word)
        | InstructionKind::Stopsignal(word)
        | InstructionKind::Maintainer(word) => check_word(word, outer, text),
        InstructionKind::Onbuild(inner) => {
            inside(inner.span, outer, text);
            check_instruction(inner, text);
        }
        InstructionKind::Invalid(_) | InstructionKind::Unknown => {}
    }
}

fn check_command(command: &Command, outer: Span, text: &str) {
    match command {
        Command::Exec(form) => {
            inside(form.span, outer, text);
            form.words.iter().for_each(|word| inside(word.span, form.span, text));
        }
        Command::Shell(form) => inside(form.span, outer, text),
    }
}

fn check_word(word: &Word, outer: Span, text: &str) {
    inside(word.span, outer, text);
    word.variables.iter().for_each(|variable| check_variable(variable, word.span, text));
}

fn check_variable(variable: &Variable, outer: Span, text: &str) {
    inside(variable.span, outer, text);
    inside(variable.name, variable.span, text);
    assert!(variable.span.of_text(text).starts_with('$'), "{variable:?} in {text:?}");
}

/// The text with each line left out, doubled, and cut off at each byte (of a small text).
fn mutations(text: &str) -> impl Iterator<Item = String> + '_ {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let count = lines.len().min(60);
    let without = lines.clone();
    let left_out = (0..count).map(move |left_out| {
        let kept = without.iter().enumerate().filter(|(index, _)| *index != left_out);
        kept.map(|(_, line)| *line).collect()
    });
    let doubled = (0..count).map(move |doubled| {
        let lines = lines.iter().enumerate();
        lines.map(|(index, line)| if index == doubled { line.repeat(2) } else { (*line).to_owned() }).collect()
    });
    let cut = (0..text.len().min(400)).filter(|at| text.is_char_boundary(*at)).map(|at| text[..at].to_owned());
    left_out.chain(doubled).chain(cut)
}

#[test]
fn small_broken_texts_have_trees() {
    let texts = [
        "",
        "\u{feff}",
        "\\",
        "\\\n",
        "FROM",
        "RUN \\",
        "RUN <<EOF",
        "RUN <<EOF\n",
        "RUN <<EOF\na\nEOF\n# c",
        "# escape=`\nRUN a `\n # c\n\n b",
        "COPY [\"a\",\"\\u00e9\", \"$b\"]",
        "ENV a=\u{e9}\u{a0}b \"c d\"=$e",
        "ONBUILD ONBUILD RUN <<E\nx\nE",
        "ONBUILD COPY --chown='a b' <<-\"E\" <<F /x\n\tE\nF\n",
        "HEALTHCHECK --interval=5m \\\n  # c\n CMD [\"a\"]",
        "RUN --mount=type=bind,\"source=a,b\" --device=x \"--mount\"=a\\",
        "FROM a AS b c\r\n\r\nRUN a \\ \r\n b\r\n",
        "R\\\nUN a\\\nb",
        "RUN --mount=\u{4e2d},\u{6587}=\u{2003} -- x",
        "{{ if }}\nFROM a\n\0",
    ];
    for text in texts {
        check(text);
        mutations(text).for_each(|text| {
            check(&text);
        });
    }
}

#[test]
fn every_dockerfile_of_the_corpus_and_its_mutations_have_trees() {
    let mut files = Vec::new();
    collect(std::path::Path::new("../shared/corpus/dockerfile"), &mut files);
    if files.is_empty() {
        eprintln!("skipped: no corpus");
    }
    for (index, file) in files.iter().enumerate() {
        let text = String::from_utf8_lossy(file).into_owned();
        check(&text);
        // All of them would take a minute; every seventh still meets each kind of file.
        if index % 7 == 0 && text.len() < 10_000 {
            mutations(&text).for_each(|text| {
                check(&text);
            });
        }
    }
}

fn collect(folder: &std::path::Path, files: &mut Vec<Vec<u8>>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, files);
        } else if let Ok(bytes) = std::fs::read(&path) {
            files.push(bytes);
        }
    }
}

#[test]
fn a_flag_or_value_that_is_nearly_one_is_what_was_meant() {
    for (line, meant) in [
        ("COPY --form=b / /", Some("from")),
        ("RUN --netwrok=none x", Some("network")),
        ("RUN --network=hots x", Some("host")),
        ("RUN --mount=type=cahce,target=/x y", Some("cache")),
        ("COPY --whatever=b / /", None),
    ] {
        let tree = parse(format!("FROM a\n{line}\n"));
        let found = tree.errors.iter().find_map(|error| error.meant.as_ref());
        assert_eq!(found.map(|edit| &*edit.text), meant, "{line}");
    }
}
