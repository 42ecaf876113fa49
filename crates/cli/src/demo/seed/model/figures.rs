//! How many of the shipped measures have a figure in the demonstration: counted as its organisations send and its coordinator
//! adds up, without a database.

use casework::contribution::{Period, Step, code_unwritten};
use casework::import::NewCase;
use domain::Day;
use domain::contribution::Holds;
use domain::pack::{Pack, Row, THRESHOLD};
use measures::disclosure::{Shown, beside, succeed};
use measures::invented;
use measures::pool::{Breakdown, Measurement, Pooled};
use measures::read::{self, Contents};

use crate::demo::seed::contribution::{SENDS, SILENT, WAITING};
use crate::demo::seed::population::{caseloads, unwritten};

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

fn rows(cases: &[NewCase], pack: &Pack, period: Period) -> Vec<Row> {
    let coded = cases.iter().zip(0_u64..).filter_map(|(case, nth)| {
        let id = invented::id(nth);
        code_unwritten(case.clone(), &pack.schema, period, id)
    });
    coded.collect()
}

fn measured(loads: &[(&str, Vec<NewCase>)], cycle: &str, period: Period) -> Vec<Measurement> {
    let pack = measures::shipped_pack(cycle);
    let (_, silent) = SILENT.iter().find(|(of, _)| *of == cycle).expect("a cycle");
    let mut pooled = Pooled::new();
    for (key, cases) in loads {
        if silent.contains(key) || WAITING == (cycle, key) {
            continue;
        }
        let (_, holds) = SENDS.iter().find(|(of, _)| of == key).expect("an organisation");
        let mut rows = rows(cases, &pack, period);
        if *holds == Holds::Rows {
            Step::Small.take(&mut rows, &pack, pack.threshold);
            let contents = Contents::Rows(read::rows(&pack, &rows).expect("rows of the pack"));
            pooled.take(&pack, &contents).expect("definitions of the pack");
        } else {
            let aggregates = web::add_up(&pack, &rows).expect("rows of the pack");
            pooled.add(&pack, &aggregates).expect("aggregates of the pack");
        }
    }
    pooled.measurements(&pack)
}

/// Whether anything of a breakdown is shown.
fn part_shows(part: &Breakdown) -> bool {
    part.cells.iter().any(|(_, cell)| cell.is_some())
}

#[test]
fn nearly_every_shipped_measure_has_a_figure_and_breakdowns_survive_the_threshold() {
    let today = day("2026-11-24");
    let loads: Vec<(&str, Vec<NewCase>)> = caseloads(today)
        .into_iter()
        .zip(1_u64..)
        .map(|((key, numbers), salt)| (key, unwritten(numbers, salt, today).collect()))
        .collect();
    let mut before: Vec<Measurement> = Vec::new();
    for (cycle, until, floor, broken_down) in [("2025", "2025-12-31", 55, 80), ("2026", "2026-11-04", 36, 15)] {
        let period = Period {
            from: day(&format!("{cycle}-01-01")),
            until: day(until),
        };
        let pack = measures::shipped_pack(cycle);
        let measured = measured(&loads, cycle, period).into_iter().zip(&pack.definitions).fold(
            Vec::new(),
            |mut shown: Vec<Measurement>, (one, definition)| {
                let earlier: Vec<Measurement> = before.iter().filter(|of| of.code == one.code).cloned().collect();
                let one = succeed(one.clone(), &earlier, THRESHOLD).unwrap_or_else(|| one.blank());
                let others = pack.definitions.iter().zip(&shown);
                let others: Vec<Shown<'_>> = others
                    .map(|(definition, measurement)| Shown {
                        definition,
                        measurement,
                    })
                    .collect();
                let one = beside(one, definition, &others, THRESHOLD);
                shown.push(one);
                shown
            },
        );
        let (shown, without): (Vec<&Measurement>, Vec<_>) = measured.iter().partition(|one| one.total.is_some());
        let without: Vec<&str> = without.into_iter().map(|one| one.code.as_str()).collect();
        let breakdowns: Vec<_> = measured.iter().flat_map(|one| &one.strata).collect();
        let n_shown = breakdowns.iter().filter(|part| part_shows(part)).count();
        let said = format!(
            "{cycle}: {} of {}, {n_shown} of {} breakdowns; without {without:?}",
            shown.len(),
            measured.len(),
            breakdowns.len()
        );
        println!("{said}");
        assert!(shown.len() >= floor && n_shown >= broken_down, "{said}");
        before = measured;
    }
}
