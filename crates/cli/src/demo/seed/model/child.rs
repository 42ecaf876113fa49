//! What concerns children: a guardian, services that knew them before, a dispute about their age. The chances are those that
//! `docs/reference/demo-model.md` lists.

use casework::event::{What, what};
use domain::Day;
use domain::casework::{AgeStage, Agency, GuardianStage, Known, TreatedAs};

use super::{Telling, one_of, small, wait, yes};

/// A child who was referred waits for a guardian.
pub(super) fn guardian(of: &mut Telling<'_>, referred_on: Day) {
    if !of.of.is_child || !of.chance.happens(88) {
        return;
    }
    let days = if of.chance.happens(30) {
        small(&mut of.chance, 2)
    } else {
        wait(&mut of.chance, 12)
    };
    let stage = if of.chance.happens(84) {
        GuardianStage::Appointed
    } else {
        GuardianStage::Refused
    };
    of.on(
        referred_on.plus_days(days),
        What::Guardian(what::Guardian {
            stage,
            is_independent: (stage == GuardianStage::Appointed).then_some(Known::Yes),
            who: None,
            sort: None,
            offered_on: None,
        }),
    );
}

/// Whether services knew a child before the exploitation was reported.
pub(super) fn known_before(of: &mut Telling<'_>, opened_on: Day) {
    if !of.of.is_child || !of.chance.happens(84) {
        return;
    }
    let is_known = of.chance.happens(58);
    let by = one_of(
        &mut of.chance,
        &[(Agency::LocalAuthority, 52), (Agency::School, 30)],
        Agency::Police,
    );
    let on = opened_on.plus_days(small(&mut of.chance, 30));
    of.on(
        on,
        What::KnownBefore(what::KnownBefore {
            is_known: yes(is_known),
            agencies: if is_known { vec![by] } else { Vec::new() },
        }),
    );
}

/// How someone whose age is disputed was treated meanwhile, and how it was assessed.
pub(super) fn age_dispute(of: &mut Telling<'_>, opened_on: Day) {
    if of.of.identity.age_disputed != Some(Known::Yes) || !of.chance.happens(90) {
        return;
    }
    let by = one_of(&mut of.chance, &[(Agency::LocalAuthority, 62)], Agency::Ukvi);
    let treated = one_of(
        &mut of.chance,
        &[(TreatedAs::Child, 52), (TreatedAs::Adult, 40)],
        TreatedAs::Unknown,
    );
    let step = |stage, treated| {
        What::AgeDispute(what::AgeDispute {
            stage,
            by: Some(by),
            treated,
            method: None,
        })
    };
    let on = opened_on.plus_days(small(&mut of.chance, 20));
    of.on(on, step(AgeStage::Disputed, Some(treated)));
    let assessed_on = on.plus_days(10 + wait(&mut of.chance, 50));
    let stage = one_of(&mut of.chance, &[(AgeStage::Child, 68)], AgeStage::Adult);
    of.on(assessed_on, step(stage, None));
}
