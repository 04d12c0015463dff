//! Trees of files: layers in, layers out, what is in them, and what differs between two of them.
//!
//! It runs inside the worker, as the root of its user namespace, on folders that it was given as descriptors. Layers are
//! foreign: nothing in one can name anything outside of the folder that it is unpacked into.

mod error;
mod tar_reader;
mod tar_writer;

pub use error::{Result, TreeError};
pub use tar_reader::{TarEntry, TarKind, TarLimits, TarReader};
pub use tar_writer::TarWriter;
