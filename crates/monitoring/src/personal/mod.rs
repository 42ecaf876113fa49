//! Personal evidence: what identifies a person, sealed to the organisation that recorded it.
//!
//! The original is sealed the moment it arrives, files and all, and is never searched or quoted. Someone of the
//! organisation writes a redacted copy; a second person compares it with the original; approved, it becomes an
//! ordinary item of evidence, and that is all the coalition ever reads. Whoever recorded an original, and the
//! organisation's managers, may open it; a colleague who must breaks the glass: with a reason that someone else
//! reviews. Every opening is in the log, naming the record.

mod erase;
mod glass;
mod open;
mod record;
mod redact;
mod review;
#[cfg(test)]
mod tests;

pub use erase::{About, about, complete, erase};
pub use glass::{Glass, break_glass, review_glass};
pub use open::{Listed, Opened, Redaction, list, open, open_file};
pub use record::{Original, record};
pub use redact::{Copy, redact};
pub use review::{Verdict, review};

use domain::permission::Relation;
use sea_orm::EntityTrait;
use store::row::personal_evidence;
use store::seal::Identity;
use store::{AppError, Cx};
use uuid::Uuid;

/// How an original relates to the member asking; `None` where it is not their organisation's, which then looks
/// as if there were none.
fn relation(cx: &Cx<'_>, row: &personal_evidence::Model) -> Option<Relation> {
    if cx.actor.organisation.is_none_or(|own| own.0 != row.organisation_id) {
        None
    } else if cx.actor.member.is_some_and(|member| member.0 == row.member_id) {
        Some(Relation::OwnAssignment)
    } else {
        Some(Relation::OwnOrganisation)
    }
}

/// An original of the member's own organisation, still sealed, and how it relates to them.
async fn sealed(cx: &Cx<'_>, id: Uuid) -> Result<(personal_evidence::Model, Relation), AppError> {
    let found = personal_evidence::Entity::find_by_id(id).one(cx.db.reader()).await?;
    found
        .and_then(|row| relation(cx, &row).map(|relation| (row, relation)))
        .ok_or(AppError::NotFound("sealed evidence"))
}

/// Whether there is such an original for the member asking; opens nothing.
pub async fn exists(cx: &Cx<'_>, id: Uuid) -> Result<(), AppError> {
    sealed(cx, id).await.map(|_| ())
}

const fn title(id: Uuid) -> Identity {
    Identity::new("personal_evidence", id, "sealed_title")
}

const fn whole(id: Uuid) -> Identity {
    Identity::new("personal_evidence", id, "sealed_record")
}

const fn bytes(file: Uuid) -> Identity {
    Identity::new("personal_file", file, "bytes")
}

const fn copy(id: Uuid) -> Identity {
    Identity::new("redaction", id, "sealed_copy")
}

const fn note(id: Uuid) -> Identity {
    Identity::new("redaction", id, "sealed_note")
}

const fn reason(id: Uuid) -> Identity {
    Identity::new("break_glass", id, "sealed_reason")
}
