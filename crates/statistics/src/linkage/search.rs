//! All pairs of filters of two lists whose Dice coefficient reaches a threshold.
//!
//! Both lists are sorted by how many bits are set. Filters `a` and `b` can reach threshold `t` only if
//! `|b| t / (2 - t) <= |a| <= |b| (2 - t) / t`, so each filter meets only a stretch of the other list; within it, a
//! comparison ends where the words not yet seen cannot make up what is lacking. Both bounds are exact: nothing is lost.
//! (Sehili, Kolb, Borgs, Schnell and Rahm 2015, “Privacy preserving record linkage with `PPJoin`”.)

use rayon::prelude::*;

use super::bits::{self, Filters};
use super::popcount::{Eight, Engine, LANES, Scan};

/// Filters of the first list that one thread takes at a time.
const BLOCK: usize = 128;
/// Groups of the second list that stay in the nearest cache meanwhile.
const TILE: usize = 24;
/// After how many words of a filter of 16 it can be asked whether the rest can still make up what is lacking.
const EARLY: [usize; 7] = [4, 6, 7, 8, 9, 10, 12];
/// What asking in vain costs, in words: the processor has begun to work on the next group.
const IN_VAIN: f64 = 10.0;
/// Filters of the first list, and groups of the second, that say how often it would be in vain.
const SAMPLE: usize = 128;

/// Two filters that are alike.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alike {
    /// Its number in the first list.
    pub one: u32,
    /// Its number in the second list.
    pub other: u32,
    /// Their Dice coefficient.
    pub dice: f64,
}

/// A list sorted by bits set and laid out in groups of eight.
struct Sorted {
    /// Numbers of the filters in the list, by rising count.
    order: Vec<u32>,
    /// Bits set, in that order.
    counts: Vec<u32>,
    /// Words of groups of eight; the last is filled up with empty filters.
    groups: Vec<Eight>,
}

/// Pairs whose Dice coefficient is at least `threshold` (above 0), by their numbers in the two lists.
///
/// # Panics
///
/// Panics when the lists' filters differ in length, or a list has more than four thousand million.
pub fn search(one: &Filters, other: &Filters, threshold: f64, engine: Engine) -> Vec<Alike> {
    assert_eq!(one.bits(), other.bits(), "filters of one length");
    let threshold = threshold.clamp(1e-6, 1.0);
    let sorted = Sorted::new(other);
    let mut first: Vec<(u32, u32)> = (0..)
        .zip(one.iter())
        .map(|(index, filter)| (bits::count(filter), index))
        .collect();
    first.sort_unstable();
    let most = 2 * one.bits();
    // The fewest common bits for a sum of bits set, so that rounding is decided once.
    let least: Vec<u32> = (0..=most)
        .map(|sum| {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most the sum")]
            let near = (threshold * sum as f64 / 2.0).floor() as u32;
            (near..near + 2)
                .find(|common| reaches(*common, sum, threshold))
                .unwrap_or(near + 2)
        })
        .collect();
    let early = sorted.early(one, &least);
    first
        .par_chunks(BLOCK)
        .map(|block| {
            let mut found = Vec::new();
            sorted.compare(one, other, block, &least, early, threshold, engine, &mut found);
            found
        })
        .reduce(Vec::new, |mut all, more| {
            all.extend(more);
            all
        })
}

fn reaches(common: u32, sum: usize, threshold: f64) -> bool {
    sum > 0 && f64::from(2 * common) / sum as f64 >= threshold
}

impl Sorted {
    fn new(filters: &Filters) -> Self {
        let mut order: Vec<(u32, u32)> = filters
            .iter()
            .zip(0..)
            .map(|(filter, index)| (bits::count(filter), index))
            .collect();
        order.sort_unstable();
        let stride = filters.stride();
        let mut groups = vec![Eight::default(); order.len().div_ceil(LANES) * stride];
        for (place, (_, index)) in order.iter().enumerate() {
            let group = &mut groups[place / LANES * stride..][..stride];
            for (eight, bits) in group.iter_mut().zip(filters.get(*index as usize)) {
                eight.0[place % LANES] = *bits;
            }
        }
        Self {
            counts: order.iter().map(|(count, _)| *count).collect(),
            order: order.into_iter().map(|(_, index)| index).collect(),
            groups,
        }
    }

    /// After how many words to ask whether a group can still reach what is needed: where a sample of both lists is compared
    /// with the least work. (Names have parts in common, so filters of people who are not alike have more in common than
    /// bits set at random, and no formula says how much.)
    fn early(&self, one: &Filters, least: &[u32]) -> usize {
        let words = one.stride();
        if words != 16 || one.is_empty() || self.order.is_empty() {
            return words;
        }
        let groups: Vec<(u32, &[Eight])> = self
            .counts
            .chunks(LANES)
            .zip(self.groups.chunks_exact(words))
            .step_by((self.order.len() / LANES / SAMPLE).max(1))
            .map(|(counts, group)| (counts[0], group))
            .collect();
        let mut looked = 0_u32;
        let mut in_vain = [0_u32; EARLY.len()];
        for filter in one.iter().step_by((one.len() / SAMPLE).max(1)) {
            let count = bits::count(filter);
            for (other, group) in &groups {
                looked += 1;
                let least = least[(count + other) as usize];
                let (mut common, mut rest, mut from) = ([0; LANES], count, 0);
                for (early, in_vain) in EARLY.iter().zip(&mut in_vain) {
                    for (word, eight) in filter[from..*early].iter().zip(&group[from..*early]) {
                        rest -= word.count_ones();
                        for (common, other) in common.iter_mut().zip(&eight.0) {
                            *common += (word & other).count_ones();
                        }
                    }
                    from = *early;
                    *in_vain += u32::from(common.iter().any(|common| common + rest >= least));
                }
            }
        }
        let cost = |(early, in_vain): (&usize, &u32)| {
            let share = f64::from(*in_vain) / f64::from(looked);
            *early as f64 + share * ((words - early) as f64 + IN_VAIN)
        };
        let costs = EARLY.iter().zip(&in_vain).map(|look| (*look.0, cost(look)));
        let never = (words, words as f64);
        costs
            .chain([never])
            .min_by(|one, other| one.1.total_cmp(&other.1))
            .map_or(words, |(early, _)| early)
    }

    #[expect(clippy::too_many_arguments, reason = "the inner part of one function")]
    fn compare(
        &self,
        one: &Filters,
        other: &Filters,
        block: &[(u32, u32)],
        least: &[u32],
        early: usize,
        threshold: f64,
        engine: Engine,
        found: &mut Vec<Alike>,
    ) {
        let size = one.stride();
        // Which groups each filter of the block must meet.
        let stretches: Vec<(usize, usize)> = block
            .iter()
            .map(|(count, _)| {
                let count = f64::from(*count);
                let low = count * threshold / (2.0 - threshold) - 1e-9;
                let high = count * (2.0 - threshold) / threshold + 1e-9;
                let from = self.counts.partition_point(|other| f64::from(*other) < low);
                let to = self.counts.partition_point(|other| f64::from(*other) <= high);
                if from < to {
                    (from / LANES, to.div_ceil(LANES))
                } else {
                    (0, 0)
                }
            })
            .collect();
        let from = stretches
            .iter()
            .filter(|(from, to)| from < to)
            .map(|(from, _)| *from)
            .min()
            .unwrap_or(0);
        let to = stretches.iter().map(|(_, to)| *to).max().unwrap_or(0);
        let rests: Vec<u32> = block
            .iter()
            .map(|(_, index)| bits::count(&one.get(*index as usize)[early..]))
            .collect();
        let mut hits = Vec::new();
        for tile in (from..to).step_by(TILE) {
            for ((count, index), ((from, to), rest)) in block.iter().zip(stretches.iter().zip(&rests)) {
                let (from, to) = ((*from).max(tile), (*to).min(tile + TILE));
                if from >= to || *count == 0 {
                    continue;
                }
                // Sorted by bits set, so the first of the stretch needs the least.
                let least = least[(count + self.counts[from * LANES]) as usize];
                let filter = one.get(*index as usize);
                hits.clear();
                let scan = Scan {
                    filter,
                    groups: &self.groups[from * size..to * size],
                    least: u64::from(least),
                    least_early: u64::from(least.saturating_sub(*rest)),
                    early,
                };
                engine.scan(&scan, &mut hits);
                for hit in &hits {
                    let first = (from + *hit as usize) * LANES;
                    for place in first..(first + LANES).min(self.order.len()) {
                        let partner = self.order[place];
                        let common = bits::overlap(filter, other.get(partner as usize));
                        let sum = (count + self.counts[place]) as usize;
                        if reaches(common, sum, threshold) {
                            found.push(Alike {
                                one: *index,
                                other: partner,
                                dice: f64::from(2 * common) / sum as f64,
                            });
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(one: &Filters, other: &Filters, threshold: f64) -> Vec<(u32, u32)> {
        let mut pairs = Vec::new();
        for (a, first) in (0..).zip(one.iter()) {
            for (b, second) in (0..).zip(other.iter()) {
                if bits::dice(first, second) >= threshold {
                    pairs.push((a, b));
                }
            }
        }
        pairs
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn the_bounds_lose_nothing(
            words in prop_oneof![Just(16_usize), 1_usize..6],
            seed in proptest::collection::vec(any::<u64>(), 64),
            kept in proptest::collection::vec(any::<u64>(), 40),
            threshold in 0.3_f64..1.0,
        ) {
            // Thinned copies of a few filters: many are alike, with all numbers of bits set.
            let list = |from: usize, n: usize| {
                let mut filters = Filters::new(words * 64);
                for index in 0..n {
                    let filter: Vec<u64> = (0..words)
                        .map(|word| seed[(index % 3 * 17 + word) % 64] & (kept[(from + index + word) % 40] | kept[(from + index) % 40]))
                        .collect();
                    filters.push(&filter);
                }
                filters
            };
            let (one, other) = (list(0, 21), list(11, 30));
            let expected = plain(&one, &other, threshold);
            for engine in Engine::available() {
                let mut found: Vec<(u32, u32)> = search(&one, &other, threshold, engine)
                    .iter()
                    .map(|pair| (pair.one, pair.other))
                    .collect();
                found.sort_unstable();
                prop_assert_eq!(&found, &expected, "{}", engine.name());
            }
        }
    }

    #[test]
    fn empty_lists_and_empty_filters_have_no_pairs() {
        let none = Filters::new(128);
        let empty = Filters::from_words(128, vec![0; 4]);
        assert!(search(&none, &empty, 0.5, Engine::best()).is_empty());
        assert!(search(&empty, &empty, 0.5, Engine::best()).is_empty());
    }
}
