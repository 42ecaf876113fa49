//! Giving a provision to two assessors of different organisations.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse, Redirect, Response};
use domain::cycle::{CycleState, Jurisdiction};
use monitoring::assessment::{self, Assign};
use monitoring::cycle::{self, Cycle};
use store::FieldErrors;

use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;

#[derive(Template)]
#[template(path = "assessment/assign.html")]
struct Assigning {
    page: Page,
    form: Form,
    cycle: Cycle,
    is_closed: bool,
    provisions: Vec<(String, String)>,
    jurisdictions: Vec<(&'static str, &'static str)>,
    assessors: Vec<(String, String)>,
}

async fn assign_page(visitor: &Visitor, cycle: Cycle, form: Form) -> Result<Assigning, WebError> {
    let choices = assessment::choices(&visitor.cx(), cycle.id.into())
        .await
        .map_err(|error| WebError::of(visitor, error))?;
    Ok(Assigning {
        page: crate::cycle::frame(visitor, "Assign an assessment", &cycle),
        form,
        is_closed: cycle.state == CycleState::Closed.code(),
        provisions: choices
            .provisions
            .into_iter()
            .map(|row| (row.id.to_string(), format!("{} {}", row.number, row.title)))
            .collect(),
        jurisdictions: Jurisdiction::choices(),
        assessors: choices
            .assessors
            .into_iter()
            .map(|(id, name, organisation)| (id.to_string(), format!("{organisation}: {name}")))
            .collect(),
        cycle,
    })
}

pub(super) async fn form(visitor: Visitor, id: Path<String>, RawQuery(query): RawQuery) -> Result<Response, WebError> {
    let cycle = crate::cycle::found(&visitor, &id).await?;
    let query = Values::parse(&query.unwrap_or_default());
    let mut values = Values::default();
    values.set("jurisdiction", Jurisdiction::Uk.code());
    for field in ["provision", "jurisdiction", "first", "second"] {
        if !query.get(field).is_empty() {
            values.set(field, query.get(field));
        }
    }
    let form = Form::open(&visitor, values).await?;
    page(&assign_page(&visitor, cycle, form).await?)
}

pub(super) async fn assign(id: Path<String>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let row = crate::cycle::found(&visitor, &id).await?;
    let values = &posted.values;
    let mut errors = FieldErrors::new();
    let provision = values
        .get("provision")
        .parse()
        .map_err(|_| errors.add("provision", "Choose the provision to be assessed"))
        .ok();
    let jurisdiction = errors.code(
        "jurisdiction",
        Jurisdiction::parse(values.get("jurisdiction")),
        "Choose where it is assessed",
    );
    let first = values
        .get("first")
        .parse()
        .map_err(|_| errors.add("first", "Choose an assessor"))
        .ok();
    let second = values
        .get("second")
        .parse()
        .map_err(|_| errors.add("second", "Choose an assessor of another organisation"))
        .ok();
    let (Some(provision), Some(jurisdiction), Some(first), Some(second)) = (provision, jurisdiction, first, second)
    else {
        return again(&assign_page(&visitor, row, posted.again(errors)).await?);
    };
    let input = Assign {
        cycle: row.id.into(),
        provision,
        jurisdiction,
        first,
        second,
    };
    match outcome(assessment::assign(&posted.cx(), input).await).map_err(|error| WebError::of(&visitor, error))? {
        Outcome::Done(id) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(Redirect::to(&format!("/assessments/{id}")).into_response())
        }
        Outcome::Again(errors) => {
            let row = cycle::get(&visitor.cx(), row.id.into()).await?;
            again(&assign_page(&visitor, row, posted.again(errors)).await?)
        }
    }
}
