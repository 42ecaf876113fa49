//! Whether two items are independent of each other: different publishers, neither derived from the
//! other, and no upstream in common.
//!
//! This is the two-source rule of fact-finding: a report, the press article about it and a blog
//! about the article are one source, whoever published them.

use std::collections::{HashMap, HashSet};

use domain::fold::fold;
use domain::ids::EvidenceId;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use store::AppError;
use store::row::evidence;
use uuid::Uuid;

/// Publishers of some items, and of everything they were derived from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    publisher: HashMap<EvidenceId, String>,
    derived_from: HashMap<EvidenceId, EvidenceId>,
}

impl Sources {
    /// Adds an item with its publisher as written.
    pub fn add(&mut self, id: EvidenceId, publisher: &str, derived_from: Option<EvidenceId>) {
        self.publisher.insert(id, fold(publisher));
        if let Some(upstream) = derived_from {
            self.derived_from.insert(id, upstream);
        }
    }

    /// The item itself and everything it was derived from. A chain that bites its own tail ends there.
    fn chain(&self, id: EvidenceId) -> HashSet<EvidenceId> {
        let mut chain = HashSet::from([id]);
        let mut at = id;
        while let Some(upstream) = self.derived_from.get(&at).filter(|upstream| chain.insert(**upstream)) {
            at = *upstream;
        }
        chain
    }

    /// The first two of these items that are independent of each other. Quadratic in their number,
    /// which is what one finding cites.
    pub fn two_independent(&self, items: &[EvidenceId]) -> Option<(EvidenceId, EvidenceId)> {
        let mut pairs = items
            .iter()
            .enumerate()
            .flat_map(|(i, a)| items.iter().skip(i + 1).map(move |b| (*a, *b)));
        pairs.find(|(a, b)| independent(self, *a, *b))
    }
}

/// Whether two items are independent. An item whose publisher is not known is independent of none.
pub fn independent(sources: &Sources, a: EvidenceId, b: EvidenceId) -> bool {
    match (sources.publisher.get(&a), sources.publisher.get(&b)) {
        (Some(one), Some(other)) => one != other && sources.chain(a).is_disjoint(&sources.chain(b)),
        _ => false,
    }
}

/// Reads the publishers and chains of some items: one query for each step of the longest chain.
pub async fn sources(db: &impl ConnectionTrait, items: &[EvidenceId]) -> Result<Sources, AppError> {
    let mut sources = Sources::default();
    let mut ask: Vec<Uuid> = items.iter().map(|id| id.0).collect();
    while !ask.is_empty() {
        let mut next = Vec::new();
        for some in ask.chunks(1_000) {
            let rows: Vec<(Uuid, String, Option<Uuid>)> = evidence::Entity::find()
                .select_only()
                .columns([
                    evidence::Column::Id,
                    evidence::Column::Publisher,
                    evidence::Column::DerivedFromId,
                ])
                .filter(evidence::Column::Id.is_in(some.iter().copied()))
                .into_tuple()
                .all(db)
                .await?;
            for (id, publisher, upstream) in rows {
                sources.add(EvidenceId(id), &publisher, upstream.map(EvidenceId));
                next.extend(upstream.filter(|upstream| !sources.publisher.contains_key(&EvidenceId(*upstream))));
            }
        }
        ask = next;
    }
    Ok(sources)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(n: u8) -> EvidenceId {
        EvidenceId(Uuid::from_u128(n.into()))
    }

    fn of(items: &[(u8, &str, Option<u8>)]) -> Sources {
        let mut sources = Sources::default();
        for (n, publisher, upstream) in items {
            sources.add(id(*n), publisher, upstream.map(id));
        }
        sources
    }

    #[test]
    fn two_publishers_without_a_common_upstream_are_independent() {
        let sources = of(&[(1, "Ministry", None), (2, "Charity", None)]);
        assert!(independent(&sources, id(1), id(2)));
        assert_eq!(sources.two_independent(&[id(1), id(2)]), Some((id(1), id(2))));
    }

    #[test]
    fn one_publisher_is_one_source_however_it_is_written() {
        assert!(!independent(
            &of(&[(1, "The  Ministry", None), (2, "the ministry", None)]),
            id(1),
            id(2)
        ));
    }

    #[test]
    fn what_is_derived_from_the_other_however_far_is_not_independent() {
        let sources = of(&[(1, "Ministry", None), (2, "Press", Some(1)), (3, "Blog", Some(2))]);
        assert!(!independent(&sources, id(1), id(3)));
        assert!(!independent(&sources, id(3), id(1)));
        assert_eq!(sources.two_independent(&[id(1), id(2), id(3)]), None);
    }

    #[test]
    fn two_items_of_one_upstream_are_not_independent() {
        let sources = of(&[(1, "Ministry", None), (2, "Press", Some(1)), (3, "Blog", Some(1))]);
        assert!(!independent(&sources, id(2), id(3)));
    }

    proptest! {
        /// Any graph at all, circles too: the answer comes, is mutual, and nothing is independent of itself.
        #[test]
        fn independence_is_mutual_and_always_ends(
            items in proptest::collection::vec((0u8..3, proptest::option::of(0u8..8)), 8),
            a in 0u8..8,
            b in 0u8..8,
        ) {
            let mut sources = Sources::default();
            for (n, (publisher, upstream)) in (0u8..).zip(&items) {
                sources.add(id(n), &publisher.to_string(), upstream.map(id));
            }
            prop_assert_eq!(independent(&sources, id(a), id(b)), independent(&sources, id(b), id(a)));
            prop_assert!(!independent(&sources, id(a), id(a)));
        }

        /// A longer chain never makes two items more independent than they were.
        #[test]
        fn deriving_one_from_something_new_keeps_the_answer(
            items in proptest::collection::vec((0u8..3, proptest::option::of(0u8..8)), 8),
            a in 0u8..8,
            b in 0u8..8,
        ) {
            let mut sources = Sources::default();
            for (n, (publisher, upstream)) in (0u8..).zip(&items) {
                sources.add(id(n), &publisher.to_string(), upstream.map(id));
            }
            let before = independent(&sources, id(a), id(b));
            for n in (0u8..8).filter(|n| items[usize::from(*n)].1.is_none()) {
                sources.add(id(n), &items[usize::from(n)].0.to_string(), Some(id(100)));
            }
            prop_assert!(before || !independent(&sources, id(a), id(b)));
        }
    }
}
