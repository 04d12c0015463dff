//! The tree that layers make, from their archives alone: nothing is unpacked, so it needs no rights and no place.
//!
//! What comes out is what [`super::list()`] says of the same layers once [`super::unpack()`] has applied them one after
//! the other, but for devices, which are listed here and cannot be made there.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Read};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use super::error::{Result, TreeError, show};
use super::files::{AttributeRule, attribute_rule};
use super::listing::{Entry, Kind};
use super::tar_reader::{TarEntry, TarKind, TarLimits, TarReader};
use super::unpack::{clean, split};

/// Links that are followed on the way to one entry, as many as Linux follows.
const MOST_LINKS: usize = 40;

/// What the archive of a layer says, without the content of files.
#[derive(Clone, Debug)]
pub struct LayerListing {
    items: Vec<(Vec<u8>, Item)>,
}

#[derive(Clone, Debug)]
enum Item {
    /// Something of its own; the path of its description is not set.
    Own(Arc<Entry>),
    /// Another name for what is at this path.
    Name(Vec<u8>),
    /// Nothing of what the layers below have there.
    Gone,
    /// Nothing of what the layers below have in this folder.
    Emptied,
}

impl LayerListing {
    /// Reads the archive of a layer to its end.
    ///
    /// # Errors
    ///
    /// Where it is not written as layers are, or is larger than `limits` say.
    pub fn read(archive: impl Read, limits: TarLimits) -> Result<LayerListing> {
        let mut reader = TarReader::new(archive, limits);
        let mut listing = LayerListing { items: Vec::new() };
        while let Some(entry) = reader.next_entry()? {
            listing.add(&entry, &mut reader)?;
        }
        Ok(listing)
    }

    fn add(&mut self, entry: &TarEntry, content: &mut dyn Read) -> Result<()> {
        let path = clean(&entry.path)?;
        let (folder, name) = split(&path).unwrap_or((b"", b""));
        match name.strip_prefix(b".wh.") {
            Some(b"" | b"." | b"..") => {
                return Err(TreeError::refused(&entry.path, "it would remove what is not in its folder"));
            }
            Some(b".wh..opq") => self.items.push((folder.to_vec(), Item::Emptied)),
            // Notes of aufs, a file system that Docker once had.
            Some(removed) if removed.starts_with(b".wh.") => {}
            Some(removed) => self.items.push((join(folder, removed), Item::Gone)),
            None => {
                let item = match entry.kind {
                    TarKind::HardLink => Item::Name(clean(&entry.link)?),
                    _ => Item::Own(Arc::new(described(entry, content)?)),
                };
                self.items.push((path, item));
            }
        }
        Ok(())
    }
}

fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    if folder.is_empty() { name.to_vec() } else { [folder, b"/", name].concat() }
}

fn described(entry: &TarEntry, content: &mut dyn Read) -> Result<Entry> {
    let id = |id: u64| {
        u32::try_from(id).map_err(|_| TreeError::refused(&entry.path, format!("its owner {id} is beyond all ids")))
    };
    let mut own = Entry { mode: entry.mode, uid: id(entry.uid)?, gid: id(entry.gid)?, ..folder() };
    match entry.kind {
        TarKind::File => {
            own.kind = Kind::File;
            let (size, sha256) = hash(entry, content)?;
            (own.size, own.sha256) = (size, Some(sha256));
        }
        TarKind::SymbolicLink => {
            own.kind = Kind::SymbolicLink;
            own.mode = 0o777;
            own.target = Some(show(&entry.link));
        }
        TarKind::Folder | TarKind::HardLink => {}
        TarKind::Fifo => own.kind = Kind::Fifo,
        TarKind::CharacterDevice => (own.kind, own.device) = (Kind::CharacterDevice, Some(entry.device)),
        TarKind::BlockDevice => (own.kind, own.device) = (Kind::BlockDevice, Some(entry.device)),
    }
    // A layer gives attributes to files and folders only.
    if matches!(entry.kind, TarKind::File | TarKind::Folder) {
        let kept = entry.xattrs.iter().filter(|(name, _)| attribute_rule(name) == AttributeRule::Keep);
        own.xattrs = kept.map(|(name, value)| (show(name), hex(value))).collect();
    }
    Ok(own)
}

fn hash(entry: &TarEntry, content: &mut dyn Read) -> Result<(u64, String)> {
    let mut hasher = Sha256::new();
    let mut buffer = [0; 16 << 10];
    let mut size = 0;
    loop {
        let read = match content.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read.map_err(|error| TreeError::io(&entry.path, "reading", error))?,
        };
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
        size += read as u64;
    }
    if size != entry.size {
        return Err(TreeError::malformed("it ends within an entry"));
    }
    Ok((size, hex(&hasher.finalize())))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A folder that no layer describes.
fn folder() -> Entry {
    Entry {
        path: String::new(),
        kind: Kind::Folder,
        mode: 0o755,
        uid: 0,
        gid: 0,
        size: 0,
        sha256: None,
        target: None,
        device: None,
        xattrs: BTreeMap::new(),
        same_as: None,
    }
}

/// The tree that `layers` make, bottom first.
///
/// # Errors
///
/// Where an entry reaches for what is not there, or links on the way to it go round in a circle.
pub fn flatten<'l>(layers: impl IntoIterator<Item = &'l LayerListing>) -> Result<Vec<Entry>> {
    let mut tree = Tree { nodes: BTreeMap::new(), files: Vec::new(), layer: 0 };
    tree.put(Vec::new(), Arc::new(folder()));
    for layer in layers {
        tree.layer += 1;
        for (path, item) in &layer.items {
            match item {
                Item::Gone | Item::Emptied => tree.remove(path, matches!(item, Item::Emptied))?,
                Item::Own(_) | Item::Name(_) => tree.add(path, item)?,
            }
        }
    }
    Ok(tree.entries())
}

struct Tree {
    nodes: BTreeMap<Vec<u8>, Node>,
    files: Vec<Arc<Entry>>,
    /// The number of the layer that is applied, from 1.
    layer: usize,
}

/// What is at a path.
#[derive(Clone, Copy)]
struct Node {
    /// Its place in `files`.
    file: usize,
    /// The last layer that brought it or something in it: that layer removes neither.
    layer: usize,
}

impl Tree {
    fn at(&self, path: &[u8]) -> Option<&Arc<Entry>> {
        self.nodes.get(path).map(|node| &self.files[node.file])
    }

    fn put(&mut self, path: Vec<u8>, entry: Arc<Entry>) {
        self.files.push(entry);
        self.name(path, self.files.len() - 1);
    }

    /// Gives a file the name `path`, which this layer brings, and with it the folders on the way.
    fn name(&mut self, path: Vec<u8>, file: usize) {
        let mut above = path.as_slice();
        while let Some((folder, _)) = split(above) {
            match self.nodes.get_mut(folder) {
                Some(node) if node.layer != self.layer => node.layer = self.layer,
                _ => break,
            }
            above = folder;
        }
        self.nodes.insert(path, Node { file, layer: self.layer });
    }

    /// The paths in a folder, however deep.
    fn below(&self, path: &[u8]) -> Vec<(Vec<u8>, Node)> {
        let inside = if path.is_empty() { Vec::new() } else { [path, b"/"].concat() };
        let below = self.nodes.range(inside.clone()..).take_while(|(own, _)| own.starts_with(&inside));
        below.filter(|(own, _)| !own.is_empty()).map(|(own, node)| (own.clone(), *node)).collect()
    }

    /// Makes room for something else.
    fn clear(&mut self, path: &[u8]) {
        if self.nodes.remove(path).is_some() {
            for (own, _) in self.below(path) {
                self.nodes.remove(&own);
            }
        }
    }

    fn remove(&mut self, path: &[u8], only_inside: bool) -> Result<()> {
        let (folder, name) = match split(path) {
            Some((folder, name)) if !only_inside => (folder, Some(name)),
            _ => (path, None),
        };
        let Some(folder) = self.resolved(folder, path, false)? else { return Ok(()) };
        let top = name.map_or_else(|| folder.clone(), |name| join(&folder, name));
        let own = self.nodes.get(&top).filter(|_| !only_inside).map(|node| (top.clone(), *node));
        for (path, node) in self.below(&top).into_iter().chain(own) {
            if node.layer != self.layer {
                self.nodes.remove(&path);
            }
        }
        Ok(())
    }

    fn add(&mut self, written: &[u8], item: &Item) -> Result<()> {
        let path = match split(written) {
            Some((folder, name)) => match self.resolved(folder, written, true)? {
                Some(folder) => join(&folder, name),
                None => return Err(TreeError::refused(written, "a link on the way to it leads nowhere")),
            },
            None => Vec::new(),
        };
        let was_folder = self.at(&path).is_some_and(|entry| entry.kind == Kind::Folder);
        match item {
            Item::Own(entry) if entry.kind == Kind::Folder && was_folder => self.put(path, Arc::clone(entry)),
            Item::Own(_) if path.is_empty() => {
                return Err(TreeError::refused(written, "it would take the place of the root"));
            }
            Item::Own(entry) => {
                self.clear(&path);
                self.put(path, Arc::clone(entry));
            }
            Item::Name(target) => {
                let refused = || {
                    let why = format!("its target `{}` is not there", show(target));
                    TreeError::refused(written, why)
                };
                let (folder, name) = split(target).ok_or_else(refused)?;
                let folder = self.resolved(folder, written, false)?.ok_or_else(refused)?;
                let file = self.nodes.get(&join(&folder, name)).ok_or_else(refused)?.file;
                if path.is_empty() || self.files[file].kind == Kind::Folder {
                    return Err(TreeError::refused(written, "a folder cannot have another name"));
                }
                self.clear(&path);
                self.name(path, file);
            }
            Item::Gone | Item::Emptied => {}
        }
        Ok(())
    }

    /// Where a folder is once the links on the way are followed, within the tree; with `make`, folders that are missing
    /// are made. `None` where there is no such folder.
    fn resolved(&mut self, folder: &[u8], written: &[u8], make: bool) -> Result<Option<Vec<u8>>> {
        let parts = |path: &[u8]| path.split(|byte| *byte == b'/').rev().map(<[u8]>::to_vec).collect::<Vec<_>>();
        let mut open = parts(folder);
        let mut at: Vec<u8> = Vec::new();
        let mut links = 0;
        // Folders are made for names of the archive, and not for what a link says.
        let mut in_link = 0;
        while let Some(part) = open.pop() {
            let is_of_link = open.len() < in_link;
            in_link = in_link.min(open.len());
            match part.as_slice() {
                b"" | b"." => continue,
                b".." => {
                    at.truncate(at.iter().rposition(|byte| *byte == b'/').unwrap_or(0));
                    continue;
                }
                _ => {}
            }
            let next = join(&at, &part);
            let Some(entry) = self.at(&next) else {
                if !make || is_of_link {
                    return Ok(None);
                }
                self.put(next.clone(), Arc::new(self::folder()));
                at = next;
                continue;
            };
            match (entry.kind, &entry.target) {
                (Kind::Folder, _) => at = next,
                (Kind::SymbolicLink, Some(target)) => {
                    links += 1;
                    if links > MOST_LINKS {
                        return Err(TreeError::refused(written, "links on the way to it go round in a circle"));
                    }
                    let target = unshown(target);
                    if target.starts_with(b"/") {
                        at.clear();
                    }
                    let before = open.len();
                    open.extend(parts(&target));
                    in_link = open.len() - before;
                }
                _ if make => return Err(TreeError::refused(written, "something on the way to it is no folder")),
                _ => return Ok(None),
            }
        }
        Ok(Some(at))
    }

    /// In the order of a listing, with what has several names marked.
    fn entries(&self) -> Vec<Entry> {
        let mut paths: Vec<(&Vec<u8>, usize)> = self.nodes.iter().map(|(path, node)| (path, node.file)).collect();
        paths.sort_unstable_by(|(a, _), (b, _)| by_parts(a, b));
        let mut names: HashMap<usize, (usize, &Vec<u8>)> = HashMap::new();
        for (path, file) in &paths {
            names.entry(*file).or_insert((0, path)).0 += 1;
        }
        let entry = |(path, file): &(&Vec<u8>, usize)| {
            let same_as = names.get(file).filter(|(count, _)| *count > 1).map(|(_, first)| show(first));
            let path = if path.is_empty() { ".".to_owned() } else { show(path) };
            Entry { path, same_as, ..(*self.files[*file]).clone() }
        };
        paths.iter().map(entry).collect()
    }
}

/// Folders before what is in them, names in the order of their bytes.
fn by_parts(a: &[u8], b: &[u8]) -> Ordering {
    if a.is_empty() || b.is_empty() {
        return a.len().cmp(&b.len());
    }
    a.split(|byte| *byte == b'/').cmp(b.split(|byte| *byte == b'/'))
}

/// The bytes that [`show`] shows.
fn unshown(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let digits = bytes.get(at + 2..at + 4).and_then(|digits| std::str::from_utf8(digits).ok());
        match (byte, bytes.get(at + 1), digits.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'\\', Some(b'x'), Some(value)) => {
                plain.push(value);
                at += 4;
            }
            (b'\\', Some(b'\\'), _) => {
                plain.push(b'\\');
                at += 2;
            }
            _ => {
                plain.push(*byte);
                at += 1;
            }
        }
    }
    plain
}
