//! COPY and ADD on trees of a few files. They need real root: owners are given.

use std::fs::{self, File};
use std::io::Write;
use std::os::fd::AsFd;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::build::exec::request::{LayerName, UnpackLimits};
use crate::build::tree::{TarEntry, TarKind, TarWriter};

/// Whether owners can be given here; a line that says so where not.
fn is_root() -> bool {
    let root = nix::unistd::geteuid().is_root();
    if !root {
        println!("skipped: files cannot be given to others without root");
    }
    root
}

/// A tree of `path mode` (a folder), `path mode = content` and `path -> link`.
fn tree(lines: &str) -> TempDir {
    let folder = TempDir::new().expect("a folder for the test");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some((name, link)) = line.split_once(" -> ") {
            symlink(link, folder.path().join(name)).expect("a link");
            continue;
        }
        let (head, content) = line.split_once(" = ").map_or((line, None), |(head, content)| (head, Some(content)));
        let (name, mode) = head.split_once(' ').expect("a name and a mode");
        let path = folder.path().join(name);
        match content {
            Some(content) => fs::write(&path, content).expect("a file"),
            None => fs::create_dir(&path).expect("a folder"),
        }
        let mode = u32::from_str_radix(mode, 8).expect("an octal mode");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("it is ours");
    }
    folder
}

/// What is in a tree, with owners where they are not root.
fn listing(root: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let data = fs::symlink_metadata(&path).expect("it is there");
            let name = path.strip_prefix(root).expect("it is inside").display().to_string();
            let owner = match (data.uid(), data.gid()) {
                (0, 0) => String::new(),
                (user, group) => format!(" {user}:{group}"),
            };
            let mode = data.mode() & 0o7777;
            lines.push(match fs::read_link(&path) {
                Ok(link) => format!("{name} -> {}{owner}", link.display()),
                Err(_) if data.is_dir() => format!("{name}/ {mode:o}{owner}"),
                Err(_) => format!("{name} {mode:o}{owner} = {}", fs::read_to_string(&path).unwrap_or_default()),
            });
            if data.is_dir() {
                open.push(path);
            }
        }
    }
    lines.sort();
    lines
}

fn step(sources: &[&str], destination: &str) -> CopyStep {
    CopyStep {
        lowers: Vec::new(),
        layer: LayerName::new("x").expect("a name"),
        from: Vec::new(),
        sources: sources.iter().map(|source| (*source).to_owned()).collect(),
        files: Vec::new(),
        destination: destination.to_owned(),
        directory: "/w".to_owned(),
        owner: None,
        mode: None,
        parents: false,
        link: false,
        excludes: Vec::new(),
        unpack: false,
        limits: UnpackLimits::default(),
    }
}

fn run(from: &TempDir, onto: &TempDir, step: &CopyStep) -> Result<Vec<String>, String> {
    let (source, target) =
        (File::open(from.path()).expect("it is there"), File::open(onto.path()).expect("it is there"));
    copy(source.as_fd(), target.as_fd(), step).map_err(|error| format!("{error:?}"))?;
    Ok(listing(onto.path()))
}

fn is(lines: &[&str]) -> Result<Vec<String>, String> {
    Ok(lines.iter().map(|line| (*line).to_owned()).collect())
}

const SOURCE: &str = "
    a 640 = A
    b 755 = B
    c.txt 600 = C
    d 700
    d/e 4755 = E
    d/f 500
    d/f/g.txt 644 = G
    d/l -> ../a
    la -> a
    ld -> d
    out -> ../../../etc/passwd
";

#[test]
fn a_file_goes_into_a_folder_or_gets_the_name_of_the_destination() {
    if !is_root() {
        return;
    }
    let from = tree(SOURCE);
    for (sources, destination, expected) in [
        (&["a"][..], "/x", &["x 640 = A"][..]),
        (&["a"], "x", &["w/ 755", "w/x 640 = A"]),
        (&["a"], "/x/", &["x/ 755", "x/a 640 = A"]),
        (&["./a", "/b"], "/x/y/", &["x/ 755", "x/y/ 755", "x/y/a 640 = A", "x/y/b 755 = B"]),
        (&["a", "b"], "/x", &["x 755 = B"]),
        (&["../a"], ".", &["w/ 755", "w/a 640 = A"]),
        (&["la"], "/x/", &["x/ 755", "x/la 640 = A"]),
        (&["*.txt"], "/", &["c.txt 600 = C"]),
        (&["[ab]", "no*"], "/x/", &["x/ 755", "x/a 640 = A", "x/b 755 = B"]),
        (&["*/f/g*"], "/x/", &["x/ 755", "x/g.txt 644 = G"]),
    ] {
        assert_eq!(run(&from, &tree(""), &step(sources, destination)), is(expected), "{sources:?} {destination}");
    }
    let onto = tree("x 711\nx/a 600 = old");
    assert_eq!(run(&from, &onto, &step(&["a"], "/x")), is(&["x/ 711", "x/a 640 = A"]));
}

#[test]
fn of_a_folder_its_contents_are_copied() {
    if !is_root() {
        return;
    }
    let from = tree(SOURCE);
    let all = ["e 4755 = E", "f/ 500", "f/g.txt 644 = G", "l -> ../a"];
    for (sources, destination) in [("d", "/"), ("d/", "/"), ("ld", "/"), ("d/.", "/"), ("[d]", "/")] {
        assert_eq!(run(&from, &tree(""), &step(&[sources], destination)), is(&all));
    }
    // The folder itself is a new one; those in it are as they were.
    let new = ["x/ 755", "x/e 4755 = E", "x/f/ 500", "x/f/g.txt 644 = G", "x/l -> ../a"];
    assert_eq!(run(&from, &tree(""), &step(&["d"], "/x")), is(&new));
    let merged = ["x/ 711", "x/e 4755 = E", "x/f/ 500", "x/f/g.txt 644 = G", "x/f/h 600 = H", "x/l -> ../a"];
    let onto = tree("x 711\nx/e 600 = old\nx/f 755\nx/f/h 600 = H");
    assert_eq!(run(&from, &onto, &step(&["d"], "/x")), is(&merged));
}

#[test]
fn links_of_the_destination_are_followed_within_its_tree_only() {
    if !is_root() {
        return;
    }
    let from = tree(SOURCE);
    let onto = tree("real 755\nabs -> /real\nup -> ../../../../real\nnowhere -> /made/here");
    for destination in ["/abs/one", "/up/two", "/nowhere/three"] {
        run(&from, &onto, &step(&["a"], destination)).expect("it is copied");
    }
    assert_eq!(fs::read_to_string(onto.path().join("real/one")).ok().as_deref(), Some("A"));
    assert_eq!(fs::read_to_string(onto.path().join("real/two")).ok().as_deref(), Some("A"));
    assert_eq!(fs::read_to_string(onto.path().join("made/here/three")).ok().as_deref(), Some("A"));
    let endless = tree("a -> b\nb -> a");
    assert!(run(&from, &endless, &step(&["a"], "/a/x")).is_err_and(|error| error.contains("never end")));
    // A link out of the source is one into its own root.
    assert!(run(&from, &tree(""), &step(&["out"], "/x")).is_err_and(|error| error.contains("no `out` to copy")));
}

#[test]
fn owners_and_modes_are_given() {
    if !is_root() {
        return;
    }
    let from = tree(SOURCE);
    let passwd = "etc 755\netc/passwd 644 = root:x:0:0::/:\netc/group 644 = staff:x:50:\n";
    for (owner, mode, expected) in [
        (Some("5"), None, "640 5:5"),
        (Some("5:6"), None, "640 5:6"),
        (Some("app:staff"), None, "640 1000:50"),
        (Some("app"), None, "640 1000:7"),
        (Some("nobody-here:7"), None, "640 0:7"),
        (None, Some("4711"), "4711"),
        (None, Some("u+x,g=,o+r"), "704"),
    ] {
        let onto = tree(passwd);
        let mut accounts = File::options().append(true).open(onto.path().join("etc/passwd")).expect("it is there");
        writeln!(accounts, "\napp:x:1000:7::/:").expect("it is written");
        let step = CopyStep { owner: owner.map(str::to_owned), mode: mode.map(str::to_owned), ..step(&["a"], "/n/x") };
        let lines = run(&from, &onto, &step).expect("it is copied");
        assert!(lines.contains(&format!("n/x {expected} = A")), "{owner:?} {mode:?}: {lines:?}");
    }
    let both = CopyStep { owner: Some("3:4".into()), mode: Some("750".into()), ..step(&["d"], "/n/x") };
    let lines = run(&from, &tree(""), &both).expect("it is copied");
    let expected = ["n/ 750 3:4", "n/x/ 750 3:4", "n/x/e 750 3:4 = E", "n/x/f/ 750 3:4", "n/x/f/g.txt 750 3:4 = G"];
    assert_eq!(lines[..5], expected);
}

#[test]
fn parents_and_exclusions_choose_what_is_copied() {
    if !is_root() {
        return;
    }
    let from =
        tree("a 755\na/b 700\na/b/c.txt 644 = C\na/b/d 600 = D\na/e.txt 644 = E\nf 755\nf/g 755\nf/g/c.txt 600 = F");
    let parents = |sources: &[&str]| CopyStep { parents: true, ..step(sources, "/x/") };
    for (step, expected) in [
        (parents(&["a/b/d"]), &["x/ 755", "x/a/ 755", "x/a/b/ 700", "x/a/b/d 600 = D"][..]),
        (parents(&["a/./b/d"]), &["x/ 755", "x/b/ 700", "x/b/d 600 = D"]),
        (
            parents(&["**/c.txt"]),
            &[
                "x/ 755",
                "x/a/ 755",
                "x/a/b/ 700",
                "x/a/b/c.txt 644 = C",
                "x/f/ 755",
                "x/f/g/ 755",
                "x/f/g/c.txt 600 = F",
            ],
        ),
        (parents(&["a/*.txt", "nothing*"]), &["x/ 755", "x/a/ 755", "x/a/e.txt 644 = E"]),
        (CopyStep { excludes: vec!["b".into()], ..step(&["a"], "/x/") }, &["x/ 755", "x/e.txt 644 = E"]),
        (
            CopyStep { excludes: vec!["**/*.txt".into()], ..step(&["a"], "/x/") },
            &["x/ 755", "x/b/ 700", "x/b/d 600 = D"],
        ),
        (
            CopyStep { excludes: vec!["b".into(), "!b/d".into()], ..step(&["a"], "/x/") },
            &["x/ 755", "x/b/ 700", "x/b/d 600 = D", "x/e.txt 644 = E"],
        ),
    ] {
        assert_eq!(run(&from, &tree(""), &step), is(expected));
    }
    assert!(run(&from, &tree(""), &parents(&["a/none"])).is_err_and(|error| error.contains("no `a/none`")));
}

#[test]
fn what_does_not_fit_is_an_error() {
    if !is_root() {
        return;
    }
    let from = tree(SOURCE);
    for (sources, destination, onto, part) in [
        ("none", "/x", "", "Invalid(\"there is no `none` to copy\")"),
        ("a", "/x/", "x 644 = file", "`/x` is no folder"),
        ("d", "/x", "x 644 = file", "`/x` is no folder"),
        ("d", "/x", "x 755\nx/e 755", "`/x/e` is a folder"),
        ("d", "/x", "x 755\nx/f 600 = file", "`/x/f` is no folder"),
        ("[", "/x", "", "`[` is no pattern"),
    ] {
        let error = run(&from, &tree(onto), &step(&[sources], destination)).expect_err("it does not fit");
        assert!(error.contains(part), "{sources} {destination}: {error}");
    }
}

#[test]
fn hard_links_times_and_texts_survive() {
    if !is_root() {
        return;
    }
    let from = tree("d 755\nd/a 644 = A");
    fs::hard_link(from.path().join("d/a"), from.path().join("d/b")).expect("a link");
    let old = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
    File::options().write(true).open(from.path().join("d/a")).expect("it is there").set_modified(old).expect("a time");
    let onto = tree("");
    let mut step = step(&["d"], "/x");
    step.files = vec![("E".to_owned(), b"text".to_vec())];
    run(&from, &onto, &step).expect("it is copied");
    let data = |name: &str| fs::metadata(onto.path().join(name)).expect("it is there");
    assert_eq!((data("x/a").ino(), data("x/a").mtime()), (data("x/b").ino(), 1_000_000));
    assert_eq!((data("x/E").mode() & 0o7777, data("x/E").len()), (0o644, 4));
}

fn archive(entries: &[(&str, TarKind, &str)]) -> Vec<u8> {
    let mut writer = TarWriter::new(Vec::new());
    for (path, kind, text) in entries {
        let is_file = *kind == TarKind::File;
        let entry = TarEntry {
            path: path.as_bytes().to_vec(),
            kind: *kind,
            mode: if *kind == TarKind::Folder { 0o750 } else { 0o640 },
            uid: 3,
            gid: 4,
            size: if is_file { text.len() as u64 } else { 0 },
            mtime: 5,
            link: if is_file { Vec::new() } else { text.as_bytes().to_vec() },
            device: (0, 0),
            xattrs: Vec::new(),
        };
        writer.append(&entry, &mut text.as_bytes()).expect("memory");
    }
    writer.finish().expect("memory").0
}

#[test]
fn archives_are_unpacked_and_nothing_in_them_gets_out() {
    if !is_root() {
        return;
    }
    let from = tree("");
    let bytes = archive(&[
        ("./d/", TarKind::Folder, ""),
        ("d/f", TarKind::File, "F"),
        ("d/h", TarKind::HardLink, "d/f"),
        ("/../../top", TarKind::File, "T"),
        ("esc", TarKind::SymbolicLink, "/../../../"),
        ("esc/in", TarKind::File, "I"),
        ("old", TarKind::File, "new"),
    ]);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&bytes).expect("memory");
    let gzip = gzip.finish().expect("memory");
    let zstd = ruzstd::encoding::compress_to_vec(&*bytes, ruzstd::encoding::CompressionLevel::Fastest);
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    bzip2.write_all(&bytes).expect("memory");
    let bzip2 = bzip2.finish().expect("memory");
    let expected = [
        "x/ 755",
        "x/d/ 750 3:4",
        "x/d/f 640 3:4 = F",
        "x/d/h 640 3:4 = F",
        "x/esc -> /../../../ 3:4",
        "x/in 640 3:4 = I",
        "x/old 640 3:4 = new",
        "x/top 640 3:4 = T",
    ];
    for content in [&bytes, &gzip, &zstd, &bzip2] {
        fs::write(from.path().join("a.bin"), content).expect("a file");
        let onto = tree("x 755\nx/old 755\nx/old/er 644 = gone");
        let add = CopyStep { unpack: true, ..step(&["a.bin"], "/x") };
        assert_eq!(run(&from, &onto, &add), is(&expected));
        let copied = run(&from, &tree(""), &step(&["a.bin"], "/x")).expect("it is copied");
        assert!(copied.len() == 1 && copied[0].starts_with("x 644"));
    }
    let owned = CopyStep { unpack: true, owner: Some("8".into()), ..step(&["a.bin"], "/y") };
    let lines = run(&from, &tree(""), &owned).expect("it is unpacked");
    assert!(lines.iter().all(|line| line.contains(" 8:8")), "{lines:?}");
    fs::write(from.path().join("a.bin"), b"no archive").expect("a file");
    let add = CopyStep { unpack: true, ..step(&["a.bin"], "/x") };
    assert_eq!(run(&from, &tree(""), &add), is(&["x 644 = no archive"]));
    fs::write(from.path().join("a.bin"), [&gzip[..gzip.len() / 2], &[0; 20]].concat()).expect("a file");
    let error = run(&from, &tree(""), &add);
    assert!(
        error.is_err() || error.is_ok_and(|lines| lines.len() == 1),
        "half of an archive is no archive or an error"
    );
    // An archive that begins with what cannot be unpacked is no plain file.
    let mut sparse = archive(&[("a", TarKind::File, ""), ("b", TarKind::File, "")]);
    sparse[156] = b'S';
    let sum: u32 = sparse[..512]
        .iter()
        .enumerate()
        .map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) })
        .sum();
    sparse[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    fs::write(from.path().join("a.bin"), sparse).expect("a file");
    let add = CopyStep { unpack: true, ..step(&["a.bin"], "/x") };
    assert!(run(&from, &tree(""), &add).is_err_and(|error| error.starts_with("Refused") && error.contains("sparse")));
}

#[test]
fn a_folder_is_made_with_its_parents_for_a_user() {
    if !is_root() {
        return;
    }
    let onto = tree("etc 755\netc/passwd 644 = app:x:9:8::/:\nlink -> etc");
    let make = |path: &str, owner: Option<&str>| {
        let layer = LayerName::new("x").expect("a name");
        let step = FolderStep { lowers: Vec::new(), layer, path: path.to_owned(), owner: owner.map(str::to_owned) };
        folder(File::open(onto.path()).expect("it is there").as_fd(), &step).map_err(|error| error.to_string())
    };
    make("/a/b", Some("app")).expect("it is made");
    make("/link/c", None).expect("it is made");
    make("/etc", Some("app")).expect("it is there");
    let lines = listing(onto.path());
    for line in ["a/ 755 9:8", "a/b/ 755 9:8", "etc/ 755", "etc/c/ 755"] {
        assert!(lines.contains(&line.to_owned()), "{line}: {lines:?}");
    }
    assert_eq!(make("/etc/passwd/x", None), Err("`/etc/passwd` is no folder".to_owned()));
}
