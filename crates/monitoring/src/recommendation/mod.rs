//! Recommendations: who should do what by when, how success would be known, and what became of it.

mod grade;
mod record;

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use domain::ids::{CycleId, ProvisionId, RecommendationId};
use domain::permission::{Action, Relation};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use store::row::{body, cycle, provision, recommendation, recommendation_grade, recommendation_provision};
use store::{AppError, Cx};
use uuid::Uuid;

pub use grade::{Grade, grade};
pub use record::{Amend, Record, amend, record};

/// A recommendation with everything around it.
#[derive(Debug, Clone)]
pub struct Recommendation {
    /// The row.
    pub row: recommendation::Model,
    /// Code of the cycle that made it.
    pub cycle: String,
    /// Whom it is addressed to.
    pub body: body::Model,
    /// Provisions it serves.
    pub provisions: Vec<provision::Model>,
    /// Grades with the code of their cycle, oldest cycle first.
    pub grades: Vec<(String, recommendation_grade::Model)>,
    /// The recommendation it repeats: cycle code and number.
    pub repeats: Option<(String, i32)>,
    /// Due before the day asked about, and not graded A in its newest grade.
    pub is_overdue: bool,
}

/// One recommendation, as of today.
pub async fn get(cx: &Cx<'_>, id: RecommendationId) -> Result<Recommendation, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let row = row(cx.db.reader(), id).await?;
    let mut found = assemble(cx.db.reader(), vec![row], &cx.now.day().iso()).await?;
    found.pop().ok_or(AppError::NotFound("recommendation"))
}

/// Every recommendation, newest cycle first, then by number, as of today.
pub async fn list(cx: &Cx<'_>) -> Result<Vec<Recommendation>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let rows = recommendation::Entity::find().all(cx.db.reader()).await?;
    let mut found = assemble(cx.db.reader(), rows, &cx.now.day().iso()).await?;
    found.sort_by(|a, b| (&b.cycle, a.row.number).cmp(&(&a.cycle, b.row.number)));
    Ok(found)
}

/// The recommendations that serve a provision, newest cycle first, as of today. One query where there
/// are none.
pub async fn of_provision(cx: &Cx<'_>, provision: ProvisionId) -> Result<Vec<Recommendation>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let serving = Query::select()
        .column(recommendation_provision::Column::RecommendationId)
        .from(recommendation_provision::Entity)
        .and_where(recommendation_provision::Column::ProvisionId.eq(provision.0))
        .take();
    let rows = recommendation::Entity::find()
        .filter(recommendation::Column::Id.in_subquery(serving))
        .all(db)
        .await?;
    let mut found = assemble(db, rows, &cx.now.day().iso()).await?;
    found.sort_by(|a, b| (&b.cycle, a.row.number).cmp(&(&a.cycle, b.row.number)));
    Ok(found)
}

/// A recommendation with those it repeats and those that repeat it, oldest cycle first.
///
/// Linear in the number of recommendations.
pub async fn chain(cx: &Cx<'_>, id: RecommendationId) -> Result<Vec<Recommendation>, AppError> {
    let mut others = list(cx).await?;
    let place = others
        .iter()
        .position(|other| other.row.id == id.0)
        .ok_or(AppError::NotFound("recommendation"))?;
    let mut found = vec![others.swap_remove(place)];
    // What is found leads to those it repeats and those that repeat it, until nothing is left to find.
    let mut next = 0;
    while let Some(row) = found.get(next).map(|found| found.row.clone()) {
        let is_linked = |other: &mut Recommendation| {
            other.row.repeat_of_id == Some(row.id) || row.repeat_of_id == Some(other.row.id)
        };
        found.extend(others.extract_if(.., is_linked));
        next += 1;
    }
    found.sort_by(|a, b| (&a.cycle, a.row.number).cmp(&(&b.cycle, b.row.number)));
    Ok(found)
}

/// Recommendations of some cycles, oldest first, as of a day.
pub(crate) async fn of_cycles(
    db: &impl ConnectionTrait,
    cycles: &[Uuid],
    as_of: &str,
) -> Result<Vec<Recommendation>, AppError> {
    let rows = recommendation::Entity::find()
        .filter(recommendation::Column::CycleId.is_in(cycles.iter().copied()))
        .all(db)
        .await?;
    let mut found = assemble(db, rows, as_of).await?;
    found.sort_by(|a, b| (&a.cycle, a.row.number).cmp(&(&b.cycle, b.row.number)));
    Ok(found)
}

/// Joins rows with what belongs to them; one query per table, however many rows.
async fn assemble(
    db: &impl ConnectionTrait,
    rows: Vec<recommendation::Model>,
    as_of: &str,
) -> Result<Vec<Recommendation>, AppError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids = || rows.iter().map(|row| row.id);
    let served = Query::select()
        .column(recommendation_provision::Column::ProvisionId)
        .from(recommendation_provision::Entity)
        .and_where(recommendation_provision::Column::RecommendationId.is_in(ids()))
        .take();
    let earlier: Vec<Uuid> = rows.iter().filter_map(|row| row.repeat_of_id).collect();
    let repeated = async {
        if earlier.is_empty() {
            return Ok(Vec::new());
        }
        recommendation::Entity::find()
            .filter(recommendation::Column::Id.is_in(earlier))
            .all(db)
            .await
    };
    let (cycles, bodies, links, provisions, graded, repeated) = tokio::try_join!(
        cycle::Entity::find()
            .select_only()
            .column(cycle::Column::Id)
            .column(cycle::Column::Code)
            .into_tuple::<(Uuid, String)>()
            .all(db),
        body::Entity::find()
            .filter(body::Column::Id.is_in(rows.iter().map(|row| row.body_id)))
            .all(db),
        recommendation_provision::Entity::find()
            .filter(recommendation_provision::Column::RecommendationId.is_in(ids()))
            .all(db),
        provision::Entity::find()
            .filter(provision::Column::Id.in_subquery(served))
            .all(db),
        recommendation_grade::Entity::find()
            .filter(recommendation_grade::Column::RecommendationId.is_in(ids()))
            .all(db),
        repeated,
    )?;
    let cycles: HashMap<Uuid, String> = cycles.into_iter().collect();
    let code = |id: &Uuid| cycles.get(id).cloned().unwrap_or_default();
    let bodies: HashMap<Uuid, body::Model> = bodies.into_iter().map(|body| (body.id, body)).collect();
    let provisions: HashMap<Uuid, provision::Model> = provisions.into_iter().map(|row| (row.id, row)).collect();
    let repeated: HashMap<Uuid, recommendation::Model> = repeated.into_iter().map(|row| (row.id, row)).collect();
    let mut grades: HashMap<Uuid, Vec<(String, recommendation_grade::Model)>> = HashMap::new();
    for grade in graded {
        let own = grades.entry(grade.recommendation_id).or_default();
        own.push((code(&grade.cycle_id), grade));
    }
    rows.into_iter()
        .map(|row| {
            let mut own = grades.remove(&row.id).unwrap_or_default();
            own.sort_by(|a, b| a.0.cmp(&b.0));
            let mut serves: Vec<provision::Model> = links
                .iter()
                .filter(|link| link.recommendation_id == row.id)
                .filter_map(|link| provisions.get(&link.provision_id).cloned())
                .collect();
            serves.sort_by_key(|provision| provision.position);
            Ok(Recommendation {
                cycle: code(&row.cycle_id),
                body: bodies
                    .get(&row.body_id)
                    .cloned()
                    .ok_or(AppError::NotFound("public body"))?,
                provisions: serves,
                repeats: row
                    .repeat_of_id
                    .and_then(|id| repeated.get(&id))
                    .map(|earlier| (code(&earlier.cycle_id), earlier.number)),
                is_overdue: row.due_on.as_str() < as_of && own.last().is_none_or(|(_, grade)| grade.grade != "A"),
                grades: own,
                row,
            })
        })
        .collect()
}

/// The row, for commands.
pub(crate) async fn row(db: &impl ConnectionTrait, id: RecommendationId) -> Result<recommendation::Model, AppError> {
    recommendation::Entity::find_by_id(id.0)
        .one(db)
        .await?
        .ok_or(AppError::NotFound("recommendation"))
}

/// The number the next recommendation of a cycle gets.
pub(crate) async fn next_number(db: &impl ConnectionTrait, cycle: CycleId) -> Result<i32, AppError> {
    let last = recommendation::Entity::find()
        .filter(recommendation::Column::CycleId.eq(cycle.0))
        .order_by_desc(recommendation::Column::Number)
        .one(db)
        .await?;
    Ok(last.map_or(1, |row| row.number + 1))
}
