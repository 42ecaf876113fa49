//! The model draws what its page says.

use casework::clock::{self, Nearness};
use casework::event::{Basis, Entry, Event, History};
use casework::person::GoneThrough;
use domain::casework::{AnsweredBy, OutcomePoint};

use super::*;

const TODAY: &str = "2026-11-24";

#[test]
fn the_same_number_is_the_same_person_and_meets_each_organisation_on_a_day_of_its_own() {
    let today = Day::parse(TODAY).expect("a day");
    let (one, again) = (someone(1, 7, true, today), someone(1, 7, true, today));
    assert_eq!(one.identity, again.identity);
    let opened: Vec<Day> = [1, 2, 1].map(|salt| case(&one, salt, today).about.opened_on).into();
    assert_eq!(opened[0], opened[2]);
    assert_ne!(opened[0], opened[1]);
}

#[test]
fn nothing_happens_before_support_begins_or_after_today() {
    let today = Day::parse(TODAY).expect("a day");
    for number in 0..400 {
        let drawn = case(&someone(1, number, false, today), 3, today);
        // Some bring the papers of what was decided while others supported them.
        let may_be_earlier = |what: &What| {
            let is_asked = |sheet: &what::Consent| sheet.purpose == Purpose::Referral;
            match what {
                What::Consent(sheet) => is_asked(sheet),
                What::NrmReferral(_) | What::ReasonableGrounds(_) => true,
                What::ConclusiveGrounds(_) | What::ExpertReport(_) => true,
                _ => false,
            }
        };
        for (day, what) in &drawn.events {
            assert!(*day <= today, "{number}: {what:?}");
            assert!(
                *day >= drawn.about.opened_on || may_be_earlier(what),
                "{number}: {what:?}"
            );
        }
        assert!(drawn.needs.iter().all(|need| need.since <= today));
    }
}

#[test]
fn most_of_a_caseload_is_in_order_some_is_due_and_some_is_late() {
    let today = Day::parse(TODAY).expect("a day");
    let (mut late, mut soon, mut open) = (0, 0, 0);
    for number in 0..2_000 {
        let someone = someone(1, number, number % 4 != 0, today);
        let drawn = case(&someone, 3, today);
        let events = drawn.events.into_iter().zip(0_u32..).map(|((on, what), nth)| Event {
            id: uuid::Uuid::from_u128(nth.into()),
            entry: Entry {
                on,
                what,
                note: String::new(),
                basis: Basis::default(),
                supersedes: None,
                by: uuid::Uuid::nil(),
                at: domain::Instant(nth.into()),
            },
        });
        let history = History::new(events.collect());
        let has_left = |event: &Event| matches!(event.entry.what, What::Exit(_));
        if history.standing().any(has_left) {
            continue;
        }
        let setting = clock::Setting {
            nation: drawn.about.nation,
            opened_on: drawn.about.opened_on,
            gone_through: drawn.contact.confirmed_on.map_or(GoneThrough::Never, GoneThrough::Safe),
            age: drawn.identity.age(&history),
        };
        open += 1;
        match clock::nearness(clock::next_due(&clock::running(&history, setting), today), today) {
            Nearness::Late => late += 1,
            Nearness::Soon => soon += 1,
            Nearness::Later | Nearness::Never => {}
        }
    }
    let of_a_hundred = |n: i32| n * 100 / open;
    let said = format!("{late} late and {soon} due soon of {open} open");
    assert!((15..=45).contains(&(open / 20)), "{said}");
    assert!((15..=35).contains(&of_a_hundred(late)), "{said}");
    assert!((12..=40).contains(&of_a_hundred(soon)), "{said}");
}

#[test]
fn outcomes_are_gone_through_with_most_and_missing_for_some() {
    let today = Day::parse(TODAY).expect("a day");
    let (mut due, mut told, mut nobody) = (0, 0, 0);
    for number in 0..1_000 {
        let drawn = case(&someone(1, number, true, today), 3, today);
        due += usize::from(drawn.about.opened_on.plus_months(13) <= today);
        for (_, what) in &drawn.events {
            let What::Outcomes(sheet) = what else { continue };
            if sheet.point == OutcomePoint::Month12 && drawn.about.opened_on.plus_months(13) <= today {
                told += 1;
                nobody += usize::from(sheet.answered_by == AnsweredBy::Nobody);
            }
        }
    }
    let said = format!("{told} of {due}, {nobody} of them not reached");
    assert!(told * 100 / due > 60 && told < due, "{said}");
    assert!(nobody * 100 / told > 15 && nobody * 100 / told < 50, "{said}");
}

#[test]
fn enough_agree_to_be_counted() {
    let today = Day::parse(TODAY).expect("a day");
    let n = (0..500)
        .filter(|number| {
            let drawn = case(&someone(1, *number, true, today), 3, today);
            let last = drawn.events.iter().rev().find_map(|(_, what)| match what {
                What::Consent(sheet) if sheet.purpose == Purpose::Monitoring => Some(sheet.said),
                _ => None,
            });
            last == Some(Said::Given)
        })
        .count();
    assert!((330..430).contains(&n), "{n} of 500");
}

#[test]
fn nobody_is_detained_or_taken_out_of_their_own_country() {
    let today = Day::parse(TODAY).expect("a day");
    let mut n = 0;
    for number in 0..1_500 {
        let someone = someone(1, number, true, today);
        let of_it = |what: &What| matches!(what, What::Detained(_) | What::Return(_) | What::ResidencePermit(_));
        let is_told = case(&someone, 3, today).events.iter().any(|(_, what)| of_it(what));
        assert!(!(is_told && someone.is_citizen), "{number}");
        n += usize::from(is_told);
    }
    assert!(n > 150, "{n}");
}
