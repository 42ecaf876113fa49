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
use domain::cycle::CycleState;
use domain::pack::Pack;
use domain::permission::Action;
use monitoring::cycle::{self, Cycle};
use monitoring::definition;
use store::{AppError, Cx};
use uuid::Uuid;

pub use list::add_up;

use crate::door::Visitor;
use crate::routes::{Route, route};

#[cfg(test)]
pub(crate) mod tests;

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
    require_open_for(&cx, id).await?;
    let envelope = contribution::file(&cx, &visitor.app.caseload, id).await?;
    monitoring::contribution::receive(&cx, envelope.into_bytes()).await?;
    contribution::sent(&cx, id).await
}

/// Whether a cycle is closed: what was computed and printed of it stays, and nobody computes it again.
fn is_closed(cycle: &Cycle) -> bool {
    cycle::state(cycle).is_ok_and(|state| state == CycleState::Closed)
}

/// Refuses to send more into a closed cycle: nobody would ever count it.
fn require_open(cycle: &Cycle) -> Result<(), AppError> {
    if is_closed(cycle) {
        return Err(AppError::Refused(format!(
            "{} is closed, and nothing more is sent into it: its figures are not computed again, and what is printed stays. \
             Whoever took back that they may be counted, or was forgotten, is left out of every contribution to a later cycle",
            cycle.title
        )));
    }
    Ok(())
}

/// Refuses to approve, or to send, what was prepared for a cycle that was closed since.
async fn require_open_for(cx: &Cx<'_>, id: Uuid) -> Result<(), AppError> {
    match cycle::find(cx, &contribution::cycle(cx, id).await?).await? {
        Some(cycle) => require_open(&cycle),
        // The coalition works in another program.
        None => Ok(()),
    }
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
