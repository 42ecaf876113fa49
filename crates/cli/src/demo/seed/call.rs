//! Calls for evidence of the demonstration: open today, with answers that nobody has read yet.

use access::secret::Secret;
use domain::Instant;
use monitoring::call::{self, Receipt};
use store::work::Actor;

use super::Seeder;
use crate::failure::Failure;

/// How long a call is open.
const OPEN_SECONDS: i64 = 60 * 24 * 60 * 60;

impl Seeder<'_> {
    /// Opens the calls and answers them as nobody.
    pub(super) async fn calls(&self) -> Result<(), Failure> {
        let now = Instant::now();
        let coordinator = self.keyed(self.coordinator()?, now)?;
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
