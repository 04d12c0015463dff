//! The short syntax of ports: `[[address:][host[-host]]:]container[-container][/protocol]`.

use std::net::IpAddr;
use std::ops::{Range, RangeInclusive};

use nom::character::complete::{char, digit1};
use nom::combinator::{all_consuming, map_res, opt};
use nom::sequence::preceded;
use nom::{IResult, Parser};

/// A mapping of ports, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShortPort<'a> {
    /// The address of the host it is bound to, brackets left out.
    pub host_ip: Option<&'a str>,
    /// The ports of the host; `None` when the engine picks one.
    pub published: Option<RangeInclusive<u16>>,
    /// Where `published` stands in the text.
    pub published_at: Range<usize>,
    /// The ports of the container.
    pub target: RangeInclusive<u16>,
    /// Where `target` stands in the text.
    pub target_at: Range<usize>,
    /// `tcp`, `udp` or `sctp`, in lower case.
    pub protocol: &'static str,
}

/// What is wrong with a mapping of ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortError {
    /// Where in the text.
    pub at: Range<usize>,
    /// What, starting in lower case.
    pub message: String,
}

const PROTOCOLS: [&str; 3] = ["tcp", "udp", "sctp"];

/// Reads the short syntax, as the loader does: from the right, so that an IPv6 address needs no brackets.
///
/// # Errors
///
/// Where the loader refuses the text.
pub fn parse_port(text: &str) -> Result<ShortPort<'_>, PortError> {
    let (host, container) = text.rsplit_once(':').map_or((None, text), |(host, rest)| (Some(host), rest));
    let container_start = text.len() - container.len();
    let (target, protocol) = container.split_once('/').unwrap_or((container, "tcp"));
    let target_at = container_start..container_start + target.len();
    if target.is_empty() {
        return Err(PortError { at: 0..text.len(), message: "there is no container port".to_owned() });
    }
    let protocol_at = (target_at.end + 1).min(text.len())..text.len();
    let protocol = if protocol.is_empty() { "tcp" } else { protocol };
    let Some(protocol) = PROTOCOLS.into_iter().find(|known| known.eq_ignore_ascii_case(protocol)) else {
        return Err(PortError { at: protocol_at, message: format!("`{protocol}` is not `tcp`, `udp` or `sctp`") });
    };
    let target = parse_range(target, target_at.clone())?;
    let (address, published) = match host {
        None => (None, ""),
        Some(host) => host.rsplit_once(':').map_or((None, host), |(address, port)| (Some(address), port)),
    };
    let published_end = host.map_or(0, str::len);
    let published_at = published_end - published.len()..published_end;
    let host_ip = address.filter(|address| !address.is_empty()).map(parse_address).transpose()?;
    let published = if published.is_empty() { None } else { Some(parse_range(published, published_at.clone())?) };
    if let Some(published) = &published {
        let (inside, outside) = (target.end() - target.start(), published.end() - published.start());
        if inside != outside && inside != 0 {
            return Err(PortError {
                at: 0..text.len(),
                message: format!(
                    "{} host ports cannot be mapped to {} container ports",
                    u32::from(outside) + 1,
                    u32::from(inside) + 1
                ),
            });
        }
    }
    Ok(ShortPort { host_ip, published, published_at, target, target_at, protocol })
}

/// Reads `80` or `80-90`.
///
/// # Errors
///
/// When it is neither; `at` is where the text stands.
pub fn parse_range(text: &str, at: Range<usize>) -> Result<RangeInclusive<u16>, PortError> {
    let range = (port_number, opt(preceded(char('-'), port_number)));
    match all_consuming(range).parse(text) {
        Ok((_, (start, Some(end)))) if end < start => {
            Err(PortError { at, message: format!("the range `{text}` ends before it starts") })
        }
        Ok((_, (start, end))) => Ok(start..=end.unwrap_or(start)),
        Err(_) => Err(PortError { at, message: describe(text) }),
    }
}

fn describe(text: &str) -> String {
    let numbers = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if text.split('-').all(numbers) && text.split('-').count() <= 2 {
        return format!("`{text}` is above 65535, the highest port");
    }
    format!("`{text}` is no port number and no range of them")
}

fn port_number(input: &str) -> IResult<&str, u16> {
    map_res(digit1, str::parse).parse(input)
}

fn parse_address(text: &str) -> Result<&str, PortError> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    // A zone (`fe80::1%eth0`) is part of the machine, not of the address.
    let address = bare.split_once('%').map_or(bare, |(address, _)| address);
    match address.parse::<IpAddr>() {
        Ok(_) => Ok(bare),
        Err(_) => Err(PortError { at: 0..text.len(), message: format!("`{text}` is no IP address") }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_taken_apart() {
        for (text, ip, published, target, protocol) in [
            ("80", None, None, 80..=80, "tcp"),
            ("8080:80", None, Some(8080..=8080), 80..=80, "tcp"),
            ("8000-8010:80-90/UDP", None, Some(8000..=8010), 80..=90, "udp"),
            ("8000-8010:80", None, Some(8000..=8010), 80..=80, "tcp"),
            ("127.0.0.1:8080:80", Some("127.0.0.1"), Some(8080..=8080), 80..=80, "tcp"),
            ("127.0.0.1::80", Some("127.0.0.1"), None, 80..=80, "tcp"),
            ("[::1]:8080:80/sctp", Some("::1"), Some(8080..=8080), 80..=80, "sctp"),
            ("::1:8080:80", Some("::1"), Some(8080..=8080), 80..=80, "tcp"),
        ] {
            let port = parse_port(text).expect(text);
            assert_eq!((port.host_ip, port.published, port.target), (ip, published, target), "{text}");
            assert_eq!(port.protocol, protocol, "{text}");
        }
    }

    #[test]
    fn an_error_points_at_the_part_that_is_wrong() {
        for (text, at) in [
            ("8080:web", 5..8),
            ("70000:80", 0..5),
            ("8080:80/http", 8..12),
            ("300.0.0.1:8080:80", 0..9),
            ("8080:", 0..5),
            ("90-80:80", 0..5),
            ("8000-8001:80-82", 0..15),
            ("8080 :80", 0..5),
            ("", 0..0),
        ] {
            assert_eq!(parse_port(text).map_err(|error| error.at), Err(at), "{text}");
        }
    }
}
