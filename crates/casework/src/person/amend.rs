//! Amending what is kept of a person. How they could be contacted before is kept beside how they can be now, unless whoever
//! amends it says that it has to go; who they are is not kept as it was: a name or a number that endangers someone must be
//! able to go.

use domain::permission::Action;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, QuerySelect};
use store::row::person;
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use super::{Identity, Person, SafeContact, place};
use crate::case;
use crate::part::Earlier;

/// What is to be kept from now on; the other half stays as it is.
#[derive(Debug, Clone)]
pub enum Amend {
    /// Who they are.
    Identity(Identity),
    /// How they may be contacted.
    Contact(SafeContact),
    /// How they may be contacted; and nothing is to be kept of what was recorded of it before.
    ContactAlone(SafeContact),
}

/// Amends what is kept of the person of a case. [`AppError::Conflict`] when someone else changed it since `revision`.
pub async fn amend(cx: &Cx<'_>, case: Uuid, change: Amend, revision: i32) -> Result<Uuid, AppError> {
    let opened = case::unseal(cx, case, Action::AmendCase).await?;
    let (mut errors, today) = (FieldErrors::new(), cx.now.british_day());
    match &change {
        Amend::Contact(contact) | Amend::ContactAlone(contact) => contact.check(today, &mut errors),
        Amend::Identity(identity) => {
            let about: case::About = opened.read(&case::about(opened.row.id), &opened.row.sealed_about)?;
            identity.check(about.opened_on, today, &mut errors);
        }
    }
    errors.into_result()?;
    let by = cx.member()?.0;
    let work = cx.begin(Action::AmendCase, opened.relation).await?;
    let counter = case::hold(&work.tx, &opened.row).await?;
    // Held until the end, so that of two who amend at once the second sees the first one's revision.
    let row = person::Entity::find_by_id(opened.person.id)
        .lock_exclusive()
        .one(&work.tx)
        .await?
        .ok_or(AppError::NotFound("case"))?;
    if row.revision != revision {
        return Err(AppError::Conflict("person"));
    }
    let before: Person = opened.read(&place(row.id), &row.sealed_identity)?;
    let after = match change {
        Amend::Identity(identity) => Person { identity, ..before },
        Amend::Contact(contact) => {
            let mut earlier_contacts = before.earlier_contacts;
            let is_same = before.contact == contact;
            // Of what nobody had recorded there is nothing to keep.
            if !is_same && before.contact != SafeContact::none() {
                earlier_contacts.push(Earlier {
                    sheet: before.contact,
                    until: cx.now,
                    by,
                });
            }
            Person {
                identity: before.identity,
                // A form that is saved as it was says nothing anew.
                contact_at: if is_same { before.contact_at } else { cx.now },
                contact,
                earlier_contacts,
            }
        }
        Amend::ContactAlone(contact) => Person {
            contact_at: if before.contact == contact {
                before.contact_at
            } else {
                cx.now
            },
            contact,
            earlier_contacts: Vec::new(),
            ..before
        },
    };
    person::ActiveModel {
        id: Set(row.id),
        sealed_identity: Set(opened.seal(&place(row.id), &after)?),
        revision: Set(row.revision + 1),
        ..Default::default()
    }
    .update(&work.tx)
    .await?;
    case::refresh(&work.tx, cx, &opened, counter).await?;
    work.finish(cx, "person", Some(row.id)).await?;
    Ok(case)
}
