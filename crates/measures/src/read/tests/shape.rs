//! JSON that is cut off, broken or of another shape: told by where, what was expected and what to do, never by what it holds.

use super::*;

#[test]
fn json_that_cannot_be_read_to_its_end_says_in_which_row_or_member_it_stops() {
    let pack = shipped_pack("2026");
    let refused = |bytes: &[u8]| contribution(&pack, bytes).expect_err("it is refused").to_string();
    let row = |number: u64, more: &str| format!(r#"{{"row":"{}"{more}}}"#, id(number));
    let rows = [row(0, ""), row(1, r#","gender":female"#), row(2, "")].join(",");
    let said = refused(&written(&rows));
    assert!(
        said.starts_with("row 2, column gender: what stands here is not JSON (line 1, character "),
        "{said}"
    );
    let cut = written(&[row(0, ""), row(1, r#","surname":"x"#)].join(","));
    let said = refused(&cut[..cut.len() - 5]);
    assert!(
        said.starts_with("the file is cut off: it ends in the middle (line 1, character ")
            && said.contains(", in “body”, “rows”, no. 2, “surname”); save or send it again"),
        "{said}"
    );
    let head = format!(r#""format":"{FORMAT}","cycle":"2026""#);
    let said = refused(format!(r#"{{{head},"pack":"four","body":{{"rows":[]}}}}"#).as_bytes());
    assert!(
        said.contains("it is not a contribution file (") && said.contains(", in “pack”): one is"),
        "{said}"
    );
    let mut sent = serde_json::to_value(sent(&pack, 200, 3)).expect("JSON");
    sent["tables"][2]["total"]["n"] = "many".into();
    let said = refused(format!(r#"{{{head},"pack":5,"body":{{"aggregates":{sent}}}}}"#).as_bytes());
    assert!(
        said.contains(", in “body”, “aggregates”, “tables”, no. 3, “total”, “n”): its figures"),
        "{said}"
    );
}

#[test]
fn json_of_another_shape_is_told_what_was_expected_where_and_what_to_do() {
    let pack = shipped_pack("2026");
    let refused = |text: &str| {
        contribution(&pack, text.as_bytes())
            .expect_err("it is refused")
            .to_string()
    };
    let with = |body: &str| format!(r#"{{"format":"{FORMAT}","cycle":"2026","pack":5,"body":{body}}}"#);
    let row = format!(r#"{{"row":"{}"}}"#, id(1));
    for (text, place) in [
        ("[]".to_owned(), "line 1, character 2"),
        ("{}".to_owned(), "line 1, character 2"),
        ("\n\"x\"".to_owned(), "line 2, character 3"),
        (r#"{"rows":{}}"#.to_owned(), "line 1, character 7, in “rows”"),
        (with("[]"), "in “body”"),
        (with("{}"), "in “body”"),
        (with(r#"{"rows":{}}"#), "in “body”, “rows”"),
        (with(r#"{"figures":[]}"#), "in “body”, “figures”"),
        (
            with(&format!(r#"{{"rows":[{row}],"aggregates":{{}}}}"#)),
            "in “body”, “rows”",
        ),
        (with(r#"{"aggregates":{}}"#), "in “body”, “aggregates”"),
    ] {
        let said = refused(&text);
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(
            said.starts_with("it is not a contribution file (line ") && said.contains(place),
            "{text}: {said}"
        );
        assert!(
            said.contains(&format!(": one is an object with `format` (“{FORMAT}”)")) && said.contains("either `rows`"),
            "{said}"
        );
        assert!(
            said.contains("the JSON Schema") && said.contains("contribute template"),
            "{said}"
        );
    }
    let said = refused(&with(r#"{"aggregates":{"cases":"Canaria","tables":[]}}"#));
    assert!(
        said.contains(", in “body”, “aggregates”, “cases”): its figures are whole numbers")
            && !said.contains("Canaria"),
        "{said}"
    );
    let said = refused(&with(r#"{"rows":[]},"#));
    assert!(said.starts_with("it is not JSON (line 1, character "), "{said}");
    for cut in ["{", "[", r#"{"rows":{"#, "{\"format\":\n"] {
        let said = refused(cut);
        assert!(said.starts_with("the file is cut off"), "{said}");
    }
}
