//! The `rlint` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    rlint::cli::main()
}
