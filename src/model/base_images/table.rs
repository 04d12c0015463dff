//! The table itself. Each group names the public source it was read from.

use super::{BaseImage, BaseShell, BaseUser, PackageManager};
use crate::model::image::Image;

const ROOT: Option<BaseUser> = Some(BaseUser { name: "root", uid: Some(0) });

/// An image that says nothing of its own.
const NOTHING: BaseImage = BaseImage {
    user: None,
    drops_privileges: false,
    shell: BaseShell::Unknown,
    package_manager: None,
    workdir: None,
    variables: &[],
    variables_complete: false,
};

/// <https://github.com/debuerreotype/docker-debian-artifacts>, <https://git.launchpad.net/cloud-images/+oci/ubuntu-base>.
const DEBIAN: BaseImage = BaseImage {
    user: ROOT,
    shell: BaseShell::Dash,
    package_manager: Some(PackageManager::Apt),
    workdir: Some("/"),
    variables_complete: true,
    ..NOTHING
};

/// <https://github.com/alpinelinux/docker-alpine>.
const ALPINE: BaseImage = BaseImage { shell: BaseShell::Ash, package_manager: Some(PackageManager::Apk), ..DEBIAN };

/// Fedora, Red Hat and their kin: `/bin/sh` is bash.
const RED_HAT: BaseImage = BaseImage {
    shell: BaseShell::Bash,
    package_manager: Some(PackageManager::Dnf),
    variables_complete: false,
    ..DEBIAN
};

/// Windows Server Core and Nano Server: <https://github.com/microsoft/windows-containers>.
const WINDOWS: BaseImage = BaseImage { shell: BaseShell::Cmd, package_manager: Some(PackageManager::None), ..NOTHING };

/// An official image that comes in variants by tag.
struct Official {
    /// Without a word for it in the tag; `None` when that changed over time.
    default: Option<BaseImage>,
    workdir: Option<&'static str>,
    variables: &'static [&'static str],
    /// Whether `variables` are all that any of its tags ever set.
    complete: bool,
    /// Whether its entry point changes to another user before it starts the service.
    drops: bool,
}

const PLAIN: Official =
    Official { default: Some(DEBIAN), workdir: Some("/"), variables: &[], complete: false, drops: false };

/// A service that is started as root by configuration, and whose entry point changes the user (gosu, su-exec, setpriv).
const SERVICE: Official = Official { workdir: None, drops: true, ..PLAIN };

/// What is known about `image`.
pub(super) fn find(image: &Image) -> Option<BaseImage> {
    let tag = image.tag.as_deref().unwrap_or("");
    if let Some(name) = official_name(image) {
        return official(name, tag);
    }
    let found = match image.registry() {
        "gcr.io" => distroless(image.name.strip_prefix("distroless/")?, tag),
        "cgr.dev" => chainguard(image.name.strip_prefix("chainguard/")?),
        "mcr.microsoft.com" => microsoft(&image.name, tag),
        "registry.access.redhat.com" | "registry.redhat.io" => red_hat(&image.name),
        "quay.io" => match image.name.as_str() {
            "centos/centos" | "fedora/fedora" => Some(RED_HAT),
            "keycloak/keycloak" => Some(user("1000", Some(1000))),
            name => jupyter(name),
        },
        "public.ecr.aws" => match image.name.as_str() {
            "amazonlinux/amazonlinux" => official("amazonlinux", tag),
            _ => None,
        },
        _ if image.is_docker_hub() => hub(image.repository(), tag),
        _ => None,
    };
    // ONBUILD triggers of the image would change everything.
    found.filter(|_| !tag.contains("onbuild"))
}

/// The name of an official image, also from the mirrors that carry them under their own names.
fn official_name(image: &Image) -> Option<&str> {
    if image.is_official() {
        return Some(image.repository());
    }
    match image.registry() {
        "public.ecr.aws" => image.name.strip_prefix("docker/library/"),
        "mirror.gcr.io" => image.name.strip_prefix("library/"),
        _ => None,
    }
}

/// Docker's official images: the Dockerfiles that
/// <https://github.com/docker-library/official-images/tree/master/library> names.
fn official(name: &str, tag: &str) -> Option<BaseImage> {
    if tag.contains("onbuild") {
        return None;
    }
    let entry = match name {
        "debian" | "ubuntu" | "buildpack-deps" => return Some(DEBIAN),
        "alpine" => return Some(ALPINE),
        "busybox" => return Some(BaseImage { package_manager: Some(PackageManager::None), ..ALPINE }),
        "fedora" | "rockylinux" | "almalinux" => return Some(RED_HAT),
        "centos" => return Some(BaseImage { package_manager: Some(PackageManager::Yum), ..RED_HAT }),
        "oraclelinux" | "amazonlinux" => return Some(BaseImage { package_manager: None, ..RED_HAT }),
        "archlinux" => return Some(BaseImage { package_manager: Some(PackageManager::Pacman), ..RED_HAT }),
        "photon" => return Some(BaseImage { package_manager: Some(PackageManager::Tdnf), ..RED_HAT }),
        "memcached" => return Some(BaseImage { user: named("memcache", None), ..variant(&PLAIN, tag)? }),
        "adminer" => return Some(BaseImage { user: named("adminer", None), ..ALPINE_INCOMPLETE }),
        "jetty" => return Some(user("jetty", None)),
        "solr" => return Some(user("8983", Some(8983))),
        "bash" | "docker" | "composer" => return Some(BaseImage { workdir: None, ..ALPINE_INCOMPLETE }),
        "node" => Official { variables: &["NODE_VERSION", "YARN_VERSION"], complete: true, ..PLAIN },
        "python" | "pypy" => Official {
            variables: &[
                "LANG",
                "GPG_KEY",
                "PYTHONIOENCODING",
                "PYTHON_VERSION",
                "PYTHON_SHA256",
                "PYTHON_PIP_VERSION",
                "PYTHON_SETUPTOOLS_VERSION",
                "PYTHON_GET_PIP_URL",
                "PYTHON_GET_PIP_SHA256",
                "PYPY_VERSION",
            ],
            complete: name == "python",
            ..PLAIN
        },
        "golang" => Official {
            workdir: Some("/go"),
            variables: &["GOLANG_VERSION", "GOTOOLCHAIN", "GOPATH"],
            complete: true,
            ..PLAIN
        },
        "rust" => Official { variables: &["RUSTUP_HOME", "CARGO_HOME", "RUST_VERSION"], complete: true, ..PLAIN },
        "ruby" => Official {
            variables: &[
                "LANG",
                "RUBY_VERSION",
                "RUBY_MAJOR",
                "RUBY_DOWNLOAD_URL",
                "RUBY_DOWNLOAD_SHA256",
                "RUBYGEMS_VERSION",
                "BUNDLER_VERSION",
                "GEM_HOME",
                "BUNDLE_PATH",
                "BUNDLE_BIN",
                "BUNDLE_SILENCE_ROOT_WARNING",
                "BUNDLE_APP_CONFIG",
            ],
            complete: true,
            ..PLAIN
        },
        "php" => Official {
            workdir: None,
            variables: &["PHPIZE_DEPS", "PHP_INI_DIR", "PHP_CFLAGS", "PHP_CPPFLAGS", "PHP_LDFLAGS", "PHP_VERSION"],
            ..PLAIN
        },
        "perl" | "gcc" | "haskell" | "julia" | "r-base" | "mono" | "dart" | "erlang" | "elixir" => PLAIN,
        "swift" => Official { default: None, ..PLAIN },
        "openjdk" => Official { default: None, variables: &["JAVA_HOME", "JAVA_VERSION", "LANG"], ..PLAIN },
        "eclipse-temurin" => Official { variables: &["JAVA_HOME", "JAVA_VERSION", "LANG", "LC_ALL"], ..PLAIN },
        "ibmjava" | "sapmachine" => Official { default: None, ..PLAIN },
        "amazoncorretto" => Official { default: Some(RED_HAT), variables: &["JAVA_HOME", "LANG"], ..PLAIN },
        "maven" => Official { default: None, workdir: None, variables: &["MAVEN_HOME", "JAVA_HOME"], ..PLAIN },
        "tomcat" | "tomee" => {
            Official { default: None, workdir: None, variables: &["CATALINA_HOME", "JAVA_HOME"], ..PLAIN }
        }
        "nginx" => Official { variables: &["NGINX_VERSION", "NJS_VERSION", "NJS_RELEASE", "PKG_RELEASE"], ..PLAIN },
        "httpd" => Official {
            workdir: Some("/usr/local/apache2"),
            variables: &["HTTPD_PREFIX", "HTTPD_VERSION", "HTTPD_SHA256", "HTTPD_PATCHES"],
            ..PLAIN
        },
        "wordpress" | "drupal" | "joomla" | "nextcloud" | "traefik" | "caddy" | "registry" => {
            Official { default: None, workdir: None, ..PLAIN }
        }
        "redis" | "postgres" | "mariadb" | "mongo" | "rabbitmq" | "cassandra" | "couchdb" | "ghost" | "zookeeper"
        | "neo4j" | "influxdb" | "percona" | "mysql" | "vault" | "consul" => {
            // mysql is Oracle Linux by default, Debian by tag; the others moved between distributions.
            Official { default: matches!(name, "redis" | "mongo").then_some(DEBIAN), ..SERVICE }
        }
        _ => return None,
    };
    variant(&entry, tag)
}

const ALPINE_INCOMPLETE: BaseImage = BaseImage { variables_complete: false, ..ALPINE };

/// The variant of an official image that its tag asks for.
fn variant(entry: &Official, tag: &str) -> Option<BaseImage> {
    let is = |words: &[&str]| words.iter().any(|word| tag.contains(word));
    let base = if is(&["windowsservercore", "nanoserver"]) {
        return Some(WINDOWS);
    } else if is(&["alpine"]) {
        ALPINE
    } else if is(&["slim", "trixie", "bookworm", "bullseye", "buster", "stretch", "jessie", "wheezy"]) {
        // Oracle Linux has its own `slim`.
        if is(&["oracle"]) { BaseImage { package_manager: None, ..RED_HAT } } else { DEBIAN }
    } else if is(&["ubuntu", "noble", "jammy", "focal", "bionic", "xenial"]) {
        DEBIAN
    } else if is(&["ubi", "centos", "oracle", "-al2", "fedora"]) {
        BaseImage { package_manager: None, ..RED_HAT }
    } else {
        entry.default.unwrap_or(BaseImage { user: ROOT, ..NOTHING })
    };
    Some(BaseImage {
        workdir: entry.workdir,
        variables: entry.variables,
        variables_complete: entry.complete,
        drops_privileges: entry.drops,
        ..base
    })
}

/// <https://github.com/GoogleContainerTools/distroless>.
fn distroless(name: &str, tag: &str) -> Option<BaseImage> {
    let known = ["static", "base", "cc", "java", "nodejs", "python"];
    if !known.iter().any(|known| name.starts_with(known)) {
        return None;
    }
    let nonroot = tag.contains("nonroot");
    Some(BaseImage {
        user: if nonroot { named("nonroot", Some(65532)) } else { ROOT },
        // The debug images have one, but not at `/bin/sh`.
        shell: if tag.contains("debug") { BaseShell::Unknown } else { BaseShell::None },
        package_manager: Some(PackageManager::None),
        workdir: Some(if nonroot { "/home/nonroot" } else { "/" }),
        variables: &["SSL_CERT_FILE"],
        ..NOTHING
    })
}

/// <https://images.chainguard.dev>: the specification of each image.
fn chainguard(name: &str) -> Option<BaseImage> {
    match name {
        "wolfi-base" => Some(ALPINE_INCOMPLETE),
        "static" | "glibc-dynamic" | "nginx" | "node" | "python" | "jre" => Some(user("65532", Some(65532))),
        _ => None,
    }
}

/// <https://github.com/dotnet/dotnet-docker>, <https://github.com/microsoft/azurelinux>.
fn microsoft(name: &str, tag: &str) -> Option<BaseImage> {
    if name.starts_with("windows/") || name == "windows" {
        return Some(WINDOWS);
    }
    if matches!(name, "azurelinux/base/core" | "cbl-mariner/base/core") {
        return Some(BaseImage { package_manager: Some(PackageManager::Tdnf), ..RED_HAT });
    }
    if name.starts_with("powershell") || !name.starts_with("dotnet/") || name.starts_with("dotnet/framework/") {
        return None;
    }
    let repository = name.rsplit('/').next().unwrap_or(name);
    if !["sdk", "aspnet", "runtime", "runtime-deps"].contains(&repository) {
        return None;
    }
    let is = |words: &[&str]| words.iter().any(|word| tag.contains(word));
    if is(&["windowsservercore", "nanoserver"]) {
        return Some(WINDOWS);
    }
    if is(&["chiseled", "distroless"]) {
        return Some(BaseImage {
            shell: BaseShell::None,
            package_manager: Some(PackageManager::None),
            ..user("app", None)
        });
    }
    let base = if is(&["alpine"]) {
        ALPINE
    } else if is(&["azurelinux", "mariner"]) {
        BaseImage { package_manager: Some(PackageManager::Tdnf), ..RED_HAT }
    } else {
        // Debian until .NET 9, Ubuntu from .NET 10 on.
        DEBIAN
    };
    Some(BaseImage { variables_complete: false, ..base })
}

/// <https://catalog.redhat.com>: the Dockerfile of each image.
fn red_hat(name: &str) -> Option<BaseImage> {
    let (family, variant) = name.split_once('/').unwrap_or((name, ""));
    if !["ubi7", "ubi8", "ubi9", "ubi10", "ubi7-minimal", "ubi8-minimal", "ubi9-minimal", "rhel7", "rhel8"]
        .contains(&family)
    {
        return None;
    }
    let manager = |manager| Some(BaseImage { package_manager: Some(manager), ..RED_HAT });
    match variant {
        _ if family == "ubi7" && variant.is_empty() => manager(PackageManager::Yum),
        "" if family.ends_with("-minimal") => manager(PackageManager::Microdnf),
        "" | "ubi" | "ubi-init" if family != "ubi7" => manager(PackageManager::Dnf),
        "ubi-minimal" => manager(PackageManager::Microdnf),
        "ubi-micro" => manager(PackageManager::None),
        _ if variant.starts_with("nodejs-") || variant.starts_with("python-") => {
            Some(BaseImage { shell: BaseShell::Bash, ..user("1001", Some(1001)) })
        }
        _ if variant.starts_with("openjdk-") => Some(BaseImage { shell: BaseShell::Bash, ..user("185", Some(185)) }),
        _ => None,
    }
}

/// Docker Hub, beyond the official images.
fn hub(name: &str, tag: &str) -> Option<BaseImage> {
    let (owner, image) = name.split_once('/')?;
    match (owner, image) {
        // https://github.com/nginxinc/docker-nginx-unprivileged
        ("nginxinc", "nginx-unprivileged") => {
            let base = variant(&PLAIN, tag)?;
            Some(BaseImage { user: named("101", Some(101)), variables: &["NGINX_VERSION"], ..base })
        }
        // https://github.com/bitnami/containers
        (
            "bitnami" | "bitnamilegacy",
            "redis" | "postgresql" | "mariadb" | "mysql" | "mongodb" | "nginx" | "apache" | "rabbitmq" | "kafka"
            | "zookeeper" | "wordpress" | "elasticsearch" | "keycloak",
        ) => Some(BaseImage { shell: BaseShell::Dash, ..user("1001", Some(1001)) }),
        ("bitnami" | "bitnamilegacy", "minideb") => Some(DEBIAN),
        // https://github.com/jenkinsci/docker
        ("jenkins", "jenkins" | "inbound-agent" | "agent") => Some(user("jenkins", Some(1000))),
        ("grafana", "grafana" | "grafana-oss") => Some(user("472", Some(472))),
        ("prom", "prometheus" | "alertmanager" | "node-exporter") => Some(user("nobody", None)),
        // Of PostgreSQL and Redis, whose entry points they keep.
        ("postgis", "postgis")
        | ("pgvector", "pgvector")
        | ("timescale", "timescaledb")
        | ("valkey", "valkey")
        | ("hashicorp", "vault" | "consul") => variant(&Official { default: None, ..SERVICE }, tag),
        // https://gitlab.com/nvidia/container-images/cuda
        ("nvidia", "cuda") if tag.contains("ubuntu") => Some(BaseImage { variables_complete: false, ..DEBIAN }),
        ("nvidia", "cuda") if tag.contains("ubi") || tag.contains("rocky") => Some(RED_HAT),
        // https://github.com/openSUSE/docker-containers-build
        ("opensuse", "leap" | "tumbleweed") => {
            Some(BaseImage { package_manager: Some(PackageManager::Zypper), ..RED_HAT })
        }
        ("rockylinux", "rockylinux") => Some(RED_HAT),
        ("microsoft", "windowsservercore" | "nanoserver") => Some(WINDOWS),
        _ => jupyter(name),
    }
}

/// <https://github.com/jupyter/docker-stacks>.
fn jupyter(name: &str) -> Option<BaseImage> {
    let image = name.strip_prefix("jupyter/")?;
    image.ends_with("-notebook").then_some(user("1000", Some(1000)))
}

const fn named(name: &'static str, uid: Option<u32>) -> Option<BaseUser> {
    Some(BaseUser { name, uid })
}

const fn user(name: &'static str, uid: Option<u32>) -> BaseImage {
    BaseImage { user: named(name, uid), ..NOTHING }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

    fn of(text: &str) -> BaseImage {
        let image = Image::parse(text, Span::empty(0)).expect("legal");
        find(&image).expect("it is in the table")
    }

    #[test]
    fn the_tag_decides_the_variant() {
        for (image, shell, manager) in [
            ("python:3.13", BaseShell::Dash, Some(PackageManager::Apt)),
            ("python:3.13-slim", BaseShell::Dash, Some(PackageManager::Apt)),
            ("node:22-alpine3.20", BaseShell::Ash, Some(PackageManager::Apk)),
            ("eclipse-temurin:21-ubi9-minimal", BaseShell::Bash, None),
            ("golang:1.24-nanoserver", BaseShell::Cmd, Some(PackageManager::None)),
            ("openjdk:17", BaseShell::Unknown, None),
            ("openjdk:11-slim", BaseShell::Dash, Some(PackageManager::Apt)),
            ("public.ecr.aws/docker/library/node:22", BaseShell::Dash, Some(PackageManager::Apt)),
            ("gcr.io/distroless/static-debian12", BaseShell::None, Some(PackageManager::None)),
            ("registry.access.redhat.com/ubi9/ubi-minimal:9.4", BaseShell::Bash, Some(PackageManager::Microdnf)),
        ] {
            let found = of(image);
            assert_eq!((found.shell, found.package_manager), (shell, manager), "{image}");
        }
    }

    #[test]
    fn users_are_known_where_the_image_names_one() {
        for (image, root) in [
            ("ubuntu", true),
            ("gcr.io/distroless/base:nonroot", false),
            ("gcr.io/distroless/base", true),
            ("nginxinc/nginx-unprivileged:alpine", false),
            ("mcr.microsoft.com/dotnet/aspnet:8.0-jammy-chiseled", false),
            ("mcr.microsoft.com/dotnet/aspnet:8.0", true),
            ("bitnami/redis", false),
            ("quay.io/jupyter/base-notebook", false),
        ] {
            assert_eq!(of(image).user.map(BaseUser::is_root), Some(root), "{image}");
        }
    }

    #[test]
    fn what_is_not_in_the_table_is_not_guessed() {
        for text in ["acme/python", "ghcr.io/library/python", "gcr.io/acme/static", "gradle:8", "ruby:2.1-onbuild"] {
            let image = Image::parse(text, Span::empty(0)).expect("legal");
            assert!(find(&image).is_none(), "{text}");
        }
    }
}
