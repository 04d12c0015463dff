use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Instruction(typographic_character)];

const DASHES: [char; 7] = ['\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{2015}', '\u{2212}'];
const DOUBLE_QUOTES: [char; 4] = ['\u{201c}', '\u{201d}', '\u{201e}', '\u{201f}'];
const SINGLE_QUOTES: [char; 4] = ['\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}'];
const BLANKS: [char; 4] = ['\u{a0}', '\u{2007}', '\u{202f}', '\u{3000}'];
const NOTHING: [char; 2] = ['\u{200b}', '\u{feff}'];

fn typographic_character(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if instruction.text().is_ascii() {
        return;
    }
    let effects = instruction.keyword().map(Effects::of).unwrap_or_default();
    code(instruction.node.keyword, Severity::Error, effects, cx);
    match &instruction.node.kind {
        InstructionKind::Env(pairs) | InstructionKind::Label(pairs) => {
            pairs.pairs.iter().for_each(|pair| value(pair.value.span, effects, cx));
        }
        InstructionKind::Arg(all) => {
            all.iter().filter_map(|own| own.default.as_ref()).for_each(|word| value(word.span, effects, cx));
        }
        InstructionKind::From(from) => code(from.image.span, Severity::Error, effects, cx),
        InstructionKind::Copy(transfer) | InstructionKind::Add(transfer) if !transfer.json => {
            transfer
                .sources
                .iter()
                .chain([&transfer.destination])
                .for_each(|word| code(word.span, Severity::Error, effects, cx));
        }
        InstructionKind::Expose(words) => words.iter().for_each(|word| code(word.span, Severity::Error, effects, cx)),
        InstructionKind::User(word) | InstructionKind::Stopsignal(word) => {
            code(word.span, Severity::Error, effects, cx)
        }
        _ => {}
    }
    for command in instruction.commands().filter(|command| !matches!(command.name(), Some("echo" | "printf"))) {
        for part in command.node.words.iter().flat_map(|word| &word.parts) {
            if let shell::Part::Literal { span, .. } = part {
                code(*span, Severity::Warning, effects, cx);
            }
        }
    }
}

/// Reports what is wrong in a word that is no text for people. The dash of a flag is nothing else; whether other characters may be
/// meant, `severity` says.
fn code(place: Span, severity: Severity, effects: Effects, cx: &mut Context<'_>) {
    let content = place.of_text(cx.text());
    if content.is_ascii() || content.starts_with(['"', '\'']) {
        return;
    }
    let flag = flag_name(content);
    for (at, character) in content.char_indices() {
        let at_an_end = at == 0 || at + character.len_utf8() == content.len();
        let severity = if DASHES.contains(&character) { Severity::Error } else { severity };
        let (what, plain) = match (character, flag) {
            (dash, Some((end, _))) if DASHES.contains(&dash) && at < end => ("dash", dashes(flag, dash)),
            (quote, _) if DOUBLE_QUOTES.contains(&quote) => ("quote", "\""),
            (quote, _) if SINGLE_QUOTES.contains(&quote) && at_an_end => ("quote", "'"),
            (blank, _) if BLANKS.contains(&blank) => ("blank", " "),
            (nothing, _) if NOTHING.contains(&nothing) => ("blank", ""),
            _ => continue,
        };
        report(severity, place.start + at as u32, character, (what, plain), effects, cx);
    }
}

/// Reports typographic quotes around a value, which may after all be meant: from the start of the value to the end of its word, which may be
/// another one where blanks were meant to be inside.
fn value(value: Span, effects: Effects, cx: &mut Context<'_>) {
    let text = cx.text();
    let rest = text.get(value.start as usize..).unwrap_or("");
    let line = rest.split('\n').next().unwrap_or("");
    let Some(first) = line.chars().next() else { return };
    let (set, plain) = match first {
        quote if DOUBLE_QUOTES.contains(&quote) => (DOUBLE_QUOTES, "\""),
        quote if SINGLE_QUOTES.contains(&quote) => (SINGLE_QUOTES, "'"),
        _ => return,
    };
    let quotes: Vec<Span> = line
        .char_indices()
        .filter(|(_, character)| set.contains(character))
        .map(|(at, character)| Span::of(value.start as usize + at..value.start as usize + at + character.len_utf8()))
        .take(2)
        .collect();
    // One quote without the other would be a mistake of its own.
    for span in &quotes {
        let fix = quotes.iter().fold(Fix::risky("use the plain quotes"), |fix, quote| fix.replace(*quote, plain));
        let message = format!("`{}` is not the plain quote it looks like", span.of_text(text));
        cx.report_as(Severity::Warning, *span, message).fix(fix.changes(effects));
    }
}

fn report(
    severity: Severity,
    start: u32,
    character: char,
    (what, plain): (&str, &'static str),
    effects: Effects,
    cx: &mut Context<'_>,
) {
    let span = Span::new(start, start + character.len_utf8() as u32);
    let shown = if what == "blank" { format!("U+{:04X}", u32::from(character)) } else { format!("`{character}`") };
    let title = format!("use the plain {what}");
    let fix = if severity == Severity::Error { Fix::safe(title) } else { Fix::risky(title) };
    cx.report_as(severity, span, format!("{shown} is not the plain {what} it looks like"))
        .fix(fix.replace(span, plain).changes(effects));
}

/// For a word that starts like a flag, with any dashes: where these end, and how long the name is.
fn flag_name(content: &str) -> Option<(usize, usize)> {
    let name = content.trim_start_matches(|c| c == '-' || DASHES.contains(&c));
    let end = content.len() - name.len();
    let length = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(name.len());
    (end > 0 && name.starts_with(|c: char| c.is_ascii_alphabetic())).then_some((end, length))
}

/// What a dash stands for: both dashes of a long flag, unless it is one of several.
fn dashes(flag: Option<(usize, usize)>, dash: char) -> &'static str {
    match flag {
        Some((end, length)) if length > 1 && end == dash.len_utf8() => "--",
        _ => "-",
    }
}
