//! Writing another value where a scalar stands.

use crate::syntax::yaml::{NodeKind, Profile, Ref, ScalarStyle, Value, resolve};
use crate::text::Edit;

impl Ref<'_> {
    /// The edit that makes this scalar the string `new`, in the quotes it has now. One without quotes gets them only
    /// where `new` needs them to stay a string. `None` for a block of text, an alias and what is not known.
    pub fn replace(self, new: &str) -> Option<Edit> {
        let node = self.node();
        let NodeKind::Scalar(scalar) = &node.kind else { return None };
        if scalar.templated || new.contains(['\n', '\r']) {
            return None;
        }
        let text = match scalar.style {
            ScalarStyle::Plain if is_plain(new) => new.to_owned(),
            ScalarStyle::Plain | ScalarStyle::DoubleQuoted => double_quoted(new)?,
            ScalarStyle::SingleQuoted => format!("'{}'", new.replace('\'', "''")),
            ScalarStyle::Literal | ScalarStyle::Folded => return None,
        };
        Some(Edit { span: node.span, text })
    }
}

/// `text` in double quotes; `None` when it has control characters.
fn double_quoted(text: &str) -> Option<String> {
    if text.chars().any(char::is_control) {
        return None;
    }
    Some(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// Whether `text` is a string without quotes too, for every reader and in braces.
fn is_plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let special = |c: char| c.is_control() || matches!(c, ',' | '[' | ']' | '{' | '}');
    let leads = matches!(first, '-' | '?' | ':') && text[1..].starts_with(|c: char| !c.is_whitespace());
    let starts = leads || !"-?:#&*!|>'\"%@`".contains(first);
    let is_string = |profile| matches!(resolve(text, profile), Value::String(_));
    starts
        && !first.is_whitespace()
        && !text.ends_with(|c: char| c.is_whitespace() || c == ':')
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.contains(special)
        && text != "<<"
        && !text.starts_with("---")
        && [Profile::Kubernetes, Profile::Compose, Profile::Yaml12].into_iter().all(is_string)
}

#[cfg(test)]
mod tests {
    use crate::syntax::yaml::parse;
    use crate::text::apply;

    fn replaced(text: &str, new: &str) -> Option<String> {
        let stream = parse(text);
        let edit = stream.documents[0].root()?.get("a")?.replace(new)?;
        let bytes = apply(text.as_bytes(), &[edit]).expect("one edit");
        let result = String::from_utf8(bytes).expect("text stays text");
        let read = parse(result.as_str());
        assert_eq!(read.documents[0].root().and_then(|root| root.get("a")?.as_str()), Some(new), "{result}");
        Some(result)
    }

    #[test]
    fn a_scalar_keeps_its_quotes() {
        assert_eq!(replaced("a: x # c\n", "y:1").as_deref(), Some("a: y:1 # c\n"));
        assert_eq!(replaced("a: 'x'\n", "it's").as_deref(), Some("a: 'it''s'\n"));
        assert_eq!(replaced("a: \"x\"\n", "a\\b\"").as_deref(), Some("a: \"a\\\\b\\\"\"\n"));
        assert_eq!(replaced("a: >\n  x\n", "y"), None);
        assert_eq!(replaced("a: {{ x }}\n", "y"), None);
    }

    #[test]
    fn what_would_be_something_else_without_quotes_gets_them() {
        for new in ["yes", "1", "a: b", "#x", "- x", "", "a, b", "null", "x #y", "*a"] {
            let result = replaced("a: x\n", new).expect("expressible");
            assert!(result.contains('"'), "{result}");
        }
    }
}
