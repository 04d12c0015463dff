//! Kubernetes quantities: `500m`, `1.5Gi`, `2e3`. The grammar is that of the API's `resource.Quantity`.

use nom::branch::alt;
use nom::bytes::complete::tag;
use nom::character::complete::{char, digit0, digit1, one_of};
use nom::combinator::{all_consuming, map, opt, recognize, verify};
use nom::sequence::{pair, preceded};
use nom::{IResult, Parser};

/// An amount of a resource, exact to a billionth; what is finer is rounded up, as the API server does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity {
    /// In billionths of the unit (cores, bytes, pieces).
    nano: i128,
}

/// Billionths in one.
const NANO: i128 = 1_000_000_000;
/// The greatest amount the API keeps: 2^63 - 1 of the unit. What is written above counts as this.
const GREATEST: i128 = i64::MAX as i128 * NANO;
/// Digits before the point that can make a difference below [`GREATEST`].
const WHOLE_DIGITS: usize = 20;
/// Digits after the point that are looked at; further ones only round up.
const FRACTION_DIGITS: usize = 15;

/// What follows the number: a power of ten and a power of 1024.
#[derive(Clone, Copy)]
struct Scale {
    ten: i32,
    binary: u32,
}

impl Quantity {
    /// Reads a quantity; `None` when it is none (`1GB`, `100 m`, `0,5`).
    pub fn parse(text: &str) -> Option<Quantity> {
        let (_, (negative, (whole, fraction), scale)) = all_consuming(quantity).parse(text).ok()?;
        let amount = amount(whole, fraction, scale);
        Some(Quantity { nano: if negative { -amount } else { amount } })
    }

    /// In billionths of the unit.
    pub fn nano(self) -> i128 {
        self.nano
    }

    /// Whether it is a whole number of units. Memory and pieces must be; `512m` of memory is half a byte.
    pub fn is_whole(self) -> bool {
        self.nano % NANO == 0
    }
}

fn quantity(input: &str) -> IResult<&str, (bool, (&str, &str), Scale)> {
    let (input, sign) = opt(one_of("+-")).parse(input)?;
    let (input, number) = number(input)?;
    let (input, scale) = scale(input)?;
    Ok((input, (sign == Some('-'), number, scale)))
}

/// Digits before and after the point; one of the two may be empty.
fn number(input: &str) -> IResult<&str, (&str, &str)> {
    let fraction = map(opt(preceded(char('.'), digit0)), Option::unwrap_or_default);
    verify(pair(digit0, fraction), |(whole, fraction): &(&str, &str)| !(whole.is_empty() && fraction.is_empty()))
        .parse(input)
}

/// The suffix. An exponent comes before `E` for exa: `1E3` is a thousand, `1E` is an exa.
fn scale(input: &str) -> IResult<&str, Scale> {
    let exponent = map(
        preceded(one_of("eE"), recognize(pair(opt(one_of("+-")), digit1))),
        // More digits than an `i32` holds are beyond every bound; both ends are clamped later.
        |digits: &str| Scale {
            ten: digits.parse().unwrap_or(if digits.starts_with('-') { -99 } else { 99 }),
            binary: 0,
        },
    );
    let binary = alt((
        map(tag("Ki"), |_| 1),
        map(tag("Mi"), |_| 2),
        map(tag("Gi"), |_| 3),
        map(tag("Ti"), |_| 4),
        map(tag("Pi"), |_| 5),
        map(tag("Ei"), |_| 6),
    ));
    let decimal = map(opt(one_of("numkMGTPE")), |suffix| match suffix {
        Some('n') => -9,
        Some('u') => -6,
        Some('m') => -3,
        Some('k') => 3,
        Some('M') => 6,
        Some('G') => 9,
        Some('T') => 12,
        Some('P') => 15,
        Some('E') => 18,
        _ => 0,
    });
    alt((exponent, map(binary, |binary| Scale { ten: 0, binary }), map(decimal, |ten| Scale { ten, binary: 0 })))
        .parse(input)
}

/// The number in billionths, clamped to [`GREATEST`].
fn amount(whole: &str, fraction: &str, scale: Scale) -> i128 {
    let digits: Vec<i128> = whole.bytes().chain(fraction.bytes()).map(|digit| i128::from(digit - b'0')).collect();
    let Some(first) = digits.iter().position(|digit| *digit != 0) else { return 0 };
    // Where the point stands after the power of ten moved it, counted in `digits`.
    let point = whole.len() as i64 + i64::from(scale.ten.clamp(-99, 99));
    if point - first as i64 > WHOLE_DIGITS as i64 {
        return GREATEST;
    }
    let digit = |place: i64| usize::try_from(place).ok().and_then(|place| digits.get(place)).copied().unwrap_or(0);
    let factor = 1024_i128.pow(scale.binary);
    let whole = (first as i64..point).fold(0, |value, place| value * 10 + digit(place));
    let places = point..point + FRACTION_DIGITS as i64;
    let part = places.clone().fold(0, |value, place| value * 10 + digit(place)) * factor;
    let one = 10_i128.pow(FRACTION_DIGITS as u32);
    let rest = (first as i64).max(places.end)..digits.len() as i64;
    let inexact = rest.into_iter().any(|place| digit(place) != 0);
    let nano = part / one * NANO + (part % one * NANO + i128::from(inexact) + one - 1) / one;
    let whole = whole.checked_mul(factor * NANO).unwrap_or(GREATEST);
    whole.saturating_add(nano).min(GREATEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nano(text: &str) -> Option<i128> {
        Quantity::parse(text).map(Quantity::nano)
    }

    #[test]
    fn suffixes_and_exponents_scale_the_number() {
        for (text, expected) in [
            ("1", NANO),
            ("100m", NANO / 10),
            ("0.1", NANO / 10),
            (".5", NANO / 2),
            ("5.", 5 * NANO),
            ("1Ki", 1024 * NANO),
            ("1.5Gi", 3 * 512 * 1024 * 1024 * NANO),
            ("1k", 1000 * NANO),
            ("1e3", 1000 * NANO),
            ("1E3", 1000 * NANO),
            ("12e-1", 1_200_000_000),
            ("1E", 1_000_000_000_000_000_000 * NANO),
            ("7n", 7),
            ("-2", -2 * NANO),
            ("+2", 2 * NANO),
            ("000.0", 0),
        ] {
            assert_eq!(nano(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_finer_than_a_billionth_is_rounded_up() {
        assert_eq!(nano("0.5n"), Some(1));
        assert_eq!(nano("1e-30"), Some(1));
        assert_eq!(nano("0.0000000000000000000000001"), Some(1));
    }

    #[test]
    fn what_is_beyond_the_bounds_counts_as_the_greatest() {
        for text in ["100E", "9e99999999999", "99999999999999999999999999999999999999999999999", "9000Ei"] {
            assert_eq!(nano(text), Some(GREATEST), "{text}");
        }
        assert_eq!(nano("1e-99999999999"), Some(1));
    }

    #[test]
    fn other_notations_are_no_quantities() {
        for text in ["", "1GB", "512mb", "100 m", "0.5Gb", "1,5", "Gi", ".", "1e", "1K", "0x10", "--1", "1ki", "1mi"] {
            assert_eq!(nano(text), None, "{text}");
        }
    }

    #[test]
    fn quantities_compare_by_amount() {
        let quantity = |text| Quantity::parse(text).expect("a quantity");
        assert!(quantity("1Gi") > quantity("1G"));
        assert_eq!(quantity("1000m"), quantity("1"));
        assert!(!quantity("512m").is_whole());
    }
}
