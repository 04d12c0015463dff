//! Second opinions from the reference implementations, asked through `tests/oracle`: BuildKit's expander, parser and ignore files,
//! compose-go's variables and projects.

mod ask;
mod build;
mod cases;
pub(crate) mod checks;
mod compose;
mod describe;
mod differences;
#[cfg(all(feature = "build", target_os = "linux"))]
mod evaluate;
mod ignore;
mod mutations;
mod words;

use ask::Oracle;
use serde_json::json;

use cases::Case;
use differences::Reviewed;

#[test]
fn buildkit_expands_the_words_of_its_own_tables_as_we_do() {
    let Some(oracle) = Oracle::start() else { return };
    let tables = &oracle.ask(&[oracle.cases_request()])[0];
    let variables =
        words::check_table(&tables["variables"], |expansion| expansion.value.clone().map(|value| vec![value]));
    let split = words::check_table(&tables["words"], |expansion| expansion.words.clone());
    println!("{variables} variable cases and {split} word cases of BuildKit agree");
    assert!(variables > 100 && split > 15, "the tables were not read");
}

#[test]
fn buildkit_expands_generated_words_as_we_do() {
    let Some(oracle) = Oracle::start() else { return };
    let words = words::generate(20_000);
    let requests: Vec<_> = words.iter().map(words::request).collect();
    let answers = oracle.ask(&requests);
    for (word, answer) in words.iter().zip(&answers) {
        words::check(word, answer);
    }
    let refused = answers.iter().filter(|answer| answer["value"].is_null()).count();
    println!("{} generated words agree, {refused} of them refused by both", words.len());
}

#[test]
fn ignore_files_leave_out_what_we_say() {
    let Some(oracle) = Oracle::start() else { return };
    let files = ignore::files(8_000);
    let mut compared = ignore::Compared::default();
    let answers = oracle.ask(&files.iter().map(ignore::request_file).collect::<Vec<_>>());
    files.iter().zip(&answers).for_each(|(file, answer)| ignore::check_file(file, answer, &mut compared));
    let ignore::Compared { pairs, matched, refused, unknown } = compared;
    println!("{pairs} paths behind ignore files agree, {matched} left out; {refused} files refused, {unknown} unknown");
    assert!(pairs >= 20_000 && unknown * 4 < files.len(), "too few were compared");
}

#[test]
fn sources_match_as_go_says() {
    let Some(oracle) = Oracle::start() else { return };
    let globs = ignore::globs(6_000);
    let mut compared = ignore::Compared::default();
    let answers = oracle.ask(&globs.iter().map(ignore::request_glob).collect::<Vec<_>>());
    globs.iter().zip(&answers).for_each(|(glob, answer)| ignore::check_glob(glob, answer, &mut compared));
    println!("{} globs and paths agree, {} match; {} refused", compared.pairs, compared.matched, compared.refused);
    assert!(compared.pairs >= 20_000, "too few were compared");
}

#[test]
fn buildkit_reads_dockerfiles_as_we_do() {
    let Some(oracle) = Oracle::start() else { return };
    let tables = &oracle.ask(&[oracle.cases_request()])[0];
    let mut reviewed = Reviewed::read();
    for (name, cases) in [
        ("BuildKit's own parser tests", cases::of_buildkit(tables)),
        ("the rule examples", cases::of_rules()),
        ("the corpus", cases::of_corpus()),
        ("damaged Dockerfiles", mutations::cases(20_000)),
    ] {
        compare(oracle, name, &cases, &mut reviewed);
    }
    reviewed.finish();
}

#[test]
fn buildkit_builds_dockerfiles_as_we_understand_them() {
    let Some(oracle) = Oracle::builder() else { return };
    let mut reviewed = Reviewed::read_from("build/disagreements.txt");
    let mut cases = cases::of_rules();
    cases.extend(cases::of_corpus());
    let requests: Vec<_> = cases.iter().map(|case| json!({ "text": case.text })).collect();
    let mut compared = build::Compared::default();
    for (case, answer) in cases.iter().zip(oracle.ask(&requests)) {
        if answer["error"] != "" {
            compared.refused += 1;
            continue;
        }
        for difference in build::differences(&case.text, &answer, &mut compared) {
            reviewed.meet(&case.name, &difference);
        }
        reviewed.ran(&case.name);
    }
    println!("{compared}");
    reviewed.finish();
}

#[cfg(all(feature = "build", target_os = "linux"))]
#[test]
fn buildkit_makes_the_same_image_and_steps_of_dockerfiles() {
    let Some(oracle) = Oracle::builder() else { return };
    let mut reviewed = Reviewed::read_from("build/evaluation.txt");
    let mut cases = cases::of_rules();
    cases.extend(cases::of_corpus());
    cases.extend(mutations::cases(6_000));
    let arguments = [&[][..], &evaluate::ARGUMENTS];
    let requests = cases.iter().flat_map(|case| arguments.map(|own| evaluate::request(&case.text, own, None)));
    let answers = oracle.ask(&requests.collect::<Vec<_>>());
    let mut compared = evaluate::Compared::default();
    for (case, answers) in cases.iter().zip(answers.chunks(arguments.len())) {
        let name = case.name.split(".md:").next().unwrap_or(&case.name);
        for (own, answer) in arguments.iter().zip(answers) {
            for difference in evaluate::differences(&case.text, own, None, answer, &mut compared) {
                reviewed.meet(name, &difference);
            }
        }
        reviewed.ran(name);
    }
    println!("{compared}");
    reviewed.finish();
}

#[test]
fn buildkit_checks_dockerfiles_as_the_preset_buildkit_does() {
    let Some(oracle) = Oracle::builder() else { return };
    let mut reviewed = Reviewed::read_from("build/checks.txt");
    let mut cases = cases::of_rules();
    cases.extend(cases::of_corpus());
    let mut compared = checks::Compared::default();
    // As they are, and beside an ignore file.
    let with_ignored = cases.iter().map(|case| (case, checks::ignore(&case.text))).filter(|(_, file)| !file.is_empty());
    let cases: Vec<(&Case, String)> =
        cases.iter().map(|case| (case, String::new())).chain(with_ignored.collect::<Vec<_>>()).collect();
    let requests: Vec<_> = cases.iter().map(|(case, ignore)| checks::request(&case.text, ignore)).collect();
    for ((case, ignore), answer) in cases.iter().zip(oracle.ask(&requests)) {
        // Without the line of the example, which changes too often.
        let name = case.name.split(".md:").next().unwrap_or(&case.name);
        for difference in checks::differences(&case.text, ignore, &answer, &mut compared) {
            reviewed.meet(name, &difference);
        }
        reviewed.ran(name);
    }
    println!("{compared}");
    reviewed.finish();
}

fn compare(oracle: &Oracle, name: &str, cases: &[Case], reviewed: &mut Reviewed) {
    if cases.is_empty() {
        println!("{name}: skipped, not there");
        return;
    }
    let requests: Vec<_> = cases.iter().map(|case| json!({ "kind": "parse", "text": case.text })).collect();
    let mut refused = 0;
    let mut instructions = 0;
    for (case, answer) in cases.iter().zip(oracle.ask(&requests)) {
        refused += usize::from(answer["error"] != "");
        instructions += answer["nodes"].as_array().map_or(0, Vec::len);
        assert!(!case.negative || answer["error"] != "", "{}: BuildKit accepts its own negative test", case.name);
        for difference in describe::differences(&case.text, &answer) {
            reviewed.meet(&case.name, &difference);
        }
        reviewed.ran(&case.name);
    }
    println!("{name}: {} files, {instructions} instructions, {refused} files refused by BuildKit", cases.len());
}
