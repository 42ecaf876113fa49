//! What was measured of the provision in the cycle that is assessed: for everyone on the assessment's page, and for an assessor
//! beside the rating.

use std::collections::HashMap;

use domain::ids::ProvisionId;
use monitoring::assessment::Assessment;
use monitoring::contribution::{self, Line};
use monitoring::indicator;
use monitoring::measurement::{self, Reading};
use store::AppError;
use uuid::Uuid;

use crate::door::Visitor;

/// A measure of pooled cases, with the name that its indicator gives it.
pub(super) struct Named {
    pub(super) name: String,
    pub(super) line: Line,
}

/// The figures on a provision: those recorded, and those of pooled cases.
pub(super) struct Figures {
    pub(super) recorded: Vec<Reading>,
    pub(super) pooled: Vec<Named>,
    /// The id of their cycle, and its code.
    pub(super) cycle: Uuid,
    pub(super) code: String,
}

impl Figures {
    pub(super) async fn read(visitor: &Visitor, seen: &Assessment) -> Result<Self, AppError> {
        let cx = visitor.cx();
        let (cycle, provision) = (seen.cycle.id, ProvisionId(seen.provision.id));
        let mut recorded = measurement::of_provision(&cx, provision).await?;
        recorded.retain(|reading| reading.row.cycle_id == cycle);
        let lines = contribution::of_provision(&cx, cycle.into(), provision).await?;
        let mut names = HashMap::new();
        if !lines.is_empty() {
            for version in indicator::of_cycle(&cx, cycle.into()).await? {
                for measure in indicator::measures(&version)? {
                    names.insert(measure.code, measure.name);
                }
            }
        }
        let pooled = lines.into_iter().map(|line| Named {
            name: names.remove(&line.code).unwrap_or_default(),
            line,
        });
        Ok(Self {
            recorded,
            pooled: pooled.collect(),
            cycle,
            code: seen.cycle.code.clone(),
        })
    }

    /// Whether nothing was measured.
    pub(super) fn is_empty(&self) -> bool {
        self.recorded.is_empty() && self.pooled.is_empty()
    }
}
