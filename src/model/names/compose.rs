//! The names of a compose project: services, networks, volumes, secrets, configs, models, and the stages it builds.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{At, Names, PathName, Use, stage_name};
use crate::model::compose::variables::variables;
use crate::model::compose::{Fact, Place, Project, Reference, dotenv};
use crate::model::dockerfile::Dockerfile;
use crate::syntax::dockerfile;
use crate::syntax::yaml::{self, Stream};
use crate::text::{Files, Source, Span, normalize};

/// The sections whose entries are named elsewhere.
const SECTIONS: [&str; 6] = ["services", "networks", "volumes", "secrets", "configs", "models"];

/// The names of a project, seen from the file it was loaded for, which is `stream`.
pub fn of_compose(project: &Project, stream: &Stream, files: &dyn Files) -> Names {
    let mut names = Names::default();
    for section in SECTIONS {
        names.declared.extend(project.section(section).map(|entry| at(project, entry.at)));
    }
    for reference in project.references() {
        let declared = project.section(reference.kind.section()).find(|entry| *entry.name == *reference.name);
        if let Some(entry) = declared {
            let place = narrow(project, &reference);
            names.used.push(Use { at: at(project, place), of: at(project, entry.at) });
        }
    }
    let extended = project.extended.iter().map(|(used, of)| Use { at: at(project, *used), of: at(project, *of) });
    names.used.extend(extended);
    names.extend(of_variables(project, stream, files));
    for service in project.services() {
        if let Fact::Known(build) = service.build()
            && let (Fact::Known(path), Fact::Known(target)) = (&build.dockerfile, build.target)
            && let Some(stage) = target.as_text().and_then(|name| stage_in(path, name, files))
        {
            names.used.push(Use {
                at: at(project, target.at),
                of: At { file: Some(Arc::from(path.as_path())), span: stage },
            });
        }
    }
    names
}

/// The variables of the files that the project is made of, and where `.env` says their values.
fn of_variables(project: &Project, stream: &Stream, files: &dyn Files) -> Names {
    let mut names = Names::default();
    let Ok(bytes) = files.read(&project.env_file) else { return names };
    let source = Source::from_bytes(&project.env_file, bytes);
    // Of several, the last counts.
    let set: FxHashMap<&str, Span> =
        dotenv::names(&source.text).into_iter().map(|(name, at)| (name, Span::of(at))).collect();
    let file: Arc<Path> = Arc::from(project.env_file.as_path());
    for (number, other) in project.files.iter().enumerate() {
        let place = Place { file: number as u32, span: Span::empty(0) };
        let is_here = project.is_here(place);
        // What is included may have variables of its own.
        if !is_here && !project.roots.contains(&other.path) {
            continue;
        }
        let parsed = if is_here { None } else { Some(yaml::parse(other.text.clone())) };
        for variable in variables(parsed.as_ref().unwrap_or(stream)) {
            let Some(span) = set.get(variable.name.as_str()) else { continue };
            let used = at(project, Place { span: variable.span, ..place });
            names.used.push(Use { at: used, of: At { file: Some(file.clone()), span: *span } });
        }
    }
    names
}

/// The files that the file at hand of a project names: Dockerfiles, files with variables, included and extended files.
pub fn paths_of_compose(project: &Project, files: &dyn Files) -> Vec<PathName> {
    let mut found = Vec::new();
    let mut add = |place: Place, path: PathBuf| {
        let path = normalize(&path);
        if project.is_here(place) && files.read(&path).is_ok() {
            found.push(PathName { at: place.span, path });
        }
    };
    for service in project.services() {
        if let Fact::Known(build) = service.build()
            && let Fact::Known(path) = &build.dockerfile
        {
            let place = [build.value.path(&["dockerfile"]), build.value.path(&["context"])];
            let place = place.into_iter().find_map(|fact| fact.known()).unwrap_or(build.value);
            add(place.at, path.clone());
        }
    }
    for section in ["secrets", "configs"] {
        for entry in project.section(section) {
            if let Some(value) = entry.value.fact("file").known()
                && let Some(text) = value.as_text()
            {
                add(value.at, folder(project, value.at).join(text));
            }
        }
    }
    for (place, path) in project.env_files().into_iter().chain(project.named_files.iter().cloned()) {
        add(place, path);
    }
    found
}

fn folder(project: &Project, place: Place) -> PathBuf {
    project.file(place).map(|file| file.folder.clone()).unwrap_or_default()
}

fn at(project: &Project, place: Place) -> At {
    let file =
        if project.is_here(place) { None } else { project.file(place).map(|file| Arc::from(file.path.as_path())) };
    At { file, span: place.span }
}

/// The part of a place where the name itself stands: `db` of `db:/data` and of `service:db`.
fn narrow(project: &Project, reference: &Reference<'_>) -> Place {
    const BEFORE: &str = "service:";
    let Reference { at: place, name, .. } = *reference;
    let text = project.file(place).map_or("", |file| place.span.of_text(&file.text));
    let is_marked = matches!(reference.key, "network_mode" | "ipc" | "pid" | "additional_contexts");
    let from = if is_marked { text.find(BEFORE).map_or(0, |at| at + BEFORE.len()) } else { 0 };
    match text[from..].find(name).map(|at| at + from) {
        Some(start) => Place { span: place.span.slice(start as u32, (start + name.len()) as u32), ..place },
        None => place,
    }
}

fn stage_in(path: &Path, name: &str, files: &dyn Files) -> Option<Span> {
    let source = Source::from_bytes(path, files.read(path).ok()?);
    let dockerfile = Dockerfile::new(dockerfile::parse(source.text.clone()));
    dockerfile.stage_named(name).map(stage_name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::yaml::parse;
    use crate::text::MemoryFiles;

    const TEXT: &str = "services:\n  web:\n    build: {context: app, target: run}\n    env_file: web.env\n    depends_on: [db]\n    \
                        networks: [back]\n  db:\n    image: a\n    volumes: ['data:/x']\nnetworks:\n  back:\nvolumes:\n  data:\n";

    fn project(files: &MemoryFiles) -> Project {
        Project::load(Path::new("compose.yaml"), &parse(TEXT.to_owned()), files)
    }

    #[test]
    fn what_a_service_names_is_found_where_it_is_declared() {
        let mut files = MemoryFiles::default();
        files.insert("app/Dockerfile", "FROM a AS build\nFROM b AS run\n");
        let names = of_compose(&project(&files), &parse(TEXT.to_owned()), &files);
        let meant = |use_of: &str, name: &str| {
            let offset = TEXT.find(use_of).expect("it is there") + use_of.find(name).expect("it is there");
            let declarations = names.declarations(offset as u32);
            declarations.iter().map(|at| (at.file.clone(), at.span)).collect::<Vec<_>>()
        };
        let declared = |text: &str| {
            let start = TEXT.rfind(text).expect("it is there") as u32 + 3;
            Span::new(start, start + text.len() as u32 - 4)
        };
        assert_eq!(meant("[db]", "db"), [(None, declared("\n  db:"))]);
        assert_eq!(meant("[back]", "back"), [(None, declared("\n  back:"))]);
        assert_eq!(meant("data:/x", "data"), [(None, declared("\n  data:"))]);
        let stage = (Some(Arc::from(Path::new("app/Dockerfile"))), Span::of(26..29));
        assert_eq!(meant("target: run", "run"), [stage]);
        let db = TEXT.find("  db:").expect("it is there") as u32 + 2;
        assert_eq!(names.uses(db).len(), 1);
    }

    #[test]
    fn the_files_it_names_are_those_that_are_there() {
        let mut files = MemoryFiles::default();
        files.insert("app/Dockerfile", "FROM a\n");
        files.insert("web.env", "A=1\n");
        let paths = paths_of_compose(&project(&files), &files);
        let shown: Vec<_> = paths.iter().map(|own| (own.at.of_text(TEXT), own.path.display().to_string())).collect();
        assert_eq!(shown, [("app", "app/Dockerfile".to_owned()), ("web.env", "web.env".to_owned())]);
    }
}
