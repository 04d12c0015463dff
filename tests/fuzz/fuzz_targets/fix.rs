//! Fixes settle, break nothing and leave nothing to fix.

#![no_main]

#[allow(dead_code, reason = "each target holds one of them")]
#[path = "../../support/invariants.rs"]
mod invariants;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let (path, files) = invariants::project(text);
    if let Err(reason) = invariants::fixes_are_sound(&path, &files) {
        panic!("{reason}");
    }
});
