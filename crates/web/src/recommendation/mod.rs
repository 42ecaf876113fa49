//! Recommendations: who should do what by when, and what became of it, cycle by cycle.

mod form;
mod grade;
#[cfg(test)]
mod tests;

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use axum::routing::get;
use domain::assessment::{Grade, Urgency};
use domain::cycle::CycleState;
use domain::ids::RecommendationId;
use domain::permission::Action;
use monitoring::cycle::{self, Cycle};
use monitoring::finding;
use monitoring::recommendation::{self, Recommendation};
use store::AppError;

use crate::door::Visitor;
use crate::error::{WebError, page};
use crate::form::Values;
use crate::page::Page;
use crate::routes::{Route, route};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/recommendations", Action::ReadAudit, get(list)),
        route(
            "/recommendations/new",
            Action::RecordRecommendation,
            get(form::open).post(form::record),
        ),
        route("/recommendations/{id}", Action::ReadAudit, get(show)),
        route(
            "/recommendations/{id}/amend",
            Action::RecordRecommendation,
            get(form::reopen).post(form::amend),
        ),
        route(
            "/recommendations/{id}/grade",
            Action::GradeRecommendation,
            get(grade::open).post(grade::grade),
        ),
    ]
}

/// How many recommendations a page of the list has.
const PAGE: usize = 50;

/// An id of an address; text that is none is an address of nothing.
fn recommendation_id(text: &str) -> Result<RecommendationId, AppError> {
    text.parse().map_err(|_| AppError::NotFound("recommendation"))
}

/// The sentence as it is printed: who is urged, and to do what.
pub(crate) fn sentence(of: &Recommendation) -> String {
    let (body, wording) = (&of.body.name, &of.row.wording);
    match Urgency::parse(&of.row.urgency) {
        Ok(Urgency::Urges) => format!("The audit urges {body} to {wording}"),
        Ok(Urgency::Considers) => format!("The audit considers that {body} should {wording}"),
        Ok(Urgency::Invites) => format!("The audit invites {body} to {wording}"),
        Err(_) => format!("{body}: {wording}"),
    }
}

/// What a grade means, without its letter.
fn grade_meaning(code: &str) -> &str {
    let words = Grade::parse(code).map_or(code, |known| known.words());
    words.split_once(": ").map_or(words, |(_, meaning)| meaning)
}

/// The look of a grade's tag.
fn grade_look(code: &str) -> &'static str {
    match Grade::parse(code) {
        Ok(Grade::A) => "done",
        Ok(Grade::B) => "due",
        _ => "overdue",
    }
}

/// The newest grade, with its cycle.
fn newest(of: &Recommendation) -> Option<(&str, &str)> {
    of.grades
        .last()
        .map(|(cycle, grade)| (grade.grade.as_str(), cycle.as_str()))
}

/// Whether the cycle takes changes.
fn is_open(cycle: &Cycle) -> bool {
    matches!(
        CycleState::parse(&cycle.state),
        Ok(CycleState::Gathering | CycleState::Assessing)
    )
}

/// Open cycles later than the one that made a recommendation: those that may grade it.
fn grading(cycles: &[Cycle], of: &Recommendation) -> Vec<(String, String)> {
    let made = cycles
        .iter()
        .find(|cycle| cycle.id == of.row.cycle_id)
        .map(|cycle| cycle.period_start.clone())
        .unwrap_or_default();
    cycles
        .iter()
        .filter(|cycle| is_open(cycle) && cycle.period_start > made)
        .map(|cycle| (cycle.id.to_string(), cycle.title.clone()))
        .collect()
}

#[derive(Template)]
#[template(path = "recommendation/list.html")]
struct List {
    page: Page,
    /// Overdue and repeated ones, on the first page only.
    pressing: Vec<Recommendation>,
    others: Vec<Recommendation>,
    n: usize,
    values: Values,
    chosen: usize,
    bodies: Vec<(String, String)>,
    cycles: Vec<(String, String)>,
    base: String,
    current: usize,
    last: usize,
    may_record: bool,
}

/// All of them, those that press first; filters narrow, pages follow. Linear in their number.
async fn list(visitor: Visitor, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let values = Values::parse(&query.unwrap_or_default());
    let all = recommendation::list(&visitor.cx()).await.map_err(shown)?;
    let mut bodies: Vec<(String, String)> = all
        .iter()
        .map(|of| (of.body.id.to_string(), of.body.name.clone()))
        .collect();
    bodies.sort_by(|a, b| (&a.1, &a.0).cmp(&(&b.1, &b.0)));
    bodies.dedup();
    let mut cycles: Vec<(String, String)> = all.iter().map(|of| (of.cycle.clone(), of.cycle.clone())).collect();
    cycles.dedup();
    let (is_overdue, is_repeated) = (values.get("overdue") == "yes", values.get("repeated") == "yes");
    let (body, of_cycle) = (values.get("body").to_owned(), values.get("cycle").to_owned());
    let n_all = all.len();
    let found: Vec<Recommendation> = all
        .into_iter()
        .filter(|of| !is_overdue || of.is_overdue)
        .filter(|of| !is_repeated || of.repeats.is_some())
        .filter(|of| body.is_empty() || of.body.id.to_string() == body)
        .filter(|of| of_cycle.is_empty() || of.cycle == of_cycle)
        .collect();
    let n = found.len();
    let (mut sorted, rest): (Vec<_>, Vec<_>) = found.into_iter().partition(|of| of.is_overdue || of.repeats.is_some());
    // Both first, then the overdue, then the repeated; each newest cycle first, as they came.
    sorted.sort_by_key(|of| (!of.is_overdue, of.repeats.is_none()));
    sorted.extend(rest);
    let last = n.div_ceil(PAGE).max(1);
    let current = values.get("page").parse().unwrap_or(1).clamp(1, last);
    let (pressing, others) = sorted
        .into_iter()
        .skip((current - 1) * PAGE)
        .take(PAGE)
        .partition(|of| of.is_overdue || of.repeats.is_some());
    let chosen = [is_overdue, is_repeated, !body.is_empty(), !of_cycle.is_empty()]
        .into_iter()
        .filter(|on| *on)
        .count();
    let mut kept = Values::default();
    for field in ["overdue", "repeated", "body", "cycle"] {
        if !values.get(field).is_empty() {
            kept.set(field, values.get(field));
        }
    }
    page(&List {
        page: Page::new(&visitor, "Recommendations").within("/audit"),
        pressing,
        others,
        n: if chosen > 0 { n } else { n_all },
        base: format!("/recommendations?{}&page=", kept.encode()),
        values,
        chosen,
        bodies,
        cycles,
        current,
        last,
        may_record: visitor.may(Action::RecordRecommendation),
    })
}

#[derive(Template)]
#[template(path = "recommendation/show.html")]
struct Show {
    page: Page,
    of: Recommendation,
    /// Those it repeats and those that repeat it, itself among them; empty where it stands alone.
    chain: Vec<Recommendation>,
    /// The finding it follows from: address and title.
    finding: Option<(String, String)>,
    may_amend: bool,
    may_grade: bool,
}

async fn show(visitor: Visitor, Path(id): Path<String>) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let cx = visitor.cx();
    let id = recommendation_id(&id).map_err(shown)?;
    let of = recommendation::get(&cx, id).await.map_err(shown)?;
    let chain = recommendation::chain(&cx, id).await.map_err(shown)?;
    let finding = match of.row.finding_id {
        Some(id) => Some(finding::get(&cx, id.into()).await.map_err(shown)?.row),
        None => None,
    };
    let cycles = cycle::list(&cx).await.map_err(shown)?;
    let may_amend = visitor.may(Action::RecordRecommendation)
        && cycles.iter().any(|cycle| cycle.id == of.row.cycle_id && is_open(cycle));
    page(&Show {
        page: frame(
            &visitor,
            &format!("Recommendation {} of {}", of.row.number, of.cycle),
            None,
        ),
        chain: if chain.len() > 1 { chain } else { Vec::new() },
        finding: finding.map(|row| (format!("/findings/{}", row.id), row.title)),
        may_amend,
        may_grade: visitor.may(Action::GradeRecommendation) && !grading(&cycles, &of).is_empty(),
        of,
    })
}

/// The frame of a page about recommendations; under one of them where it is given.
fn frame(visitor: &Visitor, title: &str, under: Option<&Recommendation>) -> Page {
    let page = Page::new(visitor, title)
        .within("/audit")
        .under("/recommendations", "Recommendations");
    match under {
        Some(of) => page.under(
            format!("/recommendations/{}", of.row.id),
            format!("Recommendation {} of {}", of.row.number, of.cycle),
        ),
        None => page,
    }
}
