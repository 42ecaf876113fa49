//! Taking the good rows, or none.

use std::collections::HashSet;

use access::key;
use domain::Instant;
use domain::permission::{Action, Relation};
use domain::series::ImportState;
use interchange::csv_out;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use store::row::{case_import, case_import_case};
use store::{AppError, Cx, Db, Work};
use uuid::Uuid;

use super::stage::{check, keep, plan, stage, staged};
use super::write::{self, Progress};
use super::{Content, Fault, Import, Other, Others, Plan, Twin, as_sent, file, file_place, find, plan_place, sheet};

/// Rows in one insert.
const BATCH: usize = 5_000;
/// How long a file that nobody decides about, and refused rows, are kept: 30 days in seconds.
const KEPT_SECONDS: i64 = 30 * 24 * 60 * 60;

/// What is taken of the good rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taking {
    /// Without those that were pointed out as perhaps known.
    pub only_new: bool,
    /// Marked as invented, in a demonstration.
    pub is_invented: bool,
}

/// Takes the good rows in, in one transaction. The file is checked once more: where the outcome is no longer what the member
/// was shown, nothing is taken, and the new outcome is kept for them to look at.
pub async fn take(cx: &Cx<'_>, id: Uuid, taking: Taking, progress: Progress<'_>) -> Result<Uuid, AppError> {
    let import = staged(cx, id).await?;
    let Some(said) = import.content.plan.mapping.clone() else {
        return Err(AppError::Refused("Say first which column holds what".into()));
    };
    let (key_id, seal, bytes) = file(cx, id).await?;
    let read = sheet(bytes.clone(), &import.content.name, &import.content.plan)
        .await?
        .map_err(|fault| AppError::Refused(fault.to_string()))?;
    let mut content = import.content.clone();
    let read = check(cx, read, &said, &mut content, taking.is_invented).await?;
    if content != import.content {
        let cx = &Cx {
            once: None,
            ..cx.clone()
        };
        let work = cx.begin(Action::ImportCases, Relation::OwnOrganisation).await?;
        keep(&work, id, &seal, &content).await?;
        work.finish(cx, "case_import", Some(id)).await?;
        return Err(AppError::Refused(
            "Cases came in meanwhile, or a day has passed, so the rows were checked again and nothing was taken: look at what was \
             found, then decide"
                .into(),
        ));
    }
    let alike: HashSet<u32> = content.twins.iter().map(|twin| twin.row).collect();
    let cases: Vec<write::NewCase> = read
        .cases
        .into_iter()
        .filter(|found| !taking.only_new || found.rows.first().is_none_or(|row| !alike.contains(row)))
        .map(|found| found.new)
        .collect();
    if cases.is_empty() {
        return Err(AppError::Refused(
            "There is nothing to take: every row is refused or pointed out as known".into(),
        ));
    }
    content.n_events = cases.iter().map(|case| case.events.len()).sum();
    content.n_cases = cases.len();
    // Of what was taken nothing is kept twice; of what was refused, the rows to correct.
    content.twins = Vec::new();
    content.disorder = Vec::new();
    let left = if content.faults.is_empty() {
        None
    } else {
        let sent = as_sent(bytes, &import.content.name, &import.content.plan).await?;
        Some(csv_out::refused(&sent, &content.faults))
    };
    let at = try_at(cx, id).await?;
    let dated = Cx { now: at, ..cx.clone() };
    let keys = key::person::make_all(&dated, cx.organisation()?.0, cases.len()).await?;
    let made: Vec<Uuid> = keys.iter().map(|(id, _)| *id).collect();
    let writing = async {
        let work = cx.begin(Action::ImportCases, Relation::OwnOrganisation).await?;
        decide(&work, id, ImportState::Taken, Some(at)).await?;
        let written = write::insert(cx, &work.tx, keys, cases, progress).await?;
        for some in written.chunks(BATCH) {
            case_import_case::Entity::insert_many(some.iter().map(|written| case_import_case::ActiveModel {
                case_import_id: Set(id),
                case_id: Set(written.case),
                n_parts: Set(written.n_parts),
            }))
            .exec_without_returning(&work.tx)
            .await?;
        }
        let sealed = seal.seal(&plan_place(id), &serde_json::to_vec(&content)?);
        let left = left.map(|bytes| store::seal::file::seal(&seal, &file_place(id), &bytes));
        case_import::Entity::update_many()
            .col_expr(case_import::Column::SealedPlan, Expr::value(sealed))
            .col_expr(case_import::Column::SealedFile, Expr::value(left))
            .filter(case_import::Column::Id.eq(id))
            .filter(case_import::Column::PersonKeyId.eq(key_id))
            .exec(&work.tx)
            .await?;
        work.finish(cx, "case_import", Some(id)).await
    };
    if let Err(error) = writing.await {
        key::person::discard(cx.db, &made).await?;
        return Err(error);
    }
    Ok(id)
}

/// Says that keys are about to be made for an import, so that they are known for what they are if it is cut off, and gives the
/// moment that they are to be dated by, which no other attempt has. Those of an attempt that was cut off before go first. One
/// that was not cut off but is still computing finds in [`decide`] that it is no longer the last, and takes nothing: its keys
/// may be gone.
pub(super) async fn try_at(cx: &Cx<'_>, id: Uuid) -> Result<Instant, AppError> {
    let tx = cx.db.begin().await?;
    // Held, so that whoever is writing its cases is waited for.
    let row: Option<Option<i64>> = case_import::Entity::find_by_id(id)
        .select_only()
        .column(case_import::Column::TriedAt)
        .filter(case_import::Column::State.eq(ImportState::Staged.code()))
        .lock_exclusive()
        .into_tuple()
        .one(&tx)
        .await?;
    let Some(before) = row else {
        drop(tx);
        // Somebody decided meanwhile: by this form, or otherwise.
        staged(cx, id).await?;
        return Err(AppError::Conflict("import"));
    };
    if let Some(at) = before {
        key::person::sweep_made_at(cx.db, cx.organisation()?.0, Instant(at)).await?;
    }
    let at = before.map_or(cx.now.0, |before| cx.now.0.max(before + 1));
    case_import::Entity::update_many()
        .col_expr(case_import::Column::TriedAt, Expr::value(at))
        .filter(case_import::Column::Id.eq(id))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(Instant(at))
}

/// Moves a staged import to its end. Two members deciding at once: the first wins. `tried`: the moment that [`try_at`] gave;
/// nobody may have tried again since.
pub(super) async fn decide(work: &Work, id: Uuid, state: ImportState, tried: Option<Instant>) -> Result<(), AppError> {
    let mut deciding = case_import::Entity::update_many()
        .col_expr(case_import::Column::State, Expr::value(state.code()))
        .filter(case_import::Column::Id.eq(id))
        .filter(case_import::Column::State.eq(ImportState::Staged.code()));
    if let Some(at) = tried {
        deciding = deciding.filter(case_import::Column::TriedAt.eq(at.0));
    }
    if deciding.exec(&work.tx).await?.rows_affected == 1 {
        Ok(())
    } else {
        Err(AppError::Conflict("import"))
    }
}

/// Takes none of the rows, and destroys the file with its key. That there was an import stays known.
pub async fn drop_all(cx: &Cx<'_>, id: Uuid) -> Result<Uuid, AppError> {
    staged(cx, id).await?;
    let work = cx.begin(Action::ImportCases, Relation::OwnOrganisation).await?;
    decide(&work, id, ImportState::Dropped, None).await?;
    let gone = forget(&work, id).await?;
    work.finish(cx, "case_import", Some(id)).await?;
    key::person::erase(cx, cx.organisation()?.0, &gone).await?;
    Ok(id)
}

/// Destroys what is left of the file of an import that was decided about: its refused rows.
pub async fn destroy(cx: &Cx<'_>, id: Uuid) -> Result<Uuid, AppError> {
    let import = find(cx, id).await?;
    if import.state == ImportState::Staged {
        return Err(AppError::Refused("Decide first about the rows".into()));
    }
    let work = cx.begin(Action::ImportCases, Relation::OwnOrganisation).await?;
    let gone = forget(&work, id).await?;
    work.finish(cx, "case_import", Some(id)).await?;
    key::person::erase(cx, cx.organisation()?.0, &gone).await?;
    Ok(id)
}

/// Removes what is sealed of an import, and gives the key that is to be erased once that holds.
pub(super) async fn forget(work: &Work, id: Uuid) -> Result<Vec<Uuid>, AppError> {
    let key: Option<Option<Uuid>> = case_import::Entity::find_by_id(id)
        .select_only()
        .column(case_import::Column::PersonKeyId)
        .into_tuple()
        .one(&work.tx)
        .await?;
    case_import::Entity::update_many()
        .col_expr(case_import::Column::PersonKeyId, Expr::value(None::<Uuid>))
        .col_expr(case_import::Column::SealedPlan, Expr::value(None::<Vec<u8>>))
        .col_expr(case_import::Column::SealedFile, Expr::value(None::<Vec<u8>>))
        .filter(case_import::Column::Id.eq(id))
        .exec(&work.tx)
        .await?;
    Ok(key.flatten().into_iter().collect())
}

/// Destroys files that nobody decided about for a month, and refused rows as old. Needs no key; run once a day. Says how
/// many there were.
pub async fn expire(db: &Db, now: Instant) -> Result<usize, AppError> {
    let old: Vec<(Uuid, Uuid, String)> = case_import::Entity::find()
        .select_only()
        .columns([
            case_import::Column::Id,
            case_import::Column::PersonKeyId,
            case_import::Column::State,
        ])
        .filter(case_import::Column::PersonKeyId.is_not_null())
        .filter(case_import::Column::At.lt(now.plus_seconds(-KEPT_SECONDS).0))
        .into_tuple()
        .all(db.reader())
        .await?;
    if old.is_empty() {
        return Ok(0);
    }
    let tx = db.begin().await?;
    let mut keys = Vec::with_capacity(old.len());
    for (id, key, was) in &old {
        let state = match ImportState::parse(was) {
            Ok(ImportState::Staged) => ImportState::Dropped.code(),
            _ => was.as_str(),
        };
        let gone = case_import::Entity::update_many()
            .col_expr(case_import::Column::State, Expr::value(state))
            .col_expr(case_import::Column::PersonKeyId, Expr::value(None::<Uuid>))
            .col_expr(case_import::Column::SealedPlan, Expr::value(None::<Vec<u8>>))
            .col_expr(case_import::Column::SealedFile, Expr::value(None::<Vec<u8>>))
            .filter(case_import::Column::Id.eq(*id))
            // Whoever takes its rows at this moment is not told that they did not.
            .filter(case_import::Column::State.eq(was.as_str()))
            .exec(&tx)
            .await?;
        keys.extend((gone.rows_affected == 1).then_some(*key));
    }
    tx.commit().await?;
    key::person::discard(db, &keys).await?;
    Ok(keys.len())
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The import.
    pub import: Uuid,
    /// Rows of the file.
    pub n_rows: usize,
    /// Cases that can be taken.
    pub n_cases: usize,
    /// Events in them.
    pub n_events: usize,
    /// Rows refused.
    pub n_refused: usize,
    /// Why.
    pub faults: Vec<Fault>,
    /// Who may be known already.
    pub twins: Vec<Twin>,
    /// Days of one case that hardly fit each other.
    pub disorder: Vec<Fault>,
    /// Columns that hold something and answer no question.
    pub others: Vec<Other>,
    /// What happens to those.
    pub fate: Others,
    /// What was decided on reading the file.
    pub notes: Vec<String>,
}

/// Stages a file and checks its rows, and takes nothing yet: [`take`] or [`drop_all`] follows. The mapping, when none is
/// planned, is what the organisation said of the last file with the same headings, or else guessed from them. `fate`, where it
/// is given, is what happens to columns that answer no question.
pub async fn check_file(
    cx: &Cx<'_>,
    name: &str,
    bytes: Vec<u8>,
    plan_of: Plan,
    fate: Option<Others>,
) -> Result<Summary, AppError> {
    cx.permit(Action::ImportCases, Relation::OwnOrganisation)?;
    // Two commands one after another: a form's single-use token would stop the second.
    let cx = &Cx {
        once: None,
        ..cx.clone()
    };
    let mut mapping = match plan_of.mapping.clone() {
        Some(mapping) => mapping,
        None => super::suggested(cx, name, bytes.clone(), &plan_of).await?,
    };
    mapping.others = fate.unwrap_or(mapping.others);
    let fate = mapping.others;
    let id = stage(cx, name, bytes).await?;
    let planned = Plan {
        mapping: Some(mapping),
        ..plan_of
    };
    let said = plan(cx, id, planned).await;
    if let Err(error) = said {
        drop_all(cx, id).await?;
        return Err(error);
    }
    let Import { content, .. } = find(cx, id).await?;
    let Content {
        n_rows,
        n_cases,
        n_events,
        n_refused,
        faults,
        twins,
        disorder,
        others,
        notes,
        ..
    } = content;
    Ok(Summary {
        import: id,
        n_rows,
        n_cases,
        n_events,
        n_refused,
        faults,
        twins,
        disorder,
        others,
        fate,
        notes,
    })
}
