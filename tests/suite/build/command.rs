//! `rlint build` as people use it.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use rlint::build::image::Store;
use serde_json::Value;

use super::against::Bench;

/// A context with a Dockerfile and a file `a`, and the arguments that name the base.
fn context(bench: &Bench, name: &str, text: &str) -> (PathBuf, Vec<String>) {
    let folder = bench.path(name);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("Dockerfile"), text).expect("a file");
    fs::write(folder.join("a"), "A").expect("a file");
    (folder, vec!["--base".to_owned(), format!("base=oci:{}", bench.path("base-image").display())])
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn an_untouched_build_executes_nothing_and_gives_the_same_image() {
    let Some(bench) = Bench::new() else { return };
    let (folder, arguments) =
        context(&bench, "twice", "FROM base\nWORKDIR /w\nRUN date > x\nCOPY a .\nRUN cat a x > y\n");
    let build = || report(&bench.rlint(&folder, &arguments, &bench.path("twice-image")));
    let (first, second) = (build(), build());
    assert_eq!((first["executed"].as_u64(), second["executed"].as_u64()), (Some(4), Some(0)));
    assert_eq!((&first["digest"], first["digest"].is_string()), (&second["digest"], true));
    fs::write(folder.join("a"), "new").expect("a file");
    assert_eq!(build()["executed"].as_u64(), Some(2));
    let without = [arguments.clone(), vec!["--no-cache".to_owned()]].concat();
    let again = report(&bench.rlint(&folder, &without, &bench.path("twice-image")));
    assert_eq!(again["executed"].as_u64(), Some(4));
}

#[test]
fn an_image_is_the_base_of_another_by_its_name() {
    let Some(bench) = Bench::new() else { return };
    let (folder, arguments) =
        context(&bench, "first", "FROM base\nONBUILD RUN echo held > /held\nRUN echo one > /one\n");
    let named = [arguments, vec!["--tag".to_owned(), "first:1".to_owned()]].concat();
    assert!(bench.rlint(&folder, &named, &bench.path("first-image")).status.success());
    let (folder, _) = context(&bench, "second", "FROM first:1\nRUN cat /one /held > /two\n");
    let output = bench.rlint(&folder, &[], &bench.path("second-image"));
    assert_eq!(report(&output)["outcome"], "built", "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_store_is_shown_and_pruned_and_what_was_removed_is_built_again() {
    let Some(bench) = Bench::new() else { return };
    let (folder, arguments) = context(&bench, "kept", "FROM base\nRUN echo one > /one\nCOPY a /a\n");
    let named = [arguments, vec!["--tag".to_owned(), "kept:1".to_owned()]].concat();
    let executed = || report(&bench.rlint(&folder, &named, &bench.path("kept-image")))["executed"].as_u64();
    let store = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rlint"));
        command.arg("store").args(arguments).args(["--format", "json"]).env("RLINT_STORE", bench.path("store"));
        command.output().expect("the program starts")
    };
    let names = |usage: &Value| {
        let names = usage["images"].as_array().into_iter().flatten().filter_map(|image| image["name"].as_str());
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    let layers = || {
        let ways = fs::read_dir(bench.path("store/layers")).expect("it is there").flatten();
        let layers = ways.flat_map(|way| fs::read_dir(way.path()).expect("it is there").flatten());
        layers.filter(|layer| !layer.file_name().to_string_lossy().starts_with('.')).count()
    };
    assert_eq!((executed(), executed()), (Some(2), Some(0)));
    let before = report(&store(&[]));
    assert!(names(&before).iter().any(|name| name.ends_with("kept:1")), "{before}");
    assert!(before["steps"].as_u64() > Some(2) && layers() > 2, "{before}");
    let dry = report(&store(&["--prune", "--dry-run"]));
    assert_eq!((&dry["steps"], report(&store(&[]))["steps"].as_u64()), (&before["steps"], before["steps"].as_u64()));
    // Nothing is removed while somebody builds.
    let open = Store::open(&bench.path("store")).expect("a store");
    let refused = store(&["--prune"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("in use by another rlint"));
    drop(open);
    let pruned = report(&store(&["--prune"]));
    assert_eq!(
        (&pruned["steps"], &pruned["bytes_freed"], &pruned["images"]),
        (&dry["steps"], &dry["bytes_freed"], &Value::Array(Vec::new()))
    );
    let after = report(&store(&[]));
    assert_eq!((after["steps"].as_u64(), after["unused"].as_u64(), layers()), (Some(0), Some(0), 0), "{after}");
    assert_eq!(names(&after), names(&before));
    // What was removed is built again, from the images that stayed.
    assert_eq!(executed(), Some(2));
    let pruned = report(&store(&["--prune=all"]));
    assert!(pruned["images"].as_array().is_some_and(|images| !images.is_empty()), "{pruned}");
    let after = report(&store(&[]));
    assert_eq!((names(&after), after["image_bytes"].as_u64(), layers()), (Vec::new(), Some(0), 0), "{after}");
    assert_eq!(executed(), Some(2));
}

#[test]
fn what_fails_is_shown_with_its_place_and_its_output() {
    let Some(bench) = Bench::new() else { return };
    for (name, text, code, outcome, parts) in [
        (
            "fails",
            "FROM base\nRUN echo before; \\\n  echo 'what went \u{1b}[31mwrong'; exit 3\n",
            1,
            "failed",
            &["exit code 3", "Dockerfile:2", "what went ", "   3 |   echo"][..],
        ),
        ("missing", "FROM base\nCOPY none /x\n", 1, "failed", &["there is no `none` to copy", "Dockerfile:2"]),
        ("network", "FROM base\nRUN wget http://127.0.0.1:1/x\n", 1, "needs-network", &["`wget`", "--network host"]),
        ("syntax", "FROM base\nCOPY a\n", 1, "failed", &["needs a source and a destination"]),
        (
            "secret",
            "FROM base\nRUN --mount=type=secret,id=x true\n",
            2,
            "unsupported",
            &["secret mounts are not supported"],
        ),
        ("nowhere", "FROM nowhere\n", 2, "missing", &["the image `nowhere` is not here", "--base nowhere=oci:FOLDER"]),
    ] {
        let (folder, arguments) = context(&bench, name, text);
        let output = bench.rlint(&folder, &arguments, &bench.path("none"));
        let shown = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), report(&output)["outcome"].as_str()), (Some(code), Some(outcome)), "{shown}");
        for part in parts {
            assert!(shown.contains(part), "{name}: `{part}` is not in:\n{shown}");
        }
        assert!(!shown.contains('\u{1b}'), "{name}: an escape gets through");
    }
    assert!(!bench.path("none").exists());
}

#[test]
fn what_a_layer_removes_is_told_from_what_it_has() {
    let Some(bench) = Bench::new() else { return };
    let text = "FROM base\nRUN mkdir /d && touch /d/old\nADD x.tar /\nRUN ls /d > /listed\n";
    let (folder, arguments) = context(&bench, "removals", text);
    // The same files in the layer; in the second one the folder takes the place of the one that is there.
    for (members, executed) in [(&["d/", "d/new"][..], 3), (&["d", "d/", "d/new"][..], 2)] {
        let mut archive = tar::Builder::new(fs::File::create(folder.join("x.tar")).expect("a file"));
        for member in members {
            let mut header = tar::Header::new_ustar();
            let kind = if member.ends_with('/') { tar::EntryType::Directory } else { tar::EntryType::Regular };
            header.set_entry_type(kind);
            header.set_mode(0o755);
            header.set_size(0);
            archive.append_data(&mut header, member, std::io::empty()).expect("a member");
        }
        archive.finish().expect("an archive");
        let output = bench.rlint(&folder, &arguments, &bench.path("removals-image"));
        // What stands on another tree is carried out anew.
        assert_eq!(report(&output)["executed"], executed, "{}", String::from_utf8_lossy(&output.stderr));
    }
}
