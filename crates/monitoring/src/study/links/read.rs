//! The reader of what `rapporteur link` writes: list, row, cluster.
//!
//! What it gives holds no row id. Whether it belongs to a study is a second question, asked by [`counted`].

use std::collections::{BTreeMap, HashMap};

use statistics::linkage::links;

use crate::study::MOST;
use crate::study::overlap::Overlap;
use crate::study::tokens::code;

/// A list as the file must have it.
#[derive(Debug, Clone)]
pub(in crate::study) struct Expected {
    pub(in crate::study) number: i32,
    pub(in crate::study) n_people: u64,
}

/// What a file says, without its row ids.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Read {
    /// For the number of each list, the line on which it is first named, and how many rows it has.
    lists: BTreeMap<i32, (u64, u64)>,
    /// For each cluster the lists that it is on; bit `n - 1` stands for list `n`.
    clusters: HashMap<u64, usize>,
}

/// Reads a file; words that say what is wrong with it, where it is none.
pub(super) fn read(bytes: &[u8]) -> Result<Read, String> {
    let links = links::read(bytes).map_err(|error| error.to_string())?;
    let place = |name: &str| (1..).zip(0..MOST).find(|(number, _)| code(*number) == name);
    let mut lists = BTreeMap::new();
    for (line, link) in &links {
        let (number, _) = place(&link.list).ok_or_else(|| no_list(*line))?;
        lists.entry(number).or_insert((*line, 0)).1 += 1;
    }
    let bit = |name: &str| place(name).map(|(_, bit)| bit);
    let clusters = links::clusters(links.iter().map(|(_, link)| link), bit);
    Ok(Read {
        lists,
        clusters: clusters.map_err(|link| format!("{} is no list of this study", link.list))?,
    })
}

fn no_list(line: u64) -> String {
    format!(
        "Line {line}: this study has no tokens of a list of that name. Leave the names of the token files as they are"
    )
}

/// How many people are on exactly which lists, if the lists and their lengths are those that were sent; bit `n - 1` stands
/// for list `n`.
pub(super) fn counted(read: &Read, expected: &[Expected]) -> Result<Vec<(usize, u64)>, String> {
    for (number, (line, _)) in &read.lists {
        if !expected.iter().any(|list| list.number == *number) {
            return Err(no_list(*line));
        }
    }
    for list in expected {
        let rows = read.lists.get(&list.number).map_or(0, |(_, rows)| *rows);
        if list.n_people != rows {
            return Err(format!(
                "{} has another number of rows here than its organisation said it sent. Link all token files again; if it \
                 stays so, that number or the file that was sent is wrong: ask the coordinator to take token files again",
                code(list.number)
            ));
        }
    }
    let mut counts: BTreeMap<usize, u64> = BTreeMap::new();
    for lists in read.clusters.values() {
        *counts.entry(*lists).or_default() += 1;
    }
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
    Ok(counts.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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

    fn both(text: &str) -> Result<Vec<(usize, u64)>, String> {
        counted(&read(text.as_bytes())?, &expected())
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
        let counts = both(&links(&GOOD)).expect("counted");
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
            (with(2, ("list-11", 3, 1)), "Line 4"),
            (with(2, ("list-2", 1, 1)), "stands in the file twice"),
            (links(&GOOD[..4]), "another number of rows"),
            (links(&GOOD[..4]), "that number or the file that was sent is wrong"),
            (links(&GOOD).replace(",3\n", ",x\n"), "must be a number"),
            (links(&GOOD).replace("0005,", "05,"), "no row id"),
            (links(&GOOD).replace("list-4", "list-1"), "another number of rows"),
        ] {
            let words = both(&text).expect_err("it is refused");
            assert!(words.contains(says), "{words}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_links_or_words_that_say_why_not(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Err(words) = read(&bytes) {
                prop_assert!(!words.is_empty());
            }
        }

        #[test]
        fn any_lines_are_links_or_words_that_say_why_not(
            lines in proptest::collection::vec("(list-[0-9]{1,2}|.{0,6}),([0-9a-f]{32}|.{0,33}),([0-9]{1,20}|.{0,4})", 0..20),
        ) {
            let text = format!("list,row,cluster\n{}\n", lines.join("\n"));
            if let Ok(links) = read(text.as_bytes()) {
                let rows: u64 = links.lists.values().map(|(_, rows)| rows).sum();
                prop_assert!(rows <= lines.len() as u64);
                let _ = counted(&links, &expected());
            }
        }

        #[test]
        fn every_person_is_counted_once_whatever_lists_they_are_on(people in proptest::collection::vec(1_usize..16, 1..60)) {
            let mut text = String::from("list,row,cluster\n");
            let (mut row, mut sizes) = (0_u32, [0_u64; 4]);
            for (person, lists) in people.iter().enumerate() {
                for list in (0..4).filter(|list| lists >> list & 1 == 1) {
                    row += 1;
                    sizes[list] += 1;
                    text.push_str(&format!("list-{},{row:032x},{person}\n", list + 1));
                }
            }
            let expected: Vec<Expected> = (1..).zip(sizes).map(|(number, n_people)| Expected { number, n_people }).collect();
            let links = read(text.as_bytes()).expect("it is read");
            prop_assert_eq!(links.clusters.len(), people.len());
            if let Ok(counts) = counted(&links, &expected) {
                for (lists, n) in counts {
                    let same = people.iter().filter(|person| **person == lists).count();
                    prop_assert_eq!(n, same as u64);
                }
            }
        }
    }
}
