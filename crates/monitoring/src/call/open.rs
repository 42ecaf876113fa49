//! Opening and closing a call.

use access::key::{self, COALITION};
use domain::ids::CallId;
use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};
use store::row::call;
use store::{AppError, Cx, FieldErrors};

/// The longest title, in characters.
const TITLE: usize = 200;
/// The longest question: a page.
const ASKS: usize = 5_000;

/// What it takes to open a call.
#[derive(Debug, Clone, Default)]
pub struct Open {
    /// Its title, for the list.
    pub title: String,
    /// What is asked, in plain words.
    pub asks: String,
    /// The first day it takes answers, as ISO text.
    pub opens_on: String,
    /// The last.
    pub closes_on: String,
    /// Whether it was invented for a demonstration.
    pub is_invented: bool,
}

/// Opens a call: coordinators. Without the coalition's key an answer could not be sealed, so none is opened.
pub async fn open(cx: &Cx<'_>, input: Open) -> Result<CallId, AppError> {
    cx.permit(Action::ManageCalls, Relation::Coalition)?;
    let mut errors = FieldErrors::new();
    let title = errors.required("title", &input.title, "Enter a title");
    let asks = errors.required("asks", &input.asks, "Enter what you ask, in plain words");
    if title.chars().count() > TITLE {
        errors.add("title", format!("Use at most {TITLE} characters"));
    }
    if asks.chars().count() > ASKS {
        errors.add(
            "asks",
            format!("Use at most {ASKS} characters: a short question gets more answers"),
        );
    }
    let opens_on = errors.day("opens_on", &input.opens_on);
    let closes_on = errors.day("closes_on", &input.closes_on);
    if let (Some(opens_on), Some(closes_on)) = (opens_on, closes_on) {
        if closes_on < opens_on {
            errors.add("closes_on", "The last day comes before the first");
        } else if closes_on < cx.now.day() {
            errors.add("closes_on", "This day has passed: enter the last day for answers");
        }
    }
    errors.into_result()?;
    key::public(cx.db, COALITION).await?;
    let work = cx.begin(Action::ManageCalls, Relation::Coalition).await?;
    let id = cx.ids.ordered();
    call::ActiveModel {
        id: Set(id),
        title: Set(title),
        asks: Set(asks),
        opens_on: Set(input.opens_on.trim().to_owned()),
        closes_on: Set(input.closes_on.trim().to_owned()),
        closed_on: Set(None),
        is_invented: Set(input.is_invented),
        member_id: Set(cx.member()?.0),
        recorded_at: Set(cx.now.0),
    }
    .insert(&work.tx)
    .await?;
    work.finish(cx, "call", Some(id)).await?;
    Ok(CallId(id))
}

/// Closes a call before its last day: coordinators. Closing twice is no fault.
pub async fn close(cx: &Cx<'_>, id: CallId) -> Result<(), AppError> {
    let work = cx.begin(Action::ManageCalls, Relation::Coalition).await?;
    let row = call::Entity::find_by_id(id.0)
        .one(&work.tx)
        .await?
        .ok_or(AppError::NotFound("call"))?;
    if row.closed_on.is_none() {
        let mut row: call::ActiveModel = row.into();
        row.closed_on = Set(Some(cx.now.day().iso()));
        row.update(&work.tx).await?;
    }
    work.finish(cx, "call", Some(id.0)).await
}
