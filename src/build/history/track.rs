//! One Dockerfile from commit to commit before a cache that forgets nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::version::{Numbers, Version};
use crate::build::plan::{Base, Input, StepKind};
use crate::build::{Causes, Key, Keys};

/// What made a step be built again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// What it says itself, or what a step before it says, or the image they start from.
    Dockerfile,
    /// A file of the build context, by its path from the root of the repository.
    File(Box<str>),
    /// Any file in that folder.
    Folder(Box<str>),
    /// Any file of that kind.
    Kind(FileClass),
}

/// The kinds of files that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileClass {
    /// One that says what the program depends on.
    Manifest,
    /// One that says in which versions.
    Lock,
    /// Any other.
    Source,
}

impl Cause {
    /// The change of a file: of itself, of the folders it lies in, and of its kind.
    fn of_file(path: Box<str>) -> impl Iterator<Item = Cause> {
        let causes = Causes::of_file(&path);
        let kinds = [
            (causes.manifest, FileClass::Manifest),
            (causes.lock, FileClass::Lock),
            (causes.source, FileClass::Source),
        ];
        let kinds = kinds.into_iter().filter(|(is, _)| *is).map(|(_, kind)| Cause::Kind(kind));
        let ends: Vec<usize> = path.match_indices('/').map(|(at, _)| at).collect();
        let folders: Vec<Cause> = ends.into_iter().map(|end| Cause::Folder(path[..end].into())).collect();
        kinds.chain(folders).chain([Cause::File(path)])
    }
}

/// A step over the commits.
#[derive(Clone, Debug)]
pub struct StepHistory {
    /// What it says, on one line, as it was last.
    pub shown: String,
    /// What it is.
    pub kind: StepKind,
    /// The commits at which it was built or taken from the cache, the first build of all left out.
    pub commits: usize,
    /// At how many of them it was built.
    pub rebuilt: usize,
    /// At how many of those something had changed.
    pub causes: BTreeMap<Cause, usize>,
    /// What it said by itself when it was last built or taken from the cache.
    own: Key,
    /// What it was then.
    key: Option<Key>,
}

/// A Dockerfile over the commits.
#[derive(Debug, Default)]
pub(super) struct Track {
    cache: FxHashSet<Key>,
    pub(super) last: Option<(Arc<Version>, Numbers)>,
    pub(super) steps: Vec<StepHistory>,
}

/// What changed for a step since the last build; `None` when nothing did.
type Roots = Option<Arc<FxHashSet<Cause>>>;

impl Track {
    /// Builds `version`, and says which steps are built and not taken from the cache. `causes` are the files of which a
    /// change has changed what a source takes.
    pub(super) fn build(
        &mut self,
        version: &Arc<Version>,
        keys: &Keys,
        causes: &mut dyn FnMut(&str) -> Vec<Box<str>>,
    ) -> Vec<usize> {
        let first = self.last.is_none();
        let (numbers, base_changed) = self.numbers(version);
        let mut rebuilt = Vec::new();
        let mut after: Vec<Roots> = Vec::new();
        for (index, stage) in version.plan.stages.iter().enumerate() {
            let mut roots: Roots = if base_changed[index] { Some(Arc::new(only(Cause::Dockerfile))) } else { None };
            if let Base::Stage(parent) = stage.base {
                roots = union(roots, after.get(parent).cloned().flatten());
            }
            for (place, step) in stage.steps.iter().enumerate() {
                let (Some(number), Some(key)) = (numbers[index][place], keys.of(index, place)) else { continue };
                let own = version.own[index][place];
                let shown = || version.shown(step);
                let is_new = number == self.steps.len();
                if is_new {
                    self.steps.push(StepHistory::new(shown(), step.kind, own));
                }
                let below = roots;
                // A layer of its own does not depend on what is below it.
                let mut own_roots = if step.is_linked() { None } else { below.clone() };
                let history = &mut self.steps[number];
                if is_new || history.own != own {
                    own_roots = union(own_roots, Some(Arc::new(only(Cause::Dockerfile))));
                    history.shown = shown();
                    history.own = own;
                }
                if history.key == Some(key) {
                    // Nothing of what it depends on is another.
                    own_roots = None;
                } else {
                    own_roots = step.inputs.iter().fold(own_roots, |roots, input| match input {
                        Input::Context { path, .. } => {
                            let files = path.known().map(&mut *causes).unwrap_or_default();
                            let files: FxHashSet<Cause> = files.into_iter().flat_map(Cause::of_file).collect();
                            union(roots, Some(Arc::new(files)).filter(|files| !files.is_empty()))
                        }
                        Input::Stage(other) => union(roots, after.get(*other).cloned().flatten()),
                        Input::Image(_) | Input::Remote(_) => roots,
                    });
                    // A step in front is no longer there.
                    own_roots = own_roots.or_else(|| Some(Arc::new(only(Cause::Dockerfile))));
                }
                history.key = Some(key);
                if !first {
                    history.commits += 1;
                    if !self.cache.contains(&key) {
                        history.count(own_roots.as_deref());
                        rebuilt.push(number);
                    }
                }
                roots = if step.is_linked() { union(below, own_roots) } else { own_roots };
            }
            after.push(roots);
        }
        let built = |index: &usize| version.needed[*index];
        let stages = (0..version.plan.stages.len()).filter(built);
        let all = stages.flat_map(|index| {
            (0..version.plan.stages[index].steps.len()).filter_map(move |place| keys.of(index, place))
        });
        self.cache.extend(all);
        self.last = Some((version.clone(), numbers));
        rebuilt
    }

    /// The numbers of the steps of `version`, new ones for new steps, and for each stage whether it starts from something
    /// else than before.
    fn numbers(&self, version: &Arc<Version>) -> (Numbers, Vec<bool>) {
        let count = version.plan.stages.len();
        let (mut numbers, base_changed) = match &self.last {
            Some((last, numbers)) if Arc::ptr_eq(last, version) => return (numbers.clone(), vec![false; count]),
            Some((last, numbers)) => {
                let mut changed = vec![true; count];
                for (new, old) in version.same_stages(last) {
                    changed[new] = version.bases[new] != last.bases[old];
                }
                (version.carried_over(last, numbers), changed)
            }
            None => {
                (version.plan.stages.iter().map(|stage| vec![None; stage.steps.len()]).collect(), vec![true; count])
            }
        };
        let mut next = self.steps.len();
        for (stage, _) in numbers.iter_mut().zip(&version.needed).filter(|(_, needed)| **needed) {
            for number in stage.iter_mut().filter(|number| number.is_none()) {
                *number = Some(next);
                next += 1;
            }
        }
        (numbers, base_changed)
    }
}

impl StepHistory {
    fn new(shown: String, kind: StepKind, own: Key) -> StepHistory {
        StepHistory { shown, kind, commits: 0, rebuilt: 0, causes: BTreeMap::new(), own, key: None }
    }

    fn count(&mut self, roots: Option<&FxHashSet<Cause>>) {
        self.rebuilt += 1;
        for cause in roots.into_iter().flatten() {
            *self.causes.entry(cause.clone()).or_default() += 1;
        }
    }
}

fn only(cause: Cause) -> FxHashSet<Cause> {
    std::iter::once(cause).collect()
}

fn union(one: Roots, other: Roots) -> Roots {
    match (one, other) {
        (Some(one), Some(other)) if Arc::ptr_eq(&one, &other) => Some(one),
        (Some(one), Some(other)) => Some(Arc::new(one.union(&other).cloned().collect())),
        (one, other) => one.or(other),
    }
}
