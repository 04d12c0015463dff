//! Which of several fixes hold, in as few builds as can be.
//!
//! All together first: most often that is the only build. Where it fails, the fixes are taken from the end of the file
//! on, because what stands early in a Dockerfile costs the most to build again, and the first one with which they fail
//! is searched for by halving. It is left out, and the rest goes on.

use rustc_hash::FxHashMap;

/// What a build with some of the fixes shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<R> {
    /// It builds, and differs from the original as the fixes say.
    Holds,
    /// It does not, and why.
    Fails(R),
    /// Nobody can say, and why.
    Unknown(R),
}

/// A fix that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected<R> {
    /// Its number.
    pub fix: usize,
    /// What came out: never [`Outcome::Holds`].
    pub outcome: Outcome<R>,
    /// The fix that it does not go together with, where it holds alone.
    pub with: Option<usize>,
}

/// Fixes, sorted out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sorted<R> {
    /// Those that hold, all of them together, in rising order.
    pub held: Vec<usize>,
    /// Those that do not, in the order in which they were found.
    pub rejected: Vec<Rejected<R>>,
    /// How many builds it took.
    pub builds: usize,
}

/// Sorts out `count` fixes, numbered in the order of the file. `build` builds with some of them, given in rising order;
/// the original is known to build, so that no fix at all holds.
pub fn sort_out<R: Clone>(count: usize, build: impl FnMut(&[usize]) -> Outcome<R>) -> Sorted<R> {
    let mut search = Search { build, known: FxHashMap::default() };
    // From the end of the file.
    let mut open: Vec<usize> = (0..count).rev().collect();
    let mut rejected = Vec::new();
    // So many of them are known to hold together.
    let mut sound = 0;
    while sound < open.len() && !search.holds(&open) {
        let failing = search.first_failing(&open, sound);
        let fix = open.remove(failing);
        sound = failing;
        let with = search.partner(&open[..failing], fix);
        let outcome = match with {
            Some(other) => search.of(&[fix, other]),
            None => search.of(&[fix]),
        };
        // With more than two of them in it, what all of them gave is the reason.
        let outcome = match outcome {
            Outcome::Holds => search.of(&with_one(&open[..failing], fix)),
            outcome => outcome,
        };
        rejected.push(Rejected { fix, outcome, with });
    }
    open.sort_unstable();
    Sorted { held: open, rejected, builds: search.known.len() }
}

struct Search<R, B> {
    build: B,
    /// What was built, by the fixes in rising order.
    known: FxHashMap<Vec<usize>, Outcome<R>>,
}

impl<R: Clone, B: FnMut(&[usize]) -> Outcome<R>> Search<R, B> {
    fn of(&mut self, fixes: &[usize]) -> Outcome<R> {
        let mut fixes = fixes.to_vec();
        fixes.sort_unstable();
        if let Some(known) = self.known.get(&fixes) {
            return known.clone();
        }
        let outcome = (self.build)(&fixes);
        self.known.insert(fixes, outcome.clone());
        outcome
    }

    fn holds(&mut self, fixes: &[usize]) -> bool {
        matches!(self.of(fixes), Outcome::Holds)
    }

    /// The place of the fix with which `fixes`, taken from the front, stop to hold; the first `sound` of them hold.
    fn first_failing(&mut self, fixes: &[usize], sound: usize) -> usize {
        let (mut holds, mut fails) = (sound, fixes.len());
        while holds + 1 < fails {
            let middle = holds.midpoint(fails);
            if self.holds(&fixes[..middle]) {
                holds = middle;
            } else {
                fails = middle;
            }
        }
        fails - 1
    }

    /// The one of `others`, which hold together, that `fix` does not go together with; `None` where `fix` does not hold
    /// alone.
    fn partner(&mut self, others: &[usize], fix: usize) -> Option<usize> {
        if others.is_empty() || !self.holds(&[fix]) {
            return None;
        }
        let (mut holds, mut fails) = (0, others.len());
        while holds + 1 < fails {
            let middle = holds.midpoint(fails);
            if self.holds(&with_one(&others[..middle], fix)) {
                holds = middle;
            } else {
                fails = middle;
            }
        }
        Some(others[fails - 1])
    }
}

fn with_one(fixes: &[usize], one: usize) -> Vec<usize> {
    fixes.iter().copied().chain([one]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sorts out twenty fixes of which those in one of `bad` fail together.
    fn sorted(bad: &[&[usize]]) -> Sorted<&'static str> {
        sort_out(20, |fixes| {
            let fails = bad.iter().any(|together| together.iter().all(|fix| fixes.contains(fix)));
            if fails { Outcome::Fails("does not build") } else { Outcome::Holds }
        })
    }

    fn rejected(sorted: &Sorted<&'static str>) -> Vec<(usize, Option<usize>)> {
        sorted.rejected.iter().map(|rejected| (rejected.fix, rejected.with)).collect()
    }

    #[test]
    fn good_fixes_take_one_build() {
        let sorted = sorted(&[]);
        assert_eq!((sorted.held.len(), sorted.rejected.len(), sorted.builds), (20, 0, 1));
    }

    #[test]
    fn one_bad_fix_is_found_by_halving() {
        for bad in 0..20 {
            let sorted = sorted(&[&[bad]]);
            assert_eq!(rejected(&sorted), [(bad, None)]);
            assert_eq!(sorted.held.len(), 19);
            assert!(sorted.builds <= 8, "{bad}: {} builds", sorted.builds);
        }
    }

    #[test]
    fn two_bad_fixes_are_both_found() {
        let sorted = sorted(&[&[3], &[17]]);
        assert_eq!(rejected(&sorted), [(17, None), (3, None)]);
        assert!(sorted.builds <= 14, "{} builds", sorted.builds);
    }

    #[test]
    fn of_two_that_break_only_together_the_later_one_stays() {
        let sorted = sorted(&[&[4, 11]]);
        assert_eq!(rejected(&sorted), [(4, Some(11))]);
        assert_eq!(sorted.rejected[0].outcome, Outcome::Fails("does not build"));
        assert!(sorted.held.contains(&11) && sorted.builds <= 14, "{} builds", sorted.builds);
    }

    #[test]
    fn what_is_left_holds_together_whatever_breaks() {
        for bad in [&[&[0usize, 1, 2][..], &[5], &[19, 6]][..], &[&[0], &[1], &[2], &[3]], &[&[7, 8, 9, 10]]] {
            let sorted = sorted(bad);
            assert!(!bad.iter().any(|together| together.iter().all(|fix| sorted.held.contains(fix))), "{sorted:?}");
            assert_eq!(sorted.held.len() + bad.len(), 20, "no fix is given up without need: {sorted:?}");
            assert!(sorted.rejected.iter().all(|rejected| rejected.outcome != Outcome::Holds));
        }
    }

    #[test]
    fn what_nobody_can_say_is_kept_apart_from_what_fails() {
        let sorted = sort_out(3, |fixes| match fixes {
            _ if fixes.contains(&1) => Outcome::Unknown("needs the network"),
            _ => Outcome::Holds,
        });
        assert_eq!(sorted.held, [0, 2]);
        assert_eq!(sorted.rejected[0].outcome, Outcome::Unknown("needs the network"));
    }
}
