//! The `rlint` command.

use std::process::ExitCode;

// Trees are many small pieces that live as long as their file.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Before all else: a worker takes no arguments of ours, and must have one thread.
    #[cfg(all(feature = "build", target_os = "linux"))]
    if let Some(code) = rlint::build::exec::run_worker() {
        return code;
    }
    rlint::cli::main()
}
