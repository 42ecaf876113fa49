//! What is settled within the period: whether something came in time, which nobody can say while its days still run.
//!
//! Each counts in one period alone: in that in which it came, or in which its days were over, whichever was first. Whoever is
//! still within the days is counted in none yet, so that no last day of a year makes a failure of them.

use std::collections::BTreeSet;

use domain::Day;
use domain::casework::{Grounds, Horizon, PlaceStage, Reason, ServiceArea};
use domain::pack::codes::{AgeBand, OfficialBody, ReasonLeaning};

use super::super::coded::{body, leaning};
use super::{Coding, Story};
use crate::clock::{ClockKind, rule};
use crate::event::What;
use crate::need::Need;

/// Days within which somebody in medical need is to be seen.
const MEDICAL_DAYS: i32 = 14;

/// A time at which somebody needed a place at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wanted {
    /// Since when; `None` where nobody recorded it.
    since: Option<Day>,
    /// When there was a place.
    there: Option<Day>,
    /// Whether there was one, on whichever day.
    is_met: bool,
    /// When it was first recorded.
    told_on: Day,
}

impl Story<'_> {
    /// Whether what should come within some days of another day is settled within the period. `came` is not after its end.
    fn settles(&self, since: Day, came: Option<Day>, days: i32) -> bool {
        let over = since.plus_days(days);
        let on = came.map_or(over, |on| on.max(since).min(over));
        (self.period.from..=self.period.until).contains(&on)
    }

    /// Whether something holds of the day of the referral; no where the person was not referred.
    pub(super) fn of_referral(&self, holds: impl Fn(Day) -> bool) -> Option<bool> {
        let decided = [self.rg, self.cg].into_iter().flatten().map(|(on, _)| on).min();
        match (self.referral, self.is_referred()) {
            (Some(on), _) => Some(holds(on)),
            // Decided, and nobody recorded the referral: it came before the decision.
            (None, Some(true)) => decided.filter(|on| !self.is_of_period(*on)).map(|_| false),
            (None, said) => said,
        }
    }

    /// What the reasons of negative decisions lean on.
    pub(super) fn reasons(&self, row: &mut Coding<'_>) {
        let of = |outcome: Grounds, reasons: &[Reason]| {
            let is_negative = outcome == Grounds::Negative;
            is_negative.then(|| leaning(reasons)).flatten()
        };
        let reasonable = self
            .all(|what| match what {
                What::ReasonableGrounds(sheet) => Some(of(sheet.outcome, &sheet.reasons)),
                _ => None,
            })
            .next();
        let conclusive = self
            .all(|what| match what {
                What::ConclusiveGrounds(sheet) => Some(of(sheet.outcome, &sheet.reasons)),
                _ => None,
            })
            .next();
        for (column, first) in [("rg_reason_leaning", reasonable), ("cg_reason_leaning", conclusive)] {
            row.code(column, first.and_then(|(_, leaning)| leaning).map(ReasonLeaning::code));
        }
    }

    /// Whether the recovery period was over within the period. What was looked back on later is told then: until somebody did,
    /// it is of the period in which it ended.
    pub(super) fn recovery_over(&self, row: &mut Coding<'_>) {
        let Some(since) = self.rg_positive else {
            // Without a positive decision there is none; a conclusive one of before had it before.
            let is_before = self.cg.is_some_and(|(on, _)| !self.is_of_period(on));
            row.flag("recovery_in_period", (self.rg.is_some() || is_before).then_some(false));
            return;
        };
        let nation = self.case.about.nation;
        let given = self
            .all(|what| match what {
                What::RecoveryPeriod(sheet) => Some(sheet.ends_on),
                _ => None,
            })
            .rfind(|(on, _)| *on >= since);
        let by_rule = || rule(ClockKind::Recovery, nation, since).map(|rule| rule.last_day(nation, since));
        let Some(ends) = given.map(|(_, ends)| ends).or_else(by_rule) else {
            return;
        };
        let looked_back = self
            .all(|what| matches!(what, What::RecoveryReview(_)).then_some(()))
            .find(|(on, ())| *on >= ends);
        let on = looked_back.map_or(ends, |(on, ())| on);
        row.flag(
            "recovery_in_period",
            Some((self.period.from..=self.period.until).contains(&on)),
        );
    }

    /// When a guardian was owed to a child, and came.
    pub(super) fn guardian_settled(&self, row: &mut Coding<'_>, appointed: Option<Day>, is_appointed: Option<bool>) {
        let age = self.age_band();
        if age.is_some_and(|age| !matches!(age, AgeBand::Under16 | AgeBand::From16)) {
            return;
        }
        for (column, days) in [("guardian_1d_in_period", 1), ("guardian_5d_in_period", 5)] {
            row.flag(column, self.of_referral(|on| self.settles(on, appointed, days)));
        }
        row.flag(
            "guardian_in_period",
            match (appointed, is_appointed) {
                // One who was there before the referral was there from the referral on.
                (Some(on), _) => Some(self.is_of_period(self.referral.map_or(on, |referral| on.max(referral)))),
                (None, Some(false)) => Some(false),
                (None, _) => None,
            },
        );
    }

    /// Requests to refer that are settled within the period, and how many of them were met.
    pub(super) fn requests<K: Copy>(
        &self,
        asked: &[(Day, K)],
        met_on: impl Fn(Day, K) -> Option<Day>,
    ) -> (usize, usize) {
        let settled = asked.iter().map(|(on, of)| (*on, met_on(*on, *of)));
        let settled: Vec<_> = settled.filter(|(on, met)| self.settles(*on, *met, 5)).collect();
        let n_met = settled.iter().filter(|(_, met)| met.is_some()).count();
        (settled.len(), n_met)
    }

    /// Medical needs that were still to be met on any day of the period.
    pub(super) fn medical(&self, row: &mut Coding<'_>, needs: &[&Need]) {
        row.flag("medical_need", Some(!needs.is_empty()));
        if needs.is_empty() {
            return;
        }
        let until = self.period.until;
        let seen_on = |need: &Need| need.started_on.filter(|on| *on <= until);
        let is_settled = |need: &&&Need| {
            let ended = need.ended_on.filter(|on| *on <= until);
            let first = [seen_on(need), ended].into_iter().flatten().min();
            self.settles(need.since, first, MEDICAL_DAYS)
        };
        let settled = needs
            .iter()
            .filter(is_settled)
            .min_by_key(|need| (need.since, seen_on(need).is_none(), seen_on(need)));
        row.flag("medical_14d_in_period", Some(settled.is_some()));
        // Where none is settled, what came of the one that was met first.
        let first_met = || {
            needs
                .iter()
                .filter(|need| seen_on(need).is_some())
                .min_by_key(|need| (seen_on(need), need.since))
        };
        let of = settled.or_else(first_met);
        let seen = of.and_then(|need| Some((need.since, seen_on(need)?)));
        row.flag("medical_seen", Some(seen.is_some()));
        row.number("medical_days", seen.map(|(since, on)| since.days_until(on)));
    }

    /// Places that were needed at once.
    pub(super) fn places(&self, row: &mut Coding<'_>) {
        let steps: Vec<(Day, PlaceStage)> = self
            .all(|what| match what {
                What::SafeHouse(sheet) => Some(sheet.stage),
                _ => None,
            })
            .collect();
        let wanted = if steps.is_empty() {
            self.wanted_by_needs()
        } else {
            wanted_by_steps(&steps)
        };
        if wanted.is_empty() {
            return;
        }
        let is_settled = |one: &Wanted| match (one.since, one.there, one.is_met) {
            (Some(since), there, _) => Some(self.settles(since, there, 1)),
            (None, Some(there), _) => Some(self.is_of_period(there)),
            (None, None, false) => Some(self.is_of_period(one.told_on)),
            // They left a place, and nobody recorded when they came.
            (None, None, true) => None,
        };
        let settled: Vec<Option<bool>> = wanted.iter().map(is_settled).collect();
        let is_any = settled.contains(&Some(true));
        row.flag(
            "safe_house_1d_in_period",
            (is_any || !settled.contains(&None)).then_some(is_any),
        );
        let at = settled.iter().position(|one| *one == Some(true));
        let at = at.or_else(|| wanted.iter().position(|one| one.is_met)).unwrap_or(0);
        let of = wanted[at];
        row.flag("safe_house", Some(of.is_met));
        let days = of.since.zip(of.there).map(|(since, there)| since.days_until(there));
        row.number(
            "safe_house_days",
            days.filter(|days| *days >= 0).map(|days| days.max(1)),
        );
    }

    /// Where no step was recorded, the need for somewhere to stay tells, with the day on which a place was there.
    fn wanted_by_needs(&self) -> Vec<Wanted> {
        let until = self.period.until;
        let needs = self.case.needs.iter();
        let mut wanted: Vec<Wanted> = needs
            .filter(|need| need.area == ServiceArea::Housing && need.horizon == Horizon::Emergency)
            .filter(|need| need.since <= until)
            .map(|need| {
                let there = [need.offered_on, need.started_on].into_iter().flatten().min();
                let there = there.filter(|on| *on <= until);
                Wanted {
                    since: Some(need.since),
                    there,
                    is_met: there.is_some(),
                    told_on: need.since,
                }
            })
            .collect();
        wanted.sort_by_key(|one| (one.since, one.there.is_none(), one.there));
        wanted
    }

    /// The public body that made known who somebody is, of those of whom it is verified within the period.
    pub(super) fn disclosing_body(bodies: &BTreeSet<OfficialBody>, is_none: bool) -> Option<OfficialBody> {
        match bodies.len() {
            0 => is_none.then_some(OfficialBody::None),
            1 => bodies.first().copied(),
            _ => Some(OfficialBody::Several),
        }
    }

    /// Public bodies of which it is verified, within the period, that they made known who the person is; each disclosure once.
    pub(super) fn disclosures(&self) -> Vec<OfficialBody> {
        self.all(|what| match what {
            What::Disclosed(sheet) if sheet.is_verified == domain::casework::Known::Yes => body(sheet.agency),
            _ => None,
        })
        .filter(|(on, _)| self.is_of_period(*on))
        .map(|(_, body)| body)
        .collect()
    }
}

/// Asked for, and given or not: who moves from one place to the next needs none anew.
fn wanted_by_steps(steps: &[(Day, PlaceStage)]) -> Vec<Wanted> {
    let mut wanted: Vec<Wanted> = Vec::new();
    let (mut is_open, mut is_housed) = (false, false);
    for (on, stage) in steps {
        let new = |since: Option<Day>, there: Option<Day>, is_met: bool| Wanted {
            since,
            there,
            is_met,
            told_on: *on,
        };
        match stage {
            PlaceStage::Asked | PlaceStage::Refused if is_open => {}
            PlaceStage::Asked => {
                wanted.push(new(Some(*on), None, false));
                is_open = true;
            }
            PlaceStage::Refused => {
                wanted.push(new(None, None, false));
                is_open = true;
            }
            PlaceStage::Placed => {
                match wanted.last_mut().filter(|_| is_open) {
                    Some(open) => (open.there, open.is_met) = (Some(*on), true),
                    None if is_housed => {}
                    None => wanted.push(new(None, Some(*on), true)),
                }
                (is_open, is_housed) = (false, true);
            }
            PlaceStage::Left => {
                match wanted.last_mut().filter(|_| is_open) {
                    // They were in it, since a day that nobody recorded.
                    Some(open) => open.is_met = true,
                    None if is_housed => {}
                    None => wanted.push(new(None, None, true)),
                }
                (is_open, is_housed) = (false, false);
            }
        }
    }
    wanted
}
