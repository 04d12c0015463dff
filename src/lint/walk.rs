//! One walk over a document: at each node the checks filed under its kind are called.

use std::ops::Range;

use super::Context;
use super::dispatch::Dispatch;
use super::document::{Document, Tree};
use super::own::{self, Node};
use crate::model::dockerfile::{Dockerfile, Source};
use crate::model::packages::Operation;
use crate::model::workload::image_of;
use crate::syntax::compose::File;
use crate::syntax::kubernetes::objects;
use crate::syntax::yaml::Stream;

/// Calls the checks filed in a list with one node.
macro_rules! call {
    ($checks:expr, $node:expr, $cx:expr) => {
        for (rule, check) in &$checks {
            $cx.enter(*rule);
            check($node, $cx);
        }
    };
}

/// Objects of a bundle that are walked over at once: starting another thread for fewer costs more than it saves.
const SLICE: usize = 16;

/// The parts of `document` that can be walked over at the same time, by the place of their YAML documents: manifests of
/// a bundle do not know of each other. All else is one part.
pub(super) fn slices(document: &Document) -> Vec<Range<usize>> {
    let count = match &document.tree {
        Tree::Kubernetes(stream) => stream.documents.len().max(1),
        _ => 1,
    };
    (0..count).step_by(SLICE).map(|start| start..count.min(start + SLICE)).collect()
}

/// Walks over a slice of `document` once, or until nobody wants any more what is found: that is asked between two nodes.
pub(super) fn walk(document: &Document, slice: Range<usize>, dispatch: &Dispatch, cx: &mut Context<'_>) {
    if slice.start == 0 && document.region.is_whole() {
        call!(dispatch.source, &document.source, cx);
    }
    match &document.tree {
        Tree::Dockerfile(dockerfile) => walk_dockerfile(dockerfile, dispatch, cx),
        Tree::Compose(stream) => walk_compose(stream, dispatch, cx),
        Tree::Kubernetes(stream) => walk_kubernetes(stream, slice, dispatch, cx),
        Tree::Dockerignore(file) => call!(dispatch.dockerignore, file, cx),
        Tree::Outer => {}
    }
}

fn walk_dockerfile(dockerfile: &Dockerfile, dispatch: &Dispatch, cx: &mut Context<'_>) {
    let own = &dispatch.own;
    call!(dispatch.dockerfile, dockerfile, cx);
    own::call(own, Node::Dockerfile(dockerfile), cx);
    for stage in dockerfile.stages() {
        if cx.is_stopped() {
            return;
        }
        call!(dispatch.stage, stage, cx);
        own::call(own, Node::Stage(stage), cx);
        call!(dispatch.from, stage.from(), cx);
        if let Some(image) = stage.from().image() {
            own::call(own, Node::Image(image), cx);
        }
    }
    for instruction in dockerfile.instructions() {
        if cx.is_stopped() {
            return;
        }
        call!(dispatch.instruction, instruction, cx);
        if !own.is_empty() {
            own::call(own, Node::Instruction(instruction), cx);
            for word in instruction.source_words() {
                if let Source::Image(image) = instruction.source(word) {
                    own::call(own, Node::Image(&image), cx);
                }
            }
        }
        if dispatch.command.is_empty() && dispatch.operation.is_empty() && own.is_empty() {
            continue;
        }
        for command in instruction.commands() {
            call!(dispatch.command, command, cx);
            own::call(own, Node::Command(command), cx);
            // Made once for all the rules about package managers.
            if !dispatch.operation.is_empty()
                && let Some(operation) = Operation::of_run(command)
            {
                call!(dispatch.operation, &operation, cx);
            }
        }
    }
}

fn walk_compose(stream: &Stream, dispatch: &Dispatch, cx: &mut Context<'_>) {
    for document in &stream.documents {
        call!(dispatch.yaml, document, cx);
        let Some(root) = document.root().filter(|root| root.is_mapping()) else { continue };
        call!(dispatch.compose, root, cx);
        own::call(&dispatch.own, Node::Compose(root), cx);
        for service in (File { root }).services() {
            if cx.is_stopped() {
                return;
            }
            call!(dispatch.service, service, cx);
            if dispatch.own.is_empty() {
                continue;
            }
            own::call(&dispatch.own, Node::Service(service), cx);
            if let Some(image) = cx.compose().and_then(|project| project.pulled_image(service)) {
                own::call(&dispatch.own, Node::Image(&image), cx);
            }
        }
    }
}

fn walk_kubernetes(stream: &Stream, slice: Range<usize>, dispatch: &Dispatch, cx: &mut Context<'_>) {
    for document in stream.documents.iter().take(slice.end).skip(slice.start) {
        call!(dispatch.yaml, document, cx);
        for object in objects(document) {
            if cx.is_stopped() {
                return;
            }
            call!(dispatch.object, object, cx);
            own::call(&dispatch.own, Node::Object(object), cx);
            let Some(pod) = object.pod_spec() else { continue };
            call!(dispatch.pod_spec, pod, cx);
            own::call(&dispatch.own, Node::PodSpec(pod), cx);
            for container in pod.containers() {
                call!(dispatch.container, container, cx);
                if dispatch.own.is_empty() {
                    continue;
                }
                own::call(&dispatch.own, Node::Container(container), cx);
                if let Some(image) = image_of(container) {
                    own::call(&dispatch.own, Node::Image(&image), cx);
                }
            }
        }
    }
}
