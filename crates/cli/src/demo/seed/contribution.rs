//! What the demonstration's organisations contribute of their cases to its audits: prepared by one, approved and handed over by
//! another, counted once the fingerprint was compared, and computed of all together before anybody rates. By the commands that
//! the pages give; nothing is written past them.

use casework::contribution::{self, Approve, Period, Prepare, Step};
use domain::Instant;
use domain::contribution::Holds;
use domain::ids::CycleId;
use domain::pack::Pack;
use domain::permission::Role;
use domain::received::ReceivedState;
use monitoring::definition;
use store::work::Actor;

use super::super::content::Cycle;
use super::{Seeder, missing};
use crate::failure::Failure;

/// What each organisation sends: figures that it added up itself, or a line of codes for each case.
pub(super) const SENDS: [(&str, Holds); 9] = [
    ("shelter", Holds::Aggregates),
    ("law", Holds::Aggregates),
    ("children", Holds::Aggregates),
    ("health", Holds::Rows),
    ("workers", Holds::Aggregates),
    ("scotland", Holds::Aggregates),
    ("ni", Holds::Rows),
    ("survivors", Holds::Rows),
    ("desk", Holds::Aggregates),
];

/// The cycles into which organisations contribute, each with those that send nothing.
pub(super) const SILENT: [(&str, &[&str]); 2] = [("2025", &["survivors"]), ("2026", &["desk", "law", "workers"])];

/// Whose contribution still waits, because nobody has compared its fingerprint yet.
pub(super) const WAITING: (&str, &str) = ("2026", "survivors");

/// Who has prepared another contribution, which a second person has not approved yet: something to approve.
const PREPARED: (&str, &str) = ("2026", "shelter");

/// What an organisation is asked for.
struct Asked<'a> {
    pack: &'a Pack,
    period: Period,
    /// When what was gathered counts.
    gathered: Instant,
}

impl Asked<'_> {
    fn days_before(&self, days: i64) -> Instant {
        self.gathered.plus_seconds(-days * 86_400)
    }
}

impl Seeder<'_> {
    /// Has the organisations contribute to a cycle, and computes its measures.
    pub(super) async fn contributions(&self, id: CycleId, cycle: &Cycle, gathered: Instant) -> Result<(), Failure> {
        let code = cycle.sheet.code.as_str();
        let Some((_, silent)) = SILENT.iter().find(|(of, _)| *of == code) else {
            return Ok(());
        };
        let coordinator = self.coordinator()?;
        let asked = Asked {
            pack: &definition::pack(&self.cx(coordinator, gathered), code).await?,
            period: Period {
                from: cycle.sheet.period_start,
                until: cycle.sheet.period_end,
            },
            gathered,
        };
        for (organisation, holds) in SENDS.into_iter().filter(|(key, _)| !silent.contains(key)) {
            let received = self.contribute(organisation, holds, &asked).await?;
            if received.state == ReceivedState::Waiting && (code, organisation) != WAITING {
                let cx = self.cx(coordinator, asked.days_before(16));
                monitoring::contribution::confirm(&cx, received.id).await?;
            }
        }
        if PREPARED.0 == code {
            self.prepare(PREPARED.1, Holds::Aggregates, asked.days_before(1), &asked)
                .await?;
        }
        let cx = self.keyed(coordinator, asked.days_before(2))?;
        let computed = monitoring::contribution::compute(&cx, id, None).await?;
        if computed.faulty.is_empty() {
            Ok(())
        } else {
            Err(Failure::could_not(format!(
                "contributions of the demonstration do not fit the pack of {code}"
            )))
        }
    }

    /// What one organisation sends.
    async fn contribute(
        &self,
        organisation: &str,
        holds: Holds,
        asked: &Asked<'_>,
    ) -> Result<monitoring::contribution::Received, Failure> {
        let manager = self.manager(organisation)?;
        let id = self.prepare(organisation, holds, asked.days_before(20), asked).await?;
        let preparing = self.keyed(self.contributor(organisation)?, asked.days_before(20))?;
        let mut revision = 1;
        if holds == Holds::Rows {
            // The page says who could be told apart, and offers to say less of them.
            contribution::generalise(&preparing, id, Step::Small, asked.pack, revision).await?;
            revision += 1;
        }
        let approving = self.keyed(manager, asked.days_before(17))?;
        let approve = Approve {
            id,
            revision,
            recipient: "",
            least_number: 1,
        };
        contribution::approve(&approving, &self.caseload, approve).await?;
        let file = contribution::file(&approving, &self.caseload, id).await?;
        let received = monitoring::contribution::receive(&approving, file.into_bytes()).await?;
        contribution::sent(&approving, id).await?;
        Ok(received)
    }

    /// What one organisation prepares, and nobody has approved.
    async fn prepare(
        &self,
        organisation: &str,
        holds: Holds,
        now: Instant,
        asked: &Asked<'_>,
    ) -> Result<uuid::Uuid, Failure> {
        let input = Prepare {
            pack: asked.pack,
            period: asked.period,
            holds,
        };
        let cx = self.keyed(self.contributor(organisation)?, now)?;
        Ok(contribution::prepare(&cx, input, &web::add_up).await?)
    }

    /// Whoever prepares what an organisation sends, and is not the one who approves it.
    fn contributor(&self, organisation: &str) -> Result<&Actor, Failure> {
        let manager = self.manager(organisation)?;
        for member in self
            .content
            .members
            .iter()
            .filter(|member| member.organisation == organisation)
        {
            let actor = self.member(&member.key)?;
            if member.roles.contains(&Role::Contributor) && actor.member != manager.member {
                return Ok(actor);
            }
        }
        Err(missing("a second member who contributes for", organisation))
    }
}
