//! List studies: how many people there are, from several organisations' lists that overlap.
//!
//! Each organisation encodes its own list on its own machine and sends a token file that only the linkage officer can open.
//! This program passes the files on, and has neither the secret nor the key. The officer gives back which rows are one
//! person; here that becomes a table of overlaps at once, the token files are destroyed, and no row id and no cluster number
//! is kept. A job estimates; what is seen of it passes the gate.

mod close;
mod destroy;
mod draws;
mod estimate;
mod links;
mod open;
mod overlap;
mod shown;
mod tokens;
mod trust;

#[cfg(test)]
mod tests;

use domain::Instant;
use domain::ids::{StudyId, TokenFileId};
use domain::permission::{Action, Relation};
use domain::study::StudyState;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use store::row::{member, organisation, study, study_list, study_token_file};
use store::{AppError, Cx};
use uuid::Uuid;

pub use close::{close, publish};
pub use destroy::complete;
pub use estimate::{Answer, JOB, RESAMPLES, Task, ask, compute, keep, task};
pub use links::{Links, record_links};
pub use open::{Choices, Open, choices, collected, default_fingerprint, open, reopen};
pub use shown::{Checks, Line, Merged, Published, Shown, Without, published, published_list, shown};
pub use tokens::{MOST_BYTES, Send, send, take};

/// The least threshold: smaller counts say something of a few people.
pub const THRESHOLD: u32 = 11;
/// The fewest lists with which it can be seen that lists depend on one another.
pub const FEWEST: usize = statistics::multiple_systems::histories::FEWEST_LISTS;
/// The most lists that any method takes.
pub const MOST: usize = statistics::multiple_systems::histories::MOST_LISTS;

/// A study as a list and its page show it.
#[derive(Debug, Clone)]
pub struct Study {
    /// The study.
    pub id: StudyId,
    /// Its title.
    pub title: String,
    /// What is asked.
    pub question: String,
    /// The period that the lists cover, as ISO text.
    pub period: (String, String),
    /// Counts below it are shown to nobody.
    pub threshold: u32,
    /// The linkage officer's name.
    pub officer: String,
    /// The key that token files are encrypted to.
    pub recipient: String,
    /// The fingerprint of the schema that every list is encoded with.
    pub fingerprint: String,
    /// Where it stands.
    pub state: StudyState,
    /// When its estimate was published.
    pub published_on: Option<String>,
    /// Whether it was invented for a demonstration.
    pub is_invented: bool,
    /// Whether the member asking is its linkage officer.
    pub is_officer: bool,
}

/// A list of a study.
#[derive(Debug, Clone)]
pub struct List {
    /// Its number in the study.
    pub number: i32,
    /// Whose it is.
    pub organisation: String,
    /// Whether it is the asker's organisation's.
    pub is_own: bool,
    /// The token files sent for it, oldest first; those of other organisations only for the coordinator and the officer.
    pub files: Vec<TokenFile>,
    /// Whether a token file is here now, or was until it was linked.
    pub has_sent: bool,
}

/// A token file: the record of it, whether or not the file is still here.
#[derive(Debug, Clone)]
pub struct TokenFile {
    /// The record.
    pub id: TokenFileId,
    /// Its SHA-256, which is the sender's receipt.
    pub sha256: String,
    /// When it was sent.
    pub sent_at: Instant,
    /// How it ended, or is about to; `None` while it is here.
    pub end: Option<End>,
}

/// The end of a token file.
#[derive(Debug, Clone)]
pub struct End {
    /// When its bytes were destroyed; `None` while that is not done.
    pub destroyed_at: Option<Instant>,
    /// By whom.
    pub by: String,
    /// Why.
    pub why: String,
}

/// The studies that concern this member, newest first.
pub async fn list(cx: &Cx<'_>) -> Result<Vec<Study>, AppError> {
    cx.permit(Action::ReadStudy, Relation::Coalition)?;
    let db = cx.db.reader();
    let rows = study::Entity::find()
        .order_by_desc(study::Column::RecordedAt)
        .order_by_desc(study::Column::Id)
        .all(db)
        .await?;
    let mut studies = Vec::new();
    for row in rows {
        if concerns(cx, db, &row).await? {
            studies.push(view(cx, db, row).await?);
        }
    }
    Ok(studies)
}

/// One study with its lists, for whom it concerns.
pub async fn get(cx: &Cx<'_>, id: StudyId) -> Result<(Study, Vec<List>), AppError> {
    cx.permit(Action::ReadStudy, Relation::Coalition)?;
    let db = cx.db.reader();
    let row = row(db, id).await?;
    if !concerns(cx, db, &row).await? {
        return Err(AppError::NotFound("study"));
    }
    let sees_all = cx.actor.may(Action::OpenStudy, Relation::Coalition) || is_officer(cx, &row);
    let own = cx.organisation()?.0;
    let members = member::Entity::find().all(db).await?;
    let name = |id: Option<Uuid>| {
        let found = members.iter().find(|row| Some(row.id) == id);
        found.map(|row| row.name.clone()).unwrap_or_default()
    };
    let organisations = organisation::Entity::find().all(db).await?;
    let mut lists = Vec::new();
    for list in lists_of(db, id).await? {
        let files = study_token_file::Entity::find()
            .filter(study_token_file::Column::StudyListId.eq(list.id))
            .order_by_asc(study_token_file::Column::SentAt)
            .order_by_asc(study_token_file::Column::Id)
            .all(db)
            .await?;
        let is_own = list.organisation_id == own;
        let found = organisations.iter().find(|row| row.id == list.organisation_id);
        lists.push(List {
            number: list.number,
            organisation: found.map(|row| row.name.clone()).unwrap_or_default(),
            is_own,
            has_sent: !files.is_empty(),
            files: files
                .into_iter()
                .filter(|_| sees_all || is_own)
                .map(|file| TokenFile {
                    id: TokenFileId(file.id),
                    sha256: file.sha256,
                    sent_at: Instant(file.sent_at),
                    end: file.destroyed_for.map(|why| End {
                        destroyed_at: file.destroyed_at.map(Instant),
                        by: name(file.destroyed_by_id),
                        why,
                    }),
                })
                .collect(),
        });
    }
    Ok((view(cx, db, row).await?, lists))
}

/// Whether a study is this member's to read: coordinators and publishers read each, the linkage officer their own, and
/// others those that their organisation is invited to.
async fn concerns(cx: &Cx<'_>, db: &impl ConnectionTrait, row: &study::Model) -> Result<bool, AppError> {
    if is_officer(cx, row) || cx.actor.may(Action::PublishStudy, Relation::Coalition) {
        return Ok(true);
    }
    if !cx.actor.may(Action::SendTokens, Relation::OwnOrganisation) {
        return Ok(false);
    }
    Ok(own_list(cx, db, StudyId(row.id)).await?.is_some())
}

async fn view(cx: &Cx<'_>, db: &impl ConnectionTrait, row: study::Model) -> Result<Study, AppError> {
    let officer = member::Entity::find_by_id(row.officer_id).one(db).await?;
    Ok(Study {
        id: StudyId(row.id),
        state: state(&row)?,
        threshold: threshold(&row),
        is_officer: is_officer(cx, &row),
        officer: officer.map(|row| row.name).unwrap_or_default(),
        title: row.title,
        question: row.question,
        period: (row.from_on, row.to_on),
        recipient: row.recipient,
        fingerprint: row.schema_fingerprint,
        published_on: row.published_on,
        is_invented: row.is_invented,
    })
}

async fn row(db: &impl ConnectionTrait, id: StudyId) -> Result<study::Model, AppError> {
    study::Entity::find_by_id(id.0)
        .one(db)
        .await?
        .ok_or(AppError::NotFound("study"))
}

/// A study, held until the transaction ends: of two who act on it at once, the second sees what the first did.
async fn locked(tx: &impl ConnectionTrait, id: StudyId) -> Result<study::Model, AppError> {
    study::Entity::find_by_id(id.0)
        .lock_exclusive()
        .one(tx)
        .await?
        .ok_or(AppError::NotFound("study"))
}

/// The lists of a study by number.
async fn lists_of(db: &impl ConnectionTrait, id: StudyId) -> Result<Vec<study_list::Model>, AppError> {
    Ok(study_list::Entity::find()
        .filter(study_list::Column::StudyId.eq(id.0))
        .order_by_asc(study_list::Column::Number)
        .all(db)
        .await?)
}

/// The list of the asker's organisation, if it is invited.
async fn own_list(cx: &Cx<'_>, db: &impl ConnectionTrait, id: StudyId) -> Result<Option<study_list::Model>, AppError> {
    Ok(study_list::Entity::find()
        .filter(study_list::Column::StudyId.eq(id.0))
        .filter(study_list::Column::OrganisationId.eq(cx.organisation()?.0))
        .one(db)
        .await?)
}

/// The token file of a list that is here now.
async fn present(db: &impl ConnectionTrait, list: Uuid) -> Result<Option<study_token_file::Model>, AppError> {
    Ok(study_token_file::Entity::find()
        .filter(study_token_file::Column::StudyListId.eq(list))
        .filter(study_token_file::Column::DestroyedFor.is_null())
        .one(db)
        .await?)
}

fn is_officer(cx: &Cx<'_>, row: &study::Model) -> bool {
    cx.actor.member.is_some_and(|member| member.0 == row.officer_id)
}

/// How a study's token files relate to the member asking.
fn relation(cx: &Cx<'_>, row: &study::Model) -> Relation {
    if is_officer(cx, row) {
        Relation::OwnAssignment
    } else {
        Relation::OtherOrganisation
    }
}

fn state(row: &study::Model) -> Result<StudyState, AppError> {
    StudyState::parse(&row.state).map_err(|error| AppError::Internal(error.into()))
}

fn threshold(row: &study::Model) -> u32 {
    u32::try_from(row.threshold).map_or(THRESHOLD, |given| given.max(THRESHOLD))
}

/// Refuses an act that comes too early or too late.
fn expect_state(row: &study::Model, expected: StudyState, words: &str) -> Result<(), AppError> {
    if state(row)? == expected {
        Ok(())
    } else {
        Err(AppError::Refused(words.to_owned()))
    }
}
