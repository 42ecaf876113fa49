//! Dates and periods in the forms that official tables use, with their precision.
//!
//! `2010-03` is not the first of March: a date keeps how exactly it is known. Day, month and year
//! parted by slashes or points are read in that order, as in the United Kingdom; what is impossible in
//! that order is refused, never turned round. Two-digit years and years such as `2023/24`, which may
//! be financial, academic or calendar, are refused with the unambiguous form.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::fault::{BadValue, excerpt};
use crate::table::{Cell, Epoch};

/// How exactly a date is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    Day,
    Month,
    Quarter,
    Year,
}

/// A period: first and last day, both included. A single date is a period as long as its precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    pub first: Date,
    pub last: Date,
    pub precision: Precision,
}

/// One end of a period, or a date of publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Dated {
    pub date: Date,
    pub precision: Precision,
}

impl Span {
    pub fn start(self) -> Dated {
        Dated {
            date: self.first,
            precision: self.precision,
        }
    }

    pub fn end(self) -> Dated {
        Dated {
            date: self.last,
            precision: self.precision,
        }
    }
}

const EXAMPLES: &str = "Write 2024-03-31, 31/03/2024, 2024-03, March 2024, 2024 Q1, January to March 2024 or 2024.";

/// Years outside these are taken for slips of the keyboard.
const YEARS: std::ops::RangeInclusive<i16> = 1000..=2999;

/// Reads a cell. A number is a year, or, in a workbook, a day number of its `epoch`.
///
/// # Errors
/// As [`parse`], and numbers that are neither; an empty cell is `None`.
pub fn of(cell: &Cell, epoch: Option<Epoch>) -> Result<Option<Span>, BadValue> {
    match cell {
        Cell::Empty => Ok(None),
        Cell::Text(text) if text.trim().is_empty() => Ok(None),
        Cell::Text(text) => parse(text).map(Some),
        Cell::Date(moment) => Ok(Some(day(moment.date()))),
        Cell::Number(number) => from_number(*number, epoch).map(Some),
        Cell::Error(_) => Err(cell.error().expect("an error says why it is one")),
    }
}

fn from_number(number: f64, epoch: Option<Epoch>) -> Result<Span, BadValue> {
    let text = number.to_string();
    if let Some(year) = text.parse().ok().and_then(year) {
        return Ok(year);
    }
    match epoch {
        // 10000 is a day in 1927: below it a number is more likely a slip than a date.
        Some(epoch) if (10_000.0..110_000.0).contains(&number) => {
            epoch.day(number).map(day).ok_or_else(|| unreadable(&text))
        }
        _ => Err(unreadable(&text)),
    }
}

/// Reads a date or period from text.
///
/// # Errors
/// What is impossible or may mean two things; the fault quotes it and gives accepted forms.
pub fn parse(text: &str) -> Result<Span, BadValue> {
    let text = text.trim();
    if text.len() > 60 {
        return Err(unreadable(text));
    }
    if let Some(moment) = iso_moment(text) {
        return moment;
    }
    if let Some((first, last)) = range_ends(text) {
        return range(text, first, last);
    }
    let parts: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || matches!(c, '/' | '-' | '.' | ','))
        .filter(|part| !part.is_empty())
        .collect();
    let span = match parts[..] {
        [one] => single(text, one)?,
        [one, two] => pair(text, one, two)?,
        [one, two, three] => triple(text, one, two, three)?,
        _ => None,
    };
    span.ok_or_else(|| unreadable(text))
}

/// `2024-03-31T00:00:00`, with or without zone: the date as written there.
fn iso_moment(text: &str) -> Option<Result<Span, BadValue>> {
    let (date, time) = text.split_once(['T', 't']).or_else(|| text.split_once(' '))?;
    let looks_like_time = time.len() >= 5 && time.as_bytes()[2] == b':';
    if date.len() != 10 || !looks_like_time {
        return None;
    }
    let clock = time
        .trim_end_matches(['Z', 'z'])
        .split(['+', '-'])
        .next()
        .unwrap_or_default();
    Some(match (date.parse(), clock.parse::<jiff::civil::Time>()) {
        (Ok(date), Ok(_)) => Ok(day(date)),
        _ => Err(unreadable(text)),
    })
}

fn single(text: &str, one: &str) -> Result<Option<Span>, BadValue> {
    if let Some(year) = year_text(one).and_then(year) {
        return Ok(Some(year));
    }
    if one.len() == 5 && one.bytes().all(|b| b.is_ascii_digit()) {
        return Err(BadValue::new(
            format!("“{text}” looks like a spreadsheet's day number."),
            "Format the column as a date and save the file again, or write dates as 2024-03-31.",
        ));
    }
    // 2024Q1, Q12024
    Ok(match (one.get(..4), one.get(4..)) {
        (Some(year), Some(rest)) if rest.len() == 2 => {
            quarter(year, rest).or_else(|| quarter(one.get(2..)?, one.get(..2)?))
        }
        _ => None,
    })
}

fn pair(text: &str, one: &str, two: &str) -> Result<Option<Span>, BadValue> {
    if let (Some(start), true) = (year_text(one), two.bytes().all(|b| b.is_ascii_digit())) {
        if follows(start, two) {
            return Err(two_years(text, start));
        }
        return Ok(match two.parse() {
            Ok(number) if text.contains(['-', '/']) => month(start, number),
            _ => None,
        });
    }
    if let Some(span) = quarter(one, two).or_else(|| quarter(two, one)) {
        return Ok(Some(span));
    }
    if let (Some(number), Some(year)) = (month_name(one), year_text(two)) {
        return Ok(month(year, number));
    }
    if let (Some(year), Some(number)) = (year_text(one), month_name(two)) {
        return Ok(month(year, number));
    }
    // 03/2024
    Ok(match (one.parse::<i8>(), year_text(two)) {
        (Ok(number), Some(year)) if text.contains('/') => month(year, number),
        _ => None,
    })
}

fn triple(text: &str, one: &str, two: &str, three: &str) -> Result<Option<Span>, BadValue> {
    let number = |part: &str| -> Option<i8> {
        (part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse().ok())
            .flatten()
    };
    if let (Some(year), Some(month), Some(day)) = (year_text(one), number(two), number(three)) {
        return exact(text, year, month, day).map(Some);
    }
    if let (Some(day), Some(month), Some(year)) = (number(one), number(two), year_text(three)) {
        if month > 12 && (1..=12).contains(&day) {
            return Err(BadValue::new(
                format!("“{text}” has no month {month}: it seems to be month, day, year."),
                format!("Write the day first, {month:02}/{day:02}/{year}, or {year}-{day:02}-{month:02}."),
            ));
        }
        return exact(text, year, month, day).map(Some);
    }
    if number(one).is_some() && number(three).is_some() {
        return Err(BadValue::new(
            format!("“{text}” has a year of two digits."),
            "Write the year in full, such as 31/03/2024.",
        ));
    }
    let day_of = |part: &str| number(part.trim_end_matches(|c: char| c.is_ascii_alphabetic()));
    let named = |day: &str, name: &str| day_of(day).zip(month_name(name));
    // 31 March 2024, March 31, 2024
    let written = named(one, two).or_else(|| named(two, one));
    match (written, year_text(three)) {
        (Some((day, month)), Some(year)) => exact(text, year, month, day).map(Some),
        _ => Ok(None),
    }
}

/// The two sides of “January to March 2024”, or of a dash between words or with space around it.
fn range_ends(text: &str) -> Option<(&str, &str)> {
    if let Some(ends) = text.split_once(" to ") {
        return Some(ends);
    }
    [" - ", "–", "—"]
        .iter()
        .find_map(|dash| text.split_once(dash))
        .or_else(|| {
            let (first, last) = text.split_once('-')?;
            let (name, _) = last.trim().split_once(' ')?;
            (month_name(first.trim()).is_some() && month_name(name).is_some()).then_some((first, last))
        })
}

fn range(text: &str, first: &str, last: &str) -> Result<Span, BadValue> {
    let (first, last) = (first.trim(), last.trim());
    let end = end_of_range(last).ok_or_else(|| unreadable(text))?;
    // “January to March 2024”: the first end borrows the year of the last.
    let start = end_of_range(first)
        .or_else(|| end_of_range(&format!("{first} {}", end.last.year())))
        .ok_or_else(|| unreadable(text))?;
    if start.first > end.last {
        return Err(BadValue::new(
            format!("“{text}” ends before it begins."),
            "Write the year at both ends, such as October 2023 to March 2024.",
        ));
    }
    Ok(Span {
        first: start.first,
        last: end.last,
        precision: start.precision.max(end.precision),
    })
}

/// A range's end is a date or period, not another range.
fn end_of_range(text: &str) -> Option<Span> {
    range_ends(text).is_none().then(|| parse(text).ok()).flatten()
}

fn day(date: Date) -> Span {
    Span {
        first: date,
        last: date,
        precision: Precision::Day,
    }
}

fn month(year: i16, number: i8) -> Option<Span> {
    let first = Date::new(year, number, 1).ok()?;
    Some(Span {
        first,
        last: first.last_of_month(),
        precision: Precision::Month,
    })
}

fn quarter(year: &str, name: &str) -> Option<Span> {
    let year = year_text(year)?;
    let number: i8 = name.strip_prefix(['Q', 'q'])?.parse().ok()?;
    if !(1..=4).contains(&number) {
        return None;
    }
    let last = month(year, number * 3)?;
    Some(Span {
        first: month(year, number * 3 - 2)?.first,
        last: last.last,
        precision: Precision::Quarter,
    })
}

fn year(number: i16) -> Option<Span> {
    if !YEARS.contains(&number) {
        return None;
    }
    Some(Span {
        first: Date::new(number, 1, 1).ok()?,
        last: Date::new(number, 12, 31).ok()?,
        precision: Precision::Year,
    })
}

fn year_text(text: &str) -> Option<i16> {
    (text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
        .filter(|year| YEARS.contains(year))
}

/// Whether `2023` and `24` (or `2024`) are a year and the next.
fn follows(year: i16, next: &str) -> bool {
    next.parse() == Ok((year + 1) % 100) || next.parse() == Ok(year + 1)
}

fn month_name(text: &str) -> Option<i8> {
    const NAMES: [&str; 12] = [
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
    let name = text.to_ascii_lowercase();
    let known = |full: &&str| **full == name || (name.len() >= 3 && name.len() <= 4 && full.starts_with(&name));
    let at = NAMES.iter().position(known)?;
    i8::try_from(at + 1).ok()
}

fn exact(text: &str, year: i16, month: i8, number: i8) -> Result<Span, BadValue> {
    Date::new(year, month, number).map(day).map_err(|_| {
        BadValue::new(
            format!("“{text}” is not a day of the calendar."),
            "Check day and month; write dates as 2024-03-31 or 31/03/2024.",
        )
    })
}

fn two_years(text: &str, start: i16) -> BadValue {
    BadValue::new(
        format!("“{text}” may be a financial year, another year that crosses January, or a month."),
        format!(
            "Write it out, such as April {start} to March {}, or October {start}.",
            start + 1
        ),
    )
}

fn unreadable(text: &str) -> BadValue {
    BadValue::new(
        format!("“{}” is not a date or period that is read here.", excerpt(text)),
        EXAMPLES,
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spelled(span: Span) -> (String, String, Precision) {
        (span.first.to_string(), span.last.to_string(), span.precision)
    }

    #[test]
    fn every_accepted_form_is_read_with_its_precision() {
        use Precision::{Day, Month, Quarter, Year};
        let cases = [
            ("2024-03-31", "2024-03-31", "2024-03-31", Day),
            ("31/03/2024", "2024-03-31", "2024-03-31", Day),
            ("3/4/2024", "2024-04-03", "2024-04-03", Day),
            ("31.3.2024", "2024-03-31", "2024-03-31", Day),
            ("31 March 2024", "2024-03-31", "2024-03-31", Day),
            ("1st Mar 2024", "2024-03-01", "2024-03-01", Day),
            ("March 31, 2024", "2024-03-31", "2024-03-31", Day),
            ("2024-03-31T23:59:00Z", "2024-03-31", "2024-03-31", Day),
            ("2024-03-31 00:00:00", "2024-03-31", "2024-03-31", Day),
            ("2024-03-31T10:00:00+01:00", "2024-03-31", "2024-03-31", Day),
            ("2010-03", "2010-03-01", "2010-03-31", Month),
            ("03/2024", "2024-03-01", "2024-03-31", Month),
            ("Feb 2024", "2024-02-01", "2024-02-29", Month),
            ("Sept 2024", "2024-09-01", "2024-09-30", Month),
            ("Q1 2024", "2024-01-01", "2024-03-31", Quarter),
            ("2024 Q4", "2024-10-01", "2024-12-31", Quarter),
            ("2024-Q2", "2024-04-01", "2024-06-30", Quarter),
            ("2024Q3", "2024-07-01", "2024-09-30", Quarter),
            ("2009", "2009-01-01", "2009-12-31", Year),
            ("January to March 2024", "2024-01-01", "2024-03-31", Month),
            ("Jan-Mar 2024", "2024-01-01", "2024-03-31", Month),
            ("October 2023 to March 2024", "2023-10-01", "2024-03-31", Month),
            ("1 April 2009 to 31 December 2009", "2009-04-01", "2009-12-31", Day),
            ("2019 to 2021", "2019-01-01", "2021-12-31", Year),
            ("Q1 2023 to Q2 2024", "2023-01-01", "2024-06-30", Quarter),
        ];
        for (text, first, last, precision) in cases {
            let span = parse(text).unwrap_or_else(|bad| panic!("{text}: {bad}"));
            assert_eq!(spelled(span), (first.to_owned(), last.to_owned(), precision), "{text}");
        }
    }

    #[test]
    fn what_is_impossible_or_means_two_things_is_refused_and_quoted() {
        let cases = [
            ("2024-02-30", "calendar"),
            ("31/02/2024", "calendar"),
            ("04/13/2024", "month, day, year"),
            ("03/04/24", "two digits"),
            ("2023/24", "financial"),
            ("2023-24", "financial"),
            ("2009-10", "financial"),
            ("2023/2024", "financial"),
            ("2024-13", "not a date"),
            ("Q5 2024", "not a date"),
            ("45292", "day number"),
            ("March to January 2024", "before it begins"),
            ("yesterday", "not a date"),
            ("", "not a date"),
            ("2024-03-31T99:00:00", "not a date"),
            ("0000", "not a date"),
        ];
        for (text, cause) in cases {
            let bad = parse(text).expect_err(text);
            assert!(bad.message.contains(cause), "{text}: {bad}");
            assert!(bad.message.contains(text), "{text}: {bad}");
            assert!(bad.remedy.contains("20") || bad.remedy.contains("Check"), "{bad}");
        }
    }

    #[test]
    fn a_day_number_is_read_in_the_system_of_its_workbook_only() {
        let number = Cell::Number(45_382.0);
        let read = |epoch| of(&number, epoch).map(|span| span.map(|span| span.first.to_string()));
        assert_eq!(read(Some(Epoch::Y1900)), Ok(Some("2024-03-31".to_owned())));
        assert_eq!(read(Some(Epoch::Y1904)), Ok(Some("2028-04-01".to_owned())));
        assert!(read(None).is_err());
        let year = of(&Cell::Number(2023.0), None).unwrap().unwrap();
        assert_eq!(year.precision, Precision::Year);
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in "\\PC{0,30}") {
            let _ = parse(&text);
        }

        #[test]
        fn parsing_texts_like_dates_never_panics(text in "[0-9QTZqa-z/:. –-]{0,24}") {
            if let Ok(span) = parse(&text) {
                prop_assert!(span.first <= span.last);
            }
        }

        #[test]
        fn an_iso_date_survives(year in 1000_i16..2999, month in 1_i8..=12, number in 1_i8..=28) {
            let date = jiff::civil::date(year, month, number);
            prop_assert_eq!(parse(&date.to_string()), Ok(day(date)));
        }

        #[test]
        fn any_number_in_a_cell_is_read_or_refused(number in any::<f64>()) {
            let _ = of(&Cell::Number(number), Some(Epoch::Y1900));
        }
    }
}
