//! Capture histories as CSV: one column of 0 and 1 for each list, and a last column `count`.

use csv::{ReaderBuilder, StringRecord, Writer};

use super::{COUNT, Histories, HistoriesError, check_names};

impl Histories {
    /// Reads CSV, its cells parted by commas, or by semicolons as spreadsheets of many countries write it. A history that
    /// has no line has nobody; lines may come in any order.
    ///
    /// ```
    /// use statistics::multiple_systems::Histories;
    /// let histories = Histories::read("A,B,C,count\n1,0,0,40\n0,1,0,30\n0,0,1,20\n1,1,0,6\n")?;
    /// assert_eq!((histories.observed(), histories.on_all_of(0b011)), (96, 6));
    /// assert_eq!(Histories::read(&histories.write())?, histories);
    /// # Ok::<(), statistics::multiple_systems::HistoriesError>(())
    /// ```
    pub fn read(text: &str) -> Result<Self, HistoriesError> {
        // Spreadsheets put a byte order mark before the first name.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = ReaderBuilder::new()
            .flexible(true)
            .delimiter(delimiter(text))
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let heading = reader.headers().map_err(|_| HistoriesError::Empty)?.clone();
        let Some(last) = heading.get(heading.len().wrapping_sub(1)) else {
            return Err(HistoriesError::Empty);
        };
        if last != COUNT {
            return Err(HistoriesError::NoCount(last.to_owned()));
        }
        let names: Vec<String> = heading.iter().take(heading.len() - 1).map(str::to_owned).collect();
        check_names(&names)?;
        let mut counts = vec![0_u64; 1 << names.len()];
        // Line of each history, to say where it stood first.
        let mut lines = vec![0_usize; counts.len()];
        for record in reader.records() {
            let record = record.map_err(|_| HistoriesError::Empty)?;
            let line = record
                .position()
                .map_or(0, |place| usize::try_from(place.line()).unwrap_or(usize::MAX));
            let (history, count) = row(&record, &names, line)?;
            if history == 0 && count > 0 {
                return Err(HistoriesError::OnNoList { line, count });
            }
            if lines[history] > 0 {
                return Err(HistoriesError::Duplicate {
                    line,
                    first: lines[history],
                });
            }
            lines[history] = line;
            counts[history] = count;
        }
        if lines.iter().all(|line| *line == 0) {
            return Err(HistoriesError::Empty);
        }
        Self::new(names, counts)
    }

    /// Writes the histories that somebody has, in the order of their bitmasks.
    pub fn write(&self) -> String {
        let mut writer = Writer::from_writer(Vec::new());
        let heading = self.names().iter().map(String::as_str).chain([COUNT]);
        writer.write_record(heading).expect("memory takes every record");
        for (history, count) in self.counts().iter().enumerate().filter(|(_, count)| **count > 0) {
            let cells = (0..self.lists()).map(|list| {
                if history >> list & 1 == 1 {
                    "1".to_owned()
                } else {
                    "0".to_owned()
                }
            });
            writer
                .write_record(cells.chain([count.to_string()]))
                .expect("every record has as many cells as the heading");
        }
        let bytes = writer.into_inner().expect("memory takes every record");
        String::from_utf8(bytes).expect("names, digits and commas are text")
    }
}

/// What parts cells: a semicolon where one stands before the last name of the heading, `count`; else a comma.
fn delimiter(text: &str) -> u8 {
    let quotes = |c: char| c == '"' || c.is_whitespace();
    let heading = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let before = heading.trim_end_matches(quotes).strip_suffix(COUNT).unwrap_or_default();
    if before.trim_end_matches(quotes).ends_with(';') {
        b';'
    } else {
        b','
    }
}

/// The history and the count of one line.
fn row(record: &StringRecord, names: &[String], line: usize) -> Result<(usize, u64), HistoriesError> {
    if record.len() != names.len() + 1 {
        return Err(HistoriesError::Cells {
            line,
            found: record.len(),
            expected: names.len() + 1,
        });
    }
    let mut history = 0;
    for (list, (cell, name)) in record.iter().zip(names).enumerate() {
        match cell {
            "0" => {}
            "1" => history |= 1 << list,
            _ => {
                return Err(HistoriesError::NotZeroOrOne {
                    line,
                    list: name.clone(),
                    found: cell.to_owned(),
                });
            }
        }
    }
    let count = record.get(names.len()).unwrap_or_default();
    match count.parse() {
        Ok(number) if count.bytes().all(|byte| byte.is_ascii_digit()) => Ok((history, number)),
        _ => Err(HistoriesError::NotACount {
            line,
            found: count.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused(text: &str) -> HistoriesError {
        Histories::read(text).unwrap_err()
    }

    #[test]
    fn two_lists_and_twenty_are_refused() {
        assert_eq!(refused("A,B,count\n1,0,4\n"), HistoriesError::TooFewLists(2));
        let names: Vec<String> = (1..=20).map(|number| format!("L{number}")).collect();
        assert_eq!(
            refused(&format!("{},count\n", names.join(","))),
            HistoriesError::TooManyLists(20)
        );
    }

    #[test]
    fn a_list_with_nobody_is_refused_by_name() {
        assert_eq!(
            refused("A,B,C,count\n1,0,0,4\n0,1,0,3\n"),
            HistoriesError::EmptyList("C".into())
        );
        assert_eq!(
            refused("A,B,C,count\n1,0,0,4\n0,1,0,3\n0,0,1,0\n"),
            HistoriesError::EmptyList("C".into())
        );
    }

    #[test]
    fn counts_are_whole_numbers_of_people() {
        for bad in ["-1", "2.5", "2.0", "1e3", "+4", "", "many", "99999999999999999999"] {
            let text = format!("A,B,C,count\n1,0,0,4\n0,1,0,{bad}\n");
            assert_eq!(
                refused(&text),
                HistoriesError::NotACount {
                    line: 3,
                    found: bad.into()
                }
            );
        }
        assert_eq!(refused("A,B,C,count\n1,1,1,100000001\n"), HistoriesError::TooManyPeople);
    }

    #[test]
    fn a_history_stands_on_one_line() {
        let text = "A,B,C,count\n1,0,0,4\n0,1,0,3\n0,0,1,3\n1,0,0,5\n";
        assert_eq!(refused(text), HistoriesError::Duplicate { line: 5, first: 2 });
    }

    #[test]
    fn a_list_column_holds_only_zero_and_one() {
        for bad in ["2", "yes", "", "0.0", "-1"] {
            let text = format!("A,B,C,count\n1,{bad},0,4\n");
            let wanted = HistoriesError::NotZeroOrOne {
                line: 2,
                list: "B".into(),
                found: bad.into(),
            };
            assert_eq!(refused(&text), wanted);
        }
    }

    #[test]
    fn people_on_no_list_cannot_have_been_counted() {
        let text = |count| format!("A,B,C,count\n1,1,1,4\n0,0,0,{count}\n");
        assert_eq!(refused(&text(7)), HistoriesError::OnNoList { line: 3, count: 7 });
        assert_eq!(
            Histories::read(&text(0)).unwrap().observed(),
            4,
            "nobody counted is no claim"
        );
    }

    #[test]
    fn headings_and_rows_must_fit_one_another() {
        assert_eq!(refused(""), HistoriesError::Empty);
        assert_eq!(refused("A,B,C,count\n"), HistoriesError::Empty);
        assert_eq!(refused("A,B,C\n1,0,0\n"), HistoriesError::NoCount("C".into()));
        assert_eq!(
            refused("A,B,A,count\n1,0,0,1\n"),
            HistoriesError::RepeatedName("A".into())
        );
        assert_eq!(refused("A,B:C,D,count\n1,0,0,1\n"), HistoriesError::Name { column: 2 });
        assert_eq!(
            refused("A,B,C,count\n1,0,0\n"),
            HistoriesError::Cells {
                line: 2,
                found: 3,
                expected: 4
            }
        );
        let remedy = refused("A,B,count\n1,0,4\n").to_string();
        assert!(remedy.contains("third list"), "{remedy}");
    }

    #[test]
    fn semicolons_part_cells_as_commas_do() {
        let with = Histories::read("A;B;C;count\r\n1;0;0;4\r\n1;1;1;2\r\n").unwrap();
        assert_eq!(with, Histories::read("A,B,C,count\n1,0,0,4\n1,1,1,2\n").unwrap());
        let quoted = Histories::read("\u{feff}\"North; shelter\";\"B\";\"C\";\"count\"\n1;0;0;4\n1;1;1;2\n").unwrap();
        assert_eq!(quoted.names()[0], "North; shelter");
        assert_eq!(refused("A;B;C\n1;0;0\n"), HistoriesError::NoCount("A;B;C".into()));
    }

    #[test]
    fn a_spreadsheet_export_is_read() {
        let text = "\u{feff}\"Shelter, north\",B,C,count\r\n1, 0,0,4\r\n1,1,1,2\r\n";
        let histories = Histories::read(text).unwrap();
        assert_eq!(histories.names()[0], "Shelter, north");
        assert_eq!(histories.observed(), 6);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(lists in 3_usize..=6, counts in proptest::collection::vec(0_u64..1000, 64)) {
            let mut counts = counts[..1 << lists].to_vec();
            counts[0] = 0;
            *counts.last_mut().unwrap() += 1;
            let names: Vec<String> = (0..lists).map(|list| format!("list, {list}")).collect();
            let histories = Histories::new(names, counts).unwrap();
            prop_assert_eq!(Histories::read(&histories.write()).unwrap(), histories);
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "[ABC,;01count\n\"-]{0,80}") {
            let _ = Histories::read(&text);
        }
    }
}
