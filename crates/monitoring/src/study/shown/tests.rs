//! What is seen of an estimate, and by whom.

use super::*;
use crate::study::estimate::{self, LeftOut};
use crate::study::trust::{self, Trust};

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
        spread: None,
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
        merged: Vec::new(),
        trust: None,
        goes_out: true,
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

/// Overlaps of four lists: so many people in each cell, and in one of them another number.
fn four(cell: usize, n: u64) -> Overlap {
    let mut counts = vec![40; 16];
    counts[0] = 0;
    counts[cell] = n;
    Overlap::new(vec![1, 2, 3, 5], counts).expect("overlaps")
}

/// What methods said of four lists, with everything that they say.
fn whole() -> Answer {
    let mut results = closed();
    results[1].model = vec!["1:2".into(), "3".into(), "5".into()];
    results[1].warnings = vec!["3 of 1000 resamples have no estimate".into()];
    results[1].spread = Some(Steps {
        from: 1_100.0,
        step: 100.0,
        shares: vec![0.25, 0.5, 0.2],
        above: 0.05,
    });
    Answer {
        without: vec![estimate::Without {
            place: 3,
            people: Some(1_150.0),
        }],
        merged: vec![estimate::Merged {
            places: (0, 3),
            people: Some(1_250.0),
        }],
        ..answer(results, AGREE)
    }
}

/// Whether a model, a histogram, an estimate without a list and one with two as one are shown.
fn told(shown: &Shown) -> [bool; 4] {
    [
        shown.lines.iter().any(|line| line.model.is_some()),
        shown.lines.iter().any(|line| line.spread.is_some()),
        shown.without.iter().any(|without| without.figure.is_some()),
        shown.merged.iter().any(|merged| merged.figure.is_some()),
    ]
}

#[test]
fn where_every_overlap_is_wide_everything_but_remarks_goes_out_rounded() {
    let shown = make(&study(None), &whole(), &four(15, 11));
    assert_eq!(told(&shown), [true; 4]);
    assert_eq!((shown.merged[0].lists, shown.without[0].list), ((1, 5), 5));
    let public = outside(shown);
    assert_eq!(told(&public), [true; 4]);
    assert!(public.lines.iter().all(|line| line.warnings.is_empty()));
    assert_eq!(public.fewest_lists(), 3, "the estimate without a list rests on three");
    let stepwise = &public.lines[1];
    let spread = stepwise.spread.as_ref().expect("a histogram");
    let bars: Vec<(String, u8)> = spread.bars().map(|bar| (bar.to_string(), bar.percent())).collect();
    assert_eq!(bars[1], ("1,200 to 1,300".to_owned(), 50));
    assert_eq!(stepwise.answers, "resamples");
    assert_eq!(public.lines[2].answers, "the posterior");
}

#[test]
fn one_small_overlap_keeps_histograms_from_everybody_and_the_rest_from_the_public() {
    // Ten people are on all four lists: inside, what does not tell of them is still shown.
    let inside = make(&study(None), &whole(), &four(15, 10));
    assert_eq!(told(&inside), [true, false, true, true]);
    assert!(inside.is_cut);
    let public = outside(inside);
    assert_eq!(told(&public), [false; 4]);
    assert!(public.without.is_empty() && public.merged.is_empty());
    assert_eq!(public.fewest_lists(), 4);
}

/// The whole answer with what the checks found.
fn checked() -> Answer {
    Answer {
        trust: Some(Trust {
            conditioned: vec![
                trust::Conditioned {
                    place: 0,
                    ratio: Some(0.912),
                    holds: Some(true),
                },
                trust::Conditioned {
                    place: 3,
                    ratio: Some(1.304),
                    holds: Some(false),
                },
            ],
            surprises: vec![trust::Surprise {
                places: vec![0, 3],
                deviations: -3.4,
            }],
            covered: Some(trust::Covered {
                n: 200,
                share: 0.935,
                ratio: Some(1.02),
            }),
        }),
        ..whole()
    }
}

#[test]
fn the_checks_are_told_inside_and_never_outside() {
    let shown = make(&study(None), &checked(), &four(15, 11));
    let checks = &shown.checks;
    assert_eq!(
        checks.conditioned,
        [
            (1, Some("9% too few; the interval holds the number".to_owned())),
            (5, Some("30% too many; the interval misses the number".to_owned()))
        ]
    );
    assert_eq!(
        checks.surprises,
        ["Lists 1, 5 and no other: 3 standard deviations fewer than the model expects"]
    );
    assert_eq!(
        checks.coverage,
        "Of 200 populations drawn from the chosen model, the interval holds the true number in 94%, and the middle estimate is 102% of it."
    );
    assert!(!shown.is_cut);
    assert!(outside(shown).checks.is_empty());
    assert!(
        make(&study(None), &whole(), &four(15, 11)).checks.is_empty(),
        "kept before there were any"
    );
}

#[test]
fn checks_that_tell_of_a_small_overlap_are_not_shown() {
    // Ten people are on the first and the second list alone: the fourth list's people are all in wide cells.
    let shown = make(&study(None), &checked(), &four(0b0011, 10));
    assert_eq!(shown.checks.conditioned[0], (1, None));
    assert!(shown.checks.conditioned[1].1.is_some() && shown.is_cut);
    assert!(shown.checks.surprises.is_empty(), "any cell may be told of");
    assert!(
        !shown.checks.coverage.is_empty(),
        "every two lists share enough for the model to be shown"
    );
    let mut counts = vec![40; 16];
    counts[0] = 0;
    for cell in [0b1001, 0b1011, 0b1101, 0b1111] {
        counts[cell] = 2;
    }
    let few = Overlap::new(vec![1, 2, 3, 5], counts).expect("overlaps");
    assert!(
        make(&study(None), &checked(), &few).checks.coverage.is_empty(),
        "as the model"
    );
}

#[test]
fn two_lists_that_share_few_are_not_shown_as_one() {
    let mut counts = vec![40; 16];
    counts[0] = 0;
    for cell in [0b1001, 0b1011, 0b1101, 0b1111] {
        counts[cell] = 2;
    }
    let overlap = Overlap::new(vec![1, 2, 3, 5], counts).expect("overlaps");
    let shown = make(&study(None), &whole(), &overlap);
    assert_eq!(told(&shown), [false, false, true, false]);
}

#[test]
fn what_was_published_with_the_promise_that_models_stay_inside_keeps_it() {
    let before = Answer {
        goes_out: false,
        ..whole()
    };
    let shown = make(&study(None), &before, &four(15, 11));
    assert_eq!(told(&shown), [true; 4], "inside nothing changes");
    assert_eq!(told(&outside(shown)), [false; 4]);
}

#[test]
fn with_three_lists_none_is_left_out_and_nothing_is_missing() {
    let three = Answer {
        without: vec![estimate::Without { place: 0, people: None }],
        ..answer(closed(), AGREE)
    };
    let shown = make(&study(None), &three, &overlap(11));
    assert!(shown.without.is_empty() && !shown.is_cut);
}

#[test]
fn a_histogram_finer_than_the_figures_is_not_shown() {
    let mut fine = whole();
    fine.results[1].spread.as_mut().expect("steps").step = 25.0;
    let shown = make(&study(None), &fine, &four(15, 11));
    assert!(shown.lines.iter().all(|line| line.spread.is_none()));
}
