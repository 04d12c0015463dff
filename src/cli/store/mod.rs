//! `rlint store`: what the builder keeps on this machine, and making it less.

pub mod arguments;
#[cfg(all(feature = "build", target_os = "linux"))]
mod run;

use arguments::StoreArguments;

use super::Exit;

/// Does what the arguments say.
///
/// # Errors
///
/// A message when the store cannot be read, or is in use where something is to be removed.
pub(super) fn run(arguments: &StoreArguments) -> Result<Exit, String> {
    #[cfg(all(feature = "build", target_os = "linux"))]
    return run::run(arguments);
    #[cfg(not(all(feature = "build", target_os = "linux")))]
    {
        let _ = arguments;
        Err("this rlint has no store: it is not able to build, which it is on Linux with the feature `build`"
            .to_owned())
    }
}
