//! What can be wrong with a layer, in words.

use std::fmt;
use std::io;

/// The result of working on trees.
pub type Result<T> = std::result::Result<T, TreeError>;

/// Why a layer cannot be read or written.
#[derive(Debug)]
pub enum TreeError {
    /// An archive is not written as archives are.
    Malformed {
        /// What is wrong.
        why: String,
    },
    /// An entry reaches for what is not its own.
    Refused {
        /// Its name, as text.
        path: String,
        /// What it does.
        why: String,
    },
    /// There is more than is read.
    Limit {
        /// Of what, in the plural.
        what: &'static str,
        /// How much is read.
        limit: u64,
    },
    /// The system refused.
    Io {
        /// Where, as text.
        path: String,
        /// What was being done.
        doing: &'static str,
        /// What the system says.
        error: io::Error,
    },
}

impl TreeError {
    pub(super) fn malformed(why: impl Into<String>) -> TreeError {
        TreeError::Malformed { why: why.into() }
    }

    pub(super) fn refused(path: &[u8], why: impl Into<String>) -> TreeError {
        TreeError::Refused { path: show(path), why: why.into() }
    }

    pub(super) fn io(path: &[u8], doing: &'static str, error: impl Into<io::Error>) -> TreeError {
        TreeError::Io { path: show(path), doing, error: error.into() }
    }
}

impl fmt::Display for TreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TreeError::Malformed { why } => write!(f, "the archive cannot be read: {why}"),
            TreeError::Refused { path, why } => write!(f, "the entry `{path}` is refused: {why}"),
            TreeError::Limit { what, limit } => write!(f, "there are more {what} than the {limit} that are read"),
            TreeError::Io { path, doing, error } => write!(f, "{doing} `{path}`: {error}"),
        }
    }
}

impl std::error::Error for TreeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            TreeError::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}

/// A name as text: what is no UTF-8 or no character to be printed as `\xNN`, and `\` as `\\`, so that no two names
/// look alike and none can play tricks on a terminal.
pub(super) fn show(path: &[u8]) -> String {
    let mut text = String::with_capacity(path.len());
    for chunk in path.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\\' => text.push_str("\\\\"),
                character if character.is_control() => {
                    let mut bytes = [0; 4];
                    for byte in character.encode_utf8(&mut bytes).bytes() {
                        text.push_str(&format!("\\x{byte:02x}"));
                    }
                }
                character => text.push(character),
            }
        }
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}
