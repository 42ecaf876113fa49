//! About four thousand invented cases over nine organisations, from the model in [`super::model`], written by the path that a
//! file of cases takes.
//!
//! The people of the list study are those whom its four organisations have cases of: the same numbers, drawn from the same
//! seed. Beyond them stand [`OUTSIDE`] more, whom the other five find, each by a chance of its own.

use casework::event::{Basis, Entry};
use casework::import::{self, NewCase};
use casework::time_entry::TimeEntry;
use domain::casework::Nation;
use domain::permission::Role;
use domain::{Day, Instant};
use store::work::Actor;

use super::model::{self, Someone};
use super::study::{Chance, LISTS, PEOPLE, SEED, drawn};
use super::{Seeder, at, missing};
use crate::failure::Failure;

/// How many people there are beyond those of the list study.
const OUTSIDE: u32 = 2_600;
/// What chance starts from.
pub(super) const PEOPLE_SEED: u64 = 4_197;

/// Whom an organisation looks for.
#[derive(Clone, Copy)]
enum Finds {
    Children,
    In(Nation),
    Anybody,
}

/// Each organisation beyond the study: whom it looks for, and how many of a hundred of them it finds.
const OTHERS: [(&str, Finds, u64); 5] = [
    ("children", Finds::Children, 72),
    ("scotland", Finds::In(Nation::Scotland), 60),
    ("ni", Finds::In(Nation::NorthernIreland), 60),
    ("survivors", Finds::Anybody, 9),
    ("desk", Finds::Anybody, 8),
];

/// For each organisation the numbers of the people it has cases of.
pub(super) fn caseloads(today: Day) -> Vec<(&'static str, Vec<u32>)> {
    let mut all: Vec<(&'static str, Vec<u32>)> = LISTS
        .iter()
        .zip(drawn(SEED))
        .map(|((key, ..), list)| (*key, list))
        .collect();
    let people: Vec<Someone> = (0..PEOPLE + OUTSIDE)
        .map(|number| model::someone(PEOPLE_SEED, number, number < PEOPLE, today))
        .collect();
    for ((key, finds, share), salt) in OTHERS.into_iter().zip(1_u64..) {
        let mut chance = Chance(PEOPLE_SEED + salt);
        let found = (0_u32..).zip(&people).filter(|(_, someone)| {
            let is_theirs = match finds {
                Finds::Children => someone.is_child,
                Finds::In(nation) => someone.nation == nation,
                Finds::Anybody => true,
            };
            chance.happens(share) && is_theirs
        });
        all.push((key, found.map(|(number, _)| number).collect()));
    }
    all
}

/// The cases that an organisation would have of these people, written nowhere and by nobody. `salt` is its place among
/// [`caseloads`], from 1.
pub(super) fn unwritten(numbers: Vec<u32>, salt: u64, today: Day) -> impl Iterator<Item = NewCase> {
    numbers.into_iter().map(move |number| {
        let someone = model::someone(PEOPLE_SEED, number, number < PEOPLE, today);
        new(model::case(&someone, salt, today), uuid::Uuid::nil(), at(today))
    })
}

impl Seeder<'_> {
    /// Writes the cases of every organisation, each by someone who answers for its team.
    pub(super) async fn population(&self) -> Result<(), Failure> {
        let now = Instant::now();
        let today = now.british_day();
        for ((key, numbers), salt) in caseloads(today).into_iter().zip(1_u64..) {
            let team = self.team(key)?;
            let supervisor = team.first().ok_or_else(|| missing("a supervisor of", key))?;
            let ids: Vec<uuid::Uuid> = team.iter().filter_map(|actor| actor.member).map(|id| id.0).collect();
            let cases = numbers
                .into_iter()
                .zip(0_usize..)
                .map(|(number, nth)| {
                    let someone = model::someone(PEOPLE_SEED, number, number < PEOPLE, today);
                    // One in eight is with somebody else of the team: a list of one's own that a day can hold.
                    let others = ids.get(1..).filter(|others| !others.is_empty() && nth % 8 == 0);
                    let by = others
                        .and_then(|others| others.get(nth / 8 % others.len()))
                        .or(ids.first());
                    new(model::case(&someone, salt, today), by.copied().unwrap_or_default(), now)
                })
                .collect();
            import::write(&self.keyed(supervisor, now)?, cases, &|_| {}).await?;
        }
        Ok(())
    }

    /// Who records cases of an organisation: those who answer for its team first.
    fn team(&self, key: &str) -> Result<Vec<&Actor>, Failure> {
        let mut all = Vec::new();
        for role in [Role::Supervisor, Role::Caseworker] {
            let members = self.content.members.iter();
            for member in members.filter(|member| member.organisation == key && member.roles.contains(&role)) {
                let actor = self.member(&member.key)?;
                if !all.contains(&actor) {
                    all.push(actor);
                }
            }
        }
        Ok(all)
    }
}

/// A drawn case as it is written: each thing recorded on its own day.
pub(super) fn new(drawn: model::Drawn, by: uuid::Uuid, now: Instant) -> NewCase {
    // What happened on one day is told in the order in which it was drawn.
    let moment = |day: Day, nth: i64| Instant(at(day).min(now).0 + nth);
    let contact_at = drawn
        .contact
        .confirmed_on
        .map_or(at(drawn.about.opened_on), at)
        .min(now);
    NewCase {
        identity: drawn.identity,
        contact: drawn.contact,
        contact_at,
        about: drawn.about,
        events: drawn
            .events
            .into_iter()
            .zip(0_i64..)
            .map(|((on, what), nth)| Entry {
                on,
                what,
                note: String::new(),
                basis: Basis::default(),
                supersedes: None,
                by,
                at: moment(on, nth),
            })
            .collect(),
        episodes: drawn.episodes,
        needs: drawn.needs,
        background: drawn.background,
        contacts: Vec::new(),
        voices: Vec::new(),
        time: drawn.time.into_iter().map(|given| TimeEntry { given, by }).collect(),
        members: vec![by],
        is_open: None,
        is_invented: true,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn there_are_about_four_thousand_cases_over_nine_organisations_and_they_overlap() {
        let loads = caseloads(Day::parse("2026-11-24").expect("a day"));
        assert_eq!(loads.len(), 9);
        let n: usize = loads.iter().map(|(_, numbers)| numbers.len()).sum();
        assert!((3_700..4_300).contains(&n), "{n}");
        let mut known: HashMap<u32, usize> = HashMap::new();
        for number in loads.iter().flat_map(|(_, numbers)| numbers) {
            *known.entry(*number).or_default() += 1;
        }
        let several = known.values().filter(|n| **n > 1).count();
        assert!(
            several * 5 > known.len(),
            "{several} of {} are known to several",
            known.len()
        );
        for (key, numbers) in &loads {
            assert!(numbers.len() > 150, "{key}: {}", numbers.len());
        }
    }

    #[test]
    fn the_people_of_the_list_study_are_those_of_its_organisations() {
        let loads = caseloads(Day::parse("2026-11-24").expect("a day"));
        for ((key, ..), list) in LISTS.iter().zip(drawn(SEED)) {
            assert_eq!(
                loads.iter().find(|(of, _)| of == key).map(|(_, numbers)| numbers),
                Some(&list)
            );
        }
    }
}
