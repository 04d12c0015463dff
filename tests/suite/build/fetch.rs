//! What ADD fetches, from servers on this machine: files by HTTP, and repositories by Git.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rlint::build::steps::{Outcome, ProblemKind};

use super::scratch::Bench;

/// Why nothing is built, and whose fault it is.
fn refusal(bench: &mut Bench, text: &str) -> (ProblemKind, String) {
    match bench.outcome(text) {
        Outcome::Refused(problem) => (problem.kind, problem.message),
        other => panic!("it is not refused: {other:?}"),
    }
}

#[test]
fn nothing_is_fetched_without_a_network() {
    let Some(mut bench) = Bench::start("nothing_is_fetched_without_a_network") else { return };
    for source in
        ["http://127.0.0.1:1/a", "https://127.0.0.1:1/a", "git://127.0.0.1:1/a", "https://127.0.0.1:1/a.git#v1"]
    {
        let (kind, why) = refusal(&mut bench, &format!("FROM scratch\nADD {source} /\n"));
        assert!(kind == ProblemKind::Unsupported && why.contains("--network host"), "{why}");
    }
    bench.allow_network();
    for (text, kind, part) in [
        ("ADD git@127.0.0.1:a.git /", ProblemKind::Unsupported, "not supported"),
        ("ADD ssh://127.0.0.1/a.git /", ProblemKind::Unsupported, "keys"),
        ("ADD http://u:p@127.0.0.1/a /", ProblemKind::Unsupported, "password"),
        ("ADD a http://127.0.0.1:1/a /x/", ProblemKind::Unsupported, "write two"),
        ("ADD --checksum=sha256:00 http://127.0.0.1:1/a /", ProblemKind::Wrong, "no digest"),
        ("ADD --checksum=sha256:00 a /", ProblemKind::Wrong, "takes one URL"),
        ("COPY http://127.0.0.1:1/a /", ProblemKind::Wrong, "does not download"),
    ] {
        let (found, why) = refusal(&mut bench, &format!("FROM scratch\n{text}\n"));
        assert!(found == kind && why.contains(part), "{text}: {why}");
    }
}

/// Repositories that are served over `git://`.
struct Daemon {
    process: Child,
    port: u16,
    folder: tempfile::TempDir,
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Daemon {
    /// `None` where there is none, which is said.
    fn start(test: &str) -> Option<Daemon> {
        let skip = |why: &str| {
            println!("{test}: skipped: {why}");
            assert!(std::env::var_os("CI").is_none(), "{why}");
            None
        };
        let Ok(place) = Command::new("git").arg("--exec-path").output() else { return skip("git is not installed") };
        let program = PathBuf::from(String::from_utf8_lossy(&place.stdout).trim()).join("git-daemon");
        if !program.is_file() {
            return skip("git has no daemon here");
        }
        let folder = tempfile::tempdir().expect("a folder");
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("a port").port();
        let process = Command::new(program)
            .args(["--reuseaddr", "--export-all", "--listen=127.0.0.1"])
            .arg(format!("--port={port}"))
            .arg(format!("--base-path={}", folder.path().display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the daemon starts");
        let end = Instant::now() + Duration::from_secs(20);
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < end, "the daemon does not start");
            thread::sleep(Duration::from_millis(20));
        }
        Some(Daemon { process, port, folder })
    }

    fn url(&self, rest: &str) -> String {
        format!("git://127.0.0.1:{}/project{rest}", self.port)
    }

    /// Runs Git in the repository.
    fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "protocol.file.allow=always"])
            .args(["-c", "init.defaultBranch=main", "-c", "commit.gpgSign=false", "-c", "tag.gpgSign=false"])
            .args(arguments)
            .current_dir(self.repository())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_AUTHOR_DATE", "2001-09-09T01:46:40Z")
            .env("GIT_COMMITTER_DATE", "2001-09-09T01:46:40Z")
            .output()
            .expect("git runs");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn repository(&self) -> PathBuf {
        let path = self.folder.path().join("project");
        std::fs::create_dir_all(&path).expect("a folder");
        path
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.repository().join(path);
        std::fs::create_dir_all(path.parent().expect("it is in the repository")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    /// Commits all that is there; the name of the commit.
    fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }
}

fn is_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("it is ours");
}

#[test]
fn a_repository_comes_as_a_checkout_would() {
    let Some(mut bench) = Bench::start("a_repository_comes_as_a_checkout_would") else { return };
    let Some(daemon) = Daemon::start("a_repository_comes_as_a_checkout_would") else { return };
    bench.allow_network();
    daemon.git(&["init", "-q"]);
    daemon.write("run.sh", "run");
    is_executable(&daemon.repository().join("run.sh"));
    daemon.write("src/a", "a $Format:%H$");
    daemon.write("src/deep/b", "b");
    daemon.write(".gitattributes", "src/a export-subst\nsrc/deep export-ignore\n");
    std::os::unix::fs::symlink("/etc/passwd", daemon.repository().join("out")).expect("a link");
    let first = daemon.commit("one");
    daemon.git(&["tag", "-a", "v1", "-m", "one"]);
    daemon.write("src/a", "changed");
    let second = daemon.commit("two");

    let time = 1_000_000_000;
    let attributes = format!("x/.gitattributes 644 0:0 @{time} src/a export-subst\nsrc/deep export-ignore\n");
    let of_first = [
        attributes.clone(),
        "x/out -> /etc/passwd".to_owned(),
        format!("x/run.sh 755 0:0 @{time} run"),
        format!("x/src/a 644 0:0 @{time} a $Format:%H$"),
        format!("x/src/deep/b 644 0:0 @{time} b"),
    ];
    // By a tag, by the commit that is no branch's last one, and by the commit that the tag has to be.
    for source in
        [daemon.url("#v1"), daemon.url(&format!("#{first}")), daemon.url("#refs/tags/v1"), daemon.url("?tag=v1")]
    {
        let image = bench.build(&format!("FROM scratch\nADD {source} /x\n"));
        assert_eq!(bench.files(&image), of_first, "{source}");
    }
    let image = bench.build(&format!("FROM scratch\nADD --checksum={} {} /x/\n", &first[..12], daemon.url("#v1")));
    assert_eq!(bench.files(&image), of_first);
    let image = bench.build(&format!("FROM scratch\nADD --chown=5:6 --chmod=700 {} /y\n", daemon.url("#main:src/")));
    assert_eq!(bench.files(&image), [format!("y/a 700 5:6 @{time} changed"), format!("y/deep/b 700 5:6 @{time} b")]);

    let kept = bench.build(&format!("FROM scratch\nADD --keep-git-dir=true {} /x\n", daemon.url("")));
    let files = bench.files(&kept);
    assert!(files.contains(&format!("x/.git/HEAD 644 0:0 @{time} {second}\n")), "{files:?}");
    assert!(files.iter().any(|line| line.starts_with("x/.git/index ")), "{files:?}");
    assert!(files.contains(&format!("x/src/a 644 0:0 @{time} changed")), "{files:?}");
    assert!(!files.iter().any(|line| line.contains("/.git/hooks/") || line.contains("info/attributes")), "{files:?}");

    for (source, kind, part) in [
        (daemon.url("#none"), ProblemKind::Missing, "there is no `none`"),
        (daemon.url("#main:none"), ProblemKind::Wrong, "no folder `none`"),
        (daemon.url("#main:run.sh"), ProblemKind::Wrong, "no folder `run.sh`"),
        (daemon.url("?commit=00000000"), ProblemKind::Wrong, "00000000 is wanted"),
        (daemon.url(&format!("#{}", "0".repeat(40))), ProblemKind::Missing, "is no commit"),
        ("git://127.0.0.1:1/a".to_owned(), ProblemKind::Missing, "`git` cannot fetch"),
    ] {
        let (found, why) = refusal(&mut bench, &format!("FROM scratch\nADD {source} /x\n"));
        assert!(found == kind && why.contains(part), "{source}: {why}");
    }
    assert_eq!(bench.left_in_store(), [] as [&str; 0], "nothing is left behind");
}

#[test]
fn a_repository_is_known_by_its_commit() {
    let Some(mut bench) = Bench::start("a_repository_is_known_by_its_commit") else { return };
    let Some(daemon) = Daemon::start("a_repository_is_known_by_its_commit") else { return };
    bench.allow_network();
    daemon.git(&["init", "-q"]);
    daemon.write("a", "1");
    let first = daemon.commit("one");
    let text = format!("FROM scratch\nADD {} /x\n", daemon.url(""));
    let pinned = format!("FROM scratch\nADD {} /x\n", daemon.url(&format!("#{first}")));
    assert_eq!(bench.executed(&text).len(), 1);
    assert_eq!(bench.executed(&text).len(), 0);
    assert_eq!(bench.executed(&pinned).len(), 0, "it is the same commit");
    daemon.write("a", "2");
    daemon.commit("two");
    assert_eq!(bench.executed(&text).len(), 0, "all builds of a run are about the same");
    bench.start_anew();
    assert_eq!(bench.executed(&text).len(), 1);
    let image = bench.build(&text);
    assert_eq!(bench.files(&image), ["x/a 644 0:0 @1000000000 2"]);
    bench.start_anew();
    drop(daemon);
    assert_eq!(bench.executed(&pinned).len(), 0, "nobody is asked for a commit that is here");
}

#[test]
fn submodules_are_refused_by_name() {
    let Some(mut bench) = Bench::start("submodules_are_refused_by_name") else { return };
    let Some(daemon) = Daemon::start("submodules_are_refused_by_name") else { return };
    bench.allow_network();
    daemon.git(&["init", "-q"]);
    daemon.write("a", "1");
    daemon.write("plain/b", "2");
    let first = daemon.commit("one");
    daemon.git(&["update-index", "--add", "--cacheinfo", &format!("160000,{first},sub")]);
    daemon.git(&["commit", "-q", "-m", "two"]);
    let (kind, why) = refusal(&mut bench, &format!("FROM scratch\nADD {} /x\n", daemon.url("")));
    assert!(kind == ProblemKind::Unsupported && why.contains("?submodules=false"), "{why}");
    let image = bench.build(&format!("FROM scratch\nADD {} /x\n", daemon.url("?submodules=false")));
    let files = ["x/a 644 0:0 @1000000000 1", "x/plain/b 644 0:0 @1000000000 2"];
    assert_eq!(bench.files(&image), files);
    let image = bench.build(&format!("FROM scratch\nADD {} /x\n", daemon.url("#main:plain")));
    assert_eq!(bench.files(&image), ["x/b 644 0:0 @1000000000 2"]);
}

#[cfg(all(feature = "pull", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod url {
    use std::collections::BTreeMap;
    use std::io::{BufRead, BufReader, Write};
    use std::net::{TcpListener, TcpStream};
    use std::sync::{Arc, Mutex};

    use super::*;

    /// A server of answers by path, which counts how often each was asked for.
    struct Server {
        port: u16,
        answers: Arc<Mutex<BTreeMap<String, (String, usize)>>>,
    }

    impl Server {
        fn start() -> Server {
            let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
            let port = listener.local_addr().expect("a port").port();
            let answers: Arc<Mutex<BTreeMap<String, (String, usize)>>> = Arc::default();
            let own = Arc::clone(&answers);
            thread::spawn(move || {
                for stream in listener.incoming() {
                    answer(stream.expect("a connection"), &own);
                }
            });
            Server { port, answers }
        }

        fn url(&self, path: &str) -> String {
            format!("http://127.0.0.1:{}{path}", self.port)
        }

        /// Answers with this status, these headers and this body.
        fn put(&self, path: &str, head: &str, body: &str) {
            let text = format!("HTTP/1.1 {head}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
            self.answers.lock().unwrap().insert(path.to_owned(), (text, 0));
        }

        fn asked(&self, path: &str) -> usize {
            self.answers.lock().unwrap()[path].1
        }
    }

    fn answer(mut stream: TcpStream, answers: &Mutex<BTreeMap<String, (String, usize)>>) {
        let mut lines = BufReader::new(&stream).lines();
        let path = lines.next().unwrap().unwrap().split(' ').nth(1).unwrap().to_owned();
        // Whoever is not listened to gives up before it has heard.
        lines.map_while(Result::ok).take_while(|line| !line.is_empty()).for_each(drop);
        let mut answers = answers.lock().unwrap();
        let text = match answers.get_mut(&path) {
            Some((text, count)) => {
                *count += 1;
                text.clone()
            }
            None => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(),
        };
        let _ = stream.write_all(text.as_bytes());
    }

    #[test]
    fn a_file_is_called_and_kept_as_buildkit_does() {
        let Some(mut bench) = Bench::start("a_file_is_called_and_kept_as_buildkit_does") else { return };
        bench.allow_network();
        let server = Server::start();
        let modified = "200 OK\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n";
        server.put("/dir/a%20%5b1%5d.tar?v=1", modified, "first");
        server.put("/plain", "200 OK\r\n", "second");
        server.put("/moved", "302 Found\r\nLocation: /plain\r\n", "");
        server.put("/", "200 OK\r\n", "root");
        let text = format!(
            "FROM scratch\nADD {} {} /bin/\nADD --chmod=755 --chown=3:4 {} /opt/renamed\nADD {} /srv/\n",
            server.url("/dir/a%20%5b1%5d.tar?v=1"),
            server.url("/plain"),
            server.url("/moved"),
            server.url("/"),
        );
        let image = bench.build(&text);
        let expected = [
            "bin/a [1].tar 600 0:0 @784111777 first",
            "bin/plain 600 0:0 @0 second",
            "opt/renamed 755 3:4 @0 second",
            "srv/__unnamed__ 600 0:0 @0 root",
        ];
        assert_eq!(bench.files(&image), expected);
        assert!(bench.left_in_store().is_empty(), "nothing is left behind");
    }

    #[test]
    fn a_file_is_known_by_its_content() {
        let Some(mut bench) = Bench::start("a_file_is_known_by_its_content") else { return };
        bench.allow_network();
        let server = Server::start();
        server.put("/a", "200 OK\r\n", "one");
        let text = format!("FROM scratch\nADD {} /x\n", server.url("/a"));
        assert_eq!((bench.executed(&text).len(), server.asked("/a")), (1, 1));
        assert_eq!((bench.executed(&text).len(), server.asked("/a")), (0, 1), "it is fetched once in a run");
        bench.start_anew();
        assert_eq!((bench.executed(&text).len(), server.asked("/a")), (0, 2), "what came is the same");
        server.put("/a", "200 OK\r\n", "two");
        assert_eq!(bench.executed(&text).len(), 0, "all builds of a run are about the same");
        bench.start_anew();
        assert_eq!(bench.executed(&text).len(), 1);
    }

    #[test]
    fn a_file_is_held_to_its_digest() {
        let Some(mut bench) = Bench::start("a_file_is_held_to_its_digest") else { return };
        bench.allow_network();
        let server = Server::start();
        server.put("/a", "200 OK\r\n", "hello\n");
        let right = "sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
        let text = |digest: &str| format!("FROM scratch\nADD --checksum={digest} {} /x\n", server.url("/a"));
        let (kind, why) = refusal(&mut bench, &text(&right.replace("5891", "6891")));
        assert!(kind == ProblemKind::Wrong && why.contains(right), "{why}");
        bench.start_anew();
        assert_eq!(bench.executed(&text(right)).len(), 1);
        let asked = server.asked("/a");
        bench.start_anew();
        bench.options.network = rlint::build::exec::request::Network::None;
        assert_eq!((bench.executed(&text(right)).len(), server.asked("/a")), (0, asked), "it is here already");
    }

    #[test]
    fn what_cannot_be_fetched_says_why() {
        let Some(mut bench) = Bench::start("what_cannot_be_fetched_says_why") else { return };
        bench.allow_network();
        bench.options.limits.disk = 1_000;
        let server = Server::start();
        server.put("/large", "200 OK\r\n", &"x".repeat(1_001));
        server.put("/broken", "200 OK\r\nContent-Encoding: br\r\n", "x");
        server.put("/round", "302 Found\r\nLocation: /round\r\n", "");
        for (url, part) in [
            (server.url("/none"), "404 (Not Found)"),
            (server.url("/large"), "larger than the 1000 bytes"),
            (server.url("/broken"), "packs it as `br`"),
            (server.url("/round"), "cannot be fetched"),
            ("http://127.0.0.1:1/a".to_owned(), "cannot be fetched"),
            ("http://none.invalid/a".to_owned(), "cannot be fetched"),
        ] {
            let (kind, why) = refusal(&mut bench, &format!("FROM scratch\nADD {url} /x\n"));
            assert!(kind == ProblemKind::Missing && why.contains(part) && why.contains(&url), "{why}");
        }
    }

    #[test]
    fn an_archive_that_is_fetched_is_unpacked_only_where_that_is_said() {
        let Some(mut bench) = Bench::start("an_archive_that_is_fetched_is_unpacked_only_where_that_is_said") else {
            return;
        };
        bench.allow_network();
        let server = Server::start();
        server.put("/a.tar", "200 OK\r\n", &tar_of("inner", "text"));
        let url = server.url("/a.tar");
        let image = bench.build(&format!("FROM scratch\nADD {url} /x/\n"));
        assert!(bench.files(&image)[0].starts_with("x/a.tar 600 0:0 "), "{:?}", bench.files(&image));
        let image = bench.build(&format!("FROM scratch\nADD --unpack=true {url} /x/\n"));
        assert_eq!(bench.files(&image), ["x/inner 644 0:0 @5 text"]);
    }

    /// An archive of one file, which is text all over.
    fn tar_of(path: &str, content: &str) -> String {
        let entry = rlint::build::tree::TarEntry {
            path: path.as_bytes().to_vec(),
            kind: rlint::build::tree::TarKind::File,
            mode: 0o644,
            uid: 0,
            gid: 0,
            size: content.len() as u64,
            mtime: 5,
            link: Vec::new(),
            device: (0, 0),
            xattrs: Vec::new(),
        };
        let mut writer = rlint::build::tree::TarWriter::new(Vec::new());
        writer.append(&entry, &mut content.as_bytes()).expect("memory");
        String::from_utf8(writer.finish().expect("memory").0).expect("text")
    }
}
