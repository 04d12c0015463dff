//! What rlint asks of its worker, and what that answers. The worker trusts the one who asks, but nothing in a layer.
//!
//! One request is served at a time, in order; a descriptor can go with it. While a step runs, its output comes as
//! [`Message::Output`], and the last message is the [`Message::Answer`].

use std::fmt;

use serde::{Deserialize, Serialize};

/// A folder with the files of one layer, below the folder of the worker's way of being root.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LayerName(String);

impl LayerName {
    /// The longest name.
    pub const LONGEST: usize = 80;

    /// A name of small letters, digits and dashes; nothing else, so that it is one name in a folder and no option.
    pub fn new(name: impl Into<String>) -> Result<LayerName, String> {
        let name = name.into();
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let starts_well = name.bytes().next().is_some_and(|byte| byte != b'-');
        if starts_well && name.len() <= Self::LONGEST && name.bytes().all(plain) {
            Ok(LayerName(name))
        } else {
            Err(format!("`{}` is not a name of a layer", name.escape_debug()))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for LayerName {
    type Error = String;

    fn try_from(name: String) -> Result<LayerName, String> {
        LayerName::new(name)
    }
}

impl From<LayerName> for String {
    fn from(name: LayerName) -> String {
        name.0
    }
}

impl fmt::Display for LayerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a worker can do. A layer that is made appears under its name when all of it is there, and not before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// Makes a layer of the plain layer tar that comes with it as a descriptor. It is applied to the stack that it belongs
    /// on, as `tree::unpack` says: what it removes overlayfs notes in its own way, a folder that it does not describe
    /// keeps what the stack says of it, and links into the stack lead where they should. So a layer on other layers is
    /// another one: it is named after its chain, not after its content alone.
    Unpack {
        /// The stack that it is applied to, bottom first.
        lowers: Vec<LayerName>,
        /// The new layer.
        layer: LayerName,
        /// What it may cost.
        limits: UnpackLimits,
    },
    /// Runs a command on a stack of layers; what it changes becomes a layer.
    Run(Box<RunStep>),
    /// Copies from one stack of layers onto another; what it changes becomes a layer.
    Copy(Box<CopyStep>),
    /// Makes sure that a folder is there, as WORKDIR does; what it changes becomes a layer.
    Folder(FolderStep),
    /// Writes a layer as a plain OCI layer tar to the descriptor that comes with it.
    Pack {
        /// The layer.
        layer: LayerName,
    },
    /// Writes what is in a stack of layers to the descriptor that comes with it, as one JSON object a line.
    List {
        /// The stack, bottom first.
        layers: Vec<LayerName>,
    },
    /// Writes what COPY would take of a source to the descriptor that comes with it, in lines that differ where the result
    /// of a COPY would differ.
    Select {
        /// The stack it is copied from, bottom first.
        layers: Vec<LayerName>,
        /// A path or pattern, from the root of the stack.
        source: String,
    },
    /// Writes what is in one layer, as [`Request::List`] does, and what it removes from those below.
    ListLayer {
        /// The layer.
        layer: LayerName,
    },
    /// Removes layers; one that is not there is no fault.
    Remove {
        /// The layers.
        layers: Vec<LayerName>,
    },
}

/// What unpacking may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnpackLimits {
    /// Bytes of all files.
    pub bytes: u64,
    /// Files, folders, links and all else.
    pub entries: u64,
}

impl Default for UnpackLimits {
    fn default() -> UnpackLimits {
        UnpackLimits { bytes: 32 << 30, entries: 4_000_000 }
    }
}

/// A command that is run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunStep {
    /// The stack it runs on, bottom first.
    pub lowers: Vec<LayerName>,
    /// What it changes.
    pub layer: LayerName,
    /// The program and its arguments. A program without a slash is looked for in `PATH`.
    pub arguments: Vec<String>,
    /// All of its variables; later ones win. `PATH` and `HOME` get the values that BuildKit gives where they are missing.
    pub environment: Vec<(String, String)>,
    /// The folder it runs in, absolute. It is made where it is missing.
    pub directory: String,
    /// The user as USER says it: `name`, `id`, `name:group` …; nothing is root.
    pub user: String,
    /// What `--mount` asks for, in order. Nothing of them stays in the layer.
    pub mounts: Vec<StepMount>,
    /// Files below `/dev/` that are there while it runs, with mode 0755: bodies of heredocs (BuildKit puts them into
    /// `/dev/pipes/`).
    pub files: Vec<(String, Vec<u8>)>,
    /// What it can reach.
    pub network: Network,
    /// What it may cost.
    pub limits: Limits,
    /// What it is told that the machine is called.
    pub hostname: String,
}

/// What a step sees besides its layers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum StepMount {
    /// A file or folder of a stack of layers.
    Bind {
        /// The stack, bottom first. A snapshot of the build context is a layer, too.
        layers: Vec<LayerName>,
        /// What of it, from its root.
        source: String,
        /// Where, absolute.
        target: String,
        /// Whether it can be written to. What is written is thrown away.
        writable: bool,
    },
    /// A folder that stays from one step to the next, in no layer.
    Cache {
        /// Which one.
        id: String,
        /// Where, absolute.
        target: String,
        /// How steps that run at the same time share it.
        sharing: Sharing,
        /// The mode of a new one.
        mode: u32,
        /// The owner of a new one.
        uid: u32,
        /// The group of a new one.
        gid: u32,
        /// Whether it can only be read.
        read_only: bool,
        /// A stack of layers and a folder in it that it begins with.
        from: Option<(Vec<LayerName>, String)>,
    },
    /// An empty folder in memory.
    Tmpfs {
        /// Where, absolute.
        target: String,
        /// Its most bytes.
        size: Option<u64>,
    },
}

impl StepMount {
    /// Where it is seen.
    pub fn target(&self) -> &str {
        match self {
            StepMount::Bind { target, .. } | StepMount::Cache { target, .. } | StepMount::Tmpfs { target, .. } => {
                target
            }
        }
    }
}

/// How steps that run at the same time share a cache.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sharing {
    /// All may use it. Here they use it one after the other, which no step can tell from being slow.
    #[default]
    Shared,
    /// Each has one of its own; one that is free is used again.
    Private,
    /// One after the other.
    Locked,
}

/// What a step can reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Network {
    /// Itself only, over the loopback device.
    #[default]
    None,
    /// All that the host can reach, services on the host's own loopback device included.
    Host,
}

/// What a step may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Seconds on the clock on the wall.
    pub seconds: u64,
    /// Bytes of memory of all its processes together.
    pub memory: Option<u64>,
    /// Processes and threads at a time.
    pub processes: u64,
    /// Bytes that its layer may take on the disk, with what it writes to binds; and the same again for its caches together.
    pub disk: u64,
    /// Bytes of output that are passed on. The rest is read, counted and dropped.
    pub output: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { seconds: 600, memory: Some(4 << 30), processes: 4_096, disk: 8 << 30, output: 2 << 20 }
    }
}

/// What is copied, as COPY and ADD do it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CopyStep {
    /// The stack it is copied onto, bottom first.
    pub lowers: Vec<LayerName>,
    /// What changes.
    pub layer: LayerName,
    /// The stack it is copied from. A snapshot of the build context is a layer, too.
    pub from: Vec<LayerName>,
    /// What is copied: patterns, from the root of `from`.
    pub sources: Vec<String>,
    /// Files that the Dockerfile holds itself: the name that their heredoc has and what is in it.
    pub files: Vec<(String, Vec<u8>)>,
    /// Where to, as it is written: a slash at its end says that it is a folder.
    pub destination: String,
    /// The folder that a relative destination is in.
    pub directory: String,
    /// `--chown`: `user[:group]`, names looked up in the stack that is copied onto.
    pub owner: Option<String>,
    /// `--chmod`, as it is written.
    pub mode: Option<String>,
    /// `--parents`.
    pub parents: bool,
    /// `--link`: no link in the destination is followed.
    pub link: bool,
    /// `--exclude`: patterns as in an ignore file.
    pub excludes: Vec<String>,
    /// Whether archives are unpacked, as ADD does with local ones.
    pub unpack: bool,
    /// What unpacking may cost.
    pub limits: UnpackLimits,
}

/// A folder that has to be there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FolderStep {
    /// The stack it is made on, bottom first.
    pub lowers: Vec<LayerName>,
    /// What changes.
    pub layer: LayerName,
    /// The folder, absolute.
    pub path: String,
    /// Who gets the folders that are made: `user[:group]` as USER says it; `None` is root.
    pub owner: Option<String>,
}

/// What a worker says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Message {
    /// Output of the step that runs: whole characters in which nothing can move a cursor or change a colour.
    Output(String),
    /// What became of the request.
    Answer(Response),
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Response {
    /// It is done.
    Done(Done),
    /// The command of a step came to its end. There is a layer only if it ended well.
    Exited(Exited),
    /// It went beyond a limit, and all that it made is gone.
    Limit(Limit),
    /// The step itself is wrong, as a build by any other builder would say: a user or program that is not there, a
    /// source of a mount that is missing.
    Invalid {
        /// What and what to do, starting in lower case.
        what: String,
    },
    /// It asks for what is not supported or not allowed here; nothing was tried.
    Refused {
        /// What and what to do, starting in lower case.
        what: String,
    },
    /// The machine stood in the way: a full disk, a call that the kernel refused.
    Failed {
        /// What and what to do, starting in lower case.
        what: String,
    },
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Whether there is anything in the layer. Where there is nothing in what a step made, no layer is kept.
    pub changed: bool,
    /// Files, folders, links and all else in it, its whiteouts included.
    pub entries: u64,
    /// Bytes of its files.
    pub bytes: u64,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exited {
    /// In which way.
    pub status: ExitStatus,
    /// What it left in its layer. Nothing where it did not end well.
    pub done: Done,
    /// Bytes of output that were not passed on.
    pub dropped_output: u64,
    /// Milliseconds it took, with what the sandbox adds.
    pub milliseconds: u64,
}

/// In which way a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExitStatus {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
}

impl ExitStatus {
    /// Whether it ended well.
    pub fn is_success(self) -> bool {
        self == ExitStatus::Code(0)
    }
}

impl fmt::Display for ExitStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExitStatus::Code(code) => write!(f, "exit code {code}"),
            ExitStatus::Signal(signal) => write!(f, "signal {signal}"),
        }
    }
}

/// A limit that was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Limit {
    /// Of time, in seconds.
    Time(u64),
    /// Of memory, in bytes.
    Memory(u64),
    /// Of processes and threads.
    Processes(u64),
    /// Of the disk, in bytes.
    Disk(u64),
    /// Of the entries of a layer.
    Entries(u64),
    /// Of the file system that the store is on, which is nearly full.
    Full,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::Time(seconds) => write!(f, "the limit of {seconds} seconds"),
            Limit::Memory(bytes) => write!(f, "the limit of {bytes} bytes of memory"),
            Limit::Processes(count) => write!(f, "the limit of {count} processes"),
            Limit::Disk(bytes) => write!(f, "the limit of {bytes} bytes on disk"),
            Limit::Entries(count) => write!(f, "the limit of {count} files"),
            Limit::Full => f.write_str("what the disk can hold: it is nearly full"),
        }
    }
}
