//! Small scripts and their trees.

use std::fmt::Write as _;

use super::*;

/// A script on a line, and its tree on the next: a command in brackets, its words apart by blanks, the parts of a word by `·`;
/// `'a'` and `"a"` as they are, `<a>` what a backslash changed, `$a` a variable, `$(…)`, `` `…` `` and `<(…)` what is run.
const TREES: &str = r#"
a b; c & d
[a b] ; [c] & [d]
a && ! b || c | d |& e
[a] && ! [b] || [c] | [d] |& [e]
A=1 B+=$c C[1]=2 D=(1 2) E= a x=1
[A=1 B+=$c C[]=2 D=() E= a x=1]
>f a 2>&1 <<<"b" {g}>&- 3<&- &>>h >|i <>j
[a >f 2>&1 <<<"b" >&- 3<&- &>>h >|i <>j]
export A=b C D=(1) F="a $b"
[export A=·b C ARRAY F=·"a ·$b"]
echo a\ b 'c d'e "f\"g\h$i" $'j\n' $"k" l\
[echo <a b> 'c d'·e "<f"g\h>·$i" $'j\n' $"k" l\]
echo $1$@ $ a$ $10 ${10} $#a
[echo $1·$@ $ a$ $1·0 $10 $#·a]
echo ${a:-b c} ${a=$b} ${a:+"c"} ${a?} "${a-'b'"c"}"
[echo ${a Default b c} ${a Assign $b} ${a Alternative "c"} ${a Required } "${a Default 'b'·"c"}"]
echo ${#a} ${a#b} ${a%%'}'} ${a:1} ${a/b/c} ${a^} ${a[1]} ${!a} ${!a*} ${a@Q} ${a b}
[echo ${a Length } ${a Trim } ${a Trim } ${a Slice } ${a Replace } ${a Case } ${a Element } ${a Indirect } ${a Indirect } ${a Transform } OTHER]
echo ${#} ${#-} ${#:-a} ${!} ${##}
[echo $# ${- Length } ${# Default a} $! ${# Length }]
echo $(a; b)c `d` <(e) >(f) $((1 + (2))) $[3] $((a);b)
[echo $([a] ; [b])·c `[d]` <([e]) <([f]) $(()) $[] $((SUBSHELL {[a]}) ; [b])]
if a; then b; elif c; then d; else e; fi >f && g
(IF {[a]} {[b]} {[c]} {[d]} {[e]} >f) && [g]
for i in a $b; do c; done; for j do d; done; for ((;;)); do e; done
(FOR i a $b {[c]}) ; (FOR j {[d]}) ; (FOR {[e]})
while a; do b; done | until c; do d; done
(WHILE {[a]} {[b]}) | (UNTIL {[c]} {[d]})
case $a in (b|"c"*) d;; @(e|f)) ;& *) g; esac
(CASE $a b "c"·* @(e|f) * {[d]} {} {[g]})
select a in b c; do d; done
(SELECT a b c {[d]})
f() { a; }; function g (b) >c; function h() { d; }
(FUNCTION f {(BRACE {[a]})}) ; (FUNCTION g {(SUBSHELL {[b]} >c)}) ; (FUNCTION h {(BRACE {[d]})})
[[ -f $a && ! b == c* || ( d =~ ^(e f|g)$ ) ]] && (( a + (1) ))
(CONDITIONAL $a b c* d ^(e f|g)$) && (ARITHMETIC)
time -p a | b; coproc c; coproc D { e; }; time -v f
(OTHER {[a] | [b]}) ; (OTHER {[c]}) ; (OTHER {(BRACE {[e]})}) ; [time -v f]
sh -c 'a "$b"' c; bash -ec "d $e"; sh f
[sh -c 'a "$b"' c => [a "$b"]] ; [bash -ec "d ·$e" => [d $e]] ; [sh f]
a # b; c
[a]
a#b if } {a,b} in
[a#b if } {a,b} in]
"#;

/// Scripts over more lines; `|` stands for the end of a line, `~` for a tab.
const LINES: &str = r#"
a||b|# c|d
[a] ; [b] ; [d]
a &&|b |||c
[a] && [b] ; [c]
cat <<A >b <<-'C' && d|x|A|~y|~C|e
[cat <<A{"x\n"} >b <<-'C'{"\ty\n"}] && [d] ; [e]
sh -e <<A|a|b|A
[sh -e <<A{"a\nb\n"} => [a] ; [b]]
a "$(cat <<B|c|B|)" d
[a "$([cat <<B{"c\n"}])" d]
if a|then b|fi
(IF {[a]} {[b]})
a=(b # c|d)
[a=()]
echo a\|b \|  c
[echo ab c]
cat <<A|b
[cat <<A{"b"}]
"#;

fn tree(text: &str) -> String {
    let script = parse(text, &0);
    assert_eq!(script.errors, [], "{text}");
    let mut out = String::new();
    Tree { text, out: &mut out }.list(&script.list);
    out
}

struct Tree<'a> {
    text: &'a str,
    out: &'a mut String,
}

impl Tree<'_> {
    fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn list(&mut self, list: &List) {
        for (index, item) in list.items.iter().enumerate() {
            self.push(if index > 0 { " " } else { "" });
            self.push(if item.pipeline.negated { "! " } else { "" });
            for (index, command) in item.pipeline.commands.iter().enumerate() {
                if index > 0 {
                    let pipe = item.pipeline.pipes[index - 1].of_text(self.text);
                    self.push(&format!(" {pipe} "));
                }
                self.command(command);
            }
            self.push(match item.operator.map(|operator| operator.kind) {
                Some(OperatorKind::And) => " &&",
                Some(OperatorKind::Or) => " ||",
                Some(OperatorKind::Sequence) => " ;",
                Some(OperatorKind::Background) => " &",
                None => "",
            });
        }
    }

    fn command(&mut self, command: &Command) {
        match command {
            Command::Simple(command) => {
                let mut pieces = Vec::new();
                for assignment in &command.assignments {
                    let value = assignment.value.as_ref().map_or("()".to_owned(), |value| self.word(value));
                    let index = if assignment.indexed { "[]" } else { "" };
                    let sign = if assignment.append { "+=" } else { "=" };
                    pieces.push(format!("{}{index}{sign}{value}", assignment.name));
                }
                pieces.extend(command.words.iter().map(|word| self.word(word)));
                pieces.extend(command.redirections.iter().map(|redirection| self.redirection(redirection)));
                self.push(&format!("[{}", pieces.join(" ")));
                if let Some(inner) = &command.inner {
                    self.push(" => ");
                    self.list(inner);
                }
                self.push("]");
            }
            Command::Compound(compound) => {
                let mut head = format!("({:?}", compound.kind).to_uppercase();
                let words = compound.words.iter().map(|word| self.word(word));
                for piece in compound.name.iter().map(|name| name.to_string()).chain(words) {
                    let _ = write!(head, " {piece}");
                }
                self.push(&head);
                for list in &compound.lists {
                    self.push(" {");
                    self.list(list);
                    self.push("}");
                }
                for redirection in &compound.redirections {
                    let redirection = self.redirection(redirection);
                    self.push(&format!(" {redirection}"));
                }
                self.push(")");
            }
        }
    }

    fn redirection(&self, redirection: &Redirection) -> String {
        let descriptor = redirection.descriptor.map_or(String::new(), |descriptor| descriptor.to_string());
        let target = redirection.target.as_ref().map_or(String::new(), |target| self.word(target));
        let body = redirection.body.map_or(String::new(), |body| format!("{{{:?}}}", body.of_text(self.text)));
        format!("{descriptor}{}{target}{body}", redirection.operator)
    }

    fn word(&self, word: &Word) -> String {
        self.parts(&word.parts)
    }

    fn parts(&self, parts: &[Part]) -> String {
        parts.iter().map(|part| self.part(part)).collect::<Vec<_>>().join("·")
    }

    fn part(&self, part: &Part) -> String {
        let nested = |list: &List| {
            let mut out = String::new();
            Tree { text: self.text, out: &mut out }.list(list);
            out
        };
        match part {
            Part::Literal { value, written: None, .. } => value.to_string(),
            Part::Literal { value, written: Some(written), .. } => {
                assert_ne!(value, written);
                format!("<{value}>")
            }
            Part::SingleQuoted { value, dollar, .. } => {
                format!("{}'{}'", if *dollar { "$" } else { "" }, value.replace('\n', "\\n"))
            }
            Part::DoubleQuoted { parts, dollar, .. } => {
                format!("{}\"{}\"", if *dollar { "$" } else { "" }, self.parts(parts))
            }
            Part::Variable { name, modified: false, .. } => format!("${name}"),
            Part::Variable { name, operation, operand, .. } => {
                format!("${{{name} {operation:?} {}}}", self.parts(operand))
            }
            Part::CommandSubstitution { list, backticks: false, .. } => format!("$({})", nested(list)),
            Part::CommandSubstitution { list, .. } => format!("`{}`", nested(list)),
            Part::ProcessSubstitution { list, .. } => format!("<({})", nested(list)),
            Part::Arithmetic { bracket, .. } => (if *bracket { "$[]" } else { "$(())" }).to_owned(),
            Part::Array { .. } => "ARRAY".to_owned(),
            Part::Other { .. } => "OTHER".to_owned(),
        }
    }
}

#[test]
fn scripts_have_these_trees() {
    let mut lines = TREES.trim().lines();
    while let (Some(script), Some(expected)) = (lines.next(), lines.next()) {
        assert_eq!(tree(script), expected, "{script}");
        check(script);
    }
    let mut lines = LINES.trim().lines();
    while let (Some(script), Some(expected)) = (lines.next(), lines.next()) {
        let script = script.replace('|', "\n").replace('~', "\t");
        assert_eq!(tree(&script), expected, "{script}");
        check(&script);
    }
}

#[test]
fn commands_stand_where_they_are_written() {
    let text = "A=b c 2>d | ( e ) >f; if g; then { h; }; fi; i() { j; } >k; [[ l ]] 2>m; ((1)); time n";
    let mut found = Vec::new();
    parse(text, &0).list.visit(&mut |node| match node {
        Node::Simple(command) => found.push(command.span.of_text(text)),
        Node::Compound(compound) => found.push(compound.span.of_text(text)),
        _ => {}
    });
    let expected = [
        "A=b c 2>d",
        "( e ) >f",
        "e",
        "if g; then { h; }; fi",
        "g",
        "{ h; }",
        "h",
        "i() { j; } >k",
        "{ j; } >k",
        "j",
        "[[ l ]] 2>m",
        "((1))",
        "time n",
        "n",
    ];
    assert_eq!(found, expected);
}
