//! Building, end to end: with workers that are rlint itself, in each way of being root that this machine allows.

mod escape;
mod interop;
mod support;
