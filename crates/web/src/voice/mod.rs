//! Voice: recording what a person says in their own words, and what each may be used for.

#[cfg(test)]
mod tests;

use casework::case::Opened;
use casework::part::Kept;
use casework::voice::Voice;

use crate::routes::Route;
use crate::sheet::part::{self, Asked};

pub(crate) fn routes() -> Vec<Route> {
    part::routes::<Voice>()
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
