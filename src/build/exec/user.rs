//! Who a step runs as: USER, looked up in the passwd and group files of the image as BuildKit does it
//! (`executor/oci/user.go` over `moby/sys/user`).

/// The ids of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// Its further groups.
    pub(super) groups: Vec<u32>,
}

/// The largest id that the kernel and the formats of images agree on.
const MOST: u32 = i32::MAX as u32;

struct Entry<'t> {
    name: &'t str,
    uid: u32,
    gid: u32,
    home: &'t str,
}

/// Reads USER. Nothing and `0` are root, even without any file; two numbers are taken as they are.
pub(super) fn identify(user: &str, passwd: &str, group: &str) -> Result<Identity, String> {
    let (name, group_name) = match user.split_once(':') {
        Some((name, group)) => (name, Some(group).filter(|group| !group.is_empty())),
        None => (user, None),
    };
    let name = if name.is_empty() { "0" } else { name };
    let number = id(name)?;
    if let (Some(uid), Some(gid)) = (number, group_name.map(id).transpose()?.flatten()) {
        return Ok(Identity { uid, gid, groups: Vec::new() });
    }
    let entry = entries(passwd).find(|entry| entry.name == name || number == Some(entry.uid));
    let (uid, mut gid) = match (&entry, number) {
        (Some(entry), _) => (entry.uid, entry.gid),
        (None, Some(uid)) => (uid, 0),
        (None, None) => return Err(format!("the image has no user `{}` in /etc/passwd", name.escape_debug())),
    };
    let mut further = Vec::new();
    match group_name {
        Some(wanted) => gid = group_id(wanted, group)?,
        None => {
            let is_member = |members: &str| entry.as_ref().is_some_and(|e| members.split(',').any(|m| m == e.name));
            further.extend(groups(group).filter(|(_, _, members)| is_member(members)).map(|(_, gid, _)| gid));
        }
    }
    Ok(Identity { uid, gid, groups: further })
}

/// The home folder of an id, `/` where the image does not say.
pub(super) fn home(uid: u32, passwd: &str) -> &str {
    entries(passwd).find(|entry| entry.uid == uid).map_or("/", |entry| entry.home)
}

fn group_id(wanted: &str, text: &str) -> Result<u32, String> {
    let number = id(wanted)?;
    let found = groups(text).find(|(name, gid, _)| *name == wanted || number == Some(*gid));
    found
        .map(|(_, gid, _)| gid)
        .or(number)
        .ok_or_else(|| format!("the image has no group `{}` in /etc/group", wanted.escape_debug()))
}

/// A number, or none where it is a name.
fn id(text: &str) -> Result<Option<u32>, String> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    match text.parse::<u32>() {
        Ok(number) if number <= MOST => Ok(Some(number)),
        _ => Err(format!("the id `{text}` is not between 0 and {MOST}")),
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// Lines of `passwd(5)`; those that are broken are left out.
fn entries(text: &str) -> impl Iterator<Item = Entry<'_>> {
    lines(text).filter_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let (uid, gid) = (fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?);
        let home = fields.get(5).copied().filter(|home| !home.is_empty()).unwrap_or("/");
        Some(Entry { name: fields[0], uid, gid, home })
    })
}

/// Lines of `group(5)`: name, id, members.
fn groups(text: &str) -> impl Iterator<Item = (&str, u32, &str)> {
    lines(text).filter_map(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        Some((fields[0], fields.get(2)?.parse().ok()?, fields.get(3).copied().unwrap_or("")))
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001::/home/app:/bin/sh\nnohome:x:7:8\nbroken\n";
    const GROUP: &str = "root:x:0:\nextra:x:50:app,other\napp:x:1001:\nmore:x:51:other,app\n";

    fn ids(user: &str) -> (u32, u32, Vec<u32>) {
        let found = identify(user, PASSWD, GROUP).unwrap();
        (found.uid, found.gid, found.groups)
    }

    #[test]
    fn users_and_groups_are_found_by_name_and_number() {
        assert_eq!(ids("app"), (1000, 1001, vec![50, 51]));
        assert_eq!(ids("1000"), (1000, 1001, vec![50, 51]));
        assert_eq!(ids("app:extra"), (1000, 50, vec![]));
        assert_eq!(ids("app:7"), (1000, 7, vec![]));
        assert_eq!(ids("4711"), (4711, 0, vec![]));
        assert_eq!(ids("4711:extra"), (4711, 50, vec![]));
        assert_eq!(ids("1000:1000"), (1000, 1000, vec![]));
        assert_eq!(ids(""), (0, 0, vec![]));
        assert_eq!(ids("app:"), (1000, 1001, vec![50, 51]));
    }

    #[test]
    fn names_that_are_not_there_are_said() {
        for (user, said) in [("nobody", "user `nobody`"), ("app:none", "group `none`"), ("-1", "`-1`")] {
            let message = identify(user, PASSWD, GROUP).unwrap_err();
            assert!(message.contains(said), "{message}");
        }
        identify("4294967295", PASSWD, GROUP).unwrap_err();
        assert_eq!(identify("0", "", "").unwrap().uid, 0);
    }

    #[test]
    fn the_home_is_that_of_the_id() {
        assert_eq!(home(0, PASSWD), "/root");
        assert_eq!(home(1000, PASSWD), "/home/app");
        assert_eq!(home(7, PASSWD), "/");
        assert_eq!(home(4711, PASSWD), "/");
    }
}
