//! How layers are compressed.

use std::fmt;
use std::io::{self, BufRead, BufReader, Cursor, Read};

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::error::{ImageError, Result};

/// How some content is compressed. Media types are not to be trusted in this: engines look at the content, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstd,
    /// bzip2, which images do not have and local archives may.
    Bzip2,
    /// xz, as above.
    Xz,
}

/// How many bytes tell the compression.
const MAGIC: usize = 6;

/// Memory that an archive by xz may ask for, in KiB. `xz -9` writes what needs 65 MiB, and a header may claim 4 GiB.
const MOST_MEMORY: u32 = 512 << 10;

impl Compression {
    /// By the first bytes.
    pub fn of(first: &[u8]) -> Compression {
        match first {
            [0x1f, 0x8b, ..] => Compression::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Compression::Zstd,
            // A skippable frame, with which some writers begin.
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Compression::Zstd,
            [b'B', b'Z', b'h', ..] => Compression::Bzip2,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Compression::Xz,
            _ => Compression::None,
        }
    }

    /// Looks at the first bytes of `inner`, and gives all of it back.
    fn begin<'r>(mut inner: impl Read + 'r, what: &str) -> Result<(Compression, impl BufRead + 'r)> {
        let mut first = Vec::with_capacity(MAGIC);
        (&mut inner)
            .take(MAGIC as u64)
            .read_to_end(&mut first)
            .map_err(|error| ImageError::io(format!("reading {what}"), error))?;
        let compression = Compression::of(&first);
        Ok((compression, BufReader::with_capacity(64 << 10, Cursor::new(first).chain(inner))))
    }
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Compression::None => "no compression",
            Compression::Gzip => "gzip",
            Compression::Zstd => "zstd",
            Compression::Bzip2 => "bzip2",
            Compression::Xz => "xz",
        })
    }
}

/// What `inner` says once it is decompressed, at most `limit` bytes of it; more is an error. `what` names it in errors.
/// Layers of images have the compressions that engines take; see [`decompress_archive`] for files of their own.
pub(in crate::build) fn decompress<'r>(inner: impl Read + 'r, what: &str, limit: u64) -> Result<Box<dyn Read + 'r>> {
    let (compression, all) = Compression::begin(inner, what)?;
    if matches!(compression, Compression::Bzip2 | Compression::Xz) {
        return Err(ImageError::unsupported(format!("{what}, which is compressed by {compression},")));
    }
    Ok(capped(compression, all, what, limit))
}

/// As [`decompress`], for archives that are files of their own: by bzip2 and xz, too.
pub(in crate::build) fn decompress_archive<'r>(
    inner: impl Read + 'r,
    what: &str,
    limit: u64,
) -> Result<Box<dyn Read + 'r>> {
    let (compression, all) = Compression::begin(inner, what)?;
    Ok(capped(compression, all, what, limit))
}

fn capped<'r>(compression: Compression, all: impl BufRead + 'r, what: &str, limit: u64) -> Box<dyn Read + 'r> {
    let plain: Box<dyn Read + 'r> = match compression {
        Compression::None => Box::new(all),
        Compression::Gzip => Box::new(MultiGzDecoder::new(all)),
        Compression::Zstd => Box::new(Zstd { decoder: FrameDecoder::new(), source: all, in_frame: false }),
        Compression::Bzip2 => Box::new(MultiBzDecoder::new(all)),
        Compression::Xz => Box::new(XzReader::new_mem_limit(all, true, MOST_MEMORY)),
    };
    Box::new(Capped { inner: plain, what: what.to_owned(), limit, left: limit })
}

/// A reader that fails after so many bytes: what is small in an archive may be without end outside of it.
struct Capped<R> {
    inner: R,
    what: String,
    limit: u64,
    left: u64,
}

impl<R: Read> Read for Capped<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => {
                let what = format!("{}, once it is decompressed,", self.what);
                return Err(ImageError::TooLarge { what, limit: self.limit }.into());
            }
        }
        Ok(read)
    }
}

/// All the frames of a stream: `pzstd` and others write several, with frames to be skipped in between.
struct Zstd<R> {
    decoder: FrameDecoder,
    source: R,
    in_frame: bool,
}

impl<R: BufRead> Zstd<R> {
    /// Goes to the next frame; false at the end.
    fn next_frame(&mut self) -> io::Result<bool> {
        while !self.source.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.source) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    let length = u64::from(length);
                    if io::copy(&mut (&mut self.source).take(length), &mut io::sink())? < length {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                }
                Err(error) => return Err(io::Error::new(io::ErrorKind::InvalidData, error.to_string())),
            }
        }
        Ok(false)
    }
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.in_frame && !self.next_frame()? {
                return Ok(0);
            }
            self.in_frame = true;
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                self.decoder
                    .decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1))
                    .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.to_string()))?;
            }
            let read = self.decoder.read(buffer)?;
            if read > 0 {
                return Ok(read);
            }
            self.in_frame = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::process::{Command, Stdio};

    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(content: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(content).expect("memory");
        encoder.finish().expect("memory")
    }

    fn zstd(content: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(content, ruzstd::encoding::CompressionLevel::Fastest)
    }

    fn bzip2(content: &[u8]) -> Vec<u8> {
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
        encoder.write_all(content).expect("memory");
        encoder.finish().expect("memory")
    }

    /// What `xz -9` makes of the content; `None` where it is not installed.
    fn xz(content: &[u8]) -> Option<Vec<u8>> {
        let mut command = Command::new("xz");
        let command = command.args(["-9", "-c", "-T1"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let Ok(mut process) = command.spawn() else {
            println!("xz is not installed: what needs it is skipped");
            assert!(std::env::var_os("CI").is_none(), "xz is not installed");
            return None;
        };
        let mut input = process.stdin.take().expect("it is piped");
        std::thread::scope(|scope| {
            scope.spawn(move || input.write_all(content));
            Some(process.wait_with_output().expect("it ends").stdout)
        })
    }

    fn read(content: &[u8], limit: u64) -> Result<Vec<u8>> {
        let mut plain = Vec::new();
        let mut reader = decompress_archive(content, "the layer", limit)?;
        reader.read_to_end(&mut plain).map_err(|error| ImageError::io("reading the layer", error))?;
        Ok(plain)
    }

    #[test]
    fn content_comes_out_as_it_went_in() {
        for content in [&b""[..], b"a", &b"some text, ".repeat(20_000)] {
            let skipped = [&[0x52, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3][..], &zstd(content)].concat();
            let all = [content.to_vec(), gzip(content), zstd(content), skipped, bzip2(content)];
            for packed in all.into_iter().chain(xz(content)) {
                assert_eq!(read(&packed, 1 << 20).expect("readable"), content);
            }
            let twice = content.repeat(2);
            assert_eq!(read(&gzip(content).repeat(2), 1 << 20).expect("two members"), twice);
            assert_eq!(read(&zstd(content).repeat(2), 1 << 20).expect("two frames"), twice);
            assert_eq!(read(&bzip2(content).repeat(2), 1 << 20).expect("two streams"), twice);
            if let Some(packed) = xz(content) {
                assert_eq!(read(&packed.repeat(2), 1 << 20).expect("two streams"), twice);
            }
        }
    }

    #[test]
    fn a_bomb_ends_at_the_limit() {
        let zeros = vec![0; 1 << 20];
        let packed = [gzip(&zeros), zstd(&zeros), bzip2(&zeros)].into_iter().chain(xz(&zeros));
        for packed in packed.map(|packed| packed.repeat(1000)) {
            assert!(packed.len() < 8 << 20, "{}", packed.len());
            let error = read(&packed, 3 << 20).expect_err("a bomb");
            assert!(matches!(error, ImageError::TooLarge { limit: 3_145_728, .. }), "{error}");
        }
        assert_eq!(read(&gzip(&zeros), 1 << 20).expect("just as much").len(), 1 << 20);
    }

    #[test]
    fn what_is_damaged_cut_off_or_not_known_is_an_error() {
        let content = b"some text, ".repeat(20_000);
        for packed in [gzip(&content), zstd(&content), bzip2(&content)].into_iter().chain(xz(&content)) {
            for end in [7, packed.len() / 2, packed.len() - 1] {
                assert!(read(&packed[..end], 1 << 20).is_err(), "cut off at {end}");
            }
        }
        let mut damaged = gzip(&content);
        let middle = damaged.len() / 2;
        damaged[middle] ^= 0xff;
        assert!(matches!(read(&damaged, 1 << 20), Err(ImageError::Malformed { .. })));
        // Engines take no such layers.
        for other in [&b"BZh91AY"[..], b"\xfd7zXZ\0\0"] {
            assert!(matches!(decompress(other, "the layer", 1), Err(ImageError::Unsupported { .. })));
        }
        for packed in [Some(bzip2(&content)), xz(&content)].into_iter().flatten() {
            for place in 8..packed.len() {
                let mut damaged = packed.clone();
                damaged[place] ^= 0x10;
                // Nothing panics, and what is not what it was is never taken for it.
                assert!(read(&damaged, 1 << 20).map_or(true, |plain| plain == content), "byte {place}");
            }
        }
        let skip_without_end = [0x50, 0x2a, 0x4d, 0x18, 0xff, 0xff, 0xff, 0xff, 1, 2];
        assert!(matches!(read(&skip_without_end, 1 << 20), Err(ImageError::Malformed { .. })));
    }
    #[test]
    fn an_archive_that_asks_for_much_memory_is_refused_before_it_gets_any() {
        // A header of a block with a dictionary of 4 GiB less one byte: `xz-file-format`, 3.1 and 5.3.1.
        let block = [2, 0, 0x21, 1, 40, 0, 0, 0];
        let sum = |bytes: &[u8]| {
            let mut sum = flate2::Crc::new();
            sum.update(bytes);
            sum.sum().to_le_bytes()
        };
        let flags = [0, 1];
        let stream =
            [b"\xfd7zXZ\0", &flags[..], &sum(&flags), &block, &sum(&block), &[1, 0, 0, 7, 0, 0, 0, 0]].concat();
        let error = read(&stream, 1 << 20).expect_err("it asks for too much").to_string();
        assert!(error.contains("memory"), "{error}");
    }
}
