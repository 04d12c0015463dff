use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Instruction(maintainer)];

fn maintainer(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::Maintainer(name) = &instruction.node.kind else { return };
    // A lower-case keyword stays one.
    let keyword = instruction.node.keyword;
    let label = if keyword.of_text(cx.text()) == "maintainer" { "label" } else { "LABEL" };
    let diagnostic = cx.report(keyword, "`MAINTAINER` is deprecated");
    if instruction.onbuild || instruction.text().contains('\n') {
        return;
    }
    let value = quoted(&name.raw, instruction.dockerfile.tree.escape);
    diagnostic.fix(
        Fix::safe("say it in a label")
            .replace(instruction.span(), format!("{label} org.opencontainers.image.authors={value}"))
            .changes(Effect::Author)
            .changes(Effect::Labels),
    );
}

/// `text` in double quotes, so that the builder reads it as it is. Quotes around it were meant as such.
fn quoted(text: &str, escape: char) -> String {
    let inside = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).filter(|text| !text.contains('"'));
    let mut result = String::from('"');
    for character in inside.unwrap_or(text).chars() {
        if matches!(character, '"' | '$') || character == escape {
            result.push(escape);
        }
        result.push(character);
    }
    result.push('"');
    result
}
