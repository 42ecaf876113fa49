//! Cases from a file: it is staged, its columns are mapped, its faults are shown, and then none or the good rows are taken,
//! in one transaction that can be undone while nobody has changed what it brought.
//!
//! A row is a case with its events in columns, or, where a column says the kind of event, a row is an event and rows with
//! one reference are a case. Kinds of events and their questions are taken from the sheets, so what is added there can be
//! imported without a change here.
//!
//! A file names people. It lies sealed in the database under a key of its own, and goes with that key when it is decided
//! about; of what was taken only the refused rows are left, until they are destroyed or a month has passed.

mod blank;
mod cell;
pub(crate) mod htcds;
mod mapping;
mod name;
mod others;
mod read;
mod same;
mod stage;
mod take;
mod target;
#[cfg(test)]
mod tests;
mod twin;
mod undo;
mod write;

use access::key;
use domain::Instant;
use domain::permission::{Action, Relation};
use domain::series::ImportState;
use interchange::csv_out;
use interchange::plan::refused_name;
use interchange::table::{Limits, Table};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};
use store::row::case_import;
use store::seal::{Disclosure, Identity, SealKey};
use store::{AppError, Cx};
use uuid::Uuid;

pub use interchange::RowFault as Fault;
pub use interchange::plan::Question;
pub(crate) use mapping::all as all_mappings;
pub use mapping::{Mapping, Others};
pub use others::Other;
pub use stage::{QUOTA, Quota, check_mapping, plan, stage};
pub use take::{Summary, Taking, check_file, destroy, drop_all, expire, take};
pub use target::{Place, Target, find as target, said, targets};
pub use twin::{Twin, n_alike};
pub use undo::undo;
pub use write::{NewCase, Progress, Written, write};

/// Imports on a page of the list.
pub const PAGE: u64 = 50;
/// What is read at most.
const LIMITS: Limits = Limits {
    bytes: store::files::MAX_BYTES,
    rows: 300_000,
    columns: 500,
    cells: 10_000_000,
    unpacked: 256 << 20,
};

/// How a file is to be read: what the member has said so far.
pub type Plan = interchange::plan::Plan<Mapping>;
/// What the member is asked next.
pub type Suggestion = interchange::plan::Suggestion<Mapping>;

/// What an import holds, sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// The file's own name.
    pub name: String,
    /// How it is read.
    pub plan: Plan,
    /// Rows of the file.
    pub n_rows: usize,
    /// Cases that can be, or were, taken.
    pub n_cases: usize,
    /// Events in them.
    pub n_events: usize,
    /// Rows that are refused.
    pub n_refused: usize,
    /// Why, in the order of rows.
    pub faults: Vec<Fault>,
    /// Cases that may be known already, in the order of rows.
    pub twins: Vec<Twin>,
    /// Days of one case that hardly fit each other, in the order of rows. Nothing is refused for them.
    #[serde(default)]
    pub disorder: Vec<Fault>,
    /// Columns that hold something and answer no question, in the order of the file.
    #[serde(default)]
    pub others: Vec<Other>,
    /// What was decided on reading the file.
    #[serde(default)]
    pub notes: Vec<String>,
}

/// An import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The import.
    pub id: Uuid,
    /// What became of it.
    pub state: ImportState,
    /// When it was staged.
    pub at: Instant,
    /// Whether anything of the file is still there.
    pub has_file: bool,
    /// What it holds; nothing once that was destroyed.
    pub content: Content,
}

/// Where what is known of an import stands sealed.
const fn plan_place(id: Uuid) -> Identity {
    Identity::new("case_import", id, "sealed_plan")
}

/// Where its file stands sealed.
const fn file_place(id: Uuid) -> Identity {
    Identity::new("case_import", id, "sealed_file")
}

/// Writes in the log that the member is shown these, and gives what reveals them.
async fn show(cx: &Cx<'_>, records: &[Uuid]) -> Result<Disclosure, AppError> {
    cx.disclose(Action::ImportCases, Relation::OwnOrganisation, "case_import", records)
        .await
}

/// The columns of an import but its file, which may be large.
type Line = (Uuid, Option<Uuid>, String, Option<Vec<u8>>, i64);

async fn lines(cx: &Cx<'_>, query: sea_orm::Select<case_import::Entity>) -> Result<Vec<Line>, AppError> {
    use case_import::Column as C;
    let own = query.filter(C::OrganisationId.eq(cx.organisation()?.0));
    let columns = own
        .select_only()
        .columns([C::Id, C::PersonKeyId, C::State, C::SealedPlan, C::At]);
    Ok(columns.into_tuple().all(cx.db.reader()).await?)
}

async fn opened(cx: &Cx<'_>, lines: Vec<Line>) -> Result<Vec<Import>, AppError> {
    let owner = cx.organisation()?.0;
    let keys: Vec<Uuid> = lines.iter().filter_map(|line| line.1).collect();
    let keys = if keys.is_empty() {
        Vec::new()
    } else {
        let opener = key::opener(cx, owner).await?;
        key::person::open_all(cx.db, &opener, &keys).await?
    };
    let ids: Vec<Uuid> = lines.iter().map(|line| line.0).collect();
    let shown = show(cx, &ids).await?;
    lines
        .into_iter()
        .map(|(id, key_id, state, sealed, at)| {
            let key = keys
                .iter()
                .find(|(known, _)| Some(*known) == key_id)
                .map(|(_, key)| key);
            let content = match (key, &sealed) {
                (Some(key), Some(sealed)) => {
                    let opened = key.open(&plan_place(id), sealed)?;
                    serde_json::from_slice(opened.reveal(&shown)?)?
                }
                _ => Content::default(),
            };
            Ok(Import {
                id,
                state: ImportState::parse(&state).map_err(|error| AppError::Internal(error.into()))?,
                at: Instant(at),
                has_file: key.is_some(),
                content,
            })
        })
        .collect()
}

/// The organisation's imports, the latest first: one page, and the number of pages.
pub async fn list(cx: &Cx<'_>, page: u64) -> Result<(Vec<Import>, u64), AppError> {
    cx.permit(Action::ImportCases, Relation::OwnOrganisation)?;
    let n = case_import::Entity::find()
        .filter(case_import::Column::OrganisationId.eq(cx.organisation()?.0))
        .count(cx.db.reader())
        .await?;
    let query = case_import::Entity::find()
        .order_by_desc(case_import::Column::At)
        .order_by_desc(case_import::Column::Id)
        .limit(PAGE)
        .offset(page.saturating_sub(1) * PAGE);
    let found = lines(cx, query).await?;
    Ok((opened(cx, found).await?, n.div_ceil(PAGE).max(1)))
}

/// One import of the organisation.
pub async fn find(cx: &Cx<'_>, id: Uuid) -> Result<Import, AppError> {
    cx.permit(Action::ImportCases, Relation::OwnOrganisation)?;
    let found = lines(cx, case_import::Entity::find_by_id(id)).await?;
    opened(cx, found)
        .await?
        .into_iter()
        .next()
        .ok_or(AppError::NotFound("import"))
}

/// The key of an import and the bytes of its file.
async fn file(cx: &Cx<'_>, id: Uuid) -> Result<(Uuid, SealKey, Vec<u8>), AppError> {
    let owner = cx.organisation()?.0;
    let row = case_import::Entity::find_by_id(id)
        .filter(case_import::Column::OrganisationId.eq(owner))
        .one(cx.db.reader())
        .await?
        .ok_or(AppError::NotFound("import"))?;
    let (Some(key_id), Some(sealed)) = (row.person_key_id, row.sealed_file) else {
        return Err(AppError::Refused("the file of this import is no longer kept".into()));
    };
    let opener = key::opener(cx, owner).await?;
    let key = key::person::open(cx.db, &opener, key_id).await?;
    let opened = store::seal::file::open(&key, &file_place(id), &sealed)?;
    let shown = show(cx, &[id]).await?;
    let bytes = opened.reveal(&shown)?.clone();
    Ok((key_id, key, bytes))
}

/// Reads a file as a table, off the threads that answer requests; one of the case data standard as one of ours.
async fn table(bytes: Vec<u8>, name: &str, plan: &Plan) -> Result<Result<Table, interchange::Fault>, AppError> {
    let read = sheet(bytes, name, plan).await?;
    Ok(read.map(|(table, _)| table))
}

/// The same, with the faults that it has by the case data standard.
async fn sheet(
    bytes: Vec<u8>,
    name: &str,
    plan: &Plan,
) -> Result<Result<(Table, Vec<Fault>), interchange::Fault>, AppError> {
    let choice = plan.choice();
    let name = name.to_owned();
    blocking(move || {
        let read = htcds::open(&bytes, &name, &choice, &LIMITS)?;
        Ok(htcds::translate(csv_out::corrected(read)))
    })
    .await
}

/// The table as it was sent, for the file of refused rows.
async fn as_sent(bytes: Vec<u8>, name: &str, plan: &Plan) -> Result<Table, AppError> {
    let choice = plan.choice();
    let name = name.to_owned();
    let read = blocking(move || htcds::open(&bytes, &name, &choice, &LIMITS)).await?;
    read.map_err(|fault| AppError::Refused(fault.to_string()))
}

/// What whoever sends a file has to say before its columns are known: a sheet, or a row of headings.
pub async fn question(cx: &Cx<'_>, name: &str, bytes: Vec<u8>, plan: &Plan) -> Result<Option<Question>, AppError> {
    cx.permit(Action::ImportCases, Relation::OwnOrganisation)?;
    Ok(match table(bytes, name, plan).await? {
        Ok(_) => None,
        Err(fault) => Question::of(&fault),
    })
}

/// Which column of a file probably holds what: as the organisation said of the last one with the same headings, or guessed.
pub async fn suggested(cx: &Cx<'_>, name: &str, bytes: Vec<u8>, plan: &Plan) -> Result<Mapping, AppError> {
    cx.permit(Action::ImportCases, Relation::OwnOrganisation)?;
    let table = table(bytes, name, plan)
        .await?
        .map_err(|fault| AppError::Refused(fault.to_string()))?;
    Ok(mapping::suggested(cx, &table.headers).await?.0)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| AppError::Internal(error.into()))
}

/// What the member has to say next about a staged file: a sheet, a row of headings, or the mapping, which is suggested from
/// what the organisation said of the last file with the same headings.
pub async fn suggestion(cx: &Cx<'_>, id: Uuid) -> Result<Suggestion, AppError> {
    let import = find(cx, id).await?;
    let (_, _, bytes) = file(cx, id).await?;
    let Content { name, plan, .. } = import.content;
    let table = match table(bytes, &name, &plan).await? {
        Ok(table) => table,
        Err(fault) => {
            return Question::of(&fault)
                .map(Suggestion::Ask)
                .ok_or_else(|| AppError::Refused(fault.to_string()));
        }
    };
    let (mapping, is_remembered) = match plan.mapping {
        Some(mapping) => (mapping, false),
        None => mapping::suggested(cx, &table.headers).await?,
    };
    Ok(Suggestion::confirm(&table, mapping, is_remembered))
}

/// The refused rows as a file to correct and send again: as they were, with the fault and the remedy behind each. Its name
/// and its bytes.
pub async fn refused_rows(cx: &Cx<'_>, id: Uuid) -> Result<(String, Vec<u8>), AppError> {
    let import = find(cx, id).await?;
    let (_, _, bytes) = file(cx, id).await?;
    let name = refused_name(&import.content.name);
    if import.state != ImportState::Staged {
        return Ok((name, bytes));
    }
    let table = as_sent(bytes, &import.content.name, &import.content.plan).await?;
    Ok((name, csv_out::refused(&table, &import.content.faults)))
}
