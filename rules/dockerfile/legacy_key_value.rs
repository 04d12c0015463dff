use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Instruction(legacy_key_value)];

fn legacy_key_value(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let (InstructionKind::Env(pairs) | InstructionKind::Label(pairs)) = &instruction.node.kind else { return };
    let [pair] = &pairs.pairs[..] else { return };
    if !pairs.legacy {
        return;
    }
    let gap = Span::new(pair.key.span.end, pair.value.span.start);
    let quotes = quotes(&pair.value.raw, instruction.dockerfile.tree.escape);
    let continued = gap.of_text(cx.text()).contains('\n');
    let diagnostic = cx.report(gap, format!("`{}` is set without a `=`", pair.key.raw));
    if let Some(quotes) = quotes.filter(|_| !continued) {
        let fix = Fix::safe("write `=`").replace(gap, format!("={quotes}"));
        diagnostic.fix(if quotes.is_empty() { fix } else { fix.insert(pair.value.span.end, quotes) });
    }
}

/// The quotes that a value needs after `=` to stay the same; `None` when there are none that do.
fn quotes(value: &str, escape: char) -> Option<&'static str> {
    let blank = value.contains(char::is_whitespace);
    if !value.contains(['"', '\'', escape]) {
        return Some(if blank { "\"" } else { "" });
    }
    let quoted = ['"', '\''].iter().any(|quote| {
        let inside = value.strip_prefix(*quote).and_then(|value| value.strip_suffix(*quote));
        inside.is_some_and(|inside| !inside.contains([*quote, escape]))
    });
    (quoted || !blank && !value.ends_with(escape)).then_some("")
}
