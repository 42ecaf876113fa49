//! The doors from the command line: a first coordinator without a passphrase, links, and the mode.

use std::path::Path;
use std::process::{Command, Output};

/// Runs the program on a data folder.
fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rapporteur"))
        .args(arguments)
        .env("RAPPORTEUR_DIR", folder)
        .output()
        .expect("the program runs")
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Runs the program, asserts its exit code, and gives what it said.
#[track_caller]
fn ends(folder: &Path, code: i32, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", said(&output));
    said(&output)
}

const INIT: [&str; 7] = [
    "init",
    "--organisation",
    "Specimen",
    "--name",
    "Boss",
    "--sign-in",
    "boss",
];

#[test]
fn the_first_coordinator_gets_a_link_and_nobody_signs_in_before_it_is_used() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let words = ends(&data, 0, &INIT);
    let secret = words
        .split_once("http://localhost:8080/invitation/")
        .and_then(|(_, rest)| rest.split_once(' '))
        .expect("a link")
        .0;
    assert_eq!(secret.len(), 64);
    let empty = folder.path().join("empty");
    std::fs::write(&empty, "\n").expect("a file");
    let empty = empty.display().to_string();
    let words = ends(&data, 2, &["user", "--as", "boss", "--password-file", &empty, "list"]);
    assert!(words.contains("not right"), "{words}");
    ends(&data, 1, &INIT);
}

#[test]
fn a_read_only_program_refuses_the_command_line_too_and_is_opened_from_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, file) = (folder.path().join("data"), folder.path().join("passphrase"));
    std::fs::write(&file, "correct horse battery\n").expect("a file");
    let file = file.display().to_string();
    let with_file = [INIT.as_slice(), &["--password-file", &file]].concat();
    ends(&data, 0, &with_file);
    let invite = [
        "user",
        "--as",
        "boss",
        "--password-file",
        &file,
        "invite",
        "--organisation",
        "Specimen",
        "--name",
        "Helper",
        "--sign-in",
        "helper",
        "--roles",
        "contributor",
    ];
    assert!(ends(&data, 0, &["mode"]).starts_with("Normal"));
    ends(&data, 0, &["mode", "read-only"]);
    let words = ends(&data, 3, &invite);
    assert!(words.contains("nothing can be changed now"), "{words}");
    ends(&data, 2, &["mode", "ajar"]);
    ends(&data, 0, &["mode", "normal"]);
    let words = ends(&data, 0, &invite);
    assert!(words.contains("/invitation/"), "{words}");
    let off = ["user", "--as", "boss", "--password-file", &file, "off", "helper"];
    assert!(ends(&data, 0, &off).contains("switched off"));
}
