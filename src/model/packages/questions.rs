//! Which operations ask before they go on. A build has no terminal: the answer is taken as no, or the program stops.

use super::{Action, Flag, Manager, Operation};
use crate::model::dockerfile::Instruction;
use crate::model::shell::{self, walk};
use crate::model::transfers;
use crate::syntax::shell::{Command, CompoundKind, Script, Word};

impl Operation<'_> {
    /// Whether it asks, as far as the file shows, and nothing answers. With `every` also where what is not in sight may
    /// say otherwise: a word that is not known, a configuration that is copied.
    pub fn asks(&self, every: bool) -> bool {
        self.seems_to_ask() && (every || self.unknown.is_empty() && !self.may_be_otherwise())
    }

    /// Whether the step fails for certain where it asks; an image that is not known may be configured to ask nothing.
    pub fn fails_by_asking(&self) -> bool {
        let image = self.instruction.stage().and_then(|stage| stage.base_image());
        self.action == Action::Install && image.is_some() && self.asks(false)
    }

    /// Whether it only shows its help, is a function of the script, or may be configured by a file that is copied.
    fn may_be_otherwise(&self) -> bool {
        self.has_flag(&["--help", "-h", "--version"])
            || self.is_function()
            || self.instruction.earlier().any(|other| may_configure(other, self.manager))
    }

    fn is_function(&self) -> bool {
        let own = self.invocation.name();
        let mut found = false;
        walk(self.instruction, &mut |node, _| {
            if let shell::Node::Compound(compound) = node {
                found |= compound.kind == CompoundKind::Function && compound.name.as_deref() == Some(&*own);
            }
        });
        found
    }

    fn seems_to_ask(&self) -> bool {
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

/// Whether a COPY or ADD may bring the configuration of a manager: to its place, or a whole folder above it.
fn may_configure(other: Instruction<'_>, manager: Manager) -> bool {
    let Some(transfer) = transfers::of(other) else { return false };
    let Some(path) = other.value(&transfer.destination).and_then(|path| other.absolute(&path)) else { return false };
    let places: &[&str] = match manager {
        Manager::Apt => &["/etc/apt/apt.conf"],
        Manager::Zypper => &["/etc/zypp"],
        _ => &["/etc/dnf", "/etc/yum"],
    };
    let is_file = |word: &crate::syntax::dockerfile::Word| {
        let name = word.raw.trim_end_matches('/').rsplit('/').next().unwrap_or("");
        name.trim_start_matches('.').contains('.')
    };
    let above = matches!(&*path, "/" | "/etc") || manager == Manager::Apt && &*path == "/etc/apt";
    let inside = places.iter().any(|place| path.starts_with(place)) && !path.contains("repos.d");
    inside || above && !transfer.sources.iter().all(is_file)
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
