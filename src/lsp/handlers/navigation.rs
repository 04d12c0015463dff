//! Definitions, references, highlights, symbols and links.

use lsp_types::{DocumentHighlight, DocumentHighlightKind, Position, ReferenceParams};
use serde_json::{Value, json};

use super::language::{self, Reach, location, names, outline};
use crate::lint::document::Tree;
use crate::lsp::requests::Answer;
use crate::lsp::snapshot::At;
use crate::lsp::uri;
use crate::model::image::Image;
use crate::model::outline::{Part, PartKind};
use crate::model::workload::image_of;
use crate::syntax::compose::File;
use crate::syntax::kubernetes::objects;
use crate::syntax::yaml::{Field, Ref};
use crate::text::{Span, normalize};

/// `textDocument/definition`.
pub(super) fn definition(at: &At, position: Position) -> Answer {
    let names = names(at, Reach::Project);
    let found = names.declarations(at.offset(position)).into_iter().filter_map(|place| location(at, place));
    Ok(json!(found.collect::<Vec<_>>()))
}

/// `textDocument/references`.
pub(super) fn references(at: &At, params: &ReferenceParams) -> Answer {
    let offset = at.offset(params.text_document_position.position);
    let names = names(at, Reach::Project);
    let mut places = names.uses(offset);
    if params.context.include_declaration {
        places.extend(names.declarations(offset));
    }
    places.sort();
    places.dedup();
    let found = places.into_iter().filter_map(|place| location(at, place));
    Ok(json!(found.collect::<Vec<_>>()))
}

/// `textDocument/documentHighlight`: the places of the file that mean the same. It is asked for at every move of the
/// cursor, so no other file is read for it than what the text itself says.
pub(super) fn highlights(at: &At, position: Position) -> Answer {
    let offset = at.offset(position);
    let names = names(at, Reach::File);
    let declarations = names.declarations(offset);
    let mut places: Vec<_> = names.uses(offset).into_iter().filter(|place| !declarations.contains(place)).collect();
    let uses = places.len();
    places.extend(declarations);
    let kind = |number: usize| if number < uses { DocumentHighlightKind::READ } else { DocumentHighlightKind::WRITE };
    let here = places.into_iter().enumerate().filter(|(_, place)| place.file.is_none());
    let found = here.map(|(number, place)| DocumentHighlight { range: at.range(place.span), kind: Some(kind(number)) });
    let mut found: Vec<DocumentHighlight> = found.collect();
    found.sort_by_key(|own| own.range.start);
    found.dedup();
    Ok(json!(found))
}

/// `textDocument/documentSymbol`.
pub(super) fn symbols(at: &At) -> Answer {
    let parts = outline(at);
    if at.snapshot.client.nested_symbols {
        return Ok(Value::Array(parts.iter().map(|part| nested(at, part)).collect()));
    }
    let mut flat = Vec::new();
    flatten(at, &parts, None, &mut flat);
    Ok(Value::Array(flat))
}

fn nested(at: &At, part: &Part) -> Value {
    let mut value = json!({
        "name": part.name,
        "kind": kind(part.kind),
        "range": at.range(part.span),
        "selectionRange": at.range(part.name_span),
    });
    if let Some(object) = value.as_object_mut() {
        if !part.detail.is_empty() {
            object.insert("detail".to_owned(), json!(part.detail));
        }
        if !part.parts.is_empty() {
            let parts: Vec<Value> = part.parts.iter().map(|part| nested(at, part)).collect();
            object.insert("children".to_owned(), Value::Array(parts));
        }
    }
    value
}

fn flatten(at: &At, parts: &[Part], around: Option<&str>, flat: &mut Vec<Value>) {
    for part in parts {
        let location = json!({ "uri": at.document.uri, "range": at.range(part.span) });
        flat.push(json!({ "name": part.name, "kind": kind(part.kind), "location": location, "containerName": around }));
        flatten(at, &part.parts, Some(&part.name), flat);
    }
}

/// How an editor shows a part: the number of `SymbolKind`.
fn kind(kind: PartKind) -> u32 {
    const MODULE: u32 = 2;
    const CLASS: u32 = 5;
    const METHOD: u32 = 6;
    const OBJECT: u32 = 19;
    const STRUCT: u32 = 23;
    match kind {
        PartKind::Stage => MODULE,
        PartKind::Instruction | PartKind::Container => METHOD,
        PartKind::Service => CLASS,
        PartKind::Resource => STRUCT,
        PartKind::Object => OBJECT,
    }
}

/// `textDocument/documentLink`.
pub(super) fn links(at: &At) -> Answer {
    let files = at.files();
    let mut links = Vec::new();
    let mut add = |span: Span, target: Option<String>, tooltip: &str| {
        if let Some(target) = target.filter(|_| !span.is_empty()) {
            links.push(json!({ "range": at.range(span), "target": target, "tooltip": tooltip }));
        }
    };
    let documents = language::documents(at, &files);
    for named in language::paths(at, &documents, &files) {
        let path = normalize(&at.root.folder.join(&named.path));
        add(named.at, uri::of_path(&path).map(|uri| uri.as_str().to_owned()), "open the file");
    }
    for document in documents {
        for image in images(&document.tree) {
            add(document.region.span(image.span), page(&image), "open the page of the image");
        }
    }
    Ok(Value::Array(links))
}

/// The images that a tree names.
pub(super) fn images(tree: &Tree) -> Vec<Image> {
    match tree {
        Tree::Dockerfile(dockerfile) => {
            dockerfile.instructions().flat_map(crate::model::dockerfile::Instruction::images).collect()
        }
        Tree::Compose(stream) => {
            let services = stream.roots().flat_map(|root| File { root }.services().collect::<Vec<_>>());
            let written = services.filter_map(|service| match service.image() {
                Field::Present(node) => image_at(node),
                _ => None,
            });
            written.collect()
        }
        Tree::Kubernetes(stream) => {
            let pods = stream.documents.iter().flat_map(objects).filter_map(|object| object.pod_spec());
            pods.flat_map(|pod| pod.containers().filter_map(image_of).collect::<Vec<_>>()).collect()
        }
        Tree::Dockerignore(_) | Tree::Outer => Vec::new(),
    }
}

/// The image that a scalar without variables names.
fn image_at(node: Ref<'_>) -> Option<Image> {
    let text = node.as_str().filter(|text| !text.contains('$'))?;
    let span = node.span();
    let is_quoted = span.len() as usize == text.len() + 2;
    Image::parse(text, if is_quoted { span.slice(1, span.len() - 1) } else { span }).ok()
}

/// Where an image is described, for the registries that have such pages.
fn page(image: &Image) -> Option<String> {
    match image.registry() {
        _ if image.is_official() => {
            let name = image.repository().rsplit('/').next().unwrap_or_default().to_owned();
            Some(format!("https://hub.docker.com/_/{name}"))
        }
        _ if image.is_docker_hub() => Some(format!("https://hub.docker.com/r/{}", image.repository())),
        "quay.io" => Some(format!("https://quay.io/repository/{}", image.repository())),
        _ => None,
    }
}
