//! Images to build upon, made from Debian's packages: each is an OCI layout in `target/tmp/bases`, made once.
//!
//! `busybox` is one static program under all of its names, `debian` the smallest Debian that has apt. What is needed
//! to make them `tests/run` installs. A base that cannot be made is an `Err` that says why, for a test to say that it
//! was skipped.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rlint::build::image::{History, Image, ImageConfig, Platform, Store, write_layout};
use rlint::build::tree::{TarEntry, TarKind, TarWriter};

/// The name of the image in each layout.
pub(crate) const NAME: &str = "latest";

/// Changed when the images are made in another way.
const VERSION: u32 = 1;

/// The layout of an image with busybox at `/bin`, and a shell and a user `app` (1000) with it.
pub(crate) fn busybox() -> Result<PathBuf, String> {
    made("busybox", |store| {
        let program = static_busybox()?;
        let archive = busybox_archive(&program)?;
        image(store, archive.as_slice(), "busybox", "/bin/sh")
    })
}

/// The layout of a minimal Debian, of the version that the tests run on.
pub(crate) fn debian() -> Result<PathBuf, String> {
    made("debian", |store| {
        let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
        let codename = release.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
        if !release.lines().any(|line| line == "ID=debian") {
            return Err("a Debian is made only on Debian, from the places it installs from".to_owned());
        }
        let codename = codename.ok_or("/etc/os-release names no version")?;
        let archive = store.folder().join("debian.tar");
        let mut command = Command::new("mmdebstrap");
        command.args(["--variant=minbase", "--format=tar", "--quiet", codename]).arg(&archive);
        // From where this machine installs, too.
        command.args(sources());
        let output = command.stdin(Stdio::null()).output().map_err(|_| "mmdebstrap is not installed".to_owned())?;
        if !output.status.success() {
            return Err(format!("mmdebstrap failed: {}", String::from_utf8_lossy(&output.stderr).trim_end()));
        }
        let reader = File::open(&archive).map_err(|error| error.to_string())?;
        image(store, reader, "debian", "bash")
    })
}

/// The layout `name`, made by `make` where it is missing. Tests that need the same one wait for each other.
fn made(name: &str, make: impl FnOnce(&Store) -> Result<Image, String>) -> Result<PathBuf, String> {
    let failed = |error: io::Error| format!("the base {name} cannot be kept: {error}");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bases");
    fs::create_dir_all(&folder).map_err(failed)?;
    let layout = folder.join(format!("{name}-{VERSION}"));
    let lock = File::create(folder.join(format!("{name}.lock"))).map_err(failed)?;
    lock.lock().map_err(failed)?;
    if layout.join("index.json").exists() {
        return Ok(layout);
    }
    let work = tempfile::tempdir_in(&folder).map_err(failed)?;
    let store = Store::open(&work.path().join("store")).map_err(|error| error.to_string())?;
    let image = make(&store)?;
    let new = work.path().join("layout");
    write_layout(&store, &image, &new, Some(NAME)).map_err(|error| error.to_string())?;
    fs::rename(&new, &layout).map_err(failed)?;
    Ok(layout)
}

/// An image with one layer.
fn image(store: &Store, archive: impl Read, what: &str, command: &str) -> Result<Image, String> {
    let (layer, diff_id) = store.put_layer(archive).map_err(|error| error.to_string())?;
    let mut config = ImageConfig::empty(&Platform::here());
    config.created = Some("2024-01-01T00:00:00Z".to_owned());
    config.config.set_variable("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    config.config.cmd = Some(vec![command.to_owned()]);
    let created_by = Some(format!("the packages of {what}"));
    config.push_layer(diff_id, History { created: config.created.clone(), created_by, ..History::default() });
    Image::create(store, config, vec![layer]).map_err(|error| error.to_string())
}

/// Where apt installs from.
fn sources() -> Vec<PathBuf> {
    let mut found = vec![PathBuf::from("/etc/apt/sources.list")];
    let more = fs::read_dir("/etc/apt/sources.list.d").into_iter().flatten().flatten().map(|entry| entry.path());
    found.extend(more.filter(|path| path.extension().is_some_and(|end| end == "list" || end == "sources")));
    found.retain(|path| fs::metadata(path).is_ok_and(|file| file.len() > 0));
    found.sort();
    found
}

/// A busybox that needs no library.
fn static_busybox() -> Result<PathBuf, String> {
    let places = ["/bin/busybox", "/usr/bin/busybox"].map(PathBuf::from);
    let found = places.into_iter().find(|path| path.exists()).ok_or("busybox-static is not installed")?;
    // One that is not static names its loader.
    let bytes = fs::read(&found).map_err(|error| error.to_string())?;
    let loader = b"/ld-linux";
    if bytes[..bytes.len().min(4096)].windows(loader.len()).any(|part| part == loader) {
        return Err("busybox is installed, but not busybox-static".to_owned());
    }
    Ok(found)
}

fn busybox_archive(program: &Path) -> Result<Vec<u8>, String> {
    let output = Command::new(program).arg("--list").output().map_err(|error| error.to_string())?;
    let names = String::from_utf8(output.stdout).map_err(|error| error.to_string())?;
    let content = fs::read(program).map_err(|error| error.to_string())?;
    let mut writer = TarWriter::new(Vec::new());
    let mut append =
        |entry: TarEntry, content: &[u8]| writer.append(&entry, &mut &*content).map_err(|error| error.to_string());
    let folders =
        ["bin", "dev", "etc", "home", "home/app", "proc", "root", "sys", "tmp", "usr", "usr/bin", "var", "var/tmp"];
    for folder in folders {
        let mode = match folder {
            "tmp" | "var/tmp" => 0o1777,
            "root" => 0o700,
            _ => 0o755,
        };
        let owner = if folder == "home/app" { 1000 } else { 0 };
        append(TarEntry { mode, uid: owner, gid: owner, ..entry(&format!("{folder}/"), TarKind::Folder) }, b"")?;
    }
    let program = TarEntry { mode: 0o755, size: content.len() as u64, ..entry("bin/busybox", TarKind::File) };
    append(program, &content)?;
    for name in names.lines().filter(|name| !name.is_empty() && *name != "busybox" && !name.contains('/')) {
        append(TarEntry { link: b"busybox".to_vec(), ..entry(&format!("bin/{name}"), TarKind::SymbolicLink) }, b"")?;
    }
    for (path, text) in [
        (
            "etc/passwd",
            "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000:app:/home/app:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n",
        ),
        ("etc/group", "root:x:0:\nstaff:x:50:app\napp:x:1000:\nnogroup:x:65534:\n"),
    ] {
        append(TarEntry { size: text.len() as u64, ..entry(path, TarKind::File) }, text.as_bytes())?;
    }
    Ok(writer.finish().map_err(|error| error.to_string())?.0)
}

fn entry(path: &str, kind: TarKind) -> TarEntry {
    TarEntry {
        path: path.as_bytes().to_vec(),
        kind,
        mode: 0o644,
        uid: 0,
        gid: 0,
        size: 0,
        mtime: 1_704_067_200,
        link: Vec::new(),
        device: (0, 0),
        xattrs: Vec::new(),
    }
}
