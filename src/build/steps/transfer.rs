//! What COPY and ADD bring, and where to.
//!
//! The order in which things are looked at is that of BuildKit's `dispatchCopy`
//! (`frontend/dockerfile/dockerfile2llb/convert_copy.go` of <https://github.com/moby/buildkit>, Apache-2.0).

use super::line::Line;
use super::problem::Problem;
use super::remote::Remote;
use super::variables::Variables;
use crate::model::context::path_in_context;
use crate::model::modes::FileMode;
use crate::model::sources::is_remote;
use crate::syntax::dockerfile as ast;

/// A COPY or an ADD whose variables are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Whether it is ADD.
    pub add: bool,
    /// What `--from` names, as it is written; `None` for the build context.
    pub from: Option<String>,
    /// Paths and patterns, as they are written.
    pub sources: Vec<String>,
    /// What is fetched, with the words that say so. An instruction with any has no other sources.
    pub remotes: Vec<(String, Remote)>,
    /// Files whose content stands in the Dockerfile: name and content.
    pub files: Vec<(String, String)>,
    /// The last argument, as it is written.
    pub destination: String,
    /// `--chown`.
    pub owner: Option<String>,
    /// `--chmod`, known to be a mode.
    pub mode: Option<String>,
    /// `--parents`.
    pub parents: bool,
    /// `--link`.
    pub link: bool,
    /// Whether archives are unpacked.
    pub unpack: bool,
    /// `--exclude`.
    pub excludes: Vec<String>,
}

impl Transfer {
    pub(super) fn read(line: Line<'_>, arguments: &ast::Transfer, variables: &Variables) -> Result<Transfer, Problem> {
        let add = matches!(line.node.kind, ast::InstructionKind::Add(_));
        let expanded = |name: &str| -> Result<Option<String>, Problem> {
            let value = line.flag(name).and_then(|flag| flag.value.as_ref());
            let value = value.map(|word| line.value(word, variables)).transpose()?;
            Ok(value.filter(|text| !text.is_empty()))
        };
        let owner = expanded("chown")?;
        let mode = expanded("chmod")?;
        let checksum = expanded("checksum")?;
        let keep = line.is_on("keep-git-dir");
        let mut sources = Vec::with_capacity(arguments.sources.len());
        let mut remotes = Vec::new();
        for word in &arguments.sources {
            let source = line.value(word, variables)?;
            if !is_remote(&source) {
                sources.push(source);
                continue;
            }
            let span = line.place(word.span);
            if !add {
                return Err(Problem::wrong(span, format!("`COPY` does not download: `{source}` is for `ADD`")));
            }
            let remote = Remote::read(&source, checksum.as_deref(), keep).map_err(|(kind, message)| Problem {
                kind,
                span,
                message,
            })?;
            remotes.push((source, remote));
        }
        check_remotes(line, &remotes, arguments.sources.len(), checksum.is_some())?;
        let link = line.is_on("link").unwrap_or(false);
        check_owner(line, owner.as_deref(), link)?;
        check_mode(line, mode.as_deref())?;
        let mut files = Vec::with_capacity(line.node.heredocs.len());
        for heredoc in &line.node.heredocs {
            files.push((heredoc.name.to_string(), line.expanded_body(heredoc, variables)?));
        }
        Ok(Transfer {
            add,
            from: from(line)?,
            unpack: line.is_on("unpack").unwrap_or(add && remotes.is_empty()),
            sources,
            remotes,
            files,
            destination: line.value(&arguments.destination, variables)?,
            owner,
            mode,
            parents: line.is_on("parents").unwrap_or(false),
            link,
            excludes: line.flags("exclude").filter_map(|flag| Some(flag.value.as_ref()?.raw.to_string())).collect(),
        })
    }

    /// Where it goes: an absolute path; a slash or `/.` at its end stays, because it says that it is a folder.
    pub fn target(&self, directory: &str) -> String {
        let written = match self.destination.as_str() {
            "." | "" => "./",
            written => written,
        };
        let base = if written.starts_with('/') { "" } else { directory };
        let mut target = format!("/{}", path_in_context(&format!("{base}/{written}")));
        if written.ends_with('/') {
            target.truncate(target.trim_end_matches('/').len());
            target.push('/');
        } else if written.ends_with("/.") {
            target.push_str(if target == "/" { "." } else { "/." });
        }
        target
    }

    /// What the history of the image says of it.
    pub(super) fn history(&self) -> String {
        let mut text = String::from(if self.add { "ADD" } else { "COPY" });
        if self.parents {
            text.push_str(" --parents");
        }
        let flags = [("chown", &self.owner), ("chmod", &self.mode)];
        for (name, value) in flags.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
            text.push_str(&format!(" --{name}={value}"));
        }
        let remotes = self.remotes.iter().map(|(written, _)| written);
        self.sources.iter().chain(remotes).for_each(|source| text.push_str(&format!(" {source}")));
        self.files.iter().for_each(|(name, _)| text.push_str(&format!(" <<{name}")));
        format!("{text} {} # buildkit", self.destination)
    }
}

/// What `--from` names. BuildKit reads it before there are variables.
pub(super) fn from(line: Line<'_>) -> Result<Option<String>, Problem> {
    let Some(word) = line.flag("from").and_then(|flag| flag.value.as_ref()) else { return Ok(None) };
    if line.value(word, &Variables::default())? != *word.raw {
        return Err(Problem::wrong(
            line.place(word.span),
            "variables are not read in `--from`: name the image in a stage, `FROM … AS name`, and use that name",
        ));
    }
    Ok(Some(word.raw.to_string()).filter(|name| !name.is_empty()))
}

/// What BuildKit takes together in one instruction, as far as it is built here.
fn check_remotes(
    line: Line<'_>,
    remotes: &[(String, Remote)],
    sources: usize,
    has_checksum: bool,
) -> Result<(), Problem> {
    if has_checksum && (remotes.is_empty() || sources > 1) {
        return Err(Problem::wrong(
            place(line, "checksum"),
            "`--checksum` takes one URL or one Git repository as source",
        ));
    }
    let others = sources - remotes.len() + line.node.heredocs.len();
    if remotes.is_empty() || others == 0 {
        return Ok(());
    }
    let message = "`ADD` of something that is fetched and of something that is not is not supported in one instruction: \
                   write two";
    Err(Problem::unsupported(line.span(), message))
}

/// The layer of `--link` stands alone: no file in it says which number a name has.
fn check_owner(line: Line<'_>, owner: Option<&str>, link: bool) -> Result<(), Problem> {
    let named = |part: &str| !part.is_empty() && part != "root" && part.parse::<i32>().is_err();
    match owner {
        Some(owner) if link && owner.splitn(2, ':').any(named) => Err(Problem::wrong(
            place(line, "chown"),
            format!("`--chown={owner}` has a name: with `--link` only numbers can be used"),
        )),
        _ => Ok(()),
    }
}

fn check_mode(line: Line<'_>, mode: Option<&str>) -> Result<(), Problem> {
    match mode {
        Some(mode) if FileMode::parse(mode).is_none() => Err(Problem::wrong(
            place(line, "chmod"),
            format!("`{mode}` is no mode: it is written in octal digits up to 7777, or as `u+x,go-w`"),
        )),
        _ => Ok(()),
    }
}

fn place(line: Line<'_>, flag: &str) -> crate::text::Span {
    line.flag(flag).map_or(line.span(), |flag| line.place(flag.span))
}
