//! Selectors: which pods, Services and namespaces an object picks by their labels. The fields are those of the API
//! reference of Kubernetes 1.34 and of the Prometheus operator.

use super::workload::{ADDED_LABELS, Selection, may_share_namespace, own_selector};
use crate::syntax::kubernetes::{LabelSelector, Labels, Object, Operator, PodSpec, Requirement};
use crate::syntax::yaml::{Field, Ref};

/// What a selector picks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the word it is")]
pub enum Picks {
    Pods,
    Services,
    Namespaces,
}

/// A selector, as an object has it.
#[derive(Clone, Debug)]
pub struct Selector<'a> {
    /// Where it is written.
    pub node: Ref<'a>,
    /// What it picks.
    pub picks: Picks,
    labels: LabelSelector<'a>,
    within: Vec<Within<'a>>,
}

/// Namespaces in which a selector picks.
#[derive(Clone, Debug)]
enum Within<'a> {
    All,
    /// `None` for one that is not written.
    One(Option<&'a str>),
    Labelled(LabelSelector<'a>),
}

/// The label that the API server gives every namespace: its name.
const NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// The labels of the namespaces that are written down.
pub type Namespaces<'a> = Vec<(&'a str, Labels<&'a str>)>;

impl<'a> Selector<'a> {
    fn new(written: Field<'a>, labels: LabelSelector<'a>, picks: Picks, within: Vec<Within<'a>>) -> Option<Self> {
        let Field::Present(node) = written else { return None };
        Some(Selector { node, picks, labels, within })
    }

    fn of_pods(written: Field<'a>, within: Vec<Within<'a>>) -> Option<Self> {
        Selector::new(written, of_template(LabelSelector::of(written)), Picks::Pods, within)
    }

    /// Labels, key and value, of which everything that it picks has one: for each of its requirements that is of that kind.
    pub fn alternatives(&self) -> impl Iterator<Item = Vec<(&'a str, &'a str)>> {
        let of_one = |requirement: &Requirement<'a>| {
            let values = requirement.values.as_ref().filter(|_| requirement.operator == Operator::In)?;
            Some(values.iter().map(|value| (requirement.key, *value)).collect())
        };
        self.labels.requirements.iter().filter_map(of_one)
    }

    /// Whether it certainly picks something with these labels in a namespace, which is `None` where that is not written.
    pub fn picks<S: AsRef<str>>(&self, namespace: Option<&str>, labels: &Labels<S>, known: &Namespaces<'_>) -> bool {
        self.labels.matches(labels) == Some(true) && self.within.iter().any(|within| within.has(namespace, known))
    }
}

impl Within<'_> {
    fn has(&self, namespace: Option<&str>, known: &Namespaces<'_>) -> bool {
        match self {
            Within::All => true,
            Within::One(one) => may_share_namespace(*one, namespace),
            Within::Labelled(selector) if selector.is_empty() => true,
            Within::Labelled(selector) => {
                let Some(name) = namespace else { return false };
                let written = known.iter().find(|(known, _)| *known == name).map(|(_, labels)| labels);
                let mut labels = written.cloned().unwrap_or(Labels { pairs: Vec::new(), open: true });
                labels.pairs.push((NAME_LABEL, Some(name)));
                selector.matches(&labels) == Some(true)
            }
        }
    }
}

/// The selectors of an object, those of its pods among them.
pub fn selectors_of(object: Object<'_>) -> Vec<Selector<'_>> {
    let mut found = Vec::new();
    let own = || vec![Within::One(object.namespace().known())];
    let is_of = |group: &str| object.group().is_none_or(|own| own == group);
    match object.kind() {
        "Service" => found.extend(of_service(object)),
        "PodDisruptionBudget" if is_of("policy") => found.extend(Selector::of_pods(object.spec("selector"), own())),
        "NetworkPolicy" if is_of("networking.k8s.io") => of_network_policy(object, &mut found),
        "ServiceMonitor" | "PodMonitor" if is_of("monitoring.coreos.com") => found.extend(of_monitor(object)),
        _ => {}
    }
    if let Some(pod) = object.pod_spec() {
        if let Some((node, labels)) = own_selector(pod).filter(|(_, labels)| !labels.is_empty()) {
            found.extend(Selector::new(Field::Present(node), labels, Picks::Pods, own()));
        }
        of_pod(pod, &own, &mut found);
    }
    found
}

fn of_service(object: Object<'_>) -> Option<Selector<'_>> {
    let service = object.service()?;
    // What selects nothing by labels has no selection.
    Selection::of(service)?;
    let labels = of_template(LabelSelector::of_map(service.selector()));
    Selector::new(service.selector(), labels, Picks::Pods, vec![Within::One(object.namespace().known())])
}

/// What a selector asks of a template: what a controller adds is not in it, but on the pods.
fn of_template(mut labels: LabelSelector<'_>) -> LabelSelector<'_> {
    labels.requirements.retain(|requirement| !ADDED_LABELS.contains(&requirement.key));
    labels
}

fn of_network_policy<'a>(object: Object<'a>, found: &mut Vec<Selector<'a>>) {
    let own = object.namespace().known();
    found.extend(Selector::of_pods(object.spec("podSelector"), vec![Within::One(own)]));
    for peer in peers(object) {
        let namespaces = peer.get("namespaceSelector").map(|node| LabelSelector::of(Field::Present(node)));
        let within = namespaces.map_or(Within::One(own), Within::Labelled);
        found.extend(Selector::of_pods(peer.field("podSelector"), vec![within]));
        found.extend(of_namespaces(peer.field("namespaceSelector")));
    }
}

/// Whom a NetworkPolicy lets in and out.
fn peers(object: Object<'_>) -> impl Iterator<Item = Ref<'_>> {
    [("ingress", "from"), ("egress", "to")].into_iter().flat_map(move |(rules, peers)| {
        let rules = items(object.spec(rules));
        rules.flat_map(move |rule| items(rule.field(peers)))
    })
}

fn of_namespaces(written: Field<'_>) -> Option<Selector<'_>> {
    Selector::new(written, LabelSelector::of(written), Picks::Namespaces, vec![Within::All])
}

fn of_monitor(object: Object<'_>) -> Option<Selector<'_>> {
    let picks = if object.kind() == "PodMonitor" { Picks::Pods } else { Picks::Services };
    let within = match object.spec("namespaceSelector") {
        Field::Present(node) if node.get("any").and_then(Ref::as_str) == Some("true") => vec![Within::All],
        Field::Present(node) if node.has_key("matchNames") => names(node.field("matchNames")),
        Field::Present(_) | Field::Absent => vec![Within::One(object.namespace().known())],
        Field::Unknown => Vec::new(),
    };
    let written = object.spec("selector");
    Selector::new(written, LabelSelector::of(written), picks, within)
}

/// The pods that a pod wants near or far, and those that it is spread among.
fn of_pod<'a>(pod: PodSpec<'a>, own: &dyn Fn() -> Vec<Within<'a>>, found: &mut Vec<Selector<'a>>) {
    for spread in items(pod.field("topologySpreadConstraints")) {
        found.extend(Selector::of_pods(spread.field("labelSelector"), own()));
    }
    let Field::Present(affinity) = pod.field("affinity") else { return };
    for kind in ["podAffinity", "podAntiAffinity"] {
        let Some(terms) = affinity.get(kind) else { continue };
        let required = items(terms.field("requiredDuringSchedulingIgnoredDuringExecution"));
        let preferred = items(terms.field("preferredDuringSchedulingIgnoredDuringExecution"));
        for term in required.chain(preferred.filter_map(|preferred| preferred.get("podAffinityTerm"))) {
            let mut within = names(term.field("namespaces"));
            if let Field::Present(node) = term.field("namespaceSelector") {
                within.push(Within::Labelled(LabelSelector::of(Field::Present(node))));
                found.extend(of_namespaces(Field::Present(node)));
            }
            let within = if within.is_empty() { own() } else { within };
            found.extend(Selector::of_pods(term.field("labelSelector"), within));
        }
    }
}

fn names(list: Field<'_>) -> Vec<Within<'_>> {
    items(list).filter_map(|item| Some(Within::One(Some(item.as_str()?)))).collect()
}

fn items(list: Field<'_>) -> impl Iterator<Item = Ref<'_>> {
    let list = match list {
        Field::Present(list) => Some(list),
        Field::Absent | Field::Unknown => None,
    };
    list.into_iter().flat_map(|list| list.items().map(Ref::follow))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::kubernetes::objects;
    use crate::syntax::yaml::parse;

    /// What each selector of an object picks of pods labelled `app: web` in a namespace.
    fn picked(object: &str, namespace: Option<&str>) -> Vec<bool> {
        let stream = parse(object.to_owned());
        let object = objects(&stream.documents[0])[0];
        let labels = Labels { pairs: vec![("app", Some("web"))], open: false };
        let known: Namespaces<'_> = vec![("prod", Labels { pairs: vec![("stage", Some("live"))], open: false })];
        let pods = selectors_of(object).into_iter().filter(|selector| selector.picks == Picks::Pods);
        pods.map(|selector| selector.picks(namespace, &labels, &known)).collect()
    }

    #[test]
    fn a_selector_picks_by_labels_and_expressions() {
        for (selector, expected) in [
            ("{matchLabels: {app: web}}", true),
            ("{matchLabels: {app: api}}", false),
            ("{matchExpressions: [{key: app, operator: In, values: [web, api]}]}", true),
            ("{matchExpressions: [{key: app, operator: NotIn, values: [web]}]}", false),
            ("{matchExpressions: [{key: app, operator: Exists}]}", true),
            ("{matchLabels: {app: web, pod-template-hash: x}}", true),
            ("{}", true),
            ("{matchLabels: {app: '{{ .Values.name }}'}}", false),
        ] {
            let object = format!("apiVersion: policy/v1\nkind: PodDisruptionBudget\nspec:\n  selector: {selector}\n");
            assert_eq!(picked(&object, None), [expected], "{selector}");
        }
    }

    #[test]
    fn the_peers_of_a_network_policy_are_looked_for_in_their_namespaces() {
        let policy = |peer: &str| {
            format!(
                "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{namespace: test}}\nspec:\n  \
                 podSelector: {{matchLabels: {{app: web}}}}\n  ingress: [{{from: [{peer}]}}]\n"
            )
        };
        for (peer, namespace, expected) in [
            ("{podSelector: {}}", Some("test"), vec![true, true]),
            ("{podSelector: {}}", Some("prod"), vec![false, false]),
            ("{podSelector: {}, namespaceSelector: {}}", Some("prod"), vec![false, true]),
            ("{podSelector: {}, namespaceSelector: {matchLabels: {stage: live}}}", Some("prod"), vec![false, true]),
            ("{podSelector: {}, namespaceSelector: {matchLabels: {stage: live}}}", Some("other"), vec![false, false]),
            (
                "{podSelector: {}, namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: other}}}",
                Some("other"),
                vec![false, true],
            ),
            ("{namespaceSelector: {}}", Some("test"), vec![true]),
        ] {
            assert_eq!(picked(&policy(peer), namespace), expected, "{peer}");
        }
    }

    #[test]
    fn a_workload_and_its_pods_have_selectors() {
        let deployment = "apiVersion: apps/v1\nkind: Deployment\nspec:\n  selector: {matchLabels: {app: web}}\n  template:\n    spec:\n      \
            affinity:\n        podAntiAffinity:\n          preferredDuringSchedulingIgnoredDuringExecution:\n          \
            - podAffinityTerm: {labelSelector: {matchLabels: {app: web}}, namespaces: [prod]}\n      topologySpreadConstraints:\n      \
            - labelSelector: {matchLabels: {app: api}}\n";
        assert_eq!(picked(deployment, Some("prod")), [true, false, true]);
        assert_eq!(picked(deployment, Some("test")), [true, false, false]);
        let monitor = "apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nmetadata: {namespace: monitoring}\nspec:\n  \
                       selector: {matchLabels: {app: web}}\n  namespaceSelector: {matchNames: [prod]}\n";
        assert_eq!(picked(monitor, Some("prod")), [true]);
        assert_eq!(picked(monitor, Some("monitoring")), [false]);
    }
}
