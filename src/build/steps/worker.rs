//! Steps carried out by the worker of the sandbox.

use std::os::fd::BorrowedFd;
use std::path::{Path, PathBuf};

use super::executor::Executor;
use crate::build::exec::Worker;
use crate::build::exec::request::{LayerName, Request, Response};

/// A worker, as the builder sees it.
#[derive(Debug)]
pub struct WorkerExecutor {
    worker: Worker,
    /// The folder of its layers.
    layers: PathBuf,
}

impl WorkerExecutor {
    /// A worker on the layers of a store.
    pub fn new(worker: Worker, store: &Path) -> WorkerExecutor {
        let layers = store.join("layers").join(worker.way().folder());
        WorkerExecutor { worker, layers }
    }
}

impl Executor for WorkerExecutor {
    fn execute(
        &mut self,
        request: &Request,
        descriptor: Option<BorrowedFd<'_>>,
        output: &mut dyn FnMut(&str),
    ) -> Result<Response, String> {
        self.worker.call(request, descriptor, output).map_err(|error| error.to_string())
    }

    fn way(&self) -> String {
        self.worker.way().folder()
    }

    fn has(&self, layer: &LayerName) -> bool {
        self.layers.join(layer.as_str()).exists()
    }
}
