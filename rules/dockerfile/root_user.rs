use crate::lint::prelude::*;
use crate::model::dockerfile::{Base, User};
use crate::model::starts;

pub const CHECKS: &[Check] = &[Check::Dockerfile(root_user)];

fn root_user(dockerfile: &Dockerfile, cx: &mut Context<'_>) {
    if cx.flag("every-stage") {
        dockerfile.stages().for_each(|stage| declared(stage, cx));
        return;
    }
    let Some(stage) = dockerfile.shipped_stage().filter(|_| !cx.role().is_fragment()) else { return };
    let user = stage.user();
    if user.is_root() != Some(true) || stage.is_windows() || stage.drops_privileges() {
        return;
    }
    if starts::starts_as_root_on_purpose(stage) || starts::others_leave_root(stage) || starts::is_for_development(stage)
    {
        return;
    }
    // What cannot be read may be what changes it.
    let mut rest = stage.outer_instructions().filter(|own| match user {
        User::Declared { instruction, .. } => own.index > instruction.index,
        User::Inherited(_) | User::Unknown => true,
    });
    if rest.any(|own| own.may_be(Keyword::User) || own.may_be(Keyword::From)) {
        return;
    }
    match user {
        User::Declared { instruction, .. } => {
            let InstructionKind::User(word) = &instruction.node.kind else { return };
            let diagnostic = cx.report(word.span, "the image runs as root");
            diagnostic.label(word.span, "is the last `USER`");
            if word.variables.iter().any(|own| instruction.is_argument(own.name.of_text(dockerfile.text()))) {
                diagnostic.note("unless the build says otherwise: root is what the argument is without a value");
            }
        }
        User::Inherited(_) if cx.flag("inherited") => {
            // An image without anything to start is a bag of files.
            let starts = |keyword| matches!(keyword, Keyword::Cmd | Keyword::Entrypoint);
            if *stage.root_base() == Base::Scratch && !stage.own_keywords().any(starts) {
                return;
            }
            if starts::is_toolbox(stage) || starts::is_unpacked_distribution(stage) || starts::is_for_others(stage) {
                return;
            }
            let base = stage.root_image().map_or("scratch".to_owned(), |image| image.familiar_name());
            let span = stage.from().arguments.image.span;
            cx.report(span, "the image runs as root")
                .label(span, format!("`{base}` starts as root, and there is no `USER`"))
                .note("create a user, and name it in `USER` before `CMD` or `ENTRYPOINT`");
        }
        User::Inherited(_) | User::Unknown => {}
    }
}

/// The last USER of a stage, if it is one of its own and says root.
fn declared(stage: Stage<'_>, cx: &mut Context<'_>) {
    let User::Declared { instruction, .. } = stage.user() else { return };
    let InstructionKind::User(word) = &instruction.node.kind else { return };
    if stage.user().is_root() == Some(true) && instruction.stage().is_some_and(|own| own.index == stage.index) {
        cx.report(word.span, "the stage ends as root").label(word.span, "is its last `USER`");
    }
}
