//! Fixes of a file that several images are built with, as a `.dockerignore`: they hold where they hold for each image.

use super::bisect::{Outcome, Rejected};
use super::verdict::{Judged, Measured, Reason};

/// What became of fixes that were judged for several images.
#[derive(Clone, Debug)]
pub struct JudgedOfAll {
    /// The numbers of the fixes that hold, all of them together and for every image.
    pub held: Vec<usize>,
    /// Those that do not, each with the number of the image that showed it.
    pub rejected: Vec<(usize, Rejected<Reason>)>,
    /// What each image became; empty where no fix holds.
    pub measured: Vec<Option<Measured>>,
    /// How many builds it took.
    pub builds: usize,
}

/// Judges `fixes` fixes for `images` images: `judge` does it for one of them, with the fixes of those numbers.
///
/// What one image rejects is not tried with the others; and those that had all of them accepted are asked again, because
/// what holds together may not hold in part.
pub fn judge_all(images: usize, fixes: usize, judge: &mut dyn FnMut(usize, &[usize]) -> Judged) -> JudgedOfAll {
    let mut held: Vec<usize> = (0..fixes).collect();
    let mut rejected = Vec::new();
    let mut measured = vec![None; images];
    let mut builds = 0;
    // So many images, the last ones that were asked, accept just these fixes.
    let mut accepting = 0;
    let mut image = 0;
    while accepting < images && !held.is_empty() {
        let judged = judge(image, &held);
        builds += judged.builds;
        measured[image] = judged.measured;
        accepting = if judged.rejected.is_empty() { accepting + 1 } else { 1 };
        rejected.extend(judged.rejected.into_iter().map(|own| {
            let own = Rejected { fix: held[own.fix], outcome: own.outcome, with: own.with.map(|with| held[with]) };
            debug_assert!(own.outcome != Outcome::Holds, "it was rejected");
            (image, own)
        }));
        held = judged.held.into_iter().map(|fix| held[fix]).collect();
        image = (image + 1) % images;
    }
    if held.is_empty() {
        measured.clear();
    }
    JudgedOfAll { held, rejected, measured, builds }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether an image takes a fix, together with others.
    type Takes<'t> = &'t dyn Fn(usize, &[usize]) -> bool;

    /// Judges for images each of which takes some fixes.
    fn judged(images: &[Takes<'_>], fixes: usize) -> (JudgedOfAll, Vec<usize>) {
        let mut asked = Vec::new();
        let result = judge_all(images.len(), fixes, &mut |image, chosen| {
            asked.push(image);
            let (held, out): (Vec<usize>, Vec<usize>) =
                (0..chosen.len()).partition(|fix| images[image](chosen[*fix], chosen));
            let rejected =
                out.into_iter().map(|fix| Rejected { fix, outcome: Outcome::Fails("no".to_owned()), with: None });
            Judged { held, rejected: rejected.collect(), measured: None, builds: 2 }
        });
        (result, asked)
    }

    fn rejected(judged: &JudgedOfAll) -> Vec<(usize, usize)> {
        judged.rejected.iter().map(|(image, rejected)| (*image, rejected.fix)).collect()
    }

    #[test]
    fn each_image_is_asked_once_where_all_agree() {
        let (judged, asked) = judged(&[&|_, _| true, &|_, _| true], 3);
        assert_eq!((&judged.held[..], &asked[..], judged.builds), (&[0, 1, 2][..], &[0, 1][..], 4));
        assert_eq!(judged.measured.len(), 2);
    }

    #[test]
    fn what_one_image_rejects_is_gone_for_all_and_the_rest_is_asked_again() {
        let (judged, asked) = judged(&[&|_, _| true, &|fix, _| fix != 1], 3);
        assert_eq!((&judged.held[..], &asked[..]), (&[0, 2][..], &[0, 1, 0][..]));
        assert_eq!(rejected(&judged), [(1, 1)]);
    }

    #[test]
    fn a_part_of_what_held_may_not_hold() {
        // The first image wants both or none; the second one does not want the last.
        let both = |_: usize, chosen: &[usize]| chosen.len() == 2;
        let (judged, asked) = judged(&[&both, &|fix, _| fix != 1], 2);
        assert_eq!((judged.held.is_empty(), judged.measured.len(), &asked[..]), (true, 0, &[0, 1, 0][..]));
        assert_eq!(rejected(&judged), [(1, 1), (0, 0)]);
    }
}
