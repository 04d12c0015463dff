//! What a file is made of, for finding one's way: stages and instructions, services, objects.

use crate::model::dockerfile::Dockerfile;
use crate::syntax::compose::File;
use crate::syntax::kubernetes::objects;
use crate::syntax::yaml::{Field, Ref, Stream};
use crate::text::Span;

/// A part of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it is called.
    pub name: String,
    /// What else there is to say in few words; may be empty.
    pub detail: String,
    /// What it is.
    pub kind: PartKind,
    /// All of it.
    pub span: Span,
    /// Its name, within the span.
    pub name_span: Span,
    /// What it is made of.
    pub parts: Vec<Part>,
}

/// What a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the word it is")]
pub enum PartKind {
    Stage,
    Instruction,
    Service,
    /// A network, volume, secret, config or model.
    Resource,
    Object,
    Container,
}

/// The stages of a Dockerfile and what is in them; first what stands before them.
pub fn of_dockerfile(dockerfile: &Dockerfile) -> Vec<Part> {
    let text = dockerfile.text();
    let part = |instruction: crate::model::dockerfile::Instruction<'_>| {
        let node = instruction.node;
        let rest = text.get(node.keyword.end as usize..node.span.end as usize).unwrap_or("");
        Part {
            name: node.keyword.of_text(text).to_uppercase(),
            detail: short(rest),
            kind: PartKind::Instruction,
            span: node.span,
            name_span: node.keyword,
            parts: Vec::new(),
        }
    };
    let before = dockerfile.instructions().take_while(|instruction| instruction.stage().is_none());
    let mut parts: Vec<Part> = before.filter(|own| !own.onbuild).map(part).collect();
    for stage in dockerfile.stages() {
        let from = stage.from();
        let image = from.arguments.image.span;
        let inner: Vec<Part> = stage.outer_instructions().skip(1).map(part).collect();
        let own = from.instruction.span();
        parts.push(Part {
            name: stage.name().map_or_else(|| image.of_text(text).to_owned(), str::to_owned),
            detail: stage.name().map(|_| image.of_text(text).to_owned()).unwrap_or_default(),
            kind: PartKind::Stage,
            span: inner.last().map_or(own, |last| own.cover(last.span)),
            name_span: from.arguments.name.unwrap_or(image),
            parts: inner,
        });
    }
    parts
}

/// The services of a compose file, and what else it declares.
pub fn of_compose(stream: &Stream) -> Vec<Part> {
    let mut parts = Vec::new();
    for root in stream.roots() {
        let file = File { root };
        for service in file.services() {
            let image = service.get("image").and_then(Ref::as_str).unwrap_or_default();
            let detail = if image.is_empty() && service.build().is_some() { "built here" } else { image };
            parts.push(yaml_part(service.key, service.node, service.name(), detail, PartKind::Service));
        }
        for section in ["networks", "volumes", "secrets", "configs", "models"] {
            for (key, value) in file.resources(section) {
                let name = key.as_str().unwrap_or_default();
                parts.push(yaml_part(key, value, name, section.trim_end_matches('s'), PartKind::Resource));
            }
        }
    }
    parts
}

/// The objects of manifests, and the containers in them.
pub fn of_kubernetes(stream: &Stream) -> Vec<Part> {
    let mut parts = Vec::new();
    for object in stream.documents.iter().flat_map(objects) {
        let span = object.node.outer_span();
        let name_span = match object.metadata("name") {
            Field::Present(node) if span.encloses(node.span()) => node.span(),
            _ => Span::new(span.start, span.start),
        };
        let containers = object.pod_spec().into_iter().flat_map(|pod| pod.containers().collect::<Vec<_>>());
        let containers = containers.filter_map(|container| {
            let name = container.name();
            let (name_node, own) = (name.node()?, container.node.span());
            let detail = container.image().known().unwrap_or_default().to_owned();
            let is_inside = own.encloses(name_node.span()) && span.encloses(own);
            is_inside.then(|| Part {
                name: name.known().unwrap_or_default().to_owned(),
                detail,
                kind: PartKind::Container,
                span: own,
                name_span: name_node.span(),
                parts: Vec::new(),
            })
        });
        parts.push(Part {
            name: object.title(),
            detail: object.namespace().known().unwrap_or_default().to_owned(),
            kind: PartKind::Object,
            span,
            name_span,
            parts: containers.filter(|part| !part.name.is_empty()).collect(),
        });
    }
    parts
}

fn yaml_part(key: Ref<'_>, value: Ref<'_>, name: &str, detail: &str, kind: PartKind) -> Part {
    Part {
        name: if name.is_empty() { key.text().to_owned() } else { name.to_owned() },
        detail: detail.to_owned(),
        kind,
        span: key.outer_span().cover(value.outer_span()),
        name_span: key.span(),
        parts: Vec::new(),
    }
}

/// The first line of a text, cut where it is long.
fn short(text: &str) -> String {
    const LONGEST: usize = 60;
    let line = text.trim().lines().next().unwrap_or("").trim_end_matches(['\\', ' ']);
    match line.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}\u{2026}", &line[..at]),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::{dockerfile, yaml};

    fn shown(parts: &[Part]) -> Vec<String> {
        let mut lines = Vec::new();
        for part in parts {
            assert!(part.span.encloses(part.name_span), "{part:?}");
            lines.push(format!("{:?} {} ({})", part.kind, part.name, part.detail));
            lines.extend(shown(&part.parts).into_iter().map(|line| format!("  {line}")));
        }
        lines
    }

    #[test]
    fn a_dockerfile_is_made_of_stages_and_instructions() {
        let text = "ARG V=1\nFROM golang:$V AS build\nrun go build \\\n  .\nFROM scratch\nCOPY --from=build /a /a\n";
        let parts = of_dockerfile(&Dockerfile::new(dockerfile::parse(text)));
        assert_eq!(
            shown(&parts),
            [
                "Instruction ARG (V=1)",
                "Stage build (golang:$V)",
                "  Instruction RUN (go build)",
                "Stage scratch ()",
                "  Instruction COPY (--from=build /a /a)"
            ]
        );
    }

    #[test]
    fn a_compose_file_is_made_of_services_and_what_they_share() {
        let parts =
            of_compose(&yaml::parse("services:\n  a:\n    image: b\n  c:\n    build: .\nvolumes:\n  d:\n".to_owned()));
        assert_eq!(shown(&parts), ["Service a (b)", "Service c (built here)", "Resource d (volume)"]);
    }

    #[test]
    fn manifests_are_made_of_objects_and_containers() {
        let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: n}\nspec:\n  containers:\n    - name: b\n      image: c\n";
        let parts = of_kubernetes(&yaml::parse(text.to_owned()));
        assert_eq!(shown(&parts), ["Object Pod/a (n)", "  Container b (c)"]);
    }
}
