//! Who builds for a judge: rlint itself, or an engine.

use std::io::BufReader;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::thread;

use super::verdict::BuiltImage;
use crate::build::exec::request::{Request, Response};
use crate::build::steps::{self, BuildOptions, Builder, Event, Outcome, Snapshot};
use crate::build::tree::{Entry, read_listing};
use crate::model::dockerfile::Dockerfile;
use crate::syntax::dockerfile::parse;

/// Builds images, and looks at them.
pub trait Backend {
    /// Builds a Dockerfile of this text with the files of `context`; with `anew`, nothing comes from the cache.
    fn build(&mut self, text: &str, context: &Snapshot, anew: bool, observer: &mut dyn FnMut(&Event<'_>)) -> Outcome;

    /// Everything about an image that a judge compares.
    ///
    /// # Errors
    ///
    /// In words for the user, when it cannot be read.
    fn examine(&mut self, image: steps::BuiltImage) -> Result<BuiltImage, String>;

    /// Who it is, where that is not rlint itself.
    fn name(&self) -> Option<String> {
        None
    }
}

/// rlint itself.
#[derive(Debug)]
pub struct InProcess {
    builder: Builder,
    options: BuildOptions,
}

impl InProcess {
    /// Builds with `builder` as `options` say.
    pub fn new(builder: Builder, options: BuildOptions) -> InProcess {
        InProcess { builder, options }
    }

    fn tree(&mut self, image: &steps::BuiltImage) -> Result<Vec<Entry>, String> {
        let (reader, writer) = std::io::pipe().map_err(|error| format!("cannot make a pipe: {error}"))?;
        let request = Request::List { layers: image.layers.clone() };
        let executor = self.builder.executor();
        thread::scope(|scope| {
            let reading = scope.spawn(move || read_listing(BufReader::new(reader)));
            let answer = executor.execute(&request, Some(writer.as_fd()), &mut |_| {});
            drop(writer);
            let entries = reading.join().unwrap_or_else(|_| Ok(Vec::new())).map_err(|error| error.to_string())?;
            match answer? {
                Response::Done(_) => Ok(entries),
                other => Err(format!("the files of the image cannot be listed: {other:?}")),
            }
        })
    }
}

impl Backend for InProcess {
    fn build(&mut self, text: &str, context: &Snapshot, anew: bool, observer: &mut dyn FnMut(&Event<'_>)) -> Outcome {
        let dockerfile = Dockerfile::new(parse(Arc::from(text)));
        let options = BuildOptions { no_cache: anew, ..self.options.clone() };
        self.builder.build(&dockerfile, Some(context), &options, observer)
    }

    fn examine(&mut self, image: steps::BuiltImage) -> Result<BuiltImage, String> {
        let tree = self.tree(&image)?;
        let own = image.steps.iter().filter(|step| step.step.stage == image.target && step.entries > 0);
        let layers = own.map(|step| step.bytes).collect();
        let executed = image.executed();
        Ok(BuiltImage { config: image.config, tree, layers, executed })
    }
}
