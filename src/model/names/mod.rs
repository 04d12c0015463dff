//! Names: where they are declared, where they are used, and which files and images a text names.

mod compose;
mod dockerfile;
mod kubernetes;
mod rename;
mod yaml;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use compose::{of_compose, paths_of_compose};
pub use dockerfile::{Origin, of_dockerfile, origin, stage_name};
pub use kubernetes::{Manifest, around, images_of_manifests, of_manifests, paths_of_kustomization};
pub use rename::{Renaming, anchor_at, stage_at};
pub use yaml::of_anchors;

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
    /// What is declared as a part of something with a name: who asks where that is used wants the uses of this, too.
    pub parts: Vec<Use>,
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
    /// Takes in the names of another document of the same text.
    pub fn extend(&mut self, other: Names) {
        self.declared.extend(other.declared);
        self.used.extend(other.used);
        self.parts.extend(other.parts);
    }

    /// All places in it.
    pub fn places_mut(&mut self) -> impl Iterator<Item = &mut At> {
        let uses = self.used.iter_mut().chain(&mut self.parts);
        self.declared.iter_mut().chain(uses.flat_map(|own| [&mut own.at, &mut own.of]))
    }

    /// What the name at `offset` of the text at hand means: the declarations, which may be where it stands itself. Of names
    /// within names, the innermost counts.
    pub fn declarations(&self, offset: u32) -> Vec<&At> {
        let stands = |at: &At| at.file.is_none() && at.span.start <= offset && offset <= at.span.end;
        let uses = self.used.iter().filter(|own| stands(&own.at)).map(|own| (own.at.span.len(), &own.of));
        // What somebody uses is declared, such as a stage without a name.
        let declared = self.declared.iter().chain(self.used.iter().map(|own| &own.of));
        let own = declared.filter(|own| stands(own)).map(|own| (own.span.len(), own));
        // What is declared with the value of another is a use of that.
        let Some(length) = uses.clone().chain(own.clone()).map(|(length, _)| length).min() else { return Vec::new() };
        let mut found: Vec<&At> = uses.filter(|(own, _)| *own == length).map(|(_, of)| of).collect();
        if found.is_empty() {
            found.extend(own.filter(|(own, _)| *own == length).map(|(_, at)| at));
        }
        let mut seen = BTreeSet::new();
        found.retain(|own| seen.insert(*own));
        found
    }

    /// Where that which the name at `offset` means is used.
    pub fn uses(&self, offset: u32) -> Vec<&At> {
        let declarations = self.declarations(offset);
        let mut all: BTreeSet<&At> = declarations.iter().copied().collect();
        for declaration in &declarations {
            all.extend(self.used.iter().filter(|own| own.at == **declaration).map(|own| &own.of));
            all.extend(self.parts.iter().filter(|own| own.of == **declaration).map(|own| &own.at));
        }
        // What is declared again, as an ARG of a stage that takes the one of the file, is the same.
        let declared: BTreeSet<&At> = self.used.iter().map(|own| &own.of).collect();
        let again: Vec<&Use> = self.used.iter().filter(|own| declared.contains(&own.at)).collect();
        loop {
            let known = all.len();
            let same: Vec<&At> = again.iter().filter(|own| all.contains(&own.of)).map(|own| &own.at).collect();
            all.extend(same);
            if all.len() == known {
                break;
            }
        }
        self.used.iter().filter(|own| all.contains(&own.of)).map(|own| &own.at).collect()
    }
}
