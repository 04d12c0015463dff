//! What a file is for: whole by itself, or a piece of something.

/// What a file is for. A piece is never blamed for what it lacks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Role {
    /// It is used as it stands.
    #[default]
    Complete,
    /// A compose file that is laid over another one.
    Override,
    /// A compose file whose services are only there for others to extend.
    ExtendsBase,
    /// A compose file that another one includes and completes.
    Include,
    /// A manifest that Kustomize lays over another one.
    KustomizePatch,
    /// A Go template of a Helm chart, not rendered.
    HelmTemplate,
    /// A manifest that a template engine wrote.
    Rendered,
    /// A piece of a Dockerfile shown in prose: no FROM, or nothing after it.
    Excerpt,
    /// A text that a template engine makes Dockerfiles of.
    Template,
}

impl Role {
    /// Whether something else completes it, so that what is absent in it may well be present in the whole.
    pub fn is_fragment(self) -> bool {
        matches!(
            self,
            Role::Override | Role::ExtendsBase | Role::Include | Role::KustomizePatch | Role::Excerpt | Role::Template
        )
    }
}
