use super::*;
use crate::syntax::yaml;
use crate::text::MemoryFiles;

fn load(path: &str, files: &[(&str, &str)]) -> Project {
    let mut memory = MemoryFiles::default();
    for (path, text) in files {
        memory.insert(path, *text);
    }
    let text = files.iter().find(|(name, _)| *name == path).map(|(_, text)| *text).expect("the file at hand is given");
    Project::load(Path::new(path), &yaml::parse(text), &memory)
}

fn undefined(project: &Project) -> Vec<&str> {
    project.undefined().into_iter().map(|reference| reference.name).collect()
}

#[test]
fn the_override_beside_is_laid_over_the_file() {
    let base = "services:\n  web:\n    image: a\n    command: [x]\n    ports: ['80:80']\n    environment: {A: '1', B: '2'}\n    \
                volumes: [data:/data]\n    cap_add: [A, B]\n    privileged: true\nvolumes: {data: }\n";
    let over = "services:\n  web:\n    command: [y]\n    ports: ['81:81', '80:80']\n    environment: [B=3, C]\n    \
                volumes: ['./x:/data']\n    cap_add: !override [C]\n    privileged: !reset null\n";
    let project = load("p/compose.yaml", &[("p/compose.yaml", base), ("p/compose.override.yaml", over)]);
    let web = project.service("web").expect("declared");
    let list = |key: &str| web.fact(key).known().map(Value::names).unwrap_or_default();
    let texts = |key: &str| list(key).into_iter().map(|(text, _)| text).collect::<Vec<_>>();
    assert_eq!(texts("command"), ["y"]);
    assert_eq!(texts("ports"), ["80:80", "81:81"]);
    assert_eq!(texts("volumes"), ["./x:/data"]);
    assert_eq!(texts("cap_add"), ["C"]);
    assert!(web.fact("privileged").is_absent());
    let environment: Vec<_> =
        web.fact("environment").known().expect("set").pairs().into_iter().map(|p| (p.0, p.1)).collect();
    assert_eq!(environment, [("A", Some("1")), ("B", Some("3")), ("C", None)]);
    assert!(project.is_here(web.fact("image").known().expect("set").at));
    let (_, volume) = list("volumes")[0];
    assert_eq!(project.file(volume).expect("read").path, Path::new("p/compose.override.yaml"));
    assert_eq!(volume.span.of_text(over), "'./x:/data'");
    assert_eq!(project.role, Role::Complete);
}

#[test]
fn variables_come_from_the_env_file_of_the_project_alone() {
    let text = "services:\n  web:\n    image: nginx:${TAG}\n    user: ${USER_ID}\n    hostname: ${HOST:-h}\n";
    let project = load("compose.yaml", &[("compose.yaml", text), (".env", "TAG=1.27\n")]);
    let web = project.service("web").expect("declared");
    assert_eq!(web.image(), Fact::Known("nginx:1.27"));
    assert_eq!(web.text("user"), Fact::Unknown);
    assert_eq!(web.text("hostname"), Fact::Known("h"));
}

#[test]
fn extends_brings_in_what_the_base_has_and_its_paths_are_those_of_its_file() {
    let text = "services:\n  web:\n    extends: {file: base/common.yml, service: app}\n    networks: [front]\nnetworks: {front: , back: }\n";
    let common = "services:\n  app:\n    extends: root\n    build: .\n    networks: [back]\n  root:\n    user: '1'\n";
    let project = load("p/compose.yaml", &[("p/compose.yaml", text), ("p/base/common.yml", common)]);
    assert!(project.complete, "{:?}", project.problems);
    let web = project.service("web").expect("declared");
    assert_eq!(web.text("user"), Fact::Known("1"));
    let names: Vec<_> = web.fact("networks").known().expect("set").names().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["back", "front"]);
    let build = web.build().known().expect("inherited");
    assert_eq!(build.dockerfile, Fact::Known(PathBuf::from("p/base/Dockerfile")));
    let common = load("p/base/common.yml", &[("p/compose.yaml", text), ("p/base/common.yml", common)]);
    assert_eq!(common.role, Role::ExtendsBase);
}

#[test]
fn circles_end_and_are_told() {
    let text =
        "services:\n  a: {extends: b}\n  b: {extends: c}\n  c: {extends: a, image: x}\ninclude: [compose.yaml]\n";
    let project = load("compose.yaml", &[("compose.yaml", text)]);
    assert!(!project.complete);
    assert!(
        project.problems.iter().all(|problem| matches!(problem.kind, ProblemKind::Cycle(_))),
        "{:?}",
        project.problems
    );
    assert_eq!(project.problems.len(), 2);
}

#[test]
fn what_is_included_belongs_to_the_project() {
    let text = "include:\n  - path: [db/compose.yaml, db/more.yaml]\n    env_file: db/.vars\nservices:\n  web: {image: a, depends_on: [db]}\n";
    let included = "services:\n  db: {image: 'pg:${V}', volumes: ['data:/d']}\n";
    let more = "volumes: {data: }\n";
    let files = [("compose.yaml", text), ("db/compose.yaml", included), ("db/more.yaml", more), ("db/.vars", "V=16")];
    let project = load("compose.yaml", &files);
    assert_eq!(undefined(&project), Vec::<&str>::new());
    assert!(project.complete);
    assert_eq!(project.service("db").expect("included").image(), Fact::Known("pg:16"));
}

#[test]
fn names_that_nothing_declares_are_undefined() {
    let text = "services:\n  web:\n    image: a\n    networks: [default, front]\n    volumes: ['data:/d', './x:/x', '${V}:/v']\n    \
                depends_on: {db: {condition: service_started}, maybe: {condition: service_started, required: false}}\n    \
                secrets: [s]\n    network_mode: service:gone\n    links: ['old:alias']\n";
    let project = load("compose.yaml", &[("compose.yaml", text)]);
    assert_eq!(undefined(&project), ["front", "data", "s", "db", "maybe", "old", "gone"]);
}

#[test]
fn nothing_is_undefined_where_something_could_not_be_read() {
    let text = "include: [gone.yaml]\nservices:\n  web: {image: a, networks: [front]}\n";
    let project = load("compose.yaml", &[("compose.yaml", text)]);
    assert_eq!(project.problems.len(), 1);
    assert_eq!(undefined(&project), Vec::<&str>::new());
}

#[test]
fn a_file_that_a_script_joins_with_others_is_no_whole() {
    let overlay = "services:\n  web: {depends_on: [db], image: a}\n";
    let makefile = "up:\n\tdocker compose -f compose.yaml -f extra/compose.dev.yaml up\n";
    let project = load("extra/compose.dev.yaml", &[("extra/compose.dev.yaml", overlay), ("Makefile", makefile)]);
    assert_eq!(project.role, Role::Override);
    let alone = load("extra/stack.yaml", &[("extra/stack.yaml", overlay)]);
    assert_eq!(alone.role, Role::Complete);
    let variant = load("extra/compose.dev.yaml", &[("extra/compose.dev.yaml", overlay)]);
    assert_eq!(variant.role, Role::Override);
    let beside = load("p/dev.yaml", &[("p/dev.yaml", overlay), ("p/compose.yaml", "services: {db: {image: b}}\n")]);
    assert_eq!(beside.role, Role::Override);
}

#[test]
fn anchors_and_merge_keys_are_followed() {
    let text = "x-base: &base\n  image: a\n  restart: always\nservices:\n  web:\n    <<: *base\n    image: b\n";
    let project = load("compose.yaml", &[("compose.yaml", text)]);
    let web = project.service("web").expect("declared");
    assert_eq!((web.image(), web.text("restart")), (Fact::Known("b"), Fact::Known("always")));
}

#[test]
fn copies_are_bounded() {
    let mut text = String::from("services:\n  s0: {image: a, labels: [");
    text.push_str(&"x,".repeat(2000));
    text.push_str("]}\n");
    for index in 1..300 {
        text.push_str(&format!("  s{index}: {{extends: s{}}}\n", index - 1));
    }
    let project = load("compose.yaml", &[("compose.yaml", &text)]);
    assert!(!project.complete);
}

#[test]
fn an_alias_to_what_is_around_it_ends() {
    let mut text = String::from("services: &all\n  a: &a\n    image: x\n");
    for index in 0..20 {
        text.push_str(&format!("    k{index}: {{<<: *all, inner: *a}}\n"));
    }
    let project = load("compose.yaml", &[("compose.yaml", &text)]);
    assert!(!project.complete);
    assert_eq!(project.service("a").expect("declared").image(), Fact::Known("x"));
}
