//! Hierarchical log-linear models: which groups of lists have a term of their own.
//!
//! A model is a set of *terms*; a term is a set of lists, as a bitmask. It is hierarchical: with a
//! term it contains every part of it, so it is given by its largest terms, its *generators*. The
//! empty term (the intercept) and every single list always belong to it.

/// A hierarchical model on 3 to 10 lists.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Model {
    lists: usize,
    /// Terms of two lists or more, closed downward, by size and then by bitmask.
    interactions: Vec<u16>,
}

impl Model {
    /// Every list independent of the others.
    pub fn main_effects(lists: usize) -> Self {
        Self {
            lists,
            interactions: Vec::new(),
        }
    }

    /// Every two lists dependent on one another.
    pub fn all_pairs(lists: usize) -> Self {
        Self::from_terms(lists, pairs(lists))
    }

    /// The smallest hierarchical model with these terms.
    pub fn from_terms(lists: usize, terms: impl IntoIterator<Item = u16>) -> Self {
        let mut interactions: Vec<u16> = Vec::new();
        for term in terms {
            let mut part = term;
            while part > 0 {
                if part.count_ones() > 1 {
                    interactions.push(part);
                }
                part = (part - 1) & term;
            }
        }
        interactions.sort_unstable_by_key(|term| (term.count_ones(), *term));
        interactions.dedup();
        Self { lists, interactions }
    }

    /// How many lists it is for.
    pub fn lists(&self) -> usize {
        self.lists
    }

    /// Its terms of two lists or more.
    pub fn interactions(&self) -> &[u16] {
        &self.interactions
    }

    /// All its terms: the empty one, the single lists, then the interactions.
    pub fn terms(&self) -> Vec<u16> {
        let mut terms = vec![0];
        terms.extend((0..self.lists).map(|list| 1_u16 << list));
        terms.extend(&self.interactions);
        terms
    }

    /// Its largest terms, which give all others: the larger first, then in the order of the lists.
    pub fn generators(&self) -> Vec<u16> {
        let terms = self.terms();
        let mut generators: Vec<u16> = terms
            .iter()
            .copied()
            .filter(|term| *term > 0 && !terms.iter().any(|other| other != term && other & term == *term))
            .collect();
        generators.sort_by(|a, b| {
            b.count_ones()
                .cmp(&a.count_ones())
                .then(b.reverse_bits().cmp(&a.reverse_bits()))
        });
        generators
    }

    /// Its generators by the lists' names, as `LA:NG`.
    ///
    /// ```
    /// use statistics::multiple_systems::Model;
    /// let names = ["LA", "NG", "GO"].map(String::from);
    /// let model = Model::from_terms(3, [0b101]);
    /// assert_eq!(model.notation(&names), ["LA:GO", "NG"]);
    /// assert_eq!(Model::parse(&names, ["LA:GO"]), Some(model));
    /// ```
    pub fn notation(&self, names: &[String]) -> Vec<String> {
        self.generators()
            .into_iter()
            .map(|term| notation(term, names))
            .collect()
    }

    /// The model of some generators, as [`notation`](Self::notation) writes them; `None` where a name is unknown.
    pub fn parse<'a>(names: &[String], generators: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        let bit = |name: &str| names.iter().position(|other| other == name).map(|index| 1_u16 << index);
        let term = |generator: &str| generator.split(':').try_fold(0, |term, name| Some(term | bit(name)?));
        let terms: Option<Vec<u16>> = generators.into_iter().map(term).collect();
        Some(Self::from_terms(names.len(), terms?))
    }

    /// Whether it has the term.
    pub fn has(&self, term: u16) -> bool {
        term.count_ones() < 2 || self.interactions.contains(&term)
    }

    /// This model and one more term, with all its parts.
    pub fn with(&self, term: u16) -> Self {
        Self::from_terms(self.lists, self.interactions.iter().copied().chain([term]))
    }
}

impl Model {
    /// Whether every part of a term, but perhaps not the term itself, is in the model.
    pub(crate) fn has_parts_of(&self, term: u16) -> bool {
        (0..self.lists)
            .map(|list| 1 << list)
            .filter(|list| term & list != 0)
            .all(|list| self.has(term & !list))
    }

    /// Models one term larger (up to `order` lists in a term) or one generator smaller; single lists stay.
    pub(crate) fn neighbours(&self, order: u32) -> Vec<Self> {
        let new = (1..1_u16 << self.lists)
            .filter(|term| (2..=order).contains(&term.count_ones()) && !self.has(*term) && self.has_parts_of(*term));
        let larger = new.map(|term| self.with(term));
        let smaller = self
            .generators()
            .into_iter()
            .filter(|term| term.count_ones() > 1)
            .map(|generator| {
                let interactions = self
                    .interactions
                    .iter()
                    .copied()
                    .filter(|term| *term != generator)
                    .collect();
                Self {
                    lists: self.lists,
                    interactions,
                }
            });
        larger.chain(smaller).collect()
    }
}

/// A term by the lists' names, as `LA:NG`.
pub fn notation(term: u16, names: &[String]) -> String {
    let names = names
        .iter()
        .enumerate()
        .filter(|(index, _)| term >> index & 1 == 1)
        .map(|(_, name)| name.as_str());
    names.collect::<Vec<&str>>().join(":")
}

/// Every pair of lists, in the order 12, 13, …, 1t, 23, …
pub fn pairs(lists: usize) -> Vec<u16> {
    (0..lists)
        .flat_map(|i| (i + 1..lists).map(move |j| (1_u16 << i) | (1_u16 << j)))
        .collect()
}
