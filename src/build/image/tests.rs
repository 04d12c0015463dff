//! Images through the store, layouts and archives, and what must not come in.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use flate2::write::GzEncoder;
use tempfile::TempDir;

use super::*;
use crate::build::tree::{TarEntry, TarKind, TarWriter};

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let entries: Vec<(TarEntry, &[u8])> =
        members.iter().map(|(name, content)| (file(name, content), *content)).collect();
    tar_of(&entries)
}

fn tar_of(entries: &[(TarEntry, &[u8])]) -> Vec<u8> {
    let mut writer = TarWriter::new(Vec::new());
    for (entry, content) in entries {
        writer.append(entry, &mut &**content).unwrap();
    }
    writer.finish().unwrap().0
}

fn file(name: &str, content: &[u8]) -> TarEntry {
    TarEntry {
        path: name.as_bytes().to_vec(),
        kind: TarKind::File,
        mode: 0o644,
        uid: 0,
        gid: 0,
        size: content.len() as u64,
        mtime: 1,
        link: Vec::new(),
        device: (0, 0),
        xattrs: Vec::new(),
    }
}

fn link(name: &str, target: &str) -> TarEntry {
    TarEntry { kind: TarKind::SymbolicLink, link: target.as_bytes().to_vec(), ..file(name, b"") }
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

struct Here {
    folder: TempDir,
    store: Store,
}

impl Here {
    fn new() -> Here {
        Here::with(ImageLimits::default())
    }

    fn with(limits: ImageLimits) -> Here {
        let folder = TempDir::new().unwrap();
        let store = Store::open_with(&folder.path().join("store"), limits).unwrap();
        Here { folder, store }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, content: &[u8]) -> std::path::PathBuf {
        fs::write(self.path(name), content).unwrap();
        self.path(name)
    }

    /// An image of two layers.
    fn image(&self) -> Image {
        let mut config = ImageConfig::empty(&Platform::new("linux", "amd64", None));
        let mut layers = Vec::new();
        for content in [&b"one"[..], b"two"] {
            let (layer, diff_id) = self.store.put_layer(tar(&[("etc/file", content)]).as_slice()).unwrap();
            config.push_layer(diff_id, History { created_by: Some("COPY".into()), ..History::default() });
            layers.push(layer);
        }
        config.config.set_variable("PATH", "/bin");
        Image::create(&self.store, config, layers).unwrap()
    }

    fn read_layout(&self, name: Option<&str>) -> Result<Image> {
        read_layout(&self.path("layout"), name, &amd64(), &self.store)
    }

    fn read_archive(&self, path: &Path, name: Option<&str>) -> Result<Image> {
        read_archive(path, name, &amd64(), &self.store)
    }
}

fn amd64() -> Platform {
    Platform::new("linux", "amd64", None)
}

fn layer(store: &Store, image: &Image, number: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = image.layer(store, number)?.read_to_end(&mut bytes);
    read.map_err(|error| ImageError::io("reading the layer", error))?;
    Ok(bytes)
}

#[test]
fn an_image_goes_through_a_layout_and_both_kinds_of_archive_unchanged() {
    let here = Here::new();
    let image = here.image();
    write_layout(&here.store, &image, &here.path("layout"), Some("a:1")).unwrap();
    let mut archives = Vec::new();
    for (format, name) in [(ArchiveFormat::Oci, "oci.tar"), (ArchiveFormat::Docker, "docker.tar")] {
        let mut bytes = Vec::new();
        write_archive(&here.store, &image, &mut bytes, format, Some("a:1")).unwrap();
        archives.push(here.write(name, &bytes));
        archives.push(here.write(&format!("{name}.gz"), &gzip(&bytes)));
    }
    for name in [Some("a:1"), None] {
        let there = Here::new();
        let read = read_layout(&here.path("layout"), name, &amd64(), &there.store).unwrap();
        assert_eq!(read, image);
        assert_eq!(layer(&there.store, &read, 1).unwrap(), tar(&[("etc/file", b"two")]));
        for archive in &archives {
            let there = Here::new();
            assert_eq!(there.read_archive(archive, name).unwrap(), image, "{}", archive.display());
        }
    }
    let missing = read_layout(&here.path("layout"), Some("b"), &amd64(), &here.store).unwrap_err().to_string();
    assert!(missing.contains("\"b\"") && missing.ends_with("it has a:1"), "{missing}");
}

#[test]
fn a_layout_takes_further_images_and_a_name_moves() {
    let here = Here::new();
    let first = here.image();
    let second = Image::create(&here.store, ImageConfig::empty(&amd64()), Vec::new()).unwrap();
    let write = |image: &Image, name: &str| write_layout(&here.store, image, &here.path("layout"), Some(name)).unwrap();
    write(&first, "a");
    write(&first, "b");
    write(&second, "a");
    assert_eq!(here.read_layout(Some("a")).unwrap(), second);
    assert_eq!(here.read_layout(Some("b")).unwrap(), first);
    assert!(matches!(here.read_layout(None), Err(ImageError::Missing { .. })));
    fs::create_dir(here.path("other")).unwrap();
    here.write("other/file", b"");
    let error = write_layout(&here.store, &first, &here.path("other"), None).unwrap_err();
    assert!(matches!(error, ImageError::Missing { .. }), "a folder with something else is left alone: {error}");
}

/// Damages what a layout has, and says what reading it says.
fn damaged(damage: impl Fn(&Path)) -> ImageError {
    let here = Here::new();
    let image = here.image();
    write_layout(&here.store, &image, &here.path("layout"), None).unwrap();
    let layer = here.path("layout/blobs/sha256").join(image.manifest.layers[1].digest.hex());
    damage(&layer);
    let there = Here::new();
    let error = read_layout(&here.path("layout"), None, &amd64(), &there.store).unwrap_err();
    assert_eq!(Image::load(&there.store, &image.descriptor).unwrap(), None, "nothing half may be there");
    assert_eq!(fs::read_dir(there.path("store/tmp")).unwrap().count(), 0, "nothing may be left behind");
    error
}

#[test]
fn every_blob_is_held_to_its_digest_and_its_size() {
    let change = |change: fn(&mut Vec<u8>)| {
        damaged(|layer| {
            let mut bytes = fs::read(layer).unwrap();
            change(&mut bytes);
            fs::write(layer, bytes).unwrap();
        })
    };
    assert!(matches!(change(|bytes| bytes[20] ^= 1), ImageError::Digest { .. }));
    assert!(matches!(change(|bytes| bytes.truncate(20)), ImageError::Size { found: 20, .. }));
    assert!(matches!(change(|bytes| bytes.push(0)), ImageError::Size { .. }));
    assert!(matches!(damaged(|layer| fs::remove_file(layer).unwrap()), ImageError::Missing { .. }));
    let pipe = damaged(|layer| {
        fs::remove_file(layer).unwrap();
        nix::unistd::mkfifo(layer, nix::sys::stat::Mode::from_bits_truncate(0o600)).unwrap();
    });
    assert!(pipe.to_string().ends_with("it is not a file"), "{pipe}");
    let folder = damaged(|layer| {
        fs::remove_file(layer).unwrap();
        fs::create_dir(layer).unwrap();
    });
    assert!(folder.to_string().ends_with("it is not a file"), "{folder}");
}

#[test]
fn what_is_no_layout_is_said_to_be_none() {
    let here = Here::new();
    assert!(matches!(here.read_layout(None), Err(ImageError::Missing { .. })));
    write_layout(&here.store, &here.image(), &here.path("layout"), None).unwrap();
    type Is = fn(&ImageError) -> bool;
    let cases: [(&str, &str, Is); 6] = [
        ("oci-layout", "{\"imageLayoutVersion\":\"2.0.0\"}", |error| matches!(error, ImageError::Unsupported { .. })),
        ("oci-layout", "x", |error| matches!(error, ImageError::Malformed { .. })),
        ("index.json", "[]", |error| matches!(error, ImageError::Malformed { .. })),
        ("index.json", "{\"schemaVersion\":2}", |error| matches!(error, ImageError::Missing { .. })),
        ("index.json", &" ".repeat(5 << 20), |error| matches!(error, ImageError::TooLarge { .. })),
        (
            "index.json",
            "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"x\",\"digest\":\"sha256:../../oci-layout\",\"size\":30}]}",
            |error| matches!(error, ImageError::Malformed { .. }),
        ),
    ];
    for (name, content, is_right) in cases {
        let before = fs::read(here.path("layout").join(name)).unwrap();
        here.write(&format!("layout/{name}"), content.as_bytes());
        let error = here.read_layout(None).unwrap_err();
        assert!(is_right(&error), "{name}: {content:.60}: {error}");
        here.write(&format!("layout/{name}"), &before);
    }
    assert!(here.read_layout(None).is_ok());
}

#[test]
fn an_index_that_holds_itself_ends() {
    // It cannot hold its own digest, but indexes can nest without end.
    let here = Here::new();
    let mut inner = here.image().descriptor;
    inner.platform = Some(amd64());
    for _ in 0..5 {
        let bytes = serde_json::to_vec(&Index::new(vec![inner])).unwrap();
        inner = here.store.put_document(media_type::INDEX, &bytes).unwrap();
        inner.platform = Some(amd64());
    }
    fs::create_dir(here.path("layout")).unwrap();
    here.write("layout/oci-layout", b"{\"imageLayoutVersion\":\"1.0.0\"}");
    here.write("layout/index.json", &serde_json::to_vec(&Index::new(vec![inner])).unwrap());
    std::os::unix::fs::symlink(here.path("store/blobs"), here.path("layout/blobs")).unwrap();
    let there = Here::new();
    let error = read_layout(&here.path("layout"), None, &amd64(), &there.store).unwrap_err();
    assert!(matches!(error, ImageError::TooMany { limit: 4, .. }), "{error}");
}

/// What `docker save` wrote before version 25: layers under names of their own, equal ones as links.
fn saved(config_name: Option<&str>, diff_ids: &[Digest]) -> Vec<u8> {
    let one = tar(&[("a", b"1")]);
    let mut config = ImageConfig::empty(&amd64());
    diff_ids.iter().for_each(|diff_id| config.push_layer(*diff_id, History::default()));
    let config = config.to_bytes();
    let config_name = config_name.map_or(format!("{}.json", Digest::of(&config).hex()), str::to_owned);
    let manifest = format!(
        r#"[{{"Config":"{config_name}","RepoTags":["app:1","app:latest"],"Layers":["x/layer.tar","y/layer.tar","z/layer.tar"]}}]"#
    );
    tar_of(&[
        (file(&config_name, &config), &config),
        (file("./x/layer.tar", &one), &one),
        (link("y/layer.tar", "../x/layer.tar"), b""),
        (file("z/layer.tar", &gzip(&one)), &gzip(&one)),
        (file("manifest.json", manifest.as_bytes()), manifest.as_bytes()),
    ])
}

#[test]
fn an_old_archive_of_docker_is_read() {
    let here = Here::new();
    let diff_id = Digest::of(&tar(&[("a", b"1")]));
    let path = here.write("saved.tar", &saved(None, &[diff_id; 3]));
    for name in [None, Some("app:1"), Some("app:latest")] {
        let image = here.read_archive(&path, name).unwrap();
        assert_eq!(image.manifest.layers.len(), 3);
        for number in 0..3 {
            assert_eq!(layer(&here.store, &image, number).unwrap(), tar(&[("a", b"1")]));
        }
    }
    let error = here.read_archive(&path, Some("app:2")).unwrap_err().to_string();
    assert!(error.ends_with("has app:1, app:latest"), "{error}");
}

#[test]
fn an_image_without_layers_is_one() {
    // BuildKit writes `null` for none.
    let here = Here::new();
    let config = ImageConfig::empty(&amd64()).to_bytes();
    let manifest = format!(
        r#"{{"schemaVersion":2,"config":{{"mediaType":"{}","digest":"{}","size":{}}},"layers":null}}"#,
        media_type::CONFIG,
        Digest::of(&config),
        config.len()
    );
    let document = Document::parse(manifest.as_bytes(), media_type::MANIFEST, here.store.limits()).unwrap();
    assert!(matches!(document, Document::Manifest(manifest) if manifest.layers.is_empty()));
}

#[test]
fn archives_that_are_not_what_they_say_are_refused() {
    let here = Here::new();
    let diff_id = Digest::of(&tar(&[("a", b"1")]));
    let read = |bytes: &[u8]| here.read_archive(&here.write("archive", bytes), None).unwrap_err();
    let other = Digest::of(b"other");
    assert!(matches!(read(&saved(None, &[other, diff_id, diff_id])), ImageError::Digest { .. }));
    assert!(matches!(read(&saved(Some(&format!("{}.json", other.hex())), &[diff_id; 3])), ImageError::Digest { .. }));
    assert!(matches!(read(&saved(None, &[diff_id; 2])), ImageError::Malformed { .. }));
    assert!(matches!(read(b""), ImageError::Missing { .. }));
    assert!(matches!(read(&[7; 2000]), ImageError::Malformed { .. }));
    assert!(matches!(read(&tar(&[("x", b"")])), ImageError::Missing { .. }));
    let twice = tar(&[("oci-layout", b"1"), ("./oci-layout", b"2")]);
    assert!(matches!(read(&twice), ImageError::Malformed { .. }));
    let round = tar_of(&[(link("manifest.json", "a"), b""), (link("a", "manifest.json"), b"")]);
    assert!(matches!(read(&round), ImageError::TooMany { .. }));
    let outside = tar_of(&[(link("manifest.json", "/etc/passwd"), b"")]);
    assert!(matches!(read(&outside), ImageError::Missing { .. }));
    let whole = saved(None, &[diff_id; 3]);
    for end in [100, 700, whole.len() / 2 + 10] {
        assert!(matches!(read(&whole[..end]), ImageError::Malformed { .. }), "cut off at {end}");
    }
    assert!(matches!(here.read_archive(&here.path("none"), None), Err(ImageError::Missing { .. })));
}

#[test]
fn many_entries_and_bombs_end_at_a_limit() {
    let limits = ImageLimits { archive_entries: 50, layer: 1 << 20, ..ImageLimits::default() };
    let here = Here::with(limits);
    let many: Vec<(String, &[u8])> = (0..60).map(|number| (number.to_string(), &b""[..])).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|(name, content)| (&**name, *content)).collect();
    let error = here.read_archive(&here.write("many", &tar(&many)), None).unwrap_err();
    assert!(error.to_string().contains("more entries than the 50"), "{error}");
    let bomb = gzip(&vec![0; 4 << 20]);
    let error = here.read_archive(&here.write("bomb", &bomb), None).unwrap_err();
    assert!(matches!(error, ImageError::TooLarge { .. }), "{error}");
    // A layer that is a bomb is kept as it is, and ends when it is read.
    let mut config = ImageConfig::empty(&amd64());
    config.push_layer(Digest::of(b""), History::default());
    let blob = here.store.put_document(media_type::LAYER_GZIP, &bomb).unwrap();
    let image = Image::create(&here.store, config, vec![blob]).unwrap();
    assert!(matches!(layer(&here.store, &image, 0), Err(ImageError::TooLarge { .. })));
    assert!(matches!(here.store.put_layer(std::io::repeat(0)), Err(ImageError::TooLarge { .. })));
    let claim = Descriptor::new(media_type::LAYER, Digest::of(b""), u64::MAX);
    assert!(matches!(here.store.put(&b""[..], "the layer", &claim), Err(ImageError::TooLarge { .. })));
}

#[test]
fn a_layer_has_the_content_that_the_configuration_names() {
    let here = Here::new();
    let good = here.image();
    let mut config = good.config.clone();
    config.rootfs.diff_ids.swap(0, 1);
    let image = Image::create(&here.store, config, good.manifest.layers.clone()).unwrap();
    assert!(matches!(layer(&here.store, &image, 0), Err(ImageError::Digest { .. })));
    let mut config = good.config.clone();
    config.rootfs.diff_ids.pop();
    assert!(matches!(Image::create(&here.store, config, good.manifest.layers), Err(ImageError::Malformed { .. })));
}

#[test]
fn a_store_has_names_and_steps() {
    let here = Here::new();
    let image = here.image();
    assert_eq!(here.store.find("a:1").unwrap(), None);
    here.store.name("a:1", &image.descriptor).unwrap();
    assert_eq!(Image::find(&here.store, "a:1").unwrap(), Some(image.clone()));
    let again = Store::open(&here.path("store")).unwrap();
    assert_eq!(Image::find(&again, "a:1").unwrap(), Some(image.clone()));
    // The store is a layout itself.
    let there = Here::new();
    assert_eq!(read_layout(&here.path("store"), Some("a:1"), &amd64(), &there.store).unwrap(), image);
    for wrong in ["", "a\nb", &"x".repeat(600)] {
        assert!(here.store.name(wrong, &image.descriptor).is_err());
    }
    let record = step("root", Some("l1"), None, 5);
    assert_eq!(here.store.step("abc").unwrap(), None);
    here.store.put_step("abc", &record).unwrap();
    assert_eq!(again.step("abc").unwrap(), Some(record));
    fs::write(here.path("store/steps/abc.json"), "{").unwrap();
    assert_eq!(again.step("abc").unwrap(), None);
    again.forget_step("abc").unwrap();
    again.forget_step("abc").unwrap();
    for wrong in ["", "../x", "A", &"a".repeat(129)] {
        assert!(again.step(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_store_that_others_can_write_to_is_not_used() {
    let here = Here::new();
    fs::set_permissions(here.path("store"), fs::Permissions::from_mode(0o777)).unwrap();
    let error = Store::open(&here.path("store")).unwrap_err().to_string();
    assert!(error.starts_with("others can write to the store"), "{error}");
}

#[test]
fn the_store_is_where_the_environment_says() {
    let folder = |set: &[(&str, &str)]| {
        let found = |name: &str| set.iter().find(|(own, _)| *own == name).map(|(_, value)| value.into());
        Store::default_folder(found).map(|folder| folder.display().to_string()).ok()
    };
    let all = [("RLINT_STORE", "/s"), ("XDG_CACHE_HOME", "/c"), ("HOME", "/h")];
    assert_eq!(folder(&all).as_deref(), Some("/s"));
    assert_eq!(folder(&all[1..]).as_deref(), Some("/c/rlint/build"));
    assert_eq!(folder(&all[2..]).as_deref(), Some("/h/.cache/rlint/build"));
    assert_eq!(
        folder(&[("RLINT_STORE", ""), ("XDG_CACHE_HOME", "relative"), ("HOME", "/h")]).as_deref(),
        Some("/h/.cache/rlint/build")
    );
    assert_eq!(folder(&[]), None);
}

fn step(mode: &str, layer: Option<&str>, parent: Option<&str>, bytes: u64) -> StepRecord {
    let text = |text: Option<&str>| text.map(str::to_owned);
    StepRecord {
        mode: mode.to_owned(),
        layer: text(layer),
        parent: text(parent),
        bytes,
        entries: 1,
        other: serde_json::Map::new(),
    }
}

#[test]
fn pruning_takes_what_was_not_used_for_longest_and_what_nothing_needs() {
    let here = Here::new();
    let image = here.image();
    here.store.name("a", &image.descriptor).unwrap();
    here.store.put_document("x/unnamed", b"nobody needs this").unwrap();
    here.write("store/tmp/left", b"behind");
    let blobs = image.manifest.layers.iter().map(|layer| layer.size).sum::<u64>()
        + image.manifest.config.size
        + image.descriptor.size;
    for (age, key, parent) in
        [(50, "base", None), (40, "old", Some("base")), (10, "older-child", Some("old")), (5, "new", Some("base"))]
    {
        here.store.put_step(key, &step("root", Some(key), parent, 100)).unwrap();
        fs::create_dir_all(here.path("store/layers/root").join(key)).unwrap();
        // The base was used with its newest child.
        let age = if key == "base" { 1 } else { age };
        let used = SystemTime::now() - Duration::from_secs(age * 1000);
        fs::File::open(here.path("store/steps").join(format!("{key}.json"))).unwrap().set_modified(used).unwrap();
    }
    fs::create_dir_all(here.path("store/layers/user/orphan")).unwrap();
    let layers = |names: &[(&str, &str)]| {
        names.iter().map(|(mode, name)| ((*mode).to_owned(), (*name).to_owned())).collect::<Vec<_>>()
    };
    // What the workers keep for themselves is no layer.
    fs::create_dir_all(here.path("store/layers/root/.caches")).unwrap();
    fs::create_dir_all(here.path("store/tmp/engine-1/context")).unwrap();
    let usage = here.store.usage().unwrap();
    assert_eq!((usage.images.len(), usage.images[0].1, usage.image_bytes), (1, blobs, blobs));
    assert_eq!((usage.steps, usage.step_bytes), (4, 400));
    assert_eq!((usage.unused, usage.unused_bytes), (4, 17 + 6), "a blob, a layer, a file and a folder");
    let prune = |most, dry_run| here.store.prune(PruneOptions { most, images: true, dry_run });
    let found = |pruned: &Pruned| (pruned.freed, pruned.left, pruned.steps, pruned.images.len());
    // What would be removed is what is removed, and nothing before.
    let all = prune(0, true).unwrap();
    assert_eq!(found(&all), (blobs + 400 + 17 + 6, 0, 4, 1));
    assert_eq!(here.store.usage().unwrap(), usage);
    let steps = here.store.prune(PruneOptions { most: 0, images: false, dry_run: true }).unwrap();
    assert_eq!(found(&steps), (400 + 17 + 6, blobs, 4, 0));
    let pruned = prune(blobs + 1000, false).unwrap();
    assert_eq!((pruned.layers.clone(), found(&pruned)), (layers(&[("user", "orphan")]), (17 + 6, blobs + 400, 0, 0)));
    // One more byte than there may be: the oldest step goes, and the one on top of it.
    let pruned = prune(blobs + 399, false).unwrap();
    assert_eq!(pruned.layers, layers(&[("root", "old"), ("root", "older-child"), ("user", "orphan")]));
    assert_eq!((pruned.freed, pruned.left), (200, blobs + 200));
    assert!(here.store.step("new").unwrap().is_some() && here.store.step("old").unwrap().is_none());
    assert_eq!(Image::find(&here.store, "a").unwrap(), Some(image));
    let pruned = prune(0, false).unwrap();
    assert_eq!((pruned.freed, pruned.left, pruned.layers.len()), (blobs + 200, 0, 5));
    assert_eq!(Image::find(&here.store, "a").unwrap(), None);
    assert_eq!(fs::read_dir(here.path("store/tmp")).unwrap().count(), 0);
}

#[test]
fn nothing_is_pruned_while_somebody_builds() {
    let here = Here::new();
    let other = Store::open(&here.path("store")).unwrap();
    let prune = || here.store.prune(PruneOptions { most: 0, images: true, dry_run: false });
    assert!(matches!(prune(), Err(ImageError::Store { .. })));
    drop(other);
    assert!(prune().is_ok());
}
