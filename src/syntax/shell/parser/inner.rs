//! Scripts inside of scripts: `sh -c '…'`, heredocs that a shell reads, backticks.

use super::*;

/// `sh -c "sh -c '…'"` inside each other.
const DEEPEST_STRING: usize = 3;

/// A script that stands in another as it is.
struct Shifted<'a> {
    outer: &'a dyn Positions,
    by: usize,
}

impl Positions for Shifted<'_> {
    fn span(&self, range: Range<usize>) -> Span {
        self.outer.span(range.start + self.by..range.end + self.by)
    }
}

/// A script that stands in another with backslashes that are no part of it.
pub(super) struct Unescaped<'a> {
    pub(super) outer: &'a dyn Positions,
    /// Where pieces start: in the script, and in the one around it.
    pub(super) pieces: Vec<(usize, usize)>,
}

impl Unescaped<'_> {
    /// The place around of a byte.
    fn outer(&self, at: usize) -> usize {
        let piece = self.pieces.partition_point(|(inner, _)| *inner <= at);
        piece.checked_sub(1).map_or(at, |piece| self.pieces[piece].1 + (at - self.pieces[piece].0))
    }
}

impl Positions for Unescaped<'_> {
    fn span(&self, range: Range<usize>) -> Span {
        let start = self.outer(range.start);
        // It ends where its last byte does.
        let end = if range.is_empty() { start } else { self.outer(range.end - 1) + 1 };
        self.outer.span(start..end)
    }
}

/// What a shell is told to run.
enum Told {
    /// The script in a word.
    Word(usize),
    /// What it reads.
    Input,
}

fn told(command: &SimpleCommand) -> Option<Told> {
    let arguments = command.words.get(1..)?;
    let operand = arguments.iter().position(|word| !word.text().is_some_and(|text| text.starts_with('-')));
    let flags = &arguments[..operand.unwrap_or(arguments.len())];
    let takes_text =
        |word: &Word| word.text().is_some_and(|flag| flag.len() > 1 && !flag.starts_with("--") && flag.ends_with('c'));
    if flags.last().is_some_and(takes_text) {
        return Some(Told::Word(1 + operand?));
    }
    operand.is_none().then_some(Told::Input)
}

/// Whether a command is a shell that reads its script.
pub(super) fn reads_input(command: &SimpleCommand) -> bool {
    command.name().is_some_and(is_posix_shell) && matches!(told(command), Some(Told::Input))
}

impl Parser<'_> {
    /// The script of `sh -c '…'`, if it is written as that shell will read it. `places` is where the words stand.
    pub(super) fn inner(&mut self, command: &SimpleCommand, places: &[(usize, usize)]) -> Option<List> {
        let Some(Told::Word(index)) = told(command) else { return None };
        let (start, end) = *places.get(index)?;
        let [part] = &command.words.get(index)?.parts[..] else { return None };
        let source = self.text.get(start..end)?;
        let quote = match part {
            Part::SingleQuoted { dollar: false, .. } => '\'',
            // An escape would shift what follows; a variable of the outer shell is as unknown as one of the inner.
            Part::DoubleQuoted { dollar: false, .. } if !source.contains(['\\', '`']) => '"',
            _ => return None,
        };
        if source.len() < 2 || !source.starts_with(quote) || !source.ends_with(quote) {
            return None;
        }
        self.inner_script(start + 1..end - 1)
    }

    /// The commands of a range that another shell reads; none when it cannot.
    pub(super) fn inner_script(&mut self, range: Range<usize>) -> Option<List> {
        if self.nested >= DEEPEST_STRING {
            return None;
        }
        let positions = Shifted { outer: self.positions, by: range.start };
        let (list, error) = self.read_nested(&self.text[range], &positions, self.nested + 1);
        error.is_none().then_some(list)
    }

    /// The commands of a range in backticks.
    pub(super) fn backtick_script(&mut self, range: Range<usize>) -> List {
        let positions = Shifted { outer: self.positions, by: range.start };
        let (list, error) = self.read_nested(&self.text[range], &positions, self.nested);
        self.keep_limit(error);
        list
    }

    /// Keeps that a script inside of this one was not read because it is too deep.
    pub(super) fn keep_limit(&mut self, error: Option<SyntaxError>) {
        let limit = error.filter(|error| error.message.ends_with(TOO_DEEP));
        self.error = self.error.take().or(limit);
    }

    /// Reads a script as one inside of this one.
    pub(super) fn read_nested(
        &self,
        text: &str,
        positions: &dyn Positions,
        nested: usize,
    ) -> (List, Option<SyntaxError>) {
        let mut parser = Parser::new(text, positions);
        parser.depth = self.depth + 1;
        parser.nested = nested;
        if parser.depth > DEEPEST {
            return (List::default(), Some(mistake(positions.span(0..0), TOO_DEEP)));
        }
        let script = parser.script();
        (script.list, script.errors.into_iter().next())
    }
}
