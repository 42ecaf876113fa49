//! What became of a recommendation, graded in a later cycle with the addressee's reply.

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use domain::assessment::Grade as Scale;
use monitoring::cycle;
use monitoring::recommendation::{self, Grade, Recommendation};
use store::AppError;

use super::{frame, grading, recommendation_id};
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, forget_draft, outcome};
use crate::page::Page;

#[derive(Template)]
#[template(path = "recommendation/grade.html")]
struct Grading {
    page: Page,
    form: Form,
    of: Recommendation,
    /// Cycles that may grade it; empty where none may now.
    cycles: Vec<(String, String)>,
}

async fn opened(visitor: &Visitor, form: Form, of: Recommendation) -> Result<Grading, AppError> {
    let cycles = grading(&cycle::list(&visitor.cx()).await?, &of);
    Ok(Grading {
        page: frame(visitor, "Grade a recommendation", Some(&of)),
        form,
        of,
        cycles,
    })
}

pub(super) async fn open(visitor: Visitor, Path(id): Path<String>) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let cx = visitor.cx();
    let of = recommendation::get(&cx, recommendation_id(&id).map_err(shown)?)
        .await
        .map_err(shown)?;
    let mut values = Values::default();
    // The newest cycle that may grade it, with the grade it gave already, if it did.
    if let Some((cycle, _)) = grading(&cycle::list(&cx).await.map_err(shown)?, &of).first() {
        values.set("cycle", cycle);
        if let Some((_, given)) = of.grades.iter().find(|(_, grade)| grade.cycle_id.to_string() == *cycle) {
            values.set("grade", &given.grade);
            values.set("reasons", &given.reasons);
            values.set("reply", &given.reply);
            values.set_day("replied_on", given.replied_on.as_deref().unwrap_or_default());
        }
    }
    let form = Form::open(&visitor, values).await.map_err(shown)?;
    page(&opened(&visitor, form, of).await.map_err(shown)?)
}

pub(super) async fn grade(Path(id): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let id = recommendation_id(&id).map_err(shown)?;
    let of = recommendation::get(&visitor.cx(), id).await.map_err(shown)?;
    let values = &posted.values;
    let get = |field: &str| values.get(field).to_owned();
    let input = Grade {
        cycle: values.get("cycle").parse().ok(),
        grade: get("grade"),
        reasons: get("reasons"),
        reply: get("reply"),
        replied_on: values.day("replied_on"),
    };
    match outcome(recommendation::grade(&posted.cx(), id, input).await).map_err(shown)? {
        Outcome::Done(id) => {
            forget_draft(&visitor, &visitor.path).await;
            Ok(Redirect::to(&format!("/recommendations/{id}")).into_response())
        }
        Outcome::Again(errors) => again(&opened(&visitor, posted.again(errors), of).await.map_err(shown)?),
    }
}
