//! Dates in the formats of C's `strptime`, as far as a date of birth needs them.
//!
//! Reads what Python's `datetime.strptime` reads with the same format, including its freedom: one digit
//! where two are usual, any case of letters.

use std::fmt;

/// A format such as `%Y-%m-%d`.
#[derive(Clone, PartialEq, Eq)]
pub struct DateFormat {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Four digits.
    Year,
    /// Two digits: 69 to 99 are of the last century.
    ShortYear,
    Month,
    Day,
    /// A month's name, whole or its first three letters.
    MonthName {
        is_short: bool,
    },
    Blank,
    Letter(char),
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

#[derive(Debug, Clone, Copy, Default)]
struct Found {
    year: u16,
    month: u8,
    day: u8,
}

impl DateFormat {
    /// Reads a format; nothing if it has something other than years, months, days and separators.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = Vec::new();
        let mut letters = text.chars();
        while let Some(letter) = letters.next() {
            let part = match letter {
                '%' => match letters.next()? {
                    'Y' => Part::Year,
                    'y' => Part::ShortYear,
                    'm' => Part::Month,
                    'd' => Part::Day,
                    'b' | 'h' => Part::MonthName { is_short: true },
                    'B' => Part::MonthName { is_short: false },
                    '%' => Part::Letter('%'),
                    _ => return None,
                },
                blank if blank.is_whitespace() => Part::Blank,
                other => Part::Letter(other),
            };
            if !(part == Part::Blank && parts.last() == Some(&Part::Blank)) {
                parts.push(part);
            }
        }
        let has = |wanted: fn(&Part) -> bool| parts.iter().filter(|part| wanted(part)).count() == 1;
        let is_whole = has(|part| matches!(part, Part::Year | Part::ShortYear))
            && has(|part| matches!(part, Part::Month | Part::MonthName { .. }))
            && has(|part| *part == Part::Day);
        is_whole.then(|| Self {
            text: text.to_owned(),
            parts,
        })
    }

    /// The format as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The date of a value as `YYYYMMDD`; nothing if it is not a date of this format, or before the year 1000.
    pub fn read(&self, value: &str) -> Option<String> {
        let letters: Vec<char> = value.chars().collect();
        let found = matched(&self.parts, &letters, Found::default())?;
        let is_date = found.year >= 1000 && found.day >= 1 && found.day <= days(found.year, found.month);
        is_date.then(|| format!("{:04}{:02}{:02}", found.year, found.month, found.day))
    }
}

/// How long a month is.
pub(crate) fn days(year: u16, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Matches all parts against all letters, trying two digits before one as Python's expression does.
fn matched(parts: &[Part], letters: &[char], found: Found) -> Option<Found> {
    let Some((part, rest)) = parts.split_first() else {
        return letters.is_empty().then_some(found);
    };
    let digits = |n: usize| -> Option<u16> {
        let head = letters.get(..n)?;
        head.iter().try_fold(0_u16, |sum, letter| {
            Some(sum * 10 + u16::try_from(letter.to_digit(10)?).ok()?)
        })
    };
    match *part {
        Part::Year => matched(
            rest,
            letters.get(4..)?,
            Found {
                year: digits(4)?,
                ..found
            },
        ),
        Part::ShortYear => {
            let short = digits(2)?;
            let year = if short < 69 { 2000 + short } else { 1900 + short };
            matched(rest, &letters[2..], Found { year, ..found })
        }
        Part::Month | Part::Day => [2, 1].into_iter().find_map(|n| {
            let number = u8::try_from(digits(n)?).ok()?;
            let most = if *part == Part::Month { 12 } else { 31 };
            if number == 0 || number > most {
                return None;
            }
            let found = if *part == Part::Month {
                Found { month: number, ..found }
            } else {
                Found { day: number, ..found }
            };
            matched(rest, &letters[n..], found)
        }),
        Part::MonthName { is_short } => (1..=12_u8).zip(MONTHS).find_map(|(month, name)| {
            let name = if is_short { &name[..3] } else { name };
            let head: String = letters.get(..name.len())?.iter().collect();
            if !head.eq_ignore_ascii_case(name) {
                return None;
            }
            matched(rest, &letters[name.len()..], Found { month, ..found })
        }),
        Part::Blank => {
            let n = letters.iter().take_while(|letter| letter.is_whitespace()).count();
            (n > 0).then(|| matched(rest, &letters[n..], found)).flatten()
        }
        Part::Letter(wanted) => {
            let letter = letters.first()?;
            letter
                .to_lowercase()
                .eq(wanted.to_lowercase())
                .then(|| matched(rest, &letters[1..], found))
                .flatten()
        }
    }
}

impl fmt::Debug for DateFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DateFormat({:?})", self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: &str, value: &str) -> Option<String> {
        DateFormat::parse(format).unwrap().read(value)
    }

    #[test]
    fn dates_are_read_as_python_reads_them() {
        assert_eq!(read("%Y-%m-%d", "1996-12-19").as_deref(), Some("19961219"));
        assert_eq!(read("%d/%m/%Y", "1/2/1996").as_deref(), Some("19960201"));
        assert_eq!(read("%d%m%Y", "1112000").as_deref(), Some("20000111"));
        assert_eq!(read("%d %b %y", "5  MAR 68").as_deref(), Some("20680305"));
        assert_eq!(read("%B %d, %Y", "february 29, 2024").as_deref(), Some("20240229"));
    }

    #[test]
    fn days_that_are_not_in_the_calendar_are_no_dates() {
        for value in ["1996-13-01", "1996-02-30", "1996-1", "", "1996-12-19x", "0999-01-01"] {
            assert_eq!(read("%Y-%m-%d", value), None, "{value}");
        }
    }

    #[test]
    fn a_format_has_a_year_a_month_and_a_day_and_nothing_else() {
        for format in ["%Y-%m", "%H:%M", "%Y-%m-%d %H", "%Y-%m-%d-%d", "%"] {
            assert!(DateFormat::parse(format).is_none(), "{format}");
        }
    }
}
