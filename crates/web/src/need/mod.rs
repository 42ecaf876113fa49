//! Needs: adding one to a case, and amending it as it is offered, begins, ends or is refused.

use casework::case::Opened;
use casework::need::Need;
use casework::part::Kept;

use crate::routes::Route;
use crate::sheet::part::{self, Asked};

pub(crate) fn routes() -> Vec<Route> {
    part::routes::<Need>()
}

impl Asked for Need {
    const NEW: &'static str = "/cases/{id}/needs/new";
    const ONE: &'static str = "/cases/{id}/needs/{need}";
    const FOLDER: &'static str = "needs";
    const ADD: &'static str = "Add a need";
    const AMEND: &'static str = "Amend a need";
    const LEAD: &'static str = "What the person says they need, and what comes of it. Come back to it when something is offered, begins, ends or is refused.";

    fn of(case: Opened) -> Vec<Kept<Self>> {
        case.needs
    }
}
