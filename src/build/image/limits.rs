//! How much of an image is read.

/// The limits on what comes from outside. The defaults hold for every image that is known to be in use, and keep a
/// hostile one from filling memory or disk.
#[derive(Clone, Copy, Debug)]
pub struct ImageLimits {
    /// Bytes of a manifest, an index or a configuration. Registries take 4 MiB.
    pub document: u64,
    /// Manifests in an index, or names in a layout.
    pub manifests: usize,
    /// Layers of an image. Overlay file systems of Docker stop at 127.
    pub layers: usize,
    /// Bytes of one blob as it is stored.
    pub blob: u64,
    /// Bytes of one layer once it is decompressed.
    pub layer: u64,
    /// Entries in an archive that holds images.
    pub archive_entries: u64,
}

impl Default for ImageLimits {
    fn default() -> ImageLimits {
        const GIB: u64 = 1 << 30;
        ImageLimits {
            document: 4 << 20,
            manifests: 1_000,
            layers: 500,
            blob: 16 * GIB,
            layer: 32 * GIB,
            archive_entries: 20_000,
        }
    }
}
