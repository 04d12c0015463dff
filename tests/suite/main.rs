//! suite
mod oracle;
