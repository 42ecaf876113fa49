//! Outside judges of what is published.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use report::{sample, site};

fn part(name: &str) -> PathBuf {
    env::var_os(name)
        .unwrap_or_else(|| panic!("{name} is unset: run `cargo xtask test`, which finds or installs what tests need"))
        .into()
}

#[test]
fn frictionless_finds_no_fault_in_the_data_package() {
    let judge = part("RAPPORTEUR_TEST_FRICTIONLESS");
    let folder = tempfile::tempdir().expect("a folder of its own");
    for file in site::files(&sample::edition(), "").expect("the sample can be published") {
        if let Some(name) = file.path.strip_prefix("data/") {
            std::fs::write(folder.path().join(name), &file.bytes).expect("a file of the package is written");
        }
    }
    let said = Command::new(judge)
        .args(["validate", "datapackage.json"])
        .current_dir(folder.path())
        .output()
        .expect("frictionless runs");
    assert!(
        said.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&said.stdout),
        String::from_utf8_lossy(&said.stderr)
    );
}
