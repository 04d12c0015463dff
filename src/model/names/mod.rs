//! Names: where they are declared, where they are used, and which files and images a text names.

mod compose;
mod dockerfile;
mod kubernetes;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use compose::{of_compose, paths_of_compose};
pub use dockerfile::{Origin, of_dockerfile, origin, stage_name};
pub use kubernetes::{Manifest, beside, images_of_manifests, of_manifests};

use crate::text::Span;

/// A piece of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct At {
    /// The file, as `Files` knows it; `None` for the text at hand.
    pub file: Option<Arc<Path>>,
    /// Where in it.
    pub span: Span,
}

/// A use of a name, and where that is declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Use {
    /// The use.
    pub at: At,
    /// The declaration.
    pub of: At,
}

/// The names of a text.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Where names are declared.
    pub declared: Vec<At>,
    /// Where names are used of which the declaration is known.
    pub used: Vec<Use>,
}

/// A text that names a file or a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathName {
    /// Where it is named.
    pub at: Span,
    /// The file or folder, as `Files` knows it.
    pub path: PathBuf,
}

impl At {
    /// A piece of the text at hand.
    pub fn here(span: Span) -> At {
        At { file: None, span }
    }
}

impl Names {
    /// What the name at `offset` of the text at hand means: the declarations, which may be where it stands itself.
    pub fn declarations(&self, offset: u32) -> Vec<&At> {
        let stands = |at: &At| at.file.is_none() && at.span.start <= offset && offset <= at.span.end;
        let mut found: Vec<&At> = self.used.iter().filter(|own| stands(&own.at)).map(|own| &own.of).collect();
        if found.is_empty() {
            found.extend(self.declared.iter().filter(|own| stands(own)));
        }
        found.dedup();
        found
    }

    /// Where that which the name at `offset` means is used.
    pub fn uses(&self, offset: u32) -> Vec<&At> {
        let declarations = self.declarations(offset);
        // What is declared again, as an ARG of a stage that takes the one of the file, is the same.
        let mut all: Vec<&At> = declarations.clone();
        for declaration in &declarations {
            all.extend(self.used.iter().filter(|own| own.at == **declaration).map(|own| &own.of));
        }
        self.used.iter().filter(|own| all.contains(&&own.of)).map(|own| &own.at).collect()
    }
}
