use crate::lint::prelude::*;
use crate::model::dockerfile::{Base, User};

pub const CHECKS: &[Check] = &[Check::Dockerfile(root_user)];

fn root_user(dockerfile: &Dockerfile, cx: &mut Context<'_>) {
    let Some(stage) = dockerfile.shipped_stage().filter(|_| !cx.role().is_fragment()) else { return };
    let user = stage.user();
    if user.is_root() != Some(true) || stage.is_windows() || stage.drops_privileges() {
        return;
    }
    match user {
        User::Declared { instruction, .. } => {
            let InstructionKind::User(word) = &instruction.node.kind else { return };
            cx.report(word.span, "the image runs as root").label(word.span, "is the last `USER`");
        }
        User::Inherited(_) if cx.flag("inherited") => {
            // An image without anything to start is a bag of files.
            let starts = |stage: Stage<'_>| stage.keywords().any(|k| matches!(k, Keyword::Cmd | Keyword::Entrypoint));
            if *stage.root_base() == Base::Scratch && !std::iter::once(stage).chain(stage.ancestors()).any(starts) {
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
