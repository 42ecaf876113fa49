//! What an organisation keeps besides its cases: what came to it, what it released, and how it works.

use domain::permission::Action;
use interchange::xlsx_out::Sheet as Page;
use sea_orm::EntityTrait;
use serde::Serialize;
use store::row::organisation;
use store::{AppError, Cx};

use super::tables::{page, text};
use crate::contribution::{self, Record};
use crate::feedback::{self, Given};
use crate::import::{self, Mapping};
use crate::own_time;
use crate::plan;
use crate::referral::{self, Came};
use crate::text::{TextCode, languages};

/// How it works.
#[derive(Serialize)]
pub(super) struct Settings {
    /// Whether a supervisor approves plans.
    pub plans_are_approved: bool,
    /// Which column holds what, as was said of files that were brought in.
    pub mappings: Vec<Mapping>,
}

/// A text that people are given or read, as the program carries it now. An event of consent names the one that was used.
#[derive(Serialize)]
pub(super) struct Wording {
    pub code: &'static str,
    pub language: &'static str,
    /// The revision of the English text.
    pub revision: u32,
    pub translator: &'static str,
    pub checked_by: &'static str,
    pub words: &'static str,
}

/// Everything besides the cases.
#[derive(Serialize)]
pub(super) struct House {
    pub organisation: String,
    pub settings: Settings,
    pub referrals_received: Vec<Came>,
    pub feedback: Vec<Given>,
    pub contributions: Vec<Record>,
    /// Unpaid time that belongs to no case.
    pub own_time: Vec<own_time::Entry>,
    pub texts: Vec<Wording>,
}

fn texts() -> Vec<Wording> {
    let of = |code: &TextCode| {
        let code = *code;
        languages().iter().map(move |language| {
            let text = language.text(code);
            Wording {
                code: code.code(),
                language: &language.tag,
                revision: text.revision,
                translator: &text.translator,
                checked_by: &text.checked_by,
                words: &text.words,
            }
        })
    };
    TextCode::READ.iter().flat_map(of).collect()
}

/// Opens what the member's own organisation keeps besides its cases; the log names each thing that was sealed.
pub(super) async fn of(cx: &Cx<'_>) -> Result<House, AppError> {
    cx.permit(Action::ExportCases, domain::permission::Relation::OwnOrganisation)?;
    let own = organisation::Entity::find_by_id(cx.organisation()?.0)
        .one(cx.db.reader())
        .await?;
    Ok(House {
        organisation: own.map(|row| row.name).unwrap_or_default(),
        settings: Settings {
            plans_are_approved: plan::wanted(cx).await?.approval,
            mappings: import::all_mappings(cx).await?,
        },
        referrals_received: referral::everything_received(cx).await?,
        feedback: feedback::everything(cx).await?,
        contributions: contribution::everything(cx).await?,
        own_time: own_time::of(cx).await?,
        texts: texts(),
    })
}

/// The same as sheets of the workbook.
pub(super) fn pages(of: &House) -> Vec<Page> {
    let received = of.referrals_received.iter().map(|came| {
        vec![
            text(came.id.to_string()),
            text(came.sender.clone()),
            text(came.state.words()),
            text(came.offered_on.clone()),
            text(came.answered_on.clone().unwrap_or_default()),
            text(came.ended_on.clone().unwrap_or_default()),
            text(came.case.map_or_else(String::new, |case| case.to_string())),
        ]
    });
    let feedback = of.feedback.iter().map(|given| {
        vec![
            text(given.received_on.clone()),
            text(if given.is_read { "yes" } else { "no" }),
            text(given.words.clone()),
            text(given.contact.clone()),
        ]
    });
    let contributions = of.contributions.iter().map(|record| {
        let at = |at: Option<domain::Instant>| at.map_or_else(String::new, |at| at.to_string());
        let n_cases = record
            .content
            .as_ref()
            .map_or_else(String::new, |content| content.n_rows.to_string());
        vec![
            text(record.cycle.clone()),
            text(record.number.map_or_else(String::new, |number| number.to_string())),
            text(record.state.words()),
            text(record.prepared_by.clone()),
            text(record.prepared_at.to_string()),
            text(record.decided_by.clone()),
            text(at(record.decided_at)),
            text(at(record.sent_at)),
            text(n_cases),
            text(record.sha256.clone().unwrap_or_default()),
        ]
    });
    let texts = of.texts.iter().map(|wording| {
        vec![
            text(wording.code),
            text(wording.language),
            text(wording.revision.to_string()),
            text(wording.translator),
            text(wording.checked_by),
            text(wording.words),
        ]
    });
    let own_time = of.own_time.iter().map(|entry| {
        let given = &entry.given;
        vec![
            text(given.on.iso()),
            text(given.minutes.to_string()),
            text(given.kind.words()),
            text(given.agency.words()),
            text(given.body.map_or("", domain::casework::Agency::words)),
            text(entry.by.clone()),
        ]
    });
    let mut settings = vec![vec![
        text("A supervisor approves plans"),
        text(if of.settings.plans_are_approved { "yes" } else { "no" }),
    ]];
    for mapping in &of.settings.mappings {
        let held = mapping
            .columns
            .iter()
            .map(|(heading, code)| format!("{heading}: {code}"));
        let fixed = mapping
            .fixed
            .iter()
            .map(|(code, value)| format!("always {code}: {value}"));
        let lines: Vec<String> = held.chain(fixed).collect();
        settings.push(vec![
            text("Columns of a file that was brought in"),
            text(lines.join("\n")),
        ]);
    }
    vec![
        page(
            "referrals received",
            &[
                "Referral",
                "From",
                "State",
                "Offered on",
                "Answered on",
                "Ended on",
                "Case",
            ],
            Vec::new(),
            received.collect(),
        ),
        page(
            "feedback",
            &["Came on", "Read", "Words", "How to reach them"],
            Vec::new(),
            feedback.collect(),
        ),
        page(
            "contributions",
            &[
                "Cycle",
                "Number",
                "State",
                "Prepared by",
                "Prepared at",
                "Approved or refused by",
                "Approved or refused at",
                "Sent at",
                "Cases",
                "Fingerprint of the file (SHA-256)",
            ],
            Vec::new(),
            contributions.collect(),
        ),
        page(
            "unpaid time outside cases",
            &[
                "Day",
                "Minutes",
                "What for",
                "Whose duty it was",
                "For which public body",
                "By",
            ],
            Vec::new(),
            own_time.collect(),
        ),
        page(
            "consent texts",
            &["Text", "Language", "Revision", "Translated by", "Checked by", "Words"],
            Vec::new(),
            texts.collect(),
        ),
        page("settings", &["What", "Answer"], Vec::new(), settings),
    ]
}
