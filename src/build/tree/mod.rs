//! Trees of files: layers in, layers out, what is in them, and what differs between two of them.
//!
//! All but [`difference`] and [`flatten()`] runs inside the worker, as the root of its user namespace, on folders that it was given as
//! descriptors. Layers are foreign: nothing in one can name anything outside of the folder that it is unpacked into.

pub mod copy;
pub mod difference;
mod error;
mod files;
mod flatten;
mod list;
mod listing;
mod pack;
mod tar_reader;
mod tar_writer;
#[cfg(test)]
mod tests;
mod unpack;

pub use error::{Result, TreeError};
pub use flatten::{LayerListing, flatten};
pub use list::{ListLimits, list};
pub use listing::{Entry, Kind, read_listing};
pub use pack::{PackOptions, Packed, pack};
pub use tar_reader::{TarEntry, TarKind, TarLimits, TarReader};
pub use tar_writer::TarWriter;
pub use unpack::{Ownership, UnpackOptions, Unpacked, unpack};
