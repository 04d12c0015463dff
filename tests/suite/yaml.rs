//! The YAML reader against fixtures, the corpus and an independent parser.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use rlint::syntax::yaml::{Document, Kept, NodeKind, Profile, Ref, ScalarStyle, Stream, Value, parse, parse_again};
use rlint::text::Span;

use crate::yaml_recovery::corpus;

/// Files of the corpus that we read and libyaml does not, or the other way round, with the reason.
const DISAGREEMENTS: [(&str, &str); 0] = [];

#[test]
fn trees_of_fixtures_are_as_written_down() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/parse");
    let mut fixtures: Vec<PathBuf> = fs::read_dir(&folder).unwrap().flatten().map(|entry| entry.path()).collect();
    fixtures.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    fixtures.sort();
    assert!(fixtures.len() >= 8, "fixtures are missing");
    let mut wrong = Vec::new();
    for path in fixtures {
        let stream = parse(fs::read_to_string(&path).unwrap());
        let dump = dump(&stream);
        let expected = path.with_extension("yaml.ast");
        if std::env::var_os("RLINT_UPDATE").is_some() {
            fs::write(&expected, &dump).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != dump {
            wrong.push(format!("{}:\n{dump}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "trees differ from their .ast (RLINT_UPDATE=1 writes them):\n{}", wrong.join("\n"));
}

#[test]
fn a_text_that_is_read_again_gives_the_tree_of_one_that_is_read_anew() {
    let mut text = "\u{feff}a: 1\n---\n# twice\nb: [x, {y: &a z}]\n---\n# twice\nb: [x, {y: &a z}]\n---\n".to_owned();
    for path in corpus(&["kubernetes"]).iter().step_by(9).take(60) {
        let Ok(more) = fs::read_to_string(path) else { continue };
        if more.len() < 20_000 {
            text.push_str("---\n");
            text.push_str(&more);
        }
    }
    let mut kept = Kept::default();
    let mut seed = 7_u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    for round in 0..120 {
        let (again, anew) = (parse_again(text.as_str(), &mut kept), parse(text.as_str()));
        assert!(dump(&again) == dump(&anew), "the trees differ after {round} edits of\n{text}");
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let (line, other) = (random(lines.len()), random(lines.len()));
        let mut lines: Vec<String> = lines.into_iter().map(str::to_owned).collect();
        match random(7) {
            0 => drop(lines.remove(line)),
            1 => lines.insert(line, "---\n".to_owned()),
            2 => lines.insert(line, lines[other].clone()),
            3 => lines[line] = lines[line].replacen(':', "", 1),
            4 => lines[line].insert_str(0, "  "),
            5 => lines.insert(line, ["x: {{ .y }}\n", "x: \"{{ .y }}\"\n", "{{ .x }}\n"][other % 3].to_owned()),
            _ => lines.retain(|line| !line.contains("x: {{") && !line.starts_with("{{")),
        }
        text = lines.concat();
    }
}

#[test]
fn spans_of_real_files_nest_and_point_at_values() {
    let files = corpus(&["compose", "kubernetes", "helm"]);
    if files.is_empty() {
        println!("skipped: no corpus");
        return;
    }
    let mut nodes = 0;
    for path in files {
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let stream = parse(text.as_str());
        for document in &stream.documents {
            nodes += document.all().count();
            check_spans(document, &path, stream.templated);
        }
        for comment in &stream.comments {
            assert!(comment.of_text(&text).starts_with('#') || stream.templated, "{}: {comment:?}", path.display());
        }
    }
    println!("{nodes} nodes");
}

#[test]
fn lines_that_are_missing_or_doubled_never_end_the_reader() {
    let files = corpus(&["compose", "kubernetes", "helm"]);
    if files.is_empty() {
        println!("skipped: no corpus");
        return;
    }
    let mut read = 0;
    for (index, path) in files.iter().enumerate().step_by(23) {
        let Ok(text) = fs::read_to_string(path) else { continue };
        let lines: Vec<&str> = text.split_inclusive('\n').take(300).collect();
        for at in (index % 7..lines.len()).step_by(7) {
            let without = [&lines[..at], &lines[at + 1..]].concat().concat();
            let twice = [&lines[..=at], &lines[at..]].concat().concat();
            for text in [without, twice] {
                let stream = parse(text);
                for document in &stream.documents {
                    check_spans(document, path, true);
                }
                read += 1;
            }
        }
    }
    println!("{read} texts");
}

#[test]
fn what_libyaml_reads_we_read_with_the_same_values() {
    let files = corpus(&["compose", "kubernetes"]);
    if files.is_empty() {
        println!("skipped: no corpus");
        return;
    }
    let (mut compared, mut rejected) = (0, 0);
    let mut differences = Vec::new();
    for path in files.iter().step_by(if cfg!(debug_assertions) { 2 } else { 1 }) {
        let Ok(text) = fs::read_to_string(path) else { continue };
        if text.len() > 1_000_000 {
            continue;
        }
        let name = path.to_string_lossy().rsplit_once("corpus/").map(|(_, name)| name.to_owned()).unwrap();
        let stream = parse(text.as_str());
        let theirs: Result<Vec<serde_yaml::Value>, _> =
            serde_yaml::Deserializer::from_str(&text).map(serde::Deserialize::deserialize).collect();
        let theirs = match theirs {
            Ok(theirs) => theirs,
            Err(error) => {
                rejected += 1;
                let duplicate = error.to_string().contains("duplicate entry");
                if stream.errors.is_empty() && !duplicate && !stream.templated {
                    differences.push((name, format!("only they reject: {error}")));
                }
                continue;
            }
        };
        compared += 1;
        if !stream.errors.is_empty() {
            differences.push((name, format!("only we reject: {:?}", stream.errors)));
            continue;
        }
        let ours: Vec<Option<Ref<'_>>> = stream.documents.iter().map(Document::root).collect();
        let ours: Vec<Option<Ref<'_>>> = ours.into_iter().filter(Option::is_some).collect();
        let theirs: Vec<&serde_yaml::Value> = theirs.iter().filter(|value| !value.is_null()).collect();
        let ours: Vec<Ref<'_>> = ours.into_iter().flatten().filter(|root| !root.is_null()).collect();
        if ours.len() != theirs.len() {
            differences.push((name, format!("{} documents, they have {}", ours.len(), theirs.len())));
        } else if !stream.templated
            && let Some(place) = ours.iter().zip(theirs).find_map(|(ours, theirs)| difference(*ours, theirs, 0))
        {
            differences.push((name, place));
        }
    }
    println!("{compared} files compared, {rejected} rejected by libyaml");
    differences.retain(|(name, _)| !DISAGREEMENTS.iter().any(|(known, _)| known == name));
    assert!(differences.is_empty(), "{differences:#?}");
}

#[test]
fn hostile_texts_end_in_time() {
    let million = 1_000_000;
    let texts = [
        "[".repeat(million),
        "{".repeat(million),
        "- ".repeat(100_000),
        (0..2_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>(),
        "{{".repeat(100_000),
        "{{ \"".repeat(100_000),
        "{{ if }}".repeat(50_000),
        "a: \"".repeat(100_000),
        format!("a: |\n{}", "  x\n".repeat(200_000)),
        "\t\n".repeat(100_000),
        "- \t- \n :\n".repeat(5_000),
        "a: [\n".repeat(5_000),
        " b\n a: 'x\n".repeat(5_000),
        format!(
            "a: &a [x]\n{}",
            (0..40).map(|n| format!("b{n}: &b{n} {{<<: [*a{0}, *a{0}]}}\n", "")).collect::<String>()
        ),
    ];
    for text in texts {
        let begin = std::time::Instant::now();
        let stream = parse(text.as_str());
        let seconds = begin.elapsed().as_secs_f64();
        println!("{:>8} bytes, {:>5} errors, {seconds:.3} s: {:?}", text.len(), stream.errors.len(), text.get(..12));
        assert!(seconds < 10.0, "{:?} took {seconds} s", text.get(..20));
    }
}

/// The first place where the two differ.
fn difference(ours: Ref<'_>, theirs: &serde_yaml::Value, depth: usize) -> Option<String> {
    if depth > 100 || ours.is_unknown() {
        return None;
    }
    let told = || Some(format!("{:?} is {:?}, they say {theirs:?}", ours.span(), ours.text()));
    match theirs {
        serde_yaml::Value::Mapping(mapping) => {
            if mapping.len() != ours.entries().len() {
                return told();
            }
            let pairs = ours.entries().zip(mapping);
            pairs.into_iter().find_map(|((_, ours), (_, theirs))| difference(ours, theirs, depth + 1))
        }
        serde_yaml::Value::Sequence(items) => {
            if items.len() != ours.items().len() {
                return told();
            }
            ours.items().zip(items).find_map(|(ours, theirs)| difference(ours, theirs, depth + 1))
        }
        serde_yaml::Value::Tagged(tagged) => difference(ours, &tagged.value, depth + 1),
        serde_yaml::Value::String(text) => (ours.as_str() != Some(text)).then(told).flatten(),
        serde_yaml::Value::Null => (!ours.is_null()).then(told).flatten(),
        serde_yaml::Value::Bool(value) => {
            (ours.value(Profile::Yaml12) != Some(Value::Bool(*value))).then(told).flatten()
        }
        serde_yaml::Value::Number(number) => {
            let same = match ours.value(Profile::Yaml12) {
                Some(Value::Integer(ours)) => {
                    number.as_i64().map(i128::from) == Some(ours) || number.as_u64().map(i128::from) == Some(ours)
                }
                Some(Value::Float(ours)) => number.as_f64() == Some(ours),
                _ => false,
            };
            (!same).then(told).flatten()
        }
    }
}

fn check_spans(document: &Document, path: &Path, loose: bool) {
    let text = &document.text;
    for node in document.all() {
        let span = node.span();
        assert!(text.get(span.range()).is_some(), "{}: {span:?} is no text", path.display());
        if let Some(parent) = node.parent() {
            assert!(
                parent.outer_span().encloses(node.outer_span()),
                "{}: {span:?} in {:?}",
                path.display(),
                parent.span()
            );
        }
        let NodeKind::Scalar(scalar) = &node.node().kind else { continue };
        if !loose && !scalar.templated && scalar.style == ScalarStyle::Plain && !node.text().contains('\n') {
            assert_eq!(node.as_str(), Some(node.text()), "{}", path.display());
        }
        if matches!(scalar.style, ScalarStyle::Literal | ScalarStyle::Folded) {
            assert!(node.text().starts_with(['|', '>']), "{}: {:?}", path.display(), node.text());
        }
        if let Some((value, region)) = node.region() {
            let whole = region.span(Span::of(0..value.len()));
            assert!(text.get(whole.range()).is_some(), "{}: {whole:?}", path.display());
        }
    }
}

/// The tree as text: one line per node.
fn dump(stream: &Stream) -> String {
    let mut out = String::new();
    for document in &stream.documents {
        writeln!(out, "document {:?}", document.span).unwrap();
        if let Some(root) = document.root() {
            dump_node(root, 1, "", &mut out);
        }
        for lost in &document.lost {
            writeln!(out, "  lost {lost:?} {:?}", lost.of_text(&stream.text)).unwrap();
        }
    }
    for comment in &stream.comments {
        writeln!(out, "comment {comment:?} {:?}", comment.of_text(&stream.text)).unwrap();
    }
    for error in &stream.errors {
        writeln!(out, "error {:?} {:?}: {}", error.span, error.span.of_text(&stream.text), error.message).unwrap();
    }
    if stream.templated {
        writeln!(out, "templated").unwrap();
    }
    out
}

fn dump_node(node: Ref<'_>, depth: usize, label: &str, out: &mut String) {
    let written = node.node();
    let source = &node.document.text;
    write!(out, "{}{label}", "  ".repeat(depth)).unwrap();
    match &written.kind {
        NodeKind::Missing => write!(out, "missing").unwrap(),
        NodeKind::Scalar(scalar) if scalar.templated => write!(out, "templated {:?}", node.text()).unwrap(),
        NodeKind::Scalar(scalar) => write!(out, "{:?} {:?}", scalar.style, node.as_str().unwrap_or("")).unwrap(),
        NodeKind::Sequence(sequence) => {
            write!(out, "sequence{}", flags(sequence.flow, sequence.open)).unwrap();
        }
        NodeKind::Mapping(mapping) => write!(out, "mapping{}", flags(mapping.flow, mapping.open)).unwrap(),
        NodeKind::Alias { target } => {
            write!(out, "alias to {:?}", target.map(|id| node.document.get(id).span())).unwrap()
        }
    }
    for (name, span) in [("tag", node.tag_span()), ("anchor", node.anchor_span())] {
        if let Some(span) = span {
            write!(out, " {name} {}", span.of_text(source)).unwrap();
        }
    }
    writeln!(out, " {:?}", node.span()).unwrap();
    for item in node.items().filter(|_| !matches!(written.kind, NodeKind::Alias { .. })) {
        dump_node(item, depth + 1, "- ", out);
    }
    if !matches!(written.kind, NodeKind::Alias { .. }) {
        for entry in node.own_entries() {
            let branch = if entry.branch == 0 { String::new() } else { format!("branch {} ", entry.branch) };
            dump_node(node.document.get(entry.key), depth + 1, &format!("{branch}key "), out);
            dump_node(node.document.get(entry.value), depth + 2, "", out);
        }
    }
}

fn flags(flow: bool, open: bool) -> &'static str {
    match (flow, open) {
        (false, false) => "",
        (true, false) => " flow",
        (false, true) => " open",
        (true, true) => " flow open",
    }
}
