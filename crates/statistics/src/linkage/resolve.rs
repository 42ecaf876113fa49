//! Pairs become people: clusters in which each list without duplicates has at most one record.
//!
//! Pairs are taken by falling chance. Two clusters are joined if no list would be in one twice, and if their records are
//! more likely one person than not *on average over all pairs between them*, so that one strong pair does not chain people
//! who have nothing else in common (average linkage; Sadinle 2014 and Binette and Steorts 2022 discuss why pairs alone do
//! not make people). For two lists without duplicates this is the greedy one-to-one assignment.

use std::collections::{HashMap, HashSet};

use super::model::{Model, Pair};
use super::pool::Pool;

/// The cluster of each record, numbered from 0 by first record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clusters {
    of: Vec<u32>,
    n: u32,
}

impl Clusters {
    /// The cluster of a record.
    pub fn of(&self, record: u32) -> u32 {
        self.of[record as usize]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.n as usize
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// All pairs of records within clusters, the earlier record first.
    pub fn pairs(&self) -> Vec<(u32, u32)> {
        let mut members: Vec<Vec<u32>> = vec![Vec::new(); self.len()];
        for (record, cluster) in (0_u32..).zip(&self.of) {
            members[*cluster as usize].push(record);
        }
        let within = members.iter().flat_map(|members| {
            members
                .iter()
                .enumerate()
                .flat_map(|(index, one)| members[index + 1..].iter().map(move |other| (*one, *other)))
        });
        within.collect()
    }

    /// How many clusters have records on exactly which lists, by bitmask; for at most 16 lists.
    pub fn histories(&self, pool: &Pool) -> Vec<u64> {
        let mut masks = vec![0_usize; self.len()];
        for (record, cluster) in (0_u32..).zip(&self.of) {
            masks[*cluster as usize] |= 1 << pool.list_of(record);
        }
        let mut counts = vec![0; 1 << pool.lists().len()];
        for mask in masks {
            counts[mask] += 1;
        }
        counts
    }
}

impl Clusters {
    /// Clusters by a name for each record: those of one name are one person.
    pub(super) fn of_names(names: &[u32]) -> Self {
        let mut numbers: HashMap<u32, u32> = HashMap::new();
        let of: Vec<u32> = names
            .iter()
            .map(|name| {
                let next = u32::try_from(numbers.len()).expect("at most 1,000,000,000");
                *numbers.entry(*name).or_insert(next)
            })
            .collect();
        let n = u32::try_from(numbers.len()).expect("at most 1,000,000,000");
        Self { of, n }
    }
}

/// Joined sets of records, with the members of each.
struct Sets {
    parent: Vec<u32>,
    members: Vec<Vec<u32>>,
}

impl Sets {
    fn new(n: usize) -> Self {
        Self {
            parent: (0..u32::try_from(n).expect("at most 1,000,000,000")).collect(),
            members: vec![Vec::new(); n],
        }
    }

    fn root(&mut self, record: u32) -> u32 {
        let mut root = record;
        while self.parent[root as usize] != root {
            let above = self.parent[self.parent[root as usize] as usize];
            self.parent[root as usize] = above;
            root = above;
        }
        root
    }

    /// The members of a set; of a set of one without having been written down.
    fn members(&self, root: u32) -> Vec<u32> {
        let members = &self.members[root as usize];
        if members.is_empty() {
            vec![root]
        } else {
            members.clone()
        }
    }

    fn join(&mut self, one: u32, other: u32, members: Vec<u32>) {
        self.members[other as usize] = Vec::new();
        self.parent[other as usize] = one;
        self.members[one as usize] = members;
    }

    fn clusters(mut self) -> Clusters {
        let n = u32::try_from(self.parent.len()).expect("at most 1,000,000,000");
        let mut number = vec![u32::MAX; self.parent.len()];
        let mut next = 0;
        let mut of = Vec::with_capacity(self.parent.len());
        for record in 0..n {
            let root = self.root(record) as usize;
            if number[root] == u32::MAX {
                number[root] = next;
                next += 1;
            }
            of.push(number[root]);
        }
        Clusters { of, n: next }
    }
}

/// Makes clusters of pairs with their chances; pairs below `threshold` join nothing. `compare` gives the logarithm of the
/// odds of any two records.
pub fn clusters(pool: &Pool, pairs: &[(u32, u32, f64)], threshold: f64, compare: impl Fn(u32, u32) -> f64) -> Clusters {
    clusters_but(pool, pairs, threshold, &HashSet::new(), compare)
}

/// As [`clusters`], and no two records of a pair in `never`, the earlier record first, come to be one person.
fn clusters_but(
    pool: &Pool,
    pairs: &[(u32, u32, f64)],
    threshold: f64,
    never: &HashSet<(u32, u32)>,
    compare: impl Fn(u32, u32) -> f64,
) -> Clusters {
    let mut order: Vec<&(u32, u32, f64)> = pairs.iter().filter(|(_, _, chance)| *chance >= threshold).collect();
    order.sort_by(|one, other| other.2.total_cmp(&one.2).then((one.0, one.1).cmp(&(other.0, other.1))));
    let mut sets = Sets::new(pool.len());
    // Two sets that were kept apart are not weighed again for each pair that crosses them; once one of them has grown, they are.
    let mut apart: HashSet<[(u32, usize); 2]> = HashSet::new();
    for (one, other, chance) in order {
        let (root, other_root) = (sets.root(*one), sets.root(*other));
        if root == other_root {
            continue;
        }
        let (members, others) = (sets.members(root), sets.members(other_root));
        let mut both = [(root, members.len()), (other_root, others.len())];
        both.sort_unstable();
        if apart.contains(&both) {
            continue;
        }
        let may_join = members.iter().all(|one| {
            let mut others = others.iter();
            others.all(|other| pool.may_match(*one, *other) && !never.contains(&(*one.min(other), *one.max(other))))
        });
        if !may_join {
            apart.insert(both);
            continue;
        }
        // What people decided is not weighed against what strangers have in common.
        let is_certain = *chance >= 1.0;
        if !is_certain && (members.len() > 1 || others.len() > 1) {
            let mut total = 0.0;
            for (a, b) in members.iter().flat_map(|a| others.iter().map(move |b| (*a, *b))) {
                total += if (a, b) == (*one, *other) {
                    (chance / (1.0 - chance).max(1e-12)).ln()
                } else {
                    compare(a.max(b), a.min(b)).clamp(-12.0, 12.0)
                };
            }
            if total / (members.len() * others.len()) as f64 <= 0.0 {
                apart.insert(both);
                continue;
            }
        }
        let mut joined = members;
        joined.extend(others);
        sets.join(root, other_root, joined);
    }
    sets.clusters()
}

/// Clusters of pairs by a model; no two records of a pair in `never`, the earlier record first, come to be one person.
pub(super) fn by_model(
    pool: &Pool,
    model: &Model,
    pairs: &[Pair],
    chances: &[f64],
    threshold: f64,
    never: &HashSet<(u32, u32)>,
) -> Clusters {
    let pairs: Vec<(u32, u32, f64)> = pairs
        .iter()
        .zip(chances)
        .map(|(pair, chance)| (pair.one, pair.other, *chance))
        .collect();
    clusters_but(pool, &pairs, threshold, never, |one, other| {
        model.compare(pool, one, other)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linkage::bits::Filters;
    use crate::linkage::field::{Field, Layout, Role};

    /// Lists of so many records each, whose encodings do not matter.
    fn pool(sizes: &[usize], is_free: bool) -> Pool {
        let layout = Layout::new(vec![Field {
            role: Role::Sex,
            column: "sex".into(),
            bits: 64,
        }]);
        let lists: Vec<Filters> = sizes.iter().map(|n| Filters::from_words(64, vec![1; *n])).collect();
        let lists: Vec<(&Filters, bool)> = lists.iter().map(|filters| (filters, is_free)).collect();
        Pool::new(&layout, &lists).unwrap()
    }

    #[test]
    fn the_better_pair_wins_and_nobody_is_linked_twice_to_one_list() {
        let pool = pool(&[2, 2], true);
        let found = clusters(&pool, &[(2, 0, 0.9), (3, 0, 0.95), (2, 1, 0.4)], 0.5, |_, _| 0.0);
        assert_eq!(found.pairs(), [(0, 3)]);
        assert_eq!(found.len(), 3);
        assert_eq!(found.histories(&pool), [0, 1, 1, 1]);
    }

    #[test]
    fn what_people_decided_holds_whatever_the_chances_say() {
        let pool = pool(&[1, 1, 1], true);
        let pairs = [(1, 0, 1.0), (2, 1, 0.9), (2, 0, 0.9)];
        let never = HashSet::from([(0, 2)]);
        let found = clusters_but(&pool, &pairs, 0.5, &never, |_, _| 3.0);
        assert_eq!(found.pairs(), [(0, 1)]);
        // A certain pair is joined though its records have nothing in common with the rest.
        let pairs = [(1, 0, 1.0), (2, 1, 1.0)];
        assert_eq!(clusters(&pool, &pairs, 0.5, |_, _| -10.0).len(), 1);
    }

    #[test]
    fn a_chain_is_broken_where_the_ends_are_strangers() {
        let pool = pool(&[1, 1, 1], true);
        let pairs = [(1, 0, 0.9), (2, 1, 0.9)];
        assert_eq!(clusters(&pool, &pairs, 0.5, |_, _| 3.0).len(), 1);
        let broken = clusters(&pool, &pairs, 0.5, |_, _| -10.0);
        assert_eq!(broken.len(), 2);
        assert_eq!(broken.histories(&pool)[0b100], 1);
    }

    #[test]
    fn two_sets_that_were_kept_apart_are_weighed_once() {
        let pool = pool(&[20], false);
        // Two cliques of ten, and every pair between them.
        let within = (0..20).flat_map(|one| (0..one).map(move |other| (one, other)));
        let pairs: Vec<(u32, u32, f64)> = within
            .map(|(one, other)| (one, other, if one / 10 == other / 10 { 0.9 } else { 0.6 }))
            .collect();
        let weighed = std::cell::Cell::new(0);
        let found = clusters(&pool, &pairs, 0.5, |one, other| {
            weighed.set(weighed.get() + 1);
            if one / 10 == other / 10 { 3.0 } else { -3.0 }
        });
        assert_eq!(found.len(), 2);
        assert!(weighed.get() < 300, "{} of some ten thousand", weighed.get());
    }

    #[test]
    fn names_become_numbers_by_first_mention() {
        let clusters = Clusters::of_names(&[7, 3, 7, 9]);
        assert_eq!((clusters.len(), clusters.of(2), clusters.of(3)), (3, 0, 2));
    }

    #[test]
    fn a_list_with_duplicates_may_have_one_person_twice() {
        let duplicates = pool(&[3], false);
        assert_eq!(clusters(&duplicates, &[(1, 0, 0.9)], 0.5, |_, _| 0.0).pairs(), [(0, 1)]);
        let free = pool(&[3], true);
        assert!(clusters(&free, &[(1, 0, 0.9)], 0.5, |_, _| 0.0).pairs().is_empty());
    }
}
