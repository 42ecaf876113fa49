//! Contacts: whom to speak to about a case at an authority or a service, and who is to receive a decision for the person.

use domain::Day;
use domain::casework::{Agency, ContactRole, Known};
use domain::permission::Action;
use sea_orm::ConnectionTrait;
use store::row::case_contact;
use store::{AppError, FieldErrors};

use crate::case::Unsealed;
use crate::part::{self, Kept, Part};
use crate::sheet::{Line, Words};

crate::sheet! {
    /// Someone at an authority or a service.
    pub struct Contact {
        role: ContactRole = "What they are to this case", "";
        agency: Option<Agency> = "Of which body", "";
        organisation: Option<Line> = "Its name", "";
        name: Option<Line> = "Their name", "";
        position: Option<Line> = "Their position", "";
        phone: Option<Line> = "Telephone", "";
        email: Option<Line> = "E-mail", "";
        address: Option<Words> = "Address", "No address of a refuge or safe house.";
        reference: Option<Line> = "Their reference for the case", "";
        is_agreed: Option<Known> = "Did the person agree to their hearing about the case?", "";
        note: Option<Words> = "More", "";
    }
}

impl Part for Contact {
    type Entity = case_contact::Entity;
    const TABLE: &'static str = "case_contact";
    const ID: case_contact::Column = case_contact::Column::Id;
    const CASE: case_contact::Column = case_contact::Column::CaseId;
    const SEALED: case_contact::Column = case_contact::Column::SealedContact;
    const REVISION: case_contact::Column = case_contact::Column::Revision;
    const ACTION: Action = Action::AmendCase;
    const WORD: &'static str = "contact";

    fn check(&self, _: Day, errors: &mut FieldErrors) {
        let is_known = [&self.organisation, &self.name, &self.phone, &self.email]
            .iter()
            .any(|line| line.is_some());
        if !is_known && self.agency.is_none() {
            errors.add("name", "Enter a name, an organisation or a way to reach them");
        }
        if self.role == ContactRole::Decision && self.is_agreed != Some(Known::Yes) {
            errors.add(
                "is_agreed",
                "Nobody receives a decision for someone who has not agreed to it: ask them first",
            );
        }
    }
}

/// The contacts of an opened case, by what they are to it.
pub(crate) async fn of(db: &impl ConnectionTrait, case: &Unsealed) -> Result<Vec<Kept<Contact>>, AppError> {
    let mut all = part::of::<Contact>(db, case).await?;
    all.sort_by_key(|kept| (kept.sheet.role, kept.id));
    Ok(all)
}
