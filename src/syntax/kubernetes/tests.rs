use super::*;
use crate::syntax::yaml::{Document, Field, Stream, parse};

/// The first object of `stream`.
fn first(stream: &Stream) -> Object<'_> {
    *all(stream).first().expect("an object")
}

fn all(stream: &Stream) -> Vec<Object<'_>> {
    stream.documents.iter().flat_map(objects).collect()
}

fn pod(stream: &Stream) -> PodSpec<'_> {
    first(stream).pod_spec().expect("a pod spec")
}

fn container(stream: &Stream) -> Container<'_> {
    pod(stream).containers().next().expect("a container")
}

fn root(document: &Document) -> Field<'_> {
    Field::Present(document.root().expect("a root"))
}

#[test]
fn objects_are_documents_and_the_items_of_lists() {
    let stream = parse(
        "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod}\n- {apiVersion: v1, kind: Service}\n- {a: b}\n---\n\
         services: {}\n---\napiVersion: apps/v1\nkind: DeploymentList\nitems: [{apiVersion: apps/v1, kind: Deployment}]\n---\n\
         apiVersion: v2\nname: chart\n---\napiVersion: acme.example/v1\nkind: PriceList\nitems: [{name: a}]\n",
    );
    let kinds: Vec<&str> = all(&stream).iter().map(|object| object.kind()).collect();
    assert_eq!(kinds, ["Pod", "Service", "Deployment", "PriceList"]);
}

#[test]
fn json_is_read_as_well() {
    let stream = parse("{\"apiVersion\": \"v1\", \"kind\": \"Pod\",\n \"metadata\": {\"name\": \"web\"}}");
    assert_eq!(first(&stream).title(), "Pod/web");
}

#[test]
fn every_kind_with_a_pod_template_owns_a_pod_spec() {
    let spec = "{containers: [{name: a, image: b}]}";
    for (version, kind, manifest) in [
        ("v1", "Pod", format!("spec: {spec}")),
        ("apps/v1", "Deployment", format!("spec: {{template: {{spec: {spec}}}}}")),
        ("extensions/v1beta1", "DaemonSet", format!("spec: {{template: {{spec: {spec}}}}}")),
        ("v1", "ReplicationController", format!("spec: {{template: {{spec: {spec}}}}}")),
        ("v1", "PodTemplate", format!("template: {{spec: {spec}}}")),
        ("batch/v1", "CronJob", format!("spec: {{jobTemplate: {{spec: {{template: {{spec: {spec}}}}}}}}}")),
        ("argoproj.io/v1alpha1", "Rollout", format!("spec: {{template: {{spec: {spec}}}}}")),
        ("serving.knative.dev/v1", "Service", format!("spec: {{template: {{spec: {spec}}}}}")),
        ("keda.sh/v1alpha1", "ScaledJob", format!("spec: {{jobTargetRef: {{template: {{spec: {spec}}}}}}}")),
        ("{{ .Values.version }}", "StatefulSet", format!("spec: {{template: {{spec: {spec}}}}}")),
    ] {
        let stream = parse(format!("apiVersion: {version}\nkind: {kind}\n{manifest}\n"));
        assert_eq!(container(&stream).image().known(), Some("b"), "{version} {kind}");
    }
}

#[test]
fn a_kind_of_another_group_owns_none() {
    for (version, kind) in [("v1", "Service"), ("acme.example/v1", "Deployment"), ("apps/v1", "Rollout")] {
        let stream = parse(format!("apiVersion: {version}\nkind: {kind}\nspec: {{template: {{spec: {{}}}}}}\n"));
        assert!(first(&stream).pod_spec().is_none(), "{version} {kind}");
    }
}

#[test]
fn containers_know_their_role() {
    let stream = parse(
        "apiVersion: v1\nkind: Pod\nspec:\n  initContainers: [{name: a}, {name: b, restartPolicy: Always}]\n  \
         containers: [{name: c}]\n  ephemeralContainers: [{name: d}]\n",
    );
    let roles: Vec<(&str, ContainerRole)> =
        pod(&stream).containers().map(|it| (it.name().known().expect("a name"), it.role)).collect();
    let expected = [
        ("c", ContainerRole::Main),
        ("a", ContainerRole::Init),
        ("b", ContainerRole::Sidecar),
        ("d", ContainerRole::Ephemeral),
    ];
    assert_eq!(roles, expected);
}

#[test]
fn a_container_takes_from_its_pod_what_it_does_not_say() {
    let with = |container: &str| {
        parse(format!(
            "apiVersion: v1\nkind: Pod\nspec:\n  securityContext: {{runAsUser: 0, runAsNonRoot: yes}}\n  \
             containers:\n  - {container}\n"
        ))
    };
    let says = |text: &str| {
        let stream = with(text);
        let user = container(&stream).run_as_user();
        let place = user.span().map(|span| span.of_text(&stream.text).to_owned());
        (user.known(), place)
    };
    assert_eq!(says("{image: a}"), (Some(0), Some("0".to_owned())));
    assert_eq!(says("{securityContext: {runAsUser: 1000}}"), (Some(1000), Some("1000".to_owned())));
    assert_eq!(says("{securityContext: {runAsUser: null}}").0, Some(0));
    assert_eq!(says("{securityContext: }").0, Some(0));
    assert_eq!(says("{securityContext: {runAsUser: '5'}}").0, None);
    let stream = with("{image: a}");
    assert_eq!(container(&stream).run_as_non_root().known(), Some(true));
}

#[test]
fn what_a_template_fills_in_is_unknown_and_not_absent() {
    let stream = parse(
        "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: a\n    image: {{ .Values.image }}\n    \
         livenessProbe: {{ toYaml .Values.probe | nindent 6 }}\n    resources:\n      {{- toYaml .Values.resources | nindent 6 }}\n    \
         securityContext:\n      {{- toYaml .Values.security | nindent 6 }}\n",
    );
    let container = container(&stream);
    assert!(matches!(container.image(), Effective::Unknown));
    assert!(matches!(container.probe(Probe::Liveness), Effective::Unknown));
    assert!(matches!(container.resource("limits", "memory"), Effective::Unknown));
    assert!(matches!(container.run_as_user(), Effective::Unknown));
    assert!(container.probe(Probe::Readiness).is_absent());
    assert!(!container.pod.is_partial());
}

#[test]
fn what_a_template_writes_only_sometimes_is_unknown() {
    let stream = parse(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  labels:\n    app: web\n    {{- if .Values.tier }}\n    tier: a\n    {{- end }}\n\
         spec:\n  {{- if .Values.host }}\n  hostNetwork: true\n  {{- end }}\n  containers:\n  - name: a\n    image: b\n    \
         {{- if .Values.limits }}\n    resources:\n      limits:\n        cpu: 1\n    {{- end }}\n",
    );
    let container = container(&stream);
    assert!(matches!(boolean(container.pod.field("hostNetwork")), Effective::Unknown));
    assert!(matches!(container.resource("limits", "cpu"), Effective::Unknown));
    assert!(matches!(container.resource("limits", "memory"), Effective::Unknown));
    let labels = Labels::of(container.pod.labels());
    assert_eq!((labels.pairs.len(), labels.open), (1, true));
}

#[test]
fn a_pod_without_an_image_is_only_a_part() {
    for (containers, partial) in [
        ("", true),
        ("containers: [{name: a}]", true),
        ("containers: [{name: a, image: b}]", false),
        ("{{ include \"containers\" . }}", false),
    ] {
        let stream = parse(format!("apiVersion: v1\nkind: Pod\nspec:\n  nodeName: x\n  {containers}\n"));
        assert_eq!(pod(&stream).is_partial(), partial, "{containers}");
    }
}

#[test]
fn a_pod_that_is_not_restarted_is_finite() {
    for (extra, lifetime) in [
        ("restartPolicy: Always", Lifetime::Serving),
        ("restartPolicy: Never", Lifetime::Finite),
        ("nodeName: a", Lifetime::Serving),
    ] {
        let stream = parse(format!("apiVersion: v1\nkind: Pod\nspec: {{{extra}}}\n"));
        assert_eq!(pod(&stream).lifetime, lifetime, "{extra}");
    }
    let stream = parse("apiVersion: v1\nkind: Pod\nmetadata: {annotations: {helm.sh/hook: test}}\nspec: {a: b}\n");
    assert_eq!(pod(&stream).lifetime, Lifetime::Finite);
}

#[test]
fn a_selector_matches_as_the_api_server_matches() {
    let matches = |selector: &str, labels: &str| {
        let (selector, labels) = (parse(selector), parse(labels));
        let labels = Labels::of(root(&labels.documents[0]));
        LabelSelector::of(root(&selector.documents[0])).matches(&labels)
    };
    for (selector, labels, expected) in [
        ("matchLabels: {app: web}", "{app: web, tier: a}", Some(true)),
        ("matchLabels: {app: web}", "{app: api}", Some(false)),
        ("matchLabels: {app: web}", "{tier: a}", Some(false)),
        ("matchLabels: {app: 8080}", "{app: '8080'}", Some(true)),
        ("matchExpressions: [{key: app, operator: In, values: [a, b]}]", "{app: b}", Some(true)),
        ("matchExpressions: [{key: app, operator: NotIn, values: [a, b]}]", "{tier: b}", Some(true)),
        ("matchExpressions: [{key: app, operator: NotIn, values: [a, b]}]", "{app: b}", Some(false)),
        ("matchExpressions: [{key: app, operator: Exists}]", "{app: b}", Some(true)),
        ("matchExpressions: [{key: app, operator: DoesNotExist}]", "{app: b}", Some(false)),
        ("matchExpressions: [{key: app, operator: Maybe}]", "{app: b}", None),
        ("matchLabels: {app: {{ .Values.app }}}", "{app: web}", None),
        ("matchLabels: {app: {{ .Values.app }}}", "{tier: web}", Some(false)),
        ("matchLabels: {app: web}", "{app: {{ .Values.app }}}", None),
        ("matchLabels: {app: web, tier: b}", "{app: {{ .Values.app }}, tier: a}", Some(false)),
        ("matchLabels:\n  {{- include \"labels\" . | nindent 2 }}", "{app: web}", None),
        ("matchLabels: {app: web}", "{{- include \"labels\" . }}\ntier: a", None),
    ] {
        assert_eq!(matches(selector, labels), expected, "{selector} against {labels}");
    }
}

#[test]
fn owned_labels_say_the_same() {
    let stream = parse("{app: web, tier: {{ .x }}}");
    let labels = Labels::of(root(&stream.documents[0]));
    assert_eq!(labels.all_in(&labels.to_owned()), None);
    let few = Labels { pairs: vec![("app", Some("web"))], open: false };
    assert_eq!(few.all_in(&labels.to_owned()), Some(true));
    assert_eq!(labels.all_in(&few), Some(false));
}
