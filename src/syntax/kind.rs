//! Which language a file or a fenced block is in: by its path and its content, never by what an editor or a
//! fence calls it.

use std::path::Path;

use super::dockerfile::Keyword;

/// A language that is linted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A Dockerfile or Containerfile.
    Dockerfile,
    /// A compose file.
    Compose,
    /// Kubernetes manifests: one or more objects.
    Kubernetes,
    /// What a build leaves out of its context.
    Dockerignore,
    /// Markdown, for the fenced blocks in it. Only when a file is named or configured so.
    Markdown,
}

/// What a name promises, before the file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameKind {
    /// A Dockerfile, whatever is in it.
    Dockerfile,
    /// A template of a Dockerfile: one, if it holds no template actions.
    DockerfileTemplate,
    /// YAML that is a compose file unless it holds Kubernetes objects.
    Compose,
    /// YAML or JSON that may be either, or neither.
    Data,
    /// An ignore file of a build.
    Dockerignore,
    /// Markdown.
    Markdown,
}

/// What the name of `path` promises; `None` when a file of that name is not ours.
pub fn kind_of_name(path: &Path) -> Option<NameKind> {
    let name = path.file_name()?.to_str()?;
    let lower = name.to_ascii_lowercase();
    if lower.ends_with(".dockerignore") {
        return Some(NameKind::Dockerignore);
    }
    if let Some(rest) = lower.strip_prefix("dockerfile").or_else(|| lower.strip_prefix("containerfile")) {
        match rest.chars().next() {
            None => return Some(NameKind::Dockerfile),
            Some('.' | '-' | '_') => return dockerfile_suffix(rest),
            Some(_) => {}
        }
    }
    let extension = Path::new(&lower).extension()?.to_str()?.to_owned();
    match extension.as_str() {
        "dockerfile" | "containerfile" => Some(NameKind::Dockerfile),
        "yaml" | "yml" if is_compose_name(&lower) => Some(NameKind::Compose),
        "yaml" | "yml" | "json" => Some(NameKind::Data),
        "md" | "markdown" => Some(NameKind::Markdown),
        _ => None,
    }
}

/// The language of a whole file. A file whose name promises nothing is judged by its content alone: it was named.
pub fn kind_of(path: &Path, text: &str) -> Option<Kind> {
    match kind_of_name(path) {
        Some(NameKind::Dockerfile) => Some(Kind::Dockerfile),
        Some(NameKind::DockerfileTemplate) => {
            let template = ["{{", "{%", "<%", "<?"].iter().any(|mark| text.contains(mark));
            (!template).then_some(Kind::Dockerfile)
        }
        Some(NameKind::Compose) => match kind_of_data(text) {
            Some(Kind::Kubernetes) => Some(Kind::Kubernetes),
            _ => Some(Kind::Compose),
        },
        Some(NameKind::Data) => kind_of_data(text),
        Some(NameKind::Dockerignore) => Some(Kind::Dockerignore),
        Some(NameKind::Markdown) => Some(Kind::Markdown),
        None => kind_of_content(text),
    }
}

/// The language of a text without a name.
pub fn kind_of_content(text: &str) -> Option<Kind> {
    if is_dockerfile(text) { Some(Kind::Dockerfile) } else { kind_of_data(text) }
}

/// Whether the first code of `text` is that of a whole Dockerfile: FROM, or ARG and then FROM.
pub fn is_dockerfile(text: &str) -> bool {
    for line in text.trim_start_matches('\u{feff}').lines() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut words = line.split_ascii_whitespace();
        match Keyword::parse(words.next().unwrap_or("")) {
            Some(Keyword::From) => return is_from(words),
            Some(Keyword::Arg) if words.next().is_some() => {}
            _ => return false,
        }
    }
    false
}

/// Whether the words after FROM are flags, an image and perhaps `AS name`: a sentence goes on otherwise.
fn is_from<'a>(words: impl Iterator<Item = &'a str>) -> bool {
    let mut words = words.skip_while(|word| word.starts_with("--"));
    let Some(image) = words.next() else { return false };
    let image_like = image.starts_with(['$', '"', '\''])
        || image.starts_with(|c: char| c.is_ascii_alphanumeric())
            && image.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-/:@${}+".contains(&b));
    image_like
        && match words.next() {
            None => true,
            Some(word) if word.eq_ignore_ascii_case("as") => words.next().is_some(),
            Some(word) => word.starts_with('#'),
        }
}

/// The language of YAML or JSON: Kubernetes, compose, or neither.
fn kind_of_data(text: &str) -> Option<Kind> {
    let has = |needle: &str| memchr::memmem::find(text.as_bytes(), needle.as_bytes()).is_some();
    if has("apiVersion") && has("kind") && is_kubernetes(text) {
        return Some(Kind::Kubernetes);
    }
    (has("services") && is_compose(text)).then_some(Kind::Compose)
}

/// Whether some document has `apiVersion` and `kind` at its outermost level.
fn is_kubernetes(text: &str) -> bool {
    let (mut version, mut kind) = (false, false);
    let mut lines = text.trim_start_matches('\u{feff}').lines();
    let first = text.trim_start_matches('\u{feff}').trim_start();
    if first.starts_with('{') || first.starts_with("---\n{") {
        return true;
    }
    lines.any(|line| {
        if line.starts_with("---") {
            (version, kind) = (false, false);
        }
        match top_level_key(line) {
            Some("apiVersion") => version = true,
            Some("kind") => kind = true,
            _ if line.starts_with('{') && !line.starts_with("{{") => return true,
            _ => {}
        }
        version && kind
    })
}

/// Whether the outermost keys are those of a compose file and some service says what it runs.
fn is_compose(text: &str) -> bool {
    const KEYS: [&str; 9] =
        ["version", "name", "services", "networks", "volumes", "secrets", "configs", "include", "models"];
    let (mut services, mut inside, mut runs) = (false, false, false);
    for line in text.trim_start_matches('\u{feff}').lines() {
        if let Some(key) = top_level_key(line) {
            if !KEYS.contains(&key) && !key.starts_with("x-") {
                return false;
            }
            inside = key == "services";
            services |= inside;
            continue;
        }
        if inside {
            let key = line.trim_start();
            runs |= ["image:", "build:", "extends:", "provider:"].iter().any(|start| key.starts_with(start));
        }
    }
    services && runs
}

/// `name` of a line `name: …` that starts at the first column.
fn top_level_key(line: &str) -> Option<&str> {
    let first = line.bytes().next()?;
    if !(first.is_ascii_alphanumeric() || first == b'"' || first == b'\'' || first == b'_') {
        return None;
    }
    let colon = memchr::memchr(b':', line.as_bytes())?;
    let after = line.as_bytes().get(colon + 1);
    after.is_none_or(u8::is_ascii_whitespace).then(|| line[..colon].trim_matches(['"', '\'', ' ']))
}

fn is_compose_name(lower: &str) -> bool {
    let stem = lower.trim_end_matches(".yaml").trim_end_matches(".yml");
    let stem = stem.strip_prefix("docker-").unwrap_or(stem);
    stem.strip_prefix("compose").is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
}

/// `Dockerfile.dev` is a Dockerfile, `dockerfile.py` a program and `Dockerfile.j2` a template.
fn dockerfile_suffix(rest: &str) -> Option<NameKind> {
    const OTHER: [&str; 20] = [
        "md", "txt", "rst", "html", "json", "yaml", "yml", "toml", "lock", "sh", "ps1", "py", "go", "js", "ts", "rb",
        "rs", "java", "lua", "snap",
    ];
    const TEMPLATE: [&str; 11] =
        ["j2", "jinja", "jinja2", "erb", "tmpl", "tpl", "template", "mustache", "hbs", "gotmpl", "in"];
    match rest.rsplit_once('.').map(|(_, extension)| extension) {
        Some(extension) if OTHER.contains(&extension) => None,
        Some(extension) if TEMPLATE.contains(&extension) => Some(NameKind::DockerfileTemplate),
        _ => Some(NameKind::Dockerfile),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(path: &str, text: &str) -> Option<Kind> {
        kind_of(Path::new(path), text)
    }

    #[test]
    fn a_dockerfile_is_known_by_its_name() {
        for name in
            ["Dockerfile", "dockerfile", "a/Dockerfile.dev", "Dockerfile-dev", "x.Dockerfile", "Containerfile.web"]
        {
            assert_eq!(kind(name, ""), Some(Kind::Dockerfile), "{name}");
        }
        for name in ["Dockerfile.dockerignore", ".dockerignore"] {
            assert_eq!(kind(name, "FROM alpine"), Some(Kind::Dockerignore), "{name}");
        }
        for name in ["dockerfile.py", "dockerfiles", "Dockerfile.md.txt"] {
            assert_eq!(kind(name, "x"), None, "{name}");
        }
        assert_eq!(kind("Dockerfile.j2", "FROM {{ base }}"), None);
        assert_eq!(kind("Dockerfile.j2", "FROM alpine"), Some(Kind::Dockerfile));
    }

    #[test]
    fn yaml_is_known_by_its_content() {
        assert_eq!(kind("a.yaml", "kind: Pod\napiVersion: v1\n"), Some(Kind::Kubernetes));
        assert_eq!(kind("a.yaml", "a: b\n---\napiVersion: v1\nkind: Pod\n"), Some(Kind::Kubernetes));
        assert_eq!(kind("a.yaml", "{apiVersion: v1, kind: Pod}\n"), Some(Kind::Kubernetes));
        assert_eq!(kind("Chart.yaml", "apiVersion: v2\nname: kind\n"), None);
        assert_eq!(kind("a.yaml", "services:\n  web:\n    image: a\n"), Some(Kind::Compose));
        assert_eq!(kind("services.yaml", "services:\n  App\\: {}\n"), None);
        assert_eq!(kind(".travis.yml", "language: go\nservices:\n  - docker\n"), None);
        assert_eq!(kind("docker-compose.prod.yml", "web:\n  image: a\n"), Some(Kind::Compose));
        assert_eq!(kind("ci.yml", "on: push\njobs:\n  a:\n    services:\n      b:\n        image: c\n"), None);
    }

    #[test]
    fn a_text_without_a_name_is_a_dockerfile_when_it_starts_like_one() {
        assert_eq!(kind_of_content("# c\n\nFROM golang:latest\n"), Some(Kind::Dockerfile));
        assert_eq!(kind_of_content("ARG A=1\nFROM x:$A AS y\n"), Some(Kind::Dockerfile));
        assert_eq!(kind_of_content("from here on we go\n"), None);
        assert_eq!(kind_of_content("$ cat Dockerfile\nFROM a\n"), None);
        assert_eq!(kind_of_content("RUN a\n"), None);
    }
}
