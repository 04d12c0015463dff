use crate::lint::prelude::*;
use crate::text::suggest::nearest;

pub const CHECKS: &[Check] = &[Check::Instruction(copy_from_unknown)];

fn copy_from_unknown(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let Some(own) = instruction.stage().map(|stage| stage.index) else { return };
    for word in instruction.source_words() {
        let name = &*word.raw;
        if !word.variables.is_empty() {
            if instruction.keyword() == Some(Keyword::Copy) {
                cx.report_as(Severity::Error, word.span, "`--from` cannot use variables")
                    .note("name a stage for it before: `FROM ${NAME} AS source`");
            }
            continue;
        }
        let number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
        match instruction.dockerfile.stage_named(name) {
            Some(stage) if stage.index > own && !instruction.onbuild => {
                let diagnostic = cx.report_as(Severity::Error, word.span, format!("stage `{name}` comes later"));
                diagnostic.label(stage.from().instruction.node.keyword, "starts here");
            }
            Some(_) => {}
            None if number && instruction.keyword() == Some(Keyword::Copy) => {
                let count = instruction.dockerfile.stages().len();
                cx.report_as(Severity::Error, word.span, format!("there is no stage {name}"))
                    .label(word.span, format!("the stages are 0 to {}", count - 1));
            }
            None => not_a_stage(instruction, word, own, cx),
        }
    }
}

/// An image, a context from the command line, or a mistyped stage.
fn not_a_stage(instruction: Instruction<'_>, word: &Word, own: usize, cx: &mut Context<'_>) {
    let name = &*word.raw;
    if name.contains([':', '@']) || name == "scratch" || instruction.dockerfile.is_context(name) {
        return;
    }
    let stages = instruction.dockerfile.stages().take(own).filter_map(Stage::name);
    // With a slash or a dot it is an image; otherwise it may be an image or a context as well.
    let meant = if name.contains(['/', '.']) { None } else { nearest(name, stages) };
    let Some((meant, _)) = meant else {
        if cx.flag("any-name") {
            cx.report(word.span, format!("no stage is named `{name}`"));
        }
        return;
    };
    cx.report(word.span, format!("no stage is named `{name}`")).label(word.span, "is pulled as an image").fix(
        Fix::risky(format!("use the stage `{meant}`"))
            .replace(word.span, meant)
            .changes(Effects::of(instruction.keyword().unwrap_or(Keyword::Copy))),
    );
}
