//! From the stack of a build to an image in the store.

use std::sync::Arc;

use super::executor::{Executor, pack};
use super::made::{Layer, Made, Stack};
use super::time::rfc3339;
use crate::build::image::{Descriptor, Digest, Image, ImageConfig, Store};

/// An archive in which there is nothing: two blocks of zeros.
const EMPTY_LAYER: [u8; 1024] = [0; 1024];

/// Packs the layers that are not yet, and puts the image together. Times and layers go into `config`.
pub(super) fn image(
    store: &Arc<Store>,
    executor: &mut dyn Executor,
    stack: &Stack,
    config: &mut ImageConfig,
) -> Result<Image, String> {
    let mut descriptors = Vec::with_capacity(stack.layers.len());
    let mut last: Option<String> = None;
    let mut times: Vec<(usize, String)> = Vec::new();
    for layer in &stack.layers {
        match layer {
            Layer::Image { descriptor, .. } => descriptors.push((**descriptor).clone()),
            Layer::Step { key, history, .. } => {
                let (descriptor, diff_id, created) = packed(store, executor, layer, key)?;
                descriptors.push(descriptor);
                config.rootfs.diff_ids.push(diff_id);
                let created = rfc3339(created);
                // The newest layer says when the image was made: a build that makes nothing new gives the same image.
                last = last.max(Some(created.clone()));
                times.push((*history, created));
            }
        }
    }
    set_times(config, &times);
    if last.is_some() {
        config.created = last;
    }
    Image::create(store, config.clone(), descriptors).map_err(|error| error.to_string())
}

/// An instruction without a layer is as old as the layer before it, or else the one after it.
fn set_times(config: &mut ImageConfig, times: &[(usize, String)]) {
    let Some((_, first)) = times.first() else { return };
    let mut now = first.clone();
    for (index, entry) in config.history.iter_mut().enumerate() {
        if let Some((_, time)) = times.iter().find(|(history, _)| *history == index) {
            now.clone_from(time);
        }
        if entry.created.is_none() && entry.comment.is_some() {
            entry.created = Some(now.clone());
        }
    }
}

/// A layer as it is stored, the digest of its archive, and when it was made.
fn packed(
    store: &Arc<Store>,
    executor: &mut dyn Executor,
    layer: &Layer,
    key: &str,
) -> Result<(Descriptor, Digest, u64), String> {
    let made = Made::new(store, &executor.way(), key);
    let found = made.find(executor)?.ok_or_else(|| "a layer went away while it was packed".to_owned())?;
    let created = found.created();
    if let Some((descriptor, diff_id)) = found.packed(store) {
        return Ok((descriptor, diff_id, created));
    }
    let (descriptor, diff_id) = match layer {
        Layer::Step { layer: Some(name), .. } => {
            pack(executor, name, |reader| store.put_layer(reader).map_err(|error| error.to_string()))?
        }
        _ => store.put_layer(EMPTY_LAYER.as_slice()).map_err(|error| error.to_string())?,
    };
    made.note_packed(found, &descriptor, &diff_id)?;
    Ok((descriptor, diff_id, created))
}
