//! Benchmarks: `cargo bench`. They read the corpus beside the repository, and say so when it is not there.
//!
//! For counts that do not depend on what else the machine does, run one under callgrind:
//! `valgrind --tool=callgrind target/release/deps/check-… --bench check_dockerfiles --sample-count 1`.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use rlint::config::listings::list_folder;
use rlint::lint::{Preset, Settings, check};
use rlint::text::{Entry, Files};

fn main() {
    if Path::new(CORPUS).is_dir() {
        divan::main();
    } else {
        println!("skipped: there is no corpus at {CORPUS}");
    }
}

const CORPUS: &str = "../shared/corpus";

/// One ten-line Dockerfile: what an editor asks for at every keystroke.
#[divan::bench]
fn check_one_file(bencher: Bencher<'_, '_>) {
    let files = [PathBuf::from("docs/demo/Dockerfile")];
    bench(bencher, &files, true);
}

#[divan::bench(args = ["dockerfile", "compose", "kubernetes", "helm", "."])]
fn check_folder(bencher: Bencher<'_, '_>, folder: &str) {
    bench(bencher, &files_in(&Path::new(CORPUS).join(folder)), true);
}

/// On one thread: what callgrind should count.
#[divan::bench(args = ["dockerfile", "compose", "kubernetes"])]
fn check_on_one_thread(bencher: Bencher<'_, '_>, folder: &str) {
    bench(bencher, &files_in(&Path::new(CORPUS).join(folder)), false);
}

#[divan::bench]
fn parse_dockerfiles(bencher: Bencher<'_, '_>) {
    let texts = texts(&files_in(&Path::new(CORPUS).join("dockerfile")));
    bencher
        .counter(BytesCount::new(texts.iter().map(String::len).sum::<usize>()))
        .bench(|| texts.iter().map(|text| rlint::syntax::dockerfile::parse(text.as_str())).collect::<Vec<_>>());
}

#[divan::bench]
fn parse_manifests(bencher: Bencher<'_, '_>) {
    let texts = texts(&files_in(&Path::new(CORPUS).join("kubernetes")));
    bencher
        .counter(BytesCount::new(texts.iter().map(String::len).sum::<usize>()))
        .bench(|| texts.iter().map(|text| rlint::syntax::yaml::parse(text.as_str())).collect::<Vec<_>>());
}

fn bench(bencher: Bencher<'_, '_>, files: &[PathBuf], parallel: bool) {
    let mut settings = Settings::preset(&rlint::catalog(), Preset::Recommended);
    settings.parallel = parallel;
    bencher.counter(ItemsCount::new(files.len())).bench(|| check(files, &Disk, &settings));
}

fn texts(files: &[PathBuf]) -> Vec<String> {
    files.iter().filter_map(|file| std::fs::read_to_string(file).ok()).collect()
}

/// The files in a folder and below that look like ours, sorted.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the corpus").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if rlint::syntax::kind::kind_of_name(&path).is_some() {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

struct Disk;

impl Files for Disk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Arc<[Entry]>> {
        list_folder(folder)
    }

    fn exists(&self, path: &Path) -> bool {
        path.exists()
    }
}
