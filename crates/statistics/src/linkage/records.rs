//! Linkage by CLKs alone, as other tools do it: two records are one person when their Dice coefficient reaches a threshold.
//!
//! It is for lists of partners who use clkhash. Filters for each column link better ([`link`](super::link)), because in one filter
//! for everything a wrong town weighs as much as a wrong name; and a threshold must be chosen, where chances are learned.
//! All pairs are compared, so the cost is the product of the lists' lengths ([`search`](super::search)).

use super::bits::{self, Filters};
use super::field::{Field, Layout, Role};
use super::pool::{Pool, PoolError};
use super::popcount::Engine;
use super::resolve::{self, Clusters};
use super::search::search;

/// The highest Dice coefficient that odds are made of: equal CLKs are not quite certain.
const ALMOST_EQUAL: f64 = 1.0 - 1e-9;

/// Who is whom of lists of CLKs, each with whether nobody is on it twice, and how many pairs were alike enough. `dice` is the
/// threshold, above 0 and below 1.
///
/// # Errors
/// An empty list, a list of CLKs of another length, or too many records.
pub fn link(lists: &[(&Filters, bool)], dice: f64) -> Result<(Pool, Clusters, usize), PoolError> {
    // The pool knows CLKs as records of one field.
    let whole = Field {
        role: Role::Text,
        column: "CLK".to_owned(),
        bits: lists.first().map_or(0, |(clks, _)| clks.bits()).next_multiple_of(64),
    };
    let pool = Pool::new(&Layout::new(vec![whole]), lists)?;
    let engine = Engine::best();
    let mut alike = Vec::new();
    for (number, (clks, is_duplicate_free)) in lists.iter().enumerate() {
        let start = pool.lists()[number].start;
        for (earlier, (others, _)) in lists[..number].iter().enumerate() {
            let other_start = pool.lists()[earlier].start;
            let found = search(clks, others, dice, engine);
            alike.extend(
                found
                    .iter()
                    .map(|pair| (start + pair.one, other_start + pair.other, pair.dice)),
            );
        }
        if !is_duplicate_free {
            let found = search(clks, clks, dice, engine);
            let once = found.iter().filter(|pair| pair.other < pair.one);
            alike.extend(once.map(|pair| (start + pair.one, start + pair.other, pair.dice)));
        }
    }
    // The further above the threshold, the more certain; the threshold itself is as likely as not.
    let odds = |dice: f64| {
        let dice = dice.clamp(1.0 - ALMOST_EQUAL, ALMOST_EQUAL);
        (dice / (1.0 - dice)).ln()
    };
    let weight = |found: f64| odds(found) - odds(dice);
    let pairs: Vec<(u32, u32, f64)> = alike
        .iter()
        .map(|(one, other, dice)| (*one, *other, 1.0 / (1.0 + (-weight(*dice)).exp())))
        .collect();
    let clk = |record: u32| {
        let list = usize::from(pool.list_of(record));
        lists[list].0.get((record - pool.lists()[list].start) as usize)
    };
    let compare = |one: u32, other: u32| weight(bits::dice(clk(one), clk(other)));
    let clusters = resolve::clusters(&pool, &pairs, 0.5, compare);
    Ok((pool, clusters, pairs.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// CLKs of 128 bits of which the first `n` are set, but for one.
    fn clks(of: &[(usize, usize)]) -> Filters {
        let mut filters = Filters::new(128);
        for (n, without) in of {
            let mut words = vec![0; 2];
            for place in (0..*n).filter(|place| place != without) {
                bits::set(&mut words, place);
            }
            filters.push(&words);
        }
        filters
    }

    #[test]
    fn three_lists_are_linked_and_each_has_a_person_once() {
        let (one, other, third) = (
            clks(&[(40, 1), (90, 1)]),
            clks(&[(40, 2), (40, 3)]),
            clks(&[(90, 5), (10, 1)]),
        );
        let (pool, clusters, alike) = link(&[(&one, true), (&other, true), (&third, true)], 0.9).unwrap();
        assert_eq!(alike, 3);
        assert_eq!(pool.len(), 6);
        assert_eq!(clusters.len(), 4);
        assert_ne!(clusters.of(2), clusters.of(3), "nobody is on the second list twice");
        assert_eq!(clusters.of(1), clusters.of(4));
        let (_, clusters, _) = link(&[(&other, false)], 0.9).unwrap();
        assert_eq!(
            clusters.len(),
            1,
            "where a list may have somebody twice, they are found"
        );
    }

    #[test]
    fn lists_that_do_not_fit_are_refused() {
        let one = clks(&[(40, 1)]);
        let longer = Filters::from_words(256, vec![1; 4]);
        assert_eq!(
            link(&[(&one, true), (&longer, true)], 0.8).unwrap_err(),
            PoolError::OtherFields(2)
        );
        assert_eq!(
            link(&[(&one, true), (&clks(&[]), true)], 0.8).unwrap_err(),
            PoolError::EmptyList(2)
        );
    }
}
