//! Whose cases the parts of a table hold. A part of which all cases are one organisation's is that organisation's figure,
//! however many they are; so is what is left of a total where all of it is one's.

use std::collections::BTreeMap;

use domain::pack::{Aggregate, Table};

/// Of how many organisations some cases are. Which one it is, where it is one, is its place among those that were pooled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Whose {
    #[default]
    Nobodys,
    One(u32),
    Several,
}

impl Whose {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nobodys, one) | (one, Self::Nobodys) => one,
            (Self::One(one), Self::One(other)) if one == other => self,
            _ => Self::Several,
        }
    }

    /// The same, where so many organisations were pooled before.
    fn after(self, organisations: u32) -> Self {
        match self {
            Self::One(place) => Self::One(place.saturating_add(organisations)),
            other => other,
        }
    }
}

/// Whose cases a measure's table holds, part by part. The default holds nobody's; then no part is withheld for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holders {
    organisations: u32,
    total: Whose,
    /// By column.
    strata: BTreeMap<String, Parts>,
}

/// Whose cases a breakdown holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Parts {
    /// By code.
    cells: BTreeMap<String, Whose>,
    /// Cases in no cell: the column is not recorded, or they were merged before they were sent.
    others: Whose,
}

impl Holders {
    /// Of one organisation's table; `cases` says how many of a part are looked at.
    pub(crate) fn of(table: &Table, cases: impl Fn(&Aggregate) -> u64) -> Self {
        let whose = |of: &Aggregate| if cases(of) > 0 { Whose::One(0) } else { Whose::Nobodys };
        let strata = table.strata.iter().map(|stratum| {
            let cells = stratum.cells.iter().map(|(code, cell)| (code.clone(), whose(cell)));
            let parts = Parts {
                cells: cells.collect(),
                others: whose(&stratum.not_recorded).and(whose(&stratum.remainder)),
            };
            (stratum.column.clone(), parts)
        });
        Self {
            strata: strata.collect(),
            organisations: u32::from(cases(&table.total) > 0),
            total: whose(&table.total),
        }
    }

    /// How many organisations have any of the cases.
    pub(crate) const fn organisations(&self) -> u32 {
        self.organisations
    }

    /// Adds those of other organisations, who come after so many.
    pub(crate) fn add(&mut self, other: &Self, organisations: u32) {
        let (mine, theirs) = (self.total, other.total.after(organisations));
        // A breakdown that only one of them has is, for the other's cases, not recorded.
        for column in other.strata.keys() {
            let parts = self.strata.entry(column.clone());
            parts.or_insert_with(|| Parts {
                others: mine,
                ..Parts::default()
            });
        }
        for (column, parts) in &mut self.strata {
            match other.strata.get(column) {
                Some(others) => parts.add(others, organisations),
                None => parts.others = parts.others.and(theirs),
            }
        }
        self.organisations += other.organisations;
        self.total = mine.and(theirs);
    }

    /// Whether a cell is one organisation's, and the total is not.
    pub(super) fn is_cell_of_one(&self, column: &str, code: &str) -> bool {
        self.is_of_one(self.cell(column, code))
    }

    /// Whether these cells, and everything that is in none, are one organisation's together, and the total is not.
    pub(super) fn is_rest_of_one<'a>(&self, column: &str, hidden: impl Iterator<Item = &'a str>) -> bool {
        let others = self.strata.get(column).map_or(self.total, |parts| parts.others);
        self.is_of_one(hidden.fold(others, |all, code| all.and(self.cell(column, code))))
    }

    /// Where the total is one organisation's too, the gate withholds the measure whole; and whoever tries a definition on their own
    /// cases sees their own.
    fn is_of_one(&self, whose: Whose) -> bool {
        self.total == Whose::Several && matches!(whose, Whose::One(_))
    }

    fn cell(&self, column: &str, code: &str) -> Whose {
        let found = self.strata.get(column).and_then(|parts| parts.cells.get(code));
        found.copied().unwrap_or_default()
    }
}

impl Parts {
    fn add(&mut self, other: &Self, organisations: u32) {
        for (code, whose) in &other.cells {
            let own = self.cells.entry(code.clone()).or_default();
            *own = own.and(whose.after(organisations));
        }
        self.others = self.others.and(other.others.after(organisations));
    }
}
