//! Exports: tables that leave the program as files. Each is asked for with a reason; where the
//! coalition's policy says so, a second person agrees first. A job makes the file with the rights that
//! the asker has then; it says inside how many rows it holds, and its bytes are removed when it
//! expires.

mod ask;
mod decide;
mod make;
mod policy;
mod tables;

#[cfg(test)]
mod tests;

use domain::Instant;
use domain::export::{ExportKind, RequestState};
use domain::ids::ExportId;
use domain::permission::{Action, Relation};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use store::row::{export_request, member, organisation, series};
use store::{AppError, Cx};
use uuid::Uuid;

pub use ask::{Ask, ask};
pub use decide::{Answer, decide};
pub use make::{JOB, Made, asker, expire, fail, is_of_cases, make, take};
pub use policy::{needs_agreement, policies, set_policy};

/// How long a file is kept after it was made, in days.
pub const KEPT_DAYS: i64 = 7;

/// Where a request stands once nobody has to agree any more. Cases are opened by whoever takes them: no job has their key, and
/// no file of them is ever kept.
const fn granted_state(kind: ExportKind) -> RequestState {
    match kind {
        ExportKind::Cases => RequestState::Ready,
        ExportKind::Log | ExportKind::Evidence | ExportKind::Measurements | ExportKind::Series => RequestState::Agreed,
    }
}

/// Until when what is ready can be taken.
fn until(now: Instant) -> i64 {
    now.plus_seconds(KEPT_DAYS * 24 * 60 * 60).0
}

/// How many requests a list shows.
const SHOWN: u64 = 100;

/// A request for a list.
#[derive(Debug, Clone)]
pub struct Request {
    /// The request.
    pub id: ExportId,
    /// What is exported.
    pub kind: ExportKind,
    /// The series, where one is exported; else empty.
    pub subject: String,
    /// Why, in the asker's words.
    pub reason: String,
    /// Where it stands.
    pub state: RequestState,
    /// Who asked.
    pub member: String,
    /// Their organisation.
    pub organisation: String,
    /// When.
    pub asked_at: Instant,
    /// Who agreed or refused; empty while nobody has, and where nobody had to.
    pub decided_by: String,
    /// Rows in the file, once it is made.
    pub n_rows: Option<i64>,
    /// When the file is removed.
    pub expires_at: Option<Instant>,
    /// Whether the member asking for the list asked for it.
    pub is_own: bool,
    /// Whether they may agree to it or refuse it now.
    pub may_agree: bool,
}

/// The requests that concern this member, newest first: their own, and those they may agree to.
pub async fn list(cx: &Cx<'_>) -> Result<Vec<Request>, AppError> {
    cx.permit(Action::AskExport, Relation::Coalition)?;
    let own = cx.member()?.0;
    let mut concerned = Condition::any().add(export_request::Column::MemberId.eq(own));
    if cx.actor.may(Action::AgreeExport, Relation::OtherOrganisation) {
        concerned = Condition::all();
    } else if cx.actor.may(Action::AgreeExport, Relation::OwnOrganisation) {
        concerned = concerned.add(export_request::Column::OrganisationId.eq(cx.organisation()?.0));
    }
    let db = cx.db.reader();
    let rows = export_request::Entity::find()
        .filter(concerned)
        .order_by_desc(export_request::Column::AskedAt)
        .order_by_desc(export_request::Column::Id)
        .limit(SHOWN)
        .all(db)
        .await?;
    let people = rows.iter().flat_map(|row| [Some(row.member_id), row.decided_by_id]);
    let members = member::Entity::find()
        .filter(member::Column::Id.is_in(people.flatten()))
        .all(db)
        .await?;
    let organisations = organisation::Entity::find().all(db).await?;
    let subjects = series::Entity::find()
        .filter(series::Column::Id.is_in(rows.iter().filter_map(|row| row.subject_id)))
        .all(db)
        .await?;
    let name = |id: Option<Uuid>| {
        let found = members.iter().find(|row| Some(row.id) == id);
        found.map(|row| row.name.clone()).unwrap_or_default()
    };
    rows.into_iter()
        .map(|row| {
            let state = state(&row)?;
            Ok(Request {
                id: ExportId(row.id),
                kind: kind(&row)?,
                subject: subjects
                    .iter()
                    .find(|series| Some(series.id) == row.subject_id)
                    .map(|series| series.title.clone())
                    .unwrap_or_default(),
                state,
                member: name(Some(row.member_id)),
                organisation: organisations
                    .iter()
                    .find(|found| found.id == row.organisation_id)
                    .map(|found| found.name.clone())
                    .unwrap_or_default(),
                asked_at: Instant(row.asked_at),
                decided_by: name(row.decided_by_id),
                n_rows: row.n_rows,
                expires_at: row.expires_at.map(Instant),
                is_own: row.member_id == own,
                may_agree: state == RequestState::Asked
                    && row.member_id != own
                    && cx
                        .actor
                        .may(Action::AgreeExport, cx.actor.relation(row.organisation_id)),
                reason: row.reason,
            })
        })
        .collect()
}

fn kind(row: &export_request::Model) -> Result<ExportKind, AppError> {
    ExportKind::parse(&row.kind).map_err(|error| AppError::Internal(error.into()))
}

fn state(row: &export_request::Model) -> Result<RequestState, AppError> {
    RequestState::parse(&row.state).map_err(|error| AppError::Internal(error.into()))
}
