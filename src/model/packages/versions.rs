//! Which packages of the system are installed without saying which version.

use std::fmt;

use super::{Action, Manager, Operation, Origin, Package};
use crate::syntax::shell::{Part, Word};

/// Packages of one command that are installed without a version.
#[derive(Debug)]
pub struct Unversioned<'a> {
    /// The word of the first one.
    pub word: &'a Word,
    /// Its name, where it is known.
    pub name: Option<String>,
    /// How many more there are.
    pub others: usize,
}

impl<'a> Operation<'a> {
    /// What it installs from an index without a version. With `every`, groups and words that are not known count too.
    pub fn without_version(&self, every: bool) -> Option<Unversioned<'a>> {
        if self.action != Action::Install || !self.takes_versions() || (self.installs_patterns() && !every) {
            return None;
        }
        let wanted = |package: Package<'_>| {
            let counts = package.origin == Origin::Index || every && package.origin == Origin::Group;
            counts && package.version.is_none()
        };
        let known = self.operands.iter().filter(|operand| wanted(self.read(&operand.text)));
        let known = known.map(|operand| (operand.word, Some(self.read(&operand.text).name.to_owned())));
        let text = self.instruction.dockerfile.text();
        let unknown = self.unknown.iter().filter(|word| every && wanted(self.read(&sketch(word, text))));
        let mut all: Vec<_> = known.chain(unknown.map(|word| (*word, None))).collect();
        all.sort_by_key(|(word, _)| word.span.start);
        let others = all.len().saturating_sub(1);
        let (word, name) = all.into_iter().next()?;
        Some(Unversioned { word, name, others })
    }

    fn read<'t>(&self, operand: &'t str) -> Package<'t> {
        if self.name.starts_with("module ") {
            // A module has streams: `nodejs:20`.
            let at = operand.find(':').unwrap_or(operand.len());
            return Package {
                name: &operand[..at],
                version: operand.get(at..).filter(|v| !v.is_empty()),
                origin: Origin::Index,
            };
        }
        self.manager.package(operand)
    }

    /// Whether what it is asked takes packages with versions; sources and what is needed to build them do not.
    fn takes_versions(&self) -> bool {
        match self.manager {
            Manager::Apt => matches!(&*self.name, "install" | "reinstall"),
            Manager::Apk => self.name == "add",
            Manager::Yum | Manager::Dnf | Manager::Microdnf | Manager::Tdnf => {
                matches!(
                    &*self.name,
                    "install" | "in" | "localinstall" | "reinstall" | "module install" | "module enable"
                )
            }
            Manager::Zypper => matches!(&*self.name, "install" | "in"),
            _ => true,
        }
    }

    /// `zypper install -t pattern`.
    fn installs_patterns(&self) -> bool {
        let kind = (self.manager == Manager::Zypper).then(|| self.flag(&["-t", "--type"])).flatten();
        kind.and_then(|flag| flag.value()).is_some_and(|kind| kind != "package")
    }
}

impl fmt::Display for Unversioned<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "`{name}`")?,
            None => f.write_str("what only the build knows")?,
        }
        match self.others {
            0 => f.write_str(" is installed without a version"),
            1 => f.write_str(" and one more package are installed without a version"),
            others => write!(f, " and {others} more packages are installed without a version"),
        }
    }
}

/// A word that is not known, as far as it is written: variables as they stand, `$` for everything else.
fn sketch(word: &Word, text: &str) -> String {
    let mut sketch = String::new();
    push(&word.parts, text, &mut sketch);
    sketch
}

fn push(parts: &[Part], text: &str, sketch: &mut String) {
    for part in parts {
        match part {
            Part::Literal { value, .. } | Part::SingleQuoted { value, .. } => sketch.push_str(value),
            Part::DoubleQuoted { parts, .. } => push(parts, text, sketch),
            Part::Variable { span, .. } => sketch.push_str(span.of_text(text)),
            _ => sketch.push('$'),
        }
    }
}
