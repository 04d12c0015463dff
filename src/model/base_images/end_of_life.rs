//! Releases that get no more security fixes, by the dates their makers published. Read there and held, each of them, against
//! the folder `products` of <https://github.com/endoflife-date/endoflife.date> (MIT) of August 2026. Where the two differ by
//! days the maker counts: Debian 9, Ubuntu 14.04 and 16.04, Node.js 11, Ruby 2.5 and 2.6.

use super::EndOfLife;
use crate::model::image::Image;

/// The first part of the image that gets no more fixes, and since when; `None` when it is not known, or further away than
/// this table.
pub(super) fn find(image: &Image) -> Option<EndOfLife> {
    let tag = image.tag.as_deref()?;
    if image.registry() == "mcr.microsoft.com" {
        let repository = image.name.strip_prefix("dotnet/")?;
        let known = ["sdk", "aspnet", "runtime", "runtime-deps"].contains(&repository);
        return known.then(|| released(".NET", DOTNET, tag)).flatten();
    }
    if !image.is_official() {
        return None;
    }
    let (product, releases) = match image.repository() {
        "debian" => ("Debian", DEBIAN),
        "ubuntu" => ("Ubuntu", UBUNTU),
        "alpine" => ("Alpine", ALPINE),
        "fedora" => ("Fedora", FEDORA),
        "centos" => ("CentOS", CENTOS),
        "amazonlinux" => ("Amazon Linux", AMAZON),
        "node" => ("Node.js", NODE),
        "python" => ("Python", PYTHON),
        "php" => ("PHP", PHP),
        "ruby" => ("Ruby", RUBY),
        "golang" => ("Go", GO),
        "postgres" => ("PostgreSQL", POSTGRES),
        "mysql" => ("MySQL", MYSQL),
        "mariadb" => ("MariaDB", MARIADB),
        "mongo" => ("MongoDB", MONGO),
        _ => ("", NONE),
    };
    let own = released(product, releases, tag);
    let below = tag.split('-').filter_map(system);
    own.into_iter().chain(below).min_by_key(|found| found.date)
}

/// The release of `product` that a tag starts with.
fn released(product: &str, releases: Releases, tag: &str) -> Option<EndOfLife> {
    let matches = |release: &str| {
        let rest = tag.strip_prefix(release);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
    };
    let (release, date) = releases.iter().find(|(release, _)| matches(release))?;
    Some(EndOfLife { release: format!("{product} {release}"), date })
}

/// The distribution that a part of a tag names: `buster`, `alpine3.12`, `focal`.
fn system(part: &str) -> Option<EndOfLife> {
    if let Some(version) = part.strip_prefix("alpine") {
        return released("Alpine", ALPINE, version);
    }
    let named = |product: &str, releases: Releases| {
        let (release, date) = releases.iter().find(|(release, _)| *release == part)?;
        release
            .starts_with(|c: char| c.is_ascii_lowercase())
            .then(|| EndOfLife { release: format!("{product} {release}"), date })
    };
    named("Debian", DEBIAN).or_else(|| named("Ubuntu", UBUNTU))
}

type Releases = &'static [(&'static str, &'static str)];

const NONE: Releases = &[];

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
    // The tag was never moved on.
    ("latest", "2021-12-31"),
];

/// <https://aws.amazon.com/amazon-linux-2/faqs/>.
const AMAZON: Releases = &[("1", "2023-12-31"), ("2018.03", "2023-12-31"), ("2", "2026-06-30")];

/// <https://wiki.debian.org/DebianReleases>, end of long-term support.
const DEBIAN: Releases = &[
    ("12", "2028-06-30"),
    ("bookworm", "2028-06-30"),
    ("11", "2026-08-31"),
    ("bullseye", "2026-08-31"),
    ("10", "2024-06-30"),
    ("buster", "2024-06-30"),
    ("9", "2022-06-30"),
    ("stretch", "2022-06-30"),
    ("8", "2020-06-30"),
    ("jessie", "2020-06-30"),
    ("7", "2018-05-31"),
    ("wheezy", "2018-05-31"),
    ("6", "2016-02-29"),
    ("squeeze", "2016-02-29"),
];

/// <https://ubuntu.com/about/release-cycle>, end of standard support.
const UBUNTU: Releases = &[
    ("25.10", "2026-07-01"),
    ("questing", "2026-07-01"),
    ("25.04", "2026-01-17"),
    ("plucky", "2026-01-17"),
    ("24.10", "2025-07-10"),
    ("oracular", "2025-07-10"),
    ("23.10", "2024-07-12"),
    ("mantic", "2024-07-12"),
    ("23.04", "2024-01-20"),
    ("lunar", "2024-01-20"),
    ("22.10", "2023-07-20"),
    ("kinetic", "2023-07-20"),
    ("22.04", "2027-04-01"),
    ("jammy", "2027-04-01"),
    ("21.10", "2022-07-14"),
    ("impish", "2022-07-14"),
    ("21.04", "2022-01-20"),
    ("hirsute", "2022-01-20"),
    ("20.10", "2021-07-22"),
    ("groovy", "2021-07-22"),
    ("20.04", "2025-05-31"),
    ("focal", "2025-05-31"),
    ("19.10", "2020-07-06"),
    ("eoan", "2020-07-06"),
    ("19.04", "2020-01-23"),
    ("disco", "2020-01-23"),
    ("18.10", "2019-07-18"),
    ("cosmic", "2019-07-18"),
    ("18.04", "2023-05-31"),
    ("bionic", "2023-05-31"),
    ("17.10", "2018-07-19"),
    ("artful", "2018-07-19"),
    ("17.04", "2018-01-13"),
    ("zesty", "2018-01-13"),
    ("16.10", "2017-07-20"),
    ("yakkety", "2017-07-20"),
    ("16.04", "2021-04-30"),
    ("xenial", "2021-04-30"),
    ("15.10", "2016-07-28"),
    ("wily", "2016-07-28"),
    ("15.04", "2016-02-04"),
    ("vivid", "2016-02-04"),
    ("14.10", "2015-07-23"),
    ("utopic", "2015-07-23"),
    ("14.04", "2019-04-30"),
    ("trusty", "2019-04-30"),
    ("13.10", "2014-07-17"),
    ("saucy", "2014-07-17"),
    ("13.04", "2014-01-27"),
    ("raring", "2014-01-27"),
    ("12.10", "2014-05-16"),
    ("quantal", "2014-05-16"),
    ("12.04", "2017-04-28"),
    ("precise", "2017-04-28"),
];

/// <https://alpinelinux.org/releases/>.
const ALPINE: Releases = &[
    ("3.24", "2028-06-01"),
    ("3.23", "2027-11-01"),
    ("3.22", "2027-05-01"),
    ("3.21", "2026-11-01"),
    ("3.20", "2026-04-01"),
    ("3.19", "2025-11-01"),
    ("3.18", "2025-05-09"),
    ("3.17", "2024-11-22"),
    ("3.16", "2024-05-23"),
    ("3.15", "2023-11-01"),
    ("3.14", "2023-05-01"),
    ("3.13", "2022-11-01"),
    ("3.12", "2022-05-01"),
    ("3.11", "2021-11-01"),
    ("3.10", "2021-05-01"),
    ("3.9", "2020-11-01"),
    ("3.8", "2020-05-01"),
    ("3.7", "2019-11-01"),
    ("3.6", "2019-05-01"),
    ("3.5", "2018-11-01"),
    ("3.4", "2018-05-01"),
    ("3.3", "2017-11-01"),
    ("3.2", "2017-05-01"),
    ("3.1", "2016-11-01"),
    ("3.0", "2016-05-01"),
    ("2.7", "2015-11-01"),
    ("2.6", "2015-05-01"),
];

/// <https://docs.fedoraproject.org/en-US/releases/eol/>.
const FEDORA: Releases = &[
    ("44", "2027-06-02"),
    ("43", "2026-12-09"),
    ("42", "2026-05-27"),
    ("41", "2025-12-15"),
    ("40", "2025-05-13"),
    ("39", "2024-11-26"),
    ("38", "2024-05-21"),
    ("37", "2023-12-05"),
    ("36", "2023-05-16"),
    ("35", "2022-12-13"),
    ("34", "2022-06-07"),
    ("33", "2021-11-30"),
    ("32", "2021-05-25"),
    ("31", "2020-11-24"),
    ("30", "2020-05-26"),
    ("29", "2019-11-26"),
    ("28", "2019-05-28"),
    ("27", "2018-11-30"),
    ("26", "2018-05-29"),
    ("25", "2017-12-12"),
    ("24", "2017-08-08"),
    ("23", "2016-12-20"),
    ("22", "2016-07-19"),
    ("21", "2015-12-01"),
    ("20", "2015-06-23"),
    ("19", "2015-01-06"),
    ("18", "2014-01-14"),
];

/// <https://github.com/nodejs/Release>.
const NODE: Releases = &[
    ("24", "2028-04-30"),
    ("25", "2026-06-01"),
    ("23", "2025-06-01"),
    ("22", "2027-04-30"),
    ("21", "2024-06-01"),
    ("20", "2026-04-30"),
    ("19", "2023-06-01"),
    ("18", "2025-04-30"),
    ("17", "2022-06-01"),
    ("16", "2023-09-11"),
    ("15", "2021-06-01"),
    ("14", "2023-04-30"),
    ("13", "2020-06-01"),
    ("12", "2022-04-30"),
    ("11", "2019-06-01"),
    ("10", "2021-04-30"),
    ("9", "2018-06-30"),
    ("8", "2019-12-31"),
    ("7", "2017-06-30"),
    ("6", "2019-04-30"),
    ("5", "2016-06-30"),
    ("4", "2018-04-30"),
];

/// <https://devguide.python.org/versions/>.
const PYTHON: Releases = &[
    ("3.12", "2028-10-31"),
    ("3.11", "2027-10-31"),
    ("3.10", "2026-10-31"),
    ("3.9", "2025-10-31"),
    ("3.8", "2024-10-07"),
    ("3.7", "2023-06-27"),
    ("3.6", "2021-12-23"),
    ("3.5", "2020-09-30"),
    ("3.4", "2019-03-18"),
    ("3.3", "2017-09-29"),
    ("3.2", "2016-02-20"),
    ("2.7", "2020-01-01"),
    ("2", "2020-01-01"),
];

/// <https://www.php.net/eol.php>.
const PHP: Releases = &[
    ("8.4", "2028-12-31"),
    ("8.3", "2027-12-31"),
    ("8.2", "2026-12-31"),
    ("8.1", "2025-12-31"),
    ("8.0", "2023-11-26"),
    ("7.4", "2022-11-28"),
    ("7.3", "2021-12-06"),
    ("7.2", "2020-11-30"),
    ("7.1", "2019-12-01"),
    ("7.0", "2019-01-10"),
    ("5.6", "2018-12-31"),
    ("5", "2018-12-31"),
    ("5.5", "2016-07-21"),
    ("5.4", "2015-09-14"),
    ("5.3", "2014-08-14"),
];

/// <https://www.ruby-lang.org/en/downloads/branches/>.
const RUBY: Releases = &[
    ("3.4", "2028-03-31"),
    ("3.3", "2027-03-31"),
    ("3.2", "2026-03-31"),
    ("3.1", "2025-03-26"),
    ("3.0", "2024-04-23"),
    ("2.7", "2023-03-31"),
    ("2.6", "2022-04-12"),
    ("2.5", "2021-04-05"),
    ("2.4", "2020-03-31"),
    ("2.3", "2019-03-31"),
    ("2.2", "2018-03-31"),
    ("2.1", "2017-03-31"),
    ("2.0.0", "2016-02-24"),
    ("1.9.3", "2015-02-23"),
];

/// <https://go.dev/doc/devel/release>: the day two newer releases were out.
const GO: Releases = &[
    ("1.25", "2026-08-19"),
    ("1.24", "2026-02-10"),
    ("1.23", "2025-08-12"),
    ("1.22", "2025-02-11"),
    ("1.21", "2024-08-13"),
    ("1.20", "2024-02-06"),
    ("1.19", "2023-09-06"),
    ("1.18", "2023-02-01"),
    ("1.17", "2022-08-02"),
    ("1.16", "2022-03-15"),
    ("1.15", "2021-08-16"),
    ("1.14", "2021-02-16"),
    ("1.13", "2020-08-11"),
    ("1.12", "2020-02-25"),
    ("1.11", "2019-09-03"),
    ("1.10", "2019-02-25"),
    ("1.9", "2018-08-24"),
    ("1.8", "2018-02-16"),
    ("1.7", "2017-08-24"),
    ("1.6", "2017-02-16"),
    ("1.5", "2016-08-15"),
    ("1.4", "2016-02-17"),
    ("1.3", "2015-08-19"),
];

/// <https://www.postgresql.org/support/versioning/>.
const POSTGRES: Releases = &[
    ("16", "2028-11-09"),
    ("15", "2027-11-11"),
    ("14", "2026-11-12"),
    ("13", "2025-11-13"),
    ("12", "2024-11-21"),
    ("11", "2023-11-09"),
    ("10", "2022-11-10"),
    ("9.6", "2021-11-11"),
    ("9.5", "2021-02-11"),
    ("9.4", "2020-02-13"),
    ("9.3", "2018-11-08"),
    ("9.2", "2017-11-09"),
    ("9.1", "2016-10-27"),
    ("9.0", "2015-10-08"),
];

/// <https://www.oracle.com/us/support/library/lifetime-support-technology-069183.pdf>.
const MYSQL: Releases = &[
    ("9.6", "2026-04-21"),
    ("9.5", "2026-01-20"),
    ("9.4", "2025-10-21"),
    ("9.3", "2025-07-22"),
    ("9.2", "2025-04-15"),
    ("9.1", "2025-01-21"),
    ("9.0", "2024-10-15"),
    ("8.3", "2024-04-10"),
    ("8.2", "2023-12-14"),
    ("8.1", "2023-10-25"),
    ("8.0", "2026-04-30"),
    ("5.7", "2023-10-31"),
    ("5.6", "2021-02-28"),
    ("5.5", "2018-12-31"),
];

/// <https://mariadb.org/about/#maintenance-policy>.
const MARIADB: Releases = &[
    ("11.8", "2028-06-04"),
    ("10.11", "2028-02-16"),
    ("12.2", "2026-05-28"),
    ("12.1", "2026-02-13"),
    ("12.0", "2025-11-18"),
    ("11.7", "2025-05-12"),
    ("11.6", "2025-02-13"),
    ("11.5", "2024-11-21"),
    ("11.3", "2024-05-29"),
    ("11.2", "2024-11-21"),
    ("11.1", "2024-08-21"),
    ("11.0", "2024-06-06"),
    ("10.10", "2023-11-17"),
    ("10.9", "2023-08-22"),
    ("10.8", "2023-05-20"),
    ("10.7", "2023-02-09"),
    ("10.6", "2026-07-06"),
    ("10.5", "2025-06-24"),
    ("10.4", "2024-06-18"),
    ("10.3", "2023-05-25"),
    ("10.2", "2022-05-23"),
    ("10.1", "2020-10-17"),
    ("10.0", "2019-03-31"),
    ("5.5", "2020-04-11"),
    ("5.3", "2017-03-01"),
];

/// <https://www.mongodb.com/legal/support-policy/lifecycles>.
const MONGO: Releases = &[
    ("7.0", "2027-08-31"),
    ("8.2", "2026-07-31"),
    ("8.1", "2025-09-30"),
    ("7.3", "2024-10-02"),
    ("7.2", "2024-03-27"),
    ("7.1", "2024-01-23"),
    ("6.3", "2023-08-31"),
    ("6.2", "2023-04-24"),
    ("6.1", "2023-02-09"),
    ("6.0", "2025-07-31"),
    ("5.3", "2022-07-19"),
    ("5.2", "2022-03-23"),
    ("5.1", "2022-01-19"),
    ("5.0", "2024-10-31"),
    ("4.4", "2024-02-29"),
    ("4.2", "2023-04-30"),
    ("4.0", "2022-04-30"),
    ("3.6", "2021-04-30"),
    ("3.4", "2020-01-31"),
    ("3.2", "2018-09-30"),
    ("3.0", "2018-02-28"),
    ("2.6", "2016-10-31"),
];

/// <https://dotnet.microsoft.com/platform/support/policy/dotnet-core>.
const DOTNET: Releases = &[
    ("10.0", "2028-11-14"),
    ("9.0", "2026-11-10"),
    ("8.0", "2026-11-10"),
    ("7.0", "2024-05-14"),
    ("6.0", "2024-11-12"),
    ("5.0", "2022-05-10"),
    ("3.1", "2022-12-13"),
    ("3.0", "2020-03-03"),
    ("2.2", "2019-12-23"),
    ("2.1", "2021-08-21"),
    ("2.0", "2018-10-01"),
    ("1.1", "2019-06-27"),
    ("1.0", "2019-06-27"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

    fn of(text: &str) -> Option<(String, &'static str)> {
        find(&Image::parse(text, Span::empty(0)).expect("legal")).map(|found| (found.release, found.date))
    }

    #[test]
    fn only_whole_release_names_match() {
        let date = |text| of(text).map(|(_, date)| date);
        assert_eq!(date("node:16-alpine"), Some("2023-09-11"));
        assert_eq!(date("python:3.9.1"), Some("2025-10-31"));
        assert_eq!(date("python:3.90"), None);
        assert_eq!(date("debian:13"), None);
        assert_eq!(date("acme/node:16"), None);
        assert_eq!(date("golang:1.1"), None);
        assert_eq!(date("mcr.microsoft.com/dotnet/sdk:6.0-jammy"), Some("2024-11-12"));
    }

    #[test]
    fn the_distribution_below_counts_as_well() {
        let some = |release: &str, date| Some((release.to_owned(), date));
        assert_eq!(of("node:22-buster"), some("Debian buster", "2024-06-30"));
        assert_eq!(of("python:3.14-alpine3.18"), some("Alpine 3.18", "2025-05-09"));
        assert_eq!(of("php:7.4-apache-buster"), some("PHP 7.4", "2022-11-28"));
        assert_eq!(of("eclipse-temurin:21-jdk-focal"), some("Ubuntu focal", "2025-05-31"));
        assert_eq!(of("rust:1.90-slim-trixie"), None);
    }

    #[test]
    fn every_date_is_a_day() {
        for (release, date) in [DEBIAN, UBUNTU, ALPINE, NODE, PYTHON, GO, MYSQL, DOTNET].concat() {
            assert!(date.len() == 10 && date.as_bytes()[4] == b'-', "{release}");
        }
    }
}
