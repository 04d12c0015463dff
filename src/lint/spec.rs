//! Reads the page of a rule: front matter, summary, examples. The page is the specification, the documentation
//! and the tests of the rule at once.

use super::{Applicability, Category, Preset, Severity};
use crate::syntax::SyntaxError;
use crate::syntax::yaml::{self, Ref};
use crate::text::Span;

/// The page of a rule.
#[derive(Clone, Debug)]
pub struct Page {
    /// `group/name`.
    pub id: String,
    /// The default severity.
    pub severity: Severity,
    /// What it is about.
    pub category: Category,
    /// The presets that list it.
    pub presets: Vec<Preset>,
    /// The classes of its fixes.
    pub fixes: Vec<Applicability>,
    /// The version that brought it.
    pub since: String,
    /// The ids other tools have for it.
    pub aliases: Vec<String>,
    /// Its options.
    pub options: Vec<PageOption>,
    /// When a rule of a user reports; rules of ours have a check in Rust instead.
    pub condition: Option<Condition>,
    /// The first paragraph: one sentence.
    pub summary: String,
    /// Where the text after the front matter starts.
    pub body: u32,
    /// The second-level headings, in order.
    pub sections: Vec<String>,
    /// Its examples, in order.
    pub examples: Vec<Example>,
    /// What is wrong with the page; spans are in it.
    pub errors: Vec<SyntaxError>,
}

/// An option as the front matter declares it.
#[derive(Clone, Debug)]
pub struct PageOption {
    /// Its name.
    pub name: String,
    /// `boolean`, `integer`, `string` or `strings`.
    pub kind: String,
    /// Its default.
    pub default: serde_json::Value,
    /// What it does.
    pub description: String,
    /// Its value in presets where that differs.
    pub presets: Vec<(Preset, serde_json::Value)>,
}

/// What a rule of a user looks at, and when it reports.
#[derive(Clone, Debug)]
pub struct Condition {
    /// `on`: the kind of node.
    pub on: Written,
    /// `where`: an expression of the Common Expression Language that is true where there is a finding.
    pub expression: Written,
    /// `message`: what is reported, with expressions in braces.
    pub message: Written,
    /// `at`: the field that the finding is located at.
    pub at: Option<Written>,
}

/// A value of the front matter and where it stands.
#[derive(Clone, Debug)]
pub struct Written {
    /// Its text.
    pub text: String,
    /// Where it is written, quotes included.
    pub span: Span,
    /// Whether the span holds the very text, so that an offset in it is an offset in the page.
    pub verbatim: bool,
}

/// A bad or good example, and what belongs to it.
#[derive(Clone, Debug)]
pub struct Example {
    /// Whether the rule must report something.
    pub bad: bool,
    /// Its number among those of its kind, from 1.
    pub number: usize,
    /// Held to its own rule alone.
    pub fragment: bool,
    /// The language its block names.
    pub language: String,
    /// The name of its file, when the block gives one.
    pub path: Option<String>,
    /// `key=value` words of its block.
    pub words: Vec<(String, String)>,
    /// Its text.
    pub block: Block,
    /// Other files: name and text.
    pub files: Vec<(String, Block)>,
    /// What the file is after the fixes.
    pub fixed: Option<Block>,
    /// What is printed.
    pub report: Option<Block>,
}

/// A fenced block.
#[derive(Clone, Debug)]
pub struct Block {
    /// Its content, with the last line break.
    pub text: String,
    /// Where that content stands in the page.
    pub span: Span,
    /// The offset after its closing line.
    pub end: u32,
}

impl Page {
    /// Reads a page. Never fails; what is wrong is in [`Page::errors`], and defaults stand in for it.
    pub fn read(id: &str, text: &str) -> Page {
        let mut page = Page {
            id: id.to_owned(),
            severity: Severity::Warning,
            category: Category::Correctness,
            presets: Vec::new(),
            fixes: Vec::new(),
            since: String::new(),
            aliases: Vec::new(),
            options: Vec::new(),
            condition: None,
            summary: String::new(),
            body: 0,
            sections: Vec::new(),
            examples: Vec::new(),
            errors: Vec::new(),
        };
        page.read_front_matter(text);
        page.read_body(text);
        page
    }

    fn error(&mut self, span: Span, message: impl Into<String>) {
        self.errors.push(SyntaxError::new(span, message));
    }

    fn read_front_matter(&mut self, text: &str) {
        let Some(rest) = text.strip_prefix("---\n") else {
            return self.error(Span::empty(0), "the page does not start with front matter");
        };
        let Some(length) = rest.find("\n---\n") else {
            return self.error(Span::empty(0), "the front matter does not end");
        };
        self.body = (4 + length + 5) as u32;
        // The line before is blanked, so that all spans are those of the page.
        let stream = yaml::parse(format!("   \n{}\n", &rest[..length]));
        self.errors.extend(stream.errors.iter().cloned());
        let Some(root) = stream.documents.first().and_then(yaml::Document::root) else { return };
        for (key, value) in root.entries() {
            self.read_key(key, value);
        }
        let own = ["on", "where", "message", "at"].iter().any(|key| root.has_key(key));
        let needed: &[&str] = if own {
            &["severity", "on", "where", "message"]
        } else {
            &["severity", "category", "presets", "fixes", "since"]
        };
        for key in needed {
            if root.get(key).is_none() {
                self.error(root.span(), format!("the front matter has no `{key}`"));
            }
        }
        if own {
            self.read_condition(root);
        }
    }

    fn read_condition(&mut self, root: Ref<'_>) {
        for key in ["presets", "fixes", "options"] {
            if let Some((key, _)) = root.entry(key) {
                self.error(key.span(), format!("a rule of your own has no `{}`", key.text()));
            }
        }
        let written = |key: &str| {
            let node = root.get(key)?;
            let text = node.as_str()?.to_owned();
            let verbatim = node.text() == text;
            Some(Written { text, span: node.span(), verbatim })
        };
        if let (Some(on), Some(expression), Some(message)) = (written("on"), written("where"), written("message")) {
            self.condition = Some(Condition { on, expression, message, at: written("at") });
        }
    }

    fn read_key(&mut self, key: Ref<'_>, value: Ref<'_>) {
        match key.as_str().unwrap_or("") {
            "severity" => self.severity = self.named(value, Severity::parse).unwrap_or(Severity::Warning),
            "category" => self.category = self.named(value, Category::parse).unwrap_or(Category::Correctness),
            "presets" => self.presets = value.items().filter_map(|item| self.named(item, Preset::parse)).collect(),
            "fixes" => self.fixes = value.items().filter_map(|item| self.named(item, Applicability::parse)).collect(),
            "since" => self.since = value.as_str().unwrap_or("").to_owned(),
            "aliases" => self.aliases = value.items().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
            "options" => self.options = value.items().filter_map(|item| self.read_option(item)).collect(),
            "on" | "where" | "message" | "at" => {}
            other => self.error(key.span(), format!("the front matter has no key `{other}`")),
        }
    }

    fn named<T>(&mut self, value: Ref<'_>, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let parsed = value.as_str().and_then(parse);
        if parsed.is_none() {
            self.error(value.span(), format!("`{}` is none of the names that stand here", value.text()));
        }
        parsed
    }

    fn read_option(&mut self, item: Ref<'_>) -> Option<PageOption> {
        let word = |key: &str| item.get(key).and_then(Ref::as_str).unwrap_or("").to_owned();
        let (name, kind, description) = (word("name"), word("kind"), word("description"));
        for (key, value) in [("name", &name), ("kind", &kind), ("description", &description)] {
            if value.is_empty() {
                self.error(item.span(), format!("the option has no `{key}`"));
            }
        }
        let Some(default) = item.get("default") else {
            self.error(item.span(), "the option has no `default`");
            return None;
        };
        let default = self.option_value(default, &kind)?;
        let mut presets = Vec::new();
        for (preset, value) in item.get("presets").into_iter().flat_map(Ref::entries) {
            if let (Some(preset), Some(value)) = (self.named(preset, Preset::parse), self.option_value(value, &kind)) {
                presets.push((preset, value));
            }
        }
        Some(PageOption { name, kind, default, description, presets })
    }

    fn option_value(&mut self, value: Ref<'_>, kind: &str) -> Option<serde_json::Value> {
        let read = option_value(value, kind);
        if read.is_none() {
            self.error(value.span(), format!("this is no `{kind}`"));
        }
        read
    }

    fn read_body(&mut self, text: &str) {
        let mut lines = Lines { text, at: self.body as usize };
        let mut title = false;
        let mut paragraph = String::new();
        while let Some((start, line)) = lines.next() {
            if let Some(fence) = fence_of(line) {
                let block = lines.block(fence);
                self.read_block(Span::of(start..start + line.len()), line[fence.len()..].trim(), block);
            } else if let Some(heading) = line.strip_prefix("# ").filter(|_| !title) {
                title = true;
                let name = self.id.rsplit('/').next().unwrap_or("");
                if heading.trim() != name {
                    let message = format!("the title is not the name of the rule, `{name}`");
                    self.error(Span::of(start..start + line.len()), message);
                }
            } else if let Some(heading) = line.strip_prefix("## ") {
                self.sections.push(heading.trim().to_owned());
            } else if self.sections.is_empty() && title {
                if line.trim().is_empty() && !paragraph.is_empty() && self.summary.is_empty() {
                    self.summary = std::mem::take(&mut paragraph);
                } else if !line.trim().is_empty() {
                    paragraph.push_str(if paragraph.is_empty() { "" } else { " " });
                    paragraph.push_str(line.trim());
                }
            }
        }
        if self.summary.is_empty() {
            self.summary = paragraph;
        }
        if self.summary.is_empty() {
            self.error(Span::empty(self.body), "the page has no summary");
        }
    }

    fn read_block(&mut self, opening: Span, info: &str, block: Block) {
        let mut words = info.split_ascii_whitespace();
        let language = words.next().unwrap_or("").to_owned();
        let Some(role) = words.next() else { return };
        match role {
            "bad" | "good" => self.read_example(role == "bad", language, words, block),
            "fixed" | "report" | "with" => {
                let Some(example) = self.examples.last_mut() else {
                    return self.error(opening, format!("a `{role}` block with no example before it"));
                };
                match role {
                    "fixed" => example.fixed = Some(block),
                    "report" => example.report = Some(block),
                    _ => match words.next() {
                        Some(path) => example.files.push((path.to_owned(), block)),
                        None => self.error(opening, "a `with` block needs the name of its file"),
                    },
                }
            }
            other => self.error(opening, format!("`{other}` is none of bad, good, fixed, report, with")),
        }
    }

    fn read_example<'t>(&mut self, bad: bool, language: String, words: impl Iterator<Item = &'t str>, block: Block) {
        let number = self.examples.iter().filter(|example| example.bad == bad).count() + 1;
        let mut example = Example {
            bad,
            number,
            fragment: false,
            language,
            path: None,
            words: Vec::new(),
            block,
            files: Vec::new(),
            fixed: None,
            report: None,
        };
        for word in words {
            match word.split_once('=') {
                Some((key, value)) => example.words.push((key.to_owned(), value.to_owned())),
                None if word == "fragment" => example.fragment = true,
                None => example.path = Some(word.to_owned()),
            }
        }
        self.examples.push(example);
    }
}

impl Written {
    /// The place in the page of the word at an offset in the text; all of it where that is not known.
    pub fn place(&self, offset: Option<usize>) -> Span {
        let Some(rest) = offset.filter(|_| self.verbatim).and_then(|offset| self.text.get(offset..)) else {
            return self.span;
        };
        let start = self.span.end - rest.len() as u32;
        let word = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let length = word.max(rest.chars().next().map_or(0, char::len_utf8));
        Span::new(start, start + length as u32)
    }
}

/// The value that a node writes for an option of `kind`; `None` when it is of another kind.
pub fn option_value(value: Ref<'_>, kind: &str) -> Option<serde_json::Value> {
    match kind {
        "boolean" => match value.text() {
            "true" => Some(true.into()),
            "false" => Some(false.into()),
            _ => None,
        },
        "integer" => value.text().parse::<i64>().ok().map(Into::into),
        "string" => value.as_str().map(Into::into),
        "strings" if value.is_sequence() => {
            value.items().map(|item| item.as_str().map(serde_json::Value::from)).collect()
        }
        _ => None,
    }
}

/// The fence that opens a block on this line: three or more backticks at its start.
fn fence_of(line: &str) -> Option<&str> {
    let length = line.bytes().take_while(|byte| *byte == b'`').count();
    (length >= 3).then(|| &line[..length])
}

struct Lines<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lines<'t> {
    fn next(&mut self) -> Option<(usize, &'t str)> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let start = self.at;
        let line = rest.split_inclusive('\n').next()?;
        self.at += line.len();
        Some((start, line.trim_end_matches(['\n', '\r'])))
    }

    /// The lines up to the one that closes `fence`.
    fn block(&mut self, fence: &str) -> Block {
        let start = self.at;
        let mut end = start;
        while let Some((_, line)) = self.next() {
            if line.trim_end() == fence {
                break;
            }
            end = self.at;
        }
        Block { text: self.text[start..end].to_owned(), span: Span::of(start..end), end: self.at as u32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "\
---
severity: warning
category: style
presets: [recommended, hadolint]
fixes: [safe]
since: 0.1.0
aliases: [DL4000]
options:
  - name: most
    kind: integer
    default: 3
    description: how many
    presets: {hadolint: 1}
---
# some-name

One sentence
over two lines.

## Why

```dockerfile bad fragment most=2
FROM a
```

```text report
x
```

```dockerfile fixed
FROM b
```

```yaml good compose.yaml
a: b
```

```dockerfile with app/Dockerfile
FROM c
```
";

    #[test]
    fn a_page_is_read_whole() {
        let page = Page::read("dockerfile/some-name", PAGE);
        assert_eq!(page.errors, []);
        assert_eq!(page.summary, "One sentence over two lines.");
        assert_eq!(page.presets, [Preset::Recommended, Preset::Hadolint]);
        assert_eq!(page.options[0].default, serde_json::json!(3));
        assert_eq!(page.options[0].presets, [(Preset::Hadolint, serde_json::json!(1))]);
        assert_eq!(page.examples.len(), 2);
        let (bad, good) = (&page.examples[0], &page.examples[1]);
        assert!(bad.bad && bad.fragment);
        assert_eq!(bad.words, [("most".to_owned(), "2".to_owned())]);
        assert_eq!(bad.block.text, "FROM a\n");
        assert_eq!(bad.block.span.of_text(PAGE), "FROM a\n");
        assert_eq!(bad.fixed.as_ref().map(|block| &*block.text), Some("FROM b\n"));
        assert_eq!(good.path.as_deref(), Some("compose.yaml"));
        assert_eq!(good.files[0].0, "app/Dockerfile");
    }

    #[test]
    fn what_is_wrong_with_a_page_is_said_where_it_stands() {
        let text = PAGE.replace("severity: warning", "severity: awful").replace("# some-name", "# other");
        let page = Page::read("dockerfile/some-name", &text);
        let spans: Vec<&str> = page.errors.iter().map(|error| error.span.of_text(&text)).collect();
        assert_eq!(spans, ["awful", "# other"]);
    }
}
