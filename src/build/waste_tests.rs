//! What is built again for nothing, in contexts of each package manager, and that the better order mends it.

use std::path::PathBuf;

use super::keys::{Key, content};
use super::*;
use crate::model::context::{BuildContext, Certainty};
use crate::model::dockerfile::Dockerfile;
use crate::syntax::dockerfile::parse;
use crate::text::{MemoryFiles, apply};

/// A context with a source file beside these.
fn context(files: &[(&str, &str)]) -> (BuildContext, MemoryFiles) {
    let mut all = MemoryFiles::default();
    all.insert("app/src/main", "one");
    for (path, text) in files {
        all.insert(format!("app/{path}"), *text);
    }
    (BuildContext { root: PathBuf::from("app"), certainty: Certainty::Fits, ignore: None }, all)
}

/// The text in the better order, or why it is not written.
fn better(text: &str, files: &[(&str, &str)]) -> Result<String, String> {
    let (context, files) = context(files);
    let around = Around { context: Some(&context), files: &files };
    let dockerfile = Dockerfile::new(parse(text));
    let plan = Plan::new(&dockerfile);
    let stage = dockerfile.stages().next_back().expect("a stage");
    let found = Waste::of(stage, &plan, around);
    let waste = found.first().ok_or("nothing is wasted")?;
    let (edits, allowed) = waste.reordering(around).ok_or("no order")?.edits.map_err(|why| why.unwrap_or_default())?;
    let fixed = String::from_utf8(apply(text.as_bytes(), &edits).expect("edits")).expect("text");
    let after = Dockerfile::new(parse(fixed.clone()));
    let new = Plan::new(&after);
    let undeclared = effects(&compare(&plan, &new)).without(allowed);
    assert!(undeclared.is_empty(), "{undeclared:?} in {fixed}");
    let last = after.stages().next_back().expect("a stage");
    assert!(Waste::of(last, &new, around).is_empty(), "still wasted in {fixed}");
    let install = install_of(&new);
    let key = |content: &str| key_of(&new, install, content, &context, &files);
    assert_eq!(key("one"), key("two"), "the key of the install depends on the sources in {fixed}");
    let old = |content: &str| key_of(&plan, install_of(&plan), content, &context, &files);
    assert_ne!(old("one"), old("two"), "{text}");
    Ok(fixed)
}

/// The first RUN of the last stage.
fn install_of(plan: &Plan) -> usize {
    let steps = &plan.stages.last().expect("a stage").steps;
    steps.iter().position(|step| step.kind == plan::StepKind::Run).expect("a RUN")
}

/// The key of a step where the source file has that content.
fn key_of(plan: &Plan, step: usize, text: &str, context: &BuildContext, files: &MemoryFiles) -> Option<Key> {
    let mut files = files.clone();
    files.insert("app/src/main", text);
    Keys::new(plan, &|source| content(source, context, &files)).of(plan.stages.len() - 1, step)
}

fn below(text: &str) -> String {
    format!("FROM debian:13\nWORKDIR /app\n{text}\n")
}

#[test]
fn the_manifests_that_are_there_are_copied_first() {
    for (files, before, after) in [
        (
            &[("package.json", "{\"scripts\": {\"prepare\": \"husky\"}}"), ("package-lock.json", "{}")][..],
            "COPY . .\nRUN npm ci",
            "COPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .",
        ),
        (
            &[
                ("package.json", "{\"main\": \"./index.js\"}"),
                ("yarn.lock", ""),
                (".yarnrc.yml", "nodeLinker: node-modules"),
            ],
            "COPY . /app\nENV A=1\nUSER node\nRUN yarn install --immutable && yarn build",
            "COPY package.json yarn.lock .yarnrc.yml /app/\nENV A=1\nUSER node\nRUN yarn install --immutable\nCOPY . /app\n\
             RUN yarn build",
        ),
        (
            &[("package.json", "{}"), ("pnpm-lock.yaml", ""), ("pnpm-workspace.yaml", "onlyBuiltDependencies: [a]")],
            "COPY --chown=1:1 . .\nRUN corepack enable && npm i -g a\nRUN pnpm install --frozen-lockfile",
            "COPY --chown=1:1 package.json pnpm-lock.yaml pnpm-workspace.yaml ./\nRUN corepack enable && npm i -g a\n\
             RUN pnpm install --frozen-lockfile\nCOPY --chown=1:1 . .",
        ),
        (
            &[
                ("requirements.txt", "-r requirements/base.txt\n-c constraints.txt\nflask==3 # web\n"),
                ("requirements/base.txt", "-r common/all.txt\n"),
                ("requirements/common/all.txt", "a @ https://example.com/a.whl\n"),
                ("constraints.txt", ""),
            ],
            "COPY . .\nRUN pip install -r requirements.txt",
            "COPY requirements.txt constraints.txt ./\nCOPY requirements/base.txt ./requirements/\n\
             COPY requirements/common/all.txt ./requirements/common/\nRUN pip install -r requirements.txt\nCOPY . .",
        ),
        (
            &[("pyproject.toml", "[project]\nname = 'a'\n"), ("uv.lock", "")],
            "COPY . .\nRUN uv sync --locked --no-install-project",
            "COPY pyproject.toml uv.lock ./\nRUN uv sync --locked --no-install-project\nCOPY . .",
        ),
        (
            &[("pyproject.toml", "[tool.poetry]\n"), ("poetry.lock", "")],
            "COPY . .\nRUN poetry install --no-root --only main",
            "COPY pyproject.toml poetry.lock ./\nRUN poetry install --no-root --only main\nCOPY . .",
        ),
        (
            &[("Pipfile", ""), ("Pipfile.lock", "")],
            "COPY . .\nRUN pipenv sync",
            "COPY Pipfile Pipfile.lock ./\nRUN pipenv sync\nCOPY . .",
        ),
        (
            &[("Gemfile", "ruby file: \".ruby-version\"\ngem 'a'\n"), ("Gemfile.lock", ""), (".ruby-version", "3")],
            "COPY . .\nRUN bundle install",
            "COPY Gemfile Gemfile.lock .ruby-version ./\nRUN bundle install\nCOPY . .",
        ),
        (
            &[("composer.json", "{}"), ("composer.lock", "{}"), ("symfony.lock", "{}")],
            "COPY . .\nRUN composer install --no-scripts --no-autoloader",
            "COPY composer.json composer.lock symfony.lock ./\nRUN composer install --no-scripts --no-autoloader\nCOPY . .",
        ),
        (
            &[("go.mod", "module a\n"), ("go.sum", "")],
            "COPY . .\nRUN go mod download && \\\n    go build ./...",
            "COPY go.mod go.sum ./\nRUN go mod download\nCOPY . .\nRUN go build ./...",
        ),
        (
            &[
                ("pom.xml", "<project/>"),
                ("mvnw", ""),
                (".mvn/wrapper/maven-wrapper.properties", ""),
                (".mvn/jvm.config", ""),
            ],
            "COPY . .\nRUN ./mvnw -B dependency:go-offline",
            "COPY pom.xml mvnw ./\nCOPY .mvn/jvm.config ./.mvn/\nCOPY .mvn/wrapper/maven-wrapper.properties ./.mvn/wrapper/\n\
             RUN ./mvnw -B dependency:go-offline\nCOPY . .",
        ),
        (
            &[
                ("build.gradle.kts", ""),
                ("settings.gradle.kts", "rootProject.name = \"a\""),
                ("gradle/libs.versions.toml", ""),
            ],
            "COPY . .\nRUN gradle dependencies",
            "COPY build.gradle.kts settings.gradle.kts ./\nCOPY gradle/libs.versions.toml ./gradle/\nRUN gradle dependencies\nCOPY . .",
        ),
        (
            &[
                ("a.sln", "Project(\"{1}\") = \"A\", \"src\\A\\A.csproj\", \"{2}\"\nEndProject\n"),
                ("src/A/A.csproj", "<Project><ProjectReference Include=\"..\\B\\B.csproj\" /></Project>"),
                ("src/B/B.csproj", "<Project/>"),
                ("Directory.Build.props", "<Project/>"),
                ("nuget.config", ""),
            ],
            "COPY . .\nRUN dotnet restore",
            "COPY a.sln Directory.Build.props nuget.config ./\nCOPY src/A/A.csproj ./src/A/\nCOPY src/B/B.csproj ./src/B/\n\
             RUN dotnet restore\nCOPY . .",
        ),
        (
            &[("package.json", "{}"), ("package-lock.json", "{}")],
            "COPY . .\nRUN npm ci && npm cache clean --force && npm run build",
            "COPY package.json package-lock.json ./\nRUN npm ci && npm cache clean --force\nCOPY . .\nRUN npm run build",
        ),
        (
            &[("requirements.txt", "")],
            "COPY . .\nRUN pip install -r requirements.txt && rm -rf /root/.cache",
            "COPY requirements.txt ./\nRUN pip install -r requirements.txt && rm -rf /root/.cache\nCOPY . .",
        ),
        // A folder below the one that is copied.
        (
            &[("web/package.json", "{}"), ("web/package-lock.json", "{}"), ("web/a.js", "")],
            "COPY . /app\nWORKDIR /app/web\nRUN npm ci",
            "COPY web/package.json web/package-lock.json /app/web/\nWORKDIR /app/web\nRUN npm ci\nCOPY . /app",
        ),
        // The manifests are there before: only the install moves.
        (
            &[("package.json", "{}"), ("package-lock.json", "{}")],
            "COPY package*.json ./\n# sources\nCOPY src ./src\n# packages\nRUN npm ci",
            "COPY package*.json ./\n# packages\nRUN npm ci\n# sources\nCOPY src ./src",
        ),
        (&[], "COPY src /app/src\nRUN apk add curl", "RUN apk add curl\nCOPY src /app/src"),
    ] {
        let (before, after) = (below(before), below(after));
        assert_eq!(better(&before, files).as_deref(), Ok(&*after));
        let windows = |text: &str| text.replace('\n', "\r\n");
        assert_eq!(better(&windows(&before), files), Ok(windows(&after)));
    }
}

#[test]
fn what_needs_more_than_manifests_has_no_fix_and_what_needs_sources_is_not_wasted() {
    for (files, text, reason) in [
        (&[("package.json", "{\"workspaces\": []}")][..], "RUN npm ci", "has workspaces"),
        (&[("package.json", "{\"scripts\": {\"postinstall\": \"node a.js\"}}")], "RUN npm ci", "nothing is wasted"),
        (&[("package.json", "{\"dependencies\": {\"a\": \"file:../a\"}}")], "RUN npm ci", "from `file:../a`"),
        (&[("package.json", "{\"resolutions\": {\"a\": \"patch:a\"}}")], "RUN yarn", "from `patch:a`"),
        (
            &[("package.json", "{}"), (".yarnrc.yml", "yarnPath: .yarn/x.cjs")],
            "RUN yarn",
            "says `yarnPath: .yarn/x.cjs`",
        ),
        (&[("package.json", "{}"), ("pnpm-workspace.yaml", "packages: [a]")], "RUN pnpm i", "says `packages: [a]`"),
        (&[("package.json", "{}"), ("node_modules/a", "")], "RUN npm ci", "`node_modules` of the build context"),
        (&[("package.json", "{")], "RUN npm ci", "cannot be read"),
        (&[("requirements.txt", "-e .")], "RUN pip install -r requirements.txt", "nothing is wasted"),
        (&[("requirements.txt", "./lib")], "RUN pip install -r requirements.txt", "nothing is wasted"),
        (&[("requirements.txt", "a @ file:///b")], "RUN pip install -r requirements.txt", "nothing is wasted"),
        (&[("requirements.txt", "-r none.txt")], "RUN pip install -r requirements.txt", ""),
        (&[("pyproject.toml", "a = {path = \"b\"}")], "RUN poetry install --no-root", "nothing is wasted"),
        (
            &[("pyproject.toml", "[project]\ndynamic = [\"version\"]")],
            "RUN uv sync --no-install-project",
            "leaves fields",
        ),
        (&[("Gemfile", "gemspec")], "RUN bundle install", "nothing is wasted"),
        (&[("composer.json", "{}")], "RUN composer install --no-scripts", "composer dump-autoload"),
        (&[("go.mod", "replace a => ../a")], "RUN go mod download", "says `replace a => ../a`"),
        (&[("go.mod", ""), ("go.work", "")], "RUN go mod download", "`go.work`"),
        (&[("Cargo.toml", "")], "RUN cargo fetch", "cargo-chef"),
        (&[("pom.xml", "<modules>")], "RUN mvn dependency:go-offline", "says `<modules>`"),
        (&[("build.gradle", ""), ("settings.gradle", "include 'a'")], "RUN gradle dependencies", "says `include 'a'`"),
        (&[("a.csproj", "<Import Project=\"b\" />")], "RUN dotnet restore", "imports other files"),
    ] {
        let why = better(&below(&format!("COPY . .\n{text}")), files).expect_err(text);
        assert!(why.contains(reason) && (reason.is_empty() == why.is_empty()), "{text}: {why}");
    }
}

#[test]
fn what_needs_the_files_is_not_wasted() {
    let package = [("package.json", "{}"), ("package-lock.json", "{}")];
    for text in [
        "COPY package*.json ./\nRUN npm ci\nCOPY . .",
        "COPY prisma ./prisma\nRUN npm ci",
        "COPY etc /etc/apt\nRUN apt-get update && apt-get install -y a",
        "COPY . .\nRUN ./make-manifests && npm ci",
        "COPY . .\nRUN --mount=type=cache,target=/root/.npm npm ci",
        "COPY . .\nRUN apt-get install -y ./a.deb",
        "COPY . .\nRUN pip install -e '.[dev]' && pip install -r requirements.txt",
    ] {
        assert_eq!(better(&below(text), &package), Err("nothing is wasted".to_owned()), "{text}");
    }
    let made = "FROM go AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /out/a\nFROM alpine:3\n";
    let run = "RUN apk add curl";
    let after = |path: &str| better(&format!("{made}COPY --from=build {path} /usr/local/bin/a\n{run}\n"), &[]);
    assert_eq!(after("/out/a"), Ok(format!("{made}{run}\nCOPY --from=build /out/a /usr/local/bin/a\n")));
    assert_eq!(after("/src/a"), Ok(format!("{made}{run}\nCOPY --from=build /src/a /usr/local/bin/a\n")));
    assert_eq!(after("/etc/ssl/certs"), Err("nothing is wasted".to_owned()));
}
