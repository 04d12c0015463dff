//! What a build is asked for beside the Dockerfile and the context, as far as it decides what the instructions mean.

use super::line::Line;
use super::problem::Problem;
use super::variables::Variables;
use crate::build::image::Platform;
use crate::model::dockerfile::PREDEFINED_PLATFORM_ARGUMENTS;
use crate::syntax::dockerfile::ArgDeclaration;

/// What a build is asked for.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `--build-arg`: names and values, later ones win.
    pub arguments: Vec<(String, String)>,
    /// `--target`: the stage that is built; the last one where nothing is said.
    pub target: Option<String>,
    /// The platform that is built for.
    pub platform: Platform,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { arguments: Vec::new(), target: None, platform: Platform::here() }
    }
}

impl Settings {
    /// The value of a build argument that is passed.
    pub(super) fn argument(&self, name: &str) -> Option<&str> {
        self.arguments.iter().rev().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The variables that are there before the first ARG: `defaultArgs` of BuildKit's `dockerfile2llb/platform.go`.
    /// `target` is the name of the stage that is built, if it has one.
    pub(super) fn platform_arguments(&self, target: Option<&str>) -> Variables {
        let (here, there) = (Platform::here(), &self.platform);
        let variant = |platform: &Platform| platform.variant.clone().unwrap_or_default();
        let values = [
            here.to_string(),
            here.os.clone(),
            String::new(),
            here.architecture.clone(),
            variant(&here),
            there.to_string(),
            there.os.clone(),
            String::new(),
            there.architecture.clone(),
            variant(there),
            target.unwrap_or("default").to_owned(),
        ];
        let mut variables = Variables::default();
        for (name, value) in PREDEFINED_PLATFORM_ARGUMENTS.into_iter().zip(values) {
            variables.set(name, self.argument(name).unwrap_or(&value));
        }
        variables
    }

    /// Reads an ARG before the first FROM into `globals`: `buildMetaArgs` of `dockerfile2llb/convert.go`.
    pub(super) fn read_global(
        &self,
        line: Line<'_>,
        declarations: &[ArgDeclaration],
        globals: &mut Variables,
    ) -> Result<(), Problem> {
        for declaration in declarations {
            let name = line.text(declaration.name);
            let value = match (self.argument(name), &declaration.default) {
                (Some(passed), _) => Some(passed.to_owned()),
                (None, Some(word)) => Some(line.value(word, globals)?),
                (None, None) => None,
            };
            if let Some(value) = value {
                globals.set(name, &value);
            }
        }
        Ok(())
    }
}
