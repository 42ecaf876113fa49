//! Dates of birth: how they are written, and which of them are made up by a form.

use crate::linkage::schema::days;

/// What is known of a date of birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Birth {
    /// The year, 1880 to 2100.
    pub year: Option<u16>,
    /// Month and day.
    pub day: Option<(u8, u8)>,
    /// Something was written that is no date.
    pub is_unreadable: bool,
}

impl Birth {
    /// `YYYYMMDD`, `YYYY`, or nothing.
    pub fn text(self) -> String {
        match (self.year, self.day) {
            (Some(year), Some((month, day))) => format!("{year:04}{month:02}{day:02}"),
            (Some(year), None) => format!("{year:04}"),
            (None, _) => String::new(),
        }
    }
}

/// Reads a date of birth: `1985-03-12`, `12/03/1985` (day first), `12.3.1985`, `19850312`, `1985-03`, `1985`.
///
/// The first of January stands for an unknown day, and says only the year; 1 January 1900, 1901 and 1970 say nothing.
pub fn birth(value: &str) -> Birth {
    let value = value.trim();
    let value = value.split(['T', ' ']).next().unwrap_or_default();
    if value.is_empty() || super::words(value).is_empty() {
        return Birth::default();
    }
    let unreadable = Birth {
        is_unreadable: true,
        ..Birth::default()
    };
    let Some(numbers) = numbers(value) else {
        return unreadable;
    };
    let (year, month, day) = match numbers.as_slice() {
        [year] => (*year, None, None),
        [year, month] if *year > 31 => (*year, Some(*month), None),
        [month, year] => (*year, Some(*month), None),
        [year, month, day] if *year > 31 => (*year, Some(*month), Some(*day)),
        // Day first, unless that cannot be.
        [month, day, year] if *month <= 12 && *day > 12 => (*year, Some(*month), Some(*day)),
        [day, month, year] => (*year, Some(*month), Some(*day)),
        _ => return unreadable,
    };
    if !(1880..=2100).contains(&year) {
        return unreadable;
    }
    let day = month.zip(day).and_then(|(month, day)| {
        let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
        ((1..=12).contains(&month) && day >= 1 && day <= days(year, month)).then_some((month, day))
    });
    // A wrong day still leaves the year.
    let is_unreadable = numbers.len() == 3 && day.is_none();
    match (year, day) {
        (1900 | 1901 | 1970, Some((1, 1))) => Birth::default(),
        (_, Some((1, 1))) => Birth {
            year: Some(year),
            ..Birth::default()
        },
        _ => Birth {
            year: Some(year),
            day,
            is_unreadable,
        },
    }
}

/// The numbers of a date; eight digits in one are year, month and day.
fn numbers(value: &str) -> Option<Vec<u16>> {
    let parts: Vec<&str> = value.split(['-', '/', '.']).filter(|part| !part.is_empty()).collect();
    if !parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let parts = match parts.as_slice() {
        [one] if one.len() == 8 => vec![&one[..4], &one[4..6], &one[6..]],
        _ => parts,
    };
    parts.iter().map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_are_read_in_the_ways_they_are_written() {
        for value in [
            "1985-03-12",
            "12/03/1985",
            "12.3.1985",
            "19850312",
            "1985-03-12T00:00:00",
            " 1985/3/12 ",
        ] {
            assert_eq!(birth(value).text(), "19850312", "{value}");
        }
        assert_eq!(birth("03/25/1985").text(), "19850325", "a month of 25 is a day");
        assert_eq!(birth("1985").text(), "1985");
        assert_eq!(birth("1985-03").text(), "1985");
    }

    #[test]
    fn the_first_of_january_says_only_the_year() {
        assert_eq!(birth("1985-01-01").text(), "1985");
        assert_eq!(birth("01/01/1970").text(), "");
        assert_eq!(birth("1985-01-02").text(), "19850102");
    }

    #[test]
    fn what_is_no_date_says_so_and_counts_as_missing() {
        for value in ["soon", "12-", "99999999999", "1785-03-12", "1-2-3-4"] {
            assert_eq!(birth(value).text(), "", "{value}");
            assert!(birth(value).is_unreadable, "{value}");
        }
        assert_eq!(birth("1985-02-30").text(), "1985");
        assert!(birth("1985-02-30").is_unreadable);
        for value in ["", "unknown", " - "] {
            assert_eq!(birth(value), Birth::default(), "{value}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_date_or_is_not(text in "\\PC{0,20}") {
            let birth = birth(&text);
            prop_assert!(birth.day.is_none() || birth.year.is_some());
        }

        #[test]
        fn a_date_survives_being_written(year in 1880_u16..=2100, month in 1_u8..=12, day in 2_u8..=28) {
            prop_assert_eq!(birth(&format!("{year}-{month:02}-{day:02}")).day, Some((month, day)));
        }
    }
}
