//! What doubtful links do to an estimate: links are drawn again and again by their chances, and each draw is estimated.
//!
//! A missed link turns one person into two who are on one list each, and every method of multiple systems estimation then
//! finds more people that nobody saw; a wrong link does the opposite. Drawing links by their chances carries that into the
//! interval (Tancredi and Liseo 2011, “A hierarchical Bayesian approach to record linkage and population size problems”,
//! Annals of Applied Statistics 5, 1553-1585, in its simplest form: the linkage does not learn from the estimate).

use rand::RngExt as _;
use rayon::prelude::*;

use super::link::Linked;
use super::pool::Pool;
use super::resolve::{self, Clusters};
use crate::multiple_systems::panel::estimate;
use crate::multiple_systems::stream::{Purpose, stream};
use crate::multiple_systems::{Histories, HistoriesError, Method, Settings};

/// Pairs below this chance are never drawn.
const LEAST: f64 = 0.01;

/// Draws links by their chances: `n` times, each a set of people.
pub fn draw(pool: &Pool, linked: &Linked, n: usize, seed: u64) -> Vec<Clusters> {
    let mut doubtful: Vec<(u32, u32, f64)> = linked
        .pairs
        .iter()
        .zip(&linked.chances)
        .filter(|(_, chance)| **chance >= LEAST)
        .map(|(pair, chance)| (pair.one, pair.other, *chance))
        .collect();
    let rivals = |(one, other, _): &(u32, u32, f64)| (*one, pool.list_of(*other), *other);
    doubtful.sort_by_key(rivals);
    (0..n as u64)
        .into_par_iter()
        .map(|number| {
            let mut generator = stream(seed, Purpose::Linkage, 1 << 42 | number);
            let mut drawn = Vec::new();
            for rivals in doubtful.chunk_by(|a, b| (a.0, pool.list_of(a.1)) == (b.0, pool.list_of(b.1))) {
                let list = pool.lists()[usize::from(pool.list_of(rivals[0].1))];
                if list.is_duplicate_free {
                    // One of them, or none.
                    let mut left: f64 = generator.random();
                    for pair in rivals {
                        left -= pair.2;
                        if left < 0.0 {
                            drawn.push(*pair);
                            break;
                        }
                    }
                } else {
                    drawn.extend(rivals.iter().filter(|pair| generator.random::<f64>() < pair.2));
                }
            }
            resolve::clusters(pool, &drawn, 0.0, |one, other| linked.model.compare(pool, one, other))
        })
        .collect()
}

/// An estimate with the doubt of the links in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Carried {
    /// The method.
    pub method: Method,
    /// The estimate of each draw that has one, by size: their spread is what the links alone do.
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
        self.by_links.get(self.by_links.len() / 2).copied()
    }
}

/// Equal tails of sorted values.
fn interval(sorted: &[f64], level: f64) -> Option<(f64, f64)> {
    let at = |share: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a place in the list"
        )]
        let place = (share * (sorted.len() as f64 - 1.0)).round() as usize;
        sorted.get(place).copied()
    };
    Some((at(0.5 - level / 2.0)?, at(0.5 + level / 2.0)?))
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
        match estimate(histories, method, &settings) {
            Ok(estimate) => {
                carried.by_links.push(estimate.estimate);
                let resampled = estimate.bootstrap.iter().flat_map(|resampled| &resampled.estimates);
                carried.together.extend(resampled);
            }
            Err(_) => carried.without_estimate += 1,
        }
    }
    carried.by_links.sort_by(f64::total_cmp);
    carried.together.sort_by(f64::total_cmp);
    carried
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
