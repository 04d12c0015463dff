use crate::lint::prelude::*;
use crate::model::quantity::Quantity;
use crate::syntax::kubernetes::{member, text};
use crate::syntax::yaml::{Profile, Value};

pub const CHECKS: &[Check] = &[Check::Container(invalid_quantity)];

/// What people write, and what the unit is called. Only where the case leaves no doubt.
const UNITS: [(&str, &str); 8] =
    [("GiB", "Gi"), ("MiB", "Mi"), ("KiB", "Ki"), ("TiB", "Ti"), ("GB", "G"), ("MB", "M"), ("kB", "k"), ("TB", "T")];

fn invalid_quantity(container: Container<'_>, cx: &mut Context<'_>) {
    for section in ["requests", "limits"] {
        let Field::Present(amounts) = member(container.field("resources"), section) else { continue };
        for (key, value) in amounts.entries() {
            let Effective::Known { value: amount, node } = text(Field::Present(value)) else { continue };
            if key.is_merge_key() || Quantity::parse(amount).is_some() || is_something_else(node, amount) {
                continue;
            }
            let message = format!("`{amount}` is no quantity");
            let finding = cx.report(node.span(), message);
            finding.note("a quantity is a number and at most one of m, k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei");
            if let Some(right) = in_known_unit(amount).filter(|_| node.text() == amount) {
                finding.fix(Fix::safe(format!("write `{right}`")).replace(node.span(), right));
            }
        }
    }
}

/// A number in a notation of YAML, or what a tool replaces before the manifest is applied: `${MEMORY}`, `<memory>`.
fn is_something_else(node: Ref<'_>, amount: &str) -> bool {
    let is_number = matches!(node.value(Profile::Kubernetes), Some(Value::Integer(_) | Value::Float(_)));
    is_number || amount.contains(['$', '<', '{', '%', '@'])
}

fn in_known_unit(amount: &str) -> Option<String> {
    let (number, unit) = UNITS.iter().find_map(|(wrong, right)| Some((amount.strip_suffix(wrong)?, right)))?;
    let right = format!("{}{unit}", number.trim_end());
    Quantity::parse(&right).map(|_| right)
}
