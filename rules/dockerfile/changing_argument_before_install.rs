use crate::lint::prelude::*;
use crate::model::dependencies::Install;
use crate::model::packages::{Action, operations};

pub const CHECKS: &[Check] = &[Check::Instruction(changing_argument_before_install)];

/// What names of arguments say that are of one build only.
const CHANGING: [&str; 16] = [
    "BUILD_DATE",
    "BUILD_TIME",
    "BUILD_TIMESTAMP",
    "BUILD_NUMBER",
    "BUILD_ID",
    "BUILDDATE",
    "COMMIT_SHA",
    "COMMIT_HASH",
    "GIT_COMMIT",
    "GIT_SHA",
    "GIT_HASH",
    "GIT_REVISION",
    "VCS_REF",
    "CI_COMMIT_SHA",
    "GITHUB_SHA",
    "CACHEBUST_DATE",
];

fn changing_argument_before_install(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::Arg(declarations) = &instruction.node.kind else { return };
    let Some(stage) = instruction.stage().filter(|stage| stage.is_needed() && !instruction.onbuild) else { return };
    for declaration in declarations {
        let name = declaration.name.of_text(cx.text());
        if !CHANGING.contains(&name) {
            continue;
        }
        let after = || stage.outer_instructions().filter(|other| other.index > instruction.index);
        let uses = |other: &Instruction<'_>| other.text().contains(name);
        let Some(install) = after().take_while(|other| !uses(other)).find_map(installs) else { continue };
        let user = after().find(|other| uses(other));
        let diagnostic = cx.report(declaration.name, format!("every value of `{name}` installs the packages again"));
        diagnostic.label(install, "is built again with each value");
        let alone = declarations.len() == 1 && !instruction.text().contains('\n');
        if let Some(user) = user.filter(|_| alone) {
            let (place, line) = user.line_above(instruction.text());
            let fix = Fix::risky("declare it where it is used").delete(instruction.lines()).insert(place, line);
            diagnostic.fix(fix.changes(Effect::Argument));
        }
    }
}

/// Where a RUN installs something.
fn installs(run: Instruction<'_>) -> Option<Span> {
    if run.keyword() != Some(Keyword::Run) {
        return None;
    }
    let project = run.commands().find_map(|command| Install::of(command.node).map(|_| command.node.span));
    let package = || operations(run).find(|operation| operation.action == Action::Install);
    project.or_else(|| package().map(|operation| operation.invocation.command.span))
}
