//! What a file holds: itself, or the documents inside of it.

use std::sync::Arc;

use crate::model::compose;
use crate::model::context::IgnoreFile;
use crate::model::dockerfile::Dockerfile;
use crate::model::readings::Readings;
use crate::model::role::Role;
use crate::syntax::compose::{Build, File};
use crate::syntax::kind::Kind;
use crate::syntax::{SyntaxError, dockerfile, markdown, yaml};
use crate::text::{Region, Source, Span};

/// Something that is linted by itself: a file, a fenced block, a Dockerfile inside a compose file.
#[derive(Debug)]
pub struct Document {
    /// The file it lies in.
    pub source: Arc<Source>,
    /// Its text: that of the file, or a part of it.
    pub text: Arc<str>,
    /// Where that text stands in the file.
    pub region: Region,
    /// Whether it says everything.
    pub role: Role,
    /// The project that a compose file belongs to.
    pub compose: Option<compose::Project>,
    /// What was read.
    pub tree: Tree,
    /// What is wrong around it, in file coordinates.
    pub outer_errors: Vec<SyntaxError>,
}

/// The tree of a [`Document`].
#[derive(Debug)]
pub enum Tree {
    /// A Dockerfile.
    Dockerfile(Box<Dockerfile>),
    /// A compose file.
    Compose(yaml::Stream),
    /// Kubernetes manifests.
    Kubernetes(yaml::Stream),
    /// What a build leaves out of its context.
    Dockerignore(IgnoreFile),
    /// A file whose documents stand for themselves, such as Markdown.
    Outer,
}

impl Document {
    fn new(
        source: &Arc<Source>,
        text: Arc<str>,
        region: Region,
        tree: Tree,
        outer_errors: Vec<SyntaxError>,
    ) -> Document {
        let source = source.clone();
        Document { source, text, region, role: Role::Complete, compose: None, tree, outer_errors }
    }

    /// The kind its tree is of.
    pub fn kind(&self) -> Kind {
        match self.tree {
            Tree::Dockerfile(_) => Kind::Dockerfile,
            Tree::Compose(_) => Kind::Compose,
            Tree::Kubernetes(_) => Kind::Kubernetes,
            Tree::Dockerignore(_) => Kind::Dockerignore,
            Tree::Outer => Kind::Markdown,
        }
    }

    /// What its parser found wrong, in the coordinates of the document.
    pub fn errors(&self) -> &[SyntaxError] {
        match &self.tree {
            Tree::Dockerfile(dockerfile) => &dockerfile.tree.errors,
            Tree::Compose(stream) | Tree::Kubernetes(stream) => &stream.errors,
            Tree::Dockerignore(_) | Tree::Outer => &[],
        }
    }

    /// Reads it again as a Dockerfile that is built with contexts of these names.
    pub(super) fn know_contexts(&mut self, contexts: Vec<String>) {
        if contexts.is_empty() {
            return;
        }
        self.tree = match std::mem::replace(&mut self.tree, Tree::Outer) {
            Tree::Dockerfile(old) => Tree::Dockerfile(Box::new(Dockerfile::with_contexts(old.tree, contexts))),
            other => other,
        };
    }

    /// Its comments, in the coordinates of the document.
    pub fn comments(&self) -> Vec<Span> {
        match &self.tree {
            Tree::Dockerfile(dockerfile) => dockerfile.tree.comments.iter().map(|comment| comment.span).collect(),
            Tree::Compose(stream) | Tree::Kubernetes(stream) => stream.comments.clone(),
            Tree::Dockerignore(file) => file.comments.clone(),
            Tree::Outer => Vec::new(),
        }
    }
}

/// The documents of a file: the file itself first, then what lies inside, in file order.
pub fn documents(source: &Arc<Source>, kind: Kind) -> Vec<Document> {
    let mut documents = Vec::new();
    parse(source, source.text.clone(), Region::whole(), kind, Vec::new(), &mut documents);
    documents
}

/// As [`documents`], for a file that is read over and over.
pub(super) fn documents_again(source: &Arc<Source>, kind: Kind, readings: &Readings) -> Vec<Document> {
    if kind != Kind::Kubernetes {
        return documents(source, kind);
    }
    let tree = Tree::Kubernetes(readings.parse(&source.path, source.text.clone()));
    vec![Document::new(source, source.text.clone(), Region::whole(), tree, Vec::new())]
}

fn parse(
    source: &Arc<Source>,
    text: Arc<str>,
    region: Region,
    kind: Kind,
    outer_errors: Vec<SyntaxError>,
    documents: &mut Vec<Document>,
) {
    let tree = match kind {
        Kind::Dockerfile => Tree::Dockerfile(Box::new(Dockerfile::new(dockerfile::parse(text.clone())))),
        Kind::Compose => Tree::Compose(yaml::parse(text.clone())),
        Kind::Kubernetes => Tree::Kubernetes(yaml::parse(text.clone())),
        // It lies in no other file.
        Kind::Dockerignore => Tree::Dockerignore(IgnoreFile::new(source.clone())),
        Kind::Markdown => Tree::Outer,
    };
    let mut inner = Vec::new();
    match &tree {
        Tree::Outer => {
            for fence in markdown::fences(&text) {
                let at = fence.region.inside(&region);
                parse(source, fence.text.into(), at, fence.kind, fence.errors, &mut inner);
            }
        }
        Tree::Compose(stream) => {
            for (text, at, contexts) in inline_dockerfiles(stream) {
                let from = inner.len();
                parse(source, text.into(), at.inside(&region), Kind::Dockerfile, Vec::new(), &mut inner);
                inner[from..].iter_mut().for_each(|document| document.know_contexts(contexts.clone()));
            }
        }
        Tree::Dockerfile(_) | Tree::Kubernetes(_) | Tree::Dockerignore(_) => {}
    }
    documents.push(Document::new(source, text, region, tree, outer_errors));
    documents.append(&mut inner);
}

/// The values of `dockerfile_inline`, each once however many services share it, and the contexts that these name.
fn inline_dockerfiles(stream: &yaml::Stream) -> Vec<(&str, Region, Vec<String>)> {
    let mut found: Vec<(&str, Region, Vec<String>)> = Vec::new();
    if memchr::memmem::find(stream.text.as_bytes(), b"dockerfile_inline").is_none() {
        return found;
    }
    for root in stream.documents.iter().filter_map(yaml::Document::root) {
        for service in (File { root }).services() {
            let inline = service.build().and_then(Build::dockerfile_inline);
            let Some((text, region)) = inline.and_then(yaml::Ref::region) else { continue };
            let contexts = service.build().into_iter().flat_map(Build::additional_contexts);
            let contexts = contexts.map(|pair| pair.name.to_owned());
            match found.iter_mut().find(|(other, at, _)| *other == text && *at == region) {
                Some((_, _, all)) => all.extend(contexts),
                None => found.push((text, region, contexts.collect())),
            }
        }
    }
    found
}
