//! What steps are known by: a digest of everything that they depend on.

use sha2::{Digest, Sha256};

use crate::build::hex::hex;

/// A digest of several things, each of which has a name. Everything goes in with its length, so that no two lists of
/// things look alike.
#[derive(Clone)]
pub(super) struct KeyHasher(Sha256);

impl KeyHasher {
    /// For something of that kind.
    pub(super) fn new(kind: &str) -> KeyHasher {
        let mut hasher = KeyHasher(Sha256::new());
        hasher.bytes(kind.as_bytes());
        hasher
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    /// Adds something by its name.
    pub(super) fn add(&mut self, name: &str, value: impl AsRef<[u8]>) {
        self.0.update([b'=']);
        self.bytes(name.as_bytes());
        self.bytes(value.as_ref());
    }

    /// Adds something that may not be there.
    pub(super) fn add_option(&mut self, name: &str, value: Option<impl AsRef<[u8]>>) {
        match value {
            Some(value) => self.add(name, value),
            None => {
                self.0.update([b'-']);
                self.bytes(name.as_bytes());
            }
        }
    }

    /// Adds a list of things.
    pub(super) fn add_list<T: AsRef<[u8]>>(&mut self, name: &str, list: impl IntoIterator<Item = T>) {
        self.0.update([b'*']);
        self.bytes(name.as_bytes());
        for value in list {
            self.0.update([b'+']);
            self.bytes(value.as_ref());
        }
        self.0.update([b'.']);
    }

    /// 64 hexadecimal digits.
    pub(super) fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_that_read_the_same_are_not_the_same() {
        let key = |add: &dyn Fn(&mut KeyHasher)| {
            let mut hasher = KeyHasher::new("test");
            add(&mut hasher);
            hasher.finish()
        };
        let keys = [
            key(&|_| {}),
            key(&|own| own.add("a", "b")),
            key(&|own| own.add("ab", "")),
            key(&|own| own.add_list("a", ["b"])),
            key(&|own| own.add_list("a", ["b", "c"])),
            key(&|own| own.add_list("a", ["bc"])),
            key(&|own| own.add_list::<&str>("a", [])),
            key(&|own| own.add_option("a", None::<&str>)),
            key(&|own| own.add_option("a", Some(""))),
        ];
        let different: std::collections::HashSet<_> = keys.iter().collect();
        assert_eq!(different.len(), keys.len());
        assert_eq!(keys[0].len(), 64);
    }
}
