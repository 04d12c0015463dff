//! Bringing an image into the store, and taking it up from there.

use std::fs::File;
use std::io::Read;
use std::time::SystemTime;

use super::compression::decompress;
use super::config::ImageConfig;
use super::digest::{Digest, Verified};
use super::error::{ImageError, Result};
use super::manifest::{Descriptor, Document, Manifest, Platform, media_type};
use super::store::{Store, read_document};

/// Where blobs come from: a layout, an archive, a registry. What it says is not believed.
pub trait Source {
    /// Opens a blob.
    fn open(&self, descriptor: &Descriptor) -> Result<Box<dyn Read + '_>>;
    /// Where it is, in words: `the layout ./base`.
    fn place(&self) -> String;
}

/// An image in the store.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// Its manifest by its digest, which is the identity of the image.
    pub descriptor: Descriptor,
    /// What it is made of.
    pub manifest: Manifest,
    /// What runs in it.
    pub config: ImageConfig,
}

/// How deep indexes may nest. One level is what there is; two have been seen.
const MOST_INDEXES: usize = 4;

/// Brings the image `top`, or that of it for `platform` where there are several, into the store.
pub fn import(source: &dyn Source, top: &Descriptor, platform: &Platform, store: &Store) -> Result<Image> {
    let (descriptor, bytes, manifest) = choose(source, top, platform, store)?;
    let what = |kind: &str, digest: &Digest| format!("the {kind} {digest} of {}", source.place());
    let config_what = what("configuration", &manifest.config.digest);
    let config_bytes = read_document(source.open(&manifest.config)?, &config_what, &manifest.config, store.limits())?;
    let config = ImageConfig::parse(&config_bytes)?;
    check_layers(&manifest, &config)?;
    for layer in &manifest.layers {
        if !store.has(layer) {
            store.put(source.open(layer)?, &what("layer", &layer.digest), layer)?;
        }
    }
    // The manifest comes last: where it is, the rest is, too.
    store.put(config_bytes.as_slice(), &config_what, &manifest.config)?;
    store.put(bytes.as_slice(), "the manifest", &descriptor)?;
    Ok(Image { descriptor, manifest, config })
}

fn choose(
    source: &dyn Source,
    top: &Descriptor,
    platform: &Platform,
    store: &Store,
) -> Result<(Descriptor, Vec<u8>, Manifest)> {
    let mut descriptor = top.clone();
    for _ in 0..MOST_INDEXES {
        let what = format!("the manifest {} of {}", descriptor.digest, source.place());
        let bytes = read_document(source.open(&descriptor)?, &what, &descriptor, store.limits())?;
        match Document::parse(&bytes, &descriptor.media_type, store.limits())? {
            Document::Manifest(manifest) => {
                if descriptor.media_type.is_empty() {
                    descriptor.media_type = manifest.media_type.clone().unwrap_or(media_type::MANIFEST.to_owned());
                }
                // Names and platforms are the index's, not the image's.
                let own = Descriptor::new(&descriptor.media_type, descriptor.digest, descriptor.size);
                return Ok((own, bytes, *manifest));
            }
            Document::Index(index) => descriptor = index.choose(platform)?.clone(),
        }
    }
    Err(ImageError::TooMany { what: "indexes within one another".to_owned(), limit: MOST_INDEXES as u64 })
}

/// Every layer has to have its content named, or none of it could be verified.
fn check_layers(manifest: &Manifest, config: &ImageConfig) -> Result<()> {
    let (layers, diff_ids) = (manifest.layers.len(), config.rootfs.diff_ids.len());
    if layers != diff_ids {
        let why = format!("it names {diff_ids} layers, and the manifest {layers}");
        return Err(ImageError::malformed("the configuration of the image", why));
    }
    Ok(())
}

impl Image {
    /// Makes an image of a configuration and the layers that it names; all of them are in the store.
    pub fn create(store: &Store, config: ImageConfig, layers: Vec<Descriptor>) -> Result<Image> {
        let config_descriptor = store.put_document(media_type::CONFIG, &config.to_bytes())?;
        Image::create_with(store, config_descriptor, config, layers)
    }

    /// The same with a configuration that is in the store as it came.
    pub(super) fn create_with(
        store: &Store,
        config_descriptor: Descriptor,
        config: ImageConfig,
        layers: Vec<Descriptor>,
    ) -> Result<Image> {
        let manifest = Manifest::new(config_descriptor, layers);
        check_layers(&manifest, &config)?;
        let bytes = serde_json::to_vec(&manifest).expect("strings, numbers and maps with strings as keys are JSON");
        let descriptor = store.put_document(media_type::MANIFEST, &bytes)?;
        Ok(Image { descriptor, manifest, config })
    }

    /// Takes up an image by its manifest. `None` when it, or a blob of it, is not in the store.
    pub fn load(store: &Store, descriptor: &Descriptor) -> Result<Option<Image>> {
        let image = Image::stored(store, descriptor)?;
        if image.is_some() {
            // When it was used last decides what is pruned first; that this cannot be noted hinders nobody.
            let _ =
                File::open(store.blob_path(&descriptor.digest)).and_then(|file| file.set_modified(SystemTime::now()));
        }
        Ok(image)
    }

    /// The same, without a note that it is in use.
    pub(super) fn stored(store: &Store, descriptor: &Descriptor) -> Result<Option<Image>> {
        if !store.has(descriptor) {
            return Ok(None);
        }
        let bytes = store.read(descriptor)?;
        let Document::Manifest(manifest) = Document::parse(&bytes, &descriptor.media_type, store.limits())? else {
            return Err(ImageError::malformed(format!("the manifest {}", descriptor.digest), "it is an index"));
        };
        if !store.has(&manifest.config) || !manifest.layers.iter().all(|layer| store.has(layer)) {
            return Ok(None);
        }
        let config = ImageConfig::parse(&store.read(&manifest.config)?)?;
        check_layers(&manifest, &config)?;
        let own = Descriptor::new(&descriptor.media_type, descriptor.digest, descriptor.size);
        Ok(Some(Image { descriptor: own, manifest: *manifest, config }))
    }

    /// The image that has a name in the store.
    pub fn find(store: &Store, name: &str) -> Result<Option<Image>> {
        match store.find(name)? {
            Some(descriptor) => Image::load(store, &descriptor),
            None => Ok(None),
        }
    }

    /// A layer as a plain archive, counted from the lowest. Its content is right only if it can be read to the end.
    pub fn layer<'s>(&self, store: &'s Store, number: usize) -> Result<Verified<Box<dyn Read + 's>>> {
        let (Some(layer), Some(diff_id)) = (self.manifest.layers.get(number), self.config.rootfs.diff_ids.get(number))
        else {
            let what = format!("layer {number} of the image {}", self.descriptor.digest);
            return Err(ImageError::missing(what, "the image has fewer"));
        };
        let what = format!("the layer {}", layer.digest);
        let plain = decompress(store.open_blob(&layer.digest)?, &what, store.limits().layer)?;
        Ok(Verified::new(plain, what, *diff_id, None))
    }
}
