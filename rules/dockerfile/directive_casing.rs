use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Dockerfile(directive_casing)];

fn directive_casing(dockerfile: &Dockerfile, cx: &mut Context<'_>) {
    for directive in &dockerfile.tree.directives {
        let name = directive.name.of_text(dockerfile.text());
        let lower = name.to_ascii_lowercase();
        if name != lower {
            cx.report(directive.name, format!("the directive `{name}` is not in lower case"))
                .fix(Fix::safe(format!("write `{lower}`")).replace(directive.name, lower));
        }
    }
}
