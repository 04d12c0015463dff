//! Looks at one document.

use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use rustc_hash::FxHasher;

use super::convert;
use super::snapshot::At;
use crate::config::discover::NAMES;
use crate::config::options::Options;
use crate::lint::Diagnostic;

/// Bytes that a finding usually takes in JSON.
const SIZE: usize = 512;

/// Findings that are written at once: starting another thread for fewer costs more than it saves.
const SLICE: usize = 64;

/// Why nothing is known of a document after a look at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotChecked {
    /// It changed meanwhile.
    Stopped,
    /// The look failed.
    Failed,
}

/// What was found in one state of a document.
#[derive(Debug)]
pub(super) struct Checked {
    /// The state.
    pub(super) stamp: u64,
    /// The version, as the client counts them.
    pub(super) version: i32,
    /// The number of changes before the look at it.
    pub(super) epoch: u64,
    /// The findings, in order.
    pub(super) found: Vec<Diagnostic>,
    /// The same as the client gets them: an array, in JSON.
    pub(super) items: String,
    /// A number for the items: others most probably have another.
    pub(super) digest: u64,
    /// What is wrong with its configuration.
    pub(super) broken: Option<Arc<Vec<Diagnostic>>>,
}

impl Checked {
    /// Looks at a document.
    pub(super) fn new(at: &At) -> Checked {
        let (found, broken) = look(at, None).unwrap_or_default();
        Checked::of(at, found, broken)
    }

    /// The same, until `stop` is set: then nothing comes of it.
    pub(super) fn until(at: &At, stop: &AtomicBool) -> Option<Checked> {
        let (found, broken) = look(at, Some(stop))?;
        (!stop.load(Ordering::Relaxed)).then(|| Checked::of(at, found, broken))
    }

    fn of(at: &At, found: Vec<Diagnostic>, broken: Option<Arc<Vec<Diagnostic>>>) -> Checked {
        let items = written(at, &found);
        let mut hasher = FxHasher::default();
        items.hash(&mut hasher);
        Checked {
            stamp: at.document.stamp,
            version: at.document.version,
            epoch: at.snapshot.epoch,
            found,
            items,
            digest: hasher.finish(),
            broken,
        }
    }
}

/// Findings as the client gets them: an array, in JSON.
fn written(at: &At, found: &[Diagnostic]) -> String {
    // Large files have hundreds, at every keystroke: they are written without a tree of JSON in between.
    let of_slice = |found: &[Diagnostic]| {
        let mut written = Vec::with_capacity(found.len() * SIZE);
        for diagnostic in found {
            written.push(b',');
            // Texts and numbers can be written.
            let _ = serde_json::to_writer(&mut written, &convert::diagnostic(at, diagnostic));
        }
        written
    };
    let slices: Vec<Vec<u8>> =
        if found.len() > SLICE { found.par_chunks(SLICE).map(of_slice).collect() } else { vec![of_slice(found)] };
    let mut written = slices.concat();
    match written.first_mut() {
        Some(comma) => *comma = b'[',
        None => written.push(b'['),
    }
    written.push(b']');
    String::from_utf8(written).unwrap_or_else(|_| "[]".to_owned())
}

type Looked = (Vec<Diagnostic>, Option<Arc<Vec<Diagnostic>>>);

fn look(at: &At, stop: Option<&AtomicBool>) -> Option<Looked> {
    if !at.root.settings.enable {
        return Some(Looked::default());
    }
    if at.path.file_name().is_some_and(|name| NAMES.iter().any(|known| name == *known)) {
        return Some((of_configuration(at), None));
    }
    let (holding, broken) = at.root.holding(&at.path, &at.snapshot.disk);
    if holding.config.exclude.leaves_out(&at.path) {
        return Some((Vec::new(), broken));
    }
    let mut found = holding.checker.check_until(&at.name, &at.files_for_check(), stop)?.diagnostics;
    holding.hold_back(&at.root.folder, &mut found);
    Some((found, broken))
}

/// What is wrong with a configuration as it is being written.
fn of_configuration(at: &At) -> Vec<Diagnostic> {
    let folder = at.path.parent().unwrap_or(&at.path);
    let holding = at.holding();
    let (_, errors) = Options::read(&at.source(), folder, holding.config.settings.catalog());
    errors
}
