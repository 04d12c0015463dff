//! What the result of a step depends on, as one key: change any of it, and the key is another one.

use super::hash::KeyHasher;
use super::mounts::{Mount, MountKind};
use super::stage::{Action, Step};
use crate::build::exec::request::{LayerName, Network};

/// What a step stands on and runs with, besides what it says itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surroundings<'a> {
    /// The key of what it stands on.
    pub(super) parent: &'a str,
    /// The way of being root.
    pub(super) way: &'a str,
    /// The platform of the stage.
    pub(super) platform: &'a str,
    /// What a RUN can reach.
    pub(super) network: Network,
    /// What its sources are that are fetched, in their order.
    pub(super) remotes: &'a [String],
}

/// Which steps are the same step. To be raised whenever a step with the same key makes something else than before.
const ENGINE: &str = "2";

/// The key of a step. `input` says what a path of an origin is: a digest that changes with everything that may count.
pub(super) fn of_step(
    step: &Step,
    surroundings: Surroundings<'_>,
    input: &mut dyn FnMut(&Input<'_>) -> Result<String, String>,
) -> Result<String, String> {
    let mut hasher = KeyHasher::new("step");
    hasher.add("engine", ENGINE);
    hasher.add("way", surroundings.way);
    hasher.add("platform", surroundings.platform);
    // A layer of its own does not depend on what is below it.
    if !is_linked(step) {
        hasher.add("parent", surroundings.parent);
    }
    match &step.action {
        Action::Run(command, mounts, _) => {
            hasher.add("action", "run");
            hasher.add_list("arguments", &command.arguments);
            hasher.add_option("script", command.script.as_ref().map(|(path, text)| format!("{path}\n{text}")));
            hasher.add_list("variables", step.variables.iter().map(|(name, value)| format!("{name}={value}")));
            hasher.add("directory", &step.directory);
            hasher.add("user", &step.user);
            hasher.add("network", [u8::from(surroundings.network == Network::Host)]);
            mounts.iter().try_for_each(|mount| add_mount(&mut hasher, mount, input))?;
        }
        Action::Transfer(transfer) => {
            hasher.add("action", "copy");
            hasher.add_list("sources", &transfer.sources);
            if !transfer.remotes.is_empty() {
                hasher.add_list("fetched", surroundings.remotes);
            }
            for (name, content) in &transfer.files {
                hasher.add("file", name);
                hasher.add("content", content);
            }
            hasher.add("destination", transfer.target(&step.directory));
            hasher.add_option("owner", transfer.owner.as_ref());
            hasher.add_option("mode", transfer.mode.as_ref());
            let flags = [transfer.parents, transfer.link, transfer.unpack];
            hasher.add("flags", flags.map(u8::from));
            hasher.add_list("excludes", &transfer.excludes);
            for source in &transfer.sources {
                // With `--parents` a pattern may go deeper than it shows.
                let source = if transfer.parents { "/" } else { source.as_str() };
                let selects = !transfer.parents;
                let from = Input { from: transfer.from.as_deref(), number: true, path: source, selects };
                hasher.add("input", input(&from)?);
            }
        }
        Action::Folder => {
            hasher.add("action", "folder");
            hasher.add("directory", &step.directory);
            hasher.add("user", &step.user);
        }
    }
    Ok(hasher.finish())
}

/// A path of an origin, as an instruction names both.
#[derive(Clone, Copy, Debug)]
pub(super) struct Input<'a> {
    /// What `--from` says.
    pub(super) from: Option<&'a str>,
    /// Whether a number can be a stage.
    pub(super) number: bool,
    /// The path or pattern.
    pub(super) path: &'a str,
    /// Whether nothing counts but what COPY takes of that path.
    pub(super) selects: bool,
}

fn add_mount(
    hasher: &mut KeyHasher,
    mount: &Mount,
    input: &mut dyn FnMut(&Input<'_>) -> Result<String, String>,
) -> Result<(), String> {
    hasher.add("mount", &mount.target);
    match &mount.kind {
        MountKind::Bind { from, source, writable } => {
            hasher.add("bind", [u8::from(*writable)]);
            hasher.add("source", source);
            hasher.add("input", input(&mounted(from.as_deref(), source))?);
        }
        // What is in a cache is no input: so BuildKit has it.
        MountKind::Cache { id, sharing, from, mode, user, group } => {
            hasher.add("cache", id);
            hasher.add("sharing", [*sharing as u8]);
            for (name, number) in [("mode", mode), ("user", user), ("group", group)] {
                hasher.add_option(name, number.map(u32::to_le_bytes));
            }
            if let Some((from, source)) = from {
                hasher.add("source", source);
                hasher.add("input", input(&mounted(Some(from), source))?);
            }
        }
        MountKind::Tmpfs { size } => hasher.add_option("tmpfs", size.map(u64::to_le_bytes)),
    }
    Ok(())
}

fn mounted<'a>(from: Option<&'a str>, source: &'a str) -> Input<'a> {
    Input { from, number: false, path: source, selects: false }
}

/// Whether a step makes a layer that does not depend on what is below it: `--link`, unless there is a mode to give,
/// which BuildKit does on the spot.
pub(super) fn is_linked(step: &Step) -> bool {
    matches!(&step.action, Action::Transfer(transfer) if transfer.link && transfer.mode.is_none())
}

/// The key of what stands below the next step, after files were put on `parent`: it is known by what they are and not by
/// how they came. A stage that was built again and gives the same files leaves the steps after them as they are.
pub(super) fn of_content(parent: &str, content: Option<&str>) -> String {
    let mut hasher = KeyHasher::new("content");
    hasher.add("parent", parent);
    hasher.add_option("content", content);
    hasher.finish()
}

/// The key of a layer with what was fetched.
pub(super) fn of_fetched(remotes: &[String]) -> String {
    let mut hasher = KeyHasher::new("fetched layer");
    hasher.add_list("sources", remotes);
    hasher.finish()
}

/// The key of what a source is in a stack of layers.
pub(super) fn of_selection(layers: &[LayerName], source: &str) -> String {
    let mut hasher = KeyHasher::new("selection of layers");
    hasher.add_list("layers", layers.iter().map(LayerName::as_str));
    hasher.add("source", source);
    hasher.finish()
}

/// The key of what a stage or an image holds.
pub(super) fn of_origin(kind: &str, content: &str) -> String {
    let mut hasher = KeyHasher::new(kind);
    hasher.add("content", content);
    hasher.finish()
}
