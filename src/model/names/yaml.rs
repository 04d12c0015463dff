//! The names within YAML: anchors, and the aliases that stand for them.

use super::{At, Names, Use};
use crate::syntax::yaml::{Document, NodeKind, Stream};

/// The anchors of a stream and where aliases use them, merges by `<<` included. An anchor holds in its document alone.
pub fn of_anchors(stream: &Stream) -> Names {
    let mut names = Names::default();
    for node in stream.documents.iter().flat_map(Document::all) {
        names.declared.extend(node.anchor_span().map(At::here));
        let NodeKind::Alias { target: Some(target) } = node.node().kind else { continue };
        if let Some(anchor) = node.document.get(target).anchor_span() {
            names.used.push(Use { at: At::here(node.span()), of: At::here(anchor) });
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::yaml::parse;

    #[test]
    fn an_alias_means_the_last_anchor_of_its_name_before_it() {
        let text = "a: &x {b: 1}\nc: *x\nd: &x 2\ne: [*x, *y]\nf: {<<: *x}\n---\ng: *x\n";
        let names = of_anchors(&parse(text.to_owned()));
        let line = |at: &At| text[..at.span.start as usize].matches('\n').count() + 1;
        let found: Vec<_> =
            names.used.iter().map(|own| (line(&own.at), own.at.span.of_text(text), line(&own.of))).collect();
        assert_eq!(found, [(2, "*x", 1), (4, "*x", 3), (5, "*x", 3)]);
        assert_eq!(names.declared.iter().map(|at| at.span.of_text(text)).collect::<Vec<_>>(), ["&x", "&x"]);
    }
}
