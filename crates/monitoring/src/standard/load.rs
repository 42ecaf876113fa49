//! Taking a library of files into the database.
//!
//! Idempotent: a standard or an indicator version that is there already is left as it is, because
//! cycles have frozen it. A changed standard needs a new version in its file; a changed indicator
//! definition is proposed as a new version.

use std::collections::HashMap;

use domain::indicator::IndicatorState;
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use store::row::{indicator_provision, indicator_version, provision, provision_mapping, standard};
use store::{AppError, Cx};
use uuid::Uuid;

use super::files::{IndicatorFile, Library, ProvisionFile, StandardFile};

/// What a load took in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Loaded {
    /// New standards.
    pub standards: usize,
    /// New provisions.
    pub provisions: usize,
    /// New indicator versions.
    pub indicators: usize,
}

/// Loads a checked library. Coordinators only. Rows are written in chunks, so the cost is linear.
pub async fn load(cx: &Cx<'_>, library: &Library) -> Result<Loaded, AppError> {
    let work = cx.begin(Action::LoadStandards, Relation::Coalition).await?;
    let mut loaded = Loaded::default();
    let mut ids: HashMap<(String, String), Uuid> = HashMap::new();
    for file in &library.standards {
        let existing = standard::Entity::find()
            .filter(standard::Column::Code.eq(&file.code))
            .filter(standard::Column::Version.eq(&file.version))
            .one(&work.tx)
            .await?;
        if let Some(existing) = existing {
            for row in provision::Entity::find()
                .filter(provision::Column::StandardId.eq(existing.id))
                .all(&work.tx)
                .await?
            {
                ids.insert((file.code.clone(), row.number), row.id);
            }
        } else {
            loaded.standards += 1;
            loaded.provisions += insert_standard(&work.tx, cx, file, &mut ids).await?;
        }
    }
    for mapping in &library.mappings {
        for pair in &mapping.pairs {
            let from = ids.get(&(mapping.from.clone(), pair.from.clone()));
            let to = ids.get(&(mapping.to.clone(), pair.to.clone()));
            let (Some(from), Some(to)) = (from, to) else { continue };
            if provision_mapping::Entity::find_by_id((*from, *to))
                .one(&work.tx)
                .await?
                .is_none()
            {
                let row = provision_mapping::ActiveModel {
                    from_provision_id: Set(*from),
                    to_provision_id: Set(*to),
                    mapped: Set(pair.relation.code().to_owned()),
                    note: Set(pair.note.clone()),
                };
                row.insert(&work.tx).await?;
            }
        }
    }
    for file in &library.indicators {
        if insert_indicator(&work.tx, cx, library, file, &ids).await? {
            loaded.indicators += 1;
        }
    }
    work.finish(cx, "standard", None).await?;
    Ok(loaded)
}

async fn insert_standard(
    tx: &impl ConnectionTrait,
    cx: &Cx<'_>,
    file: &StandardFile,
    ids: &mut HashMap<(String, String), Uuid>,
) -> Result<usize, AppError> {
    const CHUNK: usize = 200;
    let id = cx.ids.ordered();
    let force = file
        .in_force
        .map_or_else(String::new, |day| format!("; in force {day}"));
    standard::ActiveModel {
        id: Set(id),
        code: Set(file.code.clone()),
        version: Set(file.version.clone()),
        title: Set(file.title.clone()),
        short_title: Set(file.short_title.clone()),
        source: Set(file.source.clone()),
        about: Set(format!(
            "{}{force}. Authentic in {}.",
            file.adopted,
            file.languages
                .iter()
                .map(|code| language(code))
                .collect::<Vec<_>>()
                .join(" and ")
        )),
        loaded_at: Set(cx.now.0),
    }
    .insert(tx)
    .await?;
    let chapters: HashMap<&str, &str> = file
        .chapters
        .iter()
        .map(|chapter| (chapter.number.as_str(), chapter.title.as_str()))
        .collect();
    let mut rows = Vec::with_capacity(file.provisions.len());
    for (position, provision) in (0_i32..).zip(&file.provisions) {
        let row_id = cx.ids.ordered();
        ids.insert((file.code.clone(), provision.number.clone()), row_id);
        let chapter_title = chapters.get(provision.chapter.as_str()).copied().unwrap_or_default();
        rows.push(row(row_id, id, position, provision, chapter_title)?);
    }
    let count = rows.len();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk: Vec<_> = rows.by_ref().take(CHUNK).collect();
        provision::Entity::insert_many(chunk).exec_without_returning(tx).await?;
    }
    Ok(count)
}

fn row(
    id: Uuid,
    standard: Uuid,
    position: i32,
    file: &ProvisionFile,
    chapter_title: &str,
) -> Result<provision::ActiveModel, AppError> {
    Ok(provision::ActiveModel {
        id: Set(id),
        standard_id: Set(standard),
        position: Set(position),
        number: Set(file.number.clone()),
        article: Set(file.article.clone()),
        heading: Set(file.heading.clone()),
        title: Set(file.title.clone()),
        obligation: Set(file.obligation.clone()),
        force: Set(file.force.code().to_owned()),
        qualifier: Set(file.qualifier.clone()),
        holder: Set(file.holder.clone()),
        pillar: Set(file.pillar.map(|pillar| pillar.code().to_owned())),
        asked: Set(serde_json::to_string(&file.asked)?),
        verified: Set(file.verified.code().to_owned()),
        check_note: Set(if file.cases.is_empty() {
            file.check.clone()
        } else {
            format!("{}; leading cases: {}", file.check, file.cases.join("; "))
        }),
        chapter: Set(file.chapter.clone()),
        chapter_title: Set(chapter_title.to_owned()),
    })
}

/// Inserts a shipped indicator version as agreed; `false` when it is there already.
async fn insert_indicator(
    tx: &impl ConnectionTrait,
    cx: &Cx<'_>,
    library: &Library,
    file: &IndicatorFile,
    ids: &HashMap<(String, String), Uuid>,
) -> Result<bool, AppError> {
    let existing = indicator_version::Entity::find()
        .filter(indicator_version::Column::Code.eq(&file.id))
        .filter(indicator_version::Column::Version.eq(file.version))
        .one(tx)
        .await?;
    if existing.is_some() {
        return Ok(false);
    }
    let id = cx.ids.ordered();
    indicator_version::ActiveModel {
        id: Set(id),
        code: Set(file.id.clone()),
        version: Set(file.version),
        name: Set(file.name.clone()),
        kind: Set(file.kind.code().to_owned()),
        definition: Set(file.definition.clone()),
        direction: Set(file.direction.code().to_owned()),
        sources: Set(serde_json::to_string(&file.source)?),
        disaggregation: Set(serde_json::to_string(&file.disaggregation)?),
        limits: Set(file.limits.clone()),
        measures: Set(serde_json::to_string(&file.measures)?),
        state: Set(IndicatorState::Agreed.code().to_owned()),
        comparability: Set(None),
        comparability_why: Set(String::new()),
        member_id: Set(None),
        created_at: Set(cx.now.0),
    }
    .insert(tx)
    .await?;
    let mut linked: Vec<Uuid> = file
        .provisions
        .iter()
        .flat_map(|reference| library.resolve(reference))
        .filter_map(|provision| {
            ids.get(&(provision.standard.clone(), provision.number.clone()))
                .copied()
        })
        .collect();
    linked.sort_unstable();
    linked.dedup();
    let links = linked.into_iter().map(|provision| indicator_provision::ActiveModel {
        indicator_version_id: Set(id),
        provision_id: Set(provision),
    });
    indicator_provision::Entity::insert_many(links)
        .exec_without_returning(tx)
        .await?;
    Ok(true)
}

/// The English name of a language of ISO 639-1: those of the Council of Europe and of the United Kingdom.
/// Any other stays the code that it is.
fn language(code: &str) -> &str {
    match code {
        "en" => "English",
        "fr" => "French",
        "cy" => "Welsh",
        "gd" => "Scottish Gaelic",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use testkit::{Coalition, on_both};

    use super::*;

    #[tokio::test]
    async fn loading_the_shipped_library_twice_changes_nothing_the_second_time() {
        on_both(async |stage| {
            let coalition = Coalition::on(stage).await;
            let cx = stage.cx(&coalition.coordinator);
            let library = crate::standard::files::shipped();
            let first = load(&cx, &library).await.expect("loads");
            assert_eq!((first.standards, first.indicators), (3, 70));
            assert_eq!(load(&cx, &library).await.expect("loads again"), Loaded::default());
            let provisions = provision::Entity::find()
                .all(stage.db.reader())
                .await
                .expect("read")
                .len();
            assert_eq!(provisions, first.provisions);
            let refused = load(&stage.cx(&coalition.observer), &library).await;
            assert!(matches!(refused, Err(AppError::Forbidden(_))));
        })
        .await;
    }
}
