//! `rapporteur estimate`: from a file alone to a panel, JSON and a picture; bad files are refused by line.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rapporteur"))
        .args(arguments)
        .output()
        .expect("the program runs")
}

fn file(folder: &Path, text: &str) -> PathBuf {
    let path = folder.join("histories.csv");
    std::fs::write(&path, text).expect("a file");
    path
}

/// Chan, Silverman and Vincent (2021): an artificial table on which all pairs have no estimate.
const ARTIFICIAL: &str = "A,B,C,count\n1,0,0,40\n0,1,0,30\n0,0,1,20\n1,1,0,6\n";

#[test]
fn json_has_every_method_that_gives_a_number_and_the_reason_of_every_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(folder.path(), ARTIFICIAL);
    let path = path.to_str().expect("a path");
    let output = run(&["estimate", path, "--json", "--resamples", "200", "--threads", "2"]);
    assert!(output.status.success(), "{output:?}");
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(answer["lists"], serde_json::json!(["A", "B", "C"]));
    assert_eq!(answer["observed"], 96);
    let results = answer["results"].as_array().expect("results");
    let stepwise = results
        .iter()
        .find(|result| result["method"] == "stepwise")
        .expect("stepwise");
    assert!((stepwise["estimate"].as_f64().expect("a number") - 539.09).abs() < 0.01);
    assert_eq!(stepwise["model"], serde_json::json!(["A", "B", "C"]));
    assert_eq!(
        stepwise["checks"],
        serde_json::json!({ "existence": true, "identifiable": true })
    );
    assert_eq!(stepwise["interval"]["kind"], "bca");
    let left_out = answer["left_out"].as_array().expect("left out");
    assert!(left_out.iter().any(|left| left["method"] == "pairs"), "{left_out:?}");
    assert!(!answer["verdict"].as_str().expect("words").is_empty());
    assert_eq!(answer["reliability"]["method"], "stepwise");
    let of = |method: &str| results.iter().find(|result| result["method"] == method).expect(method);
    assert_eq!(of("graphs")["grid"]["most_unseen"], 30 * 96);
    assert!(of("threshold")["chains"]["r_hat"].as_f64().expect("R-hat") < 1.05);
    assert!(stepwise["chains"].is_null() && stepwise["grid"].is_null());
    assert_eq!(answer["reliability"]["coverage"]["simulations"], 200);
    assert_eq!(answer["reliability"]["consistency"].as_array().map(Vec::len), Some(3));
}

#[test]
fn one_method_alone_is_not_called_too_little_overlap() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(
        folder.path(),
        "A,B,C,count\n1,0,0,203\n0,1,0,187\n1,1,0,43\n0,0,1,151\n1,0,1,37\n0,1,1,29\n1,1,1,12\n",
    );
    let path = path.to_str().expect("a path");
    let output = run(&["estimate", path, "--method", "stepwise", "--resamples", "0", "--json"]);
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(
        answer["verdict"],
        "One method alone was run: there is nothing to compare it with. Run all."
    );
}

#[test]
fn a_model_that_fits_any_table_gives_no_number() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(
        folder.path(),
        "A,B,C,count\n1,0,0,1000\n0,1,0,900\n1,1,0,400\n0,0,1,800\n1,0,1,350\n0,1,1,300\n1,1,1,250\n",
    );
    let output = run(&["estimate", path.to_str().expect("a path"), "--method", "graphs"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("says nothing of people on no list"), "{said}");
}

#[test]
fn too_many_resamples_and_threads_are_refused_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(folder.path(), ARTIFICIAL);
    let path = path.to_str().expect("a path");
    for (option, value) in [
        ("--resamples", "99999999999"),
        ("--threads", "5000"),
        ("--threads", "0"),
    ] {
        let output = run(&["estimate", path, option, value]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{option} {value}: {said}");
        assert!(said.contains(option), "{said}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    use std::process::Stdio;
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(folder.path(), ARTIFICIAL);
    let mut child = Command::new(env!("CARGO_BIN_EXE_rapporteur"))
        .args(["estimate", path.to_str().expect("a path"), "--method", "chao"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("an end");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && !said.contains("panicked"), "{said}");
}

#[test]
fn a_semicolon_parts_cells_and_utf_16_is_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(folder.path(), &ARTIFICIAL.replace(',', ";"));
    let output = run(&["estimate", path.to_str().expect("a path"), "--method", "chao"]);
    assert!(output.status.success(), "{output:?}");
    let wide: Vec<u8> = std::iter::once(0xfeff)
        .chain(ARTIFICIAL.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    std::fs::write(&path, wide).expect("a file");
    let output = run(&["estimate", path.to_str().expect("a path")]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("UTF-16") && said.contains("CSV UTF-8"), "{said}");
}

#[test]
fn the_same_seed_gives_the_same_answer_on_any_number_of_threads() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(folder.path(), ARTIFICIAL);
    let path = path.to_str().expect("a path");
    let answer = |threads| {
        run(&[
            "estimate",
            path,
            "--method",
            "stepwise",
            "--json",
            "--resamples",
            "300",
            "--threads",
            threads,
        ])
        .stdout
    };
    assert_eq!(answer("1"), answer("3"));
}

#[test]
fn a_panel_and_a_picture_are_for_people() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(folder.path(), ARTIFICIAL);
    let picture = folder.path().join("plot.svg");
    let (path, to) = (path.to_str().expect("a path"), picture.to_str().expect("a path"));
    let output = run(&[
        "estimate",
        path,
        "--method",
        "stepwise",
        "--resamples",
        "100",
        "--plot",
        to,
    ]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && said.contains("96 people seen on 3 lists") && said.contains("539"),
        "{said}"
    );
    assert!(
        said.contains("Verdict: One method alone was run: there is nothing to compare it with. Run all.")
            || said.contains("Verdict: There is not enough overlap"),
        "{said}"
    );
    assert!(
        said.contains("How far to trust it") && said.contains("Of 200 populations"),
        "{said}"
    );
    let svg = std::fs::read_to_string(picture).expect("a picture");
    assert!(
        svg.starts_with("<svg ") && svg.contains("<title>") && svg.contains("539"),
        "{svg}"
    );
}

#[test]
fn no_resamples_ask_for_the_point_estimate_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(folder.path(), ARTIFICIAL);
    let output = run(&[
        "estimate",
        path.to_str().expect("a path"),
        "--method",
        "stepwise",
        "--json",
        "--resamples",
        "0",
    ]);
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(answer["results"][0]["interval"].is_null(), "{answer}");
}

#[test]
fn bad_files_are_refused_by_place_and_remedy() {
    let folder = tempfile::tempdir().expect("a folder");
    for (text, code, words) in [
        ("A,B,count\n1,0,4\n", 1, "third list"),
        ("A,B,C,count\n1,0,0,4\n0,1,0,3\n", 1, "nobody is on the list \"C\""),
        ("A,B,C,count\n1,0,0,-4\n", 1, "line 2"),
        ("A,B,C,count\n1,0,0,4\n1,0,0,5\n", 1, "same history as line 2"),
        ("A,B,C,count\n1,2,0,4\n", 1, "neither 0 nor 1"),
        ("A,B,C,count\n0,0,0,4\n", 1, "on no list"),
    ] {
        let path = file(folder.path(), text);
        let output = run(&["estimate", path.to_str().expect("a path")]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{text}: {said}");
        assert!(said.contains(words), "{text}: {said}");
    }
    let missing = run(&["estimate", "no such file.csv"]);
    assert_eq!(missing.status.code(), Some(2));
}

#[test]
fn one_method_without_a_number_is_an_answer_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = file(folder.path(), ARTIFICIAL);
    let output = run(&["estimate", path.to_str().expect("a path"), "--method", "pairs"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("cannot tell its parameters apart"), "{said}");
}
