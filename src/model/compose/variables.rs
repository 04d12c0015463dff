//! The variables that compose files name, and where their values are said.

use std::path::PathBuf;

use super::template::{Expansion, expand, references};
use super::{Fact, Place, Project, Value, dotenv};
use crate::syntax::yaml::{Document, NodeKind, Ref, Stream};
use crate::text::{Files, Source, Span};

pub use super::template::Fallback;

/// A variable in a value of a compose file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// All of it: `${NAME:-default}`.
    pub span: Span,
    /// The same as text.
    pub text: String,
    /// What holds where it has no value.
    pub fallback: Fallback,
}

/// Where a file gives a variable a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The name of the variable.
    pub name: Span,
    /// The number of its line, from 1.
    pub line: usize,
    /// The line, without what stands around it.
    pub text: String,
}

/// The variables in the values of a stream, in file order. Keys are not expanded, so nothing in them is one.
pub fn variables(stream: &Stream) -> Vec<Variable> {
    stream.documents.iter().flat_map(Document::all).flat_map(of_scalar).collect()
}

fn of_scalar(node: Ref<'_>) -> Vec<Variable> {
    let is_written = matches!(node.node().kind, NodeKind::Scalar(_)) && node.text().contains('$');
    let is_key = |node: Ref<'_>| node.entry_of().is_some_and(|entry| entry.key == node.id);
    if !is_written || is_key(node) {
        return Vec::new();
    }
    let Some((value, region)) = node.region() else { return Vec::new() };
    let found = references(value).into_iter().map(|own| Variable {
        name: value[own.name.clone()].to_owned(),
        name_span: region.span(Span::of(own.name)),
        span: region.span(Span::of(own.at.clone())),
        text: value[own.at].to_owned(),
        fallback: own.fallback,
    });
    found.collect()
}

impl Project {
    /// What a variable comes to with what files say; `None` where that depends on the environment of the process.
    pub fn value_of(&self, variable: &Variable) -> Option<String> {
        match expand(&variable.text, self.environment()) {
            Expansion::Known(value) => Some(value.into_owned()),
            Expansion::Unknown | Expansion::Invalid(_) => None,
        }
    }

    /// Where the `.env` of the project gives the variable its value.
    pub fn setting(&self, name: &str, files: &dyn Files) -> Option<Setting> {
        let bytes = files.read(&self.env_file).ok()?;
        setting(&Source::from_bytes(&self.env_file, bytes).text, name)
    }

    /// The files with variables for containers that services name, as [`Files`] knows them: `env_file`. What they say
    /// counts in the container, and never in a compose file.
    pub fn env_files(&self) -> Vec<(Place, PathBuf)> {
        let mut found = Vec::new();
        for service in self.services() {
            let Fact::Known(list) = service.fact("env_file") else { continue };
            for value in std::iter::once(list).chain(list.items()) {
                let path = if value.as_map().is_some() { value.fact("path").known() } else { Some(value) };
                let Some((value, text)) = path.and_then(|path: &Value| Some((path, path.as_text()?))) else { continue };
                let folder = self.file(value.at).map(|file| file.folder.as_path()).unwrap_or("".as_ref());
                found.push((value.at, super::load::join(folder, text)));
            }
        }
        // What several services extend is the same.
        found.sort();
        found.dedup();
        found
    }
}

/// Where the text of an environment file gives a variable its value: the last time.
pub fn setting(text: &str, name: &str) -> Option<Setting> {
    let (_, at) = dotenv::names(text).into_iter().rfind(|(own, _)| *own == name)?;
    let line = text[..at.start].matches('\n').count();
    let shown = text.lines().nth(line).unwrap_or("").trim().to_owned();
    Some(Setting { name: Span::of(at), line: line + 1, text: shown })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::syntax::yaml::parse;
    use crate::text::MemoryFiles;

    #[test]
    fn variables_are_found_where_they_stand() {
        let text = "services:\n  ${A}:\n    image: \"a:${TAG:-${OTHER:-1}}\"\n    command: |\n      echo $HOME $$NOT\n      ${X:?say it}\n";
        let found = variables(&parse(text.to_owned()));
        let shown: Vec<_> = found.iter().map(|own| (own.name_span.of_text(text), own.span.of_text(text))).collect();
        assert_eq!(
            shown,
            [("TAG", "${TAG:-${OTHER:-1}}"), ("OTHER", "${OTHER:-1}"), ("HOME", "$HOME"), ("X", "${X:?say it}"),]
        );
        assert_eq!(found[3].fallback, Fallback::Required("say it".to_owned()));
    }

    #[test]
    fn values_come_from_the_file_beside_and_not_from_those_of_containers() {
        let text =
            "services:\n  web:\n    image: a:${TAG}${OTHER:-x}${MORE}\n    env_file: [web.env, {path: more.env}]\n";
        let mut files = MemoryFiles::default();
        files.insert("app/.env", "# the tag\nTAG=0\nexport TAG=1 # now\n");
        files.insert("app/web.env", "MORE=2\n");
        let stream = parse(text.to_owned());
        let project = Project::load(Path::new("app/compose.yaml"), &stream, &files);
        let found: Vec<_> = variables(&stream).iter().map(|own| project.value_of(own)).collect();
        assert_eq!(found, [Some("1".to_owned()), Some("x".to_owned()), None]);
        let setting = project.setting("TAG", &files).expect("it is set");
        assert_eq!((setting.line, setting.text.as_str()), (3, "export TAG=1 # now"));
        assert_eq!(project.setting("MORE", &files), None);
        let named: Vec<_> = project.env_files().into_iter().map(|(_, path)| path).collect();
        assert_eq!(named, [PathBuf::from("app/web.env"), PathBuf::from("app/more.env")]);
    }
}
