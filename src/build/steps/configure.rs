//! The instructions that change nothing but the configuration of the image.
//!
//! Each does what its `dispatch…` in BuildKit's `frontend/dockerfile/dockerfile2llb/convert.go` does
//! (<https://github.com/moby/buildkit>, Apache-2.0), the words of the history included.

use serde_json::{Map, Value};

use super::command;
use super::golang;
use super::line::Line;
use super::problem::Problem;
use super::stage::State;
use crate::build::image::Healthcheck;
use crate::model::ports::Exposed;
use crate::model::signals;
use crate::syntax::dockerfile::{self as ast, Command, InstructionKind, Pairs, Word, nanoseconds};

/// ARGs for BuildKit's scanner, which no command sees: `nonEnvArgs` of `convert.go`.
const NOT_VARIABLES: [&str; 2] = ["BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"];

/// Reads `line` into `state`: the configuration and the history. Instructions that make layers are not for here.
pub(super) fn configure(line: Line<'_>, state: &mut State<'_>) -> Result<(), Problem> {
    match &line.node.kind {
        InstructionKind::Env(pairs) => env(line, pairs, state),
        InstructionKind::Label(pairs) => label(line, pairs, state),
        InstructionKind::Arg(declarations) => arg(line, declarations, state),
        InstructionKind::Expose(words) => expose(line, words, state),
        InstructionKind::Volume(words) => volume(line, words, state),
        InstructionKind::User(word) => {
            let user = line.value(word, &state.variables)?;
            state.note(format!("USER {user}"));
            state.config.config.user = user;
            Ok(())
        }
        InstructionKind::Stopsignal(word) => {
            let signal = line.value(word, &state.variables)?;
            if signals::canonical(&signal).is_none() {
                return Err(Problem::wrong(line.place(word.span), format!("`{signal}` is no signal")));
            }
            state.note(format!("STOPSIGNAL {signal}"));
            state.config.config.stop_signal = Some(signal);
            Ok(())
        }
        InstructionKind::Maintainer(word) => {
            state.note(format!("MAINTAINER {}", word.raw));
            state.config.author = Some(word.raw.to_string());
            Ok(())
        }
        InstructionKind::Cmd(command) => {
            let words = command::configured(command, &state.config.config);
            state.note(format!("CMD {}", golang::quoted_list(&words)));
            state.config.config.cmd = Some(words).filter(|words| !words.is_empty());
            state.config.config.other.insert("ArgsEscaped".to_owned(), Value::Bool(true));
            state.own_cmd = true;
            Ok(())
        }
        InstructionKind::Entrypoint(command) => {
            let words = command::configured(command, &state.config.config);
            state.note(format!("ENTRYPOINT {}", golang::quoted_list(&words)));
            state.config.config.entrypoint = Some(words).filter(|words| !words.is_empty());
            if !state.own_cmd {
                state.config.config.cmd = None;
            }
            Ok(())
        }
        InstructionKind::Shell(Command::Exec(form)) => {
            let words: Vec<String> = form.words.iter().map(|word| word.value.to_string()).collect();
            state.note(format!("SHELL {}", golang::list(&words)));
            state.config.config.shell = Some(words);
            Ok(())
        }
        InstructionKind::Healthcheck(check) => healthcheck(line, check, state),
        InstructionKind::Onbuild(inner) => {
            // It is kept as text, and read again in the build that it is for.
            state.config.config.on_build.push(trigger(line, inner));
            Ok(())
        }
        _ => Err(Problem::wrong(line.span(), "cannot be read")),
    }
}

/// Names and values, all of them read with the variables from before the instruction.
fn pairs(line: Line<'_>, pairs: &Pairs, state: &State<'_>) -> Result<Vec<(String, String)>, Problem> {
    let value = |word: &Word| line.value(word, &state.variables);
    pairs.pairs.iter().map(|pair| Ok((value(&pair.key)?, value(&pair.value)?))).collect()
}

fn env(line: Line<'_>, written: &Pairs, state: &mut State<'_>) -> Result<(), Problem> {
    let mut history = String::from("ENV");
    for (name, value) in pairs(line, written, state)? {
        history.push_str(&format!(" {name}={value}"));
        state.set_variable(line, &name, &value)?;
        state.config.config.set_variable(&name, &value);
    }
    state.note(history);
    Ok(())
}

fn label(line: Line<'_>, written: &Pairs, state: &mut State<'_>) -> Result<(), Problem> {
    let mut history = String::from("LABEL");
    for (name, value) in pairs(line, written, state)? {
        history.push_str(&format!(" {name}={value}"));
        state.config.config.labels.insert(name, value);
    }
    state.note(history);
    Ok(())
}

fn arg(line: Line<'_>, declarations: &[ast::ArgDeclaration], state: &mut State<'_>) -> Result<(), Problem> {
    let mut shown = Vec::with_capacity(declarations.len());
    for declaration in declarations {
        let name = line.text(declaration.name);
        let value = match (state.settings.argument(name), &declaration.default) {
            (Some(passed), _) => Some(passed.to_owned()),
            (None, Some(word)) => Some(line.value(word, &state.variables)?),
            (None, None) => state.globals.value(name).map(str::to_owned),
        };
        shown.push(match &value {
            Some(value) => format!("{name}={value}"),
            None => name.to_owned(),
        });
        if let Some(value) = value.filter(|_| !NOT_VARIABLES.contains(&name)) {
            state.set_variable(line, name, &value)?;
        }
        state.declare(name);
    }
    state.note(format!("ARG {}", shown.join(" ")));
    Ok(())
}

fn expose(line: Line<'_>, words: &[Word], state: &mut State<'_>) -> Result<(), Problem> {
    // BuildKit sorts them before their variables are read.
    let mut words: Vec<&Word> = words.iter().collect();
    words.sort_by(|a, b| a.raw.cmp(&b.raw));
    let mut ports = Vec::new();
    for word in words {
        for text in line.words(word, &state.variables)? {
            let port = Exposed::new(&text);
            if let Some(fault) = port.fault() {
                return Err(Problem::wrong(line.place(word.span), format!("`{text}` {fault}")));
            }
            let protocol = port.protocol.filter(|protocol| !protocol.is_empty()).unwrap_or("tcp").to_ascii_lowercase();
            ports.extend(port.numbers().map(|number| format!("{number}/{protocol}")));
        }
    }
    state.note(format!("EXPOSE {}", golang::list(&ports)));
    for port in ports {
        state.config.config.exposed_ports.insert(port, Value::Object(Map::new()));
    }
    Ok(())
}

fn volume(line: Line<'_>, words: &[Word], state: &mut State<'_>) -> Result<(), Problem> {
    let mut volumes = Vec::with_capacity(words.len());
    for word in words {
        let volume = line.value(word, &state.variables)?;
        if volume.is_empty() {
            return Err(Problem::wrong(line.place(word.span), "the path of a volume cannot be empty"));
        }
        volumes.push(volume);
    }
    state.note(format!("VOLUME {}", golang::list(&volumes)));
    for volume in volumes {
        state.config.config.volumes.insert(volume, Value::Object(Map::new()));
    }
    Ok(())
}

fn healthcheck(line: Line<'_>, check: &ast::Healthcheck, state: &mut State<'_>) -> Result<(), Problem> {
    let mut test = Vec::new();
    match check {
        ast::Healthcheck::None(_) => test.push("NONE".to_owned()),
        ast::Healthcheck::Command { command: Command::Exec(form), .. } => {
            test.push("CMD".to_owned());
            test.extend(form.words.iter().map(|word| word.value.to_string()));
        }
        ast::Healthcheck::Command { command: Command::Shell(form), .. } => {
            test.extend(["CMD-SHELL".to_owned(), form.text.to_string()]);
        }
    }
    let flag = |name: &str| Some(&*line.flag(name)?.value.as_ref()?.raw).filter(|value| !value.is_empty());
    let length = |name: &str| flag(name).and_then(nanoseconds).map_or(0, |length| length.round() as i64);
    let (interval, timeout) = (length("interval"), length("timeout"));
    let (start_period, start_interval) = (length("start-period"), length("start-interval"));
    let retries: i64 = flag("retries").and_then(|retries| retries.parse().ok()).unwrap_or(0);
    state.note(format!(
        "HEALTHCHECK {{Test:{} Interval:{} Timeout:{} StartPeriod:{} StartInterval:{} Retries:{retries}}}",
        golang::list(&test),
        golang::duration(interval),
        golang::duration(timeout),
        golang::duration(start_period),
        golang::duration(start_interval),
    ));
    let some = |value: i64| Some(value).filter(|value| *value != 0);
    state.config.config.healthcheck = Some(Healthcheck {
        test,
        interval: some(interval),
        timeout: some(timeout),
        start_period: some(start_period),
        start_interval: some(start_interval),
        retries: some(retries),
        other: Map::new(),
    });
    Ok(())
}

/// The instruction that an ONBUILD holds back, as text.
pub(super) fn trigger(line: Line<'_>, inner: &ast::Instruction) -> String {
    let inner = Line { node: inner, ..line };
    let mut text = inner.joined();
    for heredoc in &inner.node.heredocs {
        text.push('\n');
        text.push_str(inner.text(heredoc.body));
        text.push_str(&heredoc.name);
    }
    text
}
