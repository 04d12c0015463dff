//! What keeps a program from checking who answers it.

use super::arguments::{Arguments, Given, Grammar};
use super::packages::Invocation;
use crate::syntax::shell::{SimpleCommand, Word};
use crate::text::Span;

/// Something that turns the check of certificates off.
#[derive(Clone, Debug)]
pub struct Unchecked<'a> {
    /// Where it stands.
    pub span: Span,
    /// As one says it: `-k`, `strict-ssl false`.
    pub what: String,
    /// The program that then takes any certificate.
    pub whose: String,
    /// How to take it back.
    pub remedy: Remedy<'a>,
}

/// How to take an [`Unchecked`] back.
#[derive(Clone, Debug)]
pub enum Remedy<'a> {
    /// Take the flag out.
    TakeOut(Given<'a>),
    /// Write this value there.
    Write(&'a Word, &'static str),
    /// A person must know.
    None,
}

/// Flags that turn the check off: the programs, the flags in the spelling of [`Given::name`], whether a host follows.
/// Sources: the manual pages of each.
const FLAGS: [(&[&str], &[&str], bool); 9] = [
    (&["curl"], &["k", "insecure", "proxy-insecure", "doh-insecure"], false),
    (&["wget"], &["no-check-certificate"], false),
    (&["wget2"], &["no-check-certificate"], false),
    (&["pip"], &["trusted-host"], true),
    (&["pipenv", "pip-compile"], &["trusted-host"], true),
    (&["uv"], &["allow-insecure-host", "trusted-host"], true),
    (&["conda", "mamba", "micromamba"], &["k", "insecure"], false),
    (&["helm"], &["insecure-skip-tls-verify"], false),
    (&["skopeo", "oras"], &["insecure"], false),
];

/// Settings that turn the check off: the programs, the name of the setting in lower case, the value that turns it on.
const SETTINGS: [(&[&str], &str, &str); 8] = [
    (&["npm", "pnpm", "yarn"], "strict-ssl", "true"),
    (&["yarn"], "enablestrictssl", "true"),
    (&["git"], "http.sslverify", "true"),
    (&["conda", "mamba", "micromamba"], "ssl_verify", "true"),
    (&["pip"], "global.trusted-host", ""),
    (&["pip"], "install.trusted-host", ""),
    (&["composer"], "secure-http", "true"),
    (&["bundle"], "ssl_verify_mode", ""),
];

/// Variables that turn the check off, the values that do (none: every value but an empty one) and for whom.
const VARIABLES: [(&str, &[&str], &str); 10] = [
    ("PYTHONHTTPSVERIFY", &["0"], "Python"),
    ("NODE_TLS_REJECT_UNAUTHORIZED", &["0"], "Node.js"),
    ("NPM_CONFIG_STRICT_SSL", &["false"], "npm"),
    ("YARN_STRICT_SSL", &["false"], "yarn"),
    ("YARN_ENABLE_STRICT_SSL", &["false", "0"], "yarn"),
    ("GIT_SSL_NO_VERIFY", &[], "git"),
    ("PIP_TRUSTED_HOST", &[], "pip"),
    ("UV_INSECURE_HOST", &[], "uv"),
    ("CONDA_SSL_VERIFY", &["false", "0", "no"], "conda"),
    ("PERL_LWP_SSL_VERIFY_HOSTNAME", &["0"], "Perl"),
];

/// Whether setting `name` to `value`, where that is known, turns the check off, and for whom. npm reads its variables in
/// any case.
pub fn variable(name: &str, value: impl Fn() -> Option<String>) -> Option<&'static str> {
    let (_, values, whose) = VARIABLES
        .iter()
        .find(|(known, ..)| *known == name || name.starts_with("npm_") && known.eq_ignore_ascii_case(name))?;
    let value = value()?;
    let off =
        if values.is_empty() { !value.is_empty() } else { values.iter().any(|off| off.eq_ignore_ascii_case(&value)) };
    off.then_some(*whose)
}

/// What a command turns off, by its flags and by what it sets.
pub fn of_invocation(invocation: Invocation<'_>) -> Option<Unchecked<'_>> {
    let name = invocation.name();
    let name = match &*name {
        "busybox" => invocation.arguments().first()?.text()?,
        name if name.starts_with("pip") && is_version(&name[3..]) => "pip".into(),
        name if name.starts_with("python") && is_version(&name[6..]) => "pip".into(),
        _ => name,
    };
    by_flag(&name, invocation).or_else(|| by_setting(&name, invocation))
}

/// Whether a command holds a file to a checksum or a signature, and fails when it is another one.
pub fn verifies(command: &SimpleCommand) -> bool {
    const SUMS: [&str; 8] =
        ["sha256sum", "sha512sum", "sha384sum", "sha224sum", "sha1sum", "md5sum", "shasum", "b2sum"];
    let Some(invocation) = Invocation::of(command) else { return false };
    let flags = || invocation.arguments().iter().filter_map(Word::text);
    match &*invocation.name() {
        name if SUMS.contains(&name) => flags().any(|flag| {
            flag.starts_with("--c") || flag.starts_with('-') && !flag.starts_with("--") && flag.contains('c')
        }),
        "gpg" | "gpg2" | "gpgv" | "gpgv2" => {
            invocation.name().starts_with("gpgv") || flags().any(|flag| flag == "--verify" || flag == "--batch-verify")
        }
        "cosign" | "minisign" | "slsa-verifier" => true,
        _ => false,
    }
}

fn is_version(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

fn by_flag<'a>(program: &str, invocation: Invocation<'a>) -> Option<Unchecked<'a>> {
    let words = &invocation.command.words;
    let (_, flags, host) = FLAGS.iter().find(|(programs, ..)| programs.contains(&program))?;
    let arguments = match super::download::Download::of(invocation.command) {
        Some(download) => download.arguments,
        None => {
            let long = if *host { flags } else { &[][..] };
            Arguments::read(words, invocation.program + 1, Grammar { short: "", long, equals: true, pairs: "" })
        }
    };
    let flag = arguments.flag_named(flags)?.clone();
    Some(Unchecked { span: flag.span, what: flag.written(), whose: program.to_owned(), remedy: Remedy::TakeOut(flag) })
}

/// `npm config set strict-ssl false`, `npm set strict-ssl=false`, `git -c http.sslVerify=false`, `npm --strict-ssl=false`.
fn by_setting<'a>(program: &str, invocation: Invocation<'a>) -> Option<Unchecked<'a>> {
    if !SETTINGS.iter().any(|(programs, ..)| programs.contains(&program)) {
        return None;
    }
    let words = invocation.arguments();
    let known = |name: &str| {
        let name = name.trim_start_matches('-').to_ascii_lowercase();
        // `http.https://example.com.sslVerify` is for one host.
        let name = match name.strip_prefix("http.").and_then(|rest| rest.strip_suffix(".sslverify")) {
            Some(_) => "http.sslverify".to_owned(),
            None => name,
        };
        SETTINGS.iter().find(|(programs, setting, _)| programs.contains(&program) && *setting == name)
    };
    let sets = words.iter().filter_map(Word::text).any(|text| matches!(&*text, "set" | "config" | "--set" | "-c"));
    for (index, word) in words.iter().enumerate() {
        let Some(text) = word.text() else { continue };
        let (name, value) = text.split_once('=').map_or((&*text, None), |(name, value)| (name, Some(value)));
        let Some((_, setting, on)) = known(name) else { continue };
        let next = words.get(index + 1);
        let (given, place) = match value {
            Some(value) => (value.to_owned(), None),
            None => (next?.text()?.into_owned(), next),
        };
        let off = if on.is_empty() {
            if *setting == "ssl_verify_mode" { given == "0" } else { !given.is_empty() }
        } else {
            matches!(&*given.to_ascii_lowercase(), "false" | "0" | "no" | "off")
        };
        if !off || !sets && !text.starts_with("--") {
            return None;
        }
        let span = place.map_or(word.span, |place| word.span.cover(place.span));
        let remedy = match place {
            Some(place) if !on.is_empty() => Remedy::Write(place, on),
            _ => Remedy::None,
        };
        let joint = if value.is_some() { "=" } else { " " };
        return Some(Unchecked { span, what: format!("{name}{joint}{given}"), whose: program.to_owned(), remedy });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::shell;

    fn found(text: &str) -> Option<String> {
        let script = shell::parse(text, &0);
        let commands = script.commands();
        let found = of_invocation(Invocation::of(commands.first()?)?)?;
        Some(format!("{}: {} ({})", found.whose, found.what, found.span.of_text(text)))
    }

    #[test]
    fn flags_and_settings_turn_the_check_off() {
        let of = |text: &str| found(text).unwrap_or_default();
        assert_eq!(of("curl -fkL https://a"), "curl: -k (k)");
        assert_eq!(
            of("sudo wget --no-check-certificate https://a"),
            "wget: --no-check-certificate (--no-check-certificate)"
        );
        assert_eq!(of("python3 -m pip install --trusted-host a b"), "pip: --trusted-host (--trusted-host)");
        assert_eq!(of("npm config set strict-ssl false"), "npm: strict-ssl false (strict-ssl false)");
        assert_eq!(of("git config --global http.sslVerify 0"), "git: http.sslVerify 0 (http.sslVerify 0)");
        assert_eq!(of("git -c http.sslVerify=false clone b"), "git: http.sslVerify=false (http.sslVerify=false)");
        assert_eq!(of("pip config set global.trusted-host a"), "pip: global.trusted-host a (global.trusted-host a)");
    }

    #[test]
    fn what_leaves_it_on_is_not_found() {
        for text in
            ["curl -o -k https://a", "curl --header -k", "npm config set strict-ssl true", "git clone -k", "tar -k"]
        {
            assert_eq!(found(text), None, "{text}");
        }
    }

    #[test]
    fn variables_turn_the_check_off() {
        let set = |name, value: &str| variable(name, || Some(value.to_owned()));
        assert_eq!(set("GIT_SSL_NO_VERIFY", "1"), Some("git"));
        assert_eq!(set("npm_config_strict_ssl", "false"), Some("npm"));
        assert_eq!(set("PYTHONHTTPSVERIFY", "1"), None);
        assert_eq!(set("PIP_TRUSTED_HOST", ""), None);
    }
}
