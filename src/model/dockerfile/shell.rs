//! Which shell runs a command.

use crate::model::base_images::BaseShell;
use crate::syntax::dockerfile as ast;

/// Which shell runs a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShellKind {
    /// `/bin/sh`.
    Sh(Sh),
    /// bash, by its name.
    Bash,
    /// zsh.
    Zsh,
    /// ksh or mksh.
    Ksh,
    /// Windows `cmd`.
    Cmd,
    /// Windows PowerShell or `pwsh`.
    PowerShell,
    /// Another program.
    Other,
}

/// What `/bin/sh` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sh {
    /// Debian's and Ubuntu's.
    Dash,
    /// BusyBox, as in Alpine.
    Ash,
    /// bash in its POSIX mode.
    Bash,
    /// Not known.
    Unknown,
}

impl ShellKind {
    /// Whether it reads the POSIX shell language, more or less.
    pub fn is_posix(self) -> bool {
        matches!(self, ShellKind::Sh(_) | ShellKind::Bash | ShellKind::Zsh | ShellKind::Ksh)
    }

    /// Of a program as SHELL or `#!` names it.
    pub fn of_program(program: &str) -> ShellKind {
        let name = program.rsplit(['/', '\\']).next().unwrap_or(program).to_ascii_lowercase();
        match name.strip_suffix(".exe").unwrap_or(&name) {
            "sh" => ShellKind::Sh(Sh::Unknown),
            "dash" => ShellKind::Sh(Sh::Dash),
            "ash" | "busybox" => ShellKind::Sh(Sh::Ash),
            "bash" | "rbash" => ShellKind::Bash,
            "zsh" => ShellKind::Zsh,
            "ksh" | "mksh" | "ksh93" => ShellKind::Ksh,
            "cmd" => ShellKind::Cmd,
            "powershell" | "pwsh" => ShellKind::PowerShell,
            _ => ShellKind::Other,
        }
    }

    /// Of the words of a SHELL instruction.
    pub(super) fn of_words<'w>(mut words: impl Iterator<Item = &'w str>) -> ShellKind {
        // `env -S NAME=value bash` runs bash.
        let is_env = |word: &str| word.rsplit('/').next() == Some("env");
        let program = words.find(|word| !is_env(word) && !word.starts_with('-') && !word.contains('='));
        program.map_or(ShellKind::Other, ShellKind::of_program)
    }

    /// Of a first line `#!program argument`; `None` when the text does not start with one.
    pub(super) fn of_shebang(script: &str) -> Option<ShellKind> {
        let line = script.strip_prefix("#!")?.lines().next().unwrap_or("");
        Some(ShellKind::of_words(line.split_whitespace()))
    }

    /// Of a comment `# hadolint shell=powershell`; `None` when it is another one.
    pub(super) fn of_pragma(comment: &str) -> Option<ShellKind> {
        let rest = comment.trim_start_matches('#').trim_start().strip_prefix("hadolint")?;
        let value = rest.trim_start().strip_prefix("shell")?.trim_start().strip_prefix('=')?;
        value.split_whitespace().next().map(ShellKind::of_program)
    }

    pub(super) fn of_base(shell: BaseShell) -> ShellKind {
        match shell {
            BaseShell::Dash => ShellKind::Sh(Sh::Dash),
            BaseShell::Ash => ShellKind::Sh(Sh::Ash),
            BaseShell::Bash => ShellKind::Sh(Sh::Bash),
            BaseShell::Cmd => ShellKind::Cmd,
            BaseShell::PowerShell => ShellKind::PowerShell,
            BaseShell::None | BaseShell::Unknown => ShellKind::Sh(Sh::Unknown),
        }
    }
}

/// The words of an exec form.
pub(super) fn exec_words(command: &ast::Command) -> Option<&[ast::JsonString]> {
    match command {
        ast::Command::Exec(exec) => Some(&exec.words),
        ast::Command::Shell(_) => None,
    }
}
