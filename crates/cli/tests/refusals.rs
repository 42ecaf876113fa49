//! What the command line refuses, with which exit code, and that nothing is harmed.

use std::path::Path;
use std::process::{Command, Output};

const PROGRAM: &str = env!("CARGO_BIN_EXE_rapporteur");

fn run(arguments: &[&str]) -> Output {
    Command::new(PROGRAM)
        .args(arguments)
        .output()
        .expect("the program runs")
}

fn refused(arguments: &[&str], code: i32, words: &str) {
    let output = run(arguments);
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    assert!(said.contains(words), "{arguments:?}: {said}");
}

#[test]
fn a_demonstration_never_touches_a_folder_that_is_not_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let kept = folder.path().join("kept.txt");
    std::fs::write(&kept, "somebody's work").expect("a file");
    let dir = folder.path().display().to_string();
    for arguments in [
        &["demo", "--no-serve", "--dir", &dir][..],
        &["demo", "--reset", "--no-serve", "--dir", &dir],
    ] {
        refused(arguments, 2, "holds something else");
        assert_eq!(std::fs::read_to_string(&kept).expect("still there"), "somebody's work");
        assert_eq!(
            std::fs::read_dir(folder.path()).expect("read").count(),
            1,
            "nothing was added"
        );
    }
}

#[tokio::test]
async fn a_demonstration_never_touches_a_database_that_is_not_one() {
    let stage = testkit::Stage::postgres().await;
    let coalition = testkit::Coalition::on(&stage).await;
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("demonstration").display().to_string();
    for reset in [&[][..], &["--reset"]] {
        let database = ["--database", &stage.url, "--keys", &stage.keys_url];
        let arguments = [&["demo", "--no-serve", "--dir", &dir][..], &database].concat();
        refused(&[&arguments[..], reset].concat(), 2, "holds something else");
    }
    let own = access::organisation::list(&stage.cx(&coalition.observer)).await;
    assert_eq!(own.expect("read").len(), 3, "nothing was removed");
    stage.db.close().await.expect("the database closes");
}

#[test]
fn a_duplicate_paragraph_is_named_with_its_file_and_line() {
    let folder = tempfile::tempdir().expect("a folder");
    copy(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../standards")),
        folder.path(),
    );
    let dir = folder.path().display().to_string();
    let sound = run(&["standards", "check", &dir]);
    assert!(sound.status.success(), "{}", String::from_utf8_lossy(&sound.stdout));
    let chapter = folder.path().join("cets-197/chapter-02.toml");
    let text = std::fs::read_to_string(&chapter).expect("a chapter");
    let entry = text.split("[[provision]]").nth(1).expect("a provision");
    // A blank line and the heading come before the number that is written twice.
    let line = text.lines().count() + 3;
    std::fs::write(&chapter, format!("{text}\n[[provision]]{entry}")).expect("written");
    refused(&["standards", "check", &dir], 1, &format!("chapter-02.toml:{line}"));
}

#[test]
fn a_measure_that_cannot_be_computed_is_named_with_its_file_and_field() {
    let folder = tempfile::tempdir().expect("a folder");
    copy(
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../standards")),
        folder.path(),
    );
    let dir = folder.path().display().to_string();
    let file = folder.path().join("measures/02-identification.toml");
    let text = std::fs::read_to_string(&file).expect("a file");
    let wrong = text.replacen("of = \"rg_working_days\"", "of = \"rg_workingdays\"", 1);
    assert_ne!(wrong, text);
    std::fs::write(&file, wrong).expect("written");
    let fault = "measures/02-identification.toml, I13a, of: there is no column rg_workingdays";
    refused(&["standards", "check", &dir], 1, fault);
}

#[test]
fn other_machines_are_not_served_unless_that_was_said() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().display().to_string();
    refused(
        &["serve", "--dir", &dir, "--listen", "0.0.0.0:0"],
        2,
        "--reachable-by-others",
    );
    refused(&["verify", "--dir", "a-folder-that-is-not-there"], 2, "rapporteur init");
    refused(&["publish"], 2, "--cycle");
    refused(
        &["standards", "check", "a-folder-that-is-not-there"],
        2,
        "no such folder",
    );
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("read") {
        let entry = entry.expect("an entry");
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("copied");
        }
    }
}
