//! What COPY takes of another stage is known by its content: over random changes, a copy is made anew exactly when what it
//! takes was never so before.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::scratch::Bench;

/// Numbers that are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

/// Changes one file below `root` in one way; some changes undo earlier ones, and some change nothing that counts.
fn change(root: &Path, numbers: &mut Numbers) {
    let path = root.join(["pick/a", "pick/b", "pick/deep/c", "rest/a", "rest/d", "e"][numbers.below(6)]);
    fs::create_dir_all(path.parent().expect("it is in the context")).expect("a folder");
    match numbers.below(5) {
        0 | 1 => fs::write(&path, ["one", "two", "three"][numbers.below(3)]).expect("a file"),
        2 => {
            // It may not be there.
            let _ = fs::remove_file(&path);
        }
        3 if path.exists() => {
            let mode = [0o644, 0o755][numbers.below(2)];
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("it is ours");
        }
        _ if path.exists() => {
            let file = fs::File::options().write(true).open(&path).expect("a file");
            let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(numbers.below(1 << 30) as u64);
            file.set_modified(time).expect("it is ours");
        }
        _ => {}
    }
}

/// Everything below a folder that COPY takes over.
fn state(folder: &Path) -> String {
    let Ok(entries) = fs::read_dir(folder) else { return "nothing".to_owned() };
    let mut lines: Vec<String> = Vec::new();
    for entry in entries.map(|entry| entry.expect("an entry")) {
        let mode = entry.metadata().expect("it is there").permissions().mode();
        let inner = match entry.path().is_dir() {
            true => state(&entry.path()),
            false => fs::read_to_string(entry.path()).expect("a file"),
        };
        lines.push(format!("{:?} {mode:o} {inner:?}", entry.file_name()));
    }
    lines.sort();
    lines.join("\n")
}

#[test]
fn a_copy_is_made_anew_exactly_when_what_it_takes_was_never_so_before() {
    let Some(mut bench) = Bench::start("a_copy_is_made_anew_exactly_when_what_it_takes_was_never_so_before") else {
        return;
    };
    let text = "FROM scratch AS made\nCOPY . /all\nFROM scratch\nCOPY --from=made /all/pick /x\n";
    let root = bench.context();
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let (mut all, mut picked) = (BTreeSet::new(), BTreeSet::new());
    let (mut stages, mut copies) = (0, 0);
    fs::create_dir(root.join("pick")).expect("a folder");
    for round in 0..120 {
        let (new_stage, new_copy) = (all.insert(state(&root)), picked.insert(state(&root.join("pick"))));
        let mut expected = Vec::new();
        expected.extend(new_stage.then_some("COPY . /all"));
        expected.extend(new_copy.then_some("COPY --from=made /all/pick /x"));
        assert_eq!(bench.executed(text), expected, "round {round}: {}", state(&root));
        stages += usize::from(new_stage);
        copies += usize::from(new_copy);
        change(&root, &mut numbers);
    }
    println!("120 builds: the stage was made {stages} times, the copy {copies} times");
    assert!(copies > 10 && stages > copies + 10, "both happen: {stages} and {copies}");
}

#[test]
fn what_a_source_names_and_what_it_leads_to_both_count() {
    let Some(mut bench) = Bench::start("what_a_source_names_and_what_it_leads_to_both_count") else { return };
    let root = bench.context();
    let write = |path: &str, text: &str| {
        fs::create_dir_all(root.join(path).parent().expect("it is in the context")).expect("a folder");
        fs::write(root.join(path), text).expect("a file");
    };
    let link = |target: &str| {
        let _ = fs::remove_file(root.join("link"));
        std::os::unix::fs::symlink(target, root.join("link")).expect("a link");
    };
    ["one", "two", "d/a", "d/b"].iter().for_each(|path| write(path, path));
    link("one");
    let copies = ["/link /x", "/d/* /y/", "--parents /d/a /z/", "/none* /"];
    let mut changed = |change: &dyn Fn()| {
        change();
        let made = |copy: &&&str| {
            let text = format!("FROM scratch AS made\nCOPY . /\nFROM scratch\nCOPY --from=made {copy}\n");
            bench.executed(&text).iter().any(|text| text.starts_with("COPY --from"))
        };
        copies.iter().filter(made).copied().collect::<Vec<_>>()
    };
    assert_eq!(changed(&|| {}), copies);
    assert_eq!(changed(&|| {}), [] as [&str; 0]);
    // With `--parents` all of the stage counts.
    let parents = copies[2];
    assert_eq!(changed(&|| write("one", "new")), [copies[0], parents], "what is behind a link");
    assert_eq!(changed(&|| link("two")), [copies[0], parents], "where a link leads to");
    assert_eq!(changed(&|| write("d/b", "new")), [copies[1], parents], "a file that a pattern takes");
    let rename = || fs::rename(root.join("d/b"), root.join("d/c")).expect("a file");
    assert_eq!(changed(&rename), [copies[1], parents], "its name");
    assert_eq!(changed(&|| write("three", "new")), [parents], "nothing that is taken");
    assert_eq!(changed(&|| write("none-such", "new")), [parents, copies[3]], "something where there was nothing");
}
