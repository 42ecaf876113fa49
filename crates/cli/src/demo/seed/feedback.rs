//! Feedback of the demonstration: sent by nobody, some of it read already by a supervisor.

use access::code::Receipt;
use access::secret::Secret;
use casework::feedback::{self, Give};
use domain::Instant;
use domain::permission::Role;
use store::work::Actor;

use super::{Seeder, at, missing};
use crate::failure::Failure;

impl Seeder<'_> {
    /// Sends the feedback as nobody. Where one is told to have been read, a supervisor opens all that came until then.
    pub(super) async fn feedback(&self) -> Result<(), Failure> {
        let now = Instant::now();
        let nobody = Actor::nobody();
        for row in &self.content.feedback {
            let receiver = self.organisations.get(&row.to);
            let receiver = receiver.ok_or_else(|| missing("the organisation", &row.to))?;
            let on = at(now.day().plus_days(-row.ago)).min(now);
            let input = Give {
                words: row.words.clone(),
                contact: String::new(),
            };
            feedback::give(
                &self.cx(&nobody, on),
                receiver.0,
                &input,
                &Receipt::of(&Secret::random()),
            )
            .await?;
            if row.is_read {
                let reader = self.keyed(self.supervisor(&row.to)?, now)?;
                for one in feedback::list(&reader).await? {
                    if !one.is_read {
                        feedback::open(&reader, one.id).await?;
                    }
                }
            }
        }
        Ok(())
    }

    /// A member who answers for the cases of an organisation.
    fn supervisor(&self, organisation: &str) -> Result<&Actor, Failure> {
        let member = self
            .content
            .members
            .iter()
            .find(|member| member.organisation == organisation && member.roles.contains(&Role::Supervisor));
        self.member(&member.ok_or_else(|| missing("a supervisor of", organisation))?.key)
    }
}
