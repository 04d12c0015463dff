use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::From(platform_redundant)];

fn platform_redundant(from: From<'_>, cx: &mut Context<'_>) {
    let (Some(word), Some(flag)) = (from.platform(), from.instruction.flag("platform")) else { return };
    let [variable, ..] = &word.variables[..] else { return };
    let plain = matches!(&*word.raw, "$TARGETPLATFORM" | "${TARGETPLATFORM}");
    let guarded = word.raw.starts_with("${TARGETPLATFORM:-") && variable.span == word.span && cx.flag("guarded");
    if !(plain || guarded) || from.instruction.dockerfile.globals().declaration("TARGETPLATFORM").is_some() {
        return;
    }
    let rest = &cx.text()[flag.span.end as usize..];
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let removed = Span::new(flag.span.start, flag.span.end + blanks as u32);
    cx.report(flag.span, "a stage is built for the target platform anyway")
        .fix(Fix::safe("leave the flag out").delete(removed));
}
