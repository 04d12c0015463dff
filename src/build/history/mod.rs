//! How often the steps of a Dockerfile were built again, commit by commit, and how often they would have been in another
//! order.
//!
//! What is counted is what a builder does that has built every commit before, one after the other, and whose cache forgets
//! nothing: a step is built where its [`Key`](super::Key) was never there before. Nothing is run. Whoever has the
//! repository hands over the files of its commits.

mod better;
mod contents;
mod track;
mod tree;
mod version;

use std::cell::RefCell;
use std::io;
use std::path::Path;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

pub use better::{better_order, unwritten};
pub use track::{Cause, FileClass, StepHistory};
pub use tree::{Blobs, CommitFiles, CommitTree, ObjectId, TreeChange, TreeFile};
pub use version::Version;

use self::contents::{Contents, View};
use self::track::Track;
use super::Keys;
use super::plan::{Input, Plan, StepKind};
use crate::model::context::{BuildContext, Certainty, IgnoreFile};
use crate::text::{Files, Source};

/// Why nothing is built at a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skip {
    /// There is no Dockerfile.
    Missing,
    /// It, or its ignore file, is one that builders refuse.
    Broken,
    /// It is written for a builder with a language of its own.
    Language,
    /// It has no stage of the name that is asked for.
    Target,
    /// Its content is not in the repository, or too large.
    Unreadable,
}

/// What is built.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The name or number of the stage; `None` for the last one.
    pub target: Option<String>,
    /// The folder of the build context from the root of the repository; `None` for that of the Dockerfile, wherever that
    /// is at the time.
    pub context: Option<String>,
}

/// Writes a Dockerfile in a better order, if there is one: of its text, the context it is built with, and the files.
pub type Reorder<'a> = &'a dyn Fn(&str, &BuildContext, &dyn Files) -> Option<String>;

/// Goes through the commits, the oldest first.
pub struct Recorder<'a> {
    subject: Subject,
    blobs: &'a dyn Blobs,
    reorder: Reorder<'a>,
    tree: CommitTree,
    contents: Contents<'a>,
    /// Texts of Dockerfiles as they were read.
    versions: FxHashMap<Arc<str>, Result<Arc<Version>, Skip>>,
    ignore_files: FxHashMap<(String, ObjectId), Arc<IgnoreFile>>,
    /// What `reorder` wrote last, as long as nothing has changed that it may have looked at.
    reordered: Option<Reordered>,
    present: Track,
    better: Track,
    commits: Vec<Outcome>,
}

/// A better order and what it depends on.
struct Reordered {
    before: Arc<Version>,
    view: View,
    /// The files whose content was looked at.
    read: FxHashSet<String>,
    after: Arc<Version>,
}

/// What happened at one commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing was built.
    Skipped(Skip),
    /// The first build of all, which builds everything.
    First,
    /// These steps were built, by their numbers: of the Dockerfile as it is, and in the better order.
    Built {
        /// As it is.
        present: Vec<usize>,
        /// In the better order.
        better: Vec<usize>,
    },
}

/// What was found.
#[derive(Debug)]
pub struct History {
    /// For each commit, in their order.
    pub commits: Vec<Outcome>,
    /// The Dockerfile as it was.
    pub present: Side,
    /// In the better order; `None` where the last one is in it.
    pub better: Option<Side>,
    /// The sources of the last one of which the repository has nothing: changes of them are not seen.
    pub absent: Vec<String>,
    /// What else makes the figures less sure.
    pub doubts: Vec<Doubt>,
}

/// What makes figures less sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// Patterns of the ignore file that are not understood: what they leave out is counted.
    Patterns,
    /// Flags `--exclude`, which are not looked at: what they leave out is counted.
    Excludes,
    /// The folder of Git is part of the build context: it is another one with every commit.
    Repository,
    /// Submodules: each counts as changed when another commit of it is checked out.
    Submodules,
}

/// A Dockerfile over the commits.
#[derive(Debug)]
pub struct Side {
    /// The last one that was built.
    pub version: Arc<Version>,
    /// The numbers of its steps; `None` for those that are not built.
    pub numbers: Vec<Vec<Option<usize>>>,
    /// Every step that ever was, by its number.
    pub steps: Vec<StepHistory>,
}

impl<'a> Recorder<'a> {
    /// Begins before the first commit.
    pub fn new(subject: Subject, blobs: &'a dyn Blobs, reorder: Reorder<'a>) -> Recorder<'a> {
        Recorder {
            subject,
            blobs,
            reorder,
            tree: CommitTree::default(),
            contents: Contents::new(blobs),
            versions: FxHashMap::default(),
            ignore_files: FxHashMap::default(),
            reordered: None,
            present: Track::default(),
            better: Track::default(),
            commits: Vec::new(),
        }
    }

    /// The next commit: what it changes, and where the Dockerfile is in it.
    pub fn commit(&mut self, changes: &[TreeChange], dockerfile: &str) {
        for change in changes {
            self.tree.apply(change);
            self.contents.apply(change);
            // Which files there are counts, and what is in those that it has read.
            let stays = |file: Option<TreeFile>| file.is_some_and(|file| !file.is_link() && !file.is_submodule());
            let only_content = stays(change.before) && stays(change.after);
            self.reordered.take_if(|known| !only_content || known.read.contains(&*change.path));
        }
        let outcome = self.build(dockerfile).unwrap_or_else(Outcome::Skipped);
        self.commits.push(outcome);
    }

    fn build(&mut self, path: &str) -> Result<Outcome, Skip> {
        let tree = std::mem::take(&mut self.tree);
        let outcome = self.build_in(&tree, path);
        self.tree = tree;
        outcome
    }

    fn build_in(&mut self, tree: &CommitTree, path: &str) -> Result<Outcome, Skip> {
        let files = CommitFiles::new(tree, self.blobs);
        let text = files.read(Path::new(path)).map_err(|reason| match reason.kind() {
            io::ErrorKind::NotFound => Skip::Missing,
            _ => Skip::Unreadable,
        })?;
        let text = Source::from_bytes(path, text).text;
        let version = self.version(&text)?;
        let view = self.view(tree, &files, path)?;
        let better = self.better_order(&version, &view, tree);
        self.contents.look_at(view);
        let first = self.present.last.is_none();
        let contents = RefCell::new(&mut self.contents);
        let key = |source: &str| contents.borrow_mut().key(source, tree);
        let mut causes = |source: &str| contents.borrow_mut().causes(source, tree);
        let present = self.present.build(&version, &Keys::new(&version.plan, &key), &mut causes);
        let better = self.better.build(&better, &Keys::new(&better.plan, &key), &mut causes);
        self.contents.settle();
        Ok(if first { Outcome::First } else { Outcome::Built { present, better } })
    }

    fn better_order(&mut self, version: &Arc<Version>, view: &View, tree: &CommitTree) -> Arc<Version> {
        let same = |known: &&Reordered| Arc::ptr_eq(&known.before, version) && known.view.same(view);
        if let Some(known) = self.reordered.as_ref().filter(same) {
            return known.after.clone();
        }
        let context = BuildContext {
            root: view.root.as_str().into(),
            certainty: Certainty::Declared,
            ignore: view.ignore.as_ref().map(|(_, file)| file.clone()),
        };
        let files = CommitFiles::new(tree, self.blobs);
        let text = (self.reorder)(version.dockerfile.text(), &context, &files);
        // What it writes can be built.
        let after = text.and_then(|text| self.version(&text.into()).ok()).unwrap_or_else(|| version.clone());
        let (before, view) = (version.clone(), view.clone());
        self.reordered = Some(Reordered { before, view, read: files.into_read(), after: after.clone() });
        after
    }

    fn version(&mut self, text: &Arc<str>) -> Result<Arc<Version>, Skip> {
        if let Some(known) = self.versions.get(text) {
            return known.clone();
        }
        let version = Version::read(text, self.subject.target.as_deref()).map(Arc::new);
        self.versions.insert(text.clone(), version.clone());
        version
    }

    fn view(&mut self, tree: &CommitTree, files: &CommitFiles<'_>, dockerfile: &str) -> Result<View, Skip> {
        let folder = || dockerfile.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let root = self.subject.context.clone().unwrap_or_else(folder);
        let beside = format!("{dockerfile}.dockerignore");
        let of_context = if root.is_empty() { ".dockerignore".to_owned() } else { format!("{root}/.dockerignore") };
        let found = [beside, of_context].into_iter().find_map(|path| {
            let id = tree.get(&tree.resolve(&path, self.blobs)?)?.id;
            Some((path, id))
        });
        let Some((path, id)) = found else { return Ok(View { root, ignore: None }) };
        let file = match self.ignore_files.get(&(path.clone(), id)) {
            Some(file) => file.clone(),
            None => {
                let bytes = files.read(Path::new(&path)).map_err(|_| Skip::Unreadable)?;
                let file = Arc::new(IgnoreFile::new(Arc::new(Source::from_bytes(&path, bytes))));
                self.ignore_files.insert((path, id), file.clone());
                file
            }
        };
        if file.is_bad() { Err(Skip::Broken) } else { Ok(View { root, ignore: Some((id, file)) }) }
    }

    /// What was found. `None` where nothing was built at any commit; then why, commit by commit.
    ///
    /// # Errors
    ///
    /// What happened at each commit, where none was built.
    pub fn finish(mut self) -> Result<History, Vec<Outcome>> {
        let (Some(present), Some(better)) = (self.present.last.take(), self.better.last.take()) else {
            return Err(self.commits);
        };
        let mut absent = Vec::new();
        for source in sources(&present.0.plan, &present.0.needed) {
            if self.contents.key(source, &self.tree).is_none() && !absent.iter().any(|other| other == source) {
                absent.push(source.to_owned());
            }
        }
        let doubts = self.doubts(&present.0);
        let side = |(version, numbers): (Arc<Version>, _), track: Track| Side { version, numbers, steps: track.steps };
        let same = Arc::ptr_eq(&present.0, &better.0);
        let better = (!same).then(|| side(better, self.better));
        Ok(History { commits: self.commits, present: side(present, self.present), better, absent, doubts })
    }

    fn doubts(&mut self, version: &Version) -> Vec<Doubt> {
        let patterns = self.contents.has_unknown_patterns();
        let stages = version.plan.stages.iter().zip(&version.needed).filter(|(_, needed)| **needed);
        let mut parts = stages.flat_map(|(stage, _)| &stage.steps).flat_map(|step| &step.parts);
        let excludes = parts.any(|part| &*part.name == "exclude");
        let submodules = self.contents.takes_submodules(&self.tree);
        let repository = self.contents.takes_repository(sources(&version.plan, &version.needed));
        let all = [
            (patterns, Doubt::Patterns),
            (excludes, Doubt::Excludes),
            (repository, Doubt::Repository),
            (submodules, Doubt::Submodules),
        ];
        all.into_iter().filter(|(is, _)| *is).map(|(_, doubt)| doubt).collect()
    }
}

/// What the needed stages take from the build context.
fn sources<'p>(plan: &'p Plan, needed: &'p [bool]) -> impl Iterator<Item = &'p str> {
    let stages = plan.stages.iter().zip(needed).filter(|(_, needed)| **needed);
    let inputs = stages.flat_map(|(stage, _)| &stage.steps).flat_map(|step| &step.inputs);
    inputs.filter_map(|input| if let Input::Context { path, .. } = input { path.known() } else { None })
}

/// What a step in the better order was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The number of the step.
    pub step: usize,
    /// Whether that does more.
    pub is_part: bool,
}

impl Side {
    /// For each step of a stage of the Dockerfile in the better order which one of this it is, or was a part of.
    pub fn origins(&self, better: &Side, stage: usize) -> Vec<Option<Origin>> {
        let steps = |side: &Side| side.version.plan.stages.get(stage).map_or(0, |stage| stage.steps.len());
        let mut free = vec![true; steps(self)];
        let number = |place: usize| self.numbers.get(stage)?.get(place).copied().flatten();
        let found = (0..steps(better)).map(|place| {
            let new = &better.version.plan.stages[stage].steps[place];
            let old = &self.version.plan.stages[stage].steps;
            let same = (0..old.len()).find(|at| free[*at] && old[*at].kind == new.kind && old[*at].parts == new.parts);
            if let Some(at) = same {
                free[at] = false;
                return Some(Origin { step: number(at)?, is_part: false });
            }
            // An install that began a chain.
            let text = better.version.shown(new);
            let script = text.strip_prefix("RUN ").filter(|_| new.kind == StepKind::Run)?;
            let whole = |at: &usize| {
                free[*at] && old[*at].kind == StepKind::Run && self.version.shown(&old[*at]).contains(script)
            };
            Some(Origin { step: number((0..old.len()).find(whole)?)?, is_part: true })
        });
        found.collect()
    }

    /// How often steps were built, all together.
    pub fn rebuilt(&self) -> usize {
        self.steps.iter().map(|step| step.rebuilt).sum()
    }

    /// How often those were built that run a program.
    pub fn runs(&self) -> usize {
        self.steps.iter().filter(|step| step.kind == StepKind::Run).map(|step| step.rebuilt).sum()
    }

    /// The steps that are no longer there.
    pub fn former(&self) -> impl Iterator<Item = (usize, &StepHistory)> {
        let there: FxHashSet<usize> = self.numbers.iter().flatten().flatten().copied().collect();
        self.steps.iter().enumerate().filter(move |(number, _)| !there.contains(number))
    }
}
