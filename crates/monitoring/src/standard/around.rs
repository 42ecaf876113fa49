//! What stands around a provision in the library itself: its neighbours, the provisions of other
//! standards that it is mapped to, and the questionnaires that ask about it.

use std::collections::HashMap;
use std::sync::LazyLock;

use domain::ids::ProvisionId;
use domain::permission::{Action, Relation};
use domain::standard::{Mapped, Verified};
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use store::row::{provision, provision_mapping, standard};
use store::{AppError, Cx};
use uuid::Uuid;

use super::files::{Library, OfficialNumber, shipped};
use super::{Provision, Standard};

/// The standards that the program carries, read once.
pub fn library() -> &'static Library {
    static LIBRARY: LazyLock<Library> = LazyLock::new(shipped);
    &LIBRARY
}

/// A standard and how much of it there is.
#[derive(Debug, Clone)]
pub struct Summary {
    /// The standard.
    pub standard: Standard,
    /// Its provisions.
    pub n_provisions: usize,
    /// Those of them that were not, or only partly, read against the text.
    pub n_unverified: usize,
}

/// Every standard with its size, the Convention first. Two queries.
pub async fn summaries(cx: &Cx<'_>) -> Result<Vec<Summary>, AppError> {
    let standards = super::list(cx).await?;
    let counted: Vec<(Uuid, String, i64)> = provision::Entity::find()
        .select_only()
        .column(provision::Column::StandardId)
        .column(provision::Column::Verified)
        .column_as(provision::Column::Id.count(), "n")
        .group_by(provision::Column::StandardId)
        .group_by(provision::Column::Verified)
        .into_tuple()
        .all(cx.db.reader())
        .await?;
    let count = |standard: Uuid, keep: &dyn Fn(&str) -> bool| {
        let n: i64 = counted
            .iter()
            .filter(|(of, verified, _)| *of == standard && keep(verified))
            .map(|(.., n)| n)
            .sum();
        usize::try_from(n).unwrap_or(0)
    };
    Ok(standards
        .into_iter()
        .map(|standard| Summary {
            n_provisions: count(standard.id, &|_| true),
            n_unverified: count(standard.id, &|verified| verified != Verified::Yes.code()),
            standard,
        })
        .collect())
}

/// A provision with the one before and the one after it.
#[derive(Debug, Clone)]
pub struct Place {
    /// The provision.
    pub provision: Provision,
    /// The one before it in its standard.
    pub before: Option<Provision>,
    /// The one after it.
    pub after: Option<Provision>,
}

/// Where a provision stands in its standard. One query.
pub async fn place(cx: &Cx<'_>, id: ProvisionId) -> Result<Place, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let of_this = |column: provision::Column| {
        let mut query = Query::select();
        query
            .column(column)
            .from(provision::Entity)
            .and_where(provision::Column::Id.eq(id.0));
        Expr::expr(sea_orm::sea_query::SimpleExpr::SubQuery(
            None,
            Box::new(query.take().into()),
        ))
    };
    let rows = provision::Entity::find()
        .filter(sea_orm::ExprTrait::eq(
            Expr::col(provision::Column::StandardId),
            of_this(provision::Column::StandardId),
        ))
        .filter(sea_orm::ExprTrait::between(
            Expr::col(provision::Column::Position),
            sea_orm::ExprTrait::sub(of_this(provision::Column::Position), 1),
            sea_orm::ExprTrait::add(of_this(provision::Column::Position), 1),
        ))
        .order_by_asc(provision::Column::Position)
        .all(cx.db.reader())
        .await?;
    let (mut before, mut found, mut after) = (None, None, None);
    for row in rows {
        if row.id == id.0 {
            found = Some(row);
        } else if found.is_none() {
            before = Some(row);
        } else {
            after = Some(row);
        }
    }
    Ok(Place {
        provision: found.ok_or(AppError::NotFound("provision"))?,
        before,
        after,
    })
}

/// A provision of another standard and how the two stand to each other.
#[derive(Debug, Clone)]
pub struct Counterpart {
    /// Short title of its standard.
    pub standard: String,
    /// The other provision.
    pub provision: Provision,
    /// How the provision asked about stands to it.
    pub relation: Mapped,
    /// What the mapping adds, or empty.
    pub note: String,
}

/// The same mapping, read from its other end.
const fn reversed(relation: Mapped) -> Mapped {
    match relation {
        Mapped::Narrower => Mapped::Wider,
        Mapped::Wider => Mapped::Narrower,
        same => same,
    }
}

/// Provisions of other standards that a provision is mapped to or from. One query where there are none,
/// else three.
pub async fn counterparts(cx: &Cx<'_>, id: ProvisionId) -> Result<Vec<Counterpart>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let (from, to) = (
        provision_mapping::Column::FromProvisionId,
        provision_mapping::Column::ToProvisionId,
    );
    let links = provision_mapping::Entity::find()
        .filter(Condition::any().add(from.eq(id.0)).add(to.eq(id.0)))
        .all(db)
        .await?;
    if links.is_empty() {
        return Ok(Vec::new());
    }
    let ends = links
        .iter()
        .flat_map(|link| [link.from_provision_id, link.to_provision_id]);
    let rows = provision::Entity::find()
        .filter(provision::Column::Id.is_in(ends.filter(|end| *end != id.0)))
        .order_by_asc(provision::Column::Position)
        .all(db);
    let (rows, standards) = tokio::try_join!(rows, standard::Entity::find().all(db))?;
    let standards: HashMap<Uuid, String> = standards.into_iter().map(|row| (row.id, row.short_title)).collect();
    let mut found = Vec::with_capacity(rows.len());
    for provision in rows {
        let Some(link) = links
            .iter()
            .find(|link| link.from_provision_id == provision.id || link.to_provision_id == provision.id)
        else {
            continue;
        };
        let relation = Mapped::parse(&link.mapped).map_err(|fault| AppError::Internal(fault.into()))?;
        found.push(Counterpart {
            standard: standards.get(&provision.standard_id).cloned().unwrap_or_default(),
            relation: if link.from_provision_id == id.0 {
                relation
            } else {
                reversed(relation)
            },
            note: link.note.clone(),
            provision,
        });
    }
    Ok(found)
}

/// A provision's check note with the names of the copies it was read against in place of their tags.
///
/// ```
/// let words = monitoring::standard::read_against("CETS 197", "coe; the words on women are not yet read");
/// assert_eq!(words, "Pages of coe.int; the words on women are not yet read");
/// assert_eq!(monitoring::standard::read_against("CETS 197", "own knowledge"), "own knowledge");
/// ```
pub fn read_against(standard: &str, check_note: &str) -> String {
    let copies = library().standard(standard).map_or(&[][..], |file| &file.copies);
    let (tags, rest) = check_note
        .split_once(';')
        .map_or((check_note, None), |(tags, rest)| (tags, Some(rest)));
    let name = |tag: &str| {
        copies
            .iter()
            .find(|copy| copy.tag == tag.trim())
            .map(|copy| copy.name.as_str())
    };
    let Some(names) = tags.split(',').map(name).collect::<Option<Vec<_>>>() else {
        return check_note.to_owned();
    };
    let names = names.join("; ");
    rest.map_or_else(|| names.clone(), |rest| format!("{names};{rest}"))
}

/// A part of a questionnaire that asks about a provision.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// Title of the questionnaire.
    pub questionnaire: &'static str,
    /// The section's own number, or empty where it is not known.
    pub section: &'static str,
    /// What the section or topic is about.
    pub words: &'static str,
    /// Whether it is known, and not only likely, to ask about the provision.
    pub is_verified: bool,
    /// The official question number, once a person has found it.
    pub official: Option<&'static OfficialNumber>,
}

/// The questionnaires' sections and topics that ask about a provision, the verified ones first.
/// Keys come from the row and, for those that are only likely, from the program's own library.
/// No query.
pub fn asked(standard: &str, row: &Provision) -> Vec<Asked> {
    let library = library();
    let verified: Vec<String> = serde_json::from_str(&row.asked).unwrap_or_default();
    let likely = library
        .standard(standard)
        .and_then(|file| file.provisions.iter().find(|provision| provision.number == row.number))
        .map_or(&[][..], |provision| &provision.asked_unverified);
    let known = verified.iter().map(|key| (key, true));
    known
        .chain(likely.iter().map(|key| (key, false)))
        .filter_map(|(key, is_known)| look_up(key, is_known))
        .collect()
}

fn look_up(key: &str, is_known: bool) -> Option<Asked> {
    library().questionnaires.iter().find_map(|questionnaire| {
        let title = questionnaire.title.as_str();
        let section = |key: &str| questionnaire.sections.iter().find(|section| section.key == key);
        if let Some(found) = section(key) {
            return Some(Asked {
                questionnaire: title,
                section: &found.number,
                words: &found.title,
                is_verified: is_known && found.verified == Verified::Yes,
                official: None,
            });
        }
        let topic = questionnaire.topics.iter().find(|topic| topic.key == key)?;
        Some(Asked {
            questionnaire: title,
            section: section(&topic.section).map_or("", |section| &section.number),
            words: &topic.words,
            is_verified: is_known && topic.verified == Verified::Yes,
            official: topic.official.as_ref(),
        })
    })
}

#[cfg(test)]
mod tests {
    use testkit::{Coalition, on_both};

    use super::*;

    #[tokio::test]
    async fn a_provision_knows_its_neighbours_and_its_counterparts_from_both_ends() {
        on_both(async |stage| {
            let coalition = Coalition::on(stage).await;
            super::super::load(&stage.cx(&coalition.coordinator), library())
                .await
                .expect("loads");
            let cx = stage.cx(&coalition.observer);
            let summaries = summaries(&cx).await.expect("standards");
            assert_eq!(summaries[0].standard.code, "CETS 197");
            // The Convention is mostly read against copies of its text; the cases under the European
            // Convention are not yet, and every row of theirs says so.
            let unread = |code: &str| {
                let found = summaries.iter().find(|summary| summary.standard.code == code);
                found
                    .map(|summary| (summary.n_provisions, summary.n_unverified))
                    .expect("shipped")
            };
            let (n, n_unread) = unread("CETS 197");
            assert!(n_unread > 0 && n_unread < n);
            let (n, n_unread) = unread("ECHR 4");
            assert!(n > 0 && n_unread == n);
            let (_, rows) = super::super::get(&cx, domain::ids::StandardId(summaries[0].standard.id))
                .await
                .expect("provisions");
            let first = place(&cx, ProvisionId(rows[0].id)).await.expect("the first");
            assert!(first.before.is_none() && first.after.as_ref().is_some_and(|after| after.id == rows[1].id));
            let second = place(&cx, ProvisionId(rows[1].id)).await.expect("the second");
            assert_eq!(second.before.map(|row| row.id), Some(rows[0].id));
            let nowhere = place(&cx, ProvisionId(Uuid::nil())).await;
            assert!(matches!(nowhere, Err(AppError::NotFound("provision"))));

            let link = provision_mapping::Entity::find()
                .all(stage.db.reader())
                .await
                .expect("read")
                .swap_remove(0);
            let relation = Mapped::parse(&link.mapped).expect("a relation");
            for (this, that, expected) in [
                (link.from_provision_id, link.to_provision_id, relation),
                (link.to_provision_id, link.from_provision_id, reversed(relation)),
            ] {
                let found = counterparts(&cx, ProvisionId(this)).await.expect("counterparts");
                assert!(
                    found
                        .iter()
                        .any(|other| other.provision.id == that && other.relation == expected)
                );
            }
        })
        .await;
    }

    #[test]
    fn questionnaires_are_named_by_their_titles_and_never_by_our_keys() {
        let file = library()
            .standard("CETS 197")
            .expect("shipped")
            .provisions
            .iter()
            .find(|row| row.number == "10(1).1")
            .expect("shipped");
        let row = Provision {
            id: Uuid::nil(),
            standard_id: Uuid::nil(),
            position: 0,
            number: file.number.clone(),
            article: file.article.clone(),
            heading: file.heading.clone(),
            title: file.title.clone(),
            obligation: file.obligation.clone(),
            force: file.force.code().to_owned(),
            qualifier: String::new(),
            holder: String::new(),
            pillar: None,
            asked: serde_json::to_string(&file.asked).expect("text"),
            verified: String::new(),
            check_note: String::new(),
            chapter: String::new(),
            chapter_title: String::new(),
        };
        let found = asked("CETS 197", &row);
        assert_eq!(found.len(), file.asked.len() + file.asked_unverified.len());
        assert!(found.iter().any(|place| !place.is_verified));
        assert!(found.iter().all(|place| !place.words.contains("R4-")));
    }
}
