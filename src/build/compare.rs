//! What a change of a Dockerfile changes in what it builds.

use std::fmt;

use super::effect::{Effect, Effects};
use super::plan::{Fault, Part, Plan, Setting, Stage, State, Step, StepKind, Trigger};

/// One difference between two plans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it is a change of.
    pub effect: Effect,
    /// What happened, starting in lower case.
    pub message: String,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// What differs between `before` and `after`, by stage and then by kind. An unknown value is held to be the same where
/// it is written in the same way.
pub fn compare(before: &Plan, after: &Plan) -> Vec<Change> {
    let mut changes = Changes::default();
    changes.unless(before.globals == after.globals, Effect::Argument, || "the arguments of `FROM` change".to_owned());
    let names = |plan: &Plan| plan.stages.iter().map(|stage| stage.name.clone()).collect::<Vec<_>>();
    changes.unless(names(before) == names(after), Effect::Stages, || "there are other stages".to_owned());
    for (index, (old, new)) in before.stages.iter().zip(&after.stages).enumerate() {
        changes.place = match (&old.name, before.stages.len()) {
            (_, 1) => String::new(),
            (Some(name), _) => format!(" in stage `{name}`"),
            (None, _) => format!(" in stage {index}"),
        };
        changes.of_stage(old, new);
    }
    changes.found
}

/// The effects of some changes.
pub fn effects(changes: &[Change]) -> Effects {
    changes.iter().map(|change| change.effect).collect()
}

/// The faults of `after` that `before` has not.
pub fn new_faults<'p>(before: &Plan, after: &'p Plan) -> Vec<&'p Fault> {
    let mut old: Vec<&str> = before.faults.iter().map(|fault| &*fault.message).collect();
    let is_new = |fault: &&Fault| match old.iter().position(|message| *message == fault.message) {
        Some(at) => {
            old.swap_remove(at);
            false
        }
        None => true,
    };
    after.faults.iter().filter(is_new).collect()
}

#[derive(Default)]
struct Changes {
    /// The stage at hand, in words; nothing where there is only one.
    place: String,
    found: Vec<Change>,
}

impl Changes {
    fn add(&mut self, effect: Effect, message: String) {
        let change = Change { effect, message };
        if !self.found.contains(&change) {
            self.found.push(change);
        }
    }

    fn unless(&mut self, same: bool, effect: Effect, message: impl FnOnce() -> String) {
        if !same {
            let message = message();
            self.add(effect, message);
        }
    }

    fn differs(&mut self, same: bool, effect: Effect, what: &str) {
        let place = self.place.clone();
        self.unless(same, effect, || format!("{what} changes{place}"));
    }

    fn of_stage(&mut self, old: &Stage, new: &Stage) {
        self.differs(old.base == new.base && old.platform == new.platform, Effect::Base, "the base");
        self.of_steps(&old.steps, &new.steps);
        self.of_state(&old.image.state, &new.image.state);
        let (before, after) = (&old.image, &new.image);
        self.differs(same_set(&before.labels, &after.labels), Effect::Labels, "a label");
        self.differs(before.entrypoint == after.entrypoint, Effect::Entrypoint, "the entry point");
        self.differs(before.cmd == after.cmd, Effect::Cmd, "the command");
        self.differs(before.healthcheck == after.healthcheck, Effect::Healthcheck, "the health check");
        self.differs(same_set(&before.ports, &after.ports), Effect::Ports, "an exposed port");
        self.differs(same_set(&before.volumes, &after.volumes), Effect::Volumes, "a volume");
        self.differs(before.stop_signal == after.stop_signal, Effect::StopSignal, "the stop signal");
        self.differs(before.author == after.author, Effect::Author, "the author");
        self.of_triggers(&before.triggers, &after.triggers);
        let shells = [
            (is_shell_form(&after.cmd), &old.form_shells.cmd, &new.form_shells.cmd),
            (is_shell_form(&after.entrypoint), &old.form_shells.entrypoint, &new.form_shells.entrypoint),
            (is_shell_form(&after.healthcheck), &old.form_shells.healthcheck, &new.form_shells.healthcheck),
        ];
        let same = shells.iter().all(|(used, old, new)| !used || old == new);
        self.differs(same, Effect::Shell, "the shell of a shell form");
    }

    fn of_state(&mut self, old: &State, new: &State) {
        self.differs(old.arguments == new.arguments, Effect::Argument, "a build argument");
        self.differs(old.environment == new.environment, Effect::Environment, "a variable");
        self.differs(old.user == new.user, Effect::User, "the user");
        self.differs(old.workdir == new.workdir, Effect::Workdir, "the folder");
        self.differs(old.shell == new.shell, Effect::Shell, "the shell");
    }

    /// What a script runs with is all of it; what copies has its variables in its own words.
    fn of_step_state(&mut self, old: &Step, new: &Step) {
        match new.kind {
            StepKind::Run => self.of_state(&old.state, &new.state),
            StepKind::Transfer | StepKind::Workdir => {
                self.differs(old.state.workdir == new.state.workdir, Effect::Workdir, "the folder");
            }
        }
    }

    /// Steps that are alike belong together; of the others each old one becomes the next new one of its kind.
    fn of_steps(&mut self, old: &[Step], new: &[Step]) {
        let start = old.iter().zip(new).take_while(|(old, new)| alike(old, new)).count();
        let rest = old[start..].iter().rev().zip(new[start..].iter().rev());
        let end = rest.take_while(|(old, new)| alike(old, new)).count();
        let same = old[..start].iter().zip(&new[..start]);
        for (old, new) in same.chain(old[old.len() - end..].iter().zip(&new[new.len() - end..])) {
            self.of_step_state(old, new);
        }
        let (old, new) = (&old[start..old.len() - end], &new[start..new.len() - end]);
        if old.is_empty() && new.is_empty() {
            return;
        }
        let mut free: Vec<Option<&Step>> = new.iter().map(Some).collect();
        let mut places = Vec::new();
        let mut left: Vec<&Step> = Vec::new();
        for step in old {
            let found = free.iter().position(|other| other.is_some_and(|other| alike(step, other)));
            match found.and_then(|at| Some((at, free[at].take()?))) {
                Some((at, other)) => {
                    places.push(at);
                    self.of_step_state(step, other);
                }
                None => left.push(step),
            }
        }
        let moved = !places.is_sorted();
        let mut number = moved;
        for step in left {
            let found = free.iter().position(|other| other.is_some_and(|other| other.kind == step.kind));
            self.of_kind(step.kind);
            match found.and_then(|at| free[at].take()) {
                Some(other) => self.of_step_state(step, other),
                None => number |= step.kind != StepKind::Workdir,
            }
        }
        for step in free.into_iter().flatten() {
            self.of_kind(step.kind);
            number |= step.kind != StepKind::Workdir;
        }
        self.differs(!number, Effect::Steps, "the order or number of steps");
    }

    fn of_kind(&mut self, kind: StepKind) {
        match kind {
            StepKind::Run => self.differs(false, Effect::Command, "what a step runs"),
            StepKind::Transfer => self.differs(false, Effect::Files, "what is copied"),
            StepKind::Workdir => self.differs(false, Effect::Workdir, "a folder"),
        }
    }

    /// A change in what ONBUILD holds back is one of what it holds back; only their number is its own.
    fn of_triggers(&mut self, old: &[Trigger], new: &[Trigger]) {
        self.differs(old.len() == new.len(), Effect::Triggers, "what `ONBUILD` holds back");
        let lost = old.iter().filter(|trigger| !new.contains(trigger));
        let come = new.iter().filter(|trigger| !old.contains(trigger));
        let keywords: Vec<_> = lost.chain(come).map(|trigger| trigger.keyword).collect();
        for effect in keywords.into_iter().flat_map(|keyword| Effects::of(keyword).iter()) {
            self.differs(false, effect, "what `ONBUILD` holds back");
        }
        let moved = old.len() == new.len() && old != new && same_set(old, new);
        self.differs(!moved, Effect::Triggers, "what `ONBUILD` holds back");
    }
}

fn alike(old: &Step, new: &Step) -> bool {
    old.kind == new.kind && old.parts == new.parts
}

fn is_shell_form(setting: &Setting<Vec<Part>>) -> bool {
    setting.set().is_some_and(|parts| parts.iter().any(|part| &*part.name == "shell"))
}

/// Whether the same things are in both, in any order.
fn same_set<T: PartialEq>(old: &[T], new: &[T]) -> bool {
    old == new || old.len() == new.len() && old.iter().all(|own| new.contains(own))
}
