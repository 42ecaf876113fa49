//! The hierarchical model with the lowest BIC, found by trying all of them.
//!
//! Silverman, B. W., Chan, L. and Vincent, K. (2024), "Bootstrapping multiple systems estimates to
//! account for model selection", Statistics and Computing 34:44. Every hierarchical model up to
//! some order is fitted, those without an estimate are left out, and the rest are ranked by BIC. In
//! the bootstrap only the best models of the original table compete.
//!
//! There are 8, 113 and 6,893 models on 3, 4 and 5 lists up to one order below the number of lists; up
//! to pairs there are 8, 64, 1,024 and 32,768 on 3 to 6. On 6 lists there are 7.8 million, which is refused.

use rayon::prelude::*;

use super::bootstrap;
use super::estimate::{Estimate, Method, Refusal, Settings};
use super::histories::Histories;
use super::model::Model;
use super::newton::Newton;
use super::poisson::{self, Failure};
use super::table::Table;

/// The most lists of which all models of every order can be tried.
pub const MOST_LISTS_EVERY_ORDER: usize = 5;
/// The most lists of which all models of pairs can be tried.
pub const MOST_LISTS_PAIRS: usize = 6;

/// A model and how it fits.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// The model.
    pub model: Model,
    /// People seen and unseen.
    pub total: f64,
    /// Schwarz's criterion, by which it is ranked.
    pub bic: f64,
    /// Parameters of its [`Model::terms`]; minus infinity for empty terms.
    parameters: Vec<f64>,
}

/// All models that have an estimate, the lowest BIC first.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// How many models were tried.
    pub tried: usize,
    /// Those with an estimate.
    pub models: Vec<Ranked>,
}

/// Every hierarchical model with terms of at most `order` lists; never the one with all lists in one term.
///
/// Beyond the numbers of lists that [`rank`] takes there are too many to hold.
pub fn enumerate(lists: usize, order: usize) -> Vec<Model> {
    let order = u32::try_from(order.min(lists - 1)).unwrap_or(u32::MAX);
    let mut terms: Vec<u16> = (1..1_u16 << lists)
        .filter(|term| (2..=order).contains(&term.count_ones()))
        .collect();
    // Larger terms later, so that the parts of a term are decided before it; pairs in the order 12, 13, …
    terms.sort_unstable_by_key(|term| (term.count_ones(), std::cmp::Reverse(term.reverse_bits())));
    let mut models = vec![Model::main_effects(lists)];
    for term in terms {
        let with: Vec<Model> = models
            .iter()
            .filter(|model| model.has_parts_of(term))
            .map(|model| model.with(term))
            .collect();
        models.extend(with);
    }
    models
}

/// Tries and ranks every model up to an order.
///
/// ```
/// use statistics::multiple_systems::{Histories, hierarchical};
/// let histories = Histories::new(["b", "c", "d"], vec![0, 5, 5, 54, 41, 6, 0, 12])?;
/// let ranking = hierarchical::rank(&histories, 2).expect("three lists are few enough");
/// assert_eq!(ranking.tried, 8);
/// assert_eq!(ranking.models[0].model.notation(histories.names()), ["b:c", "c:d"]);
/// # Ok::<(), statistics::multiple_systems::HistoriesError>(())
/// ```
pub fn rank(histories: &Histories, order: usize) -> Result<Ranking, Refusal> {
    let lists = histories.lists();
    let most = if order > 2 {
        MOST_LISTS_EVERY_ORDER
    } else {
        MOST_LISTS_PAIRS
    };
    if lists > most {
        return Err(Refusal::TooManyLists { lists, most });
    }
    let table = Table::of(histories);
    let factorials = table.log_factorials();
    let all = enumerate(lists, order);
    let tried = all.len();
    let mut models: Vec<Ranked> = all
        .into_par_iter()
        .map_init(Newton::default, |newton, model| {
            let fitted = fit(newton, &table, &model.terms(), None).ok()?;
            Some(Ranked {
                bic: fitted.bic + 2.0 * factorials,
                total: fitted.total,
                parameters: fitted.parameters,
                model,
            })
        })
        .flatten()
        .collect();
    models.sort_by(|a, b| a.bic.total_cmp(&b.bic));
    if models.is_empty() {
        // Independent lists are the least that can be asked; say why even they have no estimate.
        poisson::fit(histories, &Model::main_effects(lists))?;
    }
    Ok(Ranking { tried, models })
}

/// How many of the best models compete in the bootstrap: nearly the full search at a small part of its cost.
pub fn competitors(lists: usize) -> usize {
    match lists {
        3 => 8,
        4 => 20,
        _ => 100,
    }
}

/// The best model's estimate, with a bootstrap interval in which the best [`competitors`] compete.
pub fn estimate(histories: &Histories, settings: &Settings) -> Result<Estimate, Refusal> {
    estimate_among(histories, settings, competitors(histories.lists()))
}

/// As [`estimate`], with a number of competitors of one's own.
pub fn estimate_among(histories: &Histories, settings: &Settings, competitors: usize) -> Result<Estimate, Refusal> {
    let ranking = rank(histories, settings.max_order)?;
    let fit = poisson::fit(histories, &ranking.models[0].model)?;
    let answer = fit.answer(Method::Bic, histories.names(), None);
    let best: Vec<(Vec<u16>, &Ranked)> = ranking
        .models
        .iter()
        .take(competitors)
        .map(|ranked| (ranked.model.terms(), ranked))
        .collect();
    Ok(bootstrap::add(answer, histories, settings, |newton, table| {
        let fits = best
            .iter()
            .filter_map(|(terms, ranked)| self::fit(newton, table, terms, Some(&ranked.parameters)).ok());
        fits.min_by(|a, b| a.bic.total_cmp(&b.bic)).map(|fitted| fitted.total)
    }))
}

/// What a search needs of a fit. `bic` is without the factorials of the counts, which all models share.
pub(crate) struct Fitted {
    pub(crate) total: f64,
    pub(crate) bic: f64,
    pub(crate) parameters: Vec<f64>,
}

/// Checks and fits a model, from parameters of the same or another table where they are given.
pub(crate) fn fit(newton: &mut Newton, table: &Table, terms: &[u16], start: Option<&[f64]>) -> Result<Fitted, Failure> {
    let (reduction, maximum) = poisson::solve(newton, table, terms, start)?;
    let mut kept = reduction.kept.iter().zip(&maximum.parameters).peekable();
    let parameters = terms.iter().map(|term| {
        kept.next_if(|(kept, _)| *kept == term)
            .map_or(f64::NEG_INFINITY, |(_, parameter)| *parameter)
    });
    Ok(Fitted {
        parameters: parameters.collect(),
        total: table.observed() + maximum.unseen(),
        bic: reduction.parameters() as f64 * table.observed().ln() - 2.0 * maximum.kernel,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_models_as_published() {
        assert_eq!(
            [3, 4, 5].map(|lists| enumerate(lists, lists - 1).len()),
            [8, 113, 6_893]
        );
        assert_eq!(
            [3, 4, 5, 6].map(|lists| enumerate(lists, 2).len()),
            [8, 64, 1_024, 32_768]
        );
    }
}
