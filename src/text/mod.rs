//! Layer 0: bytes, positions and changes of text. Knows nothing of any language.

mod edit;
mod files;
mod lines;
mod region;
mod sizes;
mod source;
mod span;
pub mod suggest;

pub use edit::{Edit, EditError, apply};
#[cfg(feature = "cli")]
pub(crate) use files::is_normal;
pub use files::{Entry, Files, MemoryFiles, Recording, has, normalize};
pub use lines::{Encoding, LineIndex, Position, line_break};
pub use region::{Piece, Region};
pub use sizes::size;
pub use source::Source;
pub use span::Span;
