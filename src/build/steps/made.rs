//! What was made before, and stacks of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

use super::executor::Executor;
use super::outcome::{StepInfo, StepReport};
use crate::build::exec::request::{Done, LayerName};
use crate::build::image::{Descriptor, Digest, Image, StepRecord, Store};
use crate::text::Span;

/// The layers that something is made of.
#[derive(Clone, Debug)]
pub(super) struct Stack {
    /// What all of it is known by.
    pub(super) key: String,
    /// What its highest layer is known by.
    pub(super) top: Option<String>,
    /// Bottom first.
    pub(super) layers: Vec<Layer>,
}

/// A layer of a [`Stack`].
#[derive(Clone, Debug)]
pub(super) enum Layer {
    /// Of an image.
    Image {
        /// Its unpacked files; `None` when there are none.
        layer: Option<LayerName>,
        /// As it is stored.
        descriptor: Box<Descriptor>,
    },
    /// Of a step.
    Step {
        /// What it is known by.
        key: String,
        /// Its files; `None` when it changed nothing.
        layer: Option<LayerName>,
        /// Its entry in the history.
        history: usize,
    },
}

impl Stack {
    /// Nothing.
    pub(super) fn empty() -> Stack {
        Stack { key: super::key::of_origin("scratch", ""), top: None, layers: Vec::new() }
    }

    /// The layers of an image, which are still to be unpacked.
    pub(super) fn of_image(key: String, image: &Image) -> Stack {
        let layers = image.manifest.layers.iter();
        let layers = layers.map(|descriptor| Layer::Image { layer: None, descriptor: Box::new(descriptor.clone()) });
        Stack { top: Some(key.clone()), key, layers: layers.collect() }
    }

    /// Says where the files of a layer of the image are.
    pub(super) fn set_base_layer(&mut self, number: usize, name: Option<LayerName>) {
        if let Some(Layer::Image { layer, .. }) = self.layers.get_mut(number) {
            *layer = name;
        }
    }

    /// Puts a layer on top.
    pub(super) fn push(&mut self, key: String, layer: Layer) {
        self.key = key;
        if let Layer::Step { key, .. } = &layer {
            self.top = Some(key.clone());
        }
        self.layers.push(layer);
    }

    /// The layers that have files, bottom first.
    pub(super) fn names(&self) -> Vec<LayerName> {
        let name = |layer: &Layer| match layer {
            Layer::Image { layer, .. } | Layer::Step { layer, .. } => layer.clone(),
        };
        self.layers.iter().filter_map(name).collect()
    }
}

/// Something that is made once and known by a key.
pub(super) struct Made<'s> {
    store: &'s Arc<Store>,
    way: String,
    key: String,
}

/// Something that was made.
pub(super) struct Found {
    pub(super) layer: Option<LayerName>,
    record: StepRecord,
}

impl Found {
    /// What is known of the step that made it.
    pub(super) fn report(&self, step: &StepInfo, key: &str) -> StepReport {
        StepReport {
            step: step.clone(),
            key: key.to_owned(),
            cached: true,
            bytes: self.record.bytes,
            entries: self.record.entries,
            milliseconds: self.record.other.get("milliseconds").and_then(Value::as_u64).unwrap_or(0),
            networked: self.record.other.get("networked").and_then(Value::as_bool).unwrap_or(false),
        }
    }

    /// What is in its layer, as far as that was noted.
    pub(super) fn content(&self) -> Option<String> {
        self.record.other.get("content").and_then(Value::as_str).map(str::to_owned)
    }

    /// When it was made, in seconds since 1970.
    pub(super) fn created(&self) -> u64 {
        self.record.other.get("created").and_then(Value::as_u64).unwrap_or(0)
    }

    /// The packed layer and the digest of its archive, if it was packed and is still there.
    pub(super) fn packed(&self, store: &Store) -> Option<(Descriptor, Digest)> {
        let descriptor: Descriptor = serde_json::from_value(self.record.other.get("packed")?.clone()).ok()?;
        let diff_id: Digest = serde_json::from_value(self.record.other.get("diff-id")?.clone()).ok()?;
        store.has(&descriptor).then_some((descriptor, diff_id))
    }
}

impl<'s> Made<'s> {
    /// What is known by `key`, in one way of being root.
    pub(super) fn new(store: &'s Arc<Store>, way: &str, key: &str) -> Made<'s> {
        Made { store, way: way.to_owned(), key: key.to_owned() }
    }

    /// The key of its record: the same thing is made once for each way.
    fn record_key(&self) -> String {
        format!("{}-{}", self.way, self.key)
    }

    /// What was made, if it is still there.
    pub(super) fn find(&self, executor: &dyn Executor) -> Result<Option<Found>, String> {
        let record = self.store.step(&self.record_key()).map_err(|error| error.to_string())?;
        let Some(record) = record.filter(|record| record.mode == self.way) else { return Ok(None) };
        let layer = match &record.layer {
            None => None,
            Some(name) => match LayerName::new(name.as_str()) {
                Ok(name) if executor.has(&name) => Some(name),
                // It was removed by hand, or the record is damaged.
                _ => return Ok(None),
            },
        };
        Ok(Some(Found { layer, record }))
    }

    /// A name for a new layer, which nobody else has: two builds may make the same thing at the same time.
    pub(super) fn new_layer(&self, kind: &str) -> Result<LayerName, String> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos());
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let start = self.key.get(..24).unwrap_or(&self.key);
        LayerName::new(format!("{kind}-{start}-{time:x}-{}-{count:x}", std::process::id()))
    }

    /// What is known of a layer that no step made.
    pub(super) fn base_report(&self, done: Done) -> StepReport {
        let step = StepInfo {
            number: 0,
            stage: 0,
            stage_name: None,
            place: 0,
            of: 0,
            span: Span::empty(0),
            text: String::new(),
        };
        StepReport {
            step,
            key: self.key.clone(),
            cached: false,
            bytes: done.bytes,
            entries: done.entries,
            milliseconds: 0,
            networked: false,
        }
    }

    /// Keeps what was made.
    pub(super) fn keep(
        &self,
        layer: Option<&LayerName>,
        parent: Option<&str>,
        content: Option<&str>,
        report: &StepReport,
    ) -> Result<(), String> {
        let created = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        let mut other = Map::new();
        other.insert("created".to_owned(), created.into());
        other.insert("milliseconds".to_owned(), report.milliseconds.into());
        other.insert("networked".to_owned(), report.networked.into());
        other.insert("text".to_owned(), report.step.text.clone().into());
        other.extend(content.map(|content| ("content".to_owned(), content.into())));
        let record = StepRecord {
            mode: self.way.clone(),
            layer: layer.map(|layer| layer.as_str().to_owned()),
            parent: parent.map(|parent| format!("{}-{parent}", self.way)),
            bytes: report.bytes,
            entries: report.entries,
            other,
        };
        self.store.put_step(&self.record_key(), &record).map_err(|error| error.to_string())
    }

    /// Notes how a layer is stored that was packed.
    pub(super) fn note_packed(&self, found: Found, descriptor: &Descriptor, diff_id: &Digest) -> Result<(), String> {
        let mut record = found.record;
        let descriptor = serde_json::to_value(descriptor).map_err(|error| error.to_string())?;
        record.other.insert("packed".to_owned(), descriptor);
        record.other.insert("diff-id".to_owned(), diff_id.to_string().into());
        self.store.put_step(&self.record_key(), &record).map_err(|error| error.to_string())
    }
}
