//! What `--mount` of RUN puts into its file system.
//!
//! The fields and their defaults are those of BuildKit's `parseMount` (`frontend/dockerfile/instructions/commands_runmount.go`)
//! and `dispatchRunMounts` (`frontend/dockerfile/dockerfile2llb/convert_runmount.go`) of <https://github.com/moby/buildkit>,
//! Apache-2.0.

use super::line::Line;
use super::problem::Problem;
use super::variables::Variables;
use crate::model::context::path_in_context;
use crate::syntax::dockerfile::Flag;
use crate::text::Span;

/// A `--mount` whose variables are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Where the file says it.
    pub span: Span,
    /// Where it is put, as an absolute path.
    pub target: String,
    /// What it is.
    pub kind: MountKind,
}

/// What a [`Mount`] is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MountKind {
    /// Files of the context, of a stage or of an image; what is written to them is thrown away.
    Bind {
        /// The stage or image as it is written; `None` for the build context.
        from: Option<String>,
        /// The path in it, absolute.
        source: String,
        /// Whether it can be written to.
        writable: bool,
    },
    /// A folder that is kept between builds and is in no layer.
    Cache {
        /// Its name; those of the same name are the same folder.
        id: String,
        /// Whether several steps may use it at once.
        sharing: Sharing,
        /// What it holds when it is new: a path in a stage or an image.
        from: Option<(String, String)>,
        /// The mode, user and group of the folder when it is new.
        mode: Option<u32>,
        /// Its user.
        user: Option<u32>,
        /// Its group.
        group: Option<u32>,
    },
    /// A folder in memory.
    Tmpfs {
        /// The most bytes in it.
        size: Option<u64>,
    },
}

/// Whether several steps may use a cache at once: `sharing=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Yes.
    Shared,
    /// Each gets one of its own.
    Private,
    /// One waits for the other.
    Locked,
}

/// The fields as they are read, one after the other.
#[derive(Default)]
struct Fields {
    kind: String,
    from: String,
    source: String,
    target: String,
    id: String,
    sharing: Option<String>,
    readonly: Option<bool>,
    size: Option<u64>,
    mode: Option<u32>,
    user: Option<u32>,
    group: Option<u32>,
}

impl Mount {
    pub(super) fn read(line: Line<'_>, flag: &Flag, directory: &str, variables: &Variables) -> Result<Mount, Problem> {
        let span = line.place(flag.span);
        let fields = Fields::read(line, flag, variables)?;
        let readonly = fields.readonly;
        let kind = match fields.kind.as_str() {
            "bind" => MountKind::Bind {
                from: Some(fields.from).filter(|from| !from.is_empty()),
                source: format!("/{}", path_in_context(&fields.source)),
                writable: readonly == Some(false),
            },
            "cache" if readonly == Some(true) => {
                return Err(Problem::unsupported(span, "a cache mount that is read only is not supported"));
            }
            "cache" => {
                let source = format!("/{}", path_in_context(&fields.source));
                let id = if fields.id.is_empty() { clean(&fields.target) } else { fields.id };
                MountKind::Cache {
                    id,
                    sharing: match fields.sharing.as_deref() {
                        Some("private") => Sharing::Private,
                        Some("locked") => Sharing::Locked,
                        _ => Sharing::Shared,
                    },
                    from: Some((fields.from, source)).filter(|(from, _)| !from.is_empty()),
                    mode: fields.mode,
                    user: fields.user,
                    group: fields.group,
                }
            }
            "tmpfs" if readonly == Some(true) => {
                return Err(Problem::unsupported(span, "a tmpfs mount that is read only is not supported"));
            }
            "tmpfs" => MountKind::Tmpfs { size: fields.size.filter(|size| *size > 0) },
            "secret" => return Err(Problem::unsupported(span, "secret mounts are not supported")),
            "ssh" => return Err(Problem::unsupported(span, "ssh mounts are not supported")),
            other => return Err(Problem::wrong(span, format!("there is no mount of the type `{other}`"))),
        };
        let target = if fields.target.starts_with('/') {
            format!("/{}", path_in_context(&fields.target))
        } else {
            format!("/{}", path_in_context(&format!("{directory}/{}", fields.target)))
        };
        if target == "/" {
            return Err(Problem::wrong(span, "a mount needs a target that is not the root folder"));
        }
        Ok(Mount { span, target, kind })
    }
}

impl Mount {
    /// What it takes files from: `Some(None)` is the build context; `None` for what starts empty.
    pub(super) fn origin(&self) -> Option<Option<String>> {
        match &self.kind {
            MountKind::Bind { from, .. } => Some(from.clone()),
            MountKind::Cache { from, .. } => from.as_ref().map(|(from, _)| Some(from.clone())),
            MountKind::Tmpfs { .. } => None,
        }
    }
}

/// The stages and images that the mounts of a RUN name, before there are variables: that is when BuildKit looks.
pub(super) fn sources<'a>(line: Line<'a>) -> impl Iterator<Item = (&'a str, Span)> {
    let fields = line.flags("mount").flat_map(|flag| &flag.fields);
    fields.filter_map(move |field| {
        let from = line.text(field.key).eq_ignore_ascii_case("from");
        let word = field.value.as_ref().filter(|word| from && !word.raw.is_empty())?;
        Some((&*word.raw, line.place(word.span)))
    })
}

impl Fields {
    fn read(line: Line<'_>, flag: &Flag, variables: &Variables) -> Result<Fields, Problem> {
        let mut fields = Fields { kind: "bind".to_owned(), ..Fields::default() };
        for field in &flag.fields {
            let key = line.text(field.key).to_ascii_lowercase();
            let span = line.place(field.span);
            let Some(word) = &field.value else {
                match &*key {
                    "readonly" | "ro" => fields.readonly = Some(true),
                    "readwrite" | "rw" => fields.readonly = Some(false),
                    "required" => {}
                    _ => return Err(Problem::wrong(span, format!("`{key}` needs a value, as `{key}=…`"))),
                }
                continue;
            };
            let value = line.value(word, variables)?;
            let wrong = || Problem::wrong(span, format!("`{key}` cannot be `{value}`"));
            match &*key {
                "type" => fields.kind = value.to_ascii_lowercase(),
                "from" => fields.from = value,
                "source" | "src" => fields.source = value,
                "target" | "dst" | "destination" => fields.target = value,
                "readonly" | "ro" => fields.readonly = Some(boolean(&value).ok_or_else(wrong)?),
                "readwrite" | "rw" => fields.readonly = Some(!boolean(&value).ok_or_else(wrong)?),
                "required" | "env" => {}
                "size" => fields.size = Some(byte_count(&value).ok_or_else(wrong)?),
                "id" => fields.id = value,
                "sharing" if ["shared", "private", "locked"].contains(&&*value.to_ascii_lowercase()) => {
                    fields.sharing = Some(value.to_ascii_lowercase());
                }
                "mode" => fields.mode = Some(u32::from_str_radix(&value, 8).map_err(|_| wrong())?),
                "uid" => fields.user = Some(value.parse().map_err(|_| wrong())?),
                "gid" => fields.group = Some(value.parse().map_err(|_| wrong())?),
                _ => return Err(wrong()),
            }
        }
        fields.contradiction().map_or(Ok(fields), |message| Err(Problem::wrong(line.place(flag.span), message)))
    }

    /// What the parser can say only where no variable hides a value.
    fn contradiction(&self) -> Option<String> {
        let kind = &self.kind;
        let has_owner = self.mode.is_some() || self.user.is_some() || self.group.is_some();
        if has_owner && matches!(kind.as_str(), "bind" | "tmpfs") {
            return Some(format!("a `{kind}` mount has no mode, user or group"));
        }
        if self.size.is_some() && kind != "tmpfs" {
            return Some(format!("a `{kind}` mount has no `size`"));
        }
        (self.sharing.is_some() && kind != "cache").then(|| format!("a `{kind}` mount has no `sharing`"))
    }
}

/// What Go's `strconv.ParseBool` takes.
fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// `64m`, `1.5GiB`, `100`: `RAMInBytes` of <https://github.com/docker/go-units>.
pub fn byte_count(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number: f64 = text[..end].parse().ok().filter(|number: &f64| number.is_finite())?;
    let unit = text[end..].trim_start().to_ascii_lowercase();
    let unit = unit.strip_suffix("ib").or_else(|| unit.strip_suffix('b')).unwrap_or(&unit);
    let power = match unit {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        "p" => 5,
        _ => return None,
    };
    let bytes = number * 1024_f64.powi(power);
    // Casting saturates; nobody has more memory than that.
    Some(bytes as u64)
}

/// Go's `path.Clean`, as the name of a cache.
fn clean(path: &str) -> String {
    let absolute = path.starts_with('/');
    let clean = path_in_context(path);
    if absolute { format!("/{clean}") } else { clean }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::dockerfile::parse;

    fn read(flags: &str) -> Result<Vec<Mount>, String> {
        let tree = parse(format!("FROM a\nRUN {flags} true\n"));
        let line = Line { tree: &tree, node: &tree.instructions[1], brought_by: None };
        let mut variables = Variables::default();
        variables.set("D", "/data");
        variables.set("T", "cache");
        let mounts = line.flags("mount").map(|flag| Mount::read(line, flag, "/app", &variables));
        mounts.collect::<Result<_, _>>().map_err(|problem| problem.message)
    }

    #[test]
    fn fields_have_the_defaults_of_buildkit() {
        let mounts = read("--mount=target=x --mount=type=cache,target=$D,uid=5 --mount=type=tmpfs,dst=/t,size=2k");
        let kinds: Vec<(String, MountKind)> =
            mounts.expect("legal").into_iter().map(|mount| (mount.target, mount.kind)).collect();
        let cache = MountKind::Cache {
            id: "/data".to_owned(),
            sharing: Sharing::Shared,
            from: None,
            mode: None,
            user: Some(5),
            group: None,
        };
        assert_eq!(
            kinds,
            [
                ("/app/x".to_owned(), MountKind::Bind { from: None, source: "/".to_owned(), writable: false }),
                ("/data".to_owned(), cache),
                ("/t".to_owned(), MountKind::Tmpfs { size: Some(2048) }),
            ]
        );
        let bind = read("--mount=from=lib,source=../a/b,target=/x,rw").expect("legal");
        let kind = MountKind::Bind { from: Some("lib".to_owned()), source: "/a/b".to_owned(), writable: true };
        assert_eq!(bind[0].kind, kind);
    }

    #[test]
    fn what_is_not_supported_has_a_name_and_what_is_wrong_too() {
        for (flags, part) in [
            ("--mount=type=secret,id=a", "secret mounts are not supported"),
            ("--mount=type=ssh", "ssh mounts are not supported"),
            ("--mount=type=cache,target=/", "not the root folder"),
            ("--mount=type=$T,target=/a,size=1", "has no `size`"),
            ("--mount=type=cache,target=/a,uid=$D", "`uid` cannot be `/data`"),
            ("--mount=type=cache,target=/a,ro", "read only"),
        ] {
            let message = read(flags).expect_err("it is refused");
            assert!(message.contains(part), "{flags}: {message}");
        }
    }

    #[test]
    fn sizes_are_those_of_docker() {
        for (text, size) in [("100", Some(100)), ("1.5k", Some(1536)), ("2 MiB", Some(2 << 20)), ("1gb", Some(1 << 30))]
        {
            assert_eq!(byte_count(text), size, "{text}");
        }
        assert_eq!((byte_count("x"), byte_count("1q")), (None, None));
    }
}
