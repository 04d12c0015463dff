//! The arguments of a program, read as its own parser reads them: which word is a flag, which the value of one.

use std::borrow::Cow;

use crate::syntax::shell::{Part, Word};
use crate::text::Span;

/// Which flags of a program take a value.
#[derive(Clone, Copy, Debug)]
pub struct Grammar {
    /// The letters of the short ones: `o` for `-o file` and `-ofile`.
    pub short: &'static str,
    /// The long ones, without their dashes.
    pub long: &'static [&'static str],
    /// Whether a long flag takes its value after `=` as well.
    pub equals: bool,
    /// The letters of which two make one flag: `n` for wget's `-nv`.
    pub pairs: &'static str,
}

/// The arguments of a program.
#[derive(Clone, Debug, Default)]
pub struct Arguments<'a> {
    /// In order.
    pub flags: Vec<Given<'a>>,
    /// What is neither a flag nor the value of one, in order; words that are not known are among them.
    pub operands: Vec<&'a Word>,
}

/// A flag that is given.
#[derive(Clone, Debug)]
pub struct Given<'a> {
    /// `k` of `-k` and of `-fkL`, `insecure` of `--insecure`.
    pub name: Cow<'a, str>,
    /// Its value.
    pub value: Option<Cow<'a, str>>,
    /// The word it stands in.
    pub word: &'a Word,
    /// Where it stands: the word, or its letter in a bundle.
    pub span: Span,
    /// The end of the word before, for a flag that is a word of its own.
    before: Option<u32>,
    /// The end of its last word: its own or that of its value.
    end: u32,
}

impl<'a> Arguments<'a> {
    /// Reads the words of a command from the one with number `from` on, which is not the first.
    pub fn read(words: &'a [Word], from: usize, grammar: Grammar) -> Arguments<'a> {
        let mut arguments = Arguments::default();
        let mut index = from;
        while let Some(word) = words.get(index) {
            let Some(text) = word.text() else {
                // `--header="A: $B"`, `-o$FILE`: the flag can be told, its value cannot.
                match word.literal_prefix() {
                    prefix if prefix.starts_with('-') && prefix.len() > 1 => {
                        index += arguments.flag(words, index, prefix, grammar);
                    }
                    _ => arguments.operands.push(word),
                }
                index += 1;
                continue;
            };
            if text == "--" {
                arguments.operands.extend(&words[index + 1..]);
                break;
            }
            if text.len() > 1 && text.starts_with('-') {
                index += arguments.flag(words, index, text, grammar);
            } else {
                arguments.operands.push(word);
            }
            index += 1;
        }
        arguments
    }

    /// The flag that is one of `names`, in the spelling of [`Given::name`].
    pub fn flag_named(&self, names: &[&str]) -> Option<&Given<'a>> {
        self.flags.iter().find(|flag| names.contains(&&*flag.name))
    }

    /// Whether one of `names` is given.
    pub fn has(&self, names: &[&str]) -> bool {
        self.flag_named(names).is_some()
    }

    /// Adds the flags of one word; returns how many words after it are the value of its last one.
    fn flag(&mut self, words: &'a [Word], index: usize, text: Cow<'a, str>, grammar: Grammar) -> usize {
        let word = &words[index];
        let next = words.get(index + 1);
        let before = index.checked_sub(1).and_then(|before| words.get(before)).map(|before| before.span.end);
        if let Some(long) = text.strip_prefix("--") {
            let (name, inside) = match long.split_once('=') {
                Some((name, value)) if grammar.equals => (name, Some(value)),
                _ => (long, None),
            };
            let takes = inside.is_none() && grammar.long.contains(&name) && next.is_some();
            let value = match inside {
                Some(value) => word.text().map(|_| Cow::Owned(value.to_owned())),
                None => next.filter(|_| takes).and_then(Word::text),
            };
            let last = next.filter(|_| takes).unwrap_or(word);
            self.flags.push(Given {
                name: Cow::Owned(name.to_owned()),
                value,
                word,
                span: word.span,
                before,
                end: last.span.end,
            });
            return usize::from(takes);
        }
        let letters = &text[1..];
        let exact = is_verbatim(word, &text);
        let mut rest = letters.char_indices();
        let mut used = 0;
        while let Some((at, letter)) = rest.next() {
            let mut end = at + letter.len_utf8();
            if grammar.pairs.contains(letter) && letters[end..].starts_with(|c: char| c.is_ascii_alphabetic()) {
                end += 1;
                rest.next();
            }
            let takes = grammar.short.contains(letter) && end == at + letter.len_utf8();
            let after = &letters[end..];
            let value = match after {
                _ if !takes => None,
                "" if word.text().is_none() => None,
                "" => next.and_then(|next| {
                    used = 1;
                    next.text()
                }),
                after => word.text().map(|_| Cow::Owned(after.to_owned())),
            };
            let alone = at == 0 && (end == letters.len() || takes);
            let start = word.span.start + 1;
            let span = if alone || !exact { word.span } else { Span::new(start + at as u32, start + end as u32) };
            let last = next.filter(|_| used == 1).unwrap_or(word);
            let name = Cow::Owned(letters[at..end].to_owned());
            let end = if takes && last.span.end > span.end { last.span.end } else { span.end };
            self.flags.push(Given { name, value, word, span, before: before.filter(|_| alone), end });
            if takes {
                break;
            }
        }
        used
    }
}

impl Given<'_> {
    /// What goes from `text` when it is taken out: itself and its value, and what stands before it where that is no
    /// comment. `None` where its letter cannot be told from those around it.
    pub fn removal(&self, text: &str) -> Option<Span> {
        let Some(before) = self.before else {
            return (self.span != self.word.span && self.end == self.span.end).then_some(self.span);
        };
        let gap = Span::new(before, self.span.start);
        let start = if gap.of_text(text).contains('#') { self.span.start } else { before };
        Some(Span::new(start, self.end))
    }

    /// As it is written: `-k`, `--insecure`.
    pub fn written(&self) -> String {
        let short = !self.word.literal_prefix().starts_with("--");
        format!("{}{}", if short { "-" } else { "--" }, self.name)
    }
}

/// Whether a word is written as it is: no quotes, no escapes, no line breaks.
fn is_verbatim(word: &Word, text: &str) -> bool {
    matches!(&word.parts[..], [Part::Literal { .. }]) && word.span.len() as usize == text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::shell;

    const GRAMMAR: Grammar = Grammar { short: "oH", long: &["output", "header"], equals: true, pairs: "n" };

    fn described(text: &str) -> String {
        let script = shell::parse(text, &0);
        let commands = script.commands();
        let arguments = Arguments::read(&commands[0].words, 1, GRAMMAR);
        let flags = arguments.flags.iter().map(|flag| {
            let value = flag.value.as_deref().map_or(String::new(), |value| format!("={value}"));
            format!("{}{value}", flag.name)
        });
        let operands = arguments.operands.iter().map(|word| word.span.of_text(text).to_owned());
        let flags = flags.collect::<Vec<_>>().join(" ");
        format!("{flags} | {}", operands.collect::<Vec<_>>().join(" "))
    }

    fn without(text: &str, name: &str) -> Option<String> {
        let script = shell::parse(text, &0);
        let commands = script.commands();
        let arguments = Arguments::read(&commands[0].words, 1, GRAMMAR);
        let span = arguments.flag_named(&[name])?.removal(text)?;
        Some(format!("{}{}", &text[..span.start as usize], &text[span.end as usize..]))
    }

    #[test]
    fn values_belong_to_their_flags() {
        assert_eq!(described("c -fsSo a url"), "f s S o=a | url");
        assert_eq!(described("c -oa --output b --header='x y' url"), "o=a output=b header=x y | url");
        assert_eq!(described("c -nv -qnvc url -- -k"), "nv q nv c | url -k");
        assert_eq!(described("c -H \"A: $B\" -o$C $D"), "H o | $D");
        assert_eq!(described("c -o"), "o | ");
    }

    #[test]
    fn a_flag_is_taken_out_alone() {
        let of = |text: &str, name: &str| without(text, name).unwrap_or_default();
        assert_eq!(of("c -fkL url", "k"), "c -fL url");
        assert_eq!(of("c -k url", "k"), "c url");
        assert_eq!(of("c url \\\n  --output a", "output"), "c url");
        assert_eq!(of("c '-fk' url", "k"), "");
        assert_eq!(of("c -fko a url", "o"), "");
    }
}
