//! Capture histories: how many people stand on exactly which lists.
//!
//! A history is a bitmask: bit `i` is set when the person is on list `i`. History 0 (on no list) is
//! what is to be estimated, so it has no count.
//!
//! The CSV form has one column of 0 and 1 per list and a last column `count`; a history that is not
//! there has nobody.

use std::fmt;

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

/// Why capture histories were refused: the place and the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HistoriesError {
    /// One or two lists.
    #[error("{0} lists: at least {FEWEST_LISTS} are needed. With two lists nothing tells dependence between them from people that no list holds; find a third list")]
    TooFewLists(usize),
    /// More lists than any method takes.
    #[error("{0} lists: at most {MOST_LISTS} can be used. Merge lists of the same kind, or leave out the smallest")]
    TooManyLists(usize),
    /// Two lists of one name.
    #[error("two lists are called {0:?}: give each its own name")]
    RepeatedName(String),
    /// A list without a name, or with a character that model notation needs.
    #[error("column {column}: a list's name may not be empty, {COUNT:?}, or contain ':'")]
    Name {
        /// Column, from 1.
        column: usize,
    },
    /// The last column is something else.
    #[error("the last column is {0:?}: it must be {COUNT:?}, after one column for each list")]
    NoCount(String),
    /// Nothing but a heading, or not even that.
    #[error("there is no row of numbers below the heading")]
    Empty,
    /// A row with too many or too few cells.
    #[error("line {line}: {found} cells where the heading has {expected}")]
    Cells {
        /// Line, from 1.
        line: usize,
        /// Cells in the row.
        found: usize,
        /// Cells in the heading.
        expected: usize,
    },
    /// Neither 0 nor 1.
    #[error("line {line}, list {list:?}: {found:?} is neither 0 nor 1. Write 1 for people on the list, 0 for people who are not")]
    NotZeroOrOne {
        /// Line, from 1.
        line: usize,
        /// Name of the list.
        list: String,
        /// What stands there.
        found: String,
    },
    /// Negative, fractional or no number at all.
    #[error("line {line}: {found:?} is no count. Write how many people have this history as a whole number, 0 or more")]
    NotACount {
        /// Line, from 1.
        line: usize,
        /// What stands there.
        found: String,
    },
    /// The same history on two lines.
    #[error("line {line} has the same history as line {first}: add the two counts and keep one line")]
    Duplicate {
        /// The later line, from 1.
        line: usize,
        /// The earlier line, from 1.
        first: usize,
    },
    /// People on no list who were counted anyway.
    #[error("line {line} counts {count} people on no list at all: that number is what is estimated, so leave the line out")]
    OnNoList {
        /// Line, from 1.
        line: usize,
        /// Its count.
        count: u64,
    },
    /// A list with nobody on it.
    #[error("nobody is on the list {0:?}: leave it out")]
    EmptyList(String),
    /// Too many people for exact arithmetic.
    #[error("more than {MOST_PEOPLE} people: too many to be a count of people")]
    TooManyPeople,
    /// The number of counts is not a power of two that fits the names.
    #[error("{found} counts for {lists} lists: give one for each of the {expected} histories, the empty one first")]
    Counts {
        /// Counts given.
        found: usize,
        /// Lists named.
        lists: usize,
        /// Counts needed.
        expected: usize,
    },
}

/// The name of the last column.
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
            return Err(HistoriesError::Counts { found: counts.len(), lists: names.len(), expected: 1 << names.len() });
        }
        if counts[0] != 0 {
            return Err(HistoriesError::OnNoList { line: 1, count: counts[0] });
        }
        if counts.iter().try_fold(0_u64, |sum, count| sum.checked_add(*count)).is_none_or(|sum| sum > MOST_PEOPLE) {
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
        self.counts.iter().enumerate().filter(|(history, _)| history & set == set).map(|(_, count)| count).sum()
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
