//! Published attacks on encodings, to be run against one's own: how many names can somebody find who has the encodings
//! and a list of usual names, but not the secret?
//!
//! Three of them. [`frequency`] lines up the commonest filters with the commonest names (Christen, Schnell, Vatsalan and
//! Ranbaduge 2017, “Efficient cryptanalysis of Bloom filters for privacy-preserving record linkage”, PAKDD). [`patterns`]
//! looks for bits that stand together as often as a pair of letters does, and needs no equal filters (Christen,
//! Vidanage, Ranbaduge and Schnell 2018, “Pattern-mining based cryptanalysis of Bloom filters for privacy-preserving record
//! linkage”, PAKDD). [`ranks`] guesses the values of a column with few of them, such as years, by how common each is. The first
//! two then ask which usual name fits what they learned of a filter. The attacker is taken to know
//! everything but the secret: how names are cut, and how many bits a pair of letters sets.
//!
//! [`denoised`] takes a bounded noise away before any of them, which is why noise is not offered.

use std::collections::HashMap;

use rayon::prelude::*;

use super::bits::{self, Filters};

/// What the attacker knows beforehand: names with how common they are, and how a name is cut into tokens.
pub struct Background<'a> {
    /// Names, the commonest first, each with its share.
    pub names: &'a [(String, f64)],
    /// The tokens of a name.
    pub tokens: &'a dyn Fn(&str) -> Vec<String>,
    /// How many bits a token sets at least.
    pub k: usize,
}

/// What the attacker has learned: for tokens, the places that their bits may have.
type Learned = HashMap<String, Vec<u64>>;

/// Names that were so common that the frequency attack trusts their rank.
const TRUSTED: usize = 12;
/// Tokens that pattern mining looks for.
const MINED: usize = 40;
/// For each bit of a pattern, how many others are tried.
const PARTNERS: usize = 4;

/// Guesses a name for each filter by lining up frequencies; no guess where nothing or too much fits.
pub fn frequency(filters: &Filters, background: &Background<'_>) -> Vec<Option<usize>> {
    let mut counts: HashMap<&[u64], usize> = HashMap::new();
    for filter in filters.iter().filter(|filter| bits::count(filter) > 0) {
        *counts.entry(filter).or_default() += 1;
    }
    let mut common: Vec<(&[u64], usize)> = counts.into_iter().filter(|(_, count)| *count > 1).collect();
    common.sort_by(|(filter, count), (other, other_count)| other_count.cmp(count).then(filter.cmp(other)));
    let mut learned = Learned::new();
    for ((filter, _), (name, _)) in common.iter().zip(background.names).take(TRUSTED) {
        for token in (background.tokens)(name) {
            // A token's bits are among those of every name with it.
            let places = learned.entry(token).or_insert_with(|| vec![u64::MAX; filter.len()]);
            places
                .iter_mut()
                .zip(*filter)
                .for_each(|(places, word)| *places &= word);
        }
    }
    if common.is_empty() {
        return vec![None; filters.len()];
    }
    let mut guesses = guess(filters, background, &learned);
    // The names that were lined up are guesses too.
    for (guess, filter) in guesses.iter_mut().zip(filters.iter()) {
        if let Some(rank) = common.iter().take(TRUSTED).position(|(other, _)| *other == filter) {
            *guess = Some(rank);
        }
    }
    guesses
}

/// Guesses a value for each filter by rank alone: the commonest filter is the commonest value. No guess beyond the last rank.
pub fn ranks(filters: &Filters) -> Vec<Option<usize>> {
    let mut counts: HashMap<&[u64], usize> = HashMap::new();
    for filter in filters.iter().filter(|filter| bits::count(filter) > 0) {
        *counts.entry(filter).or_default() += 1;
    }
    let mut order: Vec<(&[u64], usize)> = counts.into_iter().collect();
    order.sort_by(|(filter, count), (other, other_count)| other_count.cmp(count).then(filter.cmp(other)));
    let ranks: HashMap<&[u64], usize> = (0..).zip(order).map(|(rank, (filter, _))| (filter, rank)).collect();
    filters.iter().map(|filter| ranks.get(filter).copied()).collect()
}

/// Takes a noise of at most `flips` bits for each filter away: copies of one value differ in twice as many bits at most and
/// different values in many more, so those within that distance of one another are one value, and most of them have each
/// bit right.
pub fn denoised(filters: &Filters, flips: u32) -> Filters {
    let distance = |one: &[u64], other: &[u64]| -> u32 {
        let differ = one.iter().zip(other).map(|(one, other)| (one ^ other).count_ones());
        differ.sum()
    };
    // The first filter of each value, and for each filter its value.
    let mut first: Vec<&[u64]> = Vec::new();
    let of: Vec<usize> = filters
        .iter()
        .map(|filter| {
            let known = first.iter().position(|other| distance(filter, other) <= 2 * flips);
            known.unwrap_or_else(|| {
                first.push(filter);
                first.len() - 1
            })
        })
        .collect();
    let mut votes = vec![vec![0_i32; filters.bits()]; first.len()];
    for (filter, value) in filters.iter().zip(&of) {
        for (place, vote) in votes[*value].iter_mut().enumerate() {
            *vote += if bits::is_set(filter, place) { 1 } else { -1 };
        }
    }
    let mut clean = Filters::new(filters.bits());
    for value in of {
        let mut words = vec![0; filters.stride()];
        for (place, _) in votes[value].iter().enumerate().filter(|(_, vote)| **vote > 0) {
            bits::set(&mut words, place);
        }
        clean.push(&words);
    }
    clean
}

/// Guesses a name for each filter by mining bits that stand together.
pub fn patterns(filters: &Filters, background: &Background<'_>) -> Vec<Option<usize>> {
    let mut shares: HashMap<String, f64> = HashMap::new();
    for (name, share) in background.names {
        for token in (background.tokens)(name) {
            *shares.entry(token).or_default() += share;
        }
    }
    let total: f64 = background.names.iter().map(|(_, share)| share).sum();
    let mut shares: Vec<(String, f64)> = shares
        .into_iter()
        .map(|(token, share)| (token, share / total))
        .collect();
    shares.sort_by(|(token, one), (other_token, other)| other.total_cmp(one).then(token.cmp(other_token)));
    let k = background.k;
    let columns = columns(filters);
    // The bits that each bit stands together with most often: a pattern with it is sought among those alone.
    let partners: Vec<Vec<usize>> = (0..columns.len())
        .into_par_iter()
        .map(|seed| {
            let mut others: Vec<usize> = (0..columns.len()).filter(|place| *place != seed).collect();
            others.sort_by_cached_key(|place| std::cmp::Reverse(bits::overlap(&columns[seed], &columns[*place])));
            others.truncate(PARTNERS * k);
            others
        })
        .collect();
    let n = filters.len() as f64;
    let mut learned = Learned::new();
    let mut taken: Vec<Vec<usize>> = Vec::new();
    for (token, share) in shares.into_iter().take(MINED) {
        let expected = share * n;
        let best = (0..columns.len())
            .into_par_iter()
            .filter(|seed| f64::from(bits::count(&columns[*seed])) >= 0.9 * expected)
            .filter_map(|seed| together(&columns, &partners[seed], seed, k, 0.9 * expected))
            .filter(|(places, _)| !taken.contains(places))
            .min_by(|(_, one), (_, other)| (one - expected).abs().total_cmp(&(other - expected).abs()));
        let Some((places, support)) = best else { continue };
        // Bits that only happen to stand together as often would mislead.
        if (support - expected).abs() > 0.05 * expected + 2.0 {
            continue;
        }
        let mut words = vec![0; filters.stride()];
        for place in &places {
            bits::set(&mut words, *place);
        }
        learned.insert(token, words);
        taken.push(places);
    }
    guess(filters, background, &learned)
}

/// For each bit, the filters that have it.
fn columns(filters: &Filters) -> Vec<Vec<u64>> {
    let mut columns = vec![vec![0; bits::words_of(filters.len())]; filters.bits()];
    for (index, filter) in filters.iter().enumerate() {
        for (place, column) in columns.iter_mut().enumerate() {
            if bits::is_set(filter, place) {
                bits::set(column, index);
            }
        }
    }
    columns
}

/// The `k` bits that stand together most often, `seed` and some of its partners, and in how many filters.
fn together(columns: &[Vec<u64>], partners: &[usize], seed: usize, k: usize, least: f64) -> Option<(Vec<usize>, f64)> {
    let mut partners = partners.to_vec();
    let mut with = columns[seed].clone();
    let mut places = vec![seed];
    while places.len() < k {
        let (at, support) = partners
            .iter()
            .enumerate()
            .map(|(at, place)| (at, bits::overlap(&with, &columns[*place])))
            .max_by_key(|(at, support)| (*support, std::cmp::Reverse(*at)))?;
        if f64::from(support) < least {
            return None;
        }
        let next = partners.swap_remove(at);
        with.iter_mut()
            .zip(&columns[next])
            .for_each(|(with, column)| *with &= column);
        places.push(next);
        if places.len() + partners.len() < k {
            return None;
        }
    }
    places.sort_unstable();
    Some((places, f64::from(bits::count(&with))))
}

/// The name that fits each filter best: its known tokens must be there, and explain as much of the filter as can be.
fn guess(filters: &Filters, background: &Background<'_>, learned: &Learned) -> Vec<Option<usize>> {
    if learned.is_empty() {
        return vec![None; filters.len()];
    }
    let names: Vec<(Vec<&Vec<u64>>, usize)> = background
        .names
        .iter()
        .map(|(name, _)| {
            let tokens = (background.tokens)(name);
            let known = tokens.iter().filter_map(|token| learned.get(token)).collect();
            (known, tokens.len())
        })
        .collect();
    let mut cache: HashMap<&[u64], Option<usize>> = HashMap::new();
    filters
        .iter()
        .map(|filter| {
            if bits::count(filter) == 0 {
                return None;
            }
            *cache
                .entry(filter)
                .or_insert_with(|| best(filter, &names, background.k))
        })
        .collect()
}

fn best(filter: &[u64], names: &[(Vec<&Vec<u64>>, usize)], k: usize) -> Option<usize> {
    let least = u32::try_from(k * 3 / 4).unwrap_or(u32::MAX);
    let mut scores: Vec<(f64, usize)> = Vec::new();
    for (index, (known, n_tokens)) in names.iter().enumerate() {
        if known.is_empty() || 2 * known.len() < *n_tokens {
            continue;
        }
        // Some of what was learned is wrong, so one token that does not fit rules nothing out.
        let fits = |places: &&&Vec<u64>| bits::overlap(places, filter) >= least.min(bits::count(places));
        let n_fit = known.iter().filter(fits).count();
        let explained: Vec<u64> = (0..filter.len())
            .map(|word| known.iter().fold(0, |sum, places| sum | places[word]) & filter[word])
            .collect();
        let share = f64::from(bits::count(&explained)) / f64::from(bits::count(filter));
        scores.push((n_fit as f64 / *n_tokens as f64 + share, index));
    }
    scores.sort_by(|(one, index), (other, other_index)| other.total_cmp(one).then(index.cmp(other_index)));
    match scores.as_slice() {
        [] => None,
        [(score, index)] => (*score > 1.0).then_some(*index),
        [(score, index), (next, _), ..] => (*score > 1.0 && score > next).then_some(*index),
    }
}

/// The share of filters whose name was guessed right; `truth` is the place of each in the background list, if it has one.
pub fn rate(guesses: &[Option<usize>], truth: &[Option<usize>]) -> f64 {
    let right = guesses
        .iter()
        .zip(truth)
        .filter(|(guess, truth)| guess.is_some() && guess == truth)
        .count();
    right as f64 / guesses.len().max(1) as f64
}
