use crate::lint::prelude::*;
use crate::model::quantity::Quantity;
use crate::syntax::kubernetes::member;

pub const CHECKS: &[Check] = &[Check::Container(request_exceeds_limit)];

fn request_exceeds_limit(container: Container<'_>, cx: &mut Context<'_>) {
    let Field::Present(requests) = member(container.field("resources"), "requests") else { return };
    for resource in requests.entries().filter_map(|(key, _)| key.as_str()) {
        let quantity = |section| container.resource(section, resource).and_then(Quantity::parse);
        let (request, limit) = (quantity("requests"), quantity("limits"));
        let (Effective::Known { value: most, node: limit }, Effective::Known { value, node }) = (limit, request) else {
            continue;
        };
        if value <= most {
            continue;
        }
        let message = format!("{} requests more {} than it may use", container.title(), title(resource));
        cx.report(node.span(), message)
            .label(limit.span(), "the limit")
            .note("the API server refuses it: must be less than or equal to the limit");
    }
}

fn title(resource: &str) -> String {
    match resource {
        "cpu" => "CPU time".to_owned(),
        "memory" | "ephemeral-storage" => resource.to_owned(),
        other => format!("`{other}`"),
    }
}
