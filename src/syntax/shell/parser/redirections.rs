//! Redirections; 2.7.

use super::expansion::is_name_start;
use super::words::Mode;
use super::*;

/// The operators, longer ones before those they begin with.
const OPERATORS: [&str; 12] = ["<<<", "<<-", "<<", "<&", "<>", "<", ">>", ">&", ">|", ">", "&>>", "&>"];

impl Parser<'_> {
    /// Whether a redirection starts here, with its descriptor.
    pub(super) fn starts_redirection(&self) -> bool {
        let at = self.descriptor_end();
        match self.bytes.get(at) {
            Some(b'<' | b'>') => self.bytes.get(at + 1) != Some(&b'(') || at > self.at,
            Some(b'&') => at == self.at && self.peek_at(1) == Some(b'>'),
            _ => false,
        }
    }

    /// Where the operator stands: behind a number, or behind `{NAME}`, in which Bash puts a descriptor.
    fn descriptor_end(&self) -> usize {
        let rest = &self.bytes[self.at..];
        match rest.first() {
            Some(b'0'..=b'9') => self.at + rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len()),
            Some(b'{') if rest.get(1).is_some_and(|byte| is_name_start(*byte)) => {
                let end = self.identifier_end(self.at + 1);
                if self.bytes.get(end) == Some(&b'}') { end + 1 } else { self.at }
            }
            _ => self.at,
        }
    }

    /// The redirection that starts here.
    pub(super) fn redirection(&mut self) -> Redirection {
        let start = self.at;
        let operator_start = self.descriptor_end();
        let descriptor = self.text[start..operator_start].parse().ok();
        self.at = operator_start;
        let rest = &self.bytes[self.at..];
        let operator = OPERATORS.iter().find(|operator| rest.starts_with(operator.as_bytes())).copied().unwrap_or(">");
        self.take(operator.len());
        self.blanks();
        let target = if self.starts_word() {
            let from = self.at;
            let word = self.word(Mode::Word);
            let is_heredoc = matches!(operator, "<<" | "<<-") && self.stopped.is_none();
            Some((word, is_heredoc.then(|| self.expect_heredoc(from, operator == "<<-"))))
        } else {
            self.missing("a word", operator);
            None
        };
        let (target, body) = target.unzip();
        Redirection { span: self.span(start, self.last.1), descriptor, operator, target, body: body.flatten() }
    }

    /// The redirections behind a compound command.
    pub(super) fn redirections(&mut self) -> Vec<Redirection> {
        let mut redirections = Vec::new();
        loop {
            self.blanks();
            if !self.starts_redirection() {
                return redirections;
            }
            redirections.push(self.redirection());
        }
    }
}
