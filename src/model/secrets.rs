//! Which names and values look like secrets.

/// The words that make a name a secret, as in BuildKit's check `SecretsUsedInArgOrEnv`
/// (`dockerfile2llb/validations.go`, Apache-2.0).
const SECRET: [&str; 10] =
    ["apikey", "auth", "credential", "credentials", "key", "password", "pword", "passwd", "secret", "token"];

/// The words that take it back there.
const PUBLIC: [&str; 3] = ["public", "file", "version"];

/// Further words that say the value is about a secret, or about something else altogether.
const ABOUT: [&str; 54] = [
    "id",
    "ids",
    "name",
    "names",
    "path",
    "dir",
    "directory",
    "folder",
    "sock",
    "socket",
    "url",
    "uri",
    "endpoint",
    "host",
    "port",
    "server",
    "servers",
    "keyserver",
    "issuer",
    "audience",
    "type",
    "kind",
    "mode",
    "method",
    "length",
    "size",
    "ttl",
    "expiry",
    "expiration",
    "expires",
    "timeout",
    "seconds",
    "algorithm",
    "alg",
    "enabled",
    "enable",
    "disabled",
    "disable",
    "required",
    "fingerprint",
    "gpg",
    "pgp",
    "header",
    "user",
    "username",
    "prefix",
    "suffix",
    "policy",
    "provider",
    "cache",
    "primary",
    "pub",
    "check",
    "min",
];

/// Whether BuildKit's check takes `name` for a secret.
pub fn names_a_secret_for_buildkit(name: &str) -> bool {
    has_word(name, &SECRET) && !has_word(name, &PUBLIC)
}

/// What a name may hold anywhere to be that of a secret in hadolint's DL3064, found by asking hadolint 2.15.1 for 500 names.
const PARTS: [&str; 7] = ["api_key", "client_key", "password", "private", "secret", "token", "username"];

/// The names that it takes for secrets beside those.
const NAMES: [&str; 9] = [
    "application_key",
    "aws_access_key_id",
    "ci_deploy_user",
    "docker_email",
    "facebook_app_id",
    "heroku_api_user",
    "okta_authn_groupid",
    "okta_client_orgurl",
    "okta_oauth2_clientid",
];

/// Whether hadolint's DL3064 takes `name` for a secret.
pub fn names_a_secret_for_hadolint(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    PARTS.iter().any(|part| name.contains(part)) || NAMES.contains(&&*name)
}

/// Whether `name` is that of a secret, as far as a name can tell.
pub fn names_a_secret(name: &str) -> bool {
    names_a_secret_for_buildkit(name) && !has_word(name, &ABOUT)
}

/// Whether a value is no secret whatever its name: nothing, a switch, a small number, a path, a URL without
/// credentials, the fingerprint of a key, a word that says that it only fills a place.
pub fn is_harmless(value: &str) -> bool {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    if ["", "true", "false", "yes", "no", "on", "off", "none", "null"].contains(&&*lower) {
        return true;
    }
    if value.len() <= 4 && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return true;
    }
    const FILLERS: [&str; 10] =
        ["fake", "dummy", "placeholder", "example", "sample", "none", "unused", "unset", "undefined", "ignored"];
    let is_address = value.contains(['@', '/']);
    if !is_address && lower.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| FILLERS.contains(&word)) {
        return true;
    }
    let is_path = value.starts_with('/') && value.bytes().filter(|byte| *byte == b'/').count() > 1;
    let is_url = lower.contains("://") && !value.contains('@');
    is_path || value.starts_with("./") || is_url || is_fingerprint(value)
}

/// One or more OpenPGP fingerprints: 40 hexadecimal digits each, also in groups.
fn is_fingerprint(value: &str) -> bool {
    let digits: String = value.chars().filter(|c| !c.is_whitespace() && *c != ':').collect();
    !digits.is_empty() && digits.len().is_multiple_of(40) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn has_word(name: &str, words: &[&str]) -> bool {
    name.split('_').any(|part| words.iter().any(|word| part.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_decide() {
        for name in ["NPM_TOKEN", "password", "AWS_SECRET_ACCESS_KEY", "db_passwd"] {
            assert!(names_a_secret(name), "{name}");
        }
        for name in ["TOKENIZER", "KEYBOARD", "USERNAME", "PUBLIC_KEY", "SSH_AUTH_SOCK", "KEY_NAME", "PASSWORD_FILE"] {
            assert!(!names_a_secret(name), "{name}");
        }
        assert!(names_a_secret_for_buildkit("SSH_AUTH_SOCK"));
        assert!(names_a_secret_for_hadolint("TOKENIZER") && names_a_secret_for_hadolint("AWS_ACCESS_KEY_ID"));
        assert!(!names_a_secret_for_hadolint("SSH_KEY"));
    }

    #[test]
    fn values_can_clear_a_name() {
        for value in ["", "False", "/run/secrets/x", "https://auth.example.com", "3600", "dummy", "FAKE_KEY"] {
            assert!(is_harmless(value), "{value}");
        }
        for value in ["hunter2", "/", "https://u:p@host", "0123456789abcdef"] {
            assert!(!is_harmless(value), "{value}");
        }
    }
}
