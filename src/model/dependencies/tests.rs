use super::*;
use crate::model::dockerfile::Dockerfile;
use crate::syntax::dockerfile::parse;

fn of(command: &str) -> Option<Install> {
    let dockerfile = Dockerfile::new(parse(format!("FROM alpine\nRUN {command}")));
    let run = dockerfile.instruction(1).expect("RUN");
    run.commands().find_map(|command| Install::of(command.node))
}

#[test]
fn installs_of_a_project_are_known() {
    for (command, tool, copy) in [
        ("npm ci --omit=dev", Tool::Npm, Some("package*.json")),
        ("npm install --registry https://r.example.com", Tool::Npm, Some("package*.json")),
        ("npm --prefix client install", Tool::Npm, None),
        ("yarn --frozen-lockfile", Tool::Yarn, Some("package.json yarn.lock")),
        ("yarn install --immutable", Tool::Yarn, None),
        ("corepack pnpm i", Tool::Pnpm, Some("package.json pnpm-lock.yaml*")),
        ("pip install --no-cache-dir -r requirements.txt", Tool::Pip, Some("requirements.txt")),
        ("python3 -m pip install -r requirements/prod.txt", Tool::Pip, None),
        ("uv sync --locked --no-install-project", Tool::Uv, Some("pyproject.toml uv.lock")),
        ("poetry install --no-root", Tool::Poetry, Some("pyproject.toml poetry.lock*")),
        ("go mod download", Tool::Go, Some("go.mod go.sum")),
        ("cargo fetch --locked", Tool::Cargo, None),
        ("mvn -B dependency:go-offline", Tool::Maven, Some("pom.xml")),
        ("./gradlew dependencies --no-daemon", Tool::Gradle, None),
        ("bundle install --jobs 4", Tool::Bundler, Some("Gemfile Gemfile.lock*")),
        ("composer install --no-scripts --no-autoloader", Tool::Composer, Some("composer.json composer.lock*")),
        ("dotnet restore src/App/App.csproj", Tool::Dotnet, None),
    ] {
        let install = of(command);
        let found = install.as_ref().map(|install| (install.tool, install.copy.as_deref()));
        assert_eq!(found, Some((tool, copy)), "{command}");
    }
}

#[test]
fn files_are_known_by_their_names() {
    for (path, kind) in [
        ("app/package.json", Some(FileKind::Manifest)),
        ("package*.json", Some(FileKind::Both)),
        ("yarn.lock*", Some(FileKind::Lock)),
        ("Gemfile*", Some(FileKind::Both)),
        ("go.*", Some(FileKind::Both)),
        ("requirements-dev.txt", Some(FileKind::Manifest)),
        ("src", None),
        ("main.go", None),
    ] {
        assert_eq!(file_kind(path), kind, "{path}");
    }
}

#[test]
fn what_needs_the_sources_or_is_something_else_is_not_one() {
    for command in [
        "npm install express",
        "npm install -g pnpm",
        "npm run build",
        "yarn add left-pad",
        "yarn build",
        "pip install .",
        "pip install -e . -r requirements.txt",
        "pip install flask",
        "pip install -r https://example.com/requirements.txt",
        "poetry install",
        "uv sync",
        "go build ./...",
        "mvn dependency:go-offline package",
        "composer install",
        "npm ci $FLAGS",
        "bundle exec rake",
    ] {
        assert_eq!(of(command), None, "{command}");
    }
}
