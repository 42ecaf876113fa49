//! `rapporteur backup`: everything that is kept, in one file encrypted to a key that this machine does
//! not hold; the key store, if asked, in another.
//!
//! The two are apart because they must not live equally long. The records' backup may be kept for
//! years: without keys its sealed parts are noise. The keys' backup is what could bring an erased
//! person back, so it is short-lived, and the promise made to an erased person ends with it.

mod container;
pub(crate) mod restore;

use std::path::{Path, PathBuf};

use age::x25519::Recipient;
use clap::Args;
use domain::Instant;
use serde::{Deserialize, Serialize};
use store::backup::{Chunk, Counts};

use crate::failure::Failure;
use crate::folder::{Folder, MARK, write_private};
use crate::{Where, say};
use container::Writer;

/// The form of a backup that this version writes and reads.
const FORM: u32 = 1;
/// For how many days a keys' backup may be kept, unless it is told.
const KEPT_DAYS: u32 = 30;
/// Where a data folder remembers its last keys' backup.
pub(crate) const LAST_KEYS: &str = "keys-backup.json";

/// Names of the entries.
const MANIFEST: &str = "manifest.json";
const END: &str = "end.json";
const TABLES: &str = "tables/";
const FILES: &str = "files/";

/// Arguments of `backup`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    folder: Where,
    /// The file to write; it must not be there yet.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Whom to encrypt to: the public half of an age key (`age1…`), made with `age-keygen` on another
    /// machine and kept there.
    #[arg(long, value_name = "AGE1…")]
    recipient: Recipient,
    /// Write the key store to a file of its own too. Without one, what is sealed is lost with this
    /// machine.
    #[arg(long, value_name = "FILE")]
    keys_to: Option<PathBuf>,
    /// For how many days the keys' backup will be kept; then destroy it.
    #[arg(long, value_name = "DAYS", default_value_t = KEPT_DAYS, requires = "keys_to")]
    keys_kept: u32,
}

/// What a backup says about itself, first of all.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    /// The form of the backup.
    form: u32,
    /// What is in it.
    holds: Holds,
    /// The version of the program that made it.
    program: String,
    /// When the copy began, in microseconds since 1970.
    made_at: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Holds {
    Records,
    Keys,
}

/// What a backup says last, so that one which ends early is known.
#[derive(Debug, Serialize, Deserialize)]
struct End {
    rows: Counts,
    files: usize,
}

/// A keys' backup, as the data folder remembers it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LastKeys {
    /// When it was made, in microseconds since 1970.
    pub(crate) made_at: i64,
    /// For how many days it will be kept.
    pub(crate) kept_days: u32,
}

impl LastKeys {
    /// What a data folder remembers; none where no keys' backup was ever made.
    pub(crate) fn of(folder: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(folder.join(LAST_KEYS)).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// When it must have been destroyed.
    pub(crate) fn until(&self) -> Instant {
        Instant(self.made_at).plus_seconds(i64::from(self.kept_days) * 24 * 60 * 60)
    }
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let folder = arguments.folder.open().await?;
    let now = Instant::now();
    let n_bytes = records(&folder, &arguments.to, &arguments.recipient, now).await?;
    say(format!(
        "{}: {} MB, encrypted to {}",
        arguments.to.display(),
        n_bytes.div_ceil(1_000_000),
        arguments.recipient
    ));
    match &arguments.keys_to {
        Some(to) => {
            keys(&folder, to, &arguments.recipient, now).await?;
            let last = LastKeys {
                made_at: now.0,
                kept_days: arguments.keys_kept,
            };
            let text = serde_json::to_string(&last).map_err(|error| Failure::could_not(error.to_string()))?;
            write_private(&folder.path.join(LAST_KEYS), &text)?;
            say(format!(
                "{}: the keys. Keep it apart from the other, and destroy it by {}: until then an erased person could be brought back with it.",
                to.display(),
                last.until().day()
            ));
        }
        None => say("The key store is not in it: what is sealed cannot be read without. Give --keys-to a file."),
    }
    Ok(())
}

/// Writes the records, the files and the signing key. Rows come from one snapshot; files are copied
/// after it, so every file that a row names is among them, unless it was removed for good meanwhile.
async fn records(folder: &Folder, to: &Path, recipient: &Recipient, now: Instant) -> Result<u64, Failure> {
    let mut writer = Writer::new(to, recipient)?;
    writer.add(MANIFEST, &manifest(Holds::Records, now)?)?;
    let rows = store::backup::records(&folder.db, |chunk| add(&mut writer, &chunk)).await?;
    let bar = indicatif::ProgressBar::new(0);
    let hashes = folder.files.list().await?;
    bar.set_length(hashes.len() as u64);
    let mut files = 0;
    for hash in hashes {
        if let Some(bytes) = folder.files.get(&hash).await? {
            writer.add(&format!("{FILES}{hash}"), &bytes)?;
            files += 1;
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    for name in [store::checkpoint::KEY_FILE, MARK] {
        if let Ok(bytes) = std::fs::read(folder.path.join(name)) {
            writer.add(name, &bytes)?;
        }
    }
    writer.add(END, &json(&End { rows, files })?)?;
    writer.finish()
}

/// Writes the key store.
async fn keys(folder: &Folder, to: &Path, recipient: &Recipient, now: Instant) -> Result<u64, Failure> {
    let mut writer = Writer::new(to, recipient)?;
    writer.add(MANIFEST, &manifest(Holds::Keys, now)?)?;
    let rows = store::backup::keys(&folder.db, |chunk| add(&mut writer, &chunk)).await?;
    writer.add(END, &json(&End { rows, files: 0 })?)?;
    writer.finish()
}

fn add(writer: &mut Writer, chunk: &Chunk) -> Result<(), Failure> {
    let name = format!("{TABLES}{}/{:06}.jsonl", chunk.table, chunk.number);
    writer.add(&name, chunk.lines.as_bytes())
}

fn manifest(holds: Holds, now: Instant) -> Result<Vec<u8>, Failure> {
    json(&Manifest {
        form: FORM,
        holds,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: now.0,
    })
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(value).map_err(|error| Failure::could_not(error.to_string()))
}

#[cfg(test)]
mod tests;
