//! Compose projects, resolved the way the loader does it.

pub mod dotenv;
pub mod template;
