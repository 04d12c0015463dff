//! Taking a node out of the text.

use crate::syntax::yaml::Ref;
use crate::text::Span;

impl Ref<'_> {
    /// The whole lines that this entry (its key or value) or item of a block collection takes up, line break
    /// included: what to delete to be rid of it. `None` where something else stands on these lines, and where nothing
    /// would be left of the collection.
    pub fn lines_to_remove(self) -> Option<Span> {
        let parent = self.parent()?;
        let alone = parent.items().len() + parent.entries().len() < 2 && parent.parent().is_some();
        if alone {
            return None;
        }
        let text = &*self.document.text;
        let written = match self.entry_of() {
            Some(entry) => {
                let key = self.document.get(entry.key).outer_span();
                key.cover(self.document.get(entry.value).outer_span())
            }
            None => self.outer_span(),
        };
        let start = text[..written.start as usize].rfind('\n').map_or(0, |newline| newline + 1);
        let before = &text[start..written.start as usize];
        let indented = before.bytes().all(|byte| byte == b' ');
        let listed = !indented && before.trim() == "-" && self.entry_of().is_none();
        if !indented && !listed {
            return None;
        }
        // A block scalar ends with its last line break, everything else before it.
        let last = (written.end as usize).max(start + 1) - usize::from(text[..written.end as usize].ends_with('\n'));
        let line_end = text[last..].find('\n').map_or(text.len(), |newline| last + newline);
        let rest = text[last..line_end].trim();
        if !rest.is_empty() && !rest.starts_with('#') {
            return None;
        }
        Some(Span::of(start..(line_end + 1).min(text.len())))
    }
}

#[cfg(test)]
mod tests {
    use crate::syntax::yaml::parse;

    #[test]
    fn whole_lines_are_removed_or_nothing() {
        let text = "a: 1 # note\nb:\n  - x\n  - y: 1\n    z: 2\nc: {d: 1, e: 2}\nf: |\n  text\ng: 5";
        let stream = parse(text);
        let root = stream.documents[0].root().expect("a root");
        let removed = |path: &[&str]| {
            let lines = root.path(path).expect("written").lines_to_remove();
            lines.map(|span| span.of_text(text))
        };
        assert_eq!(removed(&["a"]), Some("a: 1 # note\n"));
        assert_eq!(removed(&["c", "d"]), None);
        assert_eq!(removed(&["f"]), Some("f: |\n  text\n"));
        assert_eq!(removed(&["g"]), Some("g: 5"));
        let items: Vec<_> = root.get("b").expect("written").items().collect();
        assert_eq!(items[1].lines_to_remove().map(|span| span.of_text(text)), Some("  - y: 1\n    z: 2\n"));
        assert_eq!(items[1].get("y").expect("written").lines_to_remove(), None);
    }
}
