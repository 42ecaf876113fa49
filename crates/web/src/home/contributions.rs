//! What of contributions waits for a member: at the organisation that makes them, and at the coalition that receives them.

use casework::contribution as made;
use domain::cycle::CycleState;
use domain::permission::Action;
use monitoring::contribution as received;
use monitoring::cycle::{self, Cycle};
use store::AppError;

use super::waiting::{Tally, Waiting};
use crate::door::Visitor;

/// What waits of contributions to the cycles that are open; nothing can be done for a closed one.
pub(super) async fn contributions(visitor: &Visitor) -> Result<Vec<Waiting>, AppError> {
    if !visitor.may(Action::ReadContribution) && !visitor.may(Action::ReceiveContribution) {
        return Ok(Vec::new());
    }
    let cycles = cycle::list(&visitor.cx()).await?;
    let open: Vec<&Cycle> = cycles
        .iter()
        .filter(|cycle| CycleState::parse(&cycle.state).is_ok_and(|state| state != CycleState::Closed))
        .collect();
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let mut waiting = Vec::new();
    if visitor.may(Action::ReadContribution) {
        waiting.extend(at_the_organisation(visitor, &open).await?);
    }
    if visitor.may(Action::ReceiveContribution) {
        waiting.extend(at_the_coalition(visitor, &open).await?);
    }
    Ok(waiting)
}

/// What the member's organisation has to approve, to send and to prepare anew.
async fn at_the_organisation(visitor: &Visitor, open: &[&Cycle]) -> Result<Vec<Waiting>, AppError> {
    let codes: Vec<&str> = open.iter().map(|cycle| cycle.code.as_str()).collect();
    let of = made::tally(&visitor.cx(), &visitor.app.caseload, &codes).await?;
    let there = "/contributions";
    Ok([
        Waiting::some(
            of.to_approve,
            "contribution that a colleague prepared, for you to approve or refuse",
            "contributions that colleagues prepared, for you to approve or refuse",
            there,
        ),
        Waiting::some(
            of.to_send,
            "contribution that is approved and was not sent yet",
            "contributions that are approved and were not sent yet",
            there,
        ),
        Waiting::some(
            of.due,
            "contribution in which somebody can no longer be counted: a new one is due",
            "contributions in which somebody can no longer be counted: new ones are due",
            there,
        ),
    ]
    .into_iter()
    .flatten()
    .collect())
}

/// What a coordinator has to confirm, and to compute again.
async fn at_the_coalition(visitor: &Visitor, open: &[&Cycle]) -> Result<Vec<Waiting>, AppError> {
    let mut keys = Tally::default();
    let mut behind = Tally::default();
    for cycle in open {
        let of = received::tally(&visitor.cx(), cycle.id.into()).await?;
        let there = || format!("/cycles/{}/contributions", cycle.id);
        keys.add(of.n_waiting, there);
        if visitor.may(Action::ComputeMeasures) {
            behind.add(usize::from(of.is_behind), there);
        }
    }
    Ok([
        keys.into_waiting(
            "contribution that waits until you confirm whose it is",
            "contributions that wait until you confirm whose they are",
        ),
        behind.into_waiting(
            "cycle in which contributions came or were replaced since: compute its measures again",
            "cycles in which contributions came or were replaced since: compute their measures again",
        ),
    ]
    .into_iter()
    .flatten()
    .collect())
}
