//! Bayesian thresholding: fit every pair of lists, keep the pairs that stand clear of zero, fit those.
//!
//! Silverman, B. W. (2020), "Multiple-systems analysis for the quantification of modern slavery:
//! classical and Bayesian approaches", Journal of the Royal Statistical Society A 183:691-736. All pairs
//! are in the model; a pair is kept if its posterior mean is at least twice its posterior standard
//! deviation away from 0; the posterior of the total is that of the model with the kept pairs. With order
//! 3, triples whose three pairs were kept are then tried in the same way.
//!
//! The intercept and the single lists have normal priors of variance 10,000. Pairs have a normal prior of
//! variance 1 ("proper"), which also holds overlaps of nobody away from minus infinity, or a flat one
//! ("improper"): then empty overlaps are taken for a rule, as in maximum likelihood, and the model of all
//! pairs must pass the same checks, or there is no posterior.

mod posterior;

use self::posterior::{Length, Posterior};
use super::convergence::Convergence;
use super::estimate::{Computed, Estimate, Interval, IntervalKind, Method, Refusal, Settings};
use super::existence;
use super::histories::Histories;
use super::model::{Model, notation, pairs};
use super::poisson::{Failure, refusal};
use super::spread::Spread;
use super::table::{Reduction, Table};

/// One over the prior variance of the intercept and of single lists.
const VAGUE: f64 = 1e-4;

/// The prior of pairs and triples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Prior {
    /// Normal around 0 with this variance, above 0.
    Proper {
        /// The variance, 1 in the paper.
        variance: f64,
    },
    /// Flat.
    Improper,
}

/// Choices of the method; the default is the paper's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// The prior of pairs and triples.
    pub prior: Prior,
    /// Posterior standard deviations that a term must be away from 0 to be kept.
    pub ratio: f64,
    /// Most lists in a term: 2 or 3.
    pub max_order: usize,
    /// Chains, at least 2.
    pub chains: usize,
    /// Draws of each chain, at least 10.
    pub draws: usize,
    /// Seed of the chains.
    pub seed: u64,
    /// Level of the interval.
    pub level: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            prior: Prior::Proper { variance: 1.0 },
            ratio: 2.0,
            max_order: 2,
            chains: 4,
            draws: 2_500,
            seed: 1,
            level: 0.95,
        }
    }
}

/// A term that was tried.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tried {
    /// Its lists, as a bitmask.
    pub term: u16,
    /// Its posterior mean over its posterior standard deviation; far from 0 is clear of 0.
    pub ratio: f64,
    /// Whether it was kept.
    pub kept: bool,
}

/// The posterior of the total once terms were chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Thresholded {
    /// The options used.
    pub options: Options,
    /// The model of the kept terms.
    pub model: Model,
    /// Every term tried, in the order of the lists.
    pub tried: Vec<Tried>,
    /// Overlaps of nobody that an improper prior takes for a rule.
    pub empty: Vec<u16>,
    /// Draws of the total, seen and unseen, rising.
    pub totals: Vec<f64>,
    /// Whether the chains of the total agree.
    pub convergence: Convergence,
}

/// The method with its paper's choices, at a panel's seed and level.
pub fn estimate(histories: &Histories, settings: &Settings) -> Result<Estimate, Refusal> {
    let options = Options {
        seed: settings.seed,
        level: settings.level,
        ..Options::default()
    };
    Ok(threshold(histories, &options)?.estimate(histories.names()))
}

/// Fits all pairs, keeps those clear of zero, and gives the posterior of the total under what was kept.
///
/// Refused where nobody is on two lists, where an improper prior leaves no posterior, and where the chains disagree.
pub fn threshold(histories: &Histories, options: &Options) -> Result<Thresholded, Refusal> {
    if histories.by_number_of_lists()[2..].iter().all(|people| *people == 0) {
        return Err(Refusal::NoOverlap);
    }
    let lists = histories.lists();
    let table = Table::of(histories);
    let all = Model::all_pairs(lists);
    let fit = Fitting {
        histories,
        table: &table,
        options,
        empty: empty_pairs(&table, options, lists),
    };
    fit.check(&all)?;
    let (mut tried, mut model) = fit.keep(&all, &pairs(lists), &Model::main_effects(lists), 0)?;
    if options.max_order > 2 {
        let eligible = triples(&model);
        if !eligible.is_empty() {
            let larger = eligible.iter().fold(model.clone(), |model, triple| model.with(*triple));
            fit.check(&larger)?;
            let (more, kept) = fit.keep(&larger, &eligible, &model, 1)?;
            tried.extend(more);
            model = kept;
        }
    }
    fit.finish(model, tried)
}

/// The posterior of the total under a model chosen beforehand, with the same priors; nothing is tried.
pub fn given(histories: &Histories, model: &Model, options: &Options) -> Result<Thresholded, Refusal> {
    let table = Table::of(histories);
    let empty = empty_pairs(&table, options, histories.lists());
    let fit = Fitting {
        histories,
        table: &table,
        options,
        empty,
    };
    fit.check(model)?;
    fit.finish(model.clone(), Vec::new())
}

impl Thresholded {
    /// The total below which this share of the posterior lies, between 0 and 1.
    pub fn quantile(&self, share: f64) -> f64 {
        super::quantile::seven(&self.totals, share)
    }

    /// The posterior median with its interval, as a panel shows it.
    pub fn estimate(&self, names: &[String]) -> Estimate {
        let tail = (1.0 - self.options.level) / 2.0;
        let mut warnings = Vec::new();
        let close: Vec<String> = self
            .tried
            .iter()
            .filter(|tried| (tried.ratio.abs() - self.options.ratio).abs() < 0.1 * self.options.ratio)
            .map(|tried| {
                format!(
                    "{} ({})",
                    notation(tried.term, names),
                    if tried.kept { "kept" } else { "left out" }
                )
            })
            .collect();
        if !close.is_empty() {
            warnings.push(format!("Decided by a narrow margin: {}.", close.join(", ")));
        }
        if !self.empty.is_empty() {
            let empty: Vec<String> = self.empty.iter().map(|term| notation(*term, names)).collect();
            warnings.push(format!(
                "Nobody is on these lists together, and the model takes that for a rule: {}.",
                empty.join(", ")
            ));
        }
        Estimate {
            method: Method::Threshold,
            estimate: self.quantile(0.5),
            interval: Some(Interval {
                kind: IntervalKind::Credible,
                level: self.options.level,
                lower: self.quantile(tail),
                upper: self.quantile(1.0 - tail),
            }),
            model: self.model.notation(names),
            aic: None,
            bic: None,
            checks: None,
            warnings,
            seed: Some(self.options.seed),
            bootstrap: None,
            posterior: Spread::of_equal(&self.totals),
            computed: Some(Computed::Chains(self.convergence)),
        }
    }
}

/// Pairs with nobody on them: what an improper prior takes for a rule.
fn empty_pairs(table: &Table, options: &Options, lists: usize) -> Vec<u16> {
    match options.prior {
        Prior::Proper { .. } => Vec::new(),
        Prior::Improper => pairs(lists)
            .into_iter()
            .filter(|pair| table.margins[usize::from(*pair)] <= 0.0)
            .collect(),
    }
}

/// Triples whose three pairs are all in the model.
fn triples(model: &Model) -> Vec<u16> {
    let pairs_of = |triple: u16| {
        model
            .interactions()
            .iter()
            .filter(move |pair| *pair & !triple == 0)
            .count()
    };
    (0..1_u16 << model.lists())
        .filter(|set| set.count_ones() == 3 && pairs_of(*set) == 3)
        .collect()
}

/// One run of the method.
struct Fitting<'a> {
    histories: &'a Histories,
    table: &'a Table,
    options: &'a Options,
    empty: Vec<u16>,
}

impl Fitting<'_> {
    fn length(&self, stage: u64) -> Length {
        let Options {
            chains, draws, seed, ..
        } = *self.options;
        Length {
            chains: chains.max(2),
            draws: draws.max(10),
            seed,
            stage,
        }
    }

    /// The model cut down to finite parameters. With a proper prior all are finite.
    fn reduction(&self, model: &Model) -> Reduction {
        match self.options.prior {
            Prior::Proper { .. } => Reduction {
                kept: model.terms(),
                empty: Vec::new(),
                histories: (1..1_u16 << model.lists()).collect(),
            },
            Prior::Improper => {
                let with_empty = self.empty.iter().fold(model.clone(), |model, pair| model.with(*pair));
                Reduction::new(self.table, &with_empty.terms())
            }
        }
    }

    fn posterior(&self, model: &Model) -> Posterior<'_> {
        let precision = match self.options.prior {
            Prior::Proper { variance } => 1.0 / variance,
            Prior::Improper => 0.0,
        };
        Posterior::new(self.table, self.reduction(model), |term| {
            if term.count_ones() > 1 { precision } else { VAGUE }
        })
    }

    /// Whether there is a posterior; with a proper prior there always is.
    fn check(&self, model: &Model) -> Result<(), Refusal> {
        if self.options.prior != Prior::Improper {
            return Ok(());
        }
        let failure = match existence::check(self.table, &self.reduction(model)) {
            Ok(checks) if checks.pass() => return Ok(()),
            Ok(checks) => Failure::Checks(checks),
            Err(existence::TooLarge) => Failure::TooLarge,
        };
        Err(refusal(self.histories, model, failure))
    }

    /// The posterior of the total under the chosen model.
    fn finish(self, model: Model, tried: Vec<Tried>) -> Result<Thresholded, Refusal> {
        let chains = self
            .posterior(&model)
            .sample(self.length(2))
            .map_err(|_| self.stuck(&model))?;
        let observed = self.table.observed();
        let total = |draw: &Vec<f64>| observed + draw[0].exp();
        let chains: Vec<Vec<f64>> = chains.iter().map(|chain| chain.iter().map(total).collect()).collect();
        let convergence = Convergence::of(&chains);
        if !convergence.agree() {
            return Err(Refusal::ChainsDisagree {
                r_hat: convergence.r_hat,
            });
        }
        let mut totals: Vec<f64> = chains.into_iter().flatten().collect();
        totals.sort_by(f64::total_cmp);
        Ok(Thresholded {
            options: *self.options,
            model,
            tried,
            empty: self.empty,
            totals,
            convergence,
        })
    }

    fn stuck(&self, model: &Model) -> Refusal {
        refusal(self.histories, model, Failure::NotConverged)
    }

    /// Fits a model and adds the candidates that stand clear of zero in it to a smaller one.
    fn keep(
        &self,
        model: &Model,
        candidates: &[u16],
        smaller: &Model,
        stage: u64,
    ) -> Result<(Vec<Tried>, Model), Refusal> {
        let posterior = self.posterior(model);
        let chains = posterior.sample(self.length(stage)).map_err(|_| self.stuck(model))?;
        let draws: Vec<&Vec<f64>> = chains.iter().flatten().collect();
        let place = |term: u16| posterior.terms().iter().position(|other| *other == term);
        let tried: Vec<Tried> = candidates
            .iter()
            .filter_map(|term| place(*term).map(|index| (*term, index)))
            .map(|(term, index)| {
                let mean = draws.iter().map(|draw| draw[index]).sum::<f64>() / draws.len() as f64;
                let squares = draws.iter().map(|draw| (draw[index] - mean).powi(2)).sum::<f64>();
                let ratio = mean / (squares / (draws.len() as f64 - 1.0)).sqrt();
                Tried {
                    term,
                    ratio,
                    kept: ratio.abs() >= self.options.ratio,
                }
            })
            .collect();
        let kept = tried
            .iter()
            .filter(|tried| tried.kept)
            .fold(smaller.clone(), |model, tried| model.with(tried.term));
        Ok((tried, kept))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three lists of women held at Palembang (Ball, Shin and Yang 2018): two pairs of lists overlap far more than the third.
    fn korea() -> Histories {
        Histories::new(["b", "c", "d"], vec![0, 5, 5, 54, 41, 6, 0, 12]).unwrap()
    }

    /// 383 people on three independent lists.
    fn independent() -> Histories {
        Histories::new(["A", "B", "C"], vec![0, 100, 90, 15, 130, 18, 22, 8]).unwrap()
    }

    #[test]
    fn pairs_clear_of_zero_are_kept() {
        let found = threshold(&korea(), &Options::default()).unwrap();
        let kept: Vec<u16> = found
            .tried
            .iter()
            .filter(|tried| tried.kept)
            .map(|tried| tried.term)
            .collect();
        assert_eq!(kept, [0b011, 0b110]);
        assert_eq!(found.model, Model::from_terms(3, [0b011, 0b110]));
        assert!(
            found.convergence.agree() && found.convergence.bulk > 2_000.0,
            "{:?}",
            found.convergence
        );
    }

    #[test]
    fn the_answer_is_the_same_on_one_thread_and_on_three() {
        let options = Options {
            draws: 200,
            ..Options::default()
        };
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| threshold(&korea(), &options).unwrap())
        };
        assert_eq!(on(1), on(3));
        let other = threshold(&korea(), &Options { seed: 2, ..options }).unwrap();
        assert_ne!(on(1).totals, other.totals, "another seed draws other numbers");
    }

    #[test]
    fn a_flat_prior_without_a_maximum_is_refused() {
        let improper = Options {
            prior: Prior::Improper,
            ..Options::default()
        };
        let Err(Refusal::NoEstimate { checks, .. }) = threshold(&korea(), &improper) else {
            panic!("refused")
        };
        assert_eq!(checks.code(), 1);
    }

    #[test]
    fn with_nothing_kept_the_posterior_is_that_of_independent_lists() {
        let found = threshold(&independent(), &Options::default()).unwrap();
        assert_eq!(found.model, Model::main_effects(3));
        let fit = crate::multiple_systems::poisson::fit(&independent(), &Model::main_effects(3)).unwrap();
        assert!(
            (found.quantile(0.5) / fit.total() - 1.0).abs() < 0.03,
            "{} {}",
            found.quantile(0.5),
            fit.total()
        );
    }

    #[test]
    fn only_triples_with_three_kept_pairs_are_tried() {
        assert_eq!(
            triples(&Model::from_terms(4, [0b0011, 0b0101, 0b0110, 0b1001])),
            [0b0111]
        );
        assert_eq!(
            triples(&Model::from_terms(4, [0b0011, 0b0101, 0b1001])),
            Vec::<u16>::new()
        );
        // People on all three lists far beyond what pairs explain.
        let more = Histories::new(["A", "B", "C"], vec![0, 500, 500, 300, 500, 300, 300, 20]).unwrap();
        let found = threshold(
            &more,
            &Options {
                max_order: 3,
                ..Options::default()
            },
        )
        .unwrap();
        assert!(found.tried.iter().any(|tried| tried.term == 0b111), "{:?}", found.tried);
        assert!(
            threshold(&more, &Options::default())
                .unwrap()
                .tried
                .iter()
                .all(|tried| tried.term != 0b111)
        );
    }

    #[test]
    fn lists_that_never_meet_are_refused() {
        let apart = Histories::new(["A", "B", "C"], vec![0, 9, 8, 0, 7, 0, 0, 0]).unwrap();
        assert_eq!(threshold(&apart, &Options::default()), Err(Refusal::NoOverlap));
    }
}
