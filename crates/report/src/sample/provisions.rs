//! The sample's provisions: every force, ratings over three cycles and in two jurisdictions,
//! disagreement and silence, indicators with and without comparison, claims, findings and replies.

use domain::assessment::{Confidence, Proof, Score, Stance, Trend, letter_against_practice};
use domain::cycle::Jurisdiction;
use domain::indicator::{Comparability, Direction, IndicatorKind};
use domain::standard::{Force, Verified};
use monitoring::edition::frozen::{Claim, Finding, Indicator, Measurement, Position, Provision, Rating, Reply, Scores};
use monitoring::gate::Gated;

use super::{HERE, ORGANISATIONS, figures, text, texts};

fn provision(slug: &str, number: &str, title: &str, obligation: &str, force: Force) -> Provision {
    let article: String = number.chars().take_while(char::is_ascii_digit).collect();
    let heading = number.split_once('.').map_or(String::new(), |(heading, _)| text(heading));
    Provision {
        slug: format!("cets-197-{slug}"),
        number: text(number),
        article,
        heading,
        title: text(title),
        obligation: text(obligation),
        force,
        qualifier: String::new(),
        holder: text("any Party"),
        verified: Verified::Yes,
        ratings: Vec::new(),
        indicators: Vec::new(),
        claims: Vec::new(),
        findings: Vec::new(),
        evidence: Vec::new(),
        mapped: Vec::new(),
    }
}

/// Scores written as three characters: `31N`.
fn scores(code: &str, confidence: Confidence) -> Scores {
    let mut parts = code.split("").filter(|part| !part.is_empty()).map(|part| Score::parse(part).expect("the sample uses scores of the list"));
    let mut next = || parts.next().expect("three scores are written");
    Scores { structure: next(), process: next(), outcome: next(), confidence }
}

/// `history` holds the scores of 2023, 2024 and 2025; the last is this year's.
fn rating(jurisdiction: Jurisdiction, history: &[&str], trend: Trend, reasons: &str, cites: &[u32]) -> Rating {
    let (now, earlier) = history.split_last().expect("a rating has scores");
    let now = scores(now, Confidence::Moderate);
    let first = 2025 - earlier.len();
    Rating {
        jurisdiction,
        now,
        trend,
        earlier: earlier.iter().enumerate().map(|(nth, code)| ((first + nth).to_string(), scores(code, Confidence::Moderate))).collect(),
        letter_against_practice: letter_against_practice(now.structure, now.outcome),
        reasons: text(reasons),
        cites: cites.to_vec(),
        assessed_by: texts(&ORGANISATIONS[1..3]),
        positions: ORGANISATIONS
            .iter()
            .map(|organisation| Position { organisation: text(organisation), stance: Some(Stance::Agree), reason: String::new() })
            .collect(),
    }
}

/// One dissents with a reason, one abstains, one is silent.
fn disputed(mut rating: Rating, reason: &str) -> Rating {
    rating.positions[0].stance = Some(Stance::Dissent);
    rating.positions[0].reason = text(reason);
    rating.positions[3].stance = Some(Stance::Abstain);
    rating.positions[3].reason = text("Works with the body assessed on a study.");
    rating.positions[4].stance = None;
    rating.now.confidence = Confidence::Low;
    rating
}

fn claim(id: u32, body: &str, words: &str, made_on: &str) -> Claim {
    Claim {
        id: format!("0190b3c4-0002-7000-8000-{id:012}"),
        jurisdiction: HERE,
        body: text(body),
        words: text(words),
        source: text("Invented annual statement to parliament"),
        source_url: String::new(),
        made_on: text(made_on),
        is_invented: true,
    }
}

fn finding(number: u32, title: &str, wording: &str, supporting: &[u32], contrary: &[u32]) -> Finding {
    Finding {
        id: format!("0190b3c4-0003-7000-8000-{number:012}"),
        slug: format!("finding-{number}"),
        title: text(title),
        jurisdiction: HERE,
        wording: text(wording),
        proof: Proof::Balance,
        supporting: supporting.to_vec(),
        contrary: contrary.to_vec(),
        contrary_search: text("Government returns, inspection reports and press of the period were read for the opposite."),
        method_note: String::new(),
        replies: Vec::new(),
        reviewed_by: texts(&ORGANISATIONS[3..]),
        is_invented: true,
    }
}

fn measurement(measure: &str, name: &str, stratum: &str, now: Gated, comparison: &str, cites: &[u32]) -> Measurement {
    Measurement {
        slug: format!("m-{}-{}", measure.to_lowercase(), stratum.to_lowercase().replace(' ', "-")),
        measure: text(measure),
        name: text(name),
        stratum: text(stratum),
        now,
        before: None,
        comparison: text(comparison),
        note: String::new(),
        cites: cites.to_vec(),
        series: String::new(),
    }
}

fn indicator(code: &str, name: &str, definition: &str, kind: IndicatorKind, direction: Direction, measurements: Vec<Measurement>) -> Indicator {
    Indicator {
        code: text(code),
        version: 1,
        name: text(name),
        definition: text(definition),
        kind,
        direction,
        limits: text("It counts what was recorded, and not what was missed."),
        comparability: None,
        measurements,
    }
}

pub(super) fn prevention() -> Vec<Provision> {
    let title = "Prevention of trafficking in human beings";
    vec![
        Provision {
            ratings: vec![rating(HERE, &["332", "332", "332"], Trend::Same, "The co-ordinating body meets and publishes; its decisions bind nobody [1].", &[1])],
            evidence: vec![1],
            ..provision("5-1", "5(1)", title, "The State must set up or strengthen co-ordination at home between the bodies responsible for preventing and fighting trafficking.", Force::Mandatory)
        },
        Provision {
            ratings: vec![rating(HERE, &["322", "322", "322"], Trend::Same, "Campaigns run every year and none was measured [8].", &[8])],
            evidence: vec![8],
            ..provision("5-2", "5(2)", title, "The State must have effective prevention policies and programmes, aimed above all at people at risk and at the professionals concerned.", Force::Mandatory)
        },
        Provision {
            qualifier: text("where appropriate"),
            ratings: vec![rating(HERE, &["211"], Trend::New, "Assessed for the first time. Organisations are heard after the programme is written [7].", &[7])],
            claims: vec![claim(1, "Invented Authority for Co-ordination", "Civil society is a partner at every stage of our programmes.", "2025-05-20")],
            evidence: vec![7],
            ..provision("5-6", "5(6)", title, "The State must involve non-governmental organisations and civil society in prevention.", Force::Mandatory)
        },
    ]
}

pub(super) fn protection() -> Vec<Provision> {
    let mut all = identification();
    all.extend(assistance());
    all.extend(redress());
    all
}

fn identification() -> Vec<Provision> {
    let title = "Identification of the victims";
    let mut trained = measurement("I3a", "Share of first responders trained in two years", "all", figures::survey(92.0, (1_104.0, 1_200.0), (90.3, 93.4), "2026-02-02"), "Better: 11 percentage points more than in 2024, above the stated minimum change of 5.", &[8]);
    trained.before = Some((text("2024"), figures::survey(81.0, (972.0, 1_200.0), (78.7, 83.1), "2025-02-11"), None));
    let mut referred = measurement("I10a", "People referred", "all", figures::referrals(23_411.0, "2026-02-26"), "Neither better nor worse in itself: more referrals may mean more trafficking or more identification.", &[1]);
    referred.before = Some((text("2024"), figures::referrals(19_125.0, "2025-03-06"), None));
    referred.series = text("nrm-referrals");
    let mut children = measurement("I10b", "Children referred", "under 18 at exploitation", figures::referrals(7_432.0, "2024-03-07"), "Same: the count is of 2023, the latest published with age at exploitation.", &[1]);
    children.note = text("Age at exploitation is missing for 936 people.");
    let mut positive = measurement("I12a", "Reasonable grounds decisions that are positive", "all", figures::share(62.0, None, "2026-02-26"), "Not compared with 2022: the test changed on 30 January 2023.", &[1]);
    positive.before = Some((text("2022"), figures::share(85.0, None, "2023-03-02"), None));
    positive.series = text("nrm-rg-positive");

    let mut age = disputed(
        rating(HERE, &["421", "421", "410"], Trend::Worse, "The presumption is written in guidance and in statute. At first contact staff decide age by appearance, and no form records a presumption [2][3].", &[2, 3]),
        "The outcome should be 1: in the north the presumption was applied in most cases we saw.",
    );
    age.now.confidence = Confidence::High;
    let mut disbelieved = finding(3, "The presumption of childhood is set aside at first contact", "In the cases read, a person who said they were a child was treated as an adult before any assessment of age was begun [2][3]. One region is different [9].", &[2, 3], &[9]);
    disbelieved.replies = vec![
        Reply { body: text("Department for Demonstration"), sent_on: text("2026-04-10"), replied_on: text("2026-05-02"), words: text("Staff are told to presume. Where they did not, that was a mistake in single cases, and the guidance has been sent round again.") },
        Reply { body: text("Invented Border Service"), sent_on: text("2026-04-10"), replied_on: String::new(), words: String::new() },
    ];
    vec![
        Provision {
            ratings: vec![rating(HERE, &["311", "322", "333"], Trend::Better, "Nine of ten first responders are trained, and the training is examined [8].", &[8])],
            indicators: vec![indicator("I3", "Trained first responders", "First responders who finished the agreed training in the last two years, as a share of all of them.", IndicatorKind::Process, Direction::Higher, vec![trained])],
            evidence: vec![8],
            ..provision("10-1-1", "10(1).1", title, "Authorities must have people who are trained and qualified to prevent trafficking and to identify and help victims, children included.", Force::Mandatory)
        },
        Provision {
            qualifier: text("collaboration as appropriate"),
            ratings: vec![
                rating(HERE, &["322", "322", "322"], Trend::Same, "Two of three referrals end in a decision within the year; those who refuse to be referred are nowhere counted [1].", &[1]),
                rating(Jurisdiction::Scotland, &["321", "321", "332"], Trend::Better, "A second decision-maker was set up, with support organisations in the room [1].", &[1]),
            ],
            indicators: vec![
                indicator("I10", "Referrals", "People referred to the identification procedure in the period.", IndicatorKind::Process, Direction::None, vec![referred, children]),
                Indicator {
                    version: 2,
                    comparability: Some((Comparability::NotComparable, text("the legal test for the decision was changed"))),
                    ..indicator("I12", "Positive decisions", "Decisions that there are reasonable grounds, as a share of all decisions.", IndicatorKind::Outcome, Direction::None, vec![positive])
                },
            ],
            claims: vec![claim(2, "Department for Demonstration", "Every potential victim who consents is referred and receives a decision without delay.", "2025-10-14")],
            findings: vec![Finding {
                method_note: text("One official statistic stands alone: it counts every decision made."),
                ..finding(2, "More people are referred than ever", "Referrals in 2025 were the highest since counting began [1].", &[1], &[])
            }],
            evidence: vec![1, 9],
            mapped: texts(&["Same duty: ECHR 4, duty to identify"]),
            ..provision("10-2-1", "10(2).1", title, "The State must take the measures needed to identify victims, working with other Parties and with support organisations.", Force::Mandatory)
        },
        Provision {
            ratings: vec![age],
            claims: vec![claim(3, "Department for Demonstration", "A person whose age is uncertain is treated as a child until an assessment is finished.", "2025-10-14")],
            findings: vec![disbelieved],
            evidence: vec![2, 3, 9],
            indicators: vec![indicator("I14", "Presumption recorded", "Cases of uncertain age in which a presumption of childhood was recorded, as a share of such cases.", IndicatorKind::Outcome, Direction::Higher, vec![measurement("I14a", "Presumption recorded", "all", figures::suppressed("per cent", "2026-02-26"), "Not compared: the publisher suppressed the value.", &[1])])],
            ..provision("10-3", "10(3)", title, "Where age is uncertain and there is reason to believe a victim is a child, the person must be presumed a child and given special protection until age is verified.", Force::Mandatory)
        },
    ]
}

fn assistance() -> Vec<Provision> {
    let title = "Assistance to victims";
    let mut wait = measurement("I13a", "Average wait for a conclusive decision, July to September", "all", figures::unverified(550.0, "days"), "Better: 178 days fewer than in the quarter before, above the stated minimum change of 30.", &[1]);
    wait.before = Some((text("2024"), figures::unverified(728.0, "days"), None));
    let mut unlocked = measurement("I21a", "People whose place could be entered without a key", "all", figures::survey(36.0, (43.0, 120.0), (27.8, 44.7), "2025-12-12"), "Worse: 9 percentage points more than in 2024, above the stated minimum change of 5.", &[4]);
    unlocked.before = Some((text("2024"), figures::survey(27.0, (31.0, 115.0), (19.6, 35.7), "2024-12-10"), None));
    unlocked.note = text("Eleven people did not answer and are left out.");
    let mut house = finding(4, "A third of places were not secure", "Of the invented houses inspected, four of eleven could be entered without a key, and a third of the people asked had lived in such a place [4][7].", &[4, 7], &[]);
    house.replies = vec![Reply { body: text("Department for Demonstration"), sent_on: text("2026-04-10"), replied_on: text("2026-04-30"), words: text("Locks will be fitted by the provider during 2026.") }];
    vec![
        provision("12-1", "12(1)", title, "The list of assistance that follows is the least that is owed.", Force::Framework),
        Provision {
            ratings: vec![rating(HERE, &["322", "322", "311"], Trend::Worse, "Places exist and their security does not [4]. What was a gap in two regions is now the rule in four [7].", &[4, 7])],
            indicators: vec![indicator("I21", "Secure accommodation", "People in the recovery period whose place could be entered without a key, as a share of people asked.", IndicatorKind::Outcome, Direction::Lower, vec![unlocked])],
            claims: vec![
                claim(4, "Department for Demonstration", "All accommodation under the contract is safe and appropriate.", "2025-07-01"),
                claim(5, "Department for Demonstration", "Inspections in 2025 found no serious fault.", "2026-01-16"),
            ],
            findings: vec![house],
            evidence: vec![4, 5, 7],
            ..provision("12-1-a", "12(1)a", title, "Victims must be given a standard of living that secures their subsistence, through appropriate and secure accommodation and psychological and material help.", Force::Mandatory)
        },
        Provision {
            qualifier: text("where appropriate"),
            verified: Verified::Partly,
            ratings: vec![rating(HERE, &["222", "2NN"], Trend::Broken, "What was counted last year is no longer counted, so practice cannot be assessed.", &[])],
            ..provision("12-5", "12(5)", title, "The State must take measures to co-operate with organisations of civil society that give assistance.", Force::Conditional)
        },
        Provision {
            ratings: vec![rating(HERE, &["411", "411", "421"], Trend::Better, "The period is guaranteed and decisions come sooner; what people receive in it is thin [1][9].", &[1, 9])],
            indicators: vec![indicator("I13", "Waiting for a decision", "Days from referral to the conclusive decision.", IndicatorKind::Process, Direction::Lower, vec![wait])],
            claims: vec![claim(6, "Department for Demonstration", "The recovery period is longer than the Convention asks.", "2025-10-14")],
            evidence: vec![1, 9],
            ..provision("13-1-1", "13(1).1", "Recovery and reflection period", "Internal law must provide at least 30 days when there are reasonable grounds to believe that a person is a victim.", Force::Mandatory)
        },
        provision("13-3", "13(3)", "Recovery and reflection period", "The State is not bound to observe the period if public order prevents it or victim status was improperly claimed.", Force::Exception),
        Provision {
            qualifier: text("one of the two or both"),
            ..provision("14-1", "14(1)", "Residence permit", "The State may choose for which of two situations a renewable residence permit is given.", Force::Possibility)
        },
    ]
}

fn redress() -> Vec<Provision> {
    let title = "Compensation and legal redress";
    let mut awards = measurement("I30a", "Awards as a share of applications", "2012 to 2020", figures::secondary(19.1, "per cent"), "Not compared: the figure covers several years together.", &[6]);
    awards.note = text("54 of 283 applications, as quoted by others.");
    let mut applicants = measurement("I30b", "Applicants paid within ninety days", "all", figures::invented(3.0, "persons", "2026-01-22"), "Same: 3 in 2024.", &[6]);
    applicants.before = Some((text("2024"), figures::invented(2.0, "persons", "2025-01-20"), Some(figures::invented(3.0, "persons", "2026-01-22"))));
    let mut reply = finding(5, "Compensation is guaranteed and hardly paid", "Three people were paid within ninety days in a year in which the office received one hundred and six applications [6][9].", &[6, 9], &[8]);
    reply.proof = Proof::ClearConvincing;
    reply.replies = vec![Reply { body: text("Invented Compensation Office"), sent_on: text("2026-04-12"), replied_on: text("2026-05-20"), words: text("The scheme pays all who qualify. Time limits are set by statute.") }];
    vec![
        provision("15-3", "15(3)", title, "Internal law must give victims a right to compensation from those who exploited them.", Force::Mandatory),
        Provision {
            ratings: vec![disputed(
                rating(HERE, &["411", "411", "411"], Trend::Same, "A scheme exists by statute. Its limits on time and on conviction keep most people out [6].", &[6]),
                "Structure should be 3: a two-year limit is not a guarantee.",
            )],
            indicators: vec![Indicator {
                version: 3,
                comparability: Some((Comparability::WithCare, text("the period counted is no longer the tax year"))),
                ..indicator("I30", "Compensation", "Awards made and applicants paid.", IndicatorKind::Outcome, Direction::Higher, vec![awards, applicants])
            }],
            claims: vec![claim(7, "Invented Compensation Office", "Victims of trafficking may apply like any other victim of violent crime.", "2025-03-04")],
            findings: vec![reply],
            evidence: vec![6, 8, 9],
            mapped: texts(&["Related duty: ECHR 4, redress"]),
            ..provision("15-4", "15(4)", title, "Compensation for victims must be guaranteed, for instance by a fund.", Force::Conditional)
        },
    ]
}

pub(super) fn criminal_law() -> Vec<Provision> {
    vec![
        Provision {
            ratings: vec![rating(Jurisdiction::Uk, &["322", "322", "432"], Trend::Better, "The offence now covers every form, and charges are brought for it [9].", &[9])],
            evidence: vec![9],
            ..provision("18", "18", "Criminalisation of trafficking in human beings", "Trafficking must be a criminal offence when committed intentionally.", Force::Mandatory)
        },
        provision("19", "19", "Criminalisation of the use of services of a victim", "The State must consider making it an offence to use services knowing that the person is a victim.", Force::Optional),
        Provision {
            qualifier: text("the possibility must exist; its use in one case is not owed"),
            ratings: vec![rating(HERE, &["221", "221", "211"], Trend::Worse, "The defence is narrow, and people under threat are still advised to plead guilty [7][9].", &[7, 9])],
            evidence: vec![7, 9],
            ..provision("26", "26", "Non-punishment provision", "It must be possible not to punish victims for what they were compelled to do.", Force::Mandatory)
        },
    ]
}

pub(super) fn monitoring() -> Vec<Provision> {
    vec![Provision {
        verified: Verified::No,
        ..provision("36-1", "36(1)", "Group of experts", "A group of experts monitors how the Parties carry the Convention out.", Force::Institutional)
    }]
}
