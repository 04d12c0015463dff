//! Markdown for those who cannot show it.

/// Markdown as plain text: without the marks of headings, fences, rules between paragraphs and bold words, and with the
/// addresses of links behind their texts. Code keeps its backticks, as it has them in messages.
pub fn plain(markdown: &str) -> String {
    let mut inside = false;
    let mut text = String::new();
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            inside = !inside;
            continue;
        }
        match line {
            _ if inside => text.push_str(line),
            "---" => continue,
            _ if line.starts_with('#') => inline(line.trim_start_matches('#').trim_start(), &mut text),
            _ => inline(line, &mut text),
        }
        text.push('\n');
    }
    text.trim_end().to_owned()
}

/// A line outside of fences.
fn inline(line: &str, text: &mut String) {
    let mut rest = line;
    while let Some(at) = rest.find(['`', '*', '[', '\\']) {
        text.push_str(&rest[..at]);
        let (mark, after) = rest[at..].split_at(1);
        rest = after;
        match mark {
            "`" => {
                // Within code, marks are what they are.
                let end = after.find('`').map_or(0, |end| end + 1);
                text.push('`');
                text.push_str(&after[..end]);
                rest = &after[end..];
            }
            "*" if after.starts_with('*') => rest = &after[1..],
            "[" => match link(after) {
                Some((shown, address, length)) => {
                    inline(shown, text);
                    if shown.trim_matches('`') != address {
                        text.push_str(&format!(" ({address})"));
                    }
                    rest = &after[length..];
                }
                None => text.push('['),
            },
            "\\" if after.starts_with(|next: char| next.is_ascii_punctuation()) => {
                text.push_str(&after[..1]);
                rest = &after[1..];
            }
            other => text.push_str(other),
        }
    }
    text.push_str(rest);
}

/// What stands after the bracket of a link: its text, its address, and how long it is.
fn link(after: &str) -> Option<(&str, &str, usize)> {
    let (shown, rest) = after.split_once("](")?;
    let (address, _) = rest.split_once(')')?;
    let is_one = !shown.contains(['[', ']']) && !address.contains(char::is_whitespace);
    is_one.then(|| (shown, address, shown.len() + 2 + address.len() + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_words_stay() {
        for (markdown, expected) in [
            ("# Title\n\nA **bold** word.\n", "Title\n\nA bold word."),
            ("**`docker.io/library/a`**\n- from `b`", "`docker.io/library/a`\n- from `b`"),
            ("see [the page](https://x.y/z), [`a/b`](a/b)", "see the page (https://x.y/z), `a/b`"),
            ("```yaml\na: \"**\" # [x](y)\n---\n```\n\n---\n\nb", "a: \"**\" # [x](y)\n---\n\n\nb"),
            ("`**/*.rs` and 2 * 3, `open [a] \\*", "`**/*.rs` and 2 * 3, `open [a] *"),
        ] {
            assert_eq!(plain(markdown), expected, "{markdown}");
        }
    }
}
