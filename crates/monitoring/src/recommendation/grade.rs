//! What became of a recommendation, graded A to E in each later cycle.

use domain::assessment;
use domain::cycle::CycleState;
use domain::ids::{CycleId, RecommendationId};
use domain::permission::{Action, Relation};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};
use store::row::recommendation_grade::{ActiveModel, Column, Entity};
use store::{AppError, Cx, FieldErrors};

/// A grade.
#[derive(Debug, Clone, Default)]
pub struct Grade {
    /// The cycle that grades it; later than the one that made it.
    pub cycle: Option<CycleId>,
    /// Code of the grade.
    pub grade: String,
    /// Why.
    pub reasons: String,
    /// The addressee's reply, or empty.
    pub reply: String,
    /// When they replied, ISO, or empty.
    pub replied_on: String,
}

/// Grades a recommendation in a cycle; grading again replaces the grade while that cycle is open.
pub async fn grade(cx: &Cx<'_>, id: RecommendationId, input: Grade) -> Result<RecommendationId, AppError> {
    let mut errors = FieldErrors::new();
    errors.code("grade", assessment::Grade::parse(&input.grade), "Choose a grade");
    let reasons = errors.required("reasons", &input.reasons, "Give your reasons: they are printed");
    if !input.replied_on.is_empty() {
        errors.day("replied_on", &input.replied_on);
    }
    if input.cycle.is_none() {
        errors.add("cycle", "Choose the cycle that grades it");
    }
    errors.into_result()?;
    let cycle = input.cycle.ok_or(AppError::NotFound("cycle"))?;
    let member = cx.member()?;
    let work = cx.begin(Action::GradeRecommendation, Relation::Coalition).await?;
    let row = super::row(&work.tx, id).await?;
    let grading = crate::cycle::row(&work.tx, cycle).await?;
    crate::cycle::require(&grading, &[CycleState::Gathering, CycleState::Assessing])?;
    let made = crate::cycle::row(&work.tx, CycleId(row.cycle_id)).await?;
    if grading.period_start <= made.period_start {
        return Err(AppError::Invalid(FieldErrors::of(
            "cycle",
            "A recommendation is graded in a cycle later than the one that made it",
        )));
    }
    let grade = ActiveModel {
        recommendation_id: Set(id.0),
        cycle_id: Set(cycle.0),
        grade: Set(input.grade),
        reasons: Set(reasons),
        reply: Set(input.reply.trim().to_owned()),
        replied_on: Set((!input.replied_on.is_empty()).then_some(input.replied_on)),
        member_id: Set(member.0),
        at: Set(cx.now.0),
    };
    Entity::insert(grade)
        .on_conflict(
            OnConflict::columns([Column::RecommendationId, Column::CycleId])
                .update_columns([
                    Column::Grade,
                    Column::Reasons,
                    Column::Reply,
                    Column::RepliedOn,
                    Column::MemberId,
                    Column::At,
                ])
                .to_owned(),
        )
        .exec_without_returning(&work.tx)
        .await?;
    work.finish(cx, "recommendation_grade", Some(id.0)).await?;
    Ok(id)
}
