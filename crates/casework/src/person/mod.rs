//! The person: who they are, and how they may be contacted without putting them in danger.

mod amend;
mod forget;
#[cfg(test)]
mod tests;

use domain::casework::{AgeStage, Channel, Gender, Known, Nation};
use domain::pack::codes::LanguageGroup;
use domain::{Day, Instant};
use serde::{Deserialize, Serialize};
use store::FieldErrors;
use store::seal::Identity as Place;
use uuid::Uuid;

pub use amend::{Amend, amend};
pub use forget::{complete, forget};

use crate::clock::{self, ClockKind};
use crate::event::{History, What};
use crate::part::Earlier;
use crate::sheet::{Line, PartDay, Words};

crate::sheet! {
    /// Who someone is, as they say it.
    pub struct Identity {
        name: Line = "Name", "As the person gives it. If you do not know it, write what you call them.";
        nickname: Option<Line> = "Other names", "Nicknames, names used while they were exploited, other spellings: the search finds them all.";
        born: Option<PartDay> = "Date of birth", "As far as it is known: the year alone is enough.";
        is_child: Option<Known> = "Are they under 18?", "";
        age_disputed: Option<Known> = "Is their age disputed?", "";
        gender: Option<Gender> = "Gender", "";
        nationality: Option<Line> = "Nationality", "One or more.";
        language: Option<Line> = "Language they understand best", "";
        language_group: Option<LanguageGroup> = "Group of that language", "Leave it out for a language that is well known, such as Polish or Somali: it is recognised. The audit counts by it.";
        needs_interpreter: Option<Known> = "Do they need an interpreter?", "";
        communication: Option<Line> = "Other help with communication", "";
        children: Option<u32> = "How many children they have", "";
        place: Option<Line> = "Where they are staying", "A town or region. No address of a refuge or safe house.";
        references: Option<Words> = "Reference numbers", "Of the Home Office, the police or a court, one to a line.";
    }
}

crate::sheet! {
    /// How someone may be contacted.
    pub struct SafeContact {
        channels: Vec<Channel> = "Ways that are safe", "Tick none if nothing is safe.";
        how: Option<Words> = "Numbers and addresses for these ways", "";
        shared_with: Option<Line> = "Who else uses or sees them", "";
        hours: Option<Line> = "When", "Hours and days that are safe.";
        message: Option<Known> = "May a message be left?", "";
        answered_by: Option<Line> = "Who may answer", "";
        code_word: Option<Line> = "Code word", "";
        sender: Option<Line> = "Who to say is calling or writing", "";
        not_before: Option<Day> = "Do not contact before", "";
        confirmed_on: Option<Day> = "Gone through with the person on", "Until this is filled in, and again after four weeks, nothing is to be sent.";
    }
}

/// The age from which a person is no child.
const AGE: i32 = 18;
/// More years than anybody has lived who was met here: 1900 is what a database holds where nobody knew.
const OLDEST: i16 = 110;
/// More children than anybody has.
const MOST_CHILDREN: u32 = 30;

impl Identity {
    /// The year in which they were born, where it is known.
    pub(crate) fn born_year(&self) -> Option<i16> {
        self.born.map(|born| born.year)
    }

    /// What tells whether they were a child on a day: what is recorded of them, and the last that happened about their age. Who was
    /// assessed as a child is one; while it is disputed, assessed or challenged, Article 10(3) of the Convention presumes it. An
    /// assessment as an adult changes nothing by itself.
    pub fn age(&self, history: &History) -> Age {
        let recorded = Age {
            born: self.born,
            is_child: self.is_child,
            is_disputed: self.age_disputed == Some(Known::Yes),
            child_on: None,
        };
        let Some((stage, on)) = age_stage(history) else {
            return recorded;
        };
        match stage {
            AgeStage::Adult | AgeStage::Dropped => recorded,
            AgeStage::Child | AgeStage::Disputed | AgeStage::Assessing | AgeStage::Challenged => Age {
                is_disputed: stage != AgeStage::Child,
                child_on: Some(on),
                ..recorded
            },
        }
    }

    /// The last assessment of their age, where what is recorded of them says otherwise of its day.
    pub fn contradicted(&self, history: &History) -> Option<Assessed> {
        let (stage, on) = age_stage(history)?;
        let (is_child, otherwise) = match stage {
            AgeStage::Child => (true, Known::No),
            AgeStage::Adult => (false, Known::Yes),
            _ => return None,
        };
        let recorded = self.age(&History::default()).was_child(on);
        (recorded == Some(otherwise)).then_some(Assessed { on, is_child })
    }

    /// Adds the faults of answers that do not go together. `opened_on`: the day support began; whoever was a child then may have
    /// been recorded as one.
    pub(crate) fn check(&self, opened_on: Day, today: Day, errors: &mut FieldErrors) {
        if self.children.is_some_and(|children| children > MOST_CHILDREN) {
            errors.add("children", format!("Enter a number up to {MOST_CHILDREN}"));
        }
        let Some(born) = self.born else { return };
        if born.is_after(today.into()) {
            errors.add("born", "Nobody is born later than today: correct the year");
            return;
        }
        if opened_on.year() - born.year > OLDEST {
            errors.add(
                "born",
                format!(
                    "They would have been over {OLDEST} when support began: correct the year, or leave it empty if it is not known"
                ),
            );
            return;
        }
        if self.age_disputed == Some(Known::Yes) {
            return;
        }
        // The date of birth alone.
        let told = Age {
            born: Some(born),
            ..Age::default()
        };
        let words = match self.is_child {
            Some(Known::Yes) if told.was_child(opened_on) == Some(Known::No) => "were 18 or over when support began",
            Some(Known::No) if told.is_minor(today) => "are under 18",
            _ => return,
        };
        errors.add(
            "is_child",
            format!(
                "Born in {}, they {words}: correct one of the two, or say that their age is disputed",
                born.year
            ),
        );
    }
}

impl SafeContact {
    /// Nothing known.
    pub const fn none() -> Self {
        Self {
            channels: Vec::new(),
            how: None,
            shared_with: None,
            hours: None,
            message: None,
            answered_by: None,
            code_word: None,
            sender: None,
            not_before: None,
            confirmed_on: None,
        }
    }

    /// Adds the faults of answers that do not go together: it cannot have been gone through on a day to come.
    pub(crate) fn check(&self, today: Day, errors: &mut FieldErrors) {
        if self.confirmed_on.is_some_and(|on| on > today) {
            errors.add("confirmed_on", "It cannot have been gone through after today");
        }
    }
}

/// What came of going through safe contact, the last time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoneThrough {
    /// It never was.
    Never,
    /// It was found unsafe on this day, or not known to be safe, and nothing was put right since.
    Unsafe(Day),
    /// The person has been missing since this day, and nobody has gone through it with them since.
    Missing(Day),
    /// They were missing and found on this day, and nobody has gone through it with them since they went.
    Found(Day),
    /// They died on this day.
    Died(Day),
    /// It was found safe, or recorded, on this day.
    Safe(Day),
}

/// Whether someone may be contacted on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contact {
    /// Nobody has gone through it with them: no.
    Unset,
    /// It was gone through too long ago, on this day: no.
    Stale(Day),
    /// Not before this day.
    NotBefore(Day),
    /// Nothing is safe, as the person said on this day: no.
    Never(Day),
    /// They have been missing since this day: no.
    Missing(Day),
    /// They were missing and found on this day, and it was not gone through since: no.
    Found(Day),
    /// They died on this day: no, and never again.
    Died(Day),
    /// Yes, in the ways that are recorded, gone through on this day.
    Safe(Day),
}

/// What came of going through safe contact, the last time: of what is recorded of it, and of what happened. What was recorded
/// after it was found unsafe, or after they were found, counts again, on the same day too. While they are missing nothing does.
pub fn gone_through(of: &Person, history: &History) -> GoneThrough {
    // What the events come to, with the day and the moment of the one that says so.
    let mut last: Option<(Day, Instant, GoneThrough)> = None;
    let mut missing = None;
    for event in history.standing() {
        let (on, at) = (event.entry.on, event.entry.at);
        match &event.entry.what {
            What::ContactCheck(sheet) if sheet.is_safe == Known::Yes => last = Some((on, at, GoneThrough::Safe(on))),
            What::ContactCheck(_) => last = Some((on, at, GoneThrough::Unsafe(on))),
            What::Missing(_) => missing = Some(on),
            What::Found(_) if missing.take().is_some() => {
                // What they said on the day on which they were found may have been recorded before that they were.
                let is_said = last.is_some_and(|(day, ..)| day >= on);
                last = last.filter(|_| is_said).or(Some((on, at, GoneThrough::Found(on))));
            }
            What::Death(_) => return GoneThrough::Died(on),
            _ => {}
        }
    }
    // Whoever is with them may read or hear it, whatever was safe.
    if let Some(on) = missing {
        return GoneThrough::Missing(on);
    }
    let recorded = of.contact.confirmed_on;
    match last {
        None => recorded.map_or(GoneThrough::Never, GoneThrough::Safe),
        Some((on, _, GoneThrough::Safe(_))) => GoneThrough::Safe(recorded.map_or(on, |day| day.max(on))),
        Some((on, at, not_safe)) => recorded
            .filter(|day| (*day, of.contact_at) > (on, at))
            .map_or(not_safe, GoneThrough::Safe),
    }
}

/// The last day on which what was gone through on a day still tells what is safe.
fn fresh_until(on: Day, nation: Nation) -> Day {
    let days = clock::rule(ClockKind::SafeContact, nation, on).map_or(0, |rule| rule.days);
    on.plus_days(i32::try_from(days).unwrap_or(i32::MAX))
}

/// Whether someone may be contacted on a day.
pub fn contact(of: &SafeContact, gone_through: GoneThrough, nation: Nation, today: Day) -> Contact {
    let on = match gone_through {
        GoneThrough::Never | GoneThrough::Unsafe(_) => return Contact::Unset,
        GoneThrough::Missing(on) => return Contact::Missing(on),
        GoneThrough::Found(on) => return Contact::Found(on),
        GoneThrough::Died(on) => return Contact::Died(on),
        GoneThrough::Safe(on) => on,
    };
    if fresh_until(on, nation) < today {
        Contact::Stale(on)
    } else if let Some(day) = of.not_before.filter(|day| *day > today) {
        Contact::NotBefore(day)
    } else if of.channels.is_empty() {
        Contact::Never(on)
    } else {
        Contact::Safe(on)
    }
}

impl Contact {
    /// The last day on which they may still be contacted as today, if nothing more is recorded until then; `None` where they may
    /// not be today.
    pub(crate) fn until(self, nation: Nation) -> Option<Day> {
        match self {
            Self::Safe(on) => Some(fresh_until(on, nation)),
            _ => None,
        }
    }
}

/// What is sealed of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Who they are.
    pub identity: Identity,
    /// How they may be contacted.
    pub contact: SafeContact,
    /// When that was last recorded.
    pub contact_at: Instant,
    /// How they could be contacted before, earliest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_contacts: Vec<Earlier<SafeContact>>,
}

/// What tells whether someone was a child on a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Age {
    /// When they were born, as far as it is known.
    pub born: Option<PartDay>,
    /// Whether they are under 18, as it was answered once.
    pub is_child: Option<Known>,
    /// Whether their age is disputed.
    pub is_disputed: bool,
    /// The day on which they were assessed as a child, or their age was last in dispute, which presumes them to be one.
    pub child_on: Option<Day>,
}

/// What an assessment of someone's age came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assessed {
    /// When.
    pub on: Day,
    /// Whether as a child.
    pub is_child: bool,
}

/// The last that happened about someone's age, and when.
fn age_stage(history: &History) -> Option<(AgeStage, Day)> {
    history.standing().rev().find_map(|event| match &event.entry.what {
        What::AgeDispute(sheet) => Some((sheet.stage, event.entry.on)),
        _ => None,
    })
}

impl Age {
    /// Of someone of whom only that answer is known.
    pub fn answered(is_child: Option<Known>) -> Self {
        Self {
            is_child,
            ..Self::default()
        }
    }

    /// Whether they were under 18 on a day, as far as it is known: by the date of birth, which an answer does not outlive, where
    /// it is whole enough to tell; otherwise as it was answered. While their age is disputed a birth makes nobody an adult, and a
    /// child stays one: Article 10(3) of the Convention presumes it. Whoever was assessed as a child came of age by a birth that agrees
    /// with that, and by no other.
    pub fn was_child(self, on: Day) -> Option<Known> {
        let of_age = |born: PartDay| {
            let first = Day::new(born.year, born.month.unwrap_or(1), born.day.unwrap_or(1))?;
            // The day after the last that is possible.
            let after = match (born.month, born.day) {
                (Some(_), Some(_)) => first.plus_days(1),
                (Some(_), None) => first.plus_months(1),
                (None, _) => first.plus_months(12),
            };
            Some((first.plus_months(12 * AGE), after.plus_days(-1).plus_months(12 * AGE)))
        };
        let may_grow = |last: Day| !self.is_disputed && self.child_on.is_none_or(|day| day < last);
        match self.born.and_then(of_age) {
            Some((first, _)) if on < first => Some(Known::Yes),
            Some((_, last)) if on >= last && may_grow(last) => Some(Known::No),
            _ if self.child_on.is_some() => Some(Known::Yes),
            _ => self.is_child,
        }
    }

    /// Whether they were known to be under 18 on a day.
    pub fn is_minor(self, on: Day) -> bool {
        self.was_child(on) == Some(Known::Yes)
    }
}

/// Where a person is sealed.
pub(crate) const fn place(id: Uuid) -> Place {
    Place::new("person", id, "sealed_identity")
}
