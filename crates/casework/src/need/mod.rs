//! Needs: what a person needs in the thirteen areas of support, what was planned, offered, begun and refused, and whether
//! it suits them, as they say.

#[cfg(test)]
mod tests;

use domain::Day;
use domain::casework::{Certainty, Horizon, KnownFrom, RefusedBy, ServiceArea, Suitability, WhyRefused};
use domain::permission::Action;
use sea_orm::ConnectionTrait;
use store::row::need;
use store::{AppError, FieldErrors};

use crate::case::Unsealed;
use crate::part::{self, Kept, Part};
use crate::sheet::{Line, Words};

crate::sheet! {
    /// One need.
    pub struct Need {
        area: ServiceArea = "Area", "";
        horizon: Horizon = "How soon", "";
        since: Day = "Needed since", "";
        plan: Option<Words> = "What is planned", "";
        provider: Option<Line> = "Who is to give it", "No address of a refuge or safe house.";
        offered_on: Option<Day> = "Offered on", "";
        started_on: Option<Day> = "Began on", "";
        ended_on: Option<Day> = "Ended on", "";
        suitability: Option<Suitability> = "Does it suit them?", "As the person says.";
        refused_on: Option<Day> = "Refused on", "";
        refused_by: Option<RefusedBy> = "Who refused", "";
        why_refused: Vec<WhyRefused> = "Why", "";
        ..
        known_from: Option<KnownFrom> = "Where you know it from", "";
        certainty: Option<Certainty> = "How sure it is", "";
    }
}

/// How a need stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nothing has come of it yet.
    Open,
    /// It was refused, and nothing else has come of it.
    Refused,
    /// Offered and not begun.
    Offered,
    /// Being met.
    Running,
    /// Over.
    Ended,
}

impl Need {
    /// How it stands.
    pub fn standing(&self) -> Standing {
        if self.ended_on.is_some() {
            Standing::Ended
        } else if self.started_on.is_some() {
            Standing::Running
        } else if self
            .refused_on
            .is_some_and(|on| self.offered_on.is_none_or(|offered| offered <= on))
        {
            Standing::Refused
        } else if self.offered_on.is_some() {
            Standing::Offered
        } else {
            Standing::Open
        }
    }

    /// How many days it waits or has waited until it began; `None` where it ended without.
    pub fn waited(&self, today: Day) -> Option<i32> {
        match (self.started_on, self.ended_on) {
            (Some(on), _) => Some(self.since.days_until(on)),
            (None, Some(_)) => None,
            (None, None) => Some(self.since.days_until(today)),
        }
    }
}

impl Part for Need {
    type Entity = need::Entity;
    const TABLE: &'static str = "need";
    const ID: need::Column = need::Column::Id;
    const CASE: need::Column = need::Column::CaseId;
    const SEALED: need::Column = need::Column::SealedNeed;
    const REVISION: need::Column = need::Column::Revision;
    const ACTION: Action = Action::RecordNeed;
    const WORD: &'static str = "need";

    fn check(&self, today: Day, errors: &mut FieldErrors) {
        if self.since > today {
            errors.add(
                "since",
                "It cannot be needed since a day that is still to come: write what is planned below",
            );
        }
        let after = [
            (
                "offered_on",
                self.offered_on,
                "It cannot have been offered before it was needed",
            ),
            (
                "started_on",
                self.started_on,
                "It cannot have begun before it was needed",
            ),
            (
                "refused_on",
                self.refused_on,
                "It cannot have been refused before it was needed",
            ),
            ("ended_on", self.ended_on, "It cannot have ended before it was needed"),
        ];
        for (field, on, fault) in after {
            if on.is_some_and(|on| on < self.since) {
                errors.add(field, fault);
            } else if on.is_some_and(|on| on > today) {
                errors.add(
                    field,
                    "It cannot have happened after today: come back to this need when it has",
                );
            }
        }
        if self
            .ended_on
            .zip(self.started_on)
            .is_some_and(|(ended, started)| ended < started)
        {
            errors.add("ended_on", "It cannot have ended before it began");
        }
        let is_refused = self.refused_by.is_some() || !self.why_refused.is_empty();
        if is_refused && self.refused_on.is_none() {
            errors.add("refused_on", "Enter the day of the refusal");
        }
        if self.suitability.is_some() && self.offered_on.is_none() && self.started_on.is_none() {
            errors.add(
                "suitability",
                "Nothing was offered or begun yet that could suit them: enter that day, or leave this empty",
            );
        }
        if self.refused_on.is_some() && self.refused_by.is_none() {
            errors.add("refused_by", "Choose who refused");
        }
        if self.refused_on.is_some() && self.why_refused.is_empty() {
            errors.add("why_refused", "Choose why: “Another reason” where none fits");
        }
    }
}

/// The needs of an opened case, those without help first.
pub(crate) async fn of(db: &impl ConnectionTrait, case: &Unsealed) -> Result<Vec<Kept<Need>>, AppError> {
    let mut all = part::of::<Need>(db, case).await?;
    all.sort_by_key(|kept| (kept.sheet.standing(), kept.sheet.horizon, kept.sheet.since, kept.id));
    Ok(all)
}
