//! Which APIs Kubernetes no longer serves, since when, and what took their place.
//!
//! Facts: the public deprecation guide, and the set difference of the kinds in the published OpenAPI schemas of
//! 1.11 to 1.37. The 1.16 removals were switched off by default there, though the schemas kept them until 1.18.

use std::fmt;

/// A minor version of Kubernetes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KubernetesVersion {
    /// Always 1 so far.
    pub major: u32,
    /// The minor version.
    pub minor: u32,
}

/// An API that is gone.
#[derive(Clone, Copy, Debug)]
pub struct RemovedApi {
    /// `group/version`.
    pub api_version: &'static str,
    /// The kinds that were served under it.
    pub kinds: &'static [&'static str],
    /// The first version that does not serve it.
    pub removed: KubernetesVersion,
    /// What to write instead; `None` when nothing took its place.
    pub replacement: Option<Replacement>,
}

/// What took the place of a removed API.
#[derive(Clone, Copy, Debug)]
pub struct Replacement {
    /// `group/version`.
    pub api_version: &'static str,
    /// The first version that serves it.
    pub since: KubernetesVersion,
    /// What else changes beside the name; `None` when the rest of the object can stay as it is.
    pub moved: Option<&'static str>,
}

impl KubernetesVersion {
    /// The newest version whose removals are in the table.
    pub const NEWEST: KubernetesVersion = v(37);

    /// Whether a pod may ask for `resources` as a whole: `PodLevelResources` is on by default since 1.34.
    pub fn has_pod_level_resources(self) -> bool {
        self >= v(34)
    }

    /// Reads `1.29`, `v1.29` or `1.29.3`; the patch version does not matter.
    pub fn parse(text: &str) -> Option<KubernetesVersion> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let mut parts = text.split('.');
        let major = parts.next()?.parse().ok()?;
        let minor = parts.next()?.parse().ok()?;
        let patch_is_a_number = parts.next().is_none_or(|patch| patch.parse::<u32>().is_ok());
        (patch_is_a_number && parts.next().is_none()).then_some(KubernetesVersion { major, minor })
    }
}

impl fmt::Display for KubernetesVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// The removal of `kind` in `api_version`, if some version known here does not serve it.
pub fn removed_api(api_version: &str, kind: &str) -> Option<&'static RemovedApi> {
    REMOVED.iter().find(|api| api.api_version == api_version && api.kinds.contains(&kind))
}

const fn v(minor: u32) -> KubernetesVersion {
    KubernetesVersion { major: 1, minor }
}

/// Only the name changes.
const fn rename(api_version: &'static str, since: u32) -> Option<Replacement> {
    Some(Replacement { api_version, since: v(since), moved: None })
}

/// Fields change, too.
const fn moved(api_version: &'static str, since: u32, moved: &'static str) -> Option<Replacement> {
    Some(Replacement { api_version, since: v(since), moved: Some(moved) })
}

const fn gone(
    api_version: &'static str,
    kinds: &'static [&'static str],
    removed: u32,
    replacement: Option<Replacement>,
) -> RemovedApi {
    RemovedApi { api_version, kinds, removed: v(removed), replacement }
}

const SELECTOR: &str = "`spec.selector` is required and cannot change later, and some defaults differ";
const INGRESS: &str = "`backend` is now `defaultBackend`, `serviceName` and `servicePort` are now `service.name` and \
                       `service.port`, and `pathType` is required";
const WEBHOOK: &str = "`sideEffects` and `admissionReviewVersions` are required, and some defaults differ";
const DEVICES: &str = "the shape of devices and requests differs";
const SIGNER: &str = "`signerName` and `usages` are required";
const CRD: &str = "`versions` with a structural schema for each replaces `version` and `validation`";
const METRICS: &str = "each metric has a `target` now: `targetAverageUtilization` is `target.averageUtilization`";
const TOPOLOGY: &str = "`topology` is now `nodeName`, `zone` and `deprecatedTopology`";
const SHARES: &str = "`assuredConcurrencyShares` is now `nominalConcurrencyShares`";
const EVENT: &str = "`series.state` is gone and `eventTime`, `reportingController` and `type` are required";
const ALL_PODS: &str = "an empty selector now means every pod instead of none";
const RUNTIME: &str = "`spec.runtimeHandler` is now `handler`";
const ALPHA: &str = "fields changed between the two versions";

const RBAC: &[&str] = &["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];
const FLOWCONTROL: &[&str] = &["FlowSchema", "PriorityLevelConfiguration"];
const ADMISSION_POLICY: &[&str] = &["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"];
const ACCESS_REVIEWS: &[&str] =
    &["LocalSubjectAccessReview", "SelfSubjectAccessReview", "SelfSubjectRulesReview", "SubjectAccessReview"];
const SERVICE_NETWORK: &[&str] = &["IPAddress", "ServiceCIDR"];

#[rustfmt::skip]
static REMOVED: &[RemovedApi] = &[
    gone("extensions/v1beta1", &["DaemonSet", "Deployment", "ReplicaSet"], 16, moved("apps/v1", 9, SELECTOR)),
    gone("extensions/v1beta1", &["NetworkPolicy"], 16, rename("networking.k8s.io/v1", 8)),
    gone("extensions/v1beta1", &["PodSecurityPolicy"], 16, None),
    gone("extensions/v1beta1", &["Ingress"], 22, moved("networking.k8s.io/v1", 19, INGRESS)),
    gone("apps/v1beta1", &["Deployment", "StatefulSet"], 16, moved("apps/v1", 9, SELECTOR)),
    gone("apps/v1beta1", &["ControllerRevision"], 16, rename("apps/v1", 9)),
    gone("apps/v1beta2", &["ControllerRevision", "DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"], 16, rename("apps/v1", 9)),
    gone("batch/v2alpha1", &["CronJob"], 21, rename("batch/v1", 21)),
    gone("batch/v1beta1", &["CronJob"], 25, rename("batch/v1", 21)),
    gone("networking.k8s.io/v1beta1", &["Ingress"], 22, moved("networking.k8s.io/v1", 19, INGRESS)),
    gone("networking.k8s.io/v1beta1", &["IngressClass"], 22, rename("networking.k8s.io/v1", 19)),
    gone("networking.k8s.io/v1alpha1", SERVICE_NETWORK, 31, rename("networking.k8s.io/v1", 33)),
    gone("networking.k8s.io/v1alpha1", &["ClusterCIDR"], 29, None),
    gone("networking.k8s.io/v1beta1", SERVICE_NETWORK, 37, rename("networking.k8s.io/v1", 33)),
    gone("policy/v1beta1", &["PodDisruptionBudget"], 25, moved("policy/v1", 21, ALL_PODS)),
    gone("policy/v1beta1", &["PodSecurityPolicy"], 25, None),
    gone("autoscaling/v2beta1", &["HorizontalPodAutoscaler"], 25, moved("autoscaling/v2", 23, METRICS)),
    gone("autoscaling/v2beta2", &["HorizontalPodAutoscaler"], 26, rename("autoscaling/v2", 23)),
    gone("rbac.authorization.k8s.io/v1beta1", RBAC, 22, rename("rbac.authorization.k8s.io/v1", 8)),
    gone("rbac.authorization.k8s.io/v1alpha1", RBAC, 23, rename("rbac.authorization.k8s.io/v1", 8)),
    gone("apiextensions.k8s.io/v1beta1", &["CustomResourceDefinition"], 22, moved("apiextensions.k8s.io/v1", 16, CRD)),
    gone("admissionregistration.k8s.io/v1beta1", &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"], 22, moved("admissionregistration.k8s.io/v1", 16, WEBHOOK)),
    gone("admissionregistration.k8s.io/v1alpha1", ADMISSION_POLICY, 32, rename("admissionregistration.k8s.io/v1", 30)),
    gone("admissionregistration.k8s.io/v1beta1", ADMISSION_POLICY, 34, rename("admissionregistration.k8s.io/v1", 30)),
    gone("admissionregistration.k8s.io/v1alpha1", &["InitializerConfiguration"], 14, None),
    gone("apiregistration.k8s.io/v1beta1", &["APIService"], 22, rename("apiregistration.k8s.io/v1", 10)),
    gone("authentication.k8s.io/v1beta1", &["TokenReview"], 22, rename("authentication.k8s.io/v1", 6)),
    gone("authentication.k8s.io/v1alpha1", &["SelfSubjectReview"], 32, rename("authentication.k8s.io/v1", 28)),
    gone("authentication.k8s.io/v1beta1", &["SelfSubjectReview"], 33, rename("authentication.k8s.io/v1", 28)),
    gone("authorization.k8s.io/v1beta1", ACCESS_REVIEWS, 22, rename("authorization.k8s.io/v1", 8)),
    gone("certificates.k8s.io/v1beta1", &["CertificateSigningRequest"], 22, moved("certificates.k8s.io/v1", 19, SIGNER)),
    gone("certificates.k8s.io/v1alpha1", &["ClusterTrustBundle"], 37, rename("certificates.k8s.io/v1beta1", 33)),
    gone("certificates.k8s.io/v1alpha1", &["PodCertificateRequest"], 35, moved("certificates.k8s.io/v1beta1", 35, ALPHA)),
    gone("coordination.k8s.io/v1beta1", &["Lease"], 22, rename("coordination.k8s.io/v1", 14)),
    gone("coordination.k8s.io/v1alpha1", &["LeaseCandidate"], 32, rename("coordination.k8s.io/v1beta1", 33)),
    gone("discovery.k8s.io/v1alpha1", &["EndpointSlice"], 17, moved("discovery.k8s.io/v1", 21, TOPOLOGY)),
    gone("discovery.k8s.io/v1beta1", &["EndpointSlice"], 25, moved("discovery.k8s.io/v1", 21, TOPOLOGY)),
    gone("events.k8s.io/v1beta1", &["Event"], 25, moved("events.k8s.io/v1", 19, EVENT)),
    gone("flowcontrol.apiserver.k8s.io/v1alpha1", FLOWCONTROL, 21, moved("flowcontrol.apiserver.k8s.io/v1", 29, SHARES)),
    gone("flowcontrol.apiserver.k8s.io/v1beta1", FLOWCONTROL, 26, moved("flowcontrol.apiserver.k8s.io/v1", 29, SHARES)),
    gone("flowcontrol.apiserver.k8s.io/v1beta2", FLOWCONTROL, 29, moved("flowcontrol.apiserver.k8s.io/v1", 29, SHARES)),
    gone("flowcontrol.apiserver.k8s.io/v1beta3", FLOWCONTROL, 32, rename("flowcontrol.apiserver.k8s.io/v1", 29)),
    gone("node.k8s.io/v1alpha1", &["RuntimeClass"], 24, moved("node.k8s.io/v1", 20, RUNTIME)),
    gone("node.k8s.io/v1beta1", &["RuntimeClass"], 25, rename("node.k8s.io/v1", 20)),
    gone("scheduling.k8s.io/v1beta1", &["PriorityClass"], 22, rename("scheduling.k8s.io/v1", 14)),
    gone("scheduling.k8s.io/v1alpha1", &["PriorityClass"], 23, rename("scheduling.k8s.io/v1", 14)),
    gone("scheduling.k8s.io/v1alpha1", &["Workload"], 36, moved("scheduling.k8s.io/v1alpha2", 36, ALPHA)),
    gone("scheduling.k8s.io/v1alpha2", &["PodGroup", "Workload"], 37, moved("scheduling.k8s.io/v1beta1", 37, ALPHA)),
    gone("settings.k8s.io/v1alpha1", &["PodPreset"], 20, None),
    gone("auditregistration.k8s.io/v1alpha1", &["AuditSink"], 19, None),
    gone("storage.k8s.io/v1beta1", &["CSIDriver"], 22, rename("storage.k8s.io/v1", 18)),
    gone("storage.k8s.io/v1beta1", &["CSINode"], 22, rename("storage.k8s.io/v1", 17)),
    gone("storage.k8s.io/v1beta1", &["StorageClass"], 22, rename("storage.k8s.io/v1", 6)),
    gone("storage.k8s.io/v1beta1", &["VolumeAttachment"], 22, rename("storage.k8s.io/v1", 13)),
    gone("storage.k8s.io/v1alpha1", &["VolumeAttachment"], 23, rename("storage.k8s.io/v1", 13)),
    gone("storage.k8s.io/v1alpha1", &["CSIStorageCapacity"], 24, rename("storage.k8s.io/v1", 24)),
    gone("storage.k8s.io/v1beta1", &["CSIStorageCapacity"], 27, rename("storage.k8s.io/v1", 24)),
    gone("storage.k8s.io/v1alpha1", &["VolumeAttributesClass"], 35, rename("storage.k8s.io/v1", 34)),
    gone("storage.k8s.io/v1beta1", &["VolumeAttributesClass"], 37, rename("storage.k8s.io/v1", 34)),
    gone("storagemigration.k8s.io/v1alpha1", &["StorageVersionMigration"], 35, moved("storagemigration.k8s.io/v1beta1", 35, ALPHA)),
    gone("resource.k8s.io/v1alpha1", &["PodScheduling", "ResourceClass"], 27, None),
    gone("resource.k8s.io/v1alpha1", &["ResourceClaim", "ResourceClaimTemplate"], 27, moved("resource.k8s.io/v1", 34, DEVICES)),
    gone("resource.k8s.io/v1alpha2", &["PodSchedulingContext", "ResourceClass"], 31, None),
    gone("resource.k8s.io/v1alpha2", &["ResourceClaim", "ResourceClaimTemplate"], 31, moved("resource.k8s.io/v1", 34, DEVICES)),
    gone("resource.k8s.io/v1alpha3", &["DeviceClass", "ResourceClaim", "ResourceClaimTemplate", "ResourceSlice"], 34, moved("resource.k8s.io/v1", 34, DEVICES)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_api_and_kind_stands_once_and_is_replaced_no_later_than_now() {
        for (index, api) in REMOVED.iter().enumerate() {
            assert!(api.removed <= KubernetesVersion::NEWEST, "{api:?}");
            let replacement = api.replacement.map_or(v(0), |replacement| replacement.since);
            assert!(replacement <= KubernetesVersion::NEWEST, "{api:?}");
            for kind in api.kinds {
                let again = REMOVED[index + 1..]
                    .iter()
                    .any(|other| other.api_version == api.api_version && other.kinds.contains(kind));
                assert!(!again, "{} {kind} stands twice", api.api_version);
            }
        }
    }

    #[test]
    fn a_replacement_is_itself_served() {
        for api in REMOVED {
            let Some(replacement) = api.replacement else { continue };
            for kind in api.kinds {
                let gone = removed_api(replacement.api_version, kind);
                assert!(gone.is_none_or(|gone| gone.removed > api.removed), "{} {kind}", api.api_version);
            }
        }
    }

    #[test]
    fn the_kind_decides_what_took_the_place() {
        let ingress = removed_api("extensions/v1beta1", "Ingress").expect("removed");
        assert_eq!(
            (ingress.removed, ingress.replacement.map(|r| r.api_version)),
            (v(22), Some("networking.k8s.io/v1"))
        );
        let policy = removed_api("extensions/v1beta1", "PodSecurityPolicy").expect("removed");
        assert!(policy.replacement.is_none());
        assert!(removed_api("apps/v1", "Deployment").is_none());
        assert!(removed_api("resource.k8s.io/v1beta1", "ResourceClaim").is_none());
    }

    #[test]
    fn versions_are_read_with_and_without_a_patch() {
        for text in ["1.29", "v1.29", "1.29.3"] {
            assert_eq!(KubernetesVersion::parse(text), Some(v(29)), "{text}");
        }
        for text in ["", "1", "1.x", "1.29.3.4", "latest", "1.29.x"] {
            assert_eq!(KubernetesVersion::parse(text), None, "{text}");
        }
        assert!(v(9) < v(16));
        assert_eq!(v(37).to_string(), "1.37");
    }
}
