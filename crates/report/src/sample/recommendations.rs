//! The sample's recommendations: every urgency, every grade, one repeated and one overdue.

use domain::assessment::{Grade, Urgency};
use monitoring::edition::frozen::{Graded, Recommendation};

use super::text;

fn recommend(
    cycle: &str,
    number: u32,
    urgency: Urgency,
    wording: &str,
    success: &str,
    provisions: &[(&str, &str)],
) -> Recommendation {
    Recommendation {
        id: format!("0190b3c4-0001-7000-8000-{cycle}{number:08}"),
        slug: format!("recommendation-{cycle}-{number}"),
        cycle: text(cycle),
        number,
        addressee: text("Department for Demonstration"),
        urgency,
        wording: text(wording),
        success: text(success),
        due_on: text("2026-12-31"),
        provisions: provisions
            .iter()
            .map(|(slug, number)| (text(slug), text(number)))
            .collect(),
        repeats: String::new(),
        grades: Vec::new(),
        is_overdue: false,
        is_invented: true,
    }
}

fn graded(cycle: &str, grade: Grade, reasons: &str, reply: &str) -> Graded {
    Graded {
        cycle: text(cycle),
        grade,
        reasons: text(reasons),
        reply: text(reply),
    }
}

pub(super) fn current() -> Vec<Recommendation> {
    vec![
        Recommendation {
            repeats: text("2024 no. 1"),
            due_on: text("2026-05-31"),
            ..recommend(
                "2025",
                1,
                Urgency::Urges,
                "record at first contact whether a person of uncertain age was presumed to be a child, and publish the count each quarter",
                "A published quarterly count, with the share later confirmed as children.",
                &[("cets-197-10-3", "10(3)")],
            )
        },
        recommend(
            "2025",
            2,
            Urgency::Urges,
            "make every place of the recovery period lockable by the person who lives in it, and inspect all of them within a year",
            "No place inspected in 2026 can be entered without a key.",
            &[("cets-197-12-1-a", "12(1)a"), ("cets-197-13-1-1", "13(1).1")],
        ),
        Recommendation {
            addressee: text("Invented Compensation Office"),
            ..recommend(
                "2025",
                3,
                Urgency::Considers,
                "pay an interim award within ninety days where the decision on being a victim is positive",
                "Half of applicants with a positive decision paid within ninety days.",
                &[("cets-197-15-4", "15(4)")],
            )
        },
        Recommendation {
            addressee: text("Invented Authority for Co-ordination"),
            due_on: text("2027-06-30"),
            ..recommend(
                "2025",
                4,
                Urgency::Invites,
                "involve organisations led by people who have been trafficked in the design of prevention programmes",
                "Minutes show them at every meeting of the design group.",
                &[("cets-197-5-6", "5(6)")],
            )
        },
    ]
}

pub(super) fn earlier() -> Vec<Recommendation> {
    vec![
        Recommendation {
            due_on: text("2025-12-31"),
            is_overdue: true,
            repeats: text("2023 no. 4"),
            grades: vec![graded(
                "2025",
                Grade::C,
                "Guidance was reissued without the record that was asked for.",
                "The Department will consider the matter when the guidance is next revised.",
            )],
            ..recommend(
                "2024",
                1,
                Urgency::Urges,
                "record at first contact whether a person of uncertain age was presumed to be a child",
                "A published yearly count.",
                &[("cets-197-10-3", "10(3)")],
            )
        },
        Recommendation {
            due_on: text("2025-06-30"),
            grades: vec![graded(
                "2025",
                Grade::A,
                "All nine invented responder bodies returned numbers, and the target was passed.",
                "Accepted and done.",
            )],
            ..recommend(
                "2024",
                2,
                Urgency::Urges,
                "train every first responder and publish the numbers by body",
                "Ninety per cent trained.",
                &[("cets-197-10-1-1", "10(1).1")],
            )
        },
        Recommendation {
            due_on: text("2026-12-31"),
            grades: vec![graded(
                "2025",
                Grade::B,
                "Two of the three regions have a plan.",
                "Accepted; the third region follows in 2026.",
            )],
            ..recommend(
                "2024",
                3,
                Urgency::Considers,
                "publish a yearly plan of places by region",
                "Three plans.",
                &[("cets-197-12-1-a", "12(1)a")],
            )
        },
        Recommendation {
            due_on: text("2025-12-31"),
            is_overdue: true,
            grades: vec![graded("2025", Grade::D, "No answer was received.", "")],
            ..recommend(
                "2024",
                4,
                Urgency::Invites,
                "say how organisations are chosen for the prevention forum",
                "A published rule.",
                &[("cets-197-5-6", "5(6)")],
            )
        },
        Recommendation {
            due_on: text("2025-12-31"),
            is_overdue: true,
            addressee: text("Invented Compensation Office"),
            grades: vec![
                graded("2024", Grade::C, "Nothing changed.", "Under review."),
                graded(
                    "2025",
                    Grade::E,
                    "The time limit was shortened instead.",
                    "The Office does not accept that the limit keeps anyone from applying.",
                ),
            ],
            ..recommend(
                "2023",
                6,
                Urgency::Urges,
                "lift the two-year limit for applicants with a positive decision",
                "No refusal on time alone.",
                &[("cets-197-15-4", "15(4)")],
            )
        },
    ]
}
