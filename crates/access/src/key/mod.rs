//! Keys: who can open which seal, and how that is given, taken back and recovered.
//!
//! Each member has a key pair; its private half is wrapped by their passphrase. Each organisation has a
//! numbered key pair, and so has the coalition, under the nil id; its private half is granted to each member
//! whose role reads sealed records, and to a printed recovery key. So giving a key, rotating it and recovering
//! it need one person who holds it, and nobody else present. The key of each person's records ([`person`]) is
//! sealed to the newest key pair of the organisation that keeps them.

mod member;
mod owner;
pub mod person;
mod recovery;
mod rotate;
mod sender;

pub use member::{has_key, make, rewrap, unwrap};
pub use owner::{Holder, Opener, Standing, awaits, establish, grant, opener, public, reads_seals, standing, withdraw};
pub use recovery::{Recovery, recover};
pub use rotate::{Rotation, reseal, rotate};
pub use sender::sender;

use domain::permission::Relation;
use store::Cx;
use store::work::Actor;
use uuid::Uuid;

/// The coalition as an owner of keys: contributions and answers to a call for evidence are sealed to it.
pub const COALITION: Uuid = Uuid::nil();

/// How an owner's keys relate to the member asking.
fn relation(cx: &Cx<'_>, owner: Uuid) -> Relation {
    relation_of(cx.actor, owner)
}

fn relation_of(actor: &Actor, owner: Uuid) -> Relation {
    if owner == COALITION {
        Relation::Coalition
    } else {
        actor.relation(owner)
    }
}

#[cfg(test)]
mod tests;
