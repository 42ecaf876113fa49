//! Opening a cycle: freezes the definitions and carries last year's work forward with its status reset.

use std::collections::HashMap;

use domain::assessment::AssessmentState;
use domain::cycle::CycleState;
use domain::ids::CycleId;
use domain::indicator::IndicatorState;
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use store::row::{assessment, cycle, cycle_indicator, cycle_standard, indicator_version, member, opinion, standard};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

/// What it takes to open a cycle.
#[derive(Debug, Clone, Default)]
pub struct Open {
    /// Short code, part of every address of its edition: `2025`.
    pub code: String,
    /// “Audit 2025”.
    pub title: String,
    /// First day audited, ISO.
    pub period_start: String,
    /// Last day audited, ISO.
    pub period_end: String,
    /// Evidence later than this day is not considered, ISO.
    pub cutoff_on: String,
    /// Code of the cycle before, or empty.
    pub previous: String,
    /// How the audit is made: paragraphs separated by blank lines, with `## ` headings.
    pub method: String,
    /// Whether it is a demonstration.
    pub is_invented: bool,
}

/// Opens a cycle. Coordinators only.
///
/// Freezes every standard's newest version and every agreed indicator's newest version. Each
/// assessment of the cycle before comes along, with its assessors and without its ratings.
pub async fn open(cx: &Cx<'_>, input: Open) -> Result<CycleId, AppError> {
    let mut errors = FieldErrors::new();
    let code = errors.required("code", &input.code, "Enter a short code, such as the year");
    if !code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        errors.add(
            "code",
            "Use letters, digits and hyphens only: the code becomes part of an address",
        );
    }
    let title = errors.required("title", &input.title, "Enter a title");
    let start = errors.day("period_start", &input.period_start);
    let end = errors.day("period_end", &input.period_end);
    let cutoff = errors.day("cutoff_on", &input.cutoff_on);
    if let (Some(start), Some(end)) = (start, end)
        && end < start
    {
        errors.add("period_end", "The period ends before it begins");
    }
    if let (Some(end), Some(cutoff)) = (end, cutoff)
        && cutoff < end
    {
        errors.add("cutoff_on", "The cut-off cannot be before the end of the period");
    }
    errors.into_result()?;

    let work = cx.begin(Action::OpenCycle, Relation::Coalition).await?;
    let previous = if input.previous.trim().is_empty() {
        None
    } else {
        let found = cycle::Entity::find()
            .filter(cycle::Column::Code.eq(input.previous.trim()))
            .one(&work.tx)
            .await?;
        Some(found.ok_or_else(|| AppError::Invalid(FieldErrors::of("previous", "There is no cycle of that code")))?)
    };
    let id = cx.ids.ordered();
    let row = cycle::ActiveModel {
        id: Set(id),
        code: Set(code),
        title: Set(title),
        period_start: Set(start.map(domain::Day::iso).unwrap_or_default()),
        period_end: Set(end.map(domain::Day::iso).unwrap_or_default()),
        cutoff_on: Set(cutoff.map(domain::Day::iso).unwrap_or_default()),
        state: Set(CycleState::Opened.code().to_owned()),
        previous_id: Set(previous.as_ref().map(|cycle| cycle.id)),
        is_invented: Set(input.is_invented),
        method: Set(input.method.trim().to_owned()),
        opened_at: Set(cx.now.0),
        closed_at: Set(None),
        revision: Set(1),
    };
    if let Err(error) = row.insert(&work.tx).await {
        return Err(if store::error::is_duplicate(&error) {
            AppError::Invalid(FieldErrors::of("code", "There is already a cycle of that code"))
        } else {
            error.into()
        });
    }
    freeze_definitions(&work.tx, id).await?;
    if let Some(previous) = previous {
        carry_forward(&work.tx, cx, previous.id, id).await?;
    }
    work.finish(cx, "cycle", Some(id)).await?;
    Ok(CycleId(id))
}

/// The newest version of every standard and of every agreed indicator.
async fn freeze_definitions(tx: &impl ConnectionTrait, cycle: Uuid) -> Result<(), AppError> {
    let mut newest: HashMap<String, standard::Model> = HashMap::new();
    for row in standard::Entity::find()
        .order_by_asc(standard::Column::LoadedAt)
        .all(tx)
        .await?
    {
        newest.insert(row.code.clone(), row);
    }
    if newest.is_empty() {
        return Err(AppError::Refused(
            "no standard is loaded yet: load the standards first (rapporteur standards load)".into(),
        ));
    }
    let standards = newest.into_values().map(|row| cycle_standard::ActiveModel {
        cycle_id: Set(cycle),
        standard_id: Set(row.id),
    });
    cycle_standard::Entity::insert_many(standards)
        .exec_without_returning(tx)
        .await?;

    let mut agreed: HashMap<String, indicator_version::Model> = HashMap::new();
    let versions = indicator_version::Entity::find()
        .filter(indicator_version::Column::State.eq(IndicatorState::Agreed.code()))
        .order_by_asc(indicator_version::Column::Version)
        .all(tx)
        .await?;
    for row in versions {
        agreed.insert(row.code.clone(), row);
    }
    let indicators: Vec<_> = agreed
        .into_values()
        .map(|row| cycle_indicator::ActiveModel {
            cycle_id: Set(cycle),
            indicator_version_id: Set(row.id),
        })
        .collect();
    if !indicators.is_empty() {
        cycle_indicator::Entity::insert_many(indicators)
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

/// Assessments of the cycle before, with their assessors who are still members, without ratings.
async fn carry_forward(tx: &impl ConnectionTrait, cx: &Cx<'_>, from: Uuid, to: Uuid) -> Result<(), AppError> {
    let earlier = assessment::Entity::find()
        .filter(assessment::Column::CycleId.eq(from))
        .all(tx)
        .await?;
    let ids: Vec<Uuid> = earlier.iter().map(|row| row.id).collect();
    let mut assigned: HashMap<Uuid, Vec<opinion::Model>> = HashMap::new();
    for row in opinion::Entity::find()
        .filter(opinion::Column::AssessmentId.is_in(ids))
        .all(tx)
        .await?
    {
        assigned.entry(row.assessment_id).or_default().push(row);
    }
    let active: Vec<Uuid> = member::Entity::find()
        .filter(member::Column::IsActive.eq(true))
        .all(tx)
        .await?
        .into_iter()
        .map(|row| row.id)
        .collect();
    for row in earlier {
        let id = cx.ids.ordered();
        assessment::ActiveModel {
            id: Set(id),
            cycle_id: Set(to),
            provision_id: Set(row.provision_id),
            jurisdiction: Set(row.jurisdiction),
            state: Set(AssessmentState::Open.code().to_owned()),
            structure: Set(None),
            process: Set(None),
            outcome: Set(None),
            trend: Set(None),
            confidence: Set(None),
            reasons: Set(String::new()),
            carried_from_id: Set(Some(row.id)),
            reconciled_by_id: Set(None),
            reconciled_at: Set(None),
            revision: Set(1),
        }
        .insert(tx)
        .await?;
        for opinion in assigned.remove(&row.id).unwrap_or_default() {
            if active.contains(&opinion.member_id) {
                crate::assessment::assign::seat(tx, cx, id, opinion.member_id, opinion.organisation_id).await?;
            }
        }
    }
    Ok(())
}
