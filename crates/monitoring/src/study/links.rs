//! What the linkage officer gives back: which rows are one person. It becomes counts at once; nothing else of it is kept.

mod read;

use bytes::Bytes;
use domain::ids::StudyId;
use domain::permission::Action;
use domain::study::StudyState;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use store::row::{study, study_overlap};
use store::{AppError, Cx, FieldErrors};

pub(super) use self::read::Expected;
use self::read::{counted, read};
use super::destroy::{Why, destroy, give_up};
use super::draws;
use super::{expect_state, lists_of, locked, present, relation, row};

/// What it takes to record links.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// The file that `rapporteur link` wrote: list, row, cluster.
    pub bytes: Bytes,
    /// The file that `rapporteur link --draws` wrote; empty where the officer sends none.
    pub draws: Bytes,
    /// Whether the officer says that no copy of the token files, of the row ids and of this file is left with them.
    pub is_destroyed: bool,
}

/// Records the links of a study: its linkage officer. The lists and their lengths must be those that were sent. The overlaps
/// are counted and kept; the row ids and cluster numbers are not; and every token file here is destroyed, with a record.
/// Nothing is destroyed unless the counts are kept.
pub async fn record_links(cx: &Cx<'_>, id: StudyId, input: Links) -> Result<StudyId, AppError> {
    let found = row(cx.db.reader(), id).await?;
    let relation = relation(cx, &found);
    cx.permit(Action::RecordLinks, relation)?;
    // A large file is read off the threads that answer requests, and before the one writer of the embedded database is held.
    let bytes = input.bytes;
    let links = tokio::task::spawn_blocking(move || read(&bytes))
        .await
        .map_err(|error| AppError::Internal(error.into()))?;
    let work = cx.begin(Action::RecordLinks, relation).await?;
    let found = locked(&work.tx, id).await?;
    expect_state(
        &found,
        StudyState::Linking,
        "links are recorded once, after the end of collection",
    )?;
    let mut errors = FieldErrors::new();
    if !input.is_destroyed {
        errors.add(
            "is_destroyed",
            "Destroy the token files and what you made of them on your machine, then say so here",
        );
    }
    let mut expected = Vec::new();
    let mut records = Vec::new();
    for list in lists_of(&work.tx, id).await? {
        if let Some(record) = present(&work.tx, list.id).await? {
            expected.push(Expected {
                number: list.number,
                n_people: u64::try_from(record.n_people).unwrap_or(0),
            });
            records.push(record);
        }
    }
    let counts = match links.and_then(|links| counted(&links, &expected)) {
        Ok(counts) => counts,
        Err(words) => {
            errors.add("file", words);
            Vec::new()
        }
    };
    let drawn = if input.draws.is_empty() {
        None
    } else {
        match draws::read(&input.draws, &expected) {
            Ok(drawn) => Some(serde_json::to_string(&drawn)?),
            Err(words) => {
                errors.add("draws", words);
                None
            }
        }
    };
    errors.into_result()?;
    keep(cx, &work.tx, id, &counts).await?;
    let mut given_up = Vec::new();
    for record in records {
        given_up.push(give_up(cx, &work.tx, record, Why::Linked).await?);
    }
    let mut changed: study::ActiveModel = found.into();
    changed.state = Set(StudyState::Linked.code().to_owned());
    changed.draws = Set(drawn);
    changed.update(&work.tx).await?;
    work.finish(cx, "study", Some(id.0)).await?;
    destroy(cx, &given_up).await?;
    Ok(id)
}

async fn keep(
    cx: &Cx<'_>,
    tx: &impl sea_orm::ConnectionTrait,
    id: StudyId,
    counts: &[(usize, u64)],
) -> Result<(), AppError> {
    for (history, n) in counts {
        study_overlap::ActiveModel {
            id: Set(cx.ids.ordered()),
            study_id: Set(id.0),
            history: Set(i32::try_from(*history).unwrap_or(i32::MAX)),
            n: Set(i64::try_from(*n).unwrap_or(i64::MAX)),
        }
        .insert(tx)
        .await?;
    }
    Ok(())
}
