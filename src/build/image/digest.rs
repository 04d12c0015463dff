//! Names of content: `sha256:` and the hash of it.

use std::fmt;
use std::io::{self, Read, Write};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use super::error::{ImageError, Result};
use crate::build::hex::hex;

/// The digest of some content: OCI image specification, `descriptor.md`, "Digests". Only SHA-256, which every image in
/// use has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Digest {
        Digest(Sha256::digest(bytes).into())
    }

    /// The 64 hexadecimal digits.
    pub fn hex(&self) -> String {
        hex(&self.0)
    }

    /// From 64 hexadecimal digits in lower case.
    pub fn from_hex(hex: &str) -> Option<Digest> {
        let digits = hex.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Digest(bytes))
    }
}

/// Capitals are no digits here: two spellings of one digest would be two names.
fn digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

impl FromStr for Digest {
    type Err = ImageError;

    fn from_str(text: &str) -> Result<Digest> {
        let shown: String = text.chars().take(80).collect();
        match text.split_once(':') {
            Some(("sha256", hex)) => Digest::from_hex(hex).ok_or_else(|| {
                ImageError::malformed(
                    format!("the digest {shown:?}"),
                    "sha256: is followed by 64 digits of 0-9 and a-f",
                )
            }),
            Some(("sha384" | "sha512", _)) => Err(ImageError::unsupported(format!("the kind of the digest {shown:?}"))),
            _ => Err(ImageError::malformed(format!("the digest {shown:?}"), "it does not start with sha256:")),
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Digest, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// Counts and hashes what goes through to a writer.
#[derive(Debug)]
pub struct Hasher<W> {
    inner: W,
    hash: Sha256,
    size: u64,
}

impl<W: Write> Hasher<W> {
    /// Hashes what is written to `inner`.
    pub fn new(inner: W) -> Hasher<W> {
        Hasher { inner, hash: Sha256::new(), size: 0 }
    }

    /// The writer, the digest of all that went through, and how many bytes that were.
    pub fn finish(self) -> (W, Digest, u64) {
        (self.inner, Digest(self.hash.finalize().into()), self.size)
    }
}

impl<W: Write> Write for Hasher<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.size += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// A reader whose content has to have a digest and, where it is known, a size.
///
/// The end is reported only when both hold; before that an error comes. What is read before the end is not verified
/// yet, so nobody may act on it: read to the end, or call [`Verified::finish`].
#[derive(Debug)]
pub struct Verified<R> {
    inner: R,
    what: String,
    wanted: Digest,
    size: Option<u64>,
    hash: Sha256,
    seen: u64,
    /// Once the end was right.
    whole: bool,
}

impl<R: Read> Verified<R> {
    /// Holds `inner`, called `what` in errors, to a digest and a size.
    pub fn new(inner: R, what: impl Into<String>, wanted: Digest, size: Option<u64>) -> Verified<R> {
        Verified { inner, what: what.into(), wanted, size, hash: Sha256::new(), seen: 0, whole: false }
    }

    /// Reads what is left, and says whether all of it was right.
    pub fn finish(mut self) -> Result<()> {
        io::copy(&mut self, &mut io::sink())
            .map_err(|error| ImageError::io(format!("reading {}", self.what), error))?;
        Ok(())
    }

    fn check_end(&mut self) -> Result<()> {
        if let Some(wanted) = self.size
            && self.seen != wanted
        {
            return Err(ImageError::Size { what: self.what.clone(), wanted, found: self.seen });
        }
        let found = Digest(self.hash.clone().finalize().into());
        if found != self.wanted {
            return Err(ImageError::Digest { what: self.what.clone(), wanted: self.wanted, found });
        }
        self.whole = true;
        Ok(())
    }
}

impl<R: Read> Read for Verified<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.whole || buffer.is_empty() {
            return Ok(0);
        }
        let read = self.inner.read(buffer)?;
        if read == 0 {
            self.check_end()?;
            return Ok(0);
        }
        self.hash.update(&buffer[..read]);
        self.seen += read as u64;
        match self.size {
            Some(wanted) if self.seen > wanted => {
                Err(ImageError::Size { what: self.what.clone(), wanted, found: self.seen }.into())
            }
            _ => Ok(read),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The digest of nothing, as everybody knows it.
    const EMPTY: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_digest_is_read_as_it_is_written_and_in_no_other_way() {
        let digest: Digest = EMPTY.parse().expect("a digest");
        assert_eq!(digest, Digest::of(b""));
        assert_eq!(digest.to_string(), EMPTY);
        let capitals = EMPTY.replace('e', "E");
        for wrong in ["", "sha256:", "e3b0", &EMPTY[..70], &format!("{EMPTY}0"), &capitals, "sha256:../../x", "md5:00"]
        {
            assert!(matches!(wrong.parse::<Digest>(), Err(ImageError::Malformed { .. })), "{wrong}");
        }
        assert!(matches!("sha512:00".parse::<Digest>(), Err(ImageError::Unsupported { .. })));
    }

    fn read(content: &[u8], digest: Digest, size: Option<u64>) -> Result<()> {
        Verified::new(content, "the blob", digest, size).finish()
    }

    #[test]
    fn content_is_right_only_with_its_digest_and_its_size() {
        let digest = Digest::of(b"content");
        assert!(read(b"content", digest, Some(7)).is_ok());
        assert!(read(b"content", digest, None).is_ok());
        assert!(matches!(read(b"contend", digest, Some(7)), Err(ImageError::Digest { .. })));
        assert!(matches!(read(b"conten", digest, Some(7)), Err(ImageError::Size { found: 6, .. })));
        assert!(matches!(read(b"contents", digest, Some(7)), Err(ImageError::Size { found: 8, .. })));
        assert!(matches!(read(b"", digest, None), Err(ImageError::Digest { .. })));
    }

    #[test]
    fn a_reader_without_end_is_left_at_the_size() {
        let error = Verified::new(io::repeat(0), "the blob", Digest::of(b""), Some(10)).finish();
        assert!(matches!(error, Err(ImageError::Size { wanted: 10, .. })), "{error:?}");
    }

    #[test]
    fn what_is_written_is_counted_and_hashed() {
        let mut hasher = Hasher::new(Vec::new());
        hasher.write_all(b"con").expect("memory");
        hasher.write_all(b"tent").expect("memory");
        assert_eq!(hasher.finish(), (b"content".to_vec(), Digest::of(b"content"), 7));
    }
}
