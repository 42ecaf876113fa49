//! Each overlap hidden from a model that then predicts it.

use rayon::prelude::*;

use crate::multiple_systems::cholesky::Cholesky;
use crate::multiple_systems::estimate::Refusal;
use crate::multiple_systems::existence;
use crate::multiple_systems::histories::Histories;
use crate::multiple_systems::model::Model;
use crate::multiple_systems::newton::Newton;
use crate::multiple_systems::poisson;
use crate::multiple_systems::table::{Reduction, Table};

/// One hidden overlap.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeldOut {
    /// The history that was hidden, as a bitmask of two lists or more.
    pub history: u16,
    /// How many people have it.
    pub seen: u64,
    /// How many the model expects from all other histories; `None` where they do not determine it.
    pub expected: Option<f64>,
    /// Standard deviation of the prediction: chance of the count, and uncertainty of the parameters.
    pub spread: Option<f64>,
}

impl HeldOut {
    /// How many standard deviations more (or, below 0, fewer) people were seen than expected.
    pub fn surprise(&self) -> Option<f64> {
        Some((self.seen as f64 - self.expected?) / self.spread?)
    }
}

/// Hides each history of two lists or more in turn from the model, and predicts it. Histories that contain an
/// empty overlap of the model are predicted 0 by rule and are left out. Refused where the model has no estimate on the whole table.
pub fn held_out(histories: &Histories, model: &Model) -> Result<Vec<HeldOut>, Refusal> {
    let fit = poisson::fit(histories, model)?;
    let whole = Table::of(histories);
    let reduction = Reduction::new(&whole, &fit.model.terms());
    let overlaps: Vec<u16> = reduction
        .histories
        .iter()
        .copied()
        .filter(|history| history.count_ones() > 1)
        .collect();
    let predict = |history: &u16| {
        let prediction = predict(&whole, &reduction, *history);
        HeldOut {
            history: *history,
            seen: histories.counts()[usize::from(*history)],
            expected: prediction.map(|(expected, _)| expected),
            spread: prediction.map(|(_, spread)| spread),
        }
    };
    Ok(overlaps.par_iter().map(predict).collect())
}

/// What the other histories say of one, with its standard deviation.
fn predict(whole: &Table, reduction: &Reduction, history: u16) -> Option<(f64, f64)> {
    let mut table = whole.clone();
    table.change(|counts| counts[usize::from(history)] = 0.0);
    let mut others = reduction.clone();
    others.histories.retain(|other| *other != history);
    if !existence::check(&table, &others).is_ok_and(super::super::estimate::Checks::pass) {
        return None;
    }
    let mut newton = Newton::default();
    let maximum = newton.maximise(&table, &others, None, None).ok()?;
    let in_history = |term: &u16| term & history == *term;
    let log: f64 = others
        .kept
        .iter()
        .zip(&maximum.parameters)
        .filter(|(term, _)| in_history(term))
        .map(|(_, value)| value)
        .sum();
    // The variance of the logarithm: the history's row of the design, weighed by the inverse information.
    let mut factor = Cholesky::default();
    let terms = &others.kept;
    factor
        .factorise(terms.len(), |i, j| newton.margins[usize::from(terms[i] | terms[j])])
        .ok()?;
    let mut row: Vec<f64> = terms.iter().map(|term| f64::from(u8::from(in_history(term)))).collect();
    factor.forward(&mut row);
    let variance: f64 = row.iter().map(|value| value * value).sum();
    let expected = log.exp();
    Some((expected, (expected + expected * expected * variance).sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What 1,000 people leave on three independent lists, on average.
    fn independent() -> Histories {
        Histories::new(["A", "B", "C"], vec![0, 180, 140, 60, 105, 45, 35, 15]).unwrap()
    }

    #[test]
    fn independent_lists_predict_their_overlaps() {
        let found = held_out(&independent(), &Model::main_effects(3)).unwrap();
        assert_eq!(found.len(), 4);
        assert!(found.iter().all(|one| one.surprise().unwrap().abs() < 1.0), "{found:?}");
    }

    #[test]
    fn a_dependence_that_the_model_lacks_is_a_surprise() {
        let mut counts = independent().counts().to_vec();
        counts[0b011] = 180;
        let dependent = Histories::new(["A", "B", "C"], counts).unwrap();
        let surprise = |model: &Model| {
            let found = held_out(&dependent, model).unwrap();
            found.iter().find(|one| one.history == 0b011).unwrap().surprise()
        };
        assert!(surprise(&Model::main_effects(3)).unwrap() > 5.0);
    }

    #[test]
    fn an_overlap_that_alone_decides_a_parameter_cannot_be_predicted() {
        // With the pair in the model, nothing but this history and that of all three tells of it.
        let mut counts = independent().counts().to_vec();
        counts[0b111] = 0;
        let found = held_out(
            &Histories::new(["A", "B", "C"], counts).unwrap(),
            &Model::from_terms(3, [0b011]),
        )
        .unwrap();
        let one = found.iter().find(|one| one.history == 0b011).unwrap();
        assert_eq!((one.expected, one.surprise()), (None, None), "{found:?}");
    }

    #[test]
    fn a_prediction_is_a_fit_without_the_row() {
        // Independent lists seen on single lists and one overlap only: expected from the others by hand.
        // Of two hidden cells each is mu_i mu_j / mu_0, and mu_0 follows from the overlap that stays.
        let histories = Histories::new(["A", "B", "C"], vec![0, 100, 50, 10, 40, 8, 4, 1]).unwrap();
        let found = held_out(&histories, &Model::main_effects(3)).unwrap();
        for one in found {
            let expected = one.expected.unwrap();
            assert!((expected - one.seen as f64).abs() < 1.0, "{one:?}");
        }
    }
}
