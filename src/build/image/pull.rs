//! Pulling an image: from a registry into the store.

use super::error::{ImageError, Result};
use super::import::{Image, import};
use super::manifest::Platform;
use super::registry::{PullOptions, Registry};
use super::store::Store;
use crate::model::image::Image as Reference;
use crate::text::Span;

/// Where Docker Hub answers.
const DOCKER_HUB: &str = "registry-1.docker.io";

/// Brings the image `name` for `platform` into the store, and gives it this name there. With a digest in the name the
/// tag says nothing, as for engines.
pub fn pull(name: &str, platform: &Platform, store: &Store, options: &PullOptions) -> Result<Image> {
    let reference = Reference::parse(name, Span::empty(0))
        .map_err(|error| ImageError::malformed(format!("the image {name:?}"), error.to_string()))?;
    let host = if reference.is_docker_hub() { DOCKER_HUB } else { reference.registry() };
    let whole = reference.canonical_name();
    let repository = whole.split_once('/').map_or(whole.as_str(), |(_, repository)| repository);
    let wanted = reference.digest.as_deref().or(reference.tag.as_deref()).unwrap_or("latest");
    let registry = Registry::new(host, repository, options)?;
    let top = registry.manifest(wanted, store.limits())?;
    let image = import(&registry, &top, platform, store)?;
    store.name(name, &image.descriptor)?;
    Ok(image)
}
