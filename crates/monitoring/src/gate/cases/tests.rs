//! What is shown of pooled cases says how many cases it is of, and a row that somebody changed shows no more.

use domain::pack::{Aggregate, Aggregates, Pack, Stratum, Table};
use proptest::prelude::*;
use serde::Serialize;

use super::*;
use crate::gate::pass;

static_assertions::assert_not_impl_any!(Pooled<'static>: std::fmt::Display, Serialize);
static_assertions::assert_not_impl_any!(Shown: serde::de::DeserializeOwned);

/// The shipped pack with one share, by gender.
fn pack() -> Pack {
    let mut pack = measures::shipped_pack("2025");
    pack.definitions
        .retain(|one| one.statistic == Statistic::Share && one.of.is_none());
    pack.definitions.truncate(1);
    pack.definitions[0].strata = vec!["gender".to_owned()];
    pack
}

/// Of these cases, half of them one organisation's and half another's.
fn measured(pack: &Pack, cells: [(u64, u64); 3]) -> Measurement {
    let halves = cells.map(|(n, more)| (n / 2, more / 2));
    let place = |at: usize| (cells[at].0 - halves[at].0, cells[at].1 - halves[at].1);
    pooled(pack, &[halves, [place(0), place(1), place(2)]])
}

fn pooled(pack: &Pack, organisations: &[[(u64, u64); 3]]) -> Measurement {
    let mut pooled = measures::pool::Pooled::new();
    for cells in organisations {
        pooled.take(pack, &sent(pack, *cells)).expect("it is added");
    }
    pooled.measurements(pack).remove(0)
}

fn sent(pack: &Pack, cells: [(u64, u64); 3]) -> measures::read::Contents {
    let of = |(n, more): (u64, u64)| Aggregate {
        n,
        d: n + more,
        ..Aggregate::default()
    };
    let mut stratum = Stratum::empty("gender");
    for (code, people) in ["female", "male", "other"].into_iter().zip(cells) {
        if people != (0, 0) {
            stratum.cells.insert(code.to_owned(), of(people));
        }
    }
    let total = stratum.sum();
    measures::read::Contents::Aggregates(Aggregates {
        cases: total.d,
        tables: vec![Table {
            measure: pack.definitions[0].code.clone(),
            version: pack.definitions[0].version,
            recorded: std::collections::BTreeMap::new(),
            total,
            strata: vec![stratum],
        }],
    })
}

fn shown(pack: &Pack, measurement: &Measurement) -> Result<Shown, Refused> {
    cases(&Pooled {
        measurement,
        definition: &pack.definitions[0],
        schema: &pack.schema,
        threshold: pack.threshold,
        computed_on: "2025-06-01".into(),
        is_invented: true,
    })
}

#[test]
fn a_pooled_share_says_whose_cases_it_is_of_and_what_is_missing() {
    let pack = pack();
    let of = measured(&pack, [(30, 20), (20, 30), (20, 20)]);
    let shown = shown(&pack, &of).expect("it passes");
    assert_eq!(shown.total().to_string(), "50%");
    assert_eq!(shown.total().basis(), "70 of 140");
    assert_eq!(shown.total().origin(), Origin::Cases);
    let whose = "of 140 cases seen by 2 organisations; may include the same person twice";
    assert_eq!(shown.whose(), whose);
    assert!(shown.total().source().ends_with(whose));
    assert_eq!(shown.missing(), "Every case says enough.");
    assert!(shown.note().contains(&format!(
        "It is of 140 cases, computed from contributions {whose}. Every case"
    )));
    assert_eq!(shown.breakdowns()[0].cells()[0].figure.to_string(), "60%");
    let of = measured(&pack, [(30, 20), (20, 30), (0, 0)]);
    let shown = self::shown(&pack, &of).expect("it passes");
    let part = &shown.breakdowns()[0];
    assert_eq!(part.cells()[2].figure.to_string(), "withheld", "nobody is few");
    // What organisations merged before they sent it is not in the part that it is of.
    assert!(part.missing().ends_with("a part may be of more cases than it shows."));
}

#[test]
fn a_part_of_one_organisation_is_withheld_although_the_measure_is_of_two() {
    let pack = pack();
    let of = pooled(&pack, &[[(30, 20), (20, 30), (0, 0)], [(30, 20), (20, 30), (40, 40)]]);
    let shown = shown(&pack, &of).expect("it passes");
    assert!(shown.total().is_given());
    let cells = shown.breakdowns()[0].cells().iter();
    let told: Vec<bool> = cells.map(|part| part.figure.is_given()).collect();
    assert_eq!(told, [false, true, false], "the others, and with them the fewest");
}

#[test]
fn a_median_says_how_many_cases_it_is_of() {
    let mut pack = measures::shipped_pack("2025");
    pack.definitions.retain(|one| one.statistic == Statistic::Median);
    pack.definitions.truncate(1);
    pack.definitions[0].strata.clear();
    let sent = |days: u32| {
        measures::read::Contents::Aggregates(Aggregates {
            cases: 40,
            tables: vec![Table {
                measure: pack.definitions[0].code.clone(),
                version: pack.definitions[0].version,
                recorded: std::collections::BTreeMap::new(),
                total: Aggregate {
                    n: 25,
                    d: 25,
                    histogram: [(days, 25)].into_iter().collect(),
                    ..Aggregate::default()
                },
                strata: Vec::new(),
            }],
        })
    };
    let mut pooled = measures::pool::Pooled::new();
    for days in [3, 5] {
        pooled.take(&pack, &sent(days)).expect("it is added");
    }
    let shown = shown(&pack, &pooled.measurements(&pack).remove(0)).expect("it passes");
    assert_eq!((shown.total().basis().as_str(), shown.total().n()), ("", None));
    assert_eq!(shown.total().of_how_many(), "of 50 cases");
    assert!(
        shown
            .note()
            .contains("It is of 50 cases, computed from contributions of 80 cases seen by 2 organisations"),
        "{}",
        shown.note()
    );
}

#[test]
fn what_one_organisation_alone_has_cases_of_is_withheld_whole_however_many_they_are() {
    let pack = pack();
    let one = pooled(&pack, &[[(300, 200), (200, 300), (200, 200)], [(0, 0); 3]]);
    let shown = shown(&pack, &one).expect("it passes");
    assert_eq!(shown.total().to_string(), "withheld");
    assert!(!shown.breakdowns()[0].is_shown());
    assert!(shown.missing().contains("or of one organisation"));
    let kept = succeed(one.clone(), &[], 11).expect("something is kept");
    assert_eq!(
        (kept.total.is_none(), kept.cases, kept.seen_by),
        (true, None, 0),
        "nor is it kept"
    );
    let whose = "of cases whose number is withheld, seen by 2 organisations; may include the same person twice";
    assert_eq!(kept.whose(), whose);
    let kept = self::shown(&pack, &kept).expect("it passes");
    assert_eq!((kept.whose(), kept.missing()), (whose, shown.missing()));
    let more = pooled(&pack, &[[(300, 200), (200, 300), (200, 200)], [(1, 0), (0, 0), (0, 0)]]);
    assert!(self::shown(&pack, &more).expect("it passes").total().is_given());
}

#[test]
fn a_row_that_somebody_changed_shows_no_more() {
    let pack = pack();
    let mut total = measured(&pack, [(30, 20), (20, 30), (20, 20)]);
    if let Some(total) = &mut total.total {
        total.n = total.d - 3;
    }
    assert_eq!(shown(&pack, &total), Err(Refused::FromCases));
    let mut cell = measured(&pack, [(30, 20), (20, 30), (20, 20)]);
    if let Some(cell) = &mut cell.strata[0].cells[0].1 {
        cell.n = 4;
    }
    let cell = shown(&pack, &cell).expect("the total passes");
    assert!(!cell.breakdowns()[0].is_shown(), "the breakdown is withheld whole");
    let mut rest = measured(&pack, [(30, 20), (20, 30), (20, 20)]);
    if let Some(total) = &mut rest.total {
        total.d += 2;
    }
    let rest = shown(&pack, &rest).expect("the total passes");
    assert!(!rest.breakdowns()[0].is_shown(), "two people would be left");
    let mut other = measured(&pack, [(30, 20), (20, 30), (20, 20)]);
    other.version += 1;
    assert_eq!(shown(&pack, &other), Err(Refused::FromCases));
}

#[test]
fn a_frozen_figure_is_read_back_and_a_forged_one_is_not() {
    let pack = pack();
    let of = measured(&pack, [(30, 20), (20, 30), (20, 20)]);
    let gated = shown(&pack, &of).expect("it passes").total().clone();
    let frozen = serde_json::to_string(&gated).expect("it is written");
    assert_eq!(serde_json::from_str::<Gated>(&frozen).expect("it is read"), gated);
    for (from, to) in [
        ("\"n\":70.0", "\"n\":5.0"),
        ("\"n\":70.0", "\"n\":135.0"),
        ("\"d\":140.0", "\"d\":null"),
    ] {
        let forged = frozen.replace(from, to);
        assert_ne!(forged, frozen);
        assert!(serde_json::from_str::<Gated>(&forged).is_err(), "{to}");
    }
    let figure: Figure = serde_json::from_str(&frozen).expect("a figure");
    assert_eq!(pass(figure), Err(Refused::FromCases), "no other door");
    let none = measured(&pack, [(3, 2), (0, 0), (0, 0)]);
    let none = shown(&pack, &none).expect("it passes").total().clone();
    assert_eq!(none.to_string(), "withheld");
    let frozen = serde_json::to_string(&none).expect("it is written");
    assert_eq!(serde_json::from_str::<Gated>(&frozen).expect("it is read"), none);
}

proptest! {
    /// Whoever subtracts what is shown of a table from its total is left with nobody or with many.
    #[test]
    fn subtracting_within_a_table_leaves_nobody_or_many(
        cells in prop::array::uniform3((0_u64..40, 0_u64..40)),
    ) {
        let pack = pack();
        let of = measured(&pack, cells);
        let shown = shown(&pack, &of).expect("what was withheld passes");
        let people = |figure: &Gated| figure.n().zip(figure.d()).map(|(n, d)| [n, d - n, d]);
        let Some(mut rest) = people(shown.total()) else {
            prop_assert!(shown.breakdowns().iter().all(|part| !part.is_shown()));
            return Ok(());
        };
        for part in shown.breakdowns()[0].cells() {
            let Some(groups) = people(&part.figure) else { continue };
            prop_assert!(groups.iter().all(|people| *people >= 11.0), "{groups:?}");
            for (left, people) in rest.iter_mut().zip(groups) {
                *left -= people;
            }
        }
        prop_assert!(rest.iter().all(|left| *left == 0.0) || rest.iter().all(|left| *left >= 11.0), "{rest:?}");
    }
}
