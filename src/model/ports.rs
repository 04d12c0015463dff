//! What EXPOSE takes: `[[ip:]hostPort:]containerPort[/protocol]`, ports as one number or a range.
//!
//! The reading is that of `nat.ParsePortSpec` (<https://github.com/docker/go-connections>, Apache-2.0), which BuildKit
//! uses.

/// The parts of a port as they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exposed<'t> {
    /// The address and the port of the host, which an image cannot say anything about.
    pub host: Option<&'t str>,
    /// The port of the container, or a range of them.
    pub container: &'t str,
    /// What follows `/`.
    pub protocol: Option<&'t str>,
}

impl<'t> Exposed<'t> {
    /// Takes `text` apart.
    pub fn new(text: &'t str) -> Exposed<'t> {
        let (ports, protocol) = match text.split_once('/') {
            Some((ports, protocol)) => (ports, Some(protocol)),
            None => (text, None),
        };
        let (host, container) = match ports.rsplit_once(':') {
            Some((host, container)) => (Some(host), container),
            None => (None, ports),
        };
        Exposed { host, container, protocol }
    }

    /// Whether the container listens on `port` by it.
    pub fn has(self, port: u16) -> bool {
        range(self.container).is_ok_and(|(first, last)| first <= port && port <= last)
    }

    /// The ports of the container; none where there is a fault.
    pub fn numbers(self) -> impl Iterator<Item = u16> {
        let (first, last) = range(self.container).unwrap_or((1, 0));
        first..=last
    }

    /// Why the builder refuses it, as the end of a sentence that begins with it; `None` when it does not.
    pub fn fault(self) -> Option<&'static str> {
        if let Some(protocol) = self.protocol.filter(|protocol| !protocol.is_empty())
            && !["tcp", "udp", "sctp"].iter().any(|known| known.eq_ignore_ascii_case(protocol))
        {
            return Some("has another protocol than `tcp`, `udp` or `sctp`");
        }
        if self.container.is_empty() {
            return Some("has no port");
        }
        let (first, last) = match range(self.container) {
            Ok(range) => range,
            Err(fault) => return Some(fault),
        };
        let host = self.host.map(|host| host.rsplit_once(':').map_or(host, |(_, port)| port));
        match host.filter(|host| !host.is_empty()).map(range)? {
            Err(fault) => Some(fault),
            Ok((from, to)) if first != last && to - from != last - first => Some("maps ranges of different lengths"),
            Ok(_) => None,
        }
    }
}

fn range(text: &str) -> Result<(u16, u16), &'static str> {
    let number = |text: &str| match text.parse::<u16>() {
        Ok(port) => Ok(port),
        Err(_) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err("is beyond 65535, the last port there is")
        }
        Err(_) => Err("is no number"),
    };
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (number(first)?, number(last)?);
    if first > last { Err("is a range that ends before it starts") } else { Ok((first, last)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_buildkit_accepts_has_no_fault() {
        for text in ["80", "0", "80/sctp", "80/Tcp", "80/", ":80", "1-2:3", "127.0.0.1:80:90", "[::1]:80:90", "8-9:1-2"]
        {
            assert_eq!(Exposed::new(text).fault(), None, "{text}");
        }
        for text in
            ["80000", "1-70000", "-1", "80/xyz", "abc", "80-", "9-8", "80/tcp/udp", "/tcp", "80:", "99999:1", "1-3:1-2"]
        {
            assert!(Exposed::new(text).fault().is_some(), "{text}");
        }
    }
}
