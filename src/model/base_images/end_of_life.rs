//! Releases that get no more security fixes, by the dates their makers published.

use crate::model::image::Image;

/// The day after which there are no more fixes for this release of the image, as `YYYY-MM-DD`; `None` when it is not
/// known, or further away than this table.
pub(super) fn find(image: &Image) -> Option<&'static str> {
    if !image.is_official() {
        return None;
    }
    let tag = image.tag.as_deref()?;
    let releases = match image.repository() {
        "debian" | "buildpack-deps" => DEBIAN,
        "ubuntu" => UBUNTU,
        "alpine" => ALPINE,
        "centos" => CENTOS,
        "node" => NODE,
        "python" => PYTHON,
        "php" => PHP,
        "ruby" => RUBY,
        _ => return None,
    };
    let matches = |release: &str| {
        let rest = tag.strip_prefix(release);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
    };
    releases.iter().find(|(release, _)| matches(release)).map(|(_, date)| *date)
}

type Releases = &'static [(&'static str, &'static str)];

/// <https://wiki.debian.org/DebianReleases>, end of long-term support.
const DEBIAN: Releases = &[
    ("wheezy", "2018-05-31"),
    ("7", "2018-05-31"),
    ("jessie", "2020-06-30"),
    ("8", "2020-06-30"),
    ("stretch", "2022-06-30"),
    ("9", "2022-06-30"),
    ("buster", "2024-06-30"),
    ("10", "2024-06-30"),
];

/// <https://ubuntu.com/about/release-cycle>, end of standard support.
const UBUNTU: Releases = &[
    ("trusty", "2019-04-30"),
    ("14.04", "2019-04-30"),
    ("xenial", "2021-04-30"),
    ("16.04", "2021-04-30"),
    ("bionic", "2023-05-31"),
    ("18.04", "2023-05-31"),
    ("focal", "2025-05-31"),
    ("20.04", "2025-05-31"),
];

/// <https://alpinelinux.org/releases/>.
const ALPINE: Releases = &[
    ("3.10", "2021-05-01"),
    ("3.11", "2021-11-01"),
    ("3.12", "2022-05-01"),
    ("3.13", "2022-11-01"),
    ("3.14", "2023-05-01"),
    ("3.15", "2023-11-01"),
    ("3.16", "2024-05-23"),
    ("3.17", "2024-11-22"),
    ("3.18", "2025-05-09"),
];

/// <https://www.centos.org/centos-linux-eol/>.
const CENTOS: Releases = &[
    ("5", "2017-03-31"),
    ("centos5", "2017-03-31"),
    ("6", "2020-11-30"),
    ("centos6", "2020-11-30"),
    ("7", "2024-06-30"),
    ("centos7", "2024-06-30"),
    ("8", "2021-12-31"),
    ("centos8", "2021-12-31"),
];

/// <https://github.com/nodejs/Release>.
const NODE: Releases = &[
    ("8", "2019-12-31"),
    ("10", "2021-04-30"),
    ("11", "2019-06-01"),
    ("12", "2022-04-30"),
    ("13", "2020-06-01"),
    ("14", "2023-04-30"),
    ("15", "2021-06-01"),
    ("16", "2023-09-11"),
    ("17", "2022-06-01"),
    ("18", "2025-04-30"),
    ("19", "2023-06-01"),
    ("20", "2026-04-30"),
    ("21", "2024-06-01"),
];

/// <https://devguide.python.org/versions/>.
const PYTHON: Releases = &[
    ("2", "2020-01-01"),
    ("3.5", "2020-09-30"),
    ("3.6", "2021-12-23"),
    ("3.7", "2023-06-27"),
    ("3.8", "2024-10-07"),
    ("3.9", "2025-10-31"),
];

/// <https://www.php.net/eol.php>.
const PHP: Releases = &[
    ("5", "2018-12-31"),
    ("7.0", "2019-01-10"),
    ("7.1", "2019-12-01"),
    ("7.2", "2020-11-30"),
    ("7.3", "2021-12-06"),
    ("7.4", "2022-11-28"),
    ("8.0", "2023-11-26"),
    ("8.1", "2025-12-31"),
];

/// <https://www.ruby-lang.org/en/downloads/branches/>.
const RUBY: Releases = &[
    ("2.5", "2021-04-05"),
    ("2.6", "2022-04-12"),
    ("2.7", "2023-03-31"),
    ("3.0", "2024-04-23"),
    ("3.1", "2025-03-26"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

    #[test]
    fn only_whole_release_names_match() {
        let of = |text: &str| find(&Image::parse(text, Span::empty(0)).expect("legal"));
        assert_eq!(of("node:16-alpine"), Some("2023-09-11"));
        assert_eq!(of("python:3.9.1"), Some("2025-10-31"));
        assert_eq!(of("python:3.90"), None);
        assert_eq!(of("debian:12"), None);
        assert_eq!(of("acme/node:16"), None);
    }
}
