//! Whoever carries steps out: the worker, or what stands for it in tests.

use std::io::{self, PipeReader, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::thread;

use sha2::{Digest, Sha256};

use crate::build::exec::request::{Done, LayerName, Request, Response, UnpackLimits};
use crate::build::hex::hex;

/// Carries requests out, one after the other.
pub trait Executor {
    /// Carries a request out. What a step says goes to `output` as it comes.
    ///
    /// # Errors
    ///
    /// In words for the user, when there is no answer.
    fn execute(
        &mut self,
        request: &Request,
        descriptor: Option<BorrowedFd<'_>>,
        output: &mut dyn FnMut(&str),
    ) -> Result<Response, String>;

    /// The way of being root: layers made in one cannot be used in another.
    fn way(&self) -> String;

    /// Whether a layer is there.
    fn has(&self, layer: &LayerName) -> bool;
}

/// Makes a layer of what `write` writes, a plain archive, for the stack `lowers`.
pub(super) fn unpack(
    executor: &mut dyn Executor,
    lowers: Vec<LayerName>,
    layer: &LayerName,
    write: impl FnOnce(&mut dyn Write) -> Result<(), String> + Send,
) -> Result<Done, String> {
    let (reader, mut writer) = io::pipe().map_err(|error| format!("cannot make a pipe: {error}"))?;
    let request = Request::Unpack { lowers, layer: layer.clone(), limits: UnpackLimits::default() };
    thread::scope(|scope| {
        let writing = scope.spawn(move || {
            let mut buffered = io::BufWriter::with_capacity(64 << 10, &mut writer);
            write(&mut buffered)?;
            buffered.flush().map_err(|error| error.to_string())
        });
        let answer = executor.execute(&request, Some(reader.as_fd()), &mut |_| {});
        // Whoever still writes learns that nobody reads.
        drop(reader);
        let written = writing.join().unwrap_or_else(|_| Err("the archive could not be written".to_owned()));
        match (answer?, written) {
            // Why the archive ends is more to the point than that it does.
            (Response::Done(done), Ok(())) => Ok(done),
            (Response::Done(_), Err(why)) => Err(why),
            (Response::Invalid { what } | Response::Refused { what } | Response::Failed { what }, written) => {
                Err(written.err().filter(|why| !why.contains("Broken pipe")).unwrap_or(what))
            }
            (Response::Limit(limit), _) => Err(format!("went beyond {limit}")),
            (Response::Exited(_), _) => Err("the worker gave an answer to another question".to_owned()),
        }
    })
}

/// Reads a layer as a plain archive.
pub(super) fn pack<T: Send>(
    executor: &mut dyn Executor,
    layer: &LayerName,
    read: impl FnOnce(&mut dyn Read) -> Result<T, String> + Send,
) -> Result<T, String> {
    read_answer(executor, &Request::Pack { layer: layer.clone() }, read)
}

/// A digest of what is in a layer and of what it removes, its times left out.
pub(super) fn content(executor: &mut dyn Executor, layer: &LayerName) -> Result<String, String> {
    read_answer(executor, &Request::ListLayer { layer: layer.clone() }, digest)
}

/// A digest of what COPY takes of a source, its times left out.
pub(super) fn selection(executor: &mut dyn Executor, layers: Vec<LayerName>, source: &str) -> Result<String, String> {
    read_answer(executor, &Request::Select { layers, source: source.to_owned() }, digest)
}

fn digest(reader: &mut dyn Read) -> Result<String, String> {
    let mut hasher = Sha256::new();
    let mut buffer = [0; 16 << 10];
    loop {
        match reader.read(&mut buffer).map_err(|error| error.to_string())? {
            0 => return Ok(hex(&hasher.finalize())),
            read => hasher.update(&buffer[..read]),
        }
    }
}

/// Reads what the worker writes in answer to a request.
fn read_answer<T: Send>(
    executor: &mut dyn Executor,
    request: &Request,
    read: impl FnOnce(&mut dyn Read) -> Result<T, String> + Send,
) -> Result<T, String> {
    let (mut reader, writer) = io::pipe().map_err(|error| format!("cannot make a pipe: {error}"))?;
    thread::scope(|scope| {
        let reading = scope.spawn(move || {
            let result = read(&mut reader);
            drain(reader);
            result
        });
        let answer = executor.execute(request, Some(writer.as_fd()), &mut |_| {});
        // The end of the pipe is the end of the answer.
        drop(writer);
        let read = reading.join().unwrap_or_else(|_| Err("the layer could not be read".to_owned()));
        match answer? {
            Response::Done(_) => read,
            Response::Invalid { what } | Response::Refused { what } | Response::Failed { what } => Err(what),
            Response::Limit(limit) => Err(format!("reading a layer went beyond {limit}")),
            Response::Exited(_) => Err("the worker gave an answer to another question".to_owned()),
        }
    })
}

/// Reads what is left, so that nobody waits to write it.
fn drain(mut reader: PipeReader) {
    // Nobody needs it, and nobody needs to know that it cannot be had.
    let _ = io::copy(&mut reader, &mut io::sink());
}
