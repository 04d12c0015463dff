//! A build from the command line.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use super::arguments::{BuildArguments, BuildFormat, NetworkArgument, PullArgument};
use super::inputs::files;
use super::outputs::Output;
use super::progress::Progress;
use super::report::{Maker, Report};
use crate::build::exec::request::{Limits, Network};
use crate::build::exec::{Worker, WorkerOptions, probe};
use crate::build::image::{Platform, Store};
use crate::build::steps::{
    BaseSource, BuildOptions, Builder, Event, Outcome, Settings, WorkerExecutor, byte_count, whole_name,
};
use crate::cli::{Exit, output, terminal, warning};
use crate::model::dockerfile::Dockerfile;
use crate::syntax::dockerfile::parse;

/// Builds what the arguments say, with the files of `context`.
pub(super) fn run(arguments: &BuildArguments, context: &Path) -> Result<Exit, String> {
    let begin = Instant::now();
    if let Some(backend) = arguments.backend {
        return super::engine::run(arguments, context, super::engine_kind(backend));
    }
    let outputs = outputs(arguments)?;
    let names = arguments.tag.iter().map(|name| whole_name(name)).collect::<Result<Vec<_>, _>>()?;
    let options = options(arguments)?;
    let (source, ignore) = files(arguments.file.as_deref(), context)?;
    let store = open_store()?;
    let (mut builder, _) = start(&store)?;
    give_bases(&mut builder, &arguments.base)?;
    if let Some(when) = arguments.pull {
        pull(&mut builder, when == PullArgument::Always)?;
    }
    let style = terminal::error_style(arguments.color);
    let mut progress = Progress::new(arguments.progress, arguments.quiet, style.color);
    progress.event(&Event::Working("reading the build context"));
    let snapshot = match builder.snapshot(context, ignore.as_ref()) {
        Ok(snapshot) => snapshot,
        Err(error) => {
            progress.finish();
            return Err(error.to_string());
        }
    };
    let dockerfile = Dockerfile::new(parse(Arc::clone(&source.text)));
    let mut outcome = builder.build(&dockerfile, Some(&snapshot), &options, &mut |event| progress.event(event));
    if let Outcome::Built(built) = &outcome
        && let Some(image) = &built.image
        && let Err(why) = keep(&store, image, &names, &outputs, &mut progress)
    {
        outcome = Outcome::Broken { step: None, why };
    }
    progress.finish();
    let milliseconds = u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX);
    let way = builder.executor().way();
    let maker = Maker::Own { way: &way };
    let report = Report { source: &source, outcome: &outcome, names: &names, milliseconds, maker };
    tell(&report, arguments, outputs.iter().any(Output::is_stdout))
}

/// What `--output` asks for.
pub(super) fn outputs(arguments: &BuildArguments) -> Result<Vec<Output>, String> {
    let outputs = arguments.output.iter().map(|text| Output::parse(text)).collect::<Result<Vec<_>, _>>()?;
    let to_stdout = outputs.iter().filter(|output| output.is_stdout()).count();
    if to_stdout + usize::from(arguments.format == BuildFormat::Json) > 1 {
        return Err("only one thing can go to standard output".to_owned());
    }
    Ok(outputs)
}

/// Lets base images come from their registries.
#[cfg(all(feature = "pull", any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(in crate::cli) fn pull(builder: &mut Builder, always: bool) -> Result<(), String> {
    use crate::build::image::{PullOptions, pull};
    let fetch = |name: &str, platform: &Platform, store: &Store| {
        let pulled = pull(name, platform, store, &PullOptions::default());
        pulled.map(Some).map_err(|error| format!("`{name}` cannot be pulled: {error}"))
    };
    builder.bases().fetch_by(Box::new(fetch), always);
    Ok(())
}

#[cfg(not(all(feature = "pull", any(target_arch = "x86_64", target_arch = "aarch64"))))]
pub(in crate::cli) fn pull(_builder: &mut Builder, _always: bool) -> Result<(), String> {
    Err("this rlint cannot pull images: it was made without the feature `pull`".to_owned())
}

/// Gives the image its names and writes it where it is asked for.
fn keep(
    store: &Store,
    image: &crate::build::image::Image,
    names: &[String],
    outputs: &[Output],
    progress: &mut Progress,
) -> Result<(), String> {
    for name in names {
        store.name(name, &image.descriptor).map_err(|error| error.to_string())?;
    }
    let name = names.first().map(String::as_str);
    write_outputs(store, image, outputs, name, &mut |event| progress.event(event))
}

/// Writes an image wherever it is asked for.
pub(super) fn write_outputs(
    store: &Store,
    image: &crate::build::image::Image,
    outputs: &[Output],
    name: Option<&str>,
    observer: &mut dyn FnMut(&Event<'_>),
) -> Result<(), String> {
    for output in outputs {
        observer(&Event::Working("writing the image"));
        output.write(store, image, name)?;
    }
    Ok(())
}

pub(super) fn tell(report: &Report<'_>, arguments: &BuildArguments, stdout_is_taken: bool) -> Result<Exit, String> {
    let is_built = matches!(report.outcome, Outcome::Built(_));
    if arguments.format == BuildFormat::Json {
        let mut text = serde_json::to_string_pretty(&report.json()).map_err(|error| error.to_string())?;
        text.push('\n');
        output::write_stdout(text.as_bytes())?;
    }
    match report.outcome {
        Outcome::Built(image) if arguments.quiet => {
            if let Some(id) = report.id(image).filter(|_| !stdout_is_taken && arguments.format == BuildFormat::Text) {
                output::write_stdout(format!("{id}\n").as_bytes())?;
            }
        }
        _ => output::write_stderr(report.text().as_bytes()),
    }
    Ok(match (is_built, report.is_failure()) {
        (true, _) => Exit::Clean,
        (false, true) => Exit::Found,
        (false, false) => Exit::Failed,
    })
}

/// Tells the builder where the images of `--base` are.
pub(in crate::cli) fn give_bases(builder: &mut Builder, written: &[String]) -> Result<(), String> {
    for base in written {
        let (name, place) = base.split_once('=').ok_or_else(|| {
            format!("`--base {base}` does not say where the image is: write `--base NAME=oci:FOLDER`")
        })?;
        builder.bases().give(name, BaseSource::parse(place)?)?;
    }
    Ok(())
}

/// `NAME=VALUE`, or `NAME` with its value in the environment; as `docker build` does, one that is not set is not passed.
pub(in crate::cli) fn build_arguments(written: &[String]) -> Vec<(String, String)> {
    let pair = |argument: &String| match argument.split_once('=') {
        Some((name, value)) => Some((name.to_owned(), value.to_owned())),
        None => Some((argument.clone(), std::env::var(argument).ok()?)),
    };
    written.iter().filter_map(pair).collect()
}

fn options(arguments: &BuildArguments) -> Result<BuildOptions, String> {
    let mut settings = Settings {
        target: arguments.target.clone(),
        arguments: build_arguments(&arguments.build_arg),
        ..Settings::default()
    };
    if let Some(text) = &arguments.platform {
        settings.platform = platform(text)?;
    }
    let size = |flag: &str, text: &Option<String>| text.as_ref().map(|text| byte_limit(flag, text)).transpose();
    if arguments.step_timeout == 0 {
        return Err("`--step-timeout 0` leaves no time".to_owned());
    }
    let default = Limits::default();
    let limits = Limits {
        seconds: arguments.step_timeout,
        memory: size("memory", &arguments.memory)?.or(default.memory),
        disk: size("disk", &arguments.disk)?.unwrap_or(default.disk),
        ..default
    };
    Ok(BuildOptions {
        settings,
        no_cache: arguments.no_cache,
        network: arguments.network.into(),
        limits,
        anticipate_network: false,
        export: true,
    })
}

/// A platform that there are images for.
pub(super) fn platform(text: &str) -> Result<Platform, String> {
    Platform::parse(text)
        .filter(|platform| platform.os == "linux")
        .ok_or_else(|| format!("`--platform {text}` is no platform of Linux, such as `linux/amd64`"))
}

/// `2g` and the like, given to a flag.
pub(in crate::cli) fn byte_limit(flag: &str, text: &str) -> Result<u64, String> {
    byte_count(text).filter(|bytes| *bytes > 0).ok_or_else(|| format!("`--{flag} {text}` is no size, such as `2g`"))
}

impl From<NetworkArgument> for Network {
    fn from(argument: NetworkArgument) -> Network {
        match argument {
            NetworkArgument::None => Network::None,
            NetworkArgument::Host => Network::Host,
        }
    }
}

pub(in crate::cli) fn open_store() -> Result<Arc<Store>, String> {
    let folder = Store::default_folder(|name| std::env::var_os(name)).map_err(|error| error.to_string())?;
    Ok(Arc::new(Store::open(&folder).map_err(|error| error.to_string())?))
}

/// Starts a worker in the best way of being root that this machine allows; also says whether users are what they are
/// called in it.
pub(in crate::cli) fn start(store: &Arc<Store>) -> Result<(Builder, bool), String> {
    let mut reasons = Vec::new();
    for tried in probe(store.folder(), None) {
        match tried.way {
            Ok(way) => {
                let has_ids = way.has_ids();
                if !has_ids {
                    warning(
                        "files of all users belong to one here, because this user has no range of ids in /etc/subuid: \
                         USER, chown and setuid do not do what they say",
                    );
                }
                let options = WorkerOptions::new(store.folder(), way);
                let worker = Worker::start(&options).map_err(|error| error.to_string())?;
                let executor = WorkerExecutor::new(worker, store.folder());
                return Ok((Builder::new(Arc::clone(store), Box::new(executor)), has_ids));
            }
            Err(why) => reasons.push(format!("{}: {why}", tried.name)),
        }
    }
    Err(format!("this machine does not allow to build:\n  {}", reasons.join("\n  ")))
}
