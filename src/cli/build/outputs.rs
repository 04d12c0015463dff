//! What `--output` asks for.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::build::image::{ArchiveFormat, Image, Store, write_archive, write_layout};

/// An image written somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Output {
    /// As an OCI layout in a folder.
    Layout(PathBuf),
    /// As an archive in a file, or on standard output.
    Archive {
        /// What can read it.
        docker: bool,
        /// The file; `None` for standard output.
        file: Option<PathBuf>,
    },
}

impl Output {
    /// Reads `type=oci,dest=image.tar` and the like, as `docker buildx build --output` does.
    pub(super) fn parse(text: &str) -> Result<Output, String> {
        let (mut kind, mut place, mut tar) = (None, None, true);
        for field in text.split(',') {
            match field.split_once('=') {
                Some(("type", value)) => kind = Some(value),
                Some(("dest", value)) => place = Some(value),
                Some(("tar", "true" | "1")) => tar = true,
                Some(("tar", "false" | "0")) => tar = false,
                _ => return Err(format!("`--output {text}`: `{field}` is not known; it takes type, dest and tar")),
            }
        }
        let file = match place {
            None => return Err(format!("`--output {text}` does not say where to: add `dest=FILE`")),
            Some("-") => None,
            Some(path) => Some(PathBuf::from(path)),
        };
        match (kind, tar, file) {
            (Some("oci"), false, Some(folder)) => Ok(Output::Layout(folder)),
            (Some("oci"), false, None) => Err(format!("`--output {text}`: a folder needs a name")),
            (Some("oci"), true, file) => Ok(Output::Archive { docker: false, file }),
            (Some("docker" | "docker-archive"), true, file) => Ok(Output::Archive { docker: true, file }),
            (Some("docker" | "docker-archive"), false, _) => {
                Err(format!("`--output {text}`: only `type=oci` can be a folder"))
            }
            (Some(other), ..) => {
                Err(format!("`--output {text}`: there is no type `{other}`; there are oci and docker"))
            }
            (None, ..) => {
                Err(format!("`--output {text}` does not say what is written: add `type=oci` or `type=docker`"))
            }
        }
    }

    /// Whether it goes to standard output.
    pub(super) fn is_stdout(&self) -> bool {
        matches!(self, Output::Archive { file: None, .. })
    }

    /// Writes the image under a name, if it has one.
    pub(super) fn write(&self, store: &Store, image: &Image, name: Option<&str>) -> Result<(), String> {
        match self {
            Output::Layout(folder) => write_layout(store, image, folder, name).map_err(|error| error.to_string()),
            Output::Archive { docker, file: None } => {
                let out = BufWriter::new(io::stdout().lock());
                archive(store, image, out, *docker, name)
            }
            Output::Archive { docker, file: Some(path) } => {
                let failed = |error: io::Error| format!("{}: cannot be written: {error}", path.display());
                // Nobody is to find half of an archive under its name.
                let temporary = beside(path);
                let out = BufWriter::new(File::create(&temporary).map_err(failed)?);
                let written = archive(store, image, out, *docker, name)
                    .and_then(|()| fs::rename(&temporary, path).map_err(failed));
                if written.is_err() {
                    // It may not even be there.
                    let _ = fs::remove_file(&temporary);
                }
                written
            }
        }
    }
}

fn archive(store: &Store, image: &Image, mut out: impl Write, docker: bool, name: Option<&str>) -> Result<(), String> {
    let format = if docker { ArchiveFormat::Docker } else { ArchiveFormat::Oci };
    write_archive(store, image, &mut out, format, name).map_err(|error| error.to_string())?;
    out.flush().map_err(|error| format!("the archive cannot be written: {error}"))
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_written_as_docker_has_them() {
        let archive = |docker, file: Option<&str>| Ok(Output::Archive { docker, file: file.map(PathBuf::from) });
        assert_eq!(Output::parse("type=oci,dest=a.tar"), archive(false, Some("a.tar")));
        assert_eq!(Output::parse("dest=-,type=docker"), archive(true, None));
        assert_eq!(Output::parse("type=docker-archive,dest=a.tar"), archive(true, Some("a.tar")));
        assert_eq!(Output::parse("type=oci,tar=false,dest=a"), Ok(Output::Layout("a".into())));
        for (text, part) in [
            ("a", "`a` is not known"),
            ("type=oci", "dest=FILE"),
            ("dest=a", "type=oci"),
            ("type=local,dest=a", "no type `local`"),
            ("type=docker,tar=false,dest=a", "only `type=oci`"),
        ] {
            let message = Output::parse(text).expect_err("it is refused");
            assert!(message.contains(part), "{text}: {message}");
        }
    }
}
