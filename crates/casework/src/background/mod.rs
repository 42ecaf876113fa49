//! Background: where a person comes from and how they lived before, as far as a referral or their support needs it.

use domain::Day;
use domain::casework::Known;
use domain::pack::codes::NationalityGroup;
use domain::permission::Action;
use sea_orm::ConnectionTrait;
use store::row::background;
use store::{AppError, FieldErrors};

use crate::case::Unsealed;
use crate::part::{self, Kept, Part};
use crate::sheet::{Line, Words};

crate::sheet! {
    /// The background of a person.
    pub struct Background {
        born_in: Option<Line> = "Where they were born", "A country and a town or region.";
        nationality_group: Option<NationalityGroup> = "Group of their nationality", "Of several, the one that the authorities go by. Leave it out where their nationality, on the page of who they are, is one whose group is plain, such as Albanian. The audit counts by it.";
        family: Option<Words> = "Their family", "";
        education: Option<Words> = "School and training", "";
        work: Option<Words> = "Work before", "";
        life: Option<Words> = "Anything else of their life before", "";
        has_disability: Option<Known> = "Have they a disability or a lasting illness?", "";
        disability: Option<Words> = "What helps them with it", "";
        references: Option<Words> = "Home Office references", "The kind and the number, one to a line, where they are not kept with who they are.";
    }
}

impl Part for Background {
    type Entity = background::Entity;
    const TABLE: &'static str = "background";
    const ID: background::Column = background::Column::Id;
    const CASE: background::Column = background::Column::CaseId;
    const SEALED: background::Column = background::Column::SealedBackground;
    const REVISION: background::Column = background::Column::Revision;
    const ACTION: Action = Action::AmendCase;
    const WORD: &'static str = "background";

    fn check(&self, _: Day, errors: &mut FieldErrors) {
        if self.disability.is_some() && self.has_disability.is_none() {
            errors.add("has_disability", "Choose an answer, since you say what helps");
        }
    }
}

/// What is kept of the background, the last that was recorded last.
pub(crate) async fn of(db: &impl ConnectionTrait, case: &Unsealed) -> Result<Vec<Kept<Background>>, AppError> {
    let mut all = part::of::<Background>(db, case).await?;
    all.sort_by_key(|kept| kept.id);
    Ok(all)
}
