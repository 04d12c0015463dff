//! What was asked and is not answered, both ways.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use lsp_server::{ErrorCode, Request, RequestId, Response, ResponseError};
use serde::Serialize;
use serde_json::Value;

/// Whether nobody waits for an answer any more.
pub(super) type Cancelled = Arc<AtomicBool>;

/// What comes of a request.
pub(super) type Answer = Result<Value, ResponseError>;

/// What was asked and is not answered, both ways. Every request is answered once: what is not in here has been.
#[derive(Debug, Default)]
pub(super) struct Requests {
    incoming: HashMap<RequestId, Waiting>,
    outgoing: HashMap<RequestId, Asked>,
    last_id: i32,
}

/// A request that is not answered.
#[derive(Debug)]
struct Waiting {
    cancelled: Cancelled,
    method: String,
    since: Instant,
}

/// What the client was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// The settings: those that hold everywhere, and those of these folders.
    Settings(Vec<PathBuf>),
    /// To ask for diagnostics again.
    Refresh,
    /// Something whose answer does not matter, by its method.
    Other(String),
}

impl Asked {
    /// The method it was asked by.
    pub(super) fn method(&self) -> &str {
        match self {
            Asked::Settings(_) => "workspace/configuration",
            Asked::Refresh => "workspace/diagnostic/refresh",
            Asked::Other(method) => method,
        }
    }
}

impl Requests {
    /// Notes that a request came; `false` when one of that id is not answered yet.
    pub(super) fn begin(&mut self, id: &RequestId, method: &str) -> bool {
        let is_new = !self.incoming.contains_key(id);
        if is_new {
            let (method, since) = (method.to_owned(), Instant::now());
            self.incoming.insert(id.clone(), Waiting { cancelled: Cancelled::default(), method, since });
        }
        is_new
    }

    /// Whether a request was cancelled, to be asked from another thread.
    pub(super) fn cancelled(&self, id: &RequestId) -> Cancelled {
        self.incoming.get(id).map(|waiting| waiting.cancelled.clone()).unwrap_or_default()
    }

    /// The method of a request that is not answered, and how long it has waited.
    pub(super) fn waiting(&self, id: &RequestId) -> Option<(&str, Duration)> {
        self.incoming.get(id).map(|waiting| (waiting.method.as_str(), waiting.since.elapsed()))
    }

    /// The answer of a request, when it has none yet.
    pub(super) fn answer(&mut self, id: &RequestId, answer: Answer) -> Option<Response> {
        self.incoming.remove(id)?;
        Some(Response { id: id.clone(), response_result: answer })
    }

    /// The answer of a request that the client gave up, when it has none yet.
    pub(super) fn cancel(&mut self, id: &RequestId) -> Option<Response> {
        self.incoming.get(id)?.cancelled.store(true, Ordering::Relaxed);
        self.answer(id, Err(error(ErrorCode::RequestCanceled, "the request was cancelled")))
    }

    /// The answers of everything that is not answered, for the end.
    pub(super) fn cancel_all(&mut self) -> Vec<Response> {
        let ids: Vec<RequestId> = self.incoming.keys().cloned().collect();
        ids.iter().filter_map(|id| self.cancel(id)).collect()
    }

    /// A request to the client.
    pub(super) fn ask(&mut self, method: &str, params: impl Serialize, asked: Asked) -> Request {
        self.last_id = self.last_id.wrapping_add(1);
        let id = RequestId::from(self.last_id);
        self.outgoing.insert(id.clone(), asked);
        let params = serde_json::to_value(params).unwrap_or_default();
        Request { id, method: method.to_owned(), params }
    }

    /// What the client now answers; `None` when it was not asked.
    pub(super) fn answered(&mut self, id: &RequestId) -> Option<Asked> {
        self.outgoing.remove(id)
    }

    /// Whether the client was asked for that and has not answered.
    pub(super) fn is_asked(&self, asked: &Asked) -> bool {
        self.outgoing.values().any(|open| open == asked)
    }
}

/// An error of the protocol.
pub(super) fn error(code: ErrorCode, message: impl Into<String>) -> ResponseError {
    ResponseError { code: code as i32, message: message.into(), data: None }
}
