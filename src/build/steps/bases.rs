//! The images that stages start from: named on the command line, or in the store under their names.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::evaluate::Images;
use crate::build::image::{Image, ImageConfig, Platform, Store, read_archive, read_layout};
use crate::model::image::Image as Reference;
use crate::text::Span;

/// Where an image is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaseSource {
    /// In an OCI layout.
    Layout {
        /// Its folder.
        folder: PathBuf,
        /// The name in it; none for the only one there is.
        name: Option<String>,
    },
    /// In an archive of `docker save` or of an OCI layout.
    Archive {
        /// The file.
        file: PathBuf,
        /// The name in it; none for the only one there is.
        name: Option<String>,
    },
}

impl BaseSource {
    /// Reads `oci:FOLDER[:NAME]`, and `archive:`, `oci-archive:` or `docker-archive:` with `FILE[:NAME]`, as
    /// `containers-transports(5)` has them.
    ///
    /// # Errors
    ///
    /// In words for the user.
    pub fn parse(text: &str) -> Result<BaseSource, String> {
        let (transport, rest) = text.split_once(':').unwrap_or(("", text));
        // A name never begins with a slash, and a path in front of it never ends in one.
        let (path, name) = match rest.split_once(':') {
            Some((path, name)) => (path, Some(name.to_owned()).filter(|name| !name.is_empty())),
            None => (rest, None),
        };
        let path = PathBuf::from(path);
        if path.as_os_str().is_empty() {
            return Err(format!("`{text}` names no place: write `oci:FOLDER` or `archive:FILE`"));
        }
        match transport {
            "oci" => Ok(BaseSource::Layout { folder: path, name }),
            "archive" | "oci-archive" | "docker-archive" => Ok(BaseSource::Archive { file: path, name }),
            _ => Err(format!("`{text}` does not say what is there: write `oci:FOLDER` or `archive:FILE`")),
        }
    }

    fn read(&self, platform: &Platform, store: &Store) -> Result<Image, String> {
        let read = match self {
            BaseSource::Layout { folder, name } => read_layout(folder, name.as_deref(), platform, store),
            BaseSource::Archive { file, name } => read_archive(file, name.as_deref(), platform, store),
        };
        read.map_err(|error| error.to_string())
    }
}

/// Where an image is looked for last, such as a registry; `None` when it is not there either.
pub type Fetch = Box<dyn FnMut(&str, &Platform, &Store) -> Result<Option<Image>, String>>;

/// The images that a build can start from.
pub struct Bases {
    store: Arc<Store>,
    /// By their whole names.
    given: Vec<(String, BaseSource)>,
    fetch: Option<Fetch>,
    /// Whether images are fetched even if the store has them.
    fetch_always: bool,
    known: FxHashMap<(String, String), Image>,
}

impl fmt::Debug for Bases {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bases").field("given", &self.given).field("known", &self.known.keys()).finish_non_exhaustive()
    }
}

impl Bases {
    /// The images of a store.
    pub fn new(store: Arc<Store>) -> Bases {
        Bases { store, given: Vec::new(), fetch: None, fetch_always: false, known: FxHashMap::default() }
    }

    /// Says where an image is, whatever the store has under that name.
    ///
    /// # Errors
    ///
    /// When it is no name of an image.
    pub fn give(&mut self, name: &str, source: BaseSource) -> Result<(), String> {
        let name = whole_name(name)?;
        self.given.retain(|(own, _)| *own != name);
        self.given.push((name, source));
        self.known.clear();
        Ok(())
    }

    /// Says where images are looked for that are nowhere else; with `always`, where they are looked for before the
    /// store.
    pub fn fetch_by(&mut self, fetch: Fetch, always: bool) {
        self.fetch = Some(fetch);
        self.fetch_always = always;
    }

    /// An image by the name that a Dockerfile gives it.
    ///
    /// # Errors
    ///
    /// In words for the user when it is not to be had.
    pub fn image(&mut self, name: &str, platform: &Platform) -> Result<Image, String> {
        let whole = whole_name(name)?;
        let key = (whole, platform.to_string());
        if let Some(image) = self.known.get(&key) {
            return Ok(image.clone());
        }
        let image = self.find(name, &key.0, platform)?;
        let own = image.config.platform();
        if own.os != platform.os || own.architecture != platform.architecture {
            return Err(format!("the image `{name}` is for {own}, and {platform} is wanted"));
        }
        self.known.insert(key, image.clone());
        Ok(image)
    }

    fn find(&mut self, name: &str, whole: &str, platform: &Platform) -> Result<Image, String> {
        if let Some((_, source)) = self.given.iter().find(|(own, _)| own == whole) {
            return source.read(platform, &self.store);
        }
        if !self.fetch_always
            && let Some(image) = Image::find(&self.store, whole).map_err(|error| error.to_string())?
        {
            return Ok(image);
        }
        if let Some(fetch) = &mut self.fetch
            && let Some(image) = fetch(whole, platform, &self.store)?
        {
            return Ok(image);
        }
        Err(format!(
            "the image `{name}` is not here: build it under that name with `--tag`, say where it is with \
             `--base {name}=oci:FOLDER` or `--base {name}=archive:FILE`, or get it with `--pull`"
        ))
    }
}

impl Images for Bases {
    fn configuration(&mut self, name: &str, platform: &Platform) -> Result<ImageConfig, String> {
        self.image(name, platform).map(|image| image.config)
    }
}

/// The name of an image written out: `docker.io/library/busybox:latest`.
///
/// # Errors
///
/// When it is no name of an image.
pub fn whole_name(name: &str) -> Result<String, String> {
    let image = Reference::parse(name, Span::empty(0)).map_err(|error| format!("`{name}` is no image: {error}"))?;
    let tag = image.tag.as_deref().or(image.digest.is_none().then_some("latest"));
    let tag = tag.map(|tag| format!(":{tag}")).unwrap_or_default();
    let digest = image.digest.as_ref().map(|digest| format!("@{digest}")).unwrap_or_default();
    Ok(format!("{}{tag}{digest}", image.canonical_name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_written_as_other_tools_do() {
        let layout = |folder: &str, name: Option<&str>| BaseSource::Layout {
            folder: folder.into(),
            name: name.map(str::to_owned),
        };
        let archive =
            |file: &str, name: Option<&str>| BaseSource::Archive { file: file.into(), name: name.map(str::to_owned) };
        assert_eq!(BaseSource::parse("oci:./a/b"), Ok(layout("./a/b", None)));
        assert_eq!(BaseSource::parse("oci:/a:x:1"), Ok(layout("/a", Some("x:1"))));
        assert_eq!(BaseSource::parse("docker-archive:a.tar:x"), Ok(archive("a.tar", Some("x"))));
        assert_eq!(BaseSource::parse("archive:a.tar:"), Ok(archive("a.tar", None)));
        for wrong in ["", "oci:", "a.tar", "docker://busybox"] {
            assert!(BaseSource::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_are_the_same_however_short() {
        for name in ["busybox", "library/busybox:latest", "docker.io/busybox"] {
            assert_eq!(whole_name(name).as_deref(), Ok("docker.io/library/busybox:latest"));
        }
        assert_eq!(whole_name("localhost:5000/a:1").as_deref(), Ok("localhost:5000/a:1"));
        assert!(whole_name("A").is_err());
    }
}
