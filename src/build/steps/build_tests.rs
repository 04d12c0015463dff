//! Builds whose steps are carried out by nobody: what is asked for, when, and what is kept.

use std::cell::RefCell;
use std::fs;
use std::io::{Read, Write};
use std::os::fd::BorrowedFd;
use std::rc::Rc;
use std::sync::Arc;

use super::*;
use crate::build::exec::request::{Done, ExitStatus, Exited, LayerName, Limit, Limits, Network, Request, Response};
use crate::build::image::{History, Image, ImageConfig, Platform, Store};
use crate::model::dockerfile::Dockerfile;
use crate::syntax::dockerfile::parse;

/// What was asked for, and which layers there are.
#[derive(Default)]
struct Asked {
    requests: Vec<Request>,
    layers: Vec<LayerName>,
    /// Whether all layers have the same files in them.
    alike: bool,
}

/// Carries nothing out and says that it did, unless a command has `fail` in it.
struct Pretender(Rc<RefCell<Asked>>);

impl Executor for Pretender {
    fn execute(
        &mut self,
        request: &Request,
        descriptor: Option<BorrowedFd<'_>>,
        output: &mut dyn FnMut(&str),
    ) -> Result<Response, String> {
        let mut asked = self.0.borrow_mut();
        asked.requests.push(request.clone());
        let done = Done { changed: true, entries: 1, bytes: 10 };
        let pipe = || fs::File::from(descriptor.expect("a pipe").try_clone_to_owned().expect("a descriptor"));
        match request {
            Request::Unpack { layer, .. } => {
                pipe().read_to_end(&mut Vec::new()).expect("a pipe");
                asked.layers.push(layer.clone());
            }
            Request::Pack { layer } => {
                assert!(asked.layers.contains(layer));
                pipe().write_all(&[0; 1024]).expect("a pipe");
            }
            Request::Run(step) => {
                let exited = |status| Exited { status, done, dropped_output: 0, milliseconds: 5 };
                let script = step.arguments.join(" ");
                output(&format!("runs {script}\n"));
                if script.contains("limit") {
                    return Ok(Response::Limit(Limit::Time(7)));
                }
                if script.contains("fail") {
                    return Ok(Response::Exited(exited(ExitStatus::Code(3))));
                }
                if script.contains("nothing") {
                    return Ok(Response::Exited(Exited { done: Done::default(), ..exited(ExitStatus::Code(0)) }));
                }
                asked.layers.push(step.layer.clone());
                return Ok(Response::Exited(exited(ExitStatus::Code(0))));
            }
            Request::Copy(step) if step.sources.iter().any(|source| source == "missing") => {
                return Ok(Response::Invalid { what: "there is no `missing` to copy".to_owned() });
            }
            Request::Copy(step) => asked.layers.push(step.layer.clone()),
            Request::Folder(step) => asked.layers.push(step.layer.clone()),
            Request::Remove { layers } => asked.layers.retain(|layer| !layers.contains(layer)),
            Request::Select { .. } | Request::ListLayer { .. } => {
                let text = if asked.alike { "the same".to_owned() } else { format!("{request:?}") };
                pipe().write_all(text.as_bytes()).expect("a pipe");
            }
            Request::List { .. } => {}
        }
        Ok(Response::Done(done))
    }

    fn way(&self) -> String {
        "pretended".to_owned()
    }

    fn has(&self, layer: &LayerName) -> bool {
        self.0.borrow().layers.contains(layer)
    }
}

/// A builder in a store of its own, in which there is an image `base` of one layer.
struct Bench {
    folder: tempfile::TempDir,
    builder: Builder,
    asked: Rc<RefCell<Asked>>,
}

fn bench() -> Bench {
    let folder = tempfile::tempdir().expect("a folder for the test");
    fs::create_dir(folder.path().join("context")).expect("a folder");
    let store = Arc::new(Store::open(&folder.path().join("store")).expect("a store"));
    let mut config = ImageConfig::empty(&Platform::here());
    config.config.env = vec!["PATH=/bin".to_owned()];
    let (layer, diff_id) = store.put_layer([0; 1024].as_slice()).expect("a layer");
    config.push_layer(diff_id, History { created_by: Some("base".to_owned()), ..History::default() });
    let image = Image::create(&store, config, vec![layer]).expect("an image");
    store.name("docker.io/library/base:latest", &image.descriptor).expect("a name");
    let asked = Rc::new(RefCell::new(Asked::default()));
    let builder = Builder::new(store, Box::new(Pretender(Rc::clone(&asked))));
    Bench { folder, builder, asked }
}

impl Bench {
    fn write(&self, path: &str, content: &str) {
        let path = self.folder.path().join("context").join(path);
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("a folder");
        fs::write(path, content).expect("a file");
    }

    fn build_with(&mut self, text: &str, options: &BuildOptions) -> Outcome {
        let context = self.builder.snapshot(&self.folder.path().join("context"), None).expect("a context");
        self.builder.build(&Dockerfile::new(parse(text)), Some(&context), options, &mut |_| {})
    }

    fn build(&mut self, text: &str) -> BuiltImage {
        let options = BuildOptions { export: true, ..BuildOptions::default() };
        let built = match self.build_with(text, &options) {
            Outcome::Built(image) => Ok(*image),
            other => Err(other),
        };
        built.expect("it is built")
    }

    /// What was asked for since the last time, in a word each.
    fn asked(&self) -> Vec<String> {
        let requests = std::mem::take(&mut self.asked.borrow_mut().requests);
        let word = |request: Request| match request {
            Request::Unpack { layer, .. } => {
                format!("unpack {}", layer.as_str().split('-').next().unwrap_or_default())
            }
            Request::Run(step) => format!("run {}", step.arguments.last().cloned().unwrap_or_default()),
            Request::Copy(step) => format!("copy {}", step.sources.join(" ")),
            Request::Folder(step) => format!("folder {}", step.path),
            Request::Pack { .. } => "pack".to_owned(),
            Request::List { .. } | Request::ListLayer { .. } | Request::Select { .. } => "list".to_owned(),
            Request::Remove { .. } => "remove".to_owned(),
        };
        requests.into_iter().map(word).filter(|word| word != "list").collect()
    }
}

const FILE: &str = "FROM base AS lib\nRUN one\nFROM base\nWORKDIR /w\nRUN two\nCOPY a b /d/\nCOPY --from=lib /x /y\n\
                    RUN --mount=type=bind,source=c,target=/c three\nRUN nothing\nCMD four\n";

fn files(bench: &Bench) {
    for path in ["a", "b", "c", "d"] {
        bench.write(path, path);
    }
}

#[test]
fn an_untouched_build_executes_nothing_and_gives_the_same_image() {
    let mut bench = bench();
    files(&bench);
    let first = bench.build(FILE);
    assert_eq!(
        bench.asked(),
        [
            "unpack base",
            "run one",
            "folder /w",
            "run two",
            "unpack context",
            "copy a b",
            "copy /x",
            "run three",
            "run nothing",
            "pack",
            "pack",
            "pack",
            "pack",
            "pack"
        ]
    );
    assert_eq!((first.executed(), first.steps.len()), (7, 7));
    let again = bench.build(FILE);
    assert_eq!(bench.asked(), [] as [&str; 0]);
    assert_eq!((again.executed(), again.image), (0, first.image.clone()));
    assert_eq!(again.layers, first.layers);
    let image = first.image.expect("it was asked for");
    let layers = image.config.history.iter().filter(|entry| !entry.empty_layer).count();
    assert_eq!((layers, image.manifest.layers.len(), image.config.rootfs.diff_ids.len()), (7, 7, 7));
    assert!(image.config.created.is_some() && image.config.history.iter().skip(1).all(|entry| entry.created.is_some()));
    // The base and those that changed something.
    assert_eq!(first.layers.len(), 6);
}

#[test]
fn what_changed_is_built_again_from_there_on() {
    let mut bench = bench();
    files(&bench);
    bench.build(FILE);
    bench.asked();
    let mut after = |what: &str, text: &str, steps: &[&str]| {
        bench.build(text);
        let asked: Vec<String> = bench.asked().into_iter().filter(|word| word != "pack" && word != "remove").collect();
        assert_eq!(asked, steps, "{what}");
    };
    after("a label", &format!("{FILE}LABEL a=b\n"), &[]);
    after("a comment", &FILE.replace("RUN two", "# why\nRUN two"), &[]);
    after("the last step", &FILE.replace("RUN nothing", "RUN other"), &["run other"]);
    after("a mount", &FILE.replace("target=/c", "target=/e"), &["run three", "run nothing"]);
    let all = ["run one", "copy /x", "run three", "run nothing"];
    after("a variable", &FILE.replacen("base AS lib\n", "base AS lib\nENV A=1\n", 1), &all);
    after(
        "another stage that nobody needs",
        &FILE.replacen("FROM base\n", "FROM base AS no\nRUN fail\nFROM base\n", 1),
        &[],
    );
}

#[test]
fn only_the_files_that_are_taken_count() {
    let mut bench = bench();
    files(&bench);
    bench.build(FILE);
    bench.asked();
    for (path, steps) in [
        ("d", &[][..]),
        ("c", &["unpack context", "run three", "run nothing"]),
        ("a", &["unpack context", "copy a b", "copy /x", "run three", "run nothing"]),
    ] {
        bench.write(path, "new");
        bench.build(FILE);
        let asked: Vec<String> = bench.asked().into_iter().filter(|word| word != "pack" && word != "remove").collect();
        assert_eq!(asked, steps, "{path}");
    }
}

#[test]
fn a_linked_layer_does_not_depend_on_what_is_below() {
    let mut bench = bench();
    files(&bench);
    let text = "FROM base\nRUN one\nCOPY --link a /x/\nRUN two\n";
    let first = bench.build(text);
    bench.asked();
    let second = bench.build(&text.replace("one", "other"));
    let asked: Vec<String> = bench.asked().into_iter().filter(|word| word != "pack").collect();
    assert_eq!(asked, ["run other", "run two"]);
    assert_eq!(first.layers[2], second.layers[2]);
}

#[test]
fn files_that_come_out_the_same_leave_the_steps_after_them_as_they_are() {
    let mut bench = bench();
    files(&bench);
    bench.asked.borrow_mut().alike = true;
    bench.build(FILE);
    bench.asked();
    let text = FILE.replace("RUN one", "RUN other").replace("COPY a b /d/", "COPY b a /d/");
    bench.build(&text);
    let asked: Vec<String> = bench.asked().into_iter().filter(|word| word != "pack").collect();
    // What is copied from the stage is the same, too.
    assert_eq!(asked, ["run other", "copy b a"]);
}

#[test]
fn failures_are_told_and_not_kept() {
    let mut bench = bench();
    files(&bench);
    let options = BuildOptions::default();
    let mut outcome = |text: &str, options: &BuildOptions| {
        let outcome = bench.build_with(&format!("FROM base\nRUN one\n{text}\nRUN after\n"), options);
        let asked = bench.asked().last().cloned();
        let told = match outcome {
            Outcome::Failed(failure) => {
                format!("failed: {} ({}) {}", failure.reason, failure.step.text, failure.tail.trim())
            }
            Outcome::NeedsNetwork { step, program, .. } => format!("network: {program:?} {}", step.place),
            Outcome::Limit { limit, .. } => format!("limit: {limit}"),
            Outcome::Refused(problem) => format!("refused: {problem}"),
            other => format!("{other:?}"),
        };
        (told, asked.unwrap_or_default())
    };
    let failed = ("failed: the command ended with exit code 3 (RUN fail) runs /bin/sh -c fail", "run fail");
    for _ in 0..2 {
        let (told, asked) = outcome("RUN fail", &options);
        assert_eq!((told.as_str(), asked.as_str()), failed);
    }
    let (told, _) = outcome("COPY missing /x", &options);
    assert!(told.starts_with("failed: there is no `missing` to copy"), "{told}");
    assert_eq!(outcome("RUN limit", &options).0, "limit: the limit of 7 seconds");
    let fetch = "RUN apt-get update && fail";
    assert_eq!(outcome(fetch, &options), ("network: Some(\"apt-get\") 2".into(), "run apt-get update && fail".into()));
    let anticipate = BuildOptions { anticipate_network: true, ..BuildOptions::default() };
    assert_eq!(outcome(fetch, &anticipate), ("network: Some(\"apt-get\") 2".into(), String::new()));
    let host = BuildOptions { network: Network::Host, ..BuildOptions::default() };
    assert!(outcome(fetch, &host).0.starts_with("failed: "));
    assert!(outcome("RUN --network=host x", &options).0.starts_with("refused: `--network=host`"));
}

#[test]
fn without_the_cache_every_step_is_carried_out() {
    let mut bench = bench();
    files(&bench);
    bench.build(FILE);
    bench.asked();
    let options = BuildOptions { no_cache: true, ..BuildOptions::default() };
    let executed = match bench.build_with(FILE, &options) {
        Outcome::Built(image) => image.executed(),
        _ => 0,
    };
    assert_eq!(executed, 7);
    let asked = bench.asked();
    assert!(!asked.iter().any(|word| word.starts_with("unpack")), "{asked:?}");
}

#[test]
fn a_layer_that_went_away_is_made_again() {
    let mut bench = bench();
    files(&bench);
    bench.asked.borrow_mut().alike = true;
    bench.build(FILE);
    bench.asked();
    bench.asked.borrow_mut().layers.retain(|layer| !layer.as_str().starts_with("step"));
    bench.build(FILE);
    assert_eq!(bench.asked().iter().filter(|word| word.starts_with("run")).count(), 3);
}

#[test]
fn changing_any_single_input_changes_the_key() {
    let mut bench = bench();
    files(&bench);
    let text = "FROM base AS lib\nRUN {lib}\nFROM base\nARG P={argument}\nENV E={variable}\nSHELL [\"{shell}\", \"-c\"]\n\
                USER {user}\nWORKDIR /{folder}\nCOPY --chown={owner} --chmod={mode} --exclude={exclude} a /{target}\n\
                COPY --from=lib /{source} /x\nCOPY <<E /{name}\n{text}\nE\n\
                RUN --mount=type=cache,id={cache},target=/c --mount=type=tmpfs,target=/{tmpfs} {command}\nRUN <<E\n#!/x\n{script}\nE\n";
    let slots = [
        ("lib", "one", "two"),
        ("argument", "one", "two"),
        ("variable", "one", "two"),
        ("shell", "/one", "/two"),
        ("user", "1", "2"),
        ("folder", "one", "two"),
        ("owner", "1", "2"),
        ("mode", "600", "700"),
        ("exclude", "one", "two"),
        ("target", "one", "two"),
        ("source", "one", "two"),
        ("name", "one", "two"),
        ("text", "one", "two"),
        ("cache", "one", "two"),
        ("tmpfs", "one", "two"),
        ("command", "one", "two"),
        ("script", "one", "two"),
    ];
    let filled = |changed: &str| {
        slots.iter().fold(text.to_owned(), |text, (slot, one, two)| {
            text.replace(&format!("{{{slot}}}"), if *slot == changed { two } else { one })
        })
    };
    let mut last = |text: &str, options: &BuildOptions| match bench.build_with(text, options) {
        Outcome::Built(image) => image.steps.last().map(|step| step.key.clone()),
        _ => None,
    };
    let options = BuildOptions::default();
    let key = last(&filled(""), &options);
    assert!(key.is_some());
    let mut keys = vec![key.clone()];
    for (slot, ..) in slots {
        keys.push(last(&filled(slot), &options));
    }
    let network = BuildOptions { network: Network::Host, ..BuildOptions::default() };
    keys.push(last(&filled(""), &network));
    let argument = Settings { arguments: vec![("P".into(), "given".into())], ..Settings::default() };
    keys.push(last(&filled(""), &BuildOptions { settings: argument, ..BuildOptions::default() }));
    let different: std::collections::HashSet<_> = keys.iter().collect();
    assert_eq!(different.len(), keys.len(), "two inputs have the same key");
    // Proxies and limits decide how something is made and not what.
    let proxy = Settings { arguments: vec![("http_proxy".into(), "http://p".into())], ..Settings::default() };
    let limits = Limits { seconds: 1, ..Limits::default() };
    assert_eq!(last(&filled(""), &BuildOptions { settings: proxy, limits, ..BuildOptions::default() }), key);
    bench.write("a", "new");
    let mut last = |text: &str| match bench.build_with(text, &options) {
        Outcome::Built(image) => image.steps.last().map(|step| step.key.clone()),
        _ => None,
    };
    assert_ne!(last(&filled("")), key);
}

#[test]
fn an_image_that_is_not_here_is_named() {
    let mut bench = bench();
    for (text, part) in [
        ("FROM nowhere\n", "the image `nowhere` is not here"),
        ("FROM base\nCOPY --from=nowhere:1 /a /b\n", "the image `nowhere:1` is not here"),
    ] {
        let told = match bench.build_with(text, &BuildOptions::default()) {
            Outcome::Refused(problem) if problem.kind == ProblemKind::Missing => problem.message,
            other => format!("{other:?}"),
        };
        assert!(told.contains(part), "{told}");
    }
}
