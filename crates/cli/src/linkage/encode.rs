//! `rapporteur encode`: an organisation's people as keyed encodings, for the linkage officer alone.

use std::path::{Path, PathBuf};

use age::x25519::Recipient;
use clap::Args;
use statistics::linkage::encode::encode;
use statistics::linkage::field::Layout;
use statistics::linkage::harden::MOST_NOISE;
use statistics::linkage::schema::{DEFAULT, Schema};
use statistics::linkage::tokens::{RowId, Tokens, hex, unhex};

use super::{clks, csv, is_new, of, people, sealed, text};
use crate::failure::Failure;
use crate::folder::write_private;
use crate::say;

/// The shortest secret, in bytes: one that can be guessed undoes every encoding.
const SHORTEST_SECRET: usize = 16;

/// Arguments of `encode`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A table (CSV, XLSX, XLS or ODS) with one row for each person and, in its first row, a heading for each column of the
    /// schema; or the people of a contribution, in the file that a passphrase opens.
    #[arg(required = true)]
    people: Option<PathBuf>,
    /// Read that passphrase from the first line of this file instead of asking.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// The column that has each person's row id: that of the people of a contribution is `row`. Otherwise ids are drawn.
    #[arg(long, value_name = "COLUMN")]
    row_ids: Option<String>,
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
    #[arg(long, value_name = "FILE", required = true)]
    secret_file: Option<PathBuf>,
    /// The linkage officer's age key (`age1…`): nobody else can open the tokens.
    #[arg(long, value_name = "AGE1…", requires = "out")]
    to: Option<Recipient>,
    /// The token file to write; it must not be there yet.
    #[arg(long, value_name = "TOKENS", requires = "to", required_unless_present = "clks")]
    out: Option<PathBuf>,
    /// Write clkhash's CLKs too, or without --out alone, for a partner who uses other tools. This file is not encrypted.
    #[arg(long, value_name = "CLKS.json")]
    clks: Option<PathBuf>,
    /// Turn over this share of each CLK's bits, at most 0.2: harder to attack, and harder to link.
    #[arg(long, value_name = "SHARE", requires = "clks", value_parser = noise)]
    noise: Option<f64>,
    /// Print the schema that the program carries, for a partner who encodes with clkhash, and do nothing else.
    #[arg(long, exclusive = true)]
    print_schema: bool,
    /// Where to write which row id is which line; otherwise beside the tokens, with `.rows.csv` behind. It stays here.
    #[arg(long, value_name = "FILE.csv")]
    rows: Option<PathBuf>,
}

fn fingerprint(text: &str) -> Result<[u8; 32], String> {
    unhex(text).ok_or_else(|| "a fingerprint has 64 characters, 0 to 9 and a to f".to_owned())
}

fn noise(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(share) if (0.0..=MOST_NOISE).contains(&share) => Ok(share),
        _ => Err(format!("a share from 0 to {MOST_NOISE}")),
    }
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    if arguments.print_schema {
        say(DEFAULT.trim_end());
        return Ok(());
    }
    let (Some(path), Some(secret_file)) = (&arguments.people, &arguments.secret_file) else {
        return Err(Failure::wrong_use("give a list of people and --secret-file"));
    };
    let tokens_to = arguments.out.as_ref().zip(arguments.to.as_ref()).map(|(out, to)| {
        let rows = arguments.rows.clone().unwrap_or_else(|| {
            let mut path = out.clone();
            path.as_mut_os_string().push(".rows.csv");
            path
        });
        (out, to, rows)
    });
    let files = tokens_to.iter().flat_map(|(out, _, rows)| [*out, rows]);
    for file in files.chain(&arguments.clks) {
        is_new(file)?;
    }
    let schema = match &arguments.schema {
        None => Schema::read(DEFAULT).map_err(|error| Failure::could_not(error.to_string()))?,
        Some(path) => Schema::read(&text(path)?).map_err(|error| of(path, error))?,
    };
    check(&schema, arguments)?;
    let secret = secret(secret_file)?;
    let people = people::read(
        &people::Of {
            path,
            passphrase_file: arguments.passphrase_file.as_deref(),
            sheet: arguments.sheet.as_deref(),
            row_ids: arguments.row_ids.as_deref(),
        },
        &schema,
    )?;
    let list = encode(&schema, &secret, &people.rows).map_err(|error| {
        let number = people.numbers.get(error.row).copied().unwrap_or(0);
        of(path, format!("row {number}, {}", error.error))
    })?;
    for row in list.unreadable.iter().take(20) {
        say(format!(
            "row {}: the date of birth cannot be read; what could not be read counts as missing",
            people.numbers[*row]
        ));
    }
    if list.unreadable.len() > 20 {
        say(format!("… and {} more", list.unreadable.len() - 20));
    }
    if let Some((out, to, rows_to)) = tokens_to {
        let mut given = people.ids.iter().flatten().copied();
        let (tokens, ids) = Tokens::new(&schema, &secret, &list, || given.next().unwrap_or_else(row_id));
        sealed::write(out, &tokens, to)?;
        let map = ids
            .iter()
            .zip(&people.numbers)
            .map(|(id, line)| vec![hex(id), line.to_string()]);
        write_private(&rows_to, &csv(&["row", "line"], map)?)?;
        say(format!(
            "{}: {} people, for {to} alone. {} says which row is which line: it stays with you.",
            out.display(),
            ids.len(),
            rows_to.display()
        ));
    }
    if let Some(file) = &arguments.clks {
        let mut seed = [0; 32];
        seed[..16].copy_from_slice(&row_id());
        seed[16..].copy_from_slice(&row_id());
        clks::write(file, &list.clks, arguments.noise, seed)?;
    }
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
    if arguments.out.is_some() && Layout::of(schema).compared().fields().is_empty() {
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

/// A random row id; two of them are the seed of a noise.
#[expect(clippy::disallowed_methods, reason = "the one place where row ids are drawn")]
fn row_id() -> RowId {
    uuid::Uuid::new_v4().into_bytes()
}
