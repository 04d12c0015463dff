//! Every way to ignore a finding.

use rlint::lint::suppress::{Origin, add_ignores};
use rlint::lint::{Date, Preset, Settings, Severity, check, fix};
use rlint::text::{MemoryFiles, apply};

use crate::support::sample::{found, found_with, settings};

const POD: &str = "\
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: a
      image: x
    - name: b
      image: y
";

#[test]
fn a_comment_above_covers_the_next_instruction() {
    assert_eq!(
        found("Dockerfile", "FROM a\n# rlint ignore=sample/run\nRUN b\nRUN c\n"),
        ["1:sample/from", "4:sample/run"]
    );
    assert_eq!(found("Dockerfile", "# rlint ignore=from\n\n# other\nFROM a\n"), [""; 0]);
    assert_eq!(found("Dockerfile", "# rlint ignore=from\nFROM a\nRUN b \\\n # rlint ignore=run\n c\n"), [""; 0]);
}

#[test]
fn a_name_may_be_an_id_a_bare_name_a_group_a_category_or_an_alias() {
    for name in ["sample/from", "from", "sample", "correctness", "DL3006", "dl3006"] {
        assert_eq!(found("Dockerfile", &format!("# rlint ignore={name}\nFROM a\n")), [""; 0], "{name}");
    }
    let both = "services:\n  # rlint ignore=same-name\n  a:\n    image: b\n";
    assert_eq!(found("compose.yaml", both), [""; 0]);
}

#[test]
fn a_comment_in_yaml_covers_the_node_that_starts_there() {
    let text = "services:\n  a: # rlint ignore=image\n    image: b\n  c:\n    image: d # rlint ignore=sample/image\n";
    assert_eq!(found("compose.yaml", text), ["2:sample/service", "4:sample/service"]);
    let above = POD.replace("    - name: a", "    # rlint ignore=container\n    - name: a");
    assert_eq!(found("pod.yaml", &above), ["10:sample/container"]);
    let list = POD.replace("containers:", "containers: # rlint ignore=container");
    assert_eq!(found("pod.yaml", &list), [""; 0]);
}

#[test]
fn a_comment_above_a_manifest_covers_that_object_and_no_other() {
    let text = format!("# rlint ignore=container\n{POD}---\n{POD}");
    assert_eq!(found("pods.yaml", &text), ["19:sample/container", "21:sample/container"]);
}

#[test]
fn a_file_is_ignored_in_its_leading_comment_only() {
    assert_eq!(found("Dockerfile", "# rlint ignore-file=run,from\nFROM a\nRUN b\n"), [""; 0]);
    assert_eq!(
        found("Dockerfile", "FROM a\n# rlint ignore-file=run\nRUN b\n"),
        ["1:sample/from", "2:rlint/unused-ignore", "3:sample/run"]
    );
    assert_eq!(found("compose.yaml", "# rlint ignore-file=sample\nservices:\n  a:\n    image: b\n"), [""; 0]);
}

#[test]
fn an_ignore_that_ignores_nothing_is_reported_and_removed() {
    let text = "FROM a\n# rlint ignore=run,from\nRUN b\n";
    assert_eq!(found("Dockerfile", text), ["1:sample/from", "2:rlint/unused-ignore"]);
    assert_eq!(fixed("Dockerfile", text), "FROM a\n# rlint ignore=run\nRUN b\n");
    assert_eq!(fixed("Dockerfile", "FROM a\n# rlint ignore=from\nRUN b\n"), "FROM a\nRUN b\n");
    assert_eq!(
        fixed("Dockerfile", "FROM a\n# rlint ignore=from, run reason=\"x\"\nRUN b\n"),
        "FROM a\n# rlint ignore=run reason=\"x\"\nRUN b\n"
    );
    let yaml = "services:\n  a:\n    image: b # rlint ignore=service\n";
    assert_eq!(fixed("compose.yaml", yaml), "services:\n  a:\n    image: b\n");
}

#[test]
fn an_ignore_of_a_rule_that_did_not_run_is_left_alone() {
    let mut settings = settings();
    settings.set_enabled("sample/from", false);
    assert_eq!(found_with("Dockerfile", "# rlint ignore=from\nFROM a\n", &settings), [""; 0]);
    assert_eq!(found_with("Dockerfile", "# rlint ignore=sample\nFROM a\n", &settings), [""; 0]);
    // A rule for another language could not have found anything.
    assert_eq!(found_with("Dockerfile", "# rlint ignore=container\nFROM a\n", &settings), ["1:rlint/unused-ignore"]);
}

#[test]
fn a_name_that_no_rule_bears_is_reported_and_mended() {
    assert_eq!(found("Dockerfile", "# rlint ignore=fron\nFROM a\n"), ["1:rlint/unknown-rule", "2:sample/from"]);
    assert_eq!(fixed("Dockerfile", "# rlint ignore=sample/fron\nFROM a\n"), "# rlint ignore=sample/from\nFROM a\n");
    assert_eq!(found("Dockerfile", "# rlint ignore=\nFROM a\n"), ["1:rlint/unknown-rule", "2:sample/from"]);
}

#[test]
fn an_ignore_ends_after_its_day() {
    let text = "# rlint ignore=from reason=\"soon\" expires=2026-05-01\nFROM a\n";
    let on = |day: &str| {
        let mut settings = settings();
        settings.today = Date::parse(day);
        found_with("Dockerfile", text, &settings)
    };
    assert_eq!(on("2026-05-01"), [""; 0]);
    assert_eq!(on("2026-05-02"), ["1:rlint/expired-ignore", "2:sample/from"]);
    assert_eq!(found("Dockerfile", text), [""; 0]);
    assert_eq!(found("Dockerfile", "# rlint ignore=from expires=2026-02-30\nFROM a\n"), ["1:rlint/expired-ignore"]);
}

#[test]
fn the_spellings_of_other_tools_work_in_dockerfiles() {
    for comment in [
        "# hadolint ignore=DL3006",
        "#hadolint ignore = DL3059 , DL3006 because",
        "# check=skip=StageNameCasing;error=true",
        "# trivy:ignore:AVD-DS-0001",
        "#trivy:ignore:DS001 trivy:ignore:DS002",
        "# checkov:skip=CKV_DOCKER_7:it is fine",
    ] {
        assert_eq!(found("Dockerfile", &format!("# first\n{comment}\nFROM a\n")), [""; 0], "{comment}");
    }
    assert_eq!(found("Dockerfile", "# check=skip=all\nFROM a\nRUN b\n"), [""; 0]);
    assert_eq!(found("Dockerfile", "# hadolint global ignore=DL3059\nFROM a\nRUN b\nRUN c\n"), ["2:sample/from"]);
    assert_eq!(
        found("Dockerfile", "FROM a\n# hadolint stage ignore=DL3059\nRUN b\nRUN c\nFROM d\nRUN e\n"),
        ["1:sample/from", "5:sample/from", "6:sample/run"]
    );
}

#[test]
fn of_several_comments_of_hadolint_above_an_instruction_each_counts() {
    let text = "FROM a\n# hadolint ignore=DL3059\n# a note\n# hadolint ignore=DL9999 # why\nRUN b\n";
    assert_eq!(found("Dockerfile", text), ["1:sample/from"]);
    assert_eq!(found("Dockerfile", "FROM a\n# hadolint ignore=DL3059\n\nRUN b\n"), ["1:sample/from"]);
    assert_eq!(
        found("Dockerfile", "FROM a\nRUN b\nRUN c\n# hadolint global ignore=DL3006,DL3059\n"),
        [""; 0],
        "for the file wherever it stands"
    );
}

#[test]
fn a_dockerfile_may_ask_for_errors_as_it_does_of_buildkit() {
    let severities = |text: &str| {
        let mut files = MemoryFiles::default();
        files.insert("Dockerfile", text);
        let mut settings = Settings::preset(&rlint::catalog(), Preset::All);
        for rule in rlint::rules().iter().filter(|rule| !["latest-tag", "legacy-key-value"].contains(&rule.name())) {
            settings.set_enabled(&rule.id, false);
        }
        let report = check(&["Dockerfile".into()], &files, &settings);
        report.diagnostics.iter().map(|own| (own.rule.to_string(), own.severity)).collect::<Vec<_>>()
    };
    let both = |severity| {
        let latest = ("dockerfile/latest-tag".to_owned(), Severity::Warning);
        vec![latest, ("dockerfile/legacy-key-value".to_owned(), severity)]
    };
    // Only the rule that answers to BuildKit.
    for directive in ["# check=error=true", "# check=skip=Other;error=true", "# check=error=1"] {
        assert_eq!(severities(&format!("{directive}\nFROM a:latest\nENV a b\n")), both(Severity::Error), "{directive}");
    }
    for text in [
        "FROM a:latest\nENV a b\n",
        "# check=error=false\nFROM a:latest\nENV a b\n",
        "FROM a:latest\n# check=error=true\nENV a b\n",
    ] {
        assert_eq!(severities(text), both(Severity::Info), "{text}");
    }
}

#[test]
fn the_comments_of_dclint_work_in_compose_files() {
    let services = "services:\n  a:\n    image: b\n";
    assert_eq!(found("compose.yaml", &format!("# dclint disable\n{services}")), [""; 0]);
    assert_eq!(found("compose.yaml", &format!("# dclint disable-file\n{services}")), [""; 0]);
    assert_eq!(
        found("compose.yaml", &format!("# dclint disable service-ports-alphabetical-order\n{services}")),
        ["4:sample/image"]
    );
    let line = "services:\n  a: # dclint disable-line service-ports-alphabetical-order\n    image: b\n";
    assert_eq!(found("compose.yaml", line), ["3:sample/image"]);
}

#[test]
fn annotations_for_other_tools_cover_their_object() {
    for annotation in [
        "ignore-check.kube-linter.io/no-read-only-root-fs: \"reason\"",
        "kube-linter.io/ignore-all: \"reason\"",
        "kube-score/ignore: other,no-read-only-root-fs",
        "polaris.fairwinds.com/cpuRequestsMissing-exempt: \"true\"",
        "polaris.fairwinds.com/exempt: \"true\"",
        "checkov.io/skip1: CKV_K8S_20=reason",
    ] {
        let text = POD.replace("  name: web\n", &format!("  name: web\n  annotations:\n    {annotation}\n"));
        assert_eq!(
            found("pods.yaml", &format!("{text}---\n{POD}")),
            ["20:sample/container", "22:sample/container"],
            "{annotation}"
        );
    }
    let off = POD.replace("  name: web\n", "  annotations: {polaris.fairwinds.com/exempt: \"false\"}\n");
    assert_eq!(found("pod.yaml", &off).len(), 2);
}

#[test]
fn what_is_written_for_another_tool_is_never_reported() {
    assert_eq!(found("Dockerfile", "# hadolint ignore=DL9999,DL3059\nFROM a\n"), ["2:sample/from"]);
}

#[test]
fn what_is_ignored_says_by_whom_and_why() {
    let mut files = MemoryFiles::default();
    let text = "# rlint ignore=from reason=\"not mine\"\nFROM a\n# hadolint ignore=DL3059 # it is old\nRUN b\n";
    files.insert("Dockerfile", text);
    let report = check(&["Dockerfile".into()], &files, &settings());
    let by: Vec<_> = report.suppressed.iter().map(|s| (s.origin, s.reason.as_deref())).collect();
    assert_eq!(by, [(Origin::Rlint, Some("not mine")), (Origin::Hadolint, Some("it is old"))]);
}

#[test]
fn without_suppressions_everything_is_reported_and_no_comment_is_judged() {
    let mut settings = settings();
    settings.no_suppressions = true;
    assert_eq!(found_with("Dockerfile", "# rlint ignore=from,nothing\nFROM a\n", &settings), ["2:sample/from"]);
}

#[test]
fn ignores_are_written_where_they_work() {
    for (path, text, expected) in [
        (
            "Dockerfile",
            "# escape=`\nFROM a\n  RUN b `\n c\n",
            "# escape=`\n# rlint ignore=sample/from reason=\"old\"\nFROM a\n  # rlint ignore=sample/run reason=\"old\"\n  RUN b `\n c\n",
        ),
        (
            "compose.yaml",
            "services:\r\n  a:\r\n    image: b\r\n",
            "services:\r\n  a:  # rlint ignore=sample/service reason=\"old\"\r\n    image: b  # rlint ignore=sample/image reason=\"old\"\r\n",
        ),
        (
            "compose.yaml",
            "services:\n  a: # why\n    image: >-\n      b\n",
            "services:\n  # rlint ignore=sample/service reason=\"old\"\n  a: # why\n    # rlint ignore=sample/image reason=\"old\"\n    image: >-\n      b\n",
        ),
    ] {
        let mut files = MemoryFiles::default();
        files.insert(path, text);
        let report = check(&[path.into()], &files, &settings());
        let source = report.diagnostics[0].source.clone();
        let added = add_ignores(&source, &report.diagnostics, Some("old"), &settings());
        assert!(added.left.is_empty());
        let bytes = apply(source.bytes(), &added.edits).expect("the comments do not overlap");
        let text = String::from_utf8(bytes).expect("it was text before");
        assert_eq!(text, expected);
        assert_eq!(found(path, &text), [""; 0]);
    }
}

#[test]
fn a_dockerfile_inside_another_file_has_its_own_comments() {
    let compose = "services:\n  a:\n    build:\n      dockerfile_inline: |\n        # rlint ignore=from\n        FROM b\n        RUN c\n";
    assert_eq!(found("compose.yaml", compose), ["2:sample/service", "7:sample/run"]);
    let outer = compose.replace("dockerfile_inline: |", "dockerfile_inline: | # rlint ignore=run");
    assert_eq!(found("compose.yaml", &outer), ["2:sample/service"]);
}

fn fixed(path: &str, text: &str) -> String {
    let mut files = MemoryFiles::default();
    files.insert(path, text);
    let safe = rlint::lint::Applicability::Safe;
    let fixed = fix::fix(path.as_ref(), &files, &settings(), safe, &|_| true).expect("the file is in memory");
    assert!(fixed.converged);
    String::from_utf8(fixed.bytes).expect("it was text before")
}
