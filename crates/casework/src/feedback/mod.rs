//! Feedback: what anyone says about an organisation's help, without an account, on a page of its own; sealed to the
//! organisation's key in the request that brings it, read by those who answer for the help, and erased with a code that only
//! whoever wrote it has. Who wrote it is written down nowhere, not even when they are signed in.

mod term;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use access::anonymous::{self, Written};
use access::code::Receipt;
use access::key;
use access::organisation;
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use serde::Serialize;
use store::row::feedback;
use store::seal::Identity;
use store::{AppError, Cx};
use uuid::Uuid;

pub use term::{DEFAULT_MONTHS, Due, KIND, Term, keep, months, set_term, term};

/// The longest words, in characters.
pub const LONGEST: usize = 5_000;

/// Feedback as it is typed.
#[derive(Clone, Default)]
pub struct Give {
    /// What they want to say.
    pub words: String,
    /// A safe way to reach them; may be empty.
    pub contact: String,
}

const fn place(id: Uuid) -> Identity {
    Identity::new("feedback", id, "sealed_words")
}

/// The name of an organisation that takes feedback: one that is active and has a key to seal it to.
pub async fn house(cx: &Cx<'_>, id: Uuid) -> Result<String, AppError> {
    cx.permit(Action::ReadPublic, Relation::Coalition)?;
    let row = organisation::list(cx).await?.into_iter().find(|row| row.id == id);
    let row = row.filter(|row| row.is_active).ok_or(AppError::NotFound("page"))?;
    key::public(cx.db, id).await.map_err(|_| AppError::NotFound("page"))?;
    Ok(row.name)
}

/// The organisations that take feedback, each with its id, by name: those for which [`house`] gives one. A query for each
/// organisation.
pub async fn houses(cx: &Cx<'_>) -> Result<Vec<(Uuid, String)>, AppError> {
    cx.permit(Action::ReadPublic, Relation::Coalition)?;
    let mut all = Vec::new();
    for row in organisation::list(cx).await?.into_iter().filter(|row| row.is_active) {
        match key::public(cx.db, row.id).await {
            Ok(_) => all.push((row.id, row.name)),
            // It has no key yet: nothing could be sealed to it.
            Err(AppError::Refused(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(all)
}

/// Takes feedback and seals it to an organisation. The same receipt brings one, however often it is sent. The log names
/// neither a member nor the organisation, and the day is kept without the hour.
pub async fn give(cx: &Cx<'_>, organisation: Uuid, input: &Give, receipt: &Receipt) -> Result<(), AppError> {
    let cx = &cx.as_nobody();
    house(cx, organisation).await?;
    let same = feedback::Entity::find().filter(feedback::Column::ReceiptHash.eq(receipt.hash()));
    if same.count(cx.db.reader()).await? > 0 {
        return Ok(());
    }
    let written = Written::typed(&input.words, &input.contact, LONGEST, ("This", "Write something first"))?.bytes()?;
    let (key_id, key) = anonymous::make_key(cx, organisation).await?;
    let id = cx.ids.random();
    let work = cx.begin(Action::GiveFeedback, Relation::Coalition).await?;
    let row = feedback::ActiveModel {
        id: Set(id),
        organisation_id: Set(organisation),
        person_key_id: Set(key_id),
        sealed_words: Set(key.seal(&place(id), &written)),
        receipt_hash: Set(receipt.hash()),
        received_on: Set(cx.now.day().iso()),
        is_read: Set(false),
    };
    match row.insert(&work.tx).await {
        Ok(_) => work.finish(cx, "feedback", None).await,
        // The other click was faster; the key made here is swept at the next start.
        Err(error) if store::error::is_duplicate(&error) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Feedback on a list, still sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Which.
    pub id: Uuid,
    /// The day it came.
    pub received_on: String,
    /// Whether somebody has read it.
    pub is_read: bool,
}

/// What came to the member's own organisation: what nobody has read first, then the latest.
pub async fn list(cx: &Cx<'_>) -> Result<Vec<Listed>, AppError> {
    cx.permit(Action::ReadFeedback, Relation::OwnOrganisation)?;
    let rows = feedback::Entity::find()
        .filter(feedback::Column::OrganisationId.eq(cx.organisation()?.0))
        .order_by_asc(feedback::Column::IsRead)
        .order_by_desc(feedback::Column::ReceivedOn)
        .order_by_asc(feedback::Column::Id)
        .all(cx.db.reader())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Listed {
            id: row.id,
            received_on: row.received_on,
            is_read: row.is_read,
        })
        .collect())
}

/// How many nobody has read.
pub async fn tally(cx: &Cx<'_>) -> Result<usize, AppError> {
    cx.permit(Action::ReadFeedback, Relation::OwnOrganisation)?;
    let n = feedback::Entity::find()
        .filter(feedback::Column::OrganisationId.eq(cx.organisation()?.0))
        .filter(feedback::Column::IsRead.eq(false))
        .count(cx.db.reader())
        .await?;
    Ok(usize::try_from(n).unwrap_or(usize::MAX))
}

/// Feedback that was opened for the member asking, and the log says so.
pub struct Opened {
    /// Which.
    pub id: Uuid,
    /// The day it came.
    pub received_on: String,
    /// What was written.
    pub words: String,
    /// The safe way to be reached, if one was given.
    pub contact: String,
}

async fn own(cx: &Cx<'_>, id: Uuid, action: Action) -> Result<feedback::Model, AppError> {
    cx.permit(action, Relation::OwnOrganisation)?;
    let organisation = cx.organisation()?.0;
    let row = feedback::Entity::find_by_id(id).one(cx.db.reader()).await?;
    row.filter(|row| row.organisation_id == organisation)
        .ok_or(AppError::NotFound("feedback"))
}

/// Opens one, and writes in the log that it was shown. It counts as read from then on.
pub async fn open(cx: &Cx<'_>, id: Uuid) -> Result<Opened, AppError> {
    let row = own(cx, id, Action::ReadFeedback).await?;
    let opener = key::opener(cx, row.organisation_id).await?;
    let key = key::person::open(cx.db, &opener, row.person_key_id).await?;
    let shown = cx
        .disclose(Action::ReadFeedback, Relation::OwnOrganisation, "feedback", &[id])
        .await?;
    let opened = key.open(&place(id), &row.sealed_words)?;
    let written: Written = serde_json::from_slice(opened.reveal(&shown)?)?;
    if !row.is_read {
        // That it was opened is in the log already; this only moves it down the list.
        let tx = cx.db.begin().await?;
        feedback::ActiveModel {
            id: Set(id),
            is_read: Set(true),
            ..Default::default()
        }
        .update(&tx)
        .await?;
        tx.commit().await?;
    }
    Ok(Opened {
        id,
        received_on: row.received_on,
        words: written.words,
        contact: written.contact,
    })
}

/// What came, opened for the organisation's export.
#[derive(Clone, Serialize)]
pub(crate) struct Given {
    pub id: Uuid,
    pub received_on: String,
    pub is_read: bool,
    pub words: String,
    pub contact: String,
}

/// Everything that came to the member's own organisation, earliest first, for its export; the log names each. What nobody has read
/// stays unread.
pub(crate) async fn everything(cx: &Cx<'_>) -> Result<Vec<Given>, AppError> {
    cx.permit(Action::ExportCases, Relation::OwnOrganisation)?;
    let owner = cx.organisation()?.0;
    let rows = feedback::Entity::find()
        .filter(feedback::Column::OrganisationId.eq(owner))
        .order_by_asc(feedback::Column::ReceivedOn)
        .order_by_asc(feedback::Column::Id)
        .all(cx.db.reader())
        .await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let opener = key::opener(cx, owner).await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.person_key_id).collect();
    let keys: HashMap<Uuid, _> = key::person::open_all(cx.db, &opener, &ids).await?.into_iter().collect();
    let named: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let shown = cx
        .disclose(Action::ExportCases, Relation::OwnOrganisation, "feedback", &named)
        .await?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        // A key that is gone: whoever wrote it is taking it back at this moment.
        let Some(key) = keys.get(&row.person_key_id) else {
            continue;
        };
        let opened = key.open(&place(row.id), &row.sealed_words)?;
        let Written { words, contact } = serde_json::from_slice(opened.reveal(&shown)?)?;
        all.push(Given {
            id: row.id,
            received_on: row.received_on,
            is_read: row.is_read,
            words,
            contact,
        });
    }
    Ok(all)
}

/// Erases one for good: its key first, then its row.
pub async fn erase(cx: &Cx<'_>, id: Uuid) -> Result<Uuid, AppError> {
    let row = own(cx, id, Action::EraseFeedback).await?;
    let who = (Action::EraseFeedback, Relation::OwnOrganisation);
    let work = anonymous::begin_erasing(cx, who, (row.organisation_id, row.person_key_id)).await?;
    feedback::Entity::delete_by_id(id).exec(&work.tx).await?;
    work.finish(cx, "feedback", Some(id)).await?;
    Ok(id)
}

/// Whether the feedback of a receipt was read; `None` when there is none, or none any more. Nothing else is told.
pub async fn look_up(cx: &Cx<'_>, receipt: &Receipt) -> Result<Option<bool>, AppError> {
    cx.permit(Action::ReadPublic, Relation::Coalition)?;
    let row = feedback::Entity::find()
        .filter(feedback::Column::ReceiptHash.eq(receipt.hash()))
        .one(cx.db.reader())
        .await?;
    Ok(row.map(|row| row.is_read))
}

/// Erases, for whoever has its receipt, what they wrote; says whether there was any. Who asks is written down nowhere.
pub async fn withdraw(cx: &Cx<'_>, receipt: &Receipt) -> Result<bool, AppError> {
    let cx = &cx.as_nobody();
    let row = feedback::Entity::find()
        .filter(feedback::Column::ReceiptHash.eq(receipt.hash()))
        .one(cx.db.reader())
        .await?;
    let Some(row) = row else {
        return Ok(false);
    };
    let who = (Action::WithdrawFeedback, Relation::Coalition);
    let work = anonymous::begin_erasing(cx, who, (row.organisation_id, row.person_key_id)).await?;
    feedback::Entity::delete_by_id(row.id).exec(&work.tx).await?;
    work.finish(cx, "feedback", None).await?;
    Ok(true)
}

/// Removes rows whose key an erasure destroyed before it was cut off. At start-up, and after a restore.
pub async fn complete(db: &store::Db) -> Result<(), AppError> {
    for keys in key::person::erased(db).await?.chunks(10_000) {
        let tx = db.begin().await?;
        feedback::Entity::delete_many()
            .filter(feedback::Column::PersonKeyId.is_in(keys.iter().copied()))
            .exec(&tx)
            .await?;
        tx.commit().await?;
    }
    Ok(())
}
