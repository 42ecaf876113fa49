//! Every decomposable (chordal) graph on a handful of lists, with its cliques and separators.
//!
//! A graph joins two lists that may depend on one another. It is decomposable when it has no cycle of
//! four or more lists without a chord; then the likelihood of the lists falls apart into its cliques
//! over its separators. There are 8, 61, 822 and 18,154 of them on 3, 4, 5 and 6 labelled lists
//! (sequence A058862 of the On-Line Encyclopedia of Integer Sequences).

use crate::multiple_systems::model::notation;

/// A decomposable graph; sets of lists are bitmasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decomposable {
    /// Its maximal cliques; every list is in at least one.
    pub cliques: Vec<u16>,
    /// Its separators as often as they occur in a junction tree, without the empty ones.
    pub separators: Vec<u16>,
}

impl Decomposable {
    /// The graph whose edges join `neighbours[i]` (a bitmask) to each list `i`; `None` unless decomposable.
    ///
    /// Maximum cardinality search: Tarjan, R. E. and Yannakakis, M. (1984), SIAM Journal on Computing
    /// 13:566-579. Always visit the list with the most visited neighbours; the graph is decomposable
    /// exactly if the visited neighbours of every list, when it is visited, are all joined. They then
    /// either are a whole clique, which the list extends, or are the separator of a new one.
    fn of(neighbours: &[u16]) -> Option<Self> {
        let mut graph = Self {
            cliques: Vec::new(),
            separators: Vec::new(),
        };
        let mut visited = 0_u16;
        for _ in 0..neighbours.len() {
            let next = (0..neighbours.len())
                .filter(|list| visited & (1 << list) == 0)
                .max_by_key(|list| (neighbours[*list] & visited).count_ones())?;
            let earlier = neighbours[next] & visited;
            let mut members = (0..neighbours.len()).filter(|list| earlier & (1 << list) != 0);
            if members.any(|list| earlier & !(1 << list) & !neighbours[list] != 0) {
                return None;
            }
            let grown = earlier | (1 << next);
            if let Some(clique) = graph.cliques.iter_mut().find(|clique| **clique == earlier) {
                *clique = grown;
            } else {
                graph.cliques.push(grown);
                if earlier != 0 {
                    graph.separators.push(earlier);
                }
            }
            visited |= grown;
        }
        graph.cliques.sort_unstable();
        Some(graph)
    }

    /// Its cliques with the names of their lists, as `LA:NG:PF`.
    pub fn named(&self, names: &[String]) -> Vec<String> {
        self.cliques.iter().map(|clique| notation(*clique, names)).collect()
    }
}

/// Every decomposable graph on `lists` lists (at most 6: every graph is tried).
pub fn all(lists: usize) -> Vec<Decomposable> {
    assert!(
        lists <= 6,
        "2^{} graphs on {lists} lists: too many to try",
        lists * (lists - 1) / 2
    );
    let pairs: Vec<(usize, usize)> = (0..lists).flat_map(|i| (i + 1..lists).map(move |j| (i, j))).collect();
    (0..1_u32 << pairs.len())
        .filter_map(|edges| {
            let mut neighbours = vec![0_u16; lists];
            for (_, (i, j)) in pairs.iter().enumerate().filter(|(bit, _)| edges & (1 << bit) != 0) {
                neighbours[*i] |= 1 << j;
                neighbours[*j] |= 1 << i;
            }
            Decomposable::of(&neighbours)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_as_published() {
        assert_eq!(
            [1, 2, 3, 4, 5, 6].map(|lists| all(lists).len()),
            [1, 2, 8, 61, 822, 18_154]
        );
    }

    #[test]
    fn a_square_needs_a_chord() {
        // 1-2-3-4-1, then the same with 1-3.
        assert_eq!(Decomposable::of(&[0b1010, 0b0101, 0b1010, 0b0101]), None);
        let Some(graph) = Decomposable::of(&[0b1110, 0b0101, 0b1011, 0b0101]) else {
            panic!("decomposable")
        };
        assert_eq!((graph.cliques, graph.separators), (vec![0b0111, 0b1101], vec![0b0101]));
    }

    #[test]
    fn a_star_has_its_centre_as_separator_as_often_as_it_joins() {
        let Some(graph) = Decomposable::of(&[0b1110, 0b0001, 0b0001, 0b0001]) else {
            panic!("decomposable")
        };
        assert_eq!(
            (graph.cliques, graph.separators),
            (vec![0b0011, 0b0101, 0b1001], vec![0b0001, 0b0001])
        );
    }

    #[test]
    fn every_list_is_counted_once() {
        // Each list is in one more clique than separator: what makes the parts multiply to a whole.
        for lists in 3..=5 {
            for graph in all(lists) {
                for list in 0..lists {
                    let with = |sets: &[u16]| sets.iter().filter(|set| **set & (1 << list) != 0).count();
                    assert_eq!(with(&graph.cliques), with(&graph.separators) + 1, "{graph:?}");
                }
            }
        }
    }

    #[test]
    fn cliques_are_named_by_their_lists() {
        let graph = Decomposable {
            cliques: vec![0b011, 0b110],
            separators: vec![0b010],
        };
        assert_eq!(graph.named(&["A".into(), "B".into(), "C".into()]), ["A:B", "B:C"]);
    }
}
