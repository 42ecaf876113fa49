//! Answers of one event that contradict each other. What is only unlikely is not refused: it is a caution on the case's page.

use domain::Day;
use domain::casework::{ChallengeStage, Challenged, Grounds, Known, Nation};
use store::FieldErrors;
use uuid::Uuid;

use super::{History, What};
use crate::clock::{self, ClockKind};

/// The day on which the National Referral Mechanism began.
fn mechanism() -> Option<Day> {
    Day::new(2009, 4, 1)
}

/// Adds a fault, at its field, for each answer that contradicts another of the same event, or its day.
pub(super) fn check(on: Day, what: &What, errors: &mut FieldErrors) {
    if is_of_the_mechanism(what) && mechanism().is_some_and(|began| on < began) {
        errors.add(
            "on",
            "The National Referral Mechanism began on 1 April 2009: correct the day, or record as a note what happened before",
        );
    }
    match what {
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
