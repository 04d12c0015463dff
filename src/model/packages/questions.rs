//! Which operations ask before they go on. A build has no terminal: the answer is taken as no, or the program stops.

use super::{Action, Flag, Manager, Operation};
use crate::syntax::shell::{Command, Script, Word};

impl Operation<'_> {
    /// Whether it asks, as far as the file shows, and nothing answers.
    pub fn asks(&self) -> bool {
        if !self.changes_packages() || self.is_told_to_go_on() || self.gets_an_answer() {
            return false;
        }
        // What the configuration says may stand anywhere in the file.
        let text = self.instruction.dockerfile.text();
        let configured = match self.manager {
            Manager::Apt => "Assume-Yes",
            _ => "assumeyes",
        };
        memchr::memmem::find(text.as_bytes(), configured.as_bytes()).is_none() && !self.may_have_more_flags()
    }

    fn changes_packages(&self) -> bool {
        match self.manager {
            // It always assumes yes.
            Manager::Microdnf => false,
            Manager::Apt | Manager::Yum | Manager::Dnf | Manager::Tdnf | Manager::Zypper => {
                matches!(self.action, Action::Install | Action::Remove | Action::Upgrade)
                    && !matches!(&*self.name, "source" | "download")
            }
            _ => false,
        }
    }

    /// Whether a flag says not to ask.
    pub fn is_told_to_go_on(&self) -> bool {
        match self.manager {
            Manager::Apt => {
                let quiet = self.flags.iter().map(loudness).sum::<usize>();
                let flags = ["-y", "--yes", "--assume-yes", "-s", "--simulate", "--dry-run", "--print-uris"];
                quiet >= 2 || self.has_flag(&flags) || self.has_flag(&["--assume-no", "--just-print", "--no-act"])
            }
            Manager::Zypper => {
                let flags = ["-n", "--non-interactive", "-y", "--no-confirm", "--dry-run", "--download-only"];
                self.has_flag(&flags) || self.has_flag(&["--non-interactive-include-reboot-patches"])
            }
            _ => self.has_flag(&["-y", "--assumeyes", "--assume-yes", "--assumeno", "--assume-no"]),
        }
    }

    /// Whether something feeds its standard input.
    fn gets_an_answer(&self) -> bool {
        let command = self.invocation.command;
        let redirected = command.redirections.iter().any(|redirection| redirection.operator.starts_with('<'));
        let pipelines = self.instruction.script().into_iter().flat_map(Script::pipelines);
        let piped = |command: &Command| match command {
            Command::Simple(simple) => std::ptr::eq(simple, self.invocation.command),
            // What is fed to a group is fed to what is in it.
            Command::Compound(compound) => compound.span.encloses(self.invocation.command.span),
        };
        redirected || pipelines.into_iter().any(|pipeline| pipeline.commands.iter().skip(1).any(piped))
    }
}

/// How quiet a flag makes `apt`; at two it assumes yes.
fn loudness(flag: &Flag<'_>) -> usize {
    match &*flag.text {
        "--quiet" => 1,
        "-q=2" | "--quiet=2" => 2,
        text if text.starts_with("--") => 0,
        text => text.matches('q').count(),
    }
}

/// Whether a word that is not known may bring a flag along, by what its variable is called.
pub(super) fn may_hold_flags(word: &Word) -> bool {
    word.variables().into_iter().any(|(name, _)| {
        let name = name.to_ascii_uppercase();
        ["OPT", "FLAG", "ARG", "YES"].iter().any(|part| name.contains(part))
    })
}
