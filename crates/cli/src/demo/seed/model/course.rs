//! How a case goes: arrival, referral, decisions, leaving. The chances are those that `docs/reference/demo-model.md` lists.

use casework::event::{What, what};
use casework::sheet::Line;
use domain::Day;
use domain::casework::{
    Agency, Authority, ChallengeStage, Challenged, Destination, DisqualificationGround, DisqualificationStage, Grounds,
    Interpreting, Known, Purpose, Reason, Said, Screened, WhyDeclined, WhyExit, WhyWithheld,
};

use super::{Telling, one_of, pick, small, wait};
use crate::demo::seed::study::Chance;

/// Met, screened, and asked what may be done.
pub(super) fn arrival(of: &mut Telling<'_>, day: Day) {
    let interpreting = one_of(
        &mut of.chance,
        &[
            (Interpreting::Professional, 40),
            (Interpreting::NotNeeded, 42),
            (Interpreting::Informal, 12),
        ],
        Interpreting::Missing,
    );
    let told = of.chance.happens(68);
    of.on(
        day,
        What::Encounter(what::Encounter {
            agency: Agency::Own,
            place: None,
            noted_signs: Some(Known::Yes),
            told_rights: Some(if told { Known::Yes } else { Known::No }),
            interpreting: Some(interpreting),
            language: None,
        }),
    );
    if of.chance.happens(80) {
        let screened = one_of(
            &mut of.chance,
            &[(Screened::Signs, 86), (Screened::Unclear, 10)],
            Screened::None,
        );
        of.on(
            day.plus_days(1),
            What::Screening(what::Screening {
                screened,
                grounds: None,
            }),
        );
    }
    of.consent(day, Purpose::Support, Said::Given);
    let asked = one_of(
        &mut of.chance,
        &[(Some(Said::Given), 78), (Some(Said::Refused), 14)],
        None,
    );
    if let Some(said) = asked {
        let day = day.plus_days(small(&mut of.chance, 20));
        of.consent(day, Purpose::Monitoring, said);
        if said == Said::Given && of.chance.happens(4) {
            of.consent(day.plus_days(90), Purpose::Monitoring, Said::Withdrawn);
        }
    }
}

/// Referred into the mechanism, or why not; the day of the referral.
pub(super) fn referral(of: &mut Telling<'_>, day: Day) -> Option<Day> {
    let responder = one_of(
        &mut of.chance,
        &[
            (Agency::Police, 30),
            (Agency::LocalAuthority, 30),
            (Agency::Ukvi, 16),
            (Agency::OtherNgo, 16),
        ],
        Agency::BorderForce,
    );
    let answer_on = day.plus_days(small(&mut of.chance, 30));
    if !of.of.is_child && of.chance.happens(18) {
        of.consent(answer_on, Purpose::Referral, Said::Refused);
        let why = pick(
            &mut of.chance,
            &[
                WhyDeclined::FearsAuthorities,
                WhyDeclined::FearsRemoval,
                WhyDeclined::NoBenefit,
                WhyDeclined::WantsTime,
            ],
            WhyDeclined::Other,
        );
        of.on(
            answer_on,
            What::Declined(what::Declined {
                reasons: vec![why],
                told: Some(Known::Yes),
            }),
        );
        if of.chance.happens(97) {
            let notified_on = answer_on.plus_days(wait(&mut of.chance, 9));
            of.on(
                notified_on,
                What::Notified(what::Notified {
                    agency: responder,
                    is_anonymous: Known::Yes,
                }),
            );
        }
        return None;
    }
    if of.chance.happens(6) {
        let why = pick(
            &mut of.chance,
            &[
                WhyWithheld::NotBelieved,
                WhyWithheld::SeenAsMigrant,
                WhyWithheld::SeenAsOffender,
                WhyWithheld::NoTime,
            ],
            WhyWithheld::Other,
        );
        of.on(
            answer_on,
            What::Withheld(what::Withheld {
                agency: responder,
                reasons: vec![why],
            }),
        );
        return None;
    }
    if of.chance.happens(8) {
        // Still thinking about it.
        return None;
    }
    if !of.of.is_child {
        of.consent(answer_on, Purpose::Referral, Said::Given);
    }
    let referred_on = answer_on.plus_days(wait(&mut of.chance, 9));
    let is_child = if of.of.is_child { Known::Yes } else { Known::No };
    of.on(
        referred_on,
        What::NrmReferral(what::NrmReferral {
            agency: responder,
            asked_on: Some(answer_on),
            reference: None,
            is_child: Some(is_child),
            missing: Vec::new(),
        }),
    )
    .then_some(referred_on)
}

fn reasons(chance: &mut Chance) -> Vec<Reason> {
    const GIVEN: &[(Reason, u64)] = &[
        (Reason::Inconsistent, 22),
        (Reason::NoObjectiveFactors, 26),
        (Reason::TooLittle, 16),
        (Reason::NoMeans, 10),
        (Reason::BadWorkOnly, 8),
        (Reason::LateDisclosure, 8),
        (Reason::CriminalConduct, 5),
    ];
    let first = one_of(chance, GIVEN, Reason::NotGiven);
    let second = one_of(chance, GIVEN, Reason::Other);
    if chance.happens(40) && second != first {
        vec![first, second]
    } else {
        vec![first]
    }
}

/// Where the mechanism leads someone.
#[derive(Default)]
pub(super) struct Led {
    /// When support is to end because of a decision, and why.
    ends: Option<(Day, WhyExit)>,
    /// Since when conclusive grounds are affirmed.
    pub(super) affirmed_on: Option<Day>,
}

const fn grounds(is_positive: bool) -> Grounds {
    if is_positive {
        Grounds::Positive
    } else {
        Grounds::Negative
    }
}

/// A negative decision, and whether it is challenged: since when it is positive after all, or when support ends.
fn refused(of: &mut Telling<'_>, challenged: Challenged, on: Day, (asks, wins): (u64, u64)) -> Result<Day, Day> {
    // Nine working days to go, for those who are in support that a decision ends.
    let leaves = |of: &mut Telling<'_>, on: Day| on.plus_days(3 + small(&mut of.chance, 11));
    if !of.chance.happens(asks) {
        return Err(leaves(of, on));
    }
    let step = |stage| {
        What::Reconsideration(what::Reconsideration {
            challenged,
            stage,
            is_represented: Some(Known::Yes),
            ground: None,
        })
    };
    let asked_on = on.plus_days(5 + small(&mut of.chance, 8));
    of.on(asked_on, step(ChallengeStage::Asked));
    let answered_on = asked_on.plus_days(1 + wait(&mut of.chance, 40));
    if of.chance.happens(wins) {
        of.on(answered_on, step(ChallengeStage::Overturned));
        Ok(answered_on)
    } else {
        of.on(answered_on, step(ChallengeStage::Upheld));
        Err(leaves(of, answered_on))
    }
}

/// What the competent authority decided, and what was done about it.
pub(super) fn decisions(of: &mut Telling<'_>, referred_on: Day) -> Led {
    let authority = one_of(&mut of.chance, &[(Authority::Sca, 72)], Authority::Ieca);
    let rg_on = referred_on.plus_days(3 + wait(&mut of.chance, 24));
    let is_positive = of.chance.happens(if of.of.is_child { 86 } else { 57 });
    let given = if is_positive {
        Vec::new()
    } else {
        reasons(&mut of.chance)
    };
    let asked_more = of.chance.happens(20);
    of.on(
        rg_on,
        What::ReasonableGrounds(what::ReasonableGrounds {
            outcome: grounds(is_positive),
            authority,
            reasons: given,
            asked_more: Some(if asked_more { Known::Yes } else { Known::No }),
        }),
    );
    let positive_on = if is_positive {
        rg_on
    } else {
        match refused(of, Challenged::ReasonableGrounds, rg_on, (45, 58)) {
            Ok(positive_on) => positive_on,
            Err(leaves_on) => {
                return Led {
                    ends: Some((leaves_on, WhyExit::Negative)),
                    affirmed_on: None,
                };
            }
        }
    };
    of.on(
        positive_on,
        What::RecoveryPeriod(what::RecoveryPeriod {
            ends_on: positive_on.plus_days(30),
        }),
    );
    if of.chance.happens(2) {
        of.on(
            positive_on.plus_days(40),
            What::Disqualification(what::Disqualification {
                ground: DisqualificationGround::PublicOrder,
                stage: DisqualificationStage::Made,
                needs_assessed: Some(Known::No),
            }),
        );
    }
    let cg_on = positive_on.plus_days(45 + wait(&mut of.chance, 260));
    let is_positive = of.chance.happens(64);
    let given = if is_positive {
        Vec::new()
    } else {
        reasons(&mut of.chance)
    };
    of.on(
        cg_on,
        What::ConclusiveGrounds(what::ConclusiveGrounds {
            outcome: grounds(is_positive),
            authority,
            reasons: given,
            expert: None,
            standard: None,
            expert_words: None,
        }),
    );
    let affirmed = if is_positive {
        Ok(cg_on)
    } else {
        refused(of, Challenged::ConclusiveGrounds, cg_on, (20, 40))
    };
    match affirmed {
        Ok(affirmed_on) => Led {
            ends: Some((affirmed_on.plus_days(18 + small(&mut of.chance, 34)), WhyExit::Planned)),
            affirmed_on: Some(affirmed_on),
        },
        Err(leaves_on) => Led {
            ends: Some((leaves_on, WhyExit::Negative)),
            affirmed_on: None,
        },
    }
}

/// Missing, and found again or not.
pub(super) fn missing(of: &mut Telling<'_>, opened_on: Day) {
    if !of.chance.happens(if of.of.is_child { 16 } else { 5 }) {
        return;
    }
    let on = opened_on.plus_days(10 + small(&mut of.chance, 200));
    let is_reported = if of.chance.happens(75) { Known::Yes } else { Known::No };
    of.on(
        on,
        What::Missing(what::Missing {
            is_reported,
            circumstances: None,
        }),
    );
    if of.chance.happens(65) {
        let found_on = on.plus_days(1 + wait(&mut of.chance, 12));
        of.on(found_on, What::Found(what::Found { circumstances: None }));
    }
}

/// How support ends: by a decision, or before it for a reason of its own. What would have happened afterwards is not told.
/// Gives the day, unless it is still to come.
pub(super) fn leaving(of: &mut Telling<'_>, opened_on: Day, led: &Led) -> Option<Day> {
    const WHY: &[(WhyExit, u64)] = &[
        (WhyExit::Choice, 32),
        (WhyExit::Lost, 26),
        (WhyExit::Moved, 30),
        (WhyExit::Removed, 6),
    ];
    // Outside the mechanism nothing but the work itself ends support.
    let (share, why) = match led.ends {
        Some(_) => (18, one_of(&mut of.chance, WHY, WhyExit::Other)),
        None => (94, one_of(&mut of.chance, &[(WhyExit::Planned, 58)], WhyExit::Choice)),
    };
    let of_its_own = opened_on.plus_days(60 + wait(&mut of.chance, 170));
    let of_its_own = of.chance.happens(share).then_some((of_its_own, why));
    // Some are helped longer than the letter says.
    let longer = if of.chance.happens(14) {
        10 + small(&mut of.chance, 50)
    } else {
        0
    };
    let by_decision = led.ends.map(|(day, why)| (day.plus_days(longer), why));
    let destination = one_of(
        &mut of.chance,
        &[
            (Destination::SocialHousing, 30),
            (Destination::AsylumHousing, 26),
            (Destination::Family, 14),
            (Destination::OwnHome, 10),
            (Destination::Homeless, 6),
        ],
        Destination::Unknown,
    );
    let first = [of_its_own, by_decision]
        .into_iter()
        .flatten()
        .min_by_key(|(day, _)| *day);
    if let Some((on, reason)) = first
        && on <= of.today
    {
        of.events.retain(|(day, _)| *day <= on);
        of.on(on, What::Exit(what::Exit { reason, destination }));
        return Some(on);
    }
    if of.chance.happens(20) {
        let due_on = of.today.plus_days(small(&mut of.chance, 44) - 4);
        let on = of.today.plus_days(-25).max(opened_on);
        of.on(
            on,
            What::Reminder(what::Reminder {
                task: Line("Ask how they are (invented)".into()),
                due_on,
            }),
        );
    }
    None
}
