//! Fixes of ignore files: they hold where they hold for every image that is built behind the file.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::build::judge::bisect::{Outcome, Rejected};
use crate::build::judge::{Behind, Builds, Candidate, Judged, Measured, judge, judge_all};
use crate::build::named_sources;
use crate::emit::display_path;
use crate::lint::Settings;
use crate::model::dockerfile::Dockerfile;
use crate::model::project::{Cache, Project};
use crate::syntax::dockerfile::parse;
use crate::syntax::kind::{NameKind, kind_of_name};
use crate::text::{Files, Source, normalize};

/// A Dockerfile that is built behind an ignore file.
pub(super) struct BuiltBehind {
    path: PathBuf,
    text: Arc<str>,
    /// The folder of its context.
    root: PathBuf,
}

/// The Dockerfiles that are built behind the ignore file at `path`: among `known`, and those that lie beside it.
pub(super) fn built_behind(path: &Path, known: &[PathBuf], files: &dyn Files, settings: &Settings) -> Vec<BuiltBehind> {
    let path = normalize(path);
    let folder = path.parent().unwrap_or(Path::new(""));
    let listed = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = files.list(listed).unwrap_or_default();
    let beside = entries.iter().filter(|entry| !entry.is_dir).map(|entry| folder.join(&entry.name));
    let beside = beside.filter(|path| kind_of_name(path) == Some(NameKind::Dockerfile));
    let named = path.to_str().and_then(|path| path.strip_suffix(".dockerignore")).map(PathBuf::from);
    let paths: BTreeSet<PathBuf> = known.iter().map(|path| normalize(path)).chain(beside).chain(named).collect();
    let cache = Cache::default();
    let project = Project::new(files, &settings.images, &cache);
    let built = |dockerfile: PathBuf| {
        let text = Source::from_bytes(&dockerfile, files.read(&dockerfile).ok()?).text.clone();
        let sources = named_sources(&Dockerfile::new(parse(text.clone())));
        let context = project.context(&dockerfile, &sources)?;
        let is_behind = context.ignore.as_ref().is_some_and(|ignore| *ignore.source.path == *path);
        is_behind.then(|| BuiltBehind { path: dockerfile, text, root: context.root.clone() })
    };
    paths.into_iter().filter_map(built).collect()
}

/// Judges fixes of the ignore file at `path`, whose text is `original`; `with` makes another one with some of them.
pub(super) fn judge_ignored(
    path: &Path,
    images: &[BuiltBehind],
    original: &str,
    candidates: &[Candidate],
    with: &dyn Fn(&[usize]) -> Option<String>,
    builds: &mut Builds,
) -> Judged {
    if images.is_empty() {
        let why = "no Dockerfile is known that is built behind this file: name it, too".to_owned();
        let rejected = |fix| Rejected { fix, outcome: Outcome::Unknown(why.clone()), with: None };
        let rejected = (0..candidates.len()).map(rejected).collect();
        return Judged { held: Vec::new(), rejected, measured: None, builds: 0 };
    }
    let judged = judge_all(images.len(), candidates.len(), &mut |image, fixes| {
        let BuiltBehind { text, root, .. } = &images[image];
        let candidates: Vec<Candidate> = fixes.iter().map(|fix| candidates[*fix]).collect();
        let with = |chosen: &[usize]| with(&chosen.iter().map(|fix| fixes[*fix]).collect::<Vec<_>>());
        judge(original, &candidates, &with, &mut Behind::new(builds, text, root, path))
    });
    let name = |image: usize| display_path(&images[image].path).into_owned();
    let named = |(image, mut rejected): (usize, Rejected<String>)| {
        if let Outcome::Fails(why) | Outcome::Unknown(why) = &mut rejected.outcome {
            *why = format!("{}: {why}", name(image));
        }
        rejected
    };
    let measured = judged.measured.into_iter().enumerate();
    let measured = measured.filter_map(|(image, measured)| Some((name(image), measured?))).collect();
    Judged {
        held: judged.held,
        rejected: judged.rejected.into_iter().map(named).collect(),
        measured: Measured::of_all(measured),
        builds: judged.builds,
    }
}
