use crate::lint::prelude::*;
use crate::model::compose::Fact;
use crate::model::project::UserFacts;

pub const CHECKS: &[Check] = &[Check::Service(root_user)];

fn root_user(service: Service<'_>, cx: &mut Context<'_>) {
    let Some(project) = cx.compose() else { return };
    if let Some(user) = service.get("user") {
        if project.expand(user).is_some_and(|user| is_root(&user)) {
            cx.report(user.span(), "the service runs as root");
        }
        return;
    }
    let Some(facts) = project.service(service.name()).filter(|_| cx.flag("built")) else { return };
    let (Some(build), true) = (service.build(), project.lacks(facts, "user")) else { return };
    let Fact::Known(built) = facts.build() else { return };
    let Some(built) = cx.project().dockerfile_of_build(&built) else { return };
    let Some(stage) = built.stage().filter(|stage| stage.user.is_root() == Some(true)) else { return };
    let key = build.node.key_of().unwrap_or(build.node);
    let finding = cx.report(key.span(), "the service runs as root: its Dockerfile ends as root");
    if build.dockerfile_inline().is_none() {
        let (span, label) = match &stage.user {
            UserFacts::Declared { span, .. } => (*span, "here"),
            _ => (stage.from, "this image runs as root"),
        };
        finding.label_in(built.dockerfile.source.clone(), span, label);
    }
}

fn is_root(user: &str) -> bool {
    let name = user.split(':').next().unwrap_or(user);
    name == "root" || (!name.is_empty() && name.bytes().all(|byte| byte == b'0'))
}
