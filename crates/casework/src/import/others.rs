//! Columns of a file that answer no question: listed before anything is taken, and then kept as words or left out, as the
//! member chose for the file. None is lost without a word.

use std::collections::HashSet;

use interchange::table::{Row, Table};
use serde::{Deserialize, Serialize};

use super::mapping::Mapping;

/// What a note begins with.
const FIRST: &str = "From the file that this case was brought in with:";
/// Characters of one note: fewer than a text may have, with room for its first line.
const MOST: usize = 15_000;

/// A column that holds something and answers no question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Other {
    /// Its heading.
    pub heading: String,
    /// How many of its cells hold something.
    pub n_filled: usize,
}

/// Where the columns stand that answer no question. What stands without a heading in a few rows is none of them: it is a fault of
/// those rows.
pub(super) fn columns(table: &Table, mapping: &Mapping) -> Vec<usize> {
    let others = table
        .headers
        .iter()
        .enumerate()
        .filter(|(at, heading)| !mapping.columns.contains_key(*heading) && !table.stray.contains(at));
    others.map(|(at, _)| at).collect()
}

/// Those of them that hold something.
pub(super) fn of(table: &Table, mapping: &Mapping) -> Vec<Other> {
    let filled = table.filled();
    columns(table, mapping)
        .into_iter()
        .map(|at| Other {
            heading: table.headers[at].clone(),
            n_filled: filled[at],
        })
        .filter(|other| other.n_filled > 0)
        .collect()
}

/// What the rows of a case hold in some columns, in words: as many notes as it takes, each thing said once.
pub(super) fn words(table: &Table, rows: &[&Row], columns: &[usize]) -> Vec<String> {
    let mut said = HashSet::new();
    let mut notes: Vec<(usize, String)> = Vec::new();
    for (row, at) in rows.iter().flat_map(|row| columns.iter().map(move |at| (row, *at))) {
        let Some(cell) = row.cells.get(at).filter(|cell| !cell.is_blank()) else {
            continue;
        };
        let line = format!("{}: {}", table.headers[at], cell.text().trim());
        if said.contains(&line) {
            continue;
        }
        let letters: Vec<char> = line.chars().collect();
        for part in letters.chunks(MOST) {
            match notes.last_mut() {
                Some((n, note)) if *n + part.len() < MOST => {
                    note.push('\n');
                    note.extend(part);
                    *n += part.len() + 1;
                }
                _ => notes.push((part.len(), format!("{FIRST}\n{}", part.iter().collect::<String>()))),
            }
        }
        said.insert(line);
    }
    notes.into_iter().map(|(_, note)| note).collect()
}

#[cfg(test)]
mod tests {
    use interchange::table::{Choice, Limits, read};

    use super::*;

    #[test]
    fn what_is_said_in_every_row_of_a_case_is_told_once_and_nothing_is_cut() {
        let long = "é".repeat(2 * MOST);
        let text = format!("Name,Worker,Story\nA,Sample,{long}\nA,Sample,short\n");
        let table = read(text.as_bytes(), "x.csv", &Choice::default(), &Limits::default()).expect("a table");
        let rows: Vec<&Row> = table.rows.iter().collect();
        let notes = words(&table, &rows, &[1, 2]);
        assert!(notes.iter().all(|note| note.chars().count() < 20_000));
        let all = notes.join("");
        assert_eq!(all.matches("Worker: Sample").count(), 1);
        assert_eq!(all.matches('é').count(), 2 * MOST);
        assert!(all.contains("Story: short"));
        assert!(words(&table, &rows, &[]).is_empty());
    }
}
