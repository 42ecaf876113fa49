//! Making one rating of two, with both in view.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use domain::assessment::{AssessmentState, Trend};
use domain::permission::Action;
use monitoring::assessment::{self, Assessment, Reconcile};
use monitoring::evidence;
use store::{AppError, FieldErrors};

use super::citing::{self, Citing};
use super::figures::Figures;
use super::show::OpinionView;
use super::{Head, found, frame, permit, scale};
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;

/// The fields whose two versions are compared: (name, caption).
const FIELDS: [(&str, &str); 7] = [
    ("structure", "Structure"),
    ("process", "Process"),
    ("outcome", "Outcome"),
    ("trend", "Trend"),
    ("confidence", "Confidence"),
    ("reasons", "Reasons"),
    ("cites", "Evidence cited"),
];

#[derive(Template)]
#[template(path = "assessment/reconcile.html")]
struct Reconciling {
    page: Page,
    form: Form,
    head: Head,
    /// What the rating has to weigh beside the evidence.
    figures: Figures,
    citing: Citing,
    opinions: Vec<OpinionView>,
    revision: i32,
    is_ready: bool,
    /// Whether it is reconciled already, so that sending it again changes what stands.
    is_change: bool,
    /// Answers that differ from what someone else stored meanwhile: (caption, stored, typed).
    differs: Vec<(&'static str, String, String)>,
}

async fn reconcile_page(
    visitor: &Visitor,
    seen: &Assessment,
    form: Form,
    revision: i32,
) -> Result<Reconciling, WebError> {
    let framed = |error| WebError::of(visitor, error);
    Ok(Reconciling {
        page: frame(visitor, "Reconcile the two ratings", seen),
        head: Head::new(seen).map_err(framed)?,
        figures: Figures::read(visitor, seen).await.map_err(framed)?,
        citing: Citing::read(visitor, seen, &form.values).await.map_err(framed)?,
        opinions: OpinionView::all(visitor, seen).await.map_err(framed)?,
        form,
        revision,
        is_ready: seen.row.state != AssessmentState::Open.code(),
        is_change: seen.row.state == AssessmentState::Reconciled.code(),
        differs: Vec::new(),
    })
}

/// What stands: the reconciled rating, or before that what both assessors agree on.
fn stored(seen: &Assessment) -> Values {
    let mut values = Values::default();
    let mut set = |field: &str, value: Option<&String>| {
        if let Some(value) = value {
            values.set(field, value.clone());
        }
    };
    if seen.row.state == AssessmentState::Reconciled.code() {
        let row = &seen.row;
        for (field, value) in [
            ("structure", &row.structure),
            ("process", &row.process),
            ("outcome", &row.outcome),
            ("trend", &row.trend),
            ("confidence", &row.confidence),
        ] {
            set(field, value.as_ref());
        }
        values.set("reasons", row.reasons.clone());
        for cite in &seen.cites {
            values.add("cites", cite.to_string());
        }
        return values;
    }
    let [first, second] = seen.opinions.as_slice() else {
        return values;
    };
    // Until both are in there is nothing to agree on, and one's own rating must not be taken for it.
    if first.is_sealed || second.is_sealed {
        return values;
    }
    let (a, b) = (&first.opinion, &second.opinion);
    for (field, one, other) in [
        ("structure", &a.structure, &b.structure),
        ("process", &a.process, &b.process),
        ("outcome", &a.outcome, &b.outcome),
        ("confidence", &a.confidence, &b.confidence),
    ] {
        set(field, one.as_ref().filter(|_| one == other));
    }
    if seen.earlier.is_none() {
        values.set("trend", Trend::New.code());
    }
    for cite in first.cites.iter().chain(&second.cites) {
        if !values.all("cites").contains(&cite.to_string()) {
            values.add("cites", cite.to_string());
        }
    }
    values
}

pub(super) async fn form(visitor: Visitor, id: Path<String>) -> Result<Response, WebError> {
    let seen = found(&visitor, &id).await?;
    permit(&visitor, &seen, Action::ReconcileAssessment).map_err(|error| WebError::of(&visitor, error))?;
    let form = Form::open(&visitor, stored(&seen)).await?;
    page(&reconcile_page(&visitor, &seen, form, seen.row.revision).await?)
}

pub(super) async fn reconcile(id: Path<String>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let seen = found(&visitor, &id).await?;
    permit(&visitor, &seen, Action::ReconcileAssessment).map_err(|error| WebError::of(&visitor, error))?;
    let revision = posted.revision();
    if citing::is_looking(&posted.values) {
        return page(&reconcile_page(&visitor, &seen, posted.again(FieldErrors::new()), revision).await?);
    }
    let input = Reconcile {
        rating: super::opinion::typed(&posted.values),
        trend: posted.values.get("trend").to_owned(),
        revision,
    };
    let answer = assessment::reconcile(&posted.cx(), seen.row.id.into(), input).await;
    if matches!(answer, Err(AppError::Conflict(_))) {
        return both_versions(&visitor, &id, posted).await;
    }
    match outcome(answer).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done(id) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(Redirect::to(&format!("/assessments/{id}")).into_response())
        }
        // Still the revision that was read: a change since then must not be missed the second time.
        Outcome::Again(errors) => again(&reconcile_page(&visitor, &seen, posted.again(errors), revision).await?),
    }
}

/// Someone else reconciled it meanwhile: shows what is stored beside what was typed. Sending the form
/// again, with both in view, stores what was typed.
async fn both_versions(visitor: &Visitor, id: &Path<String>, posted: Posted) -> Result<Response, WebError> {
    let seen = found(visitor, id).await?;
    let words = "Someone else reconciled this while you were at it: compare both versions, then send the form again";
    let form = posted.again(FieldErrors::of("versions", words));
    let (now, typed) = (stored(&seen), form.values.clone());
    let mut differs = Vec::new();
    for (field, caption) in FIELDS {
        let (stored, typed) = (shown(visitor, &now, field).await?, shown(visitor, &typed, field).await?);
        if stored != typed {
            differs.push((caption, stored, typed));
        }
    }
    let mut page = reconcile_page(visitor, &seen, form, seen.row.revision).await?;
    page.differs = differs;
    again(&page)
}

/// An answer in words.
async fn shown(visitor: &Visitor, values: &Values, field: &str) -> Result<String, WebError> {
    let among = |levels: &[scale::Level]| {
        let code = values.get(field);
        levels
            .iter()
            .find(|level| level.0 == code)
            .map_or_else(|| code.to_owned(), |level| level.1.to_owned())
    };
    Ok(match field {
        "structure" => among(&scale::STRUCTURE),
        "process" => among(&scale::PROCESS),
        "outcome" => among(&scale::OUTCOME),
        "trend" => among(&scale::TREND),
        "confidence" => among(&scale::CONFIDENCE),
        "cites" => {
            let mut ids = citing::chosen(values);
            ids.sort_unstable();
            let cited = evidence::cited(&visitor.cx(), &ids).await?;
            cited.into_iter().map(|one| one.label).collect::<Vec<_>>().join("; ")
        }
        _ => values.get(field).trim().to_owned(),
    })
}
