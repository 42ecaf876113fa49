//! Recording a person and their case, in one form and one transaction.

use access::key::person as key;
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use store::row::{case_member, person, support_case};
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use super::{About, about, bump, digest, seal_line};
use crate::event::History;
use crate::person::{Identity, Person, SafeContact, place};

/// A person and what their case is.
#[derive(Debug, Clone)]
pub struct Record {
    /// Who they are.
    pub identity: Identity,
    /// How they may be contacted, as far as it is known already.
    pub contact: SafeContact,
    /// What the case is.
    pub about: About,
    /// Whether it was invented for a demonstration.
    pub is_invented: bool,
}

/// Records a person and their case with the member's own organisation; whoever records it works on it.
///
/// The key is written first, then the records: cut off anywhere, nothing readable is left.
pub async fn record(cx: &Cx<'_>, input: Record) -> Result<Uuid, AppError> {
    cx.permit(Action::RecordCase, Relation::OwnOrganisation)?;
    let today = cx.now.british_day();
    let mut errors = FieldErrors::new();
    if input.about.opened_on > today {
        errors.add("opened_on", "Support cannot have begun after today");
    }
    input.contact.check(today, &mut errors);
    errors.into_result()?;
    let owner = cx.organisation()?.0;
    let (key_id, key) = key::make(cx, owner).await?;
    let (person_id, id) = (cx.ids.random(), cx.ids.random());
    let who = Person {
        identity: input.identity,
        contact: input.contact,
        contact_at: cx.now,
    };
    let work = cx.begin(Action::RecordCase, Relation::OwnOrganisation).await?;
    let counter = bump(&work.tx, owner).await?;
    let (digest, next) = digest(&who, &input.about, &History::default(), &[]);
    person::ActiveModel {
        id: Set(person_id),
        organisation_id: Set(owner),
        person_key_id: Set(key_id),
        sealed_identity: Set(key.seal(&place(person_id), &serde_json::to_vec(&who)?)),
        revision: Set(1),
        is_invented: Set(input.is_invented),
    }
    .insert(&work.tx)
    .await?;
    let reference = input.about.reference.as_ref().map_or("", |line| line.0.as_str());
    support_case::ActiveModel {
        id: Set(id),
        organisation_id: Set(owner),
        person_id: Set(person_id),
        is_open: Set(true),
        next_due_on: Set(next.map(domain::Day::iso)),
        sealed_about: Set(key.seal(&about(id), &serde_json::to_vec(&input.about)?)),
        sealed_line: Set(seal_line(&key, id, &digest, reference)?),
        revision: Set(1),
        changed: Set(counter),
        is_invented: Set(input.is_invented),
    }
    .insert(&work.tx)
    .await?;
    case_member::ActiveModel {
        case_id: Set(id),
        member_id: Set(cx.member()?.0),
    }
    .insert(&work.tx)
    .await?;
    work.finish(cx, "support_case", Some(id)).await?;
    Ok(id)
}
