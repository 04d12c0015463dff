//! What compose-go makes of variables and of whole projects, held against our own loader.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rlint::model::compose::template::{Environment, Expansion, expand};
use rlint::model::compose::{Fact, Project, ServiceFacts, Value as Model};
use rlint::syntax::compose::{File, MountKind, parse_mount, parse_port, unknown_keys};
use rlint::syntax::yaml;
use serde_json::{Value, json};

use super::ask::Oracle;
use super::differences::Reviewed;
use crate::support::corpus::{self, DiskFiles};

/// What random texts are put together from.
const PIECES: [&str; 22] = [
    "$", "$", "$$", "${", "${", "}", "}", "{", ":-", ":+", ":?", "-", "+", "?", "A", "EMPTY", "UNSET", "x", " ", "\n",
    "1", "é",
];

#[test]
fn compose_replaces_variables_in_generated_texts_as_we_do() {
    let Some(oracle) = Oracle::start() else { return };
    let mut environment = Environment::default();
    environment.set("A", Some("first".to_owned()));
    environment.set("EMPTY", Some(String::new()));
    let texts = generate(&PIECES, 20_000);
    let request = |text: &String| json!({ "kind": "substitute", "word": text, "env": ["A=first", "EMPTY="] });
    let answers = oracle.ask(&texts.iter().map(request).collect::<Vec<_>>());
    let (mut known, mut refused) = (0, 0);
    for (text, answer) in texts.iter().zip(&answers) {
        match expand(text, &environment) {
            Expansion::Known(value) => {
                assert_eq!(answer["value"].as_str(), Some(&*value), "{text:?}");
                known += 1;
            }
            Expansion::Invalid(_) => {
                assert!(answer["value"].is_null(), "{text:?} is taken as {}", answer["value"]);
                refused += 1;
            }
            // It depends on the shell; there, compose went on with nothing.
            Expansion::Unknown => {}
        }
    }
    println!("{known} generated texts agree, {refused} more are refused by both");
    assert!(known > 5_000 && refused > 1_000, "the texts are too uniform: {known} {refused}");
}

#[test]
fn compose_reads_ports_and_mounts_as_we_do() {
    let Some(oracle) = Oracle::start() else { return };
    const PORT: [&str; 18] = [
        "80",
        "80",
        "90",
        "8080",
        "65535",
        "65536",
        "-",
        "-",
        ":",
        ":",
        ":",
        "/",
        "/tcp",
        "/UDP",
        "127.0.0.1:",
        "[::1]:",
        "a",
        " ",
    ];
    const MOUNT: [&str; 14] = [":", ":", ":", "data", "/x", "./y", "~", "C", "C:", "\\", "ro", ",", "é", "."];
    // What follows a second `-` or `/` is not looked at by compose; we say that it is wrong. An IPv6 address without
    // brackets is taken by later versions of the module that reads ports, and by us.
    let sound = |text: &String| {
        let bare = text.replace("[::1]", "");
        let once = |part: &str| part.matches('-').count() < 2 && part.matches('/').count() < 2;
        bare.matches(':').count() < 3 && bare.split(':').all(once)
    };
    let ports: Vec<String> = generate(&PORT, 20_000).into_iter().filter(sound).collect();
    let answers = oracle.ask(&ports.iter().map(|text| json!({ "kind": "port", "word": text })).collect::<Vec<_>>());
    for (text, answer) in ports.iter().zip(&answers) {
        let ours = parse_port(text).ok().map(|port| {
            let (low, high) = (port.target.start().to_string(), port.target.end().to_string());
            json!([port.host_ip.unwrap_or(""), low, high, port.protocol])
        });
        assert_eq!(ours.unwrap_or_default(), answer["parts"], "{text:?}");
    }
    let mounts = generate(&MOUNT, 10_000);
    let answers = oracle.ask(&mounts.iter().map(|text| json!({ "kind": "mount", "word": text })).collect::<Vec<_>>());
    for (text, answer) in mounts.iter().zip(&answers) {
        let ours = parse_mount(text).map(|mount| {
            let kind = if mount.kind == MountKind::Bind { "bind" } else { "volume" };
            json!([kind, mount.source, mount.target, mount.options.contains(&"ro").to_string()])
        });
        assert_eq!(ours.unwrap_or_default(), answer["parts"], "{text:?}");
    }
}

fn generate(pieces: &[&str], count: usize) -> Vec<String> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize
    };
    (0..count)
        .map(|_| {
            let length = 1 + next() % 9;
            (0..length).map(|_| pieces[next() % pieces.len()]).collect()
        })
        .collect()
}

#[test]
fn compose_resolves_projects_as_we_do() {
    let Some(oracle) = Oracle::start() else { return };
    let module = Path::new(&oracle.compose_module);
    let mut cases: Vec<(String, PathBuf)> = Vec::new();
    for path in yaml_files(module) {
        let name = path.strip_prefix(module).expect("it lies in it").display().to_string();
        cases.push((format!("compose-go/{name}"), path));
    }
    cases.extend(corpus_files());
    let mut reviewed = Reviewed::read_from("compose-disagreements.txt");
    hold(oracle, &cases, &mut reviewed);
    reviewed.finish();
}

#[test]
fn compose_judges_damaged_files_as_we_do() {
    let Some(oracle) = Oracle::start() else { return };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("damaged-compose-files");
    let mut cases = Vec::new();
    for (index, (name, path)) in corpus_files().into_iter().enumerate() {
        let text = fs::read_to_string(path).expect("it was just listed");
        for (number, text) in damaged(&text, index).into_iter().enumerate() {
            let folder = folder.join(format!("{index}-{number}"));
            fs::create_dir_all(&folder).expect("the target folder can be written");
            fs::write(folder.join("compose.yaml"), text).expect("the target folder can be written");
            cases.push((format!("{name} #{number}"), folder.join("compose.yaml")));
        }
    }
    if cases.is_empty() {
        println!("skipped: no corpus");
        return;
    }
    let mut reviewed = Reviewed::read_from("compose-disagreements.txt");
    hold(oracle, &cases, &mut reviewed);
    reviewed.finish();
}

/// The file with one line left out, and with one key or name changed; twice each.
fn damaged(text: &str, seed: usize) -> Vec<String> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut result = Vec::new();
    for round in 1..=2 {
        let at = (seed * 31 + round * 7919) % lines.len().max(1);
        let without = lines.iter().enumerate().filter(|(index, _)| *index != at).map(|(_, line)| *line);
        result.push(without.collect());
        let longer = |line: &str| line.replacen(':', "x:", 1);
        let changed =
            lines.iter().enumerate().map(|(index, line)| if index == at { longer(line) } else { (*line).to_owned() });
        result.push(changed.collect());
    }
    result
}

fn corpus_files() -> Vec<(String, PathBuf)> {
    let files = corpus::files("corpus/compose").unwrap_or_default();
    let named = files.into_iter().map(|path| {
        let path = fs::canonicalize(&path).expect("it was just listed");
        let text = path.display().to_string();
        (text.rsplit_once("corpus/").map_or(&*text, |(_, name)| name).to_owned(), path)
    });
    named.collect()
}

/// Holds our loader against compose for every case.
fn hold(oracle: &Oracle, cases: &[(String, PathBuf)], reviewed: &mut Reviewed) {
    let projects: Vec<Project> = cases.iter().map(|(_, path)| load(path)).collect();
    let mut requests = Vec::new();
    for project in &projects {
        let files: Vec<&Path> = project.roots.iter().map(PathBuf::as_path).collect();
        let variables = project.environment().clone().into_variables();
        let environment: Vec<String> =
            variables.filter_map(|(name, value)| Some(format!("{name}={}", value?))).collect();
        for consistent in [false, true] {
            requests.push(json!({ "kind": "compose", "files": files, "env": environment, "consistent": consistent }));
        }
    }
    let answers = oracle.ask(&requests);
    let (mut taken, mut undefined, mut unknown) = (0, 0, 0);
    for (((name, _), project), answers) in cases.iter().zip(&projects).zip(answers.chunks(2)) {
        let [loose, strict] = [0, 1].map(|index| answers[index]["error"].as_str().unwrap_or(""));
        let has_unknown = has_unknown_key(project);
        if loose.contains("dditional propert") {
            reviewed.ran(name);
            unknown += 1;
            if !has_unknown && project.complete {
                reviewed.meet(name, &format!("refused: {loose}"));
            }
        }
        if !loose.is_empty() {
            continue;
        }
        reviewed.ran(name);
        taken += 1;
        if has_unknown {
            reviewed.meet(name, "taken, though a key is unknown");
        }
        compare(name, project, &answers[0], reviewed);
        let told = ["undefined", "not found", "unknown service"].iter().any(|word| strict.contains(word));
        undefined += usize::from(told);
        if told && project.undefined().is_empty() && project.complete {
            reviewed.meet(name, &format!("refused: {strict}"));
        }
        if strict.is_empty() && !project.undefined().is_empty() {
            reviewed.meet(name, &format!("taken, though {:?}", project.undefined()));
        }
    }
    println!(
        "of {} projects, compose resolves {taken} as we do; it refuses {undefined} for an undefined name and {unknown} for \
         an unknown key",
        cases.len()
    );
}

/// Whether a file of the project has a key that we would report.
fn has_unknown_key(project: &Project) -> bool {
    project.files.iter().any(|file| {
        let stream = yaml::parse(file.text.clone());
        stream.roots().any(|root| (File { root }).is_version_1() || !unknown_keys(root).is_empty())
    })
}

fn load(path: &Path) -> Project {
    let bytes = fs::read(path).expect("it was just listed");
    Project::load(path, &yaml::parse(String::from_utf8_lossy(&bytes).into_owned()), &DiskFiles)
}

fn yaml_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the module can be listed") {
        let path = entry.expect("the module can be listed").path();
        if path.is_dir() {
            found.extend(yaml_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn compare(case: &str, ours: &Project, theirs: &Value, reviewed: &mut Reviewed) {
    if !ours.complete {
        reviewed
            .meet(case, &format!("not read whole: {:?}", ours.problems.iter().map(|p| &p.kind).collect::<Vec<_>>()));
        return;
    }
    let empty = serde_json::Map::new();
    let services = theirs["services"].as_object().unwrap_or(&empty);
    let names: Vec<&str> = ours.services().map(|service| service.name).collect();
    for name in services.keys().filter(|name| !names.contains(&name.as_str())) {
        reviewed.meet(case, &format!("service `{name}` is missing"));
    }
    for service in ours.services() {
        match services.get(service.name) {
            Some(other) => compare_service(case, service, other, reviewed),
            None => reviewed.meet(case, &format!("service `{}` is not there", service.name)),
        }
    }
}

fn compare_service(case: &str, ours: ServiceFacts<'_>, theirs: &Value, reviewed: &mut Reviewed) {
    let mut check = |what: &str, ours_is: Option<Value>, theirs: Value| {
        if let Some(value) = ours_is.filter(|value| *value != theirs) {
            reviewed.meet(case, &format!("{}.{what}: {value} is {theirs}", ours.name));
        }
    };
    for key in ["image", "user"] {
        check(key, text(ours.text(key)), theirs[key].clone());
    }
    if let Fact::Known(build) = ours.build() {
        let context = build.context.known().map(|path| json!(path.display().to_string()));
        check("context", context.filter(|_| theirs["context"] != ""), theirs["context"].clone());
        check(
            "target",
            text(build.target.and_then(|value| value.as_text().map_or(Fact::Unknown, Fact::Known))),
            theirs["target"].clone(),
        );
    }
    check("networks", sorted_names(ours.fact("networks")), theirs["networks"].clone());
    let dependencies: Option<BTreeMap<&str, &str>> =
        ours.depends_on().into_iter().map(|it| Some((it.service, it.condition.known()?))).collect();
    let others = theirs["depends_on"].as_object().map(|map| map.iter().filter(|(_, value)| *value != "").count());
    let explicit = others == dependencies.as_ref().map(BTreeMap::len);
    check("depends_on", dependencies.filter(|_| explicit).map(|map| json!(map)), theirs["depends_on"].clone());
    check("environment", environment(ours.fact("environment")), theirs["environment"].clone());
    check("cap_add", sorted_names(ours.fact("cap_add")), sorted(&theirs["cap_add"]));
    check("profiles", sorted_names(ours.fact("profiles")), sorted(&theirs["profiles"]));
    let (mounts, others) = (volumes(ours), named_volumes(&theirs["mounts"]));
    check("volumes", mounts, others);
}

fn text(fact: Fact<&str>) -> Option<Value> {
    match fact {
        Fact::Known(text) => Some(json!(text)),
        Fact::Absent => Some(json!("")),
        Fact::Unknown => None,
    }
}

fn sorted_names(fact: Fact<&Model>) -> Option<Value> {
    let Fact::Known(value) = fact else { return matches!(fact, Fact::Absent).then(|| json!([])) };
    let mut names: Vec<&str> = value.names().into_iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    let whole = !value.is_open() && names.len() == value.items().len() + value.entries().len();
    whole.then(|| json!(names))
}

fn sorted(list: &Value) -> Value {
    let mut names: Vec<&str> = list.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    names.sort_unstable();
    json!(names)
}

fn environment(fact: Fact<&Model>) -> Option<Value> {
    let Fact::Known(value) = fact else { return None };
    let pairs = value.pairs();
    let known =
        value.entries().iter().all(|entry| !entry.value.is_open()) && value.items().iter().all(|item| !item.is_open());
    let values: BTreeMap<&str, Option<&str>> = pairs.into_iter().map(|(name, value, _)| (name, value)).collect();
    (known && !value.is_open()).then(|| json!(values))
}

/// The named volumes and where they are mounted. Paths of the host are written in too many ways to be compared.
fn volumes(service: ServiceFacts<'_>) -> Option<Value> {
    let Fact::Known(list) = service.fact("volumes") else { return None };
    let mounts = service.mounts();
    let mut named = Vec::new();
    for mount in mounts.iter().filter(|mount| mount.kind == MountKind::Volume) {
        named.push(format!("{} {}", mount.source.known()?, mount.target.known()?.trim_end_matches('/')));
    }
    named.sort();
    (mounts.len() == list.items().len()).then(|| json!(named))
}

fn named_volumes(mounts: &Value) -> Value {
    let named = mounts.as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut named: Vec<&str> =
        named.filter_map(|mount| mount.strip_prefix("volume ")).filter(|mount| !mount.starts_with(' ')).collect();
    named.sort_unstable();
    json!(named)
}
