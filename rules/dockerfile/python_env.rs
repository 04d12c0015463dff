use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Dockerfile(python_env)];

const NAME: &str = "PYTHONUNBUFFERED";

fn python_env(dockerfile: &Dockerfile, cx: &mut Context<'_>) {
    let Some(stage) = dockerfile.shipped_stage().filter(|_| !cx.role().is_fragment()) else { return };
    let python = stage.root_image().is_some_and(|image| image.is_official() && image.repository() == "python");
    if !python || stage.scope().is_set(NAME) != Some(false) {
        return;
    }
    let Some(start) = stage.outer_instructions().find(|own| starts_python(*own)) else { return };
    if starts_unbuffered(start) {
        return;
    }
    let from = stage.from().instruction.span();
    let line_end = cx.line_break();
    cx.report(start.node.keyword, format!("Python holds its output back: `{NAME}` is not set")).fix(
        Fix::risky(format!("set `{NAME}`"))
            .insert(from.end, format!("{line_end}ENV {NAME}=1"))
            .changes(Effect::Environment)
            .changes(Effect::Steps),
    );
}

/// Whether it is a CMD or ENTRYPOINT that names a Python program.
fn starts_python(instruction: Instruction<'_>) -> bool {
    let starts = matches!(instruction.node.kind, InstructionKind::Cmd(_) | InstructionKind::Entrypoint(_));
    starts && instruction.text().contains("python")
}

fn starts_unbuffered(instruction: Instruction<'_>) -> bool {
    instruction.text().split([' ', '"', ',', '\'']).any(|word| word.starts_with("-u"))
}
