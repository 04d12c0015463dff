//! What the whole project says of the services of the file at hand.

use rustc_hash::FxHashMap;

use super::{Fact, Place, Project, ServiceFacts};
use crate::model::image::Image;
use crate::model::role::Role;
use crate::syntax::compose::{Service, part_span};
use crate::syntax::yaml::Field;
use crate::text::Span;

impl Project {
    /// The image of a service as written in the file at hand, where it is pulled: nothing in the project builds it.
    /// `None` where that, or the image itself, is not known.
    pub fn pulled_image(&self, service: Service<'_>) -> Option<Image> {
        let Field::Present(node) = service.image() else { return None };
        let facts = self.service(service.name())?;
        let built = !self.lacks(facts, "build") || matches!(facts.text("pull_policy"), Fact::Known("never" | "build"));
        if built {
            return None;
        }
        let text = self.expand(node)?;
        let written = node.as_str() == Some(&*text);
        let span = if written { part_span(node, 0..text.len()) } else { node.follow().span() };
        let image = Image::parse(&text, span).ok()?;
        (!self.builds_image(&image)).then_some(image)
    }

    /// Whether the service certainly has no such key in the whole: the file at hand may be a piece of something that
    /// is not known.
    pub fn lacks(&self, service: ServiceFacts<'_>, key: &str) -> bool {
        self.is_whole() && service.fact(key).is_absent()
    }

    /// Whether what the file at hand is laid over, or laid under, is known.
    pub fn is_whole(&self) -> bool {
        match self.role {
            Role::Override => self.files.len() > 1,
            Role::ExtendsBase => false,
            _ => true,
        }
    }

    /// Whether some service builds the image and gives it this name.
    fn builds_image(&self, image: &Image) -> bool {
        let built = self.built.get_or_init(|| {
            let building = self.services().filter(|service| !service.fact("build").is_absent());
            let images = building.filter_map(|service| Image::parse(service.image().known()?, Span::empty(0)).ok());
            images.map(|image| (image.registry().to_string(), image.repository().to_string())).collect()
        });
        !built.is_empty() && built.contains(&(image.registry().to_string(), image.repository().to_string()))
    }

    /// Where another service says first that it waits for this one.
    pub fn waits_for(&self, service: &str) -> Option<Place> {
        let awaited = self.awaited.get_or_init(|| {
            let mut first = FxHashMap::default();
            for dependency in self.services().flat_map(ServiceFacts::depends_on) {
                first.entry(dependency.service.into()).or_insert(dependency.at);
            }
            first
        });
        awaited.get(service).copied()
    }
}
