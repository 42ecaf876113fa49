//! Where a person comes from: adding it to a case, and amending it as more is known.

use casework::background::Background;
use casework::case::Opened;
use casework::part::Kept;

use crate::routes::Route;
use crate::sheet::part::{self, Asked};

pub(crate) fn routes() -> Vec<Route> {
    part::routes::<Background>()
}

impl Asked for Background {
    const NEW: &'static str = "/cases/{id}/background/new";
    const ONE: &'static str = "/cases/{id}/background/{background}";
    const FOLDER: &'static str = "background";
    const ADD: &'static str = "Add where they come from";
    const AMEND: &'static str = "Amend where they come from";
    const LEAD: &'static str = "Only what a referral or their support needs. Leave empty what is not known.";

    fn of(case: Opened) -> Vec<Kept<Self>> {
        case.background
    }
}
