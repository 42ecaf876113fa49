//! The list of evidence: searched, filtered, paged, latest recorded first.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use domain::evidence::{Credibility, EvidenceKind, Form, Group, Handling, Reliability};
use domain::fold::fold;
use domain::ids::{EvidenceId, ProvisionId};
use domain::permission::{Action, Relation};
use domain::{Day, words::UnknownCode};
use sea_orm::sea_query::{Expr, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait, Select,
};
use store::row::{evidence, evidence_facet, evidence_provision};
use store::{AppError, Cx};
use uuid::Uuid;

use super::{AREA, FORM, GROUP, Names, visible_to};

/// Items on a page.
pub const PAGE: u64 = 50;
/// Items read beyond the page shown: enough to say that there are many, cheap whatever there is.
const AHEAD: u64 = 100;

/// What a list keeps; everything empty keeps everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Words that the item must hold, the last one perhaps only begun.
    pub words: String,
    /// A provision it bears on.
    pub provision: Option<ProvisionId>,
    /// A form of exploitation it speaks of.
    pub form: Option<Form>,
    /// A group it speaks of.
    pub group: Option<Group>,
    /// Code of an area it speaks of.
    pub area: Option<String>,
    /// Its kind.
    pub kind: Option<EvidenceKind>,
    /// Its source's reliability.
    pub reliability: Option<Reliability>,
    /// Its own credibility.
    pub credibility: Option<Credibility>,
    /// Who may see it.
    pub handling: Option<Handling>,
    /// Its publisher, in any case; empty for any.
    pub publisher: String,
    /// The first day it may speak of.
    pub from: Option<Day>,
    /// The last day it may speak of.
    pub until: Option<Day>,
}

/// What any list says of an item.
#[derive(Debug, Clone)]
pub struct Headline {
    /// The item.
    pub id: EvidenceId,
    /// Its title.
    pub title: String,
    /// Its publisher.
    pub publisher: String,
    /// Its kind.
    pub kind: EvidenceKind,
    /// The day it speaks of.
    pub effective_on: Day,
    /// How reliable its source is.
    pub reliability: Reliability,
    /// How credible it is itself.
    pub credibility: Credibility,
    /// Whether it was invented for a demonstration.
    pub is_invented: bool,
}

/// An item in the list of evidence.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The item.
    pub headline: Headline,
    /// Who may see it.
    pub handling: Handling,
    /// Numbers of the provisions it bears on, in the order of their standard.
    pub provisions: Vec<String>,
    /// The organisation that recorded it.
    pub organisation: String,
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its items, at most [`PAGE`].
    pub items: Vec<Listed>,
    /// What filters offer to choose from.
    pub names: Arc<Names>,
    /// Its number, from 1.
    pub number: u64,
    /// The last page that is known of.
    pub last: u64,
    /// How many items there are; where `is_more`, at least so many; 0 beyond the last page.
    pub n: u64,
    /// Whether there are more than were counted.
    pub is_more: bool,
}

/// What a list reads of an item; its summary stays where it is.
#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    title: String,
    publisher: String,
    kind: String,
    effective_on: String,
    reliability: String,
    credibility: String,
    handling: String,
    organisation_id: Uuid,
    is_invented: bool,
}

impl Row {
    fn headline(self) -> Result<Headline, AppError> {
        Ok(Headline {
            kind: EvidenceKind::parse(&self.kind).map_err(broken)?,
            effective_on: Day::parse(&self.effective_on).map_err(|fault| AppError::Internal(fault.into()))?,
            reliability: Reliability::parse(&self.reliability).map_err(broken)?,
            credibility: Credibility::parse(&self.credibility).map_err(broken)?,
            id: EvidenceId(self.id),
            title: self.title,
            publisher: self.publisher,
            is_invented: self.is_invented,
        })
    }
}

/// One page of what this member may see, numbered from 1.
///
/// Three queries and the names. Finds a page and at most `AHEAD` items beyond it, so the cost grows with
/// how deep one pages and not with how much evidence there is. A page is kept, for those who may see the same,
/// until something is written.
pub async fn list(cx: &Cx<'_>, filter: &Filter, number: u64) -> Result<Arc<Page>, AppError> {
    let names = super::names(cx).await?;
    let number = number.clamp(1, 1_000_000);
    // What a member may see follows from their organisation and their roles alone.
    let asked = format!("{:?} {:?} {filter:?} {number}", cx.actor.organisation, cx.actor.roles);
    let read = async |_: &_| read(cx, filter, number, names).await;
    cx.db.kept_for(&asked, read).await
}

async fn read(cx: &Cx<'_>, filter: &Filter, number: u64, names: Arc<Names>) -> Result<Page, AppError> {
    let db = cx.db.reader();
    let skipped = (number - 1) * PAGE;
    let known = PAGE + AHEAD;
    let mut ids: Vec<Uuid> = narrowed(cx, db, filter)
        .select_only()
        .column(evidence::Column::Id)
        .offset(skipped)
        .limit(known + 1)
        .into_tuple()
        .all(db)
        .await?;
    let n_read = ids.len() as u64;
    // Beyond the last page nothing is known.
    let n = if n_read == 0 { 0 } else { skipped + n_read.min(known) };
    ids.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    Ok(Page {
        items: named(db, &ids, &names).await?,
        names,
        number,
        last: n.div_ceil(PAGE).max(1),
        n,
        is_more: n_read > known,
    })
}

/// The items on a provision that were recorded last, at most `n`, for its page. One query, which reads no
/// more than it gives.
pub async fn latest(cx: &Cx<'_>, provision: ProvisionId, n: u64) -> Result<Vec<Headline>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let filter = Filter {
        provision: Some(provision),
        ..Filter::default()
    };
    let found = rows(db, narrowed(cx, db, &filter).limit(n)).await?;
    found.into_iter().map(Row::headline).collect()
}

/// What lists read of the items that a query finds.
async fn rows(db: &impl ConnectionTrait, query: Select<evidence::Entity>) -> Result<Vec<Row>, AppError> {
    Ok(query
        .select_only()
        .columns([
            evidence::Column::Id,
            evidence::Column::Title,
            evidence::Column::Publisher,
            evidence::Column::Kind,
            evidence::Column::EffectiveOn,
            evidence::Column::Reliability,
            evidence::Column::Credibility,
            evidence::Column::Handling,
            evidence::Column::OrganisationId,
            evidence::Column::IsInvented,
        ])
        .into_model()
        .all(db)
        .await?)
}

/// The query that a filter becomes, for what this member may see, in the order of lists.
pub(super) fn narrowed(cx: &Cx<'_>, db: &impl ConnectionTrait, filter: &Filter) -> Select<evidence::Entity> {
    let code = |column: evidence::Column, code: Option<&'static str>| code.map(|code| column.eq(code));
    let mut query = evidence::Entity::find().filter(visible_to(cx.actor));
    let plain = [
        code(evidence::Column::Kind, filter.kind.map(EvidenceKind::code)),
        code(evidence::Column::Reliability, filter.reliability.map(Reliability::code)),
        code(evidence::Column::Credibility, filter.credibility.map(Credibility::code)),
        code(evidence::Column::Handling, filter.handling.map(Handling::code)),
        filter.from.map(|day| evidence::Column::EffectiveOn.gte(day.iso())),
        filter.until.map(|day| evidence::Column::EffectiveOn.lte(day.iso())),
        Some(fold(&filter.publisher))
            .filter(|text| !text.is_empty())
            .map(|text| evidence::Column::PublisherFolded.eq(text)),
    ];
    for condition in plain.into_iter().flatten() {
        query = query.filter(condition);
    }
    // Few items bear on one provision or name one area: those are gathered first. Many speak of one
    // form or group: there each item is asked in turn, until the page is full.
    if let Some(provision) = filter.provision {
        let links = Query::select()
            .column(evidence_provision::Column::EvidenceId)
            .from(evidence_provision::Entity)
            .and_where(evidence_provision::Column::ProvisionId.eq(provision.0))
            .take();
        query = query.filter(evidence::Column::Id.in_subquery(links));
    }
    if let Some(area) = &filter.area {
        query = query.filter(evidence::Column::Id.in_subquery(facet(AREA, area)));
    }
    let common = [
        filter.form.map(|form| facet(FORM, form.code())),
        filter.group.map(|group| facet(GROUP, group.code())),
    ];
    for mut facet in common.into_iter().flatten() {
        let is_this = Expr::col((evidence_facet::Entity, evidence_facet::Column::EvidenceId));
        facet.and_where(sea_orm::ExprTrait::equals(
            is_this,
            (evidence::Entity, evidence::Column::Id),
        ));
        query = query.filter(Expr::exists(facet));
    }
    store::dialect::search_evidence(db.get_database_backend(), QueryTrait::query(&mut query), &filter.words);
    query
}

fn facet(facet: &str, code: &str) -> SelectStatement {
    Query::select()
        .column((evidence_facet::Entity, evidence_facet::Column::EvidenceId))
        .from(evidence_facet::Entity)
        .and_where(evidence_facet::Column::Facet.eq(facet))
        .and_where(evidence_facet::Column::Code.eq(code))
        .take()
}

/// Items that may be seen, in this order, with the names that a page shows. Two queries for the whole page.
async fn named(db: &impl ConnectionTrait, ids: &[Uuid], names: &Names) -> Result<Vec<Listed>, AppError> {
    let found = rows(
        db,
        evidence::Entity::find().filter(evidence::Column::Id.is_in(ids.iter().copied())),
    );
    let links = evidence_provision::Entity::find()
        .filter(evidence_provision::Column::EvidenceId.is_in(ids.iter().copied()))
        .all(db);
    let (found, links) = tokio::try_join!(found, async { Ok(links.await?) })?;
    let mut found: HashMap<Uuid, Row> = found.into_iter().map(|row| (row.id, row)).collect();
    let mut numbers: HashMap<Uuid, BTreeSet<&(Uuid, i32, String)>> = HashMap::new();
    for link in links {
        if let Some(number) = names.numbers.get(&link.provision_id) {
            numbers.entry(link.evidence_id).or_default().insert(number);
        }
    }
    ids.iter()
        .filter_map(|id| found.remove(id))
        .map(|row| {
            let bears_on = numbers.remove(&row.id).unwrap_or_default();
            Ok(Listed {
                handling: Handling::parse(&row.handling).map_err(broken)?,
                provisions: bears_on.into_iter().map(|(.., number)| number.clone()).collect(),
                organisation: names
                    .organisations
                    .get(&row.organisation_id)
                    .cloned()
                    .unwrap_or_default(),
                headline: row.headline()?,
            })
        })
        .collect()
}

fn broken(fault: UnknownCode) -> AppError {
    AppError::Internal(fault.into())
}
