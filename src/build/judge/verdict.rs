//! A Dockerfile with fixes, built and held against the one without.

use std::fmt;

use super::bisect::{Outcome, Rejected, sort_out};
use super::declared::changes_files;
use super::noise::Noise;
use super::{configuration, is_declared};
use crate::build::image::ImageConfig;
use crate::build::tree::difference::{self, Difference, differences};
use crate::build::tree::{Entry, Kind};
use crate::build::{Change, Effect, Effects};

/// Of paths that differ, so many are named.
const MOST_PATHS: usize = 3;

/// What a build gave.
#[derive(Clone, Debug)]
pub struct BuiltImage {
    /// The configuration.
    pub config: ImageConfig,
    /// All files, every layer applied.
    pub tree: Vec<Entry>,
    /// The bytes that each layer adds, lowest first, those of the base left out.
    pub layers: Vec<u64>,
    /// How many steps were run, and not taken from the cache.
    pub executed: usize,
}

impl BuiltImage {
    /// The bytes of all files; of one with several names once.
    pub fn size(&self) -> u64 {
        let counts = |entry: &&Entry| {
            entry.kind == Kind::File && entry.same_as.as_ref().is_none_or(|first| *first == entry.path)
        };
        self.tree.iter().filter(counts).map(|entry| entry.size).sum()
    }
}

/// Why a build gave no image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The Dockerfile is at fault: a step failed, something is missing, it cannot be read.
    Failed(String),
    /// Something else is: the network, a base that is not there, a limit, something that is not supported.
    Unknown(String),
}

/// Builds Dockerfiles, all with the same context and the same arguments.
pub trait Build {
    /// Builds `dockerfile`; with `anew`, nothing comes from the cache.
    ///
    /// # Errors
    ///
    /// Why there is no image.
    fn build(&mut self, dockerfile: &str, anew: bool) -> Result<BuiltImage, Stop>;
}

/// A fix to be judged.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    /// What it declares.
    pub effects: Effects,
}

/// What became of the fixes of a Dockerfile.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The numbers of the fixes that hold, all of them together.
    pub held: Vec<usize>,
    /// Those that do not, and why.
    pub rejected: Vec<Rejected<Reason>>,
    /// What the image became; `None` where the original could not be built.
    pub measured: Option<Measured>,
    /// How many builds it took, that of the original included.
    pub builds: usize,
}

/// Why a fix does not hold, or why nobody can say.
pub type Reason = String;

/// An image before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    /// Bytes of files, before and after.
    pub size: (u64, u64),
    /// Layers beside those of the base, before and after.
    pub layers: (usize, usize),
    /// The steps that had to be run for the image with all the fixes that hold.
    pub rebuilt: usize,
    /// What else changes, in words.
    pub changes: Vec<String>,
}

impl Measured {
    /// What two rounds of fixes did, one after the other.
    #[must_use]
    pub fn after(earlier: Option<Measured>, later: Option<Measured>) -> Option<Measured> {
        match (earlier, later) {
            (Some(mut earlier), Some(later)) => {
                earlier.size.1 = later.size.1;
                earlier.layers.1 = later.layers.1;
                earlier.rebuilt += later.rebuilt;
                let new = |change: &String| !earlier.changes.contains(change);
                let new: Vec<String> = later.changes.into_iter().filter(new).collect();
                earlier.changes.extend(new);
                Some(earlier)
            }
            (earlier, later) => later.or(earlier),
        }
    }

    /// What several images became together, each with its name.
    #[must_use]
    pub fn of_all(images: Vec<(String, Measured)>) -> Option<Measured> {
        let several = images.len() > 1;
        let named = images.into_iter().map(|(name, mut image)| {
            if several {
                image.changes.iter_mut().for_each(|change| *change = format!("{name}: {change}"));
            }
            image
        });
        named.reduce(|mut all, image| {
            all.size = (all.size.0 + image.size.0, all.size.1 + image.size.1);
            all.layers = (all.layers.0 + image.layers.0, all.layers.1 + image.layers.1);
            all.rebuilt += image.rebuilt;
            all.changes.extend(image.changes);
            all
        })
    }
}

/// Judges `candidates`, in the order of the file, on what `with` makes of the Dockerfile with some of them. `original` is
/// the text without any.
///
/// What one declares is no leave for another: those that declare the same differences between files are judged together,
/// those that declare none first, each group on top of what holds before it.
pub fn judge(
    original: &str,
    candidates: &[Candidate],
    with: &dyn Fn(&[usize]) -> Option<String>,
    build: &mut dyn Build,
) -> Judged {
    let before = match build.build(original, false) {
        Ok(image) => image,
        Err(Stop::Failed(why)) => return nothing(candidates, &format!("the original does not build: {why}")),
        Err(Stop::Unknown(why)) => return nothing(candidates, &why),
    };
    let mut court = Court {
        original,
        first: before.tree.clone(),
        before: before.clone(),
        noise: None,
        build,
        last: None,
        builds: 1,
    };
    let mut held: Vec<usize> = Vec::new();
    let mut rejected = Vec::new();
    let mut executed = 0;
    for group in groups(candidates) {
        let together = |fixes: &[usize]| {
            let mut all: Vec<usize> = held.iter().copied().chain(fixes.iter().map(|fix| group[*fix])).collect();
            all.sort_unstable();
            with(&all)
        };
        let sorted = sort_out(group.len(), |fixes| {
            let effects = fixes.iter().fold(Effects::NONE, |all, fix| all.and(candidates[group[*fix]].effects));
            match together(fixes) {
                Some(text) => court.try_text(&text, effects),
                None => Outcome::Fails("they do not go together in one file".to_owned()),
            }
        });
        rejected.extend(sorted.rejected.into_iter().map(|own| Rejected {
            fix: group[own.fix],
            outcome: own.outcome,
            with: own.with.map(|other| group[other]),
        }));
        if let Some(text) = together(&sorted.held).filter(|_| !sorted.held.is_empty()) {
            executed += court.accept(&text);
            held.extend(sorted.held.iter().map(|fix| group[*fix]));
        }
    }
    held.sort_unstable();
    let measured = (!held.is_empty()).then(|| measure(&before, &court.before, court.noise.as_ref(), executed));
    Judged { held, rejected, measured, builds: court.builds }
}

/// The numbers of the fixes by what they declare about files, nothing first.
fn groups(candidates: &[Candidate]) -> Vec<Vec<usize>> {
    let files =
        |fix: &usize| candidates[*fix].effects.iter().filter(|effect| changes_files(*effect)).collect::<Effects>();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for fix in 0..candidates.len() {
        match groups.iter_mut().find(|group| files(&group[0]) == files(&fix)) {
            Some(group) => group.push(fix),
            None => groups.push(vec![fix]),
        }
    }
    groups.sort_by_key(|group| !files(&group[0]).is_empty());
    groups
}

fn nothing(candidates: &[Candidate], why: &str) -> Judged {
    let rejected = |fix| Rejected { fix, outcome: Outcome::Unknown(why.to_owned()), with: None };
    Judged { held: Vec::new(), rejected: (0..candidates.len()).map(rejected).collect(), measured: None, builds: 1 }
}

struct Court<'a> {
    original: &'a str,
    /// The files of the original.
    first: Vec<Entry>,
    /// What holds so far.
    before: BuiltImage,
    /// What two builds of the original differ in; made when something unexplained differs.
    noise: Option<Noise>,
    build: &'a mut dyn Build,
    /// What was built last, and the text it was built of.
    last: Option<(String, BuiltImage)>,
    builds: usize,
}

impl Court<'_> {
    fn try_text(&mut self, text: &str, effects: Effects) -> Outcome<Reason> {
        self.builds += 1;
        // What fails now and then is no fix's doing: the step that failed is tried once more, those before it are there.
        let built = match self.build.build(text, false) {
            Err(Stop::Failed(_)) => {
                self.builds += 1;
                self.build.build(text, false)
            }
            built => built,
        };
        let after = match built {
            Ok(image) => image,
            Err(Stop::Failed(why)) => return Outcome::Fails(why),
            Err(Stop::Unknown(why)) => return Outcome::Unknown(why),
        };
        let outcome = self.compare(&after, effects);
        self.last = Some((text.to_owned(), after));
        outcome
    }

    fn compare(&mut self, after: &BuiltImage, effects: Effects) -> Outcome<Reason> {
        let changes = configuration::differences(&self.before.config, &after.config);
        if let Some(change) = changes.iter().find(|change| !effects.contains(change.effect)) {
            return Outcome::Fails(format!("{change}, which the fix does not say"));
        }
        let found = differences(&self.before.tree, &after.tree);
        let unexplained = |difference: &&Difference| difference.volatile.is_none() && !is_declared(effects, difference);
        let mut unexplained: Vec<&Difference> = found.iter().filter(unexplained).collect();
        if !unexplained.is_empty() {
            match self.noise() {
                Ok(noise) => unexplained = noise.unexplained(unexplained, &found),
                Err(why) => return Outcome::Unknown(why),
            }
        }
        match unexplained.is_empty() {
            true => Outcome::Holds,
            // On another base all files may be others, and which of them should be nobody can say.
            false if effects.contains(Effect::Base) => {
                Outcome::Unknown(format!("the fix changes the base, and {}", shown(&unexplained)))
            }
            false => Outcome::Fails(shown(&unexplained)),
        }
    }

    /// Builds the original once more, with nothing from the cache: what differs then is no fix's doing.
    fn noise(&mut self) -> Result<&Noise, String> {
        if self.noise.is_none() {
            self.builds += 1;
            let twin = self.build.build(self.original, true).map_err(|stop| match stop {
                Stop::Failed(why) | Stop::Unknown(why) => format!("the original does not build a second time: {why}"),
            })?;
            self.noise = Some(Noise::new(&differences(&self.first, &twin.tree)));
        }
        Ok(self.noise.get_or_insert_default())
    }

    /// Goes on from the image of `text`, which holds. The number of steps that were run for it.
    fn accept(&mut self, text: &str) -> usize {
        let image = match self.last.take() {
            Some((last, image)) if last == text => Some(image),
            // It was built before, and comes from the cache.
            _ => self.build.build(text, false).ok(),
        };
        match image {
            Some(image) => {
                let executed = image.executed;
                self.before = image;
                executed
            }
            None => 0,
        }
    }
}

fn measure(before: &BuiltImage, after: &BuiltImage, noise: Option<&Noise>, rebuilt: usize) -> Measured {
    let configuration = configuration::differences(&before.config, &after.config);
    let mut changes: Vec<String> = configuration.into_iter().map(|change: Change| change.message).collect();
    let found = differences(&before.tree, &after.tree);
    let mut real: Vec<&Difference> = found.iter().filter(|difference| difference.volatile.is_none()).collect();
    if let Some(noise) = noise {
        real = noise.unexplained(real, &found);
    }
    if !real.is_empty() {
        changes.push(shown(&real));
    }
    Measured {
        size: (before.size(), after.size()),
        layers: (before.layers.len(), after.layers.len()),
        rebuilt,
        changes,
    }
}

/// `files differ: etc/passwd (content), usr/bin/curl (gone) and 12 more`.
fn shown(differences: &[&Difference]) -> String {
    let named: Vec<String> =
        differences.iter().take(MOST_PATHS).map(|difference| Named(difference).to_string()).collect();
    let more = match differences.len() - named.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("files differ: {}{more}", named.join(", "))
}

struct Named<'a>(&'a Difference);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use difference::Change;
        write!(f, "`/{}` ", self.0.path)?;
        match &self.0.change {
            Change::Added(_) => f.write_str("(new)"),
            Change::Removed(_) => f.write_str("(gone)"),
            Change::Changed { aspects, .. } => {
                let aspects: Vec<String> = aspects.iter().map(ToString::to_string).collect();
                write!(f, "({})", aspects.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    /// Builds texts of which each line is `file PATH CONTENT`, `gone PATH`, `user NAME`, `time PATH` for what differs in every build,
    /// `fail`, or `network`.
    #[derive(Default)]
    struct Lines {
        builds: u64,
    }

    impl Build for Lines {
        fn build(&mut self, text: &str, anew: bool) -> Result<BuiltImage, Stop> {
            self.builds += 1;
            let mut config: ImageConfig = serde_json::from_str(
                r#"{"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}}"#,
            )
            .expect("a configuration");
            let mut files: BTreeMap<&str, String> = BTreeMap::new();
            for line in text.lines() {
                match line.split(' ').collect::<Vec<_>>()[..] {
                    ["file", path, content] => drop(files.insert(path, content.to_owned())),
                    ["time", path] => drop(files.insert(path, format!("{} {anew}", self.builds))),
                    ["user", name] => config.config.user = name.to_owned(),
                    ["gone", path] => drop(files.remove(path)),
                    // Fails in every other build.
                    ["flaky"] if self.builds.is_multiple_of(2) => {
                        return Err(Stop::Failed("step 1 exits with 1".to_owned()));
                    }
                    ["fail"] => return Err(Stop::Failed("step 1 exits with 1".to_owned())),
                    ["network"] => return Err(Stop::Unknown("step 1 needs the network".to_owned())),
                    _ => {}
                }
            }
            let entry = |(path, content): (&str, String)| Entry {
                path: path.to_owned(),
                kind: Kind::File,
                mode: 0o644,
                uid: 0,
                gid: 0,
                size: content.len() as u64,
                sha256: Some(content),
                target: None,
                device: None,
                xattrs: BTreeMap::new(),
                same_as: None,
            };
            let tree = files.into_iter().map(entry).collect();
            Ok(BuiltImage { config, tree, layers: vec![1; text.lines().count()], executed: 1 })
        }
    }

    /// Judges fixes that add a line each to `original`.
    fn judged(original: &str, fixes: &[(&str, Effects)]) -> Judged {
        let candidates: Vec<Candidate> = fixes.iter().map(|(_, effects)| Candidate { effects: *effects }).collect();
        let with = |chosen: &[usize]| {
            let lines: Vec<&str> = chosen.iter().map(|fix| fixes[*fix].0).collect();
            Some(format!("{original}\n{}", lines.join("\n")))
        };
        judge(original, &candidates, &with, &mut Lines::default())
    }

    fn rejected(judged: &Judged) -> Vec<(usize, &Outcome<Reason>)> {
        judged.rejected.iter().map(|rejected| (rejected.fix, &rejected.outcome)).collect()
    }

    const FILES: &str = "file usr/bin/curl 1\nfile etc/passwd root";

    #[test]
    fn what_is_declared_holds_and_is_measured() {
        let judged = judged(FILES, &[("user app", Effect::User.into()), ("", Effects::NONE)]);
        // The original, what declares nothing about files, and what declares something.
        assert_eq!((&judged.held[..], judged.builds), (&[0, 1][..], 3));
        let measured = judged.measured.expect("it was built");
        assert_eq!((measured.size, measured.layers), ((5, 5), (2, 3)));
        assert_eq!(measured.changes, ["the user changes"]);
    }

    #[test]
    fn what_is_not_declared_is_found_and_the_rest_kept() {
        let fixes = [
            ("user app", Effect::User.into()),
            ("file usr/bin/curl 2", Effect::Command.into()),
            ("user daemon", Effect::Labels.into()),
            ("fail", Effect::Command.into()),
        ];
        let judged = judged(FILES, &fixes);
        assert_eq!(judged.held, [0]);
        let fails = |why: &str| Outcome::Fails(why.to_owned());
        assert_eq!(
            rejected(&judged),
            [
                (3, &fails("step 1 exits with 1")),
                (2, &fails("the user changes, which the fix does not say")),
                (1, &fails("files differ: `/usr/bin/curl` (content)")),
            ]
        );
    }

    #[test]
    fn what_differs_in_every_build_is_no_fixes_doing() {
        let judged = judged("time app/build-id\nfile a 1", &[("user app", Effect::User.into())]);
        assert_eq!(judged.held, [0]);
        assert_eq!(judged.builds, 3, "the original is built a second time");
        // That it varies is no leave to take it away.
        let judged = self::judged("time app/build-id\nfile a 1", &[("gone app/build-id", Effect::Command.into())]);
        let gone = Outcome::Fails("files differ: `/app/build-id` (gone)".to_owned());
        assert_eq!((&judged.held[..], rejected(&judged)), (&[][..], vec![(0, &gone)]));
    }

    #[test]
    fn what_fails_now_and_then_is_tried_once_more() {
        let judged = judged("flaky", &[("user app", Effect::User.into())]);
        assert_eq!((&judged.held[..], judged.builds), (&[0][..], 3));
    }

    #[test]
    fn how_files_come_is_no_leave_for_what_they_are() {
        let judged = judged(FILES, &[("file app/a 1", Effect::Files.into()), ("file app/b 1", Effect::Base.into())]);
        let new = "files differ: `/app/b` (new)";
        assert_eq!(
            rejected(&judged),
            [
                (0, &Outcome::Fails(new.replace("app/b", "app/a"))),
                (1, &Outcome::Unknown(format!("the fix changes the base, and {new}"))),
            ]
        );
    }

    #[test]
    fn nobody_can_say_where_the_original_does_not_build_or_something_else_is_missing() {
        let fix = [("user app", Effects::from(Effect::User))];
        let outcome = |text: &str| judged(text, &fix).rejected.remove(0).outcome;
        let unknown = |why: &str| Outcome::Unknown(why.to_owned());
        assert_eq!(outcome("fail"), unknown("the original does not build: step 1 exits with 1"));
        assert_eq!(outcome("network"), unknown("step 1 needs the network"));
        let needs = judged(FILES, &[("network", Effects::from(Effect::Command))]);
        assert_eq!(rejected(&needs), [(0, &unknown("step 1 needs the network"))]);
    }
}
