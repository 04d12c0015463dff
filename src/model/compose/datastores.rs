//! Images of well-known datastores: what other services wait for.

use crate::model::image::Image;

/// A datastore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datastore {
    /// The last part of the names of its images.
    pub name: &'static str,
    /// A command of the image that fails until it takes connections; empty where none is known.
    pub test: &'static str,
}

/// By name. None of these images brings a health check of its own.
const DATASTORES: [Datastore; 20] = [
    store("cassandra", "cqlsh -e 'describe cluster'"),
    store("clickhouse-server", "clickhouse-client --query 'select 1'"),
    store("cockroach", ""),
    store("couchdb", "curl -f http://localhost:5984/_up"),
    store("elasticsearch", "curl -f http://localhost:9200/_cluster/health"),
    store("etcd", "etcdctl endpoint health"),
    store("kafka", ""),
    store("mariadb", "healthcheck.sh --connect --innodb_initialized"),
    store("memcached", ""),
    store("mongo", "mongosh --quiet --eval 'db.runCommand({ping: 1})'"),
    store("mssql", ""),
    store("mysql", "mysqladmin ping -h localhost"),
    store("neo4j", ""),
    store("opensearch", "curl -f http://localhost:9200/_cluster/health"),
    store("postgis", "pg_isready"),
    store("postgres", "pg_isready"),
    store("rabbitmq", "rabbitmq-diagnostics -q ping"),
    store("redis", "redis-cli ping"),
    store("valkey", "valkey-cli ping"),
    store("zookeeper", ""),
];

/// Publishers whose images of these names are the datastores; beside Docker's official images.
const PUBLISHERS: [&str; 12] = [
    "apache",
    "bitnami",
    "bitnamilegacy",
    "clickhouse",
    "cockroachdb",
    "confluentinc",
    "elasticsearch",
    "opensearchproject",
    "postgis",
    "redis",
    "valkey",
    "wurstmeister",
];

const fn store(name: &'static str, test: &'static str) -> Datastore {
    Datastore { name, test }
}

impl Datastore {
    /// The datastore that an image is.
    pub fn of(image: &Image) -> Option<Datastore> {
        let path = image.repository();
        let (publisher, name) = path.rsplit_once('/').map_or((None, path), |(path, name)| (Some(path), name));
        let name = match (image.registry(), publisher, name) {
            ("mcr.microsoft.com", Some("mssql"), "server") => "mssql",
            (_, Some("elasticsearch"), "elasticsearch") => "elasticsearch",
            (_, None, name) if image.is_official() => name,
            (_, Some(publisher), name) if image.is_docker_hub() && PUBLISHERS.contains(&publisher) => {
                // `confluentinc/cp-kafka`, `bitnami/mongodb`, `bitnami/postgresql`.
                match name.strip_prefix("cp-").unwrap_or(name) {
                    "mongodb" => "mongo",
                    "postgresql" => "postgres",
                    name => name,
                }
            }
            _ => return None,
        };
        DATASTORES.into_iter().find(|store| store.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Span;

    #[test]
    fn datastores_are_known_by_their_publishers() {
        for (reference, name) in [
            ("postgres:17-alpine", Some("postgres")),
            ("library/redis", Some("redis")),
            ("bitnami/postgresql:16", Some("postgres")),
            ("confluentinc/cp-kafka:7.5.0", Some("kafka")),
            ("docker.elastic.co/elasticsearch/elasticsearch:8.1.0", Some("elasticsearch")),
            ("mcr.microsoft.com/mssql/server:2022-latest", Some("mssql")),
            ("acme/postgres", None),
            ("ghcr.io/acme/redis", None),
            ("nginx", None),
        ] {
            let image = Image::parse(reference, Span::empty(0)).expect("a reference");
            assert_eq!(Datastore::of(&image).map(|store| store.name), name, "{reference}");
        }
    }
}
