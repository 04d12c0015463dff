use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Dockerfile(instruction_casing)];

fn instruction_casing(dockerfile: &Dockerfile, cx: &mut Context<'_>) {
    let keywords = || {
        let known = dockerfile.instructions().filter(|instruction| instruction.keyword().is_some());
        known.map(|instruction| instruction.node.keyword)
    };
    let text = dockerfile.text();
    let count =
        |lower: bool| keywords().filter(|keyword| keyword.of_text(text) == cased(text, *keyword, lower)).count();
    let lower = count(true) > count(false);
    for keyword in keywords() {
        let (word, right) = (keyword.of_text(text), cased(text, keyword, lower));
        if word == right {
            continue;
        }
        let case = if lower { "lower" } else { "upper" };
        cx.report(keyword, format!("`{word}` is not in {case} case like the rest of the file"))
            .fix(Fix::safe(format!("write `{right}`")).replace(keyword, right));
    }
}

fn cased(text: &str, keyword: Span, lower: bool) -> String {
    let word = keyword.of_text(text);
    if lower { word.to_ascii_lowercase() } else { word.to_ascii_uppercase() }
}
