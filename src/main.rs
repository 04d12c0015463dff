//! The `rlint` command.

use std::process::ExitCode;

// Trees are many small pieces that live as long as their file.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    rlint::cli::main()
}
