//! Counts by code, while rows are gone through.

use std::collections::BTreeMap;

use domain::pack::Aggregate;

use super::{COUNTED, IN, MISSING};
use crate::rows::Cells;

/// Fates that are counted apart.
const FATES: usize = 4;

/// What is counted of one measure.
pub(super) struct Counts {
    /// By code, for each of its breakdowns.
    pub(super) strata: Vec<Tally>,
    /// In how many of its cases each column that it needs is recorded.
    pub(super) recorded: Vec<u64>,
}

impl Counts {
    pub(super) fn merge(&mut self, other: &Self) {
        for (own, others) in self.strata.iter_mut().zip(&other.strata) {
            own.merge(others);
        }
        for (own, others) in self.recorded.iter_mut().zip(&other.recorded) {
            *own += others;
        }
    }
}

/// What is counted of one breakdown, by code; the first place is for cases whose code is not known.
pub(super) struct Tally {
    /// By code and fate.
    counts: Vec<u64>,
    sums: Vec<u64>,
    out_of: Vec<u64>,
    /// By code and number, for medians and percentiles.
    histogram: Vec<u32>,
    /// How many numbers one code has in the histogram.
    numbers: usize,
}

impl Tally {
    pub(super) fn new(codes: usize, has_sums: bool, has_out_of: bool, top: Option<u32>) -> Self {
        let places = codes + 1;
        let numbers = top.map_or(0, |top| top as usize + 1);
        let room = |is_needed: bool| vec![0; if is_needed { places } else { 0 }];
        Self {
            counts: vec![0; places * FATES],
            sums: room(has_sums),
            out_of: room(has_out_of),
            histogram: vec![0; places * numbers],
            numbers,
        }
    }

    /// Adds the chosen cases of a chunk. `of` and `out_of` hold numbers plus one.
    pub(super) fn add(
        &mut self,
        stratum: Option<&Cells>,
        start: usize,
        chosen: &[u16],
        fates: &[u8],
        of: &[u32],
        out_of: &[u32],
    ) {
        match stratum {
            None => self.add_by(|_| 0, chosen, fates, of, out_of),
            Some(Cells::Code(cells)) => {
                let cells = &cells[start..];
                self.add_by(|index| cells[index].into(), chosen, fates, of, out_of);
            }
            Some(Cells::Number(cells)) => {
                let cells = &cells[start..];
                self.add_by(|index| cells[index].into(), chosen, fates, of, out_of);
            }
            Some(Cells::Money(cells)) => {
                let cells = &cells[start..];
                self.add_by(|index| cells[index] as usize, chosen, fates, of, out_of);
            }
        }
    }

    fn add_by(&mut self, code: impl Fn(usize) -> usize, chosen: &[u16], fates: &[u8], of: &[u32], out_of: &[u32]) {
        for index in chosen {
            let index = usize::from(*index);
            self.counts[code(index) * FATES + usize::from(fates[index])] += 1;
        }
        if !self.sums.is_empty() {
            for index in chosen {
                let index = usize::from(*index);
                if fates[index] >= IN {
                    self.sums[code(index)] += u64::from(of[index] - 1);
                }
            }
        }
        if !self.out_of.is_empty() {
            for index in chosen {
                let index = usize::from(*index);
                if fates[index] >= IN {
                    self.out_of[code(index)] += u64::from(out_of[index] - 1);
                }
            }
        }
        if self.numbers > 0 {
            for index in chosen {
                let index = usize::from(*index);
                if fates[index] == COUNTED {
                    self.histogram[code(index) * self.numbers + of[index] as usize - 1] += 1;
                }
            }
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        let add = |own: &mut [u64], others: &[u64]| {
            for (own, other) in own.iter_mut().zip(others) {
                *own += other;
            }
        };
        add(&mut self.counts, &other.counts);
        add(&mut self.sums, &other.sums);
        add(&mut self.out_of, &other.out_of);
        for (own, other) in self.histogram.iter_mut().zip(&other.histogram) {
            *own += other;
        }
    }

    /// What was counted in one place.
    pub(super) fn aggregate(&self, place: usize) -> Aggregate {
        let count = |fate: u8| self.counts[place * FATES + usize::from(fate)];
        let histogram: BTreeMap<u32, u64> = (0..)
            .zip(&self.histogram[place * self.numbers..][..self.numbers])
            .filter(|(_, count)| **count > 0)
            .map(|(number, count)| (number, u64::from(*count)))
            .collect();
        Aggregate {
            n: count(COUNTED),
            d: count(IN) + count(COUNTED),
            missing: count(MISSING),
            sum: self.sums.get(place).copied().unwrap_or(0),
            out_of: self.out_of.get(place).copied().unwrap_or(0),
            histogram,
        }
    }

    /// What was counted in all places.
    pub(super) fn total(&self) -> Aggregate {
        let mut total = Aggregate::default();
        for place in 0..self.counts.len() / FATES {
            total.merge(&self.aggregate(place));
        }
        total
    }
}
