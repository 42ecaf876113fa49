//! What a method answers: an estimate with its interval, or a refusal with its reason.

use std::fmt;

use super::bootstrap::Resampled;
use super::convergence::Convergence;
use super::spread::Spread;

/// A way to estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    /// Lower bound from people on one and on two lists.
    Chao,
    /// Lists independent of one another.
    MainEffects,
    /// Every two lists dependent.
    AllPairs,
    /// Pairs chosen one by one.
    Stepwise,
    /// The hierarchical model with the lowest BIC.
    Bic,
    /// A search downhill in BIC from several starts.
    Downhill,
    /// Bayesian thresholding of pairs.
    Threshold,
    /// Averaging over decomposable graphs.
    Graphs,
    /// Latent classes.
    Classes,
}

impl Method {
    /// Every method, in the order of a panel.
    pub const ALL: [Self; 9] = [
        Self::Chao,
        Self::MainEffects,
        Self::AllPairs,
        Self::Stepwise,
        Self::Bic,
        Self::Downhill,
        Self::Threshold,
        Self::Graphs,
        Self::Classes,
    ];

    /// Its code on the command line and in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Chao => "chao",
            Self::MainEffects => "main",
            Self::AllPairs => "pairs",
            Self::Stepwise => "stepwise",
            Self::Bic => "bic",
            Self::Downhill => "downhill",
            Self::Threshold => "threshold",
            Self::Graphs => "graphs",
            Self::Classes => "classes",
        }
    }

    /// The method of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.code() == code)
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// How an interval was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntervalKind {
    /// Log-normal on the number unseen, from the variance of the intercept.
    Wald,
    /// Profile likelihood of the multinomial model.
    Profile,
    /// Bias-corrected and accelerated bootstrap.
    Bca,
    /// Equal-tailed posterior interval.
    Credible,
}

impl IntervalKind {
    /// Its code in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Wald => "wald",
            Self::Profile => "profile",
            Self::Bca => "bca",
            Self::Credible => "credible",
        }
    }
}

/// An interval of the total number of people.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// How it was made.
    pub kind: IntervalKind,
    /// Its level, 0 to 1: 0.95 as a rule.
    pub level: f64,
    /// Lower limit, in people.
    pub lower: f64,
    /// Upper limit, in people.
    pub upper: f64,
}

/// Whether a model has an estimate at all; both are exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checks {
    /// The (extended) maximum of the likelihood exists.
    pub existence: bool,
    /// Only one set of parameters attains it.
    pub identifiable: bool,
}

impl Checks {
    /// Both hold.
    pub fn pass(self) -> bool {
        self.existence && self.identifiable
    }

    /// 0 both hold, 1 no maximum, 2 not identifiable, 3 neither: the codes of the R packages.
    pub fn code(self) -> u8 {
        u8::from(!self.existence) + 2 * u8::from(!self.identifiable)
    }
}

/// How a posterior was computed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Computed {
    /// From several chains of a sampler, which agree this far.
    Chains(Convergence),
    /// On a grid of numbers of people unseen, evenly spaced from 1.
    Grid {
        /// Where it ends.
        most_unseen: u64,
        /// How many points it has.
        points: u64,
    },
}

/// What one method says.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The method.
    pub method: Method,
    /// How many people there are, seen or not.
    pub estimate: f64,
    /// Its interval, where the method gives one.
    pub interval: Option<Interval>,
    /// Generators of the chosen model as `LA:NG`; empty where the method has no single model.
    pub model: Vec<String>,
    /// Akaike's criterion of the chosen model.
    pub aic: Option<f64>,
    /// Schwarz's criterion of the chosen model, with the number of people seen as sample size.
    pub bic: Option<f64>,
    /// Checks of the chosen model.
    pub checks: Option<Checks>,
    /// What a reader must know beside the number, as full sentences.
    pub warnings: Vec<String>,
    /// The seed, where chance took part.
    pub seed: Option<u64>,
    /// The resampled estimates behind a bootstrap interval.
    pub bootstrap: Option<Resampled>,
    /// The posterior behind a credible interval.
    pub posterior: Option<Spread>,
    /// How the posterior was computed.
    pub computed: Option<Computed>,
}

impl Estimate {
    /// How the answers of the method are spread: its resampled estimates, or its posterior; `None` where it has neither.
    pub fn spread(&self) -> Option<Spread> {
        match &self.bootstrap {
            Some(resampled) => Spread::of_equal(&resampled.estimates),
            None => self.posterior.clone(),
        }
    }
}

/// Why a method gives no number.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// Too many lists for this method.
    #[error("{lists} lists, and this method takes at most {most}")]
    TooManyLists {
        /// Lists given.
        lists: usize,
        /// Lists that it takes.
        most: usize,
    },
    /// The model fails a check of [`Checks`].
    #[error("the model {model} has no estimate on these lists: {}", reason(*.checks))]
    NoEstimate {
        /// Generators of the model.
        model: String,
        /// Which check failed.
        checks: Checks,
    },
    /// Nobody is on two lists.
    #[error("nobody is on two lists, so nothing tells how many are on none")]
    NoOverlap,
    /// Nearly all of a posterior lies on the model that joins all lists.
    #[error(
        "{:.0} % of its posterior lies on the model that joins every list with every other. That model fits any overlaps and says nothing of people on no list, so its number would only repeat what was assumed beforehand",
        100.0 * .share
    )]
    AllDependent {
        /// Its share of the posterior, 0 to 1.
        share: f64,
    },
    /// The exact check of [`Checks`] needed a number of more than 128 bits.
    #[error("whether the model {model} has an estimate could not be decided exactly")]
    NotChecked {
        /// Generators of the model.
        model: String,
    },
    /// The numerical search for the maximum did not end.
    #[error("the search for the maximum of the likelihood of {model} did not end")]
    NotConverged {
        /// Generators of the model.
        model: String,
    },
    /// Chains of a sampler disagree.
    #[error("the chains disagree (R-hat {r_hat:.2}): the sampler has not found one answer")]
    ChainsDisagree {
        /// Split R-hat of the total.
        r_hat: f64,
    },
}

const fn reason(checks: Checks) -> &'static str {
    match (checks.existence, checks.identifiable) {
        (false, true) => "the likelihood has no maximum, because too many overlaps are empty",
        (true, false) => "the overlaps cannot tell its parameters apart",
        _ => "the likelihood has no maximum and the overlaps cannot tell its parameters apart",
    }
}

/// Choices that methods share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Threshold of the stepwise selection.
    pub p: f64,
    /// Most lists in one term of the searches for the lowest BIC, at least 2; one less than the number of
    /// lists, or more, means every order.
    pub max_order: usize,
    /// Bootstrap resamples; 0 asks for the point estimate alone.
    pub resamples: usize,
    /// Seed of everything that chance decides.
    pub seed: u64,
    /// Level of intervals.
    pub level: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            p: 0.02,
            max_order: 2,
            resamples: 10_000,
            seed: 1,
            level: 0.95,
        }
    }
}
