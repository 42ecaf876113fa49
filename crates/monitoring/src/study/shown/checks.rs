//! The checks of the stepwise choice in words, as far as the overlaps allow.

use statistics::multiple_systems::Method;

use super::super::estimate::Answer;
use super::super::overlap::Overlap;
use super::super::trust::{Conditioned, Covered, Surprise};

/// What the checks say: for members who may read the estimate, and nobody else.
#[derive(Debug, Clone, Default)]
pub struct Checks {
    /// By the list's number: how near the other lists come to the number of people on it; `None` where the overlaps do not
    /// allow it to be shown, or there is no estimate.
    pub conditioned: Vec<(i32, Option<String>)>,
    /// The overlaps that the chosen model predicts worst; empty where one of the overlaps is small.
    pub surprises: Vec<String>,
    /// How often the interval holds the true number of populations drawn from the chosen model; empty where the model is not
    /// shown.
    pub coverage: String,
}

impl Checks {
    /// Whether there is nothing to show.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.conditioned.is_empty() && self.surprises.is_empty() && self.coverage.is_empty()
    }
}

/// The checks of an answer, and whether something of them is not shown.
pub(super) fn made(answer: &Answer, overlap: &Overlap, k: u32) -> (Checks, bool) {
    let Some(trust) = &answer.trust else {
        return (Checks::default(), false);
    };
    let mut is_cut = false;
    let has_more = overlap.numbers().len() > super::FEWEST;
    let conditioned = trust.conditioned.iter().filter(|_| has_more).filter_map(|one| {
        let may = overlap.shows_conditioned(one.place, k);
        is_cut |= !may;
        Some((*overlap.numbers().get(one.place)?, near(one).filter(|_| may)))
    });
    let conditioned = conditioned.collect();
    let surprises = if overlap.is_wide(k) {
        trust
            .surprises
            .iter()
            .map(|one| worst(one, overlap.numbers()))
            .collect()
    } else {
        is_cut |= !trust.surprises.is_empty();
        Vec::new()
    };
    let stepwise = answer
        .results
        .iter()
        .find(|given| given.method == Method::Stepwise.code());
    let shows_model = stepwise.is_some_and(|given| overlap.shows_model(&given.model, k));
    is_cut |= !shows_model && trust.covered.is_some();
    let coverage = trust
        .covered
        .as_ref()
        .filter(|_| shows_model)
        .map(held)
        .unwrap_or_default();
    let checks = Checks {
        conditioned,
        surprises,
        coverage,
    };
    (checks, is_cut)
}

/// How near the other lists come to the people of a list.
fn near(one: &Conditioned) -> Option<String> {
    let percent = (one.ratio? - 1.0) * 100.0;
    let said = if percent.abs() < 0.5 {
        "as many as there are".to_owned()
    } else if percent > 0.0 {
        format!("{percent:.0}% too many")
    } else {
        format!("{:.0}% too few", percent.abs())
    };
    Some(match one.holds {
        Some(true) => format!("{said}; the interval holds the number"),
        Some(false) => format!("{said}; the interval misses the number"),
        None => said,
    })
}

/// One of the overlaps that are predicted worst.
fn worst(one: &Surprise, numbers: &[i32]) -> String {
    let lists: Vec<String> = one
        .places
        .iter()
        .filter_map(|place| numbers.get(*place).map(ToString::to_string))
        .collect();
    let side = if one.deviations > 0.0 { "more" } else { "fewer" };
    format!(
        "Lists {} and no other: {:.0} standard deviations {side} than the model expects",
        lists.join(", "),
        one.deviations.abs()
    )
}

/// How the method fares where the truth is known.
fn held(covered: &Covered) -> String {
    let mut said = format!(
        "Of {} populations drawn from the chosen model, the interval holds the true number in {:.0}%",
        covered.n,
        100.0 * covered.share
    );
    if let Some(ratio) = covered.ratio {
        said += &format!(", and the middle estimate is {:.0}% of it", 100.0 * ratio);
    }
    said + "."
}
