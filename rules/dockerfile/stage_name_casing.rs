use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Stage(stage_name_casing)];

fn stage_name_casing(stage: Stage<'_>, cx: &mut Context<'_>) {
    let (Some(name), Some(span)) = (stage.name(), stage.from().arguments.name) else { return };
    let lower = name.to_lowercase();
    if name == lower {
        return;
    }
    let mut fix = Fix::safe(format!("write `{lower}` everywhere")).replace(span, &*lower);
    // `FROM` finds it by the name in lower case only.
    for word in stage.dockerfile.instructions().flat_map(Instruction::source_words) {
        let written = word.span.of_text(cx.text());
        if written != lower && written.eq_ignore_ascii_case(name) {
            fix = fix.replace(word.span, &*lower);
        }
    }
    cx.report(span, format!("the name of the stage `{name}` has capitals")).fix(fix.changes(Effect::Stages));
}
