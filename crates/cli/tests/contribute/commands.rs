//! `rapporteur contribute`: sound files, faulty ones by row and column, and what is written.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use interchange::table::{self, Cell, Choice, Limits};
use interchange::xlsx_out::{self, Sheet};
use jiff::civil::date;

const FIRST: &str = "9f6d2f6e-2a0e-4d5c-8f0e-0c5a4a1f3b11";
const SECOND: &str = "1c0a7b52-73f1-4c8e-9d7a-5b8f4c2e6a90";

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rapporteur"))
        .args(arguments)
        .output()
        .expect("the program runs")
}

/// Exit code and what it said on standard output.
fn check(path: &Path, more: &[&str]) -> (Option<i32>, String) {
    let arguments = [&["contribute", "check", path.to_str().expect("a path")], more].concat();
    let output = run(&arguments);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    (output.status.code(), text)
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        std::fs::write(self.path(name), bytes).expect("a file");
        self.path(name)
    }
}

fn rows() -> String {
    format!("row,gender,rg_working_days,rg_quarter\n{FIRST},female,12,2026-Q1\n{SECOND},,500,\n")
}

#[test]
fn a_sound_file_says_how_many_rows_there_are_and_which_columns_are_empty() {
    let folder = Folder::new();
    let (code, text) = check(&folder.file("rows.csv", rows()), &[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("rows.csv: 2 rows, no fault"), "{text}");
    let empty = text
        .lines()
        .find(|line| line.starts_with("Empty throughout, 112 columns: "));
    let empty = empty.unwrap_or_else(|| panic!("{text}"));
    assert!(empty.ends_with(" and 107 more; --empty names them all"), "{text}");
    assert_eq!(empty.matches(", ").count(), 5, "five names: {text}");
    assert!(!empty.contains("gender"), "{text}");
    assert!(text.contains("Give --pack"), "{text}");
    let (code, text) = check(&folder.path("rows.csv"), &["--empty"]);
    assert_eq!(code, Some(0), "{text}");
    let all = text
        .lines()
        .find(|line| line.starts_with("Empty throughout, 112 columns: "));
    let all = all.unwrap_or_else(|| panic!("{text}"));
    assert_eq!(all.matches(", ").count(), 112, "{text}");
    assert!(all.contains("nationality") && !all.contains("--empty"), "{text}");
}

#[test]
fn faults_are_named_by_row_and_column_with_the_remedy() {
    let folder = Folder::new();
    let text = rows().replace("female", "lady").replace("500", "501");
    let (code, said) = check(&folder.file("rows.csv", &text), &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.contains("row 2, column gender: “lady” is not a code of this column; use one of: female, male, other"),
        "{said}"
    );
    assert!(
        said.contains(
            "row 3, column rg_working_days: “501” is above the top code 500; write 500 for 500 and everything above it"
        ),
        "{said}"
    );
    let (code, said) = check(&folder.file("rows.csv", rows().replace("gender", "name")), &[]);
    assert_eq!(code, Some(1));
    assert!(said.contains("column “name”: the pack has no such column"), "{said}");
    assert!(!said.contains("female"), "nothing of the rows is said: {said}");
}

#[test]
fn a_foreign_column_hides_no_other_fault_in_a_text_a_workbook_or_json() {
    let folder = Folder::new();
    let names = |said: &str, more: &str| {
        assert!(said.contains("column “name”: the pack has no such column"), "{said}");
        assert!(said.contains(more), "{said}");
        assert_eq!(said.lines().count(), 2, "{said}");
    };
    let (code, said) = check(
        &folder.file("rows.csv", rows().replace("gender", "name").replace("500", "501")),
        &[],
    );
    assert_eq!(code, Some(1), "{said}");
    names(&said, "row 3, column rg_working_days: “501”");
    let book = workbook(&[["row", "name"], ["17", "x"]]);
    let (code, said) = check(&folder.file("rows.xlsx", book), &[]);
    assert_eq!(code, Some(1), "{said}");
    names(&said, "row 2, column row: “17” is not an id");
    let json = json("2026", 4, "female").replace(r#""gender":"#, r#""rg_working_days":true,"name":"#);
    let (code, said) = check(&folder.file("rows.json", json), &[]);
    assert_eq!(code, Some(1), "{said}");
    names(
        &said,
        "row 1, column rg_working_days: `true` without quotation marks is not a whole number",
    );
}

#[test]
fn a_text_in_utf_16_and_an_empty_workbook_are_told_so() {
    let folder = Folder::new();
    let text = format!("\u{feff}{}", rows());
    let bytes: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let (code, said) = check(&folder.file("rows.csv", bytes), &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(
        said.starts_with("it is not UTF-8") && said.contains("save it as CSV UTF-8"),
        "{said}"
    );
    let sheet = Sheet {
        name: "rows".to_owned(),
        headers: Vec::new(),
        rows: Vec::new(),
    };
    let book = xlsx_out::write(&[sheet], date(2026, 1, 1)).expect("a workbook");
    let (code, said) = check(&folder.file("rows.xlsx", book), &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("the sheet is empty; write the headings"), "{said}");
}

#[test]
fn the_answer_for_a_program_holds_the_same() {
    let folder = Folder::new();
    let answer = |path: &Path| {
        let (code, said) = check(path, &["--json"]);
        (code, serde_json::from_str::<serde_json::Value>(&said).expect("JSON"))
    };
    let (code, said) = answer(&folder.file("rows.csv", rows()));
    assert_eq!(
        (code, &said["cases"], &said["holds"]),
        (Some(0), &2.into(), &"rows".into())
    );
    assert_eq!(said["empty_columns"].as_array().map(Vec::len), Some(112));
    let (code, said) = answer(&folder.file("rows.csv", rows().replace(",12,", ",x,")));
    assert_eq!(code, Some(1));
    assert_eq!(
        (&said["faults"][0]["row"], &said["faults"][0]["column"]),
        (&2.into(), &"rg_working_days".into())
    );
    assert!(
        said["faults"][0]["remedy"]
            .as_str()
            .is_some_and(|remedy| remedy.contains("0 to 500")),
        "{said}"
    );
}

#[test]
fn a_file_that_is_cut_off_is_refused_whatever_it_is_written_in() {
    let folder = Folder::new();
    let text = rows();
    let (code, said) = check(&folder.file("rows.csv", &text[..text.len() - 6]), &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("row 3: it has 2 cells under 4 headings"), "{said}");
    let json = json("2026", 1, "female");
    // Between values, in the middle of one, and of a name.
    for cut in [1, 5, 15] {
        let (code, said) = check(&folder.file("rows.json", &json[..json.len() - cut]), &[]);
        assert_eq!(code, Some(1));
        assert!(said.contains("the file is cut off"), "{said}");
    }
    let book = workbook(&[["row", "gender"], [FIRST, "female"]]);
    let (code, said) = check(&folder.file("rows.xlsx", &book[..book.len() / 2]), &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(!said.is_empty());
    let (code, said) = check(&folder.file("rows.csv", ""), &[]);
    assert_eq!(code, Some(1));
    assert!(said.contains("the file is empty; write the headings"), "{said}");
}

#[test]
fn json_of_another_shape_is_one_fault_with_its_place_and_the_remedy() {
    let folder = Folder::new();
    for text in ["[]", "{}", r#"{"rows":{}}"#, r#""x""#, "\u{feff}\nnull\n"] {
        let (code, said) = check(&folder.file("rows.json", text), &[]);
        assert_eq!((code, said.lines().count()), (Some(1), 1), "{text}: {said}");
        assert!(
            said.starts_with("it is not a contribution file (line "),
            "{text}: {said}"
        );
        assert!(
            said.contains("one is an object with `format`") && said.contains("JSON Schema"),
            "{text}: {said}"
        );
    }
}

fn json(cycle: &str, pack: u32, gender: &str) -> String {
    format!(
        r#"{{"format":"rapporteur-contribution-1","cycle":"{cycle}","pack":{pack},"body":{{"rows":[{{"row":"{FIRST}","gender":"{gender}"}}]}}}}"#
    )
}

#[test]
fn json_is_checked_against_the_pack_that_it_answers() {
    let folder = Folder::new();
    let pack = folder.path("pack.json");
    let to = pack.to_str().expect("a path");
    let output = run(&["contribute", "pack", "--cycle", "2026", "--out", to]);
    assert!(output.status.success(), "{output:?}");
    for (cycle, version, gender, expected) in [
        ("2026", 5, "female", 0),
        ("2025", 5, "female", 1),
        ("2026", 6, "female", 1),
        ("2026", 5, "lady", 1),
    ] {
        let path = folder.file("rows.json", json(cycle, version, gender));
        assert_eq!(
            check(&path, &["--pack", to]).0,
            Some(expected),
            "{cycle} {version} {gender}"
        );
    }
    // Without a pack there is nothing to compare the cycle with.
    assert_eq!(
        check(&folder.file("rows.json", json("1999", 3, "female")), &[]).0,
        Some(0)
    );
    let output = run(&["contribute", "pack", "--out", to]);
    assert_eq!(output.status.code(), Some(2), "it is not written over");
    let path = folder.file("rows.csv", rows());
    for (faulty, words) in [
        (
            r#"{"cycle":"2026"}"#,
            "it is not a pack: it is JSON of another shape (line 1, character 16)",
        ),
        (
            "row,gender\n",
            "it is not a pack: one is JSON, and this is not (line 1, character 1)",
        ),
        (
            "{\"cycle\":\n",
            "the pack is cut off: it ends in the middle (line 2, character 1",
        ),
    ] {
        let faulty = folder.file("faulty.json", faulty);
        let (code, said) = check(&path, &["--pack", faulty.to_str().expect("a path")]);
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn what_is_not_there_is_wrong_use() {
    let folder = Folder::new();
    assert_eq!(check(&folder.path("none.csv"), &[]).0, Some(2));
    let path = folder.file("rows.csv", rows());
    let none = folder.path("none.json");
    assert_eq!(check(&path, &["--pack", none.to_str().expect("a path")]).0, Some(2));
    let nowhere = folder.path("nowhere/template.xlsx");
    let output = run(&["contribute", "template", "--out", nowhere.to_str().expect("a path")]);
    assert_eq!(output.status.code(), Some(2));
}

/// A workbook whose first line are headings.
fn workbook(lines: &[[&str; 2]]) -> Vec<u8> {
    let sheet = Sheet {
        name: "cases".to_owned(),
        headers: lines[0].map(str::to_owned).to_vec(),
        rows: lines[1..].iter().map(|line| line.map(Cell::from).to_vec()).collect(),
    };
    xlsx_out::write(&[sheet], date(2026, 1, 1)).expect("a workbook")
}

#[test]
fn a_workbook_is_read_like_a_text_and_its_rows_counted_as_it_shows_them() {
    let folder = Folder::new();
    let book = workbook(&[["row", "gender"], [FIRST, "female"], [SECOND, ""]]);
    let (code, said) = check(&folder.file("rows.xlsx", book), &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("2 rows, no fault"), "{said}");
    let book = workbook(&[["row", "gender"], [FIRST, "female"], [SECOND, "lady"]]);
    let (code, said) = check(&folder.file("rows.xlsx", book), &[]);
    assert_eq!(code, Some(1));
    assert!(said.contains("row 3, column gender: “lady”"), "{said}");
    let book = workbook(&[["row", "name"], [FIRST, "x"]]);
    let (code, said) = check(&folder.file("rows.xlsx", book), &[]);
    assert_eq!(code, Some(1));
    assert!(said.contains("column “name”: the pack has no such column"), "{said}");
}

#[test]
fn the_template_has_every_column_and_waits_for_rows() {
    let folder = Folder::new();
    let path = folder.path("template.xlsx");
    let output = run(&["contribute", "template", "--out", path.to_str().expect("a path")]);
    assert!(output.status.success(), "{output:?}");
    let (code, said) = check(&path, &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("there is no row; give one row for each case"), "{said}");
    let bytes = std::fs::read(&path).expect("a file");
    let sheet = |name: &str| {
        let choice = Choice {
            sheet: Some(name.to_owned()),
            header_row: Some(1),
        };
        table::read(&bytes, "template.xlsx", &choice, &Limits::default()).expect("a sheet")
    };
    let columns = domain::pack::Schema::shipped().columns().len() + 1;
    assert_eq!(sheet("rows").headers.len(), columns);
    assert_eq!(sheet("columns").rows.len(), columns);
    let codes = sheet("codes");
    let is_there = |row: &table::Row| row.cells == ["gender", "female", "Woman or girl"].map(Cell::from);
    assert!(codes.rows.iter().any(is_there));
}

#[test]
fn a_sealed_file_is_looked_at_without_being_opened_and_a_changed_one_is_named() {
    let folder = Folder::new();
    let whole = include_bytes!("../../../../fuzz/corpus/envelope/whole");
    let look = |path: &Path, more: &[&str]| {
        let arguments = [&["contribute", "look", path.to_str().expect("a path")], more].concat();
        let output = run(&arguments);
        let said = String::from_utf8([output.stdout, output.stderr].concat()).expect("UTF-8");
        (output.status.code(), said)
    };
    let (code, said) = look(&folder.file("whole.sealed", whole), &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("number 2 of “Specimen Aid” to cycle 2026"), "{said}");
    assert!(said.contains("Sealed to the coalition’s key number 3"), "{said}");
    let read = store::envelope::Envelope::read(whole.to_vec()).expect("an envelope");
    assert!(
        said.contains(&read.fingerprint()) && said.contains(&read.signer_fingerprint()),
        "{said}"
    );
    let (code, said) = look(&folder.path("whole.sealed"), &["--json"]);
    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(
        (code, &said["number"], &said["fault"]),
        (Some(0), &2.into(), &serde_json::Value::Null)
    );
    let mut changed = whole.to_vec();
    changed[2_000] ^= 1;
    let (code, said) = look(&folder.file("changed.sealed", changed), &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("the signature on line 2 does not fit"), "{said}");
    let (code, said) = look(&folder.file("rows.csv", rows()), &[]);
    assert!(code == Some(1) && said.contains("line 1 is not the head"), "{said}");
    assert_eq!(look(&folder.path("none"), &[]).0, Some(2));
}

#[test]
fn a_file_of_another_system_is_sealed_to_the_coalition_and_a_faulty_one_is_not() {
    let folder = Folder::new();
    let pair = store::seal::PrivateKey::generate();
    let to = store::envelope::Recipient {
        number: 2,
        public: pair.public(),
    };
    let to = folder.file("coalition.txt", format!("{to}\n"));
    let pack = folder.path("pack.json");
    let text = |path: &Path| path.to_str().expect("a path").to_owned();
    let made = run(&["contribute", "pack", "--cycle", "2026", "--out", &text(&pack)]);
    assert!(made.status.success());
    let seal = |file: &Path, number: &str, out: &str| {
        let output = run(&[
            "contribute",
            "seal",
            &text(file),
            "--pack",
            &text(&pack),
            "--to",
            &text(&to),
            "--sender",
            &text(&folder.path("our.key")),
            "--name",
            "Specimen Agency",
            "--number",
            number,
            "--out",
            &text(&folder.path(out)),
        ]);
        let said = String::from_utf8([output.stdout, output.stderr].concat()).expect("UTF-8");
        (output.status.code(), said)
    };
    let (code, said) = seal(&folder.file("rows.csv", rows()), "1", "one.sealed");
    assert_eq!(code, Some(0), "{said}");
    let read = |name: &str| {
        let bytes = std::fs::read(folder.path(name)).expect("a file");
        store::envelope::Envelope::read(bytes).expect("an envelope")
    };
    let one = read("one.sealed");
    assert_eq!(
        (one.head().number, one.head().organisation_name.as_str()),
        (1, "Specimen Agency")
    );
    for spoken in [one.fingerprint(), one.signer_fingerprint(), pair.public().fingerprint()] {
        assert!(said.contains(&spoken), "{spoken}: {said}");
    }
    let key = pair.open_key(&store::seal::Identity::of_key(one.head().key), one.sealed_key());
    let opened = one.open(&key.expect("the coalition's"), one.head().key).expect("opens");
    let is_whole = opened.answers(&(), |bytes, (): &()| {
        let pack = measures::shipped_pack("2026");
        measures::read::contribution(&pack, bytes).is_ok_and(|contents| contents.cases() == 2)
    });
    assert!(is_whole);
    // The same key signs the next, and nothing is written over.
    let (code, said) = seal(&folder.path("rows.csv"), "2", "two.sealed");
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(read("two.sealed").signer(), one.signer());
    assert_eq!(seal(&folder.path("rows.csv"), "3", "two.sealed").0, Some(2));
    let faulty = folder.file("faulty.csv", rows().replace("female", "lady"));
    let (code, said) = seal(&faulty, "3", "three.sealed");
    assert_eq!(code, Some(1), "{said}");
    assert!(!folder.path("three.sealed").exists());
}
