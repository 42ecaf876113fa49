//! Keys of the demonstration: of the organisations that support people and of the coalition, made on its first day by whoever
//! makes them, and given to those whose role reads what is sealed to them. The recovery keys are printed nowhere: what a
//! demonstration holds may be lost.

use access::key::{self, COALITION, reads_seals};
use domain::Instant;
use domain::ids::MemberId;
use domain::permission::Role;
use store::Cx;
use store::seal::PrivateKey;
use store::work::Actor;
use uuid::Uuid;

use super::super::content::{Content, Member};
use super::{Seeder, missing};
use crate::failure::Failure;

/// Whether somebody needs a key pair of their own before the demonstration is used: whoever is given another's key.
pub(super) fn needs_pair(content: &Content, member: &Member) -> bool {
    // Any organisation's: only the coalition's seals are read by other roles.
    let owner = Uuid::from_u128(u128::MAX);
    let is_supporting = supporting(content).contains(&member.organisation.as_str());
    reads_seals(&member.roles, COALITION) || (is_supporting && reads_seals(&member.roles, owner))
}

/// The organisations whose members record cases, by key, each once.
fn supporting(content: &Content) -> Vec<&str> {
    let mut all: Vec<&str> = content
        .members
        .iter()
        .filter(|member| {
            let records = |role: &Role| matches!(role, Role::Caseworker | Role::Supervisor);
            member.roles.iter().any(records)
        })
        .map(|member| member.organisation.as_str())
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

impl Seeder<'_> {
    /// Makes every key and gives it to those who read what is sealed to it.
    pub(super) async fn make_keys(&self) -> Result<(), Failure> {
        for organisation in supporting(self.content) {
            let cx = self.keyed(self.manager(organisation)?, self.opening())?;
            let owner = cx.organisation()?.0;
            let members = self.content.members.iter();
            self.give(&cx, owner, members.filter(|member| member.organisation == organisation))
                .await?;
        }
        let cx = self.keyed(self.coordinator()?, self.opening())?;
        self.give(&cx, COALITION, self.content.members.iter()).await
    }

    async fn give<'c>(
        &self,
        cx: &Cx<'_>,
        owner: Uuid,
        members: impl Iterator<Item = &'c Member>,
    ) -> Result<(), Failure> {
        key::establish(cx, owner).await?;
        for member in members.filter(|member| reads_seals(&member.roles, owner)) {
            let id = cx_member(self.member(&member.key)?)?;
            if Some(id) != cx.actor.member {
                key::grant(cx, owner, id).await?;
            }
        }
        Ok(())
    }

    /// As a session of a member does it, who opens what is sealed to them.
    pub(super) fn keyed<'b>(&'b self, actor: &'b Actor, now: Instant) -> Result<Cx<'b>, Failure> {
        let member = cx_member(actor)?;
        let key: &PrivateKey = self
            .keys
            .get(&member)
            .ok_or_else(|| missing("the key of", &actor.name))?;
        Ok(Cx {
            key: Some(key),
            ..self.cx(actor, now)
        })
    }
}

fn cx_member(actor: &Actor) -> Result<MemberId, Failure> {
    actor.member.ok_or_else(|| missing("a member", &actor.name))
}
