//! The text inside a scalar and where each of its bytes stands in the file.

use super::node::{Ref, ScalarStyle};
use crate::text::{Piece, Region};

impl<'a> Ref<'a> {
    /// The value of a scalar as an inner document. A literal block maps exactly and takes edits; of the other styles
    /// the bytes that stand in the file as they are map exactly, and edits are refused: what needs escaping or
    /// folding there is not for the inner document to know. `None` when [`Ref::as_str`] is.
    pub fn region(self) -> Option<(&'a str, Region)> {
        let target = self.follow();
        let (value, scalar, content) = (target.as_str()?, target.scalar()?, target.content()?);
        let mut map = Map::default();
        let mut prefix = None;
        match scalar.style {
            ScalarStyle::Literal => prefix = target.literal(content.start, value, &mut map),
            ScalarStyle::Folded => map.align(value, target.source(content.start), content.start, scalar.style),
            ScalarStyle::Plain => map.align(value, target.text(), target.span().start, scalar.style),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                let start = target.span().start + 1;
                map.align(value, target.text().get(1..).unwrap_or(""), start, scalar.style);
            }
        }
        if map.pieces.is_empty() {
            map.pieces.push(Piece { inner: 0, outer: content.start, length: 0 });
        }
        Some((value, Region::new(map.pieces, prefix)))
    }

    /// Each line of the value is the end of a line of the file. Returns the indentation.
    fn literal(self, start: u32, value: &str, map: &mut Map) -> Option<String> {
        let mut indentation = None;
        let mut inner = 0;
        let mut outer = start as usize;
        let mut written = self.source(start).split_inclusive('\n');
        for line in value.split_inclusive('\n') {
            let raw = written.next()?;
            let text = line.trim_end_matches('\n');
            let raw_text = raw.trim_end_matches(['\r', '\n']);
            let strip = if text.is_empty() { raw_text.len() } else { raw_text.len().checked_sub(text.len())? };
            if !raw_text.ends_with(text) {
                return None;
            }
            if !text.is_empty() {
                indentation.get_or_insert_with(|| " ".repeat(strip));
            }
            map.add(inner, outer + strip, text.len());
            if line.ends_with('\n') && raw.ends_with('\n') {
                map.add(inner + text.len(), outer + raw.len() - 1, 1);
            }
            inner += line.len();
            outer += raw.len();
        }
        indentation
    }

    /// The file from `start` on.
    fn source(self, start: u32) -> &'a str {
        self.document.text.get(start as usize..).unwrap_or("")
    }
}

/// A map that grows.
#[derive(Default)]
struct Map {
    pieces: Vec<Piece>,
}

impl Map {
    fn add(&mut self, inner: usize, outer: usize, length: usize) {
        let (inner, outer, length) = (inner as u32, outer as u32, length as u32);
        if length == 0 {
            return;
        }
        if let Some(last) = self.pieces.last_mut()
            && last.inner + last.length == inner
            && last.outer + last.length == outer
        {
            last.length += length;
            return;
        }
        self.pieces.push(Piece { inner, outer, length });
    }

    /// Lays `value` beside what is `written` from `start` on: equal characters map, white space around line breaks
    /// folds, escapes are stepped over.
    fn align(&mut self, value: &str, written: &str, start: u32, style: ScalarStyle) {
        let start = start as usize;
        let (mut inner, mut outer) = (0, 0);
        while let (Some(meant), Some(stands)) = (value[inner..].chars().next(), written[outer..].chars().next()) {
            if stands == '\\' && style == ScalarStyle::DoubleQuoted {
                let rest = &written[outer + 1..];
                let escape = match rest.chars().next() {
                    Some('x') => 3,
                    Some('u') => 5,
                    Some('U') => 9,
                    Some('\r' | '\n') => {
                        outer += 1 + rest.len() - rest.trim_start().len();
                        continue;
                    }
                    Some(other) => other.len_utf8(),
                    None => return,
                };
                outer = (outer + 1 + escape).min(written.len());
                inner += meant.len_utf8();
                if !written.is_char_boundary(outer) {
                    return;
                }
            } else if stands == '\'' && style == ScalarStyle::SingleQuoted {
                outer += 1;
                if !written[outer..].starts_with('\'') {
                    return;
                }
                self.add(inner, start + outer, 1);
                outer += 1;
                inner += 1;
            } else if stands.is_ascii_whitespace() {
                let blank = written[outer..].len() - written[outer..].trim_ascii_start().len();
                let meant = value[inner..].len() - value[inner..].trim_ascii_start().len();
                if value[inner..inner + meant] == written[outer..outer + blank] {
                    self.add(inner, start + outer, meant);
                }
                outer += blank;
                inner += meant;
            } else if stands == meant {
                self.add(inner, start + outer, meant.len_utf8());
                outer += meant.len_utf8();
                inner += meant.len_utf8();
            } else {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::syntax::yaml::parse;
    use crate::text::{Edit, Span};

    /// Every word of the value stands in the file where the region says.
    fn words_map(text: &str) -> bool {
        let stream = parse(text);
        let scalar = stream.documents[0].root().and_then(|root| root.get("a")).expect("written");
        let (value, region) = scalar.region().expect("a scalar");
        let words: Vec<&str> = value.split_whitespace().collect();
        assert!(words.len() > 1, "{text:?}");
        words.iter().all(|word| {
            let at = word.as_ptr() as usize - value.as_ptr() as usize;
            region.span(Span::of(at..at + word.len())).of_text(text) == *word
        })
    }

    #[test]
    fn every_style_maps_to_the_file() {
        for text in [
            "a: FROM x\n",
            "a: 'FROM ''x y'\n",
            "a: \"FROM\\tx \\\n    y\n    z\\u0020w\\tv\"\n",
            "a: |\n  FROM x\n\n    RUN y\n  USER z\n",
            "a: |2-\n   FROM x\r\n  RUN y\r\n",
            "a: >\n  FROM x\n  y\n\n   z w\n  v\n",
            "a: FROM\n  x\n  y\n",
        ] {
            assert!(words_map(text), "{text:?}");
        }
    }

    #[test]
    fn a_literal_block_takes_edits_of_several_lines() {
        let text = "a: |\n    FROM x\n    RUN y\n";
        let stream = parse(text);
        let (value, region) = stream.documents[0].root().and_then(|root| root.get("a")?.region()).expect("a scalar");
        let edit = Edit { span: Span::new(7, 10), text: "USER u\nRUN".to_owned() };
        assert_eq!(edit.span.of_text(value), "RUN");
        let outer = region.edit(&edit, text).expect("expressible");
        assert_eq!((outer.span.of_text(text), outer.text.as_str()), ("RUN", "USER u\n    RUN"));
    }

    #[test]
    fn other_styles_refuse_edits() {
        let text = "a: >\n  FROM x\n  y\nb: \"c\"\n";
        let stream = parse(text);
        let root = stream.documents[0].root().expect("one document");
        for (_, value) in root.entries() {
            let (_, region) = value.region().expect("a scalar");
            assert_eq!(region.edit(&Edit { span: Span::new(0, 1), text: "x".to_owned() }, text), None);
        }
    }
}
