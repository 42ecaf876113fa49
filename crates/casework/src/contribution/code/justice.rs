//! Compensation, proceedings and children.

use std::collections::BTreeSet;

use domain::Day;
use domain::casework::{
    CompensationStage as Stage, GuardianStage, Known, Measure, MeasureAnswer, OffenderStage, TreatedAs,
};
use domain::pack::codes::{AwardRefusal, AwardStanding, CompensationRoute, Offence};

use super::super::coded::known;
use super::{Coding, Story};
use crate::event::{What, what};

/// How far a claim has come, to compare routes.
const fn rank(stage: Stage) -> u8 {
    match stage {
        Stage::Dropped | Stage::Refused => 0,
        Stage::Sought => 1,
        Stage::Awarded | Stage::Unpaid => 2,
        Stage::Paid => 3,
    }
}

/// The graver of offences first.
const GRAVEST: [Offence; 7] = [
    Offence::Trafficking,
    Offence::Violence,
    Offence::Drugs,
    Offence::Fraud,
    Offence::Theft,
    Offence::Immigration,
    Offence::Other,
];

impl Story<'_> {
    pub(super) fn compensation(&self, row: &mut Coding<'_>) {
        let steps: Vec<(Day, &what::Compensation)> = self
            .all(|what| match what {
                What::Compensation(sheet) => Some(sheet),
                _ => None,
            })
            .collect();
        if steps.is_empty() {
            if self.review(|sheet| sheet.compensation) == Some(false) {
                row.number("awarded_pounds", Some(0));
                row.number("paid_pounds", Some(0));
                row.code("cica", Some(AwardStanding::None.code()));
                row.flag("cica_in_period", Some(false));
            }
            return;
        }
        let furthest = steps
            .iter()
            .map(|(_, sheet)| (rank(sheet.stage), std::cmp::Reverse(sheet.route)))
            .max();
        row.code(
            "compensation_route",
            furthest.map(|(_, std::cmp::Reverse(route))| CompensationRoute::code(route)),
        );
        // Of the period alone, so that no pound is summed in two years. An amount that was left out makes the sum unknown.
        let sum = |stage: Stage| {
            let all = steps
                .iter()
                .filter(|(on, sheet)| sheet.stage == stage && self.is_of_period(*on));
            let pounds: Option<Vec<u32>> = all.map(|(_, sheet)| sheet.pounds).collect();
            pounds.map(|pounds| pounds.into_iter().fold(0_u32, u32::saturating_add))
        };
        let has = |stage: Stage| steps.iter().any(|(_, sheet)| sheet.stage == stage);
        let whole = |pounds: Option<u32>| pounds.map(|pounds| i32::try_from(pounds).unwrap_or(i32::MAX));
        let is_awarded = has(Stage::Awarded) || has(Stage::Paid) || has(Stage::Unpaid);
        let has_now = |stage: Stage| {
            let mut steps = steps.iter();
            steps.any(|(on, sheet)| sheet.stage == stage && self.is_of_period(*on))
        };
        if has_now(Stage::Awarded) {
            row.number("awarded_pounds", whole(sum(Stage::Awarded)));
        } else if has(Stage::Awarded) || !is_awarded {
            row.number("awarded_pounds", Some(0));
        }
        // That nothing was paid of an award is known only where it was gone through.
        if has_now(Stage::Paid) {
            row.number("paid_pounds", whole(sum(Stage::Paid)));
        } else if has(Stage::Paid) || has(Stage::Unpaid) || !is_awarded {
            row.number("paid_pounds", Some(0));
        }
        self.cica(row, &steps);
    }

    fn cica(&self, row: &mut Coding<'_>, steps: &[(Day, &what::Compensation)]) {
        let own: Vec<_> = steps
            .iter()
            .filter(|(_, sheet)| sheet.route == CompensationRoute::Cica)
            .collect();
        let standing = own.last().and_then(|(_, sheet)| match sheet.stage {
            Stage::Sought => Some(AwardStanding::Pending),
            Stage::Awarded | Stage::Paid | Stage::Unpaid => Some(AwardStanding::Awarded),
            Stage::Refused => Some(AwardStanding::Refused),
            Stage::Dropped => None,
        });
        row.code("cica", standing.map(AwardStanding::code));
        let sought = own
            .iter()
            .find(|(_, sheet)| sheet.stage == Stage::Sought)
            .map(|(on, _)| *on);
        let is_decision = |stage| matches!(stage, Stage::Awarded | Stage::Refused);
        let decided = own
            .iter()
            .find(|(_, sheet)| is_decision(sheet.stage))
            .map(|(on, _)| *on);
        row.number(
            "cica_days",
            sought.zip(decided).map(|(from, until)| from.days_until(until)),
        );
        let last = own
            .iter()
            .rfind(|(_, sheet)| is_decision(sheet.stage))
            .map(|(on, _)| *on);
        row.flag(
            "cica_in_period",
            match (last, standing) {
                (Some(on), _) => Some(self.is_of_period(on)),
                (None, Some(AwardStanding::Pending)) => Some(false),
                // Paid, and nobody recorded when it was awarded.
                (None, _) => None,
            },
        );
        if standing == Some(AwardStanding::Refused) {
            let refusal = own.iter().rev().find_map(|(_, sheet)| sheet.refusal);
            row.code("cica_refusal", refusal.map(AwardRefusal::code));
        }
        let represented = own.iter().rev().find_map(|(_, sheet)| known(sheet.is_represented));
        row.flag("cica_represented", represented);
    }

    pub(super) fn children(&self, row: &mut Coding<'_>) {
        let guardian: Vec<(Day, GuardianStage)> = self
            .all(|what| match what {
                What::Guardian(sheet) => Some((sheet.stage, sheet.is_independent)),
                _ => None,
            })
            // Who is known to depend on the authorities is no independent guardian.
            .filter(|(_, (_, independent))| *independent != Some(Known::No))
            .map(|(on, (stage, _))| (on, stage))
            .collect();
        let appointed = guardian.iter().find(|(_, stage)| *stage == GuardianStage::Appointed);
        let is_ended = guardian.iter().any(|(_, stage)| *stage == GuardianStage::Ended);
        let is_appointed = match (appointed, guardian.is_empty()) {
            (Some(_), _) => Some(true),
            (None, false) => Some(is_ended),
            (None, true) => None,
        };
        row.flag("guardian", is_appointed);
        let days = appointed.map(|(on, _)| self.identified_on().days_until(*on));
        // A guardian who was there before the referral came in time.
        row.number("guardian_days", days.map(|days| days.max(1)));
        self.guardian_settled(row, appointed.map(|(on, _)| *on), is_appointed);

        let treated: Vec<TreatedAs> = self
            .all(|what| match what {
                What::AgeDispute(sheet) => sheet.treated,
                _ => None,
            })
            .map(|(_, treated)| treated)
            .filter(|treated| *treated != TreatedAs::Unknown)
            .collect();
        let as_child = treated.iter().all(|treated| *treated == TreatedAs::Child);
        row.flag("treated_as_child", (!treated.is_empty()).then_some(as_child));

        let before = self
            .all(|what| match what {
                What::KnownBefore(sheet) => known(Some(sheet.is_known)),
                _ => None,
            })
            .next_back();
        row.flag("known_before", before.map(|(_, is_so)| is_so));
    }

    pub(super) fn offences(&self, row: &mut Coding<'_>) {
        use OffenderStage as O;
        let steps: Vec<(Day, &what::Offender)> = self
            .all(|what| match what {
                What::Offender(sheet) => Some(sheet),
                _ => None,
            })
            .collect();
        if steps.is_empty() {
            if self.review(|sheet| sheet.suspected) == Some(false) {
                row.flag("suspected", Some(false));
                row.flag("accused", Some(false));
            }
            return;
        }
        let ended = |stage: O| {
            matches!(
                stage,
                O::NotCharged | O::Convicted | O::Acquitted | O::Quashed | O::AppealDismissed
            )
        };
        let is_over = steps
            .last()
            .is_some_and(|(on, sheet)| ended(sheet.stage) && !self.is_of_period(*on));
        if is_over {
            row.flag("suspected", Some(false));
            row.flag("accused", Some(false));
            return;
        }
        let decided: Vec<_> = steps.iter().filter(|(_, sheet)| sheet.stage.is_decided()).collect();
        let is_earlier = !decided.is_empty();
        let decided: Vec<_> = decided.into_iter().filter(|(on, _)| self.is_of_period(*on)).collect();
        let signs = |on: Day, sheet: &what::Offender| {
            let is_referred = self.referral.is_some_and(|referral| referral <= on);
            if is_referred {
                Some(true)
            } else {
                known(sheet.signs_known)
            }
        };
        let with: Vec<Option<bool>> = decided.iter().map(|(on, sheet)| signs(*on, sheet)).collect();
        let suspected = if with.contains(&Some(true)) {
            Some(true)
        } else if with.is_empty() && is_earlier {
            Some(false)
        } else if with.is_empty() || with.contains(&None) {
            None
        } else {
            Some(false)
        };
        row.flag("suspected", suspected);
        if suspected == Some(true) {
            let recorded = decided.iter().rev().find_map(|(_, sheet)| known(sheet.is_recorded));
            row.flag("charge_considered", recorded);
        }
        let is_accused = steps.iter().any(|(_, sheet)| sheet.stage.is_accused());
        let is_spared = steps.last().is_some_and(|(_, sheet)| sheet.stage == O::NotCharged);
        row.flag("accused", (is_accused || is_spared).then_some(is_accused));
        if is_accused {
            self.convictions(row, &steps);
        }
        let offence = GRAVEST
            .into_iter()
            .find(|offence| steps.iter().any(|(_, sheet)| sheet.offence == Some(*offence)));
        row.code("offence", offence.map(Offence::code));
    }

    #[expect(clippy::unused_self, reason = "one of several that a story is coded by")]
    fn convictions(&self, row: &mut Coding<'_>, steps: &[(Day, &what::Offender)]) {
        use OffenderStage as O;
        let has = |stage: O| steps.iter().any(|(_, sheet)| sheet.stage == stage);
        let is_convicted = has(O::Convicted) || has(O::Quashed) || has(O::AppealDismissed);
        let compelled = steps.iter().rev().find_map(|(_, sheet)| known(sheet.is_compelled));
        let convicted = match (is_convicted, has(O::Acquitted)) {
            (true, _) => compelled,
            (false, true) => Some(false),
            // Not decided yet.
            (false, false) => None,
        };
        row.flag("convicted_compelled", convicted);
        if convicted == Some(true) && (has(O::Quashed) || has(O::AppealDismissed)) {
            row.flag("quashed", Some(has(O::Quashed)));
        }
    }

    pub(super) fn measures(&self, row: &mut Coding<'_>) {
        let mut asked: BTreeSet<Measure> = BTreeSet::new();
        let mut granted: BTreeSet<Measure> = BTreeSet::new();
        let steps: Vec<(Day, (Measure, MeasureAnswer))> = self
            .all(|what| match what {
                What::SpecialMeasure(sheet) => Some((sheet.measure, sheet.answer)),
                _ => None,
            })
            .collect();
        let is_earlier = !steps.is_empty();
        // Each counts once, however often it was recorded what came of it.
        for (_, (measure, answer)) in steps.into_iter().filter(|(on, _)| self.is_of_period(*on)) {
            asked.insert(measure);
            if answer == MeasureAnswer::Granted {
                granted.insert(measure);
            }
        }
        if asked.is_empty() {
            if is_earlier || self.review(|sheet| sheet.measures) == Some(false) {
                row.number("measures_asked", Some(0));
            }
            return;
        }
        row.number("measures_asked", i32::try_from(asked.len()).ok());
        row.number("measures_granted", i32::try_from(granted.len()).ok());
    }
}
