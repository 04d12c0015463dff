//! The reviewed differences between the reference implementations and us: lists under `tests/oracle`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The list, and what of it was met.
pub(super) struct Reviewed {
    /// From `case | difference` to whether it was met.
    listed: BTreeMap<(String, String), bool>,
    ran: Vec<String>,
    unlisted: Vec<String>,
}

impl Reviewed {
    /// The differences to BuildKit.
    pub(super) fn read() -> Reviewed {
        Reviewed::read_from("disagreements.txt")
    }

    /// Reads the list `name`: lines of `case | difference | reason`; empty lines and those with `#` say nothing.
    pub(super) fn read_from(name: &str) -> Reviewed {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle").join(name);
        let text = fs::read_to_string(path).expect("the list is in the repository");
        let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let entry = |line: &str| {
            let parts: Vec<&str> = line.split(" | ").collect();
            let [case, difference, reason] = parts.try_into().expect("lines are `case | difference | reason`");
            assert!(!reason.trim().is_empty(), "`{line}` has no reason");
            ((case.to_owned(), difference.to_owned()), false)
        };
        Reviewed { listed: lines.map(entry).collect(), ran: Vec::new(), unlisted: Vec::new() }
    }

    /// A difference was met.
    pub(super) fn meet(&mut self, case: &str, difference: &str) {
        let difference = difference.replace(" | ", " ¦ ").replace('\n', "\\n");
        match self.listed.get_mut(&(case.to_owned(), difference.clone())) {
            Some(met) => *met = true,
            None => self.unlisted.push(format!("{case} | {difference} |")),
        }
    }

    /// A case was compared.
    pub(super) fn ran(&mut self, case: &str) {
        self.ran.push(case.to_owned());
    }

    /// Fails when a difference is not listed, or a listed one is gone.
    pub(super) fn finish(self) {
        let gone: Vec<_> = self
            .listed
            .iter()
            .filter(|((case, _), met)| !**met && self.ran.contains(case))
            .map(|(entry, _)| entry)
            .collect();
        println!("{} cases compared, {} reviewed differences", self.ran.len(), self.listed.len());
        assert!(!self.ran.is_empty(), "no case ran");
        assert!(
            self.unlisted.is_empty(),
            "{} differences are not reviewed:\n{}",
            self.unlisted.len(),
            self.unlisted.join("\n")
        );
        assert!(gone.is_empty(), "these reviewed differences are gone, take them out: {gone:#?}");
    }
}
