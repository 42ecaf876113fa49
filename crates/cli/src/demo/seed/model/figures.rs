//! How many of the shipped measures have a figure in the demonstration: counted as its organisations send and its coordinator
//! adds up, without a database.

use casework::contribution::{Case, Period, Step, code};
use casework::event::{Event, History, What};
use casework::import::NewCase;
use casework::person::Person;
use casework::time_entry::Given;
use domain::Day;
use domain::contribution::Holds;
use domain::pack::{Pack, Row, THRESHOLD};
use measures::disclosure::succeed;
use measures::pool::{Measurement, Pooled};
use measures::read::{self, Contents};
use uuid::Uuid;

use crate::demo::seed::contribution::{SENDS, SILENT, WAITING};
use crate::demo::seed::population::{PEOPLE_SEED, caseloads, new};
use crate::demo::seed::study::PEOPLE;

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

/// A case, as a contribution reads it.
struct Kept {
    person: Person,
    history: History,
    time: Vec<Given>,
    is_open: bool,
    of: NewCase,
}

fn kept(of: NewCase) -> Kept {
    let ids = (0_u32..).map(|nth| Uuid::from_u128(nth.into()));
    let events = of.events.iter().cloned().zip(ids);
    let history = History::new(events.map(|(entry, id)| Event { id, entry }).collect());
    let has_left = |event: &Event| matches!(event.entry.what, What::Exit(_));
    let is_open = !history.standing().any(has_left);
    Kept {
        person: Person {
            identity: of.identity.clone(),
            contact: of.contact.clone(),
            contact_at: of.contact_at,
            earlier_contacts: Vec::new(),
        },
        is_open,
        history,
        time: of.time.iter().map(|entry| entry.given.clone()).collect(),
        of,
    }
}

fn rows(cases: &[Kept], pack: &Pack, period: Period) -> Vec<Row> {
    let coded = cases.iter().zip(1_u32..).filter_map(|(kept, nth)| {
        let case = Case {
            person: &kept.person,
            about: &kept.of.about,
            history: &kept.history,
            episodes: &kept.of.episodes,
            needs: &kept.of.needs,
            background: &kept.of.background,
            time: &kept.time,
            is_open: kept.is_open,
        };
        let id = uuid::Builder::from_random_bytes(u128::from(nth).to_be_bytes()).into_uuid();
        code(case, &pack.schema, period, id)
    });
    coded.collect()
}

fn measured(loads: &[(&str, Vec<Kept>)], cycle: &str, period: Period) -> Vec<Measurement> {
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
            Step::Small.take(&mut rows, &pack.schema, pack.threshold);
            let contents = Contents::Rows(read::rows(&pack, &rows).expect("rows of the pack"));
            pooled.take(&pack, &contents).expect("definitions of the pack");
        } else {
            let aggregates = web::add_up(&pack, &rows).expect("rows of the pack");
            pooled.add(&pack, &aggregates).expect("aggregates of the pack");
        }
    }
    pooled.measurements(&pack)
}

#[test]
fn nearly_every_shipped_measure_has_a_figure() {
    let today = day("2026-11-24");
    let loads: Vec<(&str, Vec<Kept>)> = caseloads(today)
        .into_iter()
        .zip(1_u64..)
        .map(|((key, numbers), salt)| {
            let cases = numbers.into_iter().map(|number| {
                let someone = super::someone(PEOPLE_SEED, number, number < PEOPLE, today);
                let drawn = super::case(&someone, salt, today);
                kept(new(drawn, Uuid::nil(), today.plus_days(1).start()))
            });
            (key, cases.collect())
        })
        .collect();
    let mut before: Vec<Measurement> = Vec::new();
    for (cycle, until, floor) in [("2025", "2025-12-31", 55), ("2026", "2026-11-04", 36)] {
        let period = Period {
            from: day(&format!("{cycle}-01-01")),
            until: day(until),
        };
        let measured: Vec<Measurement> = measured(&loads, cycle, period)
            .into_iter()
            .map(|one| {
                let earlier: Vec<Measurement> = before.iter().filter(|of| of.code == one.code).cloned().collect();
                succeed(one.clone(), &earlier, THRESHOLD).unwrap_or_else(|| one.blank())
            })
            .collect();
        let (shown, without): (Vec<&Measurement>, Vec<_>) = measured.iter().partition(|one| one.total.is_some());
        let without: Vec<&str> = without.into_iter().map(|one| one.code.as_str()).collect();
        let said = format!("{cycle}: {} of {}; without {without:?}", shown.len(), measured.len());
        println!("{said}");
        assert!(shown.len() >= floor, "{said}");
        before = measured;
    }
}
