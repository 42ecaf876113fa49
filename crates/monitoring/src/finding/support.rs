//! What a finding must rest on: at least two independent sources, or one official statistic with a
//! note of method.
//!
//! Two sources are independent when their publishers differ and neither is derived from the other
//! or from one upstream of both (the corroboration rule of the project's design, after the usual
//! two-source rule of fact-finding missions).

use std::collections::HashMap;

use domain::evidence::EvidenceKind;
use uuid::Uuid;

/// What the rule needs to know of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The item.
    pub id: Uuid,
    /// Its publisher, folded.
    pub publisher: String,
    /// Its kind.
    pub kind: EvidenceKind,
}

/// Whether some two of these are independent, given what each item was derived from.
///
/// Quadratic in the number of items supporting one finding, which is small.
pub fn has_two_independent(sources: &[Source], derived: &HashMap<Uuid, Uuid>) -> bool {
    sources.iter().enumerate().any(|(i, a)| sources.iter().skip(i + 1).any(|b| are_independent(a, b, derived)))
}

/// Whether two items are independent.
pub fn are_independent(a: &Source, b: &Source, derived: &HashMap<Uuid, Uuid>) -> bool {
    a.id != b.id && a.publisher != b.publisher && root(a.id, derived) != root(b.id, derived)
}

/// The first item of a chain of derivation. A chain that bites its tail ends where it does.
fn root(id: Uuid, derived: &HashMap<Uuid, Uuid>) -> Uuid {
    let mut current = id;
    let mut steps = 0;
    while let Some(next) = derived.get(&current) {
        current = *next;
        steps += 1;
        if steps > derived.len() {
            // A circle: every item on it has the same root, whichever it is entered by.
            let mut smallest = current;
            let mut walker = derived.get(&current).copied();
            while let Some(at) = walker {
                if at == current {
                    break;
                }
                smallest = smallest.min(at);
                walker = derived.get(&at).copied();
            }
            return smallest;
        }
    }
    current
}

/// Whether one official statistic may stand alone: it is the only support, and the method is noted.
pub fn stands_alone(sources: &[Source], method_note: &str) -> bool {
    matches!(sources, [only] if only.kind == EvidenceKind::Statistic) && !method_note.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn source(n: u128, publisher: &str) -> Source {
        Source { id: id(n), publisher: publisher.to_owned(), kind: EvidenceKind::Document }
    }

    #[test]
    fn two_publishers_are_independent_unless_one_repeats_the_other() {
        let (a, b) = (source(1, "a"), source(2, "b"));
        assert!(are_independent(&a, &b, &HashMap::new()));
        assert!(!are_independent(&a, &source(3, "a"), &HashMap::new()));
        assert!(!are_independent(&a, &b, &HashMap::from([(id(2), id(1))])));
    }

    #[test]
    fn two_items_from_one_upstream_are_one_source() {
        let derived = HashMap::from([(id(1), id(9)), (id(2), id(8)), (id(8), id(9))]);
        assert!(!are_independent(&source(1, "a"), &source(2, "b"), &derived));
    }

    #[test]
    fn one_official_statistic_stands_alone_only_with_a_note_of_method() {
        let statistic = Source { kind: EvidenceKind::Statistic, ..source(1, "ministry") };
        assert!(stands_alone(std::slice::from_ref(&statistic), "counts persons, quarterly"));
        assert!(!stands_alone(std::slice::from_ref(&statistic), " "));
        assert!(!stands_alone(&[source(1, "ngo")], "note"));
    }

    proptest! {
        #[test]
        fn independence_is_mutual_and_never_hangs_on_circles(links in proptest::collection::hash_map(0u128..8, 0u128..8, 0..8), a in 0u128..8, b in 0u128..8) {
            let derived: HashMap<Uuid, Uuid> = links.into_iter().map(|(from, to)| (id(from), id(to))).collect();
            let (a, b) = (source(a, "a"), source(b, "b"));
            prop_assert_eq!(are_independent(&a, &b, &derived), are_independent(&b, &a, &derived));
        }
    }
}
