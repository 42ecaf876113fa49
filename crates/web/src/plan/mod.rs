//! Plans of needs: a supervisor's answer to one, and whether the organisation wants them at all.

#[cfg(test)]
mod tests;

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use casework::case;
use casework::need::Need;
use casework::plan;
use casework::sheet::Sheet as _;
use domain::casework::PlanAnswer;
use domain::permission::Action;
use store::{AppError, FieldErrors};
use uuid::Uuid;

use crate::case::back;
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, outcome};
use crate::page::Page;
use crate::routes::{Route, route};
use crate::sheet::frame;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route(
            "/cases/{id}/needs/{need}/plan",
            Action::ApprovePlan,
            get(open).post(answer),
        ),
        route("/casework", Action::SetCasework, get(wanted).post(want)),
    ]
}

#[derive(Template)]
#[template(path = "plan/answer.html")]
struct Answering {
    page: Page,
    form: Form,
    id: Uuid,
    need: Uuid,
    whose: String,
    area: &'static str,
    /// How soon, since when and by whom: what a plan is judged by, caption and words.
    beside: Vec<(&'static str, String)>,
    plan: String,
    /// Whether the visitor wrote it.
    is_own: bool,
    /// Who answers it instead of them, by name; empty where they may.
    others: Vec<String>,
}

/// What the caseworker answered about a need that a plan has to fit.
fn beside(need: &Need) -> Vec<(&'static str, String)> {
    const ASKED: [&str; 5] = ["horizon", "since", "provider", "offered_on", "started_on"];
    let shown = Need::fields().into_iter().zip(need.shown());
    let beside = shown.filter(|(field, (_, words))| ASKED.contains(&field.key) && !words.is_empty());
    beside.map(|(_, shown)| shown).collect()
}

async fn answering(visitor: &Visitor, id: Uuid, need: Uuid, form: Form) -> Result<Answering, AppError> {
    let of = case::open(&visitor.cx(), id).await?;
    let kept = of.needs.iter().find(|kept| kept.id == need);
    let kept = kept.ok_or(AppError::NotFound("need"))?;
    let plan = kept.sheet.plan.clone().ok_or(AppError::NotFound("plan"))?;
    let is_own = plan::writer(kept) == Some(visitor.cx().member()?.0);
    Ok(Answering {
        page: frame(visitor, "The plan of a need", id),
        form,
        id,
        need,
        whose: of.person.identity.name.0.clone(),
        area: kept.sheet.area.words(),
        beside: beside(&kept.sheet),
        plan: plan.0,
        is_own,
        others: if is_own {
            plan::others(&visitor.cx()).await?
        } else {
            Vec::new()
        },
    })
}

async fn open(Path((id, need)): Path<(Uuid, Uuid)>, visitor: Visitor) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    page(
        &answering(&visitor, id, need, Form::small(&visitor))
            .await
            .map_err(shown)?,
    )
}

async fn answer(Path((id, need)): Path<(Uuid, Uuid)>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let said = PlanAnswer::parse(posted.values.get("answer")).map_err(|_| shown(AppError::NotFound("answer")))?;
    let (read, reason) = (posted.values.get("plan"), posted.values.get("reason"));
    let answer = plan::answer(&posted.cx(), id, need, read, said, reason).await;
    if let Err(AppError::Conflict(_)) = answer {
        let errors = FieldErrors::of(
            "plan",
            "Someone changed the plan while you were reading it: read it again below, then answer",
        );
        return again(
            &answering(&visitor, id, need, posted.again(errors))
                .await
                .map_err(shown)?,
        );
    }
    match outcome(answer).map_err(shown)? {
        Outcome::Done::<Uuid>(_) => Ok(back(id)),
        Outcome::Again(errors) => again(
            &answering(&visitor, id, need, posted.again(errors))
                .await
                .map_err(shown)?,
        ),
    }
}

#[derive(Template)]
#[template(path = "plan/wanted.html")]
struct Wanted {
    page: Page,
    form: Form,
    revision: i32,
}

fn setting(visitor: &Visitor, form: Form, revision: i32) -> Wanted {
    Wanted {
        page: Page::new(visitor, "How casework is done").within("/cases"),
        form,
        revision,
    }
}

async fn wanted(visitor: Visitor) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let of = plan::wanted(&visitor.cx()).await.map_err(shown)?;
    let mut values = Values::default();
    values.set("approval", if of.approval { "yes" } else { "no" });
    let form = Form {
        values,
        ..Form::small(&visitor)
    };
    page(&setting(&visitor, form, of.revision))
}

async fn want(posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let approval = match posted.values.get("approval") {
        "yes" => true,
        "no" => false,
        _ => {
            let revision = posted.revision();
            let errors = FieldErrors::of("approval", "Choose an answer");
            return again(&setting(&visitor, posted.again(errors), revision));
        }
    };
    match plan::want(&posted.cx(), approval, posted.revision()).await {
        Ok(_) | Err(AppError::Repeated(_)) => Ok(Redirect::to("/casework").into_response()),
        Err(AppError::Conflict(_)) => {
            let of = plan::wanted(&visitor.cx()).await.map_err(shown)?;
            let errors = FieldErrors::of("approval", "Someone else said so meanwhile: look again, then save");
            again(&setting(&visitor, posted.again(errors), of.revision))
        }
        Err(error) => Err(shown(error)),
    }
}
