//! A file behind a URL, as ADD fetches it: `save` of BuildKit's `source/http/source.go`
//! (<https://github.com/moby/buildkit>, Apache-2.0).

use std::error::Error as _;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use ureq::Agent;
use ureq::http::{HeaderMap, header};

use super::digest::{Digest, Hasher};
use super::registry::USER_AGENT;
use super::tls;

/// How much is fetched, and how long that may take.
#[derive(Clone, Copy, Debug)]
pub struct DownloadLimits {
    /// Bytes of the file.
    pub bytes: u64,
    /// How long a connection may take to come about, and how long nothing may come over it.
    pub patience: Duration,
    /// How long all of it may take.
    pub whole: Duration,
}

/// A file that was fetched.
#[derive(Debug)]
pub struct Download {
    /// Its content, from the start; it has no name on the disk.
    pub file: File,
    /// What the content is known by.
    pub digest: Digest,
    /// Its bytes.
    pub size: u64,
    /// When it was changed, as far as the server says, in seconds since 1970.
    pub modified: Option<i64>,
}

/// Fetches the file at `url` into a file without a name in `folder`. From `https` nobody is sent on to `http`.
///
/// # Errors
///
/// Why it cannot be had, starting in lower case.
pub fn download(url: &str, folder: &Path, limits: DownloadLimits) -> Result<Download, String> {
    let failed = |why: String| format!("`{url}` cannot be fetched: {why}");
    let response = agent(url, limits).and_then(|agent| agent.get(url).call().map_err(|error| said(&error)));
    let response = response.map_err(failed)?;
    let status = response.status();
    if !(200..400).contains(&status.as_u16()) {
        let reason = status.canonical_reason().unwrap_or("an error without a name");
        return Err(failed(format!("the server answers {} ({reason})", status.as_u16())));
    }
    let modified = text(response.headers(), header::LAST_MODIFIED).and_then(http_date);
    let encoding = text(response.headers(), header::CONTENT_ENCODING).unwrap_or_default().to_ascii_lowercase();
    let body = response.into_body().into_reader();
    let body: Box<dyn Read> = match encoding.as_str() {
        "" | "identity" => Box::new(body),
        // As Go's client does, which says that it takes that.
        "gzip" => Box::new(MultiGzDecoder::new(body)),
        other => return Err(failed(format!("the server packs it as `{}`", other.escape_debug()))),
    };
    // Without a name from the start, so that nothing is left behind.
    let file = tempfile::tempfile_in(folder).map_err(|error| failed(format!("cannot make a file for it: {error}")))?;
    let mut hasher = Hasher::new(file);
    io::copy(&mut body.take(limits.bytes.saturating_add(1)), &mut hasher).map_err(|error| failed(error.to_string()))?;
    hasher.flush().map_err(|error| failed(error.to_string()))?;
    let (mut file, digest, size) = hasher.finish();
    if size > limits.bytes {
        return Err(failed(format!("it is larger than the {} bytes that are read", limits.bytes)));
    }
    file.rewind().map_err(|error| failed(error.to_string()))?;
    Ok(Download { file, digest, size, modified })
}

fn agent(url: &str, limits: DownloadLimits) -> Result<Agent, String> {
    let is_encrypted = url.starts_with("https://");
    let mut config = Agent::config_builder()
        .http_status_as_error(false)
        .https_only(is_encrypted)
        .user_agent(USER_AGENT)
        .timeout_connect(Some(limits.patience))
        .timeout_recv_response(Some(limits.patience))
        .timeout_per_read(Some(limits.patience))
        .timeout_global(Some(limits.whole));
    config = match tls::configuration() {
        Ok(tls) => config.tls_config(tls).max_redirects(10),
        Err(error) if is_encrypted => return Err(error.to_string()),
        // Nobody can be sent on to where TLS is needed.
        Err(_) => config.max_redirects(0),
    };
    Ok(config.build().into())
}

fn said(error: &ureq::Error) -> String {
    match error {
        ureq::Error::HostNotFound => "there is no such host".to_owned(),
        ureq::Error::Timeout(_) => "the server does not answer in time".to_owned(),
        ureq::Error::RequireHttpsOnly(_) => "the server sends us on to where there is no TLS".to_owned(),
        ureq::Error::Io(error) => match error.get_ref() {
            Some(inner) => inner.to_string(),
            None => error.to_string(),
        },
        error => error.source().map_or_else(|| error.to_string(), ToString::to_string),
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// A date as HTTP writes it, in seconds since 1970: the three forms of RFC 9110, section 5.6.7.
fn http_date(text: &str) -> Option<i64> {
    let words: Vec<&str> = text.split([' ', ',', '-']).filter(|word| !word.is_empty()).collect();
    // `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`.
    let (day, month, year, time) = match words[..] {
        [_, day, month, year, time, "GMT"] => (day, month, year, time),
        [_, month, day, time, year] => (day, month, year, time),
        _ => return None,
    };
    let number =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<i64>().ok()).flatten();
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = MONTHS.iter().position(|name| *name == month)? as i64 + 1;
    let year = match (number(year)?, year.len()) {
        // As Go reads two digits.
        (year, 2) if year < 69 => year + 2000,
        (year, 2) => year + 1900,
        (year, 4) => year,
        _ => return None,
    };
    let clock: Vec<i64> = time.split(':').map(number).collect::<Option<_>>()?;
    let [hour, minute, second] = clock[..] else { return None };
    let day = number(day)?;
    if !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    // "chrono-Compatible Low-Level Date Algorithms" of Howard Hinnant: years begin with March.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    Some(days * 86_400 + hour * 3_600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_the_three_forms_of_http() {
        for text in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            assert_eq!(http_date(text), Some(784_111_777), "{text}");
        }
        assert_eq!(http_date("Tue, 29 Feb 2000 12:09:14 GMT"), Some(951_826_154));
        assert_eq!(http_date("Thu, 01 Jan 1970 00:00:00 GMT"), Some(0));
        for text in [
            "",
            "yesterday",
            "Sun, 06 Nov 1994 08:49 GMT",
            "Sun, 99 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 CET",
        ] {
            assert_eq!(http_date(text), None, "{text}");
        }
    }
}
