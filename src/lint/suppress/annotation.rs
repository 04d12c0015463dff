//! Annotations of Kubernetes objects by which other tools are told to look away. They cover the object.

use super::{Name, Origin, Scope, Suppression};
use crate::lint::Catalog;
use crate::lint::document::{Document, Tree};
use crate::syntax::kubernetes::objects;
use crate::syntax::yaml::Ref;
use crate::text::Span;

/// Finds the annotations of the objects of a document.
pub(super) fn collect(document: &Document, catalog: &Catalog, found: &mut Vec<Suppression>) {
    let Tree::Kubernetes(stream) = &document.tree else { return };
    const MARKS: [&[u8]; 4] = [b"kube-linter.io/", b"kube-score/", b"polaris.fairwinds.com/", b"checkov.io/"];
    if !MARKS.iter().any(|mark| memchr::memmem::find(document.text.as_bytes(), mark).is_some()) {
        return;
    }
    for object in stream.documents.iter().flat_map(objects) {
        let scope = document.region.span(object.node.span());
        let own = object.node.get("metadata").and_then(|metadata| metadata.get("annotations"));
        let of_pods = object.pod_spec().and_then(|pod| pod.template.get("metadata")?.get("annotations"));
        for (key, value) in [own, of_pods].into_iter().flatten().flat_map(Ref::entries) {
            let (Some(key), Some(value)) = (key.as_str(), value.as_str()) else { continue };
            found.extend(read(key, value, catalog).map(|(origin, names, reason)| Suppression {
                origin,
                comment: Span::default(),
                scope: Scope::Within(scope),
                names,
                reason: Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty()),
                expires: None,
                misplaced: false,
            }));
        }
    }
}

fn read<'t>(key: &str, value: &'t str, catalog: &Catalog) -> Option<(Origin, Vec<Name>, &'t str)> {
    let name = |text: &str| Name::new(catalog, Span::default(), text.trim());
    let all = || vec![Name::all(Span::default())];
    if let Some(check) = key.strip_prefix("ignore-check.kube-linter.io/") {
        return Some((Origin::KubeLinter, vec![name(check)], value));
    }
    if key == "kube-linter.io/ignore-all" {
        return Some((Origin::KubeLinter, all(), value));
    }
    if key == "kube-score/ignore" {
        let names = if value.trim() == "*" { all() } else { value.split(',').map(name).collect() };
        return Some((Origin::KubeScore, names, ""));
    }
    if let Some(check) = key.strip_prefix("polaris.fairwinds.com/") {
        if value.trim() != "true" {
            return None;
        }
        let names = if check == "exempt" { all() } else { vec![name(check.strip_suffix("-exempt")?)] };
        return Some((Origin::Polaris, names, ""));
    }
    let number = key.strip_prefix("checkov.io/skip")?;
    if !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (id, reason) = value.split_once('=').unwrap_or((value, ""));
    Some((Origin::Checkov, vec![name(id)], reason))
}
