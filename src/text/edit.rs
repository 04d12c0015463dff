//! Changes of text.

use super::Span;

/// Replace the bytes of `span` by `text`. An empty span inserts, an empty text deletes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// What stands there instead.
    pub text: String,
}

/// Why a set of edits cannot be applied.
#[derive(Debug, PartialEq, Eq)]
pub enum EditError {
    /// Two edits change the same bytes, or insert at the same place.
    Overlap(Span),
    /// An edit lies outside of the text.
    OutOfBounds(Span),
}

/// Applies `edits`, in any order, to `bytes`. Every byte outside of them stays as it is.
///
/// # Errors
///
/// When two edits overlap or one lies outside; then nothing is applied.
pub fn apply(bytes: &[u8], edits: &[Edit]) -> Result<Vec<u8>, EditError> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort();
    let mut result = Vec::with_capacity(bytes.len());
    let mut done = 0;
    for (index, edit) in sorted.iter().enumerate() {
        let repeated = index > 0 && edit.span == sorted[index - 1].span;
        if (edit.span.start as usize) < done || repeated {
            return Err(EditError::Overlap(edit.span));
        }
        let kept = bytes.get(done..edit.span.start as usize).filter(|_| edit.span.end as usize <= bytes.len());
        result.extend_from_slice(kept.ok_or(EditError::OutOfBounds(edit.span))?);
        result.extend_from_slice(edit.text.as_bytes());
        done = edit.span.end as usize;
    }
    result.extend_from_slice(&bytes[done..]);
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: u32, end: u32, text: &str) -> Edit {
        Edit { span: Span::new(start, end), text: text.to_owned() }
    }

    #[test]
    fn edits_apply_in_any_order() {
        let edits = [edit(4, 5, "E"), edit(0, 0, ">"), edit(1, 3, "")];
        assert_eq!(apply(b"abcde", &edits), Ok(b">adE".to_vec()));
    }

    #[test]
    fn overlapping_edits_and_two_inserts_at_one_place_are_refused() {
        assert_eq!(apply(b"abc", &[edit(0, 2, ""), edit(1, 3, "")]), Err(EditError::Overlap(Span::new(1, 3))));
        assert_eq!(apply(b"abc", &[edit(1, 1, "x"), edit(1, 1, "y")]), Err(EditError::Overlap(Span::empty(1))));
        assert_eq!(apply(b"abc", &[edit(2, 9, "")]), Err(EditError::OutOfBounds(Span::new(2, 9))));
    }
}
