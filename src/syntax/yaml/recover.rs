//! A broken line costs that line.
//!
//! When a document cannot be read, the lines around the place where the parser noticed are candidates for being the
//! wrong one. Each candidate is repaired in the ways that fit it (indented as its neighbours are, its value or all of
//! it left out), the document is read again, and the repair after which the next error is furthest away is kept.
//! Of equally good repairs the one that loses and assumes least is taken. The repaired lines are the findings.

use super::line::{count, is_item, is_parent, lacks_colon, missing_colon, parts, quoted_length, unclosed_message};
use super::parser::{Cause, Failure, Tree, probe, read};
use super::repair::{Change, Lines, Origin};
use crate::syntax::SyntaxError;
use crate::text::Span;

/// Repairs of one document at most.
const ROUNDS: usize = 24;

/// Repairs of what is no fault, at most.
const ACCEPTED: usize = 500;

/// Mistakes close to each other that are looked at together.
const SMALL_STEPS: usize = 4;

/// How many lines an open bracket or a key may stand above what shows that it is wrong.
const NEAR: usize = 200;

/// How many bytes may be read again for one document: this many, and this many times its length.
const BYTES: usize = 1 << 20;
const TIMES: usize = 24;

/// A document after recovery.
pub(super) struct Recovered {
    pub(super) tree: Tree,
    pub(super) errors: Vec<SyntaxError>,
    /// What was left out, and the column it stood at, where that is known.
    pub(super) lost: Vec<(Span, Option<u32>)>,
}

impl Recovered {
    /// There was nothing to recover from.
    pub(super) fn whole(tree: Tree) -> Recovered {
        Recovered { tree, errors: Vec::new(), lost: Vec::new() }
    }
}

/// Reads the document in `text`, whose first byte is at `base` of the whole.
pub(super) fn recover(text: &str, base: u32) -> Recovered {
    let tree = read(text, base);
    let Some(failure) = tree.failure.clone() else {
        return Recovered::whole(tree);
    };
    Recovery::new(text, base).run(tree, failure)
}

/// Some lines changed, and why.
#[derive(Clone, Debug)]
struct Repair {
    changes: Vec<(usize, Change)>,
    /// The line to blame.
    line: usize,
    message: Option<String>,
    /// It is no fault for the tools that read such files.
    accepted: bool,
}

impl Repair {
    fn new(changes: Vec<(usize, Change)>, line: usize, message: Option<String>) -> Repair {
        Repair { changes, line, message, accepted: false }
    }

    /// It leaves out one line at most.
    fn is_small(&self) -> bool {
        self.changes.iter().filter(|(_, change)| matches!(change, Change::Blank | Change::Cut(_))).count() <= 1
    }
}

struct Recovery<'t> {
    lines: Lines<'t>,
    repairs: Vec<(Repair, Failure)>,
    budget: usize,
    base: u32,
}

impl<'t> Recovery<'t> {
    fn new(text: &'t str, base: u32) -> Recovery<'t> {
        let budget = BYTES + TIMES * text.len();
        Recovery { lines: Lines::new(text, base), repairs: Vec::new(), budget, base }
    }

    fn run(mut self, mut tree: Tree, failure: Failure) -> Recovered {
        let mut next = Some(failure);
        while let Some(failure) = next.take() {
            let faults = self.repairs.iter().filter(|(repair, _)| !repair.accepted).count();
            if faults >= ROUNDS || self.repairs.len() >= ACCEPTED || failure.cause == Cause::Depth {
                return self.finish(tree, Some(failure));
            }
            let Some((repair, after)) = self.best(&failure) else {
                return self.finish(tree, Some(failure));
            };
            self.apply(&repair);
            self.repairs.push((repair, failure));
            next = after;
        }
        let (text, origin) = self.lines.render();
        tree = read(&text, 0);
        relocate(&mut tree, &origin);
        let rest = tree.failure.take();
        self.finish(tree, rest)
    }

    /// The repair after which the next error is furthest away, and that error.
    fn best(&mut self, failure: &Failure) -> Option<(Repair, Option<Failure>)> {
        if let Some(quoted) = self.quoted(failure)
            && let Some(after) = self.attempt(&quoted)
        {
            let end = quoted.changes.last().map_or(0, |(line, _)| self.lines.lines[*line].end);
            if after.as_ref().is_none_or(|after| after.offset > end) {
                return Some((quoted, after));
            }
        }
        let candidates = self.candidates(failure);
        let (small, large): (Vec<Repair>, Vec<Repair>) = candidates.into_iter().partition(Repair::is_small);
        let small = self.furthest(small, failure);
        if let Some((_, None)) = &small {
            return small;
        }
        let large = self.furthest(large, failure);
        let (Some((repair, Some(after))), Some((_, reached))) = (&small, &large) else { return small.or(large) };
        let reached = reached.as_ref().map_or(u32::MAX, |failure| failure.offset);
        if after.offset >= reached || self.small_steps_reach(reached, repair.clone(), after.clone()) {
            return small;
        }
        large
    }

    /// Of `repairs`, the one after which the next error is furthest away; the first of equals.
    fn furthest(&mut self, repairs: Vec<Repair>, failure: &Failure) -> Option<(Repair, Option<Failure>)> {
        let mut best: Option<(Repair, Failure)> = None;
        for repair in repairs {
            let Some(after) = self.attempt(&repair) else { break };
            let Some(after) = after else { return Some((repair, None)) };
            // Nothing counts that does not get past the place of the error.
            let goal = best.as_ref().map_or(failure.offset, |(_, best)| best.offset);
            let last_changed = repair.changes.iter().map(|(line, _)| self.lines.lines[*line].end).max().unwrap_or(0);
            if after.offset > goal && after.offset > last_changed {
                best = Some((repair, after));
            }
        }
        best.map(|(repair, after)| (repair, Some(after)))
    }

    /// Whether a few more small repairs after this one get as far: then there are several small mistakes, and no
    /// reason to leave out a whole block.
    fn small_steps_reach(&mut self, reached: u32, repair: Repair, after: Failure) -> bool {
        let before = self.lines.lines.clone();
        let (mut repair, mut failure) = (repair, after);
        let mut result = false;
        for _ in 0..SMALL_STEPS {
            self.apply(&repair);
            let small = self.candidates(&failure).into_iter().filter(Repair::is_small).collect();
            match self.furthest(small, &failure) {
                Some((next, Some(after))) if after.offset < reached => (repair, failure) = (next, after),
                found => {
                    result = found.is_some();
                    break;
                }
            }
        }
        self.lines.lines = before;
        result
    }

    /// What the document fails with after `repair`; `None` when it has been read too often.
    #[expect(clippy::option_option, reason = "no more reading, or no more error")]
    fn attempt(&mut self, repair: &Repair) -> Option<Option<Failure>> {
        let before: Vec<Option<Change>> =
            repair.changes.iter().map(|(line, _)| self.lines.lines[*line].change).collect();
        self.apply(repair);
        let (text, origin) = self.lines.render();
        for ((line, _), change) in repair.changes.iter().zip(before) {
            self.lines.lines[*line].change = change;
        }
        let failure = probe(&text, 0).map(|failure| located(failure, &origin));
        let read = failure.as_ref().map_or(text.len(), |failure| (failure.offset - self.base) as usize);
        self.budget = self.budget.checked_sub(read.max(64))?;
        Some(failure)
    }

    fn apply(&mut self, repair: &Repair) {
        for (line, change) in &repair.changes {
            self.lines.lines[*line].change = Some(*change);
        }
    }

    /// Repairs worth trying, those that assume and lose least first.
    fn candidates(&self, failure: &Failure) -> Vec<Repair> {
        let lines = &self.lines;
        let found = self.spoken(lines.of(failure.offset));
        let good = lines.of(failure.good.saturating_sub(1).max(self.base));
        let behind_good = lines.after(good).unwrap_or(good);
        let bracket = failure.open.iter().rev().filter(|(_, flow)| *flow).map(|(start, _)| lines.of(*start));
        let mut places: Vec<usize> = Vec::new();
        let nearby = [Some(found), Some(behind_good), Some(good), lines.before(found), lines.after(found)];
        for line in bracket.clone().take(4).chain(nearby.into_iter().flatten()) {
            if lines.speaks(line) && !places.contains(&line) {
                places.push(line);
            }
        }
        // A line that was noticed is likelier than its neighbours, an open bracket or quote likelier than that.
        let in_brackets = failure.open.iter().any(|(_, flow)| *flow);
        let unclosed = matches!(failure.cause, Cause::Unclosed | Cause::QuoteIndent) || in_brackets;

        let mut result = Vec::new();
        for line in &places {
            self.untab(*line, &mut result);
        }
        // A key without its colon is read as text, with what lies under it as far as that can be text.
        for head in [Some(found), lines.before(found)].into_iter().flatten().filter_map(|line| self.head(line)) {
            if !in_brackets && lacks_colon(lines.content(head)) {
                self.colon(head, &mut result);
            }
        }
        for line in [lines.before(found), Some(found)].into_iter().flatten() {
            if !in_brackets && lacks_colon(lines.content(line)) {
                self.colon(line, &mut result);
                self.blank(line, &mut result);
            }
            if !in_brackets && self.is_broken_head(line) {
                self.cut(line, &mut result);
            }
        }
        if !in_brackets {
            for line in [Some(found), lines.before(found), self.odd_child(found)].into_iter().flatten() {
                self.reindent(line, found, &mut result);
            }
        }
        for line in &places {
            if unclosed || *line == found || self.is_unclosed(*line) {
                self.cut(*line, &mut result);
            }
        }
        for line in &places {
            if !lines.has_tab(*line) {
                self.blank(*line, &mut result);
            }
        }
        for line in bracket {
            if line < found && found - line < NEAR {
                let changes = (line..=found).filter(|line| lines.speaks(*line)).map(|line| (line, Change::Blank));
                result.push(Repair::new(changes.collect(), line, None));
            }
        }
        result
    }

    /// The line itself, or the nearest that says something.
    fn spoken(&self, line: usize) -> usize {
        if self.lines.speaks(line) {
            return line;
        }
        self.lines.before(line).or_else(|| self.lines.after(line)).unwrap_or(line)
    }

    /// A string in quotes whose lines are indented too little.
    fn quoted(&self, failure: &Failure) -> Option<Repair> {
        if failure.cause != Cause::QuoteIndent {
            return None;
        }
        let lines = &self.lines;
        let rest = lines.rest(failure.good);
        let start = rest.find(|c: char| !c.is_whitespace() && !matches!(c, ':' | '-' | ',' | '[' | '{' | '?'))?;
        let end = start + quoted_length(&rest[start..])?;
        let behind = rest[end..].lines().next().unwrap_or("").trim();
        if !behind.is_empty() && !behind.starts_with(['#', ',', ']', '}', ':']) {
            return None;
        }
        let [first, last] = [start, end].map(|at| lines.of(failure.good + at as u32));
        let (key, _) = parts(lines.content(first));
        let columns = lines.indent(first) + key as u32 + 1;
        let changes: Vec<(usize, Change)> = (first + 1..=last)
            .filter(|line| !lines.content(*line).is_empty() && lines.indent(*line) < columns)
            .map(|line| (line, Change::Indent(columns)))
            .collect();
        (!changes.is_empty()).then_some(Repair { changes, line: first, message: None, accepted: true })
    }

    /// A tab for spaces, where only one number of spaces makes sense.
    fn untab(&self, line: usize, result: &mut Vec<Repair>) {
        let lines = &self.lines;
        if !lines.has_tab(line) {
            return;
        }
        let message = Some("a tab cannot indent YAML".to_owned());
        let next = lines.after(line).filter(|next| !lines.has_tab(*next));
        let content = lines.content(line);
        let is_parent = is_parent(content);
        let (key, _) = parts(content);
        let mut fitting = self.levels(line, true);
        let opens = |before: usize, level: u32| self::is_parent(lines.content(before)) && lines.indent(before) <= level;
        if let Some(level) = next.and_then(|next| lines.indent(next).checked_sub(key as u32))
            && key > 0
            && (fitting.contains(&level) || lines.before(line).is_some_and(|before| opens(before, level)))
        {
            // The next line stands where a second key of this item would.
            fitting = vec![level];
        }
        if key == 0
            && !is_parent
            && let (Some(before), Some(next)) = (lines.before(line), next)
            && self::is_parent(lines.content(before))
            && lines.indent(next) <= lines.indent(before)
        {
            // It may lie under the line before, at a column that nothing tells.
            fitting.clear();
        }
        fitting.retain(|level| match next {
            Some(next) if key > 0 && lines.indent(next) == level + key as u32 => true,
            Some(next) if is_parent => *level < lines.indent(next) || is_item(lines.content(next)),
            Some(next) => lines.indent(next) <= *level,
            None => true,
        });
        if let [level] = fitting[..] {
            result.push(Repair::new(vec![(line, Change::Indent(level))], line, message.clone()));
        }
        let end = match next {
            Some(next) if is_parent || key > 0 && fitting.iter().any(|level| lines.indent(next) > *level) => {
                lines.run_end(line, lines.indent(next))
            }
            _ => line + 1,
        };
        let changes = (line..end).filter(|line| lines.speaks(*line)).map(|line| (line, Change::Blank)).collect();
        result.push(Repair::new(changes, line, message));
    }

    /// One column more or less, for the line, for what lies under it, and for all of its likes behind it.
    fn reindent(&self, line: usize, found: usize, result: &mut Vec<Repair>) {
        let lines = &self.lines;
        let indent = lines.indent(line);
        let mut levels = self.levels(line, false);
        if line < found {
            levels.insert(0, lines.indent(found));
        }
        levels.retain(|level| level.abs_diff(indent) == 1);
        levels.dedup();
        // Under `- name: x`, the next line tells where the item stands.
        let (key, _) = parts(lines.content(line));
        let next = lines.after(line).map(|next| lines.indent(next));
        levels.sort_by_key(|level| key == 0 || next != Some(level + key as u32));
        for level in levels {
            let ends = [
                line + 1,
                lines.block_end(line),
                lines.run_end(line, indent).min(if line < found { found } else { usize::MAX }),
                lines.run_end(line, indent),
            ];
            let mut done = Vec::new();
            for end in ends {
                if done.contains(&end) {
                    continue;
                }
                done.push(end);
                let shifted = (line..end).filter(|line| !lines.content(*line).is_empty());
                let changes: Vec<(usize, Change)> = shifted
                    .filter_map(|line| {
                        let columns = (lines.indent(line) + level).checked_sub(indent)?;
                        Some((line, Change::Indent(columns)))
                    })
                    .collect();
                let message = format!("indented by {}, where the lines around it have {level}", count(indent));
                result.push(Repair::new(changes, line, Some(message)));
            }
        }
    }

    /// Whether a quote or bracket is opened and not closed on this line.
    fn is_unclosed(&self, line: usize) -> bool {
        let content = self.lines.content(line);
        let (key, value) = parts(content);
        let start = value.unwrap_or(key);
        content.get(start..).is_some_and(|value| unclosed_message(value).is_some())
    }

    /// `- name x` with `key: …` under it where a second key of the item would stand.
    fn is_broken_head(&self, line: usize) -> bool {
        let lines = &self.lines;
        let content = lines.content(line);
        let (key, value) = parts(content);
        let Some(next) = lines.after(line) else { return false };
        let next_key = !lacks_colon(lines.content(next));
        key > 0 && value.is_none() && next_key && lines.indent(next) == lines.indent(line) + key as u32
    }

    /// The line that `line` lies under, where it is near: indented less, or as much where `line` is an item of a list.
    fn head(&self, line: usize) -> Option<usize> {
        let lines = &self.lines;
        let (indent, is_item) = (lines.indent(line), is_item(lines.content(line)));
        let above = std::iter::successors(lines.before(line), |at| lines.before(*at)).take(NEAR);
        let is_head = |above: &usize| {
            lines.indent(*above) < indent
                || (is_item && lines.indent(*above) == indent && !self::is_item(lines.content(*above)))
        };
        above.into_iter().find(is_head)
    }

    /// `metadata` alone on its line with lines under it.
    fn colon(&self, line: usize, result: &mut Vec<Repair>) {
        let lines = &self.lines;
        let content = lines.content(line);
        let is_word = !content.is_empty()
            && content.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/'))
            && !content.starts_with('-');
        let has_block = lines.after(line).is_some_and(|next| {
            let (own, under) = (lines.indent(line), lines.indent(next));
            under > own || (under == own && is_item(lines.content(next)))
        });
        if is_word && has_block {
            let message = Some("mapping key has no `:`".to_owned());
            result.push(Repair::new(vec![(line, Change::Colon)], line, message));
        }
    }

    /// The key stays, its value goes, with whatever lies under it. Of the first line of an item, the dash stays.
    fn cut(&self, line: usize, result: &mut Vec<Repair>) {
        let lines = &self.lines;
        if lines.lines[line].change.is_some() {
            return;
        }
        let content = lines.content(line);
        let (key, value) = parts(content);
        let start = lines.lines[line].content;
        let under = |column: u32| {
            let end = lines.run_end(line, column + 1);
            (line + 1..end).filter(|under| lines.speaks(*under)).map(|under| (under, Change::Blank))
        };
        if let Some(value) = value.filter(|value| *value < content.len()) {
            let mut changes = vec![(line, Change::Cut(start + value as u32))];
            changes.extend(under(lines.indent(line) + key as u32));
            result.push(Repair::new(changes, line, unclosed_message(&content[value..])));
        }
        if key > 0 && key < content.len() {
            let mut changes = vec![(line, Change::Cut(start + key as u32))];
            changes.extend(under(lines.indent(line) + key as u32));
            let message = unclosed_message(&content[key..]).or_else(|| missing_colon(content));
            result.push(Repair::new(changes, line, message));
        }
    }

    /// The line goes; with what lies under it, unless that belongs to the line before.
    fn blank(&self, line: usize, result: &mut Vec<Repair>) {
        let lines = &self.lines;
        let content = lines.content(line);
        let end = lines.block_end(line);
        let message = missing_colon(content);
        let mut end = end;
        if is_parent(content) {
            // `- item` lines may stand right under their key.
            while let Some(next) = lines.after(end - 1) {
                if lines.indent(next) != lines.indent(line) || !is_item(lines.content(next)) || is_item(content) {
                    break;
                }
                end = lines.block_end(next);
            }
        }
        let has_block = (line + 1..end).any(|under| lines.speaks(under));
        let belongs_before = || {
            let (Some(before), Some(next)) = (lines.before(line), lines.after(line)) else { return false };
            let (above, below) = (lines.indent(before), lines.indent(next));
            (is_parent(lines.content(before)) && above < below) || above == below
        };
        if !has_block || (lacks_colon(content) && belongs_before()) {
            result.push(Repair::new(vec![(line, Change::Blank)], line, message.clone()));
        }
        if has_block {
            let changes = (line..end).filter(|line| lines.speaks(*line)).map(|line| (line, Change::Blank)).collect();
            result.push(Repair::new(changes, line, message));
        }
    }

    /// The first line of the block above, where it is not indented as `line` is: it may be the odd one.
    fn odd_child(&self, line: usize) -> Option<usize> {
        let lines = &self.lines;
        let indent = lines.indent(line);
        let mut first = None;
        let mut at = line;
        while let Some(before) = lines.before(at) {
            if lines.indent(before) < indent {
                break;
            }
            first = Some(before);
            at = before;
        }
        first.filter(|first| lines.indent(*first) != indent)
    }

    /// The columns at which collections stand open above `line`, innermost first. With `deeper`, also the column
    /// that a new block under the line before would have by the line behind.
    fn levels(&self, line: usize, deeper: bool) -> Vec<u32> {
        let lines = &self.lines;
        let mut levels = Vec::new();
        let mut limit = u32::MAX;
        let mut at = line;
        if deeper
            && let (Some(before), Some(next)) = (lines.before(line), lines.after(line))
            && is_parent(lines.content(before))
            && lines.indent(next) > lines.indent(before)
        {
            levels.push(lines.indent(next));
        }
        while let Some(before) = lines.before(at) {
            let indent = lines.indent(before);
            if indent < limit && !lines.has_tab(before) {
                let content = lines.content(before);
                let mut key = content;
                while let Some(rest) = key.strip_prefix("- ") {
                    key = rest.trim_start();
                }
                let column = indent + (content.len() - key.len()) as u32;
                if column < limit && column > indent {
                    levels.push(column);
                }
                levels.push(indent);
                limit = indent;
            }
            if limit == 0 {
                break;
            }
            at = before;
        }
        levels.dedup();
        levels
    }

    fn finish(self, mut tree: Tree, failure: Option<Failure>) -> Recovered {
        let mut errors: Vec<SyntaxError> = Vec::new();
        let mut lost: Vec<(Span, Option<u32>)> = Vec::new();
        let mut repairs = self.repairs;
        repairs.sort_by_key(|(repair, _)| repair.line);
        let mut covered: Option<(usize, u32, Option<String>)> = None;
        for (repair, failure) in repairs.into_iter().filter(|(repair, _)| !repair.accepted) {
            for (line, change) in &repair.changes {
                let span = self.lines.span(*line);
                let start = self.lines.lines[*line].start;
                match change {
                    Change::Blank => {
                        let has_tab = self.lines.source(Span::new(start, span.start)).contains('\t');
                        lost.push((span, (!has_tab).then_some(span.start - start)));
                    }
                    Change::Cut(from) => {
                        let (key, _) = parts(self.lines.source(span));
                        let is_key = *from == span.start + key as u32;
                        lost.push((Span::new(*from, span.end), Some(if is_key { from - start } else { u32::MAX })));
                    }
                    Change::Indent(_) | Change::Colon => {}
                }
            }
            // One mistake may take several repairs: what follows at once and says the same is no news.
            let last = repair.changes.iter().map(|(line, _)| *line).max().unwrap_or(repair.line);
            let indent = self.lines.lines[repair.line].content - self.lines.lines[repair.line].start;
            let again = covered.is_some_and(|(end, column, message)| {
                let follows = (end + 1..repair.line).all(|line| !self.lines.speaks(line));
                follows && column == indent && message == repair.message && repair.changes.len() > 1
            });
            covered = Some((last, indent, repair.message.clone()));
            if again {
                continue;
            }
            let span = match repair.changes.first() {
                Some((_, Change::Cut(from))) => Span::new(*from, self.lines.span(repair.line).end),
                _ => self.lines.span(repair.line),
            };
            errors.push(SyntaxError::new(span, repair.message.unwrap_or_else(|| failure.message.into_owned())));
        }
        if let Some(failure) = failure {
            let line = self.lines.of(failure.offset);
            let end = self.lines.lines.get(line).map_or(failure.offset, |line| line.end);
            errors
                .push(SyntaxError::new(Span::new(failure.offset.min(end), end), failure.message.clone().into_owned()));
            let rest = self.lines.lines.last().map_or(failure.offset, |line| line.end);
            lost.push((Span::new(failure.offset, rest), None));
            tree.failure = Some(failure);
        }
        Recovered { tree, errors, lost }
    }
}

fn located(mut failure: Failure, origin: &Origin) -> Failure {
    failure.offset = origin.offset(failure.offset);
    failure.good = origin.offset(failure.good);
    for (start, _) in &mut failure.open {
        *start = origin.offset(*start);
    }
    failure
}

fn relocate(tree: &mut Tree, origin: &Origin) {
    tree.relocate(|span| origin.span(span));
    tree.failure = tree.failure.take().map(|failure| located(failure, origin));
}
