//! What the sources of COPY and ADD are, by their names.

use super::dockerfile::Instruction;
use crate::syntax::dockerfile::{InstructionKind, Keyword, Word};

/// Whether it is a COPY or ADD from the build context. What ONBUILD holds back is copied from that of another build.
pub fn takes_from_context(instruction: Instruction<'_>) -> bool {
    let copies = matches!(instruction.node.kind, InstructionKind::Copy(_) | InstructionKind::Add(_));
    copies && !instruction.onbuild && instruction.flag("from").is_none()
}

/// The sources that COPY or ADD takes from the build context, as far as their values are known.
pub fn of_context(instruction: Instruction<'_>) -> Vec<(&Word, String)> {
    let (InstructionKind::Copy(transfer) | InstructionKind::Add(transfer)) = &instruction.node.kind else {
        return Vec::new();
    };
    if !takes_from_context(instruction) {
        return Vec::new();
    }
    let downloads = instruction.keyword() == Some(Keyword::Add);
    let known = transfer.sources.iter().filter_map(|word| Some((word, instruction.value(word)?)));
    known.filter(|(_, path)| !path.is_empty() && (!downloads || !is_remote(path))).collect()
}

/// Whether a person writes the file at `path`, as far as its name says: it is no result of a build, nothing that is
/// downloaded, and nothing that is kept out of a repository.
pub fn is_written(path: &str) -> bool {
    const MADE: [&str; 20] = [
        "target",
        "build",
        "dist",
        "out",
        "output",
        "bin",
        "obj",
        "node_modules",
        "vendor",
        "public",
        "release",
        "releases",
        "artifacts",
        "generated",
        "gen",
        "tmp",
        "coverage",
        "_build",
        "deps",
        "packages",
    ];
    const WRITTEN: [&str; 28] = [
        "c", "cc", "cfg", "conf", "cpp", "cs", "csproj", "ex", "exs", "go", "gradle", "h", "ini", "java", "kt", "kts",
        "lock", "md", "php", "py", "rb", "rs", "sh", "sql", "toml", "ts", "txt", "xml",
    ];
    let mut parts = path.split('/');
    let name = parts.next_back().unwrap_or(path).to_ascii_lowercase();
    if parts.any(|part| MADE.contains(&&*part.to_ascii_lowercase())) || is_secret(&name) {
        return false;
    }
    let extension = name.rsplit_once('.').map_or("", |(stem, extension)| if stem.is_empty() { "" } else { extension });
    WRITTEN.contains(&extension)
        || matches!(extension, "json" | "yaml" | "yml" | "js" | "mjs" | "cjs")
        || matches!(&*name, "gemfile" | "pipfile" | "makefile" | "procfile" | "rakefile" | "go.mod" | "go.sum")
}

fn is_secret(name: &str) -> bool {
    ["secret", "credential", "password", "token", "private", "local", "license", "version"]
        .iter()
        .any(|part| name.contains(part))
}

/// Whether ADD downloads or clones it: a URL, or one of the forms of a Git repository that BuildKit knows
/// (`util/gitutil` and `frontend/dockerui`).
pub fn is_remote(source: &str) -> bool {
    let lower = source.to_ascii_lowercase();
    if ["http://", "https://", "git://", "ssh://", "file://"].iter().any(|scheme| lower.starts_with(scheme)) {
        return true;
    }
    if lower.starts_with("github.com/") {
        return true;
    }
    // `user@host:path`
    let Some((user, rest)) = source.split_once('@') else { return false };
    !user.is_empty() && !user.contains('/') && rest.split_once(':').is_some_and(|(host, _)| !host.contains('/'))
}

/// Whether it is an archive that ADD unpacks, as far as the name says. The builder looks at the content: a name that
/// says nothing may still be one.
pub fn is_archive(source: &str) -> bool {
    const EXTENSIONS: [&str; 18] = [
        "tar", "tgz", "tpz", "tbz", "tbz2", "tb2", "tz2", "txz", "tlz", "tzst", "gz", "bz2", "xz", "zst", "lz", "lzma",
        "z", "tz",
    ];
    let name = source.rsplit('/').next().unwrap_or(source).to_ascii_lowercase();
    let name = name.trim_end_matches('*');
    // `rootfs.tar.*` may be any of them; `rootfs.tar.gz.asc` is none.
    let is_pattern =
        name.contains(".tar") && name.rsplit('.').next().is_some_and(|end| end.contains(['?', '[', '{', '*']));
    name.ends_with(".tar.")
        || is_pattern
        || name.rsplit_once('.').is_some_and(|(_, extension)| EXTENSIONS.contains(&extension))
}

/// Whether its name says that it is no archive: a folder as it is written, a hidden file, a file of a well-known kind. The
/// content may be an archive whatever the name, but then nobody would expect that it is unpacked. Packages that are tar
/// archives themselves (`.apk`, `.gem`, `.crate`, `.box`) are not among these.
pub fn is_plain(source: &str) -> bool {
    const EXTENSIONS: [&str; 92] = [
        "asc",
        "bash",
        "bat",
        "c",
        "cc",
        "cert",
        "cfg",
        "cjs",
        "cmd",
        "cnf",
        "cnx",
        "conf",
        "config",
        "cpp",
        "crt",
        "cs",
        "csproj",
        "css",
        "csv",
        "deb",
        "default",
        "dist",
        "dll",
        "env",
        "ex",
        "exe",
        "exs",
        "fish",
        "go",
        "gpg",
        "gradle",
        "h",
        "html",
        "ico",
        "in",
        "ini",
        "j2",
        "jar",
        "java",
        "jpg",
        "js",
        "json",
        "key",
        "kt",
        "kts",
        "list",
        "local",
        "lock",
        "lua",
        "md",
        "mjs",
        "mod",
        "msi",
        "patch",
        "pem",
        "php",
        "pl",
        "plist",
        "png",
        "properties",
        "ps1",
        "pub",
        "py",
        "rb",
        "repo",
        "rpm",
        "rs",
        "sample",
        "scss",
        "service",
        "sh",
        "sha256",
        "so",
        "sql",
        "sum",
        "svg",
        "template",
        "tf",
        "tmpl",
        "toml",
        "tpl",
        "ts",
        "tsx",
        "txt",
        "vbs",
        "vim",
        "war",
        "whl",
        "xml",
        "yaml",
        "yml",
        "zip",
    ];
    const NAMES: [&str; 12] = [
        "dockerfile",
        "gemfile",
        "pipfile",
        "makefile",
        "procfile",
        "rakefile",
        "vagrantfile",
        "license",
        "readme",
        "changelog",
        "gradlew",
        "mvnw",
    ];
    let name = source.rsplit('/').next().unwrap_or(source).to_ascii_lowercase();
    match name.rsplit_once('.') {
        _ if matches!(&*name, "" | "." | "..") => true,
        Some(("", hidden)) => !is_archive(source) && !hidden.contains(['*', '?', '[']),
        Some((_, extension)) => EXTENSIONS.binary_search(&extension).is_ok(),
        None => NAMES.contains(&&*name),
    }
}

/// Whether its name says nothing of what it is: it has no extension, or is a pattern.
pub fn is_nameless(source: &str) -> bool {
    let name = source.rsplit('/').next().unwrap_or(source);
    source.contains(['*', '?', '[']) || !name.trim_start_matches('.').contains('.')
}

/// Whether it is a tar archive, by its name: other compressed files are copied by ADD as they are.
pub fn is_tar(source: &str) -> bool {
    let name = source.rsplit('/').next().unwrap_or(source).to_ascii_lowercase();
    let alone = ["tar", "tgz", "tpz", "tbz", "tbz2", "tb2", "tz2", "txz", "tlz", "tzst"];
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    alone.contains(&extension) || is_archive(&name) && name.contains(".tar.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remote_sources_are_told_from_paths() {
        for source in
            ["https://a/b", "git@github.com:a/b.git", "ssh://git@host/a", "github.com/a/b", "deploy@host.example:x"]
        {
            assert!(is_remote(source), "{source}");
        }
        for source in ["a/b", "./https", "a@b", "dir/user@host:x", "."] {
            assert!(!is_remote(source), "{source}");
        }
    }

    #[test]
    fn tar_archives_are_told_from_compressed_files() {
        assert!(["a.tar", "a.tar.gz", "b/a.TGZ"].iter().all(|source| is_tar(source)));
        assert!(!["a.gz", "a.tar.gz.asc", "a.zip", "tar.xz"].iter().any(|source| is_tar(source)));
    }

    #[test]
    fn what_people_write_is_told_from_what_is_made() {
        for path in ["requirements.txt", "src/main.rs", "Gemfile", "docker/entrypoint.sh", "package.json"] {
            assert!(is_written(path), "{path}");
        }
        for path in ["target/app.jar", "dist/main.js", "app", ".env", "local.ini", "server.pem", "api-token.txt"] {
            assert!(!is_written(path), "{path}");
        }
    }

    #[test]
    fn what_is_plain_says_so() {
        for source in [".", "src/", "./", "a/b.sh", "*.json", "app.jar", "Gemfile", ".bashrc", "/"] {
            assert!(is_plain(source), "{source}");
        }
        for source in ["rootfs", "dist/*", "layer", "a.apk", "a.tar", "b.gem", "app-1.2", ".*"] {
            assert!(!is_plain(source), "{source}");
        }
        assert!(is_nameless("rootfs") && is_nameless("dist/*") && !is_nameless("a.gem"));
    }

    #[test]
    fn archives_are_known_by_their_names() {
        for source in ["a.tar", "b/a.tar.gz", "a.TGZ", "rootfs.tar.*", "x.xz"] {
            assert!(is_archive(source), "{source}");
        }
        for source in ["a.zip", "tar", "a.tar/b", "gz", "a.tar.gz.asc", "a.tar.sha256"] {
            assert!(!is_archive(source), "{source}");
        }
    }
}
