//! Being counted in the audit, where one person has several cases: they are linked with each other, and a no that is said in
//! one of them is about the person, so it takes all of them out.
//!
//! The newest answer over all linked cases counts: by its day, and of one day by when it was first recorded. A yes speaks for
//! the case alone in which it stands, and silence in another leaves it standing there. Pure.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::casework::{Purpose, Said};
use domain::{Day, Instant};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::standing;
use crate::event::{Event, History};
use crate::link::links;

/// What one case holds of being counted, as far as other cases of the same person have to know it. Sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counting {
    /// The last answer of this case; `None` where the person was not asked in it.
    last: Option<LastSaid>,
    /// The other cases of the same person to which this one is linked.
    linked: Vec<Uuid>,
}

/// The last answer to being counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct LastSaid {
    is_yes: bool,
    /// The day on which it was said.
    on: Day,
    /// When it was first recorded: a correction stands where the entry stood that it corrects.
    at: Instant,
}

impl Counting {
    /// What a history holds of it.
    pub(crate) fn of(history: &History) -> Self {
        let answers = standing(history);
        let last = answers.into_iter().find(|of| of.purpose == Purpose::Monitoring);
        let last = last.and_then(|of| of.last).and_then(|answer| {
            Some(LastSaid {
                is_yes: answer.said == Said::Given,
                on: answer.on,
                at: first_recorded(history, history.find(answer.event)?),
            })
        });
        Self {
            last,
            linked: links(history).into_iter().map(|link| link.case).collect(),
        }
    }

    /// Whether the last answer of this case is a yes.
    pub(crate) fn is_given(&self) -> bool {
        self.last.is_some_and(|last| last.is_yes)
    }

    /// Whether it is linked to a case that is not one of these, which are in order: it was forgotten.
    pub(crate) fn is_linked_beside(&self, cases: &[Uuid]) -> bool {
        self.linked.iter().any(|case| cases.binary_search(case).is_err())
    }

    /// Whether it is linked to one of these cases, which are in order.
    pub(crate) fn is_linked_to_any(&self, cases: &[Uuid]) -> bool {
        self.linked.iter().any(|case| cases.binary_search(case).is_ok())
    }

    /// Whether the last answer of this case is a no, and another case of the person holds no yes that came after it. Of a yes
    /// and a no of the same moment the no counts.
    pub(crate) fn overrules(&self, other: &Self) -> bool {
        let Some(no) = self.last.filter(|last| !last.is_yes) else {
            return false;
        };
        let is_after = |yes: LastSaid| yes.is_yes && (yes.on, yes.at) > (no.on, no.at);
        !other.last.is_some_and(is_after)
    }
}

/// When the first of a chain of corrections was recorded, of which an event is the end. Linear in the chain and in the history.
fn first_recorded(history: &History, event: &Event) -> Instant {
    let mut first = event;
    // No chain is longer than there are events: whatever it holds, this ends.
    for _ in history.all() {
        let Some(before) = first.entry.supersedes.and_then(|id| history.find(id)) else {
            break;
        };
        first = before;
    }
    first.entry.at
}

/// The cases of each person who has several, by the links between them; of which end of a link it is read does not matter, and
/// two cases that are linked to the same third one belong together. About linear in the links.
pub(crate) fn groups(links: &HashMap<Uuid, Vec<Uuid>>) -> Vec<Vec<Uuid>> {
    let mut beside: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for (case, others) in links {
        for other in others {
            beside.entry(*case).or_default().push(*other);
            beside.entry(*other).or_default().push(*case);
        }
    }
    let mut seen = HashSet::new();
    let mut groups = Vec::new();
    for case in beside.keys() {
        let (mut group, mut waiting) = (Vec::new(), vec![*case]);
        while let Some(next) = waiting.pop() {
            if seen.insert(next) {
                group.push(next);
                waiting.extend(beside.get(&next).into_iter().flatten().copied());
            }
        }
        if !group.is_empty() {
            groups.push(group);
        }
    }
    groups
}

/// Whether the newest answer over the cases of one person is a no: one of them overrules every one.
pub(crate) fn is_ruled_out(group: &[Uuid], overrules: impl Fn(Uuid, Uuid) -> bool) -> bool {
    let rules_out = |no: &Uuid| group.iter().all(|other| overrules(*no, *other));
    group.iter().any(rules_out)
}

/// The cases that may not be counted because the newest answer of their person, in whichever of their cases, is a no; and those
/// that are linked to a case that is not among these: it was forgotten, what they said last may have stood there, and whoever
/// asked for that is not counted without being asked anew, once the link is taken out.
pub(crate) fn ruled_out(all: &HashMap<Uuid, Counting>) -> HashSet<Uuid> {
    let links: HashMap<Uuid, Vec<Uuid>> = all
        .iter()
        .map(|(case, of)| {
            let there = of.linked.iter().copied().filter(|other| all.contains_key(other));
            (*case, there.collect())
        })
        .collect();
    let overrules = |no: Uuid, other: Uuid| match (all.get(&no), all.get(&other)) {
        (Some(no), Some(other)) => no.overrules(other),
        _ => false,
    };
    let is_lost = |case: &Uuid| {
        let linked = all.get(case).map(|of| of.linked.as_slice()).unwrap_or_default();
        linked.iter().any(|other| !all.contains_key(other))
    };
    let alone = all
        .keys()
        .copied()
        .filter(|case| links.get(case).is_none_or(Vec::is_empty));
    groups(&links)
        .into_iter()
        .chain(alone.map(|case| vec![case]))
        .filter(|group| group.iter().any(is_lost) || (group.len() > 1 && is_ruled_out(group, overrules)))
        .flatten()
        .collect()
}

#[cfg(test)]
mod tests {
    use domain::casework::SaidBy;

    use super::*;
    use crate::event::{Basis, Entry, What, what};

    const YES: Said = Said::Given;
    const NO: Said = Said::Withdrawn;
    const NOBODY: [u128; 0] = [];

    /// An answer to being counted, on a day of May and recorded at a second.
    fn said(id: u128, on: i8, at: i64, said: Said) -> Event {
        Event {
            id: Uuid::from_u128(id),
            entry: Entry {
                on: Day::new(2025, 5, on).expect("a day"),
                what: What::Consent(what::Consent::answer(Purpose::Monitoring, said, SaidBy::Person)),
                note: String::new(),
                basis: Basis::default(),
                supersedes: None,
                by: Uuid::nil(),
                at: Instant(at),
            },
        }
    }

    /// What a case holds in which this was said, linked to others by their numbers.
    fn case(events: Vec<Event>, linked: &[u128]) -> Counting {
        Counting {
            linked: linked.iter().copied().map(Uuid::from_u128).collect(),
            ..Counting::of(&History::new(events))
        }
    }

    /// Which of some cases, numbered from 1, may be counted.
    fn counted(cases: Vec<Counting>) -> Vec<u128> {
        let all: HashMap<Uuid, Counting> = (1..).map(Uuid::from_u128).zip(cases).collect();
        let out = ruled_out(&all);
        let mut counted: Vec<u128> = all
            .iter()
            .filter(|(id, of)| of.is_given() && !out.contains(id))
            .map(|(id, _)| id.as_u128())
            .collect();
        counted.sort_unstable();
        counted
    }

    #[test]
    fn the_newest_answer_over_linked_cases_counts_and_a_yes_speaks_for_its_own_case_alone() {
        let one = |on, at, answer| vec![said(1, on, at, answer)];
        // A later no, by its day and not by when it was recorded.
        assert_eq!(
            counted(vec![case(one(2, 9, YES), &[2]), case(one(3, 1, NO), &[1])]),
            NOBODY
        );
        assert_eq!(
            counted(vec![case(one(3, 1, YES), &[2]), case(one(2, 9, NO), &[1])]),
            [1]
        );
        // Of one day, by when it was recorded; of one moment, the no.
        assert_eq!(
            counted(vec![case(one(2, 5, YES), &[2]), case(one(2, 6, NO), &[1])]),
            NOBODY
        );
        assert_eq!(
            counted(vec![case(one(2, 6, YES), &[2]), case(one(2, 5, NO), &[1])]),
            [1]
        );
        assert_eq!(
            counted(vec![case(one(2, 5, YES), &[2]), case(one(2, 5, NO), &[1])]),
            NOBODY
        );
        // Silence says neither.
        assert_eq!(counted(vec![case(one(2, 5, YES), &[2]), case(Vec::new(), &[1])]), [1]);
        // A link that is written in one of the two only is one; who is not linked is somebody else.
        assert_eq!(
            counted(vec![case(one(2, 5, YES), &[]), case(one(3, 6, NO), &[1])]),
            NOBODY
        );
        assert_eq!(counted(vec![case(one(2, 5, YES), &[]), case(one(3, 6, NO), &[])]), [1]);
    }

    #[test]
    fn a_no_reaches_every_case_that_links_lead_to_and_a_yes_after_it_brings_those_back_that_hold_a_yes() {
        let first = || case(vec![said(1, 2, 1, YES)], &[2]);
        let second = || case(Vec::new(), &[1, 3]);
        let third = |answers| case(answers, &[2]);
        assert_eq!(counted(vec![first(), second(), third(vec![said(1, 3, 2, NO)])]), NOBODY);
        let anew = vec![said(1, 3, 2, NO), said(2, 4, 3, YES)];
        assert_eq!(counted(vec![first(), second(), third(anew)]), [1, 3]);
        // The one between them was forgotten: what was said last may have stood there.
        let links_to_nobody = |mut of: Counting| {
            of.linked = vec![Uuid::from_u128(9)];
            of
        };
        let third = third(vec![said(1, 3, 2, NO)]);
        assert_eq!(counted(vec![links_to_nobody(first()), links_to_nobody(third)]), NOBODY);
    }

    #[test]
    fn a_corrected_answer_keeps_its_place_among_those_of_other_cases() {
        let given = said(1, 5, 1, YES);
        let mut corrected = said(2, 5, 9, YES);
        corrected.entry.supersedes = Some(given.id);
        let earlier = case(vec![given, corrected], &[2]);
        let later = case(vec![said(1, 5, 4, NO)], &[1]);
        assert_eq!(counted(vec![earlier, later]), NOBODY);
    }

    #[test]
    fn a_line_that_an_older_program_wrote_says_nothing() {
        assert_eq!(Counting::default(), case(Vec::new(), &[]));
        assert!(case(vec![said(1, 2, 1, NO)], &[]).overrules(&Counting::default()));
    }
}
