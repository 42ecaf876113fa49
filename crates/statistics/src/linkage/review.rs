//! Review by people: what an organisation answered about its own rows of doubtful pairs, and what both answers together decide.
//!
//! The review is blind: whoever answers sees their own record and how the fields agree, never the other's record and never the
//! chance. Each of the two organisations of a pair answers for itself; a pair is decided where one answered and the other does
//! not contradict.

use std::collections::{BTreeMap, HashSet};

use super::tokens::{RowId, unhex};

/// The heading of the column that is filled in.
pub const ANSWER: &str = "same person (yes or no)";

/// What one organisation says of one of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The number of the pair, which is the same in both organisations' files.
    pub pair: u64,
    /// The organisation's own row.
    pub row: RowId,
    /// Whether it is the same person; `None` where it could not be told.
    pub is_same: Option<bool>,
}

/// Why a file of answers is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReviewError {
    /// Something else.
    #[error(
        "This is not what `rapporteur link --review` writes, filled in: it needs the columns “pair”, “row” and “{ANSWER}”"
    )]
    NotReview,
    /// No number.
    #[error("Line {0}: the number of the pair must stay as it was given")]
    Pair(u64),
    /// No row id.
    #[error("Line {0}: the row id must stay as it was given, 32 characters of 0 to 9 and a to f")]
    Row(u64),
    /// Another word.
    #[error("Line {0}: answer yes or no, or leave it empty where it cannot be told")]
    Word(u64),
    /// A pair twice.
    #[error("Line {0}: this row stands in this pair twice")]
    Twice(u64),
    /// A pair with one row, or with three.
    #[error(
        "Pair {0} has {1} rows in these files and not two: put every list’s file in, as it was given, also those without an answer"
    )]
    Rows(u64, usize),
}

/// Reads one list's file of answers. Columns between those that are needed are passed over, and so is a mark that spreadsheets put
/// before a text.
///
/// # Errors
/// What is not such a file, with its line.
pub fn read(bytes: &[u8]) -> Result<Vec<Answer>, ReviewError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ReviewError::NotReview)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let headings = reader.headers().map_err(|_| ReviewError::NotReview)?.clone();
    let place = |name: &str| headings.iter().position(|heading| heading == name);
    let (Some(pair), Some(row), Some(answer)) = (place("pair"), place("row"), place(ANSWER)) else {
        return Err(ReviewError::NotReview);
    };
    let mut seen = HashSet::new();
    let mut answers = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| ReviewError::NotReview)?;
        let line = record.position().map_or(0, csv::Position::line);
        let is_number = record[pair].bytes().all(|byte| byte.is_ascii_digit());
        let found = Answer {
            pair: record[pair]
                .parse()
                .ok()
                .filter(|_| is_number)
                .ok_or(ReviewError::Pair(line))?,
            row: unhex(&record[row]).ok_or(ReviewError::Row(line))?,
            is_same: match record[answer].to_lowercase().as_str() {
                "" => None,
                "yes" => Some(true),
                "no" => Some(false),
                _ => return Err(ReviewError::Word(line)),
            },
        };
        if !seen.insert((found.pair, found.row)) {
            return Err(ReviewError::Twice(line));
        }
        answers.push(found);
    }
    Ok(answers)
}

/// What people decided of the doubtful pairs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decided {
    /// Pairs of records that are one person.
    pub same: Vec<(u32, u32)>,
    /// Pairs of records that are not.
    pub apart: Vec<(u32, u32)>,
    /// Pairs of which one organisation says yes and the other no: their chance stands.
    pub contradicted: usize,
    /// Pairs that nobody could tell: their chance stands.
    pub open: usize,
}

/// Puts both answers to each pair together. `answers`: the record that each answer is about, and the answer.
///
/// # Errors
/// A pair that has not two rows.
pub fn decide(answers: impl IntoIterator<Item = (u32, Answer)>) -> Result<Decided, ReviewError> {
    let mut pairs: BTreeMap<u64, Vec<(u32, Option<bool>)>> = BTreeMap::new();
    for (record, answer) in answers {
        pairs.entry(answer.pair).or_default().push((record, answer.is_same));
    }
    let mut decided = Decided::default();
    for (number, rows) in pairs {
        let [(one, said), (other, other_said)] = rows[..] else {
            return Err(ReviewError::Rows(number, rows.len()));
        };
        let pair = (one.min(other), one.max(other));
        match (said, other_said) {
            (Some(true), Some(false)) | (Some(false), Some(true)) => decided.contradicted += 1,
            (Some(true), _) | (_, Some(true)) => decided.same.push(pair),
            (Some(false), _) | (_, Some(false)) => decided.apart.push(pair),
            (None, None) => decided.open += 1,
        }
    }
    Ok(decided)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn file(rows: &str) -> String {
        format!("pair,row,given (first name),{ANSWER}\n{rows}")
    }

    #[test]
    fn what_is_no_answer_is_refused_with_its_line() {
        let good = file("1,000102030405060708090a0b0c0d0e0f,agree,Yes\n2,000102030405060708090a0b0c0d0e0f,differ,\n");
        let read_ = read(good.as_bytes()).unwrap();
        assert_eq!(
            read_.iter().map(|one| one.is_same).collect::<Vec<_>>(),
            [Some(true), None]
        );
        for (from, to, error) in [
            ("pair", "pairs", ReviewError::NotReview),
            ("2,00", "x,00", ReviewError::Pair(3)),
            ("2,00", "+2,00", ReviewError::Pair(3)),
            ("1,00", "1,0", ReviewError::Row(2)),
            ("Yes", "perhaps", ReviewError::Word(2)),
            ("2,00", "1,00", ReviewError::Twice(3)),
            ("agree,Yes", "Yes", ReviewError::NotReview),
        ] {
            assert!(good.contains(from), "{from}");
            assert_eq!(read(good.replacen(from, to, 1).as_bytes()), Err(error), "{to}");
        }
    }

    #[test]
    fn a_pair_is_decided_where_one_answers_and_the_other_does_not_contradict() {
        let answer = |pair, is_same| Answer {
            pair,
            row: [0; 16],
            is_same,
        };
        let answers = [
            (4, answer(1, Some(true))),
            (0, answer(1, None)),
            (1, answer(2, Some(false))),
            (5, answer(2, Some(false))),
            (2, answer(3, Some(true))),
            (6, answer(3, Some(false))),
            (3, answer(4, None)),
            (7, answer(4, None)),
        ];
        let decided = decide(answers.clone()).unwrap();
        assert_eq!(decided.same, [(0, 4)]);
        assert_eq!(decided.apart, [(1, 5)]);
        assert_eq!((decided.contradicted, decided.open), (1, 1));
        assert_eq!(decide(answers[..7].iter().cloned()), Err(ReviewError::Rows(4, 1)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_answers_or_a_fault(bytes in proptest::collection::vec(any::<u8>(), 0..200), rows in "[0-9a-fyesno,\n]{0,120}") {
            let _ = read(&bytes);
            let _ = read(file(&rows).as_bytes());
        }
    }
}
