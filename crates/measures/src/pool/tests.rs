//! Two organisations' cases become one figure, and what is small in it is gone.

use domain::pack::THRESHOLD;

use super::*;
use crate::invented::{Random, id, lines};
use crate::{evaluate, read, shipped_pack, small};

/// What an organisation sends of rows.
fn sent(pack: &Pack, text: &str) -> Aggregates {
    let rows = read::csv(pack, text.as_bytes()).expect("rows");
    let mut aggregates = evaluate(&rows, &pack.definitions).expect("no fault");
    small::merge_small(&mut aggregates, pack.threshold);
    aggregates
}

/// Rows of decisions on reasonable grounds: so many of each gender, of whom so many within five days.
fn decided(from: u64, groups: &[(&str, u64, u64)]) -> String {
    let mut text = "row,gender,region,rg_outcome,rg_in_period,rg_working_days,nationality,authority".to_owned();
    let mut number = from;
    for (gender, all, soon) in groups {
        for place in 0..*all {
            let days = if place < *soon { 3 } else { 20 };
            text.push_str(&format!("\n{},{gender},london,positive,yes,{days},,sca", id(number)));
            number += 1;
        }
    }
    text
}

fn pool(pack: &Pack, all: &[&Aggregates]) -> Pooled {
    let mut pooled = Pooled::new();
    for one in all {
        pooled.add(pack, one).expect("it is accepted");
    }
    pooled
}

fn measured(pack: &Pack, pooled: &Pooled, code: &str) -> Measurement {
    pooled
        .measurements(pack)
        .into_iter()
        .find(|one| one.code == code)
        .expect("a measure")
}

/// The shipped pack, with waits broken down by gender.
fn by_gender() -> Pack {
    let mut pack = shipped_pack("2026");
    for definition in &mut pack.definitions {
        if definition.code.starts_with("I13") {
            definition.strata = vec!["gender".to_owned()];
        }
    }
    pack
}

#[test]
fn figures_are_those_of_all_cases_together() {
    let pack = by_gender();
    let one = sent(
        &pack,
        &decided(0, &[("female", 40, 20), ("male", 30, 12), ("other", 15, 7)]),
    );
    let other = sent(
        &pack,
        &decided(1000, &[("female", 20, 14), ("male", 25, 13), ("other", 15, 8)]),
    );
    let share = measured(&pack, &pool(&pack, &[&one, &other]), "I13c");
    assert_eq!(
        share.whose(),
        "of 145 cases seen by 2 organisations; may include the same person twice"
    );
    let total = share.total.expect("it is shown");
    assert_eq!((total.n, total.d, total.missing), (74, 145, Some(0)));
    assert!((total.value.expect("a value") - 74.0 / 145.0 * 100.0).abs() < 1e-9);
    let cells = &share.strata[0].cells;
    let of = |place: usize| cells[place].1.as_ref().map(|figure| (figure.n, figure.d));
    assert_eq!((of(0), of(1), of(2)), (Some((34, 60)), Some((25, 55)), Some((15, 30))));
    assert_eq!(share.strata[0].missing, Some(0));
    // 74 of 145 waited 3 days, the others 20.
    let median = measured(&pack, &pool(&pack, &[&one, &other]), "I13a")
        .total
        .expect("shown");
    assert_eq!(median.value, Some(3.0));
    let p90 = measured(&pack, &pool(&pack, &[&one, &other]), "I13b")
        .total
        .expect("shown");
    assert_eq!(p90.value, Some(20.0));
}

#[test]
fn what_was_merged_before_it_was_sent_is_missing_from_the_strata_and_not_from_the_total() {
    let pack = by_gender();
    // Six others at each: too few to send, so they take the men with them.
    let one = sent(
        &pack,
        &decided(0, &[("female", 40, 20), ("male", 30, 12), ("other", 6, 3)]),
    );
    let other = sent(
        &pack,
        &decided(1000, &[("female", 50, 25), ("male", 30, 12), ("other", 6, 3)]),
    );
    let share = measured(&pack, &pool(&pack, &[&one, &other]), "I13c");
    assert_eq!(share.total.map(|figure| figure.d), Some(162));
    let part = &share.strata[0];
    assert_eq!(part.cells[0].1.as_ref().map(|figure| figure.d), Some(90));
    assert_eq!((&part.cells[1].1, &part.cells[2].1), (&None, &None));
    assert_eq!(part.missing, Some(72));
}

#[test]
fn the_threshold_is_applied_again_after_pooling() {
    let pack = by_gender();
    // Large enough to be sent, but nobody was fast.
    let one = sent(
        &pack,
        &decided(0, &[("female", 40, 20), ("male", 30, 12), ("other", 20, 0)]),
    );
    let share = measured(&pack, &pool(&pack, &[&one]), "I13c");
    assert_eq!(share.strata[0].cells[2].1, None);
    let few = sent(&pack, &decided(0, &[("female", 9, 4)]));
    let share = measured(&pack, &pool(&pack, &[&few]), "I13c");
    assert_eq!((share.total.is_none(), share.strata[0].missing), (true, None));
    assert_eq!(
        share.whose(),
        "of cases whose number is withheld, seen by 1 organisation; may include the same person twice"
    );
}

#[test]
fn a_measure_that_nobody_sent_is_withheld_and_a_breakdown_that_one_left_out_is_missing() {
    let pack = by_gender();
    let without = |from: u64| {
        let mut sent = sent(&pack, &decided(from, &[("female", 40, 20), ("male", 30, 12)]));
        for table in &mut sent.tables {
            table.strata.clear();
        }
        sent.tables.retain(|table| table.measure != "I06a");
        sent
    };
    let with = |from: u64| {
        let groups = [("female", 40, 20), ("male", 30, 12), ("other", 30, 15)];
        sent(&pack, &decided(from, &groups))
    };
    let (one, two, three, four) = (without(0), without(1000), with(2000), with(3000));
    let all = pool(&pack, &[&one, &two, &three, &four]);
    let share = measured(&pack, &all, "I13c");
    assert_eq!(
        (share.total.map(|figure| figure.d), share.strata[0].missing),
        (Some(340), Some(140))
    );
    assert!(measured(&pack, &all, "I06a").total.is_none());
    // What is missing would be the one's figure: the smallest part goes with it.
    let share = measured(&pack, &pool(&pack, &[&one, &three, &four]), "I13c");
    assert_eq!(shown(&share), [true, false, true]);
    assert_eq!(share.strata[0].missing, Some(70 + 60));
}

/// Which parts of the first breakdown are shown.
fn shown(of: &Measurement) -> Vec<bool> {
    of.strata[0].cells.iter().map(|(_, cell)| cell.is_some()).collect()
}

#[test]
fn a_part_of_one_organisations_cases_is_withheld_and_another_with_it_so_that_no_subtraction_gives_it_back() {
    let pack = by_gender();
    let one = sent(&pack, &decided(0, &[("female", 40, 20), ("male", 30, 12)]));
    let other = sent(
        &pack,
        &decided(1000, &[("female", 20, 14), ("male", 25, 13), ("other", 30, 15)]),
    );
    let both = pool(&pack, &[&one, &other]);
    let share = measured(&pack, &both, "I13c");
    assert_eq!(
        shown(&share),
        [true, false, false],
        "the others are one's, and men the fewest"
    );
    assert_eq!(share.strata[0].missing, Some(30 + 55));
    let mut grouped = pool(&pack, &[&one]);
    grouped.merge(&pool(&pack, &[&other]));
    assert_eq!(grouped.measurements(&pack), both.measurements(&pack));
    // A third has some of them, too.
    let third = sent(&pack, &decided(2000, &[("other", 24, 12)]));
    let share = measured(&pack, &pool(&pack, &[&one, &other, &third]), "I13c");
    assert_eq!(shown(&share), [true, true, true]);
}

#[test]
fn a_count_is_of_those_who_have_a_case_that_is_counted() {
    let mut pack = by_gender();
    for definition in &mut pack.definitions {
        if definition.code == "I13c" {
            definition.statistic = Statistic::Count;
        }
    }
    // The second has men and others, and counts none of the others.
    let one = sent(&pack, &decided(0, &[("male", 30, 15), ("other", 40, 20)]));
    let other = sent(&pack, &decided(1000, &[("male", 30, 15), ("other", 40, 0)]));
    let both = measured(&pack, &pool(&pack, &[&one, &other]), "I13c");
    assert_eq!((both.seen_by, shown(&both)), (2, vec![false; 3]));
    let none = sent(&pack, &decided(1000, &[("male", 30, 0), ("other", 40, 0)]));
    assert_eq!(measured(&pack, &pool(&pack, &[&one, &none]), "I13c").seen_by, 1);
}

#[test]
fn cases_without_a_code_or_merged_that_are_one_organisations_take_a_part_with_them() {
    let pack = by_gender();
    let other = sent(&pack, &decided(1000, &[("female", 20, 14), ("male", 25, 13)]));
    let without_a_code = sent(
        &pack,
        &decided(0, &[("female", 40, 20), ("male", 30, 12), ("", 24, 12)]),
    );
    let mut merged = without_a_code.clone();
    for stratum in merged.tables.iter_mut().flat_map(|table| &mut table.strata) {
        std::mem::swap(&mut stratum.not_recorded, &mut stratum.remainder);
    }
    for one in [without_a_code, merged] {
        let share = measured(&pack, &pool(&pack, &[&one, &other]), "I13c");
        assert_eq!(shown(&share), [true, false, false]);
        assert_eq!(share.strata[0].missing, Some(24 + 55));
    }
}

#[test]
fn the_order_in_which_organisations_come_does_not_show() {
    let pack = shipped_pack("2026");
    let of = |from: u64| sent(&pack, &lines(&pack, 300, from, &mut Random(from)).join("\n"));
    let (a, b, c) = (of(0), of(1000), of(2000));
    let forward = pool(&pack, &[&a, &b, &c]).measurements(&pack);
    assert_eq!(forward, pool(&pack, &[&c, &a, &b]).measurements(&pack));
    let mut grouped = pool(&pack, &[&a]);
    grouped.merge(&pool(&pack, &[&b, &c]));
    assert_eq!(forward, grouped.measurements(&pack));
    assert!(forward.iter().filter(|one| one.total.is_some()).count() > 20);
}

#[test]
fn what_is_refused_changes_nothing() {
    let pack = by_gender();
    let good = sent(&pack, &decided(0, &[("female", 40, 20)]));
    let mut bad = good.clone();
    bad.tables[0].version = 9;
    let mut pooled = pool(&pack, &[&good]);
    let before = pooled.clone();
    assert!(pooled.add(&pack, &bad).is_err());
    assert_eq!(pooled, before);
}

#[test]
fn how_much_is_recorded_is_added_up_and_told_only_where_every_contribution_with_cases_says_it() {
    let pack = by_gender();
    let of = |from: u64, n: u64, more: &str| {
        let mut text = "row,gender,rg_outcome,rg_in_period,rg_working_days".to_owned();
        for place in 0..n {
            // Every third wait is not recorded.
            let days = if place % 3 == 0 { "" } else { "3" };
            let days = if place % 3 == 2 { "20" } else { days };
            text.push_str(&format!("\n{},female,{more},yes,{days}", id(from + place)));
        }
        sent(&pack, &text)
    };
    let (one, other, none) = (of(0, 60, "positive"), of(1000, 90, "negative"), of(2000, 20, "pending"));
    let recorded = |all: &[&Aggregates]| measured(&pack, &pool(&pack, all), "I13c").recorded;
    let found = recorded(&[&none, &one, &other]).expect("it is shown");
    assert_eq!(found.cases, 150, "those without a decision are outside");
    let columns: Vec<(&str, Option<u64>)> = found.columns.iter().map(|(name, n)| (name.as_str(), *n)).collect();
    assert_eq!(
        columns,
        [
            ("rg_outcome", Some(150)),
            ("rg_in_period", Some(150)),
            ("rg_working_days", Some(100))
        ]
    );
    let mut silent = other.clone();
    for table in &mut silent.tables {
        table.recorded.clear();
    }
    assert_eq!(recorded(&[&one, &silent]), None);
    let mut wrong = other;
    let table = wrong
        .tables
        .iter_mut()
        .find(|table| table.measure == "I13c")
        .expect("a table");
    table.recorded.insert("rg_outcome".to_owned(), 91);
    table.recorded.insert("gender".to_owned(), 1);
    let refused = Pooled::new().add(&pack, &wrong).expect_err("refused").to_string();
    assert!(refused.contains("it is recorded in 91 of 90 cases"), "{refused}");
    assert!(refused.contains("the measure does not need this column"), "{refused}");
}

#[test]
fn a_figure_of_nearly_all_cases_is_withheld_because_all_stand_beside_it() {
    let pack = by_gender();
    let all = [("female", 40, 20), ("male", 30, 12)];
    let with = |silent: u64| {
        let mut text = decided(0, &all);
        for number in 500..500 + silent {
            text.push_str(&format!("\n{},female,london,,,,,", id(number)));
        }
        measured(&pack, &pool(&pack, &[&sent(&pack, &text)]), "I13c")
    };
    assert_eq!(with(0).total.expect("nobody is left out").d, 70);
    let few = with(4);
    assert_eq!(
        (few.cases, few.total.is_none()),
        (Some(74), true),
        "74 less 70 are four"
    );
    assert!(few.strata[0].cells.iter().all(|(_, cell)| cell.is_none()));
    assert_eq!(few.recorded, None);
    let many = with(THRESHOLD);
    assert_eq!(many.total.expect("eleven are many").missing, Some(THRESHOLD));
}

#[test]
fn a_mean_says_how_many_have_a_number_and_not_in_how_many_it_is_0() {
    let pack = shipped_pack("2026");
    let mut text = "row,lawyer_sought,lawyer_refusals".to_owned();
    for number in 0..40 {
        text.push_str(&format!("\n{},yes,{}", id(number), u8::from(number < 38)));
    }
    let mean = measured(&pack, &pool(&pack, &[&sent(&pack, &text)]), "I48c");
    let total = mean.total.expect("shown");
    assert_eq!((total.n, total.d, total.value), (40, 40, Some(0.95)));
}

#[test]
fn values_are_in_the_units_that_measures_have() {
    let pack = shipped_pack("2026");
    let mut text =
        "row,privacy_breaches,awarded_pounds,paid_pounds,lawyer_sought,lawyer_refusals,unpaid_hours,unpaid_pounds"
            .to_owned();
    for number in 0..40 {
        // Half of them: one disclosure, 500 of 2000 pounds, three refusals, 8 hours worth 98 pounds.
        let rest = if number % 2 == 0 {
            "1,2000,500,yes,3,8,98"
        } else {
            "0,1000,0,yes,0,0,0"
        };
        text.push_str(&format!("\n{},{rest}", id(number)));
    }
    let pooled = pool(&pack, &[&sent(&pack, &text)]);
    let value = |code: &str| measured(&pack, &pooled, code).total.and_then(|figure| figure.value);
    // 20 for 40 cases; 10,000 of 60,000; 60 over 40; 160; 1,960.
    assert_eq!(value("I26a"), Some(500.0));
    assert!((value("I53a").expect("a value") - 1.0 / 6.0).abs() < 1e-12);
    assert_eq!(value("I48c"), Some(1.5));
    assert_eq!(value("I67a"), Some(160.0));
    assert_eq!(value("I67b"), Some(1_960.0));
}
