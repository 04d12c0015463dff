//! What is read of scripts.

mod mistakes;
mod trees;

use super::*;
use crate::text::Span;

/// The script with every simple command on a line: its words, and after `->` where it stands.
fn commands(text: &str) -> Vec<String> {
    let script = parse(text, &0);
    script
        .commands()
        .into_iter()
        .map(|command| {
            let words = command.words.iter().map(|word| match word.text() {
                Some(literal) => literal.into_owned(),
                None => format!("?{}", word.span.of_text(text)),
            });
            words.collect::<Vec<_>>().join("|")
        })
        .collect()
}

fn check(text: &str) {
    let script = parse(text, &0);
    let whole = Span::new(0, text.len() as u32);
    script.list.visit(&mut |node| {
        let span = match node {
            Node::List(_) => return,
            Node::Pipeline(pipeline) => pipeline.span,
            Node::Simple(command) => command.span,
            Node::Compound(compound) => compound.span,
            Node::Word(word) => word.span,
        };
        assert!(whole.encloses(span), "{span:?} in {text:?}");
        assert!(text.get(span.range()).is_some(), "{span:?} in {text:?}");
    });
    for error in &script.errors {
        assert!(whole.encloses(error.span), "{error:?} in {text:?}");
    }
}

#[test]
fn commands_come_in_the_order_of_the_text() {
    assert_eq!(commands("a && b || c; d | e & f"), ["a", "b", "c", "d", "e", "f"]);
    assert_eq!(commands("if a; then b; elif c; then d; else e; fi"), ["a", "b", "c", "d", "e"]);
    assert_eq!(commands("for i in $(a); do (b; { c; }); done"), ["a", "b", "c"]);
    assert_eq!(commands("case $x in a) b;; *) c;; esac"), ["b", "c"]);
    assert_eq!(commands("f() { a; }; X=$(b) c \"$(d `e`)\""), ["a", "c|?\"$(d `e`)\"", "b", "d|?`e`", "e"]);
}

#[test]
fn words_are_resolved() {
    assert_eq!(commands(r#"echo a\ b "c\"d\x" 'e'f $'g\n'"#), ["echo|a b|c\"d\\x|ef|g\n"]);
    assert_eq!(commands("export A=b C; exit 1"), ["export|A=b|C", "exit|1"]);
}

#[test]
fn operators_stand_where_they_are_written() {
    let script = parse("a && b || ! c;d", &10);
    let operators: Vec<_> =
        script.list.items.iter().map(|item| item.operator.map(|operator| (operator.span, operator.kind))).collect();
    assert_eq!(
        operators,
        [
            Some((Span::new(12, 14), OperatorKind::And)),
            Some((Span::new(17, 19), OperatorKind::Or)),
            Some((Span::new(23, 24), OperatorKind::Sequence)),
            None
        ]
    );
    assert!(script.list.items[2].pipeline.negated);
    assert_eq!(script.list.items[2].pipeline.span, Span::new(20, 23));
}

#[test]
fn a_script_in_a_string_or_a_heredoc_is_read() {
    assert_eq!(commands("bash -euxc 'a && b'"), ["bash|-euxc|a && b", "a", "b"]);
    assert_eq!(commands("sh -c \"a $b\""), ["sh|-c|?\"a $b\"", "a|?$b"]);
    assert_eq!(commands("bash -e <<'EOF'\na\nb\nEOF"), ["bash|-e", "a", "b"]);
    assert_eq!(commands("python3 <<EOF\nimport x\nEOF"), ["python3"]);
    assert_eq!(commands("bash -c \"a \\\"b\\\"\""), ["bash|-c|a \"b\""]);
    assert_eq!(
        commands("x=$(sh <<A\na; b\nA\n) && cat <<B | bash -s\nc\nB\nd"),
        ["", "sh", "a", "b", "cat", "bash|-s", "d"]
    );
}

#[test]
fn what_stands_around_a_mistake_is_kept() {
    assert_eq!(commands("a && b && if c; then d"), ["a", "b", "c", "d"]);
    assert_eq!(commands("a; echo 'x"), ["a", "echo|x"]);
    assert_eq!(commands("a\nb ) c\nd && (e\n"), ["a", "b", "d", "e"]);
    assert_eq!(commands("cat <<A | )\nx\nA\nb"), ["cat", "b"]);
}

#[test]
fn a_mistake_inside_of_backticks_is_none_of_the_script() {
    let script = parse("a `b; fi` && c", &0);
    assert_eq!((script.errors.len(), script.commands().len()), (0, 3));
}

#[test]
fn backticks_are_read_without_their_backslashes() {
    assert_eq!(commands(r"a `b \`c \$d\``"), [r"a|?`b \`c \$d\``", r"b|?`c \$d\`", "c|?$d"]);
    let text = r#"a "`b \"c\" d`""#;
    let script = parse(text, &0);
    let words: Vec<&str> = script.commands()[1].words.iter().map(|word| word.span.of_text(text)).collect();
    assert_eq!(words, ["b", r#""c\""#, "d"]);
}

#[test]
fn hostile_scripts_have_bounds() {
    const PIECES: [&str; 39] = [
        "$(",
        "(",
        "((",
        "$((",
        "`",
        "\\`",
        "a|",
        "{",
        "{ ",
        "<<A ",
        "<<A\n",
        "if ",
        "while ",
        "case a in ",
        "case a in b) ",
        "f() ",
        "! ",
        "time ",
        "coproc ",
        "function f ",
        "[[ ( ",
        "[[ ! ",
        "a=(",
        "a[",
        "${a[",
        "${",
        "\"${",
        "\"$(",
        "${a:-",
        "$[",
        "$'",
        "\\\n",
        "a\\\n",
        "a[1]=2 ",
        "@(",
        "sh -c '",
        ") \n",
        "a=b ",
        "<(",
    ];
    for piece in PIECES {
        check(&piece.repeat(200_000 / piece.len()));
    }
    let deep = format!("{}a{}", "$(".repeat(5_000), ")".repeat(5_000));
    assert!(parse(&deep, &0).errors[0].message.contains("more is open"), "a limit is told");
    let open = format!("{}a{}", "{ ".repeat(80), "; }".repeat(80));
    assert_eq!(parse(&open, &0).errors, []);
    check(&vec!["true"; 20_000].join(" && "));
    assert!(parse(&"a\n".repeat(200_000), &0).list.items.is_empty());
}

#[test]
fn scripts_cut_off_anywhere_have_spans_inside() {
    let text = "set -ex; for i in \"$A\" b*; do x=$(f \"${i:-\u{e9}}\" | sed 's/a/\u{4e2d}/') && cat <<-E > $i 2>&1\n\tb $x\n\tE\ndone # c\ncase $1 in a|b) ;; esac; [[ -f a && $b =~ c ]] || exit 2; f() { local a=b; }; sh -c 'a \"b\"; c'";
    for at in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
        check(&text[..at]);
        check(&text[at..]);
    }
}
