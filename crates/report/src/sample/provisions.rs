//! The sample's provisions: every force, ratings over three cycles, disagreement and silence, claims,
//! findings and replies, indicators with and without comparison.

use domain::assessment::{Proof, Trend};
use domain::cycle::Jurisdiction;
use domain::indicator::{Comparability, Direction, IndicatorKind};
use domain::standard::{Force, Verified};
use monitoring::edition::frozen::{Indicator, Provision, Reply};

use super::parts::{claim, disputed, finding, indicator, measurement, provision, rating};
use super::{HERE, figures, identification, text, texts};

pub(super) fn prevention() -> Vec<Provision> {
    let title = "Prevention of trafficking in human beings";
    vec![
        Provision {
            ratings: vec![rating(
                HERE,
                &["332", "332", "332"],
                Trend::Same,
                "The co-ordinating body meets and publishes; its decisions bind nobody [1].",
                &[1],
            )],
            evidence: vec![1],
            ..provision(
                "5-1",
                "5(1)",
                title,
                "The State must set up or strengthen co-ordination at home between the bodies responsible for preventing and fighting trafficking.",
                Force::Mandatory,
            )
        },
        Provision {
            ratings: vec![rating(
                HERE,
                &["322", "322", "322"],
                Trend::Same,
                "Campaigns run every year and none was measured [8].",
                &[8],
            )],
            evidence: vec![8],
            ..provision(
                "5-2",
                "5(2)",
                title,
                "The State must have effective prevention policies and programmes, aimed above all at people at risk and at the professionals concerned.",
                Force::Mandatory,
            )
        },
        Provision {
            qualifier: text("where appropriate"),
            ratings: vec![rating(
                HERE,
                &["211"],
                Trend::New,
                "Assessed for the first time. Organisations are heard after the programme is written [7].",
                &[7],
            )],
            claims: vec![claim(
                1,
                "Invented Authority for Co-ordination",
                "Civil society is a partner at every stage of our programmes.",
                "2025-05-20",
            )],
            evidence: vec![7],
            ..provision(
                "5-6",
                "5(6)",
                title,
                "The State must involve non-governmental organisations and civil society in prevention.",
                Force::Mandatory,
            )
        },
    ]
}

pub(super) fn protection() -> Vec<Provision> {
    let mut all = identification::all();
    all.extend(assistance());
    all.extend(redress());
    all
}

#[expect(clippy::too_many_lines, reason = "data, not steps")]
fn assistance() -> Vec<Provision> {
    let title = "Assistance to victims";
    let mut wait = measurement(
        "I13a",
        "Average wait for a conclusive decision, July to September",
        "all",
        figures::unverified(550.0, "days"),
        "Better: 178 days fewer than in the quarter before, above the stated minimum change of 30.",
        &[1],
    );
    wait.before = Some((text("2024"), figures::unverified(728.0, "days"), None));
    let mut unlocked = measurement(
        "I21a",
        "People whose place could be entered without a key",
        "all",
        figures::survey(36.0, (43.0, 120.0), (27.8, 44.7), "2025-12-12"),
        "Worse: 9 percentage points more than in 2024, above the stated minimum change of 5.",
        &[4],
    );
    unlocked.before = Some((
        text("2024"),
        figures::survey(27.0, (31.0, 115.0), (19.6, 35.7), "2024-12-10"),
        None,
    ));
    unlocked.note = text("Eleven people did not answer and are left out.");
    let mut house = finding(
        4,
        "A third of places were not secure",
        "Of the invented houses inspected, four of eleven could be entered without a key, and a third of the people asked had lived in such a place [4][7].",
        &[4, 7],
        &[],
    );
    house.replies = vec![Reply {
        body: text("Department for Demonstration"),
        sent_on: text("2026-04-10"),
        replied_on: text("2026-04-30"),
        words: text("Locks will be fitted by the provider during 2026."),
    }];
    vec![
        provision(
            "12-1",
            "12(1)",
            title,
            "The list of assistance that follows is the least that is owed.",
            Force::Framework,
        ),
        Provision {
            ratings: vec![rating(
                HERE,
                &["322", "322", "311"],
                Trend::Worse,
                "Places exist and their security does not [4]. What was a gap in two regions is now the rule in four [7].",
                &[4, 7],
            )],
            indicators: vec![indicator(
                "I21",
                "Secure accommodation",
                "People in the recovery period whose place could be entered without a key, as a share of people asked.",
                IndicatorKind::Outcome,
                Direction::Lower,
                vec![unlocked],
            )],
            claims: vec![
                claim(
                    4,
                    "Department for Demonstration",
                    "All accommodation under the contract is safe and appropriate.",
                    "2025-07-01",
                ),
                claim(
                    5,
                    "Department for Demonstration",
                    "Inspections in 2025 found no serious fault.",
                    "2026-01-16",
                ),
            ],
            findings: vec![house],
            evidence: vec![4, 5, 7],
            ..provision(
                "12-1-a",
                "12(1)a",
                title,
                "Victims must be given a standard of living that secures their subsistence, through appropriate and secure accommodation and psychological and material help.",
                Force::Mandatory,
            )
        },
        Provision {
            qualifier: text("where appropriate"),
            verified: Verified::Partly,
            ratings: vec![rating(
                HERE,
                &["222", "2NN"],
                Trend::Broken,
                "What was counted last year is no longer counted, so practice cannot be assessed.",
                &[],
            )],
            ..provision(
                "12-5",
                "12(5)",
                title,
                "The State must take measures to co-operate with organisations of civil society that give assistance.",
                Force::Conditional,
            )
        },
        Provision {
            ratings: vec![rating(
                HERE,
                &["411", "411", "421"],
                Trend::Better,
                "The period is guaranteed and decisions come sooner; what people receive in it is thin [1][9].",
                &[1, 9],
            )],
            indicators: vec![indicator(
                "I13",
                "Waiting for a decision",
                "Days from referral to the conclusive decision.",
                IndicatorKind::Process,
                Direction::Lower,
                vec![wait],
            )],
            claims: vec![claim(
                6,
                "Department for Demonstration",
                "The recovery period is longer than the Convention asks.",
                "2025-10-14",
            )],
            evidence: vec![1, 9],
            ..provision(
                "13-1-1",
                "13(1).1",
                "Recovery and reflection period",
                "Internal law must provide at least 30 days when there are reasonable grounds to believe that a person is a victim.",
                Force::Mandatory,
            )
        },
        provision(
            "13-3",
            "13(3)",
            "Recovery and reflection period",
            "The State is not bound to observe the period if public order prevents it or victim status was improperly claimed.",
            Force::Exception,
        ),
        Provision {
            qualifier: text("one of the two or both"),
            ..provision(
                "14-1",
                "14(1)",
                "Residence permit",
                "The State may choose for which of two situations a renewable residence permit is given.",
                Force::Possibility,
            )
        },
    ]
}

fn redress() -> Vec<Provision> {
    let title = "Compensation and legal redress";
    let mut awards = measurement(
        "I30a",
        "Awards as a share of applications",
        "2012 to 2020",
        figures::secondary(19.1, "per cent"),
        "Not compared: the figure covers several years together.",
        &[6],
    );
    awards.note = text("54 of 283 applications, as quoted by others.");
    let mut applicants = measurement(
        "I30b",
        "Applicants paid within ninety days",
        "all",
        figures::invented(3.0, "persons", "2026-01-22"),
        "Same: 3 in 2024.",
        &[6],
    );
    applicants.before = Some((
        text("2024"),
        figures::invented(2.0, "persons", "2025-01-20"),
        Some(figures::invented(3.0, "persons", "2026-01-22")),
    ));
    let mut reply = finding(
        5,
        "Compensation is guaranteed and hardly paid",
        "Three people were paid within ninety days in a year in which the office received one hundred and six applications [6][9].",
        &[6, 9],
        &[8],
    );
    reply.proof = Proof::ClearConvincing;
    reply.replies = vec![Reply {
        body: text("Invented Compensation Office"),
        sent_on: text("2026-04-12"),
        replied_on: text("2026-05-20"),
        words: text("The scheme pays all who qualify. Time limits are set by statute."),
    }];
    vec![
        provision(
            "15-3",
            "15(3)",
            title,
            "Internal law must give victims a right to compensation from those who exploited them.",
            Force::Mandatory,
        ),
        Provision {
            ratings: vec![disputed(
                rating(
                    HERE,
                    &["411", "411", "411"],
                    Trend::Same,
                    "A scheme exists by statute. Its limits on time and on conviction keep most people out [6].",
                    &[6],
                ),
                "Structure should be 3: a two-year limit is not a guarantee.",
            )],
            indicators: vec![Indicator {
                version: 3,
                comparability: Some((
                    Comparability::WithCare,
                    text("the period counted is no longer the tax year"),
                )),
                ..indicator(
                    "I30",
                    "Compensation",
                    "Awards made and applicants paid.",
                    IndicatorKind::Outcome,
                    Direction::Higher,
                    vec![awards, applicants],
                )
            }],
            claims: vec![claim(
                7,
                "Invented Compensation Office",
                "Victims of trafficking may apply like any other victim of violent crime.",
                "2025-03-04",
            )],
            findings: vec![reply],
            evidence: vec![6, 8, 9],
            mapped: texts(&["Related duty: ECHR 4, redress"]),
            ..provision(
                "15-4",
                "15(4)",
                title,
                "Compensation for victims must be guaranteed, for instance by a fund.",
                Force::Conditional,
            )
        },
    ]
}

pub(super) fn criminal_law() -> Vec<Provision> {
    vec![
        Provision {
            ratings: vec![rating(
                Jurisdiction::Uk,
                &["322", "322", "432"],
                Trend::Better,
                "The offence now covers every form, and charges are brought for it [9].",
                &[9],
            )],
            evidence: vec![9],
            ..provision(
                "18",
                "18",
                "Criminalisation of trafficking in human beings",
                "Trafficking must be a criminal offence when committed intentionally.",
                Force::Mandatory,
            )
        },
        provision(
            "19",
            "19",
            "Criminalisation of the use of services of a victim",
            "The State must consider making it an offence to use services knowing that the person is a victim.",
            Force::Optional,
        ),
        Provision {
            qualifier: text("the possibility must exist; its use in one case is not owed"),
            ratings: vec![rating(
                HERE,
                &["221", "221", "211"],
                Trend::Worse,
                "The defence is narrow, and people under threat are still advised to plead guilty [7][9].",
                &[7, 9],
            )],
            evidence: vec![7, 9],
            ..provision(
                "26",
                "26",
                "Non-punishment provision",
                "It must be possible not to punish victims for what they were compelled to do.",
                Force::Mandatory,
            )
        },
    ]
}

pub(super) fn monitoring() -> Vec<Provision> {
    vec![Provision {
        verified: Verified::No,
        ..provision(
            "36-1",
            "36(1)",
            "Group of experts",
            "A group of experts monitors how the Parties carry the Convention out.",
            Force::Institutional,
        )
    }]
}
