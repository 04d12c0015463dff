//! Heredocs: their lines stand behind the line of the command; 2.7.4.

use super::*;

/// The heredocs of a script.
#[derive(Default)]
pub(super) struct Heredocs {
    /// Those whose lines come behind this one.
    expected: Vec<Expected>,
    /// Where the lines of all of them stand. Until the script is read, the tree has their number in this list.
    bodies: Vec<Option<(usize, usize)>>,
}

struct Expected {
    number: usize,
    delimiter: String,
    strips_tabs: bool,
}

impl Heredocs {
    pub(super) fn is_empty(&self) -> bool {
        self.bodies.is_empty()
    }
}

impl Parser<'_> {
    /// Expects the lines of a heredoc whose delimiter is written from `from` up to here; gives what stands for their place.
    pub(super) fn expect_heredoc(&mut self, from: usize, strips_tabs: bool) -> Span {
        let number = self.heredocs.bodies.len();
        self.heredocs.bodies.push(None);
        let delimiter = unquoted(&self.text[from..self.at]);
        self.heredocs.expected.push(Expected { number, delimiter, strips_tabs });
        Span::empty(number as u32)
    }

    /// Goes over the lines of the heredocs that are expected. One that is not ended goes to the end, for all shells.
    pub(super) fn heredoc_bodies(&mut self) {
        if self.heredocs.expected.is_empty() {
            return;
        }
        for expected in std::mem::take(&mut self.heredocs.expected) {
            let start = self.at;
            let mut end = self.bytes.len();
            while self.at < self.bytes.len() {
                let rest = &self.text[self.at..];
                let length = memchr::memchr(b'\n', rest.as_bytes());
                let line = &rest[..length.unwrap_or(rest.len())];
                let content = if expected.strips_tabs { line.trim_start_matches('\t') } else { line };
                let behind = content.strip_prefix(&*expected.delimiter);
                if behind == Some("") {
                    end = self.at;
                    self.at += length.map_or(line.len(), |length| length + 1);
                    break;
                }
                // Bash takes the end of a substitution on that line, too.
                if self.substitutions > 0 && behind.is_some_and(|behind| behind.trim_start().starts_with(')')) {
                    end = self.at;
                    self.at += line.len() - behind.map_or(0, str::len);
                    break;
                }
                self.at += length.map_or(line.len(), |length| length + 1);
            }
            self.heredocs.bodies[expected.number] = Some((start, end));
        }
    }

    /// Puts the places of the heredocs into the tree, and reads what a shell gets as its script.
    pub(super) fn fill(&mut self, list: &mut List) {
        for item in &mut list.items {
            for command in &mut item.pipeline.commands {
                match command {
                    Command::Simple(command) => self.fill_simple(command),
                    Command::Compound(compound) => {
                        compound.words.iter_mut().for_each(|word| self.fill_parts(&mut word.parts));
                        compound.lists.iter_mut().for_each(|list| self.fill(list));
                        self.fill_redirections(&mut compound.redirections);
                    }
                }
            }
        }
    }

    fn fill_simple(&mut self, command: &mut SimpleCommand) {
        for value in command.assignments.iter_mut().filter_map(|assignment| assignment.value.as_mut()) {
            self.fill_parts(&mut value.parts);
        }
        command.words.iter_mut().for_each(|word| self.fill_parts(&mut word.parts));
        let last = self.fill_redirections(&mut command.redirections);
        if let Some((start, end)) = last
            && inner::reads_input(command)
        {
            command.inner = self.inner_script(start..end).map(Box::new);
        }
    }

    /// Gives the place of the last heredoc.
    fn fill_redirections(&mut self, redirections: &mut [Redirection]) -> Option<(usize, usize)> {
        let mut last = None;
        for redirection in redirections {
            if let Some(target) = &mut redirection.target {
                self.fill_parts(&mut target.parts);
            }
            let Some(number) = redirection.body else { continue };
            let end = self.bytes.len();
            let body = self.heredocs.bodies.get(number.start as usize).copied().flatten().unwrap_or((end, end));
            redirection.body = Some(self.span(body.0, body.1));
            last = Some(body);
        }
        last
    }

    fn fill_parts(&mut self, parts: &mut [Part]) {
        for part in parts {
            match part {
                Part::DoubleQuoted { parts, .. } | Part::Variable { operand: parts, .. } => self.fill_parts(parts),
                // What stands in backticks was read, and filled, as a script of its own.
                Part::CommandSubstitution { list, backticks: false, .. } | Part::ProcessSubstitution { list, .. } => {
                    self.fill(list);
                }
                _ => {}
            }
        }
    }
}

/// A delimiter without its quotes. Nothing is expanded in it.
fn unquoted(written: &str) -> String {
    let mut result = String::with_capacity(written.len());
    let mut quote = None;
    let mut characters = written.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' if quote != Some('\'') => result.extend(characters.next()),
            '"' | '\'' if quote == Some(character) => quote = None,
            '"' | '\'' if quote.is_none() => quote = Some(character),
            _ => result.push(character),
        }
    }
    result
}
