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
}

impl Returned {
    /// Whether the person was reached at a point.
    pub(crate) fn at(&self, point: ReturnPoint) -> Option<bool> {
        let at = ReturnPoint::ALL.iter().position(|one| *one == point)?;
        self.reached.get(at).copied().flatten()
    }

    /// Whether a contact was due by a day, or was recorded before it was due.
    pub(crate) fn is_due(&self, point: ReturnPoint, today: Day) -> bool {
        self.on.plus_months(point.months()) <= today || self.at(point).is_some()
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
            _ => {}
        }
    }
    returned
}
