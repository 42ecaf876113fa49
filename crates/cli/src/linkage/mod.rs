//! Linking lists without names, from files alone: `rapporteur encode`, `link` and `lists`.
//!
//! Each organisation runs `encode` on its own machine; the linkage officer, who has neither names nor the secret, runs
//! `link` on another; `lists` turns who is whom into the overlaps that `estimate` reads. Everything is computed by
//! `statistics::linkage`; these commands read and write files, and refuse what they cannot use.

mod clks;
pub(crate) mod encode;
pub(crate) mod link;
pub(crate) mod lists;
mod people;
mod sealed;

use std::path::Path;

use crate::failure::Failure;

/// A text file, without the mark that spreadsheets put before it.
fn text(path: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::wrong_use(format!("{} cannot be read: {error}", path.display())))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Refuses to write over a file.
fn is_new(path: &Path) -> Result<(), Failure> {
    if path.exists() {
        return Err(Failure::wrong_use(format!(
            "{} is there already: it is not written over",
            path.display()
        )));
    }
    Ok(())
}

/// What is said of a file.
fn of(path: &Path, error: impl std::fmt::Display) -> Failure {
    Failure::found(format!("{}: {error}", path.display()))
}

/// Rows as CSV.
fn csv(heading: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Result<String, Failure> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let could_not = |error: csv::Error| Failure::could_not(error.to_string());
    writer.write_record(heading).map_err(could_not)?;
    for row in rows {
        writer.write_record(row).map_err(could_not)?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| Failure::could_not(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| Failure::could_not(error.to_string()))
}
