use super::*;
use crate::syntax::yaml::parse;

/// Two files. The second has what most names of the first mean.
const OWN: &str = "\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: main}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec: {defaultBackend: {service: {name: web, port: {name: http}}}}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {selector: {matchExpressions: [{key: app, operator: In, values: [web]}]}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {}
  ingress: [{from: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: main}]}]
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: web}
spec: {rules: [{backendRefs: [{name: web, namespace: shop, port: 80}]}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: web, namespace: other}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{kind: ServiceAccount, name: runner, namespace: shop}]
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: web}
spec: {scaleTargetRef: {name: web}}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: {name: web}
spec: {selector: {matchLabels: {team: a}}, namespaceSelector: {any: true}, endpoints: [{port: http}]}
";
const OTHER: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    metadata: {labels: {app: web}}
    spec:
      serviceAccountName: runner
      containers:
        - name: a
          image: b
          ports: [{name: main, containerPort: 8080}]
          envFrom: [{configMapRef: {name: settings}}]
          env: [{name: K, valueFrom: {configMapKeyRef: {name: settings, key: level}}}]
          readinessProbe: {httpGet: {port: main}}
          volumeMounts: [{name: data, mountPath: /x}]
      volumes:
        - {name: data, secret: {secretName: keys}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: other}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, image: b}]}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {level: debug}
---
apiVersion: v1
kind: Secret
metadata: {name: keys, namespace: shop}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: runner, namespace: shop}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop, labels: {team: a}}
spec: {ports: [{name: http, port: 80}]}
";

/// What the name at the end of `text` in the file at hand means, and where that is used: file, line and text. The file at
/// hand is `OTHER` where `is_other`.
fn found(is_other: bool, text: &str) -> (Vec<String>, Vec<String>) {
    let (own, other) = if is_other { (OTHER, OWN) } else { (OWN, OTHER) };
    let (first, second) = (parse(own.to_owned()), parse(other.to_owned()));
    let file: Arc<Path> = Arc::from(Path::new("other.yaml"));
    let manifests = [Manifest { file: None, stream: &first }, Manifest { file: Some(&file), stream: &second }];
    let names = of_manifests(&manifests);
    let shown = |at: &At| {
        let (text, mark) = if at.file.is_some() { (other, "other ") } else { (own, "") };
        let line = text[..at.span.start as usize].matches('\n').count() + 1;
        format!("{mark}{line} {}", at.span.of_text(text))
    };
    let offset = (own.find(text).expect("it is there") + text.len() - 1) as u32;
    let all = |places: Vec<&At>| places.into_iter().map(shown).collect();
    (all(names.declarations(offset)), all(names.uses(offset)))
}

#[test]
fn a_selector_leads_to_the_pods_it_picks() {
    let own = "other 6 {app: web}";
    let both = [own, "other 23 {app: web}"];
    assert_eq!(found(false, "selector: {app").0, [own], "the namespace counts");
    assert_eq!(found(false, "selector: {matchExpressions").0, both, "any namespace may be the one that is not written");
    assert_eq!(found(false, "podSelector: {}").0, [own]);
    assert!(found(false, "podSelector: {matchLabels").0.is_empty());
    assert_eq!(found(false, "selector: {matchLabels: {team").0, ["other 44 api"], "a monitor picks Services");
}

#[test]
fn pods_and_their_workload_are_found_by_their_selectors() {
    let expected =
        ["other 4 {app: web}", "other 14 {matchExpressions: [{key: app, operator: In, values: [web]}]}", "other 20 {}"];
    assert_eq!(found(true, "labels: {app").1, expected);
    let uses = found(true, "kind: Deployment\nmetadata: {name: web").1;
    assert!(expected.iter().all(|own| uses.iter().any(|used| used == own)), "{uses:?}");
    assert!(uses.contains(&"other 37 web".to_owned()), "what is scaled: {uses:?}");
}

#[test]
fn objects_are_found_where_they_are_named() {
    for (is_other, text, expected) in [
        (false, "service: {name: web", vec!["3 web"]),
        (false, "backendRefs: [{name: web", vec!["3 web"]),
        (false, "kind: ClusterRole, name: reader", vec!["other 40 reader"]),
        (false, "kind: ServiceAccount, name: runner", vec!["other 36 runner"]),
        (false, "scaleTargetRef: {name: web", vec!["other 3 web", "other 22 web"]),
        (true, "configMapRef: {name: settings", vec!["27 settings"]),
        (true, "secretName: keys", vec!["32 keys"]),
        (true, "serviceAccountName: runner", vec!["36 runner"]),
    ] {
        assert_eq!(found(is_other, text).0, expected, "{text}");
    }
}

#[test]
fn ports_keys_and_volumes_are_found_where_they_are_named() {
    for (is_other, text, expected) in [
        (false, "targetPort: main", vec!["other 12 main"]),
        (false, "ports: [{port: main", vec!["other 12 main"]),
        (false, "port: {name: http", vec!["4 http"]),
        (false, "namespace: shop, port: 80", vec!["4 80"]),
        (false, "endpoints: [{port: http", vec!["other 45 http"]),
        (true, "httpGet: {port: main", vec!["12 main"]),
        (true, "key: level", vec!["28 level"]),
        (true, "volumeMounts: [{name: data", vec!["18 data"]),
    ] {
        assert_eq!(found(is_other, text).0, expected, "{text}");
    }
}

#[test]
fn what_a_kustomization_makes_is_found() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: b, envFrom: [{configMapRef: {name: made}}]}]}\n";
    let (own, other) = (parse(pod.to_owned()), parse("configMapGenerator: [{name: made, files: [a]}]\n".to_owned()));
    let file: Arc<Path> = Arc::from(Path::new("kustomization.yaml"));
    let names = of_manifests(&[Manifest { file: None, stream: &own }, Manifest { file: Some(&file), stream: &other }]);
    let found = names.declarations(pod.find("made").expect("it is there") as u32);
    assert_eq!(found, [&At { file: Some(file), span: Span::of(28..32) }]);
}

#[test]
fn a_bundle_of_thousands_is_followed_in_time() {
    let mut text = String::new();
    for number in 0..1500 {
        text += &format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: a{number}, labels: {{app: a{number}, all: x}}}}\nspec: {{containers: [{{image: b}}]}}\n---\n\
             apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: a}}\nspec: {{podSelector: {{}}}}\n---\n\
             apiVersion: v1\nkind: Service\nmetadata: {{name: a}}\nspec: {{selector: {{all: x, app: a{number}}}}}\n---\n"
        );
    }
    let names = of_manifests(&[Manifest { file: None, stream: &parse(text) }]);
    assert!(names.used.len() < MOST_USES + 10_000, "{}", names.used.len());
    let text = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {selector: {all: x, app: a7}}\n---\n"
        .to_owned()
        + "apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {app: a7, all: x}}\nspec: {containers: [{image: b}]}\n";
    assert_eq!(of_manifests(&[Manifest { file: None, stream: &parse(text) }]).used.len(), 1);
}
