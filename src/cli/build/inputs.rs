//! The Dockerfile and the ignore file of a build, which may be a stranger's.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::lint::settings::LARGEST_FILE;
use crate::model::context::IgnoreFile;
use crate::text::Source;

/// The names that are looked for in a context.
const NAMES: [&str; 2] = ["Dockerfile", "Containerfile"];

/// The Dockerfile, `file` or that of the context, and the ignore file that belongs to it: `NAME.dockerignore` beside it, or that of
/// the context.
///
/// # Errors
///
/// In words for the user, when one of them cannot be read.
pub(super) fn files(file: Option<&Path>, context: &Path) -> Result<(Source, Option<IgnoreFile>), String> {
    let source = match file {
        Some(path) if path.as_os_str() == "-" => read("-".as_ref(), &mut io::stdin())?,
        Some(path) => read_named(path, context)?,
        None => {
            let mut paths = NAMES.iter().map(|name| context.join(name));
            let there = paths.find(|path| path.symlink_metadata().is_ok_and(|data| !data.is_dir()));
            read_within(&there.unwrap_or_else(|| context.join(NAMES[0])), context)?
        }
    };
    if !source.invalid.is_empty() {
        return Err(format!("{} is not UTF-8", source.path.display()));
    }
    let own = (&*source.path != Path::new("-")).then(|| {
        let folder = source.path.parent().unwrap_or(Path::new("")).to_owned();
        let mut name = source.path.as_os_str().to_owned();
        name.push(".dockerignore");
        (PathBuf::from(name), folder)
    });
    let mut candidates = own.into_iter().chain([(context.join(".dockerignore"), context.to_owned())]);
    let ignore = candidates.find(|(path, _)| path.is_file());
    let ignore = ignore.map(|(path, folder)| read_within(&path, &folder)).transpose()?;
    Ok((source, ignore.map(|source| IgnoreFile::new(Arc::new(source)))))
}

/// Reads what the user has named: that can be a pipe, too. The folder that it is in may still be a stranger's.
fn read_named(path: &Path, context: &Path) -> Result<Source, String> {
    // `/dev/stdin` and `/dev/fd/63` of a shell are links.
    let is_of_shell = path.starts_with("/dev") || path.starts_with("/proc");
    let is_link = path.symlink_metadata().is_ok_and(|data| data.is_symlink()) && !is_of_shell;
    if is_link && path.is_file() {
        let within = read_within(path, context);
        return within.or_else(|_| read_within(path, path.parent().unwrap_or(Path::new(""))));
    }
    let mut file = File::open(path).map_err(|error| failed(path, &error))?;
    read(path, &mut file)
}

/// Reads a file that is found in a folder. A link that leads out of the folder is not followed, because an error shows lines of
/// what is read; and a pipe is not waited for.
fn read_within(path: &Path, folder: &Path) -> Result<Source, String> {
    let real = path.canonicalize().map_err(|error| failed(path, &error))?;
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let root = folder.canonicalize().map_err(|error| failed(folder, &error))?;
    if !real.starts_with(root) {
        let (path, folder) = (path.display(), folder.display());
        return Err(format!("`{path}` is a link that leads out of `{folder}`: name the file itself with `--file`"));
    }
    if !real.is_file() {
        return Err(format!("`{}` is no file", path.display()));
    }
    let mut file = File::open(real).map_err(|error| failed(path, &error))?;
    read(path, &mut file)
}

fn read(path: &Path, from: &mut dyn Read) -> Result<Source, String> {
    let mut bytes = Vec::new();
    from.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(|error| failed(path, &error))?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err(format!("`{}` is larger than the {LARGEST_FILE} bytes that are read", path.display()));
    }
    Ok(Source::from_bytes(path, bytes))
}

fn failed(path: &Path, error: &io::Error) -> String {
    match path.as_os_str() == "-" {
        true => format!("standard input cannot be read: {error}"),
        false => format!("cannot read `{}`: {error}", path.display()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    /// A folder with a secret, and a context in it.
    fn folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let context = folder.path().join("context");
        fs::create_dir_all(context.join("inner")).expect("a folder");
        fs::write(folder.path().join("secret"), "token").expect("a file");
        (folder, context)
    }

    #[test]
    fn the_files_of_a_context_are_found_by_their_names() {
        let (folder, context) = folder();
        let found = |file: Option<&Path>| {
            let (source, ignore) = files(file, &context).expect("they can be read");
            (source.text.to_string(), ignore.map(|ignore| ignore.source.text.to_string()))
        };
        fs::write(context.join("inner/real"), "FROM inner").expect("a file");
        symlink("inner/real", context.join("Containerfile")).expect("a link");
        assert_eq!(found(None), ("FROM inner".to_owned(), None));
        fs::write(context.join("Dockerfile"), "FROM a").expect("a file");
        fs::write(context.join(".dockerignore"), "all").expect("a file");
        assert_eq!(found(None), ("FROM a".to_owned(), Some("all".to_owned())));
        fs::write(context.join("Dockerfile.dockerignore"), "own").expect("a file");
        assert_eq!(found(None), ("FROM a".to_owned(), Some("own".to_owned())));
        fs::create_dir(folder.path().join("other")).expect("a folder");
        let link = folder.path().join("other/link");
        symlink(context.join("inner/real"), &link).expect("a link");
        assert_eq!(found(Some(&link)).0, "FROM inner");
        fs::remove_file(&link).expect("it is there");
        symlink(folder.path().join("secret"), &link).expect("a link");
        assert!(files(Some(&link), &context).is_err_and(|error| error.contains("leads out of")));
        // What is named may be anywhere.
        assert_eq!(found(Some(&folder.path().join("secret"))), ("token".to_owned(), Some("all".to_owned())));
    }

    #[test]
    fn nothing_outside_of_a_context_is_shown_and_nothing_is_waited_for() {
        let refused = |name: &str, make: &dyn Fn(&Path)| {
            let (_folder, context) = folder();
            if name != "Dockerfile" {
                fs::write(context.join("Dockerfile"), "FROM a").expect("a file");
            }
            make(&context.join(name));
            files(None, &context).map(|(source, _)| source.text.to_string())
        };
        for name in ["Dockerfile", ".dockerignore", "Dockerfile.dockerignore"] {
            for target in ["../secret", "/proc/self/environ", "inner/../../secret"] {
                let error = refused(name, &|path| symlink(target, path).expect("a link")).expect_err("it leads out");
                assert!(error.contains("leads out of"), "{name} to {target}: {error}");
            }
        }
        let pipe = |path: &Path| {
            nix::unistd::mkfifo(path, nix::sys::stat::Mode::from_bits_truncate(0o600)).expect("a pipe");
        };
        assert!(refused("Dockerfile", &pipe).is_err_and(|error| error.ends_with("is no file")));
        assert!(refused("Dockerfile", &|path| symlink("/dev/zero", path).expect("a link")).is_err());
        // An ignore file that is none is not there.
        assert_eq!(refused(".dockerignore", &pipe).as_deref(), Ok("FROM a"));
        let large = vec![b'#'; usize::try_from(LARGEST_FILE).expect("it fits") + 1];
        let error = refused("Dockerfile", &|path| fs::write(path, &large).expect("a file"));
        assert!(error.is_err_and(|error| error.contains("is larger than")));
    }
}
