//! Against figures computed by hand, against a slow evaluation that shares no code, and against itself in parts.

use std::collections::BTreeMap;

use domain::indicator::Statistic;
use domain::pack::{self, Aggregate, Aggregates, Condition, Definition, Pack, Rule, Value};
use proptest::prelude::*;

use crate::invented::{Random, id, lines};
use crate::{Rows, evaluate, quantile, read, shipped_pack};

fn rows(pack: &Pack, lines: &[String]) -> Rows {
    read::csv(pack, lines.join("\n").as_bytes()).expect("the rows fit")
}

fn table<'a>(aggregates: &'a Aggregates, code: &str) -> &'a pack::Table {
    aggregates
        .tables
        .iter()
        .find(|table| table.measure == code)
        .expect("a table")
}

/// Ten people: seven with a decision, of whom one has no recorded wait; one pending; one of whom nothing is known; and one
/// whose decision came before the period and is not counted.
#[test]
fn waits_are_what_a_pencil_gives() {
    let pack = shipped_pack("2026");
    let mut text = vec!["row,rg_outcome,rg_working_days,age_band,rg_in_period".to_owned()];
    for (number, rest) in (0..).zip([
        "positive,2,18_24,yes",
        "negative,5,18_24,yes",
        "positive,6,25_34,yes",
        "positive,30,25_34,yes",
        "negative,4,,yes",
        "positive,500,18_24,yes",
        "positive,,18_24,yes",
        "pending,,18_24,no",
        ",,,",
        "positive,3,18_24,no",
    ]) {
        text.push(format!("{},{rest}", id(number)));
    }
    let aggregates = evaluate(&rows(&pack, &text), &pack.definitions).expect("no fault");
    assert_eq!(aggregates.cases, 10);
    let median = table(&aggregates, "I13a");
    // 2, 4, 5, 6, 30, 500; not known: the wait of one, and whether another was decided at all.
    let expected = Aggregate {
        n: 6,
        d: 6,
        missing: 2,
        histogram: BTreeMap::from([(2, 1), (4, 1), (5, 1), (6, 1), (30, 1), (500, 1)]),
        ..Aggregate::default()
    };
    assert_eq!(median.total, expected);
    let middle = quantile::quantile(&median.total.histogram, 0.5, 500).expect("cases");
    assert!((middle.value - 5.5).abs() < 1e-12);
    // Place 5 × 0.9 = 4.5: half way from 30 to 500, which stands for 500 and more.
    let ninth = quantile::quantile(&median.total.histogram, 0.9, 500).expect("cases");
    assert!((ninth.value - 265.0).abs() < 1e-12 && ninth.is_at_least);
    let share = table(&aggregates, "I13c");
    assert_eq!((share.total.n, share.total.d, share.total.missing), (3, 6, 2));
    let ages = &share.strata[0];
    assert_eq!(ages.column, "age_band");
    let of = |code: &str| (ages.cells[code].n, ages.cells[code].d, ages.cells[code].missing);
    assert_eq!((of("18_24"), of("25_34")), ((2, 3, 1), (0, 2, 0)));
    assert_eq!(
        (ages.not_recorded.n, ages.not_recorded.d, ages.not_recorded.missing),
        (1, 1, 1)
    );
}

#[test]
fn sums_are_what_a_pencil_gives() {
    let pack = shipped_pack("2026");
    let mut text = vec!["row,weeks_due,weeks_paid,awarded_pounds,paid_pounds,privacy_breaches".to_owned()];
    for (number, rest) in (0..).zip([
        "10,7,1000,250,0",
        "5,5,0,0,2",
        "0,0,3000,0,",
        "8,,100000,100000,1",
        "4,0,,,0",
    ]) {
        text.push(format!("{},{rest}", id(number)));
    }
    let aggregates = evaluate(&rows(&pack, &text), &pack.definitions).expect("no fault");
    let of = |code: &str| {
        let total = &table(&aggregates, code).total;
        (total.n, total.d, total.missing, total.sum, total.out_of)
    };
    // Weeks: one with none due is outside, one has no record of payment.
    assert_eq!(of("I30a"), (2, 3, 1, 12, 19));
    // Pounds: one with nothing awarded is outside, one not known.
    assert_eq!(of("I53a"), (2, 3, 1, 100_250, 104_000));
    assert_eq!(of("I26a"), (2, 4, 1, 3, 0));
}

/// What is not known is never a no, unless something else decides.
#[test]
fn answers_follow_kleenes_tables() {
    let pack = shipped_pack("2026");
    // Guardian within a day: all of “guardian: yes” and “at most 1 day”.
    let mut text = vec!["row,referred,age_band,guardian,guardian_days,guardian_1d_in_period".to_owned()];
    for (number, rest) in (0..).zip([
        "yes,under_16,yes,1,yes",
        "yes,16_17,no,,yes",
        "yes,16_17,yes,,yes",
        "yes,18_24,yes,1,yes",
        "yes,,yes,1,yes",
    ]) {
        text.push(format!("{},{rest}", id(number)));
    }
    let aggregates = evaluate(&rows(&pack, &text), &pack.definitions).expect("no fault");
    let total = &table(&aggregates, "I24a").total;
    // Yes; no, whatever the days; not known; an adult; perhaps a child.
    assert_eq!((total.n, total.d, total.missing), (1, 2, 2));
    // Of these four, without the adult: one without an age, two without days.
    let recorded = &table(&aggregates, "I24a").recorded;
    let n: Vec<u64> = [
        "referred",
        "age_band",
        "guardian",
        "guardian_days",
        "guardian_1d_in_period",
    ]
    .map(|name| recorded[name])
    .into();
    assert_eq!((n, recorded.len()), (vec![4, 3, 4, 2, 4], 5));
    // Any of two decisions positive.
    let mut text = vec!["row,accused,rg_outcome,cg_outcome,convicted_compelled".to_owned()];
    for (number, rest) in (0..).zip(["yes,,positive,no", "yes,negative,,no", "yes,negative,none,yes", "no,,,"]) {
        text.push(format!("{},{rest}", id(number)));
    }
    let aggregates = evaluate(&rows(&pack, &text), &pack.definitions).expect("no fault");
    let total = &table(&aggregates, "I61a").total;
    assert_eq!((total.n, total.d, total.missing), (0, 1, 1));
}

/// A code that stands for several answers where they all answer alike, and is in no part of a breakdown.
#[test]
fn a_wider_code_is_no_answer_unless_all_that_it_stands_for_are_one() {
    let mut pack = shipped_pack("2026");
    let mut text =
        vec!["row,referred,age_band,guardian,guardian_days,guardian_1d_in_period,region,rg_quarter".to_owned()];
    for (number, rest) in (0..).zip([
        "yes,child,yes,1,yes,england,2026",
        "yes,under_16,no,,yes,england,2026-Q1",
        "yes,16_17,yes,1,yes,wales,2026-Q1",
        "yes,adult,yes,1,yes,wales,",
    ]) {
        text.push(format!("{},{rest}", id(number)));
    }
    let definition = pack
        .definitions
        .iter_mut()
        .find(|one| one.code == "I24a")
        .expect("a measure");
    definition.strata = vec!["region".to_owned(), "rg_quarter".to_owned(), "age_band".to_owned()];
    let all = rows(&pack, &text);
    let aggregates = evaluate(&all, &pack.definitions).expect("no fault");
    let found = table(&aggregates, "I24a");
    let people = |of: &Aggregate| (of.n, of.d, of.missing);
    assert_eq!(people(&found.total), (2, 3, 0), "the adult is outside");
    let parts = |at: usize| {
        let cells: Vec<_> = found.strata[at]
            .cells
            .iter()
            .map(|(code, of)| (code.as_str(), people(of)))
            .collect();
        (cells, people(&found.strata[at].remainder))
    };
    assert_eq!(parts(0), (vec![("wales", (1, 1, 0))], (1, 2, 0)));
    assert_eq!(parts(1), (vec![("2026-Q1", (1, 2, 0))], (1, 1, 0)));
    assert_eq!(
        parts(2),
        (vec![("16_17", (1, 1, 0)), ("under_16", (0, 1, 0))], (1, 1, 0))
    );
    assert!(found.strata.iter().all(|stratum| stratum.sum() == found.total));
    let place = |name: &str| all.schema().column(name).expect("a column").0;
    assert_eq!(all.value(0, place("rg_quarter")), Some(Value::Code("2026".to_owned())));
    assert_eq!(all.value(0, place("region")), Some(Value::Code("england".to_owned())));
    // Of whom it is asked whether they are under 16 a child is not known, and counted as missing.
    let definition = pack
        .definitions
        .iter_mut()
        .find(|one| one.code == "I24a")
        .expect("a measure");
    definition.population.all[2].rule = Rule::Is(vec!["under_16".to_owned()]);
    let aggregates = evaluate(&all, &pack.definitions).expect("no fault");
    assert_eq!(people(&table(&aggregates, "I24a").total), (0, 1, 1));
}

/// An answer to a condition, found case by case.
fn holds(condition: &Condition, value: &impl Fn(&str) -> Option<Value>) -> Option<bool> {
    let answer = |test: &pack::Test| -> Option<bool> {
        let found = value(&test.column);
        let number = |found: &Value| match found {
            Value::Number(number) => *number,
            Value::Code(_) => panic!("the test is of a number"),
        };
        let is_among = |codes: &[String], found: &Value| codes.iter().any(|code| *found == Value::Code(code.clone()));
        match &test.rule {
            Rule::Recorded(wanted) => Some(found.is_some() == *wanted),
            Rule::Is(codes) => found.map(|found| is_among(codes, &found)),
            Rule::IsNot(codes) => found.map(|found| !is_among(codes, &found)),
            Rule::AtMost(limit) => found.map(|found| number(&found) <= *limit),
            Rule::AtLeast(limit) => found.map(|found| number(&found) >= *limit),
        }
    };
    let all: Vec<_> = condition.all.iter().map(answer).collect();
    let any: Vec<_> = condition.any.iter().map(answer).collect();
    let all = if all.contains(&Some(false)) {
        Some(false)
    } else if all.contains(&None) {
        None
    } else {
        Some(true)
    };
    let any = if any.is_empty() || any.contains(&Some(true)) {
        Some(true)
    } else if any.contains(&None) {
        None
    } else {
        Some(false)
    };
    match (all, any) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// One case as an aggregate.
fn alone(definition: &Definition, value: &impl Fn(&str) -> Option<Value>) -> Aggregate {
    let missing = Aggregate {
        missing: 1,
        ..Aggregate::default()
    };
    let number = |name: &Option<String>| match value(name.as_deref()?) {
        Some(Value::Number(number)) => Some(u64::from(number)),
        _ => None,
    };
    let population = holds(&definition.population, value);
    let out_of = number(&definition.out_of);
    if population == Some(false) || out_of == Some(0) {
        return Aggregate::default();
    }
    if population.is_none() || (definition.out_of.is_some() && out_of.is_none()) {
        return missing;
    }
    if definition.of.is_none() {
        return match holds(&definition.counted, value) {
            None => missing,
            Some(is_counted) => Aggregate {
                n: is_counted.into(),
                d: 1,
                ..Aggregate::default()
            },
        };
    }
    let Some(of) = number(&definition.of) else {
        return missing;
    };
    if matches!(definition.statistic, Statistic::Median | Statistic::P90) {
        return Aggregate {
            n: 1,
            d: 1,
            histogram: BTreeMap::from([(u32::try_from(of).expect("small"), 1)]),
            ..Aggregate::default()
        };
    }
    Aggregate {
        n: (of > 0).into(),
        d: 1,
        sum: of,
        out_of: out_of.unwrap_or(0),
        ..Aggregate::default()
    }
}

/// The columns that a measure needs.
fn wanted(definition: &Definition) -> Vec<String> {
    let (asked, counted) = (definition.population.tests(), definition.counted.tests());
    let asked = asked.chain(counted).map(|test| test.column.clone());
    let summed = [definition.of.clone(), definition.out_of.clone()];
    asked.chain(summed.into_iter().flatten()).collect()
}

/// Adds case by case.
fn slowly(rows: &Rows, definitions: &[Definition]) -> Aggregates {
    let tables = definitions
        .iter()
        .map(|definition| {
            let mut table = pack::Table {
                measure: definition.code.clone(),
                version: definition.version,
                recorded: wanted(definition).into_iter().map(|name| (name, 0)).collect(),
                total: Aggregate::default(),
                strata: definition
                    .strata
                    .iter()
                    .map(|name| pack::Stratum::empty(name))
                    .collect(),
            };
            for row in 0..rows.len() {
                let value = |name: &str| {
                    let (place, _) = rows.schema().column(name).expect("a column");
                    rows.value(row, place)
                };
                let alone = alone(definition, &value);
                if alone.is_zero() {
                    continue;
                }
                table.total.merge(&alone);
                for (name, n) in &mut table.recorded {
                    *n += u64::from(value(name).is_some());
                }
                for stratum in &mut table.strata {
                    match value(&stratum.column) {
                        Some(Value::Code(code)) => stratum.cells.entry(code).or_default().merge(&alone),
                        Some(Value::Number(_)) => panic!("no stratum is of numbers"),
                        None => stratum.not_recorded.merge(&alone),
                    }
                }
            }
            table
        })
        .collect();
    Aggregates {
        cases: rows.len() as u64,
        tables,
    }
}

fn merged(one: &Aggregates, other: &Aggregates) -> Aggregates {
    let mut sum = one.clone();
    sum.cases += other.cases;
    for (own, others) in sum.tables.iter_mut().zip(&other.tables) {
        own.merge_recorded(others);
        own.total.merge(&others.total);
        for (own, others) in own.strata.iter_mut().zip(&others.strata) {
            own.merge(others);
        }
    }
    sum
}

/// More rows than a chunk has, and not a whole number of chunks.
#[test]
fn one_fast_pass_gives_what_going_case_by_case_gives() {
    let pack = shipped_pack("2026");
    let rows = rows(&pack, &lines(&pack, 5_000, 0, &mut Random(11)));
    let fast = evaluate(&rows, &pack.definitions).expect("no fault");
    let slow = slowly(&rows, &pack.definitions);
    for (fast, slow) in fast.tables.iter().zip(&slow.tables) {
        assert_eq!(fast, slow);
        // A measure that nobody meets would prove nothing.
        assert!(fast.total.n > 0 && fast.total.missing > 0, "{}", fast.measure);
        for stratum in &fast.strata {
            assert_eq!(stratum.sum(), fast.total, "{} by {}", fast.measure, stratum.column);
        }
    }
    assert_eq!(fast.tables.len(), slow.tables.len());
}

#[test]
fn a_definition_that_does_not_fit_the_rows_is_refused() {
    let pack = shipped_pack("2026");
    let rows = rows(&pack, &lines(&pack, 1, 0, &mut Random(1)));
    let mut definition = pack.definitions[0].clone();
    definition.strata = vec!["shoe_size".to_owned()];
    let faults = evaluate(&rows, &[definition]).expect_err("there is no such column");
    assert!(faults[0].to_string().contains("there is no column shoe_size"));
}

fn aggregate() -> impl Strategy<Value = Aggregate> {
    let histogram = prop::collection::btree_map(0_u32..5, 1_u64..4, 0..4);
    (0_u64..9, 0_u64..9, 0_u64..9, 0_u64..9, 0_u64..9, histogram).prop_map(|(n, d, missing, sum, out_of, histogram)| {
        Aggregate {
            n,
            d,
            missing,
            sum,
            out_of,
            histogram,
        }
    })
}

fn plus(one: &Aggregate, other: &Aggregate) -> Aggregate {
    let mut sum = one.clone();
    sum.merge(other);
    sum
}

proptest! {
    #[test]
    fn aggregates_are_a_commutative_monoid(a in aggregate(), b in aggregate(), c in aggregate()) {
        prop_assert_eq!(plus(&a, &b), plus(&b, &a));
        prop_assert_eq!(plus(&plus(&a, &b), &c), plus(&a, &plus(&b, &c)));
        prop_assert_eq!(plus(&a, &Aggregate::default()), a.clone());
        prop_assert_eq!(plus(&Aggregate::default(), &a), a);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_whole_is_the_sum_of_its_parts_however_it_is_cut(seed in any::<u64>(), cut in 1_usize..59) {
        let pack = shipped_pack("2026");
        let all = lines(&pack, 60, 0, &mut Random(seed));
        let whole = evaluate(&rows(&pack, &all), &pack.definitions).expect("no fault");
        let part = |some: &[String]| {
            let mut text = vec![all[0].clone()];
            text.extend_from_slice(some);
            evaluate(&rows(&pack, &text), &pack.definitions).expect("no fault")
        };
        let (one, other) = (part(&all[1..=cut]), part(&all[cut + 1..]));
        prop_assert_eq!(&merged(&one, &other), &whole);
        prop_assert_eq!(&merged(&other, &one), &whole);
    }
}
