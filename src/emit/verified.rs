//! What building fixes showed: a table for people, and the same as data.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::path::PathBuf;

use serde::{Serialize, Serializer};

use super::printable::printable_line;
use super::style::{Paint, Style};
use super::{counted, display_path};
use crate::lint::Verdict;
use crate::text::size;

/// What became of the fixes of one Dockerfile.
#[derive(Clone, Debug, Serialize)]
pub struct VerifiedFile {
    /// The file.
    #[serde(serialize_with = "shown_path")]
    pub path: PathBuf,
    /// Its fixes, in the order of the file.
    pub fixes: Vec<VerifiedFix>,
    /// What the image became; `None` where no fix holds.
    pub image: Option<VerifiedImage>,
    /// How many builds it took.
    pub builds: usize,
    /// The engine that built, with its version; `None` for rlint itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backend: Option<String>,
}

/// A fix, and what its build showed.
#[derive(Clone, Debug, Serialize)]
pub struct VerifiedFix {
    /// The id of the rule.
    pub rule: Cow<'static, str>,
    /// What it does.
    pub title: Cow<'static, str>,
    /// The line of the finding, from 1, as the file was.
    pub line: u32,
    /// What came out.
    pub verdict: Verdict,
    /// Why.
    pub details: Vec<String>,
}

/// An image before and after the fixes that hold.
#[derive(Clone, Debug, Serialize)]
pub struct VerifiedImage {
    /// Bytes of files before.
    pub bytes_before: u64,
    /// Bytes of files after.
    pub bytes_after: u64,
    /// Layers before, those of the base left out, which engines do not tell apart: there they count.
    pub layers_before: usize,
    /// Layers after.
    pub layers_after: usize,
    /// The steps that had to be run again.
    pub rebuilt_steps: usize,
    /// What else changes.
    pub changes: Vec<String>,
}

#[expect(clippy::ptr_arg, reason = "serde asks for it")]
fn shown_path<S: Serializer>(path: &PathBuf, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&display_path(path))
}

/// A table for each Dockerfile.
pub fn table(files: &[VerifiedFile], style: Style) -> String {
    files.iter().filter(|file| !file.fixes.is_empty()).map(|file| of_file(file, style)).collect()
}

/// The width of the longest verdict.
const VERDICT: usize = "inconclusive".len();

fn of_file(file: &VerifiedFile, style: Style) -> String {
    let heading = format!(
        "{}: {} verified in {}{}",
        printable_line(&display_path(&file.path)),
        counted(file.fixes.len(), "fix"),
        counted(file.builds, "build"),
        file.backend.iter().map(|engine| format!(" by {}", printable_line(engine))).collect::<String>(),
    );
    let mut text = format!("{}\n", style.paint(Paint::Bold, &heading));
    let name = |fix: &VerifiedFix| fix.rule.rsplit('/').next().unwrap_or_default().to_owned();
    let widest = file.fixes.iter().map(|fix| name(fix).len()).max().unwrap_or(0);
    let digits = file.fixes.iter().map(|fix| fix.line.to_string().len()).max().unwrap_or(1);
    let mut row = |left: &str, right: &str| text.push_str(&format!("  {left:VERDICT$}  {}\n", printable_line(right)));
    for fix in &file.fixes {
        row(fix.verdict.name(), &format!("line {:<digits$}  {:<widest$}  {}", fix.line, name(fix), fix.title));
        fix.details.iter().for_each(|detail| row("", detail));
    }
    if let Some(image) = &file.image {
        row(
            "image",
            &format!(
                "{} → {} ({}), layers {} → {}, {} rebuilt",
                size(image.bytes_before),
                size(image.bytes_after),
                difference(image.bytes_before, image.bytes_after),
                image.layers_before,
                image.layers_after,
                counted(image.rebuilt_steps, "step"),
            ),
        );
        image.changes.iter().for_each(|change| row("", change));
    }
    painted(&text, style)
}

/// The verdicts in their colours: put on at last, so that they do not count in the widths.
fn painted(text: &str, style: Style) -> String {
    let paints =
        [(Verdict::Built, Paint::Added), (Verdict::Broken, Paint::Removed), (Verdict::Inconclusive, Paint::Warning)];
    let paint = |line: &str| {
        let found = paints.iter().find_map(|(verdict, paint)| {
            let rest = line.strip_prefix("  ")?.strip_prefix(verdict.name())?;
            rest.starts_with(' ').then(|| format!("  {}{rest}", style.paint(*paint, verdict.name())))
        });
        found.unwrap_or_else(|| line.to_owned())
    };
    text.lines().map(|line| paint(line) + "\n").collect()
}

fn difference(before: u64, after: u64) -> String {
    match after.cmp(&before) {
        Ordering::Equal => "as large as before".to_owned(),
        Ordering::Less => format!("{} less", size(before - after)),
        Ordering::Greater => format!("{} more", size(after - before)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_says_in_which_direction() {
        assert_eq!(difference(10, 7), "3 B less");
        assert_eq!(difference(7, 7), "as large as before");
    }

    #[test]
    fn the_table_says_of_each_fix_what_came_out() {
        let fix = |rule: &'static str, line, verdict, details: &[&str]| VerifiedFix {
            rule: rule.into(),
            title: "mend it".into(),
            line,
            verdict,
            details: details.iter().map(|detail| (*detail).to_owned()).collect(),
        };
        let file = VerifiedFile {
            path: "app/Dockerfile".into(),
            fixes: vec![
                fix("dockerfile/sudo", 3, Verdict::Built, &[]),
                fix("dockerfile/apt-get-yes", 12, Verdict::Broken, &["step `RUN a`: the command ended with 1"]),
            ],
            image: Some(VerifiedImage {
                bytes_before: 2_000_000,
                bytes_after: 1_500_000,
                layers_before: 4,
                layers_after: 3,
                rebuilt_steps: 2,
                changes: vec!["the user changes".to_owned()],
            }),
            builds: 4,
            backend: Some("podman 4.3.1".to_owned()),
        };
        let expected = "\
app/Dockerfile: 2 fixes verified in 4 builds by podman 4.3.1
  built         line 3   sudo         mend it
  broken        line 12  apt-get-yes  mend it
                step `RUN a`: the command ended with 1
  image         2.0 MB → 1.5 MB (500.0 kB less), layers 4 → 3, 2 steps rebuilt
                the user changes
";
        assert_eq!(table(&[file], Style { color: false, hyperlinks: false }), expected);
    }
}
