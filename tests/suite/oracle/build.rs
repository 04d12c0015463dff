//! What we understand of a Dockerfile, against what BuildKit makes of it.

use std::collections::BTreeSet;
use std::fmt;

use rlint::model::base_images::BaseImage;
use rlint::model::dockerfile::{Base, Dockerfile, Instruction, Source, Stage, User};
use rlint::model::expand::Value as Variable;
use rlint::syntax::dockerfile::{Word, parse};
use serde_json::Value;

/// How much was compared.
#[derive(Default)]
pub(super) struct Compared {
    pub(super) refused: usize,
    files: usize,
    images: usize,
    users: usize,
    folders: usize,
    variables: usize,
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Compared { refused, files, images, users, folders, variables } = self;
        write!(f, "{files} files agree on {images} images, {users} users, {folders} folders, {variables} variables; ")?;
        write!(f, "{refused} files are refused by BuildKit")
    }
}

/// Where our understanding of `text` differs from the answer of the oracle.
pub(super) fn differences(text: &str, answer: &Value, compared: &mut Compared) -> Vec<String> {
    let dockerfile = Dockerfile::new(parse(text));
    let mut found = Vec::new();
    compared.files += 1;
    images(&dockerfile, answer, compared, &mut found);
    if let Some(stage) = dockerfile.shipped_stage() {
        configuration(stage, &answer["config"], compared, &mut found);
    }
    found
}

/// Images that stages start from, and what instructions copy from.
fn images(dockerfile: &Dockerfile, answer: &Value, compared: &mut Compared, found: &mut Vec<String>) {
    let theirs: BTreeSet<String> = strings(&answer["images"]).map(str::to_owned).collect();
    let mut ours = BTreeSet::new();
    let mut unknown = false;
    for stage in dockerfile.stages() {
        match stage.base() {
            Base::Image(image) => {
                let tag = image.tag.as_deref().or(image.digest.is_none().then_some("latest"));
                let tag = tag.map(|tag| format!(":{tag}")).unwrap_or_default();
                let digest = image.digest.as_deref().map(|digest| format!("@{digest}")).unwrap_or_default();
                ours.insert(format!("{}{tag}{digest}", image.canonical_name()));
            }
            Base::Stage(_) | Base::Scratch => {}
            Base::Invalid(_) | Base::Unknown => unknown = true,
        }
    }
    let wrong: Vec<_> = ours.difference(&theirs).collect();
    if !wrong.is_empty() {
        found.push(format!("BuildKit does not start from {wrong:?}"));
    }
    compared.images += ours.len();
    let sources: Vec<String> = dockerfile
        .instructions()
        .flat_map(|own| own.source_words().map(move |word| (own, word)))
        .filter_map(source)
        .collect();
    let missing: Vec<_> = theirs.difference(&ours).filter(|image| !sources.contains(image)).collect();
    if !missing.is_empty() && !unknown {
        found.push(format!("only BuildKit uses {missing:?}"));
    }
}

fn source((instruction, word): (Instruction<'_>, &Word)) -> Option<String> {
    let Source::Image(image) = instruction.source(word) else { return None };
    let tag = image.tag.as_deref().or(image.digest.is_none().then_some("latest"));
    let tag = tag.map(|tag| format!(":{tag}")).unwrap_or_default();
    let digest = image.digest.as_deref().map(|digest| format!("@{digest}")).unwrap_or_default();
    Some(format!("{}{tag}{digest}", image.canonical_name()))
}

/// The user, folder and variables of the shipped image. The oracle takes every base image for an empty one.
fn configuration(stage: Stage<'_>, config: &Value, compared: &mut Compared, found: &mut Vec<String>) {
    let user = config["user"].as_str().unwrap_or("");
    match stage.user() {
        User::Declared { value: Some(own), .. } if own != user => {
            found.push(format!("the user is {own:?}, BuildKit has {user:?}"))
        }
        User::Inherited(_) | User::Unknown if !user.is_empty() => {
            found.push(format!("only BuildKit has a user: {user:?}"))
        }
        _ => compared.users += 1,
    }
    // Where the base image is known to start elsewhere, relative paths differ rightly.
    let at_root = stage.base_image().and_then(|image: BaseImage| image.workdir).is_none_or(|folder| folder == "/");
    let folder = config["workdir"].as_str().unwrap_or("");
    match stage.workdir() {
        Some(own) if at_root && own.trim_end_matches('/') != folder.trim_end_matches('/') => {
            found.push(format!("the folder is {own:?}, BuildKit has {folder:?}"));
        }
        Some(_) => compared.folders += 1,
        None => {}
    }
    for (name, value) in strings(&config["env"]).filter_map(|pair| pair.split_once('=')) {
        match stage.scope().variable(name) {
            Variable::Known(own) if own != value => found.push(format!("{name} is {own:?}, BuildKit has {value:?}")),
            Variable::Known(_) => compared.variables += 1,
            Variable::Unset => found.push(format!("only BuildKit sets {name}")),
            Variable::Argument | Variable::Unknown => {}
        }
    }
}

fn strings(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}
