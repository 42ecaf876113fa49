//! A measure computed again: what may be shown beside what was shown of it before.
//!
//! Whoever has both tables subtracts one from the other, and has the figures of those who came in between. That difference is
//! a cell like any other. So each difference must be small in no group that the statistic tells apart: either nobody came
//! or went, or at least the threshold. Where people left and others came the same is asked of the net.
//!
//! # What is promised
//!
//! Of two tables of one measure that are both shown, also by different versions of its definition: for the total, for each cell
//! that both show, and for everything that
//! is in no such cell, the groups of one less those of the other are all 0, or each at least the threshold k. A cell
//! that only one of them shows stands beside such a rest that is at least k, and what the other withholds has room for k
//! more than that cell. So if people were only added, a group of the added who share a code is given exactly only where it
//! is 0 or at least k; of any other such group k + 1 numbers or more agree with the two tables.
//!
//! # What is not promised
//!
//! Nothing about more than two tables at once, or about tables of different measures. Of versions that do not compute the same
//! statistic, only the numbers of cases are compared. Where as many people left as came
//! the difference says 0, and whoever knows who left learns who came.

use domain::indicator::Statistic;

use super::Recorded;
use crate::pool::{Breakdown, Figure, Measurement};

/// What may be shown of a measure that was computed again, beside everything that was shown of it before: the new
/// measurement, with whole breakdowns withheld where a cell would tell of a few people; `None` where its total would, and
/// then nothing of it may be shown. `earlier` are measurements of the same measure, by whichever version of its definition, in any
/// order; of one that computes something else only how many cases it is of is compared. `threshold` is the least number of people
/// that may be told apart.
pub fn succeed(new: Measurement, earlier: &[Measurement], threshold: u64) -> Option<Measurement> {
    let mut new = new;
    for before in earlier {
        if is_between(difference(new.cases, before.cases), threshold) {
            return None;
        }
        let (Some(total), Some(total_before)) = (&mut new.total, &before.total) else {
            // One of them shows nothing, so there is nothing to subtract.
            continue;
        };
        let statistic = new.statistic;
        let is_alike = statistic == before.statistic;
        let change = if is_alike {
            apart(statistic, total, total_before)
        } else {
            vec![total.d.abs_diff(total_before.d)]
        };
        if is_telling(&change, threshold) {
            return None;
        }
        // Of how many cases everything was computed stands beside both: nor may those that the figure is not of tell of few.
        let others = |cases: Option<u64>, total: &Figure| cases.and_then(|cases| cases.checked_sub(total.d));
        let change = difference(others(new.cases, total), others(before.cases, total_before));
        if is_between(change, threshold) {
            return None;
        }
        if is_between(difference(total.missing, total_before.missing), threshold) {
            total.missing = None;
        }
        if total.missing.is_none() {
            new.recorded = None;
        }
        let known = |total: &Figure, cases: u64| Some([total.n, cases.checked_sub(total.missing?)?, cases]);
        if let (Some(recorded), Some(recorded_before)) = (&mut new.recorded, &before.recorded) {
            let numbers = known(total, recorded.cases).zip(known(total_before, recorded_before.cases));
            if !numbers.is_some_and(|numbers| compare(recorded, recorded_before, numbers, threshold)) {
                new.recorded = None;
            }
        }
        let whole = total.groups(statistic).last().copied().unwrap_or_default();
        for part in new.strata.iter_mut().filter(|_| is_alike) {
            let Some(part_before) = before.strata.iter().find(|other| other.column == part.column) else {
                continue;
            };
            if tells(statistic, (&*total, &*part), (total_before, part_before), threshold) {
                part.withhold(whole);
            }
        }
    }
    Some(new)
}

/// Withholds each column whose number, less the one shown before, would tell of a few people; of the others so too, and of those
/// who came in all. `numbers` are those counted, those known and all, now and before. Whether anything may be shown of it.
fn compare(new: &mut Recorded, before: &Recorded, numbers: ([u64; 3], [u64; 3]), threshold: u64) -> bool {
    let less = |new: u64, old: u64| i128::from(new) - i128::from(old);
    let is_apart = |others: &[i128], n: i128| {
        let far = |other: &i128| *other == n || other.abs_diff(n) >= u128::from(threshold);
        others.iter().all(far)
    };
    let mut known = vec![0];
    for (now, old) in numbers.0.into_iter().zip(numbers.1) {
        known.push(less(now, old));
    }
    if !known.iter().all(|n| is_apart(&known, *n)) {
        return false;
    }
    for (column, n) in &mut new.columns {
        let old = before.columns.iter().find(|(other, _)| other == column);
        let (Some(now), Some(old)) = (*n, old.and_then(|(_, n)| *n)) else {
            continue;
        };
        let change = less(now, old);
        if is_apart(&known, change) {
            known.push(change);
        } else {
            *n = None;
        }
    }
    true
}

/// Whether two breakdowns, each with its total, tell of a few people when one is subtracted from the other.
fn tells(statistic: Statistic, new: (&Figure, &Breakdown), before: (&Figure, &Breakdown), threshold: u64) -> bool {
    let totals = new.0.groups(statistic);
    let totals_before = before.0.groups(statistic);
    // What is in no cell that both show, and how much of it one of them shows alone.
    let (mut rest, mut rest_before) = (totals.clone(), totals_before.clone());
    let mut alone = vec![0; totals.len()];
    let mut alone_before = alone.clone();
    let (mut is_any_alone, mut is_any_alone_before) = (false, false);
    for (code, cell) in &new.1.cells {
        match (cell, shown(before.1, code)) {
            (Some(cell), Some(other)) => {
                if is_telling(&apart(statistic, cell, other), threshold) {
                    return true;
                }
                subtract(&mut rest, &cell.groups(statistic));
                subtract(&mut rest_before, &other.groups(statistic));
            }
            (Some(cell), None) => {
                add(&mut alone, &cell.groups(statistic));
                is_any_alone = true;
            }
            (None, _) => {}
        }
    }
    for (code, cell) in &before.1.cells {
        if let (Some(cell), None) = (cell, shown(new.1, code)) {
            add(&mut alone_before, &cell.groups(statistic));
            is_any_alone_before = true;
        }
    }
    let change: Vec<u64> = rest
        .iter()
        .zip(&rest_before)
        .map(|(one, other)| one.abs_diff(*other))
        .collect();
    let is_nobody = change.iter().all(|people| *people == 0);
    if is_telling(&change, threshold) || (is_nobody && (is_any_alone || is_any_alone_before)) {
        return true;
    }
    // A cell that is shown no more is somewhere in what is withheld now: there must be room for many beside it. Where people
    // left, the same holds the other way round.
    (0..totals.len()).any(|group| {
        let (is_any, hidden, known) = if totals[group] >= totals_before[group] {
            let hidden = rest[group].saturating_sub(alone[group]);
            (is_any_alone_before, hidden, alone_before[group])
        } else {
            let hidden = rest_before[group].saturating_sub(alone_before[group]);
            (is_any_alone, hidden, alone[group])
        };
        is_any && hidden < known.saturating_add(threshold)
    })
}

/// The cell of a code, where it is shown.
fn shown<'a>(of: &'a Breakdown, code: &str) -> Option<&'a Figure> {
    let found = of.cells.iter().find(|(known, _)| known == code);
    found.and_then(|(_, cell)| cell.as_ref())
}

/// The groups of one figure less those of another.
fn apart(statistic: Statistic, one: &Figure, other: &Figure) -> Vec<u64> {
    let others = other.groups(statistic);
    let groups = one.groups(statistic);
    groups
        .iter()
        .zip(&others)
        .map(|(one, other)| one.abs_diff(*other))
        .collect()
}

fn subtract(from: &mut [u64], groups: &[u64]) {
    for (left, people) in from.iter_mut().zip(groups) {
        *left = left.saturating_sub(*people);
    }
}

fn add(to: &mut [u64], groups: &[u64]) {
    for (sum, people) in to.iter_mut().zip(groups) {
        *sum = sum.saturating_add(*people);
    }
}

/// Whether a difference is of somebody, and in some group of few.
fn is_telling(difference: &[u64], threshold: u64) -> bool {
    difference.iter().any(|people| *people > 0) && difference.iter().any(|people| *people < threshold)
}

fn difference(one: Option<u64>, other: Option<u64>) -> u64 {
    one.zip(other).map_or(0, |(one, other)| one.abs_diff(other))
}

fn is_between(people: u64, threshold: u64) -> bool {
    people > 0 && people < threshold
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use domain::pack::{Aggregate, Aggregates, Pack, Stratum, THRESHOLD, Table};
    use proptest::prelude::*;

    use super::*;
    use crate::pool::Pooled;
    use crate::shipped_pack;

    /// So many counted and not counted, for each gender and for those in whom it is not recorded.
    type People = [(u64, u64); 4];

    const CODES: [&str; 3] = ["female", "male", "other"];

    /// The shipped pack with the waits alone, broken down by gender.
    fn pack() -> Pack {
        let mut pack = shipped_pack("2026");
        pack.definitions
            .retain(|one| ["I13c", "I13a"].contains(&one.code.as_str()));
        for definition in &mut pack.definitions {
            definition.strata = vec!["gender".to_owned()];
        }
        pack
    }

    fn sent(people: People, statistic: Statistic) -> Table {
        let of = |(n, more): (u64, u64)| Aggregate {
            n: if statistic == Statistic::Median { n + more } else { n },
            d: n + more,
            histogram: match statistic {
                Statistic::Median => BTreeMap::from([(3, n), (20, more)])
                    .into_iter()
                    .filter(|(_, n)| *n > 0)
                    .collect(),
                _ => BTreeMap::new(),
            },
            ..Aggregate::default()
        };
        let stratum = Stratum {
            cells: CODES
                .iter()
                .zip(people)
                .filter(|(_, (n, more))| n + more > 0)
                .map(|(code, people)| ((*code).to_owned(), of(people)))
                .collect(),
            not_recorded: of(people[3]),
            ..Stratum::empty("gender")
        };
        Table {
            measure: String::new(),
            version: 1,
            recorded: BTreeMap::new(),
            total: stratum.sum(),
            strata: vec![stratum],
        }
    }

    /// The measurement of one definition over these organisations.
    fn measured(pack: &Pack, place: usize, all: &[People]) -> Measurement {
        let mut pooled = Pooled::new();
        let definition = &pack.definitions[place];
        for people in all {
            let table = Table {
                measure: definition.code.clone(),
                version: definition.version,
                ..sent(*people, definition.statistic)
            };
            let aggregates = Aggregates {
                cases: people.iter().map(|(n, more)| n + more).sum(),
                tables: vec![table],
            };
            pooled.sum(1, &aggregates);
        }
        pooled.measurements(pack).swap_remove(place)
    }

    fn codes(measurement: &Measurement) -> Vec<&str> {
        let cells = measurement.strata[0].cells.iter();
        cells
            .filter(|(_, cell)| cell.is_some())
            .map(|(code, _)| code.as_str())
            .collect()
    }

    fn share(pack: &Pack) -> usize {
        pack.definitions
            .iter()
            .position(|one| one.statistic == Statistic::Share)
            .expect("a share")
    }

    #[test]
    fn what_did_not_change_is_shown_again() {
        let pack = pack();
        let first = measured(&pack, share(&pack), &[[(20, 20), (15, 15), (12, 12), (0, 0)]]);
        assert_eq!(
            succeed(first.clone(), std::slice::from_ref(&first), THRESHOLD),
            Some(first)
        );
    }

    #[test]
    fn a_few_newcomers_hold_the_whole_measure_back() {
        let pack = pack();
        let place = share(&pack);
        let first = [(20, 20), (15, 15), (12, 12), (0, 0)];
        let before = measured(&pack, place, &[first]);
        for few in [
            [(3, 2), (0, 0), (0, 0), (0, 0)],
            // Twenty came, and of none of them it was counted.
            [(0, 20), (0, 0), (0, 0), (0, 0)],
            [(15, 4), (0, 0), (0, 0), (0, 0)],
        ] {
            let new = measured(&pack, place, &[first, few]);
            assert_eq!(succeed(new, std::slice::from_ref(&before), THRESHOLD), None, "{few:?}");
        }
    }

    #[test]
    fn newcomers_of_whom_a_few_are_not_in_the_figure_hold_it_back() {
        let pack = pack();
        let place = share(&pack);
        let first = [(20, 20), (15, 15), (12, 12), (0, 0)];
        let came = [(12, 12), (0, 0), (0, 0), (0, 0)];
        let beside = |all: &[People], others: u64| {
            let mut of = measured(&pack, place, all);
            of.cases = of.cases.map(|cases| cases + others);
            of
        };
        let before = [beside(&[first], 15)];
        assert_eq!(
            succeed(beside(&[first, came], 17), &before, THRESHOLD),
            None,
            "two others came"
        );
        for others in [15, 15 + THRESHOLD] {
            assert!(succeed(beside(&[first, came], others), &before, THRESHOLD).is_some());
        }
    }

    #[test]
    fn a_breakdown_in_which_a_few_newcomers_share_a_code_is_withheld_whole() {
        let pack = pack();
        let place = share(&pack);
        let first = [(20, 20), (15, 15), (12, 12), (0, 0)];
        let before = measured(&pack, place, &[first]);
        let many = measured(&pack, place, &[first, [(30, 30), (20, 20), (11, 11), (0, 0)]]);
        let new = succeed(many, std::slice::from_ref(&before), THRESHOLD).expect("many came");
        assert_eq!(codes(&new), CODES);
        let few = measured(&pack, place, &[first, [(30, 30), (20, 20), (2, 1), (0, 0)]]);
        let new = succeed(few, &[before], THRESHOLD).expect("the total changes by many");
        assert_eq!(codes(&new), [""; 0]);
        assert_eq!(new.strata[0].missing, new.total.map(|total| total.d));
    }

    #[test]
    fn of_a_version_that_computes_something_else_only_how_many_cases_it_is_of_is_compared() {
        let pack = pack();
        let place = share(&pack);
        let before = measured(&pack, place, &[[(20, 20), (15, 15), (12, 12), (0, 0)]]);
        let other = Measurement {
            statistic: Statistic::Median,
            ..before.clone()
        };
        // Of three more it is counted.
        let new = measured(&pack, place, &[[(23, 17), (15, 15), (12, 12), (0, 0)]]);
        assert_eq!(succeed(new.clone(), std::slice::from_ref(&before), THRESHOLD), None);
        assert_eq!(succeed(new.clone(), std::slice::from_ref(&other), THRESHOLD), Some(new));
        // It is of five more.
        let new = measured(&pack, place, &[[(25, 20), (15, 15), (12, 12), (0, 0)]]);
        for before in [before, other] {
            assert_eq!(succeed(new.clone(), &[before], THRESHOLD), None);
        }
    }

    #[test]
    fn a_cell_does_not_come_back_when_nobody_came() {
        let pack = pack();
        let place = share(&pack);
        let all = [[(20, 20), (15, 15), (12, 12), (0, 0)]];
        let mut hidden = measured(&pack, place, &all);
        hidden.strata[0].withhold(94);
        let new = succeed(measured(&pack, place, &all), &[hidden], THRESHOLD).expect("the total is the same");
        assert_eq!(codes(&new), [""; 0]);
    }

    fn people() -> impl Strategy<Value = People> {
        let group = || prop_oneof![Just(0_u64), 0_u64..6, 8_u64..30];
        prop::array::uniform4((group(), group()))
    }

    #[test]
    fn how_much_is_recorded_is_compared_with_what_was_shown_before() {
        let of = |cases: u64, first: u64, second: u64| Recorded {
            cases,
            columns: vec![("a".to_owned(), Some(first)), ("b".to_owned(), Some(second))],
        };
        let before = of(130, 118, 100);
        let compared = |mut new: Recorded, n: u64, d: u64| {
            let numbers = ([n, d, new.cases], [40, 100, 130]);
            compare(&mut new, &before, numbers, THRESHOLD).then(|| [new.columns[0].1, new.columns[1].1])
        };
        assert_eq!(
            compared(of(130, 118, 100), 40, 100),
            Some([Some(118), Some(100)]),
            "nothing new"
        );
        // Thirty-five more, twenty of them known, of whom all have the first column and nineteen the second.
        assert_eq!(compared(of(165, 153, 119), 40, 120), Some([Some(153), None]));
        assert_eq!(
            compared(of(165, 130, 120), 40, 120),
            Some([None, Some(120)]),
            "twelve are near to twenty"
        );
        assert_eq!(compared(of(134, 122, 104), 40, 104), None, "four came");
    }

    proptest! {
        /// An attacker has two tables, each shown beside all before it, and knows that people were only added. Of the added
        /// who share a code they get each number within the narrowest limits that the two tables allow.
        #[test]
        fn subtracting_one_table_from_a_later_one_gives_nobody_away(
            organisations in prop::collection::vec(people(), 2..5),
            place in 0_usize..2,
        ) {
            let pack = pack();
            let statistic = pack.definitions[place].statistic;
            let mut published: Vec<(usize, Measurement)> = Vec::new();
            for upto in 1..=organisations.len() {
                let new = measured(&pack, place, &organisations[..upto]);
                let earlier: Vec<Measurement> = published.iter().map(|(_, one)| one.clone()).collect();
                published.extend(succeed(new, &earlier, THRESHOLD).map(|new| (upto, new)));
            }
            for (at, (from, before)) in published.iter().enumerate() {
                for (upto, after) in &published[at + 1..] {
                    let (Some(total), Some(total_before)) = (&after.total, &before.total) else { continue };
                    let added = |code: usize| -> Vec<u64> {
                        let all = organisations[*from..*upto].iter().map(|one| one[code]);
                        let (n, more) = all.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
                        super::super::groups(statistic, n, n + more)
                    };
                    let fine = |groups: &[u64]| !is_telling(groups, THRESHOLD);
                    prop_assert!(fine(&apart(statistic, total, total_before)));
                    let cells = after.strata[0].cells.iter().zip(&before.strata[0].cells);
                    let group_of = |figure: &Figure, group: usize| figure.groups(statistic)[group];
                    for (code, ((_, cell), (_, cell_before))) in cells.clone().enumerate() {
                        for group in 0..total.groups(statistic).len() {
                            let rest = |total: &Figure, part: &Breakdown| {
                                let shown = part.cells.iter().filter_map(|(_, cell)| cell.as_ref());
                                group_of(total, group) - shown.map(|cell| group_of(cell, group)).sum::<u64>()
                            };
                            let rest_before = rest(total_before, &before.strata[0]);
                            let rest_after = rest(total, &after.strata[0]);
                            // The limits of what the cell held before and holds now.
                            let held = |cell: &Option<Figure>, rest: u64| {
                                cell.as_ref().map_or((0, rest), |cell| (group_of(cell, group), group_of(cell, group)))
                            };
                            let (low, high) = held(cell_before, rest_before);
                            let (low_after, high_after) = held(cell, rest_after);
                            let least = low_after.saturating_sub(high);
                            let most = (high_after - low.min(high_after))
                                .min(group_of(total, group) - group_of(total_before, group));
                            let truth = added(code);
                            prop_assert!(least <= truth[group] && truth[group] <= most);
                            // Given exactly: then it is no small group, or all of it is nobody.
                            let is_exact = cell.is_some() && cell_before.is_some();
                            prop_assert!(!is_exact || fine(&truth), "{truth:?}");
                            prop_assert!(is_exact || most - least >= THRESHOLD || fine(&truth), "{least} to {most}: {truth:?}");
                        }
                    }
                }
            }
        }
    }
}
