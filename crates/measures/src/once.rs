//! Counting a person once of whom several organisations have a coded row.
//!
//! Linkage without names says which rows are one person: rows of one cluster. Of these the row with the most recorded columns
//! counts, and of several such the one with the least id, so that the order in which contributions come changes nothing. Rows
//! that were not linked all count.
//!
//! Links are doubtful. They are drawn again and again by their chances, every measure is computed of each draw, and the middle
//! 95 in a hundred of the values say how far the links alone carry it.

use std::collections::HashMap;

use domain::indicator::Statistic;
use domain::pack::Pack;
use serde::{Deserialize, Serialize};

use crate::Rows;
use crate::definition::Fault;
use crate::pool::Pooled;
use crate::quantile::of_sorted;

/// For the rows of each organisation, the cluster of each; `None` where it was not linked.
pub type Clusters = Vec<Vec<Option<u32>>>;

/// What is said of links beside a measure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Links {
    /// How many organisations' coded rows were linked.
    pub organisations: u32,
    /// Between which values the measure lies in 95 of 100 draws of the links, rounded outwards: a share to whole per cent, all
    /// else to two figures and to tens of people at the finest. `None` where too few draws say.
    pub range: Option<(f64, f64)>,
}

/// The fewest draws that make a range.
const FEWEST_DRAWS: usize = 40;

/// Which rows count, for each organisation.
pub fn counted(rows: &[Rows], clusters: &[Vec<Option<u32>>]) -> Vec<Vec<bool>> {
    let mut counts: Vec<Vec<bool>> = rows.iter().map(|rows| vec![true; rows.len()]).collect();
    let mut chosen: HashMap<u32, (usize, usize)> = HashMap::new();
    for (of, clusters) in clusters.iter().enumerate() {
        for (at, cluster) in clusters.iter().enumerate() {
            let Some(cluster) = *cluster else { continue };
            let Some(other) = chosen.get(&cluster).copied() else {
                chosen.insert(cluster, (of, at));
                continue;
            };
            // More recorded first, then the lesser id.
            let rank = |(of, at): (usize, usize)| (rows[of].n_recorded(at), std::cmp::Reverse(rows[of].ids()[at]));
            if rank((of, at)) > rank(other) {
                counts[other.0][other.1] = false;
                chosen.insert(cluster, (of, at));
            } else {
                counts[of][at] = false;
            }
        }
    }
    counts
}

/// Adds coded rows of several organisations to what is pooled, each person once. Nothing is added where it fails.
///
/// # Errors
///
/// Faults of the definitions, which a pack that was read does not have.
pub fn take(pooled: &mut Pooled, pack: &Pack, rows: &[Rows], clusters: &[Vec<Option<u32>>]) -> Result<(), Vec<Fault>> {
    let sums = rows
        .iter()
        .zip(counted(rows, clusters))
        .map(|(rows, counts)| crate::evaluate(&rows.only(&counts), &pack.definitions))
        .collect::<Result<Vec<_>, _>>()?;
    for (sum, clusters) in sums.iter().zip(clusters) {
        let is_linked = clusters.iter().all(Option::is_some);
        pooled.sum_linked(sum, clusters.iter().any(Option::is_some), is_linked);
    }
    Ok(())
}

/// The value of each measure, in the order of the pack, for which draws of the links have been taken.
#[derive(Debug, Clone, Default)]
pub struct Drawn {
    values: Vec<Vec<f64>>,
    n_draws: usize,
}

impl Drawn {
    /// No draw yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Computes every measure of one draw. `rest` is what was pooled without links. Time and memory as for
    /// [`evaluate`](crate::evaluate()), without strata.
    ///
    /// # Errors
    ///
    /// Faults of the definitions, which a pack that was read does not have.
    pub fn add(
        &mut self,
        pack: &Pack,
        rest: &Pooled,
        rows: &[Rows],
        clusters: &[Vec<Option<u32>>],
    ) -> Result<(), Vec<Fault>> {
        let mut whole = pack.clone();
        for definition in &mut whole.definitions {
            definition.strata.clear();
        }
        let mut pooled = rest.clone();
        take(&mut pooled, &whole, rows, clusters)?;
        self.values.resize_with(pack.definitions.len(), Vec::new);
        for (values, value) in self.values.iter_mut().zip(pooled.values(&whole)) {
            values.extend(value);
        }
        self.n_draws += 1;
        Ok(())
    }

    /// The range of each measure, in the order of the pack.
    pub(crate) fn ranges(mut self, pack: &Pack) -> Vec<Option<(f64, f64)>> {
        let n_draws = self.n_draws;
        self.values.resize_with(pack.definitions.len(), Vec::new);
        self.values
            .into_iter()
            .zip(&pack.definitions)
            .map(|(mut values, definition)| {
                // A draw without a value is a limit that is not known.
                if values.len() < FEWEST_DRAWS || values.len() < n_draws {
                    return None;
                }
                values.sort_by(f64::total_cmp);
                let (low, high) = (of_sorted(&values, 0.025), of_sorted(&values, 0.975));
                Some(outwards(definition.statistic, low, high))
            })
            .collect()
    }
}

/// A range that tells less than the figures it is made of.
fn outwards(statistic: Statistic, low: f64, high: f64) -> (f64, f64) {
    let step = |value: f64| {
        let two_figures = 10_f64.powf(value.abs().max(1e-9).log10().floor() - 1.0);
        match statistic {
            Statistic::Share => 1.0,
            Statistic::Count | Statistic::Sum => two_figures.max(10.0),
            _ => two_figures,
        }
    };
    let down = (low / step(low)).floor() * step(low);
    let up = (high / step(high)).ceil() * step(high);
    // What a step in binary leaves behind the point.
    let clean = |value: f64| (value * 1e9).round() / 1e9;
    (clean(down), clean(up))
}

#[cfg(test)]
mod tests {
    use domain::pack::Schema;
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::invented::{Random, lines};
    use crate::read::{Contents, csv};
    use crate::shipped_pack;

    fn made(pack: &Pack, n: u64, from: u64) -> Rows {
        let text = lines(pack, n, from, &mut Random(from + 7)).join("\n");
        csv(pack, text.as_bytes()).expect("they fit the pack")
    }

    fn case(rows: &mut Rows, id: u128, n_recorded: usize) {
        rows.begin(Uuid::from_u128(id));
        let of: Vec<usize> = (0..n_recorded).collect();
        for column in of {
            rows.set(column, 1);
        }
    }

    #[test]
    fn of_one_person_the_row_that_says_most_counts_and_of_like_ones_the_least_id() {
        let schema = Schema::shipped();
        let (mut first, mut second) = (Rows::empty(&schema), Rows::empty(&schema));
        case(&mut first, 5, 2);
        case(&mut first, 6, 3);
        case(&mut first, 7, 1);
        case(&mut second, 4, 2);
        case(&mut second, 8, 1);
        case(&mut second, 9, 9);
        let clusters = [vec![Some(1), Some(2), None], vec![Some(1), Some(2), None]];
        let counts = counted(&[first.clone(), second.clone()], &clusters);
        assert_eq!(counts, [vec![false, true, true], vec![true, false, true]]);
        let [one, other] = clusters;
        let turned = counted(&[second, first], &[other, one]);
        assert_eq!(
            turned,
            [counts[1].clone(), counts[0].clone()],
            "the order of contributions changes nothing"
        );
    }

    #[test]
    fn the_words_say_who_is_counted_once() {
        let pack = shipped_pack("2025");
        let rows = [made(&pack, 120, 0), made(&pack, 120, 1_000)];
        let whole: Clusters = (0..2)
            .map(|of| {
                (0..120)
                    .map(|at| Some(if at < 20 { at } else { at + 200 * of }))
                    .collect()
            })
            .collect();
        let mut pooled = Pooled::new();
        take(&mut pooled, &pack, &rows, &whole).expect("they are added");
        assert_eq!(pooled.cases(), 220);
        let measured = pooled.measurements(&pack);
        assert!(!measured[0].may_count_twice);
        assert_eq!(
            measured[0].whose(),
            "of 220 cases seen by 2 organisations; a person whom several know is counted once, as far as links without names tell"
        );
        // One row is new since the lists were linked.
        let mut partly = whole.clone();
        partly[1][7] = None;
        let mut pooled = Pooled::new();
        take(&mut pooled, &pack, &rows, &partly).expect("they are added");
        assert_eq!(pooled.cases(), 221);
        assert!(
            pooled.measurements(&pack)[0]
                .whose()
                .contains("; may include the same person twice, although")
        );
        // Figures of a third organisation.
        let mut pooled = Pooled::new();
        take(&mut pooled, &pack, &rows, &whole).expect("they are added");
        pooled
            .take(&pack, &Contents::Rows(made(&pack, 50, 9_000)))
            .expect("they are added");
        let words = pooled.measurements(&pack)[0].whose();
        assert!(
            words.starts_with("of 270 cases seen by 3 organisations; may include the same person twice, although"),
            "{words}"
        );
    }

    #[test]
    fn a_range_is_rounded_outwards_and_needs_enough_draws() {
        assert_eq!(outwards(Statistic::Share, 41.2, 43.0), (41.0, 43.0));
        assert_eq!(outwards(Statistic::Count, 214.0, 228.0), (210.0, 230.0));
        assert_eq!(outwards(Statistic::Median, 45.5, 46.5), (45.0, 47.0));
        assert_eq!(outwards(Statistic::Ratio, 0.421, 0.439), (0.42, 0.44));
        assert_eq!(outwards(Statistic::Mean, 0.0, 0.0), (0.0, 0.0));
        let pack = shipped_pack("2025");
        let rows = [made(&pack, 120, 0), made(&pack, 120, 1_000)];
        let mut drawn = Drawn::new();
        for draw in 0..FEWEST_DRAWS {
            assert!(drawn.clone().ranges(&pack).iter().all(Option::is_none), "{draw}");
            // In each draw some more people are the same.
            let same = u32::try_from(draw).expect("small");
            let clusters: Clusters = (0..2)
                .map(|of| {
                    (0..120)
                        .map(|at| Some(if at < same { at } else { at + 200 * of }))
                        .collect()
                })
                .collect();
            drawn
                .add(&pack, &Pooled::new(), &rows, &clusters)
                .expect("it is computed");
        }
        let place = pack
            .definitions
            .iter()
            .position(|one| one.statistic == Statistic::Share)
            .expect("a share");
        let ranges = drawn.ranges(&pack);
        assert!(ranges.iter().flatten().count() > 10);
        if let Some((low, high)) = ranges[place] {
            assert!(low <= high && low.fract() == 0.0 && high.fract() == 0.0, "{low} {high}");
        }
    }

    proptest! {
        #[test]
        fn everybody_counts_once_and_nobody_is_lost(clusters in prop::collection::vec(prop::collection::vec(prop::option::of(0_u32..20), 0..30), 1..4)) {
            let schema = Schema::shipped();
            let mut id = 0;
            let rows: Vec<Rows> = clusters.iter().map(|of| {
                let mut rows = Rows::empty(&schema);
                for cluster in of {
                    id += 1;
                    case(&mut rows, id, cluster.unwrap_or(3) as usize % 4);
                }
                rows
            }).collect();
            let counts = counted(&rows, &clusters);
            let mut people: HashMap<u32, u32> = HashMap::new();
            for (of, clusters) in clusters.iter().enumerate() {
                for (at, cluster) in clusters.iter().enumerate() {
                    match cluster {
                        None => prop_assert!(counts[of][at]),
                        Some(cluster) => *people.entry(*cluster).or_default() += u32::from(counts[of][at]),
                    }
                }
                prop_assert_eq!(rows[of].only(&counts[of]).len(), counts[of].iter().filter(|counts| **counts).count());
            }
            prop_assert!(people.values().all(|times| *times == 1));
        }
    }
}
