//! Image references: `registry/name:tag@digest`.

use crate::text::Span;

/// A reference whose parts are known. Spans are those of the parts in the file, or the whole word where a part
/// comes from a variable.
#[derive(Clone, Debug)]
pub struct Image {
    /// All of it, where it is written.
    pub span: Span,
    /// Expanded: what the builder or the cluster will pull.
    pub reference: String,
    /// `registry.example.com:5000`; `None` means Docker Hub.
    pub registry: Option<String>,
    /// `library/python` is written `python`: as in the reference, registry, tag and digest left out.
    pub name: String,
    /// The tag, if there is one.
    pub tag: Option<String>,
    /// Where the tag stands.
    pub tag_span: Span,
    /// `sha256:…`, if there is one.
    pub digest: Option<String>,
}
