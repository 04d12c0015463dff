use crate::lint::prelude::*;
use crate::syntax::compose::{File, UnknownKey, unknown_keys};
use crate::text::suggest;

pub const CHECKS: &[Check] = &[Check::Compose(unknown_key)];

fn unknown_key(root: Ref<'_>, cx: &mut Context<'_>) {
    if (File { root }).is_version_1() {
        return;
    }
    for unknown in unknown_keys(root) {
        report(unknown, cx);
    }
}

fn report(unknown: UnknownKey<'_>, cx: &mut Context<'_>) {
    let UnknownKey { key, name, mapping, .. } = unknown;
    if let Some(instead) = unknown.replaced_by {
        cx.report(key.span(), format!("`{name}` is a key of an earlier format, which compose refuses"))
            .note(format!("write `{instead}`"));
        return;
    }
    let finding = cx.report(key.span(), format!("{} has no key `{name}`", mapping.name));
    if let Some(place) = unknown.belongs_to() {
        finding.note(format!("it is a key of {place}"));
        return;
    }
    let Some((near, distance)) = suggest::nearest(name, mapping.names()) else { return };
    let fits = mapping.key(near).is_some_and(|near| unknown.fits(near));
    if unknown.parent.has_key(near) || !fits || key.text() != name {
        finding.note(format!("did you mean `{near}`?"));
        return;
    }
    let title = format!("write `{near}`");
    let fix = if distance == 1 { Fix::safe(title) } else { Fix::risky(title) };
    finding.fix(fix.replace(key.span(), near));
}
