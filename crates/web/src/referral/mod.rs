//! Referrals to other organisations: what waits on both sides, sending one after a look at exactly what goes, answering what
//! came, and the sealed file and the letter for somebody outside. (A referral into the National Referral Mechanism is an
//! event of a case, and another page.)

mod inbox;
mod list;
mod offer;
mod sent;
#[cfg(test)]
mod tests;

use axum::routing::{get, post};
use domain::permission::Action;

use crate::routes::{Route, route};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        route("/referrals", Action::ReadReferral, get(list::list)),
        route("/referrals/{id}", Action::OpenReferral, get(inbox::show)),
        route("/referrals/{id}/accept", Action::AnswerReferral, post(inbox::accept)),
        route("/referrals/{id}/refuse", Action::AnswerReferral, post(inbox::refuse)),
        route(
            "/referrals/{id}/finish",
            Action::AnswerReferral,
            get(inbox::ask).post(inbox::finish),
        ),
        route(
            "/cases/{id}/referrals/new",
            Action::OfferReferral,
            get(offer::open).post(offer::offer),
        ),
        route(
            "/cases/{id}/referrals/{referral}",
            Action::OfferReferral,
            get(sent::show),
        ),
        route(
            "/cases/{id}/referrals/{referral}/revoke",
            Action::RevokeReferral,
            post(sent::revoke),
        ),
        route(
            "/cases/{id}/referrals/{referral}/answer",
            Action::RevokeReferral,
            post(sent::report),
        ),
        route(
            "/cases/{id}/referrals/{referral}/read-answer",
            Action::ReadAnswer,
            post(sent::read_answer),
        ),
        route(
            "/cases/{id}/referrals/{referral}/read",
            Action::ReviewOverride,
            post(sent::review),
        ),
        route(
            "/cases/{id}/referrals/{referral}/file",
            Action::TakeReferral,
            get(sent::take).post(sent::make),
        ),
        route(
            "/cases/{id}/referrals/{referral}/letter",
            Action::TakeReferral,
            get(sent::letter).post(sent::full_letter),
        ),
    ]
}

/// The look of a tag that says how long an offer waits; its words say the same.
pub(crate) const fn look(waits: casework::referral::Waits) -> &'static str {
    use casework::referral::Step;
    match waits.step {
        Step::Fresh => "framework",
        Step::Due => "due",
        Step::Late | Step::Alarming => "overdue",
    }
}
