//! Figures of measures of which one's people are among the other's, beside each other; and what the tests say of people held
//! against rows.

use std::collections::BTreeMap;

use domain::pack::{Aggregate, Aggregates, Pack, Stratum, THRESHOLD, Table};

use super::*;
use crate::pool::Pooled;
use crate::{evaluate, invented, shipped_pack};

/// Two organisations' cases, so many each.
fn measured(pack: &Pack, cases: u64) -> Vec<Measurement> {
    let mut pooled = Pooled::new();
    for seed in [7, 11] {
        let rows = invented::rows(pack, cases, seed);
        pooled.sum_linked(&evaluate(&rows, &pack.definitions).expect("they fit"), false, false);
    }
    pooled.measurements(pack)
}

/// The shipped pack with these measures alone, broken down by gender.
fn pack(codes: [&str; 2]) -> Pack {
    let mut pack = shipped_pack("2026");
    pack.definitions.retain(|one| codes.contains(&one.code.as_str()));
    for definition in &mut pack.definitions {
        definition.strata = vec!["gender".to_owned()];
    }
    pack
}

fn test(column: &str, rule: Rule) -> Test {
    Test {
        column: column.to_owned(),
        rule,
    }
}

fn codes(all: &[&str]) -> Vec<String> {
    all.iter().map(|code| (*code).to_owned()).collect()
}

/// A share of which the total and the part of men and boys are these (counted, of), half of it one organisation's; of the others no
/// gender is recorded.
fn share(pack: &Pack, at: usize, total: (u64, u64), part: (u64, u64)) -> Measurement {
    let definition = &pack.definitions[at];
    let of = |(n, d): (u64, u64)| Aggregate {
        n,
        d,
        ..Aggregate::default()
    };
    let half = |(n, d): (u64, u64)| (n / 2, d / 2);
    let rest = |(n, d): (u64, u64)| (n - n / 2, d - d / 2);
    let mut pooled = Pooled::new();
    for (total, part) in [(half(total), half(part)), (rest(total), rest(part))] {
        let stratum = Stratum {
            cells: BTreeMap::from([("male".to_owned(), of(part))]),
            not_recorded: of((total.0 - part.0, total.1 - part.1)),
            ..Stratum::empty("gender")
        };
        let table = Table {
            measure: definition.code.clone(),
            version: definition.version,
            recorded: BTreeMap::new(),
            total: stratum.sum(),
            strata: vec![stratum],
        };
        let aggregates = Aggregates {
            cases: total.1,
            tables: vec![table],
        };
        pooled.sum_linked(&aggregates, false, false);
    }
    pooled.measurements(pack).swap_remove(at)
}

fn parts_shown(of: &Measurement) -> usize {
    of.strata[0].cells.iter().filter(|(_, cell)| cell.is_some()).count()
}

#[test]
fn a_part_that_is_a_few_people_less_than_the_same_part_of_a_wider_measure_goes_with_its_breakdown() {
    let pack = pack(["I24a", "I24b"]);
    let one_day = share(&pack, 0, (100, 300), (11, 49));
    let shown = [Shown {
        definition: &pack.definitions[0],
        measurement: &one_day,
    }];
    let five_days = |total, part| {
        let new = share(&pack, 1, total, part);
        beside(new, &pack.definitions[1], &shown, THRESHOLD)
    };
    // Seven waited for two to five days.
    let found = five_days((130, 300), (18, 49));
    assert!(found.total.is_some());
    assert_eq!(parts_shown(&found), 0);
    // As many, or many more.
    for part in [(11, 49), (22, 49)] {
        assert_eq!(parts_shown(&five_days((130, 300), part)), 1, "{part:?}");
    }
    // Of a few it is known in the one and not in the other.
    assert_eq!(parts_shown(&five_days((130, 300), (22, 45))), 0);
    let found = five_days((104, 300), (11, 49));
    assert_eq!((found.total.is_some(), parts_shown(&found)), (false, 0));
}

#[test]
fn measures_of_other_people_may_come_as_near_as_they_like() {
    let pack = pack(["I17b", "I24a"]);
    let one = share(&pack, 0, (100, 300), (20, 49));
    let other = share(&pack, 1, (101, 301), (21, 50));
    let shown = [Shown {
        definition: &pack.definitions[0],
        measurement: &one,
    }];
    assert_eq!(beside(other.clone(), &pack.definitions[1], &shown, THRESHOLD), other);
    assert_eq!(beside(other.clone(), &pack.definitions[1], &[], THRESHOLD), other);
}

#[test]
fn one_rule_says_another_where_it_leaves_less() {
    let is = |all: &[&str]| Rule::Is(codes(all));
    let is_not = |all: &[&str]| Rule::IsNot(codes(all));
    for (one, other, is_so) in [
        (is(&["a"]), is(&["a", "b"]), true),
        (is(&["a", "b"]), is(&["a"]), false),
        (is(&["a"]), is_not(&["b"]), true),
        (is(&["a"]), is_not(&["a"]), false),
        (is_not(&["a", "b"]), is_not(&["a"]), true),
        (is_not(&["a"]), is(&["b"]), false),
        (Rule::AtMost(1), Rule::AtMost(5), true),
        (Rule::AtMost(5), Rule::AtMost(1), false),
        (Rule::AtLeast(5), Rule::AtLeast(1), true),
        (Rule::AtLeast(1), Rule::AtMost(5), false),
        (Rule::AtLeast(1), Rule::Recorded(true), true),
        (Rule::Recorded(false), Rule::Recorded(true), false),
    ] {
        assert_eq!(implies(&one, &other), is_so, "{one:?} {other:?}");
    }
}

#[test]
fn one_of_some_tests_must_hold_of_both() {
    let either = vec![test("a", Rule::AtLeast(1)), test("b", Rule::AtLeast(1))];
    let wide = People {
        any: vec![either.clone()],
        ..People::default()
    };
    let narrow = |all: Vec<Test>, any: Vec<Vec<Test>>| People {
        all,
        any,
        ..People::default()
    };
    assert!(narrow(vec![test("b", Rule::AtLeast(3))], Vec::new()).is_among(&wide));
    assert!(narrow(Vec::new(), vec![either]).is_among(&wide));
    assert!(!narrow(vec![test("c", Rule::AtLeast(3))], Vec::new()).is_among(&wide));
    let recorded = People::default().with_known("b");
    assert!(narrow(vec![test("b", Rule::AtLeast(3))], Vec::new()).is_among(&recorded));
    assert!(!wide.is_among(&recorded));
    let perhaps = People {
        is_perhaps: true,
        ..narrow(vec![test("b", Rule::AtLeast(3))], Vec::new())
    };
    assert!(narrow(vec![test("b", Rule::AtLeast(3))], Vec::new()).is_among(&perhaps));
    assert!(!perhaps.is_among(&wide) && !perhaps.is_among(&recorded));
}

/// What the tests say is compared with what is counted in rows.
#[test]
fn whoever_is_said_to_be_among_others_is_never_more_than_they_are() {
    let mut pack = shipped_pack("2026");
    // Everything is shown.
    pack.threshold = 1;
    // What is passed over, or taken as recorded, is left out.
    let is_whole = |definition: &Definition| {
        let mut tests = definition.population.tests().chain(definition.counted.tests());
        !tests.any(|test| is_of_the_period(&test.column)) && definition.counted.tests().count() < 2
    };
    let measured = measured(&pack, 4_000);
    let all: Vec<(&str, Vec<Told>)> = pack
        .definitions
        .iter()
        .zip(&measured)
        .filter(|(definition, _)| is_whole(definition))
        .map(|(definition, of)| (definition.code.as_str(), told(definition, of)))
        .collect();
    let mut n_pairs = 0;
    for (one, numbers) in &all {
        for (other, others) in all.iter().filter(|(other, _)| other != one) {
            for few in numbers {
                for many in others.iter().filter(|many| few.people.is_among(&many.people)) {
                    n_pairs += 1;
                    let said = format!("{one} {:?} and {other} {:?}", few.people, many.people);
                    assert!(few.number <= many.number, "{} > {}: {said}", few.number, many.number);
                }
            }
        }
    }
    assert!(n_pairs > 500, "{n_pairs} pairs");
}
