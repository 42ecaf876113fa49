//! Whether several methods agree: the sentence above a panel of estimates.
//!
//! # What is compared
//!
//! The methods that let the overlaps decide which lists depend on which: stepwise, BIC, downhill,
//! threshold, graphs and classes. Chao's bound is no estimate; independent lists and all pairs are the
//! two ends between which the others choose, and shown for that. Where BIC and downhill chose the same model they are
//! one method, and counted once: the second says nothing new.
//!
//! # Thresholds
//!
//! - **Not enough overlap** if fewer than [`FEWEST_ON_TWO_LISTS`] people are on two lists: the coefficient of
//!   variation of an estimate from `m` people seen twice is about `1 / sqrt(m)` (Seber, G. A. F. (1982), The
//!   Estimation of Animal Abundance, section 3.1), so that below ten the ends of an interval lie a factor of
//!   3.5 apart even where lists are independent. Also if some lists share nobody, directly or through others, with the
//!   rest: nothing then says how the two groups of people relate. Also if fewer than two methods gave a number with
//!   an upper limit, or if even the narrowest interval spans more than a factor of [`WIDEST`].
//! - **Agree** if the highest estimate is at most [`AGREEING`] times the lowest. That is not evidence that they are
//!   right: all of them assume the same of what no overlap shows. Estimates are published to two
//!   figures, and in the published studies one method's 95 % interval alone is wider than that.
//! - **Disagree** otherwise, by the factor between the highest and the lowest. In published data this factor is
//!   2 to 3 for some studies (Binette, O. and Steorts, R. C. (2022), Journal of the Royal Statistical Society
//!   A 185:640-676, ask for it to be shown).

use std::fmt;

use super::estimate::{Estimate, Method};
use super::histories::Histories;

/// People on two lists or more below which nothing is said.
pub const FEWEST_ON_TWO_LISTS: u64 = 10;
/// Highest over lowest estimate up to which methods agree.
pub const AGREEING: f64 = 1.25;
/// Upper over lower limit beyond which an interval says next to nothing.
pub const WIDEST: f64 = 5.0;

/// What has to be said beside estimates that lie close together.
pub const SAME_ASSUMPTIONS: &str = "They rest on the same assumptions, so this does not show that they are right: people whom every list finds hard to reach make all of them too low.";

/// What a panel of estimates amounts to.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Estimates lie close together.
    Agree {
        /// Highest over lowest estimate.
        factor: f64,
        /// How many methods were compared.
        methods: usize,
    },
    /// Estimates lie apart.
    Disagree {
        /// Highest over lowest estimate.
        factor: f64,
        /// The method with the lowest.
        lowest: Method,
        /// The method with the highest.
        highest: Method,
    },
    /// Only one method was asked for.
    OneMethod,
    /// Nothing can be said.
    NotEnough(Reason),
}

/// Why nothing can be said.
#[derive(Debug, Clone, PartialEq)]
pub enum Reason {
    /// So few people are on two lists or more.
    FewOnTwoLists(u64),
    /// These lists share nobody with the others.
    Apart(Vec<String>),
    /// So few of the compared methods gave a number.
    FewMethods(usize),
    /// Even the narrowest interval spans this factor.
    WideIntervals(f64),
}

/// The verdict on the results of the methods that were asked for, on the same histories.
pub fn of(histories: &Histories, asked: &[Method], results: &[Estimate]) -> Verdict {
    let on_two: u64 = histories.by_number_of_lists()[2..].iter().sum();
    if on_two < FEWEST_ON_TWO_LISTS {
        return Verdict::NotEnough(Reason::FewOnTwoLists(on_two));
    }
    let apart = apart(histories);
    if !apart.is_empty() {
        return Verdict::NotEnough(Reason::Apart(apart));
    }
    if asked.len() == 1 {
        return Verdict::OneMethod;
    }
    let mut compared: Vec<&Estimate> = results
        .iter()
        .filter(|result| chooses(result.method) && result.estimate.is_finite())
        .filter(|result| !repeats(result, results))
        .collect();
    compared.sort_by(|one, other| one.estimate.total_cmp(&other.estimate));
    let [lowest, .., highest] = compared[..] else {
        return Verdict::NotEnough(Reason::FewMethods(compared.len()));
    };
    let span = |result: &&Estimate| result.interval.map(|interval| interval.upper / interval.lower);
    let narrowest = compared.iter().filter_map(span).reduce(f64::min);
    if let Some(span) = narrowest.filter(|span| *span > WIDEST) {
        return Verdict::NotEnough(Reason::WideIntervals(span));
    }
    let factor = highest.estimate / lowest.estimate;
    if factor <= AGREEING {
        Verdict::Agree {
            factor,
            methods: compared.len(),
        }
    } else {
        Verdict::Disagree {
            factor,
            lowest: lowest.method,
            highest: highest.method,
        }
    }
}

/// Whether a method lets the overlaps decide which lists depend on which.
fn chooses(method: Method) -> bool {
    match method {
        Method::Chao | Method::MainEffects | Method::AllPairs => false,
        Method::Stepwise | Method::Bic | Method::Downhill | Method::Threshold | Method::Graphs | Method::Classes => {
            true
        }
    }
}

/// Whether this is the downhill search, and it ended at the very model that BIC chose.
fn repeats(result: &Estimate, results: &[Estimate]) -> bool {
    let terms = |estimate: &Estimate| {
        let mut terms = estimate.model.clone();
        terms.sort_unstable();
        terms
    };
    let same = |other: &Estimate| other.method == Method::Bic && terms(other) == terms(result);
    result.method == Method::Downhill && !result.model.is_empty() && results.iter().any(same)
}

/// Lists that cannot be reached from the largest group of lists that share people.
fn apart(histories: &Histories) -> Vec<String> {
    let lists = histories.lists();
    let mut groups: Vec<usize> = (0..lists).map(|list| 1 << list).collect();
    for (history, count) in histories.counts().iter().enumerate() {
        if *count > 0 {
            let (joined, rest): (Vec<usize>, Vec<usize>) = groups.iter().partition(|group| *group & history != 0);
            groups = rest;
            groups.extend(joined.into_iter().reduce(|one, other| one | other));
        }
    }
    groups.sort_unstable_by_key(|group| group.count_ones());
    let main = groups.pop().unwrap_or(0);
    let names = histories.names().iter().enumerate();
    names
        .filter(|(list, _)| main >> list & 1 == 0)
        .map(|(_, name)| name.clone())
        .collect()
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agree { factor, methods } => {
                write!(
                    f,
                    "The estimates of {methods} methods lie within a quarter of each other: the highest is {factor:.2} times the lowest. {SAME_ASSUMPTIONS}"
                )
            }
            Self::Disagree {
                factor,
                lowest,
                highest,
            } => write!(
                f,
                "The methods disagree by a factor of {factor:.1}: {lowest} gives the lowest estimate and {highest} the highest."
            ),
            Self::OneMethod => f.write_str("One method alone was run: there is nothing to compare it with. Run all."),
            Self::NotEnough(reason) => write!(f, "There is not enough overlap to say: {reason}."),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FewOnTwoLists(people) => {
                write!(
                    f,
                    "{people} people are on two lists or more, and at least {FEWEST_ON_TWO_LISTS} are needed"
                )
            }
            Self::Apart(lists) => {
                write!(
                    f,
                    "nothing joins {} to the other lists. Leave it out, or find a list that both meet",
                    lists.join(", ")
                )
            }
            Self::FewMethods(0) => write!(
                f,
                "no method that learns how lists depend on one another has an estimate"
            ),
            Self::FewMethods(_) => write!(
                f,
                "only one method that learns how lists depend on one another has an estimate"
            ),
            Self::WideIntervals(span) => write!(f, "even the narrowest interval spans a factor of {span:.0}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::multiple_systems::{Interval, IntervalKind};

    fn overlapping() -> Histories {
        Histories::new(["A", "B", "C"], vec![0, 180, 140, 60, 105, 45, 35, 15]).unwrap()
    }

    fn result(method: Method, estimate: f64, upper: f64) -> Estimate {
        Estimate {
            method,
            estimate,
            interval: Some(Interval {
                kind: IntervalKind::Bca,
                level: 0.95,
                lower: estimate * 0.8,
                upper,
            }),
            model: Vec::new(),
            aic: None,
            bic: None,
            checks: None,
            warnings: Vec::new(),
            seed: None,
            bootstrap: None,
            posterior: None,
            computed: None,
        }
    }

    #[test]
    fn one_method_that_was_asked_for_is_compared_with_nothing() {
        let results = [result(Method::Stepwise, 1_000.0, 1_300.0)];
        let verdict = of(&overlapping(), &[Method::Stepwise], &results);
        assert_eq!(
            verdict.to_string(),
            "One method alone was run: there is nothing to compare it with. Run all."
        );
        let few = Histories::new(["A", "B", "C"], vec![0, 40, 30, 6, 20, 2, 1, 0]).unwrap();
        assert_eq!(
            of(&few, &[Method::Stepwise], &results),
            Verdict::NotEnough(Reason::FewOnTwoLists(9)),
            "too little overlap is too little for one method as well"
        );
    }

    #[test]
    fn close_estimates_agree() {
        let results = [
            result(Method::Stepwise, 1_000.0, 1_300.0),
            result(Method::Graphs, 1_100.0, 1_500.0),
        ];
        let verdict = of(&overlapping(), &Method::ALL, &results);
        assert_eq!(
            verdict,
            Verdict::Agree {
                factor: 1.1,
                methods: 2
            }
        );
        assert_eq!(
            verdict.to_string(),
            format!(
                "The estimates of 2 methods lie within a quarter of each other: the highest is 1.10 times the lowest. {SAME_ASSUMPTIONS}"
            )
        );
    }

    #[test]
    fn estimates_apart_disagree_by_their_factor() {
        let results = [
            result(Method::Graphs, 23_000.0, 33_000.0),
            result(Method::Stepwise, 11_000.0, 14_000.0),
            result(Method::Threshold, 12_400.0, 14_000.0),
        ];
        assert_eq!(
            of(&overlapping(), &Method::ALL, &results).to_string(),
            "The methods disagree by a factor of 2.1: stepwise gives the lowest estimate and graphs the highest."
        );
    }

    #[test]
    fn a_bound_and_the_two_ends_are_not_compared() {
        let results = [
            result(Method::Chao, 4_000.0, 5_000.0),
            result(Method::MainEffects, 500.0, 600.0),
            result(Method::AllPairs, 9_000.0, 10_000.0),
            result(Method::Stepwise, 1_000.0, 1_300.0),
            result(Method::Bic, 1_000.0, 1_300.0),
        ];
        assert_eq!(
            of(&overlapping(), &Method::ALL, &results),
            Verdict::Agree {
                factor: 1.0,
                methods: 2
            }
        );
        assert_eq!(
            of(&overlapping(), &Method::ALL, &results[..4]),
            Verdict::NotEnough(Reason::FewMethods(1))
        );
    }

    #[test]
    fn two_searches_that_end_at_one_model_are_one_method() {
        let with = |method, model: &[&str]| Estimate {
            model: model.iter().map(ToString::to_string).collect(),
            ..result(method, 1_000.0, 1_300.0)
        };
        let counted = |results: &[Estimate]| match of(&overlapping(), &Method::ALL, results) {
            Verdict::Agree { methods, .. } => methods,
            other => panic!("{other}"),
        };
        let (bic, graphs) = (
            with(Method::Bic, &["A:B", "C"]),
            result(Method::Graphs, 1_000.0, 1_300.0),
        );
        let same = with(Method::Downhill, &["C", "A:B"]);
        let other = with(Method::Downhill, &["A:C", "B"]);
        assert_eq!(counted(&[bic.clone(), same.clone(), graphs.clone()]), 2);
        assert_eq!(counted(&[bic.clone(), other, graphs]), 3);
        assert_eq!(
            of(&overlapping(), &Method::ALL, &[bic, same]),
            Verdict::NotEnough(Reason::FewMethods(1)),
            "one method has nothing to agree with"
        );
    }

    #[test]
    fn few_people_on_two_lists_say_nothing() {
        let few = Histories::new(["A", "B", "C"], vec![0, 40, 30, 6, 20, 2, 1, 0]).unwrap();
        let results = [
            result(Method::Stepwise, 1_000.0, 1_300.0),
            result(Method::Graphs, 1_000.0, 1_300.0),
        ];
        assert_eq!(
            of(&few, &Method::ALL, &results),
            Verdict::NotEnough(Reason::FewOnTwoLists(9))
        );
    }

    #[test]
    fn a_list_that_meets_no_other_says_nothing() {
        let apart = Histories::new(["A", "B", "C"], vec![0, 40, 30, 60, 20, 0, 0, 0]).unwrap();
        let results = [
            result(Method::Stepwise, 1_000.0, 1_300.0),
            result(Method::Graphs, 1_000.0, 1_300.0),
        ];
        let verdict = of(&apart, &Method::ALL, &results);
        assert_eq!(verdict, Verdict::NotEnough(Reason::Apart(vec!["C".to_owned()])));
        assert!(
            verdict.to_string().contains("nothing joins C to the other lists"),
            "{verdict}"
        );
    }

    #[test]
    fn lists_that_meet_through_a_third_belong_together() {
        let chain = Histories::new(["A", "B", "C"], vec![0, 40, 30, 60, 20, 0, 10, 0]).unwrap();
        assert_eq!(apart(&chain), Vec::<String>::new());
    }

    #[test]
    fn intervals_that_span_everything_say_nothing() {
        let results = [
            result(Method::Stepwise, 1_000.0, 9_000.0),
            result(Method::Bic, 1_000.0, f64::INFINITY),
        ];
        let Verdict::NotEnough(Reason::WideIntervals(span)) = of(&overlapping(), &Method::ALL, &results) else {
            panic!("too wide")
        };
        assert!((span - 11.25).abs() < 1e-9, "{span}");
    }
}
