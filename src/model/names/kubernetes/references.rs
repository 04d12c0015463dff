//! Where manifests name other objects, by the fields of the API reference of Kubernetes 1.34, of the Gateway API 1.3 and
//! of what is most often installed beside them.

use crate::syntax::yaml::Ref;

/// A place that names an object.
#[derive(Clone, Debug)]
pub(super) struct Reference<'a> {
    /// The kind of the object.
    pub(super) kind: &'a str,
    /// Its name.
    pub(super) name: Ref<'a>,
    /// The namespace, where one is named with it.
    pub(super) namespace: Option<&'a str>,
    /// The keys of a ConfigMap or a Secret that are taken from it.
    pub(super) keys: Vec<Ref<'a>>,
    /// The port of a Service, by name or number.
    pub(super) port: Option<Ref<'a>>,
}

/// What stands above the mapping, the key that holds the name, and the kind of the object.
const FIELDS: [(&str, &str, &str); 23] = [
    ("configMapKeyRef", "name", "ConfigMap"),
    ("configMapRef", "name", "ConfigMap"),
    ("configMap", "name", "ConfigMap"),
    ("secretKeyRef", "name", "Secret"),
    ("secretRef", "name", "Secret"),
    ("secret", "name", "Secret"),
    ("secret", "secretName", "Secret"),
    ("secrets", "name", "Secret"),
    ("imagePullSecrets", "name", "Secret"),
    ("tls", "secretName", "Secret"),
    ("persistentVolumeClaim", "claimName", "PersistentVolumeClaim"),
    ("service", "name", "Service"),
    ("backend", "serviceName", "Service"),
    ("", "serviceAccountName", "ServiceAccount"),
    ("spec", "serviceAccount", "ServiceAccount"),
    ("spec", "serviceName", "Service"),
    ("", "ingressClassName", "IngressClass"),
    ("", "gatewayClassName", "GatewayClass"),
    ("", "storageClassName", "StorageClass"),
    ("", "volumeAttributesClassName", "VolumeAttributesClass"),
    ("", "priorityClassName", "PriorityClass"),
    ("", "runtimeClassName", "RuntimeClass"),
    ("spec", "volumeName", "PersistentVolume"),
];

/// Keys above mappings that say kind and name themselves, and the kind that is meant where none is written; empty where
/// there has to be one.
const KINDED: [(&str, &str); 15] = [
    ("scaleTargetRef", "Deployment"),
    ("targetRef", ""),
    ("targetRefs", ""),
    ("roleRef", ""),
    ("subjects", ""),
    ("claimRef", "PersistentVolumeClaim"),
    ("dataSource", ""),
    ("dataSourceRef", ""),
    ("backendRef", "Service"),
    ("backendRefs", "Service"),
    ("parentRefs", "Gateway"),
    ("certificateRefs", "Secret"),
    ("issuerRef", "Issuer"),
    ("authenticationRef", "TriggerAuthentication"),
    ("involvedObject", ""),
];

/// Kinds that lie in no namespace.
pub(super) const CLUSTER_WIDE: [&str; 10] = [
    "ClusterIssuer",
    "ClusterRole",
    "GatewayClass",
    "IngressClass",
    "Namespace",
    "PersistentVolume",
    "PriorityClass",
    "RuntimeClass",
    "StorageClass",
    "VolumeAttributesClass",
];

/// Mappings within mappings that are looked into.
const DEPTH_LIMIT: u32 = 24;

/// The places in an object that name others.
pub(super) fn references(object: Ref<'_>) -> Vec<Reference<'_>> {
    let mut found = Vec::new();
    collect(object, "", 0, &mut found);
    found
}

fn collect<'a>(node: Ref<'a>, above: &str, depth: u32, found: &mut Vec<Reference<'a>>) {
    // What an alias stands for is written, and looked at, elsewhere.
    if depth > DEPTH_LIMIT || node != node.follow() {
        return;
    }
    node.items().for_each(|item| collect(item, above, depth + 1, found));
    found.extend(kinded(node, above));
    for (key, value) in node.entries() {
        let Some(name) = key.as_str() else { continue };
        let field = FIELDS.iter().find(|(of, key, _)| (of.is_empty() || *of == above) && *key == name);
        match field {
            Some((.., kind)) if value.is_scalar() => found.push(named(kind, value, node)),
            // What an object says of itself is no reference.
            _ if depth == 0 && name == "metadata" => {}
            _ => collect(value, name, depth + 1, found),
        }
    }
}

/// What a mapping names that says kind and name itself.
fn kinded<'a>(node: Ref<'a>, above: &str) -> Option<Reference<'a>> {
    let (_, usual) = KINDED.iter().find(|(key, _)| *key == above)?;
    let name = node.get("name").filter(|name| name.is_scalar())?;
    let kind = match node.get("kind") {
        Some(kind) => kind.as_str()?,
        None => usual,
    };
    (!kind.is_empty()).then(|| named(kind, name, node))
}

fn named<'a>(kind: &'a str, name: Ref<'a>, around: Ref<'a>) -> Reference<'a> {
    let mut keys = Vec::new();
    if matches!(kind, "ConfigMap" | "Secret") {
        keys.extend(around.get("key"));
        keys.extend(around.get("items").into_iter().flat_map(|items| items.items().filter_map(|item| item.get("key"))));
    }
    let port = around.get("port").or_else(|| around.get("servicePort")).filter(|_| kind == "Service");
    // `{name: http}` or `{number: 80}` in an Ingress.
    let port =
        port.and_then(|port| if port.is_mapping() { port.get("name").or(port.get("number")) } else { Some(port) });
    Reference { kind, name, namespace: around.get("namespace").and_then(Ref::as_str), keys, port }
}
