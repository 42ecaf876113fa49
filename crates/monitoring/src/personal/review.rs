//! A second person compares the copy with the original. Approved, it becomes evidence.

use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use store::row::redaction;
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use super::open::{open, unseal};
use super::{note, sealed};
use crate::evidence::{Passage, Record, Upload, check_record, insert_record};

/// What the second person says of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing in it points to a person.
    Approve,
    /// Something does, or something is lost that matters; what, in words.
    Return(String),
}

/// Approves a copy, which makes it an item of evidence, or returns it. Never by whoever wrote it. Gives the
/// original's id.
pub async fn review(cx: &Cx<'_>, id: Uuid, verdict: Verdict) -> Result<Uuid, AppError> {
    let row = redaction::Entity::find_by_id(id)
        .one(cx.db.reader())
        .await?
        .ok_or(AppError::NotFound("redacted copy"))?;
    let of = row.personal_evidence_id;
    sealed(cx, of).await?;
    cx.permit(Action::ReviewRedaction, Relation::OwnOrganisation)?;
    if row.member_id == cx.member()?.0 {
        return Err(AppError::Refused(
            "you wrote this copy: someone else of your organisation compares it with the original".into(),
        ));
    }
    if row.state != "proposed" {
        return Err(AppError::Conflict("redacted copy"));
    }
    let opened = open(cx, of).await?;
    let copy = opened.copies.into_iter().find(|copy| copy.id == id);
    let copy = copy.ok_or(AppError::NotFound("redacted copy"))?.copy;
    let mut change = row.clone().into_active_model();
    change.reviewer_id = Set(Some(cx.member()?.0));
    match verdict {
        Verdict::Return(typed) => {
            if typed.trim().is_empty() {
                return Err(AppError::Invalid(FieldErrors::of(
                    "note",
                    "Say what still points to a person, or what is missing",
                )));
            }
            let (_, _, key, _) = unseal(cx, of).await?;
            let work = cx.begin(Action::ReviewRedaction, Relation::OwnOrganisation).await?;
            change.state = Set("returned".to_owned());
            change.sealed_note = Set(Some(key.seal(&note(id), typed.trim().as_bytes())));
            change.update(&work.tx).await?;
            work.finish(cx, "redaction", Some(id)).await?;
        }
        Verdict::Approve => {
            let original = opened.original;
            let record = Record {
                kind: original.kind,
                title: copy.title.clone(),
                summary: copy.summary.clone(),
                origin: copy.origin.clone(),
                publisher: copy.publisher.clone(),
                source_url: copy.source_url.clone(),
                effective_on: copy.effective_on.clone(),
                reliability: original.reliability,
                credibility: original.credibility,
                handling: copy.handling.clone(),
                quoting: copy.quoting.clone(),
                identifies_person: Some(false),
                provisions: original.provisions,
                forms: original.forms,
                groups: original.groups,
                areas: original.areas,
                files: vec![Upload {
                    name: "redacted-copy.txt".into(),
                    media_type: "text/plain".into(),
                    bytes: copy.file().into(),
                }],
                passages: copy
                    .quotes
                    .iter()
                    .map(|(page, quote)| Passage {
                        file: Some(0),
                        page: page.clone(),
                        quote: quote.clone(),
                    })
                    .collect(),
                is_invented: opened.row.is_invented,
                ..Record::default()
            };
            let checked = check_record(cx, &record).await?;
            let work = cx.begin(Action::ReviewRedaction, Relation::OwnOrganisation).await?;
            let item = insert_record(&work.tx, cx, checked, row.member_id).await?;
            change.state = Set("approved".to_owned());
            change.evidence_id = Set(Some(item.0));
            change.update(&work.tx).await?;
            work.finish(cx, "redaction", Some(id)).await?;
        }
    }
    Ok(of)
}
