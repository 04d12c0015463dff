//! Lock files: which manager has which, and what holds it to it.

use super::{Action, Manager, Operation};
use crate::model::dockerfile::Instruction;
use crate::model::folders::MOVERS;
use crate::model::transfers;

/// How a manager is held to its lock file.
#[derive(Clone, Copy, Debug)]
pub struct Lock {
    /// The names of the file.
    pub files: &'static [&'static str],
    /// The flags that hold to it, the one to add first.
    pub flags: &'static [&'static str],
    /// The variables that do.
    variables: &'static [&'static str],
}

impl Manager {
    /// The lock file of a manager that goes its own way without a flag; `None` for others.
    fn lock(self) -> Option<Lock> {
        let lock = |files, flags, variables| Some(Lock { files, flags, variables });
        match self {
            Manager::Yarn => lock(
                &["yarn.lock"],
                &["--frozen-lockfile", "--immutable", "--pure-lockfile", "--no-lockfile"],
                &["CI", "YARN_ENABLE_IMMUTABLE_INSTALLS"],
            ),
            Manager::Pnpm => {
                lock(&["pnpm-lock.yaml"], &["--frozen-lockfile", "--no-lockfile", "--lockfile-only"], &["CI"])
            }
            Manager::Bun => lock(&["bun.lock", "bun.lockb"], &["--frozen-lockfile", "--no-save"], &[]),
            Manager::Uv => lock(&["uv.lock"], &["--locked", "--frozen"], &["UV_LOCKED", "UV_FROZEN"]),
            Manager::Cargo => lock(&["Cargo.lock"], &["--locked", "--frozen"], &[]),
            _ => None,
        }
    }
}

impl<'a> Operation<'a> {
    /// The lock file that this installation may change or pass over, where it is known to be there.
    pub fn loose_lock(&self) -> Option<Lock> {
        let lock = self.manager.lock()?;
        let installs = match (self.manager, &*self.name) {
            // A program from the registry brings its own lock file, which is not looked at without the flag.
            (Manager::Cargo, "install") => !self.operands.is_empty() && !self.has_flag(&["--path", "--git"]),
            (Manager::Cargo, "build") => is_copied(self.instruction, lock.files),
            (Manager::Uv, name) => name == "sync" && is_copied(self.instruction, lock.files),
            (Manager::Yarn | Manager::Pnpm | Manager::Bun, name) => {
                let install = matches!(name, "install" | "i");
                install && self.operands.is_empty() && is_copied(self.instruction, lock.files)
            }
            _ => false,
        };
        let set = lock.variables.iter().any(|name| self.instruction.is_set(name) == Some(true));
        let open = installs && self.unknown.is_empty() && !set && !self.has_flag(lock.flags);
        open.then_some(lock)
    }

    /// Whether it is an `npm install` of all that the project needs, where its lock file is known to be there.
    pub fn is_install_beside_lock(&self) -> bool {
        self.manager == Manager::Npm
            && self.action == Action::Install
            && matches!(&*self.name, "install" | "i" | "in")
            && self.operands.is_empty()
            && self.unknown.is_empty()
            && !self.more
            && !self.has_flag(&[
                "-g",
                "--global",
                "--no-package-lock",
                "--package-lock",
                "--package-lock-only",
                "--save",
            ])
            && is_copied(self.instruction, &["package-lock.json", "npm-shrinkwrap.json"])
    }
}

/// Whether a COPY or ADD before `instruction`, or a mount of its own, brings a file of one of these names.
fn is_copied(instruction: Instruction<'_>, names: &[&str]) -> bool {
    let is_one = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        names.iter().any(|file| matches(name, file))
    };
    let text = instruction.dockerfile.text();
    let mut fields = instruction.node.flags.iter().flat_map(|flag| &flag.fields);
    if fields.any(|field| {
        field.value.as_ref().is_some_and(|value| is_one(&value.raw)) && !field.key.of_text(text).is_empty()
    }) {
        return true;
    }
    // Where a `cd` goes is not followed.
    let moves = instruction.commands().any(|command| MOVERS.iter().any(|name| command.node.is(name)));
    let folder = instruction.workdir().filter(|_| !moves);
    instruction.earlier().any(|other| {
        let Some(transfer) = transfers::of(other) else { return false };
        let to = other.value(&transfer.destination).and_then(|to| other.absolute(&to));
        let elsewhere = matches!((folder, &to), (Some(folder), Some(to)) if !is_beside(folder, to));
        !elsewhere && transfer.sources.iter().any(|source| is_one(&source.raw))
    })
}

/// Whether what is copied to `to` may be in `folder`: it is that folder, one around it, or a file in it.
fn is_beside(folder: &str, to: &str) -> bool {
    let around = folder.strip_prefix(to).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    around || to.rsplit_once('/').is_some_and(|(parent, _)| parent == folder.trim_end_matches('/'))
}

/// Whether a pattern with at most one `*`, in a name that says something, matches `file`.
fn matches(pattern: &str, file: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == file,
        Some(("", "" | ".*")) => false,
        Some((start, end)) => file.len() + 1 >= pattern.len() && file.starts_with(start) && file.ends_with(end),
    }
}

#[cfg(test)]
mod tests {
    use crate::model::dockerfile::Dockerfile;
    use crate::model::packages::operations;
    use crate::syntax::dockerfile;

    fn loose(copied: &str, command: &str) -> Option<&'static str> {
        let text = format!("FROM debian\nCOPY {copied} ./\nRUN {command}\n");
        let dockerfile = Dockerfile::new(dockerfile::parse(text));
        let operation = operations(dockerfile.instruction(2)?).next()?;
        operation.loose_lock().map(|lock| lock.flags[0])
    }

    #[test]
    fn flags_are_missed_where_the_lock_file_is_there() {
        assert_eq!(loose("package.json yarn.lock*", "yarn"), Some("--frozen-lockfile"));
        assert_eq!(loose("a/pnpm-lock.yaml a/package.json", "pnpm i --prod"), Some("--frozen-lockfile"));
        assert_eq!(loose("Cargo.*", "cargo build --release"), Some("--locked"));
        assert_eq!(loose(".", "cargo install a"), Some("--locked"));
    }

    #[test]
    fn nothing_is_missed_elsewhere() {
        for (copied, command) in [
            (".", "yarn install"),
            ("yarn.lock", "yarn install --immutable"),
            ("yarn.lock", "yarn add a"),
            ("uv.lock", "uv sync --frozen"),
            ("Cargo.lock", "cargo test"),
            (".", "cargo install --path ."),
        ] {
            assert_eq!(loose(copied, command), None, "{command}");
        }
    }
}
