//! Archives as such: what is written is read, and what is broken is refused.

use std::io::Read;
use std::process::{Command, Stdio};

use super::*;

/// Entries of every kind, and what does not fit into a header.
fn samples() -> Vec<(TarEntry, Vec<u8>)> {
    let long = "a-long-name/".repeat(20);
    vec![
        (entry(TarKind::Folder, "folder/"), Vec::new()),
        (TarEntry { mode: 0o4755, ..file("folder/file", 5) }, b"12345".to_vec()),
        (file(&format!("{long}file"), 512), vec![7; 512]),
        (file("ä", 513), vec![8; 513]),
        (TarEntry { path: b"\xff\x01".to_vec(), ..file("", 0) }, Vec::new()),
        (link(TarKind::HardLink, "hard", &format!("{long}file")), Vec::new()),
        (link(TarKind::SymbolicLink, "soft", "../ü"), Vec::new()),
        (entry(TarKind::Fifo, "fifo"), Vec::new()),
        (TarEntry { device: (4, 300), ..entry(TarKind::BlockDevice, "block") }, Vec::new()),
        (TarEntry { device: (1, 3), ..entry(TarKind::CharacterDevice, "char") }, Vec::new()),
        (TarEntry { uid: u64::from(u32::MAX) - 1, gid: 3_000_000, ..file("ids", 0) }, Vec::new()),
        (TarEntry { mtime: -12, ..file("old", 0) }, Vec::new()),
        (TarEntry { mtime: 1 << 40, ..file("late", 0) }, Vec::new()),
        (
            TarEntry {
                xattrs: vec![(b"user.a".to_vec(), b"x=\n\0y".to_vec()), (b"security.capability".to_vec(), vec![1; 20])],
                ..file("attributes", 1)
            },
            vec![1],
        ),
    ]
}

fn write(samples: &[(TarEntry, Vec<u8>)]) -> Vec<u8> {
    tar(&samples.iter().map(|(entry, content)| (entry.clone(), content.as_slice())).collect::<Vec<_>>())
}

#[test]
fn what_is_written_is_read() {
    let samples = samples();
    let bytes = write(&samples);
    assert_eq!(bytes, write(&samples), "the same entries give the same bytes");
    let mut reader = TarReader::new(bytes.as_slice(), TarLimits::default());
    for (entry, content) in &samples {
        assert_eq!(reader.next_entry().unwrap().as_ref(), Some(entry));
        let mut read = Vec::new();
        reader.read_to_end(&mut read).unwrap();
        assert_eq!(&read, content);
    }
    assert_eq!(reader.next_entry().unwrap(), None);
    assert_eq!(reader.next_entry().unwrap(), None);
    // And without reading any content.
    assert_eq!(entries(&bytes), samples.into_iter().map(|(entry, _)| entry).collect::<Vec<_>>());
}

#[test]
fn the_tar_of_the_system_reads_what_is_written() {
    let bytes = write(&samples());
    let program = Command::new("tar").args(["-t", "-f", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let Ok(mut program) = program else {
        println!("skipped: there is no tar");
        return;
    };
    std::io::Write::write_all(&mut program.stdin.take().unwrap(), &bytes).unwrap();
    let output = program.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), samples().len());
}

#[test]
fn gnu_archives_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let name = "n".repeat(150);
    std::fs::write(folder.path().join(&name), "content").unwrap();
    std::os::unix::fs::symlink("t".repeat(200), folder.path().join("link")).unwrap();
    for format in ["gnu", "posix", "ustar"] {
        let names: &[&str] = if format == "ustar" { &["."] } else { &[&name, "link"] };
        let mut command = Command::new("tar");
        command.current_dir(folder.path()).args(["-c", "--format", format, "-f", "-"]).args(names);
        let Ok(output) = command.output() else {
            println!("skipped: there is no tar");
            return;
        };
        // ustar cannot hold these names; tar says so, and what it could write is read.
        let found = entries(&output.stdout);
        if format == "ustar" {
            assert_eq!(found[0].kind, TarKind::Folder);
            continue;
        }
        assert_eq!((found[0].path.as_slice(), found[0].size), (name.as_bytes(), 7), "{format}");
        assert_eq!(found[1].link, "t".repeat(200).as_bytes(), "{format}");
        let metadata = std::fs::metadata(folder.path().join(&name)).unwrap();
        assert_eq!(found[0].mtime, std::os::unix::fs::MetadataExt::mtime(&metadata), "{format}");
    }
}

fn read_all(bytes: &[u8], limits: TarLimits) -> Result<usize> {
    let mut reader = TarReader::new(bytes, limits);
    let mut count = 0;
    while reader.next_entry()?.is_some() {
        count += 1;
    }
    Ok(count)
}

#[test]
fn every_cut_and_every_flipped_bit_ends() {
    let bytes = write(&samples());
    for end in (0..bytes.len()).step_by(97) {
        // At the end of an entry nothing is missing; everywhere else it is an error.
        let cut = read_all(&bytes[..end], TarLimits::default());
        assert!(cut.is_err() || end % 512 == 0, "cut off at {end}");
    }
    let mut damaged = bytes.clone();
    for at in (0..bytes.len()).step_by(13) {
        damaged[at] ^= 0xff;
        let _ = read_all(&damaged, TarLimits::default());
        damaged[at] = bytes[at];
    }
    assert!(read_all(&[7; 1024], TarLimits::default()).is_err());
    assert_eq!(read_all(b"", TarLimits::default()).unwrap(), 0);
    assert_eq!(read_all(&[0; 512], TarLimits::default()).unwrap(), 0);
    let after = [&[0; 512][..], &bytes].concat();
    assert!(matches!(read_all(&after, TarLimits::default()), Err(TreeError::Malformed { .. })));
}

/// An extension with a record, before a file.
fn extended(record: &str) -> Vec<u8> {
    extension(b'x', record.as_bytes(), record.len() as u64)
}

fn extension(kind: u8, content: &[u8], claim: u64) -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    header.set_entry_type(tar::EntryType::new(kind));
    header.set_size(claim);
    header.set_cksum();
    let padding = content.len().next_multiple_of(512) - content.len();
    [header.as_bytes(), content, &vec![0; padding], &tar_of(&[file("f", 0)])].concat()
}

#[test]
fn extensions_are_records_with_their_lengths() {
    let read = |record: &str| read_all(&extended(record), TarLimits::default());
    assert_eq!(read("12 path=abc\n").unwrap(), 1);
    assert_eq!(entries(&extended("12 path=abc\n"))[0].path, b"abc");
    assert_eq!(entries(&extended("15 mtime=-1.50\n"))[0].mtime, -2);
    for wrong in [
        "x",
        "12 path=abc",
        "0 path=abc\n",
        "3 =\n",
        "99999999999999999999 path=abc\n",
        "-12 path=abc\n",
        "13 path=abc\n",
        "11 path=a\0\n",
        "12 size=-12\n",
        "13 size=1e30\n",
        "11 pathabc\n",
        "18 mtime=12.3.4.5\n",
        "17 SCHILY.xattr.=\n",
    ] {
        assert!(matches!(read(wrong), Err(TreeError::Malformed { .. })), "{wrong:?}");
    }
    assert!(matches!(read("22 GNU.sparse.major=1\n"), Err(TreeError::Refused { .. })));
}

#[test]
fn what_claims_to_be_huge_ends_at_a_limit() {
    let limits = TarLimits { entries: 3, bytes: 1 << 20, header: 1 << 10 };
    let zeros = vec![b'a'; 4096];
    for kind in *b"xgLKV" {
        let error = read_all(&extension(kind, &zeros, 4096), limits).unwrap_err();
        assert!(matches!(error, TreeError::Limit { limit: 1024, .. }), "{error}");
        // A claim of as much as a header can say takes no memory.
        let error = read_all(&extension(kind, &zeros, u64::MAX / 4), limits).unwrap_err();
        assert!(matches!(error, TreeError::Limit { limit: 1024, .. }), "{error}");
    }
    let error = read_all(&tar_of(&vec![file("f", 0); 4]), limits).unwrap_err();
    assert!(matches!(error, TreeError::Limit { what: "entries", .. }), "{error}");
    let big = tar(&[(file("f", 2 << 20), &vec![0; 2 << 20])]);
    assert!(matches!(read_all(&big, limits), Err(TreeError::Limit { limit: 1_048_576, .. })));
    let one = tar_of(&[file("f", 0)]);
    let mut endless = TarReader::new(one.chain(std::io::repeat(0)), limits);
    assert!(endless.next_entry().unwrap().is_some());
    assert!(matches!(endless.next_entry(), Err(TreeError::Limit { .. })));
}
