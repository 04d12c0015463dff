//! What `--platform` asks for.

/// A platform, as far as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Platform {
    /// `linux`, `windows` …
    pub os: Option<String>,
    /// `amd64`, `arm64` …
    pub architecture: Option<String>,
}

/// From `internal` of <https://github.com/containerd/platforms> (`database.go`): the systems and processors that a
/// platform of one part can mean.
const SYSTEMS: [&str; 15] = [
    "aix",
    "android",
    "darwin",
    "dragonfly",
    "freebsd",
    "hurd",
    "illumos",
    "ios",
    "js",
    "linux",
    "netbsd",
    "openbsd",
    "plan9",
    "solaris",
    "windows",
];
const PROCESSORS: [&str; 13] = [
    "386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le", "riscv64",
    "s390x",
];

impl Platform {
    /// Reads `linux/arm64/v8`, `linux`, `arm64`; `None` when it is no platform. A part that is not written is that of the
    /// machine that builds, and not known.
    pub fn parse(text: &str) -> Option<Platform> {
        let lower = text.to_ascii_lowercase();
        let mut parts = lower.split('/');
        let (first, second) = (parts.next()?, parts.next());
        let legal = |part: &str| {
            !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.()".contains(&byte))
        };
        if parts.clone().count() > 1 || !lower.split('/').all(legal) {
            return None;
        }
        match second {
            Some(architecture) => Some(Platform {
                os: Some(system(first).to_owned()),
                architecture: Some(processor(architecture).to_owned()),
            }),
            None if SYSTEMS.contains(&system(first)) => {
                Some(Platform { os: Some(system(first).to_owned()), architecture: None })
            }
            None if PROCESSORS.contains(&processor(first)) => {
                Some(Platform { os: None, architecture: Some(processor(first).to_owned()) })
            }
            None => None,
        }
    }
}

fn system(name: &str) -> &str {
    if name == "macos" { "darwin" } else { name }
}

/// Other names of the same processor, as `normalizeArch` has them.
fn processor(name: &str) -> &str {
    match name {
        "i386" => "386",
        "x86_64" | "x86-64" => "amd64",
        "aarch64" => "arm64",
        "armhf" | "armel" => "arm",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_has_a_system_and_a_processor() {
        let of = |text| Platform::parse(text).map(|own| (own.os, own.architecture));
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(of("linux/arm64/v8"), Some((some("linux"), some("arm64"))));
        assert_eq!(of("Linux/x86_64"), Some((some("linux"), some("amd64"))));
        assert_eq!(of("windows"), Some((some("windows"), None)));
        assert_eq!(of("arm64"), Some((None, some("arm64"))));
        for wrong in ["", "linux/", "nowhere", "a/b/c/d", "linux amd64"] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }
}
