//! Messages over a pair of streams. A message that cannot be read is one that failed: what comes after it counts.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use lsp_server::{ErrorCode, Message, RequestId};
use serde_json::{Value, json};

/// The largest message that is read, in bytes. The largest file that is linted has 16 MiB, and JSON writes a byte in up
/// to six.
const LARGEST: u64 = 128 * 1024 * 1024;

/// Messages that wait for the server; a client that is faster waits with the rest.
const WAITING: usize = 1024;

/// What comes in.
#[derive(Debug)]
pub(super) enum Incoming {
    /// A message.
    Message(Message),
    /// Something that is none.
    Malformed(Malformed),
}

/// What came in and is no message.
#[derive(Debug)]
pub(super) struct Malformed {
    /// The id of the request, where one could be read.
    pub(super) id: Option<RequestId>,
    /// What the protocol calls it.
    pub(super) code: ErrorCode,
    /// What is wrong.
    pub(super) reason: String,
}

/// What goes out.
#[derive(Debug)]
pub(super) enum Outgoing {
    /// A message.
    Message(Message),
    /// A message that is written already, in JSON.
    Written(String),
    /// The answer to something without an id.
    Unanswerable(ErrorCode, String),
}

/// The two ends that a server holds.
#[derive(Debug)]
pub(super) struct Transport {
    /// Closed when the input ends.
    pub(super) incoming: Receiver<Incoming>,
    /// Fails when the output does.
    pub(super) outgoing: Sender<Outgoing>,
    /// Ends when everything that went out is written.
    pub(super) writer: JoinHandle<()>,
}

/// Starts a thread that reads and one that writes.
pub(super) fn start(input: impl Read + Send + 'static, output: impl Write + Send + 'static) -> Transport {
    let (received, incoming) = bounded(WAITING);
    let (outgoing, to_send) = unbounded();
    thread::spawn(move || read_all(BufReader::new(input), &received));
    let writer = thread::spawn(move || write_all(BufWriter::new(output), &to_send));
    Transport { incoming, outgoing, writer }
}

fn read_all(mut input: impl BufRead, received: &Sender<Incoming>) {
    while let Ok(Some(incoming)) = read(&mut input) {
        if received.send(incoming).is_err() {
            return;
        }
    }
}

fn write_all(mut output: impl Write, to_send: &Receiver<Outgoing>) {
    for outgoing in to_send {
        let written = match outgoing {
            Outgoing::Message(message) => message.write(&mut output),
            Outgoing::Written(text) => write_text(&mut output, &text),
            Outgoing::Unanswerable(code, reason) => {
                let error = json!({ "code": code as i32, "message": reason });
                write_text(&mut output, &json!({ "jsonrpc": "2.0", "id": null, "error": error }).to_string())
            }
        };
        if written.is_err() {
            // Nobody listens any more; the input will end too.
            return;
        }
    }
}

fn write_text(output: &mut impl Write, text: &str) -> io::Result<()> {
    write!(output, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    output.flush()
}

/// The next message; `None` at the end of the input.
fn read(input: &mut impl BufRead) -> io::Result<Option<Incoming>> {
    let Some(length) = read_header(input)? else { return Ok(None) };
    let Some(length) = length else {
        return Ok(Some(malformed(None, ErrorCode::ParseError, "a message has no `Content-Length`")));
    };
    if length > LARGEST {
        io::copy(&mut input.take(length), &mut io::sink())?;
        let reason = format!("a message of {length} bytes is too large: at most {LARGEST} are read");
        return Ok(Some(malformed(None, ErrorCode::InvalidRequest, &reason)));
    }
    let mut body = Vec::new();
    input.take(length).read_to_end(&mut body)?;
    if (body.len() as u64) < length {
        return Ok(None);
    }
    Ok(Some(parse(&body)))
}

/// The length that the header names, if it does; `None` at the end of the input.
fn read_header(input: &mut impl BufRead) -> io::Result<Option<Option<u64>>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        if input.take(LARGEST).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim_ascii();
        if line.is_empty() {
            return Ok(Some(length));
        }
        let line = String::from_utf8_lossy(line);
        if let Some((name, value)) = line.split_once(':')
            && name.trim().eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok();
        }
    }
}

fn parse(body: &[u8]) -> Incoming {
    if let Ok(message) = serde_json::from_slice(body) {
        return Incoming::Message(message);
    }
    match serde_json::from_slice::<Value>(body) {
        Err(reason) => malformed(None, ErrorCode::ParseError, &format!("a message is no JSON: {reason}")),
        Ok(value) => {
            let id = value.get("id").and_then(|id| serde_json::from_value(id.clone()).ok());
            malformed(id, ErrorCode::InvalidRequest, "this is no message of the protocol")
        }
    }
}

fn malformed(id: Option<RequestId>, code: ErrorCode, reason: &str) -> Incoming {
    Incoming::Malformed(Malformed { id, code, reason: reason.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(input: &str) -> Vec<Incoming> {
        let mut input = input.as_bytes();
        std::iter::from_fn(|| read(&mut input).expect("memory can be read")).collect()
    }

    #[test]
    fn what_comes_after_a_broken_message_is_read() {
        let good = r#"{"jsonrpc":"2.0","method":"exit"}"#;
        let text = format!(
            "Content-Length: 4\r\n\r\n{{{{]]Content-Type: x\r\n\r\nContent-Length: 2\r\n\r\n[]Content-Length: {}\r\n\r\n{good}",
            good.len()
        );
        let found = all(&text);
        assert_eq!(found.len(), 4, "{found:?}");
        let codes: Vec<i32> = found[..3]
            .iter()
            .map(|incoming| match incoming {
                Incoming::Malformed(malformed) => malformed.code as i32,
                Incoming::Message(_) => 0,
            })
            .collect();
        assert_eq!(codes, [-32700, -32700, -32600]);
        assert!(matches!(&found[3], Incoming::Message(Message::Notification(note)) if note.method == "exit"));
    }

    #[test]
    fn a_message_that_is_cut_off_is_the_end() {
        assert!(all("Content-Length: 40\r\n\r\n{}").is_empty());
        assert!(all("Content-Len").is_empty());
    }
}
