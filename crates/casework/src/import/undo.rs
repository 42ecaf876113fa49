//! Undoing an import: exactly the people and cases that it brought go, unless somebody has since changed one of them.

use std::collections::{HashMap, HashSet};

use access::key;
use domain::permission::{Action, Relation};
use domain::series::ImportState;
use sea_orm::sea_query::{Alias, Expr, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait as _, QueryFilter};
use store::row::{case_import, case_import_case, draft, person, support_case};
use store::{AppError, Cx, Work};
use uuid::Uuid;

use super::find;
use super::take::forget;
use crate::case;

/// Ids in one condition.
const CHUNK: usize = 10_000;
/// What hangs on a case and says nothing about the person: who works on it, and that it was imported.
const NOT_PARTS: &[&str] = &["case_member", "case_import_case"];

/// Removes the people and cases that an import brought, with their keys, and marks it undone. Refuses where somebody has
/// since amended, added or recorded anything. Supervisors; it is as final as forgetting a person.
pub async fn undo(cx: &Cx<'_>, id: Uuid) -> Result<Uuid, AppError> {
    let import = find(cx, id).await?;
    cx.permit(Action::UndoCaseImport, Relation::OwnOrganisation)?;
    let owner = cx.organisation()?.0;
    let work = cx.begin(Action::UndoCaseImport, Relation::OwnOrganisation).await?;
    // Held until the end: nobody changes a case meanwhile.
    case::bump(&work.tx, owner).await?;
    let changed = case_import::Entity::update_many()
        .col_expr(case_import::Column::State, Expr::value(ImportState::Undone.code()))
        .filter(case_import::Column::Id.eq(id))
        .filter(case_import::Column::State.eq(ImportState::Taken.code()))
        .exec(&work.tx)
        .await?;
    if changed.rows_affected != 1 {
        return Err(AppError::Refused(import.state.cannot_be_undone()));
    }
    let brought: HashMap<Uuid, i32> = case_import_case::Entity::find()
        .filter(case_import_case::Column::CaseImportId.eq(id))
        .all(&work.tx)
        .await?
        .into_iter()
        .map(|row| (row.case_id, row.n_parts))
        .collect();
    let cases: Vec<Uuid> = brought.keys().copied().collect();
    let (persons, mut touched) = persons(&work, &cases).await?;
    touched.extend(amended(&work, &brought).await?);
    if !touched.is_empty() {
        let n = touched.len();
        return Err(AppError::Refused(format!(
            "{n} of these cases {} changed since, so the import stays: what somebody recorded would be lost. Forget single people on their own pages instead",
            if n == 1 { "was" } else { "were" }
        )));
    }
    let mut keys: Vec<Uuid> = persons.iter().map(|row| row.person_key_id).collect();
    keys.extend(forget(&work, id).await?);
    drafts(&work, &cases).await?;
    let ids: Vec<Uuid> = persons.iter().map(|row| row.id).collect();
    for ids in ids.chunks(CHUNK) {
        person::Entity::delete_many()
            .filter(person::Column::Id.is_in(ids.iter().copied()))
            .exec(&work.tx)
            .await?;
    }
    // The keys go first, as whenever somebody is forgotten: cut off here, the next start removes the noise that is left.
    key::person::erase(cx, owner, &keys).await?;
    work.finish(cx, "case_import", Some(id)).await?;
    Ok(id)
}

/// The people of some cases, and the cases of which the person or the description was amended.
async fn persons(work: &Work, cases: &[Uuid]) -> Result<(Vec<person::Model>, HashSet<Uuid>), AppError> {
    let mut persons = Vec::with_capacity(cases.len());
    let mut touched = HashSet::new();
    for ids in cases.chunks(CHUNK) {
        let rows = support_case::Entity::find()
            .filter(support_case::Column::Id.is_in(ids.iter().copied()))
            .all(&work.tx)
            .await?;
        let of: HashMap<Uuid, Uuid> = rows.iter().map(|row| (row.person_id, row.id)).collect();
        touched.extend(rows.iter().filter(|row| row.revision != 1).map(|row| row.id));
        let found = person::Entity::find()
            .filter(person::Column::Id.is_in(of.keys().copied()))
            .all(&work.tx)
            .await?;
        let amended = found.iter().filter(|row| row.revision != 1);
        touched.extend(amended.filter_map(|row| of.get(&row.id)));
        persons.extend(found);
    }
    Ok((persons, touched))
}

/// The cases on which more hangs than the import brought, or of which a part was amended; whatever tables there are.
async fn amended(work: &Work, brought: &HashMap<Uuid, i32>) -> Result<HashSet<Uuid>, AppError> {
    let cases: Vec<Uuid> = brought.keys().copied().collect();
    let mut n_parts: HashMap<Uuid, i32> = HashMap::new();
    let mut touched = HashSet::new();
    for naming in store::migrate::naming("support_case") {
        if NOT_PARTS.contains(&naming.table.as_str()) {
            continue;
        }
        let (table, column) = (Alias::new(naming.table.as_str()), Alias::new(naming.column.as_str()));
        for ids in cases.chunks(CHUNK) {
            let mut query = Query::select();
            query
                .column(column.clone())
                .from(table.clone())
                .and_where(Expr::col(column.clone()).is_in(ids.iter().copied()));
            if naming.has_revision {
                query.column(Alias::new("revision"));
            }
            for row in work.tx.query_all(&query).await? {
                let case: Uuid = row.try_get("", &naming.column)?;
                *n_parts.entry(case).or_default() += 1;
                if naming.has_revision && row.try_get::<i32>("", "revision")? != 1 {
                    touched.insert(case);
                }
            }
        }
    }
    let differs = |(case, n): (&Uuid, &i32)| (n_parts.get(case).copied().unwrap_or(0) != *n).then_some(*case);
    touched.extend(brought.iter().filter_map(differs));
    Ok(touched)
}

/// Forgets what members typed about these cases and did not send.
async fn drafts(work: &Work, cases: &[Uuid]) -> Result<(), AppError> {
    let cases: HashSet<Uuid> = cases.iter().copied().collect();
    let all = draft::Entity::find()
        .filter(draft::Column::Form.starts_with("/cases/"))
        .all(&work.tx)
        .await?;
    for row in all {
        let case = row.form.strip_prefix("/cases/").and_then(|rest| rest.split('/').next());
        if case
            .and_then(|case| case.parse().ok())
            .is_some_and(|case| cases.contains(&case))
        {
            store::draft::forget_under(&work.tx, &row.form).await?;
        }
    }
    Ok(())
}
