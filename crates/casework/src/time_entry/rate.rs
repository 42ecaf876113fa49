//! What hours given free are valued at: a stated rate for each day, from a file with its sources.

use std::sync::LazyLock;

use domain::Day;
use serde::Deserialize;

use super::{Given, Kept};

/// A rate, from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// The first day on which it holds.
    pub from: Day,
    /// Pence for an hour.
    pub pence: u32,
    /// What it is, and where it stands.
    pub source: String,
    /// Whether the author of the line read it there.
    pub is_checked: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rate: Vec<Rate>,
}

fn rates() -> &'static [Rate] {
    static RATES: LazyLock<Vec<Rate>> = LazyLock::new(|| {
        let file: File = toml::from_str(include_str!("../../data/rates.toml")).expect("a test reads the shipped file");
        file.rate
    });
    &RATES
}

/// The rate of a day; `None` before the first.
pub fn rate(on: Day) -> Option<&'static Rate> {
    rates().iter().rfind(|rate| rate.from <= on)
}

/// The rates that hold between the first and the last day of what was given, as a page states them: “£12.21 an hour from
/// 2025-04-01”. Empty where nothing was given.
pub fn stated<'a>(all: impl Iterator<Item = &'a Given>) -> String {
    let days: Vec<Day> = all.filter(|given| given.is_counted()).map(|given| given.on).collect();
    let (Some(first), Some(last)) = (days.iter().min(), days.iter().max()) else {
        return String::new();
    };
    let holding = rate(*first).map_or(*first, |rate| rate.from);
    let words: Vec<String> = rates()
        .iter()
        .filter(|rate| (holding..=*last).contains(&rate.from))
        .map(|rate| {
            format!(
                "£{}.{:02} an hour from {}",
                rate.pence / 100,
                rate.pence % 100,
                rate.from
            )
        })
        .collect();
    words.join(", ")
}

/// What hours are worth.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Worth {
    /// In pence, each entry rounded down.
    pub pence: u64,
    /// Minutes on days for which no rate is known: in no sum.
    pub minutes_without: u32,
    /// Whether every rate that was used had been read in its source.
    pub is_checked: bool,
}

/// What entries are worth, each at the rate of its day.
pub fn worth(entries: &[Kept]) -> Worth {
    worth_of(entries.iter().map(|kept| &kept.entry.given))
}

/// What was given is worth, each at the rate of its day.
pub(crate) fn worth_of<'a>(all: impl Iterator<Item = &'a Given>) -> Worth {
    let mut worth = Worth {
        is_checked: true,
        ..Worth::default()
    };
    for given in all.filter(|given| given.is_counted()) {
        match rate(given.on) {
            Some(rate) => {
                worth.pence += u64::from(given.minutes) * u64::from(rate.pence) / 60;
                worth.is_checked &= rate.is_checked;
            }
            None => worth.minutes_without += given.minutes,
        }
    }
    worth
}

impl Worth {
    /// The sum as people write it: £12.21.
    pub fn say(self) -> String {
        format!("£{}.{:02}", self.pence / 100, self.pence % 100)
    }
}

#[cfg(test)]
mod tests {
    use domain::casework::{Agency, TimeKind};
    use uuid::Uuid;

    use super::super::TimeEntry;
    use super::*;

    fn given(on: &str, minutes: u32) -> Kept {
        Kept {
            id: Uuid::nil(),
            entry: TimeEntry {
                given: Given {
                    on: Day::parse(on).expect("a day"),
                    minutes,
                    kind: TimeKind::Other,
                    agency: Agency::Police,
                    body: None,
                },
                by: Uuid::nil(),
            },
        }
    }

    #[test]
    fn an_hour_is_worth_the_rate_of_its_day_and_one_before_all_rates_is_counted_apart() {
        let of = worth(&[
            given("2025-03-31", 60),
            given("2025-04-01", 30),
            given("1999-01-01", 45),
        ]);
        assert_eq!(of.pence, 1144 + 610);
        assert_eq!((of.minutes_without, of.is_checked), (45, false));
        assert_eq!(of.say(), "£17.54");
        assert_eq!(worth(&[]).say(), "£0.00");
        let some = [given("2025-03-31", 60), given("2025-04-01", 30)];
        let words = stated(some.iter().map(|kept| &kept.entry.given));
        assert!(
            words.starts_with("£11.44 an hour from") && words.contains("£12.21 an hour from"),
            "{words}"
        );
        assert!(!words.contains("12.71"), "{words}");
        assert_eq!(stated([].iter()), "");
    }

    #[test]
    fn the_shipped_rates_come_in_the_order_of_their_days_and_name_their_sources() {
        assert!(rates().windows(2).all(|pair| pair[0].from < pair[1].from));
        assert!(rates().iter().all(|rate| !rate.source.is_empty() && rate.pence > 0));
    }
}
