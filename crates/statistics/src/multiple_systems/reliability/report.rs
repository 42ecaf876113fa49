//! All checks of one method together: what is put beside its estimate.

use super::{Changed, Conditioned, Coverage, Estimator, HeldOut, consistency, coverage, held_out, sensitivity};
use crate::multiple_systems::estimate::{Estimate, Method, Refusal, Settings};
use crate::multiple_systems::histories::Histories;
use crate::multiple_systems::{poisson, stepwise};

/// How many populations tell a coverage of 95 % to within three per cent.
pub const SIMULATIONS: usize = 200;

/// The checks of the stepwise choice on some histories.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The estimate without each list, and with each two as one.
    pub changed: Vec<Changed>,
    /// The people on each list, estimated from the other lists.
    pub conditioned: Vec<Conditioned>,
    /// Each overlap predicted by the chosen model from all others, the most surprising first.
    pub held_out: Vec<HeldOut>,
    /// How the method fares on populations drawn from the chosen model.
    pub coverage: Coverage,
}

/// Runs every check of the stepwise choice, with [`SIMULATIONS`] populations. Its intervals here are log-normal ones
/// of the model chosen: a bootstrap of each would cost a thousand times as much. Refused where the choice has no estimate.
///
/// ```
/// use statistics::multiple_systems::{Histories, Settings, reliability};
/// let histories = Histories::new(["A", "B", "C"], vec![0, 203, 187, 43, 151, 37, 29, 12])?;
/// let report = reliability::report(&histories, &Settings::default()).expect("an estimate");
/// assert_eq!((report.conditioned.len(), report.coverage.simulations), (3, 200));
/// # Ok::<(), statistics::multiple_systems::HistoriesError>(())
/// ```
pub fn report(histories: &Histories, settings: &Settings) -> Result<Report, Refusal> {
    let method = chosen(settings.p, settings.level);
    let model = stepwise::choose(histories, settings.p)?.model;
    let fit = poisson::fit(histories, &model)?;
    let mut held_out = held_out(histories, &model)?;
    let surprise = |one: &HeldOut| one.surprise().map_or(0.0, f64::abs);
    held_out.sort_by(|one, other| surprise(other).total_cmp(&surprise(one)));
    Ok(Report {
        changed: sensitivity(histories, &method),
        conditioned: consistency(histories, &method),
        held_out,
        coverage: coverage(&fit, histories.names(), SIMULATIONS, settings.seed, &method, |_| {}),
    })
}

/// The stepwise choice with the log-normal interval of the model chosen.
fn chosen(p: f64, level: f64) -> impl Estimator {
    move |histories: &Histories| -> Result<Estimate, Refusal> {
        let model = stepwise::choose(histories, p)?.model;
        let fit = poisson::fit(histories, &model)?;
        Ok(fit.answer(Method::Stepwise, histories.names(), Some(fit.wald(level))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_has_every_check_and_the_most_surprising_overlap_first() {
        // Four independent lists, and a dependence of the first three together that no pair explains.
        let mut counts = vec![0, 150, 120, 36, 90, 28, 22, 8, 210, 62, 50, 16, 38, 11, 9, 3];
        counts[0b0111] = 40;
        let histories = Histories::new(["A", "B", "C", "D"], counts).unwrap();
        let found = report(&histories, &Settings::default()).unwrap();
        assert_eq!((found.changed.len(), found.conditioned.len()), (10, 4));
        assert!(found.conditioned.iter().all(|one| one.is_held().is_some()), "{found:?}");
        let surprises: Vec<f64> = found
            .held_out
            .iter()
            .filter_map(HeldOut::surprise)
            .map(f64::abs)
            .collect();
        assert!(surprises.windows(2).all(|two| two[0] >= two[1]), "{surprises:?}");
        assert_eq!(found.held_out[0].history, 0b0111, "{:?}", found.held_out);
        let (share, _) = found.coverage.share().unwrap();
        // The interval knows nothing of the choice among models, so it holds the truth less often than its level says.
        assert!((0.5..0.95).contains(&share), "{share}");
    }

    #[test]
    fn a_report_is_the_same_on_one_thread_and_on_three() {
        let histories = Histories::new(["A", "B", "C"], vec![0, 203, 187, 43, 151, 37, 29, 12]).unwrap();
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| report(&histories, &Settings::default()).unwrap())
        };
        assert_eq!(on(1), on(3));
    }
}
