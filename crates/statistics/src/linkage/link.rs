//! From pooled lists to people, with the chance of every pair that was in question.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use super::blocking::{self, Blocks};
use super::compare;
use super::model::{self, Model, Pair, WHOLE, Weights};
use super::pool::Pool;
use super::popcount::{Engine, Work};
use super::resolve::{self, Clusters};
use super::review::Decided;

/// Records that one thread takes at a time.
const CHUNK: u32 = 2048;
/// The least logarithm of odds with which a pair is looked at again.
const FLOOR: f64 = -7.0;
/// The logarithm of the odds of what people decided: more than everything else can say together.
const CERTAIN: f64 = 1e4;

/// Choices of a linkage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Which pairs are compared.
    pub blocking: blocking::Options,
    /// The chance from which a pair is taken for one person.
    pub threshold: f64,
    /// Seed of everything that chance decides.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            blocking: blocking::Options::default(),
            threshold: 0.5,
            seed: 1,
        }
    }
}

/// What came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Linked {
    /// What agreement was worth.
    pub model: Model,
    /// The pairs in question.
    pub pairs: Vec<Pair>,
    /// The chance that each is one person.
    pub chances: Vec<f64>,
    /// Who is whom.
    pub clusters: Clusters,
    /// How many pairs were compared.
    pub compared: u64,
    /// What each table of blocks went by; `None` when all pairs were compared.
    pub blocking: Option<Vec<String>>,
    /// Pairs that people decided not to be one person, the earlier record first.
    pub never: HashSet<(u32, u32)>,
}

/// Why lists cannot be linked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// No table of blocks is fine enough.
    #[error(
        "the encoded columns tell too few people apart: whatever pairs are chosen by, each record would be compared with more \
         than {0} others on average. Encode more columns, or columns with more values"
    )]
    TooCoarse(u32),
}

impl Linked {
    /// The share of links that are right and the share of matches that were linked, as far as the chances tell; matches that
    /// blocking missed are not among them.
    pub fn expected_quality(&self) -> (f64, f64) {
        let (mut linked, mut right, mut all) = (0.0, 0.0, 0.0);
        for (pair, chance) in self.pairs.iter().zip(&self.chances) {
            all += chance;
            if self.clusters.of(pair.one) == self.clusters.of(pair.other) {
                linked += 1.0;
                right += chance;
            }
        }
        (right / f64::max(linked, 1.0), right / f64::max(all, 1e-12))
    }

    /// Takes what people decided of doubtful pairs for certain, and makes clusters anew. Gives back how many pairs that were decided
    /// to be one person could not be joined, because a list without duplicates would be in one person twice or because another
    /// decision forbids it.
    ///
    /// # Errors
    /// The first pair that was not in question: the answers belong to other token files, or to another seed.
    pub fn decide(&mut self, pool: &Pool, decided: &Decided, threshold: f64) -> Result<usize, (u32, u32)> {
        let places: HashMap<(u32, u32), usize> = self
            .pairs
            .iter()
            .enumerate()
            .map(|(place, pair)| ((pair.other, pair.one), place))
            .collect();
        let is_same = decided.same.iter().map(|pair| (pair, true));
        for (pair, is_same) in is_same.chain(decided.apart.iter().map(|pair| (pair, false))) {
            let place = *places.get(pair).ok_or(*pair)?;
            self.chances[place] = f64::from(u8::from(is_same));
            self.pairs[place].weight = if is_same { CERTAIN } else { -CERTAIN };
            if !is_same {
                self.never.insert(*pair);
            }
        }
        self.clusters = resolve::by_model(pool, &self.model, &self.pairs, &self.chances, threshold, &self.never);
        let is_split = |(one, other): &&(u32, u32)| self.clusters.of(*one) != self.clusters.of(*other);
        Ok(decided.same.iter().filter(is_split).count())
    }

    /// Pairs whose chance lies between two limits, for people to look at, the least certain first.
    pub fn for_review(&self, from: f64, to: f64) -> Vec<(&Pair, f64)> {
        let mut pairs: Vec<(&Pair, f64)> = self
            .pairs
            .iter()
            .zip(self.chances.iter().copied())
            .filter(|(_, chance)| (from..=to).contains(chance))
            .collect();
        pairs.sort_by(|(_, one), (_, other)| (one - 0.5).abs().total_cmp(&(other - 0.5).abs()));
        pairs
    }
}

/// Links the records of a pool.
///
/// # Errors
/// When the records are too many to compare all with all and their fields too coarse to choose pairs by.
pub fn link(pool: &Pool, options: &Options) -> Result<Linked, LinkError> {
    let mut model = Model::start(pool, options.seed);
    let is_whole = pool.pairs() <= WHOLE;
    let blocks = (!is_whole).then(|| {
        Blocks::new(
            pool,
            &blocking::Options {
                seed: options.seed,
                ..options.blocking
            },
        )
    });
    if blocks.as_ref().is_some_and(Blocks::is_empty) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a limit of some dozens"
        )]
        return Err(LinkError::TooCoarse(options.blocking.comparisons as u32));
    }
    let (mut pairs, compared) = candidates(pool, &model, blocks.as_ref());
    model.learn(pool, &mut pairs);
    let chances = model::chances(pool, &pairs);
    let clusters = resolve::by_model(pool, &model, &pairs, &chances, options.threshold, &HashSet::new());
    Ok(Linked {
        model,
        pairs,
        chances,
        clusters,
        compared,
        blocking: blocks.map(|blocks| blocks.described().to_vec()),
        never: HashSet::new(),
    })
}

/// Pairs that are worth a second look, and how many were compared.
fn candidates(pool: &Pool, model: &Model, blocks: Option<&Blocks>) -> (Vec<Pair>, u64) {
    let n = u32::try_from(pool.len()).expect("at most 1,000,000,000");
    let engine = Engine::best();
    let weights = Weights::new(model, pool);
    let chunks: Vec<(Vec<Pair>, u64)> = (0..n.div_ceil(CHUNK))
        .into_par_iter()
        .map_init(
            || vec![0_u32; if blocks.is_some() { pool.len() } else { 0 }],
            |seen, chunk| {
                engine.counting(Chunk {
                    pool,
                    weights: &weights,
                    blocks,
                    seen,
                    records: chunk * CHUNK..(chunk * CHUNK + CHUNK).min(n),
                })
            },
        )
        .collect();
    let compared = chunks.iter().map(|(_, compared)| compared).sum();
    (chunks.into_iter().flat_map(|(pairs, _)| pairs).collect(), compared)
}

/// The comparisons of some records with those before them.
struct Chunk<'a> {
    pool: &'a Pool,
    weights: &'a Weights,
    blocks: Option<&'a Blocks>,
    seen: &'a mut [u32],
    records: std::ops::Range<u32>,
}

impl Work for Chunk<'_> {
    type Answer = (Vec<Pair>, u64);

    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "it must be compiled with the caller's instructions for counting bits"
    )]
    fn run(self) -> Self::Answer {
        let Self {
            pool,
            weights,
            blocks,
            seen,
            records,
        } = self;
        let mut pairs = Vec::new();
        let mut compared = 0;
        // Small lists are kept whole: what strangers look like is learned from them.
        let floor = if blocks.is_none() { f64::NEG_INFINITY } else { FLOOR };
        let n_fields = pool.layout().fields().len();
        let (mut others, mut ids_of_others): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
        for one in records {
            others.clear();
            match blocks {
                Some(blocks) => blocks.each(pool, one, seen, |other| others.push(other)),
                None => others.extend(pool.before(one)),
            }
            compared += others.len() as u64;
            // They lie all over the memory: fetched in a loop that waits for none of them, and then looked at.
            ids_of_others.clear();
            for other in &others {
                ids_of_others.extend_from_slice(pool.ids(*other));
            }
            let ids = pool.ids(one);
            for (other, ids_of_other) in others.iter().zip(ids_of_others.chunks_exact(n_fields)) {
                if weights.most(pool, ids, ids_of_other) < floor {
                    continue;
                }
                let names = compare::names(pool, one, *other);
                if let Some(fields) = pool.names()
                    && weights.known(ids, ids_of_other, names, fields) < floor
                {
                    continue;
                }
                let pattern = compare::rest(pool, one, *other, names);
                let weight = weights.of(pool, one, pattern);
                if weight >= floor {
                    pairs.push(Pair {
                        one,
                        other: *other,
                        pattern,
                        weight,
                    });
                }
            }
        }
        (pairs, compared)
    }
}
