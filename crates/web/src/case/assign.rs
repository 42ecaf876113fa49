//! Who works on a case.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use casework::case::{self, Colleague};
use domain::permission::Action;
use store::AppError;
use uuid::Uuid;

use super::back;
use crate::door::Visitor;
use crate::error::{WebError, again, page};
use crate::form::{Form, Outcome, Posted, Values, outcome};
use crate::page::Page;
use crate::sheet::frame;

#[derive(Template)]
#[template(path = "case/assign.html")]
struct Assign {
    page: Page,
    form: Form,
    id: Uuid,
    whose: String,
    colleagues: Vec<(String, String)>,
}

async fn assigning(visitor: &Visitor, form: Form, id: Uuid, colleagues: Vec<Colleague>) -> Result<Assign, AppError> {
    Ok(Assign {
        page: frame(visitor, "Who works on it", id),
        form,
        id,
        whose: case::name(&visitor.cx(), id, Action::AssignCase).await?,
        colleagues: colleagues
            .into_iter()
            .map(|colleague| (colleague.id.to_string(), colleague.name))
            .collect(),
    })
}

pub(super) async fn ask(Path(id): Path<Uuid>, visitor: Visitor) -> Result<Response, WebError> {
    let shown = |error| WebError::of(&visitor, error);
    let colleagues = case::colleagues(&visitor.cx(), id).await.map_err(shown)?;
    let mut values = Values::default();
    for colleague in colleagues.iter().filter(|colleague| colleague.is_assigned) {
        values.add("members", colleague.id.to_string());
    }
    let form = Form {
        values,
        ..Form::small(&visitor)
    };
    page(&assigning(&visitor, form, id, colleagues).await.map_err(shown)?)
}

pub(super) async fn assign(Path(id): Path<Uuid>, posted: Posted) -> Result<Response, WebError> {
    let visitor = posted.visitor.clone();
    let shown = |error| WebError::of(&visitor, error);
    let chosen: Vec<Uuid> = posted
        .values
        .all("members")
        .iter()
        .filter_map(|id| id.parse().ok())
        .collect();
    match outcome(case::assign(&posted.cx(), id, &chosen).await).map_err(shown)? {
        Outcome::Done::<Uuid>(_) => Ok(back(id)),
        Outcome::Again(errors) => {
            let colleagues = case::colleagues(&visitor.cx(), id).await.map_err(shown)?;
            again(
                &assigning(&visitor, posted.again(errors), id, colleagues)
                    .await
                    .map_err(shown)?,
            )
        }
    }
}
