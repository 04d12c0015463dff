//! Names that can be given others: those of which every place is known. An `ARG` is given by whoever builds, an `ENV` is read by
//! programs, a service is a host to others, an object lies in a cluster: of those, not every place is.

use crate::model::dockerfile::{Dockerfile, Instruction, Source, Stage};
use crate::syntax::dockerfile::{Word, is_stage_name};
use crate::syntax::yaml::{Document, NodeKind, Ref, Stream};
use crate::text::Span;

/// A name that can be given another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renaming {
    /// The name.
    pub name: String,
    /// Where it stands, in order.
    pub places: Vec<Span>,
    kind: Kind,
    /// Names that would come to mean something else: in small letters those of stages.
    taken: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Stage,
    Anchor,
}

impl Renaming {
    /// Whether the name can become `new`.
    ///
    /// # Errors
    ///
    /// Why it cannot, for the user.
    pub fn check(&self, new: &str) -> Result<(), String> {
        let (is_proper, is_taken) = match self.kind {
            Kind::Stage => (is_stage_name(new), self.taken.contains(&new.to_lowercase())),
            Kind::Anchor => {
                let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
                (!new.is_empty() && new.chars().all(is_part), self.taken.iter().any(|own| own == new))
            }
        };
        match (is_proper, self.kind) {
            (false, Kind::Stage) => {
                Err(format!("`{new}` is no name for a stage: a letter, then letters, digits, `-`, `_` and `.`"))
            }
            (false, Kind::Anchor) => {
                Err(format!("`{new}` is no name for an anchor: letters, digits, `-`, `_` and `.` can be had here"))
            }
            (true, _) if is_taken && new != self.name => Err(format!("`{new}` already means something in this file")),
            (true, _) => Ok(()),
        }
    }
}

/// The stage whose name stands at `offset`; `targets` are those that builds in other files name. `None` where none stands.
///
/// # Errors
///
/// Why it cannot be renamed, for the user.
pub fn stage_at(dockerfile: &Dockerfile, offset: u32, targets: &[String]) -> Option<Result<Renaming, String>> {
    let places = uses(dockerfile);
    let stands = |span: Span| span.start <= offset && offset <= span.end;
    let declared = |stage: &Stage<'_>| stage.from().arguments.name.is_some_and(stands);
    let used = || places.iter().find(|place| stands(place.word.span)).and_then(|place| place.stage);
    let stage = dockerfile.stages().find(declared).or_else(used)?;
    let declaration = stage.from().arguments.name?;
    Some(of_stage(dockerfile, stage, declaration, &places, targets))
}

fn of_stage(
    dockerfile: &Dockerfile,
    stage: Stage<'_>,
    declaration: Span,
    places: &[Place<'_>],
    targets: &[String],
) -> Result<Renaming, String> {
    let text = dockerfile.text();
    let name = declaration.of_text(text);
    let same = |other: &str| other.eq_ignore_ascii_case(name);
    let named: Vec<&str> = dockerfile.stages().filter_map(Stage::name).collect();
    if named.iter().filter(|other| same(other)).count() > 1 {
        return Err(format!("two stages are named `{name}`"));
    }
    if dockerfile.is_context(name) {
        return Err(format!("a build gives a context named `{name}`, which counts instead of the stage"));
    }
    if targets.iter().any(|target| same(target)) {
        return Err(format!(
            "a compose file, Skaffold or bake builds the stage `{name}` by its name: change `target` and the stage by hand"
        ));
    }
    let mut all = vec![declaration];
    let mut taken: Vec<String> = named.into_iter().map(str::to_lowercase).collect();
    taken.extend(["scratch".to_owned(), "context".to_owned()]);
    for place in places {
        let written = place.word.span.of_text(text);
        let is_its = place.stage.is_some_and(|other| other.index == stage.index);
        let is_number = written.bytes().all(|byte| byte.is_ascii_digit());
        if place.later && same(written) {
            return Err(format!("`ONBUILD` names `{name}`, which is a stage of builds that start from this one"));
        } else if is_its && same(written) {
            all.push(place.word.span);
        } else if is_its && !is_number {
            return Err(format!("`{written}` means the stage `{name}`, and is not its name"));
        } else if place.stage.is_none() && may_be_stage(place.word, text) {
            return Err(format!("what `{written}` means is only known when it is built"));
        } else {
            taken.push(written.to_lowercase());
        }
    }
    all.sort();
    all.dedup();
    Ok(Renaming { name: name.to_owned(), places: all, kind: Kind::Stage, taken })
}

/// Whether what a word with variables comes to may be the name of a stage: beside them stands nothing that no such name has.
fn may_be_stage(word: &Word, text: &str) -> bool {
    let stands_within = |at: u32| word.variables.iter().any(|own| own.span.start <= at && at < own.span.end);
    let mut beside =
        word.span.of_text(text).char_indices().filter(|(at, _)| !stands_within(word.span.start + *at as u32));
    !word.variables.is_empty() && !beside.any(|(_, c)| matches!(c, ':' | '/' | '@'))
}

/// A word that names a stage, an image or a context.
struct Place<'a> {
    word: &'a Word,
    stage: Option<Stage<'a>>,
    /// It counts in the builds that start from this one.
    later: bool,
}

fn uses(dockerfile: &Dockerfile) -> Vec<Place<'_>> {
    let bases = dockerfile.stages().map(|stage| {
        let word = &stage.from().arguments.image;
        Place { word, stage: stage.parent(), later: false }
    });
    let sources = dockerfile.instructions().flat_map(|instruction: Instruction<'_>| {
        let all = instruction.source_words().map(move |word| {
            let stage = match instruction.source(word) {
                Source::Stage(stage) => Some(stage),
                Source::Image(_) | Source::Unknown => None,
            };
            Place { word, stage, later: instruction.onbuild }
        });
        all.collect::<Vec<_>>()
    });
    bases.chain(sources).collect()
}

/// The anchor that stands at `offset` of a stream, or that an alias there stands for.
pub fn anchor_at(stream: &Stream, offset: u32) -> Option<Renaming> {
    let stands = |span: Span| span.start <= offset && offset <= span.end;
    let of = |node: Ref<'_>| match node.node().kind {
        NodeKind::Alias { target: Some(target) } if stands(node.span()) => Some(target),
        _ => node.anchor_span().is_some_and(stands).then_some(node.id),
    };
    let (document, id) = stream.documents.iter().find_map(|document| Some((document, document.all().find_map(of)?)))?;
    of_anchor(document, document.get(id))
}

fn of_anchor(document: &Document, anchored: Ref<'_>) -> Option<Renaming> {
    // What stands after `&` and `*`.
    let name_of = |span: Span| span.slice(1, span.len());
    let declaration = name_of(anchored.anchor_span()?);
    let aliases = document.all().filter(|node| match node.node().kind {
        NodeKind::Alias { target } => target == Some(anchored.id),
        _ => false,
    });
    let mut places: Vec<Span> = aliases.map(|node| name_of(node.span())).collect();
    places.push(declaration);
    places.sort();
    let others = document.all().filter_map(Ref::anchor_span).map(name_of);
    let taken = others.map(|span| span.of_text(&document.text).to_owned()).collect();
    let name = declaration.of_text(&document.text).to_owned();
    let is_whole = places.iter().all(|place| place.of_text(&document.text) == name);
    is_whole.then_some(Renaming { name, places, kind: Kind::Anchor, taken })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::dockerfile::parse;
    use crate::syntax::yaml;

    const TEXT: &str = "FROM a AS build\nFROM b AS Tools\nCOPY --from=build /a /a\nFROM build\nRUN --mount=type=bind,from=BUILD,target=/x true\n\
                        COPY --from=0 /b /b\nCOPY --from=other /c /c\n";

    fn renaming(text: &str, of: &str, targets: &[String]) -> Option<Result<Renaming, String>> {
        let offset = text.find(of).expect("it is there") as u32 + of.len() as u32;
        stage_at(&Dockerfile::new(parse(text)), offset, targets)
    }

    #[test]
    fn a_stage_is_renamed_where_it_is_named() {
        for of in ["AS build", "--from=build", "FROM build", "from=BUILD"] {
            let found = renaming(TEXT, of, &[]).expect("a stage").expect("all places are known");
            let texts: Vec<&str> = found.places.iter().map(|place| place.of_text(TEXT)).collect();
            assert_eq!(texts, ["build", "build", "build", "BUILD"], "{of}");
            assert_eq!(found.check("compile"), Ok(()));
            for taken in ["tools", "TOOLS", "other", "scratch", "a b", "1st", "", "0"] {
                assert!(found.check(taken).is_err(), "{taken}");
            }
        }
        let with_image = format!("ARG V\n{TEXT}FROM registry/${{V}}:1\nFROM d:$V\n");
        assert!(renaming(&with_image, "AS build", &[]).is_some_and(|found| found.is_ok()));
        assert!(renaming(TEXT, "FROM a", &[]).is_none() && renaming(TEXT, "COPY", &[]).is_none());
    }

    #[test]
    fn a_stage_of_which_not_every_place_is_known_is_not_renamed() {
        for (more, says) in [
            ("ARG S=build\nCOPY --from=$S /a /a\n", "`$S`"),
            ("ARG B=x\nFROM ${B:-y}\n", "`${B:-y}`"),
            ("FROM c AS build\n", "two stages"),
            ("ONBUILD COPY --from=build /a /a\n", "`ONBUILD`"),
        ] {
            let found = renaming(&format!("{TEXT}{more}"), "AS build", &[]).expect("a stage");
            assert!(found.as_ref().is_err_and(|reason| reason.contains(says)), "{more}: {found:?}");
        }
        let found = renaming(TEXT, "AS build", &["Build".to_owned()]).expect("a stage");
        assert!(found.is_err_and(|reason| reason.contains("by its name")));
    }

    #[test]
    fn an_anchor_is_renamed_with_its_aliases() {
        let text = "a: &x 1\nb: [*x, &y 2, *x]\n---\nc: &x 3\nd: *x\n";
        let stream = yaml::parse(text.to_owned());
        let found = |of: &str| anchor_at(&stream, text.find(of).expect("it is there") as u32 + 1).expect("an anchor");
        let lines = |renaming: &Renaming| -> Vec<usize> {
            renaming.places.iter().map(|at| text[..at.start as usize].matches('\n').count() + 1).collect()
        };
        assert_eq!(lines(&found("&x")), [1, 2, 2]);
        assert_eq!(found("&x"), found("*x"));
        assert_eq!(lines(&found("&x 3")), [4, 5]);
        assert!(
            found("&x").check("y").is_err() && found("&x 3").check("y").is_ok() && found("&x").check("a, b").is_err()
        );
        assert!(anchor_at(&stream, 0).is_none());
    }
}
