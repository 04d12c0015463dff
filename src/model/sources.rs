//! What the sources of COPY and ADD are, by their names.

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
    fn archives_are_known_by_their_names() {
        for source in ["a.tar", "b/a.tar.gz", "a.TGZ", "rootfs.tar.*", "x.xz"] {
            assert!(is_archive(source), "{source}");
        }
        for source in ["a.zip", "tar", "a.tar/b", "gz", "a.tar.gz.asc", "a.tar.sha256"] {
            assert!(!is_archive(source), "{source}");
        }
    }
}
