//! Which ways of being root this machine allows. The kernel, a container around us, a security module: each can forbid one,
//! and no file says so for sure; so each way is tried by starting a worker.

use std::path::Path;

use super::client::{Worker, WorkerOptions};
use super::ids::Way;

/// A way that was tried.
#[derive(Debug)]
pub struct Probed {
    /// What it is called.
    pub name: &'static str,
    /// The way, if a worker could start; else why not.
    pub way: Result<Way, String>,
}

/// Tries all ways, the best first, with the layers of `store`. `program` is as in [`WorkerOptions`]; a few milliseconds each.
pub fn probe(store: &Path, program: Option<&Path>) -> Vec<Probed> {
    let tried = |way: Way| {
        let mut options = WorkerOptions::new(store, way);
        if let Some(program) = program {
            options.program = program.to_owned();
        }
        match Worker::start(&options) {
            Ok(worker) => Ok(worker.way().clone()),
            Err(error) => Err(error.to_string()),
        }
    };
    let candidates = Way::candidates().into_iter();
    candidates.map(|candidate| Probed { name: candidate.name, way: candidate.way.and_then(tried) }).collect()
}
