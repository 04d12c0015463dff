use crate::lint::prelude::*;

pub const CHECKS: &[Check] = &[Check::Dockerfile(entrypoint_missing)];

/// Official images that start a shell: <https://github.com/docker-library/official-images>.
const SHELLS: [&str; 11] = [
    "almalinux",
    "alpine",
    "amazonlinux",
    "archlinux",
    "busybox",
    "centos",
    "debian",
    "fedora",
    "oraclelinux",
    "rockylinux",
    "ubuntu",
];

fn entrypoint_missing(dockerfile: &Dockerfile, cx: &mut Context<'_>) {
    let Some(stage) = dockerfile.shipped_stage().filter(|_| !cx.role().is_fragment()) else { return };
    let Some(image) = stage.root_image().filter(|image| image.is_official()) else { return };
    let starts = stage.own_keywords().any(|keyword| matches!(keyword, Keyword::Cmd | Keyword::Entrypoint));
    if !starts && SHELLS.contains(&image.repository()) {
        let span = stage.from().arguments.image.span;
        cx.report(span, "neither `CMD` nor `ENTRYPOINT` says what the image starts")
            .label(span, format!("`{}` starts a shell", image.familiar_name()));
    }
}
