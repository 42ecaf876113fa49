//! Answers of one event that contradict each other. What is only unlikely is not refused: it is a caution on the case's page.

use domain::casework::{
    AnsweredBy, ChallengeStage, Challenged, CompensationStage, Grounds, Known, Nation, RemovalStep, ReportStage,
    ReturnHelp,
};
use domain::{Day, Instant};
use store::FieldErrors;
use uuid::Uuid;

use super::{Basis, Entry, Event, History, What};
use crate::clock::{self, ClockKind};
use crate::sheet::Sheet as _;

/// A day within an answer that has not come yet.
const LATER_THAN_TODAY: &str = "It cannot be later than today";

/// The day on which the National Referral Mechanism began.
fn mechanism() -> Option<Day> {
    Day::new(2009, 4, 1)
}

/// More lawyers than anybody has asked.
const MOST_LAWYERS: u32 = 500;

/// Adds a fault, at its field, for each answer that contradicts another of the same event, its day, or today.
pub(super) fn check(today: Day, on: Day, what: &What, errors: &mut FieldErrors) {
    if is_of_the_mechanism(what) && mechanism().is_some_and(|began| on < began) {
        errors.add(
            "on",
            "The National Referral Mechanism began on 1 April 2009: correct the day, or record as a note what happened before",
        );
    }
    match what {
        // Which list it was is chosen before anything is read.
        What::Recognition(sheet) if is_empty(sheet) => errors.add(
            "acts",
            "Nothing of the list is answered: tick what you saw, or say under “What you saw or heard” that you saw none of it",
        ),
        What::NrmReferral(sheet) if sheet.asked_on.is_some_and(|asked| asked > on) => errors.add(
            "asked_on",
            format!("They cannot have been asked after they referred the person, on {on}: correct one of the two days"),
        ),
        What::RecoveryPeriod(sheet) if sheet.ends_on < on => errors.add(
            "ends_on",
            format!("A period that was given on {on} cannot end before that day: correct one of the two"),
        ),
        What::ResidencePermit(sheet) if sheet.ends_on.is_some_and(|ends| ends < on) => errors.add(
            "ends_on",
            format!("It cannot end before {on}, the day you give for this step: correct one of the two"),
        ),
        What::Immigration(sheet) if sheet.ends_on.is_some_and(|ends| ends < on) => errors.add(
            "ends_on",
            format!("What they have on {on} cannot have ended before: correct one of the two days"),
        ),
        What::Subsistence(sheet) if sheet.weeks_paid > sheet.weeks_due => errors.add(
            "weeks_paid",
            format!(
                "It cannot have been paid for more weeks than the {} for which it was due: correct one of the two numbers",
                sheet.weeks_due
            ),
        ),
        What::CareCharge(sheet) if sheet.is_charged == Known::No && sheet.pounds.is_some_and(|pounds| pounds > 0) => {
            errors.add(
                "pounds",
                "You say that they were not charged: leave this empty, or correct that answer",
            );
        }
        What::ReturnContact(sheet) if sheet.is_reached == Known::No && is_told(sheet.is_safe) => errors.add(
            "is_safe",
            "You say that the person was not reached, so they cannot have said this: leave it empty, or correct that answer",
        ),
        What::Outcomes(sheet) if sheet.answered_by == AnsweredBy::Nobody && sheet.says_anything() => errors.add(
            "answered_by",
            "You say that the person could not be reached, so nobody rated anything: take the answers out, or correct this one",
        ),
        What::KnownBefore(sheet) if sheet.is_known == Known::No && !sheet.agencies.is_empty() => errors.add(
            "agencies",
            "You say that no service knew the child: tick none, or correct that answer",
        ),
        What::Guardian(sheet) if sheet.offered_on.is_some_and(|offered| offered > on) => errors.add(
            "offered_on",
            format!("A guardian cannot have been offered after this step, on {on}: correct one of the two days"),
        ),
        What::Return(sheet) if sheet.package.contains(&ReturnHelp::None) && sheet.package.len() > 1 => errors.add(
            "package",
            "No help went with it, or what you tick: “None” and something else contradict each other",
        ),
        What::Compensation(sheet)
            if sheet.pounds.is_some_and(|pounds| pounds > 0)
                && matches!(
                    sheet.stage,
                    CompensationStage::Refused | CompensationStage::Unpaid | CompensationStage::Dropped
                ) =>
        {
            errors.add(
                "pounds",
                "Nothing was awarded or paid by this step: leave it empty, or correct what happened",
            );
        }
        What::ExpertReport(sheet) => {
            if sheet.stage == ReportStage::Asked && is_told(sheet.is_addressed) {
                errors.add(
                    "is_addressed",
                    "You say that the report has only been asked for: leave this empty, or correct what happened",
                );
            }
            if sheet.report_on.is_some_and(|report| report > today) {
                errors.add("report_on", LATER_THAN_TODAY);
            }
        }
        What::Offender(sheet) => {
            if sheet.act_on.is_some_and(|act| act.is_after(on.into())) {
                errors.add(
                    "act_on",
                    format!("They cannot have done it after this step, on {on}: correct one of the two days"),
                );
            }
            if sheet.raised_on.is_some_and(|raised| raised.is_after(today.into())) {
                errors.add("raised_on", LATER_THAN_TODAY);
            }
        }
        What::NeedsAssessment(sheet) if sheet.ends_on.is_some_and(|ends| ends < on) => errors.add(
            "ends_on",
            format!("Support that was assessed on {on} cannot have ended before: correct one of the two days"),
        ),
        What::RemovalStep(sheet)
            if sheet.step == RemovalStep::Directions && sheet.removal_on.is_some_and(|set| set < on) =>
        {
            errors.add(
                "removal_on",
                format!("A day that was set on {on} cannot be before that: correct one of the two"),
            );
        }
        What::Proceedings(sheet) if sheet.assets_given > sheet.assets && sheet.assets.is_some() => errors.add(
            "assets_given",
            "No more can have gone to the person than was confiscated: correct one of the two numbers",
        ),
        What::LegalAdvice(sheet) if sheet.n_refused.is_some_and(|n| n > MOST_LAWYERS) => {
            errors.add("n_refused", format!("Enter a number up to {MOST_LAWYERS}"));
        }
        What::LegalAdvice(sheet)
            if sheet.funding.is_some()
                && is_told(sheet.is_legal_aid)
                && sheet.is_legal_aid != sheet.has_legal_aid() =>
        {
            errors.add(
                "is_legal_aid",
                "This says something else than who pays: leave it empty, or correct that answer",
            );
        }
        _ => {}
    }
}

/// What an event has to agree with beside itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Beside {
    /// The day support began.
    pub opened_on: Day,
    /// The year in which the person was born, where it is known.
    pub born_year: Option<i16>,
    /// The day of the last return to another country.
    pub returned_on: Option<Day>,
}

/// Adds a fault, at its field, where an event contradicts what is known of its case. Outcomes and contacts that are said to be
/// of a time that has not come would be read as what became of the person by then.
pub(crate) fn check_beside(on: Day, what: &What, beside: Beside, errors: &mut FieldErrors) {
    if let Some(year) = beside.born_year.filter(|year| on.year() < *year) {
        errors.add(
            "on",
            format!("They were born in {year}, as is recorded of them: correct the day, or that year"),
        );
    }
    let (from, since, words) = match what {
        What::Outcomes(sheet) => (sheet.point.from_month(), Some(beside.opened_on), "support began"),
        What::ReturnContact(sheet) => (sheet.point.from_month(), beside.returned_on, "they returned"),
        _ => return,
    };
    let Some(since) = since else { return };
    if let Some(first) = too_early(on, from, since) {
        errors.add(
            "point",
            format!("It can be of this time from {first} on, since {words} on {since}: choose the time that is nearest to the day you give"),
        );
    }
}

/// The first day that can be of a point in time, where a day comes before it. `from`: how many months after `since` it begins.
fn too_early(on: Day, from: i32, since: Day) -> Option<Day> {
    Some(since.plus_months(from)).filter(|first| from > 0 && on < *first)
}

/// Adds a fault, at its field, to another beginning of support, where outcomes are recorded that would then be said of a time that
/// had not come. Whoever finds that the earlier day was wrong corrects those first: an earlier point in time fits both days.
pub(crate) fn check_beginning(opened_on: Day, history: &History, errors: &mut FieldErrors) {
    let early = history.standing().filter_map(|event| match &event.entry.what {
        What::Outcomes(sheet) => {
            too_early(event.entry.on, sheet.point.from_month(), opened_on)?;
            Some(format!("“{}” of {}", sheet.point, event.entry.on))
        }
        _ => None,
    });
    let early: Vec<String> = early.collect();
    if !early.is_empty() {
        errors.add(
            "opened_on",
            format!(
                "Outcomes are recorded that would then come too early for their time: {}. If this day is right, correct those \
                 first, under “What happened”: choose an earlier time for each. If not, correct this day",
                early.join(", ")
            ),
        );
    }
}

/// What is wrong with an event because its case holds it already: nobody dies twice, or goes missing once more before they are
/// there again. `others`: what stands on one side of it, the nearest first.
pub(crate) fn repeats<'a>(what: &What, mut others: impl Iterator<Item = (Day, &'a What)>) -> Option<String> {
    match what {
        What::Death(_) => {
            let (on, _) = others.find(|(_, other)| matches!(other, What::Death(_)))?;
            Some(format!(
                "That they died stands in this case already, on {on}: correct that one instead of adding another"
            ))
        }
        What::Missing(_) => {
            // Whoever left support, or the country, is not looked for here any more.
            let (on, _) = others
                .find(|(_, other)| {
                    matches!(
                        other,
                        What::Missing(_) | What::Found(_) | What::Return(_) | What::Exit(_) | What::Death(_)
                    )
                })
                .filter(|(_, other)| matches!(other, What::Missing(_)))?;
            Some(format!(
                "That they are missing stands in this case already, on {on}, and nothing in between says that they were there \
                 again: correct that one, or record first when they were found"
            ))
        }
        _ => None,
    }
}

/// What is wrong with an event because the case holds it already, wherever among the others it comes to stand. `supersedes`: the
/// event whose place it takes.
pub(super) fn repeated(
    history: &History,
    (on, what): (Day, &What),
    supersedes: Option<Uuid>,
    at: Instant,
) -> Option<String> {
    // Recorded last, it stands behind whatever else is of its moment.
    let id = Uuid::max();
    let entry = Entry {
        on,
        what: what.clone(),
        note: String::new(),
        basis: Basis::default(),
        supersedes,
        by: Uuid::nil(),
        at,
    };
    let with_it = History::new(history.all().iter().cloned().chain([Event { id, entry }]).collect());
    let all: Vec<&Event> = with_it.standing().collect();
    let place = all.iter().position(|event| event.id == id)?;
    let (before, after) = all.split_at(place);
    repeats(what, before.iter().rev().copied().map(said))
        .or_else(|| repeats(what, after.iter().skip(1).copied().map(said)))
}

/// What an event says, and of which day.
fn said(event: &Event) -> (Day, &What) {
    (event.entry.on, &event.entry.what)
}

/// Whether a reading says nothing of what was seen: which list it was, and that nobody is in danger, is no sign.
fn is_empty(sheet: &super::what::Recognition) -> bool {
    let is_sign = |(key, value): &(String, String)| key != "set" && (key != "in_danger" || value == Known::Yes.code());
    !sheet.kept().iter().any(is_sign)
}

/// Whether someone said yes or no.
fn is_told(known: Option<Known>) -> bool {
    matches!(known, Some(Known::Yes | Known::No))
}

/// What there was not before there was a mechanism.
const fn is_of_the_mechanism(what: &What) -> bool {
    matches!(
        what,
        What::NrmReferral(_)
            | What::ReasonableGrounds(_)
            | What::ConclusiveGrounds(_)
            | What::RecoveryPeriod(_)
            | What::Disqualification(_)
            | What::Reconsideration(_)
    )
}

/// The last day of the recovery period, where a conclusive decision is recorded of an earlier day of it: the day that was recorded,
/// or the least that the nation's rule gives. Unlikely, and not impossible: it is for the case's page to ask. `None` too once
/// somebody looked back on the period and found that it was not whole.
pub fn within_recovery(history: &History, nation: Nation) -> Option<Day> {
    let by_rule = |on: Day| clock::rule(ClockKind::Recovery, nation, on).map(|rule| rule.last_day(nation, on));
    let mut ends: Option<Day> = None;
    let mut found: Option<Day> = None;
    for event in history.standing() {
        let on = event.entry.on;
        match &event.entry.what {
            What::ReasonableGrounds(sheet) => ends = by_rule(on).filter(|_| sheet.outcome == Grounds::Positive),
            What::Reconsideration(sheet)
                if sheet.stage == ChallengeStage::Overturned && sheet.challenged == Challenged::ReasonableGrounds =>
            {
                ends = by_rule(on);
            }
            What::RecoveryPeriod(sheet) => ends = Some(sheet.ends_on),
            What::ConclusiveGrounds(_) => found = found.or(ends.filter(|ends| on < *ends)),
            What::RecoveryReview(sheet) if sheet.was_full == Known::No => found = None,
            _ => {}
        }
    }
    found
}

/// A decision that stands in a case before every referral that it could answer. One of the two days may be wrong, or an
/// earlier referral is not recorded: a caution, and nothing is refused for it. `None` where no referral is recorded at all.
pub fn before_referral(history: &History) -> Option<Uuid> {
    let referred = history
        .standing()
        .find(|event| matches!(event.entry.what, What::NrmReferral(_)))?
        .entry
        .on;
    history
        .standing()
        .find(|event| {
            let is_decision = matches!(
                event.entry.what,
                What::ReasonableGrounds(_) | What::ConclusiveGrounds(_)
            );
            is_decision && event.entry.on < referred
        })
        .map(|event| event.id)
}
