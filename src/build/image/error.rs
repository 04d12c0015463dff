//! What can be wrong with an image, in words for the one who named it.

use std::fmt;
use std::io;

use super::digest::Digest;
use super::manifest::Platform;

/// The result of reading or writing images.
pub type Result<T> = std::result::Result<T, ImageError>;

/// Why an image cannot be read, kept or written.
#[derive(Debug)]
pub enum ImageError {
    /// Content is not what its digest says.
    Digest {
        /// Which content.
        what: String,
        /// The digest by which it was asked for.
        wanted: Digest,
        /// The digest of what was there.
        found: Digest,
    },
    /// Content is longer or shorter than its descriptor says.
    Size {
        /// Which content.
        what: String,
        /// The size of the descriptor.
        wanted: u64,
        /// How many bytes there were; when there were too many, how many were read.
        found: u64,
    },
    /// Something is larger than what is read.
    TooLarge {
        /// What.
        what: String,
        /// The limit in bytes.
        limit: u64,
    },
    /// There are more of something than are read.
    TooMany {
        /// What, in the plural.
        what: String,
        /// The limit.
        limit: u64,
    },
    /// Something is not there.
    Missing {
        /// What.
        what: String,
        /// Where it was looked for, and what to do.
        place: String,
    },
    /// Something is not written as the specification says.
    Malformed {
        /// What.
        what: String,
        /// What is wrong about it.
        why: String,
    },
    /// Something is right but not supported here.
    Unsupported {
        /// What.
        what: String,
    },
    /// There is no image for the platform.
    Platform {
        /// The platform that was asked for.
        wanted: Box<Platform>,
        /// Those that there are.
        offered: Vec<Platform>,
    },
    /// A registry does not give what it was asked for.
    Registry {
        /// Which one.
        host: String,
        /// What it says or does, and what to do.
        why: String,
    },
    /// The store is in use or belongs to somebody else.
    Store {
        /// What is in the way, and what to do.
        why: String,
    },
    /// The system refused.
    Io {
        /// What was being done.
        what: String,
        /// What the system says.
        error: io::Error,
    },
}

impl ImageError {
    /// What the system says about `what`; an error of ours that went through a reader comes out as it was.
    pub fn io(what: impl Into<String>, error: io::Error) -> ImageError {
        if error.get_ref().is_some_and(|inner| inner.is::<ImageError>()) {
            let inner = error.into_inner().and_then(|inner| inner.downcast::<ImageError>().ok());
            return match inner {
                Some(inner) => *inner,
                None => ImageError::Malformed { what: what.into(), why: "it cannot be read".to_owned() },
            };
        }
        // What a decompressor finds wrong is a fault of the content, not of the system.
        match error.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
                ImageError::Malformed { what: what.into(), why: error.to_string() }
            }
            _ => ImageError::Io { what: what.into(), error },
        }
    }

    pub(super) fn malformed(what: impl Into<String>, why: impl Into<String>) -> ImageError {
        ImageError::Malformed { what: what.into(), why: why.into() }
    }

    pub(super) fn unsupported(what: impl Into<String>) -> ImageError {
        ImageError::Unsupported { what: what.into() }
    }

    pub(super) fn missing(what: impl Into<String>, place: impl Into<String>) -> ImageError {
        ImageError::Missing { what: what.into(), place: place.into() }
    }
}

/// So that an error of ours can come out of a reader.
impl From<ImageError> for io::Error {
    fn from(error: ImageError) -> io::Error {
        io::Error::new(io::ErrorKind::InvalidData, error)
    }
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ImageError::Digest { what, wanted, found } => {
                write!(f, "{what} was changed or damaged: its digest is {found}, not {wanted}")
            }
            ImageError::Size { what, wanted, found } if found > wanted => {
                write!(f, "{what} was changed or damaged: it is longer than its {wanted} bytes")
            }
            ImageError::Size { what, wanted, found } => {
                write!(f, "{what} was changed or cut off: it has {found} of its {wanted} bytes")
            }
            ImageError::TooLarge { what, limit } => write!(f, "{what} is larger than the {limit} bytes that are read"),
            ImageError::TooMany { what, limit } => write!(f, "there are more {what} than the {limit} that are read"),
            ImageError::Missing { what, place } => write!(f, "{what} is missing: {place}"),
            ImageError::Malformed { what, why } => write!(f, "{what} cannot be read: {why}"),
            ImageError::Unsupported { what } => write!(f, "{what} is not supported"),
            ImageError::Platform { wanted, offered } => {
                write!(f, "there is no image for the platform {wanted}")?;
                match offered.as_slice() {
                    [] => write!(f, ", nor for any other"),
                    offered => {
                        let offered: Vec<String> = offered.iter().map(ToString::to_string).collect();
                        write!(f, ", only for {}", offered.join(", "))
                    }
                }
            }
            ImageError::Registry { host, why } => write!(f, "the registry {host}: {why}"),
            ImageError::Store { why } => write!(f, "{why}"),
            ImageError::Io { what, error } => write!(f, "{what}: {error}"),
        }
    }
}

impl std::error::Error for ImageError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ImageError::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}
