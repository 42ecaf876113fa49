//! Days of a file in an order in which things hardly happen. One of two days may be wrong, or something is not in the file: that
//! is pointed out before anything is taken, and nothing is refused for it.

use domain::Instant;
use interchange::table::Row;
use store::FieldErrors;
use uuid::Uuid;

use super::Reader;
use crate::case::About;
use crate::event::{self, Basis, Entry, Event, Happened, History, What};
use crate::import::Fault;

const REMEDY: &str = "Look at both days: one may be wrong, or something may be missing from the file.";

impl Reader<'_> {
    /// Points out, at its row and column, each event whose day hardly fits the others of its case. `happened`: in the order of
    /// days.
    pub(super) fn out_of_order(&self, happened: &[(&Row, Happened)], about: &About) -> Vec<Fault> {
        let mut found = Vec::new();
        for (nth, words) in unlikely(happened, about) {
            let (row, one) = &happened[nth];
            let slot = self.slot_of(&one.what, "on");
            Self::say(row, slot, &FieldErrors::of("on", words), &mut found);
        }
        for fault in &mut found {
            REMEDY.clone_into(&mut fault.remedy);
        }
        found
    }
}

/// Which events those are, by their place, and why: what a case's page asks about too, and support that is over before it began.
fn unlikely(happened: &[(&Row, Happened)], about: &About) -> Vec<(usize, String)> {
    let opened_on = about.opened_on;
    let early = happened.iter().enumerate().filter_map(|(nth, (_, one))| {
        let what = match &one.what {
            What::Exit(_) => "Support ended",
            What::Death(_) => "They died",
            _ => return None,
        };
        let words = || format!("{what} on {}, before support began, on {opened_on}", one.on);
        (one.on < opened_on).then(|| (nth, words()))
    });
    let mut found: Vec<(usize, String)> = early.collect();
    let is_decision = |what: &What| matches!(what, What::ReasonableGrounds(_) | What::ConclusiveGrounds(_));
    if !happened.iter().any(|(_, one)| is_decision(&one.what)) {
        return found;
    }
    let events = happened.iter().zip(0_u32..).map(|((_, one), nth)| Event {
        id: place(nth),
        entry: Entry {
            on: one.on,
            what: one.what.clone(),
            note: String::new(),
            basis: Basis::default(),
            supersedes: None,
            by: Uuid::nil(),
            at: Instant(nth.into()),
        },
    });
    let history = History::new(events.collect());
    let early =
        event::before_referral(&history).and_then(|id| (0_u32..).zip(happened).position(|(nth, _)| place(nth) == id));
    found.extend(early.map(|nth| {
        let on = happened[nth].1.on;
        (
            nth,
            format!("It was decided on {on}, before the referral that it could answer"),
        )
    }));
    if let Some(until) = event::within_recovery(&history, about.nation) {
        let is_within = |one: &Happened| matches!(one.what, What::ConclusiveGrounds(_)) && one.on < until;
        let within = happened.iter().rposition(|(_, one)| is_within(one));
        found.extend(within.map(|nth| {
            let on = happened[nth].1.on;
            (
                nth,
                format!("It was decided on {on}, within the recovery period, which ran until {until}"),
            )
        }));
    }
    found
}

/// The id by which an event of the file is known here: its place in its case.
fn place(nth: u32) -> Uuid {
    Uuid::from_u128(nth.into())
}
