//! Moving a cycle to its next state, and what stands in the way of closing it.

use domain::assessment::AssessmentState;
use domain::cycle::CycleState;
use domain::ids::CycleId;
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{assessment, cycle, provision};
use store::{AppError, Cx};

/// Moves a cycle to the state that follows its own. Coordinators only.
///
/// Leaving the gathering state freezes the evidence, so it waits for the cut-off day; closing waits
/// until every assessment is reconciled.
pub async fn advance(cx: &Cx<'_>, id: CycleId) -> Result<CycleState, AppError> {
    let work = cx.begin(Action::MoveCycle, Relation::Coalition).await?;
    let row = super::row(&work.tx, id).await?;
    let next = super::state(&row)?
        .next()
        .ok_or_else(|| AppError::Refused(format!("{} is closed: nothing follows", row.title)))?;
    match next {
        CycleState::Assessing => {
            let today = cx.now.day().iso();
            if today < row.cutoff_on {
                return Err(AppError::Refused(format!(
                    "evidence is gathered until {}: assessing begins on that day or later",
                    domain::Day::parse(&row.cutoff_on).map_or_else(|_| row.cutoff_on.clone(), |day| day.to_string())
                )));
            }
            crate::evidence::freeze(&work.tx, id).await?;
        }
        CycleState::Closed => {
            let standing = obstacles(&work.tx, id).await?;
            if !standing.is_empty() {
                return Err(AppError::Refused(refusal(&row, &standing)));
            }
        }
        CycleState::Opened | CycleState::Gathering => {}
    }
    let revision = row.revision + 1;
    let mut row: cycle::ActiveModel = row.into();
    row.state = Set(next.code().to_owned());
    row.revision = Set(revision);
    if next == CycleState::Closed {
        row.closed_at = Set(Some(cx.now.0));
    }
    row.update(&work.tx).await?;
    work.finish(cx, "cycle", Some(id.0)).await?;
    Ok(next)
}

/// How a cycle with open assessments is refused: what is open, and what to do.
pub(crate) fn refusal(cycle: &cycle::Model, standing: &[String]) -> String {
    const SHOWN: usize = 8;
    let more = standing.len().saturating_sub(SHOWN);
    let list = standing
        .iter()
        .take(SHOWN)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    let rest = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    format!(
        "{}: {} not reconciled yet ({list}{rest}). Reconcile them first.",
        cycle.title,
        counted(standing.len())
    )
}

fn counted(n: usize) -> String {
    if n == 1 {
        "1 assessment is".to_owned()
    } else {
        format!("{n} assessments are")
    }
}

/// Assessments that are not reconciled, by provision number and jurisdiction.
pub async fn obstacles(db: &impl ConnectionTrait, id: CycleId) -> Result<Vec<String>, AppError> {
    let open = assessment::Entity::find()
        .filter(assessment::Column::CycleId.eq(id.0))
        .filter(assessment::Column::State.ne(AssessmentState::Reconciled.code()))
        .all(db)
        .await?;
    let provisions = provision::Entity::find()
        .filter(provision::Column::Id.is_in(open.iter().map(|row| row.provision_id)))
        .order_by_asc(provision::Column::Position)
        .all(db)
        .await?;
    Ok(provisions
        .iter()
        .flat_map(|provision| {
            open.iter()
                .filter(|row| row.provision_id == provision.id)
                .map(|row| format!("{} {}", provision.number, jurisdiction(&row.jurisdiction)))
        })
        .collect())
}

fn jurisdiction(code: &str) -> &'static str {
    domain::cycle::Jurisdiction::parse(code).map_or("", domain::cycle::Jurisdiction::words)
}
