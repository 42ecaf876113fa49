//! What the linkage officer gives back: which rows are one person. It becomes counts at once; nothing else of it is kept.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use domain::ids::StudyId;
use domain::permission::Action;
use domain::study::StudyState;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use store::row::{study, study_overlap, study_token_file};
use store::{AppError, Cx, FieldErrors};

use super::overlap::Overlap;
use super::tokens::{code, destroy};
use super::{expect_state, lists_of, present, relation, row};

/// What it takes to record links.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// The file that `rapporteur link` wrote: list, row, cluster.
    pub bytes: Bytes,
    /// Whether the officer says that no copy of the token files, of the row ids and of this file is left with them.
    pub is_destroyed: bool,
}

/// A list as the file must have it.
#[derive(Debug, Clone)]
struct Expected {
    number: i32,
    n_people: u64,
}

/// Records the links of a study: its linkage officer. The lists and their lengths must be those that were sent. The overlaps
/// are counted and kept; the row ids and cluster numbers are not; and every token file here is destroyed, with a record.
pub async fn record_links(cx: &Cx<'_>, id: StudyId, input: Links) -> Result<StudyId, AppError> {
    let found = row(cx.db.reader(), id).await?;
    let relation = relation(cx, &found);
    let work = cx.begin(Action::RecordLinks, relation).await?;
    let found = row(&work.tx, id).await?;
    expect_state(
        &found,
        StudyState::Linking,
        "links are recorded once, after the end of collection",
    )?;
    let mut errors = FieldErrors::new();
    if !input.is_destroyed {
        errors.add(
            "is_destroyed",
            "Destroy the token files and what you made of them on your machine, then say so here",
        );
    }
    let mut expected = Vec::new();
    let mut records = Vec::new();
    for list in lists_of(&work.tx, id).await? {
        if let Some(record) = present(&work.tx, list.id).await? {
            expected.push(Expected {
                number: list.number,
                n_people: u64::try_from(record.n_people).unwrap_or(0),
            });
            records.push(record);
        }
    }
    // A large file is read off the threads that answer requests.
    let bytes = input.bytes;
    let read = tokio::task::spawn_blocking(move || counted(&bytes, &expected))
        .await
        .map_err(|error| AppError::Internal(error.into()))?;
    let counts = match read {
        Ok(counts) => counts,
        Err(words) => {
            errors.add("file", words);
            Vec::new()
        }
    };
    errors.into_result()?;
    keep(cx, &work.tx, id, &counts).await?;
    destroy_all(cx, &work.tx, records, "linked").await?;
    let mut changed: study::ActiveModel = found.into();
    changed.state = Set(StudyState::Linked.code().to_owned());
    changed.update(&work.tx).await?;
    work.finish(cx, "study", Some(id.0)).await?;
    Ok(id)
}

/// Destroys token files, with a row of the log for each.
pub(super) async fn destroy_all(
    cx: &Cx<'_>,
    tx: &impl sea_orm::ConnectionTrait,
    records: Vec<study_token_file::Model>,
    why: &str,
) -> Result<(), AppError> {
    for record in records {
        let id = record.id;
        destroy(cx, tx, record, why).await?;
        store::work::log(tx, cx, Action::RecordLinks, "study_token_file", Some(id), "destroyed").await?;
    }
    Ok(())
}

async fn keep(
    cx: &Cx<'_>,
    tx: &impl sea_orm::ConnectionTrait,
    id: StudyId,
    counts: &[(usize, u64)],
) -> Result<(), AppError> {
    for (history, n) in counts {
        study_overlap::ActiveModel {
            id: Set(cx.ids.ordered()),
            study_id: Set(id.0),
            history: Set(i32::try_from(*history).unwrap_or(i32::MAX)),
            n: Set(i64::try_from(*n).unwrap_or(i64::MAX)),
        }
        .insert(tx)
        .await?;
    }
    Ok(())
}

/// How many people are on exactly which lists; bit `n - 1` stands for list `n`.
fn counted(bytes: &[u8], expected: &[Expected]) -> Result<Vec<(usize, u64)>, String> {
    const OTHER: &str = "This is not what `rapporteur link` writes: its columns are list, row and cluster";
    let text = std::str::from_utf8(bytes).map_err(|_| OTHER.to_owned())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let headings = reader.headers().map_err(|_| OTHER.to_owned())?;
    if headings != ["list", "row", "cluster"].as_slice() {
        return Err(OTHER.to_owned());
    }
    let mut rows: HashSet<String> = HashSet::new();
    let mut sizes = vec![0_u64; expected.len()];
    let mut people: HashMap<u64, usize> = HashMap::new();
    for record in reader.records() {
        let record = record.map_err(|_| format!("{OTHER}. A line has too many or too few of them"))?;
        let line = record.position().map_or(0, csv::Position::line);
        let place = expected
            .iter()
            .position(|list| code(list.number) == record[0])
            .ok_or_else(|| format!("Line {line}: this study has no tokens of a list of that name. Leave the names of the token files as they are"))?;
        let row = &record[1];
        if row.len() != 32 || !row.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(format!(
                "Line {line}: this is no row id; row ids have 32 characters, 0 to 9 and a to f"
            ));
        }
        if !rows.insert(row.to_ascii_lowercase()) {
            return Err(format!("Line {line}: this row stands in the file twice"));
        }
        let cluster = record[2]
            .parse::<u64>()
            .map_err(|_| format!("Line {line}: the cluster must be a number"))?;
        sizes[place] += 1;
        *people.entry(cluster).or_default() |= 1 << (expected[place].number - 1);
    }
    for (list, size) in expected.iter().zip(&sizes) {
        if list.n_people != *size {
            return Err(format!(
                "{} has another number of rows here than its organisation said it sent: link all token files again",
                code(list.number)
            ));
        }
    }
    let mut counts: HashMap<usize, u64> = HashMap::new();
    for lists in people.values() {
        *counts.entry(*lists).or_default() += 1;
    }
    let mut counts: Vec<(usize, u64)> = counts.into_iter().collect();
    counts.sort_unstable();
    // What cannot be estimated from is refused here, and not by the job.
    let numbers: Vec<i32> = expected.iter().map(|list| list.number).collect();
    let mut packed = vec![0; 1 << numbers.len()];
    for (lists, n) in &counts {
        let history: usize = (numbers.iter().enumerate())
            .map(|(place, number)| (lists >> (number - 1) & 1) << place)
            .sum();
        packed[history] += n;
    }
    Overlap::new(numbers, packed)?;
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected() -> Vec<Expected> {
        [(1, 2), (2, 2), (4, 1)]
            .map(|(number, n_people)| Expected { number, n_people })
            .to_vec()
    }

    fn links(rows: &[(&str, u8, u32)]) -> String {
        let lines: String = rows
            .iter()
            .map(|(list, row, cluster)| format!("{list},{row:032x},{cluster}\n"))
            .collect();
        format!("list,row,cluster\n{lines}")
    }

    const GOOD: [(&str, u8, u32); 5] = [
        ("list-1", 1, 1),
        ("list-1", 2, 2),
        ("list-2", 3, 1),
        ("list-2", 4, 3),
        ("list-4", 5, 1),
    ];

    #[test]
    fn people_are_counted_by_the_lists_they_are_on() {
        let counts = counted(links(&GOOD).as_bytes(), &expected()).expect("counted");
        assert_eq!(counts, [(0b0001, 1), (0b0010, 1), (0b1011, 1)]);
    }

    #[test]
    fn what_does_not_belong_to_the_study_is_refused_with_its_line() {
        let with = |place: usize, row: (&'static str, u8, u32)| {
            let mut rows = GOOD;
            rows[place] = row;
            links(&rows)
        };
        for (text, says) in [
            ("people\n".to_owned(), "not what `rapporteur link` writes"),
            (with(2, ("list-3", 3, 1)), "Line 4"),
            (with(2, ("list-2", 1, 1)), "stands in the file twice"),
            (links(&GOOD[..4]), "another number of rows"),
            (links(&GOOD).replace(",3\n", ",x\n"), "must be a number"),
            (links(&GOOD).replace("0005,", "05,"), "no row id"),
            (links(&GOOD).replace("list-4", "list-1"), "another number of rows"),
        ] {
            let words = counted(text.as_bytes(), &expected()).expect_err("it is refused");
            assert!(words.contains(says), "{words}");
        }
    }
}
