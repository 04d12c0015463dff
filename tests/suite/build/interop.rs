//! Images of ours in the hands of other tools, and theirs in ours: skopeo, umoci, buildah.

use std::fs::{self, File};
use std::io::Read;
use std::os::fd::AsFd;
use std::os::unix::fs::{PermissionsExt, lchown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::sys::stat::{Mode, SFlag, mknod};
use rlint::build::image::{
    ArchiveFormat, Healthcheck, History, Image, ImageConfig, Platform, Store, read_archive, read_layout, write_archive,
    write_layout,
};
use rlint::build::tree::difference::differences;
use rlint::build::tree::{Entry, ListLimits, PackOptions, UnpackOptions, list, pack, read_listing, unpack};
use serde_json::Value;

use crate::support::bases;

/// An image with everything that a layer can have, in a store and as a layout.
struct Sample {
    folder: tempfile::TempDir,
    store: Store,
    image: Image,
}

impl Sample {
    /// The sample, or why there is none here.
    fn new() -> Result<Sample, String> {
        if !nix::unistd::geteuid().is_root() {
            return Err("only root can make files of other users".to_owned());
        }
        let base = bases::busybox()?;
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store")).unwrap();
        let base = read_layout(&base, Some(bases::NAME), &Platform::here(), &store).unwrap();
        let (first, second) = (folder.path().join("first"), folder.path().join("second"));
        write_first(&first);
        write_second(&second);
        let (mut config, mut layers) = (base.config, base.manifest.layers);
        for (upper, created_by) in [(first, "RUN first"), (second, "RUN second")] {
            let mut archive = Vec::new();
            pack(File::open(upper).unwrap().as_fd(), &mut archive, &PackOptions::default()).unwrap();
            let (layer, diff_id) = store.put_layer(archive.as_slice()).unwrap();
            layers.push(layer);
            config.push_layer(diff_id, History { created_by: Some(created_by.to_owned()), ..History::default() });
        }
        configure(&mut config);
        let image = Image::create(&store, config, layers).unwrap();
        write_layout(&store, &image, &folder.path().join("layout"), Some("app:1")).unwrap();
        Ok(Sample { folder, store, image })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where other tools find the layout.
    fn reference(&self) -> String {
        format!("oci:{}:app:1", self.path("layout").display())
    }

    /// What the image has, by our own reading of its layers.
    fn tree(&self, image: &Image, store: &Store, name: &str) -> Vec<Entry> {
        let root = self.path(name);
        fs::create_dir(&root).unwrap();
        let folder = File::open(&root).unwrap();
        for number in 0..image.manifest.layers.len() {
            let mut layer = image.layer(store, number).unwrap();
            unpack(&mut layer, folder.as_fd(), &UnpackOptions::default()).unwrap();
            layer.finish().unwrap();
        }
        listing(&root)
    }
}

fn listing(root: &Path) -> Vec<Entry> {
    let mut bytes = Vec::new();
    list(File::open(root).unwrap().as_fd(), &mut bytes, &ListLimits::default()).unwrap();
    read_listing(bytes.as_slice()).unwrap()
}

/// A layer that adds things of every kind.
fn write_first(upper: &Path) {
    for folder in ["srv/app/deep", "srv/gone", "srv/opaque/inner", "long"] {
        fs::create_dir_all(upper.join(folder)).unwrap();
    }
    for file in ["srv/app/file", "srv/app/deep/gone", "srv/gone/x", "srv/opaque/hidden", "srv/opaque/inner/hidden"] {
        fs::write(upper.join(file), file).unwrap();
    }
    fs::write(upper.join("long").join("n".repeat(200)), "long").unwrap();
    fs::hard_link(upper.join("srv/app/file"), upper.join("srv/app/other")).unwrap();
    symlink("../app/file", upper.join("srv/app/link")).unwrap();
    nix::unistd::mkfifo(&upper.join("srv/app/pipe"), Mode::from_bits_truncate(0o600)).unwrap();
    fs::write(upper.join("srv/app/program"), "#!/bin/sh\n").unwrap();
    lchown(upper.join("srv/app/program"), Some(1000), Some(50)).unwrap();
    fs::set_permissions(upper.join("srv/app/program"), fs::Permissions::from_mode(0o4755)).unwrap();
    // `cap_net_raw+ep`, as `setcap` writes it.
    let mut capability = vec![1, 0, 0, 2, 0, 32];
    capability.resize(20, 0);
    xattr::set(upper.join("srv/app/file"), "security.capability", &capability).unwrap();
    fs::set_permissions(upper.join("srv"), fs::Permissions::from_mode(0o2755)).unwrap();
}

/// A layer that removes some of it.
fn write_second(upper: &Path) {
    for folder in ["srv/app/deep", "srv/opaque"] {
        fs::create_dir_all(upper.join(folder)).unwrap();
    }
    fs::set_permissions(upper.join("srv"), fs::Permissions::from_mode(0o2755)).unwrap();
    for gone in ["srv/gone", "srv/app/deep/gone"] {
        mknod(&upper.join(gone), SFlag::S_IFCHR, Mode::from_bits_truncate(0o600), 0).unwrap();
    }
    xattr::set(upper.join("srv/opaque"), "user.overlay.opaque", b"y").unwrap();
    fs::write(upper.join("srv/opaque/new"), "new").unwrap();
}

fn configure(config: &mut ImageConfig) {
    let own = &mut config.config;
    own.set_variable("NAME", "a value");
    own.user = "app".to_owned();
    own.working_dir = "/srv/opaque".to_owned();
    own.labels.insert("a".to_owned(), "b".to_owned());
    own.exposed_ports.insert("80/tcp".to_owned(), Value::Object(serde_json::Map::new()));
    own.stop_signal = Some("SIGINT".to_owned());
    own.healthcheck = Some(Healthcheck { test: vec!["NONE".to_owned()], ..Healthcheck::default() });
    config.push_empty(History { created_by: Some("USER app".to_owned()), ..History::default() });
}

/// What a program prints; `None`, and said so, when it is not installed.
fn run(program: &str, arguments: &[&str]) -> Option<String> {
    run_in(Path::new("."), program, arguments)
}

fn run_in(folder: &Path, program: &str, arguments: &[&str]) -> Option<String> {
    let output = match Command::new(program).args(arguments).current_dir(folder).output() {
        Ok(output) => output,
        Err(_) => {
            println!("skipped: {program} is not installed");
            return None;
        }
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {errors}");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn sample() -> Option<Sample> {
    Sample::new().map_err(|why| println!("skipped: {why}")).ok()
}

#[test]
fn skopeo_sees_what_we_wrote() {
    let Some(sample) = sample() else { return };
    let Some(text) = run("skopeo", &["inspect", &sample.reference()]) else { return };
    let seen: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(seen["Digest"], sample.image.descriptor.digest.to_string());
    assert_eq!(seen["Labels"]["a"], "b");
    let layers: Vec<String> = sample.image.manifest.layers.iter().map(|layer| layer.digest.to_string()).collect();
    assert_eq!(seen["Layers"], Value::from(layers));
    let Some(text) = run("skopeo", &["inspect", "--config", "--raw", &sample.reference()]) else { return };
    assert_eq!(ImageConfig::parse(text.as_bytes()).unwrap(), sample.image.config);
}

#[test]
fn umoci_unpacks_what_we_unpack() {
    let Some(sample) = sample() else { return };
    let (image, bundle) = (format!("{}:app:1", sample.path("layout").display()), sample.path("bundle"));
    // Its names have no colons.
    let image = image.replace(":app:1", ":app-1");
    write_layout(&sample.store, &sample.image, &sample.path("layout"), Some("app-1")).unwrap();
    let Some(_) = run("umoci", &["unpack", "--image", &image, &bundle.display().to_string()]) else { return };
    let (theirs, ours) = (listing(&bundle.join("rootfs")), sample.tree(&sample.image, &sample.store, "tree"));
    let differences = differences(&theirs, &ours);
    assert!(differences.is_empty(), "{differences:#?}");
    assert!(ours.iter().any(|entry| entry.path == "srv/opaque/new"));
    for gone in ["srv/gone", "srv/app/deep/gone", "srv/opaque/hidden", "srv/opaque/inner"] {
        assert!(!ours.iter().any(|entry| entry.path == gone), "{gone}");
    }
}

#[test]
fn archives_go_back_and_forth() {
    let Some(sample) = sample() else { return };
    for (format, kind) in [(ArchiveFormat::Oci, "oci-archive"), (ArchiveFormat::Docker, "docker-archive")] {
        let (ours, theirs) = (sample.path(&format!("{kind}.tar")), sample.path(&format!("{kind}-theirs.tar")));
        let file = File::create(&ours).unwrap();
        write_archive(&sample.store, &sample.image, file, format, Some("app:1")).unwrap();
        let (from, to) = (format!("{kind}:{}:app:1", ours.display()), format!("{kind}:{}:app:1", theirs.display()));
        let layout = format!("oci:{}:{kind}", sample.path("copied").display());
        // Their reading of ours, and ours of what they write.
        if run("skopeo", &["copy", &from, &layout]).is_none() || run("skopeo", &["copy", &from, &to]).is_none() {
            return;
        }
        let copied = read_layout(&sample.path("copied"), Some(kind), &Platform::here(), &sample.store).unwrap();
        // To skopeo a health check is Docker's alone, and is lost on the way to an OCI layout.
        let mut wanted = sample.image.config.clone();
        wanted.config.healthcheck = wanted.config.healthcheck.filter(|_| format == ArchiveFormat::Oci);
        assert_eq!(copied.config, wanted, "{kind}");
        let read = read_archive(&theirs, None, &Platform::here(), &sample.store).unwrap();
        assert_eq!(read.config, sample.image.config, "{kind}");
        let trees =
            (sample.tree(&read, &sample.store, kind), sample.tree(&sample.image, &sample.store, &format!("{kind}-0")));
        assert!(differences(&trees.0, &trees.1).is_empty(), "{kind}");
    }
}

#[test]
fn layers_compressed_by_zstd_are_read() {
    let Some(sample) = sample() else { return };
    let to = format!("oci:{}:zstd", sample.path("zstd").display());
    let arguments = ["copy", "--dest-compress", "--dest-compress-format", "zstd", &sample.reference(), &to];
    if run("skopeo", &arguments).is_none() {
        return;
    }
    let store = Store::open(&sample.path("other-store")).unwrap();
    let read = read_layout(&sample.path("zstd"), Some("zstd"), &Platform::here(), &store).unwrap();
    let types: Vec<&str> = read.manifest.layers.iter().map(|layer| layer.media_type.as_str()).collect();
    assert!(types.iter().all(|kind| kind.ends_with("zstd")), "{types:?}");
    let mut plain = Vec::new();
    read.layer(&store, 2).unwrap().read_to_end(&mut plain).unwrap();
    assert!(!plain.is_empty());
    assert!(differences(&sample.tree(&read, &store, "a"), &sample.tree(&sample.image, &sample.store, "b")).is_empty());
}

#[test]
fn buildah_starts_from_our_image_and_runs_it() {
    let Some(sample) = sample() else { return };
    let (root, run_root) = (sample.path("root").display().to_string(), sample.path("run").display().to_string());
    let buildah = |arguments: &[&str]| {
        let storage = ["--root", &root, "--runroot", &run_root, "--storage-driver", "vfs"];
        run_in(sample.folder.path(), "buildah", &[&storage[..], arguments].concat())
    };
    // It makes a name of the path, which may have no capitals.
    let Some(name) = buildah(&["from", "oci:layout:app:1"]) else { return };
    let script = "id -un; pwd; echo $NAME; ls /srv/app /srv/opaque";
    let Some(output) = buildah(&["run", "--isolation", "chroot", name.trim(), "--", "sh", "-c", script]) else {
        return;
    };
    let Some(_) = buildah(&["rm", name.trim()]) else { return };
    let lines: Vec<&str> = output.split_whitespace().collect();
    assert_eq!(&lines[..4], ["app", "/srv/opaque", "a", "value"], "{output}");
    assert!(lines.contains(&"new") && !lines.contains(&"hidden"), "{output}");
}

#[test]
fn a_whole_debian_is_what_its_packages_say() {
    if !nix::unistd::geteuid().is_root() {
        println!("skipped: only root can make files of other users");
        return;
    }
    let layout = match bases::debian() {
        Ok(layout) => layout,
        Err(why) => {
            println!("skipped: {why}");
            return;
        }
    };
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("store")).unwrap();
    let image = read_layout(&layout, Some(bases::NAME), &Platform::here(), &store).unwrap();
    let root = folder.path().join("root");
    fs::create_dir(&root).unwrap();
    let mut layer = image.layer(&store, 0).unwrap();
    let unpacked = unpack(&mut layer, File::open(&root).unwrap().as_fd(), &UnpackOptions::default()).unwrap();
    layer.finish().unwrap();
    let entries = listing(&root);
    // Devices are left out, and some names come twice, as themselves and as the root.
    assert_eq!(entries.len() as u64 + unpacked.devices, unpacked.entries);
    // dpkg knows the content of what it installed.
    let sums = fs::read_to_string(root.join("var/lib/dpkg/info/dpkg.md5sums")).unwrap();
    let files = sums.lines().filter_map(|line| line.split_once("  "));
    let checked = files.filter(|(_, path)| entries.iter().any(|entry| entry.path == *path)).count();
    assert!(checked > 100, "{checked} files of dpkg");
    let check = run_in(&root, "md5sum", &["--check", "--quiet", "var/lib/dpkg/info/dpkg.md5sums"]);
    assert_eq!(check.as_deref(), Some(""), "the files of dpkg are those of its package");
    let passwd = entries.iter().find(|entry| entry.path == "usr/bin/passwd").unwrap();
    assert_eq!(passwd.mode, 0o4755);
}
