//! How far to trust an estimate: what else it would have been, and where its method can be checked.
//!
//! - [`sensitivity`]: the same method with each list left out, and with each two lists made one. It is the
//!   same population each time; an estimate that moves rests on what was taken away.
//! - [`consistency`]: the people on one list are a population of known size. The other lists estimate it, and
//!   the answer is compared with the truth. Binette, O. and Steorts, R. C. (2022), "On the reliability of
//!   multiple systems estimation for estimating the number of victims of modern slavery", Journal of the
//!   Royal Statistical Society A 185:640-676.
//! - [`held_out`]: each overlap is hidden from the chosen model, which then has to predict it.
//! - [`coverage`]: populations are drawn from the fitted model, and the method is asked for their size, which
//!   is known. How often does its interval hold it?
//! - [`report`]: all four, of the stepwise choice.
//!
//! None of them can show that a model is right about the people whom no list holds: a wrong model may pass
//! them all. A method that fails one of them on these lists should not be believed on them.

mod coverage;
mod held_out;
mod report;

use rayon::prelude::*;

pub use self::coverage::{Coverage, MOST_SIMULATIONS, coverage};
pub use self::held_out::{HeldOut, held_out};
pub use self::report::{Report, SIMULATIONS, report};
use super::estimate::{Estimate, Refusal};
use super::histories::{Histories, HistoriesError};

/// A change of the lists; numbers are places among the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The list is left out, with the people who are on no other.
    Without(usize),
    /// The two lists are made one.
    Merged(usize, usize),
}

/// Why there is no number.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum NoAnswer {
    /// Too few lists are left, or one of them is empty.
    #[error(transparent)]
    Lists(#[from] HistoriesError),
    /// The method refuses.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

/// The estimate after a change.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// What was changed.
    pub change: Change,
    /// The estimate, of the same population as before.
    pub estimate: Result<Estimate, NoAnswer>,
}

/// The people on one list, estimated from the other lists.
#[derive(Debug, Clone, PartialEq)]
pub struct Conditioned {
    /// The list's place among the lists.
    pub list: usize,
    /// How many people are on it.
    pub known: u64,
    /// The estimate of that number.
    pub estimate: Result<Estimate, NoAnswer>,
}

impl Conditioned {
    /// Estimate over truth; `None` without an estimate.
    pub fn ratio(&self) -> Option<f64> {
        self.estimate
            .as_ref()
            .ok()
            .map(|estimate| estimate.estimate / self.known as f64)
    }

    /// Whether the interval holds the truth; `None` without one.
    pub fn is_held(&self) -> Option<bool> {
        let interval = self.estimate.as_ref().ok()?.interval?;
        let known = self.known as f64;
        Some(interval.lower <= known && known <= interval.upper)
    }
}

/// The lists after a change.
pub fn changed(histories: &Histories, change: Change) -> Result<Histories, HistoriesError> {
    let (gone, merged) = match change {
        Change::Without(list) => (list, None),
        Change::Merged(into, list) => (list, Some(into)),
    };
    let names = histories.names().iter().enumerate();
    let names = names
        .filter(|(list, _)| *list != gone)
        .map(|(list, name)| match merged {
            Some(into) if into == list => format!("{name}+{}", histories.names()[gone]),
            _ => name.clone(),
        });
    regroup(histories, names.collect(), |history| {
        let on_gone = history >> gone & 1;
        remove(history | merged.map_or(0, |into| on_gone << into), gone)
    })
}

/// The people on one list, by the other lists; a list that none of them is on is left out.
pub fn conditioned(histories: &Histories, list: usize) -> Result<Histories, HistoriesError> {
    let left: Vec<usize> = (0..histories.lists())
        .filter(|other| *other != list && histories.on_all_of(1 << list | 1 << other) > 0)
        .collect();
    let names = left.iter().map(|other| histories.names()[*other].clone()).collect();
    regroup(histories, names, |history| match history >> list & 1 {
        0 => 0,
        _ => left
            .iter()
            .enumerate()
            .map(|(place, other)| (history >> other & 1) << place)
            .sum(),
    })
}

/// Histories under new names, each old history counting towards a new one; those that become the empty
/// history are no longer seen.
fn regroup(
    histories: &Histories,
    names: Vec<String>,
    onto: impl Fn(usize) -> usize,
) -> Result<Histories, HistoriesError> {
    let mut counts = vec![0; 1 << names.len()];
    for (history, count) in histories.counts().iter().enumerate() {
        counts[onto(history)] += count;
    }
    counts[0] = 0;
    Histories::new(names, counts)
}

/// A history without one list's bit, those above it moving down.
fn remove(history: usize, list: usize) -> usize {
    let below = (1 << list) - 1;
    history & below | history >> 1 & !below
}

/// A method, as these checks call it: histories in, an answer or a refusal out.
pub trait Estimator: Fn(&Histories) -> Result<Estimate, Refusal> + Sync {}
impl<F: Fn(&Histories) -> Result<Estimate, Refusal> + Sync> Estimator for F {}

/// The estimate with each list left out and with each two lists merged, from which at least three must remain.
///
/// ```
/// use statistics::multiple_systems::{Histories, Settings, reliability, stepwise};
/// let histories = Histories::read("A,B,C,D,count\n1,0,0,0,80\n0,1,0,0,70\n0,0,1,0,60\n0,0,0,1,90\n1,1,0,0,9\n\
///     1,0,1,0,7\n0,1,1,0,6\n0,0,1,1,8\n1,0,0,1,11\n0,1,0,1,10\n1,1,1,0,1\n1,1,0,1,1\n")?;
/// let settings = Settings { resamples: 0, ..Settings::default() };
/// let changes = reliability::sensitivity(&histories, |histories: &Histories| stepwise::estimate(histories, &settings));
/// // Four lists left out, six pairs merged.
/// assert_eq!(changes.len(), 10);
/// assert!(changes.iter().all(|changed| changed.estimate.is_ok()));
/// # Ok::<(), statistics::multiple_systems::HistoriesError>(())
/// ```
pub fn sensitivity(histories: &Histories, method: impl Estimator) -> Vec<Changed> {
    let lists = histories.lists();
    let without = (0..lists).map(Change::Without);
    let merged = (0..lists).flat_map(|into| (into + 1..lists).map(move |list| Change::Merged(into, list)));
    let changes: Vec<Change> = without.chain(merged).collect();
    let answer = |change: Change| -> Result<Estimate, NoAnswer> { Ok(method(&changed(histories, change)?)?) };
    changes
        .into_par_iter()
        .map(|change| Changed {
            change,
            estimate: answer(change),
        })
        .collect()
}

/// The people on each list estimated from the other lists, of which there must be at least three.
pub fn consistency(histories: &Histories, method: impl Estimator) -> Vec<Conditioned> {
    let answer = |list: usize| -> Result<Estimate, NoAnswer> { Ok(method(&conditioned(histories, list)?)?) };
    let one = |list: usize| Conditioned {
        list,
        known: histories.on_all_of(1 << list),
        estimate: answer(list),
    };
    (0..histories.lists()).into_par_iter().map(one).collect()
}

#[cfg(test)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "expected counts of these tables are small and not negative"
)]
mod tests {
    use super::*;
    use crate::multiple_systems::{Settings, poisson};

    /// Four independent lists of about 1,000 people with chances 0.3, 0.25, 0.2 and 0.4.
    fn independent() -> Histories {
        let chances = [0.3, 0.25, 0.2, 0.4];
        let chance = |history: usize| -> f64 {
            chances
                .iter()
                .enumerate()
                .map(|(list, on)| if history >> list & 1 == 1 { *on } else { 1.0 - on })
                .product()
        };
        let counts: Vec<u64> = (0..16)
            .map(|history| {
                if history == 0 {
                    0
                } else {
                    (1_000.0 * chance(history)).round() as u64
                }
            })
            .collect();
        Histories::new(["A", "B", "C", "D"], counts).unwrap()
    }

    fn main_effects(histories: &Histories) -> Result<Estimate, Refusal> {
        poisson::main_effects(histories, 0.95)
    }

    #[test]
    fn a_list_left_out_takes_its_own_people_with_it() {
        let histories = Histories::new(["A", "B", "C", "D"], (0..16).collect()).unwrap();
        let without = changed(&histories, Change::Without(1)).unwrap();
        assert_eq!(without.names(), ["A", "C", "D"]);
        // Of A only: history 1, and 3 with B. On B only (history 2): gone.
        assert_eq!(without.counts()[1], 1 + 3);
        assert_eq!(without.observed(), 120 - 2);
    }

    #[test]
    fn merged_lists_hold_the_people_of_both() {
        let histories = Histories::new(["A", "B", "C", "D"], (0..16).collect()).unwrap();
        let merged = changed(&histories, Change::Merged(0, 2)).unwrap();
        assert_eq!(merged.names(), ["A+C", "B", "D"]);
        assert_eq!(merged.observed(), histories.observed());
        // On A or C or both, and not on B or D: histories 1, 4 and 5.
        assert_eq!(merged.counts()[1], 1 + 4 + 5);
    }

    #[test]
    fn estimates_of_independent_lists_stand_still_when_a_list_is_left_out() {
        for changed in sensitivity(&independent(), main_effects) {
            let estimate = changed.estimate.unwrap().estimate;
            // Merging is no model of independence any more, but close to it.
            assert!((900.0..1_100.0).contains(&estimate), "{:?}: {estimate}", changed.change);
        }
    }

    #[test]
    fn three_lists_cannot_lose_one() {
        let three = Histories::new(["A", "B", "C"], vec![0, 180, 140, 60, 105, 45, 35, 15]).unwrap();
        for changed in sensitivity(&three, main_effects) {
            assert_eq!(changed.estimate, Err(NoAnswer::Lists(HistoriesError::TooFewLists(2))));
        }
    }

    #[test]
    fn the_known_people_of_one_list_are_found_by_independent_others() {
        let found = consistency(&independent(), main_effects);
        assert_eq!(found.len(), 4);
        for one in found {
            assert!((0.85..1.15).contains(&one.ratio().unwrap()), "{one:?}");
            assert_eq!(one.is_held(), Some(true), "{one:?}");
        }
    }

    #[test]
    fn conditioning_counts_the_people_of_the_list_alone() {
        let histories = Histories::new(["A", "B", "C", "D"], (0..16).collect()).unwrap();
        let on_b = conditioned(&histories, 1).unwrap();
        assert_eq!(on_b.names(), ["A", "C", "D"]);
        // On A and B: history 3. On B alone, history 2: what is to be estimated.
        assert_eq!(on_b.counts()[1], 3);
        assert_eq!(on_b.observed() + 2, histories.on_all_of(0b10));
    }

    #[test]
    fn dependence_that_the_method_ignores_shows_in_the_check() {
        // The first two lists hold the same people nearly always: on either of them the others are far off.
        let mut counts = independent().counts().to_vec();
        counts[0b0011] *= 8;
        counts[0b0111] *= 8;
        let dependent = Histories::new(["A", "B", "C", "D"], counts).unwrap();
        let held = consistency(&dependent, main_effects)
            .iter()
            .filter(|one| one.is_held() == Some(true))
            .count();
        assert!(held < 4, "{held}");
    }

    #[test]
    fn every_check_is_the_same_on_one_thread_and_on_three() {
        let settings = Settings {
            resamples: 20,
            ..Settings::default()
        };
        let method = |histories: &Histories| crate::multiple_systems::stepwise::estimate(histories, &settings);
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| (sensitivity(&independent(), method), consistency(&independent(), method)))
        };
        assert_eq!(on(1), on(3));
    }
}
