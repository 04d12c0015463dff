//! One state of a Dockerfile, and which steps of two states are the same step.

use super::Skip;
use crate::build::plan::{Plan, Step};
use crate::build::{Key, Keys};
use crate::model::dockerfile::Dockerfile;
use crate::syntax::dockerfile::{InstructionKind, parse};

/// A Dockerfile as it was at some time.
#[derive(Debug)]
pub struct Version {
    /// The Dockerfile.
    pub dockerfile: Dockerfile,
    /// What it builds.
    pub plan: Plan,
    /// The number of the stage that is built.
    pub target: usize,
    /// For each stage whether that takes it.
    pub needed: Vec<bool>,
    /// For each stage what it starts from.
    pub(super) bases: Vec<Key>,
    /// For each step what it says by itself.
    pub(super) own: Vec<Vec<Key>>,
}

/// For each stage and each of its steps a number.
pub(super) type Numbers = Vec<Vec<Option<usize>>>;

impl Version {
    /// Reads a Dockerfile, of which the stage `target` is built, or the last one.
    ///
    /// # Errors
    ///
    /// Why nothing can be built of it.
    pub fn read(text: &str, target: Option<&str>) -> Result<Version, Skip> {
        let dockerfile = Dockerfile::new(parse(text));
        if dockerfile.has_other_frontend() {
            return Err(Skip::Language);
        }
        let unknown = dockerfile.instructions().any(|own| matches!(own.node.kind, InstructionKind::Unknown));
        let plan = Plan::new(&dockerfile);
        if unknown || !dockerfile.tree.errors.is_empty() || !plan.faults.is_empty() {
            return Err(Skip::Broken);
        }
        let stage = match target {
            Some(name) => dockerfile.stage_named(name).ok_or(Skip::Target)?,
            None => dockerfile.shipped_stage().ok_or(Skip::Broken)?,
        };
        let target = stage.index;
        let needed = plan.needed_for(target);
        let bases = plan.stages.iter().map(Keys::own_base).collect();
        let own = plan.stages.iter().map(|stage| stage.steps.iter().map(|step| Keys::own(&plan, step)).collect());
        let own = own.collect();
        Ok(Version { dockerfile, plan, target, needed, bases, own })
    }

    /// What a step says, on one line.
    pub fn shown(&self, step: &Step) -> String {
        let text = self.dockerfile.text();
        let lines = step.span.of_text(text).lines().map(str::trim).filter(|line| !line.starts_with('#'));
        let words = lines.flat_map(str::split_whitespace);
        let escape = self.dockerfile.tree.escape.to_string();
        let words: Vec<&str> = words.filter(|word| **word != *escape).collect();
        words.join(" ")
    }

    /// The numbers that the steps of `before` have, for those of this version that are the same; `None` for new ones, and
    /// for those that are not built.
    pub(super) fn carried_over(&self, before: &Version, numbers: &Numbers) -> Numbers {
        let mut result: Numbers = self.plan.stages.iter().map(|stage| vec![None; stage.steps.len()]).collect();
        for (new, old) in self.same_stages(before) {
            let pairs = same_steps(&before.plan.stages[old].steps, &self.plan.stages[new].steps);
            for (place, pair) in pairs.into_iter().enumerate() {
                result[new][place] = pair.and_then(|pair| numbers[old][pair]);
            }
        }
        result
    }

    /// Which stage was which: by its name, as the one that is built, and the others by what they start from and by their
    /// order.
    pub(super) fn same_stages(&self, before: &Version) -> Vec<(usize, usize)> {
        let needed =
            |version: &Version| (0..version.plan.stages.len()).filter(|index| version.needed[*index]).collect();
        let (mut new, mut old): (Vec<usize>, Vec<usize>) = (needed(self), needed(before));
        let mut pairs = Vec::new();
        let mut pair = |same: &dyn Fn(usize, usize) -> bool| {
            new.retain(|own| {
                let Some(at) = old.iter().position(|other| same(*own, *other)) else { return true };
                pairs.push((*own, old.remove(at)));
                false
            });
        };
        let (own, other) = (&self.plan.stages, &before.plan.stages);
        pair(&|a, b| own[a].name.is_some() && own[a].name == other[b].name);
        pair(&|a, b| a == self.target && b == before.target);
        let unnamed = |a: usize, b: usize| own[a].name.is_none() || other[b].name.is_none();
        pair(&|a, b| unnamed(a, b) && own[a].base == other[b].base);
        pair(&|a, b| unnamed(a, b));
        pairs
    }
}

/// More steps than any stage has: beyond, only what is alike at both ends is found.
const MOST_STEPS: usize = 2_000;

/// For each new step which old one it is: the longest row of steps that say the same; then what says the same elsewhere;
/// and between those, one of the same kind at the same place is the same step that says something else.
fn same_steps(old: &[Step], new: &[Step]) -> Vec<Option<usize>> {
    let alike = |a: usize, b: usize| old[a].kind == new[b].kind && old[a].parts == new[b].parts;
    let mut pairs = if old.len().max(new.len()) > MOST_STEPS {
        let same = old.iter().zip(new).enumerate().take_while(|(at, _)| alike(*at, *at)).count();
        (0..new.len()).map(|at| (at < same).then_some(at)).collect()
    } else {
        longest_row(old.len(), new.len(), &alike)
    };
    let mut free: Vec<bool> = vec![true; old.len()];
    pairs.iter().flatten().for_each(|place| free[*place] = false);
    for (place, pair) in pairs.iter_mut().enumerate().filter(|(_, pair)| pair.is_none()) {
        if let Some(moved) = (0..old.len()).find(|other| free[*other] && alike(*other, place)) {
            free[moved] = false;
            *pair = Some(moved);
        }
    }
    let mut after = 0;
    for place in 0..new.len() {
        if let Some(pair) = pairs[place] {
            after = pair + 1;
            continue;
        }
        let end = pairs[place..].iter().flatten().min().copied().unwrap_or(old.len());
        let found = (after..end.max(after)).find(|other| free[*other] && old[*other].kind == new[place].kind);
        if let Some(found) = found {
            free[found] = false;
            pairs[place] = Some(found);
            after = found + 1;
        }
    }
    pairs
}

/// For each of `new` its partner in the longest common subsequence.
fn longest_row(old: usize, new: usize, alike: &dyn Fn(usize, usize) -> bool) -> Vec<Option<usize>> {
    let width = new + 1;
    let mut lengths = vec![0_u32; (old + 1) * width];
    for a in (0..old).rev() {
        for b in (0..new).rev() {
            lengths[a * width + b] = match alike(a, b) {
                true => lengths[(a + 1) * width + b + 1] + 1,
                false => lengths[(a + 1) * width + b].max(lengths[a * width + b + 1]),
            };
        }
    }
    let mut pairs = vec![None; new];
    let (mut a, mut b) = (0, 0);
    while a < old && b < new {
        if alike(a, b) && lengths[a * width + b] == lengths[(a + 1) * width + b + 1] + 1 {
            pairs[b] = Some(a);
            (a, b) = (a + 1, b + 1);
        } else if lengths[(a + 1) * width + b] >= lengths[a * width + b + 1] {
            a += 1;
        } else {
            b += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::read(text, None).expect("it can be built")
    }

    #[test]
    fn steps_are_found_again() {
        let before = version("FROM a\nCOPY . .\nRUN one\nRUN two\nRUN three\n");
        for (text, expected) in [
            ("FROM b\nCOPY . .\nRUN one\nRUN two\nRUN three\n", "0 1 2 3"),
            ("FROM a\nCOPY . .\nRUN zero\nRUN one\nRUN two\nRUN three\n", "0 - 1 2 3"),
            ("FROM a\nCOPY . .\nRUN one\nRUN 2\nRUN three\n", "0 1 2 3"),
            ("FROM a\nCOPY . .\nRUN one\nRUN three\n", "0 1 3"),
            ("FROM a\nRUN one\nCOPY . .\nRUN two\nRUN three\n", "1 0 2 3"),
            ("FROM a\nCOPY x y\nCOPY . .\nRUN one\nRUN 2\nRUN 3\n", "- 0 1 2 3"),
            ("FROM a AS b\nWORKDIR /a\n", "-"),
        ] {
            let now = version(text);
            let numbers = vec![(0..4).map(Some).collect()];
            let found = now.carried_over(&before, &numbers);
            let shown: Vec<String> =
                found[0].iter().map(|number| number.map_or("-".to_owned(), |number| number.to_string())).collect();
            assert_eq!(shown.join(" "), expected, "{text}");
        }
    }

    #[test]
    fn stages_are_found_again() {
        let before = version(
            "FROM a AS x\nRUN 1\nFROM b\nRUN 2\nFROM c AS unused\nFROM d\nCOPY --from=x a b\nCOPY --from=1 c d\n",
        );
        assert_eq!(before.needed, [true, true, false, true]);
        for (text, expected) in [
            (
                "FROM q AS new\nRUN 1\nFROM b\nFROM a AS X\nFROM e\nCOPY --from=new a b\nCOPY --from=x a b\nCOPY --from=1 a b",
                "1=1 2=0 3=3",
            ),
            ("FROM b\nFROM d\nCOPY --from=0 a b\n", "0=1 1=3"),
            ("FROM d AS app\nRUN x\n", "0=3"),
        ] {
            let mut pairs = version(text).same_stages(&before);
            pairs.sort_unstable();
            let shown: Vec<String> = pairs.iter().map(|(new, old)| format!("{new}={old}")).collect();
            assert_eq!(shown.join(" "), expected, "{text}");
        }
    }

    #[test]
    fn what_no_builder_takes_is_no_version() {
        for (text, reason) in [
            ("", Skip::Broken),
            ("RUN x\n", Skip::Broken),
            ("FROM a\nRUM x\n", Skip::Broken),
            ("FROM a\nCOPY x\n", Skip::Broken),
            ("FROM a AS b\nCOPY --from=b x y\n", Skip::Broken),
            ("# syntax=devthefuture/dockerfile-x\nFROM ./base\n", Skip::Language),
        ] {
            assert_eq!(Version::read(text, None).err(), Some(reason), "{text}");
        }
        assert_eq!(Version::read("FROM a\n", Some("b")).err(), Some(Skip::Target));
        assert_eq!(Version::read("FROM a AS b\nFROM c\n", Some("B")).map(|own| own.target), Ok(0));
    }

    #[test]
    fn a_step_is_shown_on_one_line() {
        let version = version("FROM a\nRUN one && \\\n    # why\n    two   \\\n  --flag\n");
        assert_eq!(version.shown(&version.plan.stages[0].steps[0]), "RUN one && two --flag");
    }
}
