use crate::lint::prelude::*;
use crate::model::dockerfile::Platform;

pub const CHECKS: &[Check] = &[Check::From(platform_constant)];

fn platform_constant(from: From<'_>, cx: &mut Context<'_>) {
    let (Some(word), Some(flag)) = (from.platform(), from.instruction.flag("platform")) else { return };
    if cx.flag("every") {
        if word.raw.contains("BUILDPLATFORM") || word.raw.contains("TARGETPLATFORM") {
            return;
        }
    } else if !word.variables.is_empty() || is_announced(from, word) {
        return;
    }
    let rest = &cx.text()[flag.span.end as usize..];
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let removed = Span::new(flag.span.start, flag.span.end + blanks as u32);
    cx.report(word.span, format!("the platform is always `{}`", word.raw))
        .fix(Fix::risky("build for the platform that is asked for").delete(removed).changes(Effect::Base));
}

/// Whether the name of the stage says for which system or processor it is. What is no platform counts as announced: the
/// builder refuses it.
fn is_announced(from: From<'_>, word: &Word) -> bool {
    let Some(platform) = from.instruction.value(word).as_deref().and_then(Platform::parse) else { return true };
    let name = from.stage().and_then(Stage::name).unwrap_or("").to_ascii_lowercase();
    let says = |part: Option<&str>| part.is_some_and(|part| name.contains(part));
    says(platform.os.as_deref()) || says(platform.architecture.as_deref())
}
