//! What is seen of an estimate, and by whom.

use super::*;
use crate::study::estimate::LeftOut;

fn study(true_size: Option<i64>) -> study::Model {
    let id = uuid::Uuid::nil();
    study::Model {
        id,
        title: "Specimen study".into(),
        question: "Specimen people".into(),
        from_on: "2024-01-01".into(),
        to_on: "2024-12-31".into(),
        threshold: 11,
        officer_id: id,
        recipient: String::new(),
        schema_fingerprint: String::new(),
        state: "estimated".into(),
        n_resamples: Some(1_000),
        draws: None,
        result: None,
        true_size,
        published_on: None,
        is_invented: true_size.is_some(),
        member_id: id,
        recorded_at: 0,
    }
}

/// Overlaps of which the smallest has so many people.
fn overlap(smallest: u64) -> Overlap {
    Overlap::new(vec![1, 2, 3], vec![0, 203, 187, 43, 151, 37, 29, smallest]).expect("overlaps")
}

fn given(method: Method, people: f64, lower: Option<f64>, upper: Option<f64>) -> Given {
    Given {
        method: method.code().into(),
        people: Some(people),
        lower,
        upper,
        model: Vec::new(),
        warnings: Vec::new(),
        carries_links: false,
    }
}

fn answer(results: Vec<Given>, verdict: Said) -> Answer {
    Answer {
        left_out: vec![
            LeftOut {
                method: "pairs".into(),
                why: "its model has no estimate on these lists".into(),
            },
            LeftOut {
                method: "bic".into(),
                why: TOO_MANY_LISTS.into(),
            },
        ],
        results,
        verdict,
        without: Vec::new(),
        n_resamples: 1_000,
        estimated_on: "2025-06-01".into(),
    }
}

fn closed() -> Vec<Given> {
    vec![
        given(Method::MainEffects, 900.0, Some(800.0), Some(5_000.0)),
        given(Method::Stepwise, 1_234.0, Some(1_107.0), Some(1_398.0)),
        given(Method::Graphs, 1_300.0, Some(1_189.0), Some(1_512.0)),
    ]
}

const AGREE: Said = Said::Agree { methods: 2 };

#[test]
fn the_span_goes_from_the_lowest_to_the_highest_end_of_the_methods_that_are_compared() {
    let all = span(&answer(closed(), AGREE), 11).expect("a span");
    assert_eq!(all.to_string(), "1,100 to 1,600", "rounded outwards, and once");
}

#[test]
fn a_method_without_an_upper_end_keeps_its_lower_end_and_leaves_the_span_without() {
    let mut results = closed();
    results.push(given(Method::Threshold, 1_250.0, Some(990.0), None));
    let all = span(&answer(results, AGREE), 11).expect("a span");
    assert_eq!(all.to_string(), "990 upwards, no upper end");
}

#[test]
fn a_method_without_an_interval_counts_with_its_estimate() {
    let mut results = closed();
    results.push(given(Method::Threshold, 2_040.0, None, None));
    let all = span(&answer(results, AGREE), 11).expect("a span");
    assert_eq!(all.to_string(), "1,100 to 2,100");
}

#[test]
fn a_lowest_end_under_the_threshold_takes_away_no_number() {
    let mut results = closed();
    results.push(given(Method::Threshold, 1_250.0, Some(9.0), Some(1_300.0)));
    let all = span(&answer(results, AGREE), 11).expect("a span");
    assert_eq!(all.to_string(), "fewer than 11 to 1,600");
}

#[test]
fn methods_that_lie_close_together_are_not_said_to_be_right() {
    let shown = make(&study(None), &answer(closed(), AGREE), &overlap(11));
    assert!(
        shown.verdict.contains("does not show that they are right"),
        "{}",
        shown.verdict
    );
    assert_eq!(shown.held(), "");
}

#[test]
fn where_the_truth_is_known_it_is_said_how_many_intervals_hold_it() {
    // 1,599 lies in the rounded interval of the graphs and not in the one that they gave.
    let shown = make(&study(Some(1_599)), &answer(closed(), AGREE), &overlap(11));
    assert_eq!(shown.held(), "1 of 3 intervals holds the true number.");
    let graphs = shown.lines.last().expect("a line");
    assert_eq!(graphs.holds, Some(false));
    assert!(graphs.off.contains("misses the true number"), "{}", graphs.off);
}

#[test]
fn why_a_method_gives_no_number_is_told_only_where_no_overlap_is_small() {
    let told = |smallest| make(&study(None), &answer(closed(), AGREE), &overlap(smallest)).left_out;
    assert_eq!(told(11)[0].1, "its model has no estimate on these lists");
    assert_eq!(told(10)[0].1, NO_NUMBER);
    assert_eq!(told(10)[1].1, TOO_MANY_LISTS);
}

#[test]
fn the_public_cannot_tell_an_open_interval_from_a_method_that_gives_no_number() {
    let with = |lower, upper| {
        let mut results = closed();
        results.insert(0, given(Method::Chao, 1_000.0, lower, upper));
        make(&study(None), &answer(results, AGREE), &overlap(7))
    };
    for shown in [with(Some(900.0), None), with(None, None)] {
        assert_eq!(shown.lines.len(), 4);
        let public = outside(shown);
        assert_eq!(public.lines.len(), 3);
        let left: Vec<(&str, &str)> = public.left_out.iter().map(|(m, why)| (*m, why.as_str())).collect();
        assert_eq!(
            left,
            [
                ("Lower bound (Chao)", NO_NUMBER),
                ("All pairs dependent", NO_NUMBER),
                ("Lowest BIC", TOO_MANY_LISTS)
            ]
        );
    }
}

#[test]
fn where_there_is_not_enough_overlap_everybody_reads_one_sentence_and_no_number() {
    let mut open = closed();
    open.push(given(Method::Threshold, 1_250.0, Some(990.0), None));
    let not_enough = |why: &str| Said::NotEnough { why: why.into() };
    for (results, verdict) in [
        (closed(), not_enough("")),
        (closed(), not_enough("even the narrowest interval is too wide")),
        (open, AGREE),
    ] {
        let shown = make(&study(None), &answer(results, verdict), &overlap(7));
        assert!(!shown.gives_numbers);
        let public = outside(shown);
        assert_eq!(public.verdict, NOT_ENOUGH);
        assert!(public.span.is_none() && public.lines.is_empty() && public.left_out.is_empty());
    }
    assert!(make(&study(None), &answer(closed(), AGREE), &overlap(7)).gives_numbers);
}

#[test]
fn inside_the_reason_is_told_only_where_no_overlap_is_small() {
    let said = Said::NotEnough {
        why: "too few methods give a number".into(),
    };
    assert_eq!(verdict(&said, false), NOT_ENOUGH);
    assert!(verdict(&said, true).contains("too few methods"));
}
