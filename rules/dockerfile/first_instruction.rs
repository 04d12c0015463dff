use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Dockerfile(first_instruction)];

fn first_instruction(dockerfile: &Dockerfile, cx: &mut Context<'_>) {
    if cx.role().is_fragment() || dockerfile.has_other_frontend() {
        return;
    }
    let mut instructions = dockerfile.instructions().filter(|own| !own.onbuild);
    // A piece of something else, or a mistake in the very FROM, which other rules see.
    if dockerfile.stages().len() == 0 && instructions.any(|own| own.keyword().is_none_or(|own| own == Keyword::From)) {
        return;
    }
    let starts = dockerfile.stages().next().map(|stage| stage.from().instruction.node.keyword);
    for instruction in dockerfile.instructions().filter(|own| !own.onbuild).take_while(|own| own.stage().is_none()) {
        let keyword = instruction.node.keyword;
        // What is no instruction at all is reported as such.
        let Some(name) = instruction.keyword().map(Keyword::name).filter(|name| *name != "ARG") else { continue };
        // A FROM that cannot be read is a FROM.
        if instruction.may_follow(&[Keyword::From]) {
            return;
        }
        let Some(first) = starts else {
            cx.report(keyword, "the file has no `FROM`").label(keyword, "there is no image that this could change");
            return;
        };
        cx.report(keyword, format!("`{name}` stands before the first `FROM`")).label(first, "the first `FROM`");
    }
}
