//! What does not belong is refused by name, row and column; what was taken in is what was sent.

mod period;
mod shape;

use std::collections::BTreeMap;

use domain::pack::{Aggregates, Body, Contribution, FORMAT, Pack, Row, Value};
use proptest::prelude::*;

use super::*;
use crate::invented::{Random, id, lines};
use crate::{evaluate, shipped_pack, small};

fn refused(headings: &str, rows: &[&str]) -> String {
    let pack = shipped_pack("2026");
    let mut text = format!("row,{headings}");
    for (number, row) in (0..).zip(rows) {
        text.push_str(&format!("\n{},{row}", id(number)));
    }
    csv(&pack, text.as_bytes()).expect_err("it is refused").to_string()
}

#[test]
fn a_column_that_the_pack_does_not_have_is_refused_by_name() {
    let text = refused("gender,surname,address", &["female,x,y"]);
    assert_eq!(
        text,
        "column “surname”: the pack has no such column, and nothing else may be sent; remove it, or spell it as the pack \
         does\ncolumn “address”: the pack has no such column, and nothing else may be sent; remove it, or spell it as the \
         pack does\n"
    );
}

#[test]
fn a_file_with_semicolons_or_tabs_between_its_cells_is_told_so_and_what_to_do() {
    let pack = shipped_pack("2026");
    for (separator, name) in [(";", "semicolons"), ("\t", "tabs")] {
        let text = format!("row{separator}gender\n{}{separator}female\n", id(1));
        let said = csv(&pack, text.as_bytes()).expect_err("it is refused").to_string();
        assert!(said.contains(&format!("separated by {name}")), "{said}");
        assert!(said.contains("with a comma between cells"), "{said}");
        assert_eq!(
            said.lines().count(),
            1,
            "one fault, and not one for each heading: {said}"
        );
    }
}

#[test]
fn a_code_that_is_not_in_the_list_is_refused_by_row_and_column() {
    let text = refused("gender,region", &["female,london", "woman,london", "male,Leeds"]);
    assert_eq!(
        text.lines().next(),
        Some(
            "row 3, column gender: “woman” is not a code of this column; use one of: female, male, other; leave it empty \
             where it is not known"
        )
    );
    assert!(
        text.contains("row 4, column region: “Leeds” is not a code of this column"),
        "{text}"
    );
}

#[test]
fn a_number_beyond_the_top_code_is_refused_and_the_top_code_is_not() {
    let text = refused("rg_working_days", &["500", "501", "99999999999", "-1", "1.5", "five"]);
    assert_eq!(
        text.lines().next(),
        Some(
            "row 3, column rg_working_days: “501” is above the top code 500; write 500 for 500 and everything above it"
        )
    );
    assert!(
        text.contains("row 4, column rg_working_days: “99999999999” is above the top code 500"),
        "{text}"
    );
    for row in 5..=7 {
        assert!(text.contains(&format!("row {row}, column rg_working_days:")), "{text}");
    }
    assert!(
        text.contains("“1.5” is not a whole number of working days; write digits alone, from 0 to 500"),
        "{text}"
    );
}

#[test]
fn a_row_id_must_be_random_and_its_own() {
    let pack = shipped_pack("2026");
    let of = |text: &str| csv(&pack, text.as_bytes()).expect_err("it is refused").to_string();
    let text = of("row,gender\n2026-0017,female\n");
    assert!(
        text.contains("row 2, column row: “2026-0017” is not an id; write a random id"),
        "{text}"
    );
    // Version 7 tells when it was made, and a number in the form of an id tells the number.
    for id in [
        "01890a5d-ac96-774b-bcce-b302099a8057",
        "00000000-0000-0000-0000-000000000017",
    ] {
        let text = of(&format!("row,gender\n{id},female\n"));
        assert!(text.contains("row 2, column row: the id is not random"), "{text}");
    }
    let text = of(&format!("row,gender\n{},female\n{},male\n", id(1), id(1)));
    assert!(
        text.contains("row 3, column row: another row has the same id"),
        "{text}"
    );
    let text = of("gender\nfemale\n");
    assert!(text.contains("column row: there is no such column"), "{text}");
}

#[test]
fn faults_of_headings_do_not_hide_those_of_cells() {
    let pack = shipped_pack("2026");
    let of = |text: &str| csv(&pack, text.as_bytes()).expect_err("it is refused").to_string();
    let text = refused(
        "surname,gender,gender,weeks_paid,weeks_due",
        &["x,lady,y,4,3", "y,female,z,2,1", "z,female,,1,2"],
    );
    let lines: Vec<&str> = text.lines().collect();
    let expected = [
        "column “surname”: the pack has no such column",
        "column “gender”: the heading stands there twice",
        "row 2, column gender: “lady” is not a code",
        "row 2, column weeks_paid: it is higher than weeks_due",
        "row 3, column weeks_paid: it is higher than weeks_due",
    ];
    assert_eq!(
        lines.len(),
        expected.len(),
        "cells of a wrong heading are passed over: {text}"
    );
    for (line, begin) in lines.iter().zip(expected) {
        assert!(line.starts_with(begin), "{line}");
    }
    // Without ids, or with one that is none, the rest of a row is read.
    let text = of("gender\nlady\nwoman\n");
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(text.starts_with("column row: there is no such column"), "{text}");
    assert!(text.contains("row 3, column gender: “woman”"), "{text}");
    let text = of("row,gender\n17,lady\n");
    assert!(text.contains("row 2, column row: “17” is not an id"), "{text}");
    assert!(text.contains("row 2, column gender: “lady”"), "{text}");
}

#[test]
fn a_refused_file_keeps_no_more_rows() {
    let pack = shipped_pack("2026");
    let mut taking = Taking::under(&pack, &["row", "surname"]);
    for number in 0..50 {
        let id = id(number).to_string();
        taking.row(number + 2, [id.as_bytes(), b"x"].into_iter());
    }
    assert_eq!(taking.n_kept(), 1);
    assert_eq!(taking.finish().expect_err("it is refused").faults.len(), 1);
}

#[test]
fn a_file_in_another_encoding_or_without_anything_is_told_so() {
    let pack = shipped_pack("2026");
    let text = format!("row,gender\n{},female\n", id(1));
    let little = text.encode_utf16().flat_map(u16::to_le_bytes);
    let big = text.encode_utf16().flat_map(u16::to_be_bytes);
    let marked = |mark: [u8; 2], rest: Vec<u8>| [mark.to_vec(), rest].concat();
    for bytes in [
        little.clone().collect(),
        big.clone().collect(),
        marked([0xff, 0xfe], little.collect()),
        marked([0xfe, 0xff], big.collect()),
    ] {
        let said = csv(&pack, bytes.as_slice()).expect_err("it is refused").to_string();
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(
            said.starts_with("it is not UTF-8") && said.contains("save it as CSV UTF-8"),
            "{said}"
        );
    }
    let json: Vec<u8> = "{\"format\":1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let said = contribution(&pack, &json).expect_err("it is refused").to_string();
    assert!(said.starts_with("it is not UTF-8"), "{said}");
    let said = contribution(&pack, b"{\"format\":\"\xe9\"}")
        .expect_err("it is refused")
        .to_string();
    assert_eq!(said, "it is not UTF-8; write it in UTF-8\n");
    // A heading of an older encoding, with faults beneath it.
    let latin = [
        b"row,gender,\xe2ge\n".to_vec(),
        format!("{},lady,5\n", id(1)).into_bytes(),
    ]
    .concat();
    let said = csv(&pack, latin.as_slice()).expect_err("it is refused").to_string();
    assert!(
        said.contains("the heading is not UTF-8; save the file as CSV UTF-8"),
        "{said}"
    );
    assert!(said.contains("row 2, column gender: “lady”"), "{said}");
    for empty in ["", "\n\n", "\u{feff}", " \n", ",,\n"] {
        let said = csv(&pack, empty.as_bytes()).expect_err("it is refused").to_string();
        assert!(
            said.starts_with("the file is empty; write the headings"),
            "{empty:?}: {said}"
        );
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[test]
fn rows_of_another_width_parts_above_their_whole_and_empty_files_are_refused() {
    let text = refused("gender,region", &["female"]);
    assert!(text.contains("row 2: it has 2 cells under 3 headings"), "{text}");
    let text = refused("weeks_paid,weeks_due", &["4,3"]);
    assert!(
        text.contains("row 2, column weeks_paid: it is higher than weeks_due"),
        "{text}"
    );
    let text = refused("gender", &[]);
    assert!(text.contains("there is no row"), "{text}");
    let text = refused("gender,gender", &["female,male"]);
    assert!(text.contains("the heading stands there twice"), "{text}");
}

#[test]
fn faults_are_counted_beyond_those_that_are_kept() {
    let rows = vec!["nobody"; 130];
    let text = refused("gender", &rows);
    assert_eq!(text.lines().count(), MOST_FAULTS + 1);
    assert!(text.ends_with("and 30 more\n"), "{text}");
}

#[test]
fn a_mark_of_utf_8_and_spaces_are_passed_over() {
    let pack = shipped_pack("2026");
    let text = format!("\u{feff}row, gender ,rg_quarter\n{},female ,2026-Q2\n", id(5));
    let rows = csv(&pack, text.as_bytes()).expect("it is read");
    let value = |name: &str| rows.value(0, pack.schema.column(name).expect("a column").0);
    assert_eq!(rows.ids(), [id(5)]);
    assert_eq!(value("gender"), Some(Value::Code("female".to_owned())));
    assert_eq!(value("rg_quarter"), Some(Value::Code("2026-Q2".to_owned())));
    assert_eq!(value("region"), None);
}

fn file(pack: &Pack, body: Body) -> Vec<u8> {
    let file = Contribution {
        format: FORMAT.to_owned(),
        cycle: pack.cycle.clone(),
        pack: pack.version,
        body,
    };
    serde_json::to_vec(&file).expect("it can be written")
}

fn row(number: u64, values: &[(&str, Value)]) -> Row {
    Row {
        id: id(number),
        values: values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
    }
}

#[test]
fn json_is_refused_by_row_and_column_too() {
    let pack = shipped_pack("2026");
    let rows = vec![
        row(0, &[("gender", Value::Code("female".into()))]),
        row(1, &[("name", Value::Code("x".into()))]),
        row(
            2,
            &[
                ("gender", Value::Number(1)),
                ("rg_working_days", Value::Code("5".into())),
            ],
        ),
        row(3, &[("rg_working_days", Value::Number(501))]),
    ];
    let text = contribution(&pack, &file(&pack, Body::Rows(rows)))
        .expect_err("it is refused")
        .to_string();
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines[0].starts_with(
            "column “name”: the pack has no such column, and nothing else may be sent (in row 2); remove it"
        ),
        "{text}"
    );
    assert!(
        lines[1].starts_with("row 3, column gender: 1 is a number, and this column holds codes"),
        "{text}"
    );
    assert!(
        lines[2].starts_with("row 3, column rg_working_days: “5” is text"),
        "{text}"
    );
    assert!(
        lines[3].starts_with("row 4, column rg_working_days: “501” is above the top code"),
        "{text}"
    );
}

/// A contribution file with these rows as they stand.
fn written(rows: &str) -> Vec<u8> {
    format!(r#"{{"format":"{FORMAT}","cycle":"2026","pack":5,"body":{{"rows":[{rows}]}}}}"#).into_bytes()
}

#[test]
fn json_of_a_wrong_type_is_a_fault_of_its_row_and_column() {
    let pack = shipped_pack("2026");
    let [one, two, three] = [1, 2, 3].map(id);
    let rows = format!(
        r#"{{"row":"{one}","gender":true,"rg_working_days":1.5,"surname":{{"a":[1]}}}},
        7, null,
        {{"row":5,"gender":["female"],"rg_working_days":-1}},
        {{"gender":"lady"}},
        {{"row":"{two}","rg_working_days":5000000000,"gender":"female","gender":"male"}},
        {{"row":"{three}","row":"{three}","gender":"female"}}"#
    );
    let said = contribution(&pack, &written(&rows))
        .expect_err("it is refused")
        .to_string();
    let lines: Vec<&str> = said.lines().collect();
    let expected = [
        "column “surname”: the pack has no such column, and nothing else may be sent (in row 1); remove it",
        "row 1, column gender: `true` without quotation marks is not a code of this column; write a code",
        "row 1, column rg_working_days: 1.5 is not a whole number from 0 to 500; write digits alone",
        "row 2: it is the number 7, and not a row; write an object",
        "row 3: it is `null`, and not a row",
        "row 4, column row: the number 5 is not an id",
        "row 4, column gender: a list is not a code",
        "row 4, column rg_working_days: -1 is not a whole number",
        "row 5, column row: the row has no id",
        "row 5, column gender: “lady” is not a code",
        "row 6, column rg_working_days: 5000000000 is not a whole number from 0 to 500",
        "row 6, column “gender”: it stands twice in the row",
        "row 7, column “row”: it stands twice in the row",
    ];
    assert_eq!(lines.len(), expected.len(), "{said}");
    for (line, begin) in lines.iter().zip(expected) {
        assert!(line.starts_with(begin), "{line}\n{begin}");
    }
}

#[test]
fn a_column_that_the_pack_does_not_have_is_named_once_and_hides_nothing() {
    let pack = shipped_pack("2026");
    let rows: Vec<String> = (0..400)
        .map(|number| {
            let gender = if number == 399 { "lady" } else { "female" };
            let more = if number == 7 { r#","address":"y""# } else { "" };
            format!(r#"{{"row":"{}","gender":"{gender}","surname":"x"{more}}}"#, id(number))
        })
        .collect();
    let refused = contribution(&pack, &written(&rows.join(","))).expect_err("it is refused");
    let said = refused.to_string();
    let lines: Vec<&str> = said.lines().collect();
    let expected = [
        "column “surname”: the pack has no such column, and nothing else may be sent (in 400 rows, the first of them row 1)",
        "column “address”: the pack has no such column, and nothing else may be sent (in row 8)",
        "row 400, column gender: “lady” is not a code",
    ];
    assert_eq!((lines.len(), refused.more), (expected.len(), 0), "{said}");
    for (line, begin) in lines.iter().zip(expected) {
        assert!(line.starts_with(begin), "{line}\n{begin}");
    }
    // Beyond the limit their number is told, as of all faults.
    let many: Vec<String> = (0..110).map(|column| format!(r#""column{column}":1"#)).collect();
    let many = format!(r#"{{"row":"{}","gender":"lady",{}}}"#, id(1), many.join(","));
    let refused = contribution(&pack, &written(&many)).expect_err("it is refused");
    assert_eq!((refused.faults.len(), refused.more), (MOST_FAULTS, 11));
}

#[test]
fn null_in_json_is_taken_in_as_nothing_wherever_it_stands() {
    let pack = shipped_pack("2026");
    let rows = format!(
        r#"{{"surname":null,"gender":null,"row":"{}","gender":"female"}}"#,
        id(1)
    );
    let read = contribution(&pack, &written(&rows)).expect("it is read");
    let expected = csv(&pack, format!("row,gender\n{},female", id(1)).as_bytes()).expect("rows");
    assert_eq!(read, Contents::Rows(expected));
}

#[test]
fn a_file_for_another_cycle_or_of_another_kind_is_refused() {
    let pack = shipped_pack("2026");
    let other = shipped_pack("2025");
    let rows = || Body::Rows(vec![row(0, &[])]);
    let text = contribution(&pack, &file(&other, rows()))
        .expect_err("another cycle")
        .to_string();
    assert!(
        text.contains("it answers version 5 of the pack of cycle “2025”"),
        "{text}"
    );
    assert!(contribution(&pack, &file(&pack, rows())).is_ok());
    let text = contribution(&pack, b"{\"rows\": []}")
        .expect_err("no contribution")
        .to_string();
    assert!(text.contains("it is not a contribution file"), "{text}");
    let more = br#"{"format":"rapporteur-contribution-1","cycle":"2026","pack":1,"names":[],"body":{"rows":[]}}"#;
    let text = contribution(&pack, more).expect_err("one member more").to_string();
    assert!(
        text.contains(", in “names”): one is an object with `format`") && text.contains("nothing else"),
        "{text}"
    );
}

fn sent(pack: &Pack, rows: u64, seed: u64) -> Aggregates {
    let text = lines(pack, rows, 0, &mut Random(seed)).join("\n");
    let rows = csv(pack, text.as_bytes()).expect("rows");
    let mut aggregates = evaluate(&rows, &pack.definitions).expect("no fault");
    small::merge_small(&mut aggregates, pack.threshold);
    aggregates
}

#[test]
fn aggregates_that_no_rows_can_give_are_refused_by_place() {
    let pack = shipped_pack("2026");
    let good = sent(&pack, 2_000, 3);
    check_aggregates(&pack, &good).expect("what was computed is accepted");
    let table = |code: &str| {
        pack.definitions
            .iter()
            .position(|one| one.code == code)
            .expect("a measure")
    };
    let (share, median, sums) = (table("I13c"), table("I13a"), table("I30a"));
    let refused = |change: &dyn Fn(&mut Aggregates)| {
        let mut bad = good.clone();
        change(&mut bad);
        check_aggregates(&pack, &bad).expect_err("it is refused").to_string()
    };
    let text = refused(&|bad| bad.tables[share].total.n = bad.tables[share].total.d + 1);
    assert!(text.starts_with("column I13c: n is"), "{text}");
    let text = refused(&|bad| bad.tables[share].total.d += 1);
    assert!(text.contains("its parts do not add up to the total"), "{text}");
    let text = refused(&|bad| bad.cases = 20);
    assert!(text.contains("cases of 20; count each case once"), "{text}");
    let text = refused(&|bad| {
        let stratum = &mut bad.tables[share].strata[0];
        let (first, cell) = stratum.cells.pop_first().expect("a cell");
        stratum.remainder.merge(&cell);
        stratum.cells.insert(
            first,
            domain::pack::Aggregate {
                n: 1,
                d: 2,
                ..Default::default()
            },
        );
        stratum.remainder.n -= 1;
        stratum.remainder.d -= 2;
    });
    assert!(
        text.contains("it is of fewer than 11 cases; merge it into the remainder"),
        "{text}"
    );
    let text = refused(&|bad| {
        let stratum = &mut bad.tables[share].strata[0];
        let (_, cell) = stratum.cells.pop_first().expect("a cell");
        stratum.cells.insert("elderly".to_owned(), cell);
    });
    assert!(
        text.contains("I13c, age_band, “elderly”: it is not a code of this column"),
        "{text}"
    );
    let text = refused(&|bad| {
        bad.tables[median].total.histogram.insert(501, 1);
    });
    assert!(text.contains("a number above the top code"), "{text}");
    let text = refused(&|bad| bad.tables[sums].total.sum = 60 * bad.tables[sums].total.n + 1);
    assert!(text.contains("cannot come from"), "{text}");
    let text = refused(&|bad| bad.tables[sums].total.out_of = 1);
    assert!(text.contains("out_of cannot be 1"), "{text}");
    let text = refused(&|bad| bad.tables[share].version = 1);
    assert!(text.contains("compute it by version 2"), "{text}");
    let text = refused(&|bad| bad.tables.push(bad.tables[0].clone()));
    assert!(text.contains("the measure stands there twice"), "{text}");
    let text = refused(&|bad| bad.tables[share].strata[0].column = "gender".to_owned());
    assert!(text.contains("the measure is not broken down by it"), "{text}");
}

#[test]
fn a_pack_survives_being_written_and_one_that_asks_for_less_is_refused() {
    let whole = shipped_pack("2026");
    let text = serde_json::to_vec(&whole).expect("written");
    assert_eq!(pack(&text).expect("read"), whole);
    let low = Pack {
        threshold: 5,
        ..whole.clone()
    };
    let text = pack(&serde_json::to_vec(&low).expect("written"))
        .expect_err("too low")
        .to_string();
    assert!(text.contains("never for less"), "{text}");
    let mut wrong = whole;
    wrong.definitions[0].strata.push("name".to_owned());
    let text = pack(&serde_json::to_vec(&wrong).expect("written"))
        .expect_err("a fault")
        .to_string();
    assert!(text.contains("column I06a, strata: there is no column name"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A table and a file of JSON with the same values are the same rows, and their aggregates are accepted.
    #[test]
    fn what_is_taken_in_is_what_was_sent(seed in any::<u64>(), n in 1_u64..40) {
        let pack = shipped_pack("2026");
        let table = csv(&pack, lines(&pack, n, 0, &mut Random(seed)).join("\n").as_bytes()).expect("rows");
        let rows = (0..table.len())
            .map(|index| {
                let values: BTreeMap<String, Value> = pack
                    .schema
                    .columns()
                    .iter()
                    .enumerate()
                    .filter_map(|(place, column)| Some((column.name.clone(), table.value(index, place)?)))
                    .collect();
                Row { id: table.ids()[index], values }
            })
            .collect();
        let read = contribution(&pack, &file(&pack, Body::Rows(rows))).expect("it is read");
        prop_assert_eq!(&read, &Contents::Rows(table));
        prop_assert_eq!(read.cases(), n);
        let mut aggregates = read.aggregates(&pack).expect("no fault");
        small::merge_small(&mut aggregates, pack.threshold);
        let again = contribution(&pack, &file(&pack, Body::Aggregates(aggregates.clone()))).expect("it is read");
        prop_assert_eq!(again, Contents::Aggregates(aggregates));
    }

    /// Any text is rows or a refusal that says why.
    #[test]
    fn any_text_is_rows_or_a_refusal(text in "(row|gender|,|\n|\"|[0-9a-f-]{1,36}|female|é){0,40}") {
        let pack = shipped_pack("2026");
        if let Err(refused) = csv(&pack, text.as_bytes()) {
            prop_assert!(!refused.faults.is_empty());
        }
        if let Err(refused) = contribution(&pack, text.as_bytes()) {
            prop_assert!(!refused.faults.is_empty());
        }
    }
}
