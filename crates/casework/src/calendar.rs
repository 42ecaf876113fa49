//! Working days by nation, with bank holidays from `crates/casework/data/bank-holidays.toml`. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use domain::Day;
use domain::casework::Nation;
use serde::Deserialize;

/// The file as it is written: a part of the country, a year, its days.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    from: i16,
    until: i16,
    england_and_wales: BTreeMap<String, Vec<String>>,
    scotland: BTreeMap<String, Vec<String>>,
    northern_ireland: BTreeMap<String, Vec<String>>,
}

/// Bank holidays of the parts of the country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    from: i16,
    until: i16,
    england_and_wales: BTreeSet<String>,
    scotland: BTreeSet<String>,
    northern_ireland: BTreeSet<String>,
}

/// The file that is shipped.
pub(crate) const DATA: &str = include_str!("../data/bank-holidays.toml");

static SHIPPED: LazyLock<Calendar> =
    LazyLock::new(|| Calendar::read(DATA).expect("the file that is shipped is read by a test"));

impl Calendar {
    /// The calendar that is shipped with the program.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// Reads a calendar from TOML; a fault in words names what is wrong.
    pub fn read(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let years = file.from..=file.until;
        let days = |part: &str, of: BTreeMap<String, Vec<String>>| -> Result<BTreeSet<String>, String> {
            for year in years.clone() {
                if !of.contains_key(&year.to_string()) {
                    return Err(format!("{part} has no year {year}"));
                }
            }
            let mut all = BTreeSet::new();
            for (year, days) in of {
                for day in days {
                    let day = format!("{year}-{day}");
                    Day::parse(&day).map_err(|fault| format!("{part}: {fault}"))?;
                    all.insert(day);
                }
            }
            Ok(all)
        };
        Ok(Self {
            from: file.from,
            until: file.until,
            england_and_wales: days("england_and_wales", file.england_and_wales)?,
            scotland: days("scotland", file.scotland)?,
            northern_ireland: days("northern_ireland", file.northern_ireland)?,
        })
    }

    /// Whether the bank holidays of a day's year were published, and are not merely expected.
    pub fn knows(&self, day: Day) -> bool {
        (self.from..=self.until).contains(&day.year())
    }

    /// Whether people work on this day: no weekend, no bank holiday of the nation.
    pub fn is_working(&self, nation: Nation, day: Day) -> bool {
        let holidays = match nation {
            Nation::England | Nation::Wales => &self.england_and_wales,
            Nation::Scotland => &self.scotland,
            Nation::NorthernIreland => &self.northern_ireland,
        };
        !day.is_weekend() && !holidays.contains(&day.iso())
    }

    /// The day so many working days after another; the day itself is not counted. Linear in `n`.
    pub fn plus_working(&self, nation: Nation, from: Day, n: u32) -> Day {
        let mut day = from;
        let mut left = n;
        while left > 0 {
            day = day.plus_days(1);
            if self.is_working(nation, day) {
                left -= 1;
            }
        }
        day
    }

    /// How many working days lie after one day up to and with another; negative the other way round. Linear in the
    /// distance.
    pub fn working_between(&self, nation: Nation, from: Day, until: Day) -> i32 {
        if until < from {
            return -self.working_between(nation, until, from);
        }
        let mut n = 0;
        let mut day = from;
        while day < until {
            day = day.plus_days(1);
            n += i32::from(self.is_working(nation, day));
        }
        n
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).expect("a day")
    }

    /// Easter Sunday by the Gregorian rule (Oudin 1940, as the Explanatory Supplement to the Astronomical Almanac gives it).
    fn easter(year: i16) -> Day {
        let year_of = i32::from(year);
        let (golden, century) = (year_of % 19, year_of / 100);
        let epact = (century - century / 4 - (8 * century + 13) / 25 + 19 * golden + 15) % 30;
        let full_moon = epact - (epact / 28) * (1 - (29 / (epact + 1)) * ((21 - golden) / 11));
        let weekday = (year_of + year_of / 4 + full_moon + 2 - century + century / 4) % 7;
        let offset = full_moon - weekday;
        let month = 3 + (offset + 40) / 44;
        let on = offset + 28 - 31 * (month / 4);
        let small = |n: i32| i8::try_from(n).expect("a month or a day");
        Day::new(year, small(month), small(on)).expect("a day")
    }

    /// The first Monday of a month, or with 31 the last.
    fn monday(year: i16, month: i8, from: i8) -> Day {
        let from = Day::new(year, month, from).expect("a day");
        let step = if from.day_of_month() == 1 { 1 } else { -1 };
        let since = day("2009-01-05").days_until(from).rem_euclid(7);
        from.plus_days(if step == 1 { (7 - since) % 7 } else { -since })
    }

    /// Adds holidays that stand on a date; one that falls on a weekend moves to the next weekday that is free.
    fn fixed(all: &mut BTreeSet<Day>, days: &[Day]) {
        all.extend(days.iter().filter(|day| !day.is_weekend()));
        for moved in days.iter().filter(|day| day.is_weekend()) {
            let mut to = *moved;
            while to.is_weekend() || all.contains(&to) {
                to = to.plus_days(1);
            }
            all.insert(to);
        }
    }

    /// The bank holidays of a year by the rules, with the days that were proclaimed once.
    fn by_rules(nation: Nation, year: i16) -> BTreeSet<String> {
        let on = |month, day| Day::new(year, month, day).expect("a day");
        let sunday = easter(year);
        let mut all = BTreeSet::from([sunday.plus_days(-2)]);
        // Moved for anniversaries: of the end of a war in 2020, of a reign in 2012 and 2022.
        all.insert(match year {
            2020 => on(5, 8),
            _ => monday(year, 5, 1),
        });
        all.insert(match year {
            2012 => on(6, 4),
            2022 => on(6, 2),
            _ => monday(year, 5, 31),
        });
        all.insert(if nation == Nation::Scotland {
            monday(year, 8, 1)
        } else {
            monday(year, 8, 31)
        });
        fixed(&mut all, &[on(12, 25), on(12, 26)]);
        if nation == Nation::Scotland {
            fixed(&mut all, &[on(1, 1), on(1, 2)]);
            fixed(&mut all, &[on(11, 30)]);
        } else {
            fixed(&mut all, &[on(1, 1)]);
            all.insert(sunday.plus_days(1));
        }
        if nation == Nation::NorthernIreland {
            fixed(&mut all, &[on(3, 17)]);
            fixed(&mut all, &[on(7, 12)]);
        }
        // Proclaimed once: a wedding, a reign, a funeral, a coronation, a football match.
        let once = ["2011-04-29", "2012-06-05", "2022-06-03", "2022-09-19", "2023-05-08"];
        let scottish = ["2026-06-15"].into_iter().filter(|_| nation == Nation::Scotland);
        let once = once.into_iter().chain(scottish).map(day);
        all.extend(once.filter(|day| day.year() == year));
        all.into_iter().map(Day::iso).collect()
    }

    #[test]
    fn the_shipped_calendar_is_what_the_rules_for_easter_mondays_and_substitute_days_give() {
        let calendar = Calendar::shipped();
        // Years after the last that is known are in the file too, as they are expected.
        for year in calendar.from..=2028 {
            for (nation, listed) in [
                (Nation::England, &calendar.england_and_wales),
                (Nation::Scotland, &calendar.scotland),
                (Nation::NorthernIreland, &calendar.northern_ireland),
            ] {
                let of_year = format!("{year}-");
                let listed: BTreeSet<String> = listed.iter().filter(|day| day.starts_with(&of_year)).cloned().collect();
                assert_eq!(listed, by_rules(nation, year), "{nation} {year}");
            }
        }
    }

    #[test]
    fn a_year_whose_holidays_are_only_expected_is_not_called_known() {
        assert!(Calendar::shipped().knows(day("2026-12-31")));
        assert!(!Calendar::shipped().knows(day("2027-01-01")));
    }

    #[test]
    fn a_christmas_week_has_two_working_days_less_and_scotland_rests_after_new_year() {
        let calendar = Calendar::shipped();
        // 25 and 26 December 2025 are a Thursday and a Friday, 1 January a Thursday.
        let from = day("2025-12-23");
        assert_eq!(calendar.plus_working(Nation::England, from, 5), day("2026-01-02"));
        assert_eq!(calendar.plus_working(Nation::Scotland, from, 5), day("2026-01-05"));
        assert!(!calendar.is_working(Nation::Scotland, day("2026-06-15")));
        assert!(calendar.is_working(Nation::NorthernIreland, day("2026-06-15")));
        assert!(!calendar.is_working(Nation::NorthernIreland, day("2026-07-13")));
    }

    #[test]
    fn a_calendar_that_lacks_a_year_or_has_no_such_day_is_refused_in_words() {
        let file = |day: &str| {
            format!(
                "from = 2025\nuntil = 2025\n[england_and_wales]\n2025 = [\"{day}\"]\n[scotland]\n2025 = []\n[northern_ireland]\n2026 = []\n"
            )
        };
        assert_eq!(
            Calendar::read(&file("02-30")).expect_err("no such day"),
            "england_and_wales: “2025-02-30” is not a day: write year-month-day, for example 2025-03-31"
        );
        assert_eq!(
            Calendar::read(&file("02-03")).expect_err("no year"),
            "northern_ireland has no year 2025"
        );
    }

    proptest! {
        #[test]
        fn counting_gives_back_what_was_added(start in 0_i32..6000, n in 0_u32..60, nation in 0..Nation::ALL.len()) {
            let (calendar, nation) = (Calendar::shipped(), Nation::ALL[nation]);
            let from = day("2009-01-01").plus_days(start);
            let until = calendar.plus_working(nation, from, n);
            prop_assert_eq!(calendar.working_between(nation, from, until), i32::try_from(n).expect("small"));
            prop_assert_eq!(calendar.working_between(nation, until, from), -i32::try_from(n).expect("small"));
            prop_assert!(n == 0 || calendar.is_working(nation, until));
        }
    }
}
