//! The whole demonstration: every act of it is one that the program allows, and what came of them is sound.

use std::process::Command;

#[test]
fn the_demonstration_is_built_whole_and_its_log_and_files_are_sound() {
    let folder = tempfile::tempdir().expect("a folder");
    let dir = folder.path().join("demonstration").display().to_string();
    let run = |arguments: &[&str]| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_rapporteur"));
        program
            .args(arguments)
            .args(["--dir", &dir])
            .output()
            .expect("the program runs")
    };
    let built = run(&["demo", "--no-serve"]);
    assert!(built.status.success(), "{built:?}");
    let sign_ins = std::fs::read_to_string(folder.path().join("demonstration/sign-ins.txt")).expect("sign-ins");
    for member in [
        "coordinator",
        "shelter-caseworker",
        "scotland-supervisor",
        "ni-supervisor",
    ] {
        assert!(sign_ins.contains(member), "{sign_ins}");
    }
    let verified = run(&["verify", "--json"]);
    assert!(verified.status.success(), "{verified:?}");
    let said: serde_json::Value = serde_json::from_slice(&verified.stdout).expect("an answer");
    assert_eq!(said["faults"], serde_json::json!([]));
    assert!(said["acts"].as_u64().is_some_and(|acts| acts > 10_000), "{said}");
}
