//! Reading from a registry: the half of the OCI distribution specification (v1.1, `spec.md`, "Pull") that pulls, over
//! HTTP. What comes is not believed here either: [`super::import`] holds every blob to its digest and size.

use std::cell::RefCell;
use std::error::Error as _;
use std::io::{self, Read};
use std::net::IpAddr;
use std::time::Duration;

use serde::Deserialize;
use ureq::http::{Response, StatusCode, header};
use ureq::{Agent, Body};

use super::digest::Digest;
use super::error::{ImageError, Result};
use super::import::Source;
use super::limits::ImageLimits;
use super::manifest::{Descriptor, media_type};
use super::tls;

/// How a registry is talked to.
#[derive(Clone, Copy, Debug)]
pub struct PullOptions {
    /// Whether a registry on this machine is talked to without TLS, as engines do. No other one ever is.
    pub plain_loopback: bool,
    /// How long a connection may take to come about, and how long nothing may come over it.
    pub patience: Duration,
    /// How long one blob may take altogether.
    pub blob: Duration,
}

impl Default for PullOptions {
    fn default() -> PullOptions {
        PullOptions { plain_loopback: true, patience: Duration::from_secs(30), blob: Duration::from_secs(60 * 60) }
    }
}

/// A repository in a registry.
pub(super) struct Registry {
    agent: Agent,
    /// `https://registry.example.com`.
    base: String,
    host: String,
    repository: String,
    /// What an earlier answer asked us to show.
    token: RefCell<Option<String>>,
    /// Whether other hosts may be asked without TLS, too: only where the registry itself is on this machine.
    is_plain: bool,
    /// The manifest that was asked for by its name, which is not asked for again by its digest.
    first: RefCell<Option<(Digest, Vec<u8>)>>,
}

/// Bytes of what is neither a manifest nor a blob: tokens and errors.
const MOST_NOTE: u64 = 1 << 20;
/// What we are called.
pub(super) const USER_AGENT: &str = concat!("rlint/", env!("CARGO_PKG_VERSION"));

impl Registry {
    /// The repository `repository` in the registry at `host`. Nothing is asked yet.
    pub(super) fn new(host: &str, repository: &str, options: &PullOptions) -> Result<Registry> {
        let is_plain = options.plain_loopback && is_loopback(host);
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .https_only(!is_plain)
            .user_agent(USER_AGENT)
            .max_redirects(5)
            .timeout_connect(Some(options.patience))
            .timeout_recv_response(Some(options.patience))
            .timeout_per_read(Some(options.patience))
            .timeout_recv_body(Some(options.blob));
        if !is_plain {
            config = config.tls_config(tls::configuration()?);
        }
        Ok(Registry {
            agent: config.build().into(),
            base: format!("{}://{host}", if is_plain { "http" } else { "https" }),
            host: host.to_owned(),
            repository: repository.to_owned(),
            token: RefCell::new(None),
            is_plain,
            first: RefCell::new(None),
        })
    }

    /// The manifest or index under a tag or a digest.
    pub(super) fn manifest(&self, reference: &str, limits: &ImageLimits) -> Result<Descriptor> {
        let what = format!("the image {}:{reference} of {}", self.repository, self.host);
        let response = self.get(&format!("manifests/{reference}"), &what)?;
        let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_owned();
        let mut bytes = Vec::new();
        let mut body = response.into_body().into_reader().take(limits.document + 1);
        body.read_to_end(&mut bytes).map_err(|error| self.failed(&what, error))?;
        if bytes.len() as u64 > limits.document {
            return Err(ImageError::TooLarge { what, limit: limits.document });
        }
        let digest = Digest::of(&bytes);
        if let Ok(wanted) = reference.parse::<Digest>()
            && wanted != digest
        {
            return Err(ImageError::Digest { what, wanted, found: digest });
        }
        let known = [media_type::INDEX, media_type::MANIFEST, media_type::DOCKER_INDEX, media_type::DOCKER_MANIFEST];
        // A server of plain files knows no such types; the document says itself what it is.
        let kind = if known.contains(&kind.as_str()) { kind } else { String::new() };
        let descriptor = Descriptor::new(&kind, digest, bytes.len() as u64);
        *self.first.borrow_mut() = Some((digest, bytes));
        Ok(descriptor)
    }

    /// Asks for something in the repository; once more with a token where one is asked for.
    fn get(&self, path: &str, what: &str) -> Result<Response<Body>> {
        let url = format!("{}/v2/{}/{path}", self.base, self.repository);
        let accepted = [media_type::INDEX, media_type::MANIFEST, media_type::DOCKER_INDEX, media_type::DOCKER_MANIFEST];
        let accepted = if path.starts_with("manifests/") { accepted.join(", ") } else { "*/*".to_owned() };
        let ask = || {
            let mut request = self.agent.get(&url).header(header::ACCEPT, &accepted);
            if let Some(token) = self.token.borrow().as_deref() {
                request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
            }
            request.call().map_err(|error| self.unreachable(&error))
        };
        let mut response = ask()?;
        if response.status() == StatusCode::UNAUTHORIZED && self.token.borrow().is_none() {
            let challenge = response.headers().get(header::WWW_AUTHENTICATE).and_then(|value| value.to_str().ok());
            let token = self.ask_for_token(challenge.unwrap_or_default())?;
            *self.token.borrow_mut() = Some(token);
            response = ask()?;
        }
        match response.status() {
            StatusCode::OK => Ok(response),
            StatusCode::NOT_FOUND => {
                let why = self.note(response);
                Err(ImageError::missing(what, format!("the registry says: {why}")))
            }
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(self.refused(format!(
                "it does not give {what} to everybody ({}), and logging in is not supported: copy it into an OCI layout \
                 by a tool that is logged in",
                self.note(response)
            ))),
            StatusCode::TOO_MANY_REQUESTS => Err(self.refused("it was asked too often: try again later".to_owned())),
            status => {
                let why = format!("it answers {what} with {}: {}", status.as_u16(), self.note(response));
                Err(self.refused(why))
            }
        }
    }

    /// A token for everybody: <https://distribution.github.io/distribution/spec/auth/token/>.
    fn ask_for_token(&self, challenge: &str) -> Result<String> {
        #[derive(Deserialize)]
        struct Answer {
            #[serde(default)]
            token: Option<String>,
            #[serde(default)]
            access_token: Option<String>,
        }
        let Some(parameters) = bearer(challenge) else {
            return Err(self.refused(
                "it wants a login, which is not supported: copy the image into an OCI layout by a tool that is logged in"
                    .to_owned(),
            ));
        };
        let find = |name: &str| parameters.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str());
        let Some(realm) = find("realm").filter(|realm| self.is_allowed(realm)) else {
            return Err(self.refused("it sends us for a token to where no token is asked for".to_owned()));
        };
        let scope = format!("repository:{}:pull", self.repository);
        let mut request = self.agent.get(realm).query("scope", &scope);
        if let Some(service) = find("service") {
            request = request.query("service", service);
        }
        let response = request.call().map_err(|error| self.unreachable(&error))?;
        if response.status() != StatusCode::OK {
            let why = format!("it gives no token to everybody ({})", self.note(response));
            return Err(self.refused(why));
        }
        let mut bytes = Vec::new();
        let mut body = response.into_body().into_reader().take(MOST_NOTE);
        body.read_to_end(&mut bytes).map_err(|error| self.failed("a token", error))?;
        let answer: Option<Answer> = serde_json::from_slice(&bytes).ok();
        let token = answer.and_then(|answer| answer.token.or(answer.access_token));
        let is_plain = |token: &String| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
        token.filter(is_plain).ok_or_else(|| self.refused("its token cannot be read".to_owned()))
    }

    /// Tokens are asked for over TLS, or on this machine.
    fn is_allowed(&self, url: &str) -> bool {
        let plain = || {
            let host = url.strip_prefix("http://")?.split('/').next()?;
            Some(self.is_plain && is_loopback(host))
        };
        url.starts_with("https://") || plain().unwrap_or(false)
    }

    /// What an answer says about what is wrong, as far as it can be shown.
    fn note(&self, response: Response<Body>) -> String {
        #[derive(Deserialize)]
        struct Errors {
            errors: Vec<Note>,
        }
        #[derive(Deserialize)]
        struct Note {
            #[serde(default)]
            message: String,
            #[serde(default)]
            code: String,
        }
        let status = response.status();
        let mut bytes = Vec::new();
        // Without it the status has to do.
        let _ = response.into_body().into_reader().take(MOST_NOTE).read_to_end(&mut bytes);
        let first = serde_json::from_slice::<Errors>(&bytes).ok().and_then(|errors| errors.errors.into_iter().next());
        let said = first.map(|note| if note.message.is_empty() { note.code } else { note.message });
        match said.filter(|said| !said.is_empty()) {
            Some(said) => said.chars().take(200).flat_map(char::escape_debug).collect(),
            None => status.canonical_reason().unwrap_or("an error without a name").to_owned(),
        }
    }

    fn refused(&self, why: String) -> ImageError {
        ImageError::Registry { host: self.host.clone(), why }
    }

    fn unreachable(&self, error: &ureq::Error) -> ImageError {
        let why = match error {
            ureq::Error::HostNotFound => "there is no such host".to_owned(),
            ureq::Error::Timeout(_) => "it does not answer in time".to_owned(),
            ureq::Error::RequireHttpsOnly(_) => "it sends us on to where there is no TLS".to_owned(),
            ureq::Error::Io(error) => match error.get_ref() {
                Some(inner) => inner.to_string(),
                None => error.to_string(),
            },
            error => error.source().map_or_else(|| error.to_string(), ToString::to_string),
        };
        self.refused(format!("it cannot be reached: {why}"))
    }

    /// What went wrong in the middle of an answer.
    fn failed(&self, what: &str, error: io::Error) -> ImageError {
        self.refused(format!("the connection broke while {what} came: {error}"))
    }
}

impl Source for Registry {
    fn open(&self, descriptor: &Descriptor) -> Result<Box<dyn Read + '_>> {
        if let Some((digest, bytes)) = &*self.first.borrow()
            && *digest == descriptor.digest
        {
            return Ok(Box::new(io::Cursor::new(bytes.clone())));
        }
        let is_manifest = matches!(
            descriptor.media_type.as_str(),
            media_type::INDEX | media_type::MANIFEST | media_type::DOCKER_INDEX | media_type::DOCKER_MANIFEST
        );
        let kind = if is_manifest { "manifests" } else { "blobs" };
        let what = format!("the blob {}", descriptor.digest);
        Ok(Box::new(self.get(&format!("{kind}/{}", descriptor.digest), &what)?.into_body().into_reader()))
    }

    fn place(&self) -> String {
        format!("{} in the registry {}", self.repository, self.host)
    }
}

/// Whether a host is this machine: `localhost`, `127.0.0.1:5000`, `[::1]:5000`.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The parameters of `Bearer realm="…",service="…"`: RFC 9110, section 11.6.1. `None` for every other scheme.
fn bearer(challenge: &str) -> Option<Vec<(String, String)>> {
    let (scheme, mut rest) = challenge.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let mut parameters = Vec::new();
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_matches([' ', ',']).to_ascii_lowercase();
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_once(',').unwrap_or((after, "")),
        };
        parameters.push((name, value.to_owned()));
        rest = next;
    }
    Some(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_read() {
        let read = |text: &str| {
            let parameters = bearer(text)?;
            Some(parameters.into_iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("; "))
        };
        let usual = r#"Bearer realm="https://auth.example.com/token",service="registry",scope="repository:a/b:pull""#;
        let wanted = "realm: https://auth.example.com/token; service: registry; scope: repository:a/b:pull";
        assert_eq!(read(usual).as_deref(), Some(wanted));
        assert_eq!(read("bearer Realm=x, service=\"a,b\"").as_deref(), Some("realm: x; service: a,b"));
        for other in ["", "Bearer", "Basic realm=\"x\"", "Bearer realm=\"x"] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    #[test]
    fn only_this_machine_is_this_machine() {
        for own in ["localhost", "localhost:5000", "127.0.0.1:5000", "127.9.9.9", "[::1]:5000"] {
            assert!(is_loopback(own), "{own}");
        }
        for other in ["", "localhost.example.com", "example.com:5000", "128.0.0.1", "[::2]", "0.0.0.0"] {
            assert!(!is_loopback(other), "{other}");
        }
    }
}
