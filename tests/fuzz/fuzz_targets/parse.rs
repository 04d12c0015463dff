//! Every text has a sound tree.

#![no_main]

#[allow(dead_code, reason = "each target holds one of them")]
#[path = "../../support/invariants.rs"]
mod invariants;

libfuzzer_sys::fuzz_target!(|text: &str| {
    invariants::tree_is_sound(text);
});
