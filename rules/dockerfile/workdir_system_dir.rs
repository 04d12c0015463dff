use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Instruction(workdir_system_dir)];

const FOLDERS: [&str; 6] = ["proc", "sys", "dev", "boot", "initrd", "lost+found"];

fn workdir_system_dir(instruction: Instruction<'_>, cx: &mut Context<'_>) {
    let InstructionKind::Workdir(word) = &instruction.node.kind else { return };
    let Some(path) = instruction.value(word).and_then(|path| instruction.absolute(&path)) else { return };
    let first = path.trim_start_matches('/').split('/').next().unwrap_or("");
    if FOLDERS.contains(&first) {
        cx.report(word.span, format!("`/{first}` belongs to the system"))
            .label(word.span, "is another folder when the container runs, or not the place for an application");
    }
}
