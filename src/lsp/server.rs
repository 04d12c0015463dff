//! The loop: one thread that owns the state, takes what comes in, and gives work to others.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, never, select, unbounded};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::{InitializeParams, MessageType};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::capabilities::greeting;
use super::check::{Checked, NotChecked};
use super::client::Client;
use super::diagnostics::Schedule;
use super::files::Disk;
use super::handlers;
use super::log::{Log, OpenLog};
use super::pool::Pool;
use super::requests::{Answer, Asked, Cancelled, Requests, error};
use super::snapshot::At;
use super::state::State;
use super::transport::{Incoming, Malformed, Outgoing, Transport};
use super::{Ended, sync, uri, watch};

/// What a thread of the pool hands back.
pub(super) enum Done {
    /// The answer of a request.
    Answer(RequestId, Cancelled, Answer),
    /// What the loop is to do with what was worked out for a request.
    Then(RequestId, Cancelled, Then),
    /// What was found in a document.
    Checked(PathBuf, Result<Arc<Checked>, NotChecked>, Duration),
}

/// Something for the loop to do.
pub(super) type Then = Box<dyn FnOnce(&mut Server, &RequestId) + Send>;

/// How far the talk has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Nobody has greeted.
    New,
    /// The usual.
    Running,
    /// The client said that it will go.
    ShutDown,
}

/// The server.
pub(super) struct Server {
    outgoing: Sender<Outgoing>,
    phase: Phase,
    pool: Pool,
    pub(super) log_file: Log,
    done: Sender<Done>,
    /// What was asked and is not answered.
    pub(super) requests: Requests,
    /// What is open and what holds for it.
    pub(super) state: State,
    /// What has to be looked at.
    pub(super) schedule: Schedule,
}

/// Serves until the client goes.
pub(super) fn run(transport: Transport, disk: Disk, open_log: OpenLog) -> Ended {
    let Transport { incoming, outgoing, writer } = transport;
    let (done, results) = unbounded();
    let mut server = Server {
        outgoing,
        phase: Phase::New,
        pool: Pool::new(),
        log_file: Log::new(open_log),
        done,
        requests: Requests::default(),
        state: State::new(disk),
        schedule: Schedule::default(),
    };
    let ended = server.run(&incoming, &results);
    for response in server.requests.cancel_all() {
        server.send(response);
    }
    drop(server);
    // Everything that was said is written, unless nobody reads it any more: then the thread has ended too.
    let _ = writer.join();
    ended
}

impl Server {
    fn run(&mut self, incoming: &Receiver<Incoming>, results: &Receiver<Done>) -> Ended {
        loop {
            // What has come in is taken first: who types quickly is not shown what was wrong a moment ago.
            let timer = self.schedule.timer().unwrap_or_else(never);
            select! {
                recv(incoming) -> message => {
                    let Ok(message) = message else { return self.end() };
                    if let Some(ended) = self.take(message) {
                        return ended;
                    }
                    while let Ok(message) = incoming.try_recv() {
                        if let Some(ended) = self.take(message) {
                            return ended;
                        }
                    }
                }
                recv(results) -> done => {
                    if let Ok(done) = done {
                        self.finish(done);
                    }
                }
                recv(timer) -> _ => self.schedule_due(),
            }
            self.schedule_checks();
            self.follow_log();
        }
    }

    /// The input ended without a word.
    fn end(&self) -> Ended {
        if self.phase == Phase::ShutDown { Ended::Properly } else { Ended::Abruptly }
    }

    fn take(&mut self, incoming: Incoming) -> Option<Ended> {
        match incoming {
            Incoming::Message(Message::Request(request)) => self.request(request),
            Incoming::Message(Message::Notification(notification)) if notification.method == "exit" => {
                return Some(self.end());
            }
            Incoming::Message(Message::Notification(notification)) => self.notification(notification),
            Incoming::Message(Message::Response(response)) => self.response(response),
            Incoming::Malformed(malformed) => self.refuse(malformed),
        }
        None
    }

    fn refuse(&mut self, malformed: Malformed) {
        let Malformed { id, code, reason } = malformed;
        match id {
            Some(id) => self.send(Response { id, response_result: Err(error(code, reason)) }),
            None => self.put(Outgoing::Unanswerable(code, reason)),
        }
    }

    fn request(&mut self, request: Request) {
        let Request { id, method, mut params } = request;
        uri::mend(&mut params);
        if !self.requests.begin(&id, &method) {
            let reason = format!("a request with the id {id} is not answered yet");
            return self.send(Response { id, response_result: Err(error(ErrorCode::InvalidRequest, reason)) });
        }
        match (self.phase, method.as_str()) {
            (Phase::New, "initialize") => {
                let answer = self.initialize(params);
                self.answer(&id, answer);
            }
            (Phase::New, _) => {
                let answer = error(ErrorCode::ServerNotInitialized, "`initialize` has to come first");
                self.answer(&id, Err(answer));
            }
            (Phase::Running, "initialize") => {
                self.answer(&id, Err(error(ErrorCode::InvalidRequest, "the server is initialized already")));
            }
            (Phase::Running, "shutdown") => {
                self.phase = Phase::ShutDown;
                self.answer(&id, Ok(Value::Null));
            }
            (Phase::Running, _) => handlers::request(self, id, &method, params),
            (Phase::ShutDown, _) => {
                self.answer(&id, Err(error(ErrorCode::InvalidRequest, "the server is shut down")));
            }
        }
    }

    fn initialize(&mut self, raw: Value) -> Answer {
        let params = greeting_of(&raw)?;
        let client = Client::new(&params, &raw);
        let answer = greeting(&client);
        let problems = self.state.greet(client, &params);
        self.phase = Phase::Running;
        self.complain(&problems);
        Ok(answer)
    }

    fn notification(&mut self, notification: Notification) {
        let Notification { method, mut params } = notification;
        uri::mend(&mut params);
        if self.phase != Phase::Running {
            return;
        }
        let done = match method.as_str() {
            "initialized" => {
                watch::register(self);
                self.ask_for_settings();
                Ok(())
            }
            "$/cancelRequest" => {
                let id = params.get("id").cloned().and_then(|id| serde_json::from_value::<RequestId>(id).ok());
                if let Some(id) = id {
                    self.note_answer(&id, Some("cancelled"));
                    self.schedule.stop_waiting(&id);
                    if let Some(response) = self.requests.cancel(&id) {
                        self.send(response);
                    }
                }
                Ok(())
            }
            "textDocument/didOpen" => parse(params).map(|params| sync::opened(self, params)),
            "textDocument/didChange" => parse(params).map(|params| sync::changed(self, params)),
            "textDocument/didSave" => parse(params).map(|params| sync::saved(self, &params)),
            "textDocument/didClose" => parse(params).map(|params| sync::closed(self, &params)),
            "workspace/didChangeWatchedFiles" => parse(params).map(|params| watch::changed(self, &params)),
            "workspace/didChangeWorkspaceFolders" => parse(params).map(|params| sync::folders(self, &params)),
            "workspace/didChangeConfiguration" => {
                sync::settings_changed(self, &params);
                Ok(())
            }
            _ => Ok(()),
        };
        if let Err(reason) = done {
            self.log(MessageType::ERROR, format!("`{method}` is not understood: {}", reason.message));
        }
    }

    fn response(&mut self, response: Response) {
        let Some(asked) = self.requests.answered(&response.id) else {
            return self.log(MessageType::LOG, format!("nobody asked for the answer {}", response.id));
        };
        match (asked, response.response_result) {
            (Asked::Settings(folders), Ok(settings)) => sync::settings_came(self, &folders, &settings),
            (asked, Err(reason)) => {
                self.log(MessageType::WARNING, format!("the client refuses `{}`: {}", asked.method(), reason.message));
            }
            (Asked::Refresh | Asked::Other(_), Ok(_)) => {}
        }
    }

    fn finish(&mut self, done: Done) {
        match done {
            // It was answered when it was cancelled; by now, another may have its id.
            Done::Answer(_, cancelled, _) | Done::Then(_, cancelled, _) if cancelled.load(Ordering::Relaxed) => {}
            Done::Answer(id, _, answer) => self.answer(&id, answer),
            Done::Then(id, _, then) => then(self, &id),
            Done::Checked(path, checked, took) => {
                self.note_look(&path, checked.as_deref(), took);
                self.checked(&path, checked);
            }
        }
    }

    /// Asks the client for its settings, where it can be asked.
    pub(super) fn ask_for_settings(&mut self) {
        if !self.state.client.configuration {
            return;
        }
        let folders = self.state.named_folders();
        let scoped = folders.iter().map(|uri| json!({ "scopeUri": uri, "section": "rlint" }));
        let items: Vec<Value> = std::iter::once(json!({ "section": "rlint" })).chain(scoped).collect();
        let folders = folders.iter().filter_map(uri::path_of).collect();
        self.ask("workspace/configuration", json!({ "items": items }), Asked::Settings(folders));
    }

    /// Asks the client for something.
    pub(super) fn ask(&mut self, method: &str, params: impl Serialize, asked: Asked) {
        let request = self.requests.ask(method, params, asked);
        self.put(Outgoing::Message(request.into()));
    }

    /// Answers a request, unless it was answered before.
    pub(super) fn answer(&mut self, id: &RequestId, answer: Answer) {
        self.note_answer(id, answer.as_ref().err().map(|reason| reason.message.as_str()));
        if let Some(response) = self.requests.answer(id, answer) {
            self.send(response);
        }
    }

    /// The same with an answer that is written already, in JSON.
    pub(super) fn answer_written(&mut self, id: &RequestId, result: &str) {
        self.note_answer(id, None);
        if self.requests.answer(id, Ok(Value::Null)).is_some() {
            // An id is a number or a text.
            let id = serde_json::to_string(id).unwrap_or_default();
            self.put(Outgoing::Written([r#"{"jsonrpc":"2.0","id":"#, &id, r#","result":"#, result, "}"].concat()));
        }
    }

    /// Tells the client something that is written already, in JSON.
    pub(super) fn tell_written(&mut self, method: &str, params: &str) {
        self.put(Outgoing::Written(format!(r#"{{"jsonrpc":"2.0","method":"{method}","params":{params}}}"#)));
    }

    /// Works out the answer of a request on another thread.
    pub(super) fn work(&mut self, id: RequestId, work: impl FnOnce() -> Answer + Send + 'static) {
        self.spawn(id, move |id, cancelled| Done::Answer(id, cancelled, work()));
    }

    /// Works out on another thread what the loop is to do to answer a request: it may have to ask the client for more.
    pub(super) fn work_then(&mut self, id: RequestId, work: impl FnOnce() -> Then + Send + 'static) {
        self.spawn(id, move |id, cancelled| Done::Then(id, cancelled, work()));
    }

    fn spawn(&mut self, id: RequestId, work: impl FnOnce(RequestId, Cancelled) -> Done + Send + 'static) {
        let done = self.done.clone();
        let cancelled = self.requests.cancelled(&id);
        let work = move || {
            if cancelled.load(Ordering::Relaxed) {
                // It was answered when it was cancelled.
                return;
            }
            let failed = || error(ErrorCode::InternalError, "the server failed at this; please report it");
            let (of, given_up) = (id.clone(), cancelled.clone());
            let answer = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| work(of, given_up)));
            // When the loop has ended, nobody waits.
            let _ = done.send(answer.unwrap_or_else(|_| Done::Answer(id, cancelled, Err(failed()))));
        };
        self.pool.answer(work);
    }

    /// Looks at a document on another thread, until `stop` is set.
    pub(super) fn look(&mut self, at: At, stop: Arc<AtomicBool>) {
        let done = self.done.clone();
        self.pool.look(at.document.text().len(), move || {
            let path = at.path.clone();
            let since = Instant::now();
            let look = || Checked::until(&at, &stop).map(Arc::new).ok_or(NotChecked::Stopped);
            let looked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(look));
            let checked = looked.unwrap_or(Err(NotChecked::Failed));
            let _ = done.send(Done::Checked(path, checked, since.elapsed()));
        });
    }

    /// Tells the client something.
    pub(super) fn tell(&mut self, method: &str, params: impl Serialize) {
        let params = serde_json::to_value(params).unwrap_or_default();
        self.put(Outgoing::Message(Notification { method: method.to_owned(), params }.into()));
    }

    /// Writes something into the log of the client, where it matters enough.
    pub(super) fn log(&mut self, kind: MessageType, message: impl Into<String>) {
        if self.state.settings.logs(kind) {
            let message = message.into();
            self.note(&message);
            self.tell("window/logMessage", json!({ "type": kind, "message": message }));
        }
    }

    /// Shows something to the user.
    pub(super) fn show(&mut self, kind: MessageType, message: impl Into<String>) {
        self.tell("window/showMessage", json!({ "type": kind, "message": message.into() }));
    }

    /// Shows what is wrong with settings, once for as long as they stay what they are.
    pub(super) fn complain(&mut self, problems: &[String]) {
        let told = &mut self.state.complaints;
        let new: Vec<&str> =
            problems.iter().filter(|problem| told.insert((*problem).clone())).map(String::as_str).collect();
        if !new.is_empty() {
            let message = format!("rlint: {}", new.join("; "));
            self.show(MessageType::WARNING, message);
        }
    }

    fn send(&mut self, response: Response) {
        self.put(Outgoing::Message(response.into()));
    }

    fn put(&mut self, outgoing: Outgoing) {
        // When nobody reads any more, the input ends too, and with it the loop.
        let _ = self.outgoing.send(outgoing);
    }
}

/// Reads a greeting. A client that says something of itself that is not understood is served as one that says nothing.
fn greeting_of(raw: &Value) -> Result<InitializeParams, lsp_server::ResponseError> {
    parse(raw.clone()).or_else(|_| {
        let mut modest = raw.clone();
        if let Some(params) = modest.as_object_mut() {
            params.insert("capabilities".to_owned(), json!({}));
        }
        parse(modest)
    })
}

/// Reads parameters.
///
/// # Errors
///
/// What the protocol calls them when they are not as they should be.
pub(super) fn parse<T: DeserializeOwned>(params: Value) -> Result<T, lsp_server::ResponseError> {
    serde_json::from_value(params)
        .map_err(|reason| error(ErrorCode::InvalidParams, format!("the parameters are not understood: {reason}")))
}
