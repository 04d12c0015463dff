//! Which variables of the environment an engine gets: those that say where it is and how it is set up, and no others.

use std::ffi::{OsStr, OsString};

use super::EngineKind;

/// What every program needs to find its files and to reach a registry.
const COMMON: &[&str] = &[
    "HOME",
    "PATH",
    "TMPDIR",
    "USER",
    "LOGNAME",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    "SSH_AUTH_SOCK",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
];

/// `docker --help`, <https://docs.docker.com/reference/cli/docker/#environment-variables> and
/// <https://docs.docker.com/build/building/variables/#build-tool-configuration-variables>. Kubernetes is one of the
/// places where buildx builds.
const BUILDX: &[&str] = &[
    "BUILDX_BUILDER",
    "BUILDX_CONFIG",
    "DOCKER_API_VERSION",
    "DOCKER_CERT_PATH",
    "DOCKER_CONFIG",
    "DOCKER_CONTEXT",
    "DOCKER_HOST",
    "DOCKER_TLS",
    "DOCKER_TLS_VERIFY",
    "KUBECONFIG",
];

/// containers-storage.conf(5), containers-registries.conf(5), containers.conf(5), buildah(1).
const CONTAINERS: &[&str] = &[
    "BUILDAH_ISOLATION",
    "BUILDAH_RUNTIME",
    "CONTAINERS_CONF",
    "CONTAINERS_REGISTRIES_CONF",
    "CONTAINERS_STORAGE_CONF",
    "DBUS_SESSION_BUS_ADDRESS",
    "DOCKER_CONFIG",
    "REGISTRY_AUTH_FILE",
    "STORAGE_DRIVER",
    "STORAGE_OPTS",
];

/// podman(1) and podman-remote(1): where the service is that it talks to.
const PODMAN: &[&str] = &["CONTAINER_CONNECTION", "CONTAINER_HOST", "CONTAINER_SSHKEY", "PODMAN_CONNECTIONS_CONF"];

/// Those of `variables` that `kind` gets.
pub(super) fn passed(
    kind: EngineKind,
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> Vec<(OsString, OsString)> {
    let own: &[&[&str]] = match kind {
        EngineKind::Buildx => &[COMMON, BUILDX],
        EngineKind::Buildah => &[COMMON, CONTAINERS],
        EngineKind::Podman => &[COMMON, CONTAINERS, PODMAN],
    };
    let is_known = |name: &OsStr| own.iter().any(|list| list.iter().any(|known| name == *known));
    let mut passed: Vec<(OsString, OsString)> = variables.filter(|(name, _)| is_known(name)).collect();
    passed.sort();
    passed
}
