//! The list study of the demonstration: invented lists that overlap, drawn from a population of known size, so that it can
//! be seen how far each method is from the truth.
//!
//! **The model.** [`PEOPLE`] people, of whom [`OFTEN`] in a hundred meet organisations often and the rest seldom; each list
//! finds each person by a chance of its own that depends on that ([`LISTS`]). The second list also finds [`SENT_ON`] in a
//! hundred of those on the first, whatever else, because the first organisation sends people there. So lists depend on one
//! another in two ways that no method is told of. The same seed draws the same lists.
//!
//! The people on these lists are those whom the four organisations have cases of (`population`), so that what is estimated can be
//! looked at case by case.
//!
//! Nobody stands behind a row. The token files are sealed words and not encodings, and the links are the true ones: what the
//! demonstration shows is the study, and not how well names are recognised.

use bytes::Bytes;
use domain::Instant;
use domain::ids::{IdSource as _, OrganisationId, StudyId};
use monitoring::study::{self, Links, Open, RESAMPLES, Send};
use store::work::IDS;

use super::{Seeder, missing};
use crate::failure::Failure;

/// How many people there are.
pub(super) const PEOPLE: u32 = 2_400;
/// How many in a hundred meet organisations often.
const OFTEN: u64 = 35;
/// How many in a hundred of those on the first list are sent on to the second.
const SENT_ON: u64 = 15;
/// Each list: its organisation, and in how many of a hundred cases it finds someone who meets organisations often, and seldom.
pub(super) const LISTS: [(&str, u64, u64); 4] = [
    ("shelter", 38, 12),
    ("law", 34, 10),
    ("health", 30, 9),
    ("workers", 42, 14),
];
/// What chance starts from.
pub(super) const SEED: u64 = 2_008;

/// A small generator of random numbers (`SplitMix64`: Steele, Lea and Flood 2014), good enough to draw lists.
pub(super) struct Chance(pub(super) u64);

impl Chance {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Whether something happens that happens in so many of a hundred cases.
    pub(super) fn happens(&mut self, in_a_hundred: u64) -> bool {
        self.next() % 100 < in_a_hundred
    }
}

/// Which people are on which list: for each list the numbers of its people.
pub(super) fn drawn(seed: u64) -> [Vec<u32>; 4] {
    let mut chance = Chance(seed);
    let mut lists: [Vec<u32>; 4] = Default::default();
    for person in 0..PEOPLE {
        let is_often = chance.happens(OFTEN);
        let mut is_on = LISTS.map(|(_, often, seldom)| chance.happens(if is_often { often } else { seldom }));
        let is_sent_on = chance.happens(SENT_ON);
        is_on[1] |= is_on[0] && is_sent_on;
        for (list, is_on) in lists.iter_mut().zip(is_on) {
            if is_on {
                list.push(person);
            }
        }
    }
    lists
}

impl Seeder<'_> {
    /// Opens the study, sends, links, and asks for the estimate, which the job then makes.
    pub(super) async fn list_study(&self) -> Result<StudyId, Failure> {
        let now = Instant::now();
        let coordinator = self.cx(self.coordinator()?, now);
        let officer = self.cx(self.member("linkage-officer")?, now);
        // The officer's private half is printed nowhere: what a demonstration holds may be lost.
        let identity = age::x25519::Identity::generate();
        let invited = LISTS
            .iter()
            .map(|(key, ..)| {
                let found = self.organisations.get(*key).copied();
                found.ok_or_else(|| missing("the organisation", key))
            })
            .collect::<Result<Vec<OrganisationId>, _>>()?;
        let input = Open {
            title: "How many people are exploited in this invented country (demonstration)".to_owned(),
            question:
                "Invented: adults who were exploited in the country during the year, whether or not anybody helped \
                       them. Nobody stands behind these lists."
                    .to_owned(),
            from_on: "2025-01-01".to_owned(),
            to_on: "2025-12-31".to_owned(),
            threshold: String::new(),
            organisations: invited,
            officer: officer.actor.member,
            recipient: identity.to_public().to_string(),
            fingerprint: study::default_fingerprint(),
            is_invented: true,
            true_size: Some(PEOPLE),
        };
        let id = study::open(&coordinator, input).await?;
        let lists = drawn(SEED);
        for ((key, ..), list) in LISTS.iter().zip(&lists) {
            let words = format!("Invented tokens of {key}: there is nobody in here.");
            let sealed = age::encrypt(&identity.to_public(), words.as_bytes())
                .map_err(|error| Failure::could_not(error.to_string()))?;
            let input = Send {
                n_people: list.len().to_string(),
                bytes: Bytes::from(sealed),
            };
            study::send(&self.cx(self.manager(key)?, now), id, input).await?;
        }
        study::collected(&coordinator, id).await?;
        let (_, kept) = study::get(&coordinator, id).await?;
        let mut links = String::from("list,row,cluster\n");
        for ((key, ..), list) in LISTS.iter().zip(&lists) {
            let row = self.content.organisations.iter().find(|row| row.key == *key);
            let name = &row.ok_or_else(|| missing("the organisation", key))?.name;
            let number = kept
                .iter()
                .find(|list| list.organisation == *name)
                .map_or(0, |list| list.number);
            for person in list {
                links.push_str(&format!("list-{number},{},{}\n", IDS.random().simple(), person + 1));
            }
        }
        let input = Links {
            bytes: Bytes::from(links),
            draws: Bytes::new(),
            is_destroyed: true,
        };
        study::record_links(&officer, id, input).await?;
        study::ask(&coordinator, id, RESAMPLES[1]).await?;
        Ok(id)
    }

    /// Publishes the study's estimate, once the job has made it.
    pub(super) async fn publish_study(&self, id: StudyId) -> Result<(), Failure> {
        study::publish(&self.cx(self.coordinator()?, Instant::now()), id).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_lists_and_another_does_not() {
        assert_eq!(drawn(SEED), drawn(SEED));
        assert_ne!(drawn(SEED), drawn(SEED + 1));
    }

    #[test]
    fn every_list_is_long_enough_and_none_holds_everybody() {
        for list in drawn(SEED) {
            assert!((200..900).contains(&list.len()), "{}", list.len());
        }
    }
}
