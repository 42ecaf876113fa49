//! Clocks: what is due in a case, what is late and by how much. Lengths and their sources stand in
//! `crates/casework/data/clocks.toml`; nothing here reads a clock of the machine.

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use domain::casework::{ChallengeStage, Challenged, Grounds, Known, Nation, ReviewStage};
use domain::{Day, word_list};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::calendar::Calendar;
use crate::event::{History, What};

word_list! {
    /// What a clock measures.
    pub enum ClockKind {
        ReasonableGrounds = "reasonable_grounds", "Reasonable-grounds decision";
        Recovery = "recovery", "Recovery period ends at the earliest";
        ConclusiveGrounds = "conclusive_grounds", "Waiting for the conclusive-grounds decision";
        Reconsideration = "reconsideration", "Ask for reconsideration";
        JudicialReview = "judicial_review", "Last day for a judicial review";
        MoveOnPositive = "move_on_positive", "Support may end";
        MoveOnNegative = "move_on_negative", "Support ends";
        Notification = "notification", "Notification without name";
        SafeContact = "safe_contact", "Go through safe contact";
        Missing = "missing", "Missing";
        Reminder = "reminder", "Reminder";
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
    /// Clocks that start on this day or later run by it.
    pub from: Day,
    /// How many.
    pub days: u32,
    /// Of what.
    pub unit: Unit,
    /// Whose duty it is.
    pub whose: Whose,
    /// Where it stands.
    pub source: String,
    /// Whether it was read there.
    pub is_checked: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    clock: Vec<Rule>,
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    toml::from_str::<File>(include_str!("../../data/clocks.toml"))
        .expect("the file that is shipped is read by a test")
        .clock
});

/// Every rule.
pub fn rules() -> &'static [Rule] {
    &RULES
}

/// The rule by which a clock that starts on a day runs: the last to come into force by then, or the earliest.
pub fn rule(kind: ClockKind, on: Day) -> Option<&'static Rule> {
    let of = || rules().iter().filter(|rule| rule.code == kind);
    of().filter(|rule| rule.from <= on)
        .max_by_key(|rule| rule.from)
        .or_else(|| of().min_by_key(|rule| rule.from))
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
    /// The event that started it.
    pub event: Option<Uuid>,
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
}

impl Clock {
    /// How it stands on a day. What is nobody's duty is never late.
    pub fn standing(&self, today: Day, nation: Nation) -> Standing {
        let Some(due) = self.due_on else {
            return Standing::Running(self.started_on.days_until(today));
        };
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

    /// Whether it is over and someone should have acted.
    pub fn is_late(&self, today: Day) -> bool {
        self.whose != Whose::Nobody && self.due_on.is_some_and(|due| due < today)
    }

    /// Whether it has run out and nobody has to act on that: it need not be shown any more.
    pub fn is_over(&self, today: Day) -> bool {
        self.whose == Whose::Nobody && self.due_on.is_some_and(|due| due < today)
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
            Standing::Left(0) => "due on the next working day".to_owned(),
            Standing::Left(n) => format!("{} left", count(n)),
            Standing::Running(1) => "for 1 day".to_owned(),
            Standing::Running(n) => format!("for {n} days"),
        };
        let is_unsure = self.unit == Unit::Working && self.due_on.is_some_and(|due| !Calendar::shipped().knows(due));
        if is_unsure {
            format!("{words} (bank holidays of that year are not known)")
        } else {
            words
        }
    }
}

fn start(kind: ClockKind, nation: Nation, on: Day, event: Uuid) -> Clock {
    let rule = rule(kind, on);
    let due_on = rule.map(|rule| {
        let n = i32::try_from(rule.days).unwrap_or(i32::MAX);
        match rule.unit {
            Unit::Working => Calendar::shipped().plus_working(nation, on, rule.days),
            Unit::Calendar => on.plus_days(n),
            Unit::Months => on.plus_months(n),
        }
    });
    Clock {
        kind,
        words: String::new(),
        started_on: on,
        due_on,
        unit: rule.map_or(Unit::Calendar, |rule| rule.unit),
        whose: rule.map_or(Whose::Authority, |rule| rule.whose),
        event: Some(event),
    }
}

/// The clocks of a case that run, the earliest due first and those without a day last. `contact_on`: when safe contact
/// was last gone through, `None` for never; `opened_on`: when support began. Linear in the number of events.
pub fn running(history: &History, nation: Nation, contact_on: Option<Day>, opened_on: Day) -> Vec<Clock> {
    use ClockKind as K;

    let mut clocks: Vec<Clock> = Vec::new();
    let mut has_ended = false;
    let mut last_contact = contact_on;
    let mut unsafe_on = None;
    for event in history.standing() {
        let (on, id) = (event.entry.on, event.id);
        let mut stop = |kinds: &[ClockKind]| clocks.retain(|clock| !kinds.contains(&clock.kind));
        match &event.entry.what {
            What::Referral(_) => {
                stop(&[K::ReasonableGrounds, K::Notification]);
                clocks.push(start(K::ReasonableGrounds, nation, on, id));
            }
            What::Declined(_) => clocks.push(start(K::Notification, nation, on, id)),
            What::Notified(_) => stop(&[K::Notification]),
            What::ReasonableGrounds(sheet) => {
                stop(&[K::ReasonableGrounds, K::Reconsideration, K::JudicialReview]);
                match sheet.outcome {
                    Grounds::Positive => {
                        clocks.push(start(K::Recovery, nation, on, id));
                        clocks.push(start(K::ConclusiveGrounds, nation, on, id));
                    }
                    Grounds::Negative => {
                        clocks.push(start(K::Reconsideration, nation, on, id));
                        clocks.push(start(K::JudicialReview, nation, on, id));
                    }
                }
            }
            What::RecoveryPeriod(sheet) => {
                for clock in clocks.iter_mut().filter(|clock| clock.kind == K::Recovery) {
                    clock.due_on = Some(sheet.ends_on);
                }
            }
            What::ConclusiveGrounds(sheet) => {
                stop(&[K::Recovery, K::ConclusiveGrounds, K::Reconsideration, K::JudicialReview]);
                match sheet.outcome {
                    Grounds::Positive => clocks.push(start(K::MoveOnPositive, nation, on, id)),
                    Grounds::Negative => {
                        clocks.push(start(K::MoveOnNegative, nation, on, id));
                        clocks.push(start(K::Reconsideration, nation, on, id));
                        clocks.push(start(K::JudicialReview, nation, on, id));
                    }
                }
            }
            What::Reconsideration(sheet) => {
                stop(&[K::Reconsideration]);
                let is_overturned = sheet.stage == ChallengeStage::Overturned;
                if is_overturned {
                    stop(&[K::JudicialReview, K::MoveOnNegative]);
                }
                match sheet.challenged {
                    Challenged::ReasonableGrounds if is_overturned => {
                        clocks.push(start(K::Recovery, nation, on, id));
                        clocks.push(start(K::ConclusiveGrounds, nation, on, id));
                    }
                    Challenged::ConclusiveGrounds if is_overturned => {
                        clocks.push(start(K::MoveOnPositive, nation, on, id));
                    }
                    _ => {}
                }
            }
            What::JudicialReview(sheet) if sheet.stage != ReviewStage::Letter => stop(&[K::JudicialReview]),
            What::Withdrawal(_) => stop(&[
                K::ReasonableGrounds,
                K::Recovery,
                K::ConclusiveGrounds,
                K::Reconsideration,
                K::JudicialReview,
            ]),
            What::Missing(_) => {
                stop(&[K::Missing]);
                clocks.push(start(K::Missing, nation, on, id));
            }
            What::Found(_) => stop(&[K::Missing]),
            What::Exit(_) => {
                stop(&[K::MoveOnPositive, K::MoveOnNegative]);
                has_ended = true;
            }
            What::Death(_) => {
                clocks.clear();
                has_ended = true;
            }
            What::ContactCheck(sheet) if sheet.is_safe == Known::Yes => {
                last_contact = last_contact.max(Some(on));
                unsafe_on = None;
            }
            What::ContactCheck(_) => unsafe_on = Some(on),
            What::Reminder(sheet) => clocks.push(Clock {
                kind: K::Reminder,
                words: sheet.task.0.clone(),
                started_on: on,
                due_on: Some(sheet.due_on),
                unit: Unit::Calendar,
                whose: Whose::Us,
                event: Some(id),
            }),
            _ => {}
        }
    }
    if !has_ended {
        // What was recorded after it was found unsafe counts again.
        let unsafe_on = unsafe_on.filter(|on| contact_on.is_none_or(|recorded| recorded <= *on));
        clocks.push(match last_contact.filter(|_| unsafe_on.is_none()) {
            Some(on) => Clock {
                event: None,
                ..start(ClockKind::SafeContact, nation, on, Uuid::nil())
            },
            // Never gone through: due since the first day; found unsafe: since then.
            None => Clock {
                kind: ClockKind::SafeContact,
                words: String::new(),
                started_on: unsafe_on.unwrap_or(opened_on),
                due_on: Some(unsafe_on.unwrap_or(opened_on)),
                unit: Unit::Calendar,
                whose: Whose::Us,
                event: None,
            },
        });
    }
    clocks.sort_by_key(|clock| (clock.due_on.is_none(), clock.due_on, clock.kind));
    clocks
}

/// The earliest day on which someone has to have acted: what stands in clear beside a case.
pub fn next_due(clocks: &[Clock]) -> Option<Day> {
    clocks
        .iter()
        .filter(|clock| clock.whose != Whose::Nobody)
        .filter_map(|clock| clock.due_on)
        .min()
}
