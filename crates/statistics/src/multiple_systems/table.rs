//! Counts and their margins in the form that fitting works on.
//!
//! With `t` lists everything is an array of `2^t` numbers by bitmask. The sufficient statistics of
//! every hierarchical model are the *margins*: how many people are on all lists of a set, whatever
//! else they are on. All of them together are one superset sum, `t 2^(t-1)` additions.

use super::histories::Histories;

/// One table of counts: the one observed, a resample of it, or one less a person.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// How many lists.
    pub(crate) lists: usize,
    /// People by history; the first is 0.
    pub(crate) counts: Vec<f64>,
    /// People on all lists of a set; the first is everybody.
    pub(crate) margins: Vec<f64>,
}

impl Table {
    /// The table observed.
    pub(crate) fn of(histories: &Histories) -> Self {
        Self::from_counts(
            histories.lists(),
            histories.counts().iter().map(|count| *count as f64).collect(),
        )
    }

    /// A table of these counts by history.
    pub(crate) fn from_counts(lists: usize, counts: Vec<f64>) -> Self {
        let mut table = Self {
            lists,
            margins: counts.clone(),
            counts,
        };
        superset_sums(&mut table.margins);
        table
    }

    /// Changes the counts in place, then brings the margins up to date.
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut [f64])) {
        change(&mut self.counts);
        self.margins.copy_from_slice(&self.counts);
        superset_sums(&mut self.margins);
    }

    /// How many people were seen.
    pub(crate) fn observed(&self) -> f64 {
        self.margins[0]
    }

    /// The constant that a log-likelihood leaves out while it is maximised: the sum of `ln(count!)`.
    pub(crate) fn log_factorials(&self) -> f64 {
        self.counts
            .iter()
            .filter(|count| **count > 1.0)
            .map(|count| libm::lgamma(count + 1.0))
            .sum()
    }

    /// The kernel of the log-likelihood of a model that fits perfectly: the sum of `count ln(count)`.
    pub(crate) fn perfect(&self) -> f64 {
        self.counts
            .iter()
            .filter(|count| **count > 1.0)
            .map(|count| count * count.ln())
            .sum()
    }
}

/// A model cut down to what has a finite estimate on a table.
///
/// If nobody is on all lists of a term, the maximum puts its parameter at minus infinity: histories
/// that contain the term have fitted count 0 and drop out, and so does the parameter. What is left
/// is an ordinary Poisson model. The number of parameters is still that of the whole model.
#[derive(Debug, Clone)]
pub(crate) struct Reduction {
    /// Terms that stay, the empty one first.
    pub(crate) kept: Vec<u16>,
    /// Terms on which nobody is.
    pub(crate) empty: Vec<u16>,
    /// Histories that stay, in order; never history 0.
    pub(crate) histories: Vec<u16>,
}

impl Reduction {
    /// Cuts the terms of a model down; they must be closed downward and begin with the empty term.
    pub(crate) fn new(table: &Table, terms: &[u16]) -> Self {
        let (kept, empty): (Vec<u16>, Vec<u16>) =
            terms.iter().partition(|term| table.margins[usize::from(**term)] > 0.0);
        let histories = (1..table.counts.len())
            .filter(|history| {
                // A history that anybody's lists contain contains no empty term.
                table.margins[*history] > 0.0
                    || !empty
                        .iter()
                        .any(|term| history & usize::from(*term) == usize::from(*term))
            })
            .map(|history| u16::try_from(history).expect("at most 10 lists"))
            .collect();
        Self { kept, empty, histories }
    }

    /// How many parameters the whole model has, for AIC and BIC.
    pub(crate) fn parameters(&self) -> usize {
        self.kept.len() + self.empty.len()
    }
}

/// Replaces each value by the sum over all supersets of its bitmask.
pub(crate) fn superset_sums(values: &mut [f64]) {
    each_bit(values, |without, with| *without += *with);
}

/// Replaces each value by the sum over all subsets of its bitmask.
pub(crate) fn subset_sums(values: &mut [f64]) {
    each_bit(values, |without, with| *with += *without);
}

/// Goes over all pairs of entries that differ in one bit, bit by bit.
fn each_bit(values: &mut [f64], add: impl Fn(&mut f64, &mut f64)) {
    let mut step = 1;
    while step < values.len() {
        for block in values.chunks_exact_mut(2 * step) {
            let (without, with) = block.split_at_mut(step);
            for (without, with) in without.iter_mut().zip(with) {
                add(without, with);
            }
        }
        step *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn margins_count_people_on_all_lists_of_a_set() {
        let table = Table::from_counts(3, vec![0.0, 4.0, 5.0, 2.0, 6.0, 1.0, 3.0, 7.0]);
        assert_eq!(table.margins, [28.0, 14.0, 17.0, 9.0, 17.0, 8.0, 10.0, 7.0]);
    }

    #[test]
    fn subset_sums_add_every_part() {
        let mut values = [1.0, 10.0, 100.0, 1000.0];
        subset_sums(&mut values);
        assert_eq!(
            values.map(f64::to_bits),
            [1.0_f64, 11.0, 101.0, 1111.0].map(f64::to_bits)
        );
    }

    #[test]
    fn an_empty_overlap_takes_its_histories_and_its_parameter_with_it() {
        // Nobody is on both the first and the second list.
        let table = Table::from_counts(3, vec![0.0, 4.0, 5.0, 0.0, 6.0, 1.0, 3.0, 0.0]);
        let reduction = Reduction::new(&table, &[0, 1, 2, 4, 3]);
        assert_eq!((reduction.kept, reduction.empty), (vec![0, 1, 2, 4], vec![3]));
        assert_eq!(reduction.histories, [1, 2, 4, 5, 6]);
    }
}
