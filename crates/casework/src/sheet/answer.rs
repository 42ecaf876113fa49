//! The types of answers.

use domain::Day;
use domain::casework as words;
use domain::pack::codes;
use serde::{Deserialize, Serialize};

use super::{Input, Typed};

/// The longest line and the longest text that are kept, in characters.
const LONGEST_LINE: usize = 400;
const LONGEST_TEXT: usize = 20_000;

/// An answer to one question.
pub trait Answer: Sized {
    /// Whether it may be left out.
    const IS_OPTIONAL: bool = false;
    /// How it is given.
    fn input() -> Input;
    /// Reads it; `None` when nothing was typed, a fault in words when it cannot be.
    fn take(typed: &Typed, key: &str) -> Result<Option<Self>, String>;
    /// As a form holds it: names with values.
    fn kept(&self, key: &str) -> Vec<(String, String)>;
    /// As a page shows it.
    fn words(&self) -> String;
}

/// A closed list whose codes can be chosen.
pub trait Choice: Sized + Copy {
    /// Codes and words.
    fn choices() -> Vec<(&'static str, &'static str)>;
    /// Looks a code up.
    fn find(code: &str) -> Option<Self>;
    /// Its code.
    fn code_of(self) -> &'static str;
    /// Its words.
    fn words_of(self) -> &'static str;
}

/// Lets lists of words be chosen from. (An implementation for all of them at once would stand in the way of `Option`.)
macro_rules! choices {
    ($($list:ty),+ $(,)?) => {$(
        impl Choice for $list {
            fn choices() -> Vec<(&'static str, &'static str)> { Self::choices() }
            fn find(code: &str) -> Option<Self> { Self::parse(code).ok() }
            fn code_of(self) -> &'static str { self.code() }
            fn words_of(self) -> &'static str { self.words() }
        }

        impl Answer for $list {
            fn input() -> Input { Input::Choice(Self::choices()) }
            fn take(typed: &Typed, key: &str) -> Result<Option<Self>, String> {
                match typed.get(key) {
                    "" => Ok(None),
                    code => Self::parse(code).map(Some).map_err(|_| "Choose one of the answers that are listed".to_owned()),
                }
            }
            fn kept(&self, key: &str) -> Vec<(String, String)> { vec![(key.to_owned(), self.code().to_owned())] }
            fn words(&self) -> String { Self::words(*self).to_owned() }
        }
    )+};
}

choices!(
    codes::AwardRefusal,
    codes::CompensationRoute,
    codes::EnglishRegion,
    codes::ExpertKind,
    codes::ImmigrationStatus,
    codes::LanguageGroup,
    codes::Matter,
    codes::NationalityGroup,
    codes::Offence,
    codes::PermitGround,
    words::Accommodation,
    words::Act,
    words::AdviceStage,
    words::AgeStage,
    words::Agency,
    words::Aim,
    words::AnsweredBy,
    words::Appeal,
    words::AssessedWhen,
    words::AsylumStage,
    words::Authority,
    words::Certainty,
    words::ChallengeStage,
    words::Challenged,
    words::Channel,
    words::CompensationStage,
    words::ContactRole,
    words::ConsentPart,
    words::Control,
    words::Destination,
    words::DetentionPower,
    words::DisqualificationGround,
    words::DisqualificationStage,
    words::ExpertWeight,
    words::ExploitationForm,
    words::Funding,
    words::Gender,
    words::Grounds,
    words::GuardianKind,
    words::GuardianStage,
    words::Horizon,
    words::Interpreting,
    words::Known,
    words::KnownFrom,
    words::LawyerRefusal,
    words::LinkedAs,
    words::Means,
    words::Measure,
    words::MeasureAnswer,
    words::MissingItem,
    words::Nation,
    words::OffenderStage,
    words::OutcomePoint,
    words::PermitStage,
    words::PlaceStage,
    words::PlanAnswer,
    words::Plea,
    words::ProceedingStep,
    words::ProsecutorDecision,
    words::Purpose,
    words::Rating,
    words::ReadingSet,
    words::Reason,
    words::Recruitment,
    words::RefusedBy,
    words::ReliedIn,
    words::RemovalStep,
    words::ReportStage,
    words::ReportWeight,
    words::ReturnHelp,
    words::ReturnPoint,
    words::ReviewStage,
    words::RightsForm,
    words::Route,
    words::Said,
    words::SaidBy,
    words::SchoolStage,
    words::Screened,
    words::Sector,
    words::ServiceArea,
    words::Standard,
    words::Suitability,
    words::TimeKind,
    words::TracingStage,
    words::TreatedAs,
    words::VoiceAbout,
    words::VoiceUse,
    words::Where,
    words::WhyDeclined,
    words::WhyExit,
    words::WhyRefused,
    words::WhyWithheld,
    words::WithdrawnBy,
);

impl<A: Answer> Answer for Option<A> {
    const IS_OPTIONAL: bool = true;

    fn input() -> Input {
        A::input()
    }

    fn take(typed: &Typed, key: &str) -> Result<Option<Self>, String> {
        A::take(typed, key).map(Some)
    }

    fn kept(&self, key: &str) -> Vec<(String, String)> {
        self.as_ref().map(|answer| answer.kept(key)).unwrap_or_default()
    }

    fn words(&self) -> String {
        self.as_ref().map(Answer::words).unwrap_or_default()
    }
}

impl<C: Choice> Answer for Vec<C> {
    const IS_OPTIONAL: bool = true;

    fn input() -> Input {
        Input::Boxes(C::choices())
    }

    fn take(typed: &Typed, key: &str) -> Result<Option<Self>, String> {
        typed
            .all(key)
            .into_iter()
            .map(|code| C::find(code).ok_or_else(|| "Choose among the answers that are listed".to_owned()))
            .collect::<Result<_, _>>()
            .map(Some)
    }

    fn kept(&self, key: &str) -> Vec<(String, String)> {
        self.iter()
            .map(|choice| (key.to_owned(), choice.code_of().to_owned()))
            .collect()
    }

    fn words(&self) -> String {
        self.iter()
            .map(|choice| choice.words_of())
            .collect::<Vec<_>>()
            .join("; ")
    }
}

/// Text of some length.
macro_rules! texts {
    ($($(#[$meta:meta])* $name:ident, $input:expr, $longest:expr;)+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl Answer for $name {
            fn input() -> Input { $input }
            fn take(typed: &Typed, key: &str) -> Result<Option<Self>, String> {
                let text = typed.get(key);
                if text.chars().count() > $longest {
                    return Err(format!("Use at most {} characters", $longest));
                }
                Ok((!text.is_empty()).then(|| Self(text.to_owned())))
            }
            fn kept(&self, key: &str) -> Vec<(String, String)> { vec![(key.to_owned(), self.0.clone())] }
            fn words(&self) -> String { self.0.clone() }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self { Self(text.to_owned()) }
        }
    )+};
}

texts! {
    /// One line.
    Line, Input::Line, LONGEST_LINE;
    /// Paragraphs.
    Words, Input::Words, LONGEST_TEXT;
}

impl Answer for u32 {
    fn input() -> Input {
        Input::Number
    }

    fn take(typed: &Typed, key: &str) -> Result<Option<Self>, String> {
        match typed.get(key) {
            "" => Ok(None),
            text => ungrouped(text)
                .parse()
                .map(Some)
                .map_err(|_| "Enter a whole number in figures, such as 45".to_owned()),
        }
    }

    fn kept(&self, key: &str) -> Vec<(String, String)> {
        vec![(key.to_owned(), self.to_string())]
    }

    fn words(&self) -> String {
        self.to_string()
    }
}

/// Money to the penny, such as what is paid in a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pence(pub u32);

impl Pence {
    /// Reads pounds, with pence or without: `75`, `75.03`, `£1,075.5` (a spreadsheet leaves the last nought out).
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim_start_matches('£').trim_start();
        let (pounds, pence) = text.split_once('.').unwrap_or((text, "00"));
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let pounds = ungrouped(pounds);
        if !is_number(&pounds) || !is_number(pence) || pence.len() > 2 {
            return None;
        }
        let pounds: u32 = pounds.parse().ok()?;
        let pence: u32 = format!("{pence:0<2}").parse().ok()?;
        pounds.checked_mul(100)?.checked_add(pence).map(Self)
    }

    fn pounds(self) -> String {
        format!("{}.{:02}", self.0 / 100, self.0 % 100)
    }
}

impl Answer for Pence {
    fn input() -> Input {
        Input::Money
    }

    fn take(typed: &Typed, key: &str) -> Result<Option<Self>, String> {
        match typed.get(key) {
            "" => Ok(None),
            text => Self::parse(text)
                .map(Some)
                .ok_or_else(|| "Enter pounds, with pence where there are any, such as 75 or 75.03".to_owned()),
        }
    }

    fn kept(&self, key: &str) -> Vec<(String, String)> {
        vec![(key.to_owned(), self.pounds())]
    }

    fn words(&self) -> String {
        format!("£{}", self.pounds())
    }
}

/// A number without the commas between its thousands, where each stands before three figures as in 1,000. Anything else is
/// left as it is: a comma elsewhere may mean something else.
fn ungrouped(text: &str) -> std::borrow::Cow<'_, str> {
    let mut groups = text.split(',');
    let is_number = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let first = groups
        .next()
        .is_some_and(|group| (1..=3).contains(&group.len()) && is_number(group));
    if first && text.contains(',') && groups.all(|group| group.len() == 3 && is_number(group)) {
        text.replace(',', "").into()
    } else {
        text.into()
    }
}

/// What was typed of a day: day, month, year.
fn parts<'a>(typed: &'a Typed, key: &str) -> (&'a str, &'a str, &'a str) {
    (
        typed.part(key, "day"),
        typed.part(key, "month"),
        typed.part(key, "year"),
    )
}

impl Answer for Day {
    fn input() -> Input {
        Input::Day(false)
    }

    fn take(typed: &Typed, key: &str) -> Result<Option<Self>, String> {
        match PartDay::take(typed, key)? {
            None => Ok(None),
            Some(PartDay {
                year,
                month: Some(month),
                day: Some(day),
            }) => Ok(Self::new(year, month, day)),
            Some(_) => Err("Enter the whole date: day, month and year".to_owned()),
        }
    }

    fn kept(&self, key: &str) -> Vec<(String, String)> {
        vec![
            (format!("{key}_day"), self.day_of_month().to_string()),
            (format!("{key}_month"), self.month().to_string()),
            (format!("{key}_year"), self.year().to_string()),
        ]
    }

    fn words(&self) -> String {
        self.to_string()
    }
}

/// A day as far as it is known: a year, a month of it, or the very day. Stored as ISO text of that length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartDay {
    /// The year.
    pub year: i16,
    /// The month, where it is known.
    pub month: Option<i8>,
    /// The day of the month, where it is known.
    pub day: Option<i8>,
}

impl From<Day> for PartDay {
    fn from(day: Day) -> Self {
        Self {
            year: day.year(),
            month: Some(day.month()),
            day: Some(day.day_of_month()),
        }
    }
}

impl PartDay {
    /// A day that exists, as far as it is given.
    pub fn new(year: i16, month: Option<i8>, day: Option<i8>) -> Option<Self> {
        let is_whole = day.is_none() || month.is_some();
        let exists = Day::new(year, month.unwrap_or(1), day.unwrap_or(1)).is_some();
        (is_whole && exists && (1900..=2100).contains(&year)).then_some(Self { year, month, day })
    }

    /// Reads ISO text: `2021`, `2021-04` or `2021-04-30`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let year = parts.next().filter(|year| year.len() == 4)?.parse().ok()?;
        let two = |part: Option<&str>| match part {
            None => Some(None),
            Some(part) if part.len() == 2 => part.parse().ok().map(Some),
            Some(_) => None,
        };
        let (month, day) = (two(parts.next())?, two(parts.next())?);
        parts.next().is_none().then(|| Self::new(year, month, day)).flatten()
    }

    /// The ISO text.
    pub fn iso(self) -> String {
        let tail = |part: Option<i8>| part.map_or_else(String::new, |part| format!("-{part:02}"));
        format!("{:04}{}{}", self.year, tail(self.month), tail(self.day))
    }

    /// Whether it is later than another, as far as both are known.
    pub fn is_after(self, other: Self) -> bool {
        let (one, other) = (self.iso(), other.iso());
        let length = one.len().min(other.len());
        one[..length] > other[..length]
    }
}

/// What is wrong with the parts of a date that does not exist, and what to do.
fn no_such(day: &str, month: &str, year: &str) -> String {
    let Some(year) = year.parse::<i16>().ok().filter(|of| year.len() == 4 && *of > 0) else {
        return "Enter the year in four figures".to_owned();
    };
    if !(1900..=2100).contains(&year) {
        return "Enter a year from 1900 to 2100".to_owned();
    }
    if month.is_empty() {
        return "Enter the month too".to_owned();
    }
    let first = month.parse().ok().and_then(|month| Day::new(year, month, 1));
    let Some(first) = first else {
        return "Enter the month as a number from 1 to 12".to_owned();
    };
    let last = first.plus_months(1).plus_days(-1);
    match day.parse::<i8>() {
        Ok(day) if (1..=31).contains(&day) => format!(
            "{} {year} has no {}: its last day is the {}",
            first.month_name(),
            nth(day),
            nth(last.day_of_month())
        ),
        _ => "Enter the day as a number from 1 to 31".to_owned(),
    }
}

/// A day of a month as people say it.
fn nth(day: i8) -> String {
    let ending = match day {
        1 | 21 | 31 => "st",
        2 | 22 => "nd",
        3 | 23 => "rd",
        _ => "th",
    };
    format!("{day}{ending}")
}

impl Serialize for PartDay {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.iso())
    }
}

impl<'de> Deserialize<'de> for PartDay {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("“{text}” is not a day, a month or a year")))
    }
}

impl Answer for PartDay {
    fn input() -> Input {
        Input::Day(true)
    }

    fn take(typed: &Typed, key: &str) -> Result<Option<Self>, String> {
        let whole = typed.get(key);
        if !whole.is_empty() {
            return Self::parse(whole)
                .map(Some)
                .ok_or_else(|| format!("There is no such date: {whole}"));
        }
        let (day, month, year) = parts(typed, key);
        if day.is_empty() && month.is_empty() && year.is_empty() {
            return Ok(None);
        }
        let number = |text: &str| match text {
            "" => Some(None),
            text => text.parse().ok().map(Some),
        };
        let read = || Self::new(year.parse().ok()?, number(month)?, number(day)?);
        read().map(Some).ok_or_else(|| {
            format!(
                "There is no such date: “{day} {month} {year}”. {}",
                no_such(day, month, year)
            )
        })
    }

    fn kept(&self, key: &str) -> Vec<(String, String)> {
        let part = |part: Option<i8>| part.map(|part| part.to_string()).unwrap_or_default();
        vec![
            (format!("{key}_day"), part(self.day)),
            (format!("{key}_month"), part(self.month)),
            (format!("{key}_year"), self.year.to_string()),
        ]
    }

    fn words(&self) -> String {
        // A month without a day is named by its first.
        let first = self
            .month
            .and_then(|month| Day::new(self.year, month, self.day.unwrap_or(1)));
        match (self.day, first) {
            (Some(_), Some(day)) => day.to_string(),
            (None, Some(day)) => format!("{} {}", day.month_name(), self.year),
            _ => self.year.to_string(),
        }
    }
}
