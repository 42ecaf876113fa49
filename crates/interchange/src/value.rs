//! The value of a published figure: a number, or the mark a publisher puts in its place.
//!
//! A mark says that the figure is suppressed, not available or not applicable. It is kept as it stands
//! and never becomes a zero. Everything else that is not plainly a number is refused, because a wrong
//! number is worse than a missing one.

use serde::{Deserialize, Serialize};

use crate::fault::{BadValue, excerpt};
use crate::table::Cell;

/// What a cell of figures holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A finite number. A percentage is the number before the sign: `45%` is 45, its unit is per cent.
    Number(f64),
    /// A publisher's mark, as written: `[c]`, `..`, `<5`.
    Mark(String),
    Empty,
}

const EXAMPLES: &str = "Write a number such as 4142, 4,142 or 3.5, or a mark such as [c], [x], .. or <5.";

/// Reads a cell of any kind.
///
/// # Errors
/// Text that is neither number nor mark, dates, and error values such as `#N/A`.
pub fn of(cell: &Cell) -> Result<Value, BadValue> {
    match cell {
        Cell::Empty => Ok(Value::Empty),
        Cell::Number(number) if number.is_finite() => Ok(Value::Number(*number)),
        Cell::Text(text) => parse(text),
        Cell::Error(_) => Err(cell.error().expect("an error says why it is one")),
        Cell::Number(_) => Err(BadValue::new(
            format!("“{}” is an error of the spreadsheet, not a value.", cell.text()),
            EXAMPLES,
        )),
        Cell::Date(_) => Err(BadValue::new(
            format!("{} is a date where a number belongs.", cell.text()),
            "Format the cell as a number, or correct the mapping of columns.",
        )),
    }
}

/// Reads a number or mark from text, without the white space around it.
///
/// Thousands may be parted by commas or by non-breaking or thin spaces, always in threes.
///
/// # Errors
/// Everything else; the fault names the likely cause.
pub fn parse(text: &str) -> Result<Value, BadValue> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Value::Empty);
    }
    if is_mark(text) {
        return Ok(Value::Mark(text.to_owned()));
    }
    let unsigned = text.strip_suffix('%').unwrap_or(text).trim_end();
    if let Some(number) = number(unsigned) {
        return Ok(Value::Number(number));
    }
    Err(not_a_number(text))
}

/// Whether the text, as a whole, is a mark that stands for a figure.
pub fn is_mark(text: &str) -> bool {
    const MARKS: [&str; 14] = [
        "-", "–", "—", "*", "**", ".", "..", "...", "…", ":", "~", "n/a", "N/A", "NA",
    ];
    MARKS.contains(&text) || is_bracketed(text) || is_bound(text)
}

/// `[c]`, `[low]`: the marks of the UK's Analysis Function and alike.
fn is_bracketed(text: &str) -> bool {
    text.strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .is_some_and(|letters| (1..=5).contains(&letters.len()) && letters.bytes().all(|b| b.is_ascii_alphabetic()))
}

/// `<5`, `≤10`, `>95`: a figure known only by a bound.
fn is_bound(text: &str) -> bool {
    text.strip_prefix("<=")
        .or_else(|| text.strip_prefix(">="))
        .or_else(|| text.strip_prefix(['<', '>', '≤', '≥']))
        .is_some_and(|rest| {
            let rest = rest.trim_start();
            number(rest.strip_suffix('%').unwrap_or(rest)).is_some()
        })
}

fn number(text: &str) -> Option<f64> {
    let (negative, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if fraction.is_some_and(|part| !all_digits(part)) {
        return None;
    }
    let mut groups = whole.split([',', '\u{a0}', '\u{202f}', '\u{2009}']);
    let first = groups.next()?;
    let mut plain = first.to_owned();
    let mut grouped = false;
    for group in groups {
        grouped = true;
        if group.len() != 3 {
            return None;
        }
        plain.push_str(group);
    }
    if !all_digits(&plain) || first.is_empty() || (grouped && first.len() > 3) {
        return None;
    }
    if let Some(fraction) = fraction {
        plain.push('.');
        plain.push_str(fraction);
    }
    let value: f64 = plain.parse().ok()?;
    value.is_finite().then_some(if negative { -value } else { value })
}

fn not_a_number(text: &str) -> BadValue {
    let shown = excerpt(text);
    let marked_number = text
        .split_once(['[', '('])
        .is_some_and(|(before, _)| number(before.trim_end()).is_some());
    if marked_number {
        return BadValue::new(
            format!("“{shown}” is a number with a mark or footnote behind it."),
            "Leave only the number here and put the mark into the vintage note column.",
        );
    }
    if text.starts_with(['£', '$', '€']) {
        return BadValue::new(
            format!("“{shown}” carries a currency sign."),
            "Leave only the number here and put the currency into the unit column.",
        );
    }
    let scientific = text
        .split_once(['e', 'E'])
        .is_some_and(|(before, power)| number(before).is_some() && power.parse::<i32>().is_ok());
    if scientific {
        return BadValue::new(
            format!("“{shown}” is in scientific notation, which spreadsheets use when they have dropped digits."),
            "Format the column as a number without decimals and save the file again.",
        );
    }
    if text.starts_with('(') && text.ends_with(')') {
        return BadValue::new(
            format!("“{shown}” may be a negative number or a note."),
            "Write negative numbers with a minus sign, such as -5.",
        );
    }
    if text.contains(',') && text.bytes().any(|b| b.is_ascii_digit()) {
        return BadValue::new(
            format!("“{shown}” has a comma that does not part thousands."),
            "Write decimals with a point, such as 3.5, and thousands as 4142 or 4,142.",
        );
    }
    BadValue::new(format!("“{shown}” is neither a number nor a known mark."), EXAMPLES)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let cases = [
            ("0", 0.0),
            ("4142", 4142.0),
            (" 4,142 ", 4142.0),
            ("1,234,567.5", 1_234_567.5),
            ("1\u{a0}234", 1234.0),
            ("-5", -5.0),
            ("\u{2212}5", -5.0),
            ("+3.25", 3.25),
            ("45%", 45.0),
            ("45.5 %", 45.5),
        ];
        for (text, number) in cases {
            assert_eq!(parse(text), Ok(Value::Number(number)), "{text}");
        }
    }

    #[test]
    fn a_mark_is_kept_and_is_no_zero() {
        for mark in [
            "[c]", "[x]", "[z]", "[low]", "-", "–", "*", "..", ":", "<5", "< 5", "≤10", ">95%", "n/a",
        ] {
            assert_eq!(parse(mark), Ok(Value::Mark(mark.to_owned())), "{mark}");
        }
        assert_eq!(parse("  "), Ok(Value::Empty));
    }

    #[test]
    fn what_is_not_plainly_a_number_is_refused_with_its_likely_cause() {
        let cases = [
            ("12,34", "comma"),
            ("1234,567", "comma"),
            (",567", "comma"),
            ("3,5", "comma"),
            ("£500", "currency"),
            ("1.2E+05", "scientific"),
            ("(5)", "negative"),
            ("4,142 [r]", "footnote"),
            ("4142(1)", "footnote"),
            ("about 50", "neither"),
            ("5.", "neither"),
            ("1.2.3", "neither"),
            ("inf", "neither"),
            ("NaN", "neither"),
            ("0x10", "neither"),
            ("[]", "neither"),
            ("[c", "neither"),
        ];
        for (text, cause) in cases {
            let bad = parse(text).expect_err(text);
            assert!(bad.message.contains(cause), "{text}: {bad}");
        }
    }

    #[test]
    fn an_error_or_a_date_of_a_spreadsheet_is_no_value() {
        assert!(of(&Cell::Error("#N/A".to_owned())).is_err());
        let date = jiff::civil::date(2024, 1, 1).at(0, 0, 0, 0);
        assert!(of(&Cell::Date(date)).is_err());
        assert_eq!(of(&Cell::Number(4.0)), Ok(Value::Number(4.0)));
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in "\\PC{0,20}") {
            let _ = parse(&text);
        }

        #[test]
        fn every_number_survives_writing_and_reading(number in -1e15_f64..1e15) {
            prop_assert_eq!(parse(&number.to_string()), Ok(Value::Number(number)));
        }

        #[test]
        fn thousands_commas_change_nothing(number in 0_u32..2_000_000_000) {
            let digits = number.to_string();
            let mut grouped = String::new();
            for (at, digit) in digits.chars().enumerate() {
                if at > 0 && (digits.len() - at).is_multiple_of(3) {
                    grouped.push(',');
                }
                grouped.push(digit);
            }
            prop_assert_eq!(parse(&grouped), Ok(Value::Number(f64::from(number))));
        }
    }
}
