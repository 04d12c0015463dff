use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Dockerfile(empty_continuation)];

fn empty_continuation(dockerfile: &Dockerfile, cx: &mut Context<'_>) {
    let mut runs: Vec<Span> = Vec::new();
    for line in dockerfile.tree.blank_continuations() {
        match runs.last_mut().filter(|last| last.end == line.start) {
            Some(last) => last.end = line.end,
            None => runs.push(line),
        }
    }
    for run in runs {
        let content = run.of_text(cx.text()).trim_end_matches(['\r', '\n']);
        let shown = Span::new(run.start, run.start + content.len() as u32);
        let lines = if content.contains('\n') { "these blank lines stand" } else { "this blank line stands" };
        cx.report(shown, format!("{lines} inside an instruction")).fix(Fix::safe("remove it").delete(run));
    }
}
