//! Recording a claim.

use domain::Day;
use domain::cycle::Jurisdiction;
use domain::ids::{BodyId, ClaimId, ProvisionId};
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, EntityTrait};
use store::row::{body, claim, provision};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

/// What it takes to record a claim.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// The provision it speaks of.
    pub provision: Option<ProvisionId>,
    /// Code of the [`Jurisdiction`] it is about.
    pub jurisdiction: String,
    /// The body that said it; `None` for the state as a whole.
    pub body: Option<BodyId>,
    /// What was said, in its own words or a close account of them.
    pub words: String,
    /// Where: the document or speech.
    pub source: String,
    /// Its web address; may be empty.
    pub source_url: String,
    /// The day it was said, ISO; not in the future.
    pub made_on: String,
    /// Whether it was invented for a demonstration.
    pub is_invented: bool,
}

/// Records a claim. Coordinators, contributors and assessors.
pub async fn record(cx: &Cx<'_>, input: Record) -> Result<ClaimId, AppError> {
    let checked = check(cx, &input)?;
    let work = cx.begin(Action::RecordClaim, Relation::Coalition).await?;
    checked.linked_exist(&work.tx).await?;
    let id = cx.ids.ordered();
    claim::ActiveModel {
        id: Set(id),
        is_invented: Set(input.is_invented),
        member_id: Set(cx.member()?.0),
        recorded_at: Set(cx.now.0),
        revision: Set(1),
        ..checked.columns()
    }
    .insert(&work.tx)
    .await?;
    work.finish(cx, "claim", Some(id)).await?;
    Ok(ClaimId(id))
}

/// What a claim says, checked.
pub(super) struct Checked {
    provision: ProvisionId,
    jurisdiction: Jurisdiction,
    body: Option<BodyId>,
    words: String,
    source: String,
    source_url: String,
    made_on: Day,
}

/// Checks what was typed, and collects every fault.
pub(super) fn check(cx: &Cx<'_>, input: &Record) -> Result<Checked, AppError> {
    let mut errors = FieldErrors::new();
    if input.provision.is_none() {
        errors.add("provision", "Choose the provision that the claim is about");
    }
    let jurisdiction = errors.code(
        "jurisdiction",
        Jurisdiction::parse(&input.jurisdiction),
        "Choose which legal system the claim is about",
    );
    let words = errors.required("words", &input.words, "Enter what was said");
    let source = errors.required(
        "source",
        &input.source,
        "Enter where it was said: the document, answer or speech",
    );
    let source_url = input.source_url.trim().to_owned();
    if !(source_url.is_empty() || source_url.starts_with("https://") || source_url.starts_with("http://")) {
        errors.add("source_url", "Write the address in full, beginning with https://");
    }
    let made_on = errors.day("made_on", &input.made_on);
    if made_on.is_some_and(|day| day > cx.now.day()) {
        errors.add(
            "made_on",
            "This day is in the future: enter the day on which it was said",
        );
    }
    errors.into_result()?;
    let (Some(provision), Some(jurisdiction), Some(made_on)) = (input.provision, jurisdiction, made_on) else {
        return Err(AppError::Refused("The claim is not complete".into()));
    };
    Ok(Checked {
        provision,
        jurisdiction,
        body: input.body,
        words,
        source,
        source_url,
        made_on,
    })
}

impl Checked {
    /// The provision and the body must exist.
    pub(super) async fn linked_exist(&self, tx: &impl ConnectionTrait) -> Result<(), AppError> {
        provision::Entity::find_by_id(self.provision.0)
            .one(tx)
            .await?
            .ok_or(AppError::NotFound("provision"))?;
        if let Some(said_by) = self.body {
            body::Entity::find_by_id(said_by.0)
                .one(tx)
                .await?
                .ok_or(AppError::NotFound("public body"))?;
        }
        Ok(())
    }

    /// As columns; what was recorded with the claim and is not said by it is left out.
    pub(super) fn columns(self) -> claim::ActiveModel {
        claim::ActiveModel {
            provision_id: Set(self.provision.0),
            jurisdiction: Set(self.jurisdiction.code().to_owned()),
            body_id: Set(self.body.map(Uuid::from)),
            words: Set(self.words),
            source: Set(self.source),
            source_url: Set(self.source_url),
            made_on: Set(self.made_on.iso()),
            ..Default::default()
        }
    }
}
