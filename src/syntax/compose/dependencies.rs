//! `depends_on` in its long form.

use crate::syntax::yaml::{NodeKind, Ref};
use crate::text::{Edit, Span, line_break};

/// The edits that make a mapping of the list at `node`, in the style it is written in, with what `condition` says for
/// each name. `None` for a list that cannot be rewritten item by item: anchors, aliases, variables.
pub fn long_form(node: Ref<'_>, condition: impl Fn(&str) -> &'static str) -> Option<Vec<Edit>> {
    let NodeKind::Sequence(list) = &node.node().kind else { return None };
    let names = node.items().map(plain_name).collect::<Option<Vec<_>>>()?;
    if list.flow {
        let entry = |name: &&str| format!("{name}: {{condition: {}}}", condition(name));
        let entries: Vec<String> = names.iter().map(entry).collect();
        return Some(vec![Edit { span: node.span(), text: format!("{{{}}}", entries.join(", ")) }]);
    }
    let text = &*node.document.text;
    let line_of = |offset: u32| text[..offset as usize].rfind('\n').map_or(0, |newline| newline + 1);
    let key = node.key_of()?.span().start;
    let key_column = key as usize - line_of(key);
    let mut edits = Vec::new();
    for (item, name) in node.items().zip(names) {
        let line = line_of(item.span().start);
        let column = text[line..item.span().start as usize].find('-')?;
        // A list may stand as far left as its key; a mapping under it may not.
        let indent = " ".repeat(if column > key_column { column } else { key_column + 2 });
        edits.push(Edit {
            span: Span::of(line..item.span().end as usize),
            text: format!("{indent}{}:{}{indent}  condition: {}", item.text(), line_break(text), condition(name)),
        });
    }
    Some(edits)
}

fn plain_name(item: Ref<'_>) -> Option<&str> {
    let written = item.anchor_span().is_none() && item.tag_span().is_none() && item.follow() == item;
    item.as_str().filter(|name| written && !name.contains('$'))
}
