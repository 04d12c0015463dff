//! A Dockerfile in the order in which installs are built again only for what they need.

use super::Version;
use crate::build::{Around, Plan, Reordering, Waste, compare, effects, new_faults};
use crate::model::dockerfile::Dockerfile;
use crate::syntax::dockerfile::parse;
use crate::text::apply;

/// Installs that are moved in one file.
const MOST_MOVES: usize = 32;

/// `text` with every install moved that can be: what the fixes of `copy-before-install` write, one after the other, each
/// held to what it says that it changes. `None` where none can be.
pub fn better_order(text: &str, target: Option<&str>, around: Around<'_>) -> Option<String> {
    let mut best: Option<String> = None;
    for _ in 0..MOST_MOVES {
        let before = best.as_deref().unwrap_or(text);
        match Version::read(before, target).ok().and_then(|version| moved(before, &version, around)) {
            Some(after) => best = Some(after),
            None => break,
        }
    }
    best
}

/// The better orders that are known but not written, each with the reason where one is worth saying.
pub fn unwritten(version: &Version, around: Around<'_>) -> Vec<(Vec<String>, Option<String>)> {
    let orders = reorderings(version, around).filter_map(|reordering| match reordering.edits {
        Err(reason) => Some((reordering.order, reason)),
        Ok(_) => None,
    });
    orders.filter(|(order, reason)| !order.is_empty() || reason.is_some()).collect()
}

fn reorderings<'v>(version: &'v Version, around: Around<'v>) -> impl Iterator<Item = Reordering> + 'v {
    let stages = version.dockerfile.stages().filter(|stage| version.needed[stage.index] && Waste::is_possible(*stage));
    let wastes = stages.flat_map(move |stage| Waste::of(stage, &version.plan, around));
    wastes.filter_map(move |waste| waste.reordering(around))
}

/// The first move that holds.
fn moved(text: &str, version: &Version, around: Around<'_>) -> Option<String> {
    let written = reorderings(version, around).filter_map(|reordering| reordering.edits.ok());
    let mut texts = written.filter_map(|(edits, allowed)| {
        let after = String::from_utf8(apply(text.as_bytes(), &edits).ok()?).ok()?;
        let dockerfile = Dockerfile::new(parse(after.as_str()));
        let plan = Plan::new(&dockerfile);
        let holds = dockerfile.tree.errors.is_empty() && new_faults(&version.plan, &plan).is_empty();
        let more = effects(&compare(&version.plan, &plan)).without(allowed);
        (holds && more.is_empty()).then_some(after)
    });
    texts.next()
}
