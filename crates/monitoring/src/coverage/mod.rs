//! Coverage: how much evidence there is on each provision, about which exploitation, whom and where;
//! how good it is, and how old.
//!
//! The grid is about the monitoring itself: a cell without evidence says where nobody has looked. So
//! it counts everything there is, also what this reader may not see, and names nothing.

use std::collections::HashMap;

use domain::Day;
use domain::area::AreaKind;
use domain::evidence::{Credibility, Form, Group, Reliability};
use domain::ids::StandardId;
use domain::permission::{Action, Relation};
use domain::standard::Force;
use sea_orm::sea_query::{Expr, JoinType};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select,
};
use store::row::{cycle, evidence, evidence_facet, evidence_provision, provision, standard};
use store::{AppError, Cx};
use uuid::Uuid;

use crate::evidence::{AREA, FORM, GROUP, areas};

#[cfg(test)]
mod tests;

/// The grid of one standard.
#[derive(Debug, Clone)]
pub struct Grid {
    /// The standard.
    pub standard: standard::Model,
    /// Its columns: forms, then groups, then nations and regions.
    pub columns: Vec<Column>,
    /// Its rows, chapter by chapter.
    pub chapters: Vec<Chapter>,
    /// For each column, what there is on the whole standard.
    pub totals: Vec<Cell>,
    /// What there is on the whole standard, whatever it is about.
    pub total: Cell,
}

/// What a column is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The facet: form, group or area.
    pub facet: &'static str,
    /// Its code.
    pub code: String,
    /// Its words.
    pub words: String,
}

/// Provisions of one chapter.
#[derive(Debug, Clone)]
pub struct Chapter {
    /// “III” and the like; may be empty.
    pub number: String,
    /// Its title.
    pub title: String,
    /// Its provisions, in order.
    pub rows: Vec<Row>,
}

/// What there is on one provision.
#[derive(Debug, Clone)]
pub struct Row {
    /// The provision.
    pub provision: provision::Model,
    /// Whether it is one that assessments rate.
    pub is_rated: bool,
    /// For each column, what there is.
    pub cells: Vec<Cell>,
    /// All there is, whatever it is about.
    pub total: Cell,
}

/// How much there is, how good, how old.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cell {
    /// Items.
    pub n: u32,
    /// The best grade that one of them has.
    pub best: Option<Grade>,
    /// The year of the newest.
    pub newest: Option<i16>,
}

/// A source's reliability and an item's credibility, as one item has both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grade(pub Reliability, pub Credibility);

impl Grade {
    /// Less is better: the two ranks added, a reliable source before a credible item where they
    /// tie. F and 6 mean unknown, so what has one of them comes after everything that was judged.
    fn order(self) -> (bool, usize, Reliability) {
        let is_unknown = self.0 == Reliability::F || self.1 == Credibility::Six;
        (is_unknown, self.0 as usize + self.1 as usize, self.0)
    }
}

impl Cell {
    fn add(&mut self, n: u32, grade: Grade, newest: Option<i16>) {
        self.n += n;
        self.newest = Ord::max(self.newest, newest);
        self.best = Some(
            self.best
                .map_or(grade, |best| if grade.order() < best.order() { grade } else { best }),
        );
    }
}

impl Grid {
    /// Cells of provisions that are rated, and how many of them are empty.
    pub fn gaps(&self) -> (usize, usize) {
        let cells = || self.rated().flat_map(|row| &row.cells);
        (cells().filter(|cell| cell.n == 0).count(), cells().count())
    }

    /// Rated provisions on which there is nothing at all.
    pub fn bare(&self) -> Vec<&Row> {
        self.rated().filter(|row| row.total.n == 0).collect()
    }

    fn rated(&self) -> impl Iterator<Item = &Row> {
        self.chapters
            .iter()
            .flat_map(|chapter| &chapter.rows)
            .filter(|row| row.is_rated)
    }
}

/// What the database counts: items alike in every way that a cell distinguishes.
#[derive(FromQueryResult)]
struct Counted {
    provision_id: Option<Uuid>,
    facet: Option<String>,
    code: Option<String>,
    reliability: String,
    credibility: String,
    newest: String,
    n: i64,
}

/// The grid of a standard, over evidence of a period or all there is.
///
/// Four counts, each one pass over the links of the standard: linear in their number. The database
/// gives one row for each cell and grade, so what is read here does not grow with the evidence.
pub async fn grid(cx: &Cx<'_>, standard: StandardId, period: Option<(Day, Day)>) -> Result<Grid, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    let db = cx.db.reader();
    let standard = standard::Entity::find_by_id(standard.0)
        .one(db)
        .await?
        .ok_or(AppError::NotFound("standard"))?;
    let columns = columns(db).await?;
    let places: HashMap<(&str, &str), usize> = columns
        .iter()
        .enumerate()
        .map(|(place, column)| ((column.facet, column.code.as_str()), place))
        .collect();
    let place = |row: &Counted| places.get(&(row.facet.as_deref()?, row.code.as_deref()?)).copied();

    let links = || links(&standard, period);
    // Side by side: each is a pass of its own, and the database has a connection for each.
    let (of_cells, of_rows, of_columns, of_all) = tokio::try_join!(
        counted(db, links(), &[By::Provision, By::Facet]),
        counted(db, links(), &[By::Provision]),
        counted(db, links(), &[By::Facet]),
        counted(db, links(), &[]),
    )?;
    let mut cells: HashMap<Uuid, Vec<Cell>> = HashMap::new();
    for row in of_cells {
        if let (Some(provision), Some(place)) = (row.provision_id, place(&row)) {
            row.count(
                &mut cells
                    .entry(provision)
                    .or_insert_with(|| vec![Cell::default(); columns.len()])[place],
            )?;
        }
    }
    let mut row_totals: HashMap<Uuid, Cell> = HashMap::new();
    for row in of_rows {
        if let Some(provision) = row.provision_id {
            row.count(row_totals.entry(provision).or_default())?;
        }
    }
    let mut totals = vec![Cell::default(); columns.len()];
    for row in of_columns {
        if let Some(place) = place(&row) {
            row.count(&mut totals[place])?;
        }
    }
    let mut total = Cell::default();
    for row in of_all {
        row.count(&mut total)?;
    }

    let mut chapters: Vec<Chapter> = Vec::new();
    let provisions = provision::Entity::find()
        .filter(provision::Column::StandardId.eq(standard.id))
        .order_by_asc(provision::Column::Position);
    for provision in provisions.all(db).await? {
        if chapters
            .last()
            .is_none_or(|chapter| chapter.number != provision.chapter)
        {
            let (number, title) = (provision.chapter.clone(), provision.chapter_title.clone());
            chapters.push(Chapter {
                number,
                title,
                rows: Vec::new(),
            });
        }
        let row = Row {
            is_rated: Force::parse(&provision.force).is_ok_and(Force::is_rated),
            cells: cells
                .remove(&provision.id)
                .unwrap_or_else(|| vec![Cell::default(); columns.len()]),
            total: row_totals.remove(&provision.id).unwrap_or_default(),
            provision,
        };
        if let Some(chapter) = chapters.last_mut() {
            chapter.rows.push(row);
        }
    }
    Ok(Grid {
        standard,
        columns,
        chapters,
        totals,
        total,
    })
}

/// The cycles whose period the grid can be narrowed to, latest first.
pub async fn cycles(cx: &Cx<'_>) -> Result<Vec<cycle::Model>, AppError> {
    cx.permit(Action::ReadAudit, Relation::Coalition)?;
    Ok(cycle::Entity::find()
        .order_by_desc(cycle::Column::PeriodStart)
        .all(cx.db.reader())
        .await?)
}

impl Counted {
    fn count(&self, cell: &mut Cell) -> Result<(), AppError> {
        let broken = |fault: domain::words::UnknownCode| AppError::Internal(fault.into());
        let reliability = Reliability::parse(&self.reliability).map_err(broken)?;
        let credibility = Credibility::parse(&self.credibility).map_err(broken)?;
        let newest = Day::parse(&self.newest).ok().map(Day::year);
        cell.add(
            u32::try_from(self.n).unwrap_or(u32::MAX),
            Grade(reliability, credibility),
            newest,
        );
        Ok(())
    }
}

async fn columns(db: &impl ConnectionTrait) -> Result<Vec<Column>, AppError> {
    let column = |facet, code: &str, words: &str| Column {
        facet,
        code: code.to_owned(),
        words: words.to_owned(),
    };
    let forms = Form::ALL.iter().map(|form| column(FORM, form.code(), form.words()));
    let groups = Group::ALL
        .iter()
        .map(|group| column(GROUP, group.code(), group.words()));
    let places = areas(db).await?;
    let places = places
        .iter()
        .filter(|area| matches!(area.kind, AreaKind::Nation | AreaKind::Region));
    Ok(forms
        .chain(groups)
        .chain(places.map(|area| column(AREA, &area.code, &area.name)))
        .collect())
}

/// Every link between evidence of the period and a provision of the standard.
fn links(standard: &standard::Model, period: Option<(Day, Day)>) -> Select<evidence_provision::Entity> {
    let mut query = evidence_provision::Entity::find().filter(provision::Column::StandardId.eq(standard.id));
    QueryTrait::query(&mut query)
        .join(
            JoinType::InnerJoin,
            provision::Entity,
            sea_orm::ExprTrait::equals(
                Expr::col((provision::Entity, provision::Column::Id)),
                (evidence_provision::Entity, evidence_provision::Column::ProvisionId),
            ),
        )
        .join(
            JoinType::InnerJoin,
            evidence::Entity,
            sea_orm::ExprTrait::equals(
                Expr::col((evidence::Entity, evidence::Column::Id)),
                (evidence_provision::Entity, evidence_provision::Column::EvidenceId),
            ),
        );
    match period {
        Some((from, until)) => query
            .filter(evidence::Column::EffectiveOn.gte(from.iso()))
            .filter(evidence::Column::EffectiveOn.lte(until.iso())),
        None => query,
    }
}

/// What a count tells apart, besides grades.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Provision,
    Facet,
}

/// Counts items, each once for every combination told apart.
async fn counted(
    db: &impl ConnectionTrait,
    links: Select<evidence_provision::Entity>,
    by: &[By],
) -> Result<Vec<Counted>, AppError> {
    // On one provision an item stands once; on several, it must not be counted once for each.
    let item = Expr::col((evidence::Entity, evidence::Column::Id));
    let n = if by.contains(&By::Provision) {
        sea_orm::ExprTrait::count(item)
    } else {
        sea_orm::ExprTrait::count_distinct(item)
    };
    let mut query = links
        .select_only()
        .column(evidence::Column::Reliability)
        .column(evidence::Column::Credibility)
        .column_as(ColumnTrait::max(&evidence::Column::EffectiveOn), "newest")
        .expr_as(n, "n")
        .group_by(evidence::Column::Reliability)
        .group_by(evidence::Column::Credibility);
    if by.contains(&By::Provision) {
        query = query
            .column(evidence_provision::Column::ProvisionId)
            .group_by(evidence_provision::Column::ProvisionId);
    }
    if by.contains(&By::Facet) {
        QueryTrait::query(&mut query).join(
            JoinType::InnerJoin,
            evidence_facet::Entity,
            sea_orm::ExprTrait::equals(
                Expr::col((evidence_facet::Entity, evidence_facet::Column::EvidenceId)),
                (evidence::Entity, evidence::Column::Id),
            ),
        );
        query = query
            .column(evidence_facet::Column::Facet)
            .column(evidence_facet::Column::Code)
            .group_by(evidence_facet::Column::Facet)
            .group_by(evidence_facet::Column::Code);
    }
    Ok(query.into_model().all(db).await?)
}
