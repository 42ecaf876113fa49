//! Following up: whether people who returned to another country were reached after 6, 12 and 36 months. Who is not reached
//! stays in the count: of whom nothing is known is what such a count is read for.

use domain::Day;
use domain::casework::{Known, ReturnPoint};
use serde::{Deserialize, Serialize};

use crate::event::{History, What};

/// A return, and what came of each contact after it; `None` where none is recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Returned {
    /// The day of the last return.
    pub on: Day,
    /// Whether the person was reached, in the order of the points.
    reached: Vec<Option<bool>>,
    /// The day on which the person died since.
    #[serde(default)]
    died_on: Option<Day>,
}

impl Returned {
    /// Whether the person was reached at a point.
    pub(crate) fn at(&self, point: ReturnPoint) -> Option<bool> {
        let at = ReturnPoint::ALL.iter().position(|one| *one == point)?;
        self.reached.get(at).copied().flatten()
    }

    /// Whether a contact was due by a day, or was recorded before it was due.
    pub(crate) fn is_due(&self, point: ReturnPoint, today: Day) -> bool {
        let due_on = self.due_on(point);
        (due_on <= today && self.died_on.is_none_or(|died| due_on <= died)) || self.at(point).is_some()
    }

    /// Whether the person died before a contact was due.
    pub(crate) fn has_died_before(&self, point: ReturnPoint) -> bool {
        self.at(point).is_none() && self.died_on.is_some_and(|died| died < self.due_on(point))
    }

    /// The first contact that was due by a day and of which nothing is recorded, while anybody can still be reached.
    pub(crate) fn waits_for(&self, today: Day) -> Option<ReturnPoint> {
        let mut points = ReturnPoint::ALL.iter().copied();
        points.find(|point| self.died_on.is_none() && self.is_due(*point, today) && self.at(*point).is_none())
    }

    /// The day on which a contact is due.
    pub(crate) fn due_on(&self, point: ReturnPoint) -> Day {
        self.on.plus_months(point.months())
    }
}

/// How many people were reached at one point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// How long after the return.
    pub point: ReturnPoint,
    /// How many returned at all.
    pub n_returned: usize,
    /// For how many the contact was due by now.
    pub n_due: usize,
    /// How many were reached.
    pub n_reached: usize,
    /// How many were looked for and not reached.
    pub n_lost: usize,
    /// How many died before it was due.
    pub n_died: usize,
}

impl Reached {
    /// For how many a contact was due and nothing is recorded.
    pub const fn n_unrecorded(&self) -> usize {
        self.n_due.saturating_sub(self.n_reached + self.n_lost)
    }
}

/// The last return of a history, with what came of contacts since.
pub(crate) fn returned(history: &History) -> Option<Returned> {
    let mut returned: Option<Returned> = None;
    for event in history.standing() {
        match (&event.entry.what, &mut returned) {
            (What::Return(_), _) => {
                returned = Some(Returned {
                    on: event.entry.on,
                    reached: vec![None; ReturnPoint::ALL.len()],
                    died_on: None,
                });
            }
            (What::ReturnContact(sheet), Some(of)) => {
                let answer = match sheet.is_reached {
                    Known::Yes => Some(true),
                    Known::No => Some(false),
                    Known::Unknown => None,
                };
                let at = ReturnPoint::ALL.iter().position(|point| *point == sheet.point);
                if let Some(place) = at.and_then(|at| of.reached.get_mut(at)) {
                    *place = answer.or(*place);
                }
            }
            (What::Death(_), Some(of)) => of.died_on = Some(event.entry.on),
            _ => {}
        }
    }
    returned
}
