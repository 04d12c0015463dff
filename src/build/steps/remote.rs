//! What ADD fetches: files behind URLs, and Git repositories.
//!
//! Which is which, and what the parts of a name mean, follows `dispatchCopy` and `isHTTPSource` of BuildKit's
//! `frontend/dockerfile/dockerfile2llb/convert_copy.go`, `ParseGitRef` of `frontend/dockerfile/dfgitutil/git_ref.go` and
//! `util/gitutil/git_url.go` (<https://github.com/moby/buildkit>, Apache-2.0). What BuildKit takes and rlint does not is
//! refused by name.

use super::problem::ProblemKind;

/// A source of ADD that is fetched.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Remote {
    /// A file.
    File(RemoteFile),
    /// A folder of a commit.
    Repository(Repository),
}

/// A file behind a URL.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RemoteFile {
    /// Where it is: `http://` or `https://`, without a fragment.
    pub url: String,
    /// What it is called where it goes into a folder: BuildKit calls it `__unnamed__` where the URL does not say.
    pub name: String,
    /// `--checksum`: 64 hexadecimal digits of SHA-256.
    pub sha256: Option<String>,
}

/// A folder of a commit of a Git repository.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Repository {
    /// Where it is: `http://`, `https://` or `git://`, without a query and a fragment.
    pub url: String,
    /// A branch, a tag, or a commit; `HEAD` where nothing is said.
    pub reference: String,
    /// The folder, without slashes around it; empty for all of it.
    pub folder: String,
    /// The beginning of the name of the commit that has to come: `--checksum`.
    pub commit: Option<String>,
    /// `--keep-git-dir`.
    pub keeps_git_folder: bool,
    /// Whether submodules are left out.
    pub without_submodules: bool,
}

/// Why something is not fetched: whose fault it is, and what to do, starting in lower case.
pub(super) type Refusal = (ProblemKind, String);

fn wrong(what: impl Into<String>) -> Refusal {
    (ProblemKind::Wrong, what.into())
}

fn unsupported(what: impl Into<String>) -> Refusal {
    (ProblemKind::Unsupported, what.into())
}

/// The parts of a URL, as they are written.
struct Parts<'u> {
    scheme: &'u str,
    host: &'u str,
    path: &'u str,
    query: Option<&'u str>,
    fragment: Option<&'u str>,
}

impl Remote {
    /// Reads `source`, with what `--checksum` and `--keep-git-dir` say.
    pub(super) fn read(source: &str, checksum: Option<&str>, keep: Option<bool>) -> Result<Remote, Refusal> {
        let parts = parts(source)?;
        let is_repository = parts.scheme == "git" || parts.path.ends_with(".git");
        if is_repository {
            return repository(&parts, checksum, keep).map(Remote::Repository);
        }
        let query = parts.query.map(|query| format!("?{query}")).unwrap_or_default();
        let path = if parts.path.is_empty() { "/" } else { parts.path };
        Ok(Remote::File(RemoteFile {
            url: format!("{}://{}{path}{query}", parts.scheme, parts.host),
            name: name_of(parts.path)?,
            sha256: checksum.map(sha256).transpose()?,
        }))
    }

    /// What it is, for people and for keys.
    pub fn url(&self) -> &str {
        match self {
            Remote::File(file) => &file.url,
            Remote::Repository(repository) => &repository.url,
        }
    }
}

fn parts(source: &str) -> Result<Parts<'_>, Refusal> {
    let Some((scheme, rest)) = source.split_once("://") else {
        let advice = "write the address of the repository with `https://` before it and `.git` at its end";
        return Err(unsupported(format!("`ADD` of `{source}` is not supported: {advice}")));
    };
    match scheme {
        "http" | "https" | "git" => {}
        "ssh" => {
            return Err(unsupported(format!(
                "`ADD` of `{source}` is not supported: a build does not get the keys of whoever builds"
            )));
        }
        _ => {
            return Err(unsupported(format!(
                "`ADD` of `{source}` is not supported: what is fetched is behind `http://`, `https://` or `git://`, in \
                 small letters"
            )));
        }
    }
    if source.chars().any(|character| character.is_whitespace() || character.is_control()) {
        return Err(wrong(format!("`{}` is no URL: there is a blank in it", source.escape_debug())));
    }
    let (rest, fragment) = split(rest, '#');
    let (rest, query) = split(rest, '?');
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if host.is_empty() {
        return Err(wrong(format!("`{source}` is no URL: it names no host")));
    }
    if host.contains('@') {
        return Err(unsupported(
            "a name or a password in a URL is not supported: it would stay in the image's history",
        ));
    }
    Ok(Parts { scheme, host, path, query, fragment })
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

fn sha256(checksum: &str) -> Result<String, Refusal> {
    match checksum.split_once(':') {
        Some(("sha256", digits)) if digits.len() == 64 && is_hexadecimal(digits) => Ok(digits.to_owned()),
        Some(("sha384" | "sha512", _)) => {
            Err(unsupported(format!("`--checksum={checksum}` is not supported: write the digest by `sha256:`")))
        }
        _ => Err(wrong(format!("`--checksum={checksum}` is no digest: write `sha256:` and 64 digits of 0-9 and a-f"))),
    }
}

fn is_hexadecimal(digits: &str) -> bool {
    digits.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// Go's `path.Base` of the decoded path.
fn name_of(path: &str) -> Result<String, Refusal> {
    let decoded =
        decoded(path).ok_or_else(|| wrong(format!("`{path}` is no path of a URL: check what follows its `%`")))?;
    let name = decoded.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    match name {
        "" | "." => Ok("__unnamed__".to_owned()),
        ".." => Err(wrong("a URL that ends in `..` names no file")),
        name if name.chars().any(char::is_control) => {
            Err(unsupported("a control character in the name of a file is not supported"))
        }
        name => Ok(name.to_owned()),
    }
}

/// What `%` and two digits stand for.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let (high, low) = (digit(rest.next())?, digit(rest.next())?);
        bytes.push((high * 16 + low) as u8);
    }
    String::from_utf8(bytes).ok()
}

fn repository(parts: &Parts<'_>, checksum: Option<&str>, keep: Option<bool>) -> Result<Repository, Refusal> {
    let (reference, folder) = split(parts.fragment.unwrap_or_default(), ':');
    let mut found = Found {
        reference: Some(reference.to_owned()).filter(|text| !text.is_empty()),
        folder: folder.map(clean).filter(|text| !text.is_empty()),
        commit: checksum.map(str::to_owned),
        keep,
        submodules: None,
    };
    for pair in parts.query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = split(pair, '=');
        let value = match value {
            Some(value) => decoded(value).ok_or_else(|| wrong(format!("`{pair}`: check what follows its `%`")))?,
            None => String::new(),
        };
        found.take(name, &value)?;
    }
    let reference = found.reference.unwrap_or_else(|| "HEAD".to_owned());
    check_reference(&reference)?;
    let folder = found.folder.unwrap_or_default();
    if folder.chars().any(char::is_control) {
        return Err(unsupported("a control character in the name of a folder is not supported"));
    }
    if let Some(commit) = &found.commit
        && !(is_hexadecimal(commit) && (4..=64).contains(&commit.len()))
    {
        return Err(wrong(format!("`{commit}` is no name of a commit: it is written in digits of 0-9 and a-f")));
    }
    Ok(Repository {
        url: format!("{}://{}{}", parts.scheme, parts.host, parts.path),
        reference,
        // BuildKit keeps `.git` of a whole repository only.
        keeps_git_folder: found.keep.unwrap_or(false) && folder.is_empty(),
        folder,
        commit: found.commit,
        without_submodules: found.submodules == Some(false),
    })
}

/// What the fragment, the query and the flags say together.
struct Found {
    reference: Option<String>,
    folder: Option<String>,
    commit: Option<String>,
    keep: Option<bool>,
    submodules: Option<bool>,
}

impl Found {
    fn take(&mut self, name: &str, value: &str) -> Result<(), Refusal> {
        let whole =
            |prefix: &str| if value.starts_with(prefix) { value.to_owned() } else { format!("{prefix}{value}") };
        let switch = || match value {
            "" | "1" | "t" | "T" | "true" | "True" | "TRUE" => Ok(true),
            "0" | "f" | "F" | "false" | "False" | "FALSE" => Ok(false),
            _ => Err(wrong(format!("`{name}={value}` is neither true nor false"))),
        };
        if value.is_empty() && !matches!(name, "keep-git-dir" | "submodules" | "fetch-by-commit") {
            return Err(wrong(format!("`{name}` in the address of a repository has no value")));
        }
        match name {
            "ref" => put(&mut self.reference, name, value.to_owned()),
            "tag" => put(&mut self.reference, name, whole("refs/tags/")),
            "branch" => put(&mut self.reference, name, whole("refs/heads/")),
            "subdir" => put(&mut self.folder, name, clean(value)),
            "checksum" | "commit" => put(&mut self.commit, name, value.to_owned()),
            "keep-git-dir" => put(&mut self.keep, name, switch()?),
            "submodules" => put(&mut self.submodules, name, switch()?),
            _ => Err(unsupported(format!("`{name}` in the address of a repository is not supported"))),
        }
    }
}

/// What is said twice has to be the same.
fn put<T: PartialEq>(place: &mut Option<T>, name: &str, value: T) -> Result<(), Refusal> {
    match place {
        Some(other) if *other != value => Err(wrong(format!(
            "`{name}` in the address of a repository says something else than what is said beside it"
        ))),
        _ => {
            *place = Some(value);
            Ok(())
        }
    }
}

/// A folder without slashes around it, that does not leave the repository.
fn clean(folder: &str) -> String {
    crate::model::context::path_in_context(folder)
}

/// `git-check-ref-format(1)`, as far as a name could be taken for something else.
fn check_reference(reference: &str) -> Result<(), Refusal> {
    let plain = |character: char| character.is_alphanumeric() || "._/-+@=%,".contains(character);
    let is_name = !reference.starts_with(['-', '/', '.', '@'])
        && !reference.contains("..")
        && !reference.contains("@{")
        && reference.chars().all(plain);
    if is_name { Ok(()) } else { Err(wrong(format!("`{reference}` is no name of a branch, a tag or a commit"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(source: &str) -> Result<RemoteFile, String> {
        match Remote::read(source, None, None) {
            Ok(Remote::File(file)) => Ok(file),
            Ok(other) => Err(format!("{other:?}")),
            Err((_, why)) => Err(why),
        }
    }

    fn repository(source: &str) -> Result<Repository, String> {
        match Remote::read(source, None, None) {
            Ok(Remote::Repository(repository)) => Ok(repository),
            Ok(other) => Err(format!("{other:?}")),
            Err((_, why)) => Err(why),
        }
    }

    #[test]
    fn a_file_is_called_what_the_path_of_its_url_ends_in() {
        for (source, url, name) in [
            ("https://a.b/c/d.tar.gz", "https://a.b/c/d.tar.gz", "d.tar.gz"),
            ("http://a.b:80/c/d%20e?f=g/h#i", "http://a.b:80/c/d%20e?f=g/h", "d e"),
            ("https://a.b/c/", "https://a.b/c/", "c"),
            ("https://a.b", "https://a.b/", "__unnamed__"),
            ("https://a.b/?x", "https://a.b/?x", "__unnamed__"),
            ("https://a.b/c%2Fd", "https://a.b/c%2Fd", "d"),
            ("https://a.b/c.git/info", "https://a.b/c.git/info", "info"),
        ] {
            let found = file(source).expect(source);
            assert_eq!((found.url.as_str(), found.name.as_str()), (url, name));
        }
        for source in [
            "https:///a",
            "https://a/%2",
            "https://a/..",
            "https://a/%0a",
            "https://u:p@a/b",
            "ftp://a/b",
            "git@a:b.git",
            "ssh://a/b.git",
        ] {
            assert!(file(source).is_err(), "{source}");
        }
    }

    #[test]
    fn a_repository_says_what_of_it_is_wanted() {
        let plain = repository("https://a.b/c.git").expect("a repository");
        assert_eq!((plain.reference.as_str(), plain.folder.as_str(), plain.keeps_git_folder), ("HEAD", "", false));
        let whole = repository("git://a.b/c#v1:/x/../y/").expect("a repository");
        assert_eq!((whole.url.as_str(), whole.reference.as_str(), whole.folder.as_str()), ("git://a.b/c", "v1", "y"));
        let query = "https://a.b/c.git?tag=v1&subdir=d&commit=0123abcd&submodules=false&keep-git-dir";
        let asked = repository(query).expect("a repository");
        let expected = ("https://a.b/c.git", "refs/tags/v1", "d", Some("0123abcd"), false, true);
        let commit = asked.commit.as_deref();
        let found =
            (&*asked.url, &*asked.reference, &*asked.folder, commit, asked.keeps_git_folder, asked.without_submodules);
        assert_eq!(found, expected, "`.git` of a folder is not kept");
        for source in [
            "https://a.b/c.git#-x",
            "https://a.b/c.git#a..b",
            "https://a.b/c.git#a^{tree}",
            "https://a.b/c.git?tag=a&branch=a",
            "https://a.b/c.git?ref",
            "https://a.b/c.git?mtime=commit",
            "https://a.b/c.git?commit=xyz1",
        ] {
            assert!(repository(source).is_err(), "{source}");
        }
    }

    #[test]
    fn flags_and_the_address_must_agree() {
        let read =
            |source: &str, checksum: &str, keep| Remote::read(source, Some(checksum), keep).map_err(|(_, why)| why);
        assert!(read("https://a.b/c.git?commit=0123", "0123", Some(true)).is_ok());
        assert!(read("https://a.b/c.git?commit=0123", "4567", None).is_err());
        assert!(read("https://a.b/c.git?keep-git-dir=0", "0123", Some(true)).is_err());
        let digest = format!("sha256:{}", "0a".repeat(32));
        assert!(read("https://a.b/c", &digest, None).is_ok());
        for wrong in ["0123", "sha256:0a", "sha512:00", "sha256:"] {
            assert!(read("https://a.b/c", wrong, None).is_err(), "{wrong}");
        }
    }
}
