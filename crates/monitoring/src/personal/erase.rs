//! What a person can ask for: everything that is kept about them, and that it be forgotten.

use std::collections::HashMap;

use access::key::person;
use domain::Instant;
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use store::draft;
use store::files::Files;
use store::row::{audit, member, personal_evidence, personal_file};
use store::{AppError, Cx, Db};
use uuid::Uuid;

use super::open::open;
use super::redact::struck;
use super::{Original, sealed};

/// Everything that is kept about one person.
#[derive(Debug, Clone, Serialize)]
pub struct About {
    /// The originals sealed under this person's key, with the day each was recorded.
    pub originals: Vec<Kept>,
    /// Who opened them.
    pub openings: Vec<Opening>,
}

impl About {
    /// Everything as JSON, for another program.
    pub fn json(&self) -> Result<Vec<u8>, AppError> {
        Ok(serde_json::to_vec_pretty(self)?)
    }

    /// Everything as paragraphs, each with its heading, for print.
    pub fn paragraphs(&self) -> Vec<(String, String)> {
        let mut all = Vec::new();
        for kept in &self.originals {
            let record = &kept.record;
            let mut words = vec![record.summary.clone()];
            words.extend(
                record
                    .passages
                    .iter()
                    .map(|passage| format!("“{}” {}", passage.quote, passage.page)),
            );
            words.push(format!(
                "Recorded on {}; about the day {}.",
                kept.recorded_on, record.effective_on
            ));
            words.push(format!("Held by {}. {}", record.publisher, record.origin));
            words.extend(record.files.iter().map(|(name, _)| format!("File: {name}")));
            all.push((record.title.clone(), words.join("\n")));
        }
        let openings = self
            .openings
            .iter()
            .map(|opening| format!("{}: {}, {}", opening.at, opening.by, opening.act));
        all.push(("Who has opened it".to_owned(), openings.collect::<Vec<_>>().join("\n")));
        all
    }
}

/// One original.
#[derive(Debug, Clone, Serialize)]
pub struct Kept {
    /// The day it was recorded.
    pub recorded_on: String,
    /// What it says, with the words about others struck.
    pub record: Original,
}

/// One opening.
#[derive(Debug, Clone, Serialize)]
pub struct Opening {
    /// When, in UTC.
    pub at: String,
    /// Who.
    pub by: String,
    /// As what.
    pub act: String,
}

/// Everything under the key of the person whom an original is about, for them to read. `strike` are words about
/// third parties, one or several to a line, which are struck from it.
pub async fn about(cx: &Cx<'_>, id: Uuid, strike: &str) -> Result<About, AppError> {
    let (row, _) = sealed(cx, id).await?;
    cx.permit(Action::AnswerPerson, Relation::OwnOrganisation)?;
    let rows = of_person(cx.db, row.person_key_id).await?;
    let words: Vec<&str> = strike.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut originals = Vec::new();
    for row in &rows {
        let opened = open(cx, row.id).await?;
        originals.push(Kept {
            recorded_on: row.recorded_on.clone(),
            record: without(opened.original, &words),
        });
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let acts = audit::Entity::find()
        .filter(audit::Column::SubjectId.is_in(ids))
        .order_by_asc(audit::Column::At)
        .all(cx.db.reader())
        .await?;
    let names: HashMap<Uuid, String> = member::Entity::find()
        .filter(member::Column::Id.is_in(acts.iter().filter_map(|act| act.member_id)))
        .all(cx.db.reader())
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    cx.disclose(
        Action::AnswerPerson,
        Relation::OwnOrganisation,
        "personal_evidence",
        &[id],
    )
    .await?;
    Ok(About {
        originals,
        openings: acts
            .into_iter()
            .map(|act| Opening {
                at: Instant(act.at).to_string(),
                by: act.member_id.and_then(|id| names.get(&id).cloned()).unwrap_or_default(),
                act: Action::parse(&act.action).map_or(act.action, |action| action.words().to_owned()),
            })
            .collect(),
    })
}

/// An original with the words about others struck from every text of it.
fn without(mut original: Original, words: &[&str]) -> Original {
    let strike = |text: &mut String| {
        *text = words
            .iter()
            .fold(std::mem::take(text), |text, word| struck(&text, word));
    };
    for text in [
        &mut original.title,
        &mut original.summary,
        &mut original.origin,
        &mut original.publisher,
        &mut original.source_url,
    ] {
        strike(text);
    }
    for passage in &mut original.passages {
        strike(&mut passage.quote);
        strike(&mut passage.page);
    }
    for (name, _) in &mut original.files {
        strike(name);
    }
    original
}

async fn of_person(db: &Db, key: Uuid) -> Result<Vec<personal_evidence::Model>, AppError> {
    Ok(personal_evidence::Entity::find()
        .filter(personal_evidence::Column::PersonKeyId.eq(key))
        .order_by_asc(personal_evidence::Column::RecordedOn)
        .all(db.reader())
        .await?)
}

/// Forgets the person whom an original is about: their key first, so that from then on nobody can read anything of
/// theirs anywhere, and then the records and files, which are noise. The redacted copies, which point to nobody,
/// stay. Gives how many originals there were.
pub async fn erase(cx: &Cx<'_>, id: Uuid) -> Result<usize, AppError> {
    let (row, _) = sealed(cx, id).await?;
    cx.permit(Action::ErasePerson, Relation::OwnOrganisation)?;
    person::erase(cx, row.organisation_id, &[row.person_key_id]).await?;
    let rows = of_person(cx.db, row.person_key_id).await?;
    let work = cx.begin(Action::ErasePerson, Relation::OwnOrganisation).await?;
    let hashes = remove(&work.tx, &rows).await?;
    work.finish(cx, "personal_evidence", Some(id)).await?;
    for hash in hashes {
        cx.files.remove(&hash).await?;
    }
    Ok(rows.len())
}

async fn remove(
    tx: &impl sea_orm::ConnectionTrait,
    rows: &[personal_evidence::Model],
) -> Result<Vec<String>, AppError> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let files = personal_file::Entity::find()
        .filter(personal_file::Column::PersonalEvidenceId.is_in(ids.iter().copied()))
        .all(tx)
        .await?;
    for id in &ids {
        draft::forget_under(tx, &format!("/personal/{id}")).await?;
    }
    personal_evidence::Entity::delete_many()
        .filter(personal_evidence::Column::Id.is_in(ids))
        .exec(tx)
        .await?;
    Ok(files.into_iter().map(|file| file.sha256).collect())
}

/// Removes the records that an erasure left behind when it was cut off after the key was gone. At start-up, and
/// after a restore.
pub async fn complete(db: &Db, files: &Files) -> Result<(), AppError> {
    for keys in person::erased(db).await?.chunks(10_000) {
        let rows = personal_evidence::Entity::find()
            .filter(personal_evidence::Column::PersonKeyId.is_in(keys.iter().copied()))
            .all(db.reader())
            .await?;
        if rows.is_empty() {
            continue;
        }
        let tx = db.begin().await?;
        let hashes = remove(&tx, &rows).await?;
        tx.commit().await.map_err(AppError::from)?;
        for hash in hashes {
            files.remove(&hash).await?;
        }
    }
    Ok(())
}
