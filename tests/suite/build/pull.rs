//! Pulling from a registry on this machine, and from one that lies.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rlint::build::image::{
    Descriptor, Digest, History, Image, ImageConfig, ImageError, Index, Platform, PullOptions, Store, media_type, pull,
    read_layout,
};

use crate::support::bases;

/// Debian's registry, with what it keeps.
struct Registry {
    process: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Registry {
    /// Starts one, or says why there is none.
    fn start() -> Result<Registry, String> {
        Registry::start_with("")
    }

    /// The same with more in its configuration, below `http`.
    fn start_with(more: &str) -> Result<Registry, String> {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = format!(
            "version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {}\nhttp:\n  addr: 127.0.0.1:{port}\n{more}",
            folder.path().join("data").display()
        );
        fs::write(folder.path().join("config.yml"), config).unwrap();
        let process = Command::new("docker-registry")
            .arg("serve")
            .arg(folder.path().join("config.yml"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|_| "docker-registry is not installed".to_owned())?;
        let registry = Registry { process, port, folder };
        let end = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < end, "the registry does not start");
            thread::sleep(Duration::from_millis(20));
        }
        Ok(registry)
    }

    fn name(&self, rest: &str) -> String {
        format!("127.0.0.1:{}/{rest}", self.port)
    }

    /// Pushes the image `name` of a layout.
    fn push(&self, layout: &Path, name: &str, target: &str) -> Result<(), String> {
        let to = format!("docker://{}", self.name(target));
        let output = Command::new("skopeo")
            .args(["copy", "--all", "--dest-tls-verify=false", "--preserve-digests"])
            .args([format!("oci:{}:{name}", layout.display()), to])
            .output()
            .map_err(|_| "skopeo is not installed".to_owned())?;
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(())
    }
}

struct Bench {
    registry: Registry,
    layout: PathBuf,
    image: Image,
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Option<Bench> {
        let made = bases::busybox().and_then(|layout| {
            let registry = Registry::start()?;
            registry.push(&layout, bases::NAME, "team/base:1")?;
            Ok((layout, registry))
        });
        let (layout, registry) = made.map_err(|why| println!("skipped: {why}")).ok()?;
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("first")).unwrap();
        let image = read_layout(&layout, Some(bases::NAME), &Platform::here(), &store).unwrap();
        Some(Bench { registry, layout, image, folder })
    }

    /// A store with nothing in it.
    fn store(&self, name: &str) -> Store {
        Store::open(&self.folder.path().join(name)).unwrap()
    }
}

fn pull_into(store: &Store, name: &str) -> Result<Image, ImageError> {
    pull(name, &Platform::here(), store, &PullOptions { patience: Duration::from_secs(5), ..PullOptions::default() })
}

/// Reads all layers, which shows whether they are whole.
fn read_layers(store: &Store, image: &Image) -> Result<(), ImageError> {
    (0..image.manifest.layers.len()).try_for_each(|number| image.layer(store, number)?.finish())
}

#[test]
fn an_image_is_pulled_by_tag_and_by_digest() {
    let Some(bench) = Bench::new() else { return };
    let digest = bench.image.descriptor.digest;
    for (number, rest) in ["team/base:1".to_owned(), format!("team/base@{digest}"), format!("team/base:other@{digest}")]
        .into_iter()
        .enumerate()
    {
        let (store, name) = (bench.store(&number.to_string()), bench.registry.name(&rest));
        let image = pull_into(&store, &name).unwrap();
        assert_eq!(image, bench.image, "{rest}");
        read_layers(&store, &image).unwrap();
        assert_eq!(Image::find(&store, &name).unwrap(), Some(image));
    }
}

#[test]
fn what_is_not_there_is_said_to_be_missing() {
    let Some(bench) = Bench::new() else { return };
    let store = bench.store("store");
    let other = Digest::of(b"something else");
    for rest in ["team/base:2", "team/base", "nobody/nothing:1", &format!("team/base@{other}")] {
        let error = pull_into(&store, &bench.registry.name(rest)).unwrap_err();
        assert!(matches!(error, ImageError::Missing { .. }), "{rest}: {error}");
        let words = error.to_string();
        assert!(words.contains("the registry says: ") && words.contains("unknown"), "{rest}: {words}");
    }
    for (name, part) in [
        ("127.0.0.1:1/a:1", "the registry 127.0.0.1:1: it cannot be reached: "),
        ("no-such-host.invalid/a:1", "the registry no-such-host.invalid: it cannot be reached: "),
        ("127.0.0.1:1/UPPER:1", "cannot be read"),
        ("a@sha512:00", "cannot be read"),
    ] {
        let words = pull_into(&store, name).unwrap_err().to_string();
        assert!(words.contains(part), "{name}: {words}");
    }
    assert_eq!(fs::read_dir(store.folder().join("blobs/sha256")).unwrap().count(), 0);
}

#[test]
fn what_was_changed_in_the_registry_is_refused() {
    let Some(bench) = Bench::new() else { return };
    let layer = bench.image.manifest.layers[0].digest.hex();
    let blob = bench.registry.folder.path().join("data/docker/registry/v2/blobs/sha256").join(&layer[..2]).join(&layer);
    let mut bytes = fs::read(blob.join("data")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(blob.join("data"), &bytes).unwrap();
    let store = bench.store("changed");
    let error = pull_into(&store, &bench.registry.name("team/base:1")).unwrap_err();
    assert!(matches!(error, ImageError::Digest { .. }), "{error}");
    bytes.truncate(middle);
    fs::write(blob.join("data"), &bytes).unwrap();
    let error = pull_into(&store, &bench.registry.name("team/base:1")).unwrap_err();
    assert!(matches!(error, ImageError::Size { .. }), "{error}");
    assert_eq!(Image::load(&store, &bench.image.descriptor).unwrap(), None);
    assert_eq!(fs::read_dir(store.folder().join("tmp")).unwrap().count(), 0);
}

#[test]
fn the_image_for_the_platform_is_pulled() {
    let Some(bench) = Bench::new() else { return };
    // A layout with an index for two platforms.
    let store = bench.store("two");
    let mut entries = Vec::new();
    for architecture in ["s390x", "riscv64"] {
        let platform = Platform::new("linux", architecture, None);
        let mut config = ImageConfig::empty(&platform);
        let (layer, diff_id) = store.put_layer(&[0; 1024][..]).unwrap();
        config.push_layer(diff_id, History::default());
        let image = Image::create(&store, config, vec![layer]).unwrap();
        entries.push(Descriptor { platform: Some(platform), ..image.descriptor });
    }
    let index = serde_json::to_vec(&Index::new(entries.clone())).unwrap();
    let index = store.put_document(media_type::INDEX, &index).unwrap();
    store.name("both", &index).unwrap();
    if let Err(why) = bench.registry.push(store.folder(), "both", "team/both:1") {
        println!("skipped: {why}");
        return;
    }
    let name = bench.registry.name("team/both:1");
    for entry in &entries {
        let wanted = entry.platform.clone().unwrap();
        let image = pull(&name, &wanted, &bench.store(&wanted.architecture), &PullOptions::default()).unwrap();
        assert_eq!(image.descriptor.digest, entry.digest);
        assert_eq!(image.config.platform(), wanted);
    }
    let none = pull(&name, &Platform::new("linux", "mips", None), &bench.store("none"), &PullOptions::default());
    let words = none.unwrap_err().to_string();
    assert_eq!(words, "there is no image for the platform linux/mips, only for linux/s390x, linux/riscv64");
    assert!(bench.layout.exists());
}

#[test]
fn a_build_pulls_its_base_where_that_is_asked_for() {
    let Some(bench) = Bench::new() else { return };
    let (store, context) = (bench.folder.path().join("store"), bench.folder.path().join("context"));
    fs::create_dir(&context).unwrap();
    let build = |base: &str, arguments: &[&str]| {
        fs::write(context.join("Dockerfile"), format!("FROM {base}\nRUN echo made > /file\n")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_rlint"));
        let output = command.arg("build").args(arguments).arg(&context).env("RLINT_STORE", &store).output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let name = bench.registry.name("team/base:1");
    let (code, said) = build(&name, &[]);
    if said.contains("steps cannot be run here") {
        println!("skipped: {said}");
        return;
    }
    assert!(code != Some(0) && said.contains("is not here") && said.contains("`--pull`"), "{said}");
    let wrong = format!("team/base@{}", Digest::of(b"something else"));
    for missing in ["team/base:2", &wrong] {
        let (code, said) = build(&bench.registry.name(missing), &["--pull=missing"]);
        assert!(code != Some(0) && said.contains("is missing: the registry says: manifest unknown"), "{said}");
    }
    let (code, said) = build(&name, &["--pull=missing"]);
    assert_eq!(code, Some(0), "{said}");
    // It stays, so the registry is not asked again unless that is wanted.
    drop(bench.registry);
    for arguments in [&["--no-cache"][..], &["--pull=missing"]] {
        let (code, said) = build(&name, arguments);
        assert_eq!(code, Some(0), "{said}");
    }
    let (code, said) = build(&name, &["--pull=always"]);
    assert!(code != Some(0) && said.contains(": it cannot be reached: "), "{said}");
}

#[test]
fn fixes_pull_their_base_only_where_that_is_asked_for() {
    let Some(bench) = Bench::new() else { return };
    let (store, file) = (bench.folder.path().join("store"), bench.folder.path().join("app/Dockerfile"));
    fs::create_dir(bench.folder.path().join("app")).unwrap();
    let prove = |more: &[&str]| {
        let text = format!("FROM {}\nMAINTAINER a@example.com\n", bench.registry.name("team/base:1"));
        fs::write(&file, text).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_rlint"));
        command.args(["app", "--isolated", "--fix", "--unsafe-fixes", "--verify=build", "--output-format=json"]);
        let output = command.args(more).current_dir(bench.folder.path()).env("RLINT_STORE", &store).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        let fix = &report["verified"][0]["fixes"][0];
        (fix["verdict"].as_str().unwrap_or_default().to_owned(), fix["details"].to_string(), said)
    };
    let (verdict, details, said) = prove(&[]);
    if said.contains("does not allow to build") {
        println!("skipped: {said}");
        return;
    }
    assert_eq!(verdict, "inconclusive", "{said}");
    assert!(details.contains("is not here") && details.contains("`--pull`"), "{details}");
    assert_eq!(fs::read_dir(store.join("blobs/sha256")).unwrap().count(), 0, "something was fetched");
    let (verdict, details, said) = prove(&["--pull=missing"]);
    assert_eq!(verdict, "built", "{details} {said}");
    // It stays.
    assert_eq!(prove(&[]).0, "built");
    let fixed = fs::read_to_string(&file).unwrap();
    assert!(fixed.contains("LABEL "), "{fixed}");
}

/// A server that answers what `answer` says to the head of each request, and how often it was asked.
fn server(answer: impl Fn(&str, u16) -> Vec<u8> + Send + Sync + 'static) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (count, answer) = (Arc::new(AtomicUsize::new(0)), Arc::new(answer));
    let counted = Arc::clone(&count);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (answer, counted) = (Arc::clone(&answer), Arc::clone(&counted));
            thread::spawn(move || {
                let mut stream = stream.unwrap();
                let (mut head, mut byte) = (Vec::new(), [0]);
                while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
                    head.push(byte[0]);
                }
                counted.fetch_add(1, Ordering::SeqCst);
                let _ = stream.write_all(&answer(&String::from_utf8_lossy(&head), port));
            });
        }
    });
    (port, count)
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// What pulling `a:1` from a server says.
fn pulled_from(port: u16) -> Result<Image, ImageError> {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let options = PullOptions { patience: Duration::from_secs(2), ..PullOptions::default() };
    pull(&format!("127.0.0.1:{port}/a:1"), &Platform::here(), &store, &options)
}

fn words(port: u16) -> String {
    pulled_from(port).unwrap_err().to_string()
}

#[test]
fn a_token_for_everybody_is_asked_for_and_shown() {
    // An image without layers, behind a token.
    let config = ImageConfig::empty(&Platform::here()).to_bytes();
    let config_descriptor = Descriptor::new(media_type::CONFIG, Digest::of(&config), config.len() as u64);
    let manifest = serde_json::to_vec(&rlint::build::image::Manifest::new(config_descriptor, Vec::new())).unwrap();
    let (port, count) = server(move |head, port| {
        let challenge = format!(
            "WWW-Authenticate: Bearer realm=\"http://127.0.0.1:{port}/token\",service=\"here\",scope=\"repository:a:pull\"\r\n"
        );
        let path = head.split(' ').nth(1).unwrap_or_default();
        let is_shown = head.to_ascii_lowercase().contains("authorization: bearer abc.def");
        match path {
            path if path.starts_with("/token?") => {
                assert!(path.contains("service=here") && path.contains("pull"), "{path}");
                answer("200 OK", "", b"{\"token\":\"abc.def\"}")
            }
            _ if !is_shown => answer("401 Unauthorized", &challenge, b""),
            "/v2/a/manifests/1" => answer("200 OK", &format!("Content-Type: {}\r\n", media_type::MANIFEST), &manifest),
            path if path.starts_with("/v2/a/blobs/sha256:") => answer("200 OK", "", &config),
            _ => answer("404 Not Found", "", b""),
        }
    });
    let image = pulled_from(port).unwrap();
    assert_eq!(image.config, ImageConfig::empty(&Platform::here()));
    assert_eq!(count.load(Ordering::SeqCst), 4, "a refusal, a token, a manifest, a configuration");
}

#[test]
fn logins_are_not_supported_and_said_so() {
    for (headers, wanted) in [
        ("WWW-Authenticate: Basic realm=\"x\"\r\n", "it wants a login, which is not supported"),
        ("WWW-Authenticate: Bearer realm=\"http://example.com/token\"\r\n", "where no token is asked for"),
        ("WWW-Authenticate: Bearer realm=\"file:///etc/passwd\"\r\n", "where no token is asked for"),
        ("", "it wants a login, which is not supported"),
    ] {
        let (port, _) = server(move |_, _| answer("401 Unauthorized", headers, b""));
        assert!(words(port).contains(wanted), "{headers}: {}", words(port));
    }
    let (port, _) = server(|_, _| answer("403 Forbidden", "", b"{\"errors\":[{\"message\":\"a\\u001b[31mb\"}]}"));
    assert!(words(port).contains("to everybody (a\\u{1b}[31mb)"), "{}", words(port));
    let (port, _) = server(|_, _| answer("429 Too Many Requests", "", b""));
    assert!(words(port).contains("asked too often"), "{}", words(port));
}

#[test]
fn servers_that_lie_or_never_end_are_left() {
    let (port, _) = server(|_, _| answer("200 OK", "", &vec![b' '; 5 << 20]));
    assert!(matches!(pulled_from(port), Err(ImageError::TooLarge { .. })));
    let (port, _) = server(|_, _| answer("200 OK", "", b"{}"));
    assert!(matches!(pulled_from(port), Err(ImageError::Malformed { .. })));
    let (port, count) = server(|_, port| answer("302 Found", &format!("Location: http://127.0.0.1:{port}/x\r\n"), b""));
    assert!(words(port).contains("cannot be reached"), "{}", words(port));
    assert!(count.load(Ordering::SeqCst) < 20);
    // It says that more comes, and then nothing does.
    let (port, _) = server(|_, _| {
        thread::sleep(Duration::from_secs(6));
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".to_vec()
    });
    let start = Instant::now();
    assert!(words(port).contains("it does not answer in time"));
    assert!(start.elapsed() < Duration::from_secs(5));
    let (port, _) = server(|_, _| b"this is no HTTP\r\n\r\n".to_vec());
    assert!(words(port).contains("cannot be reached"), "{}", words(port));
    let (port, _) = server(|_, _| b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".to_vec());
    assert!(words(port).contains("the connection broke"), "{}", words(port));
}

#[test]
fn other_hosts_are_talked_to_over_tls_with_certificates_that_are_known() {
    // Nothing at this port speaks TLS; without TLS it would answer.
    let (port, _) = server(|_, _| answer("200 OK", "", b"{}"));
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let options = PullOptions { plain_loopback: false, patience: Duration::from_secs(2), ..PullOptions::default() };
    let plain = pull(&format!("127.0.0.1:{port}/a:1"), &Platform::here(), &store, &options).unwrap_err();
    assert!(matches!(plain, ImageError::Registry { .. }), "{plain}");
    let registry = match tls_registry(folder.path()) {
        Ok(registry) => registry,
        Err(why) => return println!("skipped: {why}"),
    };
    let name = format!("localhost:{}/team/base:1", registry.port);
    let unknown = pull(&name, &Platform::here(), &store, &options).unwrap_err();
    assert!(unknown.to_string().contains("certificate"), "{unknown}");
    // Once its certificate is among those of the system, in a process of its own, for the list is the process's.
    let test = "build::pull::an_image_comes_over_tls";
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env("SSL_CERT_FILE", folder.path().join("certificate.pem"))
        .env(TLS_NAME, &name)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed") && said.contains("pulled over TLS"), "{output:?}");
}

/// Says to a test in a process of its own what to pull.
const TLS_NAME: &str = "RLINT_TEST_TLS_NAME";

#[test]
fn an_image_comes_over_tls() {
    let Ok(name) = std::env::var(TLS_NAME) else {
        println!("this is part of the test of other hosts");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).unwrap();
    let options = PullOptions { plain_loopback: false, ..PullOptions::default() };
    let image = pull(&name, &Platform::here(), &store, &options).unwrap();
    read_layers(&store, &image).unwrap();
    println!("pulled over TLS");
}

/// A registry with a base, whose certificate nobody knows.
fn tls_registry(folder: &Path) -> Result<Registry, String> {
    let layout = bases::busybox()?;
    let (key, certificate) = (folder.join("key.pem"), folder.join("certificate.pem"));
    let configuration = "[req]\nprompt = no\ndistinguished_name = name\nx509_extensions = extensions\n[name]\nCN = localhost\n\
        [extensions]\nsubjectAltName = DNS:localhost\nbasicConstraints = critical, CA:FALSE\n";
    fs::write(folder.join("openssl.conf"), configuration).unwrap();
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-config"])
        .arg(folder.join("openssl.conf"))
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output();
    if !made.is_ok_and(|output| output.status.success()) {
        return Err("there is no openssl to make a certificate".to_owned());
    }
    let more = format!("  tls:\n    certificate: {}\n    key: {}\n", certificate.display(), key.display());
    let registry = Registry::start_with(&more)?;
    registry.push(&layout, bases::NAME, "team/base:1")?;
    Ok(registry)
}
