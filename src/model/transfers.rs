//! Where COPY and ADD put what they bring.

use super::base_images::{BaseImage, BaseShell};
use super::dockerfile::{Base, Instruction, Source, Stage};
use crate::syntax::dockerfile::{InstructionKind, Transfer, Word};

/// Folders that every Linux image with a file system has.
const STANDARD_FOLDERS: [&str; 24] = [
    "/",
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/home",
    "/lib",
    "/media",
    "/mnt",
    "/opt",
    "/root",
    "/run",
    "/sbin",
    "/srv",
    "/tmp",
    "/usr",
    "/usr/bin",
    "/usr/lib",
    "/usr/local",
    "/usr/local/bin",
    "/usr/local/lib",
    "/usr/local/sbin",
    "/usr/sbin",
    "/var",
];

/// The arguments of a COPY or ADD.
pub fn of(instruction: Instruction<'_>) -> Option<&Transfer> {
    match &instruction.node.kind {
        InstructionKind::Copy(transfer) | InstructionKind::Add(transfer) => Some(transfer),
        _ => None,
    }
}

/// Whether an absolute path is a folder in every Linux image.
pub fn is_standard_folder(path: &str) -> bool {
    STANDARD_FOLDERS.contains(&path)
}

/// Where a source ends up if it is a file, as an absolute path; `None` when that is not known, and for patterns.
pub fn landing(instruction: Instruction<'_>, source: &Word) -> Option<Box<str>> {
    let transfer = of(instruction)?;
    let path = instruction.value(source)?;
    let destination = instruction.value(&transfer.destination)?;
    if path.contains(['*', '?', '[']) {
        return None;
    }
    let several = transfer.sources.len() + instruction.node.heredocs.len() > 1;
    let absolute = instruction.absolute(&destination)?;
    if !several && !is_folder(instruction, &destination) && !is_standard_folder(&absolute) {
        return Some(absolute);
    }
    let name = path.trim_end_matches('/').rsplit('/').next()?;
    Some(format!("{}/{name}", absolute.trim_end_matches('/')).into_boxed_str())
}

/// Whether a destination is a folder by the way it is written, or because it is the WORKDIR.
fn is_folder(instruction: Instruction<'_>, destination: &str) -> bool {
    destination.ends_with('/')
        || matches!(destination.rsplit('/').next(), Some("." | ".." | ""))
        || instruction.is_workdir_set() && instruction.absolute(destination).as_deref() == instruction.workdir()
}

/// Whether a path is the root of a file system, however it is written.
pub fn is_root_folder(path: &str) -> bool {
    path.starts_with('/') && path.split('/').all(|part| matches!(part, "" | "."))
}

/// Whether what `--from` names is known to hold a whole distribution: a shell and what belongs to it.
pub fn is_distribution(source: &Source<'_>) -> bool {
    let image = match source {
        Source::Stage(stage) => stage.base_image(),
        Source::Image(image) => BaseImage::of(image),
        Source::Unknown => None,
    };
    image.is_some_and(|image| !matches!(image.shell, BaseShell::None | BaseShell::Unknown))
}

/// Whether a stage says nothing but its name: `--build-context name=…` puts another one in its place.
fn is_named_context(stage: Stage<'_>) -> bool {
    stage.name().is_some() && stage.outer_instructions().count() == 1
}

/// Whether a stage is certain to have no file: it starts from nothing, and so do the stages it is built from, and
/// none of their instructions writes one.
pub fn is_empty(stage: Stage<'_>) -> bool {
    let writes = |stage: Stage<'_>| {
        stage.instructions().any(|instruction| {
            matches!(
                instruction.node.kind,
                InstructionKind::Run(_)
                    | InstructionKind::Copy(_)
                    | InstructionKind::Add(_)
                    | InstructionKind::Workdir(_)
                    | InstructionKind::Onbuild(_)
                    | InstructionKind::Invalid(_)
                    | InstructionKind::Unknown
            )
        })
    };
    let may_have_files = |stage: Stage<'_>| writes(stage) || is_named_context(stage);
    matches!(stage.root_base(), Base::Scratch) && !std::iter::once(stage).chain(stage.ancestors()).any(may_have_files)
}
