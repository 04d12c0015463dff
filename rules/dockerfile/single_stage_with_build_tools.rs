use crate::lint::prelude::*;
use crate::model::packages::{Action, Operation, operations};

pub const CHECKS: &[Check] = &[Check::Dockerfile(single_stage_with_build_tools)];

/// Compilers and what brings them, as the distributions call them.
const TOOLS: [&str; 14] = [
    "build-essential",
    "build-base",
    "base-devel",
    "gcc",
    "g++",
    "gcc-c++",
    "clang",
    "cmake",
    "make",
    "autoconf",
    "automake",
    "golang",
    "rustc",
    "cargo",
];

fn single_stage_with_build_tools(dockerfile: &Dockerfile, cx: &mut Context<'_>) {
    let Some(stage) = dockerfile.shipped_stage().filter(|_| dockerfile.stages().len() == 1) else { return };
    if cx.role().is_fragment() {
        return;
    }
    for instruction in stage.outer_instructions() {
        if operations(instruction).any(|operation| operation.action == Action::Remove) {
            continue;
        }
        if let Some((span, name)) = operations(instruction).find_map(|operation| tool(&operation)) {
            cx.report(span, format!("`{name}` stays in the image"))
                .note("build in a stage of its own, and copy the result with `COPY --from`");
            return;
        }
    }
}

fn tool(operation: &Operation<'_>) -> Option<(Span, String)> {
    let installs = operation.action == Action::Install;
    let mut packages = operation.packages().filter(|_| installs);
    packages.find_map(|(operand, package)| {
        let name = package.name;
        TOOLS.contains(&name).then(|| (operand.word.span, name.to_owned()))
    })
}
