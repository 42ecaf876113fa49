//! What is done for someone beside the mechanism, and what became of them: rights, a lawyer, a place, a guardian, a permit,
//! and the seven outcomes as they rate them. The chances are those that `docs/reference/demo-model.md` lists.

use casework::event::{What, what};
use domain::Day;
use domain::casework::{
    AdviceStage, AnsweredBy, Funding, GuardianStage, Known, OutcomePoint, PermitStage, PlaceStage, Rating,
};
use domain::pack::codes::{ImmigrationStatus, Matter, PermitGround};

use super::{Telling, one_of, small, wait};
use crate::demo::seed::study::Chance;

const fn yes(is: bool) -> Known {
    if is { Known::Yes } else { Known::No }
}

/// What is found out and asked for in the first months.
pub(super) fn first_months(of: &mut Telling<'_>, opened_on: Day) {
    if of.chance.happens(62) {
        let told = what::RightsTold {
            within_day: yes(of.chance.happens(44)),
            own_language: yes(of.chance.happens(70)),
            how: None,
            language: None,
            interpreting: None,
            forms: Vec::new(),
        };
        let on = opened_on.plus_days(small(&mut of.chance, 6));
        of.on(on, What::RightsTold(told));
    }
    if of.chance.happens(72) {
        const STATUS: &[(ImmigrationStatus, u64)] = &[
            (ImmigrationStatus::Citizen, 18),
            (ImmigrationStatus::Asylum, 34),
            (ImmigrationStatus::Visa, 10),
            (ImmigrationStatus::Limited, 8),
        ];
        let status = one_of(&mut of.chance, STATUS, ImmigrationStatus::Without);
        of.on(
            opened_on,
            What::Immigration(what::Immigration { status, ends_on: None }),
        );
    }
    let is_destitute = of.chance.happens(42);
    if is_destitute && !of.of.is_child && of.chance.happens(85) {
        let on = opened_on.plus_days(small(&mut of.chance, 12));
        place(of, on);
    }
    let seeks = of.chance.happens(52);
    if seeks {
        let on = opened_on.plus_days(3 + small(&mut of.chance, 50));
        lawyer(of, on);
    }
    if of.chance.happens(74) {
        let gone_through = what::Review {
            destitute: Some(yes(is_destitute)),
            detained: Some(one_of(&mut of.chance, &[(Known::No, 92)], Known::Unknown)),
            suspected: Some(one_of(&mut of.chance, &[(Known::No, 80)], Known::Unknown)),
            disclosed: Some(one_of(&mut of.chance, &[(Known::No, 88)], Known::Unknown)),
            lawyer: Some(yes(seeks)),
            permit: Some(Known::No),
            compensation: Some(Known::No),
            measures: None,
        };
        let on = opened_on.plus_days(20 + small(&mut of.chance, 40));
        of.on(on, What::Review(gone_through));
    }
}

/// A place in a safe house is asked for, and found or not.
fn place(of: &mut Telling<'_>, asked_on: Day) {
    let step = |stage| {
        What::SafeHouse(what::SafeHouse {
            stage,
            accommodation: None,
            why: None,
            sort: None,
        })
    };
    of.on(asked_on, step(PlaceStage::Asked));
    if of.chance.happens(14) {
        of.on(asked_on.plus_days(3), step(PlaceStage::Refused));
        return;
    }
    let days = if of.chance.happens(60) {
        small(&mut of.chance, 2)
    } else {
        1 + wait(&mut of.chance, 9)
    };
    of.on(asked_on.plus_days(days), step(PlaceStage::Placed));
}

/// A lawyer with legal aid is looked for, and found by half.
fn lawyer(of: &mut Telling<'_>, sought_on: Day) {
    let matter = one_of(
        &mut of.chance,
        &[(Matter::Immigration, 66), (Matter::Mechanism, 18), (Matter::Crime, 8)],
        Matter::Compensation,
    );
    let step = |stage, n_refused| {
        What::LegalAdvice(what::LegalAdvice {
            matter,
            stage,
            funding: Some(Funding::LegalAid),
            is_accredited: (stage == AdviceStage::Found).then_some(Known::Yes),
            n_refused,
            why: None,
            lawyer: None,
            is_legal_aid: None,
            reasons: Vec::new(),
            miles: None,
        })
    };
    of.on(sought_on, step(AdviceStage::Sought, None));
    let n_refused = small(&mut of.chance, 9).unsigned_abs();
    let days = wait(&mut of.chance, 48);
    let is_found = of.chance.happens(50);
    let stage = if is_found {
        AdviceStage::Found
    } else {
        AdviceStage::Refused
    };
    of.on(sought_on.plus_days(1 + days), step(stage, Some(n_refused)));
}

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

/// A residence permit after conclusive grounds were affirmed.
pub(super) fn permit(of: &mut Telling<'_>, affirmed_on: Day) {
    if !of.chance.happens(58) {
        return;
    }
    let step = |stage, ground, months| {
        What::ResidencePermit(what::ResidencePermit {
            stage,
            ground,
            months,
            ends_on: None,
            may_work: (stage == PermitStage::Granted).then_some(Known::Yes),
            has_funds: (stage == PermitStage::Granted).then_some(Known::Yes),
            conditions: None,
            is_curtailed: None,
        })
    };
    let applied_on = affirmed_on.plus_days(small(&mut of.chance, 25));
    of.on(applied_on, step(PermitStage::Applied, None, None));
    let decided_on = applied_on.plus_days(wait(&mut of.chance, 90));
    let decided = if of.chance.happens(24) {
        const GROUNDS: &[(PermitGround, u64)] = &[(PermitGround::Personal, 70), (PermitGround::Cooperation, 18)];
        let ground = one_of(&mut of.chance, GROUNDS, PermitGround::Compensation);
        let months = one_of(&mut of.chance, &[(12, 46), (24, 14)], 30);
        step(PermitStage::Granted, Some(ground), Some(months))
    } else {
        step(PermitStage::Refused, None, None)
    };
    of.on(decided_on, decided);
}

/// When outcomes are gone through, in days after support began, or months, and how many of a hundred have paid work by then.
const POINTS: [(OutcomePoint, i32, u64); 5] = [
    (OutcomePoint::Entry, 0, 8),
    (OutcomePoint::Month6, 6, 14),
    (OutcomePoint::Month12, 12, 24),
    (OutcomePoint::Month24, 24, 38),
    (OutcomePoint::Month36, 36, 44),
];

/// The seven outcomes at the five points: as people rate them, and as often as they are not reached or not asked.
pub(super) fn outcomes(of: &mut Telling<'_>, opened_on: Day, ended_on: Option<Day>) {
    // From 3, yes fully, to 0, not at all.
    let mut ranks: [u8; 7] = std::array::from_fn(|_| one_of(&mut of.chance, &[(3, 8), (2, 26), (1, 42)], 0));
    for (point, months, work) in POINTS {
        let (due_on, early): (Day, i32) = if point == OutcomePoint::Entry {
            (opened_on.plus_days(28), 26)
        } else {
            (opened_on.plus_months(months), 20)
        };
        let on = due_on.plus_days(small(&mut of.chance, 8 + early.unsigned_abs()) - early);
        if point != OutcomePoint::Entry {
            ranks = ranks.map(|rank| changed(&mut of.chance, rank));
        }
        let has_left = ended_on.is_some_and(|day| day < on);
        let chances: &[(Option<bool>, u64)] = if has_left {
            &[(Some(true), 44), (Some(false), 26)]
        } else {
            &[(Some(true), 82), (Some(false), 11)]
        };
        // Drawn whether or not they are asked, so that one point does not decide about the next.
        let is_reached = one_of(&mut of.chance, chances, None);
        let sheet = rated(&mut of.chance, point, ranks, work, of.of.is_child);
        match is_reached {
            Some(true) => of.on(on, What::Outcomes(sheet)),
            Some(false) => of.on(on, What::Outcomes(nobody(point))),
            None => false,
        };
    }
}

/// Half a year later.
fn changed(chance: &mut Chance, rank: u8) -> u8 {
    match one_of(chance, &[(1, 38), (0, 47)], -1) {
        1 => (rank + 1).min(3),
        -1 => rank.saturating_sub(1),
        _ => rank,
    }
}

const fn rating(rank: u8) -> Rating {
    match rank {
        3.. => Rating::Fully,
        2 => Rating::Mostly,
        1 => Rating::Little,
        0 => Rating::NotAtAll,
    }
}

/// The person could not be reached.
fn nobody(point: OutcomePoint) -> what::Outcomes {
    what::Outcomes {
        point,
        answered_by: AnsweredBy::Nobody,
        housing: None,
        housing_words: None,
        safety: None,
        safety_words: None,
        support: None,
        support_words: None,
        care: None,
        care_words: None,
        purpose: None,
        purpose_words: None,
        medical: None,
        medical_words: None,
        education: None,
        education_words: None,
        works: None,
    }
}

fn rated(chance: &mut Chance, point: OutcomePoint, ranks: [u8; 7], work: u64, is_child: bool) -> what::Outcomes {
    let answered_by = if is_child {
        one_of(
            chance,
            &[(AnsweredBy::Together, 58), (AnsweredBy::Carer, 24)],
            AnsweredBy::Interpreter,
        )
    } else {
        one_of(
            chance,
            &[(AnsweredBy::Person, 34), (AnsweredBy::Together, 36)],
            AnsweredBy::Interpreter,
        )
    };
    let [housing, safety, support, care, purpose, medical, education] = ranks.map(|rank| {
        one_of(
            chance,
            &[(Some(rating(rank)), 91), (Some(Rating::Unsaid), 4)],
            Some(Rating::NotAsked),
        )
    });
    let works = chance.happens(work);
    what::Outcomes {
        answered_by,
        housing,
        safety,
        support,
        care,
        purpose,
        medical,
        education,
        works: (!is_child).then_some(yes(works)),
        ..nobody(point)
    }
}
