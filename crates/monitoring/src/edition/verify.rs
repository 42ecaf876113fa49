//! Proving that stored bytes are what was kept: evidence files and published files against their
//! SHA-256. A published file that changed is accepted only with a withdrawal that two people agreed.

use std::collections::HashMap;

use domain::publication::RevisionState;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use store::files::{Files, sha256};
use store::row::{edition_file, edition_revision, file, withdrawal};
use store::{AppError, Db};
use uuid::Uuid;

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Files whose bytes are what their hash says.
    pub sound: usize,
    /// Published files that a withdrawal with two approvals replaced.
    pub withdrawn: usize,
    /// Faults, one sentence each, naming the file.
    pub faults: Vec<String>,
}

/// Reads every file once. `progress` is told how many are done and how many there are.
pub async fn verify(db: &Db, files: &Files, mut progress: impl FnMut(usize, usize)) -> Result<Report, AppError> {
    let kept = file::Entity::find().all(db.reader()).await?;
    let published = edition_file::Entity::find().all(db.reader()).await?;
    let withdrawals: HashMap<Uuid, withdrawal::Model> = withdrawal::Entity::find()
        .all(db.reader())
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    let total = kept.len() + published.len();
    let mut report = Report::default();
    let mut seen: HashMap<String, Option<String>> = HashMap::new();
    for (done, row) in kept.iter().enumerate() {
        check(files, &mut seen, &row.sha256, &format!("file {}", row.id), &mut report).await?;
        progress(done + 1, total);
    }
    for (done, row) in published.iter().enumerate() {
        let name = format!("published file {} of revision {}", row.path, row.revision_id);
        check(files, &mut seen, &row.sha256, &name, &mut report).await?;
        if row.was_sha256.is_some() {
            let approved = row
                .withdrawal_id
                .and_then(|id| withdrawals.get(&id))
                .is_some_and(|w| w.approved_by_id.is_some_and(|by| by != w.proposed_by_id));
            if approved {
                report.withdrawn += 1;
            } else {
                report.faults.push(format!(
                    "{name} was changed without a withdrawal approved by two people"
                ));
            }
        }
        progress(kept.len() + done + 1, total);
    }
    // Until it is rendered anew, what a withdrawal took out of a revision still stands in its stored files.
    let waiting = edition_revision::Entity::find()
        .filter(edition_revision::Column::State.ne(RevisionState::Published.code()))
        .filter(edition_revision::Column::WithdrawalId.is_not_null())
        .all(db.reader())
        .await?;
    report.faults.extend(waiting.iter().map(|row| {
        format!(
            "revision {} waits to be rendered after a withdrawal: its files still hold the withdrawn words. Start the \
             program, or run `rapporteur publish` for its cycle",
            row.id
        )
    }));
    Ok(report)
}

/// Checks one hash, reading each set of bytes once.
async fn check(
    files: &Files,
    seen: &mut HashMap<String, Option<String>>,
    hash: &str,
    name: &str,
    report: &mut Report,
) -> Result<(), AppError> {
    if !seen.contains_key(hash) {
        let actual = files.get(hash).await?.map(|bytes| sha256(&bytes));
        seen.insert(hash.to_owned(), actual);
    }
    match seen.get(hash).and_then(Option::as_deref) {
        Some(actual) if actual == hash => report.sound += 1,
        Some(_) => report.faults.push(format!("{name}: its bytes are not what was kept")),
        None => report.faults.push(format!("{name}: its bytes are missing")),
    }
    Ok(())
}
