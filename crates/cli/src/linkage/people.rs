//! The list that is encoded: a table, or the people of a contribution in a file that a passphrase opens.

use std::collections::HashSet;
use std::path::Path;

use interchange::table::{self, Choice, Limits, Row, Table};
use statistics::linkage::schema::Schema;
use statistics::linkage::tokens::{RowId, unhex};

use super::of;
use crate::failure::Failure;
use crate::say;

/// Lists are longer than tables of statistics.
const LIMITS: Limits = Limits {
    bytes: 2 << 30,
    rows: 5_000_000,
    columns: 1_000,
    cells: 100_000_000,
    unpacked: 8 << 30,
};
/// What a file of the age format begins with.
const SEALED: &[u8] = b"age-encryption.org/v1";
/// The most work that a file may ask of whoever opens it, as a power of two (scrypt's N): some ten seconds.
const MOST_WORK: u8 = 22;

/// Which list, and how it is read.
pub(super) struct Of<'a> {
    pub(super) path: &'a Path,
    pub(super) passphrase_file: Option<&'a Path>,
    pub(super) sheet: Option<&'a str>,
    pub(super) row_ids: Option<&'a str>,
}

/// A list.
pub(super) struct People {
    /// The values of the schema's columns.
    pub(super) rows: Vec<Vec<String>>,
    /// The number of each row in its table.
    pub(super) numbers: Vec<u32>,
    /// The row ids that the table gives, if it was asked for them.
    pub(super) ids: Option<Vec<RowId>>,
}

/// Reads a list. What was sealed is never written to a disk.
pub(super) fn read(from: &Of<'_>, schema: &Schema) -> Result<People, Failure> {
    let path = from.path;
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::wrong_use(format!("{} cannot be read: {error}", path.display())))?;
    let mut name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let bytes = if bytes.starts_with(SEALED) {
        name = name.trim_end_matches(".age").to_owned();
        open(path, &bytes, from.passphrase_file)?
    } else {
        bytes
    };
    let choice = Choice {
        sheet: from.sheet.map(str::to_owned),
        header_row: Some(1),
    };
    let table = table::read(&bytes, &name, &choice, &LIMITS).map_err(|fault| of(path, fault))?;
    let people = people(path, &table, from.row_ids, schema)?;
    for note in &table.notes {
        say(format!("{}: {}", path.display(), note.0));
    }
    Ok(people)
}

/// Opens a sealed list.
fn open(path: &Path, bytes: &[u8], passphrase_file: Option<&Path>) -> Result<Vec<u8>, Failure> {
    let passphrase = match passphrase_file {
        Some(file) => super::text(file)?.lines().next().unwrap_or_default().to_owned(),
        None => rpassword::prompt_password("Passphrase of the list: ")?,
    };
    let mut identity = age::scrypt::Identity::new(passphrase.trim().to_owned().into());
    identity.set_max_work_factor(MOST_WORK);
    age::decrypt(&identity, bytes).map_err(|error| match error {
        age::DecryptError::NoMatchingKeys => of(path, "no passphrase opens this file: it was sealed to a key"),
        age::DecryptError::DecryptionFailed | age::DecryptError::KeyDecryptionFailed => of(
            path,
            "it does not open with this passphrase. Words are separated by hyphens, in small letters, as the page showed them",
        ),
        age::DecryptError::ExcessiveWork { .. } => of(path, "it asks for more work than any file of this program does"),
        _ => of(path, "the file is cut off or was changed: make it again"),
    })
}

/// The values of the schema's columns, and the id and number of each row.
fn people(path: &Path, table: &Table, row_ids: Option<&str>, schema: &Schema) -> Result<People, Failure> {
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
    let value = |row: &Row, place: Option<usize>| {
        let cell = place.and_then(|place| row.cells.get(place));
        cell.map(|cell| cell.text().trim().to_owned()).unwrap_or_default()
    };
    let (rows, numbers): (Vec<Vec<String>>, Vec<u32>) = table
        .rows
        .iter()
        .map(|row| (places.iter().map(|place| value(row, *place)).collect(), row.number))
        .unzip();
    if rows.is_empty() {
        return Err(of(path, "there is nobody on this list"));
    }
    let ids = match row_ids {
        None => None,
        Some(column) => {
            let at = place(column).ok_or_else(|| of(path, format!("there is no column {column} for the row ids")))?;
            Some(ids(
                path,
                table.rows.iter().map(|row| (row.number, value(row, Some(at)))),
            )?)
        }
    };
    Ok(People { rows, numbers, ids })
}

/// Row ids as the table gives them: random, or they would lead back to a person, and each once.
fn ids(path: &Path, cells: impl Iterator<Item = (u32, String)>) -> Result<Vec<RowId>, Failure> {
    let (mut ids, mut seen) = (Vec::new(), HashSet::new());
    for (number, cell) in cells {
        let id = unhex::<16>(&cell.replace('-', "")).filter(|id| uuid::Uuid::from_bytes(*id).get_version_num() == 4);
        let id = id.ok_or_else(|| {
            of(
                path,
                format!(
                    "row {number}: this is no random row id (32 characters, 0 to 9 and a to f, version 4). Leave --row-ids out, and \
                     ids are drawn"
                ),
            )
        })?;
        if !seen.insert(id) {
            return Err(of(path, format!("row {number}: another row has this row id already")));
        }
        ids.push(id);
    }
    Ok(ids)
}
