//! Images: the documents of the OCI image specification, and where they are kept.
//!
//! What comes in is foreign and may be hostile. Every blob is read through [`Verified`], which holds it to its digest
//! and its size; every document and every list has a limit; and nothing is kept under its name before it is whole.
//! Facts are those of <https://github.com/opencontainers/image-spec> (v1.1) and, for the fields that only Docker
//! knows, of <https://github.com/moby/docker-image-spec> (v1.3), both Apache-2.0.

mod archive;
mod compression;
mod config;
mod digest;
#[cfg(all(feature = "pull", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod download;
mod error;
mod import;
mod layout;
mod limits;
mod manifest;
mod prune;
#[cfg(all(feature = "pull", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod pull;
#[cfg(all(feature = "pull", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod registry;
mod store;
#[cfg(test)]
mod tests;
#[cfg(all(feature = "pull", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod tls;

pub use archive::{ArchiveFormat, read_archive, write_archive};
pub use compression::Compression;
pub(in crate::build) use compression::decompress_archive;
pub use config::{ContainerConfig, Healthcheck, History, ImageConfig, RootFileSystem};
pub use digest::{Digest, Hasher, Verified};
#[cfg(all(feature = "pull", any(target_arch = "x86_64", target_arch = "aarch64")))]
pub use download::{Download, DownloadLimits, download};
pub use error::{ImageError, Result};
pub use import::{Image, Source, import};
pub use layout::{read_layout, write_layout};
pub use limits::ImageLimits;
pub use manifest::{Descriptor, Document, Index, Manifest, Platform, media_type};
pub(in crate::build) use prune::unlock;
pub use prune::{PruneOptions, Pruned, Usage};
#[cfg(all(feature = "pull", any(target_arch = "x86_64", target_arch = "aarch64")))]
pub use pull::pull;
#[cfg(all(feature = "pull", any(target_arch = "x86_64", target_arch = "aarch64")))]
pub use registry::PullOptions;
pub use store::{BlobWriter, StepRecord, Store};
