//! Evaluation: every definition over every case, and over each code of its strata, in one pass on every core.
//!
//! Rows are taken in chunks that stay in the cache. In a chunk each test that any definition asks is answered once
//! ([`plan`] finds those that are alike); a definition then combines the answers into one of four fates of each case, and
//! tallies the fates by code. Answers have three values, as in Kleene's strong logic (S. C. Kleene, Introduction to
//! Metamathematics, 1952, section 64): no, not known, yes, in this order, so that “all” is the least and “any” the
//! greatest. A case is left out and counted as missing where it is not known whether it belongs or is counted.

mod plan;
mod tally;
#[cfg(test)]
mod tests;

use domain::pack::{Aggregates, Definition};
use rayon::prelude::*;

use crate::Rows;
use crate::definition::Fault;
use plan::{Condition, Measure, Plan, Told};
use tally::Counts;

/// Cases in a chunk: their answers fit into a core's own cache.
const CHUNK: usize = 2048;

/// Answers to a test.
const NO: u8 = 0;
const NOT_KNOWN: u8 = 1;
const YES: u8 = 2;

/// Fates of a case. The order is that of `Tally`.
const OUTSIDE: u8 = 0;
const MISSING: u8 = 1;
const IN: u8 = 2;
const COUNTED: u8 = 3;

/// Computes every definition from rows. One table for each, in their order, with the breakdowns that each asks for.
/// Memory and time grow with rows, definitions and strata alike; nothing is random and no order of threads shows.
///
/// # Errors
///
/// The faults of definitions that do not fit the rows' schema, as [`check`](crate::definition::check) finds them.
pub fn evaluate(rows: &Rows, definitions: &[Definition]) -> Result<Aggregates, Vec<Fault>> {
    let plan = Plan::of(definitions, rows.schema())?;
    let pieces = rayon::current_num_threads().max(1);
    let length = rows.len().div_ceil(pieces).max(1);
    let tallies = (0..rows.len())
        .step_by(length)
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|from| over(rows, &plan, from, (from + length).min(rows.len())))
        .reduce(|| plan.tallies(), |one, other| merged(one, &other));
    Ok(Aggregates {
        cases: rows.len() as u64,
        tables: plan::tables(definitions, rows.schema(), tallies),
    })
}

fn merged(mut one: Vec<Counts>, other: &[Counts]) -> Vec<Counts> {
    for (own, others) in one.iter_mut().zip(other) {
        own.merge(others);
    }
    one
}

/// Room that is used again for every chunk.
struct Room {
    /// The answers to each test, one after the other.
    answers: Vec<u8>,
    population: Vec<u8>,
    counted: Vec<u8>,
    fates: Vec<u8>,
    /// Places in the chunk of the cases that are not outside.
    chosen: Vec<u16>,
    /// Numbers of the columns `of` and `out_of`, plus one; 0 where not known.
    of: Vec<u32>,
    out_of: Vec<u32>,
}

impl Room {
    /// How many cases of a chunk that are not outside have a column recorded.
    fn recorded(&self, told: Told, length: usize) -> u64 {
        fn count<T: Copy + PartialEq>(fates: &[u8], values: &[T], unknown: T) -> u64 {
            #[expect(
                clippy::needless_bitwise_bool,
                reason = "without branches many cells are looked at together"
            )]
            let is_in = |(fate, value): (&u8, &T)| u32::from((*fate != OUTSIDE) & (*value != unknown));
            fates.iter().zip(values).map(is_in).sum::<u32>().into()
        }
        let fates = &self.fates[..length];
        match told {
            Told::Test(test) => count(fates, &self.answers[test * CHUNK..], NOT_KNOWN),
            Told::Of => count(fates, &self.of, 0),
            Told::OutOf => count(fates, &self.out_of, 0),
        }
    }
}

/// Tallies the rows from one to before another.
fn over(rows: &Rows, plan: &Plan, from: usize, to: usize) -> Vec<Counts> {
    let mut tallies = plan.tallies();
    let mut room = Room {
        answers: vec![0; plan.tests.len() * CHUNK],
        population: vec![0; CHUNK],
        counted: vec![0; CHUNK],
        fates: vec![0; CHUNK],
        chosen: vec![0; CHUNK],
        of: vec![0; CHUNK],
        out_of: vec![0; CHUNK],
    };
    for start in (from..to).step_by(CHUNK) {
        let length = CHUNK.min(to - start);
        for (test, answers) in plan.tests.iter().zip(room.answers.chunks_exact_mut(CHUNK)) {
            test.answer(&rows.columns()[test.column], start, &mut answers[..length]);
        }
        for (measure, counts) in plan.measures.iter().zip(&mut tallies) {
            let chosen = decide(rows, measure, &mut room, start, length);
            for (told, n) in measure.needed.iter().zip(&mut counts.recorded) {
                *n += room.recorded(*told, length);
            }
            for (stratum, tally) in measure.strata.iter().zip(&mut counts.strata) {
                tally.add(
                    stratum.map(|column| &rows.columns()[column]),
                    start,
                    &room.chosen[..chosen],
                    &room.fates,
                    &room.of,
                    &room.out_of,
                );
            }
        }
    }
    tallies
}

/// Finds the fate of each case of a chunk; returns how many are not outside.
fn decide(rows: &Rows, measure: &Measure, room: &mut Room, start: usize, length: usize) -> usize {
    combine(&measure.population, &room.answers, &mut room.population[..length]);
    match measure.of {
        None => {
            combine(&measure.counted, &room.answers, &mut room.counted[..length]);
            for ((fate, population), counted) in
                room.fates[..length].iter_mut().zip(&room.population).zip(&room.counted)
            {
                *fate = match (*population, *counted) {
                    (NO, _) => OUTSIDE,
                    (YES, NO) => IN,
                    (YES, YES) => COUNTED,
                    _ => MISSING,
                };
            }
        }
        Some(of) => {
            rows.columns()[of].widen(start, &mut room.of[..length]);
            // Without a column to divide by, each case divides by itself.
            match measure.out_of {
                Some(out_of) => rows.columns()[out_of].widen(start, &mut room.out_of[..length]),
                None => room.out_of[..length].fill(2),
            }
            for (index, fate) in room.fates[..length].iter_mut().enumerate() {
                *fate = match (room.population[index], room.of[index], room.out_of[index]) {
                    // Nothing to divide by: outside.
                    (NO, ..) | (_, _, 1) => OUTSIDE,
                    (NOT_KNOWN, ..) | (_, 0, _) | (_, _, 0) => MISSING,
                    (_, 1, _) if !measure.is_timed => IN,
                    _ => COUNTED,
                };
            }
        }
    }
    let mut chosen = 0;
    for (index, fate) in (0..).zip(&room.fates[..length]) {
        room.chosen[chosen] = index;
        chosen += usize::from(*fate != OUTSIDE);
    }
    chosen
}

/// Answers a condition from the answers to its tests.
fn combine(condition: &Condition, answers: &[u8], into: &mut [u8]) {
    let of = |test: usize| &answers[test * CHUNK..test * CHUNK + CHUNK];
    into.fill(YES);
    for test in &condition.all {
        for (result, answer) in into.iter_mut().zip(of(*test)) {
            *result = (*result).min(*answer);
        }
    }
    match condition.any[..] {
        [] => {}
        [first, ref others @ ..] => {
            let mut any = [NO; CHUNK];
            any.copy_from_slice(of(first));
            for test in others {
                for (result, answer) in any.iter_mut().zip(of(*test)) {
                    *result = (*result).max(*answer);
                }
            }
            for (result, answer) in into.iter_mut().zip(&any) {
                *result = (*result).min(*answer);
            }
        }
    }
}
