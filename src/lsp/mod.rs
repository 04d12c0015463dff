//! The language server: rlint in an editor, over the Language Server Protocol.
//!
//! One thread owns the state and takes what comes in, one message after another. It works out nothing itself: a request
//! gets a `Snapshot` of everything and goes to a pool, and so does each look at a document. What
//! comes back names the state that it was made from, and is dropped where that is not the present one. Nothing here
//! knows a language or a rule: what an editor is told are facts of the layers below, in the shapes of the protocol.

mod capabilities;
mod check;
mod client;
mod convert;
mod dependencies;
mod diagnostics;
mod documents;
mod files;
mod handlers;
mod log;
mod pool;
mod positions;
mod requests;
mod root;
mod server;
mod settings;
mod snapshot;
mod state;
mod sync;
mod transport;
mod uri;
mod watch;

use std::io::{Read, Write};
use std::sync::Arc;

pub use log::OpenLog;

use crate::text::Files;

/// How the talk with a client ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The client asked for it.
    Properly,
    /// The client was gone, or left without a word.
    Abruptly,
}

/// Serves a client that writes to `input` and reads from `output`, until it goes. Files that are not open are read
/// from `disk`. Nothing is run or fetched, and nothing written but the log file that the user asks for, by `open_log`.
pub fn serve(
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
    disk: Arc<dyn Files + Send + Sync>,
    open_log: OpenLog,
) -> Ended {
    server::run(transport::start(input, output), disk, open_log)
}
