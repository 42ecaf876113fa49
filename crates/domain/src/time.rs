//! Instants and days.
//!
//! An instant is stored as whole microseconds, because text of varying length sorts wrongly on
//! SQLite; a day is ISO text. Both are parameters of every command.

use std::fmt;

use jiff::civil::Date;

/// A point in time, in microseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Instant(pub i64);

impl Instant {
    /// Now. Only the edges of the program call this; everything inside takes it as a parameter.
    #[expect(clippy::disallowed_methods, reason = "the one place where the clock is read")]
    #[must_use]
    pub fn now() -> Self {
        Self(jiff::Timestamp::now().as_microsecond())
    }

    /// This instant moved by whole seconds.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }

    /// The day it falls on in the United Kingdom, an hour ahead of UTC in summer: what someone who works there calls
    /// today. Summer time as it has been since 1996: from 01:00 UTC on the last Sunday of March to 01:00 UTC on the last
    /// Sunday of October.
    pub fn british_day(self) -> Day {
        let year = self.day().year();
        let turn = |month| last_sunday(year, month).map_or(self, |day| day.start().plus_seconds(3600));
        let is_summer = turn(3) <= self && self < turn(10);
        self.plus_seconds(if is_summer { 3600 } else { 0 }).day()
    }

    /// The day it falls on, in UTC.
    pub fn day(self) -> Day {
        let stamp = jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        Day(stamp.to_zoned_datetime(jiff::tz::TimeZone::UTC).date())
    }
}

/// The last Sunday of a month that has 31 days.
fn last_sunday(year: i16, month: i8) -> Option<Day> {
    let last = Day::new(year, month, 31)?;
    let since_sunday = i32::from(last.0.weekday().to_sunday_zero_offset());
    Some(last.plus_days(-since_sunday))
}

impl fmt::Display for Instant {
    /// To the minute, in UTC.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stamp = jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        write!(
            f,
            "{}",
            stamp
                .to_zoned_datetime(jiff::tz::TimeZone::UTC)
                .strftime("%-d %B %Y, %H:%M UTC")
        )
    }
}

/// A calendar day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

/// Text that is not a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a day: write year-month-day, for example 2025-03-31")]
pub struct NotADay(pub String);

impl Day {
    /// A day from its parts; `None` where the calendar has no such day.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        Date::new(year, month, day).ok().map(Self)
    }

    /// Reads ISO text.
    pub fn parse(text: &str) -> Result<Self, NotADay> {
        // Only the plain form: jiff alone would take longer ones too.
        if text.len() != 10 {
            return Err(NotADay(text.to_owned()));
        }
        text.parse().map(Self).map_err(|_| NotADay(text.to_owned()))
    }

    /// The ISO text that is stored and exported.
    pub fn iso(self) -> String {
        self.0.to_string()
    }

    /// The year.
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// The month, 1 to 12.
    pub fn month(self) -> i8 {
        self.0.month()
    }

    /// The name of the month.
    pub fn month_name(self) -> String {
        self.0.strftime("%B").to_string()
    }

    /// The day of the month.
    pub fn day_of_month(self) -> i8 {
        self.0.day()
    }

    /// Whole days from this day to another (negative when the other is earlier).
    pub fn days_until(self, other: Self) -> i32 {
        self.0.until(other.0).map_or(0, |span| span.get_days())
    }

    /// This day moved by whole days; stays where the calendar ends.
    pub fn plus_days(self, days: i32) -> Self {
        let span = jiff::Span::new().try_days(days);
        Self(span.and_then(|span| self.0.checked_add(span)).unwrap_or(self.0))
    }

    /// This day moved by whole months, to the last day of a month that is shorter.
    pub fn plus_months(self, months: i32) -> Self {
        let span = jiff::Span::new().try_months(months);
        Self(span.and_then(|span| self.0.checked_add(span)).unwrap_or(self.0))
    }

    /// Whether it is a Saturday or a Sunday.
    pub fn is_weekend(self) -> bool {
        matches!(
            self.0.weekday(),
            jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday
        )
    }

    /// Midnight at the start of this day, in UTC.
    pub fn start(self) -> Instant {
        let stamp = self.0.at(0, 0, 0, 0).to_zoned_datetime(jiff::tz::TimeZone::UTC);
        Instant(stamp.map_or(0, |zoned| zoned.timestamp().as_microsecond()))
    }
}

impl fmt::Display for Day {
    /// As people write it: 31 March 2025.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.strftime("%-d %B %Y"))
    }
}

impl serde::Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.iso())
    }
}

impl<'de> serde::Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_and_written_as_iso() {
        let day = Day::parse("2025-03-31").expect("a plain day");
        assert_eq!(day.iso(), "2025-03-31");
        assert_eq!(day.to_string(), "31 March 2025");
        assert!(Day::parse("2025-02-30").is_err());
        assert!(Day::parse("31/03/2025").is_err());
        assert_eq!(day.start().day(), day);
        assert_eq!(day.days_until(Day::parse("2025-04-02").expect("a plain day")), 2);
    }

    #[test]
    fn after_midnight_in_a_british_summer_it_is_the_next_day_and_in_winter_it_is_that_of_utc() {
        let day = |year, month, day| Day::new(year, month, day).expect("a day");
        let just_before_midnight = |of: Day| of.start().plus_seconds(23 * 3600 + 1800);
        assert_eq!(just_before_midnight(day(2025, 6, 1)).british_day(), day(2025, 6, 2));
        assert_eq!(just_before_midnight(day(2025, 12, 1)).british_day(), day(2025, 12, 1));
        // Clocks go forward on 30 March 2025 and back on 26 October, both at 01:00 UTC.
        assert_eq!(just_before_midnight(day(2025, 3, 29)).british_day(), day(2025, 3, 29));
        assert_eq!(just_before_midnight(day(2025, 3, 30)).british_day(), day(2025, 3, 31));
        assert_eq!(just_before_midnight(day(2025, 10, 25)).british_day(), day(2025, 10, 26));
        assert_eq!(just_before_midnight(day(2025, 10, 26)).british_day(), day(2025, 10, 26));
    }

    #[test]
    fn days_are_moved_over_the_ends_of_months() {
        let day = Day::new(2024, 1, 31).expect("a day");
        assert_eq!(day.plus_days(30).iso(), "2024-03-01");
        assert_eq!(day.plus_days(-31).iso(), "2023-12-31");
        assert_eq!(day.plus_months(1).iso(), "2024-02-29");
        assert!(Day::new(2024, 2, 3).expect("a day").is_weekend() && !day.is_weekend());
    }
}
