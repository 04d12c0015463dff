//! What differs between the configurations of two images.

use std::collections::BTreeMap;
use std::fmt::Debug;

use crate::build::image::{ContainerConfig, ImageConfig};
use crate::build::{Change, Effect};

/// What differs, field by field: times, history and layers aside, which are no part of how a container runs.
pub fn differences(before: &ImageConfig, after: &ImageConfig) -> Vec<Change> {
    let (old, new) = (&before.config, &after.config);
    let mut found = variables(old, new);
    found.extend(maps(Effect::Labels, "the label", &old.labels, &new.labels));
    found.extend(maps(Effect::Ports, "the port", &old.exposed_ports, &new.exposed_ports));
    found.extend(maps(Effect::Volumes, "the volume", &old.volumes, &new.volumes));
    let fields = [
        field(Effect::User, "the user", user(&old.user), user(&new.user)),
        field(Effect::Workdir, "the folder", folder(&old.working_dir), folder(&new.working_dir)),
        field(Effect::Entrypoint, "the entry point", &old.entrypoint, &new.entrypoint),
        field(Effect::Cmd, "the command", &old.cmd, &new.cmd),
        field(Effect::StopSignal, "the stop signal", &old.stop_signal, &new.stop_signal),
        field(Effect::Healthcheck, "the health check", &old.healthcheck, &new.healthcheck),
        field(Effect::Triggers, "what `ONBUILD` holds back", &old.on_build, &new.on_build),
        field(Effect::Shell, "the shell", &old.shell, &new.shell),
        field(Effect::Author, "the author", &before.author, &after.author),
        field(Effect::Base, "the architecture", &before.architecture, &after.architecture),
        field(Effect::Base, "the operating system", &before.os, &after.os),
    ];
    found.extend(fields.into_iter().flatten());
    found
}

/// Root is root, whatever it is called.
fn user(written: &str) -> &str {
    if matches!(written, "" | "0" | "root" | "0:0" | "root:root") { "root" } else { written }
}

fn folder(written: &str) -> &str {
    if written.is_empty() { "/" } else { written }
}

fn variables(old: &ContainerConfig, new: &ContainerConfig) -> Vec<Change> {
    let (before, after) = (pairs(&old.env), pairs(&new.env));
    let mut found = maps(Effect::Environment, "the variable", &before, &after);
    if found.is_empty() && old.env != new.env {
        let message = "the variables are in another order".to_owned();
        found.push(Change { effect: Effect::Environment, message });
    }
    found
}

fn pairs(variables: &[String]) -> BTreeMap<String, String> {
    let pair = |variable: &String| {
        let (name, value) = variable.split_once('=').unwrap_or((variable, ""));
        (name.to_owned(), value.to_owned())
    };
    variables.iter().map(pair).collect()
}

fn maps<V: PartialEq>(
    effect: Effect,
    what: &str,
    before: &BTreeMap<String, V>,
    after: &BTreeMap<String, V>,
) -> Vec<Change> {
    let lost = before.keys().filter(|key| !after.contains_key(*key)).map(|key| format!("{what} `{key}` is gone"));
    let come = after.iter().filter_map(|(key, value)| match before.get(key) {
        None => Some(format!("{what} `{key}` is new")),
        Some(old) if old != value => Some(format!("{what} `{key}` has another value")),
        Some(_) => None,
    });
    lost.chain(come).map(|message| Change { effect, message }).collect()
}

fn field<V: PartialEq + Debug + ?Sized>(effect: Effect, what: &str, before: &V, after: &V) -> Option<Change> {
    (before != after).then(|| Change { effect, message: format!("{what} changes") })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(config: &str) -> ImageConfig {
        let document = format!(
            r#"{{"architecture": "amd64", "os": "linux", "rootfs": {{"type": "layers", "diff_ids": []}}, "config": {config}}}"#
        );
        serde_json::from_str(&document).expect("a configuration")
    }

    #[test]
    fn every_field_has_its_effect() {
        let empty = "{}";
        let cases = [
            (empty, r#"{"Env": ["A=1"]}"#, Effect::Environment, "the variable `A` is new"),
            (
                r#"{"Env": ["A=1", "B=2"]}"#,
                r#"{"Env": ["B=2", "A=1"]}"#,
                Effect::Environment,
                "the variables are in another order",
            ),
            (
                r#"{"Labels": {"a": "1"}}"#,
                r#"{"Labels": {"a": "2"}}"#,
                Effect::Labels,
                "the label `a` has another value",
            ),
            (r#"{"ExposedPorts": {"80/tcp": {}}}"#, empty, Effect::Ports, "the port `80/tcp` is gone"),
            (empty, r#"{"Volumes": {"/data": {}}}"#, Effect::Volumes, "the volume `/data` is new"),
            (r#"{"User": "root"}"#, r#"{"User": "app"}"#, Effect::User, "the user changes"),
            (empty, r#"{"WorkingDir": "/app"}"#, Effect::Workdir, "the folder changes"),
            (empty, r#"{"Cmd": ["a"]}"#, Effect::Cmd, "the command changes"),
            (empty, r#"{"Entrypoint": ["a"]}"#, Effect::Entrypoint, "the entry point changes"),
            (empty, r#"{"StopSignal": "SIGQUIT"}"#, Effect::StopSignal, "the stop signal changes"),
            (empty, r#"{"Healthcheck": {"Test": ["NONE"]}}"#, Effect::Healthcheck, "the health check changes"),
            (empty, r#"{"OnBuild": ["RUN a"]}"#, Effect::Triggers, "what `ONBUILD` holds back changes"),
            (empty, r#"{"Shell": ["/bin/bash", "-c"]}"#, Effect::Shell, "the shell changes"),
        ];
        for (before, after, effect, message) in cases {
            let expected = Change { effect, message: message.to_owned() };
            assert_eq!(differences(&image(before), &image(after)), [expected]);
        }
    }

    #[test]
    fn what_means_the_same_is_the_same() {
        assert_eq!(differences(&image(r#"{"User": "0"}"#), &image("{}")), []);
        assert_eq!(differences(&image(r#"{"Env": ["A=1"]}"#), &image(r#"{"Env": ["A=1"]}"#)), []);
    }
}
