//! Layer 2: facts that need more than one node.

pub mod api_versions;
pub mod arguments;
pub mod base_images;
pub mod chain;
pub mod compose;
pub mod credentials;
pub mod dependencies;
pub mod dockerfile;
pub mod download;
pub mod expand;
pub mod image;
pub mod json_form;
pub mod kustomize;
pub mod labels;
pub mod manifests;
pub mod packages;
pub mod project;
pub mod quantity;
pub mod role;
pub mod secrets;
pub mod skaffold;
pub mod sources;
pub mod transfers;
pub mod transport;
pub mod users;
pub mod workload;
