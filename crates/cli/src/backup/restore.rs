//! `rapporteur restore`: a backup into an empty folder, and an empty database where it is PostgreSQL.
//!
//! Nothing half-restored is left: rows go in with one transaction that is committed after the backup's
//! last entry was read and counted; files go into a folder beside, which gets its name at the very end.

use std::path::{Path, PathBuf};

use clap::Args;
use domain::Instant;
use store::backup::Loader;
use store::files::{Files, sha256};
use store::{Db, checkpoint};

use super::container::Reader;
use super::{END, End, FILES, FORM, Holds, KEY_TABLES, MANIFEST, Manifest, TABLES};
use crate::failure::Failure;
use crate::folder::{MARK, Where, create_private};
use crate::say;

/// Arguments of `restore`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    folder: Where,
    /// The backup.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The private half of the key that it was encrypted to, as `age-keygen` wrote it.
    #[arg(long, value_name = "FILE")]
    identity: PathBuf,
    /// The keys' backup. Without it what is sealed stays noise.
    #[arg(long, value_name = "FILE")]
    keys_from: Option<PathBuf>,
    /// A later keys' backup, of which only the ledger of erasures is taken: who was erased since the
    /// keys' backup was made stays erased.
    #[arg(long, value_name = "FILE", requires = "keys_from")]
    ledger_from: Option<PathBuf>,
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
    // The backup is looked at before any database is touched.
    let mut reader = Reader::open(&arguments.from, &arguments.identity)?;
    let db = arguments.folder.database_in(folder).await?;
    let files = Files::open_folder(folder)?;
    let restored = fill(&db, &files, folder, arguments, &mut reader).await;
    // Closed whatever happened, so that the folder can be removed or get its name.
    db.close().await?;
    restored
}

async fn fill(
    db: &Db,
    files: &Files,
    folder: &Path,
    arguments: &Arguments,
    reader: &mut Reader,
) -> Result<usize, Failure> {
    let tx = db.begin().await?;
    let n_files = load(Loader::new(&tx).await?, reader, Holds::Records, &[], Some((files, folder))).await?;
    monitoring::evidence::reindex(&tx).await?;
    let keys = db.begin_keys().await?;
    let loader = Loader::new(&keys).await?;
    match &arguments.keys_from {
        Some(from) => {
            let mut reader = Reader::open(from, &arguments.identity)?;
            load(loader, &mut reader, Holds::Keys, &[], None).await?;
        }
        None => loader.finish(&store::backup::Counts::new()).await?,
    }
    let ledger = match &arguments.ledger_from {
        Some(from) => super::restore::ledger(from, &arguments.identity)?,
        None => Vec::new(),
    };
    keys.commit().await.map_err(store::AppError::from)?;
    tx.commit().await.map_err(store::AppError::from)?;
    access::key::person::admit(db, &ledger).await?;
    access::key::person::replay(db).await?;
    access::key::person::complete(db, Instant::now()).await?;
    Ok(n_files)
}

/// Takes in every entry of a backup. Files are checked against the hash that they are named by. Gives
/// the number of files.
async fn load(
    mut loader: Loader<'_>,
    reader: &mut Reader,
    holds: Holds,
    only: &[&str],
    place: Option<(&Files, &Path)>,
) -> Result<usize, Failure> {
    let damaged = |what: &str| Failure::found(format!("the backup is damaged: {what}"));
    let mut n_files = 0;
    let mut end: Option<End> = None;
    for (position, entry) in reader.entries()?.enumerate() {
        let (name, bytes) = entry?;
        if position == 0 {
            admit_manifest(&name, &bytes, holds)?;
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
            if only.is_empty() || only.contains(&table) {
                loader.load(table, lines).await?;
            }
        } else if let (Some(hash), Some((files, _))) = (name.strip_prefix(FILES), place) {
            if sha256(&bytes) != hash {
                return Err(damaged("a file is not what its name says"));
            }
            files.put(bytes.into()).await?;
            n_files += 1;
        } else if let (true, Some((_, folder))) = ([checkpoint::KEY_FILE, MARK].contains(&name.as_str()), place) {
            write_bytes(&folder.join(&name), &bytes)?;
        } else {
            return Err(damaged("it holds something that no backup holds"));
        }
    }
    let end = end.ok_or_else(|| damaged("its end is missing"))?;
    if end.files != n_files {
        return Err(damaged("files are missing"));
    }
    loader.finish(&end.rows).await?;
    Ok(n_files)
}

/// The ledger of erasures of a keys' backup: one chunk of lines for each part of the table.
fn ledger(from: &Path, identity: &Path) -> Result<Vec<String>, Failure> {
    let mut reader = Reader::open(from, identity)?;
    let mut chunks = Vec::new();
    let mut is_whole = false;
    for (position, entry) in reader.entries()?.enumerate() {
        let (name, bytes) = entry?;
        if position == 0 {
            admit_manifest(&name, &bytes, Holds::Keys)?;
        }
        is_whole = name == END;
        if name.starts_with(&format!("{TABLES}{}/", KEY_TABLES[1])) {
            chunks.push(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    if is_whole {
        Ok(chunks)
    } else {
        Err(Failure::found("the backup is damaged: its end is missing"))
    }
}

/// Refuses what is no backup, is of another form, or holds something else.
fn admit_manifest(name: &str, bytes: &[u8], holds: Holds) -> Result<(), Failure> {
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

/// Writes a file that only its owner may read.
fn write_bytes(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)?.write_all(bytes)?;
    Ok(())
}
