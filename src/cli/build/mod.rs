//! `rlint build`: from arguments to an image.

pub mod arguments;
#[cfg(all(feature = "build", target_os = "linux"))]
mod engine;
#[cfg(all(feature = "build", target_os = "linux"))]
mod inputs;
#[cfg(all(feature = "build", target_os = "linux"))]
mod outputs;
#[cfg(all(feature = "build", target_os = "linux"))]
mod progress;
#[cfg(all(feature = "build", target_os = "linux"))]
mod report;
#[cfg(all(feature = "build", target_os = "linux"))]
mod run;

use arguments::BuildArguments;
#[cfg(all(feature = "build", target_os = "linux"))]
pub(super) use engine::{engine_kind, engine_pull};
#[cfg(all(feature = "build", target_os = "linux"))]
pub(super) use run::{build_arguments, byte_limit, give_bases, open_store, pull, start};

use super::Exit;

/// Builds what the arguments say.
///
/// # Errors
///
/// A message when there is nothing to build or it cannot be built here.
pub(super) fn run(arguments: &BuildArguments) -> Result<Exit, String> {
    let Some(context) = &arguments.context else {
        return Err(
            "`rlint build` builds an image and needs a build context, as in `rlint build .`; to check a folder \
                    called `build`, write `rlint ./build` or `rlint check build`"
                .to_owned(),
        );
    };
    #[cfg(all(feature = "build", target_os = "linux"))]
    return run::run(arguments, context);
    #[cfg(not(all(feature = "build", target_os = "linux")))]
    Err(format!(
        "`{}` cannot be built: this rlint is not able to build, which it is on Linux with the feature `build`",
        context.display()
    ))
}
