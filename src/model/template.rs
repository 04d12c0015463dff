//! Texts that a template engine makes Dockerfiles of.

use super::dockerfile::Dockerfile;
use crate::syntax::dockerfile::InstructionKind;

/// What begins and ends a statement of Go templates, Jinja, ERB and Microsoft's image builder, and the macros of m4.
const STATEMENTS: [&str; 10] = ["{{", "}}", "{%", "{#", "<%", "%>", "include(", "define(", "ifdef(", "ifelse("];

/// Whether a template engine makes Dockerfiles of it: it takes its base image from a mark, or has lines that are statements of
/// an engine where instructions should be. What is wrong with it can be seen in its results alone.
pub fn is_template(dockerfile: &Dockerfile) -> bool {
    let text = dockerfile.text();
    let mut foreign = !dockerfile.tree.errors.is_empty();
    for instruction in dockerfile.instructions() {
        let node = instruction.node;
        match &node.kind {
            InstructionKind::Unknown if is_mark(node.keyword.of_text(text)) => return true,
            InstructionKind::Unknown => foreign = true,
            _ if is_from(node.keyword.of_text(text)) && has_mark(instruction.text()) => return true,
            _ => {}
        }
    }
    foreign && has_statement(dockerfile)
}

/// Whether a name in capitals alone stands for an image that is put in its place.
pub fn is_placeholder(name: &str) -> bool {
    is_name(name) || has_mark(name)
}

/// Whether a line outside of heredocs is a statement of an engine.
fn has_statement(dockerfile: &Dockerfile) -> bool {
    let text = dockerfile.text();
    let mut start = 0;
    text.split_inclusive('\n').any(|line| {
        let at = start as u32;
        start += line.len();
        let line = line.trim_start();
        STATEMENTS.iter().any(|statement| line.starts_with(statement))
            && !dockerfile.tree.instructions.iter().flat_map(|own| &own.heredocs).any(|own| own.body.contains(at))
    })
}

fn is_from(keyword: &str) -> bool {
    keyword.eq_ignore_ascii_case("FROM")
}

/// Whether a word begins as a statement of an engine, or is one mark.
fn is_mark(word: &str) -> bool {
    STATEMENTS.iter().any(|statement| word.starts_with(statement)) || marked(word).any(|(at, _)| at == 0)
}

/// Whether something in it is put there by an engine: `{{ … }}`, `<% … %>`, `@NAME@`, `__NAME__`, `%%NAME%%`.
fn has_mark(text: &str) -> bool {
    ["{{", "{%", "<%"].iter().any(|mark| text.contains(mark)) || marked(text).next().is_some()
}

/// The names between two equal marks, with the place of the first mark.
fn marked(text: &str) -> impl Iterator<Item = (usize, &str)> {
    ["@", "__", "%%"].into_iter().flat_map(move |mark| {
        text.match_indices(mark).filter_map(move |(at, _)| {
            let name = text[at + mark.len()..].split(mark).next()?;
            let closed = text[at + mark.len() + name.len()..].starts_with(mark);
            (closed && is_name(name)).then_some((at, name))
        })
    })
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::dockerfile;

    fn of(text: &str) -> bool {
        is_template(&Dockerfile::new(dockerfile::parse(text)))
    }

    #[test]
    fn templates_are_known_by_their_statements() {
        for text in [
            "FROM debian\n{{ if .Arm }}\nRUN x\n{{ end }}\n",
            "FROM debian\n{% if arm %}\nRUN x\n{% endif %}\n",
            "FROM debian\n<%= packages %>\n",
            "FROM {{ .Base }}\nRUN x\n",
            "FROM debian:{{VERSION}}\n",
            "FROM @BASE@\nRUN x\n",
            "FROM __BASE__\n",
            "FROM %%BASE%%:1\n",
            "include(`base.m4')\nRUN x\n",
            "FROM debian\n%%INSTALL%%\n",
            "FROM debian\nRUN a \\\n{{if b\n:   c\n}}\n",
        ] {
            assert!(of(text), "{text}");
        }
    }

    #[test]
    fn other_files_are_none() {
        for text in [
            "FROM debian\nRNU x\n",
            "FROM debian\nRUN docker inspect -f '{{ .Id }}'\n",
            "FROM debian@sha256:0123\nRUN x\n",
            "FROM BASEIMAGE\nRUN x\n",
            "FROM debian\nCOPY <<EOF /a\n{{ if }}\nEOF\nRNU x\n",
            "FROM debian\nLABEL a='__A__'\n",
        ] {
            assert!(!of(text), "{text}");
        }
    }
}
