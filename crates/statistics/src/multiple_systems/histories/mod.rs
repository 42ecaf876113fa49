//! Capture histories: how many people stand on exactly which lists.
//!
//! A history is a bitmask: bit `i` is set when the person is on list `i`. History 0 (on no list) is
//! what is to be estimated, so it has no count.
//!
//! The CSV form has one column of 0 and 1 per list and a last column `count`; a history that is not
//! there has nobody.

mod csv_text;
mod error;

use std::fmt;

pub use error::HistoriesError;

/// How many people have each capture history, on 3 to 10 lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histories {
    names: Vec<String>,
    /// By bitmask; `counts[0]` is 0 because nobody on no list was seen.
    counts: Vec<u64>,
}

/// The fewest lists with which dependence between lists can be seen at all.
pub const FEWEST_LISTS: usize = 3;
/// The most lists that any method takes.
pub const MOST_LISTS: usize = 10;
/// The most people: far above any country's, and small enough for exact arithmetic in `f64`.
pub const MOST_PEOPLE: u64 = 100_000_000;

/// The name of the last column of the CSV form.
const COUNT: &str = "count";

impl Histories {
    /// Histories from the names of the lists and one count for each bitmask, `counts[0]` being 0.
    ///
    /// ```
    /// use statistics::multiple_systems::Histories;
    /// // Nobody on no list; 4 on A only, 5 on B only, 2 on A and B, …
    /// let histories = Histories::new(["A", "B", "C"], vec![0, 4, 5, 2, 6, 1, 1, 0])?;
    /// assert_eq!((histories.observed(), histories.on_all_of(0b011)), (19, 2));
    /// # Ok::<(), statistics::multiple_systems::HistoriesError>(())
    /// ```
    pub fn new<S: Into<String>>(names: impl IntoIterator<Item = S>, counts: Vec<u64>) -> Result<Self, HistoriesError> {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        check_names(&names)?;
        if counts.len() != 1 << names.len() {
            return Err(HistoriesError::Counts {
                found: counts.len(),
                lists: names.len(),
                expected: 1 << names.len(),
            });
        }
        if counts[0] != 0 {
            return Err(HistoriesError::OnNoList {
                line: 1,
                count: counts[0],
            });
        }
        if counts
            .iter()
            .try_fold(0_u64, |sum, count| sum.checked_add(*count))
            .is_none_or(|sum| sum > MOST_PEOPLE)
        {
            return Err(HistoriesError::TooManyPeople);
        }
        let histories = Self { names, counts };
        match (0..histories.lists()).find(|list| histories.on_all_of(1 << list) == 0) {
            Some(list) => Err(HistoriesError::EmptyList(histories.names[list].clone())),
            None => Ok(histories),
        }
    }

    /// The lists' names, in the order of the bits.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many lists there are.
    pub fn lists(&self) -> usize {
        self.names.len()
    }

    /// The count of each history by bitmask; the first is 0.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// How many people were seen on any list.
    pub fn observed(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// How many people are on all lists of `set`, whatever other lists they are on.
    pub fn on_all_of(&self, set: usize) -> u64 {
        self.counts
            .iter()
            .enumerate()
            .filter(|(history, _)| history & set == set)
            .map(|(_, count)| count)
            .sum()
    }

    /// How many people are on exactly 0, 1, 2, … lists; the first is 0.
    pub fn by_number_of_lists(&self) -> Vec<u64> {
        let mut people = vec![0; self.lists() + 1];
        for (history, count) in self.counts.iter().enumerate() {
            people[history.count_ones() as usize] += count;
        }
        people
    }
}

fn check_names(names: &[String]) -> Result<(), HistoriesError> {
    if names.len() < FEWEST_LISTS {
        return Err(HistoriesError::TooFewLists(names.len()));
    }
    if names.len() > MOST_LISTS {
        return Err(HistoriesError::TooManyLists(names.len()));
    }
    for (index, name) in names.iter().enumerate() {
        if name.trim().is_empty() || name.contains(':') || name == COUNT {
            return Err(HistoriesError::Name { column: index + 1 });
        }
        if names[..index].contains(name) {
            return Err(HistoriesError::RepeatedName(name.clone()));
        }
    }
    Ok(())
}

impl fmt::Display for Histories {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} people on {} lists", self.observed(), self.lists())
    }
}
