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

/// A mode that can be applied: what `--chmod` of COPY and ADD takes.
///
/// The letters are those of BSD's `chmod(1)`, as the Go module of BuildKit reads them: several operators may follow one
/// another (`u=rw+x`), letters and classes may be mixed, and no mask is taken off where no class is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileMode {
    /// All twelve bits.
    Bits(u32),
    /// Changes of the bits that are there, in order.
    Changes(Vec<ModeChange>),
}

/// One operator of a mode in letters, with what stands around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModeChange {
    /// The bits of the classes `u`, `g` and `o`, their set-id bits among them; all of them where none is named.
    classes: u32,
    operator: char,
    letters: Box<str>,
}

impl FileMode {
    /// Reads `755` or `u+x,go=rX`; `None` for anything else.
    pub fn parse(text: &str) -> Option<FileMode> {
        if text.starts_with(|c: char| c.is_ascii_digit()) {
            let octal = text.bytes().all(|digit| (b'0'..b'8').contains(&digit));
            return u32::from_str_radix(text, 8).ok().filter(|bits| octal && *bits <= 0o7777).map(FileMode::Bits);
        }
        let mut changes = Vec::new();
        for clause in text.split(',') {
            let start = clause.find(['+', '-', '='])?;
            let (who, mut rest) = clause.split_at(start);
            let classes = classes(who)?;
            while let Some(operator) = rest.chars().next() {
                let letters = &rest[1..];
                let end = letters.find(['+', '-', '=']).unwrap_or(letters.len());
                let (letters, after) = letters.split_at(end);
                if !letters.chars().all(|letter| "rwxXstugo".contains(letter)) {
                    return None;
                }
                changes.push(ModeChange { classes, operator, letters: letters.into() });
                rest = after;
            }
        }
        Some(FileMode::Changes(changes))
    }

    /// The twelve bits of a file that has `bits` before.
    pub fn apply(&self, bits: u32, is_folder: bool) -> u32 {
        match self {
            FileMode::Bits(bits) => *bits,
            FileMode::Changes(changes) => {
                let executable = is_folder || bits & 0o111 != 0;
                changes.iter().fold(bits & 0o7777, |bits, change| change.apply(bits, executable))
            }
        }
    }
}

impl ModeChange {
    fn apply(&self, bits: u32, executable: bool) -> u32 {
        // Only set-id and sticky bits are not for others.
        let special = self.classes & !0o7 != 0;
        let mut classes = self.classes;
        let mut value = 0;
        for letter in self.letters.chars() {
            value |= match letter {
                'r' => 0o444,
                'w' => 0o222,
                'x' => 0o111,
                'X' if executable || self.operator == '-' => 0o111,
                's' if special => 0o6000,
                't' if special => {
                    classes |= 0o1000;
                    0o1000
                }
                'u' => 0o111 * (bits >> 6 & 0o7),
                'g' => 0o111 * (bits >> 3 & 0o7),
                'o' => 0o111 * (bits & 0o7),
                _ => 0,
            };
        }
        match self.operator {
            '+' => bits | value & classes,
            '-' => bits & !(value & classes),
            _ => bits & !classes | value & classes,
        }
    }
}

/// The bits of `ug`; all of them for nobody in particular.
fn classes(who: &str) -> Option<u32> {
    if who.is_empty() {
        return Some(0o6777);
    }
    who.chars().try_fold(0, |bits, class| {
        Some(
            bits | match class {
                'u' => 0o4700,
                'g' => 0o2070,
                'o' => 0o7,
                'a' => 0o6777,
                _ => return None,
            },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modes_are_applied_as_chmod_does() {
        for (mode, before, after) in [
            ("755", 0o4600, 0o755),
            ("7777", 0, 0o7777),
            ("u+x", 0o644, 0o744),
            ("+x", 0o640, 0o751),
            ("go=", 0o777, 0o700),
            ("go=u-w", 0o741, 0o755),
            ("a=r,u+w", 0o777, 0o644),
            ("=rw,+X", 0o755, 0o777),
            ("a+X", 0o644, 0o644),
            ("a-X", 0o755, 0o644),
            ("u+s,g+s", 0o755, 0o6755),
            ("o+s", 0o755, 0o755),
            ("+t", 0o755, 0o1755),
            ("u=rw+x", 0o000, 0o700),
            ("g=u", 0o750, 0o770),
        ] {
            let parsed = FileMode::parse(mode).map(|mode| mode.apply(before, false));
            assert_eq!(parsed, Some(after), "{mode} of {before:o}");
        }
        assert_eq!(FileMode::parse("a+X").map(|mode| mode.apply(0o600, true)), Some(0o711));
        for wrong in ["", "8", "10000", "0o755", "755x", "u", "x+r", "u+y", "u+x,", ",u+x"] {
            assert_eq!(FileMode::parse(wrong), None, "{wrong}");
        }
    }

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
