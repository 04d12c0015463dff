use crate::lint::prelude::*;
use crate::syntax::compose::{Port, parse_port, parse_range, part_span};

pub const CHECKS: &[Check] = &[Check::Service(bad_port)];

fn bad_port(service: Service<'_>, cx: &mut Context<'_>) {
    for port in service.ports() {
        match port {
            Port::Short(node) => short(node, cx),
            Port::Long(node) => long(node, cx),
        }
    }
}

fn short(node: Ref<'_>, cx: &mut Context<'_>) {
    let Some(text) = cx.compose().and_then(|project| project.expand(node)) else { return };
    let Err(error) = parse_port(&text) else { return };
    let written = node.as_str() == Some(&*text);
    let span = if written && !error.at.is_empty() { part_span(node, error.at) } else { node.span() };
    cx.report(span, error.message);
}

fn long(node: Ref<'_>, cx: &mut Context<'_>) {
    let Some(project) = cx.compose() else { return };
    for key in ["target", "published"] {
        let Some(value) = node.get(key) else { continue };
        let Some(text) = project.expand(value).filter(|text| !text.is_empty()) else { continue };
        if let Err(error) = parse_range(&text, 0..text.len()) {
            cx.report(value.span(), error.message);
        }
    }
    if let Field::Absent = node.field("target") {
        cx.report(node.span(), "there is no container port: `target` is missing");
    }
    let Some(value) = node.get("protocol") else { return };
    let Some(text) = project.expand(value) else { return };
    if !["tcp", "udp", "sctp"].iter().any(|known| known.eq_ignore_ascii_case(&text)) {
        cx.report(value.span(), format!("`{text}` is not `tcp`, `udp` or `sctp`"));
    }
}
