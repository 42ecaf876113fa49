//! A sheet is read, kept and shown without loss, and says what is wrong with an answer.

use domain::Day;
use domain::casework::{Agency, Control};
use proptest::prelude::*;
use store::FieldErrors;

use super::{Answer, Input, Line, PartDay, Pence, Sheet, Typed, Words};

crate::sheet! {
    /// For these tests.
    struct Specimen {
        who: Agency = "Who", "";
        name: Line = "Name", "As they give it";
        on: Day = "When", "";
        since: Option<PartDay> = "Since", "";
        n: Option<u32> = "How many", "";
        controls: Vec<Control> = "Control", "";
        more: Option<Words> = "More", "";
    }
}

#[test]
fn what_is_missing_or_wrong_is_said_at_its_field() {
    let mut errors = FieldErrors::new();
    let typed = Typed::of([
        ("who", "nobody"),
        ("on_day", "31"),
        ("on_month", "2"),
        ("on_year", "2025"),
        ("n", "two"),
    ]);
    assert!(Specimen::read(&typed, &mut errors).is_none());
    assert!(errors.get("who").is_some_and(|words| words.contains("listed")));
    assert_eq!(errors.get("name"), Some("Enter an answer: Name"));
    assert!(errors.get("on").is_some_and(|words| words.contains("31 2 2025")));
    assert!(errors.get("n").is_some_and(|words| words.contains("whole number")));
    assert!(errors.get("since").is_none() && errors.get("controls").is_none());
}

#[test]
fn a_day_that_must_be_whole_is_not_taken_in_part() {
    let typed = Typed::of([("on_month", "2"), ("on_year", "2025")]);
    assert!(Day::take(&typed, "on").expect_err("no day").contains("whole date"));
    assert_eq!(
        PartDay::take(&typed, "on").expect("a month").expect("typed").words(),
        "February 2025"
    );
    assert!(PartDay::take(&Typed::of([("on_day", "3"), ("on_year", "2025")]), "on").is_err());
}

#[test]
fn a_date_that_does_not_exist_is_refused_for_what_is_wrong_with_it() {
    let fault = |day: &str, month: &str, year: &str| {
        let typed = Typed::of([("on_day", day), ("on_month", month), ("on_year", year)]);
        PartDay::take(&typed, "on").expect_err("no such date")
    };
    let of = fault("31", "2", "2026");
    assert!(
        of.ends_with("February 2026 has no 31st: its last day is the 28th"),
        "{of}"
    );
    assert!(!of.contains("four figures"), "{of}");
    for (typed, words) in [
        (("30", "2", "2024"), "its last day is the 29th"),
        (("31", "4", "2025"), "April 2025 has no 31st: its last day is the 30th"),
        (("1", "2", "26"), "year in four figures"),
        (("1", "2", "1024"), "from 1900 to 2100"),
        (("1", "13", "2025"), "a number from 1 to 12"),
        (("1", "May", "2025"), "a number from 1 to 12"),
        (("3", "", "2025"), "the month too"),
        (("32", "5", "2025"), "a number from 1 to 31"),
        (("x", "5", "2025"), "a number from 1 to 31"),
    ] {
        let said = fault(typed.0, typed.1, typed.2);
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn a_number_may_have_commas_between_its_thousands_and_nowhere_else() {
    let take = |text: &str| u32::take(&Typed::of([("n", text)]), "n").ok().flatten();
    assert_eq!(take("1,000"), Some(1_000));
    assert_eq!(take("12,345,678"), Some(12_345_678));
    assert_eq!(take("45"), Some(45));
    for wrong in ["1,00", ",000", "1,0000", "1,000.50", "1000,000", "1,,000", "-1"] {
        assert_eq!(take(wrong), None, "{wrong}");
    }
}

#[test]
fn the_fields_say_how_they_are_answered() {
    let fields = Specimen::fields();
    assert_eq!(fields.iter().filter(|field| field.is_optional).count(), 4);
    assert_eq!(fields[2].keys(), ["on_day", "on_month", "on_year"]);
    assert!(matches!(&fields[5].input, Input::Boxes(options) if options.len() == Control::ALL.len()));
}

proptest! {
    #[test]
    fn what_was_kept_reads_back_and_so_does_what_was_sealed(
        who in 0..Agency::ALL.len(), name in "[a-zA-Zé]{1,20}", day in 1_i8..29, month in 1_i8..13, year in 1950_i16..2060,
        length in 0..4, n in proptest::option::of(0_u32..9999), picks in proptest::collection::btree_set(0..Control::ALL.len(), 0..4),
        more in proptest::option::of("[a-z]{1,9}")
    ) {
        let sheet = Specimen {
            who: Agency::ALL[who],
            name: Line(name),
            on: Day::new(year, month, day).expect("a day"),
            since: match length { 0 => None, 1 => PartDay::new(year, None, None), 2 => PartDay::new(year, Some(month), None), _ => PartDay::new(year, Some(month), Some(day)) },
            n,
            controls: picks.into_iter().map(|at| Control::ALL[at]).collect(),
            more: more.map(Words),
        };
        let mut errors = FieldErrors::new();
        let back = Specimen::read(&Typed::of(sheet.kept()), &mut errors);
        prop_assert_eq!(back.as_ref(), Some(&sheet));
        let sealed = serde_json::to_vec(&sheet).expect("it is written");
        prop_assert_eq!(serde_json::from_slice::<Specimen>(&sealed).expect("it is read"), sheet);
    }
}

#[test]
fn money_is_read_with_pence_or_without_and_written_with_them() {
    let of = |text: &str| Pence::take(&Typed::of([("rate", text)]), "rate");
    for (text, pence) in [
        ("75", 7_500),
        ("75.03", 7_503),
        ("£75.03", 7_503),
        ("£ 8.5", 850),
        ("1,075.00", 107_500),
        ("0.07", 7),
    ] {
        assert_eq!(of(text), Ok(Some(Pence(pence))), "{text}");
    }
    for text in ["75.", ".5", "75.033", "-3", "75,3", "a", "9999999999"] {
        assert!(of(text).is_err(), "{text}");
    }
    assert_eq!(of(""), Ok(None));
    assert_eq!(Pence(7_503).words(), "£75.03");
    assert_eq!(Pence(850).kept("rate"), [("rate".to_owned(), "8.50".to_owned())]);
}
