//! Modes of files as `chmod` reads them: `0755`, `u+x,go-w`.

/// Whether a text is a mode, in digits or letters.
pub fn is_mode(text: &str) -> bool {
    is_octal(text) || !text.is_empty() && text.split(',').all(|clause| Clause::of(clause).is_some())
}

/// Whether a mode lets everybody write and has no sticky bit.
pub fn is_writable_by_all(mode: &str) -> bool {
    if is_octal(mode) {
        let bits = u32::from_str_radix(mode, 8).unwrap_or(0);
        return bits & 0o2 != 0 && bits & 0o1000 == 0;
    }
    let clauses: Vec<Clause<'_>> = mode.split(',').filter_map(Clause::of).collect();
    let sticky = clauses.iter().any(|clause| clause.operator != '-' && clause.letters.contains('t'));
    // Without `a` or `o` the mask of the process takes the write bit away.
    let writes =
        |clause: &Clause<'_>| clause.operator != '-' && clause.letters.contains('w') && clause.who.contains(['a', 'o']);
    !sticky && clauses.iter().any(writes)
}

/// The same mode where only the owner writes; `None` for letters.
pub fn writable_by_owner(mode: &str) -> Option<String> {
    if !is_octal(mode) {
        return None;
    }
    let bits = u32::from_str_radix(mode, 8).ok()? & !0o22;
    Some(format!("{bits:0width$o}", width = mode.len()))
}

fn is_octal(mode: &str) -> bool {
    (3..=5).contains(&mode.len()) && mode.bytes().all(|digit| (b'0'..b'8').contains(&digit))
}

/// `ug+rw`.
struct Clause<'t> {
    who: &'t str,
    operator: char,
    letters: &'t str,
}

impl<'t> Clause<'t> {
    fn of(text: &'t str) -> Option<Clause<'t>> {
        let at = text.find(['+', '-', '='])?;
        let (who, rest) = text.split_at(at);
        let (operator, letters) = rest.split_at(1);
        let known = who.chars().all(|c| "ugoa".contains(c)) && letters.chars().all(|c| "rwxXstugo".contains(c));
        known.then(|| Clause { who, operator: operator.chars().next().unwrap_or('+'), letters })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_that_let_everybody_write_are_known() {
        for mode in ["777", "0777", "666", "4777", "a+w", "o=rw", "ugo+rwx", "u+x,o+w"] {
            assert!(is_mode(mode) && is_writable_by_all(mode), "{mode}");
        }
        for mode in ["755", "1777", "3777", "775", "+w", "g+w", "o-w", "a+rX", "+t,a+w"] {
            assert!(is_mode(mode) && !is_writable_by_all(mode), "{mode}");
        }
        for text in ["-R", "/data", "77", "--reference=/a", "$MODE", "a"] {
            assert!(!is_mode(text), "{text}");
        }
    }

    #[test]
    fn the_write_bit_of_others_goes() {
        assert_eq!(writable_by_owner("0777").as_deref(), Some("0755"));
        assert_eq!(writable_by_owner("666").as_deref(), Some("644"));
        assert_eq!(writable_by_owner("a+w"), None);
    }
}
