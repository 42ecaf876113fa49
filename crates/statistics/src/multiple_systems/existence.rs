//! Whether a model has an estimate on a table: exactly, in integers.
//!
//! After [`Reduction`] the model has a design matrix of 0 and 1, one row for each history left. The
//! (extended) maximum of the likelihood exists when the observed margins lie in the relative interior
//! of the cone of possible margins (Fienberg, S. E. and Rinaldo, A. (2012), Annals of Statistics
//! 40:996-1023), and is unique when the columns are linearly independent. Neither depends on the counts,
//! only on which histories somebody has.
//!
//! 1. If the rows of histories that somebody has are already of full column rank, both hold: no
//!    direction leaves the observed histories alone. Full rank modulo a prime proves full rank, so
//!    one elimination in machine words settles nearly every case.
//! 2. Otherwise take the kernel `K` of those rows and `B = X₀K` for the rows of nobody's histories.
//!    Parameters are unique when `B` has full column rank. By Stiemke's lemma the maximum exists
//!    when some `y > 0` has `Bᵀy = 0`, which a small simplex decides.
//!
//! Everything in step 2 is integer arithmetic of 128 bits that is checked: a number that does not
//! fit is an error, never a rounded answer.

use super::estimate::Checks;
use super::table::{Reduction, Table};

/// The exact check needed a number of more than 128 bits. No table of people has been seen to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooLarge;

type Exact<T> = Result<T, TooLarge>;

/// Checks a reduced model on a table.
pub(crate) fn check(table: &Table, reduction: &Reduction) -> Exact<Checks> {
    let seen = |history: &&u16| table.counts[usize::from(**history)] > 0.0;
    if is_full_rank(reduction.histories.iter().filter(seen).copied(), &reduction.kept) {
        return Ok(Checks {
            existence: true,
            identifiable: true,
        });
    }
    check_in_integers(table, reduction)
}

/// Step 2 alone, which is right for every table.
fn check_in_integers(table: &Table, reduction: &Reduction) -> Exact<Checks> {
    let seen = |history: &&u16| table.counts[usize::from(**history)] > 0.0;
    let row = |history: &u16| -> Vec<i128> {
        reduction
            .kept
            .iter()
            .map(|term| i128::from(history & term == *term))
            .collect()
    };
    let (seen, unseen): (Vec<u16>, Vec<u16>) = reduction.histories.iter().partition(|history| seen(history));
    let kernel = kernel(seen.iter().map(row), reduction.kept.len())?;
    let mut directions = unseen
        .iter()
        .map(|history| {
            let row = row(history);
            let along: Exact<Vec<i128>> = kernel.iter().map(|vector| product(&row, vector)).collect();
            Ok(primitive(along?))
        })
        .collect::<Exact<Vec<Vec<i128>>>>()?;
    directions.retain(|direction| direction.iter().any(|value| *value != 0));
    directions.sort_unstable();
    directions.dedup();
    let rank = echelon(directions.iter().cloned(), kernel.len())?.len();
    Ok(Checks {
        existence: has_positive_relation(&directions, kernel.len())?,
        identifiable: rank == kernel.len(),
    })
}

/// A prime below 2^31, so that a product of two residues and a sum fit 64 bits.
const PRIME: u64 = 2_147_483_647;

/// Whether the rows have full column rank modulo [`PRIME`], which proves that they have it. "No" proves nothing.
fn is_full_rank(histories: impl Iterator<Item = u16>, terms: &[u16]) -> bool {
    let mut basis: Vec<(usize, Vec<u64>)> = Vec::with_capacity(terms.len());
    let mut row = vec![0; terms.len()];
    for history in histories {
        for (entry, term) in row.iter_mut().zip(terms) {
            *entry = u64::from(history & term == *term);
        }
        for (pivot, other) in &basis {
            if row[*pivot] != 0 {
                let (keep, take) = (other[*pivot], PRIME - row[*pivot]);
                for (entry, other) in row.iter_mut().zip(other) {
                    *entry = (*entry * keep + take * other) % PRIME;
                }
            }
        }
        // The largest term first: rows of different largest terms are then independent at once.
        if let Some(pivot) = row.iter().rposition(|entry| *entry != 0) {
            basis.push((pivot, row.clone()));
            if basis.len() == terms.len() {
                return true;
            }
        }
    }
    false
}

/// Rows in reduced echelon form, each with its pivot column; entries of a row have no common factor.
fn echelon(rows: impl Iterator<Item = Vec<i128>>, columns: usize) -> Exact<Vec<(usize, Vec<i128>)>> {
    let mut basis: Vec<(usize, Vec<i128>)> = Vec::new();
    for mut row in rows {
        for (pivot, other) in &basis {
            eliminate(&mut row, other, *pivot)?;
        }
        let Some(pivot) = row.iter().position(|entry| *entry != 0) else {
            continue;
        };
        for (_, other) in &mut basis {
            eliminate(other, &row, pivot)?;
        }
        basis.push((pivot, row));
        if basis.len() == columns {
            break;
        }
    }
    Ok(basis)
}

/// Makes `row[pivot]` 0 with a multiple of `other`.
fn eliminate(row: &mut Vec<i128>, other: &[i128], pivot: usize) -> Exact<()> {
    let factor = row[pivot];
    if factor == 0 {
        return Ok(());
    }
    let scale = other[pivot];
    for (entry, other) in row.iter_mut().zip(other) {
        *entry = difference(*entry, scale, factor, *other)?;
    }
    *row = primitive(std::mem::take(row));
    Ok(())
}

/// A basis, in integers, of the vectors that every row is orthogonal to.
fn kernel(rows: impl Iterator<Item = Vec<i128>>, columns: usize) -> Exact<Vec<Vec<i128>>> {
    let basis = echelon(rows, columns)?;
    let free = (0..columns).filter(|column| basis.iter().all(|(pivot, _)| pivot != column));
    free.map(|free| {
        let mut common: i128 = 1;
        for (pivot, row) in &basis {
            if row[free] != 0 {
                let divisor = row[*pivot] / gcd(row[*pivot], row[free]);
                common = (common / gcd(common, divisor)).checked_mul(divisor).ok_or(TooLarge)?;
            }
        }
        let mut vector = vec![0; columns];
        vector[free] = common;
        for (pivot, row) in &basis {
            let multiple = row[free].checked_mul(common).ok_or(TooLarge)?;
            vector[*pivot] = -(multiple / row[*pivot]);
        }
        Ok(vector)
    })
    .collect()
}

/// Whether numbers `y > 0` have `sum of y[i] columns[i] = 0`; `columns` are vectors of `size`.
///
/// `y` can be scaled so that each is at least 1, so with `y = 1 + s` this asks for `s >= 0` with
/// `sum of s[i] columns[i] = - sum of columns[i]`: phase one of the simplex, with Bland's rule (it
/// cannot cycle) and pivots that keep integers over one common denominator (Edmonds).
fn has_positive_relation(columns: &[Vec<i128>], size: usize) -> Exact<bool> {
    let width = columns.len();
    // One row for each coordinate: the columns, then the right side. Artificial variables are basic at first.
    let mut tableau: Vec<Vec<i128>> = Vec::with_capacity(size + 1);
    for coordinate in 0..size {
        let mut row: Vec<i128> = columns.iter().map(|column| column[coordinate]).collect();
        let total = row
            .iter()
            .try_fold(0_i128, |sum, value| sum.checked_add(*value))
            .ok_or(TooLarge)?;
        row.push(-total);
        if total > 0 {
            for value in &mut row {
                *value = -*value;
            }
        }
        tableau.push(row);
    }
    // The sum of the artificial variables is to become 0: the objective is the sum of the rows.
    let mut objective = vec![0_i128; width + 1];
    for row in &tableau {
        for (sum, value) in objective.iter_mut().zip(row) {
            *sum = sum.checked_add(*value).ok_or(TooLarge)?;
        }
    }
    tableau.push(objective);
    let mut basic: Vec<usize> = (width..width + size).collect();
    let mut denominator = 1;
    while tableau[size][width] > 0 {
        let Some(entering) = (0..width).find(|column| tableau[size][*column] > 0) else {
            return Ok(false);
        };
        let mut leaving: Option<usize> = None;
        for row in (0..size).filter(|row| tableau[*row][entering] > 0) {
            let better = match leaving {
                None => true,
                Some(best) => {
                    let (new, old) = (&tableau[row], &tableau[best]);
                    let left = new[width].checked_mul(old[entering]).ok_or(TooLarge)?;
                    let right = old[width].checked_mul(new[entering]).ok_or(TooLarge)?;
                    left < right || (left == right && basic[row] < basic[best])
                }
            };
            if better {
                leaving = Some(row);
            }
        }
        // The objective is bounded below by 0, so some row limits the entering variable.
        let Some(leaving) = leaving else { return Ok(false) };
        let pivot_row = tableau[leaving].clone();
        let pivot = pivot_row[entering];
        for (index, row) in tableau.iter_mut().enumerate().filter(|(index, _)| *index != leaving) {
            debug_assert!(index <= size, "one row for each coordinate and the objective");
            let factor = row[entering];
            for (entry, other) in row.iter_mut().zip(&pivot_row) {
                *entry = difference(*entry, pivot, factor, *other)? / denominator;
            }
        }
        basic[leaving] = entering;
        denominator = pivot;
    }
    Ok(true)
}

/// `a b - c d`, if it fits.
fn difference(a: i128, b: i128, c: i128, d: i128) -> Exact<i128> {
    let left = a.checked_mul(b).ok_or(TooLarge)?;
    let right = c.checked_mul(d).ok_or(TooLarge)?;
    left.checked_sub(right).ok_or(TooLarge)
}

fn product(a: &[i128], b: &[i128]) -> Exact<i128> {
    a.iter()
        .zip(b)
        .try_fold(0_i128, |sum, (a, b)| a.checked_mul(*b)?.checked_add(sum))
        .ok_or(TooLarge)
}

/// The vector without its common factor, its direction kept.
fn primitive(mut vector: Vec<i128>) -> Vec<i128> {
    let mut common = 0;
    for value in &vector {
        common = gcd(common, *value);
        if common == 1 {
            return vector;
        }
    }
    if common > 1 {
        for value in &mut vector {
            *value /= common;
        }
    }
    vector
}

fn gcd(mut a: i128, mut b: i128) -> i128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.abs()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::multiple_systems::model::{Model, pairs};

    fn code(lists: usize, counts: &[f64], terms: &[u16]) -> u8 {
        let table = Table::from_counts(lists, counts.to_vec());
        let model = Model::from_terms(lists, terms.iter().copied());
        check(&table, &Reduction::new(&table, &model.terms())).unwrap().code()
    }

    /// Chan, Silverman and Vincent (2021), Journal of the American Statistical Association, tables 2 and 3.
    #[test]
    fn the_artificial_table_gives_the_published_codes() {
        let counts = [0.0, 40.0, 30.0, 6.0, 20.0, 0.0, 0.0, 0.0];
        let (ab, ac, bc) = (0b011, 0b101, 0b110);
        assert_eq!(code(3, &counts, &[]), 0, "independent lists");
        assert_eq!(code(3, &counts, &[ab, ac, bc]), 2);
        assert_eq!(code(3, &counts, &[ab]), 1);
        assert_eq!(code(3, &counts, &[ac, bc]), 0);
    }

    #[test]
    fn lists_without_any_overlap_have_no_estimate() {
        assert_ne!(code(3, &[0.0, 5.0, 6.0, 0.0, 7.0, 0.0, 0.0, 0.0], &[]), 0);
    }

    #[test]
    fn a_full_table_has_an_estimate_under_every_model_without_the_triple() {
        let counts = [0.0, 5.0, 6.0, 1.0, 7.0, 2.0, 3.0, 1.0];
        assert_eq!(code(3, &counts, &pairs(3)), 0);
    }

    #[test]
    fn a_prime_and_the_integers_agree_on_rank() {
        let terms: Vec<u16> = (0..16).collect();
        assert!(
            !is_full_rank(1..16, &terms),
            "15 histories cannot tell 16 parameters apart"
        );
        assert!(is_full_rank(1..16, &terms[..15]));
        let rows = |number: u16| (1..16).map(move |h: u16| (0..number).map(|t| i128::from(h & t == t)).collect());
        assert_eq!(echelon(rows(16), 16).unwrap().len(), 15);
        let kernel = kernel(rows(16), 16).unwrap();
        assert_eq!(kernel.len(), 1);
        assert!(rows(16).all(|row: Vec<i128>| product(&row, &kernel[0]).unwrap() == 0));
    }

    #[test]
    fn a_positive_relation_needs_directions_on_every_side() {
        let yes = [vec![1, 0], vec![0, 1], vec![-2, -3]];
        assert!(has_positive_relation(&yes, 2).unwrap());
        let no = [vec![1, 0], vec![0, 1], vec![-2, 3]];
        assert!(!has_positive_relation(&no, 2).unwrap());
        assert!(has_positive_relation(&[], 2).unwrap(), "nothing to balance");
    }

    proptest! {
        #[test]
        fn full_rank_modulo_a_prime_agrees_with_the_integers(
            filled in proptest::collection::vec(any::<bool>(), 32),
            chosen in proptest::collection::vec(any::<bool>(), 10),
        ) {
            let mut counts: Vec<f64> = filled.iter().map(|filled| f64::from(u8::from(*filled))).collect();
            counts[0] = 0.0;
            let table = Table::from_counts(5, counts);
            let terms = pairs(5).into_iter().zip(chosen).filter(|(_, chosen)| *chosen).map(|(pair, _)| pair);
            let reduction = Reduction::new(&table, &Model::from_terms(5, terms).terms());
            let (quick, exact) = (check(&table, &reduction).unwrap(), check_in_integers(&table, &reduction).unwrap());
            prop_assert_eq!(quick, exact);
        }
    }
}
