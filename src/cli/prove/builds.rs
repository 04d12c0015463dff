//! The builder for `--verify=build`, as the arguments say it.

use super::super::args::CheckArguments;
use super::super::build::arguments::NetworkArgument;
use super::super::build::{build_arguments, give_bases, open_store, start};
use super::super::note;
use crate::build::Effect;
use crate::build::exec::request::Network;
use crate::build::judge::Builds;
use crate::build::steps::{BuildOptions, Settings};
use crate::lint::Fix;
use crate::model::dockerfile::Dockerfile;
use crate::syntax::dockerfile::InstructionKind;

/// Starts a builder with what the arguments say. Also says whether users are what they are called in it.
pub(super) fn builds(arguments: &CheckArguments) -> Result<(Builds, bool), String> {
    let store = open_store()?;
    let (mut builder, has_users) = start(&store)?;
    give_bases(&mut builder, &arguments.base)?;
    let options = BuildOptions {
        settings: Settings { arguments: build_arguments(&arguments.build_arg), ..Settings::default() },
        network: match arguments.network {
            NetworkArgument::None => Network::None,
            NetworkArgument::Host => Network::Host,
        },
        anticipate_network: true,
        ..BuildOptions::default()
    };
    let verbose = arguments.verbose;
    let observer = move |build, step: &crate::build::steps::StepInfo| {
        if verbose {
            note(&format!("build {build}: [{}] {}", step.label(), step.text));
        }
    };
    Ok((Builds::new(builder, options, Box::new(observer)), has_users))
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
