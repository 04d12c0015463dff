//! "Did you mean …?": the nearest of some known words.

/// The words longer than this are never compared: nobody mistypes them into one another.
const LONGEST: usize = 64;

/// The candidate nearest to `word` and its distance, if one is near enough to be what was meant and no other is
/// equally near. Near enough is one slip in words up to five bytes, two in longer ones.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<(&'a str, usize)> {
    let limit = if word.len() <= 5 { 1 } else { 2 };
    let mut best: Option<(&str, usize)> = None;
    let mut tied = false;
    for candidate in candidates {
        let Some(distance) = distance_within(word, candidate, limit) else { continue };
        match best {
            Some((other, least)) if least < distance || other == candidate => {}
            Some((_, least)) if least == distance => tied = true,
            _ => {
                best = Some((candidate, distance));
                tied = false;
            }
        }
    }
    best.filter(|_| !tied)
}

/// The number of slips between two words, where a slip is a byte too many, too few, wrong, or swapped with its
/// neighbour; letter case is one slip in all. `None` beyond `limit`.
pub fn distance_within(left: &str, right: &str, limit: usize) -> Option<usize> {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left == right {
        return Some(0);
    }
    if left.len().abs_diff(right.len()) > limit || left.len().max(right.len()) > LONGEST {
        return None;
    }
    if left.eq_ignore_ascii_case(right) {
        return (limit >= 1).then_some(1);
    }
    let mut before: [usize; LONGEST + 1] = [0; LONGEST + 1];
    let mut above: [usize; LONGEST + 1] = std::array::from_fn(|column| column);
    let mut row: [usize; LONGEST + 1] = [0; LONGEST + 1];
    for (i, l) in left.iter().enumerate() {
        row[0] = i + 1;
        let mut least = row[0];
        for (j, r) in right.iter().enumerate() {
            let changed = above[j] + usize::from(l != r);
            let mut cost = changed.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *l == right[j - 1] && left[i - 1] == *r {
                cost = cost.min(before[j - 1] + 1);
            }
            row[j + 1] = cost;
            least = least.min(cost);
        }
        if least > limit {
            return None;
        }
        before = above;
        above = row;
    }
    Some(above[right.len()]).filter(|distance| *distance <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted() {
        for (left, right, expected) in [
            ("image", "image", Some(0)),
            ("imagee", "image", Some(1)),
            ("imgae", "image", Some(1)),
            ("Image", "image", Some(1)),
            ("volume", "volumes", Some(1)),
            ("enviroment", "environment", Some(1)),
            ("envoironmen", "environment", Some(2)),
            ("command", "container", None),
            ("", "ab", Some(2)),
        ] {
            assert_eq!(distance_within(left, right, 2), expected, "{left} {right}");
        }
    }

    #[test]
    fn the_nearest_word_is_meant_unless_two_are_equally_near() {
        let keys = ["ports", "image", "dns", "ipc", "pid"];
        assert_eq!(nearest("port", keys), Some(("ports", 1)));
        assert_eq!(nearest("pic", keys), None);
        assert_eq!(nearest("pip", ["pid", "pie"]), None);
        assert_eq!(nearest("restart_policy", keys), None);
    }
}
