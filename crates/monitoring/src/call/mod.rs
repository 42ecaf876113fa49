//! Calls for evidence: a question that anyone can answer on a public page, without an account.
//!
//! An answer is sealed to the coalition's key in the request that brings it ([`answer`]); from then on only a
//! coordinator's session opens it, and the log of acts says so ([`unseal`]). What becomes evidence is a copy
//! that one coordinator has redacted ([`redact`]) and another approved ([`approve`]). Whoever answered has a
//! receipt code, which tells how far it is and nothing else ([`look_up`]).
//!
//! An answer keeps the day it came, not the hour, and a random id: neither a row nor a list tells when someone
//! sat at a keyboard.

mod answer;
mod list;
mod moderate;
mod open;
mod receipt;
mod review;
#[cfg(test)]
mod tests;
mod unseal;

pub use answer::{Answer, LONGEST, answer};
pub use list::{Call, Listed, Standing, answers, find, list};
pub use moderate::{complete, erase, redact, set_aside, withdraw};
pub use open::{Open, close, open};
pub use receipt::{Receipt, look_up};
pub use review::{Item, ORIGIN, approve};
pub use unseal::{Unsealed, unseal};

use domain::ids::AnswerId;
use sea_orm::{ConnectionTrait, EntityTrait};
use store::AppError;
use store::row::call_answer;
use store::seal::Identity;
use uuid::Uuid;

/// What was answered.
const ANSWER: &str = "answer";
/// The redacted copy.
const REDACTION: &str = "redaction";

/// Binds a seal to its answer.
const fn identity(id: Uuid, part: &'static str) -> Identity {
    Identity::new("call_answer", id, part)
}

async fn row_of(db: &impl ConnectionTrait, id: AnswerId) -> Result<call_answer::Model, AppError> {
    call_answer::Entity::find_by_id(id.0)
        .one(db)
        .await?
        .ok_or(AppError::NotFound("answer"))
}
