//! Which documents have to be looked at, and who is told what was found.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, at};
use lsp_server::{ErrorCode, RequestId};
use lsp_types::{DocumentDiagnosticParams, MessageType};
use serde_json::{Value, json};

use super::check::{Checked, NotChecked};
use super::requests::{Answer, Asked, error};
use super::server::Server;
use super::settings::Run;
use super::snapshot::At;
use crate::lint::Diagnostic;

/// How long the keyboard is quiet before a client is asked to ask again: what it asks for then is everything it shows.
const QUIET: Duration = Duration::from_millis(150);

/// What has to be looked at, and what is known of the way things hang together.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    /// Documents to look at, the most urgent first.
    wanted: Vec<PathBuf>,
    /// Documents that are being looked at, and how to stop that.
    running: BTreeMap<PathBuf, Arc<AtomicBool>>,
    /// Who waits for what is found in a document.
    waiting: BTreeMap<PathBuf, Vec<(RequestId, Option<String>)>>,
    /// What the client was last sent for a document: the state and the number of the items.
    published: BTreeMap<PathBuf, (u64, u64)>,
    /// When the content of a file last changed.
    changes: BTreeMap<PathBuf, u64>,
    /// When more than the content of a file last changed.
    upheaval: u64,
    /// When to ask the client to ask again.
    refresh: Option<Instant>,
    /// The documents whose configuration cannot be used, each with where that is: the user was told of it.
    told: BTreeMap<PathBuf, PathBuf>,
}

impl Schedule {
    /// When something is to be done that nothing comes in for.
    pub(super) fn timer(&self) -> Option<Receiver<Instant>> {
        self.refresh.map(at)
    }

    /// Stops a look at a document: what comes of it would not count.
    fn stop(&self, path: &Path) {
        if let Some(stop) = self.running.get(path) {
            stop.store(true, Ordering::Relaxed);
        }
    }

    /// Nobody waits any more for the answer of a request.
    pub(super) fn stop_waiting(&mut self, id: &RequestId) {
        self.waiting.values_mut().for_each(|waiting| waiting.retain(|(known, _)| known != id));
        self.waiting.retain(|_, waiting| !waiting.is_empty());
    }

    fn want(&mut self, path: &Path) {
        self.wanted.retain(|known| known != path);
        self.wanted.insert(0, path.to_path_buf());
    }
}

impl Server {
    /// The content of the file at `path` has become another.
    pub(super) fn content_changed(&mut self, path: &Path) {
        self.state.note_change(path);
        self.schedule.changes.insert(path.to_path_buf(), self.state.epoch);
        if self.state.dependencies.on_content(path) && self.stale(|other| other != path) {
            self.refresh_soon();
        }
        // Who changed a document asks for what is found in it without being told to, but not when it is saved.
        if self.stale(|other| other == path) && self.runs_on_save(path) {
            self.refresh_soon();
        }
    }

    /// Files came or went: nothing that was found can be relied on.
    pub(super) fn files_changed(&mut self) {
        self.state.note_structure();
        self.upheaval();
    }

    /// Settings or configurations have changed.
    pub(super) fn configuration_changed(&mut self) {
        let problems = self.state.configure();
        self.complain(&problems);
        self.upheaval();
        if self.state.client.refreshes_hints {
            self.ask(
                "workspace/inlayHint/refresh",
                Value::Null,
                Asked::Other("workspace/inlayHint/refresh".to_owned()),
            );
        }
    }

    /// Everything has to be looked at again.
    pub(super) fn upheaval(&mut self) {
        self.schedule.upheaval = self.state.epoch;
        self.schedule.changes.clear();
        if self.stale(|_| true) {
            self.refresh_soon();
        }
    }

    /// What was found in some documents that are open does not count any more; whether there are such.
    fn stale(&mut self, which: impl Fn(&Path) -> bool) -> bool {
        let open: Vec<PathBuf> = self.state.documents.iter().map(|(path, _)| path.clone()).collect();
        let checked = Arc::make_mut(&mut self.state.checked);
        let mut is_any = false;
        for path in open.iter().filter(|path| which(path)) {
            is_any = true;
            checked.remove(path);
            self.schedule.stop(path);
            if !self.state.client.pulls_diagnostics {
                self.schedule.want(path);
            }
        }
        is_any
    }

    /// Has the client ask again for what it shows, where it asks and can be told to.
    fn refresh_soon(&mut self) {
        if self.state.client.pulls_diagnostics && self.state.client.refreshes_diagnostics {
            self.schedule.refresh = Some(Instant::now() + QUIET);
        }
    }

    /// A document is not open any more.
    pub(super) fn forget(&mut self, path: &Path) {
        Arc::make_mut(&mut self.state.checked).remove(path);
        self.schedule.wanted.retain(|known| known != path);
        self.schedule.stop(path);
        self.schedule.published.remove(path);
        for (id, _) in self.schedule.waiting.remove(path).unwrap_or_default() {
            self.answer(&id, Err(error(ErrorCode::ContentModified, "the document was closed")));
        }
    }

    /// Begins to look at what has to be looked at.
    pub(super) fn schedule_checks(&mut self) {
        let waited_for = self.schedule.waiting.keys().cloned();
        let wanted: Vec<PathBuf> = waited_for.chain(self.schedule.wanted.iter().cloned()).collect();
        for path in wanted {
            if self.schedule.running.contains_key(&path) {
                continue;
            }
            self.schedule.wanted.retain(|known| *known != path);
            if let Some(at) = self.state.snapshot().at(&path) {
                let stop = Arc::default();
                self.schedule.running.insert(path, Arc::clone(&stop));
                self.look(at, stop);
            }
        }
    }

    /// What is due now, and nothing came in for.
    pub(super) fn schedule_due(&mut self) {
        if self.schedule.refresh.is_none_or(|due| due > Instant::now()) {
            return;
        }
        if self.requests.is_asked(&Asked::Refresh) {
            // It will ask for what is true by then.
            self.schedule.refresh = Some(Instant::now() + QUIET);
            return;
        }
        self.schedule.refresh = None;
        self.ask("workspace/diagnostic/refresh", Value::Null, Asked::Refresh);
    }

    /// A document was looked at.
    pub(super) fn checked(&mut self, path: &Path, checked: Result<Arc<Checked>, NotChecked>) {
        self.schedule.running.remove(path);
        let Some(document) = self.state.documents.get(path) else { return };
        let stamp = document.stamp;
        let checked = match checked {
            Ok(checked) => checked,
            Err(NotChecked::Failed) => {
                for (id, _) in self.schedule.waiting.remove(path).unwrap_or_default() {
                    self.answer(&id, Err(error(ErrorCode::InternalError, "the server failed at this document")));
                }
                return;
            }
            // What stopped it has it looked at again.
            Err(NotChecked::Stopped) => return,
        };
        if !(checked.stamp == stamp || self.runs_on_save(path)) || self.is_outdated(path, &checked) {
            // Whoever waits gets what is true now.
            if !self.state.client.pulls_diagnostics {
                self.schedule.want(path);
            }
            return;
        }
        self.tell_broken(path, checked.broken.as_deref());
        Arc::make_mut(&mut self.state.checked).insert(path.to_path_buf(), checked.clone());
        for (id, previous) in self.schedule.waiting.remove(path).unwrap_or_default() {
            self.answer_written(&id, &report(&checked, previous.as_deref()));
        }
        if !self.state.client.pulls_diagnostics {
            self.publish(path, &checked);
        }
    }

    /// Whether something has changed since that what was found may hang on. What is known of other files is shared, so it
    /// may hang on any that somebody has read.
    fn is_outdated(&self, path: &Path, checked: &Checked) -> bool {
        let mut later = self.schedule.changes.iter().filter(|(_, epoch)| **epoch > checked.epoch);
        self.schedule.upheaval > checked.epoch
            || later.any(|(other, _)| other == path || self.state.dependencies.on_content(other))
    }

    fn publish(&mut self, path: &Path, checked: &Checked) {
        let sent = (checked.stamp, checked.digest);
        let before = self.schedule.published.insert(path.to_path_buf(), sent);
        let Some(document) = self.state.documents.get(path).filter(|_| before != Some(sent)) else { return };
        let (uri, version) = (json!(document.uri), checked.version);
        let params = format!(r#"{{"uri":{uri},"version":{version},"diagnostics":{}}}"#, checked.items);
        self.tell_written("textDocument/publishDiagnostics", &params);
    }

    /// Answers `textDocument/diagnostic`, at once where it is known.
    pub(super) fn pull(&mut self, id: RequestId, params: &DocumentDiagnosticParams) {
        let uri = &params.text_document.uri;
        let Some(path) = self.state.path_of(uri) else {
            return self.answer(&id, Ok(json!({ "kind": "full", "items": [] })));
        };
        let Some(document) = self.state.documents.get(&path) else {
            let snapshot = self.state.snapshot();
            let uri = uri.clone();
            return self.work(id, move || of_file(At::of_file(&snapshot, &path, uri)));
        };
        let stamp = document.stamp;
        let known = self.state.checked.get(&path).cloned();
        match known.filter(|known| known.stamp == stamp || self.runs_on_save(&path)) {
            Some(known) => self.answer_written(&id, &report(&known, params.previous_result_id.as_deref())),
            None => self.schedule.waiting.entry(path).or_default().push((id, params.previous_result_id.clone())),
        }
    }

    /// Whether a document is looked at only when it is saved.
    pub(super) fn runs_on_save(&mut self, path: &Path) -> bool {
        self.state.settings_of(path).run == Run::OnSave
    }

    /// Tells of a configuration that cannot be used, once until it can be used again: while it is typed it is wrong in one
    /// way after the other.
    fn tell_broken(&mut self, path: &Path, errors: Option<&Vec<Diagnostic>>) {
        let told = &mut self.schedule.told;
        let Some(first) = errors.and_then(|errors| errors.first()) else {
            if let Some(mended) = told.remove(path) {
                told.retain(|_, place| *place != mended);
            }
            return;
        };
        let place = first.source.path.to_path_buf();
        let is_known = told.values().any(|known| *known == place);
        told.insert(path.to_path_buf(), place);
        if !is_known {
            let line = first.source.lines().line_of(first.span.start) + 1;
            let message = format!(
                "rlint: {}:{line}: {}. What held before stays in force.",
                super::convert::shown(&first.source.path),
                first.message
            );
            self.show(MessageType::WARNING, message);
        }
    }
}

/// What was found as the answer of a request, in JSON; that nothing has changed, where the client has it already.
fn report(checked: &Checked, previous: Option<&str>) -> String {
    let id = format!("{:x}.{:x}", checked.stamp, checked.digest);
    if previous == Some(&id) {
        return format!(r#"{{"kind":"unchanged","resultId":"{id}"}}"#);
    }
    // Written into memory that is as large as it must be: it may be long.
    [r#"{"kind":"full","resultId":""#, &id, r#"","items":"#, &checked.items, "}"].concat()
}

/// What is found in a file that is not open.
fn of_file(at: Option<At>) -> Answer {
    let items = at.and_then(|at| serde_json::from_str(&Checked::new(&at).items).ok());
    Ok(json!({ "kind": "full", "items": items.unwrap_or_else(|| json!([])) }))
}
