//! The sample's evidence: open, withheld, quoted, derived from another item, and with an address.

use monitoring::edition::frozen::Evidence;

use super::text;

fn item(reference: u32, title: &str, publisher: &str, kind: &str, on: &str, grade: &str) -> Evidence {
    Evidence {
        reference,
        id: format!("0190b3c4-0000-7000-8000-{reference:012}"),
        title: text(title),
        publisher: text(publisher),
        kind: text(kind),
        effective_on: text(on),
        grade: text(grade),
        summary: String::new(),
        source_url: String::new(),
        quotes: Vec::new(),
        derived_from: None,
        hashes: vec![format!("{:064x}", u64::from(reference) * 7_919)],
        handling: text("Open"),
        is_invented: true,
    }
}

/// An item of which the public may know only that it exists.
fn withheld(reference: u32, kind: &str, on: &str, grade: &str) -> Evidence {
    Evidence {
        handling: text("Coalition only"),
        hashes: Vec::new(),
        ..item(reference, "Held by the coalition", "withheld", kind, on, grade)
    }
}

pub(super) fn all() -> Vec<Evidence> {
    vec![
        Evidence {
            source_url: text("https://www.gov.uk/government/collections/national-referral-mechanism-statistics"),
            summary: text("Annual and quarterly counts of referrals and decisions, with data tables."),
            is_invented: false,
            ..item(
                1,
                "National Referral Mechanism and Duty to Notify statistics",
                "Home Office",
                "Official statistics",
                "2026-02-26",
                "A1",
            )
        },
        Evidence {
            summary: text("Forty interviews with invented front-line staff on how age is decided at first contact."),
            quotes: vec![(
                text("The form asks for the claimed age. It does not ask what we presumed."),
                text("page 14, paragraph 3"),
            )],
            ..item(
                2,
                "Age at first contact: an invented interview study",
                "Meridian Demo Research",
                "Research",
                "2025-11-03",
                "B2",
            )
        },
        withheld(3, "Organisation’s own record", "2025-09-18", "B2"),
        Evidence {
            summary: text("Inspection of eleven invented safe houses against the care standards."),
            quotes: vec![(
                text("Four of the eleven could be entered without a key."),
                text("section 2.4"),
            )],
            ..item(
                4,
                "Safe houses inspected, 2025",
                "Invented Inspectorate of Demonstrations",
                "Inspection report",
                "2025-12-12",
                "A2",
            )
        },
        Evidence {
            derived_from: Some(4),
            summary: text("A press summary of the inspection; it adds no observation of its own."),
            ..item(
                5,
                "Demo houses left unlocked",
                "The Invented Courier",
                "News",
                "2025-12-14",
                "C2",
            )
        },
        Evidence {
            summary: text(
                "Answer to an invented freedom of information request on compensation applications and awards.",
            ),
            ..item(
                6,
                "Compensation awards 2020 to 2025",
                "Invented Compensation Office",
                "Freedom of information answer",
                "2026-01-22",
                "A2",
            )
        },
        withheld(7, "Testimony", "2025-06-30", "C3"),
        Evidence {
            summary: text("Training returns of the invented first-responder bodies, with numbers trained by role."),
            ..item(
                8,
                "Training return 2025",
                "Department for Demonstration",
                "Government return",
                "2026-02-02",
                "B2",
            )
        },
        Evidence {
            summary: text("Sampled decision letters read against the published guidance."),
            quotes: vec![(
                text("In nine letters of thirty the reason given is a sentence that fits anyone."),
                text("page 6"),
            )],
            ..item(
                9,
                "Reading the letters",
                "Lantern Demo Legal Centre",
                "Research",
                "2025-10-09",
                "B3",
            )
        },
    ]
}
