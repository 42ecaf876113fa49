//! The doors from the command line: a first coordinator without a passphrase, links, the mode, and every command as every
//! role.

use std::path::Path;
use std::process::{Command, Output};

use axum::http::StatusCode;
use domain::permission::{Action, Relation, Role, allows};
use store::Db;
use store::files::Files;
use testkit::Client;
use web::{App, Settings};

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

/// Chooses the passphrase with the link that the command printed, as its receiver does.
async fn accept(data: &Path, words: &str, passphrase: &str) {
    let secret = words.split_once("/invitation/").expect("a link").1;
    let secret: String = secret.chars().take_while(char::is_ascii_alphanumeric).collect();
    let db = Db::open_folder(data).await.expect("opens");
    let files = Files::open_folder(data).expect("opens");
    let router = web::router(App::new(db.clone(), files, Settings::default()));
    Client::visitor(&router)
        .post(
            &format!("/invitation/{secret}"),
            &[("passphrase", passphrase), ("again", passphrase)],
        )
        .await
        .expect(StatusCode::SEE_OTHER);
    db.close().await.expect("closes");
}

#[tokio::test]
async fn every_command_does_as_every_role_what_the_matrix_says() {
    const PASSPHRASE: &str = "correct horse battery staple";
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let written = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    };
    let (passphrase, empty) = (written("passphrase", PASSPHRASE), written("empty.csv", "nothing\n"));
    ends(&data, 0, &[&INIT[..], &["--password-file", &passphrase]].concat());
    for role in Role::ALL.iter().filter(|role| **role != Role::Coordinator) {
        let code = role.code();
        let invite = [
            "invite",
            "--organisation",
            "Specimen",
            "--name",
            code,
            "--sign-in",
            code,
            "--roles",
            code,
        ];
        let words = ends(
            &data,
            0,
            &[&["user", "--as", "boss", "--password-file", &passphrase], &invite[..]].concat(),
        );
        accept(&data, &words, PASSPHRASE).await;
    }
    let summary = written("summary.txt", "What was found.\n---\nA headline.\n");
    let out = folder.path().join("out.csv").display().to_string();
    let publish = ["--cycle", "2024", "--summary", &summary, "--licence", "CC0-1.0"];
    let commands: [(&[&str], Action, &[&str]); 8] = [
        (
            &["export", "log", "--reason", "To look."],
            Action::ReadLog,
            &["--out", &out],
        ),
        (
            &["export", "cases", "--reason", "To look."],
            Action::ExportCases,
            &["--out", &out],
        ),
        (&["import"], Action::ImportCases, &["cases", &empty]),
        (&["user"], Action::ManageMembers, &["list"]),
        (&["standards", "load"], Action::LoadStandards, &[]),
        (&["import"], Action::LoadAreas, &["areas", &empty]),
        (&["import"], Action::ImportSeries, &["series", &empty]),
        (&["publish"], Action::PublishEdition, &publish),
    ];
    for role in Role::ALL {
        let name = if *role == Role::Coordinator {
            "boss"
        } else {
            role.code()
        };
        for (command, action, rest) in commands {
            let who = ["--as", name, "--password-file", &passphrase];
            let output = run(&data, &[command, &who[..], rest].concat());
            let may = Relation::ALL.iter().any(|relation| allows(&[*role], action, *relation));
            let is_refused = said(&output).contains("you may not");
            let asked = format!("{name}: {command:?} {rest:?}: {}", said(&output));
            assert_eq!(is_refused, !may, "{asked}");
            assert!(may || output.status.code() == Some(3), "{asked}");
        }
    }
    let who = [
        "--as",
        "boss",
        "--password-file",
        &passphrase,
        "--reason",
        "To look.",
        "--out",
        &out,
    ];
    let words = ends(&data, 1, &[&["export", "log"][..], &who].concat());
    assert!(words.contains("--request") && !Path::new(&out).exists(), "{words}");
    ends(&data, 0, &[&["export", "measurements"][..], &who].concat());
    let table = std::fs::read_to_string(&out).expect("written");
    assert!(table.lines().count() > 0 && table.contains("measure"), "{table}");
    let words = ends(&data, 2, &[&["export", "measurements"][..], &who].concat());
    assert!(words.contains("there already"), "{words}");
    std::fs::remove_file(&out).expect("removed");
    for (command, _, rest) in commands {
        let words = ends(&data, 2, &[command, rest].concat());
        assert!(words.contains("--as NAME"), "{words}");
    }
}
