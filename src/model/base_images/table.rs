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

/// Windows Server Core and what is built upon it: <https://github.com/microsoft/windows-containers>. It starts as an
/// administrator of the container, which no rule calls root; so the user is left open.
const WINDOWS: BaseImage = BaseImage { shell: BaseShell::Cmd, package_manager: Some(PackageManager::None), ..NOTHING };

/// Nano Server, from version 1709 on:
/// <https://learn.microsoft.com/virtualization/windowscontainers/manage-containers/container-base-images>.
const NANO_SERVER: BaseImage = BaseImage { user: named("ContainerUser", None), ..WINDOWS };

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
        "cgr.dev" => chainguard(image.name.strip_prefix("chainguard/")?, tag),
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
        "memcached" => return runs_as("memcache", &PLAIN, tag),
        "adminer" => return Some(BaseImage { user: named("adminer", None), workdir: None, ..ALPINE_INCOMPLETE }),
        "jetty" => return Some(BaseImage { drops_privileges: false, ..user("jetty", None) }),
        "solr" => return Some(user("8983", Some(8983))),
        // As root before 2.4.
        "haproxy" if is_version_below(tag, 2, 4) => PLAIN,
        "haproxy" => return runs_as("haproxy", &Official { workdir: None, ..PLAIN }, tag),
        "odoo" | "sonarqube" => return runs_as(if name == "odoo" { "odoo" } else { "sonarqube" }, &UBUNTU_BELOW, tag),
        "open-liberty" | "websphere-liberty" => return Some(user("1001", Some(1001))),
        "docker" if tag.contains("windowsservercore") => return Some(WINDOWS),
        "docker" if tag.contains("rootless") => {
            return Some(BaseImage { user: named("rootless", Some(1000)), workdir: None, ..ALPINE_INCOMPLETE });
        }
        "bash" | "docker" | "composer" => return Some(BaseImage { workdir: None, ..ALPINE_INCOMPLETE }),
        // The images of the server; those of MongoDB run as 1001.
        "percona" => {
            return Some(if tag.starts_with("psmdb") { user("1001", Some(1001)) } else { user("mysql", None) });
        }
        // As root before 3 and after 1.10: the tag must say which.
        "influxdb" if tag.starts_with('3') => return Some(user("influxdb3", None)),
        "influxdb" if tag.starts_with("2.") || tag == "2" => Official { default: Some(DEBIAN), ..SERVICE },
        "influxdb" => return None,
        "mariadb" if tag.contains("ubi") => return Some(BaseImage { shell: BaseShell::Bash, ..user("mysql", None) }),
        "node" => {
            Official { variables: &["NODE_VERSION", "YARN_VERSION", "NPM_CONFIG_LOGLEVEL"], complete: true, ..PLAIN }
        }
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
            // The downloads in old releases only.
            variables: &[
                "GOLANG_VERSION",
                "GOTOOLCHAIN",
                "GOPATH",
                "GOLANG_DOWNLOAD_URL",
                "GOLANG_DOWNLOAD_SHA1",
                "GOLANG_DOWNLOAD_SHA256",
            ],
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
            workdir: Some(if tag.contains("fpm") || tag.contains("apache") { "/var/www/html" } else { "/" }),
            variables: &[
                "PHPIZE_DEPS",
                "PHP_INI_DIR",
                "PHP_CFLAGS",
                "PHP_CPPFLAGS",
                "PHP_LDFLAGS",
                "PHP_VERSION",
                "PHP_URL",
                "PHP_ASC_URL",
                "PHP_SHA256",
                "GPG_KEYS",
            ],
            ..PLAIN
        },
        "perl" | "gcc" | "haskell" | "julia" | "r-base" | "mono" | "dart" | "erlang" | "elixir" => PLAIN,
        "swift" => Official { default: None, ..PLAIN },
        "openjdk" => Official { default: None, variables: &["JAVA_HOME", "JAVA_VERSION", "LANG"], ..PLAIN },
        "eclipse-temurin" => {
            Official { variables: &["JAVA_HOME", "JAVA_VERSION", "LANG", "LANGUAGE", "LC_ALL"], ..PLAIN }
        }
        "ibmjava" | "sapmachine" => Official { default: None, ..PLAIN },
        // Amazon Linux 2 or 2023, which install packages in two ways.
        "amazoncorretto" => Official {
            default: Some(BaseImage { package_manager: None, ..RED_HAT }),
            variables: &["JAVA_HOME", "LANG"],
            ..PLAIN
        },
        "maven" => Official { default: None, workdir: None, variables: &["MAVEN_HOME", "JAVA_HOME"], ..PLAIN },
        "tomcat" | "tomee" => {
            Official { default: None, workdir: None, variables: &["CATALINA_HOME", "JAVA_HOME"], ..PLAIN }
        }
        "nginx" => Official {
            variables: &["NGINX_VERSION", "NJS_VERSION", "NJS_RELEASE", "PKG_RELEASE", "DYNPKG_RELEASE"],
            ..PLAIN
        },
        "httpd" => Official {
            workdir: Some("/usr/local/apache2"),
            variables: &["HTTPD_PREFIX", "HTTPD_VERSION", "HTTPD_SHA256", "HTTPD_PATCHES"],
            ..PLAIN
        },
        "wordpress" | "drupal" | "joomla" | "nextcloud" | "traefik" | "caddy" | "registry" => {
            Official { default: None, workdir: None, ..PLAIN }
        }
        "redis" | "postgres" | "mariadb" | "mongo" | "rabbitmq" | "cassandra" | "couchdb" | "ghost" | "zookeeper"
        | "neo4j" | "mysql" | "vault" | "consul" => {
            // mysql is Oracle Linux by default, Debian by tag; the others moved between distributions.
            Official { default: matches!(name, "redis" | "mongo").then_some(DEBIAN), ..SERVICE }
        }
        _ => return None,
    };
    variant(&entry, tag)
}

/// Java of Ubuntu, Eclipse or Python on Ubuntu: where the tag says nothing else, Ubuntu is below.
const UBUNTU_BELOW: Official = Official { default: Some(DEBIAN), workdir: None, ..PLAIN };

/// A variant of an official image that runs as `user`.
fn runs_as(user: &'static str, entry: &Official, tag: &str) -> Option<BaseImage> {
    Some(BaseImage { user: named(user, None), ..variant(entry, tag)? })
}

/// Whether a tag starts with a version below `major.minor`.
fn is_version_below(tag: &str, major: u32, minor: u32) -> bool {
    let mut parts = tag.split(['.', '-']).map(|part| part.parse::<u32>().ok());
    match (parts.next().flatten(), parts.next().flatten()) {
        (Some(own), Some(part)) => (own, part) < (major, minor),
        (Some(own), None) => own < major,
        _ => false,
    }
}

/// The Windows image that a tag names.
fn windows(tag: &str) -> Option<BaseImage> {
    match tag {
        _ if tag.contains("nanoserver") && !tag.contains("sac2016") => Some(NANO_SERVER),
        _ if tag.contains("nanoserver") || tag.contains("windowsservercore") => Some(WINDOWS),
        _ => None,
    }
}

const ALPINE_INCOMPLETE: BaseImage = BaseImage { variables_complete: false, ..ALPINE };

/// The variant of an official image that its tag asks for.
fn variant(entry: &Official, tag: &str) -> Option<BaseImage> {
    let is = |words: &[&str]| words.iter().any(|word| tag.contains(word));
    let base = if let Some(windows) = windows(tag) {
        return Some(windows);
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
        user: if nonroot { named("65532", Some(65532)) } else { ROOT },
        // The debug images have one, but not at `/bin/sh`.
        shell: if tag.contains("debug") { BaseShell::Unknown } else { BaseShell::None },
        package_manager: Some(PackageManager::None),
        workdir: Some(if nonroot { "/home/nonroot" } else { "/" }),
        variables: match name {
            _ if name.starts_with("java") => &["SSL_CERT_FILE", "LANG", "JAVA_VERSION"],
            _ if name.starts_with("python") => &["SSL_CERT_FILE", "LANG"],
            _ => &["SSL_CERT_FILE"],
        },
        // `static`, `base` and `cc` are the whole of what is set there.
        variables_complete: ["static", "base", "cc"].iter().any(|known| name.starts_with(known)),
        ..NOTHING
    })
}

/// <https://github.com/chainguard-images/images>: `locked_config.json` of each image. The variants with `-dev` in their tag
/// have a shell and apk besides; the others mostly neither.
fn chainguard(name: &str, tag: &str) -> Option<BaseImage> {
    let root = match name {
        "wolfi-base" | "go" | "bash" | "gcc-glibc" => true,
        "static" | "glibc-dynamic" | "nginx" | "node" | "python" | "php" | "ruby" | "rust" | "jre" | "jdk"
        | "maven" | "gradle" | "curl" | "git" | "kubectl" | "helm" | "busybox" | "aspnet-runtime"
        | "dotnet-runtime" | "dotnet-sdk" => false,
        _ => return None,
    };
    // `git` has tags that run as root.
    let user = match root || name == "git" && tag.contains("root") {
        true => ROOT,
        false => named("65532", Some(65532)),
    };
    let dev = tag.ends_with("-dev") || name == "wolfi-base";
    let bare = [
        "static",
        "glibc-dynamic",
        "nginx",
        "python",
        "php",
        "ruby",
        "jre",
        "curl",
        "kubectl",
        "helm",
        "aspnet-runtime",
    ];
    let (shell, package_manager) = match dev {
        true => (BaseShell::Ash, Some(PackageManager::Apk)),
        false if bare.contains(&name) => (BaseShell::None, Some(PackageManager::None)),
        false => (BaseShell::Unknown, Some(PackageManager::None)),
    };
    Some(BaseImage { user, shell, package_manager, ..NOTHING })
}

/// <https://github.com/dotnet/dotnet-docker>, <https://github.com/microsoft/azurelinux>.
fn microsoft(name: &str, tag: &str) -> Option<BaseImage> {
    if let Some(windows) = name.strip_prefix("windows/") {
        let nano = windows.starts_with("nanoserver") && !tag.contains("sac2016");
        return Some(if nano { NANO_SERVER } else { WINDOWS });
    }
    if name == "windows" {
        return Some(WINDOWS);
    }
    if matches!(name, "azurelinux/base/core" | "cbl-mariner/base/core") {
        return Some(azure_linux(tag));
    }
    if !name.starts_with("dotnet/") || name.starts_with("dotnet/framework/") {
        return None;
    }
    let repository = name.rsplit('/').next().unwrap_or(name);
    if !["sdk", "aspnet", "runtime", "runtime-deps"].contains(&repository) {
        return None;
    }
    let is = |words: &[&str]| words.iter().any(|word| tag.contains(word));
    if let Some(windows) = windows(tag) {
        return Some(BaseImage { variables: &DOTNET_VARIABLES, ..windows });
    }
    if is(&["chiseled", "distroless"]) {
        // Before .NET 8 the user was named.
        let user = if is_version_below(tag, 8, 0) { user("app", None) } else { user("1654", Some(1654)) };
        let (shell, package_manager) = (BaseShell::None, Some(PackageManager::None));
        return Some(BaseImage { shell, package_manager, workdir: Some("/"), variables: &DOTNET_VARIABLES, ..user });
    }
    let base = if is(&["alpine"]) {
        ALPINE
    } else if is(&["azurelinux", "mariner"]) {
        azure_linux(tag.split_once("azurelinux").map_or("", |(_, version)| version))
    } else {
        // Debian until .NET 9, Ubuntu from .NET 10 on.
        DEBIAN
    };
    Some(BaseImage { variables: &DOTNET_VARIABLES, variables_complete: false, ..base })
}

/// Not all of them in every release: `APP_UID` is there since .NET 8.
const DOTNET_VARIABLES: [&str; 8] = [
    "APP_UID",
    "ASPNETCORE_HTTP_PORTS",
    "ASPNETCORE_URLS",
    "ASPNET_VERSION",
    "DOTNET_RUNNING_IN_CONTAINER",
    "DOTNET_SDK_VERSION",
    "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT",
    "DOTNET_VERSION",
];

/// Azure Linux, formerly CBL-Mariner: tdnf, from version 4 on dnf.
fn azure_linux(version: &str) -> BaseImage {
    let manager = if version.is_empty() || version.starts_with(['1', '2', '3']) {
        PackageManager::Tdnf
    } else {
        PackageManager::Dnf
    };
    BaseImage { package_manager: Some(manager), ..RED_HAT }
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
    fn users_are_named_as_in_the_configuration() {
        for (image, user) in [
            ("gcr.io/distroless/static-debian13:nonroot", "65532"),
            ("cgr.dev/chainguard/node:latest-dev", "65532"),
            ("cgr.dev/chainguard/go", "root"),
            ("mcr.microsoft.com/dotnet/runtime:8.0-jammy-chiseled", "1654"),
            ("mcr.microsoft.com/dotnet/runtime:6.0-jammy-chiseled", "app"),
            ("mcr.microsoft.com/windows/nanoserver:ltsc2025", "ContainerUser"),
            ("golang:1.26-nanoserver-ltsc2025", "ContainerUser"),
            ("docker:29-dind-rootless", "rootless"),
            ("docker:29-dind", "root"),
            ("haproxy:3.2-alpine", "haproxy"),
            ("haproxy:2.2", "root"),
            ("mariadb:11.4-ubi", "mysql"),
            ("mariadb:11.4", "root"),
            ("influxdb:2.7", "root"),
        ] {
            assert_eq!(of(image).user.map(|user| user.name), Some(user), "{image}");
        }
        assert_eq!(of("mcr.microsoft.com/windows/servercore:ltsc2025").user, None);
    }

    #[test]
    fn what_is_not_in_the_table_is_not_guessed() {
        for text in ["acme/python", "ghcr.io/library/python", "gcr.io/acme/static", "gradle:8", "ruby:2.1-onbuild"] {
            let image = Image::parse(text, Span::empty(0)).expect("legal");
            assert!(find(&image).is_none(), "{text}");
        }
    }
}
