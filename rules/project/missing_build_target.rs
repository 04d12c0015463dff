use crate::lint::prelude::*;
use crate::model::compose::Fact;
use crate::text::suggest;

pub const CHECKS: &[Check] = &[Check::Service(missing_build_target)];

fn missing_build_target(service: Service<'_>, cx: &mut Context<'_>) {
    let Some(node) = service.build().and_then(|build| build.target()) else { return };
    let Some(target) = cx.compose().and_then(|project| project.expand(node)) else { return };
    let Some(facts) = cx.compose().and_then(|project| project.service(service.name())) else { return };
    let Fact::Known(build) = facts.build() else { return };
    let Some(built) = cx.project().dockerfile_of_build(&build) else { return };
    let dockerfile = &built.dockerfile;
    // An override may name another target; and a Dockerfile that cannot be read to its end may have the stage.
    let same = built.target.as_deref() == Some(&*target);
    if !same || target.is_empty() || !dockerfile.complete || dockerfile.stages.is_empty() || built.stage().is_some() {
        return;
    }
    let names: Vec<&str> = dockerfile.stages.iter().filter_map(|stage| stage.name.as_deref()).collect();
    let name = dockerfile.source.path.display();
    let finding = cx.report(node.span(), format!("`{name}` has no stage `{target}`"));
    match names.as_slice() {
        [] => finding.note("none of its stages has a name"),
        names => finding.note(format!("its stages are `{}`", names.join("`, `"))),
    };
    let written = node.text() == target;
    if let Some((near, _)) = suggest::nearest(&target, names).filter(|_| written) {
        finding.fix(Fix::risky(format!("build `{near}`")).replace(node.span(), near));
    }
}
