//! The builder for `--verify=build`, as the arguments say it.

use std::sync::Arc;

use super::super::args::CheckArguments;
use super::super::build::arguments::{BackendArgument, PullArgument};
use super::super::build::{build_arguments, engine_kind, engine_pull, give_bases, open_store, pull, start};
use super::super::note;
use crate::build::Effect;
use crate::build::engine::{Engine, EngineOptions};
use crate::build::exec::request::Limits;
use crate::build::image::Store;
use crate::build::judge::{Backend, Builds, InProcess};
use crate::build::steps::{BuildOptions, Settings};
use crate::lint::Fix;
use crate::model::dockerfile::Dockerfile;
use crate::syntax::dockerfile::InstructionKind;

/// Starts a builder with what the arguments say. Also says whether users are what they are called in it.
pub(super) fn builds(arguments: &CheckArguments) -> Result<(Builds, bool), String> {
    let store = open_store()?;
    let (backend, has_users): (Box<dyn Backend>, bool) = match arguments.backend {
        Some(backend) => (Box::new(engine(arguments, backend, store)?), true),
        None => {
            let (own, has_users) = own(arguments, &store)?;
            (Box::new(own), has_users)
        }
    };
    let verbose = arguments.verbose;
    let observer = move |build, step: &crate::build::steps::StepInfo| {
        if verbose {
            note(&format!("build {build}: [{}] {}", step.label(), step.text));
        }
    };
    Ok((Builds::new(backend, Box::new(observer)), has_users))
}

/// The engine that is named, once it has shown that it works.
fn engine(arguments: &CheckArguments, backend: BackendArgument, store: Arc<Store>) -> Result<Engine, String> {
    let options = EngineOptions {
        arguments: build_arguments(&arguments.build_arg),
        network: arguments.network.into(),
        pull: engine_pull(arguments.pull),
        step_seconds: Limits::default().seconds,
        ..EngineOptions::default()
    };
    let mut engine = Engine::start(engine_kind(backend), options, store)?;
    engine.try_out()?;
    Ok(engine)
}

fn own(arguments: &CheckArguments, store: &Arc<Store>) -> Result<(InProcess, bool), String> {
    let (mut builder, has_users) = start(store)?;
    give_bases(&mut builder, &arguments.base)?;
    if let Some(when) = arguments.pull {
        pull(&mut builder, when == PullArgument::Always)?;
    }
    let options = BuildOptions {
        settings: Settings { arguments: build_arguments(&arguments.build_arg), ..Settings::default() },
        network: arguments.network.into(),
        anticipate_network: true,
        ..BuildOptions::default()
    };
    Ok((InProcess::new(builder, options), has_users))
}

/// Why a build with a fix would show nothing of it, if so.
pub(super) fn out_of_reach(dockerfile: &Dockerfile, fix: &Fix, has_users: bool) -> Option<String> {
    if !has_users && fix.effects.contains(Effect::User) {
        return Some("this user has no range of ids, so that `USER` is not what it says here".to_owned());
    }
    let place = fix.edits.first()?.span.start;
    let at = dockerfile.instructions().take_while(|own| own.span().start <= place).last()?;
    if matches!(at.node.kind, InstructionKind::Onbuild(_)) || at.onbuild {
        return Some("what `ONBUILD` holds back is not built".to_owned());
    }
    let unneeded = at.stage().is_some_and(|stage| !stage.is_needed());
    unneeded.then(|| "the image does not need its stage, which is not built".to_owned())
}
