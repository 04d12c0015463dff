use std::cell::LazyCell;

use crate::lint::prelude::*;
use crate::model::dockerfile::variables::may_set;
use crate::model::shell::{Node, Values, walk};
use crate::syntax::shell::{Operation, Part};

pub const CHECKS: &[Check] = &[Check::Instruction(unassigned_variable)];

fn unassigned_variable(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    if !matches!(instruction.node.kind, InstructionKind::Run(_)) || !instruction.has_byte(b'$') {
        return;
    }
    let every = cx.flag("every");
    let values = LazyCell::new(|| Values::of(instruction));
    let mut seen: Vec<&str> = Vec::new();
    walk(instruction, &mut |node, _| {
        let Node::Word(word, _) = node else { return };
        variables(&word.parts, &mut |name, span| {
            // Names in capitals may come from the environment.
            let lower = name.len() > 1 && name.starts_with(|c: char| c.is_ascii_lowercase());
            let set = || instruction.is_set(name).unwrap_or(!every);
            if !lower || seen.contains(&name) || values.is_assigned(name) || set() || values.is_declared(name) {
                return;
            }
            seen.push(name);
            let open = !every && values.may_assign_more();
            if !open && !may_set(instruction.text(), name) {
                cx.report(span, format!("nothing gives `{name}` a value")).label(span, "becomes nothing");
            }
        });
    });
}

fn variables<'a>(parts: &'a [Part], see: &mut dyn FnMut(&'a str, Span)) {
    for part in parts {
        match part {
            Part::DoubleQuoted { parts, .. } => variables(parts, see),
            Part::Variable { span, name, operation, .. } => {
                use Operation::{Alternative, Assign, Default, Required};
                if !matches!(operation, Alternative | Assign | Default | Required) {
                    see(name, *span);
                }
            }
            _ => {}
        }
    }
}
