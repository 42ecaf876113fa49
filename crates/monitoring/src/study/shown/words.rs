//! The words beside an estimate: what a method is called and assumes, what its model says, whether the methods lie close
//! together.

use domain::Day;
use statistics::multiple_systems::Method;
use statistics::multiple_systems::verdict::SAME_ASSUMPTIONS;

use super::super::estimate::{Given, Said};
use super::{NOT_ENOUGH, Shown};

/// Whether the methods lie close together. Why there is not enough overlap to say is told only where no overlap is small.
pub(super) fn verdict(said: &Said, is_wide: bool) -> String {
    let method = |code: &str| Method::from_code(code).map_or("one method", name).to_lowercase();
    match said {
        Said::Agree { methods } => {
            format!("The estimates of {methods} methods lie within a quarter of each other. {SAME_ASSUMPTIONS}")
        }
        Said::Disagree {
            factor,
            lowest,
            highest,
        } => format!(
            "The methods disagree by a factor of {factor:.1}: the lowest estimate is that of {}, the highest that of {}.",
            method(lowest),
            method(highest)
        ),
        Said::NotEnough { why } if is_wide && !why.is_empty() => {
            format!("There is not enough overlap to say: {why}.")
        }
        Said::NotEnough { .. } => NOT_ENOUGH.to_owned(),
    }
}

/// A model's terms as lists that are counted together.
pub(super) fn words(model: &[String]) -> String {
    let terms: Vec<String> = model
        .iter()
        .filter(|term| term.contains(':'))
        .map(|term| format!("lists {}", term.replace(':', " with ")))
        .collect();
    if terms.is_empty() {
        "no two lists depend on one another".to_owned()
    } else {
        terms.join("; ")
    }
}

pub(super) const fn name(method: Method) -> &'static str {
    match method {
        Method::Chao => "Lower bound (Chao)",
        Method::MainEffects => "Independent lists",
        Method::AllPairs => "All pairs dependent",
        Method::Stepwise => "Stepwise",
        Method::Bic => "Lowest BIC",
        Method::Downhill => "Downhill search",
        Method::Threshold => "Bayesian threshold",
        Method::Graphs => "Average over graphs",
        Method::Classes => "Latent classes",
    }
}

pub(super) const fn assumes(method: Method) -> &'static str {
    match method {
        Method::Chao => "People differ in how easily they are found. A bound: there are at least so many.",
        Method::MainEffects => "No list knows of anyone because another does. Rarely true; one end of the range.",
        Method::AllPairs => "Every two lists depend on one another. The other end of the range.",
        Method::Stepwise => "Few pairs of lists depend on one another; they are found one by one.",
        Method::Bic => "The simplest model that fits is close to the truth.",
        Method::Downhill => "As lowest BIC, searched from several starts where there are too many models.",
        Method::Threshold => "Small dependence between two lists is none.",
        Method::Graphs => "Averages over many ways in which lists can depend, and so does not trust one.",
        Method::Classes => "There are groups of people, some found more easily than others.",
    }
}

impl Shown {
    /// What the intervals say of doubtful links.
    pub fn of_links(&self) -> &'static str {
        if self.lines.iter().any(|line| line.carries_links) {
            "The links of the lists were drawn again and again by their chances; intervals marked “links too” hold what that does, the \
             others do not."
        } else if self.lines.is_empty() {
            ""
        } else {
            "What wrong and missed links do is in none of these intervals."
        }
    }

    /// Whether a method's answers are shown by how they are spread.
    pub fn has_spread(&self) -> bool {
        self.lines.iter().any(|line| line.spread.is_some())
    }

    /// Whether a chosen model is shown.
    pub fn has_models(&self) -> bool {
        self.lines.iter().any(|line| line.model.is_some())
    }

    /// What a picture of it shows.
    pub fn caption(&self) -> String {
        let truth = if self.truth.is_some() {
            "; dashed, the true number"
        } else {
            ""
        };
        if self.has_spread() {
            format!(
                "Each method’s estimate (dot), its interval (line), and how often its answers fall where (bars){truth}"
            )
        } else {
            format!("Each method’s estimate (dot) and its interval (line){truth}")
        }
    }

    /// What has to be said below a picture of it.
    pub fn source(&self) -> String {
        let spread = if self.has_spread() {
            " A second peak or a long tail is doubt that an interval does not tell. Bars are as coarse as the figures, their \
             shares whole per cents."
        } else {
            ""
        };
        format!(
            "Estimated on {}. Each step to the right on the scale is the same factor.{spread}",
            self.day()
        )
    }

    /// The day it was estimated, as people write it.
    pub fn day(&self) -> String {
        Day::parse(&self.estimated_on).map_or_else(|_| self.estimated_on.clone(), |day| day.to_string())
    }

    /// How many intervals hold the true number, where an invented study knows it; else empty.
    pub fn held(&self) -> String {
        let known: Vec<bool> = self.lines.iter().filter_map(|line| line.holds).collect();
        let held = known.iter().filter(|holds| **holds).count();
        match (known.len(), held) {
            (0, _) => String::new(),
            (all, 1) => format!("1 of {all} intervals holds the true number."),
            (all, held) => format!("{held} of {all} intervals hold the true number."),
        }
    }

    /// How many lists the numbers that go out rest on, at the fewest.
    pub(in crate::study) fn fewest_lists(&self) -> usize {
        let loses_one = self.goes_out && self.without.iter().any(|without| without.figure.is_some());
        self.sizes.len() - usize::from(loses_one)
    }
}

impl Given {
    /// Whether its spread is that of resamples; otherwise it is that of a posterior.
    pub(super) fn method_resamples(&self) -> bool {
        let method = Method::from_code(&self.method);
        matches!(method, Some(Method::Stepwise | Method::Bic | Method::Downhill))
    }
}
