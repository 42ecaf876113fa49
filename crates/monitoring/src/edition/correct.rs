//! Corrections: a new revision with the change shown; the old one stays readable at its address.

use domain::ids::{EditionId, RevisionId};
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::edition_revision;
use store::{AppError, Cx, FieldErrors};

use super::frozen::Correction;
use super::passage;

/// A correction of one passage.
#[derive(Debug, Clone, Default)]
pub struct Correct {
    /// What kind of passage, as [`withdraw::passages`](super::withdraw::passages) calls it.
    pub subject: String,
    /// Its id.
    pub id: String,
    /// The words it should have.
    pub words: String,
    /// What changed and why, for the reader.
    pub reason: String,
}

/// Publishes a correction. Publishers and coordinators.
pub async fn correct(cx: &Cx<'_>, edition: EditionId, input: Correct) -> Result<RevisionId, AppError> {
    let mut errors = FieldErrors::new();
    let words = errors.required("words", &input.words, "Write the corrected words");
    let reason = errors.required("reason", &input.reason, "Say what changed and why: it is printed");
    errors.into_result()?;
    let member = cx.member()?;
    let work = cx.begin(Action::PublishEdition, Relation::Coalition).await?;
    let newest = edition_revision::Entity::find()
        .filter(edition_revision::Column::EditionId.eq(edition.0))
        .order_by_desc(edition_revision::Column::Number)
        .one(&work.tx)
        .await?
        .ok_or(AppError::NotFound("edition"))?;
    let mut content: super::frozen::Edition = serde_json::from_str(&newest.frozen)?;
    let (title, before) =
        passage::reword(&mut content, &input.subject, &input.id, &words).ok_or(AppError::NotFound("passage"))?;
    content.revision += 1;
    content.published_on = cx.now.day().iso();
    content.corrections.insert(
        0,
        Correction {
            revision: content.revision,
            on: content.published_on.clone(),
            words: reason.clone(),
            subject: input.subject,
            id: input.id,
            passage: title,
            before,
            after: words,
        },
    );
    let id = super::publish::freeze(&work.tx, cx, edition.0, member.0, &content, &reason).await?;
    work.finish(cx, "edition_revision", Some(id.0)).await?;
    Ok(id)
}
