//! The program killed in the middle of its work: what was begun is whole or absent, and running the
//! same command again finishes it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use domain::Instant;
use store::files::Files;
use store::work::{Actor, IDS};
use store::{Cx, Db};

const PROGRAM: &str = env!("CARGO_BIN_EXE_rapporteur");

fn program(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .args(arguments)
        .arg("--dir")
        .arg(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// Starts a command and kills it (`SIGKILL`) as soon as it says this.
fn kill_at(mut command: Command, words: &str) {
    let mut child = command.spawn().expect("the program starts");
    let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    for line in lines {
        if line.expect("a line").starts_with(words) {
            break;
        }
    }
    child.kill().expect("it is killed");
    child.wait().expect("it is gone");
}

fn runs(mut command: Command) -> String {
    let output = command.output().expect("the program runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}");
    text
}

/// A data folder with a coordinator `boss`, whose password stands in the file `password`.
fn prepared(folder: &Path) -> std::path::PathBuf {
    let password = folder.join("password");
    std::fs::write(&password, "correct horse battery\n").expect("a file");
    let data = folder.join("data");
    let file = password.display().to_string();
    runs(program(
        &data,
        &[
            "init",
            "--organisation",
            "Specimen",
            "--name",
            "Boss",
            "--sign-in",
            "boss",
            "--password-file",
            &file,
        ],
    ));
    data
}

async fn boss(db: &Db) -> Actor {
    access::member::by_sign_in(db, "boss")
        .await
        .expect("read")
        .expect("the coordinator")
}

fn cx<'a>(db: &'a Db, files: &'a Files, actor: &'a Actor, now: Instant) -> Cx<'a> {
    Cx {
        db,
        files,
        actor,
        now,
        ids: &IDS,
        once: None,
        key: None,
    }
}

#[tokio::test]
async fn an_import_that_is_killed_leaves_all_of_its_rows_or_none_and_can_be_run_again() {
    const ROWS: usize = 5_000;
    let folder = tempfile::tempdir().expect("a folder");
    let data = prepared(folder.path());
    let series = {
        let (db, files) = (
            Db::open_folder(&data).await.expect("opens"),
            Files::open_folder(&data).expect("opens"),
        );
        let actor = boss(&db).await;
        let record = monitoring::series::Record {
            code: "specimen".into(),
            title: "Specimen".into(),
            publisher: "Specimen Office".into(),
            unit: "persons".into(),
            counting_rule: "person".into(),
            about: String::new(),
        };
        let made = monitoring::series::record(&cx(&db, &files, &actor, Instant::now()), record).await;
        db.close().await.expect("closes");
        made.expect("a series")
    };
    let mut csv =
        "series,period_start,period_end,breakdown,category,value,unit,as_published_on,source_title\n".to_owned();
    for row in 0..ROWS {
        csv.push_str(&format!(
            "specimen,2024-01-01,2024-12-31,row,c{row},{row},persons,2025-01-31,A bulletin\n"
        ));
    }
    let file = folder.path().join("figures.csv");
    std::fs::write(&file, csv).expect("a file");
    let (file, password) = (
        file.display().to_string(),
        folder.path().join("password").display().to_string(),
    );
    let import = ["import", "--as", "boss", "--password-file", &password];
    let mut command = program(&data, &import);
    command.args(["series", &file]);
    kill_at(command, "Reading");

    let count = async || {
        let (db, files) = (
            Db::open_folder(&data).await.expect("the folder opens again"),
            Files::open_folder(&data).expect("opens"),
        );
        let actor = boss(&db).await;
        let seen = monitoring::series::find(&cx(&db, &files, &actor, Instant::now()), series, "row").await;
        db.close().await.expect("closes");
        seen.expect("read").figures.len()
    };
    let after = count().await;
    assert!(after == 0 || after == ROWS, "{after} rows: half an import");
    let mut command = program(&data, &import);
    command.args(["series", &file]);
    runs(command);
    assert_eq!(count().await, ROWS, "running it again takes every row once");
    runs(program(&data, &["verify"]));
}

#[tokio::test]
async fn a_publication_that_is_killed_is_finished_by_the_same_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = prepared(folder.path());
    {
        let (db, files) = (
            Db::open_folder(&data).await.expect("opens"),
            Files::open_folder(&data).expect("opens"),
        );
        let actor = boss(&db).await;
        let now = Instant::now();
        let cx = cx(&db, &files, &actor, now);
        let open = monitoring::cycle::Open {
            code: "2024".into(),
            title: "Audit 2024".into(),
            period_start: "2024-01-01".into(),
            period_end: "2024-12-31".into(),
            cutoff_on: "2025-03-31".into(),
            ..monitoring::cycle::Open::default()
        };
        let id = monitoring::cycle::open(&cx, open).await.expect("opens");
        for _ in 0..3 {
            monitoring::cycle::advance(&cx, id).await.expect("advances");
        }
        db.close().await.expect("closes");
    }
    let summary = folder.path().join("summary.txt");
    std::fs::write(&summary, "What we found.\n---\nOne line.\n").expect("a file");
    let (summary, password) = (
        summary.display().to_string(),
        folder.path().join("password").display().to_string(),
    );
    let out = folder.path().join("out");
    let publish = [
        "publish",
        "--cycle",
        "2024",
        "--summary",
        &summary,
        "--licence",
        "CC-BY-4.0",
        "--as",
        "boss",
        "--password-file",
        &password,
    ];
    kill_at(program(&data, &publish), "Rendering");

    let mut command = program(&data, &publish);
    command.arg("--out").arg(&out);
    runs(command);
    let first = std::fs::read(out.join("edition.pdf")).expect("the report is there");
    let mut command = program(&data, &publish);
    command.arg("--out").arg(&out);
    runs(command);
    assert_eq!(
        std::fs::read(out.join("edition.pdf")).expect("the report is there"),
        first,
        "the same bytes again"
    );
    runs(program(&data, &["verify"]));
    assert!(out.join("index.html").is_file() && out.join("data/datapackage.json").is_file());
}
