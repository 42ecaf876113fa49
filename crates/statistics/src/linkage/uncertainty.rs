//! What doubtful links do to an estimate: links are drawn again and again by their chances, and each draw is estimated.
//!
//! A missed link turns one person into two who are on one list each, and every method of multiple systems estimation then
//! finds more people that nobody saw; a wrong link does the opposite. Drawing links by their chances carries that into the
//! interval (Tancredi and Liseo 2011, “A hierarchical Bayesian approach to record linkage and population size problems”,
//! Annals of Applied Statistics 5, 1553-1585, in its simplest form: the linkage does not learn from the estimate).

use std::collections::HashMap;

use rand::RngExt as _;
use rand::rngs::ChaCha8Rng;
use rayon::prelude::*;

use super::link::Linked;
use super::pool::Pool;
use super::resolve::Clusters;
use crate::multiple_systems::panel::estimate;
use crate::multiple_systems::quantile;
use crate::multiple_systems::stream::{Purpose, stream};
use crate::multiple_systems::{Histories, HistoriesError, Method, Settings};

/// Methods that are run on every draw; samplers would take as long as all the rest.
pub const CARRIED: [Method; 6] = [
    Method::Chao,
    Method::MainEffects,
    Method::AllPairs,
    Method::Stepwise,
    Method::Bic,
    Method::Downhill,
];

/// Pairs below this chance are never drawn.
const LEAST: f64 = 0.01;
/// How often each draw goes over all records in doubt. It begins with nobody linked and forgets that in a few rounds: a record
/// is placed anew in each, whatever it was, and rivals for one place change it in one step.
const SWEEPS: usize = 10;
/// The most that a pair outside the pairs in question says against or for a person.
const MOST_WEIGHT: f64 = 12.0;
/// What a decision of people against a pair says: more than all that speaks for it.
const NEVER: f64 = -1e4;

/// Draws links by their chances: `n` times, each a set of people.
///
/// A set of people is drawn as often as the product of the odds of all its pairs says, among the sets in which no list that is
/// free of duplicates is twice in one person (Sadinle 2014, “Detecting duplicates in a homicide registry using a Bayesian
/// partitioning approach”, Annals of Applied Statistics 8, 2404-2434, with weights that are given).
pub fn draw(pool: &Pool, linked: &Linked, n: usize, seed: u64) -> Vec<Clusters> {
    let doubt = Doubt::new(pool, linked);
    (0..n as u64)
        .into_par_iter()
        .map(|number| doubt.drawn(&mut stream(seed, Purpose::Linkage, 1 << 42 | number)))
        .collect()
}

/// The records that are in a pair in question, and what speaks for each pair; records are numbered anew.
struct Doubt<'a> {
    pool: &'a Pool,
    linked: &'a Linked,
    records: Vec<u32>,
    /// For each record those that it may be one person with.
    partners: Vec<Vec<u32>>,
    /// The logarithm of the odds of each pair, the earlier number first.
    weights: HashMap<(u32, u32), f64>,
    /// Two records of one list of which only one can be a third.
    rivals: Vec<(u32, u32)>,
}

/// Who is whom in a draw that is being made.
struct State {
    /// The set of each record.
    of: Vec<u32>,
    members: Vec<Vec<u32>>,
    /// Sets without members.
    free: Vec<u32>,
}

impl State {
    fn leave(&mut self, record: u32) {
        let set = self.of[record as usize];
        let members = &mut self.members[set as usize];
        members.retain(|other| *other != record);
        if members.is_empty() {
            self.free.push(set);
        }
    }

    /// Joins a set, or one that is free.
    fn join(&mut self, record: u32, set: Option<u32>) {
        let set = set.or_else(|| self.free.pop()).expect("as many sets as records");
        self.of[record as usize] = set;
        self.members[set as usize].push(record);
    }
}

impl<'a> Doubt<'a> {
    fn new(pool: &'a Pool, linked: &'a Linked) -> Self {
        let doubtful: Vec<(u32, u32, f64)> = linked
            .pairs
            .iter()
            .zip(&linked.chances)
            .filter(|(_, chance)| **chance >= LEAST)
            .map(|(pair, chance)| {
                // What people decided is drawn every time.
                let most = if *chance >= 1.0 { f64::INFINITY } else { 50.0 };
                (pair.other, pair.one, pair.weight.min(most))
            })
            .collect();
        let mut records: Vec<u32> = doubtful.iter().flat_map(|(one, other, _)| [*one, *other]).collect();
        records.sort_unstable();
        records.dedup();
        let number = |record: u32| {
            let place = records.partition_point(|other| *other < record);
            u32::try_from(place).expect("at most 1,000,000,000")
        };
        let mut partners = vec![Vec::new(); records.len()];
        let mut weights = HashMap::new();
        for (one, other, weight) in doubtful {
            let (one, other) = (number(one), number(other));
            partners[one as usize].push(other);
            partners[other as usize].push(one);
            weights.insert((one, other), weight);
        }
        for (one, other) in &linked.never {
            if records.binary_search(one).is_ok() && records.binary_search(other).is_ok() {
                weights.insert((number(*one), number(*other)), NEVER);
            }
        }
        let mut rivals = Vec::new();
        for partners in &mut partners {
            partners.sort_unstable();
            for (place, one) in partners.iter().enumerate() {
                let others = partners[place + 1..].iter();
                let may_not = others.filter(|other| !pool.may_match(records[*one as usize], records[**other as usize]));
                rivals.extend(may_not.map(|other| (*one, *other)));
            }
        }
        rivals.sort_unstable();
        rivals.dedup();
        Self {
            pool,
            linked,
            records,
            partners,
            weights,
            rivals,
        }
    }

    /// The logarithm of the odds that two records are one person.
    fn weight(&self, one: u32, other: u32) -> f64 {
        let pair = (one.min(other), one.max(other));
        self.weights.get(&pair).copied().unwrap_or_else(|| {
            let (earlier, later) = (self.records[pair.0 as usize], self.records[pair.1 as usize]);
            let weight = self.linked.model.compare(self.pool, later, earlier);
            weight.clamp(-MOST_WEIGHT, MOST_WEIGHT)
        })
    }

    /// What speaks for a record among others; `without` is passed over.
    fn among(&self, record: u32, others: &[u32], without: u32) -> f64 {
        let others = others.iter().filter(|other| **other != without && **other != record);
        others.map(|other| self.weight(record, *other)).sum()
    }

    fn drawn(&self, generator: &mut ChaCha8Rng) -> Clusters {
        let n = u32::try_from(self.records.len()).expect("at most 1,000,000,000");
        let mut state = State {
            of: (0..n).collect(),
            members: (0..n).map(|record| vec![record]).collect(),
            free: Vec::new(),
        };
        for _ in 0..SWEEPS {
            for record in 0..n {
                self.place(record, &mut state, generator);
            }
            for (one, other) in &self.rivals {
                self.exchange(*one, *other, &mut state, generator);
            }
        }
        let total = u32::try_from(self.pool.len()).expect("at most 1,000,000,000");
        let mut names: Vec<u32> = (0..total).collect();
        for members in state.members.iter().filter(|members| !members.is_empty()) {
            let first = self.records[members[0] as usize];
            for member in members {
                names[self.records[*member as usize] as usize] = first;
            }
        }
        Clusters::of_names(&names)
    }

    /// Places a record anew: alone, or in a set of one of its partners, each as often as the odds say (a step of Gibbs).
    fn place(&self, record: u32, state: &mut State, generator: &mut ChaCha8Rng) {
        state.leave(record);
        let mut choices = vec![(None, 0.0)];
        for partner in &self.partners[record as usize] {
            let set = state.of[*partner as usize];
            if choices.iter().any(|(known, _)| *known == Some(set)) {
                continue;
            }
            let members = &state.members[set as usize];
            let own = self.records[record as usize];
            if members
                .iter()
                .all(|member| self.pool.may_match(own, self.records[*member as usize]))
            {
                choices.push((Some(set), self.among(record, members, record)));
            }
        }
        let most = choices.iter().map(|(_, weight)| *weight).fold(0.0, f64::max);
        let odds: Vec<f64> = choices.iter().map(|(_, weight)| (weight - most).exp()).collect();
        let mut left = generator.random::<f64>() * odds.iter().sum::<f64>();
        let chosen = odds.iter().position(|odds| {
            left -= odds;
            left < 0.0
        });
        state.join(record, choices[chosen.unwrap_or(0)].0);
    }

    /// Lets two records of one list change their sets, or not (a step of Metropolis: there and back are tried as often).
    fn exchange(&self, one: u32, other: u32, state: &mut State, generator: &mut ChaCha8Rng) {
        let (set, other_set) = (state.of[one as usize], state.of[other as usize]);
        if set == other_set {
            return;
        }
        let (members, others) = (&state.members[set as usize], &state.members[other_set as usize]);
        let gain = self.among(one, others, other) + self.among(other, members, one)
            - self.among(one, members, one)
            - self.among(other, others, other);
        if gain >= 0.0 || generator.random::<f64>() < gain.exp() {
            for (record, from, to) in [(one, set, other_set), (other, other_set, set)] {
                state.members[from as usize].retain(|member| *member != record);
                state.members[to as usize].push(record);
                state.of[record as usize] = to;
            }
        }
    }
}

/// An estimate with the doubt of the links in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Carried {
    /// The method.
    pub method: Method,
    /// The estimate of each draw, by size: their spread is what the links alone do. Infinite where a draw has none, as a
    /// resample without an estimate is.
    pub by_links: Vec<f64>,
    /// The resampled estimates of all draws together, by size: links and chance. Empty without resamples.
    pub together: Vec<f64>,
    /// Draws on which the method gives no number.
    pub without_estimate: usize,
}

impl Carried {
    /// The interval of `level` that the links alone make.
    pub fn interval_by_links(&self, level: f64) -> Option<(f64, f64)> {
        interval(&self.by_links, level)
    }

    /// The interval of `level` that links and chance make together.
    pub fn interval(&self, level: f64) -> Option<(f64, f64)> {
        interval(&self.together, level)
    }

    /// The middle of the draws' estimates.
    pub fn median(&self) -> Option<f64> {
        (!self.by_links.is_empty()).then(|| quantile::seven(&self.by_links, 0.5))
    }
}

/// Equal tails of sorted values.
fn interval(sorted: &[f64], level: f64) -> Option<(f64, f64)> {
    let at = |share| quantile::seven(sorted, share);
    (!sorted.is_empty()).then(|| (at(0.5 - level / 2.0), at(0.5 + level / 2.0)))
}

/// The overlaps of each draw; `names` are the lists'.
pub fn histories(pool: &Pool, names: &[String], draws: &[Clusters]) -> Result<Vec<Histories>, HistoriesError> {
    let of = |clusters: &Clusters| Histories::new(names.iter().cloned(), clusters.histories(pool));
    draws.iter().map(of).collect()
}

/// Why a file of drawn overlaps is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DrawsError {
    /// Another first column.
    #[error("the first column must be \"draw\": is this what `rapporteur link --draws` wrote?")]
    NoDraw,
    /// A draw that is not overlaps.
    #[error("draw {draw}: {error}")]
    Histories {
        /// Its number, as it stands there.
        draw: String,
        /// What is wrong with it; its lines are counted from the draw's first.
        error: HistoriesError,
    },
}

/// Reads drawn overlaps: as [`Histories::read`], with a first column `draw` that tells one draw from the next.
pub fn read(text: &str) -> Result<Vec<Histories>, DrawsError> {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let heading = lines
        .next()
        .and_then(|line| line.strip_prefix("draw,"))
        .ok_or(DrawsError::NoDraw)?;
    let mut draws: Vec<(&str, String)> = Vec::new();
    for line in lines {
        let (draw, rest) = line.split_once(',').ok_or(DrawsError::NoDraw)?;
        if draws.last().is_none_or(|(last, _)| *last != draw) {
            draws.push((draw, format!("{heading}\n")));
        }
        if let Some((_, text)) = draws.last_mut() {
            text.push_str(rest);
            text.push('\n');
        }
    }
    if draws.is_empty() {
        return Err(DrawsError::NoDraw);
    }
    draws
        .into_iter()
        .map(|(draw, text)| {
            Histories::read(&text).map_err(|error| DrawsError::Histories {
                draw: draw.to_owned(),
                error,
            })
        })
        .collect()
}

/// Estimates each draw with one method.
pub fn carry(draws: &[Histories], method: Method, settings: &Settings) -> Carried {
    let mut carried = Carried {
        method,
        by_links: Vec::new(),
        together: Vec::new(),
        without_estimate: 0,
    };
    for (number, histories) in (0_u64..).zip(draws) {
        let settings = Settings {
            seed: settings.seed.wrapping_add(number),
            ..*settings
        };
        if let Ok(estimate) = estimate(histories, method, &settings) {
            carried.by_links.push(estimate.estimate);
            let resampled = estimate.bootstrap.iter().flat_map(|resampled| &resampled.estimates);
            carried.together.extend(resampled);
        } else {
            // Larger than every number, as the bootstrap has it: left out, it would make the interval narrower.
            carried.by_links.push(f64::INFINITY);
            carried.without_estimate += 1;
        }
    }
    // Where a method resamples, all resamples of such a draw are without an estimate too.
    if !carried.together.is_empty() {
        let none = settings.resamples * carried.without_estimate;
        carried.together.extend(std::iter::repeat_n(f64::INFINITY, none));
    }
    carried.by_links.sort_by(f64::total_cmp);
    carried.together.sort_by(f64::total_cmp);
    carried
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::linkage::bits::Filters;
    use crate::linkage::compare::{Level, Pattern};
    use crate::linkage::field::{Field, Layout, Role};
    use crate::linkage::model::{Model, Pair, chances};

    /// Lists of so many records each, and pairs of them with the logarithms of their odds.
    fn linked(sizes: &[usize], pairs: &[(u32, u32, f64)]) -> (Pool, Linked) {
        let layout = Layout::new(vec![Field {
            role: Role::Sex,
            column: "sex".into(),
            bits: 64,
        }]);
        let lists: Vec<Filters> = sizes.iter().map(|n| Filters::from_words(64, vec![1; *n])).collect();
        let lists: Vec<(&Filters, bool)> = lists.iter().map(|filters| (filters, true)).collect();
        let pool = Pool::new(&layout, &lists).unwrap();
        let pairs: Vec<Pair> = pairs
            .iter()
            .map(|(one, other, weight)| Pair {
                one: *one,
                other: *other,
                pattern: Pattern::of(&[Level::Equal], false),
                weight: *weight,
            })
            .collect();
        let model = Model {
            m: vec![[0.02, 0.02, 0.02, 0.02, 0.02, 0.9]],
            u: vec![[0.9, 0.02, 0.02, 0.02, 0.02, 0.02]],
            crossed: (0.01, 0.01),
            prior: 1e-9,
        };
        let linked = Linked {
            never: std::collections::HashSet::new(),
            chances: chances(&pool, &pairs),
            model,
            clusters: Clusters::of_names(&(0..u32::try_from(pool.len()).unwrap()).collect::<Vec<_>>()),
            pairs,
            compared: 0,
            blocking: None,
        };
        (pool, linked)
    }

    /// How often each of the pairs is linked.
    fn shares(pool: &Pool, linked: &Linked) -> Vec<f64> {
        const DRAWS: usize = 20_000;
        let draws = draw(pool, linked, DRAWS, 3);
        let share = |pair: &Pair| {
            let linked = draws.iter().filter(|draw| draw.of(pair.one) == draw.of(pair.other));
            linked.count() as f64 / DRAWS as f64
        };
        linked.pairs.iter().map(share).collect()
    }

    #[test]
    fn a_pair_without_rivals_is_drawn_as_often_as_its_chance_says_also_below_one_half() {
        let (pool, linked) = linked(&[2, 2], &[(2, 0, -1.5), (3, 1, 2.0)]);
        for (share, chance) in shares(&pool, &linked).iter().zip(&linked.chances) {
            assert!((share - chance).abs() < 0.015, "{share} for {chance}");
        }
    }

    #[test]
    fn rivals_on_either_list_are_drawn_as_often_as_their_chances_say() {
        for pairs in [
            [(2, 0, 6.0), (2, 1, 5.0), (3, 1, -20.0)],
            [(2, 0, 6.0), (3, 0, 5.0), (3, 1, -20.0)],
        ] {
            let (pool, linked) = linked(&[2, 2], &pairs);
            let shares = shares(&pool, &linked);
            for (share, chance) in shares.iter().zip(&linked.chances) {
                assert!((share - chance).abs() < 0.015, "{shares:?} for {:?}", linked.chances);
            }
        }
    }

    #[test]
    fn two_who_could_be_either_of_two_are_both_linked_and_changed_about() {
        // Both on both: linked straight or crossed, never one alone.
        let all = [(2, 0, 9.0), (3, 1, 9.0), (2, 1, 9.0), (3, 0, 9.0)];
        let (pool, linked) = linked(&[2, 2], &all);
        let shares = shares(&pool, &linked);
        assert!(shares.iter().all(|share| (share - 0.5).abs() < 0.03), "{shares:?}");
    }

    #[test]
    fn a_draw_without_an_estimate_is_larger_than_every_number() {
        let apart = Histories::new(["A", "B", "C"], vec![0, 4, 5, 0, 3, 0, 0, 0]).unwrap();
        let good = Histories::new(["A", "B", "C"], vec![0, 180, 140, 60, 105, 45, 35, 15]).unwrap();
        let draws = vec![good, apart];
        let settings = Settings {
            resamples: 20,
            ..Settings::default()
        };
        let points = carry(&draws, Method::MainEffects, &settings);
        assert_eq!(
            (points.by_links.len(), points.together.len()),
            (2, 0),
            "it does not resample"
        );
        let carried = carry(&draws, Method::Stepwise, &settings);
        assert_eq!((carried.by_links.len(), carried.together.len()), (2, 40));
        assert_eq!(carried.without_estimate, 1);
        assert!(carried.by_links[1].is_infinite());
        assert_eq!(carried.interval(0.95).map(|(_, upper)| upper), Some(f64::INFINITY));
    }

    #[test]
    fn drawn_overlaps_are_read_draw_by_draw() {
        let text = "draw,A,B,C,count\n1,1,0,0,4\n1,0,1,1,2\n2,1,0,0,3\n2,1,1,1,2\n";
        let draws = read(text).unwrap();
        let seen: Vec<u64> = draws.iter().map(Histories::observed).collect();
        assert_eq!(seen, [6, 5]);
        assert_eq!(read("A,B,C,count\n1,0,0,4\n"), Err(DrawsError::NoDraw));
        let error = read("draw,A,B,C,count\n7,1,0,0,4\n").unwrap_err().to_string();
        assert!(error.starts_with("draw 7:"), "{error}");
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "(draw,)?[ABC,01count\n\"-]{0,80}") {
            let _ = read(&text);
        }
    }
}
