use crate::lint::prelude::*;
use crate::model::base_images::{BaseImage, BaseShell};
use crate::model::dockerfile::Platform;

pub const CHECKS: &[Check] = &[Check::From(base_platform_mismatch)];

/// Distributions: there is no Windows in them.
const LINUX: [&str; 9] =
    ["alpine", "busybox", "debian", "ubuntu", "fedora", "almalinux", "rockylinux", "archlinux", "amazonlinux"];

fn base_platform_mismatch(from: From<'_>, cx: &mut Context<'_>) {
    let (Some(word), Some(image)) = (from.platform(), from.image()) else { return };
    let Some(asked) = from.instruction.value(word).as_deref().and_then(Platform::parse).and_then(|own| own.os) else {
        return;
    };
    let shell = BaseImage::of(image).map(|base| base.shell);
    let made_for = match shell {
        Some(BaseShell::Cmd | BaseShell::PowerShell) => "windows",
        _ if image.is_official() && LINUX.contains(&image.repository()) => "linux",
        _ => return,
    };
    if asked != made_for && matches!(&*asked, "linux" | "windows") {
        cx.report(word.span, format!("`{}` is no image for `{asked}`", image.familiar_name()))
            .label(image.name_span, format!("is made for `{made_for}`"));
    }
}
