//! What a step takes that copies from another stage: known by its content, so that a stage that was built again and gives
//! the same files leaves the step as it is, whatever else changed in the stage. So BuildKit has it, by the checksums of
//! `cache/contenthash` (<https://github.com/moby/buildkit>, Apache-2.0).

use std::sync::Arc;

use super::executor::{self, Executor};
use super::key;
use super::made::{Made, Stack};
use crate::build::exec::request::Done;
use crate::build::image::Store;

/// What `source` is in a stage, for the key of a step that copies it. It is found out once for the layers of a stage.
pub(super) fn of_stage(
    store: &Arc<Store>,
    executor: &mut dyn Executor,
    stage: &Stack,
    source: &str,
) -> Result<String, String> {
    let names = stage.names();
    // By the names of the layers, not by the key of the stage: built once more without the cache, it may hold other files.
    let own = key::of_selection(&names, source);
    let made = Made::new(store, &executor.way(), &own);
    if let Some(content) = made.find(executor)?.and_then(|found| found.content()) {
        return Ok(key::of_origin("selection", &content));
    }
    match executor::selection(executor, names, source) {
        Ok(content) => {
            made.keep(None, stage.top.as_deref(), Some(&content), &made.base_report(Done::default()))?;
            Ok(key::of_origin("selection", &content))
        }
        // What is wrong with the source the step itself will say, better than a key could.
        Err(_) => Ok(key::of_origin("stage", &stage.key)),
    }
}
