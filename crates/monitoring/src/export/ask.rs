//! Asking for an export.

use domain::export::{ExportKind, RequestState};
use domain::ids::{ExportId, SeriesId};
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};
use store::row::{export_request, series};
use store::{AppError, Cx, FieldErrors, jobs};

use super::{JOB, granted_state, needs_agreement, until};

/// What it takes to ask.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// Code of what is exported.
    pub kind: String,
    /// The series, where one is exported.
    pub series: Option<SeriesId>,
    /// Why; whoever agrees reads it.
    pub reason: String,
}

/// Asks for an export. Where no second person is needed, it is made at once. Nobody asks for what they
/// may not read.
pub async fn ask(cx: &Cx<'_>, input: Ask) -> Result<ExportId, AppError> {
    let mut errors = FieldErrors::new();
    let kind = errors.code("kind", ExportKind::parse(&input.kind), "Choose what to export");
    let reason = errors.required("reason", &input.reason, "Say what it is for");
    let subject = input.series.filter(|_| kind == Some(ExportKind::Series));
    if kind == Some(ExportKind::Series) && subject.is_none() {
        errors.add("series", "Choose a series");
    }
    errors.into_result()?;
    let kind = kind.ok_or_else(|| AppError::Invalid(FieldErrors::of("kind", "Choose what to export")))?;
    if kind == ExportKind::Log {
        cx.permit(Action::ReadLog, Relation::OwnOrganisation)?;
    }
    if kind == ExportKind::Cases {
        cx.permit(Action::ExportCases, Relation::OwnOrganisation)?;
    }
    let work = cx.begin(Action::AskExport, Relation::Coalition).await?;
    if let Some(SeriesId(id)) = subject {
        series::Entity::find_by_id(id)
            .one(&work.tx)
            .await?
            .ok_or(AppError::NotFound("series"))?;
    }
    let id = cx.ids.ordered();
    let state = if needs_agreement(&work.tx, kind).await? {
        RequestState::Asked
    } else {
        granted_state(kind)
    };
    export_request::ActiveModel {
        id: Set(id),
        kind: Set(kind.code().to_owned()),
        subject_id: Set(subject.map(|series| series.0)),
        reason: Set(reason),
        state: Set(state.code().to_owned()),
        member_id: Set(cx.member()?.0),
        organisation_id: Set(cx.organisation()?.0),
        asked_at: Set(cx.now.0),
        decided_by_id: Set(None),
        decided_at: Set(None),
        file_id: Set(None),
        n_rows: Set(None),
        expires_at: Set((state == RequestState::Ready).then(|| until(cx.now))),
    }
    .insert(&work.tx)
    .await?;
    if state == RequestState::Agreed {
        jobs::queue(&work.tx, cx, JOB, &id.to_string()).await?;
    }
    work.finish(cx, "export_request", Some(id)).await?;
    Ok(ExportId(id))
}
