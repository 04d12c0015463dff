//! A build from the command line that an installed engine does.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use super::arguments::{BackendArgument, BuildArguments, PullArgument};
use super::inputs::files;
use super::outputs::Output;
use super::progress::Progress;
use super::report::{Maker, Report};
use super::run::{build_arguments, byte_limit, open_store, outputs, platform, tell, write_outputs};
use crate::build::engine::{Engine, EngineKind, EngineOptions, EnginePull, Request};
use crate::build::image::Store;
use crate::build::steps::{Outcome, whole_name};
use crate::cli::{Exit, terminal};
use crate::text::Source;

/// The engine that an argument names.
pub(in crate::cli) fn engine_kind(argument: BackendArgument) -> EngineKind {
    match argument {
        BackendArgument::Buildx => EngineKind::Buildx,
        BackendArgument::Buildah => EngineKind::Buildah,
        BackendArgument::Podman => EngineKind::Podman,
    }
}

/// When an engine pulls.
pub(in crate::cli) fn engine_pull(argument: Option<PullArgument>) -> EnginePull {
    match argument {
        None => EnginePull::Never,
        Some(PullArgument::Missing) => EnginePull::Missing,
        Some(PullArgument::Always) => EnginePull::Always,
    }
}

/// Has `kind` build what the arguments say, with the files of `context`.
pub(super) fn run(arguments: &BuildArguments, context: &Path, kind: EngineKind) -> Result<Exit, String> {
    let begin = Instant::now();
    let outputs = outputs(arguments)?;
    refuse(arguments, kind)?;
    let options = options(arguments)?;
    let (source, _) = files(arguments.file.as_deref(), context)?;
    let store = open_store()?;
    let file = on_disk(&source, &store)?;
    let mut engine = Engine::start(kind, options, Arc::clone(&store))?;
    let style = terminal::error_style(arguments.color);
    let mut progress = Progress::new(arguments.progress, arguments.quiet, style.color);
    let request = Request {
        text: &source.text,
        file: file.as_ref().map_or(&*source.path, |file| file.path()),
        context,
        tags: &arguments.tag,
        export: !outputs.is_empty(),
    };
    let mut outcome = engine.build(request, &mut |event| progress.event(event));
    if let Outcome::Built(built) = &outcome
        && let Some(image) = &built.image
    {
        let name = arguments.tag.first().map(|name| whole_name(name)).transpose()?;
        if let Err(why) = write_outputs(engine.images(), image, &outputs, name.as_deref(), &mut |event| {
            progress.event(event);
        }) {
            outcome = Outcome::Broken { step: None, why };
        }
    }
    progress.finish();
    let name = engine.name();
    let report = Report {
        source: &source,
        outcome: &outcome,
        names: &arguments.tag,
        milliseconds: u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX),
        maker: Maker::Engine { name: &name, id: engine.id() },
    };
    tell(&report, arguments, outputs.iter().any(Output::is_stdout))
}

/// What an engine cannot be asked for.
fn refuse(arguments: &BuildArguments, kind: EngineKind) -> Result<(), String> {
    if !arguments.base.is_empty() {
        return Err(format!(
            "--base says where rlint finds an image; {kind} has images of its own: give it this one, or leave \
             --backend out"
        ));
    }
    if arguments.disk.is_some() {
        return Err(format!("--disk: {kind} holds no step to a limit on the disk"));
    }
    // A name that is none would be said only once everything is built.
    arguments.tag.iter().try_for_each(|name| whole_name(name).map(drop))
}

fn options(arguments: &BuildArguments) -> Result<EngineOptions, String> {
    if arguments.step_timeout == 0 {
        return Err("`--step-timeout 0` leaves no time".to_owned());
    }
    Ok(EngineOptions {
        arguments: build_arguments(&arguments.build_arg),
        target: arguments.target.clone(),
        platform: arguments.platform.as_deref().map(platform).transpose()?.map(|platform| platform.to_string()),
        no_cache: arguments.no_cache,
        network: arguments.network.into(),
        pull: engine_pull(arguments.pull),
        step_seconds: arguments.step_timeout,
        memory: arguments.memory.as_deref().map(|text| byte_limit("memory", text)).transpose()?,
    })
}

/// A file with the Dockerfile that came on standard input; nothing where it is a file already.
fn on_disk(source: &Source, store: &Store) -> Result<Option<tempfile::NamedTempFile>, String> {
    if source.path.as_os_str() != "-" {
        return Ok(None);
    }
    let place = store.folder().join("tmp");
    let failed = |error: std::io::Error| format!("cannot write to {}: {error}", place.display());
    let mut file = tempfile::NamedTempFile::new_in(&place).map_err(failed)?;
    file.write_all(source.bytes()).map_err(failed)?;
    Ok(Some(file))
}
