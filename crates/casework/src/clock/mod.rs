//! Clocks: what is due in a case, what is late and by how much. Lengths and their sources stand in
//! `crates/casework/data/clocks.toml`; nothing here reads a clock of the machine.

#[cfg(test)]
mod tests;

mod running;

use std::fmt::Write as _;
use std::sync::LazyLock;

use domain::casework::Nation;
use domain::{Day, word_list};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

pub use running::{Setting, running};

use running::is_outcomes;

use crate::calendar::{self, Calendar};

word_list! {
    /// What a clock measures.
    pub enum ClockKind {
        ReasonableGrounds = "reasonable_grounds", "Reasonable-grounds decision";
        Recovery = "recovery", "Recovery period ends at the earliest";
        Support = "support", "Support is owed until";
        ConclusiveGrounds = "conclusive_grounds", "Waiting for the conclusive-grounds decision";
        AwaitedReferral = "awaited_referral", "Waiting for a first responder to refer them";
        AskAnother = "ask_another", "Ask another first responder";
        AwaitedReconsideration = "awaited_reconsideration", "Waiting for the answer to the reconsideration";
        AwaitedCourt = "awaited_court", "Waiting for the court’s decision";
        AwaitedDecision = "awaited_decision", "Waiting for the new decision";
        Reconsideration = "reconsideration", "Ask for reconsideration";
        JudicialReview = "judicial_review", "Last day for a judicial review";
        MoveOnPositive = "move_on_positive", "Agree what support goes on";
        MoveOnNegative = "move_on_negative", "Support ends: agree what follows";
        SupportEnds = "support_ends", "Support ends";
        Notification = "notification", "Notification without name";
        SafeContact = "safe_contact", "Go through safe contact";
        OutcomesEntry = "outcomes_entry", "Go through the outcomes: when support began";
        Outcomes6 = "outcomes_6", "Go through the outcomes: after 6 months";
        Outcomes12 = "outcomes_12", "Go through the outcomes: after 12 months";
        Outcomes24 = "outcomes_24", "Go through the outcomes: after 24 months";
        Outcomes36 = "outcomes_36", "Go through the outcomes: after 36 months";
        Return6 = "return_6", "Contact after the return: 6 months";
        Return12 = "return_12", "Contact after the return: 12 months";
        Return36 = "return_36", "Contact after the return: 36 months";
        PermitEnds = "permit_ends", "Residence permit ends: ask for its renewal before";
        AsylumAppeal = "asylum_appeal", "Appeal the refusal of asylum";
        Guardian = "guardian", "Waiting for a guardian";
        Detained = "detained", "Detained";
        Removal = "removal", "Removal is set: speak to a lawyer";
        Missing = "missing", "Missing";
        Unreported = "unreported", "Missing: make sure that the police know";
        Reminder = "reminder", "Reminder";
    }
}

impl ClockKind {
    /// Whether a rule says how long it runs. The others run until something happens, or until a day of their own.
    pub const fn has_length(self) -> bool {
        !matches!(
            self,
            Self::ConclusiveGrounds
                | Self::AwaitedReferral
                | Self::AskAnother
                | Self::AwaitedReconsideration
                | Self::AwaitedCourt
                | Self::AwaitedDecision
                | Self::SupportEnds
                | Self::PermitEnds
                | Self::Guardian
                | Self::Detained
                | Self::Removal
                | Self::Missing
                | Self::Unreported
                | Self::Reminder
        )
    }

    /// Whether it runs in a closed case too: whoever returned leaves support, and is to be asked after all the same.
    pub const fn runs_when_closed(self) -> bool {
        matches!(self, Self::Return6 | Self::Return12 | Self::Return36)
    }

    /// Whether it stands above every other, however long those are late: somebody is missing, and nobody may be looking for them.
    pub const fn comes_first(self) -> bool {
        matches!(self, Self::Unreported)
    }

    /// Whether it is a window: once it has passed, nobody can do any more what it was for.
    pub const fn is_window(self) -> bool {
        matches!(
            self,
            Self::Reconsideration | Self::JudicialReview | Self::AsylumAppeal | Self::Removal
        )
    }
}

word_list! {
    /// What a length is counted in.
    pub enum Unit {
        Working = "working", "working days";
        Calendar = "calendar", "days";
        Months = "months", "months";
    }
}

word_list! {
    /// Who has to do something before it is over.
    pub enum Whose {
        Authority = "authority", "the authority";
        Us = "us", "you";
        Nobody = "nobody", "nobody";
    }
}

/// How long something may take from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Of what.
    pub code: ClockKind,
    /// The nations where it holds.
    pub nations: Vec<Nation>,
    /// Clocks that start on this day or later run by it.
    pub from: Day,
    /// How many.
    pub days: u32,
    /// Of what.
    pub unit: Unit,
    /// Whether the day on which it starts is the first of them.
    #[serde(default)]
    pub counts_first: bool,
    /// Whose duty it is.
    pub whose: Whose,
    /// Where it stands.
    pub source: String,
    /// Whether length, counting, nations and first day were read there.
    pub is_checked: bool,
}

impl Rule {
    /// The last day of what starts on a day.
    pub(crate) fn last_day(&self, nation: Nation, on: Day) -> Day {
        let first = u32::from(self.counts_first);
        let n = |days: u32| i32::try_from(days).unwrap_or(i32::MAX);
        match self.unit {
            Unit::Working => Calendar::shipped().plus_working(nation, on, self.days.saturating_sub(first)),
            Unit::Calendar => on.plus_days(n(self.days.saturating_sub(first))),
            Unit::Months => on.plus_months(n(self.days)).plus_days(-n(first)),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    clock: Vec<Rule>,
}

const DATA: &str = include_str!("../../data/clocks.toml");

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    toml::from_str::<File>(DATA)
        .expect("the file that is shipped is read by a test")
        .clock
});

/// Every rule.
pub fn rules() -> &'static [Rule] {
    &RULES
}

/// The rule by which a clock that starts on a day runs in a nation: the last to come into force by then. `None` where
/// nothing set a length on that day.
pub fn rule(kind: ClockKind, nation: Nation, on: Day) -> Option<&'static Rule> {
    rules()
        .iter()
        .filter(|rule| rule.code == kind && rule.nations.contains(&nation) && rule.from <= on)
        .max_by_key(|rule| rule.from)
}

/// How lines are made; raised when they come to hold something else, so that those of earlier are made anew.
const LINE: &str = "7";

static EDITION: LazyLock<String> = LazyLock::new(|| {
    let mut hash = Sha256::new();
    for part in [env!("CARGO_PKG_VERSION"), LINE, DATA, calendar::DATA] {
        hash.update(part);
        hash.update([0]);
    }
    hash.finalize()[..8].iter().fold(String::new(), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
});

/// What clocks are counted by: of this version of the program, its rules and its bank holidays. Whatever was counted by
/// another is counted anew before it is shown.
pub fn edition() -> &'static str {
    &EDITION
}

/// For how many days after its last day a window that passed is still late: time to ask a lawyer whether it can be opened
/// again, and to see that it was missed. After them it is no task any more.
const AFTER_A_WINDOW: i32 = 14;

/// Whether a window with this last day has passed for so long that it is late no more.
pub fn is_past_window(due: Day, today: Day) -> bool {
    due.plus_days(AFTER_A_WINDOW) < today
}

/// How near a last day is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Nearness {
    /// It is over.
    Late,
    /// It is within a week.
    Soon,
    /// It is later than that.
    Later,
    /// There is none.
    Never,
}

/// The last day that is within a week of a day: the same weekday of the next week.
pub fn soon(today: Day) -> Day {
    today.plus_days(7)
}

/// How near a last day is.
pub fn nearness(due: Option<Day>, today: Day) -> Nearness {
    match due {
        None => Nearness::Never,
        Some(due) if due < today => Nearness::Late,
        Some(due) if due <= soon(today) => Nearness::Soon,
        Some(_) => Nearness::Later,
    }
}

/// One clock of a case that has not been stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// What it measures.
    pub kind: ClockKind,
    /// More of it in words: what a reminder asks for.
    pub words: String,
    /// When it started.
    pub started_on: Day,
    /// The last day; `None` where nothing sets one.
    pub due_on: Option<Day>,
    /// What its length is counted in.
    pub unit: Unit,
    /// Who has to act.
    pub whose: Whose,
    /// Whether a rule set its last day, and not a letter or a member.
    pub is_by_rule: bool,
    /// The event that started it.
    pub event: Option<Uuid>,
    /// How many earlier points in time it stands for, which were missed as well: [`shown`] counts them.
    #[serde(skip)]
    pub n_missed: usize,
}

/// How a clock stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Over by so many of its unit (working days for working days, days otherwise).
    Late(i32),
    /// The last day is today.
    Today,
    /// So many of its unit are left.
    Left(i32),
    /// It runs, since so many days, and nothing ends it.
    Running(i32),
    /// It was a window, and has passed for so long that nothing is expected of anyone.
    Passed,
}

impl Clock {
    /// How it stands on a day. What is nobody's duty is never late.
    pub fn standing(&self, today: Day, nation: Nation) -> Standing {
        let Some(due) = self.due_on else {
            return Standing::Running(self.started_on.days_until(today));
        };
        if self.has_passed(today) {
            return Standing::Passed;
        }
        let left = match self.unit {
            Unit::Working => Calendar::shipped().working_between(nation, today, due),
            Unit::Calendar | Unit::Months => today.days_until(due),
        };
        match due.cmp(&today) {
            std::cmp::Ordering::Greater => Standing::Left(left),
            std::cmp::Ordering::Equal => Standing::Today,
            std::cmp::Ordering::Less if self.whose == Whose::Nobody => {
                Standing::Running(self.started_on.days_until(today))
            }
            std::cmp::Ordering::Less => Standing::Late(-left),
        }
    }

    /// The rule that set its last day, where one did.
    pub fn rule(&self, nation: Nation) -> Option<&'static Rule> {
        rule(self.kind, nation, self.started_on).filter(|_| self.is_by_rule)
    }

    /// How near the day is by which somebody has to act.
    pub fn nearness(&self, today: Day) -> Nearness {
        let counts = self.whose != Whose::Nobody && !self.has_passed(today);
        nearness(self.due_on.filter(|_| counts), today)
    }

    /// Whether it was a window that has passed for two weeks. It is late no more, and the case's page still says so.
    pub fn has_passed(&self, today: Day) -> bool {
        self.kind.is_window() && self.due_on.is_some_and(|due| is_past_window(due, today))
    }

    /// Whether it is over and someone should have acted.
    pub fn is_late(&self, today: Day) -> bool {
        self.nearness(today) == Nearness::Late
    }

    /// Whether it has run out and nobody has to act on that: it need not be shown any more.
    pub fn is_over(&self, today: Day) -> bool {
        self.whose == Whose::Nobody && self.due_on.is_some_and(|due| due < today)
    }

    /// What was missed before it, as a sentence; empty where nothing was.
    pub fn missed(&self) -> String {
        match self.n_missed {
            0 => String::new(),
            1 => "One earlier time was missed, and need not be made up for.".to_owned(),
            n => format!("{n} earlier times were missed, and need not be made up for."),
        }
    }

    /// How it stands, in words.
    pub fn say(&self, today: Day, nation: Nation) -> String {
        let count = |n: i32| {
            let (one, several) = match self.unit {
                Unit::Working => ("working day", "working days"),
                Unit::Calendar | Unit::Months => ("day", "days"),
            };
            format!("{n} {}", if n == 1 { one } else { several })
        };
        let words = match self.standing(today, nation) {
            // A weekend after the last working day: late, and by no working day yet.
            Standing::Late(0) => "late since the last working day".to_owned(),
            Standing::Late(n) => format!("{} late", count(n)),
            Standing::Today => "due today".to_owned(),
            Standing::Left(n) => format!("{} left", count(n)),
            Standing::Running(1) => "for 1 day".to_owned(),
            Standing::Running(n) => format!("for {n} days"),
            Standing::Passed => return "window passed".to_owned(),
        };
        let is_unsure = self.unit == Unit::Working && self.due_on.is_some_and(|due| !Calendar::shipped().knows(due));
        if is_unsure {
            format!("{words} (bank holidays of that year are not certain)")
        } else {
            words
        }
    }
}

/// The clocks of a case as a page shows them on a day: none that ran out without anybody having to act, and one alone of
/// the points in time at which outcomes are gone through. That is the latest that is over, because what was not asked at its
/// time is not asked afterwards; how many were missed before it, it tells. Where none is over, it is the next to come. How
/// near the next due day of the case is stays as it was.
pub fn shown(mut clocks: Vec<Clock>, today: Day) -> Vec<Clock> {
    clocks.retain(|clock| !clock.is_over(today));
    let points = || clocks.iter().filter(|clock| is_outcomes(clock.kind));
    let late = points().filter(|clock| clock.is_late(today));
    let n_late = late.clone().count();
    let kept = late
        .max_by_key(|clock| (clock.due_on, clock.kind))
        .or_else(|| points().min_by_key(|clock| (clock.due_on, clock.kind)))
        .map(|clock| clock.kind);
    clocks.retain(|clock| !is_outcomes(clock.kind) || Some(clock.kind) == kept);
    if let Some(clock) = clocks.iter_mut().find(|clock| Some(clock.kind) == kept) {
        clock.n_missed = n_late.saturating_sub(1);
    }
    clocks
}

/// The earliest day on which someone has to have acted, as it is on a day: what stands in clear beside a case. Windows that
/// have passed count no more.
pub fn next_due(clocks: &[Clock], today: Day) -> Option<Day> {
    clocks
        .iter()
        .filter(|clock| clock.whose != Whose::Nobody && !clock.has_passed(today))
        .filter_map(|clock| clock.due_on)
        .min()
}
