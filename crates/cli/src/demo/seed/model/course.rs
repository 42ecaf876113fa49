//! How a case goes: arrival, referral, decisions, leaving. The chances are those that `docs/reference/demo-model.md` lists.

use casework::event::{What, what};
use casework::sheet::Line;
use domain::Day;
use domain::casework::{
    Agency, Authority, ChallengeStage, Challenged, Destination, DisqualificationGround, DisqualificationStage,
    ExpertWeight, Grounds, Interpreting, Known, Purpose, Reason, ReportStage, Said, Screened, WhyDeclined, WhyExit,
    WhyWithheld,
};
use domain::pack::codes::ExpertKind;

use super::{Came, Telling, later, one_of, pick, small, wait, yes};
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
    let is_missed = of.chance.happens(36);
    if is_missed {
        missed(of, day);
    }
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

/// Met by an official body that did not refer them.
fn missed(of: &mut Telling<'_>, day: Day) {
    const BY: &[(Agency, u64)] = &[
        (Agency::Police, 40),
        (Agency::LocalAuthority, 20),
        (Agency::Ukvi, 16),
        (Agency::Health, 12),
    ];
    let agency = one_of(&mut of.chance, BY, Agency::Prison);
    let noted = of.chance.happens(26);
    of.on(
        day,
        What::Encounter(what::Encounter {
            agency,
            place: None,
            noted_signs: Some(yes(noted)),
            told_rights: Some(Known::No),
            interpreting: None,
            language: None,
        }),
    );
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
    /// Since when reasonable grounds are affirmed, where support went on after that.
    pub(super) positive_on: Option<Day>,
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
                    ..Led::default()
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
    // A few are taken out of the country before it is decided.
    let removed_on = positive_on.plus_days(14 + wait(&mut of.chance, 40));
    if !of.of.is_citizen && removed_on < cg_on && of.chance.happens(9) {
        return Led {
            ends: Some((removed_on, WhyExit::Removed)),
            positive_on: Some(positive_on),
            affirmed_on: None,
        };
    }
    let is_positive = of.chance.happens(64);
    let given = if is_positive {
        Vec::new()
    } else {
        reasons(&mut of.chance)
    };
    conclusive(of, cg_on, is_positive, authority, given);
    let affirmed = if is_positive {
        Ok(cg_on)
    } else {
        refused(of, Challenged::ConclusiveGrounds, cg_on, (20, 40))
    };
    match affirmed {
        Ok(affirmed_on) => Led {
            ends: Some((affirmed_on.plus_days(18 + small(&mut of.chance, 34)), WhyExit::Planned)),
            positive_on: Some(positive_on),
            affirmed_on: Some(affirmed_on),
        },
        Err(leaves_on) => Led {
            ends: Some((leaves_on, WhyExit::Negative)),
            positive_on: Some(positive_on),
            affirmed_on: None,
        },
    }
}

/// The decision on conclusive grounds, with what it did with an expert's report.
fn conclusive(of: &mut Telling<'_>, on: Day, is_positive: bool, authority: Authority, reasons: Vec<Reason>) {
    const WEIGHTS: &[(Option<ExpertWeight>, u64)] = &[
        (Some(ExpertWeight::Addressed), 17),
        (Some(ExpertWeight::Ignored), 14),
        (Some(ExpertWeight::None), 50),
    ];
    let expert = one_of(&mut of.chance, WEIGHTS, None);
    let kind = one_of(
        &mut of.chance,
        &[(ExpertKind::MedicoLegal, 48), (ExpertKind::Psychiatric, 34)],
        ExpertKind::Trafficking,
    );
    if let Some(weight @ (ExpertWeight::Addressed | ExpertWeight::Ignored)) = expert {
        of.on(
            on,
            What::ExpertReport(what::ExpertReport {
                expert: kind,
                stage: ReportStage::Weighed,
                is_addressed: Some(yes(weight == ExpertWeight::Addressed)),
                why: None,
                weight: None,
                relied_in: Vec::new(),
                instructed_by: None,
                funded_by: None,
                report_on: None,
            }),
        );
    }
    of.on(
        on,
        What::ConclusiveGrounds(what::ConclusiveGrounds {
            outcome: grounds(is_positive),
            authority,
            reasons,
            expert,
            standard: None,
            expert_words: None,
        }),
    );
}

/// Referred and decided about while others supported them: the papers that they bring.
pub(super) fn decided(of: &mut Telling<'_>, opened_on: Day) -> Led {
    let cg_on = opened_on.plus_days(-small(&mut of.chance, 25));
    let rg_on = cg_on.plus_days(-60 - wait(&mut of.chance, 160));
    let referred_on = rg_on.plus_days(-5 - wait(&mut of.chance, 12));
    of.consent(referred_on, Purpose::Referral, Said::Given);
    of.on(
        referred_on,
        What::NrmReferral(what::NrmReferral {
            agency: Agency::Police,
            asked_on: None,
            reference: None,
            is_child: Some(Known::No),
            missing: Vec::new(),
        }),
    );
    of.on(
        rg_on,
        What::ReasonableGrounds(what::ReasonableGrounds {
            outcome: Grounds::Positive,
            authority: Authority::Sca,
            reasons: Vec::new(),
            asked_more: None,
        }),
    );
    conclusive(of, cg_on, true, Authority::Sca, Vec::new());
    Led {
        ends: None,
        positive_on: None,
        affirmed_on: Some(cg_on),
    }
}

/// Days after which whoever was not found soon is found.
const LONG_MISSING: i32 = 61;

/// Missing, and found again after some days or after two months.
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
    let days = if of.chance.happens(65) {
        1 + wait(&mut of.chance, 12)
    } else {
        LONG_MISSING
    };
    let found_on = on.plus_days(days);
    of.on(found_on, What::Found(what::Found { circumstances: None }));
    of.missing_on = Some(on).filter(|on| (*on..found_on).contains(&of.today));
}

/// How support ends: by a decision, or before it for a reason of its own. What would have happened afterwards is not told.
pub(super) fn leaving(of: &mut Telling<'_>, opened_on: Day, led: &Led) {
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
    let is_going_home = of.came == Came::Earlier && !of.of.is_citizen && of.chance.happens(84);
    let of_its_own = if is_going_home {
        Some((opened_on.plus_days(60 + small(&mut of.chance, 200)), WhyExit::Choice))
    } else {
        of.chance.happens(share).then_some((of_its_own, why))
    };
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
            (Destination::Family, 12),
            (Destination::Abroad, 12),
            (Destination::OwnHome, 8),
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
        let reason = match reason {
            WhyExit::Removed if of.of.is_citizen => WhyExit::Choice,
            reason => reason,
        };
        let destination = match destination {
            _ if is_going_home || reason == WhyExit::Removed => Destination::Abroad,
            Destination::Abroad if of.of.is_citizen || of.of.is_child => Destination::Family,
            destination => destination,
        };
        of.on(on, What::Exit(what::Exit { reason, destination }));
        of.ended_on = Some(on);
        if destination == Destination::Abroad {
            later::abroad(of, on, reason != WhyExit::Removed);
        }
        return;
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
}
