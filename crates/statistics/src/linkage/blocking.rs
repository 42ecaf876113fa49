//! Which pairs are compared at all: locality-sensitive blocking on pairs of fields.
//!
//! A table puts records into blocks by two (or three) fields; only records that share a block of some table are compared.
//! A field counts either as its whole value or by min-hashes of its filter's bits, which agree for two filters as often
//! as the share of bits that they have in common among all (Broder 1997; for encodings Karapiperis and Verykios 2015, “An
//! LSH-based blocking approach with a homomorphic matching technique for privacy-preserving record linkage”, IEEE TKDE 27,
//! 909-921). So somebody is missed only where no two fields of theirs agree, not even nearly.
//!
//! Which tables are worth it is measured on the lists themselves: one that would compare a record with too many others is
//! made finer by a third field or left out.

use rand::RngExt as _;
use rand::rngs::ChaCha8Rng;
use rayon::prelude::*;

use super::pool::{Pool, mix};
use crate::multiple_systems::stream::{Purpose, stream};

/// How many times a table's comparisons all together may cost before only the first tables are made.
const FREELY: f64 = 6.0;
/// The most tables, however cheap.
const MOST_TABLES: usize = 96;

/// How blocks are made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// With how many others a table may let a record be compared, on average.
    pub comparisons: f64,
    /// So many tables, and more of them only where all together are cheap.
    pub tables: usize,
    /// How often a table with min-hashes is repeated with others.
    pub repeats: usize,
    /// Decides the min-hashes.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            comparisons: 60.0,
            tables: 28,
            repeats: 2,
            seed: 1,
        }
    }
}

/// How one field counts in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Its value.
    Whole(usize),
    /// Min-hashes of its filter: `round` tells them from others.
    Hashes { field: usize, round: usize },
}

/// A way to put records into blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Scheme {
    parts: Vec<Part>,
}

/// Records by block: those of one block stand together, by rising number.
#[derive(Debug)]
struct Table {
    order: Vec<u32>,
    /// Where the block of each record begins in `order`; `u32::MAX` for a record without a block.
    start: Vec<u32>,
}

/// Blocks of all tables.
#[derive(Debug)]
pub struct Blocks {
    tables: Vec<Table>,
    described: Vec<String>,
}

/// Min-hashes of one field's values, by round.
struct Hashes {
    rounds: Vec<Vec<u64>>,
}

impl Blocks {
    /// Makes blocks of a pool.
    pub fn new(pool: &Pool, options: &Options) -> Self {
        let hashes = hashes(pool, options);
        let schemes = schemes(pool, &hashes, options);
        let tables = schemes
            .par_iter()
            .map(|scheme| Table::new(pool, &hashes, scheme))
            .collect();
        let described = schemes.iter().map(|scheme| described(pool, scheme)).collect();
        Self { tables, described }
    }

    /// Whether there is no table: every one would compare each record with too many others.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// What each table goes by.
    pub fn described(&self) -> &[String] {
        &self.described
    }

    /// Calls `with` once for each record before `record` that shares a block with it and may match it. `seen` has one
    /// place for each record, all 0 at first, and stays with one thread.
    pub(super) fn each(&self, pool: &Pool, record: u32, seen: &mut [u32], mut with: impl FnMut(u32)) {
        let limit = pool.limit(record);
        let stamp = record + 1;
        for table in &self.tables {
            let start = table.start[record as usize];
            if start == u32::MAX {
                continue;
            }
            for other in &table.order[start as usize..] {
                if *other >= limit {
                    break;
                }
                let place = &mut seen[*other as usize];
                if *place != stamp {
                    *place = stamp;
                    with(*other);
                }
            }
        }
    }

    /// The share of known pairs that share a block: the recall of blocking.
    pub fn recall(&self, pairs: &[(u32, u32)]) -> f64 {
        let found = pairs
            .iter()
            .filter(|(one, other)| {
                self.tables.iter().any(|table| {
                    let start = table.start[*one as usize];
                    start != u32::MAX && start == table.start[*other as usize]
                })
            })
            .count();
        found as f64 / pairs.len().max(1) as f64
    }
}

impl Table {
    fn new(pool: &Pool, hashes: &[Option<Hashes>], scheme: &Scheme) -> Self {
        let n = pool.len();
        let mut keyed: Vec<(u64, u32)> = (0..u32::try_from(n).expect("at most 1,000,000,000"))
            .filter_map(|record| Some((key(pool, hashes, scheme, record)?, record)))
            .collect();
        keyed.par_sort_unstable();
        let mut start = vec![u32::MAX; n];
        let mut begin = 0;
        for (index, (key, record)) in (0_u32..).zip(&keyed) {
            if index > 0 && keyed[index as usize - 1].0 != *key {
                begin = index;
            }
            start[*record as usize] = begin;
        }
        // A block ends where a later one begins: `each` stops at the records that may not match, and blocks of other
        // keys come after all of those only if the last block is closed. A closing mark does that for every block.
        Self::closed(&keyed, start)
    }

    /// Puts a mark behind each block, so that reading one stops there.
    fn closed(keyed: &[(u64, u32)], mut start: Vec<u32>) -> Self {
        let mut order = Vec::with_capacity(keyed.len() + keyed.len() / 4 + 1);
        let mut moved = 0;
        for (index, (key, record)) in keyed.iter().enumerate() {
            if index > 0 && keyed[index - 1].0 != *key {
                order.push(u32::MAX);
                moved += 1;
            }
            start[*record as usize] += moved;
            order.push(*record);
        }
        order.push(u32::MAX);
        Self { order, start }
    }
}

/// The block of a record; none when one of the fields is missing.
fn key(pool: &Pool, hashes: &[Option<Hashes>], scheme: &Scheme, record: u32) -> Option<u64> {
    let part = |part: &Part| match *part {
        Part::Whole(field) => match pool.id(field, record) {
            0 => None,
            id => Some(mix(u64::from(id))),
        },
        Part::Hashes { field, round } => match pool.id(field, record) {
            0 => None,
            id => Some(hashes[field].as_ref()?.rounds[round][id as usize]),
        },
    };
    // The two names may have changed places: their block is that of both, in either order.
    let is_of_names = pool.names().is_some_and(|(given, family)| {
        let fields = scheme.parts.iter().map(Part::field);
        fields.clone().any(|field| field == given) && fields.clone().any(|field| field == family)
    });
    // Records of different salts never meet.
    let mut whole = mix(u64::from(pool.mark(record)));
    for (index, of) in (1_u64..).zip(&scheme.parts) {
        let value = part(of)?;
        let is_name = pool
            .names()
            .is_some_and(|(given, family)| [given, family].contains(&of.field()));
        whole = if is_of_names && is_name {
            whole.wrapping_add(mix(value))
        } else {
            whole.wrapping_add(mix(value ^ index.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
        };
    }
    Some(whole)
}

impl Part {
    fn field(&self) -> usize {
        match *self {
            Self::Whole(field) | Self::Hashes { field, .. } => field,
        }
    }
}

/// Two min-hashes for each value of the fields whose near values have near filters.
fn hashes(pool: &Pool, options: &Options) -> Vec<Option<Hashes>> {
    let fields = pool.layout().fields();
    // Fields of one group have one numbering of values, and must have the same hashes.
    let mut made: Vec<Option<Hashes>> = Vec::new();
    for (index, field) in fields.iter().enumerate() {
        if !field.role.is_text() {
            made.push(None);
            continue;
        }
        let seed = (0..=index).find(|other| std::ptr::eq(pool.values(*other), pool.values(index)));
        let first = seed.unwrap_or(index);
        let values = pool.values(index);
        let rounds = (0..options.repeats as u64)
            .map(|round| {
                let mut generator = stream(options.seed, Purpose::Linkage, (first as u64) << 16 | round);
                let ranks: [Vec<u16>; 2] = std::array::from_fn(|_| ranks(field.bits, &mut generator));
                (0..values.counts.len())
                    .into_par_iter()
                    .map(|id| {
                        let filter = &values.filters[id * values.stride..(id + 1) * values.stride];
                        let least = |ranks: &Vec<u16>| ones(filter).map(|bit| ranks[bit]).min().unwrap_or(u16::MAX);
                        mix(u64::from(least(&ranks[0])) << 16 | u64::from(least(&ranks[1])))
                    })
                    .collect()
            })
            .collect();
        made.push(Some(Hashes { rounds }));
    }
    made
}

/// The places of the bits that are set.
fn ones(filter: &[u64]) -> impl Iterator<Item = usize> + '_ {
    filter.iter().enumerate().flat_map(|(index, word)| {
        let mut rest = *word;
        std::iter::from_fn(move || {
            if rest == 0 {
                return None;
            }
            let place = rest.leading_zeros() as usize;
            rest &= !(1 << (63 - place));
            Some(index * 64 + place)
        })
    })
}

/// A random order of the bits.
fn ranks(bits: usize, generator: &mut ChaCha8Rng) -> Vec<u16> {
    let mut ranks: Vec<u16> = (0..u16::try_from(bits).expect("filters of fields are short")).collect();
    for index in (1..ranks.len()).rev() {
        ranks.swap(index, generator.random_range(0..=index));
    }
    ranks
}

/// The tables that are worth it, those of whole values first.
fn schemes(pool: &Pool, hashes: &[Option<Hashes>], options: &Options) -> Vec<Scheme> {
    let n_fields = pool.layout().fields().len();
    let sample = sample(pool, options.seed);
    let comparisons = |scheme: &Scheme| {
        let mut keys: Vec<u64> = sample
            .iter()
            .filter_map(|record| key(pool, hashes, scheme, *record))
            .collect();
        keys.sort_unstable();
        let equal: f64 = keys
            .chunk_by(|one, other| one == other)
            .map(|block| block.len() as f64 * (block.len() as f64 - 1.0))
            .sum();
        let n = sample.len() as f64;
        equal / (n * (n - 1.0)).max(1.0) * pool.len() as f64
    };
    let mut chosen: Vec<(f64, Scheme)> = Vec::new();
    for round in 0..=options.repeats {
        // In later rounds fields without min-hashes count as whole values.
        let part = |field: usize| match round.checked_sub(1) {
            Some(round) if hashes[field].is_some() => Part::Hashes { field, round },
            _ => Part::Whole(field),
        };
        // Where there is one field, it alone must do.
        if n_fields == 1 {
            let single = Scheme { parts: vec![part(0)] };
            let cost = comparisons(&single);
            let is_new = round == 0 || matches!(part(0), Part::Hashes { .. });
            if is_new && cost <= options.comparisons {
                chosen.push((cost, single));
            }
        }
        for one in 0..n_fields {
            for other in one + 1..n_fields {
                let (first, second) = (part(one), part(other));
                let is_new = round == 0 || [first, second].iter().any(|part| matches!(part, Part::Hashes { .. }));
                if !is_new {
                    continue;
                }
                let pair = Scheme {
                    parts: vec![first, second],
                };
                let cost = comparisons(&pair);
                if cost <= options.comparisons {
                    chosen.push((cost, pair));
                    continue;
                }
                // Too coarse: one more field, where that is enough and the pair alone is not hopeless.
                for third in other + 1..n_fields {
                    let mut triple = pair.clone();
                    triple.parts.push(part(third));
                    let cost = comparisons(&triple);
                    if cost <= options.comparisons {
                        chosen.push((cost, triple));
                    }
                }
            }
        }
    }
    // Pairs before triples, the finest first: where there are too many, the costly ones go.
    chosen.sort_by(|(cost, one), (other_cost, other)| {
        (one.parts.len(), cost)
            .partial_cmp(&(other.parts.len(), other_cost))
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    let mut total = 0.0;
    let is_worth_it = |index: usize, cost: f64, total: f64| {
        index < options.tables || (index < MOST_TABLES && total + cost <= FREELY * options.comparisons)
    };
    let mut taken = Vec::new();
    for (index, (cost, scheme)) in chosen.into_iter().enumerate() {
        if !is_worth_it(index, cost, total) {
            break;
        }
        total += cost;
        taken.push(scheme);
    }
    taken
}

/// Some records, for measuring how coarse a table is.
fn sample(pool: &Pool, seed: u64) -> Vec<u32> {
    const MOST: usize = 6_000;
    let n = u32::try_from(pool.len()).expect("at most 1,000,000,000");
    if pool.len() <= MOST {
        return (0..n).collect();
    }
    let mut generator = stream(seed, Purpose::Linkage, 1 << 40);
    let mut records: Vec<u32> = (0..MOST).map(|_| generator.random_range(0..n)).collect();
    records.sort_unstable();
    records.dedup();
    records
}

fn described(pool: &Pool, scheme: &Scheme) -> String {
    let fields = pool.layout().fields();
    let part = |part: &Part| match part {
        Part::Whole(field) => fields[*field].column.clone() + " (" + fields[*field].role.code() + ")",
        Part::Hashes { field, .. } => format!("nearly {} ({})", fields[*field].column, fields[*field].role.code()),
    };
    scheme.parts.iter().map(part).collect::<Vec<_>>().join(" and ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linkage::encode::encode;
    use crate::linkage::schema::Schema;

    fn pool() -> Pool {
        let rows: Vec<Vec<String>> = [
            ["Annabella", "Specimen", "1985-03-12", "f", "Albania", "Town"],
            ["Berta", "Muster", "1990-05-06", "f", "Eritrea", "City"],
            ["Annabela", "Specimen", "1985-03-13", "f", "Albania", ""],
            ["Muster", "Berta", "", "f", "", ""],
        ]
        .iter()
        .map(|row| row.map(str::to_owned).to_vec())
        .collect();
        let list = encode(&Schema::default(), b"a secret for tests", &rows).unwrap();
        let (one, other) = list.fields.words().split_at(2 * list.fields.stride());
        let lists =
            [one, other].map(|words| super::super::bits::Filters::from_words(list.fields.bits(), words.to_vec()));
        Pool::new(&list.layout, &[(&lists[0], true), (&lists[1], true)]).unwrap()
    }

    #[test]
    fn people_who_share_two_fields_meet_once_and_names_may_be_crossed() {
        let pool = pool();
        let blocks = Blocks::new(&pool, &Options::default());
        let mut seen = vec![0; pool.len()];
        let mut met = Vec::new();
        for record in 0..4 {
            blocks.each(&pool, record, &mut seen, |other| met.push((other, record)));
        }
        met.sort_unstable();
        assert!(met.contains(&(0, 2)) && met.contains(&(1, 3)), "{met:?}");
        let n = met.len();
        met.dedup();
        assert_eq!(met.len(), n, "no pair twice");
        assert!(met.iter().all(|(one, other)| *one < 2 && *other >= 2), "{met:?}");
        assert!((blocks.recall(&[(0, 2), (1, 3)]) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_bits_of_a_filter_are_listed_by_place() {
        assert_eq!(ones(&[1 << 63 | 1, 1 << 62]).collect::<Vec<_>>(), [0, 63, 65]);
    }
}
