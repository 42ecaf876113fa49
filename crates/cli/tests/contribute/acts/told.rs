//! What the test knows of people: kept by what it did to them, and asked of nothing that the program says.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

/// An answer to being counted that stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answer {
    /// The event that holds it.
    pub event: Uuid,
    /// The day of May on which it was said.
    pub on: i8,
    /// The moment at which it was first recorded.
    pub at: i64,
    pub is_yes: bool,
}

/// One case.
#[derive(Debug)]
pub(super) struct Told {
    /// The person's number, which their marks and their hours tell.
    pub number: u32,
    /// Their answers, in no order.
    pub answers: Vec<Answer>,
    /// The event of their referral.
    pub referral: Option<Uuid>,
    /// A need and its revision.
    pub need: Option<(Uuid, i32)>,
    /// An episode and its revision.
    pub episode: Option<(Uuid, i32)>,
    /// The revision of who they are.
    pub revision: i32,
    /// The import that brought them in.
    pub import: Option<Uuid>,
    /// Whether anything was done in the case since.
    pub is_touched: bool,
}

impl Told {
    pub(super) const fn new(number: u32) -> Self {
        Self {
            number,
            answers: Vec::new(),
            referral: None,
            need: None,
            episode: None,
            revision: 1,
            import: None,
            is_touched: false,
        }
    }

    /// The last answer: by its day, then by when it was first recorded.
    fn last(&self) -> Option<Answer> {
        self.answers.iter().copied().max_by_key(|answer| (answer.on, answer.at))
    }
}

/// Everybody, by their cases.
#[derive(Debug, Default)]
pub(super) struct People {
    pub cases: BTreeMap<Uuid, Told>,
    /// Cases that were said to be of one person, also where one of them was forgotten since.
    pub links: BTreeSet<(Uuid, Uuid)>,
}

impl People {
    /// The cases of the person of a case, this one among them.
    fn of_one(&self, case: Uuid) -> BTreeSet<Uuid> {
        let mut all = BTreeSet::from([case]);
        loop {
            let before = all.len();
            for (one, other) in &self.links {
                if all.contains(one) || all.contains(other) {
                    all.extend([*one, *other]);
                }
            }
            if all.len() == before {
                return all;
            }
        }
    }

    /// Whether a case may be counted: its last answer is a yes, and so is the newest over all cases of the person. What was said in
    /// one that was forgotten nobody knows.
    pub(super) fn agrees(&self, case: Uuid) -> bool {
        let Some(own) = self.cases.get(&case).and_then(Told::last) else {
            return false;
        };
        let of_one = self.of_one(case);
        if of_one.iter().any(|other| !self.cases.contains_key(other)) {
            return false;
        }
        let newest = of_one
            .iter()
            .filter_map(|other| self.cases.get(other)?.last())
            .max_by_key(|answer| (answer.on, answer.at));
        own.is_yes && newest.is_some_and(|newest| newest.is_yes)
    }

    /// The cases that may be counted, with the numbers of their people.
    pub(super) fn agreeing(&self) -> BTreeMap<Uuid, u32> {
        let agreeing = self.cases.iter().filter(|(case, _)| self.agrees(**case));
        agreeing.map(|(case, told)| (*case, told.number)).collect()
    }

    pub(super) fn are_linked(&self, one: Uuid, other: Uuid) -> bool {
        self.links.contains(&(one, other)) || self.links.contains(&(other, one))
    }

    /// Takes a case out. What leads to it stays in the cases that lead there.
    pub(super) fn forget(&mut self, case: Uuid) {
        self.cases.remove(&case);
        let is_there = |case: &Uuid| self.cases.contains_key(case);
        self.links.retain(|(one, other)| is_there(one) || is_there(other));
    }
}
