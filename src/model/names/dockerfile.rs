//! The names of a Dockerfile: stages and variables.

use super::{At, Names, Use};
use crate::model::dockerfile::variables::{references, shell_references};
use crate::model::dockerfile::{Dockerfile, Instruction, Source, Stage};
use crate::syntax::dockerfile::InstructionKind;
use crate::text::Span;

/// Where the value of a variable comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The name, where it is declared.
    pub name: Span,
    /// The instruction.
    pub instruction: Span,
    /// Whether an ENV says it, an ARG otherwise.
    pub is_env: bool,
}

/// The names of a Dockerfile.
pub fn of_dockerfile(dockerfile: &Dockerfile) -> Names {
    let mut names = Names::default();
    let used = |at: Span, of: Span| Use { at: At::here(at), of: At::here(of) };
    for stage in dockerfile.stages() {
        names.declared.extend(stage.from().arguments.name.map(At::here));
        if let Some(parent) = stage.parent() {
            names.used.push(used(stage.from().arguments.image.span, stage_name(parent)));
        }
        let declared = stage.from().references().filter_map(|own| {
            let of = dockerfile.globals().declaration(own.name)?;
            Some(used(own.name_span, of))
        });
        names.used.extend(declared);
    }
    for instruction in dockerfile.instructions() {
        names.declared.extend(declared(instruction).into_iter().map(|(_, span)| At::here(span)));
        for word in instruction.source_words() {
            if let Source::Stage(stage) = instruction.source(word) {
                names.used.push(used(word.span, stage_name(stage)));
            }
        }
        // An ARG of a stage that says no value has that of the file.
        if let (InstructionKind::Arg(own), Some(_)) = (&instruction.node.kind, instruction.stage()) {
            let text = dockerfile.text();
            let without_value = own.iter().filter(|own| own.default.is_none());
            names.used.extend(
                without_value
                    .filter_map(|own| Some(used(own.name, dockerfile.globals().declaration(own.name.of_text(text))?))),
            );
        }
        if instruction.onbuild || matches!(instruction.node.kind, InstructionKind::From(_)) {
            continue;
        }
        let all = references(instruction).chain(shell_references(instruction));
        names.used.extend(all.filter_map(|own| Some(used(own.name_span, origin(instruction, own.name)?.name))));
    }
    names
}

/// Where a stage is named; its image, where it has no name.
pub fn stage_name(stage: Stage<'_>) -> Span {
    let arguments = stage.from().arguments;
    arguments.name.unwrap_or(arguments.image.span)
}

/// What says the value of a variable where an instruction stands: the last ARG or ENV of its stage before it, else an
/// ENV of a stage it starts from, else an ARG of one.
pub fn origin(instruction: Instruction<'_>, name: &str) -> Option<Origin> {
    let Some(stage) = instruction.stage() else {
        let globals = instruction.dockerfile.instructions().take_while(|own| own.index < instruction.index);
        return globals.filter_map(|own| declares(own, name)).last();
    };
    let own = stage.outer_instructions().take_while(|own| own.index < instruction.index);
    own.filter_map(|own| declares(own, name)).last().or_else(|| {
        let inherited = |is_env: bool| {
            let mut above = stage.ancestors();
            above.find_map(|above| {
                let all = above.outer_instructions().filter_map(|own| declares(own, name));
                all.filter(|own| own.is_env == is_env).last()
            })
        };
        inherited(true).or_else(|| inherited(false))
    })
}

fn declares(instruction: Instruction<'_>, name: &str) -> Option<Origin> {
    let found = declared(instruction).into_iter().rev().find(|(own, _)| own == name)?;
    let is_env = matches!(instruction.node.kind, InstructionKind::Env(_));
    Some(Origin { name: found.1, instruction: instruction.span(), is_env })
}

/// The variables that an instruction declares, and where their names stand.
fn declared(instruction: Instruction<'_>) -> Vec<(String, Span)> {
    let text = instruction.dockerfile.text();
    match &instruction.node.kind {
        InstructionKind::Arg(all) => all.iter().map(|own| (own.name.of_text(text).to_owned(), own.name)).collect(),
        InstructionKind::Env(pairs) => {
            let pairs = pairs.pairs.iter().filter(|pair| pair.key.variables.is_empty());
            pairs.map(|pair| (pair.key.raw.to_string(), pair.key.span)).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::dockerfile::parse;

    const TEXT: &str = "ARG V=1\nFROM a:$V AS base\nARG V\nENV P=/x\nFROM base AS next\nRUN echo $V ${P:-/}\nCOPY --from=base /a $P\n\
                        FROM b\nCOPY --from=next /a /b\n";

    /// The texts and lines of what the name at the last `of` of `TEXT` means, and of its uses.
    fn found(of: &str) -> (Vec<String>, Vec<String>) {
        let names = of_dockerfile(&Dockerfile::new(parse(TEXT)));
        let offset = TEXT.rfind(of).expect("it is there") as u32 + of.len() as u32 - 1;
        let shown = |at: &At| {
            let line = TEXT[..at.span.start as usize].matches('\n').count() + 1;
            format!("{line} {}", at.span.of_text(TEXT))
        };
        let declarations = names.declarations(offset).into_iter().map(shown).collect();
        (declarations, names.uses(offset).into_iter().map(shown).collect())
    }

    #[test]
    fn a_stage_is_found_from_where_it_is_used() {
        assert_eq!(found("--from=base").0, ["2 base"]);
        assert_eq!(found("AS base").1, ["5 base", "7 base"]);
        assert_eq!(found("--from=next"), (vec!["5 next".to_owned()], vec!["9 next".to_owned()]));
    }

    #[test]
    fn everything_that_leads_to_a_declaration_is_found_from_it() {
        let text = "ARG V=1\nFROM a:$V\nARG V\nRUN echo $V\nFROM b\nARG V\nCOPY --from=0 /a $V\n";
        let names = of_dockerfile(&Dockerfile::new(parse(text)));
        let lines = |offset: Option<usize>| -> Vec<usize> {
            let uses = names.uses(offset.expect("it is there") as u32);
            uses.into_iter().map(|at| text[..at.span.start as usize].matches('\n').count() + 1).collect()
        };
        let of_the_file = lines(text.find('V'));
        assert_eq!(of_the_file, [2, 3, 4, 6, 7]);
        assert_eq!(lines(text.find("V\nRUN")), of_the_file);
        assert_eq!(lines(text.find("V\nCOPY")), of_the_file);
        assert_eq!(lines(text.find("a:$V")), [7], "a stage without a name");
    }

    #[test]
    fn a_variable_is_found_where_its_value_is_said() {
        assert_eq!(found("echo $V").0, ["3 V"]);
        assert_eq!(found("a:$V").0, ["1 V"]);
        assert_eq!(found("${P").0, ["4 P"]);
        assert_eq!(found("ENV P").1, ["6 P", "7 P"]);
    }
}
