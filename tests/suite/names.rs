//! The names of real files, whole and broken: where they are said to stand, they stand.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rlint::model::compose::Project;
use rlint::model::names::{At, Manifest, Names, around, of_anchors, of_compose, of_manifests, paths_of_compose};
use rlint::syntax::yaml::{Stream, parse};
use rlint::text::{Files, MemoryFiles, Source};

use crate::yaml_recovery::{BREAKS, corpus, middle_line};

/// Finds the names of a file.
type Reader = fn(&Path, &Stream, &MemoryFiles) -> Names;

/// The files of a folder, in memory and without folders in between.
fn folder_of(path: &Path) -> MemoryFiles {
    let mut files = MemoryFiles::default();
    for entry in fs::read_dir(path.parent().unwrap()).unwrap().flatten().take(100) {
        let name = PathBuf::from(entry.file_name());
        if entry.path().is_file() {
            files.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    files
}

/// Fails where a place is none of its file; the text there.
fn stands<'a>(at: &At, text: &'a str, files: &MemoryFiles, path: &Path) -> Option<&'a str> {
    let other;
    let text_there = match &at.file {
        None => text,
        Some(file) => {
            other = Source::from_bytes(file, files.read(file).unwrap_or_default());
            &*other.text
        }
    };
    let (start, end) = (at.span.start as usize, at.span.end as usize);
    assert!(text_there.get(start..end).is_some(), "{} {at:?}", path.display());
    at.file.is_none().then(|| &text[start..end])
}

fn hold(names: &Names, text: &str, files: &MemoryFiles, path: &Path) -> usize {
    for at in &names.declared {
        stands(at, text, files, path);
    }
    for own in names.used.iter().chain(&names.parts) {
        stands(&own.at, text, files, path);
        stands(&own.of, text, files, path);
    }
    // Whoever asks at the place of a use gets what it means.
    for own in names.used.iter().filter(|own| own.at.file.is_none()).take(50) {
        assert!(!names.declarations(own.at.span.start).is_empty(), "{} {own:?}", path.display());
    }
    names.used.len()
}

fn of_kubernetes(name: &Path, stream: &Stream, files: &MemoryFiles) -> Names {
    let others: Vec<(Arc<Path>, Stream)> = around(name, files);
    let mut manifests = vec![Manifest { file: None, stream }];
    manifests.extend(others.iter().map(|(file, stream)| Manifest { file: Some(file), stream }));
    let mut names = of_manifests(&manifests);
    names.extend(of_anchors(stream));
    names
}

fn of_project(name: &Path, stream: &Stream, files: &MemoryFiles) -> Names {
    let project = Project::load(name, stream, files);
    for own in paths_of_compose(&project, files) {
        assert!(stream.text.get(own.at.start as usize..own.at.end as usize).is_some(), "{own:?}");
    }
    let mut names = of_compose(&project, stream, files);
    names.extend(of_anchors(stream));
    names
}

#[test]
fn names_stand_where_they_are_said_to() {
    let mut found = [0, 0];
    let kinds: [(&str, Reader); 2] = [("kubernetes", of_kubernetes), ("compose", of_project)];
    let mut total = 0;
    for (kind, (folder, names_of)) in kinds.into_iter().enumerate() {
        for (index, path) in corpus(&[folder]).iter().enumerate().step_by(3) {
            let Ok(text) = fs::read_to_string(path) else { continue };
            if text.len() > 60_000 {
                continue;
            }
            total += 1;
            let (files, name) = (folder_of(path), PathBuf::from(path.file_name().unwrap()));
            found[kind] += hold(&names_of(&name, &parse(text.as_str()), &files), &text, &files, path);
            if let Some((start, value)) = middle_line(&text) {
                let (_, breaking) = BREAKS[index / 3 % BREAKS.len()];
                let broken = breaking(&text, start, value, index);
                hold(&names_of(&name, &parse(broken.as_str()), &files), &broken, &files, path);
            }
        }
    }
    if total == 0 {
        println!("skipped: no corpus");
        return;
    }
    println!("{total} files, {} uses in manifests, {} in compose files", found[0], found[1]);
    assert!(found[0] > 2000 && found[1] > 50, "{found:?}");
}
