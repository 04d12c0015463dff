//! Layers in and out.
#![allow(clippy::unwrap_used, reason = "tests")]

mod archives;
mod flatten;
mod hostile;
mod layers;
mod property;
mod random;

use std::fs::File;
use std::os::fd::AsFd;
use std::path::Path;

use super::*;

/// A file entry; other kinds are made from it.
fn file(path: &str, size: usize) -> TarEntry {
    TarEntry {
        path: path.as_bytes().to_vec(),
        kind: TarKind::File,
        mode: 0o644,
        uid: own_ids().0.into(),
        gid: own_ids().1.into(),
        size: size as u64,
        mtime: 1_600_000_000,
        link: Vec::new(),
        device: (0, 0),
        xattrs: Vec::new(),
    }
}

fn entry(kind: TarKind, path: &str) -> TarEntry {
    let mode = if kind == TarKind::Folder { 0o755 } else { 0o644 };
    TarEntry { kind, mode, ..file(path, 0) }
}

fn link(kind: TarKind, path: &str, target: &str) -> TarEntry {
    TarEntry { link: target.as_bytes().to_vec(), ..entry(kind, path) }
}

/// Who runs the tests: nobody else can be made an owner without being root.
fn own_ids() -> (u32, u32) {
    (nix::unistd::geteuid().as_raw(), nix::unistd::getegid().as_raw())
}

fn is_root() -> bool {
    own_ids().0 == 0
}

/// An archive of entries with their content.
fn tar(entries: &[(TarEntry, &[u8])]) -> Vec<u8> {
    let mut writer = TarWriter::new(Vec::new());
    for (entry, content) in entries {
        writer.append(entry, &mut &**content).unwrap();
    }
    writer.finish().unwrap().0
}

/// An archive of entries without content.
fn tar_of(entries: &[TarEntry]) -> Vec<u8> {
    tar(&entries.iter().map(|entry| (entry.clone(), &b""[..])).collect::<Vec<_>>())
}

fn unpack_into(archive: &[u8], root: &Path) -> Result<Unpacked> {
    unpack(archive, File::open(root).unwrap().as_fd(), &UnpackOptions::default())
}

fn pack_from(upper: &Path) -> Result<(Vec<u8>, Packed)> {
    let mut bytes = Vec::new();
    let packed = pack(File::open(upper).unwrap().as_fd(), &mut bytes, &PackOptions::default())?;
    Ok((bytes, packed))
}

fn listing(root: &Path) -> Vec<Entry> {
    let mut bytes = Vec::new();
    list(File::open(root).unwrap().as_fd(), &mut bytes, &ListLimits::default()).unwrap();
    read_listing(bytes.as_slice()).unwrap()
}

/// What a tree has, as `path kind`.
fn paths(root: &Path) -> Vec<String> {
    let shown = |entry: &Entry| match &entry.target {
        Some(target) => format!("{} -> {target}", entry.path),
        None => format!("{}{}", entry.path, if entry.kind == Kind::Folder { "/" } else { "" }),
    };
    listing(root).iter().skip(1).map(shown).collect()
}

/// The entries of an archive.
fn entries(archive: &[u8]) -> Vec<TarEntry> {
    let mut reader = TarReader::new(archive, TarLimits::default());
    std::iter::from_fn(|| reader.next_entry().unwrap()).collect()
}
