//! How long an offer waits, and what should happen by when: the standard by which it climbs a list.

use domain::Day;
use domain::casework::Nation;

use crate::calendar::Calendar;

/// The standard in words, as the pages print it.
pub const STANDARD: &str = "The program’s own default, not a law: an offer is to be answered within one working day; after \
                            three the sender telephones; after seven the supervisors of both speak with each other. Working \
                            days are those of England.";

/// How far an unanswered offer has climbed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Within its first working day.
    Fresh,
    /// One working day is over.
    Due,
    /// Three are over.
    Late,
    /// Seven are over.
    Alarming,
}

impl Step {
    /// What is to be done, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Fresh => "new",
            Self::Due => "answer now",
            Self::Late => "telephone",
            Self::Alarming => "supervisors to speak",
        }
    }
}

/// How long an offer waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waits {
    /// Whole working days since the day it was offered.
    pub days: i32,
    /// How far it has climbed.
    pub step: Step,
}

impl Waits {
    /// In words, with what is to be done.
    pub fn say(self) -> String {
        match self.days {
            ..=0 => "new: less than one working day".to_owned(),
            1 => format!("waits for 1 working day: {}", self.step.words()),
            days => format!("waits for {days} working days: {}", self.step.words()),
        }
    }
}

/// How long an offer of a day has waited by another. Linear in the days between.
pub fn waits(offered_on: Day, today: Day) -> Waits {
    let days = Calendar::shipped()
        .working_between(Nation::England, offered_on, today)
        .max(0);
    let step = match days {
        ..1 => Step::Fresh,
        1..3 => Step::Due,
        3..7 => Step::Late,
        _ => Step::Alarming,
    };
    Waits { days, step }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_climbs_by_working_days_and_a_weekend_does_not_count() {
        let day = |text: &str| Day::parse(text).expect("a day");
        // A Friday.
        let of = |until: &str| waits(day("2025-05-30"), day(until));
        assert_eq!(of("2025-05-30").step, Step::Fresh);
        assert_eq!(of("2025-06-01").say(), "new: less than one working day");
        assert_eq!(of("2025-06-02").say(), "waits for 1 working day: answer now");
        assert_eq!(of("2025-06-04").step, Step::Late);
        assert_eq!(of("2025-06-09").step, Step::Late);
        assert_eq!(of("2025-06-10").say(), "waits for 7 working days: supervisors to speak");
        assert_eq!(of("2025-05-01").days, 0, "a clock that went back makes nothing late");
    }
}
