//! Who signs what an organisation sends: a signing key, made on first use and kept under a key of its own, as a person's
//! records are. After a new key pair was made, because somebody who held the old one has left, a new signing key is made too.

use domain::permission::{Action, Relation};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};
use store::envelope::Sender;
use store::row::signing_key;
use store::seal::Identity;
use store::{AppError, Cx};
use uuid::Uuid;

use super::owner::{self, Opener};
use super::person;

/// The key's own id stands for its record: the row has none but its organisation's.
fn identity(key: Uuid) -> Identity {
    Identity::new("signing_key", key, "sealed_secret")
}

/// The organisation's signing key. Whoever approves a contribution makes it, if there is none for the newest key pair.
pub async fn sender(cx: &Cx<'_>, opener: &Opener) -> Result<Sender, AppError> {
    let organisation = opener.owner();
    let (number, _) = owner::public(cx.db, organisation).await?;
    let found = signing_key::Entity::find_by_id((organisation, number))
        .one(cx.db.reader())
        .await?;
    if let Some(row) = found {
        let key = person::open(cx.db, opener, row.person_key_id).await?;
        return Ok(key.open_sender(&identity(row.person_key_id), &row.sealed_secret)?);
    }
    // The form's token stands for the contribution, not for what is made on the way to it.
    let cx = &Cx {
        once: None,
        ..cx.clone()
    };
    let (id, key) = person::make(cx, organisation).await?;
    let sender = Sender::generate();
    let work = cx.begin(Action::ApproveContribution, Relation::OwnOrganisation).await?;
    signing_key::ActiveModel {
        organisation_id: Set(organisation),
        number: Set(number),
        public_key: Set(sender.public().to_vec()),
        person_key_id: Set(id),
        sealed_secret: Set(key.seal(&identity(id), sender.secret().as_slice())),
        created_at: Set(cx.now.0),
    }
    .insert(&work.tx)
    .await?;
    work.finish(cx, "signing_key", Some(organisation)).await?;
    Ok(sender)
}
