//! Measures beside each other: where the people of one figure are all among those of another, whoever subtracts one from the
//! other has a group of people like any other, and it must be of nobody or of many.
//!
//! Which people a figure is of is read from its definition: those of whom its tests hold, and of whom it is recorded what it
//! asks. “Within five days” holds of everybody of whom “within one day” does, and a part of a breakdown is of those who have its
//! code. Such figures may stand in a total or in a part, of one indicator or of two. That something is of the period is passed over:
//! nearly everybody is in the same one, and whether it was over after one day or after five decides nothing about whom. And what a
//! measure asks is taken as recorded of everybody whom it places, although one answer of several may be enough for that.
//!
//! # What is promised
//!
//! Of any two figures of different measures of one computation that are shown, of which the tests of one say that its people are
//! among those of the other: they are equal, or at least the threshold apart. Where they are not, the one that comes later in
//! the pack is withheld: a total with everything of its measure, a part with its whole breakdown.
//!
//! # What is not promised
//!
//! Nothing about people of whom a condition does not hold, about three figures or more together, about figures of different
//! computations, or about what the tests do not say, such as that nobody is recognised who was not referred.

use domain::indicator::Statistic;
use domain::pack::{Definition, Rule, Test};

use crate::definition::needed;
use crate::pool::{Figure, Measurement};

/// A measure with its definition, of which something is shown.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// The definition.
    pub definition: &'a Definition,
    /// What is shown.
    pub measurement: &'a Measurement,
}

/// What may be shown of a measure beside others of the same computation: whole breakdowns withheld, or everything. `shown` are
/// those that are shown already. `threshold` is the least number of people that may be told apart.
///
/// Time grows with the figures of the new measure times those shown.
pub fn beside(new: Measurement, definition: &Definition, shown: &[Shown<'_>], threshold: u64) -> Measurement {
    let others: Vec<Vec<Told>> = shown.iter().map(|of| told(of.definition, of.measurement)).collect();
    let tells = |one: &Told| {
        let mut others = others.iter().flatten();
        others.any(|other| one.tells_beside(other, threshold))
    };
    let telling: Vec<Place> = told(definition, &new)
        .into_iter()
        .filter(tells)
        .map(|one| one.place)
        .collect();
    let mut new = new;
    if telling.contains(&Place::Total) {
        return new.without_figures();
    }
    if telling.contains(&Place::Missing) {
        new.recorded = None;
        if let Some(total) = &mut new.total {
            total.missing = None;
        }
    }
    let groups = new.total.as_ref().map(|total| total.groups(new.statistic));
    let whole = groups.and_then(|groups| groups.last().copied()).unwrap_or_default();
    for (at, part) in new.strata.iter_mut().enumerate() {
        if telling.contains(&Place::Part(at)) {
            part.withhold(whole);
        }
    }
    new
}

/// Where a number stands in a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Total,
    /// Beside the total: how much is recorded, and how many do not say enough.
    Missing,
    /// In a breakdown, by its place.
    Part(usize),
}

/// Of whom a number is: all of these tests hold, one of each of these lists does, and these columns are recorded.
#[derive(Debug, Clone, Default)]
struct People {
    /// Whether they are those, too, of whom nobody knows whether a test holds.
    is_perhaps: bool,
    all: Vec<Test>,
    any: Vec<Vec<Test>>,
    known: Vec<String>,
}

/// A number of people that is shown.
struct Told {
    place: Place,
    people: People,
    number: u64,
}

impl Told {
    /// Whether this number less another, or the other less this, is of a few people.
    fn tells_beside(&self, other: &Self, threshold: u64) -> bool {
        let apart = self.number.abs_diff(other.number);
        let is_few = apart > 0 && apart < threshold;
        is_few && (self.people.is_among(&other.people) || other.people.is_among(&self.people))
    }
}

impl People {
    /// Those who are looked at.
    fn population(definition: &Definition) -> Self {
        let condition = &definition.population;
        let mut people = Self::default();
        people.also(condition.all.iter().cloned(), &condition.any);
        if let Some(column) = &definition.out_of {
            people.all.push(at_least_one(column));
        }
        people
    }

    fn also(&mut self, all: impl Iterator<Item = Test>, any: &[Test]) {
        self.all.extend(all.filter(|test| !is_of_the_period(&test.column)));
        // Where one that is passed over may hold, the others need not.
        if !any.is_empty() && !any.iter().any(|test| is_of_the_period(&test.column)) {
            self.any.push(any.to_vec());
        }
    }

    /// Those of them of whom a column is recorded.
    fn with_known(mut self, column: &str) -> Self {
        if !is_of_the_period(column) {
            self.known.push(column.to_owned());
        }
        self
    }

    /// Those of them of whom one more test holds.
    fn with(mut self, test: Test) -> Self {
        self.all.push(test);
        self
    }

    /// Whether the tests say that these are all among others.
    fn is_among(&self, others: &Self) -> bool {
        // Of whom it is not known is not among those of whom it is.
        if self.is_perhaps && !others.is_perhaps {
            return false;
        }
        let has_one = |group: &Vec<Test>| self.any.contains(group) || group.iter().any(|test| self.says(test));
        others.all.iter().all(|test| self.says(test))
            && others.any.iter().all(has_one)
            && others.known.iter().all(|column| self.records(column))
    }

    /// Whether their tests say that a test holds of each of them.
    fn says(&self, test: &Test) -> bool {
        let mut of_column = self.all.iter().filter(|own| own.column == test.column);
        of_column.any(|own| implies(&own.rule, &test.rule))
            || (test.rule == Rule::Recorded(true) && self.known.contains(&test.column))
    }

    /// Whether a column is recorded of each of them.
    fn records(&self, column: &str) -> bool {
        let mut of_column = self.all.iter().filter(|own| own.column == column);
        self.known.iter().any(|known| known == column)
            || (!self.is_perhaps && of_column.any(|own| implies(&own.rule, &Rule::Recorded(true))))
    }
}

/// Whether a column says only that something is of the period.
fn is_of_the_period(column: &str) -> bool {
    column.ends_with("_in_period")
}

fn at_least_one(column: &str) -> Test {
    Test {
        column: column.to_owned(),
        rule: Rule::AtLeast(1),
    }
}

/// Whether of every value of a column of which one rule holds the other does, too.
fn implies(one: &Rule, other: &Rule) -> bool {
    match (one, other) {
        (Rule::Is(some), Rule::Is(more)) => some.iter().all(|code| more.contains(code)),
        (Rule::Is(some), Rule::IsNot(out)) => !some.iter().any(|code| out.contains(code)),
        (Rule::IsNot(out), Rule::IsNot(fewer)) => fewer.iter().all(|code| out.contains(code)),
        (Rule::AtMost(number), Rule::AtMost(limit)) => number <= limit,
        (Rule::AtLeast(number), Rule::AtLeast(limit)) => number >= limit,
        (Rule::Recorded(is_there), Rule::Recorded(wanted)) => is_there == wanted,
        (_, Rule::Recorded(true)) => true,
        _ => false,
    }
}

/// Every number of people that a measure shows, with of whom it is.
fn told(definition: &Definition, of: &Measurement) -> Vec<Told> {
    let Some(total) = &of.total else {
        return Vec::new();
    };
    let mut known = People::population(definition);
    // Beside the total stand those, too, of whom it is not known.
    let population = People {
        is_perhaps: true,
        ..known.clone()
    };
    for column in needed(definition) {
        known = known.with_known(column);
    }
    let mut counted = known.clone();
    counted.also(definition.counted.all.iter().cloned(), &definition.counted.any);
    // Of a sum those are counted in whom the number is not 0.
    if let Some(column) = &definition.of {
        counted.all.push(at_least_one(column));
    }
    let numbers = |place: Place, figure: &Figure, code: Option<&Test>| {
        let of = |people: &People, number: u64| Told {
            place,
            people: code.map_or_else(|| people.clone(), |code| people.clone().with(code.clone())),
            number,
        };
        match definition.statistic {
            Statistic::Count => vec![of(&counted, figure.n)],
            Statistic::Median | Statistic::P90 | Statistic::Mean => vec![of(&known, figure.d)],
            _ => vec![of(&known, figure.d), of(&counted, figure.n)],
        }
    };
    let mut told = numbers(Place::Total, total, None);
    let mut beside = |people: People, number: u64| {
        told.push(Told {
            place: Place::Missing,
            people,
            number,
        });
    };
    if let (Some(missing), true) = (total.missing, definition.statistic != Statistic::Count) {
        beside(population.clone(), total.d.saturating_add(missing));
    }
    if let Some(recorded) = &of.recorded {
        beside(population.clone(), recorded.cases);
        for (column, number) in &recorded.columns {
            if let Some(number) = number {
                beside(population.clone().with_known(column), *number);
            }
        }
    }
    for (at, part) in of.strata.iter().enumerate() {
        for (code, figure) in &part.cells {
            let code = Test {
                column: part.column.clone(),
                rule: Rule::Is(vec![code.clone()]),
            };
            let shown = figure.iter();
            told.extend(shown.flat_map(|figure| numbers(Place::Part(at), figure, Some(&code))));
        }
    }
    told
}

#[cfg(test)]
mod tests;
