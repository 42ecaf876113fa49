//! How many people are on exactly which lists: kept inside, and what may be shown because of it.
//!
//! The counts have no way out of this crate. What a page may say beside an estimate (the model a method chose, what the
//! estimate is without one list) is asked of [`Overlap`], which answers by every count that the reader could work out.

use domain::ids::StudyId;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use statistics::multiple_systems::Histories;
use statistics::multiple_systems::reliability::{Change, changed, conditioned};
use store::AppError;
use store::row::study_overlap;

use super::MOST;

/// The overlaps of a study's lists. It has neither `Display` nor `Serialize`, and nothing outside the slice can make one.
#[derive(Clone, PartialEq)]
pub(super) struct Overlap {
    /// The lists are called by their numbers in the study.
    histories: Histories,
    /// Their numbers, in the order of the bits.
    numbers: Vec<i32>,
}

impl Overlap {
    /// Reads a study's overlaps. Lists that nobody is on, because no tokens were sent for them, are left out.
    pub(super) async fn load(db: &impl ConnectionTrait, id: StudyId) -> Result<Self, AppError> {
        let rows = study_overlap::Entity::find()
            .filter(study_overlap::Column::StudyId.eq(id.0))
            .order_by_asc(study_overlap::Column::History)
            .all(db)
            .await?;
        let counted: Vec<(usize, u64)> = rows
            .iter()
            .map(|row| Ok((usize::try_from(row.history)?, u64::try_from(row.n)?)))
            .collect::<Result<_, std::num::TryFromIntError>>()
            .map_err(|error| AppError::Internal(error.into()))?;
        let used = counted.iter().fold(0, |used, (history, _)| used | history);
        let bits: Vec<usize> = (0..MOST).filter(|bit| used >> bit & 1 == 1).collect();
        let mut counts = vec![0; 1 << bits.len()];
        for (history, n) in counted {
            let packed: usize = bits
                .iter()
                .enumerate()
                .map(|(place, bit)| (history >> bit & 1) << place)
                .sum();
            counts[packed] += n;
        }
        let numbers = (1..)
            .zip(0..MOST)
            .filter(|(_, bit)| bits.contains(bit))
            .map(|(number, _)| number)
            .collect();
        Self::new(numbers, counts).map_err(|words| AppError::Internal(std::io::Error::other(words).into()))
    }

    /// Overlaps of lists with these numbers.
    ///
    /// # Errors
    /// Words that say what is wrong with the lists, without a count.
    pub(super) fn new(numbers: Vec<i32>, counts: Vec<u64>) -> Result<Self, String> {
        let names = numbers.iter().map(ToString::to_string);
        let histories = Histories::new(names, counts).map_err(|error| error.to_string())?;
        Ok(Self { histories, numbers })
    }

    /// What the methods compute from.
    pub(super) fn histories(&self) -> &Histories {
        &self.histories
    }

    /// The numbers of the lists.
    pub(super) fn numbers(&self) -> &[i32] {
        &self.numbers
    }

    /// How many people are on a list.
    pub(super) fn size(&self, place: usize) -> u64 {
        self.histories.on_all_of(1 << place)
    }

    /// Whether every cell of the table is `k` or more. An empty cell is under `k` like any other: that nobody is on
    /// exactly these lists says something of everyone who is on one of them.
    pub(super) fn is_wide(&self, k: u32) -> bool {
        is_wide(&self.histories, k)
    }

    /// Whether the model that a method chose may be shown: a term says that people on its lists were counted together, and
    /// a missing one how many were not. So every two lists must share `k` people or more, and so must the lists of each term.
    pub(super) fn shows_model(&self, model: &[String], k: u32) -> bool {
        let lists = self.histories.lists();
        let pairs = (0..lists).flat_map(|one| (one + 1..lists).map(move |other| 1 << one | 1 << other));
        let terms = model.iter().map(|term| self.set(term));
        pairs
            .map(Some)
            .chain(terms)
            .all(|set| set.is_some_and(|set| self.histories.on_all_of(set) >= u64::from(k)))
    }

    /// The lists of a term as a bitmask; `None` for a term of other lists.
    fn set(&self, term: &str) -> Option<usize> {
        term.split(':')
            .map(|name| {
                let place = self.histories.names().iter().position(|known| known == name)?;
                Some(1_usize << place)
            })
            .sum()
    }

    /// Whether what the estimate is without a list may be shown: beside the estimate of all lists it tells of the people
    /// who are on that list alone, and of each cell of the table that is left.
    pub(super) fn shows_without(&self, place: usize, k: u32) -> bool {
        let alone = self.histories.counts()[1 << place] >= u64::from(k);
        let left = changed(&self.histories, Change::Without(place));
        alone && left.is_ok_and(|left| is_wide(&left, k))
    }

    /// Whether what the estimate is with two lists counted as one may be shown: beside the sizes of both lists it tells of the
    /// people who are on both, and of each cell of the table that it rests on.
    pub(super) fn shows_merged(&self, (one, other): (usize, usize), k: u32) -> bool {
        let both = self.histories.on_all_of(1 << one | 1 << other) >= u64::from(k);
        let left = changed(&self.histories, Change::Merged(one, other));
        both && left.is_ok_and(|left| is_wide(&left, k))
    }

    /// Whether it may be shown how near the other lists come to the people on one: it tells of the people on that list alone,
    /// of those on it and each other list, and of each cell of the table of its people.
    pub(super) fn shows_conditioned(&self, place: usize, k: u32) -> bool {
        let mut others = (0..self.histories.lists()).filter(|other| *other != place);
        let is_shared = |other: usize| self.histories.on_all_of(1 << place | 1 << other) >= u64::from(k);
        let alone = self.histories.counts()[1 << place] >= u64::from(k);
        let on_it = conditioned(&self.histories, place);
        alone && others.all(is_shared) && on_it.is_ok_and(|on_it| is_wide(&on_it, k))
    }
}

fn is_wide(histories: &Histories, k: u32) -> bool {
    histories.counts()[1..].iter().all(|count| *count >= u64::from(k))
}

#[cfg(test)]
mod tests {
    use super::*;

    static_assertions::assert_not_impl_any!(Overlap: std::fmt::Display, std::fmt::Debug, serde::Serialize);

    fn overlap(counts: [u64; 8]) -> Overlap {
        Overlap::new(vec![1, 2, 4], counts.to_vec()).expect("overlaps")
    }

    #[test]
    fn a_model_is_shown_only_where_every_two_lists_share_enough() {
        let model = ["1:2".to_owned(), "4".to_owned()];
        assert!(overlap([0, 90, 80, 11, 70, 11, 11, 0]).shows_model(&model, 11));
        assert!(!overlap([0, 90, 80, 11, 70, 10, 11, 0]).shows_model(&model, 11));
        let triple = ["1:2:4".to_owned()];
        assert!(!overlap([0, 90, 80, 30, 70, 30, 30, 10]).shows_model(&triple, 11));
        assert!(overlap([0, 90, 80, 30, 70, 30, 30, 11]).shows_model(&triple, 11));
        assert!(!overlap([0, 90, 80, 30, 70, 30, 30, 11]).shows_model(&["1:9".to_owned()], 11));
    }

    #[test]
    fn an_empty_cell_is_as_small_as_any() {
        assert!(overlap([0, 90, 80, 30, 70, 30, 30, 11]).is_wide(11));
        assert!(!overlap([0, 90, 80, 30, 70, 30, 30, 0]).is_wide(11));
    }

    #[test]
    fn what_is_left_without_a_list_counts_too() {
        let four = |alone: u64, small: u64| {
            let mut counts = vec![40; 16];
            counts[0] = 0;
            counts[0b1000] = alone;
            (counts[0b0011], counts[0b1011]) = (small, 0);
            Overlap::new(vec![1, 2, 3, 4], counts).expect("overlaps")
        };
        assert!(four(40, 11).shows_without(3, 11));
        assert!(!four(10, 11).shows_without(3, 11));
        assert!(!four(40, 10).shows_without(3, 11));
    }

    #[test]
    fn every_cell_of_a_lists_people_decides_whether_it_is_shown_how_near_the_others_come() {
        let four = |cell: usize, n: u64| {
            let mut counts = vec![40; 16];
            (counts[0], counts[cell]) = (0, n);
            Overlap::new(vec![1, 2, 3, 4], counts).expect("overlaps")
        };
        assert!(four(0b0011, 11).shows_conditioned(0, 11));
        assert!(!four(0b0011, 10).shows_conditioned(0, 11), "ten on the first two alone");
        assert!(!four(0b0001, 10).shows_conditioned(0, 11), "ten on the first alone");
        assert!(
            four(0b0110, 3).shows_conditioned(0, 11),
            "nobody of these is on the first list"
        );
    }

    #[test]
    fn people_on_both_lists_and_what_is_left_decide_whether_they_are_shown_as_one() {
        let four = |both: u64, other: u64| {
            let mut counts = vec![40; 16];
            counts[0] = 0;
            // The first two lists share people in four cells; the third and fourth share some without them.
            for cell in [0b0011, 0b0111, 0b1011, 0b1111] {
                counts[cell] = both;
            }
            counts[0b1100] = other;
            Overlap::new(vec![1, 2, 3, 4], counts).expect("overlaps")
        };
        assert!(four(3, 11).shows_merged((0, 1), 11), "twelve on both");
        assert!(!four(2, 11).shows_merged((0, 1), 11), "eight on both");
        assert!(!four(40, 10).shows_merged((0, 1), 11), "ten on the other two alone");
        assert!(
            !overlap([0, 90, 80, 30, 70, 30, 30, 11]).shows_merged((0, 1), 11),
            "two lists are left"
        );
    }
}
