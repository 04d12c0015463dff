//! What RUN, CMD, ENTRYPOINT and HEALTHCHECK run.
//!
//! `dispatchRun`, `withShell` and `runCommandString` of BuildKit's `frontend/dockerfile/dockerfile2llb/convert.go`
//! (<https://github.com/moby/buildkit>, Apache-2.0).

use super::line::Line;
use super::variables::Variables;
use crate::build::image::ContainerConfig;
use crate::syntax::dockerfile::{Command, ShellForm};

/// Where the scripts of heredocs that start with `#!` are put.
const SCRIPTS: &str = "/dev/pipes";

/// A command that is run while an image is built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunCommand {
    /// The program and its arguments.
    pub arguments: Vec<String>,
    /// A script that is there while it runs and in no layer: its path and content.
    pub script: Option<(String, String)>,
}

impl RunCommand {
    pub(super) fn read(line: Line<'_>, command: &Command, config: &ContainerConfig) -> RunCommand {
        let form = match command {
            Command::Exec(form) => {
                let arguments = form.words.iter().map(|word| word.value.to_string()).collect();
                return RunCommand { arguments, script: None };
            }
            Command::Shell(form) => form,
        };
        let mut script = None;
        let text = match line.node.heredocs.first() {
            None => form.text.to_string(),
            Some(heredoc) if form.text.trim() == line.text(heredoc.marker).trim() => {
                let body = line.body(heredoc);
                if body.starts_with("#!") {
                    let path = format!("{SCRIPTS}/{}", heredoc.name);
                    script = Some((path.clone(), body));
                    path
                } else {
                    body
                }
            }
            Some(_) => with_heredocs(line, form),
        };
        RunCommand { arguments: in_shell(config, &text), script }
    }

    /// What the history of the image says of it. The arguments that are declared stand in front.
    pub(super) fn history(&self, declared: &[String], variables: &Variables) -> String {
        let mut text = String::from("RUN");
        if !declared.is_empty() {
            text.push_str(&format!(" |{}", declared.len()));
        }
        for name in declared {
            let value = variables.value(name).unwrap_or("");
            text.push_str(&format!(" {name}={value}"));
        }
        format!("{text} {} # buildkit", self.arguments.join(" "))
    }
}

/// The words of CMD and ENTRYPOINT as the configuration keeps them.
pub(super) fn configured(command: &Command, config: &ContainerConfig) -> Vec<String> {
    match command {
        Command::Exec(form) => form.words.iter().map(|word| word.value.to_string()).collect(),
        Command::Shell(form) => in_shell(config, &form.text),
    }
}

fn in_shell(config: &ContainerConfig, text: &str) -> Vec<String> {
    let shell = config.shell.as_ref().filter(|words| !words.is_empty());
    let mut words = shell.cloned().unwrap_or_else(|| vec!["/bin/sh".to_owned(), "-c".to_owned()]);
    words.push(text.to_owned());
    words
}

/// The line with its heredocs after it, for the shell to read.
fn with_heredocs(line: Line<'_>, form: &ShellForm) -> String {
    let mut text = form.text.to_string();
    for heredoc in &line.node.heredocs {
        text.push('\n');
        text.push_str(line.text(heredoc.body));
        text.push_str(&heredoc.name);
    }
    text
}
