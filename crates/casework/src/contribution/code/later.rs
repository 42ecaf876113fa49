//! Help, and what became of people: money, safety, outcomes, return.

use domain::Day;
use domain::casework::{Destination, Interpreting, Known, OutcomePoint, Rating, ReturnPoint, WhyExit};
use domain::pack::codes::{FollowUp, Improvement, OfficialBody};

use super::super::coded::known;
use super::{Coding, Story};
use crate::event::{What, what};

/// One of the seven outcomes, with its column.
type Outcome = (&'static str, fn(&what::Outcomes) -> Option<Rating>);

const OUTCOMES: [Outcome; 7] = [
    ("outcome_housing", |sheet| sheet.housing),
    ("outcome_safety", |sheet| sheet.safety),
    ("outcome_support", |sheet| sheet.support),
    ("outcome_care", |sheet| sheet.care),
    ("outcome_purpose", |sheet| sheet.purpose),
    ("outcome_medical", |sheet| sheet.medical),
    ("outcome_education", |sheet| sheet.education),
];

impl Story<'_> {
    pub(super) fn help(&self, row: &mut Coding<'_>) {
        row.flag("destitute", self.review(|sheet| sheet.destitute));
        self.places(row);

        let within = self.period.from..=self.period.until;
        let weeks: Vec<(u32, u32)> = self
            .all(|what| match what {
                What::Subsistence(sheet) => Some((sheet.weeks_due, sheet.weeks_paid)),
                _ => None,
            })
            .filter(|(on, _)| within.contains(on))
            .map(|(_, weeks)| weeks)
            .collect();
        if !weeks.is_empty() {
            let sum = |which: fn(&(u32, u32)) -> u32| {
                let sum = weeks.iter().map(which).fold(0_u32, u32::saturating_add);
                i32::try_from(sum).unwrap_or(i32::MAX)
            };
            row.number("weeks_due", Some(sum(|weeks| weeks.0)));
            // More than was due cannot have been paid in time.
            row.number("weeks_paid", Some(sum(|weeks| weeks.1.min(weeks.0))));
        }

        let charges: Vec<Option<bool>> = self
            .all(|what| match what {
                What::CareCharge(sheet) => Some(match (sheet.is_charged, sheet.was_free) {
                    (Known::No, _) => Some(false),
                    (Known::Yes, was_free) => known(was_free),
                    (Known::Unknown, _) => None,
                }),
                _ => None,
            })
            .filter(|(on, _)| self.is_of_period(*on))
            .map(|(_, is_wrong)| is_wrong)
            .collect();
        let is_wrong = charges.contains(&Some(true));
        let is_not = !charges.is_empty() && charges.iter().all(|one| *one == Some(false));
        row.flag("charged_wrongly", (is_wrong || is_not).then_some(is_wrong));

        let disclosed = self.disclosures();
        let is_none = disclosed.is_empty() && self.review(|sheet| sheet.disclosed) == Some(false);
        if !disclosed.is_empty() || is_none {
            row.number("privacy_breaches", i32::try_from(disclosed.len()).ok());
        }
        let bodies = disclosed.into_iter().collect();
        row.code(
            "privacy_body",
            Self::disclosing_body(&bodies, is_none).map(OfficialBody::code),
        );
    }

    pub(super) fn outcomes(&self, row: &mut Coding<'_>) {
        let at = |point| what::Answered::at(point, self.events.iter().copied());
        let Some(then) = at(OutcomePoint::Month12) else {
            return;
        };
        // Asked before the period: an earlier contribution told of it.
        let is_reached = then.on.is_some_and(|on| self.is_of_period(on));
        row.flag("followed_12m", Some(is_reached));
        if !is_reached {
            return;
        }
        let entry = at(OutcomePoint::Entry);
        for (column, of) in OUTCOMES {
            let rank = |answered: &what::Answered<'_>| answered.rating(of).and_then(Rating::rank);
            let change = entry
                .as_ref()
                .and_then(rank)
                .zip(rank(&then))
                .map(|(before, now)| match now.cmp(&before) {
                    std::cmp::Ordering::Greater => Improvement::Improved,
                    std::cmp::Ordering::Equal => Improvement::Same,
                    std::cmp::Ordering::Less => Improvement::Worse,
                });
            row.code(column, change.map(Improvement::code));
        }
    }

    pub(super) fn follow_up(&self, row: &mut Coding<'_>) {
        let returned = self
            .all(|what| match what {
                What::Return(sheet) => Some(sheet.is_consent_kept),
                _ => None,
            })
            .next_back();
        let Some((returned_on, is_kept)) = returned else { return };
        row.flag("return_consent", known(is_kept));
        let contacts: Vec<(Day, &what::ReturnContact)> = self
            .all(|what| match what {
                What::ReturnContact(sheet) => Some(sheet),
                _ => None,
            })
            .filter(|(on, _)| *on >= returned_on)
            .collect();
        for (column, point) in [
            ("return_12m", ReturnPoint::Month12),
            ("return_36m", ReturnPoint::Month36),
        ] {
            let last = contacts.iter().rfind(|(_, sheet)| sheet.point == point);
            if last.is_some_and(|(on, _)| !self.is_of_period(*on)) {
                continue;
            }
            let standing = match last.map(|(_, sheet)| (sheet.is_reached, sheet.is_safe)) {
                Some((Known::Yes, Some(Known::Yes))) => Some(FollowUp::Safe),
                Some((Known::Yes, Some(Known::No))) => Some(FollowUp::Unsafe),
                Some((Known::No, _)) => Some(FollowUp::NotReached),
                Some(_) => None,
                None => (self.period.until < returned_on.plus_months(point.months())).then_some(FollowUp::NotYet),
            };
            row.code(column, standing.map(FollowUp::code));
        }
        let again = contacts.iter().rev().find_map(|(_, sheet)| known(sheet.again));
        let is_met_again = self
            .all(|what| match what {
                What::Linked(sheet) => Some(sheet.is_again),
                _ => None,
            })
            .any(|(on, again)| on >= returned_on && again == Known::Yes);
        row.flag("retrafficked", if is_met_again { Some(true) } else { again });
    }

    pub(super) fn interviews(&self, row: &mut Coding<'_>) {
        let answers: Vec<Interpreting> = self
            .all(|what| match what {
                What::Encounter(sheet) => sheet.interpreting,
                What::Interview(sheet) => sheet.interpreting,
                What::Consent(sheet) => sheet.interpreting,
                _ => None,
            })
            .filter(|(on, _)| *on >= self.period.from)
            .map(|(_, how)| how)
            .collect();
        if answers.is_empty() {
            return;
        }
        let count =
            |is: &dyn Fn(Interpreting) -> bool| i32::try_from(answers.iter().filter(|how| is(**how)).count()).ok();
        row.number("interviews", count(&|how| how != Interpreting::NotNeeded));
        row.number(
            "interviews_interpreted",
            count(&|how| how == Interpreting::Professional),
        );
    }

    pub(super) fn returns(&self, row: &mut Coding<'_>) {
        let returned = self
            .all(|what| match what {
                What::Return(sheet) => Some(sheet.risk_assessed),
                _ => None,
            })
            .next_back();
        let exit = self
            .all(|what| match what {
                What::Exit(sheet) => Some((sheet.reason, sheet.destination)),
                _ => None,
            })
            .next_back();
        let is_returned = match (returned, exit) {
            (Some(_), _) | (None, Some((_, (_, Destination::Abroad)))) => Some(true),
            (None, Some((_, (WhyExit::Removed | WhyExit::Lost, _) | (_, Destination::Unknown)))) => None,
            (None, _) if self.any(|what| matches!(what, What::Missing(_))) => None,
            (None, _) => Some(false),
        };
        row.flag("returned", is_returned);
        let went = returned.map(|(on, _)| on).or(exit.map(|(on, _)| on));
        row.flag(
            "returned_in_period",
            is_returned.map(|is_so| is_so && went.is_some_and(|on| self.is_of_period(on))),
        );
        row.flag(
            "return_assessed",
            returned.and_then(|(_, assessed)| known(Some(assessed))),
        );
    }
}
