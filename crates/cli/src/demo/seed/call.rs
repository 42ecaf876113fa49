//! Calls for evidence of the demonstration: open today, with answers that nobody has read yet.

use access::key::{self, COALITION};
use access::secret::Secret;
use domain::Instant;
use domain::permission::Role;
use monitoring::call::{self, Receipt};
use store::Cx;
use store::work::Actor;

use super::{Seeder, missing};
use crate::failure::Failure;
use crate::who;

/// How long a call is open.
const OPEN_SECONDS: i64 = 60 * 24 * 60 * 60;

impl Seeder<'_> {
    /// Makes the coalition's key with the coordinator's own, gives it to the other coordinators, opens the calls and
    /// answers them as nobody. The recovery key is printed nowhere: what a demonstration holds may be lost.
    pub(super) async fn calls(&self) -> Result<(), Failure> {
        let now = Instant::now();
        let actor = self.coordinator()?;
        let coordinator = Cx {
            key: actor.member.and_then(|member| self.keys.get(&member)),
            ..self.cx(actor, now)
        };
        key::establish(&coordinator, COALITION).await?;
        for second in self
            .content
            .members
            .iter()
            .filter(|member| member.roles.contains(&Role::Coordinator) && member.key != who::DEMO_COORDINATOR)
        {
            let member = self.member(&second.key)?.member;
            key::grant(
                &coordinator,
                COALITION,
                member.ok_or_else(|| missing("the member", &second.key))?,
            )
            .await?;
        }
        let nobody = Actor::nobody();
        for row in &self.content.calls {
            let input = call::Open {
                title: row.title.clone(),
                asks: row.asks.clone(),
                opens_on: now.day().iso(),
                closes_on: now.plus_seconds(OPEN_SECONDS).day().iso(),
                is_invented: true,
            };
            let id = call::open(&coordinator, input).await?;
            for words in &row.answers {
                let answer = call::Answer {
                    call: id,
                    words: words.clone(),
                    contact: String::new(),
                };
                call::answer(&self.cx(&nobody, now), answer, &Receipt::of(&Secret::random())).await?;
            }
        }
        Ok(())
    }
}
