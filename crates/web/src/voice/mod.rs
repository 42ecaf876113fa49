//! Voice: recording what a person says in their own words, and what each may be used for; and the list of what may be used.

#[cfg(test)]
mod tests;
mod usable;

use axum::routing::get;
use casework::case::Opened;
use casework::part::Kept;
use casework::voice::Voice;
use domain::permission::Action;

use crate::routes::{Route, route};
use crate::sheet::part::{self, Asked};

pub(crate) fn routes() -> Vec<Route> {
    let mut routes = part::routes::<Voice>();
    routes.push(route("/cases/voices", Action::ReadCase, get(usable::list)));
    routes
}

impl Asked for Voice {
    const NEW: &'static str = "/cases/{id}/voices/new";
    const ONE: &'static str = "/cases/{id}/voices/{voice}";
    const FOLDER: &'static str = "voices";
    const ADD: &'static str = "Record what they say";
    const AMEND: &'static str = "Amend what they said";
    const LEAD: &'static str = "What the person says of the help and of what is done to them, in their own words. It stays sealed in this case; what they allow it to be used for, they can take back here.";

    fn of(case: Opened) -> Vec<Kept<Self>> {
        case.voices
    }
}
