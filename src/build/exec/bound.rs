//! Programs of the host that must not outlive rlint.

use std::os::unix::process::CommandExt;
use std::process::Command;

use super::calls::process_control;

/// Lets the program end when the thread that starts it does: with `SIGTERM`, so that it can end what it has started.
pub(in crate::build) fn end_with_caller(command: &mut Command) {
    let end = || process_control(libc::PR_SET_PDEATHSIG, libc::SIGTERM as libc::c_ulong);
    // SAFETY: between fork and exec one system call is made, which takes no lock and allocates nothing.
    unsafe { command.pre_exec(end) };
}
