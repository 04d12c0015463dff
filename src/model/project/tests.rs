use super::*;
use crate::syntax::yaml;
use crate::text::MemoryFiles;

fn memory(files: &[(&str, &str)]) -> MemoryFiles {
    let mut memory = MemoryFiles::default();
    for (path, text) in files {
        memory.insert(path, *text);
    }
    memory
}

/// The path of the Dockerfile and the target of `image`, asked for from `k8s/deploy.yaml`.
fn built(files: &[(&str, &str)], image: &str) -> Option<(String, Option<String>)> {
    let memory = memory(files);
    let cache = Cache::default();
    let built = Project::new(&memory, &[], &cache).dockerfile_of_image(image, Path::new("k8s/deploy.yaml"))?;
    Some((built.dockerfile.source.path.to_string_lossy().into_owned(), built.target))
}

const DOCKERFILE: &str =
    "ARG V=1\nFROM golang AS build\nARG A\nUSER app\nFROM scratch\nEXPOSE 80 53/udp\nHEALTHCHECK CMD [\"/x\"]\n";

#[test]
fn a_dockerfile_is_read_once_and_only_its_facts_stay() {
    let memory = memory(&[("app/Dockerfile", DOCKERFILE)]);
    let cache = Cache::default();
    let project = Project::new(&memory, &[], &cache);
    let facts = project.dockerfile(Path::new("app/./Dockerfile")).expect("there");
    assert!(facts.complete);
    assert_eq!(facts.global_arguments, ["V"]);
    assert_eq!(facts.stage("BUILD").map(|stage| stage.arguments.clone()), Some(vec!["A".to_owned()]));
    assert!(matches!(&facts.stages[0].user, UserFacts::Declared { value: Some(user), .. } if user == "app"));
    let last = facts.stage("1").expect("two stages");
    assert_eq!(last.user.is_root(), Some(true));
    assert_eq!(last.has_healthcheck, Some(true));
    assert_eq!(last.exposed.iter().filter_map(|(port, _)| port.as_deref()).collect::<Vec<_>>(), ["80", "53/udp"]);
    assert!(facts.stage("2").is_none() && facts.stage("test").is_none());
    assert!(Arc::ptr_eq(&facts, &project.dockerfile(Path::new("app/Dockerfile")).expect("there")));
    assert_eq!(project.files_read(), [PathBuf::from("app/Dockerfile")]);
}

#[test]
fn compose_skaffold_and_bake_say_what_builds_an_image() {
    let dockerfiles = [("a/Dockerfile", DOCKERFILE), ("b/Dockerfile.prod", DOCKERFILE)];
    let with = |path: &'static str, text: &'static str| [&dockerfiles[..], &[(path, text)]].concat();
    let compose = "services: {a: {image: 'acme/a:${TAG:-1}', build: {context: a, target: build}}}\n";
    let skaffold = "apiVersion: skaffold/v4beta11\nkind: Config\nbuild:\n  artifacts:\n  - image: acme/a\n    context: a\n    \
                    docker: {target: build}\n  - image: acme/jib\n    jib: {}\n";
    let json = r#"{"target": {"x": {"inherits": ["base"], "tags": ["acme/a:1"], "target": "build"}, "base": {"context": "a"}}}"#;
    let hcl = "variable \"TAG\" { default = \"1\" }\ngroup \"default\" { targets = [\"x\"] }\n// note\ntarget \"base\" {\n  context = \"a\"\n  \
               args = {\n    X = \"}\"\n  }\n}\ntarget \"x\" {\n  inherits = [\"base\"]\n  tags = [\"acme/a:${TAG}\", f(x)]\n  target = \"build\"\n}\n";
    let expected = Some(("a/Dockerfile".to_owned(), Some("build".to_owned())));
    for (path, text) in
        [("compose.yaml", compose), ("skaffold.yaml", skaffold), ("docker-bake.json", json), ("docker-bake.hcl", hcl)]
    {
        let files = with(path, text);
        assert_eq!(built(&files, "docker.io/acme/a:2"), expected, "{path}");
        assert_eq!(built(&files, "acme/other"), None, "{path}");
        assert_eq!(built(&files, "registry.example.com/acme/a"), None, "{path}");
    }
    assert_eq!(built(&with("skaffold.yaml", skaffold), "acme/jib"), None);
}

#[test]
fn an_image_that_two_dockerfiles_claim_is_not_known() {
    let compose = "services: {a: {image: a, build: x}, b: {image: a, build: y}}\n";
    let files = [("compose.yaml", compose), ("x/Dockerfile", "FROM a\n"), ("y/Dockerfile", "FROM b\n")];
    assert_eq!(built(&files, "a"), None);
}

#[test]
fn the_settings_have_the_last_word() {
    let memory = memory(&[("x/Dockerfile", DOCKERFILE)]);
    let cache = Cache::default();
    let images = [("acme/app".to_owned(), PathBuf::from("x/Dockerfile"))];
    let project = Project::new(&memory, &images, &cache);
    let built = project.dockerfile_of_image("acme/app:3", Path::new("k8s/d.yaml")).expect("named");
    assert_eq!(built.stage().and_then(|stage| stage.has_healthcheck), Some(true));
}

#[test]
fn an_inline_dockerfile_is_read_too() {
    let text = "services:\n  a:\n    build:\n      dockerfile_inline: |\n        FROM scratch\n        USER 5\n";
    let files = MemoryFiles::default();
    let compose = crate::model::compose::Project::load(Path::new("compose.yaml"), &yaml::parse(text), &files);
    let cache = Cache::default();
    let build = compose.service("a").expect("declared").build().known().expect("built");
    let built = Project::new(&files, &[], &cache).dockerfile_of_build(&build).expect("readable");
    assert_eq!(built.stage().and_then(|stage| stage.user.is_root()), Some(false));
}

#[test]
fn broken_bake_files_are_read_as_far_as_they_go() {
    for text in [
        "target \"a",
        "target \"a\" {",
        "}",
        "target \"a\" { tags = [",
        "x = {",
        "\"",
        "target \"a\" { tags = [\"a\" } }",
        "[]}{",
    ] {
        assert!(bake::hcl(text, Path::new("")).len() <= 1, "{text}");
    }
}

#[test]
fn named_contexts_are_those_that_compose_and_bake_declare() {
    let hcl = "target \"base\" {\n  contexts = {\n    common = \"../x\" # }\n    \"golang:1.24\" = f({ a = 1 }), \"b\" = \"target:y\"\n  }\n}\n\
               target \"app\" {\n  inherits = [\"base\"]\n  contexts = { own = \"docker-image://z\", two = x ? \"a\" : \"b\" }\n}\n";
    let json = r#"{"target": {"x": {"contexts": {"common": ".", "two": "b"}}, "y": {"dockerfile": "other"}}}"#;
    let map = "services: {a: {build: {context: ., additional_contexts: {common: ../x, two: 'service:b'}}}, b: {build: {context: ., dockerfile: other}}}";
    let list = "services: {a: {build: {context: ., additional_contexts: ['common=../x', 'two=docker-image://x:1']}}}";
    let names = |path: &str, text: &str, of: &str| {
        let memory = memory(&[(path, text), ("Dockerfile", ""), ("other", "")]);
        let cache = Cache::default();
        Project::new(&memory, &[], &cache).named_contexts(Path::new(of))
    };
    assert_eq!(names("docker-bake.hcl", hcl, "Dockerfile"), ["own", "two", "common", "golang:1.24", "b"]);
    for (path, text) in [("docker-bake.json", json), ("compose.yaml", map), ("compose.yaml", list)] {
        assert_eq!(names(path, text, "Dockerfile"), ["common", "two"], "{path}");
        assert_eq!(names(path, text, "other"), [] as [&str; 0], "{path}");
    }
}
