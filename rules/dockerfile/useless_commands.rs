use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Command(useless_commands)];

/// Programs that have nothing to do in a build, and why.
const USELESS: [(&str, &str); 12] = [
    ("free", "shows the memory of the machine that builds"),
    ("top", "waits for somebody who looks at it"),
    ("htop", "waits for somebody who looks at it"),
    ("vim", "waits for somebody who types"),
    ("vi", "waits for somebody who types"),
    ("nano", "waits for somebody who types"),
    ("less", "waits for somebody who types"),
    ("more", "waits for somebody who types"),
    ("ps", "shows the processes of this step, which end with it"),
    ("shutdown", "has no machine to shut down"),
    ("reboot", "has no machine to start again"),
    ("ifconfig", "shows the network of the build"),
];

/// What hadolint lists beside.
const SOMETIMES: [&str; 4] = ["kill", "mount", "service", "ssh"];

fn useless_commands(command: ShellCommand<'_>, cx: &mut Context<'_>) {
    if command.instruction.keyword() != Some(Keyword::Run) {
        return;
    }
    let Some(invocation) = command.invocation else { return };
    let name = invocation.name();
    if let Some((_, why)) = USELESS.iter().find(|(program, _)| *program == name) {
        // Asked for its version, or at the end of a pipe, it does what it is asked.
        if cx.flag("every") || !is_used(command) {
            cx.report(invocation.word().span, format!("`{name}` in a build {why}"));
        }
    } else if SOMETIMES.contains(&&*name) && cx.flag("every") {
        cx.report(invocation.word().span, format!("`{name}` is rarely of use in a build"));
    }
}

/// Whether something takes what it prints, or it is only asked about itself.
fn is_used(command: ShellCommand<'_>) -> bool {
    let asked = command.node.has_flag(&["--version", "--help", "-V", "-e", "-E", "-es", "-Es", "-b"]);
    let redirected = !command.node.redirections.is_empty();
    let pipelines = command.instruction.script().into_iter().flat_map(shell::Script::pipelines);
    let piped = pipelines.filter(|pipeline| pipeline.commands.len() > 1).any(|pipeline| {
        let mut simple = pipeline.commands.iter().filter_map(shell::Command::simple);
        simple.any(|simple| std::ptr::eq(simple, command.node))
    });
    asked || redirected || piped
}
