//! `rapporteur encode`: an organisation's people as keyed encodings, for the linkage officer alone.

use std::path::{Path, PathBuf};

use age::x25519::Recipient;
use clap::Args;
use interchange::table::{self, Choice, Limits, Row};
use statistics::linkage::encode::encode;
use statistics::linkage::field::Layout;
use statistics::linkage::schema::{DEFAULT, Schema};
use statistics::linkage::tokens::{RowId, Tokens, hex, unhex};

use super::{csv, is_new, of, sealed, text};
use crate::failure::Failure;
use crate::folder::write_private;
use crate::say;

/// The shortest secret, in bytes: one that can be guessed undoes every encoding.
const SHORTEST_SECRET: usize = 16;

/// Lists are longer than tables of statistics.
const LIMITS: Limits = Limits {
    bytes: 2 << 30,
    rows: 5_000_000,
    columns: 1_000,
    cells: 100_000_000,
    unpacked: 8 << 30,
};

/// Arguments of `encode`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A table (CSV, XLSX, XLS or ODS) with one row for each person and, in its first row, a heading for each column of the schema.
    people: PathBuf,
    /// The sheet of a workbook, where more than one holds something.
    #[arg(long)]
    sheet: Option<String>,
    /// A linkage schema (clkhash, version 3); otherwise the one that the program carries: `given_name`, `family_name`,
    /// `date_of_birth`, sex, nationality, place.
    #[arg(long)]
    schema: Option<PathBuf>,
    /// The fingerprint that the schema must have: that of the study, as its page shows it.
    #[arg(long, value_name = "HEX", value_parser = fingerprint)]
    schema_fingerprint: Option<[u8; 32]>,
    /// A file with the secret that the organisations of this study share, and the linkage officer never sees.
    #[arg(long, value_name = "FILE")]
    secret_file: PathBuf,
    /// The linkage officer's age key (`age1…`): nobody else can open the tokens.
    #[arg(long, value_name = "AGE1…")]
    to: Recipient,
    /// The token file to write; it must not be there yet.
    #[arg(long, value_name = "TOKENS")]
    out: PathBuf,
    /// Where to write which row id is which line; otherwise beside the tokens, with `.rows.csv` behind. It stays here.
    #[arg(long, value_name = "FILE.csv")]
    rows: Option<PathBuf>,
}

fn fingerprint(text: &str) -> Result<[u8; 32], String> {
    unhex(text).ok_or_else(|| "a fingerprint has 64 characters, 0 to 9 and a to f".to_owned())
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let rows_to = arguments.rows.clone().unwrap_or_else(|| {
        let mut path = arguments.out.clone();
        path.as_mut_os_string().push(".rows.csv");
        path
    });
    is_new(&arguments.out)?;
    is_new(&rows_to)?;
    let schema = match &arguments.schema {
        None => Schema::read(DEFAULT).map_err(|error| Failure::could_not(error.to_string()))?,
        Some(path) => Schema::read(&text(path)?).map_err(|error| of(path, error))?,
    };
    check(&schema, arguments)?;
    let secret = secret(&arguments.secret_file)?;
    let (rows, numbers) = people(&arguments.people, arguments.sheet.as_deref(), &schema)?;
    let list = encode(&schema, &secret, &rows).map_err(|error| {
        let number = numbers.get(error.row).copied().unwrap_or(0);
        of(&arguments.people, format!("row {number}, {}", error.error))
    })?;
    let (tokens, ids) = Tokens::new(&schema, &secret, &list, row_id);
    sealed::write(&arguments.out, &tokens, &arguments.to)?;
    let map = ids
        .iter()
        .zip(&numbers)
        .map(|(id, line)| vec![hex(id), line.to_string()]);
    write_private(&rows_to, &csv(&["row", "line"], map)?)?;
    for row in list.unreadable.iter().take(20) {
        say(format!(
            "row {}: the date of birth cannot be read; what could not be read counts as missing",
            numbers[*row]
        ));
    }
    if list.unreadable.len() > 20 {
        say(format!("… and {} more", list.unreadable.len() - 20));
    }
    say(format!(
        "{}: {} people, for {} alone. {} says which row is which line: it stays with you.",
        arguments.out.display(),
        ids.len(),
        arguments.to,
        rows_to.display()
    ));
    say(format!("The schema's fingerprint is {}.", hex(&schema.fingerprint())));
    Ok(())
}

/// Refuses a schema that is not the study's, or that nothing could be linked by.
fn check(schema: &Schema, arguments: &Arguments) -> Result<(), Failure> {
    let found = schema.fingerprint();
    if let Some(expected) = arguments.schema_fingerprint.filter(|expected| *expected != found) {
        return Err(Failure::found(format!(
            "the schema has the fingerprint {}, and the study's is {}: lists that were encoded differently cannot be linked. Give \
             the study's schema with --schema, or use the release of the program that the others use",
            hex(&found),
            hex(&expected)
        )));
    }
    if Layout::of(schema).compared().fields().is_empty() {
        return Err(Failure::found(
            "the schema names no kind for any column, so nothing could be linked by: give each feature its kind, as in \
             `\"rapporteur\": { \"kind\": \"family name\" }`",
        ));
    }
    Ok(())
}

/// The secret, without the end of its line.
fn secret(path: &Path) -> Result<Vec<u8>, Failure> {
    let text = text(path)?;
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.len() < SHORTEST_SECRET {
        return Err(Failure::wrong_use(format!(
            "{}: a secret of {} bytes can be guessed. Draw one of at least {SHORTEST_SECRET}, for example with `openssl rand -hex 32`",
            path.display(),
            secret.len()
        )));
    }
    Ok(secret.as_bytes().to_vec())
}

/// The values of the schema's columns, and the number of each row.
fn people(path: &Path, sheet: Option<&str>, schema: &Schema) -> Result<(Vec<Vec<String>>, Vec<u32>), Failure> {
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::wrong_use(format!("{} cannot be read: {error}", path.display())))?;
    let choice = Choice {
        sheet: sheet.map(str::to_owned),
        header_row: Some(1),
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let table = table::read(&bytes, &name, &choice, &LIMITS).map_err(|fault| of(path, fault))?;
    let place = |name: &str| {
        table
            .headers
            .iter()
            .position(|heading| heading.eq_ignore_ascii_case(name))
    };
    let missing: Vec<&str> = schema.columns().filter(|name| place(name).is_none()).collect();
    if !missing.is_empty() {
        return Err(of(
            path,
            format!(
                "there is no column {}. The schema encodes {}; leave a column empty if you do not know it",
                missing.join(", "),
                schema.columns().collect::<Vec<_>>().join(", ")
            ),
        ));
    }
    let places: Vec<Option<usize>> = schema
        .features
        .iter()
        .map(|feature| place(&feature.identifier))
        .collect();
    let value = |row: &Row, place: &Option<usize>| {
        let cell = place.and_then(|place| row.cells.get(place));
        cell.map(|cell| cell.text().trim().to_owned()).unwrap_or_default()
    };
    let (rows, numbers): (Vec<Vec<String>>, Vec<u32>) = table
        .rows
        .iter()
        .map(|row| (places.iter().map(|place| value(row, place)).collect(), row.number))
        .unzip();
    if rows.is_empty() {
        return Err(of(path, "there is nobody on this list"));
    }
    for note in &table.notes {
        say(format!("{}: {}", path.display(), note.0));
    }
    Ok((rows, numbers))
}

/// A random row id.
#[expect(clippy::disallowed_methods, reason = "the one place where row ids are drawn")]
fn row_id() -> RowId {
    uuid::Uuid::new_v4().into_bytes()
}
