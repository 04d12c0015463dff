//! The table itself.

use super::{BaseImage, BaseShell, BaseUser, PackageManager};
use crate::model::image::Image;

const ROOT: Option<BaseUser> = Some(BaseUser { name: "root", uid: Some(0) });

/// Debian's and Ubuntu's own images: root, dash, apt.
const DEBIAN: BaseImage = BaseImage {
    user: ROOT,
    shell: BaseShell::Dash,
    package_manager: Some(PackageManager::Apt),
    workdir: Some("/"),
    variables: &[],
    variables_complete: true,
};

/// Alpine's own image: root, BusyBox, apk.
const ALPINE: BaseImage = BaseImage { shell: BaseShell::Ash, package_manager: Some(PackageManager::Apk), ..DEBIAN };

pub(super) fn find(image: &Image) -> Option<BaseImage> {
    if !image.is_docker_hub() {
        return None;
    }
    match image.repository() {
        "debian" | "ubuntu" => Some(DEBIAN),
        "alpine" => Some(ALPINE),
        _ => None,
    }
}
