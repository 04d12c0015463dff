//! Writes `rules/catalog.rs`, the skeletons of new rules and `docs/rules/` from the pages of the rules.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use rlint::lint::spec::{Page, PageOption};

/// The page of a rule and where it lies.
pub(crate) struct RulePage {
    /// `rules/dockerfile/latest-tag.md`.
    pub(crate) path: PathBuf,
    /// As it is on the disk.
    pub(crate) text: String,
    /// As it was read.
    pub(crate) page: Page,
}

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every page under `rules/`, by id.
pub(crate) fn pages() -> Vec<RulePage> {
    let mut pages = Vec::new();
    for group in folders(&root().join("rules")) {
        for entry in fs::read_dir(&group).expect("the folder was just listed") {
            let path = entry.expect("the folder can be listed").path();
            if path.extension().is_none_or(|extension| extension != "md") || path.ends_with("README.md") {
                continue;
            }
            let text = fs::read_to_string(&path).expect("a page can be read");
            let page = Page::read(&id_of(&path), &text);
            pages.push(RulePage { path, text, page });
        }
    }
    pages.sort_by(|a, b| a.page.id.cmp(&b.page.id));
    pages
}

/// Brings skeletons and the catalog up to date. Gives back what was written.
pub(crate) fn refresh(pages: &[RulePage]) -> Vec<PathBuf> {
    let mut written = Vec::new();
    for rule in pages {
        let code = rule.path.with_file_name(format!("{}.rs", module_file(&rule.page.id)));
        if !code.exists() {
            fs::write(&code, SKELETON).expect("the folder can be written");
            written.push(code);
        }
    }
    refresh_file(&root().join("rules/catalog.rs"), &catalog(pages), &mut written);
    written
}

/// Brings the published pages up to date. Gives back what was written or removed.
pub(crate) fn refresh_docs(pages: &[RulePage]) -> Vec<PathBuf> {
    let mut written = Vec::new();
    let folder = root().join("docs/rules");
    let mut expected = vec![folder.join("README.md")];
    for rule in pages {
        let path = folder.join(format!("{}.md", rule.page.id));
        refresh_file(&path, &published(rule), &mut written);
        expected.push(path);
    }
    refresh_file(&folder.join("README.md"), &index(pages), &mut written);
    let declined =
        format!("<!-- Written by `cargo test` from rules/declined.md; do not edit. -->\n{}", declined_page());
    refresh_file(&folder.join("declined.md"), &declined, &mut written);
    for group in folders(&folder) {
        for entry in fs::read_dir(&group).expect("the folder was just listed") {
            let path = entry.expect("the folder can be listed").path();
            if !expected.contains(&path) {
                fs::remove_file(&path).expect("a page of a rule that is gone can be removed");
                written.push(path);
            }
        }
    }
    written
}

/// The written paths as one sentence.
pub(crate) fn sentence(written: &[PathBuf]) -> String {
    let names: Vec<String> =
        written.iter().map(|path| path.strip_prefix(root()).unwrap_or(path).display().to_string()).collect();
    format!(
        "these files were not current and have been written, look at them and run the tests again: {}",
        names.join(", ")
    )
}

const SKELETON: &str = "use crate::lint::prelude::*;\n\npub const CHECKS: &[Check] = &[];\n";

fn refresh_file(path: &Path, content: &str, written: &mut Vec<PathBuf>) {
    if fs::read_to_string(path).is_ok_and(|current| current == content) {
        return;
    }
    fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the folder can be made");
    fs::write(path, content).expect("the file can be written");
    written.push(path.to_owned());
}

fn folders(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut folders: Vec<PathBuf> =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|p| p.is_dir()).collect();
    folders.sort();
    folders
}

fn id_of(path: &Path) -> String {
    let name = path.file_stem().expect("a page has a name").to_string_lossy();
    let group = path.parent().and_then(Path::file_name).expect("a page lies in the folder of its group");
    format!("{}/{name}", group.to_string_lossy())
}

fn module_file(id: &str) -> String {
    id.rsplit('/').next().unwrap_or(id).replace('-', "_")
}

fn module_name(id: &str) -> String {
    id.replace(['-', '/'], "_")
}

fn catalog(pages: &[RulePage]) -> String {
    let mut out = String::from(
        "//! Every rule. Written by `cargo test` from the pages in the folders beside this file; do not edit.\n\n\
         use std::borrow::Cow::Borrowed;\n\n\
         #[allow(unused_imports, reason = \"some kinds of metadata no rule may have\")]\n\
         use crate::lint::{Applicability, Category, Declined, Preset, Rule, RuleOption, Severity};\n",
    );
    for rule in pages {
        let (group, id) = (rule.page.id.split('/').next().unwrap_or(""), &rule.page.id);
        write!(out, "\n#[path = \"{group}/{}.rs\"]\nmod {};\n", module_file(id), module_name(id))
            .expect("a string takes text");
    }
    out.push_str("\n#[rustfmt::skip]\npub(crate) static ALL: &[Rule] = &[\n");
    for rule in pages {
        push_rule(&mut out, &rule.page);
    }
    out.push_str("];\n");
    out.push_str("\n#[rustfmt::skip]\npub(crate) static DECLINED: &[Declined] = &[\n");
    for Declined { tool, ids, reason } in declined() {
        writeln!(out, "    Declined {{ tool: {tool:?}, ids: &{ids:?}, reason: {reason:?} }},")
            .expect("a string takes text");
    }
    out.push_str("];\n");
    out
}

/// The ids of a tool that no rule answers to, and why.
struct Declined {
    tool: String,
    ids: Vec<String>,
    reason: String,
}

/// The sections of `rules/declined.md`: a tool, below it ids, and the reason.
fn declined() -> Vec<Declined> {
    let mut found: Vec<Declined> = Vec::new();
    let mut tool = String::new();
    for line in declined_page().lines() {
        if let Some(name) = line.strip_prefix("## ") {
            name.clone_into(&mut tool);
        } else if let Some(ids) = line.strip_prefix("### ") {
            let ids = ids.split(", ").map(str::to_owned).collect();
            found.push(Declined { tool: tool.clone(), ids, reason: String::new() });
        } else if let Some(last) = found.last_mut() {
            last.reason.push_str(line);
            last.reason.push('\n');
        }
    }
    for declined in &mut found {
        declined.reason = declined.reason.trim().to_owned();
    }
    found
}

fn declined_page() -> String {
    fs::read_to_string(root().join("rules/declined.md")).expect("the page can be read")
}

fn push_rule(out: &mut String, page: &Page) {
    let list = |items: Vec<String>| format!("Borrowed(&[{}])", items.join(", "));
    let text = |text: &str| format!("Borrowed({text:?})");
    let fields = [
        ("id", text(&page.id)),
        ("severity", format!("Severity::{:?}", page.severity)),
        ("category", format!("Category::{:?}", page.category)),
        ("presets", list(page.presets.iter().map(|preset| format!("Preset::{preset:?}")).collect())),
        ("fixes", list(page.fixes.iter().map(|class| format!("Applicability::{class:?}")).collect())),
        ("aliases", list(page.aliases.iter().map(|alias| text(alias)).collect())),
        ("options", list(page.options.iter().map(option).collect())),
        ("since", text(&page.since)),
        ("summary", text(&page.summary)),
        ("page", format!("Borrowed(include_str!(\"{}.md\"))", page.id)),
        ("checks", format!("Borrowed({}::CHECKS)", module_name(&page.id))),
    ];
    out.push_str("    Rule {\n");
    for (name, value) in fields {
        writeln!(out, "        {name}: {value},").expect("a string takes text");
    }
    out.push_str("    },\n");
}

fn option(option: &PageOption) -> String {
    let presets: Vec<String> = option
        .presets
        .iter()
        .map(|(preset, value)| format!("(Preset::{preset:?}, Borrowed({:?}))", value.to_string()))
        .collect();
    format!(
        "RuleOption {{ name: Borrowed({:?}), kind: Borrowed({:?}), default: Borrowed({:?}), description: Borrowed({:?}), presets: Borrowed(&[{}]) }}",
        option.name,
        option.kind,
        option.default.to_string(),
        option.description,
        presets.join(", ")
    )
}

/// The page as it is published: a table in place of the front matter.
fn published(rule: &RulePage) -> String {
    let page = &rule.page;
    let body = rule.text.get(page.body as usize..).unwrap_or("").trim_start();
    let (title, rest) = body.split_once('\n').unwrap_or((body, ""));
    let names = |names: Vec<&str>| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let mut out = format!("<!-- Written by `cargo test` from rules/{}.md; do not edit. -->\n{title}\n\n", page.id);
    out.push_str("| | |\n| --- | --- |\n");
    let rows = [
        ("id", format!("`{}`", page.id)),
        ("severity", page.severity.name().to_owned()),
        ("category", page.category.name().to_owned()),
        ("presets", names(presets(page))),
        ("fixes", names(page.fixes.iter().map(|class| class.name()).collect())),
        ("since", page.since.clone()),
        ("also known as", names(page.aliases.iter().map(String::as_str).collect())),
    ];
    for (name, value) in rows {
        writeln!(out, "| {name} | {value} |").expect("a string takes text");
    }
    out.push_str(rest);
    if !page.options.is_empty() {
        out.push_str("\n## All options\n\n| option | kind | default | what it does |\n| --- | --- | --- | --- |\n");
        for option in &page.options {
            let mut default = format!("`{}`", option.default);
            for (preset, value) in &option.presets {
                write!(default, "; preset {}: `{value}`", preset.name()).expect("a string takes text");
            }
            writeln!(out, "| `{}` | {} | {default} | {} |", option.name, option.kind, option.description)
                .expect("a string takes text");
        }
    }
    blocks_for_readers(&out)
}

/// The words that only the tests read are taken off the blocks; a line before each says what it is.
fn blocks_for_readers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut fence: Option<&str> = None;
    for line in text.split_inclusive('\n') {
        let ticks = &line[..line.bytes().take_while(|byte| *byte == b'`').count()];
        match fence {
            None if ticks.len() >= 3 => {
                fence = Some(ticks);
                let words: Vec<&str> = line[ticks.len()..].split_ascii_whitespace().collect();
                out.push_str(&caption(&words));
                out.push_str(ticks);
                out.push_str(words.first().unwrap_or(&""));
                out.push('\n');
                continue;
            }
            Some(open) if line.trim_end() == open => fence = None,
            _ => {}
        }
        out.push_str(line);
    }
    out
}

fn caption(words: &[&str]) -> String {
    let rest = words.get(2..).unwrap_or(&[]);
    let file = rest.iter().find(|word| **word != "fragment" && !word.contains('='));
    let settings: Vec<String> = rest
        .iter()
        .filter(|word| word.contains('=') && !word.starts_with("also="))
        .map(|word| format!("`{word}`"))
        .collect();
    let mut caption = match words.get(1) {
        Some(&"bad") => "Found".to_owned(),
        Some(&"good") => "Fine".to_owned(),
        Some(&"fixed") => "Fixed".to_owned(),
        Some(&"report") => "Printed".to_owned(),
        Some(&"with") => "Beside it".to_owned(),
        _ => return String::new(),
    };
    if let Some(file) = file {
        write!(caption, ", `{file}`").expect("a string takes text");
    }
    if !settings.is_empty() {
        write!(caption, ", with {}", settings.join(" and ")).expect("a string takes text");
    }
    format!("{caption}:\n\n")
}

fn presets(page: &Page) -> Vec<&'static str> {
    let rule = rlint::catalog().rule(&page.id);
    let all = rlint::lint::Preset::ALL.into_iter();
    all.filter(|preset| rule.is_some_and(|rule| rule.is_in(*preset))).map(|preset| preset.name()).collect()
}

fn index(pages: &[RulePage]) -> String {
    let mut out = String::from("<!-- Written by `cargo test` from the pages in rules/; do not edit. -->\n# Rules\n\n");
    out.push_str("`rlint rule NAME` prints the same pages. Ids of other tools that no rule answers to, and why: ");
    out.push_str("[declined.md](declined.md).\n");
    let mut group = "";
    for rule in pages {
        let page = &rule.page;
        let (own, name) = page.id.split_once('/').unwrap_or(("", &page.id));
        if own != group {
            group = own;
            write!(
                out,
                "\n## {group}\n\n| rule | what it finds | severity | recommended | fixes | also known as |\n| --- | --- | --- | --- | --- | --- |\n"
            )
            .expect("a string takes text");
        }
        let fixes: Vec<&str> = page.fixes.iter().map(|class| class.name()).collect();
        let recommended = if presets(page).contains(&"recommended") { "yes" } else { "" };
        writeln!(
            out,
            "| [{name}]({}.md) | {} | {} | {recommended} | {} | {} |",
            page.id,
            page.summary.replace('|', "\\|"),
            page.severity.name(),
            fixes.join(", "),
            page.aliases.join(", ")
        )
        .expect("a string takes text");
    }
    out
}
