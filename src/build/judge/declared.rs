//! Which differences between two trees a fix declares.

use std::sync::LazyLock;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::build::tree::Kind;
use crate::build::tree::difference::{Aspect, Change, Difference};
use crate::build::{Effect, Effects};

/// Where package managers keep what they have downloaded, and others what they can make again. The folders are those
/// of `model/packages/caches`, seen from the root of the image.
const CACHES: &[&str] = &[
    "var/lib/apt/lists/**",
    "var/cache/**",
    "etc/apk/cache/**",
    "{root,home/*,var/www}/.cache{,/**}",
    "{root,home/*}/.{npm,yarn,pnpm-store,composer/cache,gem/**/cache,bundle/cache}{,/**}",
    "usr/local/share/.cache{,/**}",
    "usr/local/bundle/cache/**",
    "usr/local/cargo/registry{,/**}",
    "go/pkg/mod/cache{,/**}",
    "{tmp,var/tmp}/**",
];

/// What changes with the packages that are installed, beside their own files.
const STATE: &[&str] = &[
    "var/lib/{apt,dpkg,rpm,dnf,zypp,pacman}/**",
    "{,usr/}lib/apk/db/**",
    "etc/apk/world",
    "usr/lib/sysimage/**",
    "var/{cache,log}/**",
    "etc/ld.so.cache",
    "etc/alternatives/**",
    "etc/{passwd,group,shadow,gshadow,subuid,subgid}{,-}",
    "etc/shells",
    "etc/ssl/certs/**",
    "usr/share/{info/dir,mime/**,icons/**/icon-theme.cache,glib-2.0/schemas/gschemas.compiled}",
];

/// Where package managers put what they install: the folders of the system, and those of libraries beside an application.
const PACKAGES: &[&str] = &[
    "{bin,boot,etc,lib,lib32,lib64,libx32,opt,run,sbin,usr,var}{,/**}",
    "**/{node_modules,site-packages,dist-packages,vendor,.venv,.pnpm-store}{,/**}",
    "**/package-lock.json",
];

/// Whether a fix with this effect may say that files differ. Effects of the plan do not: that COPY takes the place of ADD, or of
/// a RUN, is a change of how files come, and the files are to be the same.
pub(super) fn changes_files(effect: Effect) -> bool {
    use Effect::{Base, Caches, Context, Packages, Permissions, User, Workdir};
    matches!(effect, Base | Packages | Caches | Context | Permissions | Workdir | User)
}

/// Whether fixes with these effects say that two trees differ there.
pub fn is_declared(effects: Effects, difference: &Difference) -> bool {
    let has = |effect| effects.contains(effect);
    let packages = |globs| has(Effect::Packages) && matches(globs, difference);
    match &difference.change {
        Change::Removed(_) => {
            let is_cache = || matches(&CACHE_GLOBS, difference);
            packages(&PACKAGE_GLOBS) || has(Effect::Context) || has(Effect::Caches) && is_cache()
        }
        // A folder that is entered is made.
        Change::Added(entry) => packages(&PACKAGE_GLOBS) || has(Effect::Workdir) && entry.kind == Kind::Folder,
        Change::Changed { aspects, .. } => {
            let all = |wanted: &[Aspect]| aspects.iter().all(|aspect| wanted.contains(aspect));
            has(Effect::User) && all(&[Aspect::User, Aspect::Group])
                || has(Effect::Permissions) && all(&[Aspect::User, Aspect::Group, Aspect::Mode])
                || packages(&STATE_GLOBS)
        }
    }
}

static PACKAGE_GLOBS: LazyLock<GlobSet> = LazyLock::new(|| globs(PACKAGES));
static CACHE_GLOBS: LazyLock<GlobSet> = LazyLock::new(|| globs(CACHES));
static STATE_GLOBS: LazyLock<GlobSet> = LazyLock::new(|| globs(STATE));

fn matches(globs: &GlobSet, difference: &Difference) -> bool {
    globs.is_match(&difference.path)
}

fn globs(patterns: &[&str]) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        set.add(
            GlobBuilder::new(pattern)
                .literal_separator(true)
                .empty_alternates(true)
                .build()
                .expect("a test reads every pattern"),
        );
    }
    set.build().expect("a test reads every pattern")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::tree::Entry;

    fn entry(path: &str, kind: Kind) -> Box<Entry> {
        let json = format!(
            r#"{{"path": "{path}", "kind": {}, "mode": 420, "uid": 0, "gid": 0}}"#,
            serde_json::to_string(&kind).expect("a word")
        );
        serde_json::from_str(&json).map(Box::new).expect("an entry")
    }

    fn removed(path: &str) -> Difference {
        Difference { path: path.to_owned(), change: Change::Removed(entry(path, Kind::File)), volatile: None }
    }

    fn changed(path: &str, aspects: &[Aspect]) -> Difference {
        let change = Change::Changed {
            before: entry(path, Kind::File),
            after: entry(path, Kind::File),
            aspects: aspects.to_vec(),
        };
        Difference { path: path.to_owned(), change, volatile: None }
    }

    #[test]
    fn a_command_alone_changes_no_file() {
        use Effect::{Base, Command, Environment, Files, Labels, Shell, Stages, Steps};
        for effect in [Command, Steps, Labels, Shell, Environment, Files, Stages, Base] {
            assert!(!is_declared(effect.into(), &removed("usr/bin/curl")), "{effect:?}");
            assert!(!is_declared(effect.into(), &changed("etc/passwd", &[Aspect::Content])), "{effect:?}");
            assert!(!is_declared(effect.into(), &changed("app/run", &[Aspect::Mode])), "{effect:?}");
        }
    }

    #[test]
    fn caches_may_go_and_nothing_else() {
        let caches = Effects::from(Effect::Caches);
        for path in [
            "var/lib/apt/lists/deb_dists_bookworm_InRelease",
            "var/cache/apt/archives/curl.deb",
            "root/.cache",
            "root/.cache/pip/http/a",
            "home/app/.npm/_cacache/x",
            "var/cache/apk/APKINDEX.tar.gz",
        ] {
            assert!(is_declared(caches, &removed(path)), "{path}");
        }
        for path in ["usr/bin/curl", "var/lib/apt/extended_states", "root/.bashrc", "var/lib/apt/lists"] {
            assert!(!is_declared(caches, &removed(path)), "{path}");
        }
        assert!(!is_declared(caches, &changed("var/cache/apt/x", &[Aspect::Content])));
    }

    #[test]
    fn packages_come_and_go_with_what_is_kept_about_them() {
        let packages = Effects::from(Effect::Packages);
        assert!(is_declared(packages, &removed("usr/bin/curl")));
        assert!(is_declared(packages, &removed("app/node_modules/left-pad/index.js")));
        for path in ["app/main.py", "srv/data", "home/app/.profile", "node_modules.txt"] {
            assert!(!is_declared(packages, &removed(path)), "{path}");
        }
        assert!(is_declared(packages, &changed("var/lib/dpkg/status", &[Aspect::Content])));
        assert!(is_declared(packages, &changed("lib/apk/db/installed", &[Aspect::Content])));
        assert!(!is_declared(packages, &changed("usr/bin/bash", &[Aspect::Content])));
    }

    #[test]
    fn a_narrower_context_takes_files_away_and_does_nothing_else() {
        let context = Effects::from(Effect::Context);
        assert!(is_declared(context, &removed("app/notes.txt")));
        assert!(!is_declared(context, &changed("app/list", &[Aspect::Content])));
    }

    #[test]
    fn permissions_are_owners_and_modes_and_no_content() {
        let permissions = Effects::from(Effect::Permissions);
        assert!(is_declared(permissions, &changed("app/run", &[Aspect::Mode, Aspect::User])));
        assert!(!is_declared(permissions, &changed("app/run", &[Aspect::Mode, Aspect::Content])));
        assert!(!is_declared(permissions, &removed("app/run")));
        assert!(!is_declared(Effect::User.into(), &changed("app/run", &[Aspect::Mode])));
    }

    #[test]
    fn another_user_owns_other_files() {
        let user = Effects::from(Effect::User);
        assert!(is_declared(user, &changed("app/log", &[Aspect::User, Aspect::Group])));
        assert!(!is_declared(user, &changed("app/log", &[Aspect::User, Aspect::Content])));
    }
}
