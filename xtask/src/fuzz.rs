//! `cargo xtask fuzz`: feeds the readers of outside bytes what nobody thought of.
//!
//! What it finds goes into `fuzz/artifacts`; a file from there that once broke a reader becomes a fixture of an ordinary
//! test, so that the fuzzer is needed to find faults but never to keep them out.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};

use crate::process::{cargo, find_program, run as run_command};

/// The tool that drives libFuzzer.
const CARGO_FUZZ: &str = "cargo-fuzz@0.13.2";

/// Fuzzes one target, or each of them in turn, for so many seconds; fails at the first input that breaks a reader.
pub(crate) fn run(target: Option<&str>, seconds: u32) -> Result<()> {
    let root = crate::project_root();
    let known = targets(&root.join("fuzz/fuzz_targets"))?;
    let chosen = match target {
        None => known,
        Some(target) if known.iter().any(|name| name == target) => vec![target.to_owned()],
        Some(target) => bail!("there is no fuzz target `{target}`; there are: {}", known.join(", ")),
    };
    ensure!(
        find_program(&["c++", "g++", "clang++"]).is_some(),
        "libFuzzer needs a C++ compiler (on Debian: package g++)"
    );
    let cargo_fuzz = cargo_fuzz(&root)?;
    for target in chosen {
        let mut command = cargo();
        command
            .args(["fuzz", "run", &target])
            // Sanitizers are behind nightly flags; this accepts the flags on the toolchain that is already here.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("PATH", path_with(&cargo_fuzz)?)
            .args(["--target-dir", "target/fuzz", "--"])
            .arg(format!("-max_total_time={seconds}"))
            .args(["-rss_limit_mb=2048", "-timeout=10"]);
        run_command(&mut command).with_context(|| format!("`{target}` found an input, or could not be built"))?;
    }
    Ok(())
}

/// The names of the targets, sorted.
fn targets(folder: &Path) -> Result<Vec<String>> {
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("there are no fuzz targets in {}", folder.display()))?;
    let mut names = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}

/// The folder with the `cargo-fuzz` program, built into `target/parts` if it is nowhere.
fn cargo_fuzz(root: &Path) -> Result<PathBuf> {
    if let Some(program) = find_program(&["cargo-fuzz"]) {
        return Ok(program.parent().context("a program has a folder")?.to_owned());
    }
    let folder = root.join("target/parts/cargo-fuzz");
    if !folder.join("bin/cargo-fuzz").is_file() {
        run_command(
            cargo()
                .args(["install", "--locked", "--target-dir", "target/fuzz-tool", "--root"])
                .arg(&folder)
                .arg(CARGO_FUZZ),
        )?;
    }
    Ok(folder.join("bin"))
}

fn path_with(folder: &Path) -> Result<std::ffi::OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path));
    Ok(std::env::join_paths(folders)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_the_rust_files_in_order() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["xlsx.rs", "csv.rs", "notes.txt"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(targets(folder.path()).unwrap(), ["csv", "xlsx"]);
    }

    #[test]
    fn a_project_without_targets_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let error = targets(&folder.path().join("none")).unwrap_err();
        assert!(error.to_string().contains("no fuzz targets"), "{error}");
    }
}
