//! Keeps drafts that the small script sends while a member types.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::routing::post;
use domain::permission::Action;
use serde::Deserialize;

use crate::app::App;
use crate::error::WebError;
use crate::form::Posted;
use crate::routes::{Route, route};

pub(crate) fn routes() -> Vec<Route> {
    vec![route("/draft", Action::SaveDraft, post(save))]
}

#[derive(Deserialize)]
struct Which {
    form: String,
}

async fn save(State(_): State<App>, Query(which): Query<Which>, posted: Posted) -> Result<StatusCode, WebError> {
    // The form's own single-use token stays with the form: a draft may be saved many times.
    store::draft::save(&posted.visitor.cx(), &which.form, &posted.values.encode()).await?;
    Ok(StatusCode::NO_CONTENT)
}
