//! What the law does to someone and for them: treated as an offender, detained, helped as a witness, paid. The chances are
//! those that `docs/reference/demo-model.md` lists.

use casework::event::{What, what};
use domain::Day;
use domain::casework::{
    Agency, CompensationStage as Money, ExploitationForm, Known, Measure, MeasureAnswer, OffenderStage, ProceedingStep,
    RemovalStep,
};
use domain::pack::codes::{AwardRefusal, CompensationRoute, Offence};

use super::{Telling, one_of, small, wait, yes};

/// Arrested, and what came of it: those who were made to commit crimes most of all.
pub(super) fn offender(of: &mut Telling<'_>, opened_on: Day) {
    const OFFENCES: &[(Offence, u64)] = &[
        (Offence::Drugs, 46),
        (Offence::Immigration, 22),
        (Offence::Theft, 14),
        (Offence::Fraud, 8),
    ];
    let share = if of.of.form == ExploitationForm::Criminal {
        74
    } else {
        14
    };
    if !of.chance.happens(share) {
        return;
    }
    let offence = one_of(&mut of.chance, OFFENCES, Offence::Violence);
    let is_compelled = one_of(&mut of.chance, &[(Known::Yes, 74), (Known::No, 14)], Known::Unknown);
    let is_noted = yes(of.chance.happens(86));
    let step = |stage, is_recorded| {
        What::Offender(what::Offender {
            stage,
            offence: Some(offence),
            is_compelled: Some(is_compelled),
            signs_known: Some(is_noted),
            is_recorded,
            is_defence_raised: None,
            reference: None,
            act_on: None,
            raised_by: None,
            raised_on: None,
            prosecutor: None,
            plea: None,
            is_excluded: None,
            appeal: None,
            is_expunged: None,
        })
    };
    let arrested_on = opened_on.plus_days(small(&mut of.chance, 60));
    of.later(arrested_on, step(OffenderStage::Arrested, None));
    let decided_on = arrested_on.plus_days(10 + wait(&mut of.chance, 60));
    let is_recorded = Some(yes(of.chance.happens(42)));
    if of.chance.happens(30) {
        of.later(decided_on, step(OffenderStage::NotCharged, is_recorded));
        return;
    }
    of.later(decided_on, step(OffenderStage::Charged, is_recorded));
    let tried_on = decided_on.plus_days(30 + wait(&mut of.chance, 80));
    if of.chance.happens(34) {
        of.later(tried_on, step(OffenderStage::Acquitted, is_recorded));
        return;
    }
    of.later(tried_on, step(OffenderStage::Convicted, is_recorded));
    if of.chance.happens(72) {
        let answer = one_of(
            &mut of.chance,
            &[(OffenderStage::Quashed, 74)],
            OffenderStage::AppealDismissed,
        );
        let on = tried_on.plus_days(30 + wait(&mut of.chance, 70));
        of.later(on, step(answer, is_recorded));
    }
}

/// Detained under immigration powers, and released again, after a positive first decision.
pub(super) fn detained(of: &mut Telling<'_>, positive_on: Day) {
    if of.of.is_citizen || !of.chance.happens(18) {
        return;
    }
    let on = positive_on.plus_days(3 + small(&mut of.chance, 150));
    let until = on.plus_days(1 + wait(&mut of.chance, 16));
    if !of.is_supported(until) {
        return;
    }
    let notice = RemovalStep::Notice;
    if of.chance.happens(50) {
        of.on(
            on,
            What::RemovalStep(what::RemovalStep {
                step: notice,
                destination: None,
                removal_on: None,
                power: None,
            }),
        );
    }
    of.on(
        on,
        What::Detained(what::Detained {
            is_immigration: Known::Yes,
            place: None,
            why: None,
            power: None,
        }),
    );
    of.on(until, What::Released(what::Released { terms: None }));
}

/// Asked to give evidence against those who exploited them, and helped with it or not.
pub(super) fn witness(of: &mut Telling<'_>, opened_on: Day) {
    if !of.chance.happens(18) {
        return;
    }
    let on = opened_on.plus_days(60 + small(&mut of.chance, 400));
    of.later(
        on,
        What::Proceedings(what::Proceedings {
            step: ProceedingStep::Charged,
            force: None,
            reference: None,
            is_intimidated: None,
            is_protected: None,
            sentence_months: None,
            sentence: None,
            assets: None,
            assets_given: None,
        }),
    );
    // One answer for everything that is asked for, mostly.
    let is_helped = of.chance.happens(70);
    let n = 1 + usize::try_from(small(&mut of.chance, 3)).unwrap_or(0);
    for measure in [Measure::Supporter, Measure::Screen, Measure::VideoLink]
        .into_iter()
        .take(n)
    {
        let answer = match (is_helped, of.chance.happens(82)) {
            (true, true) => MeasureAnswer::Granted,
            (_, false) => MeasureAnswer::Waiting,
            (false, true) => MeasureAnswer::Refused,
        };
        of.later(
            on.plus_days(30),
            What::SpecialMeasure(what::SpecialMeasure { measure, answer }),
        );
    }
}

/// Compensation: sought, awarded, and paid or not.
pub(super) fn compensation(of: &mut Telling<'_>, opened_on: Day) {
    const ROUTES: &[(CompensationRoute, u64)] = &[
        (CompensationRoute::Cica, 54),
        (CompensationRoute::CriminalOrder, 12),
        (CompensationRoute::Civil, 10),
        (CompensationRoute::Settlement, 9),
        (CompensationRoute::ReparationOrder, 6),
    ];
    const WHY: &[(AwardRefusal, u64)] = &[
        (AwardRefusal::Residence, 30),
        (AwardRefusal::NoViolence, 26),
        (AwardRefusal::LateReport, 22),
        (AwardRefusal::Conviction, 12),
    ];
    if !of.chance.happens(38) {
        return;
    }
    let route = one_of(&mut of.chance, ROUTES, CompensationRoute::Tribunal);
    let is_represented = Some(yes(of.chance.happens(58)));
    let step = |stage, pounds, refusal| {
        What::Compensation(what::Compensation {
            route,
            stage,
            pounds,
            refusal,
            is_represented,
        })
    };
    let sought_on = opened_on.plus_days(61 + small(&mut of.chance, 120));
    of.later(sought_on, step(Money::Sought, None, None));
    let decided_on = sought_on.plus_days(40 + wait(&mut of.chance, 130));
    if of.chance.happens(10) {
        of.later(decided_on, step(Money::Dropped, None, None));
        return;
    }
    if of.chance.happens(44) {
        let why = one_of(&mut of.chance, WHY, AwardRefusal::NoInjury);
        let why = (route == CompensationRoute::Cica).then_some(why);
        of.later(decided_on, step(Money::Refused, None, why));
        return;
    }
    let pounds = 500 * (2 + small(&mut of.chance, 22).unsigned_abs());
    of.later(decided_on, step(Money::Awarded, Some(pounds), None));
    let paid_on = decided_on.plus_days(15 + wait(&mut of.chance, 50));
    if of.chance.happens(64) {
        // A part of it to some.
        let paid = if of.chance.happens(70) { pounds } else { pounds / 2 };
        of.later(paid_on, step(Money::Paid, Some(paid), None));
    } else {
        of.later(paid_on, step(Money::Unpaid, None, None));
    }
}

/// A public body made known who someone is.
pub(super) fn made_known(of: &mut Telling<'_>, opened_on: Day) {
    if !of.chance.happens(4) {
        return;
    }
    let agency = one_of(
        &mut of.chance,
        &[(Agency::Police, 34), (Agency::LocalAuthority, 34), (Agency::Ukvi, 18)],
        Agency::Health,
    );
    let is_verified = yes(of.chance.happens(80));
    let on = opened_on.plus_days(small(&mut of.chance, 300));
    of.later(
        on,
        What::Disclosed(what::Disclosed {
            agency,
            is_verified,
            what: None,
        }),
    );
}
