//! What builds each step again: what it takes itself, and what every step before it takes.

use super::order::Causes;
use super::plan::{Base, Input, Plan, Step};

/// The kinds of change that build a step again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Rebuild {
    /// Another image behind the name of the one that the stage starts from.
    pub base: bool,
    /// Files of the build context by their kinds; and as tooling, images that are copied from, and downloads.
    pub causes: Causes,
}

/// For each step what builds it again.
#[derive(Debug)]
pub struct Rebuilds {
    stages: Vec<Vec<(Rebuild, Rebuild)>>,
    last: Vec<Rebuild>,
}

impl Rebuild {
    const BASE: Rebuild = Rebuild { base: true, causes: Causes::NONE };

    fn and(self, other: Rebuild) -> Rebuild {
        Rebuild { base: self.base || other.base, causes: self.causes.and(other.causes) }
    }

    fn of(causes: Causes) -> Rebuild {
        Rebuild { base: false, causes }
    }
}

impl Rebuilds {
    /// What builds the steps of `plan` again, with `kinds` for what a source takes from the build context; `None` where
    /// that is not known, and then its name has to do.
    pub fn new(plan: &Plan, kinds: &dyn Fn(&str) -> Option<Causes>) -> Rebuilds {
        let mut found = Rebuilds { stages: Vec::new(), last: Vec::new() };
        for stage in &plan.stages {
            let mut all = match &stage.base {
                Base::Stage(parent) => found.last(*parent),
                Base::Scratch => Rebuild::default(),
                // With a digest it is always the same.
                Base::Image(name) if name.contains('@') => Rebuild::default(),
                Base::Image(_) | Base::Unknown(_) => Rebuild::BASE,
            };
            let steps = stage.steps.iter().map(|step| {
                let own = own(step, kinds);
                let taken = step.inputs.iter().filter_map(|input| match input {
                    Input::Stage(other) => Some(found.last(*other)),
                    _ => None,
                });
                let alone = taken.fold(own, Rebuild::and);
                all = all.and(alone);
                (own, if step.is_linked() { alone } else { all })
            });
            let steps = steps.collect();
            found.stages.push(steps);
            found.last.push(all);
        }
        found
    }

    /// What the step takes itself that builds it again.
    pub fn own(&self, stage: usize, step: usize) -> Rebuild {
        self.of(stage, step).0
    }

    /// All that builds the step again.
    pub fn all(&self, stage: usize, step: usize) -> Rebuild {
        self.of(stage, step).1
    }

    fn of(&self, stage: usize, step: usize) -> (Rebuild, Rebuild) {
        self.stages.get(stage).and_then(|steps| steps.get(step)).copied().unwrap_or_default()
    }

    /// A stage that needs itself or a later one is a fault of its own.
    fn last(&self, stage: usize) -> Rebuild {
        self.last.get(stage).copied().unwrap_or_default()
    }
}

fn own(step: &Step, kinds: &dyn Fn(&str) -> Option<Causes>) -> Rebuild {
    let of = |input: &Input| match input {
        Input::Context { path, .. } => {
            Rebuild::of(path.known().and_then(kinds).unwrap_or_else(|| Causes::of_source(path.known())))
        }
        Input::Image(name) if name.known().is_some_and(|name| name.contains('@')) => Rebuild::default(),
        Input::Image(_) | Input::Remote(_) => Rebuild::of(Causes::TOOLING),
        Input::Stage(_) => Rebuild::default(),
    };
    step.inputs.iter().map(of).fold(Rebuild::default(), Rebuild::and)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::dockerfile::Dockerfile;
    use crate::syntax::dockerfile::parse;

    #[test]
    fn a_step_is_built_again_for_what_it_takes_and_what_stands_before_it() {
        let text = "FROM a@sha256:0123456789012345678901234567890123456789012345678901234567890123 AS pinned\nRUN x\n\
            FROM node:22 AS deps\nWORKDIR /a\nCOPY package.json ./\nADD https://example.com/x /x\nCOPY src ./src\n\
            FROM scratch\nCOPY --from=deps /a /a\nCOPY --from=pinned /x /x\n\
            COPY --link x.txt /y\nRUN z\n";
        let plan = Plan::new(&Dockerfile::new(parse(text)));
        let rebuilds = Rebuilds::new(&plan, &|_| None);
        let shown = |rebuild: Rebuild| {
            let Causes { source, manifest, lock, tooling } = rebuild.causes;
            let all = [(rebuild.base, 'b'), (tooling, 't'), (manifest, 'm'), (lock, 'l'), (source, 's')];
            all.iter().filter(|(is, _)| *is).map(|(_, letter)| *letter).collect::<String>()
        };
        let of = |stage: usize, step: usize| {
            format!("{}/{}", shown(rebuilds.own(stage, step)), shown(rebuilds.all(stage, step)))
        };
        assert_eq!(of(0, 0), "/");
        assert_eq!([0, 1, 2, 3].map(|step| of(1, step)), ["/b", "m/bm", "t/btm", "mls/btmls"]);
        assert_eq!([of(2, 0), of(2, 1), of(9, 9)], ["/btmls", "/btmls", "/"]);
        assert_eq!([of(2, 2), of(2, 3)], ["s/s", "/btmls"]);
    }
}
