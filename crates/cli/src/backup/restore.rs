//! `rapporteur restore`: a backup into an empty folder, and an empty database where it is PostgreSQL.
//!
//! Nothing half-restored is left: rows go in with one transaction that is committed after the backup's
//! last entry was read and counted; files go into a folder beside, which gets its name at the very end.

use std::path::{Path, PathBuf};

use clap::Args;
use domain::Instant;
use store::Db;
use store::backup::{Counts, LEDGER, Loader};
use store::checkpoint::KEY_FILE;
use store::files::{Files, sha256};

use super::container::Reader;
use super::{END, End, FILES, FORM, Holds, MANIFEST, Manifest, TABLES};
use crate::failure::Failure;
use crate::folder::{MARK, Where, create_private, write_private_bytes};
use crate::say;

/// Arguments of `restore`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(super) folder: Where,
    /// The backup.
    #[arg(long, value_name = "FILE")]
    pub(super) from: PathBuf,
    /// The private half of the key that it was encrypted to, as `age-keygen` wrote it.
    #[arg(long, value_name = "FILE")]
    pub(super) identity: PathBuf,
    /// The keys' backup. Without it what is sealed stays noise.
    #[arg(long, value_name = "FILE")]
    pub(super) keys_from: Option<PathBuf>,
    /// A later keys' backup, of which only the ledger of erasures is taken: who was erased since the
    /// keys' backup was made stays erased.
    #[arg(long, value_name = "FILE", requires = "keys_from")]
    pub(super) ledger_from: Option<PathBuf>,
}

pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let path = arguments.folder.path();
    if path.exists() && std::fs::read_dir(&path)?.next().is_some() {
        return Err(Failure::wrong_use(format!(
            "{} holds something: restore into an empty folder",
            path.display()
        )));
    }
    let mut staging = path.clone();
    staging.as_mut_os_string().push(".restoring");
    if staging.exists() {
        return Err(Failure::wrong_use(format!(
            "{} is left from a restore that was cut off: remove it first",
            staging.display()
        )));
    }
    create_private(&staging)?;
    let restored = into(&arguments, &staging).await;
    let n_files = match restored {
        Ok(n) => n,
        Err(failure) => {
            std::fs::remove_dir_all(&staging)?;
            return Err(failure);
        }
    };
    if path.exists() {
        std::fs::remove_dir(&path)?;
    }
    std::fs::rename(&staging, &path)?;
    say(format!(
        "Restored into {}, with {n_files} files. Everyone signs in again. Now run `rapporteur verify`.",
        path.display()
    ));
    Ok(())
}

/// Restores everything into a folder; gives the number of files.
async fn into(arguments: &Arguments, folder: &Path) -> Result<usize, Failure> {
    // Whether it can be opened at all is known before any database is touched.
    let reader = Reader::open(&arguments.from, &arguments.identity)?;
    let db = arguments.folder.database_in(folder).await?;
    let files = Files::open_folder(folder)?;
    let restored = fill(&db, &files, folder, arguments, reader).await;
    // Closed whatever happened, so that the folder can be removed or get its name.
    db.close().await?;
    restored
}

/// Fills a database and a folder, both empty. Rows are kept when everything has been read.
pub(super) async fn fill(
    db: &Db,
    files: &Files,
    folder: &Path,
    arguments: &Arguments,
    mut reader: Reader,
) -> Result<usize, Failure> {
    let mut records = Loader::records(db).await?;
    let end = load(
        &mut records,
        &mut reader,
        Holds::Records,
        |_| true,
        Some((files, folder)),
    )
    .await?;
    records.finish(&end.rows).await?;
    monitoring::evidence::reindex(records.tx()).await?;
    let mut keys = Loader::keys(db).await?;
    let mut rows = Counts::new();
    // The ledger only ever grows, so the later one holds all of the earlier.
    let ledger = arguments.ledger_from.as_ref();
    let parts = [
        (arguments.keys_from.as_ref(), ledger.is_none(), true),
        (ledger, true, false),
    ];
    for (from, with_ledger, with_keys) in parts {
        let Some(from) = from else { continue };
        let wanted = |table: &str| if table == LEDGER { with_ledger } else { with_keys };
        let mut reader = Reader::open(from, &arguments.identity)?;
        let end = load(&mut keys, &mut reader, Holds::Keys, wanted, None).await?;
        rows.extend(end.rows.into_iter().filter(|(table, _)| wanted(table)));
    }
    keys.finish(&rows).await?;
    keys.commit().await?;
    records.commit().await?;
    access::key::person::replay(db).await?;
    access::key::person::complete(db, Instant::now()).await?;
    // What an erased key had sealed goes too, if this backup is older than the erasure.
    monitoring::call::complete(db).await?;
    monitoring::personal::complete(db, files).await?;
    monitoring::study::complete(db, files, Instant::now()).await?;
    casework::person::complete(db).await?;
    Ok(end.files)
}

/// Takes in every entry of a backup; of its tables, those that are wanted. Files are checked against the
/// hash that they are named by. Gives what the backup says at its end.
async fn load(
    loader: &mut Loader,
    reader: &mut Reader,
    holds: Holds,
    wanted: impl Fn(&str) -> bool,
    place: Option<(&Files, &Path)>,
) -> Result<End, Failure> {
    let damaged = |what: &str| Failure::found(format!("the backup is damaged: {what}"));
    let mut n_files = 0;
    let mut end: Option<End> = None;
    for (position, entry) in reader.entries()?.enumerate() {
        let (name, bytes) = entry?;
        if position == 0 {
            admit(&name, &bytes, holds)?;
            continue;
        }
        if end.is_some() {
            return Err(damaged("something comes after its end"));
        }
        if name == END {
            end = Some(serde_json::from_slice(&bytes).map_err(|_| damaged("its end cannot be read"))?);
        } else if let Some(rest) = name.strip_prefix(TABLES) {
            let table = rest.split('/').next().unwrap_or_default();
            let lines = std::str::from_utf8(&bytes).map_err(|_| damaged("a table is not text"))?;
            if wanted(table) {
                loader.load(table, lines).await?;
            }
        } else if let (Some(hash), Some((files, _))) = (name.strip_prefix(FILES), place) {
            if sha256(&bytes) != hash {
                return Err(damaged("a file is not what its name says"));
            }
            files.put(bytes.into()).await?;
            n_files += 1;
        } else if let (true, Some((_, folder))) = ([KEY_FILE, MARK].contains(&name.as_str()), place) {
            write_private_bytes(&folder.join(&name), &bytes)?;
        } else {
            return Err(damaged("it holds something that no backup holds"));
        }
    }
    let end = end.ok_or_else(|| damaged("its end is missing"))?;
    if end.files == n_files {
        Ok(end)
    } else {
        Err(damaged("files are missing"))
    }
}

/// Refuses what is no backup, is of another form, or holds something else.
fn admit(name: &str, bytes: &[u8], holds: Holds) -> Result<(), Failure> {
    let manifest: Manifest = (name == MANIFEST)
        .then(|| serde_json::from_slice(bytes).ok())
        .flatten()
        .ok_or_else(|| Failure::found("this is no backup of Rapporteur"))?;
    if manifest.form != FORM {
        return Err(Failure::found(format!(
            "the backup was made by version {} in a form that this version does not read",
            manifest.program
        )));
    }
    if manifest.holds != holds {
        return Err(Failure::wrong_use(match holds {
            Holds::Records => "this is a keys' backup: give it as --keys-from, and the records' as --from",
            Holds::Keys => "this is a records' backup: give it as --from, and the keys' as --keys-from",
        }));
    }
    Ok(())
}
