//! Whom to speak to about a case elsewhere: adding someone, and amending them.

use casework::case::Opened;
use casework::contact::Contact;
use casework::part::Kept;

use crate::routes::Route;
use crate::sheet::part::{self, Asked};

pub(crate) fn routes() -> Vec<Route> {
    part::routes::<Contact>()
}

impl Asked for Contact {
    const NEW: &'static str = "/cases/{id}/contacts/new";
    const ONE: &'static str = "/cases/{id}/contacts/{contact}";
    const FOLDER: &'static str = "contacts";
    const ADD: &'static str = "Add someone to speak to";
    const AMEND: &'static str = "Amend someone to speak to";
    const LEAD: &'static str =
        "People at authorities and services. How the person themselves may be contacted is kept elsewhere.";

    fn of(case: Opened) -> Vec<Kept<Self>> {
        case.contacts
    }
}
