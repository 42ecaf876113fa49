//! What agreement is worth: Fellegi and Sunter's weights, learned from the encodings themselves.
//!
//! For each field and level, `m` is how often two records of one person have it, `u` how often two of different people do;
//! the logarithms of `m / u` add up (Fellegi and Sunter 1969, “A theory for record linkage”, JASA 64, 1183-1210). `u` is
//! measured on random pairs, `m` and the number of matches by EM over the pairs that blocking found (Winkler 1988; Enamorado,
//! Fifield and Imai 2019, “Using a probabilistic model to assist merging of large-scale administrative records”, APSR 113,
//! 353-371). Pairs that blocking left out have next to no chance of being matches, so leaving them out of the sums changes
//! nothing that matters; the number of all pairs still decides the prior.
//!
//! Where a list has nobody twice, a record's candidates compete: their chances and that of no match add up to one.

use rand::RngExt as _;
use rayon::prelude::*;

use super::compare::{LEVELS, Level, Pattern, pattern};
use super::pool::Pool;
use crate::multiple_systems::stream::{Purpose, stream};

/// Pools with at most so many pairs are compared whole, and `u` is learned with `m`.
pub const WHOLE: f64 = 2e6;
/// How many random pairs `u` is measured on otherwise.
const SAMPLED: usize = 500_000;
/// Steps of EM.
const STEPS: usize = 15;
/// What each level counts before anything was seen.
const PSEUDO: f64 = 2.0;
/// What all levels together count for strangers before any were seen.
const STRANGERS: f64 = 10.0;
/// The rarest that a value is believed to be.
const RAREST: f64 = 1e-6;

/// Chances of each level that says something, `Different` first.
type Chances = [f64; LEVELS];

/// Weights of agreement.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    /// For each field, the chances of its levels if two records are one person.
    pub m: Vec<Chances>,
    /// The same if they are not.
    pub u: Vec<Chances>,
    /// How often names have changed places, if two records are one person, and if not.
    pub crossed: (f64, f64),
    /// How many pairs are matches, of all that might be.
    pub prior: f64,
}

/// A pair that may be one person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// The later record in the pool.
    pub one: u32,
    /// The earlier one.
    pub other: u32,
    /// How they agree.
    pub pattern: Pattern,
    /// The logarithm of the odds that they are one person, their competitors left aside.
    pub weight: f64,
}

impl Model {
    /// What can be said before any pair was looked at closely.
    pub fn start(pool: &Pool, seed: u64) -> Self {
        let n_fields = pool.layout().fields().len();
        // Mostly equal, sometimes mistyped; five per cent simply different.
        let m = vec![[0.06, 0.02, 0.03, 0.06, 0.08, 0.75]; n_fields];
        let expected: f64 = {
            let sizes: Vec<f64> = pool.lists().iter().map(|list| f64::from(list.len)).collect();
            let total: f64 = sizes.iter().sum();
            0.2 * total / 2.0
        };
        let mut model = Self {
            m,
            u: vec![[0.0; LEVELS]; n_fields],
            crossed: (0.02, 0.0),
            prior: (expected / pool.pairs()).min(0.3),
        };
        let patterns = sampled(pool, seed);
        model.measure_u(pool, patterns.iter().map(|pattern| (*pattern, 1.0)));
        model
    }

    /// Measures `u` on patterns with their weights.
    fn measure_u(&mut self, pool: &Pool, patterns: impl Iterator<Item = (Pattern, f64)>) {
        let n_fields = self.u.len();
        let mut sums = vec![[0.0; LEVELS]; n_fields];
        let (mut crossed, mut all) = (0.0, 0.0);
        for (pattern, weight) in patterns {
            for (field, sums) in sums.iter_mut().enumerate() {
                if let Some(level) = said(pattern.level(field)) {
                    sums[level] += weight;
                }
            }
            crossed += weight * f64::from(u8::from(pattern.is_crossed()));
            all += weight;
        }
        self.crossed.1 = (crossed + 0.5) / (all + 100.0);
        for (field, sums) in sums.iter().enumerate() {
            let before = strangers(pool, field);
            let total: f64 = sums.iter().sum::<f64>() + STRANGERS;
            self.u[field] = std::array::from_fn(|level| ((sums[level] + STRANGERS * before[level]) / total).max(1e-9));
        }
    }

    /// The logarithm of the odds that two records with this pattern are one person.
    pub fn weight(&self, pattern: Pattern) -> f64 {
        let order = if pattern.is_crossed() {
            (self.crossed.0 / self.crossed.1).ln()
        } else {
            ((1.0 - self.crossed.0) / (1.0 - self.crossed.1)).ln()
        };
        let fields = self.m.iter().zip(&self.u).enumerate().filter_map(|(field, (m, u))| {
            let level = said(pattern.level(field))?;
            Some((m[level] / u[level]).ln())
        });
        (self.prior / (1.0 - self.prior)).ln() + order + fields.sum::<f64>()
    }

    /// The weight of a pair, with equal values weighed by how rare they are: agreeing on a rare name says more than
    /// agreeing on a common one (Winkler 1989; Newcombe 1988).
    pub fn weight_of(&self, pool: &Pool, one: u32, pattern: Pattern) -> f64 {
        let mut weight = self.weight(pattern);
        for (field, u) in self.u.iter().enumerate() {
            if pattern.level(field) == Level::Equal {
                let frequency = pool.frequency(field, pool.id(field, one)).max(RAREST);
                weight += (u[LEVELS - 1] / frequency).ln();
            }
        }
        weight
    }

    /// The weight of two records that were not looked at yet.
    pub fn compare(&self, pool: &Pool, one: u32, other: u32) -> f64 {
        self.weight_of(pool, one, pattern(pool, one, other))
    }

    /// Learns from pairs, and gives each its new weight.
    pub fn learn(&mut self, pool: &Pool, pairs: &mut [Pair]) {
        let is_whole = pool.pairs() <= WHOLE;
        let start = self.m.clone();
        for _ in 0..STEPS {
            let chances = chances(pool, pairs);
            let mut sums = vec![[0.0; LEVELS]; self.m.len()];
            let (mut crossed, mut all) = (0.0, 0.0);
            for (pair, chance) in pairs.iter().zip(&chances) {
                for (field, sums) in sums.iter_mut().enumerate() {
                    if let Some(level) = said(pair.pattern.level(field)) {
                        sums[level] += chance;
                    }
                }
                crossed += chance * f64::from(u8::from(pair.pattern.is_crossed()));
                all += chance;
            }
            for ((m, sums), start) in self.m.iter_mut().zip(&sums).zip(&start) {
                let total: f64 = sums.iter().sum::<f64>() + PSEUDO;
                for ((m, sum), start) in m.iter_mut().zip(sums).zip(start) {
                    *m = ((sum + PSEUDO * start) / total).max(1e-6);
                }
            }
            self.crossed.0 = ((crossed + 0.02 * PSEUDO) / (all + PSEUDO)).clamp(1e-4, 0.5);
            let before = self.prior;
            self.prior = ((all + 0.5) / pool.pairs()).clamp(1e-13, 0.5);
            if is_whole {
                let others = pairs
                    .iter()
                    .zip(&chances)
                    .map(|(pair, chance)| (pair.pattern, 1.0 - chance));
                let patterns: Vec<(Pattern, f64)> = others.collect();
                self.measure_u(pool, patterns.into_iter());
            }
            let weights = Weights::new(self, pool);
            pairs
                .par_iter_mut()
                .for_each(|pair| pair.weight = weights.of(pool, pair.one, pair.pattern));
            if (self.prior / before - 1.0).abs() < 1e-4 {
                break;
            }
        }
    }
}

/// A model made ready for many pairs: every logarithm is taken once.
#[derive(Debug)]
pub(super) struct Weights {
    /// What is said before any field, when names are straight and when they are crossed.
    order: [f64; 2],
    /// For each field the weight of each level; of equal values without their rarity.
    levels: Vec<[f64; LEVELS + 1]>,
    /// For each field the most that values which are not equal can say.
    unequal: Vec<f64>,
    /// For each field and number of a value, how much more its rarity says.
    rarity: Vec<Vec<f32>>,
}

impl Weights {
    pub(super) fn new(model: &Model, pool: &Pool) -> Self {
        let prior = (model.prior / (1.0 - model.prior)).ln();
        let (m, u) = model.crossed;
        let levels: Vec<[f64; LEVELS + 1]> = model
            .m
            .iter()
            .zip(&model.u)
            .map(|(m, u)| {
                std::array::from_fn(|level| {
                    if level == 0 {
                        0.0
                    } else {
                        (m[level - 1] / u[level - 1]).ln()
                    }
                })
            })
            .collect();
        let unequal = levels
            .iter()
            .map(|levels| levels[1..LEVELS].iter().copied().fold(f64::NEG_INFINITY, f64::max))
            .collect();
        let rarity = model.u.iter().enumerate().map(|(field, u)| {
            let n = u32::try_from(pool.values(field).counts.len()).expect("numbers of values");
            #[expect(clippy::cast_possible_truncation, reason = "seven digits of a weight are plenty")]
            let of = |id| (u[LEVELS - 1] / pool.frequency(field, id).max(RAREST)).ln() as f32;
            (0..n).map(of).collect()
        });
        Self {
            order: [prior + ((1.0 - m) / (1.0 - u)).ln(), prior + (m / u).ln()],
            rarity: rarity.collect(),
            levels,
            unequal,
        }
    }

    /// The weight of a pair by its pattern.
    pub(super) fn of(&self, pool: &Pool, one: u32, pattern: Pattern) -> f64 {
        let mut weight = self.order[usize::from(pattern.is_crossed())];
        for (field, id) in pool.ids(one).iter().enumerate() {
            let level = pattern.level(field);
            weight += self.levels[field][level as usize];
            if level == Level::Equal {
                weight += self.equal(field, *id);
            }
        }
        weight
    }

    fn equal(&self, field: usize, id: u32) -> f64 {
        f64::from(self.rarity[field][id as usize])
    }

    /// The most that the weight of two records can be, from which values are equal alone.
    #[inline]
    pub(super) fn most(&self, pool: &Pool, one: &[u32], other: &[u32]) -> f64 {
        let mut weight = self.order[0].max(self.order[1]);
        for (field, (id, other_id)) in one.iter().zip(other).enumerate() {
            if *id == 0 || *other_id == 0 {
                continue;
            }
            weight += if id == other_id {
                self.levels[field][LEVELS] + self.equal(field, *id)
            } else {
                self.unequal[field]
            };
        }
        // Names in each other's place say at most what equal ones say.
        if let Some((given, family)) = pool.names() {
            for (field, partner) in [(given, family), (family, given)] {
                if one[field] != 0 && one[field] == other[partner] && one[field] != other[field] {
                    weight += self.levels[field][LEVELS] + self.equal(field, one[field]);
                }
            }
        }
        weight
    }

    /// The most that the names of two records can still say, once it is known that they are straight or crossed so.
    #[inline]
    pub(super) fn known(&self, one: &[u32], other: &[u32], pattern: Pattern, names: (usize, usize)) -> f64 {
        let mut weight = self.order[usize::from(pattern.is_crossed())];
        for (field, (id, other_id)) in one.iter().zip(other).enumerate() {
            if field == names.0 || field == names.1 {
                let level = pattern.level(field);
                weight += self.levels[field][level as usize];
                if level == Level::Equal {
                    weight += self.equal(field, *id);
                }
            } else if *id != 0 && *other_id != 0 {
                weight += if id == other_id {
                    self.levels[field][LEVELS] + self.equal(field, *id)
                } else {
                    self.unequal[field]
                };
            }
        }
        weight
    }
}

/// The chance that each pair is one person, its competitors considered.
pub fn chances(pool: &Pool, pairs: &[Pair]) -> Vec<f64> {
    let n_lists = pool.lists().len();
    let is_free: Vec<bool> = pool.lists().iter().map(|list| list.is_duplicate_free).collect();
    // For each record and list, the odds of all candidates there.
    let place = |record: u32, list: u16| record as usize * n_lists + usize::from(list);
    let mut odds = vec![0.0_f64; pool.len() * n_lists];
    for pair in pairs {
        let of_pair = pair.weight.min(50.0).exp();
        odds[place(pair.one, pool.list_of(pair.other))] += of_pair;
        odds[place(pair.other, pool.list_of(pair.one))] += of_pair;
    }
    pairs
        .iter()
        .map(|pair| {
            let of_pair = pair.weight.min(50.0).exp();
            let (list, other_list) = (pool.list_of(pair.one), pool.list_of(pair.other));
            let rivals = |record: u32, list: u16| {
                if is_free[usize::from(list)] {
                    (odds[place(record, list)] - of_pair).max(0.0)
                } else {
                    0.0
                }
            };
            of_pair / (1.0 + of_pair + rivals(pair.one, other_list) + rivals(pair.other, list))
        })
        .collect()
}

/// How often two strangers have each level, before any were seen.
fn strangers(pool: &Pool, field: usize) -> Chances {
    let usual = pool.layout().fields()[field].role.usual();
    let rest = 1.0 - usual;
    [0.9 * rest, 0.06 * rest, 0.025 * rest, 0.01 * rest, 0.005 * rest, usual]
}

/// The place of a level among the chances; none when it says nothing.
fn said(level: Level) -> Option<usize> {
    (level as usize).checked_sub(1)
}

/// Patterns of random pairs that are hardly ever one person.
fn sampled(pool: &Pool, seed: u64) -> Vec<Pattern> {
    let n = u32::try_from(pool.len()).expect("at most 1,000,000,000");
    if pool.pairs() <= WHOLE {
        let all = (0..n).flat_map(|one| pool.before(one).map(move |other| (one, other)));
        return all.map(|(one, other)| pattern(pool, one, other)).collect();
    }
    let mut generator = stream(seed, Purpose::Linkage, 1 << 41);
    // Strangers who are compared have the same mark.
    let drawn = std::iter::repeat_with(|| {
        let one = generator.random_range(0..n);
        let others = pool.alike(one);
        (one, others[generator.random_range(0..others.len())])
    });
    let pairs: Vec<(u32, u32)> = drawn
        .filter(|(one, other)| pool.may_match(*one, *other))
        .take(SAMPLED)
        .collect();
    pairs
        .par_iter()
        .map(|(one, other)| pattern(pool, *one, *other))
        .collect()
}
