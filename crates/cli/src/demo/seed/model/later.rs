//! What is decided or asked about long after: a residence permit and its renewal, and contact with those who went to another
//! country. The chances are those that `docs/reference/demo-model.md` lists.

use casework::event::{What, what};
use casework::sheet::Line;
use domain::Day;
use domain::casework::{Known, PermitStage, ReturnPoint};
use domain::pack::codes::PermitGround;

use super::{Telling, one_of, small, wait, yes};

/// A residence permit after conclusive grounds were affirmed, whether they may work, and what came of it when it ran out.
pub(super) fn permit(of: &mut Telling<'_>, affirmed_on: Day) {
    const GROUNDS: &[(PermitGround, u64)] = &[(PermitGround::Personal, 62), (PermitGround::Cooperation, 22)];
    // What was done before they came is not known here.
    let affirmed_on = affirmed_on.max(of.opened_on);
    if of.chance.happens(36) {
        let is_allowed = yes(of.of.is_citizen || of.chance.happens(42));
        let on = affirmed_on.plus_days(small(&mut of.chance, 40));
        of.later(
            on,
            What::RightToWork(what::RightToWork {
                is_allowed,
                source: None,
            }),
        );
    }
    if of.of.is_citizen || !of.chance.happens(74) {
        return;
    }
    let step = |stage, ground, months| {
        let is_held = matches!(stage, PermitStage::Granted | PermitStage::Renewed);
        What::ResidencePermit(what::ResidencePermit {
            stage,
            ground,
            months,
            ends_on: None,
            may_work: is_held.then_some(Known::Yes),
            has_funds: is_held.then_some(Known::Yes),
            conditions: None,
            is_curtailed: None,
        })
    };
    let applied_on = affirmed_on.plus_days(small(&mut of.chance, 25));
    of.later(applied_on, step(PermitStage::Applied, None, None));
    let decided_on = applied_on.plus_days(wait(&mut of.chance, 90));
    if !of.chance.happens(56) {
        of.later(decided_on, step(PermitStage::Refused, None, None));
        return;
    }
    let ground = one_of(&mut of.chance, GROUNDS, PermitGround::Compensation);
    let months = one_of(&mut of.chance, &[(12, 74), (24, 14)], 30);
    of.later(decided_on, step(PermitStage::Granted, Some(ground), Some(months)));
    // Whether it is renewed is asked about a month before it runs out, and known some weeks after.
    let ends_on = decided_on.plus_months(i32::try_from(months).unwrap_or(12));
    let renewed = one_of(
        &mut of.chance,
        &[(PermitStage::Renewed, 52), (PermitStage::RenewalRefused, 24)],
        PermitStage::RanOut,
    );
    if renewed != PermitStage::RanOut {
        of.later(
            ends_on.plus_days(-30),
            step(PermitStage::RenewalApplied, Some(ground), None),
        );
    }
    let known_on = ends_on.plus_days(small(&mut of.chance, 40));
    of.later(known_on, step(renewed, Some(ground), None));
}

/// Goes, or is taken, to another country, and is contacted after 6, 12 and 36 months.
pub(super) fn abroad(of: &mut Telling<'_>, on: Day, is_voluntary: bool) {
    let is_assessed = of.chance.happens(if is_voluntary { 64 } else { 34 });
    let is_kept = is_voluntary && of.chance.happens(78);
    of.on(
        on,
        What::Return(what::Return {
            destination: Line("A country that does not exist (invented)".into()),
            is_voluntary: yes(is_voluntary),
            risk_assessed: yes(is_assessed),
            is_consent_kept: Some(yes(is_kept)),
            receiver: None,
            package: Vec::new(),
            package_words: None,
        }),
    );
    for (point, recorded, reached) in [
        (ReturnPoint::Month6, 84, 66),
        (ReturnPoint::Month12, 90, 68),
        (ReturnPoint::Month36, 90, 56),
    ] {
        let day = on.plus_months(point.months()).plus_days(small(&mut of.chance, 36) - 8);
        let is_reached = of.chance.happens(reached);
        let is_safe = yes(of.chance.happens(72));
        let again = yes(of.chance.happens(26));
        if of.chance.happens(recorded) {
            of.on(
                day,
                What::ReturnContact(what::ReturnContact {
                    point,
                    is_reached: yes(is_reached),
                    is_safe: is_reached.then_some(is_safe),
                    again: is_reached.then_some(again),
                    how: None,
                }),
            );
        }
    }
}
