//! Typed views of compose files. A view is a node and what it is; nothing is copied and no span is lost.

pub mod schema;

mod dependencies;
mod file;
mod mount;
mod port;
mod service;
mod unknown;

use std::ops::Range;

pub use dependencies::long_form;
pub use file::File;
pub use mount::{MountKind, ShortMount, is_host_path, parse_mount};
pub use port::{PortError, ShortPort, parse_port, parse_range};
pub use service::{Build, Dependency, Grant, Healthcheck, Mount, Pair, Port, Service};
pub use unknown::{UnknownKey, unknown_keys};

use super::yaml::{Ref, ScalarStyle};
use crate::text::Span;

/// The value of a scalar that is written out: `None` where variables make it.
pub fn literal(node: Ref<'_>) -> Option<&str> {
    node.as_str().filter(|text| !text.contains('$'))
}

/// Where a part of the value of a scalar stands: exact where the value is written letter by letter, the whole scalar
/// where escapes or folding lie between.
pub fn part_span(node: Ref<'_>, part: Range<usize>) -> Span {
    let node = node.follow();
    let span = node.span();
    let Some(scalar) = node.scalar() else { return span };
    if scalar.value.is_some() {
        return span;
    }
    let quote = u32::from(matches!(scalar.style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted));
    let part = Span::of(part);
    span.slice(part.start + quote, part.end + quote)
}
