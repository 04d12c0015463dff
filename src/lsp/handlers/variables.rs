//! What is known of a variable in a compose file.

use super::hover::Said;
use crate::lint::document::{Document, Tree};
use crate::lsp::convert::shown;
use crate::lsp::snapshot::At;
use crate::model::compose::Project;
use crate::model::compose::variables::{Fallback, Variable, setting, variables};
use crate::text::{Files, Source};

/// What is known of the variable at `offset` of the file: the innermost.
pub(super) fn of_compose_variable(at: &At, document: &Document, offset: u32) -> Option<Said> {
    let (Tree::Compose(stream), Some(project)) = (&document.tree, &document.compose) else { return None };
    let region = &document.region;
    let stands = |variable: &Variable| {
        let span = region.span(variable.span);
        span.start <= offset && offset <= span.end
    };
    let variable = variables(stream).into_iter().rfind(stands)?;
    Some((region.span(variable.span), describe(project, &variable, &at.files())))
}

fn describe(project: &Project, variable: &Variable, files: &dyn Files) -> String {
    let name = &variable.name;
    let set = project.setting(name, files);
    let known = project.environment().get(name);
    let mut lines = vec![match (known, &set) {
        (Some(value), _) => format!("`{name}` is `{value}`"),
        (None, Some(_)) => format!("the value of `{name}` depends on the environment that Compose is started in"),
        (None, None) => format!("`{name}` is what the environment says that Compose is started in"),
    }];
    match &set {
        Some(set) => lines.push(format!("from `{}`, line {}: `{}`", shown(&project.env_file), set.line, set.text)),
        None => lines.push(format!("`{}` does not set it", shown(&project.env_file))),
    }
    let comes_to = project.value_of(variable);
    lines.extend(match &variable.fallback {
        Fallback::None if set.is_none() => Some("without a value it is empty, and Compose warns".to_owned()),
        Fallback::Default(text) if text.is_empty() => Some("without a value it is empty".to_owned()),
        Fallback::Default(text) => {
            Some(format!("without a value: `{}`", comes_to.filter(|_| set.is_none()).as_deref().unwrap_or(text)))
        }
        Fallback::Required(text) if text.is_empty() => Some("without a value Compose stops".to_owned()),
        Fallback::Required(text) => Some(format!("without a value Compose stops: {text}")),
        Fallback::Alternative(text) => Some(format!("with a value, `{text}` stands here instead of it")),
        Fallback::None => None,
    });
    if set.is_some() {
        lines.push("what the environment says counts before that".to_owned());
    }
    // Nothing is more often mistaken for this.
    let mut containers: Vec<_> = project.env_files().into_iter().map(|(_, path)| path).collect();
    containers.dedup();
    for path in containers.iter().filter(|path| **path != project.env_file) {
        let Ok(bytes) = files.read(path) else { continue };
        if let Some(set) = setting(&Source::from_bytes(path, bytes).text, name) {
            let file = shown(path);
            lines.push(format!("`{file}`, line {}, sets it inside of containers, and not here (`env_file`)", set.line));
        }
    }
    lines.join("\n\n")
}
