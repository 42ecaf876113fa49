//! Recommendations of the cycle, and the fate of those before it.

use domain::assessment::{Grade, Urgency};
use sea_orm::ConnectionTrait;
use store::AppError;
use uuid::Uuid;

use super::Source;
use crate::edition::frozen;
use crate::recommendation::{Recommendation, of_cycles};

/// The recommendations of this cycle, and those of the cycles before it with their grades up to now.
pub(super) async fn recommendations<C: ConnectionTrait>(
    source: &Source<'_, C>,
) -> Result<(Vec<frozen::Recommendation>, Vec<frozen::Recommendation>), AppError> {
    let cycles: Vec<Uuid> = source.lineage.iter().map(|cycle| cycle.id).collect();
    let (mut own, mut earlier) = (Vec::new(), Vec::new());
    for found in of_cycles(source.db, &cycles, &source.cycle.cutoff_on).await? {
        let target = if found.row.cycle_id == source.cycle.id {
            &mut own
        } else {
            &mut earlier
        };
        target.push(show(source, found)?);
    }
    Ok((own, earlier))
}

fn show<C>(source: &Source<'_, C>, found: Recommendation) -> Result<frozen::Recommendation, AppError> {
    let broken = |error: domain::words::UnknownCode| AppError::Internal(error.into());
    let mut grades = Vec::new();
    for (_, grade) in &found.grades {
        // A grade given in a later cycle does not belong to this edition.
        let Some(code) = source.code(grade.cycle_id) else {
            continue;
        };
        grades.push(frozen::Graded {
            cycle: code.to_owned(),
            grade: Grade::parse(&grade.grade).map_err(broken)?,
            reasons: grade.reasons.clone(),
            reply: grade.reply.clone(),
        });
    }
    let is_overdue =
        found.row.due_on < source.cycle.cutoff_on && grades.last().is_none_or(|graded| graded.grade != Grade::A);
    Ok(frozen::Recommendation {
        id: found.row.id.to_string(),
        slug: format!("recommendation-{}-{}", found.cycle, found.row.number),
        number: u32::try_from(found.row.number).unwrap_or_default(),
        addressee: found.body.name,
        urgency: Urgency::parse(&found.row.urgency).map_err(broken)?,
        wording: found.row.wording,
        success: found.row.success,
        due_on: found.row.due_on,
        provisions: found
            .provisions
            .iter()
            .map(|row| (source.slug(row.id), row.number.clone()))
            .collect(),
        repeats: found
            .repeats
            .map(|(cycle, number)| format!("{cycle} no. {number}"))
            .unwrap_or_default(),
        grades,
        is_overdue,
        is_invented: found.row.is_invented,
        cycle: found.cycle,
    })
}
