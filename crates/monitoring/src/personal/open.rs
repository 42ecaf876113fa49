//! Opening originals: each opening is in the log before anything is shown.

use std::collections::HashMap;

use access::key::{self, person};
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use store::row::{break_glass, member, personal_evidence, personal_file, redaction};
use store::seal::{Disclosure, SealKey, file};
use store::{AppError, Cx};
use uuid::Uuid;

use super::glass::{self, Glass};
use super::{Copy, Original, copy, note, sealed, title, whole};

/// Originals on a page.
const PAGE: u64 = 50;

/// An original in a list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The original.
    pub id: Uuid,
    /// Its title, where the member may open it; `None` otherwise.
    pub title: Option<String>,
    /// Who recorded it.
    pub member: String,
    /// The day it was recorded.
    pub recorded_on: String,
    /// State of its newest redacted copy; empty where there is none.
    pub state: String,
    /// Openings by colleagues that nobody has reviewed yet.
    pub unreviewed: usize,
    /// Whether it was invented for a demonstration.
    pub is_invented: bool,
}

/// The newest originals of the member's organisation. The titles they may open are opened and logged: one row
/// in the log and about 0.2 ms for each.
pub async fn list(cx: &Cx<'_>) -> Result<Vec<Listed>, AppError> {
    cx.permit(Action::RedactEvidence, Relation::OwnOrganisation)?;
    let (db, owner) = (cx.db.reader(), cx.organisation()?.0);
    let rows = personal_evidence::Entity::find()
        .filter(personal_evidence::Column::OrganisationId.eq(owner))
        .order_by_desc(personal_evidence::Column::RecordedOn)
        .order_by_asc(personal_evidence::Column::Id)
        .limit(PAGE)
        .all(db)
        .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mine: Vec<&personal_evidence::Model> = rows
        .iter()
        .filter(|row| super::relation(cx, row).is_some_and(|relation| cx.actor.may(Action::UnsealEvidence, relation)))
        .collect();
    let titles = titles(cx, owner, &mine).await?;
    let members: HashMap<Uuid, String> = member::Entity::find()
        .filter(member::Column::Id.is_in(rows.iter().map(|row| row.member_id)))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    // Ids are random, so the newest copy is the one that is still open, or the last to be written.
    let mut copies = redaction::Entity::find()
        .filter(redaction::Column::PersonalEvidenceId.is_in(ids.iter().copied()))
        .all(db)
        .await?;
    copies.sort_by_key(rank);
    let states: HashMap<Uuid, String> = copies
        .into_iter()
        .map(|row| (row.personal_evidence_id, row.state))
        .collect();
    let mut unreviewed: HashMap<Uuid, usize> = HashMap::new();
    let glasses = break_glass::Entity::find()
        .filter(break_glass::Column::PersonalEvidenceId.is_in(ids))
        .filter(break_glass::Column::ReviewedAt.is_null())
        .all(db)
        .await?;
    for row in glasses {
        *unreviewed.entry(row.personal_evidence_id).or_default() += 1;
    }
    Ok(rows
        .into_iter()
        .map(|row| Listed {
            id: row.id,
            title: titles.get(&row.id).cloned(),
            member: members.get(&row.member_id).cloned().unwrap_or_default(),
            recorded_on: row.recorded_on,
            state: states.get(&row.id).cloned().unwrap_or_default(),
            unreviewed: unreviewed.get(&row.id).copied().unwrap_or_default(),
            is_invented: row.is_invented,
        })
        .collect())
}

/// Sorts copies so that the one that counts comes last: an approved one, else one that waits, else the last.
fn rank(row: &redaction::Model) -> (u8, String) {
    let state = match row.state.as_str() {
        "approved" => 2,
        "proposed" => 1,
        _ => 0,
    };
    (state, row.written_on.clone())
}

async fn titles(
    cx: &Cx<'_>,
    owner: Uuid,
    rows: &[&personal_evidence::Model],
) -> Result<HashMap<Uuid, String>, AppError> {
    // Without a key the list still shows what there is; the page says how to come by the key.
    let opener = match key::opener(cx, owner).await {
        Ok(opener) if !rows.is_empty() => opener,
        Ok(_) | Err(AppError::Refused(_) | AppError::Forbidden(_)) => return Ok(HashMap::new()),
        Err(error) => return Err(error),
    };
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let key_ids: Vec<Uuid> = rows.iter().map(|row| row.person_key_id).collect();
    let keys: HashMap<Uuid, SealKey> = person::open_all(cx.db, &opener, &key_ids).await?.into_iter().collect();
    let shown = cx
        .disclose(
            Action::UnsealEvidence,
            Relation::OwnAssignment,
            "personal_evidence",
            &ids,
        )
        .await?;
    let mut titles = HashMap::new();
    for row in rows {
        if let Some(key) = keys.get(&row.person_key_id) {
            let opened = key.open(&title(row.id), &row.sealed_title)?;
            titles.insert(row.id, text(opened.reveal(&shown)?));
        }
    }
    Ok(titles)
}

pub(super) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A redacted copy with its original beside it.
#[derive(Debug, Clone)]
pub struct Redaction {
    /// The copy.
    pub id: Uuid,
    /// Who wrote it.
    pub member: Uuid,
    /// Their name.
    pub name: String,
    /// `proposed`, `approved` or `returned`.
    pub state: String,
    /// What it says.
    pub copy: Copy,
    /// Why it was returned; empty otherwise.
    pub note: String,
    /// The item of evidence it became.
    pub evidence: Option<Uuid>,
}

/// An opened original.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The row.
    pub row: personal_evidence::Model,
    /// How it relates to the member who opened it.
    pub relation: Relation,
    /// What was typed.
    pub original: Original,
    /// Its files: (id, name, bytes).
    pub files: Vec<(Uuid, String, i64)>,
    /// Its redacted copies; the one that counts comes last.
    pub copies: Vec<Redaction>,
    /// Openings by colleagues, latest first.
    pub glasses: Vec<Glass>,
}

/// What lets a member open this original: their own record or their role, a copy they are to compare with it, or
/// glass they broke within the hour.
async fn permitted(cx: &Cx<'_>, row: &personal_evidence::Model, relation: Relation) -> Result<Action, AppError> {
    if cx.actor.may(Action::UnsealEvidence, relation) {
        return Ok(Action::UnsealEvidence);
    }
    let member = cx.member()?.0;
    let waits = redaction::Entity::find()
        .filter(redaction::Column::PersonalEvidenceId.eq(row.id))
        .filter(redaction::Column::State.eq("proposed"))
        .one(cx.db.reader())
        .await?;
    if waits.is_some_and(|copy| copy.member_id != member) && cx.actor.may(Action::ReviewRedaction, relation) {
        return Ok(Action::ReviewRedaction);
    }
    if glass::is_broken(cx, row.id).await? {
        return Ok(Action::BreakGlass);
    }
    Err(AppError::Forbidden("Open sealed evidence that a colleague recorded"))
}

/// Opens the key of an original and logs that its record is shown.
pub(super) async fn unseal(
    cx: &Cx<'_>,
    id: Uuid,
) -> Result<(personal_evidence::Model, Relation, SealKey, Disclosure), AppError> {
    let (row, relation) = sealed(cx, id).await?;
    let action = permitted(cx, &row, relation).await?;
    let opener = key::opener(cx, row.organisation_id).await?;
    let key = person::open(cx.db, &opener, row.person_key_id).await?;
    // What hangs on the record is disclosed with it: copies and reasons name their own ids.
    let mut records = vec![row.id];
    records.extend(
        redaction::Entity::find()
            .filter(redaction::Column::PersonalEvidenceId.eq(id))
            .all(cx.db.reader())
            .await?
            .into_iter()
            .map(|copy| copy.id),
    );
    records.extend(
        break_glass::Entity::find()
            .filter(break_glass::Column::PersonalEvidenceId.eq(id))
            .all(cx.db.reader())
            .await?
            .into_iter()
            .map(|glass| glass.id),
    );
    let shown = cx.disclose(action, relation, "personal_evidence", &records).await?;
    Ok((row, relation, key, shown))
}

/// Opens an original with its files' names, its redacted copies and the reasons colleagues gave.
pub async fn open(cx: &Cx<'_>, id: Uuid) -> Result<Opened, AppError> {
    let (row, relation, key, shown) = unseal(cx, id).await?;
    let db = cx.db.reader();
    let opened = key.open(&whole(id), &row.sealed_record)?;
    let original: Original = serde_json::from_slice(opened.reveal(&shown)?)?;
    let files = personal_file::Entity::find()
        .filter(personal_file::Column::PersonalEvidenceId.eq(id))
        .order_by_asc(personal_file::Column::Position)
        .all(db)
        .await?
        .into_iter()
        .zip(&original.files)
        .map(|(row, (name, _))| (row.id, name.clone(), row.n_bytes))
        .collect();
    let mut rows = redaction::Entity::find()
        .filter(redaction::Column::PersonalEvidenceId.eq(id))
        .all(db)
        .await?;
    rows.sort_by_key(rank);
    let names: HashMap<Uuid, String> = member::Entity::find()
        .filter(member::Column::OrganisationId.eq(row.organisation_id))
        .all(db)
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    let mut copies = Vec::with_capacity(rows.len());
    for row in rows {
        let opened = key.open(&copy(row.id), &row.sealed_copy)?;
        let note = match &row.sealed_note {
            Some(sealed) => text(key.open(&note(row.id), sealed)?.reveal(&shown)?),
            None => String::new(),
        };
        copies.push(Redaction {
            id: row.id,
            member: row.member_id,
            name: names.get(&row.member_id).cloned().unwrap_or_default(),
            copy: serde_json::from_slice(opened.reveal(&shown)?)?,
            state: row.state,
            note,
            evidence: row.evidence_id,
        });
    }
    let glasses = glass::of(cx, id, &key, &shown, &names).await?;
    Ok(Opened {
        row,
        relation,
        original,
        files,
        copies,
        glasses,
    })
}

/// Opens one file of an original: its name and its bytes.
pub async fn open_file(cx: &Cx<'_>, id: Uuid, file_id: Uuid) -> Result<(String, Vec<u8>), AppError> {
    let (row, relation) = sealed(cx, id).await?;
    let action = permitted(cx, &row, relation).await?;
    let wanted = personal_file::Entity::find_by_id(file_id)
        .one(cx.db.reader())
        .await?
        .filter(|file| file.personal_evidence_id == id)
        .ok_or(AppError::NotFound("file"))?;
    let opener = key::opener(cx, row.organisation_id).await?;
    let key = person::open(cx.db, &opener, row.person_key_id).await?;
    let shown = cx
        .disclose(action, relation, "personal_evidence", &[row.id, file_id])
        .await?;
    let opened = key.open(&whole(id), &row.sealed_record)?;
    let original: Original = serde_json::from_slice(opened.reveal(&shown)?)?;
    let name = usize::try_from(wanted.position)
        .ok()
        .and_then(|at| original.files.get(at))
        .map_or_else(|| "file".to_owned(), |(name, _)| name.clone());
    let sealed = cx.files.get(&wanted.sha256).await?.ok_or(AppError::NotFound("file"))?;
    let opened = file::open(&key, &super::bytes(file_id), &sealed)?;
    Ok((name, opened.reveal(&shown)?.clone()))
}
