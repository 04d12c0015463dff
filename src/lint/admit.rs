//! Which bytes are linted at all.

use std::path::Path;

use crate::syntax::SyntaxError;
use crate::text::{Source, Span};

/// Bytes that are not linted.
pub(super) struct Refusal {
    /// The file, as far as it is shown.
    pub(super) source: Source,
    /// What can be read of it, to tell whether it is one of ours.
    pub(super) readable: String,
    /// Why.
    pub(super) error: SyntaxError,
}

/// The bytes of a file as a source; a refusal when they are too many, not text, or UTF-16.
pub(super) fn admit(path: &Path, bytes: Vec<u8>, largest: u64) -> Result<Source, Box<Refusal>> {
    let error = if bytes.len() as u64 > largest {
        let message = format!("the file has {} bytes; more than {largest} are not read", bytes.len());
        SyntaxError::new(Span::empty(0), message)
    } else if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let mut error = SyntaxError::new(Span::new(0, 2), "the file is UTF-16");
        error.note = Some("save it as UTF-8, which is what the builder and the API server read".to_owned());
        error
    } else if let Some(nul) = memchr::memchr(0, &bytes) {
        SyntaxError::new(Span::of(nul..nul + 1), "the file is not text: it holds a NUL byte")
    } else {
        return Ok(Source::from_bytes(path, bytes));
    };
    let shown = &bytes[..bytes.len().min(4096)];
    // The byte order mark of UTF-16 is no UTF-8; what follows is, where it is ASCII, once the zeros are gone.
    let readable = String::from_utf8_lossy(shown).trim_start_matches('\u{fffd}').replace('\0', "");
    let source = Source::from_bytes(path, shown.to_vec());
    Err(Box::new(Refusal { source, readable, error }))
}
