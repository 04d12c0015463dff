//! Which COPY or ADD builds an install again for nothing.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use super::order::{Causes, Order};
use super::plan::Plan;
use super::waste::{Around, Brings, Installing, Waste, destination, transfer};
use crate::model::context::{Taken, path_in_context};
use crate::model::dependencies::{Install, Needs};
use crate::model::dockerfile::{Instruction, Source, Stage};
use crate::model::sources;
use crate::syntax::dockerfile::Word;

/// The COPY and ADD of a stage. What each install after them asks of them is found out once.
pub(super) struct Carriers<'a, 'c> {
    stage: Stage<'a>,
    order: &'c Order,
    around: Around<'c>,
    /// The number of the step that each instruction makes.
    steps: HashMap<usize, usize>,
    copies: Vec<Carrier<'a>>,
    /// The first for which packages of the system wait, and for nothing but it.
    first_for_packages: OnceCell<Option<usize>>,
}

/// A COPY or ADD.
struct Carrier<'a> {
    copy: Instruction<'a>,
    /// The kinds of change that it brings by itself.
    kinds: Causes,
    to: Option<Box<str>>,
    /// What it takes from the build context.
    sources: Vec<(&'a Word, String)>,
    brings: OnceCell<Option<Brings<'a>>>,
    /// The paths that each source takes, where they are known.
    takes: OnceCell<Vec<Vec<String>>>,
}

/// What has been copied before a COPY for an install, as the COPYs are gone through.
#[derive(Default)]
struct Before<'c> {
    copies: usize,
    paths: HashSet<&'c str>,
    /// The folder of the context from which the manifest came.
    folder: Option<&'c str>,
    /// What the install needs in that folder.
    needs: Option<(&'c str, Needs)>,
    named: OnceCell<bool>,
}

impl<'a, 'c> Carriers<'a, 'c> {
    /// The COPY and ADD of `stage`.
    pub(super) fn new(stage: Stage<'a>, plan: &Plan, order: &'c Order, around: Around<'c>) -> Carriers<'a, 'c> {
        let mut steps = HashMap::new();
        for (number, step) in plan.stages.get(stage.index).into_iter().flat_map(|stage| &stage.steps).enumerate() {
            steps.entry(step.index).or_insert(number);
        }
        let copies = stage.outer_instructions().filter(|step| transfer(*step).is_some());
        let carrier = |copy: Instruction<'a>| Carrier {
            copy,
            kinds: steps.get(&copy.index).map(|step| order.brings(stage.index, *step)).unwrap_or_default(),
            to: destination(copy),
            sources: sources::of_context(copy),
            brings: OnceCell::new(),
            takes: OnceCell::new(),
        };
        let copies = copies.map(carrier).collect();
        Carriers { stage, order, around, steps, copies, first_for_packages: OnceCell::new() }
    }

    /// The first COPY before an install that brings changes of which it needs nothing, as far as that is certain; or
    /// the install as it was.
    pub(super) fn of(&self, own: Installing<'a>) -> Result<Waste<'a>, Installing<'a>> {
        let Some(step) = self.steps.get(&own.run.index) else { return Err(own) };
        let needs = own.needs();
        if self.order.causes(self.stage.index, *step).without(needs).is_empty() {
            return Err(own);
        }
        // What an ancestor copies is there for a reason.
        let earlier = self.copies.partition_point(|carrier| carrier.copy.index < own.run.index);
        let mut before = Before::default();
        let first = match &own.install {
            Some(install) => (0..earlier).find(|number| self.delays(*number, install, &own, &mut before)),
            None => self.first_for_packages().filter(|number| *number < earlier),
        };
        let Some(number) = first else { return Err(own) };
        let complete = own.install.as_ref().is_none_or(|install| self.is_complete(number, install, &own, &mut before));
        let carrier = &self.copies[number];
        let Some(brings) = carrier.brings(self.order, self.around).cloned() else { return Err(own) };
        Ok(Waste { copy: carrier.copy, brings, kinds: carrier.kinds.without(needs), complete, installs: vec![own] })
    }

    /// The first COPY for which installs of packages of the system wait, and for nothing but it.
    fn first_for_packages(&self) -> Option<usize> {
        *self.first_for_packages.get_or_init(|| {
            let delays = |carrier: &Carrier<'_>| {
                let brings = carrier.brings(self.order, self.around);
                brings.is_some_and(|brings| carrier.delays_packages(brings))
            };
            let wasted = |carrier: &Carrier<'_>| carrier.kinds.without(Causes::TOOLING).meets(Causes::CONTEXT);
            self.copies.iter().position(|carrier| wasted(carrier) && delays(carrier))
        })
    }

    /// Whether the COPY with that number brings changes of which a project's install needs nothing, and the install waits
    /// for nothing but it.
    fn delays<'s>(&'s self, number: usize, install: &Install, own: &Installing<'_>, before: &mut Before<'s>) -> bool {
        let carrier = &self.copies[number];
        if !carrier.kinds.without(own.needs()).meets(Causes::CONTEXT) {
            return false;
        }
        let Some(brings) = carrier.brings(self.order, self.around) else { return false };
        match brings {
            // It brings the manifests as well, unless they are there before.
            Brings::Folder(_, folder) if self.needs_sources(carrier, folder, install, own) => false,
            Brings::Folder(_, folder) if folder.is_empty() => true,
            Brings::Folder(..) => {
                let here = own.run.workdir().is_some() && carrier.to.as_deref() == own.run.workdir();
                here && !self.is_named(install, own, before) || self.is_complete(number, install, own, before)
            }
            Brings::Files => self.is_complete(number, install, own, before),
            Brings::Made(_) => false,
        }
    }

    /// Whether a COPY before the install names a manifest.
    fn is_named(&self, install: &Install, own: &Installing<'_>, before: &Before<'_>) -> bool {
        let is_manifest = |source: &str| {
            let name = source.rsplit('/').next().unwrap_or("");
            install.manifests.iter().any(|manifest| manifest.rsplit('/').next() == Some(name)) || name.contains('*')
        };
        *before.named.get_or_init(|| {
            let earlier = self.copies.iter().take_while(|other| other.copy.index < own.run.index);
            earlier.flat_map(|other| &other.sources).any(|(_, source)| is_manifest(source))
        })
    }

    /// Whether all that the install needs is known, and copied before the COPY with that number, which no later call
    /// for the same install may go behind.
    fn is_complete<'s>(
        &'s self,
        number: usize,
        install: &Install,
        own: &Installing<'_>,
        before: &mut Before<'s>,
    ) -> bool {
        let Some(context) = self.around.context else { return false };
        let manifest = install.tool.files().first().copied().or_else(|| install.manifests.first().map(|name| &**name));
        for other in &self.copies[before.copies..number] {
            let here = other.to.as_deref() == own.run.workdir();
            for paths in other.takes(self.around) {
                let first = paths.iter().find(|path| path.rsplit('/').next() == manifest);
                if let Some(first) = first.filter(|_| here) {
                    before.folder = Some(first.rsplit_once('/').map_or("", |(folder, _)| folder));
                }
                before.paths.extend(paths.iter().map(String::as_str));
            }
        }
        before.copies = number;
        let Some(folder) = before.folder else { return false };
        if before.needs.as_ref().is_none_or(|(of, _)| *of != folder) {
            before.needs = Some((folder, install.needs(folder, context, self.around.files)));
        }
        match &before.needs {
            Some((_, Needs::Files(needed))) => needed.iter().all(|path| before.paths.contains(path.as_str())),
            _ => false,
        }
    }

    /// Whether the manifests of the folder say that the install needs more than manifests.
    fn needs_sources(&self, carrier: &Carrier<'_>, folder: &str, install: &Install, own: &Installing<'_>) -> bool {
        let (Some(context), Some(folder)) = (self.around.context, own.folder(carrier.copy, folder)) else {
            return false;
        };
        install.needs(&folder, context, self.around.files) == Needs::Sources
    }
}

impl<'a> Carrier<'a> {
    fn brings(&self, order: &Order, around: Around<'_>) -> Option<&Brings<'a>> {
        self.brings.get_or_init(|| self.find_brings(order, around)).as_ref()
    }

    fn find_brings(&self, order: &Order, around: Around<'_>) -> Option<Brings<'a>> {
        if let Some(Source::Stage(from)) = self.copy.source_words().next().map(|word| self.copy.source(word)) {
            return order.last(from.index).source.then_some(Brings::Made(from));
        }
        if ["exclude", "parents"].iter().any(|flag| self.copy.flag(flag).is_some()) {
            return None;
        }
        let is_folder =
            |path: &str| around.context.is_some_and(|context| around.files.list(&context.root.join(path)).is_ok());
        let folder = self.sources.iter().find_map(|(word, source)| {
            let folder = path_in_context(source.trim_end_matches('*'));
            let whole = folder.is_empty() || source.ends_with('/') || is_folder(&folder);
            whole.then_some(Brings::Folder(word, folder))
        });
        folder.or_else(|| (!self.sources.is_empty()).then_some(Brings::Files))
    }

    fn takes(&self, around: Around<'_>) -> &[Vec<String>] {
        self.takes.get_or_init(|| {
            let take = |source: &str| match around.context?.take(source, around.files) {
                Taken::Paths(paths) => Some(paths),
                _ => None,
            };
            self.sources.iter().filter_map(|(_, source)| take(source)).collect()
        })
    }

    /// Whether packages of the system wait for nothing but it.
    fn delays_packages(&self, brings: &Brings<'_>) -> bool {
        let to = self.to.as_deref();
        match brings {
            Brings::Folder(_, folder) if folder.is_empty() => to != Some("/"),
            Brings::Folder(..) => to.is_some_and(is_of_application),
            Brings::Files => false,
            Brings::Made(from) => {
                to.is_some_and(is_of_application) && self.paths().iter().all(|path| is_made(path, *from))
            }
        }
    }

    /// The paths that it takes from another stage.
    fn paths(&self) -> Vec<String> {
        let words = transfer(self.copy).into_iter().flat_map(|transfer| &transfer.sources);
        words.map(|word| self.copy.value(word).unwrap_or_default()).collect()
    }
}

/// Whether the path in that stage is surely made of what the stage copies from the build context.
fn is_made(path: &str, stage: Stage<'_>) -> bool {
    let path = format!("/{}", path_in_context(path));
    let below = |path: &str, folder: &str| {
        path.strip_prefix(folder.trim_end_matches('/')).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let mut copied = false;
    for instruction in stage.outer_instructions() {
        let folders = sources::of_context(instruction).iter().any(|(_, source)| {
            let path = path_in_context(source);
            path.is_empty() || source.ends_with('/') || !path.rsplit('/').next().unwrap_or("").contains('.')
        });
        if folders {
            copied = true;
            if destination(instruction).is_some_and(|to| &*to != "/" && below(&path, &to)) {
                return true;
            }
        }
        let mut words = instruction.commands().flat_map(|command| &command.node.words);
        if copied && words.any(|word| word.text().is_some_and(|text| text.ends_with(&*path))) {
            return true;
        }
    }
    false
}

/// Whether packages of the system do not look at what lies there.
fn is_of_application(path: &str) -> bool {
    const SYSTEM: [&str; 14] =
        ["", "bin", "boot", "dev", "etc", "lib", "lib64", "proc", "root", "run", "sbin", "sys", "tmp", "var"];
    const OWN: [&str; 6] =
        ["/usr/src/", "/usr/local/bin/", "/usr/local/src/", "/usr/share/nginx/html/", "/usr/bin/", "/var/www/"];
    let first = path.trim_start_matches('/').split('/').next().unwrap_or("");
    let own = OWN.iter().any(|own| format!("{path}/").starts_with(own));
    own || first != "usr" && !SYSTEM.contains(&first)
}
