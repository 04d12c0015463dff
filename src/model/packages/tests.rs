use super::*;
use crate::model::dockerfile::Dockerfile;
use crate::syntax::dockerfile;

/// Every operation of a Dockerfile with these instructions: manager, action, operands, `?` for what is not known.
fn operations_of(instructions: &str) -> Vec<String> {
    let dockerfile = Dockerfile::new(dockerfile::parse(format!("FROM base\n{instructions}\n")));
    let found = dockerfile.instructions().flat_map(operations);
    found
        .map(|operation| {
            let mut words: Vec<String> = vec![format!("{:?}", operation.manager), format!("{:?}", operation.action)];
            words.extend(operation.operands.iter().map(|operand| operand.text.to_string()));
            words.extend(operation.unknown.iter().map(|_| "?".to_owned()));
            words.join(" ")
        })
        .collect()
}

fn only(run: &str) -> String {
    operations_of(&format!("RUN {run}")).join("; ")
}

#[test]
fn operations_are_found_behind_flags_and_wrappers() {
    assert_eq!(only("apt-get -qq -o A=b update"), "Apt Update");
    assert_eq!(only("sudo -E -u root env A=b /usr/bin/apt-get install -t sid -y a=1 $(b)"), "Apt Install a=1 ?");
    assert_eq!(only("apk add --no-cache -t .deps gcc"), "Apk Install gcc");
    assert_eq!(only("python3.12 -m pip install -r a.txt b"), "Pip Install b");
    assert_eq!(only("timeout -k 5 60 yum -y install a"), "Yum Install a");
    assert_eq!(only("yarn --frozen-lockfile"), "Yarn Install");
    assert_eq!(only("xargs -r -n 1 apk add curl"), "Apk Install curl");
    assert_eq!(only("dnf -y module install nodejs:20"), "Dnf Install nodejs:20");
    assert_eq!(only("uv pip install --system a==1"), "Uv Install a==1");
    assert_eq!(only("pacman -Syu --noconfirm git"), "Pacman Install git");
    assert_eq!(only("pacman -Syu --noconfirm"), "Pacman Upgrade");
    assert_eq!(only("go install example.com/a@latest"), "Go Install example.com/a@latest");
}

#[test]
fn operations_are_found_in_every_construct() {
    assert_eq!(
        only("if a; then apt-get update; fi; (apk add b || yum install c) | tee d"),
        "Apt Update; Apk Install b; Yum Install c"
    );
    assert_eq!(only("sh -c 'apt-get update && apt-get install a'"), "Apt Update; Apt Install a");
    assert_eq!(
        only("<<EOF\napt-get update\nfor a in 1; do\n  apt-get install a\ndone\nEOF"),
        "Apt Update; Apt Install a"
    );
}

#[test]
fn variables_are_replaced_where_they_are_known() {
    assert_eq!(
        operations_of("ARG V=1.2\nENV P=\"a b=$V\"\nRUN apk add $P c=${V} \"$P\""),
        ["Apk Install a b=1.2 c=1.2 a b=1.2"]
    );
    assert_eq!(only("deps=' a \\\n  b '; apt-get install $deps c"), "Apt Install a b c");
    assert_eq!(only("export A=a B=\"b c\" && apt-get install $A $B"), "Apt Install a b c");
    assert_eq!(only("for p in a b; do apt-get install $p-dev; done"), "Apt Install a-dev b-dev");
    assert_eq!(only("case x in a) p=a ;; *) p=b ;; esac; apt-get install $p"), "Apt Install a b");
    assert_eq!(only("p=a; p=\"$p b\"; apt-get install $p"), "Apt Install a b");
    assert_eq!(only("p=a; p+=' b'; apt-get install $p"), "Apt Install a b");
    assert_eq!(only("p=a; apt-get install ${p:-c} ${q_:-c}"), "Apt Install a ?");
    assert_eq!(operations_of("ENV O=\"-y -t sid\"\nRUN apt-get install $O a"), ["Apt Install a"]);
    assert_eq!(operations_of("ARG P\nRUN apt-get install $P $(b) `c` $1"), ["Apt Install ? ? ? ?"]);
    assert_eq!(only("p=' a b ' set -x && apt-get install $p"), "Apt Install a b");
    assert_eq!(only("read p; apt-get install $p"), "Apt Install ?");
    assert_eq!(only("p=$(a); apt-get install $p"), "Apt Install ?");
}

#[test]
fn what_is_not_known_is_no_operation() {
    for text in ["apt-get $ARGS install a", "command -v apt-get", "$SUDO apt-get update", "python -m venv x", "apt-get"]
    {
        assert_eq!(only(text), "", "{text}");
    }
}

#[test]
fn flags_are_found_in_bundles() {
    let has = |text: &str, flag: &str| {
        let dockerfile = Dockerfile::new(dockerfile::parse(format!("FROM debian\nRUN {text}\n")));
        dockerfile.instructions().flat_map(operations).any(|operation| operation.has_flag(&[flag]))
    };
    assert!(has("apt-get -qy install a", "-y"));
    assert!(has("apt-get install --assume-yes a", "--assume-yes"));
    assert!(has("O='-y --quiet'; apt-get install $O a", "-y"));
    assert!(!has("apt-get install -oDpkg::Y=y a", "-y"));
    assert!(!has("apt-get install -tbuster-y a", "-y"));
}

#[test]
fn operands_are_read_as_each_manager_reads_them() {
    let read = |manager: Manager, operand: &str| {
        let package = manager.package(operand);
        format!("{} {} {:?}", package.name, package.version.unwrap_or("-"), package.origin)
    };
    assert_eq!(read(Manager::Apt, "libc6:i386=2.36"), "libc6:i386 =2.36 Index");
    assert_eq!(read(Manager::Apt, "curl/bookworm"), "curl /bookworm Index");
    assert_eq!(read(Manager::Apt, "./a.deb"), "./a.deb - File");
    assert_eq!(read(Manager::Apk, "curl~=8"), "curl ~=8 Index");
    assert_eq!(read(Manager::Apk, "curl@edge"), "curl@edge - Index");
    assert_eq!(read(Manager::Dnf, "nodejs-20.1"), "nodejs -20.1 Index");
    assert_eq!(read(Manager::Dnf, "java-17-openjdk"), "java -17-openjdk Index");
    assert_eq!(read(Manager::Dnf, "@development"), "@development - Group");
    assert_eq!(read(Manager::Zypper, "curl>=8"), "curl >=8 Index");
    assert_eq!(read(Manager::Pip, "uvicorn[standard]==0.3"), "uvicorn ==0.3 Index");
    assert_eq!(read(Manager::Pip, "git+https://example.com/a@v1"), "git+https://example.com/a@v1 - Url");
    assert_eq!(read(Manager::Npm, "@scope/name@1"), "@scope/name @1 Index");
    assert_eq!(read(Manager::Npm, "owner/name"), "owner/name - Url");
    assert_eq!(read(Manager::Gem, "rails:7.1"), "rails :7.1 Index");
    assert_eq!(read(Manager::Go, "example.com/a@v1"), "example.com/a @v1 Index");
}

#[test]
fn a_variable_is_known_where_the_program_gets_it() {
    let value = |text: &str| {
        let dockerfile = Dockerfile::new(dockerfile::parse(format!("FROM debian\nENV E=1\n{text}\n")));
        let found = dockerfile.instructions().flat_map(operations).next();
        found.map(|operation| match operation.variable("E") {
            Setting::Known(value) => value.into_owned(),
            other => format!("{other:?}"),
        })
    };
    assert_eq!(value("RUN pip install a").as_deref(), Some("1"));
    assert_eq!(value("RUN E=2 pip install a").as_deref(), Some("2"));
    assert_eq!(value("RUN env E=3 pip install a").as_deref(), Some("3"));
    assert_eq!(value("RUN export E=4 && pip install a").as_deref(), Some("4"));
    assert_eq!(value("RUN E=$(x) pip install a").as_deref(), Some("Unknown"));
}

#[test]
fn values_without_end_are_not_followed() {
    let doubled = "a=x; ".to_owned() + &"a=\"$a$a\"; ".repeat(40) + "apt-get install $a";
    assert_eq!(only(&doubled), "Apt Install ?");
    let many: String = (0..2000).map(|number| format!("p{number} ")).collect();
    assert_eq!(operations_of(&format!("ENV P=\"{many}\"\nRUN apt-get install $P")), ["Apt Install ?"]);
    let some: String = (0..200).map(|number| format!(" p{number}")).collect();
    assert_eq!(operations_of(&format!("ENV P=\"{some}\"\nRUN apt-get install $P")), [format!("Apt Install{some}")]);
}
