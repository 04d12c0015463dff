use crate::lint::prelude::*;
use crate::syntax::yaml::{Profile, Value};

pub const CHECKS: &[Check] = &[Check::Yaml(octal_number)];

/// Modes as people write them, which mean something else as decimal numbers.
const MODES: &[&str] = &[
    "400", "440", "444", "500", "550", "555", "600", "640", "644", "660", "664", "666", "700", "750", "755", "770",
    "775", "777",
];

/// The greatest mode that the API server takes: 0777.
const GREATEST: i128 = 0o777;

fn octal_number(document: &yaml::Document, cx: &mut Context<'_>) {
    for node in document.all() {
        let yaml::NodeKind::Scalar(scalar) = &node.node().kind else { continue };
        if scalar.style != yaml::ScalarStyle::Plain || scalar.templated || node.tag().is_some() {
            continue;
        }
        let text = node.text();
        if !text.bytes().all(|byte| byte.is_ascii_digit()) || text.len() < 2 {
            continue;
        }
        let profile = if cx.compose().is_some() { Profile::Compose } else { Profile::Kubernetes };
        let name = node.key_of().and_then(Ref::as_str);
        match (name.is_some_and(is_mode), yaml::resolve(text, profile)) {
            (true, Value::Integer(value)) if MODES.contains(&text) && takes_mode(node) => mode(node, value, cx),
            (false, Value::Integer(value)) if text.starts_with('0') => leading_zero(node, &value.to_string(), cx),
            (false, Value::Float(value)) if text.starts_with('0') => leading_zero(node, &value.to_string(), cx),
            _ => {}
        }
    }
}

fn mode(node: Ref<'_>, value: i128, cx: &mut Context<'_>) {
    let text = node.text();
    let refused = value > GREATEST && cx.compose().is_none();
    let severity = if refused { Severity::Error } else { Severity::Warning };
    let finding = cx.report_as(
        severity,
        node.span(),
        format!("mode `{text}` is decimal: it is {value:#o} in octal").replace("0o", "0"),
    );
    if refused {
        finding.note("the API server takes no mode above 0777");
    }
    finding.fix(Fix::risky(format!("write `0{text}`")).replace(node.span(), format!("0{text}")));
}

fn leading_zero(node: Ref<'_>, value: &str, cx: &mut Context<'_>) {
    let text = node.text();
    if value == text {
        return;
    }
    // Kubernetes may want a number here.
    let fix = if cx.compose().is_some() { Fix::safe("put it in quotes") } else { Fix::risky("put it in quotes") };
    cx.report(node.span(), format!("`{text}` is read as the number {value}"))
        .fix(fix.replace(node.span(), format!("\"{text}\"")));
}

/// `mode`, `defaultMode`, `file_mode`, `umask`: octal is what is meant.
fn is_mode(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    key.ends_with("mode") || key.ends_with("umask") || key.ends_with("permissions")
}

/// Whether a file mode belongs here: a file or a volume is named beside it.
fn takes_mode(node: Ref<'_>) -> bool {
    let Some(around) = node.parent() else { return false };
    let beside = ["path", "key", "secretName", "name", "sources", "items", "source", "target", "size"];
    beside.iter().any(|key| around.has_key(key))
}
