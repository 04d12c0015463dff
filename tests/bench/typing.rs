//! Latency of the language server: from a keystroke to the diagnostics of the text after it, over the real protocol.
//!
//! `cargo bench --bench typing` types through broken intermediate text, as people do: a word is written letter by letter,
//! a line is split, and all of it is taken back. Median and 99th percentile are held against a budget of 5 ms, and the
//! memory of the server is looked at before and after an hour's worth of edits.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a benchmark")]

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// What a keystroke may take.
const BUDGET: Duration = Duration::from_millis(5);

/// Who types all the time makes 200 characters a minute.
const EDITS_OF_AN_HOUR: usize = 12_000;

/// Puts files into a folder; the name and the text of the one that is typed into.
type Make = fn(&Path) -> (String, String);

fn main() {
    let cases: [(&str, Make); 7] = [
        ("Dockerfile of 1,000 lines", dockerfile),
        ("Dockerfile of 1,000 lines that copies before each of 250 installs", installs),
        ("bundle of 5,000 lines", bundle),
        ("Dockerfile in a workspace of 2,000 files", workspace),
        ("compose file of 20 services in a workspace of 2,000 files", project),
        ("compose file of 500 services in a workspace of 2,000 files", large_project),
        ("Service among 200 manifests", folder),
    ];
    for (title, make) in cases {
        let root = tempfile::tempdir().unwrap();
        let (name, text) = make(root.path());
        measure(title, root.path(), &name, &text);
    }
    hour();
}

/// Types into one document, and says how long the diagnostics took.
fn measure(title: &str, root: &Path, name: &str, text: &str) {
    let mut editor = Editor::start(root);
    editor.open(name, text);
    let mut times: Vec<Duration> = Vec::new();
    for change in typing(text) {
        let started = Instant::now();
        editor.change(&change);
        let answer = editor.ask_for_diagnostics();
        times.push(started.elapsed());
        // What an editor makes of it is its own affair.
        check(&answer);
    }
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let (median, slow) = (at(0.5), at(0.99));
    let verdict = if slow <= BUDGET { "within" } else { "over" };
    println!("{title}: median {median:.2?}, 99th percentile {slow:.2?} of {}, {verdict} {BUDGET:?}", times.len());
}

/// An hour of typing into a Dockerfile, and what it does to the memory.
fn hour() {
    let root = tempfile::tempdir().unwrap();
    let (name, text) = dockerfile(root.path());
    let mut editor = Editor::start(root.path());
    editor.open(&name, &text);
    let changes = typing(&text);
    let mut before = 0;
    for (number, change) in changes.iter().cycle().take(EDITS_OF_AN_HOUR).enumerate() {
        editor.change(change);
        editor.diagnostics();
        if number == changes.len() {
            before = editor.memory();
        }
    }
    println!(
        "memory after {} edits {before} KiB, after {EDITS_OF_AN_HOUR} edits {} KiB",
        changes.len(),
        editor.memory()
    );
}

/// What a person types into a text: each change is of the text after the one before, and the last gives it back as it was.
fn typing(text: &str) -> Vec<Value> {
    const WORDS: [&str; 5] =
        ["RUN apt-get install -y curl \"", "  image: nginx:latest", "# rlint ignore=", "COPY --from=", "\\"];
    let lines: Vec<usize> = text.lines().map(str::len).collect();
    let mut changes = Vec::new();
    for (number, word) in WORDS.iter().enumerate() {
        let line = lines.len() * (number + 1) / (WORDS.len() + 2);
        let end = lines[line];
        changes.push(edit((line, end), (line, end), "\n"));
        for (at, letter) in word.char_indices() {
            changes.push(edit((line + 1, at), (line + 1, at), &letter.to_string()));
        }
        for (at, _) in word.char_indices().rev() {
            changes.push(edit((line + 1, at), (line + 1, at + 1), ""));
        }
        changes.push(edit((line, end), (line + 1, 0), ""));
        // Somebody breaks a line in two and thinks again.
        let middle = end / 2;
        changes.push(edit((line, middle), (line, middle), "\n"));
        changes.push(edit((line, middle), (line + 1, 0), ""));
    }
    changes
}

fn edit(start: (usize, usize), end: (usize, usize), text: &str) -> Value {
    let position = |(line, character): (usize, usize)| json!({ "line": line, "character": character });
    json!({ "range": { "start": position(start), "end": position(end) }, "text": text })
}

fn dockerfile(root: &Path) -> (String, String) {
    let mut text = String::from("FROM golang:1.25 AS build\nWORKDIR /src\n");
    let stage = "RUN apt-get update \\\n  && apt-get install -y --no-install-recommends curl ca-certificates \\\n  && rm -rf /var/lib/apt/lists/*\n\
                 ENV A=1\nARG B=2\nCOPY app.go ./\nRUN go build -o /app ./...\n";
    let mut number = 0;
    while text.lines().count() < 1_000 {
        if number % 10 == 9 {
            text.push_str(&format!("FROM debian:13 AS stage{number}\n"));
        }
        text.push_str(stage);
        number += 1;
    }
    std::fs::write(root.join("app.go"), "package main\n").unwrap();
    std::fs::write(root.join("Dockerfile"), &text).unwrap();
    ("Dockerfile".to_owned(), text)
}

fn installs(root: &Path) -> (String, String) {
    let mut text = String::from("FROM debian:13\n");
    for number in 0..250 {
        text.push_str(&format!(
            "ENV N{number}=1\nCOPY f{number} /app/f{number}\nRUN apt-get update && apt-get install -y p{number}\nLABEL l{number}=1\n"
        ));
    }
    std::fs::write(root.join("Dockerfile"), &text).unwrap();
    ("Dockerfile".to_owned(), text)
}

fn deployment(number: usize) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web{number}\nspec:\n  selector:\n    matchLabels:\n      app: web{number}\n  \
         template:\n    metadata:\n      labels:\n        app: web{number}\n    spec:\n      containers:\n        - name: web\n          \
         image: nginx:1.29\n          ports:\n            - containerPort: 80\n          resources:\n            limits:\n              \
         memory: 64Mi\n---\n"
    )
}

fn bundle(root: &Path) -> (String, String) {
    let mut text = String::new();
    let mut number = 0;
    while text.lines().count() < 5_000 {
        text.push_str(&deployment(number));
        number += 1;
    }
    std::fs::write(root.join("bundle.yaml"), &text).unwrap();
    ("bundle.yaml".to_owned(), text)
}

fn workspace(root: &Path) -> (String, String) {
    for number in 0..500 {
        let folder = root.join(format!("service{number}"));
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("Dockerfile"), "FROM node:22\nCOPY . .\nUSER node\n").unwrap();
        std::fs::write(folder.join("deploy.yaml"), deployment(number)).unwrap();
        std::fs::write(folder.join("package.json"), "{}").unwrap();
        std::fs::write(folder.join("compose.yaml"), "services:\n  web:\n    build: .\n    image: acme/web:1\n")
            .unwrap();
    }
    std::fs::write(root.join("compose.yaml"), services(500)).unwrap();
    let text = "FROM node:22 AS build\nWORKDIR /a\nCOPY package.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\n\
                FROM node:22-slim\nCOPY --from=build /a /a\nUSER node\nCMD [\"node\", \"a.js\"]\n";
    ("service7/Dockerfile".to_owned(), text.to_owned())
}

fn services(count: usize) -> String {
    let mut compose = String::from("services:\n");
    for number in 0..count {
        compose.push_str(&format!("  web{number}:\n    build: service{number}\n    image: acme/web{number}:1\n"));
    }
    compose
}

fn project(root: &Path) -> (String, String) {
    workspace(root);
    std::fs::write(root.join("compose.yaml"), services(20)).unwrap();
    ("compose.yaml".to_owned(), services(20))
}

fn large_project(root: &Path) -> (String, String) {
    workspace(root);
    ("compose.yaml".to_owned(), services(500))
}

fn folder(root: &Path) -> (String, String) {
    for number in 0..199 {
        std::fs::write(root.join(format!("deploy{number}.yaml")), deployment(number)).unwrap();
    }
    let text = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  selector:\n    app: web7\n  ports:\n    - port: 80\n";
    std::fs::write(root.join("service.yaml"), text).unwrap();
    ("service.yaml".to_owned(), text.to_owned())
}

/// Makes sure that an answer has diagnostics.
fn check(answer: &[u8]) {
    let answer: Value = serde_json::from_slice(answer).unwrap();
    assert!(answer["result"]["items"].is_array(), "{answer}");
}

/// An editor that asks for diagnostics after each keystroke.
struct Editor {
    server: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    root: String,
    uri: String,
    version: i32,
    last_id: i32,
}

impl Editor {
    fn start(root: &Path) -> Editor {
        let mut server = Command::new(env!("CARGO_BIN_EXE_rlint"))
            .arg("server")
            .env("HOME", root)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (input, output) = (server.stdin.take().unwrap(), BufReader::new(server.stdout.take().unwrap()));
        let root = format!("file://{}", root.canonicalize().unwrap().display());
        let mut editor = Editor { server, input, output, root, uri: String::new(), version: 1, last_id: 0 };
        let folders = json!([{ "uri": editor.root, "name": "bench" }]);
        let capabilities = json!({ "textDocument": { "diagnostic": {} } });
        editor.request(
            "initialize",
            &json!({ "processId": null, "capabilities": capabilities, "workspaceFolders": folders }),
        );
        editor.notify("initialized", &json!({}));
        editor
    }

    fn open(&mut self, name: &str, text: &str) {
        self.uri = format!("{}/{name}", self.root);
        let document = json!({ "uri": self.uri, "languageId": "x", "version": 1, "text": text });
        self.notify("textDocument/didOpen", &json!({ "textDocument": document }));
        self.diagnostics();
    }

    fn change(&mut self, change: &Value) {
        self.version += 1;
        let document = json!({ "uri": self.uri, "version": self.version });
        self.notify("textDocument/didChange", &json!({ "textDocument": document, "contentChanges": [change] }));
    }

    fn diagnostics(&mut self) {
        check(&self.ask_for_diagnostics());
    }

    /// The answer, in JSON.
    fn ask_for_diagnostics(&mut self) -> Vec<u8> {
        self.last_id += 1;
        let params = json!({ "textDocument": { "uri": self.uri } });
        self.send(
            &json!({ "jsonrpc": "2.0", "id": self.last_id, "method": "textDocument/diagnostic", "params": params }),
        );
        // Nothing else is sent to a client that can do so little.
        self.receive()
    }

    /// The memory that the server has, in KiB; 0 where that cannot be asked.
    fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server.id())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
        line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0)
    }

    fn request(&mut self, method: &str, params: &Value) -> Value {
        self.last_id += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params }));
        loop {
            let message: Value = serde_json::from_slice(&self.receive()).unwrap();
            if message["id"] == json!(self.last_id) && message.get("method").is_none() {
                return message["result"].clone();
            }
        }
    }

    fn notify(&mut self, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
        self.input.flush().unwrap();
    }

    fn receive(&mut self) -> Vec<u8> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the server is gone");
            match line.trim_end().split_once(": ") {
                Some(("Content-Length", value)) => length = value.parse().unwrap(),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).unwrap();
        body
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
