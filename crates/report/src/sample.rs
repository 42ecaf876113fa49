//! A rich, invented edition built in code: one of everything that a page, the PDF or the data
//! package has to be able to show. Tests of this crate and of its benches are made on it.
//!
//! The official figures are facts typed in; every rating, finding, claim, item of evidence,
//! quotation and reply is invented and says so.

mod evidence;
mod figures;
mod identification;
mod parts;
mod provisions;
mod recommendations;

use domain::assessment::Trend;
use domain::cycle::Jurisdiction;
use domain::publication::Licence;
use monitoring::edition::frozen::{
    Break, Chapter, Checkpoint, Correction, Edition, Interest, NotAssessed, QuestionnaireSection, Section,
    StandardEntry, Summary, Tombstone,
};

/// Words of a passage that was withdrawn: they must be nowhere in any output.
pub const WITHDRAWN_WORDS: &str = "the lighthouse keeper was told to wait outside";

/// Organisations of the invented coalition.
pub(crate) const ORGANISATIONS: [&str; 5] = [
    "Harbour Demo Shelter",
    "Lantern Demo Legal Centre",
    "Orchard Demo Children’s Trust",
    "Meridian Demo Research",
    "Thistle Demo Aid",
];

fn text(words: &str) -> String {
    words.to_owned()
}

fn texts(words: &[&str]) -> Vec<String> {
    words.iter().copied().map(str::to_owned).collect()
}

/// The sample: cycle 2025, revision 2; twelve provisions rated, one not assessed, five of a force that is not rated.
pub fn edition() -> Edition {
    Edition {
        cycle: text("2025"),
        title: text("Audit 2025"),
        revision: 2,
        published_on: text("2026-06-18"),
        period: (text("2025-01-01"), text("2025-12-31")),
        cutoff_on: text("2026-03-31"),
        is_invented: true,
        state: text("the United Kingdom"),
        corrections: vec![Correction {
            revision: 2,
            on: text("2026-06-18"),
            words: text(
                "The vintage of the 2024 figure for referrals was printed as 2025; it is 2026. No rating depends on it.",
            ),
            subject: text("summary"),
            id: text("00000000-0000-4000-8000-000000000001"),
            passage: text("Summary: people referred in 2024"),
            before: text("As published in 2025."),
            after: text("As published in 2026."),
        }],
        standards: vec![
            StandardEntry {
                code: text("CETS 197"),
                title: text("Council of Europe Convention on Action against Trafficking in Human Beings"),
                version: text("2005-05-16"),
                source: text("https://www.coe.int/en/web/conventions/full-list?module=treaty-detail&treatynum=197"),
            },
            StandardEntry {
                code: text("ECHR 4"),
                title: text("European Convention on Human Rights, Article 4: positive obligations"),
                version: text("2024"),
                source: text("https://www.echr.coe.int/"),
            },
        ],
        organisations: texts(&ORGANISATIONS),
        summary: summary(),
        method: method(),
        chapters: chapters(),
        recommendations: recommendations::current(),
        earlier_recommendations: recommendations::earlier(),
        evidence: evidence::all(),
        series: figures::series(),
        breaks: vec![
            Break {
                what: text("Reasonable grounds decisions that are positive"),
                code: text("nrm-rg-positive"),
                on: text("2023-01-30"),
                reason: text(
                    "The test for reasonable grounds was changed; decisions before and after answer different questions.",
                ),
            },
            Break {
                what: text("Median days to a conclusive grounds decision"),
                code: text("I13"),
                on: text("2024-01-01"),
                reason: text("Days are counted from the referral, and no longer from the reasonable grounds decision."),
            },
        ],
        not_assessed: vec![NotAssessed {
            slug: text("cets-197-15-3"),
            provision: text("15(3) Compensation and legal redress"),
            reason: text("Only one organisation had an assessor without an interest in it."),
        }],
        interests: vec![
            Interest {
                organisation: text("Harbour Demo Shelter"),
                kind: text("Paid by the body assessed"),
                about: text("12(1)a"),
                words: text("Holds a subcontract for safe-house places from the Department for Demonstration."),
                barred: true,
                effect: text("Its assessors may not rate Article 12(1)a."),
            },
            Interest {
                organisation: text("Lantern Demo Legal Centre"),
                kind: text("Another interest"),
                about: text("15(4)"),
                words: text("Advised two claimants in an invented compensation scheme review."),
                barred: false,
                effect: String::new(),
            },
        ],
        questionnaire: questionnaire(),
        tombstones: vec![Tombstone {
            what: text("Finding 9"),
            slug: text("finding-9"),
            on: text("2026-06-18"),
            reason: text("A person could have been recognised from it."),
            unreachable: text("Copies downloaded before 18 June 2026 cannot be recalled."),
        }],
        licence: Some(Licence::Attribution),
        // The form of one; nothing was signed.
        checkpoint: Some(Checkpoint {
            note: text(
                "rapporteur/0123456789abcdef\n8\nQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=\n\n— rapporteur/0123456789abcdef QUFBQUFBQUE=\n",
            ),
            key: text("rapporteur/0123456789abcdef+01234567+AUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"),
        }),
    }
}

fn summary() -> Summary {
    Summary {
        words: texts(&[
            "The law on the page has changed little since last year, and most of it is sound. What people meet when they ask for protection has moved further from it: of twelve rated provisions, four keep the letter while the practice falls to a token or to nothing.",
            "Two things improved and can be shown. More front-line staff are trained to identify victims, and the wait for a conclusive grounds decision fell in the second half of the year. Three things got worse: secure accommodation, information on compensation, and the presumption that a person of uncertain age is a child.",
            "The State answered eleven of fourteen recommendations of last year. Four are largely carried out. Two were rejected, with reasons that are printed beside them.",
        ]),
        headlines: texts(&[
            "The presumption of childhood exists in guidance and is set aside at the first interview (10(3)).",
            "A third of people in the recovery period spent part of it in accommodation that was not secure (12(1)a).",
            "Compensation is guaranteed in statute; hardly anyone who asks receives it (15(4)).",
            "Training of first responders reached the target set in 2023 (10(1).1).",
        ]),
        trends: vec![
            (Trend::Better, 3),
            (Trend::Same, 4),
            (Trend::Worse, 3),
            (Trend::New, 1),
            (Trend::Broken, 1),
        ],
        letter_against_practice: texts(&[
            "10(3) Presumption of childhood",
            "12(1)a Appropriate and secure accommodation",
            "13(1).1 Recovery and reflection period",
            "15(4) Guaranteed compensation",
        ]),
        figures: vec![
            (
                text("people referred in 2024"),
                figures::referrals(19_125.0, "2026-02-26"),
            ),
            (
                text("reasonable grounds decisions that were positive"),
                figures::share(53.0, None, "2025-03-06"),
            ),
            (
                text("average wait for a conclusive decision, July to September"),
                figures::unverified(550.0, "days"),
            ),
        ],
    }
}

fn method() -> Vec<Section> {
    let section = |heading: &str, paragraphs: &[&str]| Section {
        heading: text(heading),
        paragraphs: texts(paragraphs),
    };
    vec![
        section(
            "What was audited",
            &[
                "Every paragraph of the Convention that binds the State is read on its own, from 1 January to 31 December 2025. Evidence that reached the coalition after 31 March 2026 was not considered.",
            ],
        ),
        section(
            "Who judged",
            &[
                "Two assessors from different organisations rated each provision without seeing each other’s work, and then agreed one rating. A person with a conflicting interest was barred, and the interest is printed.",
                "Every organisation then signed, dissented, abstained or did not answer. All four are printed beside the rating.",
            ],
        ),
        section(
            "Where the figures come from",
            &[
                "Figures are official statistics or were typed in with their source. Nothing in this edition was computed from members’ cases.",
                "Official figures are revised. The annex keeps the vintage of each, and a comparison uses the latest vintage and shows the one frozen a year before.",
            ],
        ),
        section(
            "What the evidence cannot show",
            &[
                "Nobody counts the people who are never referred. Northern Ireland is covered by nine items of evidence, Wales by four; an empty place is a finding about the monitoring itself.",
            ],
        ),
    ]
}

fn chapters() -> Vec<Chapter> {
    let chapter = |number: &str, title: &str, provisions| Chapter {
        standard: text("CETS 197"),
        number: text(number),
        title: text(title),
        provisions,
    };
    vec![
        chapter(
            "II",
            "Prevention, co-operation and other measures",
            provisions::prevention(),
        ),
        chapter(
            "III",
            "Measures to protect and promote the rights of victims, guaranteeing gender equality",
            provisions::protection(),
        ),
        chapter("IV", "Substantive criminal law", provisions::criminal_law()),
        chapter("VII", "Monitoring mechanism", provisions::monitoring()),
    ]
}

fn questionnaire() -> Vec<QuestionnaireSection> {
    let section = |round, section: &str, title: &str, articles: &[&str], provisions: &[&str]| QuestionnaireSection {
        round,
        section: text(section),
        title: text(title),
        articles: texts(articles),
        official_no: String::new(),
        provisions: texts(provisions),
    };
    vec![
        section(3, "2", "Legal assistance and free legal aid", &["15"], &[]),
        section(3, "4", "Compensation", &["15"], &["cets-197-15-3", "cets-197-15-4"]),
        section(3, "Part III", "Statistics", &[], &[]),
        section(
            4,
            "I",
            "Vulnerability and prevention",
            &["5", "6"],
            &["cets-197-5-1", "cets-197-5-2", "cets-197-5-6"],
        ),
        section(
            4,
            "II",
            "Identification, assistance and children",
            &["10", "12", "13"],
            &["cets-197-10-1-1", "cets-197-10-3", "cets-197-12-1-a", "cets-197-13-1-1"],
        ),
        section(
            4,
            "",
            "Recommendations of the third round not or only partly followed",
            &[],
            &[],
        ),
    ]
}

/// England and Wales is the default jurisdiction of the sample's invented words.
pub(crate) const HERE: Jurisdiction = Jurisdiction::EnglandWales;
