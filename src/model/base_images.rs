//! What is known about well-known base images: who runs in them, with which shell, and which variables they set.
//!
//! Only facts that hold for every tag in question, read in the Dockerfiles that these images are built from; what
//! is not sure is left open. The public source is named at each entry.

mod end_of_life;
mod official;
mod table;

use super::image::Image;

/// What an image starts its children with.
#[derive(Clone, Copy, Debug)]
pub struct BaseImage {
    /// Who runs commands in it; `None` when that is not known.
    pub user: Option<BaseUser>,
    /// Whether its entry point changes to another user before it starts the service.
    pub drops_privileges: bool,
    /// What `/bin/sh` is.
    pub shell: BaseShell,
    /// What installs packages in it; `None` when that is not known.
    pub package_manager: Option<PackageManager>,
    /// Its folder; `None` when that is not known.
    pub workdir: Option<&'static str>,
    /// The variables it sets, beside `PATH`; some only in some releases.
    pub variables: &'static [&'static str],
    /// Whether it surely sets no others.
    pub variables_complete: bool,
}

/// A release and the end of its fixes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndOfLife {
    /// `Node.js 16`, `Debian buster`.
    pub release: String,
    /// The day after which there are no more fixes, as `YYYY-MM-DD`.
    pub date: &'static str,
}

/// The user of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BaseUser {
    /// As its configuration names it; `root` when it names none.
    pub name: &'static str,
    /// The number, where it is known.
    pub uid: Option<u32>,
}

/// What `/bin/sh` is in an image, or what stands in for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaseShell {
    /// There is none: shell form cannot run.
    None,
    /// dash: Debian, Ubuntu.
    Dash,
    /// BusyBox ash: Alpine, BusyBox.
    Ash,
    /// bash in its POSIX mode: Fedora, Red Hat and their kin.
    Bash,
    /// Windows: `cmd` runs the commands.
    Cmd,
    /// Windows, and the image says `SHELL` itself: PowerShell runs the commands.
    PowerShell,
    /// Not known.
    Unknown,
}

/// What installs packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the program it names")]
pub enum PackageManager {
    Apt,
    Apk,
    Dnf,
    Microdnf,
    Yum,
    Tdnf,
    Zypper,
    Pacman,
    /// There is none.
    None,
}

impl BaseUser {
    /// Whether it is the superuser.
    pub fn is_root(self) -> bool {
        self.uid == Some(0) || self.name == "root"
    }
}

impl BaseImage {
    /// Whether what `image` starts by itself is a shell or an interpreter that waits for somebody to type, or a tool that
    /// does nothing without arguments: the official images of distributions and languages, by the `CMD` and `ENTRYPOINT` of
    /// the Dockerfiles that <https://github.com/docker-library/official-images> names; those of .NET by
    /// <https://github.com/dotnet/dotnet-docker>.
    pub fn starts_nothing(image: &Image) -> bool {
        const OFFICIAL: [&str; 36] = [
            "almalinux",
            "alpine",
            "amazoncorretto",
            "amazonlinux",
            "archlinux",
            "bash",
            "buildpack-deps",
            "busybox",
            "centos",
            "clojure",
            "debian",
            "eclipse-temurin",
            "elixir",
            "erlang",
            "fedora",
            "gcc",
            "golang",
            "gradle",
            "groovy",
            "haskell",
            "ibmjava",
            "julia",
            "mono",
            "node",
            "openjdk",
            "opensuse",
            "oraclelinux",
            "perl",
            "photon",
            "pypy",
            "python",
            "r-base",
            "rockylinux",
            "ruby",
            "rust",
            "ubuntu",
        ];
        let name = image.repository();
        let tag = image.tag.as_deref().unwrap_or("");
        match image.registry() {
            // PHP has variants that serve.
            _ if image.is_official() && name == "php" => !tag.contains("fpm") && !tag.contains("apache"),
            _ if image.is_official() => {
                OFFICIAL.binary_search(&name).is_ok() || matches!(name, "swift" | "dart" | "maven")
            }
            "public.ecr.aws" => {
                name.starts_with("docker/library/") && OFFICIAL.contains(&&name["docker/library/".len()..])
            }
            "registry.access.redhat.com" | "registry.redhat.io" => name.starts_with("ubi") && !name.ends_with("init"),
            // Others of .NET are programs: its samples, its monitor, the dashboard of Aspire.
            "mcr.microsoft.com" => {
                let dotnet = name.strip_prefix("dotnet/").map(|name| name.strip_prefix("nightly/").unwrap_or(name));
                dotnet.is_some_and(|name| matches!(name, "sdk" | "aspnet" | "runtime" | "runtime-deps"))
                    || ["azurelinux/", "cbl-mariner/", "devcontainers/"].iter().any(|own| name.starts_with(own))
            }
            "gcr.io" => name.starts_with("distroless/"),
            "quay.io" => matches!(name, "centos/centos" | "fedora/fedora"),
            _ if image.is_docker_hub() => matches!(
                name,
                "nvidia/cuda" | "opensuse/leap" | "opensuse/tumbleweed" | "rockylinux/rockylinux" | "bitnami/minideb"
            ),
            _ => false,
        }
    }

    /// Whether there are tags of `image` that name a version, for everybody: the free images of Chainguard and the distroless
    /// ones have none (<https://github.com/GoogleContainerTools/distroless>, <https://edu.chainguard.dev/chainguard/chainguard-images/>).
    pub fn has_versions(image: &Image) -> bool {
        match image.registry() {
            "gcr.io" => !image.name.starts_with("distroless/"),
            "cgr.dev" => !image.name.starts_with("chainguard/"),
            _ => true,
        }
    }

    /// Whether `image` may be something of the build itself: a bare name that no official image bears is mostly that of a named
    /// context, or of an image built just before So is what Podman keeps under `localhost/`.
    pub fn may_be_local(image: &Image) -> bool {
        match image.registry.as_deref() {
            Some(registry) => registry == "localhost",
            None => !image.name.contains('/') && !official::is_official_name(&image.name),
        }
    }

    /// What is known about `image`.
    pub fn of(image: &Image) -> Option<BaseImage> {
        table::find(image)
    }

    /// The part of `image` that gets no more security fixes from some day on: the release itself, or the distribution its
    /// tag names. `None` when that is not known, or not in sight.
    pub fn end_of_life(image: &Image) -> Option<EndOfLife> {
        end_of_life::find(image)
    }
}
