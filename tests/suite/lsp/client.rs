//! A client that talks to `rlint server` as an editor does, over its standard input and output.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use serde_json::{Value, json};

/// So long a server may be silent before a test gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server that was started, and what it said.
pub(super) struct Client {
    process: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    /// What came and was not asked for yet.
    kept: Vec<Value>,
    last_id: i64,
    /// What is answered to `workspace/configuration`, for every item.
    pub(super) settings: Value,
    /// The requests of the server, each answered at once.
    pub(super) asked: Vec<Value>,
    /// The folder of the test.
    pub(super) folder: tempfile::TempDir,
}

/// What a test's client says that it can do.
pub(super) fn pulling() -> Value {
    json!({
        "general": { "positionEncodings": ["utf-16"] },
        "workspace": {
            "configuration": true,
            "applyEdit": true,
            "workspaceEdit": { "documentChanges": true },
            "diagnostics": { "refreshSupport": true },
            "didChangeWatchedFiles": { "dynamicRegistration": true },
            "workspaceFolders": true,
        },
        "textDocument": {
            "diagnostic": {},
            "publishDiagnostics": {
                "relatedInformation": true, "codeDescriptionSupport": true, "dataSupport": true,
                "tagSupport": { "valueSet": [1, 2] },
            },
            "hover": { "contentFormat": ["markdown", "plaintext"] },
            "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
            "codeAction": {
                "codeActionLiteralSupport": { "codeActionKind": { "valueSet": ["quickfix", "source.fixAll"] } },
                "isPreferredSupport": true, "dataSupport": true, "resolveSupport": { "properties": ["edit"] },
            },
        },
    })
}

/// The same without asking for diagnostics: they are sent.
pub(super) fn pushed() -> Value {
    let mut capabilities = pulling();
    capabilities["textDocument"].as_object_mut().unwrap().remove("diagnostic");
    capabilities
}

impl Client {
    /// A server in a folder with these files, which is not greeted yet.
    pub(super) fn start(files: &[(&str, &str)]) -> Client {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            write(&folder.path().join(path), text);
        }
        let mut process = Command::new(env!("CARGO_BIN_EXE_rlint"))
            .args(["server", "--stdio"])
            .current_dir(folder.path())
            .env("HOME", folder.path())
            .env_remove("XDG_CONFIG_HOME")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let output = process.stdout.take().unwrap();
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let input = process.stdin.take();
        let (kept, asked) = (Vec::new(), Vec::new());
        Client { process, input, messages, kept, last_id: 0, settings: Value::Null, asked, folder }
    }

    /// A server that was greeted, with the folder as its only one.
    pub(super) fn greeted(files: &[(&str, &str)], capabilities: Value) -> Client {
        Client::greeted_with(files, capabilities, Value::Null)
    }

    /// The same with settings in the greeting.
    pub(super) fn greeted_with(files: &[(&str, &str)], capabilities: Value, settings: Value) -> Client {
        let mut client = Client::start(files);
        let folder = json!([{ "uri": client.uri(""), "name": "test" }]);
        client.greet(json!({
            "processId": null, "rootUri": null, "capabilities": capabilities, "workspaceFolders": folder,
            "initializationOptions": settings,
        }));
        client
    }

    /// Greets; the answer.
    pub(super) fn greet(&mut self, params: Value) -> Value {
        let answer = self.request("initialize", params);
        self.notify("initialized", json!({}));
        answer
    }

    /// The path of a file of the folder.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(name)
    }

    /// The address of a file of the folder.
    pub(super) fn uri(&self, name: &str) -> String {
        format!("file://{}", self.path(name).display()).trim_end_matches('/').to_owned()
    }

    /// Writes a file of the folder.
    pub(super) fn write(&self, name: &str, text: &str) {
        write(&self.path(name), text);
    }

    /// Sends bytes as they are.
    pub(super) fn send_raw(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    /// Sends a message.
    pub(super) fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.send_raw(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    /// Sends a notification.
    pub(super) fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request; its id.
    pub(super) fn begin(&mut self, method: &str, params: Value) -> i64 {
        self.last_id += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params }));
        self.last_id
    }

    /// Sends a request and waits for what comes of it: the whole answer.
    pub(super) fn answer(&mut self, method: &str, params: Value) -> Value {
        let id = self.begin(method, params);
        self.answer_of(id)
    }

    /// Waits for the answer of a request.
    pub(super) fn answer_of(&mut self, id: i64) -> Value {
        self.wait(&format!("the answer {id}"), |message| message.get("method").is_none() && message["id"] == json!(id))
    }

    /// Waits for an answer to something that had no id.
    pub(super) fn answer_of_nobody(&mut self) -> Value {
        self.wait("an answer without an id", |message| message.get("error").is_some() && message["id"].is_null())
    }

    /// Sends a request that has to go well; its result.
    pub(super) fn request(&mut self, method: &str, params: Value) -> Value {
        let answer = self.answer(method, params);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Sends a request that has to fail; the number of its error.
    pub(super) fn refusal(&mut self, method: &str, params: Value) -> i64 {
        let answer = self.answer(method, params);
        answer["error"]["code"].as_i64().unwrap_or_else(|| panic!("{method} went well: {answer}"))
    }

    /// Waits for a notification that is as wanted; its parameters.
    pub(super) fn notification(&mut self, method: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let is_it = |message: &Value| message["method"] == method && wanted(&message["params"]);
        self.wait(method, is_it)["params"].clone()
    }

    /// Waits until the server asks for something.
    pub(super) fn wait_for_request(&mut self, method: &str) -> Value {
        let before = self.asked.iter().filter(|message| message["method"] == method).count();
        while self.asked.iter().filter(|message| message["method"] == method).count() == before {
            let message = self.receive(method);
            self.kept.push(message);
        }
        self.asked.iter().rev().find(|message| message["method"] == method).unwrap()["params"].clone()
    }

    /// Everything of a method that has come, once a request was answered: then nothing from before is under way.
    pub(super) fn so_far(&mut self, method: &str) -> Vec<Value> {
        self.refusal("test/nothing", Value::Null);
        let (wanted, kept) =
            std::mem::take(&mut self.kept).into_iter().partition(|message| message["method"] == method);
        self.kept = kept;
        wanted
    }

    /// Opens a document with a text.
    pub(super) fn open(&mut self, name: &str, text: &str) {
        let document = json!({ "uri": self.uri(name), "languageId": "x", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Gives a document another text.
    pub(super) fn replace(&mut self, name: &str, version: i32, text: &str) {
        self.change(name, version, json!([{ "text": text }]));
    }

    /// Changes a document.
    pub(super) fn change(&mut self, name: &str, version: i32, changes: Value) {
        let document = json!({ "uri": self.uri(name), "version": version });
        self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    /// Asks for the diagnostics of a document.
    pub(super) fn pull(&mut self, name: &str) -> Vec<Value> {
        let report = self.request("textDocument/diagnostic", json!({ "textDocument": { "uri": self.uri(name) } }));
        assert_eq!(report["kind"], "full", "{report}");
        report["items"].as_array().unwrap().clone()
    }

    /// Asks for the codes of the diagnostics of a document.
    pub(super) fn codes(&mut self, name: &str) -> Vec<String> {
        codes(&self.pull(name))
    }

    /// Waits for diagnostics that are sent for a version of a document.
    pub(super) fn published(&mut self, name: &str, version: i32) -> Vec<Value> {
        let uri = self.uri(name);
        let params = self.notification("textDocument/publishDiagnostics", |params| {
            params["uri"] == uri && params["version"] == json!(version)
        });
        params["diagnostics"].as_array().unwrap().clone()
    }

    /// Asks for the code actions of a range.
    pub(super) fn actions(&mut self, name: &str, range: Value, only: Option<&str>) -> Vec<Value> {
        let mut context = json!({ "diagnostics": [] });
        if let Some(only) = only {
            context["only"] = json!([only]);
        }
        let params = json!({ "textDocument": { "uri": self.uri(name) }, "range": range, "context": context });
        self.request("textDocument/codeAction", params).as_array().unwrap().clone()
    }

    /// Says goodbye; the code that the server ends with.
    pub(super) fn goodbye(mut self) -> i32 {
        assert_eq!(self.request("shutdown", Value::Null), Value::Null);
        self.notify("exit", Value::Null);
        self.end()
    }

    /// Closes the input of the server; the code that it ends with.
    pub(super) fn end(mut self) -> i32 {
        drop(self.input.take());
        // What it still says has to be read, or it would wait.
        while self.messages.recv_timeout(PATIENCE).is_ok() {}
        self.process.wait().unwrap().code().unwrap()
    }

    fn wait(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.kept.iter().position(&wanted) {
            return self.kept.remove(at);
        }
        loop {
            let message = self.receive(what);
            if wanted(&message) {
                return message;
            }
            self.kept.push(message);
        }
    }

    /// The next message; what the server asks for is answered.
    fn receive(&mut self, what: &str) -> Value {
        let message = match self.messages.recv_timeout(PATIENCE) {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout) => panic!("{what} did not come; this did: {:?}", self.kept),
            Err(RecvTimeoutError::Disconnected) => panic!("the server is gone before {what}"),
        };
        if let (Some(method), Some(id)) = (message["method"].as_str(), message.get("id")) {
            let result = match method {
                "workspace/configuration" => {
                    let items = message["params"]["items"].as_array().unwrap();
                    Value::from(vec![self.settings.clone(); items.len()])
                }
                "workspace/applyEdit" => json!({ "applied": true }),
                _ => Value::Null,
            };
            let answer = json!({ "jsonrpc": "2.0", "id": id, "result": result });
            self.asked.push(message.clone());
            self.send(&answer);
        }
        message
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The codes of diagnostics.
pub(super) fn codes(items: &[Value]) -> Vec<String> {
    items.iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect()
}

/// A range.
pub(super) fn range(start: (u32, u32), end: (u32, u32)) -> Value {
    json!({
        "start": { "line": start.0, "character": start.1 },
        "end": { "line": end.0, "character": end.1 },
    })
}

/// The text after edits that count in UTF-16.
pub(super) fn applied(text: &str, edits: &Value) -> String {
    let mut units: Vec<u16> = text.encode_utf16().collect();
    let offset = |units: &[u16], position: &Value| {
        let line = position["line"].as_u64().unwrap();
        let starts =
            std::iter::once(0).chain(units.iter().enumerate().filter(|(_, c)| **c == 10).map(|(at, _)| at + 1));
        starts.clone().nth(line as usize).unwrap_or(units.len()) + position["character"].as_u64().unwrap() as usize
    };
    for edit in edits.as_array().unwrap().iter().rev() {
        let (start, end) = (offset(&units, &edit["range"]["start"]), offset(&units, &edit["range"]["end"]));
        units.splice(start..end, edit["newText"].as_str().unwrap().encode_utf16());
    }
    String::from_utf16(&units).unwrap()
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", value)) => length = value.parse().unwrap(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).unwrap())
}
