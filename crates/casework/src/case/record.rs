//! Recording a person and their case, in one form and one transaction.

use access::key::person as key;
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, DatabaseTransaction};
use store::row::{case_member, person, support_case};
use store::seal::SealKey;
use store::{AppError, Cx, FieldErrors};
use uuid::Uuid;

use super::{About, about, bump, digest, seal_line};
use crate::event::History;
use crate::need::Need;
use crate::part::Kept;
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
    input.identity.check(input.about.opened_on, today, &mut errors);
    input.about.check(today, input.identity.born_year(), &mut errors);
    input.contact.check(today, &mut errors);
    errors.into_result()?;
    let owner = cx.organisation()?.0;
    let (key_id, key) = key::make(cx, owner).await?;
    let made = Made {
        case: cx.ids.random(),
        person: cx.ids.random(),
        key_id,
        key: &key,
    };
    let work = cx.begin(Action::RecordCase, Relation::OwnOrganisation).await?;
    insert(&work.tx, cx, &made, input, (&History::default(), &[])).await?;
    work.finish(cx, "support_case", Some(made.case)).await?;
    Ok(made.case)
}

/// The ids and the key that a new case is written with.
pub(crate) struct Made<'a> {
    pub case: Uuid,
    pub person: Uuid,
    pub key_id: Uuid,
    pub key: &'a SealKey,
}

/// Writes a person and their case, with the member asking working on it, in the transaction of a command. `history`: what
/// the caller records of it in the same transaction, and its needs.
pub(crate) async fn insert(
    tx: &DatabaseTransaction,
    cx: &Cx<'_>,
    made: &Made<'_>,
    input: Record,
    (history, needs): (&History, &[Kept<Need>]),
) -> Result<(), AppError> {
    let owner = cx.organisation()?.0;
    let (id, key) = (made.case, made.key);
    let who = Person {
        identity: input.identity,
        contact: input.contact,
        contact_at: cx.now,
        earlier_contacts: Vec::new(),
    };
    let counter = bump(tx, owner).await?;
    let (digest, next) = digest((&who, &input.about), history, needs, cx.now.british_day());
    person::ActiveModel {
        id: Set(made.person),
        organisation_id: Set(owner),
        person_key_id: Set(made.key_id),
        sealed_identity: Set(key.seal(&place(made.person), &serde_json::to_vec(&who)?)),
        revision: Set(1),
        is_invented: Set(input.is_invented),
    }
    .insert(tx)
    .await?;
    support_case::ActiveModel {
        id: Set(id),
        organisation_id: Set(owner),
        person_id: Set(made.person),
        is_open: Set(true),
        next_due_on: Set(next.map(domain::Day::iso)),
        sealed_about: Set(key.seal(&about(id), &serde_json::to_vec(&input.about)?)),
        sealed_line: Set(seal_line(key, id, &digest, (&who, &input.about, history))?),
        revision: Set(1),
        changed: Set(counter),
        is_invented: Set(input.is_invented),
    }
    .insert(tx)
    .await?;
    case_member::ActiveModel {
        case_id: Set(id),
        member_id: Set(cx.member()?.0),
    }
    .insert(tx)
    .await?;
    Ok(())
}
