//! Our numbers, by the paths of `expected.json`.

use std::collections::BTreeMap;

use serde_json::Value;
use statistics::multiple_systems::bootstrap::Resampled;
use statistics::multiple_systems::model::{notation, pairs};
use statistics::multiple_systems::poisson::{self, Fit};
use statistics::multiple_systems::{
    Histories, Model, Refusal, Settings, chao, classes, graphs, hierarchical, profile, stepwise, threshold,
};

use crate::expected::Leaf;

/// One value of ours and how near it must be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Ours {
    /// The same at 1e-4 relative.
    Exact(f64),
    /// The same at 1e-4 relative or one step of a grid.
    Grid(f64, f64),
    /// Not the last digits: within so much.
    Near(f64, f64),
    /// Chance took part on both sides: within so large a share of the reference's.
    Share(f64, f64),
    /// Chance took part: between the two.
    Between(f64, f64, f64),
    /// Words or model notation; order and spaces do not matter.
    Text(String),
    /// The model fails our exact checks, so there is no number of ours.
    Refused,
}

impl Ours {
    pub(crate) fn matches(&self, expected: &Value) -> bool {
        let within = |ours: f64, allowed: f64| expected.as_f64().is_some_and(|value| (ours - value).abs() <= allowed);
        let size = expected.as_f64().unwrap_or(0.0).abs();
        match self {
            // A deviance of a saturated model is 0 but for rounding on both sides.
            Self::Exact(ours) => within(*ours, 1e-4 * size + 1e-8),
            Self::Grid(ours, step) => within(*ours, 1e-4 * size + step),
            Self::Near(ours, allowed) => within(*ours, *allowed),
            Self::Share(ours, share) => within(*ours, share * size),
            Self::Between(_, low, high) => expected.as_f64().is_some_and(|value| (*low..=*high).contains(&value)),
            Self::Text(ours) => {
                let words = |text: &str| {
                    let mut words: Vec<String> = text.split(", ").map(str::to_owned).collect();
                    words.sort();
                    words
                };
                expected.as_str().is_some_and(|expected| words(expected) == words(ours))
            }
            Self::Refused => false,
        }
    }

    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Exact(value)
            | Self::Grid(value, _)
            | Self::Near(value, _)
            | Self::Share(value, _)
            | Self::Between(value, _, _) => crate::page::number(*value),
            Self::Text(text) => text.clone(),
            Self::Refused => "refused".to_owned(),
        }
    }
}

/// Resamples in this test: enough to tell a fault from chance.
const RESAMPLES: usize = 2_000;
/// Resamples of the reference.
const REFERENCE_RESAMPLES: f64 = 1_000.0;
/// How many standard errors (of the reference's 1,000 resamples and of ours) are chance.
const ERRORS: f64 = 4.0;

/// Our value, and what a quantile at the same level of the reference's 1,000 resamples may be.
///
/// Compared on the scale of levels, where the error is known: resampled estimates have several peaks
/// and long tails. Where the level is so near 0 that the reference's limit is its smallest resample, that
/// may be anything above the people seen.
fn between(value: f64, resampled: &Resampled, level: f64, error: f64, observed: f64) -> Ours {
    let allowed = ERRORS * error * (1.0 + RESAMPLES as f64 / REFERENCE_RESAMPLES).sqrt() + 5.0 / REFERENCE_RESAMPLES;
    let low = if level <= allowed {
        observed
    } else {
        resampled.quantile(level - allowed)
    };
    let high = if level + allowed >= 1.0 {
        f64::INFINITY
    } else {
        resampled.quantile(level + allowed)
    };
    Ours::Between(value, low, high)
}

/// Collects values under a data set's paths.
struct Collector<'a> {
    histories: &'a Histories,
    leaves: &'a [Leaf],
    values: BTreeMap<String, Ours>,
}

/// Everything of ours that `expected.json` has a path for.
pub(crate) fn compute(histories: &Histories, leaves: &[Leaf]) -> BTreeMap<String, Ours> {
    let mut collector = Collector {
        histories,
        leaves,
        values: BTreeMap::new(),
    };
    collector.table();
    collector.chao();
    collector.plain_models();
    collector.checks();
    collector.stepwise();
    collector.searches();
    collector.graphs();
    collector.thresholds();
    collector.classes();
    collector.values
}

impl Collector<'_> {
    fn put(&mut self, path: impl Into<String>, value: Ours) {
        self.values.insert(path.into(), value);
    }

    fn exact(&mut self, path: impl Into<String>, value: f64) {
        self.put(path, Ours::Exact(value));
    }

    /// The texts of leaves whose path begins and ends like this, with what stands between.
    fn texts(&self, begin: &str, end: &str) -> Vec<(String, String)> {
        let found = self.leaves.iter().filter_map(|leaf| {
            let middle = leaf.path.strip_prefix(begin)?.strip_suffix(end)?;
            Some((middle.to_owned(), leaf.value.as_str()?.to_owned()))
        });
        found.collect()
    }

    fn has(&self, begin: &str) -> bool {
        self.leaves.iter().any(|leaf| leaf.path.starts_with(begin))
    }

    fn table(&mut self) {
        let histories = self.histories;
        let lists = histories.lists();
        self.exact("lists", lists as f64);
        self.exact("n_observed", histories.observed() as f64);
        for (index, name) in histories.names().iter().enumerate() {
            self.exact(format!("list_totals/{name}"), histories.on_all_of(1 << index) as f64);
            for other in 0..lists {
                let both = histories.on_all_of(1 << index | 1 << other) as f64;
                self.exact(format!("pair_overlaps/{index}/{other}"), both);
            }
        }
        for (number, people) in histories.by_number_of_lists().into_iter().skip(1).enumerate() {
            self.exact(format!("f_counts/{number}"), people as f64);
        }
    }

    fn chao(&mut self) {
        let bound = chao::bound(self.histories);
        self.exact("chao/lower_bound", bound.lower.unwrap());
        self.exact("chao/bias_corrected", bound.bias_corrected);
        self.exact("chao/with_t_factor", bound.with_list_factor.unwrap());
    }

    /// A model under `SparseMSE`'s names.
    fn sparse(&mut self, at: &str, fit: &Fit) {
        let names = self.histories.names();
        let join = |terms: &[u16]| {
            terms
                .iter()
                .map(|term| notation(*term, names))
                .collect::<Vec<_>>()
                .join(", ")
        };
        self.exact(format!("{at}/estimate"), fit.total());
        self.exact(format!("{at}/aic"), fit.aic);
        self.exact(format!("{at}/deviance"), fit.deviance);
        self.exact(format!("{at}/wald/point est."), fit.total());
        for (low, high, level) in [("2.5%", "97.5%", 0.95), ("10%", "90%", 0.8)] {
            let wald = fit.wald(level);
            self.exact(format!("{at}/wald/{low}"), wald.lower);
            self.exact(format!("{at}/wald/{high}"), wald.upper);
        }
        let coefficients = fit
            .model
            .terms()
            .into_iter()
            .zip(&fit.parameters)
            .filter(|(_, value)| value.is_finite());
        for (term, value) in coefficients {
            let name = if term == 0 {
                "(Intercept)".to_owned()
            } else {
                notation(term, names)
            };
            self.exact(format!("{at}/coef/{name}"), *value);
        }
        self.put(format!("{at}/minus_inf"), Ours::Text(join(&fit.empty)));
        // Histories left, less parameters left.
        let left = fit.fitted.iter().skip(1).filter(|fitted| **fitted > 0.0).count();
        let kept = fit.model.terms().len() - fit.empty.len();
        self.exact(format!("{at}/df"), left as f64 - kept as f64);
        for pair in &fit.empty {
            let others = fit.model.interactions().iter().copied().filter(|term| term != pair);
            let without = Model::from_terms(self.histories.lists(), others);
            let chance = poisson::fit(self.histories, &without).unwrap().chance_of_empty(*pair);
            self.exact(format!("{at}/prob_empty/{}", notation(*pair, names)), chance);
        }
        if fit.empty.is_empty() {
            self.put(format!("{at}/prob_empty"), Ours::Text(String::new()));
        }
    }

    fn plain_models(&mut self) {
        let lists = self.histories.lists();
        let main = poisson::fit(self.histories, &Model::main_effects(lists)).unwrap();
        self.sparse("main", &main);
        self.rcapture("rcapture_closedp_t/table/Mt", Ok(main));
        if let Ok(fit) = poisson::fit(self.histories, &Model::all_pairs(lists)) {
            self.sparse("all_pairs", &fit);
        }
    }

    fn checks(&mut self) {
        let lists = self.histories.lists();
        let code = |model: &Model| match poisson::fit(self.histories, model) {
            Ok(fit) => f64::from(fit.checks.code()),
            Err(Refusal::NoEstimate { checks, .. }) => f64::from(checks.code()),
            Err(other) => panic!("{other}"),
        };
        let all = code(&Model::all_pairs(lists));
        let single: Vec<(u16, f64)> = pairs(lists)
            .into_iter()
            .map(|pair| (pair, code(&Model::from_terms(lists, [pair]))))
            .collect();
        self.exact("checkident_all_pairs", all);
        let overlaps = |term: u16| {
            pairs(lists)
                .into_iter()
                .filter(|pair| pair & term == *pair)
                .all(|pair| self.histories.on_all_of(pair.into()) > 0)
        };
        let triples = (1..1_u16 << lists)
            .filter(|term| term.count_ones() == 3 && overlaps(*term))
            .count();
        self.exact("count_triples", triples as f64);
        for (pair, code) in single {
            let name = notation(pair, self.histories.names());
            self.exact(format!("checkident_single/{name}"), code);
        }
    }

    fn stepwise(&mut self) {
        let (histories, names) = (self.histories, self.histories.names());
        let join = |terms: &[u16]| {
            terms
                .iter()
                .map(|term| notation(*term, names))
                .collect::<Vec<_>>()
                .join(", ")
        };
        for p in ["0.001", "0.005", "0.01", "0.05", "0.1"] {
            let choice = stepwise::choose(histories, p.parse().unwrap()).unwrap();
            let fit = poisson::fit(histories, &choice.model).unwrap();
            self.exact(format!("stepwise_by_p/{p}/estimate"), fit.total());
            // The reference names empty pairs apart.
            let order: Vec<u16> = choice
                .order
                .into_iter()
                .filter(|pair| !fit.empty.contains(pair))
                .collect();
            self.put(format!("stepwise_by_p/{p}/terms"), Ours::Text(join(&order)));
            self.put(format!("stepwise_by_p/{p}/minus_inf"), Ours::Text(join(&fit.empty)));
        }
        let settings = Settings {
            resamples: if self.has("bca_") { RESAMPLES } else { 0 },
            ..Settings::default()
        };
        let answer = stepwise::estimate(histories, &settings).unwrap();
        let model = Model::parse(names, answer.model.iter().map(String::as_str)).unwrap();
        let fit = poisson::fit(histories, &model).unwrap();
        self.sparse("stepwise02", &fit);
        self.exact("mse12_stepwise/estimate", answer.estimate);
        self.exact("mse12_stepwise/aic", answer.aic.unwrap());
        self.exact("mse12_stepwise/bic", answer.bic.unwrap());
        self.put("mse12_stepwise/model", Ours::Text(bracketed(&model)));
        self.profile("rcapture_profileCI_stepwise_model", &model);
        if let Some(resampled) = &answer.bootstrap {
            self.bootstrap(answer.estimate, resampled);
        }
    }

    fn bootstrap(&mut self, estimate: f64, resampled: &Resampled) {
        let observed = self.histories.observed() as f64;
        let below = resampled.share_below;
        let half = 0.5 / (RESAMPLES as f64).sqrt();
        let share = ERRORS * half * (1.0 + RESAMPLES as f64 / REFERENCE_RESAMPLES).sqrt();
        for at in ["bca_seed1234", "bca_other_runs/0", "bca_other_runs/1"] {
            self.exact(format!("{at}/popest"), estimate);
            self.put(format!("{at}/ahat"), Ours::Near(resampled.acceleration, 1e-4));
            self.limits(
                &format!("{at}/quantiles"),
                resampled,
                &["0.025", "0.05", "0.1", "0.16", "0.84", "0.9", "0.95", "0.975"],
            );
            self.put(
                format!("{at}/frac_below"),
                Ours::Between(below, below - share, below + share),
            );
            let median = between(resampled.quantile(0.5), resampled, 0.5, half, observed);
            self.put(format!("{at}/boot_median"), median);
        }
    }

    fn limits(&mut self, at: &str, resampled: &Resampled, alphas: &[&str]) {
        let observed = self.histories.observed() as f64;
        for alpha in alphas {
            let limit = resampled.limit(alpha.parse().unwrap()).unwrap();
            let value = between(limit.value, resampled, limit.level, limit.level_error, observed);
            self.put(format!("{at}/{alpha}"), value);
        }
    }

    /// A model under Rcapture's names.
    fn rcapture(&mut self, at: &str, fit: Result<Fit, Refusal>) {
        let Ok(fit) = fit else {
            for field in ["abundance", "stderr", "deviance", "df", "AIC", "BIC", "model"] {
                self.put(format!("{at}/{field}"), Ours::Refused);
            }
            return;
        };
        self.exact(format!("{at}/abundance"), fit.total());
        self.exact(
            format!("{at}/stderr"),
            (fit.unseen + fit.unseen * fit.unseen * fit.intercept_variance).sqrt(),
        );
        self.exact(format!("{at}/deviance"), fit.deviance);
        self.exact(
            format!("{at}/df"),
            (fit.fitted.len() - 1 - fit.model.terms().len()) as f64,
        );
        self.exact(format!("{at}/AIC"), fit.aic);
        self.exact(format!("{at}/BIC"), fit.bic);
    }

    fn profile(&mut self, at: &str, model: &Model) {
        let profile = profile::profile(self.histories, model, 0.95).unwrap();
        self.exact(format!("{at}/abundance"), profile.total);
        self.exact(format!("{at}/infCL"), profile.interval.lower);
        self.exact(format!("{at}/supCL"), profile.interval.upper);
    }

    fn searches(&mut self) {
        let histories = self.histories;
        let lists = histories.lists();
        for order in [2, 3, 4] {
            let at = format!("mse12_bic_maxorder{order}");
            if self.has(&at) {
                let ranking = hierarchical::rank(histories, order).unwrap();
                let best = &ranking.models[0];
                self.exact(format!("{at}/popest"), best.total);
                self.exact(format!("{at}/BIC"), best.bic);
                self.put(format!("{at}/model"), Ours::Text(bracketed(&best.model)));
                self.exact(format!("{at}/n_valid_models"), ranking.models.len() as f64);
                for (place, ranked) in ranking.models.iter().take(10).enumerate() {
                    self.put(
                        format!("{at}/top10/{place}/model"),
                        Ours::Text(bracketed(&ranked.model)),
                    );
                    self.exact(format!("{at}/top10/{place}/abundance"), ranked.total);
                    self.exact(format!("{at}/top10/{place}/BIC"), ranked.bic);
                }
            }
            let at = format!("rcapture_closedpMS_maxorder{order}");
            if self.has(&at) {
                self.exact(
                    format!("{at}/n_models"),
                    hierarchical::enumerate(lists, order).len() as f64,
                );
            }
            for list in ["top_bic", "top_aic"] {
                for (place, text) in self.texts(&format!("{at}/{list}/"), "/model") {
                    let model = parse_bracketed(lists, &text);
                    let here = format!("{at}/{list}/{place}");
                    let fit = poisson::fit(histories, &model);
                    self.put(format!("{here}/model"), Ours::Text(bracketed(&model)));
                    self.rcapture(&here, fit);
                }
            }
            let at = format!("rcapture_closedpCI_bestBIC_maxorder{order}");
            if self.has(&at) {
                let best = self.texts(&format!("rcapture_closedpMS_maxorder{order}/top_bic/0/"), "model");
                let model = parse_bracketed(lists, &best[0].1);
                if poisson::fit(histories, &model).is_ok() {
                    self.profile(&at, &model);
                } else {
                    for field in ["abundance", "infCL", "supCL"] {
                        self.put(format!("{at}/{field}"), Ours::Refused);
                    }
                }
            }
        }
        self.competitors();
    }

    /// The bootstrap of the BIC search with different numbers of competing models.
    fn competitors(&mut self) {
        let at = "mse12_vary_ntop/inference";
        let tops: Vec<(String, f64)> = self
            .leaves
            .iter()
            .filter_map(|leaf| {
                let place = leaf.path.strip_prefix(at)?.strip_prefix('/')?.strip_suffix("/ntop")?;
                Some((place.to_owned(), leaf.value.as_f64()?))
            })
            .collect();
        for (place, top) in tops {
            let settings = Settings {
                resamples: RESAMPLES,
                max_order: self.histories.lists() - 1,
                ..Settings::default()
            };
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a number of models"
            )]
            let answer = hierarchical::estimate_among(self.histories, &settings, top as usize).unwrap();
            let resampled = answer.bootstrap.unwrap();
            self.exact("mse12_vary_ntop/estimate", answer.estimate);
            self.exact(format!("{at}/{place}/ntop"), top);
            self.limits(&format!("{at}/{place}"), &resampled, &["0.025", "0.1", "0.9", "0.975"]);
        }
    }

    fn graphs(&mut self) {
        for multiple in [10, 30] {
            let at = format!("dga_mult{multiple}");
            if !self.has(&at) {
                continue;
            }
            let most = multiple * self.histories.observed();
            // The reference used every whole number where there are few, and 20,000 points elsewhere.
            let points = if most <= 40_000 { most } else { 20_000 };
            let options = graphs::Options {
                most_unseen: Some(most),
                points,
                ..graphs::Options::default()
            };
            let average = graphs::average(self.histories, &options).unwrap();
            let step = most as f64 / points as f64;
            self.exact(format!("{at}/delta"), average.options.delta.unwrap());
            self.exact(format!("{at}/grid_points"), average.totals.len() as f64);
            self.exact(format!("{at}/Nmissing_max"), most as f64);
            self.exact(format!("{at}/n_graphs"), average.graphs.len() as f64);
            self.exact(format!("{at}/mean"), average.mean);
            self.put(format!("{at}/median"), Ours::Grid(average.median as f64, step));
            self.put(format!("{at}/q025"), Ours::Grid(average.interval.lower, step));
            self.put(format!("{at}/q975"), Ours::Grid(average.interval.upper, step));
            let peak = average
                .posterior
                .iter()
                .enumerate()
                .max_by(|(_, a), (_, b)| a.total_cmp(b))
                .unwrap()
                .0;
            self.put(format!("{at}/mode"), Ours::Grid(average.totals[peak] as f64, step));
            self.exact(format!("{at}/tail_prob_at_top"), *average.posterior.last().unwrap());
            for (place, weighed) in average.graphs.iter().take(5).enumerate() {
                self.exact(format!("{at}/top_graphs/{place}/prob"), weighed.probability);
            }
        }
    }

    /// Bayesian thresholding; tolerances are the spread of the reference's one random walk (tests/threshold.rs).
    fn thresholds(&mut self) {
        let names = self.histories.names();
        let join = |terms: &[u16]| {
            terms
                .iter()
                .map(|term| notation(*term, names))
                .collect::<Vec<_>>()
                .join(", ")
        };
        for (at, prior) in [
            ("bayesthresh_proper", threshold::Prior::Proper { variance: 1.0 }),
            ("bayesthresh_improper", threshold::Prior::Improper),
        ] {
            if !self.has(at) {
                continue;
            }
            let options = threshold::Options {
                prior,
                ..threshold::Options::default()
            };
            let Ok(found) = threshold::threshold(self.histories, &options) else {
                let refused =
                    "Bayesian thresholding cannot be applied: the full pairwise model fails the extended-MLE check.";
                self.put(format!("{at}/error"), Ours::Text(refused.to_owned()));
                continue;
            };
            self.put(format!("{at}/minus_inf"), Ours::Text(join(&found.empty)));
            let kept: Vec<u16> = found
                .tried
                .iter()
                .filter(|tried| tried.kept)
                .map(|tried| tried.term)
                .collect();
            self.put(format!("{at}/retained"), Ours::Text(join(&kept)));
            for tried in &found.tried {
                let ratio = Ours::Near(tried.ratio.abs(), 1.0);
                self.put(format!("{at}/ratios/{}", notation(tried.term, names)), ratio);
            }
            // Quantiles under the pairs that the reference kept.
            let retained = self.texts(&format!("{at}/retained"), "");
            let retained = retained
                .iter()
                .flat_map(|(_, text)| text.split(", "))
                .filter(|text| !text.is_empty());
            let model = Model::parse(names, retained).unwrap();
            let given = threshold::given(self.histories, &model, &options).unwrap();
            for (name, share, within) in [
                ("2.5%", 0.025, 0.04),
                ("10%", 0.1, 0.03),
                ("50%", 0.5, 0.02),
                ("90%", 0.9, 0.04),
                ("97.5%", 0.975, 0.06),
            ] {
                let value = given.quantile(share);
                self.put(format!("{at}/quantiles/{name}"), Ours::Share(value, within));
            }
            let value = given.quantile(0.5);
            self.put(format!("{at}/popest"), Ours::Share(value, 0.02));
        }
    }

    /// Latent classes, where our chains agree; tolerances are the spread of the reference's seeds (tests/classes.rs).
    fn classes(&mut self) {
        let options = classes::Options {
            burn_in: 2_000,
            thinning: 5,
            ..classes::Options::default()
        };
        let estimate = classes::sample(self.histories, &options).unwrap().estimate();
        for run in 0..3 {
            let at = format!("lcmcr/runs/{run}");
            let Ok(estimate) = &estimate else {
                for field in ["median", "q025", "q975"] {
                    self.put(format!("{at}/{field}"), Ours::Refused);
                }
                continue;
            };
            let interval = estimate.interval.unwrap();
            for (field, value, within) in [
                ("median", estimate.estimate, 0.03),
                ("q025", interval.lower, 0.06),
                ("q975", interval.upper, 0.12),
            ] {
                self.put(format!("{at}/{field}"), Ours::Share(value, within));
            }
        }
    }
}

/// A model as `[12,35,4]`, lists numbered from 1.
fn bracketed(model: &Model) -> String {
    let numbers = |term: &u16| {
        (0..16)
            .filter(|bit| term >> bit & 1 == 1)
            .map(|bit| (bit + 1).to_string())
            .collect()
    };
    let generators: Vec<String> = model.generators().iter().map(numbers).collect();
    format!("[{}]", generators.join(","))
}

fn parse_bracketed(lists: usize, text: &str) -> Model {
    let generators = text.trim_matches(['[', ']']).split(',');
    let term = |generator: &str| {
        generator
            .chars()
            .map(|digit| 1_u16 << (digit.to_digit(10).unwrap() - 1))
            .sum()
    };
    Model::from_terms(lists, generators.map(term))
}
