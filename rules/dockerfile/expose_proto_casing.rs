use crate::lint::prelude::*;
use crate::model::ports::Exposed;

pub const CHECKS: &[Check] = &[Check::Instruction(expose_proto_casing)];

fn expose_proto_casing(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::Expose(words) = &instruction.node.kind else { return };
    for word in words {
        let Some(text) = instruction.value(word) else { continue };
        let Some(protocol) = Exposed::new(&text).protocol else { continue };
        let lower = protocol.to_ascii_lowercase();
        if lower == protocol {
            continue;
        }
        // Written plainly, it is the end of the word.
        let span = Span::new(word.span.end.saturating_sub(protocol.len() as u32), word.span.end);
        let plain = span.of_text(cx.text()) == protocol;
        let diagnostic = cx.report(if plain { span } else { word.span }, format!("protocol `{protocol}` has capitals"));
        if plain {
            diagnostic.fix(Fix::safe("write it in lower case").replace(span, lower));
        }
    }
}
