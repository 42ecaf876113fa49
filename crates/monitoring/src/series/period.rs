//! The period that a figure is of, and how people say it.

use std::fmt;

use domain::Day;

/// First and last day, ISO, both included; either may be empty where the publisher does not say.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// First day, or empty.
    pub start: String,
    /// Last day, or empty.
    pub end: String,
}

/// What periods are alike in length, so that one chart may hold them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grain {
    /// Up to a month.
    Months,
    /// Up to a quarter.
    Quarters,
    /// Up to a year; a first year that starts late is one too.
    Years,
    /// Longer, or open at one end.
    Longer,
}

impl Grain {
    /// Every grain, the longest that can be charted first.
    pub const ALL: &'static [Self] = &[Self::Years, Self::Quarters, Self::Months, Self::Longer];

    /// As used in addresses.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Months => "months",
            Self::Quarters => "quarters",
            Self::Years => "years",
            Self::Longer => "longer",
        }
    }

    /// As read on screen.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Months => "Months",
            Self::Quarters => "Quarters",
            Self::Years => "Years",
            Self::Longer => "Longer or open periods",
        }
    }
}

impl Period {
    /// First and last day where both are known.
    pub fn days(&self) -> Option<(Day, Day)> {
        Some((Day::parse(&self.start).ok()?, Day::parse(&self.end).ok()?))
    }

    /// How long it is, roughly.
    pub fn grain(&self) -> Grain {
        match self.days().map(|(first, last)| first.days_until(last) + 1) {
            Some(..=31) => Grain::Months,
            Some(..=92) => Grain::Quarters,
            Some(..=366) => Grain::Years,
            _ => Grain::Longer,
        }
    }
}

fn is_last_of_month(day: Day) -> bool {
    day.day_of_month() >= 28 && Day::new(day.year(), day.month(), day.day_of_month() + 1).is_none()
}

impl fmt::Display for Period {
    /// “2023”, “October to December 2023”, “March 2024”, or the two days.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((first, last)) = self.days() else {
            let words = |iso: &str| Day::parse(iso).map_or_else(|_| iso.to_owned(), |day| day.to_string());
            return match (self.start.as_str(), self.end.as_str()) {
                (start, "") => write!(f, "from {}", words(start)),
                (_, end) => write!(f, "up to {}", words(end)),
            };
        };
        let is_whole_months = first.day_of_month() == 1 && is_last_of_month(last) && first.year() == last.year();
        match (first.month(), last.month()) {
            (1, 12) if is_whole_months => write!(f, "{}", first.year()),
            (a, b) if is_whole_months && a == b => write!(f, "{} {}", first.month_name(), first.year()),
            _ if is_whole_months => write!(f, "{} to {} {}", first.month_name(), last.month_name(), first.year()),
            _ if first == last => write!(f, "{first}"),
            _ => write!(f, "{first} to {last}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(start: &str, end: &str) -> Period {
        Period {
            start: start.to_owned(),
            end: end.to_owned(),
        }
    }

    #[test]
    fn a_period_reads_as_people_say_it() {
        let cases = [
            ("2023-01-01", "2023-12-31", "2023", Grain::Years),
            ("2023-10-01", "2023-12-31", "October to December 2023", Grain::Quarters),
            ("2024-02-01", "2024-02-29", "February 2024", Grain::Months),
            ("2009-04-01", "2009-12-31", "April to December 2009", Grain::Years),
            (
                "2009-04-01",
                "2010-03-31",
                "1 April 2009 to 31 March 2010",
                Grain::Years,
            ),
            (
                "2024-02-01",
                "2024-02-28",
                "1 February 2024 to 28 February 2024",
                Grain::Months,
            ),
            ("2003-03-01", "", "from 1 March 2003", Grain::Longer),
            ("", "2008-12-31", "up to 31 December 2008", Grain::Longer),
            (
                "2012-01-01",
                "2020-12-31",
                "1 January 2012 to 31 December 2020",
                Grain::Longer,
            ),
        ];
        for (start, end, words, grain) in cases {
            let period = period(start, end);
            assert_eq!(
                (period.to_string().as_str(), period.grain()),
                (words, grain),
                "{start} {end}"
            );
        }
    }
}
