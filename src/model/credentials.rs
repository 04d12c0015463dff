//! Credentials that are written out: tokens that their makers gave a shape to, private keys, passwords in addresses.
//!
//! Only shapes that nothing else has: a fixed start, a fixed length and alphabet, published by the maker at the address
//! beside each; the lengths were held against `config/gitleaks.toml` of <https://github.com/gitleaks/gitleaks> (MIT). What is
//! plainly an example is none.

use std::ops::Range;

use memchr::memmem;

/// A credential in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Where it stands in the text.
    pub range: Range<usize>,
    /// What it is: `access token of GitHub`.
    pub what: &'static str,
}

/// What a token is made of.
#[derive(Clone, Copy)]
enum Alphabet {
    /// `0-9a-f`.
    Hex,
    /// `A-Z2-7`.
    Base32,
    /// `0-9A-Za-z`.
    Alphanumeric,
    /// `0-9A-Za-z_-`.
    Url,
}

/// A token: its start, what follows it, the least and the greatest length of that, and what it is.
struct Shape {
    start: &'static str,
    alphabet: Alphabet,
    least: usize,
    most: usize,
    what: &'static str,
}

const fn shape(start: &'static str, alphabet: Alphabet, least: usize, most: usize, what: &'static str) -> Shape {
    Shape { start, alphabet, least, most, what }
}

use Alphabet::{Alphanumeric, Base32, Hex, Url};

const AWS: &str = "access key of AWS";
const GITHUB: &str = "access token of GitHub";
const GITLAB: &str = "access token of GitLab";
const SLACK: &str = "token of Slack";
const STRIPE: &str = "secret key of Stripe";
const DIGITAL_OCEAN: &str = "access token of DigitalOcean";

/// In the order of their starts, so that those with one first letter stand together.
const SHAPES: [Shape; 37] = [
    // docs.aws.amazon.com: IAM identifiers
    shape("AKIA", Base32, 16, 16, AWS),
    shape("ASIA", Base32, 16, 16, AWS),
    // cloud.google.com: API keys
    shape("AIza", Url, 35, 35, "API key of Google"),
    shape("GOCSPX-", Url, 28, 28, "client secret of Google"),
    // github.blog: behind GitHub's new authentication token formats
    shape("ghp_", Alphanumeric, 36, 36, GITHUB),
    shape("gho_", Alphanumeric, 36, 36, GITHUB),
    shape("ghu_", Alphanumeric, 36, 36, GITHUB),
    shape("ghs_", Alphanumeric, 36, 36, GITHUB),
    shape("ghr_", Alphanumeric, 36, 36, GITHUB),
    shape("github_pat_", Url, 82, 82, GITHUB),
    // docs.gitlab.com: token prefixes
    shape("glpat-", Url, 20, 20, GITLAB),
    shape("gldt-", Url, 20, 20, GITLAB),
    shape("glptt-", Hex, 40, 40, GITLAB),
    shape("glrt-", Url, 20, 20, GITLAB),
    // api.slack.com: token types
    shape("xoxb-", Url, 40, 90, SLACK),
    shape("xoxp-", Url, 40, 90, SLACK),
    shape("xoxa-", Url, 40, 90, SLACK),
    shape("xoxr-", Url, 40, 90, SLACK),
    // docs.npmjs.com: about access tokens
    shape("npm_", Alphanumeric, 36, 36, "access token of npm"),
    // The help pages of PyPI: its API tokens start so, since they are macaroons of that host.
    shape("pypi-AgEIcHlwaS5vcmc", Url, 50, 1000, "API token of PyPI"),
    // docs.docker.com: personal access tokens
    shape("dckr_pat_", Url, 27, 27, "access token of Docker Hub"),
    // docs.stripe.com: API keys
    shape("sk_live_", Alphanumeric, 24, 110, STRIPE),
    shape("rk_live_", Alphanumeric, 24, 110, STRIPE),
    // docs.digitalocean.com: personal access tokens
    shape("dop_v1_", Hex, 64, 64, DIGITAL_OCEAN),
    shape("doo_v1_", Hex, 64, 64, DIGITAL_OCEAN),
    shape("dor_v1_", Hex, 64, 64, DIGITAL_OCEAN),
    // huggingface.co: user access tokens
    shape("hf_", Alphanumeric, 34, 34, "access token of Hugging Face"),
    // docs.sendgrid.com: API keys are `SG.`, 22 characters, a dot, 43 characters; the first part is enough
    shape("SG.", Url, 22, 22, "API key of SendGrid"),
    // shopify.dev: access tokens
    shape("shpat_", Hex, 32, 32, "access token of Shopify"),
    shape("shpca_", Hex, 32, 32, "access token of Shopify"),
    shape("shppa_", Hex, 32, 32, "access token of Shopify"),
    shape("sk-admin-", Url, 120, 180, "API key of OpenAI"),
    shape("sk-ant-admin01-", Url, 95, 95, "API key of Anthropic"),
    shape("sk-ant-api03-", Url, 95, 95, "API key of Anthropic"),
    shape("sk-proj-", Url, 120, 180, "API key of OpenAI"),
    shape("sk-svcacct-", Url, 120, 180, "API key of OpenAI"),
    // age-encryption.org
    shape("AGE-SECRET-KEY-1", Alphanumeric, 58, 58, "secret key of age"),
];

/// The credentials in `text`, in order.
pub fn find(text: &str) -> Vec<Credential> {
    let mut found = Vec::new();
    for run in Runs::of(text.as_bytes()) {
        let mut at = run.start;
        // Of the key of SendGrid only what follows `SG.` is one run.
        if text[..at].ends_with("SG.") {
            at -= "SG.".len();
        }
        // Where one token ends another may begin.
        while let Some(credential) = token(text, at) {
            at = credential.range.end;
            found.push(credential);
        }
    }
    found.extend(memmem::find_iter(text.as_bytes(), "://").filter_map(|at| password(text, at)));
    let begin = memmem::find_iter(text.as_bytes(), "-----BEGIN ");
    let begins = |at: &usize| !text[..*at].ends_with(is_in_token);
    found.extend(begin.filter(begins).filter_map(|at| private_key(text, at)));
    found.sort_by_key(|credential| credential.range.start);
    found
}

/// The runs of characters that tokens are made of, so long that there may be a token in them. Whatever is shorter is
/// stepped over: most of a text is not looked at.
struct Runs<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Runs<'a> {
    /// The shortest run that a token lies in.
    const LEAST: usize = 16;

    fn of(bytes: &'a [u8]) -> Runs<'a> {
        Runs { bytes, at: 0 }
    }
}

impl Iterator for Runs<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let inside = |at: &usize| IN_TOKEN[usize::from(self.bytes[*at])];
        loop {
            // What stands before `self.at`, if anything, is in no run.
            let probe = self.at + Self::LEAST - 1;
            if probe >= self.bytes.len() {
                return None;
            }
            match (self.at..=probe).rev().find(|at| !inside(at)) {
                Some(outside) => self.at = outside + 1,
                None => {
                    let end = (probe..self.bytes.len()).find(|at| !inside(at)).unwrap_or(self.bytes.len());
                    let run = self.at..end;
                    self.at = end;
                    return Some(run);
                }
            }
        }
    }
}

/// Which bytes are characters of tokens: every byte of every file is looked up.
static IN_TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = is_in_token(byte as u8 as char);
        byte += 1;
    }
    table
};

const fn is_in_token(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}

fn token(text: &str, at: usize) -> Option<Credential> {
    let rest = &text[at..];
    // Nearly every run of characters fails by its first.
    let first = rest.bytes().next()?;
    let begins = |shape: &&Shape| shape.start.as_bytes()[0] == first && rest.starts_with(shape.start);
    let shape = SHAPES.iter().find(begins)?;
    let body = &rest[shape.start.len()..];
    let length = body.bytes().take_while(|byte| shape.alphabet.contains(*byte)).count();
    let after = body.as_bytes().get(length);
    let ends = !after.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    let body = body.get(..length)?;
    let fits = length >= shape.least && length <= shape.most && ends && !is_example(body) && is_mixed(body, shape);
    fits.then(|| Credential { range: at..at + shape.start.len() + length, what: shape.what })
}

impl Alphabet {
    fn contains(self, byte: u8) -> bool {
        match self {
            Alphabet::Hex => byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'),
            Alphabet::Base32 => byte.is_ascii_uppercase() || matches!(byte, b'2'..=b'7'),
            Alphabet::Alphanumeric => byte.is_ascii_alphanumeric(),
            Alphabet::Url => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
        }
    }
}

/// Whether it says of itself that it is none, or is a row of one character.
fn is_example(body: &str) -> bool {
    let lower = body.to_ascii_lowercase();
    let says = ["example", "xxxx", "your", "token", "secret", "dummy", "fake", "redacted", "placeholder", "1234567890"];
    let row = lower.as_bytes().windows(6).any(|window| window.iter().all(|byte| *byte == window[0]));
    says.iter().any(|word| lower.contains(word)) || row
}

/// Whether there are as many different characters in it as chance brings.
fn is_mixed(body: &str, shape: &Shape) -> bool {
    let mut seen = [false; 128];
    body.bytes().for_each(|byte| seen[usize::from(byte & 127)] = true);
    let different = seen.iter().filter(|seen| **seen).count();
    let digits = body.bytes().any(|byte| byte.is_ascii_digit());
    different >= 8 && (digits || shape.least < 20 || matches!(shape.start, "hf_" | "AGE-SECRET-KEY-1"))
}

/// The password of `https://user:password@host`.
fn password(text: &str, at: usize) -> Option<Credential> {
    let scheme = text[..at].rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '+').next()?;
    if !["https", "http", "ftp", "git+https", "git+http", "svn+https"].contains(&scheme) {
        return None;
    }
    let start = at + "://".len();
    let authority = text[start..].split(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '\\')).next()?;
    let (user, host) = authority.rsplit_once('@')?;
    let (user, password) = user.split_once(':')?;
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~!*+%=".contains(&byte));
    let local = ["localhost", "127.0.0.1", "example.", "proxy"].iter().any(|part| host.contains(part));
    let known =
        ["password", "passwd", "pass", "changeme", "user", user].iter().any(|word| password.eq_ignore_ascii_case(word));
    if password.len() < 8
        || user.is_empty()
        || !plain(password)
        || !plain(user)
        || local
        || known
        || is_example(password)
    {
        return None;
    }
    let start = start + user.len() + 1;
    Some(Credential { range: start..start + password.len(), what: "password of an address" })
}

/// `-----BEGIN … PRIVATE KEY-----` with a key behind it.
fn private_key(text: &str, at: usize) -> Option<Credential> {
    let rest = &text[at + "-----BEGIN ".len()..];
    let end = rest.find("-----").filter(|end| *end < 40)?;
    if !(rest[..end].ends_with("PRIVATE KEY") || rest[..end] == *"PGP PRIVATE KEY BLOCK") {
        return None;
    }
    let body = &rest.as_bytes()[end + 5..];
    let key = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    let long = body.iter().take(300).fold((0, false), |(run, found), byte| {
        let run = if key(byte) { run + 1 } else { 0 };
        (run, found || run >= 40)
    });
    let header = at..at + "-----BEGIN ".len() + end + "-----".len();
    long.1.then_some(Credential { range: header, what: "private key" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&str, &'static str)> {
        find(text).into_iter().map(|credential| (&text[credential.range.clone()], credential.what)).collect()
    }

    /// A token that no scanner takes for one here: put together at run time.
    fn token(start: &str, length: usize) -> String {
        let body: String = "q7Rk2Vw9Zt4Lm8Xc3Bn6Hj5Gf".chars().cycle().take(length).collect();
        format!("{start}{body}")
    }

    #[test]
    fn tokens_have_their_length_and_end() {
        let github = token("ghp_", 36);
        let line = format!("git clone https://{github}@github.com/a/b");
        assert_eq!(found(&line), [(&*github, GITHUB)]);
        for text in [token("ghp_", 35), token("ghp_", 37), token("xghp_", 36), token("npm_config_", 25)] {
            assert_eq!(found(&text), [], "{text}");
        }
    }

    #[test]
    fn examples_are_none() {
        for text in [
            "AKIAIOSFODNN7EXAMPLE",
            "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "npm_000000000000000000000000000000000000",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn passwords_stand_in_addresses() {
        assert_eq!(found("git clone https://ci:h7Kq29vLpd@git.acme.dev/x"), [("h7Kq29vLpd", "password of an address")]);
        for text in [
            "https://ci:$PASSWORD@git.acme.dev",
            "https://user:password@git.acme.dev",
            "http://a:h7Kq29vLpd@localhost/",
            "postgres://a:h7Kq29vLpd@db",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn a_private_key_has_a_body() {
        let body = token("MIIE", 60);
        let key = format!("-----BEGIN RSA PRIVATE KEY-----\\n{body}\\n-----END RSA PRIVATE KEY-----");
        assert_eq!(found(&key), [("-----BEGIN RSA PRIVATE KEY-----", "private key")]);
        assert_eq!(found("grep -q -- '-----BEGIN RSA PRIVATE KEY-----' /key"), []);
        let public = format!("-----BEGIN PUBLIC KEY-----\n{body}");
        assert_eq!(found(&public), []);
    }
}
