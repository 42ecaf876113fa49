//! The sample's provisions on identifying victims: a rating in two jurisdictions, a series with a
//! break, and a finding with contrary evidence, a reply and a silence.

use domain::assessment::{Confidence, Trend};
use domain::cycle::Jurisdiction;
use domain::indicator::{Comparability, Direction, IndicatorKind};
use domain::standard::Force;
use monitoring::edition::frozen::{Finding, Indicator, Provision, Reply};

use super::parts::{claim, disputed, finding, indicator, measurement, provision, rating};
use super::{HERE, figures, text, texts};

#[expect(clippy::too_many_lines, reason = "data, not steps")]
pub(super) fn all() -> Vec<Provision> {
    let title = "Identification of the victims";
    let mut trained = measurement(
        "I3a",
        "Share of first responders trained in two years",
        "all",
        figures::survey(92.0, (1_104.0, 1_200.0), (90.3, 93.4), "2026-02-02"),
        "Better: 11 percentage points more than in 2024, above the stated minimum change of 5.",
        &[8],
    );
    trained.before = Some((
        text("2024"),
        figures::survey(81.0, (972.0, 1_200.0), (78.7, 83.1), "2025-02-11"),
        None,
    ));
    let mut referred = measurement(
        "I10a",
        "People referred",
        "all",
        figures::referrals(23_411.0, "2026-02-26"),
        "Neither better nor worse in itself: more referrals may mean more trafficking or more identification.",
        &[1],
    );
    referred.before = Some((text("2024"), figures::referrals(19_125.0, "2025-03-06"), None));
    referred.series = text("nrm-referrals");
    let mut children = measurement(
        "I10b",
        "Children referred",
        "under 18 at exploitation",
        figures::referrals(7_432.0, "2024-03-07"),
        "Same: the count is of 2023, the latest published with age at exploitation.",
        &[1],
    );
    children.note = text("Age at exploitation is missing for 936 people.");
    let mut positive = measurement(
        "I12a",
        "Reasonable grounds decisions that are positive",
        "all",
        figures::share(62.0, None, "2026-02-26"),
        "Not compared with 2022: the test changed on 30 January 2023.",
        &[1],
    );
    positive.before = Some((text("2022"), figures::share(85.0, None, "2023-03-02"), None));
    positive.series = text("nrm-rg-positive");

    let mut age = disputed(
        rating(
            HERE,
            &["421", "421", "410"],
            Trend::Worse,
            "The presumption is written in guidance and in statute. At first contact staff decide age by appearance, and no form records a presumption [2][3].",
            &[2, 3],
        ),
        "The outcome should be 1: in the north the presumption was applied in most cases we saw.",
    );
    age.now.confidence = Confidence::High;
    let mut disbelieved = finding(
        3,
        "The presumption of childhood is set aside at first contact",
        "In the cases read, a person who said they were a child was treated as an adult before any assessment of age was begun [2][3]. One region is different [9].",
        &[2, 3],
        &[9],
    );
    disbelieved.replies = vec![
        Reply {
            body: text("Department for Demonstration"),
            sent_on: text("2026-04-10"),
            replied_on: text("2026-05-02"),
            words: text(
                "Staff are told to presume. Where they did not, that was a mistake in single cases, and the guidance has been sent round again.",
            ),
        },
        Reply {
            body: text("Invented Border Service"),
            sent_on: text("2026-04-10"),
            replied_on: String::new(),
            words: String::new(),
        },
    ];
    vec![
        Provision {
            ratings: vec![rating(
                HERE,
                &["311", "322", "333"],
                Trend::Better,
                "Nine of ten first responders are trained, and the training is examined [8].",
                &[8],
            )],
            indicators: vec![indicator(
                "I3",
                "Trained first responders",
                "First responders who finished the agreed training in the last two years, as a share of all of them.",
                IndicatorKind::Process,
                Direction::Higher,
                vec![trained],
            )],
            evidence: vec![8],
            ..provision(
                "10-1-1",
                "10(1).1",
                title,
                "Authorities must have people who are trained and qualified to prevent trafficking and to identify and help victims, children included.",
                Force::Mandatory,
            )
        },
        Provision {
            qualifier: text("collaboration as appropriate"),
            ratings: vec![
                rating(
                    HERE,
                    &["322", "322", "322"],
                    Trend::Same,
                    "Two of three referrals end in a decision within the year; those who refuse to be referred are nowhere counted [1].",
                    &[1],
                ),
                rating(
                    Jurisdiction::Scotland,
                    &["321", "321", "332"],
                    Trend::Better,
                    "A second decision-maker was set up, with support organisations in the room [1].",
                    &[1],
                ),
            ],
            indicators: vec![
                indicator(
                    "I10",
                    "Referrals",
                    "People referred to the identification procedure in the period.",
                    IndicatorKind::Process,
                    Direction::None,
                    vec![referred, children],
                ),
                Indicator {
                    version: 2,
                    comparability: Some((
                        Comparability::NotComparable,
                        text("the legal test for the decision was changed"),
                    )),
                    ..indicator(
                        "I12",
                        "Positive decisions",
                        "Decisions that there are reasonable grounds, as a share of all decisions.",
                        IndicatorKind::Outcome,
                        Direction::None,
                        vec![positive],
                    )
                },
            ],
            claims: vec![claim(
                2,
                "Department for Demonstration",
                "Every potential victim who consents is referred and receives a decision without delay.",
                "2025-10-14",
            )],
            findings: vec![Finding {
                method_note: text("One official statistic stands alone: it counts every decision made."),
                ..finding(
                    2,
                    "More people are referred than ever",
                    "Referrals in 2025 were the highest since counting began [1].",
                    &[1],
                    &[],
                )
            }],
            evidence: vec![1, 9],
            mapped: texts(&["Same duty: ECHR 4, duty to identify"]),
            ..provision(
                "10-2-1",
                "10(2).1",
                title,
                "The State must take the measures needed to identify victims, working with other Parties and with support organisations.",
                Force::Mandatory,
            )
        },
        Provision {
            ratings: vec![age],
            claims: vec![claim(
                3,
                "Department for Demonstration",
                "A person whose age is uncertain is treated as a child until an assessment is finished.",
                "2025-10-14",
            )],
            findings: vec![disbelieved],
            evidence: vec![2, 3, 9],
            indicators: vec![indicator(
                "I14",
                "Presumption recorded",
                "Cases of uncertain age in which a presumption of childhood was recorded, as a share of such cases.",
                IndicatorKind::Outcome,
                Direction::Higher,
                vec![measurement(
                    "I14a",
                    "Presumption recorded",
                    "all",
                    figures::suppressed("per cent", "2026-02-26"),
                    "Not compared: the publisher suppressed the value.",
                    &[1],
                )],
            )],
            ..provision(
                "10-3",
                "10(3)",
                title,
                "Where age is uncertain and there is reason to believe a victim is a child, the person must be presumed a child and given special protection until age is verified.",
                Force::Mandatory,
            )
        },
    ]
}
