use std::collections::BTreeMap;

use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Dockerfile(unnamed_intermediate_stage)];

fn unnamed_intermediate_stage(dockerfile: &Dockerfile, cx: &mut Context<'_>) {
    let mut numbered: BTreeMap<usize, Vec<Span>> = BTreeMap::new();
    for word in dockerfile.instructions().flat_map(Instruction::source_words) {
        let written = word.span.of_text(cx.text());
        let number = written.parse().ok().filter(|number: &usize| number.to_string() == written);
        if let Some(number) = number {
            numbered.entry(number).or_default().push(word.span);
        }
    }
    for (number, references) in numbered {
        if let Some(stage) = dockerfile.stage(number).filter(|stage| stage.first_of_name().is_none()) {
            report(stage, &references, cx);
        }
    }
}

fn report(stage: Stage<'_>, references: &[Span], cx: &mut Context<'_>) {
    let Some(first) = references.first() else { return };
    let number = stage.index;
    // A later stage of the same name would be meant instead.
    let hidden = |name: &str| stage.dockerfile.stage_named(name).is_some_and(|own| own.index != stage.index);
    let name = stage.name().map_or_else(|| format!("stage-{number}"), str::to_owned);
    let mut fix = Fix::safe(format!("use the name `{name}`"));
    if stage.name().is_none() {
        let lower = stage.from().instruction.node.keyword.of_text(stage.dockerfile.text()) == "from";
        let keyword = if lower { "as" } else { "AS" };
        fix = fix.insert(stage.from().instruction.span().end, format!(" {keyword} {name}")).changes(Effect::Stages);
    }
    let fix = references.iter().fold(fix, |fix, reference| fix.replace(*reference, &*name));
    let refused = hidden(&name) || stage.from().instruction.is_refused();
    let from = stage.from().instruction.node.keyword;
    let diagnostic = cx.report(*first, format!("the stage is named by its number, `{number}`"));
    diagnostic.label(from, "is meant");
    if !refused {
        diagnostic.fix(fix);
    }
}
