use crate::lint::prelude::*;
use crate::model::project::{StageFacts, UserFacts};
use crate::syntax::yaml::Draft;

pub const CHECKS: &[Check] = &[Check::Container(non_root_needs_numeric_user)];

fn non_root_needs_numeric_user(container: Container<'_>, cx: &mut Context<'_>) {
    let Effective::Known { value: true, node: rule } = container.run_as_non_root() else { return };
    let Effective::Known { value: reference, node: image } = container.image() else { return };
    if !container.run_as_user().is_absent() || container.pod.is_windows() || cx.role().is_fragment() {
        return;
    }
    let Some(built) = cx.project().dockerfile_of_image(reference, cx.path()) else { return };
    let Some(stage) = built.stage() else { return };
    let Some((message, place)) = refusal(stage) else { return };
    let source = built.dockerfile.source.clone();
    let edit = rule.parent().and_then(|context| context.insert(&["runAsUser"], Draft::scalar("10001")));
    let finding = cx.report(image.span(), message);
    finding
        .label(rule.span(), "asks the kubelet to make sure of it")
        .label_in(source, place, "the image's user")
        .note("the kubelet does not start the container: it can only tell by a number, in `USER` or in `runAsUser`");
    if let Some(edit) = edit {
        finding.fix(Fix::manual("name the user by its number").replace(edit.span, edit.text));
    }
}

/// Why the kubelet cannot be sure that the image does not run as root, and where its user is decided.
fn refusal(stage: &StageFacts) -> Option<(String, Span)> {
    let (user, place) = match &stage.user {
        UserFacts::Declared { value, span, .. } => (value.as_deref()?, *span),
        UserFacts::Inherited(user) => (user.name, stage.from),
        UserFacts::Unknown => return None,
    };
    if stage.user.is_root() == Some(true) {
        return Some(("this image runs as root".to_owned(), place));
    }
    let name = user.split(':').next().unwrap_or(user);
    let is_number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    (!is_number).then(|| (format!("this image runs as `{name}`, which may be root for all the kubelet knows"), place))
}
