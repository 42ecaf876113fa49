//! What is done for someone beside the mechanism, and what became of them: rights, a lawyer, a place, money,
//! and the seven outcomes as they rate them. The chances are those that `docs/reference/demo-model.md` lists.

use casework::event::{What, what};
use domain::Day;
use domain::casework::{AdviceStage, AnsweredBy, Funding, Known, OutcomePoint, PlaceStage, Rating};
use domain::pack::codes::{ImmigrationStatus, Matter};

use super::{Telling, one_of, small, wait, yes};
use crate::demo::seed::study::Chance;

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
            (ImmigrationStatus::Asylum, 42),
            (ImmigrationStatus::Visa, 12),
            (ImmigrationStatus::Limited, 8),
            (ImmigrationStatus::Settled, 5),
            (ImmigrationStatus::Refugee, 5),
        ];
        let drawn = one_of(&mut of.chance, STATUS, ImmigrationStatus::Without);
        let status = if of.of.is_citizen {
            ImmigrationStatus::Citizen
        } else {
            drawn
        };
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
    // Some are advised before anything else, by somebody who knows this law and takes no money for it.
    let is_advised = !of.of.is_child && of.chance.happens(24);
    if is_advised {
        advised(of, opened_on);
    }
    let seeks = !is_advised && of.chance.happens(52);
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
            measures: of.chance.happens(60).then_some(Known::No),
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

/// Advice on the day on which support begins, or the day after, free of charge. Nobody looks for legal aid for it: as a search
/// that ends on its first day it would make the waits of those who do look for it seem none.
fn advised(of: &mut Telling<'_>, opened_on: Day) {
    let on = opened_on.plus_days(small(&mut of.chance, 2));
    of.on(
        on,
        advice(Matter::Mechanism, AdviceStage::Found, Funding::ProBono, None),
    );
}

const fn advice(matter: Matter, stage: AdviceStage, funding: Funding, n_refused: Option<u32>) -> What {
    What::LegalAdvice(what::LegalAdvice {
        matter,
        stage,
        funding: Some(funding),
        is_accredited: if matches!(stage, AdviceStage::Found) {
            Some(Known::Yes)
        } else {
            None
        },
        n_refused,
        why: None,
        lawyer: None,
        is_legal_aid: None,
        reasons: Vec::new(),
        miles: None,
    })
}

/// A lawyer with legal aid is looked for, and found by half.
fn lawyer(of: &mut Telling<'_>, sought_on: Day) {
    let matter = one_of(
        &mut of.chance,
        &[(Matter::Immigration, 66), (Matter::Mechanism, 18), (Matter::Crime, 8)],
        Matter::Compensation,
    );
    of.on(sought_on, advice(matter, AdviceStage::Sought, Funding::LegalAid, None));
    let n_refused = small(&mut of.chance, 9).unsigned_abs();
    let days = wait(&mut of.chance, 48);
    let is_found = of.chance.happens(50);
    let stage = if is_found {
        AdviceStage::Found
    } else {
        AdviceStage::Refused
    };
    let answered = advice(matter, stage, Funding::LegalAid, Some(n_refused));
    of.on(sought_on.plus_days(1 + days), answered);
}

/// What is due to someone week by week, whether they were charged for care, and what is recorded of their right to work.
pub(super) fn money(of: &mut Telling<'_>, opened_on: Day) {
    if of.chance.happens(14) {
        let charge = what::CareCharge {
            is_charged: yes(of.chance.happens(56)),
            was_free: Some(yes(of.chance.happens(72))),
            pounds: None,
            what: None,
        };
        let on = opened_on.plus_days(small(&mut of.chance, 320));
        of.later(on, What::CareCharge(charge));
    }
    if of.of.is_child || !of.chance.happens(50) {
        return;
    }
    // To a few it is never paid.
    let is_never = of.chance.happens(9);
    for nth in 1..=4 {
        let on = opened_on.plus_days(91 * nth + small(&mut of.chance, 9));
        let is_short = of.chance.happens(46);
        let short = 1 + small(&mut of.chance, 5).unsigned_abs();
        if !of.is_supported(on) {
            break;
        }
        let weeks_paid = match (is_never, is_short) {
            (true, _) => 0,
            (false, true) => 13 - short,
            (false, false) => 13,
        };
        of.on(
            on,
            What::Subsistence(what::Subsistence {
                weeks_due: 13,
                weeks_paid,
                why: None,
                rate: None,
            }),
        );
    }
}

/// A recovery period is looked back on when it is over.
pub(super) fn looked_back(of: &mut Telling<'_>, positive_on: Day) {
    if !of.chance.happens(74) {
        return;
    }
    let review = what::RecoveryReview {
        was_full: yes(of.chance.happens(78)),
        had_help: yes(of.chance.happens(66)),
        enforced: yes(of.chance.happens(12)),
    };
    let on = positive_on.plus_days(32 + small(&mut of.chance, 30));
    of.later(on, What::RecoveryReview(review));
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

#[cfg(test)]
mod tests {
    use super::super::{case, someone};
    use super::*;

    #[test]
    fn nobody_has_a_legal_aid_lawyer_on_the_day_on_which_one_was_looked_for_and_half_wait_about_seven_weeks() {
        let today = Day::parse("2026-11-24").expect("a day");
        let mut waits = Vec::new();
        let mut n_advised = 0;
        for number in 0..2_000 {
            let mut sought_on = None;
            for (on, what) in case(&someone(1, number, true, today), 3, today).events {
                let What::LegalAdvice(sheet) = what else { continue };
                match (sheet.funding, sheet.stage) {
                    (Some(Funding::LegalAid), AdviceStage::Sought) => sought_on = Some(on),
                    (Some(Funding::LegalAid), AdviceStage::Found) => {
                        let sought_on: Day = sought_on.expect("it was looked for before it was found");
                        waits.push(sought_on.days_until(on));
                    }
                    (Some(Funding::ProBono), AdviceStage::Found) => n_advised += 1,
                    _ => {}
                }
            }
        }
        waits.sort_unstable();
        let median = waits[waits.len() / 2];
        assert!(waits[0] > 0, "{waits:?}");
        assert!((35..=60).contains(&median), "{median}");
        assert!(n_advised > 200, "{n_advised} are advised by somebody else");
    }
}
