//! Building, end to end: with workers that are rlint itself, in each way of being root that this machine allows.

mod against;
mod backends;
mod calls;
mod command;
mod engines;
mod escape;
mod fetch;
mod hostile;
mod interop;
mod killed;
mod layers;
mod overhead;
#[cfg(all(feature = "pull", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod pull;
mod reach;
mod room;
mod roundtrip;
mod scratch;
mod selection;
mod support;
mod verify;
