//! Why capture histories are refused.

use super::{COUNT, FEWEST_LISTS, MOST_LISTS, MOST_PEOPLE};

/// Why capture histories were refused: the place and the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HistoriesError {
    /// One or two lists.
    #[error(
        "{0} lists: at least {FEWEST_LISTS} are needed. With two lists nothing tells dependence between them from people that no list holds; find a third list"
    )]
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
    #[error(
        "line {line}, list {list:?}: {found:?} is neither 0 nor 1. Write 1 for people on the list, 0 for people who are not"
    )]
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
    #[error(
        "line {line} counts {count} people on no list at all: that number is what is estimated, so leave the line out"
    )]
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
