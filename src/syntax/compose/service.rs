//! A service and what is in it.

use super::{Range, ShortMount, ShortPort, literal, parse_mount, parse_port, part_span};
use crate::syntax::yaml::{Field, Ref};
use crate::text::Span;

/// One service as it is written in one file. What other files and `extends` add is in `model::compose`.
#[derive(Clone, Copy, Debug)]
pub struct Service<'a> {
    /// Its name, where it is written.
    pub key: Ref<'a>,
    /// What is written under the name.
    pub node: Ref<'a>,
}

/// `build`, short or long.
#[derive(Clone, Copy, Debug)]
pub struct Build<'a> {
    /// The context itself, or the mapping.
    pub node: Ref<'a>,
}

/// An entry of `ports`.
#[derive(Clone, Copy, Debug)]
pub enum Port<'a> {
    /// `"8080:80"`.
    Short(Ref<'a>),
    /// The mapping with `target`, `published` …
    Long(Ref<'a>),
}

/// An entry of `volumes`.
#[derive(Clone, Copy, Debug)]
pub enum Mount<'a> {
    /// `db:/data:ro`.
    Short(Ref<'a>),
    /// The mapping with `type`, `source`, `target` …
    Long(Ref<'a>),
}

/// An entry of `depends_on`.
#[derive(Clone, Copy, Debug)]
pub struct Dependency<'a> {
    /// The name of the other service.
    pub service: Ref<'a>,
    /// What is said of it; `None` in the short form.
    pub long: Option<Ref<'a>>,
}

/// A secret or config that a service is given.
#[derive(Clone, Copy, Debug)]
pub struct Grant<'a> {
    /// Its name: the item itself, or its `source`.
    pub source: Ref<'a>,
    /// The item.
    pub node: Ref<'a>,
}

/// `healthcheck`.
#[derive(Clone, Copy, Debug)]
pub struct Healthcheck<'a> {
    /// The mapping.
    pub node: Ref<'a>,
}

/// A name and a value of what may be written as a map or as a list of `NAME=value`.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'a> {
    /// The name.
    pub name: &'a str,
    /// Where the name stands.
    pub name_span: Span,
    /// The value; `None` when only the name is written.
    pub value: Option<&'a str>,
    /// Where the value stands.
    pub value_span: Span,
    /// The item, or the value of the map.
    pub node: Ref<'a>,
}

impl<'a> Service<'a> {
    /// Its name.
    pub fn name(self) -> &'a str {
        self.key.as_str().unwrap_or("")
    }

    /// What is written under `key`, its own or by `<<`.
    pub fn get(self, key: &str) -> Option<Ref<'a>> {
        self.node.get(key).filter(|value| value.tag() != Some("!reset"))
    }

    /// What is known of `key`.
    pub fn field(self, key: &str) -> Field<'a> {
        match self.node.field(key) {
            Field::Present(value) if value.tag() == Some("!reset") => Field::Absent,
            field => field,
        }
    }

    /// The image.
    pub fn image(self) -> Field<'a> {
        self.field("image")
    }

    /// How it is built.
    pub fn build(self) -> Option<Build<'a>> {
        self.get("build").filter(|node| !node.is_null()).map(|node| Build { node })
    }

    /// The published ports.
    pub fn ports(self) -> impl Iterator<Item = Port<'a>> {
        let items = self.get("ports").into_iter().flat_map(Ref::items);
        items.map(|item| if item.is_mapping() { Port::Long(item) } else { Port::Short(item) })
    }

    /// The mounts.
    pub fn mounts(self) -> impl Iterator<Item = Mount<'a>> {
        let items = self.get("volumes").into_iter().flat_map(Ref::items);
        items.map(|item| if item.is_mapping() { Mount::Long(item) } else { Mount::Short(item) })
    }

    /// The services it waits for.
    pub fn depends_on(self) -> impl Iterator<Item = Dependency<'a>> {
        let node = self.get("depends_on");
        let short = node.into_iter().flat_map(Ref::items).map(|service| Dependency { service, long: None });
        let long = node.map(Ref::merged_entries).unwrap_or_default().into_iter();
        short.chain(long.map(|(service, long)| Dependency { service, long: Some(long) }))
    }

    /// The names of the networks it joins.
    pub fn networks(self) -> impl Iterator<Item = Ref<'a>> {
        self.names("networks")
    }

    /// The names of a list, or the keys of a map.
    pub fn names(self, key: &str) -> impl Iterator<Item = Ref<'a>> {
        let node = self.get(key);
        let keys = node.map(Ref::merged_entries).unwrap_or_default().into_iter().map(|(key, _)| key);
        node.into_iter().flat_map(Ref::items).chain(keys)
    }

    /// The environment variables.
    pub fn environment(self) -> impl Iterator<Item = Pair<'a>> {
        self.get("environment").into_iter().flat_map(pairs)
    }

    /// The health check, also one that is disabled.
    pub fn healthcheck(self) -> Option<Healthcheck<'a>> {
        self.get("healthcheck").filter(|node| !node.is_null()).map(|node| Healthcheck { node })
    }

    /// What is granted under `secrets` or `configs`.
    pub fn grants(self, key: &str) -> impl Iterator<Item = Grant<'a>> {
        grants(self.get(key))
    }
}

impl<'a> Build<'a> {
    /// The context.
    pub fn context(self) -> Option<Ref<'a>> {
        if self.node.is_mapping() { self.node.get("context") } else { Some(self.node) }
    }

    /// The path of the Dockerfile, as seen from the context.
    pub fn dockerfile(self) -> Option<Ref<'a>> {
        self.node.get("dockerfile")
    }

    /// The Dockerfile itself.
    pub fn dockerfile_inline(self) -> Option<Ref<'a>> {
        self.node.get("dockerfile_inline")
    }

    /// The stage that is built.
    pub fn target(self) -> Option<Ref<'a>> {
        self.node.get("target")
    }

    /// The build arguments.
    pub fn args(self) -> impl Iterator<Item = Pair<'a>> {
        self.node.get("args").into_iter().flat_map(pairs)
    }

    /// The named contexts.
    pub fn additional_contexts(self) -> impl Iterator<Item = Pair<'a>> {
        self.node.get("additional_contexts").into_iter().flat_map(pairs)
    }

    /// The secrets that its steps may mount.
    pub fn secrets(self) -> impl Iterator<Item = Grant<'a>> {
        grants(self.node.get("secrets"))
    }
}

impl<'a> Port<'a> {
    /// The item.
    pub fn node(self) -> Ref<'a> {
        match self {
            Port::Short(node) | Port::Long(node) => node,
        }
    }

    /// The short syntax taken apart. `None` for the long one, for what is malformed and for what variables make.
    pub fn parse(self) -> Option<ShortPort<'a>> {
        match self {
            Port::Short(node) => parse_port(literal(node)?).ok(),
            Port::Long(_) => None,
        }
    }
}

impl<'a> Mount<'a> {
    /// The item.
    pub fn node(self) -> Ref<'a> {
        match self {
            Mount::Short(node) | Mount::Long(node) => node,
        }
    }

    /// The short syntax taken apart. `None` for the long one, for what is malformed and for what variables make.
    pub fn parse(self) -> Option<ShortMount<'a>> {
        match self {
            Mount::Short(node) => parse_mount(literal(node)?),
            Mount::Long(_) => None,
        }
    }
}

impl<'a> Dependency<'a> {
    /// The condition, where one is written.
    pub fn condition(self) -> Option<Ref<'a>> {
        self.long?.get("condition")
    }
}

impl<'a> Healthcheck<'a> {
    /// The command, in whatever form.
    pub fn test(self) -> Option<Ref<'a>> {
        self.node.get("test")
    }
}

fn grants<'a>(node: Option<Ref<'a>>) -> impl Iterator<Item = Grant<'a>> {
    node.into_iter().flat_map(Ref::items).filter_map(|node| {
        let source = if node.is_mapping() { node.get("source")? } else { node };
        Some(Grant { source, node })
    })
}

/// What is written as a map or as a list of `NAME=value`.
fn pairs<'a>(node: Ref<'a>) -> impl Iterator<Item = Pair<'a>> {
    let listed = node.items().filter_map(|item| {
        let text = item.as_str()?;
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
        let value_at: Range<usize> = if value.is_some() { name.len() + 1..text.len() } else { text.len()..text.len() };
        Some(Pair {
            name,
            name_span: part_span(item, 0..name.len()),
            value,
            value_span: part_span(item, value_at),
            node: item,
        })
    });
    let mapped = node.merged_entries().into_iter().filter_map(|(key, value)| {
        let text = if value.is_null() { None } else { value.as_str() };
        Some(Pair { name: key.as_str()?, name_span: key.span(), value: text, value_span: value.span(), node: value })
    });
    listed.chain(mapped)
}

#[cfg(test)]
mod tests {
    use super::super::File;
    use super::*;
    use crate::syntax::yaml;

    const TEXT: &str = r#"
services:
  web:
    build: .
    ports: ["8080:80", {target: 90}]
    volumes: [data:/data, './src:/app:ro']
    environment: [A=1, "B=x y", C]
    depends_on: [db]
    secrets: [token, {source: other}]
    privileged: !reset null
  db:
    image: postgres
    environment: {PASSWORD: secret, EMPTY: }
    depends_on: {cache: {condition: service_healthy, required: false}}
"#;

    #[test]
    fn what_is_written_is_read_in_both_forms() {
        let stream = yaml::parse(TEXT);
        let file = File { root: stream.documents[0].root().expect("a root") };
        let [web, db] = [file.service("web"), file.service("db")].map(|service| service.expect("written"));
        assert_eq!(web.build().and_then(Build::context).and_then(Ref::as_str), Some("."));
        assert_eq!(web.ports().filter_map(Port::parse).map(|port| *port.target.start()).collect::<Vec<_>>(), [80]);
        assert_eq!(
            web.mounts().filter_map(Mount::parse).map(|mount| mount.target).collect::<Vec<_>>(),
            ["/data", "/app"]
        );
        let pairs: Vec<_> = web.environment().map(|pair| (pair.name, pair.value)).collect();
        assert_eq!(pairs, [("A", Some("1")), ("B", Some("x y")), ("C", None)]);
        let value = web.environment().nth(1).expect("three").value_span;
        assert_eq!(value.of_text(TEXT), "x y");
        assert!(matches!(web.field("privileged"), Field::Absent));
        assert_eq!(
            web.grants("secrets").filter_map(|grant| grant.source.as_str()).collect::<Vec<_>>(),
            ["token", "other"]
        );
        assert_eq!(db.environment().map(|pair| pair.value).collect::<Vec<_>>(), [Some("secret"), None]);
        let dependency = db.depends_on().next().expect("one");
        assert_eq!(dependency.condition().and_then(Ref::as_str), Some("service_healthy"));
    }
}
