//! Compose projects, resolved the way the loader does it.
