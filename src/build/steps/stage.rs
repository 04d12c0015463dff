//! One stage: what holds at each of its instructions, and the steps that make its layers.

use std::sync::Arc;

use super::command::RunCommand;
use super::configure::configure;
use super::line::Line;
use super::mounts::Mount;
use super::problem::Problem;
use super::settings::Settings;
use super::transfer::Transfer;
use super::variables::Variables;
use crate::build::image::{History, ImageConfig};
use crate::model::context::path_in_context;
use crate::syntax::dockerfile::{Command, InstructionKind, Word};
use crate::text::Span;

/// What BuildKit's Dockerfile frontend writes beside each entry of the history.
const COMMENT: &str = "buildkit.dockerfile.v0";

/// `DefaultPathEnvUnix` of BuildKit's `util/system/path.go`.
const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// What all variables of one step may take together, in bytes. The kernel gives programs about as much.
const LARGEST_VARIABLES: usize = 1 << 20;

/// Steps of one stage. Overlays and images cannot have many more layers.
const MOST_STEPS: usize = 400;

/// Something that makes a layer.
#[derive(Clone, Debug)]
pub struct Step {
    /// The outermost instruction of the file that is built; that of FROM for what its image brings.
    pub instruction: usize,
    /// Where the file says it.
    pub span: Span,
    /// The instruction on one line, as people see it.
    pub text: String,
    /// What is done.
    pub action: Action,
    /// The variables it sees, those of ARG among them.
    pub variables: Arc<Variables>,
    /// The folder it is done in, absolute.
    pub directory: String,
    /// Who does it, as USER says it; empty is root.
    pub user: String,
    /// Its entry in the history of the configuration.
    pub history: usize,
}

/// What a [`Step`] does.
#[derive(Clone, Debug)]
pub enum Action {
    /// RUN.
    Run(RunCommand, Vec<Mount>, NetworkFlag),
    /// COPY and ADD.
    Transfer(Transfer),
    /// WORKDIR: the folder is made for that user.
    Folder,
}

/// `--network` of a RUN.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NetworkFlag {
    /// As the build has it.
    #[default]
    Default,
    /// None, whatever the build has.
    None,
    /// That of the host.
    Host,
}

/// What holds at one place of a stage.
pub(super) struct State<'a> {
    pub(super) settings: &'a Settings,
    pub(super) globals: &'a Variables,
    pub(super) variables: Arc<Variables>,
    /// The names that ARG declared, in order.
    pub(super) declared: Vec<String>,
    pub(super) config: ImageConfig,
    /// The folder: that of the configuration, but never nothing.
    directory: String,
    /// Whether a CMD of this stage is set: an ENTRYPOINT takes others away.
    pub(super) own_cmd: bool,
    pub(super) steps: Vec<Step>,
}

/// What a stage hands on to those that start from it.
#[derive(Clone, Debug)]
pub(super) struct Inherited {
    pub(super) variables: Arc<Variables>,
    pub(super) declared: Vec<String>,
    pub(super) config: ImageConfig,
}

impl<'a> State<'a> {
    /// A stage that starts from `base`. What that held back with ONBUILD is for its lines, not for its image.
    pub(super) fn new(base: Inherited, settings: &'a Settings, globals: &'a Variables) -> State<'a> {
        let Inherited { mut variables, declared, mut config } = base;
        config.config.on_build.clear();
        if config.config.variable("PATH").is_none() {
            config.config.set_variable("PATH", DEFAULT_PATH);
        }
        let own = Arc::make_mut(&mut variables);
        for entry in &config.config.env {
            let (name, value) = entry.split_once('=').unwrap_or((entry, ""));
            own.set(name, value);
        }
        let folder = config.config.working_dir.clone();
        let mut state = State {
            settings,
            globals,
            variables,
            declared,
            config,
            directory: "/".to_owned(),
            own_cmd: false,
            steps: Vec::new(),
        };
        if !folder.is_empty() {
            state.enter(&folder);
        }
        state
    }

    /// What it hands on, and its steps.
    pub(super) fn finish(self) -> (Inherited, Vec<Step>) {
        let State { variables, declared, config, steps, .. } = self;
        (Inherited { variables, declared, config }, steps)
    }

    /// Reads an instruction of the stage.
    pub(super) fn read(&mut self, line: Line<'_>, instruction: usize) -> Result<(), Problem> {
        line.refuse_broken_names()?;
        match &line.node.kind {
            InstructionKind::Run(command) => self.run(line, command, instruction),
            InstructionKind::Copy(arguments) | InstructionKind::Add(arguments) => {
                let transfer = Transfer::read(line, arguments, &self.variables)?;
                let history = transfer.history();
                self.step(line, instruction, Action::Transfer(transfer), history)
            }
            InstructionKind::Workdir(word) => self.workdir(line, word, instruction),
            _ => configure(line, self),
        }
    }

    /// An entry of the history without a layer.
    pub(super) fn note(&mut self, text: String) {
        self.config.push_empty(entry(text));
    }

    pub(super) fn set_variable(&mut self, line: Line<'_>, name: &str, value: &str) -> Result<(), Problem> {
        let variables = Arc::make_mut(&mut self.variables);
        variables.set(name, value);
        if variables.size() > LARGEST_VARIABLES {
            return Err(Problem::too_large(line.span(), "the variables take more than 1 MiB together"));
        }
        Ok(())
    }

    pub(super) fn declare(&mut self, name: &str) {
        if !self.declared.iter().any(|own| own == name) {
            self.declared.push(name.to_owned());
        }
    }

    fn run(&mut self, line: Line<'_>, command: &Command, instruction: usize) -> Result<(), Problem> {
        for flag in line.flags("security") {
            if flag.value.as_ref().is_some_and(|word| &*word.raw != "sandbox") {
                return Err(Problem::unsupported(line.place(flag.span), "`--security=insecure` is not supported"));
            }
        }
        if let Some(flag) = line.flag("device") {
            return Err(Problem::unsupported(line.place(flag.span), "`--device` is not supported"));
        }
        let network = match line.flag("network").and_then(|flag| flag.value.as_ref()).map(|word| &*word.raw) {
            Some("none") => NetworkFlag::None,
            Some("host") => NetworkFlag::Host,
            _ => NetworkFlag::Default,
        };
        let mounts = line.flags("mount").map(|flag| Mount::read(line, flag, &self.directory, &self.variables));
        let mounts = mounts.collect::<Result<Vec<_>, _>>()?;
        let command = RunCommand::read(line, command, &self.config.config);
        if command.arguments.first().is_none_or(String::is_empty) {
            return Err(Problem::wrong(line.span(), "`RUN` names no program"));
        }
        let history = command.history(&self.declared, &self.variables);
        self.step(line, instruction, Action::Run(command, mounts, network), history)
    }

    fn workdir(&mut self, line: Line<'_>, word: &Word, instruction: usize) -> Result<(), Problem> {
        let path = line.value(word, &self.variables)?;
        self.enter(&path);
        let history = format!("WORKDIR {}", self.directory);
        // BuildKit makes no layer for what is always there.
        if self.directory == "/" {
            self.note(history);
            return Ok(());
        }
        self.step(line, instruction, Action::Folder, history)
    }

    /// `NormalizeWorkdir` of BuildKit's `util/system/path.go`: an absolute path stays as it is written.
    fn enter(&mut self, path: &str) {
        let own = &mut self.config.config.working_dir;
        *own = match path {
            path if path.starts_with('/') => path.to_owned(),
            "" if own.is_empty() => "/".to_owned(),
            "" if own.starts_with('/') => own.clone(),
            path => format!("/{}", path_in_context(&format!("{own}/{path}"))),
        };
        self.directory.clone_from(own);
    }

    fn step(&mut self, line: Line<'_>, instruction: usize, action: Action, history: String) -> Result<(), Problem> {
        if self.steps.len() == MOST_STEPS {
            return Err(Problem::too_large(line.span(), format!("the stage has more than {MOST_STEPS} steps")));
        }
        self.steps.push(Step {
            instruction,
            span: line.span(),
            text: shown(line),
            action,
            variables: Arc::clone(&self.variables),
            directory: self.directory.clone(),
            user: self.config.config.user.clone(),
            history: self.config.history.len(),
        });
        self.config.history.push(entry(history));
        Ok(())
    }
}

fn entry(text: String) -> History {
    History { created_by: Some(text), comment: Some(COMMENT.to_owned()), ..History::default() }
}

/// An instruction on one line, its keyword in capitals.
fn shown(line: Line<'_>) -> String {
    let joined = line.joined();
    let length = joined.find(char::is_whitespace).unwrap_or(joined.len());
    let (keyword, rest) = joined.split_at(length);
    let words: Vec<&str> = rest.split_whitespace().collect();
    let mut text = format!("{} {}", keyword.to_ascii_uppercase(), words.join(" "));
    let script = line.node.heredocs.first().map(|heredoc| line.body(heredoc));
    if let Some(first) = script.as_deref().and_then(|body| body.trim().lines().next()) {
        let more = if script.as_deref().is_some_and(|body| body.trim().lines().count() > 1) { "…" } else { "" };
        text.push_str(&format!(" ({first}{more})"));
    }
    text
}
