//! `rapporteur encode`: an organisation's people as keyed encodings, for the linkage officer alone.

use std::path::{Path, PathBuf};

use age::x25519::Recipient;
use clap::Args;
use statistics::linkage::encode::encode;
use statistics::linkage::schema::{DEFAULT, Schema};
use statistics::linkage::tokens::{RowId, Tokens, hex};

use super::{csv, is_new, of, sealed, text};
use crate::failure::Failure;
use crate::folder::write_private;
use crate::say;

/// The shortest secret, in bytes: one that can be guessed undoes every encoding.
const SHORTEST_SECRET: usize = 16;

/// Arguments of `encode`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// CSV with one row for each person and a heading for each column of the schema.
    people: PathBuf,
    /// A linkage schema (clkhash, version 3); otherwise the one that the program carries: `given_name`, `family_name`,
    /// `date_of_birth`, sex, nationality, place.
    #[arg(long)]
    schema: Option<PathBuf>,
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
    let secret = secret(&arguments.secret_file)?;
    let (rows, lines) = people(&arguments.people, &schema)?;
    let list = encode(&schema, &secret, &rows, drawn()).map_err(|error| {
        let line = lines.get(error.row).copied().unwrap_or(0);
        of(&arguments.people, format!("line {line}, {}", error.error))
    })?;
    let (tokens, ids) = Tokens::new(&schema, &secret, &list, row_id);
    sealed::write(&arguments.out, &tokens, &arguments.to)?;
    let map = ids.iter().zip(&lines).map(|(id, line)| vec![hex(id), line.to_string()]);
    write_private(&rows_to, &csv(&["row", "line"], map)?)?;
    for row in list.unreadable.iter().take(20) {
        say(format!(
            "line {}: the date of birth cannot be read; what could not be read counts as missing",
            lines[*row]
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
    Ok(())
}

/// The secret, without the end of its line.
fn secret(path: &Path) -> Result<Vec<u8>, Failure> {
    let text = text(path)?;
    let secret = text.trim_end_matches(['\r', '\n']);
    if secret.len() < SHORTEST_SECRET {
        return Err(Failure::wrong_use(format!(
            "{}: a secret of {} characters can be guessed. Draw one of at least {SHORTEST_SECRET}, for example with `openssl rand -hex 32`",
            path.display(),
            secret.chars().count()
        )));
    }
    Ok(secret.as_bytes().to_vec())
}

/// The values of the schema's columns, and the line of each row.
fn people(path: &Path, schema: &Schema) -> Result<(Vec<Vec<String>>, Vec<u64>), Failure> {
    let text = text(path)?;
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let headings = reader.headers().map_err(|error| of(path, error))?.clone();
    let place = |name: &str| headings.iter().position(|heading| heading.eq_ignore_ascii_case(name));
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
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.map_err(|error| of(path, error))?;
        let value = |place: &Option<usize>| place.and_then(|place| record.get(place)).unwrap_or_default().to_owned();
        rows.push(places.iter().map(value).collect());
        lines.push(record.position().map_or(0, csv::Position::line));
    }
    if rows.is_empty() {
        return Err(of(path, "there is nobody on this list"));
    }
    Ok((rows, lines))
}

/// Bytes that decide the noise of a hardened schema.
#[expect(clippy::disallowed_methods, reason = "the one place where a list's noise is drawn")]
fn drawn() -> [u8; 32] {
    let mut bytes = [0; 32];
    let (one, other) = bytes.split_at_mut(16);
    one.copy_from_slice(uuid::Uuid::new_v4().as_bytes());
    other.copy_from_slice(uuid::Uuid::new_v4().as_bytes());
    bytes
}

/// A random row id.
#[expect(clippy::disallowed_methods, reason = "the one place where row ids are drawn")]
fn row_id() -> RowId {
    uuid::Uuid::new_v4().into_bytes()
}
