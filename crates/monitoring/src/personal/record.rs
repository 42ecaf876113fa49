//! Sealing an original as it arrives.

use access::key::{self, person};
use domain::ids::ProvisionId;
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use serde::{Deserialize, Serialize};
use store::row::{personal_evidence, personal_file};
use store::seal::{SealKey, file};
use store::{AppError, Cx};
use uuid::Uuid;

use super::{bytes, title, whole};
use crate::evidence::{Passage, Record, check_record};

/// An original as it is sealed: everything that was typed. Codes and days as in [`Record`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each field is the one of the same name in `Record`")]
pub struct Original {
    pub kind: String,
    pub title: String,
    pub summary: String,
    pub origin: String,
    pub publisher: String,
    pub source_url: String,
    pub effective_on: String,
    pub reliability: String,
    pub credibility: String,
    pub quoting: String,
    pub handling: String,
    pub provisions: Vec<ProvisionId>,
    pub forms: Vec<String>,
    pub groups: Vec<String>,
    pub areas: Vec<String>,
    pub passages: Vec<Passage>,
    /// Names and kinds of its files, in order.
    pub files: Vec<(String, String)>,
}

impl From<&Record> for Original {
    fn from(record: &Record) -> Self {
        let record = record.clone();
        Self {
            kind: record.kind,
            title: record.title.trim().to_owned(),
            summary: record.summary.trim().to_owned(),
            origin: record.origin.trim().to_owned(),
            publisher: record.publisher.trim().to_owned(),
            source_url: record.source_url.trim().to_owned(),
            effective_on: record.effective_on,
            reliability: record.reliability,
            credibility: record.credibility,
            quoting: record.quoting,
            handling: record.handling,
            provisions: record.provisions,
            forms: record.forms,
            groups: record.groups,
            areas: record.areas,
            passages: record
                .passages
                .into_iter()
                .filter(|passage| !passage.quote.trim().is_empty())
                .collect(),
            files: record
                .files
                .into_iter()
                .map(|file| (file.name, file.media_type))
                .collect(),
        }
    }
}

/// Seals an original for the member's own organisation. `same_person` is another original about the same
/// person: both are then erased, and given to the person, together.
///
/// The key is written first, then the sealed files, then the record: cut off anywhere, nothing readable is left,
/// and what no record names is swept.
pub async fn record(cx: &Cx<'_>, input: Record, same_person: Option<Uuid>) -> Result<Uuid, AppError> {
    cx.permit(Action::RecordEvidence, Relation::Coalition)?;
    // The same checks as for any evidence, so that the redacted copy will pass them too.
    let typed = Record {
        identifies_person: Some(false),
        ..input
    };
    check_record(cx, &typed).await?;
    let original = Original::from(&typed);
    let owner = cx.organisation()?.0;
    let (key_id, key) = match same_person {
        Some(other) => shared_key(cx, owner, other).await?,
        None => person::make(cx, owner).await?,
    };
    let id = cx.ids.random();
    let mut files = Vec::new();
    for (position, sent) in (0..).zip(&typed.files) {
        store::files::check_size(&sent.name, sent.bytes.len())?;
        let file_id = cx.ids.random();
        let sealed = file::seal(&key, &bytes(file_id), &sent.bytes);
        files.push(personal_file::ActiveModel {
            id: Set(file_id),
            personal_evidence_id: Set(id),
            position: Set(position),
            n_bytes: Set(i64::try_from(sent.bytes.len()).unwrap_or(i64::MAX)),
            sha256: Set(cx.files.put(sealed.into()).await?),
        });
    }
    let work = cx.begin(Action::RecordEvidence, Relation::Coalition).await?;
    personal_evidence::ActiveModel {
        id: Set(id),
        organisation_id: Set(owner),
        member_id: Set(cx.member()?.0),
        person_key_id: Set(key_id),
        sealed_title: Set(key.seal(&title(id), original.title.as_bytes())),
        sealed_record: Set(key.seal(&whole(id), &serde_json::to_vec(&original)?)),
        recorded_on: Set(cx.now.day().iso()),
        is_invented: Set(typed.is_invented),
    }
    .insert(&work.tx)
    .await?;
    for file in files {
        file.insert(&work.tx).await?;
    }
    work.finish(cx, "personal_evidence", Some(id)).await?;
    Ok(id)
}

/// The key of the person whom another original is about.
async fn shared_key(cx: &Cx<'_>, owner: Uuid, other: Uuid) -> Result<(Uuid, SealKey), AppError> {
    let (row, _) = super::sealed(cx, other).await?;
    let opener = key::opener(cx, owner).await?;
    let key = person::open(cx.db, &opener, row.person_key_id).await?;
    Ok((row.person_key_id, key))
}
