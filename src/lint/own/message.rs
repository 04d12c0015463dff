//! Messages with expressions in braces: `` `{image}` is not from our registry ``.

use super::Outcome;
use super::condition::Expression;
use super::nodes::Node;
use super::values::Values;

/// A message and the expressions in it.
#[derive(Debug)]
pub(super) struct Message {
    pieces: Vec<Piece>,
}

#[derive(Debug)]
enum Piece {
    Text(String),
    /// The node itself, as people call it.
    Node,
    Expression(Expression),
}

impl Message {
    /// Reads a message for nodes that are called `own` in expressions. `{{` and `}}` stand for braces.
    ///
    /// # Errors
    ///
    /// What is wrong with an expression, and the offset in the message where that is known.
    pub(super) fn compile(text: &str, own: &str, variables: &[&str]) -> Result<Message, (Option<usize>, String)> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut at = 0;
        while let Some(next) = text[at..].find(['{', '}']).map(|next| at + next) {
            plain.push_str(&text[at..next]);
            let brace = &text[next..=next];
            if text[next + 1..].starts_with(brace) {
                plain.push_str(brace);
                at = next + 2;
                continue;
            }
            let Some(end) = text[next..].find('}').filter(|_| brace == "{").map(|end| next + end) else {
                return Err((Some(next), format!("this `{brace}` has no counterpart; `{brace}{brace}` is one brace")));
            };
            pieces.push(Piece::Text(std::mem::take(&mut plain)));
            let inside = text[next + 1..end].trim();
            pieces.push(if inside == own {
                Piece::Node
            } else {
                let compiled = Expression::compile(inside, variables);
                Piece::Expression(
                    compiled.map_err(|(offset, reason)| (offset.map(|offset| next + 1 + offset), reason))?,
                )
            });
            at = end + 1;
        }
        plain.push_str(&text[at..]);
        pieces.push(Piece::Text(plain));
        Ok(Message { pieces })
    }

    /// The message for a node; `None` when an expression in it reads what is not known.
    pub(super) fn fill(&self, node: &Node<'_>, values: &Values) -> Option<String> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(plain) => text.push_str(plain),
                Piece::Node => text.push_str(&node.title()),
                Piece::Expression(expression) => match expression.evaluate(values) {
                    Outcome::Text(value) => text.push_str(&value),
                    Outcome::Truth(value) => text.push_str(if value { "true" } else { "false" }),
                    Outcome::Unknown => return None,
                    Outcome::Failed(reason) => text.push_str(&format!("({reason})")),
                },
            }
        }
        Some(text)
    }
}
