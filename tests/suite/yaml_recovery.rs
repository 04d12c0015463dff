//! One line of a real file is broken, in six ways: how much of what comes after it still comes out right?

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use rlint::syntax::yaml::{NodeKind, Ref, ScalarStyle, Stream, parse};

/// A value by its place: document, path of keys and positions, text.
type Triple = (usize, String, String);

/// A way to break the line `text[start..end]`, whose value starts at `value`.
pub(crate) type Break = fn(text: &str, start: usize, value: usize, index: usize) -> String;

pub(crate) const BREAKS: [(&str, Break); 6] = [
    ("word without colon", |text, _, value, _| {
        let colon = text[..value].rfind(':').expect("a key before the value");
        format!("{}{}", &text[..colon], &text[colon + 1..])
    }),
    ("unclosed `[`", |text, _, value, _| insert(text, value, "[")),
    ("unclosed quote", |text, _, value, _| insert(text, value, "\"")),
    ("indent off by one", |text, start, _, index| {
        let fewer = index % 2 == 1 && text[start..].starts_with(' ');
        if fewer { format!("{}{}", &text[..start], &text[start + 1..]) } else { insert(text, start, " ") }
    }),
    ("tab as indent", |text, start, _, _| {
        let rest = text[start..].trim_start_matches(' ');
        format!("{}\t{rest}", &text[..start])
    }),
    ("template line", |text, start, _, _| {
        let indent = text[start..].len() - text[start..].trim_start_matches(' ').len();
        insert(text, start, &format!("{}{{{{- if .Values.x }}}}\n", &text[start..start + indent]))
    }),
];

#[test]
fn most_of_what_follows_a_broken_line_comes_out_right() {
    let files = corpus(&["compose", "kubernetes"]);
    if files.is_empty() {
        println!("skipped: no corpus");
        return;
    }
    let detail = std::env::var("RLINT_DETAIL").ok();
    let mut shares = [const { Vec::new() }; 6];
    let mut invented = [0; 6];
    let mut used = 0;
    // Two of three, to end in time.
    for path in files.iter().enumerate().filter(|(index, _)| index % 3 != 2).map(|(_, path)| path) {
        let Ok(text) = fs::read_to_string(path) else { continue };
        if text.len() > 60_000 || text.contains("{{") {
            continue;
        }
        let Some((start, value)) = middle_line(&text) else { continue };
        let before = triples(&parse(text.as_str()), 0);
        used += 1;
        for (kind, (name, breaking)) in BREAKS.iter().enumerate() {
            let broken = breaking(&text, start, value, used);
            let end = text[start..].find('\n').map_or(text.len(), |length| start + length + 1);
            let shift = broken.len() as isize - text.len() as isize;
            let wanted: Vec<Triple> =
                before.iter().filter(|(at, _)| *at >= end).map(|(_, triple)| triple.clone()).collect();
            if wanted.is_empty() {
                continue;
            }
            let stream = parse(broken.as_str());
            let mut found: HashMap<Triple, usize> = HashMap::new();
            for (_, triple) in triples(&stream, 0) {
                *found.entry(triple).or_default() += 1;
            }
            let right = wanted
                .iter()
                .filter(|triple| found.get_mut(*triple).filter(|left| **left > 0).map(|left| *left -= 1).is_some())
                .count();
            let share = right as f64 / wanted.len() as f64;
            shares[kind].push(share);
            let known: std::collections::HashSet<&Triple> = before.iter().map(|(_, triple)| triple).collect();
            let line = start..(end as isize + shift) as usize;
            let mut news = triples(&stream, 0);
            news.retain(|(at, triple)| !line.contains(at) && !known.contains(triple));
            invented[kind] += usize::from(!news.is_empty());
            if detail.as_deref() == Some(*name) && (share < 0.9 || !news.is_empty()) {
                let line = text[..start].lines().count() + 1;
                println!("{share:.2} new {news:?} {}:{line} errors {:?}", path.display(), errors(&stream));
            }
        }
    }
    assert!(used >= 500, "only {used} files");
    for (kind, (name, _)) in BREAKS.iter().enumerate() {
        let mean = shares[kind].iter().sum::<f64>() / shares[kind].len() as f64;
        println!(
            "{name:20} {:5.1} % of {} files; values elsewhere: {} files",
            mean * 100.0,
            shares[kind].len(),
            invented[kind]
        );
        assert!(mean >= 0.97, "{name}: {mean}");
    }
}

fn errors(stream: &Stream) -> Vec<(usize, &str)> {
    stream
        .errors
        .iter()
        .map(|error| (stream.text[..error.span.start as usize].matches('\n').count() + 1, error.message.as_str()))
        .collect()
}

fn insert(text: &str, at: usize, what: &str) -> String {
    format!("{}{what}{}", &text[..at], &text[at..])
}

/// The first line from the middle on that is `key: value`, perhaps as an item: its start and that of its value.
pub(crate) fn middle_line(text: &str) -> Option<(usize, usize)> {
    let stream = parse(text);
    if !stream.errors.is_empty() || text.lines().count() < 8 {
        return None;
    }
    let entries = stream.documents.iter().flat_map(|document| document.all().flat_map(Ref::entries));
    let mut lines: Vec<(usize, usize)> = entries
        .filter(|(key, value)| {
            let plain = matches!(&value.node().kind, NodeKind::Scalar(scalar) if scalar.style == ScalarStyle::Plain);
            plain && !key.text().contains('\n') && !value.text().contains('\n')
        })
        .map(|(key, value)| {
            let key_start = key.span().start as usize;
            (text[..key_start].rfind('\n').map_or(0, |newline| newline + 1), value.span().start as usize)
        })
        .filter(|(start, value)| !text[*start..*value].contains(['{', '\n', '#']))
        .collect();
    lines.sort_unstable();
    lines.into_iter().find(|(start, _)| *start >= text.len() / 2)
}

/// Every scalar with where it starts.
fn triples(stream: &Stream, from: usize) -> Vec<(usize, Triple)> {
    let mut result = Vec::new();
    for (index, document) in stream.documents.iter().enumerate() {
        let Some(root) = document.root() else { continue };
        let mut waiting = vec![(root, String::new())];
        while let Some((node, path)) = waiting.pop() {
            match &node.node().kind {
                NodeKind::Scalar(scalar) if !scalar.templated => {
                    let start = node.span().start as usize;
                    if start >= from {
                        result.push((start, (index, path, node.as_str().unwrap_or("").to_owned())));
                    }
                }
                NodeKind::Mapping(_) => {
                    waiting.extend(node.entries().map(|(key, value)| (value, format!("{path}/{}", key.text()))));
                }
                NodeKind::Sequence(_) => {
                    waiting.extend(node.items().enumerate().map(|(at, item)| (item, format!("{path}/{at}"))));
                }
                _ => {}
            }
        }
    }
    result
}

/// All YAML files under these folders of the corpus; nothing when it is not there.
pub(crate) fn corpus(kinds: &[&str]) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let mut waiting: Vec<PathBuf> = kinds.iter().map(|kind| root.join(kind)).collect();
    let mut files = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

#[test]
fn charts_have_no_syntax_errors() {
    let files = corpus(&["helm"]);
    if files.is_empty() {
        println!("skipped: no corpus");
        return;
    }
    let mut wrong = Vec::new();
    for path in &files {
        let Ok(text) = fs::read_to_string(path) else { continue };
        let stream = parse(text.as_str());
        if !stream.errors.is_empty() {
            wrong.push(format!("{} {:?}", path.display(), errors(&stream)));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn services_indented_by_one_space_less_are_read_as_the_others() {
    let seed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/seeds/003_0b51f7fa82875f4a.txt");
    let Ok(seed) = fs::read_to_string(seed) else {
        println!("skipped: no seeds");
        return;
    };
    let block =
        seed.split("```yaml\n").find_map(|block| block.split("```").next().filter(|b| b.contains("zookeeper:")));
    let text = block.expect("the compose file");
    let stream = parse(text);
    let line = text.lines().position(|line| line == " zookeeper:").expect("the first wrong line") + 1;
    let found = errors(&stream);
    assert_eq!(found.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [line], "{found:?}");
    let services = stream.documents[0].root().and_then(|root| root.get("services")).expect("services");
    let names: Vec<&str> = services.entries().filter_map(|(key, _)| key.as_str()).collect();
    assert_eq!(names[names.len() - 4..], ["filebeat", "zookeeper", "kafka", "nsenter1"]);
    assert_eq!(services.path(&["kafka", "ports"]).map(|ports| ports.items().len()), Some(1));
}

/// All Dockerfiles of the corpus.
pub(crate) fn dockerfiles() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/dockerfile");
    let mut waiting = vec![root];
    let mut files = Vec::new();
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { waiting.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}
