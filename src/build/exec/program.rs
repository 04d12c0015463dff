//! The program that a worker is started from.
//!
//! Until a step starts its own program, `/proc/self/exe` of its process is rlint, and a step can keep it there: by running
//! `/proc/self/exe`, or a script that begins with `#!/proc/self/exe` (CVE-2019-5736). Where the user of rlint is root inside, what
//! belongs to that user can be changed through it. So a program that the user could change is started from a copy in memory.

use std::fs::{self, File};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::unistd::{AccessFlags, access, geteuid};

use super::ids::Way;

/// Copies that were made, each with the program that it is of.
static COPIES: Mutex<Vec<(PathBuf, OwnedFd)>> = Mutex::new(Vec::new());

/// What to start for `program`: itself, or the copy.
pub(super) fn to_start(program: &Path, way: &Way) -> Result<PathBuf, String> {
    let shown = program.display();
    let data = fs::metadata(program).map_err(|reason| format!("cannot find the program {shown}: {reason}"))?;
    // Shifted ids are nobody's, so that nothing belongs to them.
    let changeable = data.uid() == geteuid().as_raw() || access(program, AccessFlags::W_OK).is_ok();
    if matches!(way, Way::Root { .. }) || !changeable {
        return Ok(program.to_owned());
    }
    let mut copies = COPIES.lock().unwrap_or_else(PoisonError::into_inner);
    let number = match copies.iter().find(|(own, _)| own == program) {
        Some((_, copy)) => copy.as_raw_fd(),
        None => {
            let copy = copy(program).map_err(|reason| {
                format!(
                    "cannot start from a copy of {shown} in memory: {reason}; a program that belongs to root and that only \
                     root can change needs none"
                )
            })?;
            let number = copy.as_raw_fd();
            copies.push((program.to_owned(), copy));
            number
        }
    };
    // The process that is to become the program has the same descriptors until it does.
    Ok(PathBuf::from(format!("/proc/self/fd/{number}")))
}

/// A copy that nobody can change.
fn copy(program: &Path) -> io::Result<OwnedFd> {
    let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
    // Linux before 6.3 does not know the flag and lets every such file be started.
    let executable = MFdFlags::from_bits_retain(libc::MFD_EXEC);
    let made = memfd_create(c"rlint", flags | executable).or_else(|_| memfd_create(c"rlint", flags))?;
    let mut copy = File::from(made);
    io::copy(&mut File::open(program)?, &mut copy)?;
    let seals = SealFlag::F_SEAL_WRITE | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_SEAL;
    fcntl(&copy, FcntlArg::F_ADD_SEALS(seals))?;
    Ok(copy.into())
}
