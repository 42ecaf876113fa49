//! Imports of published statistics: a file is staged, its columns are mapped, its faults are shown,
//! and then none or the good rows are taken, in one transaction that can be undone.
//!
//! Nothing is guessed and nothing is half-written: the state of an import changes in the transaction
//! that changes the figures, so that a program killed at any moment leaves either all or nothing.
//! An import is idempotent: a figure that is already known in the same vintage is counted as known,
//! and a contradiction to it is a fault of its row.

mod check;
mod reading;
mod stage;
mod take;
#[cfg(test)]
mod tests;
mod undo;

use std::collections::HashMap;

use domain::ids::{FileId, ImportId};
use domain::permission::{Action, Relation};
use domain::series::ImportState;
use interchange::plan::{heading_digest, refused_name};
use interchange::{RowFault, csv_out, series::Mapping};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use store::row::{file, import, import_mapping, organisation};
use store::{AppError, Cx};
use uuid::Uuid;

pub use interchange::plan::Question;
pub use stage::{add_series, plan, stage};
pub use take::{Summary, check_file, drop_all, take, take_file};
pub use undo::undo;

/// The kind of import in the table `import`.
const KIND: &str = "series";
/// How many lines a page of a list has.
pub const PAGE: u64 = 50;

/// How a file is to be read: what the member has said so far.
pub type Plan = interchange::plan::Plan<Mapping>;
/// What the member is asked next.
pub type Suggestion = interchange::plan::Suggestion<Mapping>;

/// One thing wrong with one row, as it is kept with the import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Where it is, what is wrong, and what to do.
    #[serde(flatten)]
    pub said: RowFault,
    /// The series that does not exist yet, with the unit that the row gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<(String, String)>,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let RowFault {
            row,
            column,
            value,
            message,
            remedy,
        } = &self.said;
        write!(f, "row {row}, {column}, “{value}”: {message}; {remedy}")
    }
}

impl From<RowFault> for Fault {
    fn from(said: RowFault) -> Self {
        Self { said, missing: None }
    }
}

/// A series that rows of the file name and that does not exist yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Its code in the file.
    pub code: String,
    /// The unit of its first row.
    pub unit: String,
    /// How many rows wait for it.
    pub n_rows: usize,
}

/// An import in the list: everything but its faults.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The import.
    pub id: ImportId,
    /// Name of its file.
    pub file: String,
    /// Whose it is.
    pub organisation_id: Uuid,
    /// Their name.
    pub organisation: String,
    /// What became of it.
    pub state: ImportState,
    /// How it is read.
    pub plan: Plan,
    /// Rows of the file.
    pub n_rows: i32,
    /// Rows that were or can be taken in.
    pub n_good: i32,
    /// Rows with a fault.
    pub n_refused: i32,
    /// Rows that were known already.
    pub n_known: i32,
    /// When it was staged.
    pub at: domain::Instant,
}

type Columns = (Uuid, Uuid, Uuid, String, String, i32, i32, i32, i32, i64);

/// Every column but the faults, which may be large.
fn columns(query: sea_orm::Select<import::Entity>) -> sea_orm::Select<import::Entity> {
    use import::Column as C;
    query.select_only().columns([
        C::Id,
        C::FileId,
        C::OrganisationId,
        C::State,
        C::Mapping,
        C::NRows,
        C::NGood,
        C::NRefused,
        C::NKnown,
        C::At,
    ])
}

/// Lines with the names of files and organisations: two more queries, however many lines.
async fn lines(cx: &Cx<'_>, found: Vec<Columns>) -> Result<Vec<Line>, AppError> {
    let db = cx.db.reader();
    let files: Vec<(Uuid, String)> = file::Entity::find()
        .select_only()
        .columns([file::Column::Id, file::Column::Name])
        .filter(file::Column::Id.is_in(found.iter().map(|line| line.1)))
        .into_tuple()
        .all(db)
        .await?;
    let organisations: Vec<(Uuid, String)> = organisation::Entity::find()
        .select_only()
        .columns([organisation::Column::Id, organisation::Column::Name])
        .filter(organisation::Column::Id.is_in(found.iter().map(|line| line.2)))
        .into_tuple()
        .all(db)
        .await?;
    let (files, organisations): (HashMap<_, _>, HashMap<_, _>) =
        (files.into_iter().collect(), organisations.into_iter().collect());
    found
        .into_iter()
        .map(
            |(id, file, organisation_id, state, plan, n_rows, n_good, n_refused, n_known, at)| {
                Ok(Line {
                    id: ImportId(id),
                    file: files.get(&file).cloned().unwrap_or_default(),
                    organisation_id,
                    organisation: organisations.get(&organisation_id).cloned().unwrap_or_default(),
                    state: state_of(&state)?,
                    plan: serde_json::from_str(&plan)?,
                    n_rows,
                    n_good,
                    n_refused,
                    n_known,
                    at: domain::Instant(at),
                })
            },
        )
        .collect()
}

fn state_of(code: &str) -> Result<ImportState, AppError> {
    ImportState::parse(code).map_err(|error| AppError::Internal(error.into()))
}

/// Imports, the latest first: one page, and the number of pages.
pub async fn list(cx: &Cx<'_>, page: u64) -> Result<(Vec<Line>, u64), AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let query = import::Entity::find().filter(import::Column::Kind.eq(KIND));
    let last = query.clone().count(cx.db.reader()).await?.div_ceil(PAGE).max(1);
    let query = columns(query)
        .order_by_desc(import::Column::At)
        .order_by_desc(import::Column::Id);
    let found = query
        .limit(PAGE)
        .offset(page.saturating_sub(1) * PAGE)
        .into_tuple()
        .all(cx.db.reader())
        .await?;
    Ok((lines(cx, found).await?, last))
}

/// One import without its faults.
pub async fn find(cx: &Cx<'_>, id: ImportId) -> Result<Line, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let found = columns(import::Entity::find_by_id(id.0).filter(import::Column::Kind.eq(KIND)))
        .into_tuple()
        .all(cx.db.reader())
        .await?;
    lines(cx, found)
        .await?
        .into_iter()
        .next()
        .ok_or(AppError::NotFound("import"))
}

/// The faults of an import, in the order of its rows, and the series that it waits for.
pub async fn faults(cx: &Cx<'_>, id: ImportId) -> Result<(Vec<Fault>, Vec<Missing>), AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let import = import::Entity::find_by_id(id.0)
        .one(cx.db.reader())
        .await?
        .ok_or(AppError::NotFound("import"))?;
    let faults: Vec<Fault> = serde_json::from_str(&import.faults)?;
    let missing = missing(&faults);
    Ok((faults, missing))
}

/// The series that faults wait for, in the order of the file.
fn missing(faults: &[Fault]) -> Vec<Missing> {
    let mut at: HashMap<&str, usize> = HashMap::new();
    let mut missing: Vec<Missing> = Vec::new();
    for (code, unit) in faults.iter().filter_map(|fault| fault.missing.as_ref()) {
        let place = *at.entry(code).or_insert(missing.len());
        if place == missing.len() {
            missing.push(Missing {
                code: code.clone(),
                unit: unit.clone(),
                n_rows: 0,
            });
        }
        missing[place].n_rows += 1;
    }
    missing
}

/// What the member has to say next about a staged file: a sheet, a row of headings, or the mapping,
/// which is suggested from what their organisation said of the last file with the same headings.
pub async fn suggestion(cx: &Cx<'_>, id: ImportId) -> Result<Suggestion, AppError> {
    cx.permit(Action::ImportSeries, Relation::Coalition)?;
    let line = find(cx, id).await?;
    let (file, bytes) = kept_file(cx, id).await?;
    let table = match reading::table(bytes, file.name, line.plan.clone()).await? {
        Ok(table) => table,
        Err(fault) => {
            return Question::of(&fault)
                .map(Suggestion::Ask)
                .ok_or_else(|| AppError::Refused(fault.to_string()));
        }
    };
    if let Some(mapping) = line.plan.mapping {
        return Ok(Suggestion::confirm(&table, mapping, false));
    }
    let (mapping, is_remembered) = suggested(cx, line.organisation_id, &table.headers).await?;
    Ok(Suggestion::confirm(&table, mapping, is_remembered))
}

/// What an organisation said of the last file with these headings, or else a guess; and whether it was said.
async fn suggested(cx: &Cx<'_>, organisation: Uuid, headers: &[String]) -> Result<(Mapping, bool), AppError> {
    let remembered = import_mapping::Entity::find_by_id((organisation, heading_digest(headers)))
        .one(cx.db.reader())
        .await?;
    Ok(match remembered {
        Some(remembered) => (serde_json::from_str(&remembered.mapping)?, true),
        None => (Mapping::guess(headers), false),
    })
}

/// The file of an import.
async fn kept_file(cx: &Cx<'_>, id: ImportId) -> Result<(file::Model, bytes::Bytes), AppError> {
    let file: Option<Uuid> = import::Entity::find_by_id(id.0)
        .select_only()
        .column(import::Column::FileId)
        .into_tuple()
        .one(cx.db.reader())
        .await?;
    cx.files
        .open(cx.db.reader(), FileId(file.ok_or(AppError::NotFound("import"))?))
        .await
}

/// The refused rows as a file to correct and send again: as they were, with the fault and the remedy
/// behind each. Its name and its bytes.
pub async fn refused_rows(cx: &Cx<'_>, id: ImportId) -> Result<(String, Vec<u8>), AppError> {
    let (faults, _) = faults(cx, id).await?;
    let line = find(cx, id).await?;
    let (file, bytes) = kept_file(cx, id).await?;
    let table = reading::table(bytes, file.name, line.plan)
        .await?
        .map_err(|fault| AppError::Refused(fault.to_string()))?;
    let faults: Vec<RowFault> = faults.into_iter().map(|fault| fault.said).collect();
    Ok((refused_name(&line.file), csv_out::refused(&table, &faults)))
}
