use crate::lint::prelude::*;
use crate::model::compose::{Reference, ReferenceKind};
use crate::text::{line_break, suggest};

pub const CHECKS: &[Check] = &[Check::Compose(undefined_reference)];

fn undefined_reference(root: Ref<'_>, cx: &mut Context<'_>) {
    let Some(project) = cx.compose().filter(|project| !project.role.is_fragment()) else { return };
    for reference in project.undefined() {
        if !project.is_here(reference.at) {
            continue;
        }
        let Reference { kind, name, key, .. } = reference;
        let span = narrowed(reference.at.span, name, cx.text());
        let message = match kind {
            ReferenceKind::Service => format!("`{key}` names service `{name}`, which does not exist"),
            _ => format!("{} `{name}` is not declared", kind.word()),
        };
        let names = project.section(kind.section()).map(|entry| &*entry.name);
        let near = suggest::nearest(name, names.filter(|other| *other != reference.service)).map(|(near, _)| near);
        let declare = declaration(root, kind, name, cx.text());
        let finding = cx.report(span, message);
        if let Some(near) = near {
            finding.fix(Fix::risky(format!("use `{near}`")).replace(span, near));
        } else if let Some((offset, text)) = declare {
            finding.fix(Fix::risky(format!("declare {} `{name}`", kind.word())).insert(offset, text));
        } else {
            finding.note(format!("it would have to stand under `{}`", kind.section()));
        }
    }
}

/// The part of `span` that is the name.
fn narrowed(span: Span, name: &str, text: &str) -> Span {
    let at = span.of_text(text).find(name).unwrap_or(0) as u32;
    if span.of_text(text).contains(name) { span.slice(at, at + name.len() as u32) } else { span }
}

/// Where a network or volume can be declared with no more than its name, and the text that does.
fn declaration(root: Ref<'_>, kind: ReferenceKind, name: &str, text: &str) -> Option<(u32, String)> {
    if !matches!(kind, ReferenceKind::Network | ReferenceKind::Volume) {
        return None;
    }
    let next = line_break(text);
    let Some((key, value)) = root.entry(kind.section()) else {
        let last = root.document.span.end as usize >= text.trim_end().len();
        let end = if text.ends_with('\n') { "" } else { next };
        return last.then(|| (text.len() as u32, format!("{end}{next}{}:{next}  {name}:{next}", kind.section())));
    };
    if value.mapping().is_some_and(|mapping| mapping.flow) || !(value.is_mapping() || value.is_null()) {
        return None;
    }
    let first = value.entries().next().map_or(key.span().start + 2, |(first, _)| first.span().start);
    let line = text[..first as usize].rfind('\n').map_or(0, |newline| newline + 1);
    let indent = first as usize - line;
    let end = key.span().end as usize;
    let end = text[end..].find(next).map_or(text.len(), |newline| end + newline);
    Some((end as u32, format!("{next}{:indent$}{name}:", "")))
}
