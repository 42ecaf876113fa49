//! The shipped schema is sound; values survive being written and read; aggregates merge as sums do.

use std::collections::BTreeMap;

use super::*;

#[test]
fn the_shipped_schema_is_read_without_a_fault() {
    let schema = Schema::shipped();
    assert!(schema.columns().len() > 80);
    let (_, column) = schema.column("gender").expect("a column");
    let codes: Vec<&str> = schema.codes(column).iter().map(|code| code.code.as_str()).collect();
    // “Not stated” is an empty cell.
    assert_eq!(codes, ["female", "male", "other"]);
}

#[test]
fn every_list_is_used_by_a_column() {
    let schema = Schema::shipped();
    for list in schema.lists() {
        let is_used = schema
            .columns()
            .iter()
            .any(|column| column.kind == Kind::Code(list.name.clone()));
        assert!(is_used, "{}", list.name);
    }
}

#[test]
fn a_schema_survives_being_written_and_read() {
    let schema = Schema::shipped();
    let text = serde_json::to_string(&schema).expect("it can be written");
    assert_eq!(serde_json::from_str::<Schema>(&text).expect("it can be read"), schema);
}

#[test]
fn a_wider_code_stands_for_several_of_its_list_and_a_year_for_quarters() {
    let schema = Schema::shipped();
    let widened = |column: &str, code: &str| match schema.widened(column, &Value::Code(code.to_owned())) {
        Some(Value::Code(code)) => code,
        _ => String::new(),
    };
    assert_eq!(widened("age_band", "16_17"), "child");
    assert_eq!(widened("age_band", "45_over"), "adult");
    assert_eq!(widened("age_band", "adult"), "");
    assert_eq!(
        (widened("region", "london"), widened("region", "wales")),
        ("england".into(), String::new())
    );
    assert_eq!(
        (widened("nationality", "eu"), widened("nationality", "uk")),
        ("not_uk".into(), String::new())
    );
    assert_eq!(
        (widened("cg_quarter", "2026-Q3"), widened("cg_quarter", "2026")),
        ("2026".into(), String::new())
    );
    assert_eq!(widened("gender", "female"), "");
    let mut lists = schema.lists().to_vec();
    let ages = lists.iter_mut().find(|list| list.name == "age_band").expect("a list");
    ages.wider[0].parts.push("16_17".to_owned());
    let fault = Schema::new(schema.columns().to_vec(), lists)
        .expect_err("twice")
        .to_string();
    assert!(fault.contains("list age_band, wider code adult"), "{fault}");
}

fn refused(column: &str) -> String {
    Schema::read(
        "pack.toml",
        &format!("[[column]]\nlabel = \"x\"\nwords = \"x\"\nfrom = \"\"\n{column}"),
    )
    .expect_err("it is refused")
    .to_string()
}

#[test]
fn faults_of_a_schema_name_place_and_remedy() {
    let text = refused("name = \"x\"\nkind = \"code\"\nlist = \"colour\"");
    assert!(
        text.contains("pack.toml, column x: there is no list colour; use one of: age_band"),
        "{text}"
    );
    let text = refused("name = \"row\"\nkind = \"flag\"");
    assert!(text.contains("the name is taken"), "{text}");
    let text = refused("name = \"Wait\"\nkind = \"flag\"");
    assert!(text.contains("“Wait” cannot be a name"), "{text}");
    let text = refused("name = \"wait\"\nkind = \"days\"");
    assert!(text.contains("a number has a `top`"), "{text}");
    let text = refused("name = \"wait\"\nkind = \"days\"\ntop = 20000");
    assert!(text.contains("choose one from 1 to 10000"), "{text}");
    let text = refused("name = \"wait\"\nkind = \"text\"");
    assert!(text.contains("“text” is no kind"), "{text}");
}

#[test]
fn quarters_are_counted_from_the_first_of_2000() {
    assert_eq!(Quarter::of(2000, 1).map(Quarter::number), Some(0));
    assert_eq!(
        Quarter::of(2026, 11).map(|quarter| quarter.to_string()),
        Some("2026-Q4".to_owned())
    );
    assert_eq!(
        Quarter::of(2026, 3).map(|quarter| quarter.to_string()),
        Some("2026-Q1".to_owned())
    );
    assert_eq!(Quarter::of(1999, 12), None);
    for number in 0..Quarter::COUNT {
        let quarter = Quarter::from_number(number).expect("in range");
        assert_eq!(Quarter::parse(&quarter.to_string()), Some(quarter));
    }
    for text in [
        "2026-Q5", "2026-Q0", "2026Q1", "2026-Q+1", "+026-Q1", "1999-Q4", "2100-Q1", "2026-Q11",
    ] {
        assert_eq!(Quarter::parse(text), None, "{text}");
    }
}

#[test]
fn a_test_asks_exactly_one_thing() {
    let read = |text: &str| serde_json::from_str::<Test>(text);
    assert_eq!(
        read(r#"{"column": "x", "at_most": 5}"#).expect("a test").rule,
        Rule::AtMost(5)
    );
    let text = read(r#"{"column": "x", "at_most": 5, "at_least": 1}"#)
        .expect_err("two")
        .to_string();
    assert!(text.contains("needs exactly one of"), "{text}");
    assert!(read(r#"{"column": "x"}"#).is_err());
    assert!(read(r#"{"column": "x", "matches": "5"}"#).is_err());
}

#[test]
fn a_row_is_an_object_with_its_id() {
    let text = r#"{"row":"9f6d2f6e-2a0e-4d5c-8f0e-0c5a4a1f3b11","gender":"female","cg_wait_days":12}"#;
    let row: Row = serde_json::from_str(text).expect("a row");
    assert_eq!(row.values["cg_wait_days"], Value::Number(12));
    assert_eq!(
        serde_json::from_str::<Row>(&serde_json::to_string(&row).expect("written")).expect("read"),
        row
    );
    let twice = r#"{"row":"9f6d2f6e-2a0e-4d5c-8f0e-0c5a4a1f3b11","gender":"female","gender":"male"}"#;
    let fault = serde_json::from_str::<Row>(twice).expect_err("twice").to_string();
    assert!(fault.contains("gender stands twice"), "{fault}");
    assert!(serde_json::from_str::<Row>(r#"{"gender":"female"}"#).is_err());
    let flag = r#"{"row":"9f6d2f6e-2a0e-4d5c-8f0e-0c5a4a1f3b11","referred":true}"#;
    let fault = serde_json::from_str::<Row>(flag).expect_err("no code").to_string();
    assert!(
        fault.contains("column referred holds neither text nor a whole number"),
        "{fault}"
    );
}

#[test]
fn aggregates_merge_as_sums_and_none_changes_nothing() {
    let one = Aggregate {
        n: 2,
        d: 3,
        missing: 1,
        sum: 40,
        out_of: 0,
        histogram: BTreeMap::from([(5, 1), (7, 2)]),
    };
    let other = Aggregate {
        n: 1,
        d: 1,
        missing: 0,
        sum: 2,
        out_of: 9,
        histogram: BTreeMap::from([(7, 1)]),
    };
    let mut merged = one.clone();
    merged.merge(&other);
    assert_eq!(
        merged,
        Aggregate {
            n: 3,
            d: 4,
            missing: 1,
            sum: 42,
            out_of: 9,
            histogram: BTreeMap::from([(5, 1), (7, 3)]),
        }
    );
    let mut same = one.clone();
    same.merge(&Aggregate::default());
    assert_eq!(same, one);
}
