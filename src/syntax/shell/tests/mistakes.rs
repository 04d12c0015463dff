//! Mistakes: what is said of them, and where.

use super::*;

/// Each is a script, and below it, with carets under what is wrong, what is said.
const MISTAKES: &str = r#"
if a; then b
           ^ `fi` is missing after `if`
if a; fi
      ^^ `fi` stands where `then` is expected
if a; then; b; fi
          ^ `;` stands where a command is expected
for i in a b do c; done
                   ^^^^ `done` stands where `do` is expected
while a; do b; fi
               ^^ `fi` stands where `done` is expected
for ; do a; done
    ^ `;` stands where a name is expected
case $a in b) c;; d
                  ^ `)` is missing after `case`
case $a b) c;; esac
        ^ `b` stands where `in` is expected
(a; b
    ^ `)` is missing after `(`
{ a; b }
       ^ `}` is missing after `{`
a; fi
   ^^ `fi` is not expected here
a ) b
  ^ `)` is not expected here
a && || b
     ^^ `||` stands where a command is expected
a && b |
       ^ a command is missing after `|`
a ;; b
  ^^ `;;` is not expected here
a > ; b
    ^ `;` stands where a word is expected
echo a (b)
       ^ `(` is not expected here
echo it's
       ^ `'` is not closed
echo "a $b
     ^ `"` is not closed
echo $'a
     ^^ `$'` is not closed
echo `a
     ^ the backtick is not closed
a $(b "$(c)"
  ^^ `$(` is not closed
a ${b:-c
  ^^ `${` is not closed
a=(b c
  ^ `(` is not closed
[[ -f a && ]]
           ^^ `]]` stands where a word is expected
[[ a b ]]
     ^ `b` stands where `]]` is expected
a-b() c
      ^ `c` stands where a compound command is expected
a | ! b
    ^ `!` stands where a command is expected
"#;

#[test]
fn mistakes_are_told_where_they_are() {
    let mut lines = MISTAKES.trim().lines();
    while let (Some(script), Some(below)) = (lines.next(), lines.next()) {
        let errors = parse(script, &0).errors;
        let told = errors.first().map_or("^".to_owned(), |error| {
            let message = error.message.strip_prefix("the shell cannot read this: ").expect("how all begin");
            let start = error.span.start as usize;
            format!("{}{} {message}", " ".repeat(start), "^".repeat(error.span.len() as usize))
        });
        assert_eq!(told, below, "{script}");
    }
}
