//! The sandbox: a worker, which is rlint itself as another process, that works on layers and runs steps.
#![allow(unsafe_code, reason = "system calls that no crate wraps; each file says why it needs them")]

pub mod frame;
pub mod request;
