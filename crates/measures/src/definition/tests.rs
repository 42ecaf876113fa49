//! The shipped measures cover every indicator that members' cases feed; faults name place and remedy; words say what is
//! counted of whom.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use domain::indicator::Statistic;
use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct File {
    indicator: Vec<Indicator>,
}

#[derive(Deserialize)]
struct Indicator {
    id: String,
    source: Vec<String>,
    disaggregation: Vec<String>,
    measure: Vec<Measure>,
}

#[derive(Deserialize)]
struct Measure {
    code: String,
    statistic: Statistic,
}

fn standards() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../standards")
}

/// The indicators whose sources include members' cases, or the hours that they log.
fn of_cases() -> Vec<Indicator> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(standards().join("indicators")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        all.extend(toml::from_str::<File>(&text).unwrap().indicator);
    }
    all.retain(|indicator| {
        indicator
            .source
            .iter()
            .any(|source| source == "NGO" || source == "TIMELOG")
    });
    all
}

#[test]
fn every_measure_of_the_indicators_that_cases_feed_is_defined_or_says_why_not() {
    let indicators = of_cases();
    assert_eq!(indicators.len(), 36);
    let wanted: BTreeMap<String, Statistic> = indicators
        .iter()
        .flat_map(|indicator| &indicator.measure)
        .map(|measure| (measure.code.clone(), measure.statistic))
        .collect();
    let library = shipped();
    let defined: BTreeMap<String, Statistic> = library
        .definitions
        .iter()
        .map(|definition| (definition.code.clone(), definition.statistic))
        .collect();
    let excused: BTreeSet<String> = library.not_from_cases.iter().map(|one| one.code.clone()).collect();
    assert!(library.not_from_cases.iter().all(|one| one.why.len() > 40));
    for (code, statistic) in &wanted {
        match defined.get(code) {
            Some(computed) => assert_eq!(computed, statistic, "{code}"),
            None => assert!(excused.contains(code), "{code} is neither defined nor excused"),
        }
    }
    for code in defined.keys().chain(&excused) {
        assert!(wanted.contains_key(code), "{code} is no measure that cases feed");
    }
}

#[test]
fn every_breakdown_that_an_indicator_asks_for_is_given_or_the_note_says_why_not() {
    let library = shipped();
    let schema = Schema::shipped();
    for indicator in of_cases() {
        for definition in &library.definitions {
            if !indicator.measure.iter().any(|measure| measure.code == definition.code) {
                continue;
            }
            let given: BTreeSet<&str> = definition
                .strata
                .iter()
                .filter_map(|name| schema.column(name))
                .map(|(_, column)| column.breakdown.as_str())
                .collect();
            for wanted in &indicator.disaggregation {
                assert!(
                    given.contains(wanted.as_str()) || !definition.note.is_empty(),
                    "{} of {} is not broken down by {wanted}",
                    definition.code,
                    indicator.id
                );
            }
        }
    }
}

#[test]
fn every_column_of_the_schema_is_used_by_a_measure() {
    let library = shipped();
    for column in Schema::shipped().columns() {
        let is_used = library.definitions.iter().any(|definition| {
            definition
                .population
                .tests()
                .chain(definition.counted.tests())
                .any(|test| test.column == column.name)
                || definition.strata.contains(&column.name)
                || definition.of.as_ref() == Some(&column.name)
                || definition.out_of.as_ref() == Some(&column.name)
        });
        // Nobody is asked what nothing is made of.
        assert!(is_used, "{}", column.name);
    }
}

#[test]
fn what_people_read_on_pages_holds_no_marks_of_a_text_format() {
    let is_plain = |text: &String| assert!(!text.contains('`'), "{text}");
    for column in Schema::shipped().columns() {
        is_plain(&column.label);
        is_plain(&column.words);
    }
    let library = shipped();
    library.definitions.iter().for_each(|one| is_plain(&one.note));
    library.not_from_cases.iter().for_each(|one| is_plain(&one.why));
}

#[test]
fn the_program_carries_every_file_of_the_folder() {
    let mut files: Vec<String> = std::fs::read_dir(standards().join("measures"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    files.sort();
    let carried: Vec<&str> = SHIPPED.iter().map(|(name, _)| *name).collect();
    assert_eq!(files, carried);
}

fn faults(text: &str) -> String {
    let text = format!("[[measure]]\ncode = \"I99a\"\nversion = 1\n{text}");
    let faults = read(&[("x.toml", &text)], &Schema::shipped()).expect_err("it has faults");
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_fault_names_file_measure_field_and_remedy() {
    let text = faults("statistic = \"share\"\ncounted.all = [{ column = \"gender\", is = [\"women\"] }]");
    assert_eq!(
        text,
        "x.toml, I99a, counted.all: “women” is not a code of gender; use one of: female, male, other"
    );
    let text = faults("statistic = \"share\"\ncounted.all = [{ column = \"sex\", is = [\"female\"] }]");
    assert!(
        text.contains("x.toml, I99a, counted.all: there is no column sex; use a column of the schema"),
        "{text}"
    );
    let text = faults("statistic = \"median\"\nof = \"gender\"");
    assert!(
        text.contains("of: gender holds no numbers; choose a column that does"),
        "{text}"
    );
    let text = faults("statistic = \"share\"");
    assert!(
        text.contains(
            "counted: a share is of cases that are counted, or of one sum in another; say which cases are counted"
        ),
        "{text}"
    );
    let text = faults("statistic = \"rate\"\nof = \"privacy_breaches\"");
    assert!(
        text.contains("per: a rate is per so many cases; say per how many, such as 1000"),
        "{text}"
    );
    let text = faults("statistic = \"ratio\"\nof = \"weeks_paid\"\nout_of = \"paid_pounds\"");
    assert!(text.contains("times cannot be set against pounds"), "{text}");
    let text = faults("statistic = \"share\"\nof = \"interviews\"\nout_of = \"weeks_due\"");
    assert!(text.contains("a part of up to 100 does not fit into 60"), "{text}");
    let text = faults("statistic = \"median\"\nof = \"cg_wait_days\"\nstrata = [\"detained_days\"]");
    assert!(
        text.contains(
            "strata: days in immigration detention after a positive decision on reasonable grounds holds numbers"
        ),
        "{text}"
    );
    let text = faults("statistic = \"ordinal\"");
    assert!(text.contains("a level is judged and not computed"), "{text}");
    let text = faults("statistic = \"count\"\ncounted.all = [{ column = \"rg_quarter\", is = [\"2026-Q1\"] }]");
    assert!(
        text.contains(
            "quarter of the decision on reasonable grounds has no codes to choose from; ask whether it is recorded"
        ),
        "{text}"
    );
    let text = faults(
        "statistic = \"p90\"\nof = \"cg_wait_days\"\ncounted.all = [{ column = \"gender\", is = [\"female\"] }]",
    );
    assert!(
        text.contains("of: a 90th percentile is of the numbers in one column; choose those numbers"),
        "{text}"
    );
}

#[test]
fn a_number_beyond_the_top_code_cannot_be_asked_about() {
    let test =
        |rule: &str| format!("statistic = \"count\"\ncounted.all = [{{ column = \"rg_working_days\", {rule} }}]");
    // Everyone at 500 may have waited longer: “at least 500” is known of them, “at most 500” is not.
    let text = faults(&test("at_most = 500"));
    assert!(text.contains("use at most 499"), "{text}");
    assert!(
        text.contains(
            "of working days from referral to the decision on reasonable grounds, where every number above 500"
        ),
        "{text}"
    );
    assert!(faults(&test("at_least = 501")).contains("use at most 500"));
    let text = format!("[[measure]]\ncode = \"I99a\"\nversion = 1\n{}", test("at_least = 500"));
    assert!(read(&[("x.toml", &text)], &Schema::shipped()).is_ok());
}

#[test]
fn no_fault_asks_for_a_word_of_the_file_where_the_form_has_another() {
    let text = [
        faults("statistic = \"share\""),
        faults("statistic = \"ratio\""),
        faults("statistic = \"median\""),
        faults("statistic = \"count\""),
        faults("statistic = \"rate\"\nof = \"gender\""),
        faults("statistic = \"median\"\nof = \"cg_wait_days\"\nper = 10"),
        faults("statistic = \"count\"\ncounted.all = [{ column = \"rg_working_days\", is = [\"yes\"] }]"),
        faults("statistic = \"count\"\ncounted.all = [{ column = \"gender\", at_most = 3 }]"),
        faults("statistic = \"count\"\ncounted.all = [{ column = \"gender\", is = [] }]"),
    ]
    .join("\n");
    for word in [
        "`",
        "out_of",
        "population",
        "at_most",
        "rg_working_days",
        "cg_wait_days",
    ] {
        assert!(!text.contains(word), "{word}: {text}");
    }
}

#[test]
fn one_version_is_defined_once() {
    let one = "[[measure]]\ncode = \"I99a\"\nversion = 1\nstatistic = \"median\"\nof = \"cg_wait_days\"\n";
    let faults = read(&[("x.toml", one), ("y.toml", one)], &Schema::shipped()).expect_err("twice");
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].file, "y.toml");
}

fn words(code: &str) -> String {
    let library = shipped();
    let definition = library
        .definitions
        .iter()
        .find(|one| one.code == code)
        .expect("a measure");
    in_words(definition, &Schema::shipped())
}

#[test]
fn words_say_what_is_counted_of_whom() {
    assert_eq!(
        words("I13c"),
        "The share where working days from referral to the decision on reasonable grounds is at most 5, among cases where \
         decision on reasonable grounds is “Positive” or “Negative” and “decision on reasonable grounds within the period” is \
         yes. Cases that do not say enough are left out and counted apart. Broken down, one at a time, by age, deciding authority, nationality, form of exploitation and quarter of \
         the decision on reasonable grounds."
    );
    assert!(words("I30a").starts_with(
        "The sum of weeks of subsistence paid in full and in time as a share of the sum of weeks of subsistence due, in \
         all cases."
    ));
    assert!(words("I61a").contains(
        "among cases where “accused of an offence” is yes and either decision on reasonable grounds is “Positive” or \
         decision on conclusive grounds is “Positive”."
    ));
    assert!(words("I18a").contains("nationality is not “United Kingdom”"));
    assert!(words("I15a").contains("Numbers above 3000 count as 3000."));
}

#[test]
fn a_test_of_the_population_leaves_codes_without_a_case() {
    let library = shipped();
    let schema = Schema::shipped();
    let definition = library
        .definitions
        .iter()
        .find(|one| one.code == "I24a")
        .expect("a measure");
    let codes = |name: &str| -> Vec<String> {
        let (_, column) = schema.column(name).expect("a column");
        codes_in(definition, &schema, column)
            .iter()
            .map(|code| code.code.clone())
            .collect()
    };
    assert_eq!(codes("age_band"), ["under_16", "16_17"]);
    // A count shows nobody whom it does not count.
    let count = library
        .definitions
        .iter()
        .find(|one| one.code == "I20b")
        .expect("a measure");
    let (_, column) = schema.column("missed_by").expect("a column");
    assert!(codes_in(count, &schema, column).iter().all(|code| code.code != "none"));
    assert_eq!(codes("gender"), ["female", "male", "other"]);
}
