//! Values as Go prints them: the history of an image says what BuildKit's `fmt.Sprintf` makes of an instruction.

/// `%q` of a list of strings: `["a" "b"]`.
pub(super) fn quoted_list(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    format!("[{}]", words.join(" "))
}

/// `%v` of a list of strings: `[a b]`.
pub(super) fn list<T: AsRef<str>>(words: &[T]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    format!("[{}]", words.join(" "))
}

/// `%q` of a string: `strconv.Quote`.
fn quoted(text: &str) -> String {
    let mut result = String::with_capacity(text.len() + 2);
    result.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                result.push('\\');
                result.push(character);
            }
            '\u{7}' => result.push_str("\\a"),
            '\u{8}' => result.push_str("\\b"),
            '\u{c}' => result.push_str("\\f"),
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            '\u{b}' => result.push_str("\\v"),
            '\u{0}'..='\u{1f}' | '\u{7f}' => result.push_str(&format!("\\x{:02x}", u32::from(character))),
            _ if is_printable(character) => result.push(character),
            '\u{0}'..='\u{ffff}' => result.push_str(&format!("\\u{:04x}", u32::from(character))),
            _ => result.push_str(&format!("\\U{:08x}", u32::from(character))),
        }
    }
    result.push('"');
    result
}

/// Of the blanks only the ASCII one is printed as it is.
fn is_printable(character: char) -> bool {
    let escaped = !matches!(character, '\'') && character.escape_debug().len() > 1;
    character == ' ' || (!character.is_whitespace() && !escaped)
}

/// `%v` of a `time.Duration`: `1m30s`, `1.5s`, `250ms`, `0s`.
pub(super) fn duration(nanoseconds: i64) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let total = nanoseconds.unsigned_abs();
    let fraction = |value: u64, unit: u64, digits: usize| {
        let rest = format!("{:0digits$}", value % unit);
        let rest = rest.trim_end_matches('0');
        if rest.is_empty() { (value / unit).to_string() } else { format!("{}.{rest}", value / unit) }
    };
    let text = match total {
        0 => "0s".to_owned(),
        1..1_000 => format!("{total}ns"),
        1_000..1_000_000 => format!("{}\u{b5}s", fraction(total, 1_000, 3)),
        1_000_000..1_000_000_000 => format!("{}ms", fraction(total, 1_000_000, 6)),
        _ => {
            let (minutes, seconds) = (total / 60_000_000_000, total % 60_000_000_000);
            let seconds = format!("{}s", fraction(seconds, 1_000_000_000, 9));
            match (minutes / 60, minutes % 60) {
                (0, 0) => seconds,
                (0, minutes) => format!("{minutes}m{seconds}"),
                (hours, minutes) => format!("{hours}h{minutes}m{seconds}"),
            }
        }
    };
    format!("{sign}{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_quoted_as_go_does() {
        let list = ["a b", "\"\\", "\n\u{1}\u{7f}", "ü'", "\u{a0}\u{feff}"].map(str::to_owned);
        assert_eq!(quoted_list(&list), r#"["a b" "\"\\" "\n\x01\x7f" "ü'" "\u00a0\ufeff"]"#);
    }

    #[test]
    fn durations_are_printed_as_go_does() {
        for (nanoseconds, text) in [
            (0, "0s"),
            (1, "1ns"),
            (1_500, "1.5\u{b5}s"),
            (250_000_000, "250ms"),
            (1_500_000_000, "1.5s"),
            (90_000_000_000, "1m30s"),
            (3_600_000_000_000, "1h0m0s"),
            (-5_000_000_000, "-5s"),
        ] {
            assert_eq!(duration(nanoseconds), text);
        }
    }
}
