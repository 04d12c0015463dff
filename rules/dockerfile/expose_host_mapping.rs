use crate::lint::prelude::*;
use crate::model::ports::Exposed;

pub const CHECKS: &[Check] = &[Check::Instruction(expose_host_mapping)];

fn expose_host_mapping(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::Expose(words) = &instruction.node.kind else { return };
    for word in words {
        let Some(text) = instruction.value(word) else { continue };
        let Some(host) = Exposed::new(&text).host.filter(|host| !host.is_empty()) else { continue };
        let plain = word.span.of_text(cx.text()) == text;
        let span = if plain { word.span.slice(0, host.len() as u32) } else { word.span };
        let diagnostic = cx.report(span, format!("`{host}` is of the host, which an image cannot choose"));
        if plain {
            let fix = Fix::safe("keep the port of the container");
            diagnostic.fix(fix.delete(word.span.slice(0, host.len() as u32 + 1)));
        }
    }
}
