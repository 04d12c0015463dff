//! What is in the store, and what is removed from it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::json;

use super::arguments::{PruneArgument, StoreArguments};
use crate::build::exec::request::{LayerName, Request, Response};
use crate::build::exec::{Worker, WorkerOptions, probe};
use crate::build::image::{PruneOptions, Pruned, Store, Usage};
use crate::cli::build::arguments::BuildFormat;
use crate::cli::build::{byte_limit, open_store};
use crate::cli::{Exit, note, output, warning};
use crate::emit::counted;
use crate::emit::printable::printable_line;
use crate::text::size;

/// Layers that are removed with one request.
const AT_ONCE: usize = 100;

/// Does what the arguments say.
pub(super) fn run(arguments: &StoreArguments) -> Result<Exit, String> {
    let keep = arguments.keep.as_deref().map(|text| byte_limit("keep", text)).transpose()?;
    let store = open_store()?;
    let Some(what) = arguments.prune else {
        if Path::new("store").exists() {
            note("this is what builds keep; to check what is called `store` here, write `rlint ./store`");
        }
        let usage = store.usage().map_err(|error| error.to_string())?;
        return write(arguments.format, &shown(&store, &usage), &usage_json(&store, &usage));
    };
    let options =
        PruneOptions { most: keep.unwrap_or(0), images: what == PruneArgument::All, dry_run: arguments.dry_run };
    let pruned = store.prune(options).map_err(|error| error.to_string())?;
    if !arguments.dry_run {
        remove_layers(&store, &pruned)?;
    }
    write(arguments.format, &told(&pruned, arguments.dry_run), &pruned_json(&store, &pruned, arguments.dry_run))
}

fn write(format: BuildFormat, text: &str, object: &serde_json::Value) -> Result<Exit, String> {
    match format {
        BuildFormat::Text => output::write_stdout(text.as_bytes()),
        BuildFormat::Json => output::write_stdout(format!("{object:#}\n").as_bytes()),
    }
}

/// Has a worker of each way of being root remove the layers that it made: they have its ids. What cannot be removed here
/// is found again by the next pruning.
fn remove_layers(store: &Arc<Store>, pruned: &Pruned) -> Result<(), String> {
    let mut by_way: BTreeMap<&str, Vec<LayerName>> = BTreeMap::new();
    for (way, layer) in &pruned.layers {
        by_way.entry(way).or_default().extend(LayerName::new(layer.as_str()));
    }
    if by_way.is_empty() {
        return Ok(());
    }
    let ways = probe(store.folder(), None);
    for (folder, layers) in by_way {
        let own = ways.iter().filter_map(|tried| tried.way.as_ref().ok()).find(|way| way.folder() == folder);
        let Some(way) = own.cloned() else {
            let shown = store.folder().join("layers").join(folder);
            warning(&format!(
                "{} cannot be removed here, because they belong to ids that only another user or setting of this machine \
                 has: {}",
                counted(layers.len(), "layer"),
                shown.display()
            ));
            continue;
        };
        let options = WorkerOptions::new(store.folder(), way);
        let mut worker = Worker::start(&options).map_err(|error| error.to_string())?;
        for layers in layers.chunks(AT_ONCE) {
            let request = Request::Remove { layers: layers.to_vec() };
            match worker.call(&request, None, &mut |_| {}).map_err(|error| error.to_string())? {
                Response::Done(_) => {}
                Response::Failed { what } | Response::Invalid { what } | Response::Refused { what } => {
                    return Err(what);
                }
                other => return Err(format!("layers cannot be removed: {other:?}")),
            }
        }
    }
    Ok(())
}

fn shown(store: &Store, usage: &Usage) -> String {
    let mut text = format!("{}\n", printable_line(&store.folder().display().to_string()));
    let mut row = |what: &str, bytes: u64, more: &str| {
        text.push_str(format!("  {what:<24} {:>9}  {more}", size(bytes)).trim_end());
        text.push('\n');
    };
    row(&counted(usage.images.len(), "image"), usage.image_bytes, "removed by --prune=all");
    row(&format!("{} of builds", counted(usage.steps, "step")), usage.step_bytes, "removed by --prune");
    row(&counted(usage.unused, "unused part"), usage.unused_bytes, "removed by --prune");
    let total = usage.image_bytes.saturating_add(usage.step_bytes).saturating_add(usage.unused_bytes);
    row("all", total, "");
    for (name, bytes, _) in &usage.images {
        text.push_str(&format!("  {:>9}  {}\n", size(*bytes), printable_line(name)));
    }
    text
}

fn usage_json(store: &Store, usage: &Usage) -> serde_json::Value {
    let seconds = |time: &SystemTime| time.duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let image = |(name, bytes, used): &(String, u64, SystemTime)| json!({ "name": name, "bytes": bytes, "used": seconds(used) });
    json!({
        "version": 1,
        "folder": store.folder().display().to_string(),
        "images": usage.images.iter().map(image).collect::<Vec<_>>(),
        "image_bytes": usage.image_bytes,
        "steps": usage.steps,
        "step_bytes": usage.step_bytes,
        "unused": usage.unused,
        "unused_bytes": usage.unused_bytes,
    })
}

fn told(pruned: &Pruned, dry_run: bool) -> String {
    let verb = if dry_run { "would remove" } else { "removed" };
    let mut text = format!(
        "{verb} {} of builds, {} and {}: {} freed, {} left\n",
        counted(pruned.steps, "step"),
        counted(pruned.layers.len(), "layer"),
        counted(pruned.images.len(), "image"),
        size(pruned.freed),
        size(pruned.left)
    );
    pruned.images.iter().for_each(|name| text.push_str(&format!("  {}\n", printable_line(name))));
    text
}

fn pruned_json(store: &Store, pruned: &Pruned, dry_run: bool) -> serde_json::Value {
    json!({
        "version": 1,
        "folder": store.folder().display().to_string(),
        "dry_run": dry_run,
        "steps": pruned.steps,
        "layers": pruned.layers.len(),
        "images": pruned.images,
        "bytes_freed": pruned.freed,
        "bytes_left": pruned.left,
    })
}
