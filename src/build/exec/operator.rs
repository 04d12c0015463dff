//! Work on files.

use super::request::{Done, Request, Response};
use super::worker::{Server, failed};

/// Serves all requests but that of a step. `None` where rlint is gone.
pub(super) fn operate(server: &mut Server, request: Request) -> Option<Response> {
    let served = match request {
        Request::Remove { layers } => {
            let removed = layers.iter().try_for_each(|layer| server.layers.remove(layer));
            removed.map(|()| Some(Response::Done(Done::default())))
        }
        other => Ok(Some(Response::Refused { what: format!("this worker does not serve {other:?}") })),
    };
    served.unwrap_or_else(|what| Some(failed(what)))
}
