//! What program a command really runs.

use std::borrow::Cow;

use crate::syntax::shell::{SimpleCommand, Word, without_folder};
use crate::text::Span;

/// A command with what runs it taken away: `apt-get update` of `sudo -E env A=b apt-get update`.
#[derive(Clone, Copy, Debug)]
pub struct Invocation<'a> {
    /// The whole command.
    pub command: &'a SimpleCommand,
    /// The place of the program among its words.
    pub program: usize,
    /// Its name without its folder, where it is written in one piece.
    written: Option<&'a str>,
}

/// A program that runs the program after it.
struct Wrapper {
    /// Its flags that take a value of their own.
    values: &'static [&'static str],
    /// How many words of its own stand before the program.
    operands: usize,
}

impl Wrapper {
    fn of(program: &str) -> Option<Wrapper> {
        let (values, operands): (&'static [&'static str], usize) = match program {
            "busybox" | "chronic" | "command" | "eatmydata" | "fakeroot" => (&[], 0),
            "linux32" | "linux64" | "nohup" | "setsid" => (&[], 0),
            "gosu" | "setarch" | "su-exec" => (&[], 1),
            "doas" => (&["-u"], 0),
            "env" => (&["-u", "-C", "-S"], 0),
            "exec" => (&["-a"], 0),
            "ionice" => (&["-c", "-n"], 0),
            "nice" => (&["-n"], 0),
            "stdbuf" => (&["-i", "-o", "-e"], 0),
            "sudo" => (&["-u", "-g", "-h", "-p", "-C", "-r", "-t", "-U", "-D", "-R"], 0),
            "time" => (&["-f", "-o"], 0),
            "timeout" => (&["-k", "-s"], 1),
            "xargs" => (&["-a", "-d", "-E", "-I", "-L", "-n", "-P", "-s"], 0),
            _ => return None,
        };
        Some(Wrapper { values, operands })
    }
}

impl<'a> Invocation<'a> {
    /// What `command` runs; `None` when it runs no program, or one that is not known.
    pub fn of(command: &'a SimpleCommand) -> Option<Invocation<'a>> {
        let at = |program| Invocation { command, program, written: written_name(command, program) };
        let mut invocation = at(0);
        // Each round takes one word or more away.
        while let Some(next) = invocation.wrapped() {
            invocation = at(next);
        }
        let is_known = invocation.written.is_some() || command.words.get(invocation.program)?.text().is_some();
        is_known.then_some(invocation)
    }

    /// The name of the program without its folder.
    pub fn name(self) -> Cow<'a, str> {
        self.written.map_or_else(|| name(self.command, self.program), Cow::Borrowed)
    }

    /// The word that names the program.
    pub fn word(self) -> &'a Word {
        &self.command.words[self.program]
    }

    /// The words after the program.
    pub fn arguments(self) -> &'a [Word] {
        self.command.words.get(self.program + 1..).unwrap_or(&[])
    }

    /// Whether a wrapper of that name runs it.
    pub fn is_run_by(self, wrapper: &str) -> bool {
        (0..self.program).any(|index| name(self.command, index) == wrapper)
    }

    /// What to delete to take one of its words out, with the blanks before it. `None` where a comment stands there, or
    /// the word is not one of its own.
    pub fn removal(self, word: &Word, text: &str) -> Option<Span> {
        let index = self.command.words.iter().position(|own| std::ptr::eq(own, word))?;
        let before = self.command.words.get(index.checked_sub(1)?)?;
        let gap = Span::new(before.span.end, word.span.start);
        (!gap.of_text(text).contains('#')).then_some(Span::new(before.span.end, word.span.end))
    }

    /// The words `NAME=value` of an `env` or `sudo` before the program.
    pub(super) fn settings(self) -> impl Iterator<Item = &'a Word> {
        self.command.words[..self.program].iter()
    }

    /// Where the program stands that a wrapper runs.
    fn wrapped(self) -> Option<usize> {
        let name = self.name();
        let wrapper = Wrapper::of(&name)?;
        // `command -v apt-get` runs nothing.
        let looks_up = name == "command";
        let words = &self.command.words;
        let mut operands = wrapper.operands;
        let mut index = self.program + 1;
        while let Some(word) = words.get(index) {
            let text = word.text()?;
            if text == "--" {
                return Some(index + 1).filter(|next| *next < words.len());
            }
            if text.starts_with('-') && text.len() > 1 {
                if looks_up {
                    return None;
                }
                index += 1 + usize::from(wrapper.values.contains(&&*text));
                continue;
            }
            let assignment = matches!(&*name, "env" | "sudo") && text.contains('=');
            if !assignment {
                if operands == 0 {
                    return Some(index);
                }
                operands -= 1;
            }
            index += 1;
        }
        None
    }
}

fn written_name(command: &SimpleCommand, index: usize) -> Option<&str> {
    command.words.get(index).and_then(Word::literal).map(without_folder)
}

fn name(command: &SimpleCommand, index: usize) -> Cow<'_, str> {
    match command.words.get(index).and_then(Word::text).unwrap_or_default() {
        Cow::Borrowed(text) => Cow::Borrowed(without_folder(text)),
        Cow::Owned(text) => Cow::Owned(without_folder(&text).to_owned()),
    }
}
