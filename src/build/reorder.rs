//! The order of a copy and an install in which only what the install needs builds it again.

use super::effect::{Effect, Effects};
use super::waste::{Around, Brings, Installing, Waste, destination, of_system, transfer};
use crate::model::dependencies::{Install, Needs, Tool};
use crate::model::dockerfile::Instruction;
use crate::syntax::dockerfile::{Keyword, Transfer};
use crate::syntax::shell;
use crate::text::{Edit, Span, line_break};

/// The better order.
#[derive(Debug)]
pub struct Reordering {
    /// In words, an instruction each.
    pub order: Vec<String>,
    /// What writes it, and what that changes; or why it is not written, where that is worth saying.
    pub edits: Result<(Vec<Edit>, Effects), Option<String>>,
}

impl Waste<'_> {
    /// The better order for its first install. With that one moved, the next one is next to the copy.
    pub fn reordering(&self, around: Around<'_>) -> Option<Reordering> {
        let own = self.installs.first()?;
        match (&self.brings, &own.install) {
            (Brings::Folder(_, folder), Some(install)) if !self.complete => {
                Some(split(self.copy, folder, own, install, around))
            }
            _ => {
                let order = vec![shown(own.run), shown(self.copy)];
                Some(Reordering { order, edits: up(self.copy, own.run).ok_or(None) })
            }
        }
    }
}

/// The manifests, the install, then the rest.
fn split(
    copy: Instruction<'_>,
    folder: &str,
    own: &Installing<'_>,
    install: &Install,
    around: Around<'_>,
) -> Reordering {
    let sources = manifests(copy, folder, own, install, around);
    let usual = || {
        let place = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        vec![(install.names().into_iter().map(place).collect(), String::new())]
    };
    let mut order = match &sources {
        Ok(groups) => copies(copy, groups),
        Err(_) => copies(copy, &usual()),
    };
    let own_words = own.command.span.of_text(own.run.dockerfile.text());
    order.push(if own.run.commands().count() == 1 { shown(own.run) } else { format!("RUN {own_words}") });
    order.push(shown(copy));
    if install.tool == Tool::Cargo {
        // Its manifests alone are not enough for it.
        order.clear();
    }
    let edits = sources.and_then(|groups| written(copy, own, &groups).ok_or(None));
    Reordering { order, edits }
}

/// Sources of one COPY, and the folder below its destination that they go to; empty for itself.
type Group = (Vec<String>, String);

/// What to copy first: the manifests that are there, or those that there usually are.
fn manifests(
    copy: Instruction<'_>,
    folder: &str,
    own: &Installing<'_>,
    install: &Install,
    around: Around<'_>,
) -> Result<Vec<Group>, Option<String>> {
    let runs_in = own.folder(copy, folder);
    let needs = match (around.context, &runs_in) {
        (Some(context), Some(runs_in)) => {
            let written = install.tool.writes().iter().find(|name| {
                let path = if runs_in.is_empty() { (**name).to_owned() } else { format!("{runs_in}/{name}") };
                context.has(&path, around.files)
            });
            if let Some(name) = written {
                return Err(Some(format!(
                    "`{name}` of the build context would take the place of what is installed; name it in \
                     `.dockerignore` first"
                )));
            }
            install.needs(runs_in, context, around.files)
        }
        _ => Needs::Unknown,
    };
    let sources = match needs {
        Needs::Files(sources) => sources,
        Needs::More(reason) => return Err(Some(reason)),
        Needs::Sources => return Err(None),
        // There is a context, and they are not where the install looks for them.
        Needs::Unknown if runs_in.is_none() || around.context.is_some_and(|context| context.is_seen(around.files)) => {
            return Err(None);
        }
        // It has another lock file than most.
        Needs::Unknown if own.run.dockerfile.text().contains("npm-shrinkwrap") => return Err(None),
        Needs::Unknown => {
            let names = install.copy.as_deref().ok_or(None)?.split(' ');
            let runs_in = runs_in.unwrap_or_default();
            names.map(|name| if runs_in.is_empty() { name.to_owned() } else { format!("{runs_in}/{name}") }).collect()
        }
    };
    if sources.iter().any(|source| source.contains([' ', '$', '"', '\'', '\\', '<'])) {
        return Err(None);
    }
    let mut groups: Vec<Group> = Vec::new();
    for source in sources {
        let parent = source.rsplit_once('/').map_or("", |(parent, _)| parent);
        let below = parent.strip_prefix(folder).ok_or(None)?.trim_start_matches('/').to_owned();
        match groups.iter_mut().find(|(_, other)| *other == below) {
            Some((all, _)) => all.push(source),
            None => groups.push((vec![source], below)),
        }
    }
    Ok(groups)
}

/// The COPY of each group, with the flags of the one that copies all.
fn copies(copy: Instruction<'_>, groups: &[Group]) -> Vec<String> {
    let Some(transfer) = transfer(copy) else { return Vec::new() };
    let text = copy.dockerfile.text();
    let start =
        transfer.sources.first().map_or("", |first| Span::new(copy.span().start, first.span.start).of_text(text));
    let start: Vec<&str> = start.split_whitespace().filter(|word| *word != "\\" && *word != "`").collect();
    let to = match &*transfer.destination.raw {
        "." | "./" => "./".to_owned(),
        other => format!("{}/", other.trim_end_matches('/')),
    };
    let line = |(sources, below): &Group| {
        let below = if below.is_empty() { String::new() } else { format!("{below}/") };
        format!("{} {} {to}{below}", start.join(" "), sources.join(" "))
    };
    groups.iter().map(line).collect()
}

/// The edits that put the manifests in the place of the copy, and the copy after the install: where nothing stands
/// between that needs the sources, and the install begins its step.
fn written(copy: Instruction<'_>, own: &Installing<'_>, groups: &[Group]) -> Option<(Vec<Edit>, Effects)> {
    let transfer = transfer(copy)?;
    let run = own.run;
    let [_] = &transfer.sources[..] else { return None };
    if transfer.json || !run.node.heredocs.is_empty() || !may_move_down(copy, transfer, run) {
        return None;
    }
    let text = copy.dockerfile.text();
    let line_end = line_break(text);
    let first = Edit { span: copy.span(), text: copies(copy, groups).join(line_end) };
    let mut effects = Effects::from(Effect::Steps).with(Effect::Files);
    if copy.workdir() != run.workdir() {
        effects = effects.with(Effect::Workdir);
    }
    let items = &run.script()?.list.items;
    let begins = items.first()?;
    let alone =
        matches!(&begins.pipeline.commands[..], [shell::Command::Simple(first)] if std::ptr::eq(first, own.command));
    // What cleans up after the install only does so in the same step.
    let rest = items.iter().skip(1).take_while(|item| cleans_up(item)).count() + 1;
    if rest == items.len() && alone || run.commands().count() == 1 {
        let after = Edit { span: Span::empty(run.span().end), text: format!("{line_end}{}", copy.text()) };
        return Some((vec![first, after], effects));
    }
    // The install begins a chain: the rest of it stays after the copy.
    let (last, second) = (items.get(rest - 1)?, items.get(rest)?);
    let before = items[..rest].iter();
    let chained =
        before.map(|item| item.operator).all(|own| own.is_some_and(|own| own.kind == shell::OperatorKind::And));
    let gap = Span::new(last.pipeline.span.end, second.pipeline.span.start);
    if !alone || !chained || begins.pipeline.negated || gap.of_text(text).contains('#') {
        return None;
    }
    let start = Span::new(run.span().start, begins.pipeline.span.start).of_text(text);
    let between = format!("{line_end}{}{line_end}{start}", copy.text());
    Some((vec![first, Edit { span: gap, text: between }], effects.with(Effect::Command)))
}

/// Whether it only deletes what an install leaves behind.
fn cleans_up(item: &shell::Item) -> bool {
    let [shell::Command::Simple(command)] = &item.pipeline.commands[..] else { return false };
    let caches = ["npm", "yarn", "pnpm", "pip", "pip3", "uv", "composer", "bundle", "go", "dotnet", "conda", "mamba"];
    let cleans =
        |word: &str| ["clean", "cache", "purge", "clear-cache", "clearcache", "nuget", "store"].contains(&word);
    let second = command.words.get(1).and_then(shell::Word::text);
    // What it deletes of the project the copy would bring back.
    let outside = |word: &shell::Word| word.text().is_some_and(|word| word.starts_with(['-', '/', '~']));
    command.is("rm") && command.words[1..].iter().all(outside)
        || caches.iter().any(|name| command.is(name)) && second.is_some_and(|word| cleans(&word))
}

/// Whether what stands between a copy and the install is nothing to either.
fn may_move_down(copy: Instruction<'_>, transfer: &Transfer, run: Instruction<'_>) -> bool {
    let Some(stage) = run.stage() else { return false };
    let relative = !transfer.destination.raw.starts_with('/');
    let variables = copy.text().contains('$');
    let between = stage.outer_instructions().filter(|other| copy.index < other.index && other.index < run.index);
    let mut free = between.map(|other| match other.keyword() {
        Some(Keyword::Workdir) => !relative,
        Some(Keyword::Env | Keyword::Arg) => !variables,
        Some(
            Keyword::Label
            | Keyword::Expose
            | Keyword::User
            | Keyword::Cmd
            | Keyword::Entrypoint
            | Keyword::Stopsignal
            | Keyword::Healthcheck,
        ) => true,
        Some(Keyword::Run) => of_system(other).is_some() || takes_nothing(other),
        _ => false,
    });
    free.all(|free| free)
}

/// Whether a RUN surely looks at no file that is copied: it installs programs by their names, makes folders or users.
fn takes_nothing(run: Instruction<'_>) -> bool {
    let global = |command: &shell::SimpleCommand| {
        let words: Vec<_> = command.words.iter().map(shell::Word::text).collect();
        let has = |names: &[&str]| words.iter().flatten().any(|word| names.contains(&&**word));
        let path = words
            .iter()
            .any(|word| word.as_deref().is_none_or(|word| word.starts_with(['.', '/', '-']) && word.contains('/')));
        let node = has(&["-g", "--global", "global"]) && has(&["install", "i", "add"]);
        !path && (["npm", "yarn", "pnpm"].iter().any(|name| command.is(name)) && node || command.is("corepack"))
    };
    const OTHERS: [&str; 7] = ["mkdir", "useradd", "adduser", "groupadd", "addgroup", "set", "true"];
    let free = |command: &shell::SimpleCommand| global(command) || OTHERS.iter().any(|name| command.is(name));
    run.script().is_some_and(|script| script.errors.is_empty()) && run.commands().all(|command| free(command.node))
}

/// The edits that move a RUN, with the comment above it, over the copies before it.
fn up(copy: Instruction<'_>, run: Instruction<'_>) -> Option<(Vec<Edit>, Effects)> {
    let stage = run.stage()?;
    let text = run.dockerfile.text();
    let between: Vec<Instruction<'_>> =
        stage.outer_instructions().filter(|other| copy.index <= other.index && other.index < run.index).collect();
    // A folder of the system may hold what the install looks at.
    let free = |other: &Instruction<'_>| {
        transfer(*other).is_some()
            && destination(*other).is_some_and(|to| {
                !["/", "/etc", "/usr"].contains(&to.trim_end_matches('/')) && !to.starts_with("/etc/")
            })
    };
    if !between.iter().all(free) || !run.node.heredocs.is_empty() {
        return None;
    }
    let before = between.last()?.span().end;
    let start = block(copy, text)?;
    let gap = Span::new(before, run.span().start).of_text(text);
    let head = gap.len() - gap.trim_start().len();
    let moved = Span::new(before + u32::try_from(head).ok()?, run.span().end);
    let line_end = line_break(text);
    let insert = Edit { span: Span::empty(start), text: format!("{}{line_end}", moved.of_text(text)) };
    let delete = Edit { span: Span::new(before, run.span().end), text: String::new() };
    Some((vec![insert, delete], Effects::from(Effect::Steps)))
}

/// Where the comment above an instruction begins, or the instruction.
fn block(instruction: Instruction<'_>, text: &str) -> Option<u32> {
    let before = text.get(..instruction.span().start as usize)?;
    let mut start = before.len();
    for line in before.split_inclusive('\n').rev() {
        if !line.trim_start().starts_with('#') {
            break;
        }
        start -= line.len();
    }
    u32::try_from(start).ok()
}

/// An instruction on one line, for people.
fn shown(instruction: Instruction<'_>) -> String {
    let words: Vec<&str> = instruction.text().split_whitespace().filter(|word| *word != "\\" && *word != "`").collect();
    let line = words.join(" ");
    match line.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}
