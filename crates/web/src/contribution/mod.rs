//! What an organisation releases of its cases into a cycle: prepared and looked at line by line, approved by a second
//! person, sealed to the coalition, sent.

mod decide;
mod list;
mod people;
mod show;
mod table;

use axum::routing::{get, post};
use casework::contribution::{self, Period};
use domain::Day;
use domain::pack::Pack;
use domain::permission::Action;
use monitoring::cycle::Cycle;
use monitoring::definition;
use store::AppError;
use uuid::Uuid;

pub use list::add_up;

use crate::door::Visitor;
use crate::routes::{Route, route};

#[cfg(test)]
mod tests;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/contributions", Action::ReadContribution, get(list::list)),
        route("/contributions/new", Action::PrepareContribution, post(list::prepare)),
        route("/contributions/{id}", Action::ReadContribution, get(show::show)),
        route(
            "/contributions/{id}/generalise",
            Action::PrepareContribution,
            post(decide::generalise),
        ),
        route(
            "/contributions/{id}/withdraw",
            Action::PrepareContribution,
            post(decide::withdraw),
        ),
        route(
            "/contributions/{id}/decide",
            Action::ApproveContribution,
            post(decide::decide),
        ),
        route("/contributions/{id}/send", Action::SendContribution, post(decide::send)),
        route("/contributions/{id}/file", Action::SendContribution, post(decide::file)),
        route(
            "/contributions/{id}/people",
            Action::TakePeople,
            get(people::form).post(people::take),
        ),
    ]
}

/// Hands an approved file over to the coalition where it works in this same program, and marks it as sent. The one place
/// where something passes from cases to the audit, and what passes is the bytes that a file holds.
async fn hand_over(visitor: &Visitor, id: Uuid) -> Result<(), AppError> {
    let cx = visitor.cx();
    let envelope = contribution::file(&cx, &visitor.app.caseload, id).await?;
    monitoring::contribution::receive(&cx, envelope.into_bytes()).await?;
    contribution::sent(&cx, id).await
}

/// The pack of a cycle, and the days that it is about.
async fn pack(visitor: &Visitor, cycle: &Cycle) -> Result<(Pack, Period), AppError> {
    let day = |text: &str| Day::parse(text).map_err(|error| AppError::Internal(error.into()));
    let period = Period {
        from: day(&cycle.period_start)?,
        until: day(&cycle.period_end)?,
    };
    Ok((definition::pack(&visitor.cx(), &cycle.code).await?, period))
}
